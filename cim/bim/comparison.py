"""Two versions of a model, object by object: what came, what went, what moved, what is said of it anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cim.bim.meshes import OpenModel

#: A body that moved by less than this has not moved.
_MOVED_M = 0.001
#: So many changes are listed of each kind; all are counted.
MOST_LISTED = 1_000


@dataclass(frozen=True)
class PropertyChange:
    """A property that two versions give another value; None where a version has none."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ObjectChange:
    """An object that is in both versions and differs. `moved_m` is how far the middle of its body moved; `reshaped`
    whether the body itself is another."""

    id: str
    kind: str
    name: str | None
    moved_m: float | None = None
    reshaped: bool = False
    properties: list[PropertyChange] = field(default_factory=list)


@dataclass(frozen=True)
class ObjectEntry:
    """An object that only one of the versions has."""

    id: str
    kind: str
    name: str | None


@dataclass(frozen=True)
class ModelComparison:
    """What differs between two versions of a model. Of each list the first 1,000 are given; `counts` counts all, by
    "added", "removed", "moved", "reshaped", "properties" and "same"."""

    model: str
    before: int
    after: int
    counts: dict[str, int]
    added: list[ObjectEntry]
    removed: list[ObjectEntry]
    changed: list[ObjectChange]


def compare_models(code: str, before: tuple[int, OpenModel], after: tuple[int, OpenModel]) -> ModelComparison:
    """What differs between two versions of a model, each given by its number and content, by the ids of its
    objects."""
    (first, old), (second, new) = before, after
    was = {one["id"]: one for one in old.packed.objects()}
    now = {one["id"]: one for one in new.packed.objects()}
    counts: Counter[str] = Counter(added=0, removed=0, moved=0, reshaped=0, properties=0, same=0)
    changed = []
    for name, one in now.items():
        if name not in was:
            continue
        change = _change(was[name], one, *_bodies(old, new, name))
        counts["moved"] += change.moved_m is not None
        counts["reshaped"] += change.reshaped
        counts["properties"] += bool(change.properties)
        if change.moved_m is None and not change.reshaped and not change.properties:
            counts["same"] += 1
        else:
            changed.append(change)
    added = [_entry(one) for name, one in now.items() if name not in was]
    removed = [_entry(one) for name, one in was.items() if name not in now]
    counts["added"], counts["removed"] = len(added), len(removed)
    return ModelComparison(
        code,
        first,
        second,
        dict(counts),
        added[:MOST_LISTED],
        removed[:MOST_LISTED],
        changed[:MOST_LISTED],
    )


def _entry(one: Mapping[str, Any]) -> ObjectEntry:
    return ObjectEntry(one["id"], one["class_name"], one["name"] or None)


def _bodies(old: OpenModel, new: OpenModel, name: str) -> tuple[float | None, bool]:
    """How far the middle of an object's body moved (None: not at all), and whether it has another body."""
    was, now = old.earth_corners(name), new.earth_corners(name)
    if len(was) == len(now) == 0:
        return None, False
    if len(was) != len(now):
        return None, True
    shift = now.mean(axis=0) - was.mean(axis=0)
    away = float(np.linalg.norm(shift))
    reshaped = float(np.abs(now - was - shift).max()) > _MOVED_M
    return (away if away > _MOVED_M else None), reshaped


#: What is said of an object beside its body.
_SAID = (
    "name",
    "long_name",
    "type_name",
    "class_name",
    "tag",
    "building",
    "storey",
    "space",
    "materials",
    "discipline",
)


def _change(
    was: Mapping[str, Any], now: Mapping[str, Any], moved_m: float | None, reshaped: bool
) -> ObjectChange:
    changes = [
        PropertyChange(name, was[name], now[name])
        for name in _SAID
        if (was[name] or None) != (now[name] or None)
    ]
    before, after = _flat(was["properties"]), _flat(now["properties"])
    changes += [
        PropertyChange(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    rounded = None if moved_m is None else round(moved_m, 4)
    return ObjectChange(now["id"], now["class_name"], now["name"] or None, rounded, reshaped, changes)


def _flat(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties by "Set.Name"; what is nested deeper is one value.

    >>> _flat({"Pset_WallCommon": {"FireRating": "2h"}, "usage": "office"})
    {'Pset_WallCommon.FireRating': '2h', 'usage': 'office'}
    """
    flat: dict[str, Any] = {}
    for name, value in properties.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    return flat
