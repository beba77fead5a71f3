"""Nearest and bounding box, ten thousand questions in one call, against PostGIS with its index; and other indexes."""

from __future__ import annotations

import numpy as np
import shapely
from geoindex_rs import rtree as geoindex  # type: ignore[attr-defined]
from numpy.typing import NDArray

from cim.model.layer import Features
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from tests.bench import data, peers
from tests.bench.measure import Row, faster, in_turns
from tests.support.postgres import Cluster

_METRIC = 4547
_LIMIT = 10
_BOX_M = 150.0

_NEAREST = (
    "SELECT a.id, n.id, n.d FROM asked a CROSS JOIN LATERAL (SELECT b.id, b.geom <-> a.geom AS d "
    f"FROM metric b ORDER BY b.geom <-> a.geom LIMIT {_LIMIT}) n"
)
_BOXES = "SELECT a.id, b.id FROM boxes a JOIN degrees b ON b.geom && a.geom"


def run(cluster: Cluster, features: Features, snapshot: Snapshot, queries: int, rounds: int) -> list[Row]:
    """Both questions against PostGIS; the box also against geoindex-rs and shapely."""
    with peers.connected(cluster.bare_database()) as connection:
        for setting in ("min_parallel_table_scan_size", "parallel_setup_cost", "parallel_tuple_cost"):
            connection.execute(
                f"SET {setting} = 0"
            )  # so that PostGIS uses all cores for these joins, as we do
        peers.fill(connection, "degrees", features, 4326)
        metric = Features(crs.geometry_to_metric(features.geometry, snapshot.metric_crs), features.attributes)
        peers.fill(connection, "metric", metric, _METRIC)
        points = data.points_in_city(queries)
        asked = shapely.points(crs.to_metric(points, snapshot.metric_crs))
        peers.fill_shapes(connection, "asked", asked, _METRIC)
        boxes = data.boxes_in_city(queries, _BOX_M)
        peers.fill_shapes(connection, "boxes", shapely.box(*boxes.T), 4326)
        for query in (_NEAREST, _BOXES):
            plan = peers.explained(connection, query)
            if "Index Scan" not in plan:
                raise AssertionError(f"PostGIS does not use its index:\n{plan}")

        def near_theirs() -> NDArray[np.float64]:
            found = peers.copied(connection, _NEAREST, [">i4", ">i4", ">f8"])
            return found["value2"][np.lexsort((found["value2"], found["value0"]))].reshape(-1, _LIMIT)

        def near_ours() -> NDArray[np.float64]:
            return snapshot.nearest(points, _LIMIT)[1]

        off = float(np.abs(near_ours() - near_theirs()).max())
        if off > 1e-6:
            raise AssertionError(f"the distances differ by up to {off} m")
        timing = in_turns(near_ours, near_theirs, rounds)
        n = len(features)
        rows = [
            faster(f"nearest {_LIMIT} of {n:,} for {queries:,} points / PostGIS lateral join", timing, 20.0)
        ]

        def boxes_theirs() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            found = peers.copied(connection, _BOXES, [">i4", ">i4"])
            return found["value0"].astype(np.int64), found["value1"].astype(np.int64)

        def boxes_ours() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            return snapshot.in_bounds(boxes)

        hits = _same_hits(features, snapshot, boxes, boxes_ours(), boxes_theirs())
        timing = in_turns(boxes_ours, boxes_theirs, rounds)
        rows.append(
            faster(f"{queries:,} boxes of {_BOX_M:g} m, {hits:,} hits of {n:,} / PostGIS &&", timing, 20.0)
        )
        for table in ("degrees", "metric"):
            peers.cluster_by_place(connection, table)
        rows += [
            faster(
                "   nearest / PostGIS on the table clustered by place",
                in_turns(near_ours, near_theirs, rounds),
            ),
            faster(
                "   boxes / PostGIS on the table clustered by place",
                in_turns(boxes_ours, boxes_theirs, rounds),
            ),
        ]
    return rows + _indexes(features, snapshot, boxes, rounds)


def _same_hits(
    features: Features,
    snapshot: Snapshot,
    boxes: NDArray[np.float64],
    ours: tuple[NDArray[np.int64], NDArray[np.int64]],
    theirs: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> int:
    """How many hits there are. PostGIS compares boxes rounded to float32, outwards: its extra hits, a metre from the
    box, are taken out here with the exact bounds."""
    n = len(features)
    key_ours = np.sort(np.repeat(np.arange(len(boxes)), ours[1]) * n + snapshot.fids(ours[0]) - 1)
    bounds, asked = shapely.bounds(features.geometry[theirs[1]]), boxes[theirs[0]]
    meets = (bounds[:, :2] <= asked[:, 2:]).all(axis=1) & (bounds[:, 2:] >= asked[:, :2]).all(axis=1)
    key_theirs = np.sort((theirs[0] * n + theirs[1])[meets])
    if not np.array_equal(key_ours, key_theirs):
        raise AssertionError(f"{len(key_ours)} hits in ours, {len(key_theirs)} in PostGIS's")
    return len(key_ours)


def _indexes(features: Features, snapshot: Snapshot, boxes: NDArray[np.float64], rounds: int) -> list[Row]:
    """Our packed tree against geoindex-rs (one call a box: it has no other) and shapely's STRtree, for information."""
    bounds = shapely.bounds(features.geometry)
    builder = geoindex.RTreeBuilder(num_items=len(bounds))
    builder.add(*np.ascontiguousarray(bounds.T))
    packed = builder.finish()
    asked = [tuple(box) for box in boxes.tolist()]

    def by_geoindex() -> int:
        return sum(len(np.asarray(geoindex.search(packed, *box))) for box in asked)

    tree = shapely.STRtree(features.geometry)
    shapes = shapely.box(*boxes.T)

    def ours() -> int:
        return len(snapshot.in_bounds(boxes)[0])

    if not ours() == by_geoindex() == tree.query(shapes).shape[1]:
        raise AssertionError("the indexes differ in their hits")
    what = f"{len(boxes):,} boxes"
    return [
        faster(f"{what} / geoindex-rs", in_turns(ours, by_geoindex, rounds)),
        faster(f"{what} / shapely STRtree", in_turns(ours, lambda: tree.query(shapes), rounds)),
    ]
