"""Which tiles of a zoom have something to show, found from boxes: nobody has to try them all.

A shape's box names the few tiles that it meets. Where that is many, as with a river or a border that crosses the
city, the shape itself is asked, from large tiles to small ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Boxes, Geometries
from cim.space import crs
from cim.space.ring_tests import KINDS, LINE, POLYGON
from tiles.geometry import command_stream, tile_shapes
from tiles.geometry.clipping import BUFFER
from tiles.geometry.command_stream import grow
from tiles.geometry.tile_shapes import EXTENT, EXTENT_BITS
from tiles.pyramid.zoom_level import Level
from tiles.vector.tile_layer import TileLayer
from tiles.vector.tile_parts import live_shapes

#: Tiles of a box up to which its shape is not asked.
_FEW = 64
#: The whole world, as the tiles of a zoom that are wanted.
Limits = tuple[int, int, int, int]


def tiles_of(drawing: TileLayer, z: int, limits: Limits) -> NDArray[np.int64]:
    """The tiles of zoom z that may show something of the layer, as x << 32 | y, ascending.

    `limits` are the first and last column and row that are wanted: x0, y0, x1, y1. Only a few of the tiles are empty:
    those that a box meets but not its shape.
    """
    if z < drawing.zoom_rule().min_zoom:
        return np.empty(0, np.int64)
    snapshot, level = drawing.snapshot, drawing.level(z)
    keep = drawing.keep
    found = []
    if level is not None:
        now = live_shapes(drawing, level)
        shown = ~now.left_out[now.row] if len(now.left_out) else np.ones(len(level), np.bool_)
        which = np.flatnonzero(shown)
        found.append(_tiles_met(level.tree[which].astype(np.int64), which, drawing, level, z, limits))
    if level is None or len(snapshot.delta) or len(snapshot.dead):
        rows = snapshot.rows
        if level is not None:
            others = np.flatnonzero(live_shapes(drawing, level).others)
            rows = np.concatenate([others, np.arange(len(snapshot.delta)) + len(snapshot.base)])
        rows = rows if keep is None else rows[keep[rows]]
        boxes = snapshot.row_bounds(rows)
        there = boxes[:, 0] <= boxes[:, 2]
        found.append(_tiles_met(_in_units(boxes[there], z), rows[there], drawing, None, z, limits))
    if keep is not None and level is not None:
        # Where few rows meet the filter a tile is made of the rows, and not of the level that merged them.
        rows = np.flatnonzero(keep[: len(snapshot.base)])
        boxes = snapshot.row_bounds(rows)
        there = boxes[:, 0] <= boxes[:, 2]
        found.append(_tiles_met(_in_units(boxes[there], z), rows[there], drawing, None, z, limits))
    return np.unique(np.concatenate(found))


def tiles_of_shapes(drawing: TileLayer, level: Level, which: NDArray[np.int64], z: int) -> NDArray[np.int64]:
    """The tiles of zoom z that some shapes of its level meet, ascending."""
    last = (1 << z) - 1
    return _tiles_met(level.tree[which].astype(np.int64), which, drawing, level, z, (0, 0, last, last))


def _in_units(boxes: Boxes, z: int) -> NDArray[np.int64]:
    """Boxes in lon, lat as west, north, east, south in the units of the zoom, with room for rounding."""
    shift = 32 - EXTENT_BITS - z
    low = crs.to_mercator(np.ascontiguousarray(boxes[:, [0, 3]])).astype(np.int64)
    high = crs.to_mercator(np.ascontiguousarray(boxes[:, [2, 1]])).astype(np.int64)
    both = np.hstack([low, high])
    both = both >> shift if shift >= 0 else both << -shift
    both[:, :2] -= 1
    both[:, 2:] += 1
    return both


def _tiles_met(
    boxes: NDArray[np.int64],
    which: NDArray[np.int64],
    drawing: TileLayer,
    level: Level | None,
    z: int,
    limits: Limits,
) -> NDArray[np.int64]:
    """The tiles that the boxes meet, or their shapes where a box meets many: of the level, or rows of the layer."""
    keys, many = _few(boxes, np.int64(z), *limits)
    if not len(many):
        return np.unique(keys)
    shapes = _shapes(drawing, which[many], level, z)
    return np.unique(np.concatenate([keys, _tiles_of_shapes(shapes, boxes[many], z, limits)]))


@njit(nogil=True, cache=True)
def _few(boxes: Any, z: Any, x0: Any, y0: Any, x1: Any, y1: Any) -> Any:
    """The tiles that boxes meet, with some repeats, and which boxes meet so many that they are left out."""
    wide = np.int64(1) << z
    out, n = np.empty(1024, np.int64), 0
    many, m = np.empty(16, np.int64), 0
    # Shapes lie beside each other: most meet the tile that one of the last ones met.
    recent = np.full(1024, -1, np.int64)
    for i in range(len(boxes)):
        west, east = (boxes[i, 0] - BUFFER - 1) >> EXTENT_BITS, (boxes[i, 2] + BUFFER) >> EXTENT_BITS
        north = max((boxes[i, 1] - BUFFER - 1) >> EXTENT_BITS, y0)
        south = min((boxes[i, 3] + BUFFER) >> EXTENT_BITS, y1)
        if south < north:
            continue
        if (east - west + 1) * (south - north + 1) > _FEW:
            many = grow(many, m, m + 1)
            many[m] = i
            m += 1
            continue
        for column in range(west, east + 1):
            x = column % wide  # round the earth
            if x < x0 or x > x1:
                continue
            for y in range(north, south + 1):
                key = (x << 32) | y
                slot = (x * 31 + y) & 1023
                if recent[slot] != key:
                    recent[slot] = key
                    out = grow(out, n, n + 1)
                    out[n] = key
                    n += 1
    return out[:n], many[:m]


def _shapes(drawing: TileLayer, which: NDArray[np.int64], level: Level | None, z: int) -> NDArray[Any]:
    """Shapes of the level, or rows of the layer, in the units of the zoom as shapely geometries."""
    kind, shift = KINDS[drawing.layer.geometry], 32 - EXTENT_BITS - z
    made: NDArray[Any]
    if level is None:
        lonlat = drawing.snapshot.geometry(which)
        made = shapely.transform(lonlat, lambda each: crs.to_mercator(each) / 2.0**shift)
        return made
    outlines = command_stream.read_streams(which, level.starts, level.origin, level.streams, shift)
    if kind == POLYGON:
        return tile_shapes.shapes_of(np.arange(len(which)), outlines, shift)
    rings, ends, _, square = outlines
    xy, of_row, of_ring = square / 2.0**shift, rings.astype(np.int64), ends.astype(np.int64)
    if kind == LINE:
        made = shapely.from_ragged_array(shapely.GeometryType.MULTILINESTRING, xy, (of_ring, of_row))
    else:
        made = shapely.from_ragged_array(shapely.GeometryType.MULTIPOINT, xy, (of_ring[of_row],))
    return made


def _tiles_of_shapes(
    shapes: Geometries, boxes: NDArray[np.int64], z: int, limits: Limits
) -> NDArray[np.int64]:
    """The tiles that shapes meet, from zoom 0 on: a tile that a shape does not meet has no part that it meets."""
    shapely.prepare(shapes)
    x0, y0, x1, y1 = limits
    of, x, y = np.arange(len(shapes)), np.zeros(len(shapes), np.int64), np.zeros(len(shapes), np.int64)
    # One column more on each side: the margins round the earth.
    of, x, y = np.tile(of, 3), np.concatenate([x - 1, x, x + 1]), np.tile(y, 3)
    for up in range(z, -1, -1):
        if up < z:
            of, x, y = np.repeat(of, 4), np.repeat(2 * x, 4), np.repeat(2 * y, 4)
            x += np.tile([0, 1, 0, 1], len(x) // 4)
            y += np.tile([0, 0, 1, 1], len(y) // 4)
        across, margin = EXTENT << up, BUFFER + 1
        low_x, low_y = x * across - margin, y * across - margin
        high_x, high_y = low_x + across + 2 * margin, low_y + across + 2 * margin
        box = boxes[of]
        wide = 1 << (z - up)
        met = (low_x <= box[:, 2]) & (high_x >= box[:, 0]) & (low_y <= box[:, 3]) & (high_y >= box[:, 1])
        column = x % wide
        met &= (y >= y0 >> up) & (y <= y1 >> up) & (column >= x0 >> up) & (column <= x1 >> up)
        # From afar only the margins beyond the edge of the square are of interest.
        met &= (x >= -1) & (x <= wide)
        of, x, y, box = of[met], x[met], y[met], box[met]
        some = shapely.box(low_x[met], low_y[met], high_x[met], high_y[met])
        met = shapely.intersects(shapes[of], some)
        of, x, y = of[met], x[met], y[met]
    made: NDArray[np.int64] = ((x % (1 << z)) << 32) | y
    return made
