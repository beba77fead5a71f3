"""Other ways: each a way of its own, none where there is no other, and no short stretch that could be had faster."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.roads.alternatives import (
    LOCAL_SHARE,
    MOST_DETOUR,
    MOST_SHARED,
    MOST_STRETCH,
    alternatives,
    shared_length,
)
from cim.roads.network import Conditions, Network, ProfileWeights
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import Journey, journey, turns_ms
from cim.roads.snapping import SnappedPoints, snap
from cim.roads.turn_costs import COSTS
from cim.roads.turn_restrictions import forbidden
from layers.formats.osm import read_osm
from layers.load.check import check
from tests.support.inputs import shared_file
from tests.support.road_town import at, forbidden_turns, network, network_of, street

EMERGENCY, CAR, TRUCK = (PROFILES[name] for name in ("emergency", "car", "truck"))

#: A river with three bridges between the west bank and the east bank: steps are 98.3 m east and 110.7 m north.
WEST, EAST = street((-1, 0), (0, 0), name="西路"), street((2, 0), (3, 0), name="东路")
UPPER = street((0, 0), (0, 1), (2, 1), (2, 0), name="上桥")
LOWER = street((0, 0), (0, -1.2), (2, -1.2), (2, 0), name="下桥")
FAR = street((0, 0), (0, -4), (2, -4), (2, 0), name="远桥")


def ways(
    net: Network, a: tuple[float, float], b: tuple[float, float], profile: Any = EMERGENCY, most: int = 3
) -> tuple[Journey, list[Journey]]:
    """The best way between two steps of the town, and the others."""
    metric = net.metric(profile)
    places = snap(net, metric, np.array([at(*a), at(*b)]))
    best = journey(net, metric, places.take([0]), places.take([1]))
    assert best is not None
    return best, alternatives(net, metric, places.take([0]), places.take([1]), best, most)


def names(net: Network, found: Journey) -> list[str]:
    """The streets of a way, each once."""
    rows = net.edges.row[found.ways >> 1]
    return list(dict.fromkeys(net.snapshot.attributes(rows, ["name"]).column(0).to_pylist()))


def test_the_other_bridge_is_another_way_and_the_far_one_is_none() -> None:
    net = network(WEST, EAST, UPPER, LOWER, FAR)
    best, others = ways(net, (-0.5, 0), (2.5, 0))
    # 98.3 m of west and east road; by the upper bridge 2 x 110.7 + 196.6 m, by the lower 2 x 132.9 + 196.6 m, both at
    # 10 m/s, and two turns to the left, or two to the right. By the far one it is 1,181 m, more than 1.4 times as long.
    turn = COSTS["emergency"]
    assert names(net, best) == ["西路", "上桥", "东路"]
    assert best.took_ms == pytest.approx(51_630 + 2_000 * turn.left, abs=60)
    assert [names(net, other) for other in others] == [["西路", "下桥", "东路"]]
    assert others[0].took_ms == pytest.approx(56_060 + 2_000 * turn.right, abs=60)
    assert (others[0].begin, others[0].end) == (best.begin, best.end)
    assert shared_length(net, others[0], best) == pytest.approx(98.3 / 560.6, abs=0.002)
    assert ways(net, (-0.5, 0), (2.5, 0), most=0)[1] == []


def test_a_closed_bridge_is_no_other_way() -> None:
    net = network(WEST, EAST, UPPER, LOWER)
    free = net.metric(EMERGENCY)
    closed = np.zeros(len(net.edges.first), np.bool_)
    names_of = net.snapshot.attributes(net.edges.row, ["name"]).column(0).to_pylist()
    closed[names_of.index("下桥")] = True
    metric = net.reweigh(free, free, Conditions(np.ones(len(closed), np.float32), closed))
    places = snap(net, metric, np.array([at(-0.5, 0), at(2.5, 0)]))
    best = journey(net, metric, places.take([0]), places.take([1]))
    assert best is not None
    assert alternatives(net, metric, places.take([0]), places.take([1]), best, 3) == []


def test_where_one_street_leads_there_is_no_other_way() -> None:
    net = network(WEST, UPPER, EAST)
    assert ways(net, (-0.5, 0), (2.5, 0))[1] == []
    assert ways(net, (-0.9, 0), (-0.1, 0))[1] == []
    assert ways(net, (-0.5, 0), (-0.5, 0))[1] == []


def test_a_loop_beside_a_long_road_is_no_other_way() -> None:
    """Leaving the road for one block and coming back to it has most of the way in common with it."""
    loop = street((0, 0), (0, 0.2), (1, 0.2), (1, 0))
    net = network(street((-6, 0), (0, 0)), street((0, 0), (1, 0)), street((1, 0), (7, 0)), loop)
    assert ways(net, (-5, 0), (6, 0))[1] == []


def test_a_detour_that_avoids_little_is_no_other_way() -> None:
    """The second half goes round a block, three times as far as the street it avoids, though the whole is not 1.4
    times as long."""
    net = network(
        street((-9, 0), (0, 0)),
        street((-9, 0), (-9, 0.1), (0, 0.1), (0, 0)),
        street((0, 0), (1, 0)),
        street((0, 0), (0, 0.9), (1, 0.9), (1, 0)),
        street((-10, 0), (-9, 0)),
        street((1, 0), (2, 0)),
    )
    best, others = ways(net, (-9.5, 0), (1.5, 0))
    assert len(others) == 1
    # 22 m more along the whole length with two turns to the left, and not 199 m more at its end.
    more = 2_214 + 2_000 * COSTS["emergency"].left
    assert others[0].took_ms - best.took_ms == pytest.approx(more, abs=20)


def test_one_ways_and_forbidden_turns_are_kept() -> None:
    against = street((2, 0), (2, -1.2), (0, -1.2), (0, 0), oneway="yes", name="下桥")
    assert ways(network(WEST, EAST, UPPER, against), (-0.5, 0), (2.5, 0))[1] == []
    streets = (WEST, EAST, UPPER, LOWER)
    net = network(*streets, forbidden=(((0, 0), "no_right_turn", 1, 4),))
    assert ways(net, (-0.5, 0), (2.5, 0), CAR)[1] == []
    assert len(ways(net, (-0.5, 0), (2.5, 0), EMERGENCY)[1]) == 1  # may turn there


def test_a_street_without_junctions_counts_like_one_of_many() -> None:
    """The lower bridge cut into pieces is the same way as the whole one."""
    cut = [(0, 0), (0, -1.2), (0.5, -1.2), (1, -1.2), (2, -1.2), (2, 0)]
    pieces = [street(a, b, name="下桥") for a, b in pairwise(cut)]
    whole = ways(network(WEST, EAST, UPPER, LOWER), (-0.5, 0), (2.5, 0))[1]
    parts = ways(network(WEST, EAST, UPPER, *pieces), (-0.5, 0), (2.5, 0))[1]
    assert len(whole) == len(parts) == 1
    assert whole[0].took_ms == pytest.approx(parts[0].took_ms, abs=5)


# -- what always holds -------------------------------------------------------------------------------


def assert_other_ways(
    net: Network,
    metric: ProfileWeights,
    origin: SnappedPoints,
    target: SnappedPoints,
    rng: np.random.Generator,
) -> int:
    """Everything that is promised of the other ways between two places; how many there are."""
    best = journey(net, metric, origin, target)
    if best is None:
        return 0
    others = alternatives(net, metric, origin, target, best, 3)
    turns_there = forbidden(net.edges, net.facts.id[net.edges.row], net.turn_rows)
    no = set(forbidden_turns(turns_there, metric.profile))
    e = net.edges
    for number, other in enumerate(others):
        assert best.took_ms <= other.took_ms <= MOST_STRETCH * best.took_ms
        for known in (best, *others[:number]):
            assert shared_length(net, other, known) <= MOST_SHARED
        along = (other.ways & 1) == 0
        edge = other.ways >> 1
        tail, head = np.where(along, e.start[edge], e.end[edge]), np.where(along, e.end[edge], e.start[edge])
        assert (head[:-1] == tail[1:]).all()
        assert len(set(head[:-1].tolist())) == len(head) - 1
        assert not no & set(zip(other.ways[:-1].tolist(), other.ways[1:].tolist(), strict=True))
        assert not metric.closed[edge[1:-1]].any()
        took = metric.travel_ms[other.ways & 1, edge].astype(np.int64)
        parts = np.ones(len(edge))
        parts[0] = 1.0 - other.begin if along[0] else other.begin
        parts[-1] = other.end if along[-1] else 1.0 - other.end
        turns = turns_ms(net, metric, other.ways)
        extra = other.took_ms - int(np.rint(took * parts).sum()) - int(turns.sum())
        assert extra in {int(a + b) for a in origin.extra_ms[0] for b in target.extra_ms[0]}
        # Nowhere does it take much longer than the best way between two junctions of both.
        passed, last = _passes(net, metric, best), (0, 0)
        for junction, ms in (_passes(net, metric, other) | {-1: other.took_ms}).items():
            if junction in passed or junction < 0:
                here = (passed.get(junction, best.took_ms), ms)
                assert here[1] - last[1] <= MOST_DETOUR * max(here[0] - last[0], 1)
                last = here
        # Of the stretches between the middles of two of its edges the short ones are the fastest ways.
        middle = np.cumsum(took) - took / 2 + np.concatenate([[0], np.cumsum(turns)])
        for _ in range(10):
            i, j = np.sort(rng.integers(1, len(edge) - 1, 2)) if len(edge) > 2 else (0, 0)
            if i < j and middle[j] - middle[i] < LOCAL_SHARE * best.took_ms:
                stretch = journey(net, metric, _middle_of(other.ways[i]), _middle_of(other.ways[j]))
                assert stretch is not None
                assert stretch.took_ms == pytest.approx(middle[j] - middle[i], abs=2)
    return len(others)


def _passes(net: Network, metric: ProfileWeights, way: Journey) -> dict[int, int]:
    """When a way comes to each of its junctions, in milliseconds, with the turns before."""
    ms, found = 0.0, {}
    turns = turns_ms(net, metric, way.ways)
    for number, step in enumerate(way.ways[:-1].tolist()):
        edge, against = step >> 1, step & 1
        part = 1.0 if number else way.begin if against else 1.0 - way.begin
        ms += round(int(metric.travel_ms[against, edge]) * part) + (int(turns[number - 1]) if number else 0)
        found[int((net.edges.start if against else net.edges.end)[edge])] = int(ms)
    return found


def _middle_of(way: int) -> SnappedPoints:
    """The place half along an edge from which, or to which, one goes this way only."""
    none = np.array([[0, -1]], np.int32)
    return SnappedPoints(
        np.array([[way >> 1, -1]], np.int32),
        np.array([[0.5, 0.0]]),
        np.array([[0.0, np.inf]]),
        np.array([[2 if way & 1 else 1, 0]], np.uint8),
        np.zeros_like(none),
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_in_any_town_the_other_ways_are_sensible(seed: int) -> None:
    """A grid of streets, some missing, some one-way, some slow, some turns forbidden, some closed."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 7))
    streets, restrictions = [], []
    for x in range(size):
        for y in range(size):
            for dx, dy in ((1, 0), (0, 1)):
                if x + dx < size and y + dy < size and rng.random() < 0.9:
                    facts = {
                        "maxspeed_kmh": float(rng.choice([18, 36, 72])),
                        "oneway": "yes" if rng.random() < 0.15 else None,
                    }
                    streets.append(street((x, y), (x + dx, y + dy), **facts))
    for _ in range(size):
        a, b = rng.integers(1, len(streets) + 1, 2).tolist()
        restrictions.append(((int(rng.integers(size)), int(rng.integers(size))), "no_left_turn", a, b))
    net = network(*streets, forbidden=tuple(restrictions))
    closed = rng.random(len(net.edges.first)) < 0.05
    factor = rng.choice(np.array([1.0, 1.0, 3.0], np.float32), len(closed))
    plain = net.metric(TRUCK)
    for metric in (plain, net.reweigh(plain, plain, Conditions(factor, closed))):
        for _ in range(4):
            spots = np.array([at(*rng.uniform(0, size - 1, 2)) for _ in range(2)])
            places = snap(net, metric, spots)
            assert_other_ways(net, metric, places.take([0]), places.take([1]), rng)


@pytest.mark.slow
def test_in_a_real_city_most_journeys_have_other_ways_and_all_are_sensible() -> None:
    read = read_osm(shared_file("porto_alegre/poa.osm.pbf"))
    features, _ = check(read["roads"][1], on_invalid="skip")
    net = network_of(
        features, check(read["turn_restrictions"][1])[0] if "turn_restrictions" in read else None
    )
    rng = np.random.default_rng(1)
    metric = net.metric(CAR)
    counts = []
    for _ in range(60):
        spots = net.edges.lonlat[net.edges.first[rng.choice(np.flatnonzero(metric.main), 2)]]
        places = snap(net, metric, spots)
        counts.append(assert_other_ways(net, metric, places.take([0]), places.take([1]), rng))
    assert np.mean(np.array(counts) > 0) > 0.85
    assert np.mean(counts) > 2.0
