"""Codes of areas, components and matters: what they say, and what is told of wrong ones."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cim.errors import BadInput
from cim.model import codes


def digits(n: int) -> st.SearchStrategy[str]:
    """So many digits, none of them a leading zero."""
    return st.integers(10 ** (n - 1), 10**n - 1).map(str)


@pytest.mark.parametrize(
    ("code", "level", "parents"),
    [
        ("430100", "city", ()),
        ("430102", "district", ("430100", "430000")),
        ("110101", "district", ("110100", "110000")),
        ("430102001", "street", ("430102",)),
        ("430102001001", "community", ("430102001",)),
        ("430102001001007", "unit_grid", ("430102001001",)),
        ("430102001001A0Z", "unit_grid", ("430102001001",)),
        ("430102001001R01", "duty_grid", ("430102001001", "430102001")),
        ("430102001R01", "duty_grid", ("430102001",)),
        ("01000143010200100101", "special_grid", ("430102001001", "430102001")),
        ("01000143010200160101", "special_grid", ("430102001",)),
    ],
)
def test_a_code_says_its_level_and_its_parent(code: str, level: str, parents: tuple[str, ...]) -> None:
    assert codes.level_of(code) == level
    assert codes.parents_of(code) == parents
    assert codes.fault_of(level, code) is None


@pytest.mark.parametrize(
    "code", ["", "4301", "43010", "430102００1", "4301020010011", "43010200100100", "abc", "R01"]
)
def test_other_texts_are_codes_of_no_level(code: str) -> None:
    assert codes.level_of(code) is None
    assert codes.parents_of(code) == ()


@pytest.mark.parametrize(
    ("level", "code", "sentence"),
    [
        ("district", "43010", "it has 5 characters; 6 digits that don't end in 00"),
        ("district", "430100", "it is one of a city; 6 digits that don't end in 00"),
        ("community", "430102001", "it is one of a street; 12 digits: street 9 + 3"),
        ("unit_grid", "43010200100100", "it has 14 characters; 15 digits or capitals: community 12 + 3"),
        ("special_grid", "430102001001", "it is one of a community; 20 digits"),
    ],
)
def test_a_wrong_code_is_told_with_what_would_be_right(level: str, code: str, sentence: str) -> None:
    assert f"code {code!r} is no code of a {level}: {sentence}" in str(codes.fault_of(level, code))


def test_cities_number_duty_grids_as_they_like() -> None:
    assert codes.fault_of("duty_grid", "中心片区-1") is None


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        (("street", "430102001", "430102", "district"), None),
        (("street", "460400100", "460400", "city"), None),  # 儋州 has no districts
        (("unit_grid", "430102001001001", "430102001001R01", "duty_grid"), None),
        (("duty_grid", "X", "430102001", "street"), None),
        (("special_grid", "01000143010200100101", "430102", "district"), None),
        (("district", "110101", "110000", "city"), None),
        (("street", "430102001", "430103", "district"), "does not begin with that of its parent '430103'"),
        (("street", "430102001", "430102001001", "community"), "which is not above a street"),
        (("street", "430102001", "430102001", "street"), "which is not above a street"),
        (("special_grid", "01000143010200100101", "430103", "district"), "does not begin with"),
    ],
)
def test_an_area_lies_in_one_of_a_higher_level_whose_code_it_continues(
    link: tuple[str, str, str, str], sentence: str | None
) -> None:
    fault = codes.link_fault(*link)
    assert fault is None if sentence is None else sentence in str(fault)


@given(digits(12).filter(lambda c: c[4:6] != "00"), st.integers(1, 999))
def test_a_unit_grid_goes_back_to_its_community_and_up_to_the_city(community: str, number: int) -> None:
    code = codes.unit_grid_code(community, number)
    assert codes.level_of(code) == "unit_grid"
    levels = []
    while True:
        levels.append(codes.level_of(code))
        above = codes.parents_of(code)
        if not above:
            break
        assert codes.link_fault(str(levels[-1]), code, above[0], str(codes.level_of(above[0]))) is None
        code = above[0]
    assert levels == ["unit_grid", "community", "street", "district", "city"]
    assert code == community[:4] + "00"


@pytest.mark.parametrize("number", [0, 1000])
def test_a_community_has_at_most_999_unit_grids(number: int) -> None:
    with pytest.raises(BadInput, match=f"a number of 1 to 999, not {number}"):
        codes.unit_grid_code("430102001001", number)


@given(digits(6), st.integers(1, 99), st.integers(0, 999), st.integers(0, 999_999))
def test_codes_of_components_and_matters_come_back(district: str, main: int, sub: int, number: int) -> None:
    assume(not district.endswith("00"))
    new = codes.ClassCode("component", district, f"{main:02d}", f"{sub:03d}", number)
    old = codes.ClassCode("component", district, f"{main:02d}", f"{sub % 100:02d}", number)
    matter = codes.ClassCode("matter", district, f"{main:02d}", f"{sub:03d}")
    for code, length, scheme in ((new, 17, 2026), (old, 16, 2013), (matter, 11, 2026)):
        assert len(str(code)) == length
        assert code.scheme == scheme
        assert codes.class_code(str(code)) == code


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("430102010010000012", "18 characters"),
        ("4301020100１", "no code of a component or matter"),
        ("43010001001", "does not begin with a district: code '430100' is no code of a district"),
    ],
)
def test_other_numbers_are_refused_with_the_lengths_there_are(code: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        codes.class_code(code)
