"""Files of odd makes: what they hold is kept as it was, told with its row, or refused in words."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from cim.errors import BadInput, FaultyData
from layers.formats.read import read
from layers.load.check import check

POINT = shapely.Point(112.97, 28.19).wkb
WKB = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}


def collection(path: Path, *features: dict[str, Any], **more: Any) -> Path:
    """A GeoJSON of features, each with its properties or geometry and what a file usually has besides."""
    usual = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Point", "coordinates": [112.97, 28.19]},
    }
    made = [{**usual, **one} for one in features]
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": made}), "utf-8")
    return path


def crs(name: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": name}}


def column(path: Path, *values: str, head: str = "v") -> Path:
    """A text table with these values in a column."""
    path.write_text(f"{head},lon,lat\n" + "".join(f"{v},112.97,28.19\n" for v in values), "utf-8")
    return path


@pytest.mark.parametrize("value", ["1e+400", "1e-400", "1E-400", "4e-324"])
def test_a_power_of_ten_that_no_number_reaches_stays_as_it_is_written(tmp_path: Path, value: str) -> None:
    source = read(column(tmp_path / "t.csv", value, "2.5"))
    assert source.attributes["v"].to_pylist() == [value, "2.5"]
    assert f"field 'v' is text because of {value!r} in row 1" in source.notes


def test_two_spellings_of_one_number_are_told_and_kept_apart_as_codes(tmp_path: Path) -> None:
    source = read(column(tmp_path / "t.csv", "1.1", "1.10", "1.2"))
    assert source.attributes["v"].to_pylist() == [1.1, 1.1, 1.2]
    assert any("'1.1' in row 1 and '1.10' in row 2, which are one number" in note for note in source.notes)
    source = read(column(tmp_path / "t.csv", "1.1", "1.10", "1.2", head="编号"))
    assert source.attributes["编号"].to_pylist() == ["1.1", "1.10", "1.2"]
    assert not any("one number" in note for note in read(column(tmp_path / "t.csv", "1.1", "2.50")).notes)


def test_names_that_end_in_a_number_are_no_numbers_that_went_wrong(tmp_path: Path) -> None:
    assert not any("is text because" in note for note in read(column(tmp_path / "t.csv", "楼1", "甲2")).notes)


@pytest.mark.parametrize(
    ("text", "encoding", "sample"),
    [
        ("Zürich", "latin-1", "Z黵ich"),
        ("東京タワー", "shift-jis", "搶嫗僞儚乕"),
        ("长沙市五一广场", "gbk", None),
    ],
)
def test_a_text_read_as_gb18030_that_may_be_another_is_shown(
    tmp_path: Path, text: str, encoding: str, sample: str | None
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"name,lon,lat\n{text},112.97,28.19\n".encode(encoding))
    doubt = f"; look whether {sample!r} is right, else name its --encoding" if sample else ""
    assert f"text is read as GB18030{doubt}" in read(path).notes


def test_half_of_a_character_in_json_is_told_with_its_row(tmp_path: Path) -> None:
    half = chr(0xD83D)
    rows = [{"name": "甲"}, {"name": f"乙{half}"}, {"name": "丙", half: {"deep": half}}]
    source = read(collection(tmp_path / "t.geojson", *({"properties": one} for one in rows)))
    assert source.attributes["name"].to_pylist() == ["甲", "乙\ufffd", "丙"]
    assert source.attributes["field"].to_pylist() == [None, None, '{ "deep": "\ufffd" }']
    assert (
        "field 'name' has half of a character in 1 rows, shown as a replacement mark; the first is row 2"
        in (source.notes)
    )


def test_a_property_that_is_a_feature_is_no_row_of_its_own(tmp_path: Path) -> None:
    inner = {"type": "Feature", "properties": {"b": 1}, "geometry": None}
    source = read(
        collection(tmp_path / "t.geojson", {"properties": {"a": inner}}, {"properties": {"a": None}})
    )
    assert source.attributes.num_rows == 2
    assert json.loads(source.attributes["a"].to_pylist()[0]) == inner
    assert not any("twice" in note for note in source.notes)


@pytest.mark.parametrize("number", ["1e400", "9223372036854775808"])
def test_a_number_that_gdal_can_not_read_is_named(tmp_path: Path, number: str) -> None:
    path = collection(tmp_path / "t.geojson", {"properties": {"a": 12345}})
    path.write_text(path.read_text("utf-8").replace("12345", number), "utf-8")
    try:
        source = read(path)
    except BadInput as error:
        assert f"has the number {number}, which is beyond what GDAL reads; write it as text" in str(error)
    else:  # a GDAL that reads it
        assert source.attributes["a"].to_pylist() == [number]


def test_a_system_that_nobody_knows_is_not_taken_for_wgs84(tmp_path: Path) -> None:
    for name in ("GCJ-02", "urn:ogc:def:crs:EPSG::999999"):
        source = read(collection(tmp_path / "t.geojson", {}, crs=crs(name)))
        with pytest.raises(BadInput, match=r"is no coordinate system PROJ knows.*--datum"):
            check(source)
    shifted, _ = check(read(tmp_path / "t.geojson"), datum="gcj02")
    assert shapely.get_x(shifted.geometry[0]) == pytest.approx(112.9645, abs=1e-4)
    assert check(read(tmp_path / "t.geojson", crs="EPSG:4490"))[0].geometry[0].x == 112.97


def test_a_system_that_a_feature_names_counts_and_two_are_refused(tmp_path: Path) -> None:
    metres = {"geometry": {"type": "Point", "coordinates": [497_000, 3_120_000]}, "crs": crs("EPSG:4547")}
    (place,) = check(read(collection(tmp_path / "t.geojson", metres)))[0].geometry
    assert (place.x, place.y) == pytest.approx((113.96944, 28.19453), abs=1e-4)
    with pytest.raises(BadInput, match="several coordinate systems: EPSG:4547, EPSG:4526"):
        read(collection(tmp_path / "t.geojson", metres, {"crs": crs("EPSG:4526")}))


def parquet(path: Path, attribute: pa.Array, shapes: list[bytes]) -> Path:
    table = pa.table({"a": attribute, "geometry": pa.array(shapes, pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps({"version": "1.0.0", **WKB})}), path)
    return path


def test_text_of_another_encoding_in_parquet_is_refused_with_its_row(tmp_path: Path) -> None:
    raw = pa.array(["甲".encode(), "乙".encode("gbk")], pa.binary())
    text = pa.Array.from_buffers(pa.string(), 2, raw.buffers())
    with pytest.raises(BadInput, match="field 'a' has text that is not UTF-8, the first in row 2"):
        read(parquet(tmp_path / "t.parquet", text, [POINT, POINT]))


def test_a_geometry_cut_off_after_its_first_bytes_is_a_fault_of_its_row(tmp_path: Path) -> None:
    source = read(parquet(tmp_path / "t.parquet", pa.array([1, 2, 3]), [POINT, b"\x01\x01", b""]))
    with pytest.raises(FaultyData) as refused:
        check(source)
    assert [fault.row for fault in refused.value.faults] == [2, 3]


def test_empty_parts_and_holes_are_left_out_and_told(tmp_path: Path) -> None:
    ring = [[112, 28], [113, 28], [113, 29], [112, 28]]
    shapes = [
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "Polygon", "coordinates": [ring, []]},
        {"type": "MultiPolygon", "coordinates": [[], [ring, []]]},
    ]
    path = collection(tmp_path / "t.geojson", *({"geometry": one} for one in shapes))
    features, report = check(read(path))
    wanted = np.array([shapely.normalize(shapely.Polygon(ring))] * 3)
    assert shapely.equals_exact(
        shapely.normalize(shapely.get_geometry(features.geometry, 0)), wanted, 0
    ).all()
    assert "2 rows have empty parts or holes, which are left out; the first is row 2" in report.notes


def gdal_table(path: Path, table: dict[str, pa.Array], driver: str, **options: Any) -> Path:
    """A layer `t` of points in EPSG:4490 with these columns, as GDAL writes it."""
    shapes = pa.array([POINT] * len(next(iter(table.values()))), pa.binary())
    geometry = pa.field("geom", pa.binary(), metadata={b"ARROW:extension:name": b"geoarrow.wkb"})
    schema = pa.schema([*(pa.field(name, column.type) for name, column in table.items()), geometry])
    pyogrio.write_arrow(
        pa.Table.from_arrays([*table.values(), shapes], schema=schema), path, layer="t", driver=driver,
        geometry_name="geom", geometry_type="Point", crs="EPSG:4490", layer_options=options,
    )  # fmt: skip
    return path


@pytest.mark.parametrize("more", [{}, {"at": pa.array([0, None] * 120, pa.timestamp("ms"))}])
@pytest.mark.parametrize("index", ["YES", "NO"])
def test_a_text_of_a_flatgeobuf_goes_on_behind_a_nul_which_is_told(
    tmp_path: Path, index: str, more: dict[str, Any]
) -> None:
    names = ["楼", None, "", "a??b", "长" * 300, "c"] * 40
    numbers = [None, 2**60, 3, 4, 5, 6] * 40
    table = {"n": pa.array(numbers), "name": pa.array(names), "yes": pa.array([True, None] * 120)} | more
    path = gdal_table(tmp_path / "t.fgb", table, "FlatGeobuf", SPATIAL_INDEX=index)
    path.write_bytes(path.read_bytes().replace(b"a??b", b"a\0\0b"))
    source = read(path)
    wanted = sorted(zip(["ab" if n == "a??b" else n for n in names], numbers, strict=True), key=str)
    held = zip(source.attributes["name"].to_pylist(), source.attributes["n"].to_pylist(), strict=True)
    assert sorted(held, key=str) == wanted
    first = 1 + source.attributes["name"].to_pylist().index("ab")
    assert (
        f"field 'name' has NUL characters in 40 rows, which are left out; the first is row {first}"
        in source.notes
    )


@pytest.mark.parametrize(
    ("declared", "values", "held", "told"),
    [
        ("VARCHAR(20)", ["00123", "5"], ["00123", "5"], ""),
        ("BIGINT", [2**62 + 1, None], [2**62 + 1, None], ""),
        ("DOUBLE PRECISION", [1.5, "x"], ["1.5", "x"], "'x' in row 2 is of another type"),
        ("NUMERIC(20,0)", ["43010200100100012345", 7], [4.3010200100100014e19, 7.0], "rounded number"),
        ("TIME", ["08:30", None], ["08:30", None], ""),
        ("", ["007", "x"], ["007", "x"], ""),
        ("BLOB", ["text", None], ["text", None], ""),
    ],
)
def test_a_geopackage_s_column_of_a_type_that_gdal_does_not_know_is_read(
    tmp_path: Path, declared: str, values: list[Any], held: list[Any], told: str
) -> None:
    path = gdal_table(tmp_path / "t.gpkg", {"x": pa.array([1, 2])}, "GPKG", SPATIAL_INDEX="NO")
    with closing(sqlite3.connect(path)) as file:
        for trigger in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f'DROP TRIGGER "{trigger[0]}"')
        file.execute(f"ALTER TABLE t ADD COLUMN v {declared}")
        file.executemany("UPDATE t SET v = ? WHERE fid = ?", zip(values, (1, 2), strict=True))
        file.commit()
    source = read(path)
    assert source.attributes["v"].to_pylist() == held
    assert source.attributes["x"].to_pylist() == [1, 2]
    assert [note for note in source.notes if not told or told not in note] == []
