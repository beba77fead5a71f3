"""Keeps a city up to date with its store: after its own writes, and in a background thread after those of others."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
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

#: Rows that a job changes in one transaction, so that other writers do not wait for the whole job.
_BATCH = 1000

#: Seconds between two sweeps of what interrupted loads have left behind.
_SWEEP_S = 60.0

_log = logging.getLogger("citybase")

#: Called with the snapshots whenever they were brought up to date.
Watcher = Callable[[dict[str, Snapshot]], None]


class DerivedRegistry(Protocol):
    """A registry of what is built from snapshots in the background."""

    def prepare(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Start building whatever is missing for these snapshots."""


R = TypeVar("R", bound=DerivedRegistry)


class Follower:
    """Brings the snapshots of a city up to date, and what is built from them."""

    def __init__(self, city: City, snapshots: SnapshotRegistry, metric: MetricCrs) -> None:
        self._city = city
        self._snapshots = snapshots
        self._metric = metric
        self._owners = OwnerUpdates()
        self._watchers: list[Watcher] = []
        self._stopped = threading.Event()
        self._behind = threading.Event()
        self._trouble: str | None = None
        #: The thread that follows the store; None before `start`.
        self.thread: threading.Thread | None = None

    @property
    def trouble(self) -> str | None:
        """Why the store can't be followed or a snapshot can't be compacted; None if all is well."""
        return self._trouble or self._snapshots.trouble

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with the snapshots now and whenever they were brought up to date; it must return quickly."""
        self._watchers.append(watcher)
        watcher(self._snapshots.current)

    def keep(self, registry: R) -> R:
        """The registry; from now on it prepares what it builds whenever the snapshots were brought up to date."""
        self.watch(registry.prepare)
        return registry

    def refresh(self) -> None:
        """Bring every snapshot up to date with the store. Whatever was written before this call is visible after it."""
        changed = self._snapshots.refresh()
        if self._metric.settle(self._snapshots.current):
            changed |= self._snapshots.refresh()
        self._owners.expect(changed)
        for watcher in self._watchers:
            watcher(self._snapshots.current)

    def catch_up(self, refresh: Callable[[], None]) -> bool:
        """Call `refresh` after a commit; whether it succeeded.

        A failure is reported by /health and tried again. It does not undo the commit.
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
        """Start to follow what others write, with a delay of at most the setting `follow_s`."""
        self.thread = threading.Thread(target=self._run, name="follow the store", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Stop the thread after its current step."""
        self._stopped.set()
        if self.thread is not None:
            self.thread.join(timeout=10)

    def reassign(self, city: City, progress: Progress = silent) -> dict[str, int]:
        """Assign owners to all placed things again, as after redrawing grids; the number of changed things by layer."""
        return self._owners.reassign(city, progress)

    def update_owners(self) -> None:
        """Assign owners to things that other programs placed or moved, and to all things if the areas changed."""
        self._owners.update(self._city)

    def _run(self) -> None:
        city, swept = self._city, time.monotonic()
        while not self._stopped.is_set():
            try:
                changed = city.store.wait(city.settings.follow_s)
                # A change that was announced during a failure is not announced again.
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
            except Exception as error:  # noqa: BLE001 - without following, answers would silently be outdated
                if not isinstance(error, (CityError, OSError)):
                    _log.exception("following the store failed")
                self._behind.set()
                self._trouble = str(error)  # reported by /health; tried again
                self._stopped.wait(1.0)


class OwnerUpdates:
    """Keeps track of owners that may be out of date: those of layers that were written, or all if the areas changed."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._looked_at: dict[str, Columns] = {}
        self._areas: Areas | None = None

    def expect(self, changed: set[str]) -> None:
        """Check these layers at the next `update`."""
        self._written |= changed & OWNED.keys()

    def are_of_other_areas(self, city: City) -> bool:
        """Whether the areas changed since owners were last assigned to all things."""
        return "areas" in city.snapshots and self._areas is not city.areas

    def update(self, city: City) -> None:
        """Store the owners that are out of date."""
        if "areas" not in city.snapshots:
            return
        if self.are_of_other_areas(city):
            self.reassign(city, silent)
        while self._written:
            name = self._written.pop()
            snapshot = city.snapshots.get(name)
            if snapshot is None:  # its table is gone, which the log and the doctor report
                continue
            fresh = np.arange(len(snapshot.delta)) + len(snapshot.base)
            # A new base may contain rows that were only in the delta before.
            known = self._looked_at.get(name) is snapshot.base
            try:
                _write_owners(city, snapshot, fresh if known else snapshot.rows, silent)
                self._looked_at[name] = snapshot.base
            except BaseException:
                self._written.add(name)  # for the next time
                raise

    def reassign(self, city: City, progress: Progress) -> dict[str, int]:
        """Store the owners of all placed things; the number of things in each layer whose owners changed."""
        areas, snapshots = city.areas, city.snapshots
        placed = {name: snapshots[name] for name in OWNED if name in snapshots}
        changed = {name: _write_owners(city, now, now.rows, progress) for name, now in placed.items()}
        self._areas = areas
        return changed


def _write_owners(city: City, snapshot: Snapshot, rows: RowIds, progress: Progress) -> int:
    """Store the owners of the rows that have wrong ones, a thousand in each transaction; returns how many there
    were."""
    wrong = list(owner_fields.wrong_owners(city.areas, snapshot, rows, city.zone).items())
    for start in range(0, len(wrong), _BATCH):
        with city.store.writing("citybase") as tx:
            for fid, values in wrong[start : start + _BATCH]:
                tx.update(snapshot.layer, fid, values)
        progress(f"placing {snapshot.layer.name}", min(start + _BATCH, len(wrong)), len(wrong))
    if wrong:
        city.refresh()
    return len(wrong)
