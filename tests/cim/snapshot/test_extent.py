"""Where the city is: the box of what belongs together, whatever lies far off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from cim.errors import BadInput
from cim.snapshot.extent import Extent, extent_of_boxes

GEOD = Geod(ellps="sphere")
CITY = Extent(112.9, 28.1, 113.1, 28.3)


def points(*lonlat: tuple[float, float]) -> np.ndarray:
    """Points as boxes."""
    at = np.array(lonlat, np.float64)
    return np.hstack([at, at])


def test_rows_at_zero_and_in_another_zone_do_not_widen_the_city() -> None:
    layer = points((112.97, 28.19), (0, 0), (112.972, 28.192), (0, 0), (109.97, 28.19))
    assert extent_of_boxes([layer]) == Extent(112.97, 28.19, 112.972, 28.192)


def test_of_two_layers_far_apart_the_city_is_where_its_metres_are() -> None:
    here, there = np.array([[112.9, 28.1, 113.1, 28.3]]), points((109.97, 28.19), (109.91, 28.19))
    assert extent_of_boxes([here, there], "EPSG:4547") == CITY
    assert extent_of_boxes([here, there, there], "EPSG:4547") == CITY
    assert extent_of_boxes([here, there], "EPSG:4546") == Extent(109.91, 28.19, 109.97, 28.19)


def test_a_city_across_180_is_one_city() -> None:
    boxes = np.array([[179.5, -17.5, 180.0, -16.5], [-180.0, -17.5, -179.5, -16.5]])
    extent = extent_of_boxes([boxes])
    assert extent == Extent(179.5, -17.5, 180.5, -16.5)
    assert extent.distance_m(np.array([[-179.9, -17.0], [179.9, -17.0]])).tolist() == [0.0, 0.0]
    assert extent.centre == (-180.0, -17.0)


def test_a_city_of_large_polygons_is_as_large_as_they_are() -> None:
    assert extent_of_boxes([np.array([[108.0, 24.0, 114.5, 30.5]])]) == Extent(108.0, 24.0, 114.5, 30.5)


def test_a_map_of_the_world_does_not_say_where_the_city_is() -> None:
    world = np.array([[-180.0, -90.0, 180.0, 90.0]])
    assert extent_of_boxes([world, points((112.9, 28.1), (113.1, 28.3))]) == CITY


def test_nothing_is_nowhere() -> None:
    assert extent_of_boxes([]) is None
    assert extent_of_boxes([points((0, 0))]) is None


@given(st.floats(-180, 180), st.floats(-89, 89))
@settings(deadline=None)
def test_the_distance_to_a_small_city_is_that_of_the_sphere(lon: float, lat: float) -> None:
    city = Extent(9.5, 47.1, 9.5, 47.1)
    true = GEOD.inv(9.5, 47.1, lon, lat)[2] * 6_371_008.8 / GEOD.a
    assert city.distance_m(np.array([[lon, lat]]))[0] == pytest.approx(true, rel=1e-6, abs=1.0)


@pytest.mark.parametrize("place", [(112.97, 28.19), (113.0, 28.6), (116.4, 39.9), (0.0, 0.0)])
def test_a_place_that_is_no_lat_lon_of_the_city_is_left_to_the_question(place: tuple[float, float]) -> None:
    assert CITY.require_order(np.array([place])).tolist() == [list(place)]


def test_lat_lon_of_the_city_is_asked_about() -> None:
    with pytest.raises(BadInput, match=r"point 1 \(28.19, 80\).*is it lat, lon"):
        Extent(79.9, 28.1, 80.1, 28.3).require_order(np.array([[80.0, 28.2], [28.19, 80.0]]))
