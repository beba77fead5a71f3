"""The quadtree of 3D tiles: which tile each thing is in.

A tile shows the largest things that lie within it and that no tile above shows already (refinement "ADD"). So each
thing is in one tile, far tiles are coarse, and a change of one thing moves at most one other on each level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import Boxes

#: A tile has about so many corners: half a megabyte to a megabyte.
BUDGET = 30_000
#: The deepest level; what is left there stays there.
DEEPEST = 14


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Where each thing is. `region` is west, south, east, north of the root in degrees; thing i is in tile
    (`level[i]`, `x[i]`, `y[i]`), x from the west, y from the south. `order` has the things tile by tile, and
    `tiles` maps a tile to its part of it."""

    region: tuple[float, float, float, float]
    level: NDArray[np.int8]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    order: NDArray[np.int64]
    tiles: dict[tuple[int, int, int], tuple[int, int]]

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return int(self.level.max()) + 1 if len(self.level) else 1

    def things(self, level: int, x: int, y: int) -> NDArray[np.int64]:
        """The things of a tile, by number; none for a tile that is not there."""
        first, last = self.tiles.get((level, x, y), (0, 0))
        return self.order[first:last]

    def available(self) -> Iterator[tuple[int, int, int]]:
        """Every tile that is there: those with things, and those above them."""
        seen: set[tuple[int, int, int]] = set()
        for level, x, y in self.tiles:
            while (level, x, y) not in seen:
                seen.add((level, x, y))
                yield level, x, y
                if level == 0:
                    break
                level, x, y = level - 1, x >> 1, y >> 1

    def tile_region(self, level: int, x: int, y: int) -> tuple[float, float, float, float]:
        """West, south, east, north of a tile in degrees."""
        west, south, east, north = self.region
        wide, high = (east - west) / 2**level, (north - south) / 2**level
        return west + x * wide, south + y * high, west + (x + 1) * wide, south + (y + 1) * high


def grow(boxes: Boxes, size: NDArray[np.float64], cost: NDArray[np.int64], budget: int = BUDGET) -> Tree:
    """The tree of things with these boxes (float64[n, 4] in degrees), sizes (the largest are seen from farthest) and
    costs (corners).

    A thing that lies across the middle of a tile stays in it, so that each tile holds what it shows.

    >>> boxes = np.array([[0.0, 0, 1, 1], [0.1, 0.1, 0.2, 0.2], [0.8, 0.8, 0.9, 0.9]])
    >>> tree = grow(boxes, np.array([9.0, 1.0, 2.0]), np.array([8, 8, 8]), budget=8)
    >>> tree.level.tolist(), sorted(tree.tiles)
    ([0, 1, 1], [(0, 0, 0), (1, 0, 0), (1, 1, 1)])
    """
    count = len(boxes)
    level, tx, ty = np.zeros(count, np.int8), np.zeros(count, np.int32), np.zeros(count, np.int32)
    if not count:
        return Tree((0.0, 0.0, 0.0, 0.0), level, tx, ty, np.empty(0, np.int64), {})
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    span = np.maximum(high - low, 1e-9)
    left = np.argsort(-size, kind="stable")
    for depth in range(DEEPEST + 1):
        if not len(left):
            break
        cells = 2**depth
        at = np.clip(((boxes[left, :2] - low) / span * cells).astype(np.int64), 0, cells - 1)
        below = 2 * cells
        corner = np.clip(((boxes[left, :2] - low) / span * below).astype(np.int64), 0, below - 1)
        far = np.clip(((boxes[left, 2:] - low) / span * below).astype(np.int64), 0, below - 1)
        stays = (corner != far).any(axis=1)
        key = at[:, 0] * cells + at[:, 1]
        # What stays anyway is counted first; then the largest, as far as the budget goes.
        sorted_ = np.lexsort((np.arange(len(left)), ~stays, key))
        spent = np.cumsum(cost[left[sorted_]])
        begins = np.flatnonzero(np.r_[True, np.diff(key[sorted_]) != 0])
        before = np.repeat(np.r_[0, spent[begins[1:] - 1]], np.diff(np.r_[begins, len(left)]))
        first = np.zeros(len(left), np.bool_)
        first[begins] = True
        kept_sorted = stays[sorted_] | (spent - before <= budget) | first
        kept = np.zeros(len(left), np.bool_)
        kept[sorted_] = kept_sorted
        if depth == DEEPEST:
            kept[:] = True
        mine = left[kept]
        level[mine], tx[mine], ty[mine] = depth, at[kept, 0], at[kept, 1]
        left = left[~kept]
    order = np.lexsort((np.arange(count), ty, tx, level))
    keys = np.stack([level[order].astype(np.int64), tx[order], ty[order]], axis=1)
    begins = np.flatnonzero(np.r_[True, (np.diff(keys, axis=0) != 0).any(axis=1)])
    ends = np.r_[begins[1:], count]
    tiles = {
        (int(k[0]), int(k[1]), int(k[2])): (int(a), int(b))
        for k, a, b in zip(keys[begins], begins, ends, strict=True)
    }
    region = (float(low[0]), float(low[1]), float(low[0] + span[0]), float(low[1] + span[1]))
    return Tree(region, level, tx, ty, order, tiles)
