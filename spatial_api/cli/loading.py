"""Files into layers as a person at a terminal loads them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from cim.city import City
from cim.settings import Settings
from cim.settings_file import read_settings
from layers.load.load import Prepared, load_file, prepare_file
from layers.load.options import LoadOptions
from layers.load.report import LoadReport
from layers.load.targets import LayerIsThere, is_osm, possible_layers, require_distinct_layers, require_room
from spatial_api.cli.terminal import bar, err, say


def load_files(
    files: list[Path],
    config: Path | None,
    store: str | None,
    dry_run: bool,
    picture: Path | None,
    **chosen: Any,
) -> None:
    """Load the files with these options of `LoadOptions`, or only rehearse it, and print the report of each."""
    options = LoadOptions(**chosen)
    require_distinct_layers(files, options)
    if dry_run:
        _rehearse(read_settings(config, store=store), files, options, picture)
        return
    with City.open(read_settings(config, store=store), create=True) as city:
        options = _with_room(city, files, options)
        for file in files:
            for report in _load(city, file, options):
                say("\n".join(report.lines(most_faults=20)))


def _rehearse(settings: Settings, files: list[Path], options: LoadOptions, chosen: Path | None) -> None:
    """Report each file as its load would, against the city as it is, and draw them all."""
    from spatial_api.cli import dry_run  # here: what draws pictures takes a while to import

    path = dry_run.picture_path(files, chosen)
    with dry_run.city_as_it_is(settings) as city:
        options = _with_room(city, files, options)
        prepared: list[Prepared] = []
        for file in files:
            with bar() as progress:
                found = prepare_file(city, file, options, progress)
            for one in found:
                say("\n".join(one.report.lines(most_faults=20)))
            prepared += found
        drawn = dry_run.draw_prepared(city, prepared)
    if drawn is not None:
        drawn.image.save(path)
        rest = "".join(f"; {n:,} {name} are too many to draw" for name, n in drawn.left_out.items())
        say(f"dry run: nothing was written to the store; {path} shows what would be loaded{rest}")


def _with_room(city: City, files: list[Path], options: LoadOptions) -> LoadOptions:
    """The options with an answer to whether layers that are there are replaced; which layers an OpenStreetMap file
    fills is known only once it is read."""
    known = [file for file in files if options.layer is not None or not is_osm(file)]
    try:
        require_room(city.snapshots, [n for file in known for n in possible_layers(file, options)], options)
    except LayerIsThere as there:
        return _ask(there, options)
    return options


def _load(city: City, file: Path, options: LoadOptions) -> list[LoadReport]:
    try:
        with bar() as progress:
            return load_file(city, file, options, progress)
    except LayerIsThere as there:
        options = _ask(there, options)
    with bar() as progress:
        return load_file(city, file, options, progress)


def _ask(there: LayerIsThere, options: LoadOptions) -> LoadOptions:
    """The options with what a person at the terminal answers; a script gets the refusal."""
    if not (sys.stdin.isatty() and err.is_terminal):
        raise there
    answer = ""
    while answer not in ("replace", "append", "stop"):
        answer = typer.prompt(f"{there.headline}: replace, append or stop?", default="stop", err=True).strip()
    if answer == "stop":
        raise there
    return replace(options, replace=answer == "replace", append=answer == "append")
