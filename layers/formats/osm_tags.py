"""What the tags of OpenStreetMap mean to the city: its layers, and the values of one object in each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cim.model.layer import Field, FieldType, GeometryKind, Layer
from cim.roads.traffic_tags import kept_tags, kilometres_an_hour

Tags = Mapping[str, str]
Value = str | int | float | bool | None

_SOURCE = "© OpenStreetMap contributors"
_LICENCE = "ODbL 1.0"


def whole(text: str | None) -> int | None:
    """The integer of a tag, None where it is none.

    >>> whole("3"), whole("-1"), whole("3;4"), whole(None)
    (3, -1, None, None)
    """
    return int(text) if text and re.fullmatch(r"[+-]?\d{1,9}", text.strip()) else None


def metres(text: str | None) -> float | None:
    """A length in metres, from metres or feet and inches; None for words.

    >>> metres("3.5"), metres("3.5 m"), metres("12'6\\""), metres("default")
    (3.5, 3.5, 3.81, None)
    """
    text = (text or "").strip()
    found = re.fullmatch(r"(-?\d+(?:[.,]\d+)?)\s*(m|metres|meters)?", text)
    if found:
        return float(found[1].replace(",", "."))
    found = re.fullmatch(r"(\d+)\s*(?:'|ft)\s*(?:(\d+)\s*(?:\"|in)?)?", text)
    return round(int(found[1]) * 0.3048 + int(found[2] or 0) * 0.0254, 2) if found else None


def tonnes(text: str | None) -> float | None:
    """A weight in tonnes; None for words.

    >>> tonnes("3.5"), tonnes("7500 kg"), tonnes("none")
    (3.5, 7.5, None)
    """
    found = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(t|kg)?", (text or "").strip())
    if not found:
        return None
    return float(found[1].replace(",", ".")) / (1000.0 if found[2] == "kg" else 1.0)


def truth(text: str | None) -> bool:
    """Whether a tag such as `bridge` is set to anything but no.

    >>> truth("viaduct"), truth("no"), truth(None)
    (True, False, False)
    """
    return text not in (None, "no", "false", "0")


def oneway(tags: Tags) -> str:
    """`yes` along the line, `reversed` against it, `alternating` where both take turns, `reversible` where the
    direction changes by the hour, or `no`; motorways imply yes. A value that is not known stays as it is.

    >>> oneway({"oneway": "-1"}), oneway({"junction": "roundabout"}), oneway({"highway": "primary"})
    ('reversed', 'yes', 'no')
    """
    said = tags.get("oneway")
    if said in ("yes", "true", "1"):
        return "yes"
    if said in ("-1", "reverse"):
        return "reversed"
    if said is not None:
        return "no" if said in ("no", "false", "0") else said
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway", "") in (
        "motorway",
        "motorway_link",
    )
    return "yes" if implied else "no"


def _name(tags: Tags) -> str | None:
    return tags.get("name") or tags.get("name:zh")


def _tag(key: str) -> Callable[[Tags], Value]:
    return lambda tags: tags.get(key)


@dataclass(frozen=True, slots=True)
class FeatureKind:
    """One layer of a map: which objects it takes (`wants`) and the values of its fields after the id."""

    layer: Layer
    wants: Callable[[Tags], bool]
    values: tuple[Callable[[Tags], Value], ...]


_Column = tuple[str, FieldType, str, str, Callable[[Tags], Value]]
_NAMES: tuple[_Column, ...] = (
    ("name", "text", "名称", "Name", _name),
    ("name_en", "text", "英文名", "English name", _tag("name:en")),
)


def _kind(
    name: str,
    geometry: GeometryKind,
    zh: str,
    en: str,
    wants: Callable[[Tags], bool],
    columns: tuple[_Column, ...],
) -> FeatureKind:
    fields = (
        Field("osm_id", "integer", "OSM 编号", "OSM id"),
        Field("osm_type", "text", "OSM 类型", "OSM type"),
        *(Field(column, kind, c_zh, c_en) for column, kind, c_zh, c_en, _ in columns),
    )
    layer = Layer(
        name,
        geometry=geometry,
        fields=fields,
        title_zh=zh,
        title_en=en,
        source=_SOURCE,
        licence=_LICENCE,
        original_crs="EPSG:4326",
    )
    return FeatureKind(layer, wants, tuple(value for *_, value in columns))


ROADS = _kind(
    "roads",
    "line",
    "道路",
    "Roads",
    lambda t: "highway" in t or t.get("route") == "ferry",
    (
        *_NAMES,
        ("ref", "text", "编号", "Reference", _tag("ref")),
        ("class", "text", "等级", "Class", lambda t: t.get("highway") or t.get("route")),
        ("oneway", "text", "单行", "One way", oneway),
        ("lanes", "integer", "车道数", "Lanes", lambda t: whole(t.get("lanes"))),
        ("maxspeed_kmh", "real", "限速", "Speed limit", lambda t: kilometres_an_hour(t.get("maxspeed"))),
        ("bridge", "boolean", "桥梁", "Bridge", lambda t: truth(t.get("bridge"))),
        ("tunnel", "boolean", "隧道", "Tunnel", lambda t: truth(t.get("tunnel"))),
        ("level", "integer", "层", "Level", lambda t: whole(t.get("layer"))),
        ("surface", "text", "路面", "Surface", _tag("surface")),
        ("access", "text", "通行", "Access", _tag("access")),
        ("foot", "text", "步行", "On foot", _tag("foot")),
        ("bicycle", "text", "自行车", "Bicycle", _tag("bicycle")),
        (
            "motor_vehicle",
            "text",
            "机动车",
            "Motor vehicles",
            lambda t: t.get("motor_vehicle") or t.get("vehicle"),
        ),
        ("bus", "text", "公交车", "Bus", lambda t: t.get("bus") or t.get("psv")),
        ("maxheight_m", "real", "限高", "Height limit", lambda t: metres(t.get("maxheight"))),
        ("maxweight_t", "real", "限重", "Weight limit", lambda t: tonnes(t.get("maxweight"))),
        ("junction", "text", "交叉口", "Junction", _tag("junction")),
        ("service", "text", "支路类型", "Service", _tag("service")),
        ("toll", "boolean", "收费", "Toll", lambda t: truth(t.get("toll"))),
        ("area", "boolean", "面状", "Drawn as an area", lambda t: truth(t.get("area"))),
        ("traffic_tags", "text", "通行标签", "Traffic tags", kept_tags),
    ),
)

RIVERS = _kind(
    "rivers",
    "line",
    "河流",
    "Rivers",
    lambda t: t.get("waterway") in ("river", "stream", "canal", "drain", "ditch", "tidal_channel"),
    (
        *_NAMES,
        ("kind", "text", "类别", "Kind", _tag("waterway")),
        ("tunnel", "boolean", "暗渠", "Culvert", lambda t: truth(t.get("tunnel"))),
        ("level", "integer", "层", "Level", lambda t: whole(t.get("layer"))),
    ),
)

BUILDINGS = _kind(
    "buildings",
    "polygon",
    "建筑",
    "Buildings",
    lambda t: truth(t.get("building")),
    (
        *_NAMES,
        ("use", "text", "用途", "Use", _tag("building")),
        ("floors", "integer", "层数", "Floors", lambda t: whole(t.get("building:levels"))),
        ("height_m", "real", "高度", "Height", lambda t: metres(t.get("height") or t.get("building:height"))),
        ("housenumber", "text", "门牌号", "House number", _tag("addr:housenumber")),
        ("street", "text", "街路", "Street", lambda t: t.get("addr:street") or t.get("addr:place")),
    ),
)


def _is_water(tags: Tags) -> bool:
    return (
        tags.get("natural") == "water"
        or tags.get("waterway") in ("riverbank", "dock")
        or tags.get("landuse") in ("reservoir", "basin")
    )


WATER = _kind(
    "water",
    "polygon",
    "水面",
    "Water",
    _is_water,
    (
        *_NAMES,
        (
            "kind",
            "text",
            "类别",
            "Kind",
            lambda t: t.get("water") or t.get("waterway") or t.get("natural") or t.get("landuse"),
        ),
    ),
)

_GREEN = (
    "park",
    "garden",
    "golf_course",
    "nature_reserve",
    "pitch",
    "playground",
    "stadium",
    "sports_centre",
)
_COVER = ("wood", "scrub", "grassland", "wetland", "beach", "bare_rock", "heath")


def _land_class(tags: Tags) -> str | None:
    for key, known in (("landuse", None), ("leisure", _GREEN), ("natural", _COVER)):
        value = tags.get(key)
        if value and (known is None or value in known):
            return value
    return None


LANDUSE = _kind(
    "landuse",
    "polygon",
    "用地",
    "Land use",
    lambda t: _land_class(t) is not None and not _is_water(t),
    (
        *_NAMES,
        ("class", "text", "类别", "Class", _land_class),
    ),
)

BOUNDARIES = _kind(
    "boundaries",
    "polygon",
    "行政区划",
    "Boundaries",
    lambda t: t.get("boundary") == "administrative",
    (
        *_NAMES,
        ("admin_level", "integer", "级别", "Level", lambda t: whole(t.get("admin_level"))),
        ("ref", "text", "区划代码", "Code", lambda t: t.get("ref") or t.get("ref:INSEE")),
    ),
)

#: How much a place matters on a map, from 10 (a city) down.
IMPORTANCE = {
    "city": 10,
    "borough": 8,
    "district": 8,
    "town": 8,
    "suburb": 7,
    "island": 6,
    "village": 6,
    "hospital": 6,
    "quarter": 5,
    "townhall": 5,
    "police": 5,
    "fire_station": 5,
    "neighbourhood": 4,
    "hamlet": 3,
    "school": 3,
}
_AMENITIES = ("hospital", "school", "fire_station", "police", "townhall")


def place_kind(tags: Tags) -> str | None:
    """The kind of a place: its `place` tag, or its amenity where that is one an emergency looks for."""
    amenity = tags.get("amenity")
    return amenity if amenity in _AMENITIES else tags.get("place")


PLACES = _kind(
    "places",
    "point",
    "地点",
    "Places",
    lambda t: place_kind(t) is not None,
    (
        *_NAMES,
        ("kind", "text", "类别", "Kind", place_kind),
        ("importance", "integer", "重要性", "Importance", lambda t: IMPORTANCE.get(place_kind(t) or "", 1)),
    ),
)

LINES = (ROADS, RIVERS)
AREAS = (BUILDINGS, WATER, LANDUSE, BOUNDARIES)
KINDS = (*LINES, *AREAS, PLACES)

#: Objects without any of these keys are passed over before Python sees them.
KEYS = (
    "highway",
    "route",
    "waterway",
    "building",
    "natural",
    "landuse",
    "leisure",
    "boundary",
    "place",
    "amenity",
)


def row_of(kind: FeatureKind, osm_id: int, osm_type: str, tags: Tags) -> tuple[Any, ...]:
    """The values of one object, in the order of the layer's fields."""
    return (osm_id, osm_type, *(value(tags) for value in kind.values))
