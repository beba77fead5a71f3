"""Glyphs for clients that draw no text with fonts of their own: signed distance fields in protocol buffers.

The format is that of the published glyph sets (mapbox/node-fontnik): the glyphs of 256 code points at 24 pixels to the
em, each with 3 pixels about it; a byte says how far its pixel lies from the outline, 191 on it, 32 less for each pixel
outwards (a radius of 8 pixels of which a quarter lies inside).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from cim.columnar.mvt_values import varint
from cim.errors import BadInput, NotFound
from tiles.style.fonts import Font, installed_fonts, stack

EM = 24
BORDER = 3
#: Where clients expect the baseline: so many pixels below the line's top, as the fonts of the published sets have it.
#: One figure for every font keeps Chinese and Latin of a stack on one line.
ASCENDER = 26
#: Pixels of the drawing to the pixel of the field, whose outline is right to an eighth of a pixel then.
_FINE = 4
_RANGE = re.compile(r"(\d+)-(\d+)")
_LAST = 0x10FFFF
#: Code points of Chinese, of which a font for Chinese must have some in every range.
_CHINESE = range(0x4E00, 0xA000)


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The glyphs of a range as a protocol buffer, and a tag that changes with them."""

    pbf: bytes
    tag: str
    count: int


def glyphs(names: str, wanted: str) -> Glyphs:
    """The glyphs of a font stack (names with commas) in a range such as `0-255`.

    Each character is drawn with the first font of the stack that has it; what none has is not in the answer.
    `NotFound` where this machine has none of the fonts, or none with Chinese for a range of Chinese.
    """
    span = _RANGE.fullmatch(wanted)
    if span is None or int(span[1]) % 256 or int(span[2]) != int(span[1]) + 255 or int(span[2]) > _LAST:
        raise BadInput(f"range {wanted!r} is none: a range has 256 code points, such as 0-255 or 19968-20223")
    fonts = stack(names.split(","))
    if not fonts:
        raise NotFound(
            f"no font of {names!r} is installed; installed: {', '.join(families())}; "
            "sans-serif stands for any of them, and the package fonts-noto-cjk brings one with Chinese"
        )
    made = _make(tuple(fonts), names, int(span[1]))
    if not made.count and int(span[1]) in _CHINESE:
        raise NotFound(
            f"no font of {names!r} has the Chinese of {wanted}; installed: {', '.join(families())}; "
            "install one with Chinese, such as the package fonts-noto-cjk, and start again"
        )
    return made


def families() -> list[str]:
    """The names of the fonts of this machine, without the mathematical ones that matplotlib brings along."""
    return [
        f.family
        for f, *_ in installed_fonts().values()
        if "mpl-data" not in f.file or f.family == "DejaVu Sans"
    ]


@lru_cache(maxsize=128)
def _make(fonts: tuple[Font, ...], names: str, first: int) -> Glyphs:
    drawn = []
    for code in range(first, first + 256):
        font = next((f for f in fonts if code in f.characters), None)
        if font is not None and not 0xD800 <= code < 0xE000:
            drawn.append(_bytes(3, _glyph(font, code)))
    whole = _bytes(1, names.encode()) + _bytes(2, f"{first}-{first + 255}".encode()) + b"".join(drawn)
    pbf = _bytes(1, whole)
    return Glyphs(pbf, hashlib.blake2b(pbf, digest_size=12).hexdigest(), len(drawn))


def _glyph(font: Font, code: int) -> bytes:
    """One glyph as a message: its code point, field, size, left and top of its ink, and how far it moves on."""
    opened = font.at(EM * _FINE)
    mask, (x, y) = opened.getmask2(chr(code), "L", anchor="ls")
    drawn = np.asarray(mask, np.uint8).reshape(mask.size[::-1]) > 127
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    message = _number(1, code)
    left = top = width = height = 0
    if len(rows):
        ink = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        x, y = x + int(columns[0]), y + int(rows[0])
        left, right = int(np.floor(x / _FINE)), int(np.ceil((x + ink.shape[1]) / _FINE))
        top, bottom = int(np.ceil(-y / _FINE)), int(np.floor((-y - ink.shape[0]) / _FINE))
        width, height = right - left, top - bottom
        room = np.zeros(((height + 2 * BORDER) * _FINE, (width + 2 * BORDER) * _FINE), np.bool_)
        row, column = round(top * _FINE + y) + BORDER * _FINE, round(x - left * _FINE) + BORDER * _FINE
        room[row : row + ink.shape[0], column : column + ink.shape[1]] = ink
        message += _bytes(2, field(room, _FINE).tobytes())
    message += _number(3, width) + _number(4, height) + _number(5, _zigzag(left))
    message += _number(6, _zigzag(top - ASCENDER)) + _number(7, round(opened.getlength(chr(code)) / _FINE))
    return message


def field(ink: NDArray[np.bool_], fine: int) -> NDArray[np.uint8]:
    """The distance field of a drawing with so many (an even number of) pixels to the pixel of the field, uint8[h, w].

    >>> edge = np.zeros((4, 32), bool); edge[:, :16] = True
    >>> field(edge, 2).tolist()[0][5:11]
    [255, 239, 207, 175, 143, 111]
    """
    outside = distance_transform_edt(~ink) if ink.any() else np.full(ink.shape, np.inf)
    inside = distance_transform_edt(ink) if not ink.all() else np.full(ink.shape, np.inf)
    away = np.where(ink, 0.5 - inside, outside - 0.5)  # from the middle of a pixel to the edge of the next
    half = fine // 2
    corners = [away[half - 1 + i :: fine, half - 1 + j :: fine] for i in (0, 1) for j in (0, 1)]
    middle = sum(corners) / 4 / fine
    return np.clip(np.rint(191 - 32 * middle), 0, 255).astype(np.uint8)


def _number(key: int, value: int) -> bytes:
    return varint(key << 3) + varint(value)


def _bytes(key: int, value: bytes) -> bytes:
    return varint(key << 3 | 2) + varint(len(value)) + value


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1
