"""What was acknowledged is there and nothing half-done is, whatever happens to process, disk or database."""

from __future__ import annotations

import os
import random
import resource
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import shapely
import sqlalchemy as sa

from cim.city import City
from cim.errors import StoreBusy, StoreUnusable
from cim.model.standard_layers import PLACED
from cim.store import open_store
from cim.store.sqlite import sqlite3
from tests.support import small_city as small
from tests.support.killed_programs import DOTS, MANY, dots, leftovers, program
from tests.support.other_writers import Psql, beside, gdal
from tests.support.postgres import Cluster
from tests.support.server import free_port

# -- kill -9 -----------------------------------------------------------------------------------------

WRITER = """
    import sys
    import shapely
    from cim.city import City
    from tests.support import small_city as small

    with City.open(small.settings(sys.argv[1], sys.argv[2])) as city:
        layer = city.snapshot("dots").layer
        number = int(sys.argv[3])
        print("ready", flush=True)
        while True:
            with city.store.writing("writer") as tx:
                tx.insert(layer, shapely.Point(112.95, 28.15), {"n": number, "round": 0})
                tx.insert(layer, None, {"n": -number, "round": 0})
            print(number, flush=True)
            city.refresh()
            number += 1
"""


@pytest.mark.slow
def test_every_write_that_was_acknowledged_survives_kill_9_and_none_is_there_by_half(
    city: City, store_url: str
) -> None:
    city.load(DOTS, dots(0, 0))
    chance = random.Random(1)
    acknowledged: list[int] = []
    for _ in range(5):
        first = max(acknowledged, default=0) + 10
        with program(WRITER, store_url, city.settings.snapshots, str(first)) as writer:
            assert writer.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.02, 0.4))
            writer.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        with City.open(city.settings) as again:
            snapshot = again.snapshot("dots")
            stored = snapshot.attributes(snapshot.rows, ["n"])["n"].to_pylist()
        assert set(acknowledged) <= set(stored)
        assert len(stored) == len(set(stored))
        assert {-n for n in stored} == set(stored)  # both rows of a transaction, or neither
        # At most the one write of each run that was not acknowledged yet is there beyond them.
        assert len(stored) // 2 <= len(acknowledged) + 5
    assert len(acknowledged) > 20
    city.refresh()
    assert len(city.snapshot("dots")) == len(stored)
    assert leftovers(city, store_url) == []
    assert [what for what, well, _ in city.store.check() if not well] == []


LOADER = """
    import sys
    from cim.city import City
    from tests.support import small_city as small
    from tests.support.killed_programs import DOTS, MANY, dots

    with City.open(small.settings(sys.argv[1], sys.argv[2])) as city:
        number = int(sys.argv[3])
        made = dots(MANY, number)
        print("ready", flush=True)
        while True:
            city.load(DOTS, made)
            print("loaded", flush=True)
"""


@pytest.mark.slow
def test_a_load_that_is_killed_leaves_all_of_the_old_or_all_of_the_new(city: City, store_url: str) -> None:
    city.load(DOTS, dots(500, 0))
    chance = random.Random(2)
    was = (500, 0)
    for round_ in range(1, 7):
        with program(LOADER, store_url, city.settings.snapshots, str(round_)) as loader:
            assert loader.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.15) if round_ % 2 else chance.uniform(0.0, 0.5))
            loader.send_signal(signal.SIGKILL)
            done = "loaded" in loader.stdout.read()
        if isinstance(beside(store_url), Psql):
            time.sleep(0.3)  # the server finds out that the other end is gone
        with City.open(city.settings) as again:
            snapshot = again.snapshot("dots")
            table = snapshot.attributes(snapshot.rows, ["round"])
            rounds = set(table["round"].to_pylist())
            assert len(rounds) == 1
            now = (len(snapshot), rounds.pop())
            assert now in (was, (MANY, round_))
            assert now == (MANY, round_) or not done
            _, _, fresh = again.store.read("dots")
            assert len(fresh) == now[0]
            assert leftovers(again, store_url) == []
            assert [what for what, well, _ in again.store.check() if not well] == []
            assert len(snapshot.in_bounds(np.array([[112.9, 28.1, 112.9095, 28.1005]]))[0]) == 10
            was = now
    seen = gdal(
        "ogrinfo", "-so", "-spat", "112.9", "28.1", "112.9095", "28.1005", beside(store_url).gdal, "dots"
    )
    assert "Feature Count: 10\n" in seen
    city.refresh()
    assert len(city.snapshot("dots")) == was[0]


@pytest.mark.slow
def test_a_new_store_whose_making_was_killed_can_be_made_again(bare_store_url: str, tmp_path: Path) -> None:
    code = """
        import sys
        from cim.city import City
        from tests.support import small_city as small
        print("ready", flush=True)
        City.open(small.settings(sys.argv[1], sys.argv[2]), create=True).close()
        print("made", flush=True)
    """
    for wait_s in (0.0, 0.03, 0.1):
        with program(code, bare_store_url, str(tmp_path / "snapshots")) as maker:
            assert maker.stdout.readline() == "ready\n"
            time.sleep(wait_s)
            maker.send_signal(signal.SIGKILL)
    with City.open(small.settings(bare_store_url, tmp_path / "snapshots"), create=True) as city:
        assert sorted(city.snapshots) == sorted(PLACED)
        assert {layer.version for layer in city.store.layers().values()} == {1}
        assert leftovers(city, bare_store_url) == []


def test_what_a_dead_process_of_the_same_number_left_behind_is_swept(gpkg_city: City) -> None:
    # In a container every start has the same process number.
    url = gpkg_city.settings.store
    name = f"load_{os.getpid()}_0123abcd_4567cdef"
    with beside(url).open() as run:
        run(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY, geom POINT)')
        run(f'CREATE VIRTUAL TABLE "rtree_{name}_geom" USING rtree(id, minx, maxx, miny, maxy)')
    with City.open(gpkg_city.settings) as again:
        assert leftovers(again, url) == []


def test_drafts_of_snapshots_that_nobody_will_finish_are_swept(gpkg_city: City) -> None:
    draft = next(Path(gpkg_city.settings.snapshots).glob("*/buildings")) / ".0123456789abcdef"
    draft.mkdir()
    (draft / "columns.bin").write_bytes(b"half")
    gpkg_city.load(small.BUILDINGS, small.buildings())
    assert leftovers(gpkg_city, gpkg_city.settings.store) == []


# -- full disks --------------------------------------------------------------------------------------


def test_a_full_disk_is_a_clear_error_and_nothing_is_half_written(gpkg_city: City) -> None:
    gpkg_city.load(DOTS, dots(500, 0))
    store = gpkg_city.store

    def limited(raw: Any, _: Any) -> None:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages + 4}")

    store.engine.dispose()
    sa.event.listen(store.engine, "connect", limited)
    seq = store.seq()
    with (
        pytest.raises(StoreUnusable, match=r"can't grow: the disk or its quota is full; nothing was written"),
        store.writing("x") as tx,
    ):
        for i in range(20_000):
            tx.insert(DOTS, shapely.Point(112.95, 28.15), {"n": i, "round": 1})
    sa.event.remove(store.engine, "connect", limited)
    store.engine.dispose()
    assert store.seq() == seq
    assert len(store.read("dots")[2]) == 500
    gpkg_city.refresh()
    assert len(gpkg_city.snapshot("dots")) == 500
    assert [what for what, well, _ in store.check() if not well] == []


LIMITED = """
    import resource, sys
    from cim.city import City
    from cim.errors import StoreUnusable
    from tests.support import small_city as small
    from tests.support.killed_programs import DOTS, dots

    with City.open(small.settings(sys.argv[1], sys.argv[2])) as city:
        limit = int(sys.argv[3])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            city.load(DOTS, dots(int(sys.argv[4]), 1))
        except StoreUnusable as error:
            print("unusable:", error, flush=True)
"""


@pytest.mark.slow
def test_a_load_for_which_the_disk_has_no_room_is_a_clear_error_and_leaves_the_old(
    city: City, store_url: str
) -> None:
    # A file may not grow beyond the limit: for the GeoPackage its log, for PostGIS the files of the snapshot.
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    city.load(DOTS, dots(500, 0))
    with program(LIMITED, store_url, city.settings.snapshots, "400000", "60000") as loader:
        printed, complained = loader.communicate(timeout=60)
    assert printed.startswith("unusable: "), complained
    assert complained == ""
    with City.open(city.settings) as again:
        assert (len(again.snapshot("dots")), len(again.store.read("dots")[2])) == (500, 500)
        assert leftovers(again, store_url) == []
        assert [what for what, well, _ in again.store.check() if not well] == []


# -- locks and databases that are not there --------------------------------------------------------------


def test_a_geopackage_that_somebody_holds_locked_is_busy_after_some_seconds(gpkg_city: City) -> None:
    file = gpkg_city.settings.store.removeprefix("gpkg:///")
    layer = gpkg_city.snapshot("buildings").layer
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begun = time.monotonic()
    with (
        pytest.raises(StoreBusy, match=r"city.gpkg is locked by another program for over 5 s; try again"),
        gpkg_city.store.writing("x") as tx,
    ):
        tx.delete(layer, 1)
    assert 4.5 < time.monotonic() - begun < 7.0
    assert len(gpkg_city.store.read("buildings")[2]) == 4  # reading goes on
    other.execute("ROLLBACK")
    other.close()
    with gpkg_city.store.writing("x") as tx:
        tx.delete(layer, 1)


def test_a_load_waits_for_a_lock_that_is_soon_given_up(gpkg_city: City) -> None:
    other = sqlite3.connect(
        gpkg_city.settings.store.removeprefix("gpkg:///"), isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.5, lambda: other.execute("ROLLBACK"))
    timer.start()
    gpkg_city.load(small.ROADS, small.roads())
    timer.join()
    other.close()
    assert gpkg_city.store.layers()["roads"].version == 2


@pytest.mark.slow
def test_a_geopackage_that_may_only_be_read_says_so(tmp_path: Path) -> None:
    with small.build(f"gpkg:///{tmp_path}/city.gpkg", tmp_path / "snapshots") as city:
        url = city.settings.store
    code = """
        import os, sys
        from cim.errors import StoreUnusable
        from cim.store import open_store
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        try:
            open_store(sys.argv[1])
        except StoreUnusable as error:
            print("unusable:", error)
    """
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody who may not write")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o005)
    with program(code, url) as reader:
        printed, complained = reader.communicate(timeout=30)
    assert printed.startswith("unusable: "), complained
    assert "can't be opened for writing" in printed or "Permission denied" in printed


def test_a_database_without_postgis_that_this_role_can_not_add_says_what_to_do(cluster: Cluster) -> None:
    url = cluster.bare_database()
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS plain")
        admin.execute("CREATE ROLE plain LOGIN PASSWORD 'geheim'")
        admin.execute("GRANT ALL ON SCHEMA public TO plain")
    with pytest.raises(StoreUnusable) as caught:
        open_store(url.replace("citybase@", "plain:geheim@"))
    assert str(caught.value) == (
        "the database has no PostGIS and this role can't add it; "
        "install the postgis package and run CREATE EXTENSION postgis as a superuser"
    )


@pytest.mark.parametrize("what", ["no server", "no host", "no database", "wrong role"])
def test_a_database_that_can_not_be_reached_says_so_and_no_password(cluster: Cluster, what: str) -> None:
    url = {
        "no server": f"postgresql+psycopg://citybase:geheim@127.0.0.1:{free_port()}/city",
        "no host": "postgresql+psycopg://citybase:geheim@no-such-host.invalid/city",
        "no database": f"postgresql+psycopg://citybase:geheim@127.0.0.1:{cluster.port}/nowhere",
        "wrong role": f"postgresql://nobody:geheim@127.0.0.1:{cluster.port}/postgres",
    }[what]
    with pytest.raises(StoreUnusable, match="can't be reached") as caught:
        open_store(url)
    text = ""
    error: BaseException | None = caught.value
    while error is not None:
        text += f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    assert "geheim" not in text
    assert "***" in str(caught.value)


def test_a_database_that_goes_away_is_trouble_and_not_the_end(cluster: Cluster, tmp_path: Path) -> None:
    with small.build(cluster.new_database(), tmp_path / "snapshots") as city:
        name = city.settings.store.rsplit("/", 1)[1]
        with psycopg.connect(
            f"host=127.0.0.1 port={cluster.port} user=citybase dbname=postgres", autocommit=True
        ) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            with pytest.raises(StoreUnusable, match="can't be reached"), city.store.writing("x") as tx:
                tx.delete(city.snapshot("buildings").layer, 1)
            assert len(city.snapshot("buildings")) == 4  # answers go on
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        city.refresh()
        assert len(city.snapshot("buildings")) == 4


# -- two processes -----------------------------------------------------------------------------------

FOLLOWER = """
    import sys, time
    import numpy as np
    from cim.city import City
    from tests.support import small_city as small

    with City.open(small.settings(sys.argv[1], sys.argv[2])) as city:
        city.follow()
        time.sleep(0.3)
        print("ready", flush=True)
        known = None
        while True:
            snapshot = city.snapshot("buildings")
            floors = snapshot.attributes(snapshot.rows_of(np.array([1])), ["floors"])["floors"].to_pylist()
            if (len(snapshot), floors) != known:
                known = (len(snapshot), floors)
                print(time.time(), *known, flush=True)
            time.sleep(0.005)
"""


@pytest.mark.slow
def test_what_one_process_writes_another_sees_within_a_second_whoever_writes(
    city: City, store_url: str
) -> None:
    layer = city.snapshot("buildings").layer
    with program(FOLLOWER, store_url, city.settings.snapshots) as follower:
        assert follower.stdout.readline() == "ready\n"
        assert follower.stdout.readline().split()[1:] == ["4", "[3]"]

        def seen(begun: float, *expected: str) -> None:
            at, *known = follower.stdout.readline().split()
            assert known == list(expected)
            assert float(at) - begun < 1.0

        begun = time.time()
        with city.store.writing("x") as tx:
            tx.update(layer, 1, {"floors": 11})
        seen(begun, "4", "[11]")
        gdal(
            "ogrinfo",
            "-q",
            beside(store_url).gdal,
            "-sql",
            "UPDATE buildings SET floors = 12 WHERE name = '一号楼'",
        )
        seen(time.time(), "4", "[12]")
        with beside(store_url).open() as run:
            run("DELETE FROM buildings WHERE fid = 2")
        seen(time.time(), "3", "[12]")
        city.load(small.BUILDINGS, small.buildings())
        seen(time.time(), "4", "[3]")


def test_a_change_with_gdal_is_in_the_answers_within_a_second(city: City, store_url: str) -> None:
    city.follow()
    time.sleep(0.3)
    gdal(
        "ogrinfo",
        "-q",
        beside(store_url).gdal,
        "-sql",
        "UPDATE buildings SET name = 'GDAL 楼' WHERE name = '一号楼'",
    )
    begun = time.monotonic()
    while True:
        snapshot = city.snapshot("buildings")
        rows, _ = snapshot.containing(np.array([[112.9105, 28.1105]]))
        if snapshot.attributes(rows, ["name"])["name"].to_pylist() == ["GDAL 楼"]:
            break
        assert time.monotonic() - begun < 1.0
        time.sleep(0.01)
    assert city.trouble is None
