"""The named parks and wooded hills of `data/greens.json`, as irregular round shapes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from cim.arrays.types import Geometries
from layers.demo.frame import CityFrame, plan_to_metres
from layers.demo.inputs import shapes
from layers.demo.rivers import Water, blob, tiles


@dataclass(frozen=True)
class Greens:
    """The parks and forests in metres from the origin; none overlap one another or the water."""

    polygons: Geometries
    names: list[str]
    names_en: list[str]
    classes: list[str]

    def tree(self, classes: tuple[str, ...]) -> shapely.STRtree:
        """A tree over the greens of these classes, cut into tiles."""
        return shapely.STRtree(tiles(self.polygons[np.isin(self.classes, classes)], 1500.0))


def draw(frame: CityFrame, city: Any, water: Water) -> Greens:
    """All named parks and forests inside the polygon `city`."""
    rng = frame.rng(6)
    entries = shapes("greens")["greens"]
    taken = shapely.union_all(water.polygons)
    polygons: list[Any] = []
    kept = []
    for entry in entries:
        at = plan_to_metres(np.array([entry["at"]]))[0]
        shape = blob(at, np.array(entry["radius_m"]), rng)
        shape = shapely.intersection(shapely.difference(shape, taken), city)
        taken = shapely.union(taken, shape)
        parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 2_000]
        polygons.extend(parts)
        kept.extend([entry] * len(parts))
    return Greens(
        np.array(polygons, dtype=object),
        [e["name"] for e in kept],
        [e["name_en"] for e in kept],
        [e["class"] for e in kept],
    )
