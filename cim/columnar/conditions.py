"""Conditions on attributes: `{"status": "idle", "floors": {"gt": 10}}`.

A field is compared with a value (equal), a list (any of them), null (has none), or an object of
operators that must all hold: `eq ne gt gte lt lte in not_in like has has_any`. `like` takes `%` for any text;
`has` asks whether a comma-separated text names the item, or every one of a list; `has_any` one of them.

A field is compared with values of its own type only, as in CQL2: a number with numbers, a text with texts (in composed
form, `cim.model.composed_text`), a day with `"2026-06-01"`, a moment with `"2026-06-01T08:00:00+08:00"`. Anything
else is refused, rather than compared as something that it is not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.errors import BadInput
from cim.model.composed_text import compose, composed_values
from cim.model.layer import ARROW_TYPES, Layer

Where = Mapping[str, Any]


def _mask_naming(values: pa.Array, items: Sequence[str]) -> list[Any]:
    """Which of the texts name each of the items."""
    padded = pc.binary_join_element_wise(
        "", pc.replace_substring_regex(values, r"\s*[,，、;；]\s*", ","), "", ","
    )
    return [pc.match_substring(padded, f",{item},") for item in items]


def _has(values: pa.Array, items: Any) -> Any:
    return reduce(pc.and_, _mask_naming(values, items))


def _has_any(values: pa.Array, items: Any) -> Any:
    return reduce(pc.or_, _mask_naming(values, items))


def _like(values: pa.Array, pattern: Any) -> Any:
    return pc.match_like(values, str(pattern))


_OPERATORS: dict[str, Callable[[pa.Array, Any], Any]] = {
    "eq": pc.equal,
    "ne": pc.not_equal,
    "gt": pc.greater,
    "gte": pc.greater_equal,
    "lt": pc.less,
    "lte": pc.less_equal,
    "in": lambda values, wanted: pc.is_in(values, value_set=wanted),
    "not_in": lambda values, unwanted: pc.invert(pc.is_in(values, value_set=unwanted)),
    "like": _like,
    "has": _has,
    "has_any": _has_any,
}


def check(layer: Layer, where: Where) -> None:
    """Raise `BadInput` for a field that the layer lacks, an operator that is not known, or a value of another type."""
    for name, condition in where.items():
        field = next((f for f in layer.fields if f.name == name), None)
        if field is None:
            raise BadInput(
                f"layer {layer.name!r} has no field {name!r}; it has: {', '.join(layer.field_names) or 'none'}"
            )
        if condition is None:
            continue
        for operator, wanted in _operators(condition).items():
            if operator not in _OPERATORS:
                raise BadInput(
                    f"operator {operator!r} on field {name!r} is not known; known: {', '.join(_OPERATORS)}"
                )
            _comparable(name, ARROW_TYPES[field.type], operator, wanted)


def _operators(condition: Any) -> Mapping[str, Any]:
    if isinstance(condition, Mapping):
        return condition
    return {"in" if isinstance(condition, (list, tuple)) else "eq": condition}


def value_matches(field: str, values: pa.Array, condition: Any) -> Mask:
    """Which of a field's distinct values meet the condition: bool[len(values)].

    >>> value_matches("floors", pa.array([3, 30]), {"gt": 10}).tolist()
    [False, True]
    >>> value_matches("floors", pa.array(["6", "33"]), {"gt": 10})
    Traceback (most recent call last):
    cim.errors.BadInput: field 'floors' holds texts and can't be compared by 'gt' with 10: give a text, such as "10" ...
    >>> value_matches("skills", pa.array(["排水,抢险", "消防"]), {"has": "抢险"}).tolist()
    [True, False]
    >>> value_matches("skills", pa.array(["排水,抢险", "消防"]), {"has_any": ["消防", "急救"]}).tolist()
    [False, True]
    """
    keep = np.ones(len(values), np.bool_)
    for operator, wanted in _operators(condition).items():
        comparable = _comparable(field, values.type, operator, wanted)
        try:
            matched = _OPERATORS[operator](*_alike(values, operator, comparable))
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise BadInput(
                f"field {field!r} ({_words(values.type)}) can't be compared by {operator!r} with {wanted!r}"
            ) from error
        keep &= matched.to_numpy(zero_copy_only=False).astype(np.bool_)
    return keep


#: What a field holds, and what it can be compared with, by the kind of its type.
_KINDS: dict[str, tuple[str, str]] = {
    "text": ("texts", 'give a text, such as "{}" (texts are compared letter by letter)'),
    "number": ("numbers", "give a number, such as 10"),
    "boolean": ("true and false", "give true or false"),
    "date": ("days", 'give a day, such as "2026-06-01"'),
    "moment": ("moments", 'give a moment with its zone, such as "2026-06-01T08:00:00+08:00"'),
}
_TEXT_OPERATORS = ("like", "has", "has_any")
_ORDER_OPERATORS = ("gt", "gte", "lt", "lte")
#: Whole numbers beyond this are not exact as decimals, which JSON makes of numbers of more than 64 bits.
_EXACT = 2**53
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _kind(of: pa.DataType) -> str:
    if pa.types.is_string(of) or pa.types.is_large_string(of):
        return "text"
    if pa.types.is_boolean(of):
        return "boolean"
    if pa.types.is_date(of):
        return "date"
    return "moment" if pa.types.is_timestamp(of) else "number"


def _words(of: pa.DataType) -> str:
    return _KINDS[_kind(of)][0]


def _comparable(field: str, of: pa.DataType, operator: str, wanted: Any) -> Any:
    """What a field of this type is compared with; `BadInput` where it can't be, with what would work."""
    kind = _kind(of)
    holds, usable = _KINDS[kind]

    def refusal(why: str) -> BadInput:
        return BadInput(
            f"field {field!r} holds {holds} and can't be compared by {operator!r} with {wanted!r}: {why}"
        )

    large = [
        i
        for i in (wanted if isinstance(wanted, (list, tuple)) else [wanted])
        if isinstance(i, float) and not abs(i) < _EXACT
    ]
    if large and pa.types.is_integer(of):
        raise refusal(f"decimals are exact only below {_EXACT}; give a whole number of 64 bits")
    if operator in _TEXT_OPERATORS:
        items = [wanted] if isinstance(wanted, str) else wanted
        if kind != "text":
            raise refusal(
                f"{operator} is for texts; compare {holds} by eq, ne, in, not_in, gt, gte, lt or lte"
            )
        if operator == "like" and not isinstance(wanted, str):
            raise refusal("like takes a text, in which % is any text")
        if not isinstance(items, (list, tuple)) or not items or not all(isinstance(i, str) for i in items):
            raise refusal(f"{operator} takes a text, or a list of texts")
        return compose(wanted) if operator == "like" else [compose(i) for i in items]
    if operator in ("in", "not_in"):
        if not isinstance(wanted, (list, tuple)):
            raise refusal(f"{operator} takes a list of values")
        items = [_literal(kind, item) for item in wanted]
        if None in items:
            raise refusal(_usable(kind, usable, wanted[items.index(None)]))
        return items
    if kind == "boolean" and operator in _ORDER_OPERATORS:
        raise refusal("true and false have no order; compare them by eq or ne")
    literal = _literal(kind, wanted)
    if literal is None:
        raise refusal(_usable(kind, usable, wanted))
    return literal


def _usable(kind: str, usable: str, wanted: Any) -> str:
    """What would work instead of what was given."""
    if wanted is None:
        return f"for rows without a value write the field alone, as null; else {usable}"
    if kind != "text":
        return usable
    number = isinstance(wanted, (int, float)) and not isinstance(wanted, bool)
    hint = "; to compare numbers, load the column without what is no number" if number else ""
    return usable.format(wanted if number else "…") + hint


def _literal(kind: str, given: Any) -> Any:
    """A given value as one of the kind; None where it is none."""
    if kind == "text":
        return compose(given) if isinstance(given, str) else None
    if kind == "number":
        return given if isinstance(given, (int, float)) and not isinstance(given, bool) else None
    if kind == "boolean":
        return given if isinstance(given, bool) else None
    try:
        if kind == "date":
            if isinstance(given, str) and _DAY.fullmatch(given):
                return dt.date.fromisoformat(given)
            return given if isinstance(given, dt.date) and not isinstance(given, dt.datetime) else None
        moment = dt.datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        return None
    return moment if isinstance(moment, dt.datetime) and moment.tzinfo is not None else None


def _alike(values: pa.Array, operator: str, wanted: Any) -> tuple[pa.Array, Any]:
    """The values and what they are compared with as the operator takes them."""
    if operator in _TEXT_OPERATORS:
        return composed_values(values), wanted
    items = wanted if operator in ("in", "not_in") else [wanted]
    kind = _kind(values.type)
    if kind == "text":
        values = composed_values(values)
    elif kind == "moment":  # rows have milliseconds, what they are compared with may have more
        values = values.cast(pa.timestamp("us", "UTC"))
    elif kind == "number" and pa.types.is_integer(values.type) and any(isinstance(i, float) for i in items):
        values = values.cast(pa.float64())  # floors ≥ 2.5 is a fair question
    array = pa.array(items, values.type)
    return values, array if operator in ("in", "not_in") else array[0]


def rows_match(layer: Layer, codes: NDArray[np.int32], values: tuple[pa.Array, ...], where: Where) -> Mask:
    """Which rows meet all conditions: bool[n]. Each condition looks at distinct values only, then at codes."""
    check(layer, where)
    keep = np.ones(codes.shape[1], np.bool_)
    for field, condition in where.items():
        i = layer.field_names.index(field)
        if condition is None:
            keep &= codes[i] < 0
            continue
        # One more entry, for code -1: a row without a value meets no condition.
        table = np.append(value_matches(field, values[i], condition), False)
        keep &= table[codes[i]]
    return keep
