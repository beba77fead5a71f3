"""A tile's GLB is whole, y up, and says of each corner which feature it is of."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
import shapely

from tiles.three_d.extrude import extrude
from tiles.three_d.glb import read_json, write_glb


def place(positions: Any) -> Any:
    """Degrees as metres, for shapes that are drawn on a plane."""
    return positions


def house(ring: Any = None) -> Any:
    return shapely.polygons([ring or [(0, 0), (10, 0), (10, 6), (0, 6)]])


def solid_volume(mesh: Any) -> float:
    """What the walls and the roof enclose above z = 0: the missing floor lies at 0 and counts nothing."""
    a, b, c = (mesh.positions[mesh.triangles[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", np.cross(a, b), c).sum() / 6)


def test_a_footprint_becomes_walls_and_a_roof_that_face_outwards() -> None:
    mesh = extrude(house(), np.array([0.0]), np.array([4.0]), place)
    assert mesh is not None
    assert solid_volume(mesh) == pytest.approx(240.0)
    assert mesh.positions[:, 2].max() == 4.0


def test_a_ring_drawn_backwards_and_a_court_make_no_difference() -> None:
    backwards = extrude(house([(0, 0), (0, 6), (10, 6), (10, 0)]), np.array([0.0]), np.array([4.0]), place)
    assert backwards is not None
    assert solid_volume(backwards) == pytest.approx(240.0)
    court = shapely.Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(4, 4), (6, 4), (6, 6), (4, 6)]])
    mesh = extrude(np.array([court], object), np.array([0.0]), np.array([5.0]), place)
    assert mesh is not None
    assert solid_volume(mesh) == pytest.approx(96 * 5.0)


def test_several_features_keep_their_numbers() -> None:
    two = shapely.polygons([[(0, 0), (1, 0), (1, 1), (0, 1)], [(5, 0), (6, 0), (6, 1), (5, 1)]])
    mesh = extrude(two, np.zeros(2), np.array([1.0, 2.0]), place)
    assert mesh is not None
    assert mesh.positions[mesh.feature == 1][:, 0].min() == 5.0
    assert mesh.positions[mesh.feature == 1][:, 2].max() == 2.0


def test_nothing_to_show_is_no_mesh() -> None:
    assert extrude(np.array([shapely.Polygon()], object), np.zeros(1), np.ones(1), place) is None


def test_the_glb_is_whole_and_y_up() -> None:
    mesh = extrude(house(), np.array([0.0]), np.array([4.0]), place)
    assert mesh is not None
    glb = write_glb([mesh], {"name": ["甲楼"], "floors": [3]}, "buildings")
    magic, version, total = struct.unpack("<4sII", glb[:12])
    assert (magic, version, total) == (b"glTF", 2, len(glb))
    document = read_json(glb)
    node, primitive = document["nodes"][0], document["meshes"][0]["primitives"][0]
    accessor = document["accessors"][primitive["attributes"]["POSITION"]]
    low = np.array(accessor["min"]) + node["translation"]
    high = np.array(accessor["max"]) + node["translation"]
    assert low.tolist() == pytest.approx([0.0, 0.0, -6.0])  # south is towards positive z
    assert high.tolist() == pytest.approx([10.0, 4.0, 0.0])
    (length,) = struct.unpack("<I", glb[12:16])
    assert (28 + length) % 8 == 0  # the binary chunk's data begins at a multiple of 8
    assert len(glb) % 8 == 0
    for view in document["bufferViews"]:
        assert view["byteOffset"] % 8 == 0
        assert view["byteOffset"] + view["byteLength"] <= document["buffers"][0]["byteLength"]


def test_the_properties_come_back_from_the_table() -> None:
    mesh = extrude(house(), np.array([0.0]), np.array([4.0]), place)
    assert mesh is not None
    glb = write_glb([mesh], {"name": ["甲楼"], "floors": [None], "height_m": [4.0]}, "buildings")
    document = read_json(glb)
    (length,) = struct.unpack("<I", glb[12:16])
    binary = glb[28 + length :]
    metadata = document["extensions"]["EXT_structural_metadata"]
    [table] = metadata["propertyTables"]
    described = metadata["schema"]["classes"]["buildings"]["properties"]

    def view(number: int) -> bytes:
        one = document["bufferViews"][number]
        return binary[one["byteOffset"] : one["byteOffset"] + one["byteLength"]]

    offsets = np.frombuffer(view(table["properties"]["name"]["stringOffsets"]), np.uint32)
    assert view(table["properties"]["name"]["values"])[offsets[0] : offsets[1]].decode() == "甲楼"
    assert np.frombuffer(view(table["properties"]["height_m"]["values"]), np.float64).tolist() == [4.0]
    assert described["height_m"] == {"type": "SCALAR", "componentType": "FLOAT64", "noData": -9999.0}
    assert described["floors"]["type"] == "STRING"
