"""Models of kinds that people report trouble with, each with its right result; see tests/cases/cim/ifc."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cim.bim.building_model import BuildingModel, ModelFault, ModelObject, ModelRefused
from cim.bim.measure import volume_m3
from cim.bim.placement import GroundPlacement, to_tangent
from layers.formats.ifc.ids import check_ids
from layers.formats.ifc.read import read_ifc
from layers.formats.model_options import ModelOptions
from tests.support.inputs import CASES

FOLDER = CASES / "cim" / "ifc"
TABLE = [
    case
    for case in json.loads((CASES / "cim" / "expected.json").read_text("utf-8"))["cases"]
    if case["id"].startswith("I")
]
#: Faults that the check of models finds in what the reader gives.
_OF_OTHERS = ("val3dity", "solid.zero_volume", "storey.element_outside")


@pytest.mark.parametrize("case", TABLE, ids=[case["id"] for case in TABLE])
def test_the_right_result(case: dict[str, Any]) -> None:
    run = case.get("run", {})
    place = GroundPlacement(**run["place"]) if "place" in run else None
    options = ModelOptions(crs=run.get("crs"), place=place)
    model: BuildingModel | None = None
    try:
        model = read_ifc(CASES / "cim" / case["file"], options)
    except ModelRefused as refused:
        assert case["outcome"].startswith("refused"), str(refused)
        faults: Sequence[ModelFault] = refused.faults
        assert all(one.text.zh and one.text.en in str(refused) for one in faults)
    else:
        assert case["outcome"] != "refused"
        faults = model.faults
    if "ids" in run:
        faults = [*faults, *check_ids(CASES / "cim" / run["ids"], CASES / "cim" / case["file"])]
    check_faults(case.get("faults", ()), faults)
    if model is not None:
        check_model(model, {**case, **case.get("if_loaded", {})})


def check_faults(expected: Sequence[dict[str, Any]], faults: Sequence[ModelFault]) -> None:
    for want in expected:
        if want["code"] in _OF_OTHERS:
            continue
        found = [one for one in faults if one.code == want["code"]]
        if "element" in want:
            found = [one for one in found if one.element == want["element"]]
        if "line" in want:
            found = [one for one in found if one.line == want["line"]]
        words = [word.lower() for word in want.get("words_any", ())]
        said = [f"{one.text.zh} {one.text.en}".lower() for one in found]
        assert any(not words or any(word in text for word in words) for text in said), want


def check_model(model: BuildingModel, want: dict[str, Any]) -> None:
    objects = {one.id: one for one in model.objects}
    assert len(objects) == len(model.objects)
    if "vertical_datum" in want:
        assert model.placement.height_datum == want["vertical_datum"]
    for point in want.get("control_points", ()):
        away = distance_m(model, objects[point["element"]], (point["lon"], point["lat"], point["height_m"]))
        assert away <= want.get("tolerance_m", 0.01), point["name"]
    counts = Counter(one.class_name for one in model.objects)
    assert {key: counts[key] for key in want.get("counts", ())} == want.get("counts", {})
    assert not any(counts[key] for key in want.get("not_elements", ()))
    if "storeys" in want:
        check_storeys(model, want["storeys"])
    volumes: Counter[str] = Counter()
    for one in model.objects:
        volumes[one.class_name] += volume_of(model, one)
    for key, volume in want.get("volumes_m3", {}).items():
        assert volumes[key] == pytest.approx(volume, rel=1e-3)
    for key, volume in want.get("element_volumes_m3", {}).items():
        assert volume_of(model, objects[key]) == pytest.approx(volume, rel=1e-3)
    assert {key: objects[key].name for key in want.get("names", ())} == want.get("names", {})
    check_properties(objects, want)
    check_relations(model, objects, want)


def check_storeys(model: BuildingModel, want: Sequence[dict[str, Any]]) -> None:
    storeys = [one for one in model.objects if one.kind == "storey"]
    assert [one.id for one in storeys] == [row["id"] for row in want]
    for storey, row in zip(storeys, want, strict=True):
        assert storey.name == row["name"]
        for key in ("elevation_m", "bottom_height_m", "storey_height_m"):
            value = getattr(storey, key)
            assert value is row[key] is None or value == pytest.approx(row[key], abs=1e-3), (storey.name, key)
        there = [one for one in model.objects if one.storey == storey.id and not one.storey_by_height]
        assert sum(one.kind == "element" for one in there) == row["elements"], storey.name
        assert sum(one.kind == "space" for one in there) == row.get("spaces", 0), storey.name


def check_properties(objects: dict[str, ModelObject], want: dict[str, Any]) -> None:
    for key, sets in want.get("properties", {}).items():
        for name, values in sets.items():
            for label, value in values.items():
                plain = value["value_m"] if isinstance(value, dict) and "value_m" in value else value
                assert objects[key].properties[name][label] == plain, (name, label)
    for row in want.get("quantities", ()):
        values = [one.get(row["name"]) for one in objects[row["element"]].properties.values()]
        assert any(value == pytest.approx(row["value"]) for value in values if value is not None)
    for row in want.get("spaces", ()):
        space = objects[row["id"]]
        assert bool(space.shapes) == (row["from"] == "geometry")
        if row["from"] != "geometry":
            assert (space.volume_m3, space.area_m2) == (row["volume_m3"], row["area_m2"])


def check_relations(model: BuildingModel, objects: dict[str, ModelObject], want: dict[str, Any]) -> None:
    relations = {(str(one.kind), one.object, one.to) for one in model.relations}
    for row in want.get("relations", ()):
        one, others = (
            row.get("space") or row["element"],
            row.get("elements") or [row.get("host") or row["in"]],
        )
        assert {(row["type"], one, other) for other in others} <= relations
    for row in want.get("zones", ()):
        assert objects[row["id"]].kind == "zone"
        assert {("member_of", one, row["id"]) for one in row.get("members", ())} <= relations
        assert {("references", row["id"], one) for one in row.get("references", ())} <= relations


def distance_m(model: BuildingModel, one: ModelObject, place: tuple[float, float, float]) -> float:
    """How far the nearest vertex of an object is from a place."""
    vertices = np.concatenate([model.frame_vertices(shape) for shape in one.shapes])
    flat = to_tangent(model.placement.place(vertices), *place)
    return float(np.linalg.norm(flat, axis=1).min())


def volume_of(model: BuildingModel, one: ModelObject) -> float:
    return sum(
        volume_m3(model.frame_vertices(shape), model.meshes[shape.mesh].triangles) for shape in one.shapes
    )


def test_faces_of_bad_solids_are_kept_as_they_are() -> None:
    model = read_ifc(FOLDER / "I46_bad_solids.ifc", ModelOptions())
    faces = {
        one.name: len(polygons.face_starts) - 1
        for one in model.objects
        for shape in one.shapes
        if (polygons := model.meshes[shape.mesh].polygons) is not None and polygons.closed
    }
    assert faces == {"好": 6, "缺顶面": 5, "全部朝内": 6, "一面朝内": 6, "零厚": 6, "蝴蝶结": 6}
    assert [one.shapes for one in model.objects if one.name == "无图形"] == [()]


def test_classes_of_a_code_and_building_services_are_properties(tmp_path: Path) -> None:
    text = (FOLDER / "I31_spaces_zones_boundaries.ifc").read_text("utf-8")
    more = """#901=IFCCLASSIFICATION($,$,$,'GB/T 51269',$,$,$);
#902=IFCCLASSIFICATIONREFERENCE($,'30-02.10','\\X2\\95E8\\X0\\',#901,$,$);
#903=IFCRELASSOCIATESCLASSIFICATION('0Gz0001xXEqP0000000001',$,$,$,(#104),#902);
#904=IFCSYSTEM('0Gz0001xXEqP0000000002',$,'S1',$,'smoke');
#905=IFCRELASSIGNSTOGROUP('0Gz0001xXEqP0000000003',$,$,$,(#104),$,#904);
"""
    path = tmp_path / "a.ifc"
    path.write_text(text.replace("ENDSEC;\nEND", more + "ENDSEC;\nEND"), "utf-8")
    door = next(one for one in read_ifc(path, ModelOptions()).objects if one.class_name == "IfcDoor")
    assert door.properties["Classification"] == {"GB/T 51269": "30-02.10 门"}
    assert door.properties["System"] == {"S1": "smoke"}


def test_a_name_demanded_by_an_ids_file() -> None:
    found = check_ids(FOLDER / "I50_wall_names.ids", FOLDER / "I48_ids_and_type_properties.ifc")
    assert [(one.code, one.element) for one in found] == [("ids.attribute", "0R0v6aLtfSmQxQWhqCtwA0")]


def test_ifcxml_is_refused_in_words() -> None:
    with pytest.raises(ModelRefused, match=r"ifcXML can't be read: export the model as \.ifc"):
        read_ifc(FOLDER / "I41_ifcxml.ifcxml", ModelOptions())
