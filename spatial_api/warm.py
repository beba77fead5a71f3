"""Every compiled loop run once on a city of three features, so that no request waits for a compiler."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
import pyarrow as pa
import shapely

from cim.areas.ownership import Areas
from cim.bim.building_model import Mesh, Polygons
from cim.bim.measure import contains_point
from cim.bim.solids import solid_faults
from cim.bim.triangulation import triangulate
from cim.columnar import columns, hex_covers, wkb
from cim.columnar.columns import Columns
from cim.columnar.outline import Outline
from cim.dispatch import tour_solver
from cim.geocoding import search
from cim.model.layer import Features, Field, GeometryKind, Layer
from cim.model.standard_layers import AREAS
from cim.roads.alternatives import alternatives
from cim.roads.network import Conditions
from cim.roads.network_file import build
from cim.roads.profiles import profile_of
from cim.roads.shortest_paths import journey, times_from, times_to
from cim.roads.snapping import snap
from cim.routing import itinerary, map_matching, reach
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot
from cim.space import crs, h3_cells
from cim.store import postgis_copy
from cim.text import index, normalize
from tiles.archives import pmtiles_format
from tiles.geometry import command_stream, tile_shapes
from tiles.geometry.tile_shapes import EXTENT_BITS
from tiles.grid.tile_grid import WEB_MERCATOR, Grid
from tiles.picture import pixel_shapes
from tiles.pyramid.zoom_rules import TileRule
from tiles.raster import terrain
from tiles.raster.png import encode_png
from tiles.raster.read import frame_of
from tiles.three_d.extrude import extrude
from tiles.vector import encode, occupied_tiles
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer

_CRS = "EPSG:4547"
_PLACE = np.array([[112.9, 28.2]])
_SHAPES: dict[GeometryKind, str] = {
    "point": "POINT (112.9 28.2)",
    "line": "LINESTRING (112.9 28.2, 112.91 28.21)",
    "polygon": "POLYGON ((112.9 28.2, 112.91 28.2, 112.91 28.21, 112.9 28.2))",
}


def kernels() -> None:
    """Compile what is not compiled yet, and load what is."""
    for part in PARTS:
        part()


def _small() -> Iterator[tuple[GeometryKind, Layer, Columns, Snapshot]]:
    """A layer of each kind, with the same feature twice."""
    for kind, said in _SHAPES.items():
        layer = Layer("warm", geometry=kind, fields=(Field("name", "text"),))
        features = Features(np.array([shapely.from_wkt(said)] * 2, object), pa.table({"name": ["a", "b"]}))
        made = columns.build(layer, features, _CRS)
        yield kind, layer, made, Snapshot.of(layer, made, _CRS, 1)


def _places() -> None:
    """The questions about places, what is written to the stores, the owners of a place, H3."""
    for kind, layer, made, snapshot in _small():
        snapshot.in_bounds(np.array([[112.0, 28.0, 113.0, 29.0]]))
        snapshot.containing(_PLACE)
        snapshot.nearest(_PLACE, 1)
        snapshot.nearest(_PLACE, 1, keep=np.ones(2, np.bool_))
        snapshot.within_distance(_PLACE[0], 10.0)
        snapshot.intersecting(shapely.box(112.0, 28.0, 113.0, 29.0))
        if kind == "polygon":
            snapshot.shares_in(Outline.of(shapely.box(0.0, 0.0, 1.0, 1.0)), np.arange(1))
        wkb.encode(made, kind, np.arange(1), 4490, "gpkg")
        postgis_copy.encode(layer, made, np.arange(1), 4490, postgis_copy.distinct(made, layer))
    table = pa.Table.from_pylist([{"code": "1", "name": "a", "level": "city"}], AREAS.schema())
    polygon = np.array([shapely.from_wkt(_SHAPES["polygon"])], object)
    area = columns.build(AREAS, Features(polygon, table), _CRS)
    areas = Areas(Snapshot.of(AREAS, area, _CRS, 1), dt.date(2026, 1, 1))
    areas.owners(_PLACE)
    areas.owners(np.repeat(_PLACE, 5000, axis=0), np.zeros(1, np.int32))
    areas.special(_PLACE)
    crs.to_wgs84(_PLACE, "gcj02")
    hex_covers.cover(shapely.box(112.9, 28.2, 112.901, 28.201), 9)
    h3_cells.totals(h3_cells.cells_of(_PLACE, 9), np.ones(1))


def _texts() -> None:
    """The search for texts."""
    for _, _, made, _ in _small():
        index.build(made, [0]).find("五一大道1号")
    index.weight_of("五一大道1号")
    normalize.parts_of("五一大道1号")
    search.places_of(np.zeros((1, 4)), 400.0)


def _tiles() -> None:
    """Levels, tiles before and after a change and in another grid, archives, pictures, rasters."""
    lon, lat = _PLACE[0].tolist()
    other = Grid(degrees=True, datum="gcj02")
    for kind, _, made, snapshot in _small():
        for rule in (TileRule(), TileRule(coverage="name"), TileRule(least_px=512.0)):
            drawing = TileLayer(snapshot, build_pyramid(snapshot, rule, zooms=(10, 14)))
            for z in (10, 14):
                encode.encode([drawing], z, *WEB_MERCATOR.tile_at(z, lon, lat))
        encode.encode([TileLayer(snapshot)], 17, *WEB_MERCATOR.tile_at(17, lon, lat))
        changed = snapshot.with_changes(np.array([1]), snapshot.features(np.array([0])), 2)
        now = TileLayer(changed, drawing.pyramid)
        encode.encode([now], 10, *WEB_MERCATOR.tile_at(10, lon, lat))
        for z in (10, 14):
            now.as_of(z, 0, 0)
        encode.encode([TileLayer(snapshot)], 14, *other.tile_at(14, lon, lat), grid=other)
        encode.encode([drawing], 9, *other.tile_at(9, lon, lat), grid=other)
        level = build_pyramid(snapshot, TileRule(), zooms=(10, 10)).levels[10]
        command_stream.read_streams(
            np.arange(1), level.starts, level.origin, level.streams, 32 - EXTENT_BITS - 10
        )
        none = np.arange(0)
        command_stream.read_streams(
            none, np.zeros(1, np.int64), np.empty((0, 2), np.int32), np.empty(0, np.uint8), 0, True
        )
        cut = tile_shapes.taken_arrays(np.arange(1), made.mercator_rings)
        tile_shapes.taken_arrays(np.arange(1), cut)
        met = occupied_tiles.tiles_of(TileLayer(snapshot), 14, (0, 0, 16383, 16383))
        numbers = pmtiles_format.numbers(14, met >> 32, met & 0xFFFFFFFF)
        directory = pmtiles_format.Directory(*(numbers for _ in range(4)))
        pmtiles_format.Directory.from_bytes(pmtiles_format.unpack(directory.to_bytes(), 2))
        window = pixel_shapes.Window(0.0, 0.0, 1e-5)
        pixel_shapes.sizes(made, np.arange(1), window)
        pixel_shapes.outlines(made, np.arange(1), window, kind)
    encode_png(np.zeros((2, 2, 3), np.uint8))
    terrain.slope(np.zeros((3, 3), np.float32), frame_of(14, 13331, 6852, 1, 1))


def _roads() -> None:
    """A ladder of streets: ways over it and other ways, what is reached from it, a closure, a trace."""
    layer = Layer("roads", geometry="line", fields=(Field("name", "text"),))
    x = 112.9 + 0.001 * np.arange(31)
    rails = [[[a, y], [b, y]] for y in (28.2, 28.201) for a, b in pairwise(x)]
    lines = shapely.linestrings([*rails, *([[a, 28.2], [a, 28.201]] for a in x)])
    made = columns.build(layer, Features(lines, pa.table({"name": ["a"] * len(lines)})), _CRS)
    network = build(Snapshot.of(layer, made, _CRS, 1), None, Settings())
    free = network.metric(profile_of("car"))
    closed = Conditions(np.ones(len(lines), np.float32), np.arange(len(lines)) == 15)
    metric = network.reweigh(free, free, closed)  # so few that it is not made anew
    places = snap(network, metric, np.array([[112.9005, 28.2], [112.9295, 28.2]]), np.array([90.0, np.nan]))
    itinerary.shortest_journey(network, metric, places.take([0]), places.take([1]))
    best = journey(network, metric, places.take([0]), places.take([1]))
    assert best is not None
    alternatives(network, metric, places.take([0]), places.take([1]), best)
    times_to(network, metric, places, places.take([0]))
    times_from(network, metric, places.take([0]), places)
    for towards in (False, True):
        found = reach.reach_times(network, metric, places, towards=towards)
        reach.areas(
            reach.samples(network, metric, found, 600_000.0, 40.0, towards=towards), [600_000.0], 40.0
        )
    along = np.array([[112.9002, 28.2], [112.9008, 28.2], [112.9014, 28.2]])
    trace = map_matching.Trace(along, np.array([0.0, 5.0, 10.0]), np.full(3, np.nan), np.full(3, 5.0))
    map_matching.match_checked(network, [trace], profile_of("car"))
    one = np.zeros((1, 1), np.int64)
    stops = tour_solver.TourCosts(one, one, one, one[0], np.array([[0, 1]]), np.ones(1, np.int64), 9)
    tour_solver.order_stops(stops, np.ones(1, np.bool_))


def _bodies() -> None:
    """The faces of a model, what is wrong with them, whether they hold a place; a footprint as a body."""
    corner = [[x, y, z] for x in (0.0, 1.0) for y in (0.0, 1.0) for z in (0.0, 1.0)]
    rings = [[0, 2, 6, 4], [1, 5, 7, 3], [0, 4, 5, 1], [2, 3, 7, 6], [0, 1, 3, 2], [4, 6, 7, 5]]
    faces = Polygons(
        np.array(corner),
        np.array(rings, np.int32).ravel(),
        np.arange(0, 25, 4, dtype=np.int32),
        np.arange(7, dtype=np.int32),
        np.array([0, 6], np.int32),
    )
    triangles, _ = triangulate(faces)
    mesh = Mesh(faces.vertices, triangles, polygons=faces)
    solid_faults(mesh)
    contains_point(mesh.vertices, mesh.triangles, 0.5, 0.5, 0.5)
    extrude(np.array([shapely.box(0, 0, 1, 1)], object), np.zeros(1), np.ones(1), lambda positions: positions)


#: What is compiled, in parts that have little in common: the largest first.
PARTS = (_tiles, _roads, _places, _texts, _bodies)


def _run(part: int) -> None:
    PARTS[part]()


if __name__ == "__main__":
    # New processes: one that is forked off has the locks of threads that it does not have.
    with ProcessPoolExecutor(min(len(PARTS), os.cpu_count() or 1), get_context("spawn")) as processes:
        list(processes.map(_run, range(len(PARTS))))
    kernels()  # what two of them wrote at the same time may be missing
