"""`/guide`: the pages of the guide, and the search in them."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from fastapi import APIRouter, Request
from isal import igzip
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from spatial_api.routes.guide.layout import page_document, search_document, unknown_document
from spatial_api.routes.guide.pages import FOLDER, ORDER, Lang, page
from spatial_api.routes.guide.search import find
from spatial_api.routes.tiles.responses import takes_gzip

router = APIRouter(include_in_schema=False)
#: What the pages are drawn with, by the path at which it is served.
FILES = {f"/guide/{name}": StaticFiles(directory=FOLDER / name) for name in ("pictures", "style")}

#: The pages run no script and fetch nothing from elsewhere.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language, Accept-Encoding",
}


@router.get("/guide")
def first_page(request: Request, lang: Lang | None = None) -> Response:
    """The first page of the guide."""
    return _page(request, ORDER[0], lang)


@router.get("/guide/search")
def search(request: Request, q: str = "", lang: Lang | None = None) -> Response:
    """The sections that contain all words of `q`; those of the other language where this one has none."""
    chosen = lang or language_of(request.headers.get("accept-language", ""))
    hits = find(chosen, q) or find("en" if chosen == "zh" else "zh", q)
    return _answer(request, search_document(chosen, q, hits).encode())


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
        return _answer(request, unknown_document(chosen, name).encode(), 404)
    tag, plain, packed = _render(chosen, name)
    headers = {**_HEADERS, "ETag": f'W/"{tag}"'}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return _packed_or_plain(request, plain, packed, headers)


@lru_cache(maxsize=64)
def _render(lang: Lang, name: str) -> tuple[str, bytes, bytes]:
    """A page's tag, its document, and the same compressed."""
    found = page(lang, name)
    assert found is not None
    plain = page_document(found).encode()
    return hashlib.sha256(plain).hexdigest()[:20], plain, _compress(plain)


def _answer(request: Request, plain: bytes, status: int = 200) -> Response:
    return _packed_or_plain(request, plain, _compress(plain), _HEADERS, status)


def _compress(plain: bytes) -> bytes:
    packed: bytes = igzip.compress(plain, mtime=0)
    return packed


def _packed_or_plain(
    request: Request, plain: bytes, packed: bytes, headers: dict[str, str], status: int = 200
) -> Response:
    if takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(packed, status, {**headers, "Content-Encoding": "gzip"}, media_type="text/html")
    return Response(plain, status, headers, media_type="text/html")
