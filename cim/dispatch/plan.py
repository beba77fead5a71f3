"""A plan for an incident (处置方案): one answer that a dispatch engine can act on, each part with its reason.

Who owns the place and who is responsible by when; what may be the same report; the components concerned; which crews
it takes and which teams arrive first; who and what is affected; which roads to close; whom to inform.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cim.access.caller import Caller
from cim.areas.owners import Owners
from cim.city import City
from cim.dispatch import duplicates
from cim.dispatch.arrivals import ArrivalOptions, arrivals
from cim.dispatch.min_cost_flow import NO_PAIR, allocate
from cim.dispatch.responsible import CaseReport, find_responsible
from cim.duty.classes import Class, classes
from cim.duty.crews import Crew, level_factors
from cim.duty.responsibility_list import Rule
from cim.errors import BadInput, CityError, NotFound
from cim.impact.affected import Shape, find_affected
from cim.impact.sensitive_sites import sensitive
from cim.model.standard_layers import INCIDENT_LEVELS, LEVELS
from cim.operations.features import row_of
from cim.operations.nearest import ResourceNeeds, Selection, find_nearest
from cim.roads.profiles import PROFILES, Profile
from cim.routing import closure_effect

#: Beside the teams that are taken, so many more of each crew are shown.
_SPARE = 3
#: So many components about the place are shown.
_COMPONENTS = 10
#: The levels of area whose units are informed.
_INFORMED = ("district", "street", "community")

Said = tuple[str, str]
Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What a plan is for: a place (lon, lat, WGS84), and what is known of it. `code`: of a stored incident."""

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
    def from_store(cls, city: City, code: str) -> Case:
        """The case of a stored incident; `NotFound` where there is none, `BadInput` for one without a place."""
        snapshot = city.snapshot("incidents")
        row = np.array([row_of(snapshot, code, city.today())])
        (record,) = snapshot.attributes(row).to_pylist()
        shape = snapshot.geometry(row)[0]
        if shape is None or shape.is_empty:
            raise BadInput(f"incident {code!r} has no position; give it one (PATCH /incidents/{code})")
        title, more = record["title"] or "", record["description"] or ""
        return cls(
            shape.x, shape.y, record["reported_at"] or dt.datetime.now(dt.UTC), record["class"],
            record["level"] or "general", record["title"], f"{title}{more}", f"{title} {more}".strip() or None,
            code=code,
        )  # fmt: skip


def plan(
    city: City,
    case: Case,
    caller: Caller,
    profile: Profile = PROFILES["emergency"],
    shape: Shape | None = None,
    surface: bool = False,
) -> dict[str, Any]:
    """The plan of a case; `shape`: what is affected, where that is known better than a circle; `surface`: the incident
    is in no tunnel and on no bridge, which the teams' ways end at accordingly.

    A part that can't be made (no class, no rule in the list, no roads) is empty and its `why` says so. `complete` is
    false where the plan can't be acted on as it is; `missing` says by which part and why, `suggested_classes` which
    classes the text may mean. Crews come from the responsibility list alone: where it names none, none is proposed.
    `NotFound` or `BadInput` for a class or level that is not known.
    """
    city = city.hold()
    if case.level not in INCIDENT_LEVELS:
        raise BadInput(f"level {case.level!r} is not known; known: {', '.join(INCIDENT_LEVELS)}")
    why: dict[str, list[Said]] = {}
    of = _class(case)
    rule = city.rules.choose(of, case.condition)[0] if of is not None else None
    point = np.array([[case.lon, case.lat]])
    about = shape or _circle(city, case, rule, why)
    hit = _hit(city, about, case, caller, why)
    needs = _needs(city, case, of, rule, why)
    owners = city.owners(point)[0]
    duty = _responsibility(city, case, of, caller, why)
    teams = _teams(city, point, needs, duty, caller, profile, why, surface)
    missing = _gaps(case, of, rule, needs, teams, owners)
    meant = classes().suggestions(case.text, case.level) if rule is None else []
    zh, en = INCIDENT_LEVELS[case.level]
    return {
        "complete": not missing,
        "missing": [{"part": part, "zh": zh, "en": en} for part, (zh, en) in missing],
        "suggested_classes": [s.as_dict() for s in meant if s.of != of],
        "incident": {
            "code": case.code, "title": case.title, "class": of.as_dict() if of else None,
            "level": {"key": case.level, "zh": zh, "en": en}, "position": [case.lon, case.lat],
            "at": case.at.astimezone(city.zone).isoformat(),
        },
        "owners": owners,
        "responsibility": duty,
        "duplicates": _duplicates(city, case, caller, why),
        "components": _components(city, case, caller, why),
        "needs": [{"skills": list(c.skills), "count": c.count, "zh": c.zh, "en": c.en} for c in needs],
        "teams": teams,
        "affected": hit,
        "closures": _closures(city, case, of, rule, why),
        "inform": _inform(hit, owners, why),
        "why": {part: {"zh": [z for z, _ in said], "en": [e for _, e in said]} for part, said in why.items()},
    }  # fmt: skip


def _class(case: Case) -> Class | None:
    """The class of the case; of a stored incident None where it is not known: the rest of its plan is wanted all the
    same."""
    if not case.class_said:
        return None
    try:
        return classes().find(case.class_said)
    except CityError:
        if case.code is None:
            raise
        return None


def _responsibility(
    city: City, case: Case, of: Class | None, caller: Caller, why: dict[str, list[Said]]
) -> Part | None:
    if of is None:
        what = ("未说明类别", "no class is said")
        if case.class_said:
            what = (f"类别 {case.class_said!r} 不在类别表中", f"class {case.class_said!r} is not known")
        why["responsibility"] = [(f"{what[0]}，无法查权责清单", f"{what[1]}, so the list is not asked")]
        return None
    report = CaseReport(
        of.key, case.lon, case.lat, case.at, condition=case.condition, component=case.component
    )
    found = find_responsible(city, [report], caller)[0]
    why["responsibility"] = list(zip(found["why"]["zh"], found["why"]["en"], strict=True))
    return found


def _duplicates(city: City, case: Case, caller: Caller, why: dict[str, list[Said]]) -> list[Part]:
    asked = duplicates.Likeness(case.class_said, case.lon, case.lat, case.at, case.text, case.code)
    found = duplicates.candidates(city, [asked], caller)[0]
    if case.class_said is None:
        why["duplicates"] = [("未说明类别，无法比对", "no class is said, so nothing is compared")]
    elif found:
        best = found[0]
        why["duplicates"] = [
            (f"{len(found)} 起可能重复，最像的是 {best['id']}（{best['score']:.2f}）",
             f"{len(found)} may be the same, the likeliest {best['id']} ({best['score']:.2f})")
        ]  # fmt: skip
    else:
        why["duplicates"] = [("附近没有同类事件", "no incident of the class near by")]
    return found


def _components(city: City, case: Case, caller: Caller, why: dict[str, list[Said]]) -> list[Part]:
    """The components about the place, nearest first, with their owner."""
    reach_m = city.settings.component_reach_m
    point = np.array([[case.lon, case.lat]])
    # One without a state is there, too.
    found = [
        c
        for state in ({"ne": "removed"}, None)
        for c in find_nearest(
            city,
            point,
            Selection("components", {"state": state}),
            caller,
            limit=_COMPONENTS,
            within_m=reach_m,
        )[0]
    ]
    found.sort(key=lambda c: (c["distance_m"], str(c["id"])))
    out = [
        {
            "id": c["id"], "name": p["name"], "class": p["class"], "state": p["state"],
            "distance_m": c["distance_m"], "geometry": c["geometry"],
            "owner": city.unit(p["owner"]), "maintainer": city.unit(p["maintainer"]),
        }
        for c in found[:_COMPONENTS] if (p := c["properties"])
    ]  # fmt: skip
    more_zh, more = ("最近的 ", "the nearest ") if len(found) > _COMPONENTS else ("", "")
    why["components"] = [
        (
            f"{reach_m:g} 米内{more_zh or '有 '}{len(out)} 个部件",
            f"{more}{len(out)} components within {reach_m:g} m",
        )
    ]
    return out


def _gaps(
    case: Case,
    of: Class | None,
    rule: Rule | None,
    needs: Sequence[Crew],
    teams: Sequence[Part],
    owners: Owners,
) -> list[tuple[str, Said]]:
    """What the plan lacks to be acted on, by part."""
    found: list[tuple[str, Said]] = []
    if not owners.areas:
        found.append(("owners", ("不在任何管理区域内", "the place is in no area of the city")))
    if of is None:
        found.append(("class", _no_class(case)))
    elif rule is None:
        zh = f"权责清单没有 {of.key} {of.name}，请补充清单或改用其他类别"
        en = f"the responsibility list has no {of.key} {of.name}; add it to the list, or choose another class"
        found.append(("class", (zh, en)))
    elif not rule.crews:
        zh = f"权责清单 {rule.class_key} {rule.key} 未列处置力量，未推荐队伍"
        en = f"the list names no crew for {rule.class_key} {rule.key}; no team is proposed"
        found.append(("needs", (zh, en)))
    for crew, part in zip(needs, teams, strict=True):
        if part["short"]:
            zh = f"{crew.zh}：还缺 {part['short']} 支；现有技能见 GET /resources/vocabulary"
            en = (
                f"{crew.en}: {part['short']} short; GET /resources/vocabulary lists the skills that there are"
            )
            found.append(("teams", (zh, en)))
    return found


def _no_class(case: Case) -> Said:
    if not case.class_said:
        return "未说明类别，请选择一个类别", "no class is said; choose one"
    close = ", ".join(f"{c.key} {c.name}" for c in classes().close(case.class_said, limit=3))
    zh = f"类别 {case.class_said!r} 不在类别表中"
    en = f"class {case.class_said!r} is not known"
    return (f"{zh}，相近的有 {close}", f"{en}; close: {close}") if close else (zh, en)


def _needs(
    city: City, case: Case, of: Class | None, rule: Rule | None, why: dict[str, list[Said]]
) -> list[Crew]:
    factor = level_factors(city.settings.level_teams)[case.level]
    if of is None or rule is None:
        why["needs"] = [
            ("类别不明或不在权责清单中，不推荐处置力量", "without a class of the list no crew is proposed")
        ]
        return []
    if not rule.crews:
        why["needs"] = [
            ("权责清单未列处置力量，不推荐队伍", "the list names no crew, so no team is proposed")
        ]
        return []
    zh, en = INCIDENT_LEVELS[case.level]
    why["needs"] = [
        (f"权责清单 {rule.class_key} {rule.key} 的处置力量，{zh}级 ×{factor:g}",
         f"the crews of {rule.class_key} {rule.key} in the list, {en.lower()} × {factor:g}")
    ]  # fmt: skip
    return [crew.times(factor) for crew in rule.crews]


def _teams(
    city: City,
    point: Any,
    needs: Sequence[Crew],
    duty: Part | None,
    caller: Caller,
    profile: Profile,
    why: dict[str, list[Said]],
    surface: bool,
) -> list[Part]:
    """For each crew the idle teams that arrive first, those to send marked `chosen`; nobody is sent twice. `of_duty`
    says whose team is the lead's or an assisting unit's."""
    acting = {u["code"] for u in (duty["lead"], *duty["assisting"]) if u} if duty is not None else set()
    out: list[Part] = []
    said: list[Said] = []
    most = sum(crew.count for crew in needs) + _SPARE
    for i, crew in enumerate(needs):
        wanted = ResourceNeeds(skills_any=crew.skills, status=("idle",)).within(
            city, Selection.of("team", None, None)
        )
        asked = ArrivalOptions(profile, min(most, 1000), route=True, surface=surface)
        found = arrivals(city, point, wanted, caller, asked)[0]
        out.append({**found, "need": i})
    sent = _choose_teams(needs, out)
    taken = {code for codes in sent for code in codes}
    for crew, part, codes in zip(needs, out, sent, strict=True):
        # Whom another crew of the plan takes is passed over; a few who could step in are shown.
        candidates = [c for c in part["candidates"] if c["id"] in codes or c["id"] not in taken]
        for candidate in candidates:
            candidate["chosen"] = candidate["id"] in codes
            candidate["of_duty"] = candidate["properties"]["unit"] in acting
        spare = [c for c in candidates if not c["chosen"]][:_SPARE]
        part["candidates"] = [c for c in candidates if c["chosen"]] + spare
        part["short"] = crew.count - len(codes)
        if part["short"]:
            said.append((f"{crew.zh}：还缺 {part['short']} 支", f"{crew.en}: {part['short']} short"))
    if not needs:
        why["teams"] = [("没有可依据的处置力量，未推荐队伍", "no crew is known, so no team is proposed")]
        return []
    by_road = all(part["by"] == "road" for part in out)
    how = (
        f"待命队伍，按{profile.zh}道路到达时间",
        f"idle teams by their arrival time by road ({profile.name})",
    )
    line = ("按直线距离，见 note", "by line, see note")
    why["teams"] = [how if by_road else line, *said]
    return out


def _choose_teams(needs: Sequence[Crew], found: Sequence[Part]) -> list[set[Any]]:
    """The teams of each crew: as many as there can be of all crews together, then those that arrive soonest in sum."""
    teams = list(dict.fromkeys(c["id"] for part in found for c in part["candidates"]))
    number = {code: j for j, code in enumerate(teams)}
    cost = np.full((len(needs), len(teams)), NO_PAIR, np.int64)
    for i, part in enumerate(found):
        for c in part["candidates"]:
            away = c["eta_s"] * 1000.0 if c["eta_s"] is not None else c["line_m"]
            cost[i, number[c["id"]]] = round(away) + i  # who fits two crews goes to the one named first
    counts = np.array([crew.count for crew in needs], np.int64)
    pairs = allocate(cost, np.ones(len(needs), np.int64), counts, np.ones(len(teams), np.int64))
    return [{teams[j] for k, j in pairs.tolist() if k == i} for i in range(len(needs))]


def _circle(city: City, case: Case, rule: Rule | None, why: dict[str, list[Said]]) -> Shape:
    radius_m = rule.affect_m if rule is not None and rule.affect_m else city.settings.affected_reach_m
    listed = rule is not None and rule.affect_m is not None
    why["affected"] = [
        (f"半径 {radius_m:g} 米（{'权责清单' if listed else '默认'}）",
         f"within {radius_m:g} m ({'the list' if listed else 'default'})")
    ]  # fmt: skip
    given = {"type": "circle", "centre": [case.lon, case.lat], "radius_m": radius_m}
    return Shape.of(given, city.metric_crs)


def _hit(city: City, shape: Shape, case: Case, caller: Caller, why: dict[str, list[Said]]) -> Part:
    """What is affected, with its buildings counted and its sensitive places named."""
    why.setdefault("affected", [("给定范围", "the given shape")])
    layers = ["buildings"] if "buildings" in city.snapshots else []
    found = find_affected(city, shape, caller, layers, 200)
    buildings = found.pop("layers").get("buildings")
    del found["resources"]
    places = sensitive(city, shape, (case.lon, case.lat))
    return {
        **found,
        "buildings": buildings["count"] if buildings is not None else None,
        "sensitive": places["places"],
        "sensitive_count": places["count"],
    }


def _closures(
    city: City, case: Case, of: Class | None, rule: Rule | None, why: dict[str, list[Said]]
) -> list[Part]:
    """The closure to set, as `POST /closures` takes it, with what it would do to the roads."""
    if rule is None or rule.close_m is None:
        why["closures"] = [("权责清单未列封控半径", "the list says nothing of closing roads")]
        return []
    try:
        network = city.roads.network
    except NotFound as error:
        why["closures"] = [("没有道路图层", str(error))]
        return []
    circle = Shape.of(
        {"type": "circle", "centre": [case.lon, case.lat], "radius_m": rule.close_m}, city.metric_crs
    )
    effect = closure_effect.effect_of_shape(city, network, circle.polygon, PROFILES["car"])
    if not effect.edges:
        zh, en = f"{rule.close_m:g} 米内没有道路", f"no road within {rule.close_m:g} m"
        if effect.closed_already:
            zh, en = (
                f"{rule.close_m:g} 米内的道路均已封闭",
                f"the roads within {rule.close_m:g} m are closed already",
            )
        why["closures"] = [(zh, en)]
        return []
    zh = f"建议封闭 {rule.close_m:g} 米内的道路：{'、'.join(effect.roads) or '无名道路'}"
    en = f"close the roads within {rule.close_m:g} m: {', '.join(effect.roads) or 'unnamed'}"
    note = effect.note
    why["closures"] = [(zh, en), *([(note.zh, note.en)] if note else [])]
    ring = np.array(circle.polygon.exterior.coords)[::4].round(7).tolist()
    closure = {
        "code": _free_code(city, case.code or f"C-{case.at.astimezone(city.zone):%Y%m%d%H%M%S}"),
        "cause": (case.title or (of.name if of else ""))[:200],
        "incident": case.code,
        "geometry": {"type": "Polygon", "coordinates": [ring if ring[0] == ring[-1] else [*ring, ring[0]]]},
    }
    return [{"closure": closure, **vars(replace(effect, note=None)), "zh": zh, "en": en}]


def _free_code(city: City, stem: str) -> str:
    """A code for a closure that no other has."""
    snapshot = city.snapshot("closures")
    taken = set(snapshot.attributes(snapshot.rows, ["code"]).column(0).to_pylist())
    return next(code for n in range(1, len(taken) + 2) if (code := f"{stem[:56]}-F{n}") not in taken)


def _inform(hit: Part, owners: Owners, why: dict[str, list[Said]]) -> list[Part]:
    """The areas beside the owning ones that the affected place reaches, each with its unit."""
    own = {area.code for area in owners.areas}
    out = []
    for area in hit["areas"]:
        if area["level"] not in _INFORMED or area["code"] in own:
            continue
        zh, en = LEVELS[area["level"]]
        out.append(
            {
                **{name: area[name] for name in ("level", "code", "name", "name_en", "unit")},
                "zh": f"影响范围涉及{zh}{area['name'] or area['code']}",
                "en": f"the affected place reaches into {en.lower()} {area['name_en'] or area['name'] or area['code']}",
            }
        )
    why["inform"] = [
        (
            f"影响范围涉及 {len(out)} 个相邻区域",
            f"the affected place reaches into {len(out)} neighbouring areas",
        )
        if out
        else ("影响范围未越出所属区域", "the affected place stays within its own areas")
    ]
    return out
