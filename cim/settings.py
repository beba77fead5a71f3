"""The settings of a city, each with its default. `cim.settings_file` reads and checks them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from cim.local_time import DEFAULT, zone_named


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one city, each with its default."""

    #: Where the truth is kept: `gpkg:///city.gpkg` or `postgresql+psycopg://user@host/db`.
    store: str = "gpkg:///city.gpkg"
    #: Folder of the memory-mapped snapshots; empty: beside the GeoPackage, or `./city.snapshots` for PostGIS.
    snapshots: str = ""
    #: Name of the city, in Chinese and English.
    name_zh: str = "城市"
    name_en: str = "City"
    #: Stored geographic CRS, EPSG:4490 or EPSG:4326.
    crs: str = "EPSG:4490"
    #: Metric CRS; `auto`: by the place of the first layer that is loaded.
    metric_crs: str = "auto"
    #: Layer whose `population` field counts people; `auto`: the finest loaded layer that has one.
    population: str = "auto"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    #: Seconds between two looks at the change log where the store can't call us.
    follow_s: float = 0.2
    #: Bytes of compressed tiles that a worker keeps.
    tile_cache_bytes: int = 64_000_000
    #: Bytes that no vector tile is larger than, uncompressed.
    tile_max_bytes: int = 500_000
    #: Folder of finished tiles that outlive the service, and its most bytes; empty: none are kept on disk.
    tile_disk: str = ""
    tile_disk_bytes: int = 2_000_000_000
    #: Folder of the tile rules, a `LAYER.toml` for each layer that has its own; empty: every layer by its kind.
    tile_rules: str = ""
    #: Folder of rasters (.tif) and archives (.pmtiles, .mbtiles) that are served beside the layers; empty: beside the
    #: GeoPackage, or `./city.sources` for PostGIS.
    sources: str = ""
    #: IANA time zone of the city: of moments without a zone, hours of closures, deadlines and the day of an answer.
    timezone: str = DEFAULT
    #: Office hours of a working day, in which 工作时 count.
    office_hours: str = "08:00-12:00,14:00-18:00"
    #: How 工作日 and 自然日 are counted: `closing` or `elapsed` (`cim.duty.deadlines`).
    day_counting: str = "closing"
    #: Deadline of a class that the responsibility list does not have.
    default_limit: str = "5工作日"
    #: Metres from a report within which a component of its class is taken for the one it is about.
    component_reach_m: float = 30.0
    #: Metres and hours within which two reports of a class may be one, where the list says nothing of it.
    duplicate_reach_m: float = 50.0
    duplicate_within_h: float = 24.0
    #: How many times the crews of a general incident each level takes, where the list names crews (our own figures).
    level_teams: str = "general=1, serious=2, major=3, critical=5"
    #: Metres about an incident within which people are concerned, where the list does not say.
    affected_reach_m: float = 200.0
    #: Layer of the roads that are routed on; `auto`: `roads`, else the first lines whose name says that they are.
    roads: str = "auto"
    #: Fields of that layer under other names, such as `class=DLDJ, oneway=DXTX` (`cim.roads.attributes.NOUNS`).
    road_fields: str = ""
    #: Metres of a floor, where a building says its floors and not its height.
    floor_m: float = 3.2
    #: Metres within which the end of a road that touches nothing is joined to another road.
    road_tolerance_m: float = 0.1

    @property
    def zone(self) -> ZoneInfo:
        """The city's time zone."""
        return zone_named(self.timezone)

    @property
    def snapshots_folder(self) -> Path:
        """Where the snapshots lie; it need not be there."""
        return self._beside_store(self.snapshots, "snapshots")

    @property
    def sources_folder(self) -> Path:
        """Where the rasters and archives lie that are served beside the layers; it need not be there."""
        return self._beside_store(self.sources, "sources")

    def _beside_store(self, chosen: str, what: str) -> Path:
        if chosen:
            return Path(chosen)
        if self.store.startswith("gpkg:///"):
            file = Path(self.store.removeprefix("gpkg:///"))
            return file.with_name(f"{file.name}.{what}")
        return Path(f"city.{what}")
