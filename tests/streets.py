"""Small road networks with journeys that can be worked out by hand, and a slow way to work out any other.

The town is a plus of streets around the crossing C = (112.95, 28.15), a step of 0.001° to each side, about 98 m east
and 111 m north. All streets are residential with a limit of 36 km/h, which `emergency` (flow 1) drives: 10 m/s.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from cim import columns
from cim.contraction import NEVER
from cim.journeys import direct_ms, ways_in, ways_out
from cim.layer import Features
from cim.road_network import Metric, Network
from cim.road_profiles import Profile
from cim.roads import build
from cim.settings import Settings
from cim.snapping import Snapped
from cim.snapshot import Snapshot
from cim.turns import TURNS, Forbidden, forbidden
from layers.osm_tags import ROADS

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


def forbidden_turns(there: Forbidden, profile: Profile) -> list[tuple[int, int]]:
    """The pairs of ways that the profile may not take; fails where something longer is forbidden."""
    found = [p for p, bits in zip(there.paths, there.bits.tolist(), strict=True) if bits & profile.bit]
    return [(a, b) for a, b in found]


def by_dijkstra(network: Network, metric: Metric, origin: Snapped, targets: Snapped) -> NDArray[np.int64]:
    """Milliseconds from one origin to each target as scipy's Dijkstra has them; `NEVER` where there is no way.

    Its graph is another than the tested one: its nodes are the ways themselves ("at the end of this way"), and an
    arc says that a way may follow another, which is told from the list of forbidden turns and not by split nodes.
    """
    out, into = ways_out(network, metric, origin), ways_in(network, metric, targets)
    # Where a place can be come to at several copies of a node, that is one and the same here.
    _, one = np.unique(np.column_stack([into.place, into.way]), axis=0, return_index=True)
    e, n = network.edges, 2 * len(network.edges.first)
    tail, head = np.empty(n, np.int64), np.empty(n, np.int64)
    tail[0::2], tail[1::2], head[0::2], head[1::2] = e.start, e.end, e.end, e.start
    by_tail = np.argsort(tail, kind="stable")
    starts = np.searchsorted(tail[by_tail], np.arange(tail.max() + 2))
    count = (starts[1:] - starts[:-1])[head]
    before = np.repeat(np.arange(n), count)
    after = by_tail[columns.spans(starts[head], count)]
    turns_there = forbidden(e, network.facts.id[e.row], network.turn_rows)
    no = np.array([a * n + b for a, b in forbidden_turns(turns_there, metric.profile)], np.int64)
    may = ~np.isin(before * n + after, no)
    before, after = before[may], after[may]
    took = np.where(metric.closed, NEVER, metric.took)[np.arange(n) & 1, np.arange(n) >> 1]
    passable = took[after] < NEVER
    # The last way is travelled in part, and may be closed: an arc from each way before it to the place.
    parts = [(before[passable], after[passable], took[after[passable]].astype(np.float64))]
    for i in one.tolist():
        previous = before[after == into.way[i]]
        place = np.full(len(previous), n + 1 + into.place[i])
        parts.append((previous, place, np.full(len(previous), into.cost_ms[i] + 1.0)))  # 0 would be no arc
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
