"""The answer with the plan for an incident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cim.areas.owners import Owners
from cim.dispatch.answers import Arrivals, Responsibility
from cim.dispatch.duplicates import LikelyDuplicate
from cim.duty.answers import ClassRecord, SuggestedClass, UnitRecord
from cim.impact.answers import AffectedArea, SensitiveSite
from cim.model.json_names import json_names
from cim.model.text import Term, Texts


@dataclass(frozen=True)
class MissingPart:
    """A part that is missing from a plan so that it can't be acted on, and why."""

    part: str
    zh: str
    en: str


@json_names(class_="class")
@dataclass(frozen=True)
class IncidentOfPlan:
    """The incident of a plan; `code` is null for one that the request describes."""

    code: str | None
    title: str | None
    class_: ClassRecord | None
    level: Term
    position: list[float]
    at: str


@json_names(class_="class")
@dataclass(frozen=True)
class NearbyComponent:
    """A component near the place, and its units."""

    id: str
    name: str | None
    class_: str | None
    state: str | None
    distance_m: float
    geometry: dict[str, Any] | None
    owner: UnitRecord | None
    maintainer: UnitRecord | None


@dataclass(frozen=True)
class CrewNeed:
    """A crew: how many teams an incident takes, each with one of the skills (empty: any team)."""

    skills: list[str]
    count: int
    zh: str
    en: str


@dataclass(frozen=True)
class AffectedByIncident:
    """Who and what is affected: areas, sensors, people, the number of buildings (null without such a layer), and
    sensitive sites with their total `sensitive_count`. A sensor has the fields of its layer."""

    area: dict[str, Any]
    area_m2: float
    areas: list[AffectedArea]
    sensors: list[dict[str, Any]]
    people: int | None
    people_from: str | None
    buildings: int | None
    sensitive: list[SensitiveSite]
    sensitive_count: int


@dataclass(frozen=True)
class ClosureToSet:
    """A closure as `POST /closures` takes it."""

    code: str
    cause: str
    incident: str | None
    geometry: dict[str, Any]


@dataclass(frozen=True)
class ProposedClosure:
    """A closure to set, and its effect on the roads."""

    closure: ClosureToSet
    edges: int
    km: float
    roads: list[str]
    cut_off_km: float
    closed_already: int
    zh: str
    en: str


@dataclass(frozen=True)
class AreaToInform(AffectedArea):
    """A neighbouring area that the affected place extends into, and why its unit is informed."""

    zh: str
    en: str


@dataclass(frozen=True)
class DispatchPlan:
    """A plan for an incident. `why` has the reasons for each part by the name of the part."""

    complete: bool
    missing: list[MissingPart]
    suggested_classes: list[SuggestedClass]
    incident: IncidentOfPlan
    owners: Owners
    responsibility: Responsibility | None
    duplicates: list[LikelyDuplicate]
    components: list[NearbyComponent]
    needs: list[CrewNeed]
    teams: list[Arrivals]
    affected: AffectedByIncident
    closures: list[ProposedClosure]
    inform: list[AreaToInform]
    why: dict[str, Texts]
