"""Two reports may be one: of a class, near by, at about the time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.access.caller import GUEST, LOCAL
from cim.city import City
from cim.dispatch.duplicates import Likeness, candidates, duplicates_of, likeness, score
from cim.errors import NotFound
from cim.model.standard_layers import INCIDENTS
from cim.operations import records
from tests.support import responsibility

NOON = dt.datetime(2026, 6, 3, 4, tzinfo=dt.UTC)
#: 0.0001° of longitude are 9.83 m here, of latitude 11.08 m.
LON, LAT = 112.98, 28.12

share = st.floats(0, 1)


def placed(
    city: City,
    title: str = "垃圾",
    *,
    class_: str | None = "M06010",
    east_m: float = 0.0,
    hours: float = 0.0,
    **more: Any,
) -> str:
    point = shapely.Point(LON + east_m / 9.83 * 1e-4, LAT)
    values = {"title": title, "class": class_, "reported_at": NOON - dt.timedelta(hours=hours), **more}
    return str(records.create(city.writer, "incidents", point, values, LOCAL)["id"])


def found(city: City, class_: str | None = "M06010", text: str = "", **more: Any) -> list[str]:
    return [
        c.id for c in candidates(city.state(), [Likeness(class_, LON, LAT, NOON, text, **more)], LOCAL)[0]
    ]


def test_near_and_soon_of_the_same_class_is_likely_the_same(city: City) -> None:
    near = placed(city, east_m=10, hours=1)
    farther = placed(city, east_m=45, hours=20)
    placed(city, east_m=55)  # too far
    placed(city, hours=25)  # too long ago
    placed(city, class_="M06012")  # another class
    placed(city, class_=None)
    assert found(city) == [near, farther]
    (first, second) = candidates(city.state(), [Likeness("M06010", LON, LAT, NOON)], LOCAL)[0]
    assert first.distance_m == pytest.approx(10, abs=0.1)
    assert first.hours_apart == 1
    assert first.score == pytest.approx(0.6 * (1 - 10 / 50) + 0.4 * (1 - 1 / 24), abs=0.002)
    assert 0 < second.score < first.score


def test_the_same_class_in_another_scheme_is_the_same_class(city: City) -> None:
    old, older, named = (placed(city, class_=c) for c in ("E0110", "E0102@2007", "暴露垃圾"))
    assert set(found(city)) == {old, older, named}
    assert set(found(city, "E0110")) == {old, older, named}
    own = {"code": "OWN", "title": "垃圾", "class": "本地-7", "status": "reported", "reported_at": NOON}
    with city.store.writing("qgis") as tx:  # as another program writes it; over HTTP it is refused
        tx.insert(INCIDENTS, shapely.Point(LON, LAT), own)
    city.refresh()
    assert found(city, "本地-7") == ["OWN"]


def test_a_cancelled_one_does_not_count_a_closed_one_does(city: City) -> None:
    code = placed(city)
    for status in ("accepted", "closed"):
        records.change(city.writer, "incidents", code, {"status": status}, LOCAL)
        assert found(city) == [code]
    records.change(city.writer, "incidents", code, {"status": "handling"}, LOCAL)
    records.change(city.writer, "incidents", code, {"status": "cancelled"}, LOCAL)
    assert found(city) == []


def test_equal_text_puts_a_farther_one_before_a_nearer_one(city: City) -> None:
    near = placed(city, "路边有人烧烤", east_m=15)
    same = placed(city, "垃圾堆放无人清理", east_m=25)
    assert found(city) == [near, same]
    assert found(city, text="垃圾堆放无人清理。") == [same, near]


def test_a_report_without_a_class_has_none(city: City) -> None:
    placed(city, class_=None)
    assert found(city, None) == found(city, "") == []


def test_a_later_one_counts_like_an_earlier_one_and_itself_never(city: City) -> None:
    first, later = placed(city, hours=0), placed(city, hours=-23)
    assert found(city) == [first, later]
    assert [c.id for c in duplicates_of(city.state(), first, LOCAL)] == [later]
    with pytest.raises(NotFound, match="there is none with code 'X'"):
        duplicates_of(city.state(), "X", LOCAL)


def test_the_list_says_for_a_class_how_far_and_how_long(city: City, tmp_path: Path) -> None:
    responsibility.prepared(city, tmp_path)  # 道路积水: 200 m and 6 h
    far = placed(city, class_="E0406", east_m=190, hours=5)
    placed(city, class_="E0406", east_m=190, hours=7)
    placed(city, class_="E0406", east_m=210, hours=1)
    assert found(city, "E0406") == [far]


def test_personal_data_is_no_part_of_the_answer(city: City) -> None:
    placed(city, reporter_name="张三丰", reporter_phone="19900001234")
    (answer,) = candidates(city.state(), [Likeness("M06010", LON, LAT, NOON)], GUEST)[0]
    assert "1990000" not in str(answer) and "张三" not in str(answer)


def test_an_answer_is_of_one_state_whatever_is_written_meanwhile(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = gpkg_city
    codes = [placed(city, east_m=east) for east in (0, 10, 20)]
    expected = [c for c in codes if c != codes[1]]
    taken = city.snapshot

    def moving(name: str) -> Any:
        """The layer as it is now; right after, the first of its incidents is gone and its rows have moved."""
        now = taken(name)
        if name == "incidents":
            remaining = [c for c in codes if things_there(taken(name), c)]
            if len(remaining) > 1 and remaining[0] != codes[1]:
                records.remove(city.writer, "incidents", remaining[0], LOCAL)
                city._snapshots.compact("incidents")
        return now

    monkeypatch.setattr(city, "snapshot", moving)
    assert sorted(c.id for c in duplicates_of(city.state(), codes[1], LOCAL)) == expected


def things_there(snapshot: Any, code: str) -> bool:
    return bool(snapshot.matching({"code": code})[snapshot.rows].any())


def test_many_are_what_each_is_alone(city: City) -> None:
    for east in range(0, 60, 10):
        placed(city, east_m=east)
    asked = [Likeness("M06010", LON + i * 1e-4, LAT, NOON) for i in range(8)]
    assert candidates(city.state(), asked, LOCAL) == [candidates(city.state(), [a], LOCAL)[0] for a in asked]
    assert candidates(city.state(), [], LOCAL) == []


def test_at_most_ten_are_shown(city: City) -> None:
    for _ in range(12):
        placed(city)
    assert len(found(city)) == 10


@given(share, share, share, share)
def test_a_score_falls_with_distance_and_time_and_rises_with_equal_text(
    space: float, time: float, text: float, more: float
) -> None:
    value = score(space, time, text)
    assert 0 <= value <= 1
    assert score(max(space, more), time, text) <= value + 1e-9
    assert score(space, max(time, more), text) <= value + 1e-9
    assert score(space, time, max(text, more)) >= value - 1e-9


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_mutual_and_whole_only_with_itself(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1.0 if any(c.isalnum() for c in one) else 0.0)
