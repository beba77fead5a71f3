"""Meshes as binary glTF 2.0, each corner with the feature it is of and each feature with its properties.

Extensions: EXT_mesh_features and EXT_structural_metadata (3D Tiles 1.1), KHR_materials_unlit is not used: light and
shadow are the viewer's. Written by hand, for it is what the tiles are made of: 40 lines of arrays for one call of a
library a mesh.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

_FLOAT, _UNSIGNED_SHORT, _UNSIGNED_INT, _UNSIGNED_BYTE = 5126, 5123, 5125, 5121
_ARRAY, _ELEMENTS = 34962, 34963


@dataclass(frozen=True, slots=True, eq=False)
class TileMesh:
    """Triangles that look alike. `positions` float64[n, 3] and `normals` float32[n, 3] are east, north, up;
    `triangles` int32[m, 3]; `feature` int64[n] the number of the feature that each corner is of; `rgba` 0 to 1."""

    positions: NDArray[np.float64]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int32]
    feature: NDArray[np.int64]
    rgba: tuple[float, float, float, float] = (0.85, 0.84, 0.82, 1.0)


class _Buffer:
    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, data: bytes, **more: Any) -> int:
        padding = -len(data) % 8
        self.views.append({"buffer": 0, "byteOffset": self.size, "byteLength": len(data), **more})
        self.parts += [data, bytes(padding)]
        self.size += len(data) + padding
        return len(self.views) - 1

    def accessor(self, array: NDArray[Any], kind: str, component: int, target: int, **more: Any) -> int:
        view = self.view(np.ascontiguousarray(array).tobytes(), target=target)
        self.accessors.append(
            {"bufferView": view, "componentType": component, "count": len(array), "type": kind, **more}
        )
        return len(self.accessors) - 1


def write_glb(
    meshes: Sequence[TileMesh], properties: Mapping[str, Sequence[Any]], class_name: str = "feature"
) -> bytes:
    """A GLB of the meshes; feature f has entry f of each of the properties (texts, or numbers; None for unknown).

    The frame is glTF's, y up: x is east, y up, z south. Positions are singles from the middle of all, which a node
    adds again, so that they are as exact as the tile is small.
    """
    buffer = _Buffer()
    count = len(next(iter(properties.values()), ()))
    every = np.concatenate([mesh.positions for mesh in meshes]) if meshes else np.zeros((1, 3))
    middle = np.round((every.min(axis=0) + every.max(axis=0)) / 2, 3)
    primitives: list[dict[str, Any]] = []
    materials: list[dict[str, Any]] = []
    for mesh in meshes:
        local = (mesh.positions - middle).astype(np.float32)
        turned = np.column_stack([local[:, 0], local[:, 2], -local[:, 1]])
        normals = np.column_stack([mesh.normals[:, 0], mesh.normals[:, 2], -mesh.normals[:, 1]])
        small = len(turned) <= 65_535
        indices = mesh.triangles.ravel().astype(np.uint16 if small else np.uint32)
        attributes = {
            "POSITION": buffer.accessor(
                turned,
                "VEC3",
                _FLOAT,
                _ARRAY,
                min=turned.min(axis=0).tolist(),
                max=turned.max(axis=0).tolist(),
            ),
            "NORMAL": buffer.accessor(normals.astype(np.float32), "VEC3", _FLOAT, _ARRAY),
            "_FEATURE_ID_0": buffer.accessor(mesh.feature.astype(np.float32), "SCALAR", _FLOAT, _ARRAY),
        }
        primitives.append(
            {
                "attributes": attributes,
                "indices": buffer.accessor(
                    indices, "SCALAR", _UNSIGNED_SHORT if small else _UNSIGNED_INT, _ELEMENTS
                ),
                "material": len(materials),
                "mode": 4,
                "extensions": {
                    "EXT_mesh_features": {
                        "featureIds": [{"featureCount": count, "attribute": 0, "propertyTable": 0}]
                    }
                },
            }
        )
        materials.append(_material(mesh.rgba))
    schema, table = _table(buffer, properties, count, class_name)
    document = {
        "asset": {"version": "2.0", "generator": "citybase"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "translation": [middle[0], middle[2], -middle[1]]}],
        "meshes": [{"primitives": primitives}],
        "materials": materials,
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": buffer.size}],
        "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"],
        "extensions": {"EXT_structural_metadata": {"schema": schema, "propertyTables": [table]}},
    }
    return _container(document, b"".join(buffer.parts))


def _material(rgba: tuple[float, float, float, float]) -> dict[str, Any]:
    look: dict[str, Any] = {
        "pbrMetallicRoughness": {
            "baseColorFactor": list(rgba),
            "metallicFactor": 0.0,
            "roughnessFactor": 0.9,
        },
        "doubleSided": True,
    }
    if rgba[3] < 1.0:
        look["alphaMode"] = "BLEND"
    return look


def _table(
    buffer: _Buffer, properties: Mapping[str, Sequence[Any]], count: int, class_name: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema and the table of the properties. Numbers that are not known are -9999, texts empty, as the schema
    says (`noData`)."""
    described: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    for name, values in properties.items():
        known = [value for value in values if value is not None]
        if known and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
            numbers = np.array([-9999.0 if value is None else value for value in values], np.float64)
            described[name] = {"type": "SCALAR", "componentType": "FLOAT64", "noData": -9999.0}
            columns[name] = {"values": buffer.view(numbers.tobytes())}
        else:
            texts = [b"" if value is None else str(value).encode() for value in values]
            offsets = np.cumsum([0, *map(len, texts)]).astype(np.uint32)
            described[name] = {"type": "STRING", "noData": ""}
            columns[name] = {
                "values": buffer.view(b"".join(texts) or b"\0"),
                "stringOffsets": buffer.view(offsets.tobytes()),
                "stringOffsetType": "UINT32",
            }
    schema = {"id": "citybase", "classes": {class_name: {"properties": described}}}
    return schema, {"class": class_name, "count": count, "properties": columns}


def _container(document: Mapping[str, Any], binary: bytes) -> bytes:
    text = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    text += b" " * (-len(text) % 8)
    while (12 + 8 + len(text)) % 8:  # 3D Tiles wants the binary chunk at a multiple of 8
        text += b" " * 4
    binary += bytes(-len(binary) % 8)
    total = 12 + 8 + len(text) + 8 + len(binary)
    return b"".join(
        (
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(text), b"JSON"),
            text,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        )
    )


def read_json(glb: bytes) -> dict[str, Any]:
    """The JSON of a GLB, for tests and for those who look."""
    (length,) = struct.unpack("<I", glb[12:16])
    found: dict[str, Any] = json.loads(glb[20 : 20 + length])
    return found
