"""Whether areas divide their parents: each kind of flaw by hand on the small city, its repair, and random plans."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate

from cim.city import City
from cim.errors import BadInput
from cim.grids import partition
from cim.grids.partition import Checked, Plan
from cim.model.layer import Features
from cim.model.standard_layers import AREAS
from cim.space import crs
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support import small_city as small
from tests.support.command_line import run
from tests.support.inputs import ROOT
from tests.support.server import environment_of

DEGREE_M = crs.to_metric(np.array([[112.925, 28.12], [112.926, 28.12]]), "EPSG:4547")
#: Metres of 1° of longitude near the southern communities.
LON_M = float(np.hypot(*(DEGREE_M[1] - DEGREE_M[0]))) * 1000

WEST_COMMUNITY, EAST_COMMUNITY = "430102001001", "430102001002"


def with_shapes(city: City, **shapes: Any) -> None:
    """Load the small city's areas again, some (`c` + code) with another shape (None: without them)."""
    areas = small.areas()
    geometry = areas.geometry.copy()
    codes = areas.attributes["code"].to_pylist()
    keep = np.ones(len(codes), np.bool_)
    for name, shape in shapes.items():
        at = codes.index(name[1:])
        geometry[at] = shape
        keep[at] = shape is not None
    city.load(AREAS, Features(geometry[keep], areas.attributes.filter(pa.array(keep))))


def box(west: float, south: float, east: float, north: float) -> Any:
    return shapely.box(west, south, east, north)


def kinds(found: Checked) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f.level, f.kind, f.codes) for f in found.flaws]


def test_the_small_city_is_a_partition_and_says_what_is_not_divided(city: City) -> None:
    found = partition.check_city(city.writer)
    assert found.flaws == []
    assert found.areas == {
        "city": 1,
        "district": 2,
        "street": 4,
        "community": 2,
        "duty_grid": 1,
        "unit_grid": 2,
    }
    # Three of four streets have no communities, one of two communities no grids.
    assert found.undivided == {
        "city": 0,
        "district": 0,
        "street": 0,
        "community": 3,
        "duty_grid": 1,
        "unit_grid": 1,
    }


def test_a_gap_is_told_with_its_place_size_and_neighbours(gpkg_city: City) -> None:
    with_shapes(gpkg_city, c430102001002=box(112.926, 28.10, 112.95, 28.15))  # begins 0.001° too far east
    (flaw,) = partition.check_city(gpkg_city.writer).flaws
    assert (flaw.level, flaw.kind, flaw.parent) == ("community", "gap", "430102001")
    assert flaw.codes == (WEST_COMMUNITY, EAST_COMMUNITY)
    assert 112.925 < flaw.lon < 112.926
    assert 28.10 < flaw.lat < 28.15
    assert flaw.width_m == pytest.approx(0.001 * LON_M, rel=1e-3)
    assert flaw.area_m2 == pytest.approx(0.001 * LON_M * 0.05 * 110_830, rel=1e-3)
    assert str(flaw).startswith("community gap of 544,")
    assert str(flaw).endswith(f"in 430102001 beside {WEST_COMMUNITY}, {EAST_COMMUNITY}")


def test_an_overlap_names_both_and_an_excess_the_one_that_reaches_out(gpkg_city: City) -> None:
    # The west community reaches over the east one; its parent's own border in the west is passed too.
    with_shapes(gpkg_city, c430102001001=box(112.8999, 28.10, 112.9251, 28.15))
    found = partition.check_city(gpkg_city.writer, levels=["community"])
    assert sorted(kinds(found)) == [
        ("community", "outside", (WEST_COMMUNITY,)),
        ("community", "overlap", (WEST_COMMUNITY, EAST_COMMUNITY)),
    ]
    assert [f.width_m for f in found.flaws] == pytest.approx([0.0001 * LON_M] * 2, rel=1e-2)
    (outside,) = (f for f in found.flaws if f.kind == "outside")
    assert f"community {WEST_COMMUNITY} reaches out of 430102001 by" in str(outside)


def test_areas_without_a_parent_may_not_enclose_a_hole_and_a_lost_parent_is_told(gpkg_city: City) -> None:
    ring = box(112.9, 28.1, 113.0, 28.2).difference(box(112.94, 28.14, 112.96, 28.16))
    with_shapes(gpkg_city, c430100=ring)
    (hole,) = partition.check_city(gpkg_city.writer, levels=["city"]).flaws
    assert (hole.kind, hole.parent, hole.codes) == ("gap", None, ("430100",))
    with_shapes(gpkg_city, c430102001=None)
    found = partition.check_city(gpkg_city.writer, levels=["community"])
    assert kinds(found) == [("community", "orphan", (c,)) for c in (WEST_COMMUNITY, EAST_COMMUNITY)]
    assert "its parent 430102001 is not in force" in str(found.flaws[0])


def test_an_area_inside_another_and_the_same_twice_are_overlaps(gpkg_city: City) -> None:
    with_shapes(gpkg_city, c430102001002=box(112.91, 28.11, 112.92, 28.12))
    found = partition.check_city(gpkg_city.writer, levels=["community"])
    assert sorted(kinds(found)) == [
        ("community", "gap", (WEST_COMMUNITY,)),  # where the east community should be
        ("community", "overlap", (WEST_COMMUNITY, EAST_COMMUNITY)),
    ]
    south = box(112.9, 28.1, 112.925, 28.125)
    with_shapes(gpkg_city, c430102001001002=south)
    found = partition.check_city(gpkg_city.writer, levels=["unit_grid"])
    assert sorted(f.kind for f in found.flaws) == ["gap", "overlap"]


def test_the_partition_is_that_of_a_day(gpkg_city: City) -> None:
    areas = small.areas()
    at = areas.attributes.schema.get_field_index("valid_to")
    ends = [
        dt.date(2026, 1, 1) if c == EAST_COMMUNITY else None for c in areas.attributes["code"].to_pylist()
    ]
    table = areas.attributes.set_column(at, areas.attributes.schema.field(at), pa.array(ends, pa.date32()))
    gpkg_city.load(AREAS, Features(areas.geometry, table))
    assert partition.check_city(gpkg_city.writer, day=dt.date(2025, 12, 31)).flaws == []
    assert [f.kind for f in partition.check_city(gpkg_city.writer, day=dt.date(2026, 1, 1)).flaws] == ["gap"]


# -- repair ------------------------------------------------------------------------------------------

SLIVER = 3e-6  # degrees: 0.29 m


def test_slivers_are_closed_and_written_from_the_top_level_down(city: City) -> None:
    with_shapes(
        city,
        c430102001002=box(112.925 + SLIVER, 28.10, 112.95, 28.15),  # a gap to the west
        c430102001001001=box(112.90, 28.10, 112.925, 28.125 + SLIVER),  # over its neighbour
        c430102001001002=box(112.90 - SLIVER, 28.125, 112.925, 28.15),  # out of the community
    )
    seq = city.seq
    found = partition.check_city(city.writer, tolerance_m=0.5, actor="gis")
    told = [(f.level, f.kind, f.codes[0], f.repaired) for f in found.flaws]
    assert told == [
        ("community", "gap", WEST_COMMUNITY, f"given to {WEST_COMMUNITY}"),
        # The community has grown by that, so its grids lack it.
        ("duty_grid", "gap", "430102001001R01", "given to 430102001001R01"),
        ("unit_grid", "outside", "430102001001002", "cut off"),
        ("unit_grid", "gap", "430102001001001", "given to 430102001001001, 430102001001002"),
        ("unit_grid", "overlap", "430102001001001", "left to 430102001001001"),
    ]
    assert found.open == []
    assert partition.check_city(city.writer).flaws == []
    changes = [e for e in city.store.entries(seq) if e["layer"] == "areas"]
    assert {(e["op"], e["actor"]) for e in changes} == {("u", "gis")}
    # Each grid got what lies along it.
    west, _, east, _ = city.layer("areas").frame(where={"code": "430102001001002"}).total_bounds
    assert (west, east) == pytest.approx((112.90, 112.925 + SLIVER), abs=1e-9)
    # The second run has nothing to do, and every point has an owner on every level.
    assert not partition.check_city(city.writer, tolerance_m=0.5).changed
    (owner,) = city.owners(np.array([[112.925 + SLIVER / 2, 28.11]]))
    assert len(owner.areas) == 6


def test_what_is_wider_than_the_tolerance_stays_a_flaw(gpkg_city: City) -> None:
    with_shapes(gpkg_city, c430102001002=box(112.925 + SLIVER, 28.10, 112.95, 28.15))
    before = gpkg_city.layer("areas").frame().geometry.to_wkb().tolist()
    found = partition.check_city(gpkg_city.writer, tolerance_m=0.2)
    assert [(f.kind, f.repaired) for f in found.open] == [("gap", "")]
    assert not found.changed
    assert gpkg_city.layer("areas").frame().geometry.to_wkb().tolist() == before


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"levels": ["village"]}, "level 'village' is not one that divides the city; known: city, district"),
        ({"tolerance_m": 0.0}, "a tolerance of 0.0 m is out of range"),
        ({"tolerance_m": float("nan")}, "a tolerance of nan m is out of range"),
    ],
)
def test_a_check_that_can_not_be_is_refused(gpkg_city: City, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        partition.check_city(gpkg_city.writer, **more)


# -- at the door -------------------------------------------------------------------------------------


def areas_file(path: Path, *rows: tuple[str, str, Any]) -> Path:
    frame = gpd.GeoDataFrame(
        {"code": [c for c, _, _ in rows], "level": [level for _, level, _ in rows]},
        geometry=[g for *_, g in rows],
        crs="EPSG:4326",
    )
    frame.to_file(path / "areas.geojson")
    return path / "areas.geojson"


HALVES = (
    ("430100", "city", box(112.90, 28.10, 113.0, 28.20)),
    ("430102", "district", box(112.90, 28.10, 112.95, 28.20)),
    ("430103", "district", box(112.95 + SLIVER, 28.10, 113.0, 28.20)),
)


def test_a_load_tells_the_flaws_and_repairs_them_when_asked(city: City, tmp_path: Path) -> None:
    file = areas_file(tmp_path, *HALVES)
    (report,) = load_file(city, file, LoadOptions(layer="areas", datum="wgs84", replace=True))
    (fault,) = report.faults
    assert str(fault).startswith("file: district gap of 3,2")
    assert str(fault).endswith("in 430100 beside 430102, 430103 (kept)")
    assert city.store.report("areas")["faults"][0]["done"] == "kept"  # type: ignore[index]
    (report,) = load_file(city, file, LoadOptions(layer="areas", datum="wgs84", repair_m=0.5, replace=True))
    assert str(report.faults[0]).endswith("beside 430102, 430103: given to 430102 (fixed)")
    assert partition.check_city(city.writer).flaws == []


def test_an_appended_area_is_fitted_to_the_city_s_which_stay_as_they_are(
    gpkg_city: City, tmp_path: Path
) -> None:
    with_shapes(gpkg_city, c430102001002=None)
    before = gpkg_city.layer("areas").frame().geometry.to_wkb().tolist()
    new = areas_file(
        tmp_path, (EAST_COMMUNITY, "community", box(112.925 - SLIVER, 28.10, 112.95 - SLIVER, 28.15))
    )
    choices = LoadOptions(layer="areas", datum="wgs84", append=True, repair_m=0.5)
    (report,) = load_file(gpkg_city, new, choices)
    assert [f.done for f in report.faults] == ["fixed", "fixed"]
    assert partition.check_city(gpkg_city.writer, levels=["community"]).flaws == []
    assert gpkg_city.layer("areas").frame().geometry.to_wkb().tolist()[: len(before)] == before


def test_the_command_lists_the_flaws_and_fails_while_there_are_some(gpkg_city: City) -> None:
    with_shapes(gpkg_city, c430102001002=box(112.925 + SLIVER, 28.10, 112.95, 28.15))

    def check(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(ROOT, "grid", "check", *arguments, COLUMNS="120", **environment_of(gpkg_city))

    told = check("--level", "community")
    assert told.returncode == 1, told.stderr
    assert "community gap of 1," in told.stdout
    found = json.loads(check("--json").stdout)
    assert [f["kind"] for f in found["flaws"]] == ["gap"]
    assert check("--repair").returncode == 0
    assert check().returncode == 0
    refused = check("--day", "tomorrow")
    assert refused.returncode == 1
    assert "'tomorrow' is no day; write it as 2026-12-01" in refused.stderr


# -- any plan ----------------------------------------------------------------------------------------


def plan_of(shapes: list[Any], parent: Any) -> Plan:
    """One community and its grids."""
    rows = [{"code": "430102001001", "level": "community", "parent": None}]
    rows += [
        {"code": f"430102001001{i:03d}", "level": "unit_grid", "parent": "430102001001"}
        for i in range(1, len(shapes) + 1)
    ]
    features = Features(np.array([parent, *shapes], object), pa.Table.from_pylist(rows, AREAS.schema()))
    return Plan.of(features, "EPSG:4547")


def area_m2(shape: Any) -> float:
    return float(crs.geometry_to_metric(shape, "EPSG:4547").area)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_repair_leaves_covers_the_parent_once(data: st.DataObject) -> None:
    """Squares pushed about by less than the tolerance: gaps, overlaps and excess of all kinds."""
    side, size = 3, 0.001
    shift = st.integers(-20, 20).map(lambda v: v * 1e-7)  # at most 22 cm each
    squares = [
        box(112.9 + size * i, 28.1 + size * j, 112.9 + size * (i + 1), 28.1 + size * (j + 1))
        for i in range(side)
        for j in range(side)
    ]
    shapes = [translate(square, data.draw(shift), data.draw(shift)) for square in squares]
    parent = box(112.9, 28.1, 112.9 + size * side, 28.1 + size * side)
    plan = plan_of(shapes, parent)
    found = partition.check(plan, tolerance_m=0.6)
    assert found.open == []
    mended = plan.shapes.copy()
    for i, shape in found.changed.items():
        mended[i] = shape
    assert shapely.is_valid(mended).all()
    assert partition.check(replace(plan, shapes=mended)).flaws == []
    # Nothing is lost or had twice, but for slits of less than 1 mm along the borders.
    slits = 4 * len(squares) * 110 * partition.NOISE_M
    grids = mended[1:]
    assert sum(map(area_m2, grids)) == pytest.approx(area_m2(parent), abs=slits)
    assert area_m2(parent.difference(shapely.union_all(grids))) <= slits
    # And every gap of the pushed squares was told.
    lacking = area_m2(parent.difference(shapely.union_all(plan.shapes[1:])))
    told = sum(f.area_m2 for f in partition.check(plan).flaws if f.kind == "gap")
    assert told == pytest.approx(lacking, abs=slits)
