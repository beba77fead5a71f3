"""Contour lines of a terrain as vector tiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from contourpy import contour_generator

from cim.columnar.columns import build
from cim.errors import BadInput
from cim.model.layer import Features, Field, Layer
from cim.snapshot.snapshot import Snapshot
from cim.space.crs import Coordinates, Datum
from tiles.pyramid.zoom_rules import TileRule
from tiles.raster.files import Raster
from tiles.raster.read import Values, frame_of
from tiles.raster.rules import Resampling
from tiles.raster.terrain import heights
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer

CONTOURS = Layer(
    "contours",
    geometry="line",
    fields=(
        Field("elevation", "real", "高程", "Elevation"),
        Field("index", "boolean", "计曲线", "Index contour"),
    ),
    title_zh="等高线",
    title_en="Contours",
)
#: From here on lines are worth drawing in a city.
LOWEST_ZOOM = 8
#: Every fifth line is an index contour (计曲线).
_INDEX = 5
#: Pixels beyond the tile: lines go on into the margin that vector tiles have.
_BUFFER = 8
_SIZE = 256
#: Lines of one tile, at most.
_MOST_LEVELS = 500
#: Metres between two lines from each zoom on.
_INTERVALS_M = {0: 500.0, 9: 200.0, 10: 100.0, 11: 50.0, 12: 20.0, 14: 10.0, 15: 5.0, 16: 2.0, 17: 1.0}


def interval_m(z: int) -> float:
    """Metres between two lines at a zoom.

    >>> interval_m(8), interval_m(13), interval_m(20)
    (500.0, 20.0, 1.0)
    """
    return next(step for zoom, step in reversed(_INTERVALS_M.items()) if z >= zoom)


def contours(
    raster: Raster,
    z: int,
    x: int,
    y: int,
    interval: float | None = None,
    resampling: Resampling | None = None,
    datum: Datum = "wgs84",
) -> bytes:
    """The tile with the layer `contours`, uncompressed; empty where there are no lines. `interval` in metres."""
    frame = frame_of(z, x, y, _SIZE, _BUFFER, datum)
    found = heights(raster, frame, resampling)
    if found is None:
        return b""
    features = lines(found, interval or interval_m(z), (z, x, y))
    if not len(features.geometry):
        return b""
    return encode.encode([TileLayer(_snapshot(features), rule=TileRule())], z, x, y)


def lines(found: Values, interval: float, tile: tuple[int, int, int]) -> Features:
    """The lines of heights in a tile's buffered frame: a row for each height, `elevation` in metres and `index`."""
    lowest, highest = float(np.nanmin(found)), float(np.nanmax(found))
    first, last = int(np.ceil(lowest / interval)), int(np.floor(highest / interval))
    if last - first >= _MOST_LEVELS:
        raise BadInput(
            f"interval {interval:g} would draw {last - first + 1:,} lines in this tile, whose heights run from "
            f"{lowest:g} to {highest:g} m; at most {_MOST_LEVELS}: take {(highest - lowest) / _MOST_LEVELS:.3g} or more"
        )
    at = (np.arange(_SIZE + 2 * _BUFFER) + 0.5 - _BUFFER) / _SIZE
    drawn = contour_generator(at, at, np.ma.masked_invalid(found), name="serial")
    geometry, elevations = [], []
    for step in range(first, last + 1):
        # Level ground at exactly this height would be covered with lines of rounding errors: a hair above it, it isn't.
        parts = drawn.lines((step + 1e-4) * interval)
        if parts:
            geometry.append(shapely.multilinestrings([shapely.linestrings(_lonlat(p, tile)) for p in parts]))
            elevations.append(step)
    steps = np.array(elevations, np.int64)
    table = pa.table(
        [pa.array(steps * interval, pa.float64()), pa.array(steps % _INDEX == 0)], schema=CONTOURS.schema()
    )
    return Features(np.array(geometry, object), table)


def _lonlat(part: Any, tile: tuple[int, int, int]) -> Coordinates:
    """Places in a tile (0 to 1, to the right and down) in degrees of the tile's own datum."""
    z, x, y = tile
    across = (part + np.array([x, y])) / 2**z
    return np.column_stack(
        [across[:, 0] * 360.0 - 180.0, np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * across[:, 1]))))]
    )


def _snapshot(features: Features) -> Snapshot:
    """The lines as a layer that is drawn like any other; nobody measures them in metres."""
    metric_crs = "EPSG:3857"
    return Snapshot.of(CONTOURS, build(CONTOURS, features, metric_crs), metric_crs, 0)
