"""Arithmetic over the bands of a raster: `(b4 - b1) / (b4 + b1)`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.errors import BadInput

_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LONGEST = 200
_HELP = "write bands as b1, b2 … as in (b4-b1)/(b4+b1)"


@lru_cache(maxsize=64)
def bands_of(expression: str) -> tuple[int, ...]:
    """The bands that an expression names, in rising order; `BadInput` where it is none.

    >>> bands_of("(b4 - b1) / (b4 + b1)")
    (1, 4)
    >>> bands_of("b1.size")
    Traceback (most recent call last):
    cim.errors.BadInput: expression 'b1.size' can't be used: write bands as b1, b2 … as in (b4-b1)/(b4+b1)
    """
    found: set[int] = set()
    _walk(_parse(expression), expression, found.add)
    if not found:
        raise BadInput(f"expression {expression!r} names no band: {_HELP}")
    return tuple(sorted(found))


def evaluate(expression: str, planes: Mapping[int, NDArray[np.float32]]) -> NDArray[np.float32]:
    """The expression over the planes of its bands, float32 of their shape; NaN where it has no finite value.

    >>> evaluate("b1 / b2", {1: np.array([1, 1], np.float32), 2: np.array([2, 0], np.float32)}).tolist()
    [0.5, nan]
    """
    shape = next(iter(planes.values())).shape
    with np.errstate(all="ignore"):
        made = np.broadcast_to(_value(_parse(expression), planes), shape).astype(np.float32)
    made[~np.isfinite(made)] = np.nan
    return made


@lru_cache(maxsize=64)
def _parse(expression: str) -> ast.expr:
    try:
        if len(expression) > _LONGEST:
            raise BadInput(f"an expression has at most {_LONGEST} characters, not {len(expression)}")
        return ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInput(f"expression {expression!r} can't be used: {_HELP}") from error


def _walk(node: ast.expr, expression: str, found: Callable[[int], None]) -> None:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            _walk(left, expression, found)
            _walk(right, expression, found)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _walk(operand, expression, found)
        case ast.Constant(value=(int() | float()) as value) if not isinstance(value, bool) and value < 1e30:
            pass
        case ast.Name(id=name) if name[:1] == "b" and name[1:].isascii() and name[1:].isdecimal():
            found(int(name[1:]))
        case _:
            raise BadInput(f"expression {expression!r} can't be used: {_HELP}")


def _value(node: ast.expr, planes: Mapping[int, NDArray[np.float32]]) -> Any:
    match node:
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_value(left, planes), _value(right, planes))
        case ast.UnaryOp(operand=operand):
            return -_value(operand, planes)
        case ast.Name(id=name):
            return planes[int(name[1:])]
        case ast.Constant(value=value):
            return np.float32(value)  # type: ignore[arg-type]  # a number, as _walk has seen
    raise AssertionError(node)
