"""`POST /spatial/coverage`: whom facilities reach in time and whom they do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h3
import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.model.layer import Features
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said

ROUTE = "/spatial/coverage"
STATION = [112.92, 28.15]
#: Ten houses of ten people along 中路 (45 km/h: 750 m a minute), 118 m from one to the next, from the station east.
HOUSES = [(112.92 + 0.0012 * k, 28.1502) for k in range(10)]


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder: Path = tmp_path_factory.mktemp("coverage")
    url = f"gpkg:///{folder / 'city.gpkg'}"
    if request.param == "postgis":
        url = request.getfixturevalue("cluster").new_database()
    with small.build(url, folder / "s") as city:
        shapes = np.array([shapely.box(x, y, x + 1e-5, y + 1e-5) for x, y in HOUSES], object)
        rows = [{"name": f"{k}号", "population": 10} for k in range(10)]
        city.load(small.BUILDINGS, Features(shapes, pa.Table.from_pylist(rows, small.BUILDINGS.schema())))
    with asking(city.settings) as made:
        for code, place in (("FS-1", STATION), ("FS-2", [112.94, 28.15])):
            made.post("/units", {"code": code, "kind": "fire_station", "position": place})
        yield made


def covered(asker: Asker, **more: Any) -> dict[str, Any]:
    body = {"points": [STATION], "minutes": [1], "profile": "emergency", "level": "district", **more}
    answer = asker.post(ROUTE, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_people_and_buildings_in_reach_and_out_of_it_are_counted(asker: Asker) -> None:
    found = covered(asker, minutes=[1, 2])
    minute, two = (f["properties"] for f in found["features"])
    # The seventh house is 707 m away, the eighth 825 m.
    assert minute["buildings"] == {"total": 10, "covered": 7, "uncovered": 3, "share": 0.7}
    assert minute["people"] == {"total": 100, "covered": 70, "uncovered": 30, "share": 0.7}
    assert two["people"]["uncovered"] == 0
    assert two["area_m2"] > minute["area_m2"] > 0
    assert (found["facilities"], found["off_road"], found["people_from"]) == (1, [], "buildings")


def test_the_areas_with_the_most_people_out_of_reach_come_first(asker: Asker) -> None:
    found = covered(asker, cells=12)
    assert found["areas"] == [
        {
            "level": "district",
            "code": "430102",
            "name": "西区",
            "name_en": found["areas"][0]["name_en"],
            "people": 100,
            "uncovered": 30,
            "share": 0.7,
        }
    ]
    missed = {h3.latlng_to_cell(lat, lon, 12) for lon, lat in HOUSES[7:]}
    assert {c["cell"] for c in found["uncovered_cells"]} == missed
    assert sum(c["uncovered"] for c in found["uncovered_cells"]) == 30


def test_facilities_are_found_by_layer_and_condition_and_reach_together(asker: Asker) -> None:
    stations = {"points": None, "layer": "units", "where": {"kind": "fire_station"}}
    found = covered(asker, **stations)
    assert found["facilities"] == 2
    # The second one, 1,964 m east, reaches back to 1,214 m: the tenth house is 1,060 m from the first.
    assert found["features"][0]["properties"]["people"]["covered"] == 70
    assert covered(asker, **stations, towards=True)["features"][0]["properties"]["people"]["covered"] == 70
    three = covered(asker, **stations, minutes=[1.3])
    assert three["features"][0]["properties"]["people"]["covered"] == 100  # 975 m from each side


def test_a_facility_on_no_road_is_named_and_areas_can_count_people(asker: Asker) -> None:
    shelters = covered(asker, points=None, kind="shelter")
    assert shelters["off_road"] == ["S-1"]
    assert shelters["features"][0]["properties"]["people"]["covered"] == 0


def test_areas_that_know_their_people_are_counted_by_their_covered_share(gpkg_city: Any) -> None:
    gpkg_city.drop("buildings")
    with asking(gpkg_city.settings) as asked:
        for code, people in (("430102", 1000), ("430103", 500)):
            asked.patch(f"/areas/{code}", {"population": people})
        found = asked.post(ROUTE, {"points": [STATION], "minutes": [1], "profile": "emergency"}).json()
        people = found["features"][0]["properties"]["people"]
        assert found["people_from"] == "areas (district)"
        assert people["total"] == 1500
        # All of the strip lies in the west, 4,912 m by 11,083 m: 1.5 km long, 160 m wide and a little more.
        west_m2 = 4_912 * 11_083
        assert people["covered"] == pytest.approx(
            1000 * found["features"][0]["properties"]["area_m2"] / west_m2, abs=1
        )
        assert found["features"][0]["properties"]["buildings"] is None


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"points": [STATION], "kind": "team"}, 400, "beside points stand kind"),
        ({"points": [STATION], "skills": {"any": ["a"]}}, 400, "beside points stand skills"),
        ({}, 400, 'say either "kind"'),
        ({"kind": "camera"}, 400, "0 facilities meet the condition"),
        ({"layer": "buildings"}, 400, "holds polygons; facilities are points"),
        ({"points": [STATION], "level": "village"}, 400, "level 'village' is not known"),
        ({"points": [STATION], "minutes": [500]}, 400, "at most 120 minutes"),
        ({"points": [STATION], "at": "2020-01-01T00:00:00Z"}, 400, "is in the past"),
    ],
)
def test_what_can_not_be_covered_is_refused(
    asker: Asker, body: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(asker.post(ROUTE, body), status)
