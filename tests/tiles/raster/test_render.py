"""Rasters as pictures: colours, ramps, forms, arithmetic over bands."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from cim.errors import BadInput
from tests.support import raster_files as made
from tests.support.raster_files import MIDDLE, centre, middles, people, photo, tile
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster import png, render
from tiles.raster.color_ramps import RAMPS, ramp_of
from tiles.raster.files import Raster
from tiles.raster.read import frame_of, values
from tiles.raster.render import RenderOptions, render_raster


def rgba(picture: bytes) -> Any:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGBA"))


@given(
    st.sampled_from([1, 3, 4]).flatmap(
        lambda n: arrays.arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(n)))
    ),
    st.booleans(),
)
def test_a_png_is_read_by_others_as_it_was_written(pixels: Any, digits: bool) -> None:
    read = np.asarray(Image.open(io.BytesIO(png.encode_png(pixels, digits=digits))))
    assert (read.reshape(pixels.shape) == pixels).all()


@given(arrays.arrays(np.uint8, (3, 4)), arrays.arrays(np.uint8, (256, 4)))
def test_a_png_of_numbered_colours_is_read_by_others_as_it_was_written(numbers: Any, palette: Any) -> None:
    assert (rgba(png.encode_palette_png(numbers, palette)) == palette[numbers]).all()


def pixel(raster: Raster, lon: float, lat: float, look: RenderOptions, z: int = 18) -> list[int]:
    """The colour of the pixel at a place."""
    x, y = WEB_MERCATOR.tile_at(z, lon, lat)
    frame = frame_of(z, x, y)
    picture = render_raster(raster, frame, look, "png")
    if not picture:
        return [0, 0, 0, 0]
    lons, lats = middles(frame)
    column, row = np.abs(lons[0] - lon).argmin(), np.abs(lats[:, 0] - lat).argmin()
    return [int(v) for v in rgba(picture)[row, column]]


def test_a_value_has_the_colour_of_its_class_and_none_where_nobody_knows_it(tmp_path: Path) -> None:
    raster = people(tmp_path)
    look = RenderOptions(ramp=ramp_of("10:#ff0000,50:#00ff00,90:#0000ff", steps=True), resampling="nearest")
    assert pixel(raster, *centre(0, 5), look) == [0, 0, 0, 0]  # 5: below the first class
    assert pixel(raster, *centre(1, 0), look) == [255, 0, 0, 255]  # 10: the class begins with it
    assert pixel(raster, *centre(4, 9), look) == [255, 0, 0, 255]
    assert pixel(raster, *centre(5, 0), look) == [0, 255, 0, 255]
    assert pixel(raster, *centre(9, 9), look) == [0, 0, 255, 255]  # 99: above the last
    assert pixel(raster, *centre(5, 5), look) == [0, 0, 0, 0]  # nobody knows


def test_a_value_between_two_stops_has_a_colour_between_theirs(tmp_path: Path) -> None:
    raster = people(tmp_path)
    look = RenderOptions(ramp=ramp_of("#000000,#ffffff"), rescale=((0.0, 50.0),), resampling="nearest")
    r, g, b, a = pixel(raster, *centre(2, 5), look)
    assert r == g == b
    assert abs(r - 127.5) <= 1
    assert a == 255
    assert pixel(raster, *centre(9, 9), look) == [255, 255, 255, 255]  # beyond the range: its end


def test_what_is_not_known_never_mixes_into_its_neighbours(tmp_path: Path) -> None:
    cells = np.full((1, 40, 40), 7.0, np.float32)
    cells[0, 10:30, 10:30] = -3.4e38
    made.degrees(tmp_path / "depth.tif", cells, nodata=-3.4e38)
    raster = made.opened(tmp_path / "depth.tif")
    for z in (10, 12, 14, 16):
        for resampling in ("nearest", "bilinear", "cubic", "average"):
            found = values(raster, frame_of(*tile(z)), (), resampling)  # type: ignore[arg-type]
            if found is not None:
                np.testing.assert_allclose(found[np.isfinite(found)], 7.0, rtol=1e-5)


def test_the_rule_beside_a_file_is_how_it_is_drawn_unless_the_request_says_otherwise(tmp_path: Path) -> None:
    (tmp_path / "people.toml").write_text(
        'ramp = [[0, "#0000ff"], [99, "#ff0000"]]\nsteps = true\nresampling = "nearest"\nnodata = 42\n'
    )
    raster = people(tmp_path)
    assert pixel(raster, *centre(0, 1), RenderOptions()) == [0, 0, 255, 255]
    assert pixel(raster, *centre(9, 9), RenderOptions()) == [255, 0, 0, 255]
    assert pixel(raster, *centre(4, 2), RenderOptions()) == [0, 0, 0, 0]  # 42 is what the rule calls unknown
    assert pixel(raster, *centre(9, 9), RenderOptions(steps=False)) == [255, 0, 0, 255]
    assert pixel(raster, *centre(0, 0), RenderOptions(ramp=ramp_of("#010203,#040506"))) == [1, 2, 3, 255]


def test_a_picture_shows_its_own_colours_and_is_clear_where_it_says_so(tmp_path: Path) -> None:
    raster = photo(tmp_path)
    assert (raster.kind, raster.bands, raster.alpha) == ("image", (1, 2, 3), 4)
    west_north, east_north, west_south = (112.93, 28.18), (112.97, 28.18), (112.93, 28.12)
    assert pixel(raster, *west_north, RenderOptions()) == [200, 0, 0, 255]
    assert pixel(raster, *east_north, RenderOptions()) == [0, 0, 100, 255]
    assert pixel(raster, *west_south, RenderOptions())[3] == 0
    assert pixel(raster, *west_north, RenderOptions(bands=(3, 2, 1))) == [0, 0, 200, 255]
    assert pixel(raster, *west_north, RenderOptions(rescale=((0.0, 400.0),))) == [128, 0, 0, 255]
    grey = RenderOptions(bands=(1,), ramp=ramp_of("grey"), rescale=((0.0, 200.0),))
    assert pixel(raster, *west_north, grey) == [255, 255, 255, 255]


@pytest.mark.parametrize("form", ["png", "webp", "jpg", "jpeg"])
def test_a_picture_comes_in_each_form_and_jpeg_is_white_where_it_is_clear(tmp_path: Path, form: Any) -> None:
    raster = photo(tmp_path)
    z, x, y = 10, *WEB_MERCATOR.tile_at(10, *MIDDLE)
    read = Image.open(io.BytesIO(render_raster(raster, frame_of(z, x, y), RenderOptions(), form)))
    assert read.size == (256, 256)
    assert read.format == {"png": "PNG", "webp": "WEBP"}.get(form, "JPEG")
    if form.startswith("jp"):
        assert min(read.convert("RGB").getpixel((0, 0))) > 250  # type: ignore[type-var,arg-type]


def test_a_file_with_colours_for_its_numbers_keeps_them(tmp_path: Path) -> None:
    cells = np.zeros((1, 10, 10), np.uint8)
    cells[0, :, 5:] = 3
    colours = {0: (10, 20, 30, 255), 3: (200, 100, 50, 255)}
    made.degrees(tmp_path / "landuse.tif", cells, palette=colours)
    raster = made.opened(tmp_path / "landuse.tif")
    assert raster.kind == "image"
    assert pixel(raster, 112.92, 28.15, RenderOptions()) == [10, 20, 30, 255]
    assert pixel(raster, 112.98, 28.15, RenderOptions()) == [200, 100, 50, 255]
    # 1 and 2 lie between the two, but nobody put them there.
    x, y = WEB_MERCATOR.tile_at(12, 112.95, 28.15)
    shown = rgba(render_raster(raster, frame_of(12, x, y), RenderOptions(), "png")).reshape(-1, 4)
    assert {tuple(map(int, c)) for c in np.unique(shown, axis=0) if c[3]} == set(colours.values())


def test_arithmetic_over_bands_is_drawn_like_a_band(tmp_path: Path) -> None:
    cells = np.stack([np.full((10, 10), 50, np.uint8), np.full((10, 10), 150, np.uint8)])
    made.degrees(tmp_path / "plants.tif", cells)
    raster = made.opened(tmp_path / "plants.tif")
    look = RenderOptions(
        expression="(b2-b1)/(b2+b1)", ramp=ramp_of("0:#000000,0.5:#ffffff,1:#ff0000", steps=True)
    )
    assert pixel(raster, *MIDDLE, look) == [255, 255, 255, 255]  # (150 - 50) / 200 = 0.5
    assert pixel(raster, *MIDDLE, RenderOptions(expression="b1/(b2-150)", rescale=((0.0, 1.0),)))[3] == 0


@pytest.mark.parametrize(
    "bad", ["__import__('os')", "b1**9", "b1.real", "1+2", "b1 if b1 else b2", "b1;b2", "b", "", "(" * 300]
)
def test_only_arithmetic_is_arithmetic(tmp_path: Path, bad: str) -> None:
    raster = photo(tmp_path)
    with pytest.raises(BadInput, match=r"expression|picture"):
        render.bands_drawn(raster, RenderOptions(expression=bad or " ", bands=()))


# -- ramps -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(RAMPS))
def test_each_ramp_has_its_first_colour_at_its_lowest_value_and_its_last_at_its_highest(name: str) -> None:
    for ramp in (ramp_of(name), ramp_of(f"{name}_r"), ramp_of(name, steps=not RAMPS[name].steps)):
        low, high = ramp.range or (0.0, 8.0)
        scale = ramp.over(low, high)
        shown = scale.palette[scale.numbers(np.array([low, high], np.float32))]
        assert shown.tolist() == [list(ramp.stops[0][1]), list(ramp.stops[-1][1])]
        assert ramp.title_zh
        assert ramp.title_en


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("rainbow", "ramp 'rainbow' is not known; known: terrain, slope, depth, population"),
        ("#ff0000", "a ramp has 2 to 255 colours, not 1"),
        ("#ff0000,red", "'red' is no colour"),
        ("#ff,#ff0000", "'#ff' is no colour"),
        ("1:#fff,#000", "names the value of each of its colours, or of none"),
        ("5:#fff,1:#000", "must rise"),
        ("1:#fff,1:#000", "must rise"),
        ("a:#fff,1:#000", "'a' in a ramp is no number"),
        ("nan:#fff,1:#000", "'nan' in a ramp is no number"),
        ([[0, "#fff"], 7], "7 in a ramp is neither a colour nor a pair"),
        (7, "ramp 7 is none"),
    ],
)
def test_a_ramp_that_is_none_is_refused_in_a_sentence(bad: Any, sentence: str) -> None:
    with pytest.raises(BadInput) as raised:
        ramp_of(bad)
    assert sentence in str(raised.value)
