"""Owners for files of any size: in bounded memory, every text as it was written, whatever the pieces are."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.errors import BadInput
from layers.formats import csv_pieces, stream
from layers.owner_columns import assign_file
from tests.support.api_client import small_city
from tests.support.inputs import ROOT

_CHILD = """
import resource, sys
from pathlib import Path
from cim.city import City
from cim.settings import Settings
from layers.owner_columns import assign_file
store, snapshots, path, out = sys.argv[1:]
with City.open(Settings(store=store, snapshots=snapshots)) as city:
    rows, _ = assign_file(city.state(), Path(path), Path(out))
    print(rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(city: City, path: Path) -> int:
    """The most memory of a process that gives the file's rows owners, in MB."""
    out = path.with_name(f"owners-{path.name}")
    arguments = [city.settings.store, city.settings.snapshots, str(path), str(out)]
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    rows, peak = map(int, done.stdout.split())
    with out.open("rb") as file:
        assert sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) == rows + 1
    return peak


def test_four_times_as_many_rows_take_no_more_memory(gpkg_city: City, tmp_path: Path) -> None:
    peaks = []
    for count in (300_000, 1_200_000):
        path = tmp_path / f"{count}.csv"
        lon = np.round(np.random.default_rng(1).uniform(112.85, 113.0, count), 6)
        numbers = pa.array(np.arange(count))
        pa.csv.write_csv(pa.table({"n": numbers, "lon": lon, "lat": np.full(count, 28.11)}), path)
        peaks.append(peak_mb(gpkg_city, path))
    assert peaks[1] < peaks[0] + 90, peaks  # all rows at once took 500 MB more


_CELL = st.text(st.sampled_from('ab,"\n\r 长0.1;'), max_size=6) | st.sampled_from(
    ["2.50", "007", "1E5", "NA", "null"]
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(cells=st.lists(st.tuples(_CELL, _CELL), min_size=1, max_size=30), size=st.integers(40, 200))
def test_texts_are_kept_as_they_are_written_wherever_the_file_is_cut(
    gpkg_city: City, tmp_path: Path, cells: list[tuple[str, str]], size: int
) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    out.unlink(missing_ok=True)
    texts = {"名 称": [a for a, _ in cells], "b": [b for _, b in cells]}
    place = {"lon": [112.91] * len(cells), "lat": [28.11] * len(cells)}
    pa.csv.write_csv(pa.table({**texts, **place}), path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_pieces.pieces, "__defaults__", (size,))
        rows, owned = assign_file(gpkg_city.state(), path, out)
    assert rows == owned == len(cells)
    every = pa.csv.ConvertOptions(
        column_types={"名 称": pa.string(), "b": pa.string()}, strings_can_be_null=False
    )
    parsed = pa.csv.read_csv(
        out, convert_options=every, parse_options=pa.csv.ParseOptions(newlines_in_values=True)
    )
    assert {name: parsed[name].to_pylist() for name in texts} == texts


@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows"])
def test_a_field_is_of_one_type_whatever_its_first_rows_hold(
    gpkg_city: City, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "ROWS", 2)
    table = pa.table(
        {
            "lon": [112.91] * 5,
            "lat": [28.11] * 5,
            "huge": pa.array([1, 2, 3, 4, 2**64 - 1], pa.uint64()),
            "price": pa.array([Decimal("1.00"), Decimal("2.00"), None, Decimal("2.50"), Decimal("3.00")]),
            "code": pa.array([Decimal(10**17 + 1), None, None, None, Decimal("0.5")], pa.decimal128(20, 1)),
        }
    )
    path, out = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    if suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with (pa.ipc.new_file if suffix == ".arrow" else pa.ipc.new_stream)(
            str(path), table.schema
        ) as writer:
            writer.write_table(table)
    assert assign_file(gpkg_city.state(), path, out) == (5, 5)
    made: Any = None
    if suffix == ".parquet":
        made = pq.read_table(out)
    else:
        made = (pa.ipc.open_file if suffix == ".arrow" else pa.ipc.open_stream)(out.read_bytes()).read_all()
    assert made["huge"].to_pylist() == ["1", "2", "3", "4", "18446744073709551615"]
    assert made["price"].to_pylist() == [1.0, 2.0, None, 2.5, 3.0]
    assert made["code"].to_pylist() == ["100000000000000001.0", None, None, None, "0.5"]


def test_positions_that_are_written_in_another_way_further_down_are_refused(
    gpkg_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_pieces.pieces, "__defaults__", (40,))
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("name,lonlat\n" + 'a,"112.91, 28.11"\n' * 5 + 'a,"28.11, 112.91"\n' * 5)
    with pytest.raises(BadInput, match="writes its positions in several ways"):
        assign_file(gpkg_city.state(), path, out)
    assert [p.name for p in tmp_path.iterdir() if "out" in p.name] == []


def test_shapes_in_a_text_table_come_back_as_shapes(
    gpkg_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_pieces.pieces, "__defaults__", (60,))
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    shapes = [shapely.Point(112.91, 28.11)] * 3 + [shapely.box(112.905, 28.105, 112.915, 28.115)]
    pa.csv.write_csv(pa.table({"id": ["01", "02", "03", "04"], "wkt": [s.wkt for s in shapes]}), path)
    assert assign_file(gpkg_city.state(), path, out, for_excel=False) == (4, 4)
    made = pa.csv.read_csv(out)
    assert shapely.equals(shapely.from_wkt(made["wkt"].to_pylist()), shapes).all()


def test_a_file_over_http_is_worked_on_in_a_costly_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []

    def watched(*arguments: Any, **named: Any) -> tuple[int, int]:
        threads.append(threading.current_thread().name)
        return assign_file(*arguments, **named)

    monkeypatch.setattr("spatial_api.routes.questions.ownership_file.assign_file", watched)
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as asker:
        body = "名称,lon,lat\n甲,112.91,28.11\n".encode()
        answer = asker.post("/spatial/ownership", body, headers={"content-type": "text/csv"})
    assert answer.status_code == 200
    assert [name.startswith("costly") for name in threads] == [True]
    assert answer.content.decode().splitlines()[0].startswith('"lon","lat","名称","owner_city"')
