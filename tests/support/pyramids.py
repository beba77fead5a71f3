"""Zoom levels of small layers and what they show."""

from __future__ import annotations

from typing import Any

from cim.snapshot.snapshot import Snapshot
from tests.support.tiles import X, Y, Z, check_commands, decoded, raw
from tiles.pyramid.zoom_rules import TileRule
from tiles.vector import encode
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer

#: Everything as it is: no detail and nothing small is left out.
ALL = TileRule(least_px=0.0, tolerance_px=0.0)


def drawn(
    of: Snapshot, rule: TileRule = ALL, zooms: tuple[int, int] = (Z, Z), most: int = 500_000
) -> TileLayer:
    return TileLayer(of, build_pyramid(of, rule, most, zooms), rule)


def shown(of: TileLayer, z: int = Z, x: int = X, y: int = Y) -> dict[int, Any]:
    """The features of the tile by id; the tile keeps every rule of the specification."""
    tile = encode.encode([of], z, x, y)
    for layer in raw(tile).layers:
        for feature in layer.features:
            check_commands(feature)
    found = decoded(tile).get(of.layer.name, {"features": []})["features"]
    made = {f["id"]: (f["geometry"], f["properties"]) for f in found}
    assert len(made) == len(found), "an id comes once"
    return made
