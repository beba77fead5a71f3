"""The change log: every edit by anybody, in the order of the commits; every test on both stores."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely

from cim.city import City
from cim.errors import NotFound
from tests.support import small_city as small
from tests.support.other_writers import beside, gdal, geojson
from tests.support.store_rows import POINT, log, stored

# -- the change log --------------------------------------------------------------------------------------


def test_edits_through_us_are_logged_with_who_made_them(city: City) -> None:
    before = city.store.seq()
    layer = city.snapshot("buildings").layer
    with city.store.writing("张三") as tx:
        fid = tx.insert(layer, POINT.buffer(0.001), {"name": "新楼"})
        tx.update(layer, fid, {"floors": 2})
        tx.delete(layer, 1)
    assert log(city.store, before) == [
        ("buildings", fid, "i", "张三"),
        ("buildings", fid, "u", "张三"),
        ("buildings", 1, "d", "张三"),
    ]
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
        ("buildings", 5, "i", "outside"),
        ("buildings", 5, "u", "outside"),
        ("buildings", 5, "d", "outside"),
        ("buildings", 77, "i", "outside"),
    ]
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
        ("buildings", 1, "u", "outside"),
        ("buildings", 5, "i", "outside"),
        ("buildings", 2, "d", "outside"),
    ]
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
    start = city.store.seq()

    def follow() -> None:
        at = start
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
