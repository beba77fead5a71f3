"""The layer `components`: covers, grates, lamps, hydrants, bins, trees along the roads, with those who answer for them.

Codes are made by the rule of GB/T 47678.5-2026: 6 digits of the district, 5 of the class, 6 counted in both. A few
owners are unknown on purpose, and who owns what is invented like the rest of the stage.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from cim.model.layer import Features
from cim.model.standard_layers import COMPONENTS
from layers.demo.frame import CityFrame
from layers.demo.spots import NOW, Roadside, table

COUNTS = {"small": 2_000, "city": 30_000, "metro": 300_000}


@dataclass(frozen=True)
class ComponentKind:
    """A class of components: how much of all, who owns it, who maintains it, which bureau watches over it."""

    class_key: str
    name: str
    share: float
    owner: str | None
    maintainer: str | None
    authority: str


KINDS = (
    ComponentKind("C01001", "供水井盖", 0.08, "430100-GS", "430100-GS", "430100-CG"),
    ComponentKind("C01002", "污水井盖", 0.1, "430100-PS", "430100-PS", "430100-CG"),
    ComponentKind("C01003", "雨水井盖", 0.12, "430100-PS", "430100-PS", "430100-CG"),
    ComponentKind("C01004", "雨水箅子", 0.14, "430100-PS", "430100-SZ", "430100-CG"),
    ComponentKind("C01005", "电力井盖", 0.05, "430100-GD", "430100-GD", "430100-CG"),
    ComponentKind("C01006", "路灯井盖", 0.03, "430100-SZ", "430100-SZ", "430100-CG"),
    ComponentKind("C01011", "燃气井盖", 0.03, "430100-RQ", "430100-RQ", "430100-CG"),
    ComponentKind("C01013", "消防设施", 0.03, "430100-XF", "430100-GS", "430100-XF"),
    ComponentKind("C01023", "不明井盖", 0.01, None, None, "430100-CG"),
    ComponentKind("C01037", "路灯", 0.15, "430100-SZ", "430100-SZ", "430100-CG"),
    ComponentKind("C02014", "交通信号灯", 0.02, "430100-JJ", "430100-JJ", "430100-JJ"),
    ComponentKind("C02017", "交通护栏", 0.03, "430100-JJ", "430100-SZ", "430100-JJ"),
    ComponentKind("C03005", "垃圾箱", 0.06, "430100-HW", "430100-HW", "430100-CG"),
    ComponentKind("C04002", "行道树", 0.15, "430100-YL", "430100-YL", "430100-YL"),
)
_STATES = (("intact", 0.955), ("broken", 0.025), ("lost", 0.006), ("abandoned", 0.006), ("removed", 0.008))
_SOURCES = (("实测", 0.7), ("地形图", 0.2), ("其他", 0.1))
#: One owner in so many is not registered.
_UNKNOWN = 0.03


def features(frame: CityFrame, roadside: Roadside) -> Features:
    """Components within a few metres of the roads, surveyed in the twelve years before `spots.NOW`."""
    rng = frame.rng(16)
    n = COUNTS[frame.size]
    spots = roadside.draw(n, rng, 8.0)
    kind = rng.choice(len(KINDS), n, p=np.array([k.share for k in KINDS]) / sum(k.share for k in KINDS))
    district = np.array([code[:6] for code in spots.street_codes()])
    classes = np.array([k.class_key[1:] for k in KINDS])[kind]
    prefix = np.char.add(district, classes)
    state = rng.choice([s for s, _ in _STATES], n, p=[p for _, p in _STATES])
    since = NOW.date().toordinal() - rng.integers(100, 4400, n)
    changed = np.minimum(since + rng.integers(1, 1500, n), NOW.date().toordinal())
    untouched = (state == "intact") & (rng.random(n) < 0.8)
    owner = np.array([k.owner for k in KINDS], object)[kind]
    owner[rng.random(n) < _UNKNOWN] = None
    columns = {
        "code": _number(prefix),
        "name": [f"{road}{KINDS[k].name}" for road, k in zip(spots.road, kind.tolist(), strict=True)],
        "class": np.array([k.class_key for k in KINDS], object)[kind],
        "state": state.astype(object),
        "owner": owner,
        "maintainer": np.array([k.maintainer for k in KINDS], object)[kind],
        "authority": np.array([k.authority for k in KINDS], object)[kind],
        "since": [dt.date.fromordinal(d) for d in since.tolist()],
        "changed": [
            None if same else dt.date.fromordinal(d)
            for d, same in zip(changed.tolist(), untouched.tolist(), strict=True)
        ],
        "source": rng.choice([s for s, _ in _SOURCES], n, p=[p for _, p in _SOURCES]).astype(object),
        "note": pa.nulls(n, pa.string()),
    }
    return Features(spots.points(), table(COMPONENTS, columns, n))


def _number(prefix: np.ndarray) -> list[str]:
    """Each prefix with six digits that count its own, in order.

    >>> _number(np.array(["43010201003", "43010301003", "43010201003"]))
    ['43010201003000001', '43010301003000001', '43010201003000002']
    """
    order = np.argsort(prefix, kind="stable")
    kept = prefix[order]
    first = np.append(True, kept[1:] != kept[:-1])
    start = np.maximum.accumulate(np.where(first, np.arange(len(kept)), 0))
    number = np.empty(len(prefix), np.int64)
    number[order] = np.arange(len(kept)) - start + 1
    return [f"{p}{k:06d}" for p, k in zip(prefix.tolist(), number.tolist(), strict=True)]
