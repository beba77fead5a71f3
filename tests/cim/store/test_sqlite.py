"""The SQLite library in use, and how our writers keep clear of its WAL-reset bug where it is an old one."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from cim.errors import StoreBusy
from cim.model.layer import Field, Layer
from cim.store import open_store, sqlite
from cim.store.geopackage import GeoPackageStore
from tests.support.inputs import ROOT

DOTS = Layer("dots", geometry="point", fields=(Field("n", "integer"),))


@pytest.fixture
def old_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As with an SQLite that has the bug."""
    monkeypatch.setattr(sqlite, "HAS_WAL_RESET_BUG", True)
    monkeypatch.setattr(sqlite, "BUSY_MS", 300)
    monkeypatch.setattr(sqlite, "_CHECKPOINT_BYTES", 100_000)
    return


def filled(url: str) -> GeoPackageStore:
    """A store with an empty layer of points."""
    from cim.columnar.columns import rows_of
    from cim.model.layer import Features

    store = open_store(url, create=True)
    assert isinstance(store, GeoPackageStore)
    store.load(DOTS, rows_of(DOTS, Features.empty(DOTS)), actor="test")
    return store


def insert(store: GeoPackageStore, n: int) -> None:
    with store.writing("test") as tx:
        tx.insert(store.layers()["dots"], shapely.Point(112.9, 28.1), {"n": n})


def test_the_library_in_use_has_no_wal_reset_bug_where_the_wheel_is_installed() -> None:
    pytest.importorskip("pysqlite3")
    assert not sqlite.HAS_WAL_RESET_BUG
    assert sqlite.sqlite3.__name__ == "pysqlite3.dbapi2"


@pytest.mark.parametrize(
    ("version", "bug"), [((3, 7, 0), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 53, 4), False)]
)
def test_which_versions_have_the_bug(version: tuple[int, ...], bug: bool) -> None:
    assert sqlite.has_wal_reset_bug(version) == bug


def test_doctor_names_the_library_and_says_whether_it_has_the_bug(tmp_path: Path) -> None:
    store = open_store(f"gpkg:///{tmp_path / 'c.gpkg'}", create=True)
    said = {what: detail for what, _, detail in store.check()}["SQLite"]
    store.close()
    assert said.startswith(sqlite.VERSION)
    assert "without the WAL-reset bug" in said


@pytest.mark.usefixtures("old_library")
def test_with_an_old_library_nobody_checkpoints_but_a_writer_under_the_lock(tmp_path: Path) -> None:
    file = tmp_path / "c.gpkg"
    store = filled(f"gpkg:///{file}")
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0
    before = file.stat().st_mtime_ns
    with (tmp_path / "c.gpkg-writers").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreBusy, match="another citybase"):
            insert(store, 0)
    assert file.stat().st_mtime_ns == before
    for n in range(60):
        insert(store, n)
    wal = Path(f"{file}-wal").stat().st_size
    assert wal < 60 * 4096 * 4  # it was checkpointed and begun again, not only grown
    assert file.stat().st_mtime_ns > before
    assert "has the WAL-reset bug" in {w: d for w, _, d in store.check()}["SQLite"]
    store.close()


WRITER = """
    import sys
    import shapely
    from cim.store import open_store, sqlite
    from tests.cim.store.test_sqlite import insert
    sqlite.HAS_WAL_RESET_BUG, sqlite._CHECKPOINT_BYTES = True, 100_000
    store = open_store(sys.argv[1])
    for n in range(int(sys.argv[2]), int(sys.argv[2]) + 80):
        insert(store, n)
    store.close()
"""


@pytest.mark.usefixtures("old_library")
@pytest.mark.slow
def test_with_an_old_library_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'c.gpkg'}"
    store = filled(url)
    writers = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITER), url, str(first)], cwd=ROOT)
        for first in (0, 1000)
    ]
    assert [w.wait(120) for w in writers] == [0, 0]
    _, _, rows = store.read("dots")
    assert sorted(rows.attributes["n"].to_pylist()) == [*range(80), *range(1000, 1080)]
    assert [what for what, well, _ in store.check() if not well] == []
    store.close()
