"""The durable truth: what goes in comes out, under its name and version; every test on both stores."""

from __future__ import annotations

import math
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from cim.city import City
from cim.errors import BadInput, CityError, Conflict, NotFound, StoreUnusable
from cim.model.layer import Field, Layer
from cim.store import Store, open_store
from cim.store.gpkg_schema import GPKG_TABLES
from cim.store.sqlite import sqlite3
from cim.store.tables import META
from tests.support import small_city as small
from tests.support.other_writers import Psql, Sqlite, beside, gdal, geojson
from tests.support.store_rows import EVERYTHING, POINT, ROWS, features, load, log, stored

# -- opening -----------------------------------------------------------------------------------------


def test_a_store_keeps_its_identity_and_its_crs(store_url: str) -> None:
    first = open_store(store_url, create=True, crs="EPSG:4326")
    identity = first.meta("identity")
    first.close()
    again = open_store(store_url, crs="EPSG:4490")
    assert (again.meta("identity"), again.meta("crs"), again.srid) == (identity, "EPSG:4326", 4326)
    again.set_meta("name", "小城")
    assert (again.meta("name"), again.meta("colour", "none")) == ("小城", "none")
    with pytest.raises(NotFound, match="the store has no 'colour'"):
        again.meta("colour")
    again.close()


def test_a_new_city_has_the_placed_layers_and_they_are_empty(store: Store) -> None:
    assert store.layers() == {}
    store.ensure_placed()
    names = ["areas", "closures", "components", "incidents", "resources", "sensors", "speeds", "units"]
    assert sorted(store.layers()) == names
    assert [stored(store, name) for name in store.layers()] == [{}] * len(names)
    store.ensure_placed()
    assert {layer.version for layer in store.layers().values()} == {1}


def test_a_store_of_a_newer_citybase_is_refused(store: Store, store_url: str) -> None:
    with store.writing("test") as tx:
        tx.connection.execute(META.update().where(META.c.key == "schema").values(value="99"))
    with pytest.raises(StoreUnusable, match="schema 99, this citybase knows up to 6; use a newer citybase"):
        open_store(store_url)


def test_many_processes_may_make_the_same_new_store_at_once(bare_store_url: str) -> None:
    made: list[Any] = []

    def make() -> None:
        try:
            opened = open_store(bare_store_url, create=True)
            made.append(opened.meta("identity"))
            opened.ensure_placed()
            made.append(opened.layers()["areas"].version)
            opened.close()
        except CityError as error:
            made.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made[:0] + [m for m in made if isinstance(m, str)])) == 1
    assert [m for m in made if not isinstance(m, str)] == [1] * 4


def test_a_url_of_no_known_kind_is_refused() -> None:
    with pytest.raises(
        BadInput, match=r"store 'mysql://x' is of no known kind; use gpkg:///FILE or postgresql"
    ):
        open_store("mysql://x")


def test_a_geopackage_that_is_not_there_is_made_only_when_asked(tmp_path: Path) -> None:
    with pytest.raises(
        StoreUnusable, match=r"there is no GeoPackage at .*city.gpkg; `citybase init` makes one"
    ):
        open_store(f"gpkg:///{tmp_path}/city.gpkg")
    with pytest.raises(StoreUnusable, match="there is no folder"):
        open_store(f"gpkg:///{tmp_path}/none/city.gpkg", create=True)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_something_else_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    table = tmp_path / "other.sqlite"
    with sqlite3.connect(table) as raw:
        raw.execute("CREATE TABLE ledger (sum REAL)")
    raw.close()
    foreign = tmp_path / "other.gpkg"
    gdal("ogr2ogr", "-f", "GPKG", str(foreign), str(geojson(tmp_path / "a.geojson", [(POINT, {"a": 1})])))
    text = tmp_path / "text.gpkg"
    text.write_text("this is no database, but it is long enough to have had a header" * 40)
    half = tmp_path / "half.gpkg"
    half.write_bytes(foreign.read_bytes()[:5000])
    for file in (table, foreign, text, half):
        before = file.read_bytes()
        with pytest.raises(StoreUnusable, match=r"something else|no sound GeoPackage"):
            open_store(f"gpkg:///{file}", create=True)
        assert file.read_bytes() == before


def test_a_store_whose_making_was_cut_off_is_finished(tmp_path: Path) -> None:
    file = tmp_path / "city.gpkg"
    raw = sqlite3.connect(file)
    raw.executescript(GPKG_TABLES)
    raw.close()
    opened = open_store(f"gpkg:///{file}", create=True)
    assert opened.meta("schema") == "6"
    opened.close()


# -- what goes in comes out ----------------------------------------------------------------------------


def assert_stored(store: Store, name: str, expected: list[tuple[Any, dict[str, Any]]]) -> None:
    found = list(stored(store, name).values())
    assert [values for _, values in found] == [values for _, values in expected]
    for (geometry, _), (wanted, _) in zip(found, expected, strict=True):
        if wanted is None or wanted.is_empty:
            assert geometry is None or geometry.is_empty
        else:
            assert [p.wkb for p in shapely.get_parts(geometry)] == [p.wkb for p in shapely.get_parts(wanted)]


def test_every_kind_of_value_that_is_loaded_comes_out_as_it_went_in(store: Store) -> None:
    loaded = load(store, EVERYTHING, ROWS)
    assert loaded == store.layers()["样样"]
    assert_stored(store, "样样", ROWS)


def test_every_kind_of_value_that_is_inserted_or_updated_comes_out_as_it_went_in(store: Store) -> None:
    layer = load(store, EVERYTHING, [])
    with store.writing("test") as tx:
        for geometry, values in ROWS:
            tx.insert(layer, geometry, values)
    assert_stored(store, "样样", ROWS)
    turned = list(reversed(ROWS))
    with store.writing("test") as tx:
        for fid, (geometry, values) in enumerate(turned, 1):
            tx.update(layer, fid, {**values, "geom": geometry})
    assert_stored(store, "样样", turned)


def test_not_a_number_is_no_value_and_a_nul_is_no_letter_in_both_stores(city: City) -> None:
    layer = Layer("odd", geometry="point", fields=(Field("text", "text"), Field("real", "real")))
    city.load(layer, features(layer, [(POINT, {"text": "a\0b", "real": math.nan})]))
    with city.store.writing("test") as tx:
        tx.insert(layer, POINT, {"text": "\0", "real": math.nan})
        fid = tx.insert(layer, POINT, {})
        tx.update(layer, fid, {"text": "c\0", "real": math.nan})
    city.refresh()
    expected = [{"text": "ab", "real": None}, {"text": "", "real": None}, {"text": "c", "real": None}]
    assert [values for _, values in stored(city.store, "odd").values()] == expected
    snapshot = city.snapshot("odd")
    assert snapshot.attributes(snapshot.rows_of(np.array([1, 2, 3]))).to_pylist() == expected


def test_heights_are_dropped_on_the_way_in(city: City) -> None:
    layer = city.snapshot("resources").layer
    with city.store.writing("test") as tx:
        fid = tx.insert(layer, shapely.Point(112.95, 28.15, 44.0), {"code": "3D"})
        tx.update(layer, 1, {"geom": shapely.Point(112.9, 28.1, 1.0)})
    city.refresh()
    snapshot = city.snapshot("resources")
    assert [g.wkt for g in snapshot.geometry(snapshot.rows_of(np.array([1, fid])))] == [
        "POINT (112.9 28.1)",
        "POINT (112.95 28.15)",
    ]
    assert not stored(city.store, "resources")[fid][0].has_z


def test_lines_and_points_come_out_as_they_went_in_to_the_last_bit(store: Store) -> None:
    rng = np.random.default_rng(7)
    lines = Layer("lines", geometry="line", fields=(Field("n", "integer"),))
    line = shapely.LineString(rng.uniform((112, 28), (113, 29), (20, 2)))
    several = shapely.MultiLineString([line, shapely.LineString(rng.uniform((112, 28), (113, 29), (5, 2)))])
    rows = [(line, {"n": 1}), (several, {"n": 2}), (None, {"n": 3})]
    points = Layer("points", geometry="point", fields=(Field("n", "integer"),))
    dots = [(shapely.Point(rng.uniform((-180, -90), (180, 90))), {"n": i}) for i in range(50)]
    dots += [
        (None, {"n": 50}),
        (shapely.Point(-180, -90), {"n": 51}),
        (shapely.Point(1e-300, 5e-324), {"n": 52}),
    ]
    for layer, given in ((lines, rows), (points, dots)):
        load(store, layer, given)
        assert_stored(store, layer.name, given)
        with store.writing("test") as tx:
            for geometry, values in given:
                tx.insert(layer, geometry, values)
        assert_stored(store, layer.name, given + given)


def test_what_another_program_put_into_a_column_that_it_should_not_is_none(
    gpkg_city: City,
) -> None:
    city = gpkg_city  # PostgreSQL's columns take only their type
    with beside(city.settings.store).open() as run:
        run("UPDATE buildings SET floors = 'many', height_m = 'high' WHERE fid = 1")
        run("UPDATE buildings SET name = 42, floors = 2.0 WHERE fid = 2")
        run(
            "UPDATE buildings SET name = CAST(x'b9e3b3a1' AS TEXT) WHERE fid = 3"
        )  # GBK, as old programs write
        run("UPDATE buildings SET geom = x'00112233' WHERE fid = 4")
    city.refresh()
    snapshot = city.snapshot("buildings")
    rows = snapshot.attributes(snapshot.rows_of(np.array([1, 2, 3]))).to_pylist()
    assert (rows[0]["floors"], rows[0]["height_m"]) == (None, None)
    assert (rows[1]["name"], rows[1]["floors"]) == ("42", 2)
    assert "\ufffd" in rows[2]["name"]
    assert snapshot.geometry(snapshot.rows_of(np.array([4]))).tolist() == [None]


# -- versions and names ----------------------------------------------------------------------------------


def test_each_load_is_a_new_version_and_carries_its_report(city: City) -> None:
    assert city.store.layers()["buildings"].version == 1
    loaded = city.load(small.BUILDINGS, small.buildings(), report={"rows": 4, "说明": "再来"})
    assert loaded.version == 2
    assert city.store.layers()["buildings"] == loaded
    assert city.store.report("buildings") == {"rows": 4, "说明": "再来"}
    assert city.store.report("roads") is None
    assert log(city.store)[-1] == ("buildings", None, "l", "local")


def test_a_dropped_layer_is_gone_everywhere(city: City, store_url: str) -> None:
    city.drop("buildings", actor="张三")
    assert "buildings" not in city.store.layers()
    assert "buildings" not in city.snapshots
    assert log(city.store)[-1] == ("buildings", None, "l", "张三")
    with pytest.raises(NotFound, match="'buildings' is not loaded"):
        city.store.read("buildings")
    with pytest.raises(NotFound, match="'buildings' is not loaded"):
        city.drop("buildings")
    with pytest.raises(BadInput, match="'areas' belongs to every city"):
        city.drop("areas")
    assert "buildings" not in gdal("ogrinfo", "-q", beside(store_url).gdal)
    city.load(small.BUILDINGS, small.buildings())
    assert len(city.snapshot("buildings")) == 4


@pytest.mark.parametrize(
    "name", ["cim_meta", "gpkg_contents", "incident_history", "geometry_columns", "Spatial_Ref_Sys"]
)
def test_a_layer_can_not_take_the_name_of_a_table_that_the_store_needs(name: str) -> None:
    with pytest.raises(BadInput, match="reserved"):
        Layer(name, geometry="point")


def test_a_table_that_is_no_layer_of_ours_is_never_overwritten(city: City, store_url: str) -> None:
    with beside(store_url).open() as run:
        run("CREATE TABLE trees (fid INTEGER PRIMARY KEY, species TEXT)")
        run("INSERT INTO trees VALUES (1, '香樟')")
    layer = Layer("trees", geometry="point")
    with pytest.raises(Conflict, match="'trees'"):
        city.load(layer, features(layer, [(POINT, {})]))
    with beside(store_url).open() as run:
        assert run("SELECT species FROM trees") == [("香樟",)]
    assert "trees" not in city.snapshots


def test_two_layers_whose_names_differ_only_in_case_do_not_overwrite_each_other(city: City) -> None:
    other = Layer("Buildings", geometry="point")
    with pytest.raises(Conflict, match="'buildings'"):
        city.load(other, features(other, [(POINT, {})]))
    assert len(city.store.read("buildings")[2]) == 4


# -- a backup ------------------------------------------------------------------------------------------------


def test_a_backup_that_is_put_back_is_what_is_answered(gpkg_city: City, tmp_path: Path) -> None:
    store = gpkg_city.store
    with sa.create_engine(f"sqlite:///{tmp_path / 'city.gpkg'}").connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{tmp_path / 'backup.gpkg'}'")
    layer = gpkg_city.snapshot("buildings").layer
    with store.writing("test") as tx:
        tx.delete(layer, 1)
    gpkg_city.refresh()
    gpkg_city._snapshots.compact("buildings")
    gpkg_city.close()
    for file in tmp_path.glob("city.gpkg*"):
        if file.is_file():
            file.unlink()
    shutil.copy(tmp_path / "backup.gpkg", tmp_path / "city.gpkg")
    with City.open(gpkg_city.settings) as again:
        assert len(again.snapshot("buildings")) == 4
        with again.store.writing("test") as tx:
            tx.update(layer, 2, {"floors": 1})
    with City.open(gpkg_city.settings) as again:
        assert len(again.snapshot("buildings")) == 4


def test_both_kinds_of_writers_beside_us_are_what_they_say() -> None:
    assert isinstance(beside("gpkg:///x.gpkg"), Sqlite)
    assert isinstance(beside("postgresql+psycopg://x@y/z"), Psql)
