"""Levels while the city changes: made before a new base takes its place, and what is shown until they are."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.city import City
from cim.model.layer import Features, Field, Layer
from tests.support.api_client import Asker, said, small_city
from tests.support.tiles import decoded, path_of
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.vector import encode
from tiles.vector import registry as pyramids_module
from tiles.vector.registry import PyramidRegistry

HOUSES = Layer("houses", geometry="polygon", fields=(Field("n", "integer"),))
AT = (112.91, 28.11)


def houses(n: int, first: int = 0) -> Features:
    """n houses of 100 m in a row."""
    west = AT[0] + 0.002 * np.arange(n)
    shapes = shapely.box(west, AT[1], west + 0.001, AT[1] + 0.001)
    return Features(shapes, pa.table({"n": np.arange(first, first + n)}))


def shown(pyramids: PyramidRegistry, city: City, z: int) -> list[int]:
    tile = encode.encode([pyramids.drawing(city.snapshot("houses"))], z, *WEB_MERCATOR.tile_at(z, *AT))
    return sorted(f["properties"]["n"] for f in decoded(tile)["houses"]["features"])


def drawn_by(city: City) -> PyramidRegistry:
    pyramids = PyramidRegistry(city.base_folder, "", encode.MAX_BYTES)
    city.watch(pyramids.prepare)
    city.before_new_base(pyramids.prepare_base)
    pyramids.wait_a_little(30)
    return pyramids


def test_a_new_base_takes_its_place_with_its_levels_and_until_then_changes_are_seen(gpkg_city: City) -> None:
    city = gpkg_city
    city.load(HOUSES, houses(3))
    pyramids = drawn_by(city)
    asked, go_on = threading.Event(), threading.Event()
    city.before_new_base(lambda _: asked.set() or go_on.wait(30) or None)
    city.append("houses", houses(1, first=7))
    before = city.snapshot("houses").base
    compacting = threading.Thread(target=city._snapshots.compact, args=("houses",))
    compacting.start()
    assert asked.wait(30)
    city.append("houses", houses(1, first=8))
    assert city.snapshot("houses").base is before
    assert shown(pyramids, city, 13) == [0, 1, 2, 7, 8]
    assert pyramids.drawing(city.snapshot("houses")).pyramid is not None
    go_on.set()
    compacting.join()
    assert city.snapshot("houses").base is not before
    drawing = pyramids.drawing(city.snapshot("houses"))
    assert drawing.pyramid is not None, "there is no moment without levels"
    assert len(drawing.pyramid.levels[13]) == 4
    assert shown(pyramids, city, 13) == [0, 1, 2, 7, 8]


def test_what_is_loaded_anew_is_shown_at_once_near_by_and_from_afar_when_its_levels_are_made(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pyramids_module, "_AT_ONCE", 2)
    city = gpkg_city
    city.load(HOUSES, houses(3))
    pyramids = drawn_by(city)
    assert shown(pyramids, city, 13) == [0, 1, 2]
    made, go_on = pyramids_module.build_pyramid, threading.Event()

    def slowly(*arguments: object, **named: object) -> object:
        go_on.wait(30)
        return made(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pyramids_module, "build_pyramid", slowly)
    city.load(HOUSES, houses(3, first=10))
    assert shown(pyramids, city, 14) == [10, 11, 12]
    assert shown(pyramids, city, 13) == [0, 1, 2]
    go_on.set()
    pyramids.wait_a_little(30)
    assert shown(pyramids, city, 13) == [10, 11, 12]


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("tiles")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def test_a_guest_is_not_answered_from_what_the_operator_filtered_by(asker: Asker) -> None:
    by_phone = quote("reporter_phone LIKE '1%'")
    path = f"{path_of('incidents')}?filter={by_phone}"
    assert asker.get(path).status_code in (200, 204)
    assert "personal data" in said(asker.elsewhere.get(path), 403)
    assert "personal data" in said(asker.elsewhere.get(f"/tiles/incidents.json?filter={by_phone}"), 403)
