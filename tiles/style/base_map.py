"""How the base map is drawn: ground, water, roads, buildings, places and boundaries.

Each function gives the MapLibre style layers of one data layer with the place of each in the
drawing order (`Order`). `tiles.style.document` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cim.model.layer import Layer
from tiles.style.expressions import Drawn, Expression, Order, by_zoom, label_expression, matching, text
from tiles.style.palette import Lang, Palette


def landuse(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Parks and woods green, institutions and industry in their own tint, the rest built-up."""
    kinds = {
        (
            "park",
            "grass",
            "forest",
            "wood",
            "meadow",
            "recreation_ground",
            "garden",
            "cemetery",
            "farmland",
            "orchard",
            "scrub",
            "green",
            "village_green",
            "golf_course",
        ): p.green,
        (
            "education",
            "school",
            "university",
            "college",
            "medical",
            "hospital",
            "public",
            "government",
            "institutional",
            "military",
            "commercial",
            "retail",
        ): p.institution,
        (
            "industrial",
            "railway",
            "quarry",
            "port",
            "logistics",
            "construction",
            "utility",
            "brownfield",
        ): p.industry,
        ("water", "basin", "reservoir"): p.water,
    }
    colour = matching(["coalesce", ["get", "class"], ""], kinds, p.built)
    label = text(label_expression(layer, lang), p, 11, soft=True, text_max_width=7)
    return [
        (
            Order.GROUND,
            {"id": "landuse", "type": "fill", "paint": {"fill-color": colour, "fill-antialias": False}},
        ),
        (Order.LABEL, {"id": "landuse-label", "type": "symbol", "minzoom": 14.5, **label}),
    ]


def water(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Water areas, or watercourses as lines that widen with the zoom."""
    label = text(label_expression(layer, lang), p, 12, text_letter_spacing=0.1, text_max_width=6)
    label["paint"]["text-color"] = p.water_text
    if layer.geometry == "line":
        label["layout"] |= {"symbol-placement": "line", "symbol-spacing": 400}
        wide = ["match", ["coalesce", ["get", "kind"], ["get", "class"], ""], ["river", "canal"], 1.0, 0.5]
        width = by_zoom((8, ["*", 1.2, wide]), (13, ["*", 4, wide]), (18, ["*", 22, wide]), base=1.4)
        paint = {"line-color": p.water, "line-width": width}
        line = {
            "id": layer.name,
            "type": "line",
            "layout": {"line-cap": "round", "line-join": "round"},
            "paint": paint,
        }
        return [
            (Order.WATER, line),
            (Order.LABEL, {"id": f"{layer.name}-label", "type": "symbol", "minzoom": 11, **label}),
        ]
    edge = {
        "id": f"{layer.name}-edge",
        "type": "line",
        "minzoom": 11,
        "paint": {"line-color": p.water_edge, "line-width": 0.8},
    }
    return [
        (Order.WATER, {"id": layer.name, "type": "fill", "paint": {"fill-color": p.water}}),
        (Order.WATER, edge),
        (Order.LABEL, {"id": f"{layer.name}-label", "type": "symbol", "minzoom": 12, **label}),
    ]


#: OSM highway values by importance, each with its width in pixels at zoom 8, 11, 13, 15, 17 and 19.
ROADS: tuple[tuple[tuple[str, ...], tuple[float, ...]], ...] = (
    (("motorway",), (0.9, 2.0, 3.4, 6.2, 12, 26)),
    (("trunk", "motorway_link"), (0.6, 1.6, 2.8, 5.6, 11, 24)),
    (("primary", "trunk_link"), (0.4, 1.2, 2.4, 5.0, 10, 22)),
    (("secondary", "primary_link"), (0, 0.7, 1.8, 4.2, 9, 20)),
    (("tertiary", "secondary_link"), (0, 0.4, 1.2, 3.4, 8, 18)),
    (("residential", "unclassified", "living_street", "road", "tertiary_link"), (0, 0, 0.7, 2.4, 6, 15)),
    (("service", "pedestrian", "track"), (0, 0, 0, 1.2, 3.5, 9)),
    (("footway", "cycleway", "path", "steps", "bridleway"), (0, 0, 0, 0.7, 1.3, 3)),
)
_ZOOMS = (8, 11, 13, 15, 17, 19)
_RAIL = ["rail", "railway", "light_rail", "subway", "tram", "maglev"]


def _road_width(extra: float) -> Expression:
    """Width by class and zoom; `extra` pixels more for the casing, where there is a road at all."""
    cls = ["coalesce", ["get", "class"], "residential"]
    stops = []
    for i, zoom in enumerate(_ZOOMS):
        cases = {names: widths[i] + extra if widths[i] > 0 else 0 for names, widths in ROADS}
        stops.append((zoom, matching(cls, cases, ROADS[5][1][i] + (extra if ROADS[5][1][i] > 0 else 0))))
    return by_zoom(*stops, base=1.5)


#: What `oneway` says of roads that are driven along their line only, and against it only (as
#: `cim.roads.attributes` does).
_FORTH = ("yes", "true", "1", "ft", "f", "单行", "单向", "正向", "是")
_BACK = ("reversed", "reverse", "-1", "2", "tf", "t", "逆向", "反向")


def _oneway() -> Expression:
    return ["downcase", ["to-string", ["coalesce", ["get", "oneway"], ""]]]


def roads(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Roads with casing by OSM class, railways, and names along the line."""
    cls = ["coalesce", ["get", "class"], "residential"]
    rank = matching(cls, {names: 9 - i for i, (names, _) in enumerate(ROADS)}, 4)
    fast, artery = ("motorway", "motorway_link"), ("trunk", "trunk_link", "primary", "primary_link")
    path = ROADS[-1][0]
    fill = matching(cls, {fast: p.motorway, artery: p.artery, path: p.path}, p.road)
    edge = matching(cls, {fast: p.motorway_edge, artery: p.artery_edge, path: "rgba(0,0,0,0)"}, p.road_edge)
    layout = {"line-cap": "round", "line-join": "round", "line-sort-key": rank}
    driven, rail = ["!", ["in", cls, ["literal", _RAIL]]], ["in", cls, ["literal", _RAIL]]
    label = text(
        label_expression(layer, lang),
        p,
        by_zoom((13, 10.5), (18, 13)),
        soft=True,
        symbol_placement="line",
        symbol_spacing=320,
        symbol_sort_key=["-", 0, rank],
    )
    more: list[Drawn] = []
    if p.glow:
        light = {
            "line-color": fill,
            "line-width": _road_width(8),
            "line-blur": 7,
            "line-opacity": p.glow,
        }
        lit = {
            "id": "roads-glow",
            "type": "line",
            "minzoom": 9,
            "filter": ["in", cls, ["literal", [*fast, *artery]]],
        }
        more.append((Order.ROAD_EDGE, {**lit, "paint": light}))
    if "oneway" in layer.field_names:
        arrows = {
            "symbol-placement": "line",
            "symbol-spacing": 120,
            "icon-image": "oneway",
            "icon-rotate": matching(_oneway(), {_BACK: 180}, 0),
            "icon-rotation-alignment": "map",
            "icon-padding": 1,
        }
        one = {"id": "roads-oneway", "type": "symbol", "minzoom": 16, "layout": arrows}
        either = [*_FORTH, *_BACK]
        more.append((Order.LABEL, {**one, "filter": ["in", _oneway(), ["literal", either]]}))
    rail_paint = {"line-color": p.rail, "line-width": by_zoom((10, 0.7), (15, 1.8), (18, 3.5))}
    ties = {"line-color": p.land, "line-width": by_zoom((13, 0.6), (18, 2)), "line-dasharray": [5, 5]}
    return [
        (
            Order.ROAD_EDGE,
            {
                "id": "roads-casing",
                "type": "line",
                "minzoom": 9,
                "filter": driven,
                "layout": layout,
                "paint": {"line-color": edge, "line-width": _road_width(1.6)},
            },
        ),
        (
            Order.ROAD,
            {
                "id": "roads",
                "type": "line",
                "minzoom": 5,
                "filter": driven,
                "layout": layout,
                "paint": {"line-color": fill, "line-width": _road_width(0)},
            },
        ),
        (Order.ROAD, {"id": "roads-rail", "type": "line", "minzoom": 9, "filter": rail, "paint": rail_paint}),
        (Order.ROAD, {"id": "roads-rail-ties", "type": "line", "minzoom": 13, "filter": rail, "paint": ties}),
        (Order.LABEL, {"id": "roads-label", "type": "symbol", "minzoom": 13, **label}),
        *more,
    ]


def height_m(layer: Layer) -> Expression:
    """A building's height: `height` (which tiles make of the fields), `height_m`, else 3 m a floor, else 6 m."""
    cases: Expression = ["case"]
    for name in ("height", "height_m"):
        cases += [["has", name], ["to-number", ["get", name], 6]]
    if "floors" in layer.field_names:
        cases += [["has", "floors"], ["*", 3, ["to-number", ["get", "floors"], 2]]]
    return [*cases, 6]


def buildings(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Footprints from zoom 9 (from afar several are one), names from 16.5, and towers from 15: on the wall, else
    hidden until somebody asks."""
    height = height_m(layer)
    outline = ["step", ["zoom"], p.building, 13.5, p.building_edge]
    ground = {"fill-color": p.building, "fill-outline-color": outline}
    tower = {
        "fill-extrusion-color": ["interpolate", ["linear"], height, 6, p.tower_low, 120, p.tower_high],
        "fill-extrusion-height": by_zoom((15, 0), (15.6, height)),
        "fill-extrusion-opacity": 0.88,
    }
    raised = {
        "layout": {"visibility": "visible" if p.wall else "none"},
        "metadata": {"citybase:toggle": "3d"},
    }
    label = text(label_expression(layer, lang), p, 11, soft=True, text_max_width=8)
    drawn: list[Drawn] = [
        (
            Order.BUILDING,
            {
                "id": layer.name,
                "type": "fill",
                "minzoom": 9,
                "paint": {**ground, "fill-opacity": by_zoom((9, 0.0), (10.5, 0.8), (14, 1.0))},
            },
        ),
        (
            Order.TOWER,
            {"id": f"{layer.name}-3d", "type": "fill-extrusion", "minzoom": 15, "paint": tower, **raised},
        ),
    ]
    if {"name", "name_en"} & set(layer.field_names):
        drawn.append((Order.LABEL, {"id": f"{layer.name}-label", "type": "symbol", "minzoom": 16.5, **label}))
    return drawn


def places(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Place names, the larger the more important; lesser ones appear as one zooms in."""
    kind = ["coalesce", ["get", "kind"], ""]
    towns, quarters = (
        ("city", "county", "district", "town"),
        ("suburb", "street", "quarter", "village", "neighbourhood"),
    )
    rank = matching(kind, {towns: 0, quarters: 1}, 2)
    if "importance" in layer.field_names:
        rank = ["-", rank, ["/", ["to-number", ["get", "importance"], 0], 1000]]
    size = by_zoom(
        (8, matching(kind, {towns: 13, quarters: 10}, 10)),
        (16, matching(kind, {towns: 20, quarters: 14}, 12)),
    )
    label = text(
        label_expression(layer, lang), p, size, symbol_sort_key=rank, text_max_width=8, text_padding=6
    )
    city = [*towns]
    return [
        (
            Order.PLACE_LABEL,
            {
                "id": f"{layer.name}-label",
                "type": "symbol",
                "minzoom": 12,
                "filter": ["!", ["in", kind, ["literal", city]]],
                **label,
            },
        ),
        (
            Order.PLACE_LABEL,
            {
                "id": f"{layer.name}-town-label",
                "type": "symbol",
                "maxzoom": 14,
                "filter": ["in", kind, ["literal", city]],
                **text(label_expression(layer, lang), p, size, bold=True),
            },
        ),
    ]


def addresses(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """House numbers, where one street fills the screen."""
    if "number" not in layer.field_names:
        return plain(layer, p, lang)
    number = text(["to-string", ["get", "number"]], p, by_zoom((16, 9), (19, 12)), soft=True, text_padding=1)
    return [(Order.LABEL, {"id": layer.name, "type": "symbol", "minzoom": 16.5, **number})]


def boundaries(layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Administrative boundaries, heavier for the higher level (OSM `admin_level`: 4 province … 8 town)."""
    level = ["to-number", ["get", "admin_level"], 8]
    width = ["interpolate", ["linear"], level, 4, 2.4, 8, 0.8]
    paint = {"line-color": p.boundary, "line-width": width, "line-dasharray": [4, 2]}
    return [(Order.LINE, {"id": layer.name, "type": "line", "paint": paint})]


def plain(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Any other layer by its geometry alone, with its name where it has one."""
    drawn: list[Drawn]
    if layer.geometry == "polygon":
        drawn = [
            (
                Order.POLYGON,
                {"id": layer.name, "type": "fill", "paint": {"fill-color": p.other, "fill-opacity": 0.14}},
            ),
            (
                Order.LINE,
                {
                    "id": f"{layer.name}-edge",
                    "type": "line",
                    "paint": {"line-color": p.other, "line-width": 1.2},
                },
            ),
        ]
    elif layer.geometry == "line":
        drawn = [
            (
                Order.LINE,
                {
                    "id": layer.name,
                    "type": "line",
                    "paint": {"line-color": p.other, "line-width": by_zoom((8, 0.8), (16, 2.5))},
                },
            )
        ]
    else:
        paint = {
            "circle-color": p.other,
            "circle-radius": by_zoom((9, 2), (16, 6)),
            "circle-stroke-color": p.ring,
            "circle-stroke-width": 1.2,
        }
        drawn = [(Order.POINT, {"id": layer.name, "type": "circle", "paint": paint})]
    if {"name", "name_en"} & set(layer.field_names):
        more: dict[str, Any] = {"symbol_placement": "line"} if layer.geometry == "line" else {}
        if layer.geometry == "point":
            more = {"text_offset": [0, 0.9], "text_anchor": "top", "text_optional": True}
        label = text(label_expression(layer, lang), p, 11, text_max_width=8, **more)
        drawn.append((Order.LABEL, {"id": f"{layer.name}-label", "type": "symbol", "minzoom": 13, **label}))
    return drawn


#: The layers that have cartography of their own; any other is drawn by `plain`.
BASE: dict[str, Callable[[Layer, Palette, Lang], list[Drawn]]] = {
    "landuse": landuse,
    "water": water,
    "rivers": water,
    "waterways": water,
    "roads": roads,
    "buildings": buildings,
    "places": places,
    "addresses": addresses,
    "boundaries": boundaries,
}
