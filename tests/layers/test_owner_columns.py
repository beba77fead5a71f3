"""Owner columns for files and layers, and putting everything right when grids are redrawn."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import shapely

from cim.access.caller import LOCAL
from cim.city import City
from cim.errors import BadInput, Conflict, StoreBusy
from cim.model.layer import Features, Field, Layer
from cim.model.standard_layers import AREAS, LEVELS, PLACED
from cim.operations.records import change, create
from cim.space import crs
from layers.formats.read import read
from layers.owner_columns import assign_file, assign_layer
from tests.support.api_client import Asker, small_city

SOUTH_GRID, WEST_STREET, OUTSIDE = (112.91, 28.11), (112.93, 28.11), (112.89, 28.11)
POINTS = np.array([SOUTH_GRID, WEST_STREET, OUTSIDE])
GRIDS = ["430102001001001", None, None]
DISTRICTS = ["430102", "430102", None]


def table(**more: list[Any]) -> pa.Table:
    return pa.table({"name": ["网格内", "街道内", "城外"], **more})


def write_csv(path: Path, points: Any = POINTS) -> Path:
    pa.csv.write_csv(table(lon=points[:, 0].tolist(), lat=points[:, 1].tolist()), path)
    return path


def test_each_row_of_a_csv_gets_the_codes_of_its_owners(gpkg_city: City, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert assign_file(gpkg_city.state(), write_csv(tmp_path / "in.csv"), out) == (3, 2)
    types = pa.csv.ConvertOptions(
        column_types={f"owner_{level}": pa.string() for level in LEVELS}, strings_can_be_null=True
    )
    made = pa.csv.read_csv(out, convert_options=types)
    assert made["name"].to_pylist() == ["网格内", "街道内", "城外"]
    assert made["owner_unit_grid"].to_pylist() == GRIDS
    assert made["owner_district"].to_pylist() == DISTRICTS
    assert made["owner_unit"].to_pylist() == ["U-001", "U-001", None]
    assert made["lon"].to_pylist() == POINTS[:, 0].tolist()


def test_assigning_twice_changes_nothing(gpkg_city: City, tmp_path: Path) -> None:
    once, twice = tmp_path / "once.parquet", tmp_path / "twice.parquet"
    assign_file(gpkg_city.state(), write_csv(tmp_path / "in.csv"), once)
    assign_file(gpkg_city.state(), once, twice)
    assert pq.read_table(twice).to_pylist() == pq.read_table(once).to_pylist()


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow", ".arrows", ".gpkg", ".geojson", ".fgb"])
def test_every_format_that_is_written_is_read_again_with_the_same_owners(
    gpkg_city: City, tmp_path: Path, suffix: str
) -> None:
    first, second = tmp_path / f"first{suffix}", tmp_path / "second.parquet"
    assign_file(gpkg_city.state(), write_csv(tmp_path / "in.csv"), first)
    assign_file(gpkg_city.state(), first, second)
    made = pq.read_table(second)  # FlatGeobuf keeps its rows in an order of its own
    by_name = dict(zip(made["name"].to_pylist(), made["owner_unit_grid"].to_pylist(), strict=True))
    assert [by_name[name] for name in ("网格内", "街道内", "城外")] == GRIDS


def test_positions_in_another_datum_are_where_they_really_are(gpkg_city: City, tmp_path: Path) -> None:
    there = np.array([[112.9515, 28.16]])  # 150 m east of the border; as a GCJ-02 pair it is west of it
    for datum, district in (("wgs84", "430103"), ("gcj02", "430102")):
        out = tmp_path / f"{datum}.parquet"
        path = tmp_path / f"{datum}.csv"
        pa.csv.write_csv(pa.table({"lon": there[:, 0], "lat": there[:, 1]}), path)
        assign_file(gpkg_city.state(), path, out, datum=datum)  # type: ignore[arg-type]
        assert pq.read_table(out)["owner_district"].to_pylist() == [district]


def test_survey_coordinates_are_read_in_their_crs(gpkg_city: City, tmp_path: Path) -> None:
    metres = crs.to_metric(POINTS, "EPSG:4547")
    path, out = tmp_path / "survey.gpkg", tmp_path / "out.gpkg"
    gpd.GeoDataFrame({"name": ["a", "b", "c"]}, geometry=shapely.points(metres), crs="EPSG:4547").to_file(
        path
    )
    assign_file(gpkg_city.state(), path, out)
    made = gpd.read_file(out)
    assert made["owner_district"].to_list()[:2] == DISTRICTS[:2]
    assert np.abs(shapely.get_coordinates(made.geometry) - POINTS).max() < 1e-8


def test_a_shape_belongs_where_a_point_inside_it_lies_and_nothing_to_nobody(
    gpkg_city: City, tmp_path: Path
) -> None:
    path, out = tmp_path / "shapes.parquet", tmp_path / "out.parquet"
    shapes = [
        shapely.box(112.905, 28.105, 112.915, 28.115),
        shapely.LineString([WEST_STREET, (112.94, 28.11)]),
        None,
    ]
    gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=shapes, crs="EPSG:4490").to_parquet(path)
    assert assign_file(gpkg_city.state(), path, out) == (3, 2)
    assert pq.read_table(out)["owner_unit_grid"].to_pylist() == GRIDS


def test_a_file_that_is_there_is_not_overwritten_and_an_unknown_format_is_told(
    gpkg_city: City, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "in.csv")
    with pytest.raises(Conflict, match="is there already"):
        assign_file(gpkg_city.state(), path, path)
    with pytest.raises(BadInput, match=r"can't write \.xls"):
        assign_file(gpkg_city.state(), path, tmp_path / "out.xls")


def redraw(city: City, code: str, day: dt.date, shape: Any) -> None:
    """From that day on another shape has the code."""
    snapshot = city.snapshot("areas")
    (row,) = np.flatnonzero(snapshot.matching({"code": code}))
    old = snapshot.attributes(np.array([row])).to_pylist()[0]
    with city.store.writing("test") as tx:
        tx.update(AREAS, int(snapshot.fids(np.array([row]))[0]), {"valid_to": day})
        tx.insert(AREAS, shape, {**old, "valid_from": day})
    city.refresh()


def test_history_is_answered_row_by_row_by_a_column_of_days(gpkg_city: City, tmp_path: Path) -> None:
    redraw(gpkg_city, "430102001001001", dt.date(2025, 7, 1), shapely.box(112.90, 28.10, 112.905, 28.125))
    days = ["2025-06-30", "2025-07-01", "2025-07-01 00:00:00"]
    path, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    pa.csv.write_csv(pa.table({"lon": [112.91, 112.91, 112.902], "lat": [28.11] * 3, "day": days}), path)
    assign_file(gpkg_city.state(), path, out, day_column="day")
    assert pq.read_table(out)["owner_unit_grid"].to_pylist() == [GRIDS[0], None, GRIDS[0]]
    early = tmp_path / "early.parquet"
    assign_file(gpkg_city.state(), path, early, day=dt.date(2025, 6, 30))
    assert pq.read_table(early)["owner_unit_grid"].to_pylist() == [GRIDS[0]] * 3
    with pytest.raises(BadInput, match="has no column 'then'; it has: day"):
        assign_file(gpkg_city.state(), path, tmp_path / "never.parquet", day_column="then")


def test_the_day_of_a_moment_is_that_of_beijing(gpkg_city: City, tmp_path: Path) -> None:
    redraw(gpkg_city, "430102001001001", dt.date(2025, 7, 1), shapely.box(112.90, 28.10, 112.905, 28.125))
    path, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    for days, grids in (
        (["2025-07-01T00:30:00+08:00", "2025-06-30T15:59:00Z"], [None, GRIDS[0]]),
        (["2025-06-30T16:30:00Z", "2025-06-30T15:30:00Z"], [None, GRIDS[0]]),
        (["2025-07-01 00:30:00", "2025-06-30 23:30:00"], [None, GRIDS[0]]),  # without a zone: Beijing's
    ):
        pa.csv.write_csv(pa.table({"lon": [112.91] * 2, "lat": [28.11] * 2, "day": days}), path)
        out.unlink(missing_ok=True)
        assign_file(gpkg_city.state(), path, out, day_column="day")
        assert pq.read_table(out)["owner_unit_grid"].to_pylist() == grids, days


def test_a_day_before_the_first_grid_is_told_for_files_too(gpkg_city: City, tmp_path: Path) -> None:
    snapshot = gpkg_city.snapshot("areas")
    with gpkg_city.store.writing("test") as tx:
        for fid in snapshot.fids(snapshot.rows).tolist():
            tx.update(AREAS, fid, {"valid_from": dt.date(2025, 1, 1)})
    gpkg_city.refresh()
    path = write_csv(tmp_path / "in.csv")
    with pytest.raises(BadInput, match="no area was in force on 2024-12-31; the first began on 2025-01-01"):
        assign_file(gpkg_city.state(), path, tmp_path / "out.csv", day=dt.date(2024, 12, 31))
    with pytest.raises(BadInput, match="one day for all or a column of days, one of the two"):
        assign_file(gpkg_city.state(), path, tmp_path / "out.csv", day=dt.date(2025, 2, 1), day_column="name")


def test_a_position_that_is_none_on_earth_has_neither_owner_nor_cell(gpkg_city: City, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    path = write_csv(tmp_path / "in.csv", np.array([[112.91, 28.11], [112.91, 95.0], [112.91, -91.0]]))
    assert assign_file(gpkg_city.state(), path, out) == (3, 1)
    assert [cell is None for cell in pq.read_table(out)["owner_h3"].to_pylist()] == [False, True, True]


def test_a_folder_that_is_not_there_is_told_before_anything_is_done(gpkg_city: City, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no folder"):
        assign_file(gpkg_city.state(), write_csv(tmp_path / "in.csv"), tmp_path / "none" / "out.gpkg")


def test_a_layer_gets_owner_fields_that_stay(city: City) -> None:
    places = Layer("pois", geometry="point", fields=(Field("name", "text"),))
    city.load(places, Features(shapely.points(POINTS), table()))
    assert assign_layer(city, "pois") == (3, 2)
    snapshot = city.snapshot("pois")
    made = snapshot.attributes(snapshot.rows_of(np.array([1, 2, 3])))
    assert made["owner_unit_grid"].to_pylist() == GRIDS
    assert made["name"].to_pylist() == ["网格内", "街道内", "城外"]
    assert assign_layer(city, "pois") == (3, 2)
    assert city.snapshot("pois").layer.field_names == snapshot.layer.field_names
    with pytest.raises(BadInput, match="citybase reassign"):
        assign_layer(city, "incidents")


def test_everything_placed_gets_new_owners_when_grids_are_redrawn_and_the_second_run_changes_nothing(
    city: City,
) -> None:
    values = {"code": "T-9", "name": "新队", "kind": "team"}
    create(city.writer, "resources", shapely.Point(SOUTH_GRID), values, LOCAL)
    long_ago = dt.datetime(2025, 6, 30, 15, 0, tzinfo=dt.UTC)  # 23:00 in Beijing
    create(
        city.writer, "incidents", shapely.Point(SOUTH_GRID), {"code": "old", "reported_at": long_ago}, LOCAL
    )
    later = long_ago + dt.timedelta(hours=1)  # already the first of July in Beijing
    create(city.writer, "incidents", shapely.Point(SOUTH_GRID), {"code": "new", "reported_at": later}, LOCAL)
    city.reassign()  # what the small city was loaded with
    assert set(city.reassign().values()) == {0}
    redraw(city, "430102001001001", dt.date(2025, 7, 1), shapely.box(112.90, 28.10, 112.905, 28.125))
    changed = city.reassign()
    assert changed["resources"] >= 1
    assert grid_of(city, "resources", "T-9") is None
    assert grid_of(city, "incidents", "old") == "430102001001001"
    assert grid_of(city, "incidents", "new") is None
    assert set(city.reassign().values()) == {0}


def grid_of(city: City, layer: str, code: str) -> str | None:
    snapshot = city.snapshot(layer)
    table = snapshot.attributes(snapshot.rows, ["code", "unit_grid"])
    return dict(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))[code]


def test_an_incident_whose_time_is_put_right_gets_the_owners_of_that_day(city: City) -> None:
    redraw(city, "430102001001001", dt.date(2025, 7, 1), shapely.box(112.90, 28.10, 112.905, 28.125))
    create(city.writer, "incidents", shapely.Point(SOUTH_GRID), {"code": "late"}, LOCAL)
    assert grid_of(city, "incidents", "late") is None
    change(city.writer, "incidents", "late", {"reported_at": dt.datetime(2025, 6, 1, tzinfo=dt.UTC)}, LOCAL)
    assert grid_of(city, "incidents", "late") == GRIDS[0]


def test_what_others_placed_gets_its_owners_though_it_was_compacted_before_anybody_looked(
    gpkg_city: City,
) -> None:
    city = gpkg_city
    city.reassign()
    for code in ("X-1", "X-2"):
        with city.store.writing("others") as tx:
            values = {"code": code, "name": "队", "kind": "team"}
            tx.insert(PLACED["resources"], shapely.Point(SOUTH_GRID), values)
        city.refresh()
        if code == "X-1":
            city._snapshots.compact("resources")
    city._follower.update_owners()
    assert grid_of(city, "resources", "X-1") == grid_of(city, "resources", "X-2") == GRIDS[0]


def test_a_writer_sees_redrawn_areas_though_another_thread_has_brought_them_and_is_still_at_it(
    city: City,
) -> None:
    assert city.owners(np.array([SOUTH_GRID]))[0].areas[-1].code == GRIDS[0]
    snapshot = city.snapshot("areas")
    (row,) = np.flatnonzero(snapshot.matching({"code": GRIDS[0]}))
    with city.store.writing("test") as tx:
        tx.delete(AREAS, int(snapshot.fids(np.array([row]))[0]))
    city._snapshots.refresh()  # the follower's first step; its second is to renew the areas
    city.refresh()
    assert city.owners(np.array([SOUTH_GRID]))[0].areas[-1].level == "duty_grid"


def test_what_could_not_be_put_right_is_tried_again(gpkg_city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    city = gpkg_city
    city.reassign()
    with city.store.writing("others") as tx:
        values = {"code": "X-1", "name": "队", "kind": "team"}
        tx.insert(PLACED["resources"], shapely.Point(SOUTH_GRID), values)
    city.refresh()

    def busy(_: str) -> Any:
        raise StoreBusy("somebody else is writing")

    with monkeypatch.context() as patch, pytest.raises(StoreBusy):
        patch.setattr(city.store, "writing", busy)
        city._follower.update_owners()
    city._follower.update_owners()
    assert grid_of(city, "resources", "X-1") == GRIDS[0]


ROUTE = "/spatial/ownership"


@pytest.fixture
def asker(tmp_path: Path) -> Iterator[Asker]:
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as asker:
        yield asker


def post(asker: Asker, kind: str, body: bytes, query: str = "") -> Any:
    return asker.post(ROUTE + query, body, headers={"content-type": kind})


def test_a_csv_sent_as_the_body_comes_back_with_owners(asker: Asker, tmp_path: Path) -> None:
    body = write_csv(tmp_path / "body.csv").read_bytes()
    answer = post(asker, "text/csv; charset=utf-8", body)
    assert answer.status_code == 200
    assert not answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"].startswith("text/csv")
    made = pa.csv.read_csv(
        io.BytesIO(answer.content),
        convert_options=pa.csv.ConvertOptions(column_types={"owner_district": pa.string()}),
    )
    assert made["owner_district"].to_pylist() == ["430102", "430102", ""]


def test_a_file_that_is_too_large_is_refused_before_it_fills_the_disk(
    asker: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spatial_api.routes.questions.ownership_file.MOST_FILE", 10)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    answer = post(asker, "text/csv", write_csv(tmp_path / "body.csv").read_bytes())
    assert answer.status_code == 413
    assert "citybase assign FILE" in answer.json()["detail"]
    assert not list(tmp_path.glob("citybase-*"))


def test_a_stream_of_arrow_comes_back_as_one(asker: Asker) -> None:
    sink = io.BytesIO()
    asked = table(lon=POINTS[:, 0].tolist(), lat=POINTS[:, 1].tolist())
    with pa.ipc.new_stream(sink, asked.schema) as writer:
        writer.write_table(asked)
    answer = post(asker, "application/vnd.apache.arrow.stream", sink.getvalue(), "?datum=wgs84&at=2026-01-01")
    assert pa.ipc.open_stream(answer.content).read_all()["owner_unit_grid"].to_pylist() == GRIDS


@pytest.mark.parametrize(
    ("kind", "body", "query", "status", "said"),
    [
        ("text/csv", b"", "", 400, "the file is empty"),
        ("text/csv", b"a,b\n1,2\n", "", 400, "no column looks like lon"),
        ("application/vnd.apache.arrow.stream", b"ARROW1 not", "", 400, "can't be read as Arrow"),
        ("application/vnd.apache.parquet", b"PAR1", "", 400, "the file"),
        ("text/csv", b"lon,lat\n112.9,28.1\n", "?at=yesterday", 422, "query.at"),
        ("text/csv", b"lon,lat\n112.9,28.1\n", "?color=red", 422, "query.color"),
        ("image/png", b"x", "", 415, "a body of type image/png can't be read"),
    ],
)
def test_a_body_that_is_no_such_file_is_told_so(
    asker: Asker, kind: str, body: bytes, query: str, status: int, said: str
) -> None:
    answer = post(asker, kind, body, query)
    assert answer.status_code == status
    assert said in answer.json()["detail"]
    assert "/citybase-" not in answer.json()["detail"]


def test_plain_parquet_with_lon_and_lat_is_read_like_arrow(gpkg_city: City, tmp_path: Path) -> None:
    path, out = tmp_path / "plain.parquet", tmp_path / "out.parquet"
    pq.write_table(table(lon=POINTS[:, 0].tolist(), lat=POINTS[:, 1].tolist()), path)
    assign_file(gpkg_city.state(), path, out)
    assert pq.read_table(out)["owner_unit_grid"].to_pylist() == GRIDS


def test_a_csv_for_excel_begins_with_a_byte_order_mark_and_is_read_back(
    gpkg_city: City, tmp_path: Path
) -> None:
    source = tmp_path / "in.csv"
    source.write_bytes("名称,编号,lon,lat\n甲站,007,112.91,28.11\n".encode("gbk"))
    for for_excel in (True, False):
        out = tmp_path / f"out-{for_excel}.csv"
        assign_file(gpkg_city.state(), source, out, for_excel=for_excel)
        assert out.read_bytes().startswith(b"\xef\xbb\xbf") is for_excel
        assert read(out).attributes.select(["名称", "编号"]).to_pylist() == [{"名称": "甲站", "编号": "007"}]
