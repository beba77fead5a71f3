"""Arrow tables in a file or stream (`.arrow`, `.arrows`, `.feather`): lon and lat, or WKB in a column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from cim.errors import BadInput
from layers.formats import suffixes
from layers.formats.source import Source, geometries, tidy

SUFFIXES = suffixes.ARROW

_LON, _LAT = ("lon", "lng", "longitude", "x", "经度"), ("lat", "latitude", "y", "纬度")
_WKB = ("geometry", "geom", "wkb_geometry", "wkb", "the_geom")


def read(path: Path, *, time_zone: str = "UTC") -> Source:
    """The rows of an Arrow IPC file or stream, whose CRS has to be told unless its numbers look like degrees."""
    try:
        with pa.memory_map(str(path)) as kept:
            reader = pa.ipc.open_file if kept.read(6) == b"ARROW1" else pa.ipc.open_stream
            kept.seek(0)
            table = reader(kept).read_all()
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{path} can't be read as Arrow: {error}; is it whole?") from error
    return from_table(path, table, time_zone)


def pieces(
    path: Path, rows: int, *, time_zone: str = "UTC", text: frozenset[str] = frozenset()
) -> Iterator[Source]:
    """The rows of an Arrow IPC file or stream, so many at a time. Fields called as in `text` are kept as text."""
    before = 0
    try:
        with pa.memory_map(str(path)) as kept:
            begins = kept.read(6)
            kept.seek(0)
            for batch in _batches(kept, begins == b"ARROW1"):
                for start in range(0, batch.num_rows, rows):
                    table = pa.Table.from_batches([batch.slice(start, rows)])
                    source = from_table(path, table, time_zone, text)
                    yield replace(source, row=source.row + before)
                    before += len(source)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{path} can't be read as Arrow: {error}; is it whole?") from error


def _batches(file: pa.NativeFile, is_file: bool) -> Iterator[pa.RecordBatch]:
    if not is_file:
        yield from pa.ipc.open_stream(file)
        return
    reader = pa.ipc.open_file(file)
    for at in range(reader.num_record_batches):
        yield reader.get_batch(at)


def schema_of(path: Path) -> pa.Schema:
    """The columns of an Arrow IPC file or stream."""
    try:
        with pa.memory_map(str(path)) as kept:
            reader = pa.ipc.open_file if kept.read(6) == b"ARROW1" else pa.ipc.open_stream
            kept.seek(0)
            return reader(kept).schema
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(f"{path} can't be read as Arrow: {error}; is it whole?") from error


def wkb_column(schema: pa.Schema) -> str | None:
    """The column that holds WKB, if one does."""
    lower = {name.lower(): name for name in schema.names}
    return next((lower[n] for n in _WKB if n in lower and _is_binary(schema.field(lower[n]).type)), None)


def has_positions(names: list[str]) -> bool:
    """Whether columns of these names say where each row is, as lon and lat."""
    lower = {name.lower() for name in names}
    return bool(lower & set(_LON)) and bool(lower & set(_LAT))


def from_table(
    path: Path, table: pa.Table, time_zone: str = "UTC", text: frozenset[str] = frozenset()
) -> Source:
    """The rows of a table with lon and lat, or with WKB in a column. Fields called as in `text` are kept as text."""
    lower = {name.lower(): name for name in table.column_names}
    wkb = wkb_column(table.schema)
    lon, lat = (next((lower[n] for n in names if n in lower), None) for names in (_LON, _LAT))
    if wkb is not None:
        shapes, defects = geometries(table[wkb].combine_chunks().cast(pa.large_binary()))
        used = [wkb]
    elif lon is not None and lat is not None:
        try:
            columns = [table[name].cast(pa.float64()).to_numpy() for name in (lon, lat)]
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise BadInput(f"{path}: {lon} and {lat} are not numbers: {error}") from error
        shapes, defects = shapely.points(np.column_stack(columns)), []
        used = [lon, lat]
    else:
        raise BadInput(
            f"{path} has neither lon and lat nor a geometry in WKB; it has: {', '.join(table.column_names)}"
        )
    attributes, notes = tidy(table.drop_columns(used), time_zone, text)
    rows = np.arange(1, len(shapes) + 1)
    return Source(
        geometry=shapes,
        attributes=attributes,
        crs=None,
        row=rows,
        name=path.stem,
        path=str(path),
        notes=notes,
        defects=tuple(defects),
        crs_default="EPSG:4326",
    )


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
