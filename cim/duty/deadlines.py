"""Deadlines by the clocks of 数字城管: when so many urgent hours, office hours, working days or days are over.

| clock | 名称 | counts |
|---|---|---|
| `urgent_hour` | 紧急工作时 | every hour: nights, weekends and holidays too |
| `work_hour` | 工作时 | office hours of working days only |
| `work_day` | 工作日 | working days |
| `day` | 自然日 | calendar days |

(standards.md §1.5.) What "n working days" means differs by city, so it is a setting, `day_counting`:
- `closing` (default): the day on which it begins does not count, and the last day ends when its office hours do, a
  calendar day at midnight (民法典 第二百零一条、第二百零三条: 开始的当日不计入; 停止业务活动的时间为截止时间).
- `elapsed`: a working day is the office hours of one day, a calendar day 24 hours, from the minute it begins.

A day in the table of holidays (节假日) is free, one in the table of make-up days (调休上班) is worked, whatever its
weekday; any other day is worked from Monday to Friday. Days and office hours are those of the city's time zone. Where
its clocks change, an hour is 60 minutes of real time: a limit in hours runs on through the night in which the clock
jumps, and a calendar day still ends at midnight.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.duty.answers import CalendarDay, LimitRecord, WorkCalendar
from cim.errors import BadInput
from cim.local_time import DEFAULT, offsets, utc_second, zone_named

CLOCKS: dict[str, tuple[str, str]] = {
    "urgent_hour": ("紧急工作时", "urgent hour"),
    "work_hour": ("工作时", "office hour"),
    "work_day": ("工作日", "working day"),
    "day": ("自然日", "calendar day"),
}
COUNTINGS = ("closing", "elapsed")

_DAY_S = 86_400
#: The days that are laid out: the years a moment may lie in, and a century of deadlines after them.
_FIRST, _LAST = dt.date(1899, 12, 31), dt.date(2300, 1, 1)
_EPOCH = dt.date(1970, 1, 1).toordinal()
_FIRST_DAY = _FIRST.toordinal() - _EPOCH
_BEFORE_THE_END = f"a deadline lies before {_LAST.year}"
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:个)?\s*(\S+)")

Seconds = NDArray[np.int64]
_Stretches = tuple[Seconds, Seconds, Seconds]


@dataclass(frozen=True, slots=True)
class Limit:
    """So much of a clock: 2 紧急工作时."""

    amount: float
    clock: str

    @property
    def zh(self) -> str:
        """The limit in Chinese."""
        return f"{self.amount:g} {CLOCKS[self.clock][0]}"

    @property
    def en(self) -> str:
        """The limit in English."""
        return f"{self.amount:g} {CLOCKS[self.clock][1]}{'' if self.amount == 1 else 's'}"

    @classmethod
    def of(cls, text: str, clock: str | None = None) -> Limit:
        """From `2紧急工作时`, `5 work_day`, or a number with its clock beside it; else `BadInput`.

        >>> Limit.of("2紧急工作时"), Limit.of("5", "工作日")
        (Limit(amount=2.0, clock='urgent_hour'), Limit(amount=5.0, clock='work_day'))
        >>> Limit.of("4小时")
        Traceback (most recent call last):
        cim.errors.BadInput: limit '4小时': '小时' is no clock; say 紧急工作时, 工作时, 工作日 or 自然日
        """
        said = f"{text.strip()}{clock.strip() if clock else ''}"
        match = _AMOUNT.fullmatch(said)
        if match is None:
            raise BadInput(f"limit {said!r} is not a number and a clock, such as 2紧急工作时 or 5工作日")
        named = {zh: name for name, (zh, _) in CLOCKS.items()} | {name: name for name in CLOCKS}
        if match[2] not in named:
            raise BadInput(
                f"limit {said!r}: {match[2]!r} is no clock; say 紧急工作时, 工作时, 工作日 or 自然日"
            )
        made = cls(float(match[1]), named[match[2]])
        made.check()
        return made

    def record(self) -> LimitRecord:
        """The limit as answers show it."""
        return LimitRecord(self.amount, self.clock, self.zh, self.en)

    def check(self) -> None:
        """Raise `BadInput` for no time at all, for more than a year of days, and for parts of a day."""
        if not 0 < self.amount <= 10_000:
            raise BadInput(f"limit {self.zh}: it must be more than 0 and at most 10,000")
        if self.clock in ("work_day", "day") and self.amount != int(self.amount):
            raise BadInput(f"limit {self.zh}: days are whole; say hours (工作时)")


@dataclass(frozen=True)
class Calendar:
    """The days that are not what their weekday says: True for a make-up day that is worked, False for a holiday."""

    days: Mapping[dt.date, bool] = field(default_factory=dict)

    def works(self, day: dt.date) -> bool:
        """Whether it is a working day.

        >>> Calendar({dt.date(2026, 2, 14): True}).works(dt.date(2026, 2, 14))  # a Saturday
        True
        """
        return self.days.get(day, day.weekday() < 5)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that the table says something of; in others only weekends are known."""
        return frozenset(day.year for day in self.days)


def office_hours(text: str) -> tuple[tuple[int, int], ...]:
    """The office hours of a working day as (from, to) in seconds of the day; `BadInput` where they are none.

    >>> office_hours("08:00-12:00,14:00-18:00")
    ((28800, 43200), (50400, 64800))
    """
    hours = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)\s*", part)
        if match is None:
            raise BadInput(f"office hours {text!r} are not like 08:00-12:00,14:00-18:00")
        h0, m0, h1, m1 = map(int, match.groups())
        if m0 > 59 or m1 > 59:
            raise BadInput(f"office hours {text!r}: an hour has 60 minutes")
        hours.append((h0 * 3600 + m0 * 60, h1 * 3600 + m1 * 60))
    edges = [edge for pair in hours for edge in pair]
    if edges != sorted(set(edges)) or edges[-1] > _DAY_S:
        raise BadInput(f"office hours {text!r} must follow each other within one day")
    return tuple(hours)


class WorkClock:
    """The clocks of one city: its office hours, its calendar, and how it counts days."""

    def __init__(
        self,
        calendar: Calendar | None = None,
        hours: str = "08:00-12:00,14:00-18:00",
        counting: str = "closing",
        zone: ZoneInfo | None = None,
    ) -> None:
        if counting not in COUNTINGS:
            raise BadInput(f"day_counting {counting!r} is not known; known: {', '.join(COUNTINGS)}")
        self.calendar = calendar or Calendar()
        self.hours = office_hours(hours)
        self.counting = counting
        self.zone = zone or zone_named(DEFAULT)

    @cached_property
    def _working(self) -> Mask:
        """Whether each day from the first on is worked."""
        days = np.arange(_FIRST_DAY, _LAST.toordinal() - _EPOCH)
        works: Mask = (days + 3) % 7 < 5  # day 0 was a Thursday
        for day, worked in self.calendar.days.items():
            at = day.toordinal() - _EPOCH - _FIRST_DAY
            if 0 <= at < len(works):
                works[at] = worked
        return works

    @cached_property
    def _open(self) -> _Stretches:
        """The office hours of all days in UTC seconds: when each stretch begins and ends, and how many lie before."""
        utc = offsets(self.zone).utc
        begin, end = utc(self._open_local[0]), utc(self._open_local[1])
        return begin, end, np.cumsum(end - begin) - (end - begin)

    @cached_property
    def _open_local(self) -> _Stretches:
        """The same on the wall clock, by which every working day has the same hours."""
        days = (np.flatnonzero(self._working) + _FIRST_DAY) * _DAY_S
        begin = (days[:, None] + np.array([a for a, _ in self.hours])).ravel()
        end = (days[:, None] + np.array([b for _, b in self.hours])).ravel()
        return begin, end, np.cumsum(end - begin) - (end - begin)

    @cached_property
    def _work_days(self) -> Seconds:
        """The working days, as days since 1970."""
        return np.flatnonzero(self._working) + _FIRST_DAY

    @property
    def _day_s(self) -> int:
        """The office hours of one day, in seconds."""
        return sum(b - a for a, b in self.hours)

    def due(
        self,
        at: Sequence[dt.datetime],
        limits: Sequence[Limit],
        pauses: Sequence[Sequence[Pause]] | None = None,
    ) -> list[dt.datetime]:
        """When each limit is over that begins at each moment, in the city's time.

        `pauses` are (from, until) while a case was suspended (挂账), for each: their time does not count, nor a
        day in which there was one where days are counted whole. `BadInput` for a deadline after the year 2299.
        """
        if pauses is not None and any(pauses):
            return [
                self._moment(self._due_paused(utc_second(a), limit, _merge(paused)))
                if paused
                else self._due([a], [limit])[0]
                for a, limit, paused in zip(at, limits, pauses, strict=True)
            ]
        return self._due(at, limits)

    def _due(self, at: Sequence[dt.datetime], limits: Sequence[Limit]) -> list[dt.datetime]:
        begin = np.array([utc_second(moment) for moment in at], np.int64)
        amounts = np.array([limit.amount for limit in limits])
        clocks = np.array([limit.clock for limit in limits])
        out = np.empty(len(begin), np.int64)
        for clock in set(clocks.tolist()):
            mine = clocks == clock
            out[mine] = self._over(clock, begin[mine], amounts[mine])
        return [self._moment(s) for s in out.tolist()]

    def _over(self, clock: str, begin: Seconds, amounts: NDArray[np.float64]) -> Seconds:
        if clock == "urgent_hour":
            return begin + np.round(amounts * 3600).astype(np.int64)
        if clock == "work_hour":
            worked = _worked_s(self._open, begin) + np.round(amounts * 3600).astype(np.int64)
            return _worked_until(self._open, worked)
        count = amounts.astype(np.int64)
        zone = offsets(self.zone)
        local = zone.local(begin)
        if clock == "day":
            if self.counting == "elapsed":
                return begin + count * _DAY_S
            return zone.utc((local // _DAY_S + count + 1) * _DAY_S)
        if self.counting == "elapsed":
            worked = _worked_s(self._open_local, local) + count * self._day_s
            return zone.utc(_worked_until(self._open_local, worked))
        last = np.searchsorted(self._work_days, local // _DAY_S, side="right") + count - 1
        if len(last) and last.max() >= len(self._work_days):
            raise BadInput(_BEFORE_THE_END)
        return zone.utc(self._work_days[last] * _DAY_S + self.hours[-1][1])

    def _moment(self, utc_s: int) -> dt.datetime:
        if int(offsets(self.zone).local(np.array([utc_s]))[0]) // _DAY_S >= _LAST.toordinal() - _EPOCH:
            raise BadInput(_BEFORE_THE_END)
        return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=utc_s)).astimezone(self.zone)

    def elapsed_s(self, begin: dt.datetime, until: dt.datetime, clock: str) -> int:
        """Seconds of an hour clock between two moments."""
        if clock == "work_hour":
            a, b = _worked_s(self._open, np.array([utc_second(begin), utc_second(until)], np.int64)).tolist()
            return int(b - a)
        return utc_second(until) - utc_second(begin)

    def _due_paused(self, at: int, limit: Limit, pauses: Sequence[_Span]) -> int:
        """The UTC second at which a limit is over that begins at the UTC second `at`."""
        if limit.clock in ("work_day", "day") and self.counting == "closing":
            return self._day_paused(at, limit, pauses)
        if limit.clock in ("urgent_hour", "day"):
            left = round(limit.amount * (3600 if limit.clock == "urgent_hour" else _DAY_S))
            for since, until in pauses:
                if since >= at + left:
                    break
                if until > at:
                    left -= max(since, at) - at
                    at = until
            return at + left
        # A working day is the office hours of one day by the wall clock, an office hour is 60 minutes.
        by_wall = limit.clock == "work_day"
        stretches, zone = (self._open_local if by_wall else self._open), offsets(self.zone)

        def worked_s(utc_s: int) -> int:
            there = np.array([utc_s], np.int64)
            return int(_worked_s(stretches, zone.local(there) if by_wall else there)[0])

        def moment_after(seconds: int) -> int:
            found = _worked_until(stretches, np.array([seconds], np.int64))
            return int((zone.utc(found) if by_wall else found)[0])

        left = round(limit.amount * (self._day_s if by_wall else 3600))
        for since, until in pauses:
            if since >= moment_after(worked_s(at) + left):
                break
            if until > at:
                left -= worked_s(max(since, at)) - worked_s(at)
                at = until
        return moment_after(worked_s(at) + left)

    def _day_paused(self, at: int, limit: Limit, pauses: Sequence[_Span]) -> int:
        zone = offsets(self.zone)
        day, left = int(zone.local(np.array([at]))[0]) // _DAY_S, int(limit.amount)
        while left:
            day += 1
            if day >= _LAST.toordinal() - _EPOCH:
                raise BadInput(_BEFORE_THE_END)
            begin, end = zone.utc(np.array([day, day + 1], np.int64) * _DAY_S).tolist()
            if any(since < end and until > begin for since, until in pauses):
                continue
            left -= limit.clock == "day" or self.calendar.works(dt.date.fromordinal(day + _EPOCH))
        end_s = _DAY_S if limit.clock == "day" else self.hours[-1][1]
        return int(zone.utc(np.array([day * _DAY_S + end_s], np.int64))[0])

    def knows(self, begin: dt.datetime, until: dt.datetime) -> bool:
        """Whether the table of holidays says something of every year in between."""
        first, last = begin.astimezone(self.zone).year, until.astimezone(self.zone).year
        return all(year in self.calendar.years for year in range(first, last + 1))

    def record(self, days: Sequence[CalendarDay]) -> WorkCalendar:
        """The office hours and the counting, as answers show them, with the days of the calendar."""
        hours = [
            f"{a // 3600:02d}:{a % 3600 // 60:02d}-{b // 3600:02d}:{b % 3600 // 60:02d}"
            for a, b in self.hours
        ]
        return WorkCalendar(hours, self.counting, self.zone.key, list(days))


Pause = tuple[dt.datetime, dt.datetime]
_Span = tuple[int, int]


def _merge(pauses: Sequence[Pause]) -> list[_Span]:
    """The pauses in order as UTC seconds, those that overlap as one."""
    out: list[_Span] = []
    for since, until in sorted((utc_second(a), utc_second(b)) for a, b in pauses):
        if since >= until:
            continue
        if out and since <= out[-1][1]:
            out[-1] = (out[-1][0], max(until, out[-1][1]))
        else:
            out.append((since, until))
    return out


def _worked_s(stretches: _Stretches, moments: Seconds) -> Seconds:
    """Office seconds before each moment."""
    begin, end, before = stretches
    i = np.searchsorted(begin, moments, side="right") - 1
    worked: Seconds = np.where(i >= 0, before[i] + np.minimum(moments, end[i]) - begin[i], 0)
    return worked


def _worked_until(stretches: _Stretches, worked: Seconds) -> Seconds:
    """The first moment before which so many office seconds lie."""
    begin, end, before = stretches
    if len(worked) and worked.max() > before[-1] + end[-1] - begin[-1]:
        raise BadInput(_BEFORE_THE_END)
    i = np.maximum(np.searchsorted(before, worked, side="left") - 1, 0)
    moments: Seconds = begin[i] + worked - before[i]
    return moments
