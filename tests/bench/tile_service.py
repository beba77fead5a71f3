"""Tiles over HTTP: cold ones against TiPg, warm ones against an empty route, changes, and the largest tile."""

from __future__ import annotations

import gzip
import json
import random
import re
import select
import shutil
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from cim.columnar import columns
from cim.snapshot.snapshot import Snapshot
from tests.bench import data, peers
from tests.bench.data import BUILDINGS, CENTRE, Data
from tests.bench.measure import Row
from tests.bench.serving import Worker, listening, worker, written
from tests.support import small_city as small
from tests.support.inputs import ROOT
from tests.support.postgres import Cluster
from tests.support.server import environment_of, free_port
from tiles.geometry.tile_shapes import EXTENT_BITS
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.pyramid.zoom_rules import default_rule
from tiles.vector import encode
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer

#: Tiles of the walk, and requests under way at once.
_STEPS, _AT_ONCE = 240, 4
_TILERS = ROOT / ".venv" / "tilers" / "bin" / "python"


def walk(steps: int) -> list[tuple[int, int, int]]:
    """A random walk over the city: in, out and sideways, z6 to z16; the same every time, no tile twice."""
    chance = random.Random(430100)
    lon, lat = CENTRE
    z, seen = 11, {}
    while len(seen) < steps:
        z = min(max(z + chance.choice((-1, 0, 0, 1)), 6), 16)
        lon = min(max(lon + chance.gauss(0, 90 / 2**z), CENTRE[0] - 0.25), CENTRE[0] + 0.25)
        lat = min(max(lat + chance.gauss(0, 90 / 2**z), CENTRE[1] - 0.25), CENTRE[1] + 0.25)
        seen[(z, *WEB_MERCATOR.tile_at(z, lon, lat))] = None
    return list(seen)


def cold(cluster: Cluster, polygons: Data, store: str, snapshots: str) -> list[Row]:
    """The walk through our service with no cache and through TiPg on the same polygons in PostGIS."""
    tiles = walk(_STEPS)
    url = cluster.bare_database()
    with peers.connected(url) as connection:
        peers.fill(connection, "buildings", polygons.features, 4326)
    ours_at = {"CITYBASE_STORE": store, "CITYBASE_SNAPSHOTS": snapshots, "CITYBASE_TILE_CACHE_BYTES": "0"}
    with worker("spatial_api.start:worker", ours_at, factory=True) as ours, tipg(url) as theirs:
        wait_for_levels(ours)
        here, here_s = _walked(ours, [f"/tiles/buildings/{z}/{x}/{y}.mvt" for z, x, y in tiles])
        tipg_path = "/collections/public.buildings/tiles/WebMercatorQuad"
        # What TiPg takes minutes for at the lowest zooms is asked of both once only.
        there, there_s = _walked(theirs, [f"{tipg_path}/{z}/{x}/{y}" for z, x, y in tiles])
        again, again_s = _walked(ours, [f"/tiles/buildings/{z}/{x}/{y}.mvt" for z, x, y in tiles])
    ratio = there_s / statistics.mean([here_s, again_s])
    low = [i for i, (z, _, _) in enumerate(tiles) if z < 12 and there[i] and here[i]]
    size, size_there = (statistics.median(len(answers[i]) for i in low) for answers in (here, there))
    plain, plain_there = (
        statistics.median(len(_plain(answers[i])) for i in low) for answers in (again, there)
    )
    smaller = size_there / size
    return [
        Row(
            f"{_STEPS} cold tiles, z6 to z16, over HTTP, no cache / TiPg",
            f"{_STEPS / here_s:,.0f}/s",
            f"{_STEPS / there_s:,.1f}/s",
            ratio,
            "≥ 25 x",
            ratio >= 25.0,
        ),
        Row(
            "   median tile below z12 as it is sent / TiPg's",
            f"{size / 1e3:.1f} kB",
            f"{size_there / 1e3:.1f} kB",
            1 / smaller,
            "≤ 0.33 x",
            smaller >= 3.0,
        ),
        Row(
            "   the same, not compressed",
            f"{plain / 1e3:.1f} kB",
            f"{plain_there / 1e3:.1f} kB",
            plain / plain_there,
        ),
    ]


def _plain(body: bytes) -> bytes:
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _walked(server: Worker, paths: Sequence[str]) -> tuple[list[bytes], float]:
    """The answers to the paths and the seconds of all, a few under way at once."""
    links = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(_AT_ONCE)]
    answers: list[bytes] = [b""] * len(paths)
    waiting: dict[socket.socket, int] = {}
    following = iter(range(len(paths)))
    begun = time.perf_counter()

    def ask(link: socket.socket) -> None:
        i = next(following, None)
        if i is not None:
            link.sendall(written("GET", paths[i]))
            waiting[link] = i

    for link in links:
        ask(link)
    while waiting:
        ready, _, _ = select.select(list(waiting), [], [])
        for link in ready:
            i = waiting.pop(link)
            answers[i] = _body(link, paths[i])
            ask(link)
    passed = time.perf_counter() - begun
    for link in links:
        link.close()
    return answers, passed


def _body(link: socket.socket, path: str) -> bytes:
    """One whole answer's body: of a known length, or in chunks."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += link.recv(1 << 20)
    head, _, body = got.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    if status not in (200, 204):
        raise AssertionError(f"{path} answers {status}: {body[:200]!r}")
    length = re.search(rb"content-length: (\d+)", head, re.I)
    if length or status == 204:
        while length and len(body) < int(length[1]):
            body += link.recv(1 << 20)
        return body
    while not body.endswith(b"0\r\n\r\n"):
        body += link.recv(1 << 20)
    made = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        n = int(size, 16)
        if n == 0:
            return made
        made, body = made + rest[:n], rest[n + 2 :]


@contextmanager
def tipg(url: str) -> Iterator[Worker]:
    """TiPg with one worker over the database."""
    if not _TILERS.exists():
        raise peers.Missing("TiPg (make .venv/.tilers)")
    port = free_port()
    environment = {
        "DATABASE_URL": peers.plain(url),
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
    }
    command = [str(_TILERS), "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1", "--port", str(port)]
    with listening([*command, "--log-level", "error"], port, environment, quiet=True) as theirs:
        yield theirs


def wait_for_levels(server: Worker, layer: str = "buildings") -> None:
    """Wait until the levels of the layer are made."""
    until = time.monotonic() + 300
    while time.monotonic() < until:
        _, said = server.request("GET", f"/tiles/{layer}.json")
        if "left_out" in json.loads(_plain(said))["vector_layers"][0]:
            return
        time.sleep(0.1)
    raise AssertionError("the levels are not made within five minutes")


def warm(store: str, snapshots: str, rounds: int, seconds: float) -> list[Row]:
    """A tile that is kept, against a FastAPI route that answers as many bytes."""
    ours_at = {"CITYBASE_STORE": store, "CITYBASE_SNAPSHOTS": snapshots}
    x, y = WEB_MERCATOR.tile_at(14, *CENTRE)
    request = written("GET", f"/tiles/buildings/14/{x}/{y}.mvt")
    with worker("spatial_api.start:worker", ours_at, factory=True) as ours:
        wait_for_levels(ours)
        _, tile = ours.request("GET", f"/tiles/buildings/14/{x}/{y}.mvt")
        size = {"CITYBASE_BENCH_BYTES": str(len(tile))}
        with worker("tests.bench.empty_route:app", size, factory=False) as peer:
            asked = [(ours, request), (peer, written("GET", "/tile"))]
            for server, one in asked:
                server.per_second(one, 0.5)
            made = [[server.per_second(one, seconds)[0] for server, one in asked] for _ in range(rounds)]
    ratio = statistics.median(o / p for o, p in made)
    rate = [statistics.median(m[i] for m in made) for i in range(2)]
    what = f"a warm tile over HTTP ({len(tile) / 1e3:.0f} kB) / an empty FastAPI route of as many bytes"
    return [Row(what, f"{rate[0]:,.0f}/s", f"{rate[1]:,.0f}/s", ratio, "≥ 0.85", ratio >= 0.85)]


def largest(n: int) -> list[Row]:
    """The largest tile of so many polygons at any zoom: each zoom's fullest tiles, and those about them."""
    features = data.polygons(n)
    made = columns.build(BUILDINGS, features, "EPSG:4547")
    del features
    snapshot = Snapshot.of(BUILDINGS, made, "EPSG:4547", 1)
    begun = time.perf_counter()
    pyramid = build_pyramid(snapshot, default_rule(BUILDINGS))
    passed = time.perf_counter() - begun
    drawing = TileLayer(snapshot, pyramid)
    worst, at = 0, (0, 0, 0)
    for z, level in pyramid.levels.items():
        if not len(level):
            continue
        boxes = level.tree[: len(level)].astype(np.int64)
        middle = (boxes[:, :2] + boxes[:, 2:]) >> (EXTENT_BITS + 1)
        tile, count = np.unique(middle, axis=0, return_counts=True)
        for x, y in tile[np.argsort(count)[::-1][:20]].tolist():
            size = len(encode.encode([drawing], z, x, y))
            if size > worst:
                worst, at = size, (z, x, y)
    place = "/".join(map(str, at))
    return [
        Row(
            f"largest tile of {n:,} polygons, all zooms ({place})",
            f"{worst / 1e3:.0f} kB",
            "–",
            None,
            "≤ 500 kB",
            worst <= 500_000,
        ),
        Row(f"   making the levels of {n:,} polygons, z0 to z16", f"{passed:.1f} s", "–"),
    ]


def fresh(folder: Path, rounds: int) -> list[Row]:
    """From an acknowledged change to the tile that has it: in the worker that made it, and in another one."""
    work = folder / "fresh"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with small.build(f"gpkg:///{work / 'city.gpkg'}", work / "snapshots") as city:
        environment = environment_of(city)
    lon, lat = 112.91, 28.11
    x, y = WEB_MERCATOR.tile_at(14, lon, lat)
    path = f"/tiles/incidents/14/{x}/{y}.mvt"
    here, there = [], []
    with (
        worker("spatial_api.start:worker", environment, factory=True) as one,
        worker("spatial_api.start:worker", environment, factory=True) as other,
    ):
        for i in range(10 * rounds):
            before = [server.request("GET", path)[1] for server in (one, other)]
            body = {"title": f"积水 {i}", "position": [lon + 1e-5 * i, lat], "datum": "wgs84"}
            status, said = one.request("POST", "/incidents", body)
            if status != 201:
                raise AssertionError(f"/incidents answers {status}: {said[:200]!r}")
            begun = time.perf_counter()
            for server, was, taken in ((one, before[0], here), (other, before[1], there)):
                while server.request("GET", path)[1] == was:
                    if time.perf_counter() - begun > 10:
                        raise AssertionError("the change is not in the tile after ten seconds")
                    time.sleep(0.002)
                taken.append(time.perf_counter() - begun)
    at_once, elsewhere = max(here), max(there)
    return [
        Row(
            f"an incident is in the tile after its 201, same worker (worst of {len(here)})",
            f"{at_once * 1e3:.0f} ms",
            "–",
            None,
            "≤ 100 ms",
            at_once <= 0.1,
        ),
        Row("   in another worker", f"{elsewhere * 1e3:.0f} ms", "–", None, "≤ 1 s", elsewhere <= 1.0),
    ]
