"""Storeys: how high they are, and which one an element is in where none is said."""

from __future__ import annotations

from typing import Any

import numpy as np

from cim.bim.building_model import ModelFault
from cim.bim.placement import Placement
from layers.formats.ifc.faults import fault
from layers.formats.ifc.structure import ObjectDraft, Structure

_SAME_M = 0.01
_MOST_TOLD = 200


def measure_storeys(structure: Structure, placement: Placement, length: float) -> list[ModelFault]:
    """Give the storeys their elevation above ±0 of the building, their height in the datum, and the height to the next;
    the storeys are put in order from below. The faults say where the file contradicts itself."""
    told: list[ModelFault] = []
    for building, storeys in structure.storeys_by_building().items():
        over = structure.drafts.get(building) if building is not None else None
        zero = float(over.base[2]) if over is not None else 0.0
        told += _elevations(storeys, zero, length)
        storeys.sort(key=lambda one: (one.level, one.number))
        told += _heights(storeys, zero, placement)
    _sort(structure)
    return told


def settle_elements(structure: Structure) -> list[ModelFault]:
    """Put elements without a storey into one by their height."""
    told: list[ModelFault] = []
    buildings, by_building = structure.objects_by_kind("building"), structure.storeys_by_building()
    for draft in structure.objects_by_kind("element"):
        if draft.entity.is_a("IfcSite"):
            continue
        if draft.storey is None and not draft.in_site:
            building = draft.building
            if building is None and len(buildings) == 1:
                building = buildings[0].number
            storeys = by_building.get(building)
            if storeys:
                draft.building = building
                draft.storey = _by_height(draft, storeys).number
                draft.storey_by_height = True
                if draft.parent is None:
                    told.append(_missing(draft, structure.drafts[draft.storey]))
    if len(told) > _MOST_TOLD:
        more = len(told) - _MOST_TOLD
        words = fault(
            "storey.missing",
            f"还有 {more} 个构件没有楼层",
            f"{more} more elements have no storey",
        )
        told = [*told[:_MOST_TOLD], words]
    return told


def _elevations(storeys: list[ObjectDraft], zero: float, length: float) -> list[ModelFault]:
    stated = [None if (own := one.entity.Elevation) is None else float(own) * length for one in storeys]
    placed = [float(one.base[2]) - zero for one in storeys]
    values = [value for value in stated if value is not None]
    at_one = len(storeys) > 1 and max(placed) - min(placed) < _SAME_M
    if at_one and len(values) == len(storeys) and max(values) - min(values) >= _SAME_M:
        for one, level in zip(storeys, values, strict=True):
            one.elevation_m = _plain(level)
        return [
            fault(
                "storey.placements_all_zero",
                f"{len(storeys)} 个楼层的放置高度都相同，按 Elevation 分层",
                f"all {len(storeys)} storeys are placed at one height; their Elevation tells them apart",
            )
        ]
    for one, value, height in zip(storeys, stated, placed, strict=True):
        without = value is not None and one.entity.ObjectPlacement is None
        one.elevation_m = _plain(value if without else height)
    return _differences(storeys, stated)


def _differences(storeys: list[ObjectDraft], stated: list[float | None]) -> list[ModelFault]:
    """Faults where Elevation says another height than the placement; a difference that all share is another zero."""
    differences = [value - one.level for one, value in zip(storeys, stated, strict=True) if value is not None]
    if not differences or (len(differences) > 1 and max(differences) - min(differences) < _SAME_M):
        return []
    return [
        fault(
            "storey.elevation_differs",
            f"楼层“{one.entity.Name or ''}”的 Elevation 是 {value:g} m，放置高度是 {one.elevation_m:g} m；以放置为准",
            f"the Elevation of storey {one.entity.Name or ''!r} is {value:g} m, its placement is at "
            f"{one.elevation_m:g} m; the placement counts",
            element=one.entity.GlobalId,
        )
        for one, value in zip(storeys, stated, strict=True)
        if value is not None and abs(value - one.level) >= _SAME_M
    ]


def _heights(storeys: list[ObjectDraft], zero: float, placement: Placement) -> list[ModelFault]:
    told: list[ModelFault] = []
    bases = np.array([[one.base[0], one.base[1], zero + one.level] for one in storeys])
    heights = placement.place(bases)[:, 2].tolist()
    for i, one in enumerate(storeys):
        level = one.level
        one.base = bases[i]
        one.bottom_height_m = _plain(heights[i])
        above = [other.level for other in storeys if other.level >= level + _SAME_M]
        one.storey_height_m = _plain(min(above) - level) if above else None
        if i and level - storeys[i - 1].level < _SAME_M:
            told.append(
                fault(
                    "storey.equal_elevation",
                    f"楼层“{one.entity.Name or ''}”与“{storeys[i - 1].entity.Name or ''}”在同一标高 {level:g} m",
                    f"storey {one.entity.Name or ''!r} is at the level of {storeys[i - 1].entity.Name or ''!r}, "
                    f"{level:g} m",
                    element=one.entity.GlobalId,
                )
            )
    return told


def _sort(structure: Structure) -> None:
    listed = list(structure.drafts.values())
    storeys = [one for listed_there in structure.storeys_by_building().values() for one in listed_there]
    first = next((i for i, one in enumerate(listed) if one.kind == "storey"), 0)
    listed[first : first + len(storeys)] = storeys
    structure.drafts = {one.number: one for one in listed}


def _by_height(draft: ObjectDraft, storeys: list[ObjectDraft]) -> ObjectDraft:
    bottom = draft.low if draft.low is not None else float(draft.base[2])
    below = [one for one in storeys if float(one.base[2]) <= bottom + 0.05]
    return below[-1] if below else storeys[0]


def _missing(draft: ObjectDraft, storey: ObjectDraft) -> ModelFault:
    name = draft.entity.Name or ""
    return fault(
        "storey.missing",
        f"{draft.entity.is_a()}“{name}”没有楼层；按高度归入“{storey.entity.Name or ''}”",
        f"{draft.entity.is_a()} {name!r} is in no storey; by its height it is put into {storey.entity.Name or ''!r}",
        element=draft.entity.GlobalId,
    )


def _plain(value: Any) -> float:
    """The number without the noise of sums of metres."""
    return round(float(value), 9)
