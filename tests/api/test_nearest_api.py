"""`POST /spatial/nearest`: who and what is nearest?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyproj import Geod

from tests.support.api_client import Asker, said, small_city

ROUTE = "/spatial/nearest"
HERE = (112.91, 28.11)


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("nearest")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def candidates(asker: Asker, point: tuple[float, float] = HERE, **wanted: Any) -> list[dict[str, Any]]:
    answer = asker.post(ROUTE, {"point": point, **wanted})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["candidates"]
    return found


def ids(found: list[dict[str, Any]]) -> list[Any]:
    return [one["id"] for one in found]


def metres(a: tuple[float, float], b: tuple[float, float], slack_m: float = 1e-3) -> Any:
    # The ellipsoid's own distance; 1.1° beside its meridian the metric CRS stretches by 0.013 %.
    return pytest.approx(Geod(ellps="GRS80").inv(*a, *b)[2], rel=2e-4, abs=slack_m)


def test_teams_come_nearest_first_with_name_place_and_distance(asker: Asker) -> None:
    first, second = candidates(asker, kind="team")
    assert (first["id"], first["layer"], first["name"]) == ("T-1", "resources", "排水一队")
    assert first["distance_m"] == metres(HERE, (112.91, 28.12))
    assert first["geometry"] == {"type": "Point", "coordinates": [112.91, 28.12]}
    assert first["properties"]["skills"] == "排水,抢险"
    assert second["id"] == "T-2"
    assert second["distance_m"] == metres(HERE, (112.912, 28.12))


def test_a_condition_keeps_those_who_are_free_and_skilled(asker: Asker) -> None:
    assert ids(candidates(asker, kind="team", where={"status": "idle"})) == ["T-1"]
    assert ids(candidates(asker, kind="team", where={"status": ["idle", "busy"]})) == ["T-1", "T-2"]
    assert ids(candidates(asker, kind="team", where={"skills": {"has": "抢险"}})) == ["T-1"]
    assert ids(candidates(asker, kind="team", where={"name": {"like": "消防%"}})) == ["T-2"]
    assert ids(candidates(asker, kind="resource", where={"capacity": {"gte": 500}})) == ["S-1"]
    assert ids(candidates(asker, kind="resource", where={"capacity": None})) == ["T-1", "T-2"]
    assert candidates(asker, kind="team", where={"status": []}) == []


def test_a_kind_is_asked_of_its_own_even_where_the_condition_says_another(asker: Asker) -> None:
    assert ids(candidates(asker, kind="team", where={"kind": "shelter"})) == ["T-1", "T-2"]


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("incident", "20260601-00001"),
        ("sensor", "W-1"),
        ("unit", "U-WEST"),
        ("resource", "T-1"),
        ("shelter", "S-1"),
    ],
)
def test_every_placed_thing_can_be_asked_for(asker: Asker, kind: str, first: str) -> None:
    assert candidates(asker, kind=kind)[0]["id"] == first


def test_a_kind_that_nobody_is_of_has_no_candidates(asker: Asker) -> None:
    assert candidates(asker, kind="hydrant") == []


def test_a_unit_without_a_position_is_nowhere_near(asker: Asker) -> None:
    assert ids(candidates(asker, kind="unit")) == ["U-WEST", "U-EAST"]


def test_areas_hold_the_point_at_distance_zero_in_the_order_of_their_rows(asker: Asker) -> None:
    found = candidates(asker, kind="area", limit=7)
    assert [c["distance_m"] for c in found[:6]] == [0.0] * 6
    assert ids(found)[:3] == ["430100", "430102", "430102001"]
    assert found[6]["distance_m"] > 0


def test_the_distance_to_a_building_is_to_its_outline_and_zero_inside(asker: Asker) -> None:
    inside = candidates(asker, (112.9105, 28.1105), layer="buildings", limit=1)[0]
    assert (inside["id"], inside["name"], inside["distance_m"]) == (1, "一号楼", 0.0)
    east_of_it = candidates(asker, (112.9115, 28.1105), layer="buildings", limit=1)[0]
    assert east_of_it["distance_m"] == metres((112.9115, 28.1105), (112.911, 28.1105))


def test_in_a_courtyard_the_building_around_is_as_far_as_its_inner_wall(asker: Asker) -> None:
    around = candidates(asker, (112.9605, 28.1605), layer="buildings", limit=1)[0]
    assert around["name"] == "回字楼"
    assert around["distance_m"] == metres((112.9605, 28.1605), (112.9604, 28.1605))


def test_between_the_parts_of_one_building_the_nearer_part_counts(asker: Asker) -> None:
    twin = candidates(asker, (112.9712, 28.1705), layer="buildings", limit=1)[0]
    assert twin["name"] == "双子楼"
    assert twin["distance_m"] == metres((112.9712, 28.1705), (112.971, 28.1705))


def test_the_distance_to_a_road_is_to_its_line_not_its_vertices(asker: Asker) -> None:
    road = candidates(asker, (112.92, 28.152), layer="roads", limit=1)[0]
    assert (road["name"], road["properties"]["class"]) == ("中路", "primary")
    assert road["distance_m"] == metres((112.92, 28.152), (112.92, 28.15), slack_m=0.5)


def test_within_m_leaves_out_what_is_farther(asker: Asker) -> None:
    away = Geod(ellps="GRS80").inv(*HERE, 112.91, 28.12)[2]
    assert ids(candidates(asker, kind="team", within_m=away * 0.999)) == []
    assert ids(candidates(asker, kind="team", within_m=away * 1.001)) == ["T-1"]
    assert ids(candidates(asker, kind="team", within_m=1e9)) == ["T-1", "T-2"]


def test_limit_is_five_unless_said(asker: Asker) -> None:
    assert len(candidates(asker, layer="areas")) == 5
    assert len(candidates(asker, layer="areas", limit=1000)) == 12


def test_many_points_are_answered_in_their_order(asker: Asker) -> None:
    points = [(112.98, 28.18), (112.91, 28.12), (112.912, 28.12), (112.98, 28.18)]
    answer = asker.post(ROUTE, {"points": points, "kind": "resource", "limit": 1}).json()
    assert [ids(r["candidates"]) for r in answer["results"]] == [["S-1"], ["T-1"], ["T-2"], ["S-1"]]
    assert [r["candidates"][0]["distance_m"] for r in answer["results"]] == [0.0] * 4
    assert asker.post(ROUTE, {"points": [], "kind": "team"}).json() == {"results": []}


def test_a_point_in_gcj02_is_brought_to_its_true_place_first(asker: Asker) -> None:
    from numpy import array

    from cim.space.crs import from_wgs84

    there = tuple(from_wgs84(array([[112.91, 28.12]]), "gcj02")[0].tolist())
    assert candidates(asker, there, kind="team", limit=1)[0]["distance_m"] > 500
    assert candidates(asker, there, kind="team", limit=1, datum="gcj02")[0]["distance_m"] < 0.001


def test_a_whole_number_may_be_compared_with_a_broken_one(asker: Asker) -> None:
    assert ids(candidates(asker, layer="buildings", where={"floors": {"gte": 5.5}})) == [2, 3]
    assert ids(candidates(asker, layer="buildings", where={"floors": 3.0})) == [1]
    assert candidates(asker, layer="buildings", where={"floors": 3.5}) == []


def test_times_are_compared_as_times(asker: Asker) -> None:
    after_may = {"reported_at": {"gte": "2026-05-31T23:59:59Z"}}
    assert ids(candidates(asker, kind="incident", where=after_may)) == ["20260601-00001"]
    in_beijing = {"reported_at": {"lt": "2026-06-01T07:59:59+08:00"}}  # 23:59:59 of the day before in UTC
    assert candidates(asker, kind="incident", where=in_beijing) == []


def test_a_guest_sees_the_reporter_masked_and_may_not_ask_by_name_or_number(asker: Asker) -> None:
    own = candidates(asker, kind="incident")[0]["properties"]
    assert (own["reporter_name"], own["reporter_phone"]) == ("张三丰", "19900001234")
    shown = candidates(asker.elsewhere, kind="incident")[0]["properties"]
    assert (shown["reporter_name"], shown["reporter_phone"]) == ("张**", "19*******34")
    asked = {"point": HERE, "kind": "incident", "where": {"reporter_phone": {"like": "1990000%"}}}
    assert asker.post(ROUTE, asked).json()["candidates"]
    assert "may not ask by reporter_phone" in said(asker.elsewhere.post(ROUTE, asked), 403)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"point": HERE}, 400, 'say either "kind" (of placed thing) or "layer"'),
        ({"point": HERE, "kind": "team", "layer": "roads"}, 400, "one of the two"),
        ({"kind": "team"}, 400, 'say either "point" (one) or "points" (many)'),
        ({"point": HERE, "points": [HERE], "kind": "team"}, 400, "one of the two"),
        ({"point": HERE, "kind": "dragon"}, 400, "kind 'dragon' is not known; known: incident, sensor"),
        ({"point": HERE, "layer": "rivers"}, 404, "layer 'rivers' is not loaded; loaded: areas, buildings"),
        ({"point": HERE, "layer": ""}, 404, "is not loaded"),
        ({"point": HERE[::-1], "kind": "team"}, 400, "is it lat, lon?"),
        ({"point": [181, 0], "kind": "team"}, 400, "outside lon -180..180"),
        ({"point": [112.91, 28.11, 50, 1], "kind": "team"}, 422, "point"),
        ('{"point": [NaN, NaN], "kind": "team"}', 422, "finite number"),
        ({"point": [], "kind": "team"}, 422, "point"),
        ({"point": HERE, "kind": "team", "limit": 0}, 422, "limit"),
        ({"point": HERE, "kind": "team", "limit": 1001}, 422, "limit"),
        ({"point": HERE, "kind": "team", "limit": 1.5}, 422, "limit"),
        ({"point": HERE, "kind": "team", "within_m": 0}, 422, "within_m"),
        ({"point": HERE, "kind": "team", "within_m": -100}, 422, "within_m"),
        ('{"point": [112.91, 28.11], "kind": "team", "within_m": NaN}', 422, "within_m"),
        ({"point": HERE, "kind": "team", "by": "air"}, 422, "by"),
        ({"point": HERE, "kind": "team", "colour": "red"}, 422, "Extra inputs"),
        ({"point": HERE, "layer": "buildings", "where": {"storeys": 3}}, 400, "has no field 'storeys'"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": {"between": [1, 2]}}}, 400, "known: eq, ne"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": "many"}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": True}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": 10**30}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": {"gt": None}}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": {"gt": [1]}}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": {"in": 3}}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": [3, "x"]}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"floors": {"like": "3%"}}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"name": {"like": 3}}}, 400, "can't be compared"),
        ({"point": HERE, "layer": "buildings", "where": {"name": {"in": "一号楼"}}}, 400, "can't be compared"),
        ('{"point": [112.91, 28.11], "layer": "buildings", "where": {"name": "\\ud800"}}', 400, "compared"),
        ({"point": HERE, "kind": "incident", "where": {"reported_at": "yesterday"}}, 400, "can't be compared"),
        ({"point": HERE, "kind": "team", "where": [["status", "idle"]]}, 422, "where"),
        ({"points": [HERE] * 1000, "kind": "team", "limit": 1000}, 400, "too many for one request"),
        ('{"point": [112.91, 28.11], "kind": "team"', 422, "the body is no JSON"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_a_sentence(asker: Asker, body: Any, status: int, sentence: str) -> None:
    assert sentence in said(asker.post(ROUTE, body), status)


def test_what_was_just_changed_is_among_the_candidates_and_the_base_is_too(
    store_url: str, tmp_path: Path
) -> None:
    new = {"code": "T-3", "kind": "team", "name": "新队", "position": [112.911, 28.12]}
    with small_city(store_url, tmp_path / "s") as asker:
        assert asker.post("/resources", new).status_code == 201
        found = candidates(asker, (112.911, 28.12), kind="team", limit=3)
    assert found[0]["id"] == "T-3"
    assert sorted(ids(found)) == ["T-1", "T-2", "T-3"]
    # T-1 and T-2 are each 0.001° away: as near as the projection's stretch leaves them.
    assert found[1]["distance_m"] == metres((112.911, 28.12), (112.91, 28.12))


def test_skills_equipment_territory_capacity_and_freshness_are_said_without_operators(asker: Asker) -> None:
    assert ids(candidates(asker, kind="team", skills={"all": ["排水", "抢险"]})) == ["T-1"]
    assert candidates(asker, kind="team", skills={"all": ["排水", "消防"]}) == []
    assert ids(candidates(asker, kind="team", skills={"any": ["排水", "消防"]})) == ["T-1", "T-2"]
    assert ids(candidates(asker, kind="team", where={"skills": {"has": ["排水", "抢险"]}})) == ["T-1"]
    assert candidates(asker, kind="team", equipment={"any": ["水泵"]}) == []
    assert ids(candidates(asker, kind="team", status=["idle"], territory="430102")) == ["T-1"]
    assert candidates(asker, kind="team", territory="430103") == []
    assert ids(candidates(asker, kind="resource", min_capacity=500)) == ["S-1"]
    assert candidates(asker, kind="team", seen_within_s=60) == []
    asker.patch(
        "/resources/T-2", {"seen_at": dt.datetime.now(dt.UTC).isoformat(), "equipment": "水泵，冲锋舟"}
    )
    assert ids(candidates(asker, kind="team", seen_within_s=60, equipment={"all": ["水泵"]})) == ["T-2"]


@pytest.mark.parametrize(
    ("more", "status", "what"),
    [
        ({"territory": "999999"}, 404, "none with code '999999'"),
        ({"status": "idle", "where": {"status": "busy"}}, 400, "status: said twice"),
        ({"where": {"skills": {"has": []}}}, 400, "can't be compared by 'has'"),
        ({"where": {"skills": {"has_any": [1]}}}, 400, "can't be compared by 'has_any'"),
        ({"of": "T-1"}, 400, 'either "of"'),
        ({"seen_within_s": 1e300}, 422, "seen_within_s"),
        ({"within_s": 1}, 400, "within_s: only by road"),
    ],
)
def test_what_can_not_be_asked_of_a_candidate_is_refused(
    asker: Asker, more: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(asker.post(ROUTE, {"point": HERE, "kind": "team", **more}), status)


def test_by_road_many_points_have_a_limit_that_is_named(asker: Asker) -> None:
    body = {"points": [HERE] * 1001, "kind": "team", "by": "road", "limit": 1}
    assert "at most 1,000 points" in said(asker.post(ROUTE, body), 400)


def test_by_road_each_filter_says_how_many_it_left_out(asker: Asker) -> None:
    body = {"point": HERE, "kind": "team", "by": "road", "skills": {"any": ["医疗"]}, "status": "idle"}
    found = asker.post(ROUTE, body).json()
    assert found["candidates"] == []
    assert [(r["by"], r["count"], r["zh"]) for r in found["left_out"]] == [
        ("skills", 2, "2 个：技能不含任一 医疗")
    ]


def test_the_incidents_that_a_team_reaches_are_asked_of_the_team(asker: Asker) -> None:
    body = {"of": "T-1", "kind": "incident", "by": "road", "leaving": True, "within_s": 3600}
    found = asker.post(ROUTE, body).json()
    assert found["candidates"] or found["left_out"]
    line = {**body, "by": "line"}
    del line["within_s"], line["leaving"]
    assert ids(asker.post(ROUTE, line).json()["candidates"]) == ids(
        candidates(asker, point=(112.91, 28.12), kind="incident")
    )
    assert "none with code 'X'" in said(asker.post(ROUTE, {**body, "of": "X"}), 404)
