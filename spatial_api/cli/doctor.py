"""`citybase doctor`: what is wrong and what would help."""

from __future__ import annotations

import typer

from cim.settings_file import read_settings
from spatial_api.cli.diagnosis import checks
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, out, say_json


def doctor(as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Look at everything a city needs and say what is wrong and what would help."""
    settings = read_settings(config, store=store)
    found = []
    for what, well, detail in checks(settings):
        found.append({"what": what, "well": well, "detail": detail})
        if not as_json:
            out.print(f"[{'green' if well else 'red'}]{'✓' if well else '✗'}[/] {what}: ", end="")
            out.print(detail, markup=False, highlight=False, soft_wrap=True)
    if as_json:
        say_json({"checks": found})
    raise typer.Exit(0 if all(one["well"] for one in found) else 1)
