"""The city: what is open, and one place to ask it."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim import columns as columns_module
from cim import crs, placing, snapshot_files
from cim.columns import Columns
from cim.errors import BadInput, CityError, Fault, FaultyData, NotFound
from cim.layer import Features, Layer
from cim.ownership import Areas
from cim.placed import LEVELS, PLACED
from cim.progress import Progress, silent
from cim.settings import Settings, read_settings
from cim.snapshot import Snapshot
from cim.store import Store, open_store

#: Changed rows that a snapshot carries on top of its base before a new base is made.
DELTA_LIMIT = 4000


class City:
    """An open city. Its snapshots are replaced as a whole when the store changes; a reader keeps what it has."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.snapshots: dict[str, Snapshot] = {}
        self._identity = store.meta("identity")[:12]
        self.seq = 0
        self.trouble: str | None = None
        self._refreshing = threading.RLock()
        self._stopped = threading.Event()
        self._follower: threading.Thread | None = None
        self._compactions: dict[str, threading.Thread] = {}
        self._areas: Areas | None = None
        self._strays: set[str] = set()
        self._units: tuple[str, dict[str, dict[str, Any]]] | None = None
        self.metric_crs = self._known_metric()

    def _known_metric(self) -> str:
        """The setting, which the store remembers for whoever opens it without; `auto`: what it remembers."""
        kept = self.store.meta("metric_crs", "")
        if self.settings.metric_crs == "auto":
            return kept
        if self.settings.metric_crs != kept:
            crs.parse_crs(self.settings.metric_crs)
            self.store.set_meta("metric_crs", self.settings.metric_crs)
        return self.settings.metric_crs

    @classmethod
    def open(cls, source: Settings | str | Path | None = None, *, create: bool = False) -> City:
        """The city of these settings, or of a `city.toml`; ready to answer when this returns."""
        settings = source if isinstance(source, Settings) else read_settings(Path(source) if source else None)
        city = cls(settings, open_store(settings.store, create=create, crs=settings.crs))
        city.store.ensure_placed()
        city.refresh()
        return city

    def close(self) -> None:
        """Stop following and give everything back."""
        self._stopped.set()
        if self._follower is not None:
            self._follower.join(timeout=10)
        for thread in self._compactions.values():
            thread.join(timeout=60)
        self.store.close()

    def __enter__(self) -> City:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what is there ---------------------------------------------------------------------------

    def snapshot(self, name: str) -> Snapshot:
        """The layer as it is now; `NotFound` with the loaded names."""
        try:
            return self.snapshots[name]
        except KeyError:
            known = ", ".join(sorted(self.snapshots)) or "none"
            raise NotFound(f"layer {name!r} is not loaded; loaded: {known}") from None

    def layer(self, name: str) -> LayerView:
        """A layer for analysis: `city.layer("buildings").frame(bounds=…, where=…)`."""
        return LayerView(self.snapshot(name))

    @property
    def areas(self) -> Areas:
        """The management areas as of today."""
        snapshot, today = self.snapshot("areas"), dt.datetime.now(dt.UTC).astimezone().date()
        known = self._areas
        if known is None or known.snapshot.version != snapshot.version or known.day != today:
            known = self._areas = Areas(snapshot, today)
        return known

    def unit(self, code: str | None) -> dict[str, Any] | None:
        """What an answer says of a unit: code, name, phone; None where there is no such unit."""
        if code is None:
            return None
        snapshot = self.snapshot("units")
        if self._units is None or self._units[0] != snapshot.version:
            fields = ["code", "name", "name_en", "kind", "phone"]
            records = snapshot.attributes(snapshot.rows, fields).to_pylist()
            self._units = (snapshot.version, {r["code"]: r for r in records})
        return self._units[1].get(code)

    def bounds(self, names: Iterable[str]) -> tuple[float, float, float, float]:
        """West, south, east, north of these layers together; the whole world where they are empty."""
        boxes = [b for name in names if (b := self.snapshot(name).bounds) is not None]
        if not boxes:
            return -180.0, -85.0, 180.0, 85.0
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])

    def owners(self, points: NDArray[np.float64]) -> list[dict[str, Any]]:
        """Who owns each point (float64[q, 2] lon, lat, WGS84): areas from the city down, unit, and the nearest
        area with its distance in metres where it is in none."""
        areas = self.areas
        by_level = [rows.tolist() for rows in areas.owners(points).values()]
        answers: list[dict[str, Any]] = []
        outside = []
        for i, rows in enumerate(zip(*by_level, strict=True)):
            records = [areas.record(row) for row in rows if row >= 0]
            if not records:
                outside.append(i)
            answers.append(
                {
                    "areas": [r.said for r in records],
                    "unit": self.unit(areas.unit_of(records)),
                    "nearest": None,
                }
            )
        if outside:
            for i, near in zip(outside, areas.nearest(points[outside]), strict=True):
                if near is not None:
                    answers[i]["nearest"] = {**near[0].said, "distance_m": round(near[1], 3)}
        return answers

    def population_layer(self) -> str | None:
        """The layer that counts people: the setting's, else the first loaded one with a `population`, else areas."""
        if self.settings.population != "auto":
            return self.settings.population
        for name, snapshot in sorted(self.snapshots.items()):
            if name not in PLACED and "population" in snapshot.layer.field_names:
                return name
        return "areas" if self.population_level() else None

    def population_level(self) -> str | None:
        """The smallest level whose areas know their population."""
        snapshot = self.snapshot("areas")
        counted = snapshot.attributes(snapshot.rows, ["level", "population"])
        levels = set(pc.unique(counted["level"].filter(pc.is_valid(counted["population"]))).to_pylist())
        return next((level for level in reversed(LEVELS) if level in levels), None)

    # -- following the store ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring every snapshot to what the store says now. What was written before this call is seen after it."""
        with self._refreshing:
            if not self.snapshots:
                opened = {name: self._open_layer(layer) for name, layer in self.store.layers().items()}
                catch_up = self.store.changes(
                    {n: s.seq for n, s in opened.items()}, min(s.seq for s in opened.values())
                )
            else:
                opened = dict(self.snapshots)
                catch_up = self.store.changes({}, self.seq)
            for name in catch_up.dropped:
                opened.pop(name, None)
            for name, change in catch_up.layers.items():
                if change.loaded or name not in opened:
                    opened[name] = self._caught_up(self._open_layer(change.layer))
                elif change.now is not None:
                    opened[name] = opened[name].with_changes(change.fids, change.now, catch_up.seq)
            self.snapshots = opened
            self.seq = catch_up.seq
            self._strays.update(n for n, change in catch_up.layers.items() if change.layer.kind in placing.OWNED)
        for name, snapshot in opened.items():
            if len(snapshot.delta) + int(np.count_nonzero(snapshot.dead)) > DELTA_LIMIT:
                self._compact_later(name)

    def _caught_up(self, snapshot: Snapshot) -> Snapshot:
        name = snapshot.layer.name
        change = self.store.changes({name: snapshot.seq}, 2**62).layers.get(name)
        if change is None or change.now is None:
            return snapshot
        return snapshot.with_changes(change.fids, change.now, int(snapshot.seq))

    def _open_layer(self, layer: Layer) -> Snapshot:
        """The newest base on disk if the change log still leads on from it, else one made from a fresh read."""
        with self._layer_lock(layer.name) as folder:
            newest = snapshot_files.newest(folder, layer.version)
            if newest is not None and self.store.log_reaches(newest[1]):
                base = snapshot_files.open_columns(newest[0], layer)
                return Snapshot.of(layer, base, self._metric(), newest[1])
            now, seq, features = self.store.read(layer.name)
            columns = columns_module.build(now, features, self._metric())
            return self._save(now, columns, seq)

    def _save(self, layer: Layer, columns: Columns, seq: int) -> Snapshot:
        folder = self.snapshot_folder(layer.name)
        kept = snapshot_files.save(columns, folder, layer.version, seq)
        snapshot_files.remove_older(folder, kept)
        return Snapshot.of(layer, snapshot_files.open_columns(kept, layer), self._metric(), seq)

    def snapshot_folder(self, name: str) -> Path:
        """Where a layer's snapshots are kept."""
        if self.settings.snapshots:
            root = Path(self.settings.snapshots)
        elif self.settings.store.startswith("gpkg:///"):
            file = Path(self.settings.store.removeprefix("gpkg:///"))
            root = file.with_name(file.name + ".snapshots")
        else:
            root = Path("city.snapshots")
        return root / f"{self._identity}-{self._metric().replace(':', '')}" / name

    @contextmanager
    def _layer_lock(self, name: str) -> Iterator[Path]:
        """One worker makes a base; the others wait and find it."""
        folder = self.snapshot_folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield folder

    def _metric(self) -> str:
        return self.metric_crs or "EPSG:4547"

    def _compact_later(self, name: str) -> None:
        running = self._compactions.get(name)
        if running is None or not running.is_alive():
            thread = threading.Thread(target=self.compact, args=(name,), name=f"compact {name}", daemon=True)
            self._compactions[name] = thread
            thread.start()

    def compact(self, name: str) -> None:
        """Make a new base of a layer's base and delta, and go on from there."""
        snapshot = self.snapshot(name)
        columns = snapshot.compacted()
        with self._layer_lock(name):
            fresh = self._save(snapshot.layer, columns, snapshot.seq)
        with self._refreshing:
            if (
                self.snapshots.get(name) is None
                or self.snapshots[name].layer.version != snapshot.layer.version
            ):
                return  # loaded anew meanwhile
            change = self.store.changes({name: fresh.seq}, 2**62).layers.get(name)
            if change is not None and change.now is not None:
                fresh = fresh.with_changes(change.fids, change.now, self.seq)
            self.snapshots = {**self.snapshots, name: fresh}

    def follow(self) -> None:
        """From now on see what others write, within the setting `follow_s`."""
        self._follower = threading.Thread(target=self._follow, name="follow the store", daemon=True)
        self._follower.start()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                if self.store.wait(self.settings.follow_s):
                    self.refresh()
                    self._place_strays()
                self.trouble = None
            except (CityError, OSError) as error:
                self.trouble = str(error)  # /health says it; we try again
                self._stopped.wait(1.0)

    def _place_strays(self) -> None:
        """Fill the owners of what was placed or moved from outside, by a GIS program or SQL."""
        while self._strays:
            snapshot = self.snapshot(self._strays.pop())
            lost = placing.strays(self.areas, snapshot)
            if lost:
                with self.store.writing("citybase") as tx:
                    for fid, values in lost.items():
                        tx.update(snapshot.layer, fid, values)
                self.refresh()

    # -- change ----------------------------------------------------------------------------------

    def load(
        self,
        layer: Layer,
        features: Features,
        *,
        actor: str = "local",
        report: Mapping[str, Any] | None = None,
        progress: Progress = silent,
    ) -> Layer:
        """Replace a layer by these features: stored, indexed and answering when this returns."""
        multipart = np.flatnonzero(shapely.get_num_geometries(features.geometry) > 1)
        if layer.geometry == "point" and len(multipart):
            faults = [
                Fault(int(i) + 1, "a multipoint of several points; give each point a row") for i in multipart
            ]
            raise FaultyData(f"layer {layer.name!r}: {len(faults)} rows hold several points", faults)
        self._choose_metric(features)
        if layer.name in PLACED:
            layer = PLACED[layer.name]
            if layer.name != "areas":
                features = placing.with_owners(self.areas, features)
        columns = columns_module.build(layer, features, self._metric())
        text = json.dumps(report, ensure_ascii=False) if report is not None else None
        loaded, seq = self.store.load(layer, columns, actor=actor, report=text, progress=progress)
        progress("indexing", 0, None)
        with self._layer_lock(layer.name):
            self._save(loaded, columns, seq)
        self.refresh()
        return loaded

    def append(
        self, name: str, features: Features, *, actor: str = "local", progress: Progress = silent
    ) -> None:
        """Add features to a layer in one transaction, each logged like any other insert.

        `BadInput` where a field is not the layer's. Missing fields are null.
        """
        layer = self.snapshot(name).layer
        extra = set(features.attributes.column_names) - set(layer.field_names)
        if extra:
            raise BadInput(
                f"layer {name!r} has no field {', '.join(sorted(extra))}; it has: {', '.join(layer.field_names)}"
            )
        if name in PLACED and name != "areas":
            features = placing.with_owners(self.areas, features)
        records = features.attributes.to_pylist()
        with self.store.writing(actor) as tx:
            for i, (geometry, values) in enumerate(zip(features.geometry, records, strict=True)):
                if values.get("code") and name in PLACED:
                    tx.require_unused(layer, values["code"])
                tx.insert(layer, geometry, values)
                if i % 500 == 0:
                    progress("writing", i, len(features))
        self.refresh()

    def _choose_metric(self, features: Features) -> None:
        if self.metric_crs or not len(features):
            return
        west, south, east, north = shapely.total_bounds(features.geometry)
        self.metric_crs = crs.metric_crs_for((west + east) / 2, (south + north) / 2)
        self.store.set_meta("metric_crs", self.metric_crs)
        self.snapshots = {}  # those of the empty city were made in no particular metres
        self.refresh()

    def drop(self, name: str, *, actor: str = "local") -> None:
        """Remove a layer."""
        if name in PLACED:
            raise BadInput(
                f"layer {name!r} belongs to every city and can't be dropped; load an empty one instead"
            )
        self.store.drop(name, actor=actor)
        self.refresh()


class LayerView:
    """A layer as planners use it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def frame(
        self,
        *,
        bounds: tuple[float, float, float, float] | None = None,
        where: Mapping[str, Any] | None = None,
        columns: Sequence[str] | None = None,
    ) -> Any:
        """Features as a GeoDataFrame (EPSG:4490, index fid): those that meet bounds (w, s, e, n) and condition."""
        rows = self.snapshot.rows
        if bounds is not None:
            rows, _ = self.snapshot.in_bounds(np.array([bounds], np.float64))
        if where:
            rows = rows[self.snapshot.matching(where)[rows]]
        return self.snapshot.frame(np.sort(rows), columns)

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The attributes of all features as an Arrow table."""
        return self.snapshot.attributes(self.snapshot.rows, columns)
