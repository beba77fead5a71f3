"""Vector tiles from columns: compiled loops that hold no GIL, from integers to bytes (MVT 2.1).

Two passes. `_geometry` cuts the candidate rows to the tile and writes their command streams one after
the other, with the size of each on the ground; `_assemble` puts kept features together with their tags,
whose values lie in the columns ready to be copied. Between the two the smallest features can be left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cim.shape import LINE, POINT, POLYGON

#: Units across a tile, and how many of them beyond its edge are drawn too.
EXTENT, BUFFER = 4096, 64
_EXTENT_BITS = 12


@njit(nogil=True, cache=True, inline="always")
def _varint(out: Any, at: Any, number: Any) -> Any:
    while number > 127:
        out[at] = (number & 127) | 128
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@njit(nogil=True, cache=True, inline="always")
def _varint_size(number: Any) -> Any:
    size = 1
    while number > 127:
        number >>= 7
        size += 1
    return size


@njit(nogil=True, cache=True, inline="always")
def _zigzag(number: Any) -> Any:
    return (number << 1) ^ (number >> 63)


@njit(nogil=True, cache=True)
def _grown(array: Any, used: Any, needed: Any) -> Any:
    if needed <= len(array):
        return array
    bigger = np.empty(max(needed, 2 * len(array)), array.dtype)
    bigger[:used] = array[:used]
    return bigger


@njit(nogil=True, cache=True, inline="always")
def _copied(out: Any, at: Any, source: Any, begin: Any, n: Any) -> Any:
    """Copy n bytes; unsigned indices, so that no loop looks for negative ones. Gives where they end."""
    to, of = np.uint64(at), np.uint64(begin)
    for byte in range(np.uint64(n)):
        out[to + byte] = source[of + byte]
    return at + n


@njit(nogil=True, cache=True)
def _clip_side(px: Any, py: Any, n: Any, qx: Any, qy: Any, axis: Any, edge: Any, keep_less: Any) -> Any:
    """One pass of Sutherland and Hodgman (1974): the ring p cut at one edge into q; gives its length."""
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


@njit(nogil=True, cache=True, inline="always")
def _without_repeats(px: Any, py: Any, n: Any, closed: Any) -> Any:
    """Drop points that repeat the one before (and, of a ring, the last where it repeats the first); new length."""
    m = 0
    for i in range(n):
        if m == 0 or px[i] != px[m - 1] or py[i] != py[m - 1]:
            px[m], py[m] = px[i], py[i]
            m += 1
    while closed and m > 1 and px[0] == px[m - 1] and py[0] == py[m - 1]:
        m -= 1
    return m


@njit(nogil=True, cache=True)
def _path(
    out: Any, at: Any, px: Any, py: Any, first: Any, n: Any, backward: Any, x: Any, y: Any, close: Any
) -> Any:
    """Write MoveTo, LineTo and (closed) ClosePath for n points; gives (at, cursor x, cursor y)."""
    at = _varint(out, at, 9)
    j = first + n - 1 if backward else first
    step = -1 if backward else 1
    for i in range(n):
        if i == 1:
            at = _varint(out, at, ((n - 1) << 3) | 2)
        to_x, to_y = px[np.uint64(j)], py[np.uint64(j)]
        at = _varint(out, at, _zigzag(to_x - x))
        at = _varint(out, at, _zigzag(to_y - y))
        x, y = to_x, to_y
        j += step
    if close:
        at = _varint(out, at, 15)
    return at, x, y


@njit(nogil=True, cache=True)
def _clipped_line(
    px: Any, py: Any, n: Any, low: Any, high: Any, out: Any, at: Any, qx: Any, qy: Any, x: Any, y: Any
) -> Any:
    """Write the pieces of the line within the square low … high (Liang and Barsky 1984): (at, x, y, length)."""
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
            m = _without_repeats(qx, qy, m, False)
            if m > 1:
                at, x, y = _path(out, at, qx, qy, 0, m, False, x, y, False)
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
                m = _without_repeats(qx, qy, m, False)
                if m > 1:
                    at, x, y = _path(out, at, qx, qy, 0, m, False, x, y, False)
                m = 0
    return at, x, y, length


@njit(nogil=True, cache=True)
def geometry(
    rows: Any,
    rings: Any,
    vertices: Any,
    exterior: Any,
    mercator: Any,
    fid: Any,
    kind: Any,
    z: Any,
    tx: Any,
    ty: Any,
) -> Any:
    """Command streams of the rows in the tile: (bytes, starts int64[rows + 1], size float64[rows]).

    An empty stream: the row does not show in the tile. The size is area, length, or for points a
    number that spreads them evenly.
    """
    out = np.empty(max(1024, 48 * len(rows)), np.uint8)
    starts = np.zeros(len(rows) + 1, np.int64)
    sizes = np.zeros(len(rows))
    px, py = np.empty(256, np.int64), np.empty(256, np.int64)
    qx, qy = np.empty(256, np.int64), np.empty(256, np.int64)
    low, high = -BUFFER, EXTENT + BUFFER
    shift = 32 - z - _EXTENT_BITS
    right, left = np.int64(max(shift, 0)), np.int64(max(-shift, 0))
    half = np.int64(1) << (shift - 1) if shift > 0 else np.int64(0)
    west, north = np.int64(tx) << _EXTENT_BITS, np.int64(ty) << _EXTENT_BITS
    at = 0
    for i in range(len(rows)):
        row = rows[i]
        x, y = np.int64(0), np.int64(0)
        skip_holes = True
        size = 0.0
        part_at, part_x, part_y, part_area2 = at, x, y, np.int64(0)
        if kind == POINT:
            v = vertices[rings[row]]
            m = vertices[rings[row + 1]] - v
            out = _grown(out, at, at + 24 * np.int64(m) + 16)
            inside = 0
            for j in range(m):
                mx, my = np.int64(mercator[v + j, 0]), np.int64(mercator[v + j, 1])
                ax = (((mx + half) >> right) << left) - west
                ay = (((my + half) >> right) << left) - north
                if low <= ax <= high and low <= ay <= high:
                    if inside == len(px):
                        px, py = _grown(px, inside, 2 * inside), _grown(py, inside, 2 * inside)
                    px[inside], py[inside] = ax, ay
                    inside += 1
            if inside:
                at = _varint(out, at, (inside << 3) | 1)
                for j in range(inside):
                    at = _varint(out, at, _zigzag(px[j] - x))
                    at = _varint(out, at, _zigzag(py[j] - y))
                    x, y = px[j], py[j]
                size = float((np.uint64(fid[row]) * np.uint64(2654435761)) & np.uint64(0xFFFFFF))
            starts[i + 1] = at
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
                ax = (((np.int64(mercator[v, np.uint64(0)]) + half) >> right) << left) - west
                ay = (((np.int64(mercator[v, np.uint64(1)]) + half) >> right) << left) - north
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
                out = _grown(out, at, at + 40 * m + 64)
                if len(qx) < m + 2:
                    qx, qy = np.empty(2 * m + 2, np.int64), np.empty(2 * m + 2, np.int64)
                if whole:
                    if m > 1:
                        at, x, y = _path(out, at, px, py, 0, m, False, x, y, False)
                        for j in range(1, m):
                            size += np.hypot(float(px[j] - px[j - 1]), float(py[j] - py[j - 1]))
                else:
                    at, x, y, length = _clipped_line(px, py, m, low, high, out, at, qx, qy, x, y)
                    size += length
                continue
            if not whole:
                for side in range(4):
                    if m < 3:
                        break
                    if len(qx) < 2 * m + 2:
                        qx, qy = np.empty(4 * m + 4, np.int64), np.empty(4 * m + 4, np.int64)
                    edge = low if side < 2 else high
                    m = _clip_side(px, py, m, qx, qy, side % 2, edge, side >= 2)
                    px, py, qx, qy = qx, qy, px, py
                m = _without_repeats(px, py, m, True)
            elif m > 1 and px[0] == px[m - 1] and py[0] == py[m - 1]:
                m -= 1
            area2 = np.int64(0)
            if m > 0:
                last_x, last_y = px[m - 1], py[m - 1]
                for j in range(m):
                    ax, ay = px[np.uint64(j)], py[np.uint64(j)]
                    area2 += last_x * ay - ax * last_y
                    last_x, last_y = ax, ay
            if exterior[ring]:
                skip_holes = m < 3 or area2 == 0
            if m < 3 or area2 == 0:
                continue
            if exterior[ring]:
                part_at, part_x, part_y, part_area2 = at, x, y, abs(area2)
                size += abs(area2) * 0.5
            else:
                size -= min(abs(area2), part_area2) * 0.5
                part_area2 -= abs(area2)
                if part_area2 <= 0:  # the tile lies in a hole of the part: nothing of it shows
                    at, x, y, skip_holes = part_at, part_x, part_y, True
                    continue
            out = _grown(out, at, at + 20 * m + 16)
            # With y down, the specification wants exterior rings of positive area and holes of negative.
            at, x, y = _path(out, at, px, py, 0, m, (area2 > 0) != exterior[ring], x, y, True)
        starts[i + 1] = at
        sizes[i] = size
    return out[:at], starts, sizes


@njit(nogil=True, cache=True)
def assemble(
    rows: Any, keep: Any, commands: Any, starts: Any, kind: Any, fid: Any,
    codes: Any, fields: Any, value_starts: Any, tag_offsets: Any, tag_bytes: Any, first_value: Any,
) -> Any:  # fmt: skip
    """The kept rows as `features` of a tile layer, and the `values` that their tags name.

    Gives (features bytes, values bytes, how many values, how many features). `fields` are the columns of
    `codes` that become tags; tag i of a feature is key i. The values are numbered from `first_value`.
    """
    shown = np.empty(len(rows), np.int64)
    kept = 0
    for i in range(len(rows)):
        if keep[i] and starts[i + 1] > starts[i]:
            shown[kept] = i
            kept += 1
    values = np.empty(1024, np.uint8)
    values_at, n_values = 0, 0
    # Field by field, so that the table of values met so far is small: tag_ids[i, f] is the value's number, -1 none.
    tag_ids = np.empty((kept, len(fields)), np.int32)
    tag_sizes = np.zeros(kept, np.int64)
    for f in range(len(fields)):
        first = value_starts[fields[f]]
        distinct = min(value_starts[fields[f] + 1] - first, kept)
        slots = 16
        while slots < 2 * distinct:
            slots *= 2
        mask = np.uint64(slots - 1)
        table_code = np.full(slots, -1, np.int32)
        table_id = np.empty(slots, np.int32)
        of_field = codes[fields[f]]
        for i in range(kept):
            code = of_field[rows[shown[i]]]
            if code < 0:
                tag_ids[i, f] = -1
                continue
            slot = np.uint64(code) & mask  # codes are small and dense: they are their own hash
            while table_code[slot] != code and table_code[slot] != -1:
                slot = (slot + np.uint64(1)) & mask
            if table_code[slot] == -1:
                table_code[slot], table_id[slot] = code, first_value + n_values
                n_values += 1
                begin, end = tag_offsets[first + code], tag_offsets[first + code + 1]
                values = _grown(values, values_at, values_at + end - begin + 16)
                values[values_at] = 34
                values_at = _varint(values, values_at + 1, end - begin)
                values_at = _copied(values, values_at, tag_bytes, begin, end - begin)
            tag_ids[i, f] = table_id[slot]
            tag_sizes[i] += _varint_size(f) + _varint_size(table_id[slot])
    out = np.empty(len(commands) + kept * (32 + 12 * len(fields)) + 64, np.uint8)
    at = 0
    for i in range(kept):
        begin = starts[shown[i]]
        length = starts[shown[i] + 1] - begin
        number = np.uint64(fid[rows[shown[i]]])
        body = 1 + _varint_size(number) + 2 + 1 + _varint_size(length) + length
        if tag_sizes[i] > 0:
            body += 1 + _varint_size(tag_sizes[i]) + tag_sizes[i]
        out[at] = 18
        at = _varint(out, at + 1, body)
        out[at] = 8
        at = _varint(out, at + 1, number)
        if tag_sizes[i] > 0:
            out[at] = 18
            at = _varint(out, at + 1, tag_sizes[i])
            for f in range(len(fields)):
                if tag_ids[i, f] >= 0:
                    at = _varint(out, at, f)
                    at = _varint(out, at, tag_ids[i, f])
        out[at], out[at + 1], out[at + 2] = 24, kind + 1, 34
        at = _varint(out, at + 3, length)
        at = _copied(out, at, commands, begin, length)
    return out[:at], values[:values_at], n_values, kept
