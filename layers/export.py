"""A layer of the city as a file of any format that loads: streamed, exact, and in place at once when it is whole."""

from __future__ import annotations

import json
import shutil
import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
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

from cim.cql.filter import Filter
from cim.errors import BadInput, Conflict
from cim.model.layer import Layer
from cim.progress import Progress, silent
from cim.snapshot.snapshot import Snapshot
from cim.space.crs import Datum, from_wgs84, parse_crs, transformer
from layers.formats.shapefile_limits import require_fits_shapefile

#: What can be written, by the end of the file's name, and GDAL's name for it (None: written without GDAL).
FORMATS = {
    ".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile", ".geojson": None, ".json": None, ".parquet": None,
    ".geoparquet": None, ".arrow": None, ".arrows": None, ".feather": None, ".csv": None, ".tsv": None,
}  # fmt: skip

#: Rows that are in memory at once.
_AT_ONCE = 20_000
_JSON = (".geojson", ".json")
_TEXT = (".csv", ".tsv")
#: GDAL's geometry type of each kind of layer.
_TYPES = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}
_DEGREES = ("EPSG:4490", "EPSG:4326")


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of an export: the file, how many rows it has, and what its reader has to know."""

    path: str
    rows: int
    notes: tuple[str, ...]


def export(
    snapshot: Snapshot,
    path: Path,
    *,
    crs: str | None = None,
    datum: Datum | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    condition: str = "",
    fields: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: Progress = silent,
) -> Exported:
    """Write a layer to a file, whose format goes by its name.

    `crs`: default EPSG:4490, for GeoJSON WGS84; `datum`: `gcj02` or `bd09` for web maps that draw in them. `bbox`
    (west, south, east, north in WGS84) keeps what meets the box, `condition` (CQL2) what meets it, `fields` those
    attributes. `BadInput` for what the format can't hold, `Conflict` for a file that is there.
    """
    suffix = path.suffix.lower()
    _require_writable(path, suffix, overwrite)
    wanted = list(snapshot.layer.field_names if fields is None else fields)
    unknown = [name for name in wanted if name not in snapshot.layer.field_names]
    if unknown:
        raise BadInput(
            f"layer {snapshot.layer.name!r} has no field {', '.join(unknown)}; it has: "
            f"{', '.join(snapshot.layer.field_names)}"
        )
    convert, told, notes = _conversion(suffix, crs, datum)
    rows = _chosen(snapshot, bbox, condition)
    if suffix == ".shp":
        notes += require_fits_shapefile(snapshot.attributes(rows, wanted))
    if suffix == ".fgb":
        days = [f.name for f in snapshot.layer.fields if f.type == "date" and f.name in wanted]
        notes += [f"{name!r}: FlatGeobuf has no days; each is the moment at which it begins" for name in days]
    draft = path.parent / f".{path.name}.{uuid.uuid4().hex[:8]}"
    draft.mkdir()
    try:
        _write(draft / path.name, suffix, snapshot, rows, wanted, convert, told, progress)
        made = sorted(draft.iterdir())
        for part in made:  # a Shapefile is several files
            part.replace(path.with_name(part.name))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Exported(str(path), len(rows), tuple(notes))


def _require_writable(path: Path, suffix: str, overwrite: bool) -> None:
    if suffix not in FORMATS:
        raise BadInput(f"{path}: can't write {suffix or 'this'}; known: {', '.join(FORMATS)}")
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it")
    if path.exists() and not overwrite:
        raise Conflict(f"{path} is there already; say --force to replace it, or name another")
    if not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent}; make it, or name another")


def _conversion(
    suffix: str, crs: str | None, datum: Datum | None
) -> tuple[Callable[[NDArray[Any]], NDArray[Any]] | None, str | None, list[str]]:
    """How stored positions become the file's (None: they are), the CRS that the file names, and notes."""
    shifted = datum in ("gcj02", "bd09")
    if shifted and crs is not None:
        raise BadInput(f"{datum} is a datum of degrees; give either --datum or --crs, not both")
    if datum is not None and shifted:
        note = f"positions are in {datum}, which no file can say; load it with --datum {datum}"
        return (lambda xy: from_wgs84(xy, str(datum))), None, [note]
    named = crs or ("EPSG:4326" if suffix in _JSON or datum == "wgs84" else "EPSG:4490")
    system = parse_crs(named)
    same = any(system.equals(parse_crs(known)) for known in _DEGREES)
    if suffix in _JSON and not same:
        raise BadInput(
            f"GeoJSON is in degrees of WGS84 (RFC 7946), not {named}; choose .gpkg, .fgb or .parquet"
        )
    notes = []
    if suffix in (*_TEXT, ".arrow", ".arrows", ".feather") and not same:
        notes.append(f"{suffix} names no coordinate system; load it with --crs {named}")
    if same:
        return None, named, notes
    through = transformer("EPSG:4490", named)
    return (lambda xy: np.column_stack(through.transform(xy[:, 0], xy[:, 1]))), named, notes


def _chosen(
    snapshot: Snapshot, bbox: tuple[float, float, float, float] | None, condition: str
) -> NDArray[np.int64]:
    """The rows to be written, by fid."""
    rows = snapshot.rows if bbox is None else snapshot.intersecting(shapely.box(*bbox))
    if condition:
        rows = rows[Filter.of(condition, snapshot.layer).rows(snapshot)[rows]]
    return rows[np.argsort(snapshot.fids(rows))]


def _batches(
    snapshot: Snapshot,
    rows: NDArray[np.int64],
    fields: list[str],
    convert: Callable[[NDArray[Any]], NDArray[Any]] | None,
    progress: Progress,
) -> Iterator[tuple[NDArray[Any], pa.Table]]:
    """Geometries in the file's coordinates and attributes, some thousand rows at a time; one batch at least."""
    for start in range(0, max(len(rows), 1), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        shapes = snapshot.geometry(some)
        if convert is not None:
            shapes = shapely.transform(shapes, convert)
            lost = ~np.isfinite(shapely.bounds(shapes)).all(axis=1)
            lost &= ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
            if lost.any():
                fid = snapshot.fids(some[lost][:1])[0]
                raise BadInput(
                    f"feature {fid} can't be brought to that coordinate system; it lies outside of its area"
                )
        yield shapes, snapshot.attributes(some, fields)
        progress("writing", min(start + _AT_ONCE, len(rows)), len(rows))


def _write(
    path: Path,
    suffix: str,
    snapshot: Snapshot,
    rows: NDArray[np.int64],
    fields: list[str],
    convert: Callable[[NDArray[Any]], NDArray[Any]] | None,
    crs: str | None,
    progress: Progress,
) -> None:
    batches = _batches(snapshot, rows, fields, convert, progress)
    schema = pa.schema([snapshot.layer.schema().field(name) for name in fields])
    if FORMATS[suffix] is not None:
        without = _lack_geometry(snapshot, rows)
        _write_gdal(path, suffix, snapshot.layer, schema, batches, crs, without)
    elif suffix in _JSON:
        with path.open("wb") as file:
            _write_geojson(file, batches)
    elif suffix in _TEXT:
        _write_text(path, suffix, snapshot.layer, batches)
    elif suffix in (".parquet", ".geoparquet"):
        _write_parquet(path, schema, batches, crs)
    else:
        _write_arrow(path, suffix, schema, batches)


def _lack_geometry(snapshot: Snapshot, rows: NDArray[np.int64]) -> bool:
    return bool(np.isnan(snapshot.positions(rows)).any())


def _encoded(shapes: NDArray[Any]) -> pa.Array:
    return pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())


def _write_gdal(
    path: Path,
    suffix: str,
    layer: Layer,
    schema: pa.Schema,
    batches: Iterator[tuple[NDArray[Any], pa.Table]],
    crs: str | None,
    without: bool,
) -> None:
    name = next(n for n in ("geom", "geometry", "cim_geometry") if n not in schema.names)
    whole = pa.schema(
        [*schema, pa.field(name, pa.binary(), metadata={b"ARROW:extension:name": b"geoarrow.wkb"})]
    )
    failed: list[BaseException] = []

    def records() -> Iterator[pa.RecordBatch]:
        try:
            for shapes, table in batches:
                columns = [*table.columns, pa.chunked_array([_encoded(_multi(shapes, layer))])]
                yield from pa.table(columns, schema=whole).to_batches()
        except BadInput as error:  # through GDAL it would be an error of reading
            failed.append(error)
            raise

    options = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" and without else {}
    if suffix == ".shp":
        options["ENCODING"] = "UTF-8"
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(whole, records()), path, layer=path.stem, driver=FORMATS[suffix],
                geometry_name=name, geometry_type=_TYPES[layer.geometry], crs=crs, layer_options=options,
            )  # fmt: skip
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, RuntimeError) as error:
            raise (failed[0] if failed else BadInput(f"{path.name} can't be written: {error}")) from error
    said = [
        str(w.message) for w in heard if "crs" not in str(w.message)
    ]  # shifted positions have none to name
    if said:
        raise BadInput(
            f"{path.name} would not hold every value as it is, GDAL says: {said[0]}; choose another format"
        )


def _multi(shapes: NDArray[Any], layer: Layer) -> NDArray[Any]:
    """Lines and polygons in their multi types, which a table of one type has to have throughout."""
    single = {"line": shapely.GeometryType.LINESTRING, "polygon": shapely.GeometryType.POLYGON}.get(
        layer.geometry
    )
    if single is None:
        return shapes
    make = shapely.multilinestrings if layer.geometry == "line" else shapely.multipolygons
    out = shapes.copy()
    for i in np.flatnonzero(shapely.get_type_id(shapes) == single):
        out[i] = make([shapes[i]])
    return out


def _write_geojson(file: BinaryIO, batches: Iterator[tuple[NDArray[Any], pa.Table]]) -> None:
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


def _counter_clockwise(shapes: NDArray[Any]) -> NDArray[Any]:
    return shapely.orient_polygons(shapes, exterior_cw=False)  # type: ignore[no-any-return]


def _write_text(
    path: Path, suffix: str, layer: Layer, batches: Iterator[tuple[NDArray[Any], pa.Table]]
) -> None:
    """A table for Excel, which takes UTF-8 for what it is only behind a byte order mark; `lon` and `lat` of points,
    else WKT."""
    options = pyarrow.csv.WriteOptions(delimiter="\t" if suffix == ".tsv" else ",")
    with path.open("wb") as file:
        file.write("\ufeff".encode())
        writer: pyarrow.csv.CSVWriter | None = None
        for shapes, table in batches:
            flat = _flat(shapes, table, layer)
            writer = writer or pyarrow.csv.CSVWriter(file, flat.schema, write_options=options)
            writer.write_table(flat)
        if writer is not None:
            writer.close()


def _flat(shapes: NDArray[Any], table: pa.Table, layer: Layer) -> pa.Table:
    taken = [name for name in ("lon", "lat", "wkt") if name in table.column_names]
    if taken:
        raise BadInput(
            f"fields {', '.join(taken)} would be taken for the position; leave them out with --fields"
        )
    if layer.geometry != "point":
        return table.add_column(
            0, "wkt", pa.array(shapely.to_wkt(shapes, rounding_precision=-1).tolist(), pa.string())
        )
    xy = np.full((len(shapes), 2), np.nan)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    xy[there] = shapely.get_coordinates(shapes[there])
    for at, column in enumerate(("lon", "lat")):
        table = table.add_column(at, column, pa.array(xy[:, at], from_pandas=True))
    return table


def _write_parquet(
    path: Path, schema: pa.Schema, batches: Iterator[tuple[NDArray[Any], pa.Table]], crs: str | None
) -> None:
    name = "geometry" if "geometry" not in schema.names else "cim_geometry"
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [],
        "crs": None if crs is None else parse_crs(crs).to_json_dict(),
    }
    geo = {"version": "1.0.0", "primary_column": name, "columns": {name: column}}
    whole = pa.schema([*schema, pa.field(name, pa.binary())]).with_metadata({"geo": json.dumps(geo)})
    with pyarrow.parquet.ParquetWriter(path, whole, compression="zstd") as writer:
        for shapes, table in batches:
            writer.write_table(pa.table([*table.columns, pa.chunked_array([_encoded(shapes)])], schema=whole))


def _write_arrow(
    path: Path, suffix: str, schema: pa.Schema, batches: Iterator[tuple[NDArray[Any], pa.Table]]
) -> None:
    if "geometry" in schema.names:
        raise BadInput("the field geometry would be taken for the position; leave it out with --fields")
    whole = pa.schema([pa.field("geometry", pa.binary()), *schema])
    opened = pa.ipc.new_stream if suffix == ".arrows" else pa.ipc.new_file
    with opened(str(path), whole) as writer:
        for shapes, table in batches:
            writer.write_table(pa.table([pa.chunked_array([_encoded(shapes)]), *table.columns], schema=whole))
