"""OpenStreetMap becomes the layers of a city, and what can't is said by its id."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from cim.errors import BadInput
from cim.model.layer import Layer
from layers.formats.osm import read_osm
from layers.formats.osm_tags import KINDS
from layers.formats.source import Source
from layers.load.check import check
from tests.conftest import shared_file as shared

# A street of two roads that meet in node 2, a house with a courtyard, an open house, a clinic, a town.
TOWN = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <node id="1" version="1" lon="112.90" lat="28.10"/>
 <node id="2" version="1" lon="112.91" lat="28.10"/>
 <node id="3" version="1" lon="112.91" lat="28.11"/>
 <node id="4" version="1" lon="112.90" lat="28.11"/>
 <node id="5" version="1" lon="112.902" lat="28.102"/>
 <node id="6" version="1" lon="112.904" lat="28.102"/>
 <node id="7" version="1" lon="112.904" lat="28.104"/>
 <node id="8" version="1" lon="112.95" lat="28.15">
  <tag k="place" v="town"/><tag k="name" v="长沙县"/><tag k="name:en" v="Changsha County"/>
 </node>
 <node id="9" version="1" lon="112.96" lat="28.16"><tag k="amenity" v="bench"/></node>
 <way id="10" version="1"><nd ref="1"/><nd ref="2"/>
  <tag k="highway" v="primary"/><tag k="name" v="五一大道"/><tag k="oneway" v="-1"/>
  <tag k="maxspeed" v="60"/><tag k="lanes" v="4"/><tag k="maxheight" v="4.5"/><tag k="layer" v="1"/>
  <tag k="bridge" v="viaduct"/>
 </way>
 <way id="11" version="1"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
 <way id="12" version="1"><nd ref="3"/><nd ref="4"/><nd ref="99"/><tag k="highway" v="service"/></way>
 <way id="13" version="1"><nd ref="2"/><nd ref="2"/><tag k="highway" v="path"/></way>
 <way id="20" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
 <way id="21" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/></way>
 <way id="22" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
  <tag k="building" v="hospital"/><tag k="amenity" v="hospital"/><tag k="name" v="湘雅医院"/>
  <tag k="building:levels" v="12"/><tag k="height" v="40 m"/>
 </way>
 <way id="23" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><tag k="building" v="yes"/></way>
 <way id="24" version="1"><nd ref="5"/><nd ref="6"/><nd ref="7"/><nd ref="5"/>
  <tag k="building" v="no"/></way>
 <way id="25" version="1"><nd ref="5"/><nd ref="6"/>
  <tag k="waterway" v="river"/><tag k="name" v="湘江"/></way>
 <relation id="30" version="1"><member type="way" ref="20" role="outer"/>
  <member type="way" ref="21" role="inner"/><tag k="type" v="multipolygon"/><tag k="building" v="yes"/>
 </relation>
 <relation id="31" version="1"><member type="way" ref="777" role="outer"/><tag k="type" v="boundary"/>
  <tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/><tag k="name" v="岳麓区"/>
 </relation>
 <relation id="32" version="1"><member type="way" ref="20" role="outer"/><tag k="type" v="boundary"/>
  <tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/><tag k="name" v="天心区"/>
 </relation>
</osm>
"""


@pytest.fixture
def town(tmp_path: Path) -> dict[str, tuple[Layer, Source]]:
    path = tmp_path / "town.osm"
    path.write_text(TOWN, encoding="utf-8")
    return read_osm(path)


def rows(read: tuple[Layer, Source]) -> dict[int, dict[str, object]]:
    return {row["osm_id"]: row for row in read[1].attributes.to_pylist()}


def said(read: tuple[Layer, Source]) -> list[str]:
    return [defect.what for defect in read[1].defects]


def test_a_town_has_the_layers_it_has_things_for(town: dict[str, tuple[Layer, Source]]) -> None:
    assert {name: len(source) for name, (_, source) in town.items()} == {
        "roads": 4,
        "rivers": 1,
        "buildings": 3,
        "boundaries": 1,
        "places": 2,
    }
    for layer, source in town.values():
        assert tuple(source.attributes.column_names) == layer.field_names
        assert source.attributes.schema == layer.schema()
        assert layer.source == "© OpenStreetMap contributors"
        assert layer.licence == "ODbL 1.0"
        assert layer.title_zh
        assert layer.title_en


def test_a_road_carries_what_routing_needs(town: dict[str, tuple[Layer, Source]]) -> None:
    roads = rows(town["roads"])
    avenue = roads[10]
    assert (avenue["name"], avenue["class"], avenue["oneway"]) == ("五一大道", "primary", "reversed")
    assert (avenue["maxspeed_kmh"], avenue["lanes"], avenue["maxheight_m"]) == (60.0, 4, 4.5)
    assert (avenue["level"], avenue["bridge"], avenue["tunnel"]) == (1, True, False)
    assert roads[11]["oneway"] == "no"
    assert roads[11]["maxspeed_kmh"] is None


def test_roads_that_meet_share_a_vertex(town: dict[str, tuple[Layer, Source]]) -> None:
    first, second = town["roads"][1].geometry[:2]
    assert first.coords[-1] == second.coords[0] == (112.91, 28.10)


def test_a_road_cut_by_the_edge_of_the_file_is_kept_as_far_as_it_is_there_and_counted(
    town: dict[str, tuple[Layer, Source]],
) -> None:
    assert town["roads"][1].notes == (
        "the edge of the extract cuts 1 roads, kept as far as they are in it: "
        "way 12 lacks 1 of its 3 nodes in the file",
    )
    assert said(town["roads"]) == ["way 13 has fewer than two different nodes"]
    features, report = check(town["roads"][1], kind="line", on_invalid="fix")
    assert [fault.done for fault in report.faults] == ["skipped"]
    assert shapely.get_coordinates(features.geometry[2]).tolist() == [[112.91, 28.11], [112.90, 28.11]]


def test_a_building_relation_keeps_its_courtyard(town: dict[str, tuple[Layer, Source]]) -> None:
    layer, source = town["buildings"]
    ids = source.attributes.column("osm_id").to_pylist()
    assert sorted(ids) == [22, 23, 30]
    block = source.geometry[ids.index(30)]
    assert shapely.get_num_interior_rings(shapely.get_parts(block)[0]) == 1
    assert rows((layer, source))[22]["floors"] == 12
    assert rows((layer, source))[22]["height_m"] == 40.0
    assert said(town["buildings"]) == ["way 23 is not closed"]


def test_a_boundary_whose_members_are_elsewhere_is_counted_not_a_gap(
    town: dict[str, tuple[Layer, Source]],
) -> None:
    assert rows(town["boundaries"])[32]["admin_level"] == 6
    assert said(town["boundaries"]) == []
    assert town["boundaries"][1].notes == (
        "the edge of the extract cuts 1 boundaries, left out: "
        "relation 31 (岳麓区) lacks 1 of its 1 ways in the file",
    )


def test_a_hospital_drawn_as_an_area_is_a_place_inside_it(town: dict[str, tuple[Layer, Source]]) -> None:
    places = town["places"][1]
    assert [(r["osm_id"], r["kind"], r["importance"]) for r in places.attributes.to_pylist()] == [
        (8, "town", 8),
        (22, "hospital", 6),
    ]
    hospital = town["buildings"][1].geometry[
        town["buildings"][1].attributes.column("osm_id").index(22).as_py()
    ]
    assert hospital.contains(places.geometry[1])


def test_the_layers_have_a_value_for_every_field() -> None:
    for kind in KINDS:
        assert len(kind.layer.fields) == len(kind.values) + 2


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_pbf_that_ends_early_is_refused(tmp_path: Path, share: float) -> None:
    content = shared("monaco/monaco_osrm_2016.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadInput, match=r"can't be read as OpenStreetMap data: .*EOF"):
        read_osm(path)


@pytest.mark.parametrize("content", ["", "not a map", TOWN[:900]])
@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf"])
def test_what_is_no_map_or_half_a_map_is_refused(tmp_path: Path, content: str, name: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"is empty|can't be read as OpenStreetMap"):
        read_osm(tmp_path / name)


def test_a_map_that_is_not_there_or_no_map_by_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not there"):
        read_osm(tmp_path / "a.pbf")
    with pytest.raises(BadInput, match="no OpenStreetMap file by its name"):
        read_osm(tmp_path / "a.gpkg")


def test_monaco_has_every_building_and_road() -> None:
    read = read_osm(shared("monaco/monaco_osrm_2016.osm.pbf"))
    kinds = read["buildings"][1].attributes.column("osm_type").to_pylist()
    # Of 23,370 ways 46 are cut by the edge: 25 outlines are not closed, 19 have fewer than three different nodes, 2
    # cross themselves. Of 2,927 highways and a ferry 3 have one node left.
    assert (kinds.count("way"), kinds.count("relation")) == (23_370 - 46, 3)
    assert (
        read["buildings"][1].notes[0].startswith("the edge of the extract cuts 46 buildings, left out: way ")
    )
    assert (
        read["roads"][1].notes[0].startswith("the edge of the extract cuts 3 roads, left out: way 156571105")
    )
    assert len(check(read["buildings"][1], kind="polygon")[0]) == 23_327
    assert len(check(read["roads"][1])[0]) == 2_925


def test_porto_alegre_has_every_road() -> None:
    source = read_osm(shared("porto_alegre/poa.osm.pbf"))["roads"][1]
    assert len(source) == 15_886
    assert len(check(source)[0]) == 15_886
