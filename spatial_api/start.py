"""How a process of ours begins: the command `citybase`, and each worker that serves.

A worker imports what it serves, not the commands, and a command not the others: this module, which each new process
imports first, imports nothing large (`cim.arrays.gc_pause.importing` says why that matters to a worker).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cim.arrays.gc_pause import importing
from cim.arrays.open_files import raise_limit

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from socket import socket

    from fastapi import FastAPI

    from cim.settings import Settings


def main() -> None:
    """Run the command line."""
    from spatial_api.cli import main as cli

    raise_limit()
    cli.main()


def worker() -> FastAPI:
    """The app that the environment describes; each worker process makes its own."""
    from spatial_api.processes import end_with_parent

    raise_limit()
    end_with_parent()
    with importing():
        from cim.settings_file import read_settings
        from spatial_api.app import create_app
        from spatial_api.http.companion import Companion
    settings = read_settings()
    return create_app(settings, Companion(partial(_start_companion, settings)))


def _start_companion(settings: Settings, ends: list[socket]) -> BaseProcess:
    """Start the process that answers a worker's large questions over these sockets."""
    from multiprocessing import get_context

    process = get_context("spawn").Process(
        target=_companion, args=(settings, ends), name="companion", daemon=True
    )
    process.start()
    return process


def _companion(settings: Settings, ends: list[socket]) -> None:
    """What that process does, until its worker ends."""
    import asyncio
    from contextlib import suppress

    from spatial_api.processes import end_with_parent, stand_apart

    stand_apart()
    end_with_parent()
    with importing():
        from spatial_api.app import create_app
        from spatial_api.http.companion_links import answer_over
    with suppress(asyncio.CancelledError):
        asyncio.run(answer_over(create_app(settings, is_companion=True), ends))


if __name__ == "__main__":
    main()
