"""A layer as it is drawn: its snapshot, what was prepared of it, what a request chose, and the attributes it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.access.caller import PERSONAL
from cim.arrays.types import Mask
from cim.columnar.columns import Columns
from cim.columnar.mvt_values import encode_values, field
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from cim.space.ring_tests import KINDS
from tiles.geometry.clipping import BUFFER
from tiles.geometry.tile_shapes import EXTENT
from tiles.grid.tile_grid import WEB_MERCATOR, Grid
from tiles.pyramid.pyramid import Pyramid, Tags
from tiles.pyramid.zoom_level import Level, reach
from tiles.pyramid.zoom_rules import TileRule, default_rule
from tiles.vector import mvt

#: What a label needs to know of its polygon.
LABEL_FIELDS = frozenset({"name", "name_en", "code", "level", "class", "kind", "valid_from", "valid_to"})
#: The attribute of a feature that stands for several.
COUNT_KEY = "feature_count"
#: The zoom from which a tile holds so few rows that it is made of them while levels are still to come.
FROM_ROWS = 14
_DEEPEST = 24
#: A floor of a building whose height nobody has measured.
_FLOOR_M = 3


@dataclass(frozen=True, slots=True, eq=False)
class TileLayer:
    """A layer as it is to be drawn.

    `keep` (bool over all rows) are those that meet a filter; `fields` the attributes that were asked for. `before` is
    the layer as it was before it was loaded anew, shown from afar until the levels are made.
    """

    snapshot: Snapshot
    pyramid: Pyramid | None = None
    rule: TileRule | None = None
    keep: Mask | None = None
    fields: frozenset[str] | None = None
    before: TileLayer | None = None

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.snapshot.layer

    def zoom_rule(self) -> TileRule:
        """The rule by which it is drawn."""
        return self.rule or (self.pyramid.rule if self.pyramid else default_rule(self.layer))

    def level(self, z: int) -> Level | None:
        """What was prepared for the zoom."""
        return self.pyramid.levels.get(z) if self.pyramid is not None else None

    def at(self, z: int) -> TileLayer:
        """What is drawn at a zoom: this, or what was there before."""
        if self.before is None or z >= FROM_ROWS:
            return self
        return self.before if self.fields is None else replace(self.before, fields=self.fields)

    def as_of(self, z: int, x: int, y: int, grid: Grid = WEB_MERCATOR) -> int:
        """The place in the change log that a tile is as of: nothing that it shows has changed since."""
        level = self.level(z + grid.finer)
        near = reach(level, KINDS[self.layer.geometry]) / EXTENT if level is not None else 0.0
        if grid is WEB_MERCATOR:
            return self.snapshot.tile_version(z, x, y, near)
        return self.snapshot.touched.version_within(*grid.search_box(z, x, y, BUFFER / EXTENT + near))

    def tags(self, z: int, counted: bool) -> Tags:
        """The attributes of the layer in a tile of the zoom; `counted`: some feature stands for several."""
        known = self.pyramid.tags if self.pyramid is not None else {}
        asked = (z, counted, self.fields)
        if asked not in known:
            known[asked] = self._tags(z, counted)
        return known[asked]

    def _tags(self, z: int, counted: bool) -> Tags:
        layer = self.layer
        # What was asked for by name is given at any zoom.
        shown = self.zoom_rule().fields_at(z, layer.field_names) if self.fields is None else layer.field_names
        pairs = [(layer.field_names[i], i) for i in tile_fields(layer) if layer.field_names[i] in shown]
        if has_height(layer) and "height" not in layer.field_names:
            pairs.append(("height", mvt.HEIGHT))
        if self.fields is not None:
            pairs = [(key, number) for key, number in pairs if key in self.fields]
        if counted:
            pairs.append((COUNT_KEY, mvt.COUNT))
        keys = [key for key, _ in pairs]
        written = b"".join(field(3, key.encode()) for key in keys)
        return Tags(tuple(keys), np.array([number for _, number in pairs], np.int64), written)


def tile_fields(layer: Layer) -> list[int]:
    """Which fields of the layer become tags, by their place."""
    names = enumerate(layer.field_names)
    if layer.kind == "label":
        return [i for i, name in names if name in LABEL_FIELDS]
    return [i for i, name in names if name not in PERSONAL]


def keys_of(drawing: TileLayer) -> tuple[str, ...]:
    """The attributes that the layer's tiles may have."""
    return replace(drawing, fields=None).tags(_DEEPEST, counted=True).keys


def has_height(layer: Layer) -> bool:
    """Whether the features of a polygon layer get an attribute `height`, in metres."""
    known = {"height", "height_m", "floors"} & set(layer.field_names)
    return layer.geometry == "polygon" and layer.kind != "label" and bool(known)


@lru_cache(maxsize=64)
def heights(layer: Layer, columns: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """The fields of metres and of floors (-1: none), and the floors' values as metres, ready to stand in a tile."""
    names = layer.field_names
    metres = next((names.index(n) for n in ("height", "height_m") if n in names), -1)
    floors = names.index("floors") if "floors" in names else -1
    if layer.geometry != "polygon" or floors < 0 or layer.fields[floors].type not in ("integer", "real"):
        return np.array([metres, -1]), np.zeros(1, np.int64), np.empty(0, np.uint8)
    more_offsets, more_bytes = encode_values([pc.multiply(columns.values[floors], _FLOOR_M)])
    return np.array([metres, floors]), more_offsets, more_bytes
