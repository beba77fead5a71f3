"""Barriers that are shut, or open, at some hours only: from a file of OpenStreetMap to the route of that hour."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cim.city import City
from cim.roads.points import shut_at
from cim.roads.profiles import PROFILES
from cim.roads.quality_report import report
from cim.routing.itinerary import find_routes
from cim.settings import Settings
from layers.load.load import load_file
from layers.load.options import LoadOptions

ZURICH = ZoneInfo("Europe/Zurich")
EVERY = sum(p.bit for p in PROFILES.values())


def metres(folder: Path, gate: str, clocks: tuple[str, ...]) -> tuple[list[float], list[str]]:
    """How far a car goes at each time of day, 300 m through the gate or 700 m around it, and what the report of the
    network does not understand of the gate."""
    tags = "".join(f'<tag k="{k}" v="{v}"/>' for k, _, v in (one.partition("=") for one in gate.split("|")))
    file = folder / "town.osm"
    file.write_text(
        f"""<osm version="0.6"><node id="1" lat="47.1" lon="8.0"/>
<node id="2" lat="47.1" lon="8.002">{tags}</node><node id="3" lat="47.1" lon="8.004"/>
<node id="4" lat="47.102" lon="8.0"/><node id="5" lat="47.102" lon="8.004"/>
<way id="11"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="12"><nd ref="1"/><nd ref="4"/><nd ref="5"/><nd ref="3"/><tag k="highway" v="residential"/></way></osm>""",
        "utf-8",
    )
    settings = Settings(
        store=f"gpkg:///{folder / 'city.gpkg'}", snapshots=str(folder / "s"), timezone="Europe/Zurich"
    )
    day = dt.datetime.now(ZURICH).date() + dt.timedelta(days=2)
    with City.open(settings, create=True) as city:
        load_file(city, file, LoadOptions())
        points = np.array([[8.0005, 47.1], [8.0035, 47.1]])
        moments = [dt.datetime.combine(day, dt.time.fromisoformat(clock), ZURICH) for clock in clocks]
        found = [find_routes(city.state().roads, points, PROFILES["car"], at=at).distance_m for at in moments]
        said: list[str] = report(city.roads.wait()).barriers.examples
    return found, said


@pytest.mark.parametrize(
    ("gate", "through"),
    [
        ("barrier=gate|access:conditional=no @ (22:00-06:00)", [False, True]),
        ("barrier=gate|motor_vehicle=no|motor_vehicle:conditional=yes @ (22:00-06:00)", [True, False]),
        ("barrier=lift_gate|access=no|motorcar:conditional=yes @ (07:00-19:00)", [False, True]),
        ("barrier=gate|access:conditional=no @ (22:00-06:00); yes @ (02:00-04:00)", [True, True]),
        ("barrier=gate|access:conditional=no @ (weight>7.5)", [True, True]),
    ],
)
def test_a_barrier_lets_pass_by_the_hour(tmp_path: Path, gate: str, through: list[bool]) -> None:
    found, unread = metres(tmp_path, gate, ("03:00", "12:00"))
    assert [one < 250 for one in found] == through
    assert unread == []


@pytest.mark.parametrize(
    "gate",
    [
        "barrier=gate|access=no|access:conditional=yes @ (when the porter is there)",
        "barrier=gate|access:conditional=no @ (high water)",
    ],
)
def test_a_barrier_whose_condition_nobody_can_read_is_shut_and_told(tmp_path: Path, gate: str) -> None:
    found, unread = metres(tmp_path, gate, ("03:00", "12:00"))
    assert min(found) > 250
    assert unread == [f"node 2: {gate.split('|')[-1]}"]


def test_a_barrier_with_too_many_hours_is_shut_to_all_and_told(tmp_path: Path) -> None:
    hours = "; ".join(f"no @ ({day} 22:00-23:00)" for day in ("Mo", "Tu", "We", "Th", "Fr"))
    gate = f"barrier=gate|access:conditional={hours}"
    assert shut_at({"barrier": "gate", "access:conditional": hours}) is None
    found, unread = metres(tmp_path, gate, ("12:00",))
    assert min(found) > 250
    assert unread == [f"node 2: access:conditional={hours}"]


def test_what_is_always_shut_is_not_kept_by_the_hour() -> None:
    assert shut_at({"barrier": "gate", "access": "no", "locked": "yes"}) == {(): EVERY}
    assert shut_at({"barrier": "gate"}) == {}
