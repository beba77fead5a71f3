"""The road network is kept beside its snapshot, follows its layer, and has its metrics pruned in the background."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cim.city import City
from cim.errors import NotFound
from cim.roads.network import Conditions, Metric, Network
from cim.roads.profiles import PROFILES, Profile
from tests.support.road_town import network, street

CAR = PROFILES["car"]
CROSS = (street((-1, 0), (0, 0)), street((0, 0), (1, 0)), street((0, -1), (0, 0)), street((0, 0), (0, 1)))


def test_a_network_is_kept_beside_its_snapshot_and_made_again_where_it_is_damaged(
    gpkg_city: City, tmp_path: Path
) -> None:
    made = gpkg_city.roads.wait()
    (file,) = (tmp_path / "snapshots").rglob("roads-*")

    def reopened() -> Network:
        with City.open(gpkg_city.settings) as again:
            return again.roads.wait()

    whole, written = file.read_bytes(), file.stat().st_mtime_ns
    assert (reopened().hierarchy.up_head == made.hierarchy.up_head).all()
    assert file.stat().st_mtime_ns == written
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    for damaged in (b"", b"{}\n", b"{", bytes(1000), whole[:-64], whole + whole[-64:], flipped):
        file.write_bytes(damaged)
        assert (reopened().hierarchy.up_head == made.hierarchy.up_head).all()
        assert file.read_bytes() == whole


def test_the_network_follows_its_layer_and_the_old_one_serves_until_then(city: City) -> None:
    before = city.roads.wait()
    snapshot = city.snapshot("roads")
    with city.store.writing("test") as tx:
        tx.delete(snapshot.layer, int(snapshot.fids(snapshot.rows)[0]))
    city.refresh()
    assert city.roads.network in (before, city.roads.wait())
    assert len(city.roads.wait().edges.first) < len(before.edges.first)


def test_who_asks_of_the_old_network_gets_its_metric_while_another_takes_its_place(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are asked with the same closures; the old one's metric must not be made of the new one's."""
    roads_now, old, new = gpkg_city.roads, gpkg_city.roads.wait(), network(*CROSS)

    def slowed(net: Network, *_: object) -> object:
        return 1, lambda: Conditions(
            np.ones(len(net.edges.first), np.float32), np.zeros(len(net.edges.first), np.bool_)
        )

    plain = Network.metric

    def replaced(net: Network, profile: Profile, **more: Any) -> Metric:
        if net is old:
            roads_now._network = new
            roads_now.metric(new, profile)
        return plain(net, profile, **more)

    monkeypatch.setattr(roads_now, "traffic", slowed)
    monkeypatch.setattr(Network, "metric", replaced)
    assert roads_now.metric(old, CAR).took.shape[1] == len(old.edges.first)
    assert roads_now.metric(new, CAR).took.shape[1] == 4


def test_without_a_layer_of_roads_the_question_is_refused_with_what_to_load(gpkg_city: City) -> None:
    gpkg_city.drop("roads")
    with pytest.raises(NotFound, match="no layer of roads is loaded; load one: citybase load"):
        _ = gpkg_city.roads.network


def test_a_metric_answers_at_once_and_is_pruned_in_the_background(gpkg_city: City) -> None:
    roads_now, net = gpkg_city.roads, gpkg_city.roads.wait()
    first = roads_now.metric(net, CAR)
    until = time.monotonic() + 30
    while not roads_now.metric(net, CAR).hierarchy.pruned:
        assert time.monotonic() < until
        time.sleep(0.02)
    later = roads_now.metric(net, CAR)
    assert (later.hierarchy.weight == first.hierarchy.weight).all()
    assert later.took is first.took
