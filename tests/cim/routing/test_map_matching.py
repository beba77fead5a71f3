"""Traces on the roads: a town whose answers can be worked out by hand, drives in a real city, and the door.

A step of the town is 98.3 m east and 110.7 m north; 0.05 steps beside a street are 5 m.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from cim.errors import BadInput
from cim.roads import trace_search
from cim.roads.network import Network
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import journey
from cim.roads.snapping import snap
from cim.routing.itinerary import leg_of
from cim.routing.map_matching import MOST_POINTS, Trace, _check, match_checked
from cim.space import crs
from layers.formats.osm import read_osm
from layers.load.check import check
from tests.support.api_client import Asker, said, small_city
from tests.support.inputs import shared_file
from tests.support.road_town import at, network, network_of, street

CAR, EMERGENCY = PROFILES["car"], PROFILES["emergency"]


def trace(
    *points: tuple[float, float], every_s: float | None = None, headings: Any = None, accuracy_m: float = 5.0
) -> Trace:
    """A trace through these steps of the town."""
    n = len(points)
    times = np.full(n, np.nan) if every_s is None else np.arange(n) * every_s
    heading = np.full(n, np.nan) if headings is None else np.array(headings, np.float64)
    return Trace(np.array([at(*p) for p in points]), times, heading, np.full(n, accuracy_m))


def match(net: Network, asked: Trace, profile: Any = EMERGENCY) -> dict[str, Any]:
    """The answer for one trace, as JSON has it."""
    answer: dict[str, Any] = orjson.loads(orjson.dumps(match_checked(net, [asked], profile)[0]))
    return answer


def eastwards(x: float, to: float, y: float, by: float = 0.5) -> list[tuple[float, float]]:
    """Points from west to east."""
    return [(float(a), y) for a in np.arange(x, to + 1e-9, by)]


# -- the town ----------------------------------------------------------------------------------------

NORTH_STREET, SOUTH_STREET = street((0, 0.3), (4, 0.3), name="北街"), street((0, 0), (4, 0), name="南街")
LINKS = (street((0, 0), (0, 0.3), name="西巷"), street((4, 0), (4, 0.3), name="东巷"))


def test_of_two_parallel_streets_it_is_the_one_that_the_points_lie_at() -> None:
    """They are 33 m apart; one point of five lies nearer to the other one, and is not believed."""
    net = network(NORTH_STREET, SOUTH_STREET, *LINKS)
    points = [(0.5, 0.02), (1, -0.03), (1.5, 0.17), (2, 0.03), (2.5, -0.02)]
    found = match(net, trace(*points, every_s=5.0))
    assert found["streets"] == ["南街"]
    assert found["matched"] == 5
    assert found["distance_m"] == pytest.approx(2 * 98.3, abs=0.5)
    assert found["duration_s"] == 20.0
    assert found["mean_kmh"] == pytest.approx(2 * 98.3 / 20 * 3.6, abs=0.1)
    assert found["breaks"] == []
    assert [p["offset_m"] for p in found["points"]] == pytest.approx([2.2, 3.3, 18.8, 3.3, 2.2], abs=0.1)
    line = np.array(found["parts"][0]["geometry"]["coordinates"])
    assert line == pytest.approx(np.array([at(0.5, 0), at(2.5, 0)]), abs=2e-6)
    assert found["points"][2]["position"] == pytest.approx(at(1.5, 0), abs=2e-6)


def test_a_turn_is_followed_over_the_crossing() -> None:
    net = network(
        street((-2, 0), (0, 0), name="西路"),
        street((0, 0), (2, 0), name="东路"),
        street((0, 0), (0, 2), name="北路"),
    )
    found = match(net, trace((-1, 0.03), (-0.5, -0.03), (0.03, 0.5), (-0.03, 1)))
    assert found["streets"] == ["西路", "北路"]
    assert found["distance_m"] == pytest.approx(98.3 + 110.7, abs=0.5)
    (part,) = found["parts"]
    expected = np.array([at(-1, 0), at(0, 0), at(0, 1)])
    assert np.array(part["geometry"]["coordinates"]) == pytest.approx(expected, abs=2e-6)
    assert [p["road"] for p in found["points"]] == ["西路", "西路", "北路", "北路"]
    assert (found["duration_s"], found["mean_kmh"]) == (None, None)


def test_a_one_way_street_is_not_driven_against() -> None:
    """Eastwards between a street that leads west and one, 11 m beside it, that leads east: the latter, though the
    points lie nearer to the former."""
    west = street((4, 0), (0, 0), oneway="yes", name="西行")
    east = street((0, -0.1), (4, -0.1), oneway="yes", name="东行")
    ends = (street((0, 0), (0, -0.1)), street((4, 0), (4, -0.1)))
    points = eastwards(0.5, 3.5, -0.04)
    found = match(network(west, east, *ends), trace(*points))
    assert found["streets"] == ["东行"]
    back = match(network(west, east, *ends), trace(*points[::-1]))
    assert back["streets"] == ["西行"]
    assert match(network(west, east, *ends), trace(*points), PROFILES["foot"])["streets"] == ["西行"]


def test_who_crosses_under_a_bridge_stays_on_his_road() -> None:
    """The bridge has no junction with the street below, where one point lies nearer to it."""
    below = street((-3, 0), (0, 0), (3, 0), name="地面")
    bridge = street((0, -3), (0, 0), (0, 3), bridge=True, name="高架")
    found = match(network(below, bridge), trace((-1, 0), (-0.5, 0.02), (0.0, 0.05), (0.5, 0), (1, 0)))
    assert found["streets"] == ["地面"]
    assert found["matched"] == 5
    over = match(network(below, bridge), trace((0, -1), (0.02, -0.5), (0.05, 0.01), (0, 0.5), (0, 1)))
    assert over["streets"] == ["高架"]


def test_a_heading_decides_between_two_roads_that_are_equally_near() -> None:
    cross = network(
        street((-2, 0), (0, 0), (2, 0), name="横街"), street((0, -2), (0, 0), (0, 2), name="纵街")
    )
    spot = (0.03, 0.03)
    for degrees, name, against in (
        (90, "横街", False),
        (270, "横街", True),
        (0, "纵街", False),
        (180, "纵街", True),
    ):
        found = match(cross, trace(spot, headings=[degrees]))["points"][0]
        assert (found["road"], found["against"]) == (name, against)


def test_a_forbidden_turn_is_not_taken() -> None:
    """From the west to the north one goes straight on and round the block instead, as the points say too."""
    streets = (
        street((-1, 0), (0, 0), name="西路"),
        street((0, 0), (0, 1), name="北路"),
        street((0, 0), (1, 0), name="东路"),
        street((1, 0), (1, 1), name="远路"),
        street((1, 1), (0, 1), name="上路"),
    )
    net = network(*streets, forbidden=(((0, 0), "no_left_turn", 1, 2),))
    sparse = trace((-0.5, 0), (-0.1, 0), (0, 0.95))
    assert match(net, sparse, EMERGENCY)["streets"] == ["西路", "北路"]  # may turn there
    found = match(net, sparse, CAR)
    assert "北路" not in found["streets"][:2]
    assert found["streets"][0] == "西路"


def test_turning_on_the_street_goes_back_on_it() -> None:
    net = network(street((0, 0), (6, 0), name="长街"))
    points = [*eastwards(1, 3, 0.02), *eastwards(1, 2.5, -0.02)[::-1]]
    found = match(net, trace(*points))
    assert found["distance_m"] == pytest.approx(4 * 98.3, abs=0.5)
    assert [p["against"] for p in found["points"]] == [False] * 5 + [True] * 4
    assert found["streets"] == ["长街"]


def test_an_error_backwards_on_a_one_way_street_is_no_jump() -> None:
    """One point is seen 20 m behind the one before: the car stands, and does not go round or break."""
    net = network(street((0, 0), (5, 0), oneway="yes", name="单行"))
    found = match(net, trace((1, 0), (1.4, 0), (1.2, 0), (1.8, 0), every_s=4.0))
    assert (found["matched"], found["breaks"]) == (4, [])
    assert found["distance_m"] == pytest.approx(0.8 * 98.3, abs=0.2)
    assert found["points"][2]["position"] == found["points"][1]["position"]


# -- what is not one drive ---------------------------------------------------------------------------

LONG = street((0, 0), (10, 0), (20, 0), (30, 0), (40, 0), name="长街")


def test_a_jump_makes_two_parts_and_is_named() -> None:
    points = [*eastwards(1, 4, 0.01), *eastwards(31, 34, 0.01)]  # 2,654 m in 5 s
    found = match(network(LONG), trace(*points, every_s=5.0))
    assert [p["points"] for p in found["parts"]] == [[0, 6], [7, 13]]
    (broken,) = found["breaks"]
    assert (broken["after_point"], broken["before_point"], broken["reason"]) == (6, 7, "jump")
    assert found["distance_m"] == pytest.approx(2 * 3 * 98.3, abs=1)
    assert found["duration_s"] == 60.0
    assert len(found["geometry"]["coordinates"]) == 2
    assert [p["part"] for p in found["points"]] == [0] * 7 + [1] * 7


def test_a_gap_makes_two_parts_and_is_named() -> None:
    """Half an hour between two points that a drive would explain, and two kilometres without times."""
    timed = trace(*eastwards(1, 4, 0), *eastwards(8, 11, 0), every_s=5.0)
    timed.time_s[7:] += 1800.0
    for asked in (timed, trace(*eastwards(1, 4, 0), *eastwards(31, 34, 0))):
        found = match(network(LONG), asked)
        assert [p["points"] for p in found["parts"]] == [[0, 6], [7, 13]]
        assert [b["reason"] for b in found["breaks"]] == ["gap"]
    waited = trace(*eastwards(1, 4, 0), *eastwards(4, 7, 0), every_s=5.0)
    waited.time_s[7:] += 1800.0  # stood there
    assert len(match(network(LONG), waited)["parts"]) == 1


def test_one_wrong_point_is_left_out_and_the_way_goes_on() -> None:
    net = network(LONG, street((2, 20), (4, 20), name="远方"))
    points = [*eastwards(1, 3, 0.01), (3.5, 20.1), *eastwards(4, 6, 0.01)]
    found = match(net, trace(*points, every_s=5.0))
    assert [p["matched"] for p in found["points"]] == [True] * 5 + [False] + [True] * 5
    assert found["points"][5]["why"] == "outlier"
    assert (len(found["parts"]), found["streets"]) == (1, ["长街"])
    assert found["confidence"] == pytest.approx(10 / 11, abs=0.01)
    first = match(net, trace((2, 20), *eastwards(1, 3, 0), every_s=5.0))
    last = match(net, trace(*eastwards(1, 3, 0), (2, 20), every_s=5.0))
    assert [p["matched"] for p in first["points"]] == [False] + [True] * 5
    assert [p["matched"] for p in last["points"]] == [True] * 5 + [False]


def test_points_off_the_road_are_named_and_many_of_them_break_the_trace() -> None:
    few = match(network(LONG), trace(*eastwards(1, 3, 0), (3.5, 1), *eastwards(4, 6, 0)))
    assert few["points"][5]["why"] == "off_road"
    assert few["points"][5]["en"] == "no road for emergency near it"
    assert len(few["parts"]) == 1
    many = match(network(LONG), trace(*eastwards(1, 3, 0), *[(3.5, 1)] * 5, *eastwards(4, 6, 0)))
    assert [b["reason"] for b in many["breaks"]] == ["off_road"]
    assert many["breaks"][0]["after_point"] == 4
    none = match(network(LONG), trace((1, 3), (2, 3)))
    assert (none["parts"], none["geometry"], none["distance_m"]) == ([], None, 0.0)
    assert (none["confidence"], none["matched"]) == (0.0, 0)


def test_one_point_and_repeated_points_stand_still() -> None:
    net = network(LONG)
    for asked in (trace((2, 0.05)), trace(*[(2, 0.05)] * 4), trace(*[(2, 0.05)] * 4, every_s=0.0)):
        found = match(net, asked)
        assert found["distance_m"] == 0.0
        assert found["mean_kmh"] is None or found["mean_kmh"] == 0.0
        (part,) = found["parts"]
        assert np.array(part["geometry"]["coordinates"]) == pytest.approx(np.array([at(2, 0)] * 2), abs=2e-6)
        assert [p["offset_m"] for p in found["points"]] == pytest.approx([5.5] * len(asked.lonlat), abs=0.1)
    rng = np.random.default_rng(3)
    jitter = [(2 + float(x), float(y)) for x, y in rng.normal(0, 0.03, (60, 2))]
    assert match(net, trace(*jitter, every_s=1.0))["distance_m"] < 40.0


def test_what_can_not_be_a_trace_is_refused_with_its_number() -> None:
    good, bad = trace((1, 0), (2, 0), every_s=5.0), trace((1, 0), (2, 0), every_s=-5.0)
    with pytest.raises(BadInput, match="trace 1: point 1 is earlier than point 0"):
        _check([good, bad])
    with pytest.raises(BadInput, match="trace 1 has no points"):
        _check([good, trace()])
    with pytest.raises(BadInput, match=f"at most {MOST_POINTS:,}"):
        _check([Trace(*(np.zeros((MOST_POINTS + 1, 2)), *[np.zeros(MOST_POINTS + 1)] * 3))])
    with pytest.raises(BadInput, match="1 to 1,000 traces"):
        _check([])


# -- what always holds -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_any_trace_is_answered_by_connected_ways_that_may_be_driven(seed: int) -> None:
    """Points anywhere: every point is told, the parts are in order, and their pieces follow each other."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 5))
    streets = [
        street((x, y), (x + dx, y + dy), name=f"{x}{y}{dx}", oneway="yes" if rng.random() < 0.3 else None)
        for x in range(size)
        for y in range(size)
        for dx, dy in ((1, 0), (0, 1))
        if rng.random() < 0.9
    ]
    net = network(*streets, street((0, 0), (1, 0)))
    n = int(rng.integers(1, 30))
    steps = np.cumsum(rng.normal(0, float(rng.choice([0.05, 0.3, 2.0])), (n, 2)), axis=0)
    times = np.cumsum(rng.choice([0.0, 1.0, 10.0, 400.0], n)) if rng.random() < 0.5 else np.full(n, np.nan)
    headings = np.where(rng.random(n) < 0.5, np.nan, rng.uniform(0, 360, n))
    lonlat = np.array([at(*p) for p in steps])
    found = match(net, Trace(lonlat, times, headings, rng.uniform(1, 50, n)), CAR)
    assert len(found["points"]) == n
    assert 0.0 <= found["confidence"] <= 1.0
    assert len(found["breaks"]) == max(0, len(found["parts"]) - 1)
    on = [i for i, p in enumerate(found["points"]) if p["matched"]]
    assert found["matched"] == len(on)
    of = [found["points"][i]["part"] for i in on]
    assert of == sorted(of)
    assert found["distance_m"] == pytest.approx(sum(p["distance_m"] for p in found["parts"]), abs=0.1 * n)
    for number, part in enumerate(found["parts"]):
        line = np.array(part["geometry"]["coordinates"])
        metres = crs.to_metric(line, net.snapshot.metric_crs)
        assert np.hypot(*np.diff(metres, axis=0).T).sum() == pytest.approx(part["distance_m"], abs=0.2)
        ends = [found["points"][i] for i in part["points"]]
        assert [p["part"] for p in ends] == [number] * 2
        assert line[0] == pytest.approx(ends[0]["position"], abs=2e-7)
        assert line[-1] == pytest.approx(ends[1]["position"], abs=2e-7)


@pytest.mark.slow
def test_the_search_is_dijkstra(town: Network) -> None:
    """Metres from a node to all others within a bound, as scipy has them."""
    g = trace_search.ground(town, CAR)
    n = len(g.out_start) - 1
    order = np.lexsort((g.out_m, g.out_head, g.out_tail))
    tail, head, m = g.out_tail[order], g.out_head[order], np.maximum(g.out_m[order], 1e-9)
    first = np.ones(len(m), np.bool_)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    graph = csr_matrix((m[first], (tail[first], head[first])), shape=(n, n))
    room = trace_search.search_room(n, len(g.out_head))
    for source in np.random.default_rng(1).integers(0, n, 20).tolist():
        count = trace_search.search(source, 800.0, n, 0, g, room)
        expected = dijkstra(graph, indices=source, limit=800.0)
        assert room.far == pytest.approx(expected, abs=1e-4)
        assert set(room.touched[:count].tolist()) == set(np.flatnonzero(np.isfinite(expected)).tolist())
        room.far[room.touched[:count]] = np.inf


@pytest.fixture(scope="module")
def town() -> Network:
    """Porto Alegre."""
    read = read_osm(shared_file("porto_alegre/poa.osm.pbf"))
    features, _ = check(read["roads"][1], on_invalid="skip")
    return network_of(
        features, check(read["turn_restrictions"][1])[0] if "turn_restrictions" in read else None
    )


@pytest.mark.parametrize(
    ("noise_m", "every_s", "timed", "least"),
    [(5.0, 5.0, True, 0.99), (5.0, 15.0, True, 0.98), (10.0, 5.0, False, 0.985), (10.0, 15.0, True, 0.975)],
)
def test_drives_in_a_real_city_are_found_again(
    town: Network, noise_m: float, every_s: float, timed: bool, least: float
) -> None:
    """Fastest ways between random places, seen with an error at regular times: how much of their length is found,
    and how much of what is found they took."""
    rng = np.random.default_rng(4)
    metric = town.metric(CAR)
    traces, lines = [], []
    while len(traces) < 40:
        ends = town.edges.lonlat[town.edges.first[rng.choice(np.flatnonzero(metric.main), 2)]]
        places = snap(town, metric, ends)
        best = journey(town, metric, places.take([0]), places.take([1]))
        if best is None or best.took_ms < 60_000:
            continue
        leg = leg_of(town, best)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(leg.metric, axis=0).T))])
        pace = metric.travel_ms[best.ways & 1, best.ways >> 1] / town.length_m[best.ways >> 1]
        clock = np.concatenate([[0.0], np.cumsum(np.diff(along) * pace[leg.piece])]) / 1000.0
        times = np.append(np.arange(0.0, clock[-1], every_s), clock[-1])
        gone = np.interp(times, clock, along)
        seen = np.column_stack([np.interp(gone, along, leg.metric[:, k]) for k in (0, 1)])
        seen += rng.normal(0.0, noise_m, seen.shape)
        unknown = np.full(len(times), np.nan)
        lonlat = crs.from_metric(seen, town.snapshot.metric_crs)
        traces.append(Trace(lonlat, times if timed else unknown, unknown, np.full(len(times), noise_m)))
        lines.append(shapely.LineString(leg.metric))
    answers = match_checked(town, traces, CAR)
    sums = np.zeros(4)
    for answer, true in zip(answers, lines, strict=True):
        drawn = shapely.MultiLineString(answer.geometry.coordinates if answer.geometry else [])
        drawn = crs.geometry_to_metric(np.array([drawn], object), town.snapshot.metric_crs)[0]
        sums += [
            shapely.length(shapely.intersection(true, shapely.buffer(drawn, 1.0))),
            true.length,
            shapely.length(shapely.intersection(drawn, shapely.buffer(true, 1.0))),
            drawn.length,
        ]
    assert sums[0] / sums[1] >= least
    assert sums[2] / sums[3] >= least
    assert sum(len(answer.parts) > 1 for answer in answers) <= 1


# -- the door ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The small city: 中路 runs along 28.15 N from 112.90 to 113.00 E."""
    folder = tmp_path_factory.mktemp("traces")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


POINTS = [[112.94, 28.15], [112.941, 28.15003], [112.942, 28.14997]]


def test_the_door_answers_one_trace_and_many(asker: Asker) -> None:
    times = ["2026-07-01T08:00:00+08:00", "2026-07-01T08:00:10.500+08:00", "2026-07-01T00:00:20Z"]
    body = {"points": POINTS, "times": times, "headings_deg": [90, None, 91], "accuracy_m": 8}
    found = ok(asker.post("/spatial/match", body))
    assert found["streets"] == ["中路"]
    assert found["distance_m"] == pytest.approx(196.6, abs=0.5)
    assert (found["duration_s"], found["mean_kmh"]) == (20.0, pytest.approx(35.4, abs=0.1))
    assert found["geometry"]["type"] == "MultiLineString"
    assert found["parts"][0]["polyline"]
    many = ok(asker.post("/spatial/match", {"traces": [body, {"points": POINTS[:1]}]}))
    assert many["results"][0] == found
    assert many["results"][1]["matched"] == 1
    seconds = ok(asker.post("/spatial/match", {**body, "times": [0, 10.5, 20], "accuracy_m": [8, 8, 8]}))
    assert seconds == found
    shifted = crs.from_wgs84(np.array(POINTS), "gcj02").tolist()
    assert ok(asker.post("/spatial/match", {**body, "points": shifted, "datum": "gcj02"}))["distance_m"] == (
        pytest.approx(found["distance_m"], abs=0.2)
    )


def test_who_is_on_a_closed_road_is_found_there(asker: Asker) -> None:
    line = {"type": "LineString", "coordinates": [[112.93, 28.15], [112.95, 28.15]]}
    before = ok(asker.post("/spatial/match", {"points": POINTS}))
    closed = asker.post("/closures", {"code": "F-1", "geometry": line, "cause": "积水"})
    assert closed.status_code == 201, closed.text
    assert ok(asker.post("/spatial/match", {"points": POINTS})) == before


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({}, 400, "one of the two"),
        ({"points": POINTS, "traces": [{"points": POINTS}]}, 400, "one of the two"),
        ({"points": []}, 400, "trace 0 has no points"),
        ({"traces": []}, 422, "traces"),
        ({"traces": [{"points": POINTS}, {}]}, 400, "trace 1 has no points"),
        ({"points": POINTS, "times": [0, 1]}, 400, "3 points and 2 times"),
        ({"points": POINTS, "headings_deg": [0]}, 400, "3 points and 1 headings_deg"),
        ({"points": POINTS, "headings_deg": [0, 400, 0]}, 400, "heading 400 of point 1"),
        ({"points": POINTS, "accuracy_m": [5, 0, 5]}, 400, "an accuracy of 0 m"),
        ({"points": POINTS, "times": [0, 2, 1]}, 400, "point 2 is earlier than point 1"),
        ({"points": POINTS, "times": [0, "2026-07-01T08:00:00Z", 1]}, 400, "moments and seconds"),
        ({"points": POINTS, "times": ["2026-07-01T08:00:00"] * 3}, 422, "times"),
        ({"points": POINTS, "profile": "tram"}, 422, "car"),
        ({"points": [[28.15, 112.94]]}, 400, "give lon, lat"),
        ({"points": POINTS[:1] * (MOST_POINTS + 1)}, 400, "at most 20,000"),
    ],
)
def test_what_can_not_be_matched_is_refused(
    asker: Asker, body: dict[str, Any], status: int, what: str
) -> None:
    assert what in said(asker.post("/spatial/match", body), status)


def test_a_trace_far_from_every_road_says_so(asker: Asker) -> None:
    for far in ([112.92, 28.19], [-180.0, -90.0], [180.0, 90.0]):
        assert (
            ok(asker.post("/spatial/match", {"points": [far, far], "times": [-1e300, 1e300]}))["parts"] == []
        )
    found = ok(asker.post("/spatial/match", {"points": [[112.92, 28.19]]}))
    assert found["points"][0]["zh"] == "附近没有小汽车可通行的道路"
