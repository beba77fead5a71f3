"""What is at a place in the models: the building, its storey, spaces and elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson

from cim.bim.meshes import ModelRegistry
from cim.bim.model_layers import BUILDINGS, ELEMENTS, MODELS, SPACES, STOREYS
from cim.bim.storey_names import is_named
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot

#: A floor's height is meant to be asked at this height above it: that of a person's hands.
_ABOVE_FLOOR_M = 1.2
#: So many elements whose bodies are looked into for one question.
_MOST_BODIES = 2_000


@dataclass(frozen=True)
class StoreyThere:
    """A storey at a place. `elevation_m` above ±0, `bottom_m` and `top_m` in the model's height datum."""

    id: str
    name: str | None
    number: int | None
    elevation_m: float | None
    bottom_m: float | None
    top_m: float | None


@dataclass(frozen=True)
class ObjectThere:
    """A part, space or element at a place."""

    id: str
    kind: str
    name: str | None
    bottom_m: float | None
    top_m: float | None


@dataclass(frozen=True)
class BuildingThere:
    """A building at a place, with its properties and what is there in it.

    `storey` is the one that the place is in; `storeys` are all at that height, where a model lists one floor several
    times. `parts` are of the building, `elements` are bodies that hold the place, spaces apart.
    """

    model: str
    id: str
    name: str | None
    bottom_m: float | None
    top_m: float | None
    height_datum: str | None
    height_m: float | None
    parts: list[ObjectThere] = field(default_factory=list)
    storey: StoreyThere | None = None
    storeys: list[StoreyThere] = field(default_factory=list)
    spaces: list[ObjectThere] = field(default_factory=list)
    elements: list[ObjectThere] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceInModels:
    """What is at a place. `elements` are those of no building: a road, a tree, a bridge."""

    point: tuple[float, float]
    height_m: float | None
    floor: str | None
    buildings: list[BuildingThere]
    elements: list[ObjectThere]


def what_is_at(
    snapshots: Mapping[str, Snapshot],
    models: ModelRegistry,
    point: tuple[float, float],
    height_m: float | None = None,
    floor: str | None = None,
) -> PlaceInModels:
    """What is at a point (lon, lat) at a height in the models' datum, or on a floor ("12", "12F", "B1", "首层").

    Without either all that stands there is given, with no storey. `BadInput` for both. A height counts for each model
    in its own datum.
    """
    if height_m is not None and floor is not None:
        raise BadInput("give either height_m or floor, not both")
    if BUILDINGS.name not in snapshots:
        return PlaceInModels(point, height_m, floor, [], [])
    look = _Look(snapshots, models, point)
    buildings = look.buildings(height_m, floor)
    if floor is not None:  # what is in no building is on no floor
        loose: list[ObjectThere] = []
    elif height_m is not None:
        loose = look.elements_of(None, height_m)
    else:
        loose = look.loose_elements()
    return PlaceInModels(point, height_m, floor, buildings, loose)


class _Look:
    """One question: the rows at its point, layer by layer."""

    def __init__(
        self, snapshots: Mapping[str, Snapshot], models: ModelRegistry, point: tuple[float, float]
    ) -> None:
        self._models = models
        self._point = point
        at = np.array([point])
        self._rows = {
            layer.name: _records(snapshots[layer.name], at)
            for layer in (BUILDINGS, STOREYS, SPACES, ELEMENTS)
        }
        self._storeys = snapshots[STOREYS.name]
        known = snapshots[MODELS.name]
        table = known.attributes(known.rows, ["code", "content", "height_datum"]).to_pylist()
        self._known = {row["code"]: row for row in table}
        self._buildings = snapshots[BUILDINGS.name]

    def buildings(self, height_m: float | None, floor: str | None) -> list[BuildingThere]:
        """The buildings at the point, each with what is there in it."""
        whole: dict[tuple[str, str], dict[str, Any]] = {}
        parts: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in self._rows[BUILDINGS.name]:
            if row["parent"] is None:
                whole[row["model"], row["id"]] = row
            else:
                parts.setdefault((row["model"], row["parent"]), []).append(row)
        for row in (*self._rows[SPACES.name], *self._rows[ELEMENTS.name]):
            if row["building"] is not None:
                whole.setdefault((row["model"], row["building"]), {})
        for key in parts:
            whole.setdefault(key, {})
        found = []
        for key, row in whole.items():
            row = row or self._building(*key)
            there = row and self._building_there(row, parts.get(key, []), height_m, floor)
            if there:
                found.append(there)
        return found

    def _building(self, model: str, name: str) -> dict[str, Any]:
        """The row of a building that does not itself cover the point, as one whose balcony does."""
        mask = self._buildings.matching({"model": model, "id": name})
        rows = self._buildings.rows[mask[self._buildings.rows]]
        records: list[dict[str, Any]] = self._buildings.attributes(rows).to_pylist()
        return records[0] if records else {}

    def _building_there(
        self, row: dict[str, Any], parts: Sequence[dict[str, Any]], height_m: float | None, floor: str | None
    ) -> BuildingThere | None:
        model, name = row["model"], row["id"]
        storeys = self._storeys_of(model, name)
        at_height = []
        if floor is not None:
            at_height = [s for s in storeys if is_named(floor, s["name"], s["number"])]
            if not at_height or at_height[0]["bottom_m"] is None:
                return None
            height_m = at_height[0]["bottom_m"] + _ABOVE_FLOOR_M
        elif height_m is not None:
            at_height = _at_height(storeys, row, height_m)
        spaces = self._bodies(SPACES.name, model, name, height_m)
        elements = self.elements_of((model, name), height_m) if height_m is not None else []
        inner = [p for p in parts if height_m is None or self._is_within(p, height_m)]
        if height_m is not None and not (spaces or elements or inner or self._stands_there(row, height_m)):
            return None
        homes = {s["storey"] for s in spaces}
        storey = next((s for s in at_height if s["id"] in homes), at_height[0] if at_height else None)
        return BuildingThere(
            model=model,
            id=name,
            name=row["name"],
            bottom_m=row["bottom_m"],
            top_m=row["top_m"],
            height_datum=self._known.get(model, {}).get("height_datum"),
            height_m=height_m,
            parts=[_object(p) for p in inner],
            storey=None if storey is None else _storey(storey),
            storeys=[_storey(s) for s in at_height],
            spaces=[_object(s) for s in spaces],
            elements=elements,
            properties=orjson.loads(row["properties"]) if row.get("properties") else {},
        )

    def _storeys_of(self, model: str, building: str) -> list[dict[str, Any]]:
        mask = self._storeys.matching({"model": model, "building": building})
        rows = self._storeys.rows[mask[self._storeys.rows]]
        records: list[dict[str, Any]] = self._storeys.attributes(
            rows, ["id", "name", "number", "elevation_m", "bottom_m", "top_m"]
        ).to_pylist()
        return sorted(records, key=lambda s: (s["bottom_m"] is None, s["bottom_m"] or 0.0))

    def elements_of(self, building: tuple[str, str] | None, height_m: float | None) -> list[ObjectThere]:
        """The elements of a building (None: of none) whose bodies hold the point at this height."""
        model, name = building or (None, None)
        return [_object(row) for row in self._bodies(ELEMENTS.name, model, name, height_m)]

    def loose_elements(self) -> list[ObjectThere]:
        """The elements of no building that cover the point, whatever their height."""
        return [_object(row) for row in self._rows[ELEMENTS.name] if row["building"] is None]

    def _bodies(
        self, layer: str, model: str | None, building: str | None, height_m: float | None
    ) -> list[dict[str, Any]]:
        rows = [
            row
            for row in self._rows[layer]
            if row["building"] == building and (model is None or row["model"] == model)
        ]
        if height_m is None:
            return rows if layer == SPACES.name else []
        near = [row for row in rows if _holds(row, height_m)]
        if len(near) > _MOST_BODIES:
            raise BadInput(
                f"{len(near):,} bodies are at this place; at most {_MOST_BODIES:,} are looked into"
            )
        return [row for row in near if self._contains(row, height_m) is not False]

    def _stands_there(self, row: dict[str, Any], height_m: float) -> bool:
        """Whether a building none of whose parts, spaces and elements is at the place holds it: in its body, or where
        it is made of its elements, above what it covers and between its bottom and its top."""
        if not _holds(row, height_m):
            return False
        inside = self._contains(row, height_m)
        if inside is not None:
            return inside
        parts = self._buildings.matching({"model": row["model"], "parent": row["id"]})
        return not parts[self._buildings.rows].any() and row in self._rows[BUILDINGS.name]

    def _contains(self, row: dict[str, Any], height_m: float) -> bool | None:
        """Whether the body of an object holds the place; None where it has none."""
        content = self._known.get(row["model"], {}).get("content")
        if content is None:
            return False
        return self._models.open(content).contains(row["id"], (*self._point, height_m))

    def _is_within(self, row: dict[str, Any], height_m: float) -> bool:
        """The same; what has no body is as high as it says."""
        return _holds(row, height_m) and self._contains(row, height_m) is not False


def _records(snapshot: Snapshot, at: Any) -> list[dict[str, Any]]:
    rows, _ = snapshot.containing(at)
    told = snapshot.layer.name == BUILDINGS.name
    names = [n for n in snapshot.layer.field_names if told or n != "properties"]
    records: list[dict[str, Any]] = snapshot.attributes(rows, names).to_pylist()
    return records


def _holds(row: Mapping[str, Any], height_m: float) -> bool:
    low, high = row["bottom_m"], row["top_m"]
    return low is not None and high is not None and low <= height_m <= high


def _at_height(
    storeys: Sequence[dict[str, Any]], building: Mapping[str, Any], height_m: float
) -> list[dict[str, Any]]:
    """The storeys that a height is in: those with the highest floor not above it. Below the lowest floor it is in that
    storey as long as it is in the building; above the building it is in none."""
    known = [s for s in storeys if s["bottom_m"] is not None]
    top = building.get("top_m")
    if not known or (top is not None and height_m > top):
        return []
    below = [s for s in known if s["bottom_m"] <= height_m]
    level = below[-1]["bottom_m"] if below else known[0]["bottom_m"]
    if not below and not _holds(building, height_m):
        return []
    return [s for s in known if s["bottom_m"] == level]


def _storey(row: Mapping[str, Any]) -> StoreyThere:
    return StoreyThere(
        row["id"], row["name"], row["number"], row["elevation_m"], row["bottom_m"], row["top_m"]
    )


def _object(row: Mapping[str, Any]) -> ObjectThere:
    return ObjectThere(row["id"], row["class"], row["name"], row["bottom_m"], row["top_m"])
