"""Models, what is in them, and what is at a place in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from cim.bim.at import PlaceInModels, what_is_at
from cim.bim.comparison import ModelComparison, compare_models
from cim.bim.meshes import ModelRegistry
from cim.bim.model_objects import ObjectPage, Sum, list_models, list_objects, require_model, sum_objects
from cim.bim.versions import find_version, versions_of
from cim.space.crs import Datum
from spatial_api.http.answers import answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.http.models import DATUM, examples
from spatial_api.http.models import Request as Model
from spatial_api.http.positions import Number, Position, lonlat_of

router = APIRouter(prefix="/models", tags=["models 模型"])
questions = APIRouter(prefix="/spatial", tags=["spatial 空间问答"], route_class=BodyRoute)

Filtered = Annotated[
    str | None, Query(description="CQL2, as class = 'IfcWall' AND \"Pset_WallCommon.FireRating\" = '2h'")
]
Limit = Annotated[int, Query(ge=1, le=10_000)]


@dataclass(frozen=True)
class ModelList:
    """The models that are loaded."""

    models: list[dict[str, Any]]


@dataclass(frozen=True)
class VersionEntry:
    """A version of a model."""

    version: int
    current: bool
    loaded_at: str
    actor: str
    elements: int
    faults: int


@dataclass(frozen=True)
class VersionList:
    """The versions of a model, newest first."""

    versions: list[VersionEntry]


@dataclass(frozen=True)
class SumList:
    """Sums by group, the largest group first."""

    sums: list[Sum]


class AtRequest(Model):
    """What is at this place in the models?"""

    model_config = examples({"point": [112.9706, 28.18967], "height_m": 50.2})
    point: Position
    height_m: Number | None = Field(None, description="In the height datum of the model")
    floor: str | None = Field(None, max_length=40, description='"12", "12F", "B1", "首层"')
    datum: Datum = DATUM


@router.get("", summary="模型列表 The models", **answers(ModelList))
def models(city: AskedCity) -> Response:
    """Each model with its version, schema, discipline, CIM level, heights, counts and box."""
    return answer(ModelList(list_models(city.snapshots)))


@router.get("/{code}", summary="一个模型 One model", **answers(dict[str, Any]))
def model(code: str, city: AskedCity) -> Response:
    """What is known of one model."""
    return answer(require_model(city.snapshots, code))


@router.get("/{code}/versions", summary="模型版本 The versions of a model", **answers(VersionList))
def versions(code: str, city: AskedCity) -> Response:
    """Every version that is kept, newest first, and which one answers."""
    return answer(
        VersionList(
            [
                VersionEntry(
                    one.version,
                    one.current,
                    one.loaded_at.isoformat(),
                    one.actor,
                    one.facts["elements"],
                    one.facts["faults"],
                )
                for one in versions_of(city, code)
            ]
        )
    )


@router.get(
    "/{code}/comparison", summary="版本比较 What differs between two versions", **answers(ModelComparison)
)
@costly
def comparison(code: str, before: int, after: int, city: AskedCity, request: Request) -> Response:
    """What was added, removed, moved, reshaped or described anew from the version `before` to the version `after`."""
    registry: ModelRegistry = request.app.state.models
    contents = [(n, registry.open(find_version(city, code, n).content)) for n in (before, after)]
    return answer(compare_models(code, contents[0], contents[1]))


@router.get("/{code}/report", summary="模型检查报告 What the check found", **answers(dict[str, Any]))
def report(code: str, city: AskedCity, version: int | None = None) -> Response:
    """The report of the load of a version (default: of the one that answers), with every fault."""
    number = require_model(city.snapshots, code)["version"] if version is None else version
    return answer(find_version(city, code, number).report)


@router.get("/{code}/{listed}", summary="楼层、空间、构件 Storeys, spaces, elements", **answers(ObjectPage))
@costly
def objects(
    code: str,
    listed: str,
    city: AskedCity,
    filter: Filtered = None,
    limit: Limit = 100,
    after: int = 0,
) -> Response:
    """`buildings`, `storeys`, `spaces` or `elements` that the filter keeps, page by page (`after`)."""
    return answer(list_objects(city.snapshots, code, listed, condition=filter, limit=limit, after=after))


@router.get("/{code}/{listed}/sums", summary="数量、面积、体积 Counts, areas, volumes", **answers(SumList))
@costly
def sums(code: str, listed: str, city: AskedCity, by: str = "class", filter: Filtered = None) -> Response:
    """By the fields in `by`, separated by commas: class, storey, material, discipline, type …"""
    fields = [name.strip() for name in by.split(",") if name.strip()]
    return answer(SumList(sum_objects(city.snapshots, code, listed, fields, condition=filter)))


@questions.post("/at", summary="这是哪里 What is at this place in the models?", **answers(PlaceInModels))
def at(asked: AtRequest, city: AskedCity, request: Request) -> Response:
    """The building, storey, spaces and elements at a point and height, or on a floor."""
    registry: ModelRegistry = request.app.state.models
    [lonlat] = lonlat_of(city, [asked.point], asked.datum).tolist()
    return answer(what_is_at(city.snapshots, registry, (lonlat[0], lonlat[1]), asked.height_m, asked.floor))
