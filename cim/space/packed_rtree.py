"""A packed R-tree over rows that already lie in Hilbert order.

Because the rows are sorted, the tree needs no pointers and no index array: level 0 is the box of
each row, and box i of a level is the union of boxes 16 i … 16 i + 15 of the level below. The levels
lie one after the other in one float64[m, 4] array (min x, min y, max x, max y), so a tree is saved,
memory-mapped and shared like any other column. All searches are compiled loops that hold no GIL.

Rows without geometry have the empty box (inf, inf, -inf, -inf), which nothing intersects.

Against geoindex-rs 0.2.1 over 500,000 boxes: 5,000 questions in one call, with about 6 rows each, take 11 ms (87 ms
there, one call a question), 200 with about 790 rows each 1.5 ms (2.4 ms). Building is slower (0.43 s, 0.22 s). Its tree
is bytes of its own, in an order of its own, and knows no dead rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Boxes

FANOUT = 16
EMPTY_BOX = (np.inf, np.inf, -np.inf, -np.inf)


@njit(nogil=True, cache=True)
def hilbert(x: Any, y: Any) -> Any:
    """Position of each cell x, y (uint32[n], 16 bits used) on the Hilbert curve: uint32[n].

    Source: Warren, Hacker's Delight, chapter 16.
    """
    out = np.empty(len(x), np.uint32)
    for i in range(len(x)):
        a, b, d = np.int64(x[i]), np.int64(y[i]), np.int64(0)
        s = np.int64(1 << 15)
        while s > 0:
            rx = np.int64((a & s) > 0)
            ry = np.int64((b & s) > 0)
            d += s * s * ((3 * rx) ^ ry)
            if ry == 0:
                if rx == 1:
                    a, b = s - 1 - (a & (s - 1)), s - 1 - (b & (s - 1))
                a, b = b, a
            a &= s - 1
            b &= s - 1
            s >>= 1
        out[i] = d
    return out


def hilbert_order(boxes: Boxes) -> NDArray[np.intp]:
    """The row numbers that put boxes float64[n, 4] in Hilbert order of their centres; empty boxes come last."""
    has_box = boxes[:, 0] <= boxes[:, 2]
    if not has_box.any():
        return np.arange(len(boxes))
    with np.errstate(invalid="ignore"):  # an empty box has no centre
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    low = centres[has_box].min(axis=0)
    size = np.maximum(centres[has_box].max(axis=0) - low, 1e-12)
    with np.errstate(invalid="ignore"):
        cell = np.nan_to_num((centres - low) / size * 65535.0, nan=0.0, posinf=0.0, neginf=0.0)
    key = hilbert(cell[:, 0].astype(np.uint32), cell[:, 1].astype(np.uint32)).astype(np.int64)
    key[~has_box] = 1 << 33
    return np.argsort(key, kind="stable")


def pack(boxes: NDArray[Any]) -> NDArray[Any]:
    """The tree over the rows' boxes [n, 4], of any type of number: the boxes followed by the levels above.

    >>> pack(np.array([[0.0, 0, 1, 1], [2.0, 2, 3, 3]]))[-1].tolist()
    [0.0, 0.0, 3.0, 3.0]
    """
    levels = [boxes]
    while len(levels[-1]) > 1:
        below = levels[-1]
        starts = np.arange(0, len(below), FANOUT)
        low = np.minimum.reduceat(below[:, :2], starts, axis=0)
        high = np.maximum.reduceat(below[:, 2:], starts, axis=0)
        levels.append(np.hstack([low, high]))
    return np.ascontiguousarray(np.concatenate(levels))


@njit(nogil=True, cache=True, inline="always")
def level_starts(n: Any) -> Any:
    """Where each level begins in the tree of n rows, and where the last ends: int64[levels + 1]."""
    starts = np.zeros(20, np.int64)
    size, levels = n, 1
    starts[1] = n
    while size > 1:
        size = (size + FANOUT - 1) // FANOUT
        starts[levels + 1] = starts[levels] + size
        levels += 1
    return starts[: levels + 1]


@njit(nogil=True, cache=True)
def search(tree: Any, n: Any, boxes: Any, dead: Any) -> Any:
    """Rows whose box meets each query box: (rows int64[hits], counts int64[queries]), rows ascending in each.

    `tree` is the packed tree over n rows, `boxes` float64[q, 4], `dead` bool[n] rows to leave out
    (or an empty array: none).
    """
    counts = np.zeros(len(boxes), np.int64)
    rows = np.empty(max(64, 8 * len(boxes)), np.int64)
    found = 0
    if n == 0:
        return rows[:0], counts
    starts = level_starts(n)
    top = len(starts) - 2
    stack_level = np.empty(FANOUT * 20, np.int64)
    stack_node = np.empty(FANOUT * 20, np.int64)
    some_dead = len(dead) > 0
    for q in range(len(boxes)):
        west, south, east, north = boxes[q, 0], boxes[q, 1], boxes[q, 2], boxes[q, 3]
        before = found
        root = starts[top]
        if tree[root, 0] > east or tree[root, 2] < west or tree[root, 1] > north or tree[root, 3] < south:
            continue
        if top == 0:
            if not (some_dead and dead[0]):
                rows[found] = 0
                found += 1
            counts[q] = found - before
            continue
        stack_level[0], stack_node[0], depth = top, 0, 1
        while depth > 0:
            depth -= 1
            below, node = stack_level[depth] - 1, stack_node[depth]
            first = node * FANOUT
            last = min(first + FANOUT, starts[below + 1] - starts[below])
            # No branch on what a box says: the slot is written in any case and kept where it meets.
            if below == 0:
                if found + FANOUT > len(rows):
                    bigger = np.empty(2 * len(rows), np.int64)
                    bigger[:found] = rows[:found]
                    rows = bigger
                for child in range(first, last):
                    meets = (tree[child, 0] <= east) & (tree[child, 2] >= west)
                    meets &= (tree[child, 1] <= north) & (tree[child, 3] >= south)
                    if some_dead:
                        meets &= not dead[child]
                    rows[found] = child
                    found += meets
                continue
            for child in range(last - 1, first - 1, -1):
                at = starts[below] + child
                meets = (tree[at, 0] <= east) & (tree[at, 2] >= west)
                meets &= (tree[at, 1] <= north) & (tree[at, 3] >= south)
                stack_level[depth], stack_node[depth] = below, child
                depth += meets
        counts[q] = found - before
    return rows[:found].copy(), counts
