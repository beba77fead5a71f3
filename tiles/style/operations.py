"""How what moves and happens is drawn: incidents, resources, sensors, units, components, closures and speeds.

Each function gives the MapLibre style layers of one data layer with the place of each in the drawing order
(`Order`). Markers are images of the theme's sprite sheet (`tiles.style.sprites`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cim.model.layer import Layer
from cim.model.standard_layers import RESOURCE_KINDS
from tiles.style.expressions import (
    Drawn,
    Expression,
    Order,
    by_zoom,
    label_expression,
    matching,
    scale_size,
    text,
)
from tiles.style.palette import (
    COMPONENT_STATES,
    INCIDENT_STATES,
    RESOURCE_STATES,
    SENSOR_STATES,
    Lang,
    Palette,
)

#: Kinds that are so many that they appear later than the others.
_MANY = ("camera", "hydrant")


def _marker(glyph: Any, state: Any, more: Any = "") -> Expression:
    """The name of an image of the sprite sheet."""
    return ["concat", glyph, "-", state, more]


def _points(
    name: str,
    p: Palette,
    colour: Expression | str,
    marker: Expression | str,
    zooms: tuple[float, float],
    crowd: float,
    **layout: Any,
) -> list[Drawn]:
    """Dots from the first zoom and markers from the second; from zoom `crowd` markers may overlap."""
    dots = {
        "circle-color": colour,
        "circle-radius": scale_size(by_zoom((9, 1.8), (14, 4.5)), p.marker_scale),
        "circle-stroke-color": p.ring,
        "circle-stroke-width": by_zoom((9, 0.5), (14, 1.4)),
    }
    icons = {
        "icon-image": marker,
        "icon-allow-overlap": ["step", ["zoom"], False, crowd, True],
        "icon-padding": 1,
        "icon-size": by_zoom((zooms[1], 0.7), (16, 1.0)) if not p.wall else 1,
        **{k.replace("_", "-"): v for k, v in layout.items()},
    }
    return [
        (Order.POINT, {"id": f"{name}-dots", "type": "circle", "minzoom": zooms[0], "paint": dots}),
        (Order.POINT, {"id": name, "type": "symbol", "minzoom": zooms[1], "layout": icons}),
    ]


def _state(field: str, states: Sequence[tuple[str, tuple[str, ...], str, str]]) -> Expression:
    """What a status looks like, as the name of a colour."""
    value = ["coalesce", ["get", field], ""]
    return matching(value, {values: attribute for attribute, values, _, _ in states}, "paused")


def _colour(state: Expression, p: Palette) -> Expression:
    """The same as a colour: the outputs of the expression are names of colours."""
    first = 2 if state[0] == "match" else 1
    return [
        *state[:first],
        *(
            getattr(p, v) if (i % 2 or i == len(state[first:]) - 1) else v
            for i, v in enumerate(state[first:])
        ),
    ]


def incidents(_layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Incidents in the colour of their status; the grave ones ringed in red and above the others."""
    state, level = _state("status", INCIDENT_STATES), ["coalesce", ["get", "level"], ""]
    grave = matching(level, {("critical", "major"): "-grave"}, "")
    rank = matching(level, {("critical",): 4, ("major",): 3, ("serious",): 2}, 1)
    sort = {"symbol_sort_key": ["-", 0, rank]}
    drawn = _points(
        "incidents", p, _colour(state, p), _marker("incident", state, grave), (8, 12), 13.5, **sort
    )
    if p.glow:
        light = {
            "circle-color": _colour(state, p),
            "circle-radius": by_zoom((8, 6), (14, 26)),
            "circle-blur": 1,
            "circle-opacity": p.glow,
        }
        drawn.insert(
            0,
            (
                Order.POINT,
                {
                    "id": "incidents-glow",
                    "type": "circle",
                    "minzoom": 8,
                    "paint": light,
                    "metadata": {"citybase:pick": False},
                },
            ),
        )
    title = text(
        ["coalesce", ["get", "title"], ""], p, 11, text_offset=[0, 1.3], text_anchor="top", text_max_width=8
    )
    return [*drawn, (Order.POINT, {"id": "incidents-label", "type": "symbol", "minzoom": 15.5, **title})]


def resources(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Resources by kind, in the colour of their status; what there is much of appears later."""
    state, kind = _state("status", RESOURCE_STATES), ["coalesce", ["get", "kind"], ""]
    glyph = matching(kind, {(k,): k for k in RESOURCE_KINDS}, "other")
    many = ["in", kind, ["literal", list(_MANY)]]
    colour, image = _colour(state, p), _marker(glyph, state)
    drawn = _points("resources-many", p, colour, image, (13, 14.5), 17)
    for _, style_layer in drawn:
        style_layer["filter"] = many
    few = _points("resources", p, colour, image, (10, 12.5), 15)
    for _, style_layer in few:
        style_layer["filter"] = ["!", many]
    if "heading_deg" in layer.field_names:
        turned = {
            "icon-image": "heading",
            "icon-rotate": ["to-number", ["get", "heading_deg"], 0],
            "icon-rotation-alignment": "map",
            "icon-allow-overlap": True,
            "icon-ignore-placement": True,
        }
        arrow = {"id": "resources-heading", "type": "symbol", "minzoom": 15, "filter": ["has", "heading_deg"]}
        few.insert(1, (Order.POINT, {**arrow, "layout": turned, "metadata": {"citybase:pick": False}}))
    name = text(
        label_expression(layer, lang),
        p,
        11,
        soft=True,
        text_offset=[0, 1.3],
        text_anchor="top",
        text_max_width=8,
    )
    label = {"id": "resources-label", "type": "symbol", "minzoom": 16, "filter": ["!", many], **name}
    return [*drawn, *few, (Order.POINT, label)]


def sensors(layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Sensors in the colour of the highest threshold that their latest value has reached."""
    value = ["to-number", ["get", "value"], 0]
    state: Expression = ["case", ["!", ["has", "value"]], "paused"]
    for attribute, field, _, _ in SENSOR_STATES:
        if field in layer.field_names:
            reached = ["all", ["has", field], [">=", value, ["to-number", ["get", field], 0]]]
            state += [reached, attribute]
    state.append("done")
    what = ["coalesce", ["get", "measures"], ""]
    glyph: Expression = ["case"]
    for word, image in (("rain", "rain"), ("雨", "rain"), ("water", "water"), ("水", "water")):
        glyph += [["in", word, what], image]
    return _points("sensors", p, _colour(state, p), _marker([*glyph, "sensor"], state), (11, 13), 16)


def units(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """The seats of organisations, named where there is room."""
    drawn = _points("units", p, p.area_district, "unit", (12.5, 14), 22)
    name = text(
        label_expression(layer, lang),
        p,
        11,
        soft=True,
        text_offset=[0, 1.2],
        text_anchor="top",
        text_max_width=8,
    )
    return [*drawn, (Order.POINT, {"id": "units-label", "type": "symbol", "minzoom": 15, **name})]


def components(layer: Layer, p: Palette, lang: Lang) -> list[Drawn]:
    """Components as small dots, in the colour of their state, where one street fills the screen."""
    dots = {
        "circle-color": _colour(_state("state", COMPONENT_STATES), p),
        "circle-radius": by_zoom((15, 1.6), (18, 4)),
        "circle-stroke-color": p.ring,
        "circle-stroke-width": by_zoom((15, 0.4), (18, 1)),
    }
    name = text(
        label_expression(layer, lang),
        p,
        10,
        soft=True,
        text_offset=[0, 0.9],
        text_anchor="top",
        text_max_width=7,
    )
    return [
        (Order.POINT, {"id": "components", "type": "circle", "minzoom": 15, "paint": dots}),
        (Order.POINT, {"id": "components-label", "type": "symbol", "minzoom": 18.5, **name}),
    ]


def closures(_layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Where roads are closed or slow; what comes again every week is of whole districts, and has its edge only."""
    fill = {"fill-color": p.waiting, "fill-opacity": ["case", ["has", "factor"], 0.15, 0.3]}
    shut = ["all", ["!", ["has", "hours"]], ["!", ["has", "factor"]]]
    edge = {"line-color": p.waiting, "line-width": by_zoom((10, 1), (17, 2.5)), "line-dasharray": [2, 1.5]}
    return [
        (Order.LINE, {"id": "closures", "type": "fill", "filter": ["!", ["has", "hours"]], "paint": fill}),
        (
            Order.LINE,
            {"id": "closures-hatch", "type": "fill", "filter": shut, "paint": {"fill-pattern": "closed"}},
        ),
        (Order.LINE, {"id": "closures-edge", "type": "line", "paint": edge}),
    ]


def speeds(_layer: Layer, p: Palette, _lang: Lang) -> list[Drawn]:
    """Measured speeds beside the road in the direction of travel, from standing to free."""
    line = {
        "line-color": ["step", ["get", "speed_kmh"], p.red, 10, p.orange, 20, p.yellow, 30, p.done],
        "line-width": by_zoom((11, 1), (17, 5)),
        "line-offset": by_zoom((13, 0.5), (17, 4)),
        "line-opacity": 0.8,
    }
    return [(Order.LINE, {"id": "speeds", "type": "line", "minzoom": 11, "paint": line})]


#: How each kind of layer is drawn.
OPERATIONS: dict[str, Callable[[Layer, Palette, Lang], list[Drawn]]] = {
    "closure": closures,
    "speed": speeds,
    "component": components,
    "unit": units,
    "sensor": sensors,
    "resource": resources,
    "incident": incidents,
}
