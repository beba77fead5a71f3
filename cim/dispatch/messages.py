"""The texts of dispatch in Chinese and English."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from cim.dispatch.answers import LineNote, MatchedComponent
from cim.duty.answers import UnitRecord, UnknownUnit
from cim.duty.classes import KINDS, SCHEMES, Class, classes
from cim.duty.crews import Crew
from cim.duty.deadlines import Limit
from cim.duty.responsibility_list import Rule
from cim.duty.roles import PARTS, Chain, Role
from cim.errors import CityError
from cim.impact.answers import AffectedArea
from cim.local_time import zone_name
from cim.model.standard_layers import INCIDENT_LEVELS, LEVELS
from cim.model.text import Text
from cim.roads.profiles import Profile
from cim.roads.snapping import MOST_GAP_M

# -- arrivals ------------------------------------------------------------------------------------------

OFF = LineNote(
    f"该位置 {MOST_GAP_M:g} 米内没有可通行道路，按直线距离回答",
    f"no road for this profile within {MOST_GAP_M:g} m of the place: answered by line",
)
UNREACHED = LineNote(
    "路网到不了该位置，按直线距离回答", "the roads lead no candidate to the place: answered by line"
)
NO_POSITION = Text("没有位置", "without a position")
OFF_ROAD_NEAR = Text("附近没有可通行道路", f"no road for this profile within {MOST_GAP_M:g} m")
OFF_ROAD = Text(f"{MOST_GAP_M:g} 米内没有可通行道路", f"no road for this profile within {MOST_GAP_M:g} m")
NO_WAY = Text("没有可通行的路线", "no way by road")
LATER = Text("到达更晚", "later than these")


def no_roads(cause: str) -> LineNote:
    """Arrivals are by straight line because no roads are loaded."""
    return LineNote("没有道路图层，按直线距离回答", "no layer of roads is loaded: answered by line", cause)


def farther_than_s(most_s: float) -> Text:
    """The travel time is over the limit."""
    return Text(f"超过 {most_s:g} 秒", f"more than {most_s:g} s away")


def farther_than_m(most_m: float) -> Text:
    """The straight-line distance is over the limit."""
    return Text(f"直线距离超过 {most_m:g} 米", f"more than {most_m:g} m by line")


def has_value(title: str, field: str) -> Text:
    """A field has a value but should be empty."""
    return Text(f"{title}已有值", f"{field} is there")


#: The words for an unmet condition, by its operator.
_UNMET: Mapping[str, tuple[str, str]] = {
    "has": ("不含", "without"),
    "has_any": ("不含任一", "without any of"),
    "eq": ("不是", "is not"),
    "ne": ("是", "is"),
    "in": ("不是", "is not"),
    "gt": ("不大于", "is not more than"),
    "gte": ("小于", "is less than"),
    "lt": ("不小于", "is not less than"),
    "lte": ("大于", "is more than"),
    "like": ("不像", "is not like"),
}


def unmet(title: str, field: str, operator: str, named: str, values: str) -> Text:
    """A field does not meet a condition; `named` has the Chinese names of the values.

    >>> unmet("状态", "status", "eq", "待命", "idle")
    Text(zh='状态不是 待命', en='status is not idle')
    """
    zh, en = _UNMET.get(operator, (f"不符合 {operator}", f"not {operator}"))
    return Text(f"{title}{zh} {named}", f"{field} {en} {values}")


def either(texts: list[Text]) -> Text:
    """Several texts joined by "or"."""
    return Text("或".join(t.zh for t in texts), " or ".join(t.en for t in texts))


# -- assignments ---------------------------------------------------------------------------------------

TOTALS_COUNT = Text(
    "合计不含保留的队伍；可接多起事件的队伍按各自从当前位置出发计时",
    "totals are without kept teams; a team that takes several is timed from where it is now to each",
)
MORE_URGENT = Text(
    "与逐个派最近的队伍满足的处数相同，但满足的更紧急，用时不可直接相比",
    "as many places are filled as by sending the nearest one by one, but more urgent ones; times do not compare",
)
NONE_FREE = Text("具备技能的队伍都不在可派之列", "teams with the skills are there, none is free")
NO_TEAM = Text("没有（更多）队伍", "there is no (further) team")
NO_WAY_FROM_TEAM = Text("没有可通行的路线", "no way by road from any such team")
TEAMS_TAKEN = Text(
    "合适的队伍已派往同样紧急或更紧急的事件", "those who could go are on incidents as urgent or more"
)
NO_INCIDENT = Text("没有事件", "there is no incident")
SKILLS_NOT_NEEDED = Text("没有事件需要其技能", "no incident takes its skills")
NO_WAY_TO_INCIDENT = Text("到不了任何合适的事件", "no way by road to any such incident")
NOT_NEEDED = Text("其他队伍更合适", "others do it sooner")


def assigned_by_line(cause: str, most_s: float | None) -> LineNote:
    """The assignment is by straight line because no roads are loaded; a limit in seconds is ignored."""
    zh, en = ("", "") if most_s is None else ("，未应用 max_s", "; max_s is not applied")
    return LineNote(
        f"没有道路图层，按直线距离指派{zh}", f"no layer of roads is loaded: assigned by line{en}", cause
    )


def more_places(more: int) -> Text:
    """How many more places are filled than by greedy dispatch."""
    return Text(
        f"比逐个派最近的队伍多满足 {more} 处，用时不可直接相比",
        f"{more} more places are filled than by sending the nearest one by one; times do not compare",
    )


def no_skill(skills: str) -> Text:
    """No team has the skills."""
    return Text(f"没有（更多）队伍具备 {skills}", f"no (further) team has {skills}")


def all_farther_than_s(most_s: float | None) -> Text:
    """All are farther away than the limit."""
    return Text(f"都超过 {most_s:g} 秒", f"all are more than {most_s:g} s away")


# -- tours ---------------------------------------------------------------------------------------------

NO_ROOM = Text("与其他访问点的时间安排冲突", "does not fit in beside the other visits")
NO_WAY_THERE = Text("没有往返的路线", "no way by road there from a start, and on to the end")
ORDER_NOT_KEPT = Text("按给定顺序无法满足时间窗或班次", "in this order a window or the shift is missed")


def starts_off_road(which: str, profile: Profile) -> Text:
    """These starts are on no road."""
    return Text(
        f"第 {which} 个起点 {MOST_GAP_M:g} 米内没有{profile.zh}可通行的道路，不安排访问",
        f"start {which}: no road for {profile.name} within {MOST_GAP_M:g} m; no visit is made from there",
    )


def past_window(soonest_s: float) -> Text:
    """The window of a visit ends before anybody can arrive."""
    return Text(
        f"最早 {soonest_s:g} 秒后到达，晚于时间窗",
        f"the soonest arrival, after {soonest_s:g} s, is past its window",
    )


def longer_than_shift(shift_s: float) -> Text:
    """A visit takes longer than the shift."""
    return Text(f"超过 {shift_s:g} 秒的班次", "it alone takes longer than the shift")


# -- responsibility -----------------------------------------------------------------------------------

#: What decides which unit leads.
DECIDED: Mapping[str, Text] = {
    "owner_first": Text("部件先属主后属地", "a component's owner first, then the place"),
    "place_first": Text("事项先属地后属主", "a matter is the place's first, then the owner's"),
    "list": Text("权责清单指定", "named by the responsibility list"),
    "place_fallback": Text("属地兜底", "the place's unit takes what nobody else does"),
    "nobody": Text("无人负责", "nobody answers for this place"),
}


def role_missing(role: Role) -> Text:
    """No unit has this role here."""
    return Text(f"{role.zh}：此处没有或未登记", f"{role.en}: none here, or not registered")


def outside_areas(name: str, away_m: float) -> Text:
    """The place is in no area, and this one is the nearest."""
    return Text(
        f"不在任何管理区域内，最近的是{name}（{away_m:.0f} 米）",
        f"outside every area; the nearest is {name}, {away_m:.0f} m away",
    )


def nobody_assists(roles: Chain) -> Text:
    """None of the units that may assist is here."""
    zh, en = " 或 ".join(r.zh for r in roles), " or ".join(r.en for r in roles)
    return Text(f"协同单位 {zh}：此处没有", f"assisting {en}: none here")


def report_class(of: Class) -> Text:
    """The class of a report, and the class that replaces it today."""
    kind_zh, kind = KINDS[of.kind]
    zh = f"类别 {of.key} {of.name}（{kind_zh}，{SCHEMES[of.scheme]}）"
    en = f"class {of.key} {of.name} ({kind}, {SCHEMES[of.scheme]})"
    if of.group == of.key:
        return Text(zh, en)
    newer = classes().by_key.get(of.group)
    named = f"{of.group} {newer.name}" if newer else of.group
    return Text(f"{zh}，即新码 {named}", f"{en}, now {named}")


def no_component(reach_m: float) -> Text:
    """No component of the class is near."""
    return Text(f"{reach_m:g} 米内没有这类部件", f"no component of the class within {reach_m:g} m")


def component_match(component: MatchedComponent, is_named: bool) -> Text:
    """The component that a report was matched to, and its units."""
    zh, en = ("报告指明的部件", "the named component") if is_named else ("匹配部件", "matched component")
    units = [(PARTS[part], unit) for part in PARTS if (unit := getattr(component, part))]
    units_zh = "，".join(f"{part[0]} {_unit_name(unit)}" for part, unit in units) or "未登记权属"
    units_en = ", ".join(f"{part[1]} {_unit_name(unit)}" for part, unit in units) or "no unit registered"
    named, away = f"{component.id} {component.name or ''}", component.distance_m
    return Text(
        f"{zh} {named}，相距 {away:.1f} 米；{units_zh}", f"{en} {named}, {away:.1f} m away; {units_en}"
    )


def _unit_name(unit: UnitRecord | UnknownUnit) -> str:
    name = unit.name if isinstance(unit, UnitRecord) else None
    return str(name or f"{unit.code}（不在单位表中 not among the units）")


def no_rule(name: str, limit: Limit) -> Text:
    """The list has no rule for a class."""
    return Text(
        f"权责清单没有 {name}，按默认时限 {limit.zh}",
        f"the list has no rule for {name}; the default limit is {limit.en}",
    )


def rule_choice(condition: str, is_certain: bool, count: int) -> Text:
    """The condition, one of `count`, whose rule was applied; uncertain where the report did not name it."""
    zh = f"“{condition}”" if condition else "（不分条件）"
    en = f'"{condition}"' if condition else "(any condition)"
    if is_certain:
        return Text(f"权责清单：立案条件{zh}", f"the list: condition {en}")
    return Text(
        f"未说明或未对上立案条件，按清单所列的{zh}；共 {count} 种，见 conditions",
        f"no condition said, or none like it: taken is {en}, of {count}; see conditions",
    )


def lead_choice(decided: str, role: Role | None, lead: UnitRecord | None) -> Text:
    """The leading unit, and what decided it."""
    why = DECIDED[decided]
    if lead is None or role is None:
        return Text(f"{why.zh}：没有登记的单位", f"{why.en}: no registered unit")
    return Text(f"{why.zh}：{role.zh} {lead.name}", f"{why.en}: {role.en}, {lead.name_en or lead.name}")


def limit_span(
    limit: Limit, begin: dt.datetime, due: dt.datetime, zone: ZoneInfo, *, holidays_unknown: bool
) -> Text:
    """The beginning and the end of a limit."""
    zone_zh, zone_en = zone_name(zone)
    zh = f"时限 {limit.zh}，自 {begin:%Y-%m-%d %H:%M} 起，至 {due:%Y-%m-%d %H:%M}（{zone_zh}）"
    en = f"{limit.en} from {begin:%Y-%m-%d %H:%M} end {due:%Y-%m-%d %H:%M} ({zone_en})"
    if not holidays_unknown:
        return Text(zh, en)
    return Text(
        f"{zh}；该年节假日表未录入，只按周末计",
        f"{en}; holidays of that year are not loaded, only weekends count",
    )


# -- the plan ------------------------------------------------------------------------------------------

NO_CLASS_FOR_LIST = Text("未说明类别，无法查权责清单", "no class is said, so the list is not asked")
NO_CLASS_TO_COMPARE = Text("未说明类别，无法比对", "no class is said, so nothing is compared")
NO_DUPLICATE = Text("附近没有同类事件", "no incident of the class near by")
NO_AREA = Text("不在任何管理区域内", "the place is in no area of the city")
NO_CLASS = Text("未说明类别，请选择一个类别", "no class is said; choose one")
NO_CREW_WITHOUT_CLASS = Text(
    "类别不明或不在权责清单中，不推荐处置力量", "without a class of the list no crew is proposed"
)
NO_CREW_LISTED = Text("权责清单未列处置力量，不推荐队伍", "the list names no crew, so no team is proposed")
NO_CREW_KNOWN = Text("没有可依据的处置力量，未推荐队伍", "no crew is known, so no team is proposed")
TEAMS_BY_LINE = Text("按直线距离，见 note", "by line, see note")
GIVEN_SHAPE = Text("给定范围", "the given shape")
NO_CLOSURE_LISTED = Text("权责清单未列封控半径", "the list says nothing of closing roads")
NOBODY_ELSE_TO_INFORM = Text("影响范围未越出所属区域", "the affected place stays within its own areas")


def unknown_class(said: str) -> Text:
    """A stored incident has an unknown class, so the list is not used."""
    return Text(
        f"类别 {said!r} 不在类别表中，无法查权责清单",
        f"class {said!r} is not known, so the list is not asked",
    )


def unknown_class_choose(said: str, close: str) -> Text:
    """The same, with similar classes."""
    zh, en = f"类别 {said!r} 不在类别表中", f"class {said!r} is not known"
    return Text(f"{zh}，相近的有 {close}", f"{en}; close: {close}") if close else Text(zh, en)


def class_not_listed(of: Class) -> Text:
    """The list has no rule for a class."""
    return Text(
        f"权责清单没有 {of.key} {of.name}，请补充清单或改用其他类别",
        f"the responsibility list has no {of.key} {of.name}; add it to the list, or choose another class",
    )


def crew_not_listed(rule: Rule) -> Text:
    """A rule names no crew."""
    return Text(
        f"权责清单 {rule.class_key} {rule.key} 未列处置力量，未推荐队伍",
        f"the list names no crew for {rule.class_key} {rule.key}; no team is proposed",
    )


def listed_crews(rule: Rule, level: str, factor: float) -> Text:
    """The crews are those of a rule, times the factor of the level."""
    zh, en = INCIDENT_LEVELS[level]
    return Text(
        f"权责清单 {rule.class_key} {rule.key} 的处置力量，{zh}级 ×{factor:g}",
        f"the crews of {rule.class_key} {rule.key} in the list, {en.lower()} × {factor:g}",
    )


def teams_short(crew: Crew, short: int) -> Text:
    """A crew lacks `lacking` teams."""
    return Text(f"{crew.zh}：还缺 {short} 支", f"{crew.en}: {short} short")


def teams_short_skills(crew: Crew, short: int) -> Text:
    """The same, and where to look up the skills that exist."""
    why = teams_short(crew, short)
    return Text(
        f"{why.zh}；现有技能见 GET /resources/vocabulary",
        f"{why.en}; GET /resources/vocabulary lists the skills that there are",
    )


def teams_by_road(profile: Profile) -> Text:
    """The teams are idle ones, ordered by arrival time."""
    return Text(
        f"待命队伍，按{profile.zh}道路到达时间", f"idle teams by their arrival time by road ({profile.name})"
    )


def likely_duplicates(count: int, best: str, score: float) -> Text:
    """The number of possible duplicates, and the likeliest one."""
    return Text(
        f"{count} 起可能重复，最像的是 {best}（{score:.2f}）",
        f"{count} may be the same, the likeliest {best} ({score:.2f})",
    )


def components_near(count: int, reach_m: float, *, there_are_more: bool) -> Text:
    """The number of components nearby, or that only the nearest are listed."""
    zh, en = ("最近的", "the nearest ") if there_are_more else ("有", "")
    return Text(f"{reach_m:g} 米内{zh} {count} 个部件", f"{en}{count} components within {reach_m:g} m")


def affected_circle(radius_m: float, *, is_listed: bool) -> Text:
    """The affected area is a circle; its radius is from the list or from the settings."""
    zh, en = ("权责清单", "the list") if is_listed else ("默认", "default")
    return Text(f"半径 {radius_m:g} 米（{zh}）", f"within {radius_m:g} m ({en})")


def no_roads_to_close(error: CityError) -> Text:
    """No roads are loaded that could be closed."""
    return Text("没有道路图层", str(error))


def nothing_to_close(radius_m: float, *, are_closed: bool) -> Text:
    """No road is near, or all of them are closed already."""
    if are_closed:
        return Text(f"{radius_m:g} 米内的道路均已封闭", f"the roads within {radius_m:g} m are closed already")
    return Text(f"{radius_m:g} 米内没有道路", f"no road within {radius_m:g} m")


def roads_to_close(radius_m: float, names: Sequence[str]) -> Text:
    """The roads to close."""
    return Text(
        f"建议封闭 {radius_m:g} 米内的道路：{'、'.join(names) or '无名道路'}",
        f"close the roads within {radius_m:g} m: {', '.join(names) or 'unnamed'}",
    )


def reaches_area(area: AffectedArea) -> Text:
    """The affected place extends into another area."""
    zh, en = LEVELS[area.level or ""]
    return Text(
        f"影响范围涉及{zh}{area.name or area.code}",
        f"the affected place reaches into {en.lower()} {area.name_en or area.name or area.code}",
    )


def reaches_areas(count: int) -> Text:
    """The number of other areas that the affected place extends into."""
    return Text(
        f"影响范围涉及 {count} 个相邻区域", f"the affected place reaches into {count} neighbouring areas"
    )
