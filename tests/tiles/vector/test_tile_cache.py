"""What is kept of tiles: made once, told apart by what they show, new when it changes and only then."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import pytest
import shapely

from tests.support.api_client import Asker, said, small_city
from tests.support.served import Served
from tests.support.tiles import decoded, path_of, shape_of
from tiles.cache import TileCache, TileDisk

T = TypeVar("T")


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("tiles")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives, in a thread with a loop of its own: a browser's tests leave one running in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def test_what_many_want_at_once_is_made_once() -> None:
    made = []

    def make() -> bytes:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return b"tile"

    async def all_ask() -> list[bytes]:
        cache = TileCache(1000)
        first = await asyncio.gather(*(cache.fetch("a", make) for _ in range(50)))
        return [*first, await cache.fetch("a", make)]

    assert awaited(all_ask()) == [b"tile"] * 51
    assert len(made) == 1


def test_a_failure_is_told_to_all_who_waited_and_the_next_tries_again() -> None:
    outcomes = [ZeroDivisionError("no"), None]

    def make() -> bytes:
        time.sleep(0.02)
        if (error := outcomes.pop(0)) is not None:
            raise error
        return b"tile"

    async def ask() -> list[object]:
        cache = TileCache(1000)
        failed = await asyncio.gather(*(cache.fetch("a", make) for _ in range(3)), return_exceptions=True)
        return [*failed, await cache.fetch("a", make)]

    *failed, then = awaited(ask())
    assert all(isinstance(error, ZeroDivisionError) for error in failed)
    assert then == b"tile"


def test_who_goes_away_does_not_take_the_tile_from_the_others() -> None:
    async def ask() -> bytes:
        cache = TileCache(1000)
        leaving = asyncio.create_task(cache.fetch("a", lambda: time.sleep(0.05) or b"tile"))
        staying = asyncio.create_task(cache.fetch("a", lambda: b"made twice"))
        await asyncio.sleep(0.01)
        leaving.cancel()
        return await staying

    assert awaited(ask()) == b"tile"


def test_the_disk_keeps_so_many_bytes_and_outlives_the_cache(tmp_path: Path) -> None:
    disk = TileDisk(tmp_path / "tiles", 5000)
    keys = [f"{i:032x}" for i in range(256, 276)]
    for key in keys:
        disk.put(key, bytes(500))
    disk.sweep()
    kept = [key for key in keys if TileDisk(tmp_path / "tiles", 5000).get(key) is not None]
    assert len(kept) == 10

    async def fetch() -> bytes:
        return await TileCache(1000, disk).fetch(kept[0], lambda: b"made anew")

    assert awaited(fetch()) == bytes(500)


def test_a_change_is_new_where_it_was_and_where_it_is_and_nowhere_else(served: Served) -> None:
    """T-2 moves 5 km: the tiles that it leaves and enters are new, at every zoom; one between keeps its ETag."""
    was, now, apart = (112.93, 28.12), (112.98, 28.12), (112.955, 28.16)
    with httpx.Client(base_url=served.url) as client:
        client.patch("/resources/T-2", json={"position": list(was)})

        def tags(z: int) -> list[str]:
            return [client.get(path_of("resources", *at, z)).headers["etag"] for at in (was, now, apart)]

        before = {z: tags(z) for z in (8, 15, 17)}
        client.patch("/resources/T-2", json={"position": list(now)})
        after = {z: tags(z) for z in (8, 15, 17)}
    assert after[8][0] != before[8][0], "one tile holds all three"
    for z in (15, 17):
        assert after[z][0] != before[z][0]
        assert after[z][1] != before[z][1]
        assert after[z][2] == before[z][2]


def test_a_filter_in_cql2_chooses_features_and_has_its_own_etag(asker: Asker) -> None:
    path = path_of("buildings", z=12)
    every, high = asker.get(path), asker.get(f"{path}?filter={quote('floors > 10')}&fields=name,floors")
    assert every.headers["etag"] != high.headers["etag"]
    found = [f["properties"] for f in decoded(high.content)["buildings"]["features"]]
    there = asker.get("/city").json()
    assert there["layers"], "the city is there"
    everything = asker.get(f"{path}?fields=name,floors")
    wanted = [
        f["properties"]
        for f in decoded(everything.content)["buildings"]["features"]
        if f["properties"].get("floors", 0) > 10
    ]
    assert found == wanted
    assert found
    spaced = asker.get(f"{path}?filter={quote('floors   >   10.0')}&fields=floors,name")
    assert spaced.headers["etag"] == high.headers["etag"], "the same question in other words"
    as_json = quote('{"op": ">", "args": [{"property": "floors"}, 10]}')
    assert decoded(asker.get(f"{path}?filter={as_json}&fields=name,floors").content) == decoded(high.content)


def test_a_tile_in_gcj02_lies_where_chinese_web_maps_have_the_place(asker: Asker) -> None:
    """The city is about 600 m further south-east there: 260 units of a z12 tile."""
    path = path_of("buildings", z=12)
    plain, shifted = (
        decoded(asker.get(p).content)["buildings"]["features"] for p in (path, f"{path}?datum=gcj02")
    )
    (one,) = [shape_of(f) for f in plain if f["id"] == 1]
    (other,) = [shape_of(f) for f in shifted if f["id"] == 1]
    assert 200 < one.distance(other) < 400
    assert other.centroid.x > one.centroid.x
    told = asker.get("/tiles/buildings.json?datum=gcj02").json()
    assert told["tiles"][0].endswith(".mvt?datum=gcj02")


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("filter=storeys>3", 400, "storeys"),
        ("filter=floors>", 400, "filter"),
        ("fields=storeys", 400, "storeys: no such field in the tiles of buildings; there are:"),
        ("datum=utm", 400, "utm"),
        ("colour=red", 400, "colour can't be asked of a tile; there are: datum, fields, filter"),
    ],
)
def test_what_can_not_be_asked_of_a_tile_is_refused_in_a_sentence(
    asker: Asker, query: str, status: int, sentence: str
) -> None:
    assert sentence in said(asker.get(f"{path_of('buildings')}?{query}"), status)


def test_a_filter_of_several_layers_or_by_personal_data_is_refused(asker: Asker) -> None:
    assert "of one layer" in said(asker.get(f"{path_of('buildings,roads')}?filter=floors>1"), 400)
    guest = asker.elsewhere
    by_phone = quote("reporter_phone LIKE '139%'")
    refused = guest.get(f"{path_of('incidents')}?filter={by_phone}")
    assert "personal data" in said(refused, 403)


def test_a_walk_over_all_zooms_is_read_without_a_fault(asker: Asker) -> None:
    """Every tile about the city from z0 to z18, all layers in one: polygons are valid, and none is too large."""
    layers = "areas,areas_label,buildings,roads,resources,incidents,sensors"
    for z in range(19):
        for at in ((112.9, 28.11), (112.93, 28.15), (113.0, 28.171)):
            answer = asker.get(path_of(layers, *at, z))
            assert answer.status_code in (200, 204)
            assert len(answer.content) <= 500_000
            for layer in decoded(answer.content).values() if answer.content else ():
                for feature in layer["features"]:
                    shape = shape_of(feature)
                    assert shape.is_valid, (z, at, shapely.is_valid_reason(shape))
