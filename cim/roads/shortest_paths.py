"""How long it takes between places on the network: one to many, many to many, and the way itself.

Times are whole milliseconds. The edges that a journey begins and ends on count by the share that is travelled; a
closure forbids to pass an edge, not to get to a place on it or away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim import budget
from cim.arrays import parallel
from cim.columnar.columns import spans
from cim.roads import sweeps
from cim.roads.contraction import NEVER, Ints
from cim.roads.network import Network, ProfileWeights
from cim.roads.snapping import NO_EDGE, SnappedPoints
from cim.roads.sweeps import Seeds
from cim.roads.turn_graph import Graph


@dataclass(frozen=True, slots=True, eq=False)
class AccessNodes:
    """How places are joined to the graph: `place` which of them, `node` of the graph, `cost_ms` between the two with
    the turn, `way` the way that is travelled in part."""

    place: NDArray[np.int64]
    node: Ints
    cost_ms: Ints
    way: Ints


class _Entries(NamedTuple):
    """How each way is come to: the arcs into way w are `way_arc[way_start[w]:way_start[w + 1]]`; of each arc the node
    that it leaves and what its turn costs."""

    way_start: Ints
    way_arc: Ints
    tail: Ints
    turn_ms: Ints


def departures(metric: ProfileWeights, places: SnappedPoints) -> AccessNodes:
    """The nodes that can be driven to first from each place."""
    place, way, share, extra = _ways(places)
    cost = _part(metric.travel_ms[way & 1, way >> 1], np.where(way & 1, share, 1.0 - share))
    return AccessNodes(place, way, cost + extra, way)


def ways_in(network: Network, metric: ProfileWeights, places: SnappedPoints) -> AccessNodes:
    """The nodes from which each place can be driven to directly."""
    g = network.graph
    place, way, share, extra = _ways(places)
    cost = _part(metric.travel_ms[way & 1, way >> 1], np.where(way & 1, 1.0 - share, share)) + extra
    counts = np.diff(g.way_start)[way]
    arcs = g.way_arc[spans(g.way_start[:-1][way], counts)]
    place, way, cost = (np.repeat(a, counts) for a in (place, way, cost))
    turn = metric.turn_ms[arcs]
    free = turn < NEVER
    return AccessNodes(place[free], g.tail[arcs[free]], cost[free] + turn[free], way[free])


def turns_ms(network: Network, metric: ProfileWeights, ways: Ints) -> NDArray[np.int64]:
    """What each turn of a journey costs: int64[ways - 1]."""
    g = network.graph
    found = np.empty(max(len(ways) - 1, 0), np.int64)
    for i, (before, after) in enumerate(zip(ways[:-1].tolist(), ways[1:].tolist(), strict=True)):
        arcs = g.way_arc[g.way_start[after] : g.way_start[after + 1]]
        found[i] = metric.turn_ms[arcs[g.state_way[g.tail[arcs]] == before]].min()
    return found


def ways_arcs(g: Graph, ways: Ints) -> Ints:
    """The arcs of the graph into these ways."""
    arcs: Ints = g.way_arc[spans(g.way_start[:-1][ways], np.diff(g.way_start)[ways])]
    return arcs


def _ways(
    places: SnappedPoints,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64], Ints]:
    """Every way that some place can take: (place, way, share along the edge, extra cost)."""
    found = []
    for bit in (0, 1):
        place, chance = np.nonzero((places.ways >> bit & 1 > 0) & (places.edge != NO_EDGE))
        edge = places.edge[place, chance]
        found.append((place, 2 * edge + bit, places.share[place, chance], places.extra_ms[place, chance]))
    place, way, share, extra = (np.concatenate(a) for a in zip(*found, strict=True))
    return place, way.astype(np.int32), share, extra.astype(np.int32)


def _part(took: Ints, share: NDArray[np.float64]) -> Ints:
    return np.rint(took * share).astype(np.int32)


def direct_ms(metric: ProfileWeights, origins: SnappedPoints, targets: SnappedPoints) -> Ints:
    """Between origins and targets that lie ahead on the same edge, pair by pair, or one of them and each of the others:
    int32[q]; `NEVER` elsewhere."""
    best = np.full(len(targets) if len(origins) == 1 else len(origins), NEVER, np.int32)
    for i in range(2):
        for j in range(2):
            edge = origins.edge[:, i]
            same = (edge == targets.edge[:, j]) & (edge != NO_EDGE)
            if not same.any():
                continue
            ahead = targets.share[:, j] - origins.share[:, i]
            extra = origins.extra_ms[:, i] + targets.extra_ms[:, j]
            both = origins.ways[:, i] & targets.ways[:, j]
            for bit in (0, 1):
                fits = same & ((ahead >= 0) if bit == 0 else (ahead <= 0)) & (both >> bit & 1 > 0)
                took = _part(metric.travel_ms[bit, edge], np.abs(ahead)) + extra
                best = np.where(fits, np.minimum(best, took), best).astype(np.int32)
    return best


def times_to(network: Network, metric: ProfileWeights, origins: SnappedPoints, target: SnappedPoints) -> Ints:
    """Milliseconds from each origin to one target: int32[q], `NEVER` where there is no way."""
    ends = ways_in(network, metric, target)
    far = sweeps.sweep_from(
        network.hierarchy, metric.hierarchy, ends.node, ends.cost_ms, towards=True, wanted=_ways(origins)[1]
    )
    best: Ints = _least_out(tuple(origins.on_edges), metric.travel_ms, network.hierarchy.rank, far)
    return np.minimum(best, direct_ms(metric, origins, target))


def times_from(
    network: Network, metric: ProfileWeights, origin: SnappedPoints, targets: SnappedPoints
) -> Ints:
    """Milliseconds from one origin to each target: int32[q], `NEVER` where there is no way."""
    begins = departures(metric, origin)
    g = network.graph
    before = g.tail[ways_arcs(g, np.unique(_ways(targets)[1]))]
    far = sweeps.sweep_from(network.hierarchy, metric.hierarchy, begins.node, begins.cost_ms, wanted=before)
    entries = _Entries(g.way_start, g.way_arc, g.tail, metric.turn_ms)
    took, rank = metric.travel_ms, network.hierarchy.rank
    best: Ints = _least_in(tuple(targets.on_edges), took, tuple(entries), rank, far)
    return np.minimum(best, direct_ms(metric, origin, targets))


@njit(nogil=True, cache=True)
def _least_out(places: Any, took: Any, rank: Any, far: Any) -> Any:
    """The least of what `departures` costs and what is `far` from there, for each place: int32[q]."""
    edge, share, ways, extra_ms = places
    best = np.full(len(edge), NEVER, np.int32)
    for i in range(len(edge)):
        for j in range(2):
            e = edge[i, j]
            for bit in range(2):
                if e >= 0 and ways[i, j] >> bit & 1:
                    part = share[i, j] if bit else 1.0 - share[i, j]
                    cost = np.int64(np.rint(took[bit, e] * part)) + extra_ms[i, j] + far[rank[2 * e + bit]]
                    best[i] = min(np.int64(best[i]), cost)
    return best


@njit(nogil=True, cache=True)
def _least_in(places: Any, took: Any, entries: Any, rank: Any, far: Any) -> Any:
    """The least of what is `far` to a node and what `ways_in` costs from there, for each place: int32[q]."""
    edge, share, ways, extra_ms = places
    way_start, way_arc, tail, turn_ms = entries
    best = np.full(len(edge), NEVER, np.int32)
    for i in range(len(edge)):
        for j in range(2):
            e = edge[i, j]
            for bit in range(2):
                if e >= 0 and ways[i, j] >> bit & 1:
                    part = 1.0 - share[i, j] if bit else share[i, j]
                    cost = np.int64(np.rint(took[bit, e] * part)) + extra_ms[i, j]
                    for a in range(way_start[2 * e + bit], way_start[2 * e + bit + 1]):
                        arc = way_arc[a]
                        if turn_ms[arc] < NEVER:
                            best[i] = min(np.int64(best[i]), cost + turn_ms[arc] + far[rank[tail[arc]]])
    return best


def matrix(network: Network, metric: ProfileWeights, origins: SnappedPoints, targets: SnappedPoints) -> Ints:
    """Milliseconds from each origin to each target: int32[o, t]; the smaller side is swept, with a look at the
    question's time before each sweep."""
    limits = budget.current()  # of the question: the threads that sweep know none
    forth = len(origins) <= len(targets)

    def sweep(i: int) -> Ints:
        limits.check()
        if forth:
            return times_from(network, metric, origins.take([i]), targets)
        return times_to(network, metric, origins, targets.take([i]))

    count = min(len(origins), len(targets))
    chunks = parallel.spread(lambda part: [sweep(i) for i in range(part.start, part.stop)], count, 1)
    found = np.array([row for chunk in chunks for row in chunk], np.int32)
    found = found.reshape(count, max(len(origins), len(targets)))
    return found if forth else found.T


@dataclass(frozen=True, slots=True, eq=False)
class Journey:
    """One way: the ways of the network in order, the shares of the first and the last edge at which it begins and
    ends (along the edge, 0…1), and its milliseconds."""

    ways: Ints
    begin: float
    end: float
    took_ms: int


def journey(
    network: Network, metric: ProfileWeights, origin: SnappedPoints, target: SnappedPoints
) -> Journey | None:
    """The fastest way from one place to another; None where there is none."""
    h = network.hierarchy
    out, into = departures(metric, origin), ways_in(network, metric, target)
    cost, arcs, first, last = NEVER, np.empty(0, np.int32), -1, -1
    if len(out.node) and len(into.node):
        sources, targets = Seeds(h.rank[out.node], out.cost_ms), Seeds(h.rank[into.node], into.cost_ms)
        cost, arcs, first, last = sweeps.path(h, metric.hierarchy, sources, targets)
    straight = int(direct_ms(metric, origin, target)[0])
    if min(straight, cost) >= NEVER:
        return None
    if straight <= cost:
        return _straight(metric, origin, target, straight)
    a = _door(h.rank[out.node], out, first)
    b = _door(h.rank[into.node], into, last)
    ways = np.concatenate([[out.way[a]], network.graph.way[arcs], [into.way[b]]]).astype(np.int32)
    return Journey(ways, _share_of(origin, out.way[a]), _share_of(target, into.way[b]), int(cost))


def _door(ranks: Ints, doors: AccessNodes, rank: int) -> int:
    """The cheapest of the doors at a node."""
    here = np.flatnonzero(ranks == rank)
    return int(here[np.argmin(doors.cost_ms[here])])


def _share_of(place: SnappedPoints, way: int) -> float:
    return float(place.share[0, int(np.flatnonzero(place.edge[0] == way >> 1)[0])])


def _straight(metric: ProfileWeights, origin: SnappedPoints, target: SnappedPoints, took: int) -> Journey:
    """The journey along the one edge that both places lie at."""
    for i in range(2):
        for j in range(2):
            if origin.edge[0, i] == target.edge[0, j] != NO_EDGE:
                a, b = float(origin.share[0, i]), float(target.share[0, j])
                bit = 0 if b > a or (b == a and origin.ways[0, i] & target.ways[0, j] & 1) else 1
                extra = int(origin.extra_ms[0, i] + target.extra_ms[0, j])
                way = 2 * int(origin.edge[0, i]) + bit
                cost = int(_part(metric.travel_ms[[bit], [way >> 1]], np.array([abs(b - a)]))[0]) + extra
                if cost == took:
                    return Journey(np.array([way], np.int32), a, b, took)
    raise AssertionError("a straight journey has an edge")
