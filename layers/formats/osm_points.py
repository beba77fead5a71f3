"""The barriers and traffic signals of OpenStreetMap that stand on roads, as points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely

from cim.model.layer import Layer
from cim.roads.points import POINTS, SIGNALS
from cim.roads.traffic_tags import ACCESS_KEYS
from layers.formats.osm_unread import notes_on_tags
from layers.formats.source import Source

_LAYER = replace(POINTS, source="© OpenStreetMap contributors", licence="ODbL 1.0", original_crs="EPSG:4326")
_KEPT = ACCESS_KEYS | {"locked", "kerb", "bollard"}


def read_points(path: Path) -> tuple[Layer, Source] | None:
    """The layer of the file's barriers and signals on roads; None where it has none."""
    ways: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway", "route")
    )
    on_roads = osmium.IdTracker()
    for way in ways:
        on_roads.add_references(way)
    nodes: Iterable[Any] = (
        osmium.FileProcessor(path, osmium.osm.NODE)
        .with_filter(on_roads.id_filter())
        .with_filter(osmium.filter.KeyFilter("barrier", "highway"))
    )
    rows, positions = [], []
    for node in nodes:
        tags = dict(node.tags)
        lit = tags.get("highway") == SIGNALS
        if not node.location.valid() or (not lit and "barrier" not in tags):
            continue
        kept = {k: v for k, v in sorted(tags.items()) if k.partition(":")[0] in _KEPT}
        text = "\n".join(f"{k}={v}" for k, v in kept.items()) or None
        # A barrier at signals is a barrier first.
        rows.append((node.id, tags.get("barrier", SIGNALS), text))
        positions.append((node.lon, node.lat))
    if not rows:
        return None
    columns = zip(*rows, strict=True)
    schema = POINTS.schema()
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)
    shapes = shapely.points(np.array(positions))
    numbers = np.arange(1, len(shapes) + 1)
    return _LAYER, Source(
        geometry=shapes,
        attributes=table,
        crs="EPSG:4326",
        row=numbers,
        name=POINTS.name,
        path=str(path),
        notes=_notes(table),
        defects=(),
    )


def _notes(table: pa.Table) -> tuple[str, ...]:
    """What of the barriers is not understood: their kinds, and their tags."""
    kinds = [None if kind == SIGNALS else f"barrier={kind}" for kind in table["kind"].to_pylist()]
    both = [
        "\n".join(filter(None, (kind, tags)))
        for kind, tags in zip(kinds, table["traffic_tags"].to_pylist(), strict=True)
    ]
    return notes_on_tags(pa.table({"osm_id": table["osm_id"], "traffic_tags": pa.array(both, pa.string())}))
