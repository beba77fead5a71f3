"""The values in a CQL2 filter: fields, literals and what is computed of them.

A value is not computed row by row: it is a function of a `Lookup`, which gives the values of a field either
over its distinct values or over all rows. A null stays null through everything, as in SQL.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cql2
import numpy as np
import pyarrow as pa

from cim.errors import BadInput
from cim.model.composed_text import compose, composed_values
from cim.model.layer import Layer

#: The values of a field (or `fid`), null where there is none.
Lookup = Callable[[str], pa.Array]

FID = "fid"
#: The names of what is no field: the store's number of a feature and its geometry. A field that has one of them
#: comes first.
FID_NAMES = (FID, "id")
GEOMETRY_NAMES = ("geom", "geometry")
#: Whole numbers beyond this are not exact in a filter, whose numbers are floating.
EXACT = 2**53

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,  # the sign of the first, as in SQL
    "div": lambda a, b: np.trunc(np.divide(a, b)),
    "^": np.power,
}
_FIELD_KINDS = {"real": "number"}


@dataclass(frozen=True, slots=True)
class Value:
    """What stands on one side of a comparison.

    `kind` is `integer`, `number`, `text`, `boolean`, `date` or `datetime`; `needs` names the fields it is computed
    of; `of` gives an Arrow array over the rows of the lookup, or a scalar.
    """

    kind: str
    needs: frozenset[str]
    of: Callable[[Lookup], Any]


def as_text(part: Any) -> str:
    """A part of a filter as CQL2 text, for a message."""
    try:
        text = cql2.Expr(part).to_text() if isinstance(part, dict) else json.dumps(part, ensure_ascii=False)
    except Exception:  # noqa: BLE001  # cql2 has no other for a part that can't stand alone
        text = json.dumps(part, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."


def value(part: Any, layer: Layer) -> Value:
    """The value that a part of a filter (CQL2-JSON) stands for; `BadInput` where it stands for none."""
    match part:
        case bool():
            return _literal("boolean", pa.scalar(part))
        case float() | int():
            return _number(float(part))
        case str():
            return _literal("text", pa.scalar(compose(part)))
        case {"property": str(name)}:
            return field_value(name, layer)
        case {"date": str(text)} | {"timestamp": str(text)}:
            return moment(text, "date" if "date" in part else "datetime")
        case {"op": str(op), "args": list(args)} if op in ARITHMETIC:
            return _arithmetic(op, args, part, layer)
        case {"op": ("casei" | "accenti") as op, "args": [inner]}:
            return _fold(op, value(inner, layer), part)
        case None:
            raise BadInput("filter: null is not compared; write isNull, as in: name IS NULL")
    raise BadInput(
        f"filter: {as_text(part)} is no value; a value is a field, a text, a number, true, false, DATE('…'), "
        f"TIMESTAMP('…'), casei(…), accenti(…) or computed with {' '.join(ARITHMETIC)}"
    )


def field_value(name: str, layer: Layer) -> Value:
    """The values of a field; `BadInput` with the fields that exist."""
    for known in layer.fields:
        if known.name == name:
            if known.type == "text":
                return Value("text", frozenset([name]), lambda of: composed_values(of(name)))
            return Value(_FIELD_KINDS.get(known.type, known.type), frozenset([name]), lambda of: of(name))
    if name in FID_NAMES:
        return Value("integer", frozenset([FID]), lambda of: of(FID))
    if name in GEOMETRY_NAMES:
        raise BadInput(
            f"filter: {name!r} is the geometry; ask of it with s_intersects({name}, …) and the like"
        )
    raise BadInput(
        f"filter: layer {layer.name!r} has no field {name!r}; it has: "
        + ", ".join([*layer.field_names, FID, GEOMETRY_NAMES[0]])
    )


def moment(text: str, kind: str) -> Value:
    """A day (`YYYY-MM-DD`) or a point in time (with its offset from UTC) as a value."""
    if kind == "date":
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            try:
                return _literal("date", pa.scalar(dt.date.fromisoformat(text)))
            except ValueError:
                pass
        raise BadInput(f"filter: {text!r} is no date; write it like DATE('2026-06-01')")
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise BadInput(f"filter: {text!r} is no timestamp; write it like TIMESTAMP('2026-06-01T08:00:00Z')")
    return _literal("datetime", pa.scalar(at.astimezone(dt.UTC), pa.timestamp("us", "UTC")))


def _literal(kind: str, scalar: pa.Scalar) -> Value:
    return Value(kind, frozenset(), lambda _: scalar)


def no_field(name: str) -> pa.Array:
    """The lookup for a value that needs no field."""
    raise KeyError(name)


def _number(x: float) -> Value:
    if not np.isfinite(x):
        raise BadInput("filter: a number is too large; numbers go to 1.7e308")
    whole = x.is_integer() and abs(x) < EXACT
    return _literal("integer", pa.scalar(int(x))) if whole else _literal("number", pa.scalar(x))


def _arithmetic(op: str, args: list[Any], part: Any, layer: Layer) -> Value:
    if len(args) != 2:
        raise BadInput(f"filter: {op} in {as_text(part)} takes two numbers, not {len(args)}")
    left, right = (value(a, layer) for a in args)
    for side, one in zip((left, right), args, strict=True):
        if side.kind not in ("integer", "number"):
            raise BadInput(
                f"filter: {op} in {as_text(part)} computes with numbers; {as_text(one)} is {kind_name(side.kind)}"
            )
    compute = ARITHMETIC[op]

    def evaluate(lookup: Lookup) -> Any:
        a, b = _floats(left.of(lookup)), _floats(right.of(lookup))
        with np.errstate(all="ignore"):
            made = np.asarray(compute(a, b))
        # What is no number, as after a division by zero, is none; SQL would refuse to answer at all.
        made = np.where(np.isfinite(made), made, np.nan)
        if made.ndim == 0:
            return pa.scalar(None if np.isnan(made) else float(made), pa.float64())
        return pa.array(made, from_pandas=True)

    return Value("number", left.needs | right.needs, evaluate)


def _floats(x: Any) -> Any:
    if isinstance(x, pa.Scalar):
        return np.float64(np.nan if x.as_py() is None else x.as_py())
    return x.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def _fold(op: str, inner: Value, part: Any) -> Value:
    if inner.kind != "text":
        raise BadInput(f"filter: {op} in {as_text(part)} takes a text, not {kind_name(inner.kind)}")
    fold = str.casefold if op == "casei" else without_accents

    def evaluate(lookup: Lookup) -> Any:
        texts = inner.of(lookup)
        if isinstance(texts, pa.Scalar):
            return pa.scalar(fold(texts.as_py()))
        return pa.array([None if t is None else fold(t) for t in texts.to_pylist()], pa.string())

    return Value("text", inner.needs, evaluate)


def without_accents(text: str) -> str:
    """The text without the marks on its letters.

    >>> without_accents("Chángshā, Orléans, 长沙")
    'Changsha, Orleans, 长沙'
    """
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def kind_name(kind: str) -> str:
    return {"integer": "a number"}.get(kind, f"a {kind}")
