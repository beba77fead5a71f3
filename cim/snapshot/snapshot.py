"""A snapshot: everything there is to know of one layer as of one place in the change log, in memory.

It never changes. Its *base* is memory-mapped and shared by all workers; the rows that changed
since the base was made lie in a small *delta* of the same form, and the base rows that they
replace are marked dead. A change makes a new snapshot beside the old one; whoever holds the old
one goes on reading it. Rows are numbered through: base rows first, delta rows after them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.readonly import freeze
from cim.arrays.types import Boxes, Fids, Geometries, LonLat, Mask, MetricXY, RowIds
from cim.columnar import conditions, queries
from cim.columnar.columns import Columns, build, label_columns, read_attributes
from cim.columnar.outline import Outline
from cim.errors import BadInput, NotFound
from cim.model.layer import Features, Layer
from cim.snapshot.tile_versions import TileVersions
from cim.space import crs, packed_rtree


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One layer at `seq`; `changed` is the seq of the last change that touched this layer, `touched` says where it
    changed when."""

    layer: Layer
    metric_crs: str
    seq: int
    changed: int
    base: Columns
    base_seq: int
    delta: Columns
    dead: Mask
    touched: TileVersions

    @classmethod
    def of(
        cls, layer: Layer, base: Columns, metric_crs: str, seq: int, touched: TileVersions | None = None
    ) -> Snapshot:
        """The snapshot that is just its base; where it is not known what was `touched`, all of it was."""
        empty = build(layer, Features.empty(layer), metric_crs)
        known = touched or TileVersions.everywhere(seq)
        return cls(
            layer=layer,
            metric_crs=metric_crs,
            seq=seq,
            changed=seq,
            base=base,
            base_seq=seq,
            delta=empty,
            dead=queries.NONE_DEAD,
            touched=known,
        )

    def __len__(self) -> int:
        return len(self.base) + len(self.delta) - int(np.count_nonzero(self.dead))

    @property
    def version(self) -> str:
        """What a cache may keep this snapshot's answers under: changes with every change of the layer."""
        return f"{self.layer.version}.{self.changed}"

    def tile_version(self, z: int, x: int, y: int, near: float = 0.0) -> int:
        """The place in the change log that a Web Mercator tile of the layer, with its buffer, is as of: nothing in it,
        nor up to `near` of its width away, has changed since. With `layer.version` it is what a cache may keep the
        tile under, in every worker."""
        return self.touched.version(z, x, y, near)

    @property
    def parts(self) -> tuple[tuple[Columns, NDArray[np.bool_], int], ...]:
        """The columns to walk: each with its dead rows and the number of its first row."""
        return ((self.base, self.dead, 0), (self.delta, queries.NONE_DEAD, len(self.base)))

    @cached_property
    def rows(self) -> RowIds:
        """All living rows."""
        alive = np.flatnonzero(~self.dead) if len(self.dead) else np.arange(len(self.base))
        return np.concatenate([alive, np.arange(len(self.delta)) + len(self.base)])

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north; None where nothing has a geometry. May be wider than the living rows."""
        boxes = [b for c, _, _ in self.parts if (b := c.bounds) is not None]
        if not boxes:
            return None
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])

    @cached_property
    def labels(self) -> Snapshot:
        """A polygon layer's names as a layer of points, one inside each polygon; same rows, same fids."""
        made = replace(self.layer, name=f"{self.layer.name}_label", geometry="point", kind="label")
        base, delta = (label_columns(c, self.metric_crs) for c in (self.base, self.delta))
        return replace(self, layer=made, base=base, delta=delta)

    # -- verbs: arrays in, row numbers out -------------------------------------------------------

    def in_bounds(self, boxes: Boxes) -> queries.Hits:
        """Rows whose bounds meet each box (float64[q, 4] in lon, lat): (rows, how many for each box)."""
        return self._merge([queries.in_bounds(c, boxes, dead) for c, dead, _ in self.parts])

    def containing(self, points: LonLat) -> queries.Hits:
        """Rows of polygons that hold each point (float64[q, 2] lon, lat), border included: (rows, counts)."""
        return self._merge([queries.containing(c, points, dead) for c, dead, _ in self.parts])

    def _merge(self, hits: list[queries.Hits]) -> queries.Hits:
        base, delta = hits
        if not len(delta[0]):
            return base
        owner = np.concatenate([np.repeat(np.arange(len(n)), n) for _, n in hits])
        rows = np.concatenate([base[0], delta[0] + len(self.base)])
        return rows[np.argsort(owner, kind="stable")], base[1] + delta[1]

    def nearest(
        self,
        points: LonLat,
        limit: int,
        within_m: float = np.inf,
        keep: Mask | None = None,
    ) -> tuple[RowIds, NDArray[np.float64]]:
        """The nearest rows of each point (float64[q, 2] lon, lat) in order, and how far they are in metres.

        Both [q, limit]; -1 at infinity where fewer are `within_m`. `keep` (bool over all rows) leaves
        others out. Ties go to the lower fid.
        """
        metric = crs.to_metric(points, self.metric_crs)
        found = []
        for part, dead, first in self.parts:
            left_out = dead
            if keep is not None:
                left_out = ~keep[first : first + len(part)]
                left_out |= dead if len(dead) else False
            found.append(queries.nearest(part, self.layer.geometry, metric, limit, within_m, left_out))
        if not len(self.delta):
            return found[0]
        rows = np.hstack([found[0][0], np.where(found[1][0] >= 0, found[1][0] + len(self.base), -1)])
        metres = np.hstack([found[0][1], found[1][1]])
        fids = np.where(rows >= 0, self.fids(np.maximum(rows, 0).ravel()).reshape(rows.shape), 0)
        order = np.lexsort((fids, metres))[:, :limit]
        return np.take_along_axis(rows, order, 1), np.take_along_axis(metres, order, 1)

    def within_distance(self, point: NDArray[np.float64], metres: float) -> RowIds:
        """Rows at most so many metres from one point (lon, lat)."""
        centre = crs.to_metric(np.asarray([point], np.float64), self.metric_crs)
        box = np.concatenate([centre[0] - metres, centre[0] + metres])[None]
        found = []
        for part, dead, first in self.parts:
            rows, _ = queries.metric_in_bounds(part, box, dead)
            near = queries.distances(part, self.layer.geometry, centre[0], rows) <= metres
            found.append(rows[near] + first)
        return np.concatenate(found)

    def intersecting(self, shape: Any) -> RowIds:
        """Rows that share a point with the shapely geometry (lon, lat), or with an `Outline` made of it."""
        if not isinstance(shape, Outline):
            if shape.is_empty:
                return np.empty(0, np.int64)
            if shape.geom_type in ("Polygon", "MultiPolygon"):
                shape = Outline.of(shape)
        if isinstance(shape, Outline):
            met = []
            for part, dead, first in self.parts:
                rows, _ = queries.in_bounds(part, np.array([shape.bounds]), dead)
                met.append(rows[shape.meets(part, self.layer.geometry, rows, self.layer.name)] + first)
            return np.concatenate(met)
        shapely.prepare(shape)
        candidates, _ = self.in_bounds(np.array([shape.bounds]))
        found: RowIds = candidates[shapely.intersects(shape, self.geometry(candidates))]
        return found

    def shares_in(self, outline: Outline, rows: RowIds) -> NDArray[np.float64]:
        """Which share of each polygon in the rows lies in an outline in metres: float64[len(rows)], 0 to 1."""
        return self._gather(  # type: ignore[no-any-return]
            rows, lambda part, r: outline.shares(part, r, self.layer.name), np.float64
        )

    def matching(self, condition: conditions.Where) -> Mask:
        """Which rows (dead ones too) meet the condition: bool over all row numbers."""
        both = [conditions.rows_match(self.layer, c.codes, c.values, condition) for c, _, _ in self.parts]
        return np.concatenate(both)

    # -- what the rows are -----------------------------------------------------------------------

    def fids(self, rows: RowIds) -> Fids:
        """The store's numbers of the rows."""
        return self._gather(rows, lambda part, r: part.fid[r], np.int64)  # type: ignore[no-any-return]

    def rows_of(self, fids: Fids) -> RowIds:
        """The living row of each fid, -1 where there is none."""
        rows = self.base.rows_of(fids)
        if len(self.dead):
            rows = np.where((rows >= 0) & ~self.dead[rows], rows, -1)
        fresh = self.delta.rows_of(fids)
        found: RowIds = np.where(fresh >= 0, fresh + len(self.base), rows)
        return found

    def row_bounds(self, rows: RowIds) -> NDArray[np.float64]:
        """West, south, east, north of each row; without geometry, or for a row -1,
        `cim.space.packed_rtree.EMPTY_BOX`."""
        boxes = np.full((len(rows), 4), packed_rtree.EMPTY_BOX)
        there = rows >= 0
        boxes[there] = self._gather(rows[there], lambda part, r: part.lonlat_tree[r], np.float64, 4)
        return boxes

    def geometry(self, rows: RowIds) -> Geometries:
        """The rows' shapely geometries in lon, lat."""
        return self._gather(rows, lambda part, r: part.geometry(r, self.layer.geometry), object)  # type: ignore[no-any-return]

    def positions(self, rows: RowIds) -> LonLat:
        """The first vertex of each row: float64[n, 2] lon, lat; NaN without geometry."""
        return self._gather(rows, lambda part, r: part.positions(r), np.float64, 2)  # type: ignore[no-any-return]

    def metric_positions(self, rows: RowIds) -> MetricXY:
        """The same in metres."""
        return self._gather(rows, lambda part, r: part.metric_positions(r), np.float64, 2)  # type: ignore[no-any-return]

    def metric_geometry(self, rows: RowIds) -> Geometries:
        """The rows' shapely geometries in metres."""
        return self._gather(rows, lambda part, r: part.metric_geometry(r, self.layer.geometry), object)  # type: ignore[no-any-return]

    def _gather(self, rows: RowIds, of: Any, dtype: Any, *wide: int) -> Any:
        rows = np.asarray(rows, np.int64)
        fresh = rows >= len(self.base)
        if not fresh.any():
            return of(self.base, rows)
        out = np.empty((len(rows), *wide), dtype)
        out[~fresh] = of(self.base, rows[~fresh])
        out[fresh] = of(self.delta, rows[fresh] - len(self.base))
        return out

    def attributes(self, rows: RowIds, names: Sequence[str] | None = None) -> pa.Table:
        """The named fields (None: all) of the rows as an Arrow table; `BadInput` for a field that is not there."""
        wanted = self._field_names(names)
        rows = np.asarray(rows, np.int64)
        fresh = rows >= len(self.base)
        old = read_attributes(self.base, self.layer, rows[~fresh], wanted)
        if not fresh.any():
            return old
        new = read_attributes(self.delta, self.layer, rows[fresh] - len(self.base), wanted)
        order = np.empty(len(rows), np.int64)
        order[np.flatnonzero(~fresh)] = np.arange(len(old))
        order[np.flatnonzero(fresh)] = np.arange(len(old), len(rows))
        return pa.concat_tables([old, new]).take(pa.array(order))

    def _field_names(self, names: Sequence[str] | None) -> tuple[str, ...]:
        if names is None:
            return self.layer.field_names
        for name in names:
            if name not in self.layer.field_names:
                raise BadInput(
                    f"layer {self.layer.name!r} has no field {name!r}; it has: {', '.join(self.layer.field_names)}"
                )
        return tuple(names)

    def frame(self, rows: RowIds, names: Sequence[str] | None = None) -> gpd.GeoDataFrame:
        """The rows as a GeoDataFrame in EPSG:4490, indexed by fid."""
        rows = np.asarray(rows, np.int64)
        frame = self.attributes(rows, names).to_pandas()
        frame.index = np.asarray(self.fids(rows))
        frame.index.name = "fid"
        return gpd.GeoDataFrame(frame, geometry=self.geometry(rows), crs="EPSG:4490")

    def features(self, rows: RowIds) -> Features:
        """The rows as features: what a fresh read of the store would give for them."""
        return Features(self.geometry(rows), self.attributes(rows), self.fids(rows))

    # -- change ----------------------------------------------------------------------------------

    def with_changes(
        self, changed_fids: Fids, now: Features, seq: int, seqs: NDArray[np.int64] | None = None
    ) -> Snapshot:
        """The snapshot after a change: these fids are gone or replaced, and `now` is what is there of them.

        `seqs` is the place of each fid's change, where no fid changed more than once (None: `seq` for all): what
        lies between two changes was not seen, so only `seq` is a place that the tiles are as of.
        """
        if not len(changed_fids):
            return replace(self, seq=seq)
        dead = self.dead.copy() if len(self.dead) else np.zeros(len(self.base), np.bool_)
        replaced = self.base.rows_of(changed_fids)
        dead[replaced[replaced >= 0]] = True
        kept = np.flatnonzero(~np.isin(self.delta.fid, changed_fids))
        stay = Features(
            self.delta.geometry(kept, self.layer.geometry),
            read_attributes(self.delta, self.layer, kept, self.layer.field_names),
            self.delta.fid[kept],
        )
        delta = build(self.layer, Features.concat([stay, now]), self.metric_crs)
        freeze(dead)
        changed = replace(self, delta=delta, dead=dead, seq=seq, changed=seq)
        places = np.full(len(changed_fids), seq, np.int64) if seqs is None else seqs
        return replace(changed, touched=self.touched_until(changed, changed_fids, places))

    def touched_until(self, later: Snapshot, fids: Fids, seqs: NDArray[np.int64]) -> TileVersions:
        """What is touched once these fids have changed from what they are here to what they are later."""
        boxes = np.concatenate([self.row_bounds(self.rows_of(fids)), later.row_bounds(later.rows_of(fids))])
        return self.touched.after(boxes, np.concatenate([seqs, seqs]))

    def compact(self) -> Columns:
        """Base and delta as one set of columns, to be the next base."""
        return build(self.layer, self.features(self.rows), self.metric_crs)


def require_layer(snapshots: Mapping[str, Snapshot], name: str) -> Snapshot:
    """The snapshot of a layer; `NotFound` with the loaded names where it is not among them."""
    try:
        return snapshots[name]
    except KeyError:
        known = ", ".join(sorted(snapshots)) or "none"
        raise NotFound(f"layer {name!r} is not loaded; loaded: {known}") from None
