"""The layers every city has: areas, units, incidents, resources, sensors, components, closures and speeds.

They are layers like any other (a table, a snapshot, tiles), with fields that are fixed
here because the verbs and the REST resources rely on them. Whatever is placed carries
`OWNER_FIELDS`: the code of its owning area on each level, and its H3 cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from cim.model.layer import Field, Layer

#: What an area can be: a level of the hierarchy, or a grid of one profession. How grave an incident is.
AreaLevel = Literal["city", "district", "street", "community", "duty_grid", "unit_grid", "special_grid"]
IncidentLevel = Literal["general", "serious", "major", "critical"]

#: The levels of the hierarchy from the largest to the smallest, with their Chinese and English names.
LEVELS: dict[str, tuple[str, str]] = {
    "city": ("市", "City"),
    "district": ("区县", "District"),
    "street": ("街道", "Street"),
    "community": ("社区", "Community"),
    "duty_grid": ("责任网格", "Duty grid"),
    "unit_grid": ("单元网格", "Unit grid"),
}

#: What an area can be: one of the levels, or a grid of one profession, which may overlap and cross them.
SPECIAL_GRID = "special_grid"
AREA_LEVELS = {**LEVELS, SPECIAL_GRID: ("专业网格", "Special grid")}

#: H3 resolution of the cell that every placed thing carries: 307 m² on average, edge about 11 m.
H3_RESOLUTION = 12

OWNER_FIELDS = (
    *(Field(level, "text", zh, en) for level, (zh, en) in LEVELS.items()),
    Field("h3", "text", "H3 单元", "H3 cell"),
)

AREAS = Layer(
    "areas",
    geometry="polygon",
    kind="area",
    title_zh="管理区域",
    title_en="Areas",
    fields=(
        Field("code", "text", "编码", "Code"),
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("level", "text", "级别", "Level"),
        Field("parent", "text", "上级编码", "Parent code"),
        Field("unit", "text", "责任单位", "Responsible unit"),
        Field("officer", "text", "网格员", "Officer"),
        Field("officer_phone", "text", "网格员电话", "Officer's phone"),
        Field("population", "integer", "人口", "Population"),
        Field("valid_from", "date", "启用日期", "Valid from"),
        Field("valid_to", "date", "停用日期", "Valid to"),
    ),
)

UNITS = Layer(
    "units",
    geometry="point",
    kind="unit",
    title_zh="单位",
    title_en="Units",
    fields=(
        Field("code", "text", "编码", "Code"),
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("kind", "text", "类别", "Kind"),
        Field("level", "text", "级别", "Level"),
        Field("parent", "text", "上级单位", "Parent unit"),
        Field("phone", "text", "电话", "Phone"),
        Field("address", "text", "地址", "Address"),
        *OWNER_FIELDS,
    ),
)

#: 上报 → 受理 → 立案 → 派遣 → 处置 → 反馈 → 核查 → 结案, and the side states (standards.md §1.5).
INCIDENT_STATUSES: dict[str, tuple[str, str]] = {
    "reported": ("上报", "Reported"),
    "accepted": ("受理", "Accepted"),
    "filed": ("立案", "Filed"),
    "dispatched": ("派遣", "Dispatched"),
    "handling": ("处置", "Handling"),
    "feedback": ("反馈", "Feedback"),
    "checking": ("核查", "Checking"),
    "closed": ("结案", "Closed"),
    "suspended": ("挂账", "Suspended"),
    "returned": ("退回", "Returned"),
    "cancelled": ("作废", "Cancelled"),
}

#: The four levels of a 突发事件, from 特别重大 (Ⅰ) to 一般 (Ⅳ).
INCIDENT_LEVELS: dict[str, tuple[str, str]] = {
    "critical": ("特别重大", "Critical"),
    "major": ("重大", "Major"),
    "serious": ("较大", "Serious"),
    "general": ("一般", "General"),
}

INCIDENTS = Layer(
    "incidents",
    geometry="point",
    kind="incident",
    title_zh="事件",
    title_en="Incidents",
    fields=(
        Field("code", "text", "案件号", "Case number"),
        Field("title", "text", "标题", "Title"),
        Field("class", "text", "类别代码", "Class code"),
        Field("level", "text", "等级", "Level"),
        Field("status", "text", "状态", "Status"),
        Field("description", "text", "描述", "Description"),
        Field("source", "text", "来源", "Source"),
        Field("address", "text", "地址", "Address"),
        Field("reporter_name", "text", "报告人", "Reporter"),
        Field("reporter_phone", "text", "报告人电话", "Reporter's phone"),
        Field("datum", "text", "原坐标系", "Original datum"),
        Field("accuracy_m", "real", "定位精度（米）", "Accuracy (m)"),
        Field("unit", "text", "责任单位", "Responsible unit"),
        Field("reported_at", "datetime", "上报时间", "Reported at"),
        Field("updated_at", "datetime", "更新时间", "Updated at"),
        *OWNER_FIELDS,
    ),
)

RESOURCE_KINDS: dict[str, tuple[str, str]] = {
    "team": ("队伍", "Team"),
    "vehicle": ("车辆", "Vehicle"),
    "officer": ("人员", "Officer"),
    "camera": ("摄像头", "Camera"),
    "depot": ("物资点", "Depot"),
    "shelter": ("避难场所", "Shelter"),
    "hospital": ("医院", "Hospital"),
    "hydrant": ("消防栓", "Hydrant"),
}

RESOURCE_STATUSES: dict[str, tuple[str, str]] = {
    "idle": ("待命", "Idle"),
    "busy": ("出动", "Busy"),
    "offline": ("离线", "Offline"),
    "open": ("开放", "Open"),
    "closed": ("关闭", "Closed"),
}

RESOURCES = Layer(
    "resources",
    geometry="point",
    kind="resource",
    title_zh="资源",
    title_en="Resources",
    fields=(
        Field("code", "text", "编码", "Code"),
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("kind", "text", "类别", "Kind"),
        Field("status", "text", "状态", "Status"),
        Field("skills", "text", "技能（逗号分隔）", "Skills (comma separated)"),
        Field("equipment", "text", "装备（逗号分隔）", "Equipment (comma separated)"),
        Field("capacity", "integer", "容量", "Capacity"),
        Field("unit", "text", "所属单位", "Unit"),
        Field("phone", "text", "电话", "Phone"),
        Field("heading_deg", "real", "航向（度）", "Heading (deg)"),
        Field("seen_at", "datetime", "最近定位", "Last seen"),
        *OWNER_FIELDS,
    ),
)

SENSORS = Layer(
    "sensors",
    geometry="point",
    kind="sensor",
    title_zh="感知设备",
    title_en="Sensors",
    fields=(
        Field("code", "text", "编码", "Code"),
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("measures", "text", "监测项", "Measures"),
        Field("unit_symbol", "text", "计量单位", "Unit symbol"),
        Field("threshold_blue", "real", "蓝色阈值", "Blue threshold"),
        Field("threshold_yellow", "real", "黄色阈值", "Yellow threshold"),
        Field("threshold_orange", "real", "橙色阈值", "Orange threshold"),
        Field("threshold_red", "real", "红色阈值", "Red threshold"),
        Field("value", "real", "最新值", "Latest value"),
        Field("value_at", "datetime", "观测时间", "Observed at"),
        Field("unit", "text", "责任单位", "Responsible unit"),
        *OWNER_FIELDS,
    ),
)

#: 管理部件状态 (GB/T 47678.5-2026 table 2; standards.md §1.3).
COMPONENT_STATES: dict[str, tuple[str, str]] = {
    "intact": ("完好", "Intact"),
    "broken": ("破损", "Broken"),
    "lost": ("丢失", "Lost"),
    "abandoned": ("废弃", "Abandoned"),
    "removed": ("移除", "Removed"),
}

COMPONENTS = Layer(
    "components",
    geometry="point",
    kind="component",
    title_zh="管理部件",
    title_en="Components",
    fields=(
        Field("code", "text", "管理部件标识码", "Code"),
        Field("name", "text", "管理部件名称", "Name"),
        Field("class", "text", "类别代码", "Class code"),
        Field("state", "text", "状态", "State"),
        Field("owner", "text", "权属单位", "Owner"),
        Field("maintainer", "text", "养护单位", "Maintainer"),
        Field("authority", "text", "主管部门", "Authority"),
        Field("since", "date", "初始日期", "Since"),
        Field("changed", "date", "变更日期", "Changed"),
        Field("source", "text", "数据来源", "Source"),
        Field("note", "text", "备注", "Note"),
        *OWNER_FIELDS,
    ),
)

#: Whom a closure can be for (`cim.roads.profiles`), and what it was drawn as (`cim.roads.closures`).
CLOSURE_PROFILES: dict[str, tuple[str, str]] = {
    "car": ("小汽车", "Car"),
    "emergency": ("应急车辆", "Emergency vehicle"),
    "moto": ("电动自行车", "E-bike"),
    "foot": ("步行", "On foot"),
    "truck": ("货车", "Truck"),
}
DRAWN_AS: dict[str, tuple[str, str]] = {
    "polygon": ("面", "Polygon"),
    "line": ("线", "Line"),
    "segment": ("路段", "Road segment"),
    "area": ("管理区域", "Management area"),
}

CLOSURES = Layer(
    "closures",
    geometry="polygon",
    kind="closure",
    title_zh="封路与缓行",
    title_en="Closures",
    fields=(
        Field("code", "text", "编码", "Code"),
        Field("cause", "text", "原因", "Cause"),
        Field("profile", "text", "对象（空为全部）", "For whom (none: all)"),
        Field("factor", "real", "耗时倍数（空为封闭）", "Times as long (none: closed)"),
        Field("level", "integer", "层（空为全部）", "Level (none: all)"),
        Field("road_class", "text", "道路等级（空为全部）", "Road classes (none: all)"),
        Field("drawn_as", "text", "绘制方式", "Drawn as"),
        Field("hours", "text", "每周时段（空为全天）", "Hours of the week (none: always)"),
        Field("from_at", "datetime", "开始时间", "From"),
        Field("to_at", "datetime", "结束时间", "To"),
        Field("incident", "text", "关联事件", "Incident"),
        *OWNER_FIELDS,
    ),
)

#: How fast cars are on a road now, along the line (`cim.roads.measured_speeds`); a newer one takes the place of an
#: older one.
SPEEDS = Layer(
    "speeds",
    geometry="line",
    kind="speed",
    title_zh="实测车速",
    title_en="Measured speeds",
    fields=(
        Field("code", "text", "路段编码", "Code"),
        Field("speed_kmh", "real", "车速（公里/小时）", "Speed (km/h)"),
        Field("source", "text", "来源", "Source"),
        Field("observed_at", "datetime", "观测时间", "Observed at"),
        Field("expires_at", "datetime", "有效期至", "Expires at"),
        *OWNER_FIELDS,
    ),
)

#: Fields that take one of a few words, and the one of them that a thing can't do without.
CHOICES: dict[str, dict[str, Mapping[str, Any]]] = {
    "areas": {"level": AREA_LEVELS},
    "incidents": {"level": INCIDENT_LEVELS, "status": INCIDENT_STATUSES},
    "resources": {"kind": RESOURCE_KINDS, "status": RESOURCE_STATUSES},
    "components": {"state": COMPONENT_STATES},
    "closures": {"profile": CLOSURE_PROFILES, "drawn_as": DRAWN_AS},
}
NEEDED = {"areas": "level", "resources": "kind"}


def usable_code(code: str) -> bool:
    """Whether a thing can have this code, which stands in the path of its address.

    >>> usable_code("430102001R01"), usable_code("长沙-1"), usable_code("a/b"), usable_code("")
    (True, True, False, False)
    """
    seemly = code == code.strip() and not code.startswith(".") and "/" not in code and code.isprintable()
    return seemly and 0 < len(code) <= 64


def in_force(rows: Sequence[Mapping[str, Any]], day: dt.date) -> int:
    """Which of a code's rows is meant when only the code is said: the one in force, else the last that was.

    >>> old, new = {"valid_to": dt.date(2026, 1, 1)}, {"valid_from": dt.date(2026, 1, 1)}
    >>> in_force([old, new], dt.date(2025, 12, 31)), in_force([old, new], dt.date(2026, 1, 1))
    (0, 1)
    """

    def preference(i: int) -> tuple[bool, bool, dt.date]:
        since = rows[i].get("valid_from") or dt.date.min
        until = rows[i].get("valid_to") or dt.date.max
        return since <= day < until, since <= day, since

    return max(range(len(rows)), key=preference)


PLACED: dict[str, Layer] = {
    layer.name: layer for layer in (AREAS, UNITS, INCIDENTS, RESOURCES, SENSORS, COMPONENTS, CLOSURES, SPEEDS)
}

#: The placed things that areas own: they carry `OWNER_FIELDS`.
OWNED: dict[str, Layer] = {
    name: layer for name, layer in PLACED.items() if set(OWNER_FIELDS) <= set(layer.fields)
}
#: The placed things that are in force for a time: a code may come again while no other row has it.
PERIODIC = frozenset(n for n, layer in PLACED.items() if {"valid_from", "valid_to"} <= set(layer.field_names))
#: The field that says as of which day a thing is owned; a layer without one is owned as of today.
OWNED_AS_OF = {INCIDENTS.name: "reported_at"}
