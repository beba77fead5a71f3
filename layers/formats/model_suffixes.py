"""Which files are models, by their names and how they begin; known without any of the libraries that read them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cim.errors import BadInput

ModelFormat = Literal["ifc", "cityjson", "citygml", "gltf", "obj"]

IFC = (".ifc", ".ifczip", ".ifcxml")
CITYJSON = (".city.json", ".city.jsonl", ".cityjson", ".jsonl")
MODELS = (*IFC, *CITYJSON, ".gml", ".citygml", ".gltf", ".glb", ".obj")


def model_format(path: Path) -> ModelFormat | None:
    """What kind of model a file is; None where it is none. A `.json` is one where it begins as CityJSON does.

    >>> model_format(Path("tower.IFC")), model_format(Path("roads.gpkg"))
    ('ifc', None)
    """
    name = path.name.lower()
    if name.endswith(IFC):
        return "ifc"
    if name.endswith(CITYJSON):
        return "cityjson"
    if name.endswith((".gml", ".citygml")):
        return "citygml"
    if name.endswith((".gltf", ".glb")):
        return "gltf"
    if name.endswith(".obj"):
        return "obj"
    if name.endswith(".json") and _begins_as_cityjson(path):
        return "cityjson"
    return None


def require_model_file(path: Path) -> None:
    """Nothing if the file is there and not empty, else `BadInput`."""
    if not path.is_file():
        raise BadInput(
            f"{path} is not there" if not path.exists() else f"{path} is a folder; name a file in it"
        )
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); was it copied to the end?")


def _begins_as_cityjson(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return b'"CityJSON"' in head.replace(b" ", b"")
