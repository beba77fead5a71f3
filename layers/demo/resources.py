"""The layer `resources`: teams, vehicles, officers; cameras, depots, shelters, hospitals, hydrants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from cim.model.layer import Features
from cim.model.standard_layers import RESOURCES
from layers.demo.frame import CityFrame, Index
from layers.demo.inputs import rows
from layers.demo.spots import Roadside, Spots, table, times
from layers.demo.units import STATIONS, station_code

#: How many of each kind; hospitals are those of `data/places.csv`.
_KINDS = ("team", "vehicle", "officer", "camera", "depot", "shelter", "hydrant")
_NUMBERS = {
    "small": (120, 140, 200, 160, 24, 40, 220),
    "city": (900, 900, 1500, 2500, 90, 300, 2500),
    "metro": (5000, 5000, 9000, 15000, 300, 1500, 15000),
}


@dataclass(frozen=True)
class Trade:
    """A kind of team: names, skills, the unit it belongs to (a fire station, the street's office), its equipment."""

    zh: str
    en: str
    skills: str
    unit: str
    equipment: str


TRADES = (
    Trade("消防救援队", "fire crew", "fire,rescue,flood", "station", "水罐车,破拆工具,冲锋舟"),
    Trade("城管执法队", "urban management squad", "urban_management,patrol", "street", "警戒带,反光锥"),
    Trade("排水抢险队", "drainage crew", "drainage,flood,pumping", "430100-PS", "大流量排水车,潜水泵,沙袋"),
    Trade("环卫作业队", "sanitation crew", "sanitation,snow", "430100-HW", "清扫车,融雪撒布机"),
    Trade("急救小组", "ambulance crew", "medical", "430100-JH", "除颤仪,担架"),
    Trade("市政维修队", "road repair crew", "municipal,road_repair", "430100-SZ", "铣刨机,围挡,照明车"),
    Trade("燃气抢修队", "gas repair crew", "gas", "430100-RQ", "检漏仪,封堵器"),
    Trade("电力抢修队", "power repair crew", "power", "430100-GD", "发电车,绝缘斗臂车"),
    Trade("交警巡逻队", "traffic police patrol", "traffic,police", "430100-JJ", "反光锥,拖车"),
    Trade("公安处突队", "public security squad", "police,security", "430100-GA", "防爆盾,警戒带"),
    Trade("危化品救援队", "hazmat crew", "hazmat,rescue", "430100-XF", "防化服,堵漏工具,洗消车"),
)
_ODDS = (0.14, 0.22, 0.12, 0.12, 0.1, 0.09, 0.05, 0.05, 0.05, 0.04, 0.02)
_VEHICLES = (
    "消防车",
    "执法车",
    "抽水车",
    "清扫车",
    "救护车",
    "工程车",
    "抢修车",
    "电力抢修车",
    "警车",
    "处突车",
    "防化车",
)
_VEHICLES_EN = (
    "fire engine",
    "patrol car",
    "pump truck",
    "sweeper",
    "ambulance",
    "works truck",
    "gas van",
    "power van",
    "police car",
    "response van",
    "hazmat truck",
)
_STILL = {
    "camera": ("摄像头", "camera", "430100-GA"),
    "depot": ("应急物资库", "emergency depot", "430100-YJ"),
    "shelter": ("应急避难场所", "shelter", "430100-YJ"),
    "hydrant": ("消防栓", "hydrant", "430100-XF"),
}


def features(frame: CityFrame, roadside: Roadside) -> Features:
    """All resources, as they stood at `spots.NOW`."""
    rng = frame.rng(14)
    parts = [_hospitals()]
    for kind, count in zip(_KINDS, _NUMBERS[frame.size], strict=True):
        spots = roadside.draw(count, rng, 12.0)
        parts.append(_still(kind, spots, rng) if kind in _STILL else _moving(kind, spots, frame, rng))
    columns: dict[str, Any] = {name: [x for part in parts for x in part[name]] for name in parts[0]}
    places = np.array(columns.pop("lonlat"))
    n = len(places)
    columns["heading_deg"] = pa.array(columns["heading_deg"], pa.float64())
    columns["capacity"] = pa.array(columns["capacity"], pa.int64())
    for name in ("skills", "equipment"):
        columns[name] = pa.array(columns[name], pa.string())
    columns["phone"] = [f"0731-5551{k % 10_000:04d}" for k in range(n)]
    return Features(np.asarray(shapely.points(places)), table(RESOURCES, columns, n))


def _moving(kind: str, spots: Spots, frame: CityFrame, rng: np.random.Generator) -> dict[str, list[Any]]:
    """Teams, vehicles or officers: a trade each, some busy, some offline."""
    n = len(spots)
    trades: Index = rng.choice(len(TRADES), n, p=_ODDS)
    number = np.arange(1, n + 1)
    if kind == "team":
        names = [f"{road}{TRADES[t].zh}" for road, t in zip(spots.road, trades, strict=True)]
        names_en = [f"{road} {TRADES[t].en}" for road, t in zip(spots.road_en, trades, strict=True)]
        capacity = rng.integers(4, 13, n)
    elif kind == "vehicle":
        names = [f"{_VEHICLES[t]}{k:04d}" for t, k in zip(trades, number, strict=True)]
        names_en = [f"{_VEHICLES_EN[t].capitalize()} {k:04d}" for t, k in zip(trades, number, strict=True)]
        capacity = rng.integers(2, 9, n)
    else:
        trades[:] = 1
        names = [f"网格员{k:04d}" for k in number]
        names_en = [f"Grid officer {k:04d}" for k in number]
        capacity = np.ones(n, dtype=np.int64)
    stations = rng.integers(1, STATIONS[frame.size] + 1, n)
    units = [
        station_code(s)
        if TRADES[t].unit == "station"
        else f"{code}-JB"
        if TRADES[t].unit == "street"
        else TRADES[t].unit
        for t, s, code in zip(trades, stations, spots.street_codes(), strict=True)
    ]
    status = rng.choice(["idle", "busy", "offline"], n, p=[0.62, 0.28, 0.1])
    seen = np.where(status == "offline", rng.uniform(60, 1440, n), rng.uniform(0, 5, n))
    return {
        "lonlat": spots.lonlat.tolist(),
        "code": [f"R-{kind[0].upper()}{k:06d}" for k in number],
        "name": names,
        "name_en": names_en,
        "kind": [kind] * n,
        "status": status.tolist(),
        "skills": [TRADES[t].skills for t in trades],
        "equipment": [TRADES[t].equipment for t in trades],
        "capacity": capacity.tolist(),
        "unit": units,
        "heading_deg": np.round(rng.uniform(0, 360, n), 0).tolist(),
        "seen_at": times(seen),
    }


def _still(kind: str, spots: Spots, rng: np.random.Generator) -> dict[str, list[Any]]:
    zh, en, unit = _STILL[kind]
    n = len(spots)
    room = {"shelter": (200, 8000), "depot": (50, 2000)}.get(kind)
    status = (
        rng.choice(["open", "closed"], n, p=[0.94, 0.06])
        if room
        else rng.choice(["idle", "offline"], n, p=[0.96, 0.04])
    )
    return {
        "lonlat": spots.lonlat.tolist(),
        "code": [f"R-{kind[:2].upper()}{k:06d}" for k in range(1, n + 1)],
        "name": [road + zh for road in spots.road],
        "name_en": [f"{road} {en}" for road in spots.road_en],
        "kind": [kind] * n,
        "status": status.tolist(),
        "skills": [None] * n,
        "equipment": [None] * n,
        "capacity": rng.integers(*room, n).tolist() if room else [None] * n,
        "unit": [unit] * n,
        "heading_deg": np.round(rng.uniform(0, 360, n), 0).tolist() if kind == "camera" else [None] * n,
        "seen_at": times(rng.uniform(0, 60, n)),
    }


def _hospitals() -> dict[str, list[Any]]:
    places = [row for row in rows("places") if row["kind"] == "hospital"]
    n = len(places)
    return {
        "lonlat": [[float(p["lon"]), float(p["lat"])] for p in places],
        "code": [f"R-HO{k:06d}" for k in range(1, n + 1)],
        "name": [p["name"] for p in places],
        "name_en": [p["name_en"] for p in places],
        "kind": ["hospital"] * n,
        "status": ["open"] * n,
        "skills": ["medical"] * n,
        "equipment": [None] * n,
        "capacity": [150 * int(p["importance"]) for p in places],
        "unit": ["430100-WJ"] * n,
        "heading_deg": [None] * n,
        "seen_at": times(np.zeros(n)),
    }
