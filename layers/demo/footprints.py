"""The shapes of houses in their plot's unit square, and how they come to stand in a bent block."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.demo.frame import Array, to_lonlat

#: Outlines counter-clockwise in the unit square; a second ring is a courtyard.
SHAPES: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "bar": (((0, 0), (1, 0), (1, 1), (0, 1)),),
    "l": (((0, 0), (1, 0), (1, 0.42), (0.4, 0.42), (0.4, 1), (0, 1)),),
    "u": (((0, 0), (1, 0), (1, 1), (0.72, 1), (0.72, 0.38), (0.28, 0.38), (0.28, 1), (0, 1)),),
    "court": (
        ((0, 0), (1, 0), (1, 1), (0, 1)),
        ((0.28, 0.28), (0.28, 0.72), (0.72, 0.72), (0.72, 0.28)),
    ),
    "cross": (
        (
            (0.3, 0),
            (0.7, 0),
            (0.7, 0.25),
            (1, 0.25),
            (1, 0.75),
            (0.7, 0.75),
            (0.7, 1),
            (0.3, 1),
            (0.3, 0.75),
            (0, 0.75),
            (0, 0.25),
            (0.3, 0.25),
        ),
    ),
    "stepped": (((0, 0), (0.55, 0), (0.55, 0.18), (1, 0.18), (1, 1), (0.45, 1), (0.45, 0.82), (0, 0.82)),),
    "cut": (((0.2, 0), (0.8, 0), (1, 0.2), (1, 0.8), (0.8, 1), (0.2, 1), (0, 0.8), (0, 0.2)),),
}


def bilinear(corners: Array, st: Array) -> Array:
    """Unit square positions `st[n, k, 2]` as metres in the quadrilaterals `corners[n, 4, 2]`.

    Disjoint rectangles of the square stay disjoint in the quadrilateral.

    >>> bilinear(np.array([[[0.0, 0], [10, 0], [10, 20], [0, 20]]]), np.array([[[0.5, 0.5]]])).tolist()
    [[[5.0, 10.0]]]
    """
    s, t = st[..., :1], st[..., 1:]
    a, b, c, d = (corners[:, k, None, :] for k in range(4))
    out: Array = (1 - t) * ((1 - s) * a + s * b) + t * ((1 - s) * d + s * c)
    return out


def polygons(shape: str, corners: Array, box: Array) -> tuple[NDArray[Any], Array]:
    """Houses of one shape: polygons in lon, lat, and their areas in m².

    House k fills `box[k]` = (s, t, width, depth) of the unit square of block `corners[k]`.
    """
    rings = []
    area = np.zeros(len(box))
    for ring in SHAPES[shape]:
        unit = np.array([*ring, ring[0]])
        st = box[:, None, :2] + unit[None] * box[:, None, 2:]
        xy = bilinear(corners, st)
        local = xy - xy[:, :1]
        area += 0.5 * np.sum(local[:, :-1, 0] * local[:, 1:, 1] - local[:, 1:, 0] * local[:, :-1, 1], axis=1)
        rings.append(shapely.linearrings(to_lonlat(xy.reshape(-1, 2)).reshape(xy.shape)))
    if len(rings) == 1:
        return shapely.polygons(rings[0]), area
    return shapely.polygons(rings[0], holes=np.stack(rings[1:], axis=1)), area
