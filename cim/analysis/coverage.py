"""Coverage: how much of the city fire stations (or any other facilities) reach in time, and whom they do not reach.

The covered area is that of `cim.routing.reach`, from all facilities together. Buildings, and the people in them, count
by their position; where people are counted by area, an area counts by its covered share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.access.caller import Caller
from cim.analysis.answers import (
    Coverage,
    CoverageFeature,
    CoverageProperties,
    CoveredCount,
    UncoveredArea,
    UncoveredCell,
)
from cim.areas.ownership import Areas
from cim.arrays.types import Geometries, LonLat, RowIds
from cim.columnar.outline import Outline
from cim.errors import BadInput
from cim.model.standard_layers import LEVELS
from cim.operations.nearest import Selection
from cim.operations.population import population_layer, population_level
from cim.roads.profiles import Profile
from cim.routing.reach import MOST_PLACES, extent
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.space import crs, geojson, h3_cells
from cim.state import CityState

#: Maximum areas that are listed, those with the most people out of reach first.
MOST_AREAS = 500


@dataclass(frozen=True, slots=True)
class Facilities:
    """The facilities: their positions (float64[n, 2] lon, lat, WGS84), and the code or fid of each."""

    lonlat: LonLat
    names: list[Any]

    @classmethod
    def of(cls, snapshots: Mapping[str, Snapshot], wanted: Selection, caller: Caller) -> Facilities:
        """The features of a layer of points that meet the condition and have a position. `BadInput` for another layer,
        for none and for too many; `NotFound` for a layer that is not loaded."""
        caller.require_seen(wanted.where)
        snapshot = require_layer(snapshots, wanted.layer)
        if snapshot.layer.geometry != "point":
            raise BadInput(f"layer {wanted.layer!r} holds {snapshot.layer.geometry}s; facilities are points")
        rows = snapshot.rows[snapshot.matching(wanted.where)[snapshot.rows]]
        lonlat = snapshot.positions(rows)
        there = np.isfinite(lonlat[:, 0])
        rows, lonlat = rows[there], lonlat[there]
        if not 1 <= len(rows) <= MOST_PLACES:
            raise BadInput(
                f"{len(rows):,} facilities meet the condition; coverage is asked of 1 to {MOST_PLACES:,}"
            )
        field = "code" if "code" in snapshot.layer.field_names else None
        names = (
            snapshot.attributes(rows, [field]).column(0).to_pylist()
            if field
            else snapshot.fids(rows).tolist()
        )
        return cls(lonlat, names)


@dataclass(frozen=True, slots=True, eq=False)
class _Count:
    """Rows with their covered share at each time (`share` float64[contours, n]), the number each stands for (`weight`
    float64[n]) and their position (`at` float64[n, 2] lon, lat)."""

    share: NDArray[np.float64]
    weight: NDArray[np.float64]
    at: NDArray[np.float64]

    def within(self, contour: int) -> CoveredCount:
        """How many in total, how many are covered at this time, how many are not, and the covered share."""
        total = float(self.weight.sum())
        covered = float((self.weight * self.share[contour]).sum())
        share = round(covered / total, 4) if total else None
        return CoveredCount(round(total), round(covered), round(total) - round(covered), share)


def measure_coverage(
    state: CityState,
    facilities: Facilities,
    minutes: Sequence[float],
    profile: Profile,
    *,
    towards: bool = False,
    level: str = "street",
    resolution: int | None = None,
    at: dt.datetime | None = None,
    surface: bool = False,
) -> Coverage:
    """For each time the covered area, and how many people and buildings are inside and outside.

    `areas` lists the areas of a level with the most people outside the longest time; with a `resolution`,
    `uncovered_cells` lists the H3 cells of these people. `towards`: people travel to a facility (a shelter), instead of
    the facility's crew to them. A count is None where no layer has people or buildings. `BadInput` for an unknown level
    or resolution and as `extent` raises it, `NotFound` where no roads are loaded.
    """
    if level not in LEVELS:
        raise BadInput(f"level {level!r} is not known; known: {', '.join(LEVELS)}")
    if resolution is not None:
        h3_cells.check_resolution(resolution, 12)
    found = extent(state.roads, facilities.lonlat, minutes, profile, towards=towards, at=at, surface=surface)
    people, source = _people(state, found.shapes)
    buildings = _count_places(state.snapshots.get("buildings"), found.shapes, None)
    features = []
    for i, (ms, shape) in enumerate(zip(found.contours_ms, found.shapes, strict=True)):
        properties = CoverageProperties(
            minutes=ms / 60_000.0,
            profile=profile.name,
            towards=towards,
            area_m2=round(float(crs.geometry_to_metric(shape, state.metric_crs).area)),
            people=people.within(i) if people is not None else None,
            buildings=buildings.within(i) if buildings is not None else None,
        )
        drawn = orjson.loads(geojson.encode(shapely.set_precision(shape, 1e-6)))
        features.append(CoverageFeature("Feature", drawn, properties))
    return Coverage(
        type="FeatureCollection",
        features=features,
        facilities=len(facilities.names),
        off_road=[facilities.names[i] for i in found.off.tolist()],
        people_from=source,
        areas=_areas(state.areas, people, level) if people is not None else [],
        uncovered_cells=None if resolution is None else _cells(people or buildings, resolution),
    )


def _people(state: CityState, shapes: Geometries) -> tuple[_Count | None, str | None]:
    name = population_layer(state)
    if name is None:
        return None, None
    if name != "areas":
        return _count_places(state.snapshots.get(name), shapes, "population"), name
    areas, level = state.areas, population_level(state)
    rows = np.flatnonzero(areas.current & areas.snapshot.matching({"level": level}))
    shapes_of = areas.snapshot.geometry(rows)
    drawn = ~(shapely.is_missing(shapes_of) | shapely.is_empty(shapes_of))
    rows, shapes_of = rows[drawn], shapes_of[drawn]
    covers = crs.geometry_to_metric(shapes, state.metric_crs)
    share = np.zeros((len(covers), len(rows)))
    for i, cover in enumerate(covers):
        if not cover.is_empty:
            share[i] = areas.snapshot.shares_in(Outline.of(cover), rows)
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes_of))
    return _Count(share, _weights(areas.snapshot, rows, "population"), inside), f"areas ({level})"


def _count_places(snapshot: Snapshot | None, shapes: Geometries, field: str | None) -> _Count | None:
    """The rows of a layer by their position, each counted by a field or as one; None where it is not loaded."""
    if snapshot is None:
        return None
    rows = snapshot.rows
    at = snapshot.positions(rows)
    there = np.isfinite(at[:, 0])
    rows, at = rows[there], at[there]
    share = np.array([shapely.contains_xy(shape, at[:, 0], at[:, 1]) for shape in _prepare(shapes)], float)
    return _Count(share, np.ones(len(rows)) if field is None else _weights(snapshot, rows, field), at)


def _prepare(shapes: Geometries) -> NDArray[Any]:
    shapely.prepare(shapes)
    return shapes


def _weights(snapshot: Snapshot, rows: RowIds, field: str) -> NDArray[np.float64]:
    column = pc.fill_null(snapshot.attributes(rows, [field])[field], 0)
    weights: NDArray[np.float64] = column.to_numpy().astype(np.float64)
    return weights


def _areas(areas: Areas, people: _Count, level: str) -> list[UncoveredArea]:
    """The areas of the level, ordered by the number of people outside the longest time."""
    owner = areas.owners(people.at)[list(LEVELS).index(level)]
    held = owner >= 0
    n = len(areas.snapshot.base) + len(areas.snapshot.delta)
    total = np.bincount(owner[held], weights=people.weight[held], minlength=n)
    covered = np.bincount(owner[held], weights=(people.weight * people.share[-1])[held], minlength=n)
    known = np.unique(owner[held])
    order = known[np.lexsort((known, covered[known] - total[known]))][:MOST_AREAS]
    out = []
    for row in order.tolist():
        record = areas.record(row)
        out.append(
            UncoveredArea(
                level,
                record.code,
                record.name,
                record.name_en,
                round(total[row]),
                round(total[row] - covered[row]),
                round(float(covered[row] / total[row]), 4) if total[row] else None,
            )
        )
    return out


def _cells(counted: _Count | None, resolution: int) -> list[UncoveredCell]:
    """The H3 cells of those outside the longest time with their number, the largest first."""
    if counted is None:
        return []
    missed = counted.weight * (1.0 - counted.share[-1])
    out = missed > 0
    cells, inverse = np.unique(h3_cells.cells_of(counted.at[out], resolution), return_inverse=True)
    sums = np.bincount(inverse, weights=missed[out], minlength=len(cells))
    order = np.argsort(-sums, kind="stable")
    names = h3_cells.as_text(cells[order]).to_pylist()
    return [
        UncoveredCell(name, round(value, 1)) for name, value in zip(names, sums[order].tolist(), strict=True)
    ]
