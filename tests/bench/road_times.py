"""A thousand teams to one incident against Valhalla, OSRM and igraph, all on the same map of OpenStreetMap."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from cim.roads.contraction import NEVER
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import times_to, ways_in
from cim.roads.snapping import SnappedPoints, snap
from tests.bench import road_maps
from tests.bench.measure import Row, Timing, faster, in_turns, seconds
from tests.bench.peers import Missing
from tests.support.inputs import ROOT

#: Another Python than ours, with the engines: `make bench` makes it where there is one of 3.12 or newer.
PEERS = ROOT / ".venv" / "peers" / "bin" / "python"
_TEAMS = 1000
#: What must be reached, by engine; of each engine the better of its two ways is what counts.
_TARGETS = {"valhalla": 50.0, "valhalla-one": 20.0, "osrm-mld": 2.0, "osrm-ch": 2.0}
_SAID = {
    "valhalla": "Valhalla's matrix",
    "valhalla-one": "Valhalla told to sweep (timedistancematrix)",
    "osrm-mld": "OSRM's table (MLD)",
    "osrm-ch": "OSRM's table (CH)",
}


class Engine:
    """An engine in a process of its own, which stays up and answers when told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.version = str(self._answer()["ready"])

    def ask(self, order: Any) -> dict[str, Any]:
        """Give an order (see `tests.bench.road_peers`) and wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def run(self) -> float:
        """Seconds of answering the question once, as the engine's process sees them."""
        return float(self.ask("run")["s"])

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # the rest is what the engine has to say
                return dict(json.loads(line))
        raise AssertionError(f"the engine ended with {self._process.wait()}")


@contextmanager
def engine(name: str, file: Path, folder: Path) -> Iterator[Engine]:
    """An engine with the map, ready to be asked; ended when left."""
    command = [str(PEERS), str(Path(__file__).parent / "road_peers.py"), name, str(file), str(folder / name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Engine(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


def run(file: Path, called: str, folder: Path, rounds: int, left_out: tuple[str, ...] = ()) -> list[Row]:
    """The rows of one map: with the points put on the roads in the call, as the engines do, and kept on them;
    some engines may be left out."""
    network = road_maps.network(file)
    metric = network.prune(network.metric(PROFILES["car"]))  # as a service has it soon after its start
    teams, incident = _places(network, metric)
    places, target = snap(network, metric, teams), snap(network, metric, incident)

    def whole() -> NDArray[np.int32]:
        return times_to(network, metric, snap(network, metric, teams), snap(network, metric, incident))

    def kept() -> NDArray[np.int32]:
        return times_to(network, metric, places, snap(network, metric, incident))

    what = f"{_TEAMS:,} teams → 1 incident, {called}, {len(network.edges.node_vertex):,} nodes"
    rows = []
    if PEERS.exists():
        for name in (name for name in _TARGETS if name not in left_out):
            rows += _against(name, file, folder, (teams, incident), (whole, kept), what, rounds)
    else:
        rows.append(Row(what, "not run", f"missing: {NO_PEERS}"))
    rows.append(
        faster(
            f"{what}, kept on the roads / igraph's Dijkstra, one to all",
            in_turns(kept, _igraph(network, metric, target), rounds, at_least_s=0.1),
        )
    )
    return rows


NO_PEERS = "pyvalhalla, osrm-bindings (Python 3.12 or newer on the PATH, or make bench BENCH_PYTHON=…)"


def _against(
    name: str,
    file: Path,
    folder: Path,
    asked: tuple[NDArray[Any], NDArray[Any]],
    ours: tuple[Any, Any],
    what: str,
    rounds: int,
) -> list[Row]:
    whole, kept = ours
    with engine(name, file, folder) as peer:
        peer.ask({"sources": asked[0].tolist(), "target": asked[1][0].tolist()})
        whole(), kept()
        fewer = rounds if peer.run() < 5.0 else min(rounds, 3)
        took = [(seconds(whole, 0.2), seconds(kept, 0.2), peer.run()) for _ in range(fewer)]
        theirs = np.array([np.nan if t is None else t for t in peer.ask("times")["times"]], np.float64)
    a, b, c = map(list, zip(*took, strict=True))
    mine = whole().astype(np.float64)
    mine[mine >= NEVER] = np.nan
    both = np.isfinite(mine) & np.isfinite(theirs)
    alike = float(spearmanr(mine[both], theirs[both]).statistic)
    ratio = float(np.median(theirs[both & (mine > 60_000)] * 1000.0 / mine[both & (mine > 60_000)]))
    if both.sum() < 0.9 * np.isfinite(mine).sum() or alike < 0.7:
        raise AssertionError(
            f"{name} answers something else: {both.sum()} in common, rank correlation {alike:.2f}"
        )
    return [
        faster(f"{what} / {_SAID[name]}, {peer.version}", Timing(a, c), _TARGETS[name]),
        faster("   the same, the teams kept on the roads as a city's are", Timing(b, c)),
        Row(
            "   reached by both; times of one by the other's; rank correlation",
            f"{both.sum():,} of {_TEAMS:,}",
            f"x {ratio:.2f}",
            alike,
        ),
    ]


def _places(network: Network, metric: ProfileWeights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Teams all over the roads, within 20 m of one, and an incident amid them."""
    rng = np.random.default_rng(4)
    e = network.edges
    edges = rng.choice(np.flatnonzero(metric.main), _TEAMS)
    vertex = rng.integers(e.first[edges], e.last[edges] + 1)
    teams = e.lonlat[vertex] + rng.uniform(-2e-4, 2e-4, (_TEAMS, 2))
    return teams.round(7), np.median(teams, axis=0).round(7)[None]


def _igraph(network: Network, metric: ProfileWeights, target: SnappedPoints) -> Any:
    try:
        import igraph
    except ImportError as error:
        raise Missing("igraph") from error
    g = network.graph
    cost = metric.travel_ms[g.way & 1, g.way >> 1].astype(np.float64)
    cost[(g.banned_profiles & metric.profile.bit) > 0] = NEVER
    there = cost < NEVER
    doors = ways_in(network, metric, target)
    # One node more, from which the doors of the incident are left: the graph is turned.
    n = len(network.hierarchy)
    tails = np.concatenate([g.head[there], np.full(len(doors.node), n)])
    heads = np.concatenate([g.tail[there], doors.node])
    graph = igraph.Graph(n + 1, np.column_stack([tails, heads]).tolist(), directed=True)
    weights = np.concatenate([cost[there], doors.cost_ms]).tolist()
    return lambda: graph.distances(n, None, weights)
