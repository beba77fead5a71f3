"""Programs that write beside us: one with the GeoPackage open, and a session of psql. And GDAL on both."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import shapely

from cim.columnar.wkb import gpkg_blob, promote
from cim.model.layer import Layer
from cim.store.gpkg_schema import register_functions
from cim.store.sqlite import sqlite3


class Sqlite:
    """A program with the file open that knows nothing of us."""

    def __init__(self, url: str) -> None:
        self.path = url.removeprefix("gpkg:///")

    @contextmanager
    def open(self) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
        raw = sqlite3.connect(self.path, isolation_level=None)
        register_functions(raw)
        try:
            raw.execute("BEGIN")
            yield lambda sql, *given: raw.execute(sql, given).fetchall()
            raw.execute("COMMIT")
        except BaseException:
            raw.execute("ROLLBACK")
            raise
        finally:
            raw.close()

    mark, geometry_mark = "?", "?"

    def geometry(self, geometry: Any, layer: Layer) -> Any:
        return gpkg_blob(promote(geometry, layer.geometry), 4490)

    def value(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"
        return value.isoformat() if isinstance(value, dt.date) else value

    @property
    def gdal(self) -> str:
        return self.path

    output: tuple[str, ...] = ("-f", "GPKG")


class Psql:
    """A session of psql."""

    def __init__(self, url: str) -> None:
        self.url = url.replace("+psycopg", "")

    @contextmanager
    def open(self) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
        with psycopg.connect(self.url) as raw:

            def run(sql: str, *given: Any) -> list[tuple[Any, ...]]:
                done = raw.execute(sql.encode(), given or None)
                return done.fetchall() if done.description else []

            yield run

    mark, geometry_mark = "%s", "ST_Multi(ST_GeomFromText(%s, 4490))"

    def geometry(self, geometry: Any, layer: Layer) -> Any:
        return (
            None
            if geometry is None
            else shapely.to_wkt(promote(geometry, layer.geometry), rounding_precision=17)
        )

    def value(self, value: Any) -> Any:
        return value

    @property
    def gdal(self) -> str:
        return f"PG:{self.url}"

    output: tuple[str, ...] = ("-f", "PostgreSQL")


def beside(url: str) -> Sqlite | Psql:
    """A program that writes into the store at this URL, beside us."""
    return Sqlite(url) if url.startswith("gpkg") else Psql(url)


def gdal(*arguments: str) -> str:
    """What a program of GDAL prints; fails where it warns or fails."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr and "Warning" not in done.stderr, done.stderr
    return done.stdout


def geojson(file: Path, rows: list[tuple[Any, dict[str, Any]]]) -> Path:
    """A GeoJSON file of these geometries and properties."""
    features = [
        {"type": "Feature", "geometry": json.loads(shapely.to_geojson(g)) if g else None, "properties": p}
        for g, p in rows
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return file
