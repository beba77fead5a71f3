"""The management areas of a city as of a day, made once for each state of their layer."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from cim.areas.ownership import Areas
from cim.local_time import today
from cim.snapshot.registry import same_state
from cim.snapshot.snapshot import Snapshot


class AreaRegistry:
    """The areas that were asked for last, and those before them: answers that began before a change still need these.

    Reading takes no lock; making does, so that areas are made once for all who want them.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._making = threading.Lock()
        self._newest: Areas | None = None
        self._before: Areas | None = None

    def areas(self, snapshot: Snapshot, day: dt.date) -> Areas:
        """The areas of a state of their layer as of a day."""
        for cached in (self._newest, self._before):
            if cached is not None and _is_of(cached, snapshot, day):
                return cached
        with self._making:
            cached = self._newest
            if cached is None or not _is_of(cached, snapshot, day):
                self._before = cached
                cached = self._newest = Areas(snapshot, day)
            return cached

    def renew(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Make the areas of today of layers that are about to be published, so that no reader has to wait for them;
        nothing where nobody has asked for areas yet."""
        if self._newest is not None and "areas" in snapshots:
            self.areas(snapshots["areas"], today(self._zone))


def _is_of(areas: Areas, snapshot: Snapshot, day: dt.date) -> bool:
    return areas.day == day and same_state(areas.snapshot, snapshot)
