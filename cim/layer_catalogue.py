"""The methods of the city that change its catalogue of layers."""

from __future__ import annotations

import abc
from collections.abc import Mapping
from typing import Any

from cim.errors import BadInput
from cim.model.layer import Layer
from cim.snapshot.registry import SnapshotRegistry
from cim.snapshot.snapshot import Snapshot
from cim.store import Store
from cim.store.registry import require_not_placed


class LayerCatalogue(abc.ABC):
    """The methods that drop, add, rename and describe layers. When they return, the change is stored and in the
    answers."""

    store: Store
    _snapshots: SnapshotRegistry

    @abc.abstractmethod
    def refresh(self) -> None:
        """Bring every snapshot up to date with the store."""

    @abc.abstractmethod
    def snapshot(self, name: str) -> Snapshot:
        """The layer as it is now; `NotFound` with the loaded names."""

    @property
    @abc.abstractmethod
    def snapshots(self) -> Mapping[str, Snapshot]:
        """Every layer by name, as it is now."""

    def require_no_models(self, name: str) -> None:
        """Raise `BadInput` for a layer that models fill: its rows come and go with their models alone."""
        if name in self.snapshots and self.snapshots[name].layer.kind.startswith("model"):
            raise BadInput(
                f"layer {name!r} is filled by models; load one with citybase load FILE.ifc, remove one with "
                "citybase models drop CODE, or choose another name"
            )

    def drop(self, name: str, *, actor: str = "local") -> None:
        """Remove a layer; if its table is lost, remove everything that the city still keeps for it."""
        require_not_placed(name)
        self.require_no_models(name)
        self.store.drop(name, actor=actor)
        self.refresh()

    def add_table(self, table: str, described: Layer, *, actor: str = "local") -> Layer:
        """Register a table of another program as a layer, with the name and description of `described`."""
        require_not_placed(described.name)
        layer = self.store.add(table, described, actor=actor)
        self.refresh()
        return layer

    def rename(self, name: str, new: str, *, actor: str = "local") -> Layer:
        """Rename a layer with its table and everything that was built from its rows."""
        require_not_placed(name)
        require_not_placed(new)
        self.require_no_models(name)
        self.refresh()
        snapshot = self.snapshot(name)
        with self._snapshots.lock(name), self._snapshots.lock(new):
            layer, seq = self.store.rename(name, new, actor=actor)
            self._snapshots.move_base(snapshot, layer, seq)
        self.refresh()
        return layer

    def describe(self, name: str, *, actor: str = "local", **changes: Any) -> Layer:
        """Change the description of a layer: `title_zh`, `title_en`, `source`, `licence`, `order`, `visible`."""
        layer = self.store.describe(name, actor=actor, **changes)
        self.refresh()
        return layer
