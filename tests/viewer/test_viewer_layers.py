"""Which layers the page shows when it starts, and in which order it lists them: as their keepers say."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.city import City
from cim.model.layer import Features, Layer
from cim.roads.points import POINTS
from cim.roads.turn_restrictions import TURNS
from tests.support.command_line import done
from tests.support.inputs import ROOT
from tests.support.served import Served, serving
from tests.support.server import environment_of
from tests.support.viewer import SLOW_MS, drawn, expect

Page = Any
PLACE = (112.9105, 28.1105)


def dots(layer: Layer, values: dict[str, Any]) -> Features:
    rows = [{"osm_id": i, **values} for i in range(1, 10)]
    shapes = [shapely.Point(PLACE[0] + 2e-4 * (i - 5), PLACE[1] + 2e-4) for i in range(1, 10)]
    return Features(np.array(shapes, object), pa.Table.from_pylist(rows, layer.schema()))


@pytest.fixture
def server(gpkg_city: City) -> Iterator[Served]:
    """The small city with barriers and turn restrictions, as a file of OpenStreetMap brings them."""
    gpkg_city.load(POINTS, dots(POINTS, {"kind": "bollard"}))
    gpkg_city.load(TURNS, dots(TURNS, {"kind": "no_u_turn"}))
    with serving(gpkg_city.settings) as service:
        yield service


def opened(page: Page, server: Served) -> Page:
    page.goto(f"{server.url}/#map=16/{PLACE[1]}/{PLACE[0]}")
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    drawn(page)
    return page


def canvas(page: Page) -> bytes:
    drawn(page)
    shot: bytes = page.locator("#map canvas").screenshot()
    return shot


def citybase(server_of: City, *words: str) -> None:
    done(ROOT, *words, **environment_of(server_of))


def test_barriers_and_turn_restrictions_are_listed_but_not_drawn_until_they_are_switched_on(
    server: Served, browser_page: Page
) -> None:
    page = opened(browser_page, server)
    for name in ("road_points", "turn_restrictions"):
        switch = page.locator(f"#layer-{name}")
        expect(switch).not_to_be_checked()
        before = canvas(page)
        switch.check()
        assert canvas(page) != before, f"{name} is drawn once it is switched on"
    page.locator("#layer-turn_restrictions").uncheck()
    page.reload()
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    expect(page.locator("#layer-road_points")).to_be_checked()
    expect(page.locator("#layer-turn_restrictions")).not_to_be_checked()
    assert page.problems == []


def test_other_clients_of_the_style_and_pictures_hide_them_too_unless_they_are_named(server: Served) -> None:
    def style(query: str) -> dict[str, str]:
        with urllib.request.urlopen(f"{server.url}/style.json{query}") as answer:
            layers = json.load(answer)["layers"]
        return {x["id"]: x.get("layout", {}).get("visibility", "visible") for x in layers}

    assert style("")["road_points"] == style("")["turn_restrictions"] == "none"
    assert style("")["buildings"] == "visible"
    bbox = f"bbox={PLACE[0] - 1e-3},{PLACE[1] - 1e-3},{PLACE[0] + 1e-3},{PLACE[1] + 1e-3}&width=300"

    def picture(layers: str = "") -> bytes:
        with urllib.request.urlopen(f"{server.url}/map.png?{bbox}&layers={layers}") as answer:
            return bytes(answer.read())

    with urllib.request.urlopen(f"{server.url}/city") as answer:
        names = sorted(x["name"] for x in json.load(answer)["layers"])
    shown = [name for name in names if name not in ("road_points", "turn_restrictions")]
    assert picture() == picture(",".join(shown))
    assert picture() != picture(",".join(names))


def test_the_order_and_what_is_hidden_at_start_reach_the_page_as_layers_are_described(
    gpkg_city: City, server: Served, browser_page: Page
) -> None:
    def listed() -> list[str]:
        ids = (
            opened(browser_page, server)
            .locator("#layers .switch")
            .evaluate_all("all => all.map((e) => e.id)")
        )
        return [i.removeprefix("layer-") for i in ids if i in ("layer-buildings", "layer-roads")]

    before = listed()
    assert sorted(before) == ["buildings", "roads"]
    for place, name in enumerate(reversed(before), 1):
        citybase(gpkg_city, "layers", "describe", name, "--order", str(place))
    citybase(gpkg_city, "layers", "describe", "buildings", "--hidden", "--title-zh", "楼宇")
    citybase(gpkg_city, "layers", "describe", "road_points", "--visible")
    browser_page.wait_for_timeout(1500)  # a service follows what others write within a second
    browser_page.goto("about:blank")
    assert listed() == before[::-1]
    expect(browser_page.locator("#layer-buildings")).not_to_be_checked()
    expect(browser_page.locator("#layer-roads")).to_be_checked()
    expect(browser_page.locator("#layer-road_points")).to_be_checked()
    expect(browser_page.locator("#layers")).to_contain_text(re.compile("楼宇"))
    assert browser_page.problems == []
