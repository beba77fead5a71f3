"""The styles, and what they are drawn with: sprites and glyphs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from cim.city import City
from cim.errors import NotFound
from cim.model.layer import Layer
from spatial_api.http.dependencies import AskedCity, answer
from tiles.style.document import LABEL_SUFFIX, labelled_layers
from tiles.style.document import style as style_document
from tiles.style.glyphs import glyphs as glyphs_of
from tiles.style.palette import PALETTES, THEME_WORDS, Lang, Theme
from tiles.style.sprites import sheet

router = APIRouter(tags=["styles 样式"])

Glyphs = Literal["local", "server"]


@router.get("/style.json", summary="地图样式 MapLibre style of the city")
def style(
    request: Request,
    city: AskedCity,
    theme: Theme = "light",
    lang: Lang = "zh",
    glyphs: Glyphs = "local",
    layers: str = "",
) -> Response:
    """The style of every loaded layer, or of some; `glyphs=server` for clients that draw no text by themselves."""
    return answer(_style(request, city, choose_layers(city, layers), theme, lang, glyphs))


@router.get("/styles", summary="样式清单 The styles there are")
def styles(request: Request, city: AskedCity, lang: Lang = "zh") -> Response:
    """The style of the city in each theme, and of each layer."""
    at = f"{_base(request)}/styles"
    whole = [
        {
            "name": "city",
            "theme": theme,
            "title": f"{_name(city, lang)} · {words[lang == 'en']}",
            "url": f"{at}/city.json?theme={theme}&lang={lang}",
        }
        for theme, words in THEME_WORDS.items()
    ]
    single = [
        {"name": x.name, "title": title_of(x, lang), "url": f"{at}/{x.name}.json?lang={lang}"}
        for x in choose_layers(city, "")
    ]
    return answer({"styles": [*whole, *single], "themes": list(PALETTES)})


@router.get("/styles/{name}.json", summary="图层样式 The style of one layer, or of the city")
def one_style(
    name: str,
    request: Request,
    city: AskedCity,
    theme: Theme = "light",
    lang: Lang = "zh",
    glyphs: Glyphs = "local",
    layers: str = "",
) -> Response:
    """`city`, or a layer's name: that layer alone on a plain ground, to be added to a map of somebody's own."""
    drawn = choose_layers(city, layers if name == "city" else name)
    return answer(_style(request, city, drawn, theme, lang, glyphs))


@router.get("/sprites/{name}.json", summary="图标索引 Where each image of the sprite sheet lies")
def sprite_index(name: str, request: Request) -> Response:
    """The index of the sheet `light`, `dark` or `wall`; with `@2x`: of its double resolution."""
    made = sheet(*_sheet_of(name))
    return _not_modified(request, made.tag) or _with_tag(answer(made.index), made.tag)


@router.get("/sprites/{name}.png", summary="图标 The sprite sheet")
def sprite_picture(name: str, request: Request) -> Response:
    """The picture of the same sheet."""
    made = sheet(*_sheet_of(name))
    return _not_modified(request, made.tag) or _with_tag(Response(made.png, media_type="image/png"), made.tag)


@router.get("/fonts/{fontstack}/{span}.pbf", summary="字形 The glyphs of a font stack")
def glyphs(fontstack: str, span: str, request: Request) -> Response:
    """The glyphs of 256 code points, such as `0-255`, as distance fields, for the first fonts that this machine has."""
    made = glyphs_of(fontstack, span)
    return _not_modified(request, made.tag) or _with_tag(
        Response(made.pbf, media_type="application/x-protobuf"), made.tag
    )


def _style(
    request: Request, city: City, layers: list[Layer], theme: Theme, lang: Lang, glyphs: Glyphs
) -> dict[str, Any]:
    base, names = _base(request), [x.name for x in layers]
    served = [*names, *(f"{name}{LABEL_SUFFIX}" for name in labelled_layers(layers))]
    return style_document(
        layers,
        bounds=city.bounds(names),
        tiles_url=f"{base}/tiles/{','.join(served)}.json",
        sprite_url=f"{base}/sprites/{theme}",
        glyphs_url=f"{base}/fonts/{{fontstack}}/{{range}}.pbf" if glyphs == "server" else None,
        theme=theme,
        lang=lang,
        name=_name(city, lang) if len(layers) != 1 else title_of(layers[0], lang),
        day=city.today(),
    )


def choose_layers(city: City, layers: str) -> list[Layer]:
    """The named layers, with commas between them, all of them to be seen; where none is named, all that there are."""
    if layers:
        return [replace(city.snapshot(name).layer, visible=True) for name in dict.fromkeys(layers.split(","))]
    return [city.snapshot(name).layer for name in sorted(city.snapshots)]


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _name(city: City, lang: Lang) -> str:
    return city.settings.name_zh if lang == "zh" else city.settings.name_en


def title_of(layer: Layer, lang: Lang) -> str:
    """What a layer is called in the language, as far as it is."""
    return (
        (layer.title_en if lang == "en" else layer.title_zh) or layer.title_zh or layer.title_en or layer.name
    )


def _sheet_of(name: str) -> tuple[Theme, int]:
    theme, _, double = name.partition("@")
    for known in PALETTES:
        if theme == known and double in ("", "2x"):
            return known, 2 if double else 1
    raise NotFound(f"sprite sheet {name!r} is not there; there are: {', '.join(PALETTES)}, each with @2x too")


def _not_modified(request: Request, tag: str) -> Response | None:
    """That nothing has changed, where the client has the same."""
    if tag not in request.headers.get("if-none-match", ""):
        return None
    return _with_tag(Response(status_code=304), tag)


def _with_tag(response: Response, tag: str) -> Response:
    response.headers.update({"ETag": f'"{tag}"', "Cache-Control": "public, max-age=3600"})
    return response
