"""What differs between two versions of a model, and going back to the older one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ifcopenshell
import pytest

from cim.bim.comparison import compare_models
from cim.bim.meshes import ModelRegistry
from cim.bim.model_objects import list_objects
from cim.bim.versions import drop_model, model_codes, original_of, roll_back, versions_of
from cim.city import City
from cim.errors import NotFound
from layers.demo.tower import write_tower
from layers.load.models import ModelLoadOptions, load_model_file

pytestmark = pytest.mark.slow


def edited(file: Path, target: Path) -> dict[str, Any]:
    """The tower with one sensor less, a door renamed, a fire rating changed and one slab half a metre higher: their
    ids."""
    model = ifcopenshell.open(str(file))
    sensor = model.by_type("IfcSensor")[3]
    door = model.by_type("IfcDoor")[5]
    slab = model.by_type("IfcSlab")[4]
    group = next(p for p in model.by_type("IfcPropertySet") if p.Name == "Pset_DoorCommon")
    rated = next(
        r for r in model.by_type("IfcRelDefinesByProperties") if r.RelatingPropertyDefinition == group
    )
    ids = {
        "sensor": sensor.GlobalId,
        "door": door.GlobalId,
        "slab": slab.GlobalId,
        "rated": rated.RelatedObjects[0].GlobalId,
    }
    door.Name = "换新的门"
    group.HasProperties[0].NominalValue = model.create_entity("IfcLabel", "2h")
    place = slab.Representation.Representations[0].Items[0].Position.Location
    x, y, z = place.Coordinates
    place.Coordinates = (x, y, z + 0.5)
    model.remove(sensor)
    model.write(str(target))
    return ids


def test_two_versions_are_told_apart_and_the_older_one_comes_back(city: City, tmp_path: Path) -> None:
    first, second = tmp_path / "first.ifc", tmp_path / "second.ifc"
    write_tower(first, 399_456.0, 3_120_476.0, 44.0)
    ids = edited(first, second)
    for file in (first, second):
        load_model_file(city, file, ModelLoadOptions(code="tower"))
    registry = ModelRegistry(city.store, city.settings.snapshots_folder)
    newer, older = versions_of(city, "tower")
    found = compare_models("tower", (1, registry.open(older.content)), (2, registry.open(newer.content)))
    assert [one.id for one in found.removed] == [ids["sensor"]]
    assert found.added == []
    changes = {one.id: one for one in found.changed}
    assert changes.keys() == {ids["door"], ids["slab"], ids["rated"]}
    assert changes[ids["slab"]].moved_m == pytest.approx(0.5, abs=1e-3)
    assert not changes[ids["slab"]].reshaped
    [renamed] = changes[ids["door"]].properties
    assert (renamed.name, renamed.after) == ("name", "换新的门")
    [rating] = changes[ids["rated"]].properties
    assert (rating.name, rating.before, rating.after) == ("Pset_DoorCommon.FireRating", "1.5h", "2h")
    assert found.counts["same"] == len(registry.open(versions_of(city, "tower")[0].content).packed.ids) - 3

    sensors = "class = 'IfcSensor'"
    now = list_objects(city.snapshots, "tower", "elements", condition=sensors).matched
    roll_back(city, "tower", 1)
    assert [(one.version, one.current) for one in versions_of(city, "tower")] == [(2, False), (1, True)]
    assert list_objects(city.snapshots, "tower", "elements", condition=sensors).matched == now + 1
    assert original_of(city, "tower", 2) == second.read_bytes()


def test_a_model_is_dropped_with_its_versions(city: City, tmp_path: Path) -> None:
    file = tmp_path / "tower.ifc"
    write_tower(file, 399_456.0, 3_120_476.0, 44.0)
    load_model_file(city, file, ModelLoadOptions(code="tower"))
    assert model_codes(city) == ["tower"]
    drop_model(city, "tower")
    assert model_codes(city) == []
    assert not len(city.snapshot("model_elements"))
    with pytest.raises(NotFound, match="tower"):
        versions_of(city, "tower")
    with pytest.raises(NotFound, match="tower"):
        drop_model(city, "tower")
