"""The network of one state of a layer of roads, and what it is to each profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cim.arrays.types import Mask
from cim.roads import contraction, profiles
from cim.roads.attributes import Facts
from cim.roads.conditions import hours_in
from cim.roads.contraction import NEVER, Hierarchy, Ints
from cim.roads.edges import Edges
from cim.roads.profiles import Profile
from cim.roads.turn_graph import Graph
from cim.roads.turn_restrictions import ways_from
from cim.snapshot.snapshot import Snapshot


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What slows the edges: `factor` float32[e] or [2, e] (along, against), how many times as long each takes, and
    `closed` bool[e], where nobody passes. Who begins or ends on a closed edge takes `factor` times as long, too, so
    that closing is never a gain."""

    factor: NDArray[np.float32]
    closed: Mask


@dataclass(frozen=True, eq=False)
class ProfileWeights:
    """What the roads are to a profile now, while the `hours` of conditional signs hold.

    `hierarchy`: the shortest ways; `took` int32[2, e]: milliseconds along and against each edge for who begins or
    ends on it, closed or not (`NEVER`: may not); `turn_ms` int32[a]: what each turn of the graph costs (`NEVER`: not
    made); `main` bool[e]: one gets from it to most of the network, and back; `closed` bool[e]: a closure forbids to
    pass; `usable` bool[e]: some way of it is allowed; `rows` bool[rows of the layer]: one of its edges is.
    """

    profile: Profile
    hours: frozenset[str]
    hierarchy: contraction.CustomizedWeights
    travel_ms: Ints
    turn_ms: Ints
    main: Mask
    closed: Mask
    usable: Mask
    rows: Mask


@dataclass(frozen=True, slots=True)
class Notes:
    """What of the restrictions and of the points on roads could not be read, in words, and how many barriers lie on
    roads (`barriers`) and on none (`astray`)."""

    turns: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    barriers: int = 0
    astray: int = 0


@dataclass(frozen=True, eq=False)
class Network:
    """The network of one state of the layer and of what stands on its nodes; `notes` say what could not be read.

    `turn_hours` are the hours at which restrictions and barriers hold (`!`: not then), by the number that the graph has
    of each.
    """

    snapshot: Snapshot
    turn_rows: Snapshot | None
    point_rows: Snapshot | None
    facts: Facts
    edges: Edges
    graph: Graph
    hierarchy: Hierarchy
    turn_hours: tuple[tuple[str, ...], ...]
    notes: Notes
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

    @cached_property
    def leaving(self) -> Callable[[int], list[int]]:
        """A function that gives the ways that leave a node."""
        return ways_from(self.edges)

    @cached_property
    def at_surface(self) -> Mask:
        """The edges that are in no tunnel and on no bridge: bool[e]."""
        found: Mask = self.facts.raised[self.edges.row] == 0
        return found

    @cached_property
    def hours(self) -> tuple[str, ...]:
        """The hours that the signs and restrictions of the network name."""
        texts = [v for said in self.facts.signs for k, v in said.items() if k.endswith(":conditional")]
        return tuple(
            sorted({*hours_in(texts), *(h.removeprefix("!") for hours in self.turn_hours for h in hours)})
        )

    def edge_ms(self, profile: Profile, hours: frozenset[str] = frozenset()) -> Ints:
        """Milliseconds along and against each edge without closures, while these hours hold: int32[2, e]."""
        return profiles.times(profile, self.facts, self.edges.row, self.length_m, hours)

    def holding(self, hours: frozenset[str]) -> Mask:
        """Which of `turn_hours` hold while these hours do: all of one's hours, and none of those after a `!`."""
        return np.array(
            [all((h.removeprefix("!") in hours) == (h[0] != "!") for h in one) for one in self.turn_hours],
            np.bool_,
        )

    def metric(
        self,
        profile: Profile,
        conditions: Conditions | None = None,
        hours: frozenset[str] = frozenset(),
    ) -> ProfileWeights:
        """The metric of a profile under these conditions (None: all roads are free) while these hours hold."""
        took = self.edge_ms(profile, hours)
        turn_ms = self.graph.turn_ms(profile, took, self.holding(hours))
        free = contraction.customize(self.hierarchy, self._weights_of(took, turn_ms))
        usable: Mask = np.any(took < NEVER, axis=0)
        closed = np.zeros(len(usable), np.bool_)
        main = self._main(took, turn_ms)
        plain = ProfileWeights(
            profile=profile,
            hours=hours,
            hierarchy=free,
            travel_ms=took,
            turn_ms=turn_ms,
            main=main,
            closed=closed,
            usable=usable,
            rows=self.rows_with(usable),
        )
        return plain if conditions is None else self.reweigh(plain, plain, conditions)

    def reweigh(self, known: ProfileWeights, free: ProfileWeights, conditions: Conditions) -> ProfileWeights:
        """The metric under other conditions than the known one's; `free` is the one without any."""
        slower = np.minimum(np.rint(free.travel_ms * conditions.factor.astype(np.float64)), NEVER - 1)
        took = np.where(free.travel_ms < NEVER, np.maximum(slower, 1), NEVER).astype(np.int32)
        passed = np.where(conditions.closed, NEVER, took).astype(np.int32)
        # A closure makes no dead end at which one could turn round more cheaply: closing is never a gain.
        turn_ms = free.turn_ms
        made = contraction.recustomize(self.hierarchy, known.hierarchy, self._weights_of(passed, turn_ms))
        return ProfileWeights(
            profile=free.profile,
            hours=free.hours,
            hierarchy=made,
            travel_ms=took,
            turn_ms=turn_ms,
            main=free.main,
            closed=conditions.closed,
            usable=free.usable,
            rows=free.rows,
        )

    def prune(self, metric: ProfileWeights) -> ProfileWeights:
        """The same metric, whose searches are several times faster; takes seconds in a large city."""
        return replace(metric, hierarchy=contraction.prune(self.hierarchy, metric.hierarchy))

    def rows_with(self, edges: Mask) -> Mask:
        """The rows of the layer that have one of the edges (bool[e])."""
        keep = np.zeros(len(self.row_start) - 1, np.bool_)
        keep[self.edges.row[edges]] = True
        return keep

    def _weights_of(self, took: Ints, turn_ms: Ints) -> Ints:
        way = self.graph.way
        whole = took[way & 1, way >> 1].astype(np.int64) + turn_ms
        given: Ints = np.minimum(whole, NEVER).astype(np.int32)
        return given

    def main(self, metric: ProfileWeights, closed: Mask) -> Mask:
        """The edges that lie, in one direction at least, in the largest part of the network in which everything can
        be reached from everything, where these edges (bool[e]) are closed."""
        return self._main(np.where(closed, NEVER, metric.travel_ms).astype(np.int32), metric.turn_ms)

    def _main(self, took: Ints, turn_ms: Ints) -> Mask:
        g, ways = self.graph, 2 * took.shape[1]
        there = self._weights_of(took, turn_ms) < NEVER
        usable: Mask = np.any(took < NEVER, axis=0)
        if not usable.any():
            return usable
        n = len(self.hierarchy)
        links = coo_array((there[there], (g.tail[there], g.head[there])), shape=(n, n))
        part = connected_components(links.tocsr(), directed=True, connection="strong")[1][:ways]
        open_ = took.T.ravel() < NEVER
        largest = np.bincount(part[open_]).argmax()
        inside: Mask = np.any((open_ & (part == largest)).reshape(-1, 2), axis=1)
        return inside
