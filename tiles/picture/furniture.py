"""What stands about the map on a picture: title, legend, scale bar, north and the source of the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from tiles.picture.labels import Box, draw_text, paste
from tiles.style.canvas import Canvas, Rgba, rgba
from tiles.style.fonts import Font, stack
from tiles.style.palette import Palette
from tiles.style.svg_path import svg_path

_EDGE = 12.0
_NORTH = "M0 -11 6 9 0 5.5 -6 9z"
_CLEAR: Rgba = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a picture; empty: none."""

    title: str = ""
    source: str = ""
    #: The data layers that the legend explains, each with its title.
    legend: Mapping[str, str] = field(default_factory=dict)
    #: Of the scale bar: metre and kilometre, and what stands at the arrow.
    metre: str = "米"
    kilometre: str = "公里"
    north: str = "北"


class MapSurround:
    """It on one canvas, in the colours of a palette; all sizes are pixels of the style times `scale`."""

    def __init__(self, canvas: Canvas, p: Palette, scale: float) -> None:
        self.canvas, self.p, self.scale = canvas, p, scale * (p.text_scale if p.wall else 1.0)
        self.edge = _EDGE * self.scale

    def boxes(self) -> list[Box]:
        """Where the scale bar and the arrow will stand: left, top, right, bottom."""
        w, h, s = self.canvas.width, self.canvas.height, self.scale
        return [(0, h - 40 * s, min(160 * s, w / 5) + 2 * self.edge, h), (w - 44 * s, 0, w, 56 * s)]

    def draw(
        self, words: Words, metres_per_pixel: float, legend: Sequence[tuple[str, Sequence[Mapping[str, str]]]]
    ) -> None:
        """All that there are words for; the legend has each layer's title and swatches."""
        self._scale_bar(words, metres_per_pixel)
        self._north(words.north)
        if words.source:
            self._draw_box(words.source, 10.0, right=True, bottom=True)
        if words.title:
            self._draw_box(words.title, 20.0, bold=True)
        if legend:
            self._legend(legend)

    def _scale_bar(self, words: Words, metres_per_pixel: float) -> None:
        """A bar of a round length, at most a fifth of the picture."""
        long = nice(min(160 * self.scale, self.canvas.width / 5) * metres_per_pixel)
        wide = long / metres_per_pixel
        left, low, up = self.edge, self.canvas.height - self.edge, 6 * self.scale
        bar = Path([(left, low - up), (left, low), (left + wide, low), (left + wide, low - up)])
        self.canvas.stroke(bar, rgba(self.p.halo), 4 * self.scale)
        self.canvas.stroke(bar, rgba(self.p.text), 1.6 * self.scale)
        said = f"{long / 1000:g} {words.kilometre}" if long >= 1000 else f"{long:g} {words.metre}"
        self._write(said, 11.0, left + wide / 2, low - 11 * self.scale, centred=True)

    def _north(self, word: str) -> None:
        x, y = self.canvas.width - self.edge - 8 * self.scale, self.edge + 24 * self.scale
        arrow = svg_path(_NORTH).transformed(Affine2D().scale(self.scale).translate(x, y))
        self.canvas.stroke(arrow, rgba(self.p.halo), 3 * self.scale)
        self.canvas.fill(arrow, rgba(self.p.text))
        self._write(word, 11.0, x, y - 19 * self.scale, centred=True)

    def _legend(self, legend: Sequence[tuple[str, Sequence[Mapping[str, str]]]]) -> None:
        """Each layer's name and swatches in a box at the right, in as many columns as its height needs."""
        size, row = 11.0, 17 * self.scale
        lines: list[tuple[str, Mapping[str, str] | None, float]] = []
        for title, swatches in legend:
            # A layer with one swatch of its own name needs no heading.
            alone = len(swatches) == 1 and swatches[0]["label"] == title
            if not alone:
                lines.append((title, None, 0.0))
            lines += [(s["label"], s, 0.0 if alone else 8 * self.scale) for s in swatches]
        top = self.edge + 44 * self.scale
        room = max(3, int((self.canvas.height - top - 3 * self.edge) / row))
        columns = [lines[i : i + room] for i in range(0, len(lines), room)]
        widths = [max(self._width(t, size) for t, _, _ in c) + 38 * self.scale for c in columns]
        pad = 8 * self.scale
        left = self.canvas.width - self.edge - sum(widths) - 2 * pad
        high = row * max(map(len, columns)) + 2 * pad
        self._box(left, top, sum(widths) + 2 * pad, high)
        x = left + pad
        for column, width in zip(columns, widths, strict=True):
            for i, (text, swatch, indent) in enumerate(column):
                y = top + pad + row * (i + 0.5)
                if swatch is None:
                    self._write(text, size, x, y, bold=True)
                else:
                    self._swatch(swatch, x + indent, y)
                    self._write(text, size, x + indent + 22 * self.scale, y)
            x += width

    def _swatch(self, swatch: Mapping[str, str], x: float, y: float) -> None:
        s, colour = self.scale, rgba(swatch["color"])
        match swatch["shape"]:
            case "line":
                self.canvas.stroke(Path([(x, y), (x + 16 * s, y)]), colour, 3 * s)
            case "dot":
                self.canvas.discs(np.array([[x + 8 * s, y]]), 5 * s, colour, rgba(self.p.ring), s)
            case "text":
                self._write("文", 11.0, x + 8 * s, y, centred=True)
            case _:
                box = _rectangle(x, y - 5 * s, 16 * s, 10 * s)
                self.canvas.fill(box, colour)
                self.canvas.stroke(box, rgba(self.p.text_soft, 0.6), 0.8 * s)

    def _draw_box(
        self, text: str, size: float, *, right: bool = False, bottom: bool = False, bold: bool = False
    ) -> None:
        """A line of text on a box in a corner, shortened to what there is room for."""
        pad, room = 0.5 * size * self.scale, self.canvas.width * 0.8
        while len(text) > 1 and self._width(text, size, bold) > room:
            text = text[:-2].rstrip() + "…"
        wide, high = self._width(text, size, bold) + 2 * pad, size * self.scale + 1.4 * pad
        left = self.canvas.width - wide if right else self.edge
        top = self.canvas.height - high if bottom else self.edge
        self._box(left, top, wide, high)
        self._write(text, size, left + pad, top + high / 2, bold=bold)

    def _box(self, left: float, top: float, wide: float, high: float) -> None:
        self.canvas.fill(_rectangle(left, top, wide, high), rgba(self.p.halo, 0.86))

    def _write(
        self, text: str, size: float, x: float, y: float, *, centred: bool = False, bold: bool = False
    ) -> None:
        font = self._font(text, bold)
        ink, halo = rgba(self.p.text), rgba(self.p.halo) if centred else _CLEAR
        image = draw_text([text], font, size * self.scale, ink, halo, 1.4 * self.scale)
        left = x - image.shape[1] / 2 if centred else x
        paste(self.canvas.pixels(), image, round(left), round(y - image.shape[0] / 2))

    def _width(self, text: str, size: float, bold: bool = False) -> float:
        return self._font(text, bold).at(size * self.scale).getlength(text)

    def _font(self, text: str, bold: bool) -> Font:
        """The first font that has every character; where none has, the last, which every machine has."""
        fonts = stack(("sans-serif",), bold)
        return next((font for font in fonts if font.draws(text)), fonts[-1])


def nice(most: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not more.

    >>> nice(730), nice(2.4), nice(0.3)
    (500.0, 2.0, 0.2)
    """
    power = 10.0 ** math.floor(math.log10(most))
    return max(round(step * power, 9) for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def _rectangle(left: float, top: float, wide: float, high: float) -> Path:
    corners: Any = [
        (left, top),
        (left + wide, top),
        (left + wide, top + high),
        (left, top + high),
        (left, top),
    ]
    return Path(corners, closed=True)
