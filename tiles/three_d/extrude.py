"""Footprints with a height as bodies: walls, and a roof."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.bim.building_model import Polygons
from cim.bim.triangulation import triangulate
from tiles.three_d.glb import TileMesh


def extrude(
    polygons: Geometries,
    bottom_m: NDArray[np.float64],
    top_m: NDArray[np.float64],
    place: Any,
    rgba: tuple[float, float, float, float] = (0.85, 0.84, 0.82, 1.0),
) -> TileMesh | None:
    """The polygons (shapely, lon and lat) from their bottoms to their tops as one mesh, feature by feature; None
    where there is nothing. `place(lonlat_height float64[n, 3])` gives metres east, north, up."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    usable = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    # Outer rings counter-clockwise, holes clockwise: walls then face outwards.
    parts, owner = shapely.orient_polygons(parts[usable]), owner[usable]
    if not len(parts):
        return None
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring_of_corner = shapely.get_coordinates(rings, return_index=True)
    sizes = np.bincount(ring_of_corner, minlength=len(rings))
    ends = np.cumsum(sizes)
    last = np.zeros(len(xy), np.bool_)
    last[ends - 1] = True  # the closing corner repeats the first
    corner_feature = owner[part_of_ring[ring_of_corner]]
    low = place(np.column_stack([xy, bottom_m[corner_feature]]))
    high = place(np.column_stack([xy, top_m[corner_feature]]))
    here = np.flatnonzero(~last)
    walls, wall_normals = _walls(low, high, here)
    wall_triangles = _wall_triangles(len(here))
    wall_feature = np.repeat(corner_feature[here], 4)
    open_sizes = sizes - 1
    ring_starts = np.concatenate([[0], np.cumsum(open_sizes)]).astype(np.int32)
    rings_of_part = np.bincount(part_of_ring, minlength=len(parts))
    face_starts = np.concatenate([[0], np.cumsum(rings_of_part)]).astype(np.int32)
    roof = high[here]
    faces = Polygons(
        roof,
        np.arange(len(roof), dtype=np.int32),
        ring_starts,
        face_starts,
        np.array([0, len(parts)], np.int32),
    )
    roof_triangles, _ = triangulate(faces)
    return TileMesh(
        np.concatenate([walls, roof]),
        np.concatenate([wall_normals, np.tile(np.array([[0, 0, 1]], np.float32), (len(roof), 1))]),
        np.concatenate([wall_triangles, roof_triangles + len(walls)]).astype(np.int32),
        np.concatenate([wall_feature, corner_feature[here]]).astype(np.int64),
        rgba,
    )


def corners_of(polygons: Geometries) -> NDArray[np.int64]:
    """How many corners each polygon will have as a body."""
    return np.asarray(shapely.get_num_coordinates(polygons) * 5, np.int64)


@njit(nogil=True, cache=True)
def _walls(low: Any, high: Any, here: Any) -> Any:
    """Four corners for each wall, from a corner to the next, and the wall's normal at each."""
    corners = np.empty((4 * len(here), 3))
    normals = np.empty((4 * len(here), 3), np.float32)
    for i in range(len(here)):
        a, b = here[i], here[i] + 1
        dx, dy = low[b, 0] - low[a, 0], low[b, 1] - low[a, 1]
        long = np.sqrt(dx * dx + dy * dy)
        nx, ny = (dy / long, -dx / long) if long > 0.0 else (1.0, 0.0)
        for axis in range(3):
            corners[4 * i, axis] = low[a, axis]
            corners[4 * i + 1, axis] = low[b, axis]
            corners[4 * i + 2, axis] = high[b, axis]
            corners[4 * i + 3, axis] = high[a, axis]
        for k in range(4):
            normals[4 * i + k, 0] = nx
            normals[4 * i + k, 1] = ny
            normals[4 * i + k, 2] = 0.0
    return corners, normals


def _wall_triangles(count: int) -> NDArray[np.int32]:
    first = 4 * np.arange(count, dtype=np.int32)[:, None]
    pattern = np.array([[0, 1, 2, 0, 2, 3]], np.int32)
    return np.asarray((first + pattern).reshape(-1, 3))
