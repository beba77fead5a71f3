"""The table in a text file: its delimiter, its header below any title, and its rows without those that are empty."""

from __future__ import annotations

import csv
import io
import itertools
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from cim.arrays.types import RowIds
from cim.errors import BadInput

DELIMITERS = ("\t", ";", "|", ",")
#: A title and notes may stand above the header, in this many rows.
_ABOVE = 10
_SEP = re.compile(r"\A\s*\"?sep=([^\w\r\n\"])\"?[ \t]*(?:\r\n|\n|\r)", re.I)
#: A line that is empty but for blanks: pyarrow passes over it without counting it.
_EMPTY_LINE = re.compile(r"(?:\A|\n)[ \t]*\r?\n|(?:\A|\r)[ \t]*\r(?!\n)")
_BLANK = r"^\s*$"


@dataclass(frozen=True, slots=True)
class TextTable:
    """Columns of text (null: nothing between the delimiters), and the number of each row below the header, from 1."""

    columns: pa.Table
    rows: RowIds
    delimiter: str
    notes: tuple[str, ...]


def separator_line(text: str) -> tuple[str | None, str]:
    """The delimiter that Excel's first line `sep=;` names (None: there is no such line), and the text below it.

    >>> separator_line("sep=;\\r\\na;b\\r\\n")
    (';', 'a;b\\r\\n')
    """
    found = _SEP.match(text)
    return (found[1], text[found.end() :]) if found else (None, text)


def read_text_table(
    path: Path, text: str, delimiter: str | None, is_header: Callable[[Sequence[str]], bool]
) -> TextTable:
    """The table of a text. `is_header` says whether a row has the headings that are needed; without any such row
    among the first, the first row is the header. `BadInput` for what is no table."""
    named, text = separator_line(text)
    notes = []
    if named is not None:
        notes.append(f"the first line says that {named!r} is the delimiter")
    if delimiter is not None and len(delimiter) != 1:
        raise BadInput(f"delimiter {delimiter!r} has to be one character, such as a comma or a semicolon")
    text = text.lstrip("\r\n")
    delimiter, header = layout(path, text, delimiter or named, is_header)
    upper = itertools.islice(records(io.StringIO(text, newline=""), delimiter), header)
    above = [record for record in upper if any(map(str.strip, record))]
    if above:
        title = next(cell.strip() for cell in above[0] if cell.strip())
        notes.append(f"{len(above)} rows above the header are passed over, such as {title!r}")
    lines = io.StringIO(text, newline="")
    names = next(itertools.islice(records(lines, delimiter), header, None))
    table, rows, blank = rows_of_body(path, text[lines.tell() :].rstrip("\r\n"), delimiter, len(names))
    if not table.num_rows:
        raise BadInput(f"{path} has no rows below its header; there is nothing to load")
    if blank:
        notes.append(f"{len(blank)} empty rows are passed over, the first is row {blank[0]}")
    table, names, dropped = _without_empty_columns(table, names)
    if dropped:
        notes.append(f"{dropped} columns without a heading or a value are passed over")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"{path} has columns of the same name: {', '.join(twice)}; give each its own")
    notes += _line_breaks(table.rename_columns(names), rows, delimiter)
    return TextTable(table.rename_columns(names), rows, delimiter, tuple(notes))


def layout(
    path: Path, text: str, delimiter: str | None, is_header: Callable[[Sequence[str]], bool]
) -> tuple[str, int]:
    """The delimiter, and how many records stand above the header."""
    first = text.split("\n", 1)[0]
    most_used = sorted(DELIMITERS, key=lambda d: (-first.count(d), d != ","))
    for one in [delimiter] if delimiter else most_used:
        first_few = list(itertools.islice(records(io.StringIO(text, newline=""), one), _ABOVE + 1))
        if not first_few:
            break
        filled = [sum(bool(cell.strip()) for cell in record) for record in first_few]
        for at, record in enumerate(first_few):
            # A title fills fewer cells than the header below it; a row of data that happens to name one does not.
            if is_header(record) and all(count < filled[at] for count in filled[:at]):
                return one, at
    chosen = delimiter or most_used[0]
    first_few = list(itertools.islice(records(io.StringIO(text, newline=""), chosen), _ABOVE + 1))
    if not first_few:
        raise BadInput(f"{path} holds no text; there is nothing to load")
    return chosen, next((at for at, record in enumerate(first_few) if any(map(str.strip, record))), 0)


def records(lines: io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """The records as Python's `csv` reads them."""
    csv.field_size_limit(sys.maxsize)  # a polygon may be a long text
    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise BadInput(f"this is no text table ({error})") from error


def rows_of_body(
    path: Path, body: str, delimiter: str, width: int, before: int = 0
) -> tuple[pa.Table, NDArray[np.int64], list[int]]:
    """The rows of the text below the header, their numbers, and the numbers of those that are empty and left out.

    `before`: so many rows stand above this text.
    """
    names = [str(at) for at in range(width)]
    if width == 1 or _EMPTY_LINE.search(body):
        table = _row_by_row(path, body, delimiter, names, before)
    else:
        table = _all_at_once(path, body, delimiter, names, before)
    empty = np.ones(table.num_rows, np.bool_)
    for column in table.columns:
        empty &= pc.fill_null(pc.match_substring_regex(column, _BLANK), True).to_numpy().astype(np.bool_)
    rows = np.arange(before + 1, before + table.num_rows + 1)
    return table.filter(pa.array(~empty)), rows[~empty], rows[empty].tolist()


def _all_at_once(path: Path, body: str, delimiter: str, names: list[str], before: int) -> pa.Table:
    content = body.encode()
    try:
        return pyarrow.csv.read_csv(
            pa.BufferReader(content),
            # One block, so that a quoted text may be as long as it likes.
            read_options=pyarrow.csv.ReadOptions(
                block_size=len(content) + 1, use_threads=True, column_names=names
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return _row_by_row(path, body, delimiter, names, before)  # which says in which row it is


def _row_by_row(path: Path, body: str, delimiter: str, names: list[str], before: int) -> pa.Table:
    """The same, slower, for a text with empty lines or rows of other lengths; cells too many may be empty."""
    lines: list[list[str | None]] = []
    width = len(names)
    for number, record in enumerate(records(io.StringIO(body, newline=""), delimiter), before + 1):
        if not record or (len(record) == 1 and not record[0].strip()):
            lines.append([None] * width)
        elif len(record) < width or any(map(str.strip, record[width:])):
            raise BadInput(
                f"{path} is no table with the same columns in every row: row {number} has {len(record)}, the header "
                f"{width} ({delimiter.join(record)[:60]!r}); it may be cut off, or lack quotes around a text"
            )
        else:
            lines.append([cell or None for cell in record[:width]])
    columns = zip(*lines, strict=True) if lines else [()] * width
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)}
    )


def _without_empty_columns(table: pa.Table, names: Sequence[str]) -> tuple[pa.Table, list[str], int]:
    """The table without columns that have neither a heading nor a value, and its headings; those without one but
    with values are called after their place."""
    names = [name.strip() for name in names]
    kept = [
        at
        for at, name in enumerate(names)
        if name or not pc.all(pc.fill_null(pc.match_substring_regex(table.column(at), _BLANK), True)).as_py()
    ]
    return table.select(kept), [names[at] or f"column_{at + 1}" for at in kept], len(names) - len(kept)


def _line_breaks(table: pa.Table, rows: RowIds, delimiter: str) -> list[str]:
    """Notes on texts over several lines: a quote that opens by mistake swallows rows until the next one."""
    notes = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        broken = pc.fill_null(pc.match_substring_regex(column, r"[\r\n]"), False).to_numpy()
        at = np.flatnonzero(broken)
        if not len(at):
            continue
        values = [column[int(one)].as_py() for one in at.tolist()]
        like_rows = [
            one
            for one, value in zip(at.tolist(), values, strict=True)
            if max(line.count(delimiter) for line in re.split(r"[\r\n]+", value)[1:])
            >= max(table.num_columns - 2, 1)
        ]
        first = like_rows[0] if like_rows else int(at[0])
        said = column[first].as_py()[:40]
        what = "and looks like rows that a quote has swallowed; look whether the quotes are in pairs"
        notes.append(
            f"field {name!r} goes over several lines in {len(at)} rows; row {rows[first]} says {said!r}"
            + (f" {what}" if like_rows else "")
        )
    return notes
