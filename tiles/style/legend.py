"""The swatches that explain a layer of the map."""

from __future__ import annotations

from cim.model.layer import Layer
from tiles.style.palette import (
    COMPONENT_STATES,
    INCIDENT_STATES,
    RESOURCE_STATES,
    SENSOR_STATES,
    Lang,
    Palette,
)

Swatch = dict[str, str]


def swatch(shape: str, colour: str, zh: str, en: str, lang: Lang) -> Swatch:
    """One swatch: a shape (fill, line, dot or text), its colour, and its words in the language."""
    return {"shape": shape, "color": colour, "label": en if lang == "en" else zh}


def legend(layer: Layer, p: Palette, lang: Lang) -> list[Swatch]:
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
        return [swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in INCIDENT_STATES]
    if layer.kind == "resource":
        return [swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in RESOURCE_STATES]
    if layer.kind == "sensor":
        states = [swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in SENSOR_STATES]
        return [
            *states,
            swatch("dot", p.done, "正常", "Normal", lang),
            swatch("dot", p.paused, "无数据", "No data", lang),
        ]
    if layer.kind == "component":
        return [swatch("dot", getattr(p, a), zh, en, lang) for a, _, zh, en in COMPONENT_STATES]
    if layer.kind == "unit":
        return [swatch("dot", p.area_district, layer.title_zh or "单位", layer.title_en or "Units", lang)]
    if layer.kind == "closure":
        return [swatch("fill", p.waiting, "封闭、缓行", "Closed or slow", lang)]
    if layer.kind == "speed":
        paces = (("red", "< 10"), ("orange", "10-20"), ("yellow", "20-30"), ("done", "≥ 30"))
        return [swatch("line", getattr(p, a), f"{kmh} 公里/时", f"{kmh} km/h", lang) for a, kmh in paces]
    if layer.name in lines:
        return [swatch(*line, lang) for line in lines[layer.name]]
    shape = {"polygon": "fill", "line": "line", "point": "dot"}[layer.geometry]
    return [swatch(shape, p.other, layer.title_zh or layer.name, layer.title_en or layer.name, lang)]
