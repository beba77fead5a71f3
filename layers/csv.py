"""CSV and TSV with coordinates: encoding, delimiter, position columns and types are found out."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from numpy.typing import NDArray

from cim.errors import BadInput
from layers.source import Defect, Progress, Source, tidy

SUFFIXES = (".csv", ".tsv", ".txt")

_LON = ("lon", "lng", "long", "longitude", "经度", "东经", "x", "x坐标", "coord_x", "point_x")
_LAT = ("lat", "latitude", "纬度", "北纬", "y", "y坐标", "coord_y", "point_y")
_WKT = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "几何")
_DATES = ("%Y/%m/%d",)
_MOMENTS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")


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

    A row whose coordinates are no numbers is a defect, not an error. The columns that hold the position
    are not kept as fields. Numbers with leading zeros are codes and stay text.
    """
    text, notes = decoded(path, encoding)
    if not text.strip():
        raise BadInput(f"{path} holds no text; there is nothing to load")
    if not text.endswith(("\n", "\r")):
        notes.append("the file does not end with a line break; look whether its last row is whole")
    if text.count('"') % 2:
        # A quote that is never closed swallows every row after it, without a word from the parser.
        raise BadInput(f'{path} has a quoted text that is not closed ("); it may be cut off')
    table = _table(path, text, delimiter)
    names = table.column_names
    if wkt or not (lon or lat):
        wkt = _pick(path, names, wkt, _WKT, "wkt", needed=wkt is not None)
    if wkt and not (lon or lat):
        used = [wkt]
        shapes, defects = _from_wkt(table.column(wkt))
    else:
        lon = _pick(path, names, lon, _LON, "lon", needed=True)
        lat = _pick(path, names, lat, _LAT, "lat", needed=True)
        used = [str(lon), str(lat)]
        shapes, defects = _points(table, *used)
    notes.append(f"the position is in {' and '.join(used)}, not kept as a field")
    rest = table.drop_columns(used)
    typed = pa.table([_typed(column) for column in rest.columns], names=rest.column_names)
    attributes, renamed = tidy(typed, time_zone)
    if progress:
        progress(len(shapes), len(shapes))
    rows = np.arange(1, len(shapes) + 1)
    notes += renamed
    return Source(shapes, attributes, None, rows, path.stem, str(path), tuple(notes), defects, "EPSG:4326")


def decoded(path: Path, encoding: str | None = None) -> tuple[str, list[str]]:
    """The text of a file in UTF-8, UTF-16 or GB18030 (GBK), whichever it is, and what there is to note of it."""
    content = path.read_bytes()
    if encoding is None:
        if content.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
    tried = [encoding] if encoding else ["utf-8", "gb18030"]
    if encoding is None and b"\0" in content[:4096]:
        raise BadInput(f"{path} is no text file; export it as CSV")
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
        return text, ["text is read as GB18030"] if one == "gb18030" and encoding is None else []
    raise BadInput(
        f"{path} is not in {' or '.join(tried)}, or cut off inside a character; name its --encoding"
    )


def _table(path: Path, text: str, delimiter: str | None) -> pa.Table:
    """The table as text columns, each as long as the header says."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    if delimiter is None:
        delimiter = max("\t;|,", key=lambda d: (header.count(d), d == ","))
    if len(delimiter) != 1:
        raise BadInput(f"delimiter {delimiter!r} has to be one character, such as a comma or a semicolon")
    content = text.encode()
    parse = pyarrow.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    # One block, so that a quoted text may be as long as it likes.
    blocks = pyarrow.csv.ReadOptions(block_size=len(content) + 1, use_threads=True)
    try:
        with pyarrow.csv.open_csv(
            pa.BufferReader(content), read_options=blocks, parse_options=parse
        ) as reader:
            names = reader.schema.names
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise BadInput(f"{path} has columns of the same name: {', '.join(twice)}; give each its own")
        convert = pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
            quoted_strings_can_be_null=False,
        )
        return pyarrow.csv.read_csv(
            pa.BufferReader(content), read_options=blocks, parse_options=parse, convert_options=convert
        )
    except pa.ArrowInvalid as error:
        raise BadInput(
            f"{path} is no table with the same columns in every row ({error}); it may be cut off"
        ) from error


def _pick(
    path: Path, names: list[str], told: str | None, known: tuple[str, ...], option: str, *, needed: bool
) -> str | None:
    """The column that is told, else the first of the known names that the table has, whatever its case."""
    if told is not None:
        if told not in names:
            raise BadInput(f"{path} has no column {told!r}; it has: {', '.join(names)}")
        return told
    found = [name for one in known for name in names if name.strip().lower() == one]
    if not found and needed:
        raise BadInput(
            f"{path}: no column looks like {option}; name it with --{option}, of: {', '.join(names)}"
        )
    return found[0] if found else None


def _points(table: pa.Table, lon: str, lat: str) -> tuple[NDArray[Any], tuple[Defect, ...]]:
    numbers = []
    whats: dict[int, str] = {}
    for name in (lon, lat):
        column = pc.utf8_trim_whitespace(table.column(name).combine_chunks())
        good = pc.match_substring_regex(column, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$")
        wrong = np.flatnonzero(~pc.fill_null(good, False).to_numpy(zero_copy_only=False))
        for at in wrong.tolist():
            value = column[at].as_py()
            whats.setdefault(at, f"{name} is {value!r}, not a number" if value else f"{name} is empty")
        numbers.append(pc.if_else(good, column, None).cast(pa.float64()).to_numpy(zero_copy_only=False))
    shapes = shapely.points(np.column_stack(numbers))
    shapes[list(whats)] = None
    return shapes, tuple(Defect(at, what) for at, what in sorted(whats.items()))


def _from_wkt(column: pa.ChunkedArray) -> tuple[NDArray[Any], tuple[Defect, ...]]:
    texts = column.to_numpy()
    shapes = shapely.from_wkt(texts, on_invalid="ignore")
    refused = np.flatnonzero(
        shapely.is_missing(shapes) & np.array([bool(text) for text in texts], dtype=bool)
    )
    return shapes, tuple(_wkt_defect(at, texts[at]) for at in refused.tolist())


def _wkt_defect(at: int, text: str) -> Defect:
    repaired = shapely.from_wkt(text, on_invalid="fix")
    if repaired is not None:
        return Defect(at, "a ring is not closed", repaired)
    return Defect(at, f"{text[:40]!r} is no WKT that can be read")


def _typed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A text column in the narrowest type that holds every value; codes with leading zeros stay text.

    >>> [_typed(pa.chunked_array([v])).type for v in (["1", None], ["01", "2"], ["1.5"], ["2024-05-01"])]
    [DataType(int64), DataType(string), DataType(double), DataType(date32[day])]
    """
    if column.null_count == len(column):
        return column
    if pc.any(pc.match_substring_regex(column, r"^[+-]?0\d")).as_py():
        return column
    digits = pc.all(pc.match_substring_regex(column, r"^[+-]?\d+$")).as_py()
    kinds = (pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("ms"), pa.timestamp("ms", "UTC"))
    for kind in (pa.int64(),) if digits else kinds:
        try:
            return column.cast(kind)
        except pa.ArrowInvalid:
            continue
    for pattern, kind in (*((p, pa.date32()) for p in _DATES), *((p, pa.timestamp("ms")) for p in _MOMENTS)):
        try:
            return pc.strptime(column, format=pattern, unit="ms").cast(kind)
        except pa.ArrowInvalid:
            continue
    return column
