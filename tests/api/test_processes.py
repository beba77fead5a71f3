"""Workers end with the process that started them, and a port that is taken names who has it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from cim.city import City
from spatial_api import processes
from tests.support.inputs import ROOT
from tests.support.record_bodies import NEW
from tests.support.server import Server, children_of, environment_of, free_port, is_gone


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux tells of processes there")
@pytest.mark.slow
def test_workers_end_with_their_parent_and_the_port_is_free_within_seconds(gpkg_city: City) -> None:
    server = Server(environment_of(gpkg_city), "serve", "--workers", "2")
    workers = children_of(server.process.pid)
    assert len(workers) >= 2
    made = httpx.post(server.url + "/sensors", json=NEW["sensors"])
    assert made.status_code == 201
    server.process.kill()
    server.process.wait()
    until = time.monotonic() + 8
    while not all(map(is_gone, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in workers if not is_gone(pid)] == []
    assert server.process.stdout is not None
    server.process.stdout.close()
    again = Server(environment_of(gpkg_city), "serve", port=server.port)
    assert httpx.get(again.url + "/sensors/R-1").status_code == 200
    again.stop()


def test_a_worker_that_hangs_is_ended_too(tmp_path: Path) -> None:
    """One that ignores SIGTERM, as one that hangs would."""
    code = """
import multiprocessing, signal, sys, time
from spatial_api import processes

def work(out):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    processes._GRACE_S = 0.5
    processes.end_with_parent()
    print("ready", flush=True)
    time.sleep(60)

if __name__ == "__main__":
    child = multiprocessing.get_context("spawn").Process(target=work, args=(1,))
    child.start()
    print(child.pid, flush=True)
    child.join()
"""
    (tmp_path / "parent.py").write_text(code)
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert parent.stdout.readline() == "ready\n"
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    until = time.monotonic() + 8
    while not is_gone(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert is_gone(child)


def test_a_port_that_is_taken_names_the_process_that_has_it(gpkg_city: City) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert [pid for pid, _ in processes.holders_of(port)] == [os.getpid()]
        ran = subprocess.run(
            [sys.executable, "-m", "spatial_api.start", "serve", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, **environment_of(gpkg_city)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 1
    assert f"Address already in use by process {os.getpid()} (" in ran.stderr
    assert "stop it, or choose another with --port" in ran.stderr


def test_a_port_that_nobody_has_is_held_by_none() -> None:
    assert processes.holders_of(free_port()) == []
