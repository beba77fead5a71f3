"""Compiled tests of one point against one feature's rings: inside or not, and how far.

A feature is a run of rings in flat arrays: its rings are `rings[row] … rings[row + 1]`, and the
vertices of ring r are `xy[vertices[r] … vertices[r + 1]]`. Polygons use all rings together by the
even-odd rule, which is right for holes and parts of any valid polygon.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Mask


class RingArrays(NamedTuple):
    """Features as kernels take them: `rings` int[n + 1], `vertices` int[r + 1], `exterior` bool[r] (a ring begins a
    part), `xy` [v, 2] in whatever coordinates are asked about; see `cim.columnar.columns`."""

    rings: NDArray[Any]
    vertices: NDArray[Any]
    exterior: Mask
    xy: NDArray[Any]


POINT, LINE, POLYGON = 0, 1, 2
KINDS = {"point": POINT, "line": LINE, "polygon": POLYGON}

# Bound of the rounding error of the 2 x 2 determinant (Shewchuk 1997, ccwerrboundA).
ERROR_BOUND = 3.3306690738754716e-16
_SPLITTER = 134217729.0


@njit(nogil=True, cache=True, inline="always")
def _two_product(a: Any, b: Any) -> Any:
    """a * b as an exact sum of two doubles (Dekker 1971)."""
    p = a * b
    t = _SPLITTER * a
    a_hi = t - (t - a)
    a_lo = a - a_hi
    t = _SPLITTER * b
    b_hi = t - (t - b)
    b_lo = b - b_hi
    return p, ((a_hi * b_hi - p) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo


@njit(nogil=True, cache=True, inline="always")
def _two_diff(a: Any, b: Any) -> Any:
    """a - b as an exact sum of two doubles (Knuth)."""
    s = a - b
    t = s - a
    return s, (a - (s - t)) - (b + t)


@njit(nogil=True, cache=True)
def _exact_side(ax: Any, ay: Any, bx: Any, by: Any, x: Any, y: Any) -> Any:
    """The determinant's sign without any rounding, for the few cases that rounding leaves open.

    Differences and products are exact sums of two doubles; their sixteen parts are added up to an expansion
    of parts that do not overlap, whose last one other than 0 has the sign of the whole (Shewchuk 1997).
    """
    p, q, r, s = _two_diff(ax, x), _two_diff(by, y), _two_diff(bx, x), _two_diff(ay, y)
    expansion = np.zeros(17)
    size = 0
    for i in range(2):
        for j in range(2):
            left, right = _two_product(p[i], q[j]), _two_product(r[i], s[j])
            for part in (left[0], left[1], -right[0], -right[1]):
                carried = part
                for k in range(size):
                    total = carried + expansion[k]
                    virtual = total - carried
                    expansion[k] = (carried - (total - virtual)) + (expansion[k] - virtual)
                    carried = total
                expansion[size] = carried
                size += 1
    for k in range(size - 1, -1, -1):
        if expansion[k] != 0.0:
            return expansion[k]
    return 0.0


@njit(nogil=True, cache=True, inline="always")
def side(ax: Any, ay: Any, bx: Any, by: Any, x: Any, y: Any) -> Any:
    """Which side of the line a → b the point lies on: > 0 left, < 0 right, 0 on it; decided exactly."""
    left = (ax - x) * (by - y)
    right = (bx - x) * (ay - y)
    det = left - right
    if abs(det) > ERROR_BOUND * (abs(left) + abs(right)):
        return det
    return _exact_side(ax, ay, bx, by, x, y)


@njit(nogil=True, cache=True)
def covers(xy: Any, vertices: Any, first: Any, last: Any, x: Any, y: Any) -> Any:
    """Whether the polygon of rings first … last - 1 holds the point, its border included.

    Two polygons that share an edge with the same end points agree exactly on which side a point is,
    so no point falls between them.
    """
    inside = False
    for ring in range(first, last):
        begin, end = vertices[ring], vertices[ring + 1]
        if end - begin < 3:
            continue
        ax, ay = xy[end - 1, 0], xy[end - 1, 1]
        for v in range(begin, end):
            bx, by = xy[v, 0], xy[v, 1]
            if bx == x and by == y:
                return True
            if (ay > y) != (by > y):
                if ax > x or bx > x:
                    if ax > x and bx > x:
                        inside = not inside
                    else:
                        s = side(ax, ay, bx, by, x, y)
                        if s == 0.0:
                            return True
                        if (s > 0.0) == (by > ay):
                            inside = not inside
                elif ax == x and bx == x:
                    return True
            elif ay == y and by == y and (ax > x) != (bx > x):
                return True
            ax, ay = bx, by
    return inside


@njit(nogil=True, cache=True)
def distance2(xy: Any, vertices: Any, first: Any, last: Any, kind: Any, x: Any, y: Any) -> Any:
    """Squared distance from the point to the feature of rings first … last - 1, in the units of xy squared.

    0 inside a polygon; infinite for a feature without geometry.
    """
    if kind == POLYGON and covers(xy, vertices, first, last, x, y):
        return 0.0
    best = np.inf
    for ring in range(first, last):
        begin, end = vertices[ring], vertices[ring + 1]
        if kind == POINT or end - begin == 1:
            for v in range(begin, end):
                dx, dy = xy[v, 0] - x, xy[v, 1] - y
                best = min(best, dx * dx + dy * dy)
            continue
        bx, by = x - xy[begin, 0], y - xy[begin, 1]
        for v in range(begin + 1, end):
            ax, ay = bx, by
            bx, by = x - xy[v, 0], y - xy[v, 1]
            ux, uy = ax - bx, ay - by
            along, length2 = ax * ux + ay * uy, ux * ux + uy * uy
            if along <= 0.0:
                best = min(best, ax * ax + ay * ay)
            elif along >= length2:
                best = min(best, bx * bx + by * by)
            else:
                across = ax * uy - ay * ux
                # The division is for the few edges that come nearer than those before.
                if across * across < best * length2:
                    best = across * across / length2
    return best


@njit(nogil=True, cache=True)
def label_points(rings: Any, vertices: Any, exterior: Any, xy: Any) -> Any:
    """A point inside each polygon to write its name at: float64[n, 2]; NaN without geometry.

    The centroid of its largest part where that is inside, else the middle of the longest stretch
    inside on the height of the centroid.
    """
    out = np.full((len(rings) - 1, 2), np.nan)
    for row in range(len(rings) - 1):
        first, last = rings[row], rings[row + 1]
        best, begin_of_part, end_of_part = -1.0, first, first
        for ring in range(first, last):
            if not exterior[ring]:
                continue
            begin, end = vertices[ring], vertices[ring + 1]
            ox, oy = xy[begin, 0], xy[begin, 1]
            doubled, cx, cy = 0.0, 0.0, 0.0
            for v in range(begin + 1, end):
                ax, ay = xy[v - 1, 0] - ox, xy[v - 1, 1] - oy
                bx, by = xy[v, 0] - ox, xy[v, 1] - oy
                cross = ax * by - bx * ay
                doubled += cross
                cx += (ax + bx) * cross
                cy += (ay + by) * cross
            if abs(doubled) > best:
                best, begin_of_part, end_of_part = abs(doubled), ring, ring + 1
                while end_of_part < last and not exterior[end_of_part]:
                    end_of_part += 1
                if doubled == 0.0:
                    out[row, 0], out[row, 1] = ox, oy
                else:
                    out[row, 0], out[row, 1] = ox + cx / (3.0 * doubled), oy + cy / (3.0 * doubled)
        if best <= 0.0 or covers(xy, vertices, begin_of_part, end_of_part, out[row, 0], out[row, 1]):
            continue
        y = out[row, 1]
        crossings = np.empty(np.int64(vertices[end_of_part]) - np.int64(vertices[begin_of_part]))
        n = 0
        for ring in range(begin_of_part, end_of_part):
            for v in range(vertices[ring] + 1, vertices[ring + 1]):
                ay, by = xy[v - 1, 1], xy[v, 1]
                if (ay > y) != (by > y):
                    crossings[n] = xy[v - 1, 0] + (y - ay) / (by - ay) * (xy[v, 0] - xy[v - 1, 0])
                    n += 1
        sorted_crossings = np.sort(crossings[:n])
        widest = -1.0
        for i in range(0, n - 1, 2):
            if sorted_crossings[i + 1] - sorted_crossings[i] > widest:
                widest = sorted_crossings[i + 1] - sorted_crossings[i]
                out[row, 0] = (sorted_crossings[i] + sorted_crossings[i + 1]) / 2.0
    return out
