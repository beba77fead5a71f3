"""The store in a PostGIS database: for several machines and for those who work with SQL beside the city."""

from __future__ import annotations

import contextlib
import select
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely
import sqlalchemy as sa

from cim.arrays import parallel
from cim.arrays.types import Fids
from cim.columnar.columns import StoredRows
from cim.errors import CityError, LayerChanged, StoreBusy, StoreUnusable
from cim.model.layer import Features, Layer
from cim.progress import Progress, silent
from cim.store import postgis_copy, postgis_tables
from cim.store.base import OPERATIONAL, Store, Transaction
from cim.store.catalogue import in_place_of, log_loaded, register, replaceable, srid_in
from cim.store.driver_arrow import array_of
from cim.store.gpkg_schema import quote
from cim.store.migrations import migrate
from cim.store.registry import SpatialTable
from cim.store.tables import layer_table

_CHUNK = 50_000
#: So long a change waits for rows that another transaction holds.
_BUSY_MS = 5000
#: Seconds between two looks for tables that were replaced, which nothing announces.
_LOOK_S = 0.3
#: Key of the advisory lock under which the change log is numbered, so that its order is commit order.
_LOG_LOCK = 430100

# A constraint trigger that is deferred runs at commit: the log's lock is held only for the commit itself,
# so an open transaction with edits (a person in psql, a long script) holds nobody up.
_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION cim_log_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE who text := coalesce(nullif(current_setting('citybase.actor', true), ''), 'outside');
        rows boolean := TG_ARGV[1] = 'rows';
        was text; is_now text;
BEGIN
  PERFORM pg_advisory_xact_lock({_LOG_LOCK});
  IF rows AND TG_OP <> 'INSERT' THEN was := to_jsonb(OLD)::text; END IF;
  IF rows AND TG_OP <> 'DELETE' THEN is_now := to_jsonb(NEW)::text; END IF;
  IF TG_OP = 'UPDATE' AND OLD.fid <> NEW.fid THEN
    INSERT INTO cim_change (layer, fid, op, actor, at, old)
    VALUES (TG_ARGV[0], OLD.fid, 'd', who, clock_timestamp(), was);
    INSERT INTO cim_change (layer, fid, op, actor, at, new)
    VALUES (TG_ARGV[0], NEW.fid, 'i', who, clock_timestamp(), is_now);
  ELSE
    INSERT INTO cim_change (layer, fid, op, actor, at, old, new)
    VALUES (TG_ARGV[0], CASE WHEN TG_OP = 'DELETE' THEN OLD.fid ELSE NEW.fid END, lower(left(TG_OP, 1)), who,
            clock_timestamp(), was, is_now);
  END IF;
  PERFORM pg_notify('cim_change', '');
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION cim_log_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock({_LOG_LOCK});
  INSERT INTO cim_change (layer, op, actor, at) VALUES (TG_ARGV[0], 'l', 'outside', clock_timestamp());
  PERFORM pg_notify('cim_change', '');
  RETURN NULL;
END $$;
"""

# Columns whose driver value is not what Arrow takes are read as text in ISO 8601, or as plain numbers.
_SELECT = {
    "integer": "{}::int8",
    "real": "{}::float8",
    "text": "{}::text",
    "boolean": "{}::int",
    "date": "to_char({}, 'YYYY-MM-DD')",
    "datetime": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
}


class _PostgisTransaction(Transaction):
    def take_turns(self) -> None:
        self.connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOG_LOCK} + 3)"))

    def announce(self, table: str, *, only_described: bool = False) -> int:
        self.connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOG_LOCK})"))
        seq = super().announce(table, only_described=only_described)
        self.connection.execute(sa.text("SELECT pg_notify('cim_change', '')"))
        return seq


class PostgisStore(Store):
    """A city in a PostgreSQL database with PostGIS."""

    def __init__(self, url: str, *, crs: str = "EPSG:4490") -> None:
        engine = sa.create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
        super().__init__(url, engine)
        self._listener: psycopg.Connection[Any] | None = None
        self._looked = 0.0
        self._analyses: list[Future[None]] = []
        try:
            with self._translate_errors(), engine.begin() as connection:
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOG_LOCK} + 1)"))
                self._require_postgis(connection)
                migrate(connection, Store.SCHEMA, crs)
                connection.exec_driver_sql(_FUNCTIONS)
                self.srid = srid_in(connection)
        except BaseException:
            engine.dispose()
            raise

    @staticmethod
    def _require_postgis(connection: sa.Connection) -> None:
        if connection.execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")).scalar():
            return
        try:
            connection.exec_driver_sql("CREATE EXTENSION postgis")
        except sa.exc.DBAPIError as error:
            raise StoreUnusable(
                "the database has no PostGIS and this role can't add it; "
                "install the postgis package and run CREATE EXTENSION postgis as a superuser"
            ) from error

    # -- transactions ----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database until it is left."""
        with self._translate_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, actor: str) -> Iterator[Transaction]:
        """Changes in one transaction, logged in the name of the actor.

        Where the connection breaks while it is being committed, the database is asked whether it was.
        """
        with self._translate_errors(), self.engine.connect() as connection:
            raw = connection.connection.driver_connection
            transaction = connection.begin()
            try:
                begin = sa.text("SELECT set_config('citybase.actor', :actor, true), txid_current()")
                number = int(connection.execute(begin, {"actor": actor}).one()[1])
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BUSY_MS}ms'")
                yield _PostgisTransaction(connection, self.srid, actor)
            except BaseException:
                with contextlib.suppress(sa.exc.DBAPIError):  # what went wrong before is what is told
                    transaction.rollback()
                raise
            try:
                transaction.commit()
            except sa.exc.DBAPIError:
                assert isinstance(raw, psycopg.Connection)
                if not raw.closed or not self._was_committed(number):
                    raise

    def _was_committed(self, number: int) -> bool:
        """Whether a transaction was committed whose connection broke. `StoreUnusable` where nobody can say."""
        until = time.monotonic() + _BUSY_MS / 1000
        cause: Exception | None = None
        while time.monotonic() < until:
            try:
                with psycopg.connect(self._dsn(), autocommit=True, connect_timeout=5) as connection:
                    found = connection.execute("SELECT txid_status(%s)", (number,)).fetchone()
                if found is not None and found[0] in ("committed", "aborted"):
                    return bool(found[0] == "committed")
            except psycopg.Error as error:
                cause = error
            time.sleep(0.1)
        raise StoreUnusable(
            f"{self.engine.url.render_as_string(hide_password=True)} went away while the change was being committed, "
            "and it is not known whether it was; look before you make it again, or send it again with the same "
            "Idempotency-Key"
        ) from cause

    def _dsn(self) -> str:
        return self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except CityError:
            raise
        except sa.exc.DBAPIError as error:
            raise self._explanation(error, error.orig) from error
        except psycopg.Error as error:
            raise self._explanation(error, error) from error

    def _explanation(self, error: Exception, cause: BaseException | None) -> Exception:
        where = self.engine.url.render_as_string(hide_password=True)
        if isinstance(cause, psycopg.errors.DiskFull):
            return StoreUnusable(f"{where}: the disk of the database is full; nothing was written")
        if isinstance(cause, (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)):
            return StoreBusy(f"{where}: another transaction holds the rows; try again")
        if isinstance(cause, (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)):
            said = str(cause).splitlines()[0]
            return LayerChanged(
                f"{where}: {said}; another program dropped or changed the table; load the layer again, or drop it"
            )
        if isinstance(cause, psycopg.errors.DependentObjectsStillExist):
            return StoreUnusable(
                f"{where}: a view depends on the layer's table; drop the view, load, make it again"
            )
        if isinstance(cause, psycopg.OperationalError):
            return StoreUnusable(f"{where} can't be reached: {' '.join(str(cause).split())}")
        return error

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
        """Fill and index a table under another name, then put it in place in one short transaction."""
        staging = f"load_{uuid.uuid4().hex[:12]}"
        with self.writing(actor) as tx:
            connection = tx.connection
            run = connection.exec_driver_sql
            self._stage(connection, layer, columns, staging, progress)
            if ready is not None:
                ready()
            # Tables before the log, as every writer takes them; the other way round two would wait for each other.
            run("SET LOCAL lock_timeout = '30s'")
            if run("SELECT to_regclass(%s)", (quote(layer.name),)).scalar() is not None:
                run(f"LOCK TABLE {quote(layer.name)} IN ACCESS EXCLUSIVE MODE")
            run(f"SELECT pg_advisory_xact_lock({_LOG_LOCK})")
            old = replaceable(connection, layer, new)
            placed = in_place_of(layer, old)
            run(f"DROP TABLE IF EXISTS {quote(layer.name)}")
            run(f"ALTER TABLE {quote(staging)} RENAME TO {quote(layer.name)}")
            for suffix in ("pkey", "geom", "code"):
                old_name, new_name = quote(f"{staging}_{suffix}"), quote(f"{layer.name}_{suffix}")
                run(f"ALTER INDEX IF EXISTS {old_name} RENAME TO {new_name}")
            run(f"ALTER SEQUENCE {quote(f'{staging}_fid_seq')} RENAME TO {quote(f'{layer.name}_fid_seq')}")
            self._instate(run, placed)
            register(connection, placed, report)
            seq = log_loaded(connection, layer.name, actor)
            run("SELECT pg_notify('cim_change', '')")
        if len(columns):
            self._analyses.append(parallel.background(lambda: self._analyse(layer.name)))
        return placed, seq

    def _analyse(self, name: str) -> None:
        """Count for PostgreSQL's own planner, which nobody waits for: our answers come from the snapshots."""
        with contextlib.suppress(sa.exc.DBAPIError), self.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                f"ANALYZE {quote(name)}"
            )

    def _stage(
        self, connection: sa.Connection, layer: Layer, columns: StoredRows, staging: str, progress: Progress
    ) -> None:
        layer_table(layer, self.srid, staging, with_key=False).create(connection)
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        total = len(columns)
        names = ", ".join(["fid", "geom", *(quote(f.name) for f in layer.fields)])
        values = postgis_copy.distinct(columns, layer)
        command = f"COPY {quote(staging)} ({names}) FROM STDIN (FORMAT binary)".encode()
        with raw.cursor() as cursor, cursor.copy(command) as copy:
            copy.write(postgis_copy.HEADER)
            chunks = [np.arange(i, min(i + _CHUNK, total)) for i in range(0, total, _CHUNK)]
            encoded = (postgis_copy.encode(layer, columns, rows, self.srid, values) for rows in chunks)
            for rows, made in zip(chunks, parallel.ahead(encoded), strict=True):
                copy.write(made)
                progress("writing", int(rows[-1]) + 1, total)
            copy.write(postgis_copy.TRAILER)
        run = connection.exec_driver_sql
        progress("indexing", 0, None)
        # Key and indexes after the rows: sorting once is faster than finding each row's place.
        run(f"ALTER TABLE {quote(staging)} ADD CONSTRAINT {quote(f'{staging}_pkey')} PRIMARY KEY (fid)")
        following = int(columns.fid.max()) + 1 if total else 1
        numbered = f"ADD GENERATED BY DEFAULT AS IDENTITY (START {following})"
        run(f"ALTER TABLE {quote(staging)} ALTER COLUMN fid {numbered}")
        run(f"CREATE INDEX {quote(f'{staging}_geom')} ON {quote(staging)} USING gist (geom)")
        if "code" in layer.field_names:
            run(f"CREATE INDEX {quote(f'{staging}_code')} ON {quote(staging)} (code)")

    @staticmethod
    def _instate(run: Any, layer: Layer) -> None:
        name = quote(layer.name)
        rows = "rows" if layer.kind in OPERATIONAL else ""
        run(f"DROP TRIGGER IF EXISTS cim_change_row ON {name}")
        run(f"DROP TRIGGER IF EXISTS cim_change_all ON {name}")
        run(
            f"CREATE CONSTRAINT TRIGGER cim_change_row AFTER INSERT OR UPDATE OR DELETE ON {name} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cim_log_row('{layer.name}', '{rows}')"
        )
        run(
            f"CREATE TRIGGER cim_change_all AFTER TRUNCATE ON {name} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION cim_log_truncate('{layer.name}')"
        )

    def _remove_layer(self, tx: Transaction, name: str, *, with_table: bool) -> None:
        if with_table:
            tx.connection.exec_driver_sql(f"DROP TABLE IF EXISTS {quote(name)}")
        else:
            for table in self.spatial_tables(tx.connection).values():
                if table.logs_as == name:
                    for trigger in ("cim_change_row", "cim_change_all"):
                        tx.connection.exec_driver_sql(
                            f"DROP TRIGGER IF EXISTS {trigger} ON {quote(table.name)}"
                        )

    # -- reading ---------------------------------------------------------------------------------

    def fetch(self, connection: sa.Connection, layer: Layer, fids: Fids | None) -> Features:
        """The rows of a layer through a binary cursor."""
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        names = ["fid", "ST_AsBinary(ST_Force2D(geom))"]
        names += [_SELECT[f.type].format(quote(f.name)) for f in layer.fields]
        query = f"SELECT {', '.join(names)} FROM {quote(layer.name)}"
        try:
            with raw.cursor(binary=True) as cursor:
                if fids is None:
                    rows = cursor.execute(query.encode()).fetchall()
                else:
                    rows = cursor.execute(f"{query} WHERE fid = ANY(%s)".encode(), [fids.tolist()]).fetchall()
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn) as error:
            said = str(error).splitlines()[0]
            raise LayerChanged(f"layer {layer.name!r}: {said}; load it again, or drop it") from error
        by_column = list(zip(*rows, strict=True)) if rows else [()] * (2 + len(layer.fields))
        geometry = shapely.from_wkb(np.array(by_column[1], object), on_invalid="ignore") if rows else []
        arrays = [array_of(v, f) for v, f in zip(by_column[2:], layer.fields, strict=True)]
        table = pa.table(arrays, schema=layer.schema())
        return Features(np.asarray(geometry, object), table, np.array(by_column[0], np.int64))

    # -- tables by whomever --------------------------------------------------------------------------

    def spatial_tables(self, connection: sa.Connection) -> dict[str, SpatialTable]:
        """Every table of the schema with a geometry, by name."""
        return postgis_tables.spatial_tables(connection)

    def _kinds(self, connection: sa.Connection, table: SpatialTable) -> set[str]:
        return postgis_tables.kinds(connection, table)

    def _take(self, tx: Transaction, table: SpatialTable, layer: Layer) -> None:
        postgis_tables.take(tx.connection, table, layer, self.srid)
        self._instate(tx.connection.exec_driver_sql, layer)

    def _rename_table(self, tx: Transaction, table: str, name: str) -> None:
        postgis_tables.rename(tx.connection, table, name)

    def _one_looks(self, tx: Transaction) -> None:
        tx.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOG_LOCK} + 2)")

    # -- following -------------------------------------------------------------------------------

    def wait(self, timeout_s: float) -> bool:
        """Wait for the NOTIFY that every logged change sends; look for replaced tables now and then."""
        with self._translate_errors():
            if self._listener is None or self._listener.closed:
                self._listener = psycopg.connect(self._dsn(), autocommit=True)
                self._listener.execute("LISTEN cim_change")
                return True
            if time.monotonic() - self._looked > _LOOK_S:
                self._looked = time.monotonic()
                if self.adopt():
                    return True
            if self._take_notifications():
                return True
            waiting = select.poll()  # `select` takes no descriptor above 1023, and each mapped column has one
            waiting.register(self._listener.fileno(), select.POLLIN)
            return bool(waiting.poll(timeout_s * 1000.0)) and self._take_notifications()

    def _take_notifications(self) -> bool:
        """Whether a notification came; all that came are taken."""
        assert self._listener is not None
        return sum(1 for _ in self._listener.notifies(timeout=0)) > 0

    def close(self) -> None:
        """Close every connection."""
        for analysis in self._analyses:
            analysis.exception()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        super().close()

    def _engine_checks(self, connection: sa.Connection, whole: set[str]) -> list[tuple[str, bool, str]]:
        run = connection.exec_driver_sql
        versions = (
            f"{run('SHOW server_version').scalar()}, PostGIS {run('SELECT postgis_lib_version()').scalar()}"
        )
        results = [("PostgreSQL", True, versions)]
        for name in sorted(whole):
            index = run("SELECT to_regclass(%s)", (quote(f"{name}_geom"),)).scalar()
            results.append((f"spatial index of {name}", index is not None, str(index or "missing")))
        return results
