"""The road network: what joins what, who may go where, and times that are exactly the shortest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cim.errors import BadInput
from cim.roads import contraction, sweeps
from cim.roads.attributes import fields_of
from cim.roads.contraction import NEVER
from cim.roads.network import Conditions, Network, ProfileWeights
from cim.roads.profiles import PROFILES, Profile, profile_of
from cim.roads.shortest_paths import journey, matrix, times_from, times_to
from cim.roads.snapping import NO_EDGE, snap
from cim.roads.turn_costs import COSTS
from layers.formats.osm import read_osm
from layers.load.check import check
from tests.support.inputs import shared_file
from tests.support.road_town import at, by_dijkstra, network, network_of, roads, street

CAR, EMERGENCY, FOOT, MOTO = (PROFILES[name] for name in ("car", "emergency", "foot", "moto"))

WEST = street((-1, 0), (0, 0), name="西路")
EAST = street((0, 0), (1, 0), name="东路")
SOUTH = street((0, -1), (0, 0), name="南路")
NORTH = street((0, 0), (0, 1), name="北路")
PLUS = (WEST, EAST, SOUTH, NORTH)


def seconds(
    net: Network, profile: Profile, a: tuple[float, float], b: tuple[float, float], *, walking: bool = False
) -> float | None:
    """From one step of the town to another; `walking`: from a piece of the network to the rest of it, too."""
    metric = net.metric(profile)
    places = snap(net, metric, np.array([at(*a), at(*b)]))
    if not walking:
        places.edge[:, 1] = NO_EDGE
    took = int(times_to(net, metric, places.take([0]), places.take([1]))[0])
    assert took == int(times_from(net, metric, places.take([0]), places.take([1]))[0])
    found = journey(net, metric, places.take([0]), places.take([1]))
    assert (found is None) == (took == NEVER)
    assert found is None or found.took_ms == took
    return None if took == NEVER else took / 1000


# -- what joins what ---------------------------------------------------------------------------------


def test_four_streets_that_end_in_one_point_meet_there() -> None:
    net = network(*PLUS)
    assert (len(net.edges.first), len(net.edges.node_vertex)) == (4, 5)
    assert seconds(net, EMERGENCY, (-1, 0), (1, 0)) == pytest.approx(19.66, abs=0.1)  # 196.6 m at 10 m/s
    assert seconds(net, EMERGENCY, (0, -1), (0, 1)) == pytest.approx(22.17, abs=0.1)


def test_streets_that_share_an_inner_vertex_meet_there() -> None:
    net = network(street((-1, 0), (0, 0), (1, 0)), street((0, -1), (0, 0), (0, 1)))
    assert (len(net.edges.first), len(net.edges.node_vertex)) == (4, 5)
    assert seconds(net, EMERGENCY, (-1, 0), (0, 1)) is not None


def test_streets_that_cross_without_a_common_vertex_do_not_meet() -> None:
    net = network(street((-1, 0), (1, 0)), street((0, -1), (0, 1)))
    assert (len(net.edges.first), len(net.edges.node_vertex)) == (2, 4)
    assert seconds(net, EMERGENCY, (-1, 0), (0, 1)) is None


def test_a_bridge_over_a_common_vertex_is_no_junction() -> None:
    under, over = street((-1, 0), (0, 0), (1, 0)), street((0, -1), (0, 0), (0, 1), bridge=True)
    assert len(network(under, over).edges.first) == 2
    tunnel = street((0, -1), (0, 0), (0, 1), tunnel=True, level=-1)
    assert len(network(under, tunnel).edges.first) == 2
    ramp = street((0, 0), (1, 1))  # ends on the ground, where the other one passes over it
    net = network(under, over, ramp)
    assert seconds(net, EMERGENCY, (-1, 0), (1, 1)) is not None
    assert seconds(net, EMERGENCY, (0, -1), (1, 1)) is None


def test_a_bridge_that_begins_where_a_street_ends_goes_on_from_it() -> None:
    net = network(street((-1, 0), (0, 0)), street((0, 0), (1, 0), bridge=True, level=1))
    assert seconds(net, EMERGENCY, (-1, 0), (1, 0)) == pytest.approx(19.66, abs=0.1)


@pytest.mark.parametrize(("gap", "meets"), [(0.0, True), (0.001, True), (0.02, False)])
def test_a_survey_whose_lines_almost_touch_is_joined_within_the_tolerance(gap: float, meets: bool) -> None:
    """0.001 steps are 0.1 m: an end near the middle of a line, without a vertex there, and near another's end."""
    tee = network(street((-1, 0), (1, 0)), street((0, gap), (0, 1)), tolerance_m=0.5)
    assert (seconds(tee, EMERGENCY, (-1, 0), (0, 1)) is not None) == meets
    assert len(tee.edges.first) == (3 if meets else 2)
    ends = network(street((-1, 0), (0, 0)), street((0, gap), (1, 0)), tolerance_m=0.5)
    assert (seconds(ends, EMERGENCY, (-1, 0), (1, 0)) is not None) == meets


def test_an_end_near_a_bridge_above_it_is_not_joined_to_it() -> None:
    net = network(street((-1, 0), (1, 0), bridge=True), street((0, 0.001), (0, 1)), tolerance_m=0.5)
    assert seconds(net, EMERGENCY, (-1, 0), (0, 1)) is None


def test_two_ends_at_one_line_are_joined_each_at_its_place() -> None:
    net = network(
        street((-1, 0), (1, 0)),
        street((-0.5, 0.001), (-0.5, 1)),
        street((0.5, 0.001), (0.5, 1)),
        tolerance_m=0.5,
    )
    assert len(net.edges.first) == 5
    assert seconds(net, EMERGENCY, (-0.5, 1), (0.5, 1)) == pytest.approx(
        (2 * 110.7 + 98.3) / 10 + 2 * COSTS["emergency"].left, abs=0.1
    )


# -- who may go where --------------------------------------------------------------------------------


def test_one_ways_are_kept_along_and_reversed_but_not_on_foot() -> None:
    along, against = (
        network(street((0, 0), (1, 0), oneway="yes")),
        network(street((0, 0), (1, 0), oneway="reversed")),
    )
    assert seconds(along, CAR, (0.1, 0), (0.9, 0)) is not None
    assert seconds(along, CAR, (0.9, 0), (0.1, 0)) is None
    assert seconds(against, CAR, (0.9, 0), (0.1, 0)) is not None
    assert seconds(against, CAR, (0.1, 0), (0.9, 0)) is None
    assert seconds(along, FOOT, (0.9, 0), (0.1, 0)) == pytest.approx(78.65 / (4.8 / 3.6), abs=0.2)


def test_a_speed_is_the_signs_else_the_classes() -> None:
    assert seconds(network(EAST), EMERGENCY, (0, 0), (1, 0)) == pytest.approx(9.83, abs=0.03)
    assert seconds(network(EAST), CAR, (0, 0), (1, 0)) == pytest.approx(9.83 / 0.8, abs=0.03)
    fast = network(street((0, 0), (1, 0), **{"class": "motorway", "maxspeed_kmh": None}))
    assert seconds(fast, EMERGENCY, (0, 0), (1, 0)) == pytest.approx(98.3 / 25, abs=0.02)  # 90 km/h


@pytest.mark.parametrize(
    ("facts", "may"),
    [
        ({"class": "footway"}, {"foot"}),
        ({"class": "cycleway"}, {"moto"}),
        ({"class": "cycleway", "foot": "yes"}, {"foot", "moto"}),
        ({"class": "bridleway"}, set()),
        ({"class": "steps", "access": "yes"}, {"foot"}),
        ({"class": "footway", "access": "private"}, set()),
        ({"class": "footway", "motor_vehicle": "delivery"}, {"foot", "car", "emergency", "truck"}),
        ({"class": "residential", "traffic_tags": "area=yes"}, {"foot"}),
        ({"class": "residential", "traffic_tags": "smoothness=impassable\nmotorcar=yes"}, {"foot"}),
        ({"class": "residential", "traffic_tags": "impassable=yes"}, set()),
        ({"class": "motorway"}, {"car", "emergency", "truck"}),
        ({"class": "pedestrian"}, {"foot", "emergency"}),
        ({"class": "busway"}, {"emergency"}),
        ({"access": "no"}, set()),
        ({"access": "no", "bus": "yes"}, {"emergency"}),
        ({"access": "private"}, {"emergency"}),
        ({"access": "no", "foot": "yes"}, {"foot"}),
        ({"class": "footway", "bicycle": "yes"}, {"foot", "moto"}),
        ({"motor_vehicle": "no"}, {"foot", "moto"}),
        ({"maxheight_m": 3.5}, {"car", "emergency", "foot", "moto"}),
        ({"maxweight_t": 10.0}, {"car", "emergency", "foot", "moto"}),
        ({"maxheight_m": 4.5, "maxweight_t": 30.0}, {"car", "emergency", "foot", "moto", "truck"}),
        ({"class": "proposed"}, set()),
        ({"class": "ferry"}, {"car", "emergency", "foot", "moto", "truck"}),
    ],
)
def test_who_may_use_a_road(facts: dict[str, object], may: set[str]) -> None:
    net = network(street((0, 0), (1, 0), **facts))
    assert {name for name, p in PROFILES.items() if seconds(net, p, (0, 0), (1, 0)) is not None} == may


def test_a_lower_truck_passes_where_the_usual_one_does_not() -> None:
    net = network(street((0, 0), (1, 0), maxheight_m=3.5))
    assert seconds(net, profile_of("truck"), (0, 0), (1, 0)) is None
    assert seconds(net, profile_of("truck", height_m=3.4), (0, 0), (1, 0)) is not None


def test_a_profile_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadInput, match="'tram' is not known; known: car, emergency, moto, foot, truck"):
        profile_of("tram")


def test_a_surveys_fields_are_mapped() -> None:
    lines = roads(street((0, 0), (1, 0), oneway="逆向"))
    layer = network_of(lines).snapshot.layer
    assert fields_of(layer, "id=osm_id, class = surface")["class"] == "surface"
    with pytest.raises(BadInput, match="no field 'DLDJ'"):
        fields_of(layer, "class=DLDJ")
    with pytest.raises(BadInput, match="noun=FIELD"):
        fields_of(layer, "klasse=class")
    assert seconds(network_of(lines), CAR, (0.9, 0), (0.1, 0)) is not None
    assert seconds(network_of(lines), CAR, (0.1, 0), (0.9, 0)) is None


# -- turns -------------------------------------------------------------------------------------------

NO_LEFT = ((0, 0), "no_left_turn", 1, 4)


def test_a_forbidden_turn_is_driven_around_by_who_is_bound_by_it() -> None:
    free, bound = network(*PLUS), network(*PLUS, forbidden=(NO_LEFT,))
    assert seconds(free, CAR, (-1, 0), (0, 1)) == pytest.approx(20.9 / 0.8 + COSTS["car"].left, abs=0.1)
    # On to the end of one of the other streets, round there, and back, to the right.
    turned = COSTS["car"].round_at_end + COSTS["car"].right
    assert seconds(bound, CAR, (-1, 0), (0, 1)) == pytest.approx((20.9 + 19.66) / 0.8 + turned, abs=0.2)
    assert seconds(bound, EMERGENCY, (-1, 0), (0, 1)) == seconds(free, EMERGENCY, (-1, 0), (0, 1))
    assert seconds(bound, FOOT, (-1, 0), (0, 1)) == seconds(free, FOOT, (-1, 0), (0, 1))
    assert seconds(bound, CAR, (-1, 0), (1, 0)) == seconds(free, CAR, (-1, 0), (1, 0))
    assert seconds(bound, CAR, (0, 1), (-1, 0)) == seconds(free, CAR, (0, 1), (-1, 0))


def test_only_straight_on_forbids_every_other_turn() -> None:
    bound = network(*PLUS, forbidden=(((0, 0), "only_straight_on", 1, 2),))
    assert seconds(bound, CAR, (-1, 0), (1, 0)) == seconds(network(*PLUS), CAR, (-1, 0), (1, 0))
    car = COSTS["car"]
    for north_or_south, turn in (((0, 1), car.right), ((0, -1), car.left)):
        assert seconds(bound, CAR, (-1, 0), north_or_south) == pytest.approx(
            (20.9 + 19.66) / 0.8 + car.round_at_end + turn, abs=0.2
        )


def test_a_restriction_that_fits_no_roads_is_counted_and_nothing_else() -> None:
    net = network(*PLUS, forbidden=(((0, 0), "no_left_turn", 1, 99), ((5, 5), "no_left_turn", 1, 4)))
    assert len(net.notes.turns) == 2
    assert seconds(net, CAR, (-1, 0), (0, 1)) == seconds(network(*PLUS), CAR, (-1, 0), (0, 1))


# -- places ------------------------------------------------------------------------------------------


def test_a_place_beside_a_street_counts_by_where_it_lies_along_it() -> None:
    net = network(*PLUS)
    assert seconds(net, EMERGENCY, (-0.5, 0.1), (0.25, -0.05)) == pytest.approx(7.37, abs=0.05)
    assert seconds(net, EMERGENCY, (0.25, 0), (0.75, 0)) == pytest.approx(4.92, abs=0.05)
    assert seconds(net, EMERGENCY, (0.75, 0), (0.25, 0)) == pytest.approx(4.92, abs=0.05)
    assert seconds(net, EMERGENCY, (0.5, 0), (0.5, 0)) == 0.0


def test_behind_oneself_on_a_one_way_is_once_around_the_block() -> None:
    sides = [((0, 0), (1, 0)), ((1, 0), (1, 1)), ((1, 1), (0, 1)), ((0, 1), (0, 0))]
    net = network(*(street(a, b, oneway="yes") for a, b in sides))
    around = (2 * 98.3 + 2 * 110.85) / 10
    assert seconds(net, EMERGENCY, (0.75, 0), (0.25, 0)) == pytest.approx(around - 4.92, abs=0.1)
    assert seconds(net, EMERGENCY, (0.25, 0), (0.75, 0)) == pytest.approx(4.92, abs=0.1)


@pytest.mark.parametrize("oneway", ["yes", "reversed"])
def test_who_is_at_a_junction_leaves_it_by_any_road_and_is_come_to_by_any(oneway: str) -> None:
    """Though the road that he is found on is the one-way to or from there. Around the block it were 57 s."""
    around = (street((1, 0), (1, 1)), street((1, 1), (-1, 1)), street((-1, 1), (-1, 0)))
    net = network(street((0, 0), (1, 0), oneway=oneway), street((-1, 0), (0, 0)), *around)
    for junction in ((0, 0), (0.005, 0.02)):
        assert seconds(net, EMERGENCY, junction, (-0.5, 0)) == pytest.approx(4.92, abs=0.01)
        assert seconds(net, EMERGENCY, (-0.5, 0), junction) == pytest.approx(4.92, abs=0.01)
    along = seconds(net, EMERGENCY, (0, 0), (1, 0)), seconds(net, EMERGENCY, (1, 0), (0, 0))
    against = (2 * 98.3 + 98.3 + 2 * 110.85) / 10
    expected = (9.83, against) if oneway == "yes" else (against, 9.83)
    assert along == pytest.approx(expected, abs=0.05)


def test_who_moves_is_on_the_road_of_his_direction_and_goes_on_in_it() -> None:
    lanes = (street((0, 0), (4, 0), oneway="yes"), street((4, 0.1), (0, 0.1), oneway="yes"))
    turns_back = (street((4, 0), (4, 0.1)), street((0, 0.1), (0, 0)))
    net = network(*lanes, *turns_back)
    metric = net.metric(EMERGENCY)
    here = np.array([at(2, 0.02)] * 3)
    places = snap(net, metric, here, np.array([np.nan, 90.0, 270.0]))
    rows = net.snapshot.attributes(net.edges.row[places.edge[:, 0]], ["osm_id"]).column(0).to_pylist()
    assert rows == [1, 1, 2]
    both_ways = network(street((0, 0), (4, 0)))
    metric = both_ways.metric(EMERGENCY)
    places = snap(both_ways, metric, here, np.array([np.nan, 90.0, 270.0]))
    assert places.ways[:, 0].tolist() == [3, 1, 2]


def test_a_place_at_a_street_that_leads_nowhere_is_also_reached_from_the_next() -> None:
    net = network(*PLUS, street((0.4, 0.1), (0.6, 0.1)))
    metric = net.metric(EMERGENCY)
    places = snap(net, metric, np.array([at(0.5, 0.1), at(-1, 0)]))
    assert places.edge[0, 1] != NO_EDGE
    assert places.edge[1, 1] == NO_EDGE
    walked = 11.085 / 1.3
    assert seconds(net, EMERGENCY, (-1, 0), (0.5, 0.1), walking=True) == pytest.approx(
        14.75 + walked, abs=0.1
    )
    assert seconds(net, EMERGENCY, (0.4, 0.1), (0.6, 0.1), walking=True) == pytest.approx(1.97, abs=0.05)


def test_a_place_far_from_every_road_is_on_none() -> None:
    net = network(*PLUS)
    places = snap(net, net.metric(CAR), np.array([at(20, 0)]))
    assert places.edge.tolist() == [[NO_EDGE, NO_EDGE]]
    assert seconds(net, CAR, (20, 0), (0, 0)) is None


def test_a_city_without_a_road_has_no_way() -> None:
    net = network()
    assert seconds(net, CAR, (0, 0), (1, 0)) is None


# -- exactly the shortest ----------------------------------------------------------------------------


def random_town(rng: np.random.Generator, size: int = 6) -> Network:
    """A town with one-ways, footways, streets missing and turns forbidden."""
    streets, turns_there = [], []
    for x in range(size):
        for y in range(size):
            for dx, dy in ((1, 0), (0, 1)):
                if rng.random() < 0.85:
                    oneway = rng.choice(["no", "no", "yes", "reversed"])
                    kind = rng.choice(
                        ["residential", "primary", "service", "footway"], p=[0.6, 0.2, 0.15, 0.05]
                    )
                    facts = {
                        "class": str(kind),
                        "oneway": str(oneway),
                        "maxspeed_kmh": float(rng.integers(10, 60)),
                    }
                    streets.append(
                        street(
                            (x, y),
                            (x + dx + rng.uniform(-0.1, 0), y + dy)
                            if rng.random() < 0.1
                            else (x + dx, y + dy),
                            **facts,
                        )
                    )
    for _ in range(20):
        a, b = rng.integers(0, len(streets), 2).tolist()
        spot = (int(rng.integers(0, size)), int(rng.integers(0, size)))
        turns_there.append((spot, str(rng.choice(["no_left_turn", "only_straight_on"])), a + 1, b + 1))
    ends = [
        {tuple(np.round((np.array(p) - (112.95, 28.15)) / 0.001, 3)) for p in line.coords}
        for line, _ in streets
    ]
    for _ in range(200):
        a, b = rng.integers(0, len(streets), 2).tolist()
        if a != b and (common := ends[a] & ends[b]):
            turns_there.append((next(iter(common)), "no_left_turn", a + 1, b + 1))
    return network(*streets, forbidden=tuple(turns_there))


@pytest.mark.parametrize("name", PROFILES)
def test_times_are_dijkstras_in_random_towns(name: str) -> None:
    rng = np.random.default_rng(7)
    for _ in range(6):
        net = random_town(rng)
        for metric in (net.metric(PROFILES[name]), net.metric(PROFILES[name], conditions(rng, net, 0.1))):
            assert_exact(net, metric, rng, 8, 12)


def conditions(rng: np.random.Generator, net: Network, share: float) -> Conditions:
    """So many of the edges slowed and closed."""
    e = len(net.edges.first)
    factor = np.where(rng.random(e) < share, rng.uniform(1.0, 4.0, e), 1.0).astype(np.float32)
    return Conditions(factor, rng.random(e) < share)


def assert_exact(
    net: Network, metric: ProfileWeights, rng: np.random.Generator, origins: int, targets: int
) -> None:
    """The times between random places are Dijkstra's, and so are those of the ways themselves."""
    west, south, east, north = net.snapshot.bounds
    lonlat = rng.uniform((west, south), (east, north), (origins + targets, 2))
    places = snap(net, metric, lonlat)
    a, b = places.take(np.arange(origins)), places.take(np.arange(origins, origins + targets))
    ours = matrix(net, metric, a, b)
    assert (matrix(net, metric, a.take(np.arange(origins)), b.take([0]))[:, 0] == ours[:, 0]).all()
    for i in range(origins):
        theirs = by_dijkstra(net, metric, a.take([i]), b)
        assert ours[i].tolist() == theirs.tolist()
    for i, j in zip(
        rng.integers(0, origins, 30).tolist(), rng.integers(0, targets, 30).tolist(), strict=True
    ):
        found = journey(net, metric, a.take([i]), b.take([j]))
        assert (NEVER if found is None else found.took_ms) == ours[i, j]
        if found is not None and len(found.ways) > 1:
            ends = _ends(net, found.ways)
            assert (ends[:-1, 1] == ends[1:, 0]).all()
            inner = found.ways[1:-1]
            took = metric.travel_ms[inner & 1, inner >> 1]
            assert not metric.closed[inner >> 1].any()
            assert took.sum() <= found.took_ms


def _ends(net: Network, ways: NDArray[np.int32]) -> NDArray[np.int32]:
    a, b = net.edges.start[ways >> 1], net.edges.end[ways >> 1]
    turned = (ways & 1).astype(bool)
    return np.column_stack([np.where(turned, b, a), np.where(turned, a, b)])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_closing_and_slowing_roads_never_shortens_a_way(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_town(rng, 4)
    plain = net.metric(CAR)
    some, besides = conditions(rng, net, 0.2), conditions(rng, net, 0.2)
    more = Conditions(some.factor * besides.factor, some.closed | besides.closed)
    places = snap(net, plain, rng.uniform(at(-0.5, -0.5), at(4.5, 4.5), (12, 2)))
    tables = [matrix(net, m, places, places) for m in (plain, net.metric(CAR, some), net.metric(CAR, more))]
    assert (tables[0] <= tables[1]).all()
    assert (tables[1] <= tables[2]).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_metric_changed_in_part_is_the_one_made_anew(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_town(rng, 4)
    plain = metric = net.metric(CAR)
    for _ in range(4):
        metric = net.reweigh(metric, plain, conditions(rng, net, 0.3))
        fresh = contraction.customize(net.hierarchy, metric.hierarchy.given)
        assert (metric.hierarchy.weight == fresh.weight).all()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_pruned_metric_has_the_same_ways_over_fewer_arcs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net = random_town(rng, int(rng.integers(2, 7)))
    plain = net.metric(CAR)
    for metric in (plain, net.reweigh(plain, plain, conditions(rng, net, 0.3))):
        faster = net.prune(metric)
        before, after = metric.hierarchy, faster.hierarchy
        assert after.pruned and not before.pruned
        assert len(after.up.head) <= len(before.up.head) and len(after.down.head) <= len(before.down.head)
        places = snap(net, metric, rng.uniform(at(-0.5, -0.5), at(6.5, 6.5), (12, 2)))
        assert (matrix(net, faster, places, places) == matrix(net, metric, places, places)).all()
        for towards in (False, True):
            nodes, costs = np.arange(2, dtype=np.int32), np.zeros(2, np.int32)
            every = [
                sweeps.sweep_from(net.hierarchy, h, nodes, costs, towards=towards) for h in (before, after)
            ]
            assert (every[0] == every[1]).all()
        for i in range(6):
            origin, target = places.take([2 * i]), places.take([2 * i + 1])
            one, other = journey(net, metric, origin, target), journey(net, faster, origin, target)
            assert (one is None) == (other is None)
            assert one is None or other is None or one.took_ms == other.took_ms
        # What closures make of a pruned metric is what they make of the other.
        again = net.reweigh(faster, plain, conditions(rng, net, 0.3))
        fresh = contraction.customize(net.hierarchy, again.hierarchy.given)
        assert (again.hierarchy.weight == fresh.weight).all()


@pytest.mark.parametrize("file", ["monaco/monaco_osrm_2016.osm.pbf", "porto_alegre/poa.osm.pbf"])
@pytest.mark.slow
def test_real_streets_are_exactly_as_far_as_dijkstra_says(file: str) -> None:
    read = read_osm(shared_file(file))
    features, _ = check(read["roads"][1], on_invalid="skip")
    restrictions = check(read["turn_restrictions"][1])[0] if "turn_restrictions" in read else None
    net = network_of(features, restrictions)
    rng = np.random.default_rng(1)
    for profile in PROFILES.values():
        for metric in (net.metric(profile), net.metric(profile, conditions(rng, net, 0.02))):
            assert metric.main.sum() > 0.5 * (metric.travel_ms < NEVER).any(axis=0).sum()
            assert_exact(net, metric, rng, 20, 100)


def test_all_teams_at_one_street_are_as_far_as_each_alone() -> None:
    net = network(*PLUS)
    metric = net.metric(CAR)
    rng = np.random.default_rng(3)
    teams = snap(
        net, metric, np.column_stack([rng.uniform(at(0, 0)[0], at(1, 0)[0], 200), [at(0, 0)[1]] * 200])
    )
    here = snap(net, metric, np.array([at(0.5, 0)]))
    alone = [int(times_to(net, metric, teams.take([i]), here)[0]) for i in range(200)]
    assert times_to(net, metric, teams, here).tolist() == alone
    assert max(alone) <= 6150  # half the street at 8 m/s
