"""The city's own time: its IANA time zone, the day it is there, and moments on its wall clock by the million.

Moments are kept in UTC. What people say without a zone (hours of a closure, office hours, the day of an answer) is
meant in the time of the city, whose setting is `timezone`. Where clocks change, a wall time that comes twice means the
earlier moment, and one that is skipped means the moment at which the clock jumps over it.

Offsets come from Python's `zoneinfo` rather than from Arrow, whose reader of time zones knows no rule after 2037.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.errors import BadInput

#: The setting's default, China's one time zone.
DEFAULT = "Asia/Shanghai"

Seconds = NDArray[np.int64]

_EPOCH = dt.datetime(1970, 1, 1)
#: Offsets are known exactly in these years; before and after them the first and the last one goes on.
_FIRST, _LAST = dt.datetime(1899, 1, 1, tzinfo=dt.UTC), dt.datetime(2301, 1, 1, tzinfo=dt.UTC)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name; `BadInput` for any other text.

    >>> zone_named("Asia/Shanghai").key
    'Asia/Shanghai'
    >>> zone_named("Beijing")
    Traceback (most recent call last):
    cim.errors.BadInput: 'Beijing' is no time zone; give an IANA name such as Asia/Shanghai or Europe/Zurich
    """
    try:
        if not name.isascii() or name != name.strip():
            raise ValueError(name)
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            f"{name!r} is no time zone; give an IANA name such as Asia/Shanghai or Europe/Zurich"
        ) from error


def today(zone: dt.tzinfo) -> dt.date:
    """The day that it is in the zone: of which an answer is that names no other."""
    return dt.datetime.now(zone).date()


def zone_name(zone: ZoneInfo) -> tuple[str, str]:
    """What the time of the zone is called in Chinese and English sentences.

    >>> zone_name(ZoneInfo("Asia/Shanghai")), zone_name(ZoneInfo("Europe/Zurich"))
    (('北京时间', 'Beijing time'), ('Europe/Zurich 时间', 'Europe/Zurich time'))
    """
    if zone.key == DEFAULT:
        return "北京时间", "Beijing time"
    return f"{zone.key} 时间", f"{zone.key} time"


@dataclass(frozen=True, slots=True, eq=False)
class Offsets:
    """What a zone adds to UTC: `offset_s[i]` holds from the UTC second `since_s[i]` until the next."""

    since_s: Seconds
    offset_s: Seconds

    def local(self, utc_s: Seconds) -> Seconds:
        """Wall-clock seconds since 1970-01-01 00:00 of these UTC seconds."""
        at = np.searchsorted(self.since_s, utc_s, side="right") - 1
        local: Seconds = utc_s + self.offset_s[np.maximum(at, 0)]
        return local

    def utc(self, local_s: Seconds) -> Seconds:
        """UTC seconds of these wall-clock seconds: the earlier one where they come twice, the jump where never.

        >>> summer = offsets(ZoneInfo("Europe/Zurich"))
        >>> half_past_two = np.datetime64("2026-03-29T02:30", "s").astype(np.int64)  # clocks jump from 2 to 3
        >>> str(summer.utc(np.array([half_past_two]))[0].astype("datetime64[s]"))
        '2026-03-29T01:00:00'
        """
        # The wall clock shows `ends` when an offset is over. The first offset that is not over yet is the one meant.
        ends = self.since_s[1:] + self.offset_s[:-1]
        at = np.searchsorted(np.maximum.accumulate(ends), local_s, side="right")
        utc: Seconds = np.maximum(local_s - self.offset_s[at], self.since_s[at])
        return utc

    def unsure(self, local_s: Seconds) -> NDArray[np.bool_]:
        """Which wall-clock seconds are skipped by a clock change or come twice."""
        utc_s = self.utc(local_s)
        at = np.searchsorted(self.since_s, utc_s, side="right")
        following = np.minimum(at, len(self.since_s) - 1)
        again = (at < len(self.since_s)) & (local_s - self.offset_s[following] >= self.since_s[following])
        unsure: NDArray[np.bool_] = again | (self.local(utc_s) != local_s)
        return unsure


@lru_cache(maxsize=64)
def offsets(zone: ZoneInfo) -> Offsets:
    """The offsets of a zone from 1899 to 2300."""
    since, found = [-(2**62)], [_offset_s(_FIRST, zone)]
    day = _FIRST
    while day < _LAST:
        # A change that is undone within three days would be missed; clock changes are weeks apart.
        following = day + dt.timedelta(days=3)
        if _offset_s(following, zone) != found[-1]:
            change = _change_s(day, following, zone)
            since.append(change)
            found.append(_offset_s(following, zone))
        day = following
    return Offsets(np.array(since, np.int64), np.array(found, np.int64))


def _change_s(before: dt.datetime, after: dt.datetime, zone: ZoneInfo) -> int:
    """The UTC second between two moments from which on the later offset holds."""
    low, high = int(before.timestamp()), int(after.timestamp())
    later = _offset_s(after, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(dt.datetime.fromtimestamp(middle, dt.UTC), zone) == later:
            high = middle
        else:
            low = middle
    return high


def _offset_s(moment: dt.datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def utc_second(moment: dt.datetime) -> int:
    """The whole UTC second of a moment with a zone; the rest of a second is dropped."""
    plain = moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return int((plain - _EPOCH).total_seconds())


def local_days(moments: pa.ChunkedArray | pa.Array, zone: ZoneInfo) -> pa.Array:
    """The day in the zone of each moment (timestamps in UTC), as date32; null for null.

    >>> late = pa.array([dt.datetime(2026, 6, 1, 17, tzinfo=dt.UTC)])
    >>> local_days(late, ZoneInfo("Asia/Shanghai")).to_pylist(), local_days(late, ZoneInfo("Europe/Paris")).to_pylist()
    ([datetime.date(2026, 6, 2)], [datetime.date(2026, 6, 1)])
    """
    if isinstance(moments, pa.ChunkedArray):
        moments = moments.combine_chunks()
    there = np.asarray(moments.is_valid())
    ms = pc.fill_null(moments.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()), 0).to_numpy()
    days = offsets(zone).local(ms // 1000) // 86_400
    return pa.array(days.astype(np.int32), pa.int32(), mask=~there).cast(pa.date32())
