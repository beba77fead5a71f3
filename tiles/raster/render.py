"""Rasters as pictures: which bands, stretched over which values, in which colours, in which form."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cim.errors import BadInput
from tiles.raster import png
from tiles.raster.band_math import bands_of, evaluate
from tiles.raster.color_ramps import CLEAR, RAMPS, Ramp, Scale, check_range
from tiles.raster.files import Raster
from tiles.raster.read import RasterWindow, Values, pixels, statistics, values
from tiles.raster.rules import Resampling

Form = Literal["png", "webp", "jpg", "jpeg"]
Lossless = Literal["png", "webp"]
MEDIA_TYPES: dict[str, str] = {
    "png": "image/png",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}

#: The ramp of each kind that has no other.
_RAMPS = {"terrain": "terrain", "value": "viridis", "image": "grey"}
_WHITE = 255


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a request wants a raster drawn; what it does not say is as the rule or the file has it.

    `rescale` has one pair for all bands, or one for each.
    """

    bands: tuple[int, ...] = ()
    expression: str = ""
    rescale: tuple[tuple[float, float], ...] = ()
    ramp: Ramp | None = None
    steps: bool | None = None
    resampling: Resampling | None = None


def render_raster(raster: Raster, frame: RasterWindow, look: RenderOptions, form: Form) -> bytes:
    """The picture of a frame; no bytes where nothing shows."""
    bands = bands_drawn(raster, look)
    if not look.expression and len(bands) == 3:
        return _colours(raster, frame, bands, look, form)
    if raster.palette is not None and look == RenderOptions(bands=look.bands, resampling=look.resampling):
        numbers = pixels(raster, frame, bands, look.resampling)
        return b"" if numbers is None else _own_colours(numbers, raster.palette, form)
    found = single(raster, frame, look)
    return b"" if found is None else colour(found, scale_of(raster, look), form)


def bands_drawn(raster: Raster, look: RenderOptions) -> tuple[int, ...]:
    """The bands of a picture: three, or one for a ramp; or those of the expression. `BadInput` for any other."""
    if look.expression:
        if look.bands:
            raise BadInput("bands and expression can't be asked together: the expression names its bands")
        return raster.check_bands(bands_of(look.expression))
    bands = raster.check_bands(look.bands or raster.bands)
    if len(bands) not in (1, 3):
        raise BadInput(f"a picture is made of one band or of three, not of {len(bands)}")
    if look.ramp is not None and len(bands) == 3:
        if look.bands:
            raise BadInput("a ramp colours one band; ask for bands=1 or for an expression")
        return bands[:1]
    return bands


def single(raster: Raster, frame: RasterWindow, look: RenderOptions) -> Values | None:
    """The values of the band or the expression that a ramp colours, float32[size, size]."""
    bands = bands_drawn(raster, look)
    found = values(raster, frame, bands, look.resampling)
    if found is None or not look.expression:
        return None if found is None else found[0]
    made = evaluate(look.expression, dict(zip(bands, found, strict=True)))
    return None if np.isnan(made).all() else made


def scale_of(raster: Raster, look: RenderOptions) -> Scale:
    """The ramp over the range of values that it has for a raster: the request's, the rule's, its own, or what the
    values are but for the outermost 2 %."""
    own = look.expression == "" and (not look.bands or look.bands[:1] == raster.bands[:1])
    ramp = look.ramp or (raster.rule.ramp if own else None) or _usual(raster, look)
    steps = look.steps if look.steps is not None else raster.rule.steps if look.ramp is None else None
    ramp = ramp.with_steps(steps)
    if look.rescale:
        return ramp.over(*look.rescale[0])
    ruled = raster.rule.rescale if own and not (look.ramp and look.ramp.bound) else None
    return ramp.over(*(ruled or ramp.range or _spread(raster, look)))


def _usual(raster: Raster, look: RenderOptions) -> Ramp:
    return RAMPS["viridis" if look.expression else _RAMPS[raster.kind]]


def _spread(raster: Raster, look: RenderOptions) -> tuple[float, float]:
    if look.expression:
        raise BadInput(
            "say the range of the expression's values, as in rescale=-1,1, or a ramp that has one: ndvi"
        )
    return _range(raster, (look.bands or raster.bands)[0])


def _range(raster: Raster, band: int) -> tuple[float, float]:
    said = statistics(raster)[band - 1]
    if said is None:
        return 0.0, 1.0
    low, high = said.percentiles["2"], said.percentiles["98"]
    if low >= high:
        low, high = said.min, said.max
    return (low, high) if low < high else (low - 0.5, low + 0.5)


def _colours(
    raster: Raster, frame: RasterWindow, bands: tuple[int, ...], look: RenderOptions, form: Form
) -> bytes:
    """Three bands as red, green and blue: bytes as they are, everything else stretched."""
    rescale = look.rescale or ((raster.rule.rescale,) if raster.rule.rescale else ())
    if raster.dtype == "uint8" and not rescale:
        found = pixels(raster, frame, bands, look.resampling)
        return b"" if found is None else encode_image(found, form)
    wide = values(raster, frame, bands, look.resampling)
    if wide is None:
        return b""
    ranges = rescale or tuple(_range(raster, band) for band in bands)
    if len(ranges) == 1:
        ranges *= 3
    out = np.empty((4, frame.size, frame.size), np.uint8)
    there = ~np.isnan(wide).any(axis=0)
    for plane, shown, (low, high) in zip(wide, out, ranges, strict=False):
        check_range(low, high)
        share = (np.where(there, plane, low) - low) * (255.0 / (high - low))
        shown[:] = np.clip(np.rint(share), 0, 255)
    out[3] = np.where(there, 255, 0)
    return encode_image(out, form)


def _own_colours(found: NDArray[np.uint8], palette: NDArray[np.uint8], form: Form) -> bytes:
    """Numbers that the file has colours for."""
    shown = palette[found[0]].transpose(2, 0, 1).copy()
    shown[3] = np.minimum(shown[3], found[1])
    return encode_image(shown, form)


def colour(found: Values, scale: Scale, form: Form) -> bytes:
    """Values in the colours of a ramp; no bytes where all are clear."""
    numbers = scale.numbers(found)
    if (numbers == CLEAR).all():
        return b""
    if form == "png":
        return png.encode_palette_png(numbers, scale.palette)
    return encode_image(scale.palette[numbers].transpose(2, 0, 1), form)


def encode_image(shown: NDArray[np.uint8], form: Form) -> bytes:
    """A picture uint8[n, h, w] in a form: n is 3, or 4 with opacity, which JPEG has as white."""
    opaque = len(shown) == 3 or bool((shown[3] == 255).all())
    if form == "png":
        return png.encode_png((shown[:3] if opaque else shown).transpose(1, 2, 0))
    if form != "webp" and not opaque:
        opacity = shown[3].astype(np.uint16)
        shown = ((shown[:3] * opacity + _WHITE * (255 - opacity)) // 255).astype(np.uint8)
    if form != "webp" or opaque:
        shown = shown[:3]
    picture = Image.fromarray(np.ascontiguousarray(shown.transpose(1, 2, 0)))
    out = io.BytesIO()
    if form == "webp":
        picture.save(out, "WEBP", quality=85, method=2)
    else:
        picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def lossless(shown: NDArray[np.uint8], form: Lossless) -> bytes:
    """Digits of numbers as colours, uint8[h, w, 3], not one of them changed."""
    if form == "png":
        return png.encode_png(shown, digits=True)
    out = io.BytesIO()
    Image.fromarray(shown).save(out, "WEBP", lossless=True, quality=0, method=0)
    return out.getvalue()
