"""Units, components and a responsibility list for the small city, with answers that can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from cim.city import City
from cim.model.layer import Features, Layer
from cim.model.standard_layers import COMPONENTS, UNITS
from layers.responsibility_list import load_calendar, load_rules

#: In the south-west street, whose unit is U-001; ten metres are about 0.0001° of longitude here.
HERE = (112.91, 28.12)
#: In the north-west street, which names no unit; its district names U-WEST.
NORTH = (112.91, 28.18)
OUTSIDE = (113.2, 28.12)

LIST = """类别,条件键,立案条件,牵头单位,协同单位,处置时限,结案条件,依据,去重距离（米）,去重时间（小时）
C01003,missing,缺失、移位,权属单位|PS,police@区县,2紧急工作时,恢复,样表,,
C01003,broken,破损超过 25 平方厘米,权属单位|PS,,4工作时,更换,样表,,
C01037,,,PS,,2工作日,修复,样表,,
C01023,,,街道,,2紧急工作时,恢复,样表,,
M06010,,,街道,PS,4工作时,清理,样表,,
M06028,,,police@区县,,2紧急工作时,制止,样表,,
E0406,,面积超过 100 平方米,PS,街道、GD,2紧急工作时,消除积水,样表,200,6
"""

#: 2026-06-19 (Friday) to 21 are 端午节; Saturday 2026-06-27 is made up as a working day, for the test's sake.
DAYS = (
    "日期,类型,名称\n2026-06-19,休,端午节\n2026/6/20,休,端午节\n20260621,休,端午节\n2026年6月27日,班,调休\n"
)


def _rows(layer: Layer, points: list[tuple[float, float] | None], rows: list[dict[str, Any]]) -> Features:
    shapes = [None if p is None else shapely.Point(*p) for p in points]
    return Features(np.array(shapes, object), pa.Table.from_pylist(rows, layer.schema()))


def prepared(city: City, folder: Path) -> City:
    """The small city with bureaus, components, the list and the calendar."""
    bureaus = [
        {"code": "PS", "name": "排水中心", "kind": "drainage", "level": "city", "phone": "0731-55500011"},
        {"code": "GD", "name": "供电公司", "kind": "power", "level": "city"},
        {"code": "GA-W", "name": "西区公安分局", "kind": "police", "level": "district"},
        {"code": "GA", "name": "市公安局", "kind": "police", "level": "city"},
    ]
    city.append("units", _rows(UNITS, [None, None, (112.92, 28.16), None], bureaus))
    things = [
        {
            "code": "W-1",
            "name": "雨水井盖一",
            "class": "C01003",
            "state": "intact",
            "owner": "GD",
            "maintainer": "PS",
        },
        {"code": "W-2", "name": "雨水井盖二", "class": "C0103", "state": "lost"},
        {"code": "W-3", "name": "雨水井盖三", "class": "C01003", "state": "removed", "owner": "PS"},
        {"code": "L-1", "name": "路灯一", "class": "C01037", "state": "intact", "owner": "U-EAST"},
    ]
    places = [(112.91, 28.1201), (112.9102, 28.12), HERE, (112.91, 28.1302)]
    city.append("components", _rows(COMPONENTS, list(places), things))
    listed, days = folder / "清单.csv", folder / "节假日.csv"
    listed.write_text(LIST, "utf-8")
    days.write_text(DAYS, "utf-8")
    load_rules(city.writer, listed)
    load_calendar(city.writer, days)
    return city
