"""Changes of which layers there are and how they are called and shown, as verbs of the city."""

from __future__ import annotations

import abc
from typing import Any

from cim.model.layer import Layer
from cim.snapshot.registry import SnapshotRegistry
from cim.snapshot.snapshot import Snapshot
from cim.store import Store
from cim.store.registry import require_not_placed


class LayerCatalogue(abc.ABC):
    """The verbs that change the catalogue of layers; stored and answering when they return."""

    store: Store
    _snapshots: SnapshotRegistry

    @abc.abstractmethod
    def refresh(self) -> None:
        """Bring every snapshot to what the store says now."""

    @abc.abstractmethod
    def snapshot(self, name: str) -> Snapshot:
        """The layer as it is now; `NotFound` with the loaded names."""

    def drop(self, name: str, *, actor: str = "local") -> None:
        """Remove a layer; of one that is lost, all that the city still keeps for it."""
        require_not_placed(name)
        self.store.drop(name, actor=actor)
        self.refresh()

    def add_table(self, table: str, described: Layer, *, actor: str = "local") -> Layer:
        """Make a table that another program put into the store a layer, named and described as `described` says."""
        require_not_placed(described.name)
        layer = self.store.add(table, described, actor=actor)
        self.refresh()
        return layer

    def rename(self, name: str, new: str, *, actor: str = "local") -> Layer:
        """Give a layer another name, with its table and what was made of its rows."""
        require_not_placed(name)
        require_not_placed(new)
        self.refresh()
        snapshot = self.snapshot(name)
        with self._snapshots.lock(name), self._snapshots.lock(new):
            layer, seq = self.store.rename(name, new, actor=actor)
            self._snapshots.move_base(snapshot, layer, seq)
        self.refresh()
        return layer

    def describe(self, name: str, *, actor: str = "local", **changes: Any) -> Layer:
        """Change what is known of a layer: `title_zh`, `title_en`, `source`, `licence`, `order`, `visible`."""
        layer = self.store.describe(name, actor=actor, **changes)
        self.refresh()
        return layer
