"""Parts and holes of shapes in which nothing is: GeoJSON writes them as `[]`, and many a map can't read them."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries

_POLYGON, _MULTI = 3, (4, 5, 6)


def without_empty_parts(geometry: Geometries) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """The geometries without their empty parts and holes, and the positions of those that had any. Where nothing is
    left out it is the same array.

    >>> holed = shapely.from_wkt("MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0), EMPTY))")
    >>> whole, at = without_empty_parts(np.array([holed, shapely.Point(1, 2)]))
    >>> whole[0], at.tolist()
    (<MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))>, [0])
    """
    types = shapely.get_type_id(geometry)
    several = np.flatnonzero(np.isin(types, _MULTI) & (shapely.get_num_geometries(geometry) > 1))
    holed = np.flatnonzero((types == _POLYGON) & (shapely.get_num_interior_rings(geometry) > 0))
    if not len(several) and not len(holed):
        return geometry, several
    parts, of = shapely.get_parts(geometry[several], return_index=True)
    with_holes = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    places = np.concatenate([several[of[with_holes]], holed])
    rings, ring_of = shapely.get_rings(
        np.concatenate([parts[with_holes], geometry[holed]]), return_index=True
    )
    at = np.unique(
        np.concatenate([several[of[shapely.is_empty(parts)]], places[ring_of[shapely.is_empty(rings)]]])
    )
    if len(at):
        geometry = geometry.copy()
        geometry[at] = [_without_empty_parts(one) for one in geometry[at]]
    return geometry, at


def _without_empty_parts(shape: Any) -> Any:
    if shape.geom_type == "Polygon":
        return shapely.Polygon(shape.exterior, [ring for ring in shape.interiors if not ring.is_empty])
    if not hasattr(shape, "geoms"):
        return shape
    return type(shape)([_without_empty_parts(part) for part in shape.geoms if not part.is_empty])
