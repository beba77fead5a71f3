"""What the table of a GeoPackage says beyond what GDAL reads of it: SQLite lets any value into any column.

GDAL makes 6 of `6+1` in a column of integers, and 1970-01-01 of a day it can't read. One pass of SQLite looks for
values that are not of their column's type; such columns, days and moments are read from the table itself.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cim.store.sqlite import sqlite3
from layers.formats.values import Column, column_of, days_column, moments_column

#: How many bits the integer types have that have fewer than 64.
_BITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 32}
_WHOLE = ("INT", "INTEGER", *_BITS)
_REAL = ("DOUBLE", "REAL")
_TEXT = ("TEXT", "VARCHAR", "CHAR", "CLOB", "NVARCHAR", "NCHAR", "STRING")
#: The types that GDAL reads well. Days and moments it parses loosely, a FLOAT it keeps in 32 bits, and columns of types
#: that it does not know, which SQLite takes as well, it passes over.
_OF_GDAL = (*_WHOLE, *_REAL, "BOOLEAN", "TEXT", "BLOB")


@dataclass(frozen=True, slots=True)
class Contents:
    """`key`: the name of the primary key, "" where there is none; `columns` by the name of the field; `names`: of every
    field that the table has."""

    key: str
    columns: dict[str, Column]
    names: tuple[str, ...] = ()


def read_contents(path: Path, layer: str, time_zone: str) -> Contents:
    """The columns of a layer that GDAL would not give as they are, and its key. Rows are in GDAL's order."""
    with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as file:
        file.text_factory = lambda raw: raw.decode("utf-8")
        declared = [
            (str(r[1]), _type(str(r[2])), bool(r[5]))
            for r in file.execute(f"PRAGMA table_info({_quote(layer)})")
        ]
        keys = [name for name, _, is_key in declared if is_key]
        key = keys[0] if len(keys) == 1 else ""
        shapes = file.execute(
            "SELECT column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)", (layer,)
        )
        geometry = {str(name).lower() for (name,) in shapes}
        declared = [one for one in declared if one[0].lower() not in geometry]
        wanted = _to_read(file, layer, declared) + ([key] if key and key.lower() != "fid" else [])
        names = tuple(name for name, _, is_key in declared if not is_key)
        if not wanted:
            return Contents(key, {}, names)
        # Without an order SQLite may walk an index that holds these columns, which is in another order.
        order = f" ORDER BY {_quote(key)}" if key else ""
        some = ", ".join(_quote(name) for name in wanted) if key else "*"
        cursor = file.execute(f"SELECT {some} FROM {_quote(layer)}{order}")
        place = [d[0] for d in cursor.description]
        lines = cursor.fetchall()
    types = {name: kind for name, kind, _ in declared}
    row = np.arange(1, len(lines) + 1)
    columns = {}
    for name in wanted:
        at = place.index(name)
        columns[name] = _column(name, types[name], [line[at] for line in lines], row, time_zone)
    return Contents(key, columns, names)


def reaches_out(path: Path) -> bool:
    """Whether a table of the file is one that GDAL would read from elsewhere."""
    with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)) as file:
        return bool(file.execute("SELECT 1 FROM sqlite_master WHERE sql LIKE '%VirtualOGR%'").fetchone())


def _to_read(file: sqlite3.Connection, layer: str, declared: list[tuple[str, str, bool]]) -> list[str]:
    """The columns to be read here: those that are not of `_OF_GDAL`, and those that hold a value of another type."""
    wanted = [name for name, kind, is_key in declared if not is_key and kind not in _OF_GDAL]
    tested = [(name, _misfit(name, kind)) for name, kind, is_key in declared if not is_key]
    tests = [(name, test) for name, test in tested if test]
    if tests:
        sums = ", ".join(f"total({test})" for _, test in tests)
        (counts,) = file.execute(f"SELECT {sums} FROM {_quote(layer)}").fetchall()
        wanted += [name for (name, _), count in zip(tests, counts, strict=True) if count]
    return wanted


def _misfit(name: str, kind: str) -> str:
    """SQL that is 1 for a value that is not of the declared type; "" where any is or the column is read anyway."""
    column = _quote(name)
    if kind == "BOOLEAN":
        return f"{column} IS NOT NULL AND (typeof({column}) <> 'integer' OR {column} NOT IN (0, 1))"
    if kind in _BITS:
        most = 2 ** (_BITS[kind] - 1)
        range_ = f"{-most} AND {most - 1}"
        return f"{column} IS NOT NULL AND (typeof({column}) <> 'integer' OR {column} NOT BETWEEN {range_})"
    if kind == "BLOB":
        return f"typeof({column}) NOT IN ('blob', 'null')"
    if kind in _WHOLE:
        return f"typeof({column}) NOT IN ('integer', 'null')"
    if kind in _REAL:
        return f"typeof({column}) NOT IN ('real', 'integer', 'null')"
    if kind.startswith("TEXT"):
        # Of a text that has a NUL character GDAL reads what stands before it.
        return f"typeof({column}) = 'blob' OR instr({column}, char(0)) > 0"
    return ""


def _column(name: str, kind: str, values: list[Any], row: NDArray[np.int64], time_zone: str) -> Column:
    if kind == "DATE":
        return days_column(name, values, row, time_zone)
    if kind == "DATETIME":
        return moments_column(name, values, row, time_zone)
    if kind.startswith(_TEXT) and {type(value) for value in values} <= {str, type(None)}:
        return pa.array(values, pa.string()), []
    column, notes = column_of(name, values, row, time_zone)
    return column, [*notes, *_rounding_notes(name, kind, values, row)]


def _rounding_notes(name: str, kind: str, values: list[Any], row: NDArray[np.int64]) -> list[str]:
    """A note on long numbers of a column of exact ones, of which SQLite itself keeps a float."""
    if not kind.startswith(("NUMERIC", "DECIMAL")):
        return []
    at = next((at for at, v in enumerate(values) if isinstance(v, float) and abs(v) >= 2**53), None)
    if at is None:
        return []
    return [
        f"field {name!r} has {values[at]!r} in row {row[at]}: the file itself keeps a rounded number, which may have "
        "lost its last digits; store codes as text"
    ]


def _type(declared: str) -> str:
    return declared.upper().partition("(")[0].strip()


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
