"""What a closure does to the roads: how many it closes, and whether it cuts a part of the city off."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.city import City
from cim.errors import NotFound
from cim.operations.features import row_of
from cim.roads.closures import Closure, edges_in, why_none
from cim.roads.network import Network
from cim.roads.profiles import PROFILES, Profile
from cim.routing import messages
from cim.routing.answers import AreaClosureEffect, ClosureEffect

#: So many streets of a closure are named.
MOST_NAMED = 20


def effect(city: City, code: str) -> ClosureEffect:
    """What a stored closure does, beside all others in force: `edges` and `km` of road on which it lies, the `roads`
    by name, and `cut_off_km` of road from which one no longer gets to most of the network, or not back (of what its
    profile may use; where it is for all, cars). A `note` says so in words; without a road network it says that."""
    city = city.hold()
    snapshot = city.snapshot("closures")
    row = np.array([row_of(snapshot, code, city.today())])
    (said,) = snapshot.attributes(row, ["factor", "profile", "drawn_as", "level", "road_class"]).to_pylist()
    try:
        network = city.roads.network
    except NotFound as error:
        note = messages.no_roads_loaded(error)
        return ClosureEffect(edges=0, km=0.0, roads=[], cut_off_km=0.0, note=note)
    edges = edges_in(network, snapshot.geometry(row)[0], said["drawn_as"], said["level"], said["road_class"])
    profile = PROFILES.get(said["profile"], PROFILES["car"])
    fid = int(snapshot.fids(row)[0])
    found = effect_of_edges(city, network, profile, edges, closes=said["factor"] is None, besides=fid)
    if not len(edges):
        why = why_none(
            network, snapshot.geometry(row)[0], said["drawn_as"], said["level"], said["road_class"]
        )
        found = replace(found, note=messages.closes_nothing(why))
    return found


def effect_of_shape(city: City, network: Network, shape: Any, profile: Profile) -> AreaClosureEffect:
    """What closing all roads within a polygon (lon, lat) would do, and how many of them are `closed_already`."""
    edges = edges_in(network, shape)
    shut = np.zeros(len(network.edges.first), np.bool_)
    for other in _in_force(city, network, profile):
        if other.said["factor"] is None:
            shut[other.edges] = True
    found = effect_of_edges(city, network, profile, edges[~shut[edges]], closes=True)
    return AreaClosureEffect(
        edges=found.edges,
        km=found.km,
        roads=found.roads,
        cut_off_km=found.cut_off_km,
        note=found.note,
        closed_already=int(shut[edges].sum()),
    )


def effect_of_edges(
    city: City,
    network: Network,
    profile: Profile,
    edges: NDArray[np.int64],
    *,
    closes: bool,
    besides: int | None = None,
) -> ClosureEffect:
    """What closing these edges does beside the closures in force but one."""
    length = network.length_m
    rows = np.unique(network.edges.row[edges])
    names: list[Any] = []
    if "name" in network.names:
        column = network.snapshot.attributes(rows, [network.names["name"]]).column(0)
        names = sorted({name for name in column.to_pylist() if name})
    found = ClosureEffect(
        edges=len(edges),
        km=round(float(length[edges].sum()) / 1000.0, 3),
        roads=names[:MOST_NAMED],
        cut_off_km=0.0,
        note=None if len(edges) else messages.NO_ROAD_INSIDE,
    )
    if not closes or not len(edges):
        return found
    closed = np.zeros(len(length), np.bool_)
    for other in _in_force(city, network, profile):
        if other.fid != besides and other.said["factor"] is None:
            closed[other.edges] = True
    now = city.roads.metric(network, profile, city.snapshots)
    before = network.main(now, closed)
    closed[edges] = True
    after = network.main(now, closed)
    lost = before & ~after & ~closed
    km = round(float(length[lost].sum()) / 1000.0, 3)
    return found if km <= 0 else replace(found, cut_off_km=km, note=messages.cuts_off(km, profile))


def _in_force(city: City, network: Network, profile: Profile) -> list[Closure]:
    closures = city.snapshots.get("closures")
    active = city.roads.traffic.closures.active(network, profile, dt.datetime.now(dt.UTC), closures)
    return active[1] if active is not None else []
