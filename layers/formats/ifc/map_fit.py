"""Whether coordinates fit the map that they are said to be on: its area of use, its order of axes, its zones."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from pyproj import CRS

from cim.bim.placement import MapPlacement
from cim.space.crs import parse_crs

_MARGIN_DEG = 1.0
#: How far from its central meridian a transverse Mercator map without a stated area is believed.
_HALF_WIDTH_DEG = 5.0


def horizontal(text: str) -> CRS:
    """The map of a coordinate system that may have heights too."""
    crs = parse_crs(text)
    return crs.sub_crs_list[0] if crs.is_compound else crs


@lru_cache(maxsize=64)
def map_unit_of(text: str) -> float:
    """What one unit of the map's axes is in metres."""
    return float(horizontal(text).axis_info[0].unit_conversion_factor)


def fits(text: str, easting: float, northing: float) -> bool:
    """Whether a place on the map (in the map's unit) is where the map is meant to be used, give or take a degree.

    >>> fits("EPSG:4547", 398912.345, 3119876.512), fits("EPSG:4547", 3119876.512, 398912.345)
    (True, False)
    """
    placed = lonlat(text, easting, northing)
    if placed is None:
        return False
    lon, lat = placed
    west, south, east, north = _area(text)
    if lon < west - _MARGIN_DEG:
        lon += 360.0
    return (
        west - _MARGIN_DEG <= lon <= (east if east >= west else east + 360.0) + _MARGIN_DEG
        and south - _MARGIN_DEG <= lat <= north + _MARGIN_DEG
    )


def lonlat(text: str, easting: float, northing: float) -> tuple[float, float] | None:
    """Where a place of the map is; None where the map has no such place."""
    matrix = np.eye(4)
    matrix[:2, 3] = easting, northing
    lon, lat, _ = MapPlacement(text, matrix).place(np.zeros((1, 3)))[0].tolist()
    return (lon, lat) if math.isfinite(lon) and math.isfinite(lat) else None


def zone_shift(text: str, easting: float, northing: float) -> float | None:
    """What makes an easting fit that has a zone number in front where the map has none, or has none where it must:
    a whole number of millions to be added; None where nothing of that kind fits.

    >>> zone_shift("EPSG:4547", 38398912.345, 3119876.512), zone_shift("EPSG:4526", 398912.345, 3119876.512)
    (-38000000.0, 38000000.0)
    >>> zone_shift("EPSG:31467", 458715.92, 5439966.65), zone_shift("EPSG:32632", 1458657.3, 5438232.25)
    (3000000.0, None)
    """
    if fits(text, easting, northing):
        return None
    operation = horizontal(text).coordinate_operation
    parameters = operation.params if operation else []
    false_easting = next((float(one.value) for one in parameters if "false easting" in one.name.lower()), 5e5)
    zone = math.floor(false_easting / 1e6) - math.floor(easting / 1e6)
    # Eastings of neighbouring zones go beyond a million, so a small number may be taken away from none.
    if zone == 0 or abs(zone) > 60 or (abs(zone) < 13 and not (zone > 0 and false_easting >= 1e6)):
        return None
    return zone * 1e6 if fits(text, easting + zone * 1e6, northing) else None


@lru_cache(maxsize=64)
def _area(text: str) -> tuple[float, float, float, float]:
    crs = parse_crs(text)
    for one in (crs, horizontal(text)):
        if one.area_of_use is not None:
            return one.area_of_use.bounds
    operation = horizontal(text).coordinate_operation
    for parameter in operation.params if operation else []:
        if "longitude of natural origin" in parameter.name.lower():
            middle = float(parameter.value)
            return middle - _HALF_WIDTH_DEG, -84.0, middle + _HALF_WIDTH_DEG, 84.0
    return -180.0, -90.0, 180.0, 90.0
