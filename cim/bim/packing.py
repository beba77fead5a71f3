"""A placed model as one content: its meshes and objects, as they are kept in the store and mapped into memory.

Corners are metres east, north and up of the model's `anchor` (lon, lat, height), as single floats from the middle of
their mesh, so that they are exact to a tenth of a millimetre on a house and on a city. Equal parts share a mesh: each
`placed` entry is a mesh, its object and the matrix that puts it there.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from cim.arrays import bundle
from cim.bim.building_model import BuildingModel, PlacedMesh
from cim.bim.placed_model import shown_shapes
from cim.bim.placement import to_tangent

#: A shared mesh that is larger than this is placed corner by corner: the earth is not flat.
_FLAT_M = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class PackedModel:
    """A model's meshes, as `pack` wrote them.

    `vertices` float32[n, 3] from `origins` float64[m, 3] of their mesh; mesh i has the vertices
    `vertex_starts[i] : vertex_starts[i + 1]` and the triangles `triangle_starts[i] : triangle_starts[i + 1]`, whose
    numbers begin at 0. Entry p is mesh `mesh[p]` of object `object[p]` with `matrix[p]` float64[3, 4].
    """

    anchor: tuple[float, float, float]
    ids: list[str]
    materials: list[dict[str, Any]]
    arrays: Mapping[str, NDArray[Any]]

    def objects(self) -> list[dict[str, Any]]:
        """What the file says of its objects, in order, without their shapes."""
        found: list[dict[str, Any]] = orjson.loads(self.arrays["objects"].tobytes())
        return found

    def relations(self) -> list[dict[str, str]]:
        """How the objects stand to each other."""
        found: list[dict[str, str]] = orjson.loads(self.arrays["relations"].tobytes())
        return found

    def surface_name(self, number: int) -> str:
        """The name of a surface by its number; "" for none."""
        return SURFACES[number] if 0 <= number < len(SURFACES) else ""

    def placed_of(self, number: int) -> NDArray[np.int64]:
        """The placed entries of an object by its number."""
        first, last = np.searchsorted(self.arrays["object"], [number, number + 1])
        return np.arange(first, last)

    def mesh(self, entry: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """The vertices float64[n, 3] (east, north, up of the anchor) and triangles of a placed entry."""
        a = self.arrays
        m = int(a["mesh"][entry])
        v = slice(int(a["vertex_starts"][m]), int(a["vertex_starts"][m + 1]))
        t = slice(int(a["triangle_starts"][m]), int(a["triangle_starts"][m + 1]))
        matrix = a["matrix"][entry]
        local = a["vertices"][v].astype(np.float64) + a["origins"][m]
        return local @ matrix[:, :3].T + matrix[:, 3], a["triangles"][t]


def pack(model: BuildingModel) -> bytes:
    """The model as one content, as `open_packed` reads it."""
    shapes = [(i, shape) for i, one in enumerate(model.objects) for shape in shown_shapes(one)]
    anchor = _anchor(model, [shape for _, shape in shapes])
    vertices: list[NDArray[np.float32]] = []
    origins: list[NDArray[np.float64]] = []
    triangles: list[NDArray[np.int32]] = []
    materials: list[NDArray[np.int32]] = []
    surfaces: list[NDArray[np.int32]] = []
    uvs: list[NDArray[np.float32]] = []
    numbers: dict[int, int] = {}
    entries: list[tuple[int, int, NDArray[np.float64]]] = []
    for number, shape in shapes:
        mesh = model.meshes[shape.mesh]
        if not len(mesh.triangles):
            continue
        shared = shape.matrix is not None and float(np.ptp(mesh.vertices, axis=0).max()) < _FLAT_M
        if shared and shape.mesh in numbers:
            entries.append((number, numbers[shape.mesh], _local_matrix(model, shape, anchor)))
            continue
        if shared:
            numbers[shape.mesh] = len(vertices)
            own, matrix = mesh.vertices, _local_matrix(model, shape, anchor)
        else:
            own = to_tangent(model.placement.place(model.frame_vertices(shape)), *anchor)
            matrix = np.eye(4)[:3]
        middle = own.mean(axis=0)
        entries.append((number, len(vertices), matrix))
        vertices.append((own - middle).astype(np.float32))
        origins.append(middle)
        triangles.append(mesh.triangles)
        none = np.full(len(mesh.triangles), -1, np.int32)
        materials.append(none if mesh.material is None else mesh.material)
        surfaces.append(none if mesh.surface is None else _common_surfaces(model, shape))
        uvs.append(np.full((len(own), 2), np.nan, np.float32) if mesh.uv is None else mesh.uv)
    arrays = {
        "vertices": _concatenate(vertices, (0, 3), np.float32),
        "vertex_starts": np.cumsum([0, *map(len, vertices)]).astype(np.int64),
        "origins": np.array(origins, np.float64).reshape(-1, 3),
        "triangles": _concatenate(triangles, (0, 3), np.int32),
        "triangle_starts": np.cumsum([0, *map(len, triangles)]).astype(np.int64),
        "material": _concatenate(materials, (0,), np.int32),
        "surface": _concatenate(surfaces, (0,), np.int32),
        "uv": _concatenate(uvs, (0, 2), np.float32)
        if any(m.uv is not None for m in model.meshes)
        else np.empty((0, 2), np.float32),
        "object": np.array([e[0] for e in entries], np.int32),
        "mesh": np.array([e[1] for e in entries], np.int32),
        "matrix": np.array([e[2] for e in entries], np.float64).reshape(-1, 3, 4),
        "objects": np.frombuffer(_objects(model), np.uint8),
        "relations": np.frombuffer(orjson.dumps(list(model.relations)), np.uint8),
    }
    facts = {
        "anchor": list(anchor),
        "ids": [one.id for one in model.objects],
        "materials": [{"name": m.name, "rgba": m.rgba} for m in model.materials],
        "surfaces": SURFACES,
    }
    out = io.BytesIO()
    arrays["facts"] = np.frombuffer(orjson.dumps(facts), np.uint8)
    bundle.write(arrays, out, checksum=True)
    return out.getvalue()


def open_packed(file: Path) -> PackedModel | None:
    """The model of a file that `pack` made, mapped into memory; None where it is not there or not whole."""
    opened = bundle.open_bundle(file)
    if opened is None:
        return None
    facts = orjson.loads(opened.arrays["facts"].tobytes())
    return PackedModel(tuple(facts["anchor"]), facts["ids"], facts["materials"], opened.arrays)


#: The surfaces that city models name, as they are numbered in a packed model.
SURFACES = ["WallSurface", "RoofSurface", "GroundSurface", "ClosureSurface", "OuterCeilingSurface",
            "OuterFloorSurface", "Window", "Door", "FloorSurface", "CeilingSurface", "InteriorWallSurface"]  # fmt: skip


def _common_surfaces(model: BuildingModel, shape: PlacedMesh) -> NDArray[np.int32]:
    """The surfaces of a mesh by their numbers in `SURFACES`; -1 for others."""
    mesh = model.meshes[shape.mesh]
    assert mesh.surface is not None
    table = np.array(
        [SURFACES.index(n) if n in SURFACES else -1 for n in mesh.surface_names] + [-1], np.int32
    )
    return table[mesh.surface]


def _anchor(model: BuildingModel, shapes: Sequence[PlacedMesh]) -> tuple[float, float, float]:
    """The middle of the model on the ground, and its lowest height."""
    if not shapes:
        lon, lat, height = model.placement.place(np.zeros((1, 3)))[0].tolist()
        return lon, lat, height
    boxes = []
    for shape in shapes:
        v = model.frame_vertices(shape)
        if len(v):
            boxes.append((v.min(axis=0), v.max(axis=0)))
    low, high = np.min([b[0] for b in boxes], axis=0), np.max([b[1] for b in boxes], axis=0)
    middle = np.array([[(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]]])
    lon, lat, height = model.placement.place(middle)[0].tolist()
    return lon, lat, height


def _local_matrix(
    model: BuildingModel, shape: PlacedMesh, anchor: tuple[float, float, float]
) -> NDArray[np.float64]:
    """The matrix float64[3, 4] from a shared mesh to the anchor's frame: the placement as it is where the mesh lies."""
    matrix = shape.matrix
    assert matrix is not None
    mesh = model.meshes[shape.mesh]
    middle = mesh.vertices.mean(axis=0)
    step = 10.0
    steps = np.vstack([np.zeros(3), np.eye(3) * step])
    there = (middle @ matrix[:3, :3].T + matrix[:3, 3]) + steps
    placed = to_tangent(model.placement.place(there), *anchor)
    turn = (placed[1:] - placed[0]).T / step
    linear = turn @ matrix[:3, :3]
    return np.column_stack([linear, placed[0] - linear @ middle])


def _objects(model: BuildingModel) -> bytes:
    names = [n for n in model.objects[0].__slots__ if n != "shapes"] if model.objects else []
    rows = [{n: getattr(one, n) for n in names} for one in model.objects]
    return orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS, default=str)


def _concatenate(parts: Sequence[NDArray[Any]], empty: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(empty, dtype)
