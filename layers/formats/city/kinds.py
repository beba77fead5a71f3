"""What the classes of city models (CityJSON and CityGML share their names) are for us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cim.bim.building_model import ModelObject, ObjectKind

_KINDS: dict[str, ObjectKind] = {
    "Building": "building",
    "BuildingPart": "part",
    "BuildingStorey": "storey",
    "Storey": "storey",
    "BuildingRoom": "space",
    "Room": "space",
    "BuildingUnit": "zone",
}

_DISCIPLINES = {
    "Road": "transport",
    "Railway": "transport",
    "Square": "transport",
    "TransportSquare": "transport",
    "Bridge": "bridge",
    "Tunnel": "tunnel",
    "WaterBody": "water",
    "PlantCover": "vegetation",
    "SolitaryVegetationObject": "vegetation",
    "TINRelief": "terrain",
    "ReliefFeature": "terrain",
    "LandUse": "land use",
    "CityFurniture": "furniture",
}


def kind_of(class_name: str) -> ObjectKind:
    """What an object of this class is.

    >>> kind_of("BuildingPart"), kind_of("Road")
    ('part', 'element')
    """
    return _KINDS.get(class_name, "element")


def discipline_of(class_name: str) -> str:
    """The discipline that an object of this class belongs to; "architecture" for what is of a building."""
    for begin, discipline in _DISCIPLINES.items():
        if class_name.startswith(begin):
            return discipline
    return "architecture" if class_name.startswith(("Building", "Storey", "Room")) else ""


def with_storey_heights(
    objects: Sequence[ModelObject], heights: dict[str, tuple[float, float]]
) -> list[ModelObject]:
    """The objects with the heights of their storeys: from their own shapes, else from those of their rooms.

    `heights` has the lowest and highest point by object id, in the model's height datum. ±0 is the bottom of the
    building, or of its lowest storey where the building has no shape.
    """
    rooms: dict[str, list[tuple[float, float]]] = {}
    for one in objects:
        if one.storey is not None and one.kind != "storey" and one.id in heights:
            rooms.setdefault(one.storey, []).append(heights[one.id])
    spans: dict[str, tuple[float, float]] = {}
    for one in objects:
        if one.kind == "storey":
            known = [heights[one.id]] if one.id in heights else rooms.get(one.id, [])
            if known:
                spans[one.id] = (min(low for low, _ in known), max(high for _, high in known))
    lowest: dict[str | None, float] = {}
    for one in objects:
        if one.kind == "storey" and one.id in spans:
            lowest[one.building] = min(spans[one.id][0], lowest.get(one.building, np.inf))
    done = []
    for one in objects:
        if one.kind == "storey" and one.id in spans:
            low, high = spans[one.id]
            zero = heights.get(one.building or "", (lowest[one.building],))[0]
            one = replace(
                one,
                elevation_m=round(low - zero, 6),
                bottom_height_m=low,
                storey_height_m=round(high - low, 6),
            )
        done.append(one)
    return done
