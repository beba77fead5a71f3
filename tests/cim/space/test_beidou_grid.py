"""北斗网格位置码, held to the standard's own example and the reference's vectors."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim.errors import BadInput
from cim.space import beidou_grid

ANNEX_LAT = Decimal(39) + Decimal(59) / 60 + Decimal("35.38") / 3600
ANNEX_LON = Decimal(116) + Decimal(18) / 60 + Decimal("45.37") / 3600


@pytest.mark.parametrize("length", beidou_grid.LENGTHS)
def test_the_standards_example_is_coded_at_every_level(length: int) -> None:
    level = beidou_grid.LENGTHS.index(length) + 1
    assert beidou_grid.encode(ANNEX_LON, ANNEX_LAT, level) == "N50J47539B8255346152"[:length]


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        ("112.976", "28.195", "N49H903D18A260301040"),
        ("112.9388", "28.2282", "N49H903B34A166506500"),
        ("-73.9857", "40.7484", "N18K313E42D2"),
        ("151.2153", "-33.8568", "S56I234C1D61"),
        ("-43.2105", "-22.9519", "S23F254C7912"),
    ],
)
def test_places_of_all_hemispheres_have_the_published_codes(lon: str, lat: str, code: str) -> None:
    assert beidou_grid.encode(lon, lat, beidou_grid.LENGTHS.index(len(code)) + 1) == code


@pytest.mark.parametrize(
    ("height_m", "code"),
    [
        (0, "N049H0090030D108A020600300100400"),
        (60, "N049H0090030D108A020607306105400"),
        (300, "N049H0090030D108A220607301101401"),
        (-10, "N149H6390731D1F8AF21606305104403"),
    ],
)
def test_heights_have_the_published_codes_and_come_back(height_m: float, code: str) -> None:
    assert beidou_grid.encode_with_height("112.976", "28.195", height_m) == code
    cell = beidou_grid.decode(code)
    assert cell.bottom_m is not None
    assert cell.top_m is not None
    assert cell.bottom_m - 1e-6 <= height_m < cell.top_m


@given(st.floats(-179.999, 179.999), st.floats(-87.99, 87.99), st.integers(1, 10))
def test_a_place_lies_in_the_cell_of_its_code(lon: float, lat: float, level: int) -> None:
    cell = beidou_grid.decode(beidou_grid.encode(lon, lat, level))
    assert cell.level == level
    assert cell.west - 1e-9 <= lon <= cell.east + 1e-9
    assert cell.south - 1e-9 <= lat <= cell.north + 1e-9


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("N49H90", None),
        ("X49H", "begin with N or S"),
        ("N61H", "01 to 60"),
        ("N49Z", "A to V"),
        ("N49HC0", "character 5"),
        ("N49H9", "has 5 characters"),
        ("N²9H", "01 to 60"),
        ("N049H0²90030D108A020607306105400", "00 to 63"),
    ],
)
def test_what_is_no_code_is_refused_with_the_character_that_is_wrong(code: str, said: str | None) -> None:
    if said is None:
        assert beidou_grid.decode(code).level == 2
    else:
        with pytest.raises(BadInput, match=said):
            beidou_grid.decode(code)


def test_the_polar_division_is_refused_and_said_so() -> None:
    with pytest.raises(BadInput, match="beyond 88"):
        beidou_grid.encode(0.0, 88.5)
