"""What is answered by road, for places, for cells and of the city is what its route says in `/openapi.json`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h3
import pytest
import shapely

from tests.support import addresses
from tests.support import small_city as small
from tests.support.api_client import Asker, asking
from tests.support.described_answers import faults

#: On 五一大道 and on 韶山路, which cross; far from any road; and outside the city.
WEST, CROSSING, EAST, NORTH = [112.91, 28.12], [112.93, 28.12], [112.94, 28.12], [112.93, 28.129]
OFF_ROAD, OUTSIDE = [112.92, 28.16], [112.91, 28.09]
ON_ROAD = [[112.91 + 0.001 * i, 28.12] for i in range(5)]
BOX = "112.9,28.1,112.95,28.15"
CELL = h3.latlng_to_cell(28.12, 112.91, 9)
CIRCLE = {"type": "circle", "centre": [112.92, 28.12], "radius_m": 100}
SQUARE = shapely.geometry.mapping(shapely.box(112.9, 28.1, 112.91, 28.11))

QUESTIONS: dict[str, tuple[str, Any]] = {
    "a route": ("/spatial/route", {"points": [WEST, NORTH], "alternatives": 2}),
    "a route over a stop": ("/spatial/route", {"points": [WEST, CROSSING, EAST]}),
    "a route by line": ("/spatial/route", {"points": [WEST, OFF_ROAD]}),
    "a route that is avoided": ("/spatial/route", {"points": [WEST, NORTH], "avoid": [CIRCLE]}),
    "a matrix": ("/spatial/matrix", {"origins": [WEST, OFF_ROAD], "targets": [NORTH]}),
    "a matrix with metres": ("/spatial/matrix", {"origins": [WEST], "targets": [NORTH], "distances": True}),
    "a reach": ("/spatial/reach", {"point": WEST, "minutes": [1, 2]}),
    "a reach with cells": ("/spatial/reach", {"points": [WEST, OFF_ROAD], "minutes": [1], "cells": 9}),
    "coverage": ("/spatial/coverage", {"points": [WEST, OFF_ROAD], "minutes": [1, 2]}),
    "coverage with cells": (
        "/spatial/coverage",
        {"points": [WEST], "minutes": [1], "cells": 9, "level": "city"},
    ),
    "a trace": ("/spatial/match", {"points": ON_ROAD, "times": [0, 10, 20, 30, 40]}),
    "a trace with a jump": (
        "/spatial/match",
        {"points": [*ON_ROAD[:2], OFF_ROAD, ON_ROAD[4]], "times": [0, 9, 18, 19]},
    ),
    "traces": ("/spatial/match", {"traces": [{"points": ON_ROAD}, {"points": [OFF_ROAD]}]}),
    "a place": ("/spatial/locate", {"text": "五一大道5号"}),
    "a place of several": ("/spatial/locate", {"text": "人民公园附近"}),
    "a place by coordinates": ("/spatial/locate", {"text": "112.91, 28.12"}),
    "places": (
        "/spatial/locate",
        {"queries": [{"text": "五一广场"}, {"text": "没有这个地方"}, {"code": "430102"}]},
    ),
    "a search": ("/spatial/search?q=五一", None),
    "a search near something": ("/spatial/search?q=五一大道&focus=112.905,28.12", None),
    "a suggestion": ("/spatial/suggest?q=五", None),
    "a suggestion for nothing": ("/spatial/suggest?q=%20", None),
    "a position": ("/spatial/reverse", {"point": [112.905, 28.1205]}),
    "positions": ("/spatial/reverse", {"points": [[112.9305, 28.1201], OUTSIDE]}),
    "cells as GeoJSON": ("/h3/buildings", None),
    "cells as columns": ("/h3/buildings?format=json&measure=mean:population", None),
    "a cell": (f"/h3/cell/{CELL}", None),
    "the cells of a shape": ("/h3/cover", {"geometry": SQUARE, "resolution": 9}),
    "cells together": ("/h3/compact", {"cells": [CELL]}),
    "cells apart": ("/h3/uncompact", {"cells": [CELL], "resolution": 10}),
    "the owners of cells": (f"/h3-owners?level=district&resolution=8&bbox={BOX}", None),
    "a BeiDou code": ("/beidou/code?lon=112.91&lat=28.12", None),
    "a BeiDou code with height": ("/beidou/code?lon=112.91&lat=28.12&height_m=30", None),
    "BeiDou cells": (f"/beidou?bbox={BOX}&level=5", None),
    "the city": ("/city", None),
    "its health": ("/health", None),
}


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The small city with addresses and streets that meet."""
    folder: Path = tmp_path_factory.mktemp("described")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "s") as city:
        addresses.named(city)
    with asking(city.settings) as made:
        yield made


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_what_its_route_describes(asker: Asker, name: str) -> None:
    path, body = QUESTIONS[name]
    assert faults(asker, "GET" if body is None else "POST", path, body) == []
