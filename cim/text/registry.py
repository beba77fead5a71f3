"""The text indexes of all layers, made when a layer changes and kept beside its snapshot.

The base of a snapshot has its index in a file inside its own folder, memory-mapped by every worker;
the few rows that changed since have one in memory. So a search sees every change that its snapshot has. A large
layer's index is made by a thread of its own, and a question does not wait for it: it says which layers it left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cim.access.caller import PERSONAL
from cim.arrays.derived import Derived, open_or_build
from cim.columnar.columns import Columns
from cim.model.layer import Field, Layer
from cim.snapshot.snapshot import Snapshot
from cim.text.index import FORMAT, TextIndex, build, open_index, save

#: Text fields that name a thing or say where it is; of others nobody searches for a place.
SEARCHED = frozenset(
    {"name", "name_zh", "name_en", "alias", "title", "address", "addr", "full_address",
     "名称", "中文名", "英文名", "简称", "别名", "全称", "地址", "详细地址"}
)  # fmt: skip
#: An index of fewer texts is made while one waits: it takes a tenth of a second at most.
SMALL = 100_000
_WAIT_S = 0.05


def is_searched(field: Field) -> bool:
    """Whether a field is searched: it names the thing, or says where it is, and names no person.

    >>> is_searched(Field("station_name", "text")), is_searched(Field("reporter_name", "text"))
    (True, False)
    """
    name = field.name.lower()
    names = name in SEARCHED or name.endswith("_name")
    return names and field.type == "text" and field.name not in PERSONAL


def searched_fields(layer: Layer) -> list[int]:
    """The numbers of the layer's fields that are searched."""
    return [i for i, f in enumerate(layer.fields) if is_searched(f)]


@dataclass(frozen=True, slots=True, eq=False)
class LayerTexts:
    """The texts of one layer at one state: of its base and of the rows changed since."""

    snapshot: Snapshot
    fields: list[int]
    base: TextIndex
    delta: TextIndex | None

    def find(self, question: str, most: int, *, typing: bool = False) -> list[tuple[float, TextIndex, int]]:
        """(score, index, text) of the texts that the question may mean and some living row has."""
        found = []
        for index in (self.base, self.delta):
            if index is None:
                continue
            texts, scores = index.find(question, most, typing=typing)
            for at, score in zip(texts.tolist(), scores.tolist(), strict=True):
                if index is not self.base or not len(self.snapshot.dead) or len(self.rows(index, at)):
                    found.append((score, index, at))
        return found

    def rows(self, index: TextIndex, at: int) -> NDArray[np.int64]:
        """The living rows of the snapshot that have this text."""
        rows = index.rows_of(at)
        if index is not self.base:
            return rows + len(self.snapshot.base)
        return rows[~self.snapshot.dead[rows]] if len(self.snapshot.dead) else rows

    def text(self, index: TextIndex, at: int) -> str:
        """The text as it is stored."""
        field, value = index.value_of(at)
        columns = self.snapshot.base if index is self.base else self.snapshot.delta
        said: str = columns.values[self.fields[field]][value].as_py()
        return said

    def field(self, index: TextIndex, at: int) -> str:
        """The field that the text is of."""
        return self.snapshot.layer.fields[self.fields[index.value_of(at)[0]]].name


class TextRegistry:
    """The indexes by layer. `folder_of` gives the folder of a snapshot's base."""

    def __init__(self, folder_of: Callable[[Snapshot], Path]) -> None:
        self._folder_of = folder_of
        self._bases = Derived[list[int], TextIndex]("the text index of {name} can't be built: {why}")
        self._deltas: dict[str, tuple[Columns, TextIndex]] = {}

    def prepare(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Begin to build, or to open, whatever index is not there yet; forget those of layers that are gone."""
        for snapshot in snapshots.values():
            if searched_fields(snapshot.layer):
                self._base(snapshot)
        for name in self._bases.forget(lambda name: name not in snapshots):
            self._deltas.pop(name, None)

    @property
    def troubles(self) -> list[str]:
        """Which indexes could not be built, and why."""
        return self._bases.troubles

    @staticmethod
    def has(snapshot: Snapshot) -> bool:
        """Whether the layer has texts to search."""
        return bool(searched_fields(snapshot.layer))

    def texts_of(self, snapshot: Snapshot, wait_s: float | None = None) -> LayerTexts | None:
        """The layer's texts; None while the index of a large layer is being made, or where it has no texts.

        `wait_s`: how long to wait for it; by default for a small layer as long as it takes.
        """
        fields = searched_fields(snapshot.layer)
        if not fields:
            return None
        if wait_s is None and sum(len(snapshot.base.values[i]) for i in fields) > SMALL:
            wait_s = _WAIT_S
        try:
            base = self._base(snapshot).result(wait_s)
        except TimeoutError:
            return None
        return LayerTexts(snapshot, fields, base, self._delta(snapshot, fields))

    def _base(self, snapshot: Snapshot) -> Future[TextIndex]:
        return self._bases.begin(
            snapshot.layer.name,
            snapshot.base,
            lambda: searched_fields(snapshot.layer),
            lambda fields: self._open(snapshot, fields),
        ).result

    def _open(self, snapshot: Snapshot, fields: list[int]) -> TextIndex:
        """The index of the base, from its folder if it is there, else built and kept there."""
        place = self._folder_of(snapshot) / f"text-{FORMAT}-{'-'.join(map(str, fields))}.bin"
        return open_or_build(place, open_index, lambda: build(snapshot.base, fields), save)

    def _delta(self, snapshot: Snapshot, fields: list[int]) -> TextIndex | None:
        if not len(snapshot.delta):
            return None
        name = snapshot.layer.name
        known = self._deltas.get(name)
        if known is None or known[0] is not snapshot.delta:
            known = self._deltas[name] = (snapshot.delta, build(snapshot.delta, fields))
        return known[1]
