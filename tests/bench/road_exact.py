"""Times by road against Dijkstra on another graph, on a real city's streets with their turn restrictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cim.roads.contraction import NEVER
from cim.roads.network import Conditions, Network, ProfileWeights
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import matrix
from cim.roads.snapping import snap
from tests.bench import road_maps
from tests.bench.measure import Row
from tests.support.road_town import by_dijkstra

#: As many pairs as the issue names, for each profile.
_ORIGINS, _TARGETS = 20, 100


def run(file: Path) -> list[Row]:
    """How many of the times differ, with all roads free and with a fiftieth of them closed and another slowed."""
    network = road_maps.network(file)
    rng = np.random.default_rng(1)
    rows = []
    for closed, what in ((False, "turn restrictions"), (True, "the same with closures and slow-downs")):
        differ = pairs = joined = 0
        for profile in PROFILES.values():
            now = network.metric(profile, _conditions(rng, network) if closed else None)
            metric = network.prune(now)  # as a service answers from soon after

            a, b, c = _compared(network, metric, rng)
            differ, pairs, joined = differ + a, pairs + b, joined + c
        pairs_each = f"{pairs // len(PROFILES):,} pairs x {len(PROFILES)} profiles"
        said = f"exact: {pairs_each}, {what}: differing / joined by a way"
        rows.append(Row(said, f"{differ:,}", f"{joined:,}", None, "0", differ == 0))
    return rows


def _compared(network: Network, metric: ProfileWeights, rng: np.random.Generator) -> tuple[int, int, int]:
    """How many times differ from Dijkstra's, of how many, of which so many have a way at all."""
    west, south, east, north = network.snapshot.bounds
    places = snap(network, metric, rng.uniform((west, south), (east, north), (_ORIGINS + _TARGETS, 2)))
    origins, targets = places.take(np.arange(_ORIGINS)), places.take(np.arange(_ORIGINS, _ORIGINS + _TARGETS))
    ours = matrix(network, metric, origins, targets)
    theirs = np.stack([by_dijkstra(network, metric, origins.take([i]), targets) for i in range(_ORIGINS)])
    return int((ours != theirs).sum()), ours.size, int((ours < NEVER).sum())


def _conditions(rng: np.random.Generator, network: Network) -> Conditions:
    e = len(network.edges.first)
    factor = np.where(rng.random(e) < 0.02, rng.uniform(1.0, 4.0, e), 1.0).astype(np.float32)
    return Conditions(factor, rng.random(e) < 0.02)
