"""What the classes of IFC are to us: kinds of objects, and the discipline that they belong to."""

from __future__ import annotations

from typing import Any

from cim.bim.building_model import ObjectKind

#: By the nearest class that is listed; None: no object of a model (openings, ports, axes, loads).
_KINDS: dict[str, ObjectKind | None] = {
    "IfcBuildingStorey": "storey",
    "IfcSpace": "space",
    "IfcSpatialZone": "zone",
    "IfcZone": "zone",
    "IfcFacilityPart": "part",
    "IfcFacility": "building",
    "IfcBuilding": "building",
    "IfcFeatureElement": None,
    "IfcVirtualElement": None,
    "IfcElement": "element",
    "IfcProxy": "element",
}

#: By the nearest class that is listed, or by the first word of the class that begins a name.
_DISCIPLINES = {
    "IfcFireSuppressionTerminal": "fire",
    "IfcFireSuppressionTerminalType": "fire",
    "IfcAlarm": "fire",
    "IfcSanitaryTerminal": "plumbing",
    "IfcWasteTerminal": "plumbing",
    "IfcStackTerminal": "plumbing",
    "IfcInterceptor": "plumbing",
    "IfcPipeSegment": "plumbing",
    "IfcPipeFitting": "plumbing",
    "IfcPump": "plumbing",
    "IfcTank": "plumbing",
    "IfcValve": "plumbing",
    "IfcFlowMeter": "plumbing",
    "IfcCableSegment": "electrical",
    "IfcCableFitting": "electrical",
    "IfcCableCarrierSegment": "electrical",
    "IfcCableCarrierFitting": "electrical",
    "IfcConduit": "electrical",
    "IfcElectricAppliance": "electrical",
    "IfcElectricDistributionBoard": "electrical",
    "IfcElectricDistributionPoint": "electrical",
    "IfcElectricFlowStorageDevice": "electrical",
    "IfcElectricFlowTreatmentDevice": "electrical",
    "IfcElectricGenerator": "electrical",
    "IfcElectricMotor": "electrical",
    "IfcElectricTimeControl": "electrical",
    "IfcMotorConnection": "electrical",
    "IfcSolarDevice": "electrical",
    "IfcTransformer": "electrical",
    "IfcSwitchingDevice": "electrical",
    "IfcJunctionBox": "electrical",
    "IfcLamp": "electrical",
    "IfcLightFixture": "electrical",
    "IfcOutlet": "electrical",
    "IfcProtectiveDevice": "electrical",
    "IfcProtectiveDeviceTrippingUnit": "electrical",
    "IfcAudioVisualAppliance": "electrical",
    "IfcCommunicationsAppliance": "electrical",
    "IfcMobileTelecommunicationsAppliance": "electrical",
    "IfcDistributionControlElement": "control",
    "IfcDistributionElement": "mechanical",
    "IfcFurnishingElement": "furniture",
    "IfcGeographicElement": "site",
    "IfcCivilElement": "site",
    "IfcTransportElement": "transport",
    "IfcTransportationDevice": "transport",
    "IfcBeam": "structure",
    "IfcColumn": "structure",
    "IfcMember": "structure",
    "IfcPlate": "structure",
    "IfcFooting": "structure",
    "IfcPile": "structure",
    "IfcDeepFoundation": "structure",
    "IfcSlab": "structure",
    "IfcBearing": "structure",
    "IfcTendon": "structure",
    "IfcElementComponent": "structure",
    "IfcSite": "site",
    "IfcElement": "architecture",
    "IfcProxy": "architecture",
    "IfcSpatialElement": "architecture",
    "IfcSpatialStructureElement": "architecture",
    "IfcGroup": "architecture",
}
#: What predefined types say about classes of many trades.
_DISCIPLINE_WORDS = (
    ("FIRE", "fire"),
    ("SMOKE", "fire"),
    ("SPRINKLER", "fire"),
    ("HYDRANT", "fire"),
    ("ELECTR", "electrical"),
)


class Kinds:
    """The kinds and disciplines of the classes of one schema, each looked up once."""

    def __init__(self, parsed: Any) -> None:
        from ifcopenshell import ifcopenshell_wrapper

        self._schema = ifcopenshell_wrapper.schema_by_name(parsed.schema_identifier)
        self._lines: dict[str, tuple[str, ...]] = {}

    def line(self, name: str) -> tuple[str, ...]:
        """A class and those above it, the nearest first."""
        if name not in self._lines:
            found: list[str] = []
            entity = self._schema.declaration_by_name(name).as_entity()
            while entity is not None:
                found.append(entity.name())
                entity = entity.supertype()
            self._lines[name] = tuple(found)
        return self._lines[name]

    def kind(self, name: str) -> ObjectKind | None:
        """What objects of a class are; None where they are none of the model's."""
        return next((_KINDS[one] for one in self.line(name) if one in _KINDS), None)

    def discipline(self, name: str, predefined: str = "") -> str:
        """The trade that a class belongs to, or its predefined type."""
        if "IfcDistributionElement" in self.line(name):
            for word, trade in _DISCIPLINE_WORDS:
                if word in predefined.upper():
                    return trade
        return next((_DISCIPLINES[one] for one in self.line(name) if one in _DISCIPLINES), "")


def shown_products(parsed: Any, kinds: Kinds) -> list[Any]:
    """The products of a file that may have a shape in the model, by number: spaces, elements, buildings, sites."""
    shown = [
        one
        for one in parsed.by_type("IfcProduct")
        if one.Representation is not None and (kinds.kind(one.is_a()) is not None or one.is_a("IfcSite"))
    ]
    return sorted(shown, key=lambda one: int(one.id()))
