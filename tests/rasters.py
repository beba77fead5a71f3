"""Small rasters with values that can be worked out by hand, over the square of the small city."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.shutil import copy
from rasterio.transform import Affine

from cim import crs
from tests.city import EAST, NORTH, SOUTH, WEST
from tiles.rasters import SUFFIXES, Raster, raster_of
from tiles.sources import found

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
    return raster_of(found(file.parent, file.stem, SUFFIXES))
