"""The city: what is open, and one place to ask it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

from cim.areas.owners import Owners
from cim.areas.ownership import Areas, owners_of_points
from cim.areas.registry import AreaRegistry
from cim.arrays.once import Lazy
from cim.arrays.types import LonLat
from cim.duty.answers import UnitRecord
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
from cim.store import Store, open_store
from cim.text.registry import TextRegistry


class City(LayerLoading):
    """An open city. Its snapshots are replaced as a whole when the store changes; a reader keeps what it has."""

    def __init__(self, settings: Settings, store: Store) -> None:
        #: The zone is of moments without one, of hours of closures, deadlines and the day of an answer.
        self.settings, self.store, self.zone = settings, store, settings.zone
        self._metric = MetricCrs(settings, store)
        self._snapshots = SnapshotRegistry(store, settings.snapshots_folder, self._metric.now)
        self._areas, self._units, self._extent = AreaRegistry(self.zone), UnitRegistry(), CityExtent()
        self._snapshots.before_publishing = self._areas.renew
        self._rules = RuleRegistry(store, settings)
        self._follower = Follower(self, self._snapshots, self._metric)
        keep = self._follower.keep
        self._texts = Lazy(lambda: keep(TextRegistry(self.base_folder)))
        self._roads = Lazy(lambda: keep(RoadRegistry(settings, self.base_folder, Traffic(self.zone))))
        # Of a city that stands still (`hold`): its layers, its day and its rules as they were taken.
        self._held: dict[str, Snapshot] | None = None
        self._held_day: dt.date | None = None
        self._held_rules: Rules | None = None

    @classmethod
    def open(cls, source: Settings | str | Path | None = None, *, create: bool = False) -> City:
        """The city of these settings, or of a `city.toml`; ready to answer when this returns."""
        settings = source if isinstance(source, Settings) else read_settings(Path(source) if source else None)
        city = cls(settings, open_store(settings.store, create=create, crs=settings.crs))
        city.store.ensure_placed()
        city.store.adopt()  # what others replaced while nobody looked
        city.refresh()
        city._snapshots.sweep()
        city._rules.rules(city.seq)
        return city

    def close(self) -> None:
        """Stop following and give everything back."""
        self._follower.stop()
        if self._roads.value is not None:
            self._roads.value.close()
        self._snapshots.close()
        self.store.close()

    def __enter__(self) -> City:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hold(self) -> City:
        """The same city with its layers, its list of rules and its day as they are now, whatever is written meanwhile:
        for one answer that asks several of them. `refresh`, as after a write, brings it up to date."""
        if self._held is not None:
            return self
        still = object.__new__(City)  # as copy.copy, in a third of the time: each request does this
        still.__dict__.update(self.__dict__)
        still._held = self._snapshots.current
        return still

    def base_folder(self, snapshot: Snapshot) -> Path:
        """Where the base of a snapshot lies, and what is made of it."""
        return self._snapshots.base_folder(snapshot)

    @property
    def snapshots(self) -> dict[str, Snapshot]:
        """Every layer by name, as it is now. Take it once where one answer needs several layers."""
        return self._snapshots.current if self._held is None else self._held

    @property
    def seq(self) -> int:
        """The place in the change log that the snapshots have reached."""
        return self._snapshots.seq

    def today(self) -> dt.date:
        """The day that it is in the city, of which an answer is that names no other."""
        day = self._held_day or today(self.zone)
        if self._held is not None:  # an answer that is worked out over midnight is of one day
            self._held_day = day
        return day

    @property
    def trouble(self) -> str | None:
        """What is wrong: the store can't be followed, or a snapshot can't be compacted; None where all is well."""
        return self._follower.trouble

    def snapshot(self, name: str) -> Snapshot:
        """The layer as it is now; `NotFound` with the loaded names."""
        return require_layer(self.snapshots, name)

    def layer(self, name: str) -> LayerView:
        """A layer for analysis: `city.layer("buildings").frame(bounds=…, where=…)`."""
        return LayerView(self.snapshot(name))

    @property
    def areas(self) -> Areas:
        """The management areas as of today, made once for each state of their layer."""
        return self._areas.areas(self.snapshot("areas"), self.today())

    @property
    def units(self) -> Units:
        """The units by code, and by kind and territory."""
        return self._units.units(self.snapshot("units"))

    def unit(self, code: str | None) -> UnitRecord | None:
        """What an answer says of a unit; None where there is no such unit."""
        return None if code is None else self.units.record(code)

    @property
    def rules(self) -> Rules:
        """The responsibility list and the clock of deadlines."""
        rules = self._held_rules or self._rules.rules(self.seq)
        if self._held is not None:
            self._held_rules = rules
        return rules

    @property
    def texts(self) -> TextRegistry:
        """The text indexes of the layers: built on first use, and in the background whenever a layer changes."""
        return self._texts.get()

    @property
    def roads(self) -> RoadRegistry:
        """The road network: built on first use, and in the background whenever the layer of roads changes."""
        return self._roads.get()

    @property
    def extent(self) -> Extent | None:
        """Where the city is: the box of its areas, else of its layers; None where nothing is placed."""
        return self._extent.extent(self.snapshots)

    def bounds(self, names: Iterable[str]) -> Box:
        """West, south, east, north of these layers together, without rows far from the city unless all of them are."""
        return self._extent.bounds(self.snapshots, names)

    def core(self) -> Box:
        """The box in which most of the city's life is; what a map shows first."""
        return self._extent.core(self.snapshots)

    def owners(self, points: LonLat, day: dt.date | None = None) -> list[Owners]:
        """Who owns each point (float64[q, 2] lon, lat, WGS84) as of a day (None: today), as `owners_of_points` says."""
        city = self.hold()
        return owners_of_points(city.areas, city.units, points, day)

    def follow(self) -> None:
        """From now on see what others write, within the setting `follow_s`."""
        self._follower.start()

    def refresh(self) -> None:
        """Bring every snapshot to what the store says now. What was written before this call is seen after it."""
        self._follower.refresh()
        if self._held is not None:
            self._held, self._held_rules = self._snapshots.current, None

    def catch_up(self) -> bool:
        """Bring every snapshot up to date after something was committed: whether the city's answers contain it now."""
        return self._follower.catch_up(self.refresh)

    def watch(self, watcher: Watcher) -> None:
        """Give the snapshots to `watcher` now and whenever they were brought up to date; it must not take long."""
        self._follower.watch(watcher)

    def before_new_base(self, prepare: Callable[[Snapshot], None]) -> None:
        """Give a layer's new base to `prepare`, which may take its time, before it takes the place of the old one."""
        self._snapshots.preparing.append(prepare)

    def reassign(self, progress: Progress = silent) -> dict[str, int]:
        """Give everything placed its right owners, as when grids were redrawn: how many of each layer changed."""
        return self._follower.reassign(self, progress)
