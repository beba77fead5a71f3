"""The objects of a model, asked by class, storey, material or any property, page by page and as sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import orjson
import pyarrow as pa

from cim.arrays.types import RowIds
from cim.bim.model_layers import BUILDINGS, ELEMENTS, MODELS, SPACES, STOREYS
from cim.columnar.columns import build
from cim.cql import parse
from cim.cql.filter import Filter
from cim.errors import BadInput, NotFound
from cim.model.layer import Features, Field, Layer
from cim.snapshot.snapshot import Snapshot, require_layer

#: What a model can be asked for, and the layer that has it.
LISTS: dict[str, Layer] = {
    "buildings": BUILDINGS,
    "storeys": STOREYS,
    "spaces": SPACES,
    "elements": ELEMENTS,
}
Listed = Literal["buildings", "storeys", "spaces", "elements"]
MOST_LISTED = 10_000


@dataclass(frozen=True)
class ObjectPage:
    """A page of objects: their fields with `properties` as an object; `after` begins the next page (None: the last).
    `matched` counts all that the filter keeps."""

    objects: list[dict[str, Any]]
    matched: int
    after: int | None


@dataclass(frozen=True)
class Sum:
    """How many objects of a class there are on a storey of a material, and how large they are together. The sizes are
    None where none of them has one; `unmeasured` counts those without a volume."""

    group: dict[str, str | None]
    count: int
    area_m2: float | None
    volume_m3: float | None
    unmeasured: int


def model_rows(snapshots: Mapping[str, Snapshot], code: str | None, listed: str) -> tuple[Snapshot, RowIds]:
    """The rows of a model (None: of all models) in one of its layers. `NotFound` for no such model or list."""
    if listed not in LISTS:
        raise NotFound(f"a model has no {listed!r}; it has: {', '.join(LISTS)}")
    if MODELS.name not in snapshots:
        raise NotFound("no model is loaded; load one with: citybase load FILE.ifc")
    if code is not None:
        require_model(snapshots, code)
    snapshot = require_layer(snapshots, LISTS[listed].name)
    if code is None:
        return snapshot, snapshot.rows
    return snapshot, snapshot.rows[snapshot.matching({"model": code})[snapshot.rows]]


def require_model(snapshots: Mapping[str, Snapshot], code: str) -> dict[str, Any]:
    """What is known of a model. `NotFound` with the codes there are."""
    known = list_models(snapshots)
    for one in known:
        if one["code"] == code:
            return one
    codes = ", ".join(str(one["code"]) for one in known) or "none"
    raise NotFound(f"there is no model {code!r}; loaded: {codes}")


def list_models(snapshots: Mapping[str, Snapshot]) -> list[dict[str, Any]]:
    """What is known of each model, by code."""
    if MODELS.name not in snapshots:
        return []
    snapshot = snapshots[MODELS.name]
    records: list[dict[str, Any]] = snapshot.attributes(snapshot.rows).to_pylist()
    boxes = snapshot.row_bounds(snapshot.rows)
    for record, box in zip(records, boxes.tolist(), strict=True):
        record["bbox"] = box if box[0] <= box[2] else None
    return sorted(records, key=lambda record: str(record["code"]))


def list_objects(
    snapshots: Mapping[str, Snapshot],
    code: str | None,
    listed: str,
    *,
    condition: str | None = None,
    limit: int = 100,
    after: int = 0,
) -> ObjectPage:
    """A page of a model's objects that a CQL2 filter keeps. A property in a set is named "Set.Name" in double quotes:
    `"Pset_WallCommon.FireRating" = '2h'`; of a city model by its name alone."""
    if not 1 <= limit <= MOST_LISTED:
        raise BadInput(f"limit {limit} is outside 1..{MOST_LISTED:,}")
    snapshot, rows = model_rows(snapshots, code, listed)
    rows = _matching(snapshot, rows, condition)
    fids = snapshot.fids(rows)
    order = np.argsort(fids)
    rows, fids = rows[order], fids[order]
    begin = int(np.searchsorted(fids, after, side="right"))
    page = rows[begin : begin + limit]
    records = snapshot.attributes(page).to_pylist()
    for record in records:
        text = record.get("properties")
        record["properties"] = orjson.loads(text) if text else {}
    more = begin + limit < len(rows)
    return ObjectPage(records, len(rows), int(fids[begin + limit - 1]) if more else None)


def sum_objects(
    snapshots: Mapping[str, Snapshot],
    code: str | None,
    listed: str,
    by: Sequence[str],
    *,
    condition: str | None = None,
) -> list[Sum]:
    """Counts, areas and volumes by fields such as class, storey, material; the largest groups first."""
    snapshot, rows = model_rows(snapshots, code, listed)
    rows = _matching(snapshot, rows, condition)
    names = [*dict.fromkeys(by)]
    if not names:
        raise BadInput("by: name at least one field, such as class, storey or material")
    sizes = [n for n in ("area_m2", "volume_m3") if n in snapshot.layer.field_names]
    table = snapshot.attributes(rows, [*names, *sizes])
    measures = [(str(n), how) for how in ("sum", "count") for n in sizes]
    grouped = table.append_column("one", pa.array(np.ones(len(rows), np.int64))).group_by(names)
    found = grouped.aggregate([("one", "sum"), *measures]).to_pylist()
    sums = []
    for row in found:
        measured = row.get("volume_m3_count", 0)
        sums.append(
            Sum(
                {n: None if row[n] is None else str(row[n]) for n in names},
                row["one_sum"],
                row.get("area_m2_sum"),
                row.get("volume_m3_sum"),
                row["one_sum"] - measured,
            )
        )
    return sorted(sums, key=lambda one: (-one.count, str(one.group)))


def _matching(snapshot: Snapshot, rows: RowIds, condition: str | None) -> RowIds:
    if condition is None:
        return rows
    layer = snapshot.layer
    properties = [
        n
        for n in dict.fromkeys(_names(parse.parse(condition)))
        if n not in (*layer.field_names, "geom", "fid")
    ]
    if not properties:
        return rows[Filter.of(condition, layer).rows(snapshot)[rows]]
    table = snapshot.attributes(rows)
    values = [orjson.loads(text) if text else {} for text in table["properties"].to_pylist()]
    fields = []
    aliases = {name: f"property_{i}" for i, name in enumerate(properties)}
    for name, alias in aliases.items():
        column = [property_value(one, name) for one in values]
        if all(value is None for value in column):
            raise BadInput(
                f"filter: no object has a field or property {name!r}; fields: {', '.join(layer.field_names)}"
            )
        kind, array = _column(column)
        fields.append(Field(alias, kind))
        table = table.append_column(alias, array)
    wide = Layer(layer.name, geometry=layer.geometry, fields=(*layer.fields, *fields))
    features = Features(snapshot.geometry(rows), table, np.arange(len(rows), dtype=np.int64))
    part = Snapshot.of(wide, build(wide, features, snapshot.metric_crs), snapshot.metric_crs, 0)
    text = orjson.dumps(_rename(parse.parse(condition), aliases)).decode()
    kept = Filter.of(text, wide).rows(part)
    return rows[np.sort(part.fids(np.flatnonzero(kept)))]


def property_value(properties: Mapping[str, Any], name: str) -> Any:
    """A property by its name: "Set.Name", or the name alone of one that is in no set, or in one set only.

    >>> property_value({"Pset_WallCommon": {"FireRating": "2h"}}, "Pset_WallCommon.FireRating")
    '2h'
    >>> property_value({"Pset_WallCommon": {"FireRating": "2h"}}, "FireRating")
    '2h'
    """
    if name in properties:
        return properties[name]
    group, mark, inner = name.partition(".")
    if mark and isinstance(properties.get(group), dict):
        return properties[group].get(inner)
    found = [one[name] for one in properties.values() if isinstance(one, dict) and name in one]
    return found[0] if len(found) == 1 else None


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("property"), str):
            yield part["property"]
        for inner in part.values():
            yield from _names(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _names(inner)


def _rename(part: Any, aliases: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        if part.get("property") in aliases:
            return {"property": aliases[part["property"]]}
        return {key: _rename(inner, aliases) for key, inner in part.items()}
    return [_rename(inner, aliases) for inner in part] if isinstance(part, list) else part


def _column(values: Sequence[Any]) -> tuple[Any, pa.Array]:
    """The values as one column: of numbers, of truths, else of texts."""
    known = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in known):
        return "boolean", pa.array(values, pa.bool_())
    if all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        return "integer", pa.array(values, pa.int64())
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in known):
        return "real", pa.array([None if value is None else float(value) for value in values], pa.float64())
    texts = [
        value if isinstance(value, str) or value is None else orjson.dumps(value).decode() for value in values
    ]
    return "text", pa.array(texts, pa.string())
