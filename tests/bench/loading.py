"""A file into the city, stored, indexed and answering, against ogr2ogr that only stores and indexes; and opening it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import peers
from tests.bench.data import Data
from tests.bench.measure import Row, Timing, measured, no_slower, said, seconds
from tests.support.inputs import ROOT
from tests.support.postgres import Cluster

_WHOLE = "   the same, from starting Python and making the city"


def child(*arguments: str) -> dict[str, float]:
    """What `tests.bench.child` says, and `whole_s`: its process from start to end."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.child", *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    return {**json.loads(done.stdout), "whole_s": time.perf_counter() - begun}


def into_geopackage(data: Data, rounds: int) -> list[Row]:
    """The polygons from each file format into a new GeoPackage."""
    rows = []
    for suffix in (".fgb", ".gpkg"):
        timing, whole = _into_geopackage(data.file(suffix), data.folder / "load", rounds)
        rows.append(no_slower(f"{data.n:,} polygons {suffix} → GeoPackage, answering / ogr2ogr", timing, 1.2))
        rows.append(no_slower(_WHOLE, whole))
    return rows


def _into_geopackage(file: Path, work: Path, rounds: int) -> tuple[Timing, Timing]:
    convert = peers.ogr2ogr("-f", "GPKG", str(work / "ogr.gpkg"), str(file), "buildings")
    whole_s: list[float] = []

    def ours() -> float:
        _emptied(work)
        told = child("load", f"gpkg:///{work / 'city.gpkg'}", str(work / "snapshots"), str(file))
        whole_s.append(told["whole_s"])
        return told["load_s"] + told["answer_s"]

    def theirs() -> float:
        _emptied(work)
        return seconds(convert)

    timing = measured(ours, theirs, rounds)
    return timing, Timing(whole_s, timing.peer)


def into_postgis(data: Data, cluster: Cluster, rounds: int) -> list[Row]:
    """The polygons into a new PostGIS database, against ogr2ogr with COPY and its default spatial index."""
    file = str(data.file(".fgb"))
    whole_s: list[float] = []

    def ours() -> float:
        work = _emptied(data.folder / "load")
        told = child("load", cluster.bare_database(), str(work), file)
        whole_s.append(told["whole_s"])
        return told["load_s"] + told["answer_s"]

    def theirs() -> float:
        url = cluster.bare_database()
        with peers.connected(url) as connection:
            connection.execute("CREATE EXTENSION postgis")
        convert = peers.ogr2ogr(
            "--config", "PG_USE_COPY", "YES", "-f", "PostgreSQL", peers.ogr_connection(url), file
        )
        return seconds(convert)

    timing = measured(ours, theirs, rounds)
    return [
        no_slower(f"{data.n:,} polygons .fgb → PostGIS, answering / ogr2ogr with COPY", timing, 1.1),
        no_slower(_WHOLE, Timing(whole_s, timing.peer)),
    ]


def stored_city(data: Data) -> tuple[str, str]:
    """The store and snapshots of a city with the polygons, made anew."""
    work = _emptied(data.folder / "city")
    store, snapshots = f"gpkg:///{work / 'city.gpkg'}", str(work / "snapshots")
    child("load", store, snapshots, str(data.file(".fgb")))
    return store, snapshots


def opening(data: Data, store: str, snapshots: str, rounds: int) -> list[Row]:
    """A fresh process opens the stored city and gives its first answers."""
    told = sorted(
        (child("open", store, snapshots) for _ in range(max(rounds, 3))),
        key=lambda t: t["open_s"] + t["answer_s"],
    )
    middle = told[len(told) // 2]
    taken = middle["open_s"] + middle["answer_s"]
    what = f"opening a city of {data.n:,} until the first answers"
    more = f"   the same from starting Python: imports {said(middle['imports_s'])}"
    gpkg = Path(store.removeprefix("gpkg:///"))
    kept = sum(f.stat().st_size for f in Path(snapshots).rglob("*") if f.is_file() and "buildings" in f.parts)
    sizes = f"{gpkg.stat().st_size / 1e6:.0f} MB + {kept / 1e6:.0f} MB"
    source = f"{data.file('.fgb').stat().st_size / 1e6:.0f} MB"
    return [
        Row(what, said(taken), "–", None, "≤ 1 s", taken <= 1.0),
        Row(more, said(middle["whole_s"]), "–"),
        Row("on disk: GeoPackage + snapshot / .fgb", sizes, source),
    ]


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
