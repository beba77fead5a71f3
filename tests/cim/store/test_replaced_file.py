"""The GeoPackage deleted, replaced or written over while the city runs is noticed before anything is acknowledged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from cim.city import City
from cim.errors import BadInput, StoreUnusable
from cim.store import open_store
from cim.store.sqlite import sqlite3
from layers.load.load import LoadOptions, load_file
from tests.support.record_bodies import NEW
from tests.support.server import Server, environment_of
from tests.support.store_rows import until


def other_store(file: Path) -> Path:
    """A GeoPackage of another city."""
    other = file.with_name("other.gpkg")
    open_store(f"gpkg:///{other}", create=True).close()
    return other


def backup(file: Path) -> Path:
    """A sound copy of the file as it is now."""
    copy = file.with_name("backup.gpkg")
    theirs, mine = sqlite3.connect(file), sqlite3.connect(copy)
    theirs.backup(mine)
    theirs.close()
    mine.close()
    return copy


def write(city: City, code: str) -> None:
    layer = city.snapshot("sensors").layer
    with city.store.writing("test") as tx:
        tx.insert(layer, None, {"code": code})


def delete(file: Path) -> None:
    file.unlink()


def move_away(file: Path) -> None:
    file.rename(file.with_name("elsewhere.gpkg"))


def replace(file: Path) -> None:
    shutil.copy(file, file.with_name("copy.gpkg"))
    file.with_name("copy.gpkg").replace(file)


def delete_log(file: Path) -> None:
    Path(f"{file}-wal").unlink()


def write_over(file: Path) -> None:
    shutil.copyfile(other_store(file), file)  # as cp does: the same inode, other content


def cut_short(file: Path) -> None:
    os.truncate(file, 4096)


def empty(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (delete, "was deleted or moved away"),
        (move_away, "was deleted or moved away"),
        (replace, "was replaced by another file"),
        (delete_log, "-wal was deleted"),
        (write_over, "was written over"),
        (cut_short, "was written over"),
        (empty, "was written over"),
    ],
)
def test_no_write_is_acknowledged_once_the_file_is_another(
    gpkg_city: City, tmp_path: Path, harm: Callable[[Path], None], told: str
) -> None:
    write(gpkg_city, "BEFORE")
    harm(tmp_path / "city.gpkg")
    for _ in range(2):
        with pytest.raises(StoreUnusable, match=told) as raised:
            write(gpkg_city, "AFTER")
    assert "put the right file in its place" in str(raised.value)
    assert len(gpkg_city.snapshot("buildings")) == 4  # answers go on from the snapshots


def test_a_file_that_is_replaced_while_a_change_is_being_made_keeps_it_from_being_acknowledged(
    gpkg_city: City, tmp_path: Path
) -> None:
    layer = gpkg_city.snapshot("sensors").layer
    with pytest.raises(StoreUnusable, match="was replaced"), gpkg_city.store.writing("test") as tx:
        tx.insert(layer, None, {"code": "AFTER"})
        replace(tmp_path / "city.gpkg")


def test_an_older_copy_of_the_same_store_is_noticed_too(gpkg_city: City, tmp_path: Path) -> None:
    file = tmp_path / "city.gpkg"
    copy = backup(file)
    write(gpkg_city, "BEFORE")
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")
    raw.close()
    gpkg_city.store.wait(0.0)  # as the follower looks all the time
    shutil.copyfile(copy, file)
    with pytest.raises(StoreUnusable, match=r"an older or a different copy|malformed"):
        write(gpkg_city, "AFTER")


def test_a_file_that_is_put_back_is_written_again(gpkg_city: City, tmp_path: Path) -> None:
    file = tmp_path / "city.gpkg"
    move_away(file)
    with pytest.raises(StoreUnusable):
        write(gpkg_city, "AWAY")
    file.with_name("elsewhere.gpkg").rename(file)
    write(gpkg_city, "BACK")
    gpkg_city.refresh()
    stored = gpkg_city.snapshot("sensors")
    assert sorted(stored.attributes(stored.rows, ["code"])["code"].to_pylist()) == ["BACK", "W-1"]


def test_checkpoints_of_others_and_of_ours_are_no_harm(gpkg_city: City, tmp_path: Path) -> None:
    beside = sqlite3.connect(tmp_path / "city.gpkg", isolation_level=None)
    for n in range(30):
        write(gpkg_city, f"N-{n}")
        beside.execute(f"PRAGMA wal_checkpoint({'PASSIVE' if n % 2 else 'TRUNCATE'})").fetchall()
    beside.execute("VACUUM")
    beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    beside.close()
    write(gpkg_city, "LAST")
    gpkg_city.refresh()
    assert len(gpkg_city.snapshot("sensors")) == 32


@pytest.mark.slow
def test_two_services_of_one_file_say_503_and_health_says_why(gpkg_city: City, tmp_path: Path) -> None:
    servers = []
    try:
        servers = [Server(environment_of(gpkg_city), "serve") for _ in range(2)]
        for n, server in enumerate(servers):
            new = {**NEW["sensors"], "code": f"BEFORE-{n}"}
            assert httpx.post(server.url + "/sensors", json=new).status_code == 201
        (tmp_path / "city.gpkg").unlink()
        for server in servers:
            answer = httpx.post(server.url + "/sensors", json={**NEW["sensors"], "code": "AFTER"})
            assert answer.status_code == 503
            assert "was deleted or moved away" in answer.json()["detail"]
        for server in servers:
            until(lambda url=server.url: httpx.get(url + "/health").status_code == 503, 1.5)
            health = httpx.get(server.url + "/health")
            assert health.status_code == 503
            assert "was deleted or moved away" in health.text
            assert httpx.get(server.url + "/sensors/W-1").status_code == 200
    finally:
        for server in servers:
            server.stop()


def test_the_file_of_the_open_store_is_not_read_as_a_source(gpkg_city: City, tmp_path: Path) -> None:
    # GDAL brings an SQLite of its own: closing the file, it would drop the locks of ours.
    with pytest.raises(BadInput, match="the city's own store"):
        load_file(gpkg_city, tmp_path / "city.gpkg", LoadOptions(sublayer="buildings", layer="copied"))
    copy = backup(tmp_path / "city.gpkg")
    load_file(gpkg_city, copy, LoadOptions(sublayer="buildings", layer="copied"))
    assert len(gpkg_city.snapshot("copied")) == 4
