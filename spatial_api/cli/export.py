"""`citybase export`: a layer as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cim.city import City
from cim.settings_file import read_settings
from layers.export import export as export_layer
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, bar, box_of, say, say_json


def export(
    layer: Annotated[str, typer.Argument(help="The layer.")],
    file: Annotated[
        Path,
        typer.Argument(
            help="The file; its name says the format: .gpkg .geojson .fgb .shp .parquet .arrow .csv .tsv"
        ),
    ],
    crs: Annotated[
        str | None, typer.Option(help="CRS of the file [default: EPSG:4490; GeoJSON: WGS84].")
    ] = None,
    datum: Annotated[
        Literal["wgs84", "cgcs2000", "gcj02", "bd09"] | None,
        typer.Option(help="Datum of the positions; gcj02 or bd09 for web maps that draw in them."),
    ] = None,
    bbox: Annotated[
        str, typer.Option(help="west,south,east,north in degrees: only what meets this box.")
    ] = "",
    filter: Annotated[str, typer.Option(help="CQL2: only what meets it.")] = "",
    fields: Annotated[str | None, typer.Option(help="Attributes, with commas [default: all].")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write a layer to a file of any format that loads; what the format can't hold is told or refused."""
    with City.open(read_settings(config, store=store)) as city, bar() as progress:
        made = export_layer(
            city.snapshot(layer),
            file,
            crs=crs,
            datum=datum,
            bbox=box_of(bbox),
            condition=filter,
            fields=None if fields is None else [name for name in fields.split(",") if name],
            overwrite=force,
            progress=progress,
        )
    if as_json:
        say_json({"file": made.path, "rows": made.rows, "notes": list(made.notes)})
        return
    say("\n".join([f"{made.path}: {made.rows:,} rows of {layer}", *(f"note: {note}" for note in made.notes)]))
