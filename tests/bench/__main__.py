"""Run the benchmarks: `python -m tests.bench [--quick] [NAME …]`; one table of ours, the peer and their ratio."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property

from cim.columnar import columns
from cim.snapshot.snapshot import Snapshot
from spatial_api import warm
from tests.bench import (
    addresses,
    assignments,
    baking,
    combs,
    data,
    durable,
    hexes,
    loading,
    ownership,
    peers,
    rasters,
    road_access,
    road_exact,
    road_maps,
    road_service,
    road_times,
    roads,
    search,
    serving,
    starting,
    tile_service,
    tiles,
)
from tests.bench.measure import Row, table
from tests.support.postgres import Cluster

METRIC_CRS = "EPSG:4547"


class Bench:
    """What the benchmarks share: the polygons, their snapshot, a PostGIS, each made when it is first needed."""

    def __init__(self, stack: ExitStack, quick: bool) -> None:
        self.stack = stack
        self.quick = quick
        self.rounds = 3 if quick else 7
        self.data = data.Data(50_000 if quick else 500_000, data.folder())

    @cached_property
    def cluster(self) -> Cluster:
        """A private PostGIS."""
        return self.stack.enter_context(peers.postgis())

    @cached_property
    def snapshot(self) -> Snapshot:
        """The polygons as the city has them."""
        made = columns.build(data.BUILDINGS, self.data.features, METRIC_CRS)
        return Snapshot.of(data.BUILDINGS, made, METRIC_CRS, 1)

    @cached_property
    def stored(self) -> tuple[str, str]:
        """The store and snapshots of a city with the polygons."""
        return loading.stored_city(self.data)

    def tiles(self) -> list[Row]:
        """Vector tiles against ST_AsMVT."""
        return tiles.run(self.cluster, self.data.features, self.snapshot, self.rounds)

    def tiles_cold(self) -> list[Row]:
        """A walk of cold tiles over HTTP against TiPg."""
        return tile_service.cold(self.cluster, self.data, *self.stored)

    def tiles_warm(self) -> list[Row]:
        """A kept tile over HTTP against an empty FastAPI route."""
        return tile_service.warm(*self.stored, self.rounds, 0.5 if self.quick else 2.0)

    def tiles_largest(self) -> list[Row]:
        """The largest tile of millions of polygons."""
        return tile_service.largest(500_000 if self.quick else 5_000_000)

    def tiles_fresh(self) -> list[Row]:
        """From a change to its tile."""
        return tile_service.fresh(self.data.folder, self.rounds)

    def rasters(self) -> list[Row]:
        """Terrain tiles from cloud-optimised GeoTIFFs over HTTP against TiTiler."""
        side, tiles = (1000, 20) if self.quick else (8000, 60)
        return rasters.run(self.data.folder, side, tiles, 3)

    def baking(self) -> list[Row]:
        """A whole pyramid as PMTiles against tippecanoe and freestiler."""
        return baking.run(self.data)

    def ownership(self) -> list[Row]:
        """Points to grid cells against geopandas.sjoin."""
        n, grid = (100_000, (60, 100)) if self.quick else (1_000_000, (300, 200))
        return ownership.run(n, grid, self.rounds)

    def search(self) -> list[Row]:
        """Nearest and bounding boxes against PostGIS, geoindex-rs and shapely."""
        queries = 1000 if self.quick else 10_000
        return search.run(self.cluster, self.data.features, self.snapshot, queries, self.rounds)

    def load(self) -> list[Row]:
        """Files into the GeoPackage store against ogr2ogr."""
        return loading.into_geopackage(self.data, 1 if self.quick else 3)

    def load_postgis(self) -> list[Row]:
        """A file into the PostGIS store against ogr2ogr."""
        return loading.into_postgis(self.data, self.cluster, 1 if self.quick else 3)

    def open(self) -> list[Row]:
        """Opening a stored city."""
        return loading.opening(self.data, *self.stored, self.rounds)

    def durable(self) -> list[Row]:
        """Single durable inserts over the bundled SQLite against the interpreter's."""
        return durable.run(self.data.folder, self.rounds)

    def start(self) -> list[Row]:
        """What the command line says at once: help, version, refusals."""
        return starting.run(self.data.folder, self.rounds)

    def memory(self) -> list[Row]:
        """Memory of a worker."""
        return serving.memory(self.data.folder, *self.stored, self.data.n)

    def http(self) -> list[Row]:
        """An answer over HTTP against an empty FastAPI route."""
        return serving.ownership(self.data.folder, self.rounds, 0.5 if self.quick else 2.0)

    def combs(self) -> list[Row]:
        """Health and tiles while guests send combs of many corners and leave."""
        return combs.run(self.data.folder, 3.0 if self.quick else 10.0)

    def hexes(self) -> list[Row]:
        """H3 aggregates, and datums against prcoords."""
        return hexes.run(100_000 if self.quick else 1_000_000, self.rounds)

    def addresses(self) -> list[Row]:
        """Noisy questions to a million addresses against FTS5 with trigrams."""
        return addresses.run(
            self.data.folder, 100_000 if self.quick else 1_000_000, 200 if self.quick else 1000
        )

    def road_times(self) -> list[Row]:
        """A thousand teams to one incident against Valhalla, OSRM and igraph on the same maps."""
        real = road_times.run(road_maps.real(), "Porto Alegre", self.data.folder / "roads-real", self.rounds)
        size = "small" if self.quick else "metro"
        file = road_maps.demo(size, self.data.folder)
        # OSRM contracts a grid of 80,000 nodes for more than 8 minutes; its other way (MLD) is ready in under two.
        left_out = () if self.quick else ("osrm-ch",)
        folder = self.data.folder / f"roads-{size}"
        return [*real, *road_times.run(file, f"demo {size}", folder, self.rounds, left_out)]

    def road_service(self) -> list[Row]:
        """Nearest by road and a closure, over HTTP."""
        size, last_s = ("small", 5.0) if self.quick else ("metro", 30.0)
        return road_service.run(self.data.folder, size, last_s, self.rounds)

    def roads(self) -> list[Row]:
        """Preprocessing, reach and closures on the demo city's network, and arrival times against scipy's Dijkstra."""
        return roads.run("small" if self.quick else "metro", self.rounds)

    def road_exact(self) -> list[Row]:
        """Times by road against Dijkstra on another graph."""
        return road_exact.run(road_maps.real())

    def road_access(self) -> list[Row]:
        """Whom the routes of each profile let pass, against Valhalla."""
        return road_access.run(
            road_maps.monaco(), self.data.folder / "roads-monaco", 200 if self.quick else 2000
        )

    def assignments(self) -> list[Row]:
        """200 incidents and 1,000 teams, matrix included."""
        return assignments.run("small" if self.quick else "metro", self.rounds)


#: The benchmarks by the name that the command line takes, in the order of the issue's table.
NAMES = (
    "tiles",
    "ownership",
    "search",
    "load",
    "load_postgis",
    "open",
    "durable",
    "start",
    "memory",
    "http",
    "combs",
    "hexes",
    "addresses",
    "road_times",
    "road_service",
    "roads",
    "road_exact",
    "road_access",
    "assignments",
    "tiles_cold",
    "tiles_warm",
    "tiles_largest",
    "tiles_fresh",
    "baking",
    "rasters",
)


def main() -> int:
    """Run what was asked for; 1 where a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to run, of: {', '.join(NAMES)}; default: all"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the data: to see that it runs, not to judge"
    )
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(NAMES))
    if unknown:
        parser.error(f"{', '.join(unknown)}: no such benchmark; there are: {', '.join(NAMES)}")
    warm.kernels()
    rows: list[Row] = []
    with ExitStack() as stack:
        bench = Bench(stack, asked.quick)
        for name in asked.names or NAMES:
            rows += _run(name, getattr(bench, name))
    scale = (
        "--quick, a tenth of the data, targets do not count"
        if asked.quick
        else "medians; ratios within one round"
    )
    print(f"\ncitybase benchmarks · Python {platform.python_version()} · {os.cpu_count()} cores · {scale}\n")
    print(table(rows))
    return 1 if not asked.quick and any(row.ok is False for row in rows) else 0


def _run(name: str, work: Callable[[], list[Row]]) -> list[Row]:
    begun = time.perf_counter()
    print(f"{name} …", end=" ", file=sys.stderr, flush=True)
    try:
        rows = work()
    except peers.Missing as missing:
        rows = [Row(name, "not run", f"missing: {missing}")]
    print(f"{time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return rows


if __name__ == "__main__":
    sys.exit(main())
