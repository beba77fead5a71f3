"""Questions by road over HTTP, on both stores: the small city, whose two streets meet in its middle here.

中路 runs along 28.15 N from 112.90 to 113.00 E (9.83 km), 横街 along 112.95 E from 28.14 to 28.16 N (2.2 km).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from cim.access.caller import LOCAL
from cim.city import City
from cim.dispatch.arrivals import ArrivalOptions, arrivals
from cim.operations.nearest import Selection
from cim.roads.contraction import NEVER
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import times_to
from cim.roads.snapping import snap
from cim.roads.turn_costs import COSTS
from tests.support.api_client import Asker, said, small_city
from tests.support.road_api import CROSSING, NORTH, WEST, ok, town


@pytest.fixture
def asker(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    with town(store_url, tmp_path / "snapshots") as made:
        yield made


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """On one store, for what depends on none."""
    folder = tmp_path_factory.mktemp("roads")
    with town(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


# -- the way -----------------------------------------------------------------------------------------


def test_a_route_says_its_line_length_time_streets_and_turns(asker: Asker) -> None:
    found = ok(asker.post("/spatial/route", {"points": [WEST, NORTH], "profile": "car"}))
    assert found["by"] == "road"
    assert found["distance_m"] == pytest.approx(983 + 997, abs=3)
    # 中路 is primary (45 km/h), 横街 residential (22 km/h), of which a car makes four fifths where no limit is known.
    assert found["duration_s"] == pytest.approx(
        983 / 12.5 / 0.8 + 997 / 6.11 / 0.8 + COSTS["car"].left, abs=2
    )
    line = found["geometry"]["coordinates"]
    assert np.array([line[0], line[-1]]) == pytest.approx(np.array([WEST, NORTH]), abs=1e-5)
    assert CROSSING in line
    assert found["streets"] == ["中路", "横街"]
    assert [s["do"] for s in found["steps"]] == ["depart", "turn_left", "arrive"]
    assert [s["zh"] for s in found["steps"]] == ["向东出发，沿中路行驶", "左转进入横街", "到达目的地"]
    assert found["steps"][1]["en"] == "Turn left onto 横街"
    assert sum(s["distance_m"] for s in found["steps"]) == pytest.approx(found["distance_m"], abs=0.5)
    assert sum(s["duration_s"] for s in found["steps"]) == pytest.approx(found["duration_s"], abs=0.5)


def decoded(polyline: str) -> list[list[float]]:
    """The positions of an encoded polyline."""
    values, number, shift = [], 0, 0
    for character in polyline:
        bits = ord(character) - 63
        number |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            values.append(~(number >> 1) if number & 1 else number >> 1)
            number, shift = 0, 0
    lat_lon = np.cumsum(np.array(values).reshape(-1, 2), axis=0) / 1e5
    return lat_lon[:, ::-1].tolist()


def test_the_encoded_polyline_is_the_same_line(quick: Asker) -> None:
    found = ok(quick.post("/spatial/route", {"points": [WEST, NORTH, [112.97, 28.1501]]}))
    assert decoded(found["polyline"]) == pytest.approx(np.array(found["geometry"]["coordinates"]), abs=1e-5)
    assert len(found["legs"]) == 2
    assert [s["zh"] for s in found["steps"]].count("到达途经点 1") == 1


def test_a_route_to_where_one_is_has_no_length(quick: Asker) -> None:
    found = ok(quick.post("/spatial/route", {"points": [WEST, WEST]}))
    assert (found["distance_m"], found["duration_s"]) == (0.0, 0.0)
    assert len(found["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"points": [WEST]}, 422, "points"),
        ({"points": [WEST] * 101}, 422, "points"),
        ({"points": [WEST, NORTH], "profile": "tram"}, 422, "car"),
        ({"points": [WEST, [28.15, 112.9]]}, 400, "give lon, lat"),
    ],
)
def test_a_route_that_can_not_be_is_refused(
    quick: Asker, body: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(quick.post("/spatial/route", body), status)


def test_a_route_to_a_place_off_the_network_is_the_straight_line_and_says_so(quick: Asker) -> None:
    found = ok(quick.post("/spatial/route", {"points": [WEST, [112.92, 28.19]]}))
    assert (found["by"], found["duration_s"]) == ("line", None)
    assert found["note"]["en"].startswith("no road for car within 1000 m of point 2")
    assert found["geometry"]["coordinates"] == [WEST, [112.92, 28.19]]


# -- who arrives first -------------------------------------------------------------------------------


def test_nearest_by_road_says_when_they_arrive_and_why_others_do_not(asker: Asker) -> None:
    for code, position, status in (
        ("A", [112.94, 28.15], "idle"),
        ("B", [112.9501, 28.155], "idle"),
        ("C", WEST, "busy"),
    ):
        body = {
            "code": code,
            "kind": "vehicle",
            "status": status,
            "position": position,
            "skills": "排水,抢险",
        }
        assert asker.post("/resources", body).status_code == 201
    asked = {
        "point": [112.96, 28.15],
        "kind": "vehicle",
        "where": {"status": "idle"},
        "by": "road",
        "route": True,
    }
    found = ok(asker.post("/spatial/nearest", asked))
    assert found["by"] == "road"
    # B is 554 m of small street and 983 m of great one away, A 1,966 m of the great one: B is nearer, A sooner.
    assert [c["id"] for c in found["candidates"]] == ["A", "B"]
    by_id = {c["id"]: c for c in found["candidates"]}
    assert by_id["A"]["eta_s"] == pytest.approx(1966 / 12.5 / 0.8, abs=1)
    assert by_id["A"]["distance_m"] == pytest.approx(1966, abs=2)
    # A turn to the left into the larger road, which has the right of way.
    turn = COSTS["car"].left + COSTS["car"].gives_way
    assert by_id["B"]["eta_s"] == pytest.approx(554 / 6.11 / 0.8 + 983 / 12.5 / 0.8 + turn, abs=2)
    assert by_id["B"]["line_m"] < by_id["B"]["distance_m"]
    assert by_id["A"]["route"]["geometry"]["coordinates"][0] == pytest.approx(WEST, abs=1e-5)
    assert by_id["B"]["line_m"] < by_id["A"]["line_m"]
    assert found["left_out"] == [
        {"count": 1, "by": "status", "zh": "1 个：状态不是 待命", "en": "1: status is not idle"}
    ]
    one = ok(asker.post("/spatial/nearest", {**asked, "limit": 1}))
    assert one["left_out"][-1]["by"] == "limit"
    soon = ok(asker.post("/spatial/nearest", {**asked, "within_s": 1}))
    assert (soon["by"], soon["candidates"]) == ("road", [])
    assert soon["left_out"][-1]["by"] == "within_s"


def test_all_filtered_out_says_by_what(quick: Asker) -> None:
    body = {"point": WEST, "kind": "team", "where": {"skills": {"has": "潜水"}}, "by": "road"}
    found = ok(quick.post("/spatial/nearest", body))
    assert found["candidates"] == []
    assert found["left_out"][0] == {
        "count": 2,
        "by": "skills",
        "zh": "2 个：技能不含 潜水",
        "en": "2: skills without 潜水",
    }


def test_a_place_that_no_road_reaches_is_answered_by_line_and_says_so(quick: Asker) -> None:
    found = ok(quick.post("/spatial/nearest", {"point": [112.92, 28.19], "kind": "team", "by": "road"}))
    assert found["by"] == "line"
    assert "1000 m" in found["note"]["en"]
    assert found["candidates"][0]["eta_s"] is None
    assert found["candidates"][0]["distance_m"] == found["candidates"][0]["line_m"]


def test_many_points_have_results_and_other_layers_are_refused(quick: Asker) -> None:
    found = ok(quick.post("/spatial/nearest", {"points": [WEST, NORTH], "kind": "team", "by": "road"}))
    assert len(found["results"]) == 2
    assert "for points" in said(
        quick.post("/spatial/nearest", {"point": WEST, "layer": "buildings", "by": "road"}), 400
    )


def test_without_roads_the_nearest_is_by_line_and_a_route_is_refused(tmp_path: Path) -> None:
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots") as asker:
        asker.app.state.city.drop("roads")
        found = ok(asker.post("/spatial/nearest", {"point": WEST, "kind": "team", "by": "road"}))
        assert found["by"] == "line"
        assert "no layer of roads" in found["note"]["en"]
        assert "citybase load" in said(asker.post("/spatial/route", {"points": [WEST, NORTH]}), 404)


def test_nearest_by_road_is_brute_force_with_every_filter(city: City) -> None:
    """Every team's time worked out one by one, then filtered and sorted."""
    rng = np.random.default_rng(5)
    with city.store.writing("test") as tx:
        layer = city.snapshot("resources").layer
        for i in range(200):
            values = {
                "code": f"R-{i}",
                "kind": str(rng.choice(["team", "vehicle"])),
                "status": str(rng.choice(["idle", "busy"])),
                "skills": str(rng.choice(["排水,抢险", "消防", "抢险,消防"])),
                "heading_deg": float(rng.uniform(0, 360)) if i % 3 == 0 else None,
            }
            place = (
                shapely.Point(rng.uniform(112.91, 112.99), 28.15 + rng.normal(0, 0.004)) if i % 20 else None
            )
            tx.insert(layer, place, values)
    city.refresh()
    network = city.roads.wait()
    for name in ("car", "foot"):
        profile = PROFILES[name]
        metric = network.metric(profile)
        point = np.array([[112.953, 28.151]])
        snapshot = city.snapshot("resources")
        table = snapshot.attributes(snapshot.rows).to_pylist()
        expected = []
        for row, record in zip(snapshot.rows, table, strict=True):
            at = snapshot.positions(np.array([row]))
            if (
                record["kind"] != "team"
                or record["status"] != "idle"
                or "抢险" not in (record["skills"] or "")
            ):
                continue
            if np.isnan(at).any():
                continue
            heading = np.array([np.nan if record["heading_deg"] is None else record["heading_deg"]])
            took = int(
                times_to(network, metric, snap(network, metric, at, heading), snap(network, metric, point))[0]
            )
            if took <= 2_000_000:
                expected.append((took, record["code"]))
        assert all(took < NEVER for took, _ in expected)
        wanted = Selection.of("team", None, {"status": "idle", "skills": {"has": "抢险"}})
        found = arrivals(
            city.state(), point, wanted, LOCAL, ArrivalOptions(profile, limit=1000, within_s=2000)
        )[0]
        assert len(found.candidates) > 3
        assert [(c.eta_s, c.id) for c in found.candidates] == [
            (round(t / 1000, 1), c) for t, c in sorted(expected)
        ]


# -- many to many ------------------------------------------------------------------------------------


def test_a_matrix_is_the_times_of_its_routes(asker: Asker) -> None:
    places = [WEST, NORTH, [112.99, 28.15], [112.92, 28.19]]
    found = ok(asker.post("/spatial/matrix", {"origins": places, "targets": places[:3], "distances": True}))
    assert found["off_road"] == {"origins": [3], "targets": []}
    assert found["durations_s"][3] == [None, None, None]
    for i in range(3):
        for j in range(3):
            route = ok(asker.post("/spatial/route", {"points": [places[i], places[j]]}))
            assert found["durations_s"][i][j] == route["duration_s"]
            assert found["distances_m"][i][j] == route["distance_m"]


def test_a_matrix_that_is_too_large_is_refused_with_the_limit(quick: Asker) -> None:
    body = {"origins": [WEST] * 1001, "targets": [NORTH] * 1000}
    assert "1,001 x 1,000 are 1,001,000 pairs, at most 1,000,000" in said(
        quick.post("/spatial/matrix", body), 400
    )
    assert "at most 2,500" in said(quick.post("/spatial/matrix", {**body, "distances": True}), 400)
    assert ok(quick.post("/spatial/matrix", {"origins": [], "targets": [WEST]}))["durations_s"] == []


# -- what is reached ---------------------------------------------------------------------------------


def test_what_is_reached_follows_the_roads_and_grows_with_time(asker: Asker) -> None:
    body = {"point": CROSSING, "minutes": [3, 1, 2], "profile": "car", "cells": 10}
    found = ok(asker.post("/spatial/reach", body))
    assert [f["properties"]["minutes"] for f in found["features"]] == [1, 2, 3]
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in found["features"]]
    cells = [set(f["properties"]["cells"]) for f in found["features"]]
    for less, more in ((0, 1), (1, 2)):
        assert shapes[less].buffer(-1e-6).within(shapes[more])
        assert cells[less] < cells[more]
    # In 2 minutes at 36 km/h 1,200 m of 中路 to both sides, and nothing far beside it.
    reached = 1200 / 98_300
    for dx, inside in ((-0.95, True), (-1.15, False), (0.95, True), (1.15, False)):
        assert shapes[1].contains(shapely.Point(112.95 + dx * reached, 28.15)) == inside
    assert not shapes[1].contains(shapely.Point(112.957, 28.153))
    alone = ok(asker.post("/spatial/reach", {**body, "minutes": [2]}))["features"][0]
    assert set(alone["properties"]["cells"]) == cells[1]


def test_reach_of_many_is_that_of_the_nearest_of_them(quick: Asker) -> None:
    both = ok(
        quick.post(
            "/spatial/reach", {"points": [[112.91, 28.15], [112.99, 28.15]], "minutes": [1], "cells": 10}
        )
    )
    each = [
        ok(quick.post("/spatial/reach", {"point": p, "minutes": [1], "cells": 10}))
        for p in ([112.91, 28.15], [112.99, 28.15])
    ]
    cells = [set(x["features"][0]["properties"]["cells"]) for x in (both, *each)]
    assert cells[0] == cells[1] | cells[2]


def test_nothing_is_reached_from_a_place_off_the_network_which_is_said(quick: Asker) -> None:
    found = ok(quick.post("/spatial/reach", {"points": [[112.92, 28.19]], "cells": 9}))
    assert found["off_road"] == [0]
    assert "no road for car" in found["note"]["en"]
    assert [shapely.from_geojson(json.dumps(f["geometry"])).is_empty for f in found["features"]] == [True] * 3
    assert [f["properties"]["cells"] for f in found["features"]] == [[], [], []]


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"point": WEST, "minutes": [0]}, 400, "more than 0"),
        ({"point": WEST, "minutes": [500]}, 400, "at most 120"),
        ({"point": WEST, "points": [WEST]}, 400, '"point"'),
        ({"point": WEST, "cells": 13}, 422, "cells"),
    ],
)
def test_a_reach_that_can_not_be_is_refused(
    quick: Asker, body: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(quick.post("/spatial/reach", body), status)
