"""Building models and 3D tiles over HTTP: the demo city's tower, asked as its users do."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from cim.city import City
from cim.settings import Settings
from cim.space.crs import from_metric
from layers.demo.tower import BASEMENTS, STOREYS, write_tower
from layers.load.models import ModelLoadOptions, load_model_file
from tests.support.served import serving
from tiles.three_d.glb import read_json

#: The south-west corner of the tower in EPSG:4547, and the height of its ground.
_CORNER = (399_456.0, 3_120_476.0, 44.0)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a city that has the tower and nothing else."""
    folder = tmp_path_factory.mktemp("tower")
    settings = Settings(store=f"gpkg:///{folder / 'city.gpkg'}", snapshots=str(folder / "snapshots"))
    with City.open(settings, create=True) as city:
        write_tower(folder / "tower.ifc", *_CORNER)
        load_model_file(city, folder / "tower.ifc", ModelLoadOptions(code="tower"))
    with serving(settings) as served, httpx.Client(base_url=served.url, verify=False) as made:
        yield made


def get(client: httpx.Client, path: str, **query: Any) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def place(x: float, y: float) -> list[float]:
    """A place of the tower's plan, in metres from its south-west corner, as lon and lat."""
    return [float(v) for v in from_metric(np.array([[_CORNER[0] + x, _CORNER[1] + y]]), "EPSG:4547")[0]]


def test_the_models_are_listed(client: httpx.Client) -> None:
    [one] = get(client, "/models")["models"]
    assert (one["code"], one["version"], one["schema"], one["height_datum"]) == (
        "tower",
        1,
        "IFC4",
        "EPSG:5737",
    )
    assert one["storeys"] == STOREYS + BASEMENTS + 1
    assert one["faults"] == 0
    assert get(client, "/models/tower") == one
    assert client.get("/models/nobody").status_code == 404
    assert "tower" in client.get("/models/nobody").text


def test_storeys_come_with_their_levels(client: httpx.Client) -> None:
    storeys = get(client, "/models/tower/storeys")["objects"]
    by_name = {one["name"]: one for one in storeys}
    assert by_name["1层"]["number"] == 1
    assert by_name["地下1层"]["number"] == -1
    assert by_name["7层"]["bottom_m"] == pytest.approx(44.0 + 6 * 3.9)
    assert by_name["7层"]["height_m"] == pytest.approx(3.9)


def test_elements_are_asked_by_class_and_property(client: httpx.Client) -> None:
    hydrants = get(client, "/models/tower/elements", filter="class = 'IfcFireSuppressionTerminal'")
    assert hydrants["matched"] == 2 * (STOREYS + BASEMENTS)
    exits = get(client, "/models/tower/elements", filter='"Pset_DoorCommon.FireExit" = true', limit=5)
    assert exits["matched"] == 2 * (STOREYS + BASEMENTS)
    assert len(exits["objects"]) == 5
    assert exits["objects"][0]["properties"]["Pset_DoorCommon"]["FireRating"] == "1.5h"
    following = get(
        client,
        "/models/tower/elements",
        filter='"Pset_DoorCommon.FireExit" = true',
        limit=100,
        after=exits["after"],
    )
    assert len(following["objects"]) == exits["matched"] - 5
    assert following["after"] is None


def test_a_wrong_question_is_answered_in_words(client: httpx.Client) -> None:
    wrong = client.get("/models/tower/elements", params={"filter": "colour = 'red'"})
    assert wrong.status_code == 400
    assert "colour" in wrong.text
    assert client.get("/models/tower/windows").status_code == 404
    both = client.post("/spatial/at", json={"point": place(5, 3), "height_m": 50, "floor": "2"})
    assert both.status_code == 400
    assert "not both" in both.text


def test_sums_count_and_measure(client: httpx.Client) -> None:
    sums = get(client, "/models/tower/elements/sums", by="class")["sums"]
    slabs = next(one for one in sums if one["group"]["class"] == "IfcSlab")
    assert slabs["count"] == STOREYS + BASEMENTS + 1
    assert slabs["volume_m3"] == pytest.approx(36 * 24 * 0.25 * slabs["count"])
    assert slabs["unmeasured"] == 0


def test_a_place_and_a_floor_say_the_room(client: httpx.Client) -> None:
    answer = client.post("/spatial/at", json={"point": place(4.5, 3.0), "floor": "7"}).json()
    [building] = answer["buildings"]
    assert building["model"] == "tower"
    assert building["storey"]["name"] == "7层"
    assert [one["name"] for one in building["spaces"]] == ["0701"]
    assert building["elements"] == []
    same = client.post("/spatial/at", json={"point": place(4.5, 3.0), "height_m": 44 + 6 * 3.9 + 1.5}).json()
    assert same["buildings"][0]["spaces"] == building["spaces"]


def test_a_wall_is_hit_and_the_air_beside_is_not(client: httpx.Client) -> None:
    wall = client.post("/spatial/at", json={"point": place(18.0, 0.15), "height_m": 46.0}).json()
    assert [one["kind"] for one in wall["buildings"][0]["elements"]] == ["IfcWall"]
    outside = client.post("/spatial/at", json={"point": place(18.0, -5.0), "height_m": 46.0}).json()
    assert outside["buildings"] == []
    above = client.post("/spatial/at", json={"point": place(18.0, 12.0), "height_m": 200.0}).json()
    assert above["buildings"] == []


def test_the_tileset_and_its_tiles(client: httpx.Client) -> None:
    root = get(client, "/3dtiles/models/tower/tileset.json")["root"]
    assert root["boundingVolume"]["region"][4] == pytest.approx(44.0 - 3.9 - 0.25, abs=0.01)
    tile = client.get("/3dtiles/models/tower/0/0/0.glb")
    assert tile.status_code == 200
    assert tile.headers["content-type"] == "model/gltf-binary"
    names = read_json(tile.content)["extensions"]["EXT_structural_metadata"]["schema"]["classes"]["object"]
    assert {"id", "class_name", "storey"} <= set(names["properties"])
    again = client.get("/3dtiles/models/tower/0/0/0.glb", headers={"If-None-Match": tile.headers["etag"]})
    assert again.status_code == 304
    subtree = client.get("/3dtiles/models/tower/0/0/0.subtree")
    assert struct.unpack("<4s", subtree.content[:4]) == (b"subt",)
    assert client.get("/3dtiles/models/tower/9/0/0.glb").status_code == 404
    assert client.get("/3dtiles/layers/units/tileset.json").status_code == 400


def test_the_buildings_of_models_are_a_layer_with_3d_tiles_too(client: httpx.Client) -> None:
    root = get(client, "/3dtiles/layers/model_buildings/tileset.json")["root"]
    assert root["boundingVolume"]["region"][5] == pytest.approx(44.0 + STOREYS * 3.9, abs=0.5)
    assert client.get("/3dtiles/layers/model_buildings/0/0/0.glb").status_code == 200
    assert client.get("/tiles/model_spaces/16/53308/27268.mvt").status_code in (200, 204)
