"""Hours of the week, as rush hours and truck bans have them: `1-5 07:00-09:00,17:00-19:00; 6,7 10:00-12:00`.

Days are numbered from Monday, 1, to Sunday, 7; without days it is every day. Hours are those of the city's wall
clock, and may run past midnight (`22:00-06:00`).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from cim.errors import BadInput

_DAY = 1440
_WEEK = 7 * _DAY
_PART = re.compile(
    r"(?:([1-7](?:-[1-7])?(?:,[1-7](?:-[1-7])?)*)\s+)?(\d{1,2}:\d\d-\d{1,2}:\d\d(?:\s*,\s*\d{1,2}:\d\d-\d{1,2}:\d\d)*)"
)
_HOURS = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


@lru_cache(maxsize=1024)
def spans(text: str) -> tuple[tuple[int, int], ...]:
    """The (first, last + 1) minutes of the week that a text says, from Monday 00:00; `BadInput` where it says none.

    >>> spans("1,3 07:00-09:00"), spans("7 22:00-02:00")
    (((420, 540), (3300, 3420)), ((9960, 10200),))
    >>> spans("rush hour")
    Traceback (most recent call last):
    cim.errors.BadInput: hours 'rush hour' are not like 1-5 07:00-09:00,17:00-19:00; 6,7 10:00-12:00
    """
    found: list[tuple[int, int]] = []
    for part in re.split(r"[;；]", text.replace("，", ",")):
        match = _PART.fullmatch(part.strip())
        if match is None:
            raise BadInput(f"hours {text!r} are not like 1-5 07:00-09:00,17:00-19:00; 6,7 10:00-12:00")
        days = _days(match[1]) if match[1] else range(1, 8)
        for h0, m0, h1, m1 in _HOURS.findall(match[2]):
            begin, end = int(h0) * 60 + int(m0), int(h1) * 60 + int(m1)
            if int(m0) > 59 or int(m1) > 59 or begin >= _DAY or end > _DAY or begin == end:
                raise BadInput(f"hours {text!r}: {h0}:{m0}-{h1}:{m1} is no time of a day")
            long = end - begin if end > begin else end - begin + _DAY
            found += [((day - 1) * _DAY + begin, (day - 1) * _DAY + begin + long) for day in days]
    return tuple(sorted(found))


def _days(text: str) -> list[int]:
    days = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        days |= set(range(low, high + 1) if low <= high else [*range(low, 8), *range(1, high + 1)])
    return sorted(days)


def holds(text: str, moment: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether the wall clock of the zone shows one of these hours at a moment.

    >>> from zoneinfo import ZoneInfo
    >>> monday = dt.datetime.fromisoformat("2026-06-01T07:30+08:00")
    >>> [holds(text, monday, ZoneInfo("Asia/Shanghai")) for text in ("1-5 07:00-09:00", "6,7 07:00-09:00")]
    [True, False]
    >>> holds("7 22:00-08:00", monday, ZoneInfo("Asia/Shanghai"))
    True
    >>> holds("1 01:30-01:31", monday, ZoneInfo("Europe/Zurich"))
    True
    """
    there = moment.astimezone(zone)
    minute = there.weekday() * _DAY + there.hour * 60 + there.minute
    return any(a <= minute < b or a <= minute + _WEEK < b for a, b in spans(text))
