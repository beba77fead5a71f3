"""Whole files of real cities, each loaded by one line, and what their reports say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from cim.city import City
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.command_line import done
from tests.support.inputs import CASES, shared_file

FILES = CASES / "in"


def report_of(folder: Path, file: str, *options: str) -> list[str]:
    """What loading a file says, without the file's folder."""
    path = shared_file(file)
    return done(folder, "load", str(path), *options).replace(str(path), path.name).splitlines()


def test_monaco_loads_in_one_line_and_tells_what_its_edge_cuts(tmp_path: Path) -> None:
    said = report_of(tmp_path, "monaco/monaco_osrm_2016.osm.pbf")
    assert [line.split(": ", 1)[1] for line in said if line.startswith("monaco")] == [
        "2925 of 2925 rows as layer roads (line)",
        "18 of 18 rows as layer rivers (line)",
        "23327 of 23327 rows as layer buildings (polygon)",
        "9 of 9 rows as layer water (polygon)",
        "156 of 157 rows as layer landuse (polygon); 1 left out",
        "13 of 16 rows as layer boundaries (polygon); 3 left out",
        "76 of 76 rows as layer places (point)",
        "27 of 27 rows as layer turn_restrictions (point)",
        "65 of 65 rows as layer road_points (point)",
    ]
    cut = [line for line in said if line.startswith("note: the edge of the extract cuts ")]
    assert [
        line.split(", left out: ")[0].removeprefix("note: the edge of the extract cuts ") for line in cut
    ] == ["3 roads", "46 buildings", "16 landuse", "10 boundaries"]
    assert "row 157: way 25082161 is not closed (skipped)" in said
    assert [line for line in said if "(Monaco)" in line] == [
        "row 14: relation 1124039 (Monaco) has rings that do not close (skipped)"
    ]


def test_porto_alegre_loads_in_one_line_a_file(tmp_path: Path) -> None:
    said = report_of(tmp_path, "porto_alegre/poa.osm.pbf")
    assert [line.split(": ", 1)[1] for line in said if line.startswith("poa")] == [
        "15886 of 15886 rows as layer roads (line)",
        "19 of 19 rows as layer buildings (polygon)",
        "2 of 2 rows as layer water (polygon)",
        "18 of 18 rows as layer landuse (polygon)",
        "2096 of 2096 rows as layer road_points (point)",
    ]
    said = report_of(tmp_path, "porto_alegre/poa_hexgrid.csv")
    assert said[0] == "poa_hexgrid.csv: 1227 of 1227 rows as layer poa_hexgrid (point)"
    assert "note: the position is in lon and lat, not kept as a field" in said
    with City.open(
        small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "city.gpkg.snapshots")
    ) as city:
        people = city.layer("poa_hexgrid").table(["population"])["population"].to_pylist()
        assert sum(people) == 812_935


@pytest.mark.parametrize(
    ("file", "options", "said"),
    [
        ("boundary_osm_wgs84.geojson", (), "2 of 2 rows as layer boundary_osm_wgs84 (polygon)"),
        (
            "buildings_osm_2026-03-24.gpkg",
            (),
            "9628 of 9628 rows as layer buildings_osm_2026_03_24 (polygon)",
        ),
        ("rivers_gshhg.geojson", (), "10 of 10 rows as layer rivers_gshhg (line)"),
        ("rail.gpkg", ("--sublayer", "stations_wgs84"), "165 of 165 rows as layer stations_wgs84 (point)"),
        (
            "rail.gpkg",
            ("--sublayer", "stations_as_published_gcj02", "--datum", "gcj02"),
            "165 of 165 rows as layer stations_as_published_gcj02 (point)",
        ),
    ],
)
def test_the_files_of_changsha_load_in_one_line_each(
    tmp_path: Path, file: str, options: tuple[str, ...], said: str
) -> None:
    lines = report_of(tmp_path, f"changsha/{file}", *options)
    assert lines[0] == f"{file}: {said}"
    assert ("note: gcj02 → wgs84" in lines) is ("gcj02" in options)
    assert not any(line.startswith("row ") for line in lines)


def test_edges_of_changsha_s_rail_without_length_are_told_with_their_rows(tmp_path: Path) -> None:
    said = report_of(tmp_path, "changsha/rail.gpkg", "--sublayer", "edges_wgs84", "--on-invalid", "skip")
    assert said[0] == "rail.gpkg: 177 of 181 rows as layer edges_wgs84 (line); 4 left out"
    rows = [line.split(":")[0] for line in said if "too few points in geometry component" in line]
    assert rows == ["row 176", "row 178", "row 179", "row 180"]


def test_moments_without_a_zone_are_the_city_s(store_url: str, tmp_path: Path) -> None:
    """08:30 in Changsha is 00:30 in UTC."""
    with City.open(small.settings(store_url, tmp_path / "s"), create=True) as city:
        path = FILES / "csv_incidents_local_times.csv"
        (report,) = load_file(city, path, LoadOptions(layer="incidents", append=True))
        moments = city.layer("incidents").table(["reported_at"])["reported_at"].to_pylist()
        assert sorted(moments) == [
            dt.datetime(2026, 5, 31, 16, 15, tzinfo=dt.UTC),
            dt.datetime(2026, 6, 1, 0, 30, tzinfo=dt.UTC),
        ]
        assert any(
            "times without a zone; they are taken to be Asia/Shanghai" in note for note in report.notes
        )
        (report,) = load_file(city, path, LoadOptions(layer="incidents", replace=True, timezone="UTC"))
        moments = city.layer("incidents").table(["reported_at"])["reported_at"].to_pylist()
        assert max(moments) == dt.datetime(2026, 6, 1, 8, 30, tzinfo=dt.UTC)
