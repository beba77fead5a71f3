"""A write of one placed thing in progress, as the hooks of its kind see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from cim.store import Transaction


@dataclass(frozen=True, slots=True)
class Write:
    """The transaction, the layer, the moment and time zone, and the caller's note for the history, if any."""

    tx: Transaction
    layer: Layer
    at: dt.datetime
    zone: dt.tzinfo
    note: str | None
    #: Gives the layer as it is now; `NotFound` where its table is gone.
    snapshot: Callable[[], Snapshot]
