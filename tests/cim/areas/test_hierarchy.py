"""Areas as a hierarchy through its doors: parents that are there, codes that fit, history that doesn't overlap."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.access.caller import LOCAL
from cim.areas.hierarchy import Link, faults
from cim.city import City
from cim.errors import BadInput, Conflict, FaultyData
from cim.model.standard_layers import AREAS, in_force
from cim.operations.records import change, create, read
from layers.load.load import load_file
from layers.load.options import LoadOptions
from layers.load.report import LoadReport
from tests.support.api_client import asking, small_city
from tiles.style.document import style

WEST, EAST = shapely.box(112.90, 28.10, 112.95, 28.20), shapely.box(112.95, 28.10, 113.0, 28.20)
WHOLE = shapely.union(WEST, EAST)


def load(city: City, path: Path, *rows: tuple[Any, dict[str, Any]], append: bool = False) -> LoadReport:
    frame = gpd.GeoDataFrame([r for _, r in rows], geometry=[g for g, _ in rows], crs="EPSG:4326")
    frame.to_file(path / "areas.geojson")
    (report,) = load_file(
        city,
        path / "areas.geojson",
        LoadOptions(layer="areas", datum="wgs84", append=append, replace=not append),
    )
    return report


def told(city: City, path: Path, *rows: tuple[Any, dict[str, Any]], append: bool = False) -> list[str]:
    with pytest.raises(FaultyData) as refused:
        load(city, path, *rows, append=append)
    return [str(fault) for fault in refused.value.faults]


def test_every_fault_of_the_hierarchy_is_told_with_its_row(gpkg_city: City, tmp_path: Path) -> None:
    city = {"code": "430100", "level": "city"}
    assert told(
        gpkg_city,
        tmp_path,
        (WHOLE, city),
        (WEST, {"code": "43010", "level": "district"}),
        (WEST, {"code": "430105", "level": "district", "parent": "430200"}),
        (WEST, {"code": "430102001", "level": "street", "parent": "430100"}),
        (EAST, {"code": "430102", "level": "district", "parent": "430102001"}),
        (EAST, {"code": "430103", "level": "district", "valid_from": "2026-02-01", "valid_to": "2026-02-01"}),
        (WHOLE, city),
    ) == [
        "row 2: code '43010' is no code of a district: it has 5 characters; 6 digits that don't end in 00 (raised)",
        "row 3: its parent '430200' is not known; load it first or with it (raised)",
        "row 5: its parent '430102001' is a street, which is not above a district (raised)",
        "row 6: valid_to 2026-02-01 is not after valid_from 2026-02-01 (raised)",
        "row 7: code '430100' stands in row 1 already (raised)",
    ]


def test_a_parent_left_out_is_the_one_that_the_code_names(gpkg_city: City, tmp_path: Path) -> None:
    report = load(
        gpkg_city,
        tmp_path,
        (WHOLE, {"code": "430100", "level": "city"}),
        (WEST, {"code": "430102", "level": "district"}),
        (WEST, {"code": "430102001R01", "level": "duty_grid"}),  # its street is not there
    )
    assert "the parent of 1 areas is taken from their code" in report.notes
    frame = gpkg_city.layer("areas").frame().set_index("code")
    assert frame["parent"].fillna("").to_dict() == {"430100": "", "430102": "430100", "430102001R01": ""}


def test_a_redrawn_area_stands_beside_its_older_row_and_the_day_decides(city: City, tmp_path: Path) -> None:
    load(
        city,
        tmp_path,
        (WHOLE, {"code": "430100", "level": "city"}),
        (
            WEST,
            {
                "code": "430102",
                "name": "旧",
                "level": "district",
                "valid_from": "2020-01-01",
                "valid_to": "2026-01-01",
            },
        ),
        (WHOLE, {"code": "430102", "name": "新", "level": "district", "valid_from": "2026-01-01"}),
    )
    (owner,) = city.owners(np.array([[112.97, 28.15]]))
    assert [a.name for a in owner.areas] == [None, "新"]
    assert read(city.state(), "areas", "430102", LOCAL)["properties"]["name"] == "新"
    # Another row of the same time is refused, in a file and through the API; one of a free time is not.
    future = {"code": "430102", "level": "district", "valid_from": "2025-12-31", "valid_to": "2026-01-01"}
    assert told(city, tmp_path, (WEST, future), append=True) == [
        "row 1: code '430102' is in the city already: 2020-01-01–2026-01-01 meets 2025-12-31–2026-01-01 (raised)"
    ]
    early = {"code": "430102", "level": "district", "valid_from": dt.date(2019, 1, 1)}
    with pytest.raises(Conflict, match="code '430102' is taken at that time"):
        create(city.writer, "areas", WEST, early, LOCAL)
    made = create(
        city.writer, "areas", WEST, {**early, "name": "最早", "valid_to": dt.date(2020, 1, 1)}, LOCAL
    )
    assert made["properties"]["name"] == "最早"  # the one that was made
    assert read(city.state(), "areas", "430102", LOCAL)["properties"]["name"] == "新"  # the one in force
    # A change is of the row in force, and may not run into another's time.
    with pytest.raises(Conflict, match="is taken at that time"):
        change(city.writer, "areas", "430102", {"valid_from": dt.date(2025, 1, 1)}, LOCAL)
    changed = change(city.writer, "areas", "430102", {"valid_from": dt.date(2026, 2, 1)}, LOCAL)
    assert changed["properties"]["name"] == "新"


def test_the_map_draws_and_counts_the_areas_in_force_not_those_that_ended(gpkg_city: City) -> None:
    change(gpkg_city.writer, "areas", "430102001001001", {"valid_to": dt.date(2020, 1, 1)}, LOCAL)
    drawn = style(
        [AREAS],
        bounds=(0, 0, 1, 1),
        tiles_url="",
        sprite_url="",
        theme="light",
        lang="zh",
        name="",
        day=gpkg_city.today(),
    )
    day = gpkg_city.today().isoformat()
    in_force_today = [
        ["<=", ["to-string", ["get", "valid_from"]], day],
        ["any", ["!", ["has", "valid_to"]], [">", ["to-string", ["get", "valid_to"]], day]],
    ]
    layers = [x for x in drawn["layers"] if x.get("metadata", {}).get("citybase:level") == "unit_grid"]
    assert len(layers) == 2
    assert all(x["filter"] == ["all", ["==", ["get", "level"], "unit_grid"], *in_force_today] for x in layers)
    with asking(gpkg_city.settings) as asker:
        counts = {level["level"]: level["count"] for level in asker.get("/city").json()["levels"]}
    assert counts["unit_grid"] == 1


def test_an_area_made_through_the_api_must_fit_too(gpkg_city: City) -> None:
    for values, sentence in (
        ({"code": "43010", "level": "district"}, "areas: code '43010' is no code of a district"),
        ({"code": "430105", "level": "district", "parent": "430200"}, "its parent '430200' is not known"),
        (
            {"code": "430102009", "level": "street", "parent": "430103"},
            "does not begin with that of its parent",
        ),
    ):
        with pytest.raises(BadInput, match=sentence):
            create(gpkg_city.writer, "areas", WEST, values, LOCAL)
    with pytest.raises(BadInput, match="its parent '430199' is not known"):
        change(gpkg_city.writer, "areas", "430102001", {"parent": "430199"}, LOCAL)
    made = create(gpkg_city.writer, "areas", WEST, {"code": "430102009", "level": "street"}, LOCAL)
    assert made["properties"]["parent"] == "430102"


def test_the_officer_of_a_duty_grid_is_named_and_changed_over_http(tmp_path: Path) -> None:
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots") as asker:
        officer = {"officer": "王五", "officer_phone": "0731-55500009"}
        answer = asker.patch("/areas/430102001001R01", officer)
        assert answer.status_code == 200, answer.text
        (owner,) = asker.post("/spatial/ownership", {"points": [[112.91, 28.11]]}).json()["owners"]
        assert owner["officer"] == {"name": "王五", "phone": "0731-55500009", "grid": "430102001001R01"}


def test_special_grids_are_areas_but_own_no_level_of_the_partition(gpkg_city: City) -> None:
    place = np.array([[112.91, 28.11]])
    before = [a.code for a in gpkg_city.owners(place)[0].areas]
    grid = {"code": "01000143010200100101", "name": "路灯专业网格", "level": "special_grid"}
    made = create(gpkg_city.writer, "areas", WEST, grid, LOCAL)
    assert made["properties"]["parent"] == "430102001001"
    assert [a.code for a in gpkg_city.owners(place)[0].areas] == before


some_day = st.dates(dt.date(2000, 1, 1), dt.date(2040, 1, 1))
periods = st.lists(
    st.tuples(st.none() | some_day, st.none() | some_day).filter(
        lambda p: p[0] is None or p[1] is None or p[0] < p[1]
    ),
    min_size=1,
    max_size=6,
)


@given(periods, some_day)
def test_what_passes_has_at_most_one_row_in_force_on_any_day(
    given_periods: list[tuple[dt.date | None, dt.date | None]], day: dt.date
) -> None:
    rows = [Link("430100", "city", None, *period) for period in given_periods]
    days = [day, *(d for p in given_periods for d in p if d is not None)]

    def living(on: dt.date) -> list[int]:
        return [i for i, row in enumerate(rows) if row.since <= on < row.until]

    found = faults(rows)
    if not found:
        assert all(len(living(on)) <= 1 for on in days)
    elif len(rows) > 1:
        bounds = {dt.date.min, *days}
        assert any(len(living(on)) > 1 for on in bounds)
    else:
        raise AssertionError(found)
    records = [{"valid_from": row.valid_from, "valid_to": row.valid_to} for row in rows]
    if living(day):
        assert in_force(records, day) in living(day)


def test_a_code_whose_parent_is_not_there_is_a_fault_once_its_level_is_loaded() -> None:
    district, stray = Link("430102", "district"), Link("430199001", "street")
    (fault,) = faults([stray], [district])
    assert fault.what == "its code names the parent '430199', which is not known; load it first or with it"
    assert faults([stray], [Link("430100", "city")]) == []
