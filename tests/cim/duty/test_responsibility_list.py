"""The responsibility list and the calendar on their way into the store: all of a file, or nothing and every fault."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import sqlalchemy as sa

from cim.access.caller import LOCAL
from cim.city import City
from cim.dispatch.responsible import CaseReport, find_responsible
from cim.duty.responsibility_list import FIELDS, calendar_days, replace_rules
from cim.duty.roles import chain, chain_text, chains
from cim.errors import BadInput, FaultyData
from cim.operations import records
from cim.store import Store, open_store
from cim.store.sqlite import sqlite3
from cim.store.tables import CALENDAR, META, RESPONSIBILITY
from layers.demo import make
from layers.demo.inputs import path_of
from layers.responsibility_list import load_calendar, load_rules
from tests.support import responsibility
from tests.support import small_city as small
from tests.support.responsibility import HERE

BEIJING = ZoneInfo("Asia/Shanghai")
#: Monday 2026-06-01, nine o'clock.
MONDAY = dt.datetime(2026, 6, 1, 9, tzinfo=BEIJING)


@pytest.fixture
def ready(city: City, tmp_path: Path) -> City:
    return responsibility.prepared(city, tmp_path)


def asked(city: City, said: str, when: dt.datetime = MONDAY, at: tuple[float, float] = HERE) -> Any:
    (answer,) = find_responsible(city.state(), [CaseReport(said, *at, when)])
    return answer


def due(answer: Any) -> str:
    return dt.datetime.fromisoformat(answer.deadline.due).strftime("%m-%d %H:%M")


# -- the list on its way in --------------------------------------------------------------------------

HEAD = "类别,立案条件,牵头单位,协同单位,处置时限,结案条件\n"


def file(folder: Path, text: str | bytes, name: str = "清单.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(load: Callable[[], Any]) -> list[str]:
    with pytest.raises(FaultyData) as caught:
        load()
    return [str(fault).removesuffix(" (raised)") for fault in caught.value.faults]


def test_a_list_in_gbk_excel_or_utf8_is_the_same_list(ready: City, tmp_path: Path) -> None:
    before = [rule.record() for rule in ready.rules.all]
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["小城权责清单（样表）"])
    for line in responsibility.LIST.splitlines():
        cells = line.split(",")
        sheet.append([float(c) if c.isdigit() else c for c in cells])
    sheet.merge_cells("A3:A4")  # both conditions of C01003 under one class, as such tables are drawn
    book.save(tmp_path / "清单.xlsx")
    for path in (
        file(tmp_path, responsibility.LIST.encode("gb18030"), "gbk.csv"),
        file(tmp_path, b"\xef\xbb\xbf" + responsibility.LIST.encode(), "bom.csv"),
        file(tmp_path, responsibility.LIST.replace(",", "\t"), "tabs.tsv"),
        tmp_path / "清单.xlsx",
    ):
        loaded = load_rules(ready.writer, path)
        assert (loaded.count, [rule.record() for rule in ready.rules.all]) == (7, before), path.name


def test_every_fault_of_a_list_is_named_with_its_row_and_nothing_is_written(
    ready: City, tmp_path: Path
) -> None:
    before, seq = [rule.record() for rule in ready.rules.all], ready.store.seq()
    text = HEAD + (
        "M06010,,街道,,4工作时,清理\n"
        "雨水蓖子,,街道,,4工作时,清理\n"
        "\n"
        "M06012,,PSS,,4小时,清理\n"
        "01003,,街道,,4工作时,清理\n"
        ",,街道,,,清理\n"
        "M06013,,police@村,army@区县,1.5工作日,\n"
        "M06010,,街道,,2工作时,清理\n"
    )
    found = faults(lambda: load_rules(ready.writer, file(tmp_path, text)))
    for row, why in [
        (2, "class '雨水蓖子' is not known; close: C01004 雨水箅子"),
        (4, "unit 'PSS' is not known; close: PS"),
        (4, "'小时' is no clock"),
        (5, "write C01003 or M01003"),
        (6, "has no class (类别), limit (处置时限)"),
        (7, "level '村' is not known"),
        (7, "no unit is of kind 'army'; there are: drainage, police, power"),
        (7, "days are whole"),
        (8, "M06010 with the condition '' stands in row 1 already"),
    ]:
        assert any(f.startswith(f"row {row}: ") and why in f for f in found), (row, why, found)
    assert len(found) == 9
    assert ([rule.record() for rule in ready.rules.all], ready.store.seq()) == (before, seq)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no|no row has the headings class"),
        (HEAD, "there is no row in it"),
        (
            "名称,单位\n井盖,排水\n",
            "no row has the headings class \\(类别\\), lead .*the first row has: 名称, 单位",
        ),
        ("类别,牵头单位\nM06010,街道\n", "there is no column limit \\(处置时限\\)"),
        ("类别,class,牵头单位,时限\nM06010,M06010,街道,1工作日\n", "two columns are class"),
        ('类别,牵头单位,时限\n"M06010,街道,1工作日\n', "no text table"),
    ],
)
def test_a_list_without_rows_or_headings_is_refused(ready: City, tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        load_rules(ready.writer, file(tmp_path, text))
    assert len(ready.rules.all) == 7


def test_an_excel_file_that_is_none_or_empty_is_refused(gpkg_city: City, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "leer.xlsx")
    with pytest.raises(FaultyData, match="no row has the headings"):
        load_rules(gpkg_city.writer, tmp_path / "leer.xlsx")
    with pytest.raises(BadInput, match="has no sheet 'x'; it has: Sheet"):
        load_rules(gpkg_city.writer, tmp_path / "leer.xlsx", sheet="x")
    with pytest.raises(BadInput, match="no Excel workbook that can be read"):
        load_rules(gpkg_city.writer, file(tmp_path, "no zip", "kaputt.xlsx"))
    whole = (tmp_path / "leer.xlsx").read_bytes()
    with pytest.raises(BadInput, match="no Excel workbook that can be read"):
        load_rules(gpkg_city.writer, file(tmp_path, whole[: len(whole) // 2], "halb.xlsx"))
    with pytest.raises(BadInput, match=r"save an old \.xls as \.xlsx"):
        load_rules(gpkg_city.writer, file(tmp_path, "x", "alt.xls"))
    with pytest.raises(BadInput, match="has no sheets"):
        load_rules(gpkg_city.writer, file(tmp_path, HEAD), sheet="x")


def test_columns_that_are_no_field_are_noted(ready: City, tmp_path: Path) -> None:
    loaded = load_rules(
        ready.writer, file(tmp_path, "类别,牵头单位,时限,监管主体\nM06010,街道,4工作时,城管局\n")
    )
    assert (loaded.count, loaded.notes) == (1, ("column '监管主体' is no field and was left out",))


def test_the_words_of_a_list_are_written_as_they_are_read() -> None:
    for text in ("owner|430100-PS", "street", "police@district", "maintainer|owner|district"):
        assert chain_text(chain(text)) == text
    assert [chain_text(c) for c in chains("属地街道、police@区县；权属单位或养护单位")] == [
        "street",
        "police@district",
        "owner|maintainer",
    ]
    assert chains("") == chain("  ") == ()
    assert all(zh for _, zh in FIELDS.values())


# -- the calendar on its way in ----------------------------------------------------------------------


def test_a_calendar_replaces_the_years_that_it_names_and_no_other(ready: City, tmp_path: Path) -> None:
    assert [d.day for d in calendar_days(ready.store)] == [
        "2026-06-19",
        "2026-06-20",
        "2026-06-21",
        "2026-06-27",
    ]
    load_calendar(ready.writer, file(tmp_path, "日期,类型\n2027-01-01,休\n"))
    assert len(calendar_days(ready.store)) == 5
    load_calendar(ready.writer, file(tmp_path, "日期,类型\n2026-10-01,休\n"))
    assert [d.day for d in calendar_days(ready.store)] == ["2026-10-01", "2027-01-01"]
    assert due(asked(ready, "暴露垃圾", when=dt.datetime(2026, 6, 18, 17, tzinfo=BEIJING))) == "06-19 11:00"


def test_an_excel_calendar_has_real_dates(ready: City, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["日期", "类型", "名称"])
    sheet.append([dt.datetime(2026, 10, 1), "休", "国庆节"])
    sheet.append([dt.date(2026, 10, 10), "班", "调休"])
    book.save(tmp_path / "节.xlsx")
    assert load_calendar(ready.writer, tmp_path / "节.xlsx").count == 2
    assert [(d.day, d.works) for d in calendar_days(ready.store)] == [
        ("2026-10-01", False),
        ("2026-10-10", True),
    ]


def test_every_fault_of_a_calendar_is_named_and_nothing_is_written(ready: City, tmp_path: Path) -> None:
    before = calendar_days(ready.store)
    text = "日期,类型\n2026-02-30,休\n2026-01-01,休\n2026/1/1,班\n2026-01-02,也许\n,休\n"
    found = faults(lambda: load_calendar(ready.writer, file(tmp_path, text)))
    assert found == [
        "row 1: day '2026-02-30' is no date like 2026-02-14",
        "row 3: 2026-01-01 stands in the table already",
        "row 4: kind '也许' of 2026-01-02 is neither 休 (holiday) nor 班 (work)",
        "row 5: day '' is no date like 2026-02-14",
    ]
    assert "there is no row" in faults(lambda: load_calendar(ready.writer, file(tmp_path, "日期,类型\n")))[0]
    assert calendar_days(ready.store) == before


# -- the store ---------------------------------------------------------------------------------------


def test_another_process_sees_a_new_list_within_a_second(ready: City, tmp_path: Path) -> None:
    with City.open(ready.settings) as other:
        other.follow()
        assert len(other.rules.all) == 7
        load_rules(ready.writer, file(tmp_path, HEAD + "M06010,,街道,,1工作时,清理\n"))
        until = time.monotonic() + 5
        while len(other.rules.all) == 7 and time.monotonic() < until:
            time.sleep(0.02)
        assert [rule.limit.zh for rule in other.rules.all] == ["1 工作时"]


def test_the_list_is_read_once_and_not_for_every_question(ready: City) -> None:
    first = ready.rules
    assert ready.rules is first
    records.change(ready.writer, "incidents", "20260601-00001", {"title": "中路大水"}, LOCAL)
    assert ready.rules is first
    replace_rules(ready.store, first.all[:1], "test")
    ready.refresh()
    assert len(ready.rules.all) == 1


def test_a_store_of_schema_1_opens_and_has_the_new_tables(store_url: str, tmp_path: Path) -> None:
    with small.build(store_url, tmp_path / "s") as made:
        store = made.store
        with store.writing("test") as tx:
            CALENDAR.drop(tx.connection)
            RESPONSIBILITY.drop(tx.connection)
            tx.connection.execute(META.delete().where(META.c.key == "schema"))
            tx.connection.execute(META.insert().values(key="schema", value="1"))
    with City.open(made.settings) as again:
        assert again.store.meta("schema") == str(Store.SCHEMA)
        assert len(again.snapshot("incidents")) == 1
        assert (again.rules.all, calendar_days(again.store)) == ((), [])
        responsibility.prepared(again, tmp_path)
        assert asked(again, "暴露垃圾").lead.code == "U-001"
    opened = open_store(store_url)
    with opened.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(RESPONSIBILITY)).scalar() == 7
    opened.close()


def test_a_geopackage_with_the_new_tables_is_still_sound(tmp_path: Path) -> None:
    with small.build(f"gpkg:///{tmp_path / 'c.gpkg'}", tmp_path / "s") as made:
        responsibility.prepared(made, tmp_path)
    raw = sqlite3.connect(tmp_path / "c.gpkg")
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def test_the_starter_list_and_calendar_of_the_demo_city_load(tmp_path: Path) -> None:
    with small.build(f"gpkg:///{tmp_path / 'c.gpkg'}", tmp_path / "s") as made:
        for layer, features in make("small"):
            if layer.name in ("areas", "units"):
                made.load(layer, features)
            if layer.name == "units":
                break
        assert load_rules(made.writer, path_of("responsibility.csv")).count >= 60
        assert load_calendar(made.writer, path_of("calendar.csv")).count == 39
        clock = made.rules.clock
        assert clock.calendar.works(dt.date(2026, 2, 14)) and not clock.calendar.works(dt.date(2026, 10, 1))
        assert all(re.search(r" [ML]\b", rule.basis) for rule in made.rules.all)  # each says its certainty
        answer = asked(made, "噪声扰民", at=(112.976, 28.195))
        assert answer.rule.key == "place_first" and answer.lead.code.endswith("-JB")
        assert {unit.kind for unit in answer.assisting} == {"police", "urban_management"}
        assert all(unit.code[:6] == answer.lead.code[:6] for unit in answer.assisting)
