"""Files come in whole, with their Chinese, or not at all."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from pyproj import CRS

from cim.errors import BadInput
from cim.model.layer import Field
from layers.formats.read import Source, read, sublayers
from layers.formats.source import fields_of
from tests.support.inputs import shared_file as shared

SQUARES = [shapely.box(112.9 + i / 1000, 28.2, 112.9005 + i / 1000, 28.2005) for i in range(500)]
COLUMNS = pa.table(
    {
        "名称": [f"五一广场{i}号楼" for i in range(500)],
        "楼层": pa.array(range(500), pa.int32()),
        "高度": [i * 2.8 for i in range(500)],
    }
)
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}


def write(
    path: Path,
    geometry: list[Any] = SQUARES,
    columns: pa.Table = COLUMNS,
    crs: str | None = "EPSG:4490",
    kind: str = "Polygon",
    **options: Any,
) -> Path:
    table = columns.append_column("geometry", pa.array(shapely.to_wkb(np.array(geometry, dtype=object))))
    pyogrio.write_arrow(
        table,
        path,
        driver=DRIVERS[path.suffix],
        geometry_name="geometry",
        geometry_type=kind,
        crs=crs,
        **options,
    )
    return path


def write_parquet(path: Path, crs: Any = "EPSG:4490", encoding: str = "WKB", column: Any = None) -> Path:
    about: dict[str, Any] = {"encoding": encoding, "geometry_types": ["Polygon"]}
    if crs != "absent":
        about["crs"] = CRS.from_user_input(crs).to_json_dict() if crs else None
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    if column is None:
        column = pa.array(shapely.to_wkb(SQUARES))
    table = COLUMNS.append_column("geometry", column)
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def same_squares(source: Source) -> bool:
    ours, theirs = (shapely.normalize(np.array(g, dtype=object)) for g in (SQUARES, source.geometry))
    return bool(shapely.equals_exact(ours, theirs, tolerance=1e-9).all())


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".shp"])
def test_a_file_gives_back_its_geometry_its_chinese_and_its_crs(tmp_path: Path, suffix: str) -> None:
    options = {".fgb": {"SPATIAL_INDEX": "NO"}, ".geojson": {"RFC7946": "NO"}}.get(suffix, {})
    source = read(write(tmp_path / f"建筑{suffix}", **options))
    assert same_squares(source)
    assert source.crs == "EPSG:4490"
    assert source.row.tolist() == list(range(1, 501))
    assert source.name == "建筑"
    assert source.attributes.column_names == ["名称", "楼层", "高度"]
    assert source.attributes.column("名称")[7].as_py() == "五一广场7号楼"
    assert [f.type for f in fields_of(source.attributes)] == ["text", "integer", "real"]


def test_geojson_without_a_crs_is_wgs84_by_its_standard(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    path.write_text('{"type":"Point","coordinates":[112.9,28.2]}', encoding="utf-8")
    assert read(path).crs == "EPSG:4326"


def test_a_shapefile_without_prj_has_no_crs(tmp_path: Path) -> None:
    path = write(tmp_path / "b.shp")
    (tmp_path / "b.prj").unlink()
    assert read(path).crs is None


@pytest.mark.parametrize("keep_cpg", [True, False])
@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_shapefile_in_gbk_reads_as_chinese_with_and_without_cpg(
    tmp_path: Path, encoding: str, keep_cpg: bool
) -> None:
    path = write(tmp_path / "b.shp", encoding=encoding)
    dbf = (tmp_path / "b.dbf").read_bytes()
    assert "五一广场".encode(encoding) in dbf
    (tmp_path / "b.dbf").write_bytes(dbf[:29] + b"\0" + dbf[30:])
    if not keep_cpg:
        (tmp_path / "b.cpg").unlink()
    source = read(path)
    assert source.attributes.column_names == ["名称", "楼层", "高度"]
    assert source.attributes.column("名称")[499].as_py() == "五一广场499号楼"
    if not keep_cpg:
        assert any("names no encoding" in note for note in source.notes)


def test_a_cpg_that_lies_is_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "b.shp", encoding="GBK")
    (tmp_path / "b.cpg").write_text("UTF-8", encoding="ascii")
    source = read(path)
    assert source.attributes.column("名称")[0].as_py() == "五一广场0号楼"
    assert "text is read as GB18030 (its .cpg says UTF-8)" in source.notes


def test_rows_that_a_shapefile_marks_as_deleted_are_left_out_and_the_others_keep_their_number(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "b.shp")
    dbf = bytearray((tmp_path / "b.dbf").read_bytes())
    header, width = struct.unpack("<HH", dbf[8:12])
    dbf[header + width] = ord("*")
    (tmp_path / "b.dbf").write_bytes(dbf)
    source = read(path)
    assert source.row[:3].tolist() == [1, 3, 4]
    assert source.attributes.column("楼层")[:3].to_pylist() == [0, 2, 3]
    assert "1 rows are marked as deleted and not read" in source.notes


def test_an_encoding_can_be_told_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "b.shp", encoding="GBK")
    assert read(path, encoding="GB18030").attributes.column("名称")[0].as_py() == "五一广场0号楼"
    with pytest.raises(BadInput):
        read(path, encoding="UTF-8")
    with pytest.raises(BadInput, match="'klingon' is no encoding"):
        read(path, encoding="klingon")


def test_a_zipped_shapefile_reads_like_the_files_in_it(tmp_path: Path) -> None:
    path = write(tmp_path / "建筑.shp", encoding="GBK")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for part in path.parent.glob("建筑.*"):
            archive.write(part, f"数据/{part.name}")
    source = read(tmp_path / "b.zip")
    assert same_squares(source)
    assert source.name == "建筑"
    assert source.path == str(tmp_path / "b.zip")


@pytest.mark.parametrize("encoding", ["WKB", "polygon"])
def test_geoparquet_reads_in_wkb_and_in_native_encoding(tmp_path: Path, encoding: str) -> None:
    column = None
    if encoding == "polygon":
        xy = [[[{"x": x, "y": y} for x, y in s.exterior.coords]] for s in SQUARES]
        column = pa.array(xy, pa.list_(pa.list_(pa.struct([("x", pa.float64()), ("y", pa.float64())]))))
    source = read(write_parquet(tmp_path / "b.parquet", encoding=encoding, column=column))
    assert same_squares(source)
    assert source.crs == "EPSG:4490"
    assert source.attributes.column_names == ["名称", "楼层", "高度"]


def test_the_bounds_column_of_geoparquet_is_no_field(tmp_path: Path) -> None:
    corners = ("xmin", "ymin", "xmax", "ymax")
    bounds = [dict(zip(corners, s.bounds, strict=True)) for s in SQUARES]
    about = {
        "encoding": "WKB",
        "geometry_types": [],
        "covering": {"bbox": {corner: ["bbox", corner] for corner in corners}},
    }
    geo = {"version": "1.1.0", "primary_column": "g", "columns": {"g": about}}
    table = pa.table({"g": pa.array(shapely.to_wkb(SQUARES)), "bbox": bounds, "n": range(500)})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), tmp_path / "b.parquet")
    source = read(tmp_path / "b.parquet")
    assert source.attributes.column_names == ["n"]
    assert same_squares(source)


def test_geoparquet_says_lon_lat_by_leaving_its_crs_out_and_unknown_by_null(tmp_path: Path) -> None:
    assert read(write_parquet(tmp_path / "a.parquet", crs="absent")).crs == "OGC:CRS84"
    assert read(write_parquet(tmp_path / "n.parquet", crs=None)).crs is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_finds_its_encoding_delimiter_and_position(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    path = tmp_path / "点.csv"
    lines = [
        "名称,经度,纬度,电话,人数",
        "橘子洲,112.96,28.19,0731123,12",
        "岳麓山,112.93,28.18,0731456,7",
        "",
    ]
    path.write_text("\n".join(lines).replace(",", delimiter), encoding=encoding)
    source = read(path)
    assert shapely.get_coordinates(source.geometry).tolist() == [[112.96, 28.19], [112.93, 28.18]]
    assert source.attributes.to_pydict() == {
        "名称": ["橘子洲", "岳麓山"],
        "电话": ["0731123", "0731456"],
        "人数": [12, 7],
    }
    assert source.crs is None


def test_a_csv_takes_told_columns_and_wkt(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("a,b,shape\n1,2,POINT (5 6)\n3,4,\n5,6,POLYGON ((0 0\n", encoding="utf-8")
    assert shapely.get_coordinates(read(path, lon="b", lat="a").geometry)[0].tolist() == [2, 1]
    source = read(path, wkt="shape")
    assert source.geometry[0] == shapely.Point(5, 6)
    assert [(d.at, "no WKT" in d.what) for d in source.defects] == [(2, True)]
    with pytest.raises(BadInput, match="no column 'c'; it has: a, b, shape"):
        read(path, lon="c", lat="a")
    with pytest.raises(BadInput, match=r"no column looks like lon; name it with --lon"):
        read(path)


def test_a_csv_row_without_a_number_for_a_coordinate_is_a_defect(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("lon,lat\n112.9,28.2\n东经112,28\n,28\nnan,28\n", encoding="utf-8")
    source = read(path)
    assert [(d.at, d.what) for d in source.defects] == [
        (1, "lon is '东经112', not a number"),
        (2, "lon is empty"),
        (3, "lon is 'nan', not a number"),
    ]


def test_dates_and_times_of_csv_are_dates_and_times(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("lon,lat,d,t\n112,28,2024/5/1,2024-05-01 08:00:00\n", encoding="utf-8")
    source = read(path, time_zone="Asia/Shanghai")
    assert source.attributes.to_pydict() == {
        "d": [dt.date(2024, 5, 1)],
        "t": [dt.datetime(2024, 5, 1, 0, 0, tzinfo=dt.UTC)],
    }
    assert "field 't' has times without a zone; they are taken to be Asia/Shanghai" in source.notes


def test_times_with_a_zone_keep_their_moment_beside_times_without(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    features = [
        {"type": "Feature", "properties": {"t": t}, "geometry": None}
        for t in ("2024-05-01T08:00:00+08:00", "2024-05-01T08:00:00Z", "2024-05-01T08:00:00", None)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    source = read(path, time_zone="Asia/Shanghai")
    assert [t and t.hour for t in source.attributes.column("t").to_pylist()] == [0, 8, 0, None]
    assert "field 't' has times without a zone; they are taken to be Asia/Shanghai" in source.notes
    with pytest.raises(BadInput, match="'Mars' is no time zone"):
        read(path, time_zone="Mars")


def test_nested_values_become_json_text_and_odd_names_are_renamed_aloud(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    properties = {"fid": 7, "标签": {"甲": 1}, "a b": [1, 2], "ok": True}
    feature = {"type": "Feature", "properties": properties, "geometry": None}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    source = read(path)
    assert source.attributes.column_names == ["source_fid", "标签", "a_b", "ok"]
    assert json.loads(source.attributes.column("标签")[0].as_py()) == {"甲": 1}
    assert json.loads(source.attributes.column("a_b")[0].as_py()) == [1, 2]
    assert Field("ok", "boolean") in fields_of(source.attributes)
    assert "field 'fid' is called 'source_fid'" in source.notes


def test_a_file_of_several_layers_wants_one_named(tmp_path: Path) -> None:
    path = write(tmp_path / "many.gpkg", layer="楼")
    write(path, layer="路", append=True)
    assert sublayers(path) == ["楼", "路"]
    with pytest.raises(BadInput, match="holds 2 layers; name one with --sublayer: 楼, 路"):
        read(path)
    with pytest.raises(BadInput, match="has no layer '河'; it has: 楼, 路"):
        read(path, layer="河")
    assert read(path, layer="路").name == "路"


def cut(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95, 0.999])
@pytest.mark.parametrize("name", ["b.gpkg", "b.geojson", "b.fgb", "flat.fgb", "b.parquet", "b.zip"])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, name: str, share: float) -> None:
    path = tmp_path / name
    if path.suffix == ".parquet":
        write_parquet(path)
    elif path.suffix == ".zip":
        write(tmp_path / "b.shp")
        shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path)
    else:
        write(path, **({"SPATIAL_INDEX": "NO"} if name == "flat.fgb" else {}))
    cut(path, share)
    with pytest.raises(BadInput, match=r"cut off|damaged|whole|copy it again|copied to the end"):
        read(path)


@pytest.mark.parametrize("share", [0.005, 0.3, 0.6, 0.95, 0.999])
@pytest.mark.parametrize("part", [".shp", ".shx", ".dbf"])
def test_a_shapefile_any_part_of_which_ends_early_is_refused(tmp_path: Path, part: str, share: float) -> None:
    path = write(tmp_path / "b.shp")
    cut(tmp_path / f"b{part}", share)
    with pytest.raises(BadInput, match=r"cut off|no shapefile"):
        read(path)


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_shapefile_without_one_of_its_parts_is_refused(tmp_path: Path, part: str) -> None:
    path = write(tmp_path / "b.shp")
    (tmp_path / f"b{part}").unlink()
    with pytest.raises(BadInput, match=f"lacks its {part}"):
        read(path)


def test_a_csv_that_ends_within_a_row_is_refused_and_without_a_line_break_remarked(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("lon,lat,name\n112,28,甲\n113,28", encoding="utf-8")
    with pytest.raises(BadInput, match="may be cut off"):
        read(path)
    path.write_text('lon,lat,name\n112,28,"甲\n', encoding="utf-8")
    with pytest.raises(BadInput, match=r"cut off|quote"):
        read(path)
    path.write_bytes("lon,lat,名称\n112,28,甲".encode()[:-1])
    with pytest.raises(BadInput, match="cut off inside a character"):
        read(path)
    path.write_text("lon,lat,name\n112,28,甲", encoding="utf-8")
    assert any("does not end with a line break" in note for note in read(path).notes)


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp", ".parquet", ".zip", ".geojson", ".csv"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"%PDF-1.7\n\0\xe2\xe3\xcf\xd3 something else")
    with pytest.raises(BadInput, match=path.name):
        read(path)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda _: None, "is not there"),
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: p.write_bytes(b""), "is empty"),
    ],
)
def test_a_file_that_is_missing_a_folder_or_empty_is_refused(
    tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    for suffix in (".gpkg", ".geojson", ".csv", ".parquet", ".shp", ".zip"):
        path = tmp_path / f"a{suffix}"
        make(path)
        with pytest.raises(BadInput, match=said):
            read(path)


def test_a_geojson_or_flatgeobuf_under_another_name_is_called_like_its_file(tmp_path: Path) -> None:
    for suffix in (".geojson", ".fgb"):
        path = write(tmp_path / f"old{suffix}", layer="inside")
        assert read(path.rename(tmp_path / f"新{suffix}")).name == "新"


def test_topojson_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"type":"Topology","objects":{},"arcs":[]}', encoding="utf-8")
    with pytest.raises(BadInput, match="is TopoJSON"):
        read(tmp_path / "t.json")


def test_geojson_in_gbk_is_refused_not_garbled(tmp_path: Path) -> None:
    path = tmp_path / "p.geojson"
    feature = {"type": "Feature", "properties": {"name": "长沙"}, "geometry": None}
    path.write_text(json.dumps(feature, ensure_ascii=False), encoding="gbk")
    with pytest.raises(BadInput, match="UTF-8"):
        read(path)


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"ending in '\.dwg' can't be read; known: \.gpkg"):
        read(tmp_path / "plan.dwg")


def test_a_layer_without_rows_or_without_geometry_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "none.gpkg", [], COLUMNS.slice(0, 0))
    with pytest.raises(BadInput, match="has no rows"):
        read(path)
    pq.write_table(COLUMNS, tmp_path / "t.parquet")
    with pytest.raises(BadInput, match="Parquet without geometry"):
        read(tmp_path / "t.parquet")


def test_progress_is_told_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    read(write(tmp_path / "b.gpkg"), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (500, 500)


def test_the_buildings_of_changsha_all_come_in() -> None:
    source = read(shared("changsha/buildings_osm_2026-03-24.gpkg"))
    assert len(source) == 9628
    assert not shapely.is_missing(source.geometry).any()
