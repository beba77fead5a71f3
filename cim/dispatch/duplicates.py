"""Incidents that may be the same as a report (去重): of the same class, nearby, at about the same time.

The limits are 50 m and 24 h unless the responsibility list or the settings say otherwise (a common product's default,
standards.md §1.5). A class of an older scheme counts as the same class; cancelled incidents do not count.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.access.caller import Caller
from cim.arrays.types import RowIds
from cim.duty.answers import UnitRecord
from cim.duty.classes import group_of
from cim.model.json_names import json_names
from cim.operations.features import geojson_features, row_of
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState

#: The weight of nearness in space; the rest is nearness in time.
_SPACE = 0.6
#: Identical text adds this share of what a score lacks to 1.
_TEXT = 0.5
#: Maximum candidates for one report.
MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Likeness:
    """A report to compare: its class (key, code or name), position (lon, lat, WGS84), time and text.

    `code` is the incident's own code, because an incident is not a duplicate of itself.
    """

    class_said: str | None
    lon: float
    lat: float
    at: dt.datetime
    text: str = ""
    code: str | None = None


@json_names(class_="class")
@dataclass(frozen=True)
class LikelyDuplicate:
    """An incident that may be the same as a report: its score from 0 to 1, what the score is made of, and its
    fields."""

    id: str
    score: float
    distance_m: float
    hours_apart: float
    text_likeness: float
    geometry: dict[str, Any] | None
    title: str | None
    class_: str | None
    level: str | None
    status: str | None
    address: str | None
    reported_at: dt.datetime | None
    unit: UnitRecord | None


@dataclass(frozen=True)
class LikelyDuplicates:
    """The incidents that may be the same, highest score first."""

    duplicates: list[LikelyDuplicate]


def candidates(state: CityState, reports: Sequence[Likeness], caller: Caller) -> list[list[LikelyDuplicate]]:
    """For each report the incidents that may be the same, highest score first; none for a report without a class."""
    return _candidates(state, state.snapshot("incidents"), reports, caller)


def _candidates(
    state: CityState, snapshot: Snapshot, reports: Sequence[Likeness], caller: Caller
) -> list[list[LikelyDuplicate]]:
    out: list[list[LikelyDuplicate]] = []
    for report in reports:
        group = group_of(report.class_said)
        if group is None:
            out.append([])
            continue
        metres, hours = state.rules.similar(group)
        rows = snapshot.within_distance(np.array([report.lon, report.lat]), metres)
        near = _likely(state, snapshot, report, group, rows, (metres, hours), caller) if len(rows) else []
        out.append(near)
    return out


def _likely(
    state: CityState,
    snapshot: Snapshot,
    report: Likeness,
    group: str,
    rows: RowIds,
    reach: tuple[float, float],
    caller: Caller,
) -> list[LikelyDuplicate]:
    told = snapshot.attributes(
        rows, ["code", "class", "status", "reported_at", "title", "description"]
    ).to_pylist()
    far = _metres(snapshot, report, rows)
    found = []
    for row, record, away in zip(rows.tolist(), told, far.tolist(), strict=True):
        moment = record["reported_at"]
        if record["status"] == "cancelled" or record["code"] == report.code or moment is None:
            continue
        apart_h = abs((report.at - moment).total_seconds()) / 3600
        if apart_h > reach[1] or group_of(record["class"]) != group:
            continue
        title, more = record["title"] or "", record["description"] or ""
        text = max(likeness(report.text, title), likeness(report.text, title + more))
        found.append((score(away / reach[0], apart_h / reach[1], text), row, away, apart_h, text))
    found.sort(key=lambda f: (-f[0], f[2], f[1]))
    unit = state.unit
    features = geojson_features(snapshot, np.array([f[1] for f in found[:MOST_SHOWN]], np.int64), caller)
    return [
        LikelyDuplicate(
            id=feature["id"],
            score=round(value, 3),
            distance_m=round(away, 3),
            hours_apart=round(apart_h, 3),
            text_likeness=round(text, 3),
            geometry=feature["geometry"],
            title=p["title"],
            class_=p["class"],
            level=p["level"],
            status=p["status"],
            address=p["address"],
            reported_at=p["reported_at"],
            unit=unit(p["unit"]),
        )
        for feature, (value, _, away, apart_h, text) in zip(features, found, strict=False)
        if (p := feature["properties"])
    ]


def _metres(snapshot: Snapshot, report: Likeness, rows: RowIds) -> NDArray[np.float64]:
    """The distance of each row from the report in metres: float64[n]."""
    here = crs.to_metric(np.array([[report.lon, report.lat]]), snapshot.metric_crs)[0]
    points = np.array([(p.x, p.y) for p in snapshot.metric_geometry(rows)])
    away: NDArray[np.float64] = np.hypot(*(points - here).T)
    return away


def score(space: float, time: float, text: float) -> float:
    """The score of two reports, from 0 to 1. `space` and `time` are shares of the limits, `text` is the likeness.

    >>> score(0, 0, 0), score(1, 1, 0), score(1, 1, 1), round(score(0.5, 0.5, 1), 2)
    (1.0, 0.0, 0.5, 0.75)
    """
    near = _SPACE * (1 - space) + (1 - _SPACE) * (1 - time)
    return max(0.0, min(1.0, near + (1 - near) * _TEXT * text))


def likeness(one: str, other: str) -> float:
    """The likeness of two texts, from 0 to 1: the share of pairs of neighbouring characters that they have in common
    (Dice's coefficient; Dice 1945, Ecology 26).

    >>> likeness("路面积水", "路面积水"), likeness("路面积水", ""), round(likeness("五一大道路面积水", "路面积水"), 2)
    (1.0, 0.0, 0.6)
    """
    pairs = [
        Counter(text[i : i + 2] for i in range(max(1, len(text) - 1)))
        for text in (_plain(one), _plain(other))
    ]
    if not _plain(one) or not _plain(other):
        return 0.0
    return 2 * sum((pairs[0] & pairs[1]).values()) / (pairs[0].total() + pairs[1].total())


def _plain(text: str) -> str:
    """The text in lower case without spaces and punctuation."""
    return "".join(c for c in text.lower() if c.isalnum())


def duplicates_of(state: CityState, code: str, caller: Caller) -> list[LikelyDuplicate]:
    """The incidents that may be the same as a stored one, highest score first. `NotFound` where it is not there."""
    snapshot = state.snapshot("incidents")
    row = np.array([row_of(snapshot, code, state.today)])
    (record,) = snapshot.attributes(row, ["class", "title", "description", "reported_at"]).to_pylist()
    shape = snapshot.geometry(row)[0]
    if shape is None or shape.is_empty or record["reported_at"] is None:
        return []
    text = f"{record['title'] or ''}{record['description'] or ''}"
    asked = Likeness(record["class"], shape.x, shape.y, record["reported_at"], text, code)
    return _candidates(state, snapshot, [asked], caller)[0]
