"""Columns of text in the narrowest type that keeps every value as it was written, and why a column stays text.

A number, day or moment is one only where it can be written back: codes with leading zeros, a plus in front, more digits
than a type holds, or an exponent (`1E5`, Excel's `4.30E+14`) are text exactly as written.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.arrays.types import Mask, RowIds
from layers.formats.source import without_zone
from layers.formats.times import read_moments, unsure_note

_WHOLE = r"^(?:0|-?[1-9]\d*)$"
_REAL = r"^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:e[+-]\d+|E-\d+)?$"
#: Beyond a power of ten of three digits a float may be infinite or none.
_FAR_POWER = r"[eE][+-]?0*[1-9]\d{2,}$"
_NO_NUMBER = r"^(?i:[+-]?inf(?:inity)?|nan)$"
_TRUTH = r"^(?i:true|false)$"
_DAY = r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
_COMPACT = r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)T(?P<h>\d\d)(?P<i>\d\d)(?P<s>\d\d)?(?P<f>\.\d+)?"
_CLOCK = r"(?P<h>\d{1,2})[:时](?P<i>\d\d)(?:[:分](?P<s>\d\d)?秒?)?(?P<f>\.\d+)?"
_ZONE = r"\s*(?P<z>Z|[+-]\d\d(?::?\d\d)?)?"
_MOMENTS = (rf"^{_DAY}[T\s]\s*{_CLOCK}{_ZONE}$", rf"^{_COMPACT}{_ZONE}$")
#: What looks like a number or a day, whatever keeps it from being one.
_LIKE_A_VALUE = (
    r"^[^\w\s\p{L}]?[\d.,:' ]*\d[\d.,:' ]*(?:[eE][+-]?\d+)?\s*%?$|^\d{1,4}\s*[-/.年月]\s*\d{1,2}\s*[-/.月日]"
)
#: Excel shows a number of more than eleven digits like this, and writes what it shows.
_EXCEL_DAMAGE = r"^-?\d(?:\.\d+)?E\+\d\d+$"
#: Fields of codes, whose values are not numbers even where they consist of digits.
_CODE_NAME = re.compile(
    r"码|号|代码|电话|手机|邮编|(?:^|_)(?:id|no|code|number|key|phone|tel|mobile|zip|postcode|ref)$", re.I
)
#: Digits from which a whole number with a point behind it (`430102001001.0`) is taken for a damaged code.
_LONG = 10
#: Digits that any 64-bit float keeps.
_EXACT_DIGITS = 15


def typed_column(
    name: str, column: pa.ChunkedArray, rows: RowIds, time_zone: str, decimal_comma: bool = False
) -> tuple[pa.ChunkedArray, list[str]]:
    """A text column in its type, with notes: on what was assumed, or on the value and row that keep it text.

    `rows` numbers the values for the notes. Blanks are null in any type but text. `decimal_comma`: numbers of this file
    are written like 1.234,50.

    >>> rows = np.arange(1, 4)
    >>> def type_of(*texts, name="n"):
    ...     made, notes = typed_column(name, pa.chunked_array([list(texts)]), rows, "UTC")
    ...     return str(made.type), *notes
    >>> type_of("1", None, "3"), type_of("1", "2.50"), type_of("2024-05-01", "2024年5月2日")
    (('int64',), ('double',), ('date32[day]',))
    >>> type_of("6", "-", "33")
    ('string', "field 'n' is text because of '-' in row 2")
    >>> type_of("4.30E+14", "4.30E+14")[1][:64]
    "field 'n' is text because of '4.30E+14' in row 1: Excel has lost"
    """
    trimmed = pc.utf8_trim_whitespace(column)
    values = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    if values.null_count == len(values):
        return column, []
    if decimal_comma and (numbers := _decimal_commas(values)) is not None:
        return numbers, [f"field {name!r} is written with decimal commas; it is read as numbers"]
    if (numbers := _numbers(name, values)) is not None:
        return numbers, [*_unnumbered_notes(name, values, rows), *_spelt_apart(name, values, numbers, rows)]
    if _all(values, _TRUTH):
        return values.cast(pa.bool_()), []
    if (days := _days(values)) is not None:
        return days, []
    if (found := _moments(name, values, rows, time_zone)) is not None:
        return found
    why = why_text(name, values, rows)
    return column, [why] if why else []


def why_text(name: str, column: pa.ChunkedArray, rows: RowIds) -> str | None:
    """Which value in which row keeps a text column from being numbers or days; None for a column of words.

    >>> why_text("n", pa.chunked_array([["12,345", "950"]]), np.array([1, 2]))
    "field 'n' is text because of '12,345' in row 1"
    >>> why_text("n", pa.chunked_array([["甲", "乙", "3"]]), np.arange(1, 4)) is None
    True
    """
    values = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    there = ~values.is_null().to_numpy()
    if 2 * _mask(values, _LIKE_A_VALUE).sum() < there.sum() or not there.any():
        return None
    numbers = _mask(values, _WHOLE) | _mask(values, _REAL)
    if _CODE_NAME.search(name):
        numbers = _mask(values, _WHOLE)
    kinds = [numbers & ~_inexact(values), _mask(values, f"^{_DAY}$"), _moment_mask(values)]
    best = max(kinds, key=lambda mask: int(mask.sum()))
    odd = np.flatnonzero(there & ~best)
    damaged = np.flatnonzero(_mask(values, _EXCEL_DAMAGE))
    if len(damaged):
        said, row = values[int(damaged[0])].as_py(), rows[damaged[0]]
        return (
            f"field {name!r} is text because of {said!r} in row {row}: Excel has lost digits of {len(damaged)} "
            "values; format the column as text or as a number without decimals there, and export it again"
        )
    if not len(odd):  # each of them is a number, and together they are none: a day that is none, or 1 and 1.0
        odd = np.flatnonzero(there)
    return f"field {name!r} is text because of {_short(values[int(odd[0])].as_py())} in row {rows[odd[0]]}"


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _mask(values: pa.ChunkedArray, pattern: str) -> Mask:
    found = pc.fill_null(pc.match_substring_regex(values, pattern), False)
    return found.to_numpy().astype(np.bool_)  # type: ignore[no-any-return]


def _all(values: pa.ChunkedArray, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(values, pattern)).as_py())


# -- numbers -----------------------------------------------------------------------------------------


def _numbers(name: str, values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The column as integers or reals; None where a value would not be what was written."""
    if _all(values, _WHOLE):
        try:
            return values.cast(pa.int64())
        except pa.ArrowInvalid:
            return None
    if _CODE_NAME.search(name):
        return None
    real, other = _mask(values, _REAL), _mask(values, _NO_NUMBER)
    there = ~values.is_null().to_numpy()
    if not real.any() or not (real | other)[there].all():
        return None
    if _mask(values, rf"^-?\d{{{_LONG},}}\.0*$").any() or _inexact(values).any():
        return None
    return values.cast(pa.float64())


def _inexact(values: pa.ChunkedArray) -> Mask:
    """Which numbers of many digits, or of a power of ten that is far up or down, a 64-bit float doesn't keep."""
    out = np.zeros(len(values), np.bool_)
    digits = pc.utf8_length(pc.replace_substring_regex(values, r"[eE].*|\D", ""))
    many = pc.fill_null(digits, 0).to_numpy() > _EXACT_DIGITS
    for at in np.flatnonzero(_mask(values, _REAL) & (many | _mask(values, _FAR_POWER))).tolist():
        out[at] = not _is_kept(values[at].as_py())
    return out


def _is_kept(text: str) -> bool:
    """Whether a 64-bit float printed with as many digits is the number again.

    >>> _is_kept("0.10000000000000001"), _is_kept("9007199254740993"), _is_kept("28.190000000000001")
    (True, False, True)
    >>> _is_kept("1e+400"), _is_kept("1e-400"), _is_kept("0e-400")
    (False, False, True)
    """
    if not math.isfinite(float(text)):
        return False
    mantissa = re.sub(r"[eE].*|\D", "", text).lstrip("0")
    printed = f"{float(text):.{max(len(mantissa), 1) - 1}e}"
    return re.sub(r"[eE].*|\D", "", printed).lstrip("0").rstrip("0") == mantissa.rstrip("0")


def _unnumbered_notes(name: str, values: pa.ChunkedArray, rows: RowIds) -> list[str]:
    """A note on values like `inf` and `nan`, which are kept but are null in every answer."""
    at = np.flatnonzero(_mask(values, _NO_NUMBER))
    if not len(at):
        return []
    first = values[int(at[0])].as_py()
    return [
        f"field {name!r} has {first!r} in row {rows[at[0]]}, {len(at)} such values; answers give null for them"
    ]


def _spelt_apart(name: str, values: pa.ChunkedArray, numbers: pa.ChunkedArray, rows: RowIds) -> list[str]:
    """A note where texts that differ are the same number: as codes, 1.1 and 1.10 are two."""
    if not pa.types.is_floating(numbers.type) or pc.count_distinct(values) == pc.count_distinct(numbers):
        return []
    first: dict[float, str] = {}
    for text, number in zip(values.to_pylist(), numbers.to_pylist(), strict=True):
        if number is None or number != number or first.setdefault(number, text) == text:
            continue
        at = [rows[pc.index(values, one).as_py()] for one in (first[number], text)]
        return [
            f"field {name!r} has {first[number]!r} in row {at[0]} and {text!r} in row {at[1]}, which are one number; "
            "if these are codes, end the heading with code or 编号: they are kept as text then"
        ]
    return []


def _decimal_commas(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Numbers like 1.234,50; None where one is none, or may be something else: 1,234 and 1.234 are ambiguous."""
    if not _all(values, r"^-?(?:0|[1-9]\d*|[1-9]\d{0,2}(?:\.\d{3})+)(?:,\d+)?$"):
        return None
    if _all(values, r"^-?\d+$") or _mask(values, r"^-?\d{1,3}[.,]\d{3}$").any():
        return None
    plain = pc.replace_substring(pc.replace_substring(values, ".", ""), ",", ".")
    return None if _inexact(plain).any() else plain.cast(pa.float64())


# -- days and moments --------------------------------------------------------------------------------


def _days(values: pa.ChunkedArray) -> pa.ChunkedArray | None:
    if not _all(values, f"^{_DAY}$"):
        return None
    parts = pc.extract_regex(values.combine_chunks(), f"^{_DAY}$")
    try:
        return pa.chunked_array([_iso_day(parts).cast(pa.date32())])
    except pa.ArrowInvalid:
        return None  # such as 30 February


def _iso_day(parts: pa.StructArray) -> pa.Array:
    year, month, day = (pc.struct_field(parts, key) for key in "ymd")
    return pc.binary_join_element_wise(year, _two(month), _two(day), "-")


def _two(texts: pa.Array) -> pa.Array:
    return pc.utf8_lpad(texts, 2, "0")


def _moment_mask(values: pa.ChunkedArray) -> Mask:
    return _mask(values, _MOMENTS[0]) | _mask(values, _MOMENTS[1])


def _moments(
    name: str, values: pa.ChunkedArray, rows: RowIds, time_zone: str
) -> tuple[pa.ChunkedArray, list[str]] | None:
    """The column as moments of UTC and what was assumed; None where a value is no moment."""
    there = ~values.is_null().to_numpy()
    if not _moment_mask(values)[there].all():
        return None
    whole = values.combine_chunks()
    iso = pc.coalesce(*(_iso_moment(pc.extract_regex(whole, pattern)) for pattern in _MOMENTS))
    fine = np.flatnonzero(_mask(pa.chunked_array([whole]), r"\.\d{3}\d*[1-9]\d*(?:\D|$)"))
    found = read_moments(iso, time_zone)
    if found.values.null_count > whole.null_count:
        return None  # such as 25 o'clock
    made = pa.chunked_array([found.values])
    notes = [without_zone(name, time_zone)] if found.without_zone else []
    notes += unsure_note(name, whole, found.unsure, rows, time_zone)
    if len(fine):
        said, row = whole[int(fine[0])].as_py(), rows[fine[0]]
        notes.append(f"field {name!r} is kept to the millisecond; row {row} says {said}")
    return made, notes


def _iso_moment(parts: pa.StructArray) -> pa.Array:
    """Texts like 2024-05-01T08:30:00.123+08:00 of the parts of a moment; null where there are none."""
    hour, minute, second, fraction, zone = (pc.struct_field(parts, key) for key in "hisfz")
    second = pc.if_else(pc.equal(second, ""), "00", second)
    fraction = pc.utf8_slice_codeunits(pc.binary_join_element_wise(fraction, "000", ""), 0, 4)
    fraction = pc.if_else(pc.starts_with(fraction, "."), fraction, ".000")
    fraction = pc.utf8_rpad(fraction, 4, "0")
    zone = pc.replace_substring_regex(zone, r"^([+-]\d\d)$", r"\1:00")
    zone = pc.replace_substring_regex(zone, r"^([+-]\d\d)(\d\d)$", r"\1:\2")
    clock = pc.binary_join_element_wise(_two(hour), minute, second, ":")
    return pc.binary_join_element_wise(_iso_day(parts), "T", clock, fraction, zone, "")
