"""What the features of a GeoJSON or Esri JSON file say of themselves, with every number as it is written.

GDAL reads their geometry; it makes floats of integers beyond 64 bits and drops a feature's number, so the
properties are parsed here, while GDAL works in another thread.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from cim.errors import BadInput
from layers.formats.values import Number, column_of, without_halves

_EPOCH_DATE = "esriFieldTypeDate"


@dataclass(slots=True)
class _Features:
    """What was met so far: for each feature its id and its properties, and which keys an object had twice."""

    ids: list[Any] = field(default_factory=list)
    properties: list[dict[str, Any]] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)

    def hook(self, pairs: list[tuple[str, Any]]) -> Any:
        """Called for each object, the inner ones first: a feature's members are kept, its geometry is let go."""
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            self.twice |= {name for name in names if names.count(name) > 1}
        if made.get("type") == "Feature" and ("properties" in made or "geometry" in made):
            self.ids.append(made.get("id"))
            properties = made.get("properties")
            self.properties.append(properties if isinstance(properties, dict) else {})
            return None
        return made


def read_properties(path: Path, time_zone: str) -> tuple[pa.Table, list[str]]:
    """One row for each feature, in the file's order, and notes. A feature's own `id` is the field `id`, or
    `feature_id` where the properties have another `id`. `BadInput` where the file is no JSON in UTF-8.
    """
    found = _Features()
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\x1e", "")
        whole = _decode(text, found)
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} has text that is not UTF-8; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{path} is no JSON: {error}; copy or export it again") from error
    members = whole.get("features") if isinstance(whole, dict) else None
    if isinstance(members, list) and len(found.properties) > len(members) > 0:
        # Some properties hold features of their own, which count for nothing here.
        found = _Features(twice=found.twice)
        whole = _decode(text, None)
        for feature in whole["features"]:
            found.hook(list({"geometry": None, **feature, "type": "Feature"}.items()))
    epoch: set[str] = set()
    if not found.properties and isinstance(whole, dict):
        if isinstance(whole.get("features"), list):
            epoch = _take_esri(whole, found)
        elif "coordinates" in whole or "geometries" in whole:
            found.ids, found.properties = [None], [{}]
    notes = [f"{name!r} stands twice in one object; the last one is kept" for name in sorted(found.twice)]
    if isinstance(whole, dict) and "crs" in whole and whole["crs"] is None:
        notes.append(
            "the file says that its coordinate system is unknown (null); taken as WGS84, say --datum if not"
        )
    table, more = _table(found, epoch, time_zone)
    return table, notes + more


def _decode(text: str, found: _Features | None) -> Any:
    """The file's one value; of a file with a value a line, the last. Without `found`, features stay in it."""
    decoder = json.JSONDecoder(
        object_pairs_hook=found.hook if found else None,
        parse_float=Number,
        parse_constant=float,
        strict=False,
    )
    at, value = 0, None
    while True:
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        if at == len(text):
            return value
        value, at = decoder.raw_decode(text, at)


def _take_esri(whole: dict[str, Any], found: _Features) -> set[str]:
    """The attributes of Esri's features, and the fields that count milliseconds since 1970."""
    for feature in whole["features"]:
        attributes = feature.get("attributes") if isinstance(feature, dict) else None
        found.ids.append(None)
        found.properties.append(attributes if isinstance(attributes, dict) else {})
    fields = whole.get("fields")
    fields = fields if isinstance(fields, list) else []
    return {str(f.get("name")) for f in fields if isinstance(f, dict) and f.get("type") == _EPOCH_DATE}


def _table(found: _Features, epoch: set[str], time_zone: str) -> tuple[pa.Table, list[str]]:
    row = np.arange(1, len(found.properties) + 1)
    names = list(dict.fromkeys(name for properties in found.properties for name in properties))
    columns: list[pa.Array] = []
    notes: list[str] = []
    for name in names:
        values = [properties.get(name) for properties in found.properties]
        column, more = _since_1970(values) if name in epoch else (None, [])
        if column is None:
            column, more = column_of(name, values, row, time_zone)
        columns.append(column)
        notes += more
    if any(one is not None for one in found.ids):
        inner = [properties.get("id") for properties in found.properties]
        if inner != found.ids:
            name = "feature_id" if "id" in names else "id"
            column, more = column_of(name, found.ids, row, time_zone)
            columns.insert(0, column)
            names.insert(0, name)
            notes += [*more, f"the features' own id is the field {name!r}"] if name != "id" else more
    return pa.table(columns, names=[without_halves(name) for name in names]) if names else pa.table({}), notes


def _since_1970(values: list[Any]) -> tuple[pa.Array | None, list[str]]:
    """Milliseconds since 1970 as moments; None where a value is something else."""
    if not all(value is None or (type(value) is int and abs(value) < 2**47) for value in values):
        return None, []
    return pa.array(values, pa.int64()).cast(pa.timestamp("ms", tz="UTC")), []
