"""Baked archives: how they are made and what is in them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from pmtiles.reader import MmapSource, all_tiles

from cim.snapshot.snapshot import Snapshot
from tests.support.tiles import decoded
from tiles.archives.bake import Baked, Recipe, bake
from tiles.pyramid.zoom_rules import TileRule, default_rule
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer

#: Every zoom up to the last one that is exact.
ZOOMS = (0, 15)


def drawing_of(snapshot: Snapshot, zooms: tuple[int, int] = ZOOMS, rule: TileRule | None = None) -> TileLayer:
    chosen = rule or default_rule(snapshot.layer)
    return TileLayer(snapshot, build_pyramid(snapshot, chosen, zooms=zooms), chosen)


def recipe_of(*names: str, **more: Any) -> Recipe:
    return Recipe("a city", names, **{"zooms": ZOOMS, **more})


def baked(file: Path, *drawings: TileLayer, **more: Any) -> Baked:
    before = more.pop("before", None)
    return bake(file, drawings, recipe_of(*(d.layer.name for d in drawings), **more), before=before)


def tiles_in(file: Path) -> dict[tuple[int, int, int], bytes]:
    """All tiles by the package's own reader, plain; their numbers ascend."""
    with file.open("rb") as handle:
        return {place: gzip.decompress(packed) for place, packed in all_tiles(MmapSource(handle))}


def as_sets(tiles: dict[tuple[int, int, int], bytes]) -> dict[tuple[int, int, int], Any]:
    """What tiles show, whatever the order of their features."""
    said = {}
    for place, tile in tiles.items():
        said[place] = {
            name: sorted(json.dumps(f, sort_keys=True, ensure_ascii=False) for f in layer["features"])
            for name, layer in decoded(tile).items()
        }
    return said
