"""Features of a layer as outlines in the pixels of a picture, less what is too small to be seen in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import MercatorXY, RowIds
from cim.columnar.columns import Columns
from cim.model.layer import GeometryKind

#: Vertices nearer than this to the one before, in pixels, are left out.
_STEP_PX = 0.6
#: How far off the picture a vertex may lie; what is farther is held there, for the rasteriser counts in 24 bits.
_FAR_PX = 4e6
#: Path codes of matplotlib.
_MOVE, _LINE, _CLOSE = 1, 2, 79


@dataclass(frozen=True, slots=True)
class Window:
    """What part of the Web Mercator square a picture shows: its upper left corner in units, and pixels to the unit."""

    x: float
    y: float
    pixels_per_unit: float

    def at(self, mercator: MercatorXY) -> NDArray[np.float64]:
        """Positions on the square as pixels, float64[n, 2]."""
        moved: NDArray[np.float64] = (mercator.astype(np.float64) - (self.x, self.y)) * self.pixels_per_unit
        return moved


class Paths(NamedTuple):
    """Paths in pixels: positions float64[v, 2], matplotlib's path codes uint8[v], and where each row's begin,
    int64[n + 1]."""

    xy: NDArray[np.float64]
    codes: NDArray[np.uint8]
    starts: NDArray[np.int64]


@njit(nogil=True, cache=True)
def _sizes(rings, vertices, mercator, rows, pixels_per_unit, size, count):  # type: ignore[no-untyped-def]  # numba
    """The longer side of each row's bounds in pixels, and how many vertices it has."""
    for i in range(len(rows)):
        first, last = vertices[rings[rows[i]]], vertices[rings[rows[i] + 1]]
        count[i] = last - first
        if last == first:
            size[i] = -1.0
            continue
        west = east = np.float64(mercator[first, 0])
        north = south = np.float64(mercator[first, 1])
        for v in range(first + 1, last):
            x, y = np.float64(mercator[v, 0]), np.float64(mercator[v, 1])
            west, east, north, south = min(west, x), max(east, x), min(north, y), max(south, y)
        size[i] = max(east - west, south - north) * pixels_per_unit


def sizes(columns: Columns, rows: RowIds, window: Window) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """How many pixels each row is long or wide (float64[n], -1 without geometry), and its vertices (int64[n])."""
    size, count = np.empty(len(rows)), np.empty(len(rows), np.int64)
    _sizes(columns.rings, columns.vertices, columns.mercator, rows, window.pixels_per_unit, size, count)
    return size, count


@njit(nogil=True, cache=True)
def _outlines(shapes: Any, rows: Any, window: Any, polygons: Any, paths: Any) -> Any:
    """Write the outlines of the rows and where each row's begin; gives how many vertices were written.

    Exterior rings run one way round and holes the other, so that the non-zero rule leaves the holes open.
    """
    rings, vertices, exterior, mercator = shapes
    x0, y0, k = window
    xy, codes, starts = paths
    n = 0
    for i in range(len(rows)):
        starts[i] = n
        for ring in range(rings[rows[i]], rings[rows[i] + 1]):
            first, last = vertices[ring], vertices[ring + 1]
            begun, twice = n, 0.0
            for v in range(first, last):
                x = min(max((np.float64(mercator[v, 0]) - x0) * k, -_FAR_PX), _FAR_PX)
                y = min(max((np.float64(mercator[v, 1]) - y0) * k, -_FAR_PX), _FAR_PX)
                if n > begun:
                    near = abs(x - xy[n - 1, 0]) < _STEP_PX and abs(y - xy[n - 1, 1]) < _STEP_PX
                    if near and (polygons or v < last - 1):
                        continue
                    twice += xy[n - 1, 0] * y - x * xy[n - 1, 1]
                xy[n, 0], xy[n, 1] = x, y
                codes[n] = _MOVE if n == begun else _LINE
                n += 1
            if not polygons:
                continue
            if n - begun < 3:  # less than a pixel of it is left
                n = begun
                continue
            twice += xy[n - 1, 0] * xy[begun, 1] - xy[begun, 0] * xy[n - 1, 1]
            if (twice > 0) != exterior[ring]:
                low, high = begun, n - 1
                while low < high:
                    for axis in range(2):
                        xy[low, axis], xy[high, axis] = xy[high, axis], xy[low, axis]
                    low, high = low + 1, high - 1
            xy[n, 0], xy[n, 1] = xy[begun, 0], xy[begun, 1]
            codes[n] = _CLOSE
            n += 1
    starts[len(rows)] = n
    return n


def outlines(columns: Columns, rows: RowIds, window: Window, kind: GeometryKind) -> Paths:
    """The rows as paths in pixels."""
    starts = np.empty(len(rows) + 1, np.int64)
    vertices = (
        columns.vertices[columns.rings[rows + 1]].astype(np.int64) - columns.vertices[columns.rings[rows]]
    )
    ring_counts = columns.rings[rows + 1].astype(np.int64) - columns.rings[rows]
    room = int(vertices.sum() + ring_counts.sum())
    xy, codes = np.empty((room, 2)), np.empty(room, np.uint8)
    paths = Paths(xy, codes, starts)
    corner = window.x, window.y, window.pixels_per_unit
    n = _outlines(columns.mercator_rings, rows, corner, kind == "polygon", paths)
    return Paths(xy[:n], codes[:n], starts)


def beside(xy: NDArray[np.float64], codes: NDArray[np.uint8], offset: float) -> NDArray[np.float64]:
    """Lines moved so many pixels to their right: each vertex along the mean normal of its two segments."""
    step = np.zeros_like(xy)
    step[1:] = xy[1:] - xy[:-1]
    step[codes == _MOVE] = 0.0
    ahead = np.vstack([step[1:], np.zeros((1, 2))])
    along = (
        step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        + ahead / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    )
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    moved: NDArray[np.float64] = xy + offset * np.column_stack([-along[:, 1], along[:, 0]])
    return moved
