"""The smallest pieces of land: leaves of a quadtree on the bent lattice, close in town and wide outside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from cim.arrays.types import Geometries, Mask
from layers.demo.frame import COARSE, Array, CityFrame, Index, plan_to_metres
from layers.demo.inputs import shapes


@dataclass(frozen=True)
class Cells:
    """n cells; cell k covers the lattice squares from (i, j) to (i + side, j + side).

    `owner[i, j]` is the cell over a lattice square, -1 outside the city.
    """

    frame: CityFrame
    i: Index
    j: Index
    side: Index
    owner: Index

    def __len__(self) -> int:
        return len(self.i)

    @cached_property
    def corners(self) -> Array:
        """Metres of the south-west, south-east, north-east and north-west corner, float64[n, 4, 2]."""
        i, j, s, xy = self.i, self.j, self.side, self.frame.xy
        return np.stack([xy[i, j], xy[i + s, j], xy[i + s, j + s], xy[i, j + s]], axis=1)

    @cached_property
    def centre(self) -> Array:
        """The middle of each cell in metres from the origin, float64[n, 2]."""
        middle: Array = self.corners.mean(axis=1)
        return middle

    @cached_property
    def area_m2(self) -> Array:
        """The area of each cell's quadrilateral, float64[n]."""
        x, y = self.corners[..., 0], self.corners[..., 1]
        area: Array = 0.5 * (
            (x[:, 2] - x[:, 0]) * (y[:, 3] - y[:, 1]) - (x[:, 3] - x[:, 1]) * (y[:, 2] - y[:, 0])
        )
        return area

    @cached_property
    def neighbours(self) -> Index:
        """The pairs of cells that share a side, int64[m, 2]."""
        a, b = self.owner[:-1].ravel(), self.owner[1:].ravel()
        c, d = self.owner[:, :-1].ravel(), self.owner[:, 1:].ravel()
        low, high = np.concatenate([a, c]), np.concatenate([b, d])
        meet = (low != high) & (low >= 0) & (high >= 0)
        low, high = np.minimum(low, high)[meet], np.maximum(low, high)[meet]
        key = np.unique(low * len(self) + high)
        return np.column_stack([key // len(self), key % len(self)])

    @cached_property
    def polygons(self) -> Geometries:
        """The cells in lon, lat. Each carries every lattice point that a neighbour has on the common side."""
        out = np.empty(len(self), dtype=object)
        used = self._used_points()
        for side in np.unique(self.side):
            which = np.flatnonzero(self.side == side)
            along = np.arange(side)
            zero, full = np.zeros(side, dtype=int), np.full(side, side)
            di = np.concatenate([along, full, side - along, zero])
            dj = np.concatenate([zero, along, full, side - along])
            i, j = self.i[which, None] + di, self.j[which, None] + dj
            keep = used[i, j]
            index = np.repeat(np.arange(len(which)), keep.sum(axis=1))
            rings = shapely.linearrings(self.frame.lonlat[i, j][keep], indices=index)
            out[which] = shapely.polygons(rings)
        return out

    def _used_points(self) -> Mask:
        """Which lattice points are corners of a cell, or bend the long side of a wide one."""
        columns, rows = self.frame.shape
        used = np.zeros((columns + 1, rows + 1), dtype=bool)
        used[::COARSE, ::2] = True
        used[::2, ::COARSE] = True
        for di, dj in ((0, 0), (1, 0), (1, 1), (0, 1)):
            used[self.i + di * self.side, self.j + dj * self.side] = True
        return used


def divide(frame: CityFrame) -> Cells:
    """The cells of the city: squares of one, two or `COARSE` lattice steps by how urban the place is."""
    columns, rows = frame.shape
    bi, bj = (
        a.ravel() * COARSE
        for a in np.meshgrid(np.arange(columns // COARSE), np.arange(rows // COARSE), indexing="ij")
    )
    middle = frame.xy[bi + COARSE // 2, bj + COARSE // 2]
    outline = shapely.polygons(plan_to_metres(np.array(shapes("outline")["ring"], dtype=np.float64)))
    shapely.prepare(outline)
    inside = shapely.contains_xy(outline, middle[:, 0], middle[:, 1])
    bi, bj, urban = bi[inside], bj[inside], frame.urban(middle[inside])

    parts = []
    for side, chosen in (
        (1, urban > 0),
        (2, (urban <= 0) & (urban > -0.3)),
        (COARSE, urban <= -0.3),
    ):
        di, dj = (a.ravel() for a in np.meshgrid(*[np.arange(0, COARSE, side)] * 2, indexing="ij"))
        i, j = (bi[chosen, None] + di).ravel(), (bj[chosen, None] + dj).ravel()
        parts.append(np.column_stack([i, j, np.full(len(i), side)]))
    i, j, side_of = np.concatenate(parts).T

    owner = np.full((columns, rows), -1, dtype=np.int64)
    for side in (1, 2, COARSE):
        which = np.flatnonzero(side_of == side)
        for east, north in np.ndindex(side, side):
            owner[i[which] + east, j[which] + north] = which
    return Cells(frame, i, j, side_of, owner)
