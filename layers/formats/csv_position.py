"""Where each row of a text table is: longitude and latitude as people and programs write them, or a whole geometry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.errors import BadInput
from cim.geocoding import coordinate_text
from layers.formats.source import Defect

_LON = ("lon", "lng", "long", "longitude", "经度", "东经", "x", "x坐标", "coord_x", "point_x")
_LAT = ("lat", "latitude", "纬度", "北纬", "y", "y坐标", "coord_y", "point_y")
_WKT = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "ewkt", "wkb", "geojson", "几何")
#: Columns that hold both numbers, and those of them that have the latitude first.
_LAT_FIRST = (
    "latlng",
    "latlon",
    "lat_lng",
    "lat_lon",
    "lat,lng",
    "lat,lon",
    "纬度经度",
    "纬经度",
    "纬度,经度",
)
_BOTH = (
    "lonlat", "lnglat", "lon_lat", "lng_lat", "lon,lat", "lng,lat", "经纬度", "经度纬度", "经度,纬度", "坐标",
    "location", "position", "coordinates", "coordinate", "coord", "coords", "point", "gps", "位置", "定位", *_LAT_FIRST,
)  # fmt: skip
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_PAIR = rf"^[\[(]?\s*(?P<one>{_NUMBER})\s*[,，;；\s]\s*(?P<other>{_NUMBER})\s*[\])]?$"
_GEOMETRY = (
    r"^(?i:SRID=\d+;)?\s*(?i:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\s*[ZM(E\s]"
    r"|^0[01][0-9A-Fa-f]{8,}$|^\{"
)
_COMMA_DECIMAL = r"^[+-]?\d{1,3},\d+$"
_THOUSANDS = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$"
#: A city is not needed to read angles whose hemispheres are known.
_NOWHERE = (float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Positions:
    """The geometry of each row (None: a defect says why), the columns it is from, and what the file says of its CRS.

    `decimal_comma`: the coordinates are written with a comma as their decimal point.
    """

    shapes: Geometries
    defects: tuple[Defect, ...]
    used: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())
    crs: str | None = None
    decimal_comma: bool = False


def is_header(record: Sequence[str], named: Sequence[str | None] = ()) -> bool:
    """Whether a row has the headings of a position: those that are named, else ones that are commonly used.

    >>> is_header(["名称", "经度", "纬度"]), is_header(["公厕一览表", "", ""])
    (True, False)
    """
    wanted = [name for name in named if name is not None]
    cells = [cell.strip() for cell in record]
    if wanted:
        return all(name in cells for name in wanted)
    lower = {cell.lower() for cell in cells}
    pair = not lower.isdisjoint(_LON) and not lower.isdisjoint(_LAT)
    return pair or not lower.isdisjoint((*_WKT, *_BOTH))


def positions(path: Path, table: pa.Table, *, lon: str | None, lat: str | None, wkt: str | None) -> Positions:
    """The positions of a table. `BadInput` where no column looks like one, naming the options that say which is."""
    names = table.column_names
    if wkt is not None:
        return _whole(table, _named_column(path, names, wkt))
    if lon is not None or lat is not None:
        return _pair(table, _lon(path, names, lon), _lat(path, names, lat))
    passed: tuple[str, ...] = ()
    for name in _known_columns(names, _WKT):
        if _holds(table.column(name), _GEOMETRY):
            return _whole(table, name)
        first = next((v for v in table.column(name).to_pylist() if v), "")
        passed += (f"column {name!r} holds no geometry but {first[:20]!r}; it is kept as a field",)
    pair = _known_columns(names, _LON)[:1], _known_columns(names, _LAT)[:1]
    if all(pair):
        found = _pair(table, pair[0][0], pair[1][0])
        return Positions(
            found.shapes, found.defects, found.used, (*passed, *found.notes), None, found.decimal_comma
        )
    for name in _known_columns(names, _BOTH):
        if (
            _holds(table.column(name), _PAIR)
            or _holds(table.column(name), _GEOMETRY)
            or _is_angles(table.column(name))
        ):
            return _whole(table, name)
    if passed:
        return _whole(table, _known_columns(names, _WKT)[0])  # each row is told as no geometry
    return _pair(table, _lon(path, names, None), _lat(path, names, None))


# -- which columns -----------------------------------------------------------------------------------


def _known_columns(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The columns with one of the known names, whatever its case, in the order of the known names."""
    return [name for one in known for name in names if name.lower() == one]


def _named_column(path: Path, names: Sequence[str], name: str) -> str:
    if name not in names:
        raise BadInput(f"{path} has no column {name!r}; it has: {', '.join(names)}")
    return name


def _lon(path: Path, names: Sequence[str], named: str | None) -> str:
    return _named_column(path, names, named) if named is not None else _likely(path, names, _LON, "lon")


def _lat(path: Path, names: Sequence[str], named: str | None) -> str:
    return _named_column(path, names, named) if named is not None else _likely(path, names, _LAT, "lat")


def _likely(path: Path, names: Sequence[str], known: Sequence[str], option: str) -> str:
    found = _known_columns(names, known)
    if not found:
        raise BadInput(
            f"{path}: no column looks like {option}; name it with --{option}, or with --wkt a column that holds the "
            f"whole position, of: {', '.join(names)}"
        )
    return found[0]


def _holds(column: pa.ChunkedArray, pattern: str) -> bool:
    """Whether most of the texts are like this; a few that are not are faults of their rows."""
    there = pc.drop_null(pc.utf8_trim_whitespace(column))
    fits = pc.sum(pc.match_substring_regex(there, pattern)).as_py() or 0
    return bool(len(there)) and 2 * fits >= len(there)


def _is_angles(column: pa.ChunkedArray) -> bool:
    there = pc.drop_null(column).slice(0, 20).to_pylist()
    return bool(there) and 2 * sum(_angles(text) is not None for text in there) >= len(there)


# -- longitude and latitude --------------------------------------------------------------------------


def _pair(table: pa.Table, lon: str, lat: str) -> Positions:
    """Points of two columns of numbers; angles with degrees and minutes, and decimal commas, are read and noted."""
    texts = [pc.utf8_trim_whitespace(table.column(name).combine_chunks()) for name in (lon, lat)]
    notes: list[str] = []
    comma = all(_habit(column, _COMMA_DECIMAL) for column in texts) and _in_degrees(texts)
    if comma:
        texts = [pc.replace_substring(column, ",", ".") for column in texts]
        notes.append(f"{lon} and {lat} are written with decimal commas")
    elif any(_habit(column, _THOUSANDS) for column in texts):
        texts = [
            pc.if_else(pc.match_substring_regex(c, _THOUSANDS), pc.replace_substring(c, ",", ""), c)
            for c in texts
        ]
        notes.append(f"{lon} and {lat} are written with commas between the thousands")
    numbers, wrong = zip(*(_floats(column) for column in texts), strict=True)
    xy = np.column_stack(numbers)
    whats: dict[int, str] = {}
    angles = 0
    for at in np.flatnonzero(wrong[0] | wrong[1]).tolist():
        said = [column[at].as_py() or "" for column in texts]
        found = _angles(_with_hemispheres(*said)) if all(said) else None
        if found is not None:
            xy[at], angles = found, angles + 1
            continue
        for name, text, bad in zip((lon, lat), said, (wrong[0][at], wrong[1][at]), strict=True):
            if bad:
                whats.setdefault(at, f"{name} is {text!r}, not a number" if text else f"{name} is empty")
    if angles:
        notes.append(f"{angles} positions are written in degrees, minutes and seconds")
    shapes = shapely.points(xy)
    shapes[list(whats)] = None
    defects = tuple(Defect(at, what) for at, what in sorted(whats.items()))
    return Positions(shapes, defects, (lon, lat), tuple(notes), None, comma)


def _habit(column: pa.Array, pattern: str) -> bool:
    """Whether every text is written like this, or without any comma."""
    there = column.drop_null()
    fits = pc.or_(
        pc.match_substring_regex(there, pattern), pc.match_substring_regex(there, r"^[+-]?\d+(?:\.\d+)?$")
    )
    return bool(pc.any(pc.match_substring_regex(there, pattern)).as_py()) and bool(pc.all(fits).as_py())


def _in_degrees(texts: Sequence[pa.Array]) -> bool:
    """Whether the texts are degrees when their commas are decimal ones: 497,321 is an easting."""
    for column, most in zip(texts, (180.0, 90.0), strict=True):
        values = pc.replace_substring(column, ",", ".").cast(pa.float64())
        if pc.max(pc.abs(values)).as_py() > most:
            return False
    return True


def _floats(column: pa.Array) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The numbers (NaN where there is none) and which texts are none."""
    good = pc.fill_null(pc.match_substring_regex(column, rf"^{_NUMBER}$"), False)
    numbers = pc.if_else(good, column, None).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers, ~good.to_numpy(zero_copy_only=False)


def _with_hemispheres(lon: str, lat: str) -> str:
    """Both angles as one text that says which is which."""
    known = [
        bool(re.search(r"[NSEWnsew东西南北]", unicodedata.normalize("NFKC", text))) for text in (lon, lat)
    ]
    return f"{lon}, {lat}" if all(known) else f"E{lon}, N{lat}" if not any(known) else ""


def _angles(text: str) -> tuple[float, float] | None:
    """Longitude and latitude of a text that says both as angles; None where it doesn't."""
    try:
        found = coordinate_text.parse(text, _NOWHERE, "")
    except (BadInput, ValueError):
        return None
    return (found.lon, found.lat) if found is not None and found.method in ("dms", "lonlat") else None


# -- a whole position in one column ------------------------------------------------------------------


def _whole(table: pa.Table, name: str) -> Positions:
    """Geometries of one column: WKT, EWKT, WKB in hexadecimal, GeoJSON, or two numbers."""
    column = pc.utf8_trim_whitespace(table.column(name))
    if _holds(column, _PAIR) or _is_angles(column):
        return _both(name, column.to_pylist())
    said: list[str] = pc.fill_null(column, "").to_pylist()
    shapes = np.full(len(said), None, dtype=object)
    srids: dict[int, int] = {}
    forms: set[str] = set()
    plain: list[int] = []
    texts = np.array(said, dtype=object)
    for at, text in enumerate(said):
        if text.startswith("{"):
            forms.add("GeoJSON")
            shapes[at] = shapely.from_geojson(text, on_invalid="ignore")
        elif re.match(r"0[01][0-9A-Fa-f]{8,}$", text):
            forms.add("WKB in hexadecimal")
            shapes[at] = shapely.from_wkb(text, on_invalid="ignore")
            srids |= {at: code} if (code := int(shapely.get_srid(shapes[at]))) > 0 else {}
        elif text:
            found = re.match(r"(?i)SRID=(\d+);\s*", text)
            if found:
                forms.add("EWKT")
                srids[at], texts[at] = int(found[1]), text[found.end() :]
            plain.append(at)
    shapes[plain] = shapely.from_wkt(texts[plain], on_invalid="ignore")
    missing = np.flatnonzero(shapely.is_missing(shapes) & (texts != "")).tolist()
    defects = [_no_geometry(at, said[at], texts[at]) for at in missing]
    crs, more, differing = _one_crs(srids)
    shapes[[defect.at for defect in differing]] = None
    shapes = shapely.set_srid(shapes, 0)
    notes = [f"{name} holds {' and '.join(sorted(forms))}"] if forms else []
    return Positions(shapes, (*defects, *differing), (name,), (*notes, *more), crs)


def _no_geometry(at: int, said: str, text: str) -> Defect:
    repaired = shapely.from_wkt(text, on_invalid="fix")
    if repaired is not None:
        return Defect(at, "a ring is not closed", repaired)
    return Defect(
        at,
        f"{said[:40]!r} is no WKT that can be read; where the position is in other columns, name --lon and --lat",
    )


def _one_crs(srids: dict[int, int]) -> tuple[str | None, list[str], list[Defect]]:
    """The CRS that the geometries name, a note, and a defect for each that names another."""
    if not srids:
        return None, [], []
    first = next(iter(srids.values()))
    other = [
        Defect(at, f"is in SRID {code}, the rows above in {first}")
        for at, code in srids.items()
        if code != first
    ]
    return f"EPSG:{first}", [f"its geometries name the system EPSG:{first}"], other


def _both(name: str, texts: Sequence[str | None]) -> Positions:
    """Points of one column with two numbers or two angles."""
    xy = np.full((len(texts), 2), np.nan)
    defects: list[Defect] = []
    for at, text in enumerate(texts):
        pair = re.match(_PAIR, unicodedata.normalize("NFKC", text)) if text else None
        found = (float(pair["one"]), float(pair["other"])) if pair else _angles(text) if text else None
        if found is None:
            defects.append(Defect(at, f"{name} is {text!r}, not two numbers" if text else f"{name} is empty"))
        else:
            xy[at] = found
    order = "lon, lat"
    pairs = np.array([bool(text and re.match(_PAIR, unicodedata.normalize("NFKC", text))) for text in texts])
    if name.lower() in _LAT_FIRST or (
        (np.abs(xy[pairs, 0]) <= 90).all() and (np.abs(xy[pairs, 1]) > 90).any()
    ):
        xy[pairs] = xy[pairs][:, ::-1]
        order = "lat, lon"
    shapes = shapely.points(xy)
    shapes[[defect.at for defect in defects]] = None
    note = f"{name} is read as {order}" if pairs.any() else f"{name} is read as degrees, minutes and seconds"
    return Positions(shapes, tuple(defects), (name,), (note,))
