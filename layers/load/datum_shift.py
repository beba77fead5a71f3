"""Whether rows fit the city better when read in another datum: measured against its buildings and roads.

GCJ-02 and BD-09 are 300 to 1,300 m off, and files never say so. Where places lie in buildings or along roads, the same
places shifted by that much don't. So each hypothesis (as it is, from GCJ-02, from BD-09) is tried on the same rows, and
one is told only if it is clearly better: by McNemar's test on the pairs, and by the share of rows that fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, Mask
from cim.model.layer import Features
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.space.crs import Datum

#: Rows that are tried, and the fewest that say anything.
_TRIED, _LEAST = 2_000, 40
#: McNemar's z, and by how much the share of rows that fit must grow.
_LEAST_Z, _LEAST_GAIN = 5.0, 0.2
#: A place on a road is nearer to it than this.
_ON_ROAD_M = 12.0


@dataclass(frozen=True, slots=True)
class Shift:
    """The datum that fits better, and the shares of the tried rows that fit as they are and when read in it."""

    datum: Datum
    layer: str
    fits: float
    would_fit: float
    shift_m: float

    @property
    def note(self) -> str:
        """As a sentence of a report."""
        return (
            f"{self.fits:.0%} of the rows fit the layer {self.layer}, {self.would_fit:.0%} would if they were read as "
            f"{self.datum}, {self.shift_m:.0f} m away: load the file with --datum {self.datum}"
        )


def better_datum(features: Features, snapshots: Mapping[str, Snapshot]) -> Shift | None:
    """The datum in which the features fit the buildings or roads of the city clearly better than as they are."""
    places = _places(features.geometry)
    if len(places) < _LEAST:
        return None
    polygons = shapely.get_dimensions(features.geometry[0]) == 2
    best: Shift | None = None
    for name in ("buildings", "roads"):
        layer = snapshots.get(name)
        if layer is None or not len(layer) or (polygons and name == "roads"):
            continue
        here = _fitting(layer, places)
        for datum in ("gcj02", "bd09"):
            moved = crs.to_wgs84(places, datum)
            there = _fitting(layer, moved)
            gained, lost = int((there & ~here).sum()), int((here & ~there).sum())
            z = (gained - lost) / np.sqrt(max(gained + lost, 1))
            gain = float(there.mean() - here.mean())
            if z >= _LEAST_Z and gain >= _LEAST_GAIN and (best is None or there.mean() > best.would_fit):
                metres = np.hypot(
                    *(crs.to_metric(moved, layer.metric_crs) - crs.to_metric(places, layer.metric_crs)).T
                )
                best = Shift(datum, name, float(here.mean()), float(there.mean()), float(np.median(metres)))
    return best


def _places(geometry: Geometries) -> NDArray[np.float64]:
    """A place of each of some rows: on the surface of polygons, in the middle of lines."""
    there = geometry[~shapely.is_missing(geometry)]
    some = there[:: -(-len(there) // _TRIED) or 1]
    if len(some) and shapely.get_dimensions(some[0]) == 1:
        some = shapely.line_interpolate_point(shapely.get_geometry(some, 0), 0.5, normalized=True)
    elif len(some):
        some = shapely.point_on_surface(some)
    return np.asarray(shapely.get_coordinates(some))


def _fitting(layer: Snapshot, places: NDArray[np.float64]) -> Mask:
    """Whether each place lies in a polygon of the layer, or on a line of it."""
    if layer.layer.geometry == "polygon":
        _, counts = layer.containing(places)
        return np.asarray(counts > 0)
    rows, _ = layer.nearest(places, 1, _ON_ROAD_M)
    return np.asarray(rows[:, 0] >= 0)
