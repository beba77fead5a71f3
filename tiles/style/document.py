"""The MapLibre style of the city: every loaded layer drawn, labelled and explained by a legend.

It names no host but the one that serves it, so it works without a network. Markers are images of the theme's sprite
sheet (`tiles.style.sprites`). Text is drawn with the reader's own fonts, which every MapLibre GL JS since 5.11
does where a style names no glyph server: a server without a Chinese font still has Chinese maps. Other clients ask
for a style with `glyphs` (`tiles.style.glyphs`).

What a reader of the style may rely on, in a style layer's `metadata`: `citybase:layer` the data layer, `citybase:group`
one of base, areas and operations, `citybase:level` the level of areas, `citybase:toggle` what switches an initially
hidden layer on, `citybase:pick` false where a click means what lies beneath (the light about a marker, its arrow), and
`citybase:legend`, on the first style layer of a data layer or level, its swatches as {"shape", "color", "label"}.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal

from cim.model.layer import Layer
from tiles.style.areas import areas
from tiles.style.base_map import BASE, buildings, plain
from tiles.style.expressions import Drawn
from tiles.style.legend import legend
from tiles.style.operations import OPERATIONS
from tiles.style.palette import PALETTES, Lang, Palette, Theme

Group = Literal["base", "areas", "operations"]

#: What the tile layer of label points adds to the name of its polygons.
LABEL_SUFFIX = "_label"


def _style_layers(layer: Layer, p: Palette, lang: Lang, day: dt.date) -> tuple[Group, list[Drawn]]:
    if layer.kind == "area":
        return "areas", areas(layer, p, lang, day)
    if layer.kind in OPERATIONS:
        return "operations", OPERATIONS[layer.kind](layer, p, lang)
    tall = layer.geometry == "polygon" and {"height", "height_m", "floors"} & set(layer.field_names)
    return "base", BASE.get(layer.name, buildings if tall else plain)(layer, p, lang)


def _further(part: dict[str, Any], p: Palette) -> dict[str, Any]:
    """On the wall, what has the soft colour of lesser names comes 1.5 zooms later, as its text is larger too."""
    if not p.wall or part.get("paint", {}).get("text-color") != p.text_soft:
        return part
    return {**part, "minzoom": part.get("minzoom", 0) + 1.5}


def labelled_layers(layers: Sequence[Layer]) -> list[str]:
    """The polygon layers whose names are written at one point each (tile layer `NAME_label`), so that a
    polygon cut by tiles is not named in each of them."""
    return [x.name for x in layers if x.geometry == "polygon" and x.name in ("areas", "water", "landuse")]


def style(
    layers: Sequence[Layer],
    *,
    bounds: tuple[float, float, float, float],
    tiles_url: str,
    sprite_url: str,
    glyphs_url: str | None = None,
    theme: Theme = "light",
    lang: Lang = "zh",
    name: str,
    day: dt.date,
) -> dict[str, Any]:
    """The style of these layers as a MapLibre style document (version 8).

    `bounds` is west, south, east, north in degrees; `tiles_url` a TileJSON of all the layers; `sprite_url` the sprite
    sheet less its ending; `glyphs_url` names `{fontstack}` and `{range}`, for clients that draw no text without it;
    `day` is the day whose areas are drawn. A layer with a name or kind that the cartography knows is drawn accordingly,
    any other by its geometry; one that is not to be seen when a map starts is there, not shown.

    >>> roads = Layer("roads", geometry="line")
    >>> where = {"bounds": (112.9, 28.1, 113.1, 28.3), "tiles_url": "/tiles/roads.json", "sprite_url": "/sprites/light"}
    >>> made = style([roads], **where, name="长沙市", day=dt.date(2026, 6, 1))
    >>> [drawn["id"] for drawn in made["layers"]][:3]
    ['background', 'roads-casing', 'roads']
    >>> made["layers"][1]["metadata"]["citybase:layer"]
    'roads'
    """
    p = PALETTES[theme]
    ordered: list[tuple[int, int, dict[str, Any]]] = []
    kinds = ("base", "area", "speed", "closure", "component", "unit", "sensor", "resource", "incident")
    for layer in sorted(layers, key=lambda x: kinds.index(x.kind) if x.kind in kinds else 0):
        group, drawn = _style_layers(layer, p, lang, day)
        for i, (order, part) in enumerate(drawn):
            meta = {"citybase:layer": layer.name, "citybase:group": group, **part.pop("metadata", {})}
            if i == 0 and group != "areas":
                meta["citybase:legend"] = legend(layer, p, lang)
            from_points = part["type"] == "symbol" and layer.name in labelled_layers([layer])
            rows = f"{layer.name}{LABEL_SUFFIX}" if from_points else layer.name
            whole = {**_further(part, p), "source": "city", "source-layer": rows, "metadata": meta}
            if not layer.visible:
                whole["layout"] = {**whole.get("layout", {}), "visibility": "none"}
            ordered.append((order, len(ordered), whole))
    west, south, east, north = bounds
    return {
        "version": 8,
        "name": name,
        "metadata": {"citybase:theme": theme, "citybase:lang": lang, "citybase:bounds": list(bounds)},
        "center": [(west + east) / 2, (south + north) / 2],
        "zoom": 12,
        "sprite": sprite_url,
        **({"glyphs": glyphs_url} if glyphs_url else {}),
        "sources": {"city": {"type": "vector", "url": tiles_url}},
        "layers": [
            {"id": "background", "type": "background", "paint": {"background-color": p.land}},
            *(part for _, _, part in sorted(ordered, key=lambda x: x[:2])),
        ],
    }
