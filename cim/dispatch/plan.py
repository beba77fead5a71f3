"""The plan for an incident (处置方案): one answer that a dispatch engine can act on, with a reason for each part.

It says who owns the place, who is responsible and by when; which reports may be duplicates; which components are
nearby; which crews are needed and which teams arrive first; who and what is affected; which roads to close; and whom to
inform.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cim.access.caller import Caller
from cim.areas.owners import Owners
from cim.dispatch import duplicates, messages
from cim.dispatch.answers import Arrivals, Responsibility
from cim.dispatch.arrivals import ArrivalOptions, arrivals
from cim.dispatch.duplicates import LikelyDuplicate
from cim.dispatch.min_cost_flow import NO_PAIR, allocate
from cim.dispatch.plan_answers import (
    AffectedByIncident,
    AreaToInform,
    ClosureToSet,
    CrewNeed,
    DispatchPlan,
    IncidentOfPlan,
    MissingPart,
    NearbyComponent,
    ProposedClosure,
)
from cim.dispatch.responsible import CaseReport, find_responsible
from cim.duty.classes import Class, classes
from cim.duty.crews import Crew, level_factors
from cim.duty.responsibility_list import Rule
from cim.errors import BadInput, CityError, NotFound
from cim.impact.affected import Shape, find_affected
from cim.impact.sensitive_sites import sensitive
from cim.model.standard_layers import INCIDENT_LEVELS
from cim.model.text import Term, Text, Texts
from cim.operations.features import row_of
from cim.operations.nearest import ResourceNeeds, Selection, find_nearest
from cim.roads.profiles import PROFILES, Profile
from cim.routing import closure_effect
from cim.snapshot.snapshot import Snapshot
from cim.state import CityState

#: Spare teams that are shown for each crew, besides those that are chosen.
_SPARE = 3
#: Maximum components near the place.
_COMPONENTS = 10
#: The levels whose units are informed.
_INFORMED = ("district", "street", "community")

#: The reasons of each part by its name.
Why = dict[str, list[Text]]


@dataclass(frozen=True, slots=True)
class Case:
    """The incident that is planned for: its position (lon, lat, WGS84) and what is known about it. `code` is that of a
    stored incident."""

    lon: float
    lat: float
    at: dt.datetime
    class_said: str | None = None
    level: str = "general"
    title: str | None = None
    text: str = ""
    condition: str | None = None
    component: str | None = None
    code: str | None = None

    @classmethod
    def from_store(cls, state: CityState, code: str) -> Case:
        """The case of a stored incident. `NotFound` where there is none, `BadInput` where it has no position."""
        snapshot = state.snapshot("incidents")
        row = np.array([row_of(snapshot, code, state.today)])
        (record,) = snapshot.attributes(row).to_pylist()
        shape = snapshot.geometry(row)[0]
        if shape is None or shape.is_empty:
            raise BadInput(f"incident {code!r} has no position; give it one (PATCH /incidents/{code})")
        title, more = record["title"] or "", record["description"] or ""
        return cls(
            lon=shape.x,
            lat=shape.y,
            at=record["reported_at"] or dt.datetime.now(dt.UTC),
            class_said=record["class"],
            level=record["level"] or "general",
            title=record["title"],
            text=f"{title}{more}",
            condition=f"{title} {more}".strip() or None,
            code=code,
        )


def plan(
    state: CityState,
    case: Case,
    caller: Caller,
    profile: Profile = PROFILES["emergency"],
    shape: Shape | None = None,
    surface: bool = False,
) -> DispatchPlan:
    """The plan of a case. `shape`: the affected area where it is known better than as a circle. `surface`: the
    incident is not in a tunnel or on a bridge, so the teams' routes do not end in one.

    A part that can't be planned (no class, no rule in the list, no roads) is empty, and its `why` says so. `complete`
    is false if the plan can't be acted on as it is; `missing` says which parts are incomplete and why, and
    `suggested_classes` which classes the text may mean. Crews come from the responsibility list only: none are
    proposed where it names none. `NotFound` or `BadInput` for an unknown class or level.
    """
    if case.level not in INCIDENT_LEVELS:
        raise BadInput(f"level {case.level!r} is not known; known: {', '.join(INCIDENT_LEVELS)}")
    why: Why = {}
    of = _class(case)
    rule = state.rules.choose(of, case.condition)[0] if of is not None else None
    point = np.array([[case.lon, case.lat]])
    about = shape or _circle(state, case, rule, why)
    hit = _hit(state, about, case, caller, why)
    needs = _needs(state.settings.level_teams, case, of, rule, why)
    owners = state.owners(point)[0]
    duty = _responsibility(state, case, of, caller, why)
    asked = ArrivalOptions(profile, route=True, surface=surface)
    teams = _teams(state, point, needs, duty, caller, asked, why)
    missing = _gaps(case, of, rule, needs, teams, owners)
    meant = classes().suggestions(case.text, case.level) if rule is None else []
    return DispatchPlan(
        complete=not missing,
        missing=missing,
        suggested_classes=[s.record() for s in meant if s.of != of],
        incident=IncidentOfPlan(
            case.code,
            case.title,
            of.record() if of else None,
            Term(case.level, *INCIDENT_LEVELS[case.level]),
            [case.lon, case.lat],
            case.at.astimezone(state.zone).isoformat(),
        ),
        owners=owners,
        responsibility=duty,
        duplicates=_duplicates(state, case, caller, why),
        components=_components(state, case, caller, why),
        needs=[CrewNeed(list(c.skills), c.count, c.zh, c.en) for c in needs],
        teams=teams,
        affected=hit,
        closures=_closures(state, case, of, rule, why),
        inform=_inform(hit, owners, why),
        why={part: Texts.of(texts) for part, texts in why.items()},
    )


def _class(case: Case) -> Class | None:
    """The class of the case; None if it has no class. A stored incident with an unknown class has None too, so that the
    rest of its plan can be made."""
    if not case.class_said:
        return None
    try:
        return classes().find(case.class_said)
    except CityError:
        if case.code is None:
            raise
        return None


def _responsibility(
    state: CityState, case: Case, of: Class | None, caller: Caller, why: Why
) -> Responsibility | None:
    if of is None:
        said = case.class_said
        why["responsibility"] = [messages.unknown_class(said) if said else messages.NO_CLASS_FOR_LIST]
        return None
    report = CaseReport(
        of.key, case.lon, case.lat, case.at, condition=case.condition, component=case.component
    )
    found = find_responsible(state, [report], caller)[0]
    why["responsibility"] = [Text(zh, en) for zh, en in zip(found.why.zh, found.why.en, strict=True)]
    return found


def _duplicates(state: CityState, case: Case, caller: Caller, why: Why) -> list[LikelyDuplicate]:
    asked = duplicates.Likeness(case.class_said, case.lon, case.lat, case.at, case.text, case.code)
    found = duplicates.candidates(state, [asked], caller)[0]
    if case.class_said is None:
        why["duplicates"] = [messages.NO_CLASS_TO_COMPARE]
    elif found:
        why["duplicates"] = [messages.likely_duplicates(len(found), found[0].id, found[0].score)]
    else:
        why["duplicates"] = [messages.NO_DUPLICATE]
    return found


def _components(state: CityState, case: Case, caller: Caller, why: Why) -> list[NearbyComponent]:
    """The components near the place, nearest first, with their owners."""
    reach_m = state.settings.component_reach_m
    point = np.array([[case.lon, case.lat]])
    # Components without a state count as present.
    found = [
        c
        for condition in ({"ne": "removed"}, None)
        for c in find_nearest(
            state.snapshots,
            point,
            Selection("components", {"state": condition}),
            caller,
            limit=_COMPONENTS,
            within_m=reach_m,
        )[0]
    ]
    found.sort(key=lambda c: (c.distance_m, str(c.id)))
    out = [
        NearbyComponent(
            id=str(c.id),
            name=p["name"],
            class_=p["class"],
            state=p["state"],
            distance_m=c.distance_m,
            geometry=c.geometry,
            owner=state.unit(p["owner"]),
            maintainer=state.unit(p["maintainer"]),
        )
        for c in found[:_COMPONENTS]
        if (p := c.properties)
    ]
    there_are_more = len(found) > _COMPONENTS
    why["components"] = [messages.components_near(len(out), reach_m, there_are_more=there_are_more)]
    return out


def _gaps(
    case: Case,
    of: Class | None,
    rule: Rule | None,
    needs: Sequence[Crew],
    teams: Sequence[Arrivals],
    owners: Owners,
) -> list[MissingPart]:
    """What keeps the plan from being acted on, by part."""
    found: list[tuple[str, Text]] = []
    if not owners.areas:
        found.append(("owners", messages.NO_AREA))
    if of is None:
        found.append(("class", _no_class(case)))
    elif rule is None:
        found.append(("class", messages.class_not_listed(of)))
    elif not rule.crews:
        found.append(("needs", messages.crew_not_listed(rule)))
    for crew, part in zip(needs, teams, strict=True):
        if part.short:
            found.append(("teams", messages.teams_short_skills(crew, part.short)))
    return [MissingPart(part, why.zh, why.en) for part, why in found]


def _no_class(case: Case) -> Text:
    if not case.class_said:
        return messages.NO_CLASS
    close = ", ".join(f"{c.key} {c.name}" for c in classes().close(case.class_said, limit=3))
    return messages.unknown_class_choose(case.class_said, close)


def _needs(level_teams: str, case: Case, of: Class | None, rule: Rule | None, why: Why) -> list[Crew]:
    factor = level_factors(level_teams)[case.level]
    if of is None or rule is None:
        why["needs"] = [messages.NO_CREW_WITHOUT_CLASS]
        return []
    if not rule.crews:
        why["needs"] = [messages.NO_CREW_LISTED]
        return []
    why["needs"] = [messages.listed_crews(rule, case.level, factor)]
    return [crew.times(factor) for crew in rule.crews]


def _teams(
    state: CityState,
    point: Any,
    needs: Sequence[Crew],
    duty: Responsibility | None,
    caller: Caller,
    asked: ArrivalOptions,
    why: Why,
) -> list[Arrivals]:
    """For each crew the idle teams that arrive first. Those to send are `chosen`, and no team is sent twice; `of_duty`
    marks the teams of the lead and assisting units."""
    if not needs:
        why["teams"] = [messages.NO_CREW_KNOWN]
        return []
    acting = {u.code for u in (duty.lead, *duty.assisting) if u} if duty is not None else set()
    found: list[Arrivals] = []
    asked = replace(asked, limit=min(sum(crew.count for crew in needs) + _SPARE, 1000))
    for crew in needs:
        wanted = ResourceNeeds(skills_any=crew.skills, status=("idle",)).within(
            state, Selection.of("team", None, None)
        )
        found.append(arrivals(state, point, wanted, caller, asked)[0])
    sent = _choose_teams(needs, found)
    taken = {code for codes in sent for code in codes}
    out: list[Arrivals] = []
    short: list[Text] = []
    for i, (crew, part, codes) in enumerate(zip(needs, found, sent, strict=True)):
        # Teams that go to another crew are left out; a few spare ones are shown.
        candidates = [
            replace(c, chosen=c.id in codes, of_duty=c.properties["unit"] in acting)
            for c in part.candidates
            if c.id in codes or c.id not in taken
        ]
        chosen = [c for c in candidates if c.chosen]
        spare = [c for c in candidates if not c.chosen][:_SPARE]
        lacking = crew.count - len(codes)
        out.append(replace(part, candidates=[*chosen, *spare], need=i, short=lacking))
        if lacking:
            short.append(messages.teams_short(crew, lacking))
    by_road = all(part.by == "road" for part in out)
    why["teams"] = [messages.teams_by_road(asked.profile) if by_road else messages.TEAMS_BY_LINE, *short]
    return out


def _choose_teams(needs: Sequence[Crew], found: Sequence[Arrivals]) -> list[set[Any]]:
    """The teams of each crew: as many as possible over all crews, and among these the least sum of arrival times."""
    teams = list(dict.fromkeys(c.id for part in found for c in part.candidates))
    number = {code: j for j, code in enumerate(teams)}
    cost = np.full((len(needs), len(teams)), NO_PAIR, np.int64)
    for i, part in enumerate(found):
        for c in part.candidates:
            away = c.eta_s * 1000.0 if c.eta_s is not None else c.line_m
            cost[i, number[c.id]] = round(away) + i  # a team that fits two crews goes to the first
    counts = np.array([crew.count for crew in needs], np.int64)
    pairs = allocate(cost, np.ones(len(needs), np.int64), counts, np.ones(len(teams), np.int64))
    return [{teams[j] for k, j in pairs.tolist() if k == i} for i in range(len(needs))]


def _circle(state: CityState, case: Case, rule: Rule | None, why: Why) -> Shape:
    radius_m = rule.affect_m if rule is not None and rule.affect_m else state.settings.affected_reach_m
    is_listed = rule is not None and rule.affect_m is not None
    why["affected"] = [messages.affected_circle(radius_m, is_listed=is_listed)]
    given = {"type": "circle", "centre": [case.lon, case.lat], "radius_m": radius_m}
    return Shape.of(given, state.metric_crs)


def _hit(state: CityState, shape: Shape, case: Case, caller: Caller, why: Why) -> AffectedByIncident:
    """What is affected, with the number of buildings and the sensitive sites."""
    why.setdefault("affected", [messages.GIVEN_SHAPE])
    layers = ["buildings"] if "buildings" in state.snapshots else []
    found = find_affected(state, shape, caller, layers, 200)
    buildings = found.layers.get("buildings")
    sites = sensitive(state, shape, (case.lon, case.lat))
    return AffectedByIncident(
        area=found.area,
        area_m2=found.area_m2,
        areas=found.areas,
        sensors=found.sensors,
        people=found.people,
        people_from=found.people_from,
        buildings=buildings.count if buildings is not None else None,
        sensitive=sites.places,
        sensitive_count=sites.count,
    )


def _closures(
    state: CityState, case: Case, of: Class | None, rule: Rule | None, why: Why
) -> list[ProposedClosure]:
    """The closure to set, as `POST /closures` takes it, with its effect on the roads."""
    if rule is None or rule.close_m is None:
        why["closures"] = [messages.NO_CLOSURE_LISTED]
        return []
    try:
        network = state.roads.network
    except NotFound as error:
        why["closures"] = [messages.no_roads_to_close(error)]
        return []
    circle = Shape.of(
        {"type": "circle", "centre": [case.lon, case.lat], "radius_m": rule.close_m},
        network.snapshot.metric_crs,
    )
    effect = closure_effect.effect_of_shape(state.roads, circle.polygon, PROFILES["car"])
    if not effect.edges:
        are_closed = bool(effect.closed_already)
        why["closures"] = [messages.nothing_to_close(rule.close_m, are_closed=are_closed)]
        return []
    text = messages.roads_to_close(rule.close_m, effect.roads)
    why["closures"] = [text, *([effect.note] if effect.note else [])]
    ring = np.array(circle.polygon.exterior.coords)[::4].round(7).tolist()
    closure = ClosureToSet(
        _free_code(
            state.snapshot("closures"), case.code or f"C-{case.at.astimezone(state.zone):%Y%m%d%H%M%S}"
        ),
        (case.title or (of.name if of else ""))[:200],
        case.code,
        {"type": "Polygon", "coordinates": [ring if ring[0] == ring[-1] else [*ring, ring[0]]]},
    )
    return [
        ProposedClosure(
            closure=closure,
            edges=effect.edges,
            km=effect.km,
            roads=effect.roads,
            cut_off_km=effect.cut_off_km,
            closed_already=effect.closed_already,
            zh=text.zh,
            en=text.en,
        )
    ]


def _free_code(closures: Snapshot, stem: str) -> str:
    """A code that no closure has."""
    taken = set(closures.attributes(closures.rows, ["code"]).column(0).to_pylist())
    return next(code for n in range(1, len(taken) + 2) if (code := f"{stem[:56]}-F{n}") not in taken)


def _inform(hit: AffectedByIncident, owners: Owners, why: Why) -> list[AreaToInform]:
    """The areas that the affected place touches besides the owning ones, each with its unit."""
    own = {area.code for area in owners.areas}
    out = []
    for area in hit.areas:
        if area.level in _INFORMED and area.code not in own:
            text = messages.reaches_area(area)
            out.append(AreaToInform(**vars(area), zh=text.zh, en=text.en))
    why["inform"] = [messages.reaches_areas(len(out)) if out else messages.NOBODY_ELSE_TO_INFORM]
    return out
