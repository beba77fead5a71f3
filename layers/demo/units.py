"""The layer `units`: the city's bureaus, districts' and streets' offices, fire stations; phones are fictitious."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.layer import Features
from cim.placed import UNITS
from layers.demo.frame import Frame
from layers.demo.inputs import rows
from layers.demo.spots import Roadside, table

STATIONS = {"small": 24, "city": 70, "metro": 110}
_DISTRICT_OFFICES = (
    ("CG", "城市管理和综合执法局", "Urban Management Bureau", "urban_management"),
    ("YJ", "应急管理局", "Emergency Management Bureau", "emergency"),
    ("GA", "公安分局", "Public Security Branch", "police"),
)


def station_code(n: int) -> str:
    """The code of the n-th fire station, counted from 1.

    >>> station_code(7)
    '430100-XF-007'
    """
    return f"430100-XF-{n:03d}"


def features(frame: Frame, roadside: Roadside, streets: NDArray[Any], districts: NDArray[Any]) -> Features:
    """Every unit that other layers refer to; `streets` and `districts` are polygons in lon, lat."""
    rng = frame.rng(12)
    out: list[tuple[str, str, str, str, str, str | None, str, list[float]]] = []
    for u in rows("units"):
        parent = None if u["code"] == "430100-ZX" else "430100-ZX"
        place = [float(u["lon"]), float(u["lat"])]
        out.append(
            (u["code"], u["name"], u["name_en"], u["kind"], "city", parent, "岳麓区岳麓大道（示意）", place)
        )
    middles = shapely.get_coordinates(shapely.point_on_surface(districts))
    for row, middle in zip(rows("districts"), middles, strict=True):
        for number, (suffix, zh, en, kind) in enumerate(_DISTRICT_OFFICES):
            place = [middle[0] + 0.002 * number, middle[1]]
            name_en = f"{row['name_en']} {en}"
            parent = f"430100-{suffix}"
            out.append(
                (
                    f"{row['code']}-{suffix}",
                    row["name"] + zh,
                    name_en,
                    kind,
                    "district",
                    parent,
                    f"{row['name']}政务中心（示意）",
                    place,
                )
            )
    for row, middle in zip(
        rows("streets"), shapely.get_coordinates(shapely.point_on_surface(streets)), strict=True
    ):
        town = row["name"][-1] in "镇乡"
        name = (
            f"{row['name']}{'人民政府' if town else '办事处' if row['name'].endswith('街道') else '管委会'}"
        )
        out.append((
            f"{row['code']}-JB", name, f"{row['name_en']} Office", "street_office", "street",
            f"{row['code'][:6]}-CG", f"{row['name']}（示意）", list(middle),
        ))  # fmt: skip
    spots = roadside.draw(STATIONS[frame.size], rng, 20.0)
    numbers = rng.integers(1, 300, len(spots))
    for n, (lonlat, address, road, road_en) in enumerate(
        zip(spots.lonlat.tolist(), spots.addresses(numbers), spots.road, spots.road_en, strict=True), 1
    ):
        out.append((
            station_code(n), f"{road}消防救援站", f"{road_en} Fire Station", "fire_station", "city", "430100-XF", address, lonlat,
        ))  # fmt: skip
    code, name, name_en, kind, level, parents, address, place = (
        list(column) for column in zip(*out, strict=True)
    )
    columns = {
        "code": code, "name": name, "name_en": name_en, "kind": kind, "level": level, "parent": parents,
        "phone": [f"0731-5550{n:04d}" for n in range(len(out))], "address": address,
    }  # fmt: skip
    return Features(np.asarray(shapely.points(np.round(np.array(place), 9))), table(UNITS, columns, len(out)))
