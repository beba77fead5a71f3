"""From a file to a layer that answers: every format, datum and choice, on both stores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from cim.city import City
from cim.errors import BadInput, CityError, Conflict, FaultyData
from cim.space import crs
from layers.load.load import load_file
from layers.load.options import LoadOptions
from layers.load.report import LoadReport
from tests.support import small_city as small
from tests.support.load_files import BOW_TIE, BOXES, csv, geojson

NAMES = ["甲楼", "乙楼", "丙楼"]


@pytest.fixture
def empty(store_url: str, tmp_path: Path) -> Iterator[City]:
    """A city without any feature, in each store."""
    with City.open(small.settings(store_url, tmp_path / "snapshots"), create=True) as city:
        yield city


@pytest.fixture
def gpkg(tmp_path: Path) -> Iterator[City]:
    with City.open(
        small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots"), create=True
    ) as city:
        yield city


def load(city: City, path: Path, **choices: Any) -> LoadReport:
    (report,) = load_file(city, path, LoadOptions(**choices))
    return report


def frame(city: City, name: str) -> Any:
    return city.layer(name).frame().sort_index()


def houses(**columns: list[Any]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": NAMES, "floors": [3, 30, None], **columns}, geometry=BOXES, crs="EPSG:4326"
    ).astype({"floors": "Int64"})


WRITERS: dict[str, Callable[[gpd.GeoDataFrame, Path], None]] = {
    "houses.gpkg": lambda f, p: f.to_crs("EPSG:4547").to_file(p, layer="houses"),
    "houses.geojson": lambda f, p: f.to_file(p),
    "houses.shp": lambda f, p: f.to_crs("EPSG:2383").to_crs("EPSG:4547").to_file(p, encoding="GBK"),
    "houses.fgb": lambda f, p: f.to_crs("EPSG:3857").to_file(p),
    "houses.parquet": lambda f, p: f.to_parquet(p),
    "houses.csv": lambda f, p: (
        f.assign(wkt=f.geometry.to_wkt()).drop(columns="geometry").to_csv(p, index=False)
    ),
}


@pytest.mark.parametrize("name", list(WRITERS))
def test_every_format_becomes_the_same_layer_that_answers(empty: City, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    WRITERS[name](houses(), path)
    options = {"crs": "EPSG:4326"} if name.endswith("csv") else {}
    report = load(empty, path, **options)
    assert (report.read, report.written, report.fixed, report.skipped) == (3, 3, 0, 0)
    # FlatGeobuf puts its rows in an order of its own.
    loaded = frame(empty, "houses").set_index("name").loc[NAMES]
    assert loaded["floors"].fillna(-1).tolist() == [3, 30, -1]
    # Through another datum's file (the Shapefile) there and back PROJ answers for millimetres only.
    assert all(shapely.hausdorff_distance(loaded.geometry.values, np.array(BOXES)) < 2e-8)
    snapshot = empty.snapshot("houses")
    assert snapshot.layer.geometry == "polygon"
    rows, _ = snapshot.containing(np.array([[112.9205, 28.1105]]))
    assert snapshot.attributes(rows, ["name"]).to_pylist() == [{"name": "乙楼"}]


def test_points_of_a_csv_in_a_chinese_datum_land_where_they_truly_are(empty: City, tmp_path: Path) -> None:
    true = np.array([[112.9388, 28.2282]])
    for datum in ("wgs84", "cgcs2000", "gcj02", "bd09"):
        lon, lat = crs.from_wgs84(true, datum)[0].tolist()
        path = csv(tmp_path / f"{datum}.csv", "名称,经度,纬度", f"站,{lon!r},{lat!r}")
        report = load(empty, path, datum=datum, lon="经度", lat="纬度")
        point = frame(empty, datum).geometry.iloc[0]
        assert np.hypot(point.x - true[0, 0], point.y - true[0, 1]) < 1e-8
        assert any(datum in note for note in report.notes) == (datum in ("gcj02", "bd09"))
        assert empty.snapshot(datum).layer.original_crs == datum
    # Read as what they are not, they are 500 m and more off.
    path = csv(tmp_path / "raw.csv", "lon,lat", ",".join(map(repr, crs.from_wgs84(true, "bd09")[0].tolist())))
    load(empty, path, datum="wgs84")
    assert empty.snapshot("raw").nearest(true, 1)[1][0, 0] > 500


def test_what_is_said_of_the_layer_is_kept(empty: City, tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", (BOXES[0], {"n": 1}))
    load(empty, path, layer="楼", title_zh="房屋", title_en="Houses", source="测绘院", licence="内部")
    layer = empty.snapshot("楼").layer
    assert (layer.title_zh, layer.title_en, layer.source, layer.licence) == (
        "房屋",
        "Houses",
        "测绘院",
        "内部",
    )
    report = empty.store.report("楼")
    assert report is not None
    assert (report["layer"], report["read"], report["written"]) == ("楼", 1, 1)


def test_columns_can_be_taken_under_another_name_and_values_set_for_all(empty: City, tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson", (BOXES[0], {"NAME": "甲", "old": 1}), (BOXES[1], {"NAME": "乙", "old": 2})
    )
    load(empty, path, columns={"name": "NAME", "n": "old"}, values={"kind": "住宅", "n2": "7"})
    rows = frame(empty, "a").drop(columns="geometry").to_dict("list")
    assert rows == {"name": ["甲", "乙"], "n": [1, 2], "kind": ["住宅", "住宅"], "n2": ["7", "7"]}
    with pytest.raises(BadInput, match="no column 'nome'; it has: NAME, old"):
        load(empty, path, columns={"name": "nome"}, replace=True)


# -- faults ------------------------------------------------------------------------------------------


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    deep = shapely.Point(112.9, 28.1, 5)
    return geojson(
        tmp_path / "mixed.geojson",
        (BOXES[0], {"n": 1}),
        (BOW_TIE, {"n": 2}),
        (None, {"n": 3}),
        (BOXES[1], {"n": 4}),
        (deep, {"n": 5}),
    )


def test_a_file_with_faults_is_refused_with_every_fault_and_nothing_is_written(
    empty: City, faulty: Path
) -> None:
    before = (empty.store.seq(), sorted(empty.store.layers()))
    with pytest.raises(FaultyData) as refused:
        load(empty, faulty, geometry="polygon")
    assert [(f.row, f.done) for f in refused.value.faults] == [(2, "raised"), (3, "raised"), (5, "raised")]
    assert "nothing was written" in str(refused.value)
    assert (empty.store.seq(), sorted(empty.store.layers())) == before


def test_fix_repairs_what_can_be_repaired_and_leaves_out_the_rest(empty: City, faulty: Path) -> None:
    report = load(empty, faulty, geometry="polygon", on_invalid="fix")
    assert (report.read, report.written, report.fixed, report.skipped) == (5, 3, 1, 2)
    assert {f.row: f.done for f in report.faults} == {2: "fixed", 3: "skipped", 5: "skipped"}
    loaded = frame(empty, "mixed")
    assert loaded["n"].tolist() == [1, 2, 4]
    assert loaded.is_valid.all()
    assert "mixed.geojson: 3 of 5 rows as layer mixed (polygon), 1 of them repaired; 2 left out" in next(
        report.lines()
    )


def test_skip_leaves_out_every_row_with_a_fault(empty: City, faulty: Path) -> None:
    report = load(empty, faulty, geometry="polygon", on_invalid="skip")
    assert (report.written, report.fixed, report.skipped) == (2, 0, 3)
    assert frame(empty, "mixed")["n"].tolist() == [1, 4]


def test_a_faulty_new_version_leaves_the_old_one_as_it_is(empty: City, faulty: Path, tmp_path: Path) -> None:
    load(empty, geojson(tmp_path / "mixed2.geojson", (BOXES[2], {"n": 9})), layer="mixed")
    version = empty.snapshot("mixed").version
    with pytest.raises(FaultyData):
        load(empty, faulty, geometry="polygon", replace=True)
    assert empty.snapshot("mixed").version == version
    assert frame(empty, "mixed")["n"].tolist() == [9]


def test_where_no_row_can_be_used_the_layer_stays_even_with_skip(empty: City, tmp_path: Path) -> None:
    good = geojson(tmp_path / "good.geojson", (BOXES[0], {"n": 1}))
    bad = geojson(tmp_path / "bad.geojson", (BOW_TIE, {"n": 1}))
    load(empty, good, layer="houses")
    with pytest.raises(FaultyData, match="can be used; nothing was written"):
        load(empty, bad, layer="houses", on_invalid="skip", replace=True)
    assert len(empty.snapshot("houses")) == 1


def test_a_name_that_no_table_can_have_is_refused(gpkg: City, tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", (BOXES[0], {"n": 1}))
    for name in ("a b", "cim_x", "1st", "x" * 41, "a,b", "", "gpkg_contents"):
        if name:
            with pytest.raises(BadInput):
                load(gpkg, path, layer=name)
    odd = geojson(tmp_path / "2026-建筑 (final).geojson", (BOXES[0], {"n": 1}))
    assert load(gpkg, odd).layer == "l2026_建筑_final"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xyz", b"1", "files ending in '.xyz' can't be read; known: .gpkg"),
        ("a", b"1", "files ending in 'nothing' can't be read"),
        ("a.geojson", b"", "is empty (0 bytes)"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feat', "can't be read"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "has no rows|holds no layer"),
        ("a.gpkg", b"SQLite format 3\x00" + b"\x00" * 50, "can't be read|no GeoPackage|cut off"),
        ("a.parquet", b"PAR1" + b"\x00" * 20, "can't be read|Parquet|parquet"),
        ("a.fgb", b"fgb\x03fgb\x00" + b"\x00" * 4, "can't be read|cut off|FlatGeobuf"),
        ("a.shp", b"\x00\x00\x27\x0a" + b"\x00" * 20, "can't be read|cut off|Shapefile|shapefile|dbf|shx"),
        ("a.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader", "OpenStreetMap data"),
        ("a.csv", b"name,x_\nA,B\n", "no column looks like lon"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(
    gpkg: City, tmp_path: Path, name: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    before = gpkg.store.seq()
    with pytest.raises(CityError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        load_file(gpkg, path, LoadOptions())
    assert gpkg.store.seq() == before


def test_every_format_that_ends_early_is_refused(gpkg: City, tmp_path: Path) -> None:
    many = gpd.GeoDataFrame({"name": ["楼"] * 500}, geometry=BOXES[:1] * 500, crs="EPSG:4326")
    for name in ("houses.gpkg", "houses.geojson", "houses.fgb", "houses.parquet", "houses.shp"):
        whole = tmp_path / name
        many.to_parquet(whole) if name.endswith("parquet") else many.to_file(whole)
        whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
        with pytest.raises(CityError):
            load_file(gpkg, whole, LoadOptions())
        assert "houses" not in gpkg.snapshots


# -- more of the same --------------------------------------------------------------------------------


def test_append_adds_to_what_is_there(empty: City, tmp_path: Path) -> None:
    load(empty, geojson(tmp_path / "a.geojson", (BOXES[0], {"name": "甲", "floors": 3})), append=True)
    more = geojson(tmp_path / "b.geojson", (BOXES[1], {"floors": 30, "colour": "red"}))
    report = load(empty, more, layer="a", append=True)
    load(empty, geojson(tmp_path / "c.geojson", (BOXES[2], {"name": "丙"})), layer="a", append=True)
    rows = frame(empty, "a")
    assert rows["name"].fillna("").tolist() == ["甲", "", "丙"]
    assert rows["floors"].fillna(-1).tolist() == [3, 30, -1]
    assert "column 'colour' is no field of a and was left out" in report.notes
    fresh = empty.store.read("a")[2]
    assert len(fresh) == 3


def test_appending_what_the_layer_can_not_hold_is_refused_whole(empty: City, tmp_path: Path) -> None:
    load(empty, geojson(tmp_path / "a.geojson", (BOXES[0], {"name": "甲", "floors": 3})))
    words = geojson(tmp_path / "b.geojson", (BOXES[1], {"floors": "thirty"}))
    with pytest.raises(FaultyData, match="row 1: column 'floors' can't be integer: 'thirty' is no"):
        load(empty, words, layer="a", append=True)
    points = geojson(tmp_path / "c.geojson", (shapely.Point(112.9, 28.1), {"floors": 1}))
    with pytest.raises(FaultyData, match="is a POINT, the layer holds polygons"):
        load(empty, points, layer="a", append=True)
    assert len(empty.snapshot("a")) == len(empty.store.read("a")[2]) == 1


def test_a_second_load_replaces_the_first(empty: City, tmp_path: Path) -> None:
    load(empty, geojson(tmp_path / "a.geojson", (BOXES[0], {"name": "甲"}), (BOXES[1], {"name": "乙"})))
    load(empty, geojson(tmp_path / "a.geojson", (BOXES[2], {"floors": 5})), replace=True)
    assert frame(empty, "a").drop(columns="geometry").to_dict("list") == {"floors": [5]}
    assert empty.snapshot("a").layer.version == 2


# -- what is placed ----------------------------------------------------------------------------------


def test_areas_are_loaded_with_their_codes_and_own_from_then_on(empty: City, tmp_path: Path) -> None:
    city = geojson(tmp_path / "city.geojson", (shapely.box(112.9, 28.1, 113.0, 28.2), {"NAME": "小城"}))
    load(empty, city, layer="areas", columns={"name": "NAME"}, values={"code": "430100", "level": "city"})
    halves = geojson(
        tmp_path / "districts.geojson",
        (
            shapely.box(112.9, 28.1, 112.95, 28.2),
            {"code": "430102", "name": "西", "level": "district", "since": "x"},
        ),
        (
            shapely.box(112.95, 28.1, 113.0, 28.2),
            {"code": "430103", "name": "东", "level": "district", "since": "x"},
        ),
    )
    report = load(empty, halves, layer="areas", append=True)
    assert "column 'since' is no field of areas and was left out" in report.notes
    (owner,) = empty.owners(np.array([[112.96, 28.15]]))
    assert [a.code for a in owner.areas] == ["430100", "430103"]


def test_what_is_placed_from_a_file_gets_its_owners_too(empty: City, tmp_path: Path) -> None:
    city = geojson(
        tmp_path / "city.geojson",
        (shapely.box(112.9, 28.1, 113.0, 28.2), {"code": "430100", "level": "city"}),
    )
    load(empty, city, layer="areas")
    first = csv(
        tmp_path / "teams.csv",
        "code,name,capacity,lon,lat",
        "T-1,一队,5,112.91,28.11",
        "T-2,二队,6,113.5,28.11",
    )
    load(empty, first, layer="resources", values={"kind": "team"}, datum="wgs84")
    second = csv(tmp_path / "more.csv", "code,name,lon,lat", "T-3,三队,112.92,28.12")
    load(empty, second, layer="resources", append=True, values={"kind": "team"}, datum="wgs84")
    rows = frame(empty, "resources")
    assert rows["code"].tolist() == ["T-1", "T-2", "T-3"]
    assert rows["city"].fillna("").tolist() == ["430100", "", "430100"]
    assert rows["capacity"].fillna(-1).tolist() == [5, 6, -1]
    assert rows["h3"].notna().all()


def test_appending_a_code_that_is_taken_is_a_conflict_and_nothing_is_added(
    empty: City, tmp_path: Path
) -> None:
    first = csv(tmp_path / "a.csv", "code,kind,lon,lat", "T-1,team,112.91,28.11")
    load(empty, first, layer="resources", datum="wgs84")
    both = csv(tmp_path / "b.csv", "code,kind,lon,lat", "T-2,team,112.91,28.11", "T-1,team,112.91,28.11")
    with pytest.raises(Conflict, match="code 'T-1' is taken"):
        load(empty, both, layer="resources", datum="wgs84", append=True)
    assert frame(empty, "resources")["code"].tolist() == ["T-1"]
    assert len(empty.store.read("resources")[2]) == 1


def test_every_fault_of_what_is_placed_is_told_with_its_row_in_the_file(gpkg: City, tmp_path: Path) -> None:
    square = shapely.box(112.9, 28.1, 113.0, 28.2)
    path = geojson(
        tmp_path / "areas.geojson",
        (BOW_TIE, {"code": "1", "level": "city"}),
        (square, {"level": "city"}),
        (square, {"code": "2", "level": "galaxy"}),
        (square, {"code": "3", "level": "city"}),
        (square, {"code": "3", "level": None}),
        (square, {"code": "a/b", "level": "city"}),
    )
    with pytest.raises(FaultyData) as refused:
        load(gpkg, path, layer="areas", on_invalid="skip")
    assert sorted((f.row, f.what.split(" is none of")[0].split(":")[0]) for f in refused.value.faults) == [
        (2, "has no code"),
        (3, "level 'galaxy'"),
        (4, "code '3' is no code of a city"),
        (5, "code '3' stands in row 4 already"),
        (5, "has no level"),
        (6, "code 'a/b' can't stand in an address"),
        (6, "code 'a/b' is no code of a city"),
    ]
    assert len(gpkg.snapshot("areas")) == 0


def test_resources_need_a_kind_that_is_known_and_incidents_get_their_first_status(
    gpkg: City, tmp_path: Path
) -> None:
    path = csv(tmp_path / "a.csv", "code,kind,lon,lat", "T-1,dragon,112.91,28.11", "T-2,,112.91,28.11")
    with pytest.raises(FaultyData, match="kind 'dragon' is none of team, vehicle"):
        load(gpkg, path, layer="resources", datum="wgs84")
    path = csv(
        tmp_path / "b.csv", "code,title,status,lon,lat", "1,积水,,112.91,28.11", "2,坑,closed,112.92,28.11"
    )
    load(gpkg, path, layer="incidents", datum="wgs84")
    rows = frame(gpkg, "incidents")
    assert rows["status"].tolist() == ["reported", "closed"]
    assert rows["level"].tolist() == ["general", "general"]


# -- OpenStreetMap and real data ---------------------------------------------------------------------

OSM = """<osm version="0.6">
<node id="1" lat="28.11" lon="112.91"/><node id="2" lat="28.11" lon="112.911"/><node id="3" lat="28.111" lon="112.911"/>
<node id="4" lat="28.112" lon="112.92"><tag k="place" v="village"/><tag k="name" v="村"/></node>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="1"/><tag k="building" v="yes"/><tag k="building:levels" v="6"/></way>
<way id="11"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="building" v="yes"/></way>
<way id="12"><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="name" v="中路"/></way>
<way id="13"><nd ref="1"/><nd ref="1"/><tag k="highway" v="primary"/></way>
</osm>"""  # noqa: E501


def test_openstreetmap_fills_several_layers_and_tells_the_faults_of_all_at_once(
    empty: City, tmp_path: Path
) -> None:
    path = tmp_path / "some.osm"
    path.write_text(OSM, "utf-8")
    before = empty.store.seq()
    with pytest.raises(FaultyData) as refused:
        load_file(empty, path, LoadOptions(on_invalid="raise"))
    told = sorted(f.what for f in refused.value.faults)
    assert told == ["buildings: way 11 is not closed", "roads: way 13 has fewer than two different nodes"]
    assert empty.store.seq() == before
    # Unless one insists, what others have mapped wrongly is left out and reported.
    reports = {r.layer: r for r in load_file(empty, path, LoadOptions())}
    assert sorted(f"{r.layer}: {f.what}" for r in reports.values() for f in r.faults) == told
    assert {n: (r.written, r.read) for n, r in reports.items()} == {
        "roads": (1, 2),
        "buildings": (1, 2),
        "places": (1, 1),
    }
    assert frame(empty, "buildings")["floors"].tolist() == [6]
    assert empty.snapshot("roads").layer.licence == "ODbL 1.0"


def test_one_layer_of_an_openstreetmap_file_can_be_chosen_and_added_to(gpkg: City, tmp_path: Path) -> None:
    path = tmp_path / "some.osm"
    path.write_text(OSM, "utf-8")
    for expected in (1, 2):
        (report,) = load_file(gpkg, path, LoadOptions(layer="roads", on_invalid="skip", append=True))
        assert (report.layer, len(gpkg.snapshot("roads"))) == ("roads", expected)
    assert "buildings" not in gpkg.snapshots
    with pytest.raises(BadInput, match=r"has no layer 'rails'; it has: "):
        load_file(gpkg, path, LoadOptions(layer="rails"))


def test_an_openstreetmap_layer_without_a_usable_row_does_not_stop_the_others(
    gpkg: City, tmp_path: Path
) -> None:
    path = tmp_path / "some.osm"
    lines = [line for line in OSM.splitlines() if 'way id="12"' not in line]
    path.write_text("\n".join(lines), "utf-8")
    reports = {r.layer: r for r in load_file(gpkg, path, LoadOptions(on_invalid="skip"))}
    assert (reports["roads"].written, reports["roads"].skipped) == (0, 1)
    assert "roads" not in gpkg.snapshots
    assert len(gpkg.snapshot("buildings")) == 1


@pytest.mark.slow
def test_changsha_the_1553_buildings_outside_the_city_have_no_owner_but_a_nearest_area(
    empty: City, shared: Path
) -> None:
    folder = shared / "changsha"
    first = json.loads((folder / "boundary_osm_wgs84.geojson").read_text("utf-8"))
    first["features"] = first["features"][:1]
    boundary = Path(empty.settings.snapshots).parent / "boundary.geojson"
    boundary.write_text(json.dumps(first), "utf-8")
    load(empty, boundary, layer="areas", values={"level": "city", "code": "430100"}, datum="wgs84")
    report = load(empty, folder / "buildings_osm_2026-03-24.gpkg", layer="buildings")
    assert (report.read, report.written) == (9628, 9628)
    buildings = empty.snapshot("buildings")
    geometry = buildings.geometry(buildings.rows)
    points = shapely.get_coordinates(shapely.point_on_surface(geometry))
    owners = empty.owners(points)
    outside = [i for i, o in enumerate(owners) if not o.areas]
    assert len(outside) == 1553
    # No building stands across the boundary, so shapely says the same of whole outlines.
    city = empty.layer("areas").frame().geometry.iloc[0]
    shapely.prepare(city)
    assert outside == np.flatnonzero(~shapely.intersects(city, geometry)).tolist()
    metric = crs.geometry_to_metric(city, empty.metric_crs)
    exact = shapely.distance(metric, shapely.points(crs.to_metric(points[outside], empty.metric_crs)))
    for i, distance in zip(outside, exact.tolist(), strict=True):
        nearest = owners[i].nearest
        assert nearest is not None and nearest.code == "430100"
        assert nearest.distance_m == pytest.approx(distance, abs=2e-3)
    assert all(o.nearest is None for i, o in enumerate(owners) if i not in set(outside))


@pytest.mark.slow
def test_monaco_every_building_of_the_extract_is_loaded_or_told(
    gpkg: City, shared: Path, tmp_path: Path
) -> None:
    path = shared / "monaco" / "monaco_osrm_2016.osm.pbf"
    fresh = small.settings(f"gpkg:///{tmp_path / 'monaco.gpkg'}", tmp_path / "s")
    from dataclasses import replace

    with City.open(replace(fresh, metric_crs="auto"), create=True) as monaco:
        reports = {r.layer: r for r in load_file(monaco, path, LoadOptions(on_invalid="skip"))}
        buildings, roads = reports["buildings"], reports["roads"]
        # 23,370 ways and 3 relations are tagged as buildings, 2,927 ways as roads, and one is a ferry.
        assert buildings.read == 23_370 + 3 - 46
        assert (buildings.written, buildings.skipped, buildings.faults) == (buildings.read, 0, ())
        assert buildings.notes[0].startswith("the edge of the extract cuts 46 buildings, left out: way ")
        assert (roads.read, roads.written, len(roads.faults)) == (2925, 2925, 0)
        kinds = monaco.layer("buildings").table(["osm_type"])["osm_type"].value_counts().to_pylist()
        assert sum(k["counts"] for k in kinds) == buildings.written == len(monaco.snapshot("buildings"))
        assert monaco.metric_crs == "EPSG:32632"
        assert {"roads", "buildings", "water", "landuse", "boundaries", "places"} <= set(monaco.snapshots)
        near = monaco.snapshot("buildings").nearest(np.array([[7.4246, 43.7384]]), 1)[1][0, 0]
        assert 0 <= near < 200
    assert "buildings" not in gpkg.snapshots
