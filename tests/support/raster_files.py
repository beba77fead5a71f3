"""Small rasters with values that can be worked out by hand, over the square of the small city."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.shutil import copy
from rasterio.transform import Affine

from cim.space import crs
from tests.support.small_city import EAST, NORTH, SOUTH, WEST
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster.files import HALF_M, SUFFIXES, Raster, raster_of
from tiles.raster.read import RasterWindow
from tiles.sources import find_source

#: A place in the middle of them.
MIDDLE = (112.951, 28.152)
#: A plane: 50 m in the south-west, 400 m more a degree to the east, 1000 m more a degree to the north.
LOW_M, EAST_M, NORTH_M = 50.0, 400.0, 1000.0


def over(west: float, south: float, east: float, north: float, wide: int, high: int) -> Affine:
    """Where so many cells lie in a box."""
    return Affine((east - west) / wide, 0.0, west, 0.0, (south - north) / high, north)


def plane(lon: Any, lat: Any) -> Any:
    """The height of the plane at a place."""
    return LOW_M + EAST_M * (lon - WEST) + NORTH_M * (lat - SOUTH)


def write(
    file: Path, cells: np.ndarray, transform: Any, named: str | None = "EPSG:4326", **more: Any
) -> Path:
    """Cells [n, h, w] as a plain GeoTIFF."""
    n, high, wide = cells.shape
    profile = {
        "driver": "GTiff",
        "width": wide,
        "height": high,
        "count": n,
        "dtype": cells.dtype,
        "crs": named,
    }
    colours = more.pop("colorinterp", None)
    palette = more.pop("palette", None)
    with rasterio.open(file, "w", transform=transform, **profile, **more) as out:
        out.write(cells)
        if colours:
            out.colorinterp = colours
        if palette:
            out.write_colormap(1, palette)
    return file


def degrees(file: Path, cells: np.ndarray, **more: Any) -> Path:
    """Cells [n, h, w] over the square of the small city."""
    return write(file, cells, over(WEST, SOUTH, EAST, NORTH, *cells.shape[:0:-1]), **more)


def in_degrees(n: int = 200) -> np.ndarray:
    """The plane in n × n cells of the square, float32[1, n, n]."""
    at = (np.arange(n) + 0.5) / n * (EAST - WEST)
    lon, lat = np.meshgrid(WEST + at, NORTH - at)
    return plane(lon, lat).astype(np.float32)[None]


def plane_in_degrees(file: Path, n: int = 200, **more: Any) -> Path:
    """The plane in EPSG:4326."""
    return degrees(file, in_degrees(n), **more)


def plane_in_metres(file: Path, n: int = 600, cell_m: float = 25.0, **more: Any) -> Path:
    """The plane in EPSG:4547, a square of 15 km that holds the city's, as a cloud-optimised GeoTIFF."""
    corner = crs.to_metric(np.array([[WEST, NORTH]]), "EPSG:4547")[0] + (-1500.0, 1500.0)
    at = (np.arange(n) + 0.5) * cell_m
    x, y = np.meshgrid(corner[0] + at, corner[1] - at)
    lonlat = crs.from_metric(np.column_stack([x.ravel(), y.ravel()]), "EPSG:4547")
    heights = plane(*lonlat.T).reshape(n, n).astype(np.float32)[None]
    plain = file.with_suffix(".plain")
    write(plain, heights, Affine(cell_m, 0.0, corner[0], 0.0, -cell_m, corner[1]), "EPSG:4547", **more)
    copy(plain, file, driver="COG", BLOCKSIZE=128, COMPRESS="DEFLATE", RESAMPLING="AVERAGE")
    plain.unlink()
    return file


def opened(file: Path) -> Raster:
    """The raster of a file, as the service has it."""
    return raster_of(find_source(file.parent, file.stem, SUFFIXES))


def people(folder: Path, **more: Any) -> Raster:
    """Ten rows of ten cells: 0 to 99 people, from the north-west on; the 55 is nobody knows."""
    cells = np.arange(100, dtype=np.int32).reshape(1, 10, 10)
    cells[0, 5, 5] = -1
    degrees(folder / "people.tif", cells, nodata=-1, **more)
    return opened(folder / "people.tif")


def centre(row: int, column: int) -> tuple[float, float]:
    """The middle of a cell of `people`."""
    return WEST + 0.01 * (column + 0.5), NORTH - 0.01 * (row + 0.5)


def photo(folder: Path) -> Raster:
    """A picture, west red and east blue, north opaque and south clear."""
    cells = np.zeros((4, 20, 20), np.uint8)
    cells[0, :, :10], cells[2, :, 10:] = 200, 100
    cells[3, :10] = 255
    colours = [ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha]
    degrees(folder / "photo.tif", cells, colorinterp=colours)
    return opened(folder / "photo.tif")


def middles(frame: RasterWindow) -> tuple[Any, Any]:
    """Longitude and latitude of each pixel's middle, float64[size, size]."""
    x = frame.left + frame.dx * (np.arange(frame.size) + 0.5)
    lon, lat = np.meshgrid(x / HALF_M * 180.0, np.degrees(frame.latitudes()))
    return lon, lat


def tile(z: int, dx: int = 0, dy: int = 0) -> tuple[int, int, int]:
    """The tile of zoom z at the middle of the city, or so many beside it."""
    x, y = WEB_MERCATOR.tile_at(z, *MIDDLE)
    return z, x + dx, y + dy


def metres(picture: bytes, encoding: str) -> Any:
    """Heights as a map library reads them from a picture."""
    r, g, b = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.float64).transpose(2, 0, 1)
    if encoding == "mapbox":
        return -10000 + (r * 65536 + g * 256 + b) * 0.1
    return r * 256 + g + b / 256 - 32768
