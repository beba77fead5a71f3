"""Coordinates are understood in every spelling, and what is wrong with them is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim.errors import BadInput
from cim.geocoding.coordinate_text import Coordinate, from_projected, parse, zone_of, zones_of
from cim.space import crs

CHANGSHA = (113.0, 28.2)
METRIC = "EPSG:4547"


def understood(text: str) -> Coordinate:
    found = parse(text, CHANGSHA, METRIC)
    assert found is not None, text
    return found


@pytest.mark.parametrize(
    "text",
    [
        "112.976, 28.195",
        "112.976 28.195",
        "112.976，28.195",
        "（112.976，28.195）",
        "[112.976,28.195]",
        "112.976;28.195",
        "28.195,112.976",
        "28.195N 112.976E",
        "N28.195 E112.976",
        "E112.976,N28.195",
        "28.195°N, 112.976°E",
        "经度112.976 纬度28.195",
        "经度：112.976，纬度：28.195",
        "lon=112.976, lat=28.195",
        "lat: 28.195, lng: 112.976",
        "28°11′42″N 112°58′33.6″E",
        "28°11'42\"N, 112°58'33.6\"E",
        "28 11 42 N 112 58 33.6 E",
        "28 11 42 N, 112 58 33.6 E",
        "N28°11′42″ E112°58′33.6″",
        "28°11.7′N 112°58.56′E",
        "28:11:42N 112:58:33.6E",
        "28d11m42sN 112d58m33.6sE",
        "北纬28度11分42秒 东经112度58分33.6秒",
        "东经112°58′33.6″，北纬28°11′42″",
        "28°11′42″, 112°58′33.6″",
        "112°58′33.6″E 28°11′42″N",
        "２８°１１′４２″Ｎ １１２°５８′３３.６″Ｅ",
        "28 11 42, 112 58 33.6",
        "坐标：112.976,28.195",
    ],
)
def test_one_place_in_many_spellings(text: str) -> None:
    found = understood(text)
    assert (found.lon, found.lat) == pytest.approx((112.976, 28.195), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("33°51′24.48″S 151°12′55.08″E", 151.2153, -33.8568),
        ("40.7484N, 73.9857W", -73.9857, 40.7484),
        ("南纬22.9519 西经43.2105", -43.2105, -22.9519),
        ("-43.2105, -22.9519", -43.2105, -22.9519),
        ("0.0, 51.5", 0.0, 51.5),
    ],
)
def test_every_hemisphere(text: str, lon: float, lat: float) -> None:
    found = understood(text)
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=1e-9)


def test_a_position_is_as_exact_as_it_was_written() -> None:
    assert understood("112.976, 28.195").accuracy_m == pytest.approx(55.6)
    assert understood("112.97600, 28.19500").accuracy_m == pytest.approx(0.6, abs=0.05)
    assert understood("28°11′42″N 112°58′34″E").accuracy_m == pytest.approx(15.4)
    assert understood("28°12′N 112°59′E").accuracy_m == pytest.approx(926.6)


def test_lat_before_lon_is_read_and_told() -> None:
    assert understood("28.195, 112.976").notes == ("read as lat, lon; the order here is lon, lat",)
    assert understood("112.976, 28.195").notes == ()


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("gcj02 112.98155,28.19158", "gcj02"),
        ("GCJ-02: 112.98155,28.19158", "gcj02"),
        ("火星坐标112.98155,28.19158", "gcj02"),
        ("百度坐标：112.98813,28.19724", "bd09"),
        ("WGS84 112.976,28.195", "wgs84"),
        ("112.976,28.195", None),
    ],
)
def test_a_datum_in_the_text_is_taken(text: str, datum: str | None) -> None:
    assert understood(text).datum == datum


@pytest.mark.parametrize(
    "text",
    [
        "五一大道158号",
        "12 34",
        "5栋 3单元",
        "芙蓉区N2栋",
        "S3 W4",
        "E5 N3栋",
        "Rue Grimaldi 12",
        "",
        "-",
        "N",
        "12.5",
        "3号 5栋",
        "1 2 3 4 5 6",
        "N49H903D18A",
        "8a418900c4effff",
        "430102001001001",
        "K12+300",
        "二环线12.3公里",
        "１２３",
    ],
)
def test_what_is_no_coordinate_is_left_alone(text: str) -> None:
    assert parse(text, CHANGSHA, METRIC) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("28°70′N 112°E", "less than 60"),
        ("28°11′75″N 112°58′33″E", "less than 60"),
        ("95.5N 112.9E", "outside lon"),
        ("112.9, 113.2", "neither is a latitude"),
        ("9912345.0, 123456789.0", "give their EPSG code"),
        ("EPSG:999999 1,2", "no coordinate system"),
    ],
)
def test_coordinates_that_can_not_be_are_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse(text, CHANGSHA, METRIC)


# -- survey coordinates: vectors of standards.md §4.1 ------------------------------------------------

VECTORS = [
    (112.976, 28.195, 399456.362, 3120476.378),
    (112.9388, 28.2282, 395835.793, 3124187.458),
    (113.643, 28.163, 464937.668, 3116557.089),
]


@pytest.mark.parametrize(("lon", "lat", "x", "y"), VECTORS)
@pytest.mark.parametrize(("epsg", "front"), [(4547, 0.0), (4526, 38_000_000.0)])
def test_survey_coordinates_with_and_without_the_zone_in_front(
    lon: float, lat: float, x: float, y: float, epsg: int, front: float
) -> None:
    found = from_projected(front + x, y, epsg, CHANGSHA)
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=1e-8)
    assert found.notes == ()
    swapped = from_projected(y, front + x, epsg, CHANGSHA)
    assert (swapped.lon, swapped.lat) == (found.lon, found.lat)
    assert "swapped" in swapped.notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "399456.362, 3120476.378",
        "x=399456.362 y=3120476.378",
        "EPSG:4547 399456.362,3120476.378",
        "38399456.362,3120476.378",
        "3120476.378, 399456.362",
        "3120476.378,38399456.362",
    ],
)
def test_survey_coordinates_in_a_text(text: str) -> None:
    found = understood(text)
    assert (found.lon, found.lat) == pytest.approx((112.976, 28.195), abs=1e-8)
    assert found.method == "projected"
    assert any("swapped" in n for n in found.notes) == text.startswith("312")


@pytest.mark.parametrize(
    ("x", "y", "epsg", "fits"),
    [
        (399456.362, 3120476.378, 4526, "EPSG:4547"),
        (38399456.362, 3120476.378, 4547, "EPSG:4526"),
        (39399456.0, 3120476.0, 4526, "EPSG:4527"),
        (3120476.378, 38399456.362, 4547, "EPSG:4526"),
        (19693765.0, 3120476.0, 4547, "EPSG:4497"),
    ],
)
def test_an_epsg_that_does_not_fit_is_refused_and_the_zone_that_would_is_named(
    x: float, y: float, epsg: int, fits: str
) -> None:
    with pytest.raises(BadInput, match=fits):
        from_projected(x, y, epsg, CHANGSHA)


def test_a_zone_that_fits_the_numbers_but_not_the_city_is_told() -> None:
    found = from_projected(399456.362, 3120476.378, 4546, CHANGSHA)
    assert found.lon == pytest.approx(109.976, abs=1e-6)
    assert "EPSG:4547 would fit" in found.notes[0]


@pytest.mark.parametrize(
    ("x", "y"), [(112.9, 28.2), (1e9, 5.0), (-5.0, -5.0), (float("nan"), 1.0), (float("inf"), 1.0)]
)
def test_values_of_no_zone_are_refused(x: float, y: float) -> None:
    with pytest.raises(BadInput):
        from_projected(x, y, 4547, CHANGSHA)


def test_other_coordinate_systems_are_taken_within_what_they_are_for() -> None:
    found = from_projected(693_973.0, 3_120_000.0, 32649, CHANGSHA)  # UTM 49N
    assert (found.lon, found.lat) == pytest.approx((112.97, 28.19), abs=0.02)
    with pytest.raises(BadInput, match="outside of what EPSG:2154"):
        from_projected(399456.0, 31204.0, 2154, CHANGSHA)  # Lambert 93 is for France
    with pytest.raises(BadInput, match="outside of what EPSG:3857"):
        from_projected(1e10, 0.0, 3857, CHANGSHA)
    with pytest.raises(BadInput, match="EGM96 height"):
        from_projected(1.0, 1.0, 5773, CHANGSHA)
    assert from_projected(112.976, 28.195, 4490, CHANGSHA).accuracy_m == 55.6  # degrees after all


def test_the_zones_of_a_longitude() -> None:
    assert [z.epsg for z in zones_of(111.9)] == [4546, 4525, 4508, 4497]  # western Ningxiang
    assert [z.epsg for z in zones_of(114.2)] == [4547, 4526, 4509, 4498]  # eastern Liuyang
    assert zone_of(32649) is None


@given(st.floats(73.6, 134.9), st.floats(3.9, 53.5), st.integers(0, 3))
def test_every_place_in_china_round_trips_through_each_of_its_zones(
    lon: float, lat: float, which: int
) -> None:
    zone = zones_of(lon)[which]
    x, y = crs.to_metric(np.array([[lon, lat]]), f"EPSG:{zone.epsg}")[0].tolist()
    found = from_projected(x, y, zone.epsg, (lon, lat))
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=1e-7)


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_degrees_minutes_seconds_round_trip(lon: float, lat: float) -> None:
    def written(value: float, letters: str) -> str:
        thousandths = round(abs(value) * 3_600_000)
        degrees, rest = divmod(thousandths, 3_600_000)
        minutes, rest = divmod(rest, 60_000)
        return f"{degrees}°{minutes}′{rest / 1000:.3f}″{letters[value < 0]}"

    found = understood(f"{written(lat, 'NS')} {written(lon, 'EW')}")
    assert (found.lon, found.lat) == pytest.approx((lon, lat), abs=2e-7)


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    try:
        found = parse(text, CHANGSHA, METRIC)
    except BadInput:
        return
    assert found is None or (abs(found.lon) <= 180 and abs(found.lat) <= 90)


@pytest.mark.parametrize("epsg", [4545, 32649])
def test_a_zone_that_puts_the_place_far_from_the_city_is_told_with_the_one_that_would_fit(epsg: int) -> None:
    found = from_projected(399456.362, 3120476.378, epsg, (113.0, 28.2))
    assert any("far from the city; EPSG:4547 would fit it" in note for note in found.notes)
