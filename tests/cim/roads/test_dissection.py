"""The order of a network's edges: least cuts against scipy's maximum flow, and any graph is put in order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, maximum_flow

from cim.roads import contraction, dissection, sweeps
from cim.roads.contraction import NEVER

graphs = st.integers(1, 30).flatmap(
    lambda k: st.tuples(
        st.just(k),
        st.lists(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1)), max_size=90),
        st.integers(0, 2**32 - 1),
    )
)


def _ordered(k: int, edges: list[tuple[int, int]], seed: int) -> tuple[Any, Any, Any, Any]:
    start, end = np.array(edges, np.int32).reshape(-1, 2).T.copy()
    # Some junctions at one place, as a tunnel's end below a square is.
    xy = np.random.default_rng(seed).integers(0, 6, (k, 2)).astype(np.float64)
    return start, end, xy, dissection.places(start, end, xy)


@settings(deadline=None)
@given(graphs)
def test_every_edge_of_any_graph_has_one_place_in_the_order(graph: tuple[int, Any, int]) -> None:
    """With loops, parallel edges, lone junctions and several parts."""
    start, _, _, place = _ordered(*graph)
    assert sorted(place.tolist()) == list(range(len(start)))


@settings(deadline=None)
@given(graphs)
def test_the_first_cut_is_the_least_of_all_directions_and_parts_the_graph(
    graph: tuple[int, Any, int],
) -> None:
    k, (start, end, xy, place) = graph[0], _ordered(*graph)
    if k < 2:
        return
    ends = max(1, int(k * dissection._ENDS))
    cuts = set()
    for direction in dissection._DIRECTIONS:
        order = np.argsort(xy[:, 0] * direction[0] + xy[:, 1] * direction[1], kind="stable")
        cuts.add(_least_cut(k, start, end, order[:ends], order[-ends:]))
    if len({tuple(p) for p in xy.tolist()}) < k:
        return  # of junctions at one place either may be the first
    # The edges of one of these cuts have the last places, and without them the graph is in two parts or more.
    fits = []
    for cut in cuts:
        rest = place < len(start) - cut
        links = coo_array((np.ones(rest.sum()), (start[rest], end[rest])), shape=(k, k))
        fits.append(connected_components(links, directed=False)[0] >= 2)
    assert any(fits)


def _least_cut(k: int, start: Any, end: Any, sources: Any, sinks: Any) -> int:
    apart = start != end
    many = len(start) + 1
    tail = np.concatenate([start[apart], end[apart], np.full(len(sources), k), sinks])
    head = np.concatenate([end[apart], start[apart], sources, np.full(len(sinks), k + 1)])
    room = np.concatenate([np.ones(2 * apart.sum()), np.full(len(sources) + len(sinks), many)])
    flow = coo_array((room.astype(np.int32), (tail, head)), shape=(k + 2, k + 2)).tocsr()
    return int(maximum_flow(flow, k, k + 1).flow_value)


def test_a_grid_of_streets_is_cut_across_its_narrow_side() -> None:
    along, across = 12, 3
    number = np.arange(along * across).reshape(along, across)
    start = np.concatenate([number[:-1].ravel(), number[:, :-1].ravel()]).astype(np.int32)
    end = np.concatenate([number[1:].ravel(), number[:, 1:].ravel()]).astype(np.int32)
    xy = np.stack([number.ravel() // across, number.ravel() % across], axis=1).astype(np.float64)
    place = dissection.places(start, end, xy)
    last = np.flatnonzero(place >= len(start) - across)
    assert np.ptp(start[last] // across) == 0, "all edges of the first cut lie beside each other"
    assert (end[last] - start[last] == across).all(), "and run along the grid"


@settings(deadline=None)
@given(graphs, st.integers(0, 60))
def test_what_lies_above_many_seeds_is_what_lies_above_each(graph: tuple[int, Any, int], count: int) -> None:
    """Few seeds are followed one by one, many by marks: both give each node once, ascending."""
    k, edges, seed = graph
    tail, head = np.array(edges, np.int32).reshape(-1, 2).T.copy()
    h = contraction.hierarchy(tail, head, np.arange(k, dtype=np.int32))
    seeds = np.random.default_rng(seed).integers(0, k, count).astype(np.int32)
    expected = set()
    for v in seeds.tolist():
        while v >= 0:
            expected.add(v)
            v = int(h.parent[v])
    assert sweeps._above(h.parent, seeds).tolist() == sorted(expected)


@settings(deadline=None)
@given(graphs)
@pytest.mark.slow
def test_the_way_between_two_costs_what_the_sweep_says_in_one_thread_after_another_network(
    graph: tuple[int, Any, int],
) -> None:
    """The room that searches work in is kept: nothing of an earlier search or network is left in it."""
    k, edges, seed = graph
    tail, head = np.array(edges, np.int32).reshape(-1, 2).T.copy()
    h = contraction.hierarchy(tail, head, np.arange(k, dtype=np.int32))
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random(len(tail)) < 0.1, NEVER, rng.integers(1, 50, len(tail))).astype(np.int32)
    full = contraction.customize(h, weights)
    a, b = rng.integers(0, k, (2, 3)).astype(np.int32)
    before, after = rng.integers(0, 20, (2, 3)).astype(np.int32)
    for metric in (full, contraction.prune(h, full)):
        far = sweeps.sweep_from(h, metric, a, before)[h.rank]
        cost, arcs, first, last = sweeps.path(
            h, metric, sweeps.Seeds(h.rank[a], before), sweeps.Seeds(h.rank[b], after)
        )
        assert cost == min(int((far[b].astype(np.int64) + after).min()), NEVER)
        if cost < NEVER:
            whole = before[h.rank[a] == first].min() + weights[arcs].sum() + after[h.rank[b] == last].min()
            assert whole == cost
