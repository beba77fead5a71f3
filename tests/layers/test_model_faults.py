"""What could become something else on the way of a model into the city is kept, told or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
import sqlalchemy as sa

from cim.bim.meshes import ModelRegistry
from cim.bim.model_objects import list_objects, require_model
from cim.city import City
from cim.errors import BadInput, Conflict, StoreUnusable
from cim.model.layer import Features, Field, Layer
from cim.store.tables import CONTENTS
from layers.formats.city.cityjson import read_cityjson
from layers.formats.model_options import ModelOptions
from layers.load.models import ModelLoadOptions, load_model_file, model_code, require_distinct_models
from tests.support import command_line
from tests.support.inputs import CASES
from tiles.three_d.footprints import footprint_tiles

HOUSE = CASES / "cim" / "cityjson" / "J01_v10_no_transform_urn.city.json"


def house(folder: Path, attributes: str = "{}", name: str = "house.city.json") -> Path:
    """A house with these attributes, written as they stand there."""
    text = HOUSE.read_text("utf-8")
    begin = text.index('"attributes":') + len('"attributes":')
    file = folder / name
    file.write_text(text[:begin] + attributes + text[text.index("}", begin) + 1 :], "utf-8")
    return file


def test_codes_of_twenty_digits_stay_apart(tmp_path: Path) -> None:
    file = house(tmp_path, '{"编码": 43010200100000000017, "楼号": 12}')
    [one] = read_cityjson(file, ModelOptions()).objects
    assert one.properties == {"编码": "43010200100000000017", "楼号": 12}


def test_an_object_that_stands_twice_is_refused_by_its_name(tmp_path: Path) -> None:
    text = HOUSE.read_text("utf-8")
    one = text[text.index('"楼-1"') : text.index(',"vertices"') - 1]
    file = tmp_path / "twice.city.json"
    file.write_text(text.replace(one, f"{one},{one}"), "utf-8")
    with pytest.raises(BadInput, match="'楼-1' stands twice"):
        read_cityjson(file, ModelOptions())


def test_files_that_would_be_one_model_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    assert model_code(Path("b.v1.ifc")) != model_code(Path("b.v2.ifc"))
    with pytest.raises(BadInput, match="would both be the model 'house'"):
        require_distinct_models([tmp_path / "a" / "house.ifc", tmp_path / "b" / "house.city.json"])


def test_options_that_no_file_can_take_are_refused(tmp_path: Path) -> None:
    done = command_line.run(tmp_path, "load", str(house(tmp_path)), "--datum", "gcj02")
    assert done.returncode != 0
    assert "--datum" in done.stderr
    assert not (tmp_path / "city.gpkg").exists()


def test_the_layers_of_models_are_filled_by_models_alone(gpkg_city: City, tmp_path: Path) -> None:
    load_model_file(gpkg_city, house(tmp_path), ModelLoadOptions(code="house"))
    mine = Layer("model_buildings", geometry="point", fields=(Field("name", "text"),))
    some = Features(shapely.points([[112.9, 28.2]]), pa.table({"name": ["a"]}))
    for change in (
        lambda: gpkg_city.load(mine, some),
        lambda: gpkg_city.append("model_buildings", some),
        lambda: gpkg_city.drop("model_buildings"),
        lambda: gpkg_city.rename("model_buildings", "others"),
    ):
        with pytest.raises(BadInput, match="filled by models"):
            change()
    assert len(gpkg_city.snapshot("model_buildings")) == 1


def test_another_layer_of_that_name_is_not_written_to(gpkg_city: City, tmp_path: Path) -> None:
    mine = Layer("models", geometry="point", fields=(Field("name", "text"),))
    gpkg_city.load(mine, Features(shapely.points([[112.9, 28.2]]), pa.table({"name": ["a"]})))
    with pytest.raises(Conflict, match="rename it"):
        load_model_file(gpkg_city, house(tmp_path), ModelLoadOptions(code="house"))
    assert gpkg_city.snapshot("models").attributes(gpkg_city.snapshot("models").rows).to_pylist() == [
        {"name": "a"}
    ]


def test_two_properties_whose_names_begin_alike_are_two(gpkg_city: City, tmp_path: Path) -> None:
    said = json.dumps({"Pset_BuildingCommon_FireRating": "2h", "Pset_BuildingCommon_FireExit": "yes"})
    load_model_file(gpkg_city, house(tmp_path, said), ModelLoadOptions(code="house"))

    def matched(condition: str) -> int:
        return list_objects(gpkg_city.snapshots, "house", "buildings", condition=condition).matched

    both = "\"Pset_BuildingCommon_FireRating\" = '{}' AND \"Pset_BuildingCommon_FireExit\" = '{}'"
    assert matched(both.format("2h", "yes")) == 1
    assert matched(both.format("yes", "2h")) == 0


def test_a_content_that_is_damaged_in_the_store_is_told(gpkg_city: City, tmp_path: Path) -> None:
    load_model_file(gpkg_city, house(tmp_path), ModelLoadOptions(code="house"))
    content = require_model(gpkg_city.snapshots, "house")["content"]
    with gpkg_city.store.writing("test") as tx:
        tx.connection.execute(sa.update(CONTENTS).where(CONTENTS.c.hash == content).values(bytes=b"damaged"))
    with pytest.raises(StoreUnusable, match="load the model again"):
        ModelRegistry(gpkg_city.store, tmp_path / "elsewhere").open(content)


def test_the_files_of_models_that_are_gone_are_swept(gpkg_city: City, tmp_path: Path) -> None:
    load_model_file(gpkg_city, house(tmp_path), ModelLoadOptions(code="house"))
    registry = ModelRegistry(gpkg_city.store, tmp_path / "kept")
    registry.open(require_model(gpkg_city.snapshots, "house")["content"])
    stale = tmp_path / "kept" / "models" / f"{'0' * 64}.model"
    stale.write_bytes(b"old")
    registry.sweep()
    assert [file.stem for file in stale.parent.glob("*.model")] == [
        require_model(gpkg_city.snapshots, "house")["content"]
    ]


def test_a_house_that_changes_within_its_box_changes_its_3d_tile(gpkg_city: City) -> None:
    layer = Layer("towers", geometry="polygon", fields=(Field("height_m", "real"),))

    def key_of(shape: Any) -> str:
        gpkg_city.load(layer, Features(np.array([shape], object), pa.table({"height_m": [9.0]})))
        tiles = footprint_tiles(gpkg_city.snapshot("towers"))
        return tiles.key(*next(iter(tiles.tree.tiles)))

    square = shapely.box(112.91, 28.15, 112.911, 28.151)
    notched = shapely.Polygon([*square.exterior.coords[:-1], (112.9105, 28.1505)])
    assert square.bounds == notched.bounds
    assert key_of(square) == key_of(square)
    assert key_of(square) != key_of(notched)
