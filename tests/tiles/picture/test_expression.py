"""Expressions evaluated here give what MapLibre's specification says, for every operator that our styles use."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from cim.errors import BadInput
from cim.model.layer import Field, Layer
from cim.model.standard_layers import PLACED
from tiles.picture.evaluate import evaluate, evaluate_rows, fields_of, operators
from tiles.style.document import style


@pytest.mark.parametrize(
    ("expression", "properties", "answer"),
    [
        (["coalesce", ["get", "name"], ["get", "name_en"], ""], {"name_en": "Wuyi"}, "Wuyi"),
        (
            ["case", ["!", ["has", "value"]], "paused", ["all", ["has", "top"], [">=", 3, 2]], "red", "x"],
            {},
            "paused",
        ),
        (["case", ["has", "value"], "yes", "no"], {"value": 0}, "yes"),
        (["match", ["get", "level"], ["critical", "major"], "-grave", ""], {"level": "major"}, "-grave"),
        (["match", ["get", "level"], "minor", 1, 2], {}, 2),
        (["step", ["get", "speed"], "red", 10, "orange", 20, "yellow"], {"speed": 20.0}, "yellow"),
        (["step", ["get", "speed"], "red", 10, "orange"], {"speed": 9.99}, "red"),
        (["interpolate", ["exponential", 2.0], ["zoom"], 10, 0, 14, 15], {}, 3.0),  # (2² − 1) / (2⁴ − 1) · 15
        (["interpolate", ["linear"], ["zoom"], 14, ["*", 2, 3], 16, 9], {}, 6),
        (["in", "雨", ["coalesce", ["get", "measures"], ""]], {"measures": "降雨量"}, True),
        (["in", ["get", "kind"], ["literal", ["camera", "hydrant"]]], {"kind": "team"}, False),
        (["concat", "team", "-", ["get", "n"]], {"n": 3.0}, "team-3"),
        (["<=", ["to-string", ["get", "from"]], "2026-01-02"], {"from": dt.date(2026, 1, 2)}, True),
        ([">", ["get", "a"], 3], {"a": "4"}, False),  # a text and a number can't be compared
        ([">=", ["get", "a"], 3], {}, False),
        (["to-number", ["get", "a"], 6], {}, 0.0),  # null is 0, as MapLibre has it
        (["to-number", "six", 6], {}, 6.0),
        (["-", 0, ["/", 1, 4]], {}, -0.25),
        (["any", False, ["==", ["downcase", "YES"], "yes"]], {}, True),
        (["+", 1, ["-", 2]], {}, -1),
    ],
)
def test_an_expression_gives_what_the_specification_says(
    expression: Any, properties: dict[str, Any], answer: Any
) -> None:
    assert evaluate(expression, properties, 12) == answer


def test_rows_that_are_alike_share_their_value_and_empty_tables_have_none() -> None:
    table = pa.table({"class": ["a", None, "a", "b"], "other": [1, 2, 3, 4]})
    values, which = evaluate_rows([["get", "class"], ["zoom"]], table, 4, 9)
    assert [values[i] for i in which] == [("a", 9), (None, 9), ("a", 9), ("b", 9)]
    assert len(values) == 3
    values, which = evaluate_rows([["has", "class"]], table.slice(0, 0), 0, 9)
    assert len(which) == 0
    values, which = evaluate_rows([["has", "gone"]], table, 4, 9)
    assert ([values[i] for i in which]) == [(False,)] * 4


def test_an_unknown_operator_is_named() -> None:
    with pytest.raises(BadInput, match=r"'sqrt' can't be drawn here; known: .*coalesce"):
        evaluate(["sqrt", 2], {}, 12)


def test_every_operator_of_every_style_is_known() -> None:
    text = [
        Field(name, "text")
        for name in ("name", "name_en", "class", "kind", "oneway", "admin_level", "number")
    ]
    tall = [Field("height_m", "real"), Field("floors", "integer"), Field("importance", "real")]
    names = ("landuse", "water", "rivers", "roads", "buildings", "places", "addresses", "boundaries", "other")
    geometry = {
        "roads": "line",
        "rivers": "line",
        "boundaries": "line",
        "places": "point",
        "addresses": "point",
    }
    layers = [Layer(n, geometry=geometry.get(n, "polygon"), fields=(*text, *tall)) for n in names]  # type: ignore[arg-type]
    used: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, list) and part and isinstance(part[0], str):
            used.add(part[0])
            if part[0] in (
                "match",
                "literal",
                "interpolate",
            ):  # their labels, lists and curves are no expressions
                part = [p for p in part if not (isinstance(p, list) and p and p[0] not in operators())]
                part = part if part[0] != "literal" else []
            for p in part[1:]:
                walk(p)

    for theme in ("light", "wall"):
        document = style(
            [*layers, *PLACED.values()],
            bounds=(112, 28, 113, 29),
            tiles_url="",
            sprite_url="",
            name="",
            theme=theme,
            day=dt.date(2026, 6, 1),
        )  # type: ignore[arg-type]
        for drawn in document["layers"]:
            walk(drawn.get("filter"))
            for name, value in {**drawn.get("paint", {}), **drawn.get("layout", {})}.items():
                if name not in ("text-font", "text-offset", "line-dasharray"):
                    walk(value)
    assert len(used) > 15
    assert used <= operators()


def test_the_fields_that_an_expression_reads_are_known_before_it_is_evaluated() -> None:
    assert fields_of(["case", ["has", "a"], ["get", "b"], ["literal", ["get", "c"]]]) >= {"a", "b"}
    assert fields_of(3) == set()
