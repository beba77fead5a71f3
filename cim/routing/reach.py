"""What can be reached within given times: the roads, the areas around them, and H3 cells.

One sweep gives the time at every node. The times along the roads are drawn onto a grid of metres, as a strip on both
sides of each road that includes the time to walk there; the areas are the contours of that field. The grid is the same
for every request of a profile, so an area for more time contains every area for less.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import contourpy
import numpy as np
import orjson
import shapely
from numba import njit
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import Geometries, LonLat, Mask, MetricXY
from cim.errors import BadInput
from cim.roads import sweeps
from cim.roads.contraction import NEVER
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.roads.shortest_paths import departures, ways_in
from cim.roads.snapping import NO_EDGE, SnappedPoints, snap
from cim.roads.state import RoadState
from cim.routing import messages
from cim.routing.answers import ReachAreas, ReachFeature, ReachProperties
from cim.space import crs, geojson, h3_cells

#: Maximum contours, minutes and places of one request.
MOST_CONTOURS, MOST_MINUTES, MOST_PLACES = 10, 120.0, 1000

#: Bytes of a corner and of an H3 cell in JSON.
_BYTES_A_CORNER, _BYTES_A_CELL = 24, 18
#: Metres between two points of the grid: for vehicles, and on foot.
_GRID_M, _GRID_FOOT_M = 40.0, 15.0
#: Width of the strip on each side of a road, in steps of the grid.
_STRIP = 2
#: Smaller holes among reached roads are blocks of houses and are filled.
_BLOCK_M2 = 250_000.0
_WALK_MS_PER_M = 1000.0 / 1.3
#: Maximum points of the grid: an area 250 km across.
_MOST_CELLS = 40_000_000
#: The value of the field where no road is reached, greater than every contour.
_FAR_MS = 4.0 * MOST_MINUTES * 60_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """The times at both ends of each edge, in milliseconds, for going on along the edge (with `towards`: for coming
    along it): int32[e], `NEVER` where it is not reached. `spots`: the places themselves as (edge, share of the edge,
    directions, extra milliseconds)."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    spots: tuple[tuple[int, float, int, int], ...]


def reach_times(
    network: Network, metric: ProfileWeights, places: SnappedPoints, *, towards: bool = False
) -> Reached:
    """The time to every edge from the nearest of the places; with `towards` the time from every edge to it."""
    doors = ways_in(network, metric, places) if towards else departures(metric, places)
    far = sweeps.sweep_from(network.hierarchy, metric.hierarchy, doors.node, doors.cost_ms, towards=towards)
    g, rank = network.graph, network.hierarchy.rank
    ways = 2 * len(network.edges.first)
    if towards:  # where one may turn at a node depends on the edge one comes from
        at = far[rank[:ways]]
        start, end = at[1::2], at[0::2]
    else:
        at = np.full(ways, NEVER, np.int32)
        arrival = np.minimum(far[rank[g.tail]].astype(np.int64) + metric.turn_ms, NEVER).astype(np.int32)
        np.minimum.at(at, g.way, arrival)
        start, end = at[0::2], at[1::2]
    spots = [
        (
            int(places.edge[i, j]),
            float(places.share[i, j]),
            int(places.ways[i, j]),
            int(places.extra_ms[i, j]),
        )
        for i, j in zip(*np.nonzero(places.edge != NO_EDGE), strict=True)
    ]
    return Reached(start, end, tuple(spots))


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Points along the reached roads: `xy` float64[s, 2] in metres, `ms` float64[s], and their edge int64[s]."""

    xy: MetricXY
    ms: NDArray[np.float64]
    edge: NDArray[np.int64]


class _EdgeTimes(NamedTuple):
    """Of each edge: milliseconds to its start and end, along and against it (int32[e]), and whether it is closed."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    along: NDArray[np.int32]
    against: NDArray[np.int32]
    closed: Mask


def samples(
    network: Network, metric: ProfileWeights, found: Reached, most_ms: float, step_m: float, *, towards: bool
) -> Samples:
    """Points along the roads that are reached within a time, at most `step_m` apart."""
    # From its start an edge is travelled along; to its start it is travelled against.
    along, against = (
        (metric.travel_ms[1], metric.travel_ms[0]) if towards else (metric.travel_ms[0], metric.travel_ms[1])
    )
    open_ = ~metric.closed
    some = open_ & (((found.start < most_ms) & (along < NEVER)) | ((found.end < most_ms) & (against < NEVER)))
    for edge, *_ in found.spots:
        some[edge] = True
    wanted = np.flatnonzero(some)
    spots = np.array(found.spots, np.float64).reshape(-1, 4)
    spots = spots[np.argsort(spots[:, 0], kind="stable")]
    times = _EdgeTimes(found.start, found.end, along, against, metric.closed)
    xy, ms, edge = _sample(wanted, network.edges.lines, times, spots, towards, float(most_ms), step_m)
    return Samples(xy, ms, edge)


@njit(nogil=True, cache=True)
def _sample(wanted: Any, lines: Any, times: Any, spots: Any, towards: Any, most_ms: Any, step_m: Any) -> Any:
    first, last, along, metric = lines
    start, end, forth, back, closed = times
    room = 1024
    xy, ms, edge = np.empty((room, 2)), np.empty(room), np.empty(room, np.int64)
    used = 0
    for k in range(len(wanted)):
        e = wanted[k]
        length = max(along[last[e]] - along[first[e]], 1e-9)
        low = np.searchsorted(spots[:, 0], float(e))
        for v in range(first[e], last[e]):
            piece = along[v + 1] - along[v]
            n = int(np.ceil(piece / step_m))
            for i in range(n + 1):
                if i == n and v + 1 < last[e]:
                    continue
                t = i / n if n > 0 else 0.0
                share = (along[v] - along[first[e]] + t * piece) / length
                best = np.inf
                if not closed[e]:
                    if forth[e] < NEVER and start[e] < NEVER:
                        best = min(best, start[e] + share * forth[e])
                    if back[e] < NEVER and end[e] < NEVER:
                        best = min(best, end[e] + (1.0 - share) * back[e])
                s = low
                while s < len(spots) and spots[s, 0] == e:
                    gone = share - spots[s, 1]
                    ways = int(spots[s, 2])
                    # Going along from the place takes the edge's time along; coming to it from there, against it.
                    if gone >= 0 and (ways & (2 if towards else 1)) > 0:
                        best = min(best, gone * forth[e] + spots[s, 3])
                    if gone <= 0 and (ways & (1 if towards else 2)) > 0:
                        best = min(best, -gone * back[e] + spots[s, 3])
                    s += 1
                if best <= most_ms:
                    if used == room:
                        room *= 2
                        xy2, ms2, edge2 = np.empty((room, 2)), np.empty(room), np.empty(room, np.int64)
                        xy2[:used], ms2[:used], edge2[:used] = xy, ms, edge
                        xy, ms, edge = xy2, ms2, edge2
                    xy[used, 0] = metric[v, 0] + t * (metric[v + 1, 0] - metric[v, 0])
                    xy[used, 1] = metric[v, 1] + t * (metric[v + 1, 1] - metric[v, 1])
                    ms[used], edge[used] = best, e
                    used += 1
    return xy[:used].copy(), ms[:used].copy(), edge[:used].copy()


def areas(points: Samples, contours_ms: list[float], grid_m: float) -> list[Any]:
    """The area within each time as a polygon or multipolygon in metres, empty where nothing is reached. `BadInput` for
    an area that is too large to draw."""
    if not len(points.ms):
        return [shapely.MultiPolygon() for _ in contours_ms]
    low = np.floor(points.xy.min(axis=0) / grid_m).astype(np.int64) - _STRIP - 2
    high = np.ceil(points.xy.max(axis=0) / grid_m).astype(np.int64) + _STRIP + 2
    size = high - low + 1
    if int(size[0]) * int(size[1]) > _MOST_CELLS:
        raise BadInput("the area reached is too large to be drawn; ask for less time")
    field = _field(points.xy, points.ms, low, size, grid_m)
    x, y = (np.arange(low[i], high[i] + 1) * grid_m for i in (0, 1))
    drawn = contourpy.contour_generator(x, y, field, fill_type="OuterOffset", name="serial")
    out = []
    for ms in contours_ms:
        budget.current().check()
        polygons = []
        for coords, offsets in zip(*drawn.filled(-1.0, ms), strict=True):
            rings = [coords[a:b] for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
            holes = [r for r in rings[1:] if _area_m2(r) > _BLOCK_M2]
            polygons.append(shapely.Polygon(rings[0], holes))
        # An island in a filled hole becomes part of the area around it.
        out.append(shapely.union_all(polygons) if polygons else shapely.MultiPolygon())
    return out


@njit(nogil=True, cache=True)
def _field(xy: Any, ms: Any, low: Any, size: Any, grid_m: Any) -> Any:
    """The least time at each point of the grid, over all roads within the strip, plus a tenth of the walk from the
    road: without it the contour at the last road would have no width."""
    widest = (_STRIP * grid_m) ** 2
    field = np.full((size[1], size[0]), _FAR_MS)
    for s in range(len(ms)):
        cx, cy = int(np.rint(xy[s, 0] / grid_m)), int(np.rint(xy[s, 1] / grid_m))
        for j in range(cy - _STRIP, cy + _STRIP + 1):
            for i in range(cx - _STRIP, cx + _STRIP + 1):
                dx, dy = i * grid_m - xy[s, 0], j * grid_m - xy[s, 1]
                away = dx * dx + dy * dy
                if away <= widest and ms[s] < field[j - low[1], i - low[0]]:
                    t = ms[s] + np.sqrt(away) * _WALK_MS_PER_M * 0.1
                    if t < field[j - low[1], i - low[0]]:
                        field[j - low[1], i - low[0]] = t
    return field


def _area_m2(ring: NDArray[np.float64]) -> float:
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return abs(float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))) / 2.0


@dataclass(frozen=True, slots=True, eq=False)
class ReachArea:
    """The areas reached within some times: the times in milliseconds, ascending; the area of each (lon, lat, WGS84);
    the reached roads as points with their times; and the indexes of the places that are on no road."""

    contours_ms: list[float]
    shapes: Geometries
    roads: Samples
    off: NDArray[np.int64]


def extent(
    roads: RoadState,
    points: LonLat,
    minutes: Sequence[float],
    profile: Profile,
    *,
    towards: bool = False,
    at: dt.datetime | None = None,
    surface: bool = False,
) -> ReachArea:
    """What is reached from the nearest of the points (float64[q, 2] lon, lat, WGS84) within each of the times.

    `towards`: from where one of the points is reached instead. `at`: the moment of departure, now by default.
    `surface`: no point is in a tunnel or on a bridge. `BadInput` for too many points or times and for a moment in the
    past, `NotFound` where no roads are loaded, `TooMuch` where the areas have too many corners.
    """
    if not 1 <= len(points) <= MOST_PLACES:
        raise BadInput(f"reach is asked of 1 to {MOST_PLACES:,} points, not {len(points):,}")
    if not 1 <= len(minutes) <= MOST_CONTOURS or not all(0 < m <= MOST_MINUTES for m in minutes):
        raise BadInput(
            f"minutes: 1 to {MOST_CONTOURS} times of more than 0 and at most {MOST_MINUTES:g} minutes"
        )
    network, metric = roads.network, roads.metric(profile, at)
    places = snap(network, metric, points, surface=surface)
    contours = sorted({float(m) * 60_000.0 for m in minutes})
    limits = budget.current()
    found = reach_times(network, metric, places, towards=towards)
    limits.check()
    grid_m = _GRID_FOOT_M if profile.name == "foot" else _GRID_M
    reached = samples(network, metric, found, contours[-1], grid_m, towards=towards)
    limits.check()
    shapes = crs.geometry_from_metric(
        np.array(areas(reached, contours, grid_m), object), network.snapshot.metric_crs
    )
    corners = int(shapely.get_num_coordinates(shapes).sum())
    limits.spend_bytes(_BYTES_A_CORNER * corners, f"areas of {corners:,} corners")
    return ReachArea(contours, shapes, reached, np.flatnonzero(places.edge[:, 0] == NO_EDGE))


def find_reach(
    roads: RoadState,
    points: LonLat,
    minutes: Sequence[float],
    profile: Profile,
    *,
    towards: bool = False,
    resolution: int | None = None,
    at: dt.datetime | None = None,
    surface: bool = False,
) -> ReachAreas:
    """The areas of `extent` as a GeoJSON feature for each time, with the H3 cells of their roads where a resolution is
    given."""
    if resolution is not None:
        h3_cells.check_resolution(resolution, 12)
    found = extent(roads, points, minutes, profile, towards=towards, at=at, surface=surface)
    cells = None
    if resolution is not None:
        cells = h3_cells.cells_of(
            crs.from_metric(found.roads.xy, roads.network.snapshot.metric_crs), resolution
        )
    features = []
    drawn = geojson.encode(shapely.set_precision(found.shapes, 1e-6))
    for ms, shape in zip(found.contours_ms, drawn, strict=True):
        names = None
        if cells is not None:
            inside = np.unique(cells[found.roads.ms <= ms])
            budget.current().spend_bytes(_BYTES_A_CELL * len(inside), f"{len(inside):,} cells")
            names = h3_cells.as_text(inside).to_pylist()
        properties = ReachProperties(ms / 60_000.0, profile.name, towards, names)
        features.append(ReachFeature("Feature", orjson.loads(shape), properties))
    note = messages.places_off_road(len(found.off), profile) if len(found.off) else None
    return ReachAreas("FeatureCollection", features, found.off.tolist(), note)
