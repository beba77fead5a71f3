"""Tiles and TileJSON: what map front-ends fetch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from fastapi import APIRouter, Request
from isal import igzip
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cim.city import City
from cim.errors import BadInput
from cim.snapshot import Snapshot
from spatial_api.asked import AskedCity, answer
from tiles import vector
from tiles.cache import TileCache
from tiles.style import LABEL_SUFFIX
from tiles.zooms import min_zoom

router = APIRouter(tags=["tiles 瓦片"])

_MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
_REVALIDATE = "public, no-cache"


def _snapshots(city: City, layers: str) -> list[Snapshot]:
    names = layers.split(",")
    if len(set(names)) != len(names):
        raise BadInput(f"{layers!r} names a layer twice")
    return [_snapshot(city, name) for name in names]


def _snapshot(city: City, name: str) -> Snapshot:
    """The layer; `NAME_label` is the polygon layer NAME as points to write its names at."""
    polygons = city.snapshots.get(name.removesuffix(LABEL_SUFFIX))
    if name in city.snapshots or polygons is None or polygons.layer.geometry != "polygon":
        return city.snapshot(name)
    return polygons.labels


def _key(of: str, snapshots: list[Snapshot], z: int, x: int, y: int) -> str:
    """What the tile is made of, as its ETag: 16 bytes in hexadecimal."""
    said = f"{of}:{z}/{x}/{y}:" + ",".join(f"{s.layer.name}@{s.version}" for s in snapshots)
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


@router.get("/tiles/{layers}/{z}/{x}/{y}.mvt", summary="矢量瓦片 A vector tile")
async def tile(layers: str, z: int, x: int, y: int, request: Request, city: AskedCity) -> Response:
    """The tile of one layer, or of several with commas: gzip, ETag; 204 where nothing shows."""
    vector.check_tile(z, x, y)
    snapshots = _snapshots(city, layers)
    key = _key(request.app.state.tiles_of, snapshots, z, x, y)
    return await packed_tile(request, key, lambda: gzipped(vector.encode(snapshots, z, x, y)))


async def packed_tile(request: Request, key: str, make: Callable[[], bytes]) -> Response:
    """The tile that this key names: from the cache, or made now in a thread; empty bytes are 204."""
    headers = {"ETag": f'"{key}"', "Cache-Control": _REVALIDATE, "Vary": "Accept-Encoding"}
    if key in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    cache: TileCache = request.app.state.tiles
    packed = cache.get(key)
    if packed is None:
        packed = await run_in_threadpool(make)
        cache.put(key, packed)
    if not packed:
        return Response(status_code=204, headers=headers)
    if _takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=_MEDIA_TYPE)
    return Response(_plain(packed), headers=headers, media_type=_MEDIA_TYPE)


def _plain(packed: bytes) -> bytes:
    plain: bytes = igzip.decompress(packed)  # type: ignore[no-untyped-call]
    return plain


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip, and not with the weight 0, which forbids it.

    >>> _takes_gzip("gzip, br"), _takes_gzip("br, gzip;q=0.5"), _takes_gzip("gzip; q=0"), _takes_gzip("")
    (True, True, False, False)
    """
    for one in accepted.lower().replace(" ", "").split(","):
        coding, _, weight = one.partition(";q=")
        if coding == "gzip":
            return not weight or weight.strip("0.") != ""
    return False


def gzipped(plain: bytes) -> bytes:
    """A tile as it is kept: compressed, nothing for nothing."""
    packed: bytes = igzip.compress(plain, 1) if plain else b""
    return packed


@router.get("/tiles/{layers}.json", summary="TileJSON 3.0")
def tilejson(layers: str, request: Request, city: AskedCity) -> Response:
    """The TileJSON of one layer, or of several with commas."""
    snapshots = _snapshots(city, layers)
    bounds = city.bounds(s.layer.name.removesuffix(LABEL_SUFFIX) for s in snapshots)
    base = str(request.base_url).rstrip("/")
    lowest = min(min_zoom(s) for s in snapshots)
    described = {
        "tilejson": "3.0.0",
        "name": city.settings.name_zh,
        "scheme": "xyz",
        "tiles": [f"{base}/tiles/{layers}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": lowest,
        "maxzoom": vector.TILED_TO,
        "bounds": bounds,
        "center": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, max(lowest, 11)],
        "vector_layers": [vector.vector_layer(s, min_zoom(s)) for s in snapshots],
        "attribution": " · ".join(sorted({s.layer.source for s in snapshots if s.layer.source})),
    }
    return answer(described)
