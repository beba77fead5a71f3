"""Other programs beside us: tables that they change, and what they see of ours."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from cim.city import City
from cim.model.layer import Field, Layer
from cim.store import gpkg_rtree
from cim.store.sqlite import sqlite3
from tests.support import small_city as small
from tests.support.other_writers import beside, gdal, geojson
from tests.support.store_rows import EVERYTHING, POINT, ROWS, features, log, until

# -- tables changed from outside ---------------------------------------------------------------------------


def overwrite(
    store_url: str, folder: Path, name: str, rows: list[tuple[Any, dict[str, Any]]], *options: str
) -> None:
    """Replace a table with ogr2ogr, which knows nothing of us."""
    outside = beside(store_url)
    file = geojson(folder / "new.geojson", rows)
    gdal("ogr2ogr", *outside.output, outside.gdal, str(file), "-overwrite", "-nln", name, *options)


def test_a_layer_that_ogr2ogr_overwrote_is_there_with_its_new_fields(
    city: City, store_url: str, tmp_path: Path
) -> None:
    before = city.store.layers()["buildings"]
    rows = [
        (
            shapely.box(112.93, 28.13, 112.94, 28.14),
            {"name": "新一号", "floors": 2, "roof": "平", "rent": 1.5},
        )
    ]
    overwrite(store_url, tmp_path, "buildings", rows, "-nlt", "MULTIPOLYGON", "-a_srs", "EPSG:4490")
    assert city.store.adopt() == ["buildings"]
    assert city.store.adopt() == []
    assert log(city.store)[-1] == ("buildings", None, "l", "outside")
    city.refresh()
    snapshot = city.snapshot("buildings")
    layer = snapshot.layer
    assert [(f.name, f.type) for f in layer.fields] == [
        ("name", "text"),
        ("floors", "integer"),
        ("roof", "text"),
        ("rent", "real"),
    ]
    assert layer.fields[:2] == before.fields[:2]  # with their titles
    assert (layer.version, layer.title_zh) == (before.version + 1, "建筑")
    assert snapshot.attributes(snapshot.rows).to_pylist() == [rows[0][1]]
    rows_, _ = snapshot.containing(np.array([[112.935, 28.135]]))
    assert snapshot.fids(rows_).tolist() == [1]
    start = city.store.seq()
    with beside(store_url).open() as run:
        run("UPDATE buildings SET floors = 3")
    with city.store.writing("test") as tx:
        tx.insert(layer, shapely.box(112.95, 28.13, 112.96, 28.14), {"name": "新二号", "roof": "坡"})
    assert log(city.store, start) == [("buildings", 1, "u", "outside"), ("buildings", 2, "i", "test")]
    city.refresh()
    snapshot = city.snapshot("buildings")
    assert snapshot.attributes(snapshot.rows_of(np.array([1, 2])), ["floors"])["floors"].to_pylist() == [
        3,
        None,
    ]
    city.load(small.BUILDINGS, small.buildings())  # and ours replaces theirs
    assert len(city.snapshot("buildings")) == 4
    assert all(well for _, well, _ in city.store.check())


def test_an_operational_layer_that_was_overwritten_logs_its_rows_again(
    city: City, store_url: str, tmp_path: Path
) -> None:
    rows = [(POINT, {"code": "T-9", "name": "新队", "it's odd": "x"})]
    overwrite(store_url, tmp_path, "resources", rows, "-nlt", "POINT", "-a_srs", "EPSG:4490")
    assert city.store.adopt() == ["resources"]
    start = city.store.seq()
    with beside(store_url).open() as run:
        run("UPDATE resources SET name = '老队'")
    (entry,) = city.store.entries(start)
    assert (json.loads(entry["old"])["name"], json.loads(entry["new"])["name"]) == ("新队", "老队")


def test_a_layer_that_was_overwritten_while_the_city_was_closed_is_there_when_it_opens(
    city: City, store_url: str, tmp_path: Path
) -> None:
    city.close()
    overwrite(
        store_url,
        tmp_path,
        "buildings",
        [(POINT.buffer(0.001), {"roof": "平"})],
        "-nlt",
        "MULTIPOLYGON",
        "-a_srs",
        "EPSG:4490",
    )
    with City.open(city.settings) as again:
        snapshot = again.snapshot("buildings")
        assert snapshot.attributes(snapshot.rows).to_pylist() == [{"roof": "平"}]


def test_a_layer_that_came_back_in_another_crs_is_not_taken_for_ours(
    city: City, store_url: str, tmp_path: Path
) -> None:
    overwrite(
        store_url,
        tmp_path,
        "buildings",
        [(POINT.buffer(0.001), {"name": "x"})],
        "-nlt",
        "MULTIPOLYGON",
        "-t_srs",
        "EPSG:4547",
    )
    assert city.store.adopt() == []
    city.refresh()
    assert "buildings" not in city.snapshots  # neither as they were nor with metres for degrees
    assert city.store.lost == {
        "buildings": "replaced from outside in EPSG:4547; load it with `citybase load`"
    }
    faults = [(what, detail) for what, well, detail in city.store.check() if not well]
    assert ("layer buildings", "replaced from outside in EPSG:4547; load it with `citybase load`") in faults


def test_a_field_that_a_gis_program_adds_or_removes_does_not_stop_the_city(
    city: City, store_url: str
) -> None:
    city.follow()
    with beside(store_url).open() as run:
        run("ALTER TABLE buildings ADD COLUMN roof TEXT")
        run("ALTER TABLE buildings DROP COLUMN height_m")
        run("UPDATE buildings SET roof = '平', floors = 4 WHERE fid = 1")

    def seen() -> bool:
        snapshot = city.snapshot("buildings")
        if "roof" not in snapshot.layer.field_names:
            return False
        rows = snapshot.rows_of(np.array([1]))
        return snapshot.attributes(rows).to_pylist() == [
            {"name": "一号楼", "floors": 4, "population": 30, "roof": "平"}
        ]

    until(seen)
    assert city.trouble is None


@pytest.mark.parametrize("what", ["dropped", "in another CRS"])
def test_a_layer_whose_table_is_gone_or_foreign_does_not_keep_the_city_from_opening(
    city: City, store_url: str, tmp_path: Path, what: str
) -> None:
    city.close()
    if what == "dropped":
        with beside(store_url).open() as run:
            run("DROP TABLE buildings")
    else:
        foreign = [(POINT.buffer(0.001), {"name": "x"})]
        overwrite(store_url, tmp_path, "buildings", foreign, "-nlt", "MULTIPOLYGON", "-t_srs", "EPSG:4547")
    shutil.rmtree(city.settings.snapshots)
    with City.open(city.settings) as again:
        assert len(again.snapshot("areas")) == 12
        assert [what for what, well, _ in again.store.check() if not well] == ["layer buildings"]
        again.load(small.ROADS, small.roads())
        assert len(again.snapshot("roads")) == 2


def test_the_city_follows_on_after_its_connection_was_cut(cluster: Any, tmp_path: Path) -> None:
    with small.build(cluster.new_database(), tmp_path / "snapshots") as city:
        city.follow()
        until(lambda: city.store._listener is not None)  # type: ignore[attr-defined]
        with psycopg.connect(city.settings.store.replace("+psycopg", ""), autocommit=True) as person:
            person.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            person.execute("UPDATE buildings SET floors = 8 WHERE fid = 1")

        def seen() -> bool:
            snapshot = city.snapshot("buildings")
            return snapshot.attributes(snapshot.rows_of(np.array([1])), ["floors"])["floors"].to_pylist() == [
                8
            ]

        until(seen)
        until(lambda: city.trouble is None)


# -- what other programs see ---------------------------------------------------------------------------------


def info(url: str, *arguments: str) -> dict[str, str]:
    """What ogrinfo says of each layer."""
    printed = gdal("ogrinfo", "-al", "-so", *arguments, beside(url).gdal)
    blocks = printed.split("\nLayer name: ")[1:]
    return {block.split("\n", 1)[0]: block for block in blocks}


def extent(said: str) -> list[float]:
    """West, south, east, north as ogrinfo says them: of the spatial index, whose numbers are single."""
    (line,) = re.findall(r"Extent: \((.*)\) - \((.*)\)", said)
    return [float(x) for corner in line for x in corner.split(",")]


def test_gdal_reads_every_layer_with_its_counts_types_and_crs(city: City, store_url: str) -> None:
    city.load(EVERYTHING, features(EVERYTHING, ROWS))
    seen = info(store_url)
    expected = {
        "areas": 12,
        "units": 3,
        "buildings": 4,
        "roads": 2,
        "resources": 3,
        "sensors": 1,
        "incidents": 1,
        "样样": len(ROWS),
    }
    types = {"polygon": "Multi Polygon", "line": "Multi Line String", "point": "Point"}
    for name, count in expected.items():
        assert f"Feature Count: {count}\n" in seen[name]
        assert f"Geometry: {types[city.snapshot(name).layer.geometry]}\n" in seen[name]
        assert "China Geodetic Coordinate System 2000" in seen[name]
        assert "FID Column = fid\nGeometry Column = geom" in seen[name]
    for line in (
        "名称: String",
        "floors: Integer64",
        "height_m: Real",
        "open: Integer(Boolean)",
        "built: Date",
        "seen_at: DateTime",
    ):
        assert line in seen["样样"]
    assert extent(seen["areas"]) == pytest.approx([112.9, 28.1, 113.0, 28.2], abs=5e-5)


def test_gdal_reads_the_same_values_that_we_do(city: City, store_url: str, tmp_path: Path) -> None:
    gdal(
        "ogr2ogr",
        "-f",
        "GeoJSON",
        "-preserve_fid",
        "-lco",
        "COORDINATE_PRECISION=15",
        str(tmp_path / "out.geojson"),
        beside(store_url).gdal,
        "buildings",
    )
    read = json.loads((tmp_path / "out.geojson").read_text("utf-8"))["features"]
    snapshot = city.snapshot("buildings")
    rows = snapshot.rows_of(np.array([1, 2, 3, 4]))
    assert [f["properties"] for f in sorted(read, key=lambda f: f["id"])] == snapshot.attributes(
        rows
    ).to_pylist()
    for feature, geometry in zip(sorted(read, key=lambda f: f["id"]), snapshot.geometry(rows), strict=True):
        assert shapely.from_geojson(json.dumps(feature["geometry"])).equals(geometry)


def test_gdal_finds_by_place_also_what_was_edited(city: City, store_url: str) -> None:
    layer = city.snapshot("buildings").layer
    with city.store.writing("test") as tx:
        tx.insert(layer, shapely.box(113.5, 28.5, 113.501, 28.501), {"name": "远楼"})
        tx.update(layer, 1, {"geom": shapely.box(113.6, 28.6, 113.601, 28.601)})
        tx.delete(layer, 2)
        tx.update(layer, 3, {"geom": None})

    def found(*box: float) -> int:
        block = info(store_url, "-spat", *map(str, box))["buildings"]
        return int(block.split("Feature Count: ")[1].split("\n")[0])

    assert found(113.49, 28.49, 113.51, 28.51) == 1
    assert found(113.59, 28.59, 113.61, 28.61) == 1
    assert found(112.90, 28.10, 112.95, 28.15) == 0
    assert found(112.95, 28.15, 112.98, 28.18) == 1
    assert found(112.80, 28.00, 113.10, 28.30) == 1  # wider than all that was there when it was loaded
    assert found(-180, -90, 180, 90) == 3
    assert extent(info(store_url)["buildings"]) == pytest.approx([112.97, 28.17, 113.601, 28.601], abs=5e-5)


@pytest.mark.parametrize("count", [0, 1, 50, 51, 52, 102, 103, 2601, 2602, 2700])
def test_the_spatial_index_that_we_write_page_by_page_is_sound_and_finds_everything(count: int) -> None:
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE VIRTUAL TABLE box USING rtree(id, minx, maxx, miny, maxy)")
    rng = np.random.default_rng(count)
    low = np.sort(rng.uniform(112, 113, (count, 2)), axis=0)
    boxes = np.hstack([low, low + rng.uniform(0, 0.1, (count, 2))])
    fids = rng.permutation(count * 3)[:count].astype(np.int64) + 1
    gpkg_rtree.fill(raw, "box", fids, boxes)
    assert raw.execute("SELECT rtreecheck('box')").fetchone() == ("ok",)
    assert raw.execute("SELECT count(*) FROM box").fetchone() == (count,)
    ask = "SELECT id FROM box WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?"
    for west, south, east, north in [*boxes[:5].tolist(), (112.2, 112.2, 112.4, 112.5)]:
        inside = (
            (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        )
        got = {i for (i,) in raw.execute(ask, (east, west, north, south))}
        assert set(fids[inside].tolist()) <= got  # its boxes are single precision: it may offer a little more
        assert len(got) <= inside.sum() + 3
    raw.execute("DELETE FROM box WHERE id % 2 = 0")
    raw.executemany("INSERT INTO box VALUES (?, ?, ?, ?, ?)", [(10_000 + i, 1, 2, 1, 2) for i in range(200)])
    assert raw.execute("SELECT rtreecheck('box')").fetchone() == ("ok",)
    raw.close()


def test_the_store_is_sound_after_loads_and_edits_by_everybody(city: City, store_url: str) -> None:
    layer = Layer("dots", geometry="point", fields=(Field("n", "integer"),))
    dots = [
        (shapely.Point(112.9 + i % 60 / 1000, 28.1 + i // 60 / 1000) if i % 7 else None, {"n": i})
        for i in range(3000)
    ]
    city.load(layer, features(layer, dots))
    with city.store.writing("test") as tx:
        for i in range(1, 400):
            tx.update(layer, i, {"geom": shapely.Point(113, 28 + i / 1000) if i % 3 else None})
        for i in range(400, 500):
            tx.delete(layer, i)
    with beside(store_url).open() as run:
        run("DELETE FROM dots WHERE fid % 5 = 0")
        run("UPDATE dots SET geom = NULL WHERE fid % 11 = 0")
        run("UPDATE dots SET fid = fid + 100000 WHERE fid % 13 = 0")
    assert [(what, detail) for what, well, detail in city.store.check() if not well] == []
    city.refresh()
    snapshot = city.snapshot("dots")
    box = (112.91, 28.105, 112.93, 28.12)
    rows, _ = snapshot.in_bounds(np.array([box]))
    seen = info(store_url, "-spat", *map(str, box))["dots"]
    assert f"Feature Count: {len(rows)}\n" in seen
    assert len(rows) > 50


def test_doctor_sees_a_spatial_index_that_is_not_right(city: City, store_url: str) -> None:
    if store_url.startswith("gpkg"):
        with beside(store_url).open() as run:
            run("DELETE FROM rtree_buildings_geom_rowid WHERE rowid = 1")
    else:
        with beside(store_url).open() as run:
            run("DROP INDEX buildings_geom")
    # From 3.44 on SQLite's own check of a file looks into R-trees, too.
    checked = store_url.startswith("gpkg") and sqlite3.sqlite_version_info >= (3, 44)
    wrong = ["GeoPackage file"] * checked + ["spatial index of buildings"]
    assert [what for what, well, _ in city.store.check() if not well] == wrong
