"""A service of many layers has few files open, raises the limit at its start, and says when it is low."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.arrays import open_files
from cim.city import City
from cim.errors import StoreUnusable
from cim.model.layer import Features, Field, Layer
from cim.snapshot import files
from spatial_api.cli import diagnosis
from tests.support.server import Server, environment_of

#: An ordinary process that holds its descriptors in /proc.
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="only Linux lists descriptors there"
)


def limited(soft: int, hard: int) -> tuple[str, ...]:
    """The words that run a program under these limits of open files."""
    return "sh", "-c", f'ulimit -Sn {soft} && ulimit -Hn {hard} && exec "$@"', "sh"


@pytest.fixture
def fourteen(gpkg_city: City) -> City:
    """The small city with as many more layers as make fourteen, each with names to search."""
    for i in range(14 - len(gpkg_city.snapshots)):
        layer = Layer(f"extra_{i}", geometry="polygon", fields=(Field("name", "text"), Field("n", "integer")))
        at = np.arange(50) / 1000
        shapes = shapely.box(112.9 + at, 28.1, 112.9005 + at, 28.1005)
        gpkg_city.load(
            layer, Features(shapes, pa.table({"name": [f"楼{n}" for n in range(50)], "n": range(50)}))
        )
    assert len(gpkg_city.snapshots) >= 14
    return gpkg_city


def open_in(process: int) -> int:
    return sum(1 for _ in Path(f"/proc/{process}/fd").iterdir())


def used(server: Server, layers: list[str]) -> None:
    """Tiles of every layer, searches, ways and writes, many at a time."""
    with httpx.Client(base_url=server.url, timeout=60) as client, ThreadPoolExecutor(12) as threads:
        asked = [
            f"/tiles/{name}/{z}/{x}/{y}.mvt"
            for name in layers
            for z, x, y in ((10, 833, 428), (14, 13332, 6853))
        ]
        assert {r.status_code for r in threads.map(client.get, asked)} <= {200, 204}
        assert client.post("/spatial/locate", json={"text": "楼7"}).status_code == 200
        road = {"points": [[112.91, 28.12]], "kind": "team", "by": "road"}
        assert client.post("/spatial/nearest", json=road).status_code == 200
        posts = list(
            threads.map(
                lambda _: client.post("/incidents", json={"title": "井盖", "position": [112.91, 28.12]}),
                range(30),
            )
        )
        assert {r.status_code for r in posts} == {201}


@pytest.fixture
def serving(fourteen: City) -> Iterator[Server]:
    server = Server(environment_of(fourteen), "serve")
    yield server
    server.stop()


def test_a_service_of_fourteen_layers_has_at_most_200_files_open(serving: Server, fourteen: City) -> None:
    used(serving, sorted(fourteen.snapshots))
    assert open_in(serving.process.pid) <= 200


@pytest.mark.slow
def test_under_a_limit_of_256_files_it_answers_and_health_says_that_the_limit_is_low(fourteen: City) -> None:
    server = Server(environment_of(fourteen), "serve", before=limited(256, 256))
    try:
        used(server, sorted(fourteen.snapshots))
        health = httpx.get(server.url + "/health")
        assert health.status_code == 200
        assert "may open only 256 files" in health.json()["warnings"][0]
    finally:
        server.stop()


@pytest.mark.slow
def test_the_soft_limit_is_raised_to_the_hard_one_at_the_start(gpkg_city: City) -> None:
    server = Server(environment_of(gpkg_city), "serve", before=limited(256, 2048))
    try:
        soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
        assert (soft, hard) == (2048, 2048)
        assert "warnings" not in httpx.get(server.url + "/health").json()
        # More idle connections than the limit had been: each begins a request and does not end it.
        idle = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(400)]
        for one in idle:
            one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        assert httpx.get(server.url + "/health").status_code == 200
        for one in idle:
            one.close()
    finally:
        server.stop()


def test_doctor_says_when_the_limit_is_low(gpkg_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_files, "limit", lambda: 256)
    said = {what: (well, detail) for what, well, detail in diagnosis.checks(gpkg_city.settings)}
    assert said["open files"][0] is False
    assert "may open only 256 files" in said["open files"][1]
    monkeypatch.undo()
    monkeypatch.setattr(open_files, "limit", lambda: 4096)
    assert {w: well for w, well, _ in diagnosis.checks(gpkg_city.settings)}["open files"]


def test_a_process_that_has_no_file_left_says_so_and_does_not_make_the_snapshots_anew(
    gpkg_city: City,
) -> None:
    folder = Path(gpkg_city.settings.snapshots)
    before = {p: p.stat().st_ino for p in folder.rglob("*.bin")}
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used_now = open_files.count()
    assert used_now is not None
    base = next(folder.glob("*/buildings/f*"))
    held: list[int] = []
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (used_now + 40, hard))
        while open_files.shortage() is None:
            held.append(os.open("/dev/null", os.O_RDONLY))
        with pytest.raises(StoreUnusable, match="has no file left to open; raise the limit"):
            City.open(gpkg_city.settings)
        with pytest.raises(StoreUnusable, match="has no file left to open; raise the limit"):
            files.open_columns(base, gpkg_city.snapshot("buildings").layer)
        assert len(gpkg_city.snapshot("buildings").in_bounds(np.array([[112.0, 28.0, 114.0, 29.0]]))[0]) == 4
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert {p: p.stat().st_ino for p in folder.rglob("*.bin")} == before
