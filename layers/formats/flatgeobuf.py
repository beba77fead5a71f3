"""What the header of a FlatGeobuf says beyond what GDAL tells: which of its fields are unsigned numbers of 64 bits.

GDAL reads those as floats, which from 2^53 on are no longer the numbers that were written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.errors import BadInput

_MAGIC_BYTES = 8
#: Places of fields in the tables of the format's schema, and its number for the type.
_COLUMNS, _NAME, _TYPE, _UNSIGNED_LONG = 7, 0, 1, 8
_EXACT = float(2**53)


def unsigned_longs(path: Path) -> list[str]:
    """The names of the fields that hold unsigned whole numbers of 64 bits."""
    with path.open("rb") as file:
        file.seek(_MAGIC_BYTES)
        (size,) = struct.unpack("<I", file.read(4))
        header = file.read(size)
    try:
        return [name for name, kind in _columns(header) if kind == _UNSIGNED_LONG]
    except (struct.error, UnicodeDecodeError) as error:
        raise BadInput(f"{path} has a damaged header; copy or export it again") from error


def require_exact(path: Path, table: pa.Table) -> None:
    """`BadInput` with the first row in which such a field holds a number that GDAL has rounded."""
    for name in unsigned_longs(path):
        if name not in table.column_names:
            continue
        values = table[name].combine_chunks()
        beyond = pc.fill_null(pc.greater_equal(values.cast(pa.float64(), safe=False), _EXACT), False)
        at = np.flatnonzero(beyond.to_numpy(zero_copy_only=False))
        if len(at):
            raise BadInput(
                f"{path}: field {name!r} has unsigned whole numbers beyond 2^53 ({len(at):,} rows, the first is row "
                f"{at[0] + 1}), of which GDAL loses digits; export the field as text"
            )


def _columns(header: bytes) -> Iterator[tuple[str, int]]:
    """Name and type of each field. The header is a FlatBuffer: tables that say where each of their fields lies."""
    root = _follow(header, 0)
    at = _field(header, root, _COLUMNS)
    if at is None:
        return
    vector = _follow(header, at)
    (count,) = struct.unpack_from("<I", header, vector)
    for number in range(count):
        column = _follow(header, vector + 4 + 4 * number)
        name_at, type_at = _field(header, column, _NAME), _field(header, column, _TYPE)
        name = ""
        if name_at is not None:
            text = _follow(header, name_at)
            (length,) = struct.unpack_from("<I", header, text)
            name = header[text + 4 : text + 4 + length].decode()
        yield name, header[type_at] if type_at is not None else 0


def _follow(header: bytes, at: int) -> int:
    (distance,) = struct.unpack_from("<I", header, at)
    return int(at + distance)


def _field(header: bytes, table: int, number: int) -> int | None:
    """Where a field of a table lies; None where it has its default."""
    (back,) = struct.unpack_from("<i", header, table)
    entries = table - back
    (size,) = struct.unpack_from("<H", header, entries)
    entry = 4 + 2 * number
    if entry >= size:
        return None
    (offset,) = struct.unpack_from("<H", header, entries + entry)
    return int(table + offset) if offset else None
