"""The demo city is a city: its areas are partitions, its roads a network, its houses stand on dry land."""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pytest
import shapely

from cim.model.layer import Features, Layer
from cim.model.standard_layers import (
    INCIDENT_LEVELS,
    INCIDENT_STATUSES,
    LEVELS,
    OWNER_FIELDS,
    PLACED,
    RESOURCE_KINDS,
    RESOURCE_STATUSES,
)
from cim.space import crs
from layers import demo
from layers.demo import make
from layers.demo.addresses import many
from layers.demo.labels import components

City = dict[str, tuple[Layer, Features]]
METRIC = "EPSG:4547"


@pytest.fixture(scope="module")
def city() -> City:
    return {layer.name: (layer, features) for layer, features in make("small")}


def column(city: City, layer: str, name: str) -> np.ndarray:
    return np.array(city[layer][1].attributes[name].to_pylist(), dtype=object)


def metres(city: City, layer: str) -> np.ndarray:
    return crs.geometry_to_metric(city[layer][1].geometry, METRIC)


def at_level(city: City, level: str) -> np.ndarray:
    return np.flatnonzero(column(city, "areas", "level") == level)


@pytest.mark.slow
def test_the_small_city_has_about_twenty_thousand_features_and_is_made_in_seconds() -> None:
    start = time.process_time()  # its own: others work beside it
    total = sum(len(features) for _, features in make("small"))
    assert time.process_time() - start < 5
    assert 20_000 <= total <= 26_000


def test_every_layer_has_the_schema_it_declares_and_valid_plane_geometry_of_its_kind(city: City) -> None:
    dimension = {"point": 0, "line": 1, "polygon": 2}
    for layer, features in city.values():
        assert features.attributes.schema.equals(layer.schema()), layer.name
        assert len(features) == features.attributes.num_rows
        assert shapely.is_valid(features.geometry).all(), layer.name
        assert not shapely.is_empty(features.geometry).any()
        assert not shapely.has_z(features.geometry).any()
        assert (shapely.get_dimensions(features.geometry) == dimension[layer.geometry]).all()
        west, south, east, north = shapely.total_bounds(features.geometry)
        assert 111.5 < west < east < 114.6 and 27.6 < south < north < 28.9
        assert layer.title_zh and layer.title_en


def test_areas_and_units_come_first_and_all_operational_layers_are_there(city: City) -> None:
    assert list(city)[:2] == ["areas", "units"]
    assert set(PLACED) - {"closures", "speeds"} <= set(city)  # a demo city is open to all
    assert {"water", "landuse", "roads", "buildings", "places"} <= set(city)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_city_to_the_last_bit_and_another_seed_another(city: City) -> None:
    for layer, features in make("small"):
        assert (shapely.to_wkb(features.geometry) == shapely.to_wkb(city[layer.name][1].geometry)).all()
        assert features.attributes.equals(city[layer.name][1].attributes)
    _, other = next(iter(make("small", seed=7)))
    assert (
        shapely.get_coordinates(other.geometry[0]).tolist()
        != shapely.get_coordinates(city["areas"][1].geometry[0]).tolist()
    )


def test_each_level_is_a_partition_without_gaps_or_overlaps(city: City) -> None:
    areas = city["areas"][1].geometry
    whole = shapely.area(areas[at_level(city, "city")]).sum()
    for level in LEVELS:
        shapes = areas[at_level(city, level)]
        assert len(shapes)
        assert shapely.coverage_is_valid(shapes), level
        assert shapely.area(shapes).sum() == pytest.approx(whole, rel=1e-9)


def test_children_fill_their_parent_exactly_and_their_people_are_its_people(city: City) -> None:
    codes, parents = column(city, "areas", "code").tolist(), column(city, "areas", "parent")
    area, people = shapely.area(city["areas"][1].geometry), column(city, "areas", "population")
    level = column(city, "areas", "level")
    counted = level != "special_grid"
    assert not [n for n in people[~counted] if n is not None and n == n]
    people = np.where(counted, people, 0).astype(int)
    row = {code: k for k, code in enumerate(codes)}
    for child in list(LEVELS)[1:]:
        members = np.flatnonzero(level == child)
        above = np.array([row[p] for p in parents[members]])
        filled = np.bincount(above, weights=area[members], minlength=len(codes))
        living = np.bincount(above, weights=people[members], minlength=len(codes))
        assert filled[np.unique(above)] == pytest.approx(area[np.unique(above)], rel=1e-9)
        assert (living[np.unique(above)] == people[np.unique(above)]).all()
    assert people[level == "city"] == [10_420_000]


def test_every_area_is_one_piece_with_a_code_of_its_level_that_begins_with_its_parents(city: City) -> None:
    codes, parents = column(city, "areas", "code"), column(city, "areas", "parent")
    level = column(city, "areas", "level")
    length = {"city": 6, "district": 6, "street": 9, "community": 12, "duty_grid": 15, "unit_grid": 15}
    length["special_grid"] = 20
    parent_level = {"district": "city", "street": "district", "community": "street", "special_grid": "street"}
    of = dict(zip(codes, level, strict=True))
    assert len(of) == len(codes)
    for code, parent, name in zip(codes, parents, level, strict=True):
        assert len(code) == length[name]
        if name == "city":
            assert parent is None
            continue
        assert of[parent] == parent_level.get(name, "community")
        assert code.removeprefix("030001").startswith(parent) or name == "district"
        assert code.isdigit() or (name == "duty_grid" and code[12] == "R")
    assert (shapely.get_type_id(city["areas"][1].geometry) == 3).all()
    assert (len(at_level(city, "district")), len(at_level(city, "street"))) == (9, 172)
    assert column(city, "areas", "name")[codes == "430102001"] == ["文艺路街道"]


def test_unit_grids_are_numbered_from_north_to_south_and_from_west_to_east(city: City) -> None:
    rows = at_level(city, "unit_grid")
    codes = column(city, "areas", "code")[rows]
    middle = shapely.get_coordinates(shapely.centroid(city["areas"][1].geometry[rows]))
    order = np.argsort(codes)
    codes, middle = codes[order], middle[order]
    parent = np.array([c[:12] for c in codes])
    big = [p for p, n in zip(*np.unique(parent, return_counts=True), strict=True) if n >= 9]
    assert big
    for community in big:
        mine = middle[parent == community]
        assert mine[0, 1] > mine[-1, 1]
        step = np.diff(mine, axis=0)
        assert (step[:, 0] > 0).mean() > 0.5


def test_a_duty_grid_is_a_union_of_unit_grids(city: City) -> None:
    areas = city["areas"][1].geometry
    duty, unit = areas[at_level(city, "duty_grid")], areas[at_level(city, "unit_grid")]
    tree = shapely.STRtree(duty)
    inside, owner = tree.query(shapely.point_on_surface(unit), predicate="intersects")
    assert inside.tolist() == list(range(len(unit)))
    filled = np.bincount(owner, weights=shapely.area(unit), minlength=len(duty))
    assert filled == pytest.approx(shapely.area(duty), rel=1e-9)


def test_districts_lie_about_where_they_lie_and_are_about_as_large(city: City) -> None:
    real_km2 = {
        "430102": 43.3,
        "430103": 138.3,
        "430104": 543.9,
        "430105": 189.6,
        "430111": 291.3,
        "430112": 949.9,
        "430121": 1756.2,
        "430181": 4996.6,
        "430182": 2910.7,
    }
    shapes = metres(city, "areas")
    codes = column(city, "areas", "code")
    at = {code: shapes[np.flatnonzero(codes == code)[0]] for code in real_km2}
    for code, km2 in real_km2.items():
        assert 0.5 < at[code].area / 1e6 / km2 < 2
    middle = {code: shape.centroid for code, shape in at.items()}
    assert (
        middle["430182"].x < middle["430112"].x < middle["430105"].x < middle["430121"].x < middle["430181"].x
    )
    assert middle["430104"].x < middle["430103"].x and middle["430105"].y > middle["430111"].y


def test_the_roads_are_one_network_that_meets_only_at_ends(city: City) -> None:
    lines = city["roads"][1].geometry
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    last = np.append(first[1:], len(xy)) - 1
    _, node = np.unique(xy, axis=0, return_inverse=True)
    ends = np.column_stack([node[first], node[last]])
    inner = np.delete(node, np.concatenate([first, last]))
    assert not np.isin(inner, ends).any()
    assert len(np.unique(inner)) == len(inner)
    reached, frontier = set(), {int(ends[0, 0])}
    beside: dict[int, set[int]] = {}
    for a, b in ends.tolist():
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    while frontier:
        reached |= frontier
        frontier = {n for f in frontier for n in beside[f]} - reached
    assert len(reached) == len(beside)


def test_every_junction_can_be_reached_and_left_even_without_the_one_way_roads(city: City) -> None:
    lines = city["roads"][1].geometry
    both = ~column(city, "roads", "oneway").astype(bool)
    assert 0.01 < (~both).mean() < 0.3
    ends = np.stack([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)], axis=1)
    nodes, number = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    number = number.reshape(-1, 2)
    assert (components(len(nodes), number[both]) == 0).all()


def test_ramps_are_one_way_links_of_the_great_roads(city: City) -> None:
    ramps = np.char.endswith(column(city, "roads", "class").astype(str), "_link")
    assert ramps.sum() >= 40
    assert column(city, "roads", "oneway")[ramps].all()


def test_a_demo_city_says_that_it_is_schematic() -> None:
    assert "schematic" in (demo.__doc__ or "") and "长沙示意" in (demo.__doc__ or "")


def test_roads_cross_water_only_on_bridges_and_in_tunnels(city: City) -> None:
    water = shapely.STRtree(city["water"][1].geometry)
    wet = np.unique(water.query(city["roads"][1].geometry, predicate="intersects")[0])
    carried = (column(city, "roads", "bridge") | column(city, "roads", "tunnel")).astype(bool)
    assert carried[wet].all()
    level = column(city, "roads", "level")
    assert ((level == 0) == ~carried).all()


def test_the_river_has_its_bridges_and_tunnels(city: City) -> None:
    names = set(column(city, "roads", "name")[column(city, "roads", "bridge").astype(bool)])
    assert {
        "橘子洲大桥",
        "银盆岭大桥",
        "猴子石大桥",
        "福元路大桥",
        "三汊矶大桥",
        "湘府路大桥",
        "黑石铺大桥",
    } <= names
    tunnels = set(column(city, "roads", "name")[column(city, "roads", "tunnel").astype(bool)])
    assert tunnels == {"营盘路隧道", "南湖路隧道"}
    assert {"五一大道", "芙蓉路", "二环线", "三环线", "万家丽路"} <= set(column(city, "roads", "name"))


def test_no_house_stands_in_water_on_a_road_or_in_another_house(city: City) -> None:
    houses = city["buildings"][1].geometry
    tree = shapely.STRtree(houses)
    assert not len(tree.query(city["water"][1].geometry, predicate="intersects")[0])
    assert not len(tree.query(city["roads"][1].geometry, predicate="intersects")[0])
    one, other = tree.query(houses, predicate="intersects")
    assert (one == other).all()


def test_houses_have_floors_that_fit_their_height_and_people_no_more_than_live_there(city: City) -> None:
    floors, height = (column(city, "buildings", name).astype(float) for name in ("floors", "height_m"))
    assert (floors >= 1).all() and (height / floors > 2.5).all() and (height / floors < 8).all()
    assert floors.max() == 94  # 国金中心
    people = column(city, "buildings", "population").astype(int)
    dwelling = column(city, "buildings", "use") == "residential"
    assert (people[~dwelling] == 0).all()
    tree = shapely.STRtree(city["buildings"][1].geometry)
    units = at_level(city, "unit_grid")
    grid, house = tree.query(city["areas"][1].geometry[units], predicate="contains")
    living = np.bincount(grid, weights=people[house], minlength=len(units))
    assert (living <= column(city, "areas", "population")[units].astype(int)).all()
    assert 300_000 < people.sum() < 3_000_000


def test_units_that_are_referred_to_exist_and_codes_are_unique(city: City) -> None:
    units = set(column(city, "units", "code"))
    for layer in ("areas", "sensors", "resources", "incidents"):
        assert {u for u in column(city, layer, "unit") if u is not None} <= units, layer
    assert {p for p in column(city, "units", "parent") if p is not None} <= units
    for role in ("owner", "maintainer", "authority"):
        assert {u for u in column(city, "components", role) if u is not None} <= units, role
    for layer in ("areas", "units", "sensors", "resources", "components", "incidents"):
        codes = column(city, layer, "code")
        assert len(set(codes)) == len(codes), layer


def test_what_the_store_fills_is_left_empty_and_choices_are_known_ones(city: City) -> None:
    for layer in ("units", "sensors", "resources", "components", "incidents"):
        for field in OWNER_FIELDS:
            assert city[layer][1].attributes[field.name].null_count == len(city[layer][1])
    assert set(column(city, "incidents", "status")) <= set(INCIDENT_STATUSES)
    assert set(column(city, "incidents", "level")) <= set(INCIDENT_LEVELS)
    assert set(column(city, "resources", "status")) <= set(RESOURCE_STATUSES)
    assert set(column(city, "resources", "kind")) == set(RESOURCE_KINDS)


def test_incidents_lie_in_the_city_at_the_road_they_name_in_the_three_days_before_the_fixed_moment(
    city: City,
) -> None:
    points, outline = city["incidents"][1].geometry, city["areas"][1].geometry[0]
    assert shapely.intersects(outline, points).all()
    now = dt.datetime(2026, 6, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    times = column(city, "incidents", "reported_at")
    assert all(now - dt.timedelta(days=3) <= t <= now for t in times)
    assert all(u >= r for r, u in zip(times, column(city, "incidents", "updated_at"), strict=True))
    phones = [p for p in column(city, "incidents", "reporter_phone") if p]
    assert phones and all(p.startswith("199-0000-") for p in phones)
    roads = shapely.STRtree(metres(city, "roads"))
    names = column(city, "roads", "name")
    for point, title in zip(metres(city, "incidents"), column(city, "incidents", "title"), strict=True):
        near = roads.query(point, predicate="dwithin", distance=25)
        assert any(title.startswith(name) for name in names[near])


def test_house_numbers_stand_at_the_road_they_name_odd_on_one_side_and_even_on_the_other(city: City) -> None:
    points, lines = metres(city, "addresses"), metres(city, "roads")
    names, roads = column(city, "addresses", "road"), column(city, "roads", "name")
    numbers = column(city, "addresses", "number").astype(int)
    tree = shapely.STRtree(lines)
    left = []
    for point, name, number in zip(points, names, numbers, strict=True):
        near = tree.query(point, predicate="dwithin", distance=16)
        mine = [k for k in near if roads[k] == name]
        assert mine
        line = min((lines[k] for k in mine), key=lambda line: shapely.distance(line, point))
        at = shapely.line_locate_point(line, point)
        a, b = (shapely.line_interpolate_point(line, d) for d in (max(at - 1, 0), at + 1))
        left.append(
            (((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)) > 0) == (number % 2 == 1)
        )
    assert np.mean(left) > 0.98  # where a road bends sharply a door may look to be on its other side
    assert numbers.min() >= 1 and 0.4 < (numbers % 2).mean() < 0.6


def test_addresses_are_unique_and_made_of_their_parts(city: City) -> None:
    table = city["addresses"][1].attributes.to_pylist()
    assert 1_900 <= len(table) <= 2_000
    assert len({r["address"] for r in table}) == len(table)
    streets = dict(zip(column(city, "areas", "name"), column(city, "areas", "code"), strict=True))
    for r in table:
        assert (
            r["address"] == f"长沙市{r['district']}{r['street']}{r['road']}{r['number']}号{r['name'] or ''}"
        )
        assert streets[r["street"]][:6] == streets[r["district"]]


def test_as_many_addresses_as_a_bench_needs_have_roads_of_their_own_names() -> None:
    made = many(20_000)
    table = made.attributes.to_pylist()
    assert len(table) == 20_000 == len({r["address"] for r in table})
    of = {}
    for r in table:
        assert of.setdefault(r["road"], (r["district"], r["street"])) == (r["district"], r["street"])
    assert len(of) == 200
