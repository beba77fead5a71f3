"""Districts as DataV and 天地图 write them, loaded as areas in one line. Shapes and places are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from cim.city import City
from cim.settings import Settings
from cim.space import crs
from cim.store import open_store
from layers.load.load import load_file
from layers.load.options import LoadOptions

WEST, EAST = shapely.box(112.9, 28.1, 112.95, 28.2), shapely.box(112.95, 28.1, 113.0, 28.2)


def datav(path: Path) -> Path:
    """Two districts as DataV writes them: in GCJ-02, the parent an object."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "adcode": code,
                "name": name,
                "center": [112.9, 28.1],
                "centroid": [112.92, 28.15],
                "childrenNum": 0,
                "level": "district",
                "parent": {"adcode": 430100},
                "subFeatureIndex": i,
                "acroutes": [100000, 430000, 430100],
            },
            "geometry": shapely.geometry.mapping(
                shapely.MultiPolygon([shapely.transform(shape, lambda c: crs.from_wgs84(c, "gcj02"))])
            ),
        }
        for i, (code, name, shape) in enumerate(((430102, "甲区", WEST), (430103, "乙区", EAST)))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


def tianditu(path: Path) -> Path:
    """The same as 天地图 writes them: the country in front of the code."""
    features = [
        {
            "type": "Feature",
            "properties": {"gb": gb, "name": name},
            "geometry": shapely.geometry.mapping(shape),
        }
        for gb, name, shape in (("156430102", "甲区", WEST), ("156430103", "乙区", EAST))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    return path


def _open(url: str, folder: Path) -> City:
    open_store(url, create=True).close()
    return City.open(Settings(store=url, snapshots=str(folder / "snapshots")))


def _owners(city: City) -> list[list[str]]:
    found = city.owners(np.array([[112.9495, 28.15], [112.9505, 28.15]]))
    return [[area.code for area in one.areas] for one in found]


def test_districts_of_datav_load_in_one_line_with_codes_and_parents(store_url: str, tmp_path: Path) -> None:
    with _open(store_url, tmp_path) as city:
        options = LoadOptions(layer="areas", values={"level": "district"}, datum="gcj02")
        (report,) = load_file(city, datav(tmp_path / "430100_full.json"), options)
        assert (report.read, report.written, report.faults) == (2, 2, ())
        assert any("430100 is not loaded" in note for note in report.notes)
        assert not any("DataV" in note for note in report.notes)
        assert _owners(city) == [["430102"], ["430103"]]


def test_districts_of_datav_keep_the_parent_that_is_there(tmp_path: Path) -> None:
    with _open(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as city:
        whole = {
            "type": "Feature",
            "properties": {"code": "430100", "name": "城", "level": "city"},
            "geometry": shapely.geometry.mapping(shapely.union_all([WEST, EAST])),
        }
        (tmp_path / "city.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [whole]}))
        load_file(city, tmp_path / "city.geojson", LoadOptions(layer="areas"))
        options = LoadOptions(layer="areas", append=True, datum="gcj02")
        load_file(city, datav(tmp_path / "430100_full.json"), options)
        snapshot = city.snapshot("areas")
        records = snapshot.attributes(snapshot.rows, ["code", "parent"]).to_pylist()
        assert sorted((r["code"], r["parent"]) for r in records) == [
            ("430100", None),
            ("430102", "430100"),
            ("430103", "430100"),
        ]


@pytest.mark.parametrize("layer", ["areas", "districts"])
def test_the_datum_of_datav_is_told_where_it_is_not_given(tmp_path: Path, layer: str) -> None:
    with _open(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as city:
        (report,) = load_file(city, datav(tmp_path / "430100_full.json"), LoadOptions(layer=layer))
        assert any("--datum gcj02" in note and "DataV" in note for note in report.notes)


def test_districts_of_tianditu_load_in_one_line(tmp_path: Path) -> None:
    with _open(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as city:
        options: dict[str, Any] = {"layer": "areas", "values": {"level": "district"}}
        (report,) = load_file(city, tianditu(tmp_path / "区.geojson"), LoadOptions(**options))
        assert (report.written, report.faults) == (2, ())
        assert "the code is taken from 'gb'" in report.notes
        assert not any("gcj02" in note for note in report.notes if "DataV" in note)
        assert _owners(city) == [["430102"], ["430103"]]


def test_the_command_line_takes_the_level_as_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from spatial_api.cli.main import app

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CITYBASE_STORE", f"gpkg:///{tmp_path / 'city.gpkg'}")
    done = CliRunner().invoke(
        app, ["load", str(tianditu(tmp_path / "a.geojson")), "--layer", "areas", "--level", "district"]
    )
    assert done.exit_code == 0, done.output
    assert "2 of 2 rows as layer areas" in done.output
