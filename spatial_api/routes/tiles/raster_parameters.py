"""What requests for rasters say, each parameter written once; and how a picture that was made is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from starlette.responses import Response

from cim.city import City
from cim.errors import BadInput
from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedCity
from spatial_api.routes.tiles.responses import kept_picture
from tiles import sources
from tiles.raster.color_ramps import ramp_of
from tiles.raster.files import SUFFIXES
from tiles.raster.read import RasterWindow, frame_of
from tiles.raster.render import MEDIA_TYPES, Form, RenderOptions
from tiles.raster.render_text import parse_bands, parse_ranges
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
Sampled = Resampling | None


async def _look(
    bands: Annotated[str, Query(description="one band, or three for red, green, blue: 4,1,2")] = "",
    expression: Annotated[str, Query(description="(b4-b1)/(b4+b1)")] = "",
    rescale: Rescale = "",
    ramp: RampText = "",
    steps: Steps = None,
    resampling: Sampled = None,
) -> RenderOptions:
    """What a request says of how a raster is drawn."""
    return RenderOptions(
        bands=parse_bands(bands),
        expression=expression,
        rescale=parse_ranges(rescale),
        ramp=ramp_of(ramp) if ramp else None,
        steps=steps,
        resampling=resampling,
    )


async def _slope_look(rescale: Rescale = "", ramp: RampText = "slope", steps: Steps = None) -> RenderOptions:
    return RenderOptions(rescale=parse_ranges(rescale)[:1], ramp=ramp_of(ramp), steps=steps)


async def _light(
    azimuth: Annotated[float, Query(ge=0, le=360, description="degrees clockwise from north")] = 315.0,
    altitude: Annotated[float, Query(ge=0, le=90, description="degrees above the horizon")] = 45.0,
    exaggeration: Annotated[float, Query(gt=0, le=100, description="how many times too high")] = 1.0,
    multidirectional: Annotated[bool, Query(description="light from four sides")] = False,
) -> Light:
    return Light(azimuth, altitude, exaggeration, multidirectional)


Looked = Annotated[RenderOptions, Depends(_look)]
SlopeLook = Annotated[RenderOptions, Depends(_slope_look)]
Lit = Annotated[Light, Depends(_light)]


@dataclass(frozen=True, slots=True)
class RasterTile:
    """The address of one tile of a raster, not looked up yet."""

    request: Request
    city: City
    name: str
    z: int
    x: int
    row: str
    size: int
    datum: Datum

    def look_up(self, margin: int = 0) -> tuple[SourceFile, RasterWindow]:
        """The raster, and the tile's window with a margin in pixels. A row may ask for more pixels: `123@2x`."""
        said = _ROW.fullmatch(self.row)
        if said is None:
            raise BadInput(
                f"row {self.row!r} of a tile is none: a whole number, with @2x for twice the pixels"
            )
        source = source_of(self.city, self.name)
        size = check_size(self.size * int(said[2] or 1))
        return source, frame_of(self.z, self.x, int(said[1]), size, margin, self.datum)

    async def answer(
        self, source: SourceFile, said: tuple[Any, ...], make: Callable[[], bytes], form: Form
    ) -> Response:
        """The picture; `said` is all that it is made of besides the raster."""
        return await kept_picture(self.request, key_of(self.request, source, said), make, MEDIA_TYPES[form])


async def _raster_tile(
    name: str, z: int, x: int, y: str, request: Request, city: AskedCity,
    size: Size = 256, datum: Datum = "wgs84",
) -> RasterTile:  # fmt: skip
    return RasterTile(request, city, name, z, x, y, size, datum)


AskedTile = Annotated[RasterTile, Depends(_raster_tile)]


def source_of(city: City, name: str) -> SourceFile:
    """The raster of this name as it is now."""
    return sources.find_source(city.settings.sources_folder, name, SUFFIXES)


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


def key_of(request: Request, source: SourceFile, asked: tuple[Any, ...]) -> str:
    """What a tile is made of: the release, the file as it is now, and the request."""
    text = f"{request.app.state.tiles_of}:raster:{source.name}@{source.version}:{asked!r}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
