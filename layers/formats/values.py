"""Columns of single values, as JSON and SQLite have them: of one type where that changes no value, else text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from layers.formats.numbers import Misfit, read_numbers
from layers.formats.times import Moments, read_days, read_moments, unsure_note

#: Text that may be a day or a moment: such columns are looked at as a whole.
_LIKE_A_DAY = r"^\s*\d{4}[-/]\d{1,2}[-/]\d"


_HALF = re.compile("[\ud800-\udfff]")


class Number(str):
    """A number with a point or a power of ten, exactly as it is written."""

    __slots__ = ()


Column = tuple[pa.Array, list[str]]


def column_of(name: str, values: Sequence[Any], row: NDArray[np.int64], time_zone: str) -> Column:
    """The values (None, bool, int, `Number`, float, str, bytes, list, dict) as one Arrow array, and notes.

    Numbers that a 64-bit number can't give back, and values of several types, become text as they are written.

    >>> column_of("code", [430102001001000123, Number("430102001001000125.0")], np.array([1, 2]), "UTC")[0].to_pylist()
    [430102001001000123, 430102001001000125]
    """
    kinds = dict.fromkeys(type(value) for value in values if value is not None).keys()
    if not kinds:
        return pa.nulls(len(values)), []
    if kinds == {bool}:
        return pa.array(values, pa.bool_()), []
    if kinds == {float}:
        return pa.array(values, pa.float64()), []
    if kinds == {bytes}:
        return pa.array(values, pa.binary()), []
    if kinds <= {int, float, Number}:
        texts = pa.array([None if v is None else str(v) for v in values], pa.string())
        found = _finite_or_not(values)
        if isinstance(found, Misfit):
            return texts, [
                f"field {name!r} is kept as text: {found.text!r} in row {row[found.at]} {found.why}"
            ]
        return found, []
    texts, halves = whole_texts(name, [_as_text(v) for v in values], row)
    if kinds == {str}:
        found, notes = times_of(name, texts, row, time_zone)
        return found, halves + notes
    if kinds <= {list, dict}:
        return texts, [*halves, f"field {name!r} holds lists or structures; they are kept as JSON text"]
    usual = max(kinds, key=lambda kind: sum(type(v) is kind for v in values))
    at = next(i for i, v in enumerate(values) if v is not None and type(v) is not usual)
    return texts, [
        *halves,
        f"field {name!r} is kept as text: {texts[at].as_py()!r} in row {row[at]} is of another type than the rest",
    ]


def whole_texts(name: str, texts: Sequence[str | None], row: NDArray[np.int64]) -> Column:
    """Texts as an Arrow array. JSON can hold half of a character beyond the first plane (a program has cut an emoji in
    two), which no text can: it becomes the replacement character, told with its row.

    >>> made, notes = whole_texts("name", ["甲", "乙" + chr(0xD83D)], np.array([1, 2]))
    >>> made.to_pylist() == ["甲", "乙" + chr(0xFFFD)], notes
    (True, ["field 'name' has half of a character in 1 rows, shown as a replacement mark; the first is row 2"])
    """
    try:
        return pa.array(texts, pa.string()), []
    except UnicodeEncodeError:
        whole = [None if text is None else without_halves(text) for text in texts]
    odd = [at for at, (text, one) in enumerate(zip(texts, whole, strict=True)) if text != one]
    return pa.array(whole, pa.string()), [
        f"field {name!r} has half of a character in {len(odd)} rows, shown as a replacement mark; "
        f"the first is row {row[odd[0]]}"
    ]


def without_halves(text: str) -> str:
    """A text with U+FFFD for each half of a character (a lone surrogate)."""
    return _HALF.sub("\ufffd", text)


def _finite_or_not(values: Sequence[Any]) -> pa.Array | Misfit:
    """Numbers, of which those that are infinite or none (NaN) are no text of digits."""
    odd = {at: v for at, v in enumerate(values) if isinstance(v, float) and not math.isfinite(v)}
    found = read_numbers(
        pa.array([None if v is None or at in odd else str(v) for at, v in enumerate(values)], pa.string())
    )
    if not odd or isinstance(found, Misfit):
        return found
    try:
        reals = found.cast(pa.float64()).to_pylist()
    except pa.ArrowInvalid:  # beyond 2^53 beside an infinite one
        return Misfit(next(iter(odd)), str(next(iter(odd.values()))), "is no number")
    return pa.array([odd.get(at, v) for at, v in enumerate(reals)], pa.float64())


def times_of(name: str, texts: pa.Array, row: NDArray[np.int64], time_zone: str) -> Column:
    """Texts that are all days or all moments as such, else as they are; told where most of them are."""
    like = pc.match_substring_regex(texts, _LIKE_A_DAY)
    there = len(texts) - texts.null_count
    if not there or (pc.sum(like).as_py() or 0) < there / 2:
        return texts, []
    if pc.all(like).as_py():
        days = read_days(texts)
        if days.null_count == texts.null_count:
            return days, []
        moments = read_moments(texts, time_zone)
        if moments.values.null_count == texts.null_count:
            return moments.values, moment_notes(name, moments, row, time_zone, texts)
        wrong = pc.and_(moments.values.is_null(), texts.is_valid())
    else:
        wrong = pc.fill_null(pc.invert(like), False)
    at = int(np.argmax(wrong.to_numpy(zero_copy_only=False)))
    return texts, [
        f"field {name!r} is kept as text: {texts[at].as_py()!r} in row {row[at]} is no day or moment"
    ]


def days_column(name: str, values: Sequence[Any], row: NDArray[np.int64], time_zone: str) -> Column:
    """Values of a column that says it holds days; the first that is none makes it text."""
    return _declared_column(name, values, row, time_zone, "day")


def moments_column(name: str, values: Sequence[Any], row: NDArray[np.int64], time_zone: str) -> Column:
    """Values of a column that says it holds moments; the first that is none makes it text."""
    return _declared_column(name, values, row, time_zone, "moment")


def _declared_column(
    name: str, values: Sequence[Any], row: NDArray[np.int64], time_zone: str, what: str
) -> Column:
    # A column of days has numeric affinity in SQLite, which makes a number of the text 20240501.
    values = [str(v) if type(v) is int and 1_00_01_01 <= v <= 9999_12_31 else v for v in values]
    if not {type(value) for value in values} <= {str, type(None)}:
        return column_of(name, values, row, time_zone)
    written = pa.array(values, pa.string())
    texts = pc.if_else(pc.equal(pc.utf8_trim_whitespace(written), ""), pa.scalar(None, pa.string()), written)
    notes: list[str] = []
    if what == "day":
        found = read_days(texts, basic=True)
    else:
        moments = read_moments(texts, time_zone)
        found, notes = moments.values, moment_notes(name, moments, row, time_zone, texts)
    wrong = pc.and_(found.is_null(), texts.is_valid())
    if not pc.any(wrong).as_py():
        return found, notes
    at = int(np.argmax(wrong.to_numpy(zero_copy_only=False)))
    return written, [f"field {name!r} is kept as text: {written[at].as_py()!r} in row {row[at]} is no {what}"]


def moment_notes(
    name: str, moments: Moments, row: NDArray[np.int64], time_zone: str, texts: pa.Array
) -> list[str]:
    """What was decided about the moments of a field, which were written as these texts."""
    notes = (
        [f"field {name!r} has times without a zone; they are taken to be {time_zone}"]
        if moments.without_zone
        else []
    )
    if moments.finer:
        notes.append(f"field {name!r} has moments finer than a millisecond, which is what is kept of them")
    return [*notes, *unsure_note(name, texts, moments.unsure, row, time_zone)]


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bytes):
        return value.hex()
    return json_text(value)


def json_text(value: Any) -> str:
    """A JSON value with its numbers as they were written.

    >>> json_text({"a": [1, Number("2.50"), None]})
    '{ "a": [ 1, 2.50, null ] }'
    """
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inside = ", ".join(
            f"{json.dumps(str(k), ensure_ascii=False)}: {json_text(v)}" for k, v in value.items()
        )
        return f"{{ {inside} }}" if value else "{}"
    if isinstance(value, list):
        return f"[ {', '.join(map(json_text, value))} ]" if value else "[]"
    return json.dumps(value, ensure_ascii=False, default=str)
