"""The plan for an incident."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter
from starlette.responses import Response

from cim.dispatch.plan import Case, plan
from cim.dispatch.plan_answers import DispatchPlan
from cim.errors import BadInput
from cim.impact.affected import shape_of
from cim.roads.profiles import profile_of
from spatial_api.http.answers import answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.dispatch.plan_models import PlanRequest

router = APIRouter(prefix="/spatial", tags=["dispatch 调度"], route_class=BodyRoute)


@router.post("/dispatch-plan", summary="处置方案 A plan for an incident", **answers(DispatchPlan))
@costly
def dispatch_plan(request: PlanRequest, city: AskedCity, caller: AskedBy) -> Response:
    """Owners and responsible units with rule and deadline, likely duplicates, components, the crews that it takes and
    the teams that arrive first with their ways, who and what is affected, closures to set, whom to inform.

    Of a stored `incident`, or of one that is described (`class`, `point`, `level` …). `why` has the reasons of each
    part.
    """
    if (request.incident is None) == (request.point is None):
        raise BadInput('say either "incident" (its code), or "point" and what is known of it')
    if request.incident is not None:
        beside = sorted(request.model_fields_set & _DESCRIBES)
        if beside:
            names = ", ".join(name.rstrip("_") for name in beside)
            raise BadInput(
                f"a stored incident says these itself: {names}; change the incident, or describe one"
            )
        case = Case.from_store(city.state(), request.incident)
    else:
        lon, lat = lonlat_of(city, [request.point], request.datum)[0].tolist()
        condition = request.condition or request.text or None
        case = Case(
            lon=lon,
            lat=lat,
            at=request.at or dt.datetime.now(dt.UTC),
            class_said=request.class_,
            level=request.level,
            title=request.title,
            text=f"{request.title or ''}{request.text}",
            condition=condition,
            component=request.component,
        )
    shape = shape_of(city.state(), request.shape, request.datum) if request.shape is not None else None
    profile = profile_of(request.profile, request.height_m, request.weight_t)
    return answer(plan(city.state(), case, caller, profile, shape, request.surface))


_DESCRIBES = {"point", "class_", "level", "at", "title", "text", "condition", "component"}
