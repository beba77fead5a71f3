"""The markers and names of a picture: which of them have room, and how each looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray
from PIL import Image

from tiles.picture.evaluate import evaluate, evaluate_rows
from tiles.picture.labels import Room, draw_text, lines, paste
from tiles.picture.map_frame import MapFrame, Shown, by_part
from tiles.picture.pixel_shapes import outlines
from tiles.style.canvas import Canvas, rgba
from tiles.style.fonts import Font, stack

#: Features of one style layer that a picture tries to place at most, those that its sort key has first.
_TRIED = 10_000
_ANCHORS = {"top": (0.0, 0.5), "bottom": (0.0, -0.5), "left": (0.5, 0.0), "right": (-0.5, 0.0)}


@dataclass(slots=True)
class PlacedSymbol:
    """What is drawn for each style layer: pictures and where their upper left corners lie."""

    images: dict[str, list[tuple[NDArray[np.uint8], int, int]]] = field(default_factory=dict)
    unnamed: str = ""

    def draw(self, layer_id: str, pixels: NDArray[np.uint8]) -> None:
        """Lay the symbols of one style layer over a picture."""
        for image, left, top in self.images.get(layer_id, ()):
            paste(pixels, image, left, top)


def place(
    layers: Sequence[tuple[Mapping[str, Any], Shown]],
    frame: MapFrame,
    images: Mapping[str, Image.Image],
    room: Room,
) -> PlacedSymbol:
    """Place the symbols of the layers, of which the first have the first choice of room."""
    placed, missing = PlacedSymbol(), 0
    for layer, shown in layers:
        if len(shown.rows):
            one = _Layer(layer, frame, images, room)
            placed.images[layer["id"]] = one.place_labels(shown)
            missing += one.without_font
    if missing:
        placed.unnamed = (
            f"{missing} names need a font with Chinese, which this machine lacks; "
            "install fonts-noto-cjk and start again"
        )
    return placed


def tile(canvas: Canvas, path: Path, pattern: Image.Image) -> None:
    """Fill the path with copies of a pattern."""
    mask = Canvas(canvas.width, canvas.height)
    mask.fill(path, (1.0, 1.0, 1.0, 1.0))
    copies = (-(-canvas.height // pattern.height), -(-canvas.width // pattern.width), 1)
    over = np.tile(np.asarray(pattern), copies)[: canvas.height, : canvas.width].copy()
    over[..., 3] = over[..., 3].astype(np.uint16) * mask.pixels()[..., 3] // 255
    paste(canvas.pixels(), over, 0, 0)


class _Layer:
    """One style layer of type symbol on its way into the picture."""

    def __init__(
        self, layer: Mapping[str, Any], frame: MapFrame, images: Mapping[str, Image.Image], room: Room
    ) -> None:
        self.layout, self.paint = layer["layout"], layer.get("paint", {})
        self.frame, self.images, self.room = frame, images, room
        self.without_font = 0
        self._icons: dict[tuple[str, float, int], NDArray[np.uint8]] = {}
        bold = any("Bold" in name for name in self.layout.get("text-font", ()))
        self._fonts = stack(("sans-serif",), bold)
        self._spaced: dict[str, list[tuple[float, float]]] = {}

    def place_labels(self, shown: Shown) -> list[tuple[NDArray[np.uint8], int, int]]:
        """The features that have room, as pictures; those of a lower sort key choose first and lie below."""
        at, angle, length = self._anchors(shown)
        w, h = self.frame.width, self.frame.height
        inside = np.flatnonzero((at >= 0).all(axis=1) & (at[:, 0] <= w) & (at[:, 1] <= h))
        shown, at, angle, length = shown.only(inside), at[inside], angle[inside], length[inside]
        names = ("symbol-sort-key", "icon-image", "icon-size", "icon-rotate", "text-field", "text-size")
        looks, which = evaluate_rows(
            [self.layout.get(name) for name in names], shown.table, len(inside), self.frame.zoom
        )
        keys = np.array([float(look[0] or 0) for look in looks])[which]
        made = []
        for i in np.argsort(keys, kind="stable")[:_TRIED]:
            _, icon, size, turn, text, text_size = looks[which[i]]
            if icon:
                made += self._icon(str(icon), 1.0 if size is None else size, turn or 0.0, at[i], angle[i])
            if text:
                made += self._text(
                    str(text), 16.0 if text_size is None else text_size, at[i], angle[i], length[i]
                )
        return made

    def _anchors(self, shown: Shown) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Where each row's symbol is, its angle and the pixels there are for it; NaN off a line's straight pieces."""
        n = len(shown.rows)
        at, angle, length = np.full((n, 2), np.nan), np.zeros(n), np.full(n, np.inf)
        for columns, own, places in by_part(shown.snapshot, shown.rows):
            if len(columns.label):
                at[places] = self.frame.window.at(columns.label[own])
                continue
            xy, codes, starts = outlines(columns, own, self.frame.window, shown.snapshot.layer.geometry)
            if shown.snapshot.layer.geometry == "line":
                at[places], angle[places], length[places] = straightest(
                    xy, codes, starts, 4 * self.frame.scale
                )
            else:
                at[places] = xy[starts[:-1]]
        return at, angle, length

    def _icon(
        self, name: str, size: float, turn: float, at: NDArray[np.float64], angle: float
    ) -> list[tuple[NDArray[np.uint8], int, int]]:
        along = angle if self.layout.get("symbol-placement") == "line" else 0.0
        image = self._image(name, size, turn + along)
        if image is None:
            return []
        height, width = image.shape[:2]
        left, top, pad = (
            at[0] - width / 2,
            at[1] - height / 2,
            self.layout.get("icon-padding", 2) * self.frame.scale,
        )
        box = (left - pad, top - pad, left + width + pad, top + height + pad)
        overlap = self.layout.get("icon-allow-overlap", False)
        if isinstance(overlap, list):
            overlap = evaluate(overlap, {}, self.frame.zoom)
        if not overlap and not self.room.free(box):
            return []
        if not self.layout.get("icon-ignore-placement", False):
            self.room.take(box)
        return [(image, round(left), round(top))]

    def _image(self, name: str, size: float, turn: float) -> NDArray[np.uint8] | None:
        """An image of the sprite sheet at its size in this picture, turned clockwise."""
        key = (name, round(size, 2), round(turn / 5) % 72)
        if key not in self._icons:
            sprite = self.images.get(name)
            if sprite is None:
                return None
            ratio = 1 if self.frame.scale <= 1 else 2
            factor = size * self.frame.scale / ratio
            side = max(1, round(sprite.width * factor)), max(1, round(sprite.height * factor))
            made = sprite if side == sprite.size else sprite.resize(side, Image.Resampling.LANCZOS)
            if key[2]:
                made = made.rotate(-5 * key[2], Image.Resampling.BICUBIC)
            self._icons[key] = np.asarray(made)
        return self._icons[key]

    def _text(
        self, text: str, size: float, at: NDArray[np.float64], angle: float, length: float
    ) -> list[tuple[NDArray[np.uint8], int, int]]:
        scale = self.frame.scale
        font = self._font_of(text)
        if font is None:
            self.without_font += 1
            return []
        pixels = round(size * scale * 2) / 2
        along = self.layout.get("symbol-placement") == "line"
        if along:
            if self._said_nearby(text, at):
                return []
            written_lines, angle = _along(text, angle)
        else:
            written_lines, angle = lines(text, self.layout.get("text-max-width", 10)), 0.0
        opened = font.at(pixels)
        wide = max(opened.getlength(line) for line in written_lines)
        high = 1.2 * pixels * len(written_lines)
        if along and max(wide, high) > length:
            return []
        cos, sin = abs(np.cos(np.radians(angle))), abs(np.sin(np.radians(angle)))
        across, down = wide * cos + high * sin, wide * sin + high * cos
        dx, dy = self.layout.get("text-offset", (0, 0))
        shift = _ANCHORS.get(self.layout.get("text-anchor", ""), (0.0, 0.0))
        x, y = at[0] + dx * pixels + shift[0] * across, at[1] + dy * pixels + shift[1] * down
        pad = self.layout.get("text-padding", 2) * scale
        box = (x - across / 2 - pad, y - down / 2 - pad, x + across / 2 + pad, y + down / 2 + pad)
        if not self.room.free(box):
            return []
        self.room.take(box)
        if along:
            self._spaced.setdefault(text, []).append((at[0], at[1]))
        ink = rgba(self.paint.get("text-color", "#000000"), self.paint.get("text-opacity", 1.0))
        halo = rgba(self.paint.get("text-halo-color", "rgba(0,0,0,0)"), ink[3])
        image = draw_text(
            written_lines, font, pixels, ink, halo, self.paint.get("text-halo-width", 0) * scale, angle
        )
        return [(image, round(x - image.shape[1] / 2), round(y - image.shape[0] / 2))]

    def _font_of(self, text: str) -> Font | None:
        return next((font for font in self._fonts if font.draws(text)), None)

    def _said_nearby(self, text: str, at: NDArray[np.float64]) -> bool:
        """Whether the same name stands nearer than the spacing of names along lines."""
        spacing = self.layout.get("symbol-spacing", 250) * self.frame.scale
        return any(np.hypot(x - at[0], y - at[1]) < spacing for x, y in self._spaced.get(text, ()))


def _along(text: str, angle: float) -> tuple[list[str], float]:
    """A name along a line, upright: Chinese stands one character below the other where the line is steep.

    >>> _along("芙蓉路", 85.0), _along("Furong Road", 170.0)
    ((['芙', '蓉', '路'], -5.0), (['Furong Road'], -10.0))
    """
    angle = (angle + 90) % 180 - 90
    if abs(angle) > 55 and not text.isascii():
        return list(text), angle - 90 if angle > 0 else angle + 90
    return [text], angle


def straightest(
    xy: NDArray[np.float64], codes: NDArray[np.uint8], starts: NDArray[np.int64], bend_px: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each row's lines the longest piece that bends by no more than so many pixels: its middle [n, 2], its angle in
    degrees [n] and its length in pixels [n]; NaN and 0 where there is none."""
    n = len(starts) - 1
    at, angle, length = np.full((n, 2), np.nan), np.zeros(n), np.zeros(n)
    part = np.cumsum(codes == 1) - 1
    long = np.bincount(part)[part] > 1 if len(part) else np.empty(0, np.bool_)
    if not long.any():
        return at, angle, length
    owner = np.repeat(np.arange(n), np.diff(starts))[long]
    _, first, numbered = np.unique(part[long], return_index=True, return_inverse=True)
    simple = shapely.simplify(
        shapely.linestrings(xy[long], indices=numbered), bend_px, preserve_topology=False
    )
    points, of = shapely.get_coordinates(simple, return_index=True)
    step = points[1:] - points[:-1]
    pixels = np.where(of[1:] == of[:-1], np.hypot(*step.T), 0.0)
    row = owner[first][of[:-1]]
    order = np.lexsort((pixels, row))
    longest = order[np.append(np.flatnonzero(np.diff(row[order])), len(order) - 1)]
    mine = row[longest]
    at[mine] = points[longest] + step[longest] / 2
    angle[mine] = np.degrees(np.arctan2(step[longest, 1], step[longest, 0]))
    length[mine] = pixels[longest]
    return at, angle, length
