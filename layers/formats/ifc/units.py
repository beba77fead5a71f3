"""The units of a file: what its numbers are worth in metres, square metres and cubic metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_PREFIX = {
    "EXA": 1e18,
    "PETA": 1e15,
    "TERA": 1e12,
    "GIGA": 1e9,
    "MEGA": 1e6,
    "KILO": 1e3,
    "HECTO": 1e2,
    "DECA": 1e1,
    "DECI": 1e-1,
    "CENTI": 1e-2,
    "MILLI": 1e-3,
    "MICRO": 1e-6,
    "NANO": 1e-9,
    "PICO": 1e-12,
}
_POWER = {"LENGTHUNIT": 1, "AREAUNIT": 2, "VOLUMEUNIT": 3}
#: Units as property sets name them, where there is no entity for them.
_NAMES = {
    "METRE": 1.0,
    "METER": 1.0,
    "M": 1.0,
    "MILLIMETRE": 1e-3,
    "MILLIMETER": 1e-3,
    "MM": 1e-3,
    "CENTIMETRE": 1e-2,
    "CENTIMETER": 1e-2,
    "CM": 1e-2,
    "FOOT": 0.3048,
    "FEET": 0.3048,
    "FT": 0.3048,
    "INCH": 0.0254,
    "US SURVEY FOOT": 1200 / 3937,
}


@dataclass(frozen=True, slots=True)
class FileUnits:
    """What one of the file's units is worth: metres, m², m³, and the name of an angle's (radians where 1)."""

    length: float = 1.0
    area: float = 1.0
    volume: float = 1.0
    angle: float = 1.0

    def factor(self, measure: str) -> float | None:
        """What a value of a measure's type is multiplied by; None where it is no length, area or volume.

        >>> FileUnits(0.001, 1.0, 1.0).factor("IfcPositiveLengthMeasure")
        0.001
        """
        if measure.endswith("LengthMeasure"):
            return self.length
        if measure == "IfcAreaMeasure":
            return self.area
        return self.volume if measure == "IfcVolumeMeasure" else None


def read_units(parsed: Any) -> FileUnits:
    """The units that the project names. Areas and volumes without a unit of their own are of the length's."""
    found: dict[str, float] = {}
    for project in parsed.by_type("IfcProject"):
        assigned = project.UnitsInContext
        for unit in assigned.Units if assigned is not None else ():
            kind = getattr(unit, "UnitType", None)
            if kind in _POWER or kind == "PLANEANGLEUNIT":
                value = unit_factor(unit)
                if value is not None:
                    found.setdefault(kind, value)
    length = found.get("LENGTHUNIT", 1.0)
    return FileUnits(
        length,
        found.get("AREAUNIT", length**2),
        found.get("VOLUMEUNIT", length**3),
        found.get("PLANEANGLEUNIT", 1.0),
    )


def unit_factor(unit: Any) -> float | None:
    """What one of a unit is worth in SI; None where the unit says nothing that can be used."""
    if unit is None:
        return None
    if unit.is_a("IfcSIUnit"):
        prefix = _PREFIX.get(unit.Prefix or "", 1.0)
        return float(prefix ** _POWER.get(unit.UnitType, 1))
    if unit.is_a("IfcConversionBasedUnit"):
        measure = unit.ConversionFactor
        if measure is None or measure.ValueComponent is None:
            return None
        base = unit_factor(measure.UnitComponent)
        value = float(measure.ValueComponent.wrappedValue)
        return None if base is None or not value else value * base
    return None


def named_unit(name: str) -> float | None:
    """What a unit is worth that is given by its name.

    >>> named_unit("millimetre"), named_unit("ell")
    (0.001, None)
    """
    return _NAMES.get(name.strip().upper().replace("_", " "))
