"""What a benchmark does in a process of its own: load a file, or open a city. Prints its timings as JSON.

The clocks run from the beginning of this module; `imports_s` is what Python and the libraries take before.
"""

from __future__ import annotations

import time

BEGUN = time.perf_counter()

import json  # noqa: E402  (what follows is what is timed)
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from cim.city import City  # noqa: E402
from cim.settings import Settings  # noqa: E402
from layers.load.load import load_file  # noqa: E402
from layers.load.options import LoadOptions  # noqa: E402

IMPORTED = time.perf_counter()

POINT = np.array([[112.97, 28.2]])


def _settings(store: str, snapshots: str) -> Settings:
    return Settings(store=store, snapshots=snapshots, metric_crs="EPSG:4547")


def _answer(city: City) -> float:
    """Metres to the nearest building of the centre, and its owner: the first answers."""
    city.owners(POINT)
    _, metres = city.snapshot("buildings").nearest(POINT, 10)
    return float(metres[0, 9])


def load(store: str, snapshots: str, file: str) -> dict[str, float]:
    """Open an empty city, load the file, ask: seconds of each."""
    with City.open(_settings(store, snapshots), create=True) as city:
        opened = time.perf_counter()
        load_file(
            city,
            Path(file),
            LoadOptions(layer="buildings", sublayer="buildings" if file.endswith("gpkg") else None),
        )
        loaded = time.perf_counter()
        metres = _answer(city)
        answered = time.perf_counter()
    return {
        "imports_s": IMPORTED - BEGUN,
        "init_s": opened - IMPORTED,
        "load_s": loaded - opened,
        "answer_s": answered - loaded,
        "metres": metres,
    }


def open_city(store: str, snapshots: str) -> dict[str, float]:
    """Open a stored city and ask: seconds of each."""
    with City.open(_settings(store, snapshots)) as city:
        opened = time.perf_counter()
        metres = _answer(city)
        answered = time.perf_counter()
    return {
        "imports_s": IMPORTED - BEGUN,
        "open_s": opened - IMPORTED,
        "answer_s": answered - opened,
        "metres": metres,
    }


if __name__ == "__main__":
    verb, store, snapshots, *rest = sys.argv[1:]
    said = load(store, snapshots, *rest) if verb == "load" else open_city(store, snapshots)
    print(json.dumps(said))
