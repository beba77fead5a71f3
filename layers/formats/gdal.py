"""GeoPackage, GeoJSON, FlatGeobuf and shapefiles, through GDAL's Arrow reader."""

from __future__ import annotations

import json
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
from numpy.typing import NDArray
from pyogrio._err import _register_error_handler
from pyogrio.errors import DataLayerError, DataSourceError

from cim.arrays.types import RowIds
from cim.errors import BadInput
from cim.store.sqlite import sqlite3
from layers.formats import suffixes
from layers.formats.flatgeobuf import require_exact
from layers.formats.geojson import read_properties
from layers.formats.geopackage import Contents, reaches_out, read_contents
from layers.formats.source import Defect, Progress, Source, gather, geometries, tidy
from layers.formats.values import moments_column

_DRIVERS = suffixes.GDAL
SUFFIXES = tuple(_DRIVERS)
_JSON = (".geojson", ".json")
# GDAL warns, and goes on, when it loses data; these words tell such warnings from remarks.
_LOSS = re.compile(
    "trunc|corrupt|incomplete|malform|damage|unexpected|end of|couldn't be converted|not be converted|"
    "fail|error|invalid|cannot|can't|unable|exceed|overflow|missing|ignor|skip|discard|drop",
    re.IGNORECASE,
)
# These leave a row without geometry, which the check reports with its row.
_SEEN_ANYWAY = re.compile("OGRGeoJSON|NULL geometry")
# These are told by our own readers, with the row and the value, or keep nothing from being read.
_TOLD_OTHERWISE = re.compile(
    "features with id = |^geometry column '.*' of type '.*' ignored|^Field format '.*' not supported|"
    "on-conformant content for record|Invalid content for record"
)
# A number that a 64-bit float doesn't reach, or one of some whole numbers beyond 2^63.
_NUMBER_BEYOND = re.compile(r"Unrecognized number: (\S+)")
# How GDAL names the system of a GeoPackage that stands for unknown degrees, srs_id 0.
_NO_SYSTEM = "Undefined geographic SRS"
# A GeoJSON's member for its coordinate system; GDAL fetches the definition of one that is a link.
_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(\{(?:[^{}]|\{[^{}]*\})*\})')
_LINK = re.compile(rb'"type"\s*:\s*"(?:link|url)"', re.IGNORECASE)


def sublayers(path: Path) -> list[str]:
    """The names of the layers in the file that have geometry, in the file's order."""
    suffixes.check_beginning(path)
    with _said_plainly(path):
        _check_own(path)
        return [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]


#: What a reader of its own gives instead of GDAL: the attributes, row by row, and notes.
Attributes = Callable[[], tuple[pa.Table, list[str]]]


def _check_own(path: Path) -> None:
    """Nothing if the file refers to no other file or address that GDAL would open for it, else `BadInput`."""
    suffix = path.suffix.lower()
    if suffix in _JSON:
        if any(_LINK.search(system) for system in _crs_members(path)):
            raise BadInput(
                f"{path} names its coordinate system by a link, which is not followed; leave it out and say --crs"
            )
    elif suffix == ".gpkg" and reaches_out(path):
        raise BadInput(f"{path} has a table that reads another file (VirtualOGR); export it as a plain table")


def _crs_members(path: Path) -> list[bytes]:
    """The `crs` members of a GeoJSON as they are written, each once."""
    return list(dict.fromkeys(_CRS_MEMBER.findall(path.read_bytes())))


def _crs_of_json(path: Path, of_gdal: str | None) -> str | None:
    """The system that a GeoJSON names. GDAL takes WGS84 in silence where it does not know the name, or where a feature
    names it and not the file: then the name itself, which is looked up later. `BadInput` where there are several."""
    names: dict[str, None] = {}
    for member in _crs_members(path):
        try:
            said = json.loads(member)
        except ValueError:
            continue
        properties = said.get("properties")
        name = properties.get("name") if isinstance(properties, dict) else None
        if str(said.get("type")).lower() == "name" and isinstance(name, str):
            names[name] = None
    if len(names) > 1:
        raise BadInput(
            f"{path} names several coordinate systems: {', '.join(names)}; bring its features into one"
        )
    name = next(iter(names), None)
    return name if name is not None and of_gdal == "EPSG:4326" else of_gdal


def read(
    path: Path,
    *,
    layer: str | None,
    encoding: str | None = None,
    progress: Progress | None = None,
    time_zone: str = "UTC",
    rows: RowIds | None = None,
    attributes: Attributes | None = None,
) -> Source:
    """One layer of a file that GDAL reads (None: its only one, which is called like the file).

    `rows` are the numbers of the rows that GDAL is to give, where they are known and not simply 1, 2, 3 ….
    `attributes` reads the attributes in GDAL's place, in another thread; those of GeoJSON are always read so.

    A warning of GDAL that speaks of lost data is an error, any other a note.
    """
    suffix = path.suffix.lower()
    if suffix in _JSON:
        attributes = partial(read_properties, path, time_zone)
    with ThreadPoolExecutor(1, thread_name_prefix="attributes") as beside, _said_plainly(path) as remarks:
        _hear()
        _check_own(path)
        # GDAL parses a whole GeoJSON just to count it, and refuses one that is cut off anyway.
        expected = _count(path, layer, encoding) if suffix not in _JSON else 0
        expected = expected if rows is None else len(rows)
        total = expected if expected > 0 else None
        own = beside.submit(attributes) if attributes else None
        contents = beside.submit(read_contents, path, str(layer), time_zone) if suffix == ".gpkg" else None
        meta, shapes, defects, table = _batches(path, layer, encoding, own is not None, progress, total)
        checked = contents.result() if contents else Contents("", {})
        found = own.result() if own else None
    if expected > len(shapes):
        raise BadInput(
            f"{path} says it has {expected} features but gives {len(shapes)}; "
            "it is cut off or damaged, copy it again"
        )
    row = np.arange(1, len(shapes) + 1) if rows is None else rows
    notes: list[str] = []
    if found is not None:
        table, notes = found
        if table.num_columns and table.num_rows != len(shapes):
            raise BadInput(
                f"{path} has {len(shapes)} geometries but {table.num_rows} rows of attributes; export it again"
            )
    else:
        _check_text(path, table)
        if suffix == ".fgb":
            require_exact(path, table)
        table, notes = _with_times(table, meta, checked, row, time_zone)
    table, more = tidy(table, time_zone)
    unknown = _NO_SYSTEM in str(meta["crs"])
    crs = None if unknown else meta["crs"] or None
    default = "EPSG:4326" if unknown else None
    if suffix in _JSON:
        crs = _crs_of_json(path, crs)
    name = layer or path.stem
    notes = [*remarks, *notes, *more]
    return Source(
        geometry=shapes,
        attributes=table,
        crs=crs,
        row=row,
        name=name,
        path=str(path),
        notes=tuple(notes),
        defects=defects,
        crs_default=default,
    )


def _batches(
    path: Path,
    layer: str | None,
    encoding: str | None,
    bare: bool,
    progress: Progress | None,
    total: int | None,
) -> tuple[dict[str, Any], NDArray[Any], tuple[Defect, ...], pa.Table]:
    """What GDAL says of the layer, its geometries, and its other columns (`bare`: none)."""
    with pyogrio.open_arrow(
        path,
        layer=layer,
        encoding=encoding,
        columns=[] if bare else None,
        use_pyarrow=True,
        datetime_as_string=True,
    ) as (meta, stream):
        column = meta["geometry_name"] or "wkb_geometry"
        if column not in stream.schema.names:
            raise BadInput(
                f"layer {layer or path.stem!r} of {path} has no geometry; a table alone can't be a layer"
            )
        schema = stream.schema.remove(stream.schema.get_field_index(column))
        shapes, defects, batches = gather(stream, column, geometries, progress, total, _hear)
        return meta, shapes, defects, pa.Table.from_batches(batches, schema)


_hearing = threading.local()


def _hear() -> None:
    """Make GDAL's warnings in this thread Python's: its error handler belongs to a thread, and pyogrio registers its
    own only in the thread that imports it. Elsewhere they go to stderr, past the report."""
    if not getattr(_hearing, "already", False):
        _register_error_handler()
        _hearing.already = True


def _count(path: Path, layer: str | None, encoding: str | None) -> int:
    try:
        return int(pyogrio.read_info(path, layer=layer, encoding=encoding)["features"])
    except IndexError as error:  # pyogrio stumbles over a file in which GDAL finds no layer at all
        raise DataSourceError("it holds no layer") from error


def _with_times(
    table: pa.Table, meta: dict[str, Any], checked: Contents, row: NDArray[np.int64], time_zone: str
) -> tuple[pa.Table, list[str]]:
    """The table with its times as moments, with what was read past GDAL in place, and with its key as a field.

    GDAL gives times as text so that each keeps its own zone.
    """
    notes: list[str] = []
    kinds = dict(zip(meta["fields"].tolist(), meta["ogr_types"], strict=True))
    for at, name in enumerate(table.column_names):
        column = None
        if name in checked.columns:
            column, more = checked.columns[name]
        elif kinds.get(name) == "OFTDateTime":
            texts = table.column(at).combine_chunks().cast(pa.string())
            column, more = moments_column(name, texts.to_pylist(), row, time_zone)
        if column is not None:
            table = table.set_column(at, name, column)
            notes += more
    for name, (column, more) in checked.columns.items():
        if name not in table.column_names and name != checked.key:  # of a type that GDAL does not know
            table, notes = table.append_column(name, column), [*notes, *more]
    if lost := [name for name in checked.names if name not in table.column_names]:
        raise BadInput(f"field {', '.join(lost)} can't be read; export the layer again without it")
    if checked.key in checked.columns:
        table = table.add_column(0, checked.key, checked.columns[checked.key][0])
    return table, notes


def _check_text(path: Path, table: pa.Table) -> None:
    try:
        table.validate(full=True)
    except pa.ArrowInvalid as error:
        raise BadInput(
            f"{path} has text that is not UTF-8; save it as UTF-8, or name a shapefile's --encoding"
        ) from error


@contextmanager
def _said_plainly(path: Path) -> Iterator[list[str]]:
    """GDAL's errors and warnings of lost data as `BadInput`; its other warnings in the list this gives."""
    kept: list[str] = []
    try:
        # GDAL warns from inside a callback that can't raise, so the warnings are kept and looked at after.
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            yield kept
    except DataLayerError as error:
        raise BadInput(f"{path}: {_first_line(error)}") from error
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{path} is not in the encoding it was read in; name another with --encoding"
        ) from error
    except (DataSourceError, OSError, pa.ArrowException, sqlite3.Error) as error:
        if number := _NUMBER_BEYOND.search(str(error)):
            raise BadInput(
                f"{path} has the number {number[1]}, which is beyond what GDAL reads; write it as text, in quotes"
            ) from error
        raise BadInput(
            f"{path} can't be read as {_DRIVERS[path.suffix.lower()]}: {_first_line(error)}. "
            "It is cut off, damaged or of another format; copy or export it again"
        ) from error
    for warning in heard:
        text = _first_line(warning.message)
        if _TOLD_OTHERWISE.search(text):
            continue
        if _LOSS.search(text) and not _SEEN_ANYWAY.search(text):
            raise BadInput(f"{path} is damaged, GDAL says: {text}; copy or export it again")
        kept.append(f"GDAL says: {text}")


def _first_line(error: object) -> str:
    return str(error).split("\n", 1)[0].split("; It might help", 1)[0].rstrip(". ")
