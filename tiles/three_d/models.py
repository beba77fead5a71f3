"""Building models as 3D tiles: each object with its own body, its class, storey and discipline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.bim.meshes import ModelRegistry, OpenModel
from cim.bim.model_objects import require_model
from cim.bim.placement import from_tangent
from cim.snapshot.snapshot import Snapshot
from tiles.three_d.glb import TileMesh, write_glb
from tiles.three_d.tree import Tree, grow

#: Corners of a tile of models: bodies are finer than blocks.
_BUDGET = 40_000
_PLAIN = (0.82, 0.8, 0.77, 1.0)
#: How an object looks whose file gives it no colour, by the beginning of its class.
_CLASS_COLOURS: dict[str, tuple[float, float, float, float]] = {
    "IfcSlab": (0.72, 0.72, 0.70, 1.0),
    "IfcWall": (0.88, 0.86, 0.82, 1.0),
    "IfcWindow": (0.55, 0.72, 0.85, 0.45),
    "IfcCurtainWall": (0.55, 0.72, 0.85, 0.5),
    "IfcDoor": (0.62, 0.45, 0.30, 1.0),
    "IfcStair": (0.75, 0.70, 0.62, 1.0),
    "IfcSpace": (0.45, 0.65, 0.95, 0.18),
    "IfcFireSuppressionTerminal": (0.85, 0.15, 0.12, 1.0),
    "Road": (0.55, 0.55, 0.57, 1.0),
    "WaterBody": (0.45, 0.65, 0.85, 0.9),
    "PlantCover": (0.50, 0.68, 0.42, 1.0),
    "SolitaryVegetationObject": (0.42, 0.62, 0.35, 1.0),
    "LandUse": (0.80, 0.80, 0.70, 1.0),
}
_SURFACE_COLOURS = {"RoofSurface": (0.70, 0.42, 0.34, 1.0)}


@dataclass(frozen=True, slots=True, eq=False)
class ModelTiles:
    """The 3D tiles of one model."""

    opened: OpenModel
    content_hash: str
    objects: list[dict[str, Any]]
    entries: NDArray[np.int64]
    tree: Tree
    origin: tuple[float, float, float]
    heights: tuple[float, float]

    def key(self, level: int, x: int, y: int) -> str:
        """What a tile is made of: the model's content."""
        return hashlib.blake2b(f"{self.content_hash}/{level}/{x}/{y}".encode(), digest_size=16).hexdigest()

    def content(self, level: int, x: int, y: int) -> bytes | None:
        """The GLB of a tile; None where it has nothing."""
        things = self.tree.things(level, x, y)
        if not len(things):
            return None
        packed = self.opened.packed
        by_look: dict[tuple[float, float, float, float], list[Any]] = {}
        features: list[int] = []
        number_of: dict[int, int] = {}
        for entry in self.entries[things].tolist():
            thing = int(packed.arrays["object"][entry])
            if thing not in number_of:
                number_of[thing] = len(features)
                features.append(thing)
            vertices, triangles = packed.mesh(entry)
            for look, some in self._looks(entry, thing, triangles).items():
                by_look.setdefault(look, []).append((vertices, some, number_of[thing]))
        meshes = [_flat_shaded(parts, look) for look, parts in by_look.items()]
        chosen = [self.objects[thing] for thing in features]
        names = ("id", "class_name", "name", "kind", "storey", "building", "space", "discipline")
        values = {name: [one.get(name) for one in chosen] for name in names}
        return write_glb(meshes, values, "object")

    def _looks(
        self, entry: int, thing: int, triangles: NDArray[np.int32]
    ) -> dict[tuple[float, float, float, float], NDArray[np.int32]]:
        """The triangles of an entry by how they look: the file's materials, else the surface, else the class."""
        packed = self.opened.packed
        mesh = int(packed.arrays["mesh"][entry])
        span = slice(*packed.arrays["triangle_starts"][mesh : mesh + 2].tolist())
        material, surface = packed.arrays["material"][span], packed.arrays["surface"][span]
        plain = class_colour(self.objects[thing]["class_name"])
        found: dict[tuple[float, float, float, float], NDArray[np.int32]] = {}
        for m, s in np.unique(np.stack([material, surface], axis=1), axis=0).tolist():
            if m >= 0:
                r, g, b, a = packed.materials[m]["rgba"]
                look = (r, g, b, a)
            else:
                look = _SURFACE_COLOURS.get(packed.surface_name(s), plain)
            mine = triangles[(material == m) & (surface == s)]
            found[look] = np.concatenate([found[look], mine]) if look in found else mine
        return found


def class_colour(class_name: str) -> tuple[float, float, float, float]:
    """How objects of a class look where their file does not say it.

    >>> class_colour("IfcWallStandardCase") == class_colour("IfcWall")
    True
    """
    for begin, colour in _CLASS_COLOURS.items():
        if class_name.startswith(begin):
            return colour
    return _PLAIN


def model_tiles(
    snapshots: Mapping[str, Snapshot], registry: ModelRegistry, code: str, *, spaces: bool = False
) -> ModelTiles:
    """The 3D tiles of a model; `spaces`: with its rooms as bodies. `NotFound` where it is not there."""
    known = require_model(snapshots, code)
    opened = registry.open(known["content"])
    packed = opened.packed
    objects = packed.objects()
    left_out = () if spaces else ("space", "zone")
    shown = np.array([one["kind"] not in left_out for one in objects], np.bool_)
    entries = (
        np.flatnonzero(shown[packed.arrays["object"]])
        if len(packed.arrays["object"])
        else np.empty(0, np.int64)
    )
    boxes, heights, size, cost = _boxes(opened, entries)
    tree = grow(boxes, size, cost, _BUDGET)
    return ModelTiles(opened, known["content"], objects, entries, tree, packed.anchor, heights)


def _boxes(
    opened: OpenModel, entries: NDArray[np.int64]
) -> tuple[NDArray[np.float64], tuple[float, float], NDArray[np.float64], NDArray[np.int64]]:
    packed = opened.packed
    low, high = np.empty((len(entries), 3)), np.empty((len(entries), 3))
    cost = np.empty(len(entries), np.int64)
    for i, entry in enumerate(entries.tolist()):
        vertices, triangles = packed.mesh(entry)
        low[i], high[i] = vertices.min(axis=0), vertices.max(axis=0)
        cost[i] = 3 * len(triangles)
    if not len(entries):
        return np.empty((0, 4)), (0.0, 0.0), np.empty(0), cost
    south_west, north_east = from_tangent(low, *packed.anchor), from_tangent(high, *packed.anchor)
    boxes = np.column_stack([south_west[:, :2], north_east[:, :2]])
    heights = (float(south_west[:, 2].min()), float(north_east[:, 2].max()))
    return boxes, heights, np.linalg.norm(high - low, axis=1), cost


def _flat_shaded(parts: list[Any], look: tuple[float, float, float, float]) -> TileMesh:
    """The parts as one mesh in which each triangle has corners, and so a normal, of its own."""
    corners = np.concatenate([vertices[triangles].reshape(-1, 3) for vertices, triangles, _ in parts])
    feature = np.concatenate([np.full(3 * len(t), number, np.int64) for _, t, number in parts])
    a, b, c = corners[0::3], corners[1::3], corners[2::3]
    normals = np.cross(b - a, c - a)
    long = np.linalg.norm(normals, axis=1, keepdims=True)
    normals = np.divide(normals, long, out=np.tile([0.0, 0.0, 1.0], (len(normals), 1)), where=long > 0)
    return TileMesh(
        corners,
        np.repeat(normals, 3, axis=0).astype(np.float32),
        np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
        feature,
        look,
    )
