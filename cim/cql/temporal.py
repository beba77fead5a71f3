"""The temporal predicates of CQL2 (Annex on temporal operators of OGC 21-065r2): how two periods lie to each other.

A day or a point in time is a period that ends where it begins. Where days meet points in time, a day is all of it,
in UTC. An end written `'..'` is open.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.cql import values
from cim.cql.comparisons import COMPARISONS, OnFields
from cim.cql.values import Lookup, Value
from cim.errors import BadInput
from cim.model.layer import Layer

_DAY_US = 86_400_000_000
_OPEN = {0: pa.scalar(np.iinfo(np.int64).min), 1: pa.scalar(np.iinfo(np.int64).max)}

#: What holds of the period s…e and the period t…f: all of these.
RELATIONS = {
    "t_after": "s>f",
    "t_before": "e<t",
    "t_contains": "s<t e>f",
    "t_disjoint": "s<=f e>=t",  # turned round: not so
    "t_during": "s>t e<f",
    "t_equals": "s=t e=f",
    "t_finishedby": "s<t e=f",
    "t_finishes": "s>t e=f",
    "t_intersects": "s<=f e>=t",
    "t_meets": "e=t",
    "t_metby": "s=f",
    "t_overlappedby": "s>t s<f e>f",
    "t_overlaps": "s<t e>t e<f",
    "t_startedby": "s=t e>f",
    "t_starts": "s=t e<f",
}


def predicate(op: str, args: list[Any], layer: Layer) -> OnFields:
    """`op(args[0], args[1])`; `BadInput` for what is no time."""
    periods = [_period(a, layer) for a in args]
    ends = [end for period in periods for end in period if end is not None]
    days = all(end.kind == "date" for end in ends)
    relations = [(r[0], r[1:-1], r[-1]) for r in RELATIONS[op].split()]

    def evaluate(lookup: Lookup) -> Any:
        sides = [_as_number(end, i, days, lookup) for period in periods for i, end in enumerate(period)]
        at = dict(zip("setf", sides, strict=True))
        truth = reduce(pc.and_kleene, (COMPARISONS[r](at[one], at[other]) for one, r, other in relations))
        return pc.invert(truth) if op == "t_disjoint" else truth

    return OnFields(frozenset[str]().union(*(end.needs for end in ends)), evaluate)


def _period(part: Any, layer: Layer) -> tuple[Value | None, Value | None]:
    """Its beginning and its end, None where it is open."""
    match part:
        case {"interval": [since, until]}:
            period = _end(since, layer), _end(until, layer)
            fixed = [end for end in period if end is not None and not end.needs]
            if len(fixed) == 2:
                days = all(end.kind == "date" for end in fixed)
                first, last = (
                    _as_number(end, i, days, values.no_field).as_py() for i, end in enumerate(fixed)
                )
                if first > last:
                    raise BadInput(f"filter: {values.as_text(part)} ends before it begins")
            return period
        case {"interval": _}:
            raise BadInput(f"filter: {values.as_text(part)}: an interval has a beginning and an end")
    one = _as_time(values.value(part, layer), part)
    return one, one


def _end(part: Any, layer: Layer) -> Value | None:
    if part == "..":
        return None
    if isinstance(part, str):
        return values.moment(part, "datetime" if "T" in part.upper() else "date")
    return _as_time(values.value(part, layer), part)


def _as_time(value: Value, part: Any) -> Value:
    if value.kind not in ("date", "datetime"):
        raise BadInput(
            f"filter: {values.as_text(part)} is no time; write a field with dates, DATE('2026-06-01'), "
            "TIMESTAMP('2026-06-01T08:00:00Z') or INTERVAL('2026-06-01','..')"
        )
    return value


def _as_number(end: Value | None, last: int, days: bool, lookup: Lookup) -> Any:
    """The end (0: the first, 1: the last) as a whole number: of days, or of microseconds."""
    if end is None:
        return _OPEN[last]
    at = end.of(lookup)
    if end.kind == "datetime":
        return at.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    number = at.cast(pa.int32()).cast(pa.int64())
    return number if days else pc.add(pc.multiply(number, _DAY_US), last * (_DAY_US - 1))
