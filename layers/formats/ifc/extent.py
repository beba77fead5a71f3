"""About where the things of a file stand in its own world, before anything is tessellated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import LonLat
from layers.formats.ifc.kinds import Kinds, shown_products
from layers.formats.ifc.placements import Placements

#: Coordinates from here on look like those of a map: no model is that large, and no map has a city at its origin.
MAP_LIKE_M = 100_000.0
_SAMPLE = 2000
_TESSELLATED = 3


@dataclass(frozen=True, slots=True, eq=False)
class WorldExtent:
    """Some points of the model in metres of its world, float64[n, 3]."""

    points: LonLat

    @property
    def centre(self) -> NDArray[np.float64]:
        """The median of the points; the origin where there are none."""
        return np.median(self.points, axis=0) if len(self.points) else np.zeros(3)

    @property
    def is_map_like(self) -> bool:
        """Whether the points lie where maps have their coordinates."""
        return bool(np.abs(self.centre[:2]).max() >= MAP_LIKE_M)


def find_extent(parsed: Any, placements: Placements, kinds: Kinds) -> WorldExtent:
    """Where a sample of the products with a shape stands; a few are tessellated, for maps may be in the shapes."""
    shown = shown_products(parsed, kinds)
    elements = [one for one in shown if not one.is_a("IfcSpatialStructureElement")] or shown
    points = [placements.world(one.ObjectPlacement)[None, :3, 3] for one in _sample(elements, _SAMPLE)]
    if points and WorldExtent(np.concatenate(points)).is_map_like:
        return WorldExtent(np.concatenate(points))
    shapes = [one for product in _sample(elements, _TESSELLATED) if (one := _vertices(product)) is not None]
    if shapes and np.abs(np.median(np.concatenate(shapes), axis=0)[:2]).max() >= MAP_LIKE_M:
        points = shapes
    return WorldExtent(np.concatenate(points) if points else np.zeros((0, 3)))


def _sample(products: list[Any], most: int) -> list[Any]:
    return products[:: max(1, -(-len(products) // most))]


def _vertices(product: Any) -> NDArray[np.float64] | None:
    from ifcopenshell import geom

    tessellator: Any = geom
    settings = tessellator.settings()
    settings.set("use-world-coords", True)
    settings.set("disable-opening-subtractions", True)
    try:
        shape = tessellator.create_shape(settings, product)
    except RuntimeError:
        return None
    return np.frombuffer(shape.geometry.verts_buffer, dtype=np.float64).reshape(-1, 3)[:1000].copy()
