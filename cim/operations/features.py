"""Rows of a layer as GeoJSON features, and the row of a code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from cim import budget
from cim.access.caller import Caller
from cim.arrays.types import RowIds
from cim.columnar.columns import build
from cim.errors import NotFound
from cim.model.layer import Features, Layer
from cim.model.standard_layers import PLACED, in_force
from cim.snapshot.snapshot import Snapshot
from cim.space import geojson

#: Features made between two checks of the request's budget.
_BLOCK = 500


def geojson_features(snapshot: Snapshot, rows: RowIds, caller: Caller, **more: Any) -> list[dict[str, Any]]:
    """The rows as GeoJSON features. Their `id` is the code where the layer has codes, else the fid.

    `more` holds sequences of further properties, one value a row.
    """
    limits, out = budget.current(), []
    for start in range(0, len(rows), _BLOCK):
        limits.check()
        part = rows[start : start + _BLOCK]
        out += _features(snapshot, part, caller, {n: v[start : start + _BLOCK] for n, v in more.items()})
    return out


def _features(
    snapshot: Snapshot, rows: RowIds, caller: Caller, more: Mapping[str, Any]
) -> list[dict[str, Any]]:
    geometry = geojson.encode(snapshot.geometry(rows))
    table = snapshot.attributes(rows)
    bytes_of_each = 60 + sum(len(name) + 4 for name in table.column_names)
    size = sum(len(text) for text in geometry if text is not None) + table.nbytes + bytes_of_each * len(rows)
    budget.current().spend_bytes(size, f"features of {snapshot.layer.name}")
    records = table.to_pylist()
    coded = snapshot.layer.name in PLACED
    out = []
    for i, (fid, shape, record) in enumerate(
        zip(snapshot.fids(rows).tolist(), geometry, records, strict=True)
    ):
        properties = caller.visible(record)
        for name, values in more.items():
            properties[name] = values[i]
        identity = record["code"] if coded else fid
        drawn = geojson.answer_part(shape)
        out.append({"type": "Feature", "id": identity, "geometry": drawn, "properties": properties})
    return out


def row_of(snapshot: Snapshot, code: str, day: dt.date) -> int:
    """The row of the thing with this code; for an area the row in force on the day. `NotFound` where there is none."""
    rows = snapshot.rows[snapshot.matching({"code": code})[snapshot.rows]]
    if not len(rows):
        raise NotFound(f"{snapshot.layer.name}: there is none with code {code!r}")
    if len(rows) == 1:
        return int(rows[0])
    rows = rows[np.argsort(snapshot.fids(rows))]
    return int(rows[in_force(snapshot.attributes(rows).to_pylist(), day)])


def feature_of_row(
    layer: Layer, fid: int, geometry: Any, values: Mapping[str, Any], caller: Caller, metric_crs: str
) -> dict[str, Any]:
    """The GeoJSON feature of a row that was just written, made without reading the store: the same as
    `records.read`."""
    record = {field: values.get(field) for field in layer.field_names}
    table = pa.Table.from_pylist([record], layer.schema())
    one = Features(np.array([geometry], object), table, np.array([fid], np.int64))
    snapshot = Snapshot.of(layer, build(layer, one, metric_crs), metric_crs, 0)
    return geojson_features(snapshot, snapshot.rows, caller)[0]
