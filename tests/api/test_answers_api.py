"""What is answered to the three questions and for dispatch is what its route says in `/openapi.json`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from cim.city import City
from layers.responsibility_list import load_rules
from tests.support import responsibility
from tests.support import small_city as small
from tests.support.api_client import Asker, asking
from tests.support.described_answers import faults
from tests.support.road_api import CROSSING, NORTH, WEST

#: On 中路 in the west, and in the south-west street beside a manhole.
HERE, MANHOLE = [112.947, 28.15], list(responsibility.HERE)
OUTSIDE, OFF_ROAD = [113.2, 28.12], [112.92, 28.19]
AT, LATER = "2026-06-01T09:00:00+08:00", "2027-06-01T09:00:00+08:00"
LIST = (
    responsibility.LIST.splitlines()[0]
    + """,处置力量,影响半径,封控半径
E0406,flooded,面积超过 100 平方米,PS,街道、GD,2紧急工作时,消除积水,样表,200,6,排水×2、警戒,500,100
E0406,small,面积较小,PS,,4工作时,消除积水,样表,200,6,,,
M06010,,,街道,PS,4工作时,清理,样表,,,,,
C01003,,,权属单位|PS,police@区县,4工作时,更换,样表,,,维修,,
"""
)
TEAMS = (
    ("A", (112.930, 28.15), "idle", "排水,抢险", "PS"),
    ("B", (112.9485, 28.15), "idle", "排水", "U-EAST"),
    ("C", (112.945, 28.15), "idle", "警戒", None),
    ("D", (112.9471, 28.15), "busy", "排水", "PS"),
    ("E", (112.96, 28.15), "idle", "排水，警戒", "PS"),
    ("S", (112.948, 28.1501), "idle", None, None),
)
CIRCLE = {"type": "circle", "centre": HERE, "radius_m": 2000}
DESCRIBED = [
    {"id": "1", "point": [112.946, 28.15]},
    {"id": "2", "point": [112.96, 28.15], "skills": {"all": ["消防"]}, "level": "major"},
]
SENT = [{"id": "A", "point": WEST, "skills": ["排水"]}, {"id": "B", "point": CROSSING, "skills": ["消防"]}]
VISITS = [
    {"id": "n", "point": NORTH, "stay_s": 60},
    {"id": "w", "point": WEST},
    {"id": "off", "point": OFF_ROAD},
    {"id": "late", "point": CROSSING, "window": [0, 1]},
]

#: Questions of every form of answer: the method, the path and the body.
QUESTIONS: dict[str, tuple[str, str, Any]] = {
    "owners": ("POST", "/spatial/ownership", {"points": [MANHOLE, HERE, OUTSIDE]}),
    "nearest": ("POST", "/spatial/nearest", {"point": HERE, "kind": "team", "limit": 2}),
    "nearest of many": ("POST", "/spatial/nearest", {"points": [HERE, OUTSIDE], "kind": "component"}),
    "nearest of a layer": ("POST", "/spatial/nearest", {"point": HERE, "layer": "buildings"}),
    "arrivals": (
        "POST",
        "/spatial/nearest",
        {
            "point": HERE, "kind": "team", "by": "road", "route": True, "limit": 2, "within_s": 120,
            "where": {"status": "idle"},
        },
    ),
    "arrivals without a way": ("POST", "/spatial/nearest", {"point": HERE, "kind": "team", "by": "road"}),
    "arrivals of many": (
        "POST",
        "/spatial/nearest",
        {"points": [HERE, OFF_ROAD], "kind": "team", "by": "road", "within_m": 1500},
    ),
    "affected": ("POST", "/spatial/affected", {"shape": CIRCLE}),
    "affected by many": (
        "POST",
        "/spatial/affected",
        {"shapes": [CIRCLE, {"type": "circle", "centre": OUTSIDE, "radius_m": 50}], "layers": ["buildings"]},
    ),
    "plan": (
        "POST",
        "/spatial/dispatch-plan",
        {"class": "E0406", "point": HERE, "at": AT, "text": "中路面积超过100平方米积水"},
    ),
    "plan of a higher level": (
        "POST",
        "/spatial/dispatch-plan",
        {"class": "E0406", "point": HERE, "at": AT, "level": "critical", "title": "积水"},
    ),
    "plan without a class": (
        "POST",
        "/spatial/dispatch-plan",
        {"point": HERE, "at": AT, "text": "三楼着火，浓烟很大", "level": "serious"},
    ),
    "plan of a class that the list does not have": (
        "POST",
        "/spatial/dispatch-plan",
        {"class": "T2001", "point": HERE, "at": AT},
    ),
    "plan for a component": ("POST", "/spatial/dispatch-plan", {"class": "C01003", "point": MANHOLE, "at": AT}),
    "plan outside": ("POST", "/spatial/dispatch-plan", {"class": "E0406", "point": OUTSIDE, "at": AT}),
    "plan of an incident": ("POST", "/spatial/dispatch-plan", {"incident": "I-2"}),
    "responsible": ("POST", "/spatial/responsible", {"class": "C01003", "point": MANHOLE, "at": AT}),
    "responsible of many": (
        "POST",
        "/spatial/responsible",
        {
            "reports": [
                {"class": "C01003", "point": MANHOLE, "at": AT, "component": "W-2"},
                {"class": "M06010", "point": OUTSIDE, "at": AT},
                {"class": "E0406", "point": HERE, "at": AT, "condition": "面积较小"},
                {"class": "E0406", "point": HERE, "at": "2031-06-01T09:00:00+08:00"},
                {"class": "M01003", "point": HERE, "at": AT},
                {"class": "T2001", "point": HERE, "at": AT},
                {"class": "E0110", "point": HERE, "at": AT},
            ]
        },
    ),
    "duplicates": ("POST", "/spatial/duplicates", {"class": "E0406", "point": HERE, "at": AT, "text": "积水"}),
    "duplicates of many": (
        "POST",
        "/spatial/duplicates",
        {"reports": [{"class": "E0406", "point": HERE, "at": AT}, {"class": "C01003", "point": HERE, "at": AT}]},
    ),
    "duplicates of an incident": ("GET", "/incidents/I-1/duplicates", None),
    "classes": ("GET", "/classes?q=井盖", None),
    "responsibility": ("GET", "/responsibility", None),
    "calendar": ("GET", "/calendar", None),
    "assignment": (
        "POST",
        "/spatial/assign",
        {"incidents": DESCRIBED, "teams": SENT, "routes": 1, "distances": True},
    ),
    "assignment of stored ones": ("POST", "/spatial/assign", {"incidents": ["I-1", "I-2"], "distances": True}),
    "assignment with one who stays": (
        "POST",
        "/spatial/assign",
        {"incidents": [{**DESCRIBED[0], "kept": "A"}, *DESCRIBED[1:]], "teams": [*SENT, "B"][:2]},
    ),
    "assignment of more urgent ones": (
        "POST",
        "/spatial/assign",
        {
            "incidents": [
                {"id": "1", "point": WEST, "skills": {"any": ["x"]}},
                {"id": "2", "point": HERE, "priority": 5, "teams": 2},
                {"id": "3", "point": OFF_ROAD, "priority": 9},
            ],
            "teams": [*SENT, {"id": "Z", "point": OFF_ROAD, "skills": ["x"]}],
            "max_s": 60,
        },
    ),
    "tour": ("POST", "/spatial/tour", {"start": HERE, "visits": VISITS, "leave_at": LATER}),
    "tour of several": (
        "POST",
        "/spatial/tour",
        {"starts": [HERE, OFF_ROAD], "visits": VISITS[:2], "end": "open", "leave_at": LATER, "shift_s": 3600},
    ),
    "tour with a window": (
        "POST",
        "/spatial/tour",
        {
            "start": HERE, "leave_at": LATER, "end": CROSSING,
            "visits": [{"id": "a", "point": NORTH}, {"id": "b", "point": WEST, "window": [0, 60]}],
        },
    ),
}  # fmt: skip

#: The same without roads: what is then answered by line.
BY_LINE = ("arrivals", "plan", "assignment", "assignment of more urgent ones")


def built(folder: Path) -> Any:
    """The settings of a city with streets that meet, a responsibility list, teams and incidents."""
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "s") as made:
        responsibility.prepared(made, folder)
        (folder / "带力量.csv").write_text(LIST, "utf-8")
        load_rules(made.writer, folder / "带力量.csv")
        lines = small.roads()
        lines.geometry[1] = shapely.LineString([(112.95, 28.14), CROSSING, (112.95, 28.16)])
        made.load(small.ROADS, lines)
    return made.settings


def furnish(asker: Asker) -> None:
    """Place the teams, a shelter and two incidents that may be one."""
    for code, place, status, skills, unit in TEAMS:
        kind = "shelter" if code == "S" else "team"
        body = {"code": code, "name": f"{code}队", "kind": kind, "status": status, "skills": skills}
        assert asker.post("/resources", {**body, "unit": unit, "position": place}).status_code == 201
    for code in ("I-1", "I-2"):
        body = {"code": code, "title": "中路积水", "class": "E0406", "level": "serious", "position": HERE}
        assert asker.post("/incidents", {**body, "reported_at": AT}).status_code == 201


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with asking(built(tmp_path_factory.mktemp("answers"))) as made:
        furnish(made)
        yield made


@pytest.fixture(scope="module")
def without_roads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("by_line")
    settings = built(folder)
    with City.open(settings) as city:
        city.drop("roads")
    with asking(settings) as made:
        furnish(made)
        yield made


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_is_what_its_route_says(asker: Asker, name: str) -> None:
    assert faults(asker, *QUESTIONS[name]) == []


@pytest.mark.parametrize("name", BY_LINE)
def test_an_answer_without_roads_is_what_its_route_says(without_roads: Asker, name: str) -> None:
    assert faults(without_roads, *QUESTIONS[name]) == []
