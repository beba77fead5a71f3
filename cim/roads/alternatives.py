"""Other ways to get there: such as a person would call another way, and none that is only the best one with a detour.

Source: Abraham, Delling, Goldberg, Werneck, Alternative Routes in Road Networks (ACM JEA 18, 2013), whose three
conditions each of them meets: it shares little with the others, it is nowhere much longer than what it avoids, and
it is locally optimal: no short stretch of it could be had faster. They are found by their plateaus: stretches that
lie on the fastest ways both from the origin and to the target. Two sweeps of the hierarchy give the times, one pass
over the arcs the plateaus. A stretch of a way through a plateau that could be had faster lies on neither of the two
fastest ways, so it holds all of the plateau and the arcs before and after it: the way is locally optimal for every
stretch that takes less time than these. Where streets are long such a plateau may be one node, or none but one arc.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim import budget
from cim.roads import sweeps
from cim.roads.contraction import NEVER, Ints
from cim.roads.network import Network, ProfileWeights
from cim.roads.shortest_paths import AccessNodes, Journey, departures, turns_ms, ways_in
from cim.roads.snapping import SnappedPoints

#: So many other ways at most.
MOST = 3
#: Another way takes at most so many times the best one's time, and where it leaves it so many times what it avoids.
MOST_STRETCH, MOST_DETOUR = 1.4, 1.6
#: At most this share of its length lies on the best one, or on any other of them.
MOST_SHARED = 0.6
#: No stretch of it that takes less than this share of the best time could be had faster.
LOCAL_SHARE = 0.12
#: So many plateaus are looked at, the most promising first.
_LOOKED_AT = 40


def alternatives(
    network: Network,
    metric: ProfileWeights,
    origin: SnappedPoints,
    target: SnappedPoints,
    best: Journey,
    most: int = MOST,
) -> list[Journey]:
    """Up to `most` further ways from one place to another beside the best one, the most sensible first; none where
    there is no other way worth its name."""
    if most < 1 or len(best.ways) < 3:  # along one road there is nothing to choose
        return []
    out, into = departures(metric, origin), ways_in(network, metric, target)
    limit, limits = int(best.took_ms * MOST_STRETCH), budget.current()
    found: list[Journey] = []
    for plateau in _plateaus_between(network, metric, out, into, limit, int(best.took_ms * LOCAL_SHARE)):
        limits.check()
        other = _through(network, metric, origin, target, out, into, plateau)
        if (
            all(shared_length(network, other, known) <= MOST_SHARED for known in (best, *found))
            and _simple(network, other)
            and _most_detour(network, metric, best, other) <= MOST_DETOUR
        ):
            found.append(other)
            if len(found) == min(most, MOST):
                break
    return found


def shared_length(network: Network, one: Journey, other: Journey) -> float:
    """The share of the one way's length that lies on edges of the other, in whichever direction."""
    edge = one.ways >> 1
    lengths = network.length_m[edge].copy()
    lengths[0] *= one.begin if one.ways[0] & 1 else 1.0 - one.begin
    lengths[-1] *= 1.0 - one.end if one.ways[-1] & 1 else one.end
    return float(lengths[np.isin(edge, other.ways >> 1)].sum() / max(lengths.sum(), 1e-9))


def _plateaus_between(
    network: Network, metric: ProfileWeights, out: AccessNodes, into: AccessNodes, limit: int, shortest: int
) -> list[Ints]:
    """The arcs of the plateaus on ways that take at most the limit, each with the arc before it and the one after;
    first those of which the least time of the way lies beside them."""
    h, g = network.hierarchy, network.graph
    ahead = sweeps.sweep_from(h, metric.hierarchy, out.node, out.cost_ms)[h.rank]
    back = sweeps.sweep_from(h, metric.hierarchy, into.node, into.cost_ms, towards=True)[h.rank]
    begin, beside, come, onward, leave = _plateaus(
        g.tail, g.head, metric.hierarchy.given, ahead, back, np.int64(limit), np.int64(shortest)
    )
    plateaus = []
    for i in np.argsort(beside, kind="stable")[:_LOOKED_AT].tolist():
        if begin[i] < 0:
            plateaus.append(np.array([~begin[i]], np.int32))
            continue
        node = int(begin[i])
        arcs = [int(come[node])]
        while onward[node] >= 0:
            arcs.append(int(onward[node]))
            node = int(g.head[onward[node]])
        arcs.append(int(leave[node]))
        plateaus.append(np.array([a for a in arcs if a >= 0], np.int32))
    return plateaus


@njit(nogil=True, cache=True)
def _plateaus(tail: Any, head: Any, given: Any, ahead: Any, back: Any, limit: Any, shortest: Any) -> Any:
    """The nodes at which plateaus begin that take at least the shortest time with the arcs at their ends, or ~arc for
    an arc that does so alone; the time of a way through each less that of the plateau; and for each node the arc by
    which one comes to it, by which its plateau goes on, and by which one goes on to the target, or -1."""
    n = len(ahead)
    come, onward, leave = np.full(n, -1, np.int32), np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    inner = np.zeros(n, np.bool_)  # another node of its plateau comes before
    begin, beside = np.empty(64, np.int32), np.empty(64, np.int64)
    used = 0
    for a in range(len(tail)):
        u, v = tail[a], head[a]
        through = np.int64(ahead[u]) + given[a] + back[v]
        if given[a] >= NEVER or through > limit:
            continue
        from_origin, to_target = ahead[u] + given[a] == ahead[v], back[v] + given[a] == back[u]
        if from_origin and come[v] < 0:
            come[v] = a
        if to_target and leave[u] < 0:
            leave[u] = a
        if from_origin and to_target and onward[u] < 0 and not inner[v]:
            onward[u], inner[v] = a, True
        if not from_origin and not to_target and given[a] >= shortest:
            if used == len(begin):
                begin, beside = np.append(begin, begin), np.append(beside, beside)
            begin[used], beside[used] = ~a, through - given[a]
            used += 1
    for u in range(n):
        if inner[u] or (come[u] < 0 and leave[u] < 0 and onward[u] < 0):
            continue
        v = u
        while onward[v] >= 0:
            v = head[onward[v]]
        long = np.int64(ahead[v]) - ahead[u]
        through = ahead[u] + long + back[v]
        if come[u] >= 0:
            long += given[come[u]]
        if leave[v] >= 0:
            long += given[leave[v]]
        if through > limit or long < shortest:
            continue
        if used == len(begin):
            begin, beside = np.append(begin, begin), np.append(beside, beside)
        begin[used], beside[used] = u, through - long
        used += 1
    return begin[:used].copy(), beside[:used].copy(), come, onward, leave


def _through(
    network: Network,
    metric: ProfileWeights,
    origin: SnappedPoints,
    target: SnappedPoints,
    out: AccessNodes,
    into: AccessNodes,
    arcs: Ints,
) -> Journey:
    """The fastest way that follows these arcs."""
    g, rank = network.graph, network.hierarchy.rank
    none = np.zeros(1, np.int32)
    start, end = rank[g.tail[arcs[:1]]], rank[g.head[arcs[-1:]]]
    before_ms, before, first, _ = _path(network, metric, rank[out.node], out.cost_ms, start, none)
    after_ms, after, _, last = _path(network, metric, end, none, rank[into.node], into.cost_ms)
    a, b = _door(rank[out.node], out, first), _door(rank[into.node], into, last)
    ways = np.concatenate([out.way[[a]], g.way[before], g.way[arcs], g.way[after], into.way[[b]]])
    took = int(before_ms) + int(metric.hierarchy.given[arcs].sum()) + int(after_ms)
    return Journey(ways.astype(np.int32), _share(origin, out.way[a]), _share(target, into.way[b]), took)


def _path(
    network: Network, metric: ProfileWeights, sources: Ints, before: Ints, targets: Ints, after: Ints
) -> Any:
    begins, ends = sweeps.Seeds(sources, before), sweeps.Seeds(targets, after)
    return sweeps.path(network.hierarchy, metric.hierarchy, begins, ends)


def _door(ranks: Ints, doors: AccessNodes, rank: int) -> int:
    here = np.flatnonzero(ranks == rank)
    return int(here[np.argmin(doors.cost_ms[here])])


def _share(place: SnappedPoints, way: int) -> float:
    return float(place.share[0, int(np.flatnonzero(place.edge[0] == way >> 1)[0])])


def _simple(network: Network, way: Journey) -> bool:
    """Whether a way comes to no junction twice."""
    junctions = _junctions(network, way)
    return len(np.unique(junctions)) == len(junctions)


def _junctions(network: Network, way: Journey) -> Ints:
    """The junctions that a way passes, in order."""
    ways, e = way.ways[:-1], network.edges
    found: Ints = np.where(ways & 1, e.start[ways >> 1], e.end[ways >> 1]).astype(np.int32)
    return found


def _most_detour(network: Network, metric: ProfileWeights, best: Journey, other: Journey) -> float:
    """How many times longer than the best way the other takes at most, between two places that both pass."""
    mine, its = _junctions(network, best), _junctions(network, other)
    order = np.argsort(mine)
    at = order[np.minimum(np.searchsorted(mine, its, sorter=order), len(mine) - 1)]
    common = mine[at] == its
    best_ms = np.concatenate([[0], _clock(network, metric, best)[at[common]], [best.took_ms]])
    other_ms = np.concatenate([[0], _clock(network, metric, other)[common], [other.took_ms]])
    avoided, took = np.diff(best_ms), np.diff(other_ms)
    if (avoided < 0).any():
        return float("inf")
    return float((took / np.maximum(avoided, 1)).max())


def _clock(network: Network, metric: ProfileWeights, way: Journey) -> NDArray[np.int64]:
    """The milliseconds at which a way comes to each of its junctions, with the turns before."""
    took = metric.travel_ms[way.ways & 1, way.ways >> 1].astype(np.int64)
    took[0] = round(took[0] * (way.begin if way.ways[0] & 1 else 1.0 - way.begin))
    took[1:] += turns_ms(network, metric, way.ways)
    return np.cumsum(took[:-1])
