"""Vertices that are known in degrees and in metres, so that shapes made in metres go back without a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, LonLat
from cim.space import crs


@dataclass(frozen=True, slots=True, eq=False)
class Vertices:
    """The same vertices as lon, lat and in metres, float64[n, 2] each."""

    lonlat: LonLat
    xy: NDArray[np.float64]
    metric_crs: str

    @classmethod
    def of(cls, geometry: Geometries, metric_crs: str) -> Vertices:
        """The vertices of shapes in lon, lat."""
        lonlat = shapely.get_coordinates(geometry)
        return cls(lonlat, crs.to_metric(lonlat, metric_crs), metric_crs)

    def to_lonlat(self, geometry: Geometries, grid_m: float | None = None) -> NDArray[Any]:
        """Shapes in metres as lon, lat; a vertex that is known comes out exactly as it went in.

        `grid_m` is what the shapes' coordinates were rounded to on the way.
        """
        mine = shapely.get_coordinates(geometry)
        out = crs.from_metric(mine, self.metric_crs)
        # Complex numbers sort by both parts, so one search finds a pair.
        known, wanted = _pairs(self.xy, grid_m), _pairs(mine, grid_m)
        order = np.argsort(known)
        if len(order):
            at = order[np.minimum(np.searchsorted(known, wanted, sorter=order), len(order) - 1)]
            same = known[at] == wanted
            out[same] = self.lonlat[at[same]]
        moved: NDArray[Any] = shapely.set_coordinates(geometry.copy(), out)
        return moved


def _pairs(xy: NDArray[np.float64], grid_m: float | None) -> NDArray[np.complex128]:
    rounded = xy if grid_m is None else np.rint(xy / grid_m)
    return np.asarray(rounded[:, 0] + 1j * rounded[:, 1])
