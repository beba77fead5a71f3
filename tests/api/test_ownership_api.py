"""`POST /spatial/ownership`: who owns these places?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said, small_city
from tests.support.served import Served

ROUTE = "/spatial/ownership"
SOUTH_GRID = ["430100", "430102", "430102001", "430102001001", "430102001001R01", "430102001001001"]
LEVELS = ["city", "district", "street", "community", "duty_grid", "unit_grid"]


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("ownership")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def owners(asker: Asker, *points: tuple[float, float], **more: Any) -> list[dict[str, Any]]:
    answer = asker.post(ROUTE, {"points": points, **more})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["owners"]
    return found


def codes(owner: dict[str, Any]) -> list[str]:
    return [area["code"] for area in owner["areas"]]


def metres(a: tuple[float, float], b: tuple[float, float], slack_m: float = 1e-3) -> Any:
    # The ellipsoid's own distance; 1.1° beside its meridian the metric CRS stretches by 0.013 %.
    return pytest.approx(Geod(ellps="GRS80").inv(*a, *b)[2], rel=2e-4, abs=slack_m)


def test_a_point_is_owned_on_every_level_from_the_city_to_the_unit_grid(asker: Asker) -> None:
    (owner,) = owners(asker, (112.91, 28.11))
    assert codes(owner) == SOUTH_GRID
    assert [a["level"] for a in owner["areas"]] == LEVELS
    assert owner["areas"][0]["name"] == "小城"
    assert owner["nearest"] is None


def test_the_unit_is_that_of_the_smallest_area_that_names_one(asker: Asker) -> None:
    in_grid, in_north_west, in_east = owners(asker, (112.91, 28.11), (112.91, 28.18), (112.98, 28.11))
    assert in_grid["unit"]["code"] == "U-001"  # the street's: neither grids nor community name one
    assert in_north_west["unit"] == {
        "code": "U-WEST",
        "name": "西区政府",
        "name_en": None,
        "kind": None,
        "phone": "0731-55500001",
    }
    assert in_east["unit"]["name"] == "东区政府"


def test_many_points_are_answered_in_their_order(asker: Asker) -> None:
    inside, outside, east = (112.91, 28.11), (112.80, 28.11), (112.98, 28.11)
    answers = owners(asker, inside, outside, east, inside)
    assert [codes(a)[-1] if a["areas"] else None for a in answers] == [
        "430102001001001",
        None,
        "430103001",
        "430102001001001",
    ]
    # More than a handful are answered in another thread; the answers are the same.
    assert owners(asker, *([inside, outside, east] * 100)) == answers[:3] * 100


def test_a_point_on_a_shared_border_belongs_to_the_lowest_code_on_each_level(asker: Asker) -> None:
    assert codes(owners(asker, (112.95, 28.15))[0]) == ["430100", "430102", "430102001", "430102001002"]
    assert codes(owners(asker, (112.925, 28.125))[0]) == SOUTH_GRID


def test_the_corner_of_the_city_is_in_it(asker: Asker) -> None:
    assert codes(owners(asker, (small.WEST, small.SOUTH))[0]) == SOUTH_GRID


def test_outside_every_area_nearest_names_the_smallest_nearest_one_with_its_distance(asker: Asker) -> None:
    west, north = owners(asker, (112.89, 28.12), (112.97, 28.21))
    assert west["areas"] == []
    assert west["unit"] is None
    assert west["nearest"].pop("distance_m") == metres((112.89, 28.12), (112.90, 28.12))
    assert west["nearest"] == {
        "level": "unit_grid",
        "code": "430102001001001",
        "name": "南格",
        "name_en": None,
    }
    assert north["nearest"]["code"] == "430103002"
    # A long edge is straight in the metric CRS, where the parallel between its ends bends by some decimetres.
    assert north["nearest"]["distance_m"] == metres((112.97, 28.21), (112.97, 28.20), slack_m=1.0)


def test_a_point_in_gcj02_or_bd09_is_brought_to_its_true_place_first(asker: Asker) -> None:
    # In Changsha GCJ-02 lies 0.0054° east of WGS84 and BD-09 0.0119°; the border is 112.95.
    assert codes(owners(asker, (112.9515, 28.16))[0])[1] == "430103"
    assert codes(owners(asker, (112.9515, 28.16), datum="cgcs2000")[0])[1] == "430103"
    assert codes(owners(asker, (112.9515, 28.16), datum="gcj02")[0])[1] == "430102"
    assert codes(owners(asker, (112.9580, 28.16), datum="gcj02")[0])[1] == "430103"
    assert codes(owners(asker, (112.9580, 28.16), datum="bd09")[0])[1] == "430102"


def test_no_points_have_no_owners(asker: Asker) -> None:
    assert owners(asker) == []


def test_a_city_without_areas_owns_nothing_and_has_no_nearest(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    from cim.city import City

    City.open(small.settings(url, tmp_path), create=True).close()
    with asking(small.settings(url, tmp_path)) as asker:
        assert owners(asker, (112.91, 28.11)) == [
            {"areas": [], "special": [], "officer": None, "unit": None, "nearest": None}
        ]


def test_twenty_thousand_points_are_answered_and_for_more_the_way_with_a_file_is_named(asker: Asker) -> None:
    assert len(owners(asker, *([(112.91, 28.11)] * 20_000))) == 20_000
    refusal = said(asker.post(ROUTE, {"points": [[112.91, 28.11]] * 20_001}), 400)
    assert "20,001 points are too many for one JSON, at most 20,000" in refusal
    assert "text/csv" in refusal and "citybase assign FILE" in refusal


def test_ownership_is_as_of_a_day_and_a_day_before_the_first_area_is_refused(asker: Asker) -> None:
    for code, day in (("430104", "2020-01-01"), ("430105", "2024-01-01")):
        said_of = {"name": code, "level": "district", "parent": "430100", "valid_from": day}
        box = {
            "type": "Polygon",
            "coordinates": [[[113.1, 28.1], [113.2, 28.1], [113.2, 28.2], [113.1, 28.1]]],
        }
        end = {"valid_to": "2024-01-01"} if code == "430104" else {}
        made = asker.post("/areas", {"code": code, **said_of, **end, "geometry": box})
        assert made.status_code == 201, made.text
    place = (113.18, 28.15)
    assert codes(owners(asker, place)[0]) == ["430105"]
    assert codes(owners(asker, place, at="2023-12-31")[0]) == ["430104"]
    assert codes(owners(asker, place, at="2019-12-31")[0]) == []
    assert said(asker.post(ROUTE, {"points": [place], "at": "31.12.2023"}), 422).startswith("body.at")


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"points": [[28.11, 112.91]]}, 400, "is it lat, lon? give lon, lat"),
        ({"points": [[112.91, 28.11], [181, 0]]}, 400, "point 1 (181, 0): outside lon -180..180"),
        ({"points": [[400_000, 3_100_000]]}, 400, "projected coordinates need their EPSG code"),
        ('{"points": [[NaN, 28.1]]}', 422, "finite number"),
        ('{"points": [[1e999, 28.1]]}', 422, "finite number"),
        ({"points": [[112.91, 28.11, 45.0, 1.0]]}, 422, "points.0"),
        ({"points": [[112.91]]}, 422, "points.0"),
        ({"points": [[]]}, 422, "points.0"),
        ({"points": [112.91, 28.11]}, 422, "points.0"),
        ({"points": [["112.91", "28.11"]]}, 422, "valid number"),
        ({"points": [[True, False]]}, 422, "valid number"),
        ({"points": [[None, None]]}, 422, "valid number"),
        ({"points": "112.91,28.11"}, 422, "points"),
        ({"points": None}, 422, "points"),
        ({}, 422, "points"),
        ({"points": [], "point": []}, 422, "point: Extra inputs are not permitted"),
        ({"points": [], "datum": "wgs72"}, 422, "'wgs84', 'cgcs2000', 'gcj02' or 'bd09'"),
        ({"points": [], "datum": None}, 422, "'wgs84', 'cgcs2000', 'gcj02' or 'bd09'"),
        ('{"points": [[112.91, 28.11]', 422, "the body is no JSON"),
        ("", 422, "body"),
        ("null", 422, "body"),
        ("[]", 422, "body"),
        (b"\xff\xfe\x00", 400, "body"),
        ("[" * 100_000, 400, "body"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(asker: Asker, body: Any, status: int, sentence: str) -> None:
    assert sentence in said(asker.post(ROUTE, body), status)


def test_of_many_faults_the_answer_lists_the_first_hundred(asker: Asker) -> None:
    answer = asker.post(ROUTE, {"points": [["x", "y"]] * 1000})
    assert said(answer, 422).endswith("and 1995 more")
    assert len(answer.json()["faults"]) == 100


def test_a_body_of_more_than_2_megabytes_is_refused(asker: Asker) -> None:
    body = b'{"points": [' + b" " * 2_000_000 + b"]}"
    assert "larger than 2 MB" in said(asker.post(ROUTE, body), 413)


def test_a_body_that_does_not_say_how_long_it_is_is_held_to_the_same(asker: Asker) -> None:
    async def endless() -> Any:
        for _ in range(40):
            yield b" " * 1_000_000

    assert "larger than 2 MB" in said(asker.request("POST", ROUTE, content=endless()), 413)


def test_everybody_may_ask_and_a_served_city_answers_the_same(served: Served, asker: Asker) -> None:
    import httpx

    body = {"points": [[112.91, 28.11], [112.89, 28.12], [112.95, 28.15]]}
    over_the_wire = httpx.post(served.url + ROUTE, json=body).json()
    assert over_the_wire == asker.post(ROUTE, body).json() == asker.elsewhere.post(ROUTE, body).json()
