"""Components (管理部件): placed, changed, loaded and found like everything else that is placed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cim.city import City
from cim.errors import FaultyData
from cim.model.standard_layers import COMPONENT_STATES, COMPONENTS
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.api_client import Asker, said
from tests.support.record_bodies import IN_NORTH_GRID, IN_SOUTH_GRID, NEW, created, removed, small_city_in

CODE = NEW["components"]["code"]


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with small_city_in(request, tmp_path_factory) as asker:
        yield asker


def test_a_component_is_placed_with_its_grid_and_changed(asker: Asker) -> None:
    made = created(
        asker,
        "components",
        state="intact",
        owner="U-WEST",
        maintainer="U-001",
        since="2020-05-01",
        note="双层",
    )
    p = made["properties"]
    assert (p["unit_grid"], p["class"], p["since"], p["note"]) == (
        "430102001001001",
        "C01003",
        "2020-05-01",
        "双层",
    )
    moved = asker.patch(
        f"/components/{CODE}", {"position": IN_NORTH_GRID, "state": "broken", "note": None}
    ).json()
    assert (moved["properties"]["unit_grid"], moved["properties"]["state"]) == ("430102001001002", "broken")
    assert moved["properties"]["note"] is None
    (near,) = asker.post(
        "/spatial/nearest", {"point": IN_NORTH_GRID, "kind": "component", "limit": 1}
    ).json()["candidates"]
    assert (near["id"], near["distance_m"]) == (CODE, 0)
    listed = asker.get("/components?class=C01003&state=broken&owner=U-WEST").json()["features"]
    assert [f["id"] for f in listed] == [CODE]
    removed(asker, "components", CODE)
    assert asker.get("/components").json()["features"] == []


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"class": "C99999"}, 400, "class 'C99999' is not known"),
        ({"class": "M06010"}, 400, "M06010 暴露垃圾, a matter of 2026"),
        ({"class": "雨水井盖"}, 400, "is C01003: say its key"),
        ({"class": "01003"}, 400, "is C01003: say its key"),
        ({"state": "完蛋"}, 400, "known: intact, broken, lost, abandoned, removed"),
        ({"code": None}, 400, "a code is needed"),
        ({"position": None}, 400, "a position is needed"),
        ({"since": "2020-13-01"}, 422, "since"),
        ({"colour": "red"}, 422, "colour"),
    ],
)
def test_a_component_that_can_not_be_is_refused(
    asker: Asker, body: dict[str, Any], status: int, why: str
) -> None:
    assert why in said(asker.post("/components", {**NEW["components"], **body}), status)
    assert asker.get("/components").json()["features"] == []


def test_components_are_a_layer_with_titles_and_tiles(asker: Asker) -> None:
    (layer,) = [x for x in asker.get("/city").json()["layers"] if x["name"] == "components"]
    assert (layer["title_zh"], layer["title_en"], layer["kind"]) == ("管理部件", "Components", "component")
    assert all(f["title_zh"] and f["title_en"] for f in layer["fields"])
    style = asker.get("/style.json").json()
    drawn = [x for x in style["layers"] if x.get("source-layer") == "components"]
    assert drawn and all(x["minzoom"] >= 14 for x in drawn)


def test_a_file_of_components_loads_and_each_fault_has_its_row(city: City, tmp_path: Path) -> None:
    head = "code,name,class,state,owner,lon,lat\n"
    good = tmp_path / "部件.csv"
    good.write_bytes(
        (head + "A1,雨水井盖,C01003,完好,U-WEST,112.91,28.11\nA2,路灯,C0137,broken,,112.91,28.13\n").encode(
            "gbk"
        )
    )
    load_file(city, good, LoadOptions(layer="components", datum="wgs84"))
    found = {r["code"]: r for r in city.layer("components").table().to_pylist()}
    assert (found["A1"]["unit_grid"], found["A2"]["unit_grid"]) == ("430102001001001", "430102001001002")
    assert (found["A1"]["state"], found["A2"]["state"]) == ("intact", "broken")
    bad = tmp_path / "bad.csv"
    bad.write_text(head + "B1,x,C01003,好,,112.91,28.11\nB2,x,E0406,intact,,112.91,28.11\n", "utf-8")
    with pytest.raises(FaultyData) as caught:
        load_file(city, bad, LoadOptions(layer="components", datum="wgs84", replace=True))
    assert [(f.row, f.what.split(";")[0].split(",")[0]) for f in caught.value.faults] == [
        (1, "state '好' is none of intact"),
        (2, "class 'E0406' is E0406 道路积水"),
    ]
    assert len(city.snapshot("components")) == 2


def test_a_city_from_before_there_were_components_has_them_when_it_opens(
    store_url: str, tmp_path: Path
) -> None:
    with small.build(store_url, tmp_path / "s") as made:
        made.store.drop("components", actor="test")  # as a store of an older citybase
    with City.open(made.settings) as again:
        assert len(again.snapshot("components")) == 0
        assert again.snapshot("components").layer.fields == COMPONENTS.fields
    assert set(COMPONENT_STATES) == {"intact", "broken", "lost", "abandoned", "removed"}
    assert IN_SOUTH_GRID != IN_NORTH_GRID
