"""How a long job says how far it is: a function that is told what is done and how much there is."""

from __future__ import annotations

from collections.abc import Callable

#: Called as progress(what is being done, how many are done, how many there are; None: not known).
Progress = Callable[[str, int, int | None], None]


def silent(what: str, done: int, total: int | None) -> None:
    """Tell nobody."""
