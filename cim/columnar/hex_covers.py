"""The H3 cells that cover a shape: those wholly inside it, and those on its edge.

All cells of the shape's box are looked at, each with the edges of the outline that lie near it
(`cim.columnar.outline`): most have none, so that their middle decides. What is left is decided edge by edge,
exactly; only a cell that the outline touches without crossing it, as that of a shape made of cells, is left to GEOS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import h3
import h3ronpy
import numpy as np
import pyarrow as pa
import shapely
from h3ronpy import vector
from numba import njit
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import Geometries
from cim.columnar.outline import Outline, holds, slab_of
from cim.errors import BadInput, TooMuch
from cim.space import ring_tests
from cim.space.edge_density import edges_across
from cim.space.h3_cells import MOST_CELLS, Cells, cells_of, check_resolution, middles, outlines

#: What is known of a cell.
_OUT, _FULL, _EDGE, _OPEN = 0, 1, 2, 3
#: No cell's corner is farther from its middle than so many average edges, and a degree of latitude has so many metres.
_WIDEST_EDGES, _DEGREE_M = 1.5, 111_195.0
#: Beyond this latitude cells are found part by part, of shapes of so many corners at most.
_POLAR_DEG, _MOST_POLAR = 85.0, 2_000
#: Cells between two looks at the budget.
_BLOCK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """The cells that a shape reaches into: those wholly inside it, and those on its edge."""

    full: Cells
    edge: Cells


def cover(geometry: Any, resolution: int) -> Cover:
    """The cells of a resolution that cover a shapely geometry (lon, lat); each is full or on the edge.

    A point of the shape is in one of these cells; a point in a full cell is in the shape. `BadInput` where it
    would be more than `MOST_CELLS`, `TooMuch` where it takes more comparisons than the question may make.
    """
    check_resolution(resolution)
    if geometry.is_empty:
        return Cover(np.empty(0, np.uint64), np.empty(0, np.uint64))
    west, south, east, north = geometry.bounds
    height, width = (north - south) * 111.2, (east - west) * 111.2 * np.cos(np.radians((north + south) / 2))
    expected = max(0.0, width * height) / h3.average_hexagon_area(resolution)
    if expected > 4 * MOST_CELLS:  # a shape may fill a small part of its box
        raise BadInput(
            f"resolution {resolution} is too fine: up to {expected:,.0f} cells; take a coarser one or a smaller shape"
        )
    if geometry.geom_type not in ("Polygon", "MultiPolygon"):
        return _decide(geometry, _along(geometry, resolution))
    around = _around(geometry.bounds, resolution)
    if around is None:
        if (corners := int(shapely.get_num_coordinates(geometry))) > _MOST_POLAR:
            raise TooMuch(
                f"so near to a pole a shape of {corners:,} corners can't be covered, at most {_MOST_POLAR:,}; "
                "simplify it"
            )
        return _decide(geometry, _along(geometry, resolution))
    cells = _in_box(geometry.bounds, around, resolution)
    outline = Outline.of(geometry)
    state = _by_middles(outline, cells, around)
    near = np.flatnonzero(state == _OPEN)
    _require_few(int(np.count_nonzero(state == _FULL)))
    shapes = outlines(cells[near])
    state[near] = _by_edges(outline, shapes)
    _require_few(int(np.count_nonzero(state == _FULL)) + int(np.count_nonzero(state == _EDGE)))
    touched = state[near] == _OPEN
    left = _decide(geometry, cells[near[touched]], shapes[touched])
    return Cover(
        np.sort(np.concatenate([cells[state == _FULL], left.full])),
        np.sort(np.concatenate([cells[state == _EDGE], left.edge])),
    )


def _require_few(count: int) -> None:
    if count > MOST_CELLS:
        raise BadInput(f"{count:,} cells are too many, at most {MOST_CELLS:,}; take a coarser resolution")


def _decide(geometry: Any, cells: Cells, shapes: Geometries | None = None) -> Cover:
    """Which of the cells are full and which on the edge, as GEOS finds it."""
    if not len(cells):
        return Cover(cells, cells)
    _require_few(len(cells))
    limits, corners = budget.current(), int(shapely.get_num_coordinates(geometry))
    limits.spend_comparisons(int(edges_across(geometry) * len(cells)), corners, len(cells), "cells")
    shapely.prepare(geometry)
    shapes = outlines(cells) if shapes is None else shapes
    full = shapely.contains(geometry, shapes)
    touched = full | shapely.intersects(geometry, shapes)
    return Cover(cells[full], cells[touched & ~full])


def _along(geometry: Any, resolution: int) -> Cells:
    """The cells that points, lines or a collection may reach into, and perhaps a few more.

    Cells are bounded by great circles and shapes by straight lines of lon and lat; the neighbours of what the
    library finds make up for the difference.
    """
    found: list[Cells] = []
    for part in shapely.get_parts(geometry):
        found.append(cells_of(shapely.get_coordinates(part), resolution))
        if part.geom_type == "Polygon":
            mode = vector.ContainmentMode.Covers
            found.append(pa.array(vector.geometry_to_cells(part, resolution, mode)).to_numpy())
        elif part.geom_type == "LineString":
            edge_deg = h3.average_hexagon_edge_length(resolution, unit="m") / _DEGREE_M / 2
            found.append(cells_of(shapely.get_coordinates(shapely.segmentize(part, edge_deg)), resolution))
    cells = np.unique(np.concatenate(found))
    if geometry.geom_type in ("Point", "MultiPoint"):
        return cells
    wider = pa.array(h3ronpy.grid_disk(pa.array(cells), 1, flatten=True))
    around: Cells = wider.drop_null().to_numpy()
    return np.unique(np.concatenate([cells, around]))


def _around(bounds: tuple[float, float, float, float], resolution: int) -> tuple[float, float] | None:
    """How far a cell near these bounds reaches from its middle at most, in degrees of lon and lat; None near a pole,
    where a cell may reach all round."""
    lat = _WIDEST_EDGES * h3.average_hexagon_edge_length(resolution, unit="m") / _DEGREE_M
    farthest = max(abs(bounds[1]), abs(bounds[3])) + 2 * lat
    return (lat / float(np.cos(np.radians(farthest))), lat) if farthest < _POLAR_DEG else None


def _in_box(bounds: tuple[float, float, float, float], around: tuple[float, float], resolution: int) -> Cells:
    """All cells that may reach into the box, and some more."""
    lon, lat = around
    west, south, east, north = bounds[0] - lon, bounds[1] - lat, bounds[2] + lon, bounds[3] + lat
    within = shapely.box(max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))
    mode = vector.ContainmentMode.ContainsCentroid
    found = pa.array(vector.geometry_to_cells(within, resolution, mode)).to_numpy()
    if west < -180.0 or east > 180.0 or south < -90.0 or north > 90.0:
        corners = cells_of(shapely.get_coordinates(within), resolution)
        wider = pa.array(h3ronpy.grid_disk(pa.array(np.concatenate([found, corners])), 1, flatten=True))
        found = wider.drop_null().to_numpy()
    return np.unique(np.asarray(found, np.uint64))


def _by_middles(outline: Outline, cells: Cells, around: tuple[float, float]) -> NDArray[np.int8]:
    """`_FULL` or `_OUT` for each cell that no edge of the outline is near to, else `_OPEN`: int8[n]."""
    state, limits = np.empty(len(cells), np.int8), budget.current()
    u, v = (1, 0) if outline.slabs.swapped else (0, 1)
    for start in range(0, len(cells), _BLOCK):
        middle = middles(cells[start : start + _BLOCK])
        part, uv = state[start : start + _BLOCK], np.ascontiguousarray(middle[:, [u, v]])
        spent = _near(outline.slabs, uv, (around[u], around[v]), limits.comparisons_left, part)
        limits.spend_comparisons(int(spent), len(outline.slabs.edges), len(cells), "cells")
    return state


def _by_edges(outline: Outline, shapes: Geometries) -> NDArray[np.int8]:
    """What each cell (a polygon) is; `_OPEN` where the outline touches it without crossing it: int8[n]."""
    state, limits = np.full(len(shapes), _OPEN, np.int8), budget.current()
    box = shapely.bounds(shapes)
    # Of one that crosses 180° the outline is no ring of lon and lat.
    whole = np.flatnonzero((box[:, 2] - box[:, 0] < 180.0) & (shapely.get_num_geometries(shapes) == 1))
    for start in range(0, len(whole), _BLOCK):
        some = whole[start : start + _BLOCK]
        xy, of = shapely.get_coordinates(shapely.get_exterior_ring(shapes[some]), return_index=True)
        starts = np.searchsorted(of, np.arange(len(some) + 1))
        found = np.empty(len(some), np.int8)
        uv = np.ascontiguousarray(xy[:, ::-1] if outline.slabs.swapped else xy)
        spent = _cell_states(outline.slabs, uv, starts, limits.comparisons_left, found)
        state[some] = found
        limits.spend_comparisons(int(spent), len(outline.slabs.edges), len(shapes), "cells")
    return state


@njit(nogil=True, cache=True)
def _near(slabs: Any, middles: Any, reach: Any, most: Any, state: Any) -> Any:
    """Fills `state` of the cells with these middles (u, v) that reach so far from them; gives how many edges were
    looked at, and stops once that is more than `most`."""
    edges, bars, slab_starts, slab_edges, _ = slabs
    reach_u, reach_v = reach
    spent = np.int64(0)
    for i in range(len(middles)):
        if spent > most:
            break
        u, v = middles[i, 0], middles[i, 1]
        low_u, high_u, low_v, high_v = u - reach_u, u + reach_u, v - reach_v, v + reach_v
        state[i] = _OUT
        if high_v < bars[0] or low_v > bars[-1]:
            continue
        for slab in range(slab_of(bars, low_v), slab_of(bars, high_v) + 1):
            for k in range(slab_starts[slab], slab_starts[slab + 1]):
                e = slab_edges[k]
                spent += 1
                au, av, bu, bv = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                if (av < low_v and bv < low_v) or (av > high_v and bv > high_v):
                    continue
                if (au < low_u and bu < low_u) or (au > high_u and bu > high_u):
                    continue
                # The box lies on one side of the edge's line.
                one = ring_tests.side(au, av, bu, bv, low_u, low_v)
                if one != 0.0:
                    two = ring_tests.side(au, av, bu, bv, low_u, high_v)
                    three = ring_tests.side(au, av, bu, bv, high_u, low_v)
                    four = ring_tests.side(au, av, bu, bv, high_u, high_v)
                    if one > 0.0 and two > 0.0 and three > 0.0 and four > 0.0:
                        continue
                    if one < 0.0 and two < 0.0 and three < 0.0 and four < 0.0:
                        continue
                state[i] = _OPEN
                break
            if state[i] == _OPEN:
                break
        if state[i] != _OPEN and holds(slabs, u, v):
            state[i] = _FULL
    return spent


@njit(nogil=True, cache=True)
def _cell_states(slabs: Any, xy: Any, starts: Any, most: Any, state: Any) -> Any:
    """Fills `state` of the cells whose corners (u, v) are xy[starts[i] … starts[i + 1]], the first as the last; gives
    how many edges were looked at, and stops once that is more than `most`."""
    edges, bars, slab_starts, slab_edges, _ = slabs
    spent = np.int64(0)
    for i in range(len(starts) - 1):
        if spent > most:
            break
        begin, end = starts[i], starts[i + 1]
        low_u, high_u, low_v, high_v = np.inf, -np.inf, np.inf, -np.inf
        for at in range(begin, end):
            low_u, high_u = min(low_u, xy[at, 0]), max(high_u, xy[at, 0])
            low_v, high_v = min(low_v, xy[at, 1]), max(high_v, xy[at, 1])
        state[i] = _OUT
        if high_v < bars[0] or low_v > bars[-1]:
            continue
        for slab in range(slab_of(bars, low_v), slab_of(bars, high_v) + 1):
            for k in range(slab_starts[slab], slab_starts[slab + 1]):
                e = slab_edges[k]
                spent += 1
                au, av, bu, bv = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                if (av < low_v and bv < low_v) or (av > high_v and bv > high_v):
                    continue
                if (au < low_u and bu < low_u) or (au > high_u and bu > high_u):
                    continue
                known = _meeting(xy, begin, end, au, av, bu, bv)
                if known == _EDGE:
                    state[i] = _EDGE
                    break
                if known == _OPEN:
                    state[i] = _OPEN
            if state[i] == _EDGE:
                break
        if state[i] == _OUT and holds(slabs, xy[begin, 0], xy[begin, 1]):
            state[i] = _FULL
    return spent


@njit(nogil=True, cache=True)
def _meeting(xy: Any, begin: Any, end: Any, au: Any, av: Any, bu: Any, bv: Any) -> Any:
    """What an edge is to a cell: `_EDGE` where a part of it lies within, `_OPEN` where it may only touch, else
    `_OUT`."""
    a_left = a_right = b_left = b_right = False
    a_on = b_on = 0
    found = _OUT
    for at in range(begin + 1, end):
        cu, cv, du, dv = xy[at - 1, 0], xy[at - 1, 1], xy[at, 0], xy[at, 1]
        a, b = ring_tests.side(cu, cv, du, dv, au, av), ring_tests.side(cu, cv, du, dv, bu, bv)
        a_left, a_right, a_on = a_left or a > 0.0, a_right or a < 0.0, a_on + (a == 0.0)
        b_left, b_right, b_on = b_left or b > 0.0, b_right or b < 0.0, b_on + (b == 0.0)
        if (a > 0.0 and b > 0.0) or (a < 0.0 and b < 0.0):
            continue
        c, d = ring_tests.side(au, av, bu, bv, cu, cv), ring_tests.side(au, av, bu, bv, du, dv)
        if (c > 0.0 and d > 0.0) or (c < 0.0 and d < 0.0):
            continue
        if a != 0.0 and b != 0.0 and c != 0.0 and d != 0.0:
            return _EDGE
        found = _OPEN
    # On one side of every edge of the cell: within it, as cells are convex but for rounding.
    if (a_on == 0 and a_left != a_right) or (b_on == 0 and b_left != b_right):
        return _EDGE
    return found
