"""Heights as pictures: the colours that map libraries read them from, light and shade, slope.

Heights are float32[h, w] in metres, NaN where there are none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tiles.raster.files import Raster
from tiles.raster.read import RasterWindow, Values, values
from tiles.raster.rules import Resampling

Encoding = Literal["mapbox", "terrarium"]

#: Metres of one unit in which heights are kept.
_METRES = {"cm": 0.01, "厘米": 0.01, "dm": 0.1, "分米": 0.1, "ft": 0.3048, "foot": 0.3048, "英尺": 0.3048}
#: The sides from which light falls in a picture that is lit from several (Mark 1992), in degrees.
_SEVERAL_DEG = (225.0, 270.0, 315.0, 360.0)


@dataclass(frozen=True, slots=True)
class Light:
    """Where light falls from: clockwise from north, above the horizon; or from `several` sides. The ground is
    `exaggeration` times as high as it is."""

    azimuth_deg: float = 315.0
    altitude_deg: float = 45.0
    exaggeration: float = 1.0
    several: bool = False


def heights(raster: Raster, frame: RasterWindow, resampling: Resampling | None = None) -> Values | None:
    """The first band's heights in a frame, in metres; None where there are none."""
    found = values(raster, frame, raster.bands[:1], resampling)
    if found is None:
        return None
    metres: Values = found[0] * np.float32(_METRES.get(raster.unit.lower(), 1.0))
    return metres


def terrain_rgb(found: Values, encoding: Encoding = "mapbox") -> NDArray[np.uint8]:
    """Heights as red, green, blue uint8[h, w, 3]: in steps of 0.1 m from -10 km on (mapbox), or of 1/256 m from
    -32,768 m on (terrarium). Where there is no height it is 0 m, for a mesh has no holes.

    >>> terrain_rgb(np.array([[0.0, 100.04, np.nan]], np.float32)).tolist()
    [[[1, 134, 160], [1, 138, 136], [1, 134, 160]]]
    >>> terrain_rgb(np.array([[0.5]], np.float32), "terrarium").tolist()
    [[[128, 0, 128]]]
    """
    lowest, per_metre = (10_000.0, 10.0) if encoding == "mapbox" else (32_768.0, 256.0)
    steps = np.rint((np.nan_to_num(found, nan=0.0).astype(np.float64) + lowest) * per_metre)
    whole = np.clip(steps, 0, 2**24 - 1).astype(">u4")
    return np.ascontiguousarray(whole.view(np.uint8).reshape(*found.shape, 4)[:, :, 1:])


@njit(nogil=True, cache=True)
def _gradients(z, dx_m, dy_m, east, south):  # type: ignore[no-untyped-def]  # numba compiles it for its types
    """Rise to the east and to the south of each inner cell (Horn 1981); a neighbour without height counts as level."""
    high, wide = z.shape
    nine = np.empty(9)
    for y in range(1, high - 1):
        for x in range(1, wide - 1):
            middle = z[y, x]
            if np.isnan(middle):
                east[y - 1, x - 1] = south[y - 1, x - 1] = np.nan
                continue
            for i in range(9):
                there = z[y - 1 + i // 3, x - 1 + i % 3]
                nine[i] = middle if np.isnan(there) else there
            a, b, c, d, _, f, g, h, k = nine
            east[y - 1, x - 1] = ((c + 2 * f + k) - (a + 2 * d + g)) / (8 * dx_m[y])
            south[y - 1, x - 1] = ((g + 2 * h + k) - (a + 2 * b + c)) / (8 * dy_m[y])


def gradients(found: Values, frame: RasterWindow) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How many metres the ground rises in a metre to the east and to the south, float32[h - 2, w - 2]: heights need a
    cell more on each side. A metre of Web Mercator is shorter on the ground by the cosine of the latitude."""
    shrunk = np.cos(frame.latitudes())
    shape = (found.shape[0] - 2, found.shape[1] - 2)
    east, south = np.empty(shape, np.float32), np.empty(shape, np.float32)
    _gradients(found, frame.dx * shrunk, frame.dy * shrunk, east, south)
    return east, south


def slope(found: Values, frame: RasterWindow) -> Values:
    """The slope of each inner cell in degrees; NaN where there is no height."""
    east, south = gradients(found, frame)
    made: Values = np.degrees(np.arctan(np.hypot(east, south))).astype(np.float32)
    return made


def hillshade(found: Values, frame: RasterWindow, light: Light) -> Values:
    """How bright each inner cell is, 0 to 1; NaN where there is no height. Light from several sides is weighted by how
    much the cell faces sideways to each."""
    east, south = gradients(found, frame)
    east, south = east * np.float32(light.exaggeration), south * np.float32(light.exaggeration)
    if not light.several:
        return _lit(east, south, light.azimuth_deg, light.altitude_deg)
    facing = np.arctan2(-east, south)  # the side to which the ground falls, clockwise from north
    total = np.zeros_like(east)
    for side in _SEVERAL_DEG:
        weight = np.sin(facing - np.float32(np.radians(side))) ** 2
        total += weight * _lit(east, south, side, light.altitude_deg)
    return total / np.float32(2.0)  # the four weights make two


def _lit(east: Any, south: Any, azimuth_deg: float, altitude_deg: float) -> Values:
    azimuth, altitude = np.radians(azimuth_deg), np.radians(altitude_deg)
    # The light as a vector to the east, the north and up; the cell's normal is (-east, south, 1).
    x, y, up = np.cos(altitude) * np.sin(azimuth), np.cos(altitude) * np.cos(azimuth), np.sin(altitude)
    cosine = (np.float32(up) - np.float32(x) * east + np.float32(y) * south) / np.sqrt(
        1 + east * east + south * south
    )
    made: Values = np.clip(cosine, 0.0, 1.0).astype(np.float32)
    return made
