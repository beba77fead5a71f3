"""The viewer in 3D: blocks, the tower of the demo city, storeys peeled off, what is picked, the sun."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.support.inputs import ROOT
from tests.support.viewer import SLOW_MS, Page, ask, drawn, expect

VENDORED = ROOT / "spatial_api" / "viewer" / "vendor" / "three-tiles"


def tower(demo_url: str) -> dict[str, Any]:
    """What `/models` says of the tower, with the middle of it as `at`."""
    [model] = ask(f"{demo_url}/models")["models"]
    west, south, east, north = model["bbox"]
    return {**model, "at": ((west + east) / 2, (south + north) / 2)}


def opened(page: Page, demo_url: str, query: str = "", view: str = "17.2", pitch: int = 60) -> Page:
    """The page at the tower, in 3D, with everything drawn."""
    lon, lat = tower(demo_url)["at"]
    page.goto(f"{demo_url}/{query}#map={view}/{lat}/{lon}/-20/{pitch}&3d=1")
    settled(page)
    return page


def settled(page: Page) -> None:
    expect(page.locator("#scene")).to_be_visible(timeout=SLOW_MS)
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false", timeout=2 * SLOW_MS)
    drawn(page)


def pixels(page: Page) -> NDArray[np.int16]:
    drawn(page)
    shot = page.locator("#map canvas").screenshot()
    return np.asarray(Image.open(BytesIO(shot)).convert("RGB"), np.int16)


def changed(one: NDArray[np.int16], other: NDArray[np.int16]) -> float:
    """Which part of two pictures differs to the eye."""
    return float((np.abs(one - other).max(axis=2) > 12).mean())


def click_middle(page: Page, up: float = 0.0) -> None:
    """Clicks so many pixels above the middle of the map."""
    box = page.locator("#map canvas").bounding_box()
    page.locator("#map").click(position={"x": box["width"] / 2, "y": box["height"] / 2 - up})


@pytest.mark.parametrize("how", ["button", "key"])
def test_3d_is_switched_on_and_off_keeps_the_place_and_is_in_the_address(
    browser_page: Page, demo_url: str, how: str
) -> None:
    page = browser_page
    lon, lat = tower(demo_url)["at"]
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))

    def switch() -> None:
        if how == "button":
            page.locator("#three-d").press("Enter")
        else:
            page.locator("#map canvas").press("3")

    page.goto(f"{demo_url}/#map=16.5/{lat}/{lon}")
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    flat = pixels(page)
    assert not [url for url in asked if "three-tiles" in url or "/3dtiles/" in url], (
        "fetched when it is asked for"
    )
    switch()
    settled(page)
    expect(page.locator("#three-d")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("&3d=1")
    assert [url for url in asked if "/3dtiles/layers/buildings/" in url and url.endswith(".glb")]
    assert [url for url in asked if "/3dtiles/models/tower/" in url and url.endswith(".glb")]
    assert changed(flat, pixels(page)) > 0.2
    place = page.url.split("map=")[1].split("&")[0].split("/")
    assert [float(v) for v in place[:3]] == pytest.approx([16.5, lat, lon], abs=1e-3)
    switch()
    expect(page.locator("#scene")).to_be_hidden()
    assert "3d=1" not in page.url
    drawn(page)
    assert page.problems == []


def test_blocks_and_the_tower_are_drawn_and_a_hidden_layer_is_not(browser_page: Page, demo_url: str) -> None:
    page = opened(browser_page, demo_url)
    with_blocks = pixels(page)
    page.locator("#layer-buildings").uncheck()
    without = pixels(page)
    assert changed(with_blocks, without) > 0.05
    middle = without[without.shape[0] // 2 - 80 :, without.shape[1] // 2 - 40 : without.shape[1] // 2 + 40]
    assert len(np.unique(middle.reshape(-1, 3), axis=0)) > 20, "the tower stands where no block does"
    page.locator("#layer-buildings").check()
    page.locator("#theme").click()
    settled(page)
    assert changed(with_blocks, pixels(page)) > 0.3
    page.locator("#lang").click()
    expect(page.locator("#scene")).to_contain_text("Sunlight")
    settled(page)
    assert page.problems == []


def test_an_element_that_is_picked_tells_its_storey_properties_and_owners(
    browser_page: Page, demo_url: str
) -> None:
    page = opened(browser_page, demo_url)
    page.locator("#layer-buildings").uncheck()  # neighbours stand in front of it
    before = pixels(page)
    click_middle(page, up=60)
    card = page.locator("[data-card=element]")
    expect(card).to_contain_text(re.compile("Ifc[A-Z]"), timeout=SLOW_MS)
    expect(card).to_contain_text("示范大厦")
    expect(card).to_contain_text("楼层")
    expect(page.locator("[data-card=ownership] .chain")).to_contain_text("长沙市", timeout=SLOW_MS)
    assert changed(before, pixels(page)) > 0.0005, "it is marked"
    page.get_by_role("button", name="清除", exact=True).press("Enter")
    expect(card).to_be_hidden()
    assert page.problems == []


def test_storeys_are_peeled_off_disciplines_switched_and_the_tower_cut_open(
    browser_page: Page, demo_url: str
) -> None:
    page = opened(browser_page, demo_url)
    page.locator("#layer-buildings").uncheck()  # neighbours stand in front of it
    page.locator("#model-tower").click()
    expect(page.locator("#storey-how")).to_be_visible(timeout=SLOW_MS)
    page.wait_for_timeout(1500)
    settled(page)
    whole = pixels(page)
    page.locator("#storey-how-upto").check(force=True)
    page.locator("#storey-level").fill("4")
    lower = pixels(page)
    assert changed(whole, lower) > 0.01
    page.locator("#storey-how-only").check(force=True)
    only = pixels(page)
    assert changed(lower, only) > 0.003
    page.locator("#storey-how-all").check(force=True)
    assert changed(whole, pixels(page)) < 0.001, "all of it is back"
    page.locator("#cut-how-north").check(force=True)
    assert changed(whole, pixels(page)) > 0.005
    page.locator("#cut-how-none").check(force=True)
    page.locator("#discipline-architecture").click()
    assert changed(whole, pixels(page)) > 0.01
    assert page.problems == []


def test_the_sun_moves_with_the_time_and_shadows_can_be_switched_off(
    browser_page: Page, demo_url: str
) -> None:
    page = opened(browser_page, demo_url)
    page.locator("#sun-day").fill("2026-03-20")
    page.locator("#sun-time").fill("540")
    morning = pixels(page)
    page.locator("#sun-time").fill("1020")
    expect(page.locator("#scene output[for=sun-time]")).to_have_text("17:00")
    evening = pixels(page)
    assert changed(morning, evening) > 0.05
    page.locator("#sun-shadows").uncheck()
    assert changed(evening, pixels(page)) > 0.02
    assert page.problems == []


def test_what_fails_is_told_in_words(browser_page: Page, demo_url: str) -> None:
    page = browser_page
    page.route("**/3dtiles/layers/buildings/**/*.glb", lambda route: route.fulfill(status=503, body="busy"))
    lon, lat = tower(demo_url)["at"]
    page.goto(f"{demo_url}/#map=17/{lat}/{lon}/0/60&3d=1")
    expect(page.locator("#notice")).to_contain_text("部分三维数据未能载入", timeout=SLOW_MS)


def test_what_is_vendored_is_what_was_bundled() -> None:
    digest, name = (VENDORED / "SHA256SUMS").read_text().split()
    assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest
    for part in (VENDORED / "VERSIONS").read_text().split("\n")[:3]:
        assert (VENDORED / f"LICENSE-{part.split()[0]}.txt").is_file()
