"""Where a model stands: from metres in its own frame to longitude, latitude and height.

Two ways to be placed: on a map (a projected CRS with offsets, rotation and scale: IfcMapConversion, city models), or at
a point of the ground with a turn against north (IfcSite's latitude and longitude, a place that somebody gives). The
height stays in the datum that the file names; no geoid is applied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from cim.space.crs import parse_crs

_WGS84 = "EPSG:4979"
_EARTH_CENTRED = "EPSG:4978"
#: Datums that count as WGS 84 without a shift: they differ from it by less than city data resolves.
_LIKE_WGS84 = ("China 2000", "Japanese Geodetic Datum 2011", "World Geodetic System 1984")


class Placement(Protocol):
    """Where the frame of a model is."""

    @property
    def height_datum(self) -> str:
        """The CRS of the heights ("EPSG:5737"), "ellipsoidal (EPSG:4979)", or "" where the file does not say."""
        ...

    def place(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions float64[n, 3] in metres of the model's frame as lon, lat (degrees) and height (m)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class MapPlacement:
    """On the map of a CRS. `to_map` float64[4, 4] turns the model's metres (a column x, y, z, 1) into the easting and
    northing of `crs` and a height in metres. `crs` is what `parse_crs` takes; only its horizontal part counts.

    >>> shift = np.eye(4)
    >>> shift[:3, 3] = 399456.362, 3120476.378, 44.0
    >>> MapPlacement("EPSG:4547", shift, "EPSG:5737").place(np.zeros((1, 3))).round(6).tolist()
    [[112.976, 28.195, 44.0]]
    """

    crs: str
    to_map: NDArray[np.float64] = field(default_factory=lambda: np.eye(4))
    height_datum: str = ""

    def place(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """As `Placement.place`."""
        on_map = xyz @ self.to_map[:3, :3].T + self.to_map[:3, 3]
        lon, lat = _to_lonlat(self.crs).transform(on_map[:, 0], on_map[:, 1])
        return np.column_stack([lon, lat, on_map[:, 2]])


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlacement:
    """At a point of the ground. The frame's origin is at `lon`, `lat` and `height_m`; its y axis is turned
    `rotation_deg` counter-clockwise (seen from above) from true north.

    The frame is a plane that touches the ellipsoid there, so a point 1 km away lies 8 cm higher above the ellipsoid
    than its z says.

    >>> GroundPlacement(112.9712, 28.1945, 52.3).place(np.array([[0.0, 0.0, 1.0]])).round(7).tolist()
    [[112.9712, 28.1945, 53.3]]
    """

    lon: float
    lat: float
    height_m: float = 0.0
    rotation_deg: float = 0.0
    height_datum: str = ""

    def place(self, xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """As `Placement.place`."""
        turn = math.radians(self.rotation_deg)
        cos, sin = math.cos(turn), math.sin(turn)
        ground = xyz @ np.array([[cos, sin, 0.0], [-sin, cos, 0.0], [0.0, 0.0, 1.0]])
        origin, axes = tangent_frame(self.lon, self.lat, self.height_m)
        earth = origin + ground @ axes
        lon, lat, height = _from_earth().transform(earth[:, 0], earth[:, 1], earth[:, 2])
        return np.column_stack([lon, lat, height])


def tangent_frame(lon: float, lat: float, height_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The frame east, north, up at a place: its origin float64[3] in earth-centred metres (EPSG:4978), and its axes
    as rows of float64[3, 3]."""
    lam, phi = math.radians(lon), math.radians(lat)
    axes = np.array(
        [
            [-math.sin(lam), math.cos(lam), 0.0],
            [-math.sin(phi) * math.cos(lam), -math.sin(phi) * math.sin(lam), math.cos(phi)],
            [math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)],
        ]
    )
    return np.array(_to_earth().transform(lon, lat, height_m)), axes


def lonlat_height(earth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Earth-centred positions float64[n, 3] (EPSG:4978) as lon, lat and height above the ellipsoid."""
    return np.column_stack(_from_earth().transform(earth[:, 0], earth[:, 1], earth[:, 2]))


def to_tangent(
    positions: NDArray[np.float64], lon: float, lat: float, height_m: float
) -> NDArray[np.float64]:
    """Positions float64[n, 3] (lon, lat, height) as metres east, north and up of a place.

    >>> to_tangent(np.array([[112.97, 28.19, 45.0]]), 112.97, 28.19, 44.0).round(6).tolist()[0][2]
    1.0
    """
    origin, axes = tangent_frame(lon, lat, height_m)
    earth = np.column_stack(_to_earth().transform(positions[:, 0], positions[:, 1], positions[:, 2]))
    return (earth - origin) @ axes.T


def from_tangent(metres: NDArray[np.float64], lon: float, lat: float, height_m: float) -> NDArray[np.float64]:
    """Metres east, north and up of a place, float64[n, 3], as lon, lat and height."""
    return GroundPlacement(lon, lat, height_m).place(metres)


@lru_cache(maxsize=64)
def _to_lonlat(crs: str) -> Transformer:
    horizontal = parse_crs(crs)
    if horizontal.is_compound:
        horizontal = horizontal.sub_crs_list[0]
    geodetic = horizontal.geodetic_crs
    datum = (
        geodetic.datum.name.removeprefix("D_").replace("_", " ")
        if geodetic is not None and geodetic.datum
        else ""
    )
    same = geodetic is not None and datum in _LIKE_WGS84
    target = geodetic.to_2d() if same and geodetic is not None else CRS.from_epsg(4326)
    return Transformer.from_crs(horizontal.to_2d(), target, always_xy=True)


@lru_cache(maxsize=1)
def _to_earth() -> Transformer:
    return Transformer.from_crs(_WGS84, _EARTH_CENTRED, always_xy=True)


@lru_cache(maxsize=1)
def _from_earth() -> Transformer:
    return Transformer.from_crs(_EARTH_CENTRED, _WGS84, always_xy=True)
