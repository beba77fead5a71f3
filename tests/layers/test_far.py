"""Loads held against the city: far off, at 0, 0, in another zone, swapped; told, refused or left out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.errors import FaultyData
from cim.model.layer import Features
from cim.settings import Settings
from cim.snapshot.extent import Extent
from cim.store import open_store
from layers.formats.source import Source
from layers.load.far import far_rows
from layers.load.load import load_file
from layers.load.options import LoadOptions
from layers.load.report import LoadReport
from tests.support.inputs import CASES

FILES = CASES / "in"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[City]:
    """A city in which nothing is placed."""
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    open_store(url, create=True).close()
    with City.open(Settings(store=url, snapshots=str(tmp_path / "snapshots"))) as city:
        yield city


@pytest.fixture
def founded(empty: City) -> City:
    """A city that is the square 112.9…113.1 E, 28.1…28.3 N."""
    load(empty, "city_base.geojson")
    return empty


def load(city: City, file: str | Path, **options: object) -> LoadReport:
    """The report of a file that fills one layer."""
    (report,) = load_file(city, FILES / file, LoadOptions(**options))  # type: ignore[arg-type]
    return report


def far_notes(report: LoadReport) -> list[str]:
    """What the report tells of places."""
    return [
        n for n in report.notes if "from the city" in n or "China" in n or "0, 0" in n or "other rows" in n
    ]


def test_a_zone_that_the_file_names_wrongly_is_told_with_the_one_that_fits(founded: City) -> None:
    report = load(founded, "shp_prj_names_the_wrong_zone.shp")
    assert report.written == 2
    assert far_notes(report) == [
        "rows 1, 2 of 2 are far from the city: 287 to 293 km (at 109.909, 28.1895); "
        "EPSG:4547 (3° zone of 114°E) would put them in the city: --crs EPSG:4547"
    ]
    assert founded.bounds(founded.snapshots) == (112.9, 28.1, 113.1, 28.3)
    mended = load(founded, "shp_prj_names_the_wrong_zone.shp", crs="EPSG:4547", replace=True)
    assert far_notes(mended) == []
    assert founded.snapshot("shp_prj_names_the_wrong_zone").bounds[2] == pytest.approx(112.97, abs=1e-6)  # type: ignore[index]


def test_the_right_zone_is_no_matter(founded: City) -> None:
    assert far_notes(load(founded, "shp_prj_right_zone.shp")) == []


def test_positions_at_zero_are_told_by_row_and_do_not_move_the_city(store_url: str, tmp_path: Path) -> None:
    open_store(store_url, create=True).close()
    with City.open(Settings(store=store_url, snapshots=str(tmp_path / "snapshots"))) as city:
        load(city, "city_base.geojson")
        (told,) = far_notes(load(city, "csv_zero_zero_rows.csv"))
        assert told.startswith("rows 2, 4 of 4 are at 0, 0, 12,240 km from the city")
        assert len(city.snapshot("csv_zero_zero_rows")) == 4
        west, south, east, north = city.state().core()
        assert ((west + east) / 2, (south + north) / 2) == pytest.approx((113.0, 28.2))
        assert city.bounds(city.snapshots) == (112.9, 28.1, 113.1, 28.3)


def test_positions_at_zero_of_a_first_layer_are_told_too(empty: City) -> None:
    (told,) = far_notes(load(empty, "csv_zero_zero_rows.csv"))
    assert told.startswith("rows 2, 4 of 4 are at 0, 0")
    assert empty.bounds(empty.snapshots) == (112.97, 28.19, 112.972, 28.192)
    assert empty.metric_crs == "EPSG:4547"


@pytest.mark.parametrize("file", ["csv_swapped_urumqi.csv", "geojson_latlon_order_west.geojson"])
@pytest.mark.parametrize("is_founded", [False, True])
def test_lat_lon_in_the_west_of_china_is_told_with_the_way_out(
    empty: City, file: str, is_founded: bool
) -> None:
    if is_founded:
        load(empty, "city_base.geojson")
    (told,) = far_notes(load(empty, file))
    assert "outside China" in told
    assert "swapped they are in it" in told
    assert ("--lon and --lat" if file.endswith("csv") else "ogr2ogr -ct") in told
    if file.endswith("csv"):
        mended = load(empty, file, lon="lat", lat="lon", replace=True)
        assert not any("China" in note for note in mended.notes)


def test_lat_lon_of_a_city_outside_china_is_told(empty: City, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("lon,lat\n9.5,47.1\n9.55,47.15\n")
    (tmp_path / "b.csv").write_text("lon,lat\n9.52,47.12\n47.13,9.53\n")
    load(empty, tmp_path / "a.csv")
    (told,) = far_notes(load(empty, tmp_path / "b.csv"))
    assert told.startswith("row 2 of 2 is ")
    assert "with lon and lat swapped they are in it" in told


def test_one_row_far_from_all_others_of_a_first_layer_is_told(empty: City, tmp_path: Path) -> None:
    rows = "".join(f"112.9{i},28.1{i}\n" for i in range(9))
    (tmp_path / "a.csv").write_text(f"lon,lat\n{rows}12.9,28.1\n")
    (told,) = far_notes(load(empty, tmp_path / "a.csv"))
    assert told.startswith("row 10 of 10 is far from all other rows: 9,")


def test_far_rows_are_refused_or_left_out_as_the_option_says(founded: City) -> None:
    with pytest.raises(FaultyData, match="--on-far keep loads them where they are") as raised:
        load(founded, "csv_zero_zero_rows.csv", on_far="raise")
    assert [(f.row, f.done) for f in raised.value.faults] == [(2, "raised"), (4, "raised")]
    assert "csv_zero_zero_rows" not in founded.snapshots
    report = load(founded, "csv_zero_zero_rows.csv", on_far="skip")
    assert (report.read, report.written, report.skipped) == (4, 2, 2)
    assert [(f.row, f.done) for f in report.faults] == [(2, "skipped"), (4, "skipped")]
    snapshot = founded.snapshot("csv_zero_zero_rows")
    assert sorted(snapshot.attributes(snapshot.rows)["name"].to_pylist()) == ["丙", "甲"]


def test_a_layer_that_is_all_far_is_not_left_out_as_a_whole_without_a_word(founded: City) -> None:
    with pytest.raises(FaultyData, match="far from the city"):
        load(founded, "shp_prj_names_the_wrong_zone.shp", on_far="skip")


def test_a_first_layer_that_was_wrong_does_not_say_where_the_next_try_has_to_be(empty: City) -> None:
    load(empty, "shp_prj_names_the_wrong_zone.shp")
    again = load(empty, "shp_prj_names_the_wrong_zone.shp", crs="EPSG:4547", replace=True)
    assert far_notes(again) == []


def test_neighbours_of_the_city_are_not_far(founded: City, tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [113.3, 28.5]}
    feature = {"type": "Feature", "properties": {"name": "邻"}, "geometry": point}
    (tmp_path / "n.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert far_notes(load(founded, tmp_path / "n.geojson")) == []


def test_northing_before_easting_stays_refused_and_reads_right_when_told(founded: City) -> None:
    for file in ("csv_gk_xy_north_first.csv", "survey_x_is_north.csv", "zone_prefix_38_on_east.csv"):
        with pytest.raises(Exception, match="crs"):
            load(founded, file)
    report = load(founded, "csv_gk_xy_north_first.csv", crs="EPSG:4547", lon="Y", lat="X")
    assert report.written == report.read


@given(
    rows=st.lists(
        st.tuples(st.floats(-180, 180), st.floats(-90, 90))
        | st.tuples(st.floats(112, 114.5), st.floats(27, 29)),
        min_size=1,
        max_size=6,
    ),
    city=st.sampled_from([None, Extent(112.9, 28.1, 113.1, 28.3), Extent(179.0, -18.0, 181.0, -16.0)]),
)
@settings(deadline=None)
def test_the_look_at_the_box_of_all_rows_hides_no_row_that_is_far(
    rows: list[tuple[float, float]], city: Extent | None
) -> None:
    shapes = np.array(shapely.points(np.array(rows)), object)
    table = pa.table({"n": list(range(len(rows)))})
    source = Source(shapes, table, "EPSG:4326", np.arange(1, len(rows) + 1), "rows", "rows.gpkg")
    features = Features(shapes, table)
    quick = far_rows(features, city, source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("layers.load.far._together", lambda *_: False)
        slow = far_rows(features, city, source)
    assert [(one.at.tolist(), one.what) for one in quick] == [(one.at.tolist(), one.what) for one in slow]
