"""The turn restrictions of OpenStreetMap, as points at the junctions that they are about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely

from cim.layer import Layer
from cim.turns import TURNS
from layers.source import Source

_KEY = "restriction"
#: Restrictions of one kind of vehicle have keys of their own.
_FOR = ("hgv", "goods", "bicycle", "motorcar")
_LAYER = replace(TURNS, source="© OpenStreetMap contributors", licence="ODbL 1.0", original_crs="EPSG:4326")


def read_turns(path: Path) -> tuple[Layer, Source] | None:
    """The layer of the file's restrictions that are about a node; None where it has none.

    What is forbidden by way of another road, and what holds only at some hours, is left out: a
    restriction in force must not be invented, and whoever drives sees the sign.
    """
    found: list[tuple[int, tuple[Any, ...]]] = []
    keys = (_KEY, *(f"{_KEY}:{vehicle}" for vehicle in _FOR))
    relations: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.RELATION).with_filter(
        osmium.filter.KeyFilter(*keys)
    )
    for relation in relations:
        tags = dict(relation.tags)
        if not tags.get("type", "").startswith("restriction"):
            continue
        members: dict[str, list[Any]] = {"from": [], "via": [], "to": []}
        for member in relation.members:
            members.setdefault(member.role, []).append((member.type, member.ref))
        via = members["via"]
        if len(via) != 1 or via[0][0] != "n":
            continue
        for key in keys:
            kind = tags.get(key)
            if kind is None:
                continue
            only = key.partition(":")[2] or None
            for from_type, from_road in members["from"]:
                for to_type, to_road in members["to"]:
                    if from_type == to_type == "w":
                        row = (relation.id, kind, from_road, to_road, tags.get("except"), only)
                        found.append((via[0][1], row))
    if not found:
        return None
    at = _positions(path, {node for node, _ in found})
    there = [(at[node], row) for node, row in found if node in at]
    if not there:
        return None
    columns = zip(*(row for _, row in there), strict=True)
    schema = TURNS.schema()
    table = pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)
    points = shapely.points(np.array([position for position, _ in there]))
    return _LAYER, Source(
        points, table, "EPSG:4326", np.arange(1, len(points) + 1), TURNS.name, str(path), (), ()
    )


def _positions(path: Path, nodes: set[int]) -> dict[int, tuple[float, float]]:
    wanted: Iterable[Any] = osmium.FileProcessor(path, osmium.osm.NODE).with_filter(
        osmium.filter.IdFilter(nodes)
    )
    return {node.id: (node.lon, node.lat) for node in wanted}
