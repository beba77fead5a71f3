"""Anything people call a place is put in its place; what can't be is told why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h3
import numpy as np
import pyogrio
import pytest
import shapely

from cim.city import City
from cim.errors import BadInput, CityError, NotFound
from cim.geocoding import search
from cim.geocoding.answers import LocatedPlace
from cim.geocoding.locate import Located, PlaceQuery, describe_places, locate_place
from cim.model.layer import Features, Field, Layer
from cim.space import beidou_grid, crs
from cim.text import normalize as spelling
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import addresses
from tests.support import small_city as small
from tests.support.inputs import shared_file


def one(city: City, limit: int = 5, **asked: Any) -> Located:
    found = locate_place(city.state(), [PlaceQuery(**asked)], limit=limit)[0]
    if isinstance(found, CityError):
        raise found
    return found


def at(found: Located) -> tuple[float, float]:
    return found.lon, found.lat


# -- one field for everything ------------------------------------------------------------------------


def test_one_text_field_recognises_everything_by_itself(named_town: City) -> None:
    cell = h3.latlng_to_cell(28.12, 112.91, 10)
    code = beidou_grid.encode("112.91", "28.12", 7)
    asked = {
        "112.91, 28.12": ("lonlat", (112.91, 28.12)),
        "28°07′12″N 112°54′36″E": ("dms", (112.91, 28.12)),
        "gcj02 112.91,28.12": ("lonlat_gcj02", tuple(crs.to_wgs84(np.array([[112.91, 28.12]]), "gcj02")[0])),
        cell: ("h3", h3.cell_to_latlng(cell)[::-1]),
        code: ("beidou", beidou_grid.decode(code).centre),
        "430102001001002": ("unit_grid", (112.9125, 28.1375)),
        "430102": ("district", (112.925, 28.15)),
        "五一大道与韶山路交叉口": ("crossing", (112.93, 28.12)),
        "五一大道K101+300": ("kilometre", None),
        "五一大道4号": ("address", (112.904, 28.1198)),
        "五一广场": ("place", (112.905, 28.121)),
        "二号楼": ("building", (112.9205, 28.1105)),
        "东区": ("area", (112.975, 28.15)),
        "西区政府": ("name", (112.92, 28.15)),
    }
    found = locate_place(named_town.state(), [PlaceQuery(text=text) for text in asked])
    for answer, (text, (method, place)) in zip(found, asked.items(), strict=True):
        assert isinstance(answer, Located), (text, answer)
        assert answer.method == method, text
        if place is not None:
            away = np.diff(crs.to_metric(np.array([at(answer), place]), named_town.metric_crs), axis=0)
            assert np.hypot(*away[0]) < max(1.0, 0.2 * answer.accuracy_m), text


def test_an_answer_has_owners_and_each_alternative_says_where_it_is(named_city: City) -> None:
    answer = describe_places(
        named_city.state(), locate_place(named_city.state(), [PlaceQuery(text="人民公园")])
    )[0]
    assert isinstance(answer, LocatedPlace)
    assert [a.code for a in answer.owners.areas][:2] == ["430100", "430102"]
    assert answer.owners.unit is not None and answer.owners.unit.code == "U-WEST"
    other = next(a for a in answer.alternatives if a.name == "人民公园")
    assert other.areas == ["小城", "东区", "东南街道"]
    assert other.score == answer.score


def test_a_named_area_or_a_focus_chooses_between_places_of_one_name(named_city: City) -> None:
    west, east = (112.91, 28.19), (112.99, 28.11)
    assert at(one(named_city, text="西区人民公园")) == pytest.approx(west)
    assert at(one(named_city, text="东南街道人民公园")) == pytest.approx(east)
    assert at(one(named_city, text="人民公园", focus=east)) == pytest.approx(east)
    assert at(one(named_city, text="人民公园", focus=west)) == pytest.approx(west)


# -- coordinates and codes ---------------------------------------------------------------------------


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_a_position_in_any_datum_is_the_same_place(named_city: City, datum: str) -> None:
    lon, lat = crs.from_wgs84(np.array([[112.91, 28.12]]), datum)[0].tolist()
    assert at(one(named_city, position=(lon, lat), datum=datum)) == pytest.approx((112.91, 28.12), abs=1e-9)
    assert at(one(named_city, text=f"{lon!r}, {lat!r}", datum=datum)) == pytest.approx(
        (112.91, 28.12), abs=1e-9
    )


def test_survey_coordinates_default_to_the_citys_own_zone(named_city: City) -> None:
    assert at(one(named_city, x=399456.362, y=3120476.378)) == pytest.approx((112.976, 28.195), abs=1e-8)
    with pytest.raises(BadInput, match="EPSG:4547"):
        one(named_city, x=399456.362, y=3120476.378, epsg=4526)
    with pytest.raises(BadInput, match="both"):
        one(named_city, x=399456.362)


def test_the_accuracy_of_a_code_is_half_the_size_of_what_it_names(named_city: City) -> None:
    cell = h3.latlng_to_cell(28.12, 112.91, 10)
    assert one(named_city, h3=cell).accuracy_m == pytest.approx(76, abs=8)
    assert one(named_city, beidou=beidou_grid.encode("112.91", "28.12", 5)).accuracy_m == pytest.approx(
        82, abs=2
    )
    grid = one(named_city, code="430102001001001")
    # 0.025° by 0.025°: 2,456 m by 2,770 m
    assert grid.accuracy_m == pytest.approx(np.hypot(2456, 2770) / 2, rel=0.01)
    assert (grid.name, grid.layer, grid.id) == ("南格", "areas", "430102001001001")


def test_an_unknown_code_names_the_nearest_known_part_of_it(named_city: City) -> None:
    with pytest.raises(NotFound, match="the area 430102001001 is there"):
        one(named_city, text="430102001001999")
    with pytest.raises(NotFound, match="no area has the code '999999'"):
        one(named_city, code="999999")
    with pytest.raises(BadInput, match="no H3 cell"):
        one(named_city, h3="zzz")
    with pytest.raises(BadInput, match="BeiDou"):
        one(named_city, beidou="N49H9Z3D1")


# -- roads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "五一大道与韶山路交叉口",
        "五一大道和韶山路",
        "韶山路/五一大道",
        "五一大道韶山路口",
        "五一大道与韶山路口",
        "西区五一大道与韶山路交汇处",
        "五一大道、韶山路十字路口",
        "Wuyi Avenue and Shaoshan Road",
        "corner of Wuyi Avenue & Shaoshan Road",
        "五壹大道與韶山路交叉口",
    ],
)
def test_a_crossing_is_where_the_two_roads_meet(named_city: City, text: str) -> None:
    found = one(named_city, text=text)
    assert found.method == "crossing"
    assert at(found) == pytest.approx((112.93, 28.12), abs=1e-6)
    assert found.accuracy_m == 15.0


def test_roads_that_do_not_cross_are_told_with_the_distance_that_parts_them(named_city: City) -> None:
    with pytest.raises(NotFound, match="五一大道 and 滨河路 do not cross; they come no nearer than 7,7"):
        one(named_city, crossing=("五一大道", "滨河路"))
    with pytest.raises(NotFound, match="are both 五一大道; a crossing is of two roads"):
        one(named_city, crossing=("五一大道", "五一大道"))
    with pytest.raises(NotFound, match="no road is called '解放路'"):
        one(named_city, text="五一大道与解放路交叉口")


def test_a_kilometre_is_counted_along_the_road_from_where_the_data_says(named_city: City) -> None:
    # K100 is at 112.90 E; one kilometre along 28.12 N is 0.01018° east.
    for text in ("五一大道K101", "五一大道 K101+000", "五一大道101公里处", "五一大道101.0km"):
        found = one(named_city, text=text)
        assert found.method == "kilometre"
        assert at(found) == pytest.approx((112.91018, 28.12), abs=2e-5), text
    assert one(named_city, road="五一大道", km=101.5).lon == pytest.approx(112.91527, abs=2e-5)
    with pytest.raises(NotFound, match=r"has no kilometre 300; counted are: 五一大道 100"):
        one(named_city, text="五一大道K300")
    with pytest.raises(NotFound, match="韶山路 has no kilometre"):
        one(named_city, text="韶山路K5+200")
    with pytest.raises(BadInput, match="focus 0"):
        one(named_city, text="五一大道与韶山路交叉口", focus=(28.1, 112.9))


def test_a_name_that_ends_like_a_kilometre_is_still_a_name(named_town: City) -> None:
    named_town.load(
        addresses.PLACES,
        addresses.features(addresses.PLACES, [shapely.Point(112.95, 28.15)], [{"name": "创意园K12"}]),
    )
    assert one(named_town, text="创意园K12").method == "place"


def test_roads_that_count_no_kilometres_say_which_field_would(gpkg_city: City) -> None:
    with pytest.raises(NotFound, match="start_km"):
        one(gpkg_city, text="中路12公里处")
    words = Layer("roads", geometry="line", fields=(Field("name", "text"), Field("start_km", "text")))
    line = shapely.LineString([(112.9, 28.15), (112.95, 28.15)])
    gpkg_city.load(words, addresses.features(words, [line], [{"name": "中路", "start_km": "K12+300"}]))
    with pytest.raises(NotFound, match="by numbers in its field 'start_km'"):
        one(gpkg_city, text="中路12公里处")


def test_what_does_not_go_with_the_way_of_saying_it_is_refused_not_passed_over(named_city: City) -> None:
    for asked, sentence in (
        ({"text": "399456.362,3120476.378", "epsg": 4526}, "epsg goes with x, y, not with text"),
        ({"position": (112.9, 28.1), "epsg": 4547}, "epsg goes with x, y, not with position"),
        ({"text": "五一大道", "km": 101.0}, "km goes with road, not with text"),
        ({"code": "430102", "number": 3}, "number goes with road, not with code"),
        ({"x": 399456.362, "y": 3120476.378, "datum": "gcj02"}, "datum goes with text or position"),
        ({"road": "五一大道", "km": 101.0, "number": 5}, "km or number, one of the two"),
    ):
        with pytest.raises(BadInput, match=sentence):
            one(named_city, **asked)


def test_digits_that_are_no_code_and_no_address_are_told_how_long_a_code_is(named_city: City) -> None:
    for text in ("4301021", "43010200100199"):
        with pytest.raises(NotFound, match="a code has 6 digits"):
            one(named_city, text=text)
    with pytest.raises(NotFound, match="an H3 cell has 15"):
        one(named_city, text="89418900c4ffff")


# -- addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "五一大道5号",
        "小城市西区西南街道五一大道5号翠竹花园3栋",
        "西区五一大道五号",
        "五一大到5号",
        "wuyidadao5",
        "五一大道５號",
        "翠竹花园",
        "位于五一大道5号",
    ],
)
def test_an_address_is_found_however_it_is_written(named_city: City, text: str) -> None:
    found = one(named_city, text=text)
    assert found.method == "address"
    assert at(found) == pytest.approx((112.905, 28.1202))
    assert found.accuracy_m == 10.0


def test_a_house_number_that_is_missing_lies_between_its_neighbours_on_its_side(named_city: City) -> None:
    found = one(named_city, text="五一大道7号")
    assert found.method == "between_numbers"
    assert at(found) == pytest.approx((112.907, 28.1202), abs=1e-6)  # between 5 and 9, on the north side
    assert "between 5号 and 9号" in found.notes[0]
    assert at(one(named_city, road="五一大道", number=8)) == pytest.approx((112.908, 28.1198), abs=1e-6)
    last = one(named_city, text="五一大道15号")
    assert last.method == "next_number" and last.lon == pytest.approx(112.911)
    assert last.accuracy_m >= 50


def test_a_house_number_far_from_any_known_one_is_answered_with_the_road(named_city: City) -> None:
    found = one(named_city, text="五一大道900号")
    assert (found.method, found.name) == ("road", "五一大道")
    assert "no house 900 is known" in found.notes[0]
    assert found.accuracy_m > 2000


def test_near_a_place_is_less_exact_than_at_it(named_city: City) -> None:
    there, near = one(named_city, text="五一广场"), one(named_city, text="五一广场附近")
    assert at(near) == at(there)
    assert near.accuracy_m == there.accuracy_m + 50
    assert "附近" in near.notes[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("武汉市江岸区解放大道100号", "in 武汉市"),
        ("湖北省武汉市五一大道5号", "in 湖北省"),
        ("北京朝阳区建国路88号", "in 北京市"),
        ("株洲市天元区五一大道5号", "in 株洲市"),
        ("广东省深圳市", "in 广东省"),
    ],
)
def test_an_address_in_another_city_is_told_and_not_answered_with_the_next_best(
    named_city: City, text: str, said: str
) -> None:
    with pytest.raises(NotFound, match=said):
        one(named_city, text=text)


@pytest.mark.parametrize(
    "text", ["湖南省小城市西区五一大道5号", "中国湖南小城市五一大道5号", "小城市五一大道5号"]
)
def test_the_own_province_and_city_may_be_named(named_city: City, text: str) -> None:
    assert at(one(named_city, text=text)) == pytest.approx((112.905, 28.1202))


@pytest.mark.parametrize("text", ["", "   ", "？！", "\x00", "。"])
def test_an_empty_text_is_told(named_city: City, text: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        one(named_city, text=text)


@pytest.mark.parametrize("text", ["qqqqqqqq", "阿斯顿发", "@@@@ 7", "x" * 500, "火星基地一号舱"])
def test_rubbish_is_not_found(named_city: City, text: str) -> None:
    with pytest.raises(NotFound, match="nothing in 小城 is called"):
        one(named_city, text=text)


def test_a_place_is_said_in_exactly_one_way(named_city: City) -> None:
    with pytest.raises(BadInput, match="given: none"):
        one(named_city)
    with pytest.raises(BadInput, match="given: text, h3"):
        one(named_city, text="五一广场", h3="8a418900c4effff")


def test_many_questions_are_answered_in_order_and_one_bad_one_spoils_none(named_city: City) -> None:
    answers = locate_place(
        named_city.state(),
        [
            PlaceQuery(text="五一广场"),
            PlaceQuery(text=""),
            PlaceQuery(text="qqqq"),
            PlaceQuery(code="430102"),
        ],
    )
    assert [type(a).__name__ for a in answers] == ["Located", "BadInput", "NotFound", "Located"]
    with pytest.raises(BadInput, match="at most 1000"):
        locate_place(named_city.state(), [PlaceQuery(text="a")] * 1001)


def test_incidents_are_searched_but_are_no_place_to_put_others(named_city: City) -> None:
    assert search.search_city(named_city.state(), "中路积水").hits[0].layer == "incidents"
    with pytest.raises(NotFound):
        one(named_city, text="中路积水")


# -- real data ---------------------------------------------------------------------------------------


def test_the_real_buildings_of_changsha_are_the_same_places_in_both_datums(named_city: City) -> None:
    frame = pyogrio.read_dataframe(shared_file("changsha/buildings_osm_2026-03-24.gpkg"))
    assert len(frame) == 9628
    points = shapely.get_coordinates(frame.geometry.representative_point())
    shifted = crs.from_wgs84(points, "gcj02")
    for begin in range(0, len(points), 1000):
        part = slice(begin, begin + 1000)
        plain = locate_place(
            named_city.state(), [PlaceQuery(position=(x, y)) for x, y in points[part].tolist()]
        )
        from_phone = locate_place(
            named_city.state(),
            [PlaceQuery(position=(x, y), datum="gcj02") for x, y in shifted[part].tolist()],
        )
        there = np.array([at(a) for a in plain if isinstance(a, Located)])
        again = np.array([at(a) for a in from_phone if isinstance(a, Located)])
        assert there.tolist() == points[part].tolist()
        away = crs.to_metric(again, "EPSG:4547") - crs.to_metric(there, "EPSG:4547")
        assert np.hypot(*away.T).max() < 0.001


def test_the_real_stations_published_in_gcj02_lie_where_the_converted_ones_do_and_are_found_by_name(
    tmp_path: Path,
) -> None:
    path = shared_file("changsha/rail.gpkg")
    published = pyogrio.read_dataframe(path, layer="stations_as_published_gcj02")
    converted = (
        pyogrio.read_dataframe(path, layer="stations_wgs84").set_index("node_id").loc[published["node_id"]]
    )
    with small.build(f"gpkg:///{tmp_path / 'rail.gpkg'}", tmp_path / "snapshots") as city:
        asked = [PlaceQuery(text=f"gcj02 {p.x!r},{p.y!r}") for p in published.geometry]
        found = np.array([at(a) for a in locate_place(city.state(), asked) if isinstance(a, Located)])
        there = shapely.get_coordinates(converted.geometry.values)
        away = crs.to_metric(found, "EPSG:4547") - crs.to_metric(there, "EPSG:4547")
        assert len(found) == 165 and np.hypot(*away.T).max() < 0.5
        load_file(
            city, path, LoadOptions(layer="stations", sublayer="stations_as_published_gcj02", datum="gcj02")
        )
        for name in ("五一广场", "芙蓉广场", "迎宾路口"):
            hit = search.search_city(city.state(), name, layers=["stations"]).hits[0]
            place = converted[converted["station_name"] == name].geometry.iloc[0]
            assert hit.text == name
            assert (hit.lon, hit.lat) == pytest.approx((place.x, place.y), abs=1e-5)


@pytest.mark.slow
def test_the_streets_of_monaco_are_found_without_accents_with_slips_and_where_they_cross(
    tmp_path: Path,
) -> None:
    with small.build(f"gpkg:///{tmp_path / 'monaco.gpkg'}", tmp_path / "snapshots") as city:
        city.load(small.ROADS, Features(np.empty(0, object), small.ROADS.schema().empty_table()))
        load_file(
            city,
            shared_file("monaco/monaco_osrm_2016.osm.pbf"),
            LoadOptions(layer="roads", on_invalid="skip"),
        )
        names = {
            "rue grimaldi": "Rue Grimaldi",
            "Rue Grimaldy": "Rue Grimaldi",
            "RUE DE LA TURBIE": "Rue de la Turbie",
            "avenue princesse grace": "Avenue Princesse Grace",
            "boulevard du larvoto": "Boulevard du Larvotto",
            "grace princesse avenue": "Avenue Princesse Grace",
        }
        for asked, meant in names.items():
            assert search.search_city(city.state(), asked, layers=["roads"]).hits[0].text == meant, asked
        crossing = one(city, crossing=("Rue Grimaldi", "Rue de la Turbie"))
        assert crossing.method == "crossing"
        assert (crossing.lon, crossing.lat) == pytest.approx((7.4191, 43.7352), abs=0.004)
        every = city.layer("roads").table(["name"])["name"].drop_null().unique().to_pylist()
        first = [
            search.search_city(city.state(), name, layers=["roads"], limit=1).hits[0].text for name in every
        ]
        assert [spelling.same(a, b) for a, b in zip(first, every, strict=True)].count(False) == 0


def test_anything_said_is_answered_or_refused_in_words(named_city: City) -> None:
    for text in (
        "'; drop table areas; --",
        "%",
        "\\",
        "{}",
        "a" * 10_000,
        "号" * 300,
        "1" * 400,
        "五一大道" * 60,
        "N" * 20,
    ):
        found = locate_place(named_city.state(), [PlaceQuery(text=text)])[0]
        assert isinstance(found, (Located, CityError)), text
