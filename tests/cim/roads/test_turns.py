"""Forbidden turns, also by way of other roads: by hand, against every path one by one, and from OSM's relations."""

from __future__ import annotations

import heapq
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.roads import contraction, sweeps
from cim.roads.contraction import NEVER
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import Journey, journey
from cim.roads.snapping import snap
from cim.roads.turn_graph import graph
from cim.roads.turn_restrictions import ForbiddenTurns
from layers.formats.osm_turns import read_turns
from tests.support.road_town import at, network, street

CAR, EMERGENCY = PROFILES["car"], PROFILES["emergency"]


def way_of(net: Any, profile: Any, start: tuple[float, float], end: tuple[float, float]) -> list[int]:
    """The osm_ids of the streets of the fastest way."""
    metric = net.metric(profile)
    places = snap(net, metric, np.array([at(*start), at(*end)]))
    found: Journey | None = journey(net, metric, places.take([0]), places.take([1]))
    assert found is not None
    names = net.snapshot.attributes(net.edges.row[found.ways >> 1], ["osm_id"]).column(0).to_pylist()
    return list(dict.fromkeys(names))


#: A divided road: 1 and 5 west → east below, 6 and 2 back above, joined by 3 in the middle, northwards,
#: and 4 far in the east.
DIVIDED = (
    street((-2, 0), (0, 0), oneway="yes"),
    street((0, 0.5), (-2, 0.5), oneway="yes"),
    street((0, 0), (0, 0.5), oneway="yes"),
    street((4, 0), (4, 0.5)),
    street((0, 0), (4, 0), oneway="yes"),
    street((4, 0.5), (0, 0.5), oneway="yes"),
)


def test_a_u_turn_over_the_gap_of_a_divided_road_is_forbidden_by_way_of_it() -> None:
    free = network(*DIVIDED)
    assert way_of(free, CAR, (-1, 0), (-1, 0.5)) == [1, 3, 2]
    net = network(*DIVIDED, forbidden=(((0, 0), "no_u_turn", 1, 2, 3),))
    assert net.notes.turns == ()
    assert way_of(net, CAR, (-1, 0), (-1, 0.5)) == [1, 5, 4, 6, 2]
    assert way_of(net, EMERGENCY, (-1, 0), (-1, 0.5)) == [1, 3, 2]
    # Who begins on the gap itself may go on either way.
    assert way_of(net, CAR, (0, 0.2), (-1, 0.5)) == [3, 2]


def test_only_straight_on_by_way_of_a_road_forbids_every_other_end() -> None:
    """From 1 over 2 only into 3: not left into 4, nor right into 5."""
    roads = (
        street((-2, 0), (-1, 0)),
        street((-1, 0), (1, 0)),
        street((1, 0), (2, 0), oneway="yes"),
        street((1, 0), (1, 2)),
        street((1, 0), (1, -2)),
        street((2, 0), (2, 2), (1, 2)),
    )
    net = network(*roads, forbidden=(((-1, 0), "only_straight_on", 1, 3, 2),))
    assert way_of(network(*roads), CAR, (-1.5, 0), (1, 1.5)) == [1, 2, 4]
    assert way_of(net, CAR, (-1.5, 0), (1, 1.5)) == [1, 2, 3, 6, 4]
    assert way_of(net, CAR, (-0.5, 0), (1, 1.5)) == [2, 4]


@pytest.mark.parametrize(
    "restriction",
    [
        ((0, 0), "no_u_turn", 1, 2, 9),  # no such road
        ((0, 0), "no_u_turn", 1, 4, 3),  # which does not end there
        ((-2, 0), "no_u_turn", 1, 2, 3),  # nobody comes by 1 there
    ],
)
def test_what_fits_no_roads_is_counted(restriction: tuple[Any, ...]) -> None:
    net = network(*DIVIDED, forbidden=(restriction,))
    assert len(net.notes.turns) == 1
    assert way_of(net, CAR, (-1, 0), (-1, 0.5)) == [1, 3, 2]


# -- against every path ------------------------------------------------------------------------------

_N = 4
_GRID = network(
    *(street(*((x, y) for x in range(_N))) for y in range(_N)),
    *(street(*((x, y) for y in range(_N))) for x in range(_N)),
)
_E = _GRID.edges
_TAIL, _HEAD = np.empty(2 * len(_E.first), int), np.empty(2 * len(_E.first), int)
_TAIL[0::2], _TAIL[1::2], _HEAD[0::2], _HEAD[1::2] = _E.start, _E.end, _E.end, _E.start
_LEAVING = [np.flatnonzero(node == _TAIL).tolist() for node in range(len(_E.node_vertex))]
_TOOK = _GRID.metric(CAR).travel_ms


def cheapest(paths: set[tuple[int, ...]], start: int) -> dict[int, int]:
    """Milliseconds to each node from one, remembering the last ways of each path as long as any that is forbidden."""
    long = max(map(len, paths), default=1)
    best: dict[tuple[int, tuple[int, ...]], int] = {}
    nearest: dict[int, int] = {}
    heap: list[tuple[int, int, tuple[int, ...]]] = [(0, start, ())]
    while heap:
        cost, node, history = heapq.heappop(heap)
        if (node, history) in best:
            continue
        best[node, history] = cost
        nearest.setdefault(node, cost)
        for way in _LEAVING[node]:
            whole = (*history, way)
            if any(whole[-n:] in paths for n in range(2, len(whole) + 1)):
                continue
            took = int(_TOOK[way & 1, way >> 1])
            heapq.heappush(heap, (cost + took, int(_HEAD[way]), whole[-(long - 1) :] if long > 1 else ()))
    return nearest


@st.composite
def walks(draw: st.DrawFn) -> tuple[int, ...]:
    """Two to four ways that follow each other."""
    path = [draw(st.integers(0, len(_HEAD) - 1))]
    for _ in range(draw(st.integers(1, 3))):
        path.append(draw(st.sampled_from(_LEAVING[_HEAD[path[-1]]])))
    return tuple(path)


@settings(max_examples=60, deadline=None)
@given(st.sets(walks(), max_size=12), st.integers(0, _N * _N - 1))
def test_paths_that_are_forbidden_are_never_travelled_and_nothing_else_is_lost(
    paths: set[tuple[int, ...]], start: int
) -> None:
    made = graph(
        _E, _GRID.facts, ForbiddenTurns(tuple(sorted(paths)), np.full(len(paths), CAR.bit, np.uint8))
    )
    hierarchy = contraction.hierarchy(made.tail, made.head, made.order)
    given_ms = _TOOK[made.way & 1, made.way >> 1].copy()
    given_ms[(made.banned_profiles & CAR.bit) > 0] = NEVER
    metric = contraction.customize(hierarchy, given_ms)
    begins = np.array(_LEAVING[start], np.int32)
    far = sweeps.sweep_from(hierarchy, metric, begins, _TOOK[begins & 1, begins >> 1])
    at_states = far[hierarchy.rank]
    found = {start: 0}
    for node in set(range(len(_E.node_vertex))) - {start}:
        here = at_states[_HEAD[made.state_way] == node].min()
        if here < NEVER:
            found[node] = int(here)
    assert found == cheapest(paths, start)


# -- from OSM ----------------------------------------------------------------------------------------


def test_osm_relations_are_read_with_the_roads_between_in_their_order(tmp_path: Path) -> None:
    """1 → 2 → 3 → 4 in a row, of which the relation names 3 before 2; one by a node; one whose roads do not meet."""
    file = tmp_path / "turns.osm.pbf"
    with osmium.SimpleWriter(file) as writer:
        for n in range(1, 7):
            writer.add_node(osmium.osm.mutable.Node(id=n, location=(112.9 + n / 1000, 28.1)))
        for w in range(1, 6):
            writer.add_way(osmium.osm.mutable.Way(id=w, nodes=[w, w + 1], tags={"highway": "primary"}))

        def relation(number: int, via: list[tuple[str, int]], to: int = 4, **tags: str) -> None:
            members = [("w", 1, "from"), *((k, r, "via") for k, r in via), ("w", to, "to")]
            all_tags = {"type": "restriction", "restriction": "no_straight_on", **tags}
            writer.add_relation(osmium.osm.mutable.Relation(id=number, members=members, tags=all_tags))

        relation(1, [("w", 3), ("w", 2)])
        relation(2, [("n", 2)], to=2, **{"except": "bicycle"})
        relation(3, [("w", 4)], to=5)  # 1 and 4 do not meet
        relation(4, [("n", 2), ("w", 2)])  # neither one nor the other
    read = read_turns(file)
    assert read is not None
    _, source = read
    rows = source.table.to_pylist() if hasattr(source, "table") else source.attributes.to_pylist()
    assert [(r["osm_id"], r["from_road"], r["via_roads"], r["to_road"], r["except_for"]) for r in rows] == [
        (1, 1, "2;3", 4, None),
        (2, 1, None, 2, "bicycle"),
    ]
