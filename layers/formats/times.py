"""Days and moments written as text, in the spellings that files have; what is none stays for the caller to tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.local_time import offsets, zone_named
from cim.model.layer import ARROW_TYPES

_DAY = r"(?P<year>\d{4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})日?"
_BASIC_DAY = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
_BASIC_CLOCK = r"(?P<hour>\d\d)(?P<minute>\d\d)(?:(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
_ZONE = r"\s*(?P<zone>[zZ]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?"
_SEPARATED = rf"^\s*{_DAY}(?:[Tt]|\s+){_CLOCK}{_ZONE}\s*$"
_BASIC = rf"^\s*{_BASIC_DAY}[Tt]{_BASIC_CLOCK}{_ZONE}\s*$"
#: Rows that a note names.
_ROWS_SHOWN = 5
_DAY_ALONE = rf"^\s*{_DAY}\s*$"
_BASIC_DAY_ALONE = rf"^\s*{_BASIC_DAY}\s*$"


@dataclass(frozen=True, slots=True)
class Moments:
    """`values` as UTC, null where the text is no moment; whether any named no zone; whether any was finer than a
    millisecond, which is what is kept; `unsure`: the positions of wall-clock times that a clock change skips or
    doubles."""

    values: pa.Array
    without_zone: bool
    finer: bool
    unsure: tuple[int, ...] = ()


def read_days(texts: pa.Array, *, basic: bool = False) -> pa.Array:
    """The texts as date32, null where one is no day that the calendar has. `basic` reads 20240501 too.

    >>> read_days(pa.array(["2024-05-01", "2024/5/2", "2024-02-30", "20240503"]), basic=True).to_pylist()
    [datetime.date(2024, 5, 1), datetime.date(2024, 5, 2), None, datetime.date(2024, 5, 3)]
    """
    days, good = _days(pc.extract_regex(texts, _DAY_ALONE))
    if basic:
        more, also = _days(pc.extract_regex(texts, _BASIC_DAY_ALONE))
        days, good = np.where(good, days, more), good | also
    return pa.array(days.astype(np.int32), pa.int32(), mask=~good).cast(pa.date32())


def read_moments(texts: pa.Array, time_zone: str) -> Moments:
    """The texts as moments. A time without a zone, and a day alone (its midnight), is taken to be in `time_zone`.

    Read are `T` or spaces between day and time, `-`, `/` or `.` within the day, the basic form 20240501T0800,
    and zones as Z, +08, +0800 or +08:00.

    >>> found = read_moments(pa.array(["2018/02/13 23:59:59+01", "20240501T0800Z", "2024-13-01"]), "UTC")
    >>> [None if moment is None else f"{moment:%d %H:%M:%S}" for moment in found.values.to_pylist()]
    ['13 22:59:59', '01 08:00:00', None]
    """
    millis = np.zeros(len(texts), np.int64)
    good, zoned = np.zeros(len(texts), np.bool_), np.zeros(len(texts), np.bool_)
    finer = False
    for pattern in (_SEPARATED, _BASIC):
        if good.all():
            break
        found = pc.extract_regex(texts, pattern)
        days, there = _days(found)
        if not there.any():
            continue
        hour, minute, second = (_number(found, part) for part in ("hour", "minute", "second"))
        there &= (hour <= 23) & (minute <= 59) & (second <= 59)
        fraction = pc.fill_null(pc.struct_field(found, "fraction"), "")
        finer = finer or bool(pc.any(pc.match_substring_regex(fraction, r"^\d{3}0*[1-9]")).as_py())
        milli = _int(pc.utf8_slice_codeunits(pc.utf8_rpad(fraction, 3, "0"), 0, 3))
        offset, zone_good, named = _offsets(pc.fill_null(pc.struct_field(found, "zone"), ""))
        there &= zone_good
        at = ((days * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + milli
        millis, zoned = np.where(there, at, millis), np.where(there, named, zoned)
        good |= there
    days_alone = read_days(texts)
    alone = days_alone.is_valid().to_numpy(zero_copy_only=False) & ~good
    if alone.any():
        midnight = days_alone.cast(pa.int32()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        millis = np.where(alone, midnight * 86_400_000, millis)
        good |= alone
    local = good & ~zoned
    values = pa.array(millis, pa.timestamp("ms", tz="UTC"), mask=~good)
    unsure: tuple[int, ...] = ()
    if local.any():
        wall = pa.array(millis, pa.timestamp("ms"), mask=~local)
        unsure = unsure_at(wall, time_zone)
        values = pc.coalesce(in_zone(wall, time_zone).combine_chunks(), values)
    return Moments(values, bool(local.any()), finer, unsure)


def unsure_at(times: pa.Array | pa.ChunkedArray, time_zone: str) -> tuple[int, ...]:
    """The positions of times of a wall clock that a clock change skips or doubles.

    >>> import datetime as dt
    >>> wall = pa.array([dt.datetime(2026, 3, 29, 2, 30), dt.datetime(2026, 3, 29, 3, 30)])
    >>> unsure_at(wall, "Europe/Zurich"), unsure_at(wall, "Asia/Shanghai")
    ((0,), ())
    """
    times = pa.chunked_array(times).combine_chunks().cast(pa.timestamp("s"), safe=False)
    there = np.asarray(times.is_valid())
    local_s = pc.fill_null(times.cast(pa.int64()), 0).to_numpy()
    unsure = offsets(zone_named(time_zone)).unsure(local_s) & there
    return tuple(np.flatnonzero(unsure).tolist())


def unsure_note(
    name: str, texts: pa.Array | pa.ChunkedArray, at: tuple[int, ...], row: NDArray[np.int64], time_zone: str
) -> list[str]:
    """A note on the times (positions `at`) that a clock change skips or doubles, with the first rows; none without."""
    if not at:
        return []
    shown = ", ".join(f"row {row[i]} ({texts[i].as_py()})" for i in at[:_ROWS_SHOWN])
    more = f" and {len(at) - _ROWS_SHOWN:,} more" if len(at) > _ROWS_SHOWN else ""
    return [
        f"field {name!r} has times that the clock of {time_zone} skips or shows twice: {shown}{more}; taken as the "
        "clock change, or the earlier one; write them with their zone"
    ]


def in_zone(times: pa.Array | pa.ChunkedArray, time_zone: str) -> pa.ChunkedArray:
    """Times of a wall clock as moments; `BadInput` for a zone that is not known. A time that comes twice is the
    earlier one, a skipped one the clock change."""
    zone = offsets(zone_named(time_zone))
    times = pa.chunked_array(times).combine_chunks().cast(pa.timestamp("ms"), safe=False)
    there = np.asarray(times.is_valid())
    local_ms = pc.fill_null(times.cast(pa.int64()), 0).to_numpy()
    local_s = local_ms // 1000
    utc_s = zone.utc(local_s)
    # Of a skipped time nothing is left but the moment at which the clock jumped over it.
    rest_ms = np.where(zone.local(utc_s) == local_s, local_ms - local_s * 1000, 0)
    moments_ms = pa.array(utc_s * 1000 + rest_ms, pa.int64(), mask=~there)
    return pa.chunked_array([moments_ms.cast(ARROW_TYPES["datetime"])])


def _days(found: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Days since 1970 of a struct with year, month and day, and where they are days of the calendar."""
    year, month, day = (_number(found, part) for part in ("year", "month", "day"))
    good = pc.is_valid(found).to_numpy(zero_copy_only=False)
    good = good & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    good = good & (days.astype("datetime64[M]") == months)
    return days.astype(np.int64), good


def _number(found: pa.Array, part: str) -> NDArray[np.int64]:
    texts = pc.struct_field(found, part)
    return _int(pc.if_else(pc.equal(pc.fill_null(texts, ""), ""), "0", texts))


def _int(texts: pa.Array) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = texts.cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _offsets(zones: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Minutes east of UTC, where they can be that, and where a zone is named at all."""
    named = pc.not_equal(zones, "").to_numpy(zero_copy_only=False)
    found = pc.extract_regex(zones, r"^(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)?$")
    hours, minutes = _number(found, "hours"), _number(found, "minutes")
    west = pc.fill_null(pc.equal(pc.struct_field(found, "sign"), "-"), False).to_numpy(zero_copy_only=False)
    return np.where(west, -1, 1) * (hours * 60 + minutes), (hours <= 15) & (minutes <= 59), named
