"""Data is checked once, at the door, and every fault is reported together with its row."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.errors import BadInput, FaultyData
from cim.space.crs import from_wgs84, transformer
from layers.formats.read import Source, read
from layers.formats.source import geometries
from layers.load.check import OnInvalid, check
from tests.support.inputs import shared_file as shared

SQUARE = shapely.box(112.9, 28.1, 113.0, 28.2)
BOWTIE = shapely.Polygon([(112.9, 28.1), (113.0, 28.2), (113.0, 28.1), (112.9, 28.2)])
HIGH = shapely.Polygon([(112.9, 28.1, 50), (113.0, 28.1, 50), (113.0, 28.2, 50)])


def source(*geometry: Any, crs: str | None = "EPSG:4490") -> Source:
    shapes = np.empty(len(geometry), dtype=object)
    shapes[:] = geometry
    rows = np.arange(1, len(geometry) + 1)
    names = pa.table({"name": [f"第{row}行" for row in rows.tolist()]})
    return Source(shapes, names, crs, rows, "楼", "楼.gpkg")


def raised(given: Source, **options: Any) -> list[str]:
    with pytest.raises(FaultyData) as caught:
        check(given, **options)
    return [str(fault) for fault in caught.value.faults]


def test_clean_rows_go_through_as_they_are() -> None:
    features, report = check(source(SQUARE, shapely.multipolygons([SQUARE])))
    assert features.geometry.tolist() == [SQUARE, shapely.multipolygons([SQUARE])]
    assert features.attributes.column("name").to_pylist() == ["第1行", "第2行"]
    assert (report.geometry, report.read, report.written, report.skipped) == ("polygon", 2, 2, 0)
    assert report.faults == report.notes == ()


def test_every_fault_is_listed_at_once_and_the_message_says_what_would_work() -> None:
    with np.errstate(invalid="ignore"):
        nan = shapely.Polygon([(112.9, 28.1), (np.nan, 28.2), (113.0, 28.1), (112.9, 28.1)])
    bad = source(SQUARE, None, shapely.Polygon(), BOWTIE, HIGH, nan, shapely.box(28, 112.9, 28.1, 113))
    assert raised(bad) == [
        "row 2: has no geometry (raised)",
        "row 3: has an empty geometry (raised)",
        "row 4: is not valid: self-intersection near 112.95 28.15 (raised)",
        "row 5: has heights (Z), the base is flat (raised)",
        "row 6: has coordinates that are not numbers (NaN or infinite) (raised)",
        "row 7: lies at 28, 112.9: that latitude is outside -90..90; it looks like lat, lon, give lon, lat"
        " (raised)",
    ]
    with pytest.raises(FaultyData, match=r"6 of 7 rows of 楼\.gpkg.*nothing was written.*fix can repair 2"):
        check(bad)


def test_a_message_shows_ten_faults_and_counts_the_rest() -> None:
    with pytest.raises(FaultyData, match=r"row 10: has no geometry \(raised\)\n  and 15 more") as caught:
        check(source(*[None] * 25), kind="polygon")
    assert len(caught.value.faults) == 25
    assert "row 11:" not in str(caught.value)


def test_fix_repairs_what_it_can_and_skips_the_rest_aloud() -> None:
    features, report = check(source(BOWTIE, SQUARE, HIGH, None), on_invalid="fix")
    assert [str(fault) for fault in report.faults] == [
        "row 1: is not valid: self-intersection near 112.95 28.15 (fixed)",
        "row 3: has heights (Z), the base is flat (fixed)",
        "row 4: has no geometry (skipped)",
    ]
    assert (report.read, report.written, report.fixed, report.skipped) == (4, 3, 2, 1)
    assert shapely.is_valid(features.geometry).all()
    assert not shapely.has_z(features.geometry).any()
    assert features.geometry[0].area == pytest.approx(0.005)
    assert features.attributes.column("name").to_pylist() == ["第1行", "第2行", "第3行"]


def test_skip_leaves_out_every_row_with_a_fault() -> None:
    features, report = check(source(BOWTIE, SQUARE, HIGH), on_invalid="skip")
    assert features.geometry.tolist() == [SQUARE]
    assert {fault.done for fault in report.faults} == {"skipped"}
    assert (report.written, report.fixed, report.skipped) == (1, 0, 2)


def test_a_polygon_that_is_nothing_once_repaired_is_skipped() -> None:
    spike = shapely.Polygon([(112.9, 28.1), (113.0, 28.2), (112.9, 28.1)])
    features, report = check(source(SQUARE, spike), on_invalid="fix")
    assert len(features) == 1
    assert report.faults[0].done == "skipped"


def test_a_line_of_one_point_can_not_be_repaired() -> None:
    good, stub = shapely.LineString([(112, 28), (113, 28)]), shapely.LineString([(112, 28), (112, 28)])
    features, report = check(source(good, stub), on_invalid="fix")
    assert features.geometry.tolist() == [good]
    assert str(report.faults[0]) == (
        "row 2: is not valid: too few points in geometry component near 112 28 (skipped)"
    )


def test_unclosed_rings_and_too_few_points_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "r.geojson"
    rings = [
        [[112, 28], [113, 28], [113, 29], [112, 28]],
        [[112, 28], [113, 28], [113, 29], [112, 29]],
        [[112, 28], [113, 28]],
    ]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for ring in rings
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    given = read(path)
    faults = raised(given)
    assert faults[0] == "row 2: a ring is not closed (raised)"
    assert faults[1].startswith("row 3: ")
    fixed, _ = check(given, on_invalid="fix")
    assert [g.area for g in fixed.geometry] == [0.5, 1.0]


def test_curves_are_named_as_such_and_the_rest_goes_in() -> None:
    arc = struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
    line = shapely.LineString([(112, 28), (113, 28)])
    shapes, defects = geometries(pa.array([line.wkb, arc, None]))
    assert shapes.tolist() == [line, None, None]
    assert [(d.at, d.what.partition(";")[0]) for d in defects] == [(1, "is a curve")]
    given = replace(source(*shapes), defects=tuple(defects))
    faults = raised(given)
    assert "ogr2ogr -nlt CONVERT_TO_LINEAR" in faults[0]
    assert faults[1:] == ["row 3: has no geometry (raised)"]
    fixed, report = check(given, on_invalid="fix")
    assert [f.done for f in report.faults] == ["fixed", "skipped"]
    half_circle = shapely.get_coordinates(fixed.geometry[1])
    assert half_circle[[0, -1]].tolist() == [[0, 0], [2, 0]]
    assert np.allclose(np.hypot(*(half_circle - (1, 0)).T), 1)


def test_measures_are_dropped_like_heights() -> None:
    measured = shapely.from_wkt("LINESTRING M (112 28 1, 113 28 2)")
    features, report = check(source(measured), on_invalid="fix")
    assert [fault.what for fault in report.faults] == ["has measures (M), which are not kept"]
    assert features.geometry[0].wkt == "LINESTRING (112 28, 113 28)"


def test_a_mix_of_kinds_is_refused_with_its_counts_and_the_way_out() -> None:
    mixed = source(SQUARE, SQUARE, shapely.Point(112.9, 28.2), shapely.GeometryCollection([SQUARE]))
    with pytest.raises(BadInput, match=r"1 POINT, 2 POLYGON, 1 GEOMETRYCOLLECTION.*--geometry polygon"):
        check(mixed)
    assert raised(mixed, kind="polygon") == [
        "row 3: is a POINT, the layer holds polygons (raised)",
        "row 4: is a GEOMETRYCOLLECTION, the layer holds polygons (raised)",
    ]
    features, report = check(mixed, kind="polygon", on_invalid="fix")
    assert [fault.done for fault in report.faults] == ["skipped", "fixed"]
    assert features.geometry.tolist() == [SQUARE, SQUARE, SQUARE]


def test_a_feature_around_the_antimeridian_is_refused_and_never_repaired() -> None:
    wrong = shapely.box(-179, 10, 179, 11)
    assert raised(source(wrong)) == [
        "row 1: spans 358° of longitude; it crosses the antimeridian, cut it there (raised)"
    ]
    assert len(check(source(wrong), on_invalid="fix")[0]) == 0


def test_metres_without_a_crs_are_recognised_as_metres() -> None:
    fault = raised(source(shapely.Point(399456.362, 3120476.378)))[0]
    assert "looks like metres, name its system with --crs EPSG:4547" in fault


@pytest.mark.parametrize(
    ("lon", "lat", "east", "north"),
    [
        (112.976, 28.195, 399456.362, 3120476.378),
        (112.9388, 28.2282, 395835.793, 3124187.458),
        (113.643, 28.163, 464937.668, 3116557.089),
    ],
)
def test_a_shapefile_in_gauss_kruger_comes_out_in_degrees(
    tmp_path: Path, lon: float, lat: float, east: float, north: float
) -> None:
    for crs, shift in (("EPSG:4547", 0.0), ("EPSG:4526", 38e6)):
        path = tmp_path / f"{crs[5:]}.shp"
        table = pa.table({"名称": ["点"], "g": pa.array([shapely.Point(east + shift, north).wkb])})
        pyogrio.write_arrow(
            table, path, driver="ESRI Shapefile", geometry_name="g", geometry_type="Point", crs=crs
        )
        features, report = check(read(path))
        assert shapely.get_coordinates(features.geometry)[0] == pytest.approx([lon, lat], abs=2e-8)
        assert report.notes == (f"{crs} → EPSG:4490",)


def test_web_mercator_comes_out_in_degrees_and_says_so() -> None:
    metres_a_degree = 20037508.342789244 / 180
    north = math.degrees(math.asinh(math.tan(math.radians(28.2)))) * metres_a_degree
    features, report = check(source(shapely.Point(112.9 * metres_a_degree, north), crs="EPSG:3857"))
    assert shapely.get_coordinates(features.geometry)[0] == pytest.approx([112.9, 28.2], abs=1e-9)
    assert report.notes == ("EPSG:3857 → EPSG:4490",)


@pytest.mark.parametrize(
    ("crs", "x", "y"),
    [
        ("EPSG:4526", 399456.362, 3120476.378),
        ("EPSG:4547", 38399456.362, 3120476.378),
        ("EPSG:4547", 3120476.378, 399456.362),
        ("EPSG:4547", 112.9, 28.2),
    ],
)
def test_the_wrong_system_or_order_is_told_by_where_it_leads(crs: str, x: float, y: float) -> None:
    fault = raised(source(shapely.Point(x, y), crs=crs))[0]
    assert f"when read as {crs}, far from where that is used" in fault


def test_beijing_54_is_converted_with_a_warning_of_how_well() -> None:
    _, report = check(source(shapely.Point(112.9, 28.2), crs="EPSG:4214"))
    assert any("EPSG:4214 can be brought to EPSG:4490 only" in note for note in report.notes)


def test_a_file_without_crs_wants_one() -> None:
    with pytest.raises(BadInput, match=r"does not say in which coordinate system.*--crs EPSG:4547"):
        check(source(SQUARE, crs=None))
    assert len(check(source(SQUARE, crs=None), crs="EPSG:4490")[0]) == 1
    assert len(check(source(SQUARE, crs=None), datum="wgs84")[0]) == 1


def test_a_told_crs_overrides_the_file_and_is_reported() -> None:
    _, report = check(source(SQUARE, crs="EPSG:4547"), crs="EPSG:4490")
    assert report.notes == ("taken as EPSG:4490, as told; the file says EPSG:4547",)


def test_a_csv_in_degrees_is_believed_aloud_and_one_in_metres_is_not(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("lon,lat\n112.9,28.2\n", encoding="utf-8")
    _, report = check(read(path))
    assert any("look like degrees; taken as EPSG:4326" in note for note in report.notes)
    path.write_text("x,y\n399456.362,3120476.378\n", encoding="utf-8")
    with pytest.raises(BadInput, match="are not degrees"):
        check(read(path))
    features, _ = check(read(path), crs="EPSG:4547")
    assert shapely.get_coordinates(features.geometry)[0] == pytest.approx([112.976, 28.195], abs=1e-7)


@given(st.floats(112, 114), st.floats(27.9, 28.6), st.sampled_from(["gcj02", "bd09"]))
def test_a_shifted_datum_comes_back_to_where_it_was(lon: float, lat: float, datum: Any) -> None:
    there = from_wgs84(np.array([[lon, lat]]), datum)
    features, report = check(source(shapely.Point(there[0])), datum=datum)
    assert np.abs(shapely.get_coordinates(features.geometry) - [lon, lat]).max() < 1e-9
    assert report.notes == (f"{datum} → wgs84",)


def test_a_shifted_datum_in_metres_is_refused() -> None:
    with pytest.raises(BadInput, match="gcj02 is a datum of degrees, but the coordinates are in EPSG:4547"):
        check(source(SQUARE, crs="EPSG:4547"), datum="gcj02")


def test_a_system_that_is_not_on_the_earth_is_refused() -> None:
    with pytest.raises(BadInput, match="not a system on the Earth"):
        check(source(SQUARE, crs='LOCAL_CS["工地",UNIT["metre",1]]'))


def test_an_unknown_way_with_faults_is_refused() -> None:
    mode: Any = "ignore"
    with pytest.raises(BadInput, match="'ignore' is none of raise, fix, skip"):
        check(source(SQUARE), on_invalid=mode)


@pytest.mark.parametrize("on_invalid", ["raise", "fix", "skip"])
def test_whatever_passes_is_valid_flat_and_on_the_earth(on_invalid: OnInvalid) -> None:
    rng = np.random.default_rng(7)
    rings = rng.uniform([112, 28], [113, 29], (200, 6, 2))
    given = source(*shapely.polygons(rings))
    if on_invalid == "raise":
        assert len(raised(given)) > 100
        return
    features, report = check(given, on_invalid=on_invalid)
    assert shapely.is_valid(features.geometry).all()
    assert set(shapely.get_type_id(features.geometry).tolist()) <= {3, 6}
    assert report.read == report.written + report.skipped == 200
    assert len(features) == report.written == features.attributes.num_rows


def test_the_report_is_json_and_sentences() -> None:
    _, report = check(source(SQUARE, None), on_invalid="skip")
    assert json.loads(json.dumps(report.as_dict()))["faults"] == [
        {"row": 2, "what": "has no geometry", "done": "skipped"}
    ]
    assert list(report.lines()) == [
        "楼.gpkg: 1 of 2 rows as layer 楼 (polygon); 1 left out",
        "row 2: has no geometry (skipped)",
    ]


@pytest.mark.parametrize(("what", "stubs"), [("stations", []), ("edges", [176, 178, 179, 180])])
def test_the_metro_of_changsha_published_in_gcj02_agrees_with_its_wgs84(what: str, stubs: list[int]) -> None:
    path = shared("changsha/rail.gpkg")
    given, wanted = read(path, layer=f"{what}_as_published_gcj02"), read(path, layer=f"{what}_wgs84")
    converted, report = check(given, datum="gcj02", on_invalid="skip")
    expected, _ = check(wanted, on_invalid="skip")
    off = shapely.get_coordinates(converted.geometry) - shapely.get_coordinates(expected.geometry)
    assert np.abs(off).max() < 1e-6
    # Four edges begin and end in the same point.
    assert [fault.row for fault in report.faults] == stubs


def test_the_boundary_of_changsha_keeps_its_area() -> None:
    features, _ = check(read(shared("changsha/boundary_osm_wgs84.geojson")))
    to_metres = transformer("EPSG:4490", "EPSG:4547")
    city = shapely.transform(features.geometry[0], lambda c: np.column_stack(to_metres.transform(*c.T)))
    assert city.area / 1e6 == pytest.approx(11829, abs=15)
