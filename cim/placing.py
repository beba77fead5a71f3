"""Putting things in their place: the owning area on each level and the H3 cell of everything placed."""

from __future__ import annotations

from typing import Any

import h3
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.layer import Features
from cim.ownership import Areas
from cim.placed import H3_RESOLUTION, LEVELS, OWNER_FIELDS
from cim.snapshot import Snapshot


def owners_of(areas: Areas, points: NDArray[np.float64]) -> dict[str, list[str | None]]:
    """The owner fields of each point (float64[n, 2] lon, lat): for each level the codes, and the H3 cells."""
    columns = {level: areas.codes(rows) for level, rows in zip(LEVELS, areas.owners(points), strict=True)}
    columns["h3"] = [h3.latlng_to_cell(lat, lon, H3_RESOLUTION) for lon, lat in points.tolist()]
    return columns


def owner_values(areas: Areas, geometry: Any) -> dict[str, str | None]:
    """The owner fields of one placed thing; all None without a position."""
    if geometry is None or geometry.is_empty:
        return {f.name: None for f in OWNER_FIELDS}
    columns = owners_of(areas, shapely.get_coordinates(geometry)[:1])
    return {name: values[0] for name, values in columns.items()}


def strays(areas: Areas, snapshot: Snapshot) -> dict[int, dict[str, str | None]]:
    """The owner fields, by fid, of rows whose H3 cell is not the one of their position: those that came from
    outside. Only rows changed since the base was made are looked at, all where there are none.
    """
    rows = np.arange(len(snapshot.delta)) + len(snapshot.base) if len(snapshot.delta) else snapshot.rows
    said = snapshot.attributes(rows, ["h3"])["h3"].to_pylist()
    geometry = snapshot.geometry(rows)
    lost = {}
    for fid, shape, cell in zip(snapshot.fids(rows).tolist(), geometry, said, strict=True):
        position = shapely.get_coordinates(shape)[:1].tolist()  # the first, where there are several
        here = h3.latlng_to_cell(position[0][1], position[0][0], H3_RESOLUTION) if position else None
        if here != cell:
            lost[fid] = owner_values(areas, shape)
    return lost


def with_owners(areas: Areas, features: Features) -> Features:
    """The features with their owner fields filled from where they are."""
    placed = np.flatnonzero(~(shapely.is_missing(features.geometry) | shapely.is_empty(features.geometry)))
    coords, of = shapely.get_coordinates(features.geometry[placed], return_index=True)
    points = coords[np.unique(of, return_index=True)[1]]  # the first, where there are several
    made = owners_of(areas, points)
    table = features.attributes
    for name in (*LEVELS, "h3"):
        values = np.full(len(features), None, object)
        values[placed] = made[name]
        at = table.schema.get_field_index(name)
        column = pa.array(values, pa.string())
        table = table.set_column(at, name, column) if at >= 0 else table.append_column(name, column)
    return Features(features.geometry, table, features.fid)
