"""Requests that are wrong in kind are refused in plain words; what any map client, cache or proxy asks is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim.access.caller import mask
from tests.support.api_client import Asker, said, small_city

HERE = [112.91, 28.11]


@pytest.fixture(scope="module")
def gpkg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder: Path = tmp_path_factory.mktemp("gpkg")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


_POINTS = [[112.91, 28.11], [112.911, 28.11]]


@pytest.mark.parametrize(
    ("path", "body", "where", "what"),
    [
        ("/spatial/match", {"points": _POINTS, "times": ["2026-06-01T08:00:00", "2026-06-01T08:01:00"]},
         "body.times.0", "timezone"),
        ("/spatial/match", {"points": _POINTS, "times": ["noon", 1]}, "body.times.0", "a time is written like"),
        ("/incidents", {"position": HERE, "reported_at": "2026-06-01T08:00:00"}, "body.reported_at", "timezone"),
        ("/spatial/nearest", {"point": "here"}, "body.point", "tuple"),
        ("/spatial/ownership", {"points": [HERE], "at": 0}, "body.at", "a number is none"),
        ("/spatial/ownership", {"points": [HERE], "at": "0"}, "body.at", "a number is none"),
        ("/areas", {"code": "430104", "level": "district", "valid_from": 0}, "body.valid_from", "a number is none"),
        ("/incidents", {"position": HERE, "reported_at": 0}, "body.reported_at", "a number is none"),
        ("/h3/cover", {"geometry": {}, "resolution": 9, "compact": 0}, "body.compact", "valid boolean"),
        ("/spatial/nearest", {"point": HERE, "kind": "team", "route": 1}, "body.route", "valid boolean"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_place_without_inner_names(
    gpkg: Asker, path: str, body: Any, where: str, what: str
) -> None:
    answer = gpkg.post(path, body)
    text = said(answer, 422)
    assert not re.search(r"function-|_in_our_time|_written|\[.*\(|Value error|after validation", text), text
    faults = {f["where"]: f["what"] for f in answer.json()["faults"]}
    assert what in faults[where], faults


# -- what map clients ask ------------------------------------------------------------------------------


def test_answers_that_a_cache_keeps_may_be_read_from_every_website(gpkg: Asker) -> None:
    tile = gpkg.get("/tiles/buildings.json").json()["tiles"][0].split("//")[1].partition("/")[2]
    tile = "/" + tile.format(z=14, x=13330, y=6853)
    for path in ("/sprites/light.png", "/styles/city.json", tile, "/nowhere"):
        plain, foreign = gpkg.get(path), gpkg.get(path, headers={"Origin": "https://map.example"})
        for_all = (
            "origin" in plain.headers.get("vary", "").lower()
            or "access-control-allow-origin" in plain.headers
        )
        assert for_all, path
        assert foreign.headers["access-control-allow-origin"] == "*", path
    assert gpkg.get(tile).headers["access-control-allow-origin"] == "*"
    assert gpkg.get("/sprites/light.png").headers["access-control-allow-origin"] == "*"
    # What the operator sees with all names is never given to another website from a cache.
    assert "access-control-allow-origin" not in gpkg.get("/incidents").headers
    assert "Origin" in gpkg.get("/incidents").headers["vary"]
    assert "access-control-allow-origin" not in gpkg.post("/incidents", {}).headers


def test_a_preflight_allows_headers_of_its_own_and_no_writing(gpkg: Asker) -> None:
    asked = {"Origin": "https://map.example", "Access-Control-Request-Method": "GET"}
    answer = gpkg.request(
        "OPTIONS",
        "/sprites/light.png",
        headers={**asked, "Access-Control-Request-Headers": "X-Requested-With, x-amz-date, bad name"},
    )
    assert answer.status_code == 204
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert allowed == ["content-type", "if-none-match", "range", "if-range", "x-requested-with", "x-amz-date"]
    assert answer.headers["vary"] == "Access-Control-Request-Headers"
    refused = {**asked, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "x-own"}
    assert gpkg.request("OPTIONS", "/incidents/X", headers=refused).status_code == 403


def test_a_tile_asked_for_as_pbf_is_told_its_ending(gpkg: Asker) -> None:
    text = said(gpkg.get("/tiles/buildings/14/13330/6853.pbf"), 404)
    assert text == "vector tiles end in .mvt here: ask for /tiles/buildings/14/13330/6853.mvt"
    assert said(gpkg.get("/nowhere.pbf"), 404) == "Not Found"


# -- what guests see -----------------------------------------------------------------------------------


@given(st.text(alphabet="0123456789 +-()/", min_size=1, max_size=20))
def test_of_a_number_about_a_third_is_shown_at_most(number: str) -> None:
    hidden = mask(number)
    assert len(hidden) == len(number)
    shown = sum(a == b and a.isdigit() for a, b in zip(hidden, number, strict=True))
    digits = sum(c.isdigit() for c in number)
    assert shown <= max(1, round(digits / 3))


@given(st.text(alphabet=st.characters(categories=["L"]), min_size=1, max_size=20))
def test_of_a_name_the_first_letter_is_shown_only(name: str) -> None:
    assert mask(name) == name[0] + "*" * (len(name) - 1)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5551234", "5*****4"),
        ("85551234", "8*****34"),
        ("Smith J", "S******"),
        ("Ali Khan", "A*******"),
        ("19900001234", "19*******34"),
        ("120", "1**"),
        ("王", "王"),
        ("Room 5551234", "R***********"),
    ],
)
def test_short_numbers_and_names_are_hidden(text: str, shown: str) -> None:
    assert mask(text) == shown
