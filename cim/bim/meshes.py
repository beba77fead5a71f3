"""The packed models that questions need the bodies of, mapped into memory and kept as files beside the snapshots."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import cachetools
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from cim.arrays.drafts import new_file, remove_files
from cim.bim.measure import contains_point
from cim.bim.packing import PackedModel, open_packed
from cim.bim.placement import tangent_frame, to_tangent
from cim.errors import StoreUnusable
from cim.store import Store
from cim.store.contents import content_parts
from cim.store.tables import MODEL_VERSIONS

#: Models that stay open. Their pages are the operating system's to keep or drop.
_OPEN = 256


class OpenModel:
    """A packed model, and its objects by their ids."""

    def __init__(self, packed: PackedModel) -> None:
        self.packed = packed

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each object by its id."""
        return {name: i for i, name in enumerate(self.packed.ids)}

    def contains(self, name: str, position: tuple[float, float, float]) -> bool | None:
        """Whether the body of an object holds a position (lon, lat, height in the model's datum); None where the
        object has no body."""
        number = self.numbers.get(name)
        entries = self.packed.placed_of(number) if number is not None else ()
        if not len(entries):
            return None
        x, y, z = to_tangent(np.array([position]), *self.packed.anchor)[0].tolist()
        return any(contains_point(*self.packed.mesh(int(entry)), x, y, z) for entry in entries)

    def corners(self, name: str) -> NDArray[np.float64]:
        """The corners of an object, float64[n, 3] in metres east, north and up of the model's anchor."""
        number = self.numbers.get(name)
        entries = self.packed.placed_of(number) if number is not None else ()
        parts = [self.packed.mesh(int(entry))[0] for entry in entries]
        return np.concatenate(parts) if parts else np.empty((0, 3))

    def earth_corners(self, name: str) -> NDArray[np.float64]:
        """The same in earth-centred metres (EPSG:4978), in which two versions with other anchors can be compared."""
        origin, axes = tangent_frame(*self.packed.anchor)
        return np.asarray(origin + self.corners(name) @ axes)


class ModelRegistry:
    """The models of a city by their content: fetched from the store once, then files that every worker maps."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder / "models"
        self._open: cachetools.LRUCache[str, OpenModel] = cachetools.LRUCache(_OPEN)
        self._turn = threading.Lock()

    def open(self, content: str) -> OpenModel:
        """The model with this content. `NotFound` where the store has it no longer."""
        with self._turn:
            found: OpenModel | None = self._open.get(content)
        if found is None:  # two who fetch it at once write the same file; nobody else waits
            found = OpenModel(self._map_file(content))
            with self._turn:
                found = self._open.setdefault(content, found)
        return found

    def _map_file(self, content: str) -> PackedModel:
        file = self._folder / f"{content}.model"
        packed = open_packed(file)
        if packed is None:  # not here yet, or damaged: the store has the truth
            self._fetch(content, file)
            packed = open_packed(file)
        if packed is None:
            raise StoreUnusable(
                f"the content {content[:16]} of a model in the store can't be read; load the model again"
            )
        return packed

    def _fetch(self, content: str, file: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with new_file(file) as handle, self._store.reading() as connection:
            for part in content_parts(connection, content):
                handle.write(part)

    def sweep(self) -> None:
        """Remove the files of models that no version has any more, and what processes that died left behind."""
        with self._store.reading() as connection:
            used = set(connection.execute(sa.select(MODEL_VERSIONS.c.content)).scalars())
        remove_files(self._folder)
        for file in self._folder.glob("*.model"):
            if file.stem not in used:
                file.unlink(missing_ok=True)
