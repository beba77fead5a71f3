"""Tiles of heights as pictures: heights as colours, light and shade, slopes."""

from __future__ import annotations

import numpy as np

from cim.errors import BadInput
from tiles.raster import render, terrain
from tiles.raster.color_ramps import RAMPS, Scale
from tiles.raster.files import Raster, raster_of
from tiles.raster.read import RasterWindow, Values, touches
from tiles.raster.render import Form, Lossless, RenderOptions
from tiles.raster.rules import Resampling
from tiles.raster.terrain import Encoding, Light
from tiles.sources import SourceFile

#: The margin in pixels that a window needs where each pixel is compared with those around it.
NEIGHBOURS = 1


def height_raster(source: SourceFile) -> Raster:
    """The raster, where its numbers may be heights; else `BadInput`."""
    raster = raster_of(source)
    if raster.kind == "image":
        raise BadInput(
            f"{source.name} is an image, which has no heights; if its numbers are heights, "
            f'write kind = "terrain" into {source.name}.toml'
        )
    return raster


def slope_scale(look: RenderOptions) -> Scale:
    """The colours of slopes in degrees."""
    ramp = (look.ramp or RAMPS["slope"]).with_steps(look.steps)
    return ramp.over(*(look.rescale[0] if look.rescale else ramp.range or (0.0, 60.0)))


def terrain_tile(
    source: SourceFile, frame: RasterWindow, encoding: Encoding, resampling: Resampling | None, form: Lossless
) -> bytes:
    """Heights as colours, 0 m where the raster has none; no bytes outside its bounds."""
    raster = height_raster(source)
    if not touches(raster, frame):
        return b""
    found = terrain.heights(raster, frame, resampling)
    if found is None:
        found = np.zeros((frame.size, frame.size), np.float32)
    return render.lossless(terrain.terrain_rgb(found, encoding), form)


def hillshade_tile(
    source: SourceFile, frame: RasterWindow, light: Light, resampling: Resampling | None, form: Form
) -> bytes:
    """The terrain lit from one side or from four, in grey; no bytes where it has no heights."""
    found = _smooth_heights(source, frame, resampling)
    if found is None:
        return b""
    return render.colour(terrain.hillshade(found, frame, light), RAMPS["grey"].over(0.0, 1.0), form)


def slope_tile(
    source: SourceFile, frame: RasterWindow, look: RenderOptions, resampling: Resampling | None, form: Form
) -> bytes:
    """Slopes in the colours of a ramp; no bytes where the raster has no heights."""
    found = _smooth_heights(source, frame, resampling)
    if found is None:
        return b""
    return render.colour(terrain.slope(found, frame), slope_scale(look), form)


def _smooth_heights(source: SourceFile, frame: RasterWindow, resampling: Resampling | None) -> Values | None:
    """Heights without the steps between cells that light and slopes would show."""
    raster = height_raster(source)
    return terrain.heights(raster, frame, resampling or raster.rule.resampling or "cubic")
