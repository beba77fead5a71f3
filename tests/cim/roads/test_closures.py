"""Closures: which roads they lie on, when and for whom, and that answers respect them at once; on both stores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely

from cim.city import City
from cim.model.standard_layers import CLOSURE_PROFILES, CLOSURES
from cim.roads.closures import edges_in
from cim.roads.network import Network
from cim.roads.profiles import PROFILES
from cim.roads.traffic import Traffic
from tests.support import small_city as small
from tests.support.api_client import Asker, said
from tests.support.road_api import CROSSING, EAST, NORTH, WEST, ok, route, town
from tests.support.road_api import three as three_streets
from tests.support.road_town import LAT, LON, STEP, at, network, street

three = three_streets
BEIJING = ZoneInfo("Asia/Shanghai")
_HOUR = dt.timedelta(hours=1)


@pytest.fixture
def asker(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    with town(store_url, tmp_path / "snapshots") as made:
        yield made


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("closures")
    with town(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """A GeoJSON polygon."""
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


#: West of the crossing, over 中路.
FLOOD = box(112.944, 28.149, 112.946, 28.151)


def test_a_closed_road_is_not_passed_until_it_is_open_again(asker: Asker) -> None:
    before = route(asker, WEST, EAST)
    assert asker.post("/closures", {"code": "F-1", "cause": "积水", "geometry": FLOOD}).status_code == 201
    leaving = route(asker, [112.92, 28.15], NORTH)
    assert leaving["by"] == "road"  # closed from junction to junction; who is on it may leave it
    assert asker.get("/closures/F-1").json()["properties"]["drawn_as"] == "polygon"
    assert asker.delete("/closures/F-1").status_code == 204
    assert route(asker, WEST, EAST) == before


def test_a_closure_that_cuts_the_city_in_two_is_said_so(three: Asker) -> None:
    """Closed between 112.945 and 112.95 E: the west is cut off from the crossing."""
    free = route(three, WEST, EAST)
    assert free["by"] == "road"
    closure = {"code": "F-1", "cause": "积水", "geometry": box(112.946, 28.149, 112.947, 28.151)}
    made = three.post("/closures", closure)
    assert made.status_code == 201
    effect = made.json()["effect"]
    assert (effect["edges"], effect["roads"]) == (1, ["中路"])
    assert effect["km"] == pytest.approx(0.492, abs=0.002)
    assert effect["cut_off_km"] == pytest.approx(4.42, abs=0.02)  # from 112.90 to 112.945
    assert "公里道路与路网主体断开" in effect["note"]["zh"]
    cut = route(three, WEST, EAST)
    assert cut["by"] == "line"
    assert "第 1 点" in cut["note"]["zh"]
    assert route(three, EAST, NORTH)["by"] == "road"
    body = {"point": EAST, "kind": "team", "by": "road"}
    near = ok(three.post("/spatial/nearest", body))
    reasons = {r["by"] for r in near["left_out"]}
    assert near["by"] == "line" or reasons & {"unreachable", "off_road"}
    assert ok(three.post("/spatial/matrix", {"origins": [WEST], "targets": [EAST]}))["durations_s"] == [
        [None]
    ]
    # Slower instead of closed: the same way, three times as long on that part (492 m at 10 m/s).
    assert three.patch("/closures/F-1", {"factor": 3}).status_code == 200
    slow = route(three, WEST, EAST)
    assert slow["distance_m"] == free["distance_m"]
    assert slow["duration_s"] == pytest.approx(free["duration_s"] + 2 * 49.2, abs=0.5)


def test_a_closure_holds_for_its_profile_and_its_period(three: Asker) -> None:
    now = dt.datetime.now(dt.UTC)
    there = box(112.946, 28.149, 112.947, 28.151)

    def by(profile: str = "car") -> str:
        return str(route(three, WEST, EAST, profile=profile)["by"])

    closure = {"code": "W-1", "geometry": there, "profile": "car"}
    assert three.post("/closures", closure).status_code == 201
    assert (by("car"), by("emergency"), by("truck")) == ("line", "road", "road")
    three.patch("/closures/W-1", {"from_at": (now + _HOUR).isoformat()})
    assert by() == "road"
    three.patch("/closures/W-1", {"from_at": (now - _HOUR).isoformat(), "to_at": (now + _HOUR).isoformat()})
    assert by() == "line"
    three.patch(
        "/closures/W-1", {"from_at": (now - 2 * _HOUR).isoformat(), "to_at": (now - _HOUR).isoformat()}
    )
    assert by() == "road"


def test_reach_ends_at_a_closure(three: Asker) -> None:
    body = {"point": EAST, "minutes": [10], "cells": 10}
    free = set(ok(three.post("/spatial/reach", body))["features"][0]["properties"]["cells"])
    three.post("/closures", {"code": "F-1", "geometry": box(112.946, 28.149, 112.947, 28.151)})
    closed = set(ok(three.post("/spatial/reach", body))["features"][0]["properties"]["cells"])
    assert closed < free


def test_a_line_closes_the_road_it_is_drawn_along_and_not_the_one_it_crosses(three: Asker) -> None:
    line = {"type": "LineString", "coordinates": [[112.9452, 28.15], CROSSING, [112.9548, 28.15]]}
    assert (
        three.post("/closures", {"code": "L-1", "geometry": line}).json()["properties"]["drawn_as"] == "line"
    )
    assert route(three, WEST, EAST)["by"] == "line"
    assert route(three, [112.95, 28.142], NORTH)["by"] == "road"


@pytest.mark.parametrize(
    ("more", "status", "what"),
    [
        (
            {"geometry": {"type": "MultiPoint", "coordinates": [[112.9, 28.1]]}},
            400,
            "LineString or Point, not",
        ),
        ({"geometry": {"type": "Point", "coordinates": [112.9, 28.1]}}, 400, "no road lies within 50 m"),
        ({"geometry": {"type": "Point", "coordinates": ["x"]}}, 400, "point must be [lon, lat]"),
        ({"geometry": FLOOD, "area": "430102"}, 400, "one of the two"),
        ({"area": "999999"}, 404, "none with code '999999'"),
        ({"geometry": FLOOD, "hours": "rush hour"}, 400, "hours 'rush hour' are not like"),
        ({"geometry": FLOOD, "road_class": "primary,gasse"}, 400, "road class 'gasse' is not known"),
        ({"geometry": FLOOD, "to_at": "2026-06-01T00:00:00Z"}, 400, "is past; it would close nothing"),
        ({"geometry": {"type": "LineString", "coordinates": [[112.9, 28.1]]}}, 400, "2 to"),
        ({"geometry": {"type": "LineString", "coordinates": 7}}, 400, "list of [lon, lat]"),
        (
            {"geometry": {"type": "LineString", "coordinates": [[112.9, "x"], [1, 2]]}},
            400,
            "list of [lon, lat]",
        ),
        ({}, 400, "a geometry (or"),
        ({"geometry": FLOOD, "factor": 0.1}, 422, "factor"),
        ({"geometry": FLOOD, "profile": "tram"}, 422, "profile"),
        (
            {"geometry": FLOOD, "from_at": "2026-06-02T00:00:00Z", "to_at": "2026-06-01T00:00:00Z"},
            400,
            "is not after from_at",
        ),
    ],
)
def test_a_closure_that_can_not_be_is_refused(
    quick: Asker, more: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(quick.post("/closures", {"code": "X", **more}), status)


def test_a_point_closes_the_one_segment_it_lies_on(three: Asker) -> None:
    point = {"type": "Point", "coordinates": [112.9525, 28.1501]}
    made = three.post("/closures", {"code": "P-1", "cause": "施工", "geometry": point}).json()
    assert made["properties"]["drawn_as"] == "segment"
    assert (made["effect"]["edges"], made["effect"]["roads"]) == (1, ["中路"])
    assert route(three, WEST, EAST)["by"] == "line"
    assert route(three, WEST, NORTH)["by"] == "road"


def test_a_slow_down_of_an_area_comes_again_in_its_hours_for_its_classes(three: Asker) -> None:
    """The west district ends at 112.95: 中路 is slow from 112.90 to 112.95, half of the way from WEST to EAST."""
    free, side = route(three, WEST, EAST), route(three, [112.95, 28.142], NORTH)
    now = dt.datetime.now(BEIJING)
    body = {"code": "RUSH", "factor": 2, "road_class": "主干路", "area": "430102", "hours": "00:00-24:00"}
    assert three.post("/closures", body).status_code == 201
    slow = route(three, WEST, EAST)
    share = (112.95 - WEST[0]) / (EAST[0] - WEST[0])
    assert slow["duration_s"] == pytest.approx(free["duration_s"] * (1 + share), rel=0.01)
    assert route(three, [112.95, 28.142], NORTH) == side  # residential
    another_day = (now.isoweekday() + 2) % 7 + 1
    three.patch("/closures/RUSH", {"hours": f"{another_day} 07:00-09:00"})
    assert route(three, WEST, EAST)["duration_s"] == free["duration_s"]
    ahead = (another_day - now.isoweekday()) % 7
    then = (now + dt.timedelta(days=ahead)).replace(hour=8, minute=0)
    body = {"points": [WEST, EAST], "at": then.isoformat()}
    assert ok(three.post("/spatial/route", body))["duration_s"] == slow["duration_s"]
    body["at"] = "2020-01-01T00:00:00Z"
    assert "is in the past" in said(three.post("/spatial/route", body), 400)


def test_hours_that_nobody_can_read_close_always_and_are_told(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    lines = small.roads()
    city.load(small.ROADS, lines)
    flood = shapely.geometry.shape(FLOOD)
    with city.store.writing("gis") as tx:
        tx.insert(CLOSURES, flood, {"code": "GIS-1", "hours": "早高峰", "road_class": "gasse"})
    city.refresh()
    network = city.roads.network
    metric = city.roads.metric(network, PROFILES["car"], city.snapshots)
    assert metric.closed.any()
    assert "hours '早高峰' are not like" in caplog.text
    assert "road class 'gasse' is not known" in caplog.text


def test_every_profile_can_be_closed_out() -> None:
    assert set(CLOSURE_PROFILES) == set(PROFILES)


def closed_rows(net: Network, shape: Any, **how: Any) -> list[int]:
    """The osm_id of the streets that a closure closes."""
    rows = net.edges.row[edges_in(net, shape, **how)]
    return sorted(net.snapshot.attributes(rows, ["osm_id"]).column(0).to_pylist())


def test_a_bridge_stays_open_over_a_flooded_underpass_where_the_level_is_said() -> None:
    under = street((-1, 0), (0, 0), (1, 0), tunnel=True, level=-1)
    over = street((0, -1), (0, 0), (0, 1))
    net = network(under, over)
    flood = shapely.Point(LON, LAT).buffer(0.2 * STEP)
    assert closed_rows(net, flood) == [1, 2]
    assert closed_rows(net, flood, level=-1) == [1]
    assert closed_rows(net, flood, level=5) == []
    assert closed_rows(net, shapely.box(0, 0, 1, 1)) == []


def test_without_closures_nothing_is_slower() -> None:
    net = network(street((0, 0), (1, 0)))
    car = net.metric(PROFILES["car"])
    assert Traffic(BEIJING)(net, PROFILES["car"], {}, lambda: car, dt.datetime.now(dt.UTC)) is None
    assert np.array(at(0, 0)).tolist() == [LON, LAT]
