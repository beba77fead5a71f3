"""The style draws every layer, in both themes and languages, and says what it drew."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

import pytest

from cim.model.layer import Field, Layer
from cim.model.standard_layers import COMPONENT_STATES as KNOWN_STATES
from cim.model.standard_layers import INCIDENT_STATUSES, LEVELS, PLACED, RESOURCE_KINDS, RESOURCE_STATUSES
from tiles.style.document import style
from tiles.style.palette import COMPONENT_STATES, INCIDENT_STATES, RESOURCE_STATES, SENSOR_STATES, Theme
from tiles.style.sprites import sheet

BASE = [
    Layer("landuse", geometry="polygon", fields=(Field("class", "text"),)),
    Layer("water", geometry="polygon", fields=(Field("name", "text"),)),
    Layer("roads", geometry="line", fields=(Field("name", "text"), Field("class", "text"))),
    Layer("buildings", geometry="polygon", fields=(Field("height_m", "real"), Field("floors", "integer"))),
]


def made(*layers: Layer, **options: Any) -> dict[str, Any]:
    return style(
        layers,
        bounds=(112.9, 28.1, 113.1, 28.3),
        tiles_url="/tiles/x.json",
        sprite_url="/sprites/light",
        name="长沙市",
        day=dt.date(2026, 6, 1),
        **options,
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
    assert document["sprite"] == "/sprites/light"
    assert "glyphs" not in document
    assert "http" not in str(document)
    assert (
        made(*BASE, glyphs_url="/fonts/{fontstack}/{range}.pbf")["glyphs"] == "/fonts/{fontstack}/{range}.pbf"
    )


@pytest.mark.parametrize("theme", get_args(Theme))
def test_every_image_that_a_style_may_name_is_in_its_sprite_sheet(theme: Theme) -> None:
    document = made(*BASE, *PLACED.values(), theme=theme)
    fixed, families = set(), 0
    for drawn in document["layers"]:
        image = drawn.get("layout", {}).get("icon-image") or drawn.get("paint", {}).get("fill-pattern")
        if isinstance(image, str):
            fixed.add(image)
        elif image:
            families += 1
    assert {"heading", "closed", "unit"} <= fixed <= set(sheet(theme).index)
    assert (
        families == 4
    )  # incidents, sensors, and resources few and many: their images are named by kind and state
    for states, kinds in (
        (INCIDENT_STATES, ["incident"]),
        (RESOURCE_STATES, [*RESOURCE_KINDS, "other"]),
        (SENSOR_STATES, ["sensor", "water", "rain"]),
    ):
        assert {f"{kind}-{state[0]}" for kind in kinds for state in states} <= set(sheet(theme).index)


def test_the_wall_has_larger_text_glowing_borders_raised_towers_and_fewer_names() -> None:
    layers = [*BASE, *PLACED.values()]
    dark, wall = ({x["id"]: x for x in made(*layers, theme=theme)["layers"]} for theme in ("dark", "wall"))
    size = {k: v["areas-community-label"]["layout"]["text-size"] for k, v in (("dark", dark), ("wall", wall))}
    assert size == {"dark": 12, "wall": pytest.approx(12 * 1.6)}
    assert {"incidents-glow", "areas-street-band", "roads-glow"} == wall.keys() - dark.keys()
    assert wall["areas-city-band"]["paint"]["line-blur"] > 0
    assert [x["buildings-3d"]["layout"]["visibility"] for x in (dark, wall)] == ["none", "visible"]
    assert [x["roads-label"]["minzoom"] for x in (dark, wall)] == [13, 14.5]
    beneath = {name for name, x in wall.items() if x.get("metadata", {}).get("citybase:pick") is False}
    assert beneath == {"incidents-glow", "resources-heading"}


def test_any_polygons_with_a_height_are_raised_by_the_height_of_their_tiles() -> None:
    towers = Layer("楼宇", geometry="polygon", fields=(Field("floors", "integer"),))
    ids = [x["id"] for x in of(made(towers), "楼宇")]
    assert ids == ["楼宇", "楼宇-3d"]
    paint = of(made(towers), "楼宇")[1]["paint"]["fill-extrusion-height"]
    assert paint[-1][:3] == ["case", ["has", "height"], ["to-number", ["get", "height"], 6]]
    flat = Layer("绿地", geometry="polygon", fields=(Field("name", "text"),))
    assert {x["type"] for x in of(made(flat), "绿地")} == {"fill", "line", "symbol"}


def test_roads_of_one_way_have_arrows() -> None:
    roads = Layer("roads", geometry="line", fields=(Field("class", "text"), Field("oneway", "text")))
    (arrows,) = (x for x in of(made(roads), "roads") if x["id"] == "roads-oneway")
    assert arrows["layout"]["icon-image"] == "oneway"
    assert "roads-oneway" not in {x["id"] for x in of(made(BASE[2]), "roads")}


def test_house_numbers_are_written_where_a_street_fills_the_screen() -> None:
    fields = (Field("address", "text"), Field("number", "integer"))
    (drawn,) = of(made(Layer("addresses", geometry="point", fields=fields)), "addresses")
    assert (drawn["type"], drawn["minzoom"]) == ("symbol", 16.5)
    assert of(made(Layer("addresses", geometry="point")), "addresses")[0]["type"] == "circle"
