"""The viewer, as a person meets it: in Debian's Chromium, against the demo city, without a network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.viewer import SLOW_MS, Page, ask, drawn, expect, pick_centre


def opened(page: Page, demo_url: str, zoom: float = 15, query: str = "") -> Page:
    """The page at the city's centre, with everything drawn."""
    lon, lat = ask(f"{demo_url}/city")["centre"]
    page.goto(f"{demo_url}/{query}#map={zoom}/{lat}/{lon}")
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    drawn(page)
    return page


def click_map(page: Page) -> None:
    box = page.locator("#map").bounding_box()
    page.locator("#map").click(position={"x": box["width"] * 0.55, "y": box["height"] * 0.5})


def test_the_page_opens_in_chinese_with_the_city_its_layers_and_a_drawn_map(
    browser_page: Page, demo_url: str, tmp_path: Path
) -> None:
    page, city = opened(browser_page, demo_url), ask(f"{demo_url}/city")
    expect(page).to_have_title(re.compile(f"{city['name_zh']}.*空间底座"))
    expect(page.locator("h1")).to_contain_text(city["name_zh"])
    expect(page.locator("#status")).to_contain_text("运行正常")
    for layer in city["layers"]:
        row = page.locator(f"[data-layer='{layer['name']}']")
        if not layer["count"]:
            expect(row).to_have_count(0)  # what is empty has nothing to switch
        elif layer["kind"] != "area":
            expect(row).to_contain_text(layer["title_zh"])
            expect(row).to_contain_text(f"{layer['count']:,}")
    legends = page.locator("#layers legend").all_inner_texts()
    assert legends
    assert not any("." in words for words in legends), "a key without words"
    page.screenshot(path=tmp_path / "viewer.png")
    assert (tmp_path / "viewer.png").stat().st_size > 100_000, "a blank map compresses to far less"
    assert page.problems == []


def test_a_click_tells_who_owns_the_place_who_is_nearest_and_what_is_affected(
    browser_page: Page, demo_url: str
) -> None:
    page, city = opened(browser_page, demo_url), ask(f"{demo_url}/city")
    click_map(page)
    chain = page.locator("[data-card=ownership] .chain li")
    expect(chain.first).to_contain_text("长沙市", timeout=SLOW_MS)
    assert chain.count() == len([level for level in city["levels"] if level["count"]])
    officer, unit = page.locator("[data-card=ownership] .unit").all()
    expect(officer).to_contain_text("网格员")
    expect(unit).to_contain_text("责任单位")

    candidates = page.locator("[data-card=nearest] .candidate")
    expect(candidates.first).to_contain_text(re.compile("米|公里"), timeout=SLOW_MS)
    last = [kind for kind in city["resource_kinds"] if kind["count"]][-1]
    page.locator("#near-kind").select_option(label=last["name_zh"])
    expect(page.locator("#near-kind")).to_have_value(f"kind:{last['kind']}")
    expect(candidates.first).to_contain_text(re.compile("米|公里"))
    candidates.first.hover()

    affected = page.locator("[data-card=affected]")
    expect(affected.locator(".figures")).to_contain_text("28.3 公顷", timeout=SLOW_MS)  # π · (300 m)²
    page.locator("#aff-radius").fill("1000")
    expect(affected.locator(".figures")).to_contain_text("3.14 平方公里", timeout=SLOW_MS)
    expect(affected).to_contain_text("涉及区域")
    drawn(page)
    assert page.problems == []


def test_a_keyboard_alone_reaches_the_answers_and_clears_them(browser_page: Page, demo_url: str) -> None:
    page = opened(browser_page, demo_url)
    pick_centre(page)
    lon, lat = (float(v) for v in page.locator(".lonlat").inner_text().split(", "))
    assert [lon, lat] == pytest.approx(ask(f"{demo_url}/city")["centre"], abs=1e-4)
    page.get_by_role("button", name="清除").press("Enter")
    expect(page.locator(".cards")).to_be_hidden()
    assert page.problems == []


def test_outside_every_area_the_nearest_one_is_named(browser_page: Page, demo_url: str) -> None:
    west, south, _, _ = ask(f"{demo_url}/city")["bounds"]
    page = browser_page
    page.goto(f"{demo_url}/#map=13/{south - 0.05}/{west - 0.05}")
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    pick_centre(page)
    ownership = page.locator("[data-card=ownership]")
    expect(ownership).to_contain_text("此处不在任何管理区域内")
    expect(ownership).to_contain_text(re.compile("最近的.+相距.+公里"))
    assert page.problems == []


def test_the_language_follows_the_switch_the_address_and_the_last_choice(
    browser_page: Page, demo_url: str
) -> None:
    page, city = opened(browser_page, demo_url), ask(f"{demo_url}/city")
    pick_centre(page)
    page.locator("#lang").click()
    expect(page.locator("h1")).to_contain_text(city["name_en"])
    expect(page.locator("[data-card=ownership]")).to_contain_text("Responsible unit")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "lang=en" in page.url
    drawn(page)
    page.goto(demo_url)
    expect(page.locator("#status")).to_contain_text("In service", timeout=SLOW_MS)
    drawn(page)
    assert page.problems == []


def test_layers_theme_and_towers_can_be_switched(browser_page: Page, demo_url: str, tmp_path: Path) -> None:
    page = opened(browser_page, demo_url)
    switch = page.locator("#layer-incidents")
    switch.uncheck()
    drawn(page)
    before = page.locator("#map canvas").screenshot()
    switch.check()
    drawn(page)
    assert page.locator("#map canvas").screenshot() != before
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#theme")).to_have_text("深色")
    drawn(page)
    page.locator("#theme").click()
    expect(page.locator("#theme")).to_have_text("大屏")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    drawn(page)
    page.screenshot(path=tmp_path / "wall.png")
    page.get_by_role("button", name="三维").click()
    drawn(page)
    assert page.problems == []


def test_an_objection_of_the_server_is_shown_in_words_and_can_be_tried_again(
    browser_page: Page, demo_url: str
) -> None:
    page = opened(browser_page, demo_url)
    said = {"type": "about:blank", "title": "无法计算", "status": 503, "detail": "路网尚未装入 <b>"}
    page.route(
        "**/spatial/nearest",
        lambda route: route.fulfill(
            status=503, content_type="application/problem+json", body=json.dumps(said)
        ),
        times=1,
    )
    click_map(page)
    card = page.locator("[data-card=nearest]")
    expect(card.locator(".problem")).to_contain_text("路网尚未装入 <b>", timeout=SLOW_MS)
    card.get_by_role("button", name="重试").click()
    expect(card.locator(".candidate").first).to_be_visible(timeout=SLOW_MS)


def test_on_a_narrow_screen_the_panel_is_a_sheet_from_below(browser_page: Page, demo_url: str) -> None:
    page = browser_page
    page.set_viewport_size({"width": 390, "height": 800})
    opened(page, demo_url)
    expect(page.locator("#panel")).to_have_attribute("data-sheet", "low")
    pick_centre(page)
    expect(page.locator("#panel")).to_have_attribute("data-sheet", "open")
    expect(page.locator("[data-card=ownership] .chain li").first).to_be_visible()
    assert page.problems == []


def test_the_search_suggests_while_one_types_and_flies_to_what_is_chosen(
    browser_page: Page, demo_url: str
) -> None:
    page = opened(browser_page, demo_url)
    field, options = page.locator("#search-text"), page.locator("#search-list li")
    field.press_sequentially("五一d")
    expect(options.first).to_contain_text("五一大道", timeout=SLOW_MS)
    expect(options.first).to_contain_text("道路")
    field.fill("yuelushuyuan")
    expect(options.first).to_contain_text("岳麓书院", timeout=SLOW_MS)
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "search-0")
    field.press("Enter")
    expect(page.locator("[data-card=ownership] .chain")).to_contain_text("岳麓区", timeout=SLOW_MS)
    assert page.locator(".lonlat").inner_text() == "112.940800, 28.183500"
    expect(page.locator(".place-address")).to_contain_text("岳麓区 ", timeout=SLOW_MS)
    expect(page.locator("#search .search-results")).to_be_hidden()
    drawn(page)
    assert page.problems == []


def test_enter_finds_coordinates_and_crossings_and_says_in_words_what_is_not_here(
    browser_page: Page, demo_url: str
) -> None:
    page = opened(browser_page, demo_url, query="?lang=en")
    field = page.locator("#search-text")
    expect(field).to_have_attribute("placeholder", "Address, place, crossing, coordinates or code")
    field.fill("28°11′42″N 112°58′33.6″E")
    field.press("Enter")
    expect(page.locator(".lonlat")).to_have_text("112.976000, 28.195000", timeout=SLOW_MS)
    expect(page.locator(".place-address")).to_contain_text("Furong District", timeout=SLOW_MS)
    field.fill("Wuyi Avenue and Shaoshan Road")
    field.press("Enter")
    expect(page.locator(".place-address")).to_contain_text("Wuyi Avenue", timeout=SLOW_MS)
    assert page.problems == []
    field.fill("武汉市江岸区一元路1号")
    field.press("Enter")
    expect(page.locator(".search-said")).to_contain_text("武汉市", timeout=SLOW_MS)
    assert [p for p in page.problems if "404" not in p] == []
    field.press("Escape")
    expect(page.locator("#search .search-results")).to_be_hidden()
