"""What requests for rasters say, checked; and how a picture that was made is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import Depends, Query, Request
from starlette.responses import Response

from cim.city import City
from cim.errors import BadInput
from spatial_api.routes.tiles.responses import REVALIDATE
from tiles import sources
from tiles.raster.color_ramps import RAMPS, Scale, ramp_of
from tiles.raster.files import SUFFIXES, Raster, raster_of
from tiles.raster.render import RenderOptions
from tiles.raster.rules import Resampling
from tiles.raster.terrain import Light
from tiles.sources import SourceFile

_SIZES = range(64, 1025)
_ROW = re.compile(r"(\d{1,9})(?:@([123])x)?")
_MOST_INTERVAL_M = 10_000.0

Size = Annotated[int, Query(description="pixels of a tile's side, 64 to 1024; `@2x` doubles it")]
RampText = Annotated[
    str,
    Query(description="name, `#fff,#f00`, or `0:#fff,5:#f00`; NAME_r runs the other way", max_length=4000),
]
Rescale = Annotated[str, Query(description="lowest,highest value; of three bands six numbers")]
Steps = Annotated[bool | None, Query(description="colours hold from one stop to the next")]
Lossless = Literal["png", "webp"]


async def _look(
    bands: Annotated[str, Query(description="one band, or three for red, green, blue: 4,1,2")] = "",
    expression: Annotated[str, Query(description="(b4-b1)/(b4+b1)")] = "",
    rescale: Rescale = "",
    ramp: RampText = "",
    steps: Steps = None,
    resampling: Resampling | None = None,
) -> RenderOptions:
    """What a request says of how a raster is drawn."""
    return RenderOptions(
        bands=bands_of(bands),
        expression=expression,
        rescale=ranges_of(rescale),
        ramp=ramp_of(ramp) if ramp else None,
        steps=steps,
        resampling=resampling,
    )


async def _slope_look(rescale: Rescale = "", ramp: RampText = "slope", steps: Steps = None) -> RenderOptions:
    return RenderOptions(rescale=ranges_of(rescale)[:1], ramp=ramp_of(ramp), steps=steps)


Looked = Annotated[RenderOptions, Depends(_look)]
SlopeLook = Annotated[RenderOptions, Depends(_slope_look)]


async def _light(
    azimuth: Annotated[float, Query(ge=0, le=360, description="degrees clockwise from north")] = 315.0,
    altitude: Annotated[float, Query(ge=0, le=90, description="degrees above the horizon")] = 45.0,
    exaggeration: Annotated[float, Query(gt=0, le=100, description="how many times too high")] = 1.0,
    multidirectional: Annotated[bool, Query(description="light from four sides")] = False,
) -> Light:
    return Light(azimuth, altitude, exaggeration, multidirectional)


Lit = Annotated[Light, Depends(_light)]


def slope_scale(look: RenderOptions) -> Scale:
    """The colours of slopes in degrees."""
    ramp = (look.ramp or RAMPS["slope"]).with_steps(look.steps)
    return ramp.over(*(look.rescale[0] if look.rescale else ramp.range or (0.0, 60.0)))


def source_of(city: City, name: str) -> SourceFile:
    """The raster of this name as it is now."""
    return sources.find_source(city.settings.sources_folder, name, SUFFIXES)


def asked_of(city: City, name: str, y: str, size: int) -> tuple[SourceFile, int, int]:
    """The source, the tile's row and its pixels; a row may say that it wants more of them: `123@2x`."""
    said = _ROW.fullmatch(y)
    if said is None:
        raise BadInput(f"row {y!r} of a tile is none: a whole number, with @2x for twice the pixels")
    return source_of(city, name), int(said[1]), check_size(size * int(said[2] or 1))


def check_size(size: int) -> int:
    """Pixels of a tile's side, where they are not too many or too few."""
    if size not in _SIZES:
        raise BadInput(f"a tile has {_SIZES[0]} to {_SIZES[-1]} pixels on a side, not {size}")
    return size


def check_interval(interval: float) -> float:
    """Metres between contour lines, where that can be."""
    if not 0 < interval <= _MOST_INTERVAL_M:
        raise BadInput(f"interval must be more than 0 and at most {_MOST_INTERVAL_M:g} m, not {interval:g}")
    return interval


def height_raster(source: SourceFile) -> Raster:
    """The raster, where its numbers may be heights."""
    raster = raster_of(source)
    if raster.kind == "image":
        raise BadInput(
            f"{source.name} is an image, which has no heights; if its numbers are heights, "
            f'write kind = "terrain" into {source.name}.toml'
        )
    return raster


def bands_of(text: str) -> tuple[int, ...]:
    """Bands with commas; none for nothing."""
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError as error:
        raise BadInput(f"bands {text!r}: give whole numbers with commas, as in 4,1,2") from error


def ranges_of(text: str) -> tuple[tuple[float, float], ...]:
    """Lowest and highest values, one pair or three; none for nothing."""
    if not text:
        return ()
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput(f"rescale {text!r}: give lowest,highest as numbers") from error
    if len(numbers) not in (2, 6) or not np.isfinite(numbers).all():
        raise BadInput(f"rescale {text!r}: give two numbers, or six for three bands")
    pairs = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    for low, high in pairs:
        if low >= high:
            raise BadInput(f"rescale {text!r}: {low:g} is not less than {high:g}; NAME_r turns a ramp round")
    return pairs


def base_of(request: Request) -> str:
    """Where the caller reaches the service."""
    return str(request.base_url).rstrip("/")


def key_of(request: Request, source: SourceFile, asked: tuple[Any, ...]) -> str:
    """What a tile is made of: the release, the file as it is now, and the request."""
    text = f"{request.app.state.tiles_of}:raster:{source.name}@{source.version}:{asked!r}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


async def cached_picture(
    request: Request, source: SourceFile, asked: tuple[Any, ...], make: Callable[[], bytes], media_type: str
) -> Response:
    """The picture that this request names: from the cache, or made now in a thread; empty bytes are 204."""
    key = key_of(request, source, asked)
    headers = {"ETag": f'"{key}"', "Cache-Control": REVALIDATE}
    if key in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    made = await request.app.state.tiles.fetch(key, make)
    if not made:
        return Response(status_code=204, headers=headers)
    return Response(made, headers=headers, media_type=media_type)
