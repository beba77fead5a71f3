"""How a process of ours begins: the command `citybase`, and each worker that serves.

A worker imports what it serves, not the commands, and a command not the others: this module, which each new process
imports first, imports nothing large (`cim.arrays.gc_pause.importing` says why that matters to a worker).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cim.arrays.gc_pause import importing
from cim.arrays.open_files import raise_limit

if TYPE_CHECKING:
    from fastapi import FastAPI


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
    return create_app(read_settings())


if __name__ == "__main__":
    main()
