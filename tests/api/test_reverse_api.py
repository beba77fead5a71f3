"""From a position to words: what a place is called, and what is nearest to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cim.space import crs
from tests.support import addresses
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The small city with addresses, places and roads in each store, asked in this process; nothing changes it."""
    folder = tmp_path_factory.mktemp("reverse")
    if request.param == "gpkg":
        url = f"gpkg:///{folder / 'city.gpkg'}"
    else:
        url = request.getfixturevalue("cluster").new_database()
    with small.build(url, folder / "snapshots") as city:
        addresses.named(city)
        settings = city.settings
    with asking(settings) as made:
        yield made


def line(asker: Asker, lon: float, lat: float, **more: Any) -> dict[str, str]:
    answer = asker.post("/spatial/reverse", {"point": [lon, lat], **more})
    assert answer.status_code == 200, answer.text
    lines: dict[str, str] = answer.json()["address"]
    return lines


def test_a_position_becomes_an_address_line_in_both_languages(asker: Asker) -> None:
    assert line(asker, 112.9305, 28.1201) == {
        "zh": "西区 西南街道 五一大道 近 韶山路口",
        "en": "Wuyi Avenue near Shaoshan Road, 西南街道, 西区",
    }
    assert line(asker, 112.905, 28.12015)["zh"] == "西区 西南街道 五一大道5号 翠竹花园"
    assert line(asker, 112.905, 28.12015)["en"] == "5 Wuyi Avenue, 西南街道, 西区"
    assert line(asker, 112.94, 28.1201)["zh"] == "西区 西南街道 五一大道"


def test_what_is_nearest_is_named_with_its_distance(asker: Asker) -> None:
    found = asker.post("/spatial/reverse", {"point": [112.905, 28.1205]}).json()
    assert (found["road"]["name"], found["house"]["number"], found["place"]["name"]) == (
        "五一大道",
        5,
        "五一广场",
    )
    # A ten-thousandth of a degree of latitude is 11.08 m.
    assert found["road"]["distance_m"] == pytest.approx(55.4, abs=0.2)
    assert found["house"]["distance_m"] == pytest.approx(33.2, abs=0.2)
    assert found["place"]["distance_m"] == pytest.approx(55.4, abs=0.2)
    assert found["crossing"] is None and found["building"] is None
    assert [a["name"] for a in found["owners"]["areas"]][:3] == ["小城", "西区", "西南街道"]
    crossing = asker.post("/spatial/reverse", {"point": [112.931, 28.12]}).json()["crossing"]
    assert crossing["position"] == pytest.approx([112.93, 28.12], abs=1e-6)
    assert crossing["distance_m"] == pytest.approx(98.2, abs=0.5)
    assert (
        asker.post("/spatial/reverse", {"point": [112.9205, 28.1105]}).json()["building"]["name"] == "二号楼"
    )


def test_far_from_everything_the_areas_remain_and_outside_them_the_nearest_is_named(asker: Asker) -> None:
    empty = asker.post("/spatial/reverse", {"point": [112.96, 28.15]}).json()
    assert (empty["road"], empty["crossing"], empty["house"], empty["place"]) == (None, None, None, None)
    assert empty["address"]["zh"] == "东区 东南街道"
    outside = asker.post("/spatial/reverse", {"point": [112.80, 28.12]}).json()
    assert outside["owners"]["areas"] == []
    assert outside["address"]["zh"] == "南格外"


def test_many_points_in_any_datum_are_answered_in_order(asker: Asker) -> None:
    points = np.array([[112.9305, 28.1201], [112.96, 28.15], [112.905, 28.12015]])
    one_by_one = [asker.post("/spatial/reverse", {"point": p}).json() for p in points.tolist()]
    together = asker.post("/spatial/reverse", {"points": points.tolist()}).json()["results"]
    assert together == one_by_one
    shifted = crs.from_wgs84(points, "gcj02").tolist()
    from_phones = asker.post("/spatial/reverse", {"points": shifted, "datum": "gcj02"}).json()["results"]
    assert [r["address"] for r in from_phones] == [r["address"] for r in together]
    assert asker.post("/spatial/reverse", {"points": []}).json() == {"results": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"point": [112.9, 28.1], "points": []}, 400),
        ({"point": [28.1, 112.9]}, 400),
        ({"point": ["a", "b"]}, 422),
        ({"points": [[112.9, 28.1]] * 1001}, 400),
        ({"point": [112.9, 28.1], "datum": "mars"}, 422),
    ],
)
def test_bad_questions_are_answered_in_words(asker: Asker, body: Any, status: int) -> None:
    said(asker.post("/spatial/reverse", body), status)


def test_a_city_without_roads_addresses_or_places_still_says_whose_it_is(tmp_path: Path) -> None:
    with small.build(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots") as city:
        city.drop("roads")
        city.drop("buildings")
        settings = city.settings
    with asking(settings) as asker:
        assert line(asker, 112.91, 28.12) == {"zh": "西区 西南街道", "en": "西南街道, 西区"}
