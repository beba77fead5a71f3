"""Reverse geocoding: the address line of a position, and the nearest road, crossing, house, building and place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import LonLat, Mask
from cim.geocoding import crossings
from cim.geocoding.answers import NearCrossing, NearFeature, PositionNamed
from cim.geocoding.messages import address_line
from cim.geocoding.search import identity
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState
from cim.text.registry import is_searched

#: Maximum distance of each kind of feature.
_ROAD_M, _HOUSE_M, _BUILDING_M, _PLACE_M = 500.0, 80.0, 60.0, 800.0
#: Maximum distance of a crossing.
_CROSSING_M = 250.0


@dataclass(frozen=True, slots=True, eq=False)
class _Near:
    """A feature near a point as the answer shows it, and its layer."""

    feature: NearFeature
    snapshot: Snapshot


def reverse_geocode(state: CityState, points: LonLat) -> list[PositionNamed]:
    """The address line, the nearest features and the owners of each point (float64[q, 2] lon, lat, WGS84)."""
    owners = state.owners(points)
    snapshots = list(state.snapshots.values())
    roads = _nearest(points, _road_layers(snapshots), "name", _ROAD_M)
    houses = _features(_nearest(points, _house_layers(snapshots), "address", _HOUSE_M))
    buildings = _features(
        _nearest(points, _named_layers(snapshots, "polygon", "building"), "name", _BUILDING_M)
    )
    places = _features(_nearest(points, _named_layers(snapshots, "point", "place"), "name", _PLACE_M))
    answers = []
    for i, (point, road, house) in enumerate(zip(points, roads, houses, strict=True)):
        crossing = _crossing(point, road) if road is not None else None
        shown = road.feature if road is not None else None
        address = address_line(owners[i], shown, crossing, house, places[i])
        answers.append(PositionNamed(address, shown, crossing, house, buildings[i], places[i], owners[i]))
    return answers


def _features(near: list[_Near | None]) -> list[NearFeature | None]:
    return [None if one is None else one.feature for one in near]


# -- nearest features --------------------------------------------------------------------------------


def _road_layers(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    return [s for s in snapshots if crossings.is_roads(s.layer) and "name" in s.layer.field_names]


def _house_layers(snapshots: Iterable[Snapshot]) -> list[Snapshot]:
    base = [s for s in snapshots if s.layer.kind == "base" and s.layer.geometry == "point"]
    return [s for s in base if {"address", "number"} <= set(s.layer.field_names)]


def _named_layers(snapshots: Iterable[Snapshot], geometry: str, word: str) -> list[Snapshot]:
    return [
        s
        for s in snapshots
        if s.layer.kind == "base"
        and s.layer.geometry == geometry
        and word in s.layer.name.lower()
        and "name" in s.layer.field_names
    ]


@lru_cache(maxsize=16)
def _has(snapshot: Snapshot, field: str) -> Mask:
    """Which rows have a value in the field."""
    at = snapshot.layer.field_names.index(field)
    return np.concatenate([columns.codes[at] >= 0 for columns, _, _ in snapshot.parts])


def _nearest(points: LonLat, layers: list[Snapshot], field: str, within_m: float) -> list[_Near | None]:
    """For each point the nearest feature of these layers that has a value in the field; None where none is within
    `within_m`."""
    best: list[_Near | None] = [None] * len(points)
    for snapshot in layers:
        rows, metres = snapshot.nearest(points, 1, within_m, _has(snapshot, field))
        found = np.flatnonzero(rows[:, 0] >= 0)
        wanted = [f.name for f in snapshot.layer.fields if is_searched(f) or f.name in ("road", "number")]
        records = snapshot.attributes(rows[found, 0], wanted).to_pylist()
        for i, record in zip(found.tolist(), records, strict=True):
            away, known = float(metres[i, 0]), best[i]
            if known is None or away < known.feature["distance_m"]:
                row = int(rows[i, 0])
                shown = {"layer": snapshot.layer.name, "id": identity(snapshot, row), **record}
                best[i] = _Near({**shown, "distance_m": round(away, 1)}, snapshot)
    return best


def _crossing(point: NDArray[np.float64], road: _Near) -> NearCrossing | None:
    """The nearest place where the road meets one of another name."""
    snapshot, name = road.snapshot, road.feature["name"]
    around = snapshot.within_distance(point, max(_CROSSING_M, road.feature["distance_m"] + 1.0))
    around = around[_has(snapshot, "name")[around]]
    fields = [f for f in ("name", "name_en") if f in snapshot.layer.field_names]
    records = snapshot.attributes(around, fields).to_pylist()
    mine = np.array([r["name"] == name for r in records], np.bool_)
    if mine.all():
        return None
    lines = snapshot.metric_geometry(around)
    other = np.flatnonzero(~mine)
    i, j = shapely.STRtree(lines[other]).query(lines[mine], predicate="intersects")
    if not len(i):
        return None
    meeting = shapely.intersection(lines[mine][i], lines[other[j]])
    here = crs.to_metric(point[None], snapshot.metric_crs)[0]
    away = shapely.distance(meeting, shapely.Point(here))
    nearest = int(np.argmin(away))
    if away[nearest] > _CROSSING_M:
        return None
    at = shapely.get_coordinates(meeting[nearest])
    at = at[np.argmin(np.hypot(*(at - here).T))]
    lon, lat = crs.from_metric(at[None], snapshot.metric_crs)[0].tolist()
    second = records[int(other[j[nearest]])]
    return NearCrossing(
        [name, second["name"]],
        [road.feature.get("name_en"), second.get("name_en")],
        [round(lon, 7), round(lat, 7)],
        round(float(away[nearest]), 1),
    )
