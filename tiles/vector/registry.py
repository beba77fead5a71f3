"""The pyramids of all layers, made when a layer changes and kept beside its snapshot.

The base of a snapshot has its levels in a file inside its folder, memory-mapped by every worker. A thread of its own
makes them after a load; until they are there, tiles are made of the rows themselves or, from afar where those are too
many for that, of the layer as it was before. When changes become part of a new base, its levels are made first.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import replace
from pathlib import Path

from cim.arrays import parallel
from cim.columnar.columns import Columns
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


#: The base that levels are of, the rule, and the levels, which may still be in the making.
_Job = tuple[Columns, TileRule, Future[Pyramid]]


class PyramidRegistry:
    """The pyramids by layer. `folder_of` gives the folder of a snapshot's base; `rules` is that of the tile rules."""

    def __init__(self, folder_of: Callable[[Snapshot], Path], rules: str, max_bytes: int) -> None:
        self._folder_of = folder_of
        self._rules = rules
        self._max_bytes = max_bytes
        #: Grows whenever some layer is drawn otherwise than before.
        self.generation = 0
        self._lock = threading.Lock()
        self._known: dict[str, _Job] = {}
        self._coming: dict[str, _Job] = {}
        self._ready: dict[str, tuple[Snapshot, Pyramid]] = {}

    def prepare(self, snapshots: dict[str, Snapshot]) -> None:
        """Begin to make, or to open, whatever pyramid is not there yet; forget those of layers that are gone."""
        for snapshot in snapshots.values():
            self._begin(snapshot)
        with self._lock:
            for name in self._known.keys() - snapshots.keys():
                if name.removesuffix(LABEL_SUFFIX) not in snapshots:
                    del self._known[name]
                    self._ready.pop(name, None)

    def drawing(self, snapshot: Snapshot) -> TileLayer:
        """The layer as it is drawn now: with its levels where they are made, else without or as it was before."""
        name = snapshot.layer.name
        _, rule, future = self._begin(snapshot)
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
        for one in (snapshot, snapshot.labels) if labels in self._known else (snapshot,):
            rule = self._rule(one)
            made = parallel.background(self._open, one, rule)
            wait([made])
            with self._lock:
                self._coming[one.layer.name] = (one.base, rule, made)

    def wait_a_little(self, seconds: float) -> None:
        """Wait until all that was begun is made, but no longer than so many seconds."""
        with self._lock:
            begun = [made for _, _, made in self._known.values()]
        wait(begun, timeout=seconds)

    def rule(self, snapshot: Snapshot) -> TileRule:
        """The rule by which a layer is drawn."""
        return self._begin(snapshot)[1]

    def make(self, snapshot: Snapshot) -> TileLayer:
        """The layer with its levels, however long they take: made here on all cores, unless they are being made."""
        with self._lock:
            known = self._known.get(snapshot.layer.name)
        if known is not None and known[0] is snapshot.base:
            return TileLayer(snapshot, known[2].result(), known[1])
        rule = self._rule(snapshot)
        return TileLayer(snapshot, self._open(snapshot, rule), rule)

    def _begin(self, snapshot: Snapshot) -> _Job:
        name = snapshot.layer.name
        with self._lock:
            known = self._known.get(name)
            if known is None or known[0] is not snapshot.base:
                coming = self._coming.pop(name, None)
                if coming is not None and coming[0] is snapshot.base:
                    known = coming
                else:
                    rule = self._rule(snapshot)
                    known = (snapshot.base, rule, parallel.background(self._open, snapshot, rule))
                self._known[name] = known
                known[2].add_done_callback(self._publish)
            return known

    def _publish(self, made: Future[Pyramid]) -> None:
        self.generation += 1
        error = made.exception()
        if error is not None:
            _log.error(
                "the levels of a layer could not be made; its tiles are made of its rows", exc_info=error
            )

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
        opened = open_pyramid(place, rule)
        if opened is not None:
            return opened
        if not folder.is_dir():  # a newer base has taken its place
            return build_pyramid(snapshot, rule, self._max_bytes)
        # One worker makes them; the others wait, each in this thread of its own, and find them.
        with (folder / f".{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            opened = open_pyramid(place, rule)
            if opened is not None:
                return opened
            made = build_pyramid(snapshot, rule, self._max_bytes)
            try:
                save(made, place)
            except OSError:
                return made  # a full disk: it draws from memory
        return open_pyramid(place, rule) or made
