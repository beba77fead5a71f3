"""Keeping a city at what its store says: after its own writes, and in a thread of its own after those of others."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from cim.areas import owner_fields
from cim.areas.ownership import Areas
from cim.arrays.types import RowIds
from cim.columnar.columns import Columns
from cim.errors import CityError
from cim.model.standard_layers import OWNED
from cim.progress import Progress, silent
from cim.snapshot.metric_zone import MetricCrs
from cim.snapshot.registry import SnapshotRegistry
from cim.snapshot.snapshot import Snapshot

if TYPE_CHECKING:
    from cim.city import City

#: Rows that a job changes in one transaction, so that others who write need not wait for all of it.
_BATCH = 1000

#: Seconds between two looks for what loads that died have left behind.
_SWEEP_S = 60.0

_log = logging.getLogger("citybase")

#: Given the snapshots whenever they were brought up to date.
Watcher = Callable[[dict[str, Snapshot]], None]


class DerivedRegistry(Protocol):
    """What is made of snapshots, in the background."""

    def prepare(self, snapshots: dict[str, Snapshot]) -> None:
        """Begin to make whatever is not there yet."""


R = TypeVar("R", bound=DerivedRegistry)


class Follower:
    """Brings the snapshots of a city up to date, and what is made of them."""

    def __init__(self, city: City, snapshots: SnapshotRegistry, metric: MetricCrs) -> None:
        self._city = city
        self._snapshots = snapshots
        self._metric = metric
        self._owners = OwnerUpdates()
        self._watchers: list[Watcher] = []
        self._stopped = threading.Event()
        self._behind = threading.Event()
        self._trouble: str | None = None
        #: The thread that follows the store; None where nobody asked for it.
        self.thread: threading.Thread | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong: the store can't be followed, or a snapshot can't be compacted; None where all is well."""
        return self._trouble or self._snapshots.trouble

    def watch(self, watcher: Watcher) -> None:
        """Give the snapshots to `watcher` now and whenever they were brought up to date; it must not take long."""
        self._watchers.append(watcher)
        watcher(self._snapshots.current)

    def keep(self, registry: R) -> R:
        """The registry, which prepares what it holds now and whenever the snapshots were brought up to date."""
        self.watch(registry.prepare)
        return registry

    def refresh(self) -> None:
        """Bring every snapshot to what the store says now. What was written before this call is seen after it."""
        changed = self._snapshots.refresh()
        if self._metric.settle(self._snapshots.current):
            changed |= self._snapshots.refresh()
        self._owners.expect(changed)
        for watcher in self._watchers:
            watcher(self._snapshots.current)

    def catch_up(self, refresh: Callable[[], None]) -> bool:
        """Whether `refresh` went well after something was committed.

        What fails here is told by /health and tried again: it is no failure of what was committed.
        """
        try:
            refresh()
        except Exception as error:  # noqa: BLE001 - whatever it is, the change was made
            _log.warning("a change was committed, but can't be read back yet: %s", error)
            self._trouble = str(error)
            self._behind.set()
            return False
        return True

    def start(self) -> None:
        """From now on see what others write, within the setting `follow_s`."""
        self.thread = threading.Thread(target=self._run, name="follow the store", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop the thread, and wait for what it is at."""
        self._stopped.set()
        if self.thread is not None:
            self.thread.join(timeout=10)

    def reassign(self, city: City, progress: Progress = silent) -> dict[str, int]:
        """Give everything placed its right owners, as when grids were redrawn: how many of each layer changed."""
        return self._owners.reassign(city, progress)

    def update_owners(self) -> None:
        """Put right the owners of what was placed or moved from outside; of everything, once the areas changed."""
        self._owners.update(self._city)

    def _run(self) -> None:
        city, swept = self._city, time.monotonic()
        while not self._stopped.is_set():
            try:
                changed = city.store.wait(city.settings.follow_s)
                # What was announced while something failed is not announced again.
                if changed or self._behind.is_set() or self._owners.are_of_other_areas(city):
                    self._behind.set()
                    city.refresh()
                    self.update_owners()
                    self._behind.clear()
                if not self._behind.is_set():
                    self._trouble = None
                if time.monotonic() - swept > _SWEEP_S:
                    self._snapshots.sweep()
                    city.store.forget_answers()
                    swept = time.monotonic()
            except Exception as error:  # noqa: BLE001 - whoever stops following answers from the past, unseen
                if not isinstance(error, (CityError, OSError)):
                    _log.exception("following the store failed")
                self._behind.set()
                self._trouble = str(error)  # /health says it; we try again
                self._stopped.wait(1.0)


class OwnerUpdates:
    """Which owners of placed things may be out of date: those of layers that were written, or of all once the areas
    changed."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._looked_at: dict[str, Columns] = {}
        self._areas: Areas | None = None

    def expect(self, changed: set[str]) -> None:
        """Look at these layers at the next `update`."""
        self._written |= changed & OWNED.keys()

    def are_of_other_areas(self, city: City) -> bool:
        """Whether the areas changed since everything was given its owners."""
        return "areas" in city.snapshots and self._areas is not city.areas

    def update(self, city: City) -> None:
        """Write the owners of what is out of date."""
        if "areas" not in city.snapshots:
            return
        if self.are_of_other_areas(city):
            self.reassign(city, silent)
        while self._written:
            name = self._written.pop()
            snapshot = city.snapshots.get(name)
            if snapshot is None:  # its table is gone, which the log and the doctor say
                continue
            fresh = np.arange(len(snapshot.delta)) + len(snapshot.base)
            # In another base than the one we looked at, rows may be new that were in the delta meanwhile.
            known = self._looked_at.get(name) is snapshot.base
            try:
                _write_owners(city, snapshot, fresh if known else snapshot.rows, silent)
                self._looked_at[name] = snapshot.base
            except BaseException:
                self._written.add(name)  # for the next time
                raise

    def reassign(self, city: City, progress: Progress) -> dict[str, int]:
        """Write the owners of everything placed: how many things of each layer had others."""
        areas, snapshots = city.areas, city.snapshots
        placed = {name: snapshots[name] for name in OWNED if name in snapshots}
        changed = {name: _write_owners(city, now, now.rows, progress) for name, now in placed.items()}
        self._areas = areas
        return changed


def _write_owners(city: City, snapshot: Snapshot, rows: RowIds, progress: Progress) -> int:
    """Write the owners of those of the rows that have others, a thousand in each transaction; how many they were."""
    wrong = list(owner_fields.wrong_owners(city.areas, snapshot, rows, city.zone).items())
    for start in range(0, len(wrong), _BATCH):
        with city.store.writing("citybase") as tx:
            for fid, values in wrong[start : start + _BATCH]:
                tx.update(snapshot.layer, fid, values)
        progress(f"placing {snapshot.layer.name}", min(start + _BATCH, len(wrong)), len(wrong))
    if wrong:
        city.refresh()
    return len(wrong)
