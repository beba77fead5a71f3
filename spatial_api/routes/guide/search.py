"""The search in the guide: sections that contain every word."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from spatial_api.routes.guide.pages import GuidePage, Lang, Section, book

#: Characters of an excerpt before and after the first word that was found.
_BEFORE, _AFTER = 50, 150
#: Longest query that is read; what comes after it is ignored.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class SectionHit:
    """A section that contains every word of the query."""

    page: GuidePage
    section: Section
    #: The part of the section's text about the first word; empty where only the title has the words.
    excerpt: str


def fold(text: str) -> str:
    """The text as it is compared: composed (NFC) and without case.

    >>> fold("Cafe\\N{COMBINING ACUTE ACCENT} GCJ-02") == fold("CAFÉ gcj-02")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def words_of(query: str) -> list[str]:
    """The words to look for, folded, each once.

    >>> words_of("封路  Closures 封路")
    ['封路', 'closures']
    """
    return list(dict.fromkeys(fold(query[:_LONGEST]).split()))


def find(lang: Lang, query: str) -> list[SectionHit]:
    """The sections in this language that contain every word of the query; those with the words in their title first."""
    words = words_of(query)
    if not words:
        return []
    ranked: list[tuple[int, SectionHit]] = []
    for page in book(lang):
        for section in page.sections:
            title, text = fold(section.title), fold(section.text)
            if all(word in title or word in text for word in words):
                missing = sum(word not in title for word in words)
                ranked.append((missing, SectionHit(page, section, _excerpt(section.text, words))))
    ranked.sort(key=lambda one: one[0])  # stable: within a rank the order of the pages
    return [hit for _, hit in ranked]


def _excerpt(text: str, words: list[str]) -> str:
    """The line or lines about the first word, shortened."""
    flat = " ".join(text.split())
    compared = fold(flat)
    places = [compared.find(word) for word in words if word in compared]
    if not places:
        return flat[:_AFTER] + ("…" if len(flat) > _AFTER else "")
    start = max(0, min(places) - _BEFORE)
    end = min(len(flat), min(places) + _AFTER)
    return ("…" if start else "") + flat[start:end].strip() + ("…" if end < len(flat) else "")


def split_at_words(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the words.

    >>> split_at_words("Closures and a closure", ["closure"])
    [('Closure', True), ('s and a ', False), ('closure', True)]
    """
    compared = fold(text)
    if len(compared) != len(text):  # folding changed the length of something: positions would not agree
        return [(text, False)]
    pieces: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        found = [(place, -len(word)) for word in words if (place := compared.find(word, at)) >= 0]
        if not found:
            pieces.append((text[at:], False))
            break
        place, minus_length = min(found)
        if place > at:
            pieces.append((text[at:place], False))
        at = place - minus_length
        pieces.append((text[place:at], True))
    return pieces
