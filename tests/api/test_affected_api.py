"""`POST /spatial/affected`: what lies within a circle or polygon, and whom do we tell?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
import shapely
from pyproj import Geod

from cim.city import City
from cim.local_time import today
from cim.model.layer import Features, Field, Layer
from cim.model.standard_layers import AREAS
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said, small_city

ROUTE = "/spatial/affected"
GRS80 = Geod(ellps="GRS80")


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("affected")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def circle(lon: float, lat: float, radius_m: float) -> dict[str, Any]:
    return {"type": "circle", "centre": [lon, lat], "radius_m": radius_m}


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return dict(shapely.geometry.mapping(shapely.box(west, south, east, north)))


def affected(asker: Asker, shape: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = asker.post(ROUTE, {"shape": shape, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(answer: dict[str, Any], layer: str = "buildings") -> list[str]:
    return sorted(f["properties"]["name"] for f in answer["layers"][layer]["features"]["features"])


def test_a_circle_reaches_exactly_what_is_within_its_radius(asker: Asker) -> None:
    middle = (112.9105, 28.1105)  # of the first building; the second begins 0.0095° farther east
    to_second = GRS80.inv(*middle, 112.92, 28.1105)[2]
    assert names(affected(asker, circle(*middle, 1.0))) == ["一号楼"]
    assert names(affected(asker, circle(*middle, to_second - 0.5))) == ["一号楼"]
    assert names(affected(asker, circle(*middle, to_second + 0.5))) == ["一号楼", "二号楼"]


def test_the_answer_gives_the_shape_as_geojson_and_its_area(asker: Asker) -> None:
    answer = affected(asker, circle(112.91, 28.11, 300))
    assert answer["area_m2"] == round(math.pi * 300**2, 2)
    ring = answer["area"]["coordinates"][0]
    away = [GRS80.inv(112.91, 28.11, *corner)[2] for corner in ring]
    assert min(away) == pytest.approx(300, rel=2e-4)
    assert max(away) == pytest.approx(300, rel=2e-4)
    square = affected(asker, box(112.91, 28.11, 112.92, 28.12))
    assert square["area"] == json_of(box(112.91, 28.11, 112.92, 28.12))
    on_the_ellipsoid = abs(GRS80.geometry_area_perimeter(shapely.box(112.91, 28.11, 112.92, 28.12))[0])
    assert square["area_m2"] == pytest.approx(on_the_ellipsoid, rel=4e-4)


def json_of(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": shape["type"], "coordinates": [[list(c) for c in ring] for ring in shape["coordinates"]]}


def test_layers_default_to_the_base_map_and_can_be_named(asker: Asker) -> None:
    city = box(112.9, 28.1, 113.0, 28.2)
    assert {k: v["count"] for k, v in affected(asker, city)["layers"].items()} == {"buildings": 4, "roads": 2}
    named = affected(asker, city, layers=["roads", "incidents"])["layers"]
    assert {k: v["count"] for k, v in named.items()} == {"roads": 2, "incidents": 1}
    assert affected(asker, city, layers=[])["layers"] == {}


def test_all_are_counted_and_as_many_listed_as_the_limit_says(asker: Asker) -> None:
    city = box(112.9, 28.1, 113.0, 28.2)
    for limit, listed, truncated in ((0, 0, True), (3, 3, True), (4, 4, False), (100, 4, False)):
        found = affected(asker, city, layers=["buildings"], limit=limit)["layers"]["buildings"]
        assert (found["count"], len(found["features"]["features"]), found["truncated"]) == (
            4,
            listed,
            truncated,
        )


def test_what_only_touches_the_shape_is_affected(asker: Asker) -> None:
    assert names(affected(asker, box(112.905, 28.105, 112.91, 28.12))) == ["一号楼"]


def test_what_stands_in_a_hole_of_the_shape_is_not(asker: Asker) -> None:
    ring = shapely.box(112.9, 28.1, 112.93, 28.12) - shapely.box(112.905, 28.105, 112.915, 28.115)
    answer = affected(asker, dict(shapely.geometry.mapping(ring)))
    assert names(answer) == ["二号楼"]


def test_a_shape_in_a_courtyard_affects_no_building(asker: Asker) -> None:
    assert names(affected(asker, circle(112.9605, 28.1605, 5))) == []


def test_a_multipolygon_and_a_feature_are_shapes_too(asker: Asker) -> None:
    first, twins = shapely.box(112.91, 28.11, 112.911, 28.111), shapely.box(112.97, 28.17, 112.971, 28.171)
    both = dict(shapely.geometry.mapping(shapely.MultiPolygon([first, twins])))
    assert names(affected(asker, both)) == ["一号楼", "双子楼"]
    assert names(affected(asker, {"type": "Feature", "properties": {}, "geometry": both})) == [
        "一号楼",
        "双子楼",
    ]


def test_areas_come_from_the_city_down_with_their_units(asker: Asker) -> None:
    found = affected(asker, circle(112.91, 28.11, 100))["areas"]
    assert [(a["level"], a["code"]) for a in found] == [
        ("city", "430100"),
        ("district", "430102"),
        ("street", "430102001"),
        ("community", "430102001001"),
        ("duty_grid", "430102001001R01"),
        ("unit_grid", "430102001001001"),
    ]
    assert [a["unit"] and a["unit"]["code"] for a in found] == [None, "U-WEST", "U-001", None, None, None]
    assert found[2]["unit"]["phone"] == "0731-55500003"
    across = affected(asker, circle(112.95, 28.18, 100))["areas"]
    assert [a["code"] for a in across] == ["430100", "430102", "430103", "430102002", "430103002"]


def test_resources_and_sensors_in_the_shape_are_listed_with_their_place(asker: Asker) -> None:
    # T-2 is 0.002° (196 m) east of T-1, the gauge half way between.
    near = affected(asker, circle(112.91, 28.12, 150))
    assert [r["id"] for r in near["resources"]] == ["T-1"]
    assert near["resources"][0]["geometry"]["coordinates"] == [112.91, 28.12]
    assert near["resources"][0]["kind"] == "team"
    assert [(s["id"], s["value"], s["unit_symbol"]) for s in near["sensors"]] == [("W-1", 12.0, "cm")]
    wide = affected(asker, circle(112.91, 28.12, 250))
    assert sorted(r["id"] for r in wide["resources"]) == ["T-1", "T-2"]
    empty = affected(asker, circle(112.98, 28.11, 250))
    assert (empty["resources"], empty["sensors"], empty["people"]) == ([], [], 0)


def test_people_of_a_partly_covered_building_count_by_the_covered_share(asker: Asker) -> None:
    # All of the first building (30) and the western half of the second (600).
    half = affected(asker, box(112.909, 28.109, 112.9205, 28.112))
    assert (half["people"], half["people_from"]) == (330, "buildings")
    # A quarter of the second: 112.92 … 112.9205 of its width, 28.11 … 28.1105 of its height.
    assert affected(asker, box(112.9195, 28.1095, 112.9205, 28.1105))["people"] == 150
    # Of the courtyard building (90) the ring has 24 of 25 parts; its western fifth has 5 of the 24, the
    # hole being in the middle fifth: 90 · 5 / 24 = 18.75.
    assert affected(asker, box(112.9595, 28.1595, 112.9602, 28.1615))["people"] == 19


def test_people_in_a_circle_count_by_the_share_that_the_circle_covers(asker: Asker) -> None:
    # A circle of 40 m around the south-west corner of the second building (600) covers a quarter disc of it.
    covered = math.pi * 40**2 / 4
    whole = abs(GRS80.geometry_area_perimeter(shapely.box(112.92, 28.11, 112.921, 28.111))[0])
    assert affected(asker, circle(112.92, 28.11, 40))["people"] == round(600 * covered / whole)


def test_a_building_whose_people_nobody_counted_adds_none(asker: Asker) -> None:
    assert affected(asker, circle(112.9705, 28.1705, 500))["people"] == 0


def test_a_population_of_points_is_summed_and_the_setting_says_which_layer_counts(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    census = Layer("census", geometry="point", fields=(Field("population", "integer"),))
    points = np.array(
        [shapely.Point(112.91, 28.12), shapely.Point(112.912, 28.12), shapely.Point(112.95, 28.12)]
    )
    with small.build(url, tmp_path / "s") as city:
        city.load(census, Features(points, pa.table({"population": [100, 20, 3]})))
    chosen = small.settings(url, tmp_path / "s")
    from dataclasses import replace

    with asking(replace(chosen, population="census")) as asker:
        assert affected(asker, circle(112.91, 28.12, 150))["people"] == 100
        both = affected(asker, circle(112.91, 28.12, 250))
        assert (both["people"], both["people_from"]) == (120, "census")


def test_without_a_layer_that_counts_people_the_smallest_areas_that_do_are_shared(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    rows = [
        {"code": "1", "level": "city", "population": 1_000_000},
        {"code": "101", "level": "street", "population": 400},
        {"code": "102", "level": "street", "population": 1000},
        {"code": "101001", "level": "unit_grid", "population": None},
    ]
    boxes = [
        shapely.box(112.9, 28.1, 113.0, 28.2),
        shapely.box(112.9, 28.1, 112.95, 28.2),
        shapely.box(112.95, 28.1, 113.0, 28.2),
        shapely.box(112.9, 28.1, 112.91, 28.11),
    ]
    with City.open(small.settings(url, tmp_path / "s"), create=True) as city:
        city.load(AREAS, Features(np.array(boxes), pa.Table.from_pylist(rows, AREAS.schema())))
    with asking(small.settings(url, tmp_path / "s")) as asker:
        # Half of the western street and a fifth of the eastern one.
        answer = affected(asker, box(112.925, 28.1, 112.96, 28.2))
        assert (answer["people"], answer["people_from"]) == (400, "areas (street)")


def test_where_nothing_counts_people_there_is_no_number(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    with City.open(small.settings(url, tmp_path / "s"), create=True) as city:
        city.load(AREAS, small.areas())
    with asking(small.settings(url, tmp_path / "s")) as asker:
        answer = affected(asker, circle(112.91, 28.12, 150))
        assert (answer["people"], answer["people_from"]) == (None, None)


def test_many_shapes_are_answered_in_their_order(asker: Asker) -> None:
    shapes = [circle(112.98, 28.18, 10), box(112.909, 28.109, 112.912, 28.112), circle(112.91, 28.12, 10)]
    results = asker.post(ROUTE, {"shapes": shapes}).json()["results"]
    assert [[r["id"] for r in one["resources"]] for one in results] == [["S-1"], [], ["T-1"]]
    assert results[1] == affected(asker, shapes[1])
    assert asker.post(ROUTE, {"shapes": []}).json() == {"results": []}


def test_a_shape_in_gcj02_is_brought_to_its_true_place_first(asker: Asker) -> None:
    from cim.space.crs import from_wgs84

    corners = from_wgs84(np.array([[112.9095, 28.1095], [112.9115, 28.1115]]), "gcj02")
    drawn = box(*corners.ravel().tolist())
    assert names(affected(asker, drawn)) == []
    assert names(affected(asker, drawn, datum="gcj02")) == ["一号楼"]
    lon, lat = from_wgs84(np.array([[112.9105, 28.1105]]), "gcj02")[0].tolist()
    assert names(affected(asker, circle(lon, lat, 5))) == []
    assert names(affected(asker, circle(lon, lat, 5), datum="gcj02")) == ["一号楼"]


def test_a_guest_sees_the_reporters_of_affected_incidents_masked(asker: Asker) -> None:
    body = {"shape": circle(112.91, 28.13, 10), "layers": ["incidents"]}
    for who, shown in ((asker, "19900001234"), (asker.elsewhere, "19*******34")):
        (found,) = who.post(ROUTE, body).json()["layers"]["incidents"]["features"]["features"]
        assert found["id"] == "20260601-00001"
        assert found["properties"]["reporter_phone"] == shown


def ring(*corners: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(corners)]}


SQUARE = box(112.9, 28.1, 112.95, 28.15)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ({}, "a shape is a circle, a reach, or a GeoJSON Polygon or MultiPolygon, not None"),
        ({"type": "Point", "coordinates": [112.9, 28.1]}, "not 'Point'"),
        ({"type": "Feature", "geometry": None}, "not 'Feature'"),
        ({"type": "FeatureCollection", "features": []}, "not 'FeatureCollection'"),
        ({"type": ["Polygon"]}, "not ['Polygon']"),
        (circle(112.9, 28.1, -300), "radius_m must be more than 0 and at most 200000, not -300"),
        (circle(112.9, 28.1, 0), "radius_m must be more than 0"),
        (circle(112.9, 28.1, 1e7), "at most 200000"),
        (circle(28.1, 112.9, 300), "is it lat, lon?"),
        (circle(23.0, 0.0, 300), "too far from the city to be measured"),
        ({"type": "circle"}, 'a circle has "centre": [lon, lat] and "radius_m": metres'),
        ({"type": "circle", "centre": [], "radius_m": 1}, "a circle has"),
        ({"type": "circle", "centre": [112.9, 28.1, 5, 6], "radius_m": 1}, "a circle has"),
        ({"type": "circle", "centre": "112.9,28.1", "radius_m": 1}, "a circle has"),
        ({"type": "circle", "centre": [True, True], "radius_m": True}, "a circle has"),
        ({"type": "circle", "centre": [112.9, 28.1], "radius_m": "300"}, "a circle has"),
        ({"type": "Polygon"}, "must be a list, not None"),
        ({"type": "Polygon", "coordinates": "x"}, "must be a list, not 'x'"),
        ({"type": "Polygon", "coordinates": []}, "the shape is empty"),
        ({"type": "Polygon", "coordinates": [[]]}, "a ring of 0 positions"),
        ({"type": "MultiPolygon", "coordinates": []}, "the shape is empty"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "the shape is empty"),
        ({"type": "Polygon", "coordinates": [SQUARE["coordinates"]]}, "which is not [lon, lat]"),
        ({"type": "MultiPolygon", "coordinates": SQUARE["coordinates"]}, "which is not [lon, lat]"),
        (ring([112.9, 28.1], [112.95, 28.1]), "a ring of 2 positions; a ring has at least 4"),
        (ring([112.9, 28.1], [112.95, 28.1], [112.95, 28.15], [112.9, 28.15]), "an open ring: it ends at"),
        (
            ring([112.9, 28.1], [112.95, 28.15], [112.95, 28.1], [112.9, 28.15], [112.9, 28.1]),
            "the shape is no valid polygon: self-intersection near 112.925 28.125",
        ),
        (ring(*[[112.9, 28.1]] * 4), "is no valid polygon"),
        (ring([28.1, 112.9], [28.1, 112.95], [28.15, 112.95], [28.1, 112.9]), "is it lat, lon?"),
        (
            ring([112.9, 28.1, 9, 1], [112.95, 28.1], [112.95, 28.15], [112.9, 28.1]),
            "which is not [lon, lat]",
        ),
        (ring([112.9], [112.95], [112.95], [112.9]), "which is not [lon, lat]"),
        (ring(["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]), "which is not [lon, lat]"),
        (ring([None, 1], [2, 3], [4, 5], [None, 1]), "which is not [lon, lat]"),
        (
            ring([179, 10], [-179, 10], [-179, 11], [179, 11], [179, 10]),
            "crosses the antimeridian, cut it there",
        ),
        (ring([10**25, 1], [2, 3], [4, 5], [10**25, 1]), "outside lon -180..180"),
        (ring([10**400, 1], [2, 3], [4, 5], [10**400, 1]), "which is not [lon, lat]"),
        (ring(*[[112.9, 28.1 + i / 1e7] for i in range(100_001)], [112.9, 28.1]), "more than 100000 corners"),
    ],
)
def test_a_shape_that_is_none_is_refused_in_a_sentence(
    asker: Asker, shape: dict[str, Any], sentence: str
) -> None:
    assert sentence in said(asker.post(ROUTE, {"shape": shape}), 400)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({}, 400, 'say either "shape" (one) or "shapes" (many)'),
        ({"shape": SQUARE, "shapes": [SQUARE]}, 400, "one of the two"),
        ({"shape": SQUARE, "layers": ["rivers"]}, 404, "layer 'rivers' is not loaded; loaded: areas"),
        ({"shape": SQUARE, "layers": "buildings"}, 422, "layers"),
        ({"shape": SQUARE, "limit": -1}, 422, "limit"),
        ({"shape": SQUARE, "limit": 10_001}, 422, "limit"),
        ({"shape": SQUARE, "datum": "gcj"}, 422, "datum"),
        ({"shape": SQUARE, "buffer_m": 10}, 422, "Extra inputs"),
        ({"shape": [SQUARE]}, 422, "shape"),
        ({"shapes": SQUARE}, 422, "shapes"),
        ({"shapes": [SQUARE] * 101, "limit": 1000}, 400, "101 shapes with a limit of 1000 each are too many"),
        ('{"shape": {"type": "circle", "centre": [NaN, 28.1], "radius_m": 1}}', 400, "not finite"),
        ('{"shape": {"type": "circle", "centre": [112.9, 28.1], "radius_m": NaN}}', 400, "radius_m"),
        (
            '{"shape": {"type": "Polygon", "coordinates": [[[1e999, 1], [2, 3], [4, 5], [1e999, 1]]]}}',
            400,
            "inf",
        ),
        ('{"shape": {"type": "Polygon", "coordinates": "\\ud800"}}', 400, "must be a list"),
        ('{"shape": ' + "[" * 200, 422, "the body is no JSON"),
    ],
)
def test_a_question_that_is_none_is_refused_in_a_sentence(
    asker: Asker, body: Any, status: int, sentence: str
) -> None:
    assert sentence in said(asker.post(ROUTE, body), status)


def test_a_thousand_features_one_inside_another_are_no_shape(asker: Asker) -> None:
    shape: dict[str, Any] = SQUARE
    for _ in range(300):
        shape = {"type": "Feature", "geometry": shape}
    assert "not 'Feature'" in said(asker.post(ROUTE, {"shape": shape}), 400)


def test_both_stores_say_what_is_affected_of_what_was_just_changed(store_url: str, tmp_path: Path) -> None:
    sensor = {"code": "W-2", "measures": "water_level", "position": [112.98, 28.111]}
    with small_city(store_url, tmp_path / "s") as asker:
        before = affected(asker, circle(112.98, 28.11, 200))
        assert (before["sensors"], before["people"]) == ([], 0)
        assert asker.post("/sensors", sensor).status_code == 201
        assert [s["id"] for s in affected(asker, circle(112.98, 28.11, 200))["sensors"]] == ["W-2"]


def test_a_redrawn_area_is_affected_once_and_its_people_count_once(tmp_path: Path) -> None:
    past, future = dt.date(2025, 1, 1), today(ZoneInfo("Asia/Shanghai")) + dt.timedelta(1)
    rows = [
        {"code": "1", "level": "street", "population": 400, "valid_to": past},
        {"code": "1", "level": "street", "population": 500, "valid_from": past, "valid_to": future},
        {"code": "1", "level": "street", "population": 600, "valid_from": future},
        {
            "code": "11",
            "level": "community",
            "population": 400,
            "valid_to": past,
        },  # the level of another time
    ]
    whole = shapely.box(112.90, 28.10, 112.91, 28.11)
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    with City.open(small.settings(url, tmp_path / "s"), create=True) as city:
        city.load(AREAS, Features(np.array([whole] * 4, object), pa.Table.from_pylist(rows, AREAS.schema())))
    with asking(small.settings(url, tmp_path / "s")) as asker:
        answer = affected(asker, box(112.89, 28.09, 112.92, 28.12))
        assert (answer["people"], answer["people_from"]) == (500, "areas (street)")
        assert [area["code"] for area in answer["areas"]] == ["1"]
