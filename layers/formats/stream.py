"""The rows of a file a piece at a time, all of the same fields: in bounded memory where the format allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from cim.errors import BadInput
from cim.model.layer import ARROW_TYPES, GeometryKind
from layers.formats import arrow, csv_pieces, output, parquet, suffixes
from layers.formats.read import read, require_sublayer
from layers.formats.source import Source

#: Rows of a piece.
ROWS = 100_000
_KINDS: dict[int, GeometryKind] = {0: "point", 1: "line", 5: "line", 3: "polygon", 6: "polygon"}

#: Begins the file anew, with the fields of these names kept as text.
_Pieces = Callable[[frozenset[str]], Iterator[Source]]


@dataclass(frozen=True, slots=True)
class Stream:
    """The rows of a file. `schema`: the fields of every piece; `kind`: of what kind all geometries are (None: several,
    or none at all); `lacks_geometry`: whether a row has none; `pairs`: the position is in two columns of numbers."""

    schema: pa.Schema
    kind: GeometryKind | None
    lacks_geometry: bool
    pairs: bool
    pieces: Iterator[Source]


def open_stream(path: Path, *, layer: str | None, crs: str | None, time_zone: str, target: str) -> Stream:
    """The rows of a file that are to be written to a file whose name ends in `target`.

    Parquet, Arrow and text tables that become text tables are read a piece at a time, the latter with every attribute
    as it is written; other files are read whole. The file is read once more where only all of its rows say what its
    fields or geometries are.
    """
    suffix = require_sublayer(path, layer)[0]
    if suffix in parquet.SUFFIXES:
        pieces: _Pieces = partial(_parquet, path, time_zone)
    elif suffix in arrow.SUFFIXES:
        pieces = partial(_arrow, path, time_zone)
    elif suffix in suffixes.CSV and target in output.TEXT:
        pieces = partial(_text, path)
    else:
        source = read(path, layer=layer, crs=crs, time_zone=time_zone)
        pieces = partial(_slice, source)
    if suffix in suffixes.CSV and target not in output.TEXT:
        found = _survey(path, pieces)
    elif _is_plain(path, suffix):
        first = next(pieces(frozenset()), None)
        if first is None:
            raise _no_rows(path)
        found = _Survey(frozenset(), first.attributes.schema, frozenset((0, -1)))
    else:
        found = _survey(path, pieces)
    kinds = {_KINDS.get(one) for one in found.ids - {-1}}
    kind = kinds.pop() if len(kinds) == 1 else None
    whole = (_conform(piece, found.schema) for piece in pieces(found.text))
    return Stream(found.schema, kind, -1 in found.ids, suffix not in parquet.SUFFIXES, whole)


def _is_plain(path: Path, suffix: str) -> bool:
    """Whether the beginning of the file says what its fields and geometries are: points of two columns of numbers."""
    if suffix in suffixes.CSV:
        return len(csv_pieces.position_columns(path)) == 2
    if suffix in parquet.SUFFIXES:
        schema = parquet.schema_of(path)
        plain = parquet.is_plain(schema)
    elif suffix in arrow.SUFFIXES:
        schema = arrow.schema_of(path)
        plain = arrow.wkb_column(schema) is None
    else:
        return False
    # Whether these fit a number that we have depends on their values.
    return plain and not any(field.type == pa.uint64() or pa.types.is_decimal(field.type) for field in schema)


def _no_rows(path: Path) -> BadInput:
    return BadInput(f"layer {path.stem!r} of {path} has no rows; there is nothing to read")


def _parquet(path: Path, time_zone: str, text: frozenset[str]) -> Iterator[Source]:
    return parquet.pieces(path, ROWS, time_zone=time_zone, text=text)


def _arrow(path: Path, time_zone: str, text: frozenset[str]) -> Iterator[Source]:
    return arrow.pieces(path, ROWS, time_zone=time_zone, text=text)


def _text(path: Path, _: frozenset[str]) -> Iterator[Source]:
    return csv_pieces.pieces(path)


def _slice(source: Source, _: frozenset[str]) -> Iterator[Source]:
    for start in range(0, len(source), ROWS):
        part = slice(start, start + ROWS)
        yield replace(
            source,
            geometry=source.geometry[part],
            attributes=source.attributes.slice(start, ROWS),
            row=source.row[part],
        )


@dataclass(frozen=True, slots=True)
class _Survey:
    """Which fields have to be text, the fields of all pieces, and the types of all geometries (-1: none)."""

    text: frozenset[str]
    schema: pa.Schema
    ids: frozenset[int]


def _survey(path: Path, pieces: _Pieces) -> _Survey:
    types: dict[str, set[pa.DataType]] = {}
    inexact: set[str] = set()
    ids: set[int] = set()
    for piece in pieces(frozenset()):
        found = shapely.get_type_id(piece.geometry)
        found = np.where(shapely.is_empty(piece.geometry), -1, found)
        ids |= set(np.unique(found).tolist())
        for name, column in zip(piece.attributes.column_names, piece.attributes.columns, strict=True):
            types.setdefault(name, set()).add(column.type)
            if pa.types.is_integer(column.type) and not _is_exact(column):
                inexact.add(name)
    if not ids:
        raise _no_rows(path)
    numbers = {ARROW_TYPES["integer"], ARROW_TYPES["real"]}
    text = {name for name, of in types.items() if len(of) > 1 and (of != numbers or name in inexact)}
    fields = []
    for name, of in types.items():
        kind = ARROW_TYPES["text"] if name in text else ARROW_TYPES["real"] if len(of) > 1 else next(iter(of))
        fields.append(pa.field(name, kind))
    return _Survey(frozenset(text), pa.schema(fields), frozenset(ids))


def _is_exact(column: pa.ChunkedArray) -> bool:
    """Whether a float holds each of the whole numbers."""
    try:
        column.cast(ARROW_TYPES["real"])
    except pa.ArrowInvalid:
        return False
    return True


def _conform(piece: Source, schema: pa.Schema) -> Source:
    return replace(piece, attributes=piece.attributes.cast(schema))
