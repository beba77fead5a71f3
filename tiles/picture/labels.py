"""Names on a picture: broken into lines, set where nothing else is, written with a halo."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tiles.style.canvas import Rgba
from tiles.style.fonts import Font

Box = tuple[float, float, float, float]


def lines(text: str, most_em: float) -> list[str]:
    """The text in lines of about equal length, none much longer than so many ems; a word is not broken.

    >>> lines("文艺路街道第一社区", 7), lines("Furong Middle Road", 6)
    (['文艺路街道', '第一社区'], ['Furong', 'Middle Road'])
    """
    words: list[str] = []
    for character in text:
        glued = words and not _wide(character) and not _wide(words[-1][-1]) and not words[-1].endswith(" ")
        if glued:
            words[-1] += character
        else:
            words.append(character)
    total = sum(map(_em, words))
    count = max(1, int(np.ceil(total / most_em)))
    made: list[str] = []
    done, line = 0.0, ""
    for word in words:
        if line and len(made) < count - 1 and done + _em(word) / 2 > total * (len(made) + 1) / count:
            made.append(line.strip())
            line = ""
        line += word
        done += _em(word)
    return [x for x in (*made, line.strip()) if x]


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


def _em(text: str) -> float:
    return sum(1.0 if _wide(c) else 0.55 for c in text)


class Room:
    """Where something stands already on a picture, in a grid of cells that makes asking quick."""

    _CELL = 64

    def __init__(self) -> None:
        self._taken: dict[tuple[int, int], list[Box]] = {}

    def free(self, box: Box) -> bool:
        """Whether nothing stands in the box (left, top, right, bottom)."""
        left, top, right, bottom = box
        return not any(
            left < r and l < right and top < b and t < bottom
            for cell in self._cells(box)
            for l, t, r, b in self._taken.get(cell, ())  # noqa: E741 (the sides of a box)
        )

    def take(self, box: Box) -> None:
        """Let the box be taken."""
        for cell in self._cells(box):
            self._taken.setdefault(cell, []).append(box)

    def _cells(self, box: Box) -> list[tuple[int, int]]:
        x0, y0, x1, y1 = (int(v // self._CELL) for v in box)
        return [(x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]


def paste(pixels: NDArray[np.uint8], image: NDArray[np.uint8], left: int, top: int) -> None:
    """Lay a picture with straight alpha, uint8[h, w, 4], over an opaque one, cut at its edges."""
    height, width = image.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, pixels.shape[1]), min(top + height, pixels.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = image[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.uint16)
    under, alpha = pixels[y0:y1, x0:x1, :3], part[..., 3:]
    under[...] = (part[..., :3] * alpha + under * (255 - alpha) + 127) // 255


def draw_text(
    text: list[str], font: Font, size: float, ink: Rgba, halo: Rgba, halo_px: float, angle_deg: float = 0.0
) -> NDArray[np.uint8]:
    """The lines as a picture with straight alpha, in the middle of it; turned clockwise by the angle."""
    opened, gap = font.at(size), 1.2 * size
    edge = int(np.ceil(halo_px)) + 1
    width = int(max(opened.getlength(line) for line in text)) + 2 * edge + 2
    height = int(gap * len(text)) + 2 * edge
    masks = []
    for stroke in (halo_px, 0.0):
        mask = Image.new("L", (width, height))
        draw = ImageDraw.Draw(mask)
        for i, line in enumerate(text):
            at = (width / 2, edge + gap * (i + 0.5))
            draw.text(at, line, 255, opened, anchor="mm", stroke_width=stroke)
        if angle_deg:
            mask = mask.rotate(-angle_deg, Image.Resampling.BICUBIC, expand=True)
        masks.append(np.asarray(mask) / 255.0)
    return _blend(masks[0] * halo[3], halo, masks[1] * ink[3], ink)


def _blend(below: Any, colour_below: Rgba, above: Any, colour_above: Rgba) -> NDArray[np.uint8]:
    """One colour over another, each with its own opacity at every pixel."""
    alpha = above + below * (1 - above)
    out = np.zeros((*alpha.shape, 4), np.uint8)
    safe = np.maximum(alpha, 1e-6)
    for i in range(3):
        mixed = colour_above[i] * above + colour_below[i] * below * (1 - above)
        out[..., i] = np.clip(mixed / safe * 255 + 0.5, 0, 255)
    out[..., 3] = alpha * 255 + 0.5
    return out
