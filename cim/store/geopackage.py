"""The store in one GeoPackage file: plain SQLite in WAL mode, readable by QGIS and GDAL while the city runs."""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
import sqlalchemy as sa

from cim.arrays.types import Fids
from cim.columnar import wkb
from cim.columnar.columns import StoredRows
from cim.errors import CityError, LayerChanged, StoreUnusable
from cim.model.layer import Features, Layer
from cim.progress import Progress, silent
from cim.store import gpkg_rtree, gpkg_tables
from cim.store import gpkg_schema as schema
from cim.store.base import OPERATIONAL, Store, Transaction
from cim.store.catalogue import in_place_of, last_seq, log_loaded, register, replaceable, srid_in
from cim.store.driver_arrow import array_of, python_columns
from cim.store.gpkg_file import GeoPackageFile
from cim.store.gpkg_schema import quote
from cim.store.migrations import migrate
from cim.store.registry import SpatialTable
from cim.store.sqlite import WriteLock, check_version, connect, engine_for, explain_errors, sqlite3
from cim.store.tables import CHANGES, layer_table

_CHUNK = 20_000
_STAGING = "load_"
#: Which start of this process it is: in a container every start has the same process number.
_RUN = uuid.uuid4().hex[:8]


class GeoPackageStore(Store):
    """A city in a GeoPackage file."""

    def __init__(self, url: str, *, create: bool = False, crs: str = "EPSG:4490") -> None:
        self.path = Path(url.removeprefix("gpkg:///"))
        try:
            if not self.path.is_file() and not create:
                raise StoreUnusable(f"there is no GeoPackage at {self.path}; `citybase init` makes one")
            if not self.path.parent.is_dir():
                raise StoreUnusable(f"there is no folder {self.path.parent} to keep {self.path.name} in")
        except OSError as error:
            raise StoreUnusable(f"{self.path} can't be looked at: {error.strerror}") from error
        engine = engine_for(self.path)
        super().__init__(url, engine)
        self._turn = threading.Lock()
        self._writers = WriteLock(self.path)
        self._file: GeoPackageFile | None = None
        self._watch: sqlite3.Connection | None = None
        self._seen = (-1, -1)
        try:
            with explain_errors(self.path):
                self._open(crs, create)
        except BaseException:
            self.close()
            raise

    def _open(self, crs: str, create: bool) -> None:
        raw = connect(self.path, create=create)
        try:
            tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "cim_meta" not in tables and tables - schema.GPKG_TABLE_NAMES:
                raise StoreUnusable(
                    f"{self.path} is a file of something else, not a citybase store; "
                    "load its layers with `citybase load` into a store of its own"
                )
            if not tables - schema.GPKG_TABLE_NAMES:
                raw.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
                raw.execute(f"PRAGMA user_version = {schema.USER_VERSION}")
                raw.execute("PRAGMA journal_mode = WAL")
                # One transaction: a second process that opens the new file waits and finds it made.
                with self._writers.transaction(raw):
                    schema.create_tables(raw)
        finally:
            raw.close()
        with self._exclusive() as connection:
            migrate(connection, Store.SCHEMA, crs)
            self.srid = srid_in(connection)
        self._sweep()
        self._file = GeoPackageFile(self.path, self._writers)

    # -- transactions ----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the file until it is left."""
        with explain_errors(self.path):
            self._require_same_file()
            with self.engine.connect() as connection, connection.begin():
                yield connection

    def _require_same_file(self) -> None:
        if self._file is not None:  # else the store is being opened
            self._file.require_same()

    @contextmanager
    def _exclusive(self) -> Iterator[sa.Connection]:
        """A transaction that holds the file's write lock from its start; on disk when left.

        The threads of a process queue here: SQLite makes waiting writers try again at random, and under load
        one may try in vain for longer than it has patience.
        """
        with self._turn, explain_errors(self.path), self._writers.hold():
            self._require_same_file()
            with self.engine.connect() as plain:
                connection = plain.execution_options(citybase_begin="IMMEDIATE")
                with connection.begin():
                    yield connection
                    self._require_same_file()
                self._writers.checkpoint(connection.connection.driver_connection)

    @contextmanager
    def writing(self, actor: str) -> Iterator[Transaction]:
        """Changes in one transaction; the log entries that its triggers make carry the actor."""
        with self._exclusive() as connection:
            last = last_seq(connection)
            yield Transaction(connection, self.srid, actor)
            ours = CHANGES.update().where(CHANGES.c.seq > last, CHANGES.c.actor == "outside")
            connection.execute(ours.values(actor=actor))

    # -- bulk ------------------------------------------------------------------------------------

    def load(
        self,
        layer: Layer,
        columns: StoredRows,
        *,
        actor: str,
        report: str | None = None,
        progress: Progress = silent,
        ready: Callable[[], None] | None = None,
        new: bool = False,
    ) -> tuple[Layer, int]:
        """Fill a table under another name in short transactions, then put it in place in one."""
        staging = f"{_STAGING}{os.getpid()}_{_RUN}_{uuid.uuid4().hex[:8]}"
        with explain_errors(self.path):
            raw = connect(self.path)
            try:
                self._stage(raw, layer, columns, staging, progress)
                if ready is not None:
                    ready()
                with self.writing(actor) as tx:
                    run = tx.connection.exec_driver_sql
                    old = replaceable(tx.connection, layer, new)
                    placed = in_place_of(layer, old)
                    self._remove_table(run, layer.name)
                    run(f"ALTER TABLE {quote(staging)} RENAME TO {quote(layer.name)}")
                    old_index, new_index = schema.rtree_table(staging), schema.rtree_table(layer.name)
                    run(f"ALTER TABLE {quote(old_index)} RENAME TO {quote(new_index)}")
                    self._instate(run, placed)
                    register(tx.connection, placed, report)
                    seq = log_loaded(tx.connection, layer.name, actor)
            finally:
                raw.close()
                with suppress(sqlite3.Error, CityError):  # whoever opens the store next sweeps it too
                    self._sweep(staging)
        return placed, seq

    def _stage(
        self, raw: sqlite3.Connection, layer: Layer, columns: StoredRows, staging: str, progress: Progress
    ) -> None:
        raw.execute("PRAGMA synchronous = NORMAL")  # the swap's commit syncs all that came before it
        raw.execute("PRAGMA cache_size = -100000")
        table = layer_table(layer, self.srid, staging)
        index = quote(schema.rtree_table(staging))
        with self._writers.transaction(raw):
            raw.execute(str(sa.schema.CreateTable(table).compile(self.engine)))
            raw.execute(f"CREATE VIRTUAL TABLE {index} USING rtree(id, minx, maxx, miny, maxy)")
        marks = ", ".join("?" * (2 + len(layer.fields)))
        insert = f"INSERT INTO {quote(staging)} VALUES ({marks})"
        total = len(columns)
        for start in range(0, total, _CHUNK):
            rows = columns.by_fid[start : start + _CHUNK].astype(np.int64)
            buffer, starts = wkb.encode(columns, layer.geometry, rows, self.srid, "gpkg")
            whole = buffer.tobytes()
            cuts = starts.tolist()
            blobs = [whole[a:b] or None for a, b in pairwise(cuts)]
            values = python_columns(columns, layer, rows, iso=True)
            with self._writers.transaction(raw):
                raw.executemany(insert, zip(columns.fid[rows].tolist(), blobs, *values, strict=True))
            progress("writing", min(start + _CHUNK, total), total)
        has_box = columns.rings[1:] > columns.rings[:-1]
        boxes = columns.lonlat_tree[: len(columns)][has_box]
        with self._writers.transaction(raw):
            gpkg_rtree.fill(raw, schema.rtree_table(staging), columns.fid[has_box], boxes)

    def _instate(self, run: Any, layer: Layer) -> None:
        schema.register_contents(
            run,
            layer.name,
            self.srid,
            wkb.TABLE_TYPES[layer.geometry],
            layer.title_en or layer.title_zh,
        )
        for statement in (
            *schema.rtree_triggers(layer.name),
            *schema.log_triggers(layer, layer.kind in OPERATIONAL),
        ):
            run(statement)
        if "code" in layer.field_names:
            run(f"CREATE INDEX IF NOT EXISTS {quote(f'cim_{layer.name}_code')} ON {quote(layer.name)} (code)")

    def _remove_table(self, run: Any, name: str) -> None:
        run(f"DROP TABLE IF EXISTS {quote(schema.rtree_table(name))}")
        run(f"DROP TABLE IF EXISTS {quote(name)}")

    def _remove_layer(self, tx: Transaction, name: str, *, with_table: bool) -> None:
        gpkg_tables.drop_triggers(tx.connection, name, name)
        if with_table:
            self._remove_table(tx.connection.exec_driver_sql, name)
            gpkg_tables.forget_contents(tx.connection, name)
        elif name not in self.spatial_tables(tx.connection):
            tx.connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quote(schema.rtree_table(name))}")

    def _sweep(self, *also: str) -> None:
        """Drop what a load that died left behind: staging tables of processes that are gone, and those named."""
        raw = connect(self.path)
        try:
            found = raw.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'load\\_%' ESCAPE '\\'"
            )
            stale = [n for (n,) in found if n in also or not _alive(*n.split("_")[1:3])]
            for name in stale:
                with self._writers.transaction(raw):
                    self._remove_table(raw.execute, name)
        finally:
            raw.close()

    # -- reading ---------------------------------------------------------------------------------

    def fetch(self, connection: sa.Connection, layer: Layer, fids: Fids | None) -> Features:
        """The rows of a layer, straight from the driver."""
        names = ", ".join(["fid", "geom", *(quote(f.name) for f in layer.fields)])
        query = f"SELECT {names} FROM {quote(layer.name)}"
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        try:
            rows = _fetch(raw, query, fids)
        except sqlite3.OperationalError as error:
            if "no such" in str(error):
                raise LayerChanged(f"layer {layer.name!r}: {error}; load it again, or drop it") from error
            if "decode to UTF-8" not in str(error):
                raise
            raw.text_factory = _lenient_text  # another program wrote text of another encoding
            try:
                rows = _fetch(raw, query, fids)
            finally:
                raw.text_factory = str
        by_column = list(zip(*rows, strict=True)) if rows else [()] * (2 + len(layer.fields))
        return features_of(layer, by_column[0], [wkb.gpkg_wkb(b) for b in by_column[1]], by_column[2:])

    # -- tables by whomever --------------------------------------------------------------------------

    def spatial_tables(self, connection: sa.Connection) -> dict[str, SpatialTable]:
        """Every feature table of the file, by name."""
        return gpkg_tables.spatial_tables(connection)

    def _kinds(self, connection: sa.Connection, table: SpatialTable) -> set[str]:
        return gpkg_tables.kinds(connection, table)

    def _take(self, tx: Transaction, table: SpatialTable, layer: Layer) -> None:
        run = tx.connection.exec_driver_sql
        gpkg_tables.take(tx.connection, table, layer, self.srid)
        self._instate(run, layer)
        if table.deeper:  # the heights stay in the table; answers are flat
            run("UPDATE gpkg_geometry_columns SET z = 2, m = 2 WHERE table_name = ?", (layer.name,))

    def _rename_table(self, tx: Transaction, table: str, name: str) -> None:
        gpkg_tables.rename(tx.connection, table, name)

    def _one_looks(self, tx: Transaction) -> None:
        """Nothing: the file has one writer at any time."""

    # -- following -------------------------------------------------------------------------------

    def wait(self, timeout_s: float) -> bool:
        """Watch the file's change counter, which SQLite keeps for all connections."""
        if self._watch is None:
            self._watch = connect(self.path, check_same_thread=False)
        until = time.monotonic() + timeout_s
        while True:
            self._require_same_file()
            (data,) = self._watch.execute("PRAGMA data_version").fetchone()
            if data != self._seen[0]:
                (made,) = self._watch.execute("PRAGMA schema_version").fetchone()
                schema_changed, self._seen = made != self._seen[1], (data, made)
                if (
                    schema_changed or self.lost
                ):  # somebody may have dropped a lost layer, which changes no table
                    self.adopt()
                return True
            left = until - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(0.05, left))

    def close(self) -> None:
        """Close every connection."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._file is not None:
            self._file.close()
        super().close()

    def _engine_checks(self, connection: sa.Connection, whole: set[str]) -> list[tuple[str, bool, str]]:  # noqa: ARG002
        raw = connect(self.path)
        try:
            (state,) = raw.execute("PRAGMA quick_check").fetchone()
            results = [("GeoPackage file", state == "ok", f"{self.path}: {state}"), check_version()]
            for name in sorted(whole):
                (index,) = raw.execute("SELECT rtreecheck(?)", (schema.rtree_table(name),)).fetchone()
                results.append((f"spatial index of {name}", index == "ok", index))
        finally:
            raw.close()
        return results


def _fetch(raw: sqlite3.Connection, query: str, fids: Fids | None) -> list[Any]:
    if fids is None:
        return raw.execute(query).fetchall()
    rows: list[Any] = []
    for start in range(0, len(fids), 500):
        some = fids[start : start + 500].tolist()
        rows += raw.execute(f"{query} WHERE fid IN ({', '.join('?' * len(some))})", some).fetchall()
    return rows


def _lenient_text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def features_of(layer: Layer, fid: Any, wkbs: list[Any], values: Any) -> Features:
    """Features from columns of driver values; a geometry that can't be read is none, height is dropped."""
    geometry = shapely.force_2d(shapely.from_wkb(np.array(wkbs, object), on_invalid="ignore")) if wkbs else []
    arrays = [array_of(v, f) for v, f in zip(values, layer.fields, strict=True)]
    return Features(
        np.asarray(geometry, object), pa.table(arrays, schema=layer.schema()), np.array(fid, np.int64)
    )


def _alive(pid: str, run: str) -> bool:
    if pid == str(os.getpid()):
        return run == _RUN
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
