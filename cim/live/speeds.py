"""Measured speeds as they come in: from floating cars, detectors or matched traces, many at once, each durable."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from cim.access.caller import Caller
from cim.areas import owner_fields
from cim.city import City
from cim.errors import BadInput, Fault, FaultyData
from cim.model.standard_layers import SPEEDS, usable_code
from cim.store import Transaction
from cim.store.tables import layer_table

#: So many measurements one feed may bring.
MOST_IN_A_FEED = 20_000
#: A measurement holds so long unless it says otherwise, and at most.
HOLDS_S, MOST_HOLDS_S = 900.0, 86_400.0
#: What is over is kept so long, for who looks at how it came about.
_KEPT = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measurement: a line (lon, lat, WGS84) along the way of travel, its speed, when, and until when it holds."""

    line: Any
    speed_kmh: float
    observed_at: dt.datetime
    expires_at: dt.datetime
    code: str | None = None
    source: str | None = None


def feed_speeds(
    city: City,
    measured: Sequence[Measurement],
    caller: Caller,
    in_transaction: Callable[[Transaction, dict[str, int]], None] | None = None,
) -> dict[str, int]:
    """Keep the measurements, each in place of the one of its code (of its line where it has none); what is over for an
    hour is removed. All of them, durably, or none and every fault (`FaultyData`)."""
    caller.require_write()
    if len(measured) > MOST_IN_A_FEED:
        raise BadInput(
            f"{len(measured):,} measurements are too many for one feed, at most {MOST_IN_A_FEED:,}; divide them"
        )
    now = dt.datetime.now(dt.UTC)
    codes = [m.code or _code_of(m.line) for m in measured]
    faults = [
        Fault(i, what)
        for i, (m, code) in enumerate(zip(measured, codes, strict=True), 1)
        for what in _wrong(m, code, now)
    ]
    twice = {code: i for i, code in enumerate(codes, 1)}
    faults += [
        Fault(i, f"code {c!r} stands again in row {twice[c]}")
        for i, c in enumerate(codes, 1)
        if twice[c] != i
    ]
    if faults:
        first = "; ".join(map(str, faults[:5]))
        raise FaultyData(f"{len(faults)} faults in the feed; nothing was written: {first}", faults)
    table = layer_table(SPEEDS, city.store.srid)
    replaced = 0
    with city.store.writing(caller.name) as tx:
        over = table.delete().where(table.c.expires_at < now - _KEPT)
        removed = tx.connection.execute(over).rowcount
        for m, code in zip(measured, codes, strict=True):
            replaced += tx.connection.execute(table.delete().where(table.c.code == code)).rowcount
            owners = owner_fields.owner_values(city.areas, SPEEDS, m.line, {}, city.zone)
            values = {
                "code": code,
                "speed_kmh": m.speed_kmh,
                "source": m.source,
                "observed_at": m.observed_at,
                "expires_at": m.expires_at,
                **owners,
            }
            tx.insert(SPEEDS, m.line, values)
        done = {"kept": len(measured), "replaced": replaced, "removed": removed}
        if in_transaction is not None:
            in_transaction(tx, done)
    city.catch_up()
    return done


def _code_of(line: Any) -> str:
    return "S-" + hashlib.sha256(shapely.to_wkb(shapely.set_precision(line, 1e-6))).hexdigest()[:16]


def _wrong(m: Measurement, code: str, now: dt.datetime) -> list[str]:
    found = []
    if not usable_code(code):
        found.append(f"code {code!r} can't be one: 1 to 64 characters, no slash or line break")
    if not 0 < m.speed_kmh <= 200:
        found.append(f"speed_kmh {m.speed_kmh:g} must be more than 0 and at most 200")
    if m.observed_at > now + dt.timedelta(minutes=5):
        found.append(f"observed_at {m.observed_at.isoformat()} lies ahead")
    if m.expires_at <= m.observed_at or m.expires_at <= now:
        found.append(f"it was over at {m.expires_at.isoformat()}; give a newer one")
    return found
