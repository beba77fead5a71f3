"""Vector tiles from columns: compiled loops that hold no GIL, from integers to bytes (MVT 2.1).

`shapes_of_level` finds what a tile shows of a level: most of it needs no cutting, since its streams are there already.
`assemble` puts the kept features together with their tags, whose values lie in the columns ready to be copied.
Between the two the least important features can be left out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Fids, Mask, RowIds
from cim.space import packed_rtree
from tiles.geometry.clipping import BUFFER, geometry
from tiles.geometry.command_stream import grow, put_varint, read_streams, varint_size, zigzag
from tiles.geometry.tile_shapes import EXTENT

#: Codes of `fields` for what is no column: the height of a building, and how many rows a feature stands for.
HEIGHT, COUNT = -1, -2


class LevelShapes(NamedTuple):
    """The shapes of a level as they are now: the `row`, and how many rows each `stands_for` (empty: one each),
    their R-tree, first points and command streams; `left_out` bool over rows, or empty: none."""

    row: NDArray[np.int32]
    stands_for: NDArray[np.int32]
    left_out: Mask
    tree: NDArray[np.int32]
    origin: NDArray[np.int32]
    starts: NDArray[np.int64]
    streams: NDArray[np.uint8]


class PlacedShapes(NamedTuple):
    """What shows in a tile, cut to it: feature i has the command stream `side[begins[i]:ends[i]]`, or where it is
    `whole` that of its level, `streams[…]`, from the point origin[i]. `counts` are how many rows it stands for."""

    rows: RowIds
    side: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    whole: Mask
    streams: NDArray[np.uint8]
    origin: NDArray[np.int32]
    counts: NDArray[np.int32]


class ValueTable(NamedTuple):
    """Where the tags of a layer's features come from. `fields` are the rows of `codes` that become tags, or HEIGHT (of
    the fields `height`: metres, and floors whose values are `more_…`), or COUNT; tag i of a feature is key i. The
    others are those of `cim.columnar.columns`."""

    fid: Fids
    codes: NDArray[np.int32]
    fields: NDArray[np.int64]
    value_starts: NDArray[np.int64]
    tag_offsets: NDArray[np.int64]
    tag_bytes: NDArray[np.uint8]
    height: NDArray[np.int64]
    more_offsets: NDArray[np.int64]
    more_bytes: NDArray[np.uint8]


@njit(nogil=True, cache=True, inline="always")
def _copy(out: Any, at: Any, source: Any, begin: Any, n: Any) -> Any:
    """Copy n bytes; unsigned indices, so that no loop looks for negative ones. Gives where they end."""
    to, of = np.uint64(at), np.uint64(begin)
    for byte in range(np.uint64(n)):
        out[to + byte] = source[of + byte]
    return at + n


@njit(nogil=True, cache=True)
def place_shapes(found: Any, shapes: Any, tx: Any, ty: Any) -> Any:
    """The found shapes of a level whose row is not left out (bool over rows, or empty: none), as a tile needs them:
    (shape, row, whether it lies wholly in the tile with its margin, begin and end of its stream, origin, count)."""
    row, count, left_out, tree, origin, starts, _ = shapes
    west, north = np.int64(tx) * EXTENT - BUFFER, np.int64(ty) * EXTENT - BUFFER
    east, south = west + EXTENT + 2 * BUFFER, north + EXTENT + 2 * BUFFER
    which, rows = np.empty(len(found), np.int64), np.empty(len(found), np.int64)
    whole = np.empty(len(found), np.bool_)
    begins, ends = np.empty(len(found), np.int64), np.empty(len(found), np.int64)
    origins, counts = np.empty((len(found), 2), np.int32), np.ones(len(found), np.int32)
    n = 0
    for i in range(len(found)):
        s = found[i]
        if len(left_out) > 0 and left_out[row[s]]:
            continue
        which[n], rows[n] = s, row[s]
        whole[n] = (tree[s, 0] >= west) & (tree[s, 1] >= north) & (tree[s, 2] <= east) & (tree[s, 3] <= south)
        begins[n], ends[n] = starts[s], starts[s + 1]
        origins[n, 0], origins[n, 1] = origin[s, 0], origin[s, 1]
        if len(count) > 0:
            counts[n] = count[s]
        n += 1
    return which[:n], rows[:n], whole[:n], begins[:n], ends[:n], origins[:n], counts[:n]


@njit(nogil=True, cache=True)
def shapes_of_level(level: Any, kind: Any, z: Any, tx: Any, ty: Any) -> Any:
    """What a tile shows of a level of its own zoom (a tuple of `LevelShapes`): (shapes, a tuple of `PlacedShapes`,
    crossed).

    What lies wholly in the tile is read from the level's streams; what reaches over its edge is cut, into `side`.
    """
    west, north = np.int64(tx) * EXTENT - BUFFER, np.int64(ty) * EXTENT - BUFFER
    across = EXTENT + 2 * BUFFER
    box = np.empty((1, 4), np.int64)
    box[0, 0], box[0, 1], box[0, 2], box[0, 3] = west, north, west + across, north + across
    row, _, _, tree, origin, starts, streams = level
    found, _ = packed_rtree.search(tree, len(row), box, np.empty(0, np.bool_))
    shapes, rows, whole, begins, ends, origins, counts = place_shapes(found, level, tx, ty)
    edge = np.flatnonzero(~whole)
    outlines = read_streams(shapes[edge], starts, origin, streams, np.int64(20 - z))
    side, cut_begins, cut_ends, _, cut_crossed = geometry(np.arange(len(edge)), outlines, kind, z, tx, ty)
    crossed = np.zeros(len(rows), np.bool_)
    for i in range(len(edge)):
        begins[edge[i]], ends[edge[i]], crossed[edge[i]] = cut_begins[i], cut_ends[i], cut_crossed[i]
    placed = (rows, side, begins, ends, whole, streams, origins, counts)
    return shapes, placed, crossed


@njit(nogil=True, cache=True)
def _code_values(
    codes: Any, fields: Any, rows: Any, counts: Any, shown: Any, height: Any, splits: Any
) -> Any:
    """The number of the value that each shown feature has of each field, -1: none: int32[fields, shown]."""
    out = np.empty((len(fields), len(shown)), np.int32)
    for f in range(len(fields)):
        into = out[f]
        if fields[f] == COUNT:
            for i in range(len(shown)):
                into[i] = counts[shown[i]] if counts[shown[i]] > 1 else -1
            continue
        of = fields[f] if fields[f] >= 0 else height[0]
        if of >= 0:
            column = codes[of]
            for i in range(len(shown)):
                into[i] = column[rows[shown[i]]]
        else:
            into[:] = -1
        if fields[f] == HEIGHT and height[1] >= 0:
            column = codes[height[1]]
            for i in range(len(shown)):
                if into[i] < 0 and column[rows[shown[i]]] >= 0:
                    into[i] = splits[f] + column[rows[shown[i]]]
    return out


@njit(nogil=True, cache=True)
def _number_values(coded: Any, distinct: Any, first: Any, met: Any) -> Any:
    """The codes of one field, in place, as numbers of values counted from `first`; `met` gets the codes in the order
    of their numbers. Gives how many there are."""
    n = 0
    if distinct <= 4096:
        numbers = np.full(distinct, -1, np.int32)
        for i in range(len(coded)):
            code = coded[i]
            if code >= 0:
                if numbers[code] < 0:
                    numbers[code] = first + n
                    met[n] = code
                    n += 1
                coded[i] = numbers[code]
        return n
    slots = 16
    while slots < 2 * len(coded):
        slots *= 2
    mask = np.uint64(slots - 1)
    table_code, table_number = np.full(slots, -1, np.int32), np.empty(slots, np.int32)
    for i in range(len(coded)):
        code = coded[i]
        if code >= 0:
            slot = np.uint64(code) & mask  # codes are small and dense: they are their own hash
            while table_code[slot] != code and table_code[slot] != -1:
                slot = (slot + np.uint64(1)) & mask
            if table_code[slot] == -1:
                table_code[slot], table_number[slot] = code, first + n
                met[n] = code
                n += 1
            coded[i] = table_number[slot]
    return n


@njit(nogil=True, cache=True)
def _values(values: Any, at: Any, met: Any, n: Any, split: Any, first: Any, table: Any) -> Any:
    """Write the n values of a field that were met: (bytes, where they end). Codes from `split` on are those of
    `more_bytes`."""
    _, _, _, _, offsets, tags, _, more, more_tags = table
    size = 0
    for k in range(n):
        code = np.int64(met[k])
        if code < split:
            size += offsets[first + code + 1] - offsets[first + code]
        else:
            size += more[code - split + 1] - more[code - split]
    values = grow(values, at, at + size + 16 * n)
    for k in range(n):
        code = np.int64(met[k])
        if code < split:
            begin, end = offsets[first + code], offsets[first + code + 1]
        else:
            begin, end = more[code - split], more[code - split + 1]
        values[at] = 34
        at = put_varint(values, at + 1, end - begin)
        at = _copy(values, at, tags if code < split else more_tags, begin, end - begin)
    return values, at


@njit(nogil=True, cache=True)
def _counts(values: Any, at: Any, met: Any, n: Any) -> Any:
    """Write n whole numbers as values (uint_value)."""
    values = grow(values, at, at + 16 * n)
    for k in range(n):
        values[at] = 34
        at = put_varint(values, at + 1, 1 + varint_size(np.int64(met[k])))
        values[at] = 40
        at = put_varint(values, at + 1, np.int64(met[k]))
    return values, at


@njit(nogil=True, cache=True)
def assemble(placed: Any, keep: Any, tx: Any, ty: Any, kind: Any, table: Any, first_value: Any) -> Any:
    """The kept rows (bool, or empty: all) as `features` of a tile layer, and the `values` that their tags name.

    Gives (features bytes, values bytes, how many values, how many features). The values are numbered from
    `first_value`.
    """
    rows, side, begins, ends, whole, streams, origin, counts = placed
    fid, codes, fields, value_starts, _, _, height, more_offsets, _ = table
    shown = np.empty(len(rows), np.int64)
    kept, commands = 0, 0
    for i in range(len(rows)):
        if (len(keep) == 0 or keep[i]) and ends[i] > begins[i]:
            shown[kept] = i
            kept += 1
            commands += ends[i] - begins[i]
    shown = shown[:kept]
    splits, firsts = np.zeros(len(fields), np.int64), np.zeros(len(fields), np.int64)
    for f in range(len(fields)):
        of = fields[f] if fields[f] >= 0 else height[0] if fields[f] == HEIGHT else np.int64(-1)
        if of >= 0:
            firsts[f] = value_starts[of]
            splits[f] = value_starts[of + 1] - value_starts[of]
    tags = _code_values(codes, fields, rows, counts, shown, height, splits)
    values, values_at, n_values = np.empty(4096, np.uint8), 0, 0
    met = np.empty(kept, np.int32)
    for f in range(len(fields)):
        distinct = splits[f] + len(more_offsets) if fields[f] != COUNT else np.int64(1 << 30)
        n = _number_values(tags[f], distinct, first_value + n_values, met)
        if fields[f] == COUNT:
            values, values_at = _counts(values, values_at, met, n)
        else:
            values, values_at = _values(values, values_at, met, n, splits[f], firsts[f], table)
        n_values += n
    out = np.empty(commands + kept * (44 + 12 * len(fields)) + 64, np.uint8)
    west, north = np.int64(tx) * EXTENT, np.int64(ty) * EXTENT
    at = 0
    for i in range(kept):
        j = shown[i]
        begin, end = begins[j], ends[j]
        length = end - begin
        head, x, y = 0, np.int64(0), np.int64(0)
        if whole[j]:  # its first command, then the first point, then the rest
            head = 1
            while streams[begin + head - 1] > 127:
                head += 1
            x, y = zigzag(np.int64(origin[j, 0]) - west), zigzag(np.int64(origin[j, 1]) - north)
            length += varint_size(x) + varint_size(y)
        tag_size = 0
        for f in range(len(fields)):
            if tags[f, i] >= 0:
                tag_size += varint_size(f) + varint_size(tags[f, i])
        number = np.uint64(fid[rows[j]])
        body = 1 + varint_size(number) + 2 + 1 + varint_size(length) + length
        if tag_size > 0:
            body += 1 + varint_size(tag_size) + tag_size
        out[at] = 18
        at = put_varint(out, at + 1, body)
        out[at] = 8
        at = put_varint(out, at + 1, number)
        if tag_size > 0:
            out[at] = 18
            at = put_varint(out, at + 1, tag_size)
            for f in range(len(fields)):
                if tags[f, i] >= 0:
                    at = put_varint(out, at, f)
                    at = put_varint(out, at, tags[f, i])
        out[at], out[at + 1], out[at + 2] = 24, kind + 1, 34
        at = put_varint(out, at + 3, length)
        if head > 0:
            at = _copy(out, at, streams, begin, head)
            at = put_varint(out, put_varint(out, at, x), y)
            at = _copy(out, at, streams, begin + head, end - begin - head)
        else:
            at = _copy(out, at, side, begin, length)
    return out[:at], values[:values_at], n_values, kept


@njit(nogil=True, cache=True)
def layer_of_level(level: Any, kind: Any, z: Any, tx: Any, ty: Any, table: Any) -> Any:
    """`shapes_of_level` and `assemble` in one, where nothing is done between the two and no shape stands for several:
    (features bytes, values bytes, how many features, whether a polygon came to cross itself: then nothing else)."""
    _, placed, crossed = shapes_of_level(level, kind, z, tx, ty)
    if crossed.any():
        return np.empty(0, np.uint8), np.empty(0, np.uint8), 0, True
    features, values, _, shown = assemble(placed, np.empty(0, np.bool_), tx, ty, kind, table, 0)
    return features, values, shown, False
