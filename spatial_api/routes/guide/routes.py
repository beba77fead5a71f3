"""`/guide`: the pages of the guide, and the search in them."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from fastapi import APIRouter, Request
from isal import igzip
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from spatial_api.http.conditional import Content, Version, conditional, respond
from spatial_api.routes.guide.layout import page_document, search_document, unknown_document
from spatial_api.routes.guide.pages import FOLDER, ORDER, Lang, page
from spatial_api.routes.guide.search import find

router = APIRouter(include_in_schema=False)
#: What the pages are drawn with, by the path at which it is served.
FILES = {f"/guide/{name}": StaticFiles(directory=FOLDER / name) for name in ("pictures", "style")}

#: The pages run no script and fetch nothing from elsewhere.
_SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
}
_VARY = "Accept-Language, Accept-Encoding"


@router.get("/guide")
def first_page(request: Request, lang: Lang | None = None) -> Response:
    """The first page of the guide."""
    return _page(request, ORDER[0], lang)


@router.get("/guide/search")
def search(request: Request, q: str = "", lang: Lang | None = None) -> Response:
    """The sections that contain all words of `q`; those of the other language where this one has none."""
    chosen = lang or language_of(request.headers.get("accept-language", ""))
    hits = find(chosen, q) or find("en" if chosen == "zh" else "zh", q)
    return _answer(request, search_document(chosen, q, hits))


@router.get("/guide/{name}")
def one_page(request: Request, name: str, lang: Lang | None = None) -> Response:
    """One page of the guide."""
    return _page(request, name, lang)


def language_of(accepted: str) -> Lang:
    """The language that an Accept-Language header prefers; Chinese unless it prefers English.

    >>> language_of("en-GB,en;q=0.9,zh;q=0.5"), language_of("fr, zh-CN;q=0.8, en;q=0.3"), language_of("")
    ('en', 'zh', 'zh')
    """
    weights: dict[Lang, float] = {"zh": 0.0, "en": 0.0}
    for one in accepted.lower().replace(" ", "").split(","):
        name, _, weight = one.partition(";q=")
        for lang in weights:
            if name.split("-")[0] == lang:
                weights[lang] = max(weights[lang], _weight(weight))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _page(request: Request, name: str, lang: Lang | None) -> Response:
    chosen = lang or language_of(request.headers.get("accept-language", ""))
    if name not in ORDER:
        return _answer(request, unknown_document(chosen, name), 404)
    tag, document = _render(chosen, name)
    version = Version(tag, weak=True, cache_control="no-cache", vary=_VARY, others=_SAFE)
    return conditional(request, version, lambda: document)


@lru_cache(maxsize=64)
def _render(lang: Lang, name: str) -> tuple[str, Content]:
    """A page's tag, and its document."""
    found = page(lang, name)
    assert found is not None
    document = page_document(found)
    return hashlib.sha256(document.encode()).hexdigest()[:20], _gzip_content(document)


def _answer(request: Request, document: str, status: int = 200) -> Response:
    headers = {**_SAFE, "Cache-Control": "no-cache", "Vary": _VARY}
    return respond(request, _gzip_content(document), headers, status)


def _gzip_content(document: str) -> Content:
    return Content(igzip.compress(document.encode(), mtime=0), "text/html", "gzip")
