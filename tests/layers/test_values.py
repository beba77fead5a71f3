"""What a file says is what is kept: each value as it was, or told with its row."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from cim.city import City
from cim.errors import BadInput, FaultyData
from layers.formats.read import read, sublayers
from layers.formats.source import Source
from layers.load.check import check
from layers.load.load import load_file
from layers.load.options import LoadOptions
from layers.load.report import LoadReport
from tests.support import small_city as small
from tests.support.inputs import CASES

FILES = CASES / "in"
DAY = dt.date(2024, 5, 1)
PLACES = ["长沙市五一广场", "岳麓山风景区"]
LONG_IDS = ["43010200100100012345", "43010200100100012346"]


def case(name: str, **options: Any) -> Source:
    return read(FILES / name, **options)


def columns(source: Source) -> dict[str, list[Any]]:
    return {
        name: column.to_pylist()
        for name, column in zip(source.attributes.column_names, source.attributes.columns, strict=True)
    }


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# What each case holds, and words that its notes have to say.
RIGHT: list[tuple[str, dict[str, list[Any]], list[str]]] = [
    (
        "shp_text_in_number_fields.shp",
        {"FLOORS": ["6+1", "33", None], "H": ["18.5", "约21", "1,234.5"], "D": ["2024-05-01", "20241301",
      "2024-05-01"]},
        ["'FLOORS'", "'6+1' in row 1", "'********'", "'约21' in row 2", "'20241301' in row 2"],
    ),
    ("shp_bad_days_only.shp", {"D": ["2024-05-01", "20241301", "2024-05-01", None]},
      ["'20241301' in row 2 is no day"]),
    ("shp_id_n20_0.shp", {"GRIDID": LONG_IDS, "ID19": [4301020010010001234, 4301020010010001235]}, ["'GRIDID'"]),
    ("shp_id_f19_11_of_arcgis.shp", {"BSM": [430102001001, 430102001002], "N18_0": [430102001001000123,
      430102001001000125]}, []),
    ("shp_dates_zero.shp", {"D": [DAY, None], "L": [True, None], "N": [12, None]}, ["'N' has no number in 1 rows"]),
    ("shp_value_cut_in_half_char.shp", {"ADDR": ["长沙市芙蓉", "短"]}, []),
    ("shp_gbk_cpg_says_iso88591.shp", {"名称": PLACES}, ["GB18030", "ISO-8859-1"]),
    ("shp_gbk_cpg_says_1252.shp", {"名称": PLACES}, ["GB18030", "1252"]),
    ("shp_gbk_cpg_says_utf8.shp", {"名称": PLACES}, ["GB18030", "UTF-8"]),
    ("shp_utf8_cpg_says_gbk.shp", {"名称": PLACES}, ["UTF-8", "GBK"]),
    ("shp_utf8_ldid_says_gbk.shp", {"名称": PLACES}, ["UTF-8"]),
    ("geojson_huge_integers.geojson", {"id18": [430102001001000123, 430102001001000125], "id20": LONG_IDS,
      "u64": ["18446744073709551615", "18446744073709551614"]}, ["'id20'", "'u64'"]),
    ("geojson_int_then_float_id.geojson", {"bsm": [430102001001000123, 430102001001000125]}, []),
    ("geojson_ids_18_digits.geojson", {"bsm": [430102001001000123, 430102001001000125]}, []),
    ("geojson_id_only_on_feature_integer.geojson", {"id": [430102001, 430102007]}, []),
    ("geojson_id_only_on_feature_text.geojson", {"id": ["lamp-0007", "lamp-0012"]}, []),
    ("geojson_id_both.geojson", {"id": ["A-1", "A-2"], "feature_id": [1, 2]}, ["'feature_id'"]),
    ("geojson_mixed_types.geojson", {"v": ["42", "6+1", '{ "a": 75 }', "[ 1, 2 ]", "true"], "n": ["1", "abc", None,
      "2.5", "3"]}, ["'6+1' in row 2"]),
    ("geojson_duplicate_keys.geojson", {"name": ["乙"], "Name_2": ["丙"]}, ["'name' stands twice"]),
    ("geojson_feature_without_properties.geojson", {"name": [None, "乙"]}, []),
    ("geojson_seq.json", {"name": ["0", "1", "2"]}, []),
    ("geojson_bom.geojson", {"name": ["甲"]}, []),
    ("geojson_crs_null.geojson", {"name": ["甲"]}, ["unknown (null)", "--datum"]),
    ("esri_features.json", {"OBJECTID": [5], "NAME": ["甲"], "T": [moment("2026-06-01T00:30:00Z")]}, []),
    ("pkg_datetimes_with_slashes.gpkg", {"giltig": [moment("2018-02-13T22:59:59Z"), moment("2019-05-01T02:00:00Z"),
      moment("2020-06-01T10:00:00Z")],
      "day": [dt.date(2018, 2, 13), dt.date(2019, 5, 1), dt.date(2020, 6, 1)]},
      ["'giltig' has times without a zone"]),
    ("parquet_uint64.parquet", {"s2": ["18446744073709551615", "18446744073709551614", None],
      "h3": [622642202492207103, 622642202492043263, None]}, ["'s2'"]),
    ("fgb_without_index.fgb", {"name": ["甲", "乙", "丙"]}, []),
    ("parquet_geoarrow_point.parquet", {"a": [1, 2, 3]}, []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "right", "words"), RIGHT, ids=[name for name, *_ in RIGHT])
def test_a_case_is_read_as_it_was_written(name: str, right: dict[str, list[Any]], words: list[str]) -> None:
    source = case(name)
    found = columns(source)
    assert {field: found[field] for field in right} == right
    notes = "; ".join(source.notes)
    assert [word for word in words if word not in notes] == []


def test_big5_is_read_where_it_is_told_and_asked_for_where_it_is_not() -> None:
    assert columns(case("shp_big5_no_cpg.shp", encoding="BIG5"))["NAME"] == ["臺北市信義區", "高雄港務局"]
    (note,) = case("shp_big5_no_cpg.shp").notes
    assert "臺北市信義區" in note
    assert "look at the names and say --encoding BIG5" in note


def test_a_western_file_is_not_made_chinese(tmp_path: Path) -> None:
    table = pa.table(
        {
            "NAME": ["Müller-Straße", "Café", "Señor", "Zürich"],
            "geometry": shapely.to_wkb(shapely.points([[9, 47]] * 4)),
        }
    )
    pyogrio.write_arrow(
        table,
        tmp_path / "w.shp",
        driver="ESRI Shapefile",
        geometry_name="geometry",
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="ISO-8859-1",
    )
    source = read(tmp_path / "w.shp")
    assert columns(source)["NAME"] == ["Müller-Straße", "Café", "Señor", "Zürich"]
    assert source.notes == ()


def test_a_zip_gives_both_layers_that_have_one_name() -> None:
    path = FILES / "zip_same_name_in_two_folders.zip"
    assert sublayers(path) == ["2024/buildings", "2025/buildings"]
    old, new = (read(path, layer=name) for name in sublayers(path))
    assert columns(old) != columns(new)
    assert new.name == "2025/buildings"


def test_an_unknown_geographic_system_is_told_like_that_of_a_csv() -> None:
    _, report = check(case("pkg_srs_undefined_geographic.gpkg"))
    assert any("say --datum if they are gcj02 or bd09" in note for note in report.notes)
    with pytest.raises(BadInput, match="--crs"):
        check(case("pkg_srs_undefined_cartesian.gpkg"))


def test_arcs_become_short_segments_under_fix_and_are_refused_with_the_command_otherwise() -> None:
    source = case("pkg_curve_polygon.gpkg")
    with pytest.raises(FaultyData, match="ogr2ogr -nlt CONVERT_TO_LINEAR"):
        check(source)
    features, _ = check(source, on_invalid="fix")
    assert features.geometry[0].area == pytest.approx(np.pi * 0.001**2, rel=1e-3)
    with pytest.raises(FaultyData, match="ogr2ogr -nlt MULTIPOLYGON"):
        check(case("pkg_polyhedral.gpkg"))
    features, _ = check(case("pkg_polyhedral.gpkg"), on_invalid="fix")
    assert features.geometry[0].area == pytest.approx(0.5e-4)


# -- GeoPackage: SQLite lets any value into any column ------------------------------------------------


def geopackage(path: Path, *statements: str, **fields: pa.Array) -> Path:
    points = shapely.points(np.column_stack([112.9 + np.arange(3) / 100, np.full(3, 28.2)]))
    table = pa.table({**fields, "geometry": shapely.to_wkb(points)})
    pyogrio.write_arrow(
        table,
        path,
        driver="GPKG",
        layer="p",
        geometry_name="geometry",
        geometry_type="Point",
        crs="EPSG:4490",
        SPATIAL_INDEX="NO",
    )
    with closing(sqlite3.connect(path)) as file:
        for statement in statements:
            file.execute(statement)
        file.commit()
    return path


def test_text_in_a_number_column_of_a_geopackage_is_kept_and_told(tmp_path: Path) -> None:
    path = geopackage(
        tmp_path / "a.gpkg",
        "UPDATE p SET n = '6+1' WHERE fid = 2",
        "UPDATE p SET small = 70000 WHERE fid = 3",
        n=pa.array([1, 2, 3], pa.int64()),
        small=pa.array([1, 2, 3], pa.int16()),
    )
    source = read(path)
    assert columns(source) == {"n": ["1", "6+1", "3"], "small": [1, 2, 70000]}
    assert any("'6+1' in row 2" in note for note in source.notes)


def test_a_day_of_a_geopackage_that_the_calendar_has_not_stays_text(tmp_path: Path) -> None:
    days = pa.array([DAY] * 3)
    path = geopackage(tmp_path / "a.gpkg", "UPDATE p SET d = '2024-02-30' WHERE fid = 2", d=days)
    source = read(path)
    assert columns(source) == {"d": ["2024-05-01", "2024-02-30", "2024-05-01"]}
    assert any("'2024-02-30' in row 2 is no day" in note for note in source.notes)


def test_the_key_of_a_geopackage_is_kept_unless_it_is_a_plain_number(tmp_path: Path) -> None:
    table = pa.table(
        {
            "osm_id": pa.array([77, 99], pa.int64()),
            "name": ["甲", "乙"],
            "geometry": shapely.to_wkb(shapely.points([[112.9, 28.2]] * 2)),
        }
    )
    pyogrio.write_arrow(
        table,
        tmp_path / "k.gpkg",
        driver="GPKG",
        geometry_name="geometry",
        geometry_type="Point",
        crs="EPSG:4490",
        FID="osm_id",
    )
    assert columns(read(tmp_path / "k.gpkg")) == {"osm_id": [77, 99], "name": ["甲", "乙"]}
    plain = geopackage(tmp_path / "p.gpkg", name=pa.array(["甲", "乙", "丙"]))
    assert columns(read(plain)) == {"name": ["甲", "乙", "丙"]}


def test_gdals_warnings_are_heard_in_the_thread_that_reads(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    path = tmp_path / "open.geojson"
    ring = [[112, 28], [113, 28], [113, 29], [112, 29]]
    feature = {
        "type": "Feature",
        "properties": {"n": 1},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    with ThreadPoolExecutor(1) as thread:
        source = thread.submit(read, path).result()
    assert any("Non closed ring" in note for note in source.notes)
    assert "Warning" not in capfd.readouterr().err


# -- decimals, and files without any attribute --------------------------------------------------------


def parquet(path: Path, **fields: pa.Array) -> Path:
    geo = {
        "version": "1.1.0",
        "primary_column": "g",
        "columns": {"g": {"encoding": "WKB", "geometry_types": []}},
    }
    table = pa.table({**fields, "g": pa.array(shapely.to_wkb(shapely.points([[112.9, 28.2]] * 2)))})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def test_decimals_are_numbers_where_they_can_be_and_text_where_they_can_not(tmp_path: Path) -> None:
    from decimal import Decimal

    long = [Decimal(one) for one in LONG_IDS]
    source = read(
        parquet(
            tmp_path / "d.parquet",
            code=pa.array(long, pa.decimal128(20, 0)),
            n=pa.array([Decimal("12"), None], pa.decimal128(10, 0)),
            h=pa.array([Decimal("2.80"), Decimal("0.1")], pa.decimal128(10, 2)),
        )
    )
    assert columns(source) == {"code": LONG_IDS, "n": [12, None], "h": [2.8, 0.1]}
    assert any("'code' is kept as text" in note for note in source.notes)


def test_moments_finer_than_a_millisecond_are_told(tmp_path: Path) -> None:
    fine = pa.array([1_000_001, 2_000_000], pa.timestamp("us", "UTC"))
    source = read(
        parquet(tmp_path / "t.parquet", t=fine, whole=pa.array([1000, 2000], pa.timestamp("us", "UTC")))
    )
    assert [note for note in source.notes if "finer" in note] == [
        "field 't' has moments finer than a millisecond, which is what is kept of them"
    ]


@pytest.mark.parametrize("suffix", [".gpkg", ".fgb", ".shp", ".geojson", ".parquet", ".arrow", ".csv"])
def test_a_file_without_any_attribute_loads(empty: City, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bare{suffix}"
    points = shapely.points([[112.9, 28.2], [112.91, 28.21]])
    drivers = {".gpkg": "GPKG", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}
    if suffix == ".parquet":
        parquet(path)
    elif suffix == ".csv":
        path.write_text("lon,lat\n112.9,28.2\n112.91,28.21\n", encoding="utf-8")
    elif suffix == ".arrow":
        table = pa.table({"lon": [112.9, 112.91], "lat": [28.2, 28.21]})
        with pa.ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table)
    elif suffix == ".geojson":
        features = [
            {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(p))}
            for p in points
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    else:
        table = pa.table({"geometry": shapely.to_wkb(points)})
        pyogrio.write_arrow(
            table,
            path,
            driver=drivers[suffix],
            geometry_name="geometry",
            geometry_type="Point",
            crs="EPSG:4490",
        )
    report = load(empty, path)
    assert (report.read, report.written) == (2, 2)
    assert len(empty.layer("bare").frame()) == 2


# -- on both stores -----------------------------------------------------------------------------------


@pytest.fixture
def empty(store_url: str, tmp_path: Path) -> Iterator[City]:
    """A city without any feature, in each store."""
    with City.open(small.settings(store_url, tmp_path / "snapshots"), create=True) as city:
        yield city


def load(city: City, path: Path, **choices: Any) -> LoadReport:
    (report,) = load_file(city, path, LoadOptions(**choices))
    return report


def stored(city: City, layer: str) -> dict[str, list[Any]]:
    snapshot = city.snapshot(layer)
    rows = snapshot.rows[np.argsort(snapshot.fids(snapshot.rows))]
    table: dict[str, list[Any]] = snapshot.attributes(rows).to_pydict()
    return table


def test_codes_that_a_shapefile_has_as_numbers_are_digits_in_a_text_field(empty: City) -> None:
    report = load(empty, FILES / "shp_resource_codes_as_numbers.shp", layer="resources", append=True)
    assert report.written == 2
    assert sorted(stored(empty, "resources")["code"]) == ["4301020100000001", "4301020100000002"]


def test_long_ids_are_four_values_in_the_store(empty: City) -> None:
    load(empty, FILES / "shp_id_n20_0.shp", layer="grid")
    found = stored(empty, "grid")
    assert sorted(found["GRIDID"]) == LONG_IDS
    assert sorted(found["ID19"]) == [4301020010010001234, 4301020010010001235]


def test_a_code_that_is_a_float_becomes_digits_or_is_refused(empty: City, tmp_path: Path) -> None:
    for code, right in ((4.3e14, "430000000000000"), (4.301020100000001e17, None)):
        path = parquet(
            tmp_path / "r.parquet",
            code=pa.array([code, 7.0]),
            kind=pa.array(["team"] * 2),
            name=pa.array(["甲", "乙"]),
        )
        if right:
            load(empty, path, layer="resources", append=True)
            assert right in stored(empty, "resources")["code"]
        else:
            with pytest.raises(FaultyData, match="may have lost its last digits"):
                load(empty, path, layer="resources", append=True)


def test_columns_may_be_called_like_words_of_sql_and_columns_of_the_system(
    empty: City, tmp_path: Path
) -> None:
    load(empty, FILES / "column_named_nothing.geojson", layer="nothing_at_all")
    assert "nothing" in stored(empty, "nothing_at_all")
    words = ["nothing", "returning", "select", "order", "user", "table", "rowid", "oid", "index", "values", "window",
             "xmin", "XMAX", "ctid", "cmin", "cmax", "tableoid", "offset", "limit", "generated", "filter",
                 "materialized"]  # fmt: skip
    feature = {
        "type": "Feature",
        "properties": {word: i for i, word in enumerate(words)},
        "geometry": {"type": "Point", "coordinates": [112.9, 28.2]},
    }
    path = tmp_path / "words.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    report = load(empty, path)
    system = ("xmin", "XMAX", "ctid", "cmin", "cmax", "tableoid")
    assert stored(empty, "words") == {
        f"source_{word}" if word in system else word: [i] for i, word in enumerate(words)
    }
    for word in system:
        assert f"field {word!r} is called 'source_{word}'" in report.notes
    load(empty, path, append=True)  # by another way: row by row
    assert len(stored(empty, "words")["nothing"]) == 2


def test_a_layer_may_be_called_like_a_word_of_sql(empty: City) -> None:
    load(empty, FILES / "geojson_bom.geojson", layer="returning")
    assert stored(empty, "returning") == {"name": ["甲"]}


def test_a_field_that_is_set_can_not_be_called_like_a_column_of_the_system(empty: City) -> None:
    for options in ({"values": {"xmin": "1"}}, {"columns": {"ctid": "name"}}):
        with pytest.raises(BadInput, match=r"can't be the name of a field; 'source_(xmin|ctid)' can"):
            load(empty, FILES / "geojson_bom.geojson", layer="p", **options)


def test_both_layers_of_a_zip_become_layers(empty: City) -> None:
    path = FILES / "zip_same_name_in_two_folders.zip"
    for name, layer in (("2024/buildings", "l2024_buildings"), ("2025/buildings", "l2025_buildings")):
        load(empty, path, sublayer=name)
        assert len(empty.layer(layer).frame())
