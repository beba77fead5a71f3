"""The words in which the map's drawing is described: expressions, labels and the drawing order."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from cim.model.layer import Layer
from tiles.style.palette import Lang, Palette

Expression = list[Any]
Drawn = tuple["Order", dict[str, Any]]

#: Font families of the reader's machine; the style names no glyph server. The first name carries the weight.
FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"]
BOLD = ["citybase Bold", *FONTS]


class Order(IntEnum):
    """The drawing order, from the ground up."""

    GROUND = 0
    WATER = 10
    POLYGON = 20
    BUILDING = 30
    ROAD_EDGE = 40
    ROAD = 50
    LINE = 60
    AREA = 70
    TOWER = 80
    LABEL = 90
    AREA_LABEL = 100
    PLACE_LABEL = 110
    POINT = 120


def label_expression(layer: Layer, lang: Lang) -> Expression:
    """The label of a feature in one language, the other where it has none; "" where it has no name at all."""
    wanted = ("name_en", "name") if lang == "en" else ("name", "name_en")
    known = [["get", f] for f in wanted if f in layer.field_names]
    return ["coalesce", *known, ""]


def by_zoom(*stops: tuple[float, Any], base: float = 1.0) -> Expression:
    """A value that grows with the zoom, from (zoom, value) pairs."""
    return ["interpolate", ["exponential", base], ["zoom"], *(v for stop in stops for v in stop)]


def scale_size(size: Any, factor: float) -> Any:
    """A size, or an interpolation of sizes by zoom, so many times as large.

    >>> scale_size(10, 1.5), scale_size(by_zoom((8, 10), (16, 20)), 1.5)
    (15.0, ['interpolate', ['exponential', 1.0], ['zoom'], 8, 15.0, 16, 30.0])
    """
    if factor == 1.0:
        return size
    if not isinstance(size, list):
        return size * factor
    if size[0] != "interpolate":
        return ["*", factor, size]
    # MapLibre takes the zoom at the top of an expression only, so that the factor goes to each of its outputs.
    return [*size[:3], *(scale_size(v, factor) if i % 2 else v for i, v in enumerate(size[3:]))]


def matching(value: Expression, cases: dict[tuple[str, ...], Any], otherwise: Any) -> Expression:
    """A `match` expression from labels to outputs."""
    return ["match", value, *(v for labels, out in cases.items() for v in (list(labels), out)), otherwise]


def text(
    label: Expression, p: Palette, size: Any, *, soft: bool = False, bold: bool = False, **layout: Any
) -> dict[str, Any]:
    """The layout and paint of a label; `layout` names more layout properties with `_` for `-`."""
    more = {k.replace("_", "-"): v for k, v in layout.items()}
    return {
        "layout": {
            "text-field": label,
            "text-font": BOLD if bold else FONTS,
            "text-size": scale_size(size, p.text_scale),
            **more,
        },
        "paint": {
            "text-color": p.text_soft if soft else p.text,
            "text-halo-color": p.halo,
            "text-halo-width": 1.4,
        },
    }
