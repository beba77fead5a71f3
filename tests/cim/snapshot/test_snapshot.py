"""One layer in memory: each verb on the small city by hand, and what its rows are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
import shapely

from cim.city import City
from cim.columnar.columns import build
from cim.errors import BadInput, NotFound
from cim.model.layer import Field, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support import small_city as small
from tests.support.snapshots import METRIC, at, features, groups, names, snapshot_of

# -- in_bounds ---------------------------------------------------------------------------------------


def test_a_box_finds_what_its_bounds_meet_and_each_box_has_its_own_answer(buildings: Snapshot) -> None:
    boxes = at((112.9, 28.1), (112.91, 28.12), (112.96, 28.16), (0, 0)).repeat(1, axis=0)
    boxes = np.hstack([boxes, boxes + 0.0205])
    rows, counts = buildings.in_bounds(boxes)
    assert counts.tolist() == [2, 0, 2, 0]
    assert sorted(names(buildings, rows[:2])) == ["一号楼", "二号楼"]
    assert sorted(names(buildings, rows[2:])) == ["双子楼", "回字楼"]


def test_a_box_that_only_touches_a_corner_finds_it(buildings: Snapshot) -> None:
    rows, _ = buildings.in_bounds(np.array([[112.911, 28.111, 112.915, 28.115]]))
    assert names(buildings, rows) == ["一号楼"]


def test_a_box_in_the_gap_between_two_parts_finds_the_building_whose_bounds_span_it(
    buildings: Snapshot,
) -> None:
    rows, _ = buildings.in_bounds(np.array([[112.9712, 28.1702, 112.9718, 28.1708]]))
    assert names(buildings, rows) == ["双子楼"]


def test_no_boxes_have_no_answers(buildings: Snapshot) -> None:
    rows, counts = buildings.in_bounds(np.empty((0, 4)))
    assert (len(rows), len(counts)) == (0, 0)


# -- containing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((112.9105, 28.1105), ["一号楼"]),
        ((112.91, 28.1105), ["一号楼"]),  # on its western border
        ((112.911, 28.1105), ["一号楼"]),  # on its eastern border
        ((112.9105, 28.111), ["一号楼"]),  # on its northern border
        ((112.91, 28.11), ["一号楼"]),  # a corner
        ((112.911, 28.111), ["一号楼"]),  # the opposite corner
        ((112.9099999, 28.1105), []),
        ((112.9105, 28.1110001), []),
        ((112.9602, 28.1602), ["回字楼"]),
        ((112.9605, 28.1605), []),  # in the courtyard
        ((112.9604, 28.1605), ["回字楼"]),  # on the courtyard's wall
        ((112.9606, 28.1606), ["回字楼"]),  # at the courtyard's corner
        ((112.9705, 28.1705), ["双子楼"]),
        ((112.9725, 28.1705), ["双子楼"]),
        ((112.9715, 28.1705), []),  # between the twins
        ((0.0, 0.0), []),
    ],
)
def test_a_building_holds_its_inside_and_border_but_not_its_courtyard(
    buildings: Snapshot, point: tuple[float, float], expected: list[str]
) -> None:
    rows, counts = buildings.containing(at(point))
    assert names(buildings, rows) == expected
    assert counts.tolist() == [len(expected)]


def test_many_points_are_answered_in_their_order(buildings: Snapshot) -> None:
    rows, counts = buildings.containing(at((112.9105, 28.1105), (0, 0), (112.9205, 28.1105)))
    assert counts.tolist() == [1, 0, 1]
    assert names(buildings, rows) == ["一号楼", "二号楼"]


def test_a_point_on_a_shared_border_is_held_by_both_sides() -> None:
    pair = snapshot_of("polygon", [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    assert groups(pair, pair.containing(at((1, 0.5), (1, 0), (0.999999, 0.5)))) == [[1, 2], [1, 2], [1]]


# -- nearest -----------------------------------------------------------------------------------------


def test_the_nearest_come_in_order_with_their_metres(still: City) -> None:
    # T-1 and T-2 lie 0.002° apart on the parallel 28.12: 196.53 m.
    resources = still.snapshot("resources")
    rows, metres_away = resources.nearest(at((112.91, 28.12)), 2)
    assert names(resources, rows[0]) == ["排水一队", "消防一队"]
    assert metres_away[0] == pytest.approx([0.0, 196.533], abs=0.001)


def test_inside_a_building_its_distance_is_zero_and_in_its_courtyard_that_of_the_wall(
    buildings: Snapshot,
) -> None:
    rows, metres_away = buildings.nearest(at((112.9602, 28.1602), (112.9605, 28.1605), (112.96, 28.16)), 1)
    assert names(buildings, rows[:, 0]) == ["回字楼"] * 3
    # From the middle of the courtyard 0.0001° of longitude, 9.82 m, is nearer than 0.0001° of latitude, 11.08 m.
    assert metres_away[:, 0] == pytest.approx([0.0, 9.82, 0.0], abs=0.01)


def test_the_distance_is_to_the_border_not_to_the_middle(buildings: Snapshot) -> None:
    # 0.004° east of 一号楼 and 0.005° west of 二号楼.
    rows, metres_away = buildings.nearest(at((112.915, 28.1105)), 2)
    assert names(buildings, rows[0]) == ["一号楼", "二号楼"]
    assert metres_away[0] == pytest.approx([393.10, 491.37], abs=0.01)


def test_of_equally_near_ones_the_lower_fid_comes_first_in_base_and_delta() -> None:
    here, there = shapely.Point(113, 28), shapely.Point(113.001, 28)
    twins = snapshot_of("point", [here, there, here, here], fid=[9, 1, 4, 7])
    rows, metres_away = twins.nearest(at((113, 28)), 3)
    assert twins.fids(rows[0]).tolist() == [4, 7, 9]
    assert metres_away[0].tolist() == [0.0, 0.0, 0.0]
    one_more = twins.with_changes(np.array([5, 4]), features(twins.layer, [here], [5]), 2)
    assert one_more.fids(one_more.nearest(at((113, 28)), 3)[0][0]).tolist() == [5, 7, 9]
    assert one_more.fids(one_more.nearest(at((113, 28)), 1)[0][0]).tolist() == [5]


def test_a_reach_leaves_out_what_is_farther(still: City) -> None:
    resources = still.snapshot("resources")
    rows, metres_away = resources.nearest(at((112.91, 28.12)), 3, within_m=196.5)
    assert names(resources, rows[0, :1]) == ["排水一队"]
    assert rows[0, 1:].tolist() == [-1, -1]
    assert metres_away[0, 1:].tolist() == [np.inf, np.inf]
    rows, _ = resources.nearest(at((112.91, 28.12)), 3, within_m=196.6)
    assert (rows[0] >= 0).tolist() == [True, True, False]


def test_a_condition_leaves_out_what_does_not_meet_it(still: City) -> None:
    resources = still.snapshot("resources")
    keep = resources.matching({"kind": "team", "status": "busy"})
    rows, _ = resources.nearest(at((112.91, 28.12)), 2, keep=keep)
    assert names(resources, rows[0, :1]) == ["消防一队"]
    assert rows[0, 1] == -1


def test_where_fewer_are_than_asked_for_the_rest_is_no_row_at_infinity(still: City) -> None:
    sensors = still.snapshot("sensors")
    rows, metres_away = sensors.nearest(at((112.91, 28.12)), 3)
    assert rows.tolist() == [[0, -1, -1]]
    assert metres_away[0, 1:].tolist() == [np.inf, np.inf]


def test_a_road_is_as_near_as_its_nearest_segment(still: City) -> None:
    roads = still.snapshot("roads")
    # 0.001° north of 中路 in the east, 110.8 m; 横街 ends 0.03° away.
    rows, metres_away = roads.nearest(at((112.98, 28.151)), 1)
    assert names(roads, rows[0]) == ["中路"]
    assert metres_away[0, 0] == pytest.approx(110.8, abs=0.5)


def test_rows_without_geometry_are_never_near(still: City) -> None:
    units = still.snapshot("units")
    rows, _ = units.nearest(at((112.92, 28.15)), 3)
    assert [units.fids(r[r >= 0]).tolist() for r in rows] == [[1, 2]]


# -- within_distance, intersecting ---------------------------------------------------------------------


def test_within_a_distance_is_what_has_a_point_so_near(buildings: Snapshot) -> None:
    here = np.array([112.915, 28.1105])
    assert names(buildings, buildings.within_distance(here, 393.0)) == []
    assert names(buildings, buildings.within_distance(here, 393.2)) == ["一号楼"]
    assert sorted(names(buildings, buildings.within_distance(here, 500.0))) == ["一号楼", "二号楼"]
    assert names(buildings, buildings.within_distance(np.array([112.9602, 28.1602]), 0.0)) == ["回字楼"]


def test_intersecting_is_sharing_a_point(buildings: Snapshot) -> None:
    def found(shape: Any) -> list[str]:
        return sorted(names(buildings, buildings.intersecting(shape)))

    assert found(shapely.box(112.911, 28.111, 112.915, 28.115)) == ["一号楼"]  # touches its corner
    assert found(shapely.Point(112.9605, 28.1605)) == []  # in the courtyard
    assert found(shapely.box(112.9712, 28.1702, 112.9718, 28.1708)) == []  # between the twins
    assert found(shapely.LineString([(112.90, 28.1105), (112.93, 28.1105)])) == ["一号楼", "二号楼"]
    assert found(shapely.Polygon()) == []


# -- what the rows are ---------------------------------------------------------------------------------


def test_rows_give_their_attributes_in_the_order_asked_for(buildings: Snapshot) -> None:
    rows = buildings.rows_of(np.array([4, 1, 4]))
    assert buildings.attributes(rows, ["floors", "name"]).to_pydict() == {
        "floors": [None, 3, None],
        "name": ["双子楼", "一号楼", "双子楼"],
    }
    assert buildings.attributes(rows[:1]).column_names == ["name", "floors", "height_m", "population"]
    assert buildings.attributes(rows[:0]).num_rows == 0


def test_a_field_that_is_not_there_is_named_with_those_that_are(buildings: Snapshot) -> None:
    with pytest.raises(
        BadInput, match=r"'buildings' has no field 'storeys'; it has: name, floors, height_m, population"
    ):
        buildings.attributes(buildings.rows, ["storeys"])


def test_a_frame_is_indexed_by_fid_and_knows_its_crs(buildings: Snapshot) -> None:
    frame = buildings.frame(buildings.rows_of(np.array([3, 2])), ["name"])
    assert frame.index.tolist() == [3, 2]
    assert frame.index.name == "fid"
    assert frame.crs == "EPSG:4490"
    assert frame.name.tolist() == ["回字楼", "二号楼"]
    assert frame.geometry.iloc[1].equals(shapely.box(112.92, 28.11, 112.921, 28.111))


def test_features_are_those_that_were_loaded(buildings: Snapshot) -> None:
    loaded = small.buildings()
    out = buildings.features(buildings.rows_of(np.arange(1, 5)))
    assert out.fid is not None and out.fid.tolist() == [1, 2, 3, 4]
    assert out.attributes.equals(loaded.attributes)
    assert all(a.equals(b) for a, b in zip(out.geometry, loaded.geometry, strict=True))
    metric = buildings.metric_geometry(buildings.rows_of(np.array([1])))[0]
    assert metric.area == pytest.approx(98.3 * 110.8, rel=0.01)


def test_a_planner_asks_a_layer_for_a_frame(still: City) -> None:
    view = still.layer("buildings")
    assert view.frame(where={"floors": {"gt": 5}}).name.tolist() == ["二号楼", "回字楼"]
    assert view.frame(bounds=(112.9, 28.1, 112.95, 28.15), where={"floors": {"gt": 5}}).name.tolist() == [
        "二号楼"
    ]
    assert sorted(view.table(["name"])["name"].to_pylist()) == ["一号楼", "二号楼", "双子楼", "回字楼"]
    with pytest.raises(NotFound, match="layer 'trees' is not loaded; loaded: areas, buildings"):
        still.layer("trees")


# -- conditions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, ["一号楼", "二号楼", "回字楼", "双子楼"]),
        ({"floors": 3}, ["一号楼"]),
        ({"floors": [3, 6, 7]}, ["一号楼", "回字楼"]),
        ({"floors": []}, []),
        ({"floors": None}, ["双子楼"]),
        ({"floors": {"eq": 30}}, ["二号楼"]),
        ({"floors": {"ne": 30}}, ["一号楼", "回字楼"]),  # a row without a value meets no condition
        ({"floors": {"gt": 3}}, ["二号楼", "回字楼"]),
        ({"floors": {"gte": 3}}, ["一号楼", "二号楼", "回字楼"]),
        ({"floors": {"lt": 6}}, ["一号楼"]),
        ({"floors": {"lte": 6}}, ["一号楼", "回字楼"]),
        ({"floors": {"gt": 3, "lt": 30}}, ["回字楼"]),
        ({"floors": {"in": [6]}}, ["回字楼"]),
        ({"floors": {"gt": 3}, "name": {"like": "回%"}}, ["回字楼"]),
        ({"name": {"like": "%楼"}}, ["一号楼", "二号楼", "回字楼", "双子楼"]),
        ({"name": {"like": "_号%"}}, ["一号楼", "二号楼"]),
        ({"name": "没有"}, []),
        ({"height_m": {"gt": 39}}, ["二号楼", "双子楼"]),
        ({"height_m": 9.5}, ["一号楼"]),
    ],
)
def test_a_condition_chooses_rows(
    buildings: Snapshot, condition: dict[str, Any], expected: list[str]
) -> None:
    rows = np.sort(buildings.rows[buildings.matching(condition)[buildings.rows]])
    order = np.argsort(buildings.fids(rows))
    assert names(buildings, rows[order]) == expected


def test_a_comma_separated_text_has_its_items_and_no_part_of_them(still: City) -> None:
    resources = still.snapshot("resources")

    def having(item: str) -> list[str]:
        return sorted(names(resources, np.flatnonzero(resources.matching({"skills": {"has": item}}))))

    assert having("抢险") == ["排水一队"]
    assert having("排水,抢险") == ["排水一队"]
    assert having("消防") == ["消防一队"]
    assert having("抢") == []
    assert having(".*") == []


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"storeys": 3}, "has no field 'storeys'; it has: name, floors"),
        ({"floors": {"over": 3}}, "operator 'over' on field 'floors' is not known; known: eq, ne"),
        ({"floors": "many"}, "field 'floors' .*can't be compared by 'eq' with 'many'"),
        ({"floors": {"gt": "many"}}, "can't be compared by 'gt'"),
        ({"floors": {"like": "3%"}}, "can't be compared by 'like'"),
        ({"floors": {"has": "3"}}, "can't be compared by 'has'"),
        ({"floors": {"in": 3}}, "can't be compared by 'in'"),
        ({"floors": ["a", 1]}, "can't be compared by 'in'"),
        ({"floors": {"eq": [3]}}, "can't be compared by 'eq'"),
        ({"floors": {"eq": {"a": 1}}}, "can't be compared by 'eq'"),
        ({"floors": "3"}, "field 'floors' holds numbers .* by 'eq' with '3': give a number, such as 10"),
        ({"floors": [3, None]}, "by 'in' .*: for rows without a value write the field alone, as null"),
        ({"name": 3}, 'field .name. holds texts .* by .eq. with 3: give a text, such as "3"'),
        ({"name": {"gt": 10}}, "to compare numbers, load the column without what is no number"),
        ({"name": ["一号楼", 1]}, "field 'name' holds texts"),
        ({"name": True}, "give a text"),
        ({"floors": True}, "give a number"),
        ({"floors": 2**70}, "can't be compared by 'eq'"),
        ({"floors": [2**70]}, "can't be compared by 'in'"),
        ({"name": {"in": "一号楼"}}, "can't be compared by 'in'"),  # a text is no list of its letters
    ],
)
def test_a_condition_that_can_not_be_asked_says_why(
    buildings: Snapshot, condition: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        buildings.matching(condition)


def test_dates_and_moments_are_compared_as_such() -> None:
    layer = Layer(
        "t", geometry="point", fields=(Field("d", "date"), Field("m", "datetime"), Field("ok", "boolean"))
    )
    moments = [dt.datetime(2026, 6, d, 12, tzinfo=dt.UTC) for d in (1, 2)]
    rows = features(layer, [None, None], d=[m.date() for m in moments], m=moments, ok=[True, False])
    snapshot = Snapshot.of(layer, build(layer, rows, METRIC), METRIC, 1)
    assert snapshot.matching({"d": {"gte": "2026-06-02"}}).tolist() == [False, True]
    assert snapshot.matching({"m": {"lt": "2026-06-02T12:00:00Z"}}).tolist() == [True, False]
    assert snapshot.matching({"m": {"lt": "2026-06-02T19:59:59+08:00"}}).tolist() == [True, False]
    assert snapshot.matching({"ok": True}).tolist() == [True, False]
    for wrong in (
        {"d": {"gte": "yesterday"}},
        {"d": 20260602},
        {"d": "2026-06-02T00:00:00Z"},
        {"m": 0},
        {"m": "2026-06-02"},
        {"m": {"lt": "2026-06-02T12:00:00"}},
        {"ok": 1},
        {"ok": {"gt": False}},
        {"ok": "true"},
    ):
        with pytest.raises(BadInput, match="can't be compared by"):
            snapshot.matching(wrong)
