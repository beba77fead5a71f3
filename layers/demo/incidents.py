"""The layer `incidents`: reports of the last three days, with titles and addresses that fit their place.

Classes are keys of `cim.duty.classes`: of GB/T 47678.5-2026, and of the 2013 scheme for 道路积水, which the 2026
list no longer has (standards §1.3). People and phones are fictitious.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from cim.model.layer import Features
from cim.model.standard_layers import INCIDENT_STATUSES, INCIDENTS
from layers.demo.frame import CityFrame
from layers.demo.inputs import rows
from layers.demo.spots import NOW, Roadside, table

COUNTS = {"small": 420, "city": 4_000, "metro": 20_000}
_SOURCES = (
    ("12345热线", 0.34),
    ("巡查员上报", 0.3),
    ("市民随手拍", 0.2),
    ("物联感知", 0.1),
    ("视频识别", 0.06),
)
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗"
_STATUS_ODDS = {
    "reported": 0.08,
    "accepted": 0.05,
    "filed": 0.05,
    "dispatched": 0.1,
    "handling": 0.16,
    "feedback": 0.05,
    "checking": 0.05,
    "closed": 0.4,
    "suspended": 0.02,
    "returned": 0.02,
    "cancelled": 0.02,
}


def features(frame: CityFrame, roadside: Roadside) -> Features:
    """Incidents near roads, reported within 72 hours before `spots.NOW`; older ones tend to be closed."""
    rng = frame.rng(15)
    n = COUNTS[frame.size]
    spots = roadside.draw(n, rng, 14.0)
    classes = rows("reports")
    weight = np.array([float(c["weight"]) for c in classes])
    chosen = [classes[k] for k in rng.choice(len(classes), n, p=weight / weight.sum())]
    source = rng.choice([s for s, _ in _SOURCES], n, p=[p for _, p in _SOURCES]).tolist()
    age = np.sort(rng.uniform(0, 72 * 60, n))[::-1]
    # The newer half is never closed before the older half: draw statuses and sort them along the age.
    order = list(INCIDENT_STATUSES)
    drawn = rng.choice(len(order), n, p=[_STATUS_ODDS[s] for s in order])
    key = np.argsort(np.where(drawn >= 7, 0, 1) + rng.normal(0, 0.45, n), kind="stable")
    status = [order[k] for k in drawn[key]]
    reported = [NOW - dt.timedelta(seconds=int(m * 60)) for m in age]
    updated = [r + (NOW - r) * float(f) for r, f in zip(reported, rng.uniform(0, 0.9, n), strict=True)]
    addresses = spots.addresses(rng.integers(1, 400, n))
    titles, descriptions = [], []
    for c, road, address, variant, number in zip(
        chosen, spots.road, addresses, rng.random(n).tolist(), rng.integers(3, 40, n).tolist(), strict=True
    ):
        choices = c["titles"].split("|")
        text = choices[int(variant * len(choices))].format(n=number)
        titles.append(f"{road}{text}")
        descriptions.append(f"{address}，{text}，请相关单位尽快处理。")
    human = np.isin(source, ["12345热线", "市民随手拍"])
    surname = [
        _SURNAMES[k] + t
        for k, t in zip(
            rng.integers(0, len(_SURNAMES), n).tolist(), rng.choice(["先生", "女士"], n).tolist(), strict=True
        )
    ]
    gcj = human & (rng.random(n) < 0.5)
    columns = {
        "code": [f"{r + dt.timedelta(hours=8):%Y%m%d}{k:06d}" for k, r in enumerate(reported, 1)],
        "title": titles,
        "class": [c["class"] for c in chosen],
        "level": [c["level"] for c in chosen],
        "status": status,
        "description": descriptions,
        "source": source,
        "address": addresses,
        "reporter_name": [name if h else None for name, h in zip(surname, human.tolist(), strict=True)],
        "reporter_phone": [
            f"199-0000-{k % 10_000:04d}" if h else None for k, h in enumerate(human.tolist(), 1)
        ],
        "datum": np.where(gcj, "gcj02", "wgs84").astype(object),
        "accuracy_m": np.round(rng.uniform(3, 40, n), 0),
        "unit": [
            f"{code}-JB" if c["unit"] == "430100-CG" else c["unit"]
            for c, code in zip(chosen, spots.street_codes(), strict=True)
        ],
        "reported_at": reported,
        "updated_at": updated,
    }
    return Features(spots.points(), table(INCIDENTS, columns, n))
