"""How a process of ours begins: the command `citybase`, and each worker that serves.

What we import makes some 300,000 objects that stay. Python's search for cycles would walk them again and again while
they come and in each full search later, 200 ms in the middle of somebody's request; so it rests meanwhile, and then
leaves alone what is there. And a worker imports what it serves, not the commands: this module, which each new process
imports first, imports nothing large.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cim.collecting import no_collecting

if TYPE_CHECKING:
    from fastapi import FastAPI


@contextmanager
def _importing() -> Iterator[None]:
    with no_collecting():
        yield
        gc.freeze()


def main() -> None:
    """Run the command line."""
    with _importing():
        from spatial_api import cli
    cli.main()


def worker() -> FastAPI:
    """The app that the environment describes; each worker process makes its own."""
    with _importing():
        from cim.settings import read_settings
        from spatial_api.app import create_app
    return create_app(read_settings())


if __name__ == "__main__":
    main()
