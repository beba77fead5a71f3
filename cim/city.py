"""The open city: its store, its snapshots, and the registries of what is built from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from cim.areas.owners import Owners
from cim.areas.ownership import Areas
from cim.areas.registry import AreaRegistry
from cim.arrays.once import Lazy
from cim.arrays.types import LonLat
from cim.duty.responsibility_list import RuleRegistry, Rules
from cim.duty.units import UnitRegistry, Units
from cim.follower import Follower, Watcher
from cim.layer_view import LayerView
from cim.loading import LayerLoading
from cim.local_time import today
from cim.progress import Progress, silent
from cim.roads.registry import RoadRegistry
from cim.roads.traffic import Traffic
from cim.settings import Settings
from cim.settings_file import read_settings
from cim.snapshot.extent import Box, CityExtent, Extent
from cim.snapshot.metric_zone import MetricCrs
from cim.snapshot.registry import SnapshotRegistry
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.state import CityState, Registries
from cim.store import Store, open_store
from cim.text.registry import TextRegistry
from cim.writer import CityWriter


class City(LayerLoading):
    """An open city. Its snapshots are replaced as a whole when the store changes; a reader keeps those that it took."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings, self.store, self.zone = settings, store, settings.zone
        self._metric = MetricCrs(settings, store)
        self._snapshots = SnapshotRegistry(store, settings.snapshots_folder, self._metric.now)
        areas, rules = AreaRegistry(self.zone), RuleRegistry(store, settings)
        self._snapshots.before_publishing = areas.renew
        self._follower = Follower(self, self._snapshots, self._metric)
        keep = self._follower.keep
        self._registries = Registries(
            areas,
            UnitRegistry(),
            CityExtent(),
            lambda: rules.rules(self._snapshots.seq),
            Lazy(lambda: keep(TextRegistry(self.base_folder))),
            Lazy(lambda: keep(RoadRegistry(settings, self.base_folder, Traffic(self.zone)))),
        )
        self._held: CityState | None = None

    @classmethod
    def open(cls, source: Settings | str | Path | None = None, *, create: bool = False) -> City:
        """Open the city of these settings, or of a `city.toml`; it can answer when this returns."""
        settings = source if isinstance(source, Settings) else read_settings(Path(source) if source else None)
        city = cls(settings, open_store(settings.store, create=create, crs=settings.crs))
        city.store.ensure_placed()
        city.store.adopt()  # tables that other programs replaced in the meantime
        city.refresh()
        city._snapshots.sweep()
        city._registries.rules()
        return city

    def close(self) -> None:
        """Stop following the store and release everything."""
        self._follower.stop()
        if self._registries.roads.value is not None:
            self._registries.roads.value.close()
        self._snapshots.close()
        self.store.close()

    def __enter__(self) -> City:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def state(self) -> CityState:
        """The city as it is now, to work out one answer from; a city that is held gives the same state each time."""
        return self._held or self._state_on(today(self.zone))

    def _state_on(self, day: dt.date) -> CityState:
        snapshots = self._snapshots.current
        measured = next(iter(snapshots.values()), self._snapshots)  # all are in metres of one CRS
        return CityState.of(self.settings, self.zone, day, snapshots, measured.metric_crs, self._registries)

    def hold(self) -> City:
        """The same city, whose state stays as it is now until its own `refresh`."""
        if self._held is not None:
            return self
        still = object.__new__(City)  # as copy.copy, in a third of the time: each request does this
        still.__dict__.update(self.__dict__)
        still._held = self.state()
        return still

    @property
    def writer(self) -> CityWriter:
        """What verbs that write to this city are given."""
        return CityWriter(self.store, self.state, self.catch_up)

    def base_folder(self, snapshot: Snapshot) -> Path:
        """The folder of a snapshot's base and of what is built from it."""
        return self._snapshots.base_folder(snapshot)

    @property
    def snapshots(self) -> Mapping[str, Snapshot]:
        """Every layer by name, as it is now. Take a `state` if an answer needs several layers."""
        return self._snapshots.current if self._held is None else self._held.snapshots

    @property
    def seq(self) -> int:
        """The position in the change log that the snapshots have reached."""
        return self._snapshots.seq

    def today(self) -> dt.date:
        """The current day in the city: the day of an answer that names no other."""
        return self.state().today

    @property
    def trouble(self) -> str | None:
        """Why the store can't be followed or a snapshot can't be compacted; None if all is well."""
        return self._follower.trouble

    def snapshot(self, name: str) -> Snapshot:
        """The layer as it is now; `NotFound` with the loaded names."""
        return require_layer(self.snapshots, name)

    def layer(self, name: str) -> LayerView:
        """A layer for analysis: `city.layer("buildings").frame(bounds=…, where=…)`."""
        return LayerView(self.snapshot(name))

    @property
    def areas(self) -> Areas:
        """The management areas as of today."""
        return self.state().areas

    @property
    def units(self) -> Units:
        """The units by code, and by kind and territory."""
        return self.state().units

    @property
    def rules(self) -> Rules:
        """The responsibility list and the clock of deadlines."""
        return self.state().rules

    @property
    def texts(self) -> TextRegistry:
        """The text indexes of the layers: built on first use, and in the background whenever a layer changes."""
        return self._registries.texts.get()

    @property
    def roads(self) -> RoadRegistry:
        """The road network: built on first use, and in the background whenever the layer of roads changes."""
        return self._registries.roads.get()

    @property
    def extent(self) -> Extent | None:
        """Where the city is: the box of its areas, or else of its layers; None where nothing is placed."""
        return self.state().extent

    def bounds(self, names: Iterable[str]) -> Box:
        """West, south, east, north of these layers together, without rows far from the city unless all of them are."""
        return self.state().bounds(names)

    def owners(self, points: LonLat, day: dt.date | None = None) -> list[Owners]:
        """The owners of each point (float64[q, 2] lon, lat, WGS84) on a day (None: today)."""
        return self.state().owners(points, day)

    def follow(self) -> None:
        """Start to follow what others write, with a delay of at most the setting `follow_s`."""
        self._follower.start()

    def refresh(self) -> None:
        """Bring every snapshot up to date with the store. Whatever was written before this call is visible after it."""
        self._follower.refresh()
        if self._held is not None:  # an answer that is worked out over midnight keeps its day
            self._held = self._state_on(self._held.today)

    def catch_up(self) -> bool:
        """Bring every snapshot up to date after a commit; whether the city's answers contain it now."""
        return self._follower.catch_up(self.refresh)

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher` with the snapshots now and whenever they were brought up to date; it must return quickly."""
        self._follower.watch(watcher)

    def before_new_base(self, prepare: Callable[[Snapshot], None]) -> None:
        """Call `prepare` with a layer's new base before it replaces the old one; it may take its time."""
        self._snapshots.preparing.append(prepare)

    def reassign(self, progress: Progress = silent) -> dict[str, int]:
        """Assign owners to all placed things again, as after redrawing grids; the number of changed things by layer."""
        return self._follower.reassign(self, progress)
