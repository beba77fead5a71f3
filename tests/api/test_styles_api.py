"""The styles and sprites over HTTP, and MapLibre in Chromium as the judge of every style."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from tests.support.api_client import Asker, small_city
from tests.support.maplibre import shown
from tiles.style.palette import Theme

pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("styles")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


@pytest.mark.parametrize("theme", get_args(Theme))
def test_maplibre_finds_no_fault_in_a_style(
    browser_page: Any, demo_url: str, tmp_path: Path, theme: Theme
) -> None:
    wrong = shown(browser_page, demo_url, f"{demo_url}/style.json?theme={theme}", 15.5, pitch=40)
    browser_page.screenshot(path=tmp_path / f"{theme}.png")
    assert wrong == []
    assert browser_page.problems == []


def test_maplibre_finds_no_fault_in_the_style_of_any_layer(browser_page: Any, demo_url: str) -> None:
    listed = httpx.get(f"{demo_url}/styles").json()["styles"]
    assert [x["theme"] for x in listed if x["name"] == "city"] == list(get_args(Theme))
    single = [x for x in listed if x["name"] != "city"]
    assert {x["name"] for x in single} >= {"buildings", "roads", "incidents", "areas"}
    for entry in single:
        document = httpx.get(entry["url"]).json()
        assert {x.get("metadata", {}).get("citybase:layer") for x in document["layers"][1:]} == {
            entry["name"]
        }
        assert shown(browser_page, demo_url, document, 16) == [], entry["name"]
    assert browser_page.problems == []


def test_maplibre_would_find_a_fault(browser_page: Any, demo_url: str) -> None:
    document = httpx.get(f"{demo_url}/styles/roads.json").json()
    document["layers"][1]["paint"]["line-colour"] = "#ffffff"
    assert any("line-colour" in said for said in shown(browser_page, demo_url, document))


def test_a_style_of_chosen_layers_has_those_and_an_unknown_one_is_refused(asker: Asker) -> None:
    document = asker.get("/style.json?layers=roads,buildings&theme=wall").json()
    assert {x["source-layer"] for x in document["layers"][1:]} == {"roads", "buildings"}
    assert document["sources"]["city"]["url"].endswith("/tiles/roads,buildings.json")
    assert document["sprite"].endswith("/sprites/wall")
    refused = asker.get("/styles/moon.json")
    assert (refused.status_code, "loaded" in refused.json()["detail"]) == (404, True)
    assert asker.get("/styles/roads.json?lang=en&glyphs=server").json()["glyphs"].endswith("{range}.pbf")
