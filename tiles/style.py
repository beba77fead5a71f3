"""The MapLibre style of the city: every loaded layer drawn, labelled and explained by a legend.

The style names no glyph server and no sprite, so it works without a network: text is drawn
with the reader's own fonts, and markers are images named `marker:<glyph>:<fill>:<ring>` that
the viewer paints when MapLibre misses them (any other client shows the dots beneath them).

What a reader of the style may rely on, in a style layer's `metadata`: `citybase:layer` the data
layer, `citybase:group` one of base, areas and operations, `citybase:level` the level of areas,
`citybase:toggle` what switches an initially hidden layer on, and `citybase:legend`, on the first
style layer of a data layer or level, its swatches as {"shape", "color", "label"}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from cim.layer import Layer
from cim.placed import LEVELS, RESOURCE_KINDS, today
from tiles.basemap import BASE, plain
from tiles.drawing import Drawn, Expression, Order, by_zoom, matching, named, text
from tiles.palette import (
    COMPONENT_STATES,
    INCIDENT_STATES,
    PALETTES,
    RESOURCE_STATES,
    SENSOR_STATES,
    Lang,
    Palette,
    Theme,
)

Swatch = dict[str, str]
Group = Literal["base", "areas", "operations"]

#: What the tile layer of label points adds to the name of its polygons.
LABEL_SUFFIX = "_label"

#: Borders by level: colour (Palette attribute), width, zoom from which, zooms of the label, its size.
_BORDERS: dict[str, tuple[str, float, float, tuple[float, float], float]] = {
    "unit_grid": ("area_unit", 0.7, 15.0, (17.0, 24.0), 10),
    "duty_grid": ("area_duty", 1.2, 14.0, (15.5, 17.5), 11),
    "community": ("area_community", 1.2, 12.5, (14.0, 16.0), 12),
    "street": ("area_street", 1.5, 10.5, (12.0, 14.5), 13),
    "district": ("area_district", 2.0, 7.0, (8.5, 12.5), 14),
    "city": ("area_city", 2.6, 0.0, (6.0, 8.5), 16),
}
#: Kinds that are so many that they appear later than the others.
_MANY = ("camera", "hydrant")


def _in_force() -> list[Expression]:
    """That an area is in force today: what was redrawn stays in the layer, with the day on which it ended."""
    day = today().isoformat()
    return [
        ["<=", ["to-string", ["get", "valid_from"]], day],
        ["any", ["!", ["has", "valid_to"]], [">", ["to-string", ["get", "valid_to"]], day]],
    ]


def _areas(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Borders and names of areas, each level from its own zoom on, the higher levels above the lower."""
    drawn: list[Drawn] = []
    for level, (attribute, width, zoom, (label_from, label_to), size) in _BORDERS.items():
        colour = getattr(p, attribute)
        only = ["all", ["==", ["get", "level"], level], *_in_force()]
        meta = {"citybase:level": level, "citybase:legend": [_swatch("line", colour, *LEVELS[level], lang)]}
        line = {"line-color": colour, "line-width": by_zoom((zoom, width * 0.6), (zoom + 4, width * 1.3))}
        border = {
            "id": f"areas-{level}",
            "type": "line",
            "minzoom": zoom,
            "filter": only,
            "layout": {"line-join": "round"},
        }
        drawn.append((Order.AREA, {**border, "paint": line, "metadata": meta}))
        if level in ("city", "district"):
            band = {"line-color": colour, "line-width": by_zoom((zoom, 4), (14, 11)), "line-opacity": 0.12}
            drawn.append(
                (
                    Order.AREA,
                    {
                        **border,
                        "id": f"areas-{level}-band",
                        "paint": band,
                        "metadata": {"citybase:level": level},
                    },
                )
            )
        word = (
            named(layer, lang) if level != "unit_grid" else ["coalesce", ["get", "name"], ["get", "code"], ""]
        )
        label = text(
            word, p, size, bold=level in ("city", "district", "street"), text_padding=24, text_max_width=7
        )
        label["paint"] |= {
            "text-color": p.area_city if level != "duty_grid" else p.area_duty,
            "text-opacity": 0.85,
        }
        shown = {
            "id": f"areas-{level}-label",
            "type": "symbol",
            "minzoom": label_from,
            "maxzoom": label_to,
            "filter": only,
        }
        drawn.append((Order.AREA_LABEL, {**shown, **label, "metadata": {"citybase:level": level}}))
    return drawn


def _marker(glyph: Any, fill: Any, ring: Any) -> Expression:
    return ["concat", "marker:", glyph, ":", fill, ":", ring]


def _points(
    name: str,
    p: Palette,
    colour: Expression | str,
    marker: Expression,
    zooms: tuple[float, float],
    crowd: float,
    **layout: Any,
) -> list[Drawn]:
    """Dots from the first zoom and markers from the second; from zoom `crowd` markers may overlap."""
    dots = {
        "circle-color": colour,
        "circle-radius": by_zoom((9, 1.8), (14, 4.5)),
        "circle-stroke-color": p.ring,
        "circle-stroke-width": by_zoom((9, 0.5), (14, 1.4)),
    }
    icons = {
        "icon-image": marker,
        "icon-allow-overlap": ["step", ["zoom"], False, crowd, True],
        "icon-padding": 1,
        "icon-size": by_zoom((zooms[1], 0.7), (16, 1.0)),
        **{k.replace("_", "-"): v for k, v in layout.items()},
    }
    return [
        (Order.POINT, {"id": f"{name}-dots", "type": "circle", "minzoom": zooms[0], "paint": dots}),
        (Order.POINT, {"id": name, "type": "symbol", "minzoom": zooms[1], "layout": icons}),
    ]


def _state(field: str, states: Sequence[tuple[str, tuple[str, ...], str, str]], p: Palette) -> Expression:
    value = ["coalesce", ["get", field], ""]
    return matching(value, {values: getattr(p, attribute) for attribute, values, _, _ in states}, p.paused)


def _incidents(_layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Incidents in the colour of their status; the grave ones ringed in red and above the others."""
    colour, level = _state("status", INCIDENT_STATES, p), ["coalesce", ["get", "level"], ""]
    ring = matching(level, {("critical", "major"): p.red}, p.ring)
    rank = matching(level, {("critical",): 4, ("major",): 3, ("serious",): 2}, 1)
    drawn = _points(
        "incidents",
        p,
        colour,
        _marker("incident", colour, ring),
        (8, 12),
        13.5,
        symbol_sort_key=["-", 0, rank],
    )
    title = text(
        ["coalesce", ["get", "title"], ""], p, 11, text_offset=[0, 1.3], text_anchor="top", text_max_width=8
    )
    return [*drawn, (Order.POINT, {"id": "incidents-label", "type": "symbol", "minzoom": 15.5, **title})]


def _resources(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Resources by kind, in the colour of their status; what there is much of appears later."""
    colour, kind = _state("status", RESOURCE_STATES, p), ["coalesce", ["get", "kind"], ""]
    glyph = matching(kind, {(k,): k for k in RESOURCE_KINDS}, "other")
    many = ["in", kind, ["literal", list(_MANY)]]
    drawn = _points("resources-many", p, colour, _marker(glyph, colour, p.ring), (13, 14.5), 17)
    for _, style_layer in drawn:
        style_layer["filter"] = many
    few = _points("resources", p, colour, _marker(glyph, colour, p.ring), (10, 12.5), 15)
    for _, style_layer in few:
        style_layer["filter"] = ["!", many]
    name = text(
        named(layer, lang), p, 11, soft=True, text_offset=[0, 1.3], text_anchor="top", text_max_width=8
    )
    label = {"id": "resources-label", "type": "symbol", "minzoom": 16, "filter": ["!", many], **name}
    return [*drawn, *few, (Order.POINT, label)]


def _sensors(layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Sensors in the colour of the highest threshold that their latest value has reached."""
    value = ["to-number", ["get", "value"], 0]
    colour: Expression = ["case", ["!", ["has", "value"]], p.paused]
    for attribute, field, _, _ in SENSOR_STATES:
        if field in layer.field_names:
            colour += [
                ["all", ["has", field], [">=", value, ["to-number", ["get", field], 0]]],
                getattr(p, attribute),
            ]
    colour.append(p.done)
    what = ["coalesce", ["get", "measures"], ""]
    glyph = [
        "case",
        ["in", "rain", what],
        "rain",
        ["in", "雨", what],
        "rain",
        ["in", "water", what],
        "water",
        ["in", "水", what],
        "water",
        "sensor",
    ]
    return _points("sensors", p, colour, _marker(glyph, colour, p.ring), (11, 13), 16)


def _units(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """The seats of organisations, named where there is room."""
    drawn = _points("units", p, p.area_district, _marker("unit", p.area_district, p.ring), (12.5, 14), 22)
    name = text(
        named(layer, lang), p, 11, soft=True, text_offset=[0, 1.2], text_anchor="top", text_max_width=8
    )
    return [*drawn, (Order.POINT, {"id": "units-label", "type": "symbol", "minzoom": 15, **name})]


def _components(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Components as small dots, in the colour of their state, where one street fills the screen."""
    dots = {
        "circle-color": _state("state", COMPONENT_STATES, p),
        "circle-radius": by_zoom((15, 1.6), (18, 4)),
        "circle-stroke-color": p.ring,
        "circle-stroke-width": by_zoom((15, 0.4), (18, 1)),
    }
    name = text(
        named(layer, lang), p, 10, soft=True, text_offset=[0, 0.9], text_anchor="top", text_max_width=7
    )
    return [
        (Order.POINT, {"id": "components", "type": "circle", "minzoom": 15, "paint": dots}),
        (Order.POINT, {"id": "components-label", "type": "symbol", "minzoom": 18.5, **name}),
    ]


def _closures(_layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Where roads are closed or slow; what comes again every week is of whole districts, and has its edge only."""
    fill = {"fill-color": p.waiting, "fill-opacity": ["case", ["has", "factor"], 0.15, 0.3]}
    edge = {"line-color": p.waiting, "line-width": by_zoom((10, 1), (17, 2.5)), "line-dasharray": [2, 1.5]}
    return [
        (Order.LINE, {"id": "closures", "type": "fill", "filter": ["!", ["has", "hours"]], "paint": fill}),
        (Order.LINE, {"id": "closures-edge", "type": "line", "paint": edge}),
    ]


def _speeds(_layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Measured speeds beside the road in the direction of travel, from standing to free."""
    line = {
        "line-color": ["step", ["get", "speed_kmh"], p.red, 10, p.orange, 20, p.yellow, 30, p.done],
        "line-width": by_zoom((11, 1), (17, 5)),
        "line-offset": by_zoom((13, 0.5), (17, 4)),
        "line-opacity": 0.8,
    }
    return [(Order.LINE, {"id": "speeds", "type": "line", "minzoom": 11, "paint": line})]


_OPERATIONS = {
    "closure": _closures,
    "speed": _speeds,
    "component": _components,
    "unit": _units,
    "sensor": _sensors,
    "resource": _resources,
    "incident": _incidents,
}


def _swatch(shape: str, colour: str, zh: str, en: str, lang: Lang) -> Swatch:
    return {"shape": shape, "color": colour, "label": en if lang == "en" else zh}


def _legend(layer: Layer, p: Palette, lang: Lang) -> list[Swatch]:
    """The swatches that explain a layer."""
    lines = {
        "roads": (
            ("line", p.motorway, "高速", "Motorway"),
            ("line", p.artery, "干道", "Main road"),
            ("line", p.road, "街巷", "Street"),
            ("line", p.rail, "铁路", "Railway"),
        ),
        "landuse": (
            ("fill", p.green, "绿地", "Green"),
            ("fill", p.institution, "公共、商业", "Public, commerce"),
            ("fill", p.industry, "工业、交通", "Industry"),
            ("fill", p.built, "其他", "Other"),
        ),
        "water": (("fill", p.water, "水系", "Water"),),
        "rivers": (("line", p.water, "河流", "Rivers"),),
        "waterways": (("line", p.water, "河流", "Rivers"),),
        "buildings": (("fill", p.building, "建筑", "Buildings"),),
        "places": (("text", p.text, "地名", "Places"),),
        "addresses": (("text", p.text, "门牌号", "House numbers"),),
        "boundaries": (("line", p.boundary, "界线", "Boundaries"),),
    }
    if layer.kind == "incident":
        return [_swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in INCIDENT_STATES]
    if layer.kind == "resource":
        return [_swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in RESOURCE_STATES]
    if layer.kind == "sensor":
        states = [_swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in SENSOR_STATES]
        return [
            *states,
            _swatch("dot", p.done, "正常", "Normal", lang),
            _swatch("dot", p.paused, "无数据", "No data", lang),
        ]
    if layer.kind == "component":
        return [_swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in COMPONENT_STATES]
    if layer.kind == "unit":
        return [_swatch("dot", p.area_district, layer.title_zh or "单位", layer.title_en or "Units", lang)]
    if layer.kind == "closure":
        return [_swatch("fill", p.waiting, "封闭、缓行", "Closed or slow", lang)]
    if layer.kind == "speed":
        paces = (("red", "< 10"), ("orange", "10-20"), ("yellow", "20-30"), ("done", "≥ 30"))
        return [_swatch("line", getattr(p, a), f"{kmh} 公里/时", f"{kmh} km/h", lang) for a, kmh in paces]
    if layer.name in lines:
        return [_swatch(*line, lang) for line in lines[layer.name]]
    shape = {"polygon": "fill", "line": "line", "point": "dot"}[layer.geometry]
    return [_swatch(shape, p.other, layer.title_zh or layer.name, layer.title_en or layer.name, lang)]


def _drawn(layer: Layer, p: Palette, lang: Lang) -> tuple[Group, list[Drawn]]:
    if layer.kind == "area":
        return "areas", _areas(layer, p, lang)
    if layer.kind in _OPERATIONS:
        return "operations", _OPERATIONS[layer.kind](layer, p, lang)
    return "base", BASE.get(layer.name, plain)(layer, p, lang)


def labelled(layers: Sequence[Layer]) -> list[str]:
    """The polygon layers whose names are written at one point each (tile layer `NAME_label`), so that a
    polygon cut by tiles is not named in each of them."""
    return [x.name for x in layers if x.geometry == "polygon" and x.name in ("areas", "water", "landuse")]


def style(
    layers: Sequence[Layer],
    *,
    bounds: tuple[float, float, float, float],
    tiles_url: str,
    theme: Theme = "light",
    lang: Lang = "zh",
    name: str,
) -> dict[str, Any]:
    """The style of these layers as a MapLibre style document (version 8).

    `bounds` is west, south, east, north in degrees; `tiles_url` a TileJSON of all the layers.
    A layer with a name or kind that the cartography knows is drawn accordingly, any other by
    its geometry.

    >>> roads = Layer("roads", geometry="line")
    >>> made = style([roads], bounds=(112.9, 28.1, 113.1, 28.3), tiles_url="/tiles/roads.json", name="长沙市")
    >>> [drawn["id"] for drawn in made["layers"]][:3]
    ['background', 'roads-casing', 'roads']
    >>> made["layers"][1]["metadata"]["citybase:layer"]
    'roads'
    """
    p = PALETTES[theme]
    ordered: list[tuple[int, int, dict[str, Any]]] = []
    kinds = ("base", "area", "speed", "closure", "component", "unit", "sensor", "resource", "incident")
    for layer in sorted(layers, key=lambda x: kinds.index(x.kind) if x.kind in kinds else 0):
        group, drawn = _drawn(layer, p, lang)
        for i, (order, part) in enumerate(drawn):
            meta = {"citybase:layer": layer.name, "citybase:group": group, **part.pop("metadata", {})}
            if i == 0 and group != "areas":
                meta["citybase:legend"] = _legend(layer, p, lang)
            from_points = part["type"] == "symbol" and layer.name in labelled([layer])
            rows = f"{layer.name}{LABEL_SUFFIX}" if from_points else layer.name
            whole = {**part, "source": "city", "source-layer": rows, "metadata": meta}
            ordered.append((order, len(ordered), whole))
    west, south, east, north = bounds
    return {
        "version": 8,
        "name": name,
        "metadata": {"citybase:theme": theme, "citybase:lang": lang, "citybase:bounds": list(bounds)},
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 12,
        "sources": {"city": {"type": "vector", "url": tiles_url}},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": p.land}},
            *(part for _, _, part in sorted(ordered, key=lambda x: x[:2])),
        ],
    }
