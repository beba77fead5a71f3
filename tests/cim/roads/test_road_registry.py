"""The road network is kept beside its snapshot, follows its layer, and its metrics are made in the background."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from cim.arrays.once import Once
from cim.city import City
from cim.errors import Gone, NotFound
from cim.roads import network_file
from cim.roads.network import Conditions, Network, ProfileWeights
from cim.roads.profiles import PROFILES, Profile
from spatial_api import warm
from tests.support import small_city as small
from tests.support.api_client import asking
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

    def replaced(net: Network, profile: Profile, **more: Any) -> ProfileWeights:
        if net is old:
            roads_now._network = new
            roads_now.metric(new, profile, {})
        return plain(net, profile, **more)

    monkeypatch.setattr(roads_now, "traffic", slowed)
    monkeypatch.setattr(Network, "metric", replaced)
    assert roads_now.metric(old, CAR, {}).travel_ms.shape[1] == len(old.edges.first)
    assert roads_now.metric(new, CAR, {}).travel_ms.shape[1] == 4


def test_without_a_layer_of_roads_the_question_is_refused_with_what_to_load(gpkg_city: City) -> None:
    gpkg_city.drop("roads")
    with pytest.raises(NotFound, match="no layer of roads is loaded; load one: citybase load"):
        _ = gpkg_city.roads.network


def test_a_metric_answers_at_once_and_is_pruned_in_the_background(gpkg_city: City) -> None:
    roads_now, net = gpkg_city.roads, gpkg_city.roads.wait()
    first = roads_now.metric(net, CAR, {})
    until = time.monotonic() + 30
    while not roads_now.metric(net, CAR, {}).hierarchy.pruned:
        assert time.monotonic() < until
        time.sleep(0.02)
    later = roads_now.metric(net, CAR, {})
    assert (later.hierarchy.weight == first.hierarchy.weight).all()
    assert later.travel_ms is first.travel_ms


def counted(monkeypatch: pytest.MonkeyPatch, gate: threading.Event) -> list[str]:
    """The profiles of which a metric was made, which waits for the gate."""
    plain, found = Network.metric, []

    def metric(net: Network, profile: Profile, **more: Any) -> ProfileWeights:
        found.append(profile.name)
        assert gate.wait(30)
        return plain(net, profile, **more)

    monkeypatch.setattr(Network, "metric", metric)
    return found


def test_all_who_ask_first_of_a_profile_wait_for_one_and_the_same_work(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads_now, net, gate = gpkg_city.roads, gpkg_city.roads.wait(), threading.Event()
    found = counted(monkeypatch, gate)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(roads_now.metric, net, CAR, gpkg_city.snapshots) for _ in range(8)]
        time.sleep(0.1)
        gate.set()
        metrics = [one.result(30) for one in asked]
    assert found == ["car"]
    assert len({id(metric.travel_ms) for metric in metrics}) == 1


def test_whoever_waited_for_work_that_failed_does_it_himself() -> None:
    once, begun, gate = Once[int](), threading.Event(), threading.Event()

    def gone() -> int:
        begun.set()
        assert gate.wait(30)
        raise Gone("the client has left")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once.run, "a", gone)
        assert begun.wait(30)
        second = pool.submit(once.run, "a", lambda: 7)
        time.sleep(0.05)
        gate.set()
        with pytest.raises(Gone):
            first.result(30)
        assert second.result(30) == 7
    assert once.run("a", lambda: 8) == 8, "nothing of it is left"


def test_a_service_makes_the_metrics_of_all_profiles_before_anybody_asks_and_says_so(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    warm.kernels()
    monkeypatch.setattr(warm, "kernels", lambda: None)  # it makes metrics of its own
    gate = threading.Event()
    found = counted(monkeypatch, gate)
    with asking(gpkg_city.settings) as asker:
        until = time.monotonic() + 30
        while (said := asker.get("/health").json()).get("preparing", {}).get("roads", ["network"])[
            0
        ] == "network":
            assert time.monotonic() < until
            time.sleep(0.02)
        assert said["preparing"] == {"roads": list(PROFILES)}
        assert said["status"] == "ok"
        assert asker.get("/tiles/roads/10/833/428.mvt").status_code == 200, "the map waits for none of it"
        gate.set()
        body = {"points": [[112.94, 28.15], [112.96, 28.15]], "profile": "truck"}
        assert asker.post("/spatial/route", body).json()["by"] == "road"
        while "preparing" in asker.get("/health").json():
            assert time.monotonic() < until
            time.sleep(0.02)
        assert sorted(found) == sorted(PROFILES), "one each, the early question's too"
        roads_now = asker.app.state.city.roads
        before = roads_now.network
        small_roads = small.roads()
        small_roads.geometry[1] = shapely.LineString([(112.95, 28.14), (112.95, 28.17)])
        asker.app.state.city.load(small.ROADS, small_roads)
        roads_now.wait()
        while roads_now.network is before or roads_now.under_way:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert sorted(found) == sorted([*PROFILES, *PROFILES]), "and of the network that took its place"


def test_a_city_that_is_closed_begins_no_further_metric(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    gpkg_city.roads.wait()
    found = counted(monkeypatch, gate)
    gpkg_city.roads.keep_ready(PROFILES.values())
    until = time.monotonic() + 30
    while not found:
        assert time.monotonic() < until
        time.sleep(0.01)
    gpkg_city.roads.close()
    gate.set()
    while gpkg_city.roads.under_way:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert found == ["car"]


def test_a_network_that_can_not_be_built_is_told_and_raised(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Network:
        raise MemoryError("no room for the hierarchy")

    monkeypatch.setattr(network_file, "build", broken)
    with pytest.raises(MemoryError, match="no room"):
        gpkg_city.roads.wait()
    assert gpkg_city.roads.troubles == ["the road network can't be built: no room for the hierarchy"]
    gpkg_city.drop("roads")
    assert gpkg_city.roads.troubles == []


def test_a_metric_that_can_not_be_made_ready_or_pruned_is_told_and_the_others_are_made(
    gpkg_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads_now, net, plain = gpkg_city.roads, gpkg_city.roads.wait(), Network.metric

    def not_for_cars(net: Network, profile: Profile, **more: Any) -> ProfileWeights:
        if profile.name == "car":
            raise MemoryError("no room for cars")
        return plain(net, profile, **more)

    def never(*_: object) -> ProfileWeights:
        raise MemoryError("no room to prune")

    monkeypatch.setattr(Network, "metric", not_for_cars)
    monkeypatch.setattr(Network, "prune", never)
    roads_now.keep_ready([CAR, PROFILES["foot"]])
    until = time.monotonic() + 30
    while roads_now.under_way or len(roads_now.troubles) < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert roads_now.troubles == [
        "the roads for car are not ready: no room for cars",
        "the roads for foot can't be pruned: no room to prune",
    ]
    monkeypatch.undo()
    assert roads_now.metric(net, CAR, {}).travel_ms.shape[1] == len(net.edges.first)
