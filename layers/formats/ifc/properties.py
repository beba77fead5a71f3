"""What a file says of its objects beside their shape: property sets, quantities, types and materials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from layers.formats.ifc.units import FileUnits
from layers.formats.ifc.values import property_value, quantity_value, round_off

#: Names of quantities in the order in which they answer for the volume and the area of an object.
_VOLUMES = ("NetVolume", "GrossVolume")
_AREAS = ("NetFloorArea", "GrossFloorArea", "NetArea", "GrossArea", "NetSideArea", "GrossSideArea")


class PropertyReader:
    """The properties of the objects of a file, each set read once."""

    def __init__(self, parsed: Any, units: FileUnits) -> None:
        self._units = units
        self._sets: dict[int, list[Any]] = {}
        self._types: dict[int, Any] = {}
        self._materials: dict[int, list[Any]] = {}
        self._added: dict[int, dict[str, dict[str, Any]]] = {}
        self._known: dict[int, dict[str, Any]] = {}
        self._of_types: dict[int, dict[str, dict[str, Any]]] = {}
        for relation in parsed.by_type("IfcRelDefinesByProperties"):
            for one in _definitions(relation[5]):
                for target in relation[4]:
                    self._sets.setdefault(target.id(), []).append(one)
        for relation in parsed.by_type("IfcRelDefinesByType"):
            for target in relation[4]:
                self._types[target.id()] = relation[5]
        for relation in parsed.by_type("IfcRelAssociatesMaterial"):
            for target in relation[4]:
                self._materials.setdefault(target.id(), []).append(relation[5])
        for target, name, values in (*_classifications(parsed), *_systems(parsed)):
            self._added.setdefault(target.id(), {}).setdefault(name, {}).update(values)

    def properties(self, entity: Any) -> dict[str, dict[str, Any]]:
        """By set and name, what the object says before what its type says. "Classification" has the codes by the name
        of the system that they are of, "System" the building services that the object is part of."""
        found: dict[str, dict[str, Any]] = {}
        type_of = self._types.get(entity.id())
        if type_of is not None:
            found = {name: dict(values) for name, values in self._type_properties(type_of).items()}
        for one in self._sets.get(entity.id(), ()):
            found.setdefault(_name(one), {}).update(self._read(one))
        for name, values in self._added.get(entity.id(), {}).items():
            found.setdefault(name, {}).update(values)
        return found

    def type_name(self, entity: Any) -> str:
        """The name of the object's type, or what it calls its type itself."""
        type_of = self._types.get(entity.id())
        return str((type_of is not None and type_of.Name) or getattr(entity, "ObjectType", None) or "")

    def predefined_type(self, entity: Any) -> str:
        """The predefined type of the object or of its type."""
        type_of = self._types.get(entity.id())
        own = getattr(entity, "PredefinedType", None)
        if own in (None, "NOTDEFINED", "USERDEFINED") and type_of is not None:
            own = getattr(type_of, "PredefinedType", None) or own
        return str(own or "")

    def materials(self, entity: Any) -> tuple[str, ...]:
        """The names of the materials of the object, or else of its type: layers, parts and profiles in their order."""
        listed = self._materials.get(entity.id())
        if listed is None and (type_of := self._types.get(entity.id())) is not None:
            listed = self._materials.get(type_of.id())
        names = (name for one in listed or () for name in material_names(one))
        return tuple(dict.fromkeys(name for name in names if name))

    def _type_properties(self, type_of: Any) -> dict[str, dict[str, Any]]:
        if type_of.id() not in self._of_types:
            sets = [*(type_of.HasPropertySets or ()), *self._sets.get(type_of.id(), ())]
            self._of_types[type_of.id()] = {_name(one): self._read(one) for one in sets}
        return self._of_types[type_of.id()]

    def _read(self, one: Any) -> dict[str, Any]:
        if one.id() not in self._known:
            kind = one.is_a()
            read: dict[str, Any] = {}
            if kind == "IfcPropertySet":
                read = {part[0]: property_value(part, self._units) for part in one[4] or ()}
            elif kind == "IfcElementQuantity":
                read = {part[0]: quantity_value(part, self._units) for part in one[5] or ()}
            self._known[one.id()] = read
        return self._known[one.id()]


def _classifications(parsed: Any) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """Which object has which code of which classification."""
    for relation in parsed.by_type("IfcRelAssociatesClassification"):
        reference = relation[5]
        if reference is None or not reference.is_a("IfcClassificationReference"):
            continue
        system, code = reference[3], " ".join(str(text) for text in (reference[1], reference[2]) if text)
        while system is not None and system.is_a("IfcClassificationReference"):
            system = system[3]
        name = str((system is not None and system.Name) or "Classification")
        for target in relation[4]:
            yield target, "Classification", {name: code}


def _systems(parsed: Any) -> Iterator[tuple[Any, str, dict[str, Any]]]:
    """Which element is part of which building service."""
    for relation in parsed.by_type("IfcRelAssignsToGroup"):
        system = relation[6]
        if system is not None and system.is_a("IfcSystem") and not system.is_a("IfcZone"):
            for target in relation[4] or ():
                yield target, "System", {str(system.Name or system.is_a()): str(system.ObjectType or "")}


def stated_volume(properties: dict[str, dict[str, Any]]) -> float | None:
    """The volume that the quantities of an object state (m³)."""
    return _quantity(properties, _VOLUMES)


def stated_area(properties: dict[str, dict[str, Any]]) -> float | None:
    """The area that the quantities of an object state (m²): a floor area before others."""
    return _quantity(properties, _AREAS)


def _quantity(properties: dict[str, dict[str, Any]], names: Iterable[str]) -> float | None:
    for name in names:
        for key, values in properties.items():
            value = values.get(name)
            if isinstance(value, float | int) and not isinstance(value, bool) and not key.startswith("Pset_"):
                return round_off(float(value))
    return None


def _definitions(definition: Any) -> Iterator[Any]:
    """The sets of a relation: one, or several in a set of sets."""
    if definition is None:
        return
    if definition.is_a("IfcPropertySetDefinitionSet"):
        yield from definition[0]
    else:
        yield definition


def _name(one: Any) -> str:
    return str(one[2] or one.is_a())


def material_names(material: Any) -> Iterator[str]:
    """The names in an IfcMaterialSelect."""
    if material is None:
        return
    kind = material.is_a()
    if kind == "IfcMaterial":
        yield str(material.Name or "")
    elif kind == "IfcMaterialList":
        for one in material.Materials:
            yield from material_names(one)
    elif kind == "IfcMaterialLayerSetUsage":
        yield from material_names(material.ForLayerSet)
    elif kind == "IfcMaterialProfileSetUsage" or kind == "IfcMaterialProfileSetUsageTapering":
        yield from material_names(material.ForProfileSet)
    elif kind in _PARTS:
        for one in getattr(material, _PARTS[kind]) or ():
            yield from material_names(one.Material)
    else:
        yield from material_names(getattr(material, "Material", None))


_PARTS = {
    "IfcMaterialLayerSet": "MaterialLayers",
    "IfcMaterialConstituentSet": "MaterialConstituents",
    "IfcMaterialProfileSet": "MaterialProfiles",
}
