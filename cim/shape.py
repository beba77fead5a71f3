"""Compiled tests of one point against one feature's rings: inside or not, and how far.

A feature is a run of rings in flat arrays: its rings are `rings[row] … rings[row + 1]`, and the
vertices of ring r are `xy[vertices[r] … vertices[r + 1]]`. Polygons use all rings together by the
even-odd rule, which is right for holes and parts of any valid polygon.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

POINT, LINE, POLYGON = 0, 1, 2
KINDS = {"point": POINT, "line": LINE, "polygon": POLYGON}

# Bound of the rounding error of the 2 x 2 determinant (Shewchuk 1997, ccwerrboundA).
_ERROR_BOUND = 3.3306690738754716e-16
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
    """Sign of the determinant in double-double arithmetic, for the few cases that rounding leaves open."""
    p, p_ = _two_diff(ax, x)
    q, q_ = _two_diff(by, y)
    r, r_ = _two_diff(bx, x)
    s, s_ = _two_diff(ay, y)
    u, u_ = _two_product(p, q)
    v, v_ = _two_product(r, s)
    high, low = _two_diff(u, v)
    return high + (low + (u_ - v_) + (p * q_ + p_ * q - r * s_ - r_ * s))


@njit(nogil=True, cache=True, inline="always")
def side(ax: Any, ay: Any, bx: Any, by: Any, x: Any, y: Any) -> Any:
    """Which side of the line a → b the point lies on: > 0 left, < 0 right, 0 on it; decided exactly."""
    left = (ax - x) * (by - y)
    right = (bx - x) * (ay - y)
    det = left - right
    if abs(det) > _ERROR_BOUND * (abs(left) + abs(right)):
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
        for v in range(begin + 1, end):
            ax, ay = xy[v - 1, 0], xy[v - 1, 1]
            ux, uy = xy[v, 0] - ax, xy[v, 1] - ay
            length2 = ux * ux + uy * uy
            t = 0.0
            if length2 > 0.0:
                t = min(1.0, max(0.0, ((x - ax) * ux + (y - ay) * uy) / length2))
            dx, dy = ax + t * ux - x, ay + t * uy - y
            best = min(best, dx * dx + dy * dy)
    return best
