"""Points to the areas that own them: one level and six at once, against geopandas, SedonaDB and DuckDB with the same
answers; as of a day in ten years of redrawn grids; and one point alone."""

from __future__ import annotations

import datetime as dt
import importlib.resources
import time
from collections.abc import Callable
from typing import Any

import duckdb
import geopandas as gpd
import numpy as np
import pyarrow as pa
import sedonadb
import shapely
from numpy.typing import NDArray

from cim.areas.ownership import Areas, day_number
from cim.areas.point_index import PointIndex
from cim.columnar import columns
from cim.model.layer import Features
from cim.model.standard_layers import AREAS, LEVELS
from cim.snapshot.snapshot import Snapshot
from tests.bench import data
from tests.bench.measure import Row, Timing, faster, in_turns, no_slower, said, seconds

_CRS = "EPSG:4326"
#: How many cells one area of each level joins, down and across: city, district, street, community, duty grid, grid.
_JOINED = ((200, 300), (100, 60), (25, 25), (10, 6), (2, 3), (1, 1))
_TODAY = dt.date(2026, 6, 1)


def run(n_points: int, grid: tuple[int, int], rounds: int) -> list[Row]:
    """All rows of the table about ownership."""
    cells = data.cells(*grid)
    points = data.points_in_extent(n_points)
    levels = [_joined(cells, grid[0], *shape) for shape in _JOINED]
    return [
        *_one_level(cells, points, rounds),
        *_six_levels(levels, points, rounds),
        *_history(cells, points, rounds),
    ]


def _joined(cells: NDArray[Any], columns_: int, down: int, across: int) -> NDArray[Any]:
    """Areas of so many rows and columns of cells each, with exactly their borders."""
    number = np.arange(len(cells))
    block = (number // columns_ // down) * 1000 + number % columns_ // across
    order = np.argsort(block, kind="stable")
    _, first = np.unique(block[order], return_index=True)
    return np.array([shapely.coverage_union_all(g) for g in np.split(cells[order], first[1:])], object)


def _columns(shapes: NDArray[Any], rows: dict[str, list[Any]]) -> columns.Columns:
    table = pa.table(
        [rows.get(f.name, pa.nulls(len(shapes), f.type)) for f in AREAS.schema()], schema=AREAS.schema()
    )
    return columns.build(AREAS, Features(shapes, table), "EPSG:4547")


def _one_level(cells: NDArray[Any], points: NDArray[np.float64], rounds: int) -> list[Row]:
    made = _columns(cells, {})
    partition = PointIndex.of(made, made.by_fid.astype(np.int64))
    answers = partition.owners(points)[:, 0]
    ours = np.where(answers >= 0, made.fid[np.maximum(answers, 0)] - 1, -1)
    if not 0 < int((ours >= 0).sum()) < len(points):
        raise AssertionError("the points should lie both inside and outside of the cells")
    what = f"{len(points):,} points → {len(cells):,} cells"
    rows = []
    for name, target, join in (
        ("geopandas.sjoin", 8.0, _geopandas(cells, points)),
        ("SedonaDB", 6.0, _sedona(cells, points)),
        ("DuckDB", 6.0, _duckdb(cells, points)),
    ):
        _require_same(ours, join(), name)
        timing = in_turns(lambda: partition.owners(points), join, rounds)
        rows.append(faster(f"{what} / {name}", timing, target))
    return rows


Join = Callable[[], NDArray[np.int64]]


def _require_same(ours: NDArray[np.int64], pairs: NDArray[np.int64], name: str) -> None:
    """The same owner for every point. A point on a border is in two cells for the others and has the lowest code for
    us; among random doubles there is none, and this says so."""
    if len(np.unique(pairs[0])) < pairs.shape[1]:
        raise AssertionError("a point lies on a border of cells")
    theirs = np.full(len(ours), -1, np.int64)
    theirs[pairs[0]] = pairs[1]
    if not np.array_equal(ours, theirs):
        raise AssertionError(
            f"{name}: {int((ours != theirs).sum())} of {len(ours)} points have another owner"
        )


def _geopandas(cells: NDArray[Any], points: NDArray[np.float64]) -> Join:
    right = gpd.GeoDataFrame({"cell": np.arange(len(cells))}, geometry=cells, crs=_CRS)
    left = gpd.GeoDataFrame(geometry=shapely.points(points), crs=_CRS)

    def join(predicate: str) -> NDArray[np.int64]:
        found = gpd.sjoin(left, right, predicate=predicate)
        return np.array([found.index.to_numpy(), found["cell"].to_numpy()])

    def time_of(predicate: str) -> float:
        join(predicate)  # makes the index
        return seconds(lambda: join(predicate))

    # Both ways of asking are the same question for points inside; the faster one is the peer.
    best = min(("intersects", "within"), key=time_of)
    return lambda: join(best)


def _wkb_tables(cells: NDArray[Any], points: NDArray[np.float64]) -> tuple[pa.Table, pa.Table]:
    asked = pa.table({"p": np.arange(len(points)), "wkb": shapely.to_wkb(shapely.points(points)).tolist()})
    return asked, pa.table({"c": np.arange(len(cells)), "wkb": shapely.to_wkb(cells).tolist()})


def _sedona(cells: NDArray[Any], points: NDArray[np.float64]) -> Join:
    context = sedonadb.connect()
    for name, table in zip(("raw_points", "raw_cells"), _wkb_tables(cells, points), strict=True):
        context.create_data_frame(table).to_view(name)
    for name, key in (("points", "p"), ("cells", "c")):
        made = context.sql(f"SELECT {key}, ST_GeomFromWKB(wkb) AS geom FROM raw_{name}").to_memtable()
        made.to_view(name)
    query = "SELECT p, c FROM points JOIN cells ON ST_Contains(cells.geom, points.geom)"

    def join() -> NDArray[np.int64]:
        found = pa.table(context.sql(query))
        return np.array([found["p"].to_numpy(), found["c"].to_numpy()])

    return join


def _duckdb(cells: NDArray[Any], points: NDArray[np.float64]) -> Join:
    connection = duckdb.connect(config={"allow_unsigned_extensions": True})
    folder = importlib.resources.files("duckdb_extension_spatial") / "extensions"
    connection.load_extension(str(folder / f"v{duckdb.__version__}" / "spatial.duckdb_extension"))
    for (name, key), table in zip((("points", "p"), ("cells", "c")), _wkb_tables(cells, points), strict=True):
        connection.register(f"raw_{name}", table)
        connection.execute(
            f"CREATE TABLE {name} AS SELECT {key}, ST_GeomFromWKB(wkb) AS geom FROM raw_{name}"
        )
    query = "SELECT p, c FROM points JOIN cells ON ST_Contains(cells.geom, points.geom)"

    def join() -> NDArray[np.int64]:
        found = connection.execute(query).fetchnumpy()
        return np.array([found["p"], found["c"]])

    return join


def _six_levels(levels: list[NDArray[Any]], points: NDArray[np.float64], rounds: int) -> list[Row]:
    counts = [len(level) for level in levels]
    codes = [f"{i:02d}{j:07d}" for i, n in enumerate(counts) for j in range(n)]
    names = [name for name, n in zip(LEVELS, counts, strict=True) for _ in range(n)]
    made = _columns(np.concatenate(levels), {"code": codes, "name": codes, "level": names})
    areas = Areas(Snapshot.of(AREAS, made, "EPSG:4547", 1), _TODAY)
    left = gpd.GeoDataFrame(geometry=shapely.points(points), crs=_CRS)
    rights = [
        gpd.GeoDataFrame({"cell": np.arange(n)}, geometry=g, crs=_CRS)
        for n, g in zip(counts, levels, strict=True)
    ]
    starts = np.cumsum([0, *counts])

    def joins() -> list[gpd.GeoDataFrame]:
        # For points inside `within` is the same question as `intersects`, and for large areas far faster.
        return [gpd.sjoin(left, right, predicate="within") for right in rights]

    owners = areas.owners(points)
    for start, rows, join in zip(starts, owners, joins(), strict=False):
        fids = np.where(rows >= 0, made.fid[np.maximum(rows, 0)] - 1 - start, -1)
        _require_same(fids, np.array([join.index.to_numpy(), join["cell"].to_numpy()]), "geopandas")
    timing = in_turns(lambda: areas.owners(points), joins, rounds)
    what = (
        f"{len(points):,} points → all six levels ({' + '.join(f'{n:,}' for n in counts)} areas) / six sjoin"
    )
    alone = _alone(areas, points)
    return [
        faster(what, timing, 40.0),
        Row("one point, all levels, in process", said(alone), "–", None, "≤ 50 µs", alone <= 50e-6),
    ]


def _alone(areas: Areas, points: NDArray[np.float64]) -> float:
    """Seconds for the owners of one point with what an answer says of them."""
    asked = [points[i : i + 1] for i in range(2000)]
    begun = time.perf_counter()
    for point in asked:
        rows = areas.owners(point)[:, 0].tolist()
        records = [areas.record(row) for row in rows if row >= 0]
        areas.unit_of(records)
    return (time.perf_counter() - begun) / len(asked)


def _history(cells: NDArray[Any], points: NDArray[np.float64], rounds: int) -> list[Row]:
    """Every year a tenth of the cells is redrawn, in ten years about as many rows as there are cells today."""
    random = np.random.default_rng(430105)
    shapes, codes = [cells], [np.arange(len(cells))]
    begun = np.full(len(cells), day_number(dt.date(2016, 6, 1)))
    current = np.arange(len(cells))  # the row that is in force for each code
    starts = [begun]
    last = np.full(len(cells), np.iinfo(np.int32).max)
    for year in range(2017, 2027):
        day = day_number(dt.date(year, 1, 1))
        redrawn = np.flatnonzero(random.random(len(cells)) < 0.1)
        last[current[redrawn]] = day
        fresh = len(last) + np.arange(len(redrawn))
        shapes.append(cells[redrawn])
        codes.append(redrawn)
        starts.append(np.full(len(redrawn), day))
        last = np.append(last, np.full(len(redrawn), np.iinfo(np.int32).max))
        current[redrawn] = fresh
    since, until = np.concatenate(starts), last
    epoch = dt.date(1970, 1, 1)
    rows = {
        "code": [f"{c:07d}" for c in np.concatenate(codes)],
        "level": ["unit_grid"] * len(since),
        "valid_from": [epoch + dt.timedelta(int(d)) for d in since],
        "valid_to": [None if d == np.iinfo(np.int32).max else epoch + dt.timedelta(int(d)) for d in until],
    }
    made = _columns(np.concatenate(shapes), rows)
    areas = Areas(Snapshot.of(AREAS, made, "EPSG:4547", 1), _TODAY)
    areas.owners(points[:1], np.zeros(1, np.int32))  # makes the history
    days = random.integers(int(since.min()), day_number(_TODAY), len(points)).astype(np.int32)
    todays = np.full(1, day_number(_TODAY), np.int32)
    if not np.array_equal(areas.owners(points), areas.owners(points, todays)):
        raise AssertionError("as of today the history should say what today's areas say")
    codes_then = np.concatenate(codes)[made.fid[np.maximum(areas.owners(points, days)[-1], 0)] - 1]
    codes_now = np.concatenate(codes)[made.fid[np.maximum(areas.owners(points)[-1], 0)] - 1]
    if not np.array_equal(codes_then, codes_now):
        raise AssertionError("a cell that keeps its outline should own its points on every day")
    what = f"{len(points):,} points, {len(since):,} rows of ten years: "
    day = np.full(1, day_number(dt.date(2020, 6, 1)), np.int32)
    one: Timing = in_turns(lambda: areas.owners(points, day), lambda: areas.owners(points), rounds)
    each: Timing = in_turns(lambda: areas.owners(points, days), lambda: areas.owners(points), rounds)
    return [
        no_slower(f"{what}as of one day / as of today", one, 1.5),
        no_slower(f"   {what}as of a day for each / as of today", each),
    ]
