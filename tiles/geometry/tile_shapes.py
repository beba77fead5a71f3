"""Shapes in the whole numbers of one zoom: what a level of a pyramid is made from.

At zoom z the Web Mercator square is 2^z tiles of 4096 units; a shape's vertices are counted in these units from
the square's north-west corner. With n shapes, r rings and v vertices:

| array | type and shape | what |
|---|---|---|
| rows | int64[n] | the row of the layer whose number and attributes the shape has |
| rings | int64[n + 1] | the rings of shape i are rings[i] … rings[i + 1] |
| vertices | int64[r + 1] | the vertices of ring j are vertices[j] … vertices[j + 1]; a ring does not repeat its first |
| exterior | bool[r] | the ring begins a new part (else it is a hole) |
| xy | int32[v, 2] | the vertices |
| weight | float32[n] | what goes first where there is too much: the lighter |
| count | int32[n] | how many rows of the layer it stands for |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays import parallel
from cim.arrays.types import Geometries, Mask, MercatorXY, RowIds
from cim.columnar.columns import StoredRows, offsets
from cim.space.ring_tests import LINE, POINT, POLYGON, RingArrays
from tiles.geometry.integer_rings import crosses_itself, doubled_area, without_detail, without_repeats

#: Units across a tile.
EXTENT, EXTENT_BITS = 4096, 12


@dataclass(frozen=True, slots=True, eq=False)
class Outlines:
    """Some shapes; see the module's table."""

    rows: RowIds
    rings: NDArray[np.int64]
    vertices: NDArray[np.int64]
    exterior: Mask
    xy: NDArray[np.int32]
    weight: NDArray[np.float32]
    count: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def arrays(self) -> RingArrays:
        """The shapes as kernels take them."""
        return RingArrays(self.rings, self.vertices, self.exterior, self.xy)

    def boxes(self) -> NDArray[np.int32]:
        """West, north, east, south of each shape: int32[n, 4]. Every shape has a vertex."""
        starts = self.vertices[self.rings[:-1]]
        if not len(starts):
            return np.empty((0, 4), np.int32)
        low, high = np.minimum.reduceat(self.xy, starts), np.maximum.reduceat(self.xy, starts)
        return np.hstack([low, high])


def concat(parts: Sequence[Outlines]) -> Outlines:
    """The shapes of all parts, one after the other."""
    if len(parts) == 1:
        return parts[0]
    rings = offsets(np.concatenate([np.diff(p.rings) for p in parts]))
    vertices = offsets(np.concatenate([np.diff(p.vertices) for p in parts]))
    return Outlines(
        np.concatenate([p.rows for p in parts]),
        rings,
        vertices,
        np.concatenate([p.exterior for p in parts]),
        np.concatenate([p.xy for p in parts]),
        np.concatenate([p.weight for p in parts]),
        np.concatenate([p.count for p in parts]),
    )


@njit(nogil=True, cache=True, inline="always")
def units(mercator: Any, shift: Any) -> Any:
    """A coordinate of the Web Mercator square (32 bits) in the units of a zoom, rounded: 32 - 12 - z bits fewer."""
    whole = np.int64(mercator)
    if shift > 0:
        return (whole + (np.int64(1) << (shift - 1))) >> shift
    return whole << -shift


@njit(nogil=True, cache=True)
def _outline(rows: Any, outlines: Any, kind: Any, shift: Any, tolerance: Any, least_hole: Any) -> Any:
    """The rows in units: (rings, vertices, exterior, xy, weight, crossed); a row that vanishes has no rings."""
    rings, vertices, exterior, mercator = outlines
    most_rings, most_vertices = np.int64(0), np.int64(0)
    for i in range(len(rows)):
        first, last = np.int64(rings[rows[i]]), np.int64(rings[rows[i] + 1])
        most_rings += last - first
        most_vertices += np.int64(vertices[last]) - np.int64(vertices[first])
    out_rings = np.zeros(len(rows) + 1, np.int64)
    out_vertices = np.zeros(most_rings + 1, np.int64)
    out_exterior = np.empty(most_rings, np.bool_)
    xy = np.empty((most_vertices, 2), np.int32)
    weight = np.zeros(len(rows), np.float32)
    crossed = np.zeros(len(rows), np.bool_)
    px, py = np.empty(256, np.int64), np.empty(256, np.int64)
    keep, stack = np.empty(256, np.bool_), np.empty((260, 2), np.int64)
    made, at = np.int64(0), np.int64(0)
    for i in range(len(rows)):
        skip_holes = True
        for ring in range(np.int64(rings[rows[i]]), np.int64(rings[rows[i] + 1])):
            if kind == POLYGON and not exterior[ring] and skip_holes:
                continue
            begin = np.int64(vertices[ring])
            n = np.int64(vertices[ring + 1]) - begin
            if n + 2 > len(px):
                px, py = np.empty(2 * n + 2, np.int64), np.empty(2 * n + 2, np.int64)
                keep, stack = np.empty(2 * n + 2, np.bool_), np.empty((2 * n + 6, 2), np.int64)
            for j in range(n):
                px[j] = units(mercator[begin + j, 0], shift)
                py[j] = units(mercator[begin + j, 1], shift)
            m = n if kind == POINT else without_repeats(px, py, n, kind == POLYGON)
            if kind == LINE:
                if tolerance > 0.0:
                    m = without_detail(px, py, m, False, tolerance, keep, stack)
                if m < 2:
                    continue
                for j in range(1, m):
                    weight[i] += np.hypot(float(px[j] - px[j - 1]), float(py[j] - py[j - 1]))
            elif kind == POLYGON:
                if m < 3:
                    if exterior[ring]:
                        skip_holes = True
                    continue
                if tolerance > 0.0 and m > 4:
                    left = without_detail(px, py, m, True, tolerance, keep, stack)
                    if left >= 3 and doubled_area(px, py, left) != 0:
                        m = left
                    else:  # too slim to be simplified
                        for j in range(n):
                            px[j] = units(mercator[begin + j, 0], shift)
                            py[j] = units(mercator[begin + j, 1], shift)
                        m = without_repeats(px, py, n, True)
                area2 = abs(doubled_area(px, py, m))
                if exterior[ring]:
                    skip_holes = area2 == 0
                if area2 == 0 or (not exterior[ring] and area2 < 2.0 * least_hole):
                    continue
                if crosses_itself(px, py, m):
                    crossed[i] = True
                weight[i] += area2 * (0.5 if exterior[ring] else -0.5)
            else:
                weight[i] = 1.0
            for j in range(m):
                xy[at + j, 0], xy[at + j, 1] = px[j], py[j]
            at += m
            out_exterior[made] = exterior[ring]
            made += 1
            out_vertices[made] = at
        out_rings[i + 1] = made
    return (
        out_rings,
        out_vertices[: made + 1].copy(),
        out_exterior[:made].copy(),
        xy[:at].copy(),
        weight,
        crossed,
    )


def outline(
    rows: RowIds,
    columns: StoredRows,
    mercator: MercatorXY,
    kind: int,
    z: int,
    *,
    tolerance: float = 0.0,
    least_hole: float = 0.0,
) -> Outlines:
    """The rows at zoom z without the detail of `tolerance` units and without holes of less than `least_hole` square
    units; what vanishes is left out, and polygons that come to cross themselves are put right."""

    arrays = RingArrays(columns.rings, columns.vertices, columns.exterior, mercator)
    shift = 32 - EXTENT_BITS - z

    def part(chosen: slice) -> Outlines:
        return _in_units(rows[chosen], rows[chosen], arrays, kind, shift, tolerance, least_hole)

    parts = parallel.spread(part, len(rows), 20_000)
    return concat(parts) if parts else NONE


def round_to_units(shapes: Geometries, rows: RowIds) -> Outlines:
    """Valid shapely polygons in units, each with its row, on whole coordinates; what vanishes is left out."""
    loose = from_shapes(shapes, np.arange(len(shapes)), np.ones(len(shapes), np.int32))
    return _in_units(np.arange(len(loose)), rows[loose.rows], loose.arrays, POLYGON, 0, 0.0, 0.0)


def simplify(of: Outlines, kind: int, tolerance: float) -> Outlines:
    """The shapes without the detail of `tolerance` units, which stand for as many rows as before."""
    made = _in_units(np.arange(len(of)), np.arange(len(of)), of.arrays, kind, 0, tolerance, 0.0)
    return replace(made, rows=of.rows[made.rows], count=of.count[made.rows])


def _in_units(
    which: NDArray[np.int64],
    rows: RowIds,
    arrays: RingArrays,
    kind: int,
    shift: int,
    tolerance: float,
    least_hole: float,
) -> Outlines:
    """Some shapes of ragged arrays, as outlines of these rows."""
    rings, vertices, exterior, xy, weight, crossed = _outline(
        which, arrays, kind, shift, float(tolerance), float(least_hole)
    )
    made = Outlines(rows, rings, vertices, exterior, xy, weight, np.ones(len(rows), np.int32))
    there = np.diff(made.rings) > 0
    if kind == POLYGON:
        crossed |= with_rings_at_odds(made)
    if crossed.any():
        at = np.flatnonzero(crossed)
        if (
            tolerance > 0.0
        ):  # with all its detail it may not cross itself, and is nearer to what it was if it does
            right = _in_units(which[at], rows[at], arrays, kind, shift, 0.0, least_hole)
        else:
            right = _repair(take(made, at))
        return concat([take(made, np.flatnonzero(there & ~crossed)), right])
    return made if there.all() else take(made, np.flatnonzero(there))


def take(of: Outlines, which: NDArray[np.int64]) -> Outlines:
    """Some of the shapes, in the order asked for."""
    rings, vertices, exterior, xy = taken_arrays(which, of.arrays)
    return Outlines(of.rows[which], rings, vertices, exterior, xy, of.weight[which], of.count[which])


@njit(nogil=True, cache=True)
def taken_arrays(which: Any, outlines: Any) -> Any:
    """The arrays of some shapes (or of some rows of columns), in the order asked for."""
    rings, vertices, exterior, xy = outlines
    n_rings, n_vertices = np.int64(0), np.int64(0)
    for i in range(len(which)):
        first, last = np.int64(rings[which[i]]), np.int64(rings[which[i] + 1])
        n_rings += last - first
        n_vertices += np.int64(vertices[last]) - np.int64(vertices[first])
    out_rings, out_vertices = np.zeros(len(which) + 1, np.int64), np.zeros(n_rings + 1, np.int64)
    out_exterior, out_xy = np.empty(n_rings, np.bool_), np.empty((n_vertices, 2), xy.dtype)
    made, at = np.int64(0), np.int64(0)
    for i in range(len(which)):
        for ring in range(np.int64(rings[which[i]]), np.int64(rings[which[i] + 1])):
            for v in range(np.int64(vertices[ring]), np.int64(vertices[ring + 1])):
                out_xy[at, 0], out_xy[at, 1] = xy[v, 0], xy[v, 1]
                at += 1
            out_exterior[made] = exterior[ring]
            made += 1
            out_vertices[made] = at
        out_rings[i + 1] = made
    return RingArrays(out_rings, out_vertices, out_exterior, out_xy)


def shapes_of(rows: RowIds, outlines: RingArrays, shift: int) -> Geometries:
    """The polygons of some rows on whole units as shapely geometries, which may be invalid."""
    row_rings, ends, starts_part, square = taken_arrays(rows, outlines)
    square = square.astype(np.int64)
    xy = (square + (1 << (shift - 1))) >> shift if shift > 0 else square << -shift
    n = len(rows)
    return polygons(
        Outlines(rows, row_rings, ends, starts_part, xy, np.zeros(n, np.float32), np.ones(n, np.int32))
    )


def _repair(crossed: Outlines) -> Outlines:
    """Polygons that cross themselves as valid ones with whole coordinates; those of which nothing is left go."""
    return from_shapes(valid_in_units(polygons(crossed)), crossed.rows, crossed.count)


def with_rings_at_odds(of: Outlines) -> Mask:
    """Which polygons of several rings have some that overlap, or holes that are not inside."""
    several = np.flatnonzero(np.diff(of.rings) > 1)
    at_odds = np.zeros(len(of), np.bool_)
    if len(several):
        at_odds[several] = ~shapely.is_valid(polygons(take(of, several)))
    return at_odds


def polygons(of: Outlines) -> Geometries:
    """Polygon outlines as shapely geometries in units, which may be invalid."""
    closed = offsets(np.diff(of.vertices) + 1)
    xy = np.empty((closed[-1], 2))
    last = closed[1:] - 1
    xy[last] = of.xy[of.vertices[:-1]]
    inner = np.ones(len(xy), np.bool_)
    inner[last] = False
    xy[inner] = of.xy
    parts = np.append(np.flatnonzero(of.exterior), len(of.exterior))
    of_part = offsets(np.add.reduceat(of.exterior.astype(np.int64), of.rings[:-1]))
    made: NDArray[Any] = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON, xy, (closed, parts, of_part)
    )
    return made


def valid_in_units(shapes: Geometries) -> Geometries:
    """Polygons made valid on whole coordinates; what collapses is empty."""
    valid = shapely.make_valid(shapes, method="structure", keep_collapsed=False)
    made: NDArray[Any] = shapely.set_precision(valid, 1.0)
    return made


def from_shapes(shapes: Geometries, rows: RowIds, count: NDArray[np.int32]) -> Outlines:
    """Shapely polygons with whole coordinates, each with its row and count, as outlines; empty ones are left out."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    areal = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & (shapely.area(parts) >= 0.5)
    parts, of = parts[areal], of[areal]
    if not len(parts):
        return NONE
    rings, of_part = shapely.get_rings(parts, return_index=True)
    coords, of_ring = shapely.get_coordinates(rings, return_index=True)
    ends = np.append(of_ring[1:] != of_ring[:-1], True)
    exterior = np.append(True, of_part[1:] != of_part[:-1])
    sizes = np.bincount(of_ring, minlength=len(rings)) - 1
    here, rings_of = np.unique(of[of_part], return_counts=True)
    area = np.bincount(of, shapely.area(parts), minlength=len(shapes))
    return Outlines(
        rows[here],
        offsets(rings_of),
        offsets(sizes),
        exterior,
        np.rint(coords[~ends]).astype(np.int32),
        area[here].astype(np.float32),
        count[here],
    )


def squares(
    rows: RowIds, centre: NDArray[np.float64], area: NDArray[np.float64], count: NDArray[np.int32]
) -> Outlines:
    """A square of each area (square units, at least 1) about each centre, on whole coordinates."""
    side = np.maximum(np.rint(np.sqrt(area)), 1.0)
    low = np.rint(centre - side[:, None] / 2.0).astype(np.int32)
    high = low + side[:, None].astype(np.int32)
    xy = np.empty((len(rows), 4, 2), np.int32)
    xy[:, 0], xy[:, 2] = low, high
    xy[:, 1, 0], xy[:, 1, 1] = high[:, 0], low[:, 1]
    xy[:, 3, 0], xy[:, 3, 1] = low[:, 0], high[:, 1]
    each = np.arange(len(rows) + 1)
    exterior = np.ones(len(rows), np.bool_)
    return Outlines(rows, each, 4 * each, exterior, xy.reshape(-1, 2), area.astype(np.float32), count)


def spots(
    rows: RowIds, xy: NDArray[np.int32], weight: NDArray[np.float32], count: NDArray[np.int32]
) -> Outlines:
    """A point for each."""
    each = np.arange(len(rows) + 1)
    return Outlines(rows, each, each, np.ones(len(rows), np.bool_), xy, weight, count)


NONE = spots(
    np.empty(0, np.int64), np.empty((0, 2), np.int32), np.empty(0, np.float32), np.empty(0, np.int32)
)


def scatter_weights(numbers: NDArray[np.int64]) -> NDArray[np.float64]:
    """A weight for each number that has nothing to do with it: what stays of things alike is spread evenly."""
    mixed = (numbers.astype(np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFF)
    return mixed.astype(np.float64)
