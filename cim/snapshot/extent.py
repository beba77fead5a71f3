"""Where the city is, and how far from it a place lies.

The extent is the box of the areas, else of the layers, else of what is placed. Rows that lie far from the rest (at
0, 0, in another zone, with lon and lat swapped) don't widen it: rows are gathered in cells of a degree, neighbouring
cells belong together, and the group that holds most of the city's layers is the city.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Boxes, LonLat, Mask
from cim.errors import BadInput
from cim.model.standard_layers import PLACED
from cim.snapshot import metric_zone
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.space import geojson

Box = tuple[float, float, float, float]

#: A place is far from a city if it is farther than this from its box, and than the box is wide.
_LEAST_FAR_M = 50_000.0
_EARTH_M = 6_371_008.8
#: Rows wider than this (a map of the world) say nothing of where the city is.
_WIDEST_DEG = 40.0
#: Degrees around 0, 0 that only an empty position is in.
_EMPTY_DEG = 1e-3
#: Positions that say where the core of the city is.
_ENOUGH_FOR_CORE = 20


@dataclass(frozen=True, slots=True)
class Extent:
    """The box of the city in degrees; `east` is above 180 where the city lies across 180°."""

    west: float
    south: float
    east: float
    north: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box: lon, lat."""
        return ((self.west + self.east) / 2 + 180.0) % 360.0 - 180.0, (self.south + self.north) / 2

    @property
    def far_m(self) -> float:
        """From this distance on a place is far from the city, in metres."""
        corners = np.array([[self.west, self.south, self.west, self.south]])
        across = Extent(self.east, self.north, self.east, self.north).distance_m(corners)[0]
        return max(_LEAST_FAR_M, float(across))

    def distance_m(self, boxes: Boxes) -> NDArray[np.float64]:
        """Metres from the city's box to each box (float64[n, 4]) or point (float64[n, 2]); 0 where they meet.

        >>> Extent(112.9, 28.1, 113.1, 28.3).distance_m(np.array([[109.97, 28.19], [113.0, 28.2]])).round(-3).tolist()
        [287000.0, 0.0]
        """
        boxes = boxes if boxes.shape[1] == 4 else np.hstack([boxes, boxes])
        west, south, east, north = boxes.T
        turns = [
            np.maximum(0.0, np.maximum(west + t - self.east, self.west - east - t)) for t in (-360, 0, 360)
        ]
        gap = np.radians(np.minimum.reduce(turns))
        lat = np.clip(np.clip(self.south, south, north), self.south, self.north)
        here, there = np.radians(lat), np.radians(np.clip(lat, south, north))
        half = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(gap / 2) ** 2
        return np.asarray(2 * _EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))

    def far(self, boxes: Boxes) -> Mask:
        """Whether each box or point is far from the city."""
        return self.distance_m(boxes) > self.far_m

    def is_swapped(self, boxes: Boxes) -> Mask:
        """Whether each box or point is far from the city, but near it with lat and lon the other way round."""
        turned = boxes[:, [1, 0, 3, 2]] if boxes.shape[1] == 4 else boxes[:, ::-1]
        return self.far(boxes) & (np.abs(turned[:, 1]) <= 90.0) & ~self.far(turned)

    def require_order(self, lonlat: LonLat, what: str = "point") -> NDArray[np.float64]:
        """The positions (float64[n, 2]); `BadInput` for one that only lies near the city as lat, lon.

        >>> Extent(8.0, 47.0, 9.6, 47.2).require_order(np.array([[47.1, 8.0]]))
        Traceback (most recent call last):
        cim.errors.BadInput: point 0 (47.1, 8) lies 5,603 km from the city, and (8, 47.1) in it; is it lat, lon? \
give lon, lat
        """
        # Nearly all questions are about places in the city, which four comparisons find out.
        if len(lonlat) == 1:
            lon, lat = lonlat[0].tolist()
            if self.west <= lon <= self.east and self.south <= lat <= self.north:
                return lonlat
        wrong = np.flatnonzero(self.is_swapped(lonlat))
        if len(wrong):
            lon, lat = lonlat[wrong[0]].tolist()
            km = float(self.distance_m(lonlat[wrong[:1]])[0]) / 1000
            raise BadInput(
                f"{what} {wrong[0]} ({lon:.6g}, {lat:.6g}) lies {km:,.0f} km from the city, and ({lat:.6g}, {lon:.6g}) "
                "in it; is it lat, lon? give lon, lat"
            )
        return lonlat


def require_order(extent: Extent | None, lonlat: LonLat, what: str = "point") -> NDArray[np.float64]:
    """The positions (float64[n, 2]); `BadInput` for one that only lies near the city as lat, lon."""
    return lonlat if extent is None else extent.require_order(lonlat, what)


def at_zero(boxes: Boxes) -> Mask:
    """Whether each box or point is an empty position, 0, 0."""
    return np.asarray((np.abs(boxes) < _EMPTY_DEG).all(axis=1))


def layers_of_extent(snapshots: Mapping[str, Snapshot], without: Iterable[str] = ()) -> list[Snapshot]:
    """The layers that say where the city is: the areas, else all others with rows, else what is placed."""
    rest = {name: s for name, s in snapshots.items() if len(s) and name not in without}
    if "areas" in rest:
        return [rest["areas"]]
    return metric_zone.base_layers(rest) or [s for name, s in sorted(rest.items()) if name in PLACED]


def extent_of(layers: Iterable[Snapshot], metric_crs: str = "") -> Extent | None:
    """The extent of these layers; of several groups of rows the one in the zone of `metric_crs`. None without any."""
    return extent_of_boxes([row_boxes(snapshot) for snapshot in layers], metric_crs)


def row_boxes(snapshot: Snapshot) -> Boxes:
    """The box of each living row that has a geometry, of each of its parts where it is cut at 180°: float64[n, 4]."""
    rows = snapshot.rows
    leaves = np.concatenate([c.lonlat_tree[: len(c)] for c in (snapshot.base, snapshot.delta)])[rows]
    with np.errstate(invalid="ignore"):
        wide = leaves[:, 2] - leaves[:, 0] > geojson.WIDEST
    if wide.any():
        parts = shapely.bounds(shapely.get_parts(snapshot.geometry(rows[wide])))
        leaves = np.concatenate([leaves[~wide], parts])
    return np.asarray(leaves[np.isfinite(leaves).all(axis=1)])


def extent_of_boxes(layers: list[Boxes], metric_crs: str = "", least_share: float = 0.0) -> Extent | None:
    """The extent of the rows of some layers, given as boxes; None where no group holds `least_share` of them."""
    located = [_placed_boxes(boxes) for boxes in layers]
    kept = [boxes for boxes in (_small(boxes) for boxes in located) if len(boxes)] or [
        boxes for boxes in located if len(boxes)
    ]
    if not kept:
        return None
    keys = [np.unique(_cells(boxes), return_inverse=True, return_counts=True) for boxes in kept]
    group = _groups({key for unique, _, _ in keys for key in unique.tolist()})
    groups = [np.array([group[key] for key in unique.tolist()])[inverse] for unique, inverse, _ in keys]
    weights: dict[int, float] = {}
    for of_row in groups:
        for of, count in zip(*(a.tolist() for a in np.unique(of_row, return_counts=True)), strict=True):
            weights[of] = weights.get(of, 0.0) + count / len(of_row)
    found = {
        of: _enclosing(np.concatenate([b[mine == of] for b, mine in zip(kept, groups, strict=True)]))
        for of, weight in weights.items()
        if weight >= least_share * len(kept)
    }
    if not found:
        return None
    fits = [of for of, box in found.items() if metric_crs and metric_zone.is_for(metric_crs, *box.centre)]
    return found[max(fits or found, key=lambda of: weights[of])]


def _placed_boxes(boxes: Boxes) -> Boxes:
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    return boxes[~at_zero(boxes)]


def _small(boxes: Boxes) -> Boxes:
    return boxes[(boxes[:, 2] - boxes[:, 0] <= _WIDEST_DEG) & (boxes[:, 3] - boxes[:, 1] <= _WIDEST_DEG)]


#: Bits of one corner in the number that stands for the cells of a box.
_BITS = 9


def _cells(boxes: Boxes) -> NDArray[np.int64]:
    """The cells of a degree that each box reaches over, as one number: west, south, east, north of 9 bits each."""
    corners = np.floor(boxes).astype(np.int64) + np.array([180, 90, 180, 90])
    return np.asarray(corners @ np.array([1 << 3 * _BITS, 1 << 2 * _BITS, 1 << _BITS, 1]))


def _span(key: int) -> tuple[int, int, int, int]:
    west, south, east, north = (key >> shift * _BITS & (1 << _BITS) - 1 for shift in (3, 2, 1, 0))
    return west, south, east, north


def _groups(keys: set[int]) -> dict[int, int]:
    """Each of the `_cells` with the number of its group: those that overlap or touch."""
    of_cell: dict[tuple[int, int], list[int]] = {}
    for key in keys:
        west, south, east, north = _span(key)
        for x in range(west, east + 1):
            for y in range(south, north + 1):
                of_cell.setdefault((x % 360, y), []).append(key)
    group: dict[int, int] = {}
    for number, first in enumerate(sorted(keys)):
        open_keys = [first] if first not in group else []
        while open_keys:
            key = open_keys.pop()
            if key in group:
                continue
            group[key] = number
            west, south, east, north = _span(key)
            for x in range(west - 1, east + 2):
                for y in range(south - 1, north + 2):
                    open_keys += [k for k in of_cell.get((x % 360, y), ()) if k not in group]
    return group


def _enclosing(boxes: Boxes) -> Extent:
    """The box around all; across 180° where that is the smaller one."""
    west, east = boxes[:, 0], boxes[:, 2]
    turned = np.where(west < 0, 360.0, 0.0)
    if (east + turned).max() - (west + turned).min() < east.max() - west.min():
        west, east = west + turned, east + turned
    return Extent(float(west.min()), float(boxes[:, 1].min()), float(east.max()), float(boxes[:, 3].max()))


def near_bounds(snapshot: Snapshot, extent: Extent) -> Box | None:
    """West, south, east, north of those rows of a layer that are not far from the city; None where there is none."""
    boxes = row_boxes(snapshot)
    near = boxes[~extent.far(boxes) & ~at_zero(boxes)]
    if not len(near):
        return None
    low, high = near.min(axis=0), near.max(axis=0)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])


class CityExtent:
    """The extent of a city and the bounds of its layers within it, worked out once for each state of a layer."""

    def __init__(self) -> None:
        self._of: tuple[tuple[tuple[str, str], ...], Extent | None] | None = None
        self._last: tuple[Mapping[str, Snapshot], Extent | None] | None = None
        self._bounds: dict[str, tuple[str, Extent, Box | None]] = {}

    def extent(self, snapshots: Mapping[str, Snapshot]) -> Extent | None:
        """Where the city is; None for one in which nothing is placed. The snapshots are of one state of the city."""
        last = self._last
        if last is not None and last[0] is snapshots:
            return last[1]
        layers = layers_of_extent(snapshots)
        state = tuple((s.layer.name, f"{s.version} {s.metric_crs}") for s in layers)
        known = self._of
        if known is None or known[0] != state:
            known = self._of = (state, extent_of(layers, layers[0].metric_crs) if layers else None)
        self._last = (snapshots, known[1])
        return known[1]

    def bounds(self, snapshots: Mapping[str, Snapshot], names: Iterable[str]) -> Box:
        """West, south, east, north of these layers together, without rows far from the city unless all of them are;
        the whole world where they are empty. `NotFound` for a layer that is not there."""
        extent = self.extent(snapshots)
        layers = {name: require_layer(snapshots, name) for name in names}
        boxes = [box for s in layers.values() if (box := self._layer_bounds(s, extent)) is not None]
        near = [box for box in boxes if extent is None or not extent.far(np.array([box]))[0]]
        if not boxes:
            return -180.0, -85.0, 180.0, 85.0
        low, high = np.min(near or boxes, axis=0), np.max(near or boxes, axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])

    def core(self, snapshots: Mapping[str, Snapshot]) -> Box:
        """The box in which most of the city's life is: the middle four fifths of its resources, else of its
        features both ways. What a map shows first; a city's limits may reach far into the country."""
        return core_box(snapshots, self.extent(snapshots)) or self.bounds(snapshots, snapshots)

    def _layer_bounds(self, snapshot: Snapshot, extent: Extent | None) -> Box | None:
        """The bounds of a layer without its far-off rows; of a layer that is far as a whole, all of it."""
        whole = snapshot.bounds
        if whole is None or extent is None:
            return whole
        if (
            not extent.far(np.array([[whole[0], whole[1]], [whole[2], whole[3]]])).any()
            and whole[0] <= whole[2]
        ):
            return whole
        name = snapshot.layer.name
        known = self._bounds.get(name)
        if known is None or known[:2] != (snapshot.version, extent):
            known = (snapshot.version, extent, near_bounds(snapshot, extent) or whole)
            self._bounds[name] = known
        return known[2]


def core_box(snapshots: Mapping[str, Snapshot], extent: Extent | None) -> Box | None:
    """The box of the middle four fifths of the resources, else of a layer's features, both ways; without rows far
    from the city. None where no layer has enough of them."""
    for name in ("resources", *sorted(n for n in snapshots if n not in PLACED)):
        if name not in snapshots:
            continue
        lonlat = snapshots[name].base.lonlat
        sample = lonlat[:: -(-len(lonlat) // 100_000) or 1]
        if extent is not None:
            sample = sample[~extent.far(sample)]
        if len(sample) >= _ENOUGH_FOR_CORE:
            (west, south), (east, north) = np.percentile(sample, [10, 90], axis=0).tolist()
            return west, south, east, north
    return None
