"""Pictures of the map, for reports."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Literal
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from cim.city import City
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.space.crs import Datum
from spatial_api.http.bounds import sides_of
from spatial_api.http.conditional import Content, Version, conditional
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedCity
from tiles.picture.furniture import Words
from tiles.picture.map_frame import Bounds, MapFrame
from tiles.picture.map_picture import MEDIA_TYPES, PictureForm, draw_layers, picture_bytes
from tiles.picture.render import Picture
from tiles.style.map_layers import choose_layers, source_line, title_of
from tiles.style.palette import Lang, Theme

router = APIRouter(tags=["pictures 图片"])


@router.get(
    "/map.{form}",
    summary="地图图片 A picture of the map",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}},
)
@costly
def picture(
    form: PictureForm,
    request: Request,
    city: AskedCity,
    bbox: Annotated[str, Query(description="west,south,east,north; empty: the whole city")] = "",
    layers: str = "",
    theme: Theme = "light",
    lang: Lang = "zh",
    width: Annotated[int | None, Query(ge=16, le=8192)] = None,
    height: Annotated[int | None, Query(ge=16, le=8192)] = None,
    scale: float = 1.0,
    title: Annotated[str, Query(max_length=200)] = "",
    legend: bool = False,
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84",
) -> Response:
    """The layers in these bounds, drawn as the styles have them; where none is named, all that a map shows when it
    starts."""
    wanted = choose_layers(city.snapshots, layers)
    frame = MapFrame.of(_bounds(city, bbox, datum, wanted), width, height, scale)
    snapshots = {x.name: city.snapshot(x.name) for x in wanted}
    words = Words(
        title,
        source_line(wanted),
        {x.name: title_of(x, lang) for x in wanted} if legend else {},
        *(("m", "km", "N") if lang == "en" else ("米", "公里", "北")),
    )

    def draw_map() -> Content:
        drawn = draw_layers(wanted, snapshots, frame, words, day=city.today(), theme=theme, lang=lang)
        return Content(picture_bytes(drawn.image, form), MEDIA_TYPES[form], headers=_what_is_missing(drawn))

    key = _key(request, list(snapshots.values()), city.today())
    return conditional(request, Version(key, cache_control="no-cache"), draw_map)


def _what_is_missing(drawn: Picture) -> dict[str, str]:
    headers = {}
    if drawn.left_out:
        headers["X-Left-Out"] = ", ".join(f"{quote(name)}={n}" for name, n in drawn.left_out.items())
    if drawn.unnamed:
        headers["X-Unnamed"] = drawn.unnamed
    return headers


def _bounds(city: City, bbox: str, datum: Datum, layers: list[Layer]) -> Bounds:
    if not bbox:
        return city.bounds(x.name for x in layers)
    west, south, east, north = sides_of(bbox)
    if datum == "wgs84":
        return west, south, east, north
    corners = crs.to_wgs84(np.array([[west, south], [east, north]]), datum)
    return corners[0, 0], corners[0, 1], corners[1, 0], corners[1, 1]


def _key(request: Request, snapshots: list[Snapshot], day: dt.date) -> str:
    """What the picture is made of: the question, the state of each layer, and the day, by which areas are in force."""
    said = [request.url.path, request.url.query, request.app.state.tiles_of, day.isoformat()]
    said += [f"{s.layer.name}@{s.version}{'' if s.layer.visible else ' hidden'}" for s in snapshots]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()
