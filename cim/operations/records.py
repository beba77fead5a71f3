"""Placed things: create, change, remove and list incidents, resources, sensors, components, areas and units.

Each write is one durable transaction, and the city's answers contain it when the function returns. A thing that is
placed or moved gets its owning areas and its H3 cell. `cim.operations.kinds` has what is special about each kind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cim.access.caller import Caller
from cim.areas import owner_fields
from cim.errors import BadInput
from cim.model.layer import Layer
from cim.model.standard_layers import OWNED, OWNED_AS_OF
from cim.operations.features import feature_of_row, geojson_features, row_of
from cim.operations.kinds import check_values, kind_of
from cim.operations.writes import Write
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.state import CityState
from cim.store import Transaction
from cim.writer import CityWriter

#: Maximum features on a page of a list.
MOST_ON_A_PAGE = 10_000

#: Called with a new feature in the transaction that stores it, before the commit.
InTransaction = Callable[[Transaction, dict[str, Any]], None]


def read(state: CityState, name: str, code: str, caller: Caller) -> dict[str, Any]:
    """One thing as a GeoJSON feature, with the fields that the caller may see. `NotFound` where it is not there."""
    snapshot = state.snapshot(kind_of(name).name)
    return geojson_features(snapshot, np.array([row_of(snapshot, code, state.today)]), caller)[0]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, ordered by fid. `after` is the fid to continue from (None on the last page), `matched` the
    number of things on all pages (None unless it was asked for)."""

    features: list[dict[str, Any]]
    after: int | None
    matched: int | None


def listing(
    snapshots: Mapping[str, Snapshot],
    name: str,
    caller: Caller,
    *,
    bounds: tuple[float, float, float, float] | None = None,
    where: Mapping[str, Any] | None = None,
    limit: int = 100,
    after: int = 0,
    count: bool = False,
) -> Page:
    """A page of the things that meet the condition and lie in the bounds (west, south, east, north; lon, lat).

    `BadInput` for a limit out of range, `Forbidden` for a condition on a field that the caller may not see.
    """
    if not 1 <= limit <= MOST_ON_A_PAGE:
        raise BadInput(f"limit {limit} is out of range: 1 to {MOST_ON_A_PAGE}")
    caller.require_seen(where or ())
    snapshot = require_layer(snapshots, name)
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
    writer: CityWriter,
    name: str,
    geometry: Any,
    values: Mapping[str, Any],
    caller: Caller,
    *,
    note: str | None = None,
    in_transaction: InTransaction | None = None,
) -> dict[str, Any]:
    """Store a new thing and return its GeoJSON feature. An incident without a code gets the next case number.

    `geometry` is a shapely geometry in lon, lat (WGS84). `note` goes into the history of an incident.
    `in_transaction` may store something together with the thing. `BadInput` for values that do not fit the kind,
    `Conflict` where the code is taken, `Forbidden` where the caller may not write.
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
    state = writer.state()
    owned = {**values, **_owners(state, layer, geometry, values)}
    with writer.store.writing(caller.name) as tx:
        write = Write(tx, layer, now, state.zone, note, lambda: writer.state().snapshot(name))
        filled = kind.prepare(write, owned)
        tx.require_unused(layer, filled)
        filled = kind.complete(write, filled)
        fid = tx.insert(layer, geometry, filled)
        kind.after_insert(write, filled)
        made = feature_of_row(layer, fid, geometry, filled, caller, state.metric_crs)
        if in_transaction is not None:
            in_transaction(tx, made)
    writer.catch_up()
    return made


def change(
    writer: CityWriter,
    name: str,
    code: str,
    values: Mapping[str, Any],
    caller: Caller,
    *,
    geometry: Any = None,
    note: str | None = None,
) -> dict[str, Any]:
    """Change some fields of a thing, move it where a geometry is given, and return its GeoJSON feature.

    `NotFound` where the thing is not there, `BadInput` for values that do not fit, `Forbidden` where the caller may
    not write.
    """
    caller.require_write()
    kind = kind_of(name)
    layer = kind.layer
    if values.get("code", code) != code:
        raise BadInput(f"{name}: a code is for good; remove {code!r} and place it anew under the other code")
    if kind.needed_field is not None and values.get(kind.needed_field, "") is None:
        raise BadInput(f"{name}: the {kind.needed_field} can't be taken away")
    check_values(kind, values)
    changed = dict(values)
    with writer.store.writing(caller.name) as tx:
        state = writer.state()
        row = tx.row(layer, code, state.today)
        if geometry is not None:
            changed["geom"] = geometry
        if geometry is not None or OWNED_AS_OF.get(name) in changed:
            changed |= _owners(state, layer, changed.get("geom", row["geom"]), {**row, **changed})
        now = dt.datetime.now(dt.UTC)
        write = Write(tx, layer, now, state.zone, note, lambda: writer.state().snapshot(name))
        changed = kind.prepare_change(write, row, changed)
        if changed:
            tx.update(layer, int(row["fid"]), changed)
        after = {**row, **changed}
        made = feature_of_row(layer, int(row["fid"]), after["geom"], after, caller, state.metric_crs)
    writer.catch_up()
    return made


def remove(writer: CityWriter, name: str, code: str, caller: Caller) -> None:
    """Remove a thing. `NotFound` where it is not there, `Forbidden` where the caller may not write."""
    caller.require_write()
    layer = kind_of(name).layer
    with writer.store.writing(caller.name) as tx:
        tx.delete(layer, int(tx.row(layer, code, writer.state().today)["fid"]))
    writer.catch_up()


def _owners(state: CityState, layer: Layer, geometry: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    if layer.name not in OWNED:
        return {}
    return dict(owner_fields.owner_values(state.areas, layer, geometry, values, state.zone))
