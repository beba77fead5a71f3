"""Attribute values as a vector tile wants them: protobuf `Value` messages, made once for each distinct value.

A tile then copies bytes and never looks at a Python object. Mapbox Vector Tile 2.1, vector_tile.proto: text is
string_value (1), reals double_value (3), whole numbers uint_value (5) or, below 0, sint_value (6), booleans
bool_value (7). Dates and times become ISO 8601 text.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def varint(number: int) -> bytes:
    """The number ≥ 0 as a protobuf varint.

    >>> varint(300).hex()
    'ac02'
    """
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, body: bytes) -> bytes:
    """A protobuf field that holds bytes.

    >>> field(1, b"ab").hex()
    '0a026162'
    """
    return varint(number << 3 | 2) + varint(len(body)) + body


def _text_tag(text: str) -> bytes:
    raw = text.encode()
    return b"\x0a" + varint(len(raw)) + raw


def _real_tags(values: NDArray[np.float64]) -> list[bytes]:
    return [b"\x19" + struct.pack("<d", v) for v in values.tolist()]


def _integer_tag(number: int) -> bytes:
    return b"\x28" + varint(number) if number >= 0 else b"\x30" + varint(((-number) << 1) - 1)


def tags_of(values: pa.Array) -> list[bytes]:
    """Each value of an Arrow array without nulls as the body of a vector tile `Value`.

    >>> [t.hex() for t in tags_of(pa.array([1, -1]))]
    ['2801', '3001']
    >>> tags_of(pa.array(["楼"]))[0].decode("utf-8", "replace")[-1]
    '楼'
    """
    kind = values.type
    if pa.types.is_integer(kind):
        return [_integer_tag(v) for v in values.to_pylist()]
    if pa.types.is_floating(kind):
        return _real_tags(values.to_numpy(zero_copy_only=False))
    if pa.types.is_boolean(kind):
        return [b"\x38\x01" if v else b"\x38\x00" for v in values.to_pylist()]
    if pa.types.is_timestamp(kind):
        values = pc.strftime(values, format="%Y-%m-%dT%H:%M:%SZ")
    elif pa.types.is_date(kind):
        values = pc.strftime(values, format="%Y-%m-%d")
    return [_text_tag(v) for v in values.to_pylist()]


def encode_values(columns: Sequence[pa.Array]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """All fields' values, one after the other: where each one's bytes begin [k + 1], and the bytes."""
    tags = [tag for values in columns for tag in tags_of(values)]
    tag_offsets = np.zeros(len(tags) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, tags), np.int64, len(tags)), out=tag_offsets[1:])
    return tag_offsets, np.frombuffer(b"".join(tags), np.uint8).copy()
