"""What questions for an assignment and for a tour look like, with the examples that the API's documentation shows."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from cim.dispatch.assignment import MOST_PLACES, MOST_PRIORITY
from cim.dispatch.tours import MOST_STARTS, MOST_VISITS
from cim.roads.vehicles import ProfileName
from spatial_api.http.models import Flag, IncidentLevel, Items, Moment, Request, examples
from spatial_api.http.positions import Number, Position
from spatial_api.routes.roads.models import OnRoads

#: One urgency among others.
Priority = Annotated[int, Field(ge=1, le=MOST_PRIORITY, strict=True)]
Codes = str | list[str]
#: So many teams one request may list.
MOST_TEAMS = 20_000


class DescribedIncident(Request):
    """An incident as the one who asks knows it."""

    id: str = Field(min_length=1, max_length=64)
    point: Position = Field(description="[lon, lat]")
    level: IncidentLevel = Field("general", description="sets the priority")
    priority: Priority | None = Field(
        None, description="how much a second counts; default: that of the level"
    )
    skills: Items | None = Field(None, description='{"all": ["排水"], "any": ["泵", "抢险"]}, of each team')
    teams: int = Field(1, ge=1, le=20, description="how many it takes")
    kept: Codes = Field([], description="code of a team that is on it already, or of several")


class DescribedTeam(Request):
    """A team as the one who asks knows it."""

    id: str = Field(min_length=1, max_length=64)
    point: Position = Field(description="[lon, lat]")
    skills: list[str] = Field([], max_length=100)
    capacity: int = Field(1, ge=1, le=20, description="how many incidents it may take")


class AssignRequest(OnRoads):
    """Who goes to which of these incidents?"""

    model_config = examples(
        {
            "incidents": [
                {
                    "id": "1",
                    "point": [112.976, 28.195],
                    "level": "major",
                    "skills": {"any": ["排水"]},
                },
                {"id": "2", "point": [112.98, 28.2], "teams": 2},
            ],
            "kind": "team",
            "where": {"status": "idle"},
            "max_s": 1800,
        },
        {
            "incidents": {"status": ["reported", "verified"]},
            "teams": [{"id": "T", "point": [112.97, 28.19], "capacity": 2}],
            "weights": {"critical": 20},
        },
    )
    incidents: Annotated[list[str | DescribedIncident], Field(max_length=MOST_PLACES)] | dict[str, Any] = (
        Field(
            description="codes of the city's incidents, or described ones, or conditions on the city's incidents"
        )
    )
    teams: list[str | DescribedTeam] | None = Field(
        None,
        max_length=MOST_TEAMS,
        description="codes of resources, whatever they do now, or described ones; default: by kind and where",
    )
    kind: str | None = Field(None, description="of resource: team (the default), vehicle, officer …")
    where: dict[str, Any] | None = Field(
        None, description='conditions on resources; default: {"status": "idle"}'
    )
    capacity: int = Field(
        1,
        ge=1,
        le=20,
        description="how many incidents each of the city's teams may take, timed from where it is now",
    )
    weights: dict[str, Priority] | None = Field(
        None,
        description="how much a second counts at a level; default (ours): general 1, serious 2, major 4, critical 8",
    )
    keep: Flag = Field(
        True, description="teams stay where they are on already (`kept`); false: they are free"
    )
    max_s: Number | None = Field(None, gt=0, description="nobody is sent farther than so many seconds")
    distances: Flag = Field(False, description="metres by road, too")
    routes: int = Field(0, ge=0, le=200, description="the way of so many pairs, the most urgent first")
    profile: ProfileName = Field("emergency", description="by which the teams come")


class DescribedVisit(Request):
    """A place to be visited."""

    id: str = Field(min_length=1, max_length=64)
    point: Position = Field(description="[lon, lat]")
    stay_s: Number = Field(0.0, ge=0, le=86_400)
    window: tuple[Moment | Number, Moment | Number] | None = Field(
        None, description="when one may arrive: seconds from the start, or moments"
    )
    priority: Priority = Field(1, description="which one to leave out where not all can be made")


class VisitLayer(Request):
    """The visits are the points of a layer."""

    layer: str
    where: dict[str, Any] = Field({}, description='conditions on its fields: {"class": "C01003"}')
    stay_s: Number = Field(0.0, ge=0, le=86_400)


class TourRequest(OnRoads):
    """In which order are these places visited?"""

    model_config = examples(
        {
            "start": [112.93, 28.15],
            "visits": [
                {"id": "a", "point": [112.94, 28.15], "stay_s": 300},
                {"id": "b", "point": [112.96, 28.15], "window": [0, 3600]},
            ],
        },
        {"starts": [[112.93, 28.15]], "visits": {"layer": "sensors"}, "end": "open"},
    )
    start: Position | str | None = Field(None, description="[lon, lat], or the code of a resource")
    starts: list[Position | str] | None = Field(
        None, min_length=1, max_length=MOST_STARTS, description="of several patrols that share the visits"
    )
    end: Literal["return", "open"] | Position = Field(
        "return", description="back to the start, wherever the last visit is, or [lon, lat]"
    )
    visits: list[DescribedVisit] | VisitLayer = Field(description=f"at most {MOST_VISITS}")
    leave_at: Moment | None = Field(None, description="default: now; windows that are moments count from it")
    shift_s: Number | None = Field(
        None, gt=0, le=604_800, description="everyone is done within so many seconds"
    )
