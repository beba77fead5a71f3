"""`citybase bake`: layers as one PMTiles file, and the file brought up to date."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from cim.access.caller import LOCAL
from cim.city import City
from cim.errors import BadInput
from cim.model.standard_layers import PLACED
from cim.settings_file import read_settings
from spatial_api.cli.terminal import ConfigOption, StoreOption, bar, box_of, out
from tiles.archives.bake import Recipe
from tiles.archives.bake import bake as bake_tiles
from tiles.archives.reader import PMTiles
from tiles.vector.registry import PyramidRegistry
from tiles.vector.tile_request import TileMaker, choose

ZOOMS = "6-15"


def bake(
    file: Annotated[Path, typer.Argument(help="The archive, FILE.pmtiles.")],
    layers: Annotated[str, typer.Option(help="Layers, with commas; empty: those of the base map.")] = "",
    zooms: Annotated[str, typer.Option(help="First and last zoom.")] = ZOOMS,
    bbox: Annotated[str, typer.Option(help="west,south,east,north in degrees; empty: all.")] = "",
    fields: Annotated[str, typer.Option(help="Attributes, with commas; empty: all that a zoom has.")] = "",
    filter: Annotated[str, typer.Option(help="CQL2, for one layer.")] = "",
    update: Annotated[
        bool, typer.Option("--update", help="Make only what changed since it was made.")
    ] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write layers as vector tiles to one file (PMTiles), on all cores; or bring such a file up to date."""
    if file.suffix.lower() != ".pmtiles":
        raise BadInput(f"{file.name}: an archive of tiles ends in .pmtiles")
    if update and (layers or bbox or fields or filter or zooms != ZOOMS):
        raise BadInput("an archive is brought up to date as it was baked; give no choices with --update")
    settings = read_settings(config, store=store)
    before, was = _before(file) if update else (None, None)
    with City.open(settings) as city:
        of = f"{city.store.meta('identity')} {version('citybase')}"
        if was is not None:
            recipe = replace(was, of=of)  # where another city or release made it, every tile is made
        else:
            names = layers or ",".join(sorted(n for n in city.snapshots if n not in PLACED))
            recipe = Recipe(
                of,
                tuple(names.split(",")),
                _zooms(zooms),
                box_of(bbox),
                tuple(fields.split(",")) if fields else None,
                filter,
                settings.tile_max_bytes,
            )
        pyramids = PyramidRegistry(city.base_folder, settings.tile_rules, recipe.max_bytes)
        maker = TileMaker(pyramids, of, recipe.max_bytes)
        drawn = [maker.pyramids.make(maker.snapshot(name, city.snapshots)) for name in recipe.layers]
        drawings, _ = choose(drawn, recipe.filter, ",".join(recipe.fields or ()), LOCAL)
        with bar() as progress:
            made = bake_tiles(
                file, drawings, recipe, name=city.settings.name_zh, before=before, progress=progress
            )
    anew = "all" if made.made >= made.tiles else f"{made.made:,}"  # some that were made are empty
    out.print(
        f"{file.name}: {made.tiles:,} tiles, {anew} of them made now, {made.bytes / 1e6:,.1f} MB; "
        f"the largest {made.largest / 1e3:,.0f} kB"
    )


def _before(file: Path) -> tuple[PMTiles, Recipe]:
    """The archive that is to be brought up to date, and what it was made of."""
    try:
        archive = PMTiles(file)
        return archive, Recipe.from_archive(archive)
    except BadInput as error:
        raise BadInput(f"{file.name}: {error}") from error


def _zooms(said: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", said.strip())
    if found is None:
        raise BadInput(f"zooms {said!r}: write the first and the last one, as in 6-15")
    return int(found[1]), int(found[2])
