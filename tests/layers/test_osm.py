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
from tests.support.inputs import shared_file as shared
from tests.support.load_files import TOWN


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


@pytest.mark.slow
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
