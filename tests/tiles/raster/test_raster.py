"""Rasters cut into tiles: heights are where they belong, neighbours agree, nothing appears where there is nothing."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rasterio.transform import Affine

from cim.errors import BadInput, FaultyData
from cim.space import crs
from tests.support import raster_files as made
from tests.support.inputs import shared_file
from tests.support.raster_files import MIDDLE, centre, metres, middles, people, photo, tile
from tests.support.small_city import EAST, NORTH, SOUTH, WEST
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster import png, render, terrain
from tiles.raster.color_ramps import RAMPS
from tiles.raster.contours import contours, interval_m
from tiles.raster.files import Raster
from tiles.raster.read import RasterWindow, at_point, frame_of, statistics, values
from tiles.raster.render import RenderOptions, render_raster
from tiles.raster.rules import parse_rule
from tiles.raster.terrain import Light


@pytest.fixture(params=["degrees", "metres"])
def hills(request: pytest.FixtureRequest, tmp_path: Path) -> Raster:
    """The plane as a plain file in degrees, and as a cloud-optimised one in metres."""
    if request.param == "degrees":
        return made.opened(made.plane_in_degrees(tmp_path / "dem.tif"))
    return made.opened(made.plane_in_metres(tmp_path / "dem.tif"))


# -- heights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["png", "webp"])
@pytest.mark.parametrize(("encoding", "step_m"), [("mapbox", 0.1), ("terrarium", 1 / 256)])
@pytest.mark.parametrize("z", [13, 15, 18])
def test_a_map_reads_the_heights_of_the_terrain_from_the_colours(
    hills: Raster, z: int, encoding: Any, step_m: float, form: Any
) -> None:
    frame = frame_of(*tile(z))
    found = terrain.heights(hills, frame)
    assert found is not None
    read = metres(render.lossless(terrain.terrain_rgb(found, encoding), form), encoding)
    lon, lat = middles(frame)
    # Within half a cell of the edge GDAL repeats the outermost cells.
    inside = (lon > WEST + 0.001) & (lon < EAST - 0.001) & (lat > SOUTH + 0.001) & (lat < NORTH - 0.001)
    assert inside.any()
    assert np.abs(read - made.plane(lon, lat))[inside].max() <= step_m / 2 + 0.01


@pytest.mark.parametrize("z", [9, 10, 12, 13, 14, 16, 18, 20])
def test_neighbouring_tiles_agree_on_what_lies_beyond_their_border(hills: Raster, z: int) -> None:
    here = values(hills, frame_of(*tile(z), buffer=1))
    right, below = (values(hills, frame_of(*tile(z, *step))) for step in ((1, 0), (0, 1)))
    assert here is not None
    if right is not None:
        np.testing.assert_allclose(here[0, 1:-1, -1], right[0, :, 0], rtol=0, atol=0.005)
    if below is not None:
        np.testing.assert_allclose(here[0, -1, 1:-1], below[0, 0, :], rtol=0, atol=0.005)
    assert z < 13 or (right is not None and below is not None)


def test_a_tile_in_gcj02_shows_each_place_where_chinese_maps_have_it(hills: Raster) -> None:
    plain = frame_of(*tile(14))
    found = values(hills, frame_of(*tile(14), datum="gcj02"))
    assert found is not None
    lon, lat = middles(plain)
    there = crs.to_wgs84(np.column_stack([lon.ravel(), lat.ravel()]), "gcj02")
    expected = made.plane(*there.T).reshape(256, 256)
    # Half a pixel is 4.2 m on the ground, over which the plane rises by 4 cm.
    assert np.nanmax(np.abs(found[0] - expected)) < 0.04
    moved = np.abs(made.plane(lon, lat) - expected)
    assert moved.min() > 0.5


def test_the_slope_is_measured_in_metres_on_the_ground(hills: Raster) -> None:
    frame = frame_of(*tile(15), buffer=1)
    found = terrain.heights(hills, frame)
    assert found is not None
    degree_m = 6378137 * np.pi / 180
    rise = np.hypot(made.EAST_M / (degree_m * np.cos(np.radians(MIDDLE[1]))), made.NORTH_M / degree_m)
    steep = terrain.slope(found, frame)
    assert steep.shape == (256, 256)
    np.testing.assert_allclose(steep, np.degrees(np.arctan(rise)), atol=0.02)


def level(size: int = 4) -> tuple[Any, RasterWindow]:
    """Level ground at 7 m, on the equator with pixels of 10 m."""
    return np.full((size, size), 7.0, np.float32), RasterWindow(0.0, 20.0, 10.0, 10.0, size)


def test_level_ground_is_as_bright_as_the_light_is_high() -> None:
    for several in (False, True):
        for altitude in (30.0, 45.0, 90.0):
            shade = terrain.hillshade(*level(), Light(altitude_deg=altitude, several=several))
            np.testing.assert_allclose(shade, np.sin(np.radians(altitude)), rtol=1e-5)


@pytest.mark.parametrize("azimuth", [0.0, 90.0, 180.0, 270.0])
def test_ground_that_faces_the_light_is_bright_and_what_turns_away_is_dark(azimuth: float) -> None:
    flat, frame = level()
    # The ground rises by a metre in a metre away from the light, so that it faces the light at 45°.
    away_x, away_y = -np.sin(np.radians(azimuth)), np.cos(np.radians(azimuth))
    at = np.arange(4) * 10.0
    rising = (flat + away_x * at[None, :] + away_y * at[:, None]).astype(np.float32)
    facing = terrain.hillshade(rising, frame, Light(azimuth, 45.0))
    turned = terrain.hillshade(rising, frame, Light((azimuth + 180.0) % 360.0, 45.0))
    np.testing.assert_allclose(facing, 1.0, atol=1e-5)
    np.testing.assert_allclose(turned, 0.0, atol=1e-5)


def test_where_a_height_is_missing_there_is_neither_shade_nor_slope_but_beside_it_there_is() -> None:
    flat, frame = level(6)
    flat[2, 2] = np.nan
    for shown in (terrain.hillshade(flat, frame, Light()), terrain.slope(flat, frame)):
        assert np.isnan(shown[1, 1])
        assert np.isfinite(np.delete(shown.ravel(), 5)).all()
    assert terrain.terrain_rgb(flat)[2, 2].tolist() == [1, 134, 160]  # 0 m


@given(arrays.arrays(np.float32, (3, 5), elements=st.floats(-9999, 9000, width=32)))
def test_a_height_survives_its_colours_to_half_a_step(heights: Any) -> None:
    read = metres(png.encode_png(terrain.terrain_rgb(heights), digits=True), "mapbox")
    assert np.abs(read - heights).max() <= 0.0501
    read = metres(png.encode_png(terrain.terrain_rgb(heights, "terrarium")), "terrarium")
    assert np.abs(read - heights).max() <= 1 / 512 + 1e-3


def test_heights_in_feet_and_with_a_scale_become_metres(tmp_path: Path) -> None:
    made.degrees(tmp_path / "dem.tif", np.full((1, 20, 20), 1000, np.int16))
    with rasterio.open(tmp_path / "dem.tif", "r+") as file:
        file.scales, file.offsets = (0.1,), (5.0,)
    (tmp_path / "dem.toml").write_text('unit = "ft"\nkind = "terrain"\n')
    found = terrain.heights(made.opened(tmp_path / "dem.tif"), frame_of(*tile(16)))
    assert found is not None
    np.testing.assert_allclose(found, 105 * 0.3048, rtol=1e-6)


# -- contour lines -----------------------------------------------------------------------------------


def contour_lines(raster: Raster, z: int, x: int, y: int, interval: float) -> dict[float, list[Any]]:
    """The lines of each elevation, with positions in units of the tile, y down."""
    decoded = mapbox_vector_tile.decode(
        contours(raster, z, x, y, interval), default_options={"y_coord_down": True}
    )
    lines: dict[float, list[Any]] = {}
    for feature in decoded["contours"]["features"]:
        shape = feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiLineString" else [shape["coordinates"]]
        elevation = feature["properties"]["elevation"]
        assert feature["properties"]["index"] == (round(elevation / interval) % 5 == 0)
        lines[elevation] = [np.array(part) for part in parts]
    return lines


def test_contour_lines_lie_where_the_terrain_has_their_height(hills: Raster) -> None:
    z, x, y = tile(14)
    lines = contour_lines(hills, z, x, y, 2.0)
    west, south, east, north = WEB_MERCATOR.bounds(z, x, y)
    lowest, highest = made.plane(west, south), made.plane(east, north)
    # The margin of a vector tile shows a little more.
    assert set(range(int(lowest / 2 + 1) * 2, int(highest) + 1, 2)) <= set(lines)
    assert set(lines) <= set(range(int(lowest / 2) * 2, int(highest) + 3, 2))
    assert len(lines) >= 10
    for elevation, parts in lines.items():
        for part in parts:
            across = (part / 4096 + (x, y)) / 2**z
            lon = across[:, 0] * 360 - 180
            lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * across[:, 1]))))
            assert np.abs(made.plane(lon, lat) - elevation).max() < 0.03


def test_contour_lines_go_on_in_the_neighbouring_tile(hills: Raster) -> None:
    z, x, y = tile(15)
    here, right = contour_lines(hills, z, x, y, 1.0), contour_lines(hills, z, x + 1, y, 1.0)

    def crossing(parts: list[Any], at: float) -> list[float]:
        """How far down the lines cross the upright at x."""
        found = []
        for part in parts:
            for (x0, y0), (x1, y1) in pairwise(part):
                if min(x0, x1) <= at < max(x0, x1):
                    found.append(y0 + (y1 - y0) * (at - x0) / (x1 - x0))
        return sorted(y for y in found if 0 < y < 4096)

    met = 0
    for elevation, parts in here.items():
        ends = crossing(parts, 4096)
        begins = crossing(right.get(elevation, []), 0)
        assert len(ends) == len(begins)
        np.testing.assert_allclose(ends, begins, atol=2)
        met += len(ends)
    assert met >= 5


def test_level_ground_at_the_height_of_a_line_is_not_covered_with_lines(tmp_path: Path) -> None:
    made.degrees(tmp_path / "lake.tif", np.full((1, 50, 50), 100, np.int16))
    assert contours(made.opened(tmp_path / "lake.tif"), *tile(15), 10.0) == b""


def test_too_many_contour_lines_are_refused_with_an_interval_that_works(hills: Raster) -> None:
    with pytest.raises(BadInput, match=r"at most 500: take [\d.]+ or more"):
        contours(hills, *tile(13), 0.001)


def test_the_interval_of_contour_lines_shrinks_as_the_zoom_grows() -> None:
    steps = [interval_m(z) for z in range(25)]
    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) > 5


# -- files -------------------------------------------------------------------------------------------


def test_a_replaced_file_is_seen_at_once(tmp_path: Path) -> None:
    file = tmp_path / "dem.tif"
    frame = frame_of(*tile(16))
    for height in (10, 20):
        made.degrees(tmp_path / "new", np.full((1, 20, 20), height, np.int16))
        (tmp_path / "new").rename(file)
        os.utime(file, ns=(height, height))
        found = values(made.opened(file), frame)
        assert found is not None
        assert (found == height).all()


def test_threads_that_read_one_file_at_once_get_what_one_alone_gets(hills: Raster) -> None:
    frames = [frame_of(z, *WEB_MERCATOR.tile_at(z, *MIDDLE)) for z in (11, 12, 13, 14, 15, 16)] * 8
    alone = [values(hills, frame) for frame in frames[:6]]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda frame: values(hills, frame), frames))
    for i, found in enumerate(together):
        np.testing.assert_array_equal(found, alone[i % 6])


def damaged(file: Path) -> None:
    file.write_bytes(b"this is no picture")


def half_written(file: Path) -> None:
    noise = np.random.default_rng(1).normal(size=(1, 300, 300)).astype(np.float32)
    made.degrees(file, noise, compress="deflate")
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])


def without_crs(file: Path) -> None:
    made.degrees(file, np.ones((1, 9, 9), np.float32), named=None)


def elsewhere(file: Path) -> None:
    made.write(
        file,
        np.ones((1, 9, 9), np.float32),
        made.over(38_400_000, 3e6, 38_500_000, 3.1e6, 9, 9),
        "EPSG:4326",
    )


def without_place(file: Path) -> None:
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        made.write(file, np.ones((1, 9, 9), np.float32), Affine.identity())


def of_complex_numbers(file: Path) -> None:
    made.degrees(file, np.ones((1, 9, 9), np.complex64))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (
            damaged,
            "dem.tif: can't be read as a GeoTIFF: it is damaged, still being copied, or of another format",
        ),
        (half_written, "dem.tif: can't be read as a GeoTIFF"),
        (without_crs, 'dem.tif: does not say its coordinate system; write crs = "EPSG:4547"'),
        (elsewhere, "dem.tif: does not lie on earth: its corners are 3.84e+07"),
        (without_place, "dem.tif: does not say where it lies: no geotransform"),
        (of_complex_numbers, "dem.tif: has complex numbers"),
    ],
)
@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_file_that_cannot_be_shown_says_what_is_wrong_and_what_would_help(
    tmp_path: Path, spoil: Any, sentence: str
) -> None:
    spoil(tmp_path / "dem.tif")
    with pytest.raises(FaultyData) as raised:
        raster = made.opened(tmp_path / "dem.tif")
        for z in (10, 12, 14, 16):
            for step in (-1, 0, 1):
                values(raster, frame_of(*tile(z, step, step)))
    assert str(raised.value).startswith(sentence)
    assert str(tmp_path) not in str(raised.value)


def test_the_rule_can_say_the_coordinate_system_that_a_file_lacks(tmp_path: Path) -> None:
    made.plane_in_degrees(tmp_path / "dem.tif", named=None)
    (tmp_path / "dem.toml").write_text('crs = "EPSG:4490"\n')
    raster = made.opened(tmp_path / "dem.tif")
    frame = frame_of(*tile(15))
    found = values(raster, frame)
    assert found is not None
    assert np.abs(found[0] - made.plane(*middles(frame))).max() < 0.05
    assert at_point(raster, *MIDDLE)[0] == pytest.approx(made.plane(*MIDDLE), abs=0.5)


def test_a_large_file_without_overviews_says_how_to_make_it_fast(tmp_path: Path) -> None:
    side = 9000
    file = tmp_path / "large.tif"
    profile = {"width": side, "height": side, "count": 1, "dtype": "uint8", "nodata": 0, "SPARSE_OK": True}
    place = made.over(WEST, SOUTH, EAST, NORTH, side, side)
    with rasterio.open(file, "w", driver="GTiff", crs="EPSG:4326", transform=place, **profile) as out:
        out.write(np.full((1, side), 9, np.uint8), 1, window=((0, 1), (0, side)))
    raster = made.opened(file)
    assert raster.advice is not None
    assert "gdal_translate -of COG" in raster.advice[0]
    assert "no overviews and blocks" in raster.advice[1]
    assert raster.min_zoom > 0
    x, y = WEB_MERCATOR.tile_at(raster.min_zoom - 1, *MIDDLE)
    with pytest.raises(BadInput, match="too large to be drawn below zoom"):
        values(raster, frame_of(raster.min_zoom - 1, x, y))
    small = made.opened(made.plane_in_metres(tmp_path / "dem.tif"))
    assert small.overviews
    assert small.advice is None
    assert small.min_zoom == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('kind = "dem"', "kind must be terrain, image or value, not 'dem'"),
        ('colour = "red"', "colour: not known; known: kind, band, bands, rescale"),
        ("bands = [1, 2]", "bands must be one number or three"),
        ("band = 0", "bands must be one number or three"),
        ("band = 1\nbands = [1]", "band and bands say the same"),
        ("band = 7", "people has no band 7; it has 1 (b1)"),
        ("rescale = [5, 5]", "rescale must be [lowest, highest], not [5, 5]"),
        ("rescale = [0, inf]", "rescale must be [lowest, highest]"),
        ('ramp = "rainbow"', "ramp 'rainbow' is not known"),
        ('nodata = "none"', "nodata must be a number"),
        ('resampling = "best"', "resampling must be nearest, bilinear"),
        ('crs = "EPSG:0"', "'EPSG:0' is no coordinate system"),
        ("steps = 3", "steps must be true or false"),
        ("unit = 3", "unit must be a text"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_its_file(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "people.toml").write_text(text)
    with pytest.raises(FaultyData) as raised:
        people(tmp_path)
    assert str(raised.value).startswith("people.toml: ")
    assert sentence in str(raised.value)


def test_a_rule_says_all_that_is_known_of_a_raster() -> None:
    rule = parse_rule(
        {"kind": "value", "bands": [1], "rescale": [0, 9], "ramp": "depth", "unit": "m", "nodata": -1}
    )
    assert (rule.kind, rule.bands, rule.rescale, rule.unit, rule.nodata) == (
        "value",
        (1,),
        (0.0, 9.0),
        "m",
        -1.0,
    )
    assert rule.ramp is RAMPS["depth"]


# -- values ------------------------------------------------------------------------------------------


def test_the_value_at_a_point_is_that_of_its_cell(tmp_path: Path) -> None:
    raster = people(tmp_path)
    assert at_point(raster, *centre(3, 7)) == [37.0]
    assert at_point(raster, *centre(5, 5)) == [None]  # nobody knows
    assert at_point(raster, WEST - 0.001, 28.15) == [None]
    assert at_point(raster, WEST, NORTH) == [0.0]  # the corner belongs to its cell
    assert at_point(photo(tmp_path), 112.93, 28.12) == [None, None, None]  # clear
    assert at_point(photo(tmp_path), 112.93, 28.18, (1,)) == [200.0]


def test_statistics_count_what_is_known(tmp_path: Path) -> None:
    (said,) = statistics(people(tmp_path))
    assert said is not None
    assert (said.min, said.max, said.cells) == (0.0, 99.0, 99)
    assert said.mean == pytest.approx((4950 - 55) / 99)
    assert said.percentiles["50"] == 49.0
    made.degrees(tmp_path / "none.tif", np.full((1, 9, 9), -1, np.int16), nodata=-1)
    assert statistics(made.opened(tmp_path / "none.tif")) == (None,)
    assert (
        render_raster(made.opened(tmp_path / "none.tif"), frame_of(*tile(14)), RenderOptions(), "png") == b""
    )


def test_a_number_for_no_data_that_nobody_declared_is_asked_about(tmp_path: Path) -> None:
    cells = np.full((1, 20, 20), 3.0, np.float32)
    cells[0, :5] = -3.4e38
    made.degrees(tmp_path / "depth.tif", cells)
    with pytest.raises(BadInput, match=r"from -3.4e\+38 .* nodata in the raster's TOML file"):
        render_raster(made.opened(tmp_path / "depth.tif"), frame_of(*tile(15)), RenderOptions(), "png")
    (tmp_path / "depth.toml").write_text("nodata = -3.4e38")
    assert render_raster(made.opened(tmp_path / "depth.tif"), frame_of(*tile(15)), RenderOptions(), "png")


@pytest.mark.parametrize(
    ("name", "z"), [("porto_alegre/poa_elevation.tif", 13), ("raster/helsinki_lapinlahti_1m.tif", 18)]
)
def test_terrain_of_real_files_is_what_the_file_says_at_each_pixel(name: str, z: int) -> None:
    file = shared_file(name)
    raster = made.opened(file)
    west, south, east, north = raster.bounds
    frame = frame_of(z, *WEB_MERCATOR.tile_at(z, (west + east) / 2, (south + north) / 2))
    found = terrain.heights(raster, frame)
    assert found is not None
    read = metres(render.lossless(terrain.terrain_rgb(found), "png"), "mapbox")
    lon, lat = middles(frame)
    with rasterio.open(file) as data:
        cells = data.read(1).astype(np.float64)
        columns, rows = ~data.transform @ (lon, lat)
    # Between the middles of four cells, each by how near it is; only what lies well within the file.
    i, j = np.floor(rows - 0.5).astype(int), np.floor(columns - 0.5).astype(int)
    inside = (i >= 1) & (j >= 1) & (i < cells.shape[0] - 2) & (j < cells.shape[1] - 2)
    i, j, u, v = (
        a[inside] for a in (i, j, rows - 0.5 - np.floor(rows - 0.5), columns - 0.5 - np.floor(columns - 0.5))
    )
    expected = (cells[i, j] * (1 - v) + cells[i, j + 1] * v) * (1 - u) + (
        cells[i + 1, j] * (1 - v) + cells[i + 1, j + 1] * v
    ) * u
    assert inside.sum() > 1000
    shrunk = frame.dx > raster.cell_m
    assert np.abs(read[inside] - expected).max() <= (3.0 if shrunk else 0.1 + 0.02 * np.ptp(cells) / 100)
