"""The pyramids of all layers, made when a layer changes and kept beside its snapshot.

The base of a snapshot has its levels in a file inside its folder, memory-mapped by every worker. A thread of its own
makes them after a load; until they are there, tiles are made of the rows themselves or, from afar where those are too
many for that, of the layer as it was before. When changes become part of a new base, its levels are made first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from cim.arrays.derived import Derived, Job, open_or_build
from cim.errors import CityError
from cim.snapshot.snapshot import Snapshot
from tiles.pyramid.pyramid import DEEPEST, Pyramid, build, file_name, open_pyramid, save
from tiles.pyramid.zoom_level import Level
from tiles.pyramid.zoom_rules import TileRule, default_rule, rule_of
from tiles.style.document import LABEL_SUFFIX
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer

_log = logging.getLogger("citybase")

#: Rows that a tile is made of while one waits; more wait for their levels.
_AT_ONCE = 60_000


def build_pyramid(
    snapshot: Snapshot,
    rule: TileRule,
    max_bytes: int = encode.MAX_BYTES,
    zooms: tuple[int, int] | None = None,
) -> Pyramid:
    """The pyramid of a snapshot's base."""
    alone = Snapshot.of(snapshot.layer, snapshot.base, snapshot.metric_crs, snapshot.base_seq)

    def measure(level: Level, x: int, y: int) -> int:
        drawing = TileLayer(alone, Pyramid(rule, 0, {level.zoom: level}))
        return len(encode.encode([drawing], level.zoom, x, y, max_bytes=1 << 62))

    return build(
        snapshot.layer,
        snapshot.base,
        rule,
        max_bytes,
        zooms=zooms or (0, DEEPEST),
        measure=measure,
    )


class PyramidRegistry:
    """The pyramids by layer. `folder_of` gives the folder of a snapshot's base; `rules` is that of the tile rules."""

    def __init__(self, folder_of: Callable[[Snapshot], Path], rules: str, max_bytes: int) -> None:
        self._folder_of = folder_of
        self._rules = rules
        self._max_bytes = max_bytes
        #: Grows whenever some layer is drawn otherwise than before.
        self.generation = 0
        self._levels = Derived[TileRule, Pyramid](
            "the tile levels of {name} can't be built: {why}", self._count
        )
        self._ready: dict[str, tuple[Snapshot, Pyramid]] = {}

    def prepare(self, snapshots: dict[str, Snapshot]) -> None:
        """Begin to make, or to open, whatever pyramid is not there yet; forget those of layers that are gone."""
        for snapshot in snapshots.values():
            self._begin(snapshot)
        for name in self._levels.forget(lambda name: name.removesuffix(LABEL_SUFFIX) not in snapshots):
            self._ready.pop(name, None)

    @property
    def troubles(self) -> list[str]:
        """Which levels could not be built, and why; their tiles are made of the rows."""
        return self._levels.troubles

    def drawing(self, snapshot: Snapshot) -> TileLayer:
        """The layer as it is drawn now: with its levels where they are made, else without or as it was before."""
        name = snapshot.layer.name
        job = self._begin(snapshot)
        rule, future = job.by, job.result
        if future.done() and future.exception() is None:
            made = future.result()
            self._ready[name] = (snapshot, made)
            return TileLayer(snapshot, made, rule)
        ready = self._ready.get(name) if len(snapshot) > _AT_ONCE else None
        before = None if ready is None else TileLayer(ready[0], ready[1], ready[1].rule)
        return TileLayer(snapshot, None, rule, before=before)

    def prepare_base(self, snapshot: Snapshot) -> None:
        """Make the levels of a base that is going to take the place of the one before, of its labels too where they
        are drawn: so that they are there when it does."""
        labels = f"{snapshot.layer.name}{LABEL_SUFFIX}"
        for one in (snapshot, snapshot.labels) if self._levels.job(labels) is not None else (snapshot,):
            self._levels.build_ahead(one.layer.name, one.base, self._rule(one), partial(self._open, one))

    def wait_a_little(self, seconds: float) -> None:
        """Wait until all that was begun is made, but no longer than so many seconds."""
        self._levels.wait(seconds)

    def rule(self, snapshot: Snapshot) -> TileRule:
        """The rule by which a layer is drawn."""
        return self._begin(snapshot).by

    def make(self, snapshot: Snapshot) -> TileLayer:
        """The layer with its levels, however long they take: made here on all cores, unless they are being made."""
        job = self._levels.job(snapshot.layer.name)
        if job is not None and job.base is snapshot.base:
            return TileLayer(snapshot, job.result.result(), job.by)
        rule = self._rule(snapshot)
        return TileLayer(snapshot, self._open(snapshot, rule), rule)

    def _begin(self, snapshot: Snapshot) -> Job[TileRule, Pyramid]:
        return self._levels.begin(
            snapshot.layer.name,
            snapshot.base,
            lambda: self._rule(snapshot),
            lambda rule: self._open(snapshot, rule),
        )

    def _count(self) -> None:
        self.generation += 1

    def _rule(self, snapshot: Snapshot) -> TileRule:
        try:
            return rule_of(snapshot.layer, self._rules)
        except CityError as error:
            _log.warning("%s; the layer is drawn by its kind", error)
            return default_rule(snapshot.layer)

    def _open(self, snapshot: Snapshot, rule: TileRule) -> Pyramid:
        """The levels from the base's folder if they are there, else made and kept there."""
        name = file_name(rule, self._max_bytes)
        if snapshot.layer.kind == "label":  # beside the polygons whose names it has
            polygons = replace(snapshot.layer, name=snapshot.layer.name.removesuffix(LABEL_SUFFIX))
            folder, name = self._folder_of(replace(snapshot, layer=polygons)), f"{name}-label"
        else:
            folder = self._folder_of(snapshot)
        place = folder / f"{name}.bin"
        return open_or_build(
            place,
            lambda file: open_pyramid(file, rule),
            lambda: build_pyramid(snapshot, rule, self._max_bytes),
            save,
        )
