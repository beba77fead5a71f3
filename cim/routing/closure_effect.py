"""The effect of a closure: how many roads it closes, and whether it cuts off a part of the city."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.errors import NotFound
from cim.operations.features import row_of
from cim.roads.closures import edges_in, why_none
from cim.roads.profiles import PROFILES, Profile
from cim.roads.state import RoadState
from cim.routing import messages
from cim.routing.answers import AreaClosureEffect, ClosureEffect
from cim.state import CityState

#: Maximum streets that an effect names.
MOST_NAMED = 20


def effect(state: CityState, code: str) -> ClosureEffect:
    """The effect of a stored closure, on top of all others in force.

    `edges` and `km` count the roads that it lies on, and `roads` names them. `cut_off_km` is the length of road that no
    longer has a way to and from most of the network, for the closure's profile (cars where it is for everybody). The
    `note` says so in words, or says that no roads are loaded. `NotFound` where there is no such closure.
    """
    snapshot = state.snapshot("closures")
    row = np.array([row_of(snapshot, code, state.today)])
    (said,) = snapshot.attributes(row, ["factor", "profile", "drawn_as", "level", "road_class"]).to_pylist()
    try:
        network = state.roads.network
    except NotFound as error:
        note = messages.no_roads_loaded(error)
        return ClosureEffect(edges=0, km=0.0, roads=[], cut_off_km=0.0, note=note)
    edges = edges_in(network, snapshot.geometry(row)[0], said["drawn_as"], said["level"], said["road_class"])
    profile = PROFILES.get(said["profile"], PROFILES["car"])
    fid = int(snapshot.fids(row)[0])
    found = effect_of_edges(state.roads, profile, edges, closes=said["factor"] is None, besides=fid)
    if not len(edges):
        why = why_none(
            network, snapshot.geometry(row)[0], said["drawn_as"], said["level"], said["road_class"]
        )
        found = replace(found, note=messages.closes_nothing(why))
    return found


def effect_of_shape(roads: RoadState, shape: Any, profile: Profile) -> AreaClosureEffect:
    """The effect of closing all roads in a polygon (lon, lat, WGS84), of which `closed_already` are closed now."""
    network = roads.network
    edges = edges_in(network, shape)
    shut = np.zeros(len(network.edges.first), np.bool_)
    for other in roads.closures_in_force(profile):
        if other.said["factor"] is None:
            shut[other.edges] = True
    found = effect_of_edges(roads, profile, edges[~shut[edges]], closes=True)
    return AreaClosureEffect(
        edges=found.edges,
        km=found.km,
        roads=found.roads,
        cut_off_km=found.cut_off_km,
        note=found.note,
        closed_already=int(shut[edges].sum()),
    )


def effect_of_edges(
    roads: RoadState,
    profile: Profile,
    edges: NDArray[np.int64],
    *,
    closes: bool,
    besides: int | None = None,
) -> ClosureEffect:
    """The effect of these edges being closed (or, unless it `closes`, slowed down), on top of the closures in force
    other than the one with the fid `besides`."""
    network = roads.network
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
    for other in roads.closures_in_force(profile):
        if other.fid != besides and other.said["factor"] is None:
            closed[other.edges] = True
    now = roads.metric(profile)
    before = network.main(now, closed)
    closed[edges] = True
    after = network.main(now, closed)
    lost = before & ~after & ~closed
    km = round(float(length[lost].sum()) / 1000.0, 3)
    return found if km <= 0 else replace(found, cut_off_km=km, note=messages.cuts_off(km, profile))
