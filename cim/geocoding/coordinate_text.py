"""Coordinates as people write them: degrees in many notations, survey coordinates, and what is wrong with them.

Everything is read from text by `parse`, which says how it understood it. GK zones: standards.md §4.1; the 3° zone of a
longitude is n = round(lon / 3), its central meridian 3 n, its false easting 500,000 m, with n · 10⁶ in front where the
zone is written with it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cim.errors import BadInput
from cim.space import crs
from cim.space.crs import Datum

#: Metres of a degree of latitude.
_DEGREE_M = 111_195.0
#: GK zones extend 1.5° or 3° to each side; surveys go a little beyond.
_REACH_M = {3: 250_000.0, 6: 420_000.0}
#: Northings of China.
_LEAST_NORTH, _MOST_NORTH = 300_000.0, 6_100_000.0


@dataclass(frozen=True, slots=True)
class Coordinate:
    """A position as it was understood: lon, lat in `datum`, with the accuracy of the notation."""

    lon: float
    lat: float
    accuracy_m: float
    method: str
    datum: Datum | None = None
    notes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Zone:
    """A Gauss-Krüger zone of CGCS2000: EPSG code, width and meridian in degrees, the number in front or None."""

    epsg: int
    width: int
    meridian: int
    prefix: int | None

    def holds(self, easting: float) -> bool:
        """Whether the easting fits this zone."""
        front = (self.prefix or 0) * 1_000_000.0
        return abs(easting - front - 500_000.0) <= _REACH_M[self.width]


def zone_of(epsg: int) -> Zone | None:
    """The CGCS2000 Gauss-Krüger zone of an EPSG code; None where it is none.

    >>> zone_of(4547), zone_of(4526).prefix, zone_of(4508).width
    (Zone(epsg=4547, width=3, meridian=114, prefix=None), 38, 6)
    """
    if 4491 <= epsg <= 4501:
        return Zone(epsg, 6, 75 + 6 * (epsg - 4491), 13 + epsg - 4491)
    if 4502 <= epsg <= 4512:
        return Zone(epsg, 6, 75 + 6 * (epsg - 4502), None)
    if 4513 <= epsg <= 4533:
        return Zone(epsg, 3, 75 + 3 * (epsg - 4513), 25 + epsg - 4513)
    if 4534 <= epsg <= 4554:
        return Zone(epsg, 3, 75 + 3 * (epsg - 4534), None)
    return None


def zones_of(lon: float) -> list[Zone]:
    """The four zones that contain a longitude: of 3° and 6°, each without and with the zone number in front.

    >>> [z.epsg for z in zones_of(112.976)]
    [4547, 4526, 4508, 4497]
    """
    third, sixth = int(np.floor(lon / 3 + 0.5)), int(lon // 6) + 1
    codes = (4534 + third - 25, 4513 + third - 25, 4502 + sixth - 13, 4491 + sixth - 13)
    return [zone for code in codes if (zone := zone_of(code)) is not None]


def from_projected(x: float, y: float, epsg: int, near: tuple[float, float]) -> Coordinate:
    """The position of x (east), y (north) in metres of this CRS. `near` (lon, lat) is the place of the city, from
    which an error says which zone would fit. Swapped values are exchanged, and a note says so.

    Raises `BadInput` for values that the CRS can't have.

    >>> where = from_projected(399456.362, 3120476.378, 4547, (113.0, 28.2))
    >>> round(where.lon, 6), round(where.lat, 6)
    (112.976, 28.195)
    >>> from_projected(3120476.378, 399456.362, 4547, (113.0, 28.2)).notes[0]
    'x and y were swapped: x is the easting, y the northing; read as x=399456.362, y=3120476.378'
    """
    if not (np.isfinite(x) and np.isfinite(y)):
        raise BadInput(f"x, y must be finite numbers of metres, not {x:g}, {y:g}")
    notes: tuple[str, ...] = ()
    zone = zone_of(epsg)
    if zone is not None:
        if not _fits(zone, x, y) and _fits(zone, y, x):
            x, y = y, x
            notes = (f"x and y were swapped: x is the easting, y the northing; read as x={x:.3f}, y={y:.3f}",)
        if not _fits(zone, x, y):
            raise BadInput(
                f"x={x:.12g}, y={y:.12g} can't be EPSG:{epsg} ({_describe(zone)}){_advice(x, y, near)}"
            )
    named = f"EPSG:{epsg}"
    system = crs.parse_crs(named)
    if system.is_geographic:
        return degrees(x, y)
    if not system.is_projected:
        raise BadInput(f"{named} ({system.name}) is no CRS of places in the plane; name one like EPSG:4547")
    lon, lat = crs.transformer(named, "EPSG:4490").transform(x, y)
    if zone is None and not _is_of(named, system.area_of_use, (x, y), (lon, lat)):
        raise BadInput(
            f"x={x:.12g}, y={y:.12g} lies outside of what {named} ({system.name}) is for{_advice(x, y, near)}"
        )
    if abs(lon - near[0]) > 1.0:
        better = [z for z in zones_of(near[0]) if z.epsg != epsg and _fits(z, x, y)]
        if better:
            notes += (
                f"EPSG:{epsg} puts this at {lon:.3f}, {lat:.3f}, far from the city; EPSG:{better[0].epsg} would fit it",
            )
    digits = max(_decimals(x), _decimals(y))
    return Coordinate(lon, lat, max(0.5 * 10.0**-digits, 0.01), "projected", "cgcs2000", notes)


def _is_of(named: str, area: Any, xy: tuple[float, float], lonlat: tuple[float, float]) -> bool:
    """Whether a CRS gives these metres for this place, and is for where it lies, or for two degrees around that."""
    if not np.isfinite(lonlat).all():
        return False
    again = crs.transformer("EPSG:4490", named).transform(*lonlat)
    if not np.isfinite(again).all() or np.hypot(again[0] - xy[0], again[1] - xy[1]) > 1.0:
        return False
    if area is None:
        return True
    west, south, east, north = area.bounds
    return bool(west - 2 <= lonlat[0] <= east + 2 and south - 2 <= lonlat[1] <= north + 2)


def _fits(zone: Zone, x: float, y: float) -> bool:
    return zone.holds(x) and _LEAST_NORTH <= y <= _MOST_NORTH


def _describe(zone: Zone) -> str:
    front = f"zone number {zone.prefix} in front" if zone.prefix else "no zone number in front"
    return f"{zone.width}° zone of {zone.meridian}°E, {front}"


def _advice(x: float, y: float, near: tuple[float, float]) -> str:
    """The zone that these values may be in, as the end of a sentence."""
    fitting = which_zones(x, y, near)
    if fitting:
        return "; they fit " + " or ".join(f"EPSG:{z.epsg} ({_describe(z)})" for z in fitting[:2])
    if fitting := which_zones(y, x, near):
        fit = fitting[0]
        return f"; swapped, they fit EPSG:{fit.epsg} ({_describe(fit)}): x is the easting, y the northing"
    return "; no Gauss-Krüger zone of China has such values"


def which_zones(x: float, y: float, near: tuple[float, float]) -> list[Zone]:
    """The zones that easting x and northing y may be in: the one that its number names, else those where the city is.

    >>> [z.epsg for z in which_zones(38399456.362, 3120476.378, (113.0, 28.2))]
    [4526]
    """
    number = int(x // 1_000_000)
    if number:
        known = [zone_of(4513 + number - 25), zone_of(4491 + number - 13)]
        return [z for z in known if z is not None and z.prefix == number and _fits(z, x, y)]
    local = [z for z in zones_of(near[0]) if _fits(z, x, y)]
    # A 6° zone whose meridian is the 3° zone's gives the same values twice.
    return [z for i, z in enumerate(local) if z.meridian not in {other.meridian for other in local[:i]}]


def _decimals(value: float) -> int:
    text = repr(float(value))
    return len(text.split(".")[1].rstrip("0")) if "e" not in text and "." in text else 0


def degrees(lon: float, lat: float) -> Coordinate:
    """A longitude and latitude in degrees; the accuracy follows from their decimals. `BadInput` for values out of
    range.

    >>> degrees(112.976, 28.195).accuracy_m
    55.6
    """
    crs.check_positions(np.array([[lon, lat]]), "position")
    digits = max(_decimals(lon), _decimals(lat))
    return Coordinate(lon, lat, _as_written(10.0**-digits), "lonlat")


def _as_written(step_degrees: float) -> float:
    """The accuracy in metres: half of the last decimal place."""
    return round(max(0.5 * step_degrees * _DEGREE_M, 0.1), 1)


# -- text --------------------------------------------------------------------------------------------

_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_WORDS = [
    (r"东经|east(?:ing)?|longitude|long\b|lng|lon|经度", "E"),
    (r"西经|west", "W"),
    (r"北纬|north(?:ing)?|latitude|lat|纬度", "N"),
    (r"南纬|south", "S"),
    (r"[度°˚º]|deg(?:rees?)?", "°"),
    (r"[分′’‘´]|'", "'"),
    (r"[秒″”“]|\"|''", '"'),
]
_TOKEN = re.compile(
    r"([NSEW])|([+-]?\d+(?:\.\d+)?)\s*(?:(°|d(?=\s*[\d,NSEW]|$))|('|m)|(\"|s))?|(,)|[\s:=()\[\]]+"
)
#: A token of an angle: a number as written and which of degrees (0), minutes (1), seconds (2) its sign says, or None.
_Number = tuple[str, int | None]
_PAIR = re.compile(rf"^[(\[]?\s*({_NUMBER})\s*°?\s*[,;\s]\s*({_NUMBER})\s*°?\s*[)\]]?$")
_EPSG = re.compile(r"epsg\s*[:：]?\s*(\d{4,6})", re.I)
_DATUM = re.compile(
    r"(?<![a-z])(wgs[- ]?84|cgcs[- ]?2000|gcj[- ]?02|bd[- ]?09|火星坐标|百度坐标)(?:坐标系?)?", re.I
)
_DATUM_NAMES: dict[str, Datum] = {
    "wgs84": "wgs84",
    "cgcs2000": "cgcs2000",
    "gcj02": "gcj02",
    "bd09": "bd09",
    "火星坐标": "gcj02",
    "百度坐标": "bd09",
}


def parse(text: str, near: tuple[float, float], metric_crs: str) -> Coordinate | None:
    """The coordinates in a text; None where it has none. `near` (lon, lat) is the place of the city.

    Two large numbers are survey coordinates: of the EPSG code in the text, of the zone that the number in front
    names, else of `metric_crs`. `BadInput` where they are coordinates but can't be.

    >>> where = parse("北纬28度11分42秒 东经112度58分33.6秒", (113.0, 28.2), "EPSG:4547")
    >>> round(where.lon, 6), round(where.lat, 6), where.method
    (112.976, 28.195, 'dms')
    >>> parse("五一大道158号", (113.0, 28.2), "EPSG:4547") is None
    True
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    named = _DATUM.search(plain)
    datum = _DATUM_NAMES[re.sub(r"[- ]", "", named[1].lower())] if named else None
    epsg = _EPSG.search(plain)
    plain = _EPSG.sub(" ", _DATUM.sub(" ", plain))
    # A comma is never a thousands separator here.
    plain = re.sub(r"[,;、/|]+", ",", plain.replace("，", ",")).strip(" ,:()[]")
    for pattern, sign in _WORDS:
        plain = re.sub(pattern, sign, plain, flags=re.I)
    plain = re.sub(r"(?<![a-z])(?:[xy]|位置|坐标)\s*[:=]\s*", " ", plain, flags=re.I).strip()
    plain = re.sub(
        r"(?<=[\d°'\"\s,])[nsew](?![a-zA-Z])|(?<![a-zA-Z])[nsew](?=\s*\d)", lambda m: m[0].upper(), plain
    )
    pair = _PAIR.match(plain)
    if pair:
        found = _parse_pair(float(pair[1]), float(pair[2]), pair[1], pair[2], near, metric_crs, epsg)
    else:
        found = _parse_angles(plain, near)
    if found is None:
        return None
    return replace(found, datum=datum or found.datum)


def _parse_pair(
    one: float,
    other: float,
    said: str,
    said_too: str,
    near: tuple[float, float],
    metric_crs: str,
    epsg: re.Match[str] | None,
) -> Coordinate | None:
    """Two bare numbers: degrees where they can be, survey coordinates where they are large."""
    if epsg is None and abs(one) <= 180 and abs(other) <= 180:
        if "." not in said + said_too:
            return None  # "12 34" is a house or a room, not a place in the Sahara
        step = 10.0 ** -min(_decimals_in(said), _decimals_in(said_too))
        if abs(other) <= 90:
            if abs(one - near[1]) < 5 and abs(other - near[0]) < 5 < abs(one - near[0]):
                return _swap(other, one, step)
            return Coordinate(one, other, _as_written(step), "lonlat")
        if abs(one) <= 90:
            return _swap(other, one, step)
        raise BadInput(f"{said}, {said_too}: neither is a latitude, which lies within -90..90; give lon, lat")
    if epsg is not None:
        return from_projected(one, other, int(epsg[1]), near)
    if max(abs(one), abs(other)) < 10_000:
        return None
    for x, y in ((one, other), (other, one)):
        zones = which_zones(x, y, near)
        if zones:
            local = int(metric_crs.split(":")[1]) if metric_crs.startswith("EPSG:") else 0
            chosen = next((z for z in zones if z.epsg == local), zones[0])
            made = from_projected(x, y, chosen.epsg, near)
            assumed = f"no EPSG was given; read as EPSG:{chosen.epsg} ({_describe(chosen)})"
            swapped = (
                ()
                if x == one
                else (
                    f"x and y were swapped: x is the easting, y the northing; read as x={x:.12g}, y={y:.12g}",
                )
            )
            return replace(made, notes=(assumed, *swapped, *made.notes))
    raise BadInput(
        f"{said}, {said_too} look like survey coordinates, but of no zone near the city; give their EPSG code"
    )


def _swap(lon: float, lat: float, step: float) -> Coordinate:
    return Coordinate(
        lon, lat, _as_written(step), "lonlat", None, ("read as lat, lon; the order here is lon, lat",)
    )


def _decimals_in(said: str) -> int:
    return len(said.split(".")[1]) if "." in said else 0


def _parse_angles(plain: str, near: tuple[float, float]) -> Coordinate | None:
    """Two angles with degrees, minutes, seconds or hemispheres."""
    angles = _two_angles(plain)
    if angles is None:
        return None
    (kind, one, step), (other_kind, other, other_step) = (_angle(*angle) for angle in angles)
    if kind == other_kind == "":
        # Without hemispheres latitude comes first, as degrees are written, unless it can't be one.
        kind, other_kind = ("lon", "lat") if abs(one) > 90 or abs(one - near[0]) < 5 else ("lat", "lon")
        signs = any(place is not None for _, numbers in angles for _, place in numbers)
        if not signs and max(abs(one - near[1]), abs(other - near[0])) > 5 < max(
            abs(one - near[0]), abs(other - near[1])
        ):
            return None  # six bare numbers, of no place near
    if {kind, other_kind} != {"lon", "lat"}:
        return None
    lon, lat = (one, other) if kind == "lon" else (other, one)
    crs.check_positions(np.array([[lon, lat]]), "position")
    sexagesimal = any(len(numbers) > 1 for _, numbers in angles)
    return Coordinate(lon, lat, _as_written(max(step, other_step)), "dms" if sexagesimal else "lonlat")


def _two_angles(plain: str) -> list[tuple[str, list[_Number]]] | None:
    """The hemisphere ("" for none) and the numbers of two angles; None where the text isn't two."""
    groups: list[tuple[str, list[_Number]]] = [("", [])]
    at, exact = 0, False
    leads = plain[:1] in "NSEW"
    while at < len(plain):
        token = _TOKEN.match(plain, at)
        if token is None or token.end() == at:
            return None
        at = token.end()
        hemisphere, number = token[1], token[2]
        if hemisphere and leads:
            groups.append((hemisphere, []))
        elif hemisphere:
            groups[-1] = (hemisphere, groups[-1][1])
            groups.append(("", []))
        elif number:
            place = 0 if token[3] else 1 if token[4] else 2 if token[5] else None
            if place == 0 and groups[-1][1] and not leads:
                groups.append(("", []))  # a second number of degrees begins the second angle
            groups[-1][1].append((number, place))
            exact = exact or "." in number or place is not None
        elif token[6] and groups[-1][1] and not leads:
            groups.append(("", []))
    angles = [(h, numbers) for h, numbers in groups if numbers]
    if len(angles) == 1 and not angles[0][0] and len(angles[0][1]) in (4, 6):
        half = len(angles[0][1]) // 2
        angles = [("", angles[0][1][:half]), ("", angles[0][1][half:])]
    exact = exact or any(len(numbers) > 1 for _, numbers in angles)
    good = len(angles) == 2 and exact and all(len(numbers) <= 3 for _, numbers in angles)
    return angles if good else None


def _angle(hemisphere: str, numbers: list[_Number]) -> tuple[str, float, float]:
    """("lon", "lat" or "" where no hemisphere says it, degrees, the step of the last place written)."""
    value, unit = 0.0, 1.0
    for place, (said, _) in enumerate(numbers):
        number = abs(float(said))
        if place and number >= 60:
            raise BadInput(f"{' '.join(n for n, _ in numbers)}: minutes and seconds are less than 60")
        unit = 60.0**place
        value += number / unit
    if hemisphere in ("S", "W") or numbers[0][0].startswith("-"):
        value = -value
    kind = "" if not hemisphere else "lat" if hemisphere in "NS" else "lon"
    return kind, value, 10.0 ** -_decimals_in(numbers[-1][0]) / unit
