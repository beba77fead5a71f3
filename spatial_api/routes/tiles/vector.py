"""Vector tiles and TileJSON: what map front-ends fetch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cim.access.caller import Caller
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot
from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedBy, AskedCity, answer_document, caller_of, root_of
from spatial_api.routes.tiles.responses import packed_tile
from tiles.style.document import LABEL_SUFFIX
from tiles.vector.tile_request import TileMaker, TileQuery, TileRequest
from tiles.vector.tilejson import vector_tilejson

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


async def tile(z: int, x: int, y: int, request: Request, asked: AskedTiles) -> Response:
    """The tile of one layer, or of several with commas: gzip, ETag; 204 where nothing shows.

    `datum=gcj02` (高德) and `bd09` give tiles that lie right on Chinese web maps.
    """
    return await packed_tile(request, asked.key(z, x, y), lambda: asked.tile(z, x, y))


class _TileRoute(APIRoute):
    """The route of tiles, which answers without FastAPI's work in between.

    A front-end asks for some hundred tiles for one view, and most are kept already. Only an address that is none of a
    tile goes to FastAPI, which says what is wrong with it.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        place = scope["path_params"]
        digits = place["z"] + place["x"] + place["y"]
        if scope["method"] != "GET" or not (
            digits.isascii() and digits.isdigit() and len(digits) < _MOST_DIGITS
        ):
            await super().handle(scope, receive, send)
            return
        request, caller = Request(scope), caller_of(scope)
        maker: TileMaker = scope["app"].state.tile_maker
        chosen = question(place["layers"], scope["query_string"], caller.scope)
        asked = await prepare(maker, chosen, caller, scope["app"].state.city.snapshots)
        z, x, y = int(place["z"]), int(place["x"]), int(place["y"])
        response = await packed_tile(request, asked.key(z, x, y), lambda: asked.tile(z, x, y))
        await response(scope, receive, send)


#: Python reads no numbers of more than some thousand digits.
_MOST_DIGITS = 100
#: What a tile's URL may say besides the tile.
_ASKED = frozenset({"filter", "fields", "datum"})


def question(layers: str, query: bytes, scope: str) -> TileQuery:
    """What the URL of a tile asks; `BadInput` for a parameter that is not known."""
    if not query:
        return TileQuery(layers, scope=scope)
    said = {
        name: values[-1] for name, values in parse_qs(query.decode("latin-1"), keep_blank_values=True).items()
    }
    unknown = sorted(said.keys() - _ASKED)
    if unknown:
        raise BadInput(
            f"{', '.join(unknown)} can't be asked of a tile; there are: {', '.join(sorted(_ASKED))}"
        )
    return TileQuery(
        layers, said.get("filter", ""), said.get("fields", ""), said.get("datum") or "wgs84", scope=scope
    )


async def prepare(
    maker: TileMaker, question: TileQuery, caller: Caller, snapshots: Mapping[str, Snapshot]
) -> TileRequest:
    """What the question asks for: as it was prepared before, else prepared now, in a thread."""
    known = maker.find_prepared(question, caller, snapshots)
    return known if known is not None else await run_in_threadpool(maker.prepare, question, caller, snapshots)


#: It is tried before all others, so it belongs to no router.
tile_route = _TileRoute(
    "/tiles/{layers}/{z}/{x}/{y}.mvt",
    tile,
    summary="矢量瓦片 A vector tile",
    tags=list(router.tags),
    methods=["GET"],
)


@router.get("/tiles/{layers}.json", summary="TileJSON 3.0")
async def tilejson(layers: str, request: Request, city: AskedCity, asked: AskedTiles) -> Response:
    """The TileJSON of one layer, or of several with commas; each layer says what its zooms leave out."""
    return answer_document(
        request,
        vector_tilejson(
            asked.drawings,
            name=city.settings.name_zh,
            bounds=city.bounds(d.layer.name.removesuffix(LABEL_SUFFIX) for d in asked.drawings),
            url=f"{root_of(request)}/tiles/{layers}/{{z}}/{{x}}/{{y}}.mvt{_query(request)}",
        ),
    )


def _query(request: Request) -> str:
    """What the question says of the tiles, for their URL."""
    said = {name: request.query_params.get(name) for name in ("filter", "fields", "datum")}
    chosen = {name: value for name, value in said.items() if value}
    return f"?{urlencode(chosen)}" if chosen else ""
