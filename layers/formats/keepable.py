"""What no store can keep of the values of a file: told with the row, or refused; whichever reader read it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.errors import BadInput
from layers.formats.source import Source, without_nul

#: The first and last day that every store and JSON can write, in days since 1970-01-01.
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896
_DAY_MS = 86_400_000


def keepable(source: Source) -> Source:
    """The source without NUL characters, with notes of those and of numbers that are none or infinite.

    `BadInput` for a day or moment outside the years 1 to 9999, with its row, and for text that is not UTF-8.
    """
    _require_utf8(source)
    source = without_nul(source)
    notes = []
    for name, column in zip(source.attributes.column_names, source.attributes.columns, strict=True):
        if pa.types.is_date(column.type):
            _require_years(source, name, column.cast(pa.int32()).cast(pa.int64()), 1)
        elif pa.types.is_timestamp(column.type):
            _require_years(source, name, column.cast(pa.int64()), _DAY_MS)
        elif pa.types.is_floating(column.type):
            notes += _no_numbers(source, name, column)
    return source.noting(*notes)


def _require_utf8(source: Source) -> None:
    for name, column in zip(source.attributes.column_names, source.attributes.columns, strict=True):
        if not pa.types.is_string(column.type):
            continue
        try:
            column.validate(full=True)
        except pa.ArrowInvalid as error:
            raw = column.cast(pa.binary()).to_pylist()
            at = next((i for i, text in enumerate(raw) if text is not None and not _is_utf8(text)), 0)
            raise BadInput(
                f"{source.path}: field {name!r} has text that is not UTF-8, the first in row {source.row[at]}; "
                "write it as UTF-8"
            ) from error


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _require_years(source: Source, name: str, values: pa.ChunkedArray, day: int) -> None:
    low, high = _FIRST_DAY * day, (_LAST_DAY + 1) * day - 1
    ends = pc.min_max(values).as_py()
    if ends["min"] is None or (low <= ends["min"] and ends["max"] <= high):
        return
    beyond = pc.or_(pc.less(values, low), pc.greater(values, high))
    at = int(np.argmax(pc.fill_null(beyond, False).to_numpy()))
    raise BadInput(
        f"{source.path}: field {name!r} has a day outside the years 1 to 9999 in row {source.row[at]}; put it right, "
        "or write the field as text"
    )


def _no_numbers(source: Source, name: str, column: pa.ChunkedArray) -> list[str]:
    if any(note.startswith(f"field {name!r} has ") and "answers give null" in note for note in source.notes):
        return []  # a text table's own reader has told it
    odd = np.flatnonzero(~pc.fill_null(pc.is_finite(column), True).to_numpy().astype(np.bool_))
    if not len(odd):
        return []
    first = column[int(odd[0])].as_py()
    return [
        f"field {name!r} has {str(first)!r} in row {source.row[odd[0]]}, {len(odd)} such values; "
        "answers give null for them"
    ]
