"""The comparisons in a CQL2 filter: `=`, `<`, `BETWEEN`, `IN`, `LIKE` and `IS NULL`.

What can't be compared is refused when the filter is read, so that its evaluation can't fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cim.cql.values import EXACT, Lookup, Value, as_text, kind_name, no_field, value
from cim.errors import BadInput
from cim.model.layer import Layer

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": pc.equal,
    "<>": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


@dataclass(frozen=True, slots=True)
class OnFields:
    """A condition on fields: `of` gives true, false or null over the rows of a lookup."""

    needs: frozenset[str]
    of: Callable[[Lookup], Any]


def comparison(op: str, args: Sequence[Any], layer: Layer) -> OnFields:
    """`args[0] op args[1]`; `BadInput` for what can't be compared."""
    part = {"op": op, "args": list(args)}
    left, right = value(args[0], layer), value(args[1], layer)
    common = _common((left, right), part, ordered=op not in ("=", "<>"))
    compare = COMPARISONS[op]
    return OnFields(left.needs | right.needs, lambda of: compare(common(left.of(of)), common(right.of(of))))


def _common(values: Sequence[Value], part: Any, ordered: bool) -> Callable[[Any], Any]:
    """A function that brings the values to one type; `BadInput` where there is none."""
    kinds = {v.kind for v in values}
    if kinds <= {"integer"}:
        return lambda x: x
    if kinds <= {"integer", "number"}:
        for v in values:
            if not v.needs and abs(v.of(no_field).as_py() or 0.0) >= EXACT and "integer" in kinds:
                raise BadInput(f"filter: {as_text(part)}: whole numbers are exact only below {EXACT}")
        return lambda x: x.cast(pa.float64(), safe=False) if isinstance(x, pa.Array) else x.cast(pa.float64())
    if len(kinds) > 1:
        hint = ""
        if kinds == {"date", "datetime"}:
            hint = (
                "; write TIMESTAMP('…T00:00:00Z'), or ask by t_intersects, for which a date is the whole day"
            )
        elif kinds & {"date", "datetime"}:
            hint = "; write DATE('2026-06-01') or TIMESTAMP('2026-06-01T08:00:00Z')"
        raise BadInput(
            f"filter: {as_text(part)} compares {' with '.join(sorted(map(kind_name, kinds)))}{hint}"
        )
    kind = kinds.pop()
    if kind == "boolean" and ordered:
        raise BadInput(f"filter: {as_text(part)}: true and false have no order; compare them by = or <>")
    if kind == "datetime":  # rows have milliseconds, a literal may have more
        return lambda x: x.cast(pa.timestamp("us", "UTC"))
    return lambda x: x


def between(args: Sequence[Any], layer: Layer) -> OnFields:
    """`args[0] BETWEEN args[1] AND args[2]`, both ends included."""
    low, high = comparison(">=", [args[0], args[1]], layer), comparison("<=", [args[0], args[2]], layer)
    return OnFields(low.needs | high.needs, lambda of: pc.and_kleene(low.of(of), high.of(of)))


def among(args: Sequence[Any], layer: Layer) -> OnFields:
    """`args[0] IN (args[1]…)`."""
    if not isinstance(args[1], list) or not args[1]:
        raise BadInput(f"filter: in takes a list, as in {as_text(args[0])} IN (1, 2); got {as_text(args[1])}")
    one, items = value(args[0], layer), [value(item, layer) for item in args[1]]
    if any(item.needs for item in items):
        tests = [comparison("=", [args[0], item], layer) for item in args[1]]
        needs = frozenset[str]().union(*(t.needs for t in tests))
        return OnFields(needs, lambda of: reduce(pc.or_kleene, (t.of(of) for t in tests)))
    common = _common([one, *items], {"op": "in", "args": list(args)}, ordered=False)
    wanted = pa.array([common(item.of(no_field)) for item in items])

    def evaluate(lookup: Lookup) -> Any:
        asked = common(one.of(lookup))
        if isinstance(asked, pa.Scalar):
            return pa.scalar(asked in wanted)
        # Arrow says that null is in no list; SQL does not know.
        return pc.if_else(pc.is_valid(asked), pc.is_in(asked, value_set=wanted.cast(asked.type)), None)

    return OnFields(one.needs, evaluate)


def like(args: Sequence[Any], layer: Layer) -> OnFields:
    """`args[0] LIKE args[1]`: `%` any text, `_` one character, `\\` before one of them that itself."""
    text, pattern = value(args[0], layer), value(args[1], layer)
    if text.kind != "text" or pattern.kind != "text" or pattern.needs:
        raise BadInput(
            f"filter: {as_text({'op': 'like', 'args': list(args)})}: like compares a text with a pattern, "
            "as in name LIKE '长沙%'"
        )
    regex = _regex(pattern.of(no_field).as_py())

    def evaluate(lookup: Lookup) -> Any:
        asked = text.of(lookup)
        if isinstance(asked, pa.Scalar):
            return pc.match_substring_regex(pa.array([asked]), regex)[0]
        return pc.match_substring_regex(asked, regex)

    return OnFields(text.needs, evaluate)


def _regex(pattern: str) -> str:
    made, rest = [], iter(pattern)
    for c in rest:
        if c == "\\":
            c = next(rest, "")
            if not c:
                raise BadInput(f"filter: the pattern {pattern!r} ends with its escape; write \\\\ for a \\")
            made.append(re.escape(c))
        else:
            made.append({"%": ".*", "_": "."}.get(c) or re.escape(c))
    return rf"(?s)\A{''.join(made)}\z"


def is_null(part: Any, layer: Layer) -> OnFields:
    """Whether there is no value: never unknown."""
    asked = value(part, layer)
    return OnFields(asked.needs, lambda of: pc.is_null(asked.of(of)))
