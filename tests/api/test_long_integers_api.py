"""Integers that JavaScript would change go out as text, in every JSON answer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from cim.city import City
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.api_client import Asker, asking
from tests.support.inputs import CASES
from tests.support.tiles import decoded

FILES = CASES / "in"
IDS = ["430102001001000123", "430102001001000125"]


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("long")
    settings = small.settings(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots")
    with City.open(settings, create=True) as city:
        load_file(city, FILES / "geojson_ids_18_digits.geojson", LoadOptions(layer="grid"))
    with asking(settings) as asker:
        yield asker


def test_long_integers_are_text_in_the_answers(asker: Asker) -> None:
    answer = asker.post("/spatial/nearest", {"point": [112.97, 28.19], "layer": "grid", "limit": 2})
    assert answer.status_code == 200, answer.text
    assert sorted(one["properties"]["bsm"] for one in answer.json()["candidates"]) == IDS
    circle = {"type": "circle", "centre": [112.97, 28.19], "radius_m": 5000}
    affected = asker.post("/spatial/affected", {"shape": circle, "layers": ["grid"]})
    assert all(f'"{one}"' in affected.text for one in IDS), affected.text[:500]


def test_tiles_hold_them_exactly_and_their_tilejson_warns(asker: Asker) -> None:
    tilejson = asker.get("/tiles/grid.json").json()
    assert (
        tilejson["vector_layers"][0]["fields"]["bsm"]
        == "Number (integers beyond 2^53, which JavaScript rounds)"
    )
    tile = decoded(asker.get("/tiles/grid/14/13333/6853.mvt").content)["grid"]["features"]
    assert sorted(str(one["properties"]["bsm"]) for one in tile) == IDS


def test_the_api_says_so(asker: Asker) -> None:
    assert "2^53" in json.dumps(asker.get("/openapi.json").json()["info"])
