"""Classes are found by key, code and name, in every scheme, and know their counterparts."""

from __future__ import annotations

from pathlib import Path

import pytest

from cim.city import City
from cim.duty.classes import Class, classes, group_of
from cim.errors import BadInput, NotFound
from tests.support.api_client import asking, said
from tests.support.small_city import settings


def key(*said_: str | None) -> str:
    return classes().find(*said_).key  # type: ignore[arg-type]


def test_the_list_of_2026_has_153_components_and_250_matters_and_every_component_its_matter() -> None:
    newest = [c for c in classes() if c.scheme == "2026"]
    assert sum(c.kind == "component" for c in newest) == 153
    assert sum(c.kind == "matter" for c in newest) == 250
    by_key = {c.key: c for c in newest}
    for component in (c for c in newest if c.kind == "component"):
        assert by_key[f"M{component.code}"].name == component.name + "异常"
        assert by_key[f"M{component.code}"].about == component.key


def test_the_same_number_is_a_component_and_a_matter_so_the_key_says_which() -> None:
    assert (key("C01001"), key("M01001")) == ("C01001", "M01001")
    assert (key("01001", "component"), key("01001", "matter")) == ("C01001", "M01001")
    with pytest.raises(BadInput, match="write C01001 or M01001, or say the kind"):
        classes().find("01001")
    assert key("06010") == "M06010"  # there is no component 06.010


def test_keys_and_names_of_each_scheme_are_found() -> None:
    assert key("c01003") == "C01003"
    assert key("0103", "component") == "C0103"
    assert key("E0406") == "E0406"
    assert classes().find("E0406").name == "道路积水"
    assert key("道路积水") == "E0406"  # the list of 2026 has none
    assert key("暴露垃圾") == "M06010"
    assert key("暴露垃圾", None, "2007") == "E0102@2007"
    assert key("0102", "matter", "2007") == "E0102@2007"
    assert key("E0102") == "E0102"  # without a year of 2013
    assert classes().find("E0102").name == "店面无证装修"
    assert key(" 雨水井盖 ") == "C01003"


def test_old_and_new_are_counterparts_of_each_other() -> None:
    groups: dict[str, list[Class]] = {}
    for c in classes():
        groups.setdefault(c.group, []).append(c)
        assert c in classes().group(c.group)
        assert all(c in classes().same(other) for other in classes().same(c))
        if c.same_as:
            assert c.same_as in classes().by_key, c
    assert [c.key for c in classes().same(classes().find("C01003"))] == ["C0103"]
    assert [c.key for c in classes().same(classes().find("E0506"))] == ["M09006"]
    assert [c.key for c in classes().same(classes().find("C01069"))] == ["C0506"]  # moved in 2026
    assert [c.key for c in classes().same(classes().find("E0407"))] == ["M10001", "E0407@2007"]
    assert classes().same(classes().find("C01077")) == ()  # new in 2026
    assert all(len({c.kind for c in members}) == 1 for members in groups.values())
    assert all(len({c.scheme for c in members}) == len(members) for members in groups.values())


def test_stored_texts_are_compared_by_what_they_mean() -> None:
    assert (
        group_of("E0110") == group_of("E0102@2007") == group_of("M06010") == group_of("暴露垃圾") == "M06010"
    )
    assert group_of("自定义") == "自定义"
    assert group_of("") is group_of(None) is group_of("  ") is None


@pytest.mark.parametrize(
    ("asked", "error", "why"),
    [
        (("雨水蓖子",), NotFound, "close: C01004 雨水箅子"),
        (("C99999",), NotFound, "is not known"),
        (("X",), NotFound, "a key looks like C01003, M06010 or E0406"),
        (("C010",), NotFound, "is not known"),
        (("0100301",), NotFound, "is not known"),
        (("",), NotFound, "is not known"),
        (("C01003", "matter"), BadInput, "C01003 雨水井盖, a component of 2026"),
        (("C01003", None, "2013"), BadInput, "C01003 雨水井盖, a component of 2026"),
        (("C01003", "thing"), BadInput, "kind 'thing' is not known; known: component, matter"),
        (("C01003", None, "2001"), BadInput, "scheme '2001' is not known; known: 2026, 2013, 2007"),
    ],
)
def test_what_is_no_class_is_refused_with_what_is_close(
    asked: tuple[str, ...], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        classes().find(*asked)


def test_classes_are_searched_over_http(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    City.open(settings(url, tmp_path / "s"), create=True).close()
    with asking(settings(url, tmp_path / "s")) as asker:
        assert asker.get("/classes").json()["count"] == len(classes().all)
        found = asker.get("/classes?kind=component&scheme=2026&q=井盖").json()["classes"]
        assert len(found) == 20 and all("井盖" in c["name"] for c in found)
        (rain,) = asker.get("/classes?q=E0406&scheme=2013").json()["classes"]
        assert (rain["key"], rain["name"], rain["same"]) == ("E0406", "道路积水", ["E0406@2007"])
        assert rain["standard"] == "GB/T 30428.2-2013"
        close = asker.get("/classes?q=雨水蓖子&scheme=2026").json()["classes"]
        assert close[0]["key"] == "C01004"
        assert asker.get("/classes?q=@@@").json() == {"classes": [], "count": 0}
        assert "kind 'x' is not known" in said(asker.get("/classes?kind=x"), 400)
        assert "scheme 'x' is not known" in said(asker.get("/classes?scheme=x"), 400)
