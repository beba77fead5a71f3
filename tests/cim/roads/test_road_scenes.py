"""Road scenes in OpenStreetMap's tags, each with questions and their right answers; see tests/cases/out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cim.city import City
from cim.settings import Settings
from layers.load.load import load_file
from layers.load.options import LoadOptions
from layers.responsibility_list import load_rules
from tests.support import responsibility
from tests.support.api_client import Asker, asking
from tests.support.inputs import CASES
from tests.support.road_api import ok

FILES = CASES / "out"
QUESTIONS = {one["id"]: one for one in json.loads((FILES / "road_questions.json").read_text())}


def middle(scene: int, *, west: bool = False) -> list[float]:
    """The ends of the straight street of a scene, 100 m outside of its two corners."""
    lon = 8.0 + 0.06 * scene
    return [round(lon - 0.0013196, 7), 47.1] if west else [round(lon + 0.0065982, 7), 47.1]


def straight(scene: int, profile: str, metres: float, why: str, **more: Any) -> dict[str, Any]:
    points = [middle(scene, west=True), middle(scene)]
    return {
        "request": {"points": points, "profile": profile, **more},
        "metres": metres,
        "seconds_at_least": 0,
        "why": why,
    }


MORE = {
    "R03": straight(2, "car", 1201, "a gate that is private and locked"),
    "R03b": straight(2, "emergency", 1201, "it is locked, and nothing says that they have the key"),
    "R04": straight(3, "car", 1201, "a block lets no motor vehicle pass"),
    "R04b": straight(3, "foot", 601, "who walks passes a block"),
    "R07": straight(6, "truck", 1201, "hgv=no"),
    "R10": straight(7, "car", 1201, "access=no, emergency=yes is not for cars"),
    "R39": {
        "request": {
            "points": [[9.9536071, 47.1035978], [9.98, 47.100054]],
            "profile": "emergency",
            "surface": True,
        },
        "metres": 2385,
        "seconds_at_least": 0,
        "why": "a call at the surface is not in the tunnel",
    },
}


LIST = responsibility.LIST.splitlines()[0] + ",处置力量\nE0406,,,街道,,4工作时,消除积水,样表,,,排水\n"


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("scenes")
    settings = Settings(
        store=f"gpkg:///{folder / 'city.gpkg'}",
        snapshots=str(folder / "snapshots"),
        timezone="Europe/Zurich",
    )
    with City.open(settings, create=True) as city:
        load_file(city, FILES / "road_scenes.osm", LoadOptions())
        (folder / "rules.csv").write_text(LIST, "utf-8")
        load_rules(city.writer, folder / "rules.csv")
    with asking(settings) as made:
        yield made


@pytest.mark.parametrize("number", [*QUESTIONS, *MORE])
def test_a_scene_is_driven_as_its_signs_say(scenes: Asker, number: str) -> None:
    asked = {**QUESTIONS, **MORE}[number]
    found = ok(scenes.post("/spatial/route", asked["request"]))
    if asked["metres"] is None:
        assert found["by"] == "line", asked["why"]
        return
    assert found["by"] == "road", asked["why"]
    assert found["distance_m"] == pytest.approx(asked["metres"], abs=3.0), asked["why"]
    assert found["duration_s"] >= asked["seconds_at_least"], asked["why"]


def closed(scenes: Asker, geometry: dict[str, Any], **more: Any) -> Any:
    """The effect of a closure that is taken away again."""
    body = {"code": "C", "cause": "x", "geometry": geometry, **more}
    answer = scenes.post("/closures", body)
    assert answer.status_code == 201, answer.text
    assert scenes.delete("/closures/C").status_code == 204
    return answer.json()["effect"]


def over_the_bridge(metres: float) -> dict[str, Any]:
    """A line along the bridge of scene 16, over the crossing."""
    half = metres / 2 / 111_170.0
    return {
        "type": "LineString",
        "coordinates": [[8.9626393, 47.1 - half], [8.9626393, 47.1 + half]],
    }


@pytest.mark.parametrize("metres", [8.0, 15.0, 30.0, 50.0, 120.0])
def test_a_line_shorter_than_its_edge_closes_the_edge_it_lies_on(scenes: Asker, metres: float) -> None:
    effect = closed(scenes, over_the_bridge(metres))
    assert (effect["edges"], effect["roads"]) == (1, ["16-over"])


def test_a_level_closes_the_bridge_alone(scenes: Asker) -> None:
    box = [[8.9625, 47.0999], [8.9628, 47.0999], [8.9628, 47.1001], [8.9625, 47.1001], [8.9625, 47.0999]]
    effect = closed(scenes, {"type": "Polygon", "coordinates": [box]}, level=1)
    assert (effect["edges"], effect["roads"]) == (1, ["16-over"])


@pytest.mark.parametrize(
    ("geometry", "more", "why"),
    [
        ({"type": "LineString", "coordinates": [[8.9615, 47.0985], [8.9635, 47.0986]]}, {}, "only cross it"),
        (over_the_bridge(50.0), {"level": 3}, "is on level 3; those there are on"),
        (over_the_bridge(50.0), {"road_class": "primary"}, "of class primary; those there are residential"),
        ({"type": "LineString", "coordinates": [[8.98, 47.2], [8.981, 47.2]]}, {}, "no road within 1000 m"),
        (
            {"type": "LineString", "coordinates": [[8.9605, 47.1008], [8.961, 47.1008]]},
            {},
            "nearest is about",
        ),
    ],
)
def test_a_closure_that_closes_nothing_says_what_is_there(
    scenes: Asker, geometry: dict[str, Any], more: dict[str, Any], why: str
) -> None:
    effect = closed(scenes, geometry, **more)
    assert effect["edges"] == 0
    assert why in effect["note"]["en"]
    assert effect["note"]["zh"]


def test_a_roundabout_is_one_step_with_its_exit(scenes: Asker) -> None:
    found = ok(scenes.post("/spatial/route", QUESTIONS["R35"]["request"]))
    (step,) = (one for one in found["steps"] if one["do"] == "roundabout")
    assert step["exit"] == 3
    assert step["en"].startswith("At the roundabout take exit 3")
    assert step["zh"].startswith("进入环岛，从第 3 个出口驶出")
    assert [one["do"] for one in found["steps"]] == ["depart", "roundabout", "arrive"]
    assert "21-ring" not in found["streets"]


def test_every_question_by_road_knows_the_surface(scenes: Asker) -> None:
    """A place 6 m from the tunnel and 9 m from the street above: in the tunnel it is reached in another time."""
    start, place = MORE["R39"]["request"]["points"]
    who = {"profile": "emergency"}

    def seconds(surface: bool) -> tuple[float, float, float]:
        more = {**who, "surface": surface}
        matrix = ok(scenes.post("/spatial/matrix", {"origins": [start], "targets": [place], **more}))
        route = ok(scenes.post("/spatial/route", {"points": [start, place], **more}))
        assign = {
            "incidents": [{"id": "I", "point": place}],
            "teams": [{"id": "T", "point": start}],
            **more,
        }
        (pair,) = ok(scenes.post("/spatial/assign", assign))["pairs"]
        return matrix["durations_s"][0][0], route["duration_s"], pair["eta_s"]

    for surface in (False, True):
        times = seconds(surface)
        assert max(times) - min(times) <= 0.2
    assert seconds(True) != seconds(False)


def test_a_team_comes_to_a_call_at_the_surface_by_the_street_above_the_tunnel(scenes: Asker) -> None:
    start, place = MORE["R39"]["request"]["points"]
    team = {"code": "T-39", "name": "排水队", "kind": "team", "status": "idle", "skills": "排水"}
    assert scenes.post("/resources", {**team, "position": start}).status_code == 201

    def seconds(surface: bool) -> tuple[float, float, float]:
        more = {"profile": "emergency", "surface": surface}
        route = ok(scenes.post("/spatial/route", {"points": [start, place], **more}))
        nearest = ok(scenes.post("/spatial/nearest", {"point": place, "kind": "team", "by": "road", **more}))
        plan = ok(scenes.post("/spatial/dispatch-plan", {"class": "E0406", "point": place, **more}))
        (crew,) = plan["teams"]
        return route["duration_s"], nearest["candidates"][0]["eta_s"], crew["candidates"][0]["eta_s"]

    for surface in (False, True):
        times = seconds(surface)
        assert max(times) - min(times) <= 0.2
    assert seconds(True) != seconds(False)
    refused = scenes.post("/spatial/nearest", {"point": place, "kind": "team", "surface": True})
    assert refused.status_code == 400
    assert "surface: only by road" in refused.json()["detail"]


def test_a_night_that_began_on_friday_closes_on_saturday_by_the_clocks_of_the_city(scenes: Asker) -> None:
    line = {"type": "LineString", "coordinates": [[8.002, 47.1], [8.0025, 47.1]]}
    body = {"code": "NIGHT", "cause": "夜市", "geometry": line, "hours": "5 22:00-06:00"}
    assert scenes.post("/closures", body).status_code == 201
    zurich = ZoneInfo("Europe/Zurich")
    today = dt.datetime.now(zurich).date()
    saturday = today + dt.timedelta(days=(5 - today.weekday()) % 7 or 7)

    def metres(clock: str, zone: dt.tzinfo, day: dt.date = saturday) -> float:
        at = dt.datetime.combine(day, dt.time.fromisoformat(clock), zone)
        found = ok(scenes.post("/spatial/route", {**QUESTIONS["R00"]["request"], "at": at.isoformat()}))
        return float(found["distance_m"])

    try:
        for closed_at in ("00:30", "03:00", "05:59"):
            assert metres(closed_at, zurich) > 700, closed_at
        for open_at in ("06:01", "10:00", "22:30"):
            assert metres(open_at, zurich) == pytest.approx(601, abs=3), open_at
        assert metres("03:00", zurich, saturday + dt.timedelta(days=1)) == pytest.approx(601, abs=3)
        # The same moments by the clocks of Beijing and of Greenwich.
        assert metres("10:00", ZoneInfo("Asia/Shanghai")) > 700
        assert metres("03:00", dt.UTC) > 700
        assert metres("06:30", dt.UTC) == pytest.approx(601, abs=3)
    finally:
        assert scenes.delete("/closures/NIGHT").status_code == 204
