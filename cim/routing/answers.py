"""Answers of routing: routes, matrices, reached areas, traces and closures. Lines and positions are lon, lat
(WGS84)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cim.model.sparse import Sparse
from cim.model.text import Text

#: A geometry of GeoJSON.
Geometry = dict[str, Any]


@dataclass(frozen=True)
class LineString:
    """A GeoJSON LineString."""

    type: Literal["LineString"]
    coordinates: list[list[float]]


@dataclass(frozen=True)
class MultiLineString:
    """A GeoJSON MultiLineString."""

    type: Literal["MultiLineString"]
    coordinates: list[list[list[float]]]


@dataclass(frozen=True)
class DrawnLine:
    """A line, and the same as an encoded polyline."""

    geometry: LineString
    polyline: str


@dataclass(frozen=True)
class LegLength:
    """The length and time of the way from one point to the next."""

    distance_m: float
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class Step(Sparse):
    """A step of a route: what to do at one place, and the street that follows with its length and time. `bearing_deg`
    is the direction of a departure, `angle_deg` that of a turn, positive to the right."""

    do: str
    bearing_deg: int | None = None
    angle_deg: int | None = None
    zh: str
    en: str
    name: str | None
    name_en: str | None
    distance_m: float
    duration_s: float
    position: list[float]


@dataclass(frozen=True, kw_only=True)
class RoundaboutStep(Step):
    """A step through a roundabout. `exit` counts from 1 and is null where the route ends in the roundabout."""

    exit: int | None


@dataclass(frozen=True)
class Way:
    """A route on roads: its length, time and line, its streets and its steps."""

    distance_m: float
    duration_s: float
    geometry: LineString
    polyline: str
    streets: list[str]
    legs: list[LegLength]
    steps: list[Step | RoundaboutStep]


@dataclass(frozen=True)
class _OnRoads:
    """How a route was found, and for which profile."""

    by: Literal["road"]
    profile: str


@dataclass(frozen=True)
class RouteByRoad(Sparse, Way, _OnRoads):
    """The fastest route, the distance of each point from the road, and alternatives on request."""

    snapped_m: list[float]
    alternatives: list[Way] | None = None


@dataclass(frozen=True)
class RouteByLine:
    """The straight line where no road leads, and why."""

    by: Literal["line"]
    profile: str
    duration_s: None
    distance_m: float
    geometry: LineString
    polyline: str
    streets: list[str]
    legs: list[LegLength]
    steps: list[Step]
    note: Text


@dataclass(frozen=True)
class OffRoad:
    """The indexes (from 0) of the places that are on no road."""

    origins: list[int]
    targets: list[int]


@dataclass(frozen=True)
class TravelMatrix(Sparse):
    """Seconds, and on request metres, from each origin (row) to each target (column); null where there is no way."""

    profile: str
    durations_s: list[list[float | None]]
    off_road: OffRoad
    distances_m: list[list[float | None]] | None = None


@dataclass(frozen=True)
class ReachProperties(Sparse):
    """The time of an area, its profile, the direction of travel, and the H3 cells of its roads."""

    minutes: float
    profile: str
    towards: bool
    cells: list[str] | None = None


@dataclass(frozen=True)
class ReachFeature:
    """The area reached within a time, as a GeoJSON feature."""

    type: Literal["Feature"]
    geometry: Geometry
    properties: ReachProperties


@dataclass(frozen=True)
class ReachAreas(Sparse):
    """The area of each time, the indexes of the places that are on no road, and a note about them."""

    type: Literal["FeatureCollection"]
    features: list[ReachFeature]
    off_road: list[int]
    note: Text | None = None


@dataclass(frozen=True)
class MatchedPart:
    """An unbroken part of a trace: its first and last point, line, length, time (null without times) and streets."""

    points: list[int]
    geometry: LineString
    polyline: str
    distance_m: float
    duration_s: float | None
    mean_kmh: float | None
    streets: list[str]


@dataclass(frozen=True)
class TraceBreak:
    """A break of a trace: the points before and after it, and the reason."""

    after_point: int
    before_point: int
    reason: str
    zh: str
    en: str


@dataclass(frozen=True)
class PointOnRoad:
    """The position of a point of a trace on its road. `against`: it travels against the direction of the feature."""

    matched: Literal[True]
    position: list[float]
    offset_m: float
    part: int
    road_id: int
    road: str | None
    road_en: str | None
    against: bool


@dataclass(frozen=True)
class PointOffRoad:
    """Why a point of a trace is on no road."""

    matched: Literal[False]
    why: str
    zh: str
    en: str


@dataclass(frozen=True)
class MatchedTrace:
    """The route of a trace. `matched` counts its points that are on roads."""

    profile: str
    matched: int
    confidence: float
    distance_m: float
    duration_s: float | None
    mean_kmh: float | None
    geometry: MultiLineString | None
    streets: list[str]
    parts: list[MatchedPart]
    breaks: list[TraceBreak]
    points: list[PointOnRoad | PointOffRoad]


@dataclass(frozen=True)
class MatchedTraces:
    """The routes of several traces."""

    results: list[MatchedTrace]


@dataclass(frozen=True, kw_only=True)
class ClosureEffect(Sparse):
    """The number of edges and kilometres of road that a closure lies on, the streets, and the kilometres that it cuts
    off."""

    edges: int
    km: float
    roads: list[str]
    cut_off_km: float
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class AreaClosureEffect(ClosureEffect):
    """The effect of closing an area. `closed_already` counts its edges that are closed now."""

    closed_already: int
