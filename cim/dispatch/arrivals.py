"""Who arrives first: candidates by travel time on the current roads, with the reasons why others were left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cim import budget
from cim.access.caller import Caller
from cim.arrays.types import LonLat, RowIds
from cim.dispatch import messages
from cim.dispatch.answers import Arrival, Arrivals, CountedReason, LineArrival, LineNote
from cim.errors import BadInput, NotFound
from cim.model.standard_layers import CHOICES
from cim.model.text import Text
from cim.operations.features import geojson_features
from cim.operations.nearest import Selection, find_nearest
from cim.roads.contraction import NEVER
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.roads.shortest_paths import times_from, times_to
from cim.roads.snapping import NO_EDGE, SnappedPoints, snap
from cim.routing.itinerary import line_fields, shortest_journey
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState

#: Maximum candidates of one request; each is snapped to the roads when it is first used.
MOST_THINGS = 200_000


@dataclass(frozen=True, slots=True)
class ArrivalOptions:
    """The options of arrivals. `leaving`: the way from the place to the candidates, starting in the direction
    `heading_deg`. `within_m` is a distance by straight line. `at`: the moment of departure, now by default. `surface`:
    the places are not in a tunnel or on a bridge.
    """

    profile: Profile
    limit: int = 5
    within_m: float | None = None
    within_s: float | None = None
    route: bool = False
    leaving: bool = False
    at: dt.datetime | None = None
    heading_deg: float | None = None
    surface: bool = False


def arrivals(
    state: CityState, points: LonLat, wanted: Selection, caller: Caller, asked: ArrivalOptions
) -> list[Arrivals]:
    """For each point (float64[q, 2] lon, lat, WGS84) the candidates that arrive first, and why others were left out.

    A point that no road reaches is answered by straight line (`by` is then `line`), and a note says so. `BadInput` for
    a limit or distance out of range, a layer that has no points, and too many candidates; `NotFound` for a layer that
    is not loaded; `Forbidden` for a condition on a field that the caller may not see.
    """
    if not 1 <= asked.limit <= 1000:
        raise BadInput(f"limit {asked.limit} is out of range: 1 to 1000")
    for name, most in (("within_m", asked.within_m), ("within_s", asked.within_s)):
        if most is not None and not most > 0:
            raise BadInput(f"{name} must be more than 0, not {most:g}")
    caller.require_seen(wanted.where)
    snapshot = state.snapshot(wanted.layer)
    if snapshot.layer.geometry != "point":
        raise BadInput(f'layer {wanted.layer!r} holds {snapshot.layer.geometry}s; "by": "road" is for points')
    keep = snapshot.matching(wanted.where) if wanted.where else None
    rows = snapshot.rows if keep is None else snapshot.rows[keep[snapshot.rows]]
    if len(rows) > MOST_THINGS:
        raise BadInput(
            f"{len(rows):,} candidates are too many by road, at most {MOST_THINGS:,}; name a condition"
        )
    try:
        network = state.roads.network
    except NotFound as error:
        note = messages.no_roads(str(error))
        return [_by_line(state, p, wanted, caller, asked, [], note) for p in points]
    metric = state.roads.metric(asked.profile, asked.at)
    metres = snapshot.metric_positions(rows)
    there = np.isfinite(metres[:, 0])
    rows, metres = rows[there], metres[there]
    filtered = filtered_out(snapshot, wanted, state.zone)
    if (~there).any():
        filtered.append(CountedReason.of(int((~there).sum()), "position", messages.NO_POSITION))
    places = state.roads.places(metric, snapshot, rows)
    targets = snap(
        network,
        metric,
        points,
        np.full(len(points), np.nan if asked.heading_deg is None else asked.heading_deg),
        surface=asked.surface,
    )
    centres = crs.to_metric(points, snapshot.metric_crs)
    answers = []
    limits = budget.current()
    for i, point in enumerate(points):
        limits.check()
        target = targets.take([i])
        line_m = np.hypot(*(metres - centres[i]).T)
        took = _times(network, metric, places, target, asked.leaving)
        things = _Things(snapshot, rows, places, line_m)
        candidates, left_out = _answer(network, metric, things, target, took, caller, asked)
        if candidates or not len(rows) or (took < NEVER).any():
            answers.append(Arrivals("road", asked.profile.name, candidates, [*filtered, *left_out]))
        else:
            note = messages.OFF if target.edge[0, 0] == NO_EDGE else messages.UNREACHED
            answers.append(_by_line(state, point, wanted, caller, asked, filtered, note))
    return answers


def _times(
    network: Network, metric: ProfileWeights, places: SnappedPoints, target: SnappedPoints, leaving: bool
) -> NDArray[np.int32]:
    if target.edge[0, 0] == NO_EDGE:
        return np.full(len(places), NEVER, np.int32)
    return (times_from if leaving else lambda n, m, t, p: times_to(n, m, p, t))(
        network, metric, target, places
    )


class _Things(NamedTuple):
    """Those that could come: their rows, where they are on the roads, and how far from the point as the crow flies."""

    snapshot: Snapshot
    rows: RowIds
    places: SnappedPoints
    line_m: NDArray[np.float64]


def _answer(
    network: Network,
    metric: ProfileWeights,
    things: _Things,
    target: SnappedPoints,
    took: NDArray[np.int32],
    caller: Caller,
    asked: ArrivalOptions,
) -> tuple[list[Arrival | LineArrival], list[CountedReason]]:
    """The candidates of one point by time (ties by straight line and fid), and the count of all others by reason."""
    snapshot, rows, places, line_m = things
    near = line_m <= (np.inf if asked.within_m is None else asked.within_m)
    soon = took <= (np.inf if asked.within_s is None else asked.within_s * 1000.0)
    reached = took < NEVER
    off = places.edge[:, 0] == NO_EDGE
    good = np.flatnonzero(near & soon & reached)
    later = max(0, len(good) - asked.limit)
    if later:  # only those that can be among the first are sorted
        last = np.partition(took[good], asked.limit - 1)[asked.limit - 1]
        good = good[took[good] <= last]
    best = good[np.lexsort((snapshot.fids(rows[good]), line_m[good], took[good]))][: asked.limit]
    features = geojson_features(snapshot, rows[best], caller)
    candidates: list[Arrival | LineArrival] = []
    for at, feature in zip(best.tolist(), features, strict=True):
        place = places.take([at])
        leg = shortest_journey(network, metric, *((target, place) if asked.leaving else (place, target)))
        assert leg is not None, "what has a time has a way"
        properties = feature["properties"]
        candidates.append(
            Arrival(
                id=feature["id"],
                layer=snapshot.layer.name,
                name=properties.get("name") or properties.get("title"),
                name_en=properties.get("name_en"),
                eta_s=round(int(took[at]) / 1000.0, 1),
                distance_m=round(leg.length_m, 1),
                line_m=round(float(line_m[at]), 3),
                geometry=feature["geometry"],
                properties=properties,
                route=line_fields(leg.lonlat) if asked.route else None,
            )
        )
    most_s, most_m = asked.within_s or 0, asked.within_m or 0
    counts = (
        (near & off, "off_road", messages.OFF_ROAD_NEAR),
        (near & ~off & ~reached, "unreachable", messages.NO_WAY),
        (near & reached & ~soon, "within_s", messages.farther_than_s(most_s)),
        (~near, "within_m", messages.farther_than_m(most_m)),
    )
    left_out = [CountedReason.of(int(n.sum()), by, why) for n, by, why in counts if n.any()]
    if later:
        left_out.append(CountedReason.of(later, "limit", messages.LATER))
    return candidates, left_out


def filtered_out(snapshot: Snapshot, wanted: Selection, zone: dt.tzinfo) -> list[CountedReason]:
    """How many things of the kind each condition leaves out. The conditions apply in order, each to what the ones
    before it have kept."""
    conditions = dict(wanted.where)
    left = snapshot.rows
    if len(conditions) > 1 and "kind" in conditions and wanted.layer == "resources":
        left = left[snapshot.matching({"kind": conditions.pop("kind")})[left]]
    elif wanted.layer == "resources":
        conditions.pop("kind", None)
    reasons = []
    for field, condition in conditions.items():
        kept = left[snapshot.matching({field: condition})[left]]
        if len(kept) < len(left):
            title = next((f.title_zh for f in snapshot.layer.fields if f.name == field), "") or field
            words = CHOICES.get(wanted.layer, {}).get(field, {})
            why = _why_unmet(title.partition("（")[0], field, condition, zone, words)
            reasons.append(CountedReason.of(len(left) - len(kept), field, why))
        left = kept
    return reasons


def _why_unmet(
    title: str,
    field: str,
    condition: Any,
    zone: dt.tzinfo,
    words: Mapping[str, tuple[str, str]] = MappingProxyType({}),
) -> Text:
    """The text for things that do not meet a condition. Moments are shown in the city's `zone`; `words` has the Chinese
    and English names of the field's values.

    >>> _why_unmet("状态", "status", "idle", dt.UTC, {"idle": ("待命", "Idle")})
    Text(zh='状态不是 待命', en='status is not idle')
    >>> _why_unmet("技能", "skills", {"has": ["排水"]}, dt.UTC)
    Text(zh='技能不含 排水', en='skills without 排水')
    """
    if condition is None:
        return messages.has_value(title, field)
    if not isinstance(condition, Mapping):
        condition = {"in" if isinstance(condition, (list, tuple)) else "eq": condition}
    texts = []
    for operator, value in condition.items():
        if isinstance(value, dt.datetime):
            value = value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        values = value if isinstance(value, (list, tuple)) else [value]
        named = " / ".join(words[v][0] if v in words else str(v) for v in values)
        texts.append(messages.unmet(title, field, operator, named, " / ".join(map(str, values))))
    return messages.either(texts)


def _by_line(
    state: CityState,
    point: NDArray[np.float64],
    wanted: Selection,
    caller: Caller,
    asked: ArrivalOptions,
    left_out: list[CountedReason],
    note: LineNote,
) -> Arrivals:
    found = find_nearest(
        state.snapshots, point[None], wanted, caller, limit=asked.limit, within_m=asked.within_m
    )[0]
    candidates: list[Arrival | LineArrival] = [
        LineArrival(**vars(near), line_m=near.distance_m, eta_s=None) for near in found
    ]
    return Arrivals("line", asked.profile.name, candidates, left_out, note)
