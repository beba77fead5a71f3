"""Parts of rasters on the grid of tiles: the cells of a tile, the values at a point, statistics.

GDAL resamples, from the overview that is a little finer than the tile, so that what a tile reads does not grow as the
zoom falls. Each pixel depends on its own place alone: neighbouring tiles agree where they meet.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.dtypes import in_dtype_range
from rasterio.enums import Resampling as Method
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from cim.errors import BadInput
from cim.space import crs
from cim.space.crs import Datum
from tiles.grid.tile_grid import grid_of
from tiles.raster.files import HALF_M, Raster, open_raster
from tiles.raster.rules import Resampling
from tiles.raster.untagged import untagged_nodata
from tiles.vector.encode import check_tile

Values = NDArray[np.float32]

_SQUARE = CRS.from_epsg(3857)
#: How far a cell may be from its place, in cells of the source. GDAL's own 0.125 shows as seams in enlarged tiles.
_TOLERANCE = 0.01
#: Cells of a picture that statistics are made of, at most on a side.
_LOOKED_AT = 1024
_PERCENTILES = (2, 5, 25, 50, 75, 95, 98)


@dataclass(frozen=True, slots=True)
class RasterWindow:
    """A square of so many pixels a side on the Web Mercator square: its upper left corner and its pixels, in metres."""

    left: float
    top: float
    dx: float
    dy: float
    size: int

    def latitudes(self) -> NDArray[np.float64]:
        """The latitude of each row's middle, in radians: float64[size]."""
        northing = self.top - self.dy * (np.arange(self.size) + 0.5)
        latitudes: NDArray[np.float64] = np.arctan(np.sinh(northing * np.pi / HALF_M))
        return latitudes


def frame_of(
    z: int, x: int, y: int, size: int = 256, buffer: int = 0, datum: Datum = "wgs84"
) -> RasterWindow:
    """The frame of a tile, widened by `buffer` pixels on each side.

    In GCJ-02 and BD-09 it is where the tile's sides have their middles: within a tile the shift is as good as even, and
    tiles beside each other share the side.
    """
    check_tile(z, x, y)
    grid = grid_of(datum)
    wide = 2 * HALF_M / 2**z
    left, top, right, bottom = x * wide, y * wide, (x + 1) * wide, (y + 1) * wide
    if grid.datum != "wgs84":
        west, south, east, north = grid.bounds(z, x, y)
        lon, lat = (west + east) / 2, (south + north) / 2
        sides = crs.to_wgs84(np.array([[west, lat], [lon, north], [east, lat], [lon, south]]), grid.datum)
        at = crs.to_mercator(sides) * (2 * HALF_M / 2**32)
        left, top, right, bottom = at[0, 0], at[1, 1], at[2, 0], at[3, 1]
    dx, dy = (right - left) / size, (bottom - top) / size
    return RasterWindow(left - HALF_M - buffer * dx, HALF_M - top + buffer * dy, dx, dy, size + 2 * buffer)


def values(
    raster: Raster, frame: RasterWindow, bands: tuple[int, ...] = (), resampling: Resampling | None = None
) -> Values | None:
    """The values of the bands in a frame, float32[n, size, size], NaN where there are none; None where all are.

    Scale and offset of the file are applied.
    """
    chosen = raster.check_bands(bands or raster.bands)
    cut = _read_cells(raster, frame, chosen, resampling, "float32")
    if cut is None:
        return None
    cells, opacity, part = cut
    if opacity is not None:
        cells[:, opacity < 128] = np.nan
    if np.isnan(cells).all():
        return None
    for plane, band in zip(cells, chosen, strict=True):
        scale, offset = raster.scales[band - 1]
        if (scale, offset) != (1.0, 0.0):
            plane *= np.float32(scale)
            plane += np.float32(offset)
    return _lay_into(cells, part, frame.size, np.float32("nan"))


def pixels(
    raster: Raster, frame: RasterWindow, bands: tuple[int, ...] = (), resampling: Resampling | None = None
) -> NDArray[np.uint8] | None:
    """The pixels of a picture of bytes, uint8[n + 1, size, size], the last its opacity; None where all are clear."""
    chosen = raster.check_bands(bands or raster.bands)
    cut = _read_cells(raster, frame, chosen, resampling, "uint8")
    if cut is None:
        return None
    cells, opacity, part = cut
    if opacity is None:
        opacity = np.where((cells == raster.nodata).all(axis=0), 0, 255)
    if not opacity.any():
        return None
    return _lay_into(np.concatenate([cells, opacity[None].astype(np.uint8)]), part, frame.size, np.uint8(0))


Part = tuple[int, int, int, int]


def _lay_into(cells: NDArray[Any], part: Part, size: int, nothing: Any) -> NDArray[Any]:
    """The cells of a part of a frame in the whole of it."""
    top, left, bottom, right = part
    if part == (0, 0, size, size):
        return cells
    whole = np.full((len(cells), size, size), nothing, cells.dtype)
    whole[:, top:bottom, left:right] = cells
    return whole


def _read_cells(
    raster: Raster, frame: RasterWindow, bands: tuple[int, ...], resampling: Resampling | None, dtype: str
) -> tuple[NDArray[Any], NDArray[Any] | None, Part] | None:
    """The cells of the bands, their opacity where it is a band of its own, and the part of the frame that they fill."""
    part = _part(raster, frame)
    if part is None:
        return None
    _check_cells(raster, frame)
    top, left, bottom, right = part
    default: Resampling = "nearest" if raster.palette is not None else "bilinear"
    options: dict[str, Any] = {
        "crs": _SQUARE,
        "transform": Affine(
            frame.dx, 0, frame.left + left * frame.dx, 0, -frame.dy, frame.top - top * frame.dy
        ),
        "width": right - left,
        "height": bottom - top,
        "dtype": dtype,
        "resampling": Method[resampling or raster.rule.resampling or default],
        "tolerance": _TOLERANCE,
    }
    level = _level(raster, frame)
    shrunk = frame.dx / raster.cell_m / (1 if level < 0 else raster.overviews[level])
    # How many cells make a pixel is the same in all parts of all tiles; GDAL's own guess, from the few rows that it
    # makes at a time, differs from one to the next.
    options |= dict.fromkeys(("XSCALE", "YSCALE"), f"{1 / max(1.0, shrunk):.9f}")
    if raster.rule.crs is not None:
        options["src_crs"] = raster.rule.crs
    has_nodata = raster.nodata is not None and (
        np.isnan(raster.nodata) or in_dtype_range(raster.nodata, raster.dtype)
    )
    if has_nodata:
        options |= {"src_nodata": raster.nodata, "nodata": raster.nodata if dtype == "uint8" else np.nan}
    options["add_alpha"] = not has_nodata and raster.alpha is None
    with open_raster(raster.source, level) as file, _lane(raster), WarpedVRT(file, **options) as warped:
        if has_nodata:
            return warped.read(list(bands)), None, part
        opacity = raster.alpha or warped.count
        cells = warped.read([*bands, opacity])
        return cells[:-1], cells[-1], part


#: GDAL keeps one transformation from each CRS to another ready. A second thread at a time would have to make its own,
#: which takes 30 ms from CGCS2000, the time of six tiles: so what lies in one CRS is cut one after the other.
_lanes: dict[str, Lock] = {}


def _lane(raster: Raster) -> AbstractContextManager[object]:
    return nullcontext() if raster.crs_name == "EPSG:3857" else _lanes.setdefault(raster.crs, Lock())


def touches(raster: Raster, frame: RasterWindow) -> bool:
    """Whether the raster's bounds and the frame have something in common."""
    west, south, east, north = raster.mercator
    across = frame.left < east and west < frame.left + frame.size * frame.dx
    return across and frame.top > south and north > frame.top - frame.size * frame.dy


def _part(raster: Raster, frame: RasterWindow) -> Part | None:
    """The rows and columns of the frame in which the raster may lie: top, left, bottom, right; None: in none."""
    west, south, east, north = raster.mercator
    # A cell more, for the sides of a raster in another CRS are bent.
    left = max(0, floor((west - frame.left) / frame.dx) - 2)
    right = min(frame.size, ceil((east - frame.left) / frame.dx) + 2)
    top = max(0, floor((frame.top - north) / frame.dy) - 2)
    bottom = min(frame.size, ceil((frame.top - south) / frame.dy) + 2)
    return (top, left, bottom, right) if top < bottom and left < right else None


def _level(raster: Raster, frame: RasterWindow) -> int:
    """The number of the overview that is just finer than the frame; -1: the file itself."""
    ratio = frame.dx / raster.cell_m
    fitting = [i for i, factor in enumerate(raster.overviews) if factor <= ratio * 1.01]
    return fitting[-1] if fitting else -1


def _check_cells(raster: Raster, frame: RasterWindow) -> None:
    """Refuse what would read a large file as a whole."""
    lowest = 2 * HALF_M / 256 / 2**raster.min_zoom
    if frame.dx > lowest * 1.5:
        said = f"; {raster.advice[1]}" if raster.advice else ""
        raise BadInput(
            f"{raster.source.name} is too large to be drawn below zoom {raster.min_zoom} as it is{said}"
        )


def at_point(raster: Raster, lon: float, lat: float, bands: tuple[int, ...] = ()) -> list[float | None]:
    """The value of each band in the cell that holds a place (WGS84); None where there is none."""
    chosen = raster.check_bands(bands or tuple(i for i in range(1, raster.count + 1) if i != raster.alpha))
    x, y = crs.transformer("EPSG:4326", raster.crs).transform(lon, lat)
    with open_raster(raster.source) as file:
        column, row = ~file.transform @ (x, y)
        if not (0 <= column < raster.width and 0 <= row < raster.height):
            return [None] * len(chosen)
        window = Window(int(column), int(row), 1, 1)
        cells = file.read(list(chosen), window=window)[:, 0, 0]
        there = file.dataset_mask(window=window)[0, 0] > 0
    return [_value(raster, band, cell, bool(there)) for band, cell in zip(chosen, cells, strict=True)]


def _value(raster: Raster, band: int, cell: Any, there: bool) -> float | None:
    value = float(cell)
    if not there or not np.isfinite(value) or value == raster.nodata:
        return None
    scale, offset = raster.scales[band - 1]
    return value * scale + offset


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the values of a band are like, from `cells` of them. `percentiles`: of 2, 5, 25, 50, 75, 95, 98 %.

    `untagged_nodata`: a number of the file that looks like undeclared no data and is left out, in `untagged_share`
    of the cells that were looked at.
    """

    min: float
    max: float
    mean: float
    percentiles: dict[str, float]
    cells: int
    untagged_nodata: float | None = None
    untagged_share: float = 0.0


@lru_cache(maxsize=256)
def statistics(raster: Raster) -> tuple[Statistics | None, ...]:
    """The statistics of each band, of at most 1024 × 1024 cells spread evenly over it; None for one without values."""
    return tuple(_statistics(raster, band, plane) for band, plane in enumerate(_looked_at(raster), 1))


def _looked_at(raster: Raster) -> Any:
    """Each band as a masked array."""
    shrunk = max(1.0, max(raster.width, raster.height) / _LOOKED_AT)
    shape = (raster.count, ceil(raster.height / shrunk), ceil(raster.width / shrunk))
    with open_raster(raster.source) as file:
        if raster.overviews or raster.width * raster.height <= 4096**2:
            return file.read(out_shape=shape, masked=True)
        # Without overviews that would read the whole file: some squares of it then.
        side, n = 128, _LOOKED_AT // 128
        rows = np.linspace(0, raster.height - side, n).astype(int)
        columns = np.linspace(0, raster.width - side, n).astype(int)
        squares = [
            file.read(window=Window(int(c), int(r), side, side), masked=True) for r in rows for c in columns
        ]
        return np.ma.concatenate(squares, axis=1)  # type: ignore[no-untyped-call]


def _statistics(raster: Raster, band: int, plane: Any) -> Statistics | None:
    found = plane.compressed().astype(np.float64)
    found = found[np.isfinite(found)]
    if raster.nodata is not None:
        found = found[found != raster.nodata]
    all_cells, untagged = len(found), untagged_nodata(found)
    if untagged is not None:
        found = found[found != untagged]
    if not len(found):
        return None
    scale, offset = raster.scales[band - 1]
    found = found * scale + offset
    shares = np.percentile(found, _PERCENTILES).tolist()
    return Statistics(
        float(found.min()),
        float(found.max()),
        float(found.mean()),
        {str(p): v for p, v in zip(_PERCENTILES, shares, strict=True)},
        len(found),
        untagged,
        1.0 - len(found) / all_cells,
    )
