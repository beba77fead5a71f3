"""Who is responsible for a report, by when, and why (权责); for many reports at once.

For a component its owner comes before the place (部件先属主后属地), for a matter the place before the owner
(事项先属地后属主), and the unit of the place takes what nobody else takes (属地兜底): standards.md §7.2. A rule of the
responsibility list overrides this. A report is matched to the nearest component of its class.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cim.access.caller import GUEST
from cim.areas.owners import NearestArea
from cim.areas.ownership import AreaRecord, day_number
from cim.arrays.types import LonLat, Mask
from cim.dispatch import messages
from cim.dispatch.answers import (
    ComponentUnit,
    ConditionChoice,
    Deadline,
    MatchedComponent,
    Responsibility,
)
from cim.duty.answers import AssistingUnit, ClassRecord, Condition, UnitRecord, UnknownUnit
from cim.duty.classes import Class, classes
from cim.duty.deadlines import Limit
from cim.duty.responsibility_list import Rule
from cim.duty.roles import PARTS, Chain, Place, Role
from cim.duty.units import Units
from cim.errors import BadInput, CityError, Fault, FaultyData
from cim.model.text import Term, Text, Texts
from cim.operations.features import geojson_features, row_of
from cim.snapshot.snapshot import Snapshot
from cim.state import CityState

#: States of components that no longer exist, so that no report is about them.
_GONE = ("removed",)
#: Maximum components that are shown besides the matched one.
_ALTERNATIVES = 3
#: The parts that are responsible for a component, in order, where the list has no rule.
_PARTS: Chain = tuple(Role("part", part) for part in PARTS)


@dataclass(frozen=True, slots=True)
class CaseReport:
    """A report: its class (key, code or name), position (lon, lat, WGS84) and time. `condition` is that of a rule in
    the list, `component` the code of the component that the report is about."""

    class_said: str
    lon: float
    lat: float
    at: dt.datetime
    kind: str | None = None
    scheme: str | None = None
    condition: str | None = None
    component: str | None = None


@dataclass(frozen=True, slots=True)
class _Matched:
    """The component that a report was matched to, and others nearby, as answers show them."""

    component: MatchedComponent | None
    others: list[MatchedComponent]


def find_responsible(
    state: CityState, reports: Sequence[CaseReport], caller: Any = GUEST
) -> list[Responsibility]:
    """For each report the lead and assisting units, the rule that decided, the deadline, and the reasons.

    For a single report `NotFound` or `BadInput` where its class or component is unknown, with similar ones; for several
    reports `FaultyData` with every fault and the number of its report.
    """
    found = _classes(reports)
    points = np.array([(r.lon, r.lat) for r in reports], np.float64).reshape(-1, 2)
    matched = _components(state, reports, found, points, caller)
    chosen = [state.rules.choose(of, r.condition) for of, r in zip(found, reports, strict=True)]
    limits = [rule.limit if rule is not None else state.rules.default for rule, _ in chosen]
    due = state.rules.clock.due([r.at for r in reports], limits)
    areas = _areas(state, reports, points)
    # Made once for all reports of a class.
    of_class = {of: (of.record(), state.rules.conditions(of)) for of in set(found)}
    return [
        _answer(state, of_class, _Decided(*each))
        for each in zip(reports, found, matched, chosen, limits, due, *areas, strict=True)
    ]


def _classes(reports: Sequence[CaseReport]) -> list[Class]:
    """The class of each report."""
    faults: list[Fault] = []

    def class_of(report: CaseReport) -> Class:
        return classes().find(report.class_said, report.kind, report.scheme)

    found = [_try_each(class_of, report, i, len(reports), faults) for i, report in enumerate(reports, 1)]
    _refuse(faults)
    return found


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        first = "; ".join(map(str, faults[:5]))
        raise FaultyData(f"{len(faults)} reports can't be answered: {first}", faults)


def _areas(
    state: CityState, reports: Sequence[CaseReport], points: LonLat
) -> tuple[list[list[AreaRecord]], list[tuple[AreaRecord, float] | None]]:
    """The areas that contain each point on the day of its report, from the city down; the nearest one where none
    does."""
    areas = state.areas
    days = [report.at.astimezone(state.zone).date() for report in reports]
    faults: list[Fault] = []
    begun = {day for day in set(days) if areas.has_begun(day)}
    for i, day in enumerate(days, 1):
        if day not in begun:
            _try_each(areas.require_begun, day, i, len(reports), faults)
    _refuse(faults)
    numbers = np.array([day_number(day) for day in days], np.int32)
    owning = areas.owners(points, None if set(days) <= {areas.day} else numbers)
    records = [[areas.record(row) for row in rows if row >= 0] for rows in owning.T.tolist()]
    nearest: list[tuple[AreaRecord, float] | None] = [None] * len(reports)
    outside: dict[dt.date, list[int]] = {}
    for i, (held, day) in enumerate(zip(records, days, strict=True)):
        if not held:
            outside.setdefault(day, []).append(i)
    for day, asking in outside.items():
        for i, near in zip(asking, areas.nearest(points[asking], day), strict=True):
            nearest[i] = near
    return records, nearest


def _try_each(make: Callable[..., Any], given: Any, place: int, count: int, faults: list[Fault]) -> Any:
    """The result of `make`, or None if it raised an error and `faults` has it; a single report's error is raised."""
    try:
        return make(given)
    except CityError as error:
        if count == 1:
            raise
        faults.append(Fault(place, str(error)))
        return None


# -- the component -------------------------------------------------------------------------------------


def _components(
    state: CityState,
    reports: Sequence[CaseReport],
    found: Sequence[Class],
    points: LonLat,
    caller: Any,
) -> list[_Matched]:
    """The component of each report: the one that it names, else the nearest of its class within reach."""
    snapshot = state.snapshot("components")
    out = [_Matched(None, [])] * len(reports)
    wanted: dict[str, list[int]] = {}
    faults: list[Fault] = []
    for i, (report, of) in enumerate(zip(reports, found, strict=True)):
        if report.component is not None:
            named = partial(_component_named, state, of=of, point=points[i], caller=caller)
            out[i] = _try_each(named, report.component, i + 1, len(reports), faults)
        elif of.about is not None:
            wanted.setdefault(of.about, []).append(i)
    _refuse(faults)
    for about, asking in wanted.items():
        reach_m, keep = state.settings.component_reach_m, _present_components(snapshot, about)
        rows, metres = snapshot.nearest(points[asking], 1 + _ALTERNATIVES, reach_m, keep)
        there = rows >= 0
        if not there.any():
            continue
        shown = iter(geojson_features(snapshot, rows[there], caller))
        for i, far, held in zip(asking, metres, there, strict=True):
            near = [_describe_component(state, next(shown), float(m)) for m in far[held]]
            out[i] = _Matched(near[0] if near else None, near[1:])
    return out


#: The masks of `_present_components`, kept as long as their snapshot is in use.
_KEPT: WeakKeyDictionary[Snapshot, dict[str, NDArray[np.bool_]]] = WeakKeyDictionary()


def _present_components(snapshot: Snapshot, about: str) -> Mask:
    """Which rows are existing components of a group of classes: bool over all rows.

    Made once for each state of the layer, because for 300,000 components it takes longer than the rest of an answer.
    """
    known = _KEPT.setdefault(snapshot, {})
    if about not in known:
        words = [c.key for c in classes().group(about)]
        known[about] = snapshot.matching({"class": words}) & ~snapshot.matching({"state": list(_GONE)})
    return known[about]


def _component_named(
    state: CityState, code: str, of: Class, point: NDArray[np.float64], caller: Any
) -> _Matched:
    """The component that a report names; `BadInput` unless it is of the report's class."""
    snapshot = state.snapshot("components")
    rows = np.array([row_of(snapshot, code, state.today)])
    (feature,) = geojson_features(snapshot, rows, caller)
    own = feature["properties"]["class"]
    if of.about is None or own not in {c.key for c in classes().group(of.about)}:
        raise BadInput(f"component {code!r} is of class {own}, but the report is of {of.key} {of.name}")
    keep = np.zeros(len(snapshot.base) + len(snapshot.delta), np.bool_)
    keep[rows] = True
    metres = snapshot.nearest(point[None], 1, np.inf, keep)[1]
    return _Matched(_describe_component(state, feature, float(metres[0, 0])), [])


def _describe_component(state: CityState, feature: Mapping[str, Any], metres: float) -> MatchedComponent:
    p = feature["properties"]
    units = {part: state.unit(p[part]) or (UnknownUnit(p[part]) if p[part] else None) for part in PARTS}
    return MatchedComponent(
        feature["id"], p["name"], p["class"], p["state"], round(metres, 3), feature["geometry"], **units
    )


# -- the answer ----------------------------------------------------------------------------------------


class _Decided(NamedTuple):
    """What is known of a report: its class and component, the rule that was chosen (and whether by its condition), the
    limit and when it ends, the areas that hold it, and the nearest with metres where none does."""

    report: CaseReport
    of: Class
    matched: _Matched
    chosen: tuple[Rule | None, bool]
    limit: Limit
    due: dt.datetime
    records: list[AreaRecord]
    nearest: tuple[AreaRecord, float] | None


def _answer(
    state: CityState, of_class: Mapping[Class, tuple[ClassRecord, list[Condition]]], known: _Decided
) -> Responsibility:
    report, of, matched, (rule, by_condition), limit, due, records, nearest = known
    component = matched.component
    parts = {part: _code(component, part) for part in PARTS}
    place = Place(parts, {r.level: (r.code, r.unit) for r in records})
    decided, meant, lead, tried = _lead(state.units, of, rule, place, records, nearest)
    assisting, absent = _assisting(state.units, of, rule, place, lead)
    begin = report.at.astimezone(state.zone)
    record, conditions = of_class[of]
    why = [
        messages.report_class(of),
        *_why_component(state, of, matched, report),
        _why_rule(of, rule, by_condition, len(conditions), limit),
        *tried,
        messages.lead_choice(decided, meant, lead),
        *absent,
        _why_deadline(state, begin, due, limit),
    ]
    by = messages.DECIDED[decided]
    return Responsibility(
        class_=record,
        areas=[r.label for r in records],
        nearest=NearestArea.at(nearest[0].label, nearest[1]) if nearest else None,
        component=component,
        component_alternatives=matched.others,
        lead=lead,
        assisting=assisting,
        rule=Term(decided, by.zh, by.en),
        condition=ConditionChoice(rule.key, rule.condition, by_condition) if rule else None,
        conditions=conditions,
        deadline=Deadline(
            begin.isoformat(),
            due.isoformat(),
            limit.amount,
            limit.clock,
            limit.zh,
            limit.en,
            state.rules.clock.knows(begin, due),
        ),
        closing=rule.closing if rule else None,
        basis=rule.basis if rule else None,
        why=Texts.of(why),
    )


def _code(component: MatchedComponent | None, part: str) -> str | None:
    """The code of the unit that is this part of a component's."""
    unit: ComponentUnit = getattr(component, part) if component is not None else None
    return unit.code if unit is not None else None


def _lead(
    units: Units,
    of: Class,
    rule: Rule | None,
    place: Place,
    records: Sequence[AreaRecord],
    nearest: tuple[AreaRecord, float] | None,
) -> tuple[str, Role | None, UnitRecord | None, list[Text]]:
    """What decided, the leading role and its unit, and the roles that were tried before without success."""
    listed: Chain = rule.lead if rule is not None else ()
    if of.about is not None and not any(meant.by == "part" for meant in listed):
        # 先属主: the owner of the component comes before the unit that the list names.
        listed = (_PARTS[0], *listed) if listed else _PARTS
    found = place.first(listed, units)
    before = listed[: listed.index(found[0])] if found else listed
    tried = [messages.role_missing(meant) for meant in before]
    if found is not None:
        meant, unit = found
        if of.about is not None:
            return "owner_first", meant, unit, tried
        return ("list" if meant.by == "code" else "place_first"), meant, unit, tried
    for record in reversed(records):
        own = units.record(record.unit)
        if own is not None:
            return "place_fallback", Role("area", record.level), own, tried
    if nearest is not None:
        near, away_m = nearest
        tried.append(messages.outside_areas(near.name, away_m))
        own = units.record(near.unit)
        if own is not None:
            return "place_fallback", Role("area", near.level), own, tried
    return "nobody", None, None, tried


def _assisting(
    units: Units, of: Class, rule: Rule | None, place: Place, lead: UnitRecord | None
) -> tuple[list[AssistingUnit], list[Text]]:
    """The assisting units: those of the list and the other parts of the component, each once and without the lead."""
    listed = rule.assist if rule is not None else ()
    own: tuple[Chain, ...] = tuple((meant,) for meant in _PARTS[:2]) if of.about is not None else ()
    taken = {lead.code} if lead is not None else set()
    out: list[AssistingUnit] = []
    absent: list[Text] = []
    for i, wanted in enumerate((*listed, *own)):
        found = place.first(wanted, units)
        if found is None and i < len(listed):
            absent.append(messages.nobody_assists(wanted))
        elif found is not None and found[1].code not in taken:
            taken.add(found[1].code)
            out.append(AssistingUnit(**vars(found[1]), as_zh=found[0].zh, as_en=found[0].en))
    return out, absent


# -- why -----------------------------------------------------------------------------------------------


def _why_component(state: CityState, of: Class, matched: _Matched, report: CaseReport) -> list[Text]:
    if of.about is None:
        return []
    if matched.component is None:
        return [messages.no_component(state.settings.component_reach_m)]
    return [messages.component_match(matched.component, bool(report.component))]


def _why_rule(of: Class, rule: Rule | None, by_condition: bool, count: int, limit: Limit) -> Text:
    if rule is None:
        return messages.no_rule(of.name, limit)
    return messages.rule_choice(rule.condition, by_condition or count == 1, count)


def _why_deadline(state: CityState, begin: dt.datetime, due: dt.datetime, limit: Limit) -> Text:
    of_work = limit.clock in ("work_hour", "work_day")
    unknown = of_work and not state.rules.clock.knows(begin, due)
    return messages.limit_span(limit, begin, due, state.zone, holidays_unknown=unknown)
