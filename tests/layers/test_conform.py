"""Rows that are added to a layer, or fill one of placed things, have its types; what does not fit is told by row."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.errors import FaultyData
from cim.model.layer import ARROW_TYPES
from layers.formats.numbers import Misfit
from layers.load.conform import fitted_column
from layers.load.load import load_file
from layers.load.options import LoadOptions

BEIJING = ZoneInfo("Asia/Shanghai")

_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(
        ["007", "0x1F", "1", "true", "2026-06-01", "20260601", "2026/6/1 8:00", "9007199254740993"]
    )
    | st.text(max_size=4),
    "integer": st.sampled_from([0, 1, 5, 20260601, 2**53, 2**53 + 1]) | st.integers(-(2**63), 2**63 - 1),
    "real": st.sampled_from([0.0, 1.0, 0.5, 2.0**53, 1e300])
    | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1)),
    "datetime": st.sampled_from([16, 15]).map(lambda hour: dt.datetime(2026, 5, 31, hour, tzinfo=dt.UTC)),
}


def same(written: Any, kept: Any) -> bool:
    """Whether a kept value says what was written, on the clock of Beijing."""
    if isinstance(kept, bool):
        return str(written).strip().lower() in (
            {"true", "1", "1.0"} if kept else {"false", "0", "0.0", "-0.0"}
        )
    if isinstance(kept, int | float):
        return str(written) == str(kept) or float(str(written).strip()) == kept == float(repr(kept))
    if isinstance(kept, dt.datetime):
        there = kept.astimezone(BEIJING)
        if isinstance(written, dt.datetime):
            return written == kept
        day = written if isinstance(written, dt.date) else None
        return (
            day == there.date() and there.time() == dt.time()
            if day
            else digits(written) in digits(f"{there:%Y%m%d%H%M%S}")
        )
    if isinstance(kept, dt.date):
        if isinstance(written, dt.datetime):
            there = written.astimezone(BEIJING)
            return there.date() == kept and there.time() == dt.time()
        return digits(written) in (f"{kept:%Y%m%d}", f"{kept.year}{kept.month}{kept.day}") or written == kept
    return True  # text holds every value as it is written


def digits(value: Any) -> str:
    text = str(value)
    parts = [part.zfill(2) for part in "".join(c if c.isdigit() else " " for c in text).split()]
    return "".join(parts)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
@pytest.mark.slow
def test_a_value_of_another_type_is_kept_as_it_was_or_told(data: st.DataObject) -> None:
    origin, target = data.draw(st.sampled_from(list(_VALUES))), data.draw(st.sampled_from(list(_VALUES)))
    values = data.draw(st.lists(st.none() | _VALUES[origin], min_size=1, max_size=3))
    column = pa.chunked_array([pa.array(values, ARROW_TYPES[origin])])
    found, _ = fitted_column("f", column, ARROW_TYPES[target], np.arange(1, 4), "Asia/Shanghai")
    if isinstance(found, Misfit):
        assert values[found.at] is not None
        return
    assert pa.array(found.to_pylist(), ARROW_TYPES[target]).type == found.type
    for written, kept in zip(values, found.to_pylist(), strict=True):
        if kept is None:
            assert written is None or not str(written).strip()
        else:
            assert same(written, kept), (written, kept)


def csv_of(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_moment_that_is_set_without_a_zone_is_the_citys(gpkg_city: City, tmp_path: Path) -> None:
    file = csv_of(tmp_path / "new.csv", "code,title,lon,lat\nN-1,甲,112.91,28.11\n")
    options = LoadOptions(layer="incidents", append=True, values={"reported_at": "2026-06-01 08:30"})
    (report,) = load_file(gpkg_city, file, options)
    assert any("times without a zone; they are taken to be Asia/Shanghai" in note for note in report.notes)
    snapshot = gpkg_city.snapshot("incidents")
    (row,) = np.flatnonzero(snapshot.matching({"code": "N-1"}))
    (kept,) = snapshot.attributes(np.array([row]), ["reported_at"]).to_pylist()
    assert kept["reported_at"] == dt.datetime(2026, 6, 1, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            ["20260601", "20260602"],
            "row 1: column 'reported_at' can't be datetime: '20260601' is of type integer",
        ),
        (
            ["2026-06-01T08:30:00Z", "soon"],
            "row 2: column 'reported_at' can't be datetime: 'soon' is no moment",
        ),
    ],
)
def test_what_is_no_moment_is_told_with_its_row(
    gpkg_city: City, tmp_path: Path, cells: list[str], sentence: str
) -> None:
    rows = "".join(f"N-{i},甲,112.91,28.11,{cell}\n" for i, cell in enumerate(cells))
    file = csv_of(tmp_path / "new.csv", f"code,title,lon,lat,reported_at\n{rows}")
    with pytest.raises(FaultyData) as refused:
        load_file(gpkg_city, file, LoadOptions(layer="incidents", append=True))
    assert sentence in str(refused.value)


def test_days_of_moments_are_those_of_the_citys_clock(gpkg_city: City, tmp_path: Path) -> None:
    file = csv_of(tmp_path / "new.csv", "code,title,lon,lat,reported_at\nN-1,甲,112.91,28.11,2026-06-01\n")
    (report,) = load_file(gpkg_city, file, LoadOptions(layer="incidents", append=True))
    assert any(
        "has days; each is the moment at which it begins in Asia/Shanghai" in note for note in report.notes
    )
    snapshot = gpkg_city.snapshot("incidents")
    (row,) = np.flatnonzero(snapshot.matching({"code": "N-1"}))
    (kept,) = snapshot.attributes(np.array([row]), ["reported_at"]).to_pylist()
    assert kept["reported_at"] == dt.datetime(2026, 5, 31, 16, tzinfo=dt.UTC)


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".parquet"])
def test_times_that_a_clock_change_skips_or_doubles_are_told_by_row(
    gpkg_city: City, tmp_path: Path, suffix: str
) -> None:
    texts = ["2026-07-01 12:00:00", "2026-03-29 02:30:00", "2026-10-25 02:30:00"]
    path = tmp_path / f"times{suffix}"
    if suffix == ".csv":
        csv_of(path, "lon,lat,at\n" + "".join(f"112.91,28.11,{text}\n" for text in texts))
    elif suffix == ".parquet":
        moments = pa.array([dt.datetime.fromisoformat(text) for text in texts], pa.timestamp("ms"))
        pa.parquet.write_table(pa.table({"lon": [112.91] * 3, "lat": [28.11] * 3, "at": moments}), path)
    else:
        point = '"geometry": {"type": "Point", "coordinates": [112.91, 28.11]}'
        some = (f'{{"type": "Feature", {point}, "properties": {{"at": "{text}"}}}}' for text in texts)
        csv_of(path, f'{{"type": "FeatureCollection", "features": [{",".join(some)}]}}')
    (report,) = load_file(gpkg_city, path, LoadOptions(layer="times", timezone="Europe/Zurich"))
    (note,) = [note for note in report.notes if "skips or shows twice" in note]
    assert "row 2 (2026-03-29" in note
    assert "row 3 (2026-10-25" in note
    assert "row 1 " not in note
