"""What the tessellation trusts without a look: that references lead to what they should, and not in a circle.

It is native code, which ends the whole process where it meets an instance of another class or runs in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

#: By class: the attributes that the tessellation follows, and what they must lead to.
_FOLLOWED: dict[str, tuple[tuple[int, str], ...]] = {
    "IfcRelAggregates": ((4, "IfcObjectDefinition"), (5, "IfcObjectDefinition")),
    "IfcRelNests": ((4, "IfcObjectDefinition"), (5, "IfcObjectDefinition")),
    "IfcRelContainedInSpatialStructure": ((4, "IfcProduct"), (5, "IfcProduct")),
    "IfcRelVoidsElement": ((4, "IfcElement"), (5, "IfcFeatureElement")),
    "IfcRelFillsElement": ((4, "IfcFeatureElement"), (5, "IfcElement")),
    "IfcRelAssociatesMaterial": ((4, "IfcRoot"),),
    "IfcLocalPlacement": ((0, "IfcObjectPlacement"), (1, "IfcPlacement")),
    "IfcMappedItem": ((0, "IfcRepresentationMap"), (1, "IfcCartesianTransformationOperator")),
    "IfcRepresentationMap": ((0, "IfcPlacement"), (1, "IfcRepresentation")),
    "IfcShapeRepresentation": ((0, "IfcRepresentationContext"), (3, "IfcRepresentationItem")),
    "IfcStyledItem": ((0, "IfcRepresentationItem"),),
}


def unsound_reference(parsed: Any) -> str | None:
    """In words, the first reference that leads to an instance of a class which may not be there; None where all do."""
    for name, ends in _FOLLOWED.items():
        for entity in parsed.by_type(name):
            for place, wanted in ends:
                for target in _each(entity[place]):
                    if target is not None and not (hasattr(target, "is_a") and target.is_a(wanted)):
                        return f"#{entity.id()}={entity.is_a()} leads to {target}, which is no {wanted}"
    for product in parsed.by_type("IfcProduct"):
        placement, shape = product[5], product[6]
        if placement is not None and not placement.is_a("IfcObjectPlacement"):
            return f"#{product.id()}={product.is_a()} is placed by {placement}"
        if shape is not None and not shape.is_a("IfcProductRepresentation"):
            return f"#{product.id()}={product.is_a()} has the shape {shape}"
    return _circle(parsed.by_type("IfcLocalPlacement"), lambda one: _each(one[0])) or _circle(
        parsed.by_type("IfcRepresentationMap"), _nested_maps
    )


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, tuple) else (value,)


def _nested_maps(map_of: Any) -> Iterator[Any]:
    for item in (map_of[1].Items or ()) if map_of[1] is not None else ():
        if item.is_a("IfcMappedItem"):
            yield item[0]


def _circle(entities: Iterable[Any], follow: Any) -> str | None:
    settled: set[int] = set()
    for start in entities:
        way: list[tuple[Any, Iterator[Any]]] = [(start, iter(follow(start)))]
        on_way = {start.id()}
        while way:
            entity, rest = way[-1]
            following = next(rest, None)
            if following is None:
                way.pop()
                on_way.discard(entity.id())
                settled.add(entity.id())
            elif following.id() in on_way:
                return f"#{entity.id()}={entity.is_a()} leads back to itself"
            elif following.id() not in settled:
                way.append((following, iter(follow(following))))
                on_way.add(following.id())
    return None
