"""Run the service: one process, or several that share the snapshots."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from dataclasses import asdict

import uvicorn

from cim.city import City
from cim.errors import StoreUnusable
from cim.settings import Settings
from spatial_api import processes

#: Seconds that a worker may be silent.
_SILENT_S = 30


def serve(settings: Settings) -> None:
    """Serve until the process is told to stop; requests under way are answered first."""
    _require_free(settings.host, settings.port)
    # Open once before the workers start: what is wrong is said once, and the snapshots are made once.
    with City.open(settings) as city:
        count = sum(len(s) for s in city.snapshots.values())
    print_url(settings, count)
    # Workers are processes of their own; the environment is how they learn the settings.
    os.environ.update({f"CITYBASE_{k.upper()}": str(v) for k, v in asdict(settings).items()})
    # uvicorn stops in good order and then raises the signal again; being told to stop is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    uvicorn.run(
        "spatial_api.start:worker",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        # A worker that says nothing for so long is replaced. Importing on a busy machine takes longer than uvicorn's
        # 5 s, and a service of several workers would never come up there.
        timeout_worker_healthcheck=_SILENT_S,
        server_header=False,
    )


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            holders = processes.holders_of(port) if error.errno == errno.EADDRINUSE else []
            by = " by " + ", ".join(f"process {pid} ({command[:100]})" for pid, command in holders[:4])
            ways = "stop it, or choose another with --port" if holders else "choose another with --port"
            raise StoreUnusable(
                f"can't listen on {host}:{port}: {error.strerror}{by if holders else ''}; {ways}"
            ) from error


def print_url(settings: Settings, features: int) -> None:
    """Tell the person where to look."""
    from rich.console import Console

    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::1") else settings.host
    Console().print(
        f"{settings.name_zh} · {features:,} features · "
        f"map http://{host}:{settings.port}/ · API http://{host}:{settings.port}/docs · Ctrl-C stops",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
