"""Points to the grid cells that own them, against `geopandas.sjoin` with the same answers."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim import columns
from cim.layer import Features
from cim.ownership import Partition
from cim.placed import AREAS
from tests.bench import data
from tests.bench.measure import Row, Timing, faster, in_turns, seconds


def run(n_points: int, grid: tuple[int, int], rounds: int) -> list[Row]:
    """The join with both sides' indexes made beforehand (the target), and with making them."""
    cells = data.cells(*grid)
    points = data.points_in_extent(n_points)
    codes = [f"{i:06d}" for i in range(len(cells))]
    level = {"code": codes, "name": codes, "level": ["unit_grid"] * len(cells)}
    table = pa.table(
        [level.get(f.name, pa.nulls(len(cells), f.type)) for f in AREAS.schema()], schema=AREAS.schema()
    )
    made = columns.build(AREAS, Features(cells, table), "EPSG:4547")
    order = made.by_fid.astype(np.int64)
    partition = Partition.of(made, order)

    right = gpd.GeoDataFrame({"cell": np.arange(len(cells))}, geometry=cells, crs="EPSG:4326")
    shapes = shapely.points(points)
    left = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")

    def joined(
        cells_frame: gpd.GeoDataFrame, points_frame: gpd.GeoDataFrame, predicate: str
    ) -> gpd.GeoDataFrame:
        return gpd.sjoin(points_frame, cells_frame, predicate=predicate)

    def time_of(predicate: str) -> float:
        joined(right, left, predicate)  # makes the index
        return seconds(lambda: joined(right, left, predicate))

    # Both ways of asking are the same question for points inside; the faster one is the peer.
    predicate = min(("intersects", "within"), key=time_of)
    _assert_same(partition, points, joined(right, left, predicate), len(cells))

    what = f"{n_points:,} points → {len(cells):,} cells / geopandas.sjoin({predicate})"
    timing = in_turns(lambda: partition.owners(points), lambda: joined(right, left, predicate), rounds)

    def fresh_join() -> None:
        # New frames over the same geometries have no index yet.
        cells_frame = gpd.GeoDataFrame({"cell": np.arange(len(cells))}, geometry=cells, crs="EPSG:4326")
        joined(cells_frame, gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"), predicate)

    whole: Timing = in_turns(lambda: Partition.of(made, order).owners(points), fresh_join, rounds)
    return [faster(what, timing, 8.0), faster("the same, with making both sides' index", whole)]


def _assert_same(
    partition: Partition, points: NDArray[np.float64], join: gpd.GeoDataFrame, n_cells: int
) -> None:
    """The same owner for every point. A point on a border is in two cells for geopandas and has the lowest code
    for us; among random doubles there is none, and this says so."""
    if join.index.has_duplicates:
        raise AssertionError("a point lies on a border of cells")
    theirs = np.full(len(points), -1, np.int64)
    theirs[join.index.to_numpy()] = join["cell"].to_numpy()
    rows = partition.owners(points)[0]
    ours = np.where(rows >= 0, partition.columns.fid[np.maximum(rows, 0)] - 1, -1)
    if not np.array_equal(ours, theirs):
        raise AssertionError(f"{int((ours != theirs).sum())} of {len(points)} points have another owner")
    if not 0 < int((ours >= 0).sum()) < len(points):
        raise AssertionError(f"the points should lie both inside and outside of the {n_cells} cells")
