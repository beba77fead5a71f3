"""A datum that was not said is told where buildings or roads show it, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.city import City
from cim.model.layer import Features, Layer
from cim.settings import Settings
from cim.space import crs
from cim.store import open_store
from layers.load.datum_shift import better_datum
from layers.load.load import load_file
from layers.load.options import LoadOptions

RANDOM = np.random.default_rng(11)
#: 600 places of houses in 5 km × 5 km.
HOUSES = np.column_stack([RANDOM.uniform(112.95, 113.0, 600), RANDOM.uniform(28.15, 28.2, 600)])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city of 600 houses of 30 m."""
    folder = tmp_path_factory.mktemp("town")
    url = f"gpkg:///{folder / 'city.gpkg'}"
    open_store(url, create=True).close()
    with City.open(Settings(store=url, snapshots=str(folder / "snapshots"))) as city:
        half = 0.00015
        houses = shapely.box(*(HOUSES - half).T, *(HOUSES + half).T)
        city.load(Layer("buildings", geometry="polygon"), _bare(houses))
        yield city


def _bare(shapes: np.ndarray) -> Features:
    return Features(shapes, pa.Table.from_pylist([{}] * len(shapes)))


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_places_in_another_datum_are_told_with_the_one_that_fits(
    town: City, tmp_path: Path, datum: str
) -> None:
    shifted = crs.from_wgs84(HOUSES[:300], datum)
    rows = "".join(f"{lon:.7f},{lat:.7f}\n" for lon, lat in shifted.tolist())
    (tmp_path / "poi.csv").write_text("lon,lat\n" + rows)
    (report,) = load_file(town, tmp_path / "poi.csv", LoadOptions(layer="poi", replace=True))
    (told,) = [note for note in report.notes if "of the rows fit" in note]
    assert told.endswith(f"load the file with --datum {datum}")
    assert "100% would" in told
    (report,) = load_file(town, tmp_path / "poi.csv", LoadOptions(layer="poi", datum=datum, replace=True))  # type: ignore[arg-type]
    assert not any("of the rows fit" in note for note in report.notes)


def test_places_that_fit_as_they_are_are_not_told(town: City) -> None:
    assert better_datum(_bare(shapely.points(HOUSES[:300])), town.snapshots) is None


def test_places_that_have_nothing_to_do_with_houses_are_not_told(town: City) -> None:
    for seed in range(20):
        random = np.random.default_rng(seed)
        places = np.column_stack([random.uniform(112.95, 113.0, 500), random.uniform(28.15, 28.2, 500)])
        assert better_datum(_bare(shapely.points(places)), town.snapshots) is None


def test_a_few_places_say_nothing(town: City) -> None:
    shifted = crs.from_wgs84(HOUSES[:20], "gcj02")
    assert better_datum(_bare(shapely.points(shifted)), town.snapshots) is None


def test_roads_in_another_datum_are_told_by_the_roads_that_are_there(town: City) -> None:
    ends = HOUSES[:400] + np.array([0.0005, 0.0003])
    lines = shapely.linestrings(np.stack([HOUSES[:400], ends], axis=1))
    town.load(Layer("roads", geometry="line"), _bare(lines))
    shifted = shapely.transform(lines[:200], lambda c: crs.from_wgs84(c, "gcj02"))
    roads = {"roads": town.snapshot("roads")}
    told = better_datum(_bare(shifted), roads)
    assert told is not None
    assert (told.datum, told.layer) == ("gcj02", "roads")
    assert told.would_fit > 0.95
    assert 300 < told.shift_m < 800
    assert better_datum(_bare(lines[200:]), roads) is None
