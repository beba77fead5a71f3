"""The steps that bring a store's schema up to date, each run once, in order, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import sqlalchemy as sa

from cim.errors import StoreUnusable
from cim.store.tables import (
    ANSWERS,
    CALENDAR,
    CHANGES,
    CONTENTS,
    HISTORY,
    LAYERS,
    META,
    MODEL_VERSIONS,
    RESPONSIBILITY,
    SYSTEM,
)


def _first(connection: sa.Connection, crs: str) -> None:
    """Schema 1: the system tables, and the store's identity and CRS."""
    SYSTEM.create_all(connection, [META, LAYERS, CHANGES, HISTORY])
    facts = {"identity": uuid.uuid4().hex, "crs": crs, "log_from": "0"}
    connection.execute(META.insert(), [{"key": k, "value": v} for k, v in facts.items()])


def _second(connection: sa.Connection, _: str) -> None:
    """Schema 2: the calendar and the responsibility list."""
    SYSTEM.create_all(connection, [CALENDAR, RESPONSIBILITY])


def _third(connection: sa.Connection, _: str) -> None:
    """Schema 3: what the responsibility list says of crews and radii."""
    there = {column["name"] for column in sa.inspect(connection).get_columns(RESPONSIBILITY.name)}
    for name in ("crews", "affect_m", "close_m"):
        if name not in there:  # a list that the second step has just made has them
            column = sa.schema.CreateColumn(RESPONSIBILITY.c[name]).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f'ALTER TABLE "{RESPONSIBILITY.name}" ADD COLUMN {column}')


def _fourth(connection: sa.Connection, _: str) -> None:
    """Schema 4: answers to changes that came with a key."""
    SYSTEM.create_all(connection, [ANSWERS])


def _fifth(connection: sa.Connection, _: str) -> None:
    """Schema 5: which layers of the catalogue are lost, and why."""
    if "lost" not in {column["name"] for column in sa.inspect(connection).get_columns(LAYERS.name)}:
        connection.exec_driver_sql(f'ALTER TABLE "{LAYERS.name}" ADD COLUMN lost TEXT')


def _sixth(connection: sa.Connection, _: str) -> None:
    """Schema 6: models and their versions."""
    SYSTEM.create_all(connection, [CONTENTS, MODEL_VERSIONS])


MIGRATIONS: dict[int, Callable[[sa.Connection, str], None]] = {
    1: _first,
    2: _second,
    3: _third,
    4: _fourth,
    5: _fifth,
    6: _sixth,
}


def migrate(connection: sa.Connection, wanted: int, crs: str) -> None:
    """Run the missing steps in the caller's transaction. `StoreUnusable` for a store of a newer citybase."""
    if sa.inspect(connection).has_table("cim_meta"):
        found = connection.execute(sa.select(META.c.value).where(META.c.key == "schema")).scalar()
        current = int(found or 0)
    else:
        current = 0
    if current > wanted:
        raise StoreUnusable(
            f"the store has schema {current}, this citybase knows up to {wanted}; use a newer citybase"
        )
    for step in range(current + 1, wanted + 1):
        MIGRATIONS[step](connection, crs)
        connection.execute(META.delete().where(META.c.key == "schema"))
        connection.execute(META.insert().values(key="schema", value=str(step)))
