"""Exact questions to one set of columns, asked for many points at once: who holds it, who is nearest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays import parallel
from cim.arrays.readonly import freeze
from cim.arrays.types import Boxes, LonLat, Mask, MetricXY, RowIds
from cim.columnar.columns import Columns
from cim.model.layer import GeometryKind
from cim.space import packed_rtree, ring_tests

#: More points than this are asked for in the order of their places.
_FEW = 1000

#: "Leave out no row": what `dead` is where every row counts.
NONE_DEAD = np.empty(0, np.bool_)
freeze(NONE_DEAD)


Hits = tuple[NDArray[np.int64], NDArray[np.int64]]


@njit(nogil=True, cache=True)
def _containing(tree: Any, n: Any, outlines: Any, points: Any, dead: Any) -> Any:
    rings, vertices, _, xy = outlines
    counts = np.zeros(len(points), np.int64)
    rows = np.empty(max(16, len(points)), np.int64)
    found = 0
    if n == 0:
        return rows[:0], counts
    starts = packed_rtree.level_starts(n)
    stack_level = np.empty(packed_rtree.FANOUT * 20, np.int64)
    stack_node = np.empty(packed_rtree.FANOUT * 20, np.int64)
    some_dead = len(dead) > 0
    for q in range(len(points)):
        x, y = points[q, 0], points[q, 1]
        before = found
        stack_level[0], stack_node[0], depth = len(starts) - 2, 0, 1
        while depth > 0:
            depth -= 1
            level, node = stack_level[depth], stack_node[depth]
            at = starts[level] + node
            if not (tree[at, 0] <= x <= tree[at, 2] and tree[at, 1] <= y <= tree[at, 3]):
                continue
            if level > 0:
                first = node * packed_rtree.FANOUT
                last = min(first + packed_rtree.FANOUT, starts[level] - starts[level - 1])
                for child in range(last - 1, first - 1, -1):
                    stack_level[depth], stack_node[depth] = level - 1, child
                    depth += 1
                continue
            if some_dead and dead[node]:
                continue
            if ring_tests.covers(xy, vertices, rings[node], rings[node + 1], x, y):
                if found == len(rows):
                    bigger = np.empty(2 * len(rows), np.int64)
                    bigger[:found] = rows
                    rows = bigger
                rows[found] = node
                found += 1
        counts[q] = found - before
    return rows[:found].copy(), counts


def containing(columns: Columns, points: LonLat, dead: Mask = NONE_DEAD) -> Hits:
    """Rows of the polygons that hold each point (lon, lat; float64[q, 2]), borders included.

    Gives (rows, counts): the rows of point 0, then of point 1, …; and how many each has.
    """

    outlines = tuple(columns.lonlat_rings)

    def part(s: slice) -> Hits:
        return _containing(  # type: ignore[no-any-return]
            columns.lonlat_tree, len(columns), outlines, points[s], dead
        )

    return _concat(parallel.spread(part, len(points), 4096))


def in_bounds(columns: Columns, boxes: Boxes, dead: Mask = NONE_DEAD) -> Hits:
    """Rows whose bounds meet each box (west, south, east, north; float64[q, 4]): (rows, counts)."""

    def part(s: slice) -> Hits:
        return packed_rtree.search(columns.lonlat_tree, len(columns), boxes[s], dead)  # type: ignore[no-any-return]

    return _concat(parallel.spread(part, len(boxes), 256))


def _concat(parts: list[Hits]) -> Hits:
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


@njit(nogil=True, cache=True, inline="always")
def _box_distance2(tree: Any, at: Any, x: Any, y: Any) -> Any:
    dx = max(tree[at, 0] - x, 0.0, x - tree[at, 2])
    dy = max(tree[at, 1] - y, 0.0, y - tree[at, 3])
    return dx * dx + dy * dy


@njit(nogil=True, cache=True)
def _nearest(features: Any, kind: Any, points: Any, k: Any, within: Any, dead: Any) -> Any:
    """Best-first walk: nodes wait in a heap by the distance of their box. The rows of a lowest node are measured
    at once where their own box is near enough, without a place in the heap, which would cost more than the
    measuring; the walk ends when no box can hold anything nearer than the k-th found. `features` are the packed R-tree,
    the stores' numbers, and the `RingArrays` as a tuple."""
    tree, fid, outlines = features
    rings, vertices, _, xy = outlines
    n = len(fid)
    rows = np.full((len(points), k), -1, np.int64)
    distances = np.full((len(points), k), np.inf)
    if n == 0 or k == 0:
        return rows, distances
    starts = packed_rtree.level_starts(n)
    heap_d = np.empty(1024)
    heap_at = np.empty(1024, np.int64)
    box_d = np.empty(packed_rtree.FANOUT)
    some_dead = len(dead) > 0
    for q in range(len(points)):
        x, y = points[q, 0], points[q, 1]
        best, best_row = distances[q], rows[q]
        limit = within * within
        found = 0
        heap_d[0], heap_at[0], size = _box_distance2(tree, len(tree) - 1, x, y), len(tree) - 1, 1
        while size > 0:
            d, at = heap_d[0], heap_at[0]
            if d > limit * (1.0 + 1e-12):
                break
            size -= 1
            last_d, last_at = heap_d[size], heap_at[size]
            hole = 0
            while True:
                child = 2 * hole + 1
                if child >= size:
                    break
                if child + 1 < size and heap_d[child + 1] < heap_d[child]:
                    child += 1
                if heap_d[child] >= last_d:
                    break
                heap_d[hole], heap_at[hole] = heap_d[child], heap_at[child]
                hole = child
            heap_d[hole], heap_at[hole] = last_d, last_at
            level = 1
            while level + 1 < len(starts) and at >= starts[level + 1]:
                level += 1
            # A tree of one row has no node above it: the root is the row.
            first = (at - starts[level]) * packed_rtree.FANOUT + starts[level - 1] if at >= n else at
            last = min(first + packed_rtree.FANOUT, starts[level])
            if level == 1:
                for row in range(first, last):
                    box_d[row - first] = _box_distance2(tree, row, x, y)
                for row in range(first, last):
                    d = box_d[row - first]
                    if d > limit * (1.0 + 1e-12) or (some_dead and dead[row]):
                        continue
                    # Outside its box a point can't be inside a polygon: only its outline is left to measure.
                    measured = ring_tests.LINE if d > 0.0 and kind == ring_tests.POLYGON else kind
                    exact = ring_tests.distance2(xy, vertices, rings[row], rings[row + 1], measured, x, y)
                    if exact > limit or exact == np.inf:
                        continue
                    if found == k and exact == best[k - 1] and fid[row] > fid[best_row[k - 1]]:
                        continue
                    place = min(found, k - 1)
                    while place > 0 and (
                        best[place - 1] > exact
                        or (best[place - 1] == exact and fid[best_row[place - 1]] > fid[row])
                    ):
                        best[place], best_row[place] = best[place - 1], best_row[place - 1]
                        place -= 1
                    best[place], best_row[place] = exact, row
                    found = min(found + 1, k)
                    if found == k:
                        limit = best[k - 1]
                continue
            if size + packed_rtree.FANOUT > len(heap_d):
                more_d, more_at = np.empty(2 * len(heap_d)), np.empty(2 * len(heap_d), np.int64)
                more_d[:size], more_at[:size] = heap_d[:size], heap_at[:size]
                heap_d, heap_at = more_d, more_at
            for child_at in range(first, last):
                d = _box_distance2(tree, child_at, x, y)
                if d > limit * (1.0 + 1e-12):
                    continue
                place = size
                size += 1
                while place > 0:
                    parent = (place - 1) >> 1
                    if heap_d[parent] <= d:
                        break
                    heap_d[place], heap_at[place] = heap_d[parent], heap_at[parent]
                    place = parent
                heap_d[place], heap_at[place] = d, child_at
    return rows, np.sqrt(distances)


def nearest(
    columns: Columns,
    kind: GeometryKind,
    points: MetricXY,
    limit: int,
    within_m: float = np.inf,
    dead: Mask = NONE_DEAD,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The nearest rows of each point (metric; float64[q, 2]) in order: rows int64[q, limit], metres float64[q, limit].

    Exact: to the outline of lines and polygons, 0 inside a polygon; ties by the lower fid.
    Where fewer are within `within_m`, the rest are row -1 at infinity.
    """

    features = columns.metric_tree, columns.fid, tuple(columns.metric_rings)

    def part(s: slice) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        return _nearest(features, ring_tests.KINDS[kind], points[s], limit, within_m, dead)  # type: ignore[no-any-return]

    in_turn = len(points) > _FEW
    if in_turn:
        # Neighbours after each other find the tree and the outlines that they need in the cache.
        turn = packed_rtree.hilbert_order(np.hstack([points, points]))
        points = points[turn]
    parts = parallel.spread(part, len(points), 128)
    if not parts:
        return np.empty((0, limit), np.int64), np.empty((0, limit))
    rows, metres = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    if in_turn:
        back = np.empty_like(turn)
        back[turn] = np.arange(len(turn))
        rows, metres = rows[back], metres[back]
    return rows, metres


def metric_in_bounds(columns: Columns, boxes: Boxes, dead: Mask = NONE_DEAD) -> Hits:
    """Rows whose bounds in metres meet each box (float64[q, 4] in metres): (rows, counts)."""
    return packed_rtree.search(columns.metric_tree, len(columns), boxes, dead)  # type: ignore[no-any-return]


@njit(nogil=True, cache=True)
def _distances(rings: Any, vertices: Any, xy: Any, kind: Any, x: Any, y: Any, rows: Any) -> Any:
    out = np.empty(len(rows))
    for i in range(len(rows)):
        row = rows[i]
        out[i] = np.sqrt(ring_tests.distance2(xy, vertices, rings[row], rings[row + 1], kind, x, y))
    return out


def distances(
    columns: Columns, kind: GeometryKind, point: NDArray[np.float64], rows: RowIds
) -> NDArray[np.float64]:
    """Metres from one point (metric) to each of the rows: float64[len(rows)]."""
    return _distances(  # type: ignore[no-any-return]
        columns.rings, columns.vertices, columns.metric, ring_tests.KINDS[kind], point[0], point[1], rows
    )
