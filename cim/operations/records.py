"""Placed things: make, change, remove and list incidents, resources, sensors, components, areas and units.

Each write is one durable transaction; when a verb returns, the city's answers contain it. Whatever is
placed or moved gets its owning areas and its H3 cell. What is special about a kind is in `cim.operations.kinds`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cim.access.caller import Caller
from cim.areas import owner_fields
from cim.city import City
from cim.errors import BadInput
from cim.model.layer import Layer
from cim.model.standard_layers import OWNED, OWNED_AS_OF
from cim.operations.features import feature_of_row, geojson_features, row_of
from cim.operations.kinds import check_values, kind_of
from cim.operations.writes import Write
from cim.store import Transaction

#: A page of a list has at most so many features.
MOST_ON_A_PAGE = 10_000

#: What is done with a feature in the transaction that makes it.
InTransaction = Callable[[Transaction, dict[str, Any]], None]


def read(city: City, name: str, code: str, caller: Caller) -> dict[str, Any]:
    """One thing as a GeoJSON feature."""
    snapshot = city.snapshot(kind_of(name).name)
    return geojson_features(snapshot, np.array([row_of(snapshot, code, city.today())]), caller)[0]


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
    return Page(geojson_features(snapshot, page, caller), last, len(rows) if count else None)


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
    kind = kind_of(name)
    layer = kind.layer
    if kind.needed_field is not None and values.get(kind.needed_field) is None:
        known = ", ".join(kind.choices[kind.needed_field])
        raise BadInput(f"{name}: a {kind.needed_field} is needed; known: {known}")
    check_values(kind, values)
    now = dt.datetime.now(dt.UTC)
    kind.check_new(values, now)
    owned = {**values, **_owners(city, layer, geometry, values)}
    with city.store.writing(caller.name) as tx:
        write = Write(tx, layer, now, city.zone, note, lambda: city.snapshot(name))
        filled = kind.prepare(write, owned)
        tx.require_unused(layer, filled)
        filled = kind.complete(write, filled)
        fid = tx.insert(layer, geometry, filled)
        kind.after_insert(write, filled)
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
    kind = kind_of(name)
    layer = kind.layer
    if values.get("code", code) != code:
        raise BadInput(f"{name}: a code is for good; remove {code!r} and place it anew under the other code")
    if kind.needed_field is not None and values.get(kind.needed_field, "") is None:
        raise BadInput(f"{name}: the {kind.needed_field} can't be taken away")
    check_values(kind, values)
    changed = dict(values)
    with city.store.writing(caller.name) as tx:
        row = tx.row(layer, code, city.today())
        if geometry is not None:
            changed["geom"] = geometry
        if geometry is not None or OWNED_AS_OF.get(name) in changed:
            changed |= _owners(city, layer, changed.get("geom", row["geom"]), {**row, **changed})
        write = Write(tx, layer, dt.datetime.now(dt.UTC), city.zone, note, lambda: city.snapshot(name))
        changed = kind.prepare_change(write, row, changed)
        if changed:
            tx.update(layer, int(row["fid"]), changed)
        after = {**row, **changed}
        made = feature_of_row(layer, int(row["fid"]), after["geom"], after, caller, city.metric_crs)
    city.catch_up()
    return made


def remove(city: City, name: str, code: str, caller: Caller) -> None:
    """Remove a thing. `NotFound` where it is not there."""
    caller.require_write()
    layer = kind_of(name).layer
    with city.store.writing(caller.name) as tx:
        tx.delete(layer, int(tx.row(layer, code, city.today())["fid"]))
    city.catch_up()


def _owners(city: City, layer: Layer, geometry: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    if layer.name not in OWNED:
        return {}
    return dict(owner_fields.owner_values(city.areas, layer, geometry, values, city.zone))
