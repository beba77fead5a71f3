"""The network of a layer of roads as it is built, and as it is kept in a file beside the snapshot of the layer."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays import bundle
from cim.arrays.readonly import freeze
from cim.roads import attributes, contraction, turn_graph, turn_restrictions
from cim.roads.attributes import Facts
from cim.roads.contraction import Hierarchy
from cim.roads.edges import Edges, build_edges
from cim.roads.network import Network, Notes
from cim.roads.points import place_stops, road_points, signal_nodes, with_stops
from cim.roads.turn_graph import Graph
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot

#: Grows when the arrays change their meaning; a network of another format is made anew.
FORMAT = 5


def build(
    snapshot: Snapshot, turn_rows: Snapshot | None, settings: Settings, points: Snapshot | None = None
) -> Network:
    """The network of a layer's lines, with the restrictions and the points on roads that there are."""
    names = attributes.fields_of(snapshot.layer, settings.road_fields)
    facts = _facts(snapshot, names)
    standing = road_points(points)
    edges = build_edges(snapshot, facts.level, settings.road_tolerance_m, standing.lonlat)
    stops = place_stops(edges, standing)
    forbidden = with_stops(turn_restrictions.forbidden(edges, facts.id[edges.row], turn_rows), stops)
    graph = turn_graph.graph(edges, facts, forbidden, signal_nodes(edges, standing))
    made = contraction.hierarchy(graph.tail, graph.head, graph.order)
    notes = Notes(forbidden.unread, stops.strange, stops.on_roads, stops.astray)
    network = Network(
        snapshot=snapshot,
        turn_rows=turn_rows,
        point_rows=points,
        facts=facts,
        edges=edges,
        graph=graph,
        hierarchy=made,
        turn_hours=forbidden.hours,
        notes=notes,
        names=names,
    )
    freeze(*_arrays(network).values())
    return network


def _facts(snapshot: Snapshot, names: dict[str, str]) -> Facts:
    return attributes.facts(snapshot, np.arange(len(snapshot.base) + len(snapshot.delta)), names)


_PARTS: tuple[tuple[str, type[Any]], ...] = (("edges", Edges), ("graph", Graph), ("hierarchy", Hierarchy))


def _arrays(network: Network) -> dict[str, NDArray[Any]]:
    return {
        f"{part}-{f.name}": getattr(getattr(network, part), f.name)
        for part, kind in _PARTS
        for f in fields(kind)
    }


def save(network: Network, file: Path) -> None:
    """Keep a network in a file."""
    words = {"hours": network.turn_hours, "notes": asdict(network.notes)}
    bundle.save(_arrays(network), file, words, checksum=True)


def open_saved(
    file: Path,
    snapshot: Snapshot,
    turn_rows: Snapshot | None,
    settings: Settings,
    points: Snapshot | None = None,
) -> Network | None:
    """The network kept in a file; None where it is not there or damaged."""
    kept = bundle.open_bundle(file)
    if kept is None:
        return None
    names = attributes.fields_of(snapshot.layer, settings.road_fields)
    parts = {
        part: kind(**{f.name: kept.arrays[f"{part}-{f.name}"] for f in fields(kind)}) for part, kind in _PARTS
    }
    said = kept.facts["notes"]
    notes = Notes(tuple(said["turns"]), tuple(said["points"]), said["barriers"], said["astray"])
    hours = tuple(tuple(one) for one in kept.facts["hours"])
    return Network(
        snapshot,
        turn_rows,
        points,
        _facts(snapshot, names),
        **parts,
        turn_hours=hours,
        notes=notes,
        names=names,
    )
