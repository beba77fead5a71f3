"""The style draws every layer, in both themes and languages, and says what it drew."""

from __future__ import annotations

from typing import Any

import pytest

from cim.layer import Field, Layer
from cim.placed import COMPONENT_STATES as KNOWN_STATES
from cim.placed import INCIDENT_STATUSES, LEVELS, PLACED, RESOURCE_STATUSES
from tiles.palette import COMPONENT_STATES, INCIDENT_STATES, RESOURCE_STATES
from tiles.style import style

BASE = [
    Layer("landuse", geometry="polygon", fields=(Field("class", "text"),)),
    Layer("water", geometry="polygon", fields=(Field("name", "text"),)),
    Layer("roads", geometry="line", fields=(Field("name", "text"), Field("class", "text"))),
    Layer("buildings", geometry="polygon", fields=(Field("height_m", "real"), Field("floors", "integer"))),
]


def made(*layers: Layer, **options: Any) -> dict[str, Any]:
    return style(
        layers, bounds=(112.9, 28.1, 113.1, 28.3), tiles_url="/tiles/x.json", name="长沙市", **options
    )


def of(document: dict[str, Any], layer: str) -> list[dict[str, Any]]:
    return [x for x in document["layers"] if x.get("metadata", {}).get("citybase:layer") == layer]


def test_every_layer_is_drawn_in_its_group() -> None:
    document = made(*BASE, *PLACED.values())
    groups = {
        x["metadata"]["citybase:layer"]: x["metadata"]["citybase:group"] for x in document["layers"][1:]
    }
    assert groups == {
        **dict.fromkeys(("landuse", "water", "roads", "buildings"), "base"),
        "areas": "areas",
        **dict.fromkeys(
            ("units", "incidents", "resources", "sensors", "components", "closures", "speeds"), "operations"
        ),
    }


def test_the_order_does_not_depend_on_the_order_of_loading() -> None:
    layers = [*BASE, *PLACED.values()]
    ids = [x["id"] for x in made(*layers)["layers"]]
    places = [
        ids.index(x)
        for x in ("background", "landuse", "water", "buildings", "roads", "areas-city", "incidents")
    ]
    assert places == sorted(places)
    again = [x["id"] for x in made(*reversed(layers))["layers"]]
    assert [again.index(x) for x in ("background", "landuse", "water", "buildings")] == sorted(
        again.index(x) for x in ("background", "landuse", "water", "buildings")
    )


@pytest.mark.parametrize("geometry", ["point", "line", "polygon"])
def test_an_unknown_layer_is_drawn_by_its_geometry(geometry: Any) -> None:
    (first, *_) = of(made(Layer("地铁", geometry=geometry, title_zh="地铁")), "地铁")
    assert first["type"] == {"point": "circle", "line": "line", "polygon": "fill"}[geometry]
    assert first["source-layer"] == "地铁"
    assert [s["label"] for s in first["metadata"]["citybase:legend"]] == ["地铁"]


def test_themes_differ_in_colour_only_and_languages_in_words_only() -> None:
    layers = [*BASE, *PLACED.values()]
    light, dark, english = made(*layers), made(*layers, theme="dark"), made(*layers, lang="en")
    assert [x["id"] for x in light["layers"]] == [x["id"] for x in dark["layers"]]
    assert light["layers"][0] != dark["layers"][0]
    assert [x.get("paint") for x in light["layers"]] == [x.get("paint") for x in english["layers"]]


def test_names_are_in_the_language_asked_for_and_fall_back_to_the_other() -> None:
    places = Layer("places", geometry="point", fields=(Field("name", "text"), Field("name_en", "text")))
    label = {lang: of(made(places, lang=lang), "places")[0]["layout"]["text-field"] for lang in ("zh", "en")}
    assert label == {
        "zh": ["coalesce", ["get", "name"], ["get", "name_en"], ""],
        "en": ["coalesce", ["get", "name_en"], ["get", "name"], ""],
    }


def test_each_level_of_areas_has_its_own_border_and_legend() -> None:
    legends = {
        x["metadata"]["citybase:level"]: x["metadata"]["citybase:legend"][0]["label"]
        for x in of(made(PLACED["areas"]), "areas")
        if "citybase:legend" in x["metadata"]
    }
    assert legends == {level: zh for level, (zh, _) in LEVELS.items()}


def test_every_status_has_a_colour() -> None:
    assert {s for _, values, _, _ in INCIDENT_STATES for s in values} == set(INCIDENT_STATUSES)
    assert {s for _, values, _, _ in RESOURCE_STATES for s in values} == set(RESOURCE_STATUSES)
    assert {s for _, values, _, _ in COMPONENT_STATES for s in values} == set(KNOWN_STATES)


def test_the_style_needs_no_network() -> None:
    document = made(*BASE, *PLACED.values())
    assert {"glyphs", "sprite"}.isdisjoint(document)
    assert "http" not in str(document)


def test_house_numbers_are_written_where_a_street_fills_the_screen() -> None:
    fields = (Field("address", "text"), Field("number", "integer"))
    (drawn,) = of(made(Layer("addresses", geometry="point", fields=fields)), "addresses")
    assert (drawn["type"], drawn["minzoom"]) == ("symbol", 16.5)
    assert of(made(Layer("addresses", geometry="point")), "addresses")[0]["type"] == "circle"
