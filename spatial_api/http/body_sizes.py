"""Which bodies a route takes and how many bytes they may have: declared beside each route that needs another size than
its kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from cim.city import City

V = TypeVar("V", bound=Callable[..., Any])
FileEndpoint = Callable[[Request, City], Awaitable[Response]]

#: Bytes of the body of what is placed, and of whatever is not named here.
MOST_BODY = 1_000_000
#: Bytes of a question's body: a hundred thousand points or corners and a good deal more.
MOST_QUESTION = 8_000_000
#: What the paths begin with that take a question, and areas and closures, which have borders of as many corners.
_QUESTIONS = ("/spatial/", "/h3/", "/areas", "/closures")
#: The types of a body that is a file, and how the files' names end.
FILE_SUFFIXES = {
    "text/csv": ".csv",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.stream": ".arrows",
    "application/vnd.apache.arrow.file": ".arrow",
}
#: Bytes of a body that is a file: some ten million points.
MOST_FILE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class BodyRule:
    """Which bodies a route takes."""

    most: int
    #: What answers a body that is a file.
    files: FileEndpoint | None = None
    #: Whether small JSON bodies are answered before the framework does any work (`http.fast_json`).
    short: bool = False


_by_endpoint: dict[Callable[..., Any], BodyRule] = {}
_declared: dict[str, BodyRule] = {}


def takes_body(most: int, *, files: FileEndpoint | None = None, short: bool = False) -> Callable[[V], V]:
    """Declare how many bytes the JSON body of this route may have, as its counts allow, and which others it takes."""

    def register(verb: V) -> V:
        _by_endpoint[verb] = BodyRule(most, files, short)
        return verb

    return register


def declare_rule(path: str, endpoint: Callable[..., Any]) -> BodyRule | None:
    """What was declared of the endpoint holds for this path."""
    rule = _by_endpoint.get(endpoint)
    if rule is not None:
        _declared[path] = rule
    return rule


def most_body(path: str, media_type: str = "application/json") -> int:
    """How many bytes the body of a request to this path may have.

    >>> most_body("/incidents"), most_body("/h3/cover"), most_body("/areas/430102")
    (1000000, 8000000, 8000000)
    """
    rule = _declared.get(path)
    if rule is None:
        return MOST_QUESTION if path.startswith(_QUESTIONS) else MOST_BODY
    return MOST_FILE if rule.files is not None and media_type in FILE_SUFFIXES else rule.most


def declared_sizes() -> dict[str, int]:
    """The paths with a size of their own, and that size."""
    return {path: rule.most for path, rule in _declared.items()}
