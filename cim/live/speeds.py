"""Measured speeds from floating cars, detectors or matched traces: many are stored in one durable transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import LineString

from cim.access.caller import Caller
from cim.areas import owner_fields
from cim.duty.responsibility_list import require_faultless
from cim.errors import BadInput, Fault, FaultyData
from cim.model.standard_layers import SPEEDS, usable_code
from cim.space import crs
from cim.state import CityState
from cim.store import Transaction
from cim.store.tables import layer_table
from cim.writer import CityWriter

#: Maximum measurements in one feed.
MOST_IN_A_FEED = 20_000
#: Default and maximum seconds for which a measurement is valid.
HOLDS_S, MOST_HOLDS_S = 900.0, 86_400.0
#: A measured stretch of road is at most so long.
_LONGEST_M = 100_000.0
#: All lines of one feed together: twice the streets of a large city.
_LONGEST_FEED_M = 50_000_000.0
#: Expired measurements are kept this long, so that people can see why an answer was what it was.
_KEPT = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The speed measured on a line (lon, lat, WGS84) that is drawn in the direction of travel, and when it expires."""

    line: Any
    speed_kmh: float
    observed_at: dt.datetime
    expires_at: dt.datetime
    code: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SpeedReport:
    """What somebody reports of a stretch of road: its line (lon, lat, WGS84), and a speed or the time that it took."""

    line: LineString
    speed_kmh: float | None
    duration_s: float | None
    observed_at: dt.datetime | None
    holds_s: float
    code: str | None = None
    source: str | None = None


def measurements_of(state: CityState, reports: Sequence[SpeedReport], now: dt.datetime) -> list[Measurement]:
    """The reports as measurements, those without a moment as of now. `FaultyData` with every fault; `BadInput` where
    the lines of all are too long together."""
    found, faults, whole_m, extent = [], [], 0.0, state.extent
    for i, report in enumerate(reports, 1):
        line = report.line
        length_m = float(crs.geometry_to_metric(line, state.metric_crs).length)
        whole_m += length_m
        if extent is not None and extent.is_swapped(box := np.array([line.bounds]))[0]:
            km = float(extent.distance_m(box)[0]) / 1000
            faults.append(
                Fault(i, f"its line lies {km:,.0f} km from the city, and in it as lat, lon; give lon, lat")
            )
        elif (report.speed_kmh is None) == (report.duration_s is None):
            faults.append(Fault(i, "say either speed_kmh or duration_s, one of the two"))
        elif not 0 < length_m < _LONGEST_M:
            faults.append(
                Fault(i, f"its line is {length_m:g} m long; more than 0 and at most {_LONGEST_M:g}")
            )
        else:
            speed = report.speed_kmh
            kmh = speed if speed is not None else length_m * 3.6 / (report.duration_s or 1.0)
            since = report.observed_at or now
            until = since + dt.timedelta(seconds=report.holds_s)
            found.append(Measurement(line, kmh, since, until, report.code, report.source))
    require_faultless("the feed", faults)
    if whole_m > _LONGEST_FEED_M:
        raise BadInput(
            f"the lines of one feed are {whole_m / 1e3:,.0f} km long, at most {_LONGEST_FEED_M / 1e3:,.0f} km; "
            "divide them"
        )
    return found


def feed_speeds(
    writer: CityWriter,
    measured: Sequence[Measurement],
    caller: Caller,
    in_transaction: Callable[[Transaction, dict[str, int]], None] | None = None,
) -> dict[str, int]:
    """Store the measurements; returns how many were `kept`, how many older ones were `replaced` and `removed`.

    A measurement replaces the one with its code, or with its line where it has no code. Those that expired more than
    an hour ago are removed. Either all are stored, or none: `FaultyData` then has every fault with its row. `BadInput`
    for too many, `Forbidden` where the caller may not write.
    """
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
    table = layer_table(SPEEDS, writer.store.srid)
    replaced = 0
    with writer.store.writing(caller.name) as tx:
        state = writer.state()
        over = table.delete().where(table.c.expires_at < now - _KEPT)
        removed = tx.connection.execute(over).rowcount
        for m, code in zip(measured, codes, strict=True):
            replaced += tx.connection.execute(table.delete().where(table.c.code == code)).rowcount
            owners = owner_fields.owner_values(state.areas, SPEEDS, m.line, {}, state.zone)
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
    writer.catch_up()
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
