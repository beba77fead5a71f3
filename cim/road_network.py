"""The network of one state of a layer of roads, and what it is to each profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cim import contraction, road_profiles
from cim.contraction import NEVER, Hierarchy, Ints
from cim.road_build import Edges
from cim.road_fields import Facts
from cim.road_profiles import Profile
from cim.snapshot import Snapshot
from cim.turns import Graph


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What slows the edges: `factor` float32[e] or [2, e] (along, against), how many times as long each takes, and
    `closed` bool[e], where nobody passes. Who begins or ends on a closed edge takes `factor` times as long, too, so
    that closing is never a gain."""

    factor: NDArray[np.float32]
    closed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Metric:
    """What the roads are to a profile now. `hierarchy`: the shortest ways; `took` int32[2, e]: milliseconds along and
    against each edge for who begins or ends on it, closed or not (`NEVER`: may not); `main` bool[e]: one gets from
    it to most of the network, and back; `closed` bool[e]: a closure forbids to pass; `usable` bool[e]: some way of it
    is allowed; `rows` bool[rows of the layer]: one of its edges is."""

    profile: Profile
    hierarchy: contraction.Metric
    took: Ints
    main: NDArray[np.bool_]
    closed: NDArray[np.bool_]
    usable: NDArray[np.bool_]
    rows: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """The network of one state of the layer; `turns_unread` restrictions could not be understood."""

    snapshot: Snapshot
    turn_rows: Snapshot | None
    facts: Facts
    edges: Edges
    graph: Graph
    hierarchy: Hierarchy
    turns_unread: int
    names: dict[str, str]

    @cached_property
    def row_start(self) -> NDArray[np.int64]:
        """Where the edges of each row of the snapshot begin: int64[all row numbers + 1]."""
        every = len(self.snapshot.base) + len(self.snapshot.delta)
        return np.searchsorted(self.edges.row, np.arange(every + 1))

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        """The length of each edge."""
        return self.edges.length_m

    def metric(self, profile: Profile, conditions: Conditions | None = None) -> Metric:
        """The metric of a profile under these conditions; None: all roads are free."""
        took = road_profiles.times(profile, self.facts, self.edges.row, self.length_m)
        free = contraction.customized(self.hierarchy, self._given(profile, took))
        usable: NDArray[np.bool_] = np.any(took < NEVER, axis=0)
        closed = np.zeros(len(usable), np.bool_)
        plain = Metric(profile, free, took, self.main(profile, took), closed, usable, self.rows_with(usable))
        return plain if conditions is None else self.changed(plain, took, conditions)

    def changed(self, known: Metric, free: Ints, conditions: Conditions) -> Metric:
        """The metric under other conditions than the known one's; `free` are the times without any."""
        slower = np.minimum(np.rint(free * conditions.factor.astype(np.float64)), NEVER - 1)
        took = np.where(free < NEVER, np.maximum(slower, 1), NEVER).astype(np.int32)
        given = self._given(known.profile, np.where(conditions.closed, NEVER, took).astype(np.int32))
        made = contraction.recustomized(self.hierarchy, known.hierarchy, given)
        return Metric(known.profile, made, took, known.main, conditions.closed, known.usable, known.rows)

    def rows_with(self, edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The rows of the layer that have one of the edges (bool[e])."""
        keep = np.zeros(len(self.row_start) - 1, np.bool_)
        keep[self.edges.row[edges]] = True
        return keep

    def _given(self, profile: Profile, took: Ints) -> Ints:
        way = self.graph.way
        given: Ints = took[way & 1, way >> 1]
        given[(self.graph.shut & profile.bit) > 0] = NEVER
        return given

    def main(self, profile: Profile, took: Ints) -> NDArray[np.bool_]:
        """The edges both of whose ends lie in the largest part in which everything can be reached from everything."""
        given = self._given(profile, took)
        there = given < NEVER
        n = len(self.hierarchy)
        if not there.any():
            return np.zeros(took.shape[1], np.bool_)
        links = coo_array((there[there], (self.graph.tail[there], self.graph.head[there])), shape=(n, n))
        part = connected_components(links.tocsr(), directed=True, connection="strong")[1]
        largest = np.bincount(part[: len(self.edges.node_vertex)]).argmax()
        inside = part == largest
        usable = (took < NEVER).any(axis=0)
        found: NDArray[np.bool_] = usable & inside[self.edges.start] & inside[self.edges.end]
        return found
