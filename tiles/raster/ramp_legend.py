"""The legend of a coloured raster: its classes, or a bar with values, for a map and as a picture."""

from __future__ import annotations

import io
from math import floor, log10
from typing import Any, Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from cim.errors import NotFound
from tiles import sources
from tiles.raster.color_ramps import MOST, Scale, hex_colour
from tiles.raster.files import raster_of
from tiles.raster.render import RenderOptions, bands_drawn, scale_of
from tiles.raster.terrain_tiles import height_raster, slope_scale
from tiles.sources import SourceFile
from tiles.style import fonts

#: What a legend explains: the raster's values, or its slopes.
Explained = Literal["values", "slope"]

#: Values that are written at a bar, about.
_VALUES = 5
#: Sizes of the picture at scale 1, in pixels.
_EDGE, _LINE, _TEXT, _TITLE, _BAR, _BAR_HIGH = 10, 20, 12, 14, 18, 140


def entries(scale: Scale) -> list[dict[str, Any]]:
    """What a legend has, from the lowest on: of steps each class with `from`, `to` (None: all above), `color`, `label`;
    else some round values with their `color`."""
    if not scale.ramp.steps:
        return [
            {"value": value, "color": scale.colour(value), "label": f"{value:g}"} for value in _round(scale)
        ]
    breaks = [float(f"{b:.6g}") for b in scale.breaks.tolist()]
    ends: list[float | None] = [*breaks[1:], None]
    return [
        {
            "from": begin,
            "to": end,
            "color": hex_colour(scale.palette[i].tolist()),
            "label": f"≥ {begin:g}" if end is None else f"{begin:g}–{end:g}",
        }
        for i, (begin, end) in enumerate(zip(breaks, ends, strict=True))
    ]


def _round(scale: Scale) -> list[float]:
    """Round values between the ends of a scale, and the ends where they are round.

    >>> from tiles.raster.color_ramps import RAMPS
    >>> _round(RAMPS["grey"].over(0, 97))
    [0.0, 20.0, 40.0, 60.0, 80.0]
    """
    wide = scale.high - scale.low
    rough = wide / _VALUES
    power = 10.0 ** floor(log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = np.ceil(scale.low / step - 1e-9)
    count = int(np.floor((scale.high - first * step) / step + 1e-9)) + 1
    return [float(f"{(first + i) * step:.10g}") + 0.0 for i in range(count)]


def legend(scale: Scale, *, title_zh: str, title_en: str, unit: str) -> dict[str, Any]:
    """The legend for a map front-end; `gradient` is the bar as a CSS background, empty for steps."""
    colours = [hex_colour(scale.palette[i].tolist()) for i in np.linspace(0, MOST - 1, 17).astype(int)]
    return {
        "title_zh": title_zh,
        "title_en": title_en,
        "unit": unit,
        "ramp": scale.ramp.name,
        "ramp_zh": scale.ramp.title_zh,
        "ramp_en": scale.ramp.title_en,
        "steps": scale.ramp.steps,
        "min": scale.low,
        "max": scale.high,
        "entries": entries(scale),
        "gradient": "" if scale.ramp.steps else f"linear-gradient(to right, {', '.join(colours)})",
    }


def picture(scale: Scale, *, title_zh: str, title_en: str, unit: str, times: float = 1.0) -> bytes:
    """The legend as a PNG on white, `times` as large as at first."""

    def px(size: float) -> int:
        return round(size * times)

    small, large = _font(_TEXT * times), _font(_TITLE * times)
    said = entries(scale)
    in_units = f" ({unit})" if unit else ""
    titles = [title_zh, title_en + in_units] if title_en != title_zh else [title_zh + in_units]
    head = _EDGE + _LINE * len(titles)
    body = _LINE * len(said) if scale.ramp.steps else _BAR_HIGH + _LINE // 2
    wide = max(
        *(int(large.getlength(t)) for t in titles),
        px(_BAR + 8) + max((int(small.getlength(e["label"])) for e in said), default=0),
        px(80),
    )
    shown = Image.new("RGB", (wide + 2 * px(_EDGE), px(head + body + _EDGE)), "white")
    draw = ImageDraw.Draw(shown)
    for i, title in enumerate(titles):
        draw.text((px(_EDGE), px(_EDGE + _LINE * i)), title, "#1f2933", (large, small)[i])
    top, left = px(head + _LINE // 4), px(_EDGE)
    if scale.ramp.steps:
        for i, entry in enumerate(reversed(said)):  # the most on top, as on a map
            y = px(head + _LINE * i)
            draw.rectangle(
                (left, y, left + px(_BAR), y + px(_LINE - 6)), _on_white(entry["color"]), "#9aa5b1"
            )
            draw.text((left + px(_BAR + 8), y), entry["label"], "#1f2933", small)
    else:
        for row in range(px(_BAR_HIGH)):
            number = round((1.0 - row / (px(_BAR_HIGH) - 1)) * (MOST - 1))
            colour = _on_white(hex_colour(scale.palette[number].tolist()))
            draw.line((left, top + row, left + px(_BAR), top + row), colour)
        for entry in said:
            share = (entry["value"] - scale.low) / (scale.high - scale.low)
            y = top + (1.0 - share) * (px(_BAR_HIGH) - 1)
            draw.line((left + px(_BAR), y, left + px(_BAR + 4), y), "#1f2933")
            draw.text((left + px(_BAR + 8), y - px(_TEXT * 0.7)), entry["label"], "#1f2933", small)
    out = io.BytesIO()
    shown.save(out, "PNG")
    return out.getvalue()


def _on_white(colour: str) -> tuple[int, ...]:
    r, g, b, *a = bytes.fromhex(colour[1:])
    opacity = a[0] if a else 255
    return tuple((c * opacity + 255 * (255 - opacity)) // 255 for c in (r, g, b))


def _font(size: float) -> ImageFont.FreeTypeFont:
    """A font with Chinese, where the machine has one."""
    return fonts.stack(["sans-serif"])[0].at(size)


def explain(source: SourceFile, look: RenderOptions, of: Explained) -> tuple[Scale, dict[str, str]]:
    """The colours that a legend of the raster explains, and its title and unit. `NotFound` where the raster has colours
    of its own."""
    said = sources.describe(source)
    if of == "slope":
        height_raster(source)
        return slope_scale(look), {"title_zh": "坡度", "title_en": "Slope", "unit": "°"}
    raster = raster_of(source)
    drawn = bands_drawn(raster, look)
    if (len(drawn) == 3 and not look.expression) or (raster.palette is not None and look.ramp is None):
        raise NotFound(
            f"{source.name} is a picture in its own colours, which has no legend; with ramp= and bands= or "
            "expression= it has one"
        )
    scale = scale_of(raster, look)
    own = not look.expression and not look.bands
    unit = (raster.unit if own else "") or scale.ramp.unit
    return scale, {"title_zh": said.title_zh, "title_en": said.title_en, "unit": unit}
