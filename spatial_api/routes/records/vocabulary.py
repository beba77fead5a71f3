"""The words that resources go by."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from cim.operations.vocabulary import vocabulary
from spatial_api.http.dependencies import AskedCity, answer

router = APIRouter(prefix="/resources", tags=["resources 资源"])


@router.get("/vocabulary", summary="技能与装备词表 Which skills and equipment there are")
def words_of_resources(city: AskedCity, kind: str | None = None) -> Response:
    """Each skill and each piece of equipment with the number of resources that have it, in all and by kind.

    `kind`: of these resources only. What the crews of a plan or a `has` condition ask for should be among them.
    """
    snapshot = city.snapshot("resources")
    return answer(
        {field: [w.as_dict() for w in vocabulary(snapshot, field, kind)] for field in ("skills", "equipment")}
    )
