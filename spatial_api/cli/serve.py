"""`citybase serve`: the service."""

from __future__ import annotations

from typing import Annotated

import typer

from cim.settings_file import read_settings
from spatial_api import serving
from spatial_api.cli.terminal import ConfigOption, StoreOption


def serve(
    config: ConfigOption = None,
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on [default: 127.0.0.1].")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on [default: 8000].")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes [default: 1].")] = None,
) -> None:
    """Serve the city: map viewer at /, API documentation at /docs."""
    settings = read_settings(config, store=store, host=host, port=port, workers=workers)
    serving.serve(settings)
