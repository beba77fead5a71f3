"""What the small city gets to be searched: addresses, places, roads with kilometres."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from cim.city import City
from cim.model.layer import Features, Field, Layer

ADDRESSES = Layer(
    "addresses",
    geometry="point",
    fields=(
        Field("address", "text"),
        Field("road", "text"),
        Field("number", "integer"),
        Field("name", "text"),
    ),
    title_zh="门牌地址",
    title_en="Addresses",
)
PLACES = Layer(
    "places", geometry="point", fields=(Field("name", "text"), Field("name_en", "text")), title_zh="地点"
)
ROADS = Layer(
    "roads",
    geometry="line",
    fields=(Field("name", "text"), Field("name_en", "text"), Field("start_km", "real")),
    title_zh="道路",
)


def features(layer: Layer, geometry: list[Any], rows: list[dict[str, Any]]) -> Features:
    """Features of a layer from shapes and records."""
    return Features(np.array(geometry, object), pa.Table.from_pylist(rows, layer.schema()))


def addresses() -> Features:
    """五一大道 runs east along 28.12 N from 112.90 E, odd numbers on its north side and even on its south; 五一路 is
    another road, in the east. Numbers 7 and 8 are not there."""
    doors = [
        (n, 112.90 + n * 0.001, 28.1202 if n % 2 else 28.1198) for n in (1, 2, 3, 4, 5, 6, 9, 10, 11, 12)
    ]
    rows = [
        {
            "address": f"小城市西区西南街道五一大道{n}号" + ("翠竹花园3栋" if n == 5 else ""),
            "road": "五一大道",
            "number": n,
            "name": "翠竹花园" if n == 5 else None,
        }
        for n, _, _ in doors
    ]
    shapes = [shapely.Point(x, y) for _, x, y in doors]
    for n in (1, 3):
        rows.append(
            {"address": f"小城市东区东南街道五一路{n}号", "road": "五一路", "number": n, "name": None}
        )
        shapes.append(shapely.Point(112.98 + n * 0.001, 28.1202))
    return features(ADDRESSES, shapes, rows)


def places() -> Features:
    """A square, a station, and two parks of one name, in the west and in the east."""
    rows = [
        {"name": "五一广场", "name_en": "Wuyi Square"},
        {"name": "长乐站", "name_en": "Changle Station"},
        {"name": "人民公园", "name_en": "People's Park"},
        {"name": "人民公园", "name_en": "People's Park"},
    ]
    at = [(112.905, 28.121), (112.99, 28.19), (112.91, 28.19), (112.99, 28.11)]
    return features(PLACES, [shapely.Point(p) for p in at], rows)


def roads() -> Features:
    """五一大道 in two pieces from the west border to 112.95 E, counted from kilometre 100; 韶山路 across it at
    112.93 E; 滨河路 that meets neither; and 五一路 in the east."""
    rows = [
        {"name": "五一大道", "name_en": "Wuyi Avenue", "start_km": 100.0},
        {"name": "五一大道", "name_en": "Wuyi Avenue", "start_km": 102.0},
        {"name": "韶山路", "name_en": "Shaoshan Road", "start_km": None},
        {"name": "滨河路", "name_en": "Binhe Road", "start_km": None},
        {"name": "五一路", "name_en": "Wuyi Road", "start_km": None},
    ]
    lines = [
        [(112.90, 28.12), (112.92, 28.12)],
        [(112.92, 28.12), (112.93, 28.12), (112.95, 28.12)],
        [(112.93, 28.11), (112.93, 28.12), (112.93, 28.13)],
        [(112.90, 28.19), (112.95, 28.19)],
        [(112.97, 28.12), (113.0, 28.12)],
    ]
    return features(ROADS, [shapely.LineString(line) for line in lines], rows)


def named(city: City) -> City:
    """The small city with all of them."""
    city.load(ROADS, roads())
    city.load(ADDRESSES, addresses())
    city.load(PLACES, places())
    return city
