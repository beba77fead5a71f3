"""Putting things in their place: the owning area on each level and the H3 cell of everything placed.

A thing belongs to the areas of today; an incident to those of the day it was reported in the city's time zone, so that
a case stays with whom it was given to when grids are redrawn.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.areas.ownership import Areas, day_number
from cim.arrays.types import Geometries, LonLat, RowIds
from cim.local_time import local_days
from cim.model.layer import Features, Layer
from cim.model.standard_layers import H3_RESOLUTION, OWNED_AS_OF, OWNER_FIELDS
from cim.snapshot.snapshot import Snapshot
from cim.space import h3_cells

_NAMES = [f.name for f in OWNER_FIELDS]


def owner_columns(areas: Areas, points: LonLat, days: NDArray[np.int32] | None = None) -> pa.Table:
    """The owner fields of each point (float64[n, 2] lon, lat; NaN: nowhere): the codes of each level, the H3 cell.

    `days` (int32[n], or [1] for all): as of which day; None: today.
    """
    owners = areas.owners(points, days)
    columns = [areas.code_column(rows) for rows in owners]
    return pa.table([*columns, h3_cells.as_text(h3_cells.cells_of(points, H3_RESOLUTION))], names=_NAMES)


def owner_values(
    areas: Areas, layer: Layer, geometry: Any, values: Any, zone: ZoneInfo
) -> dict[str, str | None]:
    """The owner fields of one thing of the layer; all None without a position."""
    since = values.get(OWNED_AS_OF.get(layer.name, ""))
    days = None if since is None else np.array([day_number(since.astimezone(zone).date())], np.int32)
    made: dict[str, str | None] = owner_columns(areas, _firsts(np.array([geometry])), days).to_pylist()[0]
    return made


def with_owners(areas: Areas, layer: Layer, features: Features, zone: ZoneInfo) -> Features:
    """The features of the layer with their owner fields filled from where they are."""
    table = features.attributes
    made = owner_columns(areas, _firsts(features.geometry), _days(areas, layer, table, zone))
    for name in _NAMES:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, made[name]) if at >= 0 else table.append_column(name, made[name])
    return Features(features.geometry, table, features.fid)


def wrong_owners(
    areas: Areas, snapshot: Snapshot, rows: RowIds, zone: ZoneInfo
) -> dict[int, dict[str, str | None]]:
    """The right owner fields, by fid, of those of the rows whose own are not: for whatever reason, a grid that was
    redrawn or a thing that a GIS program placed or moved."""
    layer = snapshot.layer
    dated = [OWNED_AS_OF[layer.name]] if layer.name in OWNED_AS_OF else []
    said = snapshot.attributes(rows, [*_NAMES, *dated])
    right = owner_columns(areas, snapshot.positions(rows), _days(areas, layer, said, zone))
    wrong = np.zeros(len(rows), np.bool_)
    for name in _NAMES:
        ours, theirs = right[name], said[name]
        differs = pc.not_equal(pc.fill_null(ours, ""), pc.fill_null(theirs, ""))
        wrong |= differs.to_numpy()
    fids = snapshot.fids(rows[wrong]).tolist()
    return dict(zip(fids, right.filter(pa.array(wrong)).to_pylist(), strict=True))


def _firsts(geometry: Geometries) -> NDArray[np.float64]:
    """The first position of each geometry: float64[n, 2]; NaN without."""
    out = np.full((len(geometry), 2), np.nan)
    coordinates, of = shapely.get_coordinates(geometry, return_index=True)
    there, first = np.unique(of, return_index=True)
    out[there] = coordinates[first]
    return out


def _days(areas: Areas, layer: Layer, table: pa.Table, zone: ZoneInfo) -> NDArray[np.int32] | None:
    """As of which day each row is placed; None: all as of the day of the areas."""
    field = OWNED_AS_OF.get(layer.name)
    if field is None or field not in table.column_names:
        return None
    days = local_days(table[field], zone).cast(pa.int32())
    made: NDArray[np.int32] = pc.fill_null(days, day_number(areas.day)).to_numpy()
    return made
