"""OpenStreetMap files of editors and of extracts: new, deleted and unsorted objects, and what the edge cuts."""

from __future__ import annotations

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.errors import BadInput
from layers.formats.osm import read_osm
from layers.formats.osm_edge import Edge
from tests.support.inputs import CASES
from tests.support.load_files import TOWN

FILES = CASES / "in"


def noted(source: Any, *parts: str) -> bool:
    return any(all(part in note for part in parts) for note in source.notes)


def test_new_objects_of_an_editor_come_in_and_deleted_ones_do_not() -> None:
    read = read_osm(FILES / "osm_josm_negative_ids_and_deleted.osm")
    assert list(read) == ["roads"]
    roads = read["roads"][1]
    assert roads.attributes.select(["osm_id", "name"]).to_pylist() == [{"osm_id": -10, "name": "新路"}]
    assert len(roads.geometry[0].coords) == 4
    assert roads.defects == ()
    assert noted(roads, "5 objects are new") and noted(roads, "2 objects are marked as deleted")


def test_ways_before_their_nodes_are_read_in_the_right_order() -> None:
    read = read_osm(FILES / "osm_ways_before_nodes.osm")
    assert {name: source.attributes["name"].to_pylist() for name, (_, source) in read.items()} == {
        "roads": ["五一大道"],
        "buildings": ["市民中心"],
    }
    assert all(source.defects == () for _, source in read.values())
    assert noted(read["roads"][1], "not in the order nodes, ways, relations")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("osm_history.osh.pbf", "is a history file.*twice.*osmium time-filter"),
        ("osm_duplicate_way_in_merged_extracts.osm", "Way ID twice in input.*history.*osmium merge"),
    ],
)
def test_a_file_with_an_object_twice_is_refused_with_the_way_out(name: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_osm(FILES / name)


def test_what_the_edge_cuts_is_counted_by_object_and_name_and_is_no_fault() -> None:
    read = read_osm(FILES / "osm_way_lacks_a_node_relation_lacks_a_member.osm")
    roads, landuse = read["roads"][1], read["landuse"][1]
    assert noted(roads, "cuts 1 roads, kept", "way 11 (五一大道) lacks 1 of its 4 nodes")
    assert shapely.get_coordinates(roads.geometry).tolist() == [
        [112.97, 28.19],
        [112.975, 28.19],
        [112.98, 28.19],
    ]
    assert noted(landuse, "cuts 1 landuse, left out", "relation 50 (缺边林地) lacks 1 of its 2 ways")
    assert (len(landuse), roads.defects, landuse.defects) == (0, (), ())


@pytest.mark.parametrize(("west", "cut"), [("112.8", False), ("112.9019", True)])
def test_an_open_outline_at_the_edge_is_cut_and_one_inside_is_a_fault(
    tmp_path: Path, west: str, cut: bool
) -> None:
    path = tmp_path / "town.osm"
    box = f'<bounds minlat="28.0" minlon="{west}" maxlat="28.3" maxlon="113.1"/>'
    path.write_text(TOWN.replace('generator="by hand">', f'generator="by hand">{box}'), "utf-8")
    buildings = read_osm(path)["buildings"][1]
    assert noted(buildings, "way 23 is not closed") is cut
    assert [d.what for d in buildings.defects] == ([] if cut else ["way 23 is not closed"])
    assert Edge(path).is_near([(112.902, 28.1)]) is cut


def test_an_editor_s_file_that_is_compressed_is_read_alike(tmp_path: Path) -> None:
    content = (FILES / "osm_josm_negative_ids_and_deleted.osm").read_bytes()
    path = tmp_path / "new.osm.gz"
    path.write_bytes(gzip.compress(content))
    assert read_osm(path)["roads"][1].attributes["osm_id"].to_pylist() == [-10]


@pytest.mark.parametrize("number", [1 << 44, 1 << 60, -(1 << 40)])
def test_an_id_that_openstreetmap_can_t_have_is_refused_with_the_way_out(tmp_path: Path, number: int) -> None:
    path = tmp_path / "town.osm"
    path.write_text(TOWN.replace('<node id="1"', f'<node id="{number}"'), "utf-8")
    with pytest.raises(BadInput, match="osmium renumber"):
        read_osm(path)


def rows_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every layer with its shape, and every defect, in an order of its own."""
    out = {}
    for name, (_, source) in read_osm(path).items():
        table = source.attributes.to_pylist()
        defects = {defect.at: defect.what for defect in source.defects}
        out[name] = sorted(
            (str(sorted(row.items())), None if g is None else g.normalize().wkt, defects.get(at))
            for at, (row, g) in enumerate(zip(table, source.geometry, strict=True))
        )
    return out


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.sets(st.sampled_from([1, 2, 3, 10, 11, 20, 22, 23, 30, 31])))
def test_order_new_ids_and_deleted_objects_change_nothing_but_the_ids(random: Any, new: set[int]) -> None:
    """A file as an editor writes it is the file in order, with some ids below zero."""
    root = ElementTree.fromstring(TOWN)
    objects = list(root)
    deleted = [ElementTree.fromstring(ElementTree.tostring(one)) for one in objects]
    for one in deleted:
        one.set("id", str(int(one.get("id", "0")) + 5000))
        one.set("action", "delete")
    for one in (*objects, *deleted):
        for part in one.iter():
            for key in ("id", "ref"):
                if int(part.get(key, "0")) in new:
                    part.set(key, f"-{part.get(key)}")
    with TemporaryDirectory() as folder:
        plain, edited = Path(folder) / "plain.osm", Path(folder) / "edited.osm"
        plain.write_text(TOWN, "utf-8")
        mixed = [*objects, *random.sample(deleted, 5)]
        random.shuffle(mixed)
        root[:] = mixed
        edited.write_text(ElementTree.tostring(root, "unicode"), "utf-8")
        expected, found = rows_of(plain), rows_of(edited)
    for number in new:
        for rows in expected.values():
            rows[:] = [
                (
                    row.replace(f"('osm_id', {number})", f"('osm_id', -{number})"),
                    shape,
                    what and what.replace(f" {number} ", f" -{number} "),
                )
                for row, shape, what in rows
            ]
    assert {name: sorted(rows, key=str) for name, rows in expected.items()} == {
        name: sorted(rows, key=str) for name, rows in found.items()
    }
