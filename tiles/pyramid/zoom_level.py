"""A layer as it is shown at one zoom: made once, so that a tile only copies.

Rows that are too small to be told apart are merged or dropped by area, length or distance, the rest loses the detail
that nobody sees, and its command streams are written. With m shapes, in Hilbert order:

| array | type and shape | what |
|---|---|---|
| row | int32[m] | the row of the base whose number and attributes the shape has |
| tree | int32[k, 4] | packed R-tree (`cim.space.packed_rtree`) over the boxes, in units of the zoom |
| origin | int32[m, 2] | first point of each, in units |
| starts | int64[m + 1] | where each one's stream begins |
| streams | uint8[] | command streams (`tiles.geometry.command_stream`) |
| weight | float32[m] | the lighter go first where a tile is too large |
| count | int32[m], or empty | how many rows each stands for; empty: one |
| member | int32[n], or empty | the shape that each row of the base is shown by, -1: none; empty: each by its own |
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.readonly import freeze
from cim.arrays.types import Mask, RowIds
from cim.columnar import conditions
from cim.columnar.columns import Columns
from cim.model.layer import Layer
from cim.space import packed_rtree
from cim.space.ring_tests import KINDS, LINE, POINT, POLYGON
from tiles.geometry import command_stream as streams
from tiles.geometry import line_merge, tile_shapes
from tiles.geometry.tile_shapes import EXTENT, EXTENT_BITS, Outlines
from tiles.pyramid.zoom_rules import FULL_ZOOM, TILE_PX, TileRule

#: Rows, and the row whose number the shape has that shows each: int64[2, n]. None: every shape shows its own row.
ShownBy = NDArray[np.int64] | None
_UNITS_A_PX = EXTENT // TILE_PX
#: Zooms up to which lines of the same kind are joined end to end before the short ones go.
_JOINED_TO = 11
#: A corner goes where its triangle is smaller than the square of this many tolerances; a border moves by about one.
_COVERAGE = 3.0
#: How often a cell is doubled before what lies in it is left out.
_WIDER = 4


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The shapes of one zoom; see the module's table. `least` is the units below which rows were too small."""

    zoom: int
    least: float
    row: NDArray[np.int32]
    tree: NDArray[np.int32]
    origin: NDArray[np.int32]
    starts: NDArray[np.int64]
    streams: NDArray[np.uint8]
    weight: NDArray[np.float32]
    count: NDArray[np.int32]
    member: NDArray[np.int32]

    def __post_init__(self) -> None:
        freeze(*(getattr(self, name) for name in ARRAYS))

    def __len__(self) -> int:
        return len(self.row)

    def stands_for(self) -> int:
        """How many rows its shapes stand for."""
        return int(self.count.sum()) if len(self.count) else len(self.row)


ARRAYS = tuple(f.name for f in fields(Level) if f.name not in ("zoom", "least"))


def reach(of: Level, kind: int) -> int:
    """How many units a row may lie from the shape that shows it, at most: what is merged lies in one cell."""
    if kind == LINE or not len(of.member):  # a joined line that changes is broken up
        return 0
    widest = _bits(of.least) if kind == POINT else _bits(1.5 * of.least) + _WIDER - 1
    return int(1 << widest)


@dataclass(frozen=True, slots=True, eq=False)
class Drawable:
    """What the levels of a layer are made from: its rows with a geometry, their size and importance.

    `size` is of the whole Web Mercator square: area of polygons, length of lines (in its 2^32 units).
    """

    layer: Layer
    columns: Columns
    rows: RowIds
    size: NDArray[np.float64]
    middle: NDArray[np.uint32]
    importance: NDArray[np.float32]

    @classmethod
    def of(cls, layer: Layer, columns: Columns, rule: TileRule) -> Drawable:
        """The rows of the columns by a rule."""
        kind = KINDS[layer.geometry]
        rows = np.arange(int(np.count_nonzero(columns.rings[1:] > columns.rings[:-1])))
        size, middle = _measure(columns.rings, columns.vertices, columns.exterior, columns.mercator, kind)
        if kind == POLYGON:
            middle = columns.label
        importance = size[: len(rows)].astype(np.float32)
        if rule.importance != "size":
            importance = _numbers(layer, columns, rule.importance)[: len(rows)]
        return cls(layer, columns, rows, size, middle, importance)


@njit(nogil=True, cache=True)
def _measure(rings: Any, vertices: Any, exterior: Any, mercator: Any, kind: Any) -> Any:
    """Area or length of each row in units of the square of 32 bits, and its first vertex."""
    size = np.zeros(len(rings) - 1)
    first = np.zeros((len(rings) - 1, 2), np.uint32)
    for row in range(len(rings) - 1):
        if rings[row + 1] > rings[row]:
            first[row] = mercator[vertices[rings[row]]]
        for ring in range(rings[row], rings[row + 1]):
            begin, end = vertices[ring], vertices[ring + 1]
            x0, y0 = float(mercator[begin, 0]), float(mercator[begin, 1])
            ax, ay = 0.0, 0.0
            total = 0.0
            for v in range(begin + 1, end):
                bx, by = float(mercator[v, 0]) - x0, float(mercator[v, 1]) - y0
                total += np.hypot(bx - ax, by - ay) if kind == LINE else 0.5 * (ax * by - bx * ay)
                ax, ay = bx, by
            if kind == POLYGON:
                total = abs(total) if exterior[ring] else -abs(total)
            size[row] += total
    return size, first


def _numbers(layer: Layer, columns: Columns, name: str) -> NDArray[np.float32]:
    """A field's values as numbers; what has none, or is no number, is the least."""
    i = layer.field_names.index(name)
    kinds = {"integer", "real"}
    values = columns.values[i]
    if layer.fields[i].type not in kinds or not len(values):
        return np.zeros(columns.codes.shape[1], np.float32)
    table = np.append(values.to_numpy(zero_copy_only=False).astype(np.float32), np.float32(-3e38))
    made: NDArray[np.float32] = table[columns.codes[i]]
    return made


def build_level(of: Drawable, rule: TileRule, z: int, least: float) -> Level:
    """The layer at a zoom; `least` are the units on a side, along or apart below which a row is too small."""
    kind = KINDS[of.layer.geometry]
    rows = of.rows[_rows_shown(of, rule, z)[of.rows]] if any(z < below for below, _ in rule.keep) else of.rows
    tolerance = 0.0 if z >= FULL_ZOOM else rule.tolerance_px * _UNITS_A_PX
    if kind == POLYGON:
        shapes, shown_by = _polygons(of, rule, z, rows, least, tolerance)
    elif kind == LINE:
        shapes, shown_by = _lines(of, rule, z, rows, least, tolerance)
    else:
        shapes, shown_by = _points(of, rule, z, rows, least)
    return _pack(shapes, shown_by, len(of.columns), kind, z, least)


def _rows_shown(of: Drawable, rule: TileRule, z: int) -> Mask:
    """Which rows the rule keeps at a zoom."""
    keep = np.ones(len(of.columns), np.bool_)
    for below, condition in rule.keep:
        if z < below:
            keep &= conditions.rows_match(of.layer, of.columns.codes, of.columns.values, condition)
    return keep


def _square(z: int) -> float:
    """Units of the square of 32 bits that one unit of a zoom is long."""
    return float(2 ** (32 - EXTENT_BITS - z))


def _polygons(
    of: Drawable, rule: TileRule, z: int, rows: RowIds, least: float, tolerance: float
) -> tuple[Outlines, ShownBy]:
    """Polygons of at least so many units on a side; of the smaller ones, as squares, those that lie together."""
    area = of.size[rows] / _square(z) ** 2
    small = area < least * least
    large = rows[~small]
    if rule.coverage is not None and tolerance > 0.0:
        made = _shared_borders(of, rule, z, large, tolerance)
    else:
        # A hole that nobody sees costs as much as one that somebody does.
        hole = max(least, _UNITS_A_PX / 2) ** 2 if tolerance > 0.0 else 0.0
        made = tile_shapes.outline(
            large, of.columns, of.columns.mercator, POLYGON, z, tolerance=tolerance, least_hole=hole
        )
    if rule.importance != "size":
        made.weight[:] = of.importance[made.rows]
    if rule.thin != "merge" or not small.any():
        return made, None
    merged, shown_by = _merge_small(
        rows[small], of.middle[rows[small]] / _square(z), area[small], of.importance, least
    )
    own = np.stack([made.rows, made.rows])
    return tile_shapes.concat([made, *merged]), np.hstack([own, *shown_by])


def _merge_small(
    rows: RowIds,
    middle: NDArray[np.float64],
    area: NDArray[np.float64],
    importance: NDArray[np.float32],
    least: float,
) -> tuple[list[Outlines], list[NDArray[np.int64]]]:
    """Squares for what is too small: those that lie together within a cell, and where that is too little still,
    within cells twice as large, and so on. What is alone in a wide space is left out.

    A square lies where the most important of them is: their middles would make a lattice of the cells.
    """
    made, shown_by = [], []
    for bits in range(_bits(1.5 * least), _bits(1.5 * least) + _WIDER):
        if not len(rows):
            break
        group, total, count, best = _group_cells(_cells(middle, bits), area, importance[rows])
        enough = total >= 0.5 * least * least
        made.append(
            tile_shapes.squares(
                rows[best[enough]], middle[best[enough]], total[enough], count[enough].astype(np.int32)
            )
        )
        alone = ~enough[group]
        shown_by.append(np.stack([rows[~alone], rows[best[group[~alone]]]]))
        rows, middle, area = rows[alone], middle[alone], area[alone]
    return made, shown_by


def _bits(units: float) -> int:
    """The power of two that is nearest to so many units, and at least one."""
    return int(max(0, round(np.log2(max(units, 1.0)))))


def _cells(xy: NDArray[np.float64], bits: int) -> NDArray[np.int64]:
    """The number of the cell of 2^bits units that each point lies in."""
    whole = xy.astype(np.int64) >> bits
    made: NDArray[np.int64] = (whole[:, 0] << 32) | whole[:, 1]
    return made


@njit(nogil=True, cache=True)
def _group_cells(cell: Any, weight: Any, importance: Any) -> Any:
    """What lies in each cell: (cell of each point, total weight, how many, the most important).

    Groups are in the order in which their cells first come up; of equally important ones the first is best.
    """
    slots = 16
    while slots < 2 * len(cell):
        slots *= 2
    mask = np.uint64(slots - 1)
    table = np.full(slots, -1, np.int64)
    group = np.empty(len(cell), np.int64)
    total = np.zeros(len(cell))
    count, best = np.zeros(len(cell), np.int64), np.zeros(len(cell), np.int64)
    n = 0
    for i in range(len(cell)):
        mixed = np.uint64(cell[i]) * np.uint64(0x9E3779B97F4A7C15)
        slot = (mixed ^ (mixed >> np.uint64(29))) & mask
        while table[slot] >= 0 and cell[best[table[slot]]] != cell[i]:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = n
            best[n] = i
            n += 1
        g = table[slot]
        group[i] = g
        total[g] += weight[i]
        count[g] += 1
        if importance[i] > importance[best[g]]:
            best[g] = i
    return group, total[:n].copy(), count[:n].copy(), best[:n].copy()


def _shared_borders(of: Drawable, rule: TileRule, z: int, rows: RowIds, tolerance: float) -> Outlines:
    """Polygons whose borders are simplified alike on both sides, level by level of the coverage."""
    whole = tile_shapes.outline(rows, of.columns, of.columns.mercator, POLYGON, z)
    if not len(whole):
        return whole
    value = (
        of.columns.codes[of.layer.field_names.index(rule.coverage)][whole.rows]
        if rule.coverage
        else np.zeros(len(whole), np.int32)
    )
    shapes = tile_shapes.polygons(whole)
    for code in np.unique(value):
        some = np.flatnonzero(value == code)
        shapes[some] = shapely.coverage_simplify(shapes[some], _COVERAGE * tolerance)
    simpler = tile_shapes.round_to_units(shapes, whole.rows)
    # What is so small that nothing would be left of it stays as it is.
    gone = np.flatnonzero(~np.isin(whole.rows, simpler.rows))
    return tile_shapes.concat([simpler, tile_shapes.take(whole, gone)])


def _lines(
    of: Drawable, rule: TileRule, z: int, rows: RowIds, least: float, tolerance: float
) -> tuple[Outlines, ShownBy]:
    """Lines of at least so many units; from afar those alike are joined end to end first."""
    joins = z <= _JOINED_TO and rule.thin == "merge"
    made = tile_shapes.outline(
        rows, of.columns, of.columns.mercator, LINE, z, tolerance=0.0 if joins else tolerance
    )
    shown_by = None
    if joins and len(made):
        whole = made
        made, row_of = line_merge.merge_lines(whole, _alike(of, rule, z, whole.rows))
        made, shown_by = tile_shapes.simplify(made, LINE, tolerance), np.stack([whole.rows, row_of])
    if least > 0.0 and z < FULL_ZOOM and rule.thin != "none":
        made = tile_shapes.take(made, np.flatnonzero(made.weight >= least))
    if rule.importance != "size":
        made.weight[:] = of.importance[made.rows]
    return made, shown_by


def _alike(of: Drawable, rule: TileRule, z: int, rows: RowIds) -> NDArray[np.int64]:
    """A number of each row that those have in common whose attributes at the zoom are the same."""
    shown = rule.fields_at(z, of.layer.field_names)
    if not shown:
        return np.zeros(len(rows), np.int64)
    codes = np.array([of.columns.codes[of.layer.field_names.index(n)][rows] for n in shown])
    _, group = np.unique(codes, axis=1, return_inverse=True)
    return np.asarray(group, np.int64).ravel()


def _points(of: Drawable, rule: TileRule, z: int, rows: RowIds, least: float) -> tuple[Outlines, ShownBy]:
    """Points at least so many units apart; the most important of those that lie together stands for them."""
    exact = tile_shapes.outline(rows, of.columns, of.columns.mercator, POINT, z)
    weight = of.importance[exact.rows]
    if rule.thin == "none" or least <= 0.0 or not len(exact):
        return replace(exact, weight=_spread_weights(weight, exact.rows)), None
    at = exact.xy[exact.vertices[exact.rings[:-1]]].astype(np.float64)
    cell = _cells(at, _bits(least))
    group, _, count, best = _group_cells(cell, np.ones(len(at)), weight)
    kept = tile_shapes.take(exact, best)
    counts = count.astype(np.int32) if rule.thin == "merge" else np.ones(len(kept), np.int32)
    spots = tile_shapes.spots(kept.rows, kept.xy, _spread_weights(weight[best], kept.rows), counts)
    return spots, np.stack([exact.rows, exact.rows[best[group]]])


def _spread_weights(weight: NDArray[np.float32], rows: RowIds) -> NDArray[np.float32]:
    """The weights; where all are alike, numbers that spread what stays evenly."""
    if len(weight) and weight.min() == weight.max():
        return tile_shapes.scatter_weights(rows).astype(np.float32)
    return weight


def _pack(shapes: Outlines, shown_by: ShownBy, n: int, kind: int, z: int, least: float) -> Level:
    boxes = shapes.boxes()
    order = np.argsort(shapes.rows, kind="stable")  # the rows lie in Hilbert order
    starts, origin, written = streams.write_streams(shapes, order, kind)
    count = shapes.count[order]
    member = np.empty(0, np.int32)
    if shown_by is not None and len(shown_by[0]) > len(shapes):
        shape_of = np.full(n, -1, np.int32)
        shape_of[shapes.rows[order]] = np.arange(len(order))
        member = np.full(n, -1, np.int32)
        member[shown_by[0]] = shape_of[shown_by[1]]
    return Level(
        zoom=z,
        least=least,
        row=shapes.rows[order].astype(np.int32),
        tree=packed_rtree.pack(boxes[order]),
        origin=origin,
        starts=starts,
        streams=written,
        weight=shapes.weight[order],
        count=count if (count > 1).any() else np.empty(0, np.int32),
        member=member,
    )
