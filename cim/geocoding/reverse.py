"""From a position to words: the address line, and what is nearest of roads, crossings, houses, buildings and places."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.city import City
from cim.geocoding import crossings
from cim.geocoding.search import identity
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.text.registry import is_searched

#: How far each may be to be named.
_ROAD_M, _HOUSE_M, _BUILDING_M, _PLACE_M = 500.0, 80.0, 60.0, 800.0
#: A crossing is looked for this far around; a line names one that is nearer than `_AT_CROSSING_M`.
_CROSSING_M, _AT_CROSSING_M = 250.0, 120.0
#: A house as near as this is the address itself.
_AT_HOUSE_M = 40.0
_ENDS_A_ROAD = "路街道巷线"


def reverse_geocode(city: City, points: NDArray[np.float64]) -> list[dict[str, Any]]:
    """What each point (float64[q, 2] lon, lat, WGS84) is called: `address` in Chinese and English, `road`, `crossing`,
    `house`, `building` and `place` with their distances in metres (None where none is near), and the `owners`."""
    city = city.hold()
    owners = city.owners(points)
    roads = _nearest(points, _road_layers(city), "name", _ROAD_M)
    houses = _nearest(points, _house_layers(city), "address", _HOUSE_M)
    buildings = _nearest(points, _named_layers(city, "polygon", "building"), "name", _BUILDING_M)
    places = _nearest(points, _named_layers(city, "point", "place"), "name", _PLACE_M)
    answers = []
    for i, point in enumerate(points):
        crossing = _crossing(point, roads[i])
        said = {
            "road": roads[i], "crossing": crossing, "house": houses[i], "building": buildings[i], "place": places[i],
        }  # fmt: skip
        answers.append(
            {
                "address": {"zh": _line_zh(owners[i], said), "en": _line_en(owners[i], said)},
                **{name: _describe(thing) for name, thing in said.items()},
                "owners": owners[i],
            }
        )
    return answers


def _describe(thing: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if thing is None else {k: v for k, v in thing.items() if not k.startswith("_")}


# -- what is near ------------------------------------------------------------------------------------


def _road_layers(city: City) -> list[Snapshot]:
    return [
        s for s in city.snapshots.values() if crossings.is_roads(s.layer) and "name" in s.layer.field_names
    ]


def _house_layers(city: City) -> list[Snapshot]:
    base = [s for s in city.snapshots.values() if s.layer.kind == "base" and s.layer.geometry == "point"]
    return [s for s in base if {"address", "number"} <= set(s.layer.field_names)]


def _named_layers(city: City, geometry: str, word: str) -> list[Snapshot]:
    return [
        s for s in city.snapshots.values()
        if s.layer.kind == "base" and s.layer.geometry == geometry and word in s.layer.name.lower()
        and "name" in s.layer.field_names
    ]  # fmt: skip


@lru_cache(maxsize=16)
def _has(snapshot: Snapshot, field: str) -> NDArray[np.bool_]:
    """Which rows have a value in the field."""
    at = snapshot.layer.field_names.index(field)
    return np.concatenate([columns.codes[at] >= 0 for columns, _, _ in snapshot.parts])


def _nearest(
    points: NDArray[np.float64], layers: list[Snapshot], field: str, within_m: float
) -> list[dict[str, Any] | None]:
    """The nearest thing of these layers that has the field, of each point; None where none is near."""
    best: list[dict[str, Any] | None] = [None] * len(points)
    for snapshot in layers:
        rows, metres = snapshot.nearest(points, 1, within_m, _has(snapshot, field))
        found = np.flatnonzero(rows[:, 0] >= 0)
        wanted = [f.name for f in snapshot.layer.fields if is_searched(f) or f.name in ("road", "number")]
        records = snapshot.attributes(rows[found, 0], wanted).to_pylist()
        for i, record in zip(found.tolist(), records, strict=True):
            away, known = float(metres[i, 0]), best[i]
            if known is None or away < known["distance_m"]:
                row = int(rows[i, 0])
                best[i] = {
                    "layer": snapshot.layer.name, "id": identity(snapshot, row), **record,
                    "distance_m": round(away, 1), "_snapshot": snapshot, "_row": row,
                }  # fmt: skip
    return best


def _crossing(point: NDArray[np.float64], road: dict[str, Any] | None) -> dict[str, Any] | None:
    """The nearest place where the road meets one of another name."""
    if road is None:
        return None
    snapshot: Snapshot = road["_snapshot"]
    around = snapshot.within_distance(point, max(_CROSSING_M, road["distance_m"] + 1.0))
    around = around[_has(snapshot, "name")[around]]
    fields = [f for f in ("name", "name_en") if f in snapshot.layer.field_names]
    records = snapshot.attributes(around, fields).to_pylist()
    mine = np.array([r["name"] == road["name"] for r in records], np.bool_)
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
    return {
        "roads": [road["name"], records[int(other[j[nearest]])]["name"]],
        "roads_en": [road.get("name_en"), records[int(other[j[nearest]])].get("name_en")],
        "position": [round(lon, 7), round(lat, 7)],
        "distance_m": round(float(away[nearest]), 1),
    }


# -- words -------------------------------------------------------------------------------------------


def _area(owners: dict[str, Any], level: str, key: str = "name") -> str | None:
    area = next((a for a in owners["areas"] if a["level"] == level), None)
    return None if area is None else area[key] or area["name"]


def _house_is_here(said: dict[str, Any]) -> bool:
    house = said["house"]
    return house is not None and house["distance_m"] <= _AT_HOUSE_M and bool(house.get("road"))


def _line_zh(owners: dict[str, Any], said: dict[str, Any]) -> str:
    """芙蓉区 文艺路街道 五一大道 近 韶山路口"""
    words = [_area(owners, "district") or _area(owners, "city"), _area(owners, "street")]
    road, crossing, place = said["road"], said["crossing"], said["place"]
    if _house_is_here(said):
        words.append(f"{said['house']['road']}{said['house']['number']}号")
        words.append(said["house"].get("name"))
    elif road is not None:
        words.append(road["name"])
    if road is not None and crossing is not None and crossing["distance_m"] <= _AT_CROSSING_M:
        line = "".join(w or "" for w in words)
        other = next((name for name in crossing["roads"] if name not in line), None)
        if other is not None:
            words += ["近", f"{other}口" if other[-1] in _ENDS_A_ROAD else other]
    if road is None and not _house_is_here(said) and place is not None:
        words += [place["name"], "附近"]
    if not owners["areas"] and owners["nearest"] is not None:
        words.insert(0, f"{owners['nearest']['name']}外")
    return " ".join(w for w in words if w)


def _line_en(owners: dict[str, Any], said: dict[str, Any]) -> str:
    """Wuyi Avenue near Shaoshan Road, Wenyilu Subdistrict, Furong District"""
    road, crossing, place = said["road"], said["crossing"], said["place"]
    first = None
    if _house_is_here(said):
        named = (
            road["name_en"]
            if road is not None and road["name"] == said["house"]["road"] and road.get("name_en")
            else None
        )
        first = f"{said['house']['number']} {named or said['house']['road']}"
    elif road is not None:
        first = road.get("name_en") or road["name"]
    if first is not None and crossing is not None and crossing["distance_m"] <= _AT_CROSSING_M:
        pairs = zip(crossing["roads"], crossing["roads_en"], strict=True)
        other = next((en or zh for zh, en in pairs if (en or zh) not in first and zh not in first), None)
        first += f" near {other}" if other else ""
    if first is None and place is not None:
        first = f"near {place.get('name_en') or place['name']}"
    parts = [
        first,
        _area(owners, "street", "name_en"),
        _area(owners, "district", "name_en") or _area(owners, "city", "name_en"),
    ]
    if not owners["areas"] and owners["nearest"] is not None:
        parts.append(f"outside {owners['nearest']['name_en'] or owners['nearest']['name']}")
    return ", ".join(p for p in parts if p)
