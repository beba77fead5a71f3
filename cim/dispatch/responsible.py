"""Who acts on a report, by when, and why (权责): many at once.

A component's owner comes first, then the place (部件先属主后属地); a matter is the place's first, then the owner's
(事项先属地后属主); whoever answers for the place takes what nobody else does (属地兜底). Principles: standards.md §7.2.
The responsibility list decides where it says more; the report is matched to the nearest component of its class.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from cim.access.caller import GUEST
from cim.areas.ownership import AreaRecord, day_number
from cim.city import City
from cim.duty.classes import KINDS, SCHEMES, Class, classes
from cim.duty.deadlines import Limit
from cim.duty.responsibility_list import Rule
from cim.duty.roles import PARTS, Chain, Place, Role
from cim.duty.units import Units
from cim.errors import BadInput, CityError, Fault, FaultyData
from cim.local_time import zone_name
from cim.operations.features import geojson_features, row_of
from cim.snapshot.snapshot import Snapshot

#: What can decide who leads.
DECIDED: dict[str, tuple[str, str]] = {
    "owner_first": ("部件先属主后属地", "a component's owner first, then the place"),
    "place_first": ("事项先属地后属主", "a matter is the place's first, then the owner's"),
    "list": ("权责清单指定", "named by the responsibility list"),
    "place_fallback": ("属地兜底", "the place's unit takes what nobody else does"),
    "nobody": ("无人负责", "nobody answers for this place"),
}
#: Components that a report is not about: they are gone.
_GONE = ("removed",)
#: So many components of the class are shown beside the matched one.
_ALTERNATIVES = 3
#: Who answers for a component where its list does not say.
_PARTS: Chain = tuple(Role("part", part) for part in PARTS)

Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CaseReport:
    """What is reported: a class (key, code or name), a position in WGS84, and when; perhaps on which condition, and
    the code of the component that it is about."""

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
    """The component that a report is taken to be about, and the others near by, as answers show them."""

    component: dict[str, Any] | None
    others: list[dict[str, Any]]


def find_responsible(city: City, reports: Sequence[CaseReport], caller: Any = GUEST) -> list[dict[str, Any]]:
    """For each report the lead and assisting units, the rule that decided, the deadline, and why.

    `NotFound` or `BadInput` for one report with an unknown class or component, which names what is close; for
    several reports `FaultyData` with each fault and the place of its report.
    """
    city = city.hold()
    found = _classes(reports)
    points = np.array([(r.lon, r.lat) for r in reports], np.float64).reshape(-1, 2)
    matched = _components(city, reports, found, points, caller)
    chosen = [city.rules.choose(of, r.condition) for of, r in zip(found, reports, strict=True)]
    limits = [rule.limit if rule is not None else city.rules.default for rule, _ in chosen]
    due = city.rules.clock.due([r.at for r in reports], limits)
    records, nearest = _areas(city, reports, points)
    # What many answers say alike is said once: a batch is mostly the making of its dicts.
    of_class = {of: (of.as_dict(), city.rules.conditions(of)) for of in set(found)}
    of_area = {id(record): record.as_dict for held in records for record in held}
    return [
        _answer(city, of_class, of_area, *each)
        for each in zip(reports, found, matched, chosen, limits, due, records, nearest, strict=True)
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
    city: City, reports: Sequence[CaseReport], points: NDArray[np.float64]
) -> tuple[list[list[AreaRecord]], list[tuple[AreaRecord, float] | None]]:
    """The areas that hold each point on the day of its report, from the city down; and the nearest where none does."""
    areas = city.areas
    days = [report.at.astimezone(city.zone).date() for report in reports]
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
    """What is made of it; of one report among several an error is a fault with the report's place."""
    try:
        return make(given)
    except CityError as error:
        if count == 1:
            raise
        faults.append(Fault(place, str(error)))
        return None


# -- the component -------------------------------------------------------------------------------------


def _components(
    city: City,
    reports: Sequence[CaseReport],
    found: Sequence[Class],
    points: NDArray[np.float64],
    caller: Any,
) -> list[_Matched]:
    """The component of each report: the one that it names, else the nearest of its class within reach."""
    snapshot = city.snapshot("components")
    out = [_Matched(None, [])] * len(reports)
    wanted: dict[str, list[int]] = {}
    faults: list[Fault] = []
    for i, (report, of) in enumerate(zip(reports, found, strict=True)):
        if report.component is not None:
            named = partial(_component_named, city, of=of, point=points[i], caller=caller)
            out[i] = _try_each(named, report.component, i + 1, len(reports), faults)
        elif of.about is not None:
            wanted.setdefault(of.about, []).append(i)
    _refuse(faults)
    for about, asking in wanted.items():
        reach_m, keep = city.settings.component_reach_m, _present_components(snapshot, about)
        rows, metres = snapshot.nearest(points[asking], 1 + _ALTERNATIVES, reach_m, keep)
        there = rows >= 0
        if not there.any():
            continue
        shown = iter(geojson_features(snapshot, rows[there], caller))
        for i, far, held in zip(asking, metres, there, strict=True):
            near = [_describe_component(city, next(shown), float(m)) for m in far[held]]
            out[i] = _Matched(near[0] if near else None, near[1:])
    return out


#: Which components are of a group of classes and not gone, kept as long as their snapshot is in use.
_KEPT: WeakKeyDictionary[Snapshot, dict[str, NDArray[np.bool_]]] = WeakKeyDictionary()


def _present_components(snapshot: Snapshot, about: str) -> NDArray[np.bool_]:
    """Which rows are components of a group of classes that are not gone: bool over all rows.

    Made once for each state of the layer: over 300,000 components it takes longer than all the rest of an answer.
    """
    known = _KEPT.setdefault(snapshot, {})
    if about not in known:
        words = [c.key for c in classes().group(about)]
        known[about] = snapshot.matching({"class": words}) & ~snapshot.matching({"state": list(_GONE)})
    return known[about]


def _component_named(city: City, code: str, of: Class, point: NDArray[np.float64], caller: Any) -> _Matched:
    """The component that a report names, which must be of its class."""
    snapshot = city.snapshot("components")
    rows = np.array([row_of(snapshot, code, city.today())])
    (feature,) = geojson_features(snapshot, rows, caller)
    own = feature["properties"]["class"]
    if of.about is None or own not in {c.key for c in classes().group(of.about)}:
        raise BadInput(f"component {code!r} is of class {own}, but the report is of {of.key} {of.name}")
    keep = np.zeros(len(snapshot.base) + len(snapshot.delta), np.bool_)
    keep[rows] = True
    metres = snapshot.nearest(point[None], 1, np.inf, keep)[1]
    return _Matched(_describe_component(city, feature, float(metres[0, 0])), [])


def _describe_component(city: City, feature: Mapping[str, Any], metres: float) -> dict[str, Any]:
    p = feature["properties"]
    return {
        "id": feature["id"], "name": p["name"], "class": p["class"], "state": p["state"],
        "distance_m": round(metres, 3), "geometry": feature["geometry"],
        **{part: city.unit(p[part]) or ({"code": p[part]} if p[part] else None) for part in PARTS},
    }  # fmt: skip


# -- the answer ----------------------------------------------------------------------------------------


def _answer(
    city: City,
    of_class: Mapping[Class, tuple[dict[str, Any], list[dict[str, str]]]],
    of_area: Mapping[int, dict[str, str | None]],
    report: CaseReport,
    of: Class,
    matched: _Matched,
    chosen: tuple[Rule | None, bool],
    limit: Limit,
    due: dt.datetime,
    records: list[AreaRecord],
    nearest: tuple[AreaRecord, float] | None,
) -> dict[str, Any]:
    rule, by_condition = chosen
    component = matched.component
    parts = {part: (component[part] or {}).get("code") if component else None for part in PARTS}
    place = Place(parts, {r.level: (r.code, r.unit) for r in records})
    decided, meant, lead, tried = _lead(city.units, of, rule, place, records, nearest)
    assisting, absent = _assisting(city.units, of, rule, place, lead)
    begin = report.at.astimezone(city.zone)
    why = [
        _why_class(of),
        *_why_component(city, of, matched, report),
        _why_rule(of, rule, by_condition, len(of_class[of][1]), limit),
        *tried,
        _why_lead(decided, meant, lead),
        *absent,
        _why_deadline(city, begin, due, limit),
    ]
    zh, en = DECIDED[decided]
    return {
        "class": of_class[of][0],
        "areas": [of_area[id(r)] for r in records],
        "nearest": {**nearest[0].as_dict, "distance_m": round(nearest[1], 3)} if nearest else None,
        "component": component,
        "component_alternatives": matched.others,
        "lead": lead,
        "assisting": assisting,
        "rule": {"key": decided, "zh": zh, "en": en},
        "condition": {"key": rule.key, "text": rule.condition, "matched": by_condition} if rule else None,
        "conditions": of_class[of][1],
        "deadline": {
            "begin": begin.isoformat(), "due": due.isoformat(), "amount": limit.amount, "clock": limit.clock,
            "zh": limit.zh, "en": limit.en, "holidays_known": city.rules.clock.knows(begin, due),
        },
        "closing": rule.closing if rule else None,
        "basis": rule.basis if rule else None,
        "why": {"zh": [zh for zh, _ in why], "en": [en for _, en in why]},
    }  # fmt: skip


def _lead(
    units: Units,
    of: Class,
    rule: Rule | None,
    place: Place,
    records: Sequence[AreaRecord],
    nearest: tuple[AreaRecord, float] | None,
) -> tuple[str, Role | None, dict[str, Any] | None, list[Said]]:
    """What decided, the role that leads and its unit; and what was looked for in vain before."""
    listed: Chain = rule.lead if rule is not None else ()
    if of.about is not None and not any(meant.by == "part" for meant in listed):
        # 先属主: whatever unit the list names for the class stands behind the component's own owner.
        listed = (_PARTS[0], *listed) if listed else _PARTS
    found = place.first(listed, units)
    before = listed[: listed.index(found[0])] if found else listed
    tried: list[Said] = [
        (f"{meant.zh}：此处没有或未登记", f"{meant.en}: none here, or not registered") for meant in before
    ]
    if found is not None:
        meant, unit = found
        if of.about is not None:
            return "owner_first", meant, unit, tried
        return ("list" if meant.by == "code" else "place_first"), meant, unit, tried
    for record in reversed(records):
        own = units.as_dict(record.unit)
        if own is not None:
            return "place_fallback", Role("area", record.level), own, tried
    if nearest is not None:
        near, away_m = nearest
        zh = f"不在任何管理区域内，最近的是{near.name}（{away_m:.0f} 米）"
        tried.append((zh, f"outside every area; the nearest is {near.name}, {away_m:.0f} m away"))
        own = units.as_dict(near.unit)
        if own is not None:
            return "place_fallback", Role("area", near.level), own, tried
    return "nobody", None, None, tried


def _assisting(
    units: Units, of: Class, rule: Rule | None, place: Place, lead: Mapping[str, Any] | None
) -> tuple[list[dict[str, Any]], list[Said]]:
    """Who assists: those of the list, and the others who answer for the component; each once, and not the lead."""
    listed = rule.assist if rule is not None else ()
    own: tuple[Chain, ...] = tuple((meant,) for meant in _PARTS[:2]) if of.about is not None else ()
    taken = {lead["code"]} if lead is not None else set()
    out: list[dict[str, Any]] = []
    absent: list[Said] = []
    for i, wanted in enumerate((*listed, *own)):
        found = place.first(wanted, units)
        if found is None and i < len(listed):
            zh, en = " 或 ".join(m.zh for m in wanted), " or ".join(m.en for m in wanted)
            absent.append((f"协同单位 {zh}：此处没有", f"assisting {en}: none here"))
        elif found is not None and found[1]["code"] not in taken:
            taken.add(found[1]["code"])
            out.append({**found[1], "as_zh": found[0].zh, "as_en": found[0].en})
    return out, absent


# -- why -----------------------------------------------------------------------------------------------


def _why_class(of: Class) -> Said:
    kind_zh, kind = KINDS[of.kind]
    zh = f"类别 {of.key} {of.name}（{kind_zh}，{SCHEMES[of.scheme]}）"
    en = f"class {of.key} {of.name} ({kind}, {SCHEMES[of.scheme]})"
    if of.group != of.key:
        newer = classes().by_key.get(of.group)
        named = f"{of.group} {newer.name}" if newer else of.group
        return f"{zh}，即新码 {named}", f"{en}, now {named}"
    return zh, en


def _why_component(city: City, of: Class, matched: _Matched, report: CaseReport) -> list[Said]:
    if of.about is None:
        return []
    component = matched.component
    if component is None:
        reach_m = city.settings.component_reach_m
        return [(f"{reach_m:g} 米内没有这类部件", f"no component of the class within {reach_m:g} m")]
    how_zh, how = (
        ("报告指明的部件", "the named component") if report.component else ("匹配部件", "matched component")
    )
    whole = {zh: component[part] for part, (zh, _) in PARTS.items()}
    units_zh = "，".join(f"{zh} {_name(unit)}" for zh, unit in whole.items() if unit)
    units_en = ", ".join(
        f"{en} {_name(component[part])}" for part, (_, en) in PARTS.items() if component[part]
    )
    away = component["distance_m"]
    return [
        (
            f"{how_zh} {component['id']} {component['name'] or ''}，相距 {away:.1f} 米；{units_zh or '未登记权属'}",
            f"{how} {component['id']} {component['name'] or ''}, {away:.1f} m away; {units_en or 'no unit registered'}",
        )
    ]


def _name(unit: Mapping[str, Any]) -> str:
    return str(unit.get("name") or f"{unit['code']}（不在单位表中 not among the units）")


def _why_rule(of: Class, rule: Rule | None, by_condition: bool, count: int, limit: Limit) -> Said:
    if rule is None:
        return (
            f"权责清单没有 {of.name}，按默认时限 {limit.zh}",
            f"the list has no rule for {of.name}; the default limit is {limit.en}",
        )
    text = f"“{rule.condition}”" if rule.condition else "（不分条件）"
    said = f'"{rule.condition}"' if rule.condition else "(any condition)"
    if by_condition or count == 1:
        return f"权责清单：立案条件{text}", f"the list: condition {said}"
    return (
        f"未说明或未对上立案条件，按清单所列的{text}；共 {count} 种，见 conditions",
        f"no condition said, or none like it: taken is {said}, of {count}; see conditions",
    )


def _why_lead(decided: str, meant: Role | None, lead: Mapping[str, Any] | None) -> Said:
    zh, en = DECIDED[decided]
    if lead is None or meant is None:
        return f"{zh}：没有登记的单位", f"{en}: no registered unit"
    return f"{zh}：{meant.zh} {lead['name']}", f"{en}: {meant.en}, {lead['name_en'] or lead['name']}"


def _why_deadline(city: City, begin: dt.datetime, due: dt.datetime, limit: Limit) -> Said:
    zone_zh, zone_en = zone_name(city.zone)
    zh = f"时限 {limit.zh}，自 {begin:%Y-%m-%d %H:%M} 起，至 {due:%Y-%m-%d %H:%M}（{zone_zh}）"
    en = f"{limit.en} from {begin:%Y-%m-%d %H:%M} end {due:%Y-%m-%d %H:%M} ({zone_en})"
    if limit.clock in ("work_hour", "work_day") and not city.rules.clock.knows(begin, due):
        return (
            f"{zh}；该年节假日表未录入，只按周末计",
            f"{en}; holidays of that year are not loaded, only weekends count",
        )
    return zh, en
