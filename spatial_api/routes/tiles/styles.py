"""The styles, and what they are drawn with: sprites and glyphs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from cim.city import City
from cim.errors import NotFound
from cim.model.layer import Layer
from spatial_api.http.conditional import Content, Version, conditional
from spatial_api.http.dependencies import AskedCity, answer, answer_document, json_of, root_of
from tiles.style.document import LABEL_SUFFIX, labelled_layers
from tiles.style.document import style as style_document
from tiles.style.glyphs import glyphs as glyphs_of
from tiles.style.map_layers import choose_layers, title_of
from tiles.style.palette import PALETTES, THEME_WORDS, Lang, Theme
from tiles.style.sprites import sheet

router = APIRouter(tags=["styles 样式"])

Glyphs = Literal["local", "server"]


@dataclass(frozen=True, slots=True)
class StyleOptions:
    """How a style is to be."""

    theme: Theme
    lang: Lang
    glyphs: Glyphs
    layers: str


async def _options(
    theme: Theme = "light", lang: Lang = "zh", glyphs: Glyphs = "local", layers: str = ""
) -> StyleOptions:
    return StyleOptions(theme, lang, glyphs, layers)


AskedStyle = Annotated[StyleOptions, Depends(_options)]


@router.get("/style.json", summary="地图样式 MapLibre style of the city")
def style(request: Request, city: AskedCity, asked: AskedStyle) -> Response:
    """The style of every loaded layer, or of some; `glyphs=server` for clients that draw no text by themselves."""
    return answer_document(request, _style(request, city, choose_layers(city.snapshots, asked.layers), asked))


@router.get("/styles", summary="样式清单 The styles there are")
def styles(request: Request, city: AskedCity, lang: Lang = "zh") -> Response:
    """The style of the city in each theme, and of each layer."""
    at = f"{root_of(request)}/styles"
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
        for x in choose_layers(city.snapshots, "")
    ]
    return answer({"styles": [*whole, *single], "themes": list(PALETTES)})


@router.get("/styles/{name}.json", summary="图层样式 The style of one layer, or of the city")
def one_style(name: str, request: Request, city: AskedCity, asked: AskedStyle) -> Response:
    """`city`, or a layer's name: that layer alone on a plain ground, to be added to a map of somebody's own."""
    drawn = choose_layers(city.snapshots, asked.layers if name == "city" else name)
    return answer_document(request, _style(request, city, drawn, asked))


@router.get("/sprites/{name}.json", summary="图标索引 Where each image of the sprite sheet lies")
def sprite_index(name: str, request: Request) -> Response:
    """The index of the sheet `light`, `dark` or `wall`; with `@2x`: of its double resolution."""
    made = sheet(*_sheet_of(name))
    return conditional(
        request, _hourly_version(made.tag), lambda: Content(json_of(made.index), "application/json")
    )


@router.get("/sprites/{name}.png", summary="图标 The sprite sheet")
def sprite_picture(name: str, request: Request) -> Response:
    """The picture of the same sheet."""
    made = sheet(*_sheet_of(name))
    return conditional(request, _hourly_version(made.tag), lambda: Content(made.png, "image/png"))


@router.get("/fonts/{fontstack}/{span}.pbf", summary="字形 The glyphs of a font stack")
def glyphs(fontstack: str, span: str, request: Request) -> Response:
    """The glyphs of 256 code points, such as `0-255`, as distance fields, for the first fonts that this machine has."""
    made = glyphs_of(fontstack, span)
    return conditional(
        request, _hourly_version(made.tag), lambda: Content(made.pbf, "application/x-protobuf")
    )


def _hourly_version(tag: str) -> Version:
    return Version(tag, cache_control="public, max-age=3600")


def _style(request: Request, city: City, layers: list[Layer], asked: StyleOptions) -> dict[str, Any]:
    base, names = root_of(request), [x.name for x in layers]
    served = [*names, *(f"{name}{LABEL_SUFFIX}" for name in labelled_layers(layers))]
    return style_document(
        layers,
        bounds=city.bounds(names),
        tiles_url=f"{base}/tiles/{','.join(served)}.json",
        sprite_url=f"{base}/sprites/{asked.theme}",
        glyphs_url=f"{base}/fonts/{{fontstack}}/{{range}}.pbf" if asked.glyphs == "server" else None,
        theme=asked.theme,
        lang=asked.lang,
        name=_name(city, asked.lang) if len(layers) != 1 else title_of(layers[0], asked.lang),
        day=city.today(),
    )


def _name(city: City, lang: Lang) -> str:
    return city.settings.name_zh if lang == "zh" else city.settings.name_en


def _sheet_of(name: str) -> tuple[Theme, int]:
    theme, _, double = name.partition("@")
    for known in PALETTES:
        if theme == known and double in ("", "2x"):
            return known, 2 if double else 1
    raise NotFound(f"sprite sheet {name!r} is not there; there are: {', '.join(PALETTES)}, each with @2x too")
