"""What answers say of classes, rules, units and times."""

from __future__ import annotations

from dataclasses import dataclass

from cim.model.json_names import json_names


@dataclass(frozen=True)
class ClassRecord:
    """A class of components, matters or emergencies; `same` are the keys of its counterparts in the other schemes."""

    key: str
    kind: str
    kind_zh: str
    kind_en: str
    scheme: str
    standard: str
    code: str
    name: str
    big: str
    certainty: str
    same: list[str]


@dataclass(frozen=True)
class SuggestedClass:
    """A class that a text may mean, and the words of the text that say so."""

    key: str
    name: str
    kind: str
    big: str
    words: list[str]


@dataclass(frozen=True)
class LimitRecord:
    """So much of a clock, in words too."""

    amount: float
    clock: str
    zh: str
    en: str


@json_names(class_="class")
@dataclass(frozen=True)
class RuleRecord:
    """One row of the responsibility list; who leads, who assists and the crews are written as in a list's file."""

    class_: str
    name: str
    key: str
    condition: str
    lead: str
    assist: list[str]
    limit: LimitRecord
    closing: str
    basis: str
    similar_m: float | None
    similar_h: float | None
    crews: str
    affect_m: float | None
    close_m: float | None


@dataclass(frozen=True)
class Condition:
    """A condition (立案条件) of a class, with its limit in Chinese."""

    key: str
    text: str
    limit: str


@dataclass(frozen=True)
class CalendarDay:
    """A day that is not what its weekday says: a holiday, or one that is worked."""

    day: str
    works: bool
    name: str


@dataclass(frozen=True)
class WorkCalendar:
    """The office hours (`08:30-12:00`), how days are counted, the city's time zone, and the days of the calendar."""

    office_hours: list[str]
    day_counting: str
    time_zone: str
    days: list[CalendarDay]


@dataclass(frozen=True)
class UnitRecord:
    """A unit: whom to call."""

    code: str
    name: str | None
    name_en: str | None
    kind: str | None
    phone: str | None


@dataclass(frozen=True)
class AssistingUnit(UnitRecord):
    """A unit that assists, and as what."""

    as_zh: str
    as_en: str


@dataclass(frozen=True)
class UnknownUnit:
    """A unit that a component names and the layer of units does not have."""

    code: str
