"""Rows as a file of any format that loads: a batch at a time, exact, and in place at once when it is whole."""

from __future__ import annotations

import json
import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import pyogrio
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.errors import BadInput, Conflict
from cim.model.layer import Features, GeometryKind
from cim.space.crs import parse_crs
from layers.formats.shapefile_limits import require_fits_shapefile

#: What can be written, by the end of the file's name, and GDAL's name for it (None: written without GDAL).
FORMATS = {
    ".gpkg": "GPKG",
    ".fgb": "FlatGeobuf",
    ".shp": "ESRI Shapefile",
    ".geojson": None,
    ".json": None,
    ".parquet": None,
    ".geoparquet": None,
    ".arrow": None,
    ".arrows": None,
    ".feather": None,
    ".csv": None,
    ".tsv": None,
}
JSON = (".geojson", ".json")
TEXT = (".csv", ".tsv")
ARROW = (".arrow", ".arrows", ".feather")
#: GDAL's geometry type of each kind of layer.
_TYPES = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}

#: Geometries in the file's coordinates (None: none) and the attributes of the same rows.
Batch = tuple[NDArray[Any], pa.Table]


@dataclass(frozen=True, slots=True)
class FilePlan:
    """What is to be written: `schema` of the attributes, `kind` of the geometries (None: several), the CRS that the
    file is to name (None: none), and whether some row may lack geometry. Points go into text as `lon` and `lat`, all
    else as `wkt`; `pairs`: into Arrow as `lon` and `lat` too. `bom`: a text table begins with a byte order mark,
    without which Excel takes Chinese for GBK."""

    schema: pa.Schema
    kind: GeometryKind | None
    crs: str | None
    lacks_geometry: bool = True
    pairs: bool = False
    bom: bool = True


def require_writable(path: Path, *, overwrite: bool = False, mend: str = "remove it") -> None:
    """`BadInput` for a name whose format is not known or that is in no folder, `Conflict` for a file that is there."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise BadInput(f"{path}: can't write {suffix or 'this'}; known: {', '.join(FORMATS)}")
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it")
    if path.exists() and not overwrite:
        raise Conflict(f"{path} is there already; {mend} or name another")
    if not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent}; make it, or name another")


def write(path: Path, plan: FilePlan, batches: Iterator[Batch]) -> None:
    """Write the batches as one layer named after the file, whose format goes by its name.

    The file is in place when all of it is written, and not at all where this raises. `BadInput` for what the format
    can't hold.
    """
    with _draft(path) as draft:
        suffix = path.suffix.lower()
        if FORMATS[suffix] is not None:
            _write_gdal(draft, suffix, plan, batches)
        elif suffix in JSON:
            with draft.open("wb") as file:
                _write_geojson(file, batches)
        elif suffix in TEXT:
            _write_text(draft, suffix, plan, batches)
        elif suffix in (".parquet", ".geoparquet"):
            _write_parquet(draft, plan, batches)
        else:
            _write_arrow(draft, suffix, plan, batches)


def write_features(path: Path, features: Features, kind: GeometryKind, crs: str) -> None:
    """Write features of one kind, in the degrees of `crs` (GeoJSON: WGS84, which is treated as equal)."""
    require_writable(path)
    named = "EPSG:4326" if path.suffix.lower() in JSON else crs
    plan = FilePlan(features.attributes.schema, kind, named)
    write(path, plan, iter([(features.geometry, features.attributes)]))


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A path to write to, in a folder beside the file; what is there afterwards takes the file's place."""
    folder = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    try:
        yield folder / path.name
        for part in sorted(folder.iterdir()):  # a Shapefile is several files
            part.replace(path.with_name(part.name))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _encode(shapes: Geometries) -> pa.Array:
    return pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())


def _write_gdal(path: Path, suffix: str, plan: FilePlan, batches: Iterator[Batch]) -> None:
    schema = plan.schema
    name = next(n for n in ("geom", "geometry", "cim_geometry") if n not in schema.names)
    whole = pa.schema(
        [*schema, pa.field(name, pa.binary(), metadata={b"ARROW:extension:name": b"geoarrow.wkb"})]
    )
    failed: list[BaseException] = []

    def records() -> Iterator[pa.RecordBatch]:
        try:
            for shapes, table in batches:
                _require_held(suffix, table)
                columns = [*table.columns, pa.chunked_array([_encode(_multi(shapes, plan.kind))])]
                yield from pa.table(columns, schema=whole).to_batches()
        except BaseException as error:  # through GDAL it would be an error of reading
            failed.append(error)
            raise

    options = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" and plan.lacks_geometry else {}
    if suffix == ".shp":
        options["ENCODING"] = "UTF-8"
    kind = "Unknown" if plan.kind is None else _TYPES[plan.kind]
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(whole, records()),
                path,
                layer=path.stem,
                driver=FORMATS[suffix],
                geometry_name=name,
                geometry_type=kind,
                crs=plan.crs,
                layer_options=options,
            )
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
            if failed:
                raise failed[0] from error
            raise BadInput(f"{path.name} can't be written: {error}") from error
    said = [
        str(w.message) for w in heard if "crs" not in str(w.message)
    ]  # shifted positions have none to name
    if said:
        raise BadInput(
            f"{path.name} would not hold every value as it is, GDAL says: {said[0]}; choose another format"
        )


def _require_held(suffix: str, table: pa.Table) -> None:
    if suffix == ".shp":
        require_fits_shapefile(table)


def _multi(shapes: Geometries, kind: GeometryKind | None) -> NDArray[Any]:
    """Lines and polygons in their multi types, which a table of one type has to have throughout."""
    if kind is None or kind == "point":
        return shapes
    single = {"line": shapely.GeometryType.LINESTRING, "polygon": shapely.GeometryType.POLYGON}[kind]
    make = shapely.multilinestrings if kind == "line" else shapely.multipolygons
    out = shapes.copy()
    at = np.flatnonzero(shapely.get_type_id(shapes) == single)
    if len(at):
        out[at] = make(shapes[at], indices=np.arange(len(at)))
    return out


def _write_geojson(file: BinaryIO, batches: Iterator[Batch]) -> None:
    """One feature a line, rings as RFC 7946 has them: exteriors counter-clockwise."""
    file.write(b'{"type":"FeatureCollection","features":[\n')
    first = True
    for shapes, table in batches:
        _require_finite(table)
        texts = shapely.to_geojson(_counter_clockwise(shapes))
        for geometry, values in zip(texts, table.to_pylist(), strict=True):
            file.write(b"" if first else b",\n")
            first = False
            properties = orjson.dumps(values, option=orjson.OPT_UTC_Z)
            file.write(
                b'{"type":"Feature","geometry":'
                + (geometry or "null").encode()
                + b',"properties":'
                + properties
                + b"}"
            )
    file.write(b"\n]}\n")


def _require_finite(table: pa.Table) -> None:
    for name in table.column_names:
        if pa.types.is_floating(table[name].type):
            finite = pc.all(pc.is_finite(table[name])).as_py()
            if finite is False:
                raise BadInput(
                    f"field {name!r} has an infinite number, which JSON can't say; choose another format"
                )


def _counter_clockwise(shapes: Geometries) -> NDArray[Any]:
    return shapely.orient_polygons(shapes, exterior_cw=False)  # type: ignore[no-any-return]


def _write_text(path: Path, suffix: str, plan: FilePlan, batches: Iterator[Batch]) -> None:
    """A table for Excel, which takes UTF-8 for what it is only behind a byte order mark."""
    options = pyarrow.csv.WriteOptions(delimiter="\t" if suffix == ".tsv" else ",")
    with path.open("wb") as file:
        file.write("\ufeff".encode() if plan.bom else b"")
        writer: pyarrow.csv.CSVWriter | None = None
        for shapes, table in batches:
            flat = _with_position(shapes, table, plan.kind)
            writer = writer or pyarrow.csv.CSVWriter(file, flat.schema, write_options=options)
            writer.write_table(flat)
        if writer is not None:
            writer.close()


def _with_position(shapes: Geometries, table: pa.Table, kind: GeometryKind | None) -> pa.Table:
    """The table with `lon` and `lat` of points, else `wkt`, in front."""
    _require_free(table.column_names, ("lon", "lat", "wkt"))
    if kind != "point":
        texts = shapely.to_wkt(shapes, rounding_precision=-1).tolist()
        return table.add_column(0, "wkt", pa.array(texts, pa.string()))
    xy = np.full((len(shapes), 2), np.nan)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    xy[there] = shapely.get_coordinates(shapes[there])
    for at, column in enumerate(("lon", "lat")):
        table = table.add_column(at, column, pa.array(xy[:, at], from_pandas=True))
    return table


def _require_free(names: list[str], taken: tuple[str, ...]) -> None:
    found = [name for name in names if name.lower() in taken]
    if found:
        raise BadInput(
            f"fields {', '.join(found)} would be taken for the position; leave them out, or choose .gpkg"
        )


def _write_parquet(path: Path, plan: FilePlan, batches: Iterator[Batch]) -> None:
    schema = plan.schema
    name = "geometry" if "geometry" not in schema.names else "cim_geometry"
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": None if plan.crs is None else parse_crs(plan.crs).to_json_dict(),
    }
    geo = {"version": "1.0.0", "primary_column": name, "columns": {name: column}}
    whole = pa.schema([*schema, pa.field(name, pa.binary())]).with_metadata({"geo": json.dumps(geo)})
    with pyarrow.parquet.ParquetWriter(path, whole, compression="zstd") as writer:
        for shapes, table in batches:
            writer.write_table(pa.table([*table.columns, pa.chunked_array([_encode(shapes)])], schema=whole))


def _write_arrow(path: Path, suffix: str, plan: FilePlan, batches: Iterator[Batch]) -> None:
    def positions(shapes: Geometries, table: pa.Table) -> pa.Table:
        if plan.pairs and plan.kind == "point":
            return _with_position(shapes, table, plan.kind)
        _require_free(table.column_names, ("geometry",))
        return table.add_column(0, "geometry", _encode(shapes))

    opened: Callable[..., Any] = pa.ipc.new_stream if suffix == ".arrows" else pa.ipc.new_file
    whole = positions(np.empty(0, object), plan.schema.empty_table()).schema
    with opened(str(path), whole) as writer:
        for shapes, table in batches:
            writer.write_table(positions(shapes, table).cast(whole))
