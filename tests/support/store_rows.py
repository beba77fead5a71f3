"""What the tests of the store share: rows on their way in, and what is there of them."""

from __future__ import annotations

import datetime as dt
import math
import time
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from cim.columnar.columns import build
from cim.model.layer import Features, Field, Layer
from cim.store import Store

POINT = shapely.Point(112.95, 28.15)
EVERYTHING = Layer(
    "样样",
    geometry="polygon",
    fields=(
        Field("名称", "text"),
        Field("name:en", "text"),
        Field("100% 'odd' \"name\" (1)", "text"),
        Field("floors", "integer"),
        Field("height_m", "real"),
        Field("open", "boolean"),
        Field("built", "date"),
        Field("seen_at", "datetime"),
    ),
    title_zh="样样",
)
NOTHING: dict[str, Any] = dict.fromkeys(EVERYTHING.field_names)

HOLED = shapely.Polygon(
    [(112.9, 28.1), (113, 28.1), (113, 28.2), (112.9, 28.2)],
    [
        [(112.92, 28.12), (112.94, 28.12), (112.94, 28.14)],
        [(112.96, 28.16), (112.98, 28.16), (112.98, 28.18)],
    ],
)
PARTS = shapely.MultiPolygon([HOLED, shapely.box(113.1, 28.1, 113.2, 28.2)])

TEXTS = [
    "五一广场", "𠮷野家 🚒", "", " ", "tab\there", "two\nlines", "dos\r\nlines", "back\\slash", "\\N", "\\.", "\\x41",
    "it's", 'say "so"', "`--; DROP TABLE cim_change", "%s ? :x {0}", "NULL", "e\u0301\u200b\ufeff", "长" * 5000,
]  # fmt: skip

ROWS: list[tuple[Any, dict[str, Any]]] = [
    *((HOLED, NOTHING | {"名称": text, "name:en": text, "100% 'odd' \"name\" (1)": text}) for text in TEXTS),
    *((None, NOTHING | {"floors": n}) for n in (0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63))),
    *(
        (PARTS, NOTHING | {"height_m": x})
        for x in (0.0, -0.1, 1e300, 5e-324, 0.1 + 0.2, math.inf, -math.inf, 3.0)
    ),
    (HOLED, NOTHING | {"open": True}),
    (HOLED, NOTHING | {"open": False}),
    *(
        (HOLED, NOTHING | {"built": d})
        for d in (dt.date(1, 1, 1), dt.date(1949, 10, 1), dt.date(9999, 12, 31))
    ),
    *(
        (HOLED, NOTHING | {"seen_at": t.replace(tzinfo=dt.UTC)})
        for t in (
            dt.datetime(2026, 6, 1, 12, 30, 15, 123000),
            dt.datetime(1970, 1, 1),
            dt.datetime(1969, 12, 31, 23, 59, 59, 999000),
            dt.datetime(1899, 1, 1, 1, 1, 1),
            dt.datetime(999, 1, 1),
            dt.datetime(9999, 12, 31, 23, 59, 59),
        )
    ),
    (shapely.MultiPolygon(), NOTHING),
]


def features(layer: Layer, rows: list[tuple[Any, dict[str, Any]]]) -> Features:
    """Features of the layer from geometries and values."""
    geometry = np.empty(len(rows), object)
    geometry[:] = [g for g, _ in rows]
    return Features(geometry, pa.Table.from_pylist([v for _, v in rows], layer.schema()))


def load(store: Store, layer: Layer, rows: list[tuple[Any, dict[str, Any]]]) -> Layer:
    """Load the rows into the store, without a city."""
    return store.load(layer, build(layer, features(layer, rows), "EPSG:4547"), actor="test")[0]


def stored(store: Store, name: str) -> dict[int, tuple[Any, dict[str, Any]]]:
    """What is stored, by fid."""
    _, _, found = store.read(name)
    assert found.fid is not None
    rows = zip(found.geometry, found.attributes.to_pylist(), strict=True)
    return dict(sorted(zip(found.fid.tolist(), rows, strict=True)))


def log(store: Store, after: int = 0) -> list[tuple[str, int | None, str, str]]:
    """The change log: layer, fid, op, actor."""
    return [(e["layer"], e["fid"], e["op"], e["actor"]) for e in store.entries(after)]


def until(what: Any, seconds: float = 5.0) -> float:
    """Wait until something is so; gives how long it took."""
    begun = time.monotonic()
    while not what():
        assert time.monotonic() - begun < seconds, "it did not come to be"
        time.sleep(0.01)
    return time.monotonic() - begun
