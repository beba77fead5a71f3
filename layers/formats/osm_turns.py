"""The turn restrictions of OpenStreetMap, as points at the junctions that they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely

from cim.model.layer import Layer
from cim.roads.conditions import clauses
from cim.roads.turn_restrictions import TURNS
from layers.formats.source import Source

_KEY = "restriction"
#: Restrictions of one kind of vehicle have keys of their own.
_FOR = (
    "hgv",
    "goods",
    "bicycle",
    "motorcar",
    "motor_vehicle",
    "vehicle",
    "motorcycle",
    "moped",
    "bus",
    "psv",
    "taxi",
    "emergency",
    "foot",
    "caravan",
    "tourist_bus",
)
_KEYS = (_KEY, *(f"{_KEY}:{vehicle}" for vehicle in _FOR))
_CONDITIONAL = tuple(f"{key}:conditional" for key in _KEYS)
_LAYER = replace(TURNS, source="© OpenStreetMap contributors", licence="ODbL 1.0", original_crs="EPSG:4326")


@dataclass(frozen=True, slots=True)
class _Relation:
    """A restriction as OSM has it: its roads, the node or the roads between them, and its tags."""

    id: int
    tags: dict[str, str]
    begins: list[int]
    via: list[tuple[str, int]]
    ends: list[int]

    @property
    def over(self) -> list[int]:
        """The roads between."""
        return [ref for kind, ref in self.via if kind == "w"]


def read_turns(path: Path) -> tuple[Layer, Source] | None:
    """The layer of the file's restrictions, each at the node where it begins; None where it has none.

    What is about roads that do not meet, or not one after the other, is counted in a note: a restriction in force must
    not be invented.
    """
    relations, odd = _relations(path, (*_KEYS, *_CONDITIONAL))
    nodes = _nodes(path, {r for rel in relations if rel.over for r in (*rel.begins, *rel.over, *rel.ends)})
    found: list[tuple[int, tuple[Any, ...]]] = []
    for relation in relations:
        for begin in relation.begins:
            for end in relation.ends:
                placed = _locate_node(relation, begin, end, nodes)
                if placed is None:
                    odd.append(relation.id)
                    continue
                at, over = placed
                roads = (begin, ";".join(map(str, over)) or None, end)
                excepted = relation.tags.get("except")
                for key in _KEYS:
                    only = key.partition(":")[2] or None
                    if key in relation.tags:
                        found.append((at, (relation.id, relation.tags[key], *roads, excepted, only, None)))
                    for kind, condition in _conditions(relation.tags.get(f"{key}:conditional", "")):
                        found.append((at, (relation.id, kind, *roads, excepted, only, condition)))
    if not found:
        return None
    positions = _positions(path, {node for node, _ in found})
    there = [(positions[node], row) for node, row in found if node in positions]
    if not there:
        return None
    columns = zip(*(row for _, row in there), strict=True)
    schema = TURNS.schema()
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)
    points = shapely.points(np.array([position for position, _ in there]))
    notes = (
        (
            f"{len(odd)} restrictions not understood, their roads do not follow each other: relation "
            f"{', '.join(map(str, odd[:5]))}",
        )
        if odd
        else ()
    )
    return _LAYER, Source(
        geometry=points,
        attributes=table,
        crs="EPSG:4326",
        row=np.arange(1, len(points) + 1),
        name=TURNS.name,
        path=str(path),
        notes=notes,
        defects=(),
    )


def _conditions(text: str) -> list[tuple[str, str]]:
    """The restrictions of a conditional value, with what each holds while.

    >>> _conditions("no_left_turn @ (Mo-Fr 07:00-09:00); no_u_turn @ Su")
    [('no_left_turn', 'Mo-Fr 07:00-09:00'), ('no_u_turn', 'Su')]
    """
    found = []
    for clause in clauses(text):
        parts = [*clause.hours, *(f"{a}{b}{c:g}" for a, b, c in clause.measures), *clause.unread]
        found.append((clause.value, " AND ".join(parts)))
    return found


def _relations(path: Path, keys: tuple[str, ...]) -> tuple[list[_Relation], list[int]]:
    """The restrictions with roads at both ends, and a node or roads between them; and the numbers of the others."""
    found, odd = [], []
    relations: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.RELATION).with_filter(
        osmium.filter.KeyFilter(*keys)
    )
    for relation in relations:
        tags = dict(relation.tags)
        if not tags.get("type", "").startswith("restriction"):
            continue
        members: dict[str, list[tuple[str, int]]] = {"from": [], "via": [], "to": []}
        for member in relation.members:
            members.setdefault(member.role, []).append((member.type, member.ref))
        begins, ends = ([ref for kind, ref in members[role] if kind == "w"] for role in ("from", "to"))
        kinds = [kind for kind, _ in members["via"]]
        if begins and ends and (kinds == ["n"] or (kinds and set(kinds) == {"w"})):
            found.append(_Relation(relation.id, tags, begins, members["via"], ends))
        else:
            odd.append(relation.id)
    return found, odd


def _nodes(path: Path, roads: set[int]) -> dict[int, list[int]]:
    """The nodes of these roads."""
    if not roads:
        return {}
    ways: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.WAY).with_filter(
        osmium.filter.IdFilter(roads)
    )
    return {way.id: [node.ref for node in way.nodes] for way in ways}


def _locate_node(
    relation: _Relation, begin: int, end: int, nodes: dict[int, list[int]]
) -> tuple[int, list[int]] | None:
    """The node at which a restriction begins, and the roads between in the order in which they are travelled; None
    where they do not meet in one."""
    if not relation.over:
        return relation.via[0][1], []
    left, order, last = list(relation.over), [], begin
    while left:
        meeting = [road for road in left if _common(last, road, nodes)]
        if len(meeting) != 1:
            return None
        order.append(meeting[0])
        left.remove(meeting[0])
        last = meeting[0]
    shared = _common(begin, order[0], nodes)
    return (shared[0], order) if len(shared) == 1 and _common(last, end, nodes) else None


def _common(one: int, other: int, nodes: dict[int, list[int]]) -> list[int]:
    there = set(nodes.get(other, []))
    return [node for node in dict.fromkeys(nodes.get(one, [])) if node in there]


def _positions(path: Path, nodes: set[int]) -> dict[int, tuple[float, float]]:
    wanted: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.NODE).with_filter(
        osmium.filter.IdFilter(nodes)
    )
    return {node.id: (node.lon, node.lat) for node in wanted}
