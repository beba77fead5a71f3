"""Borders in the open country: the steps of the lattice worn down to curves, alike for both neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, Mask
from layers.demo.cells import Cells
from layers.demo.frame import COARSE, Array, Index, to_lonlat

_ROUNDS = 5
#: In the country every second lattice point is a vertex (see `Cells`).
_STRIDE = 2


def _edges(cells: Cells, label: Index) -> Index:
    """The border edges between neighbouring vertices in open country, as pairs of lattice points int64[m, 2].

    A border lies between two labels, or between the city and the outside.
    """
    around = np.pad(np.where(cells.owner >= 0, label[cells.owner], -1), COARSE, constant_values=-1)
    height = cells.frame.shape[1] + 1
    pairs = []
    for family in (0, 1):
        lines = np.arange(0, cells.frame.shape[family] + 1, COARSE)
        along = np.arange(0, cells.frame.shape[1 - family], _STRIDE)
        p, q = np.meshgrid(lines, along, indexing="ij")
        i, j = (p, q) if family == 0 else (q, p)
        here = around[i + COARSE, j + COARSE]
        before = around[i + COARSE - (family == 0), j + COARSE - (family == 1)]
        differ = here != before
        start = i * height + j
        end = start + (_STRIDE if family == 0 else _STRIDE * height)
        pairs.append(np.column_stack([start[differ], end[differ]]))
    return np.concatenate(pairs)


def _movable(cells: Cells) -> Mask:
    """The lattice points with nothing but wide cells, or the outside, around them; flat."""
    wide = np.where(cells.owner >= 0, cells.side[cells.owner] == COARSE, True)
    around = np.pad(wide, 1, constant_values=True)
    return np.asarray(around[:-1, :-1] & around[1:, :-1] & around[:-1, 1:] & around[1:, 1:]).ravel()


def soften(cells: Cells, label: Index, polygons: Geometries) -> NDArray[Any]:
    """Unions of cells, in lon, lat, with the borders between labels smoothed where the country is open.

    Every vertex moves once for all that share it, so a coverage stays one. A vertex of a polygon that
    smoothing would spoil stays where it was.
    """
    pairs, movable = _edges(cells, label), _movable(cells)
    raw = cells.frame.xy.reshape(-1, 2)
    before = cells.frame.lonlat.reshape(-1, 2)
    coordinates = shapely.get_coordinates(polygons)
    vertex = _find(before, coordinates)
    for _ in range(8):
        after = before.copy()
        moved = _smooth(raw, pairs, movable)
        changed = np.flatnonzero((moved != raw).any(axis=1))
        after[changed] = to_lonlat(moved[changed])
        out = shapely.set_coordinates(polygons.copy(), after[vertex])
        bad = ~shapely.is_valid(out)
        if not bad.any():
            return np.asarray(out)
        owner = np.repeat(np.arange(len(polygons)), shapely.get_num_coordinates(polygons))
        movable[vertex[bad[owner]]] = False
    return polygons


def _smooth(xy: Array, pairs: Index, movable: Mask) -> Array:
    pairs = np.vstack([pairs, pairs[:, ::-1]])
    points, local = np.unique(pairs, return_inverse=True)
    local = local.reshape(-1, 2)
    here = xy[points].copy()
    free = movable[points]
    count = np.bincount(local[:, 0], minlength=len(points))
    for _ in range(_ROUNDS):
        for axis in (0, 1):
            mean = np.bincount(local[:, 0], weights=here[local[:, 1], axis], minlength=len(points)) / count
            here[free, axis] = 0.5 * (here[free, axis] + mean[free])
    out = xy.copy()
    out[points] = here
    return out


def _find(points: Array, wanted: Array) -> Index:
    """For each wanted position the number of the equal point."""
    keys = points[:, 0] + 1j * points[:, 1]
    order = np.argsort(keys)
    return np.asarray(order[np.searchsorted(keys[order], wanted[:, 0] + 1j * wanted[:, 1])])
