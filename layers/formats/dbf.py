"""The table of a shapefile, read from the bytes of its .dbf: each number, day and text exactly as it is written.

GDAL makes 6 of `6+1`, 0 of `约21`, 1970-01-01 of a day that is none and one float of two 20-digit codes, mostly
without a warning. Fields are slices of fixed-width records, so a column is read with a few array operations.

Source: dBASE III+ and ESRI's shapefile technical description; blanks, NULs and asterisks are "no value".
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.errors import BadInput
from layers.formats.numbers import Misfit, read_numbers
from layers.formats.times import read_days

_END_OF_FIELDS = 0x0D
_BINARY = {"I": ("<i4", 4), "O": ("<f8", 8), "B": ("<f8", 8)}


@dataclass(frozen=True, slots=True)
class DbfField:
    """One field: its name as bytes, its type letter, where it lies in a record, and its decimals."""

    name: bytes
    kind: str
    start: int
    size: int
    decimals: int


@dataclass(frozen=True, slots=True)
class Dbf:
    """The header and the records of a .dbf: uint8[rows, width], memory-mapped; the first byte is `*` where deleted."""

    path: Path
    language: int
    fields: tuple[DbfField, ...]
    records: NDArray[np.uint8]

    @property
    def live(self) -> Mask:
        """The rows that are not marked as deleted."""
        mask: Mask = self.records[:, 0] != ord("*")
        return mask


def dbf_size(path: Path) -> tuple[int, int]:
    """The rows of a .dbf and the bytes that it has to have at least; `BadInput` where it has no header."""
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise BadInput(f"{path} has {len(head)} bytes, not even a header; it is cut off, copy it again")
    rows, header, width = struct.unpack("<IHH", head[4:12])
    return rows, header + rows * width


def open_dbf(path: Path) -> Dbf:
    """The fields and records of a .dbf that is as long as it says. `BadInput` where they do not fit each other."""
    content = np.memmap(path, dtype=np.uint8, mode="r")
    rows, header, width = struct.unpack("<IHH", content[4:12].tobytes())
    fields = []
    start = 1
    for at in range(32, header - 31, 32):
        raw = content[at : at + 32].tobytes()
        if raw[0] == _END_OF_FIELDS:
            break
        fields.append(DbfField(raw[:11].split(b"\0", 1)[0], chr(raw[11]).upper(), start, raw[16], raw[17]))
        start += raw[16]
    if start > width:
        raise BadInput(
            f"{path} says its rows have {width} bytes, but its fields take {start}; export it again"
        )
    records = content[header : header + rows * width].reshape(rows, width)
    return Dbf(path, int(content[29]), tuple(fields), records)


def sample_texts(dbf: Dbf, most_rows: int = 20_000) -> list[bytes]:
    """The field names and distinct values of some rows that are not ASCII alone, as bytes."""
    texts = [field.name for field in dbf.fields]
    sample = dbf.records[:: max(1, len(dbf.records) // most_rows)]
    for field in dbf.fields:
        if field.size and field.kind not in _BINARY:
            values = np.unique(_bytes(sample, field)).tolist()
            texts += [value.split(b"\0", 1)[0].rstrip(b" ") for value in values if not value.isascii()]
    return texts


def read_dbf(dbf: Dbf, encoding: str) -> tuple[pa.Table, list[str]]:
    """The rows that are not deleted, and notes. A number or day that can't be kept as it was written makes its
    column text; the note says which row and value decided it. `BadInput` where text is not in the encoding.
    """
    live = np.flatnonzero(dbf.live)
    records = dbf.records if len(live) == len(dbf.records) else dbf.records[live]
    columns, names, notes = [], [], []
    for field in dbf.fields:
        name = _decoded_one(field.name, encoding) or "field"
        column, note = _column(dbf, records, field, encoding, live + 1)
        if note:
            notes.append(f"field {name!r} {note}")
        if column is not None:
            names.append(name)
            columns.append(column)
    return pa.table(columns, names=names), notes


def _column(
    dbf: Dbf, records: NDArray[np.uint8], field: DbfField, encoding: str, row: NDArray[np.int64]
) -> tuple[pa.Array | None, str]:
    """A field's values and the remark about them; no values where they lie in another file."""
    if field.kind in _BINARY and field.size == _BINARY[field.kind][1]:
        raw = np.ascontiguousarray(records[:, field.start : field.start + field.size])
        return pa.array(raw.view(_BINARY[field.kind][0]).ravel()), ""
    if field.kind in "MGP":
        return None, "is a memo, whose text lies in another file; it is left out"
    if not field.size:
        return pa.nulls(len(records), pa.string()), "has no width; it is empty"
    if field.kind in "NF":
        return _numbers(_plain(dbf, records, field, encoding), field, row)
    if field.kind == "D":
        return _dates(_plain(dbf, records, field, encoding), row)
    if field.kind == "L":
        return _truths(_plain(dbf, records, field, encoding), row)
    texts = _texts(dbf, records, field, encoding)
    return texts, "" if field.kind == "C" else f"is of type {field.kind!r}, which is read as text"


def _numbers(texts: pa.Array, field: DbfField, row: NDArray[np.int64]) -> tuple[pa.Array, str]:
    starred = pc.match_substring_regex(texts, r"^\*+$")
    nan = pc.match_substring_regex(texts, r"(?i)^[+-]?nan$")
    none = pc.fill_null(pc.or_(starred, nan), False)
    note = ""
    if pc.any(none).as_py():
        at = int(np.argmax(none.to_numpy(zero_copy_only=False)))
        count = pc.sum(none).as_py()
        note = f"has no number in {count} rows; they are empty (the first is row {row[at]}: {texts[at].as_py()!r})"
        texts = pc.if_else(none, pa.scalar(None, pa.string()), texts)
    if not field.decimals and field.kind == "N":
        for pattern, why in (
            (r"^[+-]?0\d", "begins with a zero, as codes do"),
            (r"^[+-]?[\d.]+[eE]", "is a power of ten in a field of whole numbers"),
        ):
            odd = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
            if pc.any(odd).as_py():
                at = int(np.argmax(odd.to_numpy(zero_copy_only=False)))
                return texts, _as_text(Misfit(at, texts[at].as_py(), why), row, note)
    found = read_numbers(texts)
    if isinstance(found, Misfit):
        return texts, _as_text(found, row, note)
    if field.decimals and pa.types.is_integer(found.type) and found.null_count < len(found):
        found = _real_where_exact(found)
    return found, note


def _real_where_exact(whole: pa.Array) -> pa.Array:
    """Whole numbers of a field with decimals: real, as the field says, unless a float would change them."""
    try:
        return whole.cast(pa.float64())  # Arrow refuses what is beyond 2^53
    except pa.ArrowInvalid:
        return whole


def _dates(texts: pa.Array, row: NDArray[np.int64]) -> tuple[pa.Array, str]:
    none = pc.fill_null(pc.match_substring_regex(texts, r"^[0*]+$"), False)
    texts = pc.if_else(none, pa.scalar(None, pa.string()), texts)
    days = read_days(texts, basic=True)
    wrong = pc.and_(days.is_null(), texts.is_valid())
    if not pc.any(wrong).as_py():
        return days, ""
    at = int(np.argmax(wrong.to_numpy(zero_copy_only=False)))
    return pc.coalesce(days.cast(pa.string()), texts), _as_text(
        Misfit(at, texts[at].as_py(), "is no day"), row, ""
    )


def _truths(texts: pa.Array, row: NDArray[np.int64]) -> tuple[pa.Array, str]:
    texts = pc.if_else(pc.fill_null(pc.equal(texts, "?"), False), pa.scalar(None, pa.string()), texts)
    yes, no = pc.match_substring_regex(texts, "^[TtYy1]$"), pc.match_substring_regex(texts, "^[FfNn0]$")
    wrong = pc.fill_null(pc.invert(pc.or_(yes, no)), False)
    if not pc.any(wrong).as_py():
        return yes, ""
    at = int(np.argmax(wrong.to_numpy(zero_copy_only=False)))
    return texts, _as_text(Misfit(at, texts[at].as_py(), "is neither true nor false"), row, "")


def _as_text(misfit: Misfit, row: NDArray[np.int64], before: str) -> str:
    kept = f"is kept as text: {misfit.text!r} in row {row[misfit.at]} {misfit.why}"
    return f"{before}; it {kept}" if before else kept


def _bytes(records: NDArray[np.uint8], field: DbfField) -> NDArray[Any]:
    part = np.ascontiguousarray(records[:, field.start : field.start + field.size])
    return part.view(f"S{field.size}").ravel()


def _plain(dbf: Dbf, records: NDArray[np.uint8], field: DbfField, encoding: str) -> pa.Array:
    """The texts of a field that is no text by itself, without the blanks around them; null where there is none."""
    part = records[:, field.start : field.start + field.size]
    if (part < 0x80).all():
        texts = pa.array(_bytes(records, field), pa.binary()).cast(pa.string())
    else:  # Chinese in a number: 约21
        texts = _texts(dbf, records, field, encoding)
    texts = pc.utf8_trim(pc.replace_substring(texts, "\0", " "), " ")
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _texts(dbf: Dbf, records: NDArray[np.uint8], field: DbfField, encoding: str) -> pa.Array:
    """The texts of a field, up to their first NUL and without the blanks at their ends; null where none is left."""
    raw = _bytes(records, field)
    in_utf8 = codecs.lookup(encoding).name == "utf-8"
    texts = pa.array(raw if in_utf8 else _recode(dbf, raw, field, encoding), pa.binary())
    try:
        texts = texts.cast(pa.string())
    except pa.ArrowInvalid:
        texts = pa.array([_decode(dbf, one, field, "utf-8") for one in texts.to_pylist()], pa.string())
    texts = pc.utf8_trim(pc.replace_substring_regex(texts, r"\x00.*$", ""), " ")
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _recode(dbf: Dbf, raw: NDArray[Any], field: DbfField, encoding: str) -> list[bytes]:
    """The values in UTF-8; decoded as one text with a line for each, which no character's bytes can hold."""
    values = raw.tolist()
    try:
        lines = b"\n".join(values).decode(encoding).split("\n")
    except UnicodeDecodeError:
        lines = []
    if len(lines) != len(values):  # a line break in a value, or half a character at its end
        lines = [_decode(dbf, one, field, encoding) for one in values]
    return [line.encode() for line in lines]


def _decode(dbf: Dbf, value: bytes, field: DbfField, encoding: str) -> str:
    try:
        return _decoded_one(value.split(b"\0", 1)[0], encoding)
    except UnicodeDecodeError as error:
        name = field.name.decode(encoding, "replace")
        raise BadInput(
            f"{dbf.path} is not in the encoding {encoding} ({value[:20]!r} in field {name!r}); "
            "name another with --encoding"
        ) from error


def _decoded_one(value: bytes, encoding: str) -> str:
    """A value as text. One that fills its field may end within a character, of which nothing is kept."""
    return codecs.getincrementaldecoder(encoding)().decode(value)
