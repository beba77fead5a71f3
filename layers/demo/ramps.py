"""Slip roads: where a motorway or trunk road meets another great road, each right turn has its own ramp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.demo.frame import Array, Index, to_lonlat
from layers.demo.network import PRIMARY, TRUNK, StreetPlan
from layers.demo.rivers import Water

# Driving on the right: from the point before the junction to the point beyond it, seen from the junction.
_TURNS = (((0, -1), (1, 0)), ((1, 0), (0, 1)), ((0, 1), (-1, 0)), ((-1, 0), (0, -1)))


@dataclass(frozen=True)
class Ramps:
    """n one-way ramps: lattice points int64[n, 2], curves in metres float64[n, 7, 2], road ranks."""

    start: Index
    end: Index
    curve: Array
    rank: NDArray[np.int8]

    def lines(self, lonlat: Array) -> NDArray[Any]:
        """The ramps in lon, lat; their ends are the very lattice points `lonlat[i, j]`."""
        at = to_lonlat(self.curve.reshape(-1, 2)).reshape(self.curve.shape)
        at[:, 0] = lonlat[self.start[:, 0], self.start[:, 1]]
        at[:, -1] = lonlat[self.end[:, 0], self.end[:, 1]]
        return np.asarray(shapely.linestrings(at))

    def ground(self) -> NDArray[Any]:
        """The land that ramps take, as polygons in metres."""
        return np.asarray(shapely.buffer(shapely.linestrings(self.curve), 9.0, quad_segs=3))


def build(network: StreetPlan, water: Water) -> Ramps:
    """The ramps at all junctions of great roads that have four arms on dry land."""
    dry = [np.where(c > 0, 0, r) for r, c in zip(network.rank, network.carried, strict=True)]
    arms = np.stack([dry[0][1:-1, :-1], dry[0][1:-1, 1:], dry[1][:-1, 1:-1], dry[1][1:, 1:-1]])
    greatest, least = arms.min(axis=0), arms.max(axis=0)
    i, j = (k + 1 for k in np.nonzero((greatest > 0) & (greatest <= TRUNK) & (least <= PRIMARY)))
    rank = greatest[i - 1, j - 1]

    point = np.column_stack([i, j])
    starts = np.concatenate([point + turn[0] for turn in _TURNS])
    ends = np.concatenate([point + turn[1] for turn in _TURNS])
    xy = network.frame.xy
    a, b, c = (xy[p[:, 0], p[:, 1]][:, None] for p in (starts, np.tile(point, (4, 1)), ends))
    bow = 0.75 * b + 0.125 * (a + c)
    t = np.linspace(0, 1, 7)[None, :, None]
    curve = (1 - t) ** 2 * a + 2 * t * (1 - t) * bow + t**2 * c
    wet = np.zeros(len(curve), dtype=bool)
    wet[water.tree(8.0).query(shapely.linestrings(curve), predicate="intersects")[0]] = True
    return Ramps(starts[~wet], ends[~wet], curve[~wet], np.tile(rank, 4)[~wet])
