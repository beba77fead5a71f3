"""Answers of dispatch: arrivals, assignments, tours and responsibility, with the reasons why others were left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from cim.areas.owners import AreaName, NearestArea
from cim.duty.answers import AssistingUnit, ClassRecord, Condition, UnitRecord, UnknownUnit
from cim.model.json_names import json_names
from cim.model.sparse import Sparse
from cim.model.text import Term, Text, Texts
from cim.routing.answers import DrawnLine, LegLength, LineString


@dataclass(frozen=True)
class Reason:
    """A reason: a word for programs and a text in two languages."""

    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class CountedReason:
    """How many things were left out for a reason."""

    count: int
    by: str
    zh: str
    en: str

    @classmethod
    def of(cls, count: int, by: str, why: Text) -> CountedReason:
        """The reason `why` with its count.

        >>> CountedReason.of(2, "limit", Text("到达更晚", "later than these"))
        CountedReason(count=2, by='limit', zh='2 个：到达更晚', en='2: later than these')
        """
        return cls(count, by, f"{count} 个：{why.zh}", f"{count}: {why.en}")


@dataclass(frozen=True)
class Arrival(Sparse):
    """A candidate that arrives by road: its travel time, and its distance by road and by straight line. `route` is
    given on request. Only a plan has `chosen` (it is sent) and `of_duty` (its unit leads or assists)."""

    id: str | int
    layer: str
    name: str | None
    name_en: str | None
    eta_s: float
    distance_m: float
    line_m: float
    geometry: dict[str, Any] | None
    properties: dict[str, Any]
    route: DrawnLine | None = None
    chosen: bool | None = None
    of_duty: bool | None = None


@dataclass(frozen=True)
class LineArrival(Sparse):
    """A candidate by its straight-line distance, where no arrival time is known; otherwise as `Arrival`."""

    id: str | int
    layer: str
    name: str | None
    name_en: str | None
    distance_m: float
    geometry: dict[str, Any] | None
    properties: dict[str, Any]
    line_m: float
    eta_s: None
    chosen: bool | None = None
    of_duty: bool | None = None


@dataclass(frozen=True)
class LineNote(Sparse):
    """Why an answer is by straight line. `cause` is the error, if there is one."""

    zh: str
    en: str
    cause: str | None = None


@dataclass(frozen=True)
class Arrivals(Sparse):
    """The candidates that arrive first at a place, and why others were left out. `note` says why the answer is by
    straight line. Only a plan has `need` (the index of the crew) and `short` (how many teams are lacking)."""

    by: Literal["road", "line"]
    profile: str
    candidates: list[Arrival | LineArrival]
    left_out: list[CountedReason]
    note: LineNote | None = None
    need: int | None = None
    short: int | None = None


@dataclass(frozen=True)
class Pair(Sparse):
    """A team and the incident that it goes to. `kept`: it is assigned to it already. `eta_s` is null by straight line,
    where `line_m` gives the distance, and for a kept team without a way. `distance_m` and `route` are given on
    request."""

    incident: str
    team: str
    team_name: str | None
    priority: int
    kept: bool
    eta_s: float | None
    line_m: float | None = None
    distance_m: float | None = None
    route: DrawnLine | None = None


@dataclass(frozen=True)
class Unassigned:
    """An incident that lacks `short` teams, and why."""

    incident: str
    priority: int
    short: int
    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class Unused:
    """A team that is not sent, and why."""

    team: str
    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class AssignmentTotal(Sparse):
    """The number of filled and unfilled places, and the sums: seconds by road, metres by straight line."""

    pairs: int
    unfilled: int
    sum_s: float | None = None
    weighted_s: float | None = None
    sum_m: float | None = None
    weighted_m: float | None = None


@dataclass(frozen=True)
class AssignmentSaving(Sparse):
    """What an assignment gains over greedy dispatch: more `places`, explained in words, or less time for the same
    places."""

    places: int
    zh: str | None = None
    en: str | None = None
    weighted_s: float | None = None
    weighted_m: float | None = None
    percent: float | None = None


@dataclass(frozen=True)
class Assignment(Sparse):
    """The pairs of team and incident, the incidents that lack teams, the teams that are not sent, and the counts of
    those that were no candidates; with greedy dispatch for comparison. `counts` explains the totals, `note` says why
    the answer is by straight line."""

    by: Literal["road", "line"]
    profile: str
    pairs: list[Pair]
    unassigned: list[Unassigned]
    unused: list[Unused]
    left_out: list[CountedReason]
    total: AssignmentTotal
    greedy: AssignmentTotal
    saving: AssignmentSaving
    note: LineNote | None = None
    counts: Text = field(kw_only=True)


@dataclass(frozen=True)
class TourStop:
    """A visit of a tour: arrival, waiting and departure, in seconds from the start and as moments."""

    id: str
    position: list[float]
    arrive_s: float
    wait_s: float
    leave_s: float
    arrive_at: str
    leave_at: str


@dataclass(frozen=True)
class Tour:
    """The tour of one patrol from the start with this index. A patrol without visits has no line."""

    start: int
    order: list[str]
    visits: list[TourStop]
    legs: list[LegLength]
    duration_s: float
    driving_s: float
    waiting_s: float
    distance_m: float
    geometry: LineString | None
    polyline: str
    done_at: str


@dataclass(frozen=True)
class VisitLeftOut:
    """A visit that is not made, and why."""

    id: str
    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class TourAsGiven(Sparse):
    """The time of the same visits in the order given, and the time saved; null with a `note` where that order is not
    possible."""

    duration_s: float | None
    saved_s: float | None
    note: Text | None = None


@dataclass(frozen=True)
class TourPlan(Sparse):
    """The tours of all patrols and their sums. `exact`: no better plan exists. `as_given` is null for several patrols.
    `note` names the starts that are on no road."""

    by: Literal["road"]
    profile: str
    leave_at: str
    tours: list[Tour]
    exact: bool
    duration_s: float
    distance_m: float
    driving_s: float
    waiting_s: float
    left_out: list[VisitLeftOut]
    as_given: TourAsGiven | None
    note: Text | None = None


#: A unit of a component; only its code where the layer of units does not have it.
ComponentUnit = UnitRecord | UnknownUnit | None


@json_names(class_="class")
@dataclass(frozen=True)
class MatchedComponent:
    """A component that a report may be about, its distance, and its units."""

    id: str
    name: str | None
    class_: str | None
    state: str | None
    distance_m: float
    geometry: dict[str, Any] | None
    owner: ComponentUnit
    maintainer: ComponentUnit
    authority: ComponentUnit


@dataclass(frozen=True)
class ConditionChoice:
    """The condition of the rule that was applied. `matched`: the report named it."""

    key: str
    text: str
    matched: bool


@dataclass(frozen=True)
class Deadline:
    """The deadline of a case. `holidays_known`: the calendar has every year in between."""

    begin: str
    due: str
    amount: float
    clock: str
    zh: str
    en: str
    holidays_known: bool


@json_names(class_="class")
@dataclass(frozen=True)
class Responsibility:
    """Who is responsible for a report, by when and why. `rule` says what decided. `lead` is null where no unit is
    responsible for the place; `condition`, `closing` and `basis` are null where the list has no rule for the class."""

    class_: ClassRecord
    areas: list[AreaName]
    nearest: NearestArea | None
    component: MatchedComponent | None
    component_alternatives: list[MatchedComponent]
    lead: UnitRecord | None
    assisting: list[AssistingUnit]
    rule: Term
    condition: ConditionChoice | None
    conditions: list[Condition]
    deadline: Deadline
    closing: str | None
    basis: str | None
    why: Texts
