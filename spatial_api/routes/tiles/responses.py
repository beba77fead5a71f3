"""A way in for tiles: what is kept is sent without the framework's work in between.

A front-end asks for some hundred tiles for one view, and most are kept already. The route is declared to FastAPI as
well, for the documentation; both call the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

from isal import igzip
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cim.access.caller import Caller
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot
from spatial_api.http.dependencies import caller_of
from tiles.cache import TileCache
from tiles.vector.tile_request import TileMaker, TileQuery, TileRequest

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
#: A browser asks again each time, and is told at once that nothing has changed. The tags are weak: a tile with the
#: same one shows the same, but its features may come in another order.
REVALIDATE = "public, no-cache"
#: What a tile's URL may say besides the tile.
_ASKED = frozenset({"filter", "fields", "datum"})


async def packed_tile(
    request: Request, key: str, make: Callable[[], bytes], media_type: str = MEDIA_TYPE
) -> Response:
    """The tile that this key names: from the cache, or made now in a thread; empty bytes are 204."""
    headers = {"ETag": f'W/"{key}"', "Cache-Control": REVALIDATE, "Vary": "Accept-Encoding"}
    if key in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    cache: TileCache = request.app.state.tiles
    packed = cache.get(key)
    if packed is None:
        packed = await cache.fetch(key, make)
    if not packed:
        return Response(status_code=204, headers=headers)
    if takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return Response(plain(packed), headers=headers, media_type=media_type)


def plain(packed: bytes) -> bytes:
    """A kept tile as it was before it was compressed."""
    made: bytes = igzip.decompress(packed) if packed else b""  # type: ignore[no-untyped-call]
    return made


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and not with the weight 0, which forbids it.

    >>> takes_gzip("gzip, br"), takes_gzip("br, gzip;q=0.5"), takes_gzip("gzip; q=0"), takes_gzip("")
    (True, True, False, False)
    """
    for one in accepted.lower().replace(" ", "").split(","):
        coding, _, weight = one.partition(";q=")
        if coding == "gzip":
            return not weight or weight.strip("0.") != ""
    return False


async def prepare(
    maker: TileMaker, question: TileQuery, caller: Caller, snapshots: Mapping[str, Snapshot]
) -> TileRequest:
    """What the question asks for: as it was prepared before, else prepared now, in a thread."""
    known = maker.find_prepared(question, caller, snapshots)
    return known if known is not None else await run_in_threadpool(maker.prepare, question, caller, snapshots)


class _TileDoor:
    """An ASGI endpoint that answers with a tile."""

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """One request."""
        place = scope["path_params"]
        maker: TileMaker = scope["app"].state.tile_maker
        caller = caller_of(scope)
        chosen = question(place["layers"], scope["query_string"], caller.scope)
        asked = await prepare(maker, chosen, caller, scope["app"].state.city.snapshots)
        z, x, y = place["z"], place["x"], place["y"]
        key = asked.key(z, x, y)
        accepts = matching = b""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                accepts = value
            elif name == b"if-none-match":
                matching = value
        tag = key.encode()
        headers = [
            (b"etag", b'W/"%b"' % tag),
            (b"cache-control", REVALIDATE.encode()),
            (b"vary", b"Accept-Encoding"),
        ]
        if tag in matching:
            await _answer(send, 304, headers, b"")
            return
        cache: TileCache = scope["app"].state.tiles
        packed = cache.get(key)
        if packed is None:
            packed = await cache.fetch(key, lambda: asked.tile(z, x, y))
        if not packed:
            await _answer(send, 204, headers, b"")
            return
        if takes_gzip(accepts.decode("latin-1")):
            headers.append((b"content-encoding", b"gzip"))
        else:
            packed = plain(packed)
        headers += [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", b"%d" % len(packed))]
        await _answer(send, 200, headers, packed)


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


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


#: The route of tiles; it has to stand before the declared one.
tile_route = Route("/tiles/{layers}/{z:int}/{x:int}/{y:int}.mvt", _TileDoor(), methods=["GET"])
