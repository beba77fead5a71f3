"""Searches on a contraction hierarchy: from one place to all, from one to some, and the way between two.

Sources: Delling, Goldberg, Nowatzyk, Werneck, PHAST (2013); Delling, Goldberg, Werneck, Faster Batched Shortest Paths
in Road Networks (ATMOS 2011); Buchhold, Sanders, Wagner, Real-Time Traffic Assignment Using Engineered Customizable
Contraction Hierarchies (2019), for the order and the bound of `path`. All ranks, arcs and costs are those of
`cim.roads.contraction`.
"""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from cim.roads.contraction import NEVER, CustomizedWeights, Hierarchy, Ints, arc_between


class Seeds(NamedTuple):
    """Where a search begins: ranks int32[s], and what getting to each costs, int32[s]."""

    ranks: Ints
    costs: Ints


#: With more seeds than this, what lies above them is found by marks on all nodes.
_FEW = 32


@njit(nogil=True, cache=True)
def _above(parent: Any, nodes: Any) -> Any:
    """These nodes and all above them, each once, ascending: int32[a]."""
    count = len(nodes)
    found = np.empty(1024, np.int32)
    used = 0
    if count <= _FEW:
        at = nodes.copy()
        while True:
            v = np.int32(len(parent))
            for i in range(count):
                v = min(v, at[i])
            if count == 0 or v == len(parent):
                return found[:used]
            if used == len(found):
                found = np.append(found, np.empty(used, np.int32))
            found[used] = v
            used += 1
            left = 0  # those that have come together go on as one
            up = parent[v]
            for i in range(count):
                if at[i] != v:
                    at[left] = at[i]
                    left += 1
            if up >= 0:
                at[left] = up
                left += 1
            count = left
    marked = _mark_ancestors(parent, nodes)
    return np.flatnonzero(marked).astype(np.int32)


@njit(nogil=True, cache=True)
def _mark_ancestors(parent: Any, nodes: Any) -> Any:
    """Which nodes are one of these or lie above one: bool[n]."""
    marked = np.zeros(len(parent), np.bool_)
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0 and not marked[v]:
            marked[v] = True
            v = parent[v]
    return marked


@njit(nogil=True, cache=True)
def _climb(parent: Any, start: Any, head: Any, cost: Any, nodes: Any, costs: Any, far: Any) -> None:
    """Carry the costs of the seeds up to the higher nodes that their ways pass."""
    for i in range(len(nodes)):
        far[nodes[i]] = min(far[nodes[i]], costs[i])
    above = _above(parent, nodes)
    for i in range(len(above)):
        v = above[i]
        d = far[v]
        if d < NEVER:
            heads, more = head[start[v] : start[v + 1]], cost[start[v] : start[v + 1]]
            for a in range(len(heads)):
                if d + more[a] < far[heads[a]]:
                    far[heads[a]] = d + more[a]


@njit(nogil=True, cache=True, inline="always")
def _least(d: Any, heads: Any, costs: Any, far: Any) -> Any:
    """The least of d and what is far at a head and costs from there. The loop becomes one of vector instructions,
    which is why it has slices, unsigned heads and no branch."""
    for a in range(len(heads)):
        through = np.int32(far[heads[a]] + costs[a])
        d = through if through < d else d
    return d


@njit(nogil=True, cache=True)
def sweep(parent: Any, up: Any, down: Any, seeds: Any, far: Any) -> None:
    """Fill `far` (int32[n], by rank) with the way from the nearest of the `Seeds` to each node; `up` and `down` are
    the `SearchArcs` that lead away from them."""
    far[:] = NEVER
    up_start, up_head, up_cost, _ = up
    down_start, down_head, down_cost, _ = down
    _climb(parent, up_start, up_head, up_cost, seeds[0], seeds[1], far)
    for v in range(len(far) - 1, -1, -1):
        a, b = down_start[v], down_start[v + 1]
        far[v] = _least(far[v], down_head[a:b], down_cost[a:b], far)


@njit(nogil=True, cache=True)
def sweep_some(parent: Any, up: Any, down: Any, seeds: Any, wanted: Any, far: Any) -> None:
    """The same as `sweep` for the wanted nodes (ranks) alone, and those on their ways up; the rest of `far` is none.

    Source: Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011).
    """
    far[:] = NEVER
    up_start, up_head, up_cost, _ = up
    down_start, down_head, down_cost, _ = down
    needed = _mark_ancestors(parent, wanted)
    _climb(parent, up_start, up_head, up_cost, seeds[0], seeds[1], far)
    for v in range(len(far) - 1, -1, -1):
        if needed[v]:
            a, b = down_start[v], down_start[v + 1]
            far[v] = _least(far[v], down_head[a:b], down_cost[a:b], far)


@njit(nogil=True, cache=True)
def _seed(seeds: Any, room: Any, side: Any) -> None:
    """Set what the seeds cost."""
    nodes, costs = seeds
    for i in range(len(nodes)):
        if costs[i] < room[nodes[i], side]:
            room[nodes[i], side] = costs[i]


@njit(nogil=True, cache=True, inline="always")
def _relax(v: Any, start: Any, head: Any, cost: Any, arc: Any, room: Any, side: Any) -> None:
    """Carry what one node costs up along its arcs, and note the arc by which each higher node is reached."""
    d = room[v, side]
    a, b = start[v], start[v + 1]
    heads, more, arcs = head[a:b], cost[a:b], arc[a:b]
    for i in range(len(heads)):
        through = d + more[i]
        if through < room[heads[i], side]:
            room[heads[i], side] = through
            room[heads[i], side + 2] = arcs[i]


@njit(nogil=True, cache=True)
def _path(all_arcs: Any, via: Any, up: Any, down: Any, sources: Any, targets: Any, room: Any) -> Any:
    arcs_start, arcs_head, tail, parent = all_arcs
    up_start, up_head, up_cost, up_arc = up
    down_start, down_head, down_cost, down_arc = down
    # Of each node: what it costs from the sources and to the targets, and the arcs by which. Only what lies above the
    # ends is looked at, so only that is cleared.
    begins, ends = _above(parent, sources[0]), _above(parent, targets[0])
    for above in (begins, ends):
        for i in range(len(above)):
            room[above[i], 0], room[above[i], 1] = NEVER, NEVER
            room[above[i], 2], room[above[i], 3] = -1, -1
    _seed(sources, room, 0)
    _seed(targets, room, 1)
    best, top = np.int64(NEVER), np.int64(-1)
    i = j = 0
    last = np.int32(len(parent))
    while i < len(begins) or j < len(ends):
        v = begins[i] if i < len(begins) else last
        w = ends[j] if j < len(ends) else last
        if v == w and np.int64(room[v, 0]) + room[v, 1] < best:
            best, top = np.int64(room[v, 0]) + room[v, 1], np.int64(v)
        # What costs as much as a way that is known leads to no shorter one.
        if v <= w:
            if room[v, 0] < best:
                _relax(v, up_start, up_head, up_cost, up_arc, room, 0)
            i += 1
        if w <= v:
            if room[w, 1] < best:
                _relax(w, down_start, down_head, down_cost, down_arc, room, 1)
            j += 1
    arcs = np.empty(64, np.int32)
    used = 0
    if top < 0:
        return best, arcs[:0], -1, -1
    upward = np.empty(len(begins), np.int32)
    count, v = 0, top
    while room[v, 2] >= 0:
        upward[count] = room[v, 2]
        v = tail[room[v, 2]]
        count += 1
    begin = v
    stack_arc, stack_down = np.empty(64, np.int32), np.empty(64, np.bool_)
    for phase in range(2):
        v = top
        k = count
        while True:
            if phase == 0:
                if k == 0:
                    break
                k -= 1
                stack_arc[0], stack_down[0] = upward[k], False
            else:
                if room[v, 3] < 0:
                    break
                stack_arc[0], stack_down[0] = room[v, 3], True
                v = tail[room[v, 3]]
            depth = 1
            while depth > 0:
                depth -= 1
                a, down = stack_arc[depth], stack_down[depth]
                middle = via[1, a] if down else via[0, a]
                if middle < 0:
                    if used == len(arcs):
                        arcs = np.append(arcs, np.empty(used, np.int32))
                    arcs[used] = ~middle
                    used += 1
                    continue
                low, high = tail[a], arcs_head[a]
                if down:
                    low, high = high, low
                if depth + 2 > len(stack_arc):
                    stack_arc = np.append(stack_arc, np.empty(len(stack_arc), np.int32))
                    stack_down = np.append(stack_down, np.empty(len(stack_down), np.bool_))
                # What is done first lies on top.
                stack_arc[depth], stack_down[depth] = arc_between(arcs_start, arcs_head, middle, high), False
                stack_arc[depth + 1], stack_down[depth + 1] = (
                    arc_between(arcs_start, arcs_head, middle, low),
                    True,
                )
                depth += 2
        end = v
    return best, arcs[:used].copy(), begin, end


def path(
    h: Hierarchy, metric: CustomizedWeights, sources: Seeds, targets: Seeds
) -> tuple[int, Ints, int, int]:
    """The shortest way from any source to any target (with costs before and after): its cost, the arcs of the graph
    that it follows, the rank it begins at and the rank it ends at; `NEVER` and none where there is none."""
    found: tuple[int, Ints, int, int] = _path(
        tuple(h.arcs),
        metric.via,
        tuple(metric.up),
        tuple(metric.down),
        tuple(sources),
        tuple(targets),
        _room(len(h)),
    )
    return found


_kept = threading.local()


def _room(n: int) -> Ints:
    """Four numbers for each node, int32[≥ n, 4], whatever stands in them; each thread keeps its own, as the system
    takes longer to give new pages than a search takes."""
    room: Ints | None = getattr(_kept, "room", None)
    if room is None or len(room) < n:
        room = _kept.room = np.empty((n, 4), np.int32)
    return room


def sweep_from(
    h: Hierarchy,
    metric: CustomizedWeights,
    nodes: Ints,
    costs: Ints,
    *,
    towards: bool = False,
    wanted: Ints | None = None,
) -> Ints:
    """The cost of the shortest way from the seeds (nodes of the graph, costs) to each node of the graph, or from each
    node to them where `towards`: int32[n] by rank. With `wanted` nodes it is right for these alone, and takes less."""
    far = np.empty(len(h), np.int32)
    up, down = (metric.down, metric.up) if towards else (metric.up, metric.down)
    seeds = h.rank[nodes], costs
    if wanted is None:
        sweep(h.parent, tuple(up), tuple(down), seeds, far)
    else:
        sweep_some(h.parent, tuple(up), tuple(down), seeds, h.rank[wanted], far)
    return far
