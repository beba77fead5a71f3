"""What answers of dispatch say beside what their own modules define: arrivals, with why others were left out."""

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
    """Why something is not so, as a word for programs and in two languages."""

    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class CountedReason:
    """How many were left out, and why."""

    count: int
    by: str
    zh: str
    en: str

    @classmethod
    def of(cls, count: int, by: str, why: Text) -> CountedReason:
        """So many for this reason.

        >>> CountedReason.of(2, "limit", Text("到达更晚", "later than these"))
        CountedReason(count=2, by='limit', zh='2 个：到达更晚', en='2: later than these')
        """
        return cls(count, by, f"{count} 个：{why.zh}", f"{count}: {why.en}")


@dataclass(frozen=True)
class Arrival(Sparse):
    """A thing that arrives by road: when, by how long a way, and how far it is by line. `route`: where it is asked
    for; `chosen` and `of_duty` only in a plan: it is sent; its unit leads or assists."""

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
    """A thing by its distance as the crow flies, where no road says when it arrives; else as `Arrival`."""

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
    """Why an answer is by line; `cause` is the error where there is one."""

    zh: str
    en: str
    cause: str | None = None


@dataclass(frozen=True)
class Arrivals(Sparse):
    """Who arrives first at a place, and why others do not. `note`: why it is by line; in a plan: `need` is the number
    of the crew, `short` how many teams are lacking."""

    by: Literal["road", "line"]
    profile: str
    candidates: list[Arrival | LineArrival]
    left_out: list[CountedReason]
    note: LineNote | None = None
    need: int | None = None
    short: int | None = None


@dataclass(frozen=True)
class Pair(Sparse):
    """Which team goes to which incident; `kept`: it is there already. `eta_s` is null where it is not known: by line,
    where `line_m` says how far, and for a kept team without a way. `distance_m` and `route`: where asked for."""

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
    """An incident that is `short` of so many teams, and why."""

    incident: str
    priority: int
    short: int
    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class Unused:
    """A team that is sent nowhere, and why."""

    team: str
    by: str
    zh: str
    en: str


@dataclass(frozen=True)
class AssignmentTotal(Sparse):
    """How many places are filled and not, and what it sums up to: seconds by road, metres by line."""

    pairs: int
    unfilled: int
    sum_s: float | None = None
    weighted_s: float | None = None
    sum_m: float | None = None
    weighted_m: float | None = None


@dataclass(frozen=True)
class AssignmentSaving(Sparse):
    """What an assignment is better by than greedy dispatch: more `places`, in words; or the same in less time."""

    places: int
    zh: str | None = None
    en: str | None = None
    weighted_s: float | None = None
    weighted_m: float | None = None
    percent: float | None = None


@dataclass(frozen=True)
class Assignment(Sparse):
    """Who goes where, who is short of a team, who is sent nowhere, who was no candidate; beside greedy dispatch.
    `counts` says what the totals count; `note`: why it is by line."""

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
    """A visit of a tour: when one arrives, waits and leaves, in seconds from the start and as moments."""

    id: str
    position: list[float]
    arrive_s: float
    wait_s: float
    leave_s: float
    arrive_at: str
    leave_at: str


@dataclass(frozen=True)
class Tour:
    """The tour of one patrol, from the start with this number; who visits nothing has no way."""

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
    """The same visits in the order given, and what is saved; null and a `note` where that order can't be kept."""

    duration_s: float | None
    saved_s: float | None
    note: Text | None = None


@dataclass(frozen=True)
class TourPlan(Sparse):
    """The tours of all patrols and what they sum up to. `exact`: none is better; `as_given` is null for several
    patrols; `note`: which starts nobody can drive from."""

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


#: The unit behind a component; one that the layer of units does not have by its code alone.
ComponentUnit = UnitRecord | UnknownUnit | None


@json_names(class_="class")
@dataclass(frozen=True, slots=True)
class MatchedComponent:
    """A component that a report may be about, how far it is, and the units behind it."""

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
    """The condition by whose rule a case is handled; `matched`: the report said so."""

    key: str
    text: str
    matched: bool


@dataclass(frozen=True)
class Deadline:
    """By when. `holidays_known`: the calendar knows every year in between."""

    begin: str
    due: str
    amount: float
    clock: str
    zh: str
    en: str
    holidays_known: bool


@json_names(class_="class")
@dataclass(frozen=True, slots=True)
class Responsibility:
    """Who acts on a report, by when and why. `rule` is what decided, `lead` null where nobody answers for the place;
    `condition`, `closing` and `basis` are null where the list has no rule for the class."""

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
