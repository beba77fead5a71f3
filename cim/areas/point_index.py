"""A raster of buckets over the areas of several levels: which area of each level holds a point.

For each level a bucket knows the area that covers it as a whole, or that there is none; no test is needed then.
Else it lists the areas that reach into it, lowest code first, and of each whether the bucket's centre is inside
and the few edges that pass through the bucket: the point is inside too, unless the way to the centre crosses an
odd number of them. So an answer costs the edges of one bucket, however long the borders are. It is exact: where
rounding could tell the wrong side of an edge, or the point lies on one, the whole outline decides
(`cim.space.ring_tests.covers`).

The list of a bucket is a run of whole numbers. An area that covers it behind others that reach into it:
-1 - rank. Any other: its rank, then 2 x the number of its edges here plus 1 if the centre is inside, then those
edges, each as the number of its second vertex (rings are closed, so its first is the one before).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays import parallel
from cim.arrays.types import LonLat
from cim.columnar.columns import Columns, offsets
from cim.space import ring_tests
from cim.space.ring_tests import RingArrays

#: Width added to a bucket, in buckets, so that rounding never loses an edge that runs along its border.
_SLACK = 1e-6

#: Where the centre of a bucket is. Not in the very middle, where a city's round coordinates could meet it.
_CENTRE_X, _CENTRE_Y = 0.5 + 0.0123456789, 0.5 - 0.0098765432

#: More points than `_FEW` are asked block after block, of so many blocks a side: neighbours find the borders that
#: they need in the cache; in the order in which points happen to come each would wait for the memory.
_FEW, _BLOCKS = 4096, 128

#: What `whole` says of a level and bucket besides the row of the area that covers it.
_NOBODY, _LISTED, _LISTED_TO_THE_END = -1, -2, -3


class AreaOrder(NamedTuple):
    """The areas of some levels in the order that says who wins.

    `order` int64[areas] are the rows, level after level, in each the one first that wins where several hold a
    point; `level_of` int8[areas] their levels; `validity` int32[areas, 2] the first day (since 1970) on which each
    is in force and the first on which it no longer is, empty where all are always. `outlines` are lon, lat.
    """

    order: NDArray[np.int64]
    level_of: NDArray[np.int8]
    validity: NDArray[np.int32]
    outlines: RingArrays


class BucketGrid(NamedTuple):
    """Where the buckets lie (west, south, buckets a degree of lon and of lat), and how many there are each way."""

    frame: tuple[float, float, float, float]
    nx: int
    ny: int


class BucketLists(NamedTuple):
    """What the buckets know: `whole` int32[buckets, levels], and their lists, `items` int32 with `starts`
    int64[buckets + 1], as the module says."""

    whole: NDArray[np.int32]
    starts: NDArray[np.int64]
    items: NDArray[np.int32]


@njit(nogil=True, cache=True, inline="always")
def _edge_span(ax: Any, ay: Any, bx: Any, by: Any, row: Any) -> Any:
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
def _fill(areas: Any, grid: Any, always: Any, whole: Any, at: Any, items: Any, write: Any) -> None:
    """Fill `whole`, and count (write=False) or write the items of every bucket in the order of `order`.

    `at[bucket]` grows by what the bucket lists. `always`: areas are in force on all days, so that one that covers
    a bucket makes all behind it needless.
    """
    order, level_of, _, outlines = areas
    rings, vertices, _, xy = outlines
    frame, nx, ny = grid
    x0, y0, scale_x, scale_y = frame
    width, height = 1.0 / scale_x, 1.0 / scale_y
    touched = np.full(nx * ny, -1, np.int32)
    header = np.zeros(nx * ny, np.int64)
    inside = np.zeros(nx, np.bool_)
    whole[:] = _NOBODY
    for rank in range(len(order)):
        row, level = order[rank], level_of[rank]
        first, last = np.int64(rings[row]), np.int64(rings[row + 1])
        bottom, top = ny, -1
        for ring in range(first, last):
            for v in range(np.int64(vertices[ring]) + 1, np.int64(vertices[ring + 1])):
                ax, ay = (xy[v - 1, 0] - x0) * scale_x, (xy[v - 1, 1] - y0) * scale_y
                bx, by = (xy[v, 0] - x0) * scale_x, (xy[v, 1] - y0) * scale_y
                r0 = max(0, int(np.floor(min(ay, by) - _SLACK)))
                r1 = min(ny - 1, int(np.floor(max(ay, by) + _SLACK)))
                bottom, top = min(bottom, r0), max(top, r1)
                for r in range(r0, r1 + 1):
                    west, east = _edge_span(ax, ay, bx, by, r)
                    c0, c1 = max(0, int(np.floor(west))), min(nx - 1, int(np.floor(east)))
                    for c in range(c0, c1 + 1):
                        bucket = r * nx + c
                        known = whole[bucket, level]
                        listed = known in (_NOBODY, _LISTED)
                        if touched[bucket] != rank:
                            touched[bucket] = rank
                            if listed:
                                whole[bucket, level] = _LISTED
                                header[bucket] = at[bucket]
                                if write:
                                    items[at[bucket]], items[at[bucket] + 1] = rank, 0
                                at[bucket] += 2
                        if listed:
                            if write:
                                items[header[bucket] + 1] += 2
                                items[at[bucket]] = v
                            at[bucket] += 1
        for r in range(bottom, top + 1):
            y = y0 + (r + _CENTRE_Y) * height
            inside[:] = False
            for ring in range(first, last):
                for v in range(np.int64(vertices[ring]) + 1, np.int64(vertices[ring + 1])):
                    ax, ay, bx, by = xy[v - 1, 0], xy[v - 1, 1], xy[v, 0], xy[v, 1]
                    if (ay > y) == (by > y):
                        continue
                    # Every centre east of the crossing changes sides. Rounding may be off by one; the side is not.
                    crossing = (ax + (y - ay) / (by - ay) * (bx - ax) - x0) * scale_x - _CENTRE_X
                    c = max(0, min(nx, int(np.ceil(crossing))))
                    while c > 0 and _east(ax, ay, bx, by, x0 + (c - 1 + _CENTRE_X) * width, y):
                        c -= 1
                    while c < nx and not _east(ax, ay, bx, by, x0 + (c + _CENTRE_X) * width, y):
                        c += 1
                    if c < nx:
                        inside[c] = not inside[c]
            within = False
            for c in range(nx):
                if inside[c]:
                    within = not within
                bucket = r * nx + c
                known = whole[bucket, level]
                if not within or known not in (_NOBODY, _LISTED):
                    continue
                if touched[bucket] == rank:
                    if write:
                        items[header[bucket] + 1] += 1
                elif known == _NOBODY and always:
                    whole[bucket, level] = row
                else:
                    whole[bucket, level] = _LISTED_TO_THE_END if always else _LISTED
                    if write:
                        items[at[bucket]] = -1 - rank
                    at[bucket] += 1


@njit(nogil=True, cache=True, inline="always")
def _east(ax: Any, ay: Any, bx: Any, by: Any, x: Any, y: Any) -> Any:
    """Whether (x, y) is east of the edge, which crosses that height."""
    return (ring_tests.side(ax, ay, bx, by, x, y) > 0.0) != (by > ay)


@njit(nogil=True, cache=True, inline="always")
def _doubtful(left: Any, right: Any) -> Any:
    """Whether rounding may have changed the sign of left - right."""
    return abs(left - right) <= ring_tests.ERROR_BOUND * (abs(left) + abs(right))


@njit(nogil=True, cache=True, inline="always")
def _covers_here(xy: Any, items: Any, first: Any, last: Any, inside: Any, point: Any, centre: Any) -> Any:
    """Whether an area holds the point: 1, 0, or -1 where only the whole outline can say.

    Its edges here are items first … last - 1. The way goes along y to the centre's x, then along x to the centre.
    """
    x, y = point
    cx, cy = centre
    west, east, south, north = min(x, cx), max(x, cx), min(y, cy), max(y, cy)
    for i in range(first, last):
        v = np.uint32(items[i])
        ax, ay, bx, by = xy[v - np.uint32(1), 0], xy[v - np.uint32(1), 1], xy[v, 0], xy[v, 1]
        if (max(ax, bx) < west) | (min(ax, bx) > east) | (max(ay, by) < south) | (min(ay, by) > north):
            continue
        # Which side of the edge are the point, the corner of the way, and the centre on?
        ax_x, bx_x, ax_cx, bx_cx = ax - x, bx - x, ax - cx, bx - cx
        ay_y, by_y, ay_cy, by_cy = ay - y, by - y, ay - cy, by - cy
        here, here_ = ax_x * by_y, bx_x * ay_y
        corner, corner_ = ax_cx * by_y, bx_cx * ay_y
        centre, centre_ = ax_cx * by_cy, bx_cx * ay_cy
        along, up = (ay > y) != (by > y), (ax > cx) != (bx > cx)
        if _doubtful(here, here_) | _doubtful(corner, corner_) | _doubtful(centre, centre_):
            return -1
        crossed = along & ((here > here_) != (corner > corner_))
        crossed ^= up & ((centre > centre_) != (corner > corner_))
        inside ^= crossed
    return 1 if inside else 0


@njit(nogil=True, cache=True)
def _owners(points: Any, turn: Any, days: Any, grid: Any, lists: Any, areas: Any, out: Any) -> None:
    """The owner of each point on each level: out[turn[i], level]; -1 for none."""
    order, level_of, validity, outlines = areas
    rings, vertices, _, xy = outlines
    whole, starts, items = lists
    frame, nx, ny = grid
    x0, y0, scale_x, scale_y = frame
    width, height = 1.0 / scale_x, 1.0 / scale_y
    day_each, with_days = len(days) > 1, len(validity) > 0
    for t in range(len(turn)):
        i = turn[t]
        x, y = points[t, 0], points[t, 1]
        fx, fy = (x - x0) * scale_x, (y - y0) * scale_y
        if not (-_SLACK <= fx <= nx + _SLACK and -_SLACK <= fy <= ny + _SLACK):
            out[i] = -1
            continue
        column, line = max(0, min(nx - 1, int(fx))), max(0, min(ny - 1, int(fy)))
        bucket = line * nx + column
        for level in range(out.shape[1]):
            out[i, level] = max(whole[bucket, level], -1)
        cx, cy = x0 + (column + _CENTRE_X) * width, y0 + (line + _CENTRE_Y) * height
        day = days[i] if day_each else days[0]
        at, end = starts[bucket], starts[bucket + 1]
        while at < end:
            item = items[at]
            covered = item < 0
            rank = -1 - item if covered else item
            first = at + 2
            last = at + 1 if covered else first + (items[at + 1] >> 1)
            centre_inside = not covered and items[at + 1] & 1 == 1
            at = last
            level = level_of[rank]
            if out[i, level] >= 0:
                continue
            if with_days and (day < validity[rank, 0] or day >= validity[rank, 1]):
                continue
            held = 1 if covered else _covers_here(xy, items, first, last, centre_inside, (x, y), (cx, cy))
            if held < 0:
                row = order[rank]
                held = 1 if ring_tests.covers(xy, vertices, rings[row], rings[row + 1], x, y) else 0
            if held == 1:
                out[i, level] = order[rank]


@njit(nogil=True, cache=True)
def _count_blocks(points: Any, grid: Any, block: Any, counts: Any) -> None:
    """The block of each point, into `block`, and how many points each block has."""
    frame, nx, ny = grid
    x0, y0, scale_x, scale_y = frame
    columns, rows = scale_x * _BLOCKS / nx, scale_y * _BLOCKS / ny
    for i in range(len(points)):
        c, r = (points[i, 0] - x0) * columns, (points[i, 1] - y0) * rows
        # A point that is nowhere (NaN) is in the first block like any other west or south of the frame.
        at = int(min(r, _BLOCKS - 1.0)) * _BLOCKS if r > 0.0 else 0
        block[i] = at + int(min(c, _BLOCKS - 1.0)) if c > 0.0 else at
        counts[block[i]] += 1


@njit(nogil=True, cache=True)
def _move(points: Any, first: Any, block: Any, at: Any, moved: Any, turn: Any) -> None:
    """Put each point where its block's next one goes, and its number (from `first`) beside it."""
    for i in range(len(points)):
        to = at[block[i]]
        at[block[i]] += 1
        turn[to] = first + i
        moved[to, 0], moved[to, 1] = points[i, 0], points[i, 1]


def _by_block(points: LonLat, grid: BucketGrid) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """The points block after block of the grid, and which one each was: (float64[n, 2], int32[n]). Counted and
    moved by all cores, each a stretch of the points."""
    stretches = list(parallel.chunks(len(points), _FEW))
    block = np.empty(len(points), np.int32)
    counts = np.zeros((len(stretches), _BLOCKS * _BLOCKS), np.int32)
    parallel.each(
        lambda i: _count_blocks(points[stretches[i]], grid, block[stretches[i]], counts[i]),
        len(stretches),
    )
    by_block = counts.T.ravel()
    starts = np.cumsum(by_block, dtype=np.int32) - by_block
    at = np.ascontiguousarray(starts.reshape(-1, len(stretches)).T)
    moved, turn = np.empty((len(points), 2)), np.empty(len(points), np.int32)
    parallel.each(
        lambda i: _move(points[stretches[i]], stretches[i].start, block[stretches[i]], at[i], moved, turn),
        len(stretches),
    )
    return moved, turn


@dataclass(frozen=True, slots=True, eq=False)
class PointIndex:
    """The areas of some levels, ready to be asked which of them hold a point."""

    areas: AreaOrder
    grid: BucketGrid
    lists: BucketLists
    #: Grid, lists and areas as plain tuples, which numba takes apart sooner.
    _plain: tuple[Any, Any, Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        areas = (*self.areas[:3], tuple(self.areas.outlines))
        object.__setattr__(self, "_plain", (tuple(self.grid), tuple(self.lists), areas))

    @classmethod
    def of(
        cls,
        columns: Columns,
        *orders: NDArray[np.int64],
        days: tuple[NDArray[np.int32], NDArray[np.int32]] | None = None,
    ) -> PointIndex:
        """The partition of the rows of each level, in the order that says who wins where several hold a point.

        `days` are, by row, the first day of each area and the first after it; None: all are always in force.
        """
        order = np.concatenate(orders)
        validity = np.empty((0, 2), np.int32)
        if days is not None:
            validity = np.column_stack([days[0][order], days[1][order]])
        level_of = np.repeat(np.arange(len(orders), dtype=np.int8), [len(o) for o in orders])
        areas, grid = AreaOrder(order, level_of, validity, columns.lonlat_rings), _grid(columns, order)
        whole = np.empty((grid.nx * grid.ny, len(orders)), np.int32)
        counts = np.zeros(len(whole), np.int64)
        _fill(areas, grid, days is None, whole, counts, np.empty(0, np.int32), False)
        starts = offsets(counts)
        items = np.empty(int(starts[-1]), np.int32)
        _fill(areas, grid, days is None, whole, starts[:-1].copy(), items, True)
        return cls(areas, grid, BucketLists(whole, starts, items))

    def owners(self, points: LonLat, days: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """The row that holds each point (float64[q, 2] lon, lat) on each level, -1 for none: int32[q, levels].

        `days` int32[q], or [1] for all: as of which day, where the areas have days.
        """
        out = np.empty((len(points), self.lists.whole.shape[1]), np.int32)
        # A copy of those given: the loop is compiled for arrays of one kind.
        days = np.zeros(1, np.int32) if days is None else np.array(days, np.int32)
        moved, turn = points, np.arange(len(points), dtype=np.int32)
        if len(points) >= _FEW:
            moved, turn = _by_block(points, self.grid)
        parallel.spread(lambda s: _owners(moved[s], turn[s], days, *self._plain, out), len(points), _FEW)
        return out


def _grid(columns: Columns, order: NDArray[np.int64]) -> BucketGrid:
    """The buckets for these rows."""
    boxes = columns.lonlat_tree[: len(columns)][order]
    boxes = boxes[boxes[:, 0] <= boxes[:, 2]]
    if not len(boxes):
        return BucketGrid((0.0, 0.0, 1.0, 1.0), 1, 1)
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    # About four buckets an area, and enough that a long border has few vertices in each.
    rings = (
        columns.vertices[columns.rings[order + 1]].astype(np.int64) - columns.vertices[columns.rings[order]]
    )
    side = int(np.clip(np.sqrt(max(4 * len(order), int(rings.sum()) // 2)), 64, 2048))
    scale = side / np.maximum(high - low, 1e-9)
    return BucketGrid((float(low[0]), float(low[1]), float(scale[0]), float(scale[1])), side, side)
