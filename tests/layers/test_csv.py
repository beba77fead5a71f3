"""CSV as Excel, databases and people write it: each cell is stored as it was, told with its row, or refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.errors import BadInput, FaultyData
from layers.formats.read import read
from layers.formats.source import Source
from layers.formats.spreadsheet import read_table
from layers.formats.text_types import typed_column, why_text
from layers.load.check import check
from tests.support.inputs import CASES

FILES = CASES / "in"
FIRST = (112.97, 28.19)


def case(name: str, **options: Any) -> Source:
    return read(FILES / name, **options)


def text_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "t.csv"
    path.write_bytes(text.encode(encoding))
    return path


def noted(source: Source, *parts: str) -> bool:
    return any(all(part in note for part in parts) for note in source.notes)


def xy(source: Source) -> list[list[float]]:
    return shapely.get_coordinates(source.geometry).round(9).tolist()  # type: ignore[no-any-return]


def typed(*texts: str | None, name: str = "n", zone: str = "UTC") -> tuple[str, list[Any], list[str]]:
    """The type, the values and the notes of a column of these texts."""
    column, notes = typed_column(name, pa.chunked_array([list(texts)]), np.arange(1, len(texts) + 1), zone)
    return str(column.type), column.to_pylist(), notes


# -- the cases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "note"),
    [
        ("csv_title_row_above_header.csv", ("1 rows above the header", "长沙市公共厕所一览表")),
        ("csv_trailing_empty_rows.csv", ("2 empty rows", "row 3")),
        ("csv_trailing_empty_rows_and_columns.csv", ("2 columns without a heading",)),
        ("csv_sep_line_of_excel.csv", ("';' is the delimiter",)),
        ("csv_european_decimal_comma.csv", ("lon and lat", "decimal commas")),
        ("csv_geometry_column_says_Point.csv", ("'geometry' holds no geometry", "'Point'")),
        ("csv_postgis_ewkt.csv", ("EWKT",)),
        ("csv_postgis_hexewkb.csv", ("WKB in hexadecimal",)),
        ("csv_one_location_column.csv", ("location is read as lon, lat",)),
        ("csv_utf8_bom_tab.txt", ("0001", "row 1")),
        ("csv_gcj02_said_in_header.csv", ("lng and lat",)),
    ],
)
def test_what_excel_and_databases_write_is_read_with_a_note(file: str, note: tuple[str, ...]) -> None:
    source = case(file)
    assert xy(source)[0] == list(FIRST)
    assert source.defects == ()
    assert noted(source, *note)


def test_angles_in_degrees_minutes_and_seconds_are_read() -> None:
    source = case("csv_dms.csv")
    assert xy(source) == [[112.976, 28.195]]
    assert noted(source, "degrees, minutes and seconds")


def test_the_system_that_ewkt_and_ewkb_name_is_that_of_the_file() -> None:
    assert case("csv_postgis_ewkt.csv").crs == case("csv_postgis_hexewkb.csv").crs == "EPSG:4490"


def test_quotes_that_pair_across_rows_are_told_with_the_row() -> None:
    source = case("csv_quotes_pair_across_rows.csv")
    assert len(source) == 2
    assert noted(source, "'name'", "row 1", "a quote has swallowed")


def test_a_quote_that_is_not_closed_is_refused() -> None:
    with pytest.raises(BadInput, match="quoted text that is not closed"):
        case("csv_gdal_11845_unbalanced_quote.csv")


def test_digits_that_excel_lost_are_told_and_the_text_kept() -> None:
    source = case("csv_excel_scientific_ids.csv")
    assert source.attributes["网格编码"].to_pylist() == ["4.30102E+14"] * 3
    assert noted(source, "'网格编码'", "'4.30102E+14' in row 1", "Excel has lost digits of 3 values")


@pytest.mark.parametrize(
    ("file", "field", "why"),
    [
        ("csv_thousands_separator_attribute.csv", "population", "because of '12,345' in row 1"),
        ("csv_dash_for_missing.csv", "floors", "because of '-' in row 2"),
        ("csv_dash_for_missing.csv", "height_m", "because of '-' in row 2"),
        ("csv_dates_mixed_spellings.csv", "us", "because of '05/31/2024' in row 1"),
    ],
)
def test_a_column_that_falls_to_text_says_which_value_and_row_decided(
    file: str, field: str, why: str
) -> None:
    source = case(file)
    assert source.attributes.schema.field(field).type == pa.string()
    assert noted(source, f"'{field}'", why)


def test_days_in_several_spellings_are_days() -> None:
    table = case("csv_dates_mixed_spellings.csv").attributes
    days = [dt.date(2024, 5, 1), dt.date(2024, 5, 2)]
    assert (table["built"].to_pylist(), table["seen"].to_pylist()) == (days, days)


def test_codes_stay_as_they_are_written() -> None:
    codes = case("csv_20digit_codes.csv").attributes["code"].to_pylist()
    assert codes == ["43010200100100012345", "43010200100100012346"]
    phones = case("csv_phone_plus.csv").attributes
    assert phones["phone"].to_pylist() == ["+8613800000001", "+8613800000002"]
    assert phones["code"].to_pylist() == ["00123", "120"]
    assert case("csv_utf8_bom_tab.txt").attributes["编号"].to_pylist() == ["0001", "0002"]


def test_survey_coordinates_need_their_system_and_the_right_order() -> None:
    for name in ("csv_gk_xy_north_first.csv", "survey_x_is_north.csv"):
        with pytest.raises(BadInput, match="are not degrees"):
            check(case(name))
        with pytest.raises((BadInput, FaultyData), match="swapped"):
            check(case(name, crs="EPSG:4547"), crs="EPSG:4547")
        features, _ = check(case(name, crs="EPSG:4547", lon="Y", lat="X"), crs="EPSG:4547")
        assert shapely.get_coordinates(features.geometry)[0] == pytest.approx([113.97, 28.2], abs=1.2)
    prefixed = "zone_prefix_38_on_east.csv"
    with pytest.raises(BadInput, match="are not degrees"):
        check(case(prefixed))


# -- layout ------------------------------------------------------------------------------------------


def test_rows_keep_their_numbers_below_empty_ones(tmp_path: Path) -> None:
    source = read(text_file(tmp_path, "name,lon,lat\n甲,112,28\n\n,,\n乙,x,28\n\n"))
    assert source.row.tolist() == [1, 4]
    assert [source.row[d.at] for d in source.defects] == [4]
    assert noted(source, "2 empty rows", "the first is row 2")


def test_a_column_without_a_heading_but_with_values_is_kept(tmp_path: Path) -> None:
    source = read(text_file(tmp_path, "name,,lon,lat\n甲,7,112,28\n"))
    assert source.attributes.to_pydict() == {"name": ["甲"], "column_2": [7]}


def test_a_row_with_another_number_of_cells_is_refused_with_its_number(tmp_path: Path) -> None:
    for text in ("a,lon,lat\n1,112,28\n2,112\n", "a,lon,lat\n1,112,28\n2,112,28,9\n"):
        with pytest.raises(BadInput, match=r"row 2 has [24], the header 3 .*cut off"):
            read(text_file(tmp_path, text))
    assert len(read(text_file(tmp_path, "a,lon,lat\n1,112,28,,\n2,112,28\n"))) == 2


def test_a_title_that_spans_several_lines_or_cells_is_passed_over(tmp_path: Path) -> None:
    text = '"一览表\n（2026年）"\n单位：城管局,日期：5月1日\n\n名称,经度,纬度\n甲,112,28\n'
    source = read(text_file(tmp_path, text))
    assert source.attributes.to_pydict() == {"名称": ["甲"]}
    assert noted(source, "2 rows above the header")


def test_a_row_of_data_is_no_header_whatever_it_says(tmp_path: Path) -> None:
    source = read(text_file(tmp_path, "a,b,kind\n112,28,x\n113,29,geometry\n"), lon="a", lat="b")
    assert source.attributes["kind"].to_pylist() == ["x", "geometry"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_one(tmp_path: Path, ending: str) -> None:
    source = read(text_file(tmp_path, ending.join(["name,lon,lat", "甲,112,28", "乙,113,29", ""])))
    assert source.attributes.to_pydict() == {"name": ["甲", "乙"]}


# -- positions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('坐标\n"112.97,28.19"\n', [[112.97, 28.19]]),
        ('坐标\n"28.19,112.97"\n', [[112.97, 28.19]]),
        ("latlng\n43.8 87.6\n", [[87.6, 43.8]]),
        ("lnglat\n[87.6;43.8]\n", [[87.6, 43.8]]),
        ('经纬度\n"112°58′33.6″E, 28°11′42″N"\n', [[112.976, 28.195]]),
        ("lon;lat\n112°58′33.6″;28°11′42″\n", [[112.976, 28.195]]),
        ("lon;lat\n87°36′;43°48′\n", [[87.6, 43.8]]),
        ("lon;lat\n东经112.976°;北纬28.195°\n", [[112.976, 28.195]]),
        ('x,y\n"497,321.55","3,120,456.12"\n', [[497321.55, 3120456.12]]),
        ('geojson\n"{""type"": ""Point"", ""coordinates"": [112.97, 28.19]}"\n', [[112.97, 28.19]]),
        ("geom;lon;lat\n;112.97;28.19\n", [[112.97, 28.19]]),
    ],
)
def test_positions_are_read_as_they_are_written(
    tmp_path: Path, text: str, expected: list[list[float]]
) -> None:
    source = read(text_file(tmp_path, text))
    assert (xy(source), source.defects) == (expected, ())


def test_a_geometry_in_another_system_than_those_above_is_a_fault_of_its_row(tmp_path: Path) -> None:
    text = "geom\nSRID=4490;POINT(112.97 28.19)\nSRID=4547;POINT(399456 3120476)\n"
    source = read(text_file(tmp_path, text))
    assert [(d.at, d.what) for d in source.defects] == [(1, "is in SRID 4547, the rows above in 4490")]
    with pytest.raises(FaultyData, match="row 2: is in SRID 4547"):
        check(source)


def test_a_position_that_can_not_be_read_names_the_row_and_the_way_out(tmp_path: Path) -> None:
    source = read(text_file(tmp_path, "where,geom\n甲,Point\n"))
    assert "name --lon and --lat" in source.defects[0].what
    with pytest.raises(BadInput, match="--lon, or with --wkt a column that holds the whole position"):
        read(text_file(tmp_path, "a,b\n1,2\n"))
    source = read(text_file(tmp_path, '坐标\n"112.97,28.19"\n五一广场\n'))
    assert source.defects[0].what == "坐标 is '五一广场', not two numbers"


# -- types -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "kind", "values"),
    [
        (("1", "", "-3"), "int64", [1, None, -3]),
        (("9223372036854775807",), "int64", [2**63 - 1]),
        (("1.5", "2", ".5", "1e-05"), "double", [1.5, 2.0, 0.5, 1e-05]),
        (("True", "FALSE", None), "bool", [True, False, None]),
        (
            ("2024-05-01", "2024/5/2", "2024.5.3", "2024年5月4日"),
            "date32[day]",
            [dt.date(2024, 5, day) for day in (1, 2, 3, 4)],
        ),
    ],
)
def test_a_column_takes_the_type_that_holds_every_value(
    texts: Sequence[str], kind: str, values: list[Any]
) -> None:
    assert typed(*texts)[:2] == (kind, values)


@pytest.mark.parametrize(
    "texts",
    [
        ("01", "2"), ("+5", "6"), ("1E5", "125"), ("1e5", "125"), ("4.30E+14", "5"), ("9223372036854775808", "1"),
        ("43010200100100012345.0", "1.5"), ("9007199254740993.0", "1"), ("430102001001.0", "430102001002"),
        ("12,345", "950"), ("101,102", "103"), ("12%", "13%"), ("-", "5"), ("6+1", "33"), ("00.5", "1.5"),
        ("2024-02-30", "2024-02-28"), ("05/31/2024", "06/01/2024"), ("2024-05-01", "2024-05-01 08:00"),
        ("2024-05-01 25:00", "2024-05-01 08:00"), ("20:15", "21:00"), ("1,5", "2,25"),
    ],
)  # fmt: skip
def test_what_could_not_be_written_back_stays_text_and_is_told(texts: tuple[str, ...]) -> None:
    kind, values, notes = typed(*texts)
    assert (kind, values) == ("string", list(texts))
    assert len(notes) == 1 and "is text because of" in notes[0] and "in row" in notes[0]


@pytest.mark.parametrize("name", ["编码", "网格号", "电话", "code", "BSM_ID", "phone"])
def test_a_field_of_codes_is_text_where_it_is_more_than_digits(name: str) -> None:
    assert typed("3.1", "3.10", name=name)[0] == typed("430102.0", "430103", name=name)[0] == "string"
    assert typed("430102", "430103", name=name)[0] == "int64"


def test_words_are_text_without_a_note() -> None:
    assert typed("甲", "乙") == ("string", ["甲", "乙"], [])
    assert why_text("n", pa.chunked_array([["甲12号", "", "乙"]]), np.arange(1, 4)) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-01 08:30:00",
        "2026/6/1 8:30",
        "20260601T083000",
        "2026-06-01T00:30:00Z",
        "2026-06-01 08:30:00+08",
        "2026-06-01T08:30:00+0800",
        "2026年6月1日 8时30分",
        "2026-06-01 08:30:00.000 +08:00",
        "20260601T003000Z",
    ],
)
def test_a_moment_is_one_however_it_is_spelled(text: str) -> None:
    kind, (value,), notes = typed(text, zone="Asia/Shanghai")
    assert (kind, value.isoformat()) == ("timestamp[ms, tz=UTC]", "2026-06-01T00:30:00+00:00")
    zoned = text.endswith("Z") or "+" in text
    assert notes == (
        [] if zoned else ["field 'n' has times without a zone; they are taken to be Asia/Shanghai"]
    )


def test_what_is_finer_than_a_millisecond_is_told() -> None:
    _, (value,), notes = typed("2026-06-01 08:30:00.123456Z")
    assert value.microsecond == 123_000
    assert "kept to the millisecond; row 1 says 2026-06-01 08:30:00.123456Z" in notes[0]


def test_infinite_and_missing_numbers_are_told() -> None:
    source = case("csv_infinity_nan_values.csv")
    assert source.attributes.schema.field("load").type == pa.float64()
    assert noted(source, "'load' has 'inf' in row 2", "answers give null")


# -- what must always hold ---------------------------------------------------------------------------

CELLS = st.one_of(
    st.text(alphabet='ab甲1 ,;|"\n\t', max_size=6),
    st.integers(-(10**21), 10**21).map(str),
    st.from_regex(r"[+-]?[0-9]{0,19}\.?[0-9]{0,19}([eE][+-]?[0-9]{1,2})?", fullmatch=True),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.dates().map(str),
    st.from_regex(r"20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?", fullmatch=True),
    st.datetimes(timezones=st.none() | st.just(dt.UTC)).map(str),
    st.sampled_from(["", " ", "true", "0", "-0", "1.0", "007", "inf", "nan", "-", "12,345"]),
)
COLUMNS = st.one_of(st.lists(CELLS, min_size=4, max_size=4), CELLS.map(lambda cell: [cell] * 4))


def is_written_back(value: Any, text: str) -> bool:
    """Whether a stored value is what the text says."""
    text = text.strip()
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return str(value).lower() == text.lower()
    if isinstance(value, int):
        return str(value) == text
    if isinstance(value, float):
        if "n" in text.lower():
            return str(value) == text.lower()
        places = max(len(Decimal(text).as_tuple().digits), 1)
        return Decimal(f"{value:.{places - 1}e}") == Decimal(text)
    digits = "".join(ch if ch.isdigit() else " " for ch in text.removesuffix("+00:00")).split()
    numbers = [int(part) for part in digits[:6]]
    if isinstance(value, dt.datetime):
        value = value.replace(tzinfo=None)
        return [value.year, value.month, value.day, value.hour, value.minute, value.second][
            : len(numbers)
        ] == numbers
    return [value.year, value.month, value.day] == numbers


@settings(deadline=None)
@given(
    st.lists(COLUMNS, min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_every_cell_of_a_table_is_stored_as_python_reads_it_or_told(
    columns: list[list[str]], delimiter: str, ending: str, quoted: bool
) -> None:
    names = [f"f{at}" for at in range(len(columns))]
    written = io.StringIO(newline="")
    quoting: Any = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(written, delimiter=delimiter, lineterminator=ending, quoting=quoting)
    writer.writerows(
        [
            ["lon", "lat", *names],
            *([112 + at / 10, 28, *row] for at, row in enumerate(zip(*columns, strict=True))),
        ]
    )
    with TemporaryDirectory() as folder:
        source = read(text_file(Path(folder), written.getvalue()))
    expected = [
        row[2:] for row in csv.reader(io.StringIO(written.getvalue(), newline=""), delimiter=delimiter)
    ][1:]
    assert source.row.tolist() == [1, 2, 3, 4]
    for at, name in enumerate(names):
        texts = [row[at] for row in expected]
        if name not in source.attributes.column_names:
            raise AssertionError(f"{name} is gone")
        values = source.attributes[name].to_pylist()
        if source.attributes.schema.field(name).type == pa.string():
            assert [value or "" for value in values] == texts
        else:
            assert all(is_written_back(v, t) for v, t in zip(values, texts, strict=True)), (values, texts)


@settings(deadline=None)
@given(st.text(alphabet='a1",\n\r \t', max_size=40))
def test_any_text_is_read_as_python_reads_it_or_refused(text: str) -> None:
    whole = f"lon,name,lat\n{text}"
    with TemporaryDirectory() as folder:
        try:
            source = read(text_file(Path(folder), whole), delimiter=",")
        except BadInput:
            return
    records = list(csv.reader(io.StringIO(whole, newline="")))[1:]
    filled = {at: record for at, record in enumerate(records, 1) if any(map(str.strip, record))}
    assert source.row.tolist() == list(filled)
    if source.attributes.schema.field("name").type == pa.string():
        names = [value or "" for value in source.attributes["name"].to_pylist()]
        assert names == [record[1] for record in filled.values()]


def test_a_list_without_positions_may_name_its_delimiter_too(tmp_path: Path) -> None:
    path = text_file(tmp_path, "sep=|\r\n日期|类型\r\n2026-10-01|休\r\n")
    assert read_table(path, {"day": ["日期"], "kind": ["类型"]}, ["day"]).rows == [
        (1, {"day": "2026-10-01", "kind": "休"})
    ]
