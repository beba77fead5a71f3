"""Which words of a list stand in a text, for matching what people write to what a list calls it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

from cim.model.composed_text import compose

T = TypeVar("T", bound=Hashable)


def fold(text: str) -> str:
    """The text as words are compared: composed, without case, without spaces at its ends."""
    return compose(text).strip().casefold()


def matches(text: str, words: Mapping[str, tuple[T, ...]]) -> dict[T, tuple[str, ...]]:
    """For each thing the words of it that stand in the text, in their order there. `words` are folded.

    A word inside a longer one does not count:

    >>> words = {"中毒": ("T2012",), "食物中毒": ("T3002",), "呕吐": ("T3002",)}
    >>> matches("多名学生食物中毒，呕吐", words)
    {'T3002': ('食物中毒', '呕吐')}
    """
    line = fold(text)
    found = [(at, at + len(word), word) for word in words for at in _places(line, word)]
    outer = [
        (a, b, word)
        for a, b, word in found
        if not any(c <= a and b <= d and d - c > b - a for c, d, _ in found)
    ]
    by_thing: dict[T, dict[str, None]] = {}
    for _, _, word in sorted(outer):
        for thing in words[word]:
            by_thing.setdefault(thing, {})[word] = None
    return {thing: tuple(mine) for thing, mine in by_thing.items()}


def _places(line: str, word: str) -> Iterator[int]:
    at = line.find(word)
    while at >= 0:
        yield at
        at = line.find(word, at + 1)
