"""A customizable contraction hierarchy: shortest paths on a graph whose weights change while it is used.

Source: Dibbelt, Strasser, Wagner, Customizable Contraction Hierarchies (ACM JEA 21, 2016); one-to-all sweeps:
Delling, Goldberg, Nowatzyk, Werneck, PHAST (2013). The order of the nodes is given (`cim.turn_graph`:
RoutingKit's nested dissection by inertial separators); the rest are compiled loops over arrays, so that a hierarchy is
memory-mapped like any other column, a metric is a few arrays that nobody changes, and a sweep from one place to all of
the city is one pass over them.

Nodes are numbered by rank: 0 is contracted first. With n nodes, m arcs up and a arcs of the graph:

| array | type and shape | what |
|---|---|---|
| rank | int32[n] | the rank of each node of the graph |
| parent | int32[n] | the next node on the way up that all paths of a node pass; -1: none |
| up_start, up_head | int32[n + 1], int32[m] | the higher neighbours of each node, ascending |
| up_tail | int32[m] | the node that each arc leads up from |
| down_start, down_arc | int32[n + 1], int32[m] | the arcs that lead up to each node, by ascending tail |
| slot | int32[a] | which arc up an arc of the graph is, plus m where it leads down; -1: a loop |
| slot_start, slot_arc | int32[2 m + 1], int32[] | the arcs of the graph in each slot |
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: No way. Two of it are still a number of 32 bits.
NEVER = 1_000_000_000

Ints = NDArray[np.int32]

#: Where a larger share of the weights changed, all of the metric is made anew: it takes less time.
_MOST_CHANGED = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Hierarchy:
    """The order of a graph's nodes and the arcs that it adds; see the module's table."""

    rank: Ints
    parent: Ints
    up_start: Ints
    up_head: Ints
    up_tail: Ints
    down_start: Ints
    down_arc: Ints
    slot: Ints
    slot_start: Ints
    slot_arc: Ints

    def __len__(self) -> int:
        return len(self.rank)


#: The names of the arrays, in the order in which they are saved.
ARRAYS = tuple(f.name for f in fields(Hierarchy))


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """The weights of a hierarchy: int32[2, m] up and down, and what each consists of: the node between its two
    arcs, or ~arc of the graph. `given` int32[a] are the weights of the graph."""

    given: Ints
    weight: Ints
    via: Ints


def hierarchy(tail: Ints, head: Ints, order: Ints) -> Hierarchy:
    """The hierarchy of the graph with these arcs, whose nodes are contracted in this order (int32[n])."""
    n = len(order)
    between = tail != head
    rank = np.empty(n, np.int32)
    rank[order] = np.arange(n, dtype=np.int32)
    a, b = rank[tail], rank[head]
    low, high = np.minimum(a, b), np.maximum(a, b)
    pairs = np.unique(low[between].astype(np.int64) << 32 | high[between])
    first = np.searchsorted(pairs >> 32, np.arange(n + 1)).astype(np.int32)
    up_start, up_head, parent = _completed(first, (pairs & 0xFFFFFFFF).astype(np.int32))
    up_tail = np.repeat(np.arange(n, dtype=np.int32), np.diff(up_start))
    by_head = np.argsort(up_head, kind="stable").astype(np.int32)
    arcs = up_tail.astype(np.int64) << 32 | up_head
    m = len(arcs)
    slot = np.full(len(tail), -1, np.int32)
    slot[between] = np.searchsorted(arcs, low[between].astype(np.int64) << 32 | high[between])
    slot[between & (a > b)] += m
    by_slot = np.argsort(slot, kind="stable").astype(np.int32)
    return Hierarchy(
        rank=rank,
        parent=parent,
        up_start=up_start,
        up_head=up_head,
        up_tail=up_tail,
        down_start=np.searchsorted(up_head[by_head], np.arange(n + 1)).astype(np.int32),
        down_arc=by_head,
        slot=slot,
        slot_start=np.searchsorted(slot[by_slot], np.arange(2 * m + 1)).astype(np.int32),
        slot_arc=by_slot,
    )


@njit(nogil=True, cache=True)
def _completed(first: Any, heads: Any) -> Any:
    """Contract the nodes in order: (start of each node's arcs up, their heads, parents). Whoever is contracted
    leaves its higher neighbours as neighbours of each other, which is: its list, less the lowest, joins that of the
    lowest."""
    n = len(first) - 1
    up_start = np.zeros(n + 1, np.int32)
    up_head = np.empty(max(64, 4 * len(heads)), np.int32)
    parent = np.full(n, -1, np.int32)
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    seen = np.full(n, -1, np.int32)
    used = 0
    for v in range(n):
        begin = used
        if used + n - v > len(up_head):
            bigger = np.empty(2 * len(up_head) + n, np.int32)
            bigger[:used] = up_head[:used]
            up_head = bigger
        for i in range(first[v], first[v + 1]):
            up_head[used] = heads[i]
            seen[heads[i]] = v
            used += 1
        c = child[v]
        while c >= 0:
            for i in range(up_start[c] + 1, up_start[c + 1]):
                w = up_head[i]
                if seen[w] != v:
                    seen[w] = v
                    up_head[used] = w
                    used += 1
            c = sibling[c]
        up_head[begin:used].sort()
        up_start[v + 1] = used
        if used > begin:
            p = up_head[begin]
            parent[v] = p
            sibling[v] = child[p]
            child[p] = v
    return up_start, up_head[:used].copy(), parent


def customized(h: Hierarchy, given: Ints) -> Metric:
    """The metric of these weights of the graph's arcs (int32[a], at least 1, `NEVER`: no way)."""
    weight, via = _customize(h.up_start, h.up_head, h.slot, given)
    return Metric(given, weight, via)


def recustomized(h: Hierarchy, metric: Metric, given: Ints) -> Metric:
    """The metric after some weights changed: what depends on none of them stays as it is."""
    changed = np.flatnonzero(given != metric.given)
    if not len(changed):
        return metric
    if len(changed) > _MOST_CHANGED * len(given):
        return customized(h, given)
    weight, via = metric.weight.copy(), metric.via.copy()
    slots = h.slot[changed]
    m = len(h.up_head)
    dirty = np.zeros(m, np.bool_)
    dirty[slots[slots >= 0] % m] = True
    _update(h.up_start, h.up_head, h.up_tail, h.down_start, h.down_arc, h.slot_start, h.slot_arc, given,
            weight, via, dirty)  # fmt: skip
    return Metric(given, weight, via)


@njit(nogil=True, cache=True)
def _customize(up_start: Any, up_head: Any, slot: Any, given: Any) -> Any:
    m = len(up_head)
    weight = np.full((2, m), NEVER, np.int32)
    via = np.full((2, m), -1, np.int32)
    for a in range(len(slot)):
        if slot[a] >= 0:
            d, at = (1, slot[a] - m) if slot[a] >= m else (0, slot[a])
            if given[a] < weight[d, at]:
                weight[d, at] = given[a]
                via[d, at] = ~a
    for v in range(len(up_start) - 1):
        end = up_start[v + 1]
        for i in range(up_start[v], end):
            x_up, x_down = weight[0, i], weight[1, i]
            if x_up >= NEVER and x_down >= NEVER:
                continue
            at = up_start[up_head[i]]
            for j in range(i + 1, end):
                y = up_head[j]
                while up_head[at] != y:
                    at += 1
                through = x_down + weight[0, j]
                if through < weight[0, at]:
                    weight[0, at] = through
                    via[0, at] = v
                back = weight[1, j] + x_up
                if back < weight[1, at]:
                    weight[1, at] = back
                    via[1, at] = v
    return weight, via


@njit(nogil=True, cache=True)
def _update(
    up_start: Any, up_head: Any, up_tail: Any, down_start: Any, down_arc: Any, slot_start: Any, slot_arc: Any,
    given: Any, weight: Any, via: Any, dirty: Any,
) -> None:  # fmt: skip
    """Recompute the dirty arcs from below, and whatever consists of one that changed."""
    m = len(up_head)
    for at in range(m):
        if not dirty[at]:
            continue
        v, w = up_tail[at], up_head[at]
        best0, best1, via0, via1 = np.int32(NEVER), np.int32(NEVER), np.int32(-1), np.int32(-1)
        for k in range(slot_start[at], slot_start[at + 1]):
            a = slot_arc[k]
            if given[a] < best0:
                best0, via0 = given[a], np.int32(~a)
        for k in range(slot_start[m + at], slot_start[m + at + 1]):
            a = slot_arc[k]
            if given[a] < best1:
                best1, via1 = given[a], np.int32(~a)
        i, j = down_start[v], down_start[w]
        while i < down_start[v + 1] and j < down_start[w + 1]:
            a, b = down_arc[i], down_arc[j]
            if up_tail[a] == up_tail[b]:
                if weight[1, a] + weight[0, b] < best0:
                    best0, via0 = np.int32(weight[1, a] + weight[0, b]), up_tail[a]
                if weight[1, b] + weight[0, a] < best1:
                    best1, via1 = np.int32(weight[1, b] + weight[0, a]), up_tail[a]
                i += 1
                j += 1
            elif up_tail[a] < up_tail[b]:
                i += 1
            else:
                j += 1
        changed = best0 != weight[0, at] or best1 != weight[1, at]
        weight[0, at], weight[1, at], via[0, at], via[1, at] = best0, best1, via0, via1
        if changed:
            for k in range(up_start[v], up_start[v + 1]):
                x = up_head[k]
                if x != w:
                    low, high = min(x, w), max(x, w)
                    dirty[_arc(up_start, up_head, low, high)] = True


@njit(nogil=True, cache=True, inline="always")
def _arc(up_start: Any, up_head: Any, low: Any, high: Any) -> Any:
    """The arc up from one node to another, which is there."""
    a, b = up_start[low], up_start[low + 1]
    while a < b:
        middle = (a + b) // 2
        if up_head[middle] < high:
            a = middle + 1
        else:
            b = middle
    return a


@njit(nogil=True, cache=True)
def sweep(
    parent: Any, up_start: Any, up_head: Any, up: Any, down: Any, nodes: Any, costs: Any, far: Any
) -> None:
    """Fill `far` (int32[n], by rank) with the way from the nearest of the seeds (ranks and costs) to each node."""
    far[:] = NEVER
    for i in range(len(nodes)):
        far[nodes[i]] = min(far[nodes[i]], costs[i])
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0:
            d = far[v]
            if d < NEVER:
                for a in range(up_start[v], up_start[v + 1]):
                    if d + up[a] < far[up_head[a]]:
                        far[up_head[a]] = d + up[a]
            v = parent[v]
    for v in range(len(far) - 1, -1, -1):
        d = far[v]
        for a in range(up_start[v], up_start[v + 1]):
            through = far[up_head[a]] + down[a]
            if through < d:
                d = through
        far[v] = d


@njit(nogil=True, cache=True)
def sweep_some(
    parent: Any,
    up_start: Any,
    up_head: Any,
    up: Any,
    down: Any,
    nodes: Any,
    costs: Any,
    wanted: Any,
    far: Any,
) -> None:
    """The same as `sweep` for the wanted nodes (ranks) alone, and those on their ways up; the rest of `far` is none.

    Source: Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011).
    """
    far[:] = NEVER
    needed = np.zeros(len(far), np.bool_)
    for i in range(len(wanted)):
        v = wanted[i]
        while v >= 0 and not needed[v]:
            needed[v] = True
            v = parent[v]
    for i in range(len(nodes)):
        far[nodes[i]] = min(far[nodes[i]], costs[i])
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0:
            d = far[v]
            if d < NEVER:
                for a in range(up_start[v], up_start[v + 1]):
                    if d + up[a] < far[up_head[a]]:
                        far[up_head[a]] = d + up[a]
            v = parent[v]
    for v in range(len(far) - 1, -1, -1):
        if not needed[v]:
            continue
        d = far[v]
        for a in range(up_start[v], up_start[v + 1]):
            through = far[up_head[a]] + down[a]
            if through < d:
                d = through
        far[v] = d


@njit(nogil=True, cache=True)
def _climbed(
    parent: Any, up_start: Any, up_head: Any, up: Any, nodes: Any, costs: Any, far: Any, by: Any
) -> None:
    """The way up from the seeds: its length to each higher node, and the arc by which it comes there."""
    for i in range(len(nodes)):
        if costs[i] < far[nodes[i]]:
            far[nodes[i]] = costs[i]
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0:
            d = far[v]
            if d < NEVER:
                for a in range(up_start[v], up_start[v + 1]):
                    if d + up[a] < far[up_head[a]]:
                        far[up_head[a]] = d + up[a]
                        by[up_head[a]] = a
            v = parent[v]


@njit(nogil=True, cache=True)
def path(
    parent: Any, up_start: Any, up_head: Any, up_tail: Any, weight: Any, via: Any,
    sources: Any, source_costs: Any, targets: Any, target_costs: Any,
) -> Any:  # fmt: skip
    """The shortest way from any source to any target (ranks with costs before and after): (its cost, the arcs of the
    graph that it follows, the rank it begins at and the rank it ends at); `NEVER` and none where there is none."""
    n = len(parent)
    ahead, back = np.full(n, NEVER, np.int32), np.full(n, NEVER, np.int32)
    ahead_by, back_by = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    _climbed(parent, up_start, up_head, weight[0], sources, source_costs, ahead, ahead_by)
    _climbed(parent, up_start, up_head, weight[1], targets, target_costs, back, back_by)
    best, top = np.int64(NEVER), -1
    for i in range(len(sources)):
        v = sources[i]
        while v >= 0:
            if ahead[v] + back[v] < best:
                best, top = np.int64(ahead[v] + back[v]), v
            v = parent[v]
    arcs = np.empty(64, np.int32)
    used = 0
    if top < 0:
        return best, arcs[:0], -1, -1
    up_arcs = np.empty(n, np.int32)
    count, v = 0, top
    while ahead_by[v] >= 0:
        up_arcs[count] = ahead_by[v]
        v = up_tail[ahead_by[v]]
        count += 1
    begin = v
    stack_arc, stack_down = np.empty(4 * n + 64, np.int32), np.empty(4 * n + 64, np.bool_)
    for phase in range(2):
        v = top
        k = count
        while True:
            if phase == 0:
                if k == 0:
                    break
                k -= 1
                stack_arc[0], stack_down[0] = up_arcs[k], False
            else:
                if back_by[v] < 0:
                    break
                stack_arc[0], stack_down[0] = back_by[v], True
                v = up_tail[back_by[v]]
            depth = 1
            while depth > 0:
                depth -= 1
                a, down = stack_arc[depth], stack_down[depth]
                middle = via[1, a] if down else via[0, a]
                if middle < 0:
                    if used == len(arcs):
                        bigger = np.empty(2 * used, np.int32)
                        bigger[:used] = arcs
                        arcs = bigger
                    arcs[used] = ~middle
                    used += 1
                    continue
                low, high = up_tail[a], up_head[a]
                if down:
                    low, high = high, low
                # What is done first lies on top.
                stack_arc[depth], stack_down[depth] = _arc(up_start, up_head, middle, high), False
                stack_arc[depth + 1], stack_down[depth + 1] = _arc(up_start, up_head, middle, low), True
                depth += 2
        end = v
    return best, arcs[:used].copy(), begin, end


def sweep_from(
    h: Hierarchy,
    metric: Metric,
    nodes: Ints,
    costs: Ints,
    *,
    towards: bool = False,
    wanted: Ints | None = None,
) -> Ints:
    """The cost of the shortest way from the seeds (nodes of the graph, costs) to each node of the graph, or from each
    node to them where `towards`: int32[n] by rank. With `wanted` nodes it is right for these alone, and takes less."""
    far = np.empty(len(h), np.int32)
    up, down = (metric.weight[1], metric.weight[0]) if towards else (metric.weight[0], metric.weight[1])
    if wanted is None:
        sweep(h.parent, h.up_start, h.up_head, up, down, h.rank[nodes], costs, far)
    else:
        sweep_some(h.parent, h.up_start, h.up_head, up, down, h.rank[nodes], costs, h.rank[wanted], far)
    return far
