"""`citybase tiles`: the rule of a layer and what its zooms leave out."""

from __future__ import annotations

import tomllib
from pathlib import Path

from typer.testing import CliRunner

from spatial_api.cli.main import app
from tests.support import small_city as small


def test_the_rule_that_is_printed_is_a_rule_file_and_levels_count_what_they_show(tmp_path: Path) -> None:
    store = f"gpkg:///{tmp_path / 'city.gpkg'}"
    small.build(store, tmp_path / "city.gpkg.snapshots").close()
    said = CliRunner().invoke(app, ["tiles", "rule", "areas", "--store", store])
    assert said.exit_code == 0, said.output
    rule = tomllib.loads(said.output)
    assert rule["coverage"] == "level"
    assert {"below": 13, "where": {"level": {"not_in": ["unit_grid"]}}} in rule["keep"]
    counted = CliRunner().invoke(app, ["tiles", "levels", "areas", "--store", store])
    assert counted.exit_code == 0, counted.output
    by_zoom = {
        line.split("│")[1].strip(): line.split("│")[2].strip()
        for line in counted.output.splitlines()
        if "│" in line
    }
    assert int(by_zoom["12"]) == int(by_zoom["13"]) - 2 == 10, (
        "unit grids, of which there are two, come at 13"
    )


def test_a_layer_that_is_not_there_is_named(tmp_path: Path) -> None:
    store = f"gpkg:///{tmp_path / 'city.gpkg'}"
    small.build(store, tmp_path / "city.gpkg.snapshots").close()
    said = CliRunner().invoke(app, ["tiles", "levels", "rivers", "--store", store])
    assert said.exit_code != 0
