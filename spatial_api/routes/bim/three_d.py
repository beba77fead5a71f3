"""3D Tiles 1.1 of layers of polygons and of building models."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from isal import igzip
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cim.errors import NotFound
from spatial_api.http.answers import answers
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.routes.tiles.responses import packed_tile
from tiles.three_d.registry import Source, ThreeDRegistry, Tiles3D
from tiles.three_d.tileset import subtree, tileset

router = APIRouter(prefix="/3dtiles", tags=["3D tiles 三维瓦片"])

_GLB = "model/gltf-binary"
_SUBTREE = "application/octet-stream"
Name = Annotated[str, Path(description="A layer of polygons, or the code of a model")]


async def _tiles(request: Request, city: AskedCity, source: Source, name: str) -> Tiles3D:
    registry: ThreeDRegistry = request.app.state.three_d
    return await run_in_threadpool(registry.tiles, city.snapshots, source, name)


@router.get("/{source}/{name}/tileset.json", summary="三维瓦片集 A tileset", **answers(dict[str, Any]))
async def document(source: Source, name: Name, request: Request, city: AskedCity) -> Response:
    """The tileset of a layer of polygons with heights (`layers`) or of a model (`models`): implicit tiling, contents
    as GLB with the features' properties."""
    tiles = await _tiles(request, city, source, name)
    version = tiles.snapshot.version if hasattr(tiles, "snapshot") else tiles.content_hash[:16]
    return answer(tileset(tiles.tree, tiles.heights, tiles.origin, version=version))


@router.get("/{source}/{name}/{level}/{x}/{y}.glb", summary="三维瓦片内容 The content of a tile")
async def content(
    source: Source, name: Name, level: int, x: int, y: int, request: Request, city: AskedCity
) -> Response:
    """The bodies of a tile as binary glTF; its ETag is what they are made of, so what has not changed stays."""
    tiles = await _tiles(request, city, source, name)
    if (level, x, y) not in tiles.tree.tiles:
        raise NotFound(f"{source} {name!r} has no 3D tile {level}/{x}/{y}")
    key = await run_in_threadpool(tiles.key, level, x, y)

    def make() -> bytes:
        made = tiles.content(level, x, y)
        return bytes(igzip.compress(made)) if made else b""

    return await packed_tile(request, f"3d-{key}", make, _GLB)


@router.get("/{source}/{name}/{level}/{x}/{y}.subtree", summary="三维瓦片子树 Which tiles there are")
async def availability(
    source: Source, name: Name, level: int, x: int, y: int, request: Request, city: AskedCity
) -> Response:
    """The subtree that begins at a tile."""
    tiles = await _tiles(request, city, source, name)
    made = subtree(tiles.tree, level, x, y)
    if made is None:
        raise NotFound(f"{source} {name!r} has no subtree {level}/{x}/{y}")
    return Response(made, media_type=_SUBTREE, headers={"Cache-Control": "public, no-cache"})
