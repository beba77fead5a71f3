"""Who owns this place: points to the areas that hold them, by the million or one at a time.

Each level has a raster of buckets over its areas. A bucket lists the areas that reach into it,
lowest code first; where an area covers the whole bucket the answer needs no test, elsewhere the
exact crossing test decides. So a point on a shared border belongs to the lowest code, and every
point inside the partition has exactly one owner on each level.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from cim import columns as columns_module
from cim import shape, threads
from cim.columns import Columns
from cim.placed import LEVELS
from cim.snapshot import Snapshot

#: Areas that share a border differ by so much in distance, as their edges run between different vertices.
_AS_NEAR_M = 1.0

#: Width added to a bucket, in buckets, so that rounding never loses an edge that runs along its border.
_SLACK = 1e-6


@njit(nogil=True, cache=True)
def _edge_buckets(ax: Any, ay: Any, bx: Any, by: Any, row: Any) -> Any:
    """The span of x that the edge covers within bucket row `row` (all in bucket units)."""
    low, high = row - _SLACK, row + 1 + _SLACK
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    x0, x1 = ax, bx
    if by > ay:
        slope = (bx - ax) / (by - ay)
        if ay < low:
            x0 = ax + slope * (low - ay)
        if by > high:
            x1 = ax + slope * (high - ay)
    return min(x0, x1) - _SLACK, max(x0, x1) + _SLACK


@njit(nogil=True, cache=True)
def _rasterise(
    order: Any, rings: Any, vertices: Any, xy: Any, x0: Any, y0: Any, scale_x: Any, scale_y: Any, nx: Any, ny: Any,
    starts: Any, entries: Any, fill: Any,
) -> Any:  # fmt: skip
    """Count (fill=False, into starts) or write (fill=True) the areas of each bucket, in the given order.

    An entry is 2 * position in `order`, plus 1 where the area covers the whole bucket.
    """
    touched = np.full(nx * ny, -1, np.int64)
    inside = np.zeros(nx, np.bool_)
    for rank in range(len(order)):
        row = order[rank]
        first, last = rings[row], rings[row + 1]
        if first == last:
            continue
        bottom, top = ny, -1
        for ring in range(first, last):
            begin, end = vertices[ring], vertices[ring + 1]
            for v in range(begin, end):
                before = v - 1 if v > begin else end - 1
                ax, ay = (xy[before, 0] - x0) * scale_x, (xy[before, 1] - y0) * scale_y
                bx, by = (xy[v, 0] - x0) * scale_x, (xy[v, 1] - y0) * scale_y
                r0 = max(0, int(np.floor(min(ay, by) - _SLACK)))
                r1 = min(ny - 1, int(np.floor(max(ay, by) + _SLACK)))
                bottom, top = min(bottom, r0), max(top, r1)
                for r in range(r0, r1 + 1):
                    west, east = _edge_buckets(ax, ay, bx, by, r)
                    c0, c1 = max(0, int(np.floor(west))), min(nx - 1, int(np.floor(east)))
                    for c in range(c0, c1 + 1):
                        bucket = r * nx + c
                        if touched[bucket] != rank:
                            touched[bucket] = rank
                            if fill:
                                entries[starts[bucket]] = 2 * rank
                            starts[bucket] += 1
        for r in range(bottom, top + 1):
            y = r + 0.5
            inside[:] = False
            for ring in range(first, last):
                begin, end = vertices[ring], vertices[ring + 1]
                for v in range(begin, end):
                    before = v - 1 if v > begin else end - 1
                    ay, by = (xy[before, 1] - y0) * scale_y, (xy[v, 1] - y0) * scale_y
                    if (ay > y) != (by > y):
                        ax, bx = (xy[before, 0] - x0) * scale_x, (xy[v, 0] - x0) * scale_x
                        crossing = ax + (y - ay) / (by - ay) * (bx - ax)
                        at = max(0, int(np.ceil(crossing - 0.5)))
                        if at < nx:
                            inside[at] = not inside[at]
            within = False
            for c in range(nx):
                if inside[c]:
                    within = not within
                bucket = r * nx + c
                if within and touched[bucket] != rank:
                    if fill:
                        entries[starts[bucket]] = 2 * rank + 1
                    starts[bucket] += 1


@njit(nogil=True, cache=True)
def _owners(
    points: Any, turn: Any, frames: Any, sizes: Any, first_buckets: Any, first_areas: Any,
    order: Any, rings: Any, vertices: Any, xy: Any, starts: Any, entries: Any, out: Any,
) -> None:  # fmt: skip
    """The owner of each point on each level: out[level, turn[i]] (turn empty: out[level, i])."""
    in_turn = len(turn) > 0
    for level in range(len(frames)):
        x0, y0, scale_x, scale_y = frames[level, 0], frames[level, 1], frames[level, 2], frames[level, 3]
        nx, ny = sizes[level, 0], sizes[level, 1]
        for i in range(len(points)):
            x, y = points[i, 0], points[i, 1]
            owner = np.int64(-1)
            fx, fy = (x - x0) * scale_x, (y - y0) * scale_y
            if -_SLACK <= fx <= nx + _SLACK and -_SLACK <= fy <= ny + _SLACK:
                column, line = max(0, min(nx - 1, int(fx))), max(0, min(ny - 1, int(fy)))
                bucket = first_buckets[level] + line * nx + column
                for e in range(starts[bucket], starts[bucket + 1]):
                    row = order[first_areas[level] + (entries[e] >> 1)]
                    if entries[e] & 1 or shape.covers(xy, vertices, rings[row], rings[row + 1], x, y):
                        owner = row
                        break
            out[level, turn[i] if in_turn else i] = owner


@njit(nogil=True, cache=True)
def _gathered(points: Any, west: Any, south: Any, scale_x: Any, scale_y: Any, side: Any) -> Any:
    """The points sorted into side × side blocks, and which one each was: (float64[n, 2], int32[n]).

    Points in the order in which they happen to come touch the areas' memory at random, which costs ten
    times what the tests cost; neighbours after each other find it in the cache.
    """
    block = np.empty(len(points), np.int32)
    starts = np.zeros(side * side + 1, np.int64)
    for i in range(len(points)):
        c = min(max((points[i, 0] - west) * scale_x, 0.0), side - 1.0)
        r = min(max((points[i, 1] - south) * scale_y, 0.0), side - 1.0)
        block[i] = int(r) * side + int(c)
        starts[block[i] + 1] += 1
    for b in range(side * side):
        starts[b + 1] += starts[b]
    turn = np.empty(len(points), np.int32)
    moved = np.empty((len(points), 2))
    for i in range(len(points)):
        at = starts[block[i]]
        starts[block[i]] += 1
        turn[at] = i
        moved[at, 0], moved[at, 1] = points[i, 0], points[i, 1]
    return moved, turn


#: More points than this are sorted by place before they are asked for, in blocks of so many a side.
_FEW, _BLOCKS = 4096, 256
_AS_THEY_COME = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The areas of some levels, ready to be asked which of them hold a point.

    With L levels: `frames` float64[L, 4] and `sizes` int64[L, 2] say where each level's buckets lie;
    those of level l begin at `first_buckets[l]` in `starts`, its areas at `first_areas[l]` in `order`.
    """

    columns: Columns
    order: NDArray[np.int64]
    frames: NDArray[np.float64]
    sizes: NDArray[np.int64]
    first_buckets: NDArray[np.int64]
    first_areas: NDArray[np.int64]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]

    @classmethod
    def of(cls, columns: Columns, *orders: NDArray[np.int64]) -> Partition:
        """The partition of the rows of each level, in the order that says who wins where several hold a point."""
        made = [_buckets(columns, order) for order in orders]
        counts = np.concatenate([counts for _, _, counts, _ in made])
        sizes = np.array([(side, side) for _, side, _, _ in made], np.int64)
        return cls(
            columns,
            np.concatenate(orders),
            np.array([frame for frame, _, _, _ in made]),
            sizes,
            columns_module.offsets(sizes.prod(axis=1))[:-1],
            columns_module.offsets(np.array([len(o) for o in orders]))[:-1],
            columns_module.offsets(counts),
            np.concatenate([entries for _, _, _, entries in made]),
        )

    def owners(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """The row that holds each point (float64[q, 2] lon, lat) on each level, -1 for none: int64[L, q]."""
        out = np.empty((len(self.frames), len(points)), np.int64)
        areas = (
            self.frames, self.sizes, self.first_buckets, self.first_areas, self.order, self.columns.rings,
            self.columns.vertices, self.columns.lonlat, self.starts, self.entries,
        )  # fmt: skip
        if len(points) <= _FEW:
            _owners(points, _AS_THEY_COME, *areas, out)
            return out
        low, high = points.min(axis=0), points.max(axis=0)
        scale = _BLOCKS / np.maximum(high - low, 1e-9)
        moved, turn = _gathered(points, low[0], low[1], scale[0], scale[1], _BLOCKS)
        threads.spread(lambda s: _owners(moved[s], turn[s], *areas, out), len(points), _FEW)
        return out


_Buckets = tuple[tuple[float, float, float, float], int, NDArray[np.int64], NDArray[np.int32]]


def _buckets(columns: Columns, order: NDArray[np.int64]) -> _Buckets:
    """The buckets of one level: their frame, how many a side, how many entries each has, and the entries."""
    boxes = columns.lonlat_tree[: len(columns)][order]
    boxes = boxes[boxes[:, 0] <= boxes[:, 2]]
    if not len(boxes):
        return (0.0, 0.0, 0.0, 0.0), 1, np.zeros(1, np.int64), np.empty(0, np.int32)
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    # About four buckets an area, but never so few that a large area's border fills most of them.
    side = int(np.clip(np.sqrt(4 * len(order)), 64, 2048))
    scale = side / np.maximum(high - low, 1e-9)
    frame = (float(low[0]), float(low[1]), float(scale[0]), float(scale[1]))
    geometry = (columns.rings, columns.vertices, columns.lonlat)
    counts = np.zeros(side * side, np.int64)
    _rasterise(order, *geometry, *frame, side, side, counts, np.empty(0, np.int32), False)
    starts = columns_module.offsets(counts)
    entries = np.empty(int(starts[-1]), np.int32)
    _rasterise(order, *geometry, *frame, side, side, starts[:-1].copy(), entries, True)
    return frame, side, counts, entries


@dataclass(frozen=True, slots=True, eq=False)
class AreaRecord:
    """What an answer says of an area."""

    level: str
    code: str
    name: str
    name_en: str | None
    parent: str | None
    unit: str | None

    @property
    def said(self) -> dict[str, str | None]:
        """The part that answers show."""
        return {"level": self.level, "code": self.code, "name": self.name, "name_en": self.name_en}


class Areas:
    """The management areas as of one day, level by level; made once for each state of the `areas` layer."""

    def __init__(self, snapshot: Snapshot, day: dt.date) -> None:
        self.snapshot = snapshot
        self.day = day
        rows = snapshot.rows
        table = snapshot.attributes(rows, ["code", "level", "valid_from", "valid_to"])
        since, until = table["valid_from"], table["valid_to"]
        valid = pc.and_(
            pc.fill_null(pc.less_equal(since, day), True), pc.fill_null(pc.greater(until, day), True)
        ).to_numpy()
        # One set of columns for the kernels: the base itself where nothing changed since it was made.
        plain = not len(snapshot.delta) and not len(snapshot.dead)
        self.columns = snapshot.base if plain else snapshot.compacted()
        self._fid_rows = None if plain else self.columns.fid
        own_rows = rows if plain else self.columns.rows_of(snapshot.fids(rows))
        by_code = pc.sort_indices(table["code"]).to_numpy()
        levels = pc.index_in(table["level"], pa.array(list(LEVELS))).fill_null(-1).to_numpy()[by_code]
        in_order, counts = own_rows[by_code], valid[by_code]
        orders = [in_order[(levels == i) & counts] for i in range(len(LEVELS))]
        self._owning = np.zeros(len(snapshot.base) + len(snapshot.delta), np.bool_)
        self._owning[rows[by_code[(levels >= 0) & counts]]] = True
        self.partition = Partition.of(self.columns, *orders)
        self._records: dict[int, AreaRecord] = {}

    def owners(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """The owning row of each point (lon, lat) on each of `LEVELS`, -1 for none: int64[levels, points]."""
        return self.partition.owners(points)

    def record(self, row: int) -> AreaRecord:
        """What an answer says of the area in this row of `columns`."""
        known = self._records.get(row)
        if known is None:
            names = ("level", "code", "name", "name_en", "parent", "unit")
            table = columns_module.attributes(self.columns, self.snapshot.layer, np.array([row]), names)
            known = self._records[row] = AreaRecord(**table.to_pylist()[0])
        return known

    def codes(self, rows: NDArray[np.int64]) -> list[str | None]:
        """The code of each row, None for -1."""
        return [self.record(r).code if r >= 0 else None for r in rows.tolist()]

    def nearest(self, points: NDArray[np.float64]) -> list[tuple[AreaRecord, float] | None]:
        """The nearest area of each point and how many metres it is away; of equally near ones the smallest."""
        rows, metres = self.snapshot.nearest(points, 1, keep=self._owning)
        smallest = list(LEVELS)[::-1]
        out: list[tuple[AreaRecord, float] | None] = []
        for point, row, distance in zip(points, rows[:, 0], metres[:, 0].tolist(), strict=True):
            if row < 0:
                out.append(None)
                continue
            near = self.snapshot.within_distance(point, distance + _AS_NEAR_M)
            records = [self.record(int(r)) for r in self._own_rows(near[self._owning[near]])]
            out.append((min(records, key=lambda r: (smallest.index(r.level), r.code)), distance))
        return out

    def _own_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows if self._fid_rows is None else self.columns.rows_of(self.snapshot.fids(rows))

    def unit_of(self, records: Sequence[AreaRecord]) -> str | None:
        """The code of the responsible unit: that of the smallest area that names one."""
        return next((r.unit for r in reversed(records) if r.unit), None)
