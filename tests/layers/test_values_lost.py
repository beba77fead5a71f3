"""Values that GDAL or a store would lose without a word: unsigned numbers, NUL characters, values of all kinds."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely

from cim.city import City
from cim.errors import BadInput
from layers.formats.flatgeobuf import unsigned_longs
from layers.formats.read import read
from layers.load.load import load_file
from layers.load.options import LoadOptions
from tests.support.inputs import CASES
from tests.support.store_rows import POINT

FILES = CASES / "out"


def unsigned(path: Path, values: list[int]) -> Path:
    """A FlatGeobuf whose field `n` is of unsigned 64-bit numbers, which GDAL itself can't write."""
    bits = np.array(values, np.uint64).view(np.int64)
    geometry = pa.array([POINT.wkb] * len(values), pa.binary())
    table = pa.table({"name": ["甲"] * len(values), "n": pa.array(bits), "geom": geometry})
    pyogrio.write_arrow(
        table,
        path,
        driver="FlatGeobuf",
        geometry_name="geom",
        geometry_type="Point",
        crs="EPSG:4490",
        layer_options={"SPATIAL_INDEX": "NO"},
    )
    content = bytearray(path.read_bytes())
    size = int.from_bytes(content[8:12], "little")
    for at in range(12, 12 + size):  # the one byte that makes the field unsigned
        if content[at] == 7:
            content[at] = 8
            path.write_bytes(content)
            if unsigned_longs(path) == ["n"]:
                return path
            content[at] = 7
    raise AssertionError("the header has no such field")


@pytest.mark.parametrize("most", [2**53, 2**53 + 1, 2**63, 2**64 - 1])
def test_unsigned_numbers_of_a_flatgeobuf_that_gdal_rounds_are_refused_with_their_row(
    tmp_path: Path, most: int
) -> None:
    with pytest.raises(
        BadInput, match=r"'n' has unsigned whole numbers beyond 2\^53 \(1 rows, the first is row 2\)"
    ):
        read(unsigned(tmp_path / "n.fgb", [1, most, 3]))
    small = read(unsigned(tmp_path / "small.fgb", [1, 2**53 - 1]))
    assert small.attributes["n"].to_pylist() == [1, 2**53 - 1]


def test_a_nul_character_is_told_by_its_row_and_cuts_nothing_off(city: City, tmp_path: Path) -> None:
    names = ["whole", "be\0hind", None]
    gpkg = tmp_path / "nul.gpkg"
    pyogrio.write_arrow(
        pa.table({"name": ["whole", "x", None], "geom": pa.array([POINT.wkb] * 3, pa.binary())}),
        gpkg,
        driver="GPKG",
        geometry_name="geom",
        geometry_type="Point",
        crs="EPSG:4490",
        layer_options={"SPATIAL_INDEX": "NO"},
    )
    with closing(sqlite3.connect(gpkg)) as file:
        file.execute("UPDATE nul SET name = ? WHERE fid = 2", (names[1],))
        file.commit()
    arrow = tmp_path / "nul.arrow"
    table = pa.table({"lon": [112.91] * 3, "lat": [28.11] * 3, "name": names})
    with pa.ipc.new_file(str(arrow), table.schema) as writer:
        writer.write_table(table)
    geojson = tmp_path / "nul.geojson"
    point = '"geometry": {"type": "Point", "coordinates": [112.91, 28.11]}'
    texts = ['"whole"', '"be\\u0000hind"', "null"]
    some = ", ".join(f'{{"type": "Feature", {point}, "properties": {{"name": {text}}}}}' for text in texts)
    geojson.write_text(f'{{"type": "FeatureCollection", "features": [{some}]}}', "utf-8")
    csv = tmp_path / "nul.csv"
    filler = "".join(
        f"112.91,28.11,{'x' * 90}\n" for _ in range(60)
    )  # a NUL at the beginning makes no text file
    csv.write_text(f"lon,lat,name\n{filler}112.91,28.11,be\0hind\n", "utf-8")
    for path, row in ((gpkg, 2), (arrow, 2), (geojson, 2), (csv, 61)):
        (report,) = load_file(city, path, LoadOptions(layer=f"nul_{path.suffix[1:]}"))
        said = f"field 'name' has NUL characters in 1 rows, which are left out; the first is row {row}"
        assert said in report.notes, path.name
        snapshot = city.snapshot(f"nul_{path.suffix[1:]}")
        assert "behind" in snapshot.attributes(snapshot.rows, ["name"])["name"].to_pylist(), path.name


def test_columns_of_all_kinds_are_kept_as_they_are_written(city: City) -> None:
    (report,) = load_file(city, FILES / "columns_of_all_kinds.geojson", LoadOptions(layer="kinds"))
    snapshot = city.snapshot("kinds")
    first, second = sorted(snapshot.attributes(snapshot.rows).to_pylist(), key=lambda row: int(row["n"]))
    assert first == {
        "n": 1,
        "big": 2**53 + 1,
        "flag": True,
        "off": False,
        "empty": "",
        "some": "x",
        "day": dt.date(2026, 2, 28),
        "moment": dt.datetime(2026, 2, 28, 15, 59, 59, tzinfo=dt.UTC),
        "LINE_NUMB_SEG": "A-1",
        "a_b": "space",
        "a_b_2": "comma",
        "楼层": 3,
        "a_b_3": "dot",
        "quo_te": "q",
        "select": "kw",
        "neg": -(2**53) - 1,
        "half": 0.5,
        "mixed": "7",
        "nulls_only": None,
    }
    known: dict[str, Any] = {"n": 2, "big": 2**53, "flag": False, "LINE_NUMB_SEG": "B-2", "mixed": "8"}
    assert second == {name: known.get(name) for name in first}
    for old, new in (("LINE_NUMB-SEG", "LINE_NUMB_SEG"), ("a b", "a_b"), ("a,b", "a_b_2"), ("a.b", "a_b_3")):
        assert f"field {old!r} is called {new!r}" in report.notes
    assert any("'mixed' is kept as text" in note for note in report.notes)
    assert shapely.get_coordinates(snapshot.geometry(snapshot.rows)).min() > 9


def arrow_file(path: Path, column: pa.Array) -> Path:
    """An Arrow file with a point for each value of its field `f`."""
    table = pa.table({"lon": [112.91] * len(column), "lat": [28.11] * len(column), "f": column})
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)
    return path


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (pa.array([0, 2**62], pa.timestamp("s", "UTC")), "moments that no calendar reaches"),
        (
            pa.array([0, 253_402_300_800_000], pa.timestamp("ms", "UTC")),
            "outside the years 1 to 9999 in row 2",
        ),
        (pa.array([0, -719_163], pa.int32()).cast(pa.date32()), "outside the years 1 to 9999 in row 2"),
        (pa.array([1, 2], pa.duration("s")), "can't be kept; leave it out or write it as text"),
    ],
)
def test_times_that_no_store_keeps_are_refused(tmp_path: Path, column: pa.Array, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read(arrow_file(tmp_path / "times.arrow", column))


def test_days_with_a_time_are_moments_and_numbers_that_are_none_are_told(tmp_path: Path) -> None:
    hours = pa.array([0, 3_600_000, None], pa.int64()).view(pa.date64())
    source = read(arrow_file(tmp_path / "days.arrow", hours))
    kept = source.attributes["f"].to_pylist()
    assert kept[:2] == [dt.datetime(1970, 1, 1, hour, tzinfo=dt.UTC) for hour in (0, 1)]
    numbers = read(arrow_file(tmp_path / "numbers.arrow", pa.array([1.5, float("nan"), float("inf")])))
    assert numbers.notes == ("field 'f' has 'nan' in row 2, 2 such values; answers give null for them",)
