"""The fonts of this machine, by the names that styles have for them."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

#: Families with Chinese that are looked for where a style says `sans-serif`, best first.
_CHINESE = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Droid Sans Fallback",
    "Noto Serif CJK SC",
    "SimSun",
)
#: Names of fonts that are no family: whatever the machine has.
GENERIC = ("sans-serif", "serif", "monospace", "system-ui")
_WEIGHTS = {
    "thin": 100,
    "light": 300,
    "regular": 400,
    "medium": 500,
    "semibold": 600,
    "bold": 700,
    "black": 900,
}
#: matplotlib brings this one along, so that there always is a font.
_LATIN = "DejaVu Sans"


@dataclass(frozen=True, slots=True)
class Font:
    """One face in a font file."""

    family: str
    weight: int
    file: str
    index: int

    @property
    def characters(self) -> dict[int, int]:
        """The glyph number of each code point that it draws."""
        return _characters(self.file, self.index)

    def at(self, size: float) -> ImageFont.FreeTypeFont:
        """It at so many pixels to the em."""
        return _open(self.file, self.index, size)

    def draws(self, text: str) -> bool:
        """Whether it has every character of the text."""
        return all(ord(c) in self.characters for c in text if not c.isspace())


@lru_cache(maxsize=32)
def _characters(file: str, index: int) -> dict[int, int]:
    return dict(FT2Font(file, face_index=index).get_charmap())


@lru_cache(maxsize=64)
def _open(file: str, index: int, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size, index, layout_engine=ImageFont.Layout.BASIC)


@cache
def installed_fonts() -> dict[str, tuple[Font, ...]]:
    """The upright fonts of this machine by family in lower case, each family from light to bold.

    matplotlib keeps a list of them, made when somebody first drew here: what was installed since is looked for too.
    """
    listed = {str(entry.fname) for entry in font_manager.fontManager.ttflist}
    for file in font_manager.findSystemFonts():
        if file not in listed:
            # What FreeType or matplotlib can't read is none that can be drawn.
            with contextlib.suppress(OSError, RuntimeError, ValueError, KeyError):
                font_manager.fontManager.addfont(file)
    gone = {file for file in listed if not Path(file).exists()}
    families: dict[str, list[Font]] = {}
    for entry in font_manager.fontManager.ttflist:
        if entry.style == "normal" and entry.stretch == "normal" and entry.fname not in gone:
            weight = entry.weight if isinstance(entry.weight, int) else 400
            found = Font(entry.name, weight, str(entry.fname), int(getattr(entry, "index", 0)))
            families.setdefault(entry.name.lower(), []).append(found)
    return {
        name: tuple(sorted(fonts, key=lambda f: (f.weight, f.file, f.index)))
        for name, fonts in sorted(families.items())
    }


def stack(names: Sequence[str], bold: bool = False) -> list[Font]:
    """The fonts of this machine that a list of names means, in its order; names that are not here are left out.

    A name may end in its weight, as in `Noto Sans Bold`; the weight of the first holds for those that say none. A
    generic name means a font with Chinese, where there is one, and then one with Latin.
    """
    found: dict[Font, None] = {}
    weight = 700 if bold else 400
    for i, name in enumerate(names):
        family, said = _split_weight(name.strip())
        if i == 0 and said is not None:
            weight = said
        for one in (*_CHINESE, _LATIN) if family.lower() in GENERIC else (family,):
            if faces := installed_fonts().get(one.lower()):
                found[min(faces, key=lambda f: abs(f.weight - (said or weight)))] = None
    return list(found)


def _split_weight(name: str) -> tuple[str, int | None]:
    """A name without its weight, and the weight.

    >>> _split_weight("Noto Sans CJK SC Bold"), _split_weight("SimHei")
    (('Noto Sans CJK SC', 700), ('SimHei', None))
    """
    family, _, last = name.rpartition(" ")
    weight = _WEIGHTS.get(last.lower()) if family else None
    return (name, None) if weight is None else (family, weight)
