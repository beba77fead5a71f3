"""Whom our routes let pass against what Valhalla reads from the same map: random routes of each profile on Monaco.

Each way that a route travels, in its direction, and each barrier that it passes is looked up in Valhalla's graph, with
the modes that Valhalla lets use it. What ours uses and Valhalla forbids is listed. These differences are meant:

- Emergency vehicles enter pedestrian streets. Valhalla knows no emergency vehicle; what it opens to cars, to buses or
  to `emergency=yes` counts as open here.
- Walkers follow the outline of a square (`area=yes`), as OSRM's foot profile lets them. Valhalla leaves areas out.
- Walkers go both ways in a pedestrian street with `oneway=yes`: there the sign is for those who drive.

Valhalla keeps limits of height, weight and hours apart from these modes; they are no part of this comparison.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from cim.roads.attributes import CLASSES
from cim.roads.network import Network
from cim.roads.points import road_points
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import journey
from cim.roads.snapping import snap
from tests.bench import road_maps
from tests.bench.measure import Row
from tests.bench.road_times import NO_PEERS, PEERS, Engine, engine

#: The modes of Valhalla of which one must be allowed. Our `moto` is an electric bicycle, by law a bicycle.
MODES = {
    "car": {"car"},
    "emergency": {"car", "bus", "emergency"},
    "moto": {"bicycle"},
    "foot": {"pedestrian"},
    "truck": {"truck"},
}
_PLACES_AT_ONCE = 500
_EXAMPLES = 5

Longs = NDArray[np.int64]
Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Travelled:
    """How many routes use each way of the network (2 x edge, + 1 against it), and each barrier, by its number."""

    ways: Counter[int]
    barriers: Counter[int]


@dataclass(frozen=True, slots=True)
class Difference:
    """An object of OpenStreetMap (`way 123 backward`) that ours uses and Valhalla forbids, why that is meant
    (empty: it is not), and how many of the routes use it."""

    name: str
    why: str
    routes: int


def run(file: Path, folder: Path, routes: int) -> list[Row]:
    """For each profile how many of the ways and barriers that its routes use Valhalla forbids, and which."""
    if not PEERS.exists():
        return [Row("access against Valhalla", "not run", f"missing: {NO_PEERS}")]
    network = road_maps.network(file)
    points = road_points(network.point_rows)
    used = {name: travelled(network, points.metric, name, routes) for name in PROFILES}
    ways = np.array(sorted({way for one in used.values() for way in one.ways}), np.int64)
    with engine("valhalla-access", file, folder) as peer:
        at_way = dict(zip(ways.tolist(), _there(peer, middles(network, ways)), strict=True))
        at_barrier = _there(peer, points.lonlat)
        version = peer.version
    rows = []
    for name, one in used.items():
        found = [
            *_ways(network, name, one.ways, at_way),
            *_barriers(points.ids, points.said, name, one.barriers, at_barrier),
        ]
        odd = [d for d in found if not d.why]
        what = f"access, {name}: {routes:,} routes, {len(one.ways):,} ways, {len(one.barriers)} barriers"
        rows.append(
            Row(f"{what}: forbidden by {version}", f"{len(odd)}", f"{len(found)}", None, "0", not odd)
        )
        rows += [Row(f"   {d.name}", "not meant", f"{d.routes} routes") for d in odd]
        for why in sorted({d.why for d in found} - {""}):
            same = sorted((d for d in found if d.why == why), key=lambda d: -d.routes)
            names = ", ".join(dict.fromkeys(d.name.partition(" (")[0] for d in same[:_EXAMPLES]))
            rows.append(
                Row(f"   {why}: {names}{' …' if len(same) > _EXAMPLES else ''}", "meant", f"{len(same)}")
            )
    return rows


def travelled(network: Network, barriers: Places, name: str, routes: int) -> Travelled:
    """What random routes of a profile use, between vertices of roads that it may use; `barriers` float64[b, 2] in
    metres. A way of which no part is travelled, as where a route begins at a junction, is not used."""
    metric = network.metric(PROFILES[name])
    rng = np.random.default_rng(11)
    e = network.edges
    usable = np.flatnonzero(metric.usable)
    at_node: dict[int, list[int]] = {}
    if len(barriers):
        distance, node = cKDTree(e.metric[e.node_vertex]).query(barriers)
        for number in np.flatnonzero(distance <= 0.5).tolist():
            at_node.setdefault(int(node[number]), []).append(number)
    found = Travelled(Counter(), Counter())
    done = 0
    while done < routes:
        edge = rng.choice(usable, 2)
        places = snap(network, metric, e.lonlat[rng.integers(e.first[edge], e.last[edge] + 1)])
        one = journey(network, metric, places.take([0]), places.take([1]))
        if one is None:
            continue
        done += 1
        ways = one.ways.tolist()
        begin = 1.0 - one.begin if ways[0] & 1 else one.begin
        end = 1.0 - one.end if ways[-1] & 1 else one.end
        travels = [True] * len(ways)
        if len(ways) == 1:
            travels = [end > begin]
        else:
            travels[0], travels[-1] = begin < 1.0, end > 0.0
        found.ways.update({way for way, some in zip(ways, travels, strict=True) if some})
        for i in range(1, len(ways)):
            before, after = ways[i - 1], ways[i]
            if travels[i - 1] and travels[i] and after != before ^ 1:
                head = int((e.start if before & 1 else e.end)[before >> 1])
                found.barriers.update(at_node.get(head, ()))
    return found


def middles(network: Network, ways: Longs) -> Places:
    """The place half along each way: float64[n, 2] lon, lat."""
    e = network.edges
    found = np.empty((len(ways), 2))
    for i, edge in enumerate((ways >> 1).tolist()):
        vertices = slice(e.first[edge], e.last[edge] + 1)
        half = (e.along[e.first[edge]] + e.along[e.last[edge]]) / 2.0
        found[i] = [np.interp(half, e.along[vertices], e.lonlat[vertices, axis]) for axis in (0, 1)]
    return found


def _there(peer: Engine, places: Places) -> list[dict[str, Any]]:
    every = places.tolist()
    chunks = [every[i : i + _PLACES_AT_ONCE] for i in range(0, len(every), _PLACES_AT_ONCE)]
    return [one for chunk in chunks for one in peer.ask(chunk)["found"]]


def _ways(
    network: Network, name: str, used: Counter[int], at_way: dict[int, dict[str, Any]]
) -> Iterator[Difference]:
    f = network.facts
    for way, routes in sorted(used.items()):
        row = int(network.edges.row[way >> 1])
        osm_id, along = int(f.id[row]), way & 1 == 0
        same = [e for e in at_way[way]["edges"] if e[0] == osm_id and e[1] == along]
        nearest = min(same, key=lambda e: float(e[2]), default=None)
        if nearest is not None and MODES[name] & set(nearest[3]):
            continue
        said, kind = f.signs[f.sign[row]], CLASSES[f.kind[row]]
        against = not along and f.ways[row] == 1
        tags = {"highway": kind, **({"oneway": "yes"} if f.ways[row] == 1 else {}), **said}
        theirs = "does not have it" if nearest is None else f"lets {', '.join(nearest[3]) or 'nobody'} pass"
        label = f"way {osm_id} {'forward' if along else 'backward'}"
        yield Difference(f"{label} ({tags}; Valhalla {theirs})", _meant(name, kind, said, against), routes)


def _barriers(
    ids: tuple[int, ...],
    said: tuple[dict[str, str], ...],
    name: str,
    used: Counter[int],
    at_barrier: list[dict[str, Any]],
) -> Iterator[Difference]:
    for number, routes in sorted(used.items()):
        nodes = at_barrier[number]["nodes"]
        # Where Valhalla has no node, nothing bars the way there for it.
        if nodes and not any(MODES[name] & set(modes) for _, modes in nodes):
            yield Difference(f"node {ids[number]} ({said[number]}; Valhalla {nodes})", "", routes)


def _meant(name: str, kind: str, said: dict[str, str], against: bool) -> str:
    """Why ours lets pass what Valhalla forbids; empty where nothing explains it."""
    if name == "foot" and said.get("area") == "yes":
        return "walkers follow the outline of a square (area=yes)"
    if name == "foot" and kind == "pedestrian" and against:
        return "walkers go both ways in a pedestrian street"
    if name == "emergency" and kind == "pedestrian" and said.get("area") != "yes":
        return "emergency vehicles enter pedestrian streets"
    return ""
