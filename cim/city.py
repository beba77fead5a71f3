"""The city: what is open, and one place to ask it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.areas import owner_fields
from cim.areas.owners import Owners
from cim.areas.ownership import Areas, owners_of_points
from cim.columnar.columns import Columns, rows_of
from cim.duty.responsibility_list import Rules, current
from cim.duty.units import FIELDS as UNIT_FIELDS
from cim.duty.units import Units
from cim.errors import BadInput, CityError, NotFound, StoreBusy, StoreUnusable
from cim.layer_catalogue import LayerCatalogue
from cim.layer_view import LayerView
from cim.local_time import today
from cim.model.layer import Features, Layer, require_single_points
from cim.model.standard_layers import PLACED
from cim.progress import Progress, silent
from cim.roads.registry import RoadRegistry
from cim.roads.traffic import Traffic
from cim.settings import Settings
from cim.settings_file import read_settings
from cim.snapshot import metric_zone
from cim.snapshot.extent import CityExtent, Extent, core_box
from cim.snapshot.registry import SnapshotRegistry, same_state
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.store import Store, open_store
from cim.text.registry import TextRegistry

#: Rows that a job changes in one transaction, so that others who write need not wait for all of it.
_AT_ONCE = 1000

#: Seconds between two looks for what loads that died have left behind.
_SWEEP_S = 60.0

_log = logging.getLogger("citybase")


class City(LayerCatalogue):
    """An open city. Its snapshots are replaced as a whole when the store changes; a reader keeps what it has."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        #: Time zone of moments without a zone, hours of closures, deadlines and the day of an answer.
        self.zone = settings.zone
        self._trouble: str | None = None
        self._making = threading.RLock()
        self._texts: TextRegistry | None = None
        self._roads: RoadRegistry | None = None
        self._preparing: list[Callable[[Snapshot], None]] = []
        if settings.metric_crs != "auto":  # remembered for whoever opens the store without the setting
            crs.parse_crs(settings.metric_crs)
            if settings.metric_crs != store.meta("metric_crs", ""):
                store.set_meta("metric_crs", settings.metric_crs)
        # Of a city that stands still (`held`): that city itself, and the layers as they were taken.
        self._base: City = self
        self._held: dict[str, Snapshot] | None = None
        self._held_day: dt.date | None = None
        self._held_rules: Rules | None = None
        self._areas: Areas | None = None
        self._areas_before: Areas | None = None
        self._extent = CityExtent()
        self._snapshots = SnapshotRegistry(store, self._folder(), self._metric_now)
        self._snapshots.before_publishing = self._make_areas
        self._snapshots.preparing = self._preparing
        self._founded: bool | None = None  # whether a layer says where the city is; None: not looked at yet
        self._stopped = threading.Event()
        self._behind = threading.Event()
        self._follower: threading.Thread | None = None
        self._renewing = threading.Lock()
        self._written: set[str] = set()
        self._looked_at: dict[str, Columns] = {}
        self._placed_by: Areas | None = None
        self._units: tuple[str, Units] | None = None
        self._rules: Rules | None = None
        self._watchers: list[Callable[[dict[str, Snapshot]], None]] = []

    def _metric_now(self) -> str:
        """The metric CRS that the setting or, with `auto`, the store says."""
        if self.settings.metric_crs != "auto":
            return self.settings.metric_crs
        return self.store.meta("metric_crs", "") or metric_zone.EMPTY_CITY

    def _folder(self) -> Path:
        return self._beside_store(self.settings.snapshots, "snapshots")

    @property
    def sources_folder(self) -> Path:
        """Where the rasters and archives lie that are served beside the layers; it need not be there."""
        return self._beside_store(self.settings.sources, "sources")

    def _beside_store(self, chosen: str, what: str) -> Path:
        if chosen:
            return Path(chosen)
        if self.settings.store.startswith("gpkg:///"):
            file = Path(self.settings.store.removeprefix("gpkg:///"))
            return file.with_name(f"{file.name}.{what}")
        return Path(f"city.{what}")

    @classmethod
    def open(cls, source: Settings | str | Path | None = None, *, create: bool = False) -> City:
        """The city of these settings, or of a `city.toml`; ready to answer when this returns."""
        settings = source if isinstance(source, Settings) else read_settings(Path(source) if source else None)
        city = cls(settings, open_store(settings.store, create=create, crs=settings.crs))
        city.store.ensure_placed()
        city.store.adopt()  # what others replaced while nobody looked
        city.refresh()
        city._snapshots.sweep()
        city._rules = current(city.store, settings, None, city.seq)
        return city

    def close(self) -> None:
        """Stop following and give everything back."""
        self._stopped.set()
        if self._follower is not None:
            self._follower.join(timeout=10)
        if self._roads is not None:
            self._roads.close()
        self._snapshots.close()
        self.store.close()

    def __enter__(self) -> City:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- what is there ---------------------------------------------------------------------------

    @property
    def snapshots(self) -> dict[str, Snapshot]:
        """Every layer by name, as it is now. Take it once where one answer needs several layers."""
        return self._snapshots.current if self._held is None else self._held

    def hold(self) -> City:
        """The same city with its layers, its list of rules and its day as they are now, whatever is written meanwhile:
        for one answer that asks several of them. `refresh`, as after a write, brings it up to date."""
        if self._held is not None:
            return self
        still = object.__new__(City)  # as copy.copy, in a third of the time: each request does this
        still.__dict__.update(self.__dict__)
        still._held = self._snapshots.current
        return still

    @property
    def seq(self) -> int:
        """The place in the change log that the snapshots have reached."""
        return self._snapshots.seq

    @property
    def metric_crs(self) -> str:
        """The CRS of the city's metres."""
        held = self._held
        return next(iter(held.values())).metric_crs if held else self._snapshots.metric_crs

    def today(self) -> dt.date:
        """The day that it is in the city, of which an answer is that names no other."""
        if self._held is None:
            return today(self.zone)
        if self._held_day is None:  # an answer that is worked out over midnight is of one day
            self._held_day = today(self.zone)
        return self._held_day

    @property
    def trouble(self) -> str | None:
        """What is wrong: the store can't be followed, or a snapshot can't be compacted; None where all is well."""
        return self._trouble or self._snapshots.trouble

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
        """The management areas as of today, made once for each state of their layer."""
        snapshot, day, base = self.snapshot("areas"), self.today(), self._base
        for known in (base._areas, base._areas_before):
            if known is not None and known.day == day and same_state(known.snapshot, snapshot):
                return known
        return base._areas_of(snapshot, day)

    def _areas_of(self, snapshot: Snapshot, day: dt.date) -> Areas:
        with self._renewing:
            known = self._areas
            if known is None or known.day != day or not same_state(known.snapshot, snapshot):
                self._areas_before = known
                known = self._areas = Areas(snapshot, day)
            return known

    def _make_areas(self, snapshots: dict[str, Snapshot]) -> None:
        """Make the areas of snapshots that are about to be published, so that no reader has to wait for them."""
        if self._areas is not None and "areas" in snapshots:
            self._areas_of(snapshots["areas"], self.today())

    def unit(self, code: str | None) -> dict[str, Any] | None:
        """What an answer says of a unit: code, name, phone; None where there is no such unit."""
        return None if code is None else self.units.as_dict(code)

    @property
    def units(self) -> Units:
        """The units by code, and by kind and territory."""
        snapshot, known = self.snapshot("units"), self._base._units
        if known is None or known[0] != snapshot.version:
            records = snapshot.attributes(snapshot.rows, UNIT_FIELDS).to_pylist()
            known = self._base._units = (snapshot.version, Units(records))
        return known[1]

    @property
    def rules(self) -> Rules:
        """The responsibility list and the clock of deadlines."""
        if self._held_rules is not None:
            return self._held_rules
        known, seq = self._base._rules, self.seq
        if known is None or known.seq != seq:
            try:
                known = self._base._rules = current(self.store, self.settings, known, seq)
            except (StoreBusy, StoreUnusable):
                if known is None:
                    raise
                # Answers go on from what is known while the store is away; /health says that it is.
        if self._held is not None:
            self._held_rules = known
        return known

    @property
    def texts(self) -> TextRegistry:
        """The text indexes of the layers; who asks first has them made from then on, whenever a layer changes."""
        if self._base is not self:
            return self._base.texts
        with self._making:
            if self._texts is None:
                self._texts = TextRegistry(self._snapshots.base_folder)
                self._texts.prepare(self.snapshots)
            return self._texts

    @property
    def roads(self) -> RoadRegistry:
        """The road network; who asks first has it made from then on, whenever the layer of roads changes."""
        if self._base is not self:
            return self._base.roads
        with self._making:
            if self._roads is None:
                self._roads = RoadRegistry(self.settings, self._snapshots.base_folder, Traffic(self.zone))
                self._roads.prepare(self.snapshots)
            return self._roads

    @property
    def extent(self) -> Extent | None:
        """Where the city is: the box of its areas, else of its layers; None where nothing is placed."""
        return self._extent.extent(self.snapshots)

    def bounds(self, names: Iterable[str]) -> tuple[float, float, float, float]:
        """West, south, east, north of these layers together, without rows far from the city unless all of them are;
        the whole world where they are empty."""
        there, extent = self.snapshots, self.extent
        named = {name: self.snapshot(name) for name in names}
        boxes = [b for name in named if (b := self._extent.bounds(there, name)) is not None]
        near = [b for b in boxes if extent is None or not extent.far(np.array([b]))[0]]
        if not boxes:
            return -180.0, -85.0, 180.0, 85.0
        low, high = np.min(near or boxes, axis=0), np.max(near or boxes, axis=0)
        return float(low[0]), float(low[1]), float(high[2]), float(high[3])

    def core(self) -> tuple[float, float, float, float]:
        """The box in which most of the city's life is: the middle four fifths of its resources, else of its
        features both ways. What a map shows first; a city's limits may reach far into the country."""
        there = self.snapshots
        return core_box(there, self.extent) or self.bounds(there)

    def owners(self, points: NDArray[np.float64], day: dt.date | None = None) -> list[Owners]:
        """Who owns each point (float64[q, 2] lon, lat, WGS84) as of a day (None: today): areas from the city down,
        special grids, duty officer, unit, and where it is in no area the nearest one with its distance in metres."""
        if self._held is None:
            return self.hold().owners(points, day)
        return owners_of_points(self.areas, self.units, points, day)

    # -- following the store ---------------------------------------------------------------------

    def refresh(self) -> None:
        """Bring every snapshot to what the store says now. What was written before this call is seen after it."""
        if self._base is not self:
            self._base.refresh()
            self._held, self._held_rules = self._base.snapshots, None
            return
        changed = self._snapshots.refresh()
        if not self._founded and self._settle_metric():
            changed |= self._snapshots.refresh()
        self._written |= changed & PLACED.keys() - {"areas"}
        if self._texts is not None:
            self._texts.prepare(self.snapshots)
        if self._roads is not None:
            self._roads.prepare(self.snapshots)
        for watcher in self._watchers:
            watcher(self.snapshots)

    def catch_up(self) -> bool:
        """Bring every snapshot up to date after something was committed: whether the city's answers contain it now.

        What fails here is told by /health and tried again: it is no failure of what was committed.
        """
        try:
            self.refresh()
        except Exception as error:  # noqa: BLE001 - whatever it is, the change was made
            _log.warning("a change was committed, but can't be read back yet: %s", error)
            self._trouble = str(error)
            self._behind.set()
            return False
        return True

    def watch(self, watcher: Callable[[dict[str, Snapshot]], None]) -> None:
        """Give the snapshots to `watcher` now and whenever they were brought up to date; it must not take long."""
        self._watchers.append(watcher)
        watcher(self.snapshots)

    def before_new_base(self, prepare: Callable[[Snapshot], None]) -> None:
        """Give a layer's new base to `prepare`, which may take its time, before it takes the place of the old one."""
        self._preparing.append(prepare)

    def base_folder(self, snapshot: Snapshot) -> Path:
        """Where the base of a snapshot lies, and what is made of it."""
        return self._snapshots.base_folder(snapshot)

    def follow(self) -> None:
        """From now on see what others write, within the setting `follow_s`."""
        self._follower = threading.Thread(target=self._follow, name="follow the store", daemon=True)
        self._follower.start()

    def _follow(self) -> None:
        swept = time.monotonic()
        while not self._stopped.is_set():
            try:
                changed = self.store.wait(self.settings.follow_s)
                # What was announced while something failed is not announced again.
                if changed or self._behind.is_set() or self._to_be_placed():
                    self._behind.set()
                    self.refresh()
                    self._place_what_changed()
                    self._behind.clear()
                if not self._behind.is_set():
                    self._trouble = None
                if time.monotonic() - swept > _SWEEP_S:
                    self._snapshots.sweep()
                    self.store.forget_answers()
                    swept = time.monotonic()
            except Exception as error:  # noqa: BLE001 - whoever stops following answers from the past, unseen
                if not isinstance(error, (CityError, OSError)):
                    _log.exception("following the store failed")
                self._behind.set()
                self._trouble = str(error)  # /health says it; we try again
                self._stopped.wait(1.0)

    def _to_be_placed(self) -> bool:
        return "areas" in self.snapshots and self._placed_by is not self.areas

    def _place_what_changed(self) -> None:
        """Put right the owners of what was placed or moved from outside; of everything, once the areas changed."""
        if "areas" not in self.snapshots:
            return
        if self._placed_by is not self.areas:
            self.reassign()
        while self._written:
            name = self._written.pop()
            snapshot = self.snapshots.get(name)
            if snapshot is None:  # its table is gone, which the log and the doctor say
                continue
            fresh = np.arange(len(snapshot.delta)) + len(snapshot.base)
            # In another base than the one we looked at, rows may be new that were in the delta meanwhile.
            known = self._looked_at.get(name) is snapshot.base
            try:
                self._put_right(snapshot, fresh if known else snapshot.rows, silent)
                self._looked_at[name] = snapshot.base
            except BaseException:
                self._written.add(name)  # for the next time
                raise

    def reassign(self, progress: Progress = silent) -> dict[str, int]:
        """Give everything placed its right owners, as when grids were redrawn: how many of each layer changed."""
        areas = self.areas
        there = self.snapshots
        placed = {name: there[name] for name in PLACED if name != "areas" and name in there}
        changed = {name: self._put_right(now, now.rows, progress) for name, now in placed.items()}
        self._placed_by = areas
        return changed

    def _put_right(self, snapshot: Snapshot, rows: NDArray[np.int64], progress: Progress) -> int:
        """Write the owners of those of the rows that have others, a thousand in each transaction."""
        wrong = list(owner_fields.wrong_owners(self.areas, snapshot, rows, self.zone).items())
        for start in range(0, len(wrong), _AT_ONCE):
            with self.store.writing("citybase") as tx:
                for fid, values in wrong[start : start + _AT_ONCE]:
                    tx.update(snapshot.layer, fid, values)
            progress(f"placing {snapshot.layer.name}", min(start + _AT_ONCE, len(wrong)), len(wrong))
        if wrong:
            self.refresh()
        return len(wrong)

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
        require_single_points(layer, features)
        if len(features):
            self._measure_in(self.metric_for(layer.name, features.geometry))
        if layer.name in PLACED:
            layer = PLACED[layer.name]
            if layer.name != "areas":
                features = owner_fields.with_owners(self.areas, layer, features, self.zone)
        rows = rows_of(layer, features)
        text = json.dumps(report, ensure_ascii=False) if report is not None else None
        with ExitStack() as until_published:
            draft = self._snapshots.draft(layer, rows)
            until_published.callback(draft.discard)

            def ready() -> None:
                # From here on whoever sees the load in the log waits, and then finds its snapshot made.
                draft.wait()
                until_published.enter_context(self._snapshots.lock(layer.name))

            loaded, seq = self.store.load(
                layer, rows, actor=actor, report=text, progress=progress, ready=ready
            )
            try:
                draft.publish(loaded.version, seq)
            except StoreUnusable as error:  # the layer is stored; its snapshot is made of a fresh read
                _log.warning("%s", error)
        self.catch_up()
        return loaded

    def append(
        self, name: str, features: Features, *, actor: str = "local", progress: Progress = silent
    ) -> None:
        """Add features to a layer in one transaction, each logged like any other insert.

        `BadInput` where a field is not the layer's. Missing fields are null.
        """
        there = self.snapshot(name)
        layer = there.layer
        extra = set(features.attributes.column_names) - set(layer.field_names)
        if extra:
            raise BadInput(
                f"layer {name!r} has no field {', '.join(sorted(extra))}; it has: {', '.join(layer.field_names)}"
            )
        if not len(there) and len(features):
            self._measure_in(self.metric_for(name, features.geometry))
        if name in PLACED and name != "areas":
            features = owner_fields.with_owners(self.areas, layer, features, self.zone)
        records = features.attributes.to_pylist()
        with self.store.writing(actor) as tx:
            for i, (geometry, values) in enumerate(zip(features.geometry, records, strict=True)):
                if values.get("code") and name in PLACED:
                    tx.require_unused(layer, values)
                tx.insert(layer, geometry, values)
                if i % 500 == 0:
                    progress("writing", i, len(features))
        self.catch_up()

    def metric_for(self, name: str, geometry: NDArray[Any]) -> str:
        """The metric CRS of the city once the layer `name` holds these geometries: where they lie, if no other layer
        says where the city is, else the one there is."""
        others = [s for s in metric_zone.base_layers(self.snapshots) if s.layer.name != name]
        if others or not metric_zone.is_base(name) or self.settings.metric_crs != "auto":
            return self.metric_crs
        return metric_zone.choose_crs(self.store.meta("metric_crs", ""), geometry) or self.metric_crs

    def _measure_in(self, metric_crs: str) -> None:
        if metric_crs != self.metric_crs or not self.store.meta("metric_crs", ""):
            self.store.set_meta("metric_crs", metric_crs)
            self.refresh()

    def _settle_metric(self) -> bool:
        """Whether a city that has no layers yet, or that others filled, is measured otherwise from now on."""
        base = metric_zone.base_layers(self.snapshots)
        known = self.store.meta("metric_crs", "")
        opening, self._founded = self._founded is None, bool(base)
        there = base or [s for s in self.snapshots.values() if len(s)]
        if self.settings.metric_crs != "auto" or not there or (opening and base and known):
            return False
        chosen = metric_zone.choose_crs(known, metric_zone.geometries(there))
        if chosen != known:
            self.store.set_meta("metric_crs", chosen)
        return chosen != known
