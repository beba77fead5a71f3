"""A model in the city: where each of its objects is, how high, how large, and what it covers on the ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.bim.building_model import BuildingModel, ModelObject, PlacedMesh
from cim.bim.measure import areas_m2, is_closed, outline, volume_m3

#: What has no extent on the ground, as a pane of glass, is a strip of this half width there.
_STRIP_M = 0.01


@dataclass(frozen=True, slots=True)
class Extents:
    """What is known of one object's shape. Heights are in the model's datum, `ground` is a shapely geometry in lon,
    lat; None where the object has no shape. The heights of an outline of LoD 0 that lies at exactly 0 are None: that is
    how files write that none is known. `volume_m3` is None where its meshes are not closed."""

    ground: Any
    bottom_m: float | None
    top_m: float | None
    area_m2: float
    volume_m3: float | None
    surface_m2: dict[str, float]
    lod: str


def shown_shapes(one: ModelObject) -> tuple[PlacedMesh, ...]:
    """The shapes of an object's highest level of detail.

    >>> one = ModelObject("a", "building", "Building", shapes=(PlacedMesh(0, lod="1"), PlacedMesh(1, lod="2.2")))
    >>> [shape.mesh for shape in shown_shapes(one)]
    [1]
    """
    if not one.shapes:
        return ()
    highest = max(shape.lod for shape in one.shapes)
    return tuple(shape for shape in one.shapes if shape.lod == highest)


def measure_objects(model: BuildingModel) -> list[Extents | None]:
    """What is known of the shape of each object of the model, in their order; None for one without any.

    Each mesh is measured once, however often it is used; all corners are placed in one go.
    """
    sizes = _Sizes(model)
    shown = [shown_shapes(one) for one in model.objects]
    shapes = [shape for some in shown for shape in some]
    if not shapes:
        return [None] * len(model.objects)
    frames = [model.frame_vertices(shape) for shape in shapes]
    starts = np.cumsum([0, *map(len, frames)])
    heights = model.placement.place(np.concatenate(frames))[:, 2]
    grounds = _grounds(model, shapes, frames)
    found: list[Extents | None] = []
    at = 0
    for some in shown:
        mine = range(at, at + len(some))
        at += len(some)
        if not some or starts[mine[0]] == starts[mine[-1] + 1]:
            found.append(None)
            continue
        z = heights[starts[mine[0]] : starts[mine[-1] + 1]]
        parts = [grounds[i] for i in mine]
        ground = parts[0] if len(parts) == 1 else _join(parts)
        known = some[0].lod != "0" or bool(np.abs(z).max() > 1e-6)
        found.append(
            Extents(
                ground,
                float(z.min()) if known else None,
                float(z.max()) if known else None,
                sum(_flat_area(frames[i], model.meshes[shapes[i].mesh].triangles) for i in mine),
                sizes.volume(some),
                sizes.surfaces(some),
                some[0].lod,
            )
        )
    return found


def _flat_area(vertices: NDArray[np.float64], triangles: NDArray[np.int32]) -> float:
    """The area that faces up, m²: of a closed body what it covers."""
    a, b, c = (vertices[triangles[:, i], :2] for i in range(3))
    double = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    return float(double[double > 0].sum() / 2)


def _grounds(
    model: BuildingModel, shapes: Sequence[PlacedMesh], frames: Sequence[NDArray[np.float64]]
) -> list[Any]:
    """What each shape covers on the ground, in lon, lat."""
    flat = []
    for shape, vertices in zip(shapes, frames, strict=True):
        made = outline(vertices, model.meshes[shape.mesh].triangles)
        if made is None:
            made = shapely.multipoints(vertices[:, :2]).convex_hull.buffer(_STRIP_M, quad_segs=1)
        flat.append(made)
    return list(to_ground(model, np.array(flat, object)))


def to_ground(model: BuildingModel, flat: NDArray[Any]) -> NDArray[Any]:
    """Geometries in x and y of the model's frame as geometries in lon, lat."""

    def place(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return model.placement.place(np.column_stack([xy, np.zeros(len(xy))]))[:, :2]

    return np.asarray(shapely.transform(flat, place))


def _join(parts: Sequence[Any]) -> Any:
    """Several outlines in lon, lat as one."""
    whole = shapely.union_all(shapely.make_valid(np.array(parts, object)))
    polygons = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"]
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


class _Sizes:
    """Volumes and surfaces, each mesh measured once."""

    def __init__(self, model: BuildingModel) -> None:
        self._meshes = model.meshes
        self._volumes: dict[int, float | None] = {}

    def volume(self, shapes: Sequence[PlacedMesh]) -> float | None:
        """The volume of the shapes together, m³; None where one is not closed."""
        total = 0.0
        for shape in shapes:
            own = self._own_volume(shape.mesh)
            if own is None:
                return None
            larger = 1.0 if shape.matrix is None else abs(float(np.linalg.det(shape.matrix[:3, :3])))
            total += abs(own) * larger
        return total

    def _own_volume(self, mesh: int) -> float | None:
        if mesh not in self._volumes:
            one = self._meshes[mesh]
            closed = bool(len(one.triangles)) and is_closed(one.vertices, one.triangles)
            self._volumes[mesh] = volume_m3(one.vertices, one.triangles) if closed else None
        return self._volumes[mesh]

    def surfaces(self, shapes: Sequence[PlacedMesh]) -> dict[str, float]:
        """The area of the faces of each surface that the file names, m²: RoofSurface, WallSurface …"""
        found: dict[str, float] = {}
        for shape in shapes:
            mesh = self._meshes[shape.mesh]
            if mesh.surface is None:
                continue
            vertices = mesh.vertices if shape.matrix is None else mesh.vertices @ shape.matrix[:3, :3].T
            areas = areas_m2(vertices, mesh.triangles)
            for number, name in enumerate(mesh.surface_names):
                area = float(areas[mesh.surface == number].sum())
                if area:
                    found[name] = found.get(name, 0.0) + area
        return found
