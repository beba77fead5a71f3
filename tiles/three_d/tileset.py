"""The documents of a tileset: `tileset.json`, and the subtrees that say which tiles there are.

Source: OGC 22-025r4 (3D Tiles 1.1), implicit tiling with a quadtree.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import orjson

from cim.bim.placement import tangent_frame
from tiles.three_d.tree import Tree

#: Levels of one subtree file.
SUBTREE_LEVELS = 5
#: A tile this wide is shown once its details are larger than this part of it.
_ERROR_PART = 32.0
_METRES_PER_DEGREE = 111_320.0


def tileset(
    tree: Tree,
    heights: tuple[float, float],
    origin: tuple[float, float, float],
    *,
    version: str,
    copyright_: str = "",
) -> dict[str, Any]:
    """The tileset of a tree. `heights` are the lowest and highest of all; `origin` (lon, lat, height) is where the
    tiles' metres begin. The contents are `{level}/{x}/{y}.glb`, the subtrees `{level}/{x}/{y}.subtree` beside it."""
    west, south, east, north = (float(v) for v in np.radians(tree.region))
    wide_m = max(
        (east - west) * np.cos((south + north) / 2) * 6_378_137.0, (north - south) * 6_378_137.0, 1.0
    )
    error = float(wide_m / _ERROR_PART)
    volume = {"region": [west, south, east, north, heights[0], heights[1]]}
    asset: dict[str, Any] = {"version": "1.1", "tilesetVersion": version}
    if copyright_:
        asset["copyright"] = copyright_
    return {
        "asset": asset,
        # Without the tileset all of it is missing.
        "geometricError": max(float(wide_m), heights[1] - heights[0]),
        "root": {
            "boundingVolume": volume,
            "geometricError": error,
            "refine": "ADD",
            "transform": transform(origin),
            "content": {"uri": "{level}/{x}/{y}.glb"},
            "implicitTiling": {
                "subdivisionScheme": "QUADTREE",
                "subtreeLevels": SUBTREE_LEVELS,
                "availableLevels": tree.levels,
                "subtrees": {"uri": "{level}/{x}/{y}.subtree"},
            },
        },
    }


def transform(origin: tuple[float, float, float]) -> list[float]:
    """The matrix, column by column, from east, north, up at a place to earth-centred metres."""
    at, axes = tangent_frame(*origin)
    matrix = np.eye(4)
    matrix[:3, :3] = axes.T
    matrix[:3, 3] = at
    return [float(value) for value in matrix.T.ravel()]


def subtree(tree: Tree, level: int, x: int, y: int) -> bytes | None:
    """The subtree whose root is this tile; None where there is none."""
    if level % SUBTREE_LEVELS:
        return None
    tiles = np.zeros((4**SUBTREE_LEVELS - 1) // 3, np.bool_)
    contents = np.zeros_like(tiles)
    children = np.zeros(4**SUBTREE_LEVELS, np.bool_)
    for tile in tree.available():
        depth = tile[0] - level
        if not 0 <= depth <= SUBTREE_LEVELS or (tile[1] >> depth, tile[2] >> depth) != (x, y):
            continue
        place = _morton(tile[1] - (x << depth), tile[2] - (y << depth))
        if depth == SUBTREE_LEVELS:
            children[place] = True
        else:
            number = (4**depth - 1) // 3 + place
            tiles[number] = True
            contents[number] = tile in tree.tiles
    if not tiles[0]:
        return None
    parts: list[bytes] = []
    views: list[dict[str, int]] = []
    size = 0

    def available(bits: Any) -> dict[str, int]:
        nonlocal size
        if not bits.any():
            return {"constant": 0}
        if bits.all():
            return {"constant": 1}
        packed = np.packbits(bits, bitorder="little").tobytes()
        padded = packed + bytes(-len(packed) % 8)
        views.append({"buffer": 0, "byteOffset": size, "byteLength": len(packed)})
        parts.append(padded)
        size += len(padded)
        return {"bitstream": len(views) - 1, "availableCount": int(bits.sum())}

    document: dict[str, Any] = {
        "tileAvailability": available(tiles),
        "contentAvailability": [available(contents)],
        "childSubtreeAvailability": available(children),
    }
    if views:
        document = {"buffers": [{"byteLength": size}], "bufferViews": views, **document}
    text = orjson.dumps(document)
    text += b" " * (-len(text) % 8)
    return struct.pack("<4sIQQ", b"subt", 1, len(text), size) + text + b"".join(parts)


def _morton(x: int, y: int) -> int:
    """The place of a tile on its level, as implicit tiling counts them.

    >>> [_morton(x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0))]
    [0, 1, 2, 3, 4]
    """
    place = 0
    for bit in range(SUBTREE_LEVELS + 1):
        place |= (x >> bit & 1) << 2 * bit | (y >> bit & 1) << 2 * bit + 1
    return place
