"""Things to place in the small city, and how a test places and removes them through the doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.api_client import Asker, small_city

IN_SOUTH_GRID, IN_NORTH_GRID, IN_EAST, OUTSIDE = (
    [112.91, 28.11],
    [112.91, 28.13],
    [112.98, 28.11],
    [113.5, 28.5],
)
#: A position in WGS84 and the same in GCJ-02 (`cim.space.crs`).
TRUE, SHIFTED = [112.9388, 28.2282], [112.944249775, 28.224692417]

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[112.96, 28.11], [112.97, 28.11], [112.97, 28.12], [112.96, 28.12], [112.96, 28.11]]],
}

NEW: dict[str, dict[str, Any]] = {
    "incidents": {"title": "路灯不亮", "position": IN_SOUTH_GRID},
    "resources": {"code": "V-1", "name": "抢险车", "kind": "vehicle", "position": IN_SOUTH_GRID},
    "sensors": {"code": "R-1", "name": "雨量", "measures": "rain", "value": 0.5, "position": IN_SOUTH_GRID},
    "components": {
        "code": "43010201003000001",
        "name": "雨水井盖",
        "class": "C01003",
        "position": IN_SOUTH_GRID,
    },
    "units": {"code": "U-9", "name": "水务局", "phone": "0731-55500009", "position": IN_SOUTH_GRID},
    "areas": {"code": "430103001001", "name": "新社区", "level": "community", "geometry": SQUARE},
}


@contextmanager
def small_city_in(request: pytest.FixtureRequest, factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The small city in a store of the kind that the fixture's parameter names."""
    folder = factory.mktemp("city")
    url = f"gpkg:///{folder / 'city.gpkg'}"
    if request.param == "postgis":
        url = request.getfixturevalue("cluster").new_database()
    with small_city(url, folder / "snapshots") as asker:
        yield asker


def created(asker: Asker, name: str, **more: Any) -> dict[str, Any]:
    """The feature as it was placed."""
    answer = asker.post(f"/{name}", {**NEW[name], **more})
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    made: dict[str, Any] = answer.json()
    if name == "incidents":
        assert isinstance(made.pop("duplicates"), list)  # beside the feature as it is stored
    assert answer.headers["location"] == f"/{name}/{quote(made['id'], safe='')}"
    return made


def removed(asker: Asker, name: str, code: str) -> None:
    """Take it away again."""
    answer = asker.delete(f"/{name}/{code}")
    assert (answer.status_code, answer.content) == (204, b"")
