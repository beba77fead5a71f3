"""Map matching: the roads that the points of a trace were on, the route between them, and the breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cim import budget
from cim.arrays import parallel
from cim.arrays.types import LonLat, MetricXY
from cim.errors import BadInput
from cim.roads import trace_hmm, trace_search
from cim.roads.network import Network
from cim.roads.profiles import Profile
from cim.roads.state import RoadState
from cim.roads.trace_hmm import JOINED, States, TracePoints
from cim.roads.trace_search import Ground
from cim.routing import messages
from cim.routing.answers import (
    DrawnLine,
    LineString,
    MatchedPart,
    MatchedTrace,
    MultiLineString,
    PointOffRoad,
    PointOnRoad,
    TraceBreak,
)
from cim.routing.itinerary import encode_polyline
from cim.space import crs

#: Maximum traces of one request, and maximum points in all of them.
MOST_TRACES, MOST_POINTS = 1000, 20_000
#: Default, least and greatest accuracy of a point, in metres.
ACCURACY_M, LEAST_ACCURACY_M, MOST_ACCURACY_M = 5.0, 1.0, 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The points of a journey in order: `lonlat` float64[p, 2] (WGS84), `time_s` float64[p] in seconds of any clock
    (NaN: unknown), `heading_deg` float64[p] (NaN: unknown), `accuracy_m` float64[p]."""

    lonlat: LonLat
    time_s: NDArray[np.float64]
    heading_deg: NDArray[np.float64]
    accuracy_m: NDArray[np.float64]


def match_trace(roads: RoadState, traces: Sequence[Trace], profile: Profile) -> list[MatchedTrace]:
    """The route of each trace on the roads of a profile.

    An answer has the parts of the route with line, length and streets, the breaks between them with their reason, and
    for each point its road and position on it, or why it has none. Closed roads are matched too, since the trace shows
    that somebody was there. `BadInput` for too many points and for times that are not in order, `NotFound` where no
    roads are loaded.
    """
    _check(traces)
    return match_checked(roads.network, traces, profile)


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


def match_checked(network: Network, traces: Sequence[Trace], profile: Profile) -> list[MatchedTrace]:
    """The answers of `match_trace` for traces that are known to be valid."""
    ground = _ground(network, profile)
    counts = np.array([len(t.lonlat) for t in traces])
    ends = np.concatenate([[0], np.cumsum(counts)])
    lonlat = np.concatenate([t.lonlat for t in traces])
    xy = crs.to_metric(lonlat, network.snapshot.metric_crs)
    accuracy = np.concatenate([t.accuracy_m for t in traces])
    heading = np.concatenate([t.heading_deg for t in traces])
    found = _states(network, ground, lonlat, xy, accuracy, heading)
    limits = budget.current()  # read here, because the threads that match have none of their own

    def one(i: int) -> MatchedTrace:
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
        positions = sum(len(part.geometry.coordinates) for part in answer.parts)
        # A position is written in its part, in the whole line and encoded; a point has its place, road and part.
        size = 60 * positions + 200 * len(answer.points)
        limits.spend_bytes(
            size, f"a trace of {len(answer.points):,} points on lines of {positions:,} positions"
        )
        return answer

    return parallel.each(one, len(traces))


#: The prepared roads of each network, by profile.
_grounds: WeakKeyDictionary[Network, dict[str, Ground]] = WeakKeyDictionary()
#: Maximum profiles of a network that are kept.
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
    network: Network,
    ground: Ground,
    lonlat: LonLat,
    xy: MetricXY,
    accuracy_m: NDArray[np.float64],
    heading_deg: NDArray[np.float64],
) -> States:
    """The candidate positions on roads of all points, one trace after the other."""
    radius_m = np.clip(5.0 * accuracy_m, trace_hmm.LEAST_RADIUS_M, trace_hmm.MOST_RADIUS_M) * 1.02
    reach = radius_m / 110_500.0
    reach = np.column_stack([reach / np.maximum(np.cos(np.radians(lonlat[:, 1])), 1e-3), reach])
    rows, counts = network.snapshot.in_bounds(np.hstack([lonlat - reach, lonlat + reach]))
    points = TracePoints(xy, accuracy_m, heading_deg)
    return States(
        *trace_hmm.states(points, rows, counts, network.row_start, network.edges.lines, ground.travel_ms)
    )


def _describe_trace(
    network: Network, ground: Ground, profile: Profile, trace: Trace, states: States, xy: MetricXY
) -> MatchedTrace:
    """The answer for one trace."""
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
    line, piece = trace_search.line(ways, ends, network.edges.lonlat_lines)
    metres = (ends[:, 1] - ends[:, 0]) * ground.length_m[ways >> 1]
    parts = []
    for number in range(int(part[-1]) + 1 if len(part) else 0):
        its = part == number
        pieces = part[leads_to] == number
        times = trace.time_s[on[its]]
        drawn = _draw_line(line[pieces[piece]])
        parts.append(
            MatchedPart(
                [int(on[its][0]), int(on[its][-1])],
                drawn.geometry,
                drawn.polyline,
                *_pace(float(metres[pieces].sum()), float(times[-1] - times[0])),
                names.in_order((ways >> 1)[pieces & (metres > 0.01)]),
            )
        )
    seconds = [p.duration_s for p in parts if p.duration_s is not None]
    total_s = float(sum(seconds)) if seconds else float("nan")
    lines = [p.geometry.coordinates for p in parts]
    return MatchedTrace(
        profile=profile.name,
        matched=len(on),
        confidence=round(_confidence(states, chosen, on), 3),
        **_pace(float(metres.sum()), total_s)._asdict(),
        geometry=MultiLineString("MultiLineString", lines) if lines else None,
        streets=names.in_order((ways >> 1)[metres > 0.01]),
        parts=parts,
        breaks=[
            _break(int(on[k - 1]), int(on[k]), int(how[on[k]])) for k in np.flatnonzero(begins)[1:].tolist()
        ],
        points=_points(network, profile, states, xy, _MatchedPoints(on, part, way, share), names),
    )


def _confidence(states: States, chosen: NDArray[np.int64], on: NDArray[np.int64]) -> float:
    """The share of points that are on roads, from 0 to 1. It is lower where points are farther off, or head in another
    direction, than their accuracy explains: a mean cost of 0.5 per point is expected."""
    if not len(on):
        return 0.0
    mean = float(states.cost[chosen[on]].mean())
    return len(on) / len(chosen) * float(np.exp(min(0.0, 0.5 - mean)))


def _draw_line(line: NDArray[np.float64]) -> DrawnLine:
    fresh = np.ones(len(line), np.bool_)  # a vertex that two pieces share is kept once
    line = line.round(7)
    fresh[1:] = (line[1:] != line[:-1]).any(axis=1)
    kept = line[fresh] if fresh.sum() > 1 else line[[0, -1]]
    return DrawnLine(LineString("LineString", kept.tolist()), encode_polyline(kept))


class _Pace(NamedTuple):
    """A length with its duration and mean speed (None without times)."""

    distance_m: float
    duration_s: float | None
    mean_kmh: float | None


def _pace(metres: float, seconds: float) -> _Pace:
    timed = bool(np.isfinite(seconds))
    return _Pace(
        round(metres, 1),
        round(seconds, 1) if timed else None,
        round(metres / seconds * 3.6, 1) if timed and seconds > 0 else None,
    )


def _break(after: int, before: int, how: int) -> TraceBreak:
    reason, words = messages.BREAKS[how]
    return TraceBreak(after, before, reason, words.zh, words.en)


class _MatchedPoints(NamedTuple):
    """The points that are on roads: their numbers, the part of the trace that each is in, its way and how far along
    that it is, 0…1."""

    on: NDArray[np.int64]
    part: NDArray[np.int64]
    way: NDArray[np.int32]
    share: NDArray[np.float64]


def _points(
    network: Network,
    profile: Profile,
    states: States,
    xy: MetricXY,
    matched: _MatchedPoints,
    names: _Names,
) -> list[PointOnRoad | PointOffRoad]:
    """The answer for each point."""
    on, part, way, share = matched
    edge = way >> 1
    along = np.where(way & 1, 1.0 - share, share)
    there = trace_search.spots(edge, along, network.edges.lines)
    lonlat = trace_search.spots(edge, along, network.edges.lonlat_lines).round(7).tolist()
    offset = np.hypot(*(there - xy[on]).T).round(2).tolist()
    nothing_near = messages.point_off_road(profile)
    outlier = PointOffRoad(False, "outlier", messages.OUTLIER.zh, messages.OUTLIER.en)
    off = PointOffRoad(False, "off_road", nothing_near.zh, nothing_near.en)
    found: list[PointOnRoad | PointOffRoad] = [
        outlier if near else off for near in (np.diff(states.start) > 0).tolist()
    ]
    for k, i in enumerate(on.tolist()):
        road = names.road(int(edge[k]))
        found[i] = PointOnRoad(True, lonlat[k], offset[k], int(part[k]), *road, bool(way[k] & 1))
    return found


class _Road(NamedTuple):
    """A road: the fid of its feature, and its names."""

    road_id: int
    road: str | None
    road_en: str | None


class _Names:
    """The fids and names of the roads of some edges."""

    def __init__(self, network: Network, edges: NDArray[np.int32]) -> None:
        self._row = network.edges.row
        rows = np.unique(self._row[edges])
        wanted = [noun for noun in ("name", "name_en") if noun in network.names]
        table = network.snapshot.attributes(rows, [network.names[noun] for noun in wanted])
        columns = {noun: table.column(i).to_pylist() for i, noun in enumerate(wanted)}
        nothing = [None] * len(rows)
        self._of = {
            row: _Road(fid, name, name_en)
            for row, fid, name, name_en in zip(
                rows.tolist(),
                network.snapshot.fids(rows).tolist(),
                columns.get("name", nothing),
                columns.get("name_en", nothing),
                strict=True,
            )
        }

    def road(self, edge: int) -> _Road:
        """The road of an edge."""
        return self._of[int(self._row[edge])]

    def in_order(self, edges: NDArray[np.int32]) -> list[str]:
        """The names of the roads along the edges, without unnamed ones and repetitions in a row."""
        names = [self._of[row].road for row in self._row[edges].tolist()]
        named = [name for name in names if name]
        return [name for i, name in enumerate(named) if i == 0 or name != named[i - 1]]
