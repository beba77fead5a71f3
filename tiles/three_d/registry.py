"""The 3D tiles of layers and models, each grown once for a state of what it shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Literal

import cachetools

from cim.bim.meshes import ModelRegistry
from cim.bim.model_objects import require_model
from cim.snapshot.snapshot import Snapshot, require_layer
from tiles.three_d.footprints import FootprintTiles, footprint_tiles
from tiles.three_d.models import ModelTiles, model_tiles

Source = Literal["layers", "models"]
Tiles3D = FootprintTiles | ModelTiles

#: Trees that are kept; that of half a million houses takes 30 MB.
_KEPT = 32


class ThreeDRegistry:
    """One tree for each layer or model: that of the version asked for last. Who asks while it grows waits for it."""

    def __init__(self, models: ModelRegistry, floor_m: float) -> None:
        self._models = models
        self._floor_m = floor_m
        self._kept: cachetools.LRUCache[tuple[str, str], tuple[str, Tiles3D]] = cachetools.LRUCache(_KEPT)
        self._turns: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def tiles(self, snapshots: Mapping[str, Snapshot], source: Source, name: str) -> Tiles3D:
        """The 3D tiles of a layer or of a model. `NotFound` where it is not there, `BadInput` for a layer that is not
        one of polygons."""
        if source == "models":
            content = str(require_model(snapshots, name)["content"])
            return self._get((source, name), content, lambda: model_tiles(snapshots, self._models, name))
        snapshot = require_layer(snapshots, name)
        return self._get((source, name), snapshot.version, lambda: footprint_tiles(snapshot, self._floor_m))

    def _get(self, key: tuple[str, str], version: str, make: Callable[[], Tiles3D]) -> Tiles3D:
        """The tiles of this version; those of the one before are given up, with the snapshot that they hold."""
        with self._lock:
            turn = self._turns.setdefault(key, threading.Lock())
            kept = self._kept.get(key)
        if kept is not None and kept[0] == version:
            return kept[1]
        with turn:
            with self._lock:
                kept = self._kept.get(key)
            if kept is None or kept[0] != version:
                kept = version, make()
                with self._lock:
                    self._kept[key] = kept
        return kept[1]
