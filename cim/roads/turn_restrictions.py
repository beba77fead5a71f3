"""Turns that are forbidden: by restrictions, also over roads between and at some hours only, and by barriers.

What is forbidden is a path of ways: one into another at a node, or over a stretch of road between them (`via` ways).
`cim.roads.turn_graph` makes the graph in which nobody takes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cim.arrays.types import LonLat
from cim.model.layer import Field, Layer
from cim.roads import conditions
from cim.roads.edges import Edges
from cim.roads.profiles import PROFILES
from cim.snapshot.snapshot import Snapshot
from cim.space import crs

#: Turn restrictions as OSM's relations have them; a survey may load its own.
TURNS = Layer(
    "turn_restrictions",
    geometry="point",
    title_zh="转向限制",
    title_en="Turn restrictions",
    visible=False,
    fields=(
        Field("osm_id", "integer", "OSM 编号", "OSM id"),
        Field("kind", "text", "类别", "Kind"),
        Field("from_road", "integer", "驶出道路", "From road"),
        Field("via_roads", "text", "途经道路（分号分隔）", "Via roads (semicolons)"),
        Field("to_road", "integer", "驶入道路", "To road"),
        Field("except_for", "text", "除外", "Except for"),
        Field("only_for", "text", "仅限", "Only for"),
        Field("conditional", "text", "条件", "Only while"),
    ),
)
_NEAR_M = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class ForbiddenTurns:
    """Paths of two or more ways that may not be travelled, with the bits of the profiles that each binds, and which of
    the `hours` must hold for it (-1: it always holds). `unread` are the restrictions that could not be read, in words.
    """

    paths: tuple[tuple[int, ...], ...]
    bits: NDArray[np.uint8]
    when: tuple[int, ...] = ()
    hours: tuple[tuple[str, ...], ...] = ()
    unread: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.when and self.paths:
            object.__setattr__(self, "when", (-1,) * len(self.paths))


NONE = ForbiddenTurns((), np.empty(0, np.uint8))


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


def forbidden(edges: Edges, road_ids: NDArray[np.int64], turns: Snapshot | None) -> ForbiddenTurns:
    """What the layer forbids; `road_ids` int64[e] the identity of each edge's road."""
    if turns is None or not len(turns):
        return NONE
    rows = turns.rows
    node, distance = nearest_node(edges, turns.positions(rows), turns.metric_crs)
    found = _Paths(_Roads(edges, road_ids), ways_from(edges))
    for record, at, metres in zip(
        turns.attributes(rows).to_pylist(), node.tolist(), distance.tolist(), strict=True
    ):
        found.add(record, at if metres <= _NEAR_M else None)
    return found.build()


class _Paths:
    """The paths that restrictions forbid, as they are read."""

    def __init__(self, roads: _Roads, leaving: Callable[[int], list[int]]) -> None:
        self._roads, self._leaving = roads, leaving
        self._paths: list[tuple[int, ...]] = []
        self._bits: list[int] = []
        self._when: list[int] = []
        self._hours: dict[tuple[str, ...], int] = {}
        self._unread: list[str] = []

    def add(self, record: dict[str, Any], node: int | None) -> None:
        """Read one restriction; `node` is where it begins, None where no road is."""
        kind, mask = str(record["kind"] or ""), bits(record["except_for"], record["only_for"])
        mask, when = self._condition(record, kind, mask)
        if not mask:
            return
        come = self._roads.ways_before(record, node) if node is not None else None
        go = [] if come is None else self._ends(record, kind, come)
        if come is None or not go:
            self._miss(record, kind)
            return
        paths = [(*come, way) for way in go]
        if kind == "no_u_turn":  # nor by turning round on the roads between
            paths += [(*come[:n], come[n - 1] ^ 1) for n in range(2, len(come) + 1)]
        self._paths += paths
        self._bits += [mask] * len(paths)
        self._when += [when] * len(paths)

    def _ends(self, record: dict[str, Any], kind: str, come: tuple[int, ...]) -> list[int]:
        """The ways that may not be taken after those; none where that can't be told."""
        end = self._roads.head(come[-1])
        go = self._roads.ways_at(record["to_road"], end, False)
        if kind.startswith("only_") and go:
            return [way for way in self._leaving(end) if way not in go]
        if not kind.startswith("no_"):
            return []
        if len(come) == 1 and record["from_road"] == record["to_road"]:
            return [come[0] ^ 1]
        return go if len(go) == 1 else []

    def _condition(self, record: dict[str, Any], kind: str, mask: int) -> tuple[int, int]:
        """The profiles that are bound while a condition holds, and the number of its hours (-1: always)."""
        text = record.get("conditional")
        if not text:
            return mask, -1
        clause = conditions.clauses(f"{kind} @ ({text})")[0]
        bound = sum(
            p.bit
            for p in PROFILES.values()
            if mask & p.bit and clause.holds(frozenset(clause.hours), p.vehicle.measures) is not False
        )
        if clause.unread:  # it binds always, as nobody knows when it does not
            self._miss(record, f"{kind} @ ({text})")
            return bound, -1
        if not clause.hours:
            return bound, -1
        return bound, self._hours.setdefault(clause.hours, len(self._hours))

    def _miss(self, record: dict[str, Any], what: str) -> None:
        self._unread.append(f"relation {record['osm_id']}: {what or 'no kind'}")

    def build(self) -> ForbiddenTurns:
        """What was read."""
        return ForbiddenTurns(
            tuple(self._paths),
            np.array(self._bits, np.uint8),
            tuple(self._when),
            tuple(self._hours),
            tuple(self._unread),
        )


def ends_of_ways(edges: Edges) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The nodes at which each way begins and ends: int64[2 e] both."""
    ways = 2 * len(edges.first)
    tail, head = np.empty(ways, np.int64), np.empty(ways, np.int64)
    tail[0::2], tail[1::2] = edges.start, edges.end
    head[0::2], head[1::2] = edges.end, edges.start
    return tail, head


def ways_from(edges: Edges) -> Callable[[int], list[int]]:
    """A function that gives the ways that leave a node."""
    tail, _ = ends_of_ways(edges)
    by_tail = np.argsort(tail, kind="stable")
    ordered = tail[by_tail]

    def leaving(node: int) -> list[int]:
        begin, end = np.searchsorted(ordered, node), np.searchsorted(ordered, node, side="right")
        ways: list[int] = by_tail[begin:end].tolist()
        return ways

    return leaving


def nearest_node(
    edges: Edges, lonlat: LonLat, metric_crs: str
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

    def ways_at(self, road: int | None, node: int, ends_there: bool) -> list[int]:
        """The ways of a road that end at a node, or that begin there."""
        if road is None:
            return []
        e, low = self._edges, np.searchsorted(self._ids, road)
        mine = self._by_road[low : np.searchsorted(self._ids, road, side="right")]
        here, there = (e.end, e.start) if ends_there else (e.start, e.end)
        return sorted((2 * mine[here[mine] == node]).tolist() + (2 * mine[there[mine] == node] + 1).tolist())

    def ways_before(self, record: dict[str, Any], node: int) -> tuple[int, ...] | None:
        """The ways that lead up to what is forbidden: the one of the road that one comes by, and those of the roads
        between; None where they can't be told."""
        come = self.ways_at(record["from_road"], node, True)
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
        for first in self.ways_at(road, node, False):
            path = [first]
            while not self.ways_at(until, self.head(path[-1]), False):
                onward = [w for w in self.ways_at(road, self.head(path[-1]), False) if w != path[-1] ^ 1]
                if len(onward) != 1 or onward[0] in path:
                    break
                path.append(onward[0])
            else:
                found.append(path)
        return found[0] if len(found) == 1 else None
