"""`POST /spatial/dispatch-plan`: each part of a plan and its reason, worked out by hand; on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.access.caller import LOCAL
from cim.dispatch import plan as dispatch
from cim.impact.affected import Shape
from cim.impact.sensitive_sites import sensitive
from cim.model.layer import Features, Field, Layer
from cim.model.standard_layers import INCIDENTS, UNITS
from layers.demo.inputs import path_of, rows
from layers.demo.resources import TRADES
from layers.responsibility_list import load_rules
from tests.support import responsibility
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said
from tests.support.road_api import CROSSING

ROUTE = "/spatial/dispatch-plan"
#: On 中路 in the west, 295 m before the border of the districts and the crossing with 横街.
HERE = [112.947, 28.15]
LIST = (
    responsibility.LIST.splitlines()[0]
    + """,处置力量,影响半径,封控半径
E0406,flooded,面积超过 100 平方米,PS,街道、GD,2紧急工作时,消除积水,样表,200,6,排水×2、警戒,500,100
M06010,,,街道,PS,4工作时,清理,样表,,,,,
C01003,,,权属单位|PS,,4工作时,更换,样表,,,维修,,
"""
)
TEAMS = (
    ("A", (112.930, 28.15), "idle", "排水,抢险", "PS"),
    ("B", (112.9485, 28.15), "idle", "排水", "U-EAST"),
    ("C", (112.945, 28.15), "idle", "警戒", None),
    ("D", (112.9471, 28.15), "busy", "排水", "PS"),
    ("E", (112.96, 28.15), "idle", "排水，警戒", "PS"),
)
PLACES = Layer("places", geometry="point", fields=(Field("name", "text"), Field("kind", "text")))


def places() -> Features:
    """A school 100 m and a hospital 1 km away, and a park."""
    shapes = [shapely.Point(112.948, 28.1501), shapely.Point(112.957, 28.15), shapely.Point(112.947, 28.1505)]
    rows = [("实验小学", "school"), ("市医院", "hospital"), ("滨河公园", "park")]
    table = pa.Table.from_pylist([{"name": n, "kind": k} for n, k in rows], PLACES.schema())
    return Features(np.array(shapes, object), table)


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder: Path = tmp_path_factory.mktemp("dispatch")
    url = f"gpkg:///{folder / 'city.gpkg'}"
    if request.param == "postgis":
        url = request.getfixturevalue("cluster").new_database()
    with small.build(url, folder / "s") as made:
        responsibility.prepared(made, folder)
        (folder / "带力量.csv").write_text(LIST, "utf-8")
        load_rules(made.writer, folder / "带力量.csv")
        lines = small.roads()
        lines.geometry[1] = shapely.LineString([(112.95, 28.14), CROSSING, (112.95, 28.16)])
        made.load(small.ROADS, lines)
        made.load(PLACES, places())
    with asking(made.settings) as asked:
        for code, place, status, skills, unit in TEAMS:
            body = {"code": code, "name": f"{code}队", "kind": "team", "status": status, "skills": skills}
            asked.post("/resources", {**body, "unit": unit, "position": place})
        yield asked


def plan(asker: Asker, **body: Any) -> dict[str, Any]:
    answer = asker.post(ROUTE, {"class": "E0406", "point": HERE, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def sent(part: dict[str, Any]) -> list[str]:
    return [c["id"] for c in part["candidates"] if c["chosen"]]


def test_the_teams_that_arrive_first_are_sent_and_nobody_twice(asker: Asker) -> None:
    found = plan(asker)
    assert [(n["skills"], n["count"]) for n in found["needs"]] == [(["排水"], 2), (["警戒"], 1)]
    drainage, cordon = found["teams"]
    assert sent(drainage) == ["B", "E"]  # 147 m and 1.3 km; A is 1.7 km away, D is busy
    assert [c["id"] for c in drainage["candidates"]] == ["B", "E", "A"]
    assert drainage["candidates"][0]["distance_m"] == pytest.approx(147, abs=2)
    # An emergency vehicle on a primary road without a known limit makes 45 km/h.
    assert drainage["candidates"][0]["eta_s"] == pytest.approx(147 / 12.5, abs=0.3)
    assert drainage["candidates"][0]["route"]["geometry"]["type"] == "LineString"
    assert [c["of_duty"] for c in drainage["candidates"]] == [False, True, True]
    assert sent(cordon) == ["C"]
    assert (drainage["short"], cordon["short"], drainage["by"]) == (0, 0, "road")
    assert {r["by"]: r["count"] for r in drainage["left_out"]}["status"] == 1
    assert "应急车辆" in found["why"]["teams"]["zh"][0]


def test_a_team_of_two_skills_goes_where_nobody_else_can(asker: Asker) -> None:
    """Without C only E can cordon off, which also drains and is nearer than A."""
    asker.patch("/resources/C", {"status": "busy"})
    drainage, cordon = plan(asker)["teams"]
    asker.patch("/resources/C", {"status": "idle"})
    assert (sent(drainage), sent(cordon)) == (["B", "A"], ["E"])
    assert (drainage["short"], cordon["short"]) == (0, 0)


def test_a_higher_level_takes_more_teams_and_says_how_many_are_missing(asker: Asker) -> None:
    found = plan(asker, level="major")
    drainage, cordon = found["teams"]
    assert [n["count"] for n in found["needs"]] == [6, 3]
    assert sent(drainage) == ["B", "A"] and drainage["short"] == 4
    assert sent(cordon) == ["C", "E"] and cordon["short"] == 1  # second of three before third of six
    assert found["why"]["teams"]["zh"][1:] == [
        "6 支具备 排水 的队伍：还缺 4 支",
        "3 支具备 警戒 的队伍：还缺 1 支",
    ]
    assert "重大级 ×3" in found["why"]["needs"]["zh"][0]


def test_who_is_responsible_by_when_and_who_owns_the_place(asker: Asker) -> None:
    found = plan(asker, at="2026-06-01T09:00:00+08:00")
    assert found["responsibility"]["lead"]["code"] == "PS"
    assert [u["code"] for u in found["responsibility"]["assisting"]][-1] == "GD"
    assert found["responsibility"]["deadline"]["due"] == "2026-06-01T11:00:00+08:00"
    assert [a["code"] for a in found["owners"]["areas"]][:2] == ["430100", "430102"]
    assert found["why"]["responsibility"]["zh"] == found["responsibility"]["why"]["zh"]
    assert found["incident"]["level"] == {"key": "general", "zh": "一般", "en": "General"}


def test_what_is_affected_and_whom_to_inform(asker: Asker) -> None:
    found = plan(asker)
    hit = found["affected"]
    assert hit["area_m2"] == pytest.approx(np.pi * 500**2, rel=1e-6)
    assert [(p["name"], p["kind_zh"], p["layer"]) for p in hit["sensitive"]] == [
        ("实验小学", "学校", "places")
    ]
    assert hit["sensitive"][0]["distance_m"] == pytest.approx(98.9, abs=1)
    assert hit["buildings"] == 0 and hit["people"] is not None
    assert ("district", "430103") in [(i["level"], i["code"]) for i in found["inform"]]
    assert all(i["code"] not in {a["code"] for a in found["owners"]["areas"]} for i in found["inform"])
    wider = plan(asker, shape={"type": "circle", "centre": HERE, "radius_m": 1200})["affected"]
    assert [p["name"] for p in wider["sensitive"]] == ["实验小学", "市医院"]
    # Whom one reaches on foot in five minutes (400 m), along the road.
    walked = plan(asker, shape={"type": "reach", "point": HERE, "minutes": 5, "profile": "foot"})["affected"]
    assert [p["name"] for p in walked["sensitive"]] == ["实验小学"]
    assert 0 < walked["area_m2"] < hit["area_m2"]


def test_the_closure_to_set_is_one_that_can_be_set(asker: Asker) -> None:
    (proposed,) = plan(asker, title="中路积水")["closures"]
    assert proposed["roads"] == ["中路"]
    assert proposed["edges"] == 1
    assert proposed["km"] == pytest.approx(4.91, abs=0.02)  # from 112.90 to the crossing
    made = asker.post("/closures", proposed["closure"])
    assert made.status_code == 201, made.text
    assert made.json()["effect"]["edges"] == proposed["edges"]
    assert made.json()["properties"]["cause"] == "中路积水"
    assert asker.delete(f"/closures/{proposed['closure']['code']}").status_code == 204


def test_what_is_closed_already_is_not_proposed_again(asker: Asker) -> None:
    (proposed,) = plan(asker)["closures"]
    asker.post("/closures", proposed["closure"])
    again = plan(asker)
    assert again["closures"] == [] and "均已封闭" in again["why"]["closures"]["zh"][0]
    asker.delete(f"/closures/{proposed['closure']['code']}")


def test_an_unknown_class_is_refused_with_the_nearest_ones(asker: Asker) -> None:
    body = {"code": "X-1", "title": "三楼着火", "class": "着火", "position": HERE}
    assert "class '着火' is not known; close: T2001 火灾" in said(asker.post("/incidents", body), 400)
    assert "is not known" in said(asker.post("/incidents", {**body, "class": "不存在的类别"}), 400)
    assert asker.post("/incidents", {**body, "class": "T2001"}).status_code == 201
    assert "close: T2005 道路交通事故" in said(asker.patch("/incidents/X-1", {"class": "车祸"}), 400)
    assert asker.get("/incidents/X-1").json()["properties"]["class"] == "T2001"
    asker.delete("/incidents/X-1")


def test_a_stored_incident_of_an_unknown_class_has_all_the_rest_of_a_plan(gpkg_city: Any) -> None:
    values = {"code": "OLD", "title": "仓库起火冒烟", "class": "旧类别", "level": "serious"}
    with gpkg_city.store.writing("qgis") as tx:  # as another program writes it
        tx.insert(INCIDENTS, shapely.Point(*HERE), values)
    gpkg_city.refresh()
    found = dispatch.plan(gpkg_city.state(), dispatch.Case.from_store(gpkg_city.state(), "OLD"), LOCAL)
    assert [f.name for f in fields(found)][:3] == ["complete", "missing", "suggested_classes"]
    assert found.complete is False
    assert [m.part for m in found.missing] == ["class"]
    assert "类别 '旧类别' 不在类别表中" in found.missing[0].zh
    assert [(c.key, c.words) for c in found.suggested_classes] == [("T2001", ["起火", "冒烟"])]
    assert found.responsibility is None and "不在类别表中" in found.why["responsibility"].zh[0]
    assert found.needs == [] and found.teams == []  # no crew of an unrelated skill
    assert [a.code for a in found.owners.areas][:2] == ["430100", "430102"]


def test_places_of_one_name_in_one_layer_are_two_and_every_field_is_looked_at(gpkg_city: Any) -> None:
    layer = Layer(
        "poi", geometry="point", fields=tuple(Field(n, "text") for n in ("name", "kind", "amenity"))
    )
    spots = [(112.911, 28.12), (112.913, 28.12), (112.912, 28.121)]
    rows = [("蓝天", "kindergarten", None), ("蓝天", "kindergarten", None), ("市医院", None, "hospital")]
    table = pa.Table.from_pylist([dict(zip(("name", "kind", "amenity"), r, strict=True)) for r in rows])
    gpkg_city.load(layer, Features(shapely.points(spots), table.cast(layer.schema())))
    shape = Shape.of({"type": "circle", "centre": [112.912, 28.12], "radius_m": 500}, "EPSG:4547")
    found = sensitive(gpkg_city.state(), shape, (112.912, 28.12))
    assert found.count == 3
    assert sorted((p.name or "", p.kind) for p in found.places) == [
        ("市医院", "hospital"),
        ("蓝天", "kindergarten"),
        ("蓝天", "kindergarten"),
    ]


def test_a_stored_incident_is_planned_for_by_its_code(asker: Asker) -> None:
    body = {"title": "中路面积超过100平方米积水", "class": "E0406", "level": "serious", "position": HERE}
    first = asker.post("/incidents", body).json()["id"]
    second = asker.post("/incidents", body).json()["id"]
    answer = asker.post(ROUTE, {"incident": second})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["incident"]["code"] == second
    assert [d["id"] for d in found["duplicates"]] == [first]
    assert found["responsibility"]["condition"]["matched"]
    assert [n["count"] for n in found["needs"]] == [4, 2]
    assert found["closures"][0]["closure"]["incident"] == second
    assert "none with code 'X'" in said(asker.post(ROUTE, {"incident": "X"}), 404)
    assert "says these itself: level" in said(asker.post(ROUTE, {"incident": first, "level": "major"}), 400)
    for code in (first, second):
        asker.delete(f"/incidents/{code}")


def test_a_component_is_found_with_its_owner_and_a_list_without_crews_sends_nobody(asker: Asker) -> None:
    place = list(responsibility.HERE)
    found = plan(asker, **{"class": "C01003", "point": place})
    assert found["components"][0]["id"] == "W-1"
    assert found["components"][0]["owner"]["code"] == "GD"
    assert "W-3" not in [c["id"] for c in found["components"]]  # removed
    assert found["teams"][0]["short"] == 1 and found["teams"][0]["candidates"] == []  # nobody repairs
    assert found["complete"] is False and found["missing"][0]["part"] == "teams"
    assert "1 支具备 维修 的队伍：还缺 1 支" in found["missing"][0]["zh"]
    plain = plan(asker, **{"class": "M06010", "point": HERE})
    assert plain["needs"] == [] and plain["teams"] == []
    assert plain["complete"] is False and [m["part"] for m in plain["missing"]] == ["needs"]
    assert "未列处置力量" in plain["why"]["needs"]["zh"][0]
    assert plain["closures"] == [] and "未列封控半径" in plain["why"]["closures"]["zh"][0]
    assert plain["affected"]["area_m2"] == pytest.approx(np.pi * 200**2, rel=1e-6)


def test_without_a_class_there_is_a_plan_that_says_what_it_lacks(asker: Asker) -> None:
    answer = asker.post(ROUTE, {"point": HERE})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["responsibility"] is None and found["duplicates"] == []
    assert "未说明类别" in found["why"]["responsibility"]["zh"][0]
    assert found["complete"] is False and [m["part"] for m in found["missing"]] == ["class"]
    assert (found["missing"][0]["zh"], found["suggested_classes"]) == ("未说明类别，请选择一个类别", [])
    assert found["needs"] == found["teams"] == []


@pytest.mark.parametrize(
    ("text", "level", "keys"),
    [
        ("居民楼三楼着火，浓烟很大", "serious", ["T2001"]),
        ("两车追尾，有人受伤", "general", ["T2005", "T3003"]),
        ("槽罐车侧翻，液氨泄漏", "major", ["T2003"]),
        ("小区内涝，地下车库被淹", "general", ["E0406", "T1001"]),
        ("小区内涝，地下车库被淹", "critical", ["T1001", "E0406"]),
        ("学校食堂多人食物中毒", "serious", ["T3002"]),
        ("FIRE on the third floor", "serious", ["T2001"]),
        ("今天天气很好", "general", []),
    ],
)
def test_text_and_level_are_matched_to_classes(asker: Asker, text: str, level: str, keys: list[str]) -> None:
    found = asker.post(ROUTE, {"point": HERE, "text": text, "level": level}).json()
    assert found["complete"] is False and found["teams"] == []
    assert [c["key"] for c in found["suggested_classes"]][: len(keys)] == keys
    assert keys or found["suggested_classes"] == []


def test_a_class_that_the_list_does_not_have_sends_nobody_and_says_so(asker: Asker) -> None:
    found = plan(asker, **{"class": "T2001", "text": "厨房起火"})
    assert found["complete"] is False
    assert found["missing"] == [
        {
            "part": "class",
            "zh": "权责清单没有 T2001 火灾，请补充清单或改用其他类别",
            "en": "the responsibility list has no T2001 火灾; add it to the list, or choose another class",
        }
    ]
    assert found["teams"] == [] and found["incident"]["class"]["certainty"] == "U"
    assert "own codes" in found["incident"]["class"]["standard"]


def test_a_plan_that_can_be_acted_on_is_complete(asker: Asker) -> None:
    found = plan(asker)
    assert (found["complete"], found["missing"], found["suggested_classes"]) == (True, [], [])
    away = plan(asker, point=[112.5, 28.15])
    assert away["complete"] is False and "owners" in [m["part"] for m in away["missing"]]


def test_the_starter_list_sends_fire_crews_to_a_fire_and_police_to_an_accident(gpkg_city: Any) -> None:
    units = [{"code": r["code"], "kind": r["kind"], "level": "city"} for r in rows("units")]
    units += [{"code": f"D-{k}", "kind": k, "level": "district"} for k in ("police", "urban_management")]
    table = pa.Table.from_pylist([{**u, "name": u["code"]} for u in units], UNITS.schema())
    places = [None] * (len(units) - 2) + [shapely.Point(112.92, 28.16)] * 2
    gpkg_city.append("units", Features(np.array(places, object), table))
    load_rules(gpkg_city.writer, path_of("responsibility.csv"))
    with asking(gpkg_city.settings) as asked:
        for code, skills in (
            ("F1", "fire,rescue"),
            ("F2", "fire"),
            ("G", "urban_management,patrol"),
            ("P", "traffic,police"),
            ("M", "medical"),
            ("H", "hazmat,rescue"),
            ("Q", "police,security"),
        ):
            body = {"code": code, "kind": "team", "status": "idle", "skills": skills, "position": HERE}
            assert asked.post("/resources", body).status_code == 201

        def going(key: str) -> list[list[str]]:
            made = asked.post(ROUTE, {"class": key, "point": HERE}).json()
            assert made["complete"] is True, made["missing"]
            return [sent(part) for part in made["teams"]]

        assert going("T2001") == [["F1", "F2"], ["M"], ["P"]]
        assert going("T2005")[0] == ["P"]
        assert going("T2003") == [["H"], ["F1"], ["M"], ["P", "Q"]]
        words = asked.get("/resources/vocabulary?kind=team").json()
        counts = {w["word"]: w["count"] for w in words["skills"]}
        assert (counts["fire"], counts["rescue"], counts["traffic"]) == (2, 2, 1)
        every = {s for rule in gpkg_city.rules.all for crew in rule.crews for s in crew.skills}
    assert every <= {s for trade in TRADES for s in trade.skills.split(",")} | {"forest_fire"}


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({}, 400, 'either "incident"'),
        ({"incident": "X", "point": HERE}, 400, 'either "incident"'),
        ({"point": HERE, "class": "不存在的类别"}, 404, "不存在的类别"),
        ({"point": HERE, "level": "huge"}, 422, "level"),
        ({"point": HERE, "profile": "tram"}, 422, "profile"),
        ({"point": HERE, "shape": {"type": "reach", "minutes": 5}}, 400, 'a reach has "point"'),
        (
            {"point": HERE, "shape": {"type": "reach", "point": HERE, "minutes": 5, "mins": 1}},
            400,
            "not known: 'mins'",
        ),
        (
            {"point": HERE, "shape": {"type": "reach", "point": HERE, "minutes": 500}},
            400,
            "at most 120 minutes",
        ),
        (
            {"point": HERE, "shape": {"type": "reach", "point": [112.91, 28.11], "minutes": 5}},
            400,
            "no road for car leads from",
        ),
    ],
)
def test_what_can_not_be_planned_is_refused(
    asker: Asker, body: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(asker.post(ROUTE, body), status)


def test_without_roads_teams_come_by_line_and_the_plan_says_so(gpkg_city: Any, tmp_path: Path) -> None:
    gpkg_city.drop("roads")
    responsibility.prepared(gpkg_city, tmp_path)
    (tmp_path / "带力量.csv").write_text(LIST, "utf-8")
    load_rules(gpkg_city.writer, tmp_path / "带力量.csv")
    with asking(gpkg_city.settings) as asked:
        found = asked.post(ROUTE, {"point": HERE, "class": "E0406"}).json()
        assert found["teams"][0]["by"] == "line"
        assert "没有道路图层" in found["teams"][0]["note"]["zh"]
        assert found["why"]["teams"]["zh"][0] == "按直线距离，见 note"
