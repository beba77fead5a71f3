"""What a route says of its answer, for `/docs` and for clients that are made from the description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NotRequired, TypedDict, TypeVar

from fastapi.responses import JSONResponse

One = TypeVar("One")


@dataclass(frozen=True)
class Results(Generic[One]):
    """The answers to many questions, in their order."""

    results: list[One]


class Described(TypedDict):
    """The keyword arguments of a route that describe its answer."""

    responses: dict[int | str, dict[str, Any]]
    response_class: NotRequired[type[JSONResponse]]


class GeoJSONResponse(JSONResponse):
    """What a route is described to answer with that answers in GeoJSON."""

    media_type = "application/geo+json"


def answers(model: Any, status: int = 200) -> Described:
    """A route answers with this: a dataclass, or several (`Reach | Results[Reach]`) where its answer has several forms.

    It only describes: the route makes its own response, and nothing checks or writes the answer a second time.

        @router.post("/nearest", **answers(NearestAnswer))
    """
    return {"responses": {status: {"model": model}}}


def geojson_answers(model: Any, **others: Any) -> Described:
    """A route answers with this in GeoJSON; `content`: with these in other media types, as schemas by type."""
    return {"responses": {200: {"model": model, **others}}, "response_class": GeoJSONResponse}
