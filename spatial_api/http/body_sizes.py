"""How many bytes the body of a request may have: declared beside each route that needs another size than its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

V = TypeVar("V", bound=Callable[..., Any])

#: Bytes of the body of what is placed, and of whatever is not named here.
MOST_BODY = 1_000_000
#: Bytes of a question's body: a hundred thousand points or corners and a good deal more.
MOST_QUESTION = 8_000_000
#: What the paths begin with that take a question, and areas and closures, which have borders of as many corners.
_QUESTIONS = ("/spatial/", "/h3/", "/areas", "/closures")

_declared: dict[str, int] = {}


def takes_body(path: str, most: int) -> Callable[[V], V]:
    """Declare how many bytes the body of the route at this path may have, as its counts allow."""
    _declared[path] = most

    def register(verb: V) -> V:
        return verb

    return register


def most_body(path: str) -> int:
    """How many bytes the body of a request to this path may have.

    >>> most_body("/incidents"), most_body("/h3/cover"), most_body("/areas/430102")
    (1000000, 8000000, 8000000)
    """
    return _declared.get(path, MOST_QUESTION if path.startswith(_QUESTIONS) else MOST_BODY)


def declared_sizes() -> dict[str, int]:
    """The paths with a size of their own, and that size."""
    return dict(_declared)
