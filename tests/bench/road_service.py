"""Dispatch as its callers meet it, over HTTP: the five teams that arrive first with their ways, and a closure."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from cim.city import City
from cim.roads.closures import edges_in
from cim.roads.network import Network
from cim.roads.profiles import PROFILES
from cim.settings import Settings
from layers.demo import make
from tests.bench.measure import Row, said
from tests.bench.serving import Worker, worker
from tests.support.inputs import ROOT
from tests.support.server import environment_of

_PER_SECOND = 50.0
#: The layers that the questions are about.
_LAYERS = ("areas", "units", "roads", "resources")


def run(folder: Path, size: str, last_s: float, rounds: int) -> list[Row]:
    """Both figures, of one city in one service of one worker."""
    with _city(folder / f"roads-{size}", size) as city:
        network = city.roads.wait()
        teams = int((city.snapshot("resources").matching({"kind": "team"})).sum())
        environment = environment_of(city)
    with worker("spatial_api.start:worker", environment, factory=True) as server:
        return [*_nearest(server, network, teams, last_s), _closure(server, network, rounds)]


def _city(folder: Path, size: str) -> City:
    """The demo city of this size, as far as dispatch asks about it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    city = City.open(
        Settings(
            store=f"gpkg:///{folder / 'city.gpkg'}",
            snapshots=str(folder / "snapshots"),
            metric_crs="EPSG:4547",
        ),
        create=True,
    )
    for layer, features in make(size):  # type: ignore[arg-type]
        if layer.name in _LAYERS:
            city.load(layer, features)
        if layer.name == _LAYERS[-1]:
            break
    return city


def _nearest(server: Worker, network: Network, teams: int, last_s: float) -> list[Row]:
    """Random incidents at a constant rate, from another process."""
    rng = np.random.default_rng(4)
    e = network.edges
    points = e.lonlat[rng.integers(0, len(e.lonlat), int(last_s * _PER_SECOND))]
    points = (points + rng.uniform(-2e-4, 2e-4, points.shape)).round(7)
    bodies = [{"point": p, "kind": "team", "by": "road", "route": True, "limit": 5} for p in points.tolist()]
    for body in bodies[:20]:
        _ask(server, "POST", "/spatial/nearest", body)
    told = _callers(server.port, "/spatial/nearest", bodies)
    ways = 0
    for status, answer in told["answers"]:
        if status != 200 or answer["by"] != "road" or len(answer["candidates"]) != 5:
            raise AssertionError(f"nearest by road answers {status}: {str(answer)[:300]}")
        ways += sum("route" in candidate for candidate in answer["candidates"])
    took = np.array(told["took_s"])
    p50, p95, p99 = np.percentile(took, (50, 95, 99)).tolist()
    nodes = len(network.edges.node_vertex)
    what = f"over HTTP: 5 of {teams:,} teams with routes, {nodes:,} nodes, {_PER_SECOND:g}/s, 1 worker: p95"
    return [
        Row(what, said(p95), "", None, "≤ 25 ms", p95 <= 0.025),
        Row(f"   p50, p99 of {len(took):,} requests with {ways:,} ways", said(p50), said(p99)),
    ]


def _callers(port: int, path: str, bodies: list[Any]) -> dict[str, Any]:
    order = json.dumps({"port": port, "path": path, "bodies": bodies, "per_second": _PER_SECOND})
    command = [sys.executable, "-m", "tests.bench.arrival_rate"]
    done = subprocess.run(command, input=order, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    return dict(json.loads(done.stdout))


def _closure(server: Worker, network: Network, rounds: int) -> Row:
    """From sending a closure of about 200 edges in the middle of the city until a way answers that keeps out of it."""
    e = network.edges
    main = network.metric(PROFILES["car"]).main
    middle = np.median(e.lonlat[e.first[main]], axis=0)
    radius = 0.001
    while len(edges_in(network, shapely.Point(middle).buffer(radius))) < 200:
        radius *= 1.02
    shape = shapely.Point(middle).buffer(radius)
    count = len(edges_in(network, shape))
    across = np.round(middle + 2.5 * radius * np.array([[-1, 0], [1, 0]]), 7).tolist()
    inner = shape.buffer(-radius * 0.5)
    took, asked = [], 0
    for number in range(rounds):
        if not _crosses(server, across, inner):
            raise AssertionError("the way before the closure does not lead through it")
        body = {"code": f"BENCH-{number}", "cause": "测试", "geometry": shapely.geometry.mapping(shape)}
        begun = time.perf_counter()
        _ask(server, "POST", "/closures", body)
        while _crosses(server, across, inner):
            asked += 1
        took.append(time.perf_counter() - begun)
        _ask(server, "DELETE", f"/closures/BENCH-{number}")
    median = statistics.median(took)
    what = f"over HTTP: closing a polygon with {count} edges until a way keeps out of it ({asked} did not before)"
    return Row(what, said(median), "", None, "≤ 0.5 s", median <= 0.5)


def _crosses(server: Worker, points: list[Any], shape: Any) -> bool:
    found = _ask(server, "POST", "/spatial/route", {"points": points, "profile": "car"})
    return (
        bool(shapely.LineString(found["geometry"]["coordinates"]).intersects(shape))
        if found["by"] == "road"
        else False
    )


def _ask(server: Worker, method: str, path: str, body: Any = None) -> Any:
    status, text = server.request(method, path, body)
    if status not in (200, 201, 204):
        raise AssertionError(f"{method} {path} answers {status}: {text[:300]!r}")
    return json.loads(text) if text else None
