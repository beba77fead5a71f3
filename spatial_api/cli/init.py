"""`citybase init`: a new city."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cim.city import City
from cim.errors import CityError, Conflict
from spatial_api.cli.terminal import out


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
