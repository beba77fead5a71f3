"""Where a trace went: the roads of its points, the way between them, and where nothing explains it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cim import budget
from cim.arrays import parallel
from cim.city import City
from cim.errors import BadInput
from cim.roads import trace_hmm, trace_search
from cim.roads.network import Network
from cim.roads.profiles import Profile
from cim.roads.trace_hmm import GAP, JOINED, JUMP, MOST_LINE_M, MOST_SKIPPED, MOST_WAIT_S, OFF_ROAD, States
from cim.roads.trace_search import Ground
from cim.routing.itinerary import encode_polyline
from cim.space import crs

#: So many traces, and so many points in all of them, one question may have.
MOST_TRACES, MOST_POINTS = 1000, 20_000
#: How far from its place a receiver is that says nothing of it, and what can be said.
ACCURACY_M, LEAST_ACCURACY_M, MOST_ACCURACY_M = 5.0, 1.0, 100.0

_BREAKS = {
    JUMP: ("jump", "跳变：任何行驶都无法解释", "a jump that no drive explains"),
    GAP: (
        "gap", f"间隔过大：两点相距超过 {MOST_LINE_M:g} 米或 {MOST_WAIT_S:g} 秒",
        f"too long a gap: more than {MOST_LINE_M:g} m or {MOST_WAIT_S:g} s between two points",
    ),
    OFF_ROAD: (
        "off_road", f"连续超过 {MOST_SKIPPED} 个点不在道路上", f"more than {MOST_SKIPPED} points in a row off the road",
    ),
}  # fmt: skip
_WHY = {
    "off_road": ("附近没有{zh}可通行的道路", "no road for {en} near it"),
    "outlier": ("偏离点：与前后各点不符", "an outlier: it does not fit the points before and after"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Points in their order: `lonlat` float64[p, 2] (WGS84), `time_s` float64[p] seconds of any clock (NaN: none),
    `heading_deg` float64[p] (NaN: unknown), `accuracy_m` float64[p]."""

    lonlat: NDArray[np.float64]
    time_s: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]


def match_trace(city: City, traces: Sequence[Trace], profile: Profile) -> list[dict[str, Any]]:
    """Where each trace went on the roads of a profile: its parts with line, length and streets, the breaks between
    them with their reason, and for each point its road and position there, or why there is none.

    Roads that are closed are matched like others: who is on one is there. `BadInput` for too many points and for times
    that are not in order.
    """
    _check(traces)
    return match_checked(city.roads.network, traces, profile)


def _check(traces: Sequence[Trace]) -> None:
    if not 1 <= len(traces) <= MOST_TRACES:
        raise BadInput(f"match takes 1 to {MOST_TRACES:,} traces, not {len(traces):,}")
    points = sum(len(t.lonlat) for t in traces)
    if points > MOST_POINTS:
        raise BadInput(f"{points:,} points are too many, at most {MOST_POINTS:,} in one request; divide them")
    for number, trace in enumerate(traces):
        if not len(trace.lonlat):
            raise BadInput(f"trace {number} has no points; give at least one")
        back = np.flatnonzero(np.diff(trace.time_s) < 0)
        if len(back):
            at = int(back[0]) + 1
            raise BadInput(
                f"trace {number}: point {at} is earlier than point {at - 1}; give the points in order of their times"
            )


def match_checked(network: Network, traces: Sequence[Trace], profile: Profile) -> list[dict[str, Any]]:
    """The answers of `match`, for traces that are checked."""
    ground = _ground(network, profile)
    counts = np.array([len(t.lonlat) for t in traces])
    ends = np.concatenate([[0], np.cumsum(counts)])
    lonlat = np.concatenate([t.lonlat for t in traces])
    xy = crs.to_metric(lonlat, network.snapshot.metric_crs)
    accuracy = np.concatenate([t.accuracy_m for t in traces])
    heading = np.concatenate([t.heading_deg for t in traces])
    found = _states(network, ground, lonlat, xy, accuracy, heading)
    limits = budget.current()  # of the question: the threads that match know none

    def one(i: int) -> dict[str, Any]:
        limits.check()
        begin, end = ends[i], ends[i + 1]
        low, high = found.start[begin], found.start[end]
        states = States(
            found.start[begin : end + 1] - low,
            found.way[low:high],
            found.share[low:high],
            found.cost[low:high],
        )
        answer = _describe_trace(network, ground, profile, traces[i], states, xy[begin:end])
        positions = sum(len(part["geometry"]["coordinates"]) for part in answer["parts"])
        # Each stands in its part and in the whole, and once encoded; a point has its place, road and part.
        size = 60 * positions + 200 * len(answer["points"])
        limits.spend_bytes(
            size, f"a trace of {len(answer['points']):,} points on lines of {positions:,} positions"
        )
        return answer

    return parallel.each(one, len(traces))


#: What each network is to the profiles that were asked about.
_grounds: WeakKeyDictionary[Network, dict[str, Ground]] = WeakKeyDictionary()
#: So many profiles of a network, with their measures, are kept.
_MOST_GROUNDS = 8


def _ground(network: Network, profile: Profile) -> Ground:
    known = _grounds.setdefault(network, {})
    found = known.get(profile.key)
    if found is None:
        found = trace_search.ground(network, profile)
        if len(known) >= _MOST_GROUNDS:
            known.clear()
        known[profile.key] = found
    return found


def _states(
    network: Network, ground: Ground, lonlat: NDArray[np.float64], xy: NDArray[np.float64],
    accuracy_m: NDArray[np.float64], heading_deg: NDArray[np.float64],
) -> States:  # fmt: skip
    """The states of all points, of one trace after the other."""
    radius_m = np.clip(5.0 * accuracy_m, trace_hmm.LEAST_RADIUS_M, trace_hmm.MOST_RADIUS_M) * 1.02
    reach = radius_m / 110_500.0
    reach = np.column_stack([reach / np.maximum(np.cos(np.radians(lonlat[:, 1])), 1e-3), reach])
    rows, counts = network.snapshot.in_bounds(np.hstack([lonlat - reach, lonlat + reach]))
    e = network.edges
    return States(
        *trace_hmm.states(
            xy, accuracy_m, heading_deg, rows, counts, network.row_start, e.first, e.last, e.metric, e.along,
            ground.travel_ms,
        )
    )  # fmt: skip


def _describe_trace(
    network: Network, ground: Ground, profile: Profile, trace: Trace, states: States, xy: NDArray[np.float64]
) -> dict[str, Any]:
    """What is said of one trace."""
    most_m_s = 2.0 * max(profile.speeds.values()) / 3.6
    chosen, how = trace_hmm.likeliest(ground, states, xy, trace.time_s, trace.accuracy_m, most_m_s)
    on = np.flatnonzero(chosen >= 0)
    way, share = states.way[chosen[on]], states.share[chosen[on]]
    begins = how[on] != JOINED
    begins[:1] = True
    ways, ends, leads_to, share = trace_search.trace_pieces(
        ground, way, share, begins, xy[on], trace.accuracy_m[on]
    )
    part = np.cumsum(begins) - 1
    names = _Names(network, np.concatenate([ways, way]) >> 1)
    e = network.edges
    line, piece = trace_search.line(ways, ends, e.first, e.last, e.along, e.lonlat)
    metres = (ends[:, 1] - ends[:, 0]) * ground.length_m[ways >> 1]
    parts = []
    for number in range(int(part[-1]) + 1 if len(part) else 0):
        its = part == number
        pieces = part[leads_to] == number
        times = trace.time_s[on[its]]
        parts.append(
            {
                "points": [int(on[its][0]), int(on[its][-1])],
                **_line_told(line[pieces[piece]]),
                **_pace(float(metres[pieces].sum()), float(times[-1] - times[0])),
                "streets": names.in_order((ways >> 1)[pieces & (metres > 0.01)]),
            }
        )
    seconds = [p["duration_s"] for p in parts if p["duration_s"] is not None]
    total_s = float(sum(seconds)) if seconds else float("nan")
    return {
        "profile": profile.name,
        "matched": len(on),
        "confidence": round(_confidence(states, chosen, on), 3),
        **_pace(float(metres.sum()), total_s),
        "geometry": _together([p["geometry"]["coordinates"] for p in parts]),
        "streets": names.in_order((ways >> 1)[metres > 0.01]),
        "parts": parts,
        "breaks": [
            _break(int(on[k - 1]), int(on[k]), int(how[on[k]])) for k in np.flatnonzero(begins)[1:].tolist()
        ],
        "points": _points(network, profile, states, xy, on, part, way, share, names),
    }


def _confidence(states: States, chosen: NDArray[np.int64], on: NDArray[np.int64]) -> float:
    """The share of the points that are on roads, less where they lie farther off or head otherwise than their accuracy
    explains: errors as large as that cost a half each on average."""
    if not len(on):
        return 0.0
    mean = float(states.cost[chosen[on]].mean())
    return len(on) / len(chosen) * float(np.exp(min(0.0, 0.5 - mean)))


def _line_told(line: NDArray[np.float64]) -> dict[str, Any]:
    fresh = np.ones(len(line), np.bool_)  # where pieces meet, their common vertex stands once
    line = line.round(7)
    fresh[1:] = (line[1:] != line[:-1]).any(axis=1)
    kept = line[fresh] if fresh.sum() > 1 else line[[0, -1]]
    return {
        "geometry": {"type": "LineString", "coordinates": kept.tolist()},
        "polyline": encode_polyline(kept),
    }


def _together(lines: list[list[list[float]]]) -> dict[str, Any] | None:
    return {"type": "MultiLineString", "coordinates": lines} if lines else None


def _pace(metres: float, seconds: float) -> dict[str, Any]:
    timed = bool(np.isfinite(seconds))
    return {
        "distance_m": round(metres, 1),
        "duration_s": round(seconds, 1) if timed else None,
        "mean_kmh": round(metres / seconds * 3.6, 1) if timed and seconds > 0 else None,
    }


def _break(after: int, before: int, how: int) -> dict[str, Any]:
    reason, zh, en = _BREAKS[how]
    return {"after_point": after, "before_point": before, "reason": reason, "zh": zh, "en": en}


def _points(
    network: Network, profile: Profile, states: States, xy: NDArray[np.float64], on: NDArray[np.int64],
    part: NDArray[np.int64], way: NDArray[np.int32], share: NDArray[np.float64], names: _Names,
) -> list[dict[str, Any]]:  # fmt: skip
    """What is said of each point."""
    e, edge = network.edges, way >> 1
    along = np.where(way & 1, 1.0 - share, share)
    there = trace_search.spots(edge, along, e.first, e.last, e.along, e.metric)
    lonlat = trace_search.spots(edge, along, e.first, e.last, e.along, e.lonlat).round(7).tolist()
    offset = np.hypot(*(there - xy[on]).T).round(2).tolist()
    told: list[dict[str, Any]] = []
    near = np.diff(states.start) > 0
    for seen in near.tolist():
        why = "outlier" if seen else "off_road"
        zh, en = _WHY[why]
        told.append(
            {"matched": False, "why": why, "zh": zh.format(zh=profile.zh), "en": en.format(en=profile.name)}
        )
    for k, i in enumerate(on.tolist()):
        told[i] = {
            "matched": True, "position": lonlat[k], "offset_m": offset[k], "part": int(part[k]),
            **names.road(int(edge[k])), "against": bool(way[k] & 1),
        }  # fmt: skip
    return told


class _Names:
    """The roads of some edges: the number of each as a feature, and its names."""

    def __init__(self, network: Network, edges: NDArray[np.int32]) -> None:
        self._row = network.edges.row
        rows = np.unique(self._row[edges])
        wanted = [noun for noun in ("name", "name_en") if noun in network.names]
        table = network.snapshot.attributes(rows, [network.names[noun] for noun in wanted])
        columns = {noun: table.column(i).to_pylist() for i, noun in enumerate(wanted)}
        nothing = [None] * len(rows)
        self._of = {
            row: {"road_id": fid, "road": name, "road_en": name_en}
            for row, fid, name, name_en in zip(
                rows.tolist(), network.snapshot.fids(rows).tolist(), columns.get("name", nothing),
                columns.get("name_en", nothing), strict=True,
            )
        }  # fmt: skip

    def road(self, edge: int) -> dict[str, Any]:
        """The road of an edge."""
        return self._of[int(self._row[edge])]

    def in_order(self, edges: NDArray[np.int32]) -> list[str]:
        """The names of the roads one after the other, where each follows another one."""
        names = [self._of[row]["road"] for row in self._row[edges].tolist()]
        named = [name for name in names if name]
        return [name for i, name in enumerate(named) if i == 0 or name != named[i - 1]]
