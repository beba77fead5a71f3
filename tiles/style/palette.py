"""The colours of the map: a light theme, a dark one, one for the wall, and what each state looks like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Theme = Literal["light", "dark", "wall"]
Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour that the style uses, by what it paints, and how large its text and markers are.

    `glow` is the opacity of the light about borders, arteries and incidents; `wall` says that the map hangs far from
    its readers, so that it has fewer names and shows its towers.
    """

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
    text_scale: float = 1.0
    marker_scale: float = 1.0
    glow: float = 0.0
    wall: bool = False


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

#: The command screen (大屏): a ground near black, borders and arteries that glow, and text that is read from 10 m,
#: where a character of 20 px on a wall of 1.5 mm pixels covers ten minutes of arc.
WALL = replace(
    DARK,
    land="#02050b",
    built="#040910",
    green="#04120f",
    institution="#070b19",
    industry="#080b10",
    water="#031a33",
    water_edge="#0a4f8a",
    water_text="#58b4f5",
    building="#081626",
    building_edge="#14507c",
    tower_low="#0b2c4d",
    tower_high="#2fb4ff",
    road="#0f2238",
    road_edge="#02050b",
    artery="#1c5c92",
    artery_edge="#02050b",
    motorway="#2b8fd0",
    motorway_edge="#02050b",
    path="#0b1726",
    rail="#24344c",
    boundary="#3d6fae",
    area_city="#5ff0ff",
    area_district="#2fd0ff",
    area_street="#1f8fe0",
    area_community="#1c5f9c",
    area_duty="#19b8a8",
    area_unit="#1a3a60",
    text="#f2f8ff",
    text_soft="#a9c3e4",
    halo="#02050b",
    ring="#eaf6ff",
    text_scale=1.6,
    marker_scale=1.5,
    glow=0.45,
    wall=True,
)

PALETTES: dict[Theme, Palette] = {"light": LIGHT, "dark": DARK, "wall": WALL}
#: The themes in words, zh and en.
THEME_WORDS: dict[Theme, tuple[str, str]] = {
    "light": ("浅色", "Light"),
    "dark": ("深色", "Dark"),
    "wall": ("大屏", "Command screen"),
}

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
