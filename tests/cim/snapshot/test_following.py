"""Whatever is done to the store, through us or beside us, the city says what a fresh read says."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cim.city import City
from cim.columnar.columns import build
from cim.model.layer import Features, Field, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support import small_city as small
from tests.support.other_writers import Psql, beside, gdal, geojson

FIELDS = (
    Field("名称", "text"),
    Field("floors", "integer"),
    Field("height_m", "real"),
    Field("open", "boolean"),
    Field("built", "date"),
    Field("seen_at", "datetime"),
)
KINDS = ("point", "line", "polygon")

Row = tuple[Any, dict[str, Any]]


# -- what is drawn -----------------------------------------------------------------------------------

# A coarse raster, so that features touch, coincide and lie in line.
_steps = st.integers(0, 12)
_lon = _steps.map(lambda i: 112.90 + i / 100)
_lat = _steps.map(lambda i: 28.10 + i / 100)
_positions = st.tuples(_lon, _lat)
_points = _positions.map(shapely.Point)
_lines = st.lists(_positions, min_size=2, max_size=4, unique=True).map(shapely.LineString)


def _box(corner: tuple[float, float], width: int, height: int, holed: bool) -> Any:
    x, y = corner
    w, h = width / 100, height / 100
    whole = shapely.box(x, y, x + w, y + h)
    hole = shapely.box(x + w / 4, y + h / 4, x + w / 2, y + h / 2)
    return shapely.Polygon(whole.exterior.coords, [hole.exterior.coords]) if holed else whole


_boxes = st.builds(_box, _positions, st.integers(1, 3), st.integers(1, 3), st.booleans())
_two_boxes = _boxes.map(lambda b: shapely.MultiPolygon([b, shapely.affinity.translate(b, 0.2, 0)]))
_geometries = {
    "point": st.none() | _points,
    "line": st.none() | _lines | st.tuples(_lines, _lines).map(shapely.MultiLineString),
    "polygon": st.none() | _boxes | _two_boxes,
}
_moments = st.datetimes(dt.datetime(1949, 10, 1), dt.datetime(2099, 1, 1)).map(
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, tzinfo=dt.UTC)
)
_values: dict[str, st.SearchStrategy[Any]] = {
    "名称": st.sampled_from(
        ["", "一号楼", "a\tb", "two\nlines", "back\\slash", "'quoted\"", "𠮷野家", "\\N", "null"]
    )
    | st.none(),
    "floors": st.none() | st.integers(-(2**63), 2**63 - 1),
    "height_m": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "open": st.none() | st.booleans(),
    "built": st.none() | st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)),
    "seen_at": st.none() | _moments,
}
_whole_rows = st.fixed_dictionaries(_values)
_part_rows = st.fixed_dictionaries({}, optional=_values)


class Broken(Exception):
    """What makes a transaction from outside roll back."""


# -- the machine -------------------------------------------------------------------------------------


def launder(outside: Any) -> list[str]:
    """PostgreSQL's driver would change the names of fields."""
    return ["-lco", "LAUNDER=NO"] if isinstance(outside, Psql) else []


def same_geometry(one: Any, other: Any) -> bool:
    """Whether both have the same parts, vertex by vertex; none and empty are the same."""

    def parts(g: Any) -> list[bytes]:
        return [] if g is None or g.is_empty else [p.wkb for p in shapely.get_parts(g)]

    return parts(one) == parts(other)


def rows_of(features: Features) -> dict[int, Row]:
    """The features by fid."""
    assert features.fid is not None
    records = features.attributes.to_pylist()
    assert len(set(features.fid.tolist())) == len(features)
    return dict(zip(features.fid.tolist(), zip(features.geometry, records, strict=True), strict=True))


def assert_same(one: dict[int, Row], other: dict[int, Row]) -> None:
    assert one.keys() == other.keys()
    for fid, (geometry, values) in one.items():
        assert same_geometry(geometry, other[fid][0]), (fid, geometry, other[fid][0])
        assert values == other[fid][1], fid


def assert_answers_alike(one: Snapshot, other: Snapshot) -> None:
    """The same rows, and the same answers to the same questions."""
    assert len(one) == len(other) == len(one.rows)
    assert_same(rows_of(one.features(one.rows)), rows_of(other.features(other.rows)))
    boxes = np.array(
        [[112.95, 28.12, 112.97, 28.18], [112.9, 28.1, 112.9, 28.1], [-180, -90, 180, 90], [0, 0, 1, 1.0]]
    )
    for asked in ("in_bounds", "containing") if one.layer.geometry == "polygon" else ("in_bounds",):
        given = boxes if asked == "in_bounds" else boxes[:, :2]
        answers = []
        for snapshot in (one, other):
            rows, counts = getattr(snapshot, asked)(given)
            groups = np.split(snapshot.fids(rows), np.cumsum(counts)[:-1])
            answers.append([sorted(g.tolist()) for g in groups])
        assert answers[0] == answers[1], asked
    points = np.array([[112.951, 28.121], [112.90, 28.10], [113.0, 28.0]])
    for limit, within_m in ((1, np.inf), (4, np.inf), (50, 3000.0)):
        (rows, metres), (other_rows, other_metres) = (
            s.nearest(points, limit, within_m) for s in (one, other)
        )
        assert metres.tolist() == other_metres.tolist()
        found = rows >= 0
        assert (found == (other_rows >= 0)).all()
        assert one.fids(rows[found]).tolist() == other.fids(other_rows[found]).tolist()
    shape = shapely.Point(112.95, 28.15).buffer(0.031)
    assert sorted(one.fids(one.intersecting(shape))) == sorted(other.fids(other.intersecting(shape)))
    near, other_near = (s.within_distance(np.array([112.95, 28.15]), 2500.0) for s in (one, other))
    assert sorted(one.fids(near)) == sorted(other.fids(other_near))


class Editing(RuleBasedStateMachine):
    """Edits of one layer by everybody who may edit it, with two workers that follow at their own pace."""

    def __init__(self, city: City, url: str, folder: Path) -> None:
        super().__init__()
        self.first = city
        self.url = url
        self.folder = folder
        self.second = City.open(small.settings(url, folder / "snapshots"))
        self.outside = beside(url)
        self.rows: dict[int, Row] = {}

    @initialize(kind=st.sampled_from(KINDS), data=st.data(), count=st.sampled_from([0, 1, 2, 17]))
    def a_layer_is_loaded(self, kind: str, data: st.DataObject, count: int) -> None:
        self.layer = Layer("things", geometry=kind, fields=FIELDS)  # type: ignore[arg-type]
        self.geometries = _geometries[kind]
        self._load(data, count)

    def _load(self, data: st.DataObject, count: int) -> None:
        drawn = [(data.draw(self.geometries), data.draw(_whole_rows)) for _ in range(count)]
        geometry = np.empty(count, object)
        geometry[:] = [g for g, _ in drawn]
        table = pa.Table.from_pylist([v for _, v in drawn], self.layer.schema())
        self.first.load(self.layer, Features(geometry, table))
        self.rows = dict(enumerate(drawn, 1))

    def _fid(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.rows)))

    # -- through the store -----------------------------------------------------------------------

    @rule(data=st.data(), count=st.sampled_from([0, 1, 2, 16, 18]))
    def load_anew(self, data: st.DataObject, count: int) -> None:
        self._load(data, count)

    @rule(data=st.data(), values=_part_rows)
    def insert(self, data: st.DataObject, values: dict[str, Any]) -> None:
        geometry = data.draw(self.geometries)
        with self.first.store.writing("张三") as tx:
            fid = tx.insert(self.layer, geometry, values)
        assert fid not in self.rows
        self.rows[fid] = geometry, {f.name: None for f in FIELDS} | values

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), values=_part_rows, moved=st.booleans())
    def update(self, data: st.DataObject, values: dict[str, Any], moved: bool) -> None:
        fid = self._fid(data)
        geometry, old = self.rows[fid]
        changes = dict(values)
        if moved or not values:
            changes["geom"] = geometry = data.draw(self.geometries)
        with self.first.store.writing("张三") as tx:
            tx.update(self.layer, fid, changes)
        self.rows[fid] = geometry, old | values

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        fid = self._fid(data)
        with self.first.store.writing("张三") as tx:
            tx.delete(self.layer, fid)
        del self.rows[fid]

    @rule(data=st.data())
    def insert_update_and_delete_in_one_transaction(self, data: st.DataObject) -> None:
        with self.first.store.writing("张三") as tx:
            gone = tx.insert(self.layer, data.draw(self.geometries), {"floors": 1})
            kept = tx.insert(self.layer, None, {"floors": 2})
            tx.update(self.layer, kept, {"floors": 3})
            tx.delete(self.layer, gone)
        self.rows[kept] = None, {f.name: None for f in FIELDS} | {"floors": 3}

    # -- beside it -------------------------------------------------------------------------------

    @rule(data=st.data(), values=_whole_rows)
    def insert_from_outside(self, data: st.DataObject, values: dict[str, Any]) -> None:
        geometry = data.draw(self.geometries)
        marks = ", ".join([self._geometry_mark(), *[self.outside.mark] * len(FIELDS)])
        names = ", ".join(["geom", *(f'"{f.name}"' for f in FIELDS)])
        given = [
            self.outside.geometry(geometry, self.layer),
            *(self.outside.value(values[f.name]) for f in FIELDS),
        ]
        with self.outside.open() as run:
            ((fid,),) = run(f"INSERT INTO things ({names}) VALUES ({marks}) RETURNING fid", *given)
        self.rows[fid] = geometry, values

    def _geometry_mark(self) -> str:
        mark = self.outside.geometry_mark
        return mark.replace("ST_Multi", "") if self.layer.geometry == "point" else mark

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def move_from_outside(self, data: st.DataObject) -> None:
        fid, geometry = self._fid(data), data.draw(self.geometries)
        with self.outside.open() as run:
            given = self.outside.geometry(geometry, self.layer)
            run(f"UPDATE things SET geom = {self._geometry_mark()} WHERE fid = {fid}", given)
        self.rows[fid] = geometry, self.rows[fid][1]

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), name=_values["名称"])
    def rename_from_outside(self, data: st.DataObject, name: str | None) -> None:
        fid = self._fid(data)
        with self.outside.open() as run:
            run(f'UPDATE things SET "名称" = {self.outside.mark} WHERE fid = {fid}', name)
        self.rows[fid] = self.rows[fid][0], self.rows[fid][1] | {"名称": name}

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def number_anew_from_outside(self, data: st.DataObject) -> None:
        fid, new = self._fid(data), max(self.rows) + 5
        with self.outside.open() as run:
            run(f"UPDATE things SET fid = {new} WHERE fid = {fid}")
            if isinstance(self.outside, Psql):  # PostgreSQL's sequence does not follow by itself
                run(f"SELECT setval('things_fid_seq', {new})")
        self.rows[new] = self.rows.pop(fid)

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def delete_from_outside(self, data: st.DataObject) -> None:
        fid = self._fid(data)
        with self.outside.open() as run:
            run(f"DELETE FROM things WHERE fid = {fid}")
        del self.rows[fid]

    @rule(truncated=st.booleans())
    def delete_all_from_outside(self, truncated: bool) -> None:
        with self.outside.open() as run:
            run("TRUNCATE things" if truncated and isinstance(self.outside, Psql) else "DELETE FROM things")
        self.rows = {}

    @rule()
    def roll_back_from_outside(self) -> None:
        with pytest.raises(Broken), self.outside.open() as run:
            run("INSERT INTO things (floors) VALUES (9)")
            run("DELETE FROM things")
            raise Broken

    @rule(data=st.data(), count=st.sampled_from([1, 3]))
    def overwrite_with_gdal(self, data: st.DataObject, count: int) -> None:
        drawn = [
            (data.draw(self.geometries), data.draw(st.none() | st.integers(-(2**31), 2**31 - 1)))
            for _ in range(count)
        ]
        kind = {"point": "POINT", "line": "MULTILINESTRING", "polygon": "MULTIPOLYGON"}[self.layer.geometry]
        # The fields other than floors come back as text.
        file = geojson(self.folder / "new.geojson", [(g, {"floors": n}) for g, n in drawn])
        sql = ", ".join(
            [
                "CAST(floors AS INTEGER) AS floors" if f.name == "floors" else f"'' AS \"{f.name}\""
                for f in FIELDS
            ]
        )
        gdal(
            "ogr2ogr", *self.outside.output, self.outside.gdal, str(file), "-overwrite", "-nln", "things", "-nlt", kind,
            "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=fid", *launder(self.outside),
            "-a_srs", "EPSG:4490", "-sql", f"SELECT {sql} FROM new", "-dialect", "OGRSQL",
        )  # fmt: skip
        self.first.store.adopt()
        self.first.refresh()
        adopted = self.first.snapshot("things").layer
        assert {f.name: f.type for f in adopted.fields} == {
            f.name: "integer" if f.name == "floors" else "text" for f in FIELDS
        }
        expected = {i: (g, {f.name: "" for f in FIELDS} | {"floors": n}) for i, (g, n) in enumerate(drawn, 1)}
        snapshot = self.first.snapshot("things")
        assert_same(rows_of(snapshot.features(snapshot.rows)), expected)
        self._load(data, 2)  # and the layer is as it was

    # -- what the workers do ---------------------------------------------------------------------

    @rule()
    def one_worker_looks(self) -> None:
        self.second.refresh()

    @rule()
    def compact(self) -> None:
        self.first._snapshots.compact("things")

    @rule()
    def start_again(self) -> None:
        self.second.close()
        self.second = City.open(small.settings(self.url, self.folder / "snapshots"))
        self._compare(self.second)

    @rule()
    def forget_the_snapshots(self) -> None:
        for folder in (self.folder / "snapshots").glob("*/things"):
            shutil.rmtree(folder)

    @invariant()
    def what_the_city_says_is_what_a_fresh_read_says(self) -> None:
        self.first.refresh()
        self._compare(self.first)

    def _compare(self, city: City) -> None:
        layer, seq, fresh = city.store.read("things")
        assert_same(rows_of(fresh), self.rows)
        snapshot = city.snapshot("things")
        assert snapshot.layer == layer
        anew = Snapshot.of(layer, build(layer, fresh, "EPSG:4547"), "EPSG:4547", seq)
        assert_answers_alike(snapshot, anew)

    def teardown(self) -> None:
        # Hypothesis stops in the middle of a rule where it has drawn too much; then what is stored is half a rule's.
        with self.second:
            if sys.exc_info()[0] is None:
                self.second.refresh()
                self._compare(self.second)


@pytest.mark.slow
def test_after_any_sequence_of_edits_by_anybody_every_worker_says_what_a_fresh_read_of_the_store_says(
    city: City, store_url: str, tmp_path: Path
) -> None:
    run_state_machine_as_test(
        lambda: Editing(city, store_url, tmp_path),
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            report_multiple_bugs=False,
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
