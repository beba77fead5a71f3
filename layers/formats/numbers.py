"""Numbers written as text, read only where each of them can be written back as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: A 64-bit float gives back every decimal number of up to this many digits.
_SURE_DIGITS = 15
_WHOLE = r"^[+-]?\d+$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_PARTS = re.compile(r"[+-]?\d*\.?(\d*)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first value that keeps a column from being of a type: its position, its text and what is wrong with it."""

    at: int
    text: str
    why: str


def read_numbers(texts: pa.Array) -> pa.Array | Misfit:
    """The texts as int64, else as float64, if every one of them can be written back as it was read; else the first
    that can't. Null stays null.

    >>> read_numbers(pa.array(["43010200100100012345"]))
    Misfit(at=0, text='43010200100100012345', why='has more digits than a number can keep')
    >>> read_numbers(pa.array(["2.50", None, "1e3"])).to_pylist()
    [2.5, None, 1000.0]
    """
    if _all_match(texts, _WHOLE):
        whole = _whole(texts)
        return (
            whole
            if whole is not None
            else Misfit(*_first_too_long(texts), "has more digits than a number can keep")
        )
    unlike = pc.invert(pc.fill_null(pc.match_substring_regex(texts, _NUMBER), True))
    if pc.any(unlike).as_py():
        at = int(np.argmax(unlike.to_numpy(zero_copy_only=False)))
        return Misfit(at, texts[at].as_py(), "is no number")
    reals = texts.cast(pa.float64())
    lossy = _first_lossy(texts, reals)
    if lossy is None:
        return reals
    if _all_match(texts, r"^[+-]?\d+\.?0*$"):
        whole = _whole(pc.replace_substring_regex(texts, r"\.0*$", ""))
        if whole is not None:
            return whole
    return Misfit(lossy, texts[lossy].as_py(), "has more digits than a number can keep")


def read_decimals(column: pa.ChunkedArray) -> pa.Array | Misfit:
    """An Arrow decimal column as numbers, under the same rule."""
    return read_numbers(column.cast(pa.string()).combine_chunks())


def digits(column: pa.ChunkedArray) -> pa.Array | Misfit:
    """Numbers as the text of a code: whole ones as digits, none in powers of ten.

    Above 2^53 a float is no longer the number that was written, so it is a misfit.

    >>> digits(pa.chunked_array([[4.3e15, 2.5, None]])).to_pylist()
    ['4300000000000000', '2.5', None]
    """
    if not pa.types.is_floating(column.type):
        return column.cast(pa.string()).combine_chunks()
    values = column.to_pylist()
    for at, value in enumerate(values):
        if value is not None and abs(value) >= 2**53:
            return Misfit(at, repr(value), "may have lost its last digits; store codes as text")
    return pa.array([None if v is None else plain(v) for v in values], pa.string())


def plain(value: float) -> str:
    """A float in its shortest decimal form, without a power of ten and without `.0`.

    >>> plain(4.3e15), plain(1e-7), plain(-0.5)
    ('4300000000000000', '0.0000001', '-0.5')
    """
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def _all_match(texts: pa.Array, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(texts, pattern)).as_py() is not False


def _whole(texts: pa.Array) -> pa.Array | None:
    try:
        return pc.replace_substring_regex(texts, r"^\+", "").cast(pa.int64())
    except pa.ArrowInvalid:
        return None


def _first_too_long(texts: pa.Array) -> tuple[int, str]:
    values: Iterable[tuple[int, str | None]] = enumerate(texts.to_pylist())
    return next((at, text) for at, text in values if text is not None and not -(2**63) <= int(text) < 2**63)


def _first_lossy(texts: pa.Array, reals: pa.Array) -> int | None:
    """The first position whose text a float does not give back. Only those with many digits are looked at singly."""
    bare = pc.replace_substring_regex(texts, r"[eE].*$", "")
    bare = pc.replace_substring_regex(bare, r"^[+-]?[0.]*", "")
    bare = pc.replace_substring_regex(bare, r"^(\d*)\.(\d*)$", r"\1\2")
    long = pc.greater(pc.utf8_length(pc.utf8_rtrim(bare, "0")), _SURE_DIGITS)
    # Of few digits, but beyond what a float reaches: 1e999, 1e-999.
    size = pc.abs(reals)
    extreme = pc.or_(
        pc.greater(size, 1e300), pc.and_(pc.less(size, 1e-300), pc.greater(pc.utf8_length(bare), 0))
    )
    for at in np.flatnonzero(
        pc.fill_null(pc.or_(long, extreme), False).to_numpy(zero_copy_only=False)
    ).tolist():
        if not _writes_back(texts[at].as_py(), reals[at].as_py()):
            return at
    return None


def _writes_back(text: str, value: float) -> bool:
    """Whether the float, written with as many digits as the text has, is the text's number again."""
    parts = _PARTS.fullmatch(text)
    if parts is None or value in (float("inf"), float("-inf")):
        return False
    try:
        number: Any = Decimal(text)
    except InvalidOperation:
        return False
    form = "e" if "e" in text.lower() else "f"
    return number in (Decimal(repr(value)), Decimal(format(value, f".{len(parts[1])}{form}")))
