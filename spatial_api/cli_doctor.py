"""`citybase doctor`: what is wrong and what would help."""

from __future__ import annotations

import typer

from cim.settings import read_settings
from spatial_api import doctor as doctor_checks
from spatial_api.terminal import ConfigOption, StoreOption, out


def doctor(config: ConfigOption = None, store: StoreOption = None) -> None:
    """Look at everything a city needs and say what is wrong and what would help."""
    settings = read_settings(config, store=store)
    well = True
    for what, good, detail in doctor_checks.checks(settings):
        well = well and good
        out.print(f"[{'green' if good else 'red'}]{'✓' if good else '✗'}[/] {what}: ", end="")
        out.print(detail, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if well else 1)
