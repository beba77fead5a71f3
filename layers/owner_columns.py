"""Owner columns for any file: the owners of each of its rows, for millions of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.areas import owner_fields
from cim.areas.ownership import Areas, day_number
from cim.arrays import parallel
from cim.arrays.types import Geometries, LonLat
from cim.errors import BadInput
from cim.loading import LayerLoading
from cim.local_time import local_days
from cim.model.layer import Features, Field
from cim.model.standard_layers import LEVELS, OWNER_FIELDS, PLACED
from cim.progress import Progress, silent
from cim.space.crs import Datum
from cim.state import CityState
from layers.formats import output
from layers.formats.source import Source
from layers.formats.stream import open_stream
from layers.formats.text_types import typed_column
from layers.load.source_crs import frame_of

#: Rows that are looked up at once, between two reports of progress.
_AT_ONCE = 250_000


def assign_file(
    state: CityState,
    path: Path,
    out: Path,
    *,
    crs: str | None = None,
    datum: Datum | None = None,
    sublayer: str | None = None,
    day: dt.date | None = None,
    day_column: str | None = None,
    for_excel: bool = True,
    progress: Progress = silent,
) -> tuple[int, int]:
    """Write the rows of a file with their owners to `out`; returns the number of rows, and how many are in an area.

    The columns are `owner_city` … `owner_unit_grid`, `owner_h3` and `owner_unit`; those of an earlier run are
    replaced. The file is processed some thousand rows at a time where its format allows it (`layers.formats.stream`).
    From text table to text table the attributes stay as they are written. A row is located by its point, or by a point
    inside its shape; one without geometry has no owner. `day` is the day of all owners, `day_column` a column with the
    day or moment of each row (in the city's time where it has no zone); today by default. `BadInput` for a `day`
    before the first grid; a row of such a day has no owner. The formats follow from the names of the files. With
    `for_excel` a CSV begins with a byte order mark.
    """
    output.require_writable(out)
    if day is not None and day_column is not None:
        raise BadInput("say one day for all or a column of days, one of the two")
    if day is not None:
        state.areas.require_begun(day)
    progress("reading", 0, None)
    target = out.suffix.lower()
    stream = open_stream(path, layer=sublayer, crs=crs, time_zone=state.settings.timezone, target=target)
    counted = np.zeros(2, np.int64)

    def batches() -> Iterator[output.Batch]:
        for source in parallel.ahead(stream.pieces):
            frame = frame_of(source, crs=crs, datum=datum, target_crs=state.settings.crs)
            geometry = frame.apply(source.geometry)
            owners = owner_table(state.areas, points_of(geometry), _days(source, day, day_column, state))
            counted[:] += len(source), len(source) - owners["owner_city"].null_count
            progress("placing", int(counted[0]), None)
            yield geometry, _beside(source.attributes, owners)

    owner_names = [f"owner_{name}" for name in (*(f.name for f in OWNER_FIELDS), "unit")]
    kept = [field for field in stream.schema if field.name not in owner_names]
    plan = output.FilePlan(
        schema=pa.schema([*kept, *(pa.field(name, pa.string()) for name in owner_names)]),
        kind=stream.kind,
        crs="EPSG:4326" if target in output.JSON else state.settings.crs,
        lacks_geometry=stream.lacks_geometry,
        pairs=stream.pairs,
        bom=for_excel,
    )
    output.write(out, plan, batches())
    return int(counted[0]), int(counted[1])


def assign_layer(city: LayerLoading, name: str, progress: Progress = silent) -> tuple[int, int]:
    """Add owner fields to the features of a layer; returns the number of features, and how many are in an area."""
    if name in PLACED:
        raise BadInput(f"{name} know their owners already; after grids were redrawn use: citybase reassign")
    snapshot = city.snapshot(name)
    features = snapshot.features(snapshot.rows)
    owners = owner_table(city.state().areas, points_of(features.geometry), None, progress)
    kept = tuple(f for f in snapshot.layer.fields if f.name not in owners.column_names)
    titles = {**LEVELS, "h3": ("H3 单元", "H3 cell"), "unit": ("责任单位", "Responsible unit")}
    fields = (Field(f"owner_{key}", "text", f"所属{zh}", f"Owner: {en}") for key, (zh, en) in titles.items())
    table = _beside(features.attributes, owners)
    city.load(
        replace(snapshot.layer, fields=(*kept, *fields)),
        Features(features.geometry, table, features.fid),
        progress=progress,
    )
    return len(features), len(features) - owners["owner_city"].null_count


def _beside(table: pa.Table, owners: pa.Table) -> pa.Table:
    """The table with the owner columns at its end, in place of columns of the same names."""
    kept = [name for name in table.column_names if name not in owners.column_names]
    return pa.table([*(table[n] for n in kept), *owners.columns], names=[*kept, *owners.column_names])


def points_of(geometry: Geometries) -> LonLat:
    """A point inside each geometry: float64[n, 2] lon, lat; NaN without geometry or for coordinates out of range."""
    out = np.full((len(geometry), 2), np.nan)
    types = shapely.get_type_id(geometry)
    points = (types == shapely.GeometryType.POINT) & ~shapely.is_empty(geometry)
    out[points] = shapely.get_coordinates(geometry[points])
    others = (types > shapely.GeometryType.POINT) & ~shapely.is_empty(geometry)
    out[others] = shapely.get_coordinates(shapely.point_on_surface(geometry[others]))
    out[~(np.abs(out) <= (180.0, 90.0)).all(axis=1)] = np.nan
    return out


def owner_table(
    areas: Areas,
    points: LonLat,
    days: NDArray[np.int32] | None = None,
    progress: Progress = silent,
) -> pa.Table:
    """The owners of each point (float64[n, 2] lon, lat, WGS84; NaN: nowhere) as text columns `owner_…`."""
    parts = []
    for start in range(0, max(len(points), 1), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        asked = days[part] if days is not None and len(days) > 1 else days
        codes = owner_fields.owner_columns(areas, points[part], asked)
        parts.append(codes.append_column("unit", areas.unit_column(points[part], asked)))
        progress("placing", min(part.stop, len(points)), len(points))
    table = pa.concat_tables(parts)
    return table.rename_columns([f"owner_{name}" for name in table.column_names])


def _days(
    source: Source, day: dt.date | None, day_column: str | None, state: CityState
) -> NDArray[np.int32] | None:
    if day_column is None:
        return None if day is None else np.array([day_number(day)], np.int32)
    if day_column not in source.attributes.column_names:
        raise BadInput(
            f"{source.path} has no column {day_column!r}; it has: {', '.join(source.attributes.column_names)}"
        )
    column = source.attributes[day_column]
    if pa.types.is_string(column.type):  # from a text table, whose attributes are kept as they are written
        column, _ = typed_column(day_column, column, source.row, state.settings.timezone)
    if pa.types.is_timestamp(column.type):  # moments, in UTC
        column = local_days(column, state.zone)
    try:
        column = column.cast(pa.timestamp("ms")).cast(pa.date32(), safe=False)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise BadInput(f"{source.path}: column {day_column!r} holds no days: {error}") from error
    if column.null_count:
        raise BadInput(
            f"{source.path}: {column.null_count} rows have no day in {day_column!r}; fill them, or give one day for all"
        )
    numbers: NDArray[np.int32] = pc.cast(column, pa.int32()).to_numpy()
    return numbers
