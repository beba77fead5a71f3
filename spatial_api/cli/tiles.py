"""`citybase tiles`: by which rule a layer is drawn, and what its zooms show and leave out."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from cim.city import City
from cim.settings_file import read_settings
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, out, say_json
from tiles.pyramid.zoom_rules import as_toml, rule_of
from tiles.vector.registry import PyramidRegistry

tiles = typer.Typer(help="Vector tiles (矢量瓦片): rules and levels.", no_args_is_help=True)

LayerName = Annotated[str, typer.Argument(help="The layer.")]


@tiles.callback()
def _group() -> None:
    """Vector tiles (矢量瓦片): rules and levels."""


@tiles.command()
def rule(layer: LayerName, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Print the rule by which a layer is drawn, as the text of a rule file (LAYER.toml) to begin with."""
    settings = read_settings(config, store=store)
    with City.open(settings) as city:
        said = as_toml(rule_of(city.snapshot(layer).layer, settings.tile_rules))
    typer.echo(said, nl=False)


@tiles.command()
def levels(
    layer: LayerName, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """Say for each zoom how many shapes it has, how many features those merge, and how many it leaves out."""
    settings = read_settings(config, store=store)
    with City.open(settings) as city:
        snapshot = city.snapshot(layer)
        pyramids = PyramidRegistry(city.base_folder, settings.tile_rules, settings.tile_max_bytes)
        pyramid = pyramids.make(snapshot).pyramid
        table = Table(title=f"{layer} · {len(snapshot):,}")
        for name in ("级别 zoom", "图形 shapes", "合并 merged", "舍去 left out", "最小 least (px)"):
            table.add_column(name, justify="right")
        said_of = {z: pyramid.as_dict(z) for z in sorted(pyramid.levels)} if pyramid is not None else {}
        if as_json:
            say_json(
                {
                    "layer": layer,
                    "count": len(snapshot),
                    "zooms": [{"zoom": z, **said} for z, said in said_of.items()],
                }
            )
            return
        for z, said in said_of.items():
            numbers = (f"{said[n]:,}" for n in ("shapes", "merged", "left_out"))
            table.add_row(str(z), *numbers, f"{said['least_px']:g}")
    out.print(table)
