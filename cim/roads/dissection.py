"""The order in which the edges of a road network are contracted: nested dissection by inertial flow.

The network is cut in two where the fewest edges join the parts, each part again, and so on; the edges of a cut come
after those of both parts. In the graph of turns, where ways are nodes, the ways of a cut are what separates the parts.
Sources: Schild, Sommer, On Balanced Separators in Road Networks (SEA 2015); Buchhold, Wagner, Zeitz, Zündorf,
Customizable Contraction Hierarchies with Turn Costs (ATMOS 2020), for cutting edges instead of separating ways.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import MetricXY
from cim.roads.contraction import Ints

#: The share of a part's junctions at both ends of a direction that a cut runs between.
_ENDS = 0.25
#: The directions that are tried, as factors of x and y.
_DIRECTIONS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]])


class _Junctions(NamedTuple):
    """A graph of junctions: `start`, `end` int32[e] are those that each edge joins, the edges at junction v are
    `edge[first[v]:first[v + 1]]`."""

    start: Ints
    end: Ints
    first: Ints
    edge: Ints


class _Flows(NamedTuple):
    """The room of a search for a cut: what flows on each edge (int8[e]); of each junction its level, the arc that is
    looked at next, a queue and a trail."""

    flow: NDArray[np.int8]
    level: Ints
    arc: Ints
    queue: Ints
    trail: Ints


def places(start: Ints, end: Ints, xy: MetricXY) -> Ints:
    """The place of each edge in the order, those first that separate least: int32[e], 0 … e - 1.

    `start`, `end` int32[e] are the junctions that each edge joins, `xy` float64[k, 2] where they lie, in metres.

    >>> start, end = np.array([0, 1, 2, 2, 3, 4, 5], np.int32), np.array([1, 2, 0, 3, 4, 5, 3], np.int32)
    >>> xy = np.array([[0.0, 0], [0, 2], [1, 1], [3, 1], [4, 0], [4, 2]])
    >>> int(places(start, end, xy).argmax())  # the one edge between two triangles
    3
    """
    ends = np.concatenate([start, end])
    at = np.argsort(ends, kind="stable")
    first = np.searchsorted(ends[at], np.arange(len(xy) + 1)).astype(np.int32)
    edge = (at % max(len(start), 1)).astype(np.int32)
    found: Ints = _places(start, end, first, edge, np.ascontiguousarray(xy, np.float64), _DIRECTIONS, _ENDS)
    return found


@njit(nogil=True, cache=True)
def _places(start: Any, end: Any, first: Any, edge: Any, xy: Any, directions: Any, share: Any) -> Any:
    k, e = len(first) - 1, len(start)
    place = np.full(e, -1, np.int32)
    left = e
    nodes = np.arange(k).astype(np.int32)
    flow = np.zeros(e, np.int8)
    level, arc = np.full(k, -1, np.int32), np.zeros(k, np.int32)
    queue, trail = np.empty(k + 1, np.int32), np.empty(k + 1, np.int32)
    role = np.zeros(k, np.int8)
    graph, flows = _Junctions(start, end, first, edge), _Flows(flow, level, arc, queue, trail)
    side = np.zeros(k, np.bool_)
    stack = [(0, k)]
    while len(stack) > 0:
        low, high = stack.pop()
        n = high - low
        if n == 0:
            continue
        if n == 1:  # only loops are left
            v = nodes[low]
            for i in range(first[v], first[v + 1]):
                if place[edge[i]] < 0:
                    left -= 1
                    place[edge[i]] = left
            continue
        part = nodes[low:high].copy()
        ends = max(1, int(n * share))
        best, best_side = np.inf, np.zeros(n, np.bool_)
        for d in range(len(directions)):
            along = np.empty(n)
            for i in range(n):
                along[i] = xy[part[i], 0] * directions[d, 0] + xy[part[i], 1] * directions[d, 1]
            order = np.argsort(along)
            for i in range(n):
                v = part[order[i]]
                role[v] = 1 if i < ends else (2 if i >= n - ends else 0)
                for j in range(first[v], first[v + 1]):
                    flow[edge[j]] = 0
            cut = _cut(part, order[:ends], graph, flows, place, role)
            inside = 0
            for i in range(n):
                inside += level[part[i]] >= 0
            badness = cut / min(inside, n - inside)
            if badness < best:
                best = badness
                for i in range(n):
                    best_side[i] = level[part[i]] >= 0
        for i in range(n):
            side[part[i]] = best_side[i]
        a, b = low, high
        for i in range(n):
            v = part[i]
            if side[v]:
                nodes[a] = v
                a += 1
                for j in range(first[v], first[v + 1]):
                    f = edge[j]
                    if place[f] < 0 and not (side[start[f]] and side[end[f]]):
                        left -= 1
                        place[f] = left
            else:
                b -= 1
                nodes[b] = v
        stack.append((low, a))
        stack.append((a, high))
    return place


@njit(nogil=True, cache=True)
def _cut(part: Any, sources: Any, graph: Any, flows: Any, place: Any, role: Any) -> Any:
    """The number of edges in the least cut between the junctions of role 1 and those of role 2 (Dinic's algorithm);
    afterwards `level` is -1 behind the cut."""
    start, end, first, edge = graph
    flow, level, arc, queue, trail = flows
    found = 0
    while True:
        for i in range(len(part)):
            level[part[i]] = -1
            arc[part[i]] = first[part[i]]
        used = 0
        for i in range(len(sources)):
            v = part[sources[i]]
            level[v] = 0
            queue[used] = v
            used += 1
        at, reached = 0, False
        while at < used:
            v = queue[at]
            at += 1
            if role[v] == 2:
                reached = True
                continue
            for i in range(first[v], first[v + 1]):
                f = edge[i]
                if place[f] >= 0:
                    continue
                along = start[f] == v
                w = end[f] if along else start[f]
                if level[w] < 0 and (flow[f] < 1 if along else flow[f] > -1):
                    level[w] = level[v] + 1
                    queue[used] = w
                    used += 1
        if not reached:
            return found
        for i in range(len(sources)):
            while True:
                depth = 0
                v = part[sources[i]]
                while role[v] != 2:
                    on = False
                    while arc[v] < first[v + 1]:
                        f = edge[arc[v]]
                        along = start[f] == v
                        w = end[f] if along else start[f]
                        if (
                            place[f] < 0
                            and level[w] == level[v] + 1
                            and (flow[f] < 1 if along else flow[f] > -1)
                        ):
                            trail[depth] = f
                            depth += 1
                            v = w
                            on = True
                            break
                        arc[v] += 1
                    if on:
                        continue
                    if depth == 0:
                        break
                    depth -= 1
                    f = trail[depth]
                    v = start[f] if end[f] == v else end[f]
                    arc[v] += 1
                if role[v] != 2:
                    break
                found += 1
                for j in range(depth - 1, -1, -1):
                    f = trail[j]
                    if end[f] == v:
                        flow[f] += 1
                        v = start[f]
                    else:
                        flow[f] -= 1
                        v = end[f]
