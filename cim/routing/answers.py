"""What answers say of ways, times, reached areas, traces and closures. Lines and positions are lon, lat (WGS84)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cim.model.sparse import Sparse
from cim.model.text import Text

#: A geometry of GeoJSON.
Geometry = dict[str, Any]


@dataclass(frozen=True)
class LineString:
    """A line as GeoJSON has it."""

    type: Literal["LineString"]
    coordinates: list[list[float]]


@dataclass(frozen=True)
class MultiLineString:
    """Several lines as GeoJSON has them."""

    type: Literal["MultiLineString"]
    coordinates: list[list[list[float]]]


@dataclass(frozen=True)
class DrawnLine:
    """A line, and the same as an encoded polyline."""

    geometry: LineString
    polyline: str


@dataclass(frozen=True)
class LegLength:
    """How long the way from one point to the next is."""

    distance_m: float
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class Step(Sparse):
    """What to do at one place, and on which street one then is for how long. `bearing_deg` says where one sets out to,
    `angle_deg` how far one turns, to the right if positive."""

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
    """Through a roundabout, out by this exit; None where the way ends in it."""

    exit: int | None


@dataclass(frozen=True)
class Way:
    """A way on roads: its length, time and line, the streets, and what to do at each turn."""

    distance_m: float
    duration_s: float
    geometry: LineString
    polyline: str
    streets: list[str]
    legs: list[LegLength]
    steps: list[Step | RoundaboutStep]


@dataclass(frozen=True)
class _OnRoads:
    """How a way was found, and for whom."""

    by: Literal["road"]
    profile: str


@dataclass(frozen=True)
class RouteByRoad(Sparse, Way, _OnRoads):
    """The fastest way, how far each point is from the road, and other ways where they were asked for."""

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
    """The numbers of the places that are on no road, from 0."""

    origins: list[int]
    targets: list[int]


@dataclass(frozen=True)
class TravelMatrix(Sparse):
    """Seconds, and metres where asked for, from each origin (row) to each target (column); null: no way."""

    profile: str
    durations_s: list[list[float | None]]
    off_road: OffRoad
    distances_m: list[list[float | None]] | None = None


@dataclass(frozen=True)
class ReachProperties(Sparse):
    """Within how many minutes, for whom, whether one comes from there, and the H3 cells of the roads."""

    minutes: float
    profile: str
    towards: bool
    cells: list[str] | None = None


@dataclass(frozen=True)
class ReachFeature:
    """The area that is reached within a time."""

    type: Literal["Feature"]
    geometry: Geometry
    properties: ReachProperties


@dataclass(frozen=True)
class ReachAreas(Sparse):
    """The area of each time, the numbers of the places that are on no road, and a note on those."""

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
    """Between which two points nothing explains a trace, and why."""

    after_point: int
    before_point: int
    reason: str
    zh: str
    en: str


@dataclass(frozen=True)
class PointOnRoad:
    """Where a point of a trace is on the roads; `against`: it drives against the direction of the feature."""

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
    """Where a trace went; `matched` counts its points that are on roads."""

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
    """Where each of several traces went."""

    results: list[MatchedTrace]


@dataclass(frozen=True, kw_only=True)
class ClosureEffect(Sparse):
    """How many edges and kilometres of road a closure lies on, the streets, and the kilometres that it cuts off."""

    edges: int
    km: float
    roads: list[str]
    cut_off_km: float
    note: Text | None = None


@dataclass(frozen=True, kw_only=True)
class AreaClosureEffect(ClosureEffect):
    """What closing an area would do; so many of its edges are closed already."""

    closed_already: int
