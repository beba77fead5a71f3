"""Filters against the truth: SQL's three-valued logic, and places as shapely sees them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.city import City
from cim.columnar.columns import build
from cim.cql.filter import Filter
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from tests.support.cql_houses import HOUSES, kept
from tests.support.snapshots import METRIC, features

# -- three-valued logic ------------------------------------------------------------------------------

_NULLABLE = st.none() | st.integers(-3, 3)
Truth = bool | None


def _conditions() -> Any:
    """Filters in CQL2-JSON over the whole-number fields."""
    fields = st.sampled_from(["floors", "cellars"]).map(lambda n: {"property": n})
    leaf = fields | st.integers(-3, 3)
    operand = leaf | st.tuples(st.sampled_from(["+", "-", "*", "/"]), leaf, leaf).map(
        lambda t: {"op": t[0], "args": [t[1], t[2]]}
    )
    test = st.one_of(
        st.tuples(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), operand, operand).map(
            lambda t: {"op": t[0], "args": [t[1], t[2]]}
        ),
        st.tuples(operand, operand, operand).map(lambda t: {"op": "between", "args": list(t)}),
        st.tuples(operand, st.lists(operand, min_size=1, max_size=3)).map(
            lambda t: {"op": "in", "args": list(t)}
        ),
        fields.map(lambda f: {"op": "isNull", "args": [f]}),
        st.booleans(),
    )
    return st.recursive(
        test,
        lambda inner: st.one_of(
            inner.map(lambda c: {"op": "not", "args": [c]}),
            st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)).map(
                lambda t: {"op": t[0], "args": t[1]}
            ),
        ),
        max_leaves=6,
    )


def _value(part: Any, row: dict[str, Any]) -> Any:
    if not isinstance(part, dict):
        return part
    if "property" in part:
        return row[part["property"]]
    a, b = (_value(x, row) for x in part["args"])
    if a is None or b is None or (part["op"] == "/" and b == 0):
        return None
    return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[part["op"]]()


def _holds(part: Any, row: dict[str, Any]) -> Truth:
    """What SQL says of one row, by its words."""
    if isinstance(part, bool):
        return part
    op, args = part["op"], part["args"]
    if op == "not":
        inner = _holds(args[0], row)
        return None if inner is None else not inner
    if op in ("and", "or"):
        found = [_holds(a, row) for a in args]
        decides = op == "or"
        if decides in found:
            return decides
        return None if None in found else not decides
    if op == "isNull":
        return _value(args[0], row) is None
    if op == "between":
        low = {"op": ">=", "args": [args[0], args[1]]}
        return _holds({"op": "and", "args": [low, {"op": "<=", "args": [args[0], args[2]]}]}, row)
    if op == "in":
        return _holds({"op": "or", "args": [{"op": "=", "args": [args[0], item]} for item in args[1]]}, row)
    a, b = (_value(x, row) for x in args)
    if a is None or b is None:
        return None
    return {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]


@given(_conditions(), st.lists(st.tuples(_NULLABLE, _NULLABLE), min_size=1, max_size=12))
def test_a_filter_keeps_the_rows_of_which_sql_knows_that_it_holds(condition: Any, rows: list[Any]) -> None:
    floors, cellars = ([row[i] for row in rows] for i in (0, 1))
    made = features(HOUSES, [None] * len(rows), list(range(len(rows))), floors=floors, cellars=cellars)
    snapshot = Snapshot.of(HOUSES, build(HOUSES, made, METRIC), METRIC, 1)
    expected = [
        fid for fid, (f, c) in enumerate(rows) if _holds(condition, {"floors": f, "cellars": c}) is True
    ]
    assert (
        kept(json.dumps(condition) if isinstance(condition, dict) else str(condition).lower(), snapshot)
        == expected
    )


# -- places against shapely --------------------------------------------------------------------------

_PREDICATES = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_overlaps": shapely.overlaps,
    "s_equals": shapely.equals,
}
_COORDINATE = st.integers(0, 6).map(float)
_POSITION = st.tuples(_COORDINATE, _COORDINATE)
_LITERAL = st.one_of(
    st.builds(shapely.Point, _POSITION),
    st.lists(_POSITION, min_size=2, max_size=4, unique=True).map(shapely.LineString),
    st.tuples(_POSITION, st.integers(1, 4), st.integers(1, 4)).map(
        lambda t: shapely.box(t[0][0], t[0][1], t[0][0] + t[1], t[0][1] + t[2])
    ),
    st.lists(_POSITION, min_size=3, max_size=5, unique=True).map(
        lambda p: shapely.MultiPoint(p).convex_hull.buffer(0.3, quad_segs=1)
    ),
)
_KINDS: dict[str, Any] = {
    "point": st.builds(shapely.Point, _POSITION),
    "line": st.lists(_POSITION, min_size=2, max_size=3, unique=True).map(shapely.LineString),
    "polygon": st.tuples(_POSITION, st.integers(1, 3)).map(
        lambda t: shapely.box(t[0][0], t[0][1], t[0][0] + t[1], t[0][1] + t[1])
    ),
}


@pytest.mark.parametrize("kind", list(_KINDS))
@given(st.data())
def test_places_are_as_shapely_says(kind: Any, data: st.DataObject) -> None:
    shapes = data.draw(st.lists(_KINDS[kind] | st.none(), min_size=1, max_size=10))
    literal = data.draw(_LITERAL)
    layer = Layer("things", geometry=kind)
    made = features(layer, shapes, list(range(len(shapes))))
    snapshot = Snapshot.of(layer, build(layer, made, METRIC), METRIC, 1)
    for op, exact in _PREDICATES.items():
        expected = [i for i, g in enumerate(shapes) if g is not None and exact(g, literal)]
        turned = [i for i, g in enumerate(shapes) if g is not None and exact(literal, g)]
        assert kept(f"{op}(geom, {literal.wkt})", snapshot) == expected
        assert kept(f"{op}({literal.wkt}, geom)", snapshot) == turned


def test_the_houses_of_the_small_city_lie_where_shapely_says(still: City) -> None:
    buildings = still.snapshot("buildings")
    shape = shapely.Point(112.95, 28.15).buffer(0.03)
    found = Filter.of(f"S_INTERSECTS(geom, {shape.wkt}) AND floors IS NOT NULL", buildings.layer).rows(
        buildings
    )
    expected = np.intersect1d(
        buildings.intersecting(shape),
        np.flatnonzero(Filter.of("floors IS NOT NULL", buildings.layer).rows(buildings)),
    )
    assert np.flatnonzero(found).tolist() == expected.tolist()
    assert found.any()
    assert not found.all()
