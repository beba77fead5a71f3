"""The frame round a page of the guide: header with search and language, list of pages, the page."""

from __future__ import annotations

from html import escape

from spatial_api.routes.guide.pages import GuidePage, Lang, address, book
from spatial_api.routes.guide.search import SectionHit, split_at_words, words_of

_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "html": "zh-CN", "guide": "使用指南", "map": "地图", "api": "接口文档", "search": "搜索指南", "find": "搜索",
        "pages": "目录", "other": "English", "skip": "跳到正文", "previous": "上一页", "next": "下一页",
        "none": "没有找到包含全部词语的章节：", "some": "{n} 个章节包含：", "ask": "请输入要查找的词。",
        "elsewhere": "中文页面中没有，以下是英文页面中的结果。", "unknown": "没有这一页：", "there": "现有的页面：",
    },
    "en": {
        "html": "en", "guide": "Guide", "map": "Map", "api": "API", "search": "Search the guide", "find": "Search",
        "pages": "Pages", "other": "中文", "skip": "Skip to the page", "previous": "Previous", "next": "Next",
        "none": "No section contains all the words:", "some": "Sections that contain the words ({n}):",
        "ask": "Enter the words to look for.", "elsewhere": "Nothing in the English pages; these are Chinese ones.",
        "unknown": "There is no such page:", "there": "The pages are:",
    },
}  # fmt: skip


def page_document(page: GuidePage) -> str:
    """The whole HTML document of a page."""
    pages = book(page.lang)
    at = pages.index(page)
    say = _WORDS[page.lang]
    turns = [
        f'<a rel="{rel}" href="{address(page.lang, pages[i].name)}">{say[word]}{"：" if page.lang == "zh" else ": "}'
        f"{escape(pages[i].title)}</a>"
        for rel, word, i in (("prev", "previous", at - 1), ("next", "next", at + 1))
        if 0 <= i < len(pages)
    ]
    return _document(
        page.lang, page.title, f'{page.html}<p class="turn">{" ".join(turns)}</p>', page.name, page
    )


def unknown_document(lang: Lang, name: str) -> str:
    """The document for a page that is not there, with those that are."""
    say = _WORDS[lang]
    body = f"<h1>{say['unknown']} {escape(name)}</h1><p>{say['there']}</p><ul>{_list_of_pages(lang)}</ul>"
    return _document(lang, say["guide"], body, name)


def search_document(lang: Lang, query: str, hits: list[SectionHit]) -> str:
    """The document of a search. Hits in the other language stand for a search that found nothing in this one."""
    say, words = _WORDS[lang], words_of(query)
    shown = f"“{escape(query)}”" if lang == "en" else f"「{escape(query)}」"
    if not words:
        head = f"<p>{say['ask']}</p>"
    elif not hits:
        head = f'<p class="none">{say["none"]} {shown}</p>'
    else:
        head = f"<p>{say['some'].format(n=len(hits))} {shown}</p>"
        if hits[0].page.lang != lang:
            head += f"<p>{say['elsewhere']}</p>"
    items = "".join(_hit(hit, words) for hit in hits)
    results = f'<ol class="hits">{items}</ol>' if hits else ""
    return _document(lang, say["find"], f"<h1>{say['find']}</h1>{head}{results}", "search", query=query)


def _hit(hit: SectionHit, words: list[str]) -> str:
    page, section = hit.page, hit.section
    title = _highlight(section.title, words)
    where = "" if section.level == 1 else f'<span class="of">{escape(page.title)}</span>'
    return (
        f'<li lang="{_WORDS[page.lang]["html"]}"><a href="{address(page.lang, page.name)}#{section.anchor}">{title}</a>'
        f"{where}<p>{_highlight(hit.excerpt, words)}</p></li>"
    )


def _highlight(text: str, words: list[str]) -> str:
    return "".join(
        f"<mark>{escape(piece)}</mark>" if is_word else escape(piece)
        for piece, is_word in split_at_words(text, words)
    )


def _list_of_pages(lang: Lang, current: str = "") -> str:
    items = []
    for page in book(lang):
        here = page.name == current
        parts = "".join(
            f'<li><a href="#{s.anchor}">{escape(s.title)}</a></li>' for s in page.sections if s.level == 2
        )
        items.append(
            f'<li><a href="{address(lang, page.name)}"{" aria-current=page" if here else ""}>{escape(page.title)}</a>'
            f"{f'<ul>{parts}</ul>' if here and parts else ''}</li>"
        )
    return "".join(items)


def _document(
    lang: Lang, title: str, body: str, name: str, page: GuidePage | None = None, query: str = ""
) -> str:
    say = _WORDS[lang]
    other: Lang = "en" if lang == "zh" else "zh"
    there = address(other, page.name) if page else f"/guide?lang={other}"
    return f"""<!doctype html>
<html lang="{say["html"]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)} · citybase</title>
<link rel="icon" href="/viewer/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/guide/style/guide.css">
</head>
<body>
<a class="skip" href="#page">{say["skip"]}</a>
<header>
<a class="home" href="/guide?lang={lang}">citybase · {say["guide"]}</a>
<form action="/guide/search" role="search">
<input type="hidden" name="lang" value="{lang}">
<input type="search" name="q" value="{escape(query)}" placeholder="{say["search"]}" aria-label="{say["search"]}">
<button>{say["find"]}</button>
</form>
<nav class="ways">
<a class="to-pages" href="#pages">{say["pages"]}</a>
<a href="/">{say["map"]}</a>
<a href="/docs">{say["api"]}</a>
<a href="{there}" hreflang="{_WORDS[other]["html"]}" lang="{_WORDS[other]["html"]}">{say["other"]}</a>
</nav>
</header>
<div class="columns">
<main id="page">{body}</main>
<nav id="pages" aria-label="{say["pages"]}"><h2>{say["pages"]}</h2><ul>{_list_of_pages(lang, name)}</ul></nav>
</div>
</body>
</html>
"""
