"""Where a layer changed and when, so that a tile is made anew only after something inside it changed.

The record says of each tile the place v in the change log that its content is *as of*: nothing that shows in it has
changed since. So a worker that reads the log entry by entry and one that reads it at once may give a tile different
places, but never the same place to different content, and a cache keyed by it can be shared.

A changed feature marks the tiles that its bounds meet, before and after, at the deepest zoom at which these are few
(`at`: all tiles inside them are touched too), and at every zoom above (`below`: only these are). A tile is as large
as what is drawn into it, so the bounds are widened by the tile's buffer, which is the wider the lower the zoom.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asinh, ceil, pi, radians, tan
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays import bundle
from cim.arrays.readonly import freeze
from cim.arrays.types import Boxes

Places = NDArray[np.int64]

#: So far over its edge a tile shows features, as a part of its width; and one tile pixel for the rounding of vertices.
BUFFER = 64 / 4096
_WIDENED = BUFFER + 1 / 4096
#: Deeper tiles are as old as the tile of this zoom that they lie in: 500 m in a city.
_DEEPEST = 16
#: A feature marks at most so many tiles at its deepest zoom.
_FEW = 4
_RECENT = 1024


@njit(nogil=True, cache=True, inline="always")
def _key(z: Any, x: Any, y: Any) -> Any:
    return (np.int64(z) << 32) | (np.int64(x) << 16) | np.int64(y)


@njit(nogil=True, cache=True, inline="always")
def _row(lat: Any) -> Any:
    """How far south a latitude lies on the Web Mercator square, 0…1; beyond it, held at its edge."""
    lat = min(max(lat, -85.0511287798066), 85.0511287798066)
    return 0.5 - asinh(tan(radians(lat))) / (2.0 * pi)


@njit(nogil=True, cache=True, inline="always")
def _span(low: Any, high: Any, tiles: Any) -> Any:
    """The first tile of a stretch of the square (0…1) at a zoom of so many tiles a side, and how many it meets."""
    first = np.int64(np.floor(low * tiles - _WIDENED))
    last = np.int64(np.floor(high * tiles + _WIDENED))
    return first, last - first + 1


@njit(nogil=True, cache=True)
def _longer(numbers: Any, by: Any) -> Any:
    out = np.empty(len(numbers) + by, np.int64)
    out[: len(numbers)] = numbers
    return out


@njit(nogil=True, cache=True)
def _marks(boxes: Any, seqs: Any) -> Any:
    """The tiles that boxes (float64[n, 4] lon, lat) touch: (keys, seq of `at`, seq of `below`), in no order.

    The latest boxes come first: what an earlier one touches is then known already, in most of the lower zooms.
    """
    size = 64 + 32 * len(boxes)
    keys, at, below = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size, np.int64)
    # Features of one city share most of their tiles, and sorting is what costs: the last place of a key is remembered.
    recent = np.full(_RECENT, -1, np.int64)
    last = np.full((_DEEPEST + 1, 4), -1, np.int64)
    found = 0
    for i in range(len(boxes)):
        if not boxes[i, 0] <= boxes[i, 2]:  # no geometry
            continue
        west, east = boxes[i, 0] / 360.0 + 0.5, boxes[i, 2] / 360.0 + 0.5
        north, south = _row(boxes[i, 3]), _row(boxes[i, 1])
        few = False
        for z in range(_DEEPEST, -1, -1):
            tiles = np.int64(1) << z
            x0, wide = _span(west, east, tiles)
            y0, high = _span(north, south, tiles)
            wide = min(wide, tiles)
            high = min(y0 + high, tiles) - max(y0, 0)
            y0 = max(y0, 0)
            deepest = not few and wide * high <= _FEW
            few = few or deepest
            if not few:
                continue
            if not deepest:
                if last[z, 0] == x0 and last[z, 1] == wide and last[z, 2] == y0 and last[z, 3] == high:
                    continue
                last[z, 0], last[z, 1], last[z, 2], last[z, 3] = x0, wide, y0, high
            if found + wide * high > len(keys):
                more = len(keys) + wide * high
                keys, at, below = _longer(keys, more), _longer(at, more), _longer(below, more)
            for x in range(x0, x0 + wide):
                for y in range(y0, y0 + high):
                    key = _key(z, x & (tiles - 1), y)  # round the earth
                    slot = (key * 0x9E3779B1 >> 16) & (_RECENT - 1)
                    k = recent[slot]
                    if k < 0 or keys[k] != key:
                        k = recent[slot] = found
                        keys[k], at[k], below[k] = key, 0, 0
                        found += 1
                    if deepest:
                        at[k] = max(at[k], seqs[i])
                    else:
                        below[k] = max(below[k], seqs[i])
    return keys[:found], at[:found], below[:found]


@njit(nogil=True, cache=True)
def _version(cells: Any, at: Any, below: Any, z: Any, x: Any, y: Any) -> Any:
    if z > _DEEPEST:
        x, y, z = x >> (z - _DEEPEST), y >> (z - _DEEPEST), _DEEPEST
    version = np.int64(0)
    for up in range(z + 1):
        key = _key(z - up, x >> up, y >> up)
        i = np.searchsorted(cells, key)
        if i < len(cells) and cells[i] == key:
            version = max(version, at[i])
            if up == 0:
                version = max(version, below[i])
    return version


@njit(nogil=True, cache=True)
def _version_near(cells: Any, at: Any, below: Any, z: Any, x: Any, y: Any, eighths: Any) -> Any:
    """The version of a tile and of the tiles three zooms deeper that lie around it, so many on each side."""
    version = _version(cells, at, below, z, x, y)
    wide = np.int64(8) << z
    for row in range(8 * y - eighths, 8 * y + 8 + eighths):
        if row < 0 or row >= wide:
            continue
        for column in range(8 * x - eighths, 8 * x + 8 + eighths):
            if row >> 3 != y or column >> 3 != x:
                version = max(version, _version(cells, at, below, z + 3, column % wide, row))
    return version


@dataclass(frozen=True, slots=True, eq=False)
class TileVersions:
    """Where a layer changed: tiles (ascending), and since when what is in them (`at`) or meets them (`below`) has not.

    It never changes; `after` gives the record after more changes.
    """

    cells: Places
    at: Places
    below: Places

    def __post_init__(self) -> None:
        freeze(self.cells, self.at, self.below)

    @classmethod
    def everywhere(cls, seq: int) -> TileVersions:
        """The record of a layer that was read or loaded as a whole at this place.

        >>> TileVersions.everywhere(7).version(14, 13333, 6666)
        7
        """
        return cls(np.zeros(1, np.int64), np.array([seq], np.int64), np.zeros(1, np.int64))

    def version(self, z: int, x: int, y: int, near: float = 0.0) -> int:
        """The place in the change log that the tile's content is as of; with `near` also what lies up to so much of its
        width away from it (rounded up to eighths)."""
        if near:
            return int(_version_near(self.cells, self.at, self.below, z, x, y, ceil(8 * near)))
        return int(_version(self.cells, self.at, self.below, z, x, y))

    def version_within(self, west: float, south: float, east: float, north: float) -> int:
        """The same of what lies in a box (lon, lat), as a tile of another matrix does: as of the latest of the few Web
        Mercator tiles that cover it."""
        keys, _, _ = _marks(np.array([[west, south, east, north]]), np.ones(1, np.int64))
        z = int(keys.max()) >> 32
        deepest = keys[keys >> 32 == z].tolist()
        return max(self.version(z, key >> 16 & 0xFFFF, key & 0xFFFF) for key in deepest)

    def after(self, boxes: Boxes, seqs: Places) -> TileVersions:
        """The record after changes inside the boxes (west, south, east, north; float64[n, 4]) at these places.

        A box may be that of a feature without geometry (`cim.space.packed_rtree.EMPTY_BOX`).
        """
        latest_first = np.argsort(-np.asarray(seqs, np.int64), kind="stable")
        made = _distinct(*_marks(boxes[latest_first], seqs[latest_first]))
        place = np.searchsorted(self.cells, made[0])
        known = self.cells[np.minimum(place, len(self.cells) - 1)] == made[0]
        old, new = place[known], place[~known]
        columns = [np.insert(self.cells, new, made[0][~known])]
        for mine, theirs in ((self.at, made[1]), (self.below, made[2])):
            latest = mine.copy()
            latest[old] = np.maximum(latest[old], theirs[known])
            columns.append(np.insert(latest, new, theirs[~known]))
        return TileVersions(*columns)

    def save(self, file: Path) -> None:
        """Write the record."""
        bundle.save({"cells": self.cells, "at": self.at, "below": self.below}, file)

    @classmethod
    def from_file(cls, file: Path) -> TileVersions | None:
        """The record of a file; None where it is not there or not whole."""
        kept = bundle.open_bundle(file)
        if kept is None:
            return None
        return cls(*(kept.arrays[name].copy() for name in ("cells", "at", "below")))


def _distinct(keys: Places, at: Places, below: Places) -> tuple[Places, Places, Places]:
    """Each key once, ascending, with its latest places."""
    if not len(keys):
        return keys, at, below
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[starts], np.maximum.reduceat(at[order], starts), np.maximum.reduceat(below[order], starts)
