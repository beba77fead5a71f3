"""Each model of the cases is loaded with its right values, told, or refused with its reason; on both stores."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cim.bim.at import what_is_at
from cim.bim.building_model import ModelFault, ModelRefused
from cim.bim.meshes import ModelRegistry
from cim.bim.model_objects import LISTS, list_objects, model_rows, require_model
from cim.bim.placement import GroundPlacement, to_tangent
from cim.bim.versions import drop_model
from cim.city import City
from cim.settings import Settings
from layers.formats.model_options import ModelOptions
from layers.load.load import load_file
from layers.load.models import ModelLoadOptions, load_model_file
from layers.load.options import LoadOptions

CASES = Path(__file__).parents[1] / "cases" / "cim"
EXPECTED: list[dict[str, Any]] = json.loads((CASES / "expected.json").read_text("utf-8"))["cases"]


@pytest.fixture(params=["gpkg", "postgis"], scope="module")
def empty_city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city in which nothing is placed, on each store; each test leaves it so."""
    folder = tmp_path_factory.mktemp("models")
    url = f"gpkg:///{folder / 'city.gpkg'}"
    if request.param == "postgis":
        url = request.getfixturevalue("cluster").new_database()
    settings = Settings(store=url, snapshots=str(folder / "snapshots"))
    with City.open(settings, create=True) as city:
        yield city


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: case["id"])
def test_a_model_is_loaded_right_told_or_refused(case: dict[str, Any], empty_city: City) -> None:
    run = case.get("run", {})
    if "after" in run:
        load_file(empty_city, CASES / run["after"], LoadOptions(layer="base", replace=True))
    try:
        check(case, run, empty_city)
    finally:
        if "after" in run:
            empty_city.drop("base")


def check(case: dict[str, Any], run: dict[str, Any], city: City) -> None:
    place = run.get("place")
    read = ModelOptions(
        crs=run.get("crs"),
        place=None
        if place is None
        else GroundPlacement(place["lon"], place["lat"], place["height_m"], place["rotation_deg"]),
        up=run.get("up"),
    )
    options = ModelLoadOptions(code="m", read=read, ids=CASES / run["ids"] if "ids" in run else None)
    outcome = case["outcome"]
    try:
        report = load_model_file(city, CASES / case["file"], options)
    except ModelRefused as refusal:
        assert outcome.startswith("refused"), refusal
        require_told(case, refusal.faults)
        assert "models" not in city.snapshots or not len(city.snapshot("models"))
        return
    try:
        assert outcome != "refused"
        if outcome != "refused_or_loaded":
            require_told(case, report.faults)
        for name in case.get("no_fault_for", []):
            assert [f for f in report.faults if f.element == name] == []
        require_right({**case, **case.get("if_loaded", {})}, city)
    finally:
        drop_model(city, "m")


def require_told(case: dict[str, Any], told: Any) -> None:
    """Each fault of the case is among what was told, with its element and one of its words or numbers."""
    for fault in case.get("faults", []):
        assert any(is_told(fault, one) for one in told), (
            fault,
            [(t.code, t.element, t.text.en) for t in told],
        )


def is_told(fault: dict[str, Any], one: ModelFault) -> bool:
    if "element" in fault and fault["element"] != one.element:
        return False
    if "val3dity" in fault and not set(fault["val3dity"]) & set(one.val3dity):
        return False
    said = f"{one.text.zh} {one.text.en} line {one.line}".lower()
    if "words_any" in fault:
        return any(word.lower() in said for word in fault["words_any"])
    return "val3dity" in fault or fault["code"].split(".")[0] == one.code.split(".")[0]


def require_right(case: dict[str, Any], city: City) -> None:
    registry = ModelRegistry(city.store, city.settings.snapshots_folder)
    known = require_model(city.snapshots, "m")
    opened = registry.open(known["content"])
    objects = {name: list_objects(city.snapshots, "m", name, limit=10_000).objects for name in LISTS}
    by_id = {one["id"]: one for some in objects.values() for one in some}
    rows = [one for some in objects.values() for one in some]

    counts = Counter(one["class"] for one in rows)
    for name, count in case.get("counts", {}).items():
        assert counts[name] == count, name
    for name in case.get("not_elements", []):
        assert counts[name] == 0
    close = case.get("relative_tolerance", 1e-3)
    for name, volume in case.get("volumes_m3", {}).items():
        found = sum(one.get("volume_m3") or 0.0 for one in rows if name in ("all", one["class"]))
        assert found == pytest.approx(volume, rel=close), name
    for name, volume in case.get("element_volumes_m3", {}).items():
        assert by_id[name]["volume_m3"] == pytest.approx(volume, rel=close), name
    for entry in case.get("heights", []):
        for field in ("bottom_m", "top_m"):
            assert by_id[entry["element"]][field] == pytest.approx(entry[field], abs=0.01)
    for name, wanted in case.get("names", {}).items():
        assert by_id[name]["name"] == wanted
    for name, wanted in case.get("properties", {}).items():
        require_properties(by_id[name]["properties"], wanted)
    for name, wanted in case.get("attributes", {}).items():
        require_properties(by_id[name]["properties"], wanted)
    homeless = {fault["element"] for fault in case.get("faults", []) if fault["code"] == "storey.missing"}
    for entry in case.get("storeys", []):
        storey = by_id[entry["id"]]
        assert storey["name"] == entry["name"]
        assert storey["elevation_m"] == pytest.approx(entry["elevation_m"], abs=0.01)
        assert storey["bottom_m"] == pytest.approx(entry["bottom_height_m"], abs=0.01)
        if entry["storey_height_m"] is None:
            assert storey["height_m"] is None
        else:
            assert storey["height_m"] == pytest.approx(entry["storey_height_m"], abs=0.01)
        if "elements" in entry:
            # An element of no storey may be given the one at its height, which is told.
            listed = [one for one in objects["elements"] if one["id"] not in homeless]
            assert sum(one.get("storey") == entry["id"] for one in listed) == entry["elements"]
    if "vertical_datum" in case:
        assert known["height_datum"] == case["vertical_datum"]
    for point in case.get("control_points", []):
        names = [point["element"]] if "element" in point else list(by_id)
        corners = np.concatenate([opened.corners(name) for name in names])
        wanted = to_tangent(
            np.array([[point["lon"], point["lat"], point["height_m"]]]), *opened.packed.anchor
        )
        away = float(np.linalg.norm(corners - wanted, axis=1).min())
        assert away <= case.get("tolerance_m", 0.01), point["name"]
    for question in case.get("questions", []):
        require_answer(question, city, registry)


def require_properties(found: Any, wanted: Any) -> None:
    """Each wanted property is there; a number in metres may be so given, unknown is None."""
    for name, value in wanted.items():
        assert name in found or value is None, name
        got = found.get(name)
        if isinstance(value, dict) and set(value) == {"value_m"}:
            assert got == pytest.approx(value["value_m"])
        elif isinstance(value, dict):
            require_properties(got, value)
        elif isinstance(value, float):
            assert got == pytest.approx(value)
        else:
            assert got == value, name


def require_answer(question: dict[str, Any], city: City, registry: ModelRegistry) -> None:
    lon, lat = question["point"]
    answer = what_is_at(city.snapshots, registry, (lon, lat), question["height_m"])
    if question["building"] is None:
        assert answer.buildings == []
        return
    [building] = answer.buildings
    assert building.id == question["building"]
    if question.get("storey") is not None:
        assert building.storey is not None
        assert building.storey.id in (question["storey"], *question.get("storey_also_ok", []))
    if "spaces" in question:
        assert sorted(s.id for s in building.spaces) == sorted(question["spaces"])
    if "elements" in question:
        assert sorted(e.id for e in building.elements) == sorted(question["elements"])
    if "part" in question:
        assert question["part"] in [p.id for p in building.parts]


def test_a_model_that_is_not_there_is_named(empty_city: City) -> None:
    with pytest.raises(Exception, match="no model"):
        model_rows(empty_city.snapshots, "nobody", "elements")
