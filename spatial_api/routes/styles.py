"""The styles: how map front-ends draw the city."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from spatial_api.asked import AskedCity, answer
from tiles.style import LABEL_SUFFIX, labelled
from tiles.style import style as style_document

router = APIRouter(tags=["styles 样式"])


@router.get("/style.json", summary="地图样式 MapLibre style of the city")
def style(
    request: Request,
    city: AskedCity,
    theme: Literal["light", "dark"] = "light",
    lang: Literal["zh", "en"] = "zh",
) -> Response:
    """A MapLibre style of every loaded layer."""
    names = sorted(city.snapshots)
    base = str(request.base_url).rstrip("/")
    layers = [city.snapshots[name].layer for name in names]
    served = [*names, *(f"{name}{LABEL_SUFFIX}" for name in labelled(layers))]
    made = style_document(
        layers,
        bounds=city.bounds(names),
        tiles_url=f"{base}/tiles/{','.join(served)}.json",
        theme=theme,
        lang=lang,
        name=city.settings.name_zh if lang == "zh" else city.settings.name_en,
    )
    return answer(made)
