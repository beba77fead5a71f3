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
def _owner(
    points: Any, order: Any, rings: Any, vertices: Any, xy: Any, x0: Any, y0: Any, scale_x: Any, scale_y: Any,
    nx: Any, ny: Any, starts: Any, entries: Any, out: Any,
) -> Any:  # fmt: skip
    for i in range(len(points)):
        out[i] = -1
        x, y = points[i, 0], points[i, 1]
        fx, fy = (x - x0) * scale_x, (y - y0) * scale_y
        if not (0.0 <= fx <= nx and 0.0 <= fy <= ny):
            continue
        bucket = min(ny - 1, int(fy)) * nx + min(nx - 1, int(fx))
        for e in range(starts[bucket], starts[bucket + 1]):
            row = order[entries[e] >> 1]
            if entries[e] & 1 or shape.covers(xy, vertices, rings[row], rings[row + 1], x, y):
                out[i] = row
                break


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """The areas of one level, ready to be asked which of them holds a point."""

    columns: Columns
    order: NDArray[np.int64]
    origin: tuple[float, float]
    scale: tuple[float, float]
    size: tuple[int, int]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]

    @classmethod
    def of(cls, columns: Columns, order: NDArray[np.int64]) -> Partition:
        """The partition of the rows in `order`, which says who wins where several hold a point."""
        boxes = columns.lonlat_tree[: len(columns)][order]
        boxes = boxes[boxes[:, 0] <= boxes[:, 2]]
        if not len(boxes):
            return cls(
                columns,
                order[:0],
                (0.0, 0.0),
                (0.0, 0.0),
                (1, 1),
                np.zeros(2, np.int64),
                np.empty(0, np.int32),
            )
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        # About four buckets an area, but never so few that a large area's border fills most of them.
        side = int(np.clip(np.sqrt(4 * len(order)), 64, 2048))
        extent = np.maximum(high - low, 1e-9)
        scale = side / extent
        frame = (float(low[0]), float(low[1]), float(scale[0]), float(scale[1]), side, side)
        geometry = (columns.rings, columns.vertices, columns.lonlat)
        counts = np.zeros(side * side, np.int64)
        nothing = np.empty(0, np.int32)
        _rasterise(order, *geometry, *frame, counts, nothing, False)
        starts = columns_module.offsets(counts)
        entries = np.empty(int(starts[-1]), np.int32)
        _rasterise(order, *geometry, *frame, starts[:-1].copy(), entries, True)
        return cls(columns, order, frame[:2], frame[2:4], (side, side), starts, entries)

    def owners(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """The row that holds each point (float64[q, 2] lon, lat), -1 for none: int64[q]."""
        out = np.empty(len(points), np.int64)
        geometry = (self.columns.rings, self.columns.vertices, self.columns.lonlat)
        frame = (*self.origin, *self.scale, *self.size)

        def part(s: slice) -> None:
            _owner(points[s], self.order, *geometry, *frame, self.starts, self.entries, out[s])

        threads.spread(part, len(points), 4096)
        return out


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
        self.partitions = {
            level: Partition.of(self.columns, in_order[(levels == i) & counts]) for i, level in enumerate(LEVELS)
        }
        self._records: dict[int, AreaRecord] = {}

    def owners(self, points: NDArray[np.float64]) -> dict[str, NDArray[np.int64]]:
        """For each level from city to unit grid the owning row of each point (lon, lat), -1 for none."""
        return {level: partition.owners(points) for level, partition in self.partitions.items()}

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
        rows, metres = self.snapshot.nearest(points, len(LEVELS) + 2)
        smallest = list(LEVELS)[::-1]
        out: list[tuple[AreaRecord, float] | None] = []
        for point_rows, point_metres in zip(rows, metres, strict=True):
            near = point_rows[(point_rows >= 0) & (point_metres <= point_metres[0] + _AS_NEAR_M)]
            records = [self.record(int(r)) for r in self._own_rows(near)]
            best = min(records, key=lambda r: (smallest.index(r.level), r.code), default=None)
            out.append((best, float(point_metres[0])) if best else None)
        return out

    def _own_rows(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        return rows if self._fid_rows is None else self.columns.rows_of(self.snapshot.fids(rows))

    def unit_of(self, records: Sequence[AreaRecord]) -> str | None:
        """The code of the responsible unit: that of the smallest area that names one."""
        return next((r.unit for r in reversed(records) if r.unit), None)
