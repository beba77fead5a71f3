"""Itineraries: the line and length of a route, its streets, and its turns in Chinese and English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import LonLat, Mask, MetricXY
from cim.columnar.columns import spans
from cim.errors import BadInput
from cim.model.text import Text
from cim.roads import roundabouts
from cim.roads.alternatives import alternatives
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.roads.shortest_paths import Journey, journey
from cim.roads.snapping import NO_EDGE, SnappedPoints, snap
from cim.roads.state import RoadState
from cim.routing import messages
from cim.routing.answers import (
    DrawnLine,
    LegLength,
    LineString,
    RoundaboutStep,
    RouteByLine,
    RouteByRoad,
    Step,
    Way,
)
from cim.space import crs

#: Maximum points of a route, and maximum areas that it avoids.
MOST_POINTS, MOST_AVOIDED = 100, 20


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A journey with its line, `lonlat` (WGS84) and `metric` float64[p, 2]. `piece` int64[p - 1]: the index in
    `journey.ways` of each segment."""

    journey: Journey
    lonlat: LonLat
    metric: MetricXY
    piece: NDArray[np.int64]

    @property
    def length_m(self) -> float:
        """The length in metres."""
        return float(np.hypot(*np.diff(self.metric, axis=0).T).sum())


def leg_of(network: Network, found: Journey) -> Leg:
    """The leg that follows a journey from its start on the first edge to its end on the last edge."""
    e = network.edges
    edge, turned = found.ways >> 1, (found.ways & 1).astype(bool)
    first, last = e.first[edge], e.last[edge]
    counts = last - first + 1
    at = spans(first, counts)
    piece = np.repeat(np.arange(len(edge)), counts)
    order = np.where(turned[piece], np.repeat(first + last, counts) - at, at)
    share = (e.along[order] - e.along[first[piece]]) / np.maximum(network.length_m[edge[piece]], 1e-9)
    # The first and last edge are cut where the journey begins and ends.
    forth = np.where(turned[piece], 1.0 - share, share)
    begin = 1.0 - found.begin if turned[0] else found.begin
    end = 1.0 - found.end if turned[-1] else found.end
    kept = ~((piece == 0) & (forth <= begin)) & ~((piece == len(edge) - 1) & (forth >= end))
    points = [(_spot(network, edge[0], found.begin), 0), (_spot(network, edge[-1], found.end), len(edge) - 1)]
    metric = np.concatenate([points[0][0][None], e.metric[order[kept]], points[1][0][None]])
    pieces = np.concatenate([[0], piece[kept], [len(edge) - 1]])
    ends = crs.from_metric(np.stack([p for p, _ in points]), network.snapshot.metric_crs)
    lonlat = np.concatenate([ends[:1], e.lonlat[order[kept]], ends[1:]])
    fresh = np.ones(len(metric), np.bool_)  # a vertex that two edges share is kept once
    fresh[1:] = np.hypot(*np.diff(metric, axis=0).T) > 1e-6
    if fresh.sum() < 2:  # origin and target are the same place
        return Leg(found, lonlat[[0, -1]], metric[[0, -1]], pieces[-1:])
    return Leg(found, lonlat[fresh], metric[fresh], pieces[fresh][1:])


def _spot(network: Network, edge: int, share: float) -> NDArray[np.float64]:
    """The metric position at a share of an edge."""
    e = network.edges
    first, last = int(e.first[edge]), int(e.last[edge])
    along = e.along[first : last + 1]
    at = along[0] + share * (along[-1] - along[0])
    return np.array([np.interp(at, along, e.metric[first : last + 1, i]) for i in (0, 1)])


def shortest_journey(
    network: Network, metric: ProfileWeights, origin: SnappedPoints, target: SnappedPoints
) -> Leg | None:
    """The fastest way between two places; None where there is none. `TooMuch` or `Gone` where the request's time is up
    or its client has left."""
    budget.current().check()
    found = journey(network, metric, origin, target)
    return None if found is None else leg_of(network, found)


def steps(network: Network, legs: list[Leg]) -> list[Step | RoundaboutStep]:
    """The steps of the legs, in order: one for each stretch of a street, and one for each arrival."""
    out: list[Step | RoundaboutStep] = []
    for number, leg in enumerate(legs):
        edge = leg.journey.ways >> 1
        round_ = network.facts.round[network.edges.row[edge]]
        names = roundabouts.named_by_exit(_names(network, edge), round_)
        runs = np.flatnonzero(_new_street(leg, names, round_))
        ends = np.append(runs[1:], len(leg.piece))
        lengths = np.hypot(*np.diff(leg.metric, axis=0).T)
        ms = _piece_ms(leg)
        for begin, end in zip(runs.tolist(), ends.tolist(), strict=True):
            piece = int(leg.piece[begin])
            length_m, took_ms = float(lengths[begin:end].sum()), float(ms[begin:end].sum())
            stretch = _stretch(leg, begin, names[piece], length_m, took_ms)
            if begin and round_[piece]:
                out.append(_roundabout(network, leg, piece, stretch))
            else:
                out.append(_step(leg, begin, stretch))
        words = messages.arrive(None if number == len(legs) - 1 else number + 1)
        out.append(
            Step(
                do="arrive",
                zh=words.zh,
                en=words.en,
                name=None,
                name_en=None,
                distance_m=0.0,
                duration_s=0.0,
                position=leg.lonlat[-1].round(7).tolist(),
            )
        )
    return out


class _Stretch(TypedDict):
    """The street of a step, its length and time, and where it begins."""

    name: str | None
    name_en: str | None
    distance_m: float
    duration_s: float
    position: list[float]


def _stretch(
    leg: Leg, begin: int, names: tuple[str | None, str | None], metres: float, ms: float
) -> _Stretch:
    return {
        "name": names[0],
        "name_en": names[1],
        "distance_m": round(metres, 1),
        "duration_s": round(ms / 1000.0, 1),
        "position": leg.lonlat[begin].round(7).tolist(),
    }


def _step(leg: Leg, begin: int, stretch: _Stretch) -> Step:
    """The step that begins with this segment of a leg: a departure or a turn."""
    name, name_en = stretch["name"], stretch["name_en"]
    if begin == 0:
        bearing = _bearing(leg.metric[0], leg.metric[1]) % 360.0
        words = messages.depart(bearing, name, name_en)
        return Step(do="depart", bearing_deg=round(bearing), zh=words.zh, en=words.en, **stretch)
    angle = _angle(leg, begin)
    do, words = messages.turn(angle, name, name_en)
    return Step(do=do, angle_deg=round(angle), zh=words.zh, en=words.en, **stretch)


def _roundabout(network: Network, leg: Leg, piece: int, stretch: _Stretch) -> RoundaboutStep:
    """The step through a roundabout that begins with this piece of the journey."""
    number = roundabouts.exit_number(network, leg.journey.ways, piece)
    words = messages.roundabout(number, stretch["name"], stretch["name_en"])
    return RoundaboutStep(do="roundabout", zh=words.zh, en=words.en, exit=number, **stretch)


def _piece_ms(leg: Leg) -> NDArray[np.float64]:
    """The milliseconds of each segment: the journey's time shared out by length."""
    lengths = np.hypot(*np.diff(leg.metric, axis=0).T)
    whole = float(lengths.sum())
    return lengths / whole * leg.journey.took_ms if whole > 0 else np.zeros(len(lengths))


def _names(network: Network, edge: NDArray[np.int32]) -> list[tuple[str | None, str | None]]:
    wanted = [noun for noun in ("name", "name_en") if noun in network.names]
    table = network.snapshot.attributes(network.edges.row[edge], [network.names[noun] for noun in wanted])
    values = {noun: table.column(i).to_pylist() for i, noun in enumerate(wanted)}
    empty: list[Any] = [None] * len(edge)
    return list(zip(values.get("name", empty), values.get("name_en", empty), strict=True))


def _new_street(leg: Leg, names: list[tuple[str | None, str | None]], round_: Mask) -> Mask:
    """Which segments begin a step (bool[p - 1]): the street changes, or the same street turns sharply. A roundabout and
    the street after it are one step."""
    fresh = np.zeros(len(leg.piece), np.bool_)
    fresh[0] = True
    for i in range(1, len(leg.piece)):
        if leg.piece[i] != leg.piece[i - 1]:
            before, after = int(leg.piece[i - 1]), int(leg.piece[i])
            if round_[after] or round_[before]:
                # A journey that begins in a roundabout has a step for leaving it.
                fresh[i] = not round_[before] or (not round_[after] and bool(round_[: before + 1].all()))
                continue
            fresh[i] = names[after] != names[before] or abs(_angle(leg, i)) > 50.0
    return fresh


def _bearing(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(np.degrees(np.arctan2(b[0] - a[0], b[1] - a[1])))


def _angle(leg: Leg, i: int) -> float:
    """Degrees turned at the start of segment i; positive to the right."""
    before, after = _bearing(leg.metric[i - 1], leg.metric[i]), _bearing(leg.metric[i], leg.metric[i + 1])
    return (after - before + 180.0) % 360.0 - 180.0


def encode_polyline(lonlat: LonLat, digits: int = 5) -> str:
    """A line (float64[p, 2] lon, lat) as an encoded polyline (Google's format, latitude first).

    >>> encode_polyline(np.array([[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]]))
    '_p~iF~ps|U_ulLnnqC_mqNvxq`@'
    """
    whole = np.rint(lonlat[:, ::-1] * 10**digits).astype(np.int64)
    deltas = np.diff(whole, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()
    out = []
    for value in np.where(deltas < 0, ~(deltas << 1), deltas << 1).tolist():
        while value >= 0x20:
            out.append(chr((0x20 | value & 0x1F) + 63))
            value >>= 5
        out.append(chr(value + 63))
    return "".join(out)


#: Bytes of one position in JSON plus its bytes in an encoded polyline.
_BYTES_A_POSITION = 27 + 6


def spend_line(positions: int) -> None:
    """Count a line of the answer against the request's bytes; `TooMuch` where they are used up."""
    budget.current().spend_bytes(
        _BYTES_A_POSITION * positions, f"the last of its lines has {positions:,} positions"
    )


def line_fields(lonlat: LonLat) -> DrawnLine:
    """A line (float64[p, 2] lon, lat) as GeoJSON and as an encoded polyline; `TooMuch` as `spend_line` raises it."""
    spend_line(len(lonlat))
    line = lonlat.round(7)
    return DrawnLine(LineString("LineString", line.tolist()), encode_polyline(line))


def line_of(legs: list[Leg]) -> NDArray[np.float64]:
    """The joined line of all legs: float64[p, 2] lon, lat, to seven decimals."""
    lines = [leg.lonlat if i == 0 else leg.lonlat[1:] for i, leg in enumerate(legs)]
    return np.concatenate(lines).round(7)


def find_routes(
    roads: RoadState,
    points: LonLat,
    profile: Profile,
    heading_deg: float | None = None,
    *,
    at: dt.datetime | None = None,
    avoid: Sequence[Any] = (),
    others: int = 0,
    surface: bool = False,
) -> RouteByRoad | RouteByLine:
    """The fastest route through the points in order (float64[p ≥ 2, 2] lon, lat, WGS84), with its turns.

    `heading_deg`: the direction of travel at the first point. `at`: the moment of departure, now by default. `avoid`:
    polygons (lon, lat) to keep out of. `others`: the number of alternatives, between two points only. `surface`: no
    point is in a tunnel or on a bridge. Where a point is off the network or a stretch has no route, the answer is the
    straight line and its `note` says why. `BadInput` for too many points and for a moment in the past, `NotFound` where
    no roads are loaded.
    """
    if not 2 <= len(points) <= MOST_POINTS:
        raise BadInput(f"a route has 2 to {MOST_POINTS} points, not {len(points)}")
    if others and len(points) > 2:
        raise BadInput(f"alternatives are between two points, not {len(points)}; ask for each stretch alone")
    network, metric = roads.network, roads.metric(profile, at, avoid)
    headings = np.full(len(points), np.nan)
    headings[0] = np.nan if heading_deg is None else heading_deg
    places = snap(network, metric, points, headings, surface=surface)
    off = np.flatnonzero(places.edge[:, 0] == NO_EDGE)
    if len(off):
        return _by_line(network, points, profile, messages.no_road_near(int(off[0]) + 1, profile))
    legs = []
    for i in range(len(points) - 1):
        leg = shortest_journey(network, metric, places.take([i]), places.take([i + 1]))
        if leg is None:
            why = messages.no_way(i + 1, profile, avoiding=bool(avoid))
            return _by_line(network, points, profile, why)
        legs.append(leg)
    found = RouteByRoad(
        "road", profile.name, *_way_fields(network, legs), snapped_m=places.offset_m[:, 0].round(1).tolist()
    )
    if not others:
        return found
    best = legs[0].journey
    further = alternatives(network, metric, places.take([0]), places.take([1]), best, others)
    ways = [
        Way(*_way_fields(network, [leg_of(network, other)]))
        for other in sorted(further, key=lambda j: j.took_ms)
    ]
    return replace(found, alternatives=ways)


class _WayFields(NamedTuple):
    """The fields of `Way`."""

    distance_m: float
    duration_s: float
    geometry: LineString
    polyline: str
    streets: list[str]
    legs: list[LegLength]
    steps: list[Step | RoundaboutStep]


def _way_fields(network: Network, legs: list[Leg]) -> _WayFields:
    """The length, time, line, streets and turns of these legs."""
    drawn = line_fields(line_of(legs))
    said = steps(network, legs)
    return _WayFields(
        round(sum(leg.length_m for leg in legs), 1),
        round(sum(leg.journey.took_ms for leg in legs) / 1000.0, 1),
        drawn.geometry,
        drawn.polyline,
        list(dict.fromkeys(step.name for step in said if step.name)),
        [LegLength(round(leg.length_m, 1), round(leg.journey.took_ms / 1000.0, 1)) for leg in legs],
        said,
    )


def _by_line(network: Network, points: LonLat, profile: Profile, why: Text) -> RouteByLine:
    """The answer where no road leads: the straight lines, and why."""
    metres = crs.to_metric(points, network.snapshot.metric_crs)
    return RouteByLine(
        by="line",
        profile=profile.name,
        duration_s=None,
        distance_m=round(float(np.hypot(*np.diff(metres, axis=0).T).sum()), 1),
        geometry=LineString("LineString", points.round(7).tolist()),
        polyline=encode_polyline(points),
        streets=[],
        legs=[],
        steps=[],
        note=messages.straight_line(why),
    )
