"""Answers that are kept for those who ask for the same change again under the same key.

A client whose connection breaks can't know whether its change was made. With a key of its own (`Idempotency-Key`) it
may ask again: the first answer, kept in the same transaction as the change, is given once more.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from cim.errors import CityError, KeyReused
from cim.store.tables import ANSWERS, Instant

#: How long an answer is kept.
KEPT = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ChangeKey:
    """A client's key for one change: who asks, and a digest of all that is asked."""

    key: str
    actor: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A body that was answered; `complete` once all that belongs to it had been worked out, or `kept_s` ago."""

    body: bytes
    complete: bool
    kept_s: float


class AlreadyAnswered(CityError):
    """Another request with the same key was faster; its answer is kept."""


def find(connection: sa.Connection, asked: ChangeKey) -> KeptAnswer | None:
    """The answer that is kept under a key; None where there is none. `KeyReused` where it was another question."""
    query = sa.select(ANSWERS).where(ANSWERS.c.key == asked.key, ANSWERS.c.actor == asked.actor)
    found = connection.execute(query).mappings().first()
    now = dt.datetime.now(dt.UTC)
    if found is None or found["at"] < now - KEPT:
        return None
    if found["digest"] != asked.digest:
        raise KeyReused(
            f"Idempotency-Key {asked.key!r} was used for another request within the last "
            f"{KEPT.total_seconds() / 3600:g} hours; give each change a key of its own"
        )
    return KeptAnswer(found["body"].encode(), bool(found["complete"]), (now - found["at"]).total_seconds())


def keep(connection: sa.Connection, asked: ChangeKey, body: bytes, *, complete: bool) -> None:
    """Keep an answer, in the transaction of its change. `AlreadyAnswered` where one is kept under that key."""
    forget(connection)
    insert = sa.text(
        "INSERT INTO cim_answer (key, actor, digest, body, complete, at) "
        "VALUES (:key, :actor, :digest, :body, :complete, :at) ON CONFLICT DO NOTHING"
    ).bindparams(sa.bindparam("at", type_=Instant()), sa.bindparam("complete", type_=sa.Boolean()))
    done = connection.execute(
        insert,
        {
            "key": asked.key,
            "actor": asked.actor,
            "digest": asked.digest,
            "body": body.decode(),
            "complete": complete,
            "at": dt.datetime.now(dt.UTC),
        },
    )
    if done.rowcount == 0:
        raise AlreadyAnswered(
            f"a request with the Idempotency-Key {asked.key!r} is being answered; ask again"
        )


def complete(connection: sa.Connection, asked: ChangeKey, body: bytes) -> None:
    """Put the whole answer in the place of the one that was kept with the change."""
    mine = (ANSWERS.c.key == asked.key) & (ANSWERS.c.actor == asked.actor)
    connection.execute(ANSWERS.update().where(mine).values(body=body.decode(), complete=True))


def forget(connection: sa.Connection) -> None:
    """Remove the answers that were kept long enough."""
    connection.execute(ANSWERS.delete().where(ANSWERS.c.at < dt.datetime.now(dt.UTC) - KEPT))
