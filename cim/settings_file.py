"""Settings from `city.toml`, the environment (`CITYBASE_…`) and options; each overrides the one before.

pydantic-settings 2.16 was tried: it passes over a misspelt `CITYBASE_` variable and a file that is not there, takes
true for 1, reads the environment into every `Settings()`, and needs 3.4 ms for that (0.3 ms here for all sources).
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from cim.duty.crews import level_factors
from cim.duty.deadlines import Limit, WorkClock
from cim.errors import BadInput
from cim.local_time import zone_named
from cim.settings import Settings

_KINDS: dict[type, str] = {str: "a text", int: "a whole number", float: "a number"}
_NAMES = {f.name: f for f in fields(Settings)}


def _convert(name: str, value: Any, origin: str) -> Any:
    if name not in _NAMES:
        raise BadInput(f"{origin}: setting {name!r} is not known; known: {', '.join(sorted(_NAMES))}")
    kind: type[Any] = type(_NAMES[name].default)
    if (
        isinstance(value, bool)
        or not isinstance(value, (str, int, float))
        or (kind is int and isinstance(value, float))
    ):
        raise BadInput(f"{origin}: setting {name!r} must be {_KINDS[kind]}, not {value!r}")
    try:
        return kind(value)
    except ValueError as error:
        raise BadInput(f"{origin}: setting {name!r} must be {_KINDS[kind]}, not {value!r}") from error


def _in_range(settings: Settings) -> Settings:
    good = {
        "crs": (settings.crs in ("EPSG:4490", "EPSG:4326"), "EPSG:4490 or EPSG:4326"),
        "port": (1 <= settings.port <= 65535, "1 to 65535"),
        "workers": (settings.workers >= 1, "1 or more"),
        "follow_s": (0 < settings.follow_s <= 60, "more than 0 and at most 60"),
        "tile_cache_bytes": (settings.tile_cache_bytes >= 0, "0 or more"),
        "tile_max_bytes": (settings.tile_max_bytes >= 1000, "1000 or more"),
        "tile_disk_bytes": (settings.tile_disk_bytes >= 0, "0 or more"),
        "component_reach_m": (0 < settings.component_reach_m <= 1000, "more than 0 and at most 1000"),
        "duplicate_reach_m": (0 < settings.duplicate_reach_m <= 10_000, "more than 0 and at most 10000"),
        "road_tolerance_m": (0 <= settings.road_tolerance_m <= 10, "0 to 10"),
        "affected_reach_m": (0 < settings.affected_reach_m <= 20_000, "more than 0 and at most 20000"),
        "duplicate_within_h": (0 < settings.duplicate_within_h <= 8760, "more than 0 and at most 8760"),
    }
    for name, (fits, wanted) in good.items():
        if not fits:
            raise BadInput(f"setting {name!r} must be {wanted}, not {getattr(settings, name)!r}")
    try:
        zone_named(settings.timezone)
    except BadInput as error:
        raise BadInput(f"setting 'timezone': {error}") from error
    WorkClock(hours=settings.office_hours, counting=settings.day_counting)
    Limit.of(settings.default_limit)
    level_factors(settings.level_teams)
    return settings


def read_settings(file: Path | None = None, **given: Any) -> Settings:
    """Settings from the file, then the environment, then what is given (None: not given).

    Without a file, `city.toml` of the working folder is read if it is there. Raises `BadInput`
    naming the place and the setting that can't be used.

    >>> read_settings(port=8080).port
    8080
    """
    settings = Settings()
    if file is None and Path("city.toml").is_file():
        file = Path("city.toml")
    if file is not None:
        try:
            table = tomllib.loads(file.read_text("utf-8"))
        except FileNotFoundError as error:
            raise BadInput(f"{file}: there is no such settings file; `citybase init` makes one") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"{file}: not a TOML file in UTF-8: {error}") from error
        values = {name: _convert(name, value, str(file)) for name, value in table.items()}
        # A relative path in the file means relative to the file.
        if values.get("store", "").startswith("gpkg:///"):
            path = file.parent / values["store"].removeprefix("gpkg:///")
            values["store"] = f"gpkg:///{path}"
        for name in ("snapshots", "sources", "tile_disk", "tile_rules"):
            if values.get(name):
                values[name] = str(file.parent / values[name])
        settings = replace(settings, **values)
    prefix = "CITYBASE_"
    environment = {
        key.removeprefix(prefix).lower(): value
        for key, value in os.environ.items()
        if key.startswith(prefix) and not key.startswith(prefix + "REQUIRE_")
    }
    settings = replace(settings, **{k: _convert(k, v, "environment") for k, v in environment.items()})
    chosen = {k: _convert(k, v, "option") for k, v in given.items() if v is not None}
    return _in_range(replace(settings, **chosen))
