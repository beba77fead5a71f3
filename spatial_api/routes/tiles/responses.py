"""The answers of tiles and pictures, which are kept under a key that names all that they are made of."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from spatial_api.http.conditional import Content, Version, conditional_later
from tiles.cache import TileCache

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


async def packed_tile(
    request: Request, key: str, make: Callable[[], bytes], media_type: str = MEDIA_TYPE
) -> Response:
    """The tile of this key, which is kept compressed: from the cache, or made now in a thread; empty is 204.

    The tag is weak: a tile with the same one shows the same, but its features may come in another order.
    """
    cache: TileCache = request.scope["app"].state.tiles

    async def content() -> Content:
        packed = cache.get(key)
        return Content(packed if packed is not None else await cache.fetch(key, make), media_type, "gzip")

    return await conditional_later(request, Version(key, weak=True, vary="Accept-Encoding"), content)


async def kept_picture(request: Request, key: str, make: Callable[[], bytes], media_type: str) -> Response:
    """The picture of this key: from the cache, or made now in a thread; empty is 204."""
    cache: TileCache = request.scope["app"].state.tiles

    async def content() -> Content:
        return Content(await cache.fetch(key, make), media_type)

    return await conditional_later(request, Version(key), content)
