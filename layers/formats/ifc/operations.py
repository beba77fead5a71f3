"""The coordinate operations of a file: how its world is put on a map, as the file states it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cim.bim.building_model import ModelFault
from layers.formats.ifc.crs_name import CrsName, name_crs, read_crs
from layers.formats.ifc.faults import fault
from layers.formats.ifc.units import named_unit, unit_factor


@dataclass(slots=True)
class MapOperation:
    """One operation. Offsets are in the unit of the map, `map_unit` in metres (None: not stated); `scale` None where
    it is not stated; `factors` are those of IfcMapConversionScaled. `geographic` offsets are angles."""

    crs: CrsName
    first: float = 0.0
    second: float = 0.0
    height: float = 0.0
    abscissa: float = 1.0
    ordinate: float = 0.0
    scale: float | None = None
    factors: tuple[float, float, float] = (1.0, 1.0, 1.0)
    map_unit: float | None = None
    rigid: bool = False
    geographic: bool = False

    def numbers(self) -> tuple[object, ...]:
        """What must be the same in all operations of a file."""
        axis = (self.abscissa, self.ordinate)
        return (
            self.first,
            self.second,
            self.height,
            axis,
            self.scale,
            self.factors,
            self.rigid,
            self.crs.crs,
        )


@dataclass(slots=True)
class Operations:
    """What a file says of maps: its operation, a system that it names without an operation, and what is wrong."""

    operation: MapOperation | None = None
    crs_alone: CrsName | None = None
    refused: list[ModelFault] = field(default_factory=list)


def read_operations(parsed: Any) -> Operations:
    """The operations of the entities of a file, or else of its property sets."""
    read = Operations()
    if parsed.schema != "IFC2X3":
        _read_entities(parsed, read)
    if read.operation is None and not read.refused:
        read.operation = _read_property_sets(parsed) or read.operation
    if read.operation is not None:
        read.crs_alone = None
    return read


def _read_entities(parsed: Any, read: Operations) -> None:
    stated: list[MapOperation] = []
    without: list[Any] = []
    for context in parsed.by_type("IfcGeometricRepresentationContext", include_subtypes=False):
        operations = context.HasCoordinateOperation
        stated += [_operation(one, read) for one in operations]
        if not operations and (context.ContextType or "").lower() == "model":
            without.append(context)
    if not stated:
        for operation in parsed.by_type("IfcCoordinateOperation"):
            stated.append(_operation(operation, read))
            without.clear()
    if stated and (without or len({one.numbers() for one in stated}) > 1):
        zh = "有的几何上下文没有坐标转换" if without else "各几何上下文的坐标转换不一样"
        en = (
            "a representation context has no coordinate operation and another has one"
            if without
            else "the coordinate operations of the representation contexts are not identical"
        )
        read.refused.append(fault("georef.not_identical", f"{zh}（GRF001）", f"{en} (GRF001)"))
    if stated:
        read.operation = stated[0]
    elif systems := parsed.by_type("IfcCoordinateReferenceSystem"):
        read.crs_alone = read_crs(systems[0])


def _operation(entity: Any, read: Operations) -> MapOperation:
    target = entity.TargetCRS
    made = MapOperation(read_crs(target), map_unit=unit_factor(getattr(target, "MapUnit", None)))
    if entity.is_a("IfcRigidOperation"):
        made.rigid = True
        first, second = entity.FirstCoordinate, entity.SecondCoordinate
        made.first, made.second = float(first.wrappedValue), float(second.wrappedValue)
        made.height = float(entity.Height or 0.0)
        made.geographic = first.is_a() == second.is_a() == "IfcPlaneAngleMeasure"
        good = made.geographic or first.is_a() == second.is_a() == "IfcLengthMeasure"
        if not good:
            read.refused.append(
                fault(
                    "georef.rigid_operation",
                    f"IfcRigidOperation 的两个坐标是 {first.is_a()} 和 {second.is_a()}，应同为 IfcLengthMeasure 或 "
                    "IfcPlaneAngleMeasure（GRF008）",
                    f"the coordinates of the IfcRigidOperation are {first.is_a()} and {second.is_a()}; both must be "
                    "IfcLengthMeasure or both IfcPlaneAngleMeasure (GRF008)",
                )
            )
        if made.geographic:
            angle = unit_factor(getattr(target, "AngleUnit", None))
            made.map_unit = angle
        return made
    made.first, made.second = float(entity.Eastings), float(entity.Northings)
    made.height = float(entity.OrthogonalHeight or 0.0)
    made.abscissa, made.ordinate = _axis(entity.XAxisAbscissa, entity.XAxisOrdinate)
    made.scale = None if entity.Scale is None else float(entity.Scale)
    if entity.is_a("IfcMapConversionScaled"):
        made.factors = (float(entity.FactorX), float(entity.FactorY), float(entity.FactorZ))
    return made


def _axis(abscissa: float | None, ordinate: float | None) -> tuple[float, float]:
    x, y = float(abscissa or 0.0), float(ordinate or 0.0)
    return (x, y) if x or y else (1.0, 0.0)


def _read_property_sets(parsed: Any) -> MapOperation | None:
    """The operation that property sets of the project, a site or a building state (IFC2X3 has no entity for it)."""
    conversion: dict[str, Any] = {}
    system: dict[str, Any] = {}
    for name, values in _sets_of_place(parsed):
        if name == "epset_mapconversion":
            conversion = conversion or values
        elif name == "epset_projectedcrs":
            system = system or values
    if not conversion:
        return None
    text = {key: str(system.get(key) or "").strip() for key in ("name", "geodeticdatum", "verticaldatum")}
    name = text["name"] or str(conversion.get("targetcrs") or "").strip()
    made = MapOperation(name_crs(name, text["geodeticdatum"], text["verticaldatum"]))
    made.first, made.second = _number(conversion, "eastings"), _number(conversion, "northings")
    made.height = _number(conversion, "orthogonalheight")
    made.abscissa, made.ordinate = _axis(conversion.get("xaxisabscissa"), conversion.get("xaxisordinate"))
    made.scale = float(conversion["scale"]) if conversion.get("scale") is not None else None
    made.map_unit = named_unit(str(system.get("mapunit") or ""))
    return made


def _number(values: dict[str, Any], key: str) -> float:
    return float(values.get(key) or 0.0)


def _sets_of_place(parsed: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for relation in parsed.by_type("IfcRelDefinesByProperties"):
        properties = relation.RelatingPropertyDefinition
        name = (getattr(properties, "Name", None) or "").lower()
        if not name.startswith("epset_") or not properties.is_a("IfcPropertySet"):
            continue
        if any(
            one.is_a("IfcProject") or one.is_a("IfcSite") or one.is_a("IfcBuilding")
            for one in relation.RelatedObjects
        ):
            yield (
                name,
                {
                    (one.Name or "").lower(): one.NominalValue.wrappedValue
                    for one in properties.HasProperties
                    if one.is_a("IfcPropertySingleValue") and one.NominalValue is not None
                },
            )
