"""A customizable contraction hierarchy: shortest paths on a graph whose weights change while it is used.

Source: Dibbelt, Strasser, Wagner, Customizable Contraction Hierarchies (ACM JEA 21, 2016). The order of the nodes is
given (`cim.roads.dissection`); the rest are compiled loops over
arrays, so that a hierarchy is memory-mapped like any other column and a metric is a few arrays that nobody changes.
Searches on them stand in `cim.roads.sweeps`.

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

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: No way. Two of it are still a number of 32 bits.
NEVER = 1_000_000_000

Ints = NDArray[np.int32]

#: Where a larger share of the weights changed, all of the metric is made anew: it takes less time.
_MOST_CHANGED = 0.05


class Runs(NamedTuple):
    """Runs of numbers after each other: run i is `items[start[i]:start[i + 1]]`, both int32[]."""

    start: Ints
    items: Ints


class UpArcs(NamedTuple):
    """All arcs of a hierarchy: those up from rank v are `start[v]` … `start[v + 1]`, with their `head` and `tail`
    int32[m]; `parent` int32[n] is the next node on the way up that all paths of a node pass."""

    start: Ints
    head: Ints
    tail: Ints
    parent: Ints


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

    @property
    def arcs(self) -> UpArcs:
        """The arcs as kernels take them."""
        return UpArcs(self.up_start, self.up_head, self.up_tail, self.parent)


#: The names of the arrays, in the order in which they are saved.
ARRAYS = tuple(f.name for f in fields(Hierarchy))


class SearchArcs(NamedTuple):
    """The arcs of one direction that a search follows: those up from rank v are `start[v]` … `start[v + 1]`, with
    their `head` uint32[k], their `cost` int32[k] and their number among all arcs of the hierarchy, `arc` int32[k]."""

    start: Ints
    head: NDArray[np.uint32]
    cost: Ints
    arc: Ints


@dataclass(frozen=True, slots=True, eq=False)
class CustomizedWeights:
    """The weights of a hierarchy: int32[2, m] up and down, and what each consists of: the node between its two
    arcs, or ~arc of the graph. `given` int32[a] are the weights of the graph. `up` and `down` are what searches
    follow: all finite arcs, or only the needed ones where the metric is `pruned`; the answers are the same."""

    given: Ints
    weight: Ints
    via: Ints
    up: SearchArcs
    down: SearchArcs
    pruned: bool


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
    up_start, up_head, parent = _complete(first, (pairs & 0xFFFFFFFF).astype(np.int32))
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
def _complete(first: Any, heads: Any) -> Any:
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


def customize(h: Hierarchy, given: Ints) -> CustomizedWeights:
    """The metric of these weights of the graph's arcs (int32[a], at least 1, `NEVER`: no way), not pruned."""
    weight, via = _customize(h.up_start, h.up_head, h.slot, given)
    return _with_finite_arcs(h, given, weight, via)


def _with_finite_arcs(h: Hierarchy, given: Ints, weight: Ints, via: Ints) -> CustomizedWeights:
    up, down = (SearchArcs(*_search_arcs(h.up_start, h.up_head, w, w < NEVER)) for w in weight)
    return CustomizedWeights(given, weight, via, up, down, pruned=False)


def prune(h: Hierarchy, metric: CustomizedWeights) -> CustomizedWeights:
    """The same metric, whose searches follow only arcs that no other way over higher nodes makes superfluous.

    Takes about as long as `customize`, and makes searches several times faster. Source: perfect customization in
    Dibbelt, Strasser, Wagner (see above), section 7.
    """
    if metric.pruned:
        return metric
    least, needed = _needed_arcs(h.up_start, h.up_head, metric.weight)
    up, down = (
        SearchArcs(*_search_arcs(h.up_start, h.up_head, w, k)) for w, k in zip(least, needed, strict=True)
    )
    return replace(metric, up=up, down=down, pruned=True)


@njit(nogil=True, cache=True)
def _needed_arcs(up_start: Any, up_head: Any, weight: Any) -> Any:
    """The length of the shortest way between the ends of each arc, int32[2, m], and whether the arc is needed: no
    other way over a node above its tail is as short, bool[2, m]."""
    least = weight.copy()
    needed = weight < NEVER
    for v in range(len(up_start) - 2, -1, -1):
        begin, end = up_start[v], up_start[v + 1]
        for i in range(begin, end):
            at = up_start[up_head[i]]
            for j in range(i + 1, end):
                y = up_head[j]
                while up_head[at] != y:
                    at += 1
                across, back = least[0, at], least[1, at]
                if across < NEVER:
                    if least[0, i] + across <= least[0, j] and least[0, i] < NEVER:
                        least[0, j] = least[0, i] + across
                        needed[0, j] = False
                    if across + least[1, j] <= least[1, i] and least[1, j] < NEVER:
                        least[1, i] = across + least[1, j]
                        needed[1, i] = False
                if back < NEVER:
                    if least[0, j] + back <= least[0, i] and least[0, j] < NEVER:
                        least[0, i] = least[0, j] + back
                        needed[0, i] = False
                    if back + least[1, i] <= least[1, j] and least[1, i] < NEVER:
                        least[1, j] = back + least[1, i]
                        needed[1, j] = False
    return least, needed


@njit(nogil=True, cache=True)
def _search_arcs(up_start: Any, up_head: Any, weight: Any, needed: Any) -> Any:
    """The needed arcs with their starts: the arrays of `SearchArcs`."""
    count = 0
    for i in range(len(needed)):
        count += needed[i]
    start = np.zeros(len(up_start), np.int32)
    head, cost, arc = np.empty(count, np.uint32), np.empty(count, np.int32), np.empty(count, np.int32)
    used = 0
    for v in range(len(up_start) - 1):
        for i in range(up_start[v], up_start[v + 1]):
            if needed[i]:
                head[used], cost[used], arc[used] = up_head[i], weight[i], i
                used += 1
        start[v + 1] = used
    return start, head, cost, arc


def recustomize(h: Hierarchy, metric: CustomizedWeights, given: Ints) -> CustomizedWeights:
    """The metric after some weights changed: what depends on none of them stays as it is."""
    changed = np.flatnonzero(given != metric.given)
    if not len(changed):
        return metric
    if len(changed) > _MOST_CHANGED * len(given):
        return customize(h, given)
    weight, via = metric.weight.copy(), metric.via.copy()
    slots = h.slot[changed]
    m = len(h.up_head)
    dirty = np.zeros(m, np.bool_)
    dirty[slots[slots >= 0] % m] = True
    down, by_slot = Runs(h.down_start, h.down_arc), Runs(h.slot_start, h.slot_arc)
    _update(h.arcs, down, by_slot, given, weight, via, dirty)
    return _with_finite_arcs(h, given, weight, via)


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
def _update(arcs: Any, down: Any, slots: Any, given: Any, weight: Any, via: Any, dirty: Any) -> None:
    """Recompute the dirty arcs from below, and whatever consists of one that changed. `arcs` are `UpArcs`; `down` the
    `Runs` of arcs that lead up to each node, `slots` those of the arcs of the graph in each slot."""
    up_start, up_head, up_tail, _ = arcs
    down_start, down_arc = down
    slot_start, slot_arc = slots
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
                    dirty[arc_between(up_start, up_head, low, high)] = True


@njit(nogil=True, cache=True, inline="always")
def arc_between(up_start: Any, up_head: Any, low: Any, high: Any) -> Any:
    """The arc up from one node to another, which is there."""
    a, b = up_start[low], up_start[low + 1]
    while a < b:
        middle = (a + b) // 2
        if up_head[middle] < high:
            a = middle + 1
        else:
            b = middle
    return a
