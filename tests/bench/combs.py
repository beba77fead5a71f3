"""What others notice while guests send combs of many corners and leave: `/health` and a tile, against quiet."""

from __future__ import annotations

import multiprocessing
import shutil
import socket
import threading
import time
from pathlib import Path

import numpy as np

from tests.bench.measure import Row, said
from tests.bench.serving import Worker, worker, written
from tests.support import small_city as small
from tests.support.combs import comb, question
from tests.support.server import environment_of

#: Guests that ask at once, and after how many seconds each leaves, to come again.
_GUESTS, _LEAVES_S = 45, 2.0
_PROBES = ("/health", "/tiles/buildings/14/13331/6860.mvt")


def run(folder: Path, seconds: float) -> list[Row]:
    """The 95th percentile of `/health` and a tile while 45 guests ask with combs of 8,000 and 96,000 corners."""
    work = folder / "combs"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with small.build(f"gpkg:///{work / 'city.gpkg'}", work / "snapshots") as city:
        environment = environment_of(city)
    rows = []
    with worker("spatial_api.start:worker", environment, factory=True) as ours:
        _p95s(ours, 2.0)
        for corners in (8_000, 96_000):
            quiet = _p95s(ours, seconds)
            request = written("POST", "/spatial/affected", question(comb(corners)))
            # A process of their own: their work is not that of who asks for tiles.
            guests = multiprocessing.get_context("fork").Process(target=_guests, args=(ours.port, request))
            guests.start()
            time.sleep(1.0)
            try:
                busy = _p95s(ours, seconds)
            finally:
                guests.kill()
                guests.join(10)
            for path in _PROBES:
                ratio = busy[path] / quiet[path]
                what = f"{path}: p95 while {_GUESTS} guests send combs of {corners:,} corners / quiet"
                rows.append(Row(what, said(busy[path]), said(quiet[path]), ratio, "≤ 2", ratio <= 2.0))
            time.sleep(_LEAVES_S)
    return rows


def _guests(port: int, request: bytes) -> None:
    """Guests that ask until the process is killed."""
    guests = [threading.Thread(target=_ask_and_leave, args=(port, request)) for _ in range(_GUESTS)]
    for guest in guests:
        guest.start()


def _ask_and_leave(port: int, request: bytes) -> None:
    """Ask, wait for two seconds at most, leave, and come again."""
    while True:
        with socket.create_connection(("127.0.0.1", port)) as link:
            link.settimeout(_LEAVES_S)
            try:
                link.sendall(request)
                while link.recv(1 << 20):
                    pass
            except (TimeoutError, ConnectionError):
                continue  # it leaves: that is what is measured


def _p95s(server: Worker, seconds: float) -> dict[str, float]:
    """Seconds below which 95 of 100 answers of each probe come, asked in turns on connections of their own."""
    took: dict[str, list[float]] = {path: [] for path in _PROBES}
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path, times in took.items():
            begun = time.perf_counter()
            status, _ = server.request("GET", path)
            times.append(time.perf_counter() - begun)
            if status not in (200, 204):
                raise AssertionError(f"{path} answers {status} while combs are asked")
            time.sleep(0.01)
    return {path: float(np.percentile(times, 95)) for path, times in took.items()}
