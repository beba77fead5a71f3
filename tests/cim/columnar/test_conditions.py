"""Conditions (`where`) are those of CQL2: the same rows, or both refuse; texts are found however they are composed."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.columnar.columns import build
from cim.cql.filter import Filter
from cim.errors import BadInput
from cim.model.composed_text import compose, composed_values
from cim.model.layer import Field, Layer
from cim.snapshot.snapshot import Snapshot
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said
from tests.support.inputs import CASES
from tests.support.snapshots import METRIC, features

FILES = CASES / "in"

LAYER = Layer(
    "things",
    geometry="point",
    fields=(
        Field("t", "text"),
        Field("i", "integer"),
        Field("r", "real"),
        Field("b", "boolean"),
        Field("d", "date"),
        Field("m", "datetime"),
    ),
)
_DAYS = [dt.date(2026, 6, 1), dt.date(2026, 6, 2)]
_MOMENTS = [dt.datetime(2026, 6, 1, h, tzinfo=dt.UTC) for h in (0, 16)]
_TEXTS = ["10", "9", "-", "五一广场", "Café", "Cafe\u0301", "2026-06-01"]
ROWS = [
    {"t": _TEXTS[i % 7], "i": i - 3, "r": i / 2, "b": i % 2 == 0, "d": _DAYS[i % 2], "m": _MOMENTS[i % 2]}
    for i in range(12)
] + [dict.fromkeys("tirbdm")]


@pytest.fixture(scope="module")
def things() -> Snapshot:
    columns = {name: [row[name] for row in ROWS] for name in "tirbdm"}
    rows = features(LAYER, [None] * len(ROWS), **columns)
    return Snapshot.of(LAYER, build(LAYER, rows, METRIC), METRIC, 1)


def _literal(field: str, value: Any) -> Any:
    """A value of a condition as CQL2-JSON has it; a condition writes a day as a text, CQL2 as a date."""
    if field == "d" and value == "2026-06-01":
        return {"date": value}
    if isinstance(value, dt.datetime):
        return {"timestamp": value.isoformat().replace("+00:00", "Z")}
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


_VALUES = st.one_of(
    st.sampled_from(_TEXTS),
    st.integers(-4, 12),
    st.sampled_from([0.5, 2.0, 2.5]),
    st.booleans(),
    st.sampled_from(_DAYS),
    st.sampled_from(_MOMENTS),
)
_OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


@settings(max_examples=500, deadline=None)
@given(
    st.sampled_from("tirbdm"), st.sampled_from([*_OPERATORS, "in"]), st.lists(_VALUES, min_size=1, max_size=3)
)
@example("t", "gt", [10])
@example("m", "eq", [0])
@example("t", "eq", ["Cafe\u0301"])
def test_a_condition_keeps_the_rows_that_cql2_keeps_or_both_refuse(
    things: Snapshot, field: str, operator: str, values: list[Any]
) -> None:
    first = {"property": field}
    if operator == "in":
        where: dict[str, Any] = {field: values}
        cql = {"op": "in", "args": [first, [_literal(field, v) for v in values]]}
    else:
        where = {field: {operator: values[0]}}
        cql = {"op": _OPERATORS[operator], "args": [first, _literal(field, values[0])]}
    try:
        by_cql = things.rows[Filter.of(json.dumps(cql), LAYER).rows(things)[things.rows]].tolist()
    except BadInput:
        with pytest.raises(BadInput, match=f"field '{field}'"):
            things.matching(where)
    else:
        assert things.rows[things.matching(where)[things.rows]].tolist() == by_cql


# -- texts, however they are composed ------------------------------------------------------------------


@settings(max_examples=200)
@given(st.lists(st.none() | st.text(max_size=6), max_size=5))
def test_composed_values_are_those_of_unicodedata(texts: list[str | None]) -> None:
    array = pa.array(texts, pa.string())
    for _ in range(2):  # made, and remembered
        assert composed_values(array).to_pylist() == [
            None if t is None else unicodedata.normalize("NFC", t) for t in texts
        ]
    assert [compose(t or "") for t in texts] == [unicodedata.normalize("NFC", t or "") for t in texts]


@pytest.fixture
def asker(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    with small.build(store_url, tmp_path / "s") as made:
        for name in ("csv_dash_for_missing.csv", "csv_thousands_separator_attribute.csv"):
            load_file(made, FILES / name, LoadOptions(layer=name.split("_")[1]))
    with asking(made.settings) as asked:
        yield asked


def test_a_name_is_found_however_it_is_composed_and_stays_as_it_was_written(asker: Asker) -> None:
    place = [112.91, 28.11]
    for code, form in (("T-C", "NFC"), ("T-D", "NFD")):
        name = unicodedata.normalize(form, "Café Zürich")
        body = {"code": code, "name": name, "kind": "team", "skills": name, "position": place}
        assert asker.post("/resources", body).json()["properties"]["name"] == name
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "Café Zürich")
        listed = asker.get("/resources", params={"name": name}).json()["features"]
        assert [f["id"] for f in listed] == ["T-C", "T-D"]
        assert [unicodedata.is_normalized("NFC", f["properties"]["name"]) for f in listed] == [True, False]
        for where in ({"name": name}, {"name": {"like": f"{name[:3]}%"}}, {"skills": {"has": name}}):
            found = asker.post(
                "/spatial/nearest", {"point": place, "layer": "resources", "where": where}
            ).json()
            assert {c["id"] for c in found["candidates"]} == {"T-C", "T-D"}, where


# -- a number asked of a text field --------------------------------------------------------------------


def test_a_number_is_not_asked_of_a_field_of_texts(asker: Asker) -> None:
    for layer, field, number in (("dash", "floors", 10), ("thousands", "population", 9000)):
        asked = {"point": [112.97, 28.19], "layer": layer, "where": {field: {"gt": number}}}
        answer = asker.post("/spatial/nearest", asked)
        if answer.status_code == 200:  # the column was read as numbers after all
            assert all(c["properties"][field] > number for c in answer.json()["candidates"])
            continue
        text = said(answer, 400)
        assert f"field {field!r} holds texts" in text
        assert f'give a text, such as "{number}"' in text and "load the column" in text


def test_lists_refuse_what_is_of_another_type_and_take_several_numbers(asker: Asker) -> None:
    codes = [
        asker.post(
            "/resources", {"code": f"N-{n}", "kind": "team", "capacity": n, "position": [112.91, 28.11]}
        ).json()["id"]
        for n in (3, 4, 5)
    ]
    assert len(codes) == 3
    listed = asker.get("/resources?capacity=3,5").json()["features"]
    assert [f["id"] for f in listed] == ["N-3", "N-5"]
    assert "field 'capacity' holds numbers" in said(asker.get("/resources?capacity=many"), 400)
    assert "holds moments" in said(asker.get("/resources?seen_at=0"), 400)


def test_planners_are_refused_alike(gpkg_city: City) -> None:
    with pytest.raises(BadInput, match="field 'floors' holds numbers"):
        gpkg_city.layer("buildings").frame(where={"floors": {"gt": "10"}})
    assert shapely.get_type_id(gpkg_city.layer("buildings").frame(where={"floors": 3}).geometry).tolist() == [
        3
    ]
