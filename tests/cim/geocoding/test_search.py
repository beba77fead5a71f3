"""The search for texts: it sees every write, keeps its index beside the snapshots, and says what it lacks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from cim.access.caller import LOCAL
from cim.city import City
from cim.errors import BadInput, CityError, NotFound
from cim.geocoding import search
from cim.geocoding.locate import Located, PlaceQuery, locate_place
from cim.operations import records
from cim.text import registry
from tests.support import addresses


def one(city: City, limit: int = 5, **asked: Any) -> Located:
    found = locate_place(city.state(), [PlaceQuery(**asked)], limit=limit)[0]
    if isinstance(found, CityError):
        raise found
    return found


def at(found: Located) -> tuple[float, float]:
    return found.lon, found.lat


# -- search ------------------------------------------------------------------------------------------


def test_a_reporters_name_is_no_name_to_search(named_city: City) -> None:
    assert not search.search_city(named_city.state(), "张三丰").hits


def test_a_search_sees_what_was_just_written_changed_and_removed(named_town: City) -> None:
    def found() -> list[tuple[str, str | int]]:
        return [
            (h.layer, h.id) for h in search.search_city(named_town.state(), "应急抢险三队", least=0.8).hits
        ]

    assert found() == []
    records.create(
        named_town.writer,
        "resources",
        shapely.Point(112.93, 28.13),
        {"code": "T-9", "name": "应急抢险三队", "kind": "team"},
        LOCAL,
    )
    assert found() == [("resources", "T-9")]
    records.change(named_town.writer, "resources", "T-9", {"name": "园林养护队"}, LOCAL)
    assert found() == []
    assert search.search_city(named_town.state(), "园林养护队").hits[0].id == "T-9"
    records.change(named_town.writer, "resources", "T-9", {}, LOCAL, geometry=shapely.Point(112.94, 28.14))
    moved = search.search_city(named_town.state(), "园林养护队").hits[0]
    assert (moved.lon, moved.lat) == pytest.approx((112.94, 28.14))
    records.remove(named_town.writer, "resources", "T-9", LOCAL)
    assert not search.search_city(named_town.state(), "园林养护队", least=0.8).hits


def test_a_search_is_right_after_compaction_and_after_loading_anew(named_town: City) -> None:
    records.create(
        named_town.writer,
        "resources",
        shapely.Point(112.93, 28.13),
        {"code": "T-9", "name": "应急抢险三队", "kind": "team"},
        LOCAL,
    )
    before = [(h.layer, h.id) for h in search.search_city(named_town.state(), "一队").hits]
    named_town._snapshots.compact("resources")
    assert not len(named_town.snapshot("resources").delta)
    assert [(h.layer, h.id) for h in search.search_city(named_town.state(), "一队").hits] == before
    assert search.search_city(named_town.state(), "应急抢险三队").hits[0].id == "T-9"
    named_town.load(
        addresses.PLACES,
        addresses.features(addresses.PLACES, [shapely.Point(112.95, 28.15)], [{"name": "新广场"}]),
    )
    assert search.search_city(named_town.state(), "新广场").hits[0].layer == "places"
    assert not [
        h for h in search.search_city(named_town.state(), "五一广场", least=0.9).hits if h.layer == "places"
    ]


def test_an_index_is_kept_beside_its_snapshot_and_opened_by_whoever_comes_next(named_town: City) -> None:
    place = named_town._snapshots.base_folder(named_town.snapshot("addresses"))
    search.search_city(named_town.state(), "五一大道5号")
    (index,) = place.glob("text-*")
    made = index.stat().st_mtime_ns
    with City.open(named_town.settings) as other:
        assert (
            search.search_city(other.state(), "五一大道5号").hits[0].text.endswith("五一大道5号翠竹花园3栋")
        )
        assert index.stat().st_mtime_ns == made


def test_a_damaged_index_is_made_again(named_town: City) -> None:
    search.search_city(named_town.state(), "五一大道5号")
    place = named_town._snapshots.base_folder(named_town.snapshot("addresses"))
    next(place.glob("text-*")).write_bytes(b"")
    with City.open(named_town.settings) as other:
        assert search.search_city(other.state(), "五一大道5号").hits[0].layer == "addresses"


def test_a_search_does_not_wait_for_the_index_of_a_large_layer_but_names_it(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_town = addresses.named(gpkg_city)
    monkeypatch.setattr(registry, "SMALL", 5)
    found = search.search_city(named_town.state(), "五一大道5号", wait_s=None)
    while "addresses" in found.indexing:
        assert not [h for h in found.hits if h.layer == "addresses"]
        found = search.search_city(named_town.state(), "五一大道5号")
    assert found.hits[0].layer == "addresses"
    fresh = named_town.texts.texts_of(named_town.snapshot("addresses"), 0.0)
    assert fresh is not None, "it is made once"


def test_a_search_in_chosen_layers_and_its_bad_input(named_city: City) -> None:
    assert {h.layer for h in search.search_city(named_city.state(), "五一", layers=["roads"]).hits} == {
        "roads"
    }
    with pytest.raises(NotFound, match="'nothing' is not loaded"):
        search.search_city(named_city.state(), "五一", layers=["nothing"])
    with pytest.raises(BadInput, match="empty"):
        search.search_city(named_city.state(), " ")
    with pytest.raises(BadInput, match="limit 0"):
        search.search_city(named_city.state(), "五一", limit=0)
    assert (
        search.search_city(named_city.state(), "五一大道", limit=3, focus=np.array([112.905, 28.12]))
        .hits[0]
        .distance_m
        is not None
    )


def test_a_road_of_several_pieces_is_one_answer(named_city: City) -> None:
    hits = [h for h in search.search_city(named_city.state(), "五一大道").hits if h.layer == "roads"]
    assert len([h for h in hits if h.text == "五一大道"]) == 1
    assert hits[0].accuracy_m == pytest.approx(4912 / 2, rel=0.01)  # 0.05° of 28.12 N is 4,912 m
