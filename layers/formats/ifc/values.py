"""Values of properties and quantities: every kind that IFC has, lengths, areas and volumes in metres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layers.formats.ifc.units import FileUnits, unit_factor

_UNITS_OF_SPACE = ("LENGTHUNIT", "AREAUNIT", "VOLUMEUNIT")
_QUANTITIES = {
    "IfcQuantityLength": "IfcLengthMeasure",
    "IfcQuantityArea": "IfcAreaMeasure",
    "IfcQuantityVolume": "IfcVolumeMeasure",
}


def property_value(one: Any, units: FileUnits) -> Any:
    """The value of an IfcProperty as JSON has it.

    A bounded value is {"lower", "upper", "set_point"} (those that are there), an enumerated or list value a list, a
    table value a list of pairs, a complex property a mapping, a reference the name of what it refers to.
    """
    kind = one.is_a()
    if kind == "IfcPropertySingleValue":
        return _value(one[2], one[3], units)
    if kind == "IfcPropertyEnumeratedValue":
        unit = one[3].Unit if one[3] is not None else None
        return _values(one[2], unit, units)
    if kind == "IfcPropertyListValue":
        return _values(one[2], one[3], units)
    if kind == "IfcPropertyBoundedValue":
        unit = one.Unit
        parts = {
            "lower": _value(one.LowerBoundValue, unit, units),
            "upper": _value(one.UpperBoundValue, unit, units),
            "set_point": _value(getattr(one, "SetPointValue", None), unit, units),
        }
        return {key: value for key, value in parts.items() if value is not None}
    if kind == "IfcPropertyTableValue":
        left = _values(one.DefiningValues, one.DefiningUnit, units)
        right = _values(one.DefinedValues, one.DefinedUnit, units)
        return [list(pair) for pair in zip(left, right, strict=False)]
    if kind == "IfcPropertyReferenceValue":
        return _reference_name(one.PropertyReference)
    if kind == "IfcComplexProperty":
        return {part[0]: property_value(part, units) for part in one.HasProperties}
    return None


def quantity_value(one: Any, units: FileUnits) -> Any:
    """The value of an IfcPhysicalQuantity: metres, m², m³, a number, or a mapping of its parts."""
    kind = one.is_a()
    if kind == "IfcPhysicalComplexQuantity":
        return {part[0]: quantity_value(part, units) for part in one.HasQuantities}
    if one[3] is None:
        return None
    measure = _QUANTITIES.get(kind)
    if measure is None:
        return one[3]
    own = unit_factor(one[2]) if one[2] is not None else None
    return one[3] * (own if own is not None else units.factor(measure) or 1.0)


def _values(values: Sequence[Any] | None, unit: Any, units: FileUnits) -> list[Any]:
    return [_value(one, unit, units) for one in values or ()]


def _value(value: Any, unit: Any, units: FileUnits) -> Any:
    if value is None:
        return None
    plain = value[0]
    kind = value.is_a()
    if kind == "IfcLogical":
        return plain if isinstance(plain, bool) else None
    if isinstance(plain, bool | str) or not isinstance(plain, int | float):
        return list(plain) if isinstance(plain, tuple) else plain
    if unit is not None and getattr(unit, "UnitType", "") in _UNITS_OF_SPACE:
        factor = unit_factor(unit)
    else:
        factor = units.factor(kind)
    if factor is None or factor == 1.0:
        return plain
    return round_off(plain * factor)


def round_off(value: float) -> float:
    """A number without the noise of its conversion: 2.5 for 2500 × 0.001.

    >>> round_off(3300 * 0.001)
    3.3
    """
    return float(f"{value:.12g}")


def _reference_name(entity: Any) -> str | None:
    if entity is None:
        return None
    for key in ("Name", "Description", "Identification", "FamilyName"):
        text = getattr(entity, key, None)
        if isinstance(text, str) and text:
            return text
    return str(entity.is_a())
