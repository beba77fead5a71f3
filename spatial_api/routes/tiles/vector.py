"""Vector tiles and TileJSON: what map front-ends fetch."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.routes.tiles.responses import packed_tile, prepare
from tiles.style.document import LABEL_SUFFIX
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer
from tiles.vector.tile_request import TileMaker, TileQuery, TileRequest

router = APIRouter(tags=["tiles 瓦片"])

Filtered = Annotated[str, Query(description="CQL2 (text or JSON) on one layer: floors > 10", max_length=4000)]
Fields = Annotated[str, Query(description="attributes, with commas; empty: all that the zoom has")]


async def _tile_request(
    layers: str,
    request: Request,
    city: AskedCity,
    caller: AskedBy,
    filter: Filtered = "",
    fields: Fields = "",
    datum: Datum = "wgs84",
) -> TileRequest:
    maker: TileMaker = request.app.state.tile_maker
    return await prepare(
        maker, TileQuery(layers, filter, fields, datum, scope=caller.scope), caller, city.snapshots
    )


AskedTiles = Annotated[TileRequest, Depends(_tile_request)]


@router.get("/tiles/{layers}/{z}/{x}/{y}.mvt", summary="矢量瓦片 A vector tile")
async def tile(z: int, x: int, y: int, request: Request, asked: AskedTiles) -> Response:
    """The tile of one layer, or of several with commas: gzip, ETag; 204 where nothing shows.

    `datum=gcj02` (高德) and `bd09` give tiles that lie right on Chinese web maps.
    """
    return await packed_tile(request, asked.key(z, x, y), lambda: asked.tile(z, x, y))


@router.get("/tiles/{layers}.json", summary="TileJSON 3.0")
async def tilejson(layers: str, request: Request, city: AskedCity, asked: AskedTiles) -> Response:
    """The TileJSON of one layer, or of several with commas; each layer says what its zooms leave out."""
    return answer(
        describe_layers(
            asked.drawings,
            name=city.settings.name_zh,
            bounds=city.bounds(d.layer.name.removesuffix(LABEL_SUFFIX) for d in asked.drawings),
            url=f"{str(request.base_url).rstrip('/')}/tiles/{layers}/{{z}}/{{x}}/{{y}}.mvt{_query(request)}",
        )
    )


def describe_layers(
    drawings: tuple[TileLayer, ...], *, name: str, bounds: tuple[float, float, float, float], url: str
) -> dict[str, Any]:
    """The TileJSON of some layers."""
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
        "attribution": " · ".join(sorted({d.layer.source for d in drawings if d.layer.source})),
    }


def _query(request: Request) -> str:
    """What the question says of the tiles, for their URL."""
    said = {name: request.query_params.get(name) for name in ("filter", "fields", "datum")}
    chosen = {name: value for name, value in said.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""
