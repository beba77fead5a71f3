"""What stands on the roads: barriers, which stop some of who come, and traffic signals, which hold all up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import and_

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cim.arrays.types import LonLat, MetricXY
from cim.model.layer import Field, Layer
from cim.roads.conditions import hours_in
from cim.roads.edges import Edges
from cim.roads.profiles import PROFILES
from cim.roads.traffic_tags import may_pass, read_tags, unread
from cim.roads.turn_restrictions import ForbiddenTurns, ways_from
from cim.snapshot.snapshot import Snapshot
from cim.space import crs

#: Points on roads as OSM's nodes have them; a survey may load its own.
POINTS = Layer(
    "road_points",
    geometry="point",
    title_zh="道路设施点",
    title_en="Points on roads",
    visible=False,  # a map of the city is not about its bollards; who wants them switches them on
    fields=(
        Field("osm_id", "integer", "OSM 编号", "OSM id"),
        Field("kind", "text", "类别", "Kind"),
        Field("traffic_tags", "text", "通行标签", "Traffic tags"),
    ),
)
SIGNALS = "traffic_signals"
#: A point is on a vertex of a road within this; signals stand at most this far from the junction that they are for.
_ON_M, _SIGNALS_M = 0.5, 25.0
#: So many different hours of one barrier are kept apart.
MOST_HOURS = 4


@dataclass(frozen=True, slots=True, eq=False)
class RoadPoints:
    """The barriers and signals: `lonlat` float64[b, 2] and `metric` of the barriers, their tags and ids, and the
    `signals` float64[s, 2] in metres."""

    lonlat: LonLat
    metric: MetricXY
    said: tuple[dict[str, str], ...]
    ids: tuple[int, ...]
    signals: NDArray[np.float64]


def road_points(points: Snapshot | None) -> RoadPoints:
    """What the layer says; nothing where there is none."""
    if points is None or not len(points):
        none = np.empty((0, 2))
        return RoadPoints(none, none, (), (), none)
    rows = points.rows
    lonlat = points.positions(rows)
    records = points.attributes(rows, ["osm_id", "kind", "traffic_tags"]).to_pylist()
    there = np.isfinite(lonlat[:, 0])
    lit = np.array([r["kind"] == SIGNALS for r in records], np.bool_) & there
    barrier = there & ~lit
    metric = np.full(lonlat.shape, np.nan)
    metric[there] = crs.to_metric(lonlat[there], points.metric_crs)
    held = [records[i] for i in np.flatnonzero(barrier).tolist()]
    said = tuple(
        {**read_tags(r["traffic_tags"]), "barrier": str(r["kind"] or "yes").strip().lower()} for r in held
    )
    ids = tuple(int(r["osm_id"] or 0) for r in held)
    return RoadPoints(lonlat[barrier], metric[barrier], said, ids, metric[lit])


@dataclass(frozen=True, slots=True, eq=False)
class RoadStops:
    """The barriers on a network: the turns over their nodes that are forbidden, to whom, and `when` (-1: always; else
    which of the `hours` must hold); how many lie on roads and on none, and what of their tags nobody knows, in words.
    """

    paths: tuple[tuple[int, ...], ...]
    bits: tuple[int, ...]
    when: tuple[int, ...]
    hours: tuple[tuple[str, ...], ...]
    on_roads: int
    astray: int
    strange: tuple[str, ...]


def place_stops(edges: Edges, points: RoadPoints) -> RoadStops:
    """Whom the barriers of a network stop: at the node of a barrier one can turn round and not go on.

    A barrier that is shut at some hours is shut at those. One whose tags name more than `MOST_HOURS` different ones is
    shut to all, and told, as is a condition that nobody can read.
    """
    k = len(edges.node_vertex)
    if not len(points.ids) or not k:
        return RoadStops((), (), (), (), 0, len(points.ids), ())
    node = edges.metric[edges.node_vertex]
    tree = cKDTree(node)
    distance, at = tree.query(points.metric)
    leaving = ways_from(edges)
    paths: list[tuple[int, ...]] = []
    bits: list[int] = []
    when: list[int] = []
    hours: dict[tuple[str, ...], int] = {}
    strange: list[str] = []
    on = 0
    for said, number, metres, where in zip(
        points.said, points.ids, distance.tolist(), at.tolist(), strict=True
    ):
        if metres > _ON_M:
            continue
        on += 1
        strange += [f"node {number}: {key}={value}" for key, value in unread(said)]
        shut = shut_at(said)
        if shut is None:
            shut = {(): sum(p.bit for p in PROFILES.values())}
            strange += [f"node {number}: {k}={v}" for k, v in said.items() if k.endswith(":conditional")]
        # All nodes at one place: roads of several levels may pass there, and a barrier stands on each.
        for one in tree.query_ball_point(node[where], 1e-6):
            away = leaving(one)
            mine = [(way ^ 1, other) for way in away for other in away if other != way]
            for needed, mask in shut.items():
                paths += mine
                bits += [mask] * len(mine)
                when += [hours.setdefault(needed, len(hours)) if needed else -1] * len(mine)
    return RoadStops(
        tuple(paths), tuple(bits), tuple(when), tuple(hours), on, len(points.ids) - on, tuple(strange)
    )


def shut_at(said: dict[str, str]) -> dict[tuple[str, ...], int] | None:
    """Whom a barrier stops when: the bits of the profiles by what must hold, `()` for always, else hours, with a `!`
    before those that must not; None where its tags name too many hours.

    >>> shut_at({"barrier": "gate", "motor_vehicle:conditional": "no @ (22:00-06:00)"})
    {('22:00-06:00',): 19}
    >>> shut_at({"barrier": "gate", "access": "no", "foot:conditional": "yes @ (Mo-Fr 07:00-19:00)"})
    {(): 23, ('!Mo-Fr 07:00-19:00',): 8}
    """
    hours = hours_in(value for key, value in said.items() if key.endswith(":conditional"))
    if len(hours) > MOST_HOURS:
        return None
    stopped: dict[frozenset[str], int] = {}
    for n in range(len(hours) + 1):
        for now in map(frozenset, combinations(hours, n)):
            bits = (p.bit for p in PROFILES.values() if not may_pass(said, p.vehicle, now))
            stopped[now] = sum(bits)
    always = reduce(and_, stopped.values())
    found: dict[tuple[str, ...], int] = {(): always} if always else {}
    for now, mask in stopped.items():
        if mask & ~always:
            found[tuple(h if h in now else f"!{h}" for h in hours)] = mask & ~always
    return found


def with_stops(forbidden: ForbiddenTurns, found: RoadStops) -> ForbiddenTurns:
    """What restrictions and barriers forbid together."""
    return ForbiddenTurns(
        (*forbidden.paths, *found.paths),
        np.concatenate([forbidden.bits, np.array(found.bits, np.uint8)]),
        (*forbidden.when, *(when if when < 0 else when + len(forbidden.hours) for when in found.when)),
        (*forbidden.hours, *found.hours),
        forbidden.unread,
    )


def signal_nodes(edges: Edges, points: RoadPoints) -> NDArray[np.int64]:
    """The nodes of the network at which signals hold up: the junction nearest to each, where one is near."""
    k = len(edges.node_vertex)
    if not len(points.signals) or not k:
        return np.empty(0, np.int64)
    arms = np.bincount(np.concatenate([edges.start, edges.end]), minlength=k)
    junction = np.flatnonzero(arms > 2)
    if not len(junction):
        return np.empty(0, np.int64)
    distance, at = cKDTree(edges.metric[edges.node_vertex[junction]]).query(points.signals)
    return np.unique(junction[at[distance <= _SIGNALS_M]])
