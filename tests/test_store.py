"""The durable truth: every test on both stores, beside it the programs that others use on them."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pytest
import shapely
import sqlalchemy as sa

from cim import columns as columns_module
from cim.city import City
from cim.errors import BadInput, CityError, Conflict, NotFound, StoreUnusable
from cim.layer import Features, Field, Layer
from cim.store import Store, open_store, rtree_pages
from cim.store.gpkg_schema import GPKG_TABLES
from cim.store.tables import META
from tests import city as small
from tests.beside import Psql, Sqlite, beside, gdal, geojson

POINT = shapely.Point(112.95, 28.15)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind."""
    made = open_store(store_url, create=True)
    yield made
    made.close()


def features(layer: Layer, rows: list[tuple[Any, dict[str, Any]]]) -> Features:
    """Features of the layer from geometries and values."""
    geometry = np.empty(len(rows), object)
    geometry[:] = [g for g, _ in rows]
    return Features(geometry, pa.Table.from_pylist([v for _, v in rows], layer.schema()))


def load(store: Store, layer: Layer, rows: list[tuple[Any, dict[str, Any]]]) -> Layer:
    """Load the rows into the store, without a city."""
    return store.load(layer, columns_module.build(layer, features(layer, rows), "EPSG:4547"), actor="test")[0]


def stored(store: Store, name: str) -> dict[int, tuple[Any, dict[str, Any]]]:
    """What is stored, by fid."""
    _, _, found = store.read(name)
    assert found.fid is not None
    rows = zip(found.geometry, found.attributes.to_pylist(), strict=True)
    return dict(sorted(zip(found.fid.tolist(), rows, strict=True)))


def log(store: Store, after: int = 0) -> list[tuple[str, int | None, str, str]]:
    """The change log: layer, fid, op, actor."""
    return [(e["layer"], e["fid"], e["op"], e["actor"]) for e in store.entries(after)]


def until(what: Any, seconds: float = 5.0) -> float:
    """Wait until something is so; gives how long it took."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds, "it did not come to be"
        time.sleep(0.01)
    return time.monotonic() - begun


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
    names = ["areas", "closures", "components", "incidents", "resources", "sensors", "units"]
    assert sorted(store.layers()) == names
    assert [stored(store, name) for name in store.layers()] == [{}] * len(names)
    store.ensure_placed()
    assert {layer.version for layer in store.layers().values()} == {1}


def test_a_store_of_a_newer_citybase_is_refused(store: Store, store_url: str) -> None:
    with store.writing("test") as tx:
        tx.connection.execute(META.update().where(META.c.key == "schema").values(value="99"))
    with pytest.raises(StoreUnusable, match="schema 99, this citybase knows up to 2; use a newer citybase"):
        open_store(store_url)


def test_many_processes_may_make_the_same_new_store_at_once(store_url: str) -> None:
    made: list[Any] = []

    def make() -> None:
        try:
            opened = open_store(store_url, create=True)
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
    assert opened.meta("schema") == "2"
    opened.close()


# -- what goes in comes out ----------------------------------------------------------------------------

EVERYTHING = Layer(
    "样样",
    geometry="polygon",
    fields=(
        Field("名称", "text"),
        Field("name:en", "text"),
        Field("100% 'odd' \"name\" (1)", "text"),
        Field("floors", "integer"),
        Field("height_m", "real"),
        Field("open", "boolean"),
        Field("built", "date"),
        Field("seen_at", "datetime"),
    ),
    title_zh="样样",
)
NOTHING: dict[str, Any] = dict.fromkeys(EVERYTHING.field_names)

HOLED = shapely.Polygon(
    [(112.9, 28.1), (113, 28.1), (113, 28.2), (112.9, 28.2)],
    [
        [(112.92, 28.12), (112.94, 28.12), (112.94, 28.14)],
        [(112.96, 28.16), (112.98, 28.16), (112.98, 28.18)],
    ],
)
PARTS = shapely.MultiPolygon([HOLED, shapely.box(113.1, 28.1, 113.2, 28.2)])

TEXTS = [
    "五一广场", "𠮷野家 🚒", "", " ", "tab\there", "two\nlines", "dos\r\nlines", "back\\slash", "\\N", "\\.", "\\x41",
    "it's", 'say "so"', "`--; DROP TABLE cim_change", "%s ? :x {0}", "NULL", "e\u0301\u200b\ufeff", "长" * 5000,
]  # fmt: skip

ROWS: list[tuple[Any, dict[str, Any]]] = [
    *((HOLED, NOTHING | {"名称": text, "name:en": text, "100% 'odd' \"name\" (1)": text}) for text in TEXTS),
    *((None, NOTHING | {"floors": n}) for n in (0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63))),
    *((PARTS, NOTHING | {"height_m": x}) for x in (0.0, -0.1, 1e300, 5e-324, 0.1 + 0.2, math.inf, -math.inf, 3.0)),
    (HOLED, NOTHING | {"open": True}),
    (HOLED, NOTHING | {"open": False}),
    *((HOLED, NOTHING | {"built": d}) for d in (dt.date(1, 1, 1), dt.date(1949, 10, 1), dt.date(9999, 12, 31))),
    *(
        (HOLED, NOTHING | {"seen_at": t.replace(tzinfo=dt.UTC)})
        for t in (
            dt.datetime(2026, 6, 1, 12, 30, 15, 123000), dt.datetime(1970, 1, 1),
            dt.datetime(1969, 12, 31, 23, 59, 59, 999000),
            dt.datetime(1899, 1, 1, 1, 1, 1), dt.datetime(999, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59),
        )
    ),
    (shapely.MultiPolygon(), NOTHING),
]  # fmt: skip


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
        "POINT (112.9 28.1)", "POINT (112.95 28.15)",
    ]  # fmt: skip
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
    city: City, store_url: str
) -> None:
    if not store_url.startswith("gpkg"):
        pytest.skip("PostgreSQL's columns take only their type")
    with beside(store_url).open() as run:
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


# -- the change log --------------------------------------------------------------------------------------


def test_edits_through_us_are_logged_with_who_made_them(city: City) -> None:
    before = city.store.seq()
    layer = city.snapshot("buildings").layer
    with city.store.writing("张三") as tx:
        fid = tx.insert(layer, POINT.buffer(0.001), {"name": "新楼"})
        tx.update(layer, fid, {"floors": 2})
        tx.delete(layer, 1)
    assert log(city.store, before) == [
        ("buildings", fid, "i", "张三"), ("buildings", fid, "u", "张三"), ("buildings", 1, "d", "张三"),
    ]  # fmt: skip
    assert [e["old"] or e["new"] for e in city.store.entries(before)] == [None] * 3  # base layers: no rows
    now = dt.datetime.now(dt.UTC)
    assert all(abs(now - e["at"]) < dt.timedelta(minutes=1) for e in city.store.entries(before))


def test_a_transaction_that_fails_leaves_neither_rows_nor_entries(city: City) -> None:
    before = city.store.seq()
    layer = city.snapshot("buildings").layer
    with (
        pytest.raises(NotFound, match="layer 'buildings' has no feature 99"),
        city.store.writing("张三") as tx,
    ):
        tx.insert(layer, None, {"name": "新楼"})
        tx.update(layer, 99, {"floors": 2})
    with pytest.raises(NotFound), city.store.writing("张三") as tx:
        tx.delete(layer, 99)
    assert log(city.store, before) == []
    assert len(stored(city.store, "buildings")) == 4


def test_edits_of_sql_beside_us_are_logged_as_outside(city: City, store_url: str) -> None:
    before = city.store.seq()
    with beside(store_url).open() as run:
        run("INSERT INTO buildings (name) VALUES ('外来')")
        run("UPDATE buildings SET floors = 7 WHERE name = '外来'")
        run("UPDATE buildings SET fid = 77 WHERE name = '外来'")
        run("DELETE FROM buildings WHERE fid IN (1, 77)")
    entries = log(city.store, before)
    assert entries[:4] == [
        ("buildings", 5, "i", "outside"), ("buildings", 5, "u", "outside"),
        ("buildings", 5, "d", "outside"), ("buildings", 77, "i", "outside"),
    ]  # fmt: skip
    assert sorted(entries[4:]) == [("buildings", 1, "d", "outside"), ("buildings", 77, "d", "outside")]


def test_edits_after_ours_on_the_same_connection_are_not_taken_for_ours(city: City, store_url: str) -> None:
    layer = city.snapshot("buildings").layer
    with city.store.writing("张三") as tx:
        tx.update(layer, 1, {"floors": 2})
    before = city.store.seq()
    with city.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE buildings SET floors = 3 WHERE fid = 1")
    with beside(store_url).open() as run:
        run("UPDATE buildings SET floors = 4 WHERE fid = 1")
    assert log(city.store, before) == [("buildings", 1, "u", "outside")] * 2


def test_changes_of_operational_layers_carry_the_old_and_the_new_row(city: City, store_url: str) -> None:
    before = city.store.seq()
    layer = city.snapshot("sensors").layer
    with city.store.writing("张三") as tx:
        tx.update(layer, 1, {"value": 30.5, "name": 'it\'s "1号"\n'})
    with beside(store_url).open() as run:
        run("INSERT INTO sensors (code, value) VALUES ('W-2', NULL)")
        run("DELETE FROM sensors WHERE code = 'W-1'")
    updated, inserted, deleted = city.store.entries(before)
    old, new = json.loads(updated["old"]), json.loads(updated["new"])
    assert (old["fid"], old["value"], old["name"]) == (1, 12.0, "下穿积水监测")
    assert (new["fid"], new["value"], new["name"]) == (1, 30.5, 'it\'s "1号"\n')
    assert old["geom"] == new["geom"]
    assert inserted["old"] is None
    assert {k: v for k, v in json.loads(inserted["new"]).items() if v is not None} == {
        "fid": inserted["fid"],
        "code": "W-2",
    }
    assert deleted["new"] is None
    assert json.loads(deleted["old"])["value"] == 30.5


def test_edits_with_gdal_are_logged_and_answered(city: City, store_url: str, tmp_path: Path) -> None:
    before = city.store.seq()
    outside = beside(store_url)
    sql = "UPDATE buildings SET floors = 8 WHERE name = '一号楼'"
    gdal("ogrinfo", "-q", outside.gdal, "-sql", sql)
    new = geojson(
        tmp_path / "new.geojson",
        [(shapely.box(112.93, 28.13, 112.931, 28.131), {"name": "GDAL 楼", "floors": 9})],
    )
    gdal(
        "ogr2ogr",
        *outside.output,
        "-append",
        outside.gdal,
        str(new),
        "-nln",
        "buildings",
        "-nlt",
        "MULTIPOLYGON",
        "-a_srs",
        "EPSG:4490",
    )
    gdal("ogrinfo", "-q", outside.gdal, "-sql", "DELETE FROM buildings WHERE name = '二号楼'")
    assert log(city.store, before) == [
        ("buildings", 1, "u", "outside"), ("buildings", 5, "i", "outside"), ("buildings", 2, "d", "outside"),
    ]  # fmt: skip
    city.refresh()
    snapshot = city.snapshot("buildings")
    rows, _ = snapshot.containing(np.array([[112.9305, 28.1305], [112.9205, 28.1105]]))
    assert snapshot.attributes(rows, ["name", "floors"]).to_pylist() == [{"name": "GDAL 楼", "floors": 9}]
    rows = snapshot.rows_of(np.array([1]))
    assert snapshot.attributes(rows, ["floors"]).to_pylist() == [{"floors": 8}]


def test_changes_are_told_layer_by_layer_since_where_each_was(city: City) -> None:
    start = city.store.seq()
    buildings, roads = (city.snapshot(n).layer for n in ("buildings", "roads"))
    with city.store.writing("test") as tx:
        tx.update(buildings, 1, {"floors": 2})
        tx.delete(buildings, 2)
    middle = city.store.seq()
    with city.store.writing("test") as tx:
        tx.update(roads, 1, {"name": "新路"})
    caught = city.store.changes({}, start)
    assert caught.seq == city.store.seq()
    assert sorted(caught.layers) == ["buildings", "roads"]
    changed = caught.layers["buildings"]
    assert (changed.loaded, changed.fids.tolist()) == (False, [1, 2])
    assert changed.now is not None and changed.now.fid is not None and changed.now.fid.tolist() == [1]
    assert sorted(city.store.changes({}, middle).layers) == ["roads"]
    assert sorted(city.store.changes({"buildings": start}, middle).layers) == ["buildings", "roads"]
    assert city.store.changes({}, caught.seq).layers == {}


def test_a_thousand_edits_at_once_are_all_seen(city: City) -> None:
    layer = city.snapshot("buildings").layer
    with city.store.writing("test") as tx:
        for i in range(1200):
            tx.insert(layer, None, {"floors": i})
    city.refresh()
    snapshot = city.snapshot("buildings")
    assert len(snapshot) == 1204
    floors = snapshot.attributes(snapshot.rows_of(np.arange(5, 1205)), ["floors"])["floors"].to_pylist()
    assert floors == list(range(1200))


def test_the_order_of_the_log_is_the_order_of_the_commits(cluster: Any, tmp_path: Path) -> None:
    with small.build(cluster.new_database(), tmp_path / "snapshots") as city:
        url = city.settings.store.replace("+psycopg", "")
        start = city.store.seq()
        with psycopg.connect(url) as first, psycopg.connect(url) as second:
            first.execute("UPDATE buildings SET floors = 1 WHERE fid = 1")
            second.execute("UPDATE buildings SET floors = 2 WHERE fid = 2")
            second.commit()
            city.refresh()
            seen = city.seq
            assert log(city.store, start) == [("buildings", 2, "u", "outside")]
            first.commit()
        entries = city.store.entries(start)
        assert [e["fid"] for e in entries] == [2, 1]
        assert entries[1]["seq"] > seen >= entries[0]["seq"]
        city.refresh()
        snapshot = city.snapshot("buildings")
        assert snapshot.attributes(snapshot.rows_of(np.array([1, 2])), ["floors"])["floors"].to_pylist() == [
            1,
            2,
        ]


def test_writers_at_the_same_time_never_make_a_reader_skip_an_entry(city: City) -> None:
    layer = city.snapshot("buildings").layer
    done = threading.Event()
    seen: list[int] = []

    def follow() -> None:
        at = city.store.seq()
        while True:
            finished = done.is_set()
            for entry in city.store.entries(at):
                seen.append(entry["seq"])
                at = entry["seq"]
            if finished:
                return

    def write(floors: int) -> None:
        for i in range(15):
            with city.store.writing(f"w{floors}") as tx:
                tx.insert(layer, None, {"floors": floors, "population": i})

    start = city.store.seq()
    follower = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in (follower, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    follower.join()
    assert seen == [e["seq"] for e in city.store.entries(start)]
    assert len(seen) == 60


def test_a_person_with_an_open_transaction_holds_nobody_up(cluster: Any, tmp_path: Path) -> None:
    with small.build(cluster.new_database(), tmp_path / "snapshots") as city:
        layer = city.snapshot("buildings").layer
        with psycopg.connect(city.settings.store.replace("+psycopg", "")) as person:
            person.execute("INSERT INTO buildings (name) VALUES ('还没想好')")
            person.execute("UPDATE buildings SET floors = 9 WHERE fid = 4")
            begun = time.monotonic()
            with city.store.writing("test") as tx:
                tx.update(layer, 1, {"floors": 2})
            city.load(small.ROADS, small.roads())
            city.refresh()
            assert time.monotonic() - begun < 2.0
            person.rollback()


def test_a_truncated_table_is_an_empty_layer(cluster: Any, tmp_path: Path) -> None:
    with small.build(cluster.new_database(), tmp_path / "snapshots") as city:
        with psycopg.connect(city.settings.store.replace("+psycopg", "")) as person:
            person.execute("TRUNCATE buildings")
        city.refresh()
        assert len(city.snapshot("buildings")) == 0
        assert city.snapshot("buildings").nearest(np.array([[112.91, 28.11]]), 1)[0].tolist() == [[-1]]
        with City.open(city.settings) as again:
            assert len(again.snapshot("buildings")) == 0


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
        ("name", "text"), ("floors", "integer"), ("roof", "text"), ("rent", "real"),
    ]  # fmt: skip
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
    assert len(city.snapshot("buildings")) == 4
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
        "ogr2ogr", "-f", "GeoJSON", "-preserve_fid", "-lco", "COORDINATE_PRECISION=15", str(tmp_path / "out.geojson"),
        beside(store_url).gdal, "buildings",
    )  # fmt: skip
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
    rtree_pages.fill(raw, "box", fids, boxes)
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
    assert [what for what, well, _ in city.store.check() if not well] == ["spatial index of buildings"]


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
