"""`POST /spatial/assign` on both stores: 中路 from west to east and 横街 across it, as in tests.support.road_api."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cim.access.caller import LOCAL
from cim.city import City
from cim.dispatch.assignment import AssignmentOptions as AskedHow
from cim.dispatch.assignment import Incident, Teams, assign_teams, joined_teams, stored_teams
from cim.errors import BadInput
from cim.operations import records
from cim.roads.profiles import profile_of
from tests.support.api_client import Asker, said, small_city
from tests.support.road_api import CROSSING, NORTH, WEST, ok, town

A, B = {"id": "A", "point": WEST, "skills": ["排水"]}, {"id": "B", "point": CROSSING, "skills": ["消防"]}
OFF = [112.92, 28.19]


@pytest.fixture
def asker(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    with town(store_url, tmp_path / "snapshots") as made:
        yield made


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("assign")
    with town(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


def assigned(asker: Asker, incidents: Any, teams: Any = None, **more: Any) -> Any:
    body = {"incidents": incidents, **({} if teams is None else {"teams": teams}), **more}
    return ok(asker.post("/spatial/assign", body))


def pairs(found: Any) -> list[tuple[str, str]]:
    return [(p["incident"], p["team"]) for p in found["pairs"]]


def test_both_arrive_sooner_than_by_greedy(quick: Asker) -> None:
    """1 lies between A and B, nearer to B; 2 beyond B. Greedy sends B to 1 and A past it to 2."""
    one, two = {"id": "1", "point": [112.946, 28.15]}, {"id": "2", "point": [112.96, 28.15]}
    found = assigned(quick, [one, two], [A, B], routes=1)
    assert pairs(found) == [("1", "A"), ("2", "B")]
    assert found["pairs"][0]["eta_s"] == pytest.approx(590 / 12.5, abs=0.5)  # 45 km/h of an emergency vehicle
    assert found["pairs"][0]["route"]["geometry"]["coordinates"][0] == pytest.approx(WEST, abs=1e-5)
    assert "route" not in found["pairs"][1]
    assert found["total"]["sum_s"] == pytest.approx((590 + 983) / 12.5, abs=0.5)
    assert found["greedy"]["sum_s"] == pytest.approx((393 + 1966) / 12.5, abs=0.5)
    saved = found["greedy"]["weighted_s"] - found["total"]["weighted_s"]
    assert found["saving"]["weighted_s"] == pytest.approx(saved, abs=0.11)
    assert (found["by"], found["unassigned"], found["unused"]) == ("road", [], [])


def test_who_is_not_served_and_who_is_not_sent_says_why(quick: Asker) -> None:
    incidents = [
        {"id": "urgent", "point": NORTH, "level": "critical"},
        {"id": "later", "point": CROSSING},
        {"id": "diver", "point": CROSSING, "skills": {"all": ["潜水"]}},
        {"id": "off", "point": OFF},
    ]
    found = assigned(quick, incidents, [A])
    assert pairs(found) == [("urgent", "A")]
    assert {u["incident"]: u["by"] for u in found["unassigned"]} == {
        "later": "taken",
        "diver": "no_skill",
        "off": "off_road",
    }
    far = assigned(quick, [{"id": "1", "point": NORTH}], [A, {"id": "O", "point": OFF}], max_s=1)
    assert far["unassigned"][0]["by"] == "max_s"
    assert {u["team"]: u["by"] for u in far["unused"]} == {"A": "max_s", "O": "off_road"}
    spare = assigned(quick, [{"id": "1", "point": WEST, "skills": {"any": ["排水"]}}], [A, B])
    assert spare["unused"][0] | {} == {
        "team": "B",
        "by": "no_skill",
        "zh": "没有事件需要其技能",
        "en": "no incident takes its skills",
    }


def test_a_kept_team_stays_and_a_freed_one_goes_where_it_is_needed(quick: Asker) -> None:
    one = {"id": "1", "point": [112.96, 28.15], "kept": "A"}
    two = {"id": "2", "point": WEST}
    stays = assigned(quick, [one, two], [A, B])
    assert pairs(stays) == [("1", "A"), ("2", "B")]
    assert [p["kept"] for p in stays["pairs"]] == [True, False]
    assert stays["total"]["pairs"] == 1
    assert pairs(assigned(quick, [one, two], [A, B], keep=False)) == [("1", "B"), ("2", "A")]


def test_the_city_s_own_incidents_and_idle_teams(asker: Asker) -> None:
    for code, place, status in (("T-A", WEST, "idle"), ("T-B", NORTH, "busy")):
        body = {"code": code, "kind": "vehicle", "status": status, "position": place, "skills": "排水,抢险"}
        assert asker.post("/resources", body).status_code == 201
    for code, place, level in (("I-1", CROSSING, "general"), ("I-2", NORTH, "major")):
        assert asker.post("/incidents", {"code": code, "position": place, "level": level}).status_code == 201
    found = assigned(asker, ["I-1", "I-2"], kind="vehicle")
    assert pairs(found) == [("I-2", "T-A")]
    assert found["pairs"][0]["priority"] == 4
    assert found["left_out"][0]["count"] == 1
    listed = assigned(asker, {"code": ["I-1", "I-2"]}, ["T-A", "T-B"], weights={"general": 9})
    assert sorted(pairs(listed)) == [("I-1", "T-A"), ("I-2", "T-B")]
    skilled = [{"id": "x", "point": NORTH, "skills": {"all": ["排水"]}}]
    busy = assigned(asker, skilled, kind="vehicle", where={"status": "offline"})
    assert busy["unassigned"][0]["by"] == "none_free"


def test_without_roads_it_is_by_line_and_says_so(tmp_path: Path) -> None:
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots") as asker:
        asker.app.state.city.drop("roads")
        found = assigned(asker, [{"id": "1", "point": CROSSING}], [A], max_s=5)
        assert (found["by"], found["pairs"][0]["eta_s"]) == ("line", None)
        assert found["pairs"][0]["line_m"] == pytest.approx(983, abs=3)
        assert "max_s is not applied" in found["note"]["en"]


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"incidents": ["no"], "teams": [A]}, 404, "'no'"),
        ({"incidents": [{"id": "1", "point": WEST}], "teams": ["no"]}, 404, "'no'"),
        ({"incidents": [{"id": "1", "point": WEST}], "teams": [A, A]}, 400, "A stand twice"),
        ({"incidents": ["no"] * 51, "teams": ["no"] * 20_000}, 400, "1,000,000 pairs"),
        ({"incidents": ["no"] * 2001, "teams": [A]}, 422, "2000"),
        ({"incidents": ["no"], "teams": ["no"] * 20_001}, 422, "20000"),
        ({"incidents": [{"id": "1", "point": WEST}] * 2, "teams": [A]}, 400, "listed once"),
        ({"incidents": [{"id": "1", "point": WEST}], "teams": [A], "kind": "team"}, 400, '"teams"'),
        ({"incidents": [{"id": "1", "point": WEST}], "kind": "incident"}, 400, "resources"),
        ({"incidents": [], "teams": [A], "weights": {"worst": 3}}, 400, "known: critical"),
        (
            {"incidents": [{"id": str(i), "point": WEST, "teams": 20} for i in range(101)], "teams": [A]},
            400,
            "2,000",
        ),
        ({"incidents": [{"id": "1", "point": WEST, "priority": 101}], "teams": [A]}, 422, "priority"),
    ],
)
def test_what_can_not_be_assigned_is_refused(quick: Asker, body: Any, status: int, what: str) -> None:
    assert what in said(quick.post("/spatial/assign", body), status)


def test_nothing_to_do_is_an_empty_answer(quick: Asker) -> None:
    nothing = assigned(quick, [], [A])
    assert nothing["pairs"] == []
    assert nothing["unused"] == [
        {"team": "A", "by": "no_incident", "zh": "没有事件", "en": "there is no incident"}
    ]
    assert assigned(quick, [{"id": "1", "point": WEST}], [])["unassigned"][0]["by"] == "no_team"


def test_as_many_places_but_more_urgent_ones_are_not_called_more(quick: Asker) -> None:
    """Greedy sends A to the first, though only A has what the second, as urgent, takes; B then serves the third."""
    incidents = [
        {"id": "1", "point": WEST, "level": "major"},
        {"id": "2", "point": WEST, "level": "major", "skills": {"all": ["排水"]}},
        {"id": "3", "point": CROSSING},
    ]
    found = assigned(quick, incidents, [A, B])
    assert pairs(found) == [("1", "B"), ("2", "A")]
    assert (found["total"]["pairs"], found["greedy"]["pairs"], found["saving"]["places"]) == (2, 2, 0)
    assert "更紧急" in found["saving"]["zh"]
    assert "but more urgent ones" in found["saving"]["en"]


def put_team(asker: Asker, code: str, place: list[float]) -> None:
    body = {"code": code, "kind": "vehicle", "status": "idle", "position": place}
    assert asker.post("/resources", body).status_code == 201


def test_a_team_that_is_listed_twice_is_refused(asker: Asker) -> None:
    """Whether both are stored, or one is described beside the stored one."""
    put_team(asker, "T-A", WEST)
    for teams in (["T-A", "T-A"], ["T-A", {**B, "id": "T-A"}]):
        body = {"incidents": [{"id": "1", "point": CROSSING}], "teams": teams}
        assert "a team is listed once: T-A stand twice" in said(asker.post("/spatial/assign", body), 400)


def test_many_teams_are_refused_or_taken_at_once() -> None:
    """20,000 teams took 6 s to be told apart, and a second one of 20,000 is found."""
    many = [str(i) for i in range(20_000)]
    made = described(many)
    start = time.perf_counter()
    assert len(joined_teams(described([]), made).id) == len(many)
    with pytest.raises(BadInput, match="7 stand twice"):
        joined_teams(made, described(["7"]))
    assert time.perf_counter() - start < 1.0


def described(ids: list[str]) -> Teams:
    n = len(ids)
    return Teams(
        ids, [None] * n, [None] * n, np.zeros((n, 2)), np.ones(n, np.int64), np.full(n, -1, np.int64)
    )


def test_an_assignment_stands_on_the_resources_as_they_were_when_it_took_them(asker: Asker) -> None:
    """Rows move up when one before them goes: the others still come from where they were, one kept beside them too."""
    for code, place in (("T-A", NORTH), ("T-B", WEST), ("T-C", CROSSING)):
        put_team(asker, code, place)
    city: City = asker.app.state.city
    incidents = [
        Incident("1", *CROSSING, 2),
        Incident("2", *WEST),
        Incident("3", *NORTH, kept=("T-A",)),
    ]
    teams = stored_teams(city.state(), LOCAL, "vehicle", {"code": ["T-B", "T-C"]})
    asked = AskedHow(profile_of("emergency"))
    before = assign_teams(city.state(), incidents, teams, asked)
    assert sorted((p.incident, p.team) for p in before.pairs) == [("1", "T-C"), ("2", "T-B"), ("3", "T-A")]
    assert [p.eta_s for p in before.pairs] == pytest.approx([0.0, 0.0, 0.0], abs=0.1)
    records.remove(city.writer, "resources", "T-A", LOCAL)
    assert assign_teams(city.state(), incidents, teams, asked) == before
