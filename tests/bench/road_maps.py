"""The maps that all engines are asked about: Porto Alegre's, and the demo city's roads as a file of OpenStreetMap."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import shapely

from cim.columnar import columns
from cim.model.layer import Features
from cim.roads.network import Network
from cim.roads.network_file import build
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from layers.demo import make
from layers.formats.osm import read_osm
from layers.load.check import check
from tests.bench.peers import Missing
from tests.support.inputs import SHARED


def real() -> Path:
    """Porto Alegre's map."""
    file = SHARED / "porto_alegre" / "poa.osm.pbf"
    if not file.exists():
        raise Missing(f"{file.name} of the real data beside the project")
    return file


def monaco() -> Path:
    """Monaco's map."""
    file = SHARED / "monaco" / "monaco_osrm_2016.osm.pbf"
    if not file.exists():
        raise Missing(f"{file.name} of the real data beside the project")
    return file


def demo(size: str, folder: Path) -> Path:
    """The roads of the demo city of this size, written for engines that read nothing else."""
    file = folder / f"roads-{size}.osm.pbf"
    file.unlink(missing_ok=True)
    roads = next(features for layer, features in make(size) if layer.name == "roads")  # type: ignore[arg-type]
    positions, line = shapely.get_coordinates(roads.geometry, return_index=True)
    # Roads that meet share a node: the same position to the seven digits that the format keeps.
    nodes, node = np.unique(np.rint(positions * 1e7).astype(np.int64), axis=0, return_inverse=True)
    ends = np.searchsorted(line, np.arange(len(roads.geometry) + 1)).tolist()
    node = node.ravel() + 1
    with osmium.SimpleWriter(str(file)) as out:
        for i, place in enumerate((nodes / 1e7).tolist(), 1):
            out.add_node(osmium.osm.mutable.Node(id=i, version=1, location=tuple(place)))
        for i, row in enumerate(roads.attributes.to_pylist()):
            refs = node[ends[i] : ends[i + 1]].tolist()
            out.add_way(osmium.osm.mutable.Way(id=i + 1, version=1, nodes=refs, tags=_tags(row)))
    return file


def _tags(row: dict[str, object]) -> dict[str, str]:
    named = {
        "name": "name",
        "highway": "class",
        "ref": "ref",
        "maxspeed": "maxspeed_kmh",
        "layer": "level",
        "lanes": "lanes",
        "maxheight": "maxheight_m",
        "access": "access",
    }
    tags = {tag: str(row[field]) for tag, field in named.items() if row[field] not in (None, "", 0)}
    return tags | {tag: "yes" for tag in ("oneway", "bridge", "tunnel") if row[tag]}


def network(file: Path) -> Network:
    """Our network of a map, as loading the file makes it."""
    read = read_osm(file)
    roads = read["roads"][0], check(read["roads"][1], on_invalid="skip")[0]
    middle = np.median(shapely.get_coordinates(roads[1].geometry), axis=0)
    metric_crs = crs.metric_crs_for(*middle.tolist())

    def held(name: str) -> Snapshot | None:
        one = read.get(name)
        return None if one is None else _snapshot(one[0], check(one[1])[0], metric_crs)

    return build(
        _snapshot(*roads, metric_crs),
        held("turn_restrictions"),
        Settings(metric_crs=metric_crs),
        held("road_points"),
    )


def _snapshot(layer: object, features: Features, metric_crs: str) -> Snapshot:
    made = columns.build(layer, features, metric_crs)  # type: ignore[arg-type]
    return Snapshot.of(layer, made, metric_crs, 1)  # type: ignore[arg-type]
