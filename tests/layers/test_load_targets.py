"""Which layer a file fills: never one that another file of the command fills, and none is replaced unasked."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cim.city import City
from cim.errors import BadInput
from layers.formats.osm import LAYER_NAMES, read_osm
from layers.load.load import load_file
from layers.load.options import LoadOptions
from layers.load.targets import LayerIsThere, layer_name, require_distinct_layers
from tests.support import small_city as small
from tests.support.command_line import done, run
from tests.support.inputs import CASES, ROOT
from tests.support.load_files import BOXES, TOWN, csv, geojson

BATCHES = sorted((CASES / "in" / "names_fall_together").iterdir())
TREES = [CASES / "out" / "trees.2023.geojson", CASES / "out" / "trees.2024.geojson"]


@pytest.fixture
def empty(store_url: str, tmp_path: Path) -> Iterator[City]:
    """A city without any feature, in each store."""
    with City.open(small.settings(store_url, tmp_path / "snapshots"), create=True) as city:
        yield city


def frame_codes(city: City, name: str, field: str) -> list[str]:
    return sorted(city.layer(name).table()[field].to_pylist())


# -- several files of one command --------------------------------------------------------------------


@pytest.mark.parametrize("files", [TREES, BATCHES], ids=["F01", "A09"])
def test_files_that_fall_on_one_layer_are_refused_naming_both_and_nothing_is_written(
    tmp_path: Path, files: list[Path]
) -> None:
    ran = run(tmp_path, "load", *map(str, files))
    assert ran.returncode == 1
    assert all(file.name in ran.stderr for file in files)
    assert "--layer" in ran.stderr and "--append" in ran.stderr and "nothing was written" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_both_files_are_kept_when_they_are_appended_to_one_layer(tmp_path: Path) -> None:
    done(tmp_path, "load", *map(str, BATCHES), "--layer", "houses", "--append")
    with City.open(small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "s")) as city:
        assert frame_codes(city, "houses", "code") == ["A1", "A2", "B1"]


@pytest.mark.parametrize(
    ("names", "options"),
    [
        (["a.osm.pbf", "b.osm"], LoadOptions()),
        (["a.osm.pbf", "roads.geojson"], LoadOptions()),
        (["a.gpkg", "b.gpkg"], LoadOptions(sublayer="houses")),
        (["a.gpkg", "b.osm"], LoadOptions(layer="roads")),
        (["a.csv", "a.geojson"], LoadOptions()),
        (["Roads.csv", "roads.geojson"], LoadOptions()),
        (["a.csv", "a.csv"], LoadOptions(replace=True)),
    ],
)
def test_what_can_not_have_a_layer_each_is_refused(names: list[str], options: LoadOptions) -> None:
    with pytest.raises(BadInput, match="would both fill layer"):
        require_distinct_layers(map(Path, names), options)


def test_files_with_layers_of_their_own_are_no_matter() -> None:
    require_distinct_layers([Path("a.csv"), Path("b.csv"), Path("c.osm.pbf")], LoadOptions())
    require_distinct_layers([Path("a.osm.pbf"), Path("b.osm.pbf")], LoadOptions(append=True))


def test_an_openstreetmap_file_fills_no_layer_but_those_it_is_known_for(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_text(TOWN, "utf-8")
    assert set(read_osm(path)) <= set(LAYER_NAMES)


# -- a layer that is there ---------------------------------------------------------------------------


def test_a_layer_that_is_there_is_replaced_or_added_to_only_when_the_options_say_so(
    empty: City, tmp_path: Path
) -> None:
    path = geojson(tmp_path / "houses.geojson", (BOXES[0], {"name": "甲"}), (BOXES[1], {"name": "乙"}))
    load_file(empty, path, LoadOptions())
    seq = empty.store.seq()
    with pytest.raises(LayerIsThere, match=r"houses \(2 features\); .*--replace .* or --append") as refused:
        load_file(empty, path, LoadOptions())
    assert (refused.value.names, empty.store.seq()) == (("houses",), seq)
    load_file(empty, path, LoadOptions(append=True))
    assert frame_codes(empty, "houses", "name") == ["乙", "乙", "甲", "甲"]
    load_file(empty, path, LoadOptions(replace=True))
    assert frame_codes(empty, "houses", "name") == ["乙", "甲"]


def test_every_layer_of_an_openstreetmap_file_that_is_there_is_named(empty: City, tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_text(TOWN, "utf-8")
    load_file(empty, geojson(tmp_path / "buildings.geojson", (BOXES[0], {"name": "甲"})), LoadOptions())
    seq = empty.store.seq()
    with pytest.raises(LayerIsThere) as refused:
        load_file(empty, path, LoadOptions(on_invalid="skip"))
    assert (refused.value.names, empty.store.seq()) == (("buildings",), seq)
    assert "roads" not in empty.snapshots
    load_file(empty, path, LoadOptions(on_invalid="skip", layer="roads"))
    with pytest.raises(LayerIsThere) as refused:
        load_file(empty, path, LoadOptions(on_invalid="skip"))
    assert sorted(refused.value.names) == ["buildings", "roads"]


def test_an_empty_layer_of_placed_things_is_filled_without_ado(empty: City, tmp_path: Path) -> None:
    path = csv(tmp_path / "teams.csv", "code,kind,lon,lat", "T-1,team,112.91,28.11")
    load_file(empty, path, LoadOptions(layer="resources", datum="wgs84"))
    with pytest.raises(LayerIsThere):
        load_file(empty, path, LoadOptions(layer="resources", datum="wgs84"))


def test_a_name_that_differs_by_its_case_alone_is_refused(empty: City, tmp_path: Path) -> None:
    path = geojson(tmp_path / "houses.geojson", (BOXES[0], {"name": "甲"}))
    load_file(empty, path, LoadOptions())
    with pytest.raises(BadInput, match="'Houses' differs from layer 'houses' by its case only"):
        load_file(empty, path, LoadOptions(layer="Houses"))


def test_a_script_that_loads_again_is_refused_before_any_of_its_files_is_written(tmp_path: Path) -> None:
    new, old = (geojson(tmp_path / f"{n}.geojson", (BOXES[0], {"name": n})) for n in ("new", "old"))
    done(tmp_path, "load", str(old))
    ran = run(tmp_path, "load", str(new), str(old))
    assert ran.returncode == 1
    assert "layer is there already: old (1 features)" in ran.stderr and "--replace" in ran.stderr
    assert "new" not in done(tmp_path, "layers", COLUMNS="200")
    done(tmp_path, "load", str(new), str(old), "--replace")


@pytest.mark.parametrize(("answer", "features"), [("append", 2), ("replace", 1), ("stop", 1), ("", 1)])
@pytest.mark.slow
def test_a_person_at_a_terminal_is_asked(tmp_path: Path, answer: str, features: int) -> None:
    path = geojson(tmp_path / "old.geojson", (BOXES[0], {"name": "甲"}))
    store = f"gpkg:///{tmp_path / 'city.gpkg'}"
    settings = small.settings(store, tmp_path / "city.gpkg.snapshots")
    with City.open(settings, create=True) as city:
        load_file(city, path, LoadOptions())
        version = city.snapshot("old").layer.version
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "spatial_api.start", "load", str(path), "--store", store],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said, until = "", time.monotonic() + 60
    while "stop? [stop]" not in said:
        assert time.monotonic() < until
        said += os.read(ours, 4096).decode()
    os.write(ours, f"{answer}\n".encode())
    try:
        while part := os.read(ours, 4096):
            said += part.decode(errors="replace")
    except OSError:
        pass  # Linux says EIO when the last process on the terminal ends
    os.close(ours)
    assert process.wait(timeout=60) == (0 if answer in ("append", "replace") else 1), said
    with City.open(settings) as city:
        assert len(city.snapshot("old")) == features
        assert city.snapshot("old").layer.version == version + (answer == "replace")


# -- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "layer", "noted"),
    [
        ("load_points.csv", "l_load_points", "reserved prefix"),
        ("PG_houses.geojson", "l_pg_houses", "reserved prefix"),
        (BATCHES[0].name, "长沙市芙蓉区二零二六年度建", "cut to 40 bytes"),
        ("2026 建筑.csv", "l2026_建筑", None),
        ("houses.csv", "houses", None),
    ],
)
def test_a_layer_is_named_after_its_file_and_a_name_that_had_to_change_is_noted(
    file: str, layer: str, noted: str | None
) -> None:
    name, notes = layer_name(Path(file), LoadOptions())
    assert name == layer
    assert [noted] == [noted if noted and noted in note else note for note in notes] or (
        not notes and not noted
    )


def test_a_file_whose_name_begins_with_a_reserved_prefix_loads_under_another(empty: City) -> None:
    (report,) = load_file(empty, CASES / "in" / "load_points.csv", LoadOptions())
    assert report.layer == "l_load_points"
    assert any("reserved prefix" in note for note in report.notes)
    assert len(empty.snapshot("l_load_points")) == 1
