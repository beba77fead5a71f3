"""Who acts, by when and why, in the small city."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.access.caller import LOCAL
from cim.city import City
from cim.dispatch.messages import DECIDED
from cim.dispatch.responsible import CaseReport, find_responsible
from cim.errors import BadInput, FaultyData, NotFound, StoreUnusable
from cim.operations import records
from tests.support import responsibility
from tests.support import small_city as small
from tests.support.responsibility import HERE, NORTH, OUTSIDE

BEIJING = ZoneInfo("Asia/Shanghai")
#: Monday 2026-06-01, nine o'clock.
MONDAY = dt.datetime(2026, 6, 1, 9, tzinfo=BEIJING)


@pytest.fixture
def ready(city: City, tmp_path: Path) -> City:
    return responsibility.prepared(city, tmp_path)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One such city in a GeoPackage, for what only asks."""
    folder = tmp_path_factory.mktemp("duty")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "s") as made:
        yield responsibility.prepared(made, folder)


def asked(
    city: City, said: str, at: tuple[float, float] = HERE, when: dt.datetime = MONDAY, **more: Any
) -> Any:
    (answer,) = find_responsible(city.state(), [CaseReport(said, *at, when, **more)])
    return answer


def who(answer: Any) -> tuple[str, str | None, list[str]]:
    """What decided, who leads, and who assists."""
    lead = answer.lead.code if answer.lead else None
    return answer.rule.key, lead, [unit.code for unit in answer.assisting]


def due(answer: Any) -> str:
    return dt.datetime.fromisoformat(answer.deadline.due).strftime("%m-%d %H:%M")


# -- who ---------------------------------------------------------------------------------------------


def test_a_component_is_its_owners_first_and_the_maintainer_assists(ready: City) -> None:
    answer = asked(ready, "C01003", condition="missing")
    assert answer.component.id == "W-1"
    assert answer.component.distance_m == pytest.approx(11.08, abs=0.05)  # 0.0001° of latitude
    assert (answer.component.owner.name, answer.component.maintainer.code) == (
        "供电公司",
        "PS",
    )
    assert [c.id for c in answer.component_alternatives] == ["W-2"]  # of the old scheme; W-3 is removed
    assert who(answer) == ("owner_first", "GD", ["GA-W", "PS"])
    assert (due(answer), answer.closing) == ("06-01 11:00", "恢复")
    assert any("权属单位 供电公司" in step for step in answer.why.zh)
    assert len(answer.why.zh) == len(answer.why.en) >= 4


def test_a_component_without_owner_is_its_classs_unit_of_the_list(one: City) -> None:
    answer = asked(one, "C01003", component="W-2")
    assert (answer.component.id, answer.component.owner) == ("W-2", None)
    assert who(answer)[:2] == ("owner_first", "PS")
    far = asked(one, "C01003", at=(112.92, 28.12))
    assert (far.component, who(far)[:2]) == (None, ("owner_first", "PS"))
    assert any("30 米内没有这类部件" in step for step in far.why.zh)


def test_an_owner_stands_before_the_unit_that_the_list_names_for_the_class(one: City) -> None:
    # The list says PS for lamps; the lamp at 22 m is of U-EAST.
    answer = asked(one, "路灯", at=(112.91, 28.13))
    assert (answer.component.id, who(answer)) == ("L-1", ("owner_first", "U-EAST", []))
    assert asked(one, "路灯").lead.code == "PS"


def test_a_matter_is_the_places_first(one: City) -> None:
    answer = asked(one, "暴露垃圾")
    assert who(answer) == ("place_first", "U-001", ["PS"])
    assert answer.component is None
    assert due(answer) == "06-01 15:00"  # 09 to 12, and one hour after lunch
    assert [area.code for area in answer.areas][:3] == ["430100", "430102", "430102001"]


def test_where_the_street_has_no_unit_the_place_falls_to_the_smallest_area_that_has_one(one: City) -> None:
    answer = asked(one, "暴露垃圾", at=NORTH)
    assert who(answer) == ("place_fallback", "U-WEST", ["PS"])
    assert "属地街道：此处没有或未登记" in answer.why.zh


def test_a_unit_by_its_kind_is_the_one_that_sits_in_the_places_district(one: City) -> None:
    assert who(asked(one, "噪声扰民")) == ("place_first", "GA-W", [])
    # The east district has no police of its own: its own unit answers.
    assert who(asked(one, "噪声扰民", at=(112.98, 28.12))) == ("place_fallback", "U-EAST", [])


def test_a_unit_that_the_list_names_for_a_matter_leads_wherever_it_is(one: City) -> None:
    answer = asked(one, "E0406")
    assert who(answer) == ("list", "PS", ["U-001", "GD"])
    assert who(asked(one, "E0406", at=NORTH)) == ("list", "PS", ["GD"])


def test_a_class_without_a_rule_has_the_place_and_the_default_limit(one: City) -> None:
    answer = asked(one, "M09006")
    assert who(answer) == ("place_fallback", "U-001", [])
    assert (answer.deadline.zh, due(answer)) == ("5 工作日", "06-08 18:00")
    assert any("权责清单没有 占道经营，按默认时限" in step for step in answer.why.zh)
    assert (answer.closing, answer.condition) == (None, None)
    # A component without a rule is its owner's.
    assert who(asked(one, "C01003", component="W-1"))[1] == "GD"


def test_a_components_matter_and_its_old_code_have_the_components_rules(one: City) -> None:
    for said in ("M01003", "C0103", "雨水井盖异常"):
        answer = asked(one, said, condition="破损")
        assert (answer.component.id, due(answer)) == ("W-1", "06-01 15:00"), said
    assert any("即新码 C01003 雨水井盖" in step for step in asked(one, "C0103").why.zh)


def test_outside_every_area_the_nearest_one_answers_and_says_how_far_it_is(one: City) -> None:
    answer = asked(one, "暴露垃圾", at=OUTSIDE)
    assert answer.areas == []
    assert answer.nearest.code == "430103001"
    assert answer.nearest.distance_m == pytest.approx(19_650, rel=0.01)
    assert who(answer) == ("nobody", None, ["PS"])
    assert any("不在任何管理区域内" in step for step in answer.why.zh)


def test_the_place_is_whose_it_was_on_the_day_of_the_report(ready: City) -> None:
    was = {"valid_to": dt.date(2026, 1, 1), "unit": "U-EAST"}
    records.change(ready.writer, "areas", "430102001", {"valid_from": dt.date(2026, 1, 1)}, LOCAL)
    values = {"code": "430102009", "name": "旧街道", "level": "street", "parent": "430102", **was}
    records.create(ready.writer, "areas", shapely.box(112.90, 28.10, 112.95, 28.15), values, LOCAL)
    assert asked(ready, "暴露垃圾").lead.code == "U-001"
    before = asked(ready, "暴露垃圾", when=dt.datetime(2025, 12, 31, 23, 59, tzinfo=BEIJING))
    assert (before.lead.code, before.areas[2].code) == ("U-EAST", "430102009")


def test_a_day_before_the_first_area_is_refused(ready: City) -> None:
    for record in ready.layer("areas").table(["code"]).to_pylist():
        records.change(ready.writer, "areas", record["code"], {"valid_from": dt.date(2020, 1, 1)}, LOCAL)
    with pytest.raises(BadInput, match="no area was in force on 2019-06-01; the first began on 2020-01-01"):
        asked(ready, "暴露垃圾", when=dt.datetime(2019, 6, 1, 9, tzinfo=BEIJING))


def test_the_condition_chooses_the_rule_by_key_by_words_and_else_the_first_counts(one: City) -> None:
    def rule(condition: str | None) -> tuple[str, bool]:
        answer = asked(one, "C01003", condition=condition)
        return answer.condition.key, answer.condition.matched

    assert rule("broken") == rule("井盖有破损") == ("broken", True)
    assert rule("井盖缺失，行人险些跌落") == ("missing", True)
    assert rule(None) == rule("") == rule("不知道") == ("missing", False)
    listed = asked(one, "C01003").conditions
    assert [(c.key, c.limit) for c in listed] == [("missing", "2 紧急工作时"), ("broken", "4 工作时")]


def test_the_calendar_moves_the_deadline(one: City) -> None:
    eve = dt.datetime(2026, 6, 18, 17, tzinfo=BEIJING)  # Thursday before 端午节
    assert due(asked(one, "暴露垃圾", when=eve)) == "06-22 11:00"  # one hour on Thursday, three on Monday
    friday = dt.datetime(2026, 6, 26, 17, tzinfo=BEIJING)
    answer = asked(one, "暴露垃圾", when=friday)
    assert (due(answer), answer.deadline.holidays_known) == (
        "06-27 11:00",
        True,
    )  # the Saturday is worked
    later = asked(one, "暴露垃圾", when=dt.datetime(2027, 3, 1, 9, tzinfo=BEIJING))
    assert later.deadline.holidays_known is False
    assert any("节假日表未录入" in step for step in later.why.zh)


def test_many_are_answered_as_each_is_alone(one: City) -> None:
    places = [HERE, NORTH, OUTSIDE, (112.98, 28.12), (112.95, 28.15)]
    reports = [
        CaseReport(said, *at, MONDAY + dt.timedelta(hours=h))
        for h, (said, at) in enumerate(
            (s, p) for s in ("C01003", "M06010", "E0406", "M09006") for p in places
        )
    ]
    assert find_responsible(one.state(), reports) == [find_responsible(one.state(), [r])[0] for r in reports]
    assert find_responsible(one.state(), []) == []


@settings(max_examples=60, deadline=None)
@given(
    said=st.sampled_from(
        ["C01003", "C01037", "C01023", "M06010", "M06028", "E0406", "M09006", "M01003", "E0101@2007"]
    ),
    lon=st.floats(112.89, 113.01),
    lat=st.floats(28.09, 28.21),
    hours=st.integers(0, 24 * 400),
)
def test_every_answer_names_a_rule_a_unit_that_exists_and_a_deadline_after_the_report(
    one: City, said: str, lon: float, lat: float, hours: int
) -> None:
    when = MONDAY + dt.timedelta(hours=hours)
    answer = asked(one, said, at=(lon, lat), when=when)
    assert answer.rule.key in DECIDED
    assert (answer.lead is None) == (answer.rule.key == "nobody")
    if answer.areas:
        assert answer.lead is not None and one.state().unit(answer.lead.code) is not None
    codes = [unit.code for unit in answer.assisting]
    assert len(set(codes)) == len(codes) and (answer.lead is None or answer.lead.code not in codes)
    assert dt.datetime.fromisoformat(answer.deadline.due) > when


@pytest.mark.parametrize(
    ("report", "error", "why"),
    [
        (CaseReport("雨水蓖子", *HERE, MONDAY), NotFound, "close: C01004 雨水箅子"),
        (CaseReport("01003", *HERE, MONDAY), BadInput, "write C01003 or M01003"),
        (CaseReport("C01003", *HERE, MONDAY, component="W-9"), NotFound, "there is none with code 'W-9'"),
        (
            CaseReport("C01003", *HERE, MONDAY, component="L-1"),
            BadInput,
            "'L-1' is of class C01037, but the report is of",
        ),
        (CaseReport("M06010", *HERE, MONDAY, component="L-1"), BadInput, "'L-1' is of class C01037"),
    ],
)
def test_what_can_not_be_answered_is_refused_alone_and_among_others(
    one: City, report: CaseReport, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        find_responsible(one.state(), [report])
    with pytest.raises(FaultyData, match=why) as caught:
        find_responsible(one.state(), [CaseReport("M06010", *HERE, MONDAY), report])
    assert [fault.row for fault in caught.value.faults] == [2]


def test_a_list_whose_unit_is_gone_answers_without_it(ready: City) -> None:
    records.remove(ready.writer, "units", "PS", LOCAL)
    assert who(asked(ready, "E0406")) == ("place_fallback", "U-001", ["GD"])


def test_a_unit_without_a_code_from_outside_upsets_nobody(ready: City) -> None:
    snapshot = ready.snapshot("units")
    with ready.store.writing("outside") as tx:
        tx.insert(snapshot.layer, None, {"name": "无码单位", "kind": "police", "level": "city"})
        tx.insert(ready.snapshot("components").layer, shapely.Point(HERE), {"name": "无码部件"})
    ready.refresh()
    assert who(asked(ready, "噪声扰民"))[1] == "GA-W"
    assert asked(ready, "C01003").component.id == "W-1"


def test_while_the_store_is_away_answers_go_on_from_what_is_known(
    ready: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asked(ready, "C01003")
    records.change(
        ready.writer, "incidents", "20260601-00001", {"title": "中路大水"}, LOCAL
    )  # the list is to be looked at again

    def away() -> None:
        raise StoreUnusable("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(ready.store, "reading", away)
        assert asked(ready, "C01003") == before
    assert asked(ready, "C01003") == before
