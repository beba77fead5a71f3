"""How the areas of the city are drawn: the borders and names of each level, from its own zoom on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cim.model.layer import Layer
from cim.model.standard_layers import LEVELS
from tiles.style.expressions import Drawn, Expression, Order, by_zoom, label_expression, text
from tiles.style.legend import swatch
from tiles.style.palette import Lang, Palette

#: Borders by level: colour (Palette attribute), width, zoom from which, zooms of the label, its size.
_BORDERS: dict[str, tuple[str, float, float, tuple[float, float], float]] = {
    "unit_grid": ("area_unit", 0.7, 15.0, (17.0, 24.0), 10),
    "duty_grid": ("area_duty", 1.2, 14.0, (15.5, 17.5), 11),
    "community": ("area_community", 1.2, 12.5, (14.0, 16.0), 12),
    "street": ("area_street", 1.5, 10.5, (12.0, 14.5), 13),
    "district": ("area_district", 2.0, 7.0, (8.5, 12.5), 14),
    "city": ("area_city", 2.6, 0.0, (6.0, 8.5), 16),
}


def _in_force(on: dt.date) -> list[Expression]:
    """That an area is in force on a day: what was redrawn stays in the layer, with the day on which it ended."""
    day = on.isoformat()
    return [
        ["<=", ["to-string", ["get", "valid_from"]], day],
        ["any", ["!", ["has", "valid_to"]], [">", ["to-string", ["get", "valid_to"]], day]],
    ]


def areas(layer: Layer, p: Palette, lang: Lang, day: dt.date) -> list[Drawn]:
    """Borders and names of the areas of a day, each level from its own zoom on, the higher levels above the lower."""
    drawn: list[Drawn] = []
    for level, (attribute, width, zoom, (label_from, label_to), size) in _BORDERS.items():
        colour = getattr(p, attribute)
        only = ["all", ["==", ["get", "level"], level], *_in_force(day)]
        meta = {"citybase:level": level, "citybase:legend": [swatch("line", colour, *LEVELS[level], lang)]}
        line = {"line-color": colour, "line-width": by_zoom((zoom, width * 0.6), (zoom + 4, width * 1.3))}
        border = {
            "id": f"areas-{level}",
            "type": "line",
            "minzoom": zoom,
            "filter": only,
            "layout": {"line-join": "round"},
        }
        drawn.append((Order.AREA, {**border, "paint": line, "metadata": meta}))
        if level in ("city", "district") or (p.glow and level == "street"):
            band: dict[str, Any] = {
                "line-color": colour,
                "line-width": by_zoom((zoom, 4), (14, 11)),
                "line-opacity": 0.12,
            }
            if p.glow:
                band |= {"line-width": by_zoom((zoom, 8), (14, 18)), "line-blur": 8, "line-opacity": p.glow}
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
            label_expression(layer, lang)
            if level != "unit_grid"
            else ["coalesce", ["get", "name"], ["get", "code"], ""]
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
