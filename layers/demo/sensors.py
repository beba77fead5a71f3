"""The layer `sensors`: gauges by road and river. Thresholds are for trying out, not a standard's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely

from cim.model.layer import Features
from cim.model.standard_layers import SENSORS
from layers.demo.frame import CityFrame, geometry_to_lonlat
from layers.demo.rivers import Water
from layers.demo.spots import Roadside, table, times

COUNTS = {"small": 170, "city": 1_500, "metro": 8_000}


@dataclass(frozen=True)
class SensorKind:
    """What a kind of sensor measures: names, unit, thresholds blue to red, usual values, its share."""

    measures: str
    zh: str
    en: str
    symbol: str
    thresholds: tuple[float | None, float | None, float | None, float | None]
    usual: float
    spread: float
    unit: str
    share: float


# Road flooding: 15, 27 and 50 cm (standards §7.4); rain: 3 h sums of the orange and red signal (§7.3).
KINDS = (
    SensorKind(
        measures="water_level",
        zh="积水监测点",
        en="road flooding gauge",
        symbol="cm",
        thresholds=(5, 15, 27, 50),
        usual=0.0,
        spread=5.0,
        unit="430100-PS",
        share=0.3,
    ),
    SensorKind(
        measures="rain",
        zh="雨量站",
        en="rain gauge",
        symbol="mm/3h",
        thresholds=(None, None, 50, 100),
        usual=6.0,
        spread=9.0,
        unit="430100-SW",
        share=0.15,
    ),
    SensorKind(
        measures="smoke",
        zh="烟感",
        en="smoke detector",
        symbol="%/m",
        thresholds=(None, None, None, 3),
        usual=0.1,
        spread=0.1,
        unit="430100-XF",
        share=0.15,
    ),
    SensorKind(
        measures="gas",
        zh="燃气泄漏监测点",
        en="gas detector",
        symbol="%LEL",
        thresholds=(5, 10, 20, 40),
        usual=0.2,
        spread=0.6,
        unit="430100-RQ",
        share=0.12,
    ),
    SensorKind(
        measures="wind",
        zh="风速站",
        en="wind gauge",
        symbol="m/s",
        thresholds=(10.8, 17.2, 24.5, 32.7),
        usual=3.0,
        spread=2.0,
        unit="430100-YJ",
        share=0.05,
    ),
    SensorKind(
        measures="camera_ai",
        zh="智能识别摄像机",
        en="recognising camera",
        symbol="events/h",
        thresholds=(None, None, None, None),
        usual=2.0,
        spread=2.0,
        unit="430100-CG",
        share=0.23,
    ),
)
_BRIDGE = SensorKind(
    measures="bridge",
    zh="健康监测点",
    en="structure gauge",
    symbol="mm",
    thresholds=(20, 40, 60, 80),
    usual=6.0,
    spread=4.0,
    unit="430100-SZ",
    share=0,
)
# 36.00 m is the warning level of 湘江 at 长沙, 39.51 m the record (standards §7.4).
_RIVER = SensorKind(
    measures="river_level",
    zh="水位站",
    en="river gauge",
    symbol="m",
    thresholds=(35.0, 36.0, 37.5, 39.0),
    usual=31.5,
    spread=0.8,
    unit="430100-SW",
    share=0,
)


def features(frame: CityFrame, roadside: Roadside, water: Water) -> Features:
    """Sensors along the roads, on each bridge and in each tunnel over 湘江, and a gauge on every river."""
    rng = frame.rng(13)
    entries: list[tuple[SensorKind, str, str, list[float]]] = []
    crossings = roadside.crossings()
    for lonlat, road, road_en in zip(
        crossings.lonlat.tolist(), crossings.road, crossings.road_en, strict=True
    ):
        kind = KINDS[0] if road.endswith("隧道") else _BRIDGE
        entries.append((kind, road + kind.zh, f"{road_en} {kind.en}", lonlat))
    gauged = np.isin(water.kinds, ("river",))
    places = shapely.get_coordinates(geometry_to_lonlat(shapely.point_on_surface(water.polygons[gauged])))
    for k, lonlat in zip(np.flatnonzero(gauged), places.tolist(), strict=True):
        entries.append((_RIVER, water.names[k] + _RIVER.zh, f"{water.names_en[k]} {_RIVER.en}", lonlat))
    for kind in KINDS:
        spots = roadside.draw(int(COUNTS[frame.size] * kind.share), rng)
        for lonlat, road, road_en in zip(spots.lonlat.tolist(), spots.road, spots.road_en, strict=True):
            entries.append((kind, road + kind.zh, f"{road_en} {kind.en}", lonlat))

    kinds = [entry[0] for entry in entries]
    n = len(entries)
    usual, spread = np.array([k.usual for k in kinds]), np.array([k.spread for k in kinds])
    value = np.round(np.maximum(0, usual + spread * rng.standard_gamma(0.7, n)), 1)
    columns = {
        "code": [f"S{k:06d}" for k in range(1, n + 1)],
        "name": [entry[1] for entry in entries],
        "name_en": [entry[2] for entry in entries],
        "measures": [k.measures for k in kinds],
        "unit_symbol": [k.symbol for k in kinds],
        **{
            f"threshold_{colour}": pa.array([k.thresholds[at] for k in kinds], pa.float64())
            for at, colour in enumerate(("blue", "yellow", "orange", "red"))
        },
        "value": value,
        "value_at": times(rng.uniform(0, 10, n)),
        "unit": [k.unit for k in kinds],
    }
    return Features(np.asarray(shapely.points([entry[3] for entry in entries])), table(SENSORS, columns, n))
