"""Unit grids made from communities: by hand on a small block, on random land, and on Monaco's real map."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.errors import BadInput, Conflict, NotFound
from cim.grids import division, partition, unit_grids
from cim.grids.division import Grids, Land
from cim.grids.faces import Lines
from cim.model.layer import Features, Field, Layer
from cim.model.standard_layers import AREAS
from cim.settings import Settings
from layers.formats.output import write_features
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support.command_line import run
from tests.support.inputs import ROOT
from tests.support.server import environment_of

X, Y = 400_000.0, 3_120_000.0
NOTHING = np.empty(0, object)


def box(west: float, south: float, east: float, north: float) -> Any:
    """A rectangle, in metres from the corner of the land."""
    return shapely.box(X + west, Y + south, X + east, Y + north)


def line(*points: tuple[float, float]) -> Any:
    return shapely.LineString([(X + x, Y + y) for x, y in points])


def land(
    *communities: Any,
    roads: list[Any] | None = None,
    strength: float = 0.7,
    water: list[Any] | None = None,
    buildings: list[Any] | None = None,
) -> Land:
    return Land(
        [f"430102001{i + 1:03d}" for i in range(len(communities))],
        np.array(communities, object),
        Lines(np.array(roads or [], object), np.full(len(roads or []), strength)),
        np.array(water or [], object),
        np.array(buildings or [], object),
    )


def built(*places: tuple[float, float], side: float = 20.0) -> list[Any]:
    """Square houses around these places."""
    return [box(x - side / 2, y - side / 2, x + side / 2, y + side / 2) for x, y in places]


def assert_partition(made: Grids, of: Land) -> None:
    """The grids share every vertex, and those of each community are exactly it."""
    assert shapely.is_valid(made.shapes).all()
    assert shapely.coverage_is_valid(made.shapes)
    for i, community in enumerate(of.communities):
        mine = made.shapes[made.community == i]
        rest = shapely.symmetric_difference(shapely.coverage_union_all(mine), community)
        assert rest.area <= community.length * 1e-4  # coordinates are rounded to 0.1 mm
        assert sorted(made.number[made.community == i]) == list(range(1, len(mine) + 1))


def test_four_blocks_between_two_roads_are_four_grids_numbered_as_one_reads() -> None:
    of = land(
        box(0, 0, 200, 200),
        roads=[line((100, -50), (100, 250)), line((-50, 100), (250, 100))],
        buildings=built((50, 50), (150, 50), (50, 150), (150, 150)),
    )
    made = division.build(of)
    assert_partition(made, of)
    centres = shapely.get_coordinates(shapely.centroid(made.shapes[np.argsort(made.number)])) - (X, Y)
    assert centres.round(3).tolist() == [[50, 150], [150, 150], [50, 50], [150, 50]]
    q = made.quality
    assert (q.count, q.built, q.min_m2, q.max_m2) == (4, 4, 10_000, 10_000)
    assert (q.fits, q.buildings, q.buildings_cut, q.buildings_across) == (1.0, 4, 0, 0)
    # 800 m around the community and 400 m along the roads within.
    assert q.border_community == pytest.approx(800 / 1200)
    assert q.border_roads == pytest.approx(400 / 1200)
    assert q.compactness == pytest.approx(np.pi / 4)


def test_a_large_block_is_cut_between_its_houses_not_through_them() -> None:
    houses = [*built((50, 50), (150, 50), side=60), box(85, 65, 115, 95)]  # the third is in the way
    of = land(box(0, 0, 200, 100), buildings=houses)
    made = division.build(of)
    assert_partition(made, of)
    assert made.quality.count == 2
    assert made.quality.buildings_cut == 0
    for house in houses:
        assert shapely.covers(shapely.buffer(made.shapes, 0.001), house).sum() == 1


def test_a_house_over_a_road_goes_whole_to_the_side_that_has_most_of_it() -> None:
    over = box(90, 40, 130, 60)  # 10 m west of the road, 30 m east
    of = land(box(0, 0, 200, 100), roads=[line((100, -1), (100, 101))], buildings=[over, *built((30, 50))])
    made = division.build(of)
    assert_partition(made, of)
    assert made.quality.buildings_cut == 0
    east = made.shapes[shapely.get_coordinates(shapely.centroid(made.shapes))[:, 0] > X + 100][0]
    assert east.area == pytest.approx(10_000 + 10 * 20)


def test_overlapping_houses_stay_together_and_one_across_communities_is_told() -> None:
    row = [box(60 + 10 * i, 40, 72 + 10 * i, 60) for i in range(8)]  # each overlaps the next by 2 m
    of = land(box(0, 0, 200, 100), box(200, 0, 300, 100), buildings=[*row, box(190, 10, 210, 20)])
    made = division.build(of)
    assert_partition(made, of)
    assert (made.quality.buildings_cut, made.quality.buildings_across) == (0, 1)
    whole = shapely.union_all(row)
    assert (shapely.area(shapely.intersection(made.shapes, whole)) > 0.1).sum() == 1


def test_a_strip_between_two_roads_joins_across_the_lesser_one() -> None:
    way, avenue = line((-1, 100), (101, 100)), line((-1, 110), (101, 110))
    for strengths, sizes in (((0.2, 0.95), [11_000, 12_000]), ((0.95, 0.2), [10_000, 13_000])):
        lines = Lines(np.array([way, avenue], object), np.array(strengths))
        of = land(box(0, 0, 100, 230), buildings=built((50, 50), (50, 170)))
        of = Land(of.codes, of.communities, lines, of.water, of.buildings)
        made = division.build(of)
        assert_partition(made, of)
        assert sorted(shapely.area(made.shapes).round().tolist()) == sizes


def test_the_water_s_edge_closes_grids_and_open_land_has_larger_ones() -> None:
    river = box(-50, 400, 650, 500)
    of = land(box(0, 0, 600, 800), water=[river], buildings=built((50, 50), (150, 50)))
    made = division.build(of, size_m2=10_000, open_m2=40_000)
    assert_partition(made, of)
    wet = shapely.area(shapely.intersection(made.shapes, river)) / shapely.area(made.shapes)
    assert set(wet.round(6)) == {0.0, 1.0}  # none lies on both sides of the water's edge
    assert made.quality.border_water > 0.1
    houses = shapely.intersects(made.shapes, of.buildings[0]) | shapely.intersects(
        made.shapes, of.buildings[1]
    )
    assert shapely.area(made.shapes[houses]).max() < 20_000
    assert made.quality.max_m2 > 30_000
    assert made.quality.fits == 1.0


@pytest.mark.slow
def test_a_community_with_too_much_land_is_divided_more_coarsely_and_named() -> None:
    of = land(box(0, 0, 1000, 1000))
    made = division.build(of, size_m2=500, open_m2=500)
    assert made.quality.count <= 999
    assert made.quality.coarser == ("430102001001",)
    assert made.number.max() == made.quality.count
    assert_partition(made, of)


def test_islands_holes_and_the_smallest_community_are_kept() -> None:
    island = shapely.MultiPolygon([box(0, 0, 100, 100), box(300, 0, 310, 10)])
    ring = box(0, 200, 300, 500).difference(box(100, 300, 200, 400))
    of = land(island, ring, box(0, 110, 5, 115), buildings=built((50, 50)))
    made = division.build(of)
    assert_partition(made, of)
    assert (made.community == 2).sum() == 1
    assert made.quality.min_m2 == pytest.approx(25)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
@pytest.mark.slow
def test_any_land_is_filled_exactly_and_no_building_is_cut(seed: int) -> None:
    """Random roads, houses turned any way, a pond and two communities with a bent border between them."""
    rng = np.random.default_rng(seed)
    bend = [(rng.uniform(250, 350), y) for y in np.linspace(0, 500, 6)]
    west = shapely.Polygon([(X + x, Y + y) for x, y in [(0, 0), *bend, (0, 500)]])
    east = shapely.Polygon([(X + x, Y + y) for x, y in [(600, 0), *bend, (600, 500)]])
    roads = [line(*rng.uniform(-50, 650, (3, 2))) for _ in range(rng.integers(0, 6))]
    houses = []
    for x, y in rng.uniform(20, 580, (rng.integers(0, 60), 2)) * (1, 0.8):
        turned = shapely.affinity.rotate(box(x - 12, y - 6, x + 12, y + 6), rng.uniform(0, 180))
        houses.append(turned)
    pond = [shapely.Point(X + 150, Y + 250).buffer(rng.uniform(10, 90))]
    of = land(west, east, roads=roads, water=pond, buildings=houses)
    made = division.build(of)
    assert_partition(made, of)
    assert made.quality.buildings_cut == 0
    if houses:
        sides = [shapely.area(shapely.intersection(np.array(houses, object), side)) for side in (west, east)]
        less = np.minimum(*sides)
        assert (less > 0.15).sum() <= made.quality.buildings_across <= (less > 0.05).sum()


# -- in a city ---------------------------------------------------------------------------------------

DAY = dt.date(2026, 11, 1)


def town(city: City) -> None:
    """The small city's communities with roads and houses of a few streets in the south-west."""
    roads = Layer("roads", geometry="line", fields=(Field("class", "text"), Field("tunnel", "boolean")))
    lines = [
        shapely.LineString([(112.90 + 0.002 * i, 28.10), (112.90 + 0.002 * i, 28.15)]) for i in range(1, 25)
    ]
    lines += [
        shapely.LineString([(112.90, 28.10 + 0.002 * i), (112.95, 28.10 + 0.002 * i)]) for i in range(1, 25)
    ]
    rows = [{"class": "residential", "tunnel": False}] * len(lines)
    tunnel = shapely.LineString([(112.9, 28.101), (112.95, 28.149)])
    rows.append({"class": "primary", "tunnel": True})
    city.load(roads, Features(np.array([*lines, tunnel], object), pa.Table.from_pylist(rows, roads.schema())))


def test_grids_are_written_as_rows_of_the_day_and_the_older_ones_end(city: City) -> None:
    town(city)
    site = unit_grids.site(city.snapshots, "430102001001", DAY, water=None)
    made = division.build(site.land, open_m2=40_000)
    rows = unit_grids.features(site, made, DAY)
    done = unit_grids.write(city.writer, site, rows, DAY)
    assert (done.made, done.ended, done.removed) == (made.quality.count, 2, 0)
    (owner,) = city.owners(np.array([[112.9001, 28.1499]]))
    grid = owner.areas[-1]
    assert (grid.level, grid.code) == (
        "unit_grid",
        "430102001001001",
    )  # the north-west corner is the first
    assert partition.check_city(city.writer, day=DAY, levels=["unit_grid"]).flaws == []
    # The day before, the old ones stand; and a second time the same day replaces what had not begun.
    old = partition.check_city(city.writer, day=DAY - dt.timedelta(1), levels=["unit_grid"])
    assert (old.areas["unit_grid"], old.flaws) == (2, [])
    again = unit_grids.write(city.writer, site, rows, DAY)
    assert (again.made, again.ended, again.removed) == (done.made, 0, done.made)
    found = partition.check_city(city.writer, day=DAY)
    assert (found.areas["unit_grid"], found.flaws) == (done.made, [])


def test_corners_on_a_long_straight_border_lie_on_it(gpkg_city: City) -> None:
    """The communities' borders run 5 km without a vertex, straight in degrees and bent in metres."""
    town(gpkg_city)
    site = unit_grids.site(gpkg_city.snapshots, "430102001", DAY, water=None)
    made = unit_grids.features(site, division.build(site.land), DAY)
    for west, community in ((112.90, "430102001001"), (112.925, "430102001002")):
        mine = np.array([p == community for p in made.attributes["parent"].to_pylist()])
        union = shapely.union_all(made.geometry[mine])
        rest = shapely.symmetric_difference(union, shapely.box(west, 28.10, west + 0.025, 28.15))
        assert rest.area * 98_260 * 110_830 < 1.0  # m² of 13.6 km²: 0.06 mm along 16 km
    assert shapely.coverage_is_valid(made.geometry)


@pytest.mark.parametrize(
    ("arguments", "error", "sentence"),
    [
        (
            ("430103",),
            BadInput,
            "no community in force on 2026-11-01 is '430103' or lies in it; the city has 2",
        ),
        (("430102001", {"roads": "streets"}), NotFound, "layer 'streets' is not loaded"),
        (("",), BadInput, "'' is no code of a city, district, street or community"),
        (("43",), BadInput, "'43' is no code of a city, district, street or community"),
        (("43010200", {}), BadInput, "'43010200' is no code"),
    ],
)
def test_a_site_that_is_not_there_is_told(
    gpkg_city: City, arguments: Any, error: type[Exception], sentence: str
) -> None:
    within, *more = arguments
    with pytest.raises(error, match=sentence):
        unit_grids.site(gpkg_city.snapshots, within, DAY, **(more[0] if more else {}))


def command(city: City, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(ROOT, "grid", "build", *arguments, COLUMNS="200", **environment_of(city))


def test_the_command_makes_a_file_and_writes_the_city(gpkg_city: City, tmp_path: Path) -> None:
    town(gpkg_city)
    file = tmp_path / "网格.gpkg"
    made = command(
        gpkg_city,
        "--within",
        "430102001",
        "--size-m2",
        "40000",
        "--out",
        str(file),
        "--write",
        "--valid-from",
        "2026-11-01",
    )
    assert made.returncode == 0, made.stderr
    assert "without water: no such layer is loaded" in made.stdout
    frame = gpd.read_file(file)
    assert frame.crs.to_epsg() == 4490
    assert f"{len(frame):,} unit grids in force from 2026-11-01, 2 older ones ended" in made.stdout
    gpkg_city.refresh()
    assert len(gpkg_city.layer("areas").frame(where={"level": "unit_grid"})) == len(frame) + 2
    figures = json.loads(command(gpkg_city, "--within", "430102001001", "--json").stdout)
    assert figures["quality"]["buildings_cut"] == 0
    for arguments, sentence in (
        (("--within", "430102001", "--out", str(file)), "is there already; remove it or name another"),
        (("--within", "430102001", "--out", "x.dwg"), "can't write .dwg; known: .gpkg"),
        (("--within", "430102001", "--buildings", "houses"), "layer 'houses' is not loaded; loaded:"),
        (("--within", "430102001", "--size-m2", "-5"), "a size of -5 m² is out of range"),
    ):
        refused = command(gpkg_city, *arguments)
        assert refused.returncode == 1
        assert sentence in refused.stderr.replace("\n", " ")


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb", ".parquet"])
def test_written_files_are_read_back_the_same(tmp_path: Path, suffix: str) -> None:
    features = Features(
        np.array([shapely.box(112.9, 28.1, 113, 28.2)], object), pa.table({"code": ["430102001001001"]})
    )
    path = tmp_path / f"grids{suffix}"
    write_features(path, features, "polygon", "EPSG:4490")
    frame = gpd.read_parquet(path) if suffix == ".parquet" else gpd.read_file(path)
    assert frame["code"].tolist() == ["430102001001001"]
    assert shapely.equals(frame.geometry.iloc[0], features.geometry[0])
    with pytest.raises(Conflict, match="is there already"):
        write_features(path, features, "polygon", "EPSG:4490")


@pytest.mark.slow
def test_monaco_s_wards_become_grids_that_follow_its_real_streets(shared: Path, tmp_path: Path) -> None:
    """219 grids of nine real wards; 1,012 buildings of which none is cut, and 19 stand across wards."""
    chosen = Settings(store=f"gpkg:///{tmp_path / 'monaco.gpkg'}", snapshots=str(tmp_path / "snapshots"))
    with City.open(chosen, create=True) as city:
        load_file(city, shared / "monaco" / "monaco_osrm_2016.osm.pbf", LoadOptions(on_invalid="skip"))
        wards = city.layer("boundaries").frame(where={"admin_level": 10}).sort_values("osm_id")
        rows = [
            {"code": f"430199001{i + 1:03d}", "name": name, "level": "community"}
            for i, name in enumerate(wards["name"])
        ]
        city.load(AREAS, Features(wards.geometry.to_numpy(), pa.Table.from_pylist(rows, AREAS.schema())))
        site = unit_grids.site(city.snapshots, "430199", DAY)
        made = division.build(site.land)
        assert_partition(made, site.land)
        q = made.quality
        assert (q.buildings, q.buildings_cut) == (1012, 0)
        assert q.buildings_across == 19
        assert 190 <= q.count <= 250
        assert q.fits > 0.95
        assert 8_000 < q.median_m2 < 12_000
        assert q.border_roads + q.border_lanes + q.border_community > 0.75
        unit_grids.write(city.writer, site, unit_grids.features(site, made, DAY), DAY)
        assert partition.check_city(city.writer, day=DAY).flaws == []
