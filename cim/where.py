"""Conditions on attributes: `{"status": "idle", "floors": {"gt": 10}}`.

A field is compared with a value (equal), a list (any of them), null (has none), or an object of
operators that must all hold: `eq ne gt gte lt lte in not_in like has has_any`. `like` takes `%` for any text;
`has` asks whether a comma-separated text names the item, or every one of a list; `has_any` one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.errors import BadInput
from cim.layer import Layer

Where = Mapping[str, Any]


def _named(values: pa.Array, items: Sequence[str]) -> list[Any]:
    """Which of the texts name each of the items."""
    padded = pc.binary_join_element_wise(
        "", pc.replace_substring_regex(values, r"\s*[,，、;；]\s*", ","), "", ","
    )
    return [pc.match_substring(padded, f",{item},") for item in items]


def _has(values: pa.Array, items: Any) -> Any:
    return reduce(pc.and_, _named(values, items))


def _has_any(values: pa.Array, items: Any) -> Any:
    return reduce(pc.or_, _named(values, items))


def _like(values: pa.Array, pattern: Any) -> Any:
    return pc.match_like(values, str(pattern))


_OPERATORS: dict[str, Callable[[pa.Array, Any], Any]] = {
    "eq": pc.equal,
    "ne": pc.not_equal,
    "gt": pc.greater,
    "gte": pc.greater_equal,
    "lt": pc.less,
    "lte": pc.less_equal,
    "in": lambda values, wanted: pc.is_in(values, value_set=pa.array(list(wanted)).cast(values.type)),
    "not_in": lambda values, unwanted: pc.invert(
        pc.is_in(values, value_set=pa.array(list(unwanted)).cast(values.type))
    ),
    "like": _like,
    "has": _has,
    "has_any": _has_any,
}


def check(layer: Layer, where: Where) -> None:
    """Raise `BadInput` for a field that the layer lacks or an operator that is not known."""
    for field, condition in where.items():
        if field not in layer.field_names:
            raise BadInput(
                f"layer {layer.name!r} has no field {field!r}; it has: {', '.join(layer.field_names) or 'none'}"
            )
        if isinstance(condition, Mapping):
            for operator in condition:
                if operator not in _OPERATORS:
                    raise BadInput(
                        f"operator {operator!r} on field {field!r} is not known; known: {', '.join(_OPERATORS)}"
                    )


def value_matches(field: str, values: pa.Array, condition: Any) -> NDArray[np.bool_]:
    """Which of a field's distinct values meet the condition: bool[len(values)].

    >>> value_matches("floors", pa.array([3, 30]), {"gt": 10}).tolist()
    [False, True]
    >>> value_matches("skills", pa.array(["排水,抢险", "消防"]), {"has": "抢险"}).tolist()
    [True, False]
    >>> value_matches("skills", pa.array(["排水,抢险", "消防"]), {"has_any": ["消防", "急救"]}).tolist()
    [False, True]
    """
    if isinstance(condition, (list, tuple)):
        condition = {"in": condition}
    elif not isinstance(condition, Mapping):
        condition = {"eq": condition}
    keep = np.ones(len(values), np.bool_)
    for operator, wanted in condition.items():
        try:
            asked, wanted_too = _alike(values, operator, wanted)
            matched = _OPERATORS[operator](asked, wanted_too)
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise BadInput(
                f"field {field!r} ({values.type}) can't be compared by {operator!r} with {wanted!r}"
            ) from error
        keep &= matched.to_numpy(zero_copy_only=False).astype(np.bool_)
    return keep


def _alike(values: pa.Array, operator: str, wanted: Any) -> tuple[pa.Array, Any]:
    """The values and what they are compared with as the operator takes them; `TypeError` where it can't."""
    if operator in ("in", "not_in"):
        if not isinstance(wanted, (list, tuple)):
            raise TypeError(f"{operator} takes a list")
        return values, wanted
    if operator == "like":
        if not isinstance(wanted, str):
            raise TypeError("like takes a text")
        return values, wanted
    if operator in ("has", "has_any"):
        items = [wanted] if isinstance(wanted, str) else wanted
        if not isinstance(items, (list, tuple)) or not items or not all(isinstance(i, str) for i in items):
            raise TypeError(f"{operator} takes a text, or a list of some")
        return values, items
    if wanted is None:
        raise TypeError("null is not compared; the field itself may be null")
    if isinstance(wanted, bool) != pa.types.is_boolean(values.type):
        raise TypeError("true and false are no numbers or texts")
    if isinstance(wanted, float) and pa.types.is_integer(values.type):
        values = values.cast(pa.float64())  # floors ≥ 2.5 is a fair question
    return values, pa.scalar(wanted).cast(values.type)


def rows_match(
    layer: Layer, codes: NDArray[np.int32], values: tuple[pa.Array, ...], where: Where
) -> NDArray[np.bool_]:
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
