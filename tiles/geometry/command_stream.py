"""Shapes as the command streams of a vector tile, written once for every tile that will show them.

In MVT 2.1 a geometry is a run of commands whose coordinates are steps from the point before. So a stream is the same
in every tile but for its first point; a tile writes that and copies the rest. What reaches over the edge of a tile
is read back into outlines and cut.

A stream is its first command (MoveTo and how many points), and then, without the first point, all that follows.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.space.ring_tests import POINT, POLYGON, RingArrays
from tiles.geometry.integer_rings import doubled_area
from tiles.geometry.tile_shapes import Outlines


@njit(nogil=True, cache=True, inline="always")
def put_varint(out: Any, at: Any, number: Any) -> Any:
    """Write a number ≥ 0 as a protobuf varint; where it ends."""
    while number > 127:
        out[at] = (number & 127) | 128
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@njit(nogil=True, cache=True, inline="always")
def varint_size(number: Any) -> Any:
    """Bytes of a varint."""
    size = 1
    while number > 127:
        number >>= 7
        size += 1
    return size


@njit(nogil=True, cache=True, inline="always")
def zigzag(number: Any) -> Any:
    """A step, which may be negative, as a number ≥ 0."""
    return (number << 1) ^ (number >> 63)


@njit(nogil=True, cache=True)
def grow(array: Any, used: Any, needed: Any) -> Any:
    """The array, or a larger one with the same beginning."""
    if needed <= len(array):
        return array
    bigger = np.empty(max(needed, 2 * len(array)), array.dtype)
    bigger[:used] = array[:used]
    return bigger


@njit(nogil=True, cache=True)
def _write(order: Any, outlines: Any, kind: Any) -> Any:
    rings, vertices, exterior, xy = outlines
    starts = np.zeros(len(order) + 1, np.int64)
    origin = np.empty((len(order), 2), np.int32)
    out = np.empty(max(1024, 24 * len(order)), np.uint8)
    px, py = np.empty(256, np.int64), np.empty(256, np.int64)
    at = 0
    for i in range(len(order)):
        shape = order[i]
        first, last = rings[shape], rings[shape + 1]
        out = grow(out, at, at + 10 * (vertices[last] - vertices[first]) + 12 * (last - first) + 16)
        x, y = np.int64(0), np.int64(0)
        begun = False
        if kind == POINT:
            at = put_varint(out, at, ((vertices[last] - vertices[first]) << 3) | 1)
        for ring in range(first, last):
            begin = vertices[ring]
            n = vertices[ring + 1] - begin
            if n > len(px):
                px, py = np.empty(2 * n, np.int64), np.empty(2 * n, np.int64)
            for j in range(n):
                px[j], py[j] = xy[begin + j, 0], xy[begin + j, 1]
            # With y down, the specification wants exterior rings of positive area and holes of negative.
            backward = kind == POLYGON and (doubled_area(px, py, n) > 0) != exterior[ring]
            if kind != POINT:
                at = put_varint(out, at, 9)
            for j in range(n):
                to = n - 1 - j if backward else j
                if j == 1 and kind != POINT:
                    at = put_varint(out, at, ((n - 1) << 3) | 2)
                if begun:
                    at = put_varint(out, at, zigzag(px[to] - x))
                    at = put_varint(out, at, zigzag(py[to] - y))
                else:
                    origin[i, 0], origin[i, 1] = px[to], py[to]
                    begun = True
                x, y = px[to], py[to]
            if kind == POLYGON:
                at = put_varint(out, at, 15)
        starts[i + 1] = at
    return starts, origin, out[:at].copy()


def write_streams(
    of: Outlines, order: NDArray[np.int64], kind: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """The shapes in this order: where each one's stream begins [n + 1], its first point [n, 2], and the streams."""
    made: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]] = _write(order, of.arrays, kind)
    return made


@njit(nogil=True, cache=True)
def read_streams(
    which: Any, starts: Any, origin: Any, streams: Any, shift: Any, first_too: Any = False
) -> Any:
    """Some shapes as `RingArrays` on the Web Mercator square.

    `shift` is 32 - 12 - z of the level: mercator is on the square of 32 bits again. `first_too`: the streams are those
    of a tile, in which the first point stands too, as a step from the origin.
    """
    most = 0
    for i in range(len(which)):
        most += starts[which[i] + 1] - starts[which[i]] + 2
    rings, vertices = np.zeros(len(which) + 1, np.uint32), np.zeros(most + 1, np.uint32)
    exterior = np.zeros(most, np.bool_)
    mercator = np.empty((most, 2), np.uint32)
    highest = np.int64(0xFFFFFFFF)
    made, v = 0, 0
    for i in range(len(which)):
        at, end = starts[which[i]], starts[which[i] + 1]
        x, y = np.int64(origin[which[i], 0]), np.int64(origin[which[i], 1])
        begun, ring_begin = first_too, v
        while at < end:
            command, bits = np.int64(0), 0
            while True:
                byte = np.int64(streams[at])
                at += 1
                command |= (byte & 127) << bits
                bits += 7
                if byte < 128:
                    break
            if command & 7 == 7:
                # The end of a ring: an exterior one has positive area where y points down.
                area2 = np.int64(0)
                x0, y0 = (
                    np.int64(mercator[ring_begin, 0]) >> shift,
                    np.int64(mercator[ring_begin, 1]) >> shift,
                )
                ax, ay = (
                    np.int64(mercator[v - 1, 0] >> shift) - x0,
                    np.int64(mercator[v - 1, 1] >> shift) - y0,
                )
                for j in range(ring_begin, v):
                    bx, by = np.int64(mercator[j, 0] >> shift) - x0, np.int64(mercator[j, 1] >> shift) - y0
                    area2 += ax * by - bx * ay
                    ax, ay = bx, by
                exterior[made - 1] = area2 > 0
                continue
            if command & 7 == 1:
                ring_begin = v
                exterior[made] = True
                made += 1
            for _ in range(command >> 3):
                if begun:
                    for axis in range(2):
                        number, bits = np.int64(0), 0
                        while True:
                            byte = np.int64(streams[at])
                            at += 1
                            number |= (byte & 127) << bits
                            bits += 7
                            if byte < 128:
                                break
                        step = (number >> 1) ^ -(number & 1)
                        if axis == 0:
                            x += step
                        else:
                            y += step
                begun = True
                mercator[v, 0], mercator[v, 1] = min(x << shift, highest), min(y << shift, highest)
                v += 1
            vertices[made] = v
        rings[i + 1] = made
    return RingArrays(rings, vertices[: made + 1], exterior[:made], mercator[:v])
