"""Where something is, over HTTP: locate, search, suggest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import addresses
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said


@pytest.fixture(params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Asker]:
    """The small city with addresses, places and counted roads in each store, asked in this process."""
    if request.param == "gpkg":
        url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    else:
        url = request.getfixturevalue("cluster").new_database()
    with small.build(url, tmp_path / "snapshots") as city:
        addresses.named(city)
        settings = city.settings
    with asking(settings) as made:
        yield made


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The same in a GeoPackage, for the questions that change nothing."""
    folder = tmp_path_factory.mktemp("locate-api")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as city:
        addresses.named(city)
        settings = city.settings
    with asking(settings) as made:
        yield made


def test_the_dispatch_engine_places_a_report_and_learns_who_owns_it(asker: Asker) -> None:
    answer = asker.post("/spatial/locate", {"text": "西区五一大道5号"})
    assert answer.status_code == 200
    found = answer.json()
    assert found["position"] == pytest.approx([112.905, 28.1202])
    assert (found["method"], found["accuracy_m"], found["layer"]) == ("address", 10.0, "addresses")
    assert found["name"] == "小城市西区西南街道五一大道5号翠竹花园3栋"
    assert [a["name"] for a in found["owners"]["areas"]] == [
        "小城",
        "西区",
        "西南街道",
        "江边社区",
        "江边一格",
        "南格",
    ]
    assert found["owners"]["unit"]["name"] == "西南街道办"
    incident = asker.post("/incidents", {"title": "积水", "position": found["position"]}).json()
    assert incident["properties"]["unit_grid"] == "430102001001001"


def test_a_change_is_searched_as_soon_as_it_is_acknowledged(asker: Asker) -> None:
    body = {"code": "T-9", "name": "应急抢险三队", "kind": "team", "position": [112.93, 28.13]}
    assert asker.post("/resources", body).status_code == 201
    assert asker.get("/spatial/search", params={"q": "yingjiqiangxian"}).json()["results"][0]["id"] == "T-9"
    assert asker.delete("/resources/T-9").status_code == 204
    assert asker.get("/spatial/search", params={"q": "应急抢险三队"}).json()["results"] == []


def test_many_questions_at_once_each_with_its_answer_or_its_reason(kept: Asker) -> None:
    asked = [
        {"position": [112.91, 28.12]},
        {"x": 399456.362, "y": 3120476.378, "epsg": 4526},
        {"text": ""},
        {"text": "武汉市江岸区一元路1号"},
        {"crossing": ["五一大道", "韶山路"]},
        {"road": "五一大道", "km": 101.5},
        {"road": "五一大道", "number": 6},
        {"h3": "8c418900c4ed1ff"},
        {"code": "430103"},
        {"beidou": "N49H903D18A"},
        {},
    ]
    results = kept.post("/spatial/locate", {"queries": asked, "limit": 3}).json()["results"]
    assert [r.get("method") for r in results] == [
        "lonlat",
        None,
        None,
        None,
        "crossing",
        "kilometre",
        "address",
        "h3",
        "district",
        "beidou",
        None,
    ]
    errors = {i: r["error"] for i, r in enumerate(results) if r["position"] is None}
    assert {i: e["status"] for i, e in errors.items()} == {1: 400, 2: 400, 3: 404, 10: 400}
    assert "EPSG:4547" in errors[1]["detail"] and "武汉市" in errors[3]["detail"]
    assert all(e["title"] for e in errors.values())
    assert all("owners" in r for r in results if r["position"] is not None)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({}, 400, "given: none"),
        ({"text": "  "}, 400, "empty"),
        ({"text": "qqqqqq"}, 404, "nothing in 小城"),
        ({"text": "上海市黄浦区南京东路1号"}, 404, "上海市"),
        ({"text": "a", "code": "b"}, 400, "one way"),
        ({"position": [28.12, 112.91]}, 400, "lat, lon"),
        ({"position": [112.91]}, 422, "position"),
        ({"text": "a", "datum": "mars"}, 422, "datum"),
        ({"x": 1.0, "y": 2.0, "epsg": 4547}, 400, "no Gauss-Krüger zone"),
        ({"x": 1.0}, 400, "both"),
        ({"x": 1.0, "y": 2.0, "epsg": 999999}, 400, "no coordinate system"),
        ({"code": "430102001001"[:-1]}, 404, "no area"),
        ({"beidou": "N49H9Z3D1"}, 400, "BeiDou"),
        ({"h3": "ffffffffffffffff"}, 400, "H3"),
        ({"crossing": ["五一大道"]}, 422, "crossing"),
        ({"crossing": ["五一大道", ""]}, 404, "no road"),
        ({"road": "五一大道", "km": -1}, 422, "km"),
        ({"nonsense": 1}, 422, "nonsense"),
        ({"queries": [{"text": "a"}] * 1001}, 400, "at most 1000"),
        ({"queries": [], "text": "a"}, 400, "inside it"),
        ({"text": "五" * 501}, 422, "text"),
        ({"text": "五一广场", "focus": [28.1, 112.9]}, 400, "focus"),
        ({"text": "a", "limit": 0}, 422, "limit"),
    ],
)
def test_bad_questions_are_answered_in_words(kept: Asker, body: Any, status: int, words: str) -> None:
    answer = kept.post("/spatial/locate", body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in answer.text


def test_a_search_answers_with_places_areas_and_distances(kept: Asker) -> None:
    results = kept.get("/spatial/search", params={"q": "renmingongyuan", "focus": "112.99,28.11"}).json()[
        "results"
    ]
    assert [r["text"] for r in results[:2]] == ["人民公园", "人民公园"]
    assert results[0]["areas"] == ["东区", "东南街道"]
    assert results[0]["distance_m"] == 0.0 and results[1]["distance_m"] > 10_000
    only = kept.get("/spatial/search", params={"q": "五一", "layers": "roads, places"}).json()
    assert {r["layer"] for r in only["results"]} == {"roads", "places"}
    assert only["indexing"] == []


def test_suggestions_come_with_the_first_letter_and_become_exact(kept: Asker) -> None:
    def suggested(q: str) -> list[str]:
        answer = kept.get("/spatial/suggest", params={"q": q, "focus": "112.905,28.121"})
        assert answer.status_code == 200
        return [r["text"] for r in answer.json()["results"]]

    assert "五一大道" in suggested("五")
    for typed in ("五一广", "wygc", "wuyiguang", "五一guangchang", "Wuyi Sq"):
        assert suggested(typed)[0] in ("五一广场", "Wuyi Square"), typed
    assert suggested("") == [] and suggested(" ,") == []
    assert any("五一大道12号" in s for s in suggested("五一大道1"))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("?q=", 400),
        ("?q=五一&focus=1", 400),
        ("?q=五一&focus=a,b", 400),
        ("?q=五一&focus=28,112", 400),
        ("?q=五一&layers=nothing", 404),
        ("?q=五一&limit=0", 422),
        ("?q=" + "五" * 501, 422),
    ],
)
def test_bad_searches_are_answered_in_words(kept: Asker, query: str, status: int) -> None:
    said(kept.get(f"/spatial/search{query}"), status)
