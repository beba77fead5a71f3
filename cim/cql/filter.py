"""Filters in CQL2 (OGC 21-065r2), as text or as JSON, over the columns of a layer.

`floors > 10 AND name LIKE '长%' AND s_intersects(geom, BBOX(112.9,28.1,113.0,28.2))`

The library cql2 parses; its JSON form is checked against the layer and evaluated here. A condition on one field is
asked of the field's distinct values and then read off for each row; only what needs several fields at once looks at
rows. Truth is 1, falsehood -1 and unknown 0, so that `and` is the least, `or` the greatest and `not` the negative,
as in SQL.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.columnar.columns import Columns
from cim.cql import comparisons, parse, spatial, temporal
from cim.cql.comparisons import OnFields
from cim.cql.spatial import ShapeCondition
from cim.cql.values import ARITHMETIC, FID, GEOMETRY_NAMES, Lookup, as_text, field_value
from cim.errors import BadInput
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot

_FUNCTIONS = (*spatial.PREDICATES, *temporal.RELATIONS)
_KNOWN = (
    *comparisons.COMPARISONS,
    "and",
    "or",
    "not",
    "between",
    "in",
    "like",
    "isNull",
    "casei",
    "accenti",
    *ARITHMETIC,
    *_FUNCTIONS,
)


@dataclass(frozen=True, slots=True)
class _Not:
    inner: _Condition

    @property
    def needs(self) -> frozenset[str]:
        return self.inner.needs


@dataclass(frozen=True, slots=True)
class _Combination:
    """Several conditions, of which all (`np.minimum`) or any (`np.maximum`) must hold."""

    by: np.ufunc
    conditions: tuple[_Condition, ...]

    @property
    def needs(self) -> frozenset[str]:
        return frozenset[str]().union(*(c.needs for c in self.conditions))


_Condition = OnFields | ShapeCondition | _Not | _Combination


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter for one layer. `key` is the same for filters that differ only in how they are written;
    `fields` names the fields it asks of (a caller may not be allowed to: `Caller.require_seen`)."""

    layer: Layer
    key: str
    fields: tuple[str, ...]
    _condition: _Condition = field(repr=False, compare=False)

    @classmethod
    def of(cls, text: str, layer: Layer) -> Filter:
        """The filter that the text says: JSON where it begins with `{`. `BadInput` says what is wrong and where.

        >>> from cim.model.layer import Field
        >>> houses = Layer("houses", geometry="polygon", fields=(Field("floors", "integer"),))
        >>> Filter.of("floors  >  10", houses) == Filter.of("floors>10.0", houses)
        True
        >>> Filter.of("storeys > 10", houses)
        Traceback (most recent call last):
        cim.errors.BadInput: filter: layer 'houses' has no field 'storeys'; it has: floors, fid, geom
        """
        return cls._check(parse.parse(text), layer)

    @classmethod
    def _check(cls, parsed: Any, layer: Layer) -> Filter:
        condition = _compile(parsed, layer)
        fields = tuple(name for name in layer.field_names if name in condition.needs)
        return cls(layer, json.dumps(parsed, ensure_ascii=False, sort_keys=True), fields, condition)

    def rows(self, snapshot: Snapshot) -> Mask:
        """Which rows (dead ones too) it keeps: bool over all row numbers of the snapshot."""
        if snapshot.layer.fields != self.layer.fields:  # loaded anew with others
            return Filter._check(json.loads(self.key), snapshot.layer).rows(snapshot)
        kept = []
        for columns, dead, _ in snapshot.parts:
            truth = _Evaluation(snapshot.layer, columns, dead).truth(self._condition)
            kept.append(np.broadcast_to(truth == 1, len(columns)))
        return np.concatenate(kept)


# -- checking against the layer ----------------------------------------------------------------------


def _compile(part: Any, layer: Layer) -> _Condition:
    """The condition that a part says, checked against the layer."""
    match part:
        case bool():
            return OnFields(frozenset(), lambda _: pa.scalar(part))
        case {"op": str(op), "args": list(args)}:
            pass
        case {"property": str(name)}:
            kind = field_value(name, layer).kind
            instead = f"{name} = true" if kind == "boolean" else f"{name} IS NOT NULL"
            raise BadInput(f"filter: {name!r} alone is no condition; write one, as in {instead}")
        case _:
            raise BadInput(f"filter: {as_text(part)} is no condition; write one, as in floors > 10")
    low = op.lower()
    if low in ("and", "or"):
        _count(op, args, part, 1, None)
        joined = tuple(_compile(a, layer) for a in args)
        return _Combination(np.minimum if low == "and" else np.maximum, joined)
    if low in spatial.PREDICATES:
        _count(op, args, part, 2, 2)
        return spatial.predicate(low, args)
    match low:
        case "not":
            _count(op, args, part, 1, 1)
            return _Not(_compile(args[0], layer))
        case "isnull":
            _count(op, args, part, 1, 1)
            return _is_null(args[0], layer)
        case "between":
            _count(op, args, part, 3, 3)
            return comparisons.between(args, layer)
        case "in":
            _count(op, args, part, 2, 2)
            return comparisons.among(args, layer)
        case "like":
            _count(op, args, part, 2, 2)
            return comparisons.like(args, layer)
    if low in comparisons.COMPARISONS:
        _count(op, args, part, 2, 2)
        return comparisons.comparison(low, args, layer)
    if low in temporal.RELATIONS:
        _count(op, args, part, 2, 2)
        return temporal.predicate(low, args, layer)
    if low in (*ARITHMETIC, "casei", "accenti"):
        raise BadInput(f"filter: {as_text(part)} is a value and no condition; compare it with one")
    raise BadInput(f"filter: {op!r} is not known; known: {', '.join(_KNOWN)}")


def _count(op: str, args: list[Any], part: Any, least: int, most: int | None) -> None:
    if len(args) < least or (most is not None and len(args) > most):
        raise BadInput(f"filter: {op} takes {least if most else 'some'}, not {len(args)}, in {as_text(part)}")


def _is_null(part: Any, layer: Layer) -> _Condition:
    name = part.get("property") if isinstance(part, dict) else None
    if name in GEOMETRY_NAMES and name not in layer.field_names:
        return ShapeCondition("isNull", None)
    return comparisons.is_null(part, layer)


# -- evaluating --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """The truth of conditions over one set of columns."""

    layer: Layer
    columns: Columns
    dead: Mask

    def truth(self, condition: _Condition) -> NDArray[np.int8]:
        """int8[n], or one for all rows where the condition needs none: 1 true, -1 false, 0 unknown."""
        match condition:
            case ShapeCondition():
                return condition.truth(self.columns, self.layer.geometry, self.dead)
            case _ if len(condition.needs) == 1 and not condition.needs & {FID, GEOMETRY_NAMES[0]}:
                [name] = condition.needs
                i = self.layer.field_names.index(name)
                # One more value, for code -1: a row that has none.
                values = self.columns.values[i]
                values = pa.concat_arrays([values, pa.nulls(1, values.type)])
                of_value = _over(condition, lambda _: values)
                found: NDArray[np.int8] = np.broadcast_to(of_value, len(values))[self.columns.codes[i]]
                return found
            case _Not():
                return -self.truth(condition.inner)
            case _Combination():
                return _combine(condition, self.truth)
        return _three_valued(condition.of(self._column))

    def _column(self, name: str) -> pa.Array:
        if name == FID:
            return pa.array(self.columns.fid)
        i = self.layer.field_names.index(name)
        codes = self.columns.codes[i]
        return self.columns.values[i].take(pa.array(codes, mask=codes < 0))


def _over(condition: _Condition, lookup: Lookup) -> NDArray[np.int8]:
    """The truth over the rows of a lookup, of a condition without geometry."""
    match condition:
        case _Not():
            return -_over(condition.inner, lookup)
        case _Combination():
            return _combine(condition, lambda c: _over(c, lookup))
        case OnFields():
            return _three_valued(condition.of(lookup))
    raise AssertionError(condition)


def _combine(condition: _Combination, truth: Any) -> NDArray[np.int8]:
    made: NDArray[np.int8] = reduce(condition.by, (truth(c) for c in condition.conditions))
    return made


def _three_valued(truth: Any) -> NDArray[np.int8]:
    if isinstance(truth, pa.Scalar):
        return np.array({True: 1, False: -1, None: 0}[truth.as_py()], np.int8)
    made = np.where(truth.fill_null(False).to_numpy(zero_copy_only=False), np.int8(1), np.int8(-1))
    if truth.null_count:
        made[truth.is_null().to_numpy(zero_copy_only=False)] = 0
    return made
