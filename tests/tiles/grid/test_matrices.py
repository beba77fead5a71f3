"""The matrix sets: a place lies in the tile, and where in it, that the standard and 天地图 say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from cim.columnar import columns
from cim.model.layer import Features, Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from tests.support.api_client import Asker, small_city
from tests.support.tiles import decoded, ogc
from tiles.grid.matrix_sets import MATRIX_SETS, MatrixSet, span_of
from tiles.grid.tile_grid import Grid, grid_of
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("matrices")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def test_cgcs2000quad_has_the_levels_corners_and_cells_of_tianditu(asker: Asker) -> None:
    """天地图's set c: levels 1 to 18, 2 × 1 tiles first, 1:295829355.4545656 at level 1 for pixels of 96 dpi."""
    told = ogc(asker, "/tileMatrixSets/CGCS2000Quad")
    assert told["crs"] == "http://www.opengis.net/def/crs/EPSG/0/4490"
    assert told["orderedAxes"] == ["Lat", "Lon"]
    assert [m["id"] for m in told["tileMatrices"]] == [str(level) for level in range(1, 19)]
    for level, matrix in enumerate(told["tileMatrices"], 1):
        assert matrix["pointOfOrigin"] == [90, -180]
        assert (matrix["matrixWidth"], matrix["matrixHeight"]) == (2**level, 2 ** (level - 1))
        assert matrix["cellSize"] == 1.40625 / 2**level
        at_96_dpi = matrix["scaleDenominator"] * 0.28e-3 / (0.0254 / 96)
        assert at_96_dpi == pytest.approx(2.958293554545656e8 / 2 ** (level - 1), rel=1e-7)
    # 天地图's last: 2256.998866688275 at 96 dpi, 262144 × 131072 tiles.
    assert at_96_dpi == pytest.approx(2256.998866688275, rel=1e-7)


@pytest.mark.parametrize("matrices", MATRIX_SETS.values(), ids=list(MATRIX_SETS))
def test_the_document_of_a_set_and_our_grid_have_each_tile_in_the_same_place(
    asker: Asker, matrices: MatrixSet
) -> None:
    told = ogc(asker, f"/tileMatrixSets/{matrices.id}")
    assert len(told["tileMatrices"]) == matrices.deepest + 1
    to_axes = Transformer.from_crs(
        "OGC:CRS84",
        told["crs"]
        .replace("http://www.opengis.net/def/crs/", "")
        .replace("EPSG/0/", "EPSG:")
        .replace("OGC/1.3/", "OGC:"),
    )
    lat_first = told["orderedAxes"][0] == "Lat"
    grid = Grid(matrices.degrees)
    for z, matrix in enumerate(told["tileMatrices"]):
        assert matrix["id"] == matrices.matrix(z)
        assert (matrix["matrixWidth"], matrix["matrixHeight"]) == grid.size(z)
        for column, row in (
            (0, 0),
            (grid.size(z)[0] - 1, grid.size(z)[1] - 1),
            grid.tile_at(z, 112.97, 28.2),
        ):
            west, _, _, north = grid.bounds(z, column, row)
            origin = matrix["pointOfOrigin"][::-1] if lat_first else matrix["pointOfOrigin"]
            tile = matrix["cellSize"] * 256
            x, y = origin[0] + column * tile, origin[1] - row * tile
            assert to_axes.transform(west, north) == pytest.approx((y, x) if lat_first else (x, y), abs=1e-6)


def layer_of(*shapes: Any) -> Snapshot:
    """A layer of shapes in lon, lat."""
    kind: Any = {0: "point", 1: "line", 3: "polygon"}[shapely.get_type_id(shapes[0])]
    layer = Layer("things", geometry=kind)
    features = Features(np.array(shapes, object), pa.table({}), np.arange(1, len(shapes) + 1))
    return Snapshot.of(layer, columns.build(layer, features, "EPSG:4547"), "EPSG:4547", 1)


def drawn(of: Snapshot, grid: Grid, z: int, column: int, row: int) -> dict[int, Any]:
    """The coordinates of what is in a tile, by id."""
    tile = encode.encode([TileLayer(of)], z, column, row, grid=grid)
    found = decoded(tile)["things"]["features"] if tile else []
    return {f["id"]: f["geometry"]["coordinates"] for f in found}


@settings(max_examples=200, deadline=None)
@given(
    st.floats(-180, 180), st.floats(-90, 90), st.integers(0, 17), st.sampled_from(["wgs84", "gcj02", "bd09"])
)
@example(112.97, 28.2, 17, "gcj02")
@example(0.0, 90.0, 5, "wgs84")
@example(0.0, -90.0, 5, "wgs84")
@example(180.0, 0.0, 9, "wgs84")
@example(180.0, 0.0, 4, "bd09")
@example(180.0, 0.0, 12, "bd09")
@example(-180.0, 45.0, 9, "wgs84")
@example(0.0, 90.0, 5, "bd09")
@example(0.0, -90.0, 5, "bd09")
def test_a_point_of_a_tile_in_degrees_lies_where_its_lon_and_lat_say(
    lon: float, lat: float, z: int, datum: str
) -> None:
    grid = grid_of(datum, degrees=True)
    column, row = grid.tile_at(z, lon, lat)
    wide, high = grid.size(z)
    row = min(row, high - 1)  # the south pole is the lower edge of the last row
    west, _, east, north = grid.bounds(z, column, row)
    where = drawn(layer_of(shapely.Point(lon, lat)), grid, z, column, row)[1]
    ((shifted_lon, shifted_lat),) = crs.from_wgs84(np.array([[lon, lat]]), datum).tolist()
    shifted_lon, shifted_lat = min(shifted_lon, 180.0), min(shifted_lat, 90.0)  # never out of the world
    unit = (east - west) / 4096
    assert west + where[0] * unit == pytest.approx(shifted_lon, abs=unit)
    assert north - where[1] * unit == pytest.approx(shifted_lat, abs=unit)
    assert 0 <= column < wide
    assert span_of(grid, z, (lon, lat, lon, lat)).holds(column, row)


def test_neighbours_in_degrees_meet_at_their_border_and_at_the_antimeridian() -> None:
    grid = Grid(degrees=True)
    line = layer_of(
        shapely.LineString([(112.49, 22.51), (112.51, 22.49)])
    )  # across a corner of four z3 tiles
    ends = {
        (column, row): drawn(line, grid, 3, column, row)
        for column, row in ((12, 2), (13, 2), (12, 3), (13, 3))
    }
    assert all(ends.values()), "each shows it, in its margin at least"
    corner = {(12, 2): (4096, 4096), (13, 2): (0, 4096), (12, 3): (4096, 0), (13, 3): (0, 0)}
    for tile, parts in ends.items():
        assert shapely.LineString(parts[1]).distance(shapely.Point(corner[tile])) < 1.5
    last = grid.size(9)[0] - 1
    for lon, own, other in ((179.9999, last, 0), (-179.9999, 0, last)):
        point = layer_of(shapely.Point(lon, 10.0))
        row = grid.tile_at(9, lon, 10.0)[1]
        (there, y), (here, same_y) = (drawn(point, grid, 9, column, row)[1] for column in (own, other))
        assert (there in (0, 1, 4095, 4096)) and y == same_y
        assert here == (there - 4096 if there > 4000 else there + 4096), "in the margin, beyond the edge"
        assert span_of(grid, 9, (lon, 10.0, lon, 10.0)).holds(other, row)


def test_the_rows_at_the_poles_show_what_lies_there() -> None:
    grid = Grid(degrees=True)
    ice = layer_of(shapely.box(-180, 89, 180, 90), shapely.box(-180, -90, 180, -89))
    for z in (0, 1, 4):
        wide, high = grid.size(z)
        height = 4096 * 2**z / 180  # of a degree
        for column in (0, wide - 1):
            north, south = (
                np.array(drawn(ice, grid, z, column, row)[fid][0])[:, 1]
                for fid, row in ((1, 0), (2, high - 1))
            )
            assert (north.min(), north.max()) == (0, pytest.approx(height, abs=1))
            assert (south.min(), south.max()) == (pytest.approx(4096 - height, abs=1), 4096)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-180, 179),
    st.floats(-90, 89),
    st.floats(0.5, 90),
    st.floats(0.5, 60),
    st.sampled_from(["wgs84", "gcj02"]),
    st.booleans(),
    st.integers(0, 3),
)
@example(179.99, 20.0, 0.5, 3.0, "wgs84", True, 3)
@example(112.5, 20.0, 1.0, 3.0, "wgs84", False, 3)
@example(100.0, 89.0, 1.0, 0.5, "wgs84", False, 2)
def test_what_is_outside_the_limits_is_empty(
    west: float, south: float, width: float, height: float, datum: str, degrees: bool, z: int
) -> None:
    box = (west, south, min(west + width, 180.0), min(south + height, 90.0))
    grid, of = grid_of(datum, degrees=degrees), layer_of(shapely.box(*box))
    span = span_of(grid, z, box)
    wide, high = grid.size(z)
    for column in range(wide):
        for row in range(high):
            if drawn(of, grid, z, column, row):
                assert span.holds(column, row), (column, row, span)
