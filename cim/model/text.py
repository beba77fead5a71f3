"""A text in the two languages of every answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """What is said to a person, in Chinese and in English.

    It has no slots: orjson writes an object with a `__dict__` four times as fast.
    """

    zh: str
    en: str
