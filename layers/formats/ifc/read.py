"""IFC files as building models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cim.bim.building_model import BuildingModel, ModelFault, ModelObject, Relation
from cim.progress import Progress, silent
from layers.formats.ifc.extent import find_extent
from layers.formats.ifc.faults import fault, refusal
from layers.formats.ifc.georeference import Georeference, find_georeference
from layers.formats.ifc.identity import make_ids
from layers.formats.ifc.kinds import Kinds, shown_products
from layers.formats.ifc.opening import ParsedFile, parse_ifc, schema_faults
from layers.formats.ifc.placements import Placements
from layers.formats.ifc.properties import PropertyReader, stated_area, stated_volume
from layers.formats.ifc.relations import find_circle, read_relations
from layers.formats.ifc.shapes import ModelShapes, make_shapes
from layers.formats.ifc.soundness import unsound_reference
from layers.formats.ifc.storeys import measure_storeys, settle_elements
from layers.formats.ifc.structure import ObjectDraft, Structure, build_structure, give_shapes, object_entities
from layers.formats.ifc.units import read_units
from layers.formats.model_options import ModelOptions

#: Names of files that are read here.
SUFFIXES = (".ifc", ".ifczip", ".ifcxml")


def read_ifc(path: Path, options: ModelOptions, progress: Progress = silent) -> BuildingModel:
    """The building model of an IFC file: STEP text of IFC2X3, IFC4 or IFC4X3, as it is or zipped.

    `ModelRefused` with all faults where the text can't be read whole, where nothing says for sure where the model
    stands, or where it is larger than the options allow. `progress` is told "scan" (bytes), "structure", "shapes" and
    "properties"; what it raises ends the work.
    """
    with parse_ifc(path, options, progress) as file:
        progress("structure", 0, None)
        try:
            return _read(path, file, options, progress)
        except (
            AttributeError,
            TypeError,
            ValueError,
            IndexError,
            KeyError,
            OverflowError,
            RuntimeError,
        ) as error:
            # What the schema demands is not there: the parser gives nothing, or an instance of another class.
            raise refusal(path.name, schema_faults(file, error)) from error


def _read(path: Path, file: ParsedFile, options: ModelOptions, progress: Progress) -> BuildingModel:
    if (unsound := unsound_reference(file.parsed)) is not None:
        raise ValueError(unsound)
    parsed, units = file.parsed, read_units(file.parsed)
    placements, kinds = Placements(units.length), Kinds(parsed)
    extent = find_extent(parsed, placements, kinds)
    place = find_georeference(parsed, units, placements, extent, options, path.name)
    entities = object_entities(parsed, kinds)
    ids, told = make_ids(entity for entity, _ in entities)
    relations = read_relations(parsed)
    if (circle := find_circle(relations)) is not None:
        raise refusal(path.name, [_circle(parsed.by_id(circle))])
    sites = {one.id() for one in parsed.by_type("IfcSite")}
    structure = build_structure(entities, relations, placements, place.origin, sites)
    products = shown_products(parsed, kinds)
    shapes = make_shapes(parsed, products, place.origin, units.length, options, progress, path.name)
    give_shapes(structure, shapes.shapes, shapes.meshes)
    told += measure_storeys(structure, place.placement, units.length)
    told += settle_elements(structure)
    objects = _objects(structure, ids, PropertyReader(parsed, units), kinds, progress)
    told += [*shapes.faults, *_nothing(structure)]
    named = [
        Relation(kind, ids[one], ids[other])
        for kind, one, other in relations.pairs
        if one in ids and other in ids
    ]
    return _model(path, file, place, objects, shapes, named, told)


def _model(
    path: Path,
    file: ParsedFile,
    place: Georeference,
    objects: list[ModelObject],
    shapes: ModelShapes,
    relations: list[Relation],
    told: list[ModelFault],
) -> BuildingModel:
    return BuildingModel(
        name=_title(file.parsed, path),
        schema=str(file.parsed.schema),
        placement=place.placement,
        objects=objects,
        meshes=shapes.meshes,
        materials=shapes.materials,
        relations=relations,
        faults=[*file.faults, *place.told, *told],
        facts=_facts(file.parsed),
    )


def _objects(
    structure: Structure, ids: dict[int, str], reader: PropertyReader, kinds: Kinds, progress: Progress
) -> list[ModelObject]:
    made: list[ModelObject] = []
    for draft in structure.drafts.values():
        if len(made) % 256 == 0:
            progress("properties", len(made), len(structure.drafts))
        made.append(_object(draft, ids, reader, kinds))
    return made


def _object(draft: ObjectDraft, ids: dict[int, str], reader: PropertyReader, kinds: Kinds) -> ModelObject:
    entity = draft.entity
    properties = reader.properties(entity)
    class_name = entity.is_a()
    return ModelObject(
        id=ids[draft.number],
        kind=draft.kind,
        class_name=class_name,
        name=entity.Name or "",
        long_name=getattr(entity, "LongName", None) or "",
        type_name=reader.type_name(entity),
        description=entity.Description or "",
        tag=getattr(entity, "Tag", None) or "",
        parent=_id(draft.parent, ids),
        building=_id(draft.building, ids),
        storey=_id(draft.storey, ids),
        space=_id(draft.space, ids),
        storey_by_height=draft.storey_by_height,
        shapes=draft.shapes,
        properties=properties,
        materials=reader.materials(entity),
        discipline=kinds.discipline(class_name, reader.predefined_type(entity)),
        elevation_m=draft.elevation_m,
        bottom_height_m=draft.bottom_height_m,
        storey_height_m=draft.storey_height_m,
        volume_m3=stated_volume(properties),
        area_m2=stated_area(properties),
    )


def _id(number: int | None, ids: dict[int, str]) -> str | None:
    return None if number is None else ids[number]


def _nothing(structure: Structure) -> list[ModelFault]:
    """A fault for a model of nothing."""
    if any(one.kind in ("building", "part", "space", "element") for one in structure.drafts.values()):
        return []
    return [
        fault(
            "model.nothing_in_it",
            "模型里没有建筑，也没有构件（0 个）",
            "there is nothing in the model: no building and no element",
        )
    ]


def _circle(entity: Any) -> ModelFault:
    return fault(
        "structure.circle",
        f"#{entity.id()} {entity.is_a()}“{entity.Name or ''}”绕一圈成了自己的一部分",
        f"#{entity.id()} {entity.is_a()} {entity.Name or ''!r} is, over others, a part of itself",
        element=entity.GlobalId,
    )


def _title(parsed: Any, path: Path) -> str:
    for project in parsed.by_type("IfcProject"):
        for text in (project.LongName, project.Name):
            if text and text.strip():
                return str(text.strip())
    return path.stem


def _facts(parsed: Any) -> dict[str, str]:
    header = parsed.header.file_name
    facts = {
        "schema": parsed.schema_identifier,
        "author": ", ".join(one for one in header.author or () if one),
        "organisation": ", ".join(one for one in header.organization or () if one),
        "application": header.originating_system or "",
        "preprocessor": header.preprocessor_version or "",
        "time_stamp": header.time_stamp or "",
        "description": ", ".join(one for one in parsed.header.file_description.description or () if one),
    }
    for project in parsed.by_type("IfcProject")[:1]:
        facts |= {"project": project.Name or "", "phase": project.Phase or ""}
    for one in parsed.by_type("IfcApplication")[:1]:
        facts["application"] = " ".join(text for text in (one.ApplicationFullName, one.Version) if text)
    return {key: value.strip() for key, value in facts.items() if value and value.strip()}
