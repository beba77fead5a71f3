"""Which rasters there are, and the TileJSON of each kind of their tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cim.city import City
from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedCity, answer, answer_document, root_of
from spatial_api.routes.tiles.raster_parameters import (
    Lit,
    Looked,
    Sampled,
    Size,
    SlopeLook,
    check_interval,
    check_size,
    source_of,
)
from tiles import sources
from tiles.raster import catalog, render
from tiles.raster.color_ramps import RAMPS
from tiles.raster.files import SUFFIXES, Raster, raster_of
from tiles.raster.render import Form, Lossless
from tiles.raster.terrain import Encoding
from tiles.raster.terrain_tiles import height_raster

router = APIRouter(tags=["raster 栅格"])


@router.get("/raster", summary="栅格目录 The rasters that are there")
def listing(request: Request, city: AskedCity) -> Response:
    """Every raster with its kind, bounds, zooms, bands, statistics and links; what can't be served, and why; and the
    ramps by name."""
    found = sources.list_sources(city.settings.sources_folder, SUFFIXES)
    root = root_of(request)
    return answer(
        {
            "rasters": [catalog.describe_raster(source, root) for source in found.sources],
            "left_out": [{"file": file, "why": why} for file, why in found.left_out.items()],
            "ramps": [
                {"name": r.name, "title_zh": r.title_zh, "title_en": r.title_en, "range": r.range, "steps": r.steps,
                 "unit": r.unit}
                for r in RAMPS.values()
            ],
        }
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RasterTiles:
    """All tiles of a raster, not looked up yet."""

    request: Request
    city: City
    name: str
    size: int
    datum: Datum

    async def raster(self) -> Raster:
        """The raster, opened in a thread."""
        return await run_in_threadpool(raster_of, source_of(self.city, self.name))

    async def heights(self) -> Raster:
        """The raster, where its numbers may be heights; else `BadInput`."""
        return await run_in_threadpool(height_raster, source_of(self.city, self.name))

    def url(self, what: str, form: str) -> str:
        """The URL of its tiles of this kind, with all that the request says of them."""
        kept = "&".join(p for p in self.request.url.query.split("&") if p and not p.startswith("format="))
        path = f"/raster/{self.name}{what and f'/{what}'}/{{z}}/{{x}}/{{y}}.{form}"
        return f"{root_of(self.request)}{path}{kept and f'?{kept}'}"

    def answer(self, raster: Raster, what: str, form: str, **more: str) -> Response:
        """TileJSON 3.0 of its tiles that are pictures."""
        check_size(self.size)
        said = catalog.picture_tilejson(raster, self.url(what, form), self.size, self.datum)
        return answer_document(self.request, {**said, **more})


async def _raster_tiles(
    name: str, request: Request, city: AskedCity, size: Size = 256, datum: Datum = "wgs84"
) -> RasterTiles:
    return RasterTiles(request, city, name, size, datum)


AskedTiles = Annotated[RasterTiles, Depends(_raster_tiles)]


@router.get("/raster/{name}.json", summary="栅格 TileJSON")
async def tilejson(asked: AskedTiles, look: Looked, format: Form = "png") -> Response:
    """TileJSON 3.0 of the raster's pictures, with `tileSize` as MapLibre reads it; what the URL says of colours, bands
    and so on goes into the tiles' URL."""
    raster = await asked.raster()
    render.bands_drawn(raster, look)
    return asked.answer(raster, "", format)


@router.get("/raster/{name}/terrain.json", summary="地形 TileJSON")
async def terrain_tilejson(
    asked: AskedTiles, encoding: Encoding = "mapbox", resampling: Sampled = None, format: Lossless = "png"
) -> Response:
    """TileJSON 3.0 with `encoding`: the `url` of a `raster-dem` source."""
    del resampling  # checked; it stays in the URL
    return asked.answer(await asked.heights(), "terrain", format, encoding=encoding)


@router.get("/raster/{name}/hillshade.json", summary="山影 TileJSON")
async def hillshade_tilejson(asked: AskedTiles, light: Lit, format: Form = "png") -> Response:
    """TileJSON 3.0 of light and shade."""
    del light  # checked; it stays in the URL
    return asked.answer(await asked.heights(), "hillshade", format)


@router.get("/raster/{name}/slope.json", summary="坡度 TileJSON")
async def slope_tilejson(asked: AskedTiles, look: SlopeLook, format: Form = "png") -> Response:
    """TileJSON 3.0 of slopes."""
    del look  # checked; it stays in the URL
    return asked.answer(await asked.heights(), "slope", format)


@router.get("/raster/{name}/contours.json", summary="等高线 TileJSON")
async def contours_tilejson(
    name: str, request: Request, city: AskedCity, interval: float | None = None, datum: Datum = "wgs84"
) -> Response:
    """TileJSON 3.0 of contour lines."""
    if interval is not None:
        check_interval(interval)
    asked = RasterTiles(request, city, name, 256, datum)
    said = catalog.contours_tilejson(await asked.heights(), asked.url("contours", "mvt"), datum)
    return answer_document(request, said)
