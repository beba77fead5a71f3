"""A service on loopback in a process of its own."""

from __future__ import annotations

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from cim.city import City
from tests.support.inputs import ROOT


def free_port() -> int:
    """A port that nobody listens on: of a range that is this process's own among those that run the tests side by side,
    below those that the system gives to whoever asks for any."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in random.sample(range(20_000 + 500 * (number % 16), 20_500 + 500 * (number % 16)), 500):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


class Server:
    """A service of its own process on a free port of the loopback."""

    def __init__(
        self,
        environment: dict[str, str],
        *arguments: str,
        before: tuple[str, ...] = (),
        port: int | None = None,
    ) -> None:
        """`before` are words of a program that runs the service, such as `prlimit --nofile=256`."""
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "spatial_api.start", *arguments, "--port", str(self.port)],
            env={**os.environ, **environment},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.wait()

    def wait(self, seconds: float = 90.0) -> None:
        """Wait until it says that it is well."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health", timeout=2, verify=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        self.process.terminate()
        try:
            printed, _ = self.process.communicate(timeout=15)
        except subprocess.TimeoutExpired:  # a worker may hold the pipe open for ever
            self.process.kill()
            printed = "and it does not stop either"
        raise AssertionError(f"the service did not come up: {printed}")

    def stop(self) -> str:
        """Ask it to stop; gives what it printed."""
        self.process.terminate()
        printed, _ = self.process.communicate(timeout=30)
        return printed


def children_of(parent: int) -> list[int]:
    """The processes that a process has started."""
    task = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(pid) for pid in task.read_text().split()]


def is_gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def environment_of(city: City) -> dict[str, str]:
    """The environment that names this city to a process."""
    s = city.settings
    return {
        "CITYBASE_STORE": s.store,
        "CITYBASE_SNAPSHOTS": s.snapshots,
        "CITYBASE_NAME_ZH": s.name_zh,
        "CITYBASE_NAME_EN": s.name_en,
        "CITYBASE_METRIC_CRS": s.metric_crs,
    }
