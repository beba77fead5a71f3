"""The report of a road network, the command that prints it, and what OpenStreetMap files bring to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cim.city import City
from cim.roads.quality import PieceReport, SmallPiece
from cim.roads.quality_report import report
from layers.formats.osm import read_osm
from layers.load.load import load_file
from layers.load.options import LoadOptions
from spatial_api.cli.main import app
from tests.support.inputs import shared_file
from tests.support.road_town import network, street

PLUS = (street((-1, 0), (0, 0)), street((0, 0), (1, 0)), street((0, -1), (0, 0)), street((0, 0), (0, 1)))


def test_a_plus_is_one_piece_with_four_dead_ends() -> None:
    said = report(network(*PLUS))
    assert (said.edges, said.nodes, said.dead_ends) == (4, 5, 4)
    assert said.km == 0.4
    assert said.pieces == PieceReport(1, 1.0, [])
    assert said.suspicious_oneways.count == 0
    assert said.profiles["car"].unreachable_share == 0.0


def test_a_piece_that_nothing_leads_to_is_named_with_its_place() -> None:
    said = report(network(*PLUS, street((3, 3), (3.1, 3))))
    assert said.pieces.count == 2
    assert said.pieces.small == [SmallPiece(0.01, [112.953, 28.153])]
    share = 9.83 / (2 * 98.3 + 2 * 110.85 + 9.83)
    assert said.profiles["car"].unreachable_share == pytest.approx(share, abs=1e-3)


def test_a_one_way_into_a_dead_end_is_suspicious() -> None:
    said = report(network(*PLUS, street((1, 0), (2, 0), oneway="yes")))
    assert said.suspicious_oneways.count == 1
    assert said.suspicious_oneways.at == [[112.951, 28.15]]
    assert said.profiles["foot"].unreachable_share == 0.0


def test_no_road_at_all_is_reported_without_shares() -> None:
    said = report(network())
    assert (said.edges, said.pieces.largest_share) == (0, None)
    assert said.profiles["car"].unreachable_share is None


def test_the_command_prints_it(gpkg_city: City) -> None:
    chosen = ["--store", gpkg_city.settings.store]
    printed = CliRunner().invoke(app, ["roads", "report", *chosen])
    assert printed.exit_code == 0, printed.output
    assert "断头路 dead ends" in printed.output
    as_json = CliRunner().invoke(app, ["roads", "report", "--json", *chosen])
    assert json.loads(as_json.output)["pieces"]["count"] == 2  # 横街 has no vertex where it crosses 中路


_OSM = """<osm version="0.6">
<node id="1" lat="28.15" lon="112.949"/><node id="2" lat="28.15" lon="112.95"/>
<node id="3" lat="28.15" lon="112.951"/><node id="4" lat="28.151" lon="112.95"/>
<node id="5" lat="28.149" lon="112.95"/>
<way id="11"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way>
<way id="12"><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/></way>
<way id="13"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/></way>
<way id="14"><nd ref="1"/><nd ref="5"/><tag k="route" v="ferry"/></way>
<relation id="21"><member type="way" ref="11" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="13" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction" v="no_left_turn"/><tag k="except" v="psv"/></relation>
<relation id="22"><member type="way" ref="12" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="13" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction:hgv" v="no_right_turn"/></relation>
<relation id="23"><member type="way" ref="11" role="from"/><member type="way" ref="12" role="via"/>
<member type="way" ref="13" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_u_turn"/></relation>
</osm>"""


def test_restrictions_and_ferries_are_read_from_openstreetmap(tmp_path: Path) -> None:
    """Of three restrictions two are about a node; the third is by way of a road."""
    file = tmp_path / "town.osm"
    file.write_text(_OSM, "utf-8")
    read = read_osm(file)
    both = {"to_road": 13, "only_for": None, "conditional": None, "except_for": None, "via_roads": None}
    assert read["turn_restrictions"][1].attributes.to_pylist() == [
        {**both, "osm_id": 21, "kind": "no_left_turn", "from_road": 11, "except_for": "psv"},
        {**both, "osm_id": 22, "kind": "no_right_turn", "from_road": 12, "only_for": "hgv"},
        {**both, "osm_id": 23, "kind": "no_u_turn", "from_road": 11, "via_roads": "12"},
    ]
    assert [(p.x, p.y) for p in read["turn_restrictions"][1].geometry] == [(112.95, 28.15)] * 3
    assert read["roads"][1].attributes.column("class").to_pylist() == [*["residential"] * 3, "ferry"]


@pytest.mark.slow
def test_a_loaded_file_is_a_network_with_its_restrictions(gpkg_city: City) -> None:
    load_file(
        gpkg_city,
        shared_file("monaco/monaco_osrm_2016.osm.pbf"),
        LoadOptions(on_invalid="skip", replace=True),
    )
    said = report(gpkg_city.roads.wait())
    restrictions = said.turn_restrictions
    assert restrictions.kept == 78  # those, and what barriers stop
    assert restrictions.not_understood == 0
    assert said.barriers.on_roads > 0
    assert said.signs.not_understood == sum(one.roads for one in said.signs.examples)
    assert said.pieces.largest_share is not None
    assert said.pieces.largest_share > 0.99
