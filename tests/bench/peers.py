"""The peers, installed and run: a private PostGIS, tuned as its own people would, and GDAL's ogr2ogr."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from cim.model.layer import Features
from tests.support.postgres import Cluster, postgres_binaries

#: Everything in memory, no compiler for queries of milliseconds, and the planner told that the disk is fast.
_TUNING = {
    "jit": "off",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}

_ATTRIBUTES = "name text, floors int, height float8, use text"


class Missing(Exception):
    """A peer that is not installed here."""


@contextmanager
def postgis() -> Iterator[Cluster]:
    """A private PostgreSQL with PostGIS, gone when left; `Missing` where it is not installed."""
    binaries = postgres_binaries()
    if binaries is None:
        raise Missing("PostgreSQL with PostGIS (Debian: postgresql postgresql-postgis)")
    folder = Path(tempfile.mkdtemp(prefix="citybase-bench-pg-"))
    cluster = Cluster(binaries, folder)
    try:
        with connected(cluster.bare_database()) as connection:
            for name, value in _TUNING.items():
                connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            connection.execute("SELECT pg_reload_conf()")
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def plain(url: str) -> str:
    """The URL as libpq takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def connected(url: str) -> psycopg.Connection[Any]:
    """A connection to the database."""
    return psycopg.connect(plain(url), autocommit=True)


def ogr_connection(url: str) -> str:
    """The database as GDAL names it."""
    with connected(url) as connection:
        info = connection.info
        return f"PG:host={info.host} port={info.port} dbname={info.dbname} user={info.user}"


def fill(connection: psycopg.Connection[Any], table: str, features: Features, srid: int) -> None:
    """The features as an indexed table (`id` from 0, `geom`, attributes), in their order."""
    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    connection.execute(f"CREATE TABLE {table} (id int, geom geometry(Polygon, {srid}), {_ATTRIBUTES})")
    blobs = shapely.to_wkb(shapely.set_srid(features.geometry, srid), include_srid=True)
    columns = [features.attributes[name].to_pylist() for name in ("name", "floors", "height", "use")]
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "bytea", "text", "int4", "float8", "text"])
        for i, row in enumerate(zip(blobs.tolist(), *columns, strict=True)):
            copy.write_row((i, *row))
    connection.execute(f"CREATE INDEX ON {table} USING gist (geom)")
    connection.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (id)")
    connection.execute(f"VACUUM ANALYZE {table}")


def cluster_by_place(connection: psycopg.Connection[Any], table: str) -> None:
    """Bring the rows of a filled table into the order of its spatial index, which PostGIS does only when told."""
    connection.execute(f"CLUSTER {table} USING {table}_geom_idx")
    connection.execute(f"VACUUM ANALYZE {table}")


def fill_shapes(connection: psycopg.Connection[Any], table: str, shapes: NDArray[Any], srid: int) -> None:
    """What is asked about as a table of `id` from 0 and `geom`."""
    connection.execute(f"CREATE TABLE {table} (id int, geom geometry)")
    blobs = shapely.to_wkb(shapely.set_srid(shapes, srid), include_srid=True).tolist()
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int4", "bytea"])
        for i, blob in enumerate(blobs):
            copy.write_row((i, blob))
    connection.execute(f"VACUUM ANALYZE {table}")


def copied(connection: psycopg.Connection[Any], query: str, types: list[str]) -> NDArray[Any]:
    """The answer of a query of fixed-width columns (numpy types, big-endian) through binary COPY, the fastest way
    out of PostgreSQL: no Python object for any value."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
        raw = b"".join(copy)
    parts: list[Any] = [("columns", ">i2")]
    for i, kind in enumerate(types):
        parts += [(f"length{i}", ">i4"), (f"value{i}", kind)]
    # A header of 19 bytes before the rows, a trailer of 2 after them.
    return np.frombuffer(raw[19:-2], np.dtype(parts))


def explained(connection: psycopg.Connection[Any], query: str) -> str:
    """The plan of a query, to see that it uses the index."""
    return "\n".join(line for (line,) in connection.execute(f"EXPLAIN {query}").fetchall())


def ogr2ogr(*arguments: str) -> Callable[[], None]:
    """A run of GDAL's converter."""
    if shutil.which("ogr2ogr") is None:
        raise Missing("ogr2ogr (Debian: gdal-bin)")

    def run() -> None:
        done = subprocess.run(["ogr2ogr", "-q", *arguments], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"ogr2ogr {' '.join(arguments)}: {done.stderr.strip()}")

    return run
