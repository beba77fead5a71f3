"""A layer of the city, or a part of it, as a file of any format that loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import RowIds
from cim.cql.filter import Filter
from cim.errors import BadInput
from cim.progress import Progress, silent
from cim.snapshot.snapshot import Snapshot
from cim.space.crs import Datum, from_wgs84, parse_crs, transformer
from layers.formats import output
from layers.formats.shapefile_limits import require_fits_shapefile

#: Rows that are in memory at once.
_AT_ONCE = 20_000
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
    output.require_writable(path, overwrite=overwrite, mend="say --force to replace it")
    wanted = list(snapshot.layer.field_names if fields is None else fields)
    unknown = [name for name in wanted if name not in snapshot.layer.field_names]
    if unknown:
        raise BadInput(
            f"layer {snapshot.layer.name!r} has no field {', '.join(unknown)}; it has: "
            f"{', '.join(snapshot.layer.field_names)}"
        )
    convert, told, notes = _conversion(suffix, crs, datum)
    rows = _choose_rows(snapshot, bbox, condition)
    if suffix == ".shp":
        notes += require_fits_shapefile(snapshot.attributes(rows, wanted))
    if suffix == ".fgb":
        days = [f.name for f in snapshot.layer.fields if f.type == "date" and f.name in wanted]
        notes += [f"{name!r}: FlatGeobuf has no days; each is the moment at which it begins" for name in days]
    plan = output.FilePlan(
        schema=pa.schema([snapshot.layer.schema().field(name) for name in wanted]),
        kind=snapshot.layer.geometry,
        crs=told,
        lacks_geometry=_lack_geometry(snapshot, rows),
    )
    output.write(path, plan, _batches(snapshot, rows, wanted, convert, progress))
    return Exported(str(path), len(rows), tuple(notes))


def _conversion(
    suffix: str, crs: str | None, datum: Datum | None
) -> tuple[Callable[[NDArray[Any]], NDArray[Any]] | None, str | None, list[str]]:
    """How stored positions become the file's (None: they are), the CRS that the file names, and notes."""
    if (datum == "gcj02" or datum == "bd09") and crs is not None:
        raise BadInput(f"{datum} is a datum of degrees; give either --datum or --crs, not both")
    if datum == "gcj02" or datum == "bd09":
        note = f"positions are in {datum}, which no file can say; load it with --datum {datum}"
        return partial(from_wgs84, datum=datum), None, [note]
    named = crs or ("EPSG:4326" if suffix in output.JSON or datum == "wgs84" else "EPSG:4490")
    system = parse_crs(named)
    same = any(system.equals(parse_crs(known)) for known in _DEGREES)
    if suffix in output.JSON and not same:
        raise BadInput(
            f"GeoJSON is in degrees of WGS84 (RFC 7946), not {named}; choose .gpkg, .fgb or .parquet"
        )
    notes = []
    if suffix in (*output.TEXT, *output.ARROW) and not same:
        notes.append(f"{suffix} names no coordinate system; load it with --crs {named}")
    if same:
        return None, named, notes
    through = transformer("EPSG:4490", named)
    return (lambda xy: np.column_stack(through.transform(xy[:, 0], xy[:, 1]))), named, notes


def _choose_rows(
    snapshot: Snapshot, bbox: tuple[float, float, float, float] | None, condition: str
) -> NDArray[np.int64]:
    """The rows to be written, by fid."""
    rows = snapshot.rows if bbox is None else snapshot.intersecting(shapely.box(*bbox))
    if condition:
        rows = rows[Filter.of(condition, snapshot.layer).rows(snapshot)[rows]]
    return rows[np.argsort(snapshot.fids(rows))]


def _batches(
    snapshot: Snapshot,
    rows: RowIds,
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


def _lack_geometry(snapshot: Snapshot, rows: RowIds) -> bool:
    return bool(np.isnan(snapshot.positions(rows)).any())
