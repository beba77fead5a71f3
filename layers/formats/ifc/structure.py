"""The objects of a file and where each belongs: site, building, storey, space, element, and their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import Mesh, ObjectKind, PlacedMesh
from layers.formats.ifc.kinds import Kinds
from layers.formats.ifc.placements import Placements
from layers.formats.ifc.relations import FileRelations, whole_of

_ORDER: dict[ObjectKind, int] = {"building": 0, "part": 1, "storey": 2, "space": 3, "zone": 4, "element": 5}


@dataclass(slots=True, eq=False)
class ObjectDraft:
    """An object while it is read. `parent`, `building`, `storey` and `space` are numbers of instances; `base` is where
    its placement puts it in the frame of the model (float64[3]), `low` and `high` the heights of its shape there."""

    entity: Any
    kind: ObjectKind
    base: NDArray[np.float64]
    parent: int | None = None
    building: int | None = None
    storey: int | None = None
    space: int | None = None
    in_site: bool = False
    storey_by_height: bool = False
    shapes: tuple[PlacedMesh, ...] = ()
    low: float | None = None
    high: float | None = None
    elevation_m: float | None = None
    bottom_height_m: float | None = None
    storey_height_m: float | None = None
    depth: int = 0

    @property
    def level(self) -> float:
        """The elevation of a storey above ±0 of its building, 0 where it is not known."""
        return self.elevation_m or 0.0

    @property
    def number(self) -> int:
        """The number of the instance in the file."""
        return int(self.entity.id())


@dataclass(slots=True, eq=False)
class Structure:
    """All objects by number, in the order in which the model lists them."""

    drafts: dict[int, ObjectDraft] = field(default_factory=dict)

    def objects_by_kind(self, kind: ObjectKind) -> list[ObjectDraft]:
        """The objects of one kind, in their order."""
        return [one for one in self.drafts.values() if one.kind == kind]

    def storeys_by_building(self) -> dict[int | None, list[ObjectDraft]]:
        """The storeys of each building, from below."""
        found: dict[int | None, list[ObjectDraft]] = {}
        for one in sorted(
            self.objects_by_kind("storey"), key=lambda one: (one.building or 0, one.level, one.number)
        ):
            found.setdefault(one.building, []).append(one)
        return found


def object_entities(parsed: Any, kinds: Kinds) -> list[tuple[Any, ObjectKind]]:
    """What becomes an object, by number: products of the kinds that are listed, zones, and sites that have a shape."""
    found: list[tuple[Any, ObjectKind]] = []
    for name in ("IfcProduct", "IfcZone"):
        for entity in parsed.by_type(name):
            kind = kinds.kind(entity.is_a())
            if kind is not None:
                found.append((entity, kind))
            elif entity.is_a("IfcSite") and entity.Representation is not None:
                found.append((entity, "element"))
    return sorted(found, key=lambda one: int(one[0].id()))


def build_structure(
    entities: list[tuple[Any, ObjectKind]],
    relations: FileRelations,
    placements: Placements,
    origin: NDArray[np.float64],
    sites: set[int],
) -> Structure:
    """The objects with their wholes, storeys and buildings; parents come before their parts."""
    drafts: dict[int, ObjectDraft] = {}
    for entity, kind in entities:
        placed = getattr(entity, "ObjectPlacement", None)
        drafts[entity.id()] = ObjectDraft(entity, kind, placements.world(placed)[:3, 3] - origin)
    for number, draft in drafts.items():
        _settle(number, draft, drafts, relations, sites)
    for draft in drafts.values():
        if draft.kind == "building" and draft.building not in (None, draft.number):
            draft.kind = "part"
    listed = sorted(drafts.values(), key=lambda one: (_ORDER[one.kind], one.depth, one.number))
    return Structure({one.number: one for one in listed})


def _settle(
    number: int, draft: ObjectDraft, drafts: dict[int, ObjectDraft], relations: FileRelations, sites: set[int]
) -> None:
    """Climb from an object to what it is in, to the site."""
    parent = relations.parents.get(number)
    draft.parent = parent if parent in drafts else None
    at: int | None = number
    seen: set[int] = set()
    while at is not None and at not in seen:
        seen.add(at)
        over = drafts.get(at)
        if over is not None:
            if over.kind == "space" and draft.space is None and over is not draft:
                draft.space = at
            elif over.kind == "storey" and draft.storey is None and over is not draft:
                draft.storey = at
            elif over.kind == "building":
                draft.building = at
            if at != number and relations.parents.get(number) is not None:
                draft.depth += 1
        draft.in_site = draft.in_site or (at in sites and draft.building is None)
        at = whole_of(relations, at)
    if draft.kind == "building" and draft.building == number:
        draft.in_site = False


def give_shapes(structure: Structure, shapes: dict[int, list[PlacedMesh]], meshes: list[Mesh]) -> None:
    """Hand the shapes to their objects, and measure how high they reach."""
    for number, draft in structure.drafts.items():
        draft.shapes = tuple(shapes.get(number, ()))
        for shape in draft.shapes:
            vertices = meshes[shape.mesh].vertices
            if len(vertices) == 0:
                continue
            row = np.array([0.0, 0.0, 1.0, 0.0]) if shape.matrix is None else shape.matrix[2]
            heights = vertices @ row[:3] + row[3]
            low, high = float(heights.min()), float(heights.max())
            draft.low = low if draft.low is None else min(draft.low, low)
            draft.high = high if draft.high is None else max(draft.high, high)
