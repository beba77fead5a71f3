"""GeoParquet: WKB and the native (GeoArrow) encodings, with the CRS of its `geo` metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from cim.errors import BadInput
from layers.formats import arrow, suffixes
from layers.formats.source import Progress, Shapes, Source, gather, geometries, tidy

SUFFIXES = suffixes.PARQUET

_NATIVE = {
    "point": shapely.GeometryType.POINT,
    "linestring": shapely.GeometryType.LINESTRING,
    "polygon": shapely.GeometryType.POLYGON,
    "multipoint": shapely.GeometryType.MULTIPOINT,
    "multilinestring": shapely.GeometryType.MULTILINESTRING,
    "multipolygon": shapely.GeometryType.MULTIPOLYGON,
}
# Where a file without `geo` metadata keeps its WKB, by custom.
_CUSTOMARY = ("geometry", "geom", "wkb_geometry", "wkb", "the_geom")


def read(path: Path, *, time_zone: str = "UTC", progress: Progress | None = None) -> Source:
    """The rows of a Parquet file with a geometry column. Without `geo` metadata a binary column called
    `geometry` or the like is taken as WKB, in a CRS that has to be told; else columns lon and lat.
    """
    try:
        with pq.ParquetFile(path) as file:
            total = file.metadata.num_rows
            schema = file.schema_arrow
            if is_plain(schema):
                return arrow.from_table(path, file.read(), time_zone)
            column, encoding, crs = _geometry_column(path, schema)
            boxes = _boxes(schema)
            wanted = [name for name in schema.names if name not in boxes]
            batches = file.iter_batches(batch_size=65_536, columns=wanted)
            shapes, defects, rest = gather(batches, column, _decoder(path, encoding), progress, total)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path} is no whole Parquet file: {error}; copy or export it again") from error
    if len(shapes) != total:
        raise BadInput(f"{path} says it has {total} rows but gives {len(shapes)}; copy or export it again")
    left = pa.schema([f for f in schema if f.name != column and f.name not in boxes])
    table = pa.Table.from_batches(rest, left)
    attributes, notes = tidy(table, time_zone)
    rows = np.arange(1, len(shapes) + 1)
    return Source(
        geometry=shapes,
        attributes=attributes,
        crs=crs,
        row=rows,
        name=path.stem,
        path=str(path),
        notes=notes,
        defects=defects,
    )


def schema_of(path: Path) -> pa.Schema:
    """The columns of a Parquet file."""
    try:
        with pq.ParquetFile(path) as file:
            return file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path} is no whole Parquet file: {error}; copy or export it again") from error


def is_plain(schema: pa.Schema) -> bool:
    """Whether the columns say where each row is by lon and lat alone."""
    without = b"geo" not in (schema.metadata or {}) and not set(_CUSTOMARY) & set(schema.names)
    return without and arrow.has_positions(schema.names)


def pieces(
    path: Path, rows: int, *, time_zone: str = "UTC", text: frozenset[str] = frozenset()
) -> Iterator[Source]:
    """The rows of a Parquet file, so many at a time. Fields called as in `text` are kept as text."""
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            plain = is_plain(schema)
            column, encoding, crs = ("", "", None) if plain else _geometry_column(path, schema)
            boxes = _boxes(schema)
            wanted = [name for name in schema.names if name not in boxes]
            before = 0
            for batch in file.iter_batches(batch_size=rows, columns=wanted):
                table = pa.Table.from_batches([batch])
                if plain:
                    source = arrow.from_table(path, table, time_zone, text)
                else:
                    shapes, defects = _decoder(path, encoding)(batch.column(column))
                    attributes, notes = tidy(table.drop_columns([column]), time_zone, text)
                    row = np.arange(before + 1, before + len(shapes) + 1)
                    source = Source(
                        geometry=shapes,
                        attributes=attributes,
                        crs=crs,
                        row=row,
                        name=path.stem,
                        path=str(path),
                        notes=notes,
                        defects=tuple(defects),
                    )
                before += len(source)
                yield source
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path} is no whole Parquet file: {error}; copy or export it again") from error


def _geometry_column(path: Path, schema: pa.Schema) -> tuple[str, str, str | None]:
    """The geometry column, how it is encoded, and in which CRS it says it is."""
    raw = (schema.metadata or {}).get(b"geo")
    if raw is None:
        found = [n for n in _CUSTOMARY if n in schema.names and _is_binary(schema.field(n).type)]
        if len(found) != 1:
            raise BadInput(f"{path} is Parquet without geometry (no 'geo' metadata); write it as GeoParquet")
        return found[0], "WKB", None
    try:
        geo = json.loads(raw)
        column = geo["primary_column"]
        about = geo["columns"][column]
        encoding = about["encoding"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} has unreadable 'geo' metadata ({error!r}); export it again") from error
    if column not in schema.names:
        raise BadInput(f"{path} names {column!r} as its geometry but has no such column; export it again")
    return column, encoding, _crs(path, about.get("crs", "OGC:CRS84"))


def _boxes(schema: pa.Schema) -> set[str]:
    """The columns that only repeat the bounds of the geometry (`covering`), which are not read."""
    geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    coverings = [about.get("covering", {}).get("bbox", {}) for about in geo.get("columns", {}).values()]
    return {corner[0] for covering in coverings for corner in covering.values()}


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _crs(path: Path, said: Any) -> str | None:
    """The CRS that the metadata gives: absent means lon, lat in WGS84, null means unknown."""
    if said is None:
        return None
    try:
        system = CRS.from_user_input(said)
    except CRSError as error:
        raise BadInput(f"{path} has a CRS that PROJ can't read ({error}); name it with --crs") from error
    authority = system.to_authority()
    return ":".join(authority) if authority else str(system.to_wkt())


def _decoder(path: Path, encoding: str) -> Callable[[pa.Array], Shapes]:
    if encoding == "WKB":
        return lambda array: geometries(_storage(array).cast(pa.large_binary()))
    if encoding not in _NATIVE:
        known = ", ".join(("WKB", *_NATIVE))
        raise BadInput(f"{path} encodes geometry as {encoding!r}; write it as one of {known}")
    return lambda array: (_native(_storage(array), _NATIVE[encoding]), [])


def _storage(array: pa.Array) -> pa.Array:
    return array.storage if isinstance(array, pa.ExtensionArray) else array


def _native(array: pa.Array, kind: shapely.GeometryType) -> NDArray[Any]:
    """Nested lists of coordinates as geometries: the lists' offsets are shapely's ragged array."""
    present = array.is_valid().to_numpy(zero_copy_only=False)
    offsets = []
    inner = array
    while pa.types.is_list(inner.type) or pa.types.is_large_list(inner.type):
        offsets.append(inner.offsets.to_numpy())
        inner = inner.values
    if pa.types.is_struct(inner.type):
        axes = [f.name for f in inner.type if f.name in ("x", "y", "z")]
        xy = np.column_stack([inner.field(axis).to_numpy(zero_copy_only=False) for axis in axes])
    else:
        xy = inner.values.to_numpy(zero_copy_only=False).reshape(-1, inner.type.list_size)
    shapes = shapely.from_ragged_array(kind, xy, tuple(reversed(offsets)) or None)
    shapes[~present] = None
    return shapes  # type: ignore[no-any-return]
