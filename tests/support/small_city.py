"""A small city with answers that can be worked out by hand.

The city is the square 112.90…113.00 E, 28.10…28.20 N. It has a west and an east district (the border is
112.95 E); each has a south and a north street (the border is 28.15 N). Street 001 of the west district,
its south, has two communities side by side (the border is 112.925 E), and the western one has two unit
grids, south and north (the border is 28.125 N), which are one duty grid together.
"""

from __future__ import annotations

import atexit
import datetime as dt
import functools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from cim.city import City
from cim.model.layer import Features, Field, Layer
from cim.model.standard_layers import AREAS, INCIDENTS, RESOURCES, SENSORS, UNITS
from cim.settings import Settings
from cim.store import open_store
from tests.support.memory import folder_of_process

WEST, SOUTH, EAST, NORTH = 112.90, 28.10, 113.00, 28.20

BUILDINGS = Layer(
    "buildings",
    geometry="polygon",
    fields=(
        Field("name", "text", "名称", "Name"),
        Field("floors", "integer", "层数", "Floors"),
        Field("height_m", "real", "高度", "Height"),
        Field("population", "integer", "人口", "Population"),
    ),
    title_zh="建筑",
    title_en="Buildings",
)

ROADS = Layer(
    "roads", geometry="line", fields=(Field("name", "text"), Field("class", "text")), title_zh="道路"
)


def _rows(layer: Layer, geometry: list[Any], rows: list[dict[str, Any]]) -> Features:
    return Features(np.array(geometry, object), pa.Table.from_pylist(rows, layer.schema()))


def areas() -> Features:
    """The areas of the small city, all six levels."""
    boxes: list[tuple[str, str, str, str | None, str | None, tuple[float, float, float, float]]] = [
        ("430100", "小城", "city", None, None, (WEST, SOUTH, EAST, NORTH)),
        ("430102", "西区", "district", "430100", "U-WEST", (WEST, SOUTH, 112.95, NORTH)),
        ("430103", "东区", "district", "430100", "U-EAST", (112.95, SOUTH, EAST, NORTH)),
        ("430102001", "西南街道", "street", "430102", "U-001", (WEST, SOUTH, 112.95, 28.15)),
        ("430102002", "西北街道", "street", "430102", None, (WEST, 28.15, 112.95, NORTH)),
        ("430103001", "东南街道", "street", "430103", None, (112.95, SOUTH, EAST, 28.15)),
        ("430103002", "东北街道", "street", "430103", None, (112.95, 28.15, EAST, NORTH)),
        ("430102001001", "江边社区", "community", "430102001", None, (WEST, SOUTH, 112.925, 28.15)),
        ("430102001002", "山边社区", "community", "430102001", None, (112.925, SOUTH, 112.95, 28.15)),
        ("430102001001R01", "江边一格", "duty_grid", "430102001001", None, (WEST, SOUTH, 112.925, 28.15)),
        ("430102001001001", "南格", "unit_grid", "430102001001", None, (WEST, SOUTH, 112.925, 28.125)),
        ("430102001001002", "北格", "unit_grid", "430102001001", None, (WEST, 28.125, 112.925, 28.15)),
    ]
    rows = [
        {"code": code, "name": name, "level": level, "parent": parent, "unit": unit}
        for code, name, level, parent, unit, _ in boxes
    ]
    return _rows(AREAS, [shapely.box(*box) for *_, box in boxes], rows)


def units() -> Features:
    """The units that answer for them."""
    rows = [
        {"code": "U-WEST", "name": "西区政府", "phone": "0731-55500001", "level": "district"},
        {"code": "U-EAST", "name": "东区政府", "phone": "0731-55500002", "level": "district"},
        {"code": "U-001", "name": "西南街道办", "phone": "0731-55500003", "level": "street"},
    ]
    return _rows(UNITS, [shapely.Point(112.92, 28.15), shapely.Point(112.98, 28.15), None], rows)


def buildings() -> Features:
    """Three houses of 0.001° a side, the last with a courtyard, and one in two parts."""
    court = shapely.Polygon(
        [(112.96, 28.16), (112.961, 28.16), (112.961, 28.161), (112.96, 28.161)],
        [[(112.9604, 28.1604), (112.9606, 28.1604), (112.9606, 28.1606), (112.9604, 28.1606)]],
    )
    twins = shapely.MultiPolygon(
        [shapely.box(112.97, 28.17, 112.971, 28.171), shapely.box(112.972, 28.17, 112.973, 28.171)]
    )
    shapes = [
        shapely.box(112.91, 28.11, 112.911, 28.111),
        shapely.box(112.92, 28.11, 112.921, 28.111),
        court,
        twins,
    ]
    rows = [
        {"name": "一号楼", "floors": 3, "height_m": 9.5, "population": 30},
        {"name": "二号楼", "floors": 30, "height_m": 95.0, "population": 600},
        {"name": "回字楼", "floors": 6, "height_m": None, "population": 90},
        {"name": "双子楼", "floors": None, "height_m": 40.0, "population": None},
    ]
    return _rows(BUILDINGS, shapes, rows)


def roads() -> Features:
    """A road across the city from west to east, and a short one across it."""
    shapes = [
        shapely.LineString([(WEST, 28.15), (112.95, 28.15), (EAST, 28.15)]),
        shapely.LineString([(112.95, 28.14), (112.95, 28.16)]),
    ]
    return _rows(
        ROADS, shapes, [{"name": "中路", "class": "primary"}, {"name": "横街", "class": "residential"}]
    )


def resources() -> Features:
    """Two teams and a shelter."""
    rows = [
        {"code": "T-1", "name": "排水一队", "kind": "team", "status": "idle", "skills": "排水,抢险"},
        {"code": "T-2", "name": "消防一队", "kind": "team", "status": "busy", "skills": "消防"},
        {"code": "S-1", "name": "东区避难所", "kind": "shelter", "status": "open", "capacity": 500},
    ]
    shapes = [shapely.Point(112.91, 28.12), shapely.Point(112.912, 28.12), shapely.Point(112.98, 28.18)]
    return _rows(RESOURCES, shapes, rows)


def sensors() -> Features:
    """One water level gauge."""
    rows = [
        {"code": "W-1", "name": "下穿积水监测", "measures": "water_level", "unit_symbol": "cm", "value": 12.0}
    ]
    return _rows(SENSORS, [shapely.Point(112.911, 28.12)], rows)


def incidents() -> Features:
    """One incident, reported by a person whose number is nobody's business."""
    at = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
    rows = [
        {
            "code": "20260601-00001",
            "title": "中路积水",
            "class": "E0406",
            "level": "general",
            "status": "reported",
            "reporter_name": "张三丰",
            "reporter_phone": "19900001234",
            "reported_at": at,
            "updated_at": at,
        }
    ]
    return _rows(INCIDENTS, [shapely.Point(112.91, 28.13)], rows)


def settings(url: str, folder: Any) -> Settings:
    """The settings of a small city in this store, with its snapshots in the folder."""
    return Settings(
        store=url, snapshots=str(folder), name_zh="小城", name_en="Small City", metric_crs="EPSG:4547"
    )


def build(url: str, folder: Any, *, anew: bool = False) -> City:
    """The small city, loaded into the store at the URL and open, with its snapshots in the folder.

    A GeoPackage is a copy of the first that this process made, with the same identity, unless it is to be made anew.
    """
    chosen, file = settings(url, folder), url.removeprefix("gpkg:///")
    if anew or file == url:
        return _load_into(chosen)
    made = made_once()
    assert not Path(file).exists()
    shutil.copy(made / "city.gpkg", file)
    shutil.copytree(made / "snapshots", folder, dirs_exist_ok=True)
    return City.open(chosen)


@functools.cache
def made_once() -> Path:
    """The small city in a GeoPackage: a folder with the file and its snapshots, which goes with this process."""
    folder = folder_of_process("citybase-small-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _load_into(settings(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots")).close()
    return folder


def _load_into(chosen: Settings) -> City:
    open_store(chosen.store, create=True).close()
    city = City.open(chosen, create=True)
    for layer, features in (
        (AREAS, areas()),
        (UNITS, units()),
        (BUILDINGS, buildings()),
        (ROADS, roads()),
        (RESOURCES, resources()),
        (SENSORS, sensors()),
        (INCIDENTS, incidents()),
    ):
        city.load(layer, features)
    return city
