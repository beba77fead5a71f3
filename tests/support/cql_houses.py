"""A street of houses with a field of every type, to filter."""

from __future__ import annotations

import datetime as dt

import numpy as np
import shapely

from cim.columnar.columns import build
from cim.cql.filter import Filter
from cim.model.layer import Field, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support.snapshots import METRIC, features

HOUSES = Layer(
    "houses",
    geometry="polygon",
    fields=(
        Field("name", "text"),
        Field("名称", "text"),
        Field("floors", "integer"),
        Field("cellars", "integer"),
        Field("height_m", "real"),
        Field("open", "boolean"),
        Field("built", "date"),
        Field("pulled", "date"),
        Field("seen_at", "datetime"),
    ),
)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _houses() -> Snapshot:
    """Six houses of 1° a side in a row along the equator: house n reaches from 2n to 2n + 1. The last has no place."""
    shapes = [shapely.box(2 * n, 0, 2 * n + 1, 1) for n in range(5)]
    made = features(
        HOUSES,
        [*shapes, None],
        [10, 11, 12, 13, 14, 15],
        name=["Kiosk", "café", "50%", "a_b", None, "STRASSE"],
        名称=["长沙", "长沙市", "湘潭", None, "长\n沙", "株洲"],
        floors=[1, 3, 30, None, 7, -7],
        cellars=[1, 0, 3, 2, None, 2],
        height_m=[3.5, 9.0, 95.25, None, 21.0, 0.0],
        open=[True, False, None, True, False, True],
        built=[_day("1990-01-01"), _day("2000-06-15"), _day("2020-12-31"), None, _day("2010-01-01"), None],
        pulled=[_day("2001-01-01"), None, _day("2021-06-01"), None, _day("2010-01-01"), None],
        seen_at=[
            _at("2026-06-01T00:00:00"),
            _at("2026-06-01T23:59:59.999"),
            _at("2026-06-02T00:00:00"),
            None,
            _at("2026-05-31T12:00:00"),
            None,
        ],
    )
    return Snapshot.of(HOUSES, build(HOUSES, made, METRIC), METRIC, 1)


STREET = _houses()


def kept(text: str, snapshot: Snapshot = STREET) -> list[int]:
    """The fids that a filter keeps, ascending."""
    rows = np.flatnonzero(Filter.of(text, snapshot.layer).rows(snapshot))
    alive = np.intersect1d(rows, snapshot.rows)
    return sorted(snapshot.fids(alive).tolist())
