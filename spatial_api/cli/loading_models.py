"""Models into the city as a person at a terminal loads them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from cim.bim.building_model import ModelRefused
from cim.bim.placement import GroundPlacement
from cim.city import City
from cim.settings_file import read_settings
from layers.formats.model_options import ControlPoint, ModelOptions
from layers.load.model_report import ModelReport, fault_line
from layers.load.models import (
    ModelLoadOptions,
    load_model_file,
    prepare_model,
    require_distinct_models,
)
from spatial_api.cli.dry_run import city_as_it_is
from spatial_api.cli.terminal import bar, say

#: So many faults of each code are shown at the terminal.
_SHOWN = 10


def model_options(
    crs: str | None,
    place: str | None,
    control_points: list[str] | None,
    up: Any,
    ids: Path | None,
    cim_level: int | None,
    on_far: Any,
    source: str,
    name: str,
) -> ModelLoadOptions:
    """The options that the words of the command line say. `typer.BadParameter` for what is no number."""
    where = None
    if place is not None:
        lon, lat, height, turn = _numbers(place, 4, "--place LON,LAT,HEIGHT,ROTATION", [0.0, 0.0])
        where = GroundPlacement(lon, lat, height, turn)
    points = []
    for text in control_points or []:
        model, mark, there = text.partition("=")
        if not mark:
            raise typer.BadParameter(f"{text!r} is not X,Y,Z=LON,LAT,HEIGHT")
        x, y, z = _numbers(model, 3, "--control-point X,Y,Z=LON,LAT,HEIGHT")
        lon, lat, height = _numbers(there, 3, "--control-point X,Y,Z=LON,LAT,HEIGHT")
        points.append(ControlPoint((x, y, z), (lon, lat, height)))
    read = ModelOptions(crs=crs, place=where, control_points=tuple(points), up=up)
    return ModelLoadOptions(read=read, ids=ids, cim_level=cim_level, on_far=on_far, source=source, name=name)


def load_models(
    files: list[Path],
    config: Path | None,
    store: str | None,
    options: ModelLoadOptions,
    code: str | None,
    dry_run: bool,
    report_file: Path | None,
) -> None:
    """Load the models, or only read and check them, and print the report of each."""
    if code is not None and len(files) > 1:
        raise typer.BadParameter(f"--model {code} names one model, but {len(files)} files are given")
    if code is None:
        require_distinct_models(files)
    settings = read_settings(config, store=store)
    with city_as_it_is(settings) if dry_run else City.open(settings, create=True) as city:
        for file in files:
            try:
                with bar() as progress:
                    mine = replace(options, code=code)
                    if dry_run:
                        report = prepare_model(city, file, mine, progress).report
                    else:
                        report = load_model_file(city, file, mine, progress)
            except ModelRefused as refusal:
                for fault in refusal.faults:
                    say(fault_line(fault))
                raise
            say("\n".join(report.lines(most_faults=_SHOWN)))
            if report_file is not None:
                write_report(report, report_file)


def write_report(report: ModelReport, file: Path) -> None:
    """Write the report as a page (.html) or as JSON."""
    if file.suffix.lower() in (".html", ".htm"):
        file.write_text(report.as_html(), "utf-8")
    else:
        file.write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=1), "utf-8")
    say(f"report: {file}")


def _numbers(text: str, count: int, form: str, defaults: list[float] | None = None) -> list[float]:
    parts = [part.strip() for part in text.split(",")]
    try:
        values = [float(part) for part in parts]
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not {form}") from error
    missing = count - len(values)
    if missing > 0 and defaults is not None and missing <= len(defaults):
        values += defaults[len(defaults) - missing :]
    if len(values) != count:
        raise typer.BadParameter(f"{text!r} is not {form}")
    return values
