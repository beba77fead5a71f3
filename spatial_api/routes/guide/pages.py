"""The pages of the guide: read from Markdown, rendered once, each with its sections for the search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
FOLDER = Path(__file__).parents[2] / "guide"
#: The pages in the order in which the list at the side shows them. Each language has a file of this name.
ORDER = (
    "start",
    "maps",
    "dispatch",
    "planners",
    "gis",
    "models",
    "roads",
    "operating",
    "commands",
    "settings",
    "routes",
    "architecture",
    "glossary",
)

_LINK_TO_PAGE = re.compile(r"([a-z]+)\.md(#.+)?")
_NOT_IN_AN_ANCHOR = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a page under one heading."""

    level: int
    title: str
    anchor: str
    #: The words under the heading as plain text, without markup.
    text: str


@dataclass(frozen=True, slots=True)
class GuidePage:
    """One page in one language: its HTML without the frame round it, and its sections."""

    lang: Lang
    name: str
    title: str
    html: str
    sections: tuple[Section, ...]


@lru_cache(maxsize=len(ORDER) * len(LANGS))
def page(lang: Lang, name: str) -> GuidePage | None:
    """The page of this name; None where there is none."""
    return render(lang, name, (FOLDER / lang / f"{name}.md").read_text("utf-8")) if name in ORDER else None


@lru_cache(maxsize=len(LANGS))
def book(lang: Lang) -> tuple[GuidePage, ...]:
    """Every page in this language, in order."""
    return tuple(found for name in ORDER if (found := page(lang, name)))


def render(lang: Lang, name: str, markdown: str) -> GuidePage:
    """A page made of Markdown (CommonMark with tables; HTML in it is shown as text).

    Headings get the anchors that GitHub gives them, and links between the files become links between the pages, so
    that the same file reads well in both places.
    """
    parser = _parser()
    tokens = parser.parse(markdown)
    anchors = _with_anchors(tokens)
    for token in tokens:
        for child in token.children or ():
            _point_at_the_service(child, lang)
    sections = _sections(tokens, anchors)
    html = parser.renderer.render(tokens, parser.options, {})
    return GuidePage(lang, name, sections[0].title, html, sections)


def anchor_of(title: str) -> str:
    """The anchor of a heading, made as GitHub makes it.

    >>> anchor_of("Who owns this place? `POST /spatial/ownership`"), anchor_of("归属：谁管这里")
    ('who-owns-this-place-post-spatialownership', '归属谁管这里')
    """
    lower = unicodedata.normalize("NFC", title).lower().replace("`", "")
    return _NOT_IN_AN_ANCHOR.sub("", lower).strip().replace(" ", "-")


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("heading_close", _close_heading)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    return parser


def _close_heading(_self: RendererHTML, tokens: Sequence[Token], at: int, _options: Any, _env: Any) -> str:
    anchor = tokens[at - 2].attrGet("id")
    return f' <a class="anchor" href="#{anchor}" aria-hidden="true" tabindex="-1">#</a></{tokens[at].tag}>\n'


def _open_table(_self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: Any, _env: Any) -> str:
    return '<div class="table" tabindex="0"><table>\n'  # a wide table scrolls by itself, also by the keyboard


def _close_table(_self: RendererHTML, _tokens: Sequence[Token], _at: int, _options: Any, _env: Any) -> str:
    return "</table></div>\n"


def _with_anchors(tokens: list[Token]) -> dict[int, str]:
    """Gives each heading its `id`; the anchors by the index of the heading's token."""
    anchors: dict[int, str] = {}
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            wanted = anchor = anchor_of(_plain(tokens[at + 1]))
            again = 0
            while anchor in anchors.values():
                again += 1
                anchor = f"{wanted}-{again}"
            anchors[at] = anchor
            token.attrSet("id", anchor)
    return anchors


def _point_at_the_service(token: Token, lang: Lang) -> None:
    """Turns a link to another file of the guide into one to its page, and a picture's file into its address."""
    if token.type == "link_open":
        target = _LINK_TO_PAGE.fullmatch(unquote(str(token.attrGet("href"))))
        if target:
            token.attrSet("href", address(lang, target[1]) + (target[2] or ""))
    elif token.type == "image":
        token.attrSet("src", str(token.attrGet("src")).replace("../pictures/", "/guide/pictures/"))


def address(lang: Lang, name: str) -> str:
    """Where a page is; the language goes along, so that a reader who chose one keeps it."""
    return f"/guide/{name}?lang={lang}"


def _plain(inline: Token) -> str:
    """The words of an inline token: text and code, without marks and addresses."""
    parts = (
        " " if child.type in ("softbreak", "hardbreak") else child.content for child in inline.children or ()
    )
    return "".join(parts).strip()


def _sections(tokens: list[Token], anchors: dict[int, str]) -> tuple[Section, ...]:
    """The page cut at its headings; the first one is the page's title."""
    sections, starts = [], [*anchors, len(tokens)]
    for start, end in pairwise(starts):
        inside = tokens[start + 3 : end]
        prose = [_plain(token) for token in inside if token.type == "inline"]
        code = [token.content.strip() for token in inside if token.type in ("fence", "code_block")]
        text = "\n".join(filter(None, [*prose, *code]))  # prose first: an excerpt of it says more
        sections.append(Section(int(tokens[start].tag[1:]), _plain(tokens[start + 1]), anchors[start], text))
    return tuple(sections)
