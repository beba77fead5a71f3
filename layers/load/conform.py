"""Columns of a file as the fields of a layer that is there: each value in the field's type, or told with its row.

Arrow's own casts make a moment of a number, a day of a moment in UTC, true of 5 and 31 of `0x1F`; none of them is used
between types that differ in kind.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.arrays.types import RowIds
from cim.errors import Fault, FaultyData
from cim.local_time import local_days, zone_named
from cim.model.layer import ARROW_TYPES, Features, Layer
from layers.formats.numbers import Misfit, digits, read_numbers
from layers.formats.times import in_zone, read_days, read_moments
from layers.formats.values import moment_notes

_TRUTHS = {"true": True, "false": False}
_TEXT, _DAY, _MOMENT = ARROW_TYPES["text"], ARROW_TYPES["date"], ARROW_TYPES["datetime"]
_WHOLE, _REAL, _TRUTH = ARROW_TYPES["integer"], ARROW_TYPES["real"], ARROW_TYPES["boolean"]
_NAMES = {arrow: name for name, arrow in ARROW_TYPES.items()}


def conform(layer: Layer, features: Features, rows: RowIds, time_zone: str) -> tuple[Features, list[str]]:
    """The features with exactly the layer's fields: missing ones null, others left out (and noted).

    `rows` number the features for the faults. `FaultyData` names, of each field, the first row whose value is not of
    its type.
    """
    table = features.attributes
    extra = [n for n in table.column_names if n not in layer.field_names]
    notes = [f"column {n!r} is no field of {layer.name} and was left out" for n in extra]
    columns, faults = [], []
    for wanted in layer.schema():
        if wanted.name not in table.column_names:
            columns.append(pa.nulls(len(features), wanted.type))
            continue
        found, more = fitted_column(wanted.name, table[wanted.name], wanted.type, rows, time_zone)
        if isinstance(found, Misfit):
            what = f"column {wanted.name!r} can't be {_NAMES[wanted.type]}: {found.text!r} {found.why}"
            faults.append(Fault(int(rows[found.at]), what))
            continue
        columns.append(found)
        notes += more
    if faults:
        raise FaultyData(
            f"{len(faults)} columns are not of their field's type: " + "; ".join(map(str, faults)), faults
        )
    return Features(features.geometry, pa.table(columns, schema=layer.schema()), features.fid), notes


def fitted_column(
    name: str, column: pa.ChunkedArray, wanted: pa.DataType, rows: RowIds, time_zone: str
) -> tuple[pa.Array | pa.ChunkedArray | Misfit, list[str]]:
    """A column in the type of a field, with notes on what was decided; the first value that is not of it.

    >>> def fit(values, wanted):
    ...     made, notes = fitted_column("f", pa.chunked_array([values]), wanted, np.arange(1, 9), "Asia/Shanghai")
    ...     return made if isinstance(made, Misfit) else (made.to_pylist(), notes)
    >>> fit(["007"], _WHOLE)
    Misfit(at=0, text='007', why='is no whole number that can be written back')
    >>> fit([5], _TRUTH)
    Misfit(at=0, text='5', why='is neither true nor false')
    >>> fit(["2026/6/1"], _DAY)
    ([datetime.date(2026, 6, 1)], [])
    """
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    kind = column.type
    if kind == wanted or pa.types.is_null(kind) or column.null_count == len(column):
        return column.cast(wanted) if kind == wanted else pa.nulls(len(column), wanted), []
    if wanted == _TEXT:
        if kind == _REAL:
            found = digits(pa.chunked_array([column]))
            return found, [f"the numbers of column {name!r} are written as text, by their digits"]
        return column.cast(_TEXT), []
    if kind == _TEXT:
        trimmed = pc.utf8_trim_whitespace(column)
        texts = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, _TEXT), trimmed)
        return _parse_texts(name, texts, wanted, rows, time_zone)
    return _convert_values(name, column, wanted, time_zone)


_Fitted = tuple[pa.Array | pa.ChunkedArray | Misfit, list[str]]


def _parse_texts(name: str, texts: pa.Array, wanted: pa.DataType, rows: RowIds, time_zone: str) -> _Fitted:
    if wanted == _DAY:
        days = read_days(texts, basic=True)
        return _unless(days, texts, "is no day"), []
    if wanted == _MOMENT:
        moments = read_moments(texts, time_zone)
        return _unless(moments.values, texts, "is no moment"), moment_notes(
            name, moments, rows, time_zone, texts
        )
    if wanted == _TRUTH:
        truths = [_TRUTHS.get(text.lower()) if text is not None else None for text in texts.to_pylist()]
        return _unless(pa.array(truths, _TRUTH), texts, "is neither true nor false"), []
    if wanted == _WHOLE:
        written = pc.match_substring_regex(texts, r"^(?:0|-?[1-9]\d{0,18})$")
        whole = pc.if_else(written, texts, pa.scalar(None, _TEXT))
        try:
            numbers = whole.cast(_WHOLE)
        except pa.ArrowInvalid:  # of 19 digits some fit and some don't
            numbers = pa.array([_within(text) for text in whole.to_pylist()], _WHOLE)
        return _unless(numbers, texts, "is no whole number that can be written back"), []
    zeros = pc.fill_null(pc.match_substring_regex(texts, r"^[+-]?0\d"), False)
    found = _first(texts, zeros, "is a code: as a number it would lose its zeros", texts)
    found = found if isinstance(found, Misfit) else read_numbers(texts)
    if isinstance(found, Misfit):
        return found, []
    return _cast(found, _REAL, "has more digits than a number can keep"), []


def _within(text: str | None) -> int | None:
    return int(text) if text is not None and -(2**63) <= int(text) < 2**63 else None


def _convert_values(name: str, column: pa.Array, wanted: pa.DataType, time_zone: str) -> _Fitted:
    kind = column.type
    if wanted == _MOMENT and kind == _DAY:
        note = f"field {name!r} has days; each is the moment at which it begins in {time_zone}"
        return in_zone(column.cast(pa.timestamp("ms")), time_zone), [note]
    if wanted == _DAY and kind == _MOMENT:
        days = local_days(column, zone_named(time_zone))
        begins = in_zone(days.cast(pa.timestamp("ms")), time_zone).combine_chunks()
        whole = pc.if_else(pc.equal(begins, column), days, pa.scalar(None, _DAY))
        return _unless(whole, column, f"is no day: it is not the beginning of one in {time_zone}"), []
    if wanted == _DAY and kind == _WHOLE:
        return _unless(read_days(column.cast(_TEXT), basic=True), column, "is no day"), []
    if wanted == _TRUTH and kind in (_WHOLE, _REAL):
        one_or_none = pc.or_(pc.equal(column, 0), pc.equal(column, 1))
        truths = pc.if_else(one_or_none, pc.equal(column, 1), pa.scalar(None, _TRUTH))
        return _unless(truths, column, "is neither true nor false"), []
    if {kind, wanted} == {_WHOLE, _REAL}:
        return _cast(column, wanted, f"is no {_NAMES[wanted]} number that can be written back"), []
    return _first(column, pc.is_valid(column), f"is of type {_NAMES.get(kind, kind)}"), []


def _cast(column: pa.Array, wanted: pa.DataType, why: str) -> pa.Array | Misfit:
    """The numbers in the other type of numbers, or the first that is another one in it."""
    forced = column.cast(wanted, safe=False)
    limit = float(2**53)
    same = pc.equal(forced.cast(pa.float64(), safe=False), column.cast(pa.float64(), safe=False))
    sure = pc.and_(same, pc.less_equal(pc.abs(column.cast(pa.float64(), safe=False)), limit))
    return _first(column, pc.and_kleene(pc.invert(sure), column.is_valid()), why, forced)


def _unless(found: pa.Array, written: pa.Array, why: str) -> pa.Array | Misfit:
    """What was found, or the first value of which nothing was."""
    return _first(written, pc.and_(found.is_null(), written.is_valid()), why, found)


def _first(
    written: pa.Array, wrong: pa.Array, why: str, otherwise: pa.Array | None = None
) -> pa.Array | Misfit:
    at = np.flatnonzero(pc.fill_null(wrong, True).to_numpy(zero_copy_only=False))
    if len(at):
        return Misfit(int(at[0]), str(written[int(at[0])].as_py()), why)
    return otherwise if otherwise is not None else written
