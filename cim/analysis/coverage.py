"""How much of the city its fire stations (or any other facilities) reach in time, and whom they do not.

The area is that of `cim.routing.reach`, from all facilities together. People are counted as `affected` counts
them: a building by where it stands, an area by its covered share; buildings by where they stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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
from cim.arrays.types import Geometries, LonLat, RowIds
from cim.city import City
from cim.columnar.outline import Outline
from cim.errors import BadInput
from cim.model.standard_layers import LEVELS
from cim.operations.nearest import Selection
from cim.operations.population import population_layer, population_level
from cim.roads.profiles import Profile
from cim.routing.reach import MOST_PLACES, extent
from cim.snapshot.snapshot import Snapshot
from cim.space import crs, geojson, h3_cells

#: So many areas of the level are listed, those with the most people out of reach first.
MOST_AREAS = 500


@dataclass(frozen=True, slots=True)
class Facilities:
    """What is to reach the city: positions (float64[n, 2] lon, lat, WGS84), and what each is called."""

    lonlat: LonLat
    names: list[Any]

    @classmethod
    def of(cls, city: City, wanted: Selection, caller: Caller) -> Facilities:
        """The rows of a layer of points that meet the condition. `BadInput` for none, too many, or another layer."""
        caller.require_seen(wanted.where)
        snapshot = city.snapshot(wanted.layer)
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
    """Rows that are covered or not, with what each counts: `share` float64[contours, n], `weight` float64[n], `at`
    float64[n, 2] where each is."""

    share: NDArray[np.float64]
    weight: NDArray[np.float64]
    at: NDArray[np.float64]

    def within(self, contour: int) -> CoveredCount:
        """How many in all, how many covered, and the rest."""
        total = float(self.weight.sum())
        covered = float((self.weight * self.share[contour]).sum())
        share = round(covered / total, 4) if total else None
        return CoveredCount(round(total), round(covered), round(total) - round(covered), share)


def measure_coverage(
    city: City,
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
    """For each time the covered area with the people and buildings in it and out of it, and the areas of a level with
    the most people out of reach of the longest time; with the H3 cells where those live, where a resolution is given.

    `towards`: how soon one is at a facility, as at a shelter, instead of they at the place. What can't be counted
    (no layer of people or buildings) is null.
    """
    city = city.hold()
    if level not in LEVELS:
        raise BadInput(f"level {level!r} is not known; known: {', '.join(LEVELS)}")
    if resolution is not None:
        h3_cells.check_resolution(resolution, 12)
    found = extent(city, facilities.lonlat, minutes, profile, towards=towards, at=at, surface=surface)
    people, source = _people(city, found.shapes)
    buildings = _count_places(city, "buildings", found.shapes, None)
    features = []
    for i, (ms, shape) in enumerate(zip(found.contours_ms, found.shapes, strict=True)):
        properties = CoverageProperties(
            minutes=ms / 60_000.0,
            profile=profile.name,
            towards=towards,
            area_m2=round(float(crs.geometry_to_metric(shape, city.metric_crs).area)),
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
        areas=_areas(city, people, level) if people is not None else [],
        uncovered_cells=None if resolution is None else _cells(people or buildings, resolution),
    )


def _people(city: City, shapes: Geometries) -> tuple[_Count | None, str | None]:
    name = population_layer(city)
    if name is None:
        return None, None
    if name != "areas":
        return _count_places(city, name, shapes, "population"), name
    areas, level = city.areas, population_level(city)
    rows = np.flatnonzero(areas.current & areas.snapshot.matching({"level": level}))
    shapes_of = areas.snapshot.geometry(rows)
    drawn = ~(shapely.is_missing(shapes_of) | shapely.is_empty(shapes_of))
    rows, shapes_of = rows[drawn], shapes_of[drawn]
    covers = crs.geometry_to_metric(shapes, city.metric_crs)
    share = np.zeros((len(covers), len(rows)))
    for i, cover in enumerate(covers):
        if not cover.is_empty:
            share[i] = areas.snapshot.shares_in(Outline.of(cover), rows)
    inside = shapely.get_coordinates(shapely.point_on_surface(shapes_of))
    return _Count(share, _weights(areas.snapshot, rows, "population"), inside), f"areas ({level})"


def _count_places(city: City, name: str, shapes: Geometries, field: str | None) -> _Count | None:
    """The rows of a layer, each by where it stands, counted by a field or each as one; None where it is not loaded."""
    snapshot = city.snapshots.get(name)
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


def _areas(city: City, people: _Count, level: str) -> list[UncoveredArea]:
    """The areas of the level by how many people are out of reach of the longest time, the most first."""
    areas = city.areas
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
    """The cells of those out of reach of the longest time, with how many are in each; the most first."""
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
