"""The snapshots of all layers, kept at what the store says: opened, brought up to date, compacted.

They are replaced as a whole: whoever took one goes on reading what it says, while the next is in place.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim.arrays import drafts, parallel
from cim.arrays.derived import Derived
from cim.columnar.columns import Columns, StoredRows, build, complete
from cim.errors import LayerChanged, NotFound, StoreUnusable
from cim.model.layer import Features, Layer
from cim.snapshot import files
from cim.snapshot.snapshot import Snapshot
from cim.snapshot.tile_versions import TileVersions
from cim.store import Store
from cim.store.base import LayerChange

_log = logging.getLogger("citybase")

#: Changed rows that a snapshot carries on top of its base before a new base is made.
DELTA_LIMIT = 4000
#: Seconds after which a compaction that failed is tried again.
_AGAIN_S = 10.0
#: Seconds that closing waits for compactions.
_CLOSE_S = 60.0


class SnapshotRegistry:
    """The snapshots of a store, in a folder that the processes of one machine share.

    `current` are the snapshots by name as of `seq`, all in metres of one CRS. `metric_now` gives the CRS that they
    have to be in; it is asked after every look at the change log, so whoever writes the CRS before the change that
    needs it is followed by every process.
    """

    def __init__(self, store: Store, folder: Path, metric_now: Callable[[], str]) -> None:
        self.store = store
        self.current: dict[str, Snapshot] = {}
        self.seq = 0
        self._metric_now = metric_now
        self._metric = metric_now()
        self._folder = folder / store.meta("identity")[:12]
        self._refreshing = threading.RLock()
        # They hold the lock of `refresh` in the end, for which others wait: so they do not yield to others.
        self._compactions = Derived[str, None](
            "{name} can't be compacted: {why}", again_s=_AGAIN_S, start=parallel.in_thread
        )
        #: Called with the snapshot of a base before it takes the place of the one before.
        self.preparing: list[Callable[[Snapshot], None]] = []
        #: Called with all snapshots before they take the place of those before, to make what belongs to them.
        self.before_publishing: Callable[[dict[str, Snapshot]], None] | None = None

    @property
    def metric_crs(self) -> str:
        """The CRS of the metres of every snapshot in `current`."""
        return next((snapshot.metric_crs for snapshot in self.current.values()), self._metric)

    def close(self) -> None:
        """Wait for what is being written."""
        self._compactions.wait(_CLOSE_S)

    @property
    def trouble(self) -> str | None:
        """What keeps the snapshots from being compacted; None where nothing does."""
        return next(iter(self._compactions.troubles), None)

    def refresh(self) -> set[str]:
        """Bring every snapshot to what the store says now; gives the names of the layers that changed.

        What was written before this call is seen after it.
        """
        with self._refreshing:
            opened, seq, changed = self._follow(self.current)
            while (metric := self._metric_now()) != self._metric:
                self._metric = metric
                opened, seq, more = self._follow({})
                changed |= more
            self._publish(opened)
            self.seq = seq
        for snapshot in opened.values():
            if len(snapshot.delta) + int(np.count_nonzero(snapshot.dead)) > DELTA_LIMIT:
                self._compact_later(snapshot)
        return changed

    def _publish(self, snapshots: dict[str, Snapshot]) -> None:
        """Put all snapshots in place at once, with what is made of them, so that no reader sees one layer newer."""
        if self.before_publishing is not None:
            self.before_publishing(snapshots)
        self.current = snapshots

    def _follow(self, current: dict[str, Snapshot]) -> tuple[dict[str, Snapshot], int, set[str]]:
        """These snapshots (none: all layers, opened) as the store says now, the place in the log that they have
        reached, and the names of the layers that changed."""
        if not current:
            found = {name: self._open(layer) for name, layer in self.store.layers().items()}
            opened = {name: snapshot for name, snapshot in found.items() if snapshot is not None}
            behind = {name: snapshot.seq for name, snapshot in opened.items()}
            catch_up = self.store.changes(behind, min(behind.values()))
        else:
            opened = dict(current)
            catch_up = self.store.changes({}, self.seq)
        for name in catch_up.dropped:
            opened.pop(name, None)
        loaded = {name for name, change in catch_up.layers.items() if change.loaded}
        self._compactions.forget(lambda name: name in catch_up.dropped or name in loaded)
        for name, change in catch_up.layers.items():
            if change.loaded or name not in opened:
                snapshot = self._open(change.layer)
                if snapshot is not None:
                    opened[name] = self._caught_up(snapshot)
                else:  # what is no longer in the store is no longer answered
                    opened.pop(name, None)
            else:
                opened[name] = _apply_change(opened[name], change, catch_up.seq)
        return opened, catch_up.seq, set(catch_up.layers)

    def base_folder(self, snapshot: Snapshot) -> Path:
        """Where the base of a snapshot lies."""
        name = files.folder_name(snapshot.layer.version, snapshot.base_seq)
        return self._layer_folder(snapshot.layer.name, snapshot.metric_crs) / name

    def _layer_folder(self, name: str, metric_crs: str) -> Path:
        root = self._folder.with_name(f"{self._folder.name}-{metric_crs.replace(':', '')}")
        return root / name

    def draft(self, layer: Layer, rows: StoredRows) -> files.Draft:
        """Begin to make and write the base of a layer whose rows are being stored, so that nobody has to read them
        back."""
        metric = self._metric
        return files.Draft(
            lambda: complete(rows, layer.geometry, metric),
            self._layer_folder(layer.name, metric),
        )

    def move_base(self, snapshot: Snapshot, layer: Layer, seq: int) -> None:
        """Take the base of a layer that was renamed at `seq` for that of its new name, with what was made of it.

        The caller holds both names `lock`. Where rows changed since the base was made, nothing is moved: the new
        base is made from the store.
        """
        folder = self._layer_folder(layer.name, snapshot.metric_crs)
        for left in folder.glob("f*-v*-s*"):  # of a layer that had the name before
            shutil.rmtree(left, ignore_errors=True)
        if (
            not len(snapshot.delta)
            and not snapshot.dead.any()
            and self.store.is_untouched(snapshot.layer.name, snapshot.base_seq, seq)
        ):
            with contextlib.suppress(FileNotFoundError):  # another process made a newer one
                self.base_folder(snapshot).rename(folder / files.folder_name(layer.version, seq))

    def compact(self, name: str) -> None:
        """Make a new base of a layer's base and delta, and go on from there."""
        snapshot = self.current.get(name)
        if snapshot is None:  # it was dropped meanwhile
            return
        columns = snapshot.compact()
        with self._lock(name, snapshot.metric_crs):
            fresh = self._save(snapshot.layer, columns, snapshot.metric_crs, snapshot.seq, snapshot.touched)
        for prepare in self.preparing:  # until it is ready, the changes stay on top of the base before
            prepare(fresh)
        with self._refreshing:
            now = self.current.get(name)
            # Else it was loaded anew meanwhile, or the city is measured otherwise.
            if now is not None and (now.layer.version, now.metric_crs) == (
                snapshot.layer.version,
                snapshot.metric_crs,
            ):
                self._publish({**self.current, name: self._caught_up(fresh, now)})

    def _compact_later(self, snapshot: Snapshot) -> None:
        """Compact once for each base; a base that it failed for is tried again after a while."""
        name, base = snapshot.layer.name, self.base_folder(snapshot)
        self._compactions.begin(name, base, lambda: name, self.compact)

    def sweep(self) -> None:
        """Remove what processes that died were writing, of layers that never came to be too; not what is being
        written."""
        for folder in self._folder.parent.glob(f"{self._folder.name}-*/*/"):
            drafts.remove_folders(folder)
            for base in folder.glob("f*-v*-s*/"):
                drafts.remove_files(base)

    def _caught_up(self, snapshot: Snapshot, now: Snapshot | None = None) -> Snapshot:
        """The snapshot with what changed since it was made. It may follow `now`, the one in place, whose tiles stay
        as they are known but for what has changed since."""
        name = snapshot.layer.name
        catch_up = self.store.changes({name: snapshot.seq}, _NOTHING_ELSE)
        change = catch_up.layers.get(name)
        caught = snapshot if change is None else _apply_change(snapshot, change, catch_up.seq)
        if now is None or (change is not None and change.now is None):
            return caught
        touched = now.touched
        if change is not None:
            later = change.fids[change.seqs > now.seq]
            touched = now.touched_until(caught, later, np.full(len(later), catch_up.seq, np.int64))
        return replace(caught, touched=touched)

    def _open(self, layer: Layer) -> Snapshot | None:
        """The newest base on disk if the change log still leads on from it, else one made from a fresh read.

        It is not like what is derived from a base (`cim.arrays.derived`): what it is made of is known only once it is
        read, whoever opens the city waits for it, and it is never answered from memory, as other processes need it.
        None for a layer whose table is gone or can't be a layer's: it must not keep the others from answering.
        """
        with self._lock(layer.name, self._metric) as folder:
            drafts.remove_folders(folder)
            newest = files.newest(folder, layer.version)
            if newest is not None:
                if self.store.leads_on(layer.name, newest[1]):
                    opened = self._in_folder(newest[0], layer, self._metric, newest[1])
                    if opened is not None:
                        return opened
                shutil.rmtree(
                    newest[0], ignore_errors=True
                )  # damaged, or of another past and its name may come again
            try:
                now, seq, features = self._read_rows(layer.name)
            except (LayerChanged, NotFound) as error:  # or it was marked as lost meanwhile
                _log.warning("%s", error)
                return None
            columns = build(now, features, self._metric)
            return self._save(now, columns, self._metric, seq)

    def _read_rows(self, name: str) -> tuple[Layer, int, Features]:
        """All rows of a layer, once more after taking its table back where somebody has changed its fields."""
        try:
            return self.store.read(name)
        except LayerChanged:
            self.store.adopt()
            return self.store.read(name)

    def _save(
        self, layer: Layer, columns: Columns, metric_crs: str, seq: int, touched: TileVersions | None = None
    ) -> Snapshot:
        folder = self._layer_folder(layer.name, metric_crs)
        kept = files.save(columns, folder, layer.version, seq, touched)
        opened = self._in_folder(kept, layer, metric_crs, seq)
        if opened is None:
            raise StoreUnusable(
                f"the snapshot of {layer.name!r} in {folder} can't be read back; is the disk sound?"
            )
        return opened

    def _in_folder(self, folder: Path, layer: Layer, metric_crs: str, seq: int) -> Snapshot | None:
        """The snapshot that lies in a folder; None where a file of it is missing or cut short."""
        base, touched = files.open_columns(folder, layer), files.open_touched(folder)
        if base is None or touched is None:
            return None
        return Snapshot.of(layer, base, metric_crs, seq, touched)

    def lock(self, name: str) -> AbstractContextManager[Path]:
        """One process makes a base of the layer; the others wait and find it."""
        return self._lock(name, self._metric)

    @contextmanager
    def _lock(self, name: str, metric_crs: str) -> Iterator[Path]:
        folder = self._layer_folder(name, metric_crs)
        folder.mkdir(parents=True, exist_ok=True)
        with drafts.lock_file(folder / ".lock"):
            yield folder


#: A place in the change log that is never reached: "of no layer but those named".
_NOTHING_ELSE = 2**62


def _apply_change(snapshot: Snapshot, change: LayerChange, seq: int) -> Snapshot:
    """The snapshot after what the log says."""
    if change.described:
        snapshot = replace(snapshot, layer=change.layer, changed=seq)
    if change.now is None:
        return snapshot
    return snapshot.with_changes(change.fids, change.now, seq, change.seqs if change.once else None)


def same_state(one: Snapshot, other: Snapshot) -> bool:
    """Whether two snapshots of a layer hold the same rows, in the same metres."""
    return (one.version, one.metric_crs) == (other.version, other.metric_crs)
