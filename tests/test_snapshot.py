"""One layer in memory: each verb on the small city by hand, the awkward cases, and against shapely."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim import columns as columns_module
from cim import crs, search, snapshot_files, snapshots
from cim.city import City
from cim.columns import Columns
from cim.errors import BadInput, NotFound, StoreUnusable
from cim.layer import Features, Field, Layer
from cim.snapshot import Snapshot, empty_features
from tests import city as small

METRIC = "EPSG:4547"


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A small city that nobody changes."""
    folder = tmp_path_factory.mktemp("still")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


@pytest.fixture
def buildings(still: City) -> Snapshot:
    """The four buildings."""
    return still.snapshot("buildings")


def names(snapshot: Snapshot, rows: Any) -> list[str]:
    """The names of the rows, in order."""
    found: list[str] = snapshot.attributes(np.asarray(rows), ["name"])["name"].to_pylist()
    return found


def at(*positions: tuple[float, float]) -> Any:
    return np.array(positions, np.float64)


def features(
    layer: Layer, geometry: list[Any], fid: list[int] | None = None, **fields: list[Any]
) -> Features:
    """Features of the layer; fields that are not given are null."""
    shapes = np.empty(len(geometry), object)
    shapes[:] = geometry
    table = {f.name: fields.get(f.name, [None] * len(geometry)) for f in layer.fields}
    return Features(shapes, pa.table(table, layer.schema()), None if fid is None else np.array(fid, np.int64))


def snapshot_of(kind: Any, geometry: list[Any], fid: list[int] | None = None) -> Snapshot:
    """A snapshot of just these geometries, numbered from 1."""
    layer = Layer("things", geometry=kind)
    return Snapshot.of(layer, columns_module.build(layer, features(layer, geometry, fid), METRIC), METRIC, 1)


def metres(geometry: Any) -> Any:
    return crs.geometry_to_metric(geometry, METRIC)


def groups(snapshot: Snapshot, hits: search.Hits) -> list[list[int]]:
    """The fids of each question, ascending."""
    rows, counts = hits
    return [sorted(g.tolist()) for g in np.split(snapshot.fids(rows), np.cumsum(counts)[:-1])]


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
        ({"floors": "3"}, ["一号楼"]),
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
    snapshot = Snapshot.of(layer, columns_module.build(layer, rows, METRIC), METRIC, 1)
    assert snapshot.matching({"d": {"gte": "2026-06-02"}}).tolist() == [False, True]
    assert snapshot.matching({"m": {"lt": "2026-06-02T12:00:00Z"}}).tolist() == [True, False]
    assert snapshot.matching({"m": {"lt": "2026-06-02T19:59:59+08:00"}}).tolist() == [True, False]
    assert snapshot.matching({"ok": True}).tolist() == [True, False]
    with pytest.raises(BadInput):
        snapshot.matching({"d": {"gte": "yesterday"}})


# -- delta, tombstones, compaction, bases ----------------------------------------------------------------


def test_a_change_makes_a_new_snapshot_and_leaves_the_old_one_as_it_was(buildings: Snapshot) -> None:
    moved = features(buildings.layer, [shapely.box(112.95, 28.15, 112.951, 28.151)], [2], name=["搬家楼"])
    new = buildings.with_changes(np.array([2, 3]), moved, seq=buildings.seq + 5)
    assert (len(buildings), len(new)) == (4, 3)
    assert sorted(names(new, new.rows)) == ["一号楼", "双子楼", "搬家楼"]
    assert sorted(names(buildings, buildings.rows)) == ["一号楼", "二号楼", "双子楼", "回字楼"]
    assert new.rows_of(np.array([1, 2, 3, 99])).tolist()[2:] == [-1, -1]
    old_place, new_place = (112.9205, 28.1105), (112.9505, 28.1505)
    assert [names(s, s.containing(at(old_place))[0]) for s in (buildings, new)] == [["二号楼"], []]
    assert [names(s, s.containing(at(new_place))[0]) for s in (buildings, new)] == [[], ["搬家楼"]]
    assert new.seq == new.changed == buildings.seq + 5
    assert new.attributes(new.rows_of(np.array([2, 1])), ["name"])["name"].to_pylist() == ["搬家楼", "一号楼"]


def test_the_answers_of_base_and_delta_come_point_by_point(buildings: Snapshot) -> None:
    more = features(buildings.layer, [shapely.box(112.9, 28.1, 113, 28.2)], [9], name=["大棚"])
    new = buildings.with_changes(np.array([9]), more, seq=99)
    rows, counts = new.containing(at((112.9105, 28.1105), (112.99, 28.19), (112.9205, 28.1105)))
    assert counts.tolist() == [2, 1, 2]
    assert names(new, rows) == ["一号楼", "大棚", "大棚", "二号楼", "大棚"]


def test_the_only_row_of_a_layer_can_go_and_come_back_elsewhere() -> None:
    one = snapshot_of("point", [shapely.Point(112.9, 28.1)])
    gone = one.with_changes(np.array([1]), empty_features(one.layer), 2)
    assert len(gone) == 0
    assert gone.nearest(at((112.9, 28.1)), 1)[0].tolist() == [[-1]]
    assert gone.in_bounds(np.array([[112.0, 28, 113, 29]]))[1].tolist() == [0]
    back = gone.with_changes(np.array([1]), features(one.layer, [shapely.Point(113, 28.1)], [1]), 3)
    rows, metres_away = back.nearest(at((113, 28.1), (112.9, 28.1)), 2)
    assert back.fids(rows[:, 0]).tolist() == [1, 1]
    assert rows[:, 1].tolist() == [-1, -1]
    assert metres_away[0, 0] == 0.0


def test_the_only_row_is_left_out_by_a_condition_too() -> None:
    one = snapshot_of("point", [shapely.Point(112.9, 28.1)])
    assert one.nearest(at((112.9, 28.1)), 1, keep=np.array([False]))[0].tolist() == [[-1]]


def test_a_compacted_snapshot_is_one_base_with_the_living_rows(buildings: Snapshot) -> None:
    moved = features(buildings.layer, [None], [2], name=["没有位置"])
    new = buildings.with_changes(np.array([2, 3]), moved, seq=99)
    base = new.compacted()
    assert sorted(base.fid.tolist()) == [1, 2, 4]
    compact = Snapshot.of(new.layer, base, METRIC, 99)
    assert compact.features(compact.rows_of(np.array([1, 2, 4]))).attributes.equals(
        new.features(new.rows_of(np.array([1, 2, 4]))).attributes
    )


def test_many_changes_are_compacted_by_themselves_and_nothing_is_lost(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "DELTA_LIMIT", 3)
    layer = gpkg_city.snapshot("buildings").layer
    for i in range(8):
        with gpkg_city.store.writing("test") as tx:
            tx.insert(layer, shapely.box(112.9, 28.1, 112.901 + i / 1000, 28.101), {"name": f"新{i}"})
        gpkg_city.refresh()
    for thread in list(gpkg_city._snapshots._compactions.values()):
        thread.join()
    gpkg_city.refresh()
    snapshot = gpkg_city.snapshot("buildings")
    assert len(snapshot) == 12
    assert len(snapshot.base) > 4
    assert sorted(names(snapshot, snapshot.rows))[-8:] == [f"新{i}" for i in range(8)]


def test_after_a_restart_the_base_on_disk_is_taken_up_and_led_on(gpkg_city: City) -> None:
    layer = gpkg_city.snapshot("buildings").layer
    with gpkg_city.store.writing("test") as tx:
        tx.update(layer, 1, {"name": "改名楼"})
    before = {p: p.stat().st_mtime_ns for p in Path(gpkg_city.settings.snapshots).rglob("*.npy")}
    with City.open(gpkg_city.settings) as again:
        snapshot = again.snapshot("buildings")
        assert sorted(names(snapshot, snapshot.rows)) == ["二号楼", "双子楼", "回字楼", "改名楼"]
        assert (len(snapshot.base), len(snapshot.delta)) == (4, 1)
    after = {p: p.stat().st_mtime_ns for p in Path(gpkg_city.settings.snapshots).rglob("*.npy")}
    assert before == after


@pytest.mark.parametrize("damage", ["header cut", "numbers cut", "values cut", "file gone"])
def test_a_damaged_snapshot_is_made_anew_from_the_store(gpkg_city: City, damage: str) -> None:
    (folder,) = Path(gpkg_city.settings.snapshots).glob("*/buildings/f*")
    if damage == "file gone":
        (folder / "rings.npy").unlink()
    else:
        file = folder / ("values.arrow" if damage == "values cut" else "lonlat.npy")
        file.write_bytes(file.read_bytes()[: 50 if damage == "header cut" else -40])
    with City.open(gpkg_city.settings) as again:
        snapshot = again.snapshot("buildings")
        assert names(snapshot, snapshot.containing(at((112.9105, 28.1105)))[0]) == ["一号楼"]


def test_a_layer_that_was_dropped_and_loaded_again_is_the_new_one_everywhere(city: City) -> None:
    other = Layer("buildings", geometry="point", fields=(Field("kind", "text"),))
    elsewhere = small.settings(city.settings.store, Path(city.settings.snapshots).parent / "elsewhere")
    City.open(elsewhere).close()  # another machine, which has its own snapshots
    city.drop("buildings")
    city.load(other, features(other, [shapely.Point(112.9, 28.1)], kind=["塔"]))
    with City.open(elsewhere) as there:
        for snapshot in (city.snapshot("buildings"), there.snapshot("buildings")):
            assert snapshot.layer.field_names == ("kind",)
            assert snapshot.attributes(snapshot.rows).to_pylist() == [{"kind": "塔"}]


def test_the_version_changes_with_each_change_of_the_layer_and_only_then(city: City) -> None:
    before = {name: city.snapshot(name).version for name in city.snapshots}
    with city.store.writing("test") as tx:
        tx.update(city.snapshot("buildings").layer, 1, {"floors": 4})
    city.refresh()
    after = {name: city.snapshot(name).version for name in city.snapshots}
    assert {name for name in before if before[name] != after[name]} == {"buildings"}
    city.refresh()
    assert {name: city.snapshot(name).version for name in city.snapshots} == after
    city.load(small.BUILDINGS, small.buildings())
    assert city.snapshot("buildings").version not in (before["buildings"], after["buildings"])


def test_columns_in_a_folder_are_the_same_when_opened_again(buildings: Snapshot, tmp_path: Path) -> None:
    folder = snapshot_files.save(buildings.base, tmp_path / "buildings", 3, 7)
    assert snapshot_files.newest(tmp_path / "buildings", 3) == (folder, 7)
    assert snapshot_files.newest(tmp_path / "buildings", 4) is None
    opened = snapshot_files.open_columns(folder, buildings.layer)
    assert opened is not None
    for name in columns_module.ARRAYS:
        old, new = getattr(buildings.base, name), getattr(opened, name)
        assert old.dtype == new.dtype and old.shape == new.shape and (old == new).all(), name
        assert not new.flags.writeable, name
    assert [v.to_pylist() for v in opened.values] == [v.to_pylist() for v in buildings.base.values]
    snapshot_files.save(buildings.base, tmp_path / "buildings", 3, 7)  # twice is once
    assert [p.name for p in (tmp_path / "buildings").iterdir()] == [folder.name]


def test_a_folder_that_can_not_be_written_is_a_clear_error(buildings: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "buildings").write_text("a file where the folder should be")
    with pytest.raises(StoreUnusable, match=r"the snapshot can't be written in .*buildings"):
        snapshot_files.save(buildings.base, tmp_path / "buildings", 1, 1)


# -- awkward layers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_an_empty_layer_answers_nothing_to_everything(kind: str) -> None:
    empty = snapshot_of(kind, [])
    assert len(empty) == 0
    assert empty.bounds is None
    assert empty.in_bounds(np.array([[-180.0, -90, 180, 90]]))[1].tolist() == [0]
    assert empty.containing(at((0, 0)))[1].tolist() == [0]
    assert empty.nearest(at((0, 0)), 2)[0].tolist() == [[-1, -1]]
    assert len(empty.within_distance(np.array([0.0, 0.0]), 1e9)) == 0
    assert len(empty.intersecting(shapely.box(-180, -90, 180, 90))) == 0
    assert empty.matching({}).tolist() == []
    assert len(empty.frame(empty.rows)) == 0


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 256, 257])
def test_every_row_is_found_in_a_tree_of_any_number_of_levels(count: int) -> None:
    line = snapshot_of("point", [shapely.Point(112 + i / 1000, 28) for i in range(count)])
    everywhere = np.array([[i / 1000 + 112 - 1e-6, 27.9, i / 1000 + 112 + 1e-6, 28.1] for i in range(count)])
    assert groups(line, line.in_bounds(everywhere)) == [[i + 1] for i in range(count)]
    points = np.array([[112 + i / 1000, 28.0] for i in range(count)])
    rows, metres_away = line.nearest(points, 1)
    assert line.fids(rows[:, 0]).tolist() == list(range(1, count + 1))
    assert (metres_away < 1e-6).all()
    assert groups(line, line.in_bounds(np.array([[100.0, 0, 120, 60]]))) == [list(range(1, count + 1))]


def test_a_layer_whose_rows_all_lack_geometry_is_like_an_empty_one_that_has_rows() -> None:
    nothing = snapshot_of("polygon", [None, shapely.Polygon(), None])
    assert len(nothing) == 3
    assert nothing.bounds is None
    assert nothing.nearest(at((0, 0)), 1)[0].tolist() == [[-1]]
    assert nothing.in_bounds(np.array([[-180.0, -90, 180, 90]]))[1].tolist() == [0]
    assert nothing.geometry(nothing.rows).tolist() == [None, None, None]


def test_positions_at_the_poles_and_on_both_sides_of_the_antimeridian_are_answered() -> None:
    far = [
        shapely.Point(*p) for p in [(180, 0), (-180, 0), (0, 90), (0, -90), (114, 28), (179.9999, -89.9999)]
    ]
    world = snapshot_of("point", far)
    assert groups(world, world.in_bounds(np.array([[179, -1, 180, 1], [-180, 89, 180, 90]]))) == [[1], [3]]
    rows, metres_away = world.nearest(at((114, 28.001)), 6)
    assert world.fids(rows[0, :1]).tolist() == [5]
    assert metres_away[0, 0] == pytest.approx(110.8, abs=0.1)
    for point in [(180.0, 0.0), (-180.0, 0.0), (0.0, 90.0), (0.0, -90.0), (-66.0, 0.0)]:
        world.nearest(at(point), 3)
        world.within_distance(np.array(point), 1000.0)
    band = snapshot_of("polygon", [shapely.box(-180, -90, 180, 90), shapely.box(179, -1, 180, 1)])
    assert groups(band, band.containing(at((180, 0), (0, 90)))) == [[1, 2], [1]]


@pytest.mark.parametrize(
    ("kind", "wkt"),
    [
        ("polygon", "POINT (1 1)"),
        ("polygon", "GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 1 1, 0 0)))"),
        ("line", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
        ("point", "POINT (500 500)"),
        ("point", "POINT (399456 3120476)"),
        ("line", "LINESTRING (399456 3120476, 399466 3120476)"),
        ("point", "POINT EMPTY"),
    ],
)
def test_a_geometry_that_the_layer_can_not_hold_counts_as_none_and_harms_no_other(
    kind: str, wkt: str
) -> None:
    good = {
        "point": "POINT (1 1)",
        "line": "LINESTRING (0 0, 2 2)",
        "polygon": "POLYGON ((0 0, 2 0, 2 2, 0 0))",
    }
    mixed = snapshot_of(kind, [shapely.from_wkt(good[kind]), shapely.from_wkt(wkt)])
    assert mixed.geometry(mixed.rows_of(np.array([2]))).tolist() == [None]
    assert mixed.bounds == snapshot_of(kind, [shapely.from_wkt(good[kind])]).bounds
    assert groups(mixed, mixed.in_bounds(np.array([[-180.0, -90, 180, 90]]))) == [[1]]
    rows, _ = mixed.nearest(at((114, 28)), 2)
    assert rows[0, 1] == -1


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # of shapely, as it makes the broken ones
def test_a_not_a_number_among_the_vertices_counts_as_no_geometry_and_harms_no_other() -> None:
    broken = shapely.linestrings([(0, 0), (np.nan, np.nan), (1, 1)])
    mixed = snapshot_of("line", [broken, *(shapely.LineString([(i, 0), (i, 1)]) for i in range(20))])
    assert groups(mixed, mixed.in_bounds(np.array([[4.5, 0, 6.5, 1], [-180, -90, 180, 90]]))) == [
        [7, 8], list(range(2, 22)),
    ]  # fmt: skip
    ring = shapely.Polygon([(0, 0), (np.nan, 1), (1, 1), (0, 0)])
    areas = snapshot_of("polygon", [ring, shapely.box(0, 0, 1, 1)])
    assert groups(areas, areas.containing(at((0.5, 0.5)))) == [[2]]


def test_several_points_in_a_row_are_as_near_as_the_nearest_of_them() -> None:
    pair = shapely.MultiPoint([(112.9, 28.1), (113.0, 28.1)])
    mixed = snapshot_of("point", [pair, shapely.Point(112.95, 28.1)])
    assert mixed.geometry(mixed.rows_of(np.array([1, 2]))).tolist() == [pair, shapely.Point(112.95, 28.1)]
    rows, metres_away = mixed.nearest(at((113.0, 28.1)), 2)
    assert mixed.fids(rows[0]).tolist() == [1, 2]
    assert metres_away[0, 0] == 0.0


@pytest.mark.parametrize(
    ("kind", "wkt"),
    [
        ("polygon", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), EMPTY)"),
        ("polygon", "MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0)))"),
        ("line", "MULTILINESTRING ((0 0, 1 1), EMPTY)"),
        ("point", "MULTIPOINT (EMPTY, (1 1))"),
    ],
)
def test_an_empty_part_is_no_hindrance(kind: str, wkt: str) -> None:
    odd = snapshot_of(kind, [shapely.from_wkt(wkt), shapely.from_wkt(wkt)])
    shape = odd.geometry(odd.rows)[0]
    assert shape.intersects(shapely.Point(1, 1))
    assert groups(odd, odd.in_bounds(np.array([[0.0, 0, 1, 1]]))) == [[1, 2]]
    assert (odd.nearest(at((1, 1)), 2)[1] < 1e-6).all()


def test_columns_can_not_be_written_to(buildings: Snapshot) -> None:
    for array in (buildings.base.lonlat, buildings.base.fid, buildings.delta.codes):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


# -- against shapely -------------------------------------------------------------------------------------

# On a raster of 1/8°, whose numbers are exact, points often lie on vertices, edges and shared borders.
_eighths = st.integers(0, 40).map(lambda i: 112.0 + i / 8 / 10)
_north = st.integers(0, 40).map(lambda i: 28.0 + i / 8 / 10)
_at = st.tuples(_eighths, _north)
_boxes = st.lists(st.tuples(_at, _at), max_size=60).map(
    lambda pairs: np.array([[*np.minimum(a, b), *np.maximum(a, b)] for a, b in pairs]).reshape(-1, 4)
)


@settings(deadline=None)
@given(_boxes, _boxes)
def test_the_tree_finds_what_comparing_every_box_finds(rows: Any, asked: Any) -> None:
    tree = snapshot_of("polygon", [shapely.box(*b) for b in rows if b[0] < b[2] and b[1] < b[3]])
    kept = np.array([b for b in rows if b[0] < b[2] and b[1] < b[3]]).reshape(-1, 4)
    expected = [
        (
            1 + np.flatnonzero((kept[:, 0] <= e) & (kept[:, 2] >= w) & (kept[:, 1] <= n) & (kept[:, 3] >= s))
        ).tolist()
        for w, s, e, n in asked
    ]
    assert len(asked) == 0 or groups(tree, tree.in_bounds(asked)) == expected


def _star(centre: tuple[float, float], radii: list[float], turn: float) -> Any:
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False) + turn
    return shapely.Polygon(
        np.array(centre) + np.array(radii)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    )


_radii = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=9)
_stars = st.builds(_star, _at, _radii, st.floats(0, 6)).filter(lambda g: g.is_valid)
_rings = _stars.map(
    lambda g: g.difference(shapely.affinity.scale(g, 0.4, 0.4, origin=g.representative_point()))
).filter(lambda g: g.geom_type in ("Polygon", "MultiPolygon") and g.is_valid)
_blocks = st.builds(lambda a, b: shapely.box(*np.minimum(a, b), *np.maximum(a, b)), _at, _at).filter(
    lambda g: g.area > 0
)
_far_blocks = st.tuples(_blocks, _blocks).map(
    lambda p: shapely.MultiPolygon([p[0], shapely.affinity.translate(p[1], 9, 0)])
)
_polygons = _blocks | _stars | _rings | _far_blocks


@settings(deadline=None)
@given(st.lists(_polygons, min_size=1, max_size=20), st.lists(_at, max_size=10))
def test_containment_is_that_of_shapely_also_on_vertices_and_edges(shapes: list[Any], more: Any) -> None:
    points = np.vstack([*(shapely.get_coordinates(g)[:3] for g in shapes), at((112, 28), *more)])
    layer = snapshot_of("polygon", shapes)
    expected = [[i + 1 for i, g in enumerate(shapes) if g.intersects(shapely.Point(p))] for p in points]
    assert groups(layer, layer.containing(points)) == expected


_lines = st.lists(_at, min_size=2, max_size=6, unique=True).map(shapely.LineString)
_of_kind: dict[str, st.SearchStrategy[Any]] = {
    "point": _at.map(shapely.Point),
    "line": _lines | st.tuples(_lines, _lines).map(shapely.MultiLineString),
    "polygon": _polygons,
}


@settings(deadline=None)
@given(
    st.data(),
    st.sampled_from(sorted(_of_kind)),
    st.sampled_from([1, 3, 100]),
    st.sampled_from([np.inf, 20_000.0]),
)
def test_the_nearest_are_those_of_shapely(
    data: st.DataObject, kind: str, limit: int, within_m: float
) -> None:
    shapes = data.draw(st.lists(_of_kind[kind], min_size=1, max_size=40))
    points = at(*data.draw(st.lists(_at, min_size=1, max_size=5)))
    layer = snapshot_of(kind, shapes)
    away = shapely.distance(metres(shapely.points(points))[:, None], metres(np.array(shapes, object))[None])
    rows, found = layer.nearest(points, limit, within_m)
    for i in range(len(points)):
        expected = np.sort(away[i][away[i] <= within_m])[:limit]
        has = found[i] < np.inf
        assert found[i][has] == pytest.approx(expected, abs=1e-6)
        fids = layer.fids(rows[i][has])
        assert len(set(fids.tolist())) == len(fids)
        assert away[i][fids - 1] == pytest.approx(expected, abs=1e-6)
        assert (rows[i][~has] == -1).all()


@settings(deadline=None)
@given(st.lists(_polygons, min_size=1, max_size=12), _at, st.floats(0, 50_000))
def test_within_a_distance_are_those_of_shapely(
    shapes: list[Any], point: tuple[float, float], reach_m: float
) -> None:
    away = shapely.distance(metres(shapely.Point(point)), metres(np.array(shapes, object)))
    layer = snapshot_of("polygon", shapes)
    found = set(layer.fids(layer.within_distance(np.array(point), reach_m)).tolist())
    clear = np.abs(away - reach_m) > 1e-6
    assert {i + 1 for i in np.flatnonzero(clear & (away < reach_m))} <= found
    assert not found & {i + 1 for i in np.flatnonzero(clear & (away > reach_m))}


def test_a_hundred_thousand_questions_on_all_cores_are_those_asked_one_by_one() -> None:
    rng = np.random.default_rng(1)
    corners = rng.uniform((112, 28), (113, 29), (500, 2))
    many = snapshot_of("polygon", [shapely.box(x, y, x + 0.02, y + 0.02) for x, y in corners.tolist()])
    points = rng.uniform((112, 28), (113, 29), (20_000, 2))
    picked = rng.integers(0, len(points), 20)
    asked: list[Callable[[Any], list[list[int]]]] = [
        lambda p: groups(many, many.containing(p)),
        lambda p: groups(many, many.in_bounds(np.hstack([p, p + 0.01]))),
        lambda p: many.fids(many.nearest(p, 1)[0].ravel()).reshape(-1, 1).tolist(),
    ]
    for question in asked:
        together = question(points)
        assert [together[i] for i in picked] == [question(points[i : i + 1])[0] for i in picked]


def test_columns_of_rows_in_any_order_are_the_same() -> None:
    layer = Layer("things", geometry="polygon", fields=(Field("name", "text"),))
    boxes = [shapely.box(112 + i / 10, 28, 112.05 + i / 10, 28.1) for i in range(5)]
    names_ = [f"第{i}" for i in range(5)]

    def built(order: list[int]) -> Columns:
        return columns_module.build(
            layer,
            features(
                layer, [boxes[i] for i in order], [i + 1 for i in order], name=[names_[i] for i in order]
            ),
            METRIC,
        )

    one, other = built([0, 1, 2, 3, 4]), built([3, 1, 4, 0, 2])
    assert one.fid.tolist() == other.fid.tolist()
    assert (one.lonlat == other.lonlat).all()
    assert (
        one.values[0].take(pa.array(one.codes[0])).to_pylist()
        == other.values[0].take(pa.array(other.codes[0])).to_pylist()
    )
