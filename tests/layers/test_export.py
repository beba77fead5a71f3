"""A layer as a file: the same rows when it is read back, in every format, and nothing changed without a word."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.columnar.wkb import promote
from cim.errors import BadInput, Conflict
from cim.model.layer import Field, Layer
from cim.space.crs import to_wgs84
from layers.export import export
from layers.formats.read import read
from tests.support.command_line import done, run
from tests.support.server import environment_of
from tests.support.store_rows import features

FIELDS = (
    Field("name", "text"),
    Field("floors", "integer"),
    Field("height_m", "real"),
    Field("open", "boolean"),
    Field("built", "date"),
    Field("seen_at", "datetime"),
)
#: Formats that say the type of every column; text tables are read by what their cells look like.
TYPED = [".gpkg", ".fgb", ".parquet", ".arrow", ".arrows", ".feather"]

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
_ROW = st.fixed_dictionaries(
    {
        "name": st.none() | _TEXT,
        "floors": st.none() | st.integers(-(2**63), 2**63 - 1),
        "height_m": st.none() | st.floats(allow_nan=False),
        "open": st.none() | st.booleans(),
        "built": st.none() | st.dates(dt.date(1, 1, 1)),
        "seen_at": st.none()
        | st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(9999, 12, 31)).map(
            lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, tzinfo=dt.UTC)
        ),
    }
)
_PLACE = st.tuples(st.floats(112.9, 113.0), st.floats(28.1, 28.2))
_SHAPES = {
    "point": _PLACE.map(shapely.Point),
    "line": st.lists(_PLACE, min_size=2, max_size=5, unique=True).map(shapely.LineString),
    "polygon": _PLACE.map(lambda xy: shapely.box(xy[0], xy[1], xy[0] + 0.001, xy[1] + 0.001)),
}


def read_back(path: Path, kind: Any) -> list[tuple[bytes, dict[str, Any]]]:
    """The rows of a file, in no order: each shape in its table's type, and the attributes."""
    source = read(path)
    shapes = [shapely.to_wkb(shapely.normalize(promote(g, kind))) for g in source.geometry]
    return sorted(zip(shapes, source.attributes.to_pylist(), strict=True), key=str)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_read_back_is_what_was_in_the_layer(city: City, tmp_path: Path, data: st.DataObject) -> None:
    kind: Any = data.draw(st.sampled_from(list(_SHAPES)))
    rows = data.draw(st.lists(st.tuples(_SHAPES[kind], _ROW), min_size=1, max_size=8))
    layer = Layer("anything", kind, FIELDS)
    city.load(layer, features(layer, rows))
    snapshot = city.snapshot("anything")
    stored = snapshot.features(snapshot.rows)
    expected = sorted(
        zip(
            [shapely.to_wkb(shapely.normalize(promote(g, kind))) for g in stored.geometry],
            stored.attributes.to_pylist(),
            strict=True,
        ),
        key=str,
    )
    for suffix in TYPED:
        path = tmp_path / f"out{suffix}"
        has_days = suffix != ".fgb"  # which is told below
        fields = [f.name for f in FIELDS if f.type != "date" or has_days]
        made = export(snapshot, path, fields=fields, overwrite=True)
        assert (made.rows, made.notes) == (len(rows), ())
        wanted = [(shape, {name: row[name] for name in fields}) for shape, row in expected]
        assert read_back(path, kind) == sorted(wanted, key=str), suffix


@pytest.mark.parametrize("suffix", [".geojson", ".csv", ".tsv", ".shp", *TYPED])
def test_the_buildings_come_back_from_every_format(city: City, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"buildings{suffix}"
    export(city.snapshot("buildings"), path)
    snapshot = city.snapshot("buildings")
    stored = snapshot.features(snapshot.rows)
    shapes = [shapely.normalize(promote(g, "polygon")) for g in stored.geometry]
    source = read(path)
    back = sorted(
        zip(source.geometry, source.attributes.to_pylist(), strict=True), key=lambda row: row[1]["name"]
    )
    there = sorted(zip(shapes, stored.attributes.to_pylist(), strict=True), key=lambda row: row[1]["name"])
    assert [row for _, row in back] == [row for _, row in there]
    for (got, _), (wanted, _) in zip(back, there, strict=True):
        assert shapely.equals_exact(shapely.normalize(promote(got, "polygon")), wanted, 0)
    assert [p.name for p in tmp_path.glob(".*")] == []  # no draft is left


def test_a_part_of_a_layer_is_exported_by_box_condition_and_fields(gpkg_city: City, tmp_path: Path) -> None:
    told = environment_of(gpkg_city)
    options = ["--bbox", "112.9,28.1,112.93,28.13", "--filter", "floors > 10", "--fields", "name"]
    said = json.loads(done(tmp_path, "export", "buildings", "some.geojson", *options, "--json", **told))
    assert said == {"file": "some.geojson", "rows": 1, "notes": []}
    (feature,) = json.loads((tmp_path / "some.geojson").read_text("utf-8"))["features"]
    assert feature["properties"] == {"name": "二号楼"}
    ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
    assert ring.is_ccw  # RFC 7946
    again = run(tmp_path, "export", "buildings", "some.geojson", **told)
    assert (again.returncode, "is there already; say --force" in again.stderr) == (1, True)
    assert "4 rows of buildings" in done(tmp_path, "export", "buildings", "some.geojson", "--force", **told)


def test_positions_in_the_datum_of_web_maps_and_in_metres_are_where_they_should_be(
    gpkg_city: City, tmp_path: Path
) -> None:
    snapshot = gpkg_city.snapshot("resources")
    truth = sorted(shapely.get_coordinates(snapshot.geometry(snapshot.rows)).tolist())
    made = export(snapshot, tmp_path / "web.geojson", datum="gcj02", fields=["code"])
    assert made.notes == ("positions are in gcj02, which no file can say; load it with --datum gcj02",)
    shifted = shapely.get_coordinates(read(tmp_path / "web.geojson").geometry)
    assert np.abs(np.sort(shifted, axis=0) - np.sort(truth, axis=0)).max() > 0.002
    back = sorted(to_wgs84(shifted, "gcj02").tolist())
    assert back == [pytest.approx(xy, abs=1e-8) for xy in truth]
    export(snapshot, tmp_path / "metres.gpkg", crs="EPSG:4547")
    source = read(tmp_path / "metres.gpkg")
    assert "4547" in str(source.crs)
    metric = snapshot.metric_positions(snapshot.rows)
    assert np.sort(shapely.get_coordinates(source.geometry), axis=0) == pytest.approx(
        np.sort(metric, axis=0), abs=0.002
    )


def test_days_in_a_flatgeobuf_which_has_none_are_told(gpkg_city: City, tmp_path: Path) -> None:
    made = export(gpkg_city.snapshot("areas"), tmp_path / "areas.fgb", fields=["code", "valid_from"])
    assert made.notes == ("'valid_from': FlatGeobuf has no days; each is the moment at which it begins",)


def test_a_text_table_begins_with_a_byte_order_mark_for_excel(gpkg_city: City, tmp_path: Path) -> None:
    export(gpkg_city.snapshot("resources"), tmp_path / "t.csv", fields=["code", "name"])
    assert (tmp_path / "t.csv").read_bytes().startswith(b'\xef\xbb\xbf"lon","lat","code","name"')


def test_what_a_format_can_not_hold_is_refused_and_leaves_no_file(gpkg_city: City, tmp_path: Path) -> None:
    layer = Layer(
        "odd",
        "point",
        (
            Field("a_name_that_is_long", "text"),
            Field("t", "datetime"),
            Field("x", "real"),
            Field("n", "integer"),
            Field("yes", "boolean"),
            Field("note", "text"),
        ),
    )
    values = {
        "t": dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        "x": 0.1 + 0.2,
        "n": 2**62,
        "yes": None,
        "note": "长" * 200,
    }
    gpkg_city.load(layer, features(layer, [(shapely.Point(112.9, 28.1), values)]))
    with pytest.raises(BadInput) as refused:
        export(gpkg_city.snapshot("odd"), tmp_path / "odd.shp")
    for part in (
        "'a_name_that_is_long' has 19 bytes",
        "'t' has moments",
        "'x' has numbers such as 0.30000000000000004",
        "'n' has numbers of more than 18 digits",
        "'yes' is neither",
        "'note' has texts of 600 bytes",
    ):
        assert part in str(refused.value)
    gpkg_city.load(layer, features(layer, [(shapely.Point(112.9, 28.1), values | {"x": float("inf")})]))
    snapshot = gpkg_city.snapshot("odd")
    for name, options, sentence in (
        ("odd.geojson", {}, "infinite number, which JSON can't say"),
        ("odd.geojson", {"crs": "EPSG:4547"}, "GeoJSON is in degrees of WGS84"),
        ("odd.docx", {}, "can't write .docx; known: .gpkg"),
        ("gone/odd.gpkg", {}, "there is no folder"),
        ("odd.gpkg", {"fields": ["nothing"]}, "has no field nothing; it has: a_name_that_is_long"),
        ("odd.gpkg", {"condition": "n >"}, "filter"),
        ("odd.gpkg", {"datum": "gcj02", "crs": "EPSG:4547"}, "give either --datum or --crs"),
    ):
        with pytest.raises(BadInput, match=sentence):
            export(snapshot, tmp_path / name, **options)  # type: ignore[arg-type]
    assert list(tmp_path.glob("*odd*")) == []
    (tmp_path / "odd.gpkg").write_bytes(b"mine")
    with pytest.raises(Conflict):
        export(snapshot, tmp_path / "odd.gpkg")
    assert (tmp_path / "odd.gpkg").read_bytes() == b"mine"


_FINITE_ROW = st.fixed_dictionaries(
    {
        "name": st.none()
        | st.sampled_from(["", " ", "007", "2026-06-01", "a,b", 'q"q', "两\n行", "NA"])
        | _TEXT,
        "floors": st.none() | st.sampled_from([2**53 + 1, -(2**63), 2**63 - 1]) | st.integers(-9, 9),
        "height_m": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "open": st.none() | st.booleans(),
        "built": st.none() | st.dates(dt.date(1000, 1, 1)),
        "seen_at": st.none()
        | st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(2999, 1, 1)).map(
            lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, tzinfo=dt.UTC)
        ),
    }
)


def says(cell: str | None, value: Any) -> bool:
    """Whether a cell of a text table (None: nothing between the delimiters) says this value."""
    if cell is None or value is None:
        return cell is None and value is None
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, float):
        return float(cell) == value
    if isinstance(value, dt.datetime):
        return dt.datetime.fromisoformat(cell.replace(" ", "T")) == value
    return cell == (value.isoformat() if isinstance(value, dt.date) else str(value))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(_PLACE.map(shapely.Point), _FINITE_ROW), min_size=1, max_size=6))
@pytest.mark.slow
def test_text_tables_and_geojson_say_every_value_as_it_is_stored(
    gpkg_city: City, tmp_path: Path, rows: list[tuple[Any, dict[str, Any]]]
) -> None:
    layer = Layer("anything", "point", FIELDS)
    gpkg_city.load(layer, features(layer, rows))
    snapshot = gpkg_city.snapshot("anything")
    by_fid = snapshot.rows[np.argsort(snapshot.fids(snapshot.rows))]
    stored = snapshot.attributes(by_fid).to_pylist()
    places = shapely.get_coordinates(snapshot.geometry(by_fid)).tolist()
    for suffix, delimiter in ((".csv", ","), (".tsv", "\t")):
        export(snapshot, tmp_path / f"out{suffix}", overwrite=True)
        table = pa.csv.read_csv(
            tmp_path / f"out{suffix}",
            parse_options=pa.csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(["lon", "lat", *layer.field_names], pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        cells = table.to_pylist()
        assert [[float(row["lon"]), float(row["lat"])] for row in cells] == places
        for row, values in zip(cells, stored, strict=True):
            assert all(says(row[name], value) for name, value in values.items()), (row, values)
    export(snapshot, tmp_path / "out.geojson", overwrite=True)
    document = json.loads((tmp_path / "out.geojson").read_text("utf-8"))
    assert [feature["geometry"]["coordinates"] for feature in document["features"]] == places
    for feature, values in zip(document["features"], stored, strict=True):
        said = feature["properties"]
        for name, value in values.items():
            if isinstance(value, dt.datetime):
                assert dt.datetime.fromisoformat(said[name]) == value
            else:
                assert said[name] == (value.isoformat() if isinstance(value, dt.date) else value)
    for suffix in (".csv", ".tsv", ".geojson"):
        assert len(read(tmp_path / f"out{suffix}")) == len(rows)


_SHP_ROW = st.fixed_dictionaries(
    {
        "名称": st.none()
        | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=90),
        "floors": st.none() | st.integers(-(10**17) + 1, 10**18 - 1) | st.integers(-(2**63), 2**63 - 1),
        "height_m": st.none() | st.floats(allow_nan=False) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
        "open": st.none() | st.booleans(),
        "built": st.none() | st.dates(dt.date(1, 1, 1)),
    }
)
_SHP_FIELDS = (
    Field("名称", "text"), Field("floors", "integer"), Field("height_m", "real"), Field("open", "boolean"),
    Field("built", "date"),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_shapefile_of_any_rows_gives_them_back_or_is_refused(
    gpkg_city: City, tmp_path: Path, data: st.DataObject
) -> None:
    kind: Any = data.draw(st.sampled_from(list(_SHAPES)))
    rows = data.draw(st.lists(st.tuples(_SHAPES[kind], _SHP_ROW), min_size=1, max_size=6))
    layer = Layer("anything", kind, _SHP_FIELDS)
    gpkg_city.load(layer, features(layer, rows))
    snapshot = gpkg_city.snapshot("anything")
    stored = snapshot.features(snapshot.rows)
    fields = data.draw(st.lists(st.sampled_from([f.name for f in _SHP_FIELDS]), min_size=1, unique=True))
    path = tmp_path / "out.shp"
    try:
        made = export(snapshot, path, fields=fields, overwrite=True)
    except BadInput as refused:
        said = str(refused)
        assert "can't hold" in said or "would not hold every value" in said, said
        return
    stripped = "名称" in fields and any("drops spaces at a text's end" in note for note in made.notes)

    def as_kept(row: dict[str, Any]) -> dict[str, Any]:
        kept = {name: row[name] for name in fields}
        if stripped and kept["名称"] is not None:
            kept["名称"] = kept["名称"].strip(" ") or None
        return kept

    wanted = [
        (shapely.to_wkb(shapely.normalize(promote(shape, kind))), as_kept(row))
        for shape, row in zip(stored.geometry, stored.attributes.to_pylist(), strict=True)
    ]
    back = read_back(path, kind)
    for (_, values), (_, held) in zip(back, sorted(wanted, key=str), strict=True):
        for name, value in values.items():
            assert value == held[name] or (value is None and held[name] is None), (name, value, held[name])
    assert [shape for shape, _ in back] == [shape for shape, _ in sorted(wanted, key=str)]
