"""The markers, arrows and hatches of a theme as a sprite sheet, for any client of the styles.

Names of images: `KIND-STATE` for every kind of resource and sensor and each colour of `tiles.style.palette` that
its state may have, `KIND-plain` without a state, `incident-STATE` and `incident-STATE-grave`, `unit`, `heading`
and `oneway` (arrows that point up and to the right), and `closed` (a pattern of slanted lines).
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image
from scipy.ndimage import gaussian_filter

from cim.model.standard_layers import RESOURCE_KINDS
from tiles.style.canvas import Canvas, rgba
from tiles.style.palette import INCIDENT_STATES, PALETTES, RESOURCE_STATES, SENSOR_STATES, Palette, Theme
from tiles.style.svg_path import svg_path

#: The side of a marker in pixels at the scale 1, with room for its shadow.
SIZE = 30
#: Its glyphs, drawn in a box of 24 × 24.
GLYPHS = {
    "incident": "M10.7 4h2.6l-.4 10h-1.8zM12 16.6a1.7 1.7 0 1 1 0 3.4 1.7 1.7 0 0 1 0-3.4z",
    "team": "M8.5 5.5a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6zM15.8 6.5a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z"
    "M3 18.5c0-3.6 2.5-6 5.5-6s5.5 2.4 5.5 6zM15.5 18.5c0-2.4-.8-4.4-2-5.8a5 5 0 0 1 2.3-.5c2.7 0 5.2 2.2 5.2 6.3z",
    "vehicle": "M2.5 6.5h11v9.5h-11zM14.5 9.5h3.7l3.3 3.5v3h-7zM6.5 15a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z"
    "M17.5 15a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6z",
    "officer": "M12 4a3.6 3.6 0 1 1 0 7.2A3.6 3.6 0 0 1 12 4zM4.8 20c0-4.6 3.2-7.5 7.2-7.5s7.2 2.9 7.2 7.5z",
    "camera": "M3 7.5h11.5v9H3zM15.5 10.5 21 7.5v9l-5.5-3z",
    "depot": "M3.5 4.5h17v4h-17zM5 10h14v9.5H5z",
    "shelter": "M12 3.5 21.5 19h-6L12 12.5 8.5 19h-6z",
    "hospital": "M9.5 4h5v5.5H20v5h-5.5V20h-5v-5.5H4v-5h5.5z",
    "hydrant": "M9 5a3 3 0 0 1 6 0v1h2v2.5h-1.5v2H19v4h-3.5V18H17v2.5H7V18h1.5v-3.5H5v-4h3.5v-2H7V6h2z",
    "sensor": "M12 10a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM6.3 6.5l1.5 1.5a6 6 0 0 0 0 8.4l-1.5 1.5"
    "a8.2 8.2 0 0 1 0-11.4zM17.7 6.5a8.2 8.2 0 0 1 0 11.4l-1.5-1.5a6 6 0 0 0 0-8.4z",
    "water": "M12 3.5c3.5 4.6 5.8 7.6 5.8 10.7a5.8 5.8 0 0 1-11.6 0C6.2 11.1 8.5 8.1 12 3.5z",
    "rain": "M7 12.5a4 4 0 0 1 .6-8 5 5 0 0 1 9.3 1A3.6 3.6 0 0 1 17 12.5z"
    "M8 15h2l-1.5 5h-2zM12 15h2l-1.5 5h-2zM16 15h2l-1.5 5h-2z",
    "unit": "M5 20V8l7-4 7 4v12h-5v-5h-4v5z",
    "other": "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
}
SENSORS = ("sensor", "water", "rain")
_ARROW = "M3 10.6h11V6.5L21.5 12 14 17.5v-4.1H3z"
_HEADING = "M12 1.6 14.9 6.2 12 5.2 9.1 6.2z"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sprite sheet: the PNG, where each image lies in it, and a tag that changes with either."""

    png: bytes
    index: dict[str, dict[str, int]]
    tag: str


def markers(p: Palette) -> Iterator[tuple[str, str, str, str]]:
    """Every marker of a theme: its name, glyph, colour and ring."""
    for state, _, _, _ in INCIDENT_STATES:
        yield f"incident-{state}", "incident", getattr(p, state), p.ring
        yield f"incident-{state}-grave", "incident", getattr(p, state), p.red
    for kind in (*RESOURCE_KINDS, "other"):
        for state, _, _, _ in RESOURCE_STATES:
            yield f"{kind}-{state}", kind, getattr(p, state), p.ring
        yield f"{kind}-plain", kind, p.blue, p.blue
    for kind in SENSORS:
        for state in (*(state for state, _, _, _ in SENSOR_STATES), "done", "paused"):
            yield f"{kind}-{state}", kind, getattr(p, state), p.ring
    yield "unit", "unit", p.area_district, p.ring


@lru_cache(maxsize=16)
def sheet(theme: Theme, ratio: int = 1) -> Sheet:
    """The sprite sheet of a theme at one or two pixels to the pixel of the page.

    >>> sheet("light").index["team-done"]["width"], sheet("light", 2).index["team-done"]["width"]
    (30, 60)
    """
    p = PALETTES[theme]
    images = {name: marker(glyph, fill, ring, p, ratio) for name, glyph, fill, ring in markers(p)}
    images |= {
        "heading": _heading(p, ratio),
        "oneway": _oneway(p, ratio),
        "closed": _closed_pattern(p, ratio),
    }
    side = max(image.width for image in images.values())
    columns = math.ceil(math.sqrt(len(images)))
    whole = Image.new("RGBA", (columns * side, math.ceil(len(images) / columns) * side))
    index = {}
    for i, (name, image) in enumerate(images.items()):
        x, y = i % columns * side, i // columns * side
        whole.paste(image, (x, y))
        index[name] = {"x": x, "y": y, "width": image.width, "height": image.height, "pixelRatio": ratio}
    written = io.BytesIO()
    whole.save(written, "PNG", optimize=True)
    tag = hashlib.blake2b(written.getvalue() + repr(index).encode(), digest_size=12).hexdigest()
    return Sheet(written.getvalue(), index, tag)


@lru_cache(maxsize=4)
def theme_images(theme: Theme, ratio: int) -> dict[str, Image.Image]:
    """The images of a theme one by one, for pictures that are drawn here."""
    made = sheet(theme, ratio)
    whole = Image.open(io.BytesIO(made.png)).convert("RGBA")
    boxes: dict[str, Any] = {
        name: (i["x"], i["y"], i["x"] + i["width"], i["y"] + i["height"]) for name, i in made.index.items()
    }
    return {name: whole.crop(box) for name, box in boxes.items()}


def marker(glyph: str, colour: str, ring: str, p: Palette, ratio: int) -> Image.Image:
    """One marker: a shape that tells its family without colour, its ring and shadow, and its glyph."""
    size = round(SIZE * p.marker_scale) * ratio
    scale = size / SIZE
    canvas = Canvas(size, size)
    shape = _outline(glyph).transformed(Affine2D().scale(scale))
    grave = ring == p.red
    width = (3.2 if grave or (p.wall and glyph == "incident") else 2.0) * scale
    canvas.fill(shape, rgba(ring))
    canvas.stroke(shape, rgba(ring), width)
    shadow = _shadow(canvas.pixels()[..., 3], scale)
    canvas = Canvas(size, size)
    canvas.fill(shape, rgba(colour))
    canvas.stroke(shape, rgba(ring), width)
    if grave:  # so that red is told from the red about it
        middle = size / 2
        inner = Affine2D().translate(-middle, -middle).scale(0.8).translate(middle, middle)
        canvas.stroke(shape, rgba("#ffffff"), scale, inner)
    into = Affine2D().scale(14 / 24).translate(SIZE / 2 - 7, SIZE / 2 - 7).scale(scale)
    canvas.fill(svg_path(GLYPHS[glyph]), rgba(_ink_on(colour)), into)
    return Image.alpha_composite(shadow, canvas.image())


def _outline(glyph: str) -> Path:
    """A diamond for incidents, a square for what stands fast, a disc for all else, about the middle of the box."""
    middle = SIZE / 2
    if glyph == "incident":
        return _rounded_square(9, 4.5).transformed(Affine2D().rotate_deg(45).translate(middle, middle))
    if glyph in (*SENSORS, "unit"):
        return _rounded_square(9.5, 5).transformed(Affine2D().translate(middle, middle))
    return Path.circle((middle, middle), 10.5)


def _rounded_square(half: float, radius: float) -> Path:
    """A square about the origin with round corners."""
    straight, r = 2 * half - 2 * radius, radius
    return svg_path(
        f"M{-half + r} {-half}h{straight}a{r} {r} 0 0 1 {r} {r}v{straight}a{r} {r} 0 0 1 {-r} {r}"
        f"h{-straight}a{r} {r} 0 0 1 {-r} {-r}v{-straight}a{r} {r} 0 0 1 {r} {-r}z"
    )


def _shadow(alpha: Any, scale: float) -> Image.Image:
    blurred = gaussian_filter(np.roll(alpha, round(scale), axis=0).astype(float), 1.5 * scale)
    out = np.zeros((*alpha.shape, 4), np.uint8)
    out[..., :3], out[..., 3] = (10, 20, 40), blurred * 0.35
    return Image.fromarray(out)


def _ink_on(colour: str) -> str:
    """Near black or white, whichever reads better on the colour.

    >>> _ink_on("#ffd43b"), _ink_on("#2468e5")
    ('#0a1424', '#ffffff')
    """
    red, green, blue, _ = rgba(colour)
    return "#0a1424" if 0.299 * red + 0.587 * green + 0.114 * blue > 168 / 255 else "#ffffff"


def _heading(p: Palette, ratio: int) -> Image.Image:
    """An arrow head at the upper edge of a marker, to be turned about the marker's middle."""
    size = round(40 * p.marker_scale) * ratio
    canvas, into = Canvas(size, size), Affine2D().scale(size / 24)
    canvas.stroke(svg_path(_HEADING), rgba(p.halo), 2.5 * size / 40, into)
    canvas.fill(svg_path(_HEADING), rgba(p.text), into)
    return canvas.image()


def _oneway(p: Palette, ratio: int) -> Image.Image:
    size = 14 * ratio
    canvas = Canvas(size, size)
    canvas.fill(svg_path(_ARROW), rgba(p.text_soft, 0.8), Affine2D().scale(size / 24))
    return canvas.image()


def _closed_pattern(p: Palette, ratio: int) -> Image.Image:
    """Slanted lines that go on from one copy to the next."""
    size = 12 * ratio
    canvas = Canvas(size, size)
    for shift in (-size, 0, size):
        line = Path([(shift - size, 2 * size), (shift + 2 * size, -size)])
        canvas.stroke(line, rgba(p.waiting, 0.75), 1.6 * ratio)
    return canvas.image()
