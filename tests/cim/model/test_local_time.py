"""The city's time zone: files, closures, deadlines and days are of its wall clock, also where clocks change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.access.caller import LOCAL
from cim.city import City
from cim.errors import BadInput
from cim.local_time import local_days, offsets, today, zone_named
from cim.operations import records
from cim.roads import weekly_hours
from cim.settings_file import read_settings
from layers.formats.times import read_moments
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.inputs import CASES

FILES = CASES / "in"
ZURICH, SHANGHAI = ZoneInfo("Europe/Zurich"), ZoneInfo("Asia/Shanghai")
#: A zone without summer time, two with it on either side of the equator, one that moves by half an hour, and Samoa,
#: which left out the 30th of December 2011.
ZONES = [SHANGHAI, ZURICH, *map(ZoneInfo, ("America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"))]


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.fixture
def empty(store_url: str, tmp_path: Path) -> Iterator[City]:
    with City.open(small.settings(store_url, tmp_path / "snapshots"), create=True) as made:
        yield made


# -- the setting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Mars", "UTC+8", "北京", "", " Asia/Shanghai", "../Shanghai"])
def test_a_time_zone_that_is_none_is_refused_when_settings_are_read(name: str) -> None:
    with pytest.raises(
        BadInput, match=r"setting 'timezone'.*no time zone; give an IANA name such as Asia/Shanghai"
    ):
        read_settings(timezone=name)


def test_the_time_zone_is_set_by_file_environment_and_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings().zone == SHANGHAI
    file = tmp_path / "city.toml"
    file.write_text('timezone = "Europe/Zurich"\n')
    assert read_settings(file).zone == ZURICH
    monkeypatch.setenv("CITYBASE_TIMEZONE", "Asia/Tokyo")
    assert read_settings(file).zone.key == "Asia/Tokyo"
    assert read_settings(file, timezone="America/Sao_Paulo").zone.key == "America/Sao_Paulo"


# -- the wall clock ------------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 12, 31), timezones=st.just(dt.UTC)),
)
def test_offsets_are_those_of_pythons_zoneinfo(zone: ZoneInfo, moment: dt.datetime) -> None:
    local = moment.astimezone(zone)
    wall = int((local.replace(tzinfo=None, microsecond=0, fold=0) - dt.datetime(1970, 1, 1)).total_seconds())
    second = int((moment.replace(microsecond=0) - utc("1970-01-01")).total_seconds())
    assert offsets(zone).local(np.array([second]))[0] == wall
    earlier = int(local.replace(fold=0, microsecond=0).timestamp())
    assert offsets(zone).utc(np.array([wall]))[0] == earlier
    assert local_days(pa.array([moment]), zone).to_pylist() == [local.date()]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.lists(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2199, 12, 31)), min_size=1, max_size=20),
)
def test_a_moment_without_zone_in_city_time_is_the_moment_with_its_zone(
    zone: ZoneInfo, walls: list[dt.datetime]
) -> None:
    walls = [wall.replace(microsecond=wall.microsecond // 1000 * 1000) for wall in walls]
    written = [wall.isoformat(timespec="milliseconds") for wall in walls]
    read = read_moments(pa.array(written), zone.key)
    assert read.without_zone and not read.finer
    for found, wall in zip(read.values.to_pylist(), walls, strict=True):
        there = wall.replace(tzinfo=zone)
        if there.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) == wall:
            assert found == there.astimezone(dt.UTC)
        else:  # skipped: the moment at which the clock jumped, before which it showed less and after which more
            before = (found - dt.timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
            assert before < wall < found.astimezone(zone).replace(tzinfo=None)


# -- files ---------------------------------------------------------------------------------------------


def test_incidents_reported_at_local_times_are_of_the_citys_time(empty: City) -> None:
    (report,) = load_file(empty, FILES / "csv_incidents_local_times.csv", LoadOptions(layer="incidents"))
    reported = empty.layer("incidents").table(["code", "reported_at"]).to_pylist()
    assert {r["code"]: r["reported_at"] for r in reported} == {
        "E1": utc("2026-06-01T00:30"),
        "E2": utc("2026-05-31T16:15"),
    }
    assert any("times without a zone; they are taken to be Asia/Shanghai" in note for note in report.notes)


def test_a_load_can_name_another_zone_and_moments_that_name_theirs_keep_it(empty: City) -> None:
    (report,) = load_file(
        empty, FILES / "geojson_times_local.geojson", LoadOptions(layer="counts", timezone="Europe/Zurich")
    )
    found = empty.layer("counts").table(["t"]).column(0).to_pylist()
    assert sorted(found) == [utc("2026-06-01T00:30"), utc("2026-06-01T06:30")]
    assert any("Europe/Zurich" in note for note in report.notes)
    with pytest.raises(BadInput, match="'Mars' is no time zone"):
        load_file(empty, FILES / "geojson_times_local.geojson", LoadOptions(layer="others", timezone="Mars"))


# -- hours of closures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "moment", "holds"),
    [
        ("5 22:00-06:00", "2026-06-06T03:00+02:00", True),  # C05: a Saturday, in the night from Friday
        ("5 22:00-06:00", "2026-06-06T06:00+02:00", False),
        ("5 22:00-06:00", "2026-06-07T03:00+02:00", False),
        ("6 22:00-06:00", "2026-03-29T00:59Z", True),  # the clock jumps from 2 to 3
        ("6 22:00-06:00", "2026-03-29T01:00Z", True),
        ("6 22:00-06:00", "2026-03-29T03:59Z", True),
        ("6 22:00-06:00", "2026-03-29T04:00Z", False),  # six o'clock came an hour early
        ("6 22:00-06:00", "2026-10-25T04:59Z", True),  # and here it is an hour late
        ("6 22:00-06:00", "2026-10-25T05:00Z", False),
        ("7 02:00-02:30", "2026-10-25T00:10Z", True),  # ten past two comes twice
        ("7 02:00-02:30", "2026-10-25T01:10Z", True),
        ("7 02:00-02:30", "2026-10-25T00:40Z", False),
    ],
)
def test_hours_of_a_closure_are_those_of_the_citys_wall_clock(hours: str, moment: str, holds: bool) -> None:
    assert weekly_hours.holds(hours, dt.datetime.fromisoformat(moment), ZURICH) is holds


# -- days ----------------------------------------------------------------------------------------------


def test_the_day_of_a_case_number_and_of_its_owners_is_the_citys(store_url: str, tmp_path: Path) -> None:
    small.build(store_url, tmp_path / "built").close()
    # It is never the same day in these two.
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        chosen = replace(small.settings(store_url, tmp_path / zone), timezone=zone)
        with City.open(chosen) as city:
            day = today(zone_named(zone))
            assert city.today() == city.areas.day == day
            made = records.create(
                city.writer, "incidents", shapely.Point(112.91, 28.11), {"title": "积水"}, LOCAL
            )
            assert made["id"].startswith(f"{day:%Y%m%d}-")
    assert today(zone_named("Pacific/Kiritimati")) != today(zone_named("Pacific/Pago_Pago"))


def test_an_incident_belongs_to_the_areas_of_the_day_it_had_in_its_city(
    store_url: str, tmp_path: Path
) -> None:
    chosen = replace(small.settings(store_url, tmp_path / "s"), timezone="Europe/Zurich")
    small.build(store_url, tmp_path / "s").close()
    with City.open(chosen) as city:
        grid = "430102001001001"
        records.change(city.writer, "areas", grid, {"valid_to": dt.date(2026, 6, 2)}, LOCAL)
        place = shapely.Point(112.91, 28.11)
        made = [
            records.create(city.writer, "incidents", place, {"title": "积水", "reported_at": utc(at)}, LOCAL)
            for at in ("2026-06-01T21:59", "2026-06-01T22:00")
        ]
        assert [x["properties"]["unit_grid"] for x in made] == [grid, None]
        city.reassign()  # by the million it is the same day
        later = [records.read(city.state(), "incidents", x["id"], LOCAL)["properties"] for x in made]
        assert [x["unit_grid"] for x in later] == [grid, None]
