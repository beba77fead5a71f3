"""A text table with positions, some thousand rows at a time: in bounded memory, whatever its size, every text kept."""

from __future__ import annotations

import codecs
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import pyarrow as pa

from cim.errors import BadInput
from layers.formats.csv import no_encoding, require_text
from layers.formats.csv_position import Positions, is_header, positions
from layers.formats.csv_table import layout, records, rows_of_body, separator_line
from layers.formats.source import Source

#: Characters of a piece, unless one row alone is longer.
PIECE = 1_000_000
_CHUNK = 1_000_000


@dataclass(frozen=True, slots=True)
class _Head:
    """The delimiter, the headings, and the text below them as far as it is read."""

    delimiter: str
    names: list[str]
    body: str


def pieces(path: Path, size: int = PIECE) -> Iterator[Source]:
    """The rows of a CSV, some at a time; all attributes are text as it is written, under the headings of the file.

    The first piece decides which columns hold the position. `BadInput` where a later one is written otherwise, and for
    what is no table.
    """
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = _head(path, file, size)
        first: Positions | None = None
        before = 0
        for piece in _cut_at_rows(file, head.body, size):
            table, rows, blank = rows_of_body(path, piece, head.delimiter, len(head.names), before)
            before += table.num_rows + len(blank)
            if not table.num_rows:
                continue
            table = table.rename_columns(head.names)
            found = _positions(path, table, first)
            first = first or found
            rest = table.drop_columns(list(found.used))
            yield Source(
                geometry=found.shapes,
                attributes=rest,
                crs=found.crs,
                row=rows,
                name=path.stem,
                path=str(path),
                notes=found.notes,
                defects=found.defects,
                crs_default="EPSG:4326",
            )
    if first is None:
        raise BadInput(f"{path} has no rows below its header; there is nothing to read")


def position_columns(path: Path) -> tuple[str, ...]:
    """The columns that hold the position: of longitude and latitude, or of both."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as file:
        head = _head(path, file, PIECE)
        for piece in _cut_at_rows(file, head.body, PIECE):
            table, _, _ = rows_of_body(path, piece, head.delimiter, len(head.names))
            if table.num_rows:
                return _positions(path, table.rename_columns(head.names), None).used
    raise BadInput(f"{path} has no rows below its header; there is nothing to read")


def _positions(path: Path, table: pa.Table, first: Positions | None) -> Positions:
    """The positions of a piece, read as the first one is."""
    if first is None:
        return positions(path, table, lon=None, lat=None, wkt=None)
    if len(first.used) == 2:
        found = positions(path, table, lon=first.used[0], lat=first.used[1], wkt=None)
    else:
        found = positions(path, table, lon=None, lat=None, wkt=first.used[0])
    for habit in ("are written with", "is read as"):
        ways = {note for notes in (first.notes, found.notes) for note in notes if habit in note}
        if len(ways) > 1:
            raise BadInput(f"{path} writes its positions in several ways: {'; '.join(sorted(ways))}; use one")
    if found.crs != first.crs:
        raise BadInput(f"{path} names several systems, {first.crs} and {found.crs}; divide it")
    return replace(found, notes=())


def _encoding(path: Path) -> str:
    """UTF-8, UTF-16 or GB18030, whichever the whole file is; `BadInput` for other bytes and a quote left open."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    if beginning.startswith(codecs.BOM_UTF8):
        tried = ["utf-8-sig"]
    elif beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tried = ["utf-16"]
    else:
        require_text(path, beginning)
        tried = ["utf-8", "gb18030"]
    for one in tried:
        quotes, ascii_so_far = 0, True
        try:
            with path.open(encoding=one, newline="") as file:
                while chunk := file.read(_CHUNK):
                    quotes += chunk.count('"')
                    ascii_so_far = ascii_so_far and chunk.isascii()
        except UnicodeDecodeError as error:
            # Any bytes are some Chinese in GB18030: UTF-8 that only lacks its end is not tried as that.
            if error.reason == "unexpected end of data" and not ascii_so_far:
                break
            continue
        if quotes % 2:
            raise BadInput(f'{path} has a quoted text that is not closed ("); it may be cut off')
        return one
    raise no_encoding(path, tried)


def _head(path: Path, file: TextIO, size: int) -> _Head:
    text = file.read(size)
    named, text = separator_line(text)
    text = text.lstrip("\r\n")
    delimiter, header = layout(path, text, named, lambda record: is_header(record, (None,)))
    lines = io.StringIO(text, newline="")
    names = [name.strip() for name in next(itertools.islice(records(lines, delimiter), header, None))]
    names = [name or f"column_{at}" for at, name in enumerate(names, 1)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"{path} has columns of the same name: {', '.join(twice)}; give each its own")
    return _Head(delimiter, names, text[lines.tell() :])


def _cut_at_rows(file: TextIO, body: str, size: int) -> Iterator[str]:
    """The text in pieces that end where a row does."""
    while chunk := file.read(size):
        body += chunk
        end = _last_row_end(body)
        if end:
            yield body[:end]
            body = body[end:]
    if body.strip("\r\n"):
        yield body.rstrip("\r\n")


def _last_row_end(body: str) -> int:
    """Where the last whole row ends, outside of quotes; 0 where none does.

    >>> _last_row_end('1,a\\n2,"b\\n'), _last_row_end("1")
    (4, 0)
    """
    line_end = "\n" if "\n" in body else "\r"
    odd, end = body.count('"') % 2, len(body)
    while (at := body.rfind(line_end, 0, end)) >= 0:
        odd ^= body.count('"', at, end) % 2
        if not odd:
            return at + 1
        end = at
    return 0
