"""Vector tiles: ours from columns against `ST_AsMVT` on an indexed table that is already in Web Mercator."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import psycopg
import shapely

from cim.model.layer import Features
from cim.snapshot.snapshot import Snapshot
from tests.bench import peers
from tests.bench.data import CENTRE
from tests.bench.measure import Row, faster, in_turns
from tests.support.postgres import Cluster
from tiles.pyramid.zoom_rules import TileRule, default_rule
from tiles.vector import encode
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer

_QUERY = """
SELECT ST_AsMVT(t, 'buildings', 4096, 'mvt', 'id') FROM (
  SELECT ST_AsMVTGeom(b.geom, ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 64) AS mvt, id, name, floors, height, use
  FROM tiled b WHERE b.geom && ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)) t
"""


def _tile_at(z: int) -> tuple[int, int]:
    lon, lat = CENTRE
    x = (lon + 180.0) / 360.0 * 2**z
    y = (1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0 * 2**z
    return int(x), int(y)


def _mercator(lonlat: np.ndarray) -> np.ndarray:
    radius = 6378137.0
    x, y = np.radians(lonlat[:, 0]), np.arctanh(np.sin(np.radians(lonlat[:, 1])))
    return np.column_stack([x, y]) * radius


def features_in(tile: bytes) -> int:
    """How many features are in a tile, counted from its bytes."""
    count, at = 0, 0
    end = len(tile)

    def varint(at: int) -> tuple[int, int]:
        number = shift = 0
        while True:
            byte = tile[at]
            number |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                return number, at

    depth_end = None
    while at < end:
        key, at = varint(at)
        if key & 7 == 0:
            _, at = varint(at)
            continue
        length, at = varint(at)
        if depth_end is None:  # the layer: go in
            depth_end = at + length
            continue
        count += key >> 3 == 2
        at += length
    return count


def run(cluster: Cluster, features: Features, snapshot: Snapshot, rounds: int) -> list[Row]:
    """z12, z14 and z16 tiles with the same features as PostGIS's, and as they are served; and z14 from a table
    clustered by place (for information)."""
    whole = TileRule(least_px=0.0, tolerance_px=0.0, thin="none")
    drawing = TileLayer(snapshot, build_pyramid(snapshot, whole, zooms=(12, 16)), whole)
    with peers.connected(cluster.bare_database()) as connection:
        projected = Features(shapely.transform(features.geometry, _mercator), features.attributes)
        peers.fill(connection, "tiled", projected, 3857)
        rows = [_against(connection, drawing, z, 25.0, rounds) for z in (12, 14, 16)]
        rule = default_rule(snapshot.layer)
        served = TileLayer(snapshot, build_pyramid(snapshot, rule, zooms=(12, 12)), rule)
        rows.append(_against(connection, served, 12, None, rounds))
        rows += [_in_threads(drawing, z, rounds) for z in (12, 14)]
        peers.cluster_by_place(connection, "tiled")
        clustered = _against(connection, drawing, 14, None, rounds)
    return [*rows, replace(clustered, what="   z14 / ST_AsMVT on the table clustered by place")]


def _in_threads(drawing: TileLayer, z: int, rounds: int) -> Row:
    """The tiles about the centre made by as many threads as there are cores, and by one."""
    x, y = _tile_at(z)
    tiles = [(x + dx, y + dy) for dx in range(-2, 2) for dy in range(-2, 2)]
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as threads:
        timing = in_turns(
            lambda: list(threads.map(lambda at: encode.encode([drawing], z, *at, 1 << 30), tiles)),
            lambda: [encode.encode([drawing], z, *at, 1 << 30) for at in tiles],
            rounds,
            at_least_s=0.3,
        )
    return faster(f"   {len(tiles)} tiles z{z} by {cores} threads / by one", timing)


def _against(
    connection: psycopg.Connection[Any], drawing: TileLayer, z: int, target: float | None, rounds: int
) -> Row:
    x, y = _tile_at(z)
    # Without levels' generalisation nothing is left out, for want of room neither; as served, all that is.
    most = 1 << 30 if target or drawing.zoom_rule().thin == "none" else encode.MAX_BYTES
    with connection.cursor(binary=True) as cursor:

        def theirs() -> bytes:
            cursor.execute(_QUERY.encode(), {"z": z, "x": x, "y": y}, prepare=True)
            (tile,) = cursor.fetchone() or (b"",)
            return bytes(tile)

        def ours() -> bytes:
            return encode.encode([drawing], z, x, y, max_bytes=most)

        there, here = theirs(), ours()
        count, count_there = features_in(here), features_in(there)
        # What rounds to nothing may differ by a few.
        if most != encode.MAX_BYTES and abs(count - count_there) > 0.002 * count_there:
            raise AssertionError(f"z{z}: {count} features in ours, {count_there} in PostGIS's")
        timing = in_turns(ours, theirs, rounds, at_least_s=0.3)
    counts = f"{count:,}" if count == count_there else f"{count:,} ({count_there:,})"
    size = f"{len(here) // 1000} ({len(there) // 1000}) kB"
    what = "tile" if most != encode.MAX_BYTES else "   as served, tile"
    return faster(
        f"{what} z{z}, {counts} of {len(drawing.snapshot):,} polygons, {size} / ST_AsMVT", timing, target
    )
