"""A text in the two languages of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """What is said to a person, in Chinese and in English.

    It has no slots: orjson writes an object with a `__dict__` four times as fast.
    """

    zh: str
    en: str


@dataclass(frozen=True)
class Texts:
    """Several texts by language, as answers list reasons: `{"zh": [...], "en": [...]}`."""

    zh: list[str]
    en: list[str]

    @classmethod
    def of(cls, texts: Iterable[Text]) -> Texts:
        """The texts in their order.

        >>> Texts.of([Text("甲", "a"), Text("乙", "b")])
        Texts(zh=['甲', '乙'], en=['a', 'b'])
        """
        listed = list(texts)
        return cls([text.zh for text in listed], [text.en for text in listed])


@dataclass(frozen=True)
class Term:
    """A word that programs go by, with its names for people."""

    key: str
    zh: str
    en: str
