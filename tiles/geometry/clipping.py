"""Rows cut to a tile and written as command streams: compiled loops that hold no GIL."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cim.space.ring_tests import LINE, POINT, POLYGON
from tiles.geometry.command_stream import grow, put_varint, zigzag
from tiles.geometry.integer_rings import crosses_itself, doubled_area, without_repeats
from tiles.geometry.tile_shapes import EXTENT, units

#: Units beyond the edge of a tile that are drawn too.
BUFFER = 64


@njit(nogil=True, cache=True)
def _clip_side(ring: Any, n: Any, into: Any, axis: Any, edge: Any, keep_less: Any) -> Any:
    """One pass of Sutherland and Hodgman (1974): the ring (x and y of n points) cut at one edge `into` another; gives
    its length."""
    px, py = ring
    qx, qy = into
    m = 0
    ax, ay = px[n - 1], py[n - 1]
    a = ax if axis == 0 else ay
    a_in = a <= edge if keep_less else a >= edge
    for i in range(n):
        bx, by = px[i], py[i]
        b = bx if axis == 0 else by
        b_in = b <= edge if keep_less else b >= edge
        if a_in != b_in:
            t = (edge - a) / (b - a)
            if axis == 0:
                qx[m], qy[m] = edge, np.int64(np.round(ay + t * (by - ay)))
            else:
                qx[m], qy[m] = np.int64(np.round(ax + t * (bx - ax))), edge
            m += 1
        if b_in:
            qx[m], qy[m] = bx, by
            m += 1
        ax, ay, a, a_in = bx, by, b, b_in
    return m


@njit(nogil=True, cache=True)
def _path(out: Any, at: Any, points: Any, n: Any, cursor: Any, backward: Any, close: Any) -> Any:
    """Write MoveTo, LineTo and (closed) ClosePath for n points; gives (at, cursor x, cursor y)."""
    px, py = points
    x, y = cursor
    at = put_varint(out, at, 9)
    j = n - 1 if backward else 0
    step = -1 if backward else 1
    for i in range(n):
        if i == 1:
            at = put_varint(out, at, ((n - 1) << 3) | 2)
        to_x, to_y = px[np.uint64(j)], py[np.uint64(j)]
        at = put_varint(out, at, zigzag(to_x - x))
        at = put_varint(out, at, zigzag(to_y - y))
        x, y = to_x, to_y
        j += step
    if close:
        at = put_varint(out, at, 15)
    return at, x, y


@njit(nogil=True, cache=True)
def _clipped_line(line: Any, n: Any, square: Any, out: Any, at: Any, room: Any, cursor: Any) -> Any:
    """Write the pieces of the line within the square low … high (Liang and Barsky 1984): (at, x, y, length). `room` is
    that of a piece, x and y."""
    px, py = line
    qx, qy = room
    low, high = square
    x, y = cursor
    m = 0
    length = 0.0
    for i in range(1, n + 1):
        inside = False
        t0, t1 = 0.0, 1.0
        if i < n:
            ax, ay, bx, by = px[i - 1], py[i - 1], px[i], py[i]
            dx, dy = bx - ax, by - ay
            inside = True
            for side in range(4):
                p = -dx if side == 0 else dx if side == 1 else -dy if side == 2 else dy
                q = (
                    ax - low
                    if side == 0
                    else high - ax
                    if side == 1
                    else ay - low
                    if side == 2
                    else high - ay
                )
                if p == 0:
                    inside = inside and q >= 0
                elif p < 0:
                    t0 = max(t0, q / p)
                else:
                    t1 = min(t1, q / p)
            inside = inside and t0 <= t1
        if m > 0 and (not inside or t0 > 0.0):
            m = without_repeats(qx, qy, m, False)
            if m > 1:
                at, x, y = _path(out, at, (qx, qy), m, (x, y), False, False)
            m = 0
        if inside:
            if m == 0:
                qx[0] = np.int64(np.round(ax + t0 * dx))
                qy[0] = np.int64(np.round(ay + t0 * dy))
                m = 1
            qx[m] = np.int64(np.round(ax + t1 * dx))
            qy[m] = np.int64(np.round(ay + t1 * dy))
            length += np.hypot(float(qx[m] - qx[m - 1]), float(qy[m] - qy[m - 1]))
            m += 1
            if t1 < 1.0:
                m = without_repeats(qx, qy, m, False)
                if m > 1:
                    at, x, y = _path(out, at, (qx, qy), m, (x, y), False, False)
                m = 0
    return at, x, y, length


@njit(nogil=True, cache=True)
def geometry(rows: Any, outlines: Any, kind: Any, z: Any, tx: Any, ty: Any) -> Any:
    """Command streams of the rows in the tile: (bytes, begins int64[rows], ends int64[rows], size float64[rows],
    crossed bool[rows]).

    An empty stream: the row does not show in the tile. The size is area or length in the tile, 1 for points.
    `crossed` are polygons that rounding or cutting may have made cross themselves, which are to be looked at: those
    with a ring that does, and those of several rings.
    """
    rings, vertices, exterior, mercator = outlines
    out = np.empty(max(1024, 48 * len(rows)), np.uint8)
    begins, ends = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    sizes, crossed = np.zeros(len(rows)), np.zeros(len(rows), np.bool_)
    px, py = np.empty(256, np.int64), np.empty(256, np.int64)
    qx, qy = np.empty(256, np.int64), np.empty(256, np.int64)
    low, high = -BUFFER, EXTENT + BUFFER
    shift = 32 - 12 - np.int64(z)
    west, north = np.int64(tx) * EXTENT, np.int64(ty) * EXTENT
    at = 0
    for i in range(len(rows)):
        row = rows[i]
        x, y = np.int64(0), np.int64(0)
        skip_holes = True
        size = 0.0
        rings_here = 0
        begins[i] = at
        part_at, part_x, part_y, part_area2 = at, x, y, np.int64(0)
        if kind == POINT:
            v = vertices[rings[row]]
            m = vertices[rings[row + 1]] - v
            out = grow(out, at, at + 24 * np.int64(m) + 16)
            inside = 0
            for j in range(m):
                ax = units(mercator[v + j, 0], shift) - west
                ay = units(mercator[v + j, 1], shift) - north
                if low <= ax <= high and low <= ay <= high:
                    if inside == len(px):
                        px, py = grow(px, inside, 2 * inside), grow(py, inside, 2 * inside)
                    px[inside], py[inside] = ax, ay
                    inside += 1
            if inside:
                at = put_varint(out, at, (inside << 3) | 1)
                for j in range(inside):
                    at = put_varint(out, at, zigzag(px[j] - x))
                    at = put_varint(out, at, zigzag(py[j] - y))
                    x, y = px[j], py[j]
                size = 1.0
            ends[i] = at
            sizes[i] = size
            continue
        for ring in range(rings[row], rings[row + 1]):
            if kind == POLYGON and not exterior[ring] and skip_holes:
                continue
            begin = vertices[ring]
            n = np.int64(vertices[ring + 1]) - np.int64(begin)
            if n > len(px):
                px, py = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
            x0, x1, y0, y1 = np.int64(1 << 40), np.int64(-(1 << 40)), np.int64(1 << 40), np.int64(-(1 << 40))
            m = np.int64(0)
            last_x, last_y = np.int64(1 << 40), np.int64(0)
            for j in range(n):
                v = np.uint64(begin) + np.uint64(j)
                ax = units(mercator[v, np.uint64(0)], shift) - west
                ay = units(mercator[v, np.uint64(1)], shift) - north
                if ax == last_x and ay == last_y:
                    continue
                px[np.uint64(m)], py[np.uint64(m)] = ax, ay
                m += 1
                last_x, last_y = ax, ay
                x0, x1 = min(x0, ax), max(x1, ax)
                y0, y1 = min(y0, ay), max(y1, ay)
            if x1 < low or y1 < low or x0 > high or y0 > high:
                if kind == POLYGON and exterior[ring]:
                    skip_holes = True
                continue
            whole = x0 >= low and y0 >= low and x1 <= high and y1 <= high
            if kind == LINE:
                out = grow(out, at, at + 40 * m + 64)
                if len(qx) < m + 2:
                    qx, qy = np.empty(2 * m + 2, np.int64), np.empty(2 * m + 2, np.int64)
                if whole:
                    if m > 1:
                        at, x, y = _path(out, at, (px, py), m, (x, y), False, False)
                        for j in range(1, m):
                            size += np.hypot(float(px[j] - px[j - 1]), float(py[j] - py[j - 1]))
                else:
                    at, x, y, length = _clipped_line((px, py), m, (low, high), out, at, (qx, qy), (x, y))
                    size += length
                continue
            if not whole:
                for side in range(4):
                    if m < 3:
                        break
                    if len(qx) < 2 * m + 2:
                        qx, qy = np.empty(4 * m + 4, np.int64), np.empty(4 * m + 4, np.int64)
                    edge = low if side < 2 else high
                    m = _clip_side((px, py), m, (qx, qy), side % 2, edge, side >= 2)
                    px, py, qx, qy = qx, qy, px, py
                m = without_repeats(px, py, m, True)
            elif m > 1 and px[0] == px[m - 1] and py[0] == py[m - 1]:
                m -= 1
            area2 = doubled_area(px, py, m)
            if exterior[ring]:
                skip_holes = m < 3 or area2 == 0
            if m < 3 or area2 == 0:
                continue
            if rings_here > 0 or (m > 3 and crosses_itself(px, py, m)):
                crossed[i] = True
            rings_here += 1
            if exterior[ring]:
                part_at, part_x, part_y, part_area2 = at, x, y, abs(area2)
                size += abs(area2) * 0.5
            else:
                size -= min(abs(area2), part_area2) * 0.5
                part_area2 -= abs(area2)
                if part_area2 <= 0:  # the tile lies in a hole of the part: nothing of it shows
                    at, x, y, skip_holes = part_at, part_x, part_y, True
                    continue
            out = grow(out, at, at + 20 * m + 16)
            # With y down, the specification wants exterior rings of positive area and holes of negative.
            at, x, y = _path(out, at, (px, py), m, (x, y), (area2 > 0) != exterior[ring], True)
        ends[i] = at
        sizes[i] = size
    return out[:at], begins, ends, sizes, crossed
