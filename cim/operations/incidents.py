"""What is special about incidents: case numbers, statuses and the steps between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from cim.errors import BadInput, Conflict
from cim.model.standard_layers import INCIDENT_LEVELS, INCIDENT_STATUSES, INCIDENTS
from cim.operations.writes import Write
from cim.store import Transaction
from cim.store.tables import HISTORY, layer_table

#: Statuses that end an incident; it can be reopened only as 处置 (返工, rework).
ENDED = frozenset({"closed", "cancelled"})
#: Default values of a new incident.
DEFAULTS = {"status": "reported", "level": "general"}


def prepare(write: Write, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new incident with its case number, status, level and times filled in."""
    now = write.at
    filled = {**DEFAULTS, "reported_at": now, **values, "updated_at": now}
    if filled["status"] not in INCIDENT_STATUSES:
        raise BadInput(f"status {filled['status']!r} is not known; known: {', '.join(INCIDENT_STATUSES)}")
    if filled["level"] not in INCIDENT_LEVELS:
        raise BadInput(f"level {filled['level']!r} is not known; known: {', '.join(INCIDENT_LEVELS)}")
    used = sa.select(HISTORY.c.id).where(HISTORY.c.incident == filled.get("code"))
    if not filled.get("code"):
        filled["code"] = next_code(write.tx, now, write.zone)
    elif write.tx.connection.execute(used).first():
        raise Conflict(
            f"incidents: code {filled['code']!r} was used before; a case number is for one case only"
        )
    return filled


def begin_history(write: Write, values: Mapping[str, Any]) -> None:
    """Write the first status of a new incident into its history."""
    write.tx.note(values["code"], values["status"], write.at, write.note)


def prepare_change(write: Write, row: Mapping[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """The changes of an incident with the time of the change. A change of status or a note goes into its history."""
    for field in DEFAULTS:
        if changed.get(field, "") is None:
            raise BadInput(f"incidents: the {field} can't be taken away")
    status, before = changed.get("status"), str(row["status"])
    is_step = status is not None and status != before
    if is_step:
        check_step(before, str(status))
    if is_step or write.note:
        write.tx.note(str(row["code"]), str(status or before), write.at, write.note)
    return {**changed, "updated_at": write.at}


def next_code(tx: Transaction, now: dt.datetime, zone: dt.tzinfo) -> str:
    """The next case number of the day in the city's time zone: `20261122-00001`.

    Numbers of removed incidents are not used again.
    """
    day = now.astimezone(zone).strftime("%Y%m%d")
    tx.take_turns()
    last = 0
    for column in (layer_table(INCIDENTS, 4490).c.code, HISTORY.c.incident):
        # Codes that people made up and that do not end in a number are skipped.
        query = (
            sa.select(column)
            .where(column.like(f"{day}-%"))
            .order_by(sa.func.length(column).desc(), column.desc())
        )
        for code in tx.connection.execute(query).scalars():
            number = code.removeprefix(f"{day}-")
            if number.isascii() and number.isdigit():
                last = max(last, int(number))
                break
    return f"{day}-{last + 1:05d}"


def check_step(before: str, after: str) -> None:
    """Raise `BadInput` for a change of status that the process does not allow.

    >>> check_step("closed", "reported")
    Traceback (most recent call last):
    cim.errors.BadInput: an incident that is closed can only go back to handling (返工), not to reported
    """
    if after not in INCIDENT_STATUSES:
        raise BadInput(f"status {after!r} is not known; known: {', '.join(INCIDENT_STATUSES)}")
    if before in ENDED and after != "handling":
        raise BadInput(f"an incident that is {before} can only go back to handling (返工), not to {after}")
