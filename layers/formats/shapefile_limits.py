"""What a Shapefile can hold of a table of attributes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.errors import BadInput

_NAME_BYTES, _TEXT_BYTES, _DIGITS = 10, 254, 10**18 - 1
#: A day of an earlier year is written with three digits of it and can't be read again.
_FIRST_YEAR = 1000


def require_fits_shapefile(table: pa.Table) -> list[str]:
    """Notes on what its reader will find otherwise; `BadInput` with every field that a Shapefile can't hold."""
    refused, notes = [], []
    for name in table.column_names:
        column = table[name]
        if len(name.encode()) > _NAME_BYTES:
            refused.append(
                f"the name {name!r} has {len(name.encode())} bytes, of which it keeps {_NAME_BYTES}"
            )
        elif pa.types.is_timestamp(column.type):
            refused.append(f"{name!r} has moments, of which it keeps the day alone")
        elif pa.types.is_date(column.type) and (early := pc.min(column).as_py()) and early.year < _FIRST_YEAR:
            refused.append(f"{name!r} has days such as {early}, and its years have four digits")
        elif pa.types.is_boolean(column.type) and column.null_count:
            refused.append(f"{name!r} is neither true nor false in {column.null_count} rows")
        elif pa.types.is_integer(column.type) and _largest(column) > _DIGITS:
            refused.append(f"{name!r} has numbers of more than 18 digits")
        elif pa.types.is_floating(column.type):
            values = column.to_numpy()
            wide = [x for x in values[~np.isnan(values)].tolist() if float(f"{x:.15g}") != x or abs(x) >= 1e8]
            if wide:
                refused.append(f"{name!r} has numbers such as {wide[0]!r} that its 15 decimals don't hold")
        elif pa.types.is_string(column.type):
            longest = pc.max(pc.binary_length(column)).as_py() or 0
            if longest > _TEXT_BYTES:
                refused.append(f"{name!r} has texts of {longest} bytes, of which it keeps {_TEXT_BYTES}")
            stripped = pc.utf8_rtrim(column, " ")
            if pc.any(pc.or_(pc.not_equal(stripped, column), pc.equal(column, ""))).as_py():
                notes.append(f"{name!r}: a Shapefile drops spaces at a text's end, and an empty text is none")
    if len({n.lower() for n in table.column_names}) < table.num_columns:
        refused.append("its names differ only in case")
    if refused:
        raise BadInput(
            f"a Shapefile can't hold this layer: {'; '.join(refused)}. Choose .gpkg, or other fields with --fields"
        )
    return notes


def _largest(column: pa.ChunkedArray) -> int:
    ends = pc.min_max(column).as_py()
    return max(abs(int(ends["min"] or 0)), abs(int(ends["max"] or 0)))
