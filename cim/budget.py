"""What one question may cost: corners that come in, comparisons, bytes of the answer, seconds.

There is one budget for each question. Whoever answers over HTTP begins it (`within`); a verb spends from it as it
works, and looks at it between two blocks of work. Without one, as on the command line and in Python, nothing is
bounded.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from cim.errors import Gone, TooMuch

#: Corners of all shapes of one question, comparisons of their edges with those of features, bytes of its answer, and
#: seconds of work.
MOST_CORNERS, MOST_COMPARISONS, MOST_BYTES, MOST_SECONDS = 100_000, 300_000_000, 32_000_000, 20.0
_UNBOUNDED = 2**62


@dataclass(slots=True)
class Budget:
    """What is left for a question. `gone` is set where nobody waits for its answer any more."""

    corners: int = MOST_CORNERS
    comparisons: int = MOST_COMPARISONS
    bytes: int = MOST_BYTES
    seconds: float = MOST_SECONDS
    gone: bool = False
    _corners: int = field(default=0, init=False)
    _comparisons: int = field(default=0, init=False)
    _bytes: int = field(default=0, init=False)
    _until: float = field(default=float("inf"), init=False)

    def begin(self) -> None:
        """The work begins: what was waited for a free thread doesn't count."""
        self._until = time.monotonic() + self.seconds

    def check(self) -> None:
        """`Gone` where nobody waits any more, `TooMuch` where the time is up."""
        if self.gone:
            raise Gone("the client has left")
        if time.monotonic() > self._until:
            raise TooMuch(
                f"the question takes longer than {self.seconds:g} s; ask about a smaller place, fewer layers or fewer "
                "things at once"
            )

    @property
    def comparisons_left(self) -> int:
        """How many more comparisons may be made."""
        return self.comparisons - self._comparisons

    def spend_corners(self, count: int, what: str = "shapes") -> None:
        """Corners of a shape that came in; `TooMuch` before anything is made of them."""
        self._corners += count
        if self._corners > self.corners:
            raise TooMuch(
                f"the {what} of one question have more than {self.corners:,} corners together; simplify them, or ask "
                "in several"
            )

    def spend_comparisons(self, count: int, corners: int, features: int, what: str) -> None:
        """Comparisons that were made, or will be, of a shape of so many corners with so many features."""
        self._comparisons += count
        if self._comparisons > self.comparisons:
            raise TooMuch(
                f"the shape's {corners:,} corners lie so close together that comparing them with {features:,} {what} "
                f"takes more than the {self.comparisons:,} comparisons of one question; simplify the shape, or ask "
                "about a smaller part of it"
            )
        self.check()

    def spend_bytes(self, count: int, what: str = "") -> None:
        """Bytes that the answer will hold, before they are made."""
        self._bytes += count
        if self._bytes > self.bytes:
            raise TooMuch(
                f"the answer would hold more than {self.bytes / 1e6:g} MB{what and f' ({what})'}; take a smaller "
                "limit, fewer layers or a smaller place, or ask in several questions"
            )


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


def current() -> Budget:
    """The budget of the question that is being answered here; one without bounds where there is none."""
    return _current.get() or Budget(_UNBOUNDED, _UNBOUNDED, _UNBOUNDED, float("inf"))


@contextmanager
def within(limits: Budget) -> Iterator[Budget]:
    """What is asked in here is asked within these limits.

    >>> with within(Budget(bytes=300)):  # doctest: +ELLIPSIS
    ...     current().spend_bytes(400)
    Traceback (most recent call last):
    cim.errors.TooMuch: the answer would hold more than 0.0003 MB; take a smaller limit, ...
    """
    before = _current.set(limits)
    try:
        yield limits
    finally:
        _current.reset(before)
