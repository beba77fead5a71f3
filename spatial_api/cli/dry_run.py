"""A load that writes nothing: the city as it is, and a small picture of what would come into it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from cim.city import City
from cim.columnar import columns
from cim.errors import BadInput
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot
from cim.store import is_made
from layers.load.load import Prepared
from tiles.picture.furniture import Words
from tiles.picture.map_frame import Bounds, MapFrame
from tiles.picture.map_picture import draw_layers
from tiles.picture.render import Picture

#: Pixels of the longer side of a picture.
_SIDE = 800
#: The least degrees that a picture shows, so that one point has something about it.
_LEAST_DEG = 0.002


@contextmanager
def city_as_it_is(settings: Settings) -> Iterator[City]:
    """The city; where its store is not there yet, an empty one that is gone afterwards."""
    if is_made(settings.store):
        with City.open(settings) as city:
            yield city
        return
    with tempfile.TemporaryDirectory() as folder:
        empty = replace(settings, store=f"gpkg:///{folder}/city.gpkg", snapshots=f"{folder}/snapshots")
        with City.open(empty, create=True) as city:
            yield city


def draw_prepared(city: City, prepared: Sequence[Prepared]) -> Picture | None:
    """What would be loaded, drawn as the city's map has it; None where there is nothing to draw."""
    filled = [one for one in prepared if len(one.features)]
    if not filled:
        return None
    snapshots = {}
    for one in filled:
        metric = city.metric_for(one.layer.name, one.features.geometry)
        built = columns.build(one.layer, one.features, metric)
        snapshots[one.layer.name] = Snapshot.of(one.layer, built, metric, 1)
    layers = [snapshot.layer for snapshot in snapshots.values()]
    bounds = np.array([shapely.total_bounds(one.features.geometry) for one in filled])
    frame = _frame((*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist()))
    words = Words(legend={layer.name: layer.title_zh or layer.name for layer in layers})
    return draw_layers(layers, snapshots, frame, words, day=city.today())


def _frame(bounds: Bounds) -> MapFrame:
    """A frame with a margin about the bounds, of a shape that can be looked at."""
    west, south, east, north = bounds
    width = max(east - west, (north - south) / 2, _LEAST_DEG) * 1.1
    height = max(north - south, (east - west) / 2, _LEAST_DEG) * 1.1
    lon, lat = (west + east) / 2, (south + north) / 2
    low, high = (lon - width / 2, lat - height / 2), (lon + width / 2, lat + height / 2)
    whole = max(low[0], -180.0), max(low[1], -85.0), min(high[0], 180.0), min(high[1], 85.0)
    across = whole[2] - whole[0] >= whole[3] - whole[1]
    return MapFrame.of(whole, _SIDE if across else None, None if across else _SIDE)


def picture_path(files: Sequence[Path], chosen: Path | None) -> Path:
    """Where the picture goes: as chosen, else named after the first file, in the folder one is in. `BadInput` for a
    name that is no PNG or in no folder."""
    path = chosen or Path(f"{files[0].name.split('.')[0]}-dry-run.png")
    if path.suffix.lower() != ".png" or not path.parent.is_dir():
        raise BadInput(f"--picture {path}: name a .png in a folder that is there")
    return path
