"""What the tests of snapshots share: layers of a few geometries, and what an answer says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from cim.columnar import queries
from cim.columnar.columns import build
from cim.model.layer import Features, Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs

METRIC = "EPSG:4547"


def names(snapshot: Snapshot, rows: Any) -> list[str]:
    """The names of the rows, in order."""
    found: list[str] = snapshot.attributes(np.asarray(rows), ["name"])["name"].to_pylist()
    return found


def at(*positions: tuple[float, float]) -> Any:
    return np.array(positions, np.float64)


def features(
    layer: Layer, geometry: list[Any], fid: list[int] | None = None, **fields: list[Any]
) -> Features:
    """Features of the layer; fields that are not given are null."""
    shapes = np.empty(len(geometry), object)
    shapes[:] = geometry
    table = {f.name: fields.get(f.name, [None] * len(geometry)) for f in layer.fields}
    return Features(shapes, pa.table(table, layer.schema()), None if fid is None else np.array(fid, np.int64))


def snapshot_of(kind: Any, geometry: list[Any], fid: list[int] | None = None) -> Snapshot:
    """A snapshot of just these geometries, numbered from 1."""
    layer = Layer("things", geometry=kind)
    return Snapshot.of(layer, build(layer, features(layer, geometry, fid), METRIC), METRIC, 1)


def metres(geometry: Any) -> Any:
    return crs.geometry_to_metric(geometry, METRIC)


def groups(snapshot: Snapshot, hits: queries.Hits) -> list[list[int]]:
    """The fids of each question, ascending."""
    rows, counts = hits
    return [sorted(g.tolist()) for g in np.split(snapshot.fids(rows), np.cumsum(counts)[:-1])]
