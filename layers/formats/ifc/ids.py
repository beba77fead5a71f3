"""What an IDS file (information delivery specification) demands of a model, and which elements do not have it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cim.bim.building_model import ModelFault
from cim.errors import BadInput
from layers.formats.ifc.faults import fault
from layers.formats.ifc.opening import parse_ifc
from layers.formats.model_options import ModelOptions

_MOST_BYTES = 16 << 20
_MOST_TOLD = 1000
_CODES = {
    "Property": "ids.property",
    "Attribute": "ids.attribute",
    "Entity": "ids.entity",
    "Classification": "ids.classification",
    "Material": "ids.material",
    "PartOf": "ids.part_of",
}


def check_ids(ids_path: Path, model: Path, options: ModelOptions | None = None) -> list[ModelFault]:
    """One fault for each element of an IFC file and each requirement of an IDS file that it does not meet.

    Their codes are "ids.property", "ids.attribute", "ids.entity", "ids.classification", "ids.material", "ids.part_of",
    and "ids.specification" where a demanded kind of element is not there. `BadInput` where the IDS can't be read.
    """
    with parse_ifc(model, options or ModelOptions()) as file:
        return check_ids_of(ids_path, file.parsed)


def check_ids_of(ids_path: Path, parsed: Any) -> list[ModelFault]:
    """The same of a file that is parsed."""
    demands = _read(ids_path)
    demands.validate(parsed)
    told: list[ModelFault] = []
    left = 0
    for specification in demands.specifications:
        for one in _faults_of(specification, parsed):
            if len(told) < _MOST_TOLD:
                told.append(one)
            else:
                left += 1
    if left:
        told.append(
            fault(
                "ids.specification", f"还有 {left} 处不符合 IDS", f"{left} more elements do not meet the IDS"
            )
        )
    return told


def _read(path: Path) -> Any:
    from ifctester import ids

    if path.stat().st_size > _MOST_BYTES:
        raise BadInput(f"{path.name} has more than {_MOST_BYTES:,} bytes, which no IDS file has")
    text = path.read_bytes()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise BadInput(f"{path.name} has a DTD or entities, which an IDS file may not have")
    try:
        return ids.open(str(path))
    except Exception as error:  # the library raises what its XML parsers raise
        raise BadInput(f"{path.name} can't be read as an IDS file: {error}") from error


def _faults_of(specification: Any, parsed: Any) -> Iterator[ModelFault]:
    name = str(specification.name or "")
    versions = (
        [specification.ifcVersion] if isinstance(specification.ifcVersion, str) else specification.ifcVersion
    )
    if specification.is_ifc_version is False:
        yield fault(
            "ids.not_asked",
            f"规格“{name}”只针对 {'、'.join(versions)}，没有用于 {parsed.schema} 模型",
            f"the specification {name!r} is for {', '.join(versions)} only and was not asked of this "
            f"{parsed.schema} model",
        )
        return
    before = 0
    for requirement in specification.requirements:
        code = _CODES.get(type(requirement).__name__, "ids.property")
        for failure in requirement.failures:
            before += 1
            yield _fault(code, name, requirement, failure)
    if specification.status is False and before == 0:
        forbidden = str(specification.maxOccurs) == "0"
        for element in specification.applicable_entities if forbidden else ():
            yield _forbidden(name, element)
        if not forbidden:
            yield fault(
                "ids.specification",
                f"规格“{name}”要求的构件，模型里没有",
                f"the model has no element of the kind that the specification {name!r} demands",
            )


def _fault(code: str, name: str, requirement: Any, failure: Any) -> ModelFault:
    element, reason = failure["element"], failure["reason"]
    what = ".".join(
        str(part)
        for part in (getattr(requirement, key, None) for key in ("propertySet", "baseName", "name"))
        if isinstance(part, str)
    )
    title = getattr(element, "Name", None) or ""
    return fault(
        code,
        f"{element.is_a()}“{title}”不符合规格“{name}”{f'的 {what}' if what else ''}：{reason}",
        f"{element.is_a()} {title!r} does not meet {name!r}{f' in {what}' if what else ''}: {reason}",
        element=getattr(element, "GlobalId", None),
    )


def _forbidden(name: str, element: Any) -> ModelFault:
    title = getattr(element, "Name", None) or ""
    return fault(
        "ids.specification",
        f"规格“{name}”不许有的构件：{element.is_a()}“{title}”",
        f"{element.is_a()} {title!r} is of a kind that the specification {name!r} forbids",
        element=getattr(element, "GlobalId", None),
    )
