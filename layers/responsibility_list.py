"""The responsibility list and the calendar of holidays from Excel or CSV: loaded whole, or not at all with all
faults."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

from cim.duty import responsibility_list
from cim.duty.responsibility_list import Rule, require_faultless
from cim.duty.units import Units
from cim.errors import Fault
from cim.writer import CityWriter
from layers.formats.spreadsheet import read_table

#: The headings of each field of a responsibility list.
LIST = {
    "class": ("类别", "类别代码", "类别编码", "小类", "小类代码"),
    "key": ("条件键", "条件编号"),
    "condition": ("立案条件", "条件"),
    "lead": ("牵头单位", "牵头部门", "责任主体", "责任单位", "主办单位"),
    "assist": ("协同单位", "协同部门", "配合单位", "协办单位"),
    "limit": ("处置时限", "时限"),
    "clock": ("计时方式", "时限单位"),
    "closing": ("结案条件",),
    "basis": ("依据", "法律依据", "来源"),
    "similar_m": ("去重距离", "去重距离米"),
    "similar_h": ("去重时间", "去重小时"),
    "crews": ("处置力量", "所需力量", "所需技能"),
    "affect_m": ("影响半径", "影响半径米"),
    "close_m": ("封控半径", "封控半径米"),
    "kind": ("类型", "部件事项"),
    "scheme": ("标准", "版本"),
}
#: The headings of each field of a calendar.
DAYS = {
    "day": ("日期",),
    "kind": ("类型", "安排"),
    "name": ("名称", "节日", "说明"),
}
_WORKED = {"班", "上班", "调休", "调休上班", "补班", "工作日", "work", "workday", "make-up"}
_FREE = {"休", "放假", "休息", "节假日", "假日", "假期", "holiday", "off"}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))(?: 00:00:00)?")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading a file: its path, the number of rows, and notes for the user."""

    path: str
    count: int
    notes: tuple[str, ...]


def read_rules(
    units: Units, path: Path, *, sheet: str | None = None, encoding: str | None = None
) -> tuple[list[Rule], tuple[str, ...]]:
    """The rules of a file and notes on its table, checked against the classes and units. `FaultyData` with every
    fault."""
    table = read_table(path, LIST, ("class", "lead", "limit"), sheet=sheet, encoding=encoding)
    found, faults = responsibility_list.check_rows(table.rows, units)
    require_faultless(path.name, faults)
    return found, table.notes


def load_rules(
    writer: CityWriter,
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    actor: str = "local",
) -> Loaded:
    """Replace the city's responsibility list by that of a file. `FaultyData` with every fault; nothing is stored
    then."""
    found, notes = read_rules(writer.state().units, path, sheet=sheet, encoding=encoding)
    responsibility_list.replace_rules(writer.store, found, actor)
    writer.catch_up()
    return Loaded(str(path), len(found), notes)


def load_calendar(
    writer: CityWriter,
    path: Path,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
    actor: str = "local",
) -> Loaded:
    """Store the days of a file in the calendar, replacing all days of their years. `FaultyData` with every fault;
    nothing is stored then."""
    table = read_table(path, DAYS, ("day", "kind"), sheet=sheet, encoding=encoding)
    days: dict[dt.date, tuple[bool, str]] = {}
    faults: list[Fault] = []
    for at, row in table.rows:
        day, word = read_day(row.get("day", "")), row.get("kind", "").lower()
        if day is None:
            faults.append(Fault(at, f"day {row.get('day', '')!r} is no date like 2026-02-14"))
        elif day in days:
            faults.append(Fault(at, f"{day} stands in the table already"))
        elif word not in _WORKED | _FREE:
            faults.append(
                Fault(at, f"kind {row.get('kind', '')!r} of {day} is neither 休 (holiday) nor 班 (work)")
            )
        else:
            days[day] = (word in _WORKED, row.get("name", ""))
    if not table.rows:
        faults.append(Fault(None, "there is no row in it"))
    require_faultless(path.name, faults)
    responsibility_list.replace_days(writer.store, days, actor)
    writer.catch_up()
    return Loaded(str(path), len(days), table.notes)


def read_day(text: str) -> dt.date | None:
    """The date in a text; None where there is none.

    >>> read_day("2026-02-14"), read_day("2026年2月14日") == read_day("20260214"), read_day("2026-02-30")
    (datetime.date(2026, 2, 14), True, None)
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, month_too, day_too = match.groups()
    try:
        return dt.date(int(year), int(month or month_too), int(day or day_too))
    except ValueError:
        return None
