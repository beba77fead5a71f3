"""Turns that are forbidden, and the graph in which nobody takes them.

Where a road may not be left into another, the node at its end is split: who comes by that road arrives at a copy of
the node, from which the same edges lead on. Those that are forbidden from there carry the bits of the profiles that
may not take them, so that one graph serves all profiles. What is forbidden over a stretch of road (`via` a way) is
counted, not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cim import columns as columns_module
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
    """Pairs of ways that may not follow each other, with the bits of the profiles; and how many could not be read."""

    out_of: Ints
    into: Ints
    bits: NDArray[np.uint8]
    unread: int = 0


NONE = Forbidden(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8))


def graph(edges: Edges, forbidden: Forbidden = NONE) -> Graph:
    """The graph of the edges in which no profile can take a turn that it may not."""
    k, ways = len(edges.node_vertex), 2 * len(edges.first)
    tail, head = np.empty(ways, np.int32), np.empty(ways, np.int32)
    tail[0::2], tail[1::2] = edges.start, edges.end
    head[0::2], head[1::2] = edges.end, edges.start
    split, pair_split = np.unique(forbidden.out_of, return_inverse=True)
    junction = np.concatenate([np.arange(k, dtype=np.int32), head[split]])
    # From each copy lead the ways that lead from its node.
    by_tail = np.argsort(tail, kind="stable").astype(np.int32)
    starts = np.searchsorted(tail[by_tail], np.arange(k + 1))
    counts = np.diff(starts)[head[split]]
    copies = by_tail[columns_module.spans(starts[:-1][head[split]], counts)]
    copy_tail = np.repeat(np.arange(len(split), dtype=np.int64), counts)
    shut = np.zeros(len(copies), np.uint8)
    wanted = copy_tail * ways + copies
    order = np.argsort(wanted)
    pairs = pair_split.astype(np.int64) * ways + forbidden.into
    np.bitwise_or.at(shut, order[np.searchsorted(wanted, pairs, sorter=order)], forbidden.bits)
    head[split] = k + np.arange(len(split), dtype=np.int32)
    way = np.concatenate([np.arange(ways, dtype=np.int32), copies.astype(np.int32)])
    by_way = np.argsort(way, kind="stable").astype(np.int32)
    return Graph(
        tail=np.concatenate([tail, (k + copy_tail).astype(np.int32)]),
        head=head[way],
        way=way,
        shut=np.concatenate([np.zeros(ways, np.uint8), shut]),
        way_start=np.searchsorted(way[by_way], np.arange(ways + 1)).astype(np.int32),
        way_arc=by_way,
        junction=junction.astype(np.int32),
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
    """The turns that the layer forbids; `road_ids` int64[e] the identity of each edge's road."""
    if turns is None or not len(turns):
        return NONE
    rows = turns.rows
    node, distance = _nearest_node(edges, turns.positions(rows), turns.metric_crs)
    records = turns.attributes(rows).to_pylist()
    by_road = np.argsort(road_ids, kind="stable")
    sorted_ids = road_ids[by_road]
    out_of: list[int] = []
    into: list[int] = []
    masks: list[int] = []
    unread = 0
    leaving = _ways_from(edges)
    for record, at, metres in zip(records, node.tolist(), distance.tolist(), strict=True):
        kind, mask = str(record["kind"] or ""), bits(record["except_for"], record["only_for"])
        if not mask:
            continue
        near = metres <= _NEAR_M
        come = _of_road(edges, by_road, sorted_ids, record["from_road"], at, True) if near else []
        go = _of_road(edges, by_road, sorted_ids, record["to_road"], at, False) if near else []
        if len(come) != 1 or not go or not kind.startswith(("no_", "only_")):
            unread += 1
            continue
        if kind.startswith("only_"):
            go = [way for way in leaving(at) if way not in go]
        elif record["from_road"] == record["to_road"]:
            go = [come[0] ^ 1]
        elif len(go) != 1:
            unread += 1
            continue
        out_of += come * len(go)
        into += go
        masks += [mask] * len(go)
    return Forbidden(np.array(out_of, np.int32), np.array(into, np.int32), np.array(masks, np.uint8), unread)


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


def _of_road(
    edges: Edges,
    by_road: NDArray[np.int64],
    ids: NDArray[np.int64],
    road: int | None,
    node: int,
    ends_there: bool,
) -> list[int]:
    """The ways of a road that end at a node, or that begin there."""
    if road is None:
        return []
    mine = by_road[np.searchsorted(ids, road) : np.searchsorted(ids, road, side="right")]
    here = edges.end if ends_there else edges.start
    there = edges.start if ends_there else edges.end
    return sorted((2 * mine[here[mine] == node]).tolist() + (2 * mine[there[mine] == node] + 1).tolist())


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
