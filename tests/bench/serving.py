"""The service as its callers meet it: requests per second of an answer, and the memory of a worker."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cim.city import City
from cim.model.layer import Features
from cim.settings import Settings
from tests.bench.data import BUILDINGS, CENTRE
from tests.bench.measure import Row
from tests.support import small_city as small
from tests.support.inputs import ROOT
from tests.support.server import environment_of, free_port

#: Requests under way at once, so that the server always has one to answer.
_CONNECTIONS = 16

_SERVE = (
    "import sys, uvicorn; uvicorn.run(sys.argv[1], factory=sys.argv[2] == 'factory', host='127.0.0.1', "
    "port=int(sys.argv[3]), log_level='warning', access_log=False, timeout_graceful_shutdown=10, server_header=False)"
)


@dataclass(frozen=True, slots=True)
class Worker:
    """A uvicorn of one process, with the settings of `citybase serve`."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """Processor seconds of its main thread until now."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def private_bytes(self) -> int:
        """Memory that is its own and not in a file: all its anonymous pages (`smaps_rollup`)."""
        return 1024 * sum(
            map(
                int,
                re.findall(r"^Anonymous: +(\d+)", Path(f"/proc/{self.pid}/smaps_rollup").read_text(), re.M),
            )
        )

    def resident_bytes(self) -> int:
        """All its resident pages, the mapped files among them."""
        return 1024 * sum(
            map(int, re.findall(r"^Rss: +(\d+)", Path(f"/proc/{self.pid}/smaps_rollup").read_text(), re.M))
        )

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """One request on a connection of its own: status, body."""
        with socket.create_connection(("127.0.0.1", self.port)) as link:
            link.sendall(written(method, path, body))
            head, _, rest = _answer(link).partition(b"\r\n\r\n")
            return int(head.split()[1]), rest

    def per_second(self, request: bytes, seconds: float) -> tuple[float, float]:
        """Requests per second over kept-alive connections, and processor seconds of each."""
        links = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(_CONNECTIONS)]
        for link in links:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        links[0].sendall(request)
        size = len(_answer(links[0]))
        for link in links:
            link.sendall(request)
        answered, cpu, begun = 0, self.cpu_s(), time.perf_counter()
        until = begun + seconds
        while time.perf_counter() < until:
            for link in links:
                left = size
                while left > 0:
                    left -= len(link.recv(65536))
                answered += 1
                link.sendall(request)
        passed, used = time.perf_counter() - begun, self.cpu_s() - cpu
        for link in links:
            link.close()
        return answered / passed, used / answered


def written(method: str, path: str, body: Any = None) -> bytes:
    """A request as bytes."""
    data = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
    if data:
        head += f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
    return head.encode() + b"\r\n" + data


def _answer(link: socket.socket) -> bytes:
    """One whole answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _some(link)
    head = got.partition(b"\r\n\r\n")[0]
    length = re.search(rb"content-length: (\d+)", head, re.I)
    whole = len(head) + 4 + (int(length[1]) if length else 0)
    while len(got) < whole:
        got += _some(link)
    return got


def _some(link: socket.socket) -> bytes:
    part = link.recv(65536)
    if not part:
        raise ConnectionError("the server closed the connection")
    return part


@contextmanager
def worker(app: str, environment: dict[str, str], *, factory: bool) -> Iterator[Worker]:
    """A server of the app in a process of its own, ready to answer; stopped when left."""
    port = free_port()
    command = [sys.executable, "-c", _SERVE, app, "factory" if factory else "app", str(port)]
    with listening(command, port, environment) as ours:
        yield ours


@contextmanager
def listening(
    command: list[str], port: int, environment: dict[str, str], *, quiet: bool = False
) -> Iterator[Worker]:
    """A command that serves at the port, once it listens there; stopped when left."""
    out = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=ROOT, stdout=out, stderr=out)
    try:
        until = time.monotonic() + 90
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)
        yield Worker(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def ownership(folder: Path, rounds: int, seconds: float) -> list[Row]:
    """One ownership answer against FastAPI routes that answer as many bytes at once."""
    work = folder / "small"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with small.build(f"gpkg:///{work / 'city.gpkg'}", work / "snapshots") as city:
        environment = environment_of(city)
    body = {"points": [[112.91, 28.11]], "datum": "wgs84"}
    with worker("spatial_api.start:worker", environment, factory=True) as ours:
        status, said = ours.request("POST", "/spatial/ownership", body)
        levels = [area["level"] for area in json.loads(said)["owners"][0]["areas"]]
        if status != 200 or len(levels) != 6:
            raise AssertionError(f"ownership answers {status} with the levels {levels}")
        with worker(
            "tests.bench.empty_route:app", {"CITYBASE_BENCH_BYTES": str(len(said))}, factory=False
        ) as peer:
            asked = [
                (ours, written("POST", "/spatial/ownership", body)),
                (peer, written("POST", "/empty", body)),
                (peer, written("POST", "/parsed", body)),
            ]
            for server, request in asked:
                server.per_second(request, 0.5)
            made = [[server.per_second(request, seconds) for server, request in asked] for _ in range(rounds)]
    rate = [statistics.median(r[i][0] for r in made) for i in range(3)]
    cost = [statistics.median(r[i][1] for r in made) for i in range(3)]
    empty, parsed = (statistics.median(r[0][0] / r[i][0] for r in made) for i in (1, 2))
    what = f"one ownership answer ({len(said)} bytes, 6 levels) / empty FastAPI route"
    return [
        Row(what, f"{rate[0]:,.0f}/s", f"{rate[1]:,.0f}/s", empty, "≥ 0.7", empty >= 0.7),
        Row(
            "   the same / a FastAPI route that reads and checks the same request",
            f"{rate[0]:,.0f}/s",
            f"{rate[2]:,.0f}/s",
            parsed,
        ),
        Row(
            "   processor time of an answer / of the empty route",
            f"{cost[0] * 1e6:.0f} µs",
            f"{cost[1] * 1e6:.0f} µs",
            cost[1] / cost[0],
        ),
    ]


def memory(folder: Path, store: str, snapshots: str, n: int) -> list[Row]:
    """What a worker of the city holds beyond one of an empty city, both after the same exercise.

    Counted are anonymous pages: the arrays of a snapshot are pages of mapped files, which the workers share
    and the system can drop. The cache of finished tiles has a size of its own (a setting) and is left as it is.
    """
    empty = folder / "empty"
    shutil.rmtree(empty, ignore_errors=True)
    empty.mkdir(parents=True)
    held: list[tuple[int, int]] = []
    for where in ({"CITYBASE_STORE": store, "CITYBASE_SNAPSHOTS": snapshots}, _empty_city(empty)):
        environment = {**where, "CITYBASE_METRIC_CRS": "EPSG:4547"}
        with worker("spatial_api.start:worker", environment, factory=True) as one:
            _exercise(one)
            held.append((one.private_bytes(), one.resident_bytes()))
    (full, resident), (none, _) = held
    more = full - none
    return [
        Row(f"own memory of a worker of {n:,} / of an empty city", _mb(full), _mb(none)),
        Row("   beyond the empty city and the mapped files", _mb(more), "–", None, "≤ 100 MB", more <= 100e6),
        Row("   all resident pages, mapped files included", _mb(resident), "–"),
    ]


def _empty_city(folder: Path) -> dict[str, str]:
    """An empty city that has the layer, so that the same questions can be asked."""
    settings = Settings(
        store=f"gpkg:///{folder / 'city.gpkg'}", snapshots=str(folder / "snapshots"), metric_crs="EPSG:4547"
    )
    with City.open(settings, create=True) as city:
        city.load(BUILDINGS, Features.empty(BUILDINGS))
    return {"CITYBASE_STORE": settings.store, "CITYBASE_SNAPSHOTS": settings.snapshots}


def _exercise(server: Worker) -> None:
    """Tiles of all zooms around the centre, a thousand ownership and nearest questions, one affected circle."""
    lon, lat = CENTRE
    for z in range(8, 19):
        middle_x = int((lon + 180.0) / 360.0 * 2**z)
        middle_y = int((1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0 * 2**z)
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                status, _ = server.request("GET", f"/tiles/buildings/{z}/{middle_x + dx}/{middle_y + dy}.mvt")
                if status not in (200, 204):
                    raise AssertionError(f"a tile of zoom {z} answers {status}")
    near = [[lon + 0.0001 * i, lat + 0.0001 * i] for i in range(-500, 500)]
    for path, body in (
        ("/spatial/ownership", {"points": near}),
        ("/spatial/nearest", {"points": near, "layer": "buildings", "limit": 5}),
        ("/spatial/nearest", {"point": list(CENTRE), "layer": "buildings", "where": {"floors": {"gte": 20}}}),
        (
            "/spatial/affected",
            {"shape": {"type": "circle", "centre": list(CENTRE), "radius_m": 300}, "layers": ["buildings"]},
        ),
    ):
        for _ in range(3):
            status, said = server.request("POST", path, body)
            if status != 200:
                raise AssertionError(f"{path} answers {status}: {said[:200]!r}")


def _mb(size: float) -> str:
    return f"{size / 1e6:,.1f} MB"
