"""Columns of values as a database driver gives them, as Arrow arrays of a field's type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from cim.arrays.types import RowIds
from cim.columnar.columns import StoredRows
from cim.model.layer import ARROW_TYPES, Field, Layer
from cim.store.tables import iso_moment


def array_of(values: Sequence[Any], field: Field) -> pa.Array:
    """The values as an Arrow array of the field's type; a value that can't be one (SQLite lets any in) is null.

    >>> array_of(["2026-06-01", None, "x"], Field("d", "date")).to_pylist()
    [datetime.date(2026, 6, 1), None, None]
    """
    kind = ARROW_TYPES[field.type]
    try:
        if field.type in ("date", "datetime"):
            return pa.array(values, pa.string()).cast(kind)
        if field.type == "boolean":
            return pa.array(values, pa.int64()).cast(kind)
        return pa.array(values, kind, from_pandas=field.type == "real")  # not a number: none
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_one(v, field) for v in values], kind)


def _one(value: Any, field: Field) -> Any:
    if value is None:
        return None
    try:
        match field.type:
            case "integer":
                return int(value) if -(2**63) <= int(value) < 2**63 else None
            case "real":
                return float(value) if float(value) == float(value) else None
            case "boolean":
                return bool(int(value))
            case "date":
                return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
            case "datetime":
                moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
                return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
            case _:
                return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    except (ValueError, TypeError, OverflowError):
        return None


def python_columns(columns: StoredRows, layer: Layer, rows: RowIds, *, iso: bool) -> list[list[Any]]:
    """The rows' attributes as one list a field, for a driver; `iso`: dates and times as ISO 8601 text.

    Each distinct value is made into a Python object once.
    """
    out = []
    for i, field in enumerate(layer.fields):
        distinct: list[Any] = columns.values[i].to_pylist()
        if iso and field.type == "date":
            distinct = [d.isoformat() for d in distinct]
        elif iso and field.type == "datetime":
            distinct = [iso_moment(d) for d in distinct]
        elif iso and field.type == "boolean":
            distinct = [int(b) for b in distinct]
        table = np.empty(len(distinct) + 1, object)
        table[:-1] = distinct
        out.append(table[columns.codes[i][rows]].tolist())
    return out
