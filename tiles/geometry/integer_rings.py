"""Rings and lines of whole numbers: simplified, measured, and tested for crossing themselves. Compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(nogil=True, cache=True)
def keep_corners(px: Any, py: Any, first: Any, last: Any, tolerance: Any, keep: Any, stack: Any) -> Any:
    """Mark the points between first and last that Douglas and Peucker (1973) keep: those whose neighbours left and
    right would miss them by more than the tolerance. `keep[first]` and `keep[last]` are the caller's."""
    limit = tolerance * tolerance
    stack[0, 0], stack[0, 1] = first, last
    depth = 1
    while depth > 0:
        depth -= 1
        a, b = stack[depth, 0], stack[depth, 1]
        if b - a < 2:
            continue
        ux, uy = float(px[b] - px[a]), float(py[b] - py[a])
        length2 = ux * ux + uy * uy
        farthest, at = -1.0, a
        for i in range(a + 1, b):
            dx, dy = float(px[i] - px[a]), float(py[i] - py[a])
            if length2 > 0.0:
                t = min(max((dx * ux + dy * uy) / length2, 0.0), 1.0)
                dx -= t * ux
                dy -= t * uy
            distance2 = dx * dx + dy * dy
            if distance2 > farthest:
                farthest, at = distance2, i
        if farthest > limit:
            keep[at] = True
            stack[depth, 0], stack[depth, 1] = a, at
            stack[depth + 1, 0], stack[depth + 1, 1] = at, b
            depth += 2


@njit(nogil=True, cache=True)
def without_detail(px: Any, py: Any, n: Any, closed: Any, tolerance: Any, keep: Any, stack: Any) -> Any:
    """Drop in place the points that simplification does not need; how many stay. A ring (its last point is not its
    first) is cut at its first point and at the one farthest from it."""
    if n < 3 or (closed and n < 4):
        return n
    keep[: n + 1] = False
    keep[0] = True
    if closed:
        far, opposite = -1.0, 0
        for i in range(1, n):
            dx, dy = float(px[i] - px[0]), float(py[i] - py[0])
            if dx * dx + dy * dy > far:
                far, opposite = dx * dx + dy * dy, i
        keep[opposite] = True
        px[n], py[n] = px[0], py[0]
        keep_corners(px, py, 0, opposite, tolerance, keep, stack)
        keep_corners(px, py, opposite, n, tolerance, keep, stack)
    else:
        keep[n - 1] = True
        keep_corners(px, py, 0, n - 1, tolerance, keep, stack)
    m = 0
    for i in range(n):
        if keep[i]:
            px[m], py[m] = px[i], py[i]
            m += 1
    return m


@njit(nogil=True, cache=True, inline="always")
def without_repeats(px: Any, py: Any, n: Any, closed: Any) -> Any:
    """Drop points that repeat the one before (and, of a ring, the last where it repeats the first); new length."""
    m = 0
    for i in range(n):
        if m == 0 or px[i] != px[m - 1] or py[i] != py[m - 1]:
            px[m], py[m] = px[i], py[i]
            m += 1
    while closed and m > 1 and px[0] == px[m - 1] and py[0] == py[m - 1]:
        m -= 1
    return m


@njit(nogil=True, cache=True, inline="always")
def doubled_area(px: Any, py: Any, n: Any) -> Any:
    """Twice the signed area of a ring: positive where it runs clockwise on a screen, whose y points down."""
    area2 = np.int64(0)
    if n > 0:
        ax, ay = px[n - 1] - px[0], py[n - 1] - py[0]
        for i in range(n):
            bx, by = px[i] - px[0], py[i] - py[0]
            area2 += ax * by - bx * ay
            ax, ay = bx, by
    return area2


@njit(nogil=True, cache=True, inline="always")
def _turn(ax: Any, ay: Any, bx: Any, by: Any, cx: Any, cy: Any) -> Any:
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


@njit(nogil=True, cache=True, inline="always")
def _meet(a: Any, b: Any, c: Any, d: Any) -> Any:
    """Whether two segments, from a to b and from c to d, whose boxes meet, share a point."""
    ax, ay = a
    bx, by = b
    cx, cy = c
    dx, dy = d
    d1, d2 = _turn(ax, ay, bx, by, cx, cy), _turn(ax, ay, bx, by, dx, dy)
    if (d1 > 0 and d2 > 0) or (d1 < 0 and d2 < 0):
        return False
    d3, d4 = _turn(cx, cy, dx, dy, ax, ay), _turn(cx, cy, dx, dy, bx, by)
    return not ((d3 > 0 and d4 > 0) or (d3 < 0 and d4 < 0))


@njit(nogil=True, cache=True)
def crosses_itself(px: Any, py: Any, n: Any) -> Any:
    """Whether a ring of n points without repeats touches itself anywhere but where its edges follow each other,
    or runs back on itself.

    A square does not; one whose last two corners are exchanged does:

    >>> x, y = np.array([0, 9, 9, 0]), np.array([0, 0, 9, 9])
    >>> crosses_itself(x, y, 4), crosses_itself(x[[0, 1, 3, 2]], y[[0, 1, 3, 2]], 4)
    (False, True)
    """
    for i in range(n):
        j, k = (i + 1) % n, (i + 2) % n
        if _turn(px[i], py[i], px[j], py[j], px[k], py[k]) == 0:
            ux, uy = px[j] - px[i], py[j] - py[i]
            if ux * (px[k] - px[j]) + uy * (py[k] - py[j]) < 0:
                return True
    if n <= 24:
        for i in range(n - 2):
            ax, ay, bx, by = px[i], py[i], px[i + 1], py[i + 1]
            x0, x1, y0, y1 = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
            for j in range(i + 2, n if i > 0 else n - 1):
                k = j + 1 if j + 1 < n else 0
                cx, cy, dx, dy = px[j], py[j], px[k], py[k]
                apart = (max(cx, dx) < x0) | (min(cx, dx) > x1) | (max(cy, dy) < y0) | (min(cy, dy) > y1)
                if not apart and _meet((ax, ay), (bx, by), (cx, cy), (dx, dy)):
                    return True
        return False
    west = np.empty(n, np.int64)
    for i in range(n):
        west[i] = min(px[i], px[(i + 1) % n])
    order = np.argsort(west)
    for at in range(n):
        i = order[at]
        ax, ay, bx, by = px[i], py[i], px[(i + 1) % n], py[(i + 1) % n]
        x1, y0, y1 = max(ax, bx), min(ay, by), max(ay, by)
        for other in range(at + 1, n):
            j = order[other]
            if west[j] > x1:
                break
            gap = abs(i - j)
            if gap == 1 or gap == n - 1:
                continue
            cx, cy, dx, dy = px[j], py[j], px[(j + 1) % n], py[(j + 1) % n]
            if max(cy, dy) < y0 or min(cy, dy) > y1:
                continue
            if _meet((ax, ay), (bx, by), (cx, cy), (dx, dy)):
                return True
    return False
