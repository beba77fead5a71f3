"""What is done with a report: its class, who is responsible by when, and which incidents may be the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from cim.city import City
from cim.dispatch import duplicates
from cim.dispatch.answers import Responsibility
from cim.dispatch.duplicates import LikelyDuplicates
from cim.dispatch.responsible import CaseReport, find_responsible
from cim.duty.answers import ClassRecord, RuleRecord, WorkCalendar
from cim.duty.classes import classes
from cim.duty.responsibility_list import calendar_days
from cim.errors import BadInput
from cim.space.crs import Datum
from spatial_api.http.answers import Results, answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.dispatch.case_models import (
    DuplicateReport,
    DuplicatesRequest,
    ResponsibleReport,
    ResponsibleRequest,
)

router = APIRouter(tags=["responsibility 权责"], route_class=BodyRoute)

#: So many reports one request may have.
MOST_REPORTS = 10_000


@dataclass(frozen=True)
class ListedClasses:
    """Classes, and how many they are."""

    classes: list[ClassRecord]
    count: int


@dataclass(frozen=True)
class ListedRules:
    """Rules of the responsibility list, and how many they are."""

    rules: list[RuleRecord]
    count: int


@router.get("/classes", summary="部件与事项类别 Classes of components and matters", **answers(ListedClasses))
async def listed_classes(
    kind: str | None = None, scheme: str | None = None, q: str | None = None
) -> Response:
    """By `kind` (component, matter, emergency), `scheme` (2026, 2013, 2007, starter), and `q`: part of the name, how a
    code begins, or a word that people write for it (火警, 车祸).

    Each names its counterparts in the other schemes; where nothing fits `q`, what is close is answered.
    """
    found = classes().search(q, kind, scheme)
    return answer(ListedClasses([c.record() for c in found], len(found)))


@router.get("/responsibility", summary="权责清单 The responsibility list", **answers(ListedRules))
def listed_rules(city: AskedCity, q: str | None = None) -> Response:
    """Each rule of the city's list; `q` is a class by key, code or name."""
    rules = city.rules.all if q is None else city.rules.for_class(classes().find(q))
    return answer(ListedRules([rule.record() for rule in rules], len(rules)))


@router.get("/calendar", summary="节假日与办公时间 Holidays and office hours", **answers(WorkCalendar))
def calendar(city: AskedCity) -> Response:
    """The days that are not what their weekday says, the office hours, and how days are counted."""
    return answer(city.rules.clock.record(calendar_days(city.store)))


@router.post(
    "/spatial/responsible",
    summary="谁负责 Who acts, by when and why?",
    **answers(Responsibility | Results[Responsibility]),
)
def responsible(request: ResponsibleRequest, city: AskedCity, caller: AskedBy) -> Response:
    """The lead and assisting units, the rule that decided, the deadline, the matched component, and why.

    `class` is a key (`C01003`, `M06010`, `E0406`), a code with its `kind`, or a name; `condition` the key of a
    rule or a text that its words are looked for in.
    """
    asked: Sequence[ResponsibleReport | ResponsibleRequest] = _one_or_many(request)
    reports = [
        CaseReport(
            class_said=said,
            lon=lon,
            lat=lat,
            at=at,
            kind=r.kind,
            scheme=r.scheme,
            condition=r.condition,
            component=r.component,
        )
        for r, (said, (lon, lat), at) in zip(asked, _parse_reports(asked, request.datum, city), strict=True)
    ]
    results = find_responsible(city.state(), reports, caller)
    return answer(results[0] if request.reports is None else Results(results))


@router.post(
    "/spatial/duplicates",
    summary="是否重复 Which incidents may be the same?",
    **answers(LikelyDuplicates | Results[LikelyDuplicates]),
)
def likely_duplicates(request: DuplicatesRequest, city: AskedCity, caller: AskedBy) -> Response:
    """Incidents of the same class, near by, at about the time, likeliest first, each with its score from 0 to 1."""
    asked: Sequence[DuplicateReport | DuplicatesRequest] = _one_or_many(request)
    reports = [
        duplicates.Likeness(said, lon, lat, at, r.text)
        for r, (said, (lon, lat), at) in zip(asked, _parse_reports(asked, request.datum, city), strict=True)
    ]
    results = [LikelyDuplicates(found) for found in duplicates.candidates(city.state(), reports, caller)]
    return answer(results[0] if request.reports is None else Results(results))


@router.get(
    "/incidents/{code}/duplicates",
    summary="重复事件 Incidents that may be the same",
    tags=["incidents 事件"],
    **answers(LikelyDuplicates),
)
def duplicates_of(code: str, city: AskedCity, caller: AskedBy) -> Response:
    """The incidents that may be the same as this one, likeliest first."""
    return answer(LikelyDuplicates(duplicates.duplicates_of(city.state(), code, caller)))


def _one_or_many(request: Any) -> Any:
    """The reports of a request: those that it lists, or itself."""
    beside = (request.model_fields_set - {"reports", "datum"}) if request.reports is not None else set()
    if beside:
        names = ", ".join(sorted(name.rstrip("_") for name in beside))
        raise BadInput(
            f'say either one report or "reports" (many), one of the two; beside them stand {names}'
        )
    if request.reports is not None:
        if len(request.reports) > MOST_REPORTS:
            raise BadInput(
                f"{len(request.reports)} reports are too many for one request; at most {MOST_REPORTS}"
            )
        return request.reports
    missing = [name for name, value in (("class", request.class_), ("point", request.point)) if value is None]
    if missing:
        raise BadInput(f'a report has a {" and a ".join(missing)}; or say "reports", many of them')
    return [request]


def _parse_reports(
    asked: Sequence[Any], datum: Datum, city: City
) -> list[tuple[str, list[float], dt.datetime]]:
    """Class, position in WGS84 and time of each report."""
    now = dt.datetime.now(dt.UTC)
    points = lonlat_of(city, [r.point for r in asked], datum)
    return [
        (r.class_, point, r.at if r.at is not None else now)
        for r, point in zip(asked, points.tolist(), strict=True)
    ]
