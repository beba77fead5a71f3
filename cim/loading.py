"""The methods of the city that fill layers: load a whole layer, or append features to one."""

from __future__ import annotations

import abc
import json
import logging
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

from cim.areas import owner_fields
from cim.arrays.types import Geometries
from cim.columnar.columns import rows_of
from cim.errors import BadInput, StoreUnusable
from cim.layer_catalogue import LayerCatalogue
from cim.model.layer import Features, Layer, require_single_points
from cim.model.standard_layers import OWNED, PLACED
from cim.progress import Progress, silent
from cim.snapshot.metric_zone import MetricCrs
from cim.state import CityState

_log = logging.getLogger("citybase")


class LayerLoading(LayerCatalogue):
    """The methods that fill layers. When they return, the features are stored, indexed and in the city's answers."""

    zone: ZoneInfo
    _metric: MetricCrs

    @abc.abstractmethod
    def state(self) -> CityState:
        """The city as it is now."""

    @abc.abstractmethod
    def catch_up(self) -> bool:
        """Bring every snapshot up to date after a commit; whether the city's answers contain it now."""

    @property
    def metric_crs(self) -> str:
        """The CRS of the city's metres."""
        return self.state().metric_crs

    def metric_for(self, name: str, geometry: Geometries) -> str:
        """The metric CRS of the city once the layer `name` has these geometries: that of their position if no other
        layer says where the city is, else the present one."""
        state = self.state()
        return self._metric.for_layer(state.snapshots, name, geometry, state.metric_crs)

    def load(
        self,
        layer: Layer,
        features: Features,
        *,
        actor: str = "local",
        report: Mapping[str, Any] | None = None,
        progress: Progress = silent,
    ) -> Layer:
        """Replace a layer by these features; returns the layer as it is stored. `report` is kept with it."""
        require_single_points(layer, features)
        self.require_no_models(layer.name)
        if len(features):
            self.measure_at(layer.name, features)
        if layer.name in PLACED:
            layer = PLACED[layer.name]
            if layer.name in OWNED:
                features = owner_fields.with_owners(self.state().areas, layer, features, self.zone)
        rows = rows_of(layer, features)
        text = json.dumps(report, ensure_ascii=False) if report is not None else None
        with ExitStack() as until_published:
            draft = self._snapshots.draft(layer, rows)
            until_published.callback(draft.discard)

            def ready() -> None:
                # From here on other processes that see the load in the log wait and then find its snapshot.
                draft.wait()
                until_published.enter_context(self._snapshots.lock(layer.name))

            loaded, seq = self.store.load(
                layer, rows, actor=actor, report=text, progress=progress, ready=ready
            )
            try:
                draft.publish(loaded.version, seq)
            except StoreUnusable as error:  # the layer is stored; its snapshot is built from the store
                _log.warning("%s", error)
        self.catch_up()
        return loaded

    def append(
        self, name: str, features: Features, *, actor: str = "local", progress: Progress = silent
    ) -> None:
        """Add features to a layer in one transaction, each logged like any other insert.

        `BadInput` for a field that the layer does not have. Missing fields are null.
        """
        self.require_no_models(name)
        snapshot = self.snapshot(name)
        layer = snapshot.layer
        extra = set(features.attributes.column_names) - set(layer.field_names)
        if extra:
            raise BadInput(
                f"layer {name!r} has no field {', '.join(sorted(extra))}; it has: {', '.join(layer.field_names)}"
            )
        if not len(snapshot) and len(features):
            self.measure_at(name, features)
        if name in OWNED:
            features = owner_fields.with_owners(self.state().areas, layer, features, self.zone)
        records = features.attributes.to_pylist()
        with self.store.writing(actor) as tx:
            for i, (geometry, values) in enumerate(zip(features.geometry, records, strict=True)):
                if values.get("code") and name in PLACED:
                    tx.require_unused(layer, values)
                tx.insert(layer, geometry, values)
                if i % 500 == 0:
                    progress("writing", i, len(features))
        self.catch_up()

    def measure_at(self, name: str, features: Features) -> None:
        """Choose the metric CRS by the position of the features, if no other layer says where the city is."""
        if self._metric.remember(self.metric_for(name, features.geometry), self.metric_crs):
            self.refresh()
