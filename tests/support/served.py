"""A service on loopback in this process: what is asked over the wire, but needs no process of its own.

To start takes half a second here and five in a process of its own, which imports and loads everything first
(`tests.support.server.Server`).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cim.settings import Settings


@dataclass(frozen=True)
class Served:
    """A service that listens."""

    url: str


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """The service of these settings, by the same server as in production, until the end."""
    import uvicorn

    from spatial_api.app import create_app

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            create_app(settings), log_level="warning", access_log=False, server_header=False, lifespan="on"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), name="service")
        thread.start()
        try:
            until = time.monotonic() + 60
            while not server.started:
                assert thread.is_alive(), "the service did not come up"
                assert time.monotonic() < until, "the service did not come up in time"
                time.sleep(0.005)
            yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "the service does not stop"
