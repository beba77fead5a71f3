"""Deadlines fall where one counts them by hand; a clock that steps minute by minute says the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.duty.deadlines import CLOCKS, Calendar, Limit, Pause, WorkClock, office_hours
from cim.errors import BadInput
from cim.settings_file import read_settings
from tests.support import small_city as small

BEIJING = ZoneInfo("Asia/Shanghai")
#: The spring festival of 2026: off from Sunday 15 to Monday 23 February, worked on the Saturdays 14 and 28.
FESTIVAL = {dt.date(2026, 2, d): False for d in range(15, 24)} | {
    dt.date(2026, 2, 14): True,
    dt.date(2026, 2, 28): True,
}
CLOCK = WorkClock(Calendar(FESTIVAL))
ELAPSED = WorkClock(Calendar(FESTIVAL), counting="elapsed")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def due(begin: str, limit: str, clock: WorkClock = CLOCK, *pauses: tuple[str, str]) -> str:
    stops = [[(at(a), at(b)) for a, b in pauses]] if pauses else None
    (found,) = clock.due([at(begin)], [Limit.of(limit)], stops)
    assert found.utcoffset() == dt.timedelta(hours=8)
    return found.strftime("%m-%d %H:%M")


# 2026-06-01 is a Monday.
@pytest.mark.parametrize(
    ("begin", "limit", "over"),
    [
        ("2026-06-01 09:00", "2紧急工作时", "06-01 11:00"),
        ("2026-06-05 23:30", "2紧急工作时", "06-06 01:30"),  # Friday night into Saturday
        ("2026-06-01 09:00", "2工作时", "06-01 11:00"),
        ("2026-06-01 11:00", "2工作时", "06-01 15:00"),  # over lunch
        ("2026-06-01 10:00", "2工作时", "06-01 12:00"),  # to the minute of closing, not to the next opening
        ("2026-06-01 13:00", "2工作时", "06-01 16:00"),  # reported at lunch
        ("2026-06-01 17:30", "4工作时", "06-02 11:30"),
        ("2026-06-05 17:00", "2工作时", "06-08 09:00"),  # Friday into Monday
        ("2026-06-06 03:00", "1工作时", "06-08 09:00"),  # Saturday
        ("2026-06-01 10:00", "0.5工作时", "06-01 10:30"),
        ("2026-06-01 10:00", "1工作日", "06-02 18:00"),
        ("2026-06-05 10:00", "1工作日", "06-08 18:00"),
        ("2026-06-06 10:00", "2工作日", "06-09 18:00"),
        ("2026-06-01 10:00", "5工作日", "06-08 18:00"),
        ("2026-06-01 00:00", "1自然日", "06-03 00:00"),
        ("2026-06-01 23:59", "1自然日", "06-03 00:00"),
        ("2026-02-13 17:00", "2工作时", "02-14 09:00"),  # the Saturday is a make-up day
        ("2026-02-14 17:00", "2工作时", "02-24 09:00"),  # and then ten days of nothing
        ("2026-02-14 10:00", "1工作日", "02-24 18:00"),
        ("2026-02-27 10:00", "1工作日", "02-28 18:00"),
    ],
)
def test_deadlines_by_hand(begin: str, limit: str, over: str) -> None:
    assert due(begin, limit) == over


def test_where_days_are_counted_as_elapsed_a_working_day_is_eight_office_hours() -> None:
    assert due("2026-06-01 10:00", "1工作日", ELAPSED) == "06-02 10:00"
    assert due("2026-06-05 10:00", "2工作日", ELAPSED) == "06-09 10:00"
    assert due("2026-06-06 10:00", "1工作日", ELAPSED) == "06-08 18:00"
    assert due("2026-06-01 10:00", "3自然日", ELAPSED) == "06-04 10:00"


def test_other_office_hours_give_other_deadlines() -> None:
    summer = WorkClock(hours="09:00-12:00,13:30-17:00")
    assert due("2026-06-01 11:30", "1工作时", summer) == "06-01 14:00"
    assert due("2026-06-01 11:30", "1工作日", summer) == "06-02 17:00"
    assert due("2026-06-01 23:00", "2工作时", WorkClock(hours="00:00-24:00")) == "06-02 01:00"


def test_a_moment_of_another_time_zone_is_counted_in_beijing_time() -> None:
    utc = dt.datetime(2026, 6, 1, 1, 0, tzinfo=dt.UTC)  # 09:00 in Beijing
    assert CLOCK.due([utc], [Limit(2, "work_hour")]) == [at("2026-06-01 11:00")]


def test_suspended_time_does_not_count() -> None:
    noon_stop = ("2026-06-01 10:00", "2026-06-01 15:00")
    assert due("2026-06-01 09:00", "2工作时", CLOCK, noon_stop) == "06-01 16:00"
    assert due("2026-06-01 09:00", "2紧急工作时", CLOCK, noon_stop) == "06-01 16:00"
    assert (
        due("2026-06-01 09:00", "2工作时", CLOCK, ("2026-06-01 11:00", "2026-06-03 11:00")) == "06-01 11:00"
    )
    assert (
        due("2026-06-01 09:00", "2工作日", CLOCK, ("2026-06-02 17:00", "2026-06-02 17:30")) == "06-04 18:00"
    )
    assert (
        due("2026-06-01 09:00", "1自然日", CLOCK, ("2026-06-01 10:00", "2026-06-01 12:00")) == "06-03 00:00"
    )
    twice = (("2026-06-01 10:00", "2026-06-01 10:30"), ("2026-06-01 10:15", "2026-06-01 11:00"))
    assert due("2026-06-01 09:00", "2工作时", CLOCK, *twice) == "06-01 12:00"


def test_whether_the_holidays_of_a_deadline_are_known() -> None:
    assert CLOCK.knows(at("2026-06-01 09:00"), at("2026-12-31 23:00"))
    assert not CLOCK.knows(at("2026-12-31 09:00"), at("2027-01-01 00:00"))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("4小时", "is no clock; say 紧急工作时"),
        ("工作日", "is not a number and a clock"),
        ("0工作时", "more than 0"),
        ("-1工作时", "is not a number and a clock"),
        ("99999工作时", "at most 10,000"),
        ("1.5工作日", "days are whole"),
        ("", "is not a number and a clock"),
    ],
)
def test_a_limit_that_can_not_be_read_is_refused(said: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        Limit.of(said)


@pytest.mark.parametrize(
    "said", ["", "8-12", "08:00-12:00,11:00-18:00", "12:00-08:00", "08:00-25:00", "08:00-08:75"]
)
def test_office_hours_that_are_none_are_refused(said: str) -> None:
    with pytest.raises(BadInput, match="office hours"):
        office_hours(said)


def test_a_deadline_beyond_all_calendars_is_refused() -> None:
    late = dt.datetime(2299, 12, 30, tzinfo=BEIJING)
    for clock in CLOCKS:
        with pytest.raises(BadInput, match="before 2300"):
            CLOCK.due([late], [Limit(10_000, clock)])
    with pytest.raises(BadInput, match="day_counting 'never' is not known"):
        WorkClock(counting="never")


# -- the same, minute by minute ------------------------------------------------------------------------


def stepped(clock: WorkClock, begin: dt.datetime, limit: Limit, pauses: list[Pause]) -> dt.datetime:
    """The deadline as a person finds it who looks at every minute."""
    hours = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
    minute = dt.timedelta(minutes=1)

    def counts(m: dt.datetime, office: bool) -> bool:
        if any(a <= m < b for a, b in pauses):
            return False
        of_day = m.hour * 60 + m.minute
        return not office or (clock.calendar.works(m.date()) and any(a <= of_day < b for a, b in hours))

    if limit.clock in ("work_day", "day") and clock.counting == "closing":
        day, left = begin.date(), limit.amount
        while left:
            day += dt.timedelta(days=1)
            start = dt.datetime.combine(day, dt.time(), BEIJING)
            free = all(not any(a <= start + k * minute < b for a, b in pauses) for k in range(1440))
            left -= free and (limit.clock == "day" or clock.calendar.works(day))
        end = dt.datetime.combine(day, dt.time(), BEIJING)
        return end + (dt.timedelta(hours=18) if limit.clock == "work_day" else dt.timedelta(days=1))
    office = limit.clock in ("work_hour", "work_day")
    left = limit.amount * {"urgent_hour": 60, "work_hour": 60, "work_day": 480, "day": 1440}[limit.clock]
    moment = begin
    while left > 0:
        left -= counts(moment, office)
        moment += minute
    return moment


moments = st.integers(0, 40 * 1440).map(lambda m: at("2026-01-25 00:00") + dt.timedelta(minutes=m))
limits = st.builds(
    lambda clock, n: Limit(n if "hour" in clock else n % 6 + 1, clock),
    st.sampled_from(sorted(CLOCKS)),
    st.integers(1, 30),
)
stops = st.lists(
    st.tuples(moments, st.integers(1, 5000)).map(lambda p: (p[0], p[0] + dt.timedelta(minutes=p[1]))),
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(begin=moments, limit=limits, pauses=stops, counting=st.sampled_from(["closing", "elapsed"]))
def test_the_clock_agrees_with_one_that_steps_minute_by_minute(
    begin: dt.datetime, limit: Limit, pauses: list[Any], counting: str
) -> None:
    clock = CLOCK if counting == "closing" else ELAPSED
    assert clock.due([begin], [limit]) == [stepped(clock, begin, limit, [])]
    assert clock.due([begin], [limit], [pauses]) == [stepped(clock, begin, limit, pauses)]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(moments, limits), max_size=20))
def test_many_at_once_are_what_each_is_alone_and_never_in_the_past(
    asked: list[tuple[dt.datetime, Limit]],
) -> None:
    begins, wanted = [b for b, _ in asked], [limit for _, limit in asked]
    together = CLOCK.due(begins, wanted)
    assert together == [CLOCK.due([b], [limit])[0] for b, limit in asked]
    assert all(over > begin for over, begin in zip(together, begins, strict=True))


# -- where clocks change -------------------------------------------------------------------------------

ZURICH = ZoneInfo("Europe/Zurich")
#: In Zurich the clock jumps from 2 to 3 on 29 March 2026 and goes back from 3 to 2 on 25 October, both Sundays.
ABROAD = WorkClock(Calendar({}), zone=ZURICH)
ABROAD_ELAPSED = WorkClock(Calendar({}), counting="elapsed", zone=ZURICH)


@pytest.mark.parametrize(
    ("clock", "begin", "limit", "over"),
    [
        (ABROAD, "2026-03-29T00:30+01:00", "2紧急工作时", "2026-03-29T03:30+02:00"),
        (ABROAD, "2026-10-25T01:30+02:00", "2紧急工作时", "2026-10-25T02:30+01:00"),
        (ABROAD, "2026-03-28T10:00+01:00", "1自然日", "2026-03-30T00:00+02:00"),
        (ABROAD, "2026-10-24T10:00+02:00", "1自然日", "2026-10-26T00:00+01:00"),
        (ABROAD_ELAPSED, "2026-03-28T10:00+01:00", "1自然日", "2026-03-29T11:00+02:00"),
        (ABROAD, "2026-03-27T17:00+01:00", "2工作时", "2026-03-30T09:00+02:00"),
        (ABROAD, "2026-03-27T10:00+01:00", "1工作日", "2026-03-30T18:00+02:00"),
        (ABROAD_ELAPSED, "2026-10-23T10:00+02:00", "1工作日", "2026-10-26T10:00+01:00"),
        (ABROAD, "2026-06-01T23:30+00:00", "1工作日", "2026-06-03T18:00+02:00"),  # it is the 2nd there
    ],
)
def test_deadlines_where_clocks_change(clock: WorkClock, begin: str, limit: str, over: str) -> None:
    (found,) = clock.due([dt.datetime.fromisoformat(begin)], [Limit.of(limit)])
    assert found.isoformat(timespec="minutes") == over


def stepped_abroad(clock: WorkClock, begin: dt.datetime, limit: Limit, pauses: list[Pause]) -> dt.datetime:
    """The deadline in UTC as a person in Zurich finds it who looks at every minute, hour clocks only."""
    minute, moment, left = dt.timedelta(minutes=1), begin, limit.amount * 60
    hours = ((8 * 60, 12 * 60), (14 * 60, 18 * 60))
    while left > 0:
        wall = moment.astimezone(ZURICH)
        of_day = wall.hour * 60 + wall.minute
        open_now = clock.calendar.works(wall.date()) and any(a <= of_day < b for a, b in hours)
        stopped = any(a <= moment < b for a, b in pauses)
        left -= not stopped and (limit.clock == "urgent_hour" or open_now)
        moment += minute
    return moment


_changes = st.sampled_from(["2026-03-27T00:00+00:00", "2026-10-23T00:00+00:00"]).map(
    dt.datetime.fromisoformat
)
_abroad = st.tuples(_changes, st.integers(0, 5 * 1440)).map(lambda p: p[0] + dt.timedelta(minutes=p[1]))


@settings(max_examples=80, deadline=None)
@given(
    begin=_abroad,
    limit=st.builds(Limit, st.integers(1, 30), st.sampled_from(["urgent_hour", "work_hour"])),
    pauses=st.lists(
        st.tuples(_abroad, st.integers(1, 2000)).map(lambda p: (p[0], p[0] + dt.timedelta(minutes=p[1]))),
        max_size=3,
    ),
)
def test_hours_over_a_clock_change_agree_with_one_that_steps_minute_by_minute(
    begin: dt.datetime, limit: Limit, pauses: list[Any]
) -> None:
    # Compared in UTC: Python takes no moment that comes twice on a wall clock to equal one of another zone.
    (over,) = ABROAD.due([begin], [limit])
    assert over.astimezone(dt.UTC) == stepped_abroad(ABROAD, begin, limit, [])
    # Pauses given on the wall clock are the same pauses.
    local = [(a.astimezone(ZURICH), b.astimezone(ZURICH)) for a, b in pauses]
    (over,) = ABROAD.due([begin], [limit], [local])
    assert over.astimezone(dt.UTC) == stepped_abroad(ABROAD, begin, limit, pauses)


# -- what a city can set -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("office_hours", "8 bis 12", "office hours '8 bis 12' are not like"),
        ("day_counting", "never", "known: closing, elapsed"),
        ("default_limit", "5", "is not a number and a clock"),
        ("component_reach_m", 0.0, "'component_reach_m' must be more than 0"),
        ("duplicate_reach_m", -1.0, "'duplicate_reach_m' must be more than 0"),
        ("duplicate_within_h", 9999.0, "at most 8760"),
    ],
)
def test_a_setting_that_can_not_be_is_refused_when_it_is_read(name: str, value: Any, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read_settings(**{name: value})


def test_a_city_counts_as_its_settings_say(tmp_path: Path) -> None:
    chosen = small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "s")
    chosen = replace(chosen, office_hours="09:00-17:00", day_counting="elapsed", default_limit="2工作时")
    with City.open(chosen, create=True) as city:
        assert (city.rules.clock.counting, city.rules.default) == ("elapsed", Limit(2, "work_hour"))
        assert due("2026-06-01 16:00", "1工作日", city.rules.clock) == "06-02 16:00"
