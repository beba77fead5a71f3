"""Pictures of the map, for reports."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Annotated, Literal
from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from cim.city import City
from cim.errors import BadInput
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.space.crs import Datum
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedCity
from spatial_api.routes.tiles.styles import choose_layers, title_of
from tiles.picture.furniture import Words
from tiles.picture.map_frame import Bounds, MapFrame
from tiles.picture.render import draw
from tiles.style.document import LABEL_SUFFIX, labelled_layers, style
from tiles.style.palette import Lang, Theme

router = APIRouter(tags=["pictures 图片"])

_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


@router.get(
    "/map.{form}",
    summary="地图图片 A picture of the map",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in _MEDIA_TYPES.values()}}},
)
@costly
def picture(
    form: Literal["png", "jpg", "webp"],
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
    wanted = choose_layers(city, layers)
    frame = MapFrame.of(_bounds(city, bbox, datum, wanted), width, height, scale)
    snapshots = {x.name: city.snapshot(x.name) for x in wanted}
    tag = _tag(request, list(snapshots.values()), city.today())
    headers = {"ETag": f'"{tag}"', "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    document = style(
        wanted,
        bounds=frame.bounds(),
        tiles_url="",
        sprite_url="",
        theme=theme,
        lang=lang,
        name=city.settings.name_zh,
        day=city.today(),
    )
    sources = {
        **snapshots,
        **{f"{name}{LABEL_SUFFIX}": snapshots[name].labels for name in labelled_layers(wanted)},
    }
    words = Words(
        title,
        " · ".join(sorted({x.source for x in wanted if x.source})),
        {x.name: title_of(x, lang) for x in wanted} if legend else {},
        *(("m", "km", "N") if lang == "en" else ("米", "公里", "北")),
    )
    drawn = draw(document, sources, frame, words)
    if drawn.left_out:
        headers["X-Left-Out"] = ", ".join(f"{quote(name)}={n}" for name, n in drawn.left_out.items())
    if drawn.unnamed:
        headers["X-Unnamed"] = drawn.unnamed
    written = io.BytesIO()
    options = {"png": {"compress_level": 4}, "jpg": {"quality": 90}, "webp": {"quality": 90, "method": 2}}[
        form
    ]
    drawn.image.save(written, {"jpg": "JPEG"}.get(form, form.upper()), **options)
    return Response(written.getvalue(), headers=headers, media_type=_MEDIA_TYPES[form])


def _bounds(city: City, bbox: str, datum: Datum, layers: list[Layer]) -> Bounds:
    if not bbox:
        return city.bounds(x.name for x in layers)
    try:
        west, south, east, north = (float(side) for side in bbox.split(","))
    except ValueError as error:
        raise BadInput(f"bbox {bbox!r} is none: give west,south,east,north in degrees") from error
    if datum == "wgs84":
        return west, south, east, north
    corners = crs.to_wgs84(np.array([[west, south], [east, north]]), datum)
    return corners[0, 0], corners[0, 1], corners[1, 0], corners[1, 1]


def _tag(request: Request, snapshots: list[Snapshot], day: dt.date) -> str:
    """What the picture is made of: the question, the state of each layer, and the day, by which areas are in force."""
    said = [request.url.path, request.url.query, request.app.state.tiles_of, day.isoformat()]
    said += [f"{s.layer.name}@{s.version}{'' if s.layer.visible else ' hidden'}" for s in snapshots]
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()
