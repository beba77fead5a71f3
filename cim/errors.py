"""What can go wrong, in words that say what, which, and what would work.

Every error a user can cause is a `CityError`. Its HTTP status stands in one table,
`spatial_api.http.problems`; its text is written for the person who has to act on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CityError(Exception):
    """The base of every error that a user can understand and act on."""


class NotFound(CityError):
    """The named thing is not in the city."""


class BadInput(CityError):
    """What was given can't be used; the text says which part and what would work."""


class TooMuch(BadInput):
    """The question costs more than one question may; the text says what, how much, and what would work."""


class Gone(CityError):
    """Nobody waits for the answer any more."""


class Conflict(CityError):
    """The change contradicts what is stored, such as a code that is taken."""


class KeyReused(CityError):
    """A key that stands for one change came with another."""


class Forbidden(CityError):
    """The caller may not do this; the text says who may."""


class StoreBusy(CityError):
    """The store is locked by somebody else for longer than we wait; trying again may work."""


class StoreUnusable(CityError):
    """The store can't be opened or written: missing, full, without PostGIS, or of a newer version."""


class LayerChanged(StoreUnusable):
    """A layer's table is gone, or no longer has the fields that the catalogue says."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one row of the data that came in.

    `row` counts from 1 in the order of the file (None: the file as a whole);
    `done` says what was done about it: `"raised"`, `"fixed"`, `"skipped"`, or `"kept"` as it is.

    >>> str(Fault(row=3, what="the ring crosses itself near 112.9, 28.2", done="fixed"))
    'row 3: the ring crosses itself near 112.9, 28.2 (fixed)'
    """

    row: int | None
    what: str
    done: str = "raised"

    def __str__(self) -> str:
        where = "file" if self.row is None else f"row {self.row}"
        return f"{where}: {self.what} ({self.done})"


class FaultyData(BadInput):
    """The rows of a file can't be loaded as they are; every fault is listed, nothing was written."""

    def __init__(self, message: str, faults: Sequence[Fault]) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
