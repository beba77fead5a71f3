"""Rasters of the folder of sources: coloured tiles, terrain, light and shade, slope, contour lines, legends, values."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from cim.errors import NotFound
from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.tiles import raster_catalog
from spatial_api.routes.tiles.raster_parameters import (
    Lit,
    Looked,
    Lossless,
    Size,
    SlopeLook,
    asked_of,
    bands_of,
    cached_picture,
    check_interval,
    height_raster,
    key_of,
    slope_scale,
    source_of,
)
from spatial_api.routes.tiles.responses import REVALIDATE, packed_tile
from tiles import sources
from tiles.raster import ramp_legend, render, terrain
from tiles.raster.color_ramps import RAMPS, Scale
from tiles.raster.contours import contours, interval_m
from tiles.raster.files import raster_of
from tiles.raster.read import at_point, frame_of, touches
from tiles.raster.render import MEDIA_TYPES, Form, RenderOptions
from tiles.raster.rules import Resampling
from tiles.raster.terrain import Encoding
from tiles.sources import SourceFile
from tiles.vector.tile_request import gzip_tile

router = APIRouter(tags=["raster 栅格"])
routers = (raster_catalog.router, router)


@router.get("/raster/{name}/{z}/{x}/{y}.{form}", summary="栅格瓦片 A raster tile", response_class=Response)
async def tile(
    name: str,
    z: int,
    x: int,
    y: str,
    form: Form,
    request: Request,
    city: AskedCity,
    look: Looked,
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """The tile as a picture, in the colours of a ramp or of the file; clear where there are no data, 204 where nothing
    shows. `y` may end in `@2x`."""
    source, row, pixels = asked_of(city, name, y, size)
    frame = frame_of(z, x, row, pixels, 0, datum)

    def make_tile() -> bytes:
        return render.render_raster(raster_of(source), frame, look, form)

    return await cached_picture(request, source, (frame, look, form), make_tile, MEDIA_TYPES[form])


@router.get("/raster/{name}/terrain/{z}/{x}/{y}.{form}", summary="地形瓦片 Heights as colours")
async def terrain_tile(
    name: str,
    z: int,
    x: int,
    y: str,
    form: Lossless,
    request: Request,
    city: AskedCity,
    encoding: Encoding = "mapbox",
    resampling: Resampling | None = None,
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """The tile for a `raster-dem` source: -10000 m + 0.1 m × (red, green, blue as one number), or terrarium's. Where
    the raster has no height it is 0 m; 204 outside the raster's bounds."""
    source, row, pixels = asked_of(city, name, y, size)
    frame = frame_of(z, x, row, pixels, 0, datum)

    def make_tile() -> bytes:
        raster = height_raster(source)
        if not touches(raster, frame):
            return b""
        found = terrain.heights(raster, frame, resampling)
        if found is None:
            found = np.zeros((frame.size, frame.size), np.float32)
        return render.lossless(terrain.terrain_rgb(found, encoding), form)

    return await cached_picture(
        request, source, ("terrain", frame, encoding, resampling, form), make_tile, MEDIA_TYPES[form]
    )


@router.get("/raster/{name}/hillshade/{z}/{x}/{y}.{form}", summary="山影瓦片 Light and shade")
async def hillshade_tile(
    name: str,
    z: int,
    x: int,
    y: str,
    form: Form,
    request: Request,
    city: AskedCity,
    light: Lit,
    resampling: Resampling | None = None,
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """The terrain lit from one side, or from four, in grey."""
    source, row, pixels = asked_of(city, name, y, size)
    frame = frame_of(z, x, row, pixels, 1, datum)

    def make_tile() -> bytes:
        raster = height_raster(source)
        found = terrain.heights(raster, frame, resampling or raster.rule.resampling or "cubic")
        if found is None:
            return b""
        shade = terrain.hillshade(found, frame, light)
        return render.colour(shade, RAMPS["grey"].over(0.0, 1.0), form)

    return await cached_picture(
        request, source, ("shade", frame, light, resampling, form), make_tile, MEDIA_TYPES[form]
    )


@router.get("/raster/{name}/slope/{z}/{x}/{y}.{form}", summary="坡度瓦片 Slope")
async def slope_tile(
    name: str,
    z: int,
    x: int,
    y: str,
    form: Form,
    request: Request,
    city: AskedCity,
    look: SlopeLook,
    resampling: Resampling | None = None,
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """The slope in degrees, in the colours of a ramp."""
    source, row, pixels = asked_of(city, name, y, size)
    frame = frame_of(z, x, row, pixels, 1, datum)

    def make_tile() -> bytes:
        raster = height_raster(source)
        found = terrain.heights(raster, frame, resampling or raster.rule.resampling or "cubic")
        if found is None:
            return b""
        return render.colour(terrain.slope(found, frame), slope_scale(look), form)

    return await cached_picture(
        request, source, ("slope", frame, look, resampling, form), make_tile, MEDIA_TYPES[form]
    )


@router.get("/raster/{name}/contours/{z}/{x}/{y}.mvt", summary="等高线瓦片 Contour lines")
async def contour_tile(
    name: str,
    z: int,
    x: int,
    y: int,
    request: Request,
    city: AskedCity,
    interval: Annotated[
        float | None, Query(description="metres between two lines; by default by zoom")
    ] = None,
    resampling: Resampling | None = None,
    datum: Datum = "wgs84",
) -> Response:
    """A vector tile with the layer `contours`: `elevation` in metres, `index` for every fifth line."""
    source = source_of(city, name)
    frame_of(z, x, y)
    step = interval_m(z) if interval is None else check_interval(interval)
    key = key_of(request, source, ("contours", z, x, y, step, resampling, datum))

    def make_tile() -> bytes:
        return gzip_tile(contours(height_raster(source), z, x, y, step, resampling, datum))

    return await packed_tile(request, key, make_tile)


# -- values and colours ------------------------------------------------------------------------------


@router.get("/raster/{name}/value", summary="某点的值 The values at a point")
def value(
    name: str,
    city: AskedCity,
    lon: float,
    lat: float,
    datum: Datum = "wgs84",
    bands: Annotated[str, Query(description="some bands: 1,3")] = "",
) -> Response:
    """The value of each band in the cell that holds the point, null where there is none; `value` is the first."""
    raster = raster_of(source_of(city, name))
    place = lonlat_of(city, [[lon, lat]], datum)[0].tolist()
    chosen = bands_of(bands) or tuple(i for i in range(1, raster.count + 1) if i != raster.alpha)
    found = at_point(raster, place[0], place[1], chosen)
    return answer(
        {
            "name": name,
            "lon": lon,
            "lat": lat,
            "datum": datum,
            "unit": raster.unit,
            "value": found[0],
            "bands": [
                {"band": band, "name": raster.names[band - 1], "value": v}
                for band, v in zip(chosen, found, strict=True)
            ],
        }
    )


Of = Annotated[Literal["values", "slope"], Query(description="the raster's values, or its slopes")]


@router.get("/raster/{name}/legend.json", summary="图例 The legend")
def legend(name: str, city: AskedCity, look: Looked, of: Of = "values") -> Response:
    """The classes or values with their colours, title and unit."""
    scale, words = _legend(source_of(city, name), look, of)
    return answer(ramp_legend.legend(scale, **words))


@router.get("/raster/{name}/legend.png", summary="图例图片 The legend as a picture", response_class=Response)
def legend_picture(
    name: str,
    city: AskedCity,
    look: Looked,
    of: Of = "values",
    scale: Annotated[float, Query(ge=0.5, le=4)] = 1.0,
) -> Response:
    """The same as a PNG."""
    coloured, words = _legend(source_of(city, name), look, of)
    return Response(
        ramp_legend.picture(coloured, **words, times=scale),
        headers={"Cache-Control": REVALIDATE},
        media_type="image/png",
    )


def _legend(source: SourceFile, look: RenderOptions, of: str) -> tuple[Scale, dict[str, str]]:
    said = sources.describe(source)
    if of == "slope":
        height_raster(source)
        scale = slope_scale(look)
        return scale, {"title_zh": "坡度", "title_en": "Slope", "unit": "°"}
    raster = raster_of(source)
    drawn = render.bands_drawn(raster, look)
    if (len(drawn) == 3 and not look.expression) or (raster.palette is not None and look.ramp is None):
        raise NotFound(
            f"{source.name} is a picture in its own colours, which has no legend; with ramp= and bands= or "
            "expression= it has one"
        )
    scale = render.scale_of(raster, look)
    own = not look.expression and not look.bands
    unit = (raster.unit if own else "") or scale.ramp.unit
    return scale, {"title_zh": said.title_zh, "title_en": said.title_en, "unit": unit}
