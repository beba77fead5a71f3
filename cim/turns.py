"""Turns that are forbidden, and the graph in which nobody takes them.

What is forbidden is a path of ways: one into another at a node, or over a stretch of road between them (`via` ways). A
node is split for whoever has come so far on such a path: he arrives at a copy of it, from which the same ways lead on,
and those that end a forbidden path there carry the bits of the profiles that may not take them, so that one graph
serves all profiles. The copies are the states of the automaton that finds words in a text (Aho, Corasick 1975): each
stands for the longest beginning of a forbidden path that one has just travelled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cim import crs
from cim.contraction import Ints
from cim.layer import Field, Layer
from cim.road_build import Edges
from cim.road_profiles import PROFILES
from cim.snapshot import Snapshot

#: Turn restrictions as OSM's relations have them; a survey may load its own.
TURNS = Layer(
    "turn_restrictions",
    geometry="point",
    title_zh="转向限制",
    title_en="Turn restrictions",
    fields=(
        Field("osm_id", "integer", "OSM 编号", "OSM id"),
        Field("kind", "text", "类别", "Kind"),
        Field("from_road", "integer", "驶出道路", "From road"),
        Field("via_roads", "text", "途经道路（分号分隔）", "Via roads (semicolons)"),
        Field("to_road", "integer", "驶入道路", "To road"),
        Field("except_for", "text", "除外", "Except for"),
        Field("only_for", "text", "仅限", "Only for"),
    ),
)
_NEAR_M = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """The directed graph of a network. Way 2 e is edge e along its line, way 2 e + 1 against it.

    `tail`, `head` int32[a] nodes; `way` int32[a], the first 2 e arcs being those ways; `shut` uint8[a] the bits of
    the profiles that may not pass; `way_start`, `way_arc` the arcs of each way; `junction` int32[n] the node of the
    network that each node is a copy of.
    """

    tail: Ints
    head: Ints
    way: Ints
    shut: NDArray[np.uint8]
    way_start: Ints
    way_arc: Ints
    junction: Ints


#: The names of the arrays, in the order in which they are saved.
ARRAYS = tuple(f.name for f in fields(Graph))


@dataclass(frozen=True, slots=True, eq=False)
class Forbidden:
    """Paths of two or more ways that may not be travelled, with the bits of the profiles that each binds; and how many
    restrictions could not be read."""

    paths: tuple[tuple[int, ...], ...]
    bits: NDArray[np.uint8]
    unread: int = 0


NONE = Forbidden((), np.empty(0, np.uint8))


def graph(edges: Edges, forbidden: Forbidden = NONE) -> Graph:
    """The graph of the edges in which no profile can travel a path that it may not."""
    k, ways = len(edges.node_vertex), 2 * len(edges.first)
    tail, head = np.empty(ways, np.int32), np.empty(ways, np.int32)
    tail[0::2], tail[1::2] = edges.start, edges.end
    head[0::2], head[1::2] = edges.end, edges.start
    ends: dict[tuple[int, ...], int] = {}
    for path, mask in zip(forbidden.paths, forbidden.bits.tolist(), strict=True):
        ends[path] = ends.get(path, 0) | mask
    begun = sorted({path[:n] for path in ends for n in range(1, len(path))})
    state = {path: k + i for i, path in enumerate(begun)}
    leaving = _ways_from(edges)
    longest = max(map(len, ends), default=0)
    from_node, to_node, by, shut = [], [], [], []
    for path, node in state.items():
        for way in leaving(int(head[path[-1]])):
            # The endings of what has been travelled that are forbidden, or begin what is.
            tails = [(*path, way)[-n:] for n in range(1, min(len(path) + 1, longest) + 1)]
            mask = 0
            for tail_ in tails:
                mask |= ends.get(tail_, 0)
            onto = next((state[t] for t in reversed(tails) if t in state), int(head[way]))
            from_node.append(node)
            to_node.append(onto)
            by.append(way)
            shut.append(mask)
    at_end = head.copy()
    for path, node in state.items():
        if len(path) == 1:
            at_end[path[0]] = node
    of_arc = np.concatenate([np.arange(ways, dtype=np.int32), np.array(by, np.int32)])
    by_way = np.argsort(of_arc, kind="stable").astype(np.int32)
    return Graph(
        tail=np.concatenate([tail, np.array(from_node, np.int32)]),
        head=np.concatenate([at_end, np.array(to_node, np.int32)]),
        way=of_arc,
        shut=np.concatenate([np.zeros(ways, np.uint8), np.array(shut, np.uint8)]),
        way_start=np.searchsorted(of_arc[by_way], np.arange(ways + 1)).astype(np.int32),
        way_arc=by_way,
        junction=np.concatenate([np.arange(k), head[[path[-1] for path in begun]]]).astype(np.int32),
    )


def bits(except_for: str | None, only_for: str | None) -> int:
    """The profiles that a restriction binds.

    >>> bits("bicycle;psv", None) == sum(p.bit for p in PROFILES.values() if p.name in ("car", "truck"))
    True
    """
    excepted = set((except_for or "").replace(",", ";").split(";"))
    only = set((only_for or "").replace(",", ";").split(";")) - {""}
    return sum(
        p.bit
        for p in PROFILES.values()
        if p.obeys_turns and not p.exempt & excepted and (not only or p.exempt & only)
    )


def forbidden(edges: Edges, road_ids: NDArray[np.int64], turns: Snapshot | None) -> Forbidden:
    """What the layer forbids; `road_ids` int64[e] the identity of each edge's road."""
    if turns is None or not len(turns):
        return NONE
    rows = turns.rows
    node, distance = _nearest_node(edges, turns.positions(rows), turns.metric_crs)
    records = turns.attributes(rows).to_pylist()
    roads = _Roads(edges, road_ids)
    paths: list[tuple[int, ...]] = []
    masks: list[int] = []
    unread = 0
    leaving = _ways_from(edges)
    for record, at, metres in zip(records, node.tolist(), distance.tolist(), strict=True):
        kind, mask = str(record["kind"] or ""), bits(record["except_for"], record["only_for"])
        if not mask:
            continue
        come = roads.travelled(record, at) if metres <= _NEAR_M else None
        if come is None or not kind.startswith(("no_", "only_")):
            unread += 1
            continue
        end = roads.head(come[-1])
        go = roads.of(record["to_road"], end, False)
        if not go:
            unread += 1
            continue
        if kind.startswith("only_"):
            go = [way for way in leaving(end) if way not in go]
        elif len(come) == 1 and record["from_road"] == record["to_road"]:
            go = [come[0] ^ 1]
        elif len(go) != 1:
            unread += 1
            continue
        paths += [(*come, way) for way in go]
        masks += [mask] * len(go)
    return Forbidden(tuple(paths), np.array(masks, np.uint8), unread)


def _nearest_node(
    edges: Edges, lonlat: NDArray[np.float64], metric_crs: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The node nearest to each position, and how many metres from it; infinitely far without a position."""
    at = edges.metric[edges.node_vertex]
    there = np.isfinite(lonlat[:, 0])
    node, distance = np.zeros(len(lonlat), np.int64), np.full(len(lonlat), np.inf)
    if len(at) and there.any():
        distance[there], node[there] = cKDTree(at).query(crs.to_metric(lonlat[there], metric_crs))
    return node, distance


class _Roads:
    """The ways of each road by its identity."""

    def __init__(self, edges: Edges, ids: NDArray[np.int64]) -> None:
        self._edges = edges
        self._by_road = np.argsort(ids, kind="stable")
        self._ids = ids[self._by_road]

    def head(self, way: int) -> int:
        """The node at the end of a way."""
        return int((self._edges.start if way & 1 else self._edges.end)[way >> 1])

    def of(self, road: int | None, node: int, ends_there: bool) -> list[int]:
        """The ways of a road that end at a node, or that begin there."""
        if road is None:
            return []
        e, low = self._edges, np.searchsorted(self._ids, road)
        mine = self._by_road[low : np.searchsorted(self._ids, road, side="right")]
        here, there = (e.end, e.start) if ends_there else (e.start, e.end)
        return sorted((2 * mine[here[mine] == node]).tolist() + (2 * mine[there[mine] == node] + 1).tolist())

    def travelled(self, record: dict[str, Any], node: int) -> tuple[int, ...] | None:
        """The ways that lead up to what is forbidden: the one of the road that one comes by, and those of the roads
        between; None where they can't be told."""
        come = self.of(record["from_road"], node, True)
        if len(come) != 1:
            return None
        path = come
        via = [part.strip() for part in (record.get("via_roads") or "").split(";") if part.strip()]
        if not all(part.lstrip("-").isdigit() for part in via):
            return None
        roads = [*map(int, via), record["to_road"]]
        for road, following in pairwise(roads):
            along = self._along(road, self.head(path[-1]), following)
            if along is None:
                return None
            path = [*path, *along]
        return tuple(path)

    def _along(self, road: int, node: int, until: int | None) -> list[int] | None:
        """The ways of a road from a node to where another road begins; None where no direction leads there, or both."""
        found = []
        for first in self.of(road, node, False):
            path = [first]
            while not self.of(until, self.head(path[-1]), False):
                onward = [w for w in self.of(road, self.head(path[-1]), False) if w != path[-1] ^ 1]
                if len(onward) != 1 or onward[0] in path:
                    break
                path.append(onward[0])
            else:
                found.append(path)
        return found[0] if len(found) == 1 else None


def _ways_from(edges: Edges) -> Callable[[int], list[int]]:
    """A function that gives the ways that leave a node."""
    tail = np.empty(2 * len(edges.first), np.int32)
    tail[0::2], tail[1::2] = edges.start, edges.end
    by_tail = np.argsort(tail, kind="stable")
    ordered = tail[by_tail]

    def leaving(node: int) -> list[int]:
        begin, end = np.searchsorted(ordered, node), np.searchsorted(ordered, node, side="right")
        ways: list[int] = by_tail[begin:end].tolist()
        return ways

    return leaving
