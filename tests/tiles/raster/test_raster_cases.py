"""Rasters as people have them: undeclared no data, scales, rows from the south, zone numbers, palettes, rotation."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cim.city import City
from tests.support import small_city as small
from tests.support.api_client import Asker, asking
from tests.support.inputs import CASES
from tests.support.raster_files import opened
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster.read import at_point, statistics
from tiles.raster.untagged import untagged_nodata

FILES = CASES / "in" / "rasters"


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A city with the case files among its sources."""
    folder = tmp_path_factory.mktemp("cases")
    shutil.copytree(FILES, folder / "sources")
    settings = small.settings(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots")
    City.open(settings, create=True).close()
    with asking(replace(settings, sources=str(folder / "sources"))) as asked:
        yield asked


def _listed(asker: Asker, name: str) -> dict[str, Any]:
    rasters = {r["name"]: r for r in asker.get("/raster").json()["rasters"]}
    found: dict[str, Any] = rasters[name]
    return found


def _picture(asker: Asker, name: str) -> Any:
    """The pixels of the tile of zoom 14 in the middle of the raster: uint8[256, 256, 4]."""
    west, south, east, north = _listed(asker, name)["bounds"]
    x, y = WEB_MERCATOR.tile_at(14, (west + east) / 2, (south + north) / 2)
    answer = asker.get(f"/raster/{name}/14/{x}/{y}.png")
    assert answer.status_code == 200, answer.text
    return np.array(Image.open(BytesIO(answer.content)).convert("RGBA"))


def _values(name: str, *places: tuple[float, float]) -> list[float | None]:
    return [at_point(opened(FILES / f"{name}.tif"), *place)[0] for place in places]


def test_undeclared_no_data_is_left_out_of_the_statistics_and_told_with_the_line_that_declares_it(
    asker: Asker,
) -> None:
    listed = _listed(asker, "value_nan_and_minus9999_untagged")
    counted = listed["bands"][0]["statistics"]
    assert counted["min"] > -1000
    assert counted["max"] == pytest.approx(49.5)
    assert counted["untagged_nodata"] == -9999
    assert "write nodata = -9999 into value_nan_and_minus9999_untagged.toml" in listed["advice_en"]
    assert "nodata = -9999" in listed["advice_zh"]
    legend = asker.get("/raster/value_nan_and_minus9999_untagged/legend.json").text
    assert "-9999" not in legend


def test_no_data_that_the_rule_declares_is_not_told_again(tmp_path: Path) -> None:
    shutil.copy(FILES / "value_nan_and_minus9999_untagged.tif", tmp_path / "people.tif")
    told = statistics(opened(tmp_path / "people.tif"))[0]
    assert told is not None
    assert told.untagged_nodata == -9999
    (tmp_path / "people.toml").write_text("nodata = -9999\n")
    counted = statistics(opened(tmp_path / "people.tif"))[0]
    assert counted is not None
    assert (counted.untagged_nodata, counted.max) == (None, 49.5)


@given(
    st.lists(st.floats(-500.0, 9000.0), min_size=1, max_size=40),
    st.sampled_from([-9999.0, -32768.0, -3.4028235e38]),
)
def test_a_number_is_taken_for_no_data_only_if_it_is_far_from_all_others(
    cells: list[float], number: float
) -> None:
    assert untagged_nodata(np.array(cells)) is None or min(cells) == -999.0
    span = max(cells) - min(cells)
    found = untagged_nodata(np.array([*cells, number]))
    assert found == (number if min(cells) - number > span else None)


def test_values_have_the_scale_and_offset_of_the_file() -> None:
    at = [(112.97505, 28.19995), (112.97505, 28.19005)]
    assert _values("dem_decimetres_scale_offset", *at) == pytest.approx([40.0, 59.8])


def test_a_raster_whose_rows_begin_in_the_south_is_not_turned_over() -> None:
    west, _, east, _ = opened(FILES / "dem_south_up.tif").bounds
    middle = (west + east) / 2
    assert _values("dem_south_up", (middle, 28.19995), (middle, 28.19005)) == [99, 0]


def test_a_zone_number_in_front_of_the_eastings_is_understood() -> None:
    assert _values("dem_gk38_zone_prefix", (112.975, 28.186)) == [52]
    assert opened(FILES / "dem_gk38_zone_prefix.tif").bounds == pytest.approx(
        (112.9714, 28.1816, 112.9817, 28.1907), abs=1e-4
    )


def test_classes_are_drawn_in_their_colours_and_nothing_between(asker: Asker) -> None:
    picture = _picture(asker, "landuse_palette")
    colours = {tuple(c[:3]) for c in picture.reshape(-1, 4).tolist() if c[3]}
    assert len(colours) == 2
    assert {max(range(3), key=c.__getitem__) for c in colours} == {0, 2}  # red and blue


@pytest.mark.parametrize("name", ["image_rgba", "sentinel_uint16_3band"])
def test_what_is_transparent_in_the_file_is_so_in_the_tile(asker: Asker, name: str) -> None:
    alpha = _picture(asker, name)[..., 3]
    assert (alpha == 0).any()
    assert (alpha == 255).any()


def test_a_rotated_picture_lies_where_its_transform_says() -> None:
    assert _values("image_rotated", (112.97, 28.195)) == [44]


@pytest.mark.parametrize(
    ("name", "way_out"), [("image_gcps_only", "gdalwarp -of COG"), ("image_no_crs", "gdal_edit.py -a_srs")]
)
def test_a_raster_without_a_place_is_listed_with_what_would_give_it_one(
    asker: Asker, name: str, way_out: str
) -> None:
    assert way_out in _listed(asker, name)["trouble"]
