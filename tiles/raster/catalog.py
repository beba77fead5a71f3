"""What is said of a raster: its entry in the list of rasters, and the TileJSON of each kind of its tiles."""

from __future__ import annotations

from dataclasses import asdict
from math import log2
from typing import Any

import numpy as np

from cim.errors import CityError
from cim.space import crs
from cim.space.crs import Datum
from tiles import sources
from tiles.raster.contours import CONTOURS, LOWEST_ZOOM
from tiles.raster.files import Raster, raster_of
from tiles.raster.read import statistics
from tiles.raster.untagged import untagged_advice
from tiles.sources import SourceFile


def describe_raster(source: SourceFile, root: str) -> dict[str, Any]:
    """The raster with its kind, bounds, zooms, bands, statistics and links, which begin with `root`; its trouble, where
    it can't be read."""
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
    here = f"{root}/raster/{source.name}"
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


def picture_tilejson(raster: Raster, url: str, size: int, datum: Datum) -> dict[str, Any]:
    """TileJSON 3.0 of tiles that are pictures of `size` pixels a side."""
    finer = round(log2(size / 256))  # a larger tile shows as much at a lower zoom
    zooms = max(0, raster.min_zoom - finer), max(0, raster.max_zoom - finer)
    return {**_tilejson(raster, url, zooms, datum), "tileSize": size}


def contours_tilejson(raster: Raster, url: str, datum: Datum) -> dict[str, Any]:
    """TileJSON 3.0 of contour lines."""
    zooms = min(raster.max_zoom, max(raster.min_zoom, LOWEST_ZOOM)), raster.max_zoom
    fields = {f.name: {"real": "Number", "boolean": "Boolean"}[f.type] for f in CONTOURS.fields}
    layer = {"id": CONTOURS.name, "description": f"{CONTOURS.title_zh} {CONTOURS.title_en}", "fields": fields}
    return {**_tilejson(raster, url, zooms, datum), "vector_layers": [layer]}


def _tilejson(raster: Raster, url: str, zooms: tuple[int, int], datum: Datum) -> dict[str, Any]:
    said = sources.describe(raster.source)
    west, south, east, north = raster.bounds
    if datum not in ("wgs84", "cgcs2000"):
        corners = crs.from_wgs84(np.array([[west, south], [east, north]]), datum)
        (west, south), (east, north) = corners.tolist()
    lowest, highest = zooms
    return {
        "tilejson": "3.0.0",
        "name": said.title_zh,
        "description": said.title_en,
        "attribution": said.attribution,
        "scheme": "xyz",
        "tiles": [url],
        "minzoom": lowest,
        "maxzoom": highest,
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, max(lowest, highest - 2)],
    }
