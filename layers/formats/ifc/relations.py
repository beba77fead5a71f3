"""How the objects of a file stand to one another, by their numbers in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cim.bim.building_model import RelationKind


@dataclass(slots=True)
class FileRelations:
    """`parents`: the whole that a part belongs to; `containers`: the storey, space, building or site that an element is
    listed in; `hosts`: what a door or window fills. All by numbers of instances. `pairs` are the relations."""

    parents: dict[int, int] = field(default_factory=dict)
    containers: dict[int, int] = field(default_factory=dict)
    hosts: dict[int, int] = field(default_factory=dict)
    pairs: list[tuple[RelationKind, int, int]] = field(default_factory=list)


def read_relations(parsed: Any) -> FileRelations:
    """The relations of a file, each once and in the order of the file."""
    read = FileRelations()
    port_owners = _read_wholes(parsed, read)
    for relation in _all(parsed, "IfcRelContainedInSpatialStructure"):
        for element in relation[4]:
            read.containers.setdefault(element.id(), relation[5].id())
            read.pairs.append(("contained_in", element.id(), relation[5].id()))
    _read_openings(parsed, read)
    pairs = [
        *_boundaries(parsed),
        *_connections(parsed, port_owners),
        *_groups(parsed),
    ]
    read.pairs = list(dict.fromkeys([*read.pairs, *pairs]))
    return read


def find_circle(read: FileRelations) -> int | None:
    """A number of an object that is, over others, part of itself; None where there is none."""
    settled: set[int] = set()
    for start in [*read.parents, *read.containers, *read.hosts]:
        way: set[int] = set()
        at: int | None = start
        while at is not None and at not in settled:
            if at in way:
                return at
            way.add(at)
            at = whole_of(read, at)
        settled |= way
    return None


def whole_of(read: FileRelations, number: int) -> int | None:
    """What an object is listed in, is part of, or fills."""
    return read.containers.get(number) or read.parents.get(number) or read.hosts.get(number)


def _all(parsed: Any, name: str) -> list[Any]:
    """The relations of a class and below in the order of the file, without those that lack an end."""
    return sorted(
        (one for one in parsed.by_type(name) if one[4] is not None and one[5] is not None), key=_number
    )


def _number(entity: Any) -> int:
    return int(entity.id())


def _read_wholes(parsed: Any, read: FileRelations) -> dict[int, int]:
    """Fill in the parents; the answer is which element a port is of."""
    owners: dict[int, int] = {}
    for name in ("IfcRelAggregates", "IfcRelNests"):
        for relation in _all(parsed, name):
            whole = relation[4]
            for part in relation[5]:
                if part.is_a("IfcPort"):
                    owners[part.id()] = whole.id()
                    continue
                read.parents.setdefault(part.id(), whole.id())
                if part.is_a("IfcElement") and whole.is_a("IfcElement"):
                    read.pairs.append(("part_of", part.id(), whole.id()))
    for relation in _all(parsed, "IfcRelConnectsPortToElement"):
        owners.setdefault(relation[4].id(), relation[5].id())
    return owners


def _read_openings(parsed: Any, read: FileRelations) -> None:
    voided = {relation[5].id(): relation[4].id() for relation in _all(parsed, "IfcRelVoidsElement")}
    for relation in _all(parsed, "IfcRelFillsElement"):
        host = voided.get(relation[4].id())
        if host is not None:
            read.hosts[relation[5].id()] = host
            read.pairs.append(("fills", relation[5].id(), host))


def _boundaries(parsed: Any) -> Iterator[tuple[RelationKind, int, int]]:
    for relation in _all(parsed, "IfcRelSpaceBoundary"):
        yield "bounded_by", relation[4].id(), relation[5].id()


def _connections(parsed: Any, owners: dict[int, int]) -> Iterator[tuple[RelationKind, int, int]]:
    for relation in sorted(parsed.by_type("IfcRelConnectsElements"), key=_number):
        if relation[5] is not None and relation[6] is not None:
            yield "connected_to", relation[5].id(), relation[6].id()
    for relation in _all(parsed, "IfcRelConnectsPorts"):
        one, other = owners.get(relation[4].id()), owners.get(relation[5].id())
        if one is not None and other is not None and one != other:
            yield "connected_to", one, other


def _groups(parsed: Any) -> Iterator[tuple[RelationKind, int, int]]:
    for relation in sorted(parsed.by_type("IfcRelAssignsToGroup"), key=_number):
        group = relation[6]
        if group is not None and group.is_a("IfcZone"):
            for member in relation[4] or ():
                yield "member_of", member.id(), group.id()
    for relation in _all(parsed, "IfcRelReferencedInSpatialStructure"):
        for element in relation[4]:
            yield "references", relation[5].id(), element.id()
