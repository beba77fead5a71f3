"""Small road networks with journeys that can be worked out by hand, and a slow way to work out any other.

The town is a plus of streets around the crossing C = (112.95, 28.15), a step of 0.001° to each side, about 98 m east
and 111 m north. All streets are residential with a limit of 36 km/h, which `emergency` (flow 1) drives: 10 m/s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from cim.columnar import columns
from cim.model.layer import Features
from cim.roads.attributes import CLASSES
from cim.roads.contraction import NEVER
from cim.roads.network import Network, ProfileWeights
from cim.roads.network_file import build
from cim.roads.points import place_stops, road_points, with_stops
from cim.roads.profiles import Profile
from cim.roads.shortest_paths import departures, direct_ms
from cim.roads.snapping import SnappedPoints
from cim.roads.turn_costs import COSTS
from cim.roads.turn_restrictions import TURNS, ForbiddenTurns, forbidden
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot
from layers.formats.osm_tags import ROADS

LON, LAT, STEP = 112.95, 28.15, 0.001


def at(x: float, y: float) -> tuple[float, float]:
    """The position so many steps east and north of the crossing."""
    return LON + x * STEP, LAT + y * STEP


def street(*points: tuple[float, float], **facts: Any) -> tuple[Any, dict[str, Any]]:
    """A street through these steps."""
    line = shapely.LineString([at(*p) for p in points])
    return line, {"class": "residential", "maxspeed_kmh": 36.0, **facts}


def roads(*streets: tuple[Any, dict[str, Any]]) -> Features:
    """The layer of these streets; the osm_id of each is its number from 1."""
    rows = [{"osm_id": i + 1, **facts} for i, (_, facts) in enumerate(streets)]
    return Features(
        np.array([line for line, _ in streets], object), pa.Table.from_pylist(rows, ROADS.layer.schema())
    )


#: A restriction: where it begins, its kind, from road, to road, and the roads between.
Restriction = tuple[Any, ...]


def turns(*restrictions: Restriction) -> Features:
    """The layer of these restrictions."""
    rows = [
        {"osm_id": i, "kind": k, "from_road": a, "to_road": b, "via_roads": ";".join(map(str, via)) or None}
        for i, (_, k, a, b, *via) in enumerate(restrictions)
    ]
    points = np.array([shapely.Point(at(*p)) for p, *_ in restrictions], object)
    return Features(points, pa.Table.from_pylist(rows, TURNS.schema()))


def network(
    *streets: tuple[Any, dict[str, Any]],
    forbidden: tuple[Restriction, ...] = (),
    tolerance_m: float = 0.1,
) -> Network:
    """The network of these streets."""
    return network_of(roads(*streets), turns(*forbidden) if forbidden else None, tolerance_m)


def network_of(lines: Features, restrictions: Features | None = None, tolerance_m: float = 0.1) -> Network:
    """The network of a layer as OSM's."""

    def snapshot(layer: Any, features: Features) -> Snapshot:
        return Snapshot.of(layer, columns.build(layer, features, "EPSG:4547"), "EPSG:4547", 1)

    held = snapshot(TURNS, restrictions) if restrictions is not None else None
    return build(snapshot(ROADS.layer, lines), held, Settings(road_tolerance_m=tolerance_m))


def forbidden_turns(
    there: ForbiddenTurns, profile: Profile, hours: frozenset[str] = frozenset()
) -> list[tuple[int, int]]:
    """The pairs of ways that the profile may not take while these hours hold; fails where something longer is
    forbidden."""

    def holds(when: int) -> bool:
        return when < 0 or all((h.lstrip("!") in hours) == (h[0] != "!") for h in there.hours[when])

    rows = zip(there.paths, there.bits.tolist(), there.when, strict=True)
    found = [path for path, bits, when in rows if bits & profile.bit and holds(when)]
    return [(a, b) for a, b in found]


def by_dijkstra(
    network: Network, metric: ProfileWeights, origin: SnappedPoints, targets: SnappedPoints
) -> NDArray[np.int64]:
    """Milliseconds from one origin to each target as scipy's Dijkstra has them; `NEVER` where there is no way.

    Its arcs are told from the list of forbidden turns and from the bearings of the ways, one by one, and not from the
    tested graph.
    """
    out = departures(metric, origin)
    e, n = network.edges, 2 * len(network.edges.first)
    tail, head = np.empty(n, np.int64), np.empty(n, np.int64)
    tail[0::2], tail[1::2], head[0::2], head[1::2] = e.start, e.end, e.end, e.start
    by_tail = np.argsort(tail, kind="stable")
    starts = np.searchsorted(tail[by_tail], np.arange(tail.max() + 2))
    count = (starts[1:] - starts[:-1])[head]
    before = np.repeat(np.arange(n), count)
    after = by_tail[columns.spans(starts[head], count)]
    turn = _turns_of(network, metric, before, after)
    may = turn < NEVER
    before, after, turn = before[may], after[may], turn[may]
    took = np.where(metric.closed, NEVER, metric.travel_ms)[np.arange(n) & 1, np.arange(n) >> 1]
    passable = took[after] < NEVER
    # The last way is travelled in part, and may be closed: an arc from each way before it to the place.
    parts = [(before[passable], after[passable], (took[after] + turn)[passable].astype(np.float64))]
    for place, way, share, extra in ways_to(targets):
        here = after == way
        part = round(int(metric.travel_ms[way & 1, way >> 1]) * (1.0 - share if way & 1 else share)) + extra
        # 0 would be no arc
        parts.append((before[here], np.full(here.sum(), n + 1 + place), turn[here] + part + 1.0))
    parts.append((np.full(len(out.way), n), out.way.astype(np.int64), out.cost_ms + 1.0))
    a, b, cost = (np.concatenate(x) for x in zip(*parts, strict=True))
    order = np.lexsort((cost, b, a))
    a, b, cost = a[order], b[order], cost[order]
    first = np.ones(len(a), np.bool_)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    size = n + 1 + len(targets)
    far = (
        dijkstra(csr_matrix((cost[first], (a[first], b[first])), shape=(size, size)), indices=n)[n + 1 :]
        - 2.0
    )
    found = np.where(np.isfinite(far), far, NEVER).astype(np.int64)
    return np.minimum(found, direct_ms(metric, origin, targets))


_KNOWN: list[tuple[ProfileWeights, NDArray[np.int64]]] = []


def _turns_of(network: Network, metric: ProfileWeights, before: Any, after: Any) -> NDArray[np.int64]:
    """What each turn costs, kept for the next question about the same metric."""
    if not _KNOWN or _KNOWN[0][0] is not metric:
        cost = turn_costs_by_way(network, metric)
        pairs = zip(before.tolist(), after.tolist(), strict=True)
        _KNOWN[:] = [(metric, np.array([cost(a, b) for a, b in pairs], np.int64))]
    return _KNOWN[0][1]


def ways_to(targets: SnappedPoints) -> list[tuple[int, int, float, int]]:
    """Every way on which a target lies: (target, way, share along the edge, extra milliseconds)."""
    found = []
    for i in range(len(targets)):
        for j in range(2):
            for bit in range(2):
                if targets.edge[i, j] >= 0 and int(targets.ways[i, j]) >> bit & 1:
                    way = 2 * int(targets.edge[i, j]) + bit
                    found.append((i, way, float(targets.share[i, j]), int(targets.extra_ms[i, j])))
    return found


def turn_costs_by_way(network: Network, metric: ProfileWeights) -> Callable[[int, int], int]:
    """What a turn from one way into another costs in milliseconds, worked out for each pair alone."""
    e, costs = network.edges, COSTS[metric.profile.name]
    standing = road_points(network.point_rows)
    there = forbidden(e, network.facts.id[e.row], network.turn_rows)
    stopped = with_stops(there, place_stops(e, standing))
    shut = set(forbidden_turns(stopped, metric.profile, metric.hours))
    took = metric.travel_ms
    lit = _lit(e, standing.signals)
    driven = [str(CLASSES[k]) not in _ON_FOOT for k in network.facts.kind[e.row].tolist()]
    kinds = [_ROADS.get(CLASSES[k].removesuffix("_link"), 2) for k in network.facts.kind[e.row].tolist()]
    arms: dict[int, list[int]] = {}
    leaving: dict[int, list[int]] = {}
    for edge, (a, b) in enumerate(zip(e.start.tolist(), e.end.tolist(), strict=True)):
        leaving.setdefault(a, []).append(2 * edge)
        leaving.setdefault(b, []).append(2 * edge + 1)
        if driven[edge]:
            arms.setdefault(a, []).append(edge)
            arms.setdefault(b, []).append(edge)

    def cost(before: int, after: int) -> int:
        if (before, after) in shut:
            return NEVER
        node = int((e.start if before & 1 else e.end)[before >> 1])
        n = len(arms.get(node, []))
        if after == before ^ 1:
            onward = any(
                way != after and (before, way) not in shut and took[way & 1, way >> 1] < NEVER
                for way in leaving[node]
            )
            s = costs.round_at_junction if n > 2 else costs.round_in_street if n == 2 else costs.round_at_end
            s = s if onward else costs.round_at_end
            return NEVER if s is None else round(s * 1000)
        waits = costs.signals if node in lit else None
        if n <= 2 or bool(network.facts.round[e.row[before >> 1]]):
            return round((waits or 0.0) * 1000)
        in_x, in_y = _last_step(e, before)
        out_x, out_y = _last_step(e, after ^ 1)
        out_x, out_y = -out_x, -out_y
        angle = np.degrees(np.arctan2(in_y * out_x - in_x * out_y, in_x * out_x + in_y * out_y))
        if abs(angle) <= 40:
            s = 0.0
        elif angle > 0:
            s = costs.right if angle < 135 else costs.sharp_right
        else:
            s = costs.left if angle > -135 else costs.sharp_left
        mine = kinds[before >> 1] if driven[before >> 1] else 0
        if waits is not None:
            s += waits
        elif max(kinds[edge] for edge in arms[node]) > mine:
            s += costs.gives_way
        return round(s * 1000)

    return cost


def _lit(e: Any, signals: NDArray[np.float64]) -> set[int]:
    """The nodes that signals stand at: of the ones where three edges or more meet, the nearest within 25 m."""
    count = np.zeros(len(e.node_vertex), np.int64)
    for node in (*e.start.tolist(), *e.end.tolist()):
        count[node] += 1
    meeting = np.flatnonzero(count > 2)
    found = set()
    for x, y in signals.tolist():
        away = np.hypot(*(e.metric[e.node_vertex[meeting]] - (x, y)).T)
        if len(away) and away.min() <= 25.0:
            found.add(int(meeting[int(away.argmin())]))
    return found


_ON_FOOT = {"footway", "path", "steps", "cycleway", "pedestrian", "bridleway"}
_ROADS = {"motorway": 7, "trunk": 6, "primary": 5, "secondary": 4, "tertiary": 3, "service": 1, "track": 1}


def _last_step(e: Any, way: int) -> tuple[float, float]:
    """The last stretch of a way as a vector east and north."""
    edge = way >> 1
    a, b = (e.first[edge] + 1, e.first[edge]) if way & 1 else (e.last[edge] - 1, e.last[edge])
    x, y = (e.metric[b] - e.metric[a]).tolist()
    return x, y
