"""The grids that tiles lie in: Web Mercator, degrees, and both as Chinese web maps shift them.

Each is a square that is halved again and again. Web Mercator's is the world; that of degrees is 360° wide and high
and begins at 180° W, 90° N, so that its lower half is empty and a tile of zoom z is one of zoom z + 1 of the square.
With the datum GCJ-02 or BD-09 positions are shifted before they are put on the square (`cim.space.crs`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import LonLat
from cim.errors import BadInput
from cim.space import crs
from cim.space.crs import Datum

#: Degrees that a datum shifts a place at most, with room to spare: GCJ-02 by 0.01°, BD-09 by as much again.
_SHIFT_DEG = {"wgs84": 0.0, "cgcs2000": 0.0, "gcj02": 0.012, "bd09": 0.024}


@dataclass(frozen=True, slots=True)
class Grid:
    """One grid: Web Mercator, or of `degrees`; in a datum."""

    degrees: bool = False
    datum: Datum = "wgs84"

    @property
    def finer(self) -> int:
        """Zooms that a tile is deeper in the square than its own says."""
        return 1 if self.degrees else 0

    def size(self, z: int) -> tuple[int, int]:
        """Tiles across and down at a zoom.

        >>> Grid().size(3), Grid(degrees=True).size(3)
        ((8, 8), (16, 8))
        """
        return int(2 ** (z + self.finer)), int(2**z)

    def bounds(self, z: int, x: int, y: int, buffer: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north of a tile in the grid's datum, widened by a part of its width on each side.

        >>> [round(side, 6) for side in Grid().bounds(1, 1, 0)], Grid(degrees=True).bounds(1, 3, 0)
        ([0.0, 0.0, 180.0, 85.051129], (90.0, 0.0, 180.0, 90.0))
        """
        step = 360.0 / 2 ** (z + self.finer)

        def latitude(row: float) -> float:
            if self.degrees:
                return float(90.0 - row * step)
            return float(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * row / 2**z)))))

        west, east = (x - buffer) * step - 180.0, (x + 1 + buffer) * step - 180.0
        return west, latitude(y + 1 + buffer), east, latitude(y - buffer)

    def search_box(self, z: int, x: int, y: int, buffer: float) -> tuple[float, float, float, float]:
        """A box in WGS84 that holds all that the tile may show."""
        wider = _SHIFT_DEG[self.datum]
        west, south, east, north = self.bounds(z, x, y, buffer)
        # What lies beyond the latitudes of the square is held at its edge, and so shows there.
        if not self.degrees and y == 0:
            north = 90.0
        if not self.degrees and y == 2**z - 1:
            south = -90.0
        return west - wider, south - wider, east + wider, north + wider

    def square(self, lonlat: LonLat) -> NDArray[np.uint32]:
        """WGS84 positions on the grid's square of 32 bits."""
        shifted = crs.from_wgs84(lonlat, self.datum)
        if not self.degrees:
            return crs.to_mercator(shifted)
        share = np.column_stack([shifted[:, 0] + 180.0, 90.0 - shifted[:, 1]]) / 360.0
        made: NDArray[np.uint32] = np.clip(np.rint(share * 2**32), 0, 2**32 - 1).astype(np.uint32)
        return made

    def tile_at(self, z: int, lon: float, lat: float) -> tuple[int, int]:
        """The tile that holds a place (WGS84).

        >>> Grid().tile_at(14, 112.97, 28.2)
        (13333, 6853)
        """
        x, y = self.square(np.array([[lon, lat]]))[0].tolist()
        return int(x) >> (32 - z - self.finer), int(y) >> (32 - z - self.finer)


WEB_MERCATOR = Grid()


def grid_of(datum: str, *, degrees: bool = False) -> Grid:
    """The grid in a datum; `BadInput` for one that is not known."""
    known = crs.check_datum(datum)
    plain = "wgs84" if known == "cgcs2000" else known
    if plain not in _SHIFT_DEG:
        raise BadInput(f"tiles in datum {datum!r} are not made; there are: {', '.join(_SHIFT_DEG)}")
    if plain == "wgs84" and not degrees:
        return WEB_MERCATOR
    return Grid(degrees, plain)
