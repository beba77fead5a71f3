"""The commands, run as people run them."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import httpx
import pytest
import shapely

from cim.city import City
from cim.errors import BadInput
from cim.settings import Settings
from cim.settings_file import read_settings
from spatial_api.cli.main import COMMANDS, main
from spatial_api.cli.main import command as command_of
from tests.support import small_city as small
from tests.support.command_line import done, done_apart, run, run_apart
from tests.support.inputs import ROOT
from tests.support.server import Server, environment_of, free_port

NAMES = ["甲楼", "乙楼", "丙楼"]
BOXES = [shapely.box(112.91 + i / 100, 28.11, 112.911 + i / 100, 28.111) for i in range(3)]
BOW_TIE = shapely.Polygon([(112.9, 28.1), (112.95, 28.15), (112.95, 28.1), (112.9, 28.15)])


def run_here(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, *arguments: str
) -> tuple[int, str, str]:
    """The same within this process, for what ends early: its exit status, stdout and stderr."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["citybase", *arguments])
    for name in [name for name in os.environ if name.startswith("CITYBASE_")]:
        monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as ended:
        main()
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


def houses(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": NAMES[: len(shapes)]}, geometry=list(shapes), crs="EPSG:4326")


# -- which commands there are ------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_its_own_help_says(name: str) -> None:
    told = (command_of(name).help or "").split("\n\n")[0]
    assert COMMANDS[name][1] == " ".join(told.split())


#: What reads, computes or serves; each takes 0.1 s or more to import.
HEAVY = {
    *("fastapi", "geopandas", "numba", "numpy", "ortools", "pandas", "pyarrow"),
    *("pyogrio", "pyproj", "scipy", "shapely", "sqlalchemy", "uvicorn"),
}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["pain"]])
def test_a_list_of_commands_imports_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    assert heavy_imports(tmp_path, *arguments) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["load", "nothere.gpkg"],
        ["load", "notes.docx"],
        ["load", "zero.gpkg"],
        ["load", "zero.gpkg", "--on-invalid", "guess"],
        ["load", "full.csv", "--set", "code"],
    ],
)
def test_a_file_that_is_refused_by_its_name_or_size_imports_nothing_heavy(
    tmp_path: Path, arguments: list[str]
) -> None:
    (tmp_path / "zero.gpkg").write_bytes(b"")
    (tmp_path / "full.csv").write_text("lon,lat\n1,2\n", "utf-8")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    assert heavy_imports(tmp_path, *arguments) == set()
    assert not (tmp_path / "city.gpkg").exists()


def heavy_imports(folder: Path, *arguments: str) -> set[str]:
    """Which of the heavy libraries were imported by a command that ends early."""
    script = (
        "import sys\nfrom spatial_api.start import main\n"
        f"sys.argv = ['citybase', *{arguments!r}]\n"
        "try:\n    main()\nfinally:\n    print('imported', *sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    *_, last = ran.stdout.splitlines()
    assert last.startswith("imported "), ran.stderr
    return HEAVY & set(last.split())


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    assert done(tmp_path, "--version").split() == ["citybase", version("citybase")]


def test_a_command_with_a_slip_is_answered_with_the_nearest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    status, _, err = run_here(tmp_path, monkeypatch, capsys, "laod")
    assert (status, "Did you mean 'load'?" in err) == (2, True)


# -- what goes well ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_new_city_is_made_filled_listed_examined_and_served(tmp_path: Path) -> None:
    assert "ready for `citybase load`" in done_apart(
        tmp_path, "init", "--name-zh", '长"沙', "--name-en", "Changsha"
    )
    assert (tmp_path / "city.gpkg").is_file()
    houses(*BOXES).to_file(tmp_path / "houses.geojson")
    area = gpd.GeoDataFrame(
        {"NAME": ["小城"]}, geometry=[shapely.box(112.9, 28.1, 113, 28.2)], crs="EPSG:4326"
    )
    area.to_file(tmp_path / "boundary.geojson")
    told = done_apart(tmp_path, "load", "houses.geojson", "--title-zh", "房屋", "--source", "测绘院")
    assert told.splitlines()[0] == "houses.geojson: 3 of 3 rows as layer houses (polygon)"
    done(
        tmp_path,
        "load",
        "boundary.geojson",
        "--layer",
        "areas",
        "--set",
        "level=city",
        "--set",
        "code=430100",
        "--column",
        "name=NAME",
    )
    listed = done(tmp_path, "layers", COLUMNS="200")
    for line in ("houses", "房屋", "测绘院", "polygon", "areas"):
        assert line in listed
    examined = done(tmp_path, "doctor")
    assert "✓ snapshot of houses: 3 features" in examined
    assert "✗" not in examined
    # The settings file is found, the environment is stronger, an option stronger still.
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CITYBASE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "spatial_api.start", "serve", "--port", str(port)],
        cwd=tmp_path,
        text=True,
        env={**clean, "PYTHONPATH": str(ROOT), "CITYBASE_NAME_EN": "Star City", "CITYBASE_PORT": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                told_city = httpx.get(f"http://127.0.0.1:{port}/city").json()
                break
            except httpx.TransportError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
        assert (told_city["name_zh"], told_city["name_en"]) == ('长"沙', "Star City")
        owner = httpx.post(
            f"http://127.0.0.1:{port}/spatial/ownership", json={"points": [[112.91, 28.11]]}
        ).json()
        assert owner["owners"][0]["areas"][0]["name"] == "小城"
    finally:
        process.terminate()
        printed, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    # Where to look stands on one line, however narrow the terminal; and nothing else is printed.
    assert printed.splitlines() == [
        f'长"沙 · 4 features · map http://localhost:{port}/ · API http://localhost:{port}/docs · Ctrl-C stops'
    ]


def test_one_command_loads_a_file_of_every_format(store_url: str, tmp_path: Path) -> None:
    source = houses(*BOXES)
    source.to_crs("EPSG:4547").to_file(tmp_path / "a.gpkg", layer="a")
    source.to_file(tmp_path / "b.geojson")
    source.to_crs("EPSG:4547").to_file(tmp_path / "c.shp", encoding="GBK")
    source.to_crs("EPSG:3857").to_file(tmp_path / "d.fgb")
    source.to_parquet(tmp_path / "e.parquet")
    lines = [f"{n},{b.centroid.x},{b.centroid.y}" for n, b in zip(NAMES, BOXES, strict=True)]
    (tmp_path / "f.csv").write_text("\n".join(["name,lon,lat", *lines]), "gb18030")
    (tmp_path / "g.osm").write_text(
        '<osm version="0.6"><node id="1" lat="28.11" lon="112.91"/><node id="2" lat="28.11" lon="112.92"/>'
        '<way id="7"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>',
        "utf-8",
    )
    files = ["a.gpkg", "b.geojson", "c.shp", "d.fgb", "e.parquet", "f.csv", "g.osm"]
    told = done(tmp_path, "load", *files, "--store", store_url, CITYBASE_SNAPSHOTS=str(tmp_path / "s"))
    heads = [line for line in told.splitlines() if " rows as layer " in line]
    assert [line.split(": ")[1] for line in heads] == [
        *(f"3 of 3 rows as layer {name} (polygon)" for name in "abcde"),
        "3 of 3 rows as layer f (point)",
        "1 of 1 rows as layer roads (line)",
    ]
    with City.open(small.settings(store_url, tmp_path / "s")) as city:
        for name in "abcdef":
            assert sorted(city.layer(name).table(["name"])["name"].to_pylist()) == sorted(NAMES)
        for name in "abcde":
            rows, _ = city.snapshot(name).containing(shapely.get_coordinates(BOXES[1].centroid))
            assert city.snapshot(name).attributes(rows, ["name"]).to_pylist() == [{"name": "乙楼"}]


@pytest.mark.slow
def test_the_demo_city_is_made_once(tmp_path: Path) -> None:
    first = done_apart(tmp_path, "demo", "--no-serve", "--folder", "here")
    assert "schematic" in first
    assert "buildings" in first
    store = Settings(store=f"gpkg:///{tmp_path / 'here' / 'demo-small.gpkg'}")
    with City.open(store) as city:
        identity = city.store.meta("identity")
    begun = time.monotonic()
    assert done(tmp_path, "demo", "--no-serve", "--folder", "here") == ""
    assert time.monotonic() - begun < 15
    with City.open(store) as city:
        assert city.store.meta("identity") == identity
    listed = done(tmp_path, "layers", "--store", "gpkg:///here/demo-small.gpkg", COLUMNS="200")
    assert all(name in listed for name in ("areas", "buildings", "roads", "incidents"))


# -- what goes wrong ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a city and with files that are no good; somebody listens on the port in `port`."""
    folder = tmp_path_factory.mktemp("workshop")
    with City.open(
        small.settings(f"gpkg:///{folder / 'city.gpkg'}", folder / "city.gpkg.snapshots"), create=True
    ):
        pass
    (folder / "city.toml").write_text(
        'store = "gpkg:///city.gpkg"\nsnapshots = "city.gpkg.snapshots"\n', "utf-8"
    )
    (folder / "cut.geojson").write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "geom', "utf-8"
    )
    (folder / "zero.gpkg").write_bytes(b"")
    (folder / "notes.docx").write_bytes(b"PK")
    (folder / "junk.gpkg").write_bytes(b"this is no database at all" * 10)
    houses(BOXES[0], BOW_TIE, BOXES[1]).to_file(folder / "faulty.geojson")
    metric = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(400_000, 3_120_000)], crs="EPSG:4326")
    metric.to_file(folder / "metric.fgb")
    (folder / "syntax.toml").write_text("port = [", "utf-8")
    (folder / "unknown.toml").write_text("prot = 8000", "utf-8")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (folder / "port").write_text(str(taken.getsockname()[1]))
        yield folder


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("load gone.geojson", "gone.geojson is not there"),
        ("load notes.docx", "files ending in '.docx' can't be read; known: .gpkg"),
        ("load cut.geojson", "cut.geojson can't be read as GeoJSON"),
        ("load zero.gpkg", "zero.gpkg is empty (0 bytes); was it copied to the end?"),
        (
            "load faulty.geojson",
            "1 of 3 rows of faulty.geojson can't be loaded as they are; nothing was written",
        ),
        ("load metric.fgb", "lies at 400000, 3120000: that is not degrees; it looks like metres"),
        ("load faulty.geojson --on-invalid skip --layer areas", "4 faults in areas; set a field with --set"),
        ("init", "city.toml is there already; remove it or name another"),
        ("init there/city.toml", "there/city.toml: No such file or directory"),
        ("layers --config syntax.toml", "syntax.toml: not a TOML file in UTF-8"),
        ("layers --config unknown.toml", "setting 'prot' is not known; known: "),
        (
            "layers --store gpkg:///gone.gpkg",
            "there is no GeoPackage at gone.gpkg; `citybase init` makes one",
        ),
        ("layers --store gpkg:///junk.gpkg", "junk.gpkg is no sound GeoPackage"),
        ("serve --port PORT", "can't listen on 127.0.0.1:PORT: Address already in use by process"),
        ("init new.toml --store postgresql+psycopg://nobody@127.0.0.1:1/x", "can't be reached"),
    ],
)
def test_what_goes_wrong_is_one_clear_sentence_and_exit_status_1(
    workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, command: str, sentence: str
) -> None:
    port = (workshop / "port").read_text()
    status, out, err = run_here(workshop, monkeypatch, capsys, *command.replace("PORT", port).split())
    assert status == 1
    first, *faults = err.splitlines()
    assert first.startswith("error: ")
    assert sentence.replace("PORT", port) in err
    assert all(line.startswith("row ") for line in faults), "only the faults of rows have lines of their own"
    assert out == ""
    assert not (workshop / "new.toml").exists()


@pytest.mark.slow
def test_of_a_file_cut_short_and_a_port_in_use_there_is_no_traceback(workshop: Path) -> None:
    for command in (["load", "cut.geojson"], ["serve", "--port", (workshop / "port").read_text()]):
        ran = run_apart(workshop, *command)
        assert (ran.returncode, ran.stdout, len(ran.stderr.splitlines())) == (1, "", 1)
        assert ran.stderr.startswith("error: ")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b'port = "eighty"', "setting 'port' must be a whole number, not 'eighty'"),
        (b"port = 80.5", "setting 'port' must be a whole number, not 80.5"),
        (b"port = true", "setting 'port' must be a whole number, not True"),
        (b"port = 99999", "setting 'port' must be 1 to 65535, not 99999"),
        (b"port = 0", "setting 'port' must be 1 to 65535, not 0"),
        (b"workers = 0", "setting 'workers' must be 1 or more, not 0"),
        (b"follow_s = -1", "setting 'follow_s' must be more than 0 and at most 60, not -1.0"),
        (b"follow_s = nan", "setting 'follow_s' must be more than 0"),
        (b'crs = "EPSG:3857"', "setting 'crs' must be EPSG:4490 or EPSG:4326, not 'EPSG:3857'"),
        (b"name_zh = ['a']", "setting 'name_zh' must be a text, not ['a']"),
        (b"[server]\nport = 1", "setting 'server' is not known"),
        (b'name_zh = "\xff"', "not a TOML file in UTF-8"),
    ],
)
def test_a_setting_that_can_not_be_is_told_with_the_file_it_stands_in(
    tmp_path: Path, text: bytes, sentence: str
) -> None:
    (tmp_path / "city.toml").write_bytes(text)
    with pytest.raises(BadInput, match=re.escape(sentence)):
        read_settings(tmp_path / "city.toml")


def test_a_relative_path_in_the_settings_is_relative_to_their_file(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('store = "gpkg:///a/city.gpkg"\nsnapshots = "s"\n', "utf-8")
    settings = read_settings(tmp_path / "city.toml")
    assert (settings.store, settings.snapshots) == (f"gpkg:///{tmp_path}/a/city.gpkg", str(tmp_path / "s"))
    (tmp_path / "city.toml").write_text('store = "gpkg:////data/city.gpkg"\n', "utf-8")
    assert read_settings(tmp_path / "city.toml").store == "gpkg:////data/city.gpkg"


def test_an_unknown_setting_in_the_environment_is_told_too(workshop: Path) -> None:
    ran = run(workshop, "layers", CITYBASE_COLOUR="red")
    assert (ran.returncode, ran.stderr[:48]) == (1, "error: environment: setting 'colour' is not know")


def test_every_fault_of_a_file_is_listed_with_its_row_once(workshop: Path) -> None:
    ran = run(workshop, "load", "faulty.geojson")
    assert ran.stderr.splitlines()[1:] == [
        "row 2: is not valid: self-intersection near 112.925 28.125 (raised)"
    ]
    with City.open(
        small.settings(f"gpkg:///{workshop / 'city.gpkg'}", workshop / "city.gpkg.snapshots")
    ) as city:
        assert "faulty" not in city.snapshots


def test_fixing_and_skipping_are_told_row_by_row(workshop: Path, tmp_path: Path) -> None:
    store = f"gpkg:///{tmp_path / 'other.gpkg'}"
    fixed = done(workshop, "load", "faulty.geojson", "--on-invalid", "fix", "--store", store)
    assert "faulty.geojson: 3 of 3 rows as layer faulty (polygon), 1 of them repaired" in fixed
    assert "row 2: is not valid: self-intersection near 112.925 28.125 (fixed)" in fixed
    skipped = done(workshop, "load", "faulty.geojson", "--on-invalid", "skip", "--append", "--store", store)
    assert "faulty.geojson: 2 of 3 rows as layer faulty (polygon); 1 left out" in skipped
    with City.open(small.settings(store, tmp_path / "other.gpkg.snapshots")) as city:
        assert len(city.snapshot("faulty")) == 5


def test_a_command_that_is_none_is_explained(
    workshop: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    for command in (
        ["paint"],
        ["load"],
        ["load", "x", "--on-invalid", "guess"],
        ["load", "x", "--set", "code"],
    ):
        status, _, err = run_here(workshop, monkeypatch, capsys, *command)
        assert status == 2
        assert "Usage: " in err


def test_the_doctor_says_what_is_wrong_and_ends_with_status_1(workshop: Path) -> None:
    ran = run(workshop, "doctor", "--store", "gpkg:///gone.gpkg")
    assert ran.returncode == 1
    assert "✗ store: there is no GeoPackage at gone.gpkg; `citybase init` makes one" in ran.stdout


# -- stopping ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("workers", "told"), [("1", signal.SIGTERM), ("2", signal.SIGINT)])
@pytest.mark.slow
def test_told_to_stop_it_finishes_the_request_under_way_and_ends_with_status_0(
    tmp_path: Path, workers: str, told: signal.Signals
) -> None:
    with small.build(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "s") as city:
        server = Server(environment_of(city), "serve", "--workers", workers)
    answers: list[httpx.Response] = []
    slow = {"points": [[112.91, 28.11]] * 55_000, "kind": "team", "limit": 1}
    asking = threading.Thread(
        target=lambda: answers.append(httpx.post(server.url + "/spatial/nearest", json=slow, timeout=60))
    )
    asking.start()
    time.sleep(0.3)  # it is on its way, and takes longer than that
    assert not answers
    server.process.send_signal(told)
    asking.join()
    assert answers[0].status_code == 200
    assert len(answers[0].json()["results"]) == 55_000
    printed, _ = server.process.communicate(timeout=30)
    assert server.process.returncode == 0
    assert len(printed.splitlines()) == 1, "nothing but the address was printed"
    with pytest.raises(httpx.TransportError):
        httpx.get(server.url + "/health")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["--help"], 0), (["--version"], 0), (["load", "text.gpkg"], 1), (["load", "notes.docx"], 1)],
)
def test_what_is_said_at_once_imports_nothing_heavy(
    tmp_path: Path, arguments: list[str], status: int
) -> None:
    (tmp_path / "text.gpkg").write_text("no GeoPackage")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    code = (
        "import sys\nsys.argv[0] = 'citybase'\nfrom spatial_api.start import main\n"
        "try:\n    main()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == status
    heavy = {"numpy", "pyarrow", "shapely", "pyogrio", "numba", "sqlalchemy", "fastapi", "geopandas"}
    assert heavy.isdisjoint(done.stderr.split()), heavy & set(done.stderr.split())
