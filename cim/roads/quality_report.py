"""What is wrong with a road network, for who looks after the layer: pieces, dead ends, one-ways that trap."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cim.roads.contraction import NEVER
from cim.roads.network import Network
from cim.roads.profiles import PROFILES
from cim.roads.quality import (
    BarrierReport,
    OnewayReport,
    PieceReport,
    ProfileReport,
    RoadReport,
    SignReport,
    SmallPiece,
    TurnReport,
    UnknownSign,
)

#: So many places of each kind are named.
MOST_NAMED = 20


def report(network: Network) -> RoadReport:
    """Counts and lengths, the pieces by size, dead ends, one-ways of which one does not get back, and for each profile
    the share of its roads that is cut off from the largest piece; places as [lon, lat]."""
    e = network.edges
    k = len(e.node_vertex)
    links = coo_array((np.ones(len(e.start), np.bool_), (e.start, e.end)), shape=(k, k))
    pieces, piece = connected_components(links, directed=False) if k else (0, np.empty(0, np.int32))
    length = network.length_m
    by_piece = np.bincount(piece[e.start], weights=length, minlength=pieces) if k else np.empty(0)
    order = np.argsort(-by_piece)
    degree = np.bincount(np.concatenate([e.start, e.end]), minlength=k)
    lonlat = e.lonlat[e.node_vertex]
    profiles = {}
    for name, profile in PROFILES.items():
        metric = network.metric(profile)
        usable = (metric.travel_ms < NEVER).any(axis=0)
        total = float(length[usable].sum())
        cut_off = float(length[usable & ~metric.main].sum())
        share = round(cut_off / total, 4) if total else None
        profiles[name] = ProfileReport(profile.zh, profile.en, round(total / 1000.0, 1), share)
    car = network.metric(PROFILES["car"])
    usable, oneway = (car.travel_ms < NEVER).any(axis=0), (car.travel_ms < NEVER).sum(axis=0) == 1
    large = piece[e.start] == order[0] if k else np.empty(0, np.bool_)
    # Joined to most of the city, yet one can't come, or can't leave again: a direction is wrong, or a street missing.
    traps = np.flatnonzero(usable & oneway & large & ~car.main)
    notes = network.notes
    share = round(float(by_piece[order[0]] / by_piece.sum()), 4) if k else None
    small = [
        SmallPiece(round(float(by_piece[p]) / 1e3, 3), lonlat[int(np.argmax(piece == p))].round(6).tolist())
        for p in order[1 : MOST_NAMED + 1].tolist()
    ]
    return RoadReport(
        layer=network.snapshot.layer.name,
        fields=network.names,
        edges=len(e.first),
        nodes=k,
        km=round(float(length.sum()) / 1000.0, 1),
        turn_restrictions=TurnReport(
            _forbidden_turn_count(network), len(notes.turns), list(notes.turns[:MOST_NAMED])
        ),
        barriers=BarrierReport(
            notes.barriers, notes.astray, len(notes.points), list(notes.points[:MOST_NAMED])
        ),
        signs=_signs(network),
        pieces=PieceReport(int(pieces), share, small),
        dead_ends=int(np.count_nonzero(degree == 1)),
        suspicious_oneways=OnewayReport(
            len(traps),
            round(float(length[traps].sum()) / 1000.0, 2),
            [_middle(network, edge) for edge in traps[:MOST_NAMED].tolist()],
        ),
        profiles=profiles,
    )


def _forbidden_turn_count(network: Network) -> int:
    """How many turns restrictions and barriers forbid, at some hours or always."""
    g = network.graph
    shut = g.banned_profiles > 0
    shut[g.timed_arc] = True
    return int(np.count_nonzero(shut))


def _signs(network: Network) -> SignReport:
    """The values of signs that nobody knows, which open nothing: how many roads have one, and which."""
    found = sorted(network.facts.strange, key=lambda one: -one[2])
    examples = [
        UnknownSign(f"{key}={value}", count, first) for key, value, count, first in found[:MOST_NAMED]
    ]
    return SignReport(sum(count for _, _, count, _ in found), examples)


def _middle(network: Network, edge: int) -> list[float]:
    e = network.edges
    at: list[float] = e.lonlat[(int(e.first[edge]) + int(e.last[edge])) // 2].round(6).tolist()
    return at
