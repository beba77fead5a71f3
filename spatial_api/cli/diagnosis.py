"""What `citybase doctor` looks at."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from cim.arrays import open_files
from cim.city import City
from cim.errors import CityError
from cim.settings import Settings
from cim.snapshot.stray_rows import StrayRowsByLayer
from spatial_api import warm

_ENOUGH_DISK = 1_000_000_000


def checks(settings: Settings) -> Iterator[tuple[str, bool, str]]:
    """What was looked at, whether it is well, and what it says or what would help."""
    yield "Python", sys.version_info >= (3, 11), sys.version.split()[0]
    begun = time.perf_counter()
    warm.kernels()
    yield "compiled loops", True, f"ready in {time.perf_counter() - begun:.1f} s"
    free = shutil.disk_usage(Path.cwd()).free
    yield "disk", free > _ENOUGH_DISK, f"{free / 1e9:.1f} GB free"
    few = open_files.too_few()
    yield "open files", few is None, few or f"this process may open {open_files.limit():,}"
    try:
        city = City.open(settings)
    except CityError as error:
        yield "store", False, str(error)
        return
    with city:
        yield "store", True, f"{settings.store}, change {city.seq}"
        yield from city.store.check()
        for stray in StrayRowsByLayer().find(city.snapshots, city.extent):
            yield f"places of {stray.layer}", False, stray.sentence
        for name, snapshot in sorted(city.snapshots.items()):
            stored = len(city.store.read(name)[2])
            same = stored == len(snapshot)
            yield (
                f"snapshot of {name}",
                same,
                f"{len(snapshot):,} features" + ("" if same else f", stored {stored:,}"),
            )
