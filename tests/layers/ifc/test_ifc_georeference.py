"""buildingSMART's georeferencing files: placed where they say, or refused with the rule that they break."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from cim.bim.building_model import ModelRefused
from cim.bim.placement import GroundPlacement, MapPlacement, to_tangent
from layers.formats.ifc.crs_name import name_crs
from layers.formats.ifc.extent import WorldExtent
from layers.formats.ifc.map_place import place_by_operation, shift_frame
from layers.formats.ifc.operations import MapOperation
from layers.formats.ifc.read import read_ifc
from layers.formats.model_options import ControlPoint, ModelOptions
from tests.support.inputs import CASES, SHARED, shared_file

FOLDER = SHARED / "bim" / "georeferencing"
NAMES = sorted(path.name for path in FOLDER.glob("*.ifc"))
SMALL = CASES / "cim" / "ifc"

#: Files whose name says one thing of one rule, while another rule, or an equal file, says the other.
REFUSED_THOUGH_PASS = {
    # No name of a coordinate system: they pass GRF004 only, and say nowhere where they are.
    "pass-grf004-valid_geodetic_album.ifc": "GRF002",
    "pass-grf004-valid_vertical_datum_epsg_code_ifc4.ifc": "GRF002",
    # The same bytes as fail-grf001-ifcrigidoperation_ifcrigidoperation_non_identical.ifc, but for the file's name.
    "pass-grf008-correct_coordinates.ifc": "GRF001",
}
PLACED_THOUGH_FAIL = {
    # Millimetres, metres, no Scale, as in pass-grf000-correct_georeferencing.ifc: the unit factor is used and told.
    "fail-grf005-metre_millimetre_scale_empty_1.ifc": "GRF005"
}
REFUSED_NA = {
    "na-grf000-ifc4_no_georeferencing.ifc": "no georeference",
    "na-grf000-no_georeferencing.ifc": "names no coordinate system",
    "na-grf004-non_applicable_epsg_code.ifc": "GRF002",
    "na-grf005-no_map_conversion.ifc": "no georeference",
}
#: Where the origin of the model is: EPSG code, easting, northing (in its unit), height (m).
MERCATOR = ("EPSG:3857", 316131.64, 5690966.11, 1.0)
PLACES = {
    "pass-grf000-correct_georeferencing.ifc": ("EPSG:31467", 3458715.92, 5439966.65, 113.7),
    "pass-grf000-ifc4_georeferencing.ifc": ("EPSG:3857", 0.0, 0.0, 0.0),
    "pass-grf001-ifcmapconversion_ifcmapconversion.ifc": MERCATOR,
    "pass-grf001-ifcmapconversionscaled_ifcmapconversionscaled.ifc": MERCATOR,
    "pass-grf001-ifcrigidoperation_ifcrigidoperation.ifc": ("EPSG:3857", 35010.0, 1560.0, 0.0),
    "pass-grf002-valid_epsg_code.ifc": MERCATOR,
    "pass-grf002-valid_epsg_code_alternative.ifc": ("EPSG:27215", *MERCATOR[1:]),
    "pass-grf004-valid_epsg_code.ifc": MERCATOR,
    "pass-grf004-valid_epsg_code_alternative.ifc": ("EPSG:27215", *MERCATOR[1:]),
    "pass-grf004-valid_epsg_code_ifc4.ifc": MERCATOR,
    "pass-grf005-compound_crs.ifc": ("EPSG:5684", 4468005.0, 5334600.0, 515.0),
    "pass-grf005-equal_local_and_projected_length_units_no_map_conversion.ifc": ("EPSG:27215", *MERCATOR[1:]),
    "pass-grf005-scaled_foot_to_metre.ifc": ("EPSG:2277", 316131.64, 5690966.11, 1200 / 3937),
    "pass-grf006-valid_wkt_specification.ifc": ("EPSG:3065", 0.0, 0.0, 0.0),
    "pass-grf007-valid_vertical_espg_code.ifc": ("EPSG:27700", *MERCATOR[1:]),
    "pass-grf007-valid_vertical_espg_code_ifc4.ifc": ("EPSG:27700", *MERCATOR[1:]),
    "fail-grf005-metre_millimetre_scale_empty_1.ifc": ("EPSG:25832", 458657.3, 5438232.25, 113.7),
    "na-grf001-none_none.ifc": ("EPSG:3857", 0.0, 0.0, 0.0),
    "na-grf003-correct_building_with_georeferencing.ifc": ("EPSG:31467", 3458715.92, 5439966.65, 113.7),
    "na-grf003-railway_with_georeferencing.ifc": ("EPSG:3065", 0.0, 0.0, 0.0),
    "na-grf006-valid_epsg_code.ifc": MERCATOR,
    "na-grf007-valid_vertical_and_compound_epsg_code.ifc": ("EPSG:26915", *MERCATOR[1:]),
}


@pytest.mark.parametrize("name", NAMES or ["pass-grf002-valid_epsg_code.ifc"])
def test_a_file_of_buildingsmart(name: str) -> None:
    path = shared_file(f"bim/georeferencing/{name}")
    rule = next(iter(re.findall(r"grf\d+", name))).upper()
    refused = {**REFUSED_THOUGH_PASS, **REFUSED_NA}
    if name in refused or (name.startswith("fail-") and name not in PLACED_THOUGH_FAIL):
        with pytest.raises(ModelRefused) as raised:
            read_ifc(path, ModelOptions())
        assert refused.get(name, rule) in str(raised.value)
        return
    model = read_ifc(path, ModelOptions())
    crs, east, north, height = PLACES[name]
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(east, north)
    assert isinstance(model.placement, MapPlacement)
    world = np.linalg.inv(model.placement.to_map) @ [east, north, height, 1.0]  # the frame may be moved
    placed = model.placement.place(world[None, :3])[0]
    assert placed.tolist() == pytest.approx([lon, lat, height], abs=1e-6)
    if not name.startswith("na-grf003-railway"):
        assert np.allclose(world[:3], 0.0, atol=1e-6)
    if name in PLACED_THOUGH_FAIL:
        assert any(rule in fault.text.en for fault in model.faults)


def test_the_duplex_stands_where_its_property_sets_say() -> None:
    model = read_ifc(shared_file("bim/Duplex_A_20110907_georeferenced.ifc"), ModelOptions())
    assert isinstance(model.placement, MapPlacement)
    assert (model.placement.crs, model.placement.height_datum) == ("EPSG:9897", "EPSG:5774")
    assert model.placement.to_map[:3, 3].tolist() == pytest.approx([76670.0, 77179.0, 293.700012207031])
    assert [one.name for one in model.objects if one.kind == "storey"] == [
        "T/FDN",
        "Level 1",
        "Level 2",
        "Roof",
    ]
    shapes = [shape for one in model.objects for shape in one.shapes]
    assert len({shape.mesh for shape in shapes}) == len(model.meshes) < len(shapes)


def test_a_model_is_the_same_on_one_thread_and_on_two() -> None:
    path = shared_file("bim/bimwhale_TallBuilding.ifc")
    one, other = (read_ifc(path, ModelOptions(workers=workers)) for workers in (1, 2))
    assert (one.materials, one.relations) == (other.materials, other.relations)
    for mine, like in zip(one.meshes, other.meshes, strict=True):
        assert np.array_equal(mine.vertices, like.vertices) and np.array_equal(mine.triangles, like.triangles)
        assert mine.material is not None and np.array_equal(mine.material, like.material)
    for this, that in zip(one.objects, other.objects, strict=True):
        assert (this.id, this.properties) == (that.id, that.properties)
        assert [shape.mesh for shape in this.shapes] == [shape.mesh for shape in that.shapes]


def test_a_site_with_latitude_and_longitude_is_enough() -> None:
    model = read_ifc(shared_file("bim/bimwhale_TallBuilding.ifc"), ModelOptions())
    assert isinstance(model.placement, GroundPlacement)
    place = model.placement
    assert (place.lon, place.lat) == pytest.approx((-71.0567398, 42.3586617), abs=1e-6)
    assert place.rotation_deg == pytest.approx(0.0)


def test_three_control_points_place_a_model_like_the_place_they_were_taken_from() -> None:
    path, given_place = SMALL / "I17_no_georeference.ifc", GroundPlacement(112.9712, 28.1945, 52.3, 33.0)
    corners = [(0.0, 0.0, 0.0), (9000.0, 0.0, 0.0), (0.0, 6000.0, 3000.0), (9000.0, 6000.0, 0.0)]
    places = given_place.place(np.array(corners) / 1000.0)
    points = tuple(
        ControlPoint(one, (float(place[0]), float(place[1]), float(place[2])))
        for one, place in zip(corners, places, strict=True)
    )
    fitted = read_ifc(path, ModelOptions(control_points=points))
    wanted = read_ifc(path, ModelOptions(place=given_place))
    for one, other in zip(fitted.objects, wanted.objects, strict=True):
        for shape, like in zip(one.shapes, other.shapes, strict=True):
            there = wanted.placement.place(wanted.frame_vertices(like))
            here = to_tangent(fitted.placement.place(fitted.frame_vertices(shape)), *there[0].tolist())
            assert np.allclose(here, to_tangent(there, *there[0].tolist()), atol=1e-3)
    swapped = tuple(ControlPoint(one.model, (*points[i - 1].place,)) for i, one in enumerate(points))
    with pytest.raises(ModelRefused, match="control points do not fit"):
        read_ifc(path, ModelOptions(control_points=swapped))


def change(tmp_path: Path, name: str, **changes: str) -> Path:
    """A case file with some of its text changed: `old` by `new`, `old2` by `new2`."""
    text = (SMALL / name).read_text("utf-8")
    for key, old in changes.items():
        if key.startswith("old"):
            assert old in text
            text = text.replace(old, changes[key.replace("old", "new")])
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_a_zone_number_that_the_crs_does_not_have_is_taken_away_and_told(tmp_path: Path) -> None:
    path = change(tmp_path, "I08_crs_with_zone_number.ifc", old="EPSG:4526", new="EPSG:4547")
    model = read_ifc(path, ModelOptions())
    assert model.placement.place(np.zeros((1, 3)))[0].tolist() == pytest.approx(
        [112.97051198, 28.18954646, 44.35]
    )
    assert [one.code for one in model.faults] == ["georef.zone_number"]


@pytest.mark.parametrize("scale", ["1.", "0.001"])
def test_offsets_in_the_unit_of_the_model_though_the_map_s_is_metres(tmp_path: Path, scale: str) -> None:
    old = "398912.345,3119876.512,44.35,0.8660254037844387,0.5,0.001"
    new = f"398912345.,3119876512.,44350.,0.8660254037844387,0.5,{scale}"
    path = change(tmp_path, "I01_mm_scale_rotation_tower.ifc", old=old, new=new)
    model = read_ifc(path, ModelOptions())
    placed = model.placement.place(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 9.0]]))
    assert placed.tolist()[0] == pytest.approx([112.97051198, 28.18954646, 44.35])
    assert placed[1, 2] == pytest.approx(53.35)
    assert [one.code for one in model.faults] == ["georef.map_unit"]


@pytest.mark.parametrize(
    ("scale", "codes"),
    [("1.", ["georef.scale_missing"]), ("0.0009996", []), ("0.3048", None), ("1000.", None)],
)
def test_a_scale_that_is_not_the_quotient_of_the_units(
    tmp_path: Path, scale: str, codes: list[str] | None
) -> None:
    name = "I01_mm_scale_rotation_tower.ifc"
    path = change(tmp_path, name, old="0.5,0.001)", new=f"0.5,{scale})")
    if codes is None and scale == "0.3048":
        with pytest.raises(ModelRefused, match="GRF005"):
            read_ifc(path, ModelOptions())
        return
    model = read_ifc(path, ModelOptions())
    assert [one.code for one in model.faults] == (codes if codes is not None else ["georef.scale_inverse"])


def test_words_that_name_no_system_are_refused_and_a_given_crs_counts(tmp_path: Path) -> None:
    name = "I07_crs_by_name_only.ifc"
    path = change(tmp_path, name, old="CGCS2000 / 3-degree GK CM 114E", new="the city grid")
    with pytest.raises(ModelRefused, match=r"named 'the city grid'.*--crs EPSG:4547"):
        read_ifc(path, ModelOptions())
    model = read_ifc(path, ModelOptions(crs="EPSG:4547"))
    assert [one.code for one in model.faults] == ["georef.crs_given"]
    assert model.placement.place(np.zeros((1, 3)))[0].tolist() == pytest.approx(
        [112.97051198, 28.18954646, 44.35]
    )


def test_a_place_for_a_model_in_map_coordinates_is_that_of_its_building() -> None:
    place = GroundPlacement(112.9712, 28.1945, 52.3)
    model = read_ifc(SMALL / "I18_2x3_map_coordinates_in_placement.ifc", ModelOptions(place=place))
    slab = next(one for one in model.objects if one.class_name == "IfcSlab")
    placed = model.placement.place(model.frame_vertices(slab.shapes[0]))
    assert np.abs(to_tangent(placed, place.lon, place.lat, place.height_m)).max() < 20.0
    assert [one.code for one in model.faults] == ["georef.place_origin"]


@given(
    st.floats(-180.0, 180.0),
    st.floats(0.998, 1.002),
    st.floats(390_000.0, 410_000.0),
    st.floats(3_100_000.0, 3_130_000.0),
    st.floats(-50.0, 500.0),
    st.sampled_from([1.0, 0.001, 0.3048]),
    st.sampled_from([1.0, 0.001]),
    st.tuples(*[st.floats(-500.0, 500.0)] * 3),
)
def test_an_operation_places_as_helmert_by_hand_does(
    turn: float,
    factor: float,
    east: float,
    north: float,
    height: float,
    length: float,
    map_unit: float,
    point: tuple[float, float, float],
) -> None:
    angle = math.radians(turn)
    operation = MapOperation(
        name_crs("EPSG:4547"),
        east / map_unit,
        north / map_unit,
        height / map_unit,
        math.cos(angle) * 7.0,
        math.sin(angle) * 7.0,
        factor * length / map_unit,
        map_unit=map_unit,
    )
    found = place_by_operation(operation, "EPSG:4547", length, WorldExtent(np.zeros((0, 3))))
    assert found.placement is not None and not found.refused
    x, y, z = point
    e = east + factor * (x * math.cos(angle) - y * math.sin(angle))
    n = north + factor * (x * math.sin(angle) + y * math.cos(angle))
    lon, lat = Transformer.from_crs("EPSG:4547", "EPSG:4490", always_xy=True).transform(e, n)
    placed = found.placement.place(np.array([point]))[0].tolist()
    assert placed == pytest.approx([lon, lat, height + factor * z], abs=1e-9)
    origin = np.array([120.0, -40.0, 3.0])
    assert np.allclose(
        shift_frame(found.placement, origin).place(np.array([point]) - origin)[0], placed, atol=1e-9
    )
