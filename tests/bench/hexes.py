"""H3 aggregates of a layer, and datums: WGS84 ⇄ GCJ-02 against `prcoords` in a loop."""

from __future__ import annotations

import numpy as np
import prcoords
import pyarrow as pa
import shapely

from cim.analysis import hex_aggregates
from cim.analysis.hex_aggregates import Measure
from cim.columnar import columns
from cim.model.layer import Features, Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from tests.bench import data
from tests.bench.measure import Row, faster, in_turns, said, seconds


def run(n: int, rounds: int) -> list[Row]:
    """Both rows."""
    return [_aggregate(n, rounds), *_datums(n, rounds)]


def _aggregate(n: int, rounds: int) -> Row:
    layer = Layer("points", geometry="point")
    made = columns.build(layer, Features(shapely.points(data.points_in_city(n)), pa.table({})), "EPSG:4547")
    snapshot = Snapshot.of(layer, made, "EPSG:4547", 1)
    count = Measure("count")
    cells = len(hex_aggregates.aggregate(snapshot, 9, count).cells)
    taken = sorted(
        seconds(lambda: hex_aggregates.aggregate(snapshot, 9, count)) for _ in range(max(rounds, 5))
    )
    middle = taken[len(taken) // 2]
    what = f"count of {n:,} points by {cells:,} H3 cells of resolution 9"
    return Row(what, said(middle), "–", None, "≤ 50 ms", middle <= 0.05)


def _datums(n: int, rounds: int) -> list[Row]:
    points = data.points_in_city(n)
    few = n // 50  # the loop takes seconds for a fiftieth of them
    pairs = [prcoords.Coords(lat, lon) for lon, lat in points[:few].tolist()]
    shifted = crs.from_wgs84(points, "gcj02")
    theirs = np.array([(c.lon, c.lat) for c in map(prcoords.wgs_gcj, pairs)])
    if np.abs(theirs - shifted[:few]).max() > 1e-9:
        raise AssertionError("prcoords gives other positions")
    back = crs.to_wgs84(shifted, "gcj02")
    off_m = float(np.abs((back - points) * (98_000.0, 111_000.0)).max())
    rows = []
    shifted_pairs = [prcoords.Coords(lat, lon) for lon, lat in shifted[:few].tolist()]
    for what, ours, loop, asked in (
        ("WGS84 → GCJ-02", lambda: crs.from_wgs84(points, "gcj02"), prcoords.wgs_gcj, pairs),
        (
            "GCJ-02 → WGS84, exact",
            lambda: crs.to_wgs84(shifted, "gcj02"),
            prcoords.gcj_wgs_bored,
            shifted_pairs,
        ),
    ):

        def peer(loop: object = loop, asked: list[object] = asked) -> None:
            for pair in asked:
                loop(pair)  # type: ignore[operator]

        timing = in_turns(ours, peer, rounds)
        timing.peer[:] = [s * 50 for s in timing.peer]
        rows.append(faster(f"{n:,} points {what} / prcoords in a loop (1/50 of it, x 50)", timing, 100.0))
    rows.append(
        Row(
            "   round trip WGS84 → GCJ-02 → WGS84",
            f"{off_m * 1000:.2g} mm",
            "–",
            None,
            "≤ 1 mm",
            off_m <= 1e-3,
        )
    )
    return rows
