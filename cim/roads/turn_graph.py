"""The graph of turns: its nodes are the ways of a network ("at the end of this way"), its arcs the turns into others.

Way 2 e is edge e along its line, way 2 e + 1 against it. Where a forbidden path is longer than one turn, whoever has
come so far on it stands at a copy of the way's node, from which the same turns lead on, and those that end a forbidden
path there are shut to the profiles that may not take them. The copies are the states of the automaton that finds words
in a text (Aho, Corasick 1975): each stands for the longest beginning of a forbidden path that one has just travelled.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.columnar.columns import spans
from cim.roads import dissection, turn_costs
from cim.roads.attributes import CLASSES, Facts
from cim.roads.contraction import NEVER, Ints
from cim.roads.edges import Edges
from cim.roads.profiles import Profile
from cim.roads.turn_costs import GIVES_WAY, ROUND_AT_END, ROUND_AT_JUNCTION, ROUND_IN_STREET, SIGNALS
from cim.roads.turn_restrictions import NONE, ForbiddenTurns, ends_of_ways, ways_from

#: Streets that make a junction of where they meet a road, and which of two gives way.
_RANK = {"motorway": 7, "trunk": 6, "primary": 5, "secondary": 4, "tertiary": 3, "service": 1, "track": 1}
_FOOT = ("footway", "path", "steps", "cycleway", "pedestrian", "bridleway")
_RANKS = np.array(
    [0 if name in _FOOT else _RANK.get(name.removesuffix("_link"), 2) for name in CLASSES], np.int8
)


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The directed graph of turns over s nodes, of which the first are the ways of the network.

    `tail`, `head` int32[a] nodes; `way` int32[a] the way that is turned into; `code` uint8[a] the kind of turn
    (`cim.roads.turn_costs`); `shut` uint8[a] the bits of the profiles that may not take it; `way_start`, `way_arc`
    the arcs into each way; `state_way` int32[s] the way at whose end each node is. `timed_arc` int32[t],
    `timed_bits` uint8[t] and `timed_when` int32[t]: the arcs that are shut to profiles while certain hours hold.
    `order` int32[s]: the nodes, those first that separate least.
    """

    tail: Ints
    head: Ints
    way: Ints
    code: NDArray[np.uint8]
    banned_profiles: NDArray[np.uint8]
    way_start: Ints
    way_arc: Ints
    state_way: Ints
    timed_arc: Ints
    timed_bits: NDArray[np.uint8]
    timed_when: Ints
    order: Ints

    def shut_now(self, profile: Profile, holding: Mask | None = None) -> Mask:
        """The arcs that a profile may not take; `holding` bool[w] which of the hours hold."""
        found: Mask = (self.banned_profiles & profile.bit) > 0
        if holding is not None and len(self.timed_arc):
            now = holding[self.timed_when] & ((self.timed_bits & profile.bit) > 0)
            found[self.timed_arc[now]] = True
        return found

    def turn_ms(self, profile: Profile, took: Ints, holding: Mask | None = None) -> Ints:
        """What each turn costs a profile: int32[a]; `NEVER` where it is not allowed or not made. `took` int32[2, e]
        are the milliseconds of the edges, by which it is known where a way ends: there one can turn round."""
        shut = self.shut_now(profile, holding)
        costs = turn_costs.COSTS[profile.name]
        found: Ints = costs.table_ms()[self.code]
        back = self.way == (self.state_way[self.tail] ^ 1)
        onward = ~shut & ~back & (took[self.way & 1, self.way >> 1] < NEVER)
        leads_on = np.bincount(self.tail[onward], minlength=len(self.state_way)) > 0
        found[back & ~leads_on[self.tail]] = round(costs.round_at_end * 1000.0)
        found[shut] = NEVER
        return found


#: The names of the arrays, in the order in which they are saved.
ARRAYS = tuple(f.name for f in fields(Graph))


def graph(
    edges: Edges, facts: Facts, forbidden: ForbiddenTurns = NONE, signals: NDArray[np.int64] | None = None
) -> Graph:
    """The graph of the edges in which no profile can travel a path that it may not; `signals` are the nodes of the
    network that have traffic signals."""
    ways = 2 * len(edges.first)
    _, head = ends_of_ways(edges)
    ends: dict[tuple[int, ...], int] = {}
    timed: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for path, mask, when in zip(forbidden.paths, forbidden.bits.tolist(), forbidden.when, strict=True):
        if when < 0:
            ends[path] = ends.get(path, 0) | mask
        else:
            timed.setdefault(path, []).append((mask, when))
            ends.setdefault(path, 0)
    begun = sorted({path[:n] for path in ends for n in range(2, len(path))})
    state = {path: ways + i for i, path in enumerate(begun)}
    leaving = ways_from(edges)
    longest = max(map(len, ends), default=0)
    from_node, to_node, by, shut = _turns(edges, head)
    at_arc = {(int(a), int(w)): i for i, (a, w) in _pairs_of(ends, from_node, by)}
    timed_rows: list[tuple[int, int, int]] = []
    for path, mask in ends.items():
        if len(path) == 2 and path in at_arc:
            shut[at_arc[path]] |= mask
            timed_rows += [(at_arc[path], m, when) for m, when in timed.get(path, ())]
    for path, node in state.items():
        if len(path) == 2 and path in at_arc:
            to_node[at_arc[path]] = node
    more: list[tuple[int, int, int, int]] = []
    for path, node in state.items():
        for way in leaving(int(head[path[-1]])):
            # The endings of what has been travelled that are forbidden, or begin what is.
            tails = [(*path, way)[-n:] for n in range(1, min(len(path) + 1, longest) + 1)]
            mask = 0
            for tail_ in tails:
                mask |= ends.get(tail_, 0)
                timed_rows += [(len(by) + len(more), m, when) for m, when in timed.get(tail_, ())]
            onto = next((state[t] for t in reversed(tails) if t in state), way)
            more.append((node, onto, way, mask))
    extra = np.array(more, np.int64).reshape(-1, 4)
    from_node, to_node = np.append(from_node, extra[:, 0]), np.append(to_node, extra[:, 1])
    by, shut = np.append(by, extra[:, 2]), np.append(shut, extra[:, 3])
    state_way = np.concatenate([np.arange(ways), np.array([path[-1] for path in begun], np.int64)])
    by_way = np.argsort(by, kind="stable").astype(np.int32)
    times = np.array(timed_rows, np.int64).reshape(-1, 3)
    return Graph(
        tail=from_node.astype(np.int32),
        head=to_node.astype(np.int32),
        way=by.astype(np.int32),
        code=_codes(edges, facts, state_way[from_node], by, head, signals),
        banned_profiles=shut.astype(np.uint8),
        way_start=np.searchsorted(by[by_way], np.arange(ways + 1)).astype(np.int32),
        way_arc=by_way,
        state_way=state_way.astype(np.int32),
        timed_arc=times[:, 0].astype(np.int32),
        timed_bits=times[:, 1].astype(np.uint8),
        timed_when=times[:, 2].astype(np.int32),
        order=_order(edges, state_way),
    )


def _turns(edges: Edges, head: NDArray[np.int64]) -> Any:
    """Every way with every way that leaves its end: (from, to, by, shut) int64 each."""
    tail, _ = ends_of_ways(edges)
    by_tail = np.argsort(tail, kind="stable")
    starts = np.searchsorted(tail[by_tail], np.arange(len(edges.node_vertex) + 1))
    count = (starts[1:] - starts[:-1])[head]
    before = np.repeat(np.arange(len(head)), count)
    after = by_tail[spans(starts[:-1][head], count)]
    return before, after.copy(), after, np.zeros(len(after), np.int64)


def _pairs_of(ends: dict[tuple[int, ...], int], before: Any, after: Any) -> Any:
    """Where the turns are that forbidden paths begin with."""
    wanted = {path[:2] for path in ends}
    if not wanted:
        return []
    n = int(max(before.max(initial=0), after.max(initial=0))) + 1
    here = np.flatnonzero(np.isin(before * n + after, np.array([a * n + b for a, b in wanted])))
    return zip(here.tolist(), zip(before[here].tolist(), after[here].tolist(), strict=True), strict=True)


def _codes(
    edges: Edges, facts: Facts, before: Any, after: Any, head: Any, signals: NDArray[np.int64] | None
) -> NDArray[np.uint8]:
    """The kind of each turn from one way into another."""
    k = len(edges.node_vertex)
    rank = _RANKS[facts.kind[edges.row]]
    round_ = facts.round[edges.row]
    drivable = rank > 0
    ends = np.concatenate([edges.start[drivable], edges.end[drivable]])
    arms = np.bincount(ends, minlength=k)
    highest = np.zeros(k, np.int8)
    np.maximum.at(highest, ends, np.tile(rank[drivable], 2))
    node = head[before]
    junction = arms[node] > 2
    comes, goes = _bearings(edges)
    angle = (goes[after] - comes[before] + 180.0) % 360.0 - 180.0
    found = np.where(junction & ~round_[before >> 1], turn_costs.kinds_of(angle), turn_costs.STRAIGHT)
    back = after == before ^ 1
    turned = np.select([arms[node] <= 1, arms[node] == 2], [ROUND_AT_END, ROUND_IN_STREET], ROUND_AT_JUNCTION)
    found = np.where(back, turned, found)
    yields = junction & ~back & ~round_[before >> 1] & (highest[node] > rank[before >> 1])
    found = found | np.where(yields, GIVES_WAY, 0)
    if signals is not None and len(signals):
        lit = np.zeros(k, np.bool_)
        lit[signals] = True
        found = found | np.where(lit[node] & ~back, SIGNALS, 0)
    return found.astype(np.uint8)


def _bearings(edges: Edges) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bearing in which each way comes to its end, and in which it leaves its beginning: float64[2 e] degrees."""
    ways = 2 * len(edges.first)
    comes, goes = np.empty(ways), np.empty(ways)
    first = edges.metric[edges.first + 1] - edges.metric[edges.first]
    last = edges.metric[edges.last] - edges.metric[edges.last - 1]
    at_start, at_end = (np.degrees(np.arctan2(d[:, 0], d[:, 1])) for d in (first, last))
    goes[0::2], comes[0::2] = at_start, at_end
    goes[1::2], comes[1::2] = at_end + 180.0, at_start + 180.0
    return comes, goes


def _order(edges: Edges, state_way: NDArray[np.int64]) -> Ints:
    """The nodes of the graph in the order in which they are contracted: that of the edges
    (`cim.roads.dissection`), both ways of an edge after each other, each followed by its copies."""
    place = dissection.places(edges.start, edges.end, edges.metric[edges.node_vertex])
    found: Ints = np.lexsort((state_way & 1, place[state_way >> 1])).astype(np.int32)
    return found
