"""How densely the edges of a shape lie: what it costs GEOS to compare it, reckoned before that is done."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

#: Edges by which it is estimated how many others each lies beside.
_SAMPLE = 32
#: Pairs of edges whose boxes may meet: beyond, finding out whether a polygon is valid takes most of a second.
MOST_ENTANGLED = 20_000_000


def entanglement(geometry: Any, reach: float = 0.0) -> int:
    """About how many pairs of its edges have boxes that meet, widened by `reach` on each side: what finding out whether
    a polygon is valid costs, or making a strip of that half width along lines.

    Some thousands of long teeth at 45° have millions, a district's border of as many corners some thousands.

    >>> ladder = shapely.MultiLineString([[(0, y), (9, y)] for y in range(100)])
    >>> entanglement(ladder), entanglement(ladder, 50.0)
    (50, 5000)
    """
    xy, line = _vertices(geometry)
    same = line[1:] == line[:-1]
    low, high = np.minimum(xy[:-1], xy[1:])[same] - reach, np.maximum(xy[:-1], xy[1:])[same] + reach
    some = np.unique(np.linspace(0, max(len(low) - 1, 0), _SAMPLE).astype(np.int64))[: len(low)]
    met = [int(((low <= high[i]) & (high >= low[i])).all(axis=1).sum()) for i in some]
    return int(np.mean(met) * len(low) / 2) if met else 0


def edges_across(geometry: Any) -> float:
    """The edges that a line along x meets, on average: what GEOS looks at for one point of a prepared polygon."""
    xy, ring = _vertices(geometry)
    if len(xy) < 2:
        return 1.0
    height = float(np.ptp(xy[:, 1]))
    rise = float(np.abs(np.diff(xy[:, 1]))[ring[1:] == ring[:-1]].sum())
    return rise / height + 1.0 if height > 0 else float(len(xy))


def _vertices(geometry: Any) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The vertices of all lines or rings (float64[n, 2]), and the number of the line of each."""
    parts = shapely.get_parts(geometry)
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        parts = shapely.get_rings(parts)
    xy, line = shapely.get_coordinates(parts, return_index=True)
    return np.asarray(xy), np.asarray(line)
