"""Bases, deltas and tombstones: changes on top of a base, compaction, and the base on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from cim.city import City
from cim.columnar.columns import ARRAYS
from cim.errors import StoreUnusable
from cim.model.layer import Features, Field, Layer
from cim.snapshot import files, registry
from cim.snapshot.snapshot import Snapshot
from tests.support import small_city as small
from tests.support.snapshots import METRIC, at, features, names, snapshot_of

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
    gone = one.with_changes(np.array([1]), Features.empty(one.layer), 2)
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
    base = new.compact()
    assert sorted(base.fid.tolist()) == [1, 2, 4]
    compact = Snapshot.of(new.layer, base, METRIC, 99)
    assert compact.features(compact.rows_of(np.array([1, 2, 4]))).attributes.equals(
        new.features(new.rows_of(np.array([1, 2, 4]))).attributes
    )


def test_many_changes_are_compacted_by_themselves_and_nothing_is_lost(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "DELTA_LIMIT", 3)
    layer = gpkg_city.snapshot("buildings").layer
    for i in range(8):
        with gpkg_city.store.writing("test") as tx:
            tx.insert(layer, shapely.box(112.9, 28.1, 112.901 + i / 1000, 28.101), {"name": f"新{i}"})
        gpkg_city.refresh()
    gpkg_city._snapshots._compactions.wait(30)
    gpkg_city.refresh()
    snapshot = gpkg_city.snapshot("buildings")
    assert len(snapshot) == 12
    assert len(snapshot.base) > 4
    assert sorted(names(snapshot, snapshot.rows))[-8:] == [f"新{i}" for i in range(8)]


def test_a_compaction_that_fails_is_told_until_it_goes_well(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "DELTA_LIMIT", 3)
    monkeypatch.setattr(gpkg_city._snapshots._compactions, "_again_s", 0.0)
    save = files.save

    def full(*_: object) -> Path:
        raise StoreUnusable("the snapshot can't be written: No space left on device")

    monkeypatch.setattr(files, "save", full)
    with gpkg_city.store.writing("test") as tx:
        for n in range(5):
            tx.insert(gpkg_city.snapshot("buildings").layer, None, {"name": f"新楼{n}"})

    def compacted() -> str | None:
        gpkg_city.refresh()
        gpkg_city._snapshots._compactions.wait(30)
        return gpkg_city.trouble

    assert (
        compacted() == "buildings can't be compacted: the snapshot can't be written: No space left on device"
    )
    assert len(gpkg_city.snapshot("buildings")) == 9, "answers go on"
    monkeypatch.setattr(files, "save", save)
    assert compacted() is None
    assert not len(gpkg_city.snapshot("buildings").delta)


def test_after_a_restart_the_base_on_disk_is_taken_up_and_led_on(gpkg_city: City) -> None:
    layer = gpkg_city.snapshot("buildings").layer
    with gpkg_city.store.writing("test") as tx:
        tx.update(layer, 1, {"name": "改名楼"})
    before = {p: p.stat().st_mtime_ns for p in Path(gpkg_city.settings.snapshots).rglob("*.bin")}
    with City.open(gpkg_city.settings) as again:
        snapshot = again.snapshot("buildings")
        assert sorted(names(snapshot, snapshot.rows)) == ["二号楼", "双子楼", "回字楼", "改名楼"]
        assert (len(snapshot.base), len(snapshot.delta)) == (4, 1)
    after = {p: p.stat().st_mtime_ns for p in Path(gpkg_city.settings.snapshots).rglob("*.bin")}
    assert before == after


@pytest.mark.parametrize("damage", ["header cut", "numbers cut", "values cut", "file gone"])
def test_a_damaged_snapshot_is_made_anew_from_the_store(gpkg_city: City, damage: str) -> None:
    (folder,) = Path(gpkg_city.settings.snapshots).glob("*/buildings/f*")
    if damage == "file gone":
        (folder / "columns.bin").unlink()
    else:
        file = folder / "columns.bin"
        whole = file.read_bytes()
        file.write_bytes(
            whole[: {"header cut": 50, "numbers cut": len(whole) // 2, "values cut": -40}[damage]]
        )
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
    folder = files.save(buildings.base, tmp_path / "buildings", 3, 7)
    assert files.newest(tmp_path / "buildings", 3) == (folder, 7)
    assert files.newest(tmp_path / "buildings", 4) is None
    opened = files.open_columns(folder, buildings.layer)
    assert opened is not None
    for name in ARRAYS:
        old, new = getattr(buildings.base, name), getattr(opened, name)
        assert old.dtype == new.dtype and old.shape == new.shape and (old == new).all(), name
        assert not new.flags.writeable, name
    assert [v.to_pylist() for v in opened.values] == [v.to_pylist() for v in buildings.base.values]
    files.save(buildings.base, tmp_path / "buildings", 3, 7)  # twice is once
    assert [p.name for p in (tmp_path / "buildings").iterdir()] == [folder.name]


def test_a_folder_that_can_not_be_written_is_a_clear_error(buildings: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "buildings").write_text("a file where the folder should be")
    with pytest.raises(StoreUnusable, match=r"the snapshot can't be written in .*buildings"):
        files.save(buildings.base, tmp_path / "buildings", 1, 1)
