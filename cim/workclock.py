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
weekday; any other day is worked from Monday to Friday. All of it is Beijing time, which has no summer time.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.errors import BadInput
from cim.placed import BEIJING

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
    ) -> None:
        if counting not in COUNTINGS:
            raise BadInput(f"day_counting {counting!r} is not known; known: {', '.join(COUNTINGS)}")
        self.calendar = calendar or Calendar()
        self.hours = office_hours(hours)
        self.counting = counting

    @cached_property
    def _working(self) -> NDArray[np.bool_]:
        """Whether each day from the first on is worked."""
        days = np.arange(_FIRST_DAY, _LAST.toordinal() - _EPOCH)
        works: NDArray[np.bool_] = (days + 3) % 7 < 5  # day 0 was a Thursday
        for day, worked in self.calendar.days.items():
            at = day.toordinal() - _EPOCH - _FIRST_DAY
            if 0 <= at < len(works):
                works[at] = worked
        return works

    @cached_property
    def _open(self) -> tuple[Seconds, Seconds, Seconds]:
        """The office hours of all days: when each stretch begins and ends, and how many seconds lie before it."""
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
        """When each limit is over that begins at each moment, in Beijing time.

        `pauses` are (from, until) while a case was suspended (挂账), for each: their time does not count, nor a
        day in which there was one where days are counted whole. `BadInput` for a deadline after the year 2299.
        """
        if pauses is not None and any(pauses):
            return [
                self._due([a], [limit])[0] if not paused else self._due_paused(a, limit, _merged(paused))
                for a, limit, paused in zip(at, limits, pauses, strict=True)
            ]
        return self._due(at, limits)

    def _due(self, at: Sequence[dt.datetime], limits: Sequence[Limit]) -> list[dt.datetime]:
        begin = np.array([_seconds(moment) for moment in at], np.int64)
        amounts = np.array([limit.amount for limit in limits])
        clocks = np.array([limit.clock for limit in limits])
        out = np.empty(len(begin), np.int64)
        for clock in set(clocks.tolist()):
            mine = clocks == clock
            out[mine] = self._over(clock, begin[mine], amounts[mine])
        return [_moment(s) for s in out.tolist()]

    def _over(self, clock: str, begin: Seconds, amounts: NDArray[np.float64]) -> Seconds:
        if clock == "urgent_hour":
            return begin + np.round(amounts * 3600).astype(np.int64)
        if clock == "work_hour":
            return self._worked_until(self._worked(begin) + np.round(amounts * 3600).astype(np.int64))
        count = amounts.astype(np.int64)
        if clock == "day":
            if self.counting == "elapsed":
                return begin + count * _DAY_S
            return (begin // _DAY_S + count + 1) * _DAY_S
        if self.counting == "elapsed":
            return self._worked_until(self._worked(begin) + count * self._day_s)
        last = np.searchsorted(self._work_days, begin // _DAY_S, side="right") + count - 1
        if len(last) and last.max() >= len(self._work_days):
            raise BadInput(_BEFORE_THE_END)
        closing: Seconds = self._work_days[last] * _DAY_S + self.hours[-1][1]
        return closing

    def _worked(self, moments: Seconds) -> Seconds:
        """Office seconds before each moment."""
        begin, end, before = self._open
        i = np.searchsorted(begin, moments, side="right") - 1
        worked: Seconds = np.where(i >= 0, before[i] + np.minimum(moments, end[i]) - begin[i], 0)
        return worked

    def _worked_until(self, worked: Seconds) -> Seconds:
        """The first moment before which so many office seconds lie."""
        begin, end, before = self._open
        if len(worked) and worked.max() > before[-1] + end[-1] - begin[-1]:
            raise BadInput(_BEFORE_THE_END)
        i = np.maximum(np.searchsorted(before, worked, side="left") - 1, 0)
        moments: Seconds = begin[i] + worked - before[i]
        return moments

    def elapsed_s(self, begin: dt.datetime, until: dt.datetime, clock: str) -> int:
        """Seconds of an hour clock between two moments."""
        if clock == "work_hour":
            a, b = self._worked(np.array([_seconds(begin), _seconds(until)], np.int64)).tolist()
            return int(b - a)
        return _seconds(until) - _seconds(begin)

    def _due_paused(self, at: dt.datetime, limit: Limit, pauses: Sequence[Pause]) -> dt.datetime:
        if limit.clock in ("work_day", "day") and self.counting == "closing":
            return self._day_paused(at, limit, pauses)
        clock, left_s = {
            "urgent_hour": ("urgent_hour", limit.amount * 3600),
            "day": ("urgent_hour", limit.amount * _DAY_S),
            "work_hour": ("work_hour", limit.amount * 3600),
            "work_day": ("work_hour", limit.amount * self._day_s),
        }[limit.clock]
        for since, until in pauses:
            if until <= at:
                continue
            if since >= self._due([at], [Limit(left_s / 3600, clock)])[0]:
                break
            left_s -= self.elapsed_s(at, max(since, at), clock)
            at = until
        return self._due([at], [Limit(left_s / 3600, clock)])[0]

    def _day_paused(self, at: dt.datetime, limit: Limit, pauses: Sequence[Pause]) -> dt.datetime:
        day, left = at.astimezone(BEIJING).date(), int(limit.amount)
        stopped = [(a.astimezone(BEIJING), b.astimezone(BEIJING)) for a, b in pauses]
        while left:
            day += dt.timedelta(days=1)
            if day >= _LAST:
                raise BadInput(_BEFORE_THE_END)
            midnight = dt.datetime.combine(day, dt.time(), BEIJING)
            if any(a < midnight + dt.timedelta(days=1) and b > midnight for a, b in stopped):
                continue
            left -= limit.clock == "day" or self.calendar.works(day)
        end_s = _DAY_S if limit.clock == "day" else self.hours[-1][1]
        return dt.datetime.combine(day, dt.time(), BEIJING) + dt.timedelta(seconds=end_s)

    def knows(self, begin: dt.datetime, until: dt.datetime) -> bool:
        """Whether the table of holidays says something of every year in between."""
        first, last = begin.astimezone(BEIJING).year, until.astimezone(BEIJING).year
        return all(year in self.calendar.years for year in range(first, last + 1))

    def said(self) -> dict[str, Any]:
        """The office hours and the counting, as answers show them."""
        hours = [
            f"{a // 3600:02d}:{a % 3600 // 60:02d}-{b // 3600:02d}:{b % 3600 // 60:02d}"
            for a, b in self.hours
        ]
        return {"office_hours": hours, "day_counting": self.counting, "time_zone": "UTC+08:00"}


Pause = tuple[dt.datetime, dt.datetime]


def _merged(pauses: Sequence[Pause]) -> list[Pause]:
    """The pauses in order, those that overlap as one."""
    out: list[Pause] = []
    for since, until in sorted(p for p in pauses if p[0] < p[1]):
        if out and since <= out[-1][1]:
            out[-1] = (out[-1][0], max(until, out[-1][1]))
        else:
            out.append((since, until))
    return out


def _seconds(moment: dt.datetime) -> int:
    """Whole seconds of Beijing's wall clock since 1970; the rest of a second is dropped."""
    local = moment.astimezone(BEIJING).replace(tzinfo=None, microsecond=0)
    return int((local - dt.datetime(1970, 1, 1)).total_seconds())


def _moment(seconds: int) -> dt.datetime:
    if seconds // _DAY_S >= _LAST.toordinal() - _EPOCH:
        raise BadInput(_BEFORE_THE_END)
    return dt.datetime(1970, 1, 1, tzinfo=BEIJING) + dt.timedelta(seconds=seconds)
