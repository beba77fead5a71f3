"""The colours of the map: a calm light theme, a dark one for the wall, and what each state looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]
Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour that the style uses, by what it paints."""

    land: str
    built: str
    green: str
    institution: str
    industry: str
    water: str
    water_edge: str
    water_text: str
    building: str
    building_edge: str
    tower_low: str
    tower_high: str
    road: str
    road_edge: str
    artery: str
    artery_edge: str
    motorway: str
    motorway_edge: str
    path: str
    rail: str
    boundary: str
    area_city: str
    area_district: str
    area_street: str
    area_community: str
    area_duty: str
    area_unit: str
    text: str
    text_soft: str
    halo: str
    ring: str
    other: str
    waiting: str
    sent: str
    working: str
    checking: str
    done: str
    paused: str
    blue: str
    yellow: str
    orange: str
    red: str


LIGHT = Palette(
    land="#f3f4f5",
    built="#eeeff1",
    green="#dcebdb",
    institution="#edeef3",
    industry="#ebe9e4",
    water="#c3dbee",
    water_edge="#a9c9e3",
    water_text="#4f86b4",
    building="#e2e3e6",
    building_edge="#cfd2d7",
    tower_low="#dfe3e9",
    tower_high="#9fb2cb",
    road="#ffffff",
    road_edge="#dadde2",
    artery="#fff3d6",
    artery_edge="#e6d3a3",
    motorway="#f8d79a",
    motorway_edge="#dcb063",
    path="#d3d6dc",
    rail="#b3b8c2",
    boundary="#8f97a8",
    area_city="#2f4fa8",
    area_district="#4a68c4",
    area_street="#7b92d6",
    area_community="#a4b3e0",
    area_duty="#2f9488",
    area_unit="#c3c9d8",
    text="#2b3443",
    text_soft="#66707f",
    halo="#ffffff",
    ring="#ffffff",
    other="#8a63c7",
    waiting="#d93a3f",
    sent="#e08a13",
    working="#2468e5",
    checking="#7a56d6",
    done="#3a9a63",
    paused="#8891a1",
    blue="#2b7de0",
    yellow="#e3b505",
    orange="#ea7a18",
    red="#d7263d",
)

DARK = Palette(
    land="#0a1424",
    built="#0d192c",
    green="#0f2830",
    institution="#141d38",
    industry="#161d2b",
    water="#0d2f50",
    water_edge="#154a78",
    water_text="#5ea3d6",
    building="#16263d",
    building_edge="#22395a",
    tower_low="#17314f",
    tower_high="#2f8fd0",
    road="#1d314d",
    road_edge="#0a1424",
    artery="#2b4a73",
    artery_edge="#0a1424",
    motorway="#3d689a",
    motorway_edge="#0a1424",
    path="#1a2a42",
    rail="#35455f",
    boundary="#526688",
    area_city="#4fd2ff",
    area_district="#2fa8e0",
    area_street="#2b78b8",
    area_community="#28598c",
    area_duty="#27a498",
    area_unit="#213f63",
    text="#dbe7f7",
    text_soft="#8ba2c2",
    halo="#0a1424",
    ring="#0a1424",
    other="#b594f0",
    waiting="#ff5a5f",
    sent="#ffb02e",
    working="#4b9bff",
    checking="#a88bff",
    done="#4cc98a",
    paused="#7c8aa3",
    blue="#3f9bff",
    yellow="#ffd43b",
    orange="#ff922b",
    red="#ff4d5e",
)

PALETTES: dict[Theme, Palette] = {"light": LIGHT, "dark": DARK}

#: What a status looks like: Palette attribute, statuses, and the words of the legend.
INCIDENT_STATES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("waiting", ("reported", "accepted", "filed"), "待派遣", "Waiting"),
    ("sent", ("dispatched",), "已派遣", "Dispatched"),
    ("working", ("handling",), "处置中", "Being handled"),
    ("checking", ("feedback", "checking"), "待核查", "To be checked"),
    ("done", ("closed",), "已结案", "Closed"),
    ("paused", ("suspended", "returned", "cancelled"), "挂账、退回、作废", "Suspended or returned"),
)
RESOURCE_STATES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("done", ("idle", "open"), "待命、开放", "Idle or open"),
    ("sent", ("busy",), "出动", "Busy"),
    ("paused", ("offline", "closed"), "离线、关闭", "Offline or closed"),
)
COMPONENT_STATES: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("done", ("intact",), "完好", "Intact"),
    ("orange", ("broken",), "破损", "Broken"),
    ("red", ("lost",), "丢失", "Lost"),
    ("paused", ("abandoned", "removed"), "废弃、移除", "Abandoned or removed"),
)
#: A sensor's state from the highest threshold down: Palette attribute, field, words.
SENSOR_STATES: tuple[tuple[str, str, str, str], ...] = (
    ("red", "threshold_red", "超红色阈值", "Above red"),
    ("orange", "threshold_orange", "超橙色阈值", "Above orange"),
    ("yellow", "threshold_yellow", "超黄色阈值", "Above yellow"),
    ("blue", "threshold_blue", "超蓝色阈值", "Above blue"),
)
