"""What GDAL's own program reads as text of any file is what is kept, or it is told."""

from __future__ import annotations

import csv
import datetime as dt
import json
import struct
import subprocess
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.formats.dbf import open_dbf, read_dbf
from layers.formats.read import read
from layers.formats.source import Source

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}
_texts = st.text("长沙岳麓aZ09 -_/.,:+é", max_size=12)
_days = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
_moments = st.datetimes(dt.datetime(1950, 1, 1), dt.datetime(2099, 1, 1)).map(
    lambda m: m.replace(microsecond=m.microsecond // 1000 * 1000, tzinfo=dt.UTC)
)
KINDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "integer": (pa.int64(), st.integers(-(2**63) + 1, 2**63 - 1) | st.integers(-9, 9)),
    "short": (pa.int32(), st.integers(-(2**31), 2**31 - 1)),
    "real": (pa.float64(), st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 6))),
    "text": (pa.string(), _texts),
    "code": (pa.string(), st.text("0123456789", min_size=1, max_size=20)),
    "date": (pa.date32(), _days),
    "datetime": (pa.timestamp("ms", "UTC"), _moments),
    "boolean": (pa.bool_(), st.booleans()),
}


@st.composite
def tables(draw: st.DrawFn, without: tuple[str, ...] = ()) -> pa.Table:
    """A table of some rows with fields of any types, some values missing."""
    rows = draw(st.integers(1, 5))
    kinds = draw(st.lists(st.sampled_from([k for k in KINDS if k not in without]), min_size=1, max_size=5))
    columns = {}
    for at, kind in enumerate(kinds):
        arrow, values = KINDS[kind]
        columns[f"c{at}_{kind[:4]}"] = pa.array(
            draw(st.lists(values | st.none(), min_size=rows, max_size=rows)), arrow
        )
    return pa.table(columns)


def as_text(path: Path) -> list[dict[str, str]]:
    """The rows of a file as GDAL's ogr2ogr writes them into a CSV."""
    out = path.with_name("out.csv")
    subprocess.run(["ogr2ogr", "-q", "-f", "CSV", str(out), str(path)], check=True, stderr=subprocess.DEVNULL)
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_same(text: str, value: Any) -> bool:
    """Whether a value is what GDAL's text of it says; it writes numbers with 15 digits, and moments in their zone."""
    if value is None or value == "":
        return text.strip() in ("", "?")  # which is how a .dbf writes that it does not know
    if isinstance(value, bool):
        return text in (("1", "true", "T") if value else ("0", "false", "F"))
    if isinstance(value, int):
        long = abs(value) >= 10**15  # which GDAL reads as a float from a field of 19 digits
        return int(text) == value or (long and abs(float(text) - value) <= 1e-14 * abs(value))
    if isinstance(value, float):
        return abs(float(text) - value) <= 1e-13 * abs(value)
    if isinstance(value, dt.datetime):
        text = text.replace("/", "-")
        found = dt.datetime.fromisoformat(text + ":00" if text[-3] in "+-" else text)
        return abs(found.astimezone(dt.UTC) - value) < dt.timedelta(milliseconds=1)
    if isinstance(value, dt.date):
        return text.replace("/", "-") == value.isoformat()
    return bool(text.strip(" ") == value.strip(" "))


def check_against(rows: list[dict[str, str]], source: Source) -> None:
    """Every value is the same, or a note names its field."""
    assert len(rows) == len(source)
    for name in source.attributes.column_names:
        told = any(f"'{name}'" in note and "without a zone" not in note for note in source.notes)
        for row, value in zip(rows, source.attributes[name].to_pylist(), strict=True):
            assert told or is_same(row.get(name, ""), value), (name, row.get(name), value, source.notes)


@pytest.mark.usefixtures("gdal")
@pytest.mark.parametrize("suffix", list(DRIVERS))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_any_file_is_kept_as_gdal_reads_it_as_text(suffix: str, data: st.DataObject) -> None:
    # A .dbf has no moments, and cuts text within a character; in FlatGeobuf a day is a moment without a zone.
    without = {".shp": ("datetime", "text"), ".fgb": ("date",)}
    table = data.draw(tables(without.get(suffix, ())))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        points = shapely.points(
            np.column_stack([112 + np.arange(len(table)) / 100, np.full(len(table), 28.0)])
        )
        options = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {}
        pyogrio.write_arrow(
            table.append_column("geometry", pa.array(shapely.to_wkb(points))),
            path,
            driver=DRIVERS[suffix],
            geometry_name="geometry",
            geometry_type="Point",
            crs="EPSG:4326",
            **options,
        )
        source = read(path)
        check_against(as_text(path), source)
        for name in table.column_names:
            if pa.types.is_int64(table[name].type) and table[name].null_count < len(table):
                assert [v and int(v) for v in source.attributes[name].to_pylist()] == table[name].to_pylist()
        if suffix in (".gpkg", ".fgb"):  # which keep the types too
            assert source.attributes.to_pydict() == table.to_pydict()


_numbers = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.decimals(-1000, 1000, places=3).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda x: json.dumps(x)),
    st.sampled_from(["1E5", "1.0", "4.30E+14", "430102001001000125.0", "0", "-0.0", "9007199254740993"]),
)
_json_values = st.one_of(
    _numbers, st.none().map(lambda _: "null"), st.booleans().map(json.dumps), _texts.map(json.dumps)
)


@settings(max_examples=150, deadline=None)
@given(
    values=st.lists(st.one_of(_numbers), min_size=1, max_size=5)
    | st.lists(_json_values, min_size=1, max_size=5)
)
def test_any_value_of_a_geojson_is_that_number_or_that_text(values: list[str]) -> None:
    point = '{"type": "Point", "coordinates": [112, 28]}'
    members = [
        f'{{"type": "Feature", "properties": {{"v": {value}}}, "geometry": {point}}}' for value in values
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.geojson")
        path.write_text(
            f'{{"type": "FeatureCollection", "features": [{", ".join(members)}]}}', encoding="utf-8"
        )
        found = read(path).attributes["v"].to_pylist()
    for written, value in zip(values, found, strict=True):
        meant = json.loads(written, parse_float=Decimal)
        if isinstance(value, str) and not isinstance(meant, str):
            assert value == written
        elif isinstance(value, float):
            assert meant == value or meant == Decimal(repr(value))
        elif isinstance(value, (dt.date, dt.datetime)):
            assert isinstance(meant, str)
        else:
            assert value == meant


def dbf(kind: str, size: int, decimals: int, values: list[str]) -> bytes:
    """A .dbf of one field, the values as they are."""
    head = struct.pack("<BBBBIHH20x", 3, 124, 1, 1, len(values), 65, 1 + size)
    field = struct.pack("<11sc4xBB14x", b"V", kind.encode(), size, decimals)
    return (
        head
        + field
        + b"\r"
        + b"".join(b" " + value.encode()[:size].rjust(size) for value in values)
        + b"\x1a"
    )


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["N0", "N3", "F11", "D", "L"]),
    values=st.lists(
        st.text("0123456789+-.*eE/ ,T?", max_size=19)
        | st.integers(-(10**18), 10**18).map(str)
        | _days.map(lambda d: f"{d:%Y%m%d}"),
        min_size=1,
        max_size=5,
    ),
)
def test_any_bytes_of_a_dbf_are_that_value_or_that_text_or_told(kind: str, values: list[str]) -> None:
    size = {"D": 8, "L": 1}.get(kind[0], 19)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.dbf")
        path.write_bytes(dbf(kind[0], size, int(kind[1:] or 0), values))
        table, notes = read_dbf(open_dbf(path), "utf-8")
    for written, value in zip(
        [v.encode()[:size].decode().strip() for v in values], table["V"].to_pylist(), strict=True
    ):
        if value is None:
            assert not written or set(written) <= set("*0?") or notes
        elif isinstance(value, bool):
            assert written in ("Tt1YyNnFf0")
        elif isinstance(value, (int, float)):
            assert Decimal(written) in (
                Decimal(repr(value)),
                Decimal(f"{value:.11f}"),
                Decimal(f"{value:.3f}"),
            )
        elif isinstance(value, dt.date):
            assert [int(part) for part in written.replace("/", "-").replace(".", "-").split("-")] in (
                [int(f"{value:%Y%m%d}")],
                [value.year, value.month, value.day],
            )
        else:
            assert notes
            assert value == written or kind == "D"


@settings(max_examples=60, deadline=None)
@given(table=tables())
@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_any_table_of_arrow_is_kept_as_it_is(suffix: str, table: pa.Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        places = pa.table({"lon": [112.9] * len(table), "lat": [28.2] * len(table)})
        whole = pa.table(
            {
                **dict(zip(table.column_names, table.columns, strict=True)),
                "lon": places["lon"],
                "lat": places["lat"],
            }
        )
        if suffix == ".parquet":
            pq.write_table(whole, path)
        else:
            with pa.ipc.new_file(str(path), whole.schema) as writer:
                writer.write_table(whole)
        assert read(path).attributes.to_pydict() == table.to_pydict()
