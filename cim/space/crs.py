"""Where things are: datums, coordinate systems, and metres.

Stored geometry is geographic, lon before lat, in EPSG:4490 (CGCS2000) or EPSG:4326 (WGS84) by
the city's setting. The two are treated as equal: they differ by centimetres in the plane, which
is below what city data resolves. Distances, buffers and areas use the city's metric CRS, never degrees.

GCJ-02 and BD-09 are datums of their own (`cim.space.china_datums`), 600 m and more away from WGS84, and files
never say so.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal, get_args

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from cim.arrays import parallel
from cim.arrays.types import MercatorXY
from cim.errors import BadInput
from cim.space import china_datums

Datum = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
Coordinates = NDArray[np.float64]


def check_datum(datum: str) -> Datum:
    """The datum itself if it is known, else `BadInput` naming the known ones.

    >>> check_datum("gcj02")
    'gcj02'
    """
    if datum not in get_args(Datum):
        raise BadInput(f"datum {datum!r} is not known; known: {', '.join(get_args(Datum))}")
    return datum  # type: ignore[return-value]  # narrowed by the membership test


def check_positions(lonlat: Coordinates, what: str = "point") -> Coordinates:
    """The positions as float64[n, 2] if each is a finite lon, lat; else `BadInput` naming the first that isn't.

    >>> check_positions(np.array([[112.9, 28.2]])).shape
    (1, 2)
    >>> check_positions(np.array([[28.2, 112.9]]))
    Traceback (most recent call last):
    cim.errors.BadInput: point 0 (28.2, 112.9): latitude 112.9 is outside -90..90; is it lat, lon? give lon, lat
    """
    lonlat = np.asarray(lonlat, dtype=np.float64)
    if lonlat.size == 0:
        return lonlat.reshape(0, 2)
    if lonlat.ndim != 2 or lonlat.shape[1] != 2:
        raise BadInput(f"{what}s must be [lon, lat] pairs; got an array of shape {lonlat.shape}")
    if len(lonlat) == 1:  # most questions are about one place, for which numpy takes longer than the answer
        lon, lat = lonlat[0].tolist()
        if abs(lon) <= 180.0 and abs(lat) <= 90.0:
            return lonlat
    with np.errstate(invalid="ignore"):
        good = (np.abs(lonlat[:, 0]) <= 180.0) & (np.abs(lonlat[:, 1]) <= 90.0)
    if good.all():
        return lonlat
    at = int(np.argmin(good))
    lon, lat = lonlat[at].tolist()
    if not np.isfinite(lonlat[at]).all():
        why = "not finite numbers; give lon, lat in degrees"
    elif abs(lat) > 90 and abs(lon) <= 90 and abs(lat) <= 180:
        why = f"latitude {lat:g} is outside -90..90; is it lat, lon? give lon, lat"
    else:
        why = "outside lon -180..180, lat -90..90; projected coordinates need their EPSG code"
    raise BadInput(f"{what} {at} ({lon:g}, {lat:g}): {why}")


def _shift(lonlat: Coordinates, datum: Datum, from_wgs84: bool) -> Coordinates:
    check_datum(datum)
    if datum in ("wgs84", "cgcs2000"):
        return lonlat
    out = np.empty((len(lonlat), 2))

    def part(s: slice) -> None:
        china_datums.shift(lonlat[s], out[s], from_wgs84, datum == "bd09")

    parallel.spread(part, len(lonlat), 10_000)
    return out


def to_wgs84(lonlat: Coordinates, datum: Datum) -> Coordinates:
    """Positions float64[n, 2] of any datum as WGS84, exact to well below a millimetre.

    >>> to_wgs84(np.array([[112.944249775, 28.224692417]]), "gcj02").round(7).tolist()
    [[112.9388, 28.2282]]
    """
    return _shift(lonlat, datum, from_wgs84=False)


def from_wgs84(lonlat: Coordinates, datum: Datum) -> Coordinates:
    """WGS84 positions float64[n, 2] in the given datum.

    >>> from_wgs84(np.array([[112.9388, 28.2282]]), "gcj02").round(9).tolist()
    [[112.944249775, 28.224692417]]
    >>> from_wgs84(np.array([[112.9388, 28.2282]]), "bd09").round(9).tolist()
    [[112.950743324, 28.230797562]]
    """
    return _shift(lonlat, datum, from_wgs84=True)


def parse_crs(text: str) -> CRS:
    """The coordinate system that the text names (`"EPSG:4547"`, WKT, PROJ string); else `BadInput`."""
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise BadInput(f"{text!r} is no coordinate system PROJ knows; name one like EPSG:4547") from error


def metric_crs_for(lon: float, lat: float) -> str:
    """The metric CRS for a city at this place: in China its 3° Gauss-Krüger zone of CGCS2000, else its UTM zone.

    >>> metric_crs_for(112.97, 28.2), metric_crs_for(7.42, 43.74)
    ('EPSG:4547', 'EPSG:32632')
    """
    if 73.5 <= lon < 136.5 and 3.0 <= lat <= 54.0:
        return f"EPSG:{4534 + int(lon / 3 + 0.5) - 25}"  # round() would put 73.5 into zone 24
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Transformer:
    """The transformation between two CRS, x (lon, easting) before y (lat, northing) on both sides."""
    return Transformer.from_crs(parse_crs(source), parse_crs(target), always_xy=True)


def to_metric(lonlat: Coordinates, metric_crs: str) -> Coordinates:
    """Geographic positions float64[n, 2] as metres east and north, float64[n, 2].

    >>> to_metric(np.array([[112.976, 28.195]]), "EPSG:4547").round(3).tolist()
    [[399456.362, 3120476.378]]
    """
    return _transform(lonlat, transformer("EPSG:4490", metric_crs))


def from_metric(xy: Coordinates, metric_crs: str) -> Coordinates:
    """Metres east and north float64[n, 2] as lon, lat."""
    return _transform(xy, transformer(metric_crs, "EPSG:4490"))


def _transform(positions: Coordinates, change: Transformer) -> Coordinates:
    out = np.empty((len(positions), 2))

    def part(s: slice) -> None:
        out[s, 0], out[s, 1] = change.transform(positions[s, 0], positions[s, 1])

    parallel.spread(part, len(positions), 50_000)
    return out


def geometry_to_metric(geometry: Any, metric_crs: str) -> Any:
    """Shapely geometries (one or an array) in lon, lat as the same in metres."""
    return shapely.transform(geometry, lambda c: to_metric(c, metric_crs))


def geometry_from_metric(geometry: Any, metric_crs: str) -> Any:
    """Shapely geometries (one or an array) in metres as the same in lon, lat, cut at 180° where they lie across it."""
    placed = shapely.transform(geometry, lambda c: from_metric(c, metric_crs))
    boxes = shapely.bounds(placed)
    with np.errstate(invalid="ignore"):
        across = boxes[..., 2] - boxes[..., 0] > 180.0
    if not across.any():
        return placed
    if not isinstance(placed, np.ndarray):
        return _cut_at_180(placed)
    placed[across] = [_cut_at_180(one) for one in placed[across]]
    return placed


def _cut_at_180(geometry: Any) -> Any:
    """A geometry whose longitudes jump at 180°, as its parts on both sides (RFC 7946, 3.1.9)."""
    turned = shapely.transform(geometry, lambda c: np.column_stack([c[:, 0] % 360.0, c[:, 1]]))
    sides = (
        shapely.intersection(turned, shapely.box(0.0, -90.0, 180.0, 90.0)),
        shapely.transform(
            shapely.intersection(turned, shapely.box(180.0, -90.0, 360.0, 90.0)), lambda c: c - (360.0, 0.0)
        ),
    )
    parts = shapely.get_parts([side for side in sides if not side.is_empty])
    several = {
        "Polygon": shapely.multipolygons,
        "LineString": shapely.multilinestrings,
        "Point": shapely.multipoints,
    }
    kind = geometry.geom_type.removeprefix("Multi")
    parts = [part for part in parts if part.geom_type == kind]  # not where it only touches the line
    return parts[0] if len(parts) == 1 else several[kind](parts)


@njit(nogil=True, cache=True)
def _mercator(lonlat: Any, out: Any) -> None:
    world = 4294967296.0
    for i in range(len(lonlat)):
        sin = np.sin(np.radians(min(max(lonlat[i, 1], -85.0511287798066), 85.0511287798066)))
        x = (lonlat[i, 0] / 360.0 + 0.5) * world
        y = (0.5 - np.log((1.0 + sin) / (1.0 - sin)) / (4.0 * np.pi)) * world
        out[i, 0] = np.uint32(min(max(np.round(x), 0.0), world - 1.0))
        out[i, 1] = np.uint32(min(max(np.round(y), 0.0), world - 1.0))


def from_mercator(mercator: MercatorXY) -> Coordinates:
    """Positions on the Web Mercator square as lon, lat.

    >>> from_mercator(to_mercator(np.array([[112.976, 28.195]]))).round(6).tolist()
    [[112.976, 28.195]]
    """
    share = mercator / float(2**32)
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * share[:, 1]))))
    return np.column_stack([share[:, 0] * 360.0 - 180.0, lat])


def to_mercator(lonlat: Coordinates) -> MercatorXY:
    """Positions as integers of the Web Mercator square: uint32[n, 2], x east, y south, 9 mm a unit.

    A tile coordinate at zoom z and extent 4096 is this, shifted right by 20 - z, less the tile's corner.
    Latitudes beyond the square are held at its edge.

    >>> to_mercator(np.array([[0.0, 0.0], [-180.0, 85.0511287798066]])).tolist()
    [[2147483648, 2147483648], [0, 0]]
    """
    lonlat, out = np.asarray(lonlat, np.float64), np.empty((len(lonlat), 2), np.uint32)
    parallel.spread(lambda part: _mercator(lonlat[part], out[part]), len(lonlat), 50_000)
    return out
