"""Which rasters there are, and the TileJSON of each kind of their tiles."""

from __future__ import annotations

from dataclasses import asdict
from math import log2
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cim.errors import CityError
from cim.space import crs
from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.routes.tiles.raster_parameters import (
    Lit,
    Looked,
    Lossless,
    Size,
    SlopeLook,
    base_of,
    check_interval,
    check_size,
    height_raster,
    source_of,
)
from tiles import sources
from tiles.raster import render
from tiles.raster.color_ramps import RAMPS
from tiles.raster.contours import CONTOURS, LOWEST_ZOOM
from tiles.raster.files import SUFFIXES, Raster, raster_of
from tiles.raster.read import statistics
from tiles.raster.render import Form
from tiles.raster.rules import Resampling
from tiles.raster.terrain import Encoding
from tiles.raster.untagged import untagged_advice
from tiles.sources import SourceFile

router = APIRouter(tags=["raster 栅格"])


@router.get("/raster", summary="栅格目录 The rasters that are there")
def listing(request: Request, city: AskedCity) -> Response:
    """Every raster with its kind, bounds, zooms, bands, statistics and links; what can't be served, and why; and the
    ramps by name."""
    found = sources.list_sources(city.settings.sources_folder, SUFFIXES)
    base = base_of(request)
    return answer(
        {
            "rasters": [_describe_source(source, base) for source in found.sources],
            "left_out": [{"file": file, "why": why} for file, why in found.left_out.items()],
            "ramps": [
                {
                    "name": r.name,
                    "title_zh": r.title_zh,
                    "title_en": r.title_en,
                    "range": r.range,
                    "steps": r.steps,
                    "unit": r.unit,
                }
                for r in RAMPS.values()
            ],
        }
    )


def _describe_source(source: SourceFile, base: str) -> dict[str, Any]:
    try:
        raster, said = raster_of(source), sources.describe(source)
        counted = statistics(raster)
    except CityError as error:
        return {"name": source.name, "file": source.file.name, "trouble": str(error)}
    advice = [raster.advice] if raster.advice else []
    for band, described in enumerate(counted, 1):
        if described is not None and described.untagged_nodata is not None:
            advice.append(
                untagged_advice(source.name, band, described.untagged_nodata, described.untagged_share)
            )
    here = f"{base}/raster/{source.name}"
    links = {"tilejson": f"{here}.json", "value": f"{here}/value"}
    if raster.kind != "image" and len(raster.bands) == 1:
        links |= {"legend": f"{here}/legend.json", "legend_picture": f"{here}/legend.png"}
    if raster.kind == "terrain":
        links |= {what: f"{here}/{what}.json" for what in ("terrain", "hillshade", "slope", "contours")}
    return {
        "name": source.name,
        "title_zh": said.title_zh,
        "title_en": said.title_en,
        "attribution": said.attribution,
        "kind": raster.kind,
        "unit": raster.unit,
        "bounds": raster.bounds,
        "minzoom": raster.min_zoom,
        "maxzoom": raster.max_zoom,
        "width": raster.width,
        "height": raster.height,
        "dtype": raster.dtype,
        "nodata": None if raster.nodata is None or not np.isfinite(raster.nodata) else raster.nodata,
        "crs": raster.crs_name,
        "overviews": raster.overviews,
        "bands": [
            {"band": i, "name": name, "drawn": i in raster.bands, "statistics": s and asdict(s)}
            for i, (name, s) in enumerate(zip(raster.names, counted, strict=True), 1)
        ],
        "links": links,
        "advice_zh": "；".join(zh for zh, _ in advice) or None,
        "advice_en": "; ".join(en for _, en in advice) or None,
    }


@router.get("/raster/{name}.json", summary="栅格 TileJSON")
async def tilejson(
    name: str,
    request: Request,
    city: AskedCity,
    look: Looked,
    format: Form = "png",
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """TileJSON 3.0 of the raster's pictures, with `tileSize` as MapLibre reads it; what the URL says of colours, bands
    and so on goes into the tiles' URL."""
    raster = await run_in_threadpool(raster_of, source_of(city, name))
    render.bands_drawn(raster, look)
    return answer(_tilejson(request, raster, "", format, size, datum))


@router.get("/raster/{name}/terrain.json", summary="地形 TileJSON")
async def terrain_tilejson(
    name: str,
    request: Request,
    city: AskedCity,
    encoding: Encoding = "mapbox",
    resampling: Resampling | None = None,
    format: Lossless = "png",
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """TileJSON 3.0 with `encoding`: the `url` of a `raster-dem` source."""
    del resampling  # checked; it stays in the URL
    raster = await run_in_threadpool(height_raster, source_of(city, name))
    return answer({**_tilejson(request, raster, "terrain", format, size, datum), "encoding": encoding})


@router.get("/raster/{name}/hillshade.json", summary="山影 TileJSON")
async def hillshade_tilejson(
    name: str,
    request: Request,
    city: AskedCity,
    light: Lit,
    format: Form = "png",
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """TileJSON 3.0 of light and shade."""
    del light  # checked; it stays in the URL
    raster = await run_in_threadpool(height_raster, source_of(city, name))
    return answer(_tilejson(request, raster, "hillshade", format, size, datum))


@router.get("/raster/{name}/slope.json", summary="坡度 TileJSON")
async def slope_tilejson(
    name: str,
    request: Request,
    city: AskedCity,
    look: SlopeLook,
    format: Form = "png",
    size: Size = 256,
    datum: Datum = "wgs84",
) -> Response:
    """TileJSON 3.0 of slopes."""
    del look  # checked; it stays in the URL
    raster = await run_in_threadpool(height_raster, source_of(city, name))
    return answer(_tilejson(request, raster, "slope", format, size, datum))


@router.get("/raster/{name}/contours.json", summary="等高线 TileJSON")
async def contours_tilejson(
    name: str, request: Request, city: AskedCity, interval: float | None = None, datum: Datum = "wgs84"
) -> Response:
    """TileJSON 3.0 of contour lines."""
    if interval is not None:
        check_interval(interval)
    raster = await run_in_threadpool(height_raster, source_of(city, name))
    fields = {f.name: {"real": "Number", "boolean": "Boolean"}[f.type] for f in CONTOURS.fields}
    layer = {"id": CONTOURS.name, "description": f"{CONTOURS.title_zh} {CONTOURS.title_en}", "fields": fields}
    return answer({**_tilejson(request, raster, "contours", "mvt", 256, datum), "vector_layers": [layer]})


def _tilejson(
    request: Request, raster: Raster, what: str, form: str, size: int, datum: Datum
) -> dict[str, Any]:
    """TileJSON of one kind of tiles of a raster."""
    check_size(size)
    said = sources.describe(raster.source)
    west, south, east, north = raster.bounds
    if datum not in ("wgs84", "cgcs2000"):
        corners = crs.from_wgs84(np.array([[west, south], [east, north]]), datum)
        (west, south), (east, north) = corners.tolist()
    lowest, highest = raster.min_zoom, raster.max_zoom
    if what == "contours":
        lowest = min(highest, max(lowest, LOWEST_ZOOM))
    else:  # a larger tile shows as much at a lower zoom
        finer = round(log2(size / 256))
        lowest, highest = max(0, lowest - finer), max(0, highest - finer)
    kept = "&".join(p for p in request.url.query.split("&") if p and not p.startswith("format="))
    path = f"/raster/{raster.source.name}{what and f'/{what}'}/{{z}}/{{x}}/{{y}}.{form}"
    made: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": said.title_zh,
        "description": said.title_en,
        "attribution": said.attribution,
        "scheme": "xyz",
        "tiles": [f"{base_of(request)}{path}{kept and f'?{kept}'}"],
        "minzoom": lowest,
        "maxzoom": highest,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, max(lowest, highest - 2)],
    }
    if what != "contours":
        made["tileSize"] = size
    return made
