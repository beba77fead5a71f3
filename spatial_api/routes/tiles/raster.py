"""Rasters of the folder of sources: coloured tiles, terrain, light and shade, slope, contour lines, legends, values."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from cim.space.crs import Datum
from spatial_api.http.conditional import REVALIDATE
from spatial_api.http.dependencies import AskedCity, answer, answer_document
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.tiles import raster_catalog
from spatial_api.routes.tiles.raster_parameters import (
    AskedTile,
    Lit,
    Looked,
    Sampled,
    SlopeLook,
    check_interval,
    key_of,
    source_of,
)
from spatial_api.routes.tiles.responses import packed_tile
from tiles.raster import ramp_legend, render, terrain_tiles
from tiles.raster.contours import contours, interval_m
from tiles.raster.files import raster_of
from tiles.raster.read import at_point, frame_of
from tiles.raster.render import Form, Lossless
from tiles.raster.render_text import parse_bands
from tiles.raster.terrain import Encoding
from tiles.raster.terrain_tiles import NEIGHBOURS, height_raster
from tiles.vector.tile_request import gzip_tile

router = APIRouter(tags=["raster 栅格"])
routers = (raster_catalog.router, router)


@router.get("/raster/{name}/{z}/{x}/{y}.{form}", summary="栅格瓦片 A raster tile", response_class=Response)
async def tile(asked: AskedTile, form: Form, look: Looked) -> Response:
    """The tile as a picture, in the colours of a ramp or of the file; clear where there are no data, 204 where nothing
    shows. `y` may end in `@2x`."""
    source, frame = asked.look_up()
    return await asked.answer(
        source, (frame, look, form), lambda: render.render_raster(raster_of(source), frame, look, form), form
    )


@router.get("/raster/{name}/terrain/{z}/{x}/{y}.{form}", summary="地形瓦片 Heights as colours")
async def terrain_tile(
    asked: AskedTile, form: Lossless, encoding: Encoding = "mapbox", resampling: Sampled = None
) -> Response:
    """The tile for a `raster-dem` source: -10000 m + 0.1 m × (red, green, blue as one number), or terrarium's. Where
    the raster has no height it is 0 m; 204 outside the raster's bounds."""
    source, frame = asked.look_up()
    make = partial(terrain_tiles.terrain_tile, source, frame, encoding, resampling, form)
    return await asked.answer(source, ("terrain", frame, encoding, resampling, form), make, form)


@router.get("/raster/{name}/hillshade/{z}/{x}/{y}.{form}", summary="山影瓦片 Light and shade")
async def hillshade_tile(asked: AskedTile, form: Form, light: Lit, resampling: Sampled = None) -> Response:
    """The terrain lit from one side, or from four, in grey."""
    source, frame = asked.look_up(NEIGHBOURS)
    make = partial(terrain_tiles.hillshade_tile, source, frame, light, resampling, form)
    return await asked.answer(source, ("shade", frame, light, resampling, form), make, form)


@router.get("/raster/{name}/slope/{z}/{x}/{y}.{form}", summary="坡度瓦片 Slope")
async def slope_tile(asked: AskedTile, form: Form, look: SlopeLook, resampling: Sampled = None) -> Response:
    """The slope in degrees, in the colours of a ramp."""
    source, frame = asked.look_up(NEIGHBOURS)
    make = partial(terrain_tiles.slope_tile, source, frame, look, resampling, form)
    return await asked.answer(source, ("slope", frame, look, resampling, form), make, form)


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
    resampling: Sampled = None,
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
    chosen = parse_bands(bands) or tuple(i for i in range(1, raster.count + 1) if i != raster.alpha)
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


Of = Annotated[ramp_legend.Explained, Query(description="the raster's values, or its slopes")]


@router.get("/raster/{name}/legend.json", summary="图例 The legend")
def legend(name: str, request: Request, city: AskedCity, look: Looked, of: Of = "values") -> Response:
    """The classes or values with their colours, title and unit."""
    scale, words = ramp_legend.explain(source_of(city, name), look, of)
    return answer_document(request, ramp_legend.legend(scale, **words))


@router.get("/raster/{name}/legend.png", summary="图例图片 The legend as a picture", response_class=Response)
def legend_picture(
    name: str,
    city: AskedCity,
    look: Looked,
    of: Of = "values",
    scale: Annotated[float, Query(ge=0.5, le=4)] = 1.0,
) -> Response:
    """The same as a PNG."""
    coloured, words = ramp_legend.explain(source_of(city, name), look, of)
    return Response(
        ramp_legend.picture(coloured, **words, times=scale),
        headers={"Cache-Control": REVALIDATE},
        media_type="image/png",
    )
