"""Placed things: make, change, remove and list incidents, resources, sensors, components, areas and units.

Each write is one durable transaction; when a verb returns, the city's answers contain it. Whatever is
placed or moved gets its owning areas and its H3 cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from cim import budget
from cim.access.caller import Caller
from cim.areas import hierarchy, owner_fields
from cim.city import City
from cim.columnar.columns import build
from cim.duty.classes import require_class, require_component_class
from cim.errors import BadInput, NotFound
from cim.model.layer import Features, Layer
from cim.model.standard_layers import CHOICES, NEEDED, PLACED, in_force
from cim.operations import incidents
from cim.roads import attributes, weekly_hours
from cim.snapshot.snapshot import Rows, Snapshot
from cim.space import geojson
from cim.store import Transaction

#: A page of a list has at most so many features.
MOST_ON_A_PAGE = 10_000
#: Features that are made between two looks at what the question may still cost.
_BLOCK = 500

#: What is done with a feature in the transaction that makes it.
InTransaction = Callable[[Transaction, dict[str, Any]], None]


def features(snapshot: Snapshot, rows: Rows, caller: Caller, **more: Any) -> list[dict[str, Any]]:
    """The rows as GeoJSON features, whose `id` is the code where the layer has codes, else the fid.

    `more` holds sequences of further properties, one value a row.
    """
    limits, out = budget.current(), []
    for start in range(0, len(rows), _BLOCK):
        limits.check()
        part = rows[start : start + _BLOCK]
        out += _features(snapshot, part, caller, {n: v[start : start + _BLOCK] for n, v in more.items()})
    return out


def _features(
    snapshot: Snapshot, rows: Rows, caller: Caller, more: Mapping[str, Any]
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
        parsed = orjson.loads(shape) if shape is not None else None
        out.append({"type": "Feature", "id": identity, "geometry": parsed, "properties": properties})
    return out


def _placed_layer(name: str) -> Layer:
    try:
        return PLACED[name]
    except KeyError:
        raise NotFound(f"{name!r} is no kind of placed thing; known: {', '.join(PLACED)}") from None


def row_of(snapshot: Snapshot, code: str, day: dt.date) -> int:
    """The row of the thing with this code, of an area the one in force on the day; `NotFound` where there is none."""
    rows = snapshot.rows[snapshot.matching({"code": code})[snapshot.rows]]
    if not len(rows):
        raise NotFound(f"{snapshot.layer.name}: there is none with code {code!r}")
    if len(rows) == 1:
        return int(rows[0])
    rows = rows[np.argsort(snapshot.fids(rows))]
    return int(rows[in_force(snapshot.attributes(rows).to_pylist(), day)])


def read(city: City, name: str, code: str, caller: Caller) -> dict[str, Any]:
    """One thing as a GeoJSON feature."""
    snapshot = city.snapshot(_placed_layer(name).name)
    return features(snapshot, np.array([row_of(snapshot, code, city.today())]), caller)[0]


def feature_of_row(
    layer: Layer, fid: int, geometry: Any, values: Mapping[str, Any], caller: Caller, metric_crs: str
) -> dict[str, Any]:
    """The GeoJSON feature of a row as it was written, without asking the store: what `read` would give for it."""
    record = {field: values.get(field) for field in layer.field_names}
    table = pa.Table.from_pylist([record], layer.schema())
    one = Features(np.array([geometry], object), table, np.array([fid], np.int64))
    snapshot = Snapshot.of(layer, build(layer, one, metric_crs), metric_crs, 0)
    return features(snapshot, snapshot.rows, caller)[0]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a list, in order of fid: the features, the fid to ask on after (None: the end), and how many match."""

    features: list[dict[str, Any]]
    after: int | None
    matched: int | None


def listing(
    city: City,
    name: str,
    caller: Caller,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    where: Mapping[str, Any] | None = None,
    limit: int = 100,
    after: int = 0,
    count: bool = False,
) -> Page:
    """The things within the bounds that meet the condition, page by page."""
    if not 1 <= limit <= MOST_ON_A_PAGE:
        raise BadInput(f"limit {limit} is out of range: 1 to {MOST_ON_A_PAGE}")
    caller.require_seen(where or ())
    snapshot = city.snapshot(name)
    rows = snapshot.rows if bounds is None else snapshot.in_bounds(np.array([bounds]))[0]
    if where:
        rows = rows[snapshot.matching(where)[rows]]
    fids = snapshot.fids(rows)
    later = fids > after
    order = np.argsort(fids[later], kind="stable")[: limit + 1]
    page = rows[later][order[:limit]]
    last = int(snapshot.fids(page[-1:])[0]) if len(order) > limit else None
    return Page(features(snapshot, page, caller), last, len(rows) if count else None)


def create(
    city: City,
    name: str,
    geometry: Any,
    values: Mapping[str, Any],
    caller: Caller,
    *,
    note: str | None = None,
    in_transaction: InTransaction | None = None,
) -> dict[str, Any]:
    """Place a new thing. `Conflict` where its code is taken; an incident without a code gets one.

    `in_transaction` is given the feature before it is committed, to keep something with it.
    """
    caller.require_write()
    layer = _placed_layer(name)
    if name in NEEDED and values.get(NEEDED[name]) is None:
        known = ", ".join(CHOICES[name][NEEDED[name]])
        raise BadInput(f"{name}: a {NEEDED[name]} is needed; known: {known}")
    _check(name, values)
    now = dt.datetime.now(dt.UTC)
    if name == "closures" and values.get("to_at") is not None and values["to_at"] <= now:
        raise BadInput(f"closures: to_at {values['to_at'].isoformat()} is past; it would close nothing")
    filled = {**values, **_owners(city, layer, geometry, values)}
    with city.store.writing(caller.name) as tx:
        if layer.kind == "incident":
            filled = incidents.prepare(tx, filled, now, city.zone)
        elif not filled.get("code"):
            raise BadInput(f"{name}: a code is needed")
        tx.require_unused(layer, filled)
        if layer.kind == "area":
            filled = hierarchy.check_row(filled, city.snapshot(name))
        fid = tx.insert(layer, geometry, filled)
        if layer.kind == "incident":
            tx.note(filled["code"], filled["status"], now, note)
        made = feature_of_row(layer, fid, geometry, filled, caller, city.metric_crs)
        if in_transaction is not None:
            in_transaction(tx, made)
    city.catch_up()
    return made


def change(
    city: City,
    name: str,
    code: str,
    values: Mapping[str, Any],
    caller: Caller,
    *,
    geometry: Any = None,
    note: str | None = None,
) -> dict[str, Any]:
    """Change some fields of a thing, and move it where a geometry is given."""
    caller.require_write()
    layer = _placed_layer(name)
    if values.get("code", code) != code:
        raise BadInput(f"{name}: a code is for good; remove {code!r} and place it anew under the other code")
    if name in NEEDED and values.get(NEEDED[name], "") is None:
        raise BadInput(f"{name}: the {NEEDED[name]} can't be taken away")
    _check(name, values)
    changed = dict(values)
    with city.store.writing(caller.name) as tx:
        row = tx.row(layer, code, city.today())
        if geometry is not None:
            changed["geom"] = geometry
        if geometry is not None or "reported_at" in changed:  # of which day an incident's owners are
            changed |= _owners(city, layer, changed.get("geom", row["geom"]), {**row, **changed})
        if layer.kind == "area":
            now = {**row, **changed}
            _check(name, now)
            if {"level", "parent"} & changed.keys():
                hierarchy.check(now, city.snapshot(name))
            if {"valid_from", "valid_to"} & changed.keys():
                tx.require_unused(layer, now, besides=row["fid"])
        if layer.kind == "incident":
            changed = _incident_change(tx, row, changed, note)
        if changed:
            tx.update(layer, int(row["fid"]), changed)
        after = {**row, **changed}
        made = feature_of_row(layer, int(row["fid"]), after["geom"], after, caller, city.metric_crs)
    city.catch_up()
    return made


def _incident_change(
    tx: Transaction, row: Mapping[str, Any], changed: dict[str, Any], note: str | None
) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC)
    for field in ("status", "level"):
        if changed.get(field, "") is None:
            raise BadInput(f"incidents: the {field} can't be taken away")
    status = changed.get("status")
    if status is not None and status != row["status"]:
        incidents.check_step(str(row["status"]), status)
    if (status is not None and status != row["status"]) or note:
        tx.note(str(row["code"]), str(status or row["status"]), now, note)
    return {**changed, "updated_at": now}


def _check(name: str, values: Mapping[str, Any]) -> None:
    """Raise `BadInput` for a word that its field does not know, and for a period that ends before it begins."""
    for field, known in CHOICES.get(name, {}).items():
        value = values.get(field)
        if value is not None and value not in known:
            raise BadInput(f"{name}: {field} {value!r} is not known; known: {', '.join(known)}")
    if name == "resources" and values.get("code") == "vocabulary":
        raise BadInput("resources: 'vocabulary' is no code, its address is that of the words; choose another")
    if name == "incidents" and values.get("class") is not None:
        require_class(values["class"])
    if name == "components" and values.get("class") is not None:
        require_component_class(values["class"])
    if name == "closures":
        if values.get("hours"):
            weekly_hours.spans(values["hours"])
        if values.get("road_class"):
            attributes.classes_of(values["road_class"])
    since, until = values.get("valid_from"), values.get("valid_to")
    if since is not None and until is not None and until <= since:
        raise BadInput(f"{name}: valid_to {until} is not after valid_from {since}")
    since, until = values.get("from_at"), values.get("to_at")
    if since is not None and until is not None and until <= since:
        raise BadInput(f"{name}: to_at {until} is not after from_at {since}")


def remove(city: City, name: str, code: str, caller: Caller) -> None:
    """Remove a thing. `NotFound` where it is not there."""
    caller.require_write()
    layer = _placed_layer(name)
    with city.store.writing(caller.name) as tx:
        tx.delete(layer, int(tx.row(layer, code, city.today())["fid"]))
    city.catch_up()


def _owners(city: City, layer: Layer, geometry: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return (
        {}
        if layer.kind == "area"
        else dict(owner_fields.owner_values(city.areas, layer, geometry, values, city.zone))
    )
