"""Assignment: which teams go to which incidents, so that all arrive as soon as possible, the most urgent first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cim.access.caller import Caller
from cim.arrays.types import LonLat, Mask, RowIds
from cim.columnar.conditions import value_matches
from cim.dispatch import messages
from cim.dispatch.answers import (
    Assignment,
    AssignmentSaving,
    AssignmentTotal,
    CountedReason,
    LineNote,
    Pair,
    Unassigned,
    Unused,
)
from cim.dispatch.arrivals import filtered_out
from cim.dispatch.min_cost_flow import NO_PAIR, Pairs, allocate, filled_by_level, greedy
from cim.errors import BadInput, NotFound
from cim.model.standard_layers import INCIDENT_LEVELS
from cim.model.text import Text
from cim.operations.features import row_of
from cim.operations.nearest import Selection
from cim.roads.contraction import NEVER
from cim.roads.profiles import Profile
from cim.roads.shortest_paths import matrix
from cim.roads.snapping import NO_EDGE, SnappedPoints, concat, snap
from cim.routing.itinerary import line_fields, shortest_journey
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState

#: Maximum pairs of incident and team, and maximum teams that all incidents together take.
MOST_PAIRS, MOST_PLACES = 1_000_000, 2_000
#: Default weight of a second at each level: our own choice, not from a standard.
WEIGHTS = {"general": 1, "serious": 2, "major": 4, "critical": 8}
MOST_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident that needs `teams` teams with these skills, at a position (lon, lat, WGS84). `kept`: the codes of
    teams that are already assigned to it."""

    id: str
    lon: float
    lat: float
    priority: int = 1
    skills: tuple[str, ...] = ()
    skills_any: tuple[str, ...] = ()
    teams: int = 1
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Teams:
    """The teams that can be sent, in parallel lists and arrays of length m.

    `lonlat` float64[m, 2] (WGS84). `room`: how many incidents each team can take. `rows`: the row of each in `snapshot`
    (the layer of resources), -1 for teams that the request describes. `busy`: the skills of teams of the kind that are
    not free. `left_out`: the counts of other teams by reason.
    """

    id: list[str]
    name: list[str | None]
    skills: list[str | None]
    lonlat: LonLat
    room: NDArray[np.int64]
    rows: RowIds
    snapshot: Snapshot | None = None
    busy: list[str | None] = field(default_factory=list)
    left_out: list[CountedReason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AssignmentOptions:
    """The options of an assignment. `keep`: teams stay with the incidents that they are assigned to already. `routes`:
    the number of pairs that are answered with their route, the most urgent first. `at`: the moment of departure, now by
    default. `surface`: the places are not in a tunnel or on a bridge."""

    profile: Profile
    keep: bool = True
    max_s: float | None = None
    distances: bool = False
    routes: int = 0
    at: dt.datetime | None = None
    surface: bool = False


def stored_incidents(
    state: CityState,
    caller: Caller,
    codes: Sequence[str] | None = None,
    where: Mapping[str, Any] | None = None,
    weights: Mapping[str, int] = WEIGHTS,
) -> list[Incident]:
    """The stored incidents with these codes, or those that meet a condition; their priority is the weight of their
    level.

    `NotFound` for an unknown code, `BadInput` for an incident without a position, `Forbidden` for a condition on a
    field that the caller may not see.
    """
    caller.require_seen(where or {})
    snapshot = state.snapshot("incidents")
    rows = (
        np.array([row_of(snapshot, code, state.today) for code in codes], np.int64)
        if codes is not None
        else snapshot.rows[snapshot.matching(where or {})[snapshot.rows]]
    )
    if codes is None:
        rows = rows[np.argsort(snapshot.fids(rows))]
    lonlat = snapshot.positions(rows)
    records = snapshot.attributes(rows, ["code", "level"]).to_pylist()
    lost = [r["code"] for r, p in zip(records, lonlat, strict=True) if not np.isfinite(p[0])]
    if lost:
        raise BadInput(f"incidents without a position can't be driven to: {', '.join(lost[:10])}")
    return [
        Incident(r["code"], float(p[0]), float(p[1]), weights[r["level"] or "general"])
        for r, p in zip(records, lonlat, strict=True)
    ]


def stored_teams(
    state: CityState, caller: Caller, kind: str, where: Mapping[str, Any], room: int = 1
) -> Teams:
    """The resources of a kind that meet a condition, each with `room` incidents, and the counts of all others.

    `BadInput` for a kind that can't be sent, `Forbidden` for a condition on a field that the caller may not see.
    """
    wanted = Selection.of(kind, None, where)
    if wanted.layer != "resources":
        raise BadInput(f"kind {kind!r} can't be sent; teams are resources: team, vehicle, officer …")
    caller.require_seen(wanted.where)
    snapshot = state.snapshot("resources")
    fit = snapshot.matching(wanted.where)[snapshot.rows]
    of_kind = snapshot.matching({"kind": kind})[snapshot.rows]
    rows = snapshot.rows[fit]
    there = np.isfinite(snapshot.positions(rows)[:, 0])
    others = snapshot.rows[of_kind & ~fit]
    left_out = [
        *filtered_out(snapshot, wanted, state.zone),
        CountedReason.of(int((~there).sum()), "position", messages.NO_POSITION),
    ]
    rows = rows[there]
    made = _teams_at(snapshot, rows[np.argsort(snapshot.fids(rows))], room)
    busy = snapshot.attributes(others, ["skills"]).column(0).to_pylist()
    return replace(made, busy=busy, left_out=[r for r in left_out if r.count])


def listed_teams(snapshot: Snapshot, codes: Sequence[str], day: dt.date, room: int = 1) -> Teams:
    """The resources with these codes in a snapshot of their layer, whatever their status. `NotFound` for an unknown
    code, `BadInput` for one without a position or listed twice."""
    _require_once(codes)
    found = _teams_at(snapshot, np.array([row_of(snapshot, code, day) for code in codes], np.int64), room)
    lost = [code for code, p in zip(found.id, found.lonlat, strict=True) if not np.isfinite(p[0])]
    if lost:
        raise BadInput(f"teams without a position can't be sent: {', '.join(lost[:10])}")
    return found


def _teams_at(snapshot: Snapshot, rows: RowIds, room: int) -> Teams:
    table = snapshot.attributes(rows, ["code", "name", "skills"])
    code, name, skills = (table.column(i).to_pylist() for i in range(3))
    return Teams(
        code, name, skills, snapshot.positions(rows), np.full(len(rows), room, np.int64), rows, snapshot
    )


def _require_once(codes: Sequence[str]) -> None:
    twice = sorted(code for code, count in Counter(codes).items() if count > 1)
    if twice:
        raise BadInput(f"a team is listed once: {', '.join(twice[:10])} stand twice")


def joined_teams(a: Teams, b: Teams) -> Teams:
    """The teams of both, whose rows are of one snapshot. `BadInput` for a code that both have."""
    _require_once([*a.id, *b.id])
    return Teams(
        id=a.id + b.id,
        name=a.name + b.name,
        skills=a.skills + b.skills,
        lonlat=np.concatenate([a.lonlat, b.lonlat]),
        room=np.concatenate([a.room, b.room]),
        rows=np.concatenate([a.rows, b.rows]),
        snapshot=a.snapshot or b.snapshot,
        busy=a.busy + b.busy,
        left_out=a.left_out + b.left_out,
    )


def require_size(incidents: int, places: int, teams: int) -> None:
    """Raise `BadInput` for more incidents, places (teams that all incidents together take) and teams than one request
    may have. It costs nothing, so it is checked before anything is looked up.

    >>> require_size(1, 1, 1_000_000)
    >>> require_size(2, 2, 1_000_000)
    Traceback (most recent call last):
        ...
    cim.errors.BadInput: 2 incidents that take 2 teams x 1,000,000 teams are too many, at most 2,000 places and \
1,000,000 pairs of incident and team; divide them
    """
    if places > MOST_PLACES or incidents * teams > MOST_PAIRS:
        raise BadInput(
            f"{incidents:,} incidents that take {places:,} teams x {teams:,} teams are too many, at most"
            f" {MOST_PLACES:,} places and {MOST_PAIRS:,} pairs of incident and team; divide them"
        )


def assign_teams(
    state: CityState, incidents: Sequence[Incident], teams: Teams, asked: AssignmentOptions
) -> Assignment:
    """The best assignment of teams to incidents, and for comparison the greedy one, which serves the most urgent
    incident first with the nearest team.

    The best assignment fills the most places, the most urgent first, and among these has the least sum of priority x
    arrival time (exactly: `cim.dispatch.min_cost_flow.allocate`). A team with room for several incidents counts its
    time from its present position to each of them, not from one to the next. Without a layer of roads the sum is of
    priority x metres by straight line, and a note says so. `BadInput` for too many pairs, or teams listed twice.
    """
    teams = _with_kept(state, incidents, teams)
    ways = _Journeys.of(state, incidents, teams, asked)
    able = _able(incidents, teams.skills)
    cost = np.where(able & ways.there & ways.soon, ways.cost, NO_PAIR)
    priority = np.array([i.priority for i in incidents], np.int64)
    places = np.array([i.teams for i in incidents], np.int64)
    room = teams.room.copy()
    number = {code: j for j, code in enumerate(teams.id)}
    kept = [(i, number[c]) for i, of in enumerate(incidents) for c in of.kept] if asked.keep else []
    for i, j in kept:
        places[i] = max(0, places[i] - 1)
        room[j] = max(0, room[j] - 1)
        cost[i, j] = NO_PAIR
    best, plain = (f(cost, priority, places, room) for f in (allocate, greedy))
    served = np.zeros(cost.shape, np.bool_)
    for i, j in [*kept, *best.tolist()]:
        served[i, j] = True
    missing = places - np.bincount(best[:, 0], minlength=len(places))
    order = sorted(
        [(i, j, True) for i, j in kept] + [(i, j, False) for i, j in best.tolist()],
        key=lambda p: (-incidents[p[0]].priority, p[0], not p[2], int(ways.cost[p[0], p[1]])),
    )
    return Assignment(
        by=ways.by,
        profile=asked.profile.name,
        pairs=[
            ways.pair(incidents[i], i, teams, j, stays, length=asked.distances, route=number < asked.routes)
            for number, (i, j, stays) in enumerate(order)
        ],
        unassigned=[
            _incident_short(i, int(missing[i]), able[i] & ~served[i], ways, incidents[i], teams, asked)
            for i in np.flatnonzero(missing).tolist()
        ],
        unused=[
            _unused_team(j, teams.id[j], able[:, j], ways, asked)
            for j in np.flatnonzero(~served.any(axis=0)).tolist()
        ],
        left_out=teams.left_out,
        total=_total(best, ways, priority, places),
        greedy=_total(plain, ways, priority, places),
        saving=_saving(best, plain, ways, priority, places),
        note=ways.note,
        counts=messages.TOTALS_COUNT,
    )


def _with_kept(state: CityState, incidents: Sequence[Incident], teams: Teams) -> Teams:
    """The teams together with those that are on an incident already; `BadInput` for too many."""
    twice = sorted(c for c, count in Counter(i.id for i in incidents).items() if count > 1)
    if twice:
        raise BadInput(f"an incident is listed once: {', '.join(twice[:10])} stand twice")
    for incident in incidents:
        if len(set(incident.kept)) < len(incident.kept):
            raise BadInput(f"incident {incident.id!r} keeps a team twice; name each once")
    known = set(teams.id)
    more = list(dict.fromkeys(c for i in incidents for c in i.kept if c not in known))
    require_size(len(incidents), sum(i.teams for i in incidents), len(teams.id) + len(more))
    if not more:
        return teams
    return joined_teams(teams, listed_teams(teams.snapshot or state.snapshot("resources"), more, state.today))


def _able(incidents: Sequence[Incident], skills: Sequence[str | None]) -> Mask:
    """Which team has the skills for which incident: bool[incidents, teams]."""
    made: dict[tuple[tuple[str, ...], tuple[str, ...]], NDArray[np.bool_]] = {}
    texts = pa.array(list(skills), pa.string())
    has = np.array([s is not None for s in skills], np.bool_)
    for incident in incidents:
        key = (incident.skills, incident.skills_any)
        if key not in made:
            condition = {op: list(names) for op, names in zip(("has", "has_any"), key, strict=True) if names}
            made[key] = (
                has & value_matches("skills", texts.fill_null(""), condition)
                if condition
                else np.ones(len(skills), np.bool_)
            )
    rows = [made[(i.skills, i.skills_any)] for i in incidents]
    return np.array(rows, np.bool_).reshape(len(incidents), len(skills))


class _Journeys:
    """The ways between incidents and teams: `cost` int64[n, m] in milliseconds by road or millimetres by straight line,
    `there` bool[n, m] (there is a way), `soon` bool[n, m] (it is short enough)."""

    def __init__(self, cost: NDArray[np.int64], there: Mask, soon: Mask) -> None:
        self.cost, self.there, self.soon = cost, there, soon
        self.by: Literal["road", "line"] = "road"
        self.note: LineNote | None = None
        self.off_incident = np.zeros(len(cost), np.bool_)
        self.off_team = np.zeros(cost.shape[1], np.bool_)
        self._roads: Any = None

    @classmethod
    def of(
        cls, state: CityState, incidents: Sequence[Incident], teams: Teams, asked: AssignmentOptions
    ) -> _Journeys:
        """The ways by road, or by straight line where no roads are loaded."""
        points = np.array([(i.lon, i.lat) for i in incidents], np.float64).reshape(-1, 2)
        try:
            network = state.roads.network
        except NotFound as error:
            a, b = (crs.to_metric(x, state.metric_crs) for x in (points, teams.lonlat))
            metres = np.hypot(*(a[:, None, :] - b[None]).transpose(2, 0, 1))
            every = np.ones(metres.shape, np.bool_)
            made = cls(np.rint(metres * 1000.0).astype(np.int64), every, every)
            made.by = "line"
            made.note = messages.assigned_by_line(str(error), asked.max_s)
            return made
        metric = state.roads.metric(asked.profile, asked.at)
        stored = teams.rows >= 0
        parts = [
            state.roads.places(metric, teams.snapshot or state.snapshot("resources"), teams.rows[stored]),
            snap(network, metric, teams.lonlat[~stored], surface=asked.surface),
        ]
        back = np.argsort(np.concatenate([np.flatnonzero(stored), np.flatnonzero(~stored)]), kind="stable")
        origins, targets = concat(parts).take(back), snap(network, metric, points, surface=asked.surface)
        took = matrix(network, metric, origins, targets).T.astype(np.int64)
        made = cls(took, took < NEVER, took <= (np.inf if asked.max_s is None else asked.max_s * 1000.0))
        made.off_incident, made.off_team = targets.edge[:, 0] == NO_EDGE, origins.edge[:, 0] == NO_EDGE
        made._roads = (network, metric, origins, targets)
        return made

    def pair(
        self, incident: Incident, i: int, teams: Teams, j: int, kept: bool, *, length: bool, route: bool
    ) -> Pair:
        """The answer for one pair, with the length of the way and its line if they are asked for."""
        here = Pair(incident.id, teams.id[j], teams.name[j], incident.priority, kept, None)
        if self.by == "line":
            return replace(here, line_m=round(int(self.cost[i, j]) / 1000.0, 1))
        if not self.there[i, j]:
            return here
        here = replace(here, eta_s=round(int(self.cost[i, j]) / 1000.0, 1))
        if not (length or route):
            return here
        network, metric, origins, targets = self._roads
        origin: SnappedPoints = origins.take([j])
        leg = shortest_journey(network, metric, origin, targets.take([i]))
        assert leg is not None, "what has a time has a way"
        line = line_fields(leg.lonlat) if route else None
        return replace(here, distance_m=round(leg.length_m, 1), route=line)


def _total(
    pairs: Pairs, ways: _Journeys, priority: NDArray[np.int64], places: NDArray[np.int64]
) -> AssignmentTotal:
    cost = ways.cost[pairs[:, 0], pairs[:, 1]]
    sums = [round(int(some.sum()) / 1000.0, 1) for some in (cost, cost * priority[pairs[:, 0]])]
    unfilled = int(places.sum()) - len(pairs)
    if ways.by == "road":
        return AssignmentTotal(len(pairs), unfilled, sum_s=sums[0], weighted_s=sums[1])
    return AssignmentTotal(len(pairs), unfilled, sum_m=sums[0], weighted_m=sums[1])


def _saving(
    best: Pairs, plain: Pairs, ways: _Journeys, priority: NDArray[np.int64], places: NDArray[np.int64]
) -> AssignmentSaving:
    """What the best assignment gains over the greedy one: more places, more urgent places, or less time."""
    more = len(best) - len(plain)
    if filled_by_level(best, priority, places) != filled_by_level(plain, priority, places):
        why = messages.more_places(more) if more else messages.MORE_URGENT
        return AssignmentSaving(more, why.zh, why.en)
    ours, theirs = (
        round(int((ways.cost[p[:, 0], p[:, 1]] * priority[p[:, 0]]).sum()) / 1000.0, 1) for p in (best, plain)
    )
    saved = round(theirs - ours, 1)
    percent = round(100.0 * saved / theirs, 1) if theirs else 0.0
    if ways.by == "road":
        return AssignmentSaving(0, weighted_s=saved, percent=percent)
    return AssignmentSaving(0, weighted_m=saved, percent=percent)


def _incident_short(
    i: int,
    short: int,
    able: Mask,
    ways: _Journeys,
    incident: Incident,
    teams: Teams,
    asked: AssignmentOptions,
) -> Unassigned:
    by, why = _why_short(i, able, ways, incident, teams, asked)
    return Unassigned(incident.id, incident.priority, short, by, why.zh, why.en)


def _why_short(
    i: int,
    able: Mask,
    ways: _Journeys,
    incident: Incident,
    teams: Teams,
    asked: AssignmentOptions,
) -> tuple[str, Text]:
    """Why no more teams are sent to an incident. `able`: which other teams have the skills."""
    skills = "、".join([*incident.skills, *incident.skills_any])
    if not able.any():
        if _able([incident], teams.busy).any():
            return "none_free", messages.NONE_FREE
        return ("no_skill", messages.no_skill(skills)) if skills else ("no_team", messages.NO_TEAM)
    if ways.off_incident[i]:
        return "off_road", messages.OFF_ROAD
    if not (able & ways.there[i]).any():
        return "unreachable", messages.NO_WAY_FROM_TEAM
    if not (able & ways.there[i] & ways.soon[i]).any():
        return "max_s", messages.all_farther_than_s(asked.max_s)
    return "taken", messages.TEAMS_TAKEN


def _unused_team(j: int, team: str, able: Mask, ways: _Journeys, asked: AssignmentOptions) -> Unused:
    by, why = _why_unused(j, able, ways, asked)
    return Unused(team, by, why.zh, why.en)


def _why_unused(j: int, able: Mask, ways: _Journeys, asked: AssignmentOptions) -> tuple[str, Text]:
    """Why a team is not sent. `able`: for which incidents it has the skills."""
    if not len(able):
        return "no_incident", messages.NO_INCIDENT
    if not able.any():
        return "no_skill", messages.SKILLS_NOT_NEEDED
    if ways.off_team[j]:
        return "off_road", messages.OFF_ROAD
    if not (able & ways.there[:, j]).any():
        return "unreachable", messages.NO_WAY_TO_INCIDENT
    if not (able & ways.there[:, j] & ways.soon[:, j]).any():
        return "max_s", messages.all_farther_than_s(asked.max_s)
    return "not_needed", messages.NOT_NEEDED


def weights_of(given: Mapping[str, int] | None) -> dict[str, int]:
    """The weight of a second at each level: the defaults with the given ones on top. `BadInput` for an unknown level.

    >>> weights_of({"critical": 20})
    {'general': 1, 'serious': 2, 'major': 4, 'critical': 20}
    """
    unknown = sorted(set(given or {}) - set(INCIDENT_LEVELS))
    if unknown:
        raise BadInput(f"level {unknown[0]!r} is not known; known: {', '.join(INCIDENT_LEVELS)}")
    return {**WEIGHTS, **(given or {})}
