"""The viewer by road, as a dispatcher meets it: who arrives first, reach, closures, a plan for an incident."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.viewer import SLOW_MS, Page, ask, drawn, expect, pick_centre

Place = tuple[float, float]


def post(url: str, body: dict[str, Any]) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def on_a_road(demo_url: str) -> Place:
    """A place in the middle of a street of the demo city, away from its junctions."""
    lon, lat = ask(f"{demo_url}/city")["centre"]
    way = post(f"{demo_url}/spatial/route", {"points": [[lon, lat], [lon + 0.01, lat]]})
    (west, south), (east, north) = way["geometry"]["coordinates"][:2]
    return (west + east) / 2, (south + north) / 2


def opened(page: Page, demo_url: str, place: Place, query: str = "", zoom: float = 16) -> Page:
    page.goto(f"{demo_url}/{query}#map={zoom}/{place[1]}/{place[0]}")
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    drawn(page)
    return page


def picked(page: Page, demo_url: str, query: str = "") -> Page:
    """The page with a place on a road picked and its first cards answered."""
    opened(page, demo_url, on_a_road(demo_url), query)
    pick_centre(page)
    return page


def card(page: Page, name: str) -> Any:
    return page.locator(f"[data-card={name}]")


def click_at(page: Page, right: float = 0.0, down: float = 0.0) -> None:
    """Clicks so many pixels beside the middle of the map."""
    box = page.locator("#map").bounding_box()
    page.locator("#map").click(position={"x": box["width"] / 2 + right, "y": box["height"] / 2 + down})


def picture(page: Page) -> bytes:
    drawn(page)
    shot: bytes = page.locator("#map canvas").screenshot()
    return shot


@pytest.fixture
def open_roads(demo_url: str) -> Iterator[str]:
    """The demo city, whose roads are all open again after the test."""
    yield demo_url
    for feature in ask(f"{demo_url}/closures?limit=1000")["features"]:
        request = urllib.request.Request(f"{demo_url}/closures/{feature['id']}", method="DELETE")
        urllib.request.urlopen(request).close()


def test_nearest_by_road_lists_times_and_distances_and_draws_the_ways(
    browser_page: Page, demo_url: str
) -> None:
    page = browser_page
    with page.expect_response("**/spatial/nearest") as asked:
        picked(page, demo_url)
    answer = asked.value.json()
    assert answer["by"] == "road" and answer["profile"] == "emergency"
    rows = card(page, "nearest").locator(".candidate")
    assert rows.count() == len(answer["candidates"]) == 5
    for row, candidate in zip(rows.all(), answer["candidates"], strict=True):
        minutes, seconds = divmod(round(candidate["eta_s"]), 60)
        expect(row).to_contain_text(f"{minutes} 分" if minutes else f"{seconds} 秒")
        expect(row).to_contain_text(re.compile(r"道路 [\d.,]+ (米|公里) · 直线 [\d.,]+ (米|公里)"))
    left_out = card(page, "nearest").locator("details")
    expect(left_out).to_contain_text("未列入的")
    expect(left_out.locator("li").first).to_be_hidden()
    left_out.locator("summary").click()
    expect(left_out.locator("li").last).to_contain_text("到达更晚")

    by_road = picture(page)
    rows.nth(1).hover()
    assert picture(page) != by_road, "the way of the one pointed at lights up"
    page.get_by_role("radio", name="直线").check(force=True)
    expect(card(page, "nearest")).to_contain_text("直线距离，5 公里内最近 5 个", timeout=SLOW_MS)
    expect(page.locator("#near-profile")).to_have_count(0)
    assert picture(page) != by_road
    page.reload()
    expect(page.locator("#near-by-line")).to_be_checked(timeout=SLOW_MS)
    drawn(page)
    assert page.problems == []


def test_who_travels_is_chosen_and_remembered_and_ponds_have_no_road(
    browser_page: Page, demo_url: str
) -> None:
    page = picked(browser_page, demo_url, "?lang=en")
    first = card(page, "nearest").locator(".candidate-distance").first
    before = first.inner_text()
    page.locator("#near-profile").select_option("foot")
    expect(card(page, "nearest")).to_contain_text("By road (On foot)", timeout=SLOW_MS)
    expect(first).to_have_text(re.compile(r"^\d+ min( \d+ s)?$"))
    assert first.inner_text() != before
    page.locator("#near-kind").select_option(label="Water")
    expect(page.locator("#near-by")).to_have_count(0)
    expect(card(page, "nearest")).to_contain_text("Straight-line distance", timeout=SLOW_MS)
    page.reload()
    expect(page.locator("#near-profile")).to_have_value("foot", timeout=SLOW_MS)
    drawn(page)
    assert page.problems == []


def test_where_no_road_leads_the_answer_is_by_line_and_says_so(browser_page: Page, demo_url: str) -> None:
    west, south, _, _ = ask(f"{demo_url}/city")["bounds"]
    page = opened(browser_page, demo_url, (west - 0.05, south - 0.05), zoom=13)
    pick_centre(page)
    expect(card(page, "nearest").locator(".noted")).to_contain_text("按直线距离回答")
    expect(card(page, "nearest").locator(".candidate")).to_have_count(5)
    page.locator("#jump-reach").click()
    page.locator("#reach-show").click()
    expect(card(page, "reach")).to_contain_text("附近没有可通行道路", timeout=SLOW_MS)
    assert page.problems == []


def areas_km2(page: Page) -> list[float]:
    """The areas of the legend of reach, in km²."""
    shown = card(page, "reach").locator(".bands b").all_inner_texts()
    hectares = ("公顷", "ha")
    return [float(re.sub(r"[^\d.]", "", s)) / (100 if s.endswith(hectares) else 1) for s in shown]


def test_reach_is_asked_only_when_wanted_and_drawn_as_bands_that_grow(
    browser_page: Page, demo_url: str
) -> None:
    page = browser_page
    asked: list[dict[str, Any]] = []
    page.on("request", lambda r: asked.append(r.post_data_json) if r.url.endswith("/spatial/reach") else None)
    picked(page, demo_url)
    before = picture(page)
    assert asked == []
    page.locator("#jump-reach").click()
    expect(page.locator("#reach-show")).to_be_visible()
    page.locator("#reach-show").click()
    expect(card(page, "reach").locator(".bands li")).to_have_count(3, timeout=SLOW_MS)
    expect(card(page, "reach")).to_contain_text("应急车辆由此处出发")
    five, ten, fifteen = areas_km2(page)
    assert 0 < five < ten < fifteen
    assert picture(page) != before
    page.get_by_role("button", name="3", exact=True).click()
    expect(card(page, "reach").locator(".bands li").first).to_contain_text("3 分钟内", timeout=SLOW_MS)
    assert areas_km2(page)[0] < five
    page.get_by_role("radio", name="到此处").check(force=True)
    expect(card(page, "reach")).to_contain_text("应急车辆到达此处", timeout=SLOW_MS)
    assert asked[-1]["towards"] is True and asked[-1]["minutes"] == [3, 5, 10, 15]
    page.locator("#lang").click()
    expect(card(page, "reach")).to_contain_text("Within 15 min")
    page.locator("#reach-show").click()
    expect(card(page, "reach").locator(".bands")).to_have_count(0)
    drawn(page)
    assert page.problems == []


def test_a_closed_street_is_drawn_heeded_by_the_answers_and_opened_by_a_click_on_it(
    browser_page: Page, open_roads: str
) -> None:
    page = picked(browser_page, open_roads)
    page.locator("#jump-closures").click()
    expect(card(page, "closures")).to_contain_text("附近 2 公里内没有封路", timeout=SLOW_MS)
    page.locator("#close-cause").fill("隧道积水")
    page.locator("#close-whom").select_option("")
    with page.expect_response("**/spatial/nearest") as asked_again:
        page.locator("#close-set").click()
    assert asked_again.value.json()["by"] == "road"
    closures = card(page, "closures")
    expect(closures.locator(".done")).to_contain_text("已设置：FL-", timeout=SLOW_MS)
    expect(closures.locator(".outcome")).to_contain_text(re.compile(r"涉及道路 1 段，共 [\d.]+ 公里"))
    expect(closures.locator(".closures li")).to_have_count(1)
    expect(closures.locator(".closures li")).to_contain_text("隧道积水")
    expect(closures.locator(".closures li")).to_contain_text(re.compile("封闭.*全部 · .+ 起，至 .+"))
    (made,) = ask(f"{open_roads}/closures")["features"]
    assert made["properties"]["drawn_as"] == "segment"
    assert page.locator(f"[data-code={made['id']}]").count() == 1

    expect(page.locator("[data-layer=closures]")).to_be_attached(timeout=SLOW_MS)
    drawn(page)
    click_at(page)
    popup = page.locator(".popup")
    expect(popup).to_contain_text("隧道积水", timeout=SLOW_MS)
    expect(popup).to_contain_text(made["id"])
    popup.get_by_role("button", name="解除").click()
    expect(popup).to_have_count(0, timeout=SLOW_MS)
    expect(closures.locator(".closures li")).to_have_count(0, timeout=SLOW_MS)
    assert ask(f"{open_roads}/closures")["features"] == []
    drawn(page)
    assert page.problems == []


def test_a_radius_can_be_slow_for_some_until_somebody_opens_it(browser_page: Page, open_roads: str) -> None:
    page = picked(browser_page, open_roads, "?lang=en")
    page.locator("#jump-closures").click()
    page.get_by_role("radio", name="Radius").check(force=True)
    before = picture(page)
    page.locator("#close-radius").fill("250")
    assert picture(page) != before, "what would be closed is drawn before it is"
    page.locator("#close-whom").select_option("truck")
    page.locator("#close-how").select_option("3")
    page.locator("#close-until").select_option("")
    page.get_by_role("button", name="Slow down").click()
    row = card(page, "closures").locator(".closures li")
    expect(row).to_contain_text("No cause given", timeout=SLOW_MS)
    expect(row).to_contain_text(re.compile(r"3× as long.*Truck · from .+, until opened"))
    (made,) = ask(f"{open_roads}/closures")["features"]
    assert (made["properties"]["profile"], made["properties"]["factor"]) == ("truck", 3.0)
    assert made["properties"]["to_at"] is None and made["geometry"]["type"] == "Polygon"
    row.get_by_role("button", name="Open", exact=True).click()
    expect(card(page, "closures").locator(".done")).to_contain_text("Opened", timeout=SLOW_MS)
    expect(row).to_have_count(0)
    drawn(page)
    assert page.problems == []


def test_a_line_is_drawn_along_the_roads_by_clicking_and_nothing_is_picked_meanwhile(
    browser_page: Page, open_roads: str
) -> None:
    page = picked(browser_page, open_roads)
    where = page.locator(".lonlat").inner_text()
    page.locator("#jump-closures").click()
    page.get_by_role("radio", name="沿路画线").check(force=True)
    page.locator("#close-set").click()
    expect(card(page, "closures")).to_contain_text("请先在地图上至少点两处")
    click_at(page)
    expect(card(page, "closures")).to_contain_text("已点 1 处")
    with page.expect_response("**/spatial/route") as way:
        click_at(page, right=180, down=10)
    expect(card(page, "closures")).to_contain_text("已点 2 处")
    assert way.value.json()["by"] == "road"
    assert page.locator(".lonlat").inner_text() == where
    page.locator("#close-set").click()
    expect(card(page, "closures").locator(".closures li")).to_have_count(1, timeout=SLOW_MS)
    (made,) = ask(f"{open_roads}/closures")["features"]
    assert made["properties"]["drawn_as"] == "line"
    expect(card(page, "closures")).to_contain_text("已点 0 处")
    page.get_by_role("radio", name="此路段").check(force=True)
    click_at(page, right=-60, down=90)
    expect(page.locator(".lonlat")).not_to_have_text(where)
    drawn(page)
    assert page.problems == []


def test_a_place_away_from_every_road_cannot_be_closed_and_the_card_says_why(
    browser_page: Page, demo_url: str
) -> None:
    west, south, _, _ = ask(f"{demo_url}/city")["bounds"]
    page = opened(browser_page, demo_url, (west - 0.05, south - 0.05), zoom=13)
    pick_centre(page)
    page.locator("#jump-closures").click()
    page.locator("#close-set").click()
    expect(card(page, "closures").locator(".problem")).to_contain_text("50 m", timeout=SLOW_MS)
    assert [p for p in page.problems if "400" not in p] == []


def open_incident(demo_url: str) -> dict[str, Any]:
    """An incident of the demo city that is not dealt with yet, in the middle of the city."""
    lon, lat = ask(f"{demo_url}/city")["centre"]
    box = f"{lon - 0.02},{lat - 0.02},{lon + 0.02},{lat + 0.02}"
    found: list[dict[str, Any]] = ask(f"{demo_url}/incidents?status=reported,accepted,filed&bbox={box}")[
        "features"
    ]
    return found[0]


def test_the_popup_of_an_incident_leads_to_its_plan_with_teams_on_their_ways(
    browser_page: Page, demo_url: str
) -> None:
    incident = open_incident(demo_url)
    page = opened(browser_page, demo_url, incident["geometry"]["coordinates"], zoom=17)
    click_at(page)
    before = picture(page)
    with page.expect_response("**/spatial/dispatch-plan") as asked:
        page.locator(".popup").get_by_role("button", name="处置方案").click()
    assert asked.value.request.post_data_json == {"incident": incident["id"]}
    expect(page.locator(".popup")).to_have_count(0)  # it would cover the ways
    plan = asked.value.json()
    shown = card(page, "plan")
    expect(shown).to_have_attribute("data-state", "ready", timeout=SLOW_MS)
    expect(shown.locator(".plan-head")).to_contain_text(incident["properties"]["title"])
    expect(shown.locator(".plan-head")).to_be_in_viewport()
    expect(shown.locator("[data-part=responsibility]")).to_contain_text(
        plan["responsibility"]["lead"]["name"]
    )
    going = [c for team in plan["teams"] for c in team["candidates"] if c["chosen"]]
    teams = shown.locator("[data-part=teams] li:not(.spare) .candidate")
    assert teams.count() == len(going) > 0
    for row, candidate in zip(teams.all(), going, strict=True):
        expect(row).to_contain_text(candidate["name"])
        expect(row).to_contain_text(re.compile("派出.*秒|派出.*分", re.DOTALL))
    phone = shown.locator("[data-part=responsibility] .phone").first
    assert phone.get_attribute("href") == f"tel:{plan['responsibility']['lead']['phone']}"
    expect(shown.locator("[data-part=affected] .figures")).to_contain_text(
        f"{plan['affected']['people']:,} 人"
    )
    why = shown.locator("[data-part=teams] > details")
    why.locator("summary").click()
    expect(why).to_contain_text(plan["why"]["teams"]["zh"][0])
    assert picture(page) != before
    page.locator("#plan-clear").click()
    expect(shown.locator(".plan-head")).to_have_count(0)
    drawn(page)
    assert page.problems == []


def test_a_class_chosen_for_a_place_makes_a_plan_whose_closure_is_set_by_a_button(
    browser_page: Page, open_roads: str
) -> None:
    page = picked(browser_page, open_roads, "?lang=en")
    page.locator("#jump-plan").click()
    page.locator("#plan-make").click()
    expect(card(page, "plan")).to_contain_text("Choose one of the suggested classes")
    page.locator("#plan-class").press_sequentially("燃气管道破")
    suggested = page.locator("#plan-classes option[value='燃气管道破裂 E0402']")
    expect(suggested).to_be_attached(timeout=SLOW_MS)
    page.locator("#plan-class").fill("燃气管道破裂 E0402")
    page.locator("#plan-level").select_option("serious")
    with page.expect_response("**/spatial/dispatch-plan") as asked:
        page.locator("#plan-make").click()
    plan = asked.value.json()
    assert plan["incident"]["class"]["key"] == "E0402" and plan["incident"]["level"]["key"] == "serious"
    shown = card(page, "plan")
    expect(shown.locator(".plan-head")).to_contain_text("Serious", timeout=SLOW_MS)
    expect(shown.locator("[data-part=responsibility]")).to_contain_text(
        plan["responsibility"]["lead"]["name_en"]
    )
    for team, need in zip(plan["teams"], plan["needs"], strict=True):
        crew = shown.locator(".crew").nth(team["need"])
        expect(crew).to_contain_text(need["en"])
        expect(crew.locator(".short")).to_have_count(1 if team["short"] else 0)
    (suggestion,) = plan["closures"]
    closures = shown.locator("[data-part=closures]")
    expect(closures).to_contain_text(suggestion["en"])
    with page.expect_response("**/spatial/dispatch-plan"):  # the plan is made again: the roads have changed
        closures.get_by_role("button", name="Set").click()
    expect(closures).to_contain_text("are closed already", timeout=SLOW_MS)
    expect(closures.get_by_role("button", name="Set")).to_have_count(0)
    (made,) = ask(f"{open_roads}/closures")["features"]
    assert made["id"] == suggestion["closure"]["code"]
    drawn(page)
    assert page.problems == []


def test_a_plan_that_cannot_be_made_says_why_and_takes_nothing_off_the_map(
    browser_page: Page, demo_url: str
) -> None:
    page = picked(browser_page, demo_url)
    page.locator("#jump-plan").click()
    page.locator("#plan-class").fill("没有的类别 E9999")
    page.locator("#plan-make").click()
    expect(card(page, "plan").locator(".problem")).to_contain_text("E9999", timeout=SLOW_MS)
    expect(card(page, "nearest").locator(".candidate")).to_have_count(5)
    assert [p for p in page.problems if "404" not in p and "400" not in p] == []


def test_a_card_stays_folded_asks_nothing_then_and_a_button_leads_to_it(
    browser_page: Page, demo_url: str
) -> None:
    page = picked(browser_page, demo_url)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url.rsplit("/", 1)[-1]))
    card(page, "affected").get_by_role("button", name="影响范围").first.click()
    expect(page.locator("#aff-radius")).to_be_hidden()
    page.reload()
    expect(page.locator("#layers .switch").first).to_be_attached(timeout=SLOW_MS)
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    expect(card(page, "nearest")).to_have_attribute("data-state", "ready", timeout=SLOW_MS)
    assert "nearest" in asked and "affected" not in asked
    page.locator("#jump-affected").click()
    expect(card(page, "affected").locator(".figures")).to_be_in_viewport(timeout=SLOW_MS)
    drawn(page)
    assert page.problems == []


def test_every_word_is_there_in_both_languages(browser_page: Page, demo_url: str) -> None:
    page = browser_page
    page.goto(demo_url)
    zh, en = page.evaluate(
        "async () => [(await import('/viewer/words/zh.js')).ZH, (await import('/viewer/words/en.js')).EN]"
    )
    assert zh.keys() == en.keys()
    places = re.compile(r"\{\w+\}")
    for key, words in zh.items():
        assert set(places.findall(words)) == set(places.findall(en[key])), key
