"""CQL2 as it comes in, text or JSON, as the JSON that is evaluated; refused where reading it would cost too much.

The library cql2 parses. It could validate against the standard's JSON schema too, but that takes 0.1 to 13 s for one
filter, and says no more than that something is wrong; `cim.cql.filter` checks each part against the layer instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cql2

from cim.errors import BadInput

#: Longer filters are refused.
LONGEST = 4000
#: So deep may parts of a filter lie in each other.
DEEPEST = 40
#: So deep may lists lie in each other, for each of which the parser starts again twice.
_DEEPEST_LISTS = 4


def parse(text: str) -> Any:
    """The filter as CQL2-JSON."""
    if len(text) > LONGEST:
        raise BadInput(f"filter: {len(text)} characters are too many; a filter has at most {LONGEST}")
    text = text.strip()
    if not text:
        raise BadInput("filter: there is nothing in it; write a condition such as floors > 10")
    as_json = text.startswith("{")
    if not as_json:
        _check_brackets(text)
    try:
        made = (cql2.parse_json if as_json else cql2.parse_text)(text).to_json()
    except Exception as error:  # of the parser; not all are ParseError
        raise BadInput(f"filter: {_where(str(error), text)}") from error
    _check_depth(made)
    return made


def _check_brackets(text: str) -> None:
    """Refuse what the parser would not come back from: it recurses for each bracket, and where brackets hold lists
    it reads their inside twice."""
    open_: list[_Bracket] = [_Bracket(at=0, is_list=False)]
    before = ""
    for token in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|[(),]|[^\s(),'\"]+", text):
        match token.group():
            case "(":
                # Brackets after a word are those of a function or of WKT, which are read once.
                open_.append(_Bracket(token.start() + 1, before in ("", "(", ",")))
            case ")" if len(open_) > 1:
                _close(open_)
            case ",":
                open_[-1].has_comma = True
        before = token.group()
        if len(open_) > DEEPEST:
            raise BadInput(f"filter: more than {DEEPEST} brackets lie in each other; that is too deep")
    while len(open_) > 1:
        _close(open_)


@dataclass(slots=True)
class _Bracket:
    at: int
    is_list: bool
    has_comma: bool = False
    lists: int = 0


def _close(open_: list[_Bracket]) -> None:
    inner = open_.pop()
    lists = inner.lists + (inner.is_list and inner.has_comma)
    if lists > _DEEPEST_LISTS:
        raise BadInput(
            f"filter: more than {_DEEPEST_LISTS} lists lie in each other at character {inner.at}; that is too deep"
        )
    open_[-1].lists = max(open_[-1].lists, lists)


def _where(error: str, text: str) -> str:
    """What the parser says, without its picture: where, what stands there, what could."""
    place = re.search(r"--> (\d+):(\d+)", error)
    if place is None:
        return " ".join(error.split())[:300]
    line, column = int(place[1]), int(place[2])
    found = text.split("\n")[line - 1][column - 1 :][:20] if line <= text.count("\n") + 1 else ""
    what = f"{found!r} can't stand here" if found else "something is missing"
    where = f"line {line}, character {column}" if "\n" in text else f"character {column}"
    return f"{what} ({where})"


def _check_depth(made: Any) -> None:
    """Refuse what walks down into it would not come back from."""
    level, depth = [made], 0
    while level := [inner for part in level for inner in _inside(part)]:
        depth += 1
        if depth > DEEPEST:
            raise BadInput(f"filter: more than {DEEPEST} of its parts lie in each other; that is too deep")


def _inside(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from part.get("args", ())
        yield from part.get("interval", ())
    elif isinstance(part, list):
        yield from part
