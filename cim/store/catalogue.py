"""The catalogue of a store, its facts and the end of its change log, within the caller's transaction."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, replace

import sqlalchemy as sa

from cim.errors import Conflict
from cim.model.layer import Field, Layer
from cim.store.tables import CHANGES, LAYERS, META


def srid_in(connection: sa.Connection) -> int:
    """EPSG number of the stored geometry."""
    crs = connection.execute(sa.select(META.c.value).where(META.c.key == "crs")).scalar_one()
    return int(str(crs).split(":")[1])


def put_meta(connection: sa.Connection, key: str, value: str) -> None:
    """Keep one fact about the store, in the caller's transaction."""
    connection.execute(META.delete().where(META.c.key == key))
    connection.execute(META.insert().values(key=key, value=value))


def catalogue(connection: sa.Connection, *, with_lost: bool = False) -> dict[str, Layer]:
    """The loaded layers by name; `with_lost`: also those whose table is gone or can't be a layer's."""
    query = sa.select(LAYERS.c.spec, LAYERS.c.version).order_by(LAYERS.c.name)
    if not with_lost:
        query = query.where(LAYERS.c.lost.is_(None))
    rows = connection.execute(query)
    return {layer.name: layer for layer in (layer_of(row.spec, row.version) for row in rows)}


def lost_layers(connection: sa.Connection) -> dict[str, str]:
    """The layers that are not answered from, each with what is wrong with its table."""
    query = sa.select(LAYERS.c.name, LAYERS.c.lost).where(LAYERS.c.lost.is_not(None)).order_by(LAYERS.c.name)
    return {row.name: row.lost for row in connection.execute(query)}


def layer_of(spec: str, version: int) -> Layer:
    """A layer from its JSON."""
    data = json.loads(spec)
    data["fields"] = tuple(Field(**f) for f in data["fields"])
    return Layer(**data).with_version(version)


def replaceable(connection: sa.Connection, layer: Layer, new: bool) -> Layer | None:
    """The layer that a load is about to replace, None where there is none.

    `Conflict` where its place is taken by something that is not ours to remove: a table that is no layer, a layer
    whose name differs only in case, or, for a `new` layer, any.
    """
    known = catalogue(connection, with_lost=True)
    old = known.get(layer.name)
    if old is not None and new:
        raise Conflict(f"layer {layer.name!r} is there already")
    for name in known:
        if name != layer.name and name.lower() == layer.name.lower():
            raise Conflict(
                f"layer {layer.name!r} differs only in case from the layer {name!r}; choose another name"
            )
    if old is None and sa.inspect(connection).has_table(layer.name):
        raise Conflict(
            f"the store has a table {layer.name!r} that is no layer of the city; "
            "rename or drop it, or choose another name"
        )
    return old


def register(connection: sa.Connection, layer: Layer, report: str | None) -> None:
    """Put the layer into the catalogue at its version."""
    connection.execute(LAYERS.delete().where(LAYERS.c.name == layer.name))
    connection.execute(
        LAYERS.insert().values(
            name=layer.name,
            version=layer.version,
            spec=json.dumps(asdict(layer), ensure_ascii=False),
            loaded_at=dt.datetime.now(dt.UTC),
            report=report,
        )
    )


def last_seq(connection: sa.Connection) -> int:
    """The place of the last entry in the change log."""
    return int(connection.execute(sa.select(sa.func.max(CHANGES.c.seq))).scalar() or 0)


def log_loaded(connection: sa.Connection, name: str, actor: str) -> int:
    """Add the entry that says a whole layer may have changed; gives its seq."""
    return _log(connection, name, "l", actor)


def _log(connection: sa.Connection, name: str, op: str, actor: str) -> int:
    done = connection.execute(
        CHANGES.insert().values(layer=name, op=op, actor=actor, at=dt.datetime.now(dt.UTC))
    )
    return int(done.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row has a key


def forget(connection: sa.Connection, name: str) -> None:
    """Take the layer out of the catalogue."""
    connection.execute(LAYERS.delete().where(LAYERS.c.name == name))


def mark_lost(connection: sa.Connection, name: str, why: str) -> None:
    """Say of a layer in the catalogue that it is not answered from, and why."""
    connection.execute(LAYERS.update().where(LAYERS.c.name == name).values(lost=why))


def in_place_of(layer: Layer, old: Layer | None) -> Layer:
    """The layer at the version after that of the one it replaces, shown in its place (`order`, `visible`)."""
    if old is None:
        return layer.with_version(1)
    return replace(layer, version=old.version + 1, order=old.order, visible=old.visible)


def log_described(connection: sa.Connection, name: str, actor: str) -> int:
    """Add the entry that says only what is known of a layer changed, not its features; gives its seq."""
    return _log(connection, name, "m", actor)
