"""Split a block into parts of about the same size, along straight lines that go around buildings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, MetricXY
from cim.columnar.columns import offsets, spans
from cim.grids.faces import GRID_M, polygonal_part, polygons_in

#: Directions that are tried, relative to the axis of the block, and positions for each.
_TURNS_DEG = (0.0, 90.0, -15.0, 15.0, 75.0, 105.0, 45.0, 135.0)
_PLACES = 48

#: Preferred distance from a wall; the cost of a detour in metres of line.
_CLEAR_M, _TOUCH_M, _DETOUR_M = 2.0, 3.0, 25.0
#: Cost of each degree by which a line is not square to the block, in metres of line.
_SLANT_M = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Buildings:
    """Buildings in metres: their shapes, and all vertices in one array; those of building i begin at `starts[i]`."""

    shapes: Geometries
    xy: MetricXY
    starts: NDArray[np.int64]
    area_m2: NDArray[np.float64]

    @classmethod
    def of(cls, shapes: Geometries) -> Buildings:
        """The buildings with these polygons as shapes."""
        counts = shapely.get_num_coordinates(shapes)
        return cls(shapes, shapely.get_coordinates(shapes), offsets(counts), shapely.area(shapes))

    def reach(
        self, which: NDArray[np.int64], normal: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The extent of each building along a direction: its least and greatest coordinate."""
        counts = self.starts[which + 1] - self.starts[which]
        along = self.xy[spans(self.starts[which], counts)] @ normal
        first = offsets(counts)[:-1]
        return np.minimum.reduceat(along, first), np.maximum.reduceat(along, first)


def assign_buildings(
    pieces: Geometries, buildings: Buildings, which: NDArray[np.int64], least_m2: float = 0.01
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The pieces of a partition, changed so that each building is wholly in the piece that has most of it, and the
    index of that piece.

    `which` are the indexes of the buildings to consider. The index is -1 for a building outside all pieces.
    """
    home = np.full(len(which), -1, np.int64)
    tree = shapely.STRtree(pieces)
    b, p = tree.query(buildings.shapes[which], predicate="intersects")
    share = np.full(len(b), np.inf)
    several = np.bincount(b, minlength=len(which))[b] > 1
    if several.any():
        common = shapely.intersection(buildings.shapes[which[b[several]]], pieces[p[several]])
        share[several] = shapely.area(common)
    order = np.lexsort((share, b))
    home[b[order]] = p[order]  # the last of several pieces has the largest share
    straying = several & (share > least_m2) & (home[b] != p)
    if not straying.any():
        return pieces, home
    out = pieces.copy()
    moved = np.unique(b[straying])
    parts = shapely.set_precision(buildings.shapes[which[moved]], GRID_M)
    for piece in np.unique(np.concatenate([p[straying], home[moved]])):
        mine = home[moved] == piece
        leaving = ~mine & np.isin(moved, b[straying & (p == piece)])
        shape = out[piece]
        if mine.any():
            shape = polygonal_part(shapely.union_all(np.append(parts[mine], shape), grid_size=GRID_M))
        if leaving.any():
            lost = polygonal_part(shapely.union_all(parts[leaving], grid_size=GRID_M))
            shape = polygonal_part(shapely.difference(shape, lost, grid_size=GRID_M))
        out[piece] = shape
    return out, home


def split_block(
    block: Any, buildings: Buildings, which: NDArray[np.int64], size_m2: float, open_m2: float
) -> list[Any]:
    """The block (a polygon in metres) in parts of about `size_m2`, or `open_m2` without buildings; no building is cut.

    `which` are the buildings in it. The parts have no overlap and no gap, but may lack each other's vertices.
    """
    axis = _axis(block)
    done: list[Any] = []
    todo = [(block, which)]
    while todo:
        part, inside = todo.pop()
        size = size_m2 if len(inside) else open_m2
        if part.area <= 1.5 * size:
            done.append(part)
            continue
        pieces = _halve(part, buildings, inside, size, axis)
        if len(pieces) == 1:
            done.append(part)
            continue
        _, home = assign_buildings(pieces, buildings, inside, np.inf)
        todo += [(piece, inside[home == i]) for i, piece in enumerate(pieces)]
    return done


def _halve(
    part: Any, buildings: Buildings, which: NDArray[np.int64], size_m2: float, axis: float
) -> NDArray[Any]:
    """The part cut once, along the best of all lines that were tried, across the axis or along it."""
    best: tuple[float, NDArray[np.float64], float] | None = None
    edges = _edges(part)
    for turn in _TURNS_DEG:
        angle = axis + np.radians(turn)
        normal = np.array([np.cos(angle), np.sin(angle)])
        cost, at = _best_place(edges, buildings, which, normal, part.area, size_m2)
        cost += _SLANT_M * min(turn % 90, 90 - turn % 90)
        if best is None or cost < best[0]:
            best = (cost, normal, at)
    assert best is not None
    _, normal, at = best
    halves = _split_by(part, _half_plane(part, normal, at))
    if len(which):
        low, high = buildings.reach(which, normal)
        hit = which[(low < at) & (high > at)]
        if len(hit):
            (side, _), _ = assign_buildings(halves, buildings, hit)
            halves = _split_by(part, side)
    pieces = polygons_in(halves)
    return np.asarray(pieces[shapely.area(pieces) > 0])


def _split_by(part: Any, side: Any) -> NDArray[Any]:
    """The piece of the part on one side of a line, and the rest."""
    mine = polygonal_part(shapely.intersection(part, side, grid_size=GRID_M))
    return np.array([mine, polygonal_part(shapely.difference(part, mine, grid_size=GRID_M))], object)


def _axis(block: Any) -> float:
    """The direction that most of the block's outline runs along or square to, in radians."""
    xy = shapely.get_coordinates(shapely.get_exterior_ring(block))
    x, y = np.diff(xy, axis=0).T
    length, angle = np.hypot(x, y), np.arctan2(y, x)
    # Angles a quarter turn apart are equivalent: multiplied by four they are equal.
    return float(np.arctan2((length * np.sin(4 * angle)).sum(), (length * np.cos(4 * angle)).sum()) / 4)


def _edges(part: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The start and end of each edge of the part, with the inside on the left."""
    rings = shapely.get_rings(shapely.normalize(part))  # outer rings clockwise, holes against
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return xy[1:][same], xy[:-1][same]


def _best_place(
    edges: tuple[NDArray[np.float64], NDArray[np.float64]],
    buildings: Buildings,
    which: NDArray[np.int64],
    normal: NDArray[np.float64],
    area_m2: float,
    size_m2: float,
) -> tuple[float, float]:
    """The cost (in metres of line) and the position of the best line across this direction."""
    along = np.array([-normal[1], normal[0]])
    a, b = edges[0] @ normal, edges[1] @ normal
    ra, rb = edges[0] @ along, edges[1] @ along
    low, high = float(a.min()), float(a.max())
    step = (high - low) / _PLACES
    at = low + (np.arange(_PLACES) + 0.5) * step
    crosses = (a[:, None] <= at) != (b[:, None] <= at)
    slope = (rb - ra) / np.where(a == b, 1.0, b - a)
    where = ra[:, None] + (at - a[:, None]) * slope[:, None]
    chord = np.abs((crosses * where * np.sign(b - a)[:, None]).sum(axis=0))
    behind = np.cumsum(chord) * step - chord * step / 2
    share = behind / area_m2
    parts = max(2, round(area_m2 / size_m2))
    uneven = np.abs(share * parts - np.round(share * parts))
    cost = chord + 2.0 * uneven * size_m2**0.5 + 0.5 * np.abs(share - 0.5) * size_m2**0.5
    cost[(share < 0.5 / parts) | (share > 1 - 0.5 / parts)] = np.inf
    if parts > 3:
        cost[(share < 0.25) | (share > 0.75)] += 1e6
    if len(which):
        first, last = buildings.reach(which, normal)
        deep = np.minimum(at - first[:, None], last[:, None] - at)
        cost = cost + np.where(deep > 0, _DETOUR_M + 2 * deep, np.where(deep > -_CLEAR_M, _TOUCH_M, 0)).sum(
            axis=0
        )
    place = int(np.argmin(cost))
    return float(cost[place]), float(at[place])


def _half_plane(part: Any, normal: NDArray[np.float64], at: float) -> Any:
    """A polygon that covers the part before `at` along the direction."""
    west, south, east, north = part.bounds
    centre = np.array([(west + east) / 2, (south + north) / 2])
    reach = float(np.hypot(east - west, north - south)) + 10
    along = np.array([-normal[1], normal[0]])
    foot = centre + (at - centre @ normal) * normal
    a, b = foot + along * reach, foot - along * reach
    return shapely.polygons(np.array([a, b, b - normal * 2 * reach, a - normal * 2 * reach]))
