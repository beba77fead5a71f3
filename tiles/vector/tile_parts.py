"""What a tile shows of a layer, cut to its edge and written as command streams: from a level, or from the rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.readonly import freeze
from cim.arrays.types import Mask, RowIds
from cim.columnar import conditions, queries
from cim.columnar.columns import Columns
from cim.columnar.mvt_values import varint
from cim.space import crs, packed_rtree
from cim.space.ring_tests import KINDS, LINE, POINT, POLYGON, RingArrays
from tiles.geometry import clipping, tile_shapes
from tiles.geometry import command_stream as streams
from tiles.geometry.clipping import BUFFER
from tiles.geometry.tile_shapes import EXTENT, EXTENT_BITS
from tiles.grid.tile_grid import WEB_MERCATOR, Grid
from tiles.pyramid.zoom_level import Level
from tiles.vector import mvt
from tiles.vector.mvt import LevelShapes, PlacedShapes
from tiles.vector.tile_layer import TileLayer

#: Rows in a tile up to which a filter looks at every one of them, whatever the zoom.
_ALL_LOOKED_AT = 30_000
_NOTHING = np.empty(0, np.uint8)
_NO_ROWS = np.empty(0, np.int64)
_NO_ORIGIN = np.empty((0, 2), np.int32)


class Cut(NamedTuple):
    """Rows cut to a tile: row i has the command stream `side[begins[i]:ends[i]]`."""

    side: NDArray[np.uint8]
    begins: RowIds
    ends: RowIds


@dataclass(slots=True)
class TilePart:
    """The rows of one set of columns that show in the tile, cut and written, but not yet put together; `counted`:
    some shape stands for several."""

    columns: Columns
    shapes: PlacedShapes
    weight: NDArray[np.float64]
    counted: bool
    x: int
    y: int


def tile_parts(drawing: TileLayer, z: int, x: int, y: int, grid: Grid) -> list[TilePart]:
    """What shows of the layer, from its level where it has one and else from its rows; at the antimeridian also
    what lies within the margin on the other side."""
    if z < drawing.zoom_rule().min_zoom:
        return []
    wide, _ = grid.size(z)
    parts = _in_column(drawing, z, x, y, grid)
    if wide > 1 and x in (0, wide - 1):
        parts += _in_column(drawing, z, x + wide if x == 0 else x - wide, y, grid)
    return parts


def _in_column(drawing: TileLayer, z: int, x: int, y: int, grid: Grid) -> list[TilePart]:
    level = drawing.level(z + grid.finer)
    if level is None:
        return _parts_of_rows(drawing, _matching(drawing, z, x, y, grid), z, x, y, grid)
    if drawing.keep is not None:
        rows = _matching(drawing, z, x, y, grid)
        if len(rows) <= _ALL_LOOKED_AT:
            return _parts_of_rows(drawing, rows, z, x, y, grid)
    rows = changed_rows(drawing, level, z, x, y, grid)
    return _parts_of_level(drawing, level, z, x, y, grid) + _parts_of_rows(drawing, rows, z, x, y, grid)


def _matching(drawing: TileLayer, z: int, x: int, y: int, grid: Grid) -> RowIds:
    """The rows that meet the filter and whose box meets the tile's."""
    rows, _ = drawing.snapshot.in_bounds(np.array([grid.search_box(z, x, y, BUFFER / EXTENT)]))
    return rows if drawing.keep is None else rows[drawing.keep[rows]]


def changed_rows(drawing: TileLayer, level: Level, z: int, x: int, y: int, grid: Grid) -> RowIds:
    """The rows in the tile that the level does not show as they are: those changed since the base, and of lines
    those that were joined with one that changed or is not wanted."""
    snapshot = drawing.snapshot
    if not len(snapshot.delta) and not len(snapshot.dead) and drawing.keep is None:
        return _NO_ROWS
    box = np.array([grid.search_box(z, x, y, BUFFER / EXTENT)])
    rows = queries.in_bounds(snapshot.delta, box, queries.NONE_DEAD)[0] + len(snapshot.base)
    others = live_shapes(drawing, level).others
    if len(others):
        there, _ = queries.in_bounds(snapshot.base, box, ~others)
        rows = np.concatenate([there, rows])
    return rows if drawing.keep is None else rows[drawing.keep[rows]]


@dataclass(frozen=True, slots=True, eq=False)
class LiveShapes:
    """What a level's shapes stand for now: `row` and `count` as in `Level`, less what changed since or is not wanted.

    `left_out` (bool over base rows, or empty: none): a shape with such a row is not shown. `others` (the same) are to
    be drawn one by one: their joined line is left out.
    """

    row: NDArray[np.int32]
    count: NDArray[np.int32]
    left_out: Mask
    others: Mask

    def __post_init__(self) -> None:
        freeze(self.row, self.count, self.left_out, self.others)

    def shapes(self, level: Level) -> LevelShapes:
        """The shapes of the level with what they stand for."""
        return LevelShapes(
            self.row, self.count, self.left_out, level.tree, level.origin, level.starts, level.streams
        )


@lru_cache(maxsize=64)
def live_shapes(drawing: TileLayer, level: Level) -> LiveShapes:
    """What the shapes of one of its levels stand for now.

    What was merged stands for those of its rows that are left, and has the number and the attributes of one of them. A
    joined line that one of its rows has left is broken up.
    """
    snapshot, none = drawing.snapshot, np.empty(0, np.bool_)
    gone = snapshot.dead
    if drawing.keep is not None:
        unwanted = ~drawing.keep[: len(snapshot.base)]
        gone = unwanted | gone if len(gone) else unwanted
    if not len(gone) or not len(level.member):
        return LiveShapes(level.row, level.count, gone, none)
    if KINDS[snapshot.layer.geometry] != LINE:
        row, count = _live_rows(level.row, level.member, gone)
        return LiveShapes(row, count if len(level.count) else level.count, gone, none)
    broken = np.zeros(len(level) + 1, np.bool_)
    broken[level.member[gone]] = True
    broken[-1] = False  # the rows that are shown by none
    others = broken[level.member] & ~gone
    left_out = gone.copy()
    left_out[level.row[broken[:-1]]] = True
    return LiveShapes(level.row, level.count, left_out, others)


def broken_lines(drawing: TileLayer, z: int, x: int, y: int, grid: Grid = WEB_MERCATOR) -> int:
    """How many joined lines in the tile are broken up. They show the same as other features, also where nothing
    changed; and stay so as long as the base does, so that the number tells one state of the tile from another."""
    level = drawing.level(z + grid.finer)
    if level is None or not len(live_shapes(drawing, level).others):
        return 0
    found, _ = packed_rtree.search(level.tree, len(level), _box(level, z, x, y, grid), queries.NONE_DEAD)
    return int(np.count_nonzero(live_shapes(drawing, level).left_out[level.row[found]]))


@njit(nogil=True, cache=True)
def _live_rows(row: Any, member: Any, gone: Any) -> Any:
    """The row of each shape, or if that is gone another of its rows, and how many of them are left."""
    now, count = row.copy(), np.zeros(len(row), np.int32)
    for r in range(len(member)):
        s = member[r]
        if s >= 0 and not gone[r]:
            count[s] += 1
            if gone[now[s]]:
                now[s] = r
    return now, count


def _parts_of_level(drawing: TileLayer, level: Level, z: int, x: int, y: int, grid: Grid) -> list[TilePart]:
    """The prepared shapes: those inside the tile as they are, those on its edge cut; in another grid than theirs all
    are put there first."""
    snapshot = drawing.snapshot
    kind = KINDS[snapshot.layer.geometry]
    now = live_shapes(drawing, level)
    if grid is not WEB_MERCATOR:
        return _parts_of_other_level(drawing, level, now, z, x, y, grid)
    shapes, found, crossed = mvt.shapes_of_level(tuple(now.shapes(level)), kind, z, x, y)
    placed = PlacedShapes(*found)
    if not len(placed.rows):
        return []
    if kind == POLYGON and crossed.any():
        which = np.flatnonzero(crossed)
        shift = 32 - EXTENT_BITS - z
        outlines = streams.read_streams(shapes[which], level.starts, level.origin, level.streams, shift)
        cut = Cut(placed.side, placed.begins, placed.ends)
        placed = placed._replace(side=_repair(which, np.arange(len(which)), outlines, cut, z, x, y))
    counted = len(level.count) > 0 and bool((placed.counts > 1).any())
    return [TilePart(snapshot.base, placed, level.weight[shapes], counted, x, y)]


def _parts_of_other_level(
    drawing: TileLayer, level: Level, now: LiveShapes, z: int, x: int, y: int, grid: Grid
) -> list[TilePart]:
    snapshot = drawing.snapshot
    found, _ = packed_rtree.search(level.tree, len(level), _box(level, z, x, y, grid), queries.NONE_DEAD)
    if len(now.left_out):
        found = found[~now.left_out[now.row[found]]]
    counts = now.count[found] if len(now.count) else np.ones(len(found), np.int32)
    if not len(found):
        return []
    shift = 32 - EXTENT_BITS - level.zoom
    rings, vertices, exterior, square = streams.read_streams(
        found, level.starts, level.origin, level.streams, shift
    )
    outlines = RingArrays(rings, vertices, exterior, grid.square(crs.from_mercator(square)))
    kind = KINDS[snapshot.layer.geometry]
    cut, _ = _cut(np.arange(len(found)), outlines, kind, level.zoom, x, y)
    rows = now.row[found].astype(np.int64)
    return [_part_of(snapshot.base, rows, cut, level.weight[found], counts, x, y)]


def _box(level: Level, z: int, x: int, y: int, grid: Grid) -> RowIds:
    """A tile of another grid with its margin in the units of the level: int64[1, 4]."""
    west, south, east, north = grid.search_box(z, x, y, BUFFER / EXTENT)
    ends = np.array([[max(west, -180.0), north], [min(east, 180.0), south]])
    corners = crs.to_mercator(ends).astype(np.int64)
    low, high = corners >> (32 - EXTENT_BITS - level.zoom)
    return np.array([[low[0] - 1, low[1] - 1, high[0] + 1, high[1] + 1]], np.int64)


def _parts_of_rows(drawing: TileLayer, rows: RowIds, z: int, x: int, y: int, grid: Grid) -> list[TilePart]:
    """The rows themselves, cut now."""
    snapshot = drawing.snapshot
    if not len(rows):
        return []
    kind = KINDS[snapshot.layer.geometry]
    parts = []
    fresh = rows >= len(snapshot.base)
    # Who filters has said what is to be seen.
    kept = [c for below, c in drawing.zoom_rule().keep if z < below] if drawing.keep is None else []
    for columns, found in ((snapshot.base, rows[~fresh]), (snapshot.delta, rows[fresh] - len(snapshot.base))):
        some = found
        for condition in kept if len(some) else ():
            some = some[conditions.rows_match(snapshot.layer, columns.codes, columns.values, condition)[some]]
        if not len(some):
            continue
        if grid is WEB_MERCATOR:
            cut, sizes = _cut(some, columns.mercator_rings, kind, z, x, y)
        else:
            taken = tile_shapes.taken_arrays(some, columns.lonlat_rings)
            outlines = taken._replace(xy=grid.square(taken.xy))
            cut, sizes = _cut(np.arange(len(some)), outlines, kind, z + grid.finer, x, y)
        weight = tile_shapes.scatter_weights(columns.fid[some]) if kind == POINT else sizes
        counts = np.ones(len(some), np.int32)
        parts.append(_part_of(columns, some, cut, weight, counts, x, y))
    return parts


def _part_of(columns: Columns, rows: RowIds, cut: Cut, weight: Any, counts: Any, x: int, y: int) -> TilePart:
    """A part all of whose streams were written now."""
    none = np.zeros(len(rows), np.bool_)
    shapes = PlacedShapes(
        rows=rows,
        side=cut.side,
        begins=cut.begins,
        ends=cut.ends,
        whole=none,
        streams=_NOTHING,
        origin=_NO_ORIGIN,
        counts=counts,
    )
    return TilePart(columns, shapes, weight, bool((counts > 1).any()), x, y)


def _cut(
    rows: RowIds, outlines: RingArrays, kind: int, z: int, x: int, y: int
) -> tuple[Cut, NDArray[np.float64]]:
    """The rows cut to a tile, and their sizes; polygons that came to cross themselves are put right."""
    side, begins, ends, sizes, crossed = clipping.geometry(rows, outlines, kind, z, x, y)
    cut = Cut(side, begins, ends)
    if crossed.any():
        which = np.flatnonzero(crossed)
        cut = cut._replace(side=_repair(which, rows[which], outlines, cut, z, x, y))
    return cut, sizes


def _repair(
    which: RowIds, rows: RowIds, outlines: RingArrays, cut: Cut, z: int, x: int, y: int
) -> NDArray[np.uint8]:
    """The streams with those of the polygons `which` that are at odds written anew, from the rows of the arrays;
    `begins` and `ends` are changed in place."""
    side, begins, ends = cut
    bad = _at_odds(which, side, begins, ends)
    if not len(bad):
        return side
    of = rows[np.isin(which, bad)]
    low, high = x * EXTENT - BUFFER, x * EXTENT + EXTENT + BUFFER
    top, bottom = y * EXTENT - BUFFER, y * EXTENT + EXTENT + BUFFER
    whole = tile_shapes.shapes_of(of, outlines, 32 - EXTENT_BITS - z)
    inside = shapely.intersection(tile_shapes.valid_in_units(whole), shapely.box(low, top, high, bottom))
    right = tile_shapes.from_shapes(
        shapely.set_precision(inside, 1.0), np.arange(len(bad)), np.ones(len(bad), np.int32)
    )
    starts, origin, made = streams.write_streams(right, np.arange(len(right)), POLYGON)
    pieces, at = [side], len(side)
    begins[bad] = ends[bad] = 0
    for i, n in enumerate(right.rows.tolist()):
        stream = made[starts[i] : starts[i + 1]]
        first = _step(int(origin[i, 0]) - x * EXTENT) + _step(int(origin[i, 1]) - y * EXTENT)
        # A ring's MoveTo is one byte; the first point follows it.
        piece = np.concatenate([stream[:1], np.frombuffer(first, np.uint8), stream[1:]])
        begins[bad[n]], ends[bad[n]] = at, at + len(piece)
        at += len(piece)
        pieces.append(piece)
    return np.concatenate(pieces)


def _at_odds(which: RowIds, side: NDArray[np.uint8], begins: RowIds, ends: RowIds) -> RowIds:
    """Those of the polygons that are not valid as they are written."""
    which = which[ends[which] > begins[which]]
    if not len(which):
        return which
    # Read as if they began at a point far inside the square, so that no coordinate is negative.
    sizes = ends[which] - begins[which]
    starts = np.zeros(len(which) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    bytes_of = side[np.repeat(begins[which] - starts[:-1], sizes) + np.arange(starts[-1])]
    outlines = streams.read_streams(
        np.arange(len(which)), starts, np.full((len(which), 2), 1 << 19, np.int32), bytes_of, 0, True
    )
    shapes = tile_shapes.shapes_of(np.arange(len(which)), outlines, 0)
    bad: RowIds = which[~shapely.is_valid(shapes)]
    return bad


def _step(number: int) -> bytes:
    return varint((number << 1) ^ (number >> 63))
