"""What signs mean to each vehicle: keys from general to special, lists, directions, hours, barriers."""

from __future__ import annotations

import pytest

from cim.roads.profiles import PROFILES
from cim.roads.traffic_tags import (
    ONEWAY,
    directions,
    exceeds,
    kept_tags,
    limit_kmh,
    may_pass,
    read_tags,
    unread,
    verdict,
)

VEHICLES = {name: profile.vehicle for name, profile in PROFILES.items()}


def open_to(tags: str) -> set[str]:
    """The vehicles to which a road with these tags is not shut."""
    said = read_tags(tags.replace(", ", "\n"))
    return {name for name, v in VEHICLES.items() if verdict(said, v, "forward") != "shut"}


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ("access=no, emergency=yes", {"emergency"}),
        ("service=emergency_access", {"emergency"}),
        ("service=emergency_access, motor_vehicle=yes", {"emergency", "car", "truck"}),
        ("motor_vehicle=forestry;agricultural", {"emergency", "moto", "foot"}),
        ("motor_vehicle=agricultural;destination", set(VEHICLES)),
        ("access=no, motorcar=yes", {"car"}),
        ("vehicle=no", {"foot"}),
        ("vehicle=no, bicycle=yes", {"moto", "foot"}),
        ("motor_vehicle=no, hgv=yes", {"truck", "moto", "foot"}),
        ("access=private", {"emergency"}),
        ("access=no, bus=yes", {"emergency"}),
        ("access=no", set()),
        ("emergency=no", {"car", "truck", "moto", "foot"}),
        ("access=schmaccess", set()),
        ("hgv=schmaccess", set(VEHICLES) - {"truck"}),
        ("motorcar:backward=no", set(VEHICLES)),
        ("motorcar:forward=no", set(VEHICLES) - {"car"}),
        ("barrier=gate, locked=yes", set()),
        ("barrier=bollard", {"moto", "foot"}),
        ("barrier=guard_rail", set(VEHICLES)),
        ("motorroad=yes", {"car", "truck", "emergency"}),
        ("motor_vehicle:conditional=no @ (wet)", {"moto", "foot"}),
        ("access=no, access:conditional=yes @ (wet)", set()),
        ("motor_vehicle:conditional=no @ (weight>7.5)", {"car", "moto", "foot"}),
    ],
)
def test_the_most_special_key_decides_and_what_is_not_known_opens_nothing(tags: str, who: set[str]) -> None:
    assert open_to(tags) == who


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ("barrier=gate", set(VEHICLES)),
        ("barrier=gate, locked=yes", set()),
        ("barrier=gate, locked=yes, foot=yes", {"foot"}),
        ("barrier=gate, access=private, locked=yes", set()),
        ("barrier=gate, access=private", {"emergency"}),
        ("barrier=lift_gate, motor_vehicle=yes", set(VEHICLES)),
        ("barrier=lift_gate, motor_vehicle=no", {"moto", "foot"}),
        ("barrier=bollard", {"moto", "foot"}),
        ("barrier=bollard, emergency=yes", {"moto", "foot", "emergency"}),
        ("barrier=block", {"moto", "foot"}),
        ("barrier=kerb", {"moto", "foot"}),
        ("barrier=kerb, kerb=lowered", set(VEHICLES)),
        ("barrier=stile", {"foot"}),
        ("barrier=toll_booth", set(VEHICLES)),
        ("barrier=frobnicator", set()),
        ("barrier=frobnicator, foot=yes", {"foot"}),
    ],
)
def test_a_barrier_stops_who_its_kind_stops_unless_its_keys_say_otherwise(tags: str, who: set[str]) -> None:
    said = read_tags(tags.replace(", ", "\n"))
    assert {name for name, v in VEHICLES.items() if may_pass(said, v)} == who


def test_a_reversible_road_is_open_in_the_direction_of_the_hour_only() -> None:
    said = {"oneway:conditional": "yes @ (06:00-10:00); -1 @ (16:00-20:00)"}
    car = VEHICLES["car"]
    assert directions(said, ONEWAY["reversible"], car) == 0
    assert directions(said, ONEWAY["reversible"], car, frozenset({"06:00-10:00"})) == 1
    assert directions(said, ONEWAY["reversible"], car, frozenset({"16:00-20:00"})) == 2
    assert directions({}, ONEWAY["reversible"], VEHICLES["foot"]) == 3


def test_a_one_way_of_cars_lets_bicycles_ride_against_it_where_that_is_said() -> None:
    assert directions({"oneway:bicycle": "no"}, 1, VEHICLES["moto"]) == 3
    assert directions({"oneway:bicycle": "no"}, 1, VEHICLES["car"]) == 1
    assert directions({"cycleway": "opposite_lane"}, 1, VEHICLES["moto"]) == 3


def test_limits_are_of_a_direction_a_vehicle_and_an_hour() -> None:
    said = {
        "maxspeed:forward": "50",
        "maxspeed:backward": "10",
        "maxspeed:hgv": "30",
        "maxspeed:conditional": "20 @ (22:00-06:00)",
    }
    assert limit_kmh(said, VEHICLES["car"], "forward") == 50
    assert limit_kmh(said, VEHICLES["car"], "backward") == 10
    assert limit_kmh(said, VEHICLES["truck"], "forward") == 30
    assert limit_kmh({"maxspeed:conditional": "20 @ (22:00-06:00)"}, VEHICLES["car"], "forward") is None
    night = frozenset({"22:00-06:00"})
    assert limit_kmh({"maxspeed:conditional": "20 @ (22:00-06:00)"}, VEHICLES["car"], "", night) == 20


def test_a_limit_that_nobody_can_read_stops_who_has_such_a_measure() -> None:
    said = read_tags(kept_tags({"highway": "service", "maxheight": "low"}))
    assert exceeds(said, VEHICLES["truck"])
    assert not exceeds(said, VEHICLES["car"])
    assert list(unread(said)) == [("maxheight", "low")]
    assert kept_tags({"highway": "service", "maxheight": "default"}) is None
    assert kept_tags({"highway": "service", "maxheight": "3.5"}) is None
