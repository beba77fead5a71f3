"""Datums, zones and metres: the vectors of the reference, exact inverses, and the edges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from cim.errors import BadInput
from cim.space import crs

# Reference §4.2, written lon, lat: WGS84, GCJ-02, BD-09. The first three pairs are in eviltransform's tests.
VECTORS = [
    (
        (121.5272106, 31.1774276),
        (121.531541859215, 31.17530398364597),
        (121.53801568643858, 31.181328606874466),
    ),
    (
        (113.912316, 22.543847),
        (113.9171764808363, 22.540796131694766),
        (113.92368472926734, 22.546667437751108),
    ),
    (
        (116.377817, 39.911954),
        (116.38404722455657, 39.91334545536069),
        (116.39045471310828, 39.919575550965874),
    ),
    ((112.9388, 28.2282), (112.94424977544385, 28.224692417302222), (112.95074332391233, 28.230797561944204)),
    ((112.976, 28.195), (112.98155452307742, 28.19157783324634), (112.98813053466671, 28.197237943918047)),
]

CHANGSHA = (111.896, 27.848, 114.261, 28.662)
GEOD = Geod(ellps="WGS84")

_changsha = st.tuples(st.floats(CHANGSHA[0], CHANGSHA[2]), st.floats(CHANGSHA[1], CHANGSHA[3]))


def at(*positions: tuple[float, float]) -> Any:
    return np.array(positions, np.float64)


def apart_m(one: Any, other: Any) -> Any:
    """Metres on the ellipsoid between the positions, one by one."""
    return GEOD.inv(one[:, 0], one[:, 1], other[:, 0], other[:, 1])[2]


# -- datums ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), VECTORS)
def test_the_shifts_are_those_of_the_reference(wgs84: Any, gcj02: Any, bd09: Any) -> None:
    assert crs.from_wgs84(at(wgs84), "gcj02")[0] == pytest.approx(gcj02, abs=1e-11)
    assert crs.from_wgs84(at(wgs84), "bd09")[0] == pytest.approx(bd09, abs=1e-11)
    assert crs.from_wgs84(crs.to_wgs84(at(gcj02), "gcj02"), "bd09")[0] == pytest.approx(bd09, abs=1e-9)


@pytest.mark.parametrize(("wgs84", "gcj02", "bd09"), VECTORS)
def test_the_way_back_is_exact(wgs84: Any, gcj02: Any, bd09: Any) -> None:
    assert crs.to_wgs84(at(gcj02), "gcj02")[0] == pytest.approx(wgs84, abs=1e-9)
    assert crs.to_wgs84(at(bd09), "bd09")[0] == pytest.approx(wgs84, abs=1e-9)


def test_bd09_of_eviltransform_comes_back_to_where_it_says() -> None:
    # Its test is rough: its way back from BD-09 is one step, and it holds to some metres.
    back = crs.to_wgs84(at((120.019809, 29.199786)), "bd09")
    assert apart_m(back, at((120.00877901149691, 29.196131605295484)))[0] < 15.0


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
@settings(deadline=None)
@given(st.lists(_changsha, min_size=1, max_size=50))
def test_in_changsha_there_and_back_is_within_a_millimetre(
    datum: str, points: list[tuple[float, float]]
) -> None:
    wgs84 = at(*points)
    assert (apart_m(crs.to_wgs84(crs.from_wgs84(wgs84, datum), datum), wgs84) <= 0.001).all()
    assert (apart_m(crs.from_wgs84(crs.to_wgs84(wgs84, datum), datum), wgs84) <= 0.001).all()


def test_in_changsha_gcj02_is_625_to_678_metres_off() -> None:
    points = np.random.default_rng(1).uniform(CHANGSHA[:2], CHANGSHA[2:], (20_000, 2))
    off = apart_m(points, crs.from_wgs84(points, "gcj02"))
    assert 625.0 < off.min() < off.max() < 678.5


@pytest.mark.parametrize(
    "place",
    [
        (7.42, 43.74),
        (-74.0, 40.7),
        (140.0, 36.0),
        (72.004, 30.0),
        (137.8347, 30.0),
        (110.0, 0.8293),
        (110.0, 55.8271),
    ],
)
def test_outside_china_gcj02_is_wgs84(place: tuple[float, float]) -> None:
    assert crs.from_wgs84(at(place), "gcj02").tolist() == [list(place)]
    assert crs.to_wgs84(at(place), "gcj02").tolist() == [list(place)]


def test_outside_china_bd09_is_only_the_shift_of_bd09_and_comes_back() -> None:
    place = at((7.42, 43.74))
    shifted = crs.from_wgs84(place, "bd09")
    assert 500 < apart_m(shifted, place)[0] < 2000
    assert apart_m(crs.to_wgs84(shifted, "bd09"), place)[0] <= 0.001


@pytest.mark.parametrize("place", [(72.0041, 30.0), (137.8346, 30.0), (110.0, 0.8294), (110.0, 55.827)])
def test_at_the_edge_of_china_the_way_back_ends_and_is_finite(place: tuple[float, float]) -> None:
    for datum in ("gcj02", "bd09"):
        back = crs.to_wgs84(at(place), datum)
        assert np.isfinite(back).all()
        assert apart_m(back, at(place))[0] < 5_000


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000"])
def test_wgs84_and_cgcs2000_are_one(datum: str) -> None:
    point = at((112.9388, 28.2282))
    assert crs.to_wgs84(point, datum).tolist() == crs.from_wgs84(point, datum).tolist() == point.tolist()


def test_no_points_have_no_positions_in_any_datum() -> None:
    for datum in ("wgs84", "cgcs2000", "gcj02", "bd09"):
        assert crs.to_wgs84(np.empty((0, 2)), datum).shape == (0, 2)
        assert crs.from_wgs84(np.empty((0, 2)), datum).shape == (0, 2)


@pytest.mark.parametrize("datum", ["WGS84", "gcj-02", "", "beijing54"])
def test_a_datum_that_is_not_known_is_refused_with_the_known_ones(datum: str) -> None:
    for question in (crs.to_wgs84, crs.from_wgs84):
        with pytest.raises(BadInput, match="is not known; known: wgs84, cgcs2000, gcj02, bd09"):
            question(at((1, 2)), datum)


def test_the_points_given_are_left_as_they_are() -> None:
    given_points = at((112.9388, 28.2282))
    given_points.flags.writeable = False
    for datum in ("gcj02", "bd09"):
        crs.from_wgs84(given_points, datum)
        crs.to_wgs84(given_points, datum)


# -- metres ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lonlat", "east_north"),
    [
        ((112.976, 28.195), (399456.362, 3120476.378)),
        ((112.9388, 28.2282), (395835.793, 3124187.458)),
        ((113.643, 28.163), (464937.668, 3116557.089)),
    ],
)
def test_metres_are_those_of_the_reference(
    lonlat: tuple[float, float], east_north: tuple[float, float]
) -> None:
    assert crs.to_metric(at(lonlat), "EPSG:4547")[0] == pytest.approx(east_north, abs=0.001)
    zoned = (east_north[0] + 38e6, east_north[1])
    assert crs.to_metric(at(lonlat), "EPSG:4526")[0] == pytest.approx(zoned, abs=0.001)
    assert crs.from_metric(at(east_north), "EPSG:4547")[0] == pytest.approx(lonlat, abs=1e-8)


def test_the_middle_of_each_zone_is_five_hundred_kilometres_east() -> None:
    for zone, meridian in (("EPSG:4546", 111.0), ("EPSG:4547", 114.0)):
        assert crs.to_metric(at((meridian, 28.2)), zone)[0, 0] == pytest.approx(500_000, abs=1e-6)


def test_both_zones_measure_the_same_distance_as_well_as_their_scale_allows() -> None:
    # West 宁乡: +476 mm/km in 4547 and +119 mm/km in 4546. The city centre in 4547: +125 to +134 mm/km.
    for lon, zone, low, high in (
        (112.0, "EPSG:4547", 400, 480),
        (112.0, "EPSG:4546", 110, 125),
        (112.97, "EPSG:4547", 120, 136),
    ):
        ends = at((lon, 28.2), (lon + 0.01, 28.2))
        true_m = apart_m(ends[:1], ends[1:])[0]
        measured_m = math.dist(*crs.to_metric(ends, zone))
        assert low < (measured_m / true_m - 1) * 1e6 < high


@settings(deadline=None)
@given(
    st.lists(_changsha, min_size=1, max_size=20), st.sampled_from(["EPSG:4546", "EPSG:4547", "EPSG:32649"])
)
def test_there_and_back_in_metres_is_the_same_place(points: list[tuple[float, float]], zone: str) -> None:
    assert apart_m(crs.from_metric(crs.to_metric(at(*points), zone), zone), at(*points)).max() < 1e-4


def test_no_points_have_no_metres() -> None:
    assert crs.to_metric(np.empty((0, 2)), "EPSG:4547").shape == (0, 2)
    assert crs.from_metric(np.empty((0, 2)), "EPSG:4547").shape == (0, 2)


def test_geometries_go_to_metres_and_back_whole() -> None:
    box = shapely.box(112.9, 28.1, 113.0, 28.2).difference(shapely.box(112.94, 28.14, 112.96, 28.16))
    metric = crs.geometry_to_metric(np.array([box, None], object), "EPSG:4547")
    # 0.1° by 0.1° at 28.15 N: 9,825 m by 11,084 m, less a twenty-fifth.
    assert metric[0].area == pytest.approx(9825 * 11084 * 0.96, rel=0.002)
    assert metric[1] is None
    assert crs.geometry_from_metric(metric[0], "EPSG:4547").equals_exact(box, 1e-9)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ((112.97, 28.2), "EPSG:4547"),
        ((112.0, 28.2), "EPSG:4546"),  # 宁乡
        ((112.4999, 28.2), "EPSG:4546"),
        ((112.5, 28.2), "EPSG:4547"),  # a zone begins at its western border
        ((115.4999, 28.2), "EPSG:4547"),
        ((115.5, 28.2), "EPSG:4548"),
        ((73.5, 39.0), "EPSG:4534"),  # the first zone, 75 E
        ((76.4999, 39.0), "EPSG:4534"),
        ((76.5, 39.0), "EPSG:4535"),
        ((136.4999, 48.0), "EPSG:4554"),  # the last zone, 135 E
        ((136.5, 48.0), "EPSG:32653"),
        ((73.4999, 39.0), "EPSG:32643"),
        ((112.0, 55.0), "EPSG:32649"),
        ((112.0, 2.0), "EPSG:32649"),
        ((7.42, 43.74), "EPSG:32632"),
        ((-70.0, -33.0), "EPSG:32719"),
        ((-180.0, 0.0), "EPSG:32601"),
        ((179.9999, -1.0), "EPSG:32760"),
        ((180.0, 10.0), "EPSG:32601"),
    ],
)
def test_the_metric_crs_is_that_of_the_zone_of_the_place(place: tuple[float, float], expected: str) -> None:
    assert crs.metric_crs_for(*place) == expected


@settings(deadline=None)
@given(st.floats(73.5, 136.49), st.floats(3.0, 54.0))
def test_in_china_no_place_is_farther_than_one_and_a_half_degrees_from_its_meridian(
    lon: float, lat: float
) -> None:
    operation = crs.parse_crs(crs.metric_crs_for(lon, lat)).coordinate_operation
    (meridian,) = [p.value for p in operation.params if p.name == "Longitude of natural origin"]
    assert abs(meridian - lon) <= 1.5


def test_a_crs_that_proj_does_not_know_is_refused() -> None:
    with pytest.raises(
        BadInput, match="'EPSG:99999' is no coordinate system PROJ knows; name one like EPSG:4547"
    ):
        crs.parse_crs("EPSG:99999")
    with pytest.raises(BadInput):
        crs.parse_crs("Gauß")


# -- positions that can't be ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "said"),
    [
        (
            (28.2, 112.9),
            r"point 1 \(28.2, 112.9\): latitude 112.9 is outside -90..90; is it lat, lon\? give lon, lat",
        ),
        (
            (399456.0, 3120476.0),
            r"point 1 .*: outside lon -180..180, lat -90..90; projected coordinates need their EPSG code",
        ),
        ((180.1, 0.0), "outside lon -180..180"),
        ((0.0, -90.1), "outside -90..90"),
        ((math.nan, 28.0), r"point 1 \(nan, 28\): not finite numbers; give lon, lat in degrees"),
        ((112.0, math.inf), "not finite numbers"),
        ((-math.inf, math.nan), "not finite numbers"),
    ],
)
def test_a_position_that_can_not_be_is_named_with_what_would_work(
    position: tuple[float, float], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        crs.check_positions(at((112.9, 28.2), position, (0.0, 0.0)))


def test_positions_at_the_edge_of_the_world_are_right() -> None:
    edge = at((180, 90), (-180, -90), (0, 0))
    assert crs.check_positions(edge).tolist() == edge.tolist()
    assert crs.check_positions([[112, 28]]).dtype == np.float64  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [[1.0, 2.0], [[1.0, 2.0, 3.0]], [[[1.0, 2.0]]]])
def test_what_is_no_list_of_pairs_is_refused(wrong: Any) -> None:
    with pytest.raises(BadInput, match=r"corners must be \[lon, lat\] pairs; got an array of shape"):
        crs.check_positions(np.array(wrong), "corner")


def test_nothing_at_all_is_no_position() -> None:
    assert crs.check_positions(np.array([])).shape == (0, 2)
    assert crs.check_positions(np.empty((0, 2))).shape == (0, 2)


# -- the Web Mercator square -----------------------------------------------------------------------------


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-85.05, 85.05)), min_size=1, max_size=20))
def test_integers_of_the_square_hold_a_position_to_a_centimetre(points: list[tuple[float, float]]) -> None:
    units = crs.to_mercator(at(*points)).astype(np.float64)
    lon = (units[:, 0] / 2**32 - 0.5) * 360
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * units[:, 1] / 2**32))))
    assert apart_m(np.column_stack([lon, lat]), at(*points)).max() < 0.02


def test_what_lies_beyond_the_square_is_held_at_its_edge() -> None:
    last = 2**32 - 1
    assert crs.to_mercator(at((180, -90), (-180, 90), (0, 89.9), (0, -85.06))).tolist() == [
        [last, last],
        [0, 0],
        [2**31, 0],
        [2**31, last],
    ]
