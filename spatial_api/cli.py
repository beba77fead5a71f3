"""The command line: `citybase init, load, layers, responsibility, calendar, serve, demo, doctor`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer
from rich.table import Table

from cim.city import City
from cim.errors import CityError, Conflict, FaultyData
from cim.settings import Settings, read_settings
from layers import demo as demo_city
from layers.demo.inputs import path_of
from layers.report import fault_lines
from layers.rules import load_calendar, load_rules
from spatial_api import cli_assign, cli_bake, cli_grid, cli_load, cli_roads, cli_rules, cli_tiles, serving
from spatial_api import doctor as doctor_checks
from spatial_api.terminal import ConfigOption, StoreOption, bar, err, out

app = typer.Typer(
    help="citybase 城市空间底座: the spatial base of a city.", no_args_is_help=True, add_completion=False
)
app.command()(cli_load.load)
app.command()(cli_assign.assign)
app.command()(cli_assign.reassign)
app.command()(cli_bake.bake)
app.add_typer(cli_grid.grid, name="grid")
app.add_typer(cli_rules.responsibility, name="responsibility")
app.add_typer(cli_rules.calendar, name="calendar")
app.add_typer(cli_roads.roads, name="roads")
app.add_typer(cli_tiles.tiles, name="tiles")


@app.command()
def init(
    config: Annotated[Path, typer.Argument(help="Settings file to write.")] = Path("city.toml"),
    store: Annotated[str, typer.Option(help="Where the truth is kept.")] = "gpkg:///city.gpkg",
    name_zh: Annotated[str, typer.Option(help="Name of the city in Chinese.")] = "城市",
    name_en: Annotated[str, typer.Option(help="Name of the city in English.")] = "City",
    metric_crs: Annotated[
        str, typer.Option(help="Metric CRS, such as EPSG:4547; auto: by the first layer.")
    ] = "auto",
) -> None:
    """Make a new city: its settings file and its empty store."""
    if config.exists():
        raise Conflict(f"{config} is there already; remove it or name another")
    lines = {"store": store, "name_zh": name_zh, "name_en": name_en, "metric_crs": metric_crs}
    # A JSON text is a TOML text too, with its quotes and backslashes escaped.
    config.write_text(
        "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in lines.items()), "utf-8"
    )
    try:
        with City.open(config, create=True) as city:
            said = f"{config}: {city.settings.name_zh} in {city.settings.store}, ready for `citybase load`"
    except CityError:
        config.unlink()
        raise
    out.print(said, markup=False, highlight=False, soft_wrap=True)


@app.command()
def layers(config: ConfigOption = None, store: StoreOption = None) -> None:
    """List the loaded layers."""
    with City.open(read_settings(config, store=store)) as city:
        table = Table("layer", "名称", "kind", "geometry", "features", "version", "source")
        for name, snapshot in sorted(city.snapshots.items()):
            known = snapshot.layer
            row = (
                name,
                known.title_zh,
                known.kind,
                known.geometry,
                f"{len(snapshot):,}",
                snapshot.version,
                known.source,
            )
            table.add_row(*row)
        out.print(table)


@app.command()
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


@app.command()
def demo(
    size: Annotated[
        Literal["small", "city", "metro"],
        typer.Option(help="20 thousand, 500 thousand or 5 million features."),
    ] = "small",
    folder: Annotated[Path, typer.Option(help="Where the demo city is kept.")] = Path(".citybase"),
    store: StoreOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    serve: Annotated[bool, typer.Option(help="Serve it when it is made.")] = True,
) -> None:
    """Make the demo city (schematic 长沙, not survey data) where it is not made yet, and serve it."""
    settings = demo_settings(size, folder, store, host, port)
    make_demo(settings, size)
    if serve:
        serving.serve(settings)


def demo_settings(size: str, folder: Path, store: str | None, host: str | None, port: int | None) -> Settings:
    """The settings of the demo city of this size."""
    folder.mkdir(parents=True, exist_ok=True)
    return read_settings(
        None,
        store=store or f"gpkg:///{folder / f'demo-{size}.gpkg'}",
        snapshots=str(folder / "snapshots") if store else None,
        name_zh="长沙（示意）",
        name_en="Changsha (schematic)",
        metric_crs="EPSG:4547",
        host=host,
        port=port,
    )


def make_demo(settings: Settings, size: Literal["small", "city", "metro"]) -> None:
    """Make the demo city in its store, unless it is there; a half-made one is made again."""
    made = f"{demo_city.VERSION}-{size}"
    with City.open(settings, create=True) as city:
        if city.store.meta("demo", "") == made:
            return
        out.print(f"making the demo city ({size}), schematic 长沙 …")
        for layer, features in demo_city.make(size):
            with bar() as progress:
                city.load(layer, features, actor="demo", progress=progress)
            out.print(f"  {layer.name:<10} {layer.title_zh:<8} {len(features):>9,}", highlight=False)
        load_calendar(city, path_of("calendar.csv"), actor="demo")
        load_rules(city, path_of("responsibility.csv"), actor="demo")
        city.store.set_meta("demo", made)


@app.command()
def doctor(config: ConfigOption = None, store: StoreOption = None) -> None:
    """Look at everything a city needs and say what is wrong and what would help."""
    settings = read_settings(config, store=store)
    well = True
    for what, good, detail in doctor_checks.checks(settings):
        well = well and good
        out.print(f"[{'green' if good else 'red'}]{'✓' if good else '✗'}[/] {what}: ", end="")
        out.print(detail, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if well else 1)


def main() -> None:
    """Run a command; an error is a sentence on stderr and exit status 1."""
    try:
        app()
    except FaultyData as error:
        # Its text names the first faults too; here all that one can read are listed, once each.
        _complain(_headline(str(error)), *fault_lines(error.faults, 50))
    except CityError as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _headline(text: str) -> str:
    """What went wrong, without the first faults, which are listed in full below it."""
    return re.split(r"\n|: row \d", text, maxsplit=1)[0]


def _complain(*lines: str) -> NoReturn:
    err.print("[red]error:[/] ", end="")
    err.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
