"""Tables without positions, from Excel or CSV: rows of text by the names that their fields go by."""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cim.errors import BadInput, Fault, FaultyData
from layers.formats.csv import SUFFIXES as CSV_SUFFIXES
from layers.formats.csv import decode
from layers.formats.csv_table import DELIMITERS, separator_line

EXCEL_SUFFIXES = (".xlsx", ".xlsm")
#: A title and notes may stand above the header, in so many rows.
_ABOVE = 10

Row = tuple[int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below the header, each with its number (1 is the first) and its text by field; what to note of it."""

    rows: list[Row]
    notes: tuple[str, ...]


def read_table(
    path: Path,
    fields: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Table:
    """The table of a file: `fields` says by which headings each field goes, `needed` which must be there.

    The header is the first row with a needed heading; blank rows are passed over, merged cells hold their value in
    each row. `BadInput` for what is no such file, `FaultyData` for headings that are missing or there twice.
    """
    notes: list[str] = []
    if path.suffix.lower() in EXCEL_SUFFIXES:
        lines = _excel(path, sheet)
    elif path.suffix.lower() in CSV_SUFFIXES:
        if sheet is not None:
            raise BadInput(f"{path} is a text table and has no sheets")
        lines, notes = _text(path, encoding)
    else:
        kinds = ", ".join((*EXCEL_SUFFIXES, *CSV_SUFFIXES))
        raise BadInput(f"{path.name}: a table is one of {kinds}; save an old .xls as .xlsx")
    names = {_heading(alias): field for field, aliases in fields.items() for alias in (field, *aliases)}
    at = _header(lines, names, needed)
    if at is None:
        said = ", ".join(filter(None, lines[0])) if lines else "nothing"
        wanted = ", ".join(f"{field} ({fields[field][0]})" for field in needed)
        what = f"no row has the headings {wanted}; the first row has: {said}"
        raise FaultyData(f"{path.name}: {what}", [Fault(None, what)])
    columns = [names.get(_heading(text)) for text in lines[at]]
    twice = sorted({field for field in columns if field and columns.count(field) > 1})
    missing = [field for field in needed if field not in columns]
    faults = [Fault(None, f"two columns are {field} ({fields[field][0]})") for field in twice]
    faults += [Fault(None, f"there is no column {field} ({fields[field][0]})") for field in missing]
    if faults:
        raise FaultyData(f"{path.name}: " + "; ".join(fault.what for fault in faults), faults)
    extra = [text for text, field in zip(lines[at], columns, strict=True) if text and field is None]
    notes += [f"column {text!r} is no field and was left out" for text in extra]
    rows = []
    for number, line in enumerate(lines[at + 1 :], 1):
        row = {field: text for field, text in zip(columns, line, strict=False) if field and text}
        if row:
            rows.append((number, row))
    return Table(rows, tuple(notes))


def _heading(text: str) -> str:
    """A heading without what differs by taste: case, spaces, and what stands in brackets."""
    return "".join(text.lower().replace("（", "(").split("(")[0].split())


def _header(lines: Sequence[Sequence[str]], names: Mapping[str, str], needed: Sequence[str]) -> int | None:
    """The row with most needed headings among the first, None where none has any."""
    counts = [len({names.get(_heading(text)) for text in line} & set(needed)) for line in lines[:_ABOVE]]
    most = max(counts, default=0)
    return counts.index(most) if most else None


def _text(path: Path, encoding: str | None) -> tuple[list[list[str]], list[str]]:
    text, notes = decode(path, encoding)
    named, text = separator_line(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = named or max(DELIMITERS, key=lambda d: (first.count(d), d == ","))
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadInput(f"{path} is no text table that can be read ({error}); it may be cut off") from error
    return [[cell.strip() for cell in line] for line in lines], notes


def _excel(path: Path, sheet: str | None) -> list[list[str]]:
    import openpyxl  # here: whoever loads no Excel file need not load it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of styles and drop-down lists, which are not read
            book = openpyxl.load_workbook(path, data_only=True)
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        openpyxl.utils.exceptions.InvalidFileException,
    ) as error:
        raise BadInput(
            f"{path} is no Excel workbook that can be read ({error}); it may be cut off"
        ) from error
    names = [one.title for one in book.worksheets]
    if sheet is not None and sheet not in names:
        raise BadInput(f"{path} has no sheet {sheet!r}; it has: {', '.join(names)}")
    if not names:
        raise BadInput(f"{path} has no sheet with cells")
    page: Any = book[sheet] if sheet is not None else book.worksheets[0]
    lines = [[_cell(value) for value in line] for line in page.iter_rows(values_only=True)]
    for merged in page.merged_cells.ranges:
        left, top, right, bottom = merged.bounds
        for line in lines[top - 1 : bottom]:
            line[left - 1 : right] = [lines[top - 1][left - 1]] * (right - left + 1)
    return lines


def _cell(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as 2026-01-31."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return str(value).strip()
