"""`citybase demo`: the demo city, made and served."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from cim.city import City
from cim.settings import Settings
from cim.settings_file import read_settings
from layers import demo as demo_city
from layers.demo.inputs import path_of
from layers.demo.tower import CODE, NAME, tower_place, write_tower
from layers.load.models import ModelLoadOptions, load_model_file
from layers.responsibility_list import load_calendar, load_rules
from spatial_api import serving
from spatial_api.cli.terminal import StoreOption, bar, out


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
        load_calendar(city.writer, path_of("calendar.csv"), actor="demo")
        load_rules(city.writer, path_of("responsibility.csv"), actor="demo")
        _load_tower(city)
        city.store.set_meta("demo", made)


def _load_tower(city: City) -> None:
    """Write the demo city's building model as an IFC file and load it as one."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tower.ifc"
        write_tower(file, *tower_place(city.snapshot("buildings")))
        options = ModelLoadOptions(code=CODE, name=NAME, cim_level=6, source="示意 schematic")
        with bar() as progress:
            report = load_model_file(city, file, options, progress, actor="demo")
    elements = sum(report.counts.values())
    out.print(f"  {'models':<10} {'模型':<8} {elements:>9,}", highlight=False)
