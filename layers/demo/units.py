"""The layer `units`: the city's bureaus, the districts' and streets' offices, and the fire stations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from cim.arrays.types import Geometries
from cim.model.layer import Features
from cim.model.standard_layers import UNITS
from layers.demo.frame import CityFrame
from layers.demo.inputs import rows
from layers.demo.spots import Roadside, table

STATIONS = {"small": 24, "city": 70, "metro": 110}
_OPERATION_CENTRE = "430100-ZX"
_DISTRICT_OFFICES = (
    ("CG", "城市管理和综合执法局", "Urban Management Bureau", "urban_management"),
    ("YJ", "应急管理局", "Emergency Management Bureau", "emergency"),
    ("GA", "公安分局", "Public Security Branch", "police"),
)


@dataclass(frozen=True)
class _Unit:
    code: str
    name: str
    name_en: str
    kind: str
    level: str
    parent: str | None
    address: str
    lon: float
    lat: float


def station_code(n: int) -> str:
    """The code of the n-th fire station, counted from 1.

    >>> station_code(7)
    '430100-XF-007'
    """
    return f"430100-XF-{n:03d}"


def features(frame: CityFrame, roadside: Roadside, streets: Geometries, districts: Geometries) -> Features:
    """Every unit that other layers refer to; `streets` and `districts` are polygons in lon, lat.

    The phone numbers are fictitious.
    """
    units = [
        *_bureaus(),
        *_district_offices(districts),
        *_street_offices(streets),
        *_stations(frame, roadside),
    ]
    columns: dict[str, Any] = {
        name: [getattr(unit, name) for unit in units]
        for name in ("code", "name", "name_en", "kind", "level", "parent", "address")
    }
    columns["phone"] = [f"0731-5550{n:04d}" for n in range(len(units))]
    places = np.round(np.array([(unit.lon, unit.lat) for unit in units]), 9)
    return Features(np.asarray(shapely.points(places)), table(UNITS, columns, len(units)))


def _bureaus() -> list[_Unit]:
    return [
        _Unit(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            kind=row["kind"],
            level="city",
            parent=None if row["code"] == _OPERATION_CENTRE else _OPERATION_CENTRE,
            address=f"{row['name']}办公楼（示意）",
            lon=float(row["lon"]),
            lat=float(row["lat"]),
        )
        for row in rows("units")
    ]


def _district_offices(districts: Geometries) -> list[_Unit]:
    middles = shapely.get_coordinates(shapely.point_on_surface(districts)).tolist()
    return [
        _Unit(
            code=f"{row['code']}-{suffix}",
            name=row["name"] + zh,
            name_en=f"{row['name_en']} {en}",
            kind=kind,
            level="district",
            parent=f"430100-{suffix}",
            address=f"{row['name']}政务中心（示意）",
            lon=lon + 0.002 * number,
            lat=lat,
        )
        for row, (lon, lat) in zip(rows("districts"), middles, strict=True)
        for number, (suffix, zh, en, kind) in enumerate(_DISTRICT_OFFICES)
    ]


def _street_offices(streets: Geometries) -> list[_Unit]:
    middles = shapely.get_coordinates(shapely.point_on_surface(streets)).tolist()
    ending = {"道": "办事处", "镇": "人民政府", "乡": "人民政府"}
    return [
        _Unit(
            code=f"{row['code']}-JB",
            name=row["name"] + ending.get(row["name"][-1], "管委会"),
            name_en=f"{row['name_en']} Office",
            kind="street_office",
            level="street",
            parent=f"{row['code'][:6]}-CG",
            address=f"{row['name']}（示意）",
            lon=lon,
            lat=lat,
        )
        for row, (lon, lat) in zip(rows("streets"), middles, strict=True)
    ]


def _stations(frame: CityFrame, roadside: Roadside) -> list[_Unit]:
    rng = frame.rng(12)
    spots = roadside.draw(STATIONS[frame.size], rng, 20.0)
    addresses = spots.addresses(rng.integers(1, 300, len(spots)))
    return [
        _Unit(
            code=station_code(n),
            name=f"{road}消防救援站",
            name_en=f"{road_en} Fire Station",
            kind="fire_station",
            level="city",
            parent="430100-XF",
            address=address,
            lon=lon,
            lat=lat,
        )
        for n, (road, road_en, address, (lon, lat)) in enumerate(
            zip(spots.road, spots.road_en, addresses, spots.lonlat.tolist(), strict=True), 1
        )
    ]
