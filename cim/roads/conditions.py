"""Conditions of traffic signs: `no @ (Mo-Fr 07:00-09:00)`, as OpenStreetMap's keys with `:conditional` have them.

Hours are read by opening-hours-py; a condition may also compare a measure of the vehicle (`weight>7.5`). Several are
joined by AND. See https://wiki.openstreetmap.org/wiki/Conditional_restrictions.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from opening_hours import OpeningHours, validate

_CLAUSE = re.compile(r"([^@]*)@\s*(\([^()]*(?:\([^()]*\)[^()]*)*\)|[^;()]+)\s*(?:;|$)")
_MEASURE = re.compile(
    r"(maxweight|weight|weightrating|height|length|width|axles|axleload)\s*(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*(?:t|m)?"
)
_COMPARED: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "=": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
#: Metres and tonnes of a vehicle that nobody measured.
_USUAL = {"weight": 1.5, "height": 1.8, "length": 4.5, "width": 1.8, "axles": 2.0, "axleload": 1.0}


@dataclass(frozen=True, slots=True)
class Clause:
    """A value and when it holds: all of the `hours` and of the `measures` (name, sign, number). `unread`: what of the
    condition could not be read."""

    value: str
    hours: tuple[str, ...]
    measures: tuple[tuple[str, str, float], ...]
    unread: tuple[str, ...]

    def holds(self, in_force: frozenset[str], measures: dict[str, float]) -> bool | None:
        """Whether it holds while these hours are in force, for a vehicle of these measures; None: nobody knows."""
        known = _USUAL | measures
        for name, sign, number in self.measures:
            if not _COMPARED[sign](known[name], number):
                return False
        if any(hours not in in_force for hours in self.hours):
            return False
        return None if self.unread else True


@lru_cache(maxsize=4096)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a conditional value, in order; of those that hold, the last one counts.

    >>> [(c.value, c.hours, c.measures) for c in clauses("no @ (Mo-Fr 07:00-09:00 AND weight>7.5); yes @ Su")]
    [('no', ('Mo-Fr 07:00-09:00',), (('weight', '>', 7.5),)), ('yes', ('Su',), ())]
    >>> clauses("no @ wet")[0].unread, clauses("no")[0].unread
    (('wet',), ('no',))
    """
    found: list[Clause] = []
    at = 0
    text = text.strip()
    while at < len(text):
        match = _CLAUSE.match(text, at)
        if match is None:
            return (*found, Clause(text[at:].partition("@")[0].strip(), (), (), (text[at:].strip(),)))
        at = match.end()
        condition = match[2].strip()
        if condition.startswith("(") and condition.endswith(")"):
            condition = condition[1:-1]
        hours, measures, unread = [], [], []
        for part in filter(None, (p.strip() for p in re.split(r"\s+(?:AND|and)\s+", condition))):
            measure = _MEASURE.fullmatch(part)
            if measure:
                name = measure[1].removeprefix("max").removesuffix("rating")
                measures.append((name, measure[2], float(measure[3])))
            elif _hours(part) is not None:
                hours.append(part)
            else:
                unread.append(part)
        found.append(Clause(match[1].strip(), tuple(hours), tuple(measures), tuple(unread)))
    return tuple(found)


@lru_cache(maxsize=4096)
def _hours(text: str) -> OpeningHours | None:
    return OpeningHours(text) if validate(text) else None


def hours_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The hours that conditional values name, each once, in order."""
    return tuple(sorted({hours for text in texts for clause in clauses(text) for hours in clause.hours}))


def in_force(hours: Iterable[str], moment: dt.datetime, zone: dt.tzinfo) -> frozenset[str]:
    """Those of the hours that hold at a moment, by the clocks of a time zone.

    >>> monday = dt.datetime(2026, 12, 7, 0, 30, tzinfo=dt.UTC)
    >>> sorted(in_force(["Mo-Fr 07:00-09:00", "Su"], monday, dt.timezone(dt.timedelta(hours=8))))
    ['Mo-Fr 07:00-09:00']
    """
    there = moment.astimezone(zone).replace(tzinfo=None)
    return frozenset(text for text in hours if (read := _hours(text)) is not None and read.is_open(there))
