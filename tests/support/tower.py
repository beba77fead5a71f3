"""The demo city's tower in a small city: a building model that is quick to load."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from cim.city import City
from cim.space.crs import to_metric
from layers.demo.tower import CODE, GROUND_M, write_tower
from layers.load.models import ModelLoadOptions, load_model_file

#: Where its south-west corner is in the small city.
CORNER = (112.9105, 28.1505)


@lru_cache(maxsize=1)
def _written() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tower.ifc"
        easting, northing = to_metric(np.array([CORNER]), "EPSG:4547")[0].tolist()
        write_tower(file, easting, northing, GROUND_M)
        return file.read_bytes()


def load_tower(city: City) -> None:
    """Load the tower as the model "tower"."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tower.ifc"
        file.write_bytes(_written())
        load_model_file(city, file, ModelLoadOptions(code=CODE))
