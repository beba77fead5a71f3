"""Arrival times, reach, closures and preprocessing on a demo city's network, against scipy's Dijkstra on its graph."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from cim.columnar import columns
from cim.model.layer import Features
from cim.roads import network_file
from cim.roads.closures import edges_in
from cim.roads.contraction import NEVER
from cim.roads.network import Conditions, Network
from cim.roads.network_file import build
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import times_to, ways_in
from cim.roads.snapping import snap
from cim.routing import itinerary, reach
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot
from layers.demo import make
from tests.bench.measure import Row, faster, in_turns, said, seconds

METRIC_CRS = "EPSG:4547"
_MINUTES = [5.0, 10.0, 15.0]


def road_layer(size: str) -> Snapshot:
    """The roads of the demo city of this size."""
    for layer, features in make(size):  # type: ignore[arg-type]
        if layer.name == "roads":
            made = Features(features.geometry, features.attributes)
            return Snapshot.of(layer, columns.build(layer, made, METRIC_CRS), METRIC_CRS, 1)
    raise AssertionError("the demo city has roads")


def run(size: str, rounds: int) -> list[Row]:
    """Every figure of the issue's table that needs no service."""
    snapshot = road_layer(size)
    begun = time.perf_counter()
    network = build(snapshot, None, Settings())
    made_s = time.perf_counter() - begun
    nodes = len(network.edges.node_vertex)
    opened_s = _opened(network)
    what = f"{size} network of {nodes:,} nodes"
    rows = [
        _at_most(f"preprocessing of the {what}", made_s, 20.0 * max(1.0, nodes / 100_000)),
        _at_most(f"the same from its file, with {os.cpu_count()} cores", opened_s, None),
    ]
    profile = PROFILES["car"]
    begun = time.perf_counter()
    plain = network.metric(profile)
    plain_s = time.perf_counter() - begun
    metric = network.prune(plain)
    pruned_s = time.perf_counter() - begun - plain_s
    rows.append(_at_most("   the metric of a profile, first all arcs", plain_s, None))
    rows.append(_at_most("   and then which of them are needed, in the background", pruned_s, None))
    middle = np.median(snapshot.base.lonlat, axis=0)
    rng = np.random.default_rng(4)
    incident = snap(network, metric, middle[None])
    graph = network.graph
    cost = metric.travel_ms[graph.way & 1, graph.way >> 1].astype(np.float64)
    there = cost < NEVER
    order = np.lexsort((cost[there], graph.head[there], graph.tail[there]))
    tail, head, cost = graph.tail[there][order], graph.head[there][order], cost[there][order]
    once = np.ones(len(tail), np.bool_)
    once[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    n = len(network.hierarchy)
    turned = csr_matrix((cost[once], (head[once], tail[once])), shape=(n, n))
    doors = ways_in(network, metric, incident)
    for teams in (1000, 5000):
        places = snap(network, metric, middle + rng.normal(0, 0.05, (teams, 2)))
        timing = in_turns(
            lambda places=places: times_to(network, metric, places, incident),  # type: ignore[misc]
            lambda: dijkstra(turned, indices=doors.node, min_only=True),
            rounds,
        )
        rows.append(faster(f"{teams:,} teams → 1 incident, {what} / scipy's Dijkstra, one to all", timing))
    rows.append(
        _at_most(
            "   putting 1,000 teams on the roads",
            seconds(lambda: snap(network, metric, middle + rng.normal(0, 0.05, (1000, 2))), 0.5),
            None,
        )
    )
    rows.append(
        _at_most(
            "   a way with its turns",
            seconds(lambda: itinerary.steps(network, [_leg(network, metric, places, incident)]), 0.5),
            None,
        )
    )

    def reached() -> None:
        found = reach.reach_times(network, metric, incident)
        points = reach.samples(network, metric, found, 900_000.0, 40.0, towards=False)
        reach.areas(points, [m * 60_000.0 for m in _MINUTES], 40.0)

    reached()
    rows.append(_at_most(f"reach, 3 contours, {what}", seconds(reached, 1.0), 0.1))
    rows.append(_closure(network, middle))
    return rows


def _leg(network: Network, metric: object, places: object, incident: object) -> itinerary.Leg:
    leg = itinerary.shortest_journey(network, metric, places.take([0]), incident)  # type: ignore[arg-type, attr-defined]
    assert leg is not None
    return leg


def _closure(network: Network, middle: np.ndarray) -> Row:
    """A polygon with about 200 edges, from its shape until a question about 1,000 teams is answered."""
    metric = network.metric(PROFILES["car"])  # not pruned: the answer does not wait for that
    places = snap(network, metric, middle + np.random.default_rng(1).normal(0, 0.05, (1001, 2)))
    radius = 0.001
    while len(edges_in(network, shapely.Point(middle).buffer(radius))) < 200:
        radius *= 1.05
    shape = shapely.Point(middle).buffer(radius)
    count = len(edges_in(network, shape))

    def closed() -> None:
        edges = edges_in(network, shape)
        shut = np.zeros(len(network.edges.first), np.bool_)
        shut[edges] = True
        now = network.reweigh(metric, metric, Conditions(np.ones(len(shut), np.float32), shut))
        times_to(network, now, places.take(np.arange(1, 1001)), places.take([0]))

    closed()
    return _at_most(
        f"closure of a polygon with {count} edges until an answer respects it", seconds(closed, 1.0), 0.5
    )


def _opened(network: Network) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "roads.bin"
        network_file.save(network, file)
        begun = time.perf_counter()
        assert network_file.open_saved(file, network.snapshot, None, Settings()) is not None
        return time.perf_counter() - begun


def _at_most(what: str, took_s: float, most_s: float | None) -> Row:
    """A row that is held to seconds, not to a peer."""
    if most_s is None:
        return Row(what, said(took_s), "")
    return Row(what, said(took_s), "", None, f"≤ {said(most_s)}", took_s <= most_s)
