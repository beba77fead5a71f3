"""The TileJSON of vector tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tiles.style.map_layers import source_line
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer


def vector_tilejson(
    drawings: Sequence[TileLayer], *, name: str, bounds: tuple[float, float, float, float], url: str
) -> dict[str, Any]:
    """TileJSON 3.0 of some layers in one tile; `url` names `{z}`, `{x}` and `{y}`."""
    lowest = min(d.zoom_rule().min_zoom for d in drawings)
    return {
        "tilejson": "3.0.0",
        "name": name,
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": lowest,
        "maxzoom": encode.TILED_TO,
        "bounds": bounds,
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, max(lowest, 11)],
        "vector_layers": [encode.vector_layer(d) for d in drawings],
        "attribution": source_line(d.layer for d in drawings),
    }
