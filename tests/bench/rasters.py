"""Terrain tiles over HTTP: ours from cloud-optimised GeoTIFFs against TiTiler's from the same files."""

from __future__ import annotations

import io
import random
import statistics
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import numpy as np
import rasterio
from PIL import Image
from rasterio.shutil import copy
from rasterio.transform import Affine
from scipy import ndimage

from cim.city import City
from cim.settings import Settings
from cim.space import crs
from tests.bench import peers
from tests.bench.data import CENTRE
from tests.bench.measure import Row
from tests.bench.serving import Worker, listening, worker
from tests.bench.tile_service import _TILERS, _walked
from tests.support.inputs import SHARED
from tests.support.server import free_port
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster.files import SUFFIXES, raster_of
from tiles.sources import find_source

#: What of TiTiler's answers is the same as ours: interpolated, heights in tenths of a metre.
_TITILER = "algorithm=terrainrgb&resampling=bilinear&reproject=bilinear&nodata_height=0&tilesize=256"


def run(folder: Path, side: int, tiles: int, rounds: int) -> list[Row]:
    """Terrain-RGB tiles of a synthetic city in the CRS of its survey and in that of the tiles, and of a real one."""
    sources = folder / "rasters"
    sources.mkdir(parents=True, exist_ok=True)
    files = [
        (hills(sources / f"survey_dem_{side}.tif", side, "EPSG:4547", "int16"), "EPSG:4547, int16"),
        (hills(sources / f"square_dem_{side}.tif", side, "EPSG:3857", "float32"), "EPSG:3857, float32"),
    ]
    real = SHARED / "porto_alegre" / "poa_elevation.tif"
    if real.exists():
        copied = sources / "poa_elevation.tif"
        copy(real, copied, driver="COG", COMPRESS="DEFLATE")
        files.append((copied, "EPSG:4326, 8 bit, Porto Alegre"))
    ours_at = {
        "CITYBASE_STORE": f"gpkg:///{_empty_city(folder)}",
        "CITYBASE_SOURCES": str(sources),
        "CITYBASE_TILE_CACHE_BYTES": "0",
    }
    with worker("spatial_api.start:worker", ours_at, factory=True) as ours, titiler() as theirs:
        return [
            row
            for i, (file, what) in enumerate(files)
            for row in _against(ours, theirs, file, what, i, tiles, rounds)
        ]


def _against(
    ours: Worker, theirs: Worker, file: Path, what: str, target: int, tiles: int, rounds: int
) -> list[Row]:
    asked = walk(file, tiles)
    here = [f"/raster/{file.stem}/terrain/{z}/{x}/{y}.png" for z, x, y in asked]
    there = [f"/tiles/WebMercatorQuad/{z}/{x}/{y}.png?url={quote(str(file))}&{_TITILER}" for z, x, y in asked]
    mine, his = _walked(ours, here)[0], _walked(theirs, there)[0]
    _require_same(mine, his, asked)
    passed = [(_walked(ours, here)[1], _walked(theirs, there)[1]) for _ in range(rounds)]
    ratio = statistics.median(h / m for m, h in passed)
    mine_ms, his_ms = (1e3 * statistics.median(p[i] for p in passed) / len(asked) for i in (0, 1))
    sizes = [statistics.median(map(len, answers)) / 1e3 for answers in (mine, his)]
    title = f"terrain-RGB tile over HTTP, {what} / TiTiler"
    first = Row(title, f"{mine_ms:.2f} ms", f"{his_ms:.2f} ms", ratio, "≥ 1 x", ratio >= 1.0)
    return [
        first if target < 2 else Row(title, first.ours, first.peer, ratio),
        Row(
            "   its median size (TiTiler's in whole metres where the file's are)",
            f"{sizes[0]:.1f} kB",
            f"{sizes[1]:.1f} kB",
            sizes[0] / sizes[1],
        ),
    ]


def walk(file: Path, tiles: int) -> list[tuple[int, int, int]]:
    """Tiles of all zooms from that of the whole raster to two beyond its own, no tile twice, the same every time."""
    raster = raster_of(find_source(file.parent, file.stem, SUFFIXES))
    west, south, east, north = raster.bounds
    chance, seen = random.Random(430100), {}
    lowest = max(raster.max_zoom - 4, 0)
    for _ in range(50 * tiles):
        z = chance.randint(lowest, raster.max_zoom + 2)
        # Well within: at the edges TiTiler knows some tiles that we leave out, and the other way round.
        lon = west + (east - west) * chance.uniform(0.05, 0.95)
        lat = south + (north - south) * chance.uniform(0.05, 0.95)
        seen[(z, *WEB_MERCATOR.tile_at(z, lon, lat))] = None
        if len(seen) == tiles:
            break
    return list(seen)


def hills(file: Path, side: int, named: str, dtype: str) -> Path:
    """A cloud-optimised GeoTIFF of so many cells of 10 m around the city's centre: noise of all sizes, 0 to 1,500 m."""
    if file.exists():
        return file
    chance = np.random.default_rng(430100)
    heights = np.zeros((side, side), np.float32)
    rough, cells = 300.0, 8
    while cells <= side // 4:
        coarse = chance.standard_normal((cells + 2, cells + 2)).astype(np.float32)
        heights += rough * ndimage.zoom(coarse, side / cells, order=1)[:side, :side]
        rough, cells = rough / 2, cells * 2
    heights -= heights.min()
    x, y = crs.transformer("EPSG:4326", named).transform(*CENTRE)
    place = Affine(10.0, 0.0, x - side * 5.0, 0.0, -10.0, y + side * 5.0)
    profile = {"width": side, "height": side, "count": 1, "dtype": dtype, "crs": named, "nodata": -9999}
    plain = file.with_suffix(".plain")
    with rasterio.open(plain, "w", driver="GTiff", transform=place, **profile) as out:
        out.write(heights.astype(dtype), 1)
    options = {"COMPRESS": "DEFLATE", "PREDICTOR": "YES", "RESAMPLING": "AVERAGE", "NUM_THREADS": "ALL_CPUS"}
    copy(plain, file, driver="COG", **options)
    plain.unlink()
    return file


def _empty_city(folder: Path) -> Path:
    """The GeoPackage of a city without layers."""
    file = folder / "raster-city.gpkg"
    if not file.exists():
        settings = Settings(
            store=f"gpkg:///{file}", snapshots=str(file.with_suffix(".snapshots")), metric_crs="EPSG:4547"
        )
        City.open(settings, create=True).close()
    return file


def _require_same(mine: list[bytes], his: list[bytes], asked: Sequence[tuple[int, int, int]]) -> None:
    """Both show the same terrain: heights within what two ways of shrinking may differ."""
    for ours, theirs, tile in zip(mine, his, asked, strict=True):
        a, b = _metres(ours), _metres(theirs)
        if a is None or b is None:
            raise AssertionError(f"tile {tile} is empty")
        both = (a != 0) & (b != 0)
        apart = np.median(np.abs(a - b)[both]) if both.any() else 0.0
        # TiTiler interpolates whole metres to whole metres.
        if both.any() and apart > max(0.02 * np.ptp(a[both]), 0.6):
            raise AssertionError(f"tile {tile}: heights differ by {apart:.1f} m in the median")


def _metres(tile: bytes) -> np.ndarray | None:
    if not tile:
        return None
    r, g, b = np.asarray(Image.open(io.BytesIO(tile)).convert("RGB"), np.float64).transpose(2, 0, 1)
    return -10000 + (r * 65536 + g * 256 + b) * 0.1


@contextmanager
def titiler() -> Iterator[Worker]:
    """TiTiler with one worker, ready to answer; stopped when left."""
    if not _TILERS.exists():
        raise peers.Missing("TiTiler (make .venv/.tilers)")
    port = free_port()
    program = str(Path(__file__).with_name("titiler_peer.py"))
    command = [str(_TILERS), program, str(port), sysconfig.get_path("purelib")]
    with listening(command, port, {}) as theirs:
        yield theirs
