"""What a MapLibre style expression gives for features, for pictures that are drawn here instead of in a browser.

Only the operators that our styles use; `tests/tiles/picture/test_expression.py` holds every style to that.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.errors import BadInput

Properties = Mapping[str, Any]


def evaluate(expression: Any, properties: Properties, zoom: float) -> Any:
    """The value for one feature at a zoom; None where MapLibre has null (MapLibre Style Specification, Expressions).

    >>> evaluate(["match", ["get", "class"], ["primary", "trunk"], 3, 1], {"class": "trunk"}, 12)
    3
    >>> evaluate(["interpolate", ["linear"], ["zoom"], 10, 1, 14, 5], {}, 12)
    3.0
    """
    if not isinstance(expression, list):
        return expression
    operator, *arguments = expression
    if operator in ("get", "has"):
        return properties.get(arguments[0]) if operator == "get" else arguments[0] in properties
    if operator in ("zoom", "literal"):
        return zoom if operator == "zoom" else arguments[0]
    special = _SPECIAL.get(operator)
    if special is not None:
        return special(arguments, properties, zoom)
    plain = _PLAIN.get(operator)
    if plain is None:
        raise BadInput(
            f"the expression {operator!r} can't be drawn here; known: {', '.join(sorted(operators()))}"
        )
    return plain(*(evaluate(a, properties, zoom) for a in arguments))


def operators() -> set[str]:
    """The operators that can be evaluated."""
    return {"get", "has", "zoom", "literal", *_SPECIAL, *_PLAIN}


def fields_of(expression: Any) -> set[str]:
    """The fields that an expression reads."""
    if not isinstance(expression, list) or not expression:
        return set()
    if expression[0] in ("get", "has") and len(expression) == 2:
        return {expression[1]}
    return set[str]().union(*(fields_of(part) for part in expression[1:]))


def evaluate_rows(
    expressions: Sequence[Any], table: pa.Table, n: int, zoom: float
) -> tuple[list[tuple[Any, ...]], NDArray[np.intp]]:
    """The values for the n rows of a table: the different ones that there are, and which of them each row has.

    Rows that are alike in every field that the expressions read are evaluated once.

    >>> roads = pa.table({"class": ["primary", "path", "primary"]})
    >>> values, which = evaluate_rows([["match", ["get", "class"], "path", 1, 4]], roads, 3, 12)
    >>> [values[i] for i in which]
    [(4,), (1,), (4,)]
    """
    fields = [name for name in sorted(fields_of(["all", *expressions])) if name in table.column_names]
    if not fields:
        return [tuple(evaluate(e, {}, zoom) for e in expressions)], np.zeros(n, np.intp)
    codes, values = [], []
    for name in fields:
        encoded = pa.concat_arrays(table.column(name).chunks or [pa.array([], table.field(name).type)])
        encoded = encoded.dictionary_encode()
        codes.append(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False))
        values.append([*encoded.dictionary.to_pylist(), None])  # the last is also that of code -1
    distinct, which = np.unique(np.stack(codes, axis=1), axis=0, return_inverse=True)
    made = []
    for row in distinct.tolist():
        had = {name: v[c] for name, v, c in zip(fields, values, row, strict=True) if v[c] is not None}
        made.append(tuple(evaluate(e, had, zoom) for e in expressions))
    return made, which.ravel()


# -- operators that do not evaluate all their arguments ----------------------------------


def _case(arguments: list[Any], properties: Properties, zoom: float) -> Any:
    for condition, output in zip(arguments[:-1:2], arguments[1::2], strict=True):
        if evaluate(condition, properties, zoom):
            return evaluate(output, properties, zoom)
    return evaluate(arguments[-1], properties, zoom)


def _match(arguments: list[Any], properties: Properties, zoom: float) -> Any:
    value = evaluate(arguments[0], properties, zoom)
    for labels, output in zip(arguments[1:-1:2], arguments[2:-1:2], strict=True):
        if value in labels if isinstance(labels, list) else value == labels:
            return evaluate(output, properties, zoom)
    return evaluate(arguments[-1], properties, zoom)


def _coalesce(arguments: list[Any], properties: Properties, zoom: float) -> Any:
    for argument in arguments:
        value = evaluate(argument, properties, zoom)
        if value is not None:
            return value
    return None


def _step(arguments: list[Any], properties: Properties, zoom: float) -> Any:
    value, reached = evaluate(arguments[0], properties, zoom), arguments[1]
    for stop, output in zip(arguments[2::2], arguments[3::2], strict=True):
        if value is not None and value >= stop:
            reached = output
    return evaluate(reached, properties, zoom)


def _interpolate(arguments: list[Any], properties: Properties, zoom: float) -> Any:
    (kind, *base), given, *rest = arguments
    value = evaluate(given, properties, zoom)
    stops, outputs = rest[::2], [evaluate(v, properties, zoom) for v in rest[1::2]]
    upper = next((i for i, stop in enumerate(stops) if value < stop), len(stops))
    if upper in (0, len(stops)):
        return outputs[0] if upper == 0 else outputs[-1]
    low, high = stops[upper - 1], stops[upper]
    power = base[0] if kind == "exponential" else 1.0
    share = (value - low) / (high - low)
    if power != 1.0:
        share = (power ** (value - low) - 1) / (power ** (high - low) - 1)
    return outputs[upper - 1] + share * (outputs[upper] - outputs[upper - 1])


def _all(arguments: list[Any], properties: Properties, zoom: float) -> bool:
    return all(evaluate(a, properties, zoom) for a in arguments)


def _any(arguments: list[Any], properties: Properties, zoom: float) -> bool:
    return any(evaluate(a, properties, zoom) for a in arguments)


def _to_number(arguments: list[Any], properties: Properties, zoom: float) -> Any:
    for argument in arguments:
        value = evaluate(argument, properties, zoom)
        if value is None or isinstance(value, bool):
            return float(bool(value))  # null is 0, as MapLibre has it
        try:
            return float(value)
        except ValueError:
            continue
    return None


_SPECIAL: dict[str, Callable[[list[Any], Properties, float], Any]] = {
    "case": _case,
    "match": _match,
    "coalesce": _coalesce,
    "step": _step,
    "interpolate": _interpolate,
    "all": _all,
    "any": _any,
    "to-number": _to_number,
}


# -- operators of values -------------------------------------------------------------------------------------


def _to_string(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _comparison(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison that is false where the two can't be compared."""

    def compare(a: Any, b: Any) -> bool:
        text = isinstance(a, str), isinstance(b, str)
        return a is not None and b is not None and text[0] == text[1] and holds(a, b)

    return compare


def _product(*numbers: float) -> float:
    made = 1.0
    for number in numbers:
        made *= number
    return made


def _contains(needle: Any, hay: str | Sequence[Any]) -> bool:
    return needle in hay


_PLAIN: dict[str, Callable[..., Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": _comparison(lambda a, b: a < b),
    "<=": _comparison(lambda a, b: a <= b),
    ">": _comparison(lambda a, b: a > b),
    ">=": _comparison(lambda a, b: a >= b),
    "!": lambda a: not a,
    "in": _contains,
    "concat": lambda *a: "".join(_to_string(v) for v in a),
    "to-string": _to_string,
    "downcase": lambda a: a.lower(),
    "+": lambda *a: sum(a),
    "-": lambda a, b=None: -a if b is None else a - b,
    "*": _product,
    "/": lambda a, b: a / b if b else 0.0,
}
