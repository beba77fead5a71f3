"""A dry run says all that the load would, draws it, and leaves the store as it is, byte by byte."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
from PIL import Image

from cim.city import City
from cim.errors import Conflict, FaultyData
from cim.store import is_made
from layers.load.load import load_file, prepare_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.command_line import done, run
from tests.support.load_files import BOW_TIE, BOXES, TOWN, csv, geojson


def state_of(url: str, seq: int) -> Any:
    """All that the store holds: the bytes of its files, or every row of every table, and the place in its log."""
    if url.startswith("gpkg:///"):
        path = Path(url.removeprefix("gpkg:///"))
        return seq, path.read_bytes()
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        tables = {n: connection.execute(f'SELECT * FROM "{n}"'.encode()).fetchall() for (n,) in names}
    return seq, {name: sorted(map(str, rows)) for name, rows in tables.items()}


@pytest.fixture
def stored(store_url: str, tmp_path: Path) -> tuple[str, dict[str, str]]:
    """A city with houses and one area, closed again: its URL, and the environment of its commands."""
    folder = tmp_path / "made"
    folder.mkdir()
    with City.open(small.settings(store_url, tmp_path / "s"), create=True) as city:
        load_file(city, geojson(folder / "houses.geojson", (BOXES[0], {"name": "甲"})), LoadOptions())
        area = geojson(
            folder / "a.geojson", (shapely.box(112.9, 28.1, 113, 28.2), {"code": "430100", "level": "city"})
        )
        load_file(city, area, LoadOptions(layer="areas"))
        team = csv(folder / "t.csv", "code,kind,lon,lat", "T-1,team,112.91,28.11")
        load_file(city, team, LoadOptions(layer="resources", datum="wgs84"))
    return store_url, {"CITYBASE_STORE": store_url, "CITYBASE_SNAPSHOTS": str(tmp_path / "s")}


def seq_of(url: str, tmp_path: Path) -> int:
    with City.open(small.settings(url, tmp_path / "s")) as city:
        return city.store.seq()


def without_day(line: str) -> str:
    """A line of a report without the day that it is as of: midnight may come between the rehearsal and the load."""
    return re.sub(r"as of \d{4}-\d\d-\d\d", "as of today", line)


@pytest.mark.slow
def test_a_dry_run_reports_as_the_load_does_and_writes_nothing(
    stored: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    url, environment = stored
    halves = geojson(
        tmp_path / "halves.geojson",
        (shapely.box(112.9, 28.1, 112.95, 28.2), {"code": "430102", "level": "district"}),
        (shapely.box(112.96, 28.1, 113.0, 28.2), {"code": "430103", "level": "district"}),
    )
    town = tmp_path / "town.osm"
    town.write_text(TOWN, "utf-8")
    houses = geojson(tmp_path / "more.geojson", (BOXES[1], {"n": 1}), (BOW_TIE, {"n": 2}))
    commands = (
        ["load", str(halves), "--layer", "areas", "--append"],
        ["load", str(town), "--replace"],
        ["load", str(houses), "--on-invalid", "fix"],
    )
    dry = {}
    for command in commands:
        before = state_of(url, seq_of(url, tmp_path))
        said = done(tmp_path, *command, "--dry-run", "--picture", "p.png", **environment).splitlines()
        assert state_of(url, seq_of(url, tmp_path)) == before
        assert said[-1].startswith("dry run: nothing was written to the store; p.png shows")
        dry[command[1]] = said[:-1]
        picture = np.asarray(Image.open(tmp_path / "p.png"))
        assert max(picture.shape[:2]) <= 1000 and len(np.unique(picture.reshape(-1, 3), axis=0)) > 3
    assert any("district gap of" in line and "(kept)" in line for line in dry[str(halves)])
    for command in commands:
        loaded = done(tmp_path, *command, **environment).splitlines()
        assert [without_day(line) for line in loaded] == [without_day(line) for line in dry[command[1]]]


def test_a_dry_run_is_refused_where_the_load_would_be(
    stored: tuple[str, dict[str, str]], tmp_path: Path
) -> None:
    url, environment = stored
    again = geojson(tmp_path / "houses.geojson", (BOXES[0], {"name": "甲"}))
    team = csv(tmp_path / "t.csv", "code,kind,lon,lat", "T-2,team,112.9,28.1", "T-1,team,112.9,28.1")
    points = shapely.MultiPoint([(112.9, 28.1), (112.91, 28.1)])
    many = geojson(tmp_path / "many.geojson", (points, {"n": 1}))
    with City.open(small.settings(url, tmp_path / "s")) as city:
        with pytest.raises(Conflict, match="layer is there already: houses"):
            prepare_file(city, again, LoadOptions())
        with pytest.raises(Conflict, match="code 'T-1' is taken"):
            prepare_file(city, team, LoadOptions(layer="resources", append=True))
        with pytest.raises(FaultyData, match="1 rows hold several points"):
            prepare_file(city, many, LoadOptions())
    ran = run(tmp_path, "load", str(again), "--dry-run", **environment)
    assert (ran.returncode, "--replace" in ran.stderr) == (1, True)
    assert list(tmp_path.glob("*.png")) == []


def test_a_dry_run_makes_no_store_where_there_is_none(store_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    file = geojson(folder / "houses.geojson", (BOXES[0], {"name": "甲"}))
    assert not is_made(store_url)
    said = done(
        folder,
        "load",
        str(file),
        "--dry-run",
        CITYBASE_STORE=store_url,
        CITYBASE_SNAPSHOTS=str(tmp_path / "s"),
    )
    assert "houses.geojson: 1 of 1 rows as layer houses (polygon)" in said
    assert not is_made(store_url)
    assert sorted(p.name for p in folder.iterdir()) == ["houses-dry-run.png", "houses.geojson"]
