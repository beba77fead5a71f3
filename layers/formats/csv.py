"""CSV and TSV with coordinates: encoding, delimiter, header, position and types are found out."""

from __future__ import annotations

import codecs
from pathlib import Path

import pyarrow as pa

from cim.errors import BadInput
from layers.formats import suffixes
from layers.formats.csv_position import is_header, positions
from layers.formats.csv_table import read_text_table
from layers.formats.encodings import note_on_gb18030
from layers.formats.source import Progress, Source, tidy
from layers.formats.text_types import typed_column

SUFFIXES = suffixes.CSV


def read(
    path: Path,
    *,
    encoding: str | None = None,
    lon: str | None = None,
    lat: str | None = None,
    wkt: str | None = None,
    delimiter: str | None = None,
    time_zone: str = "UTC",
    progress: Progress | None = None,
) -> Source:
    """The rows of a text table, each with a position. Row 1 is the first below the header.

    A title above the header, empty rows and empty columns are passed over with a note. A row whose position can't be
    read is a defect, not an error. The columns that hold the position are not kept as fields. A column is numbers,
    days or moments only where every value can be written back as it was (`layers.formats.text_types`).
    """
    text, notes = decode(path, encoding)
    if not text.strip():
        raise BadInput(f"{path} holds no text; there is nothing to load")
    if not text.endswith(("\n", "\r")):
        notes.append("the file does not end with a line break; look whether its last row is whole")
    if text.count('"') % 2:
        # A quote that is never closed swallows every row after it, without a word from the parser.
        raise BadInput(f'{path} has a quoted text that is not closed ("); it may be cut off')
    table = read_text_table(path, text, delimiter, lambda record: is_header(record, (lon, lat, wkt)))
    found = positions(path, table.columns, lon=lon, lat=lat, wkt=wkt)
    notes += [
        *table.notes,
        f"the position is in {' and '.join(found.used)}, not kept as a field",
        *found.notes,
    ]
    rest = table.columns.drop_columns(list(found.used))
    columns = []
    for name, column in zip(rest.column_names, rest.columns, strict=True):
        typed, why = typed_column(name, column, table.rows, time_zone, found.decimal_comma)
        columns.append(typed)
        notes += why
    attributes, renamed = tidy(pa.table(columns, names=rest.column_names), time_zone)
    if progress:
        progress(len(found.shapes), len(found.shapes))
    return Source(
        geometry=found.shapes,
        attributes=attributes,
        crs=found.crs,
        row=table.rows,
        name=path.stem,
        path=str(path),
        notes=(*notes, *renamed),
        defects=found.defects,
        crs_default="EPSG:4326",
    )


def decode(path: Path, encoding: str | None = None) -> tuple[str, list[str]]:
    """The text of a file in UTF-8, UTF-16 or GB18030 (GBK), whichever it is, and what there is to note of it."""
    content = path.read_bytes()
    if encoding is None:
        if content.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
    tried = [encoding] if encoding else ["utf-8", "gb18030"]
    if encoding is None:
        require_text(path, content[:4096])
    for one in tried:
        try:
            text = content.decode(one)
        except LookupError as error:
            raise BadInput(f"{one!r} is no encoding; name one like GB18030 or UTF-8") from error
        except UnicodeDecodeError as error:
            # Any bytes are some Chinese in GB18030: UTF-8 that only lacks its end is not tried as that.
            if error.reason == "unexpected end of data" and not content[: error.start].isascii():
                break
            continue
        return text, [note_on_gb18030(text)] if one == "gb18030" and encoding is None else []
    raise no_encoding(path, tried)


def require_text(path: Path, beginning: bytes) -> None:
    """Nothing for the beginning of a text file, else `BadInput`."""
    if b"\0" in beginning:
        raise BadInput(f"{path} is no text file; export it as CSV")


def no_encoding(path: Path, tried: list[str]) -> BadInput:
    """The error of a file that is in none of the encodings that were tried."""
    return BadInput(
        f"{path} is not in {' or '.join(tried)}, or cut off inside a character; name its --encoding"
    )
