"""The unit grids of a city: the land that is divided into them, and their rows in the layer `areas`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.errors import BadInput
from cim.grids.division import ROAD_STRENGTH, Grids, Land
from cim.grids.faces import GRID_M, Lines
from cim.grids.partition import in_force_on
from cim.model.codes import unit_grid_code
from cim.model.layer import Features
from cim.model.standard_layers import AREAS
from cim.progress import Progress, silent
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.space.round_trip import Vertices
from cim.writer import CityWriter

_USUAL_STRENGTH = 0.5

#: Borders are straight in lon, lat. Cut into pieces of this length (100 m) they are straight in metres too, to 0.1 mm,
#: so the corners of grids lie exactly on the communities' borders.
_STRAIGHT_DEG = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """The land to divide (in metres of `metric_crs`), and its communities in lon, lat with the same vertices."""

    land: Land
    communities: Geometries
    metric_crs: str


def site(
    snapshots: Mapping[str, Snapshot],
    within: str,
    day: dt.date,
    *,
    roads: str | None = "roads",
    water: str | None = "water",
    buildings: str | None = "buildings",
) -> Site:
    """The land of the communities in force on the day, with the roads, water and buildings on it.

    `within` is the code of a community, or of a street, district or city that holds communities. The other names are
    those of layers; None leaves one out. `BadInput` where no community is found, `NotFound` for a layer that is not
    loaded.
    """
    if len(within) not in (6, 9, 12):
        raise BadInput(f"{within!r} is no code of a city, district, street or community: 6, 9 or 12 digits")
    areas = require_layer(snapshots, "areas")
    table = areas.attributes(areas.rows, ["code", "level", "valid_from", "valid_to"])
    codes, levels = table["code"].to_pylist(), table["level"].to_pylist()
    now = in_force_on(table, day)
    mine = [
        i
        for i, (code, level) in enumerate(zip(codes, levels, strict=True))
        if level == "community" and now[i] and code.startswith(_stem(within))
    ]
    if not mine:
        known = sum(level == "community" for level in levels)
        raise BadInput(
            f"no community in force on {day} is {within!r} or lies in it; the city has {known} communities. "
            "Give the code of a city, district, street or community"
        )
    mine.sort(key=lambda i: str(codes[i]))
    rows = areas.rows[mine]
    shapes = shapely.segmentize(areas.geometry(rows), _STRAIGHT_DEG)
    box = shapely.total_bounds(shapes)
    land = Land(
        [codes[i] for i in mine],
        shapely.set_coordinates(shapes.copy(), Vertices.of(shapes, areas.metric_crs).xy),
        _roads(require_layer(snapshots, roads), box) if roads else Lines(np.empty(0, object), np.empty(0)),
        _near(require_layer(snapshots, water), box)[1] if water else np.empty(0, object),
        _near(require_layer(snapshots, buildings), box)[1] if buildings else np.empty(0, object),
    )
    return Site(land, shapes, areas.metric_crs)


def _stem(within: str) -> str:
    return within.removesuffix("00") if len(within) == 6 else within


def _near(snapshot: Snapshot, box: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The rows of a layer in the box that have a geometry, and their shapes in metres."""
    rows, _ = snapshot.in_bounds(box[None])
    return rows, snapshot.metric_geometry(rows)


def _roads(snapshot: Snapshot, box: NDArray[np.float64]) -> Lines:
    rows, shapes = _near(snapshot, box)
    fields = [name for name in ("class", "tunnel") if name in snapshot.layer.field_names]
    table = snapshot.attributes(rows, fields)
    strength = np.full(len(rows), _USUAL_STRENGTH)
    if "class" in fields:
        classes = table["class"].to_pylist()
        strength[:] = [np.nan if c == "ferry" else ROAD_STRENGTH.get(c, _USUAL_STRENGTH) for c in classes]
    if "tunnel" in fields:
        strength[[t not in (None, False, "no", "") for t in table["tunnel"].to_pylist()]] = np.nan
    parts, of = shapely.get_parts(shapes, return_index=True)
    above = ~np.isnan(strength[of])
    return Lines(parts[above], strength[of][above])


def features(site: Site, grids: Grids, day: dt.date) -> Features:
    """The grids as rows of `areas` that are in force from the day on, sorted by code.

    Their fields are `code`, `name`, `name_en`, `level`, `parent` and `valid_from`. Their shapes are in lon, lat, with
    the communities' own vertices on the communities' borders.
    """
    parents = [site.land.codes[c] for c in grids.community.tolist()]
    codes = [unit_grid_code(c, n) for c, n in zip(parents, grids.number.tolist(), strict=True)]
    order = np.argsort(codes)
    n = len(codes)
    values: dict[str, list[Any]] = {
        "code": codes,
        "name": [f"单元网格{code}" for code in codes],
        "name_en": [f"Unit grid {code}" for code in codes],
        "level": ["unit_grid"] * n,
        "parent": parents,
        "valid_from": [day] * n,
    }
    table = pa.table({name: pa.array(of, AREAS.schema().field(name).type) for name, of in values.items()})
    shapes = Vertices.of(site.communities, site.metric_crs).to_lonlat(grids.shapes, GRID_M)
    return Features(shapes[order], table.take(pa.array(order)))


@dataclass(frozen=True, slots=True)
class Written:
    """How many grids were added, how many older ones end on that day, and how many that had not begun were removed."""

    made: int
    ended: int
    removed: int


def write(
    writer: CityWriter,
    site: Site,
    new: Features,
    day: dt.date,
    *,
    actor: str = "local",
    progress: Progress = silent,
) -> Written:
    """Add the grids to the city's areas in one transaction; the older grids of their communities end on the day."""
    areas = writer.state().snapshot("areas")
    table = areas.attributes(areas.rows, ["code", "level", "valid_from", "valid_to"])
    fids = areas.fids(areas.rows).tolist()
    communities = set(site.land.codes)
    ended: list[int] = []
    removed: list[int] = []
    for fid, row in zip(fids, table.to_pylist(), strict=True):
        if row["level"] != "unit_grid" or str(row["code"])[:12] not in communities:
            continue
        if row["valid_from"] is not None and row["valid_from"] >= day:
            removed.append(fid)
        elif row["valid_to"] is None or row["valid_to"] > day:
            ended.append(fid)
    records = new.attributes.to_pylist()
    with writer.store.writing(actor) as tx:
        for fid in ended:
            tx.update(areas.layer, fid, {"valid_to": day})
        for fid in removed:
            tx.delete(areas.layer, fid)
        for i, (shape, values) in enumerate(zip(new.geometry, records, strict=True)):
            tx.insert(areas.layer, shape, values)
            if i % 500 == 0:
                progress("writing", i, len(new))
    writer.catch_up()
    return Written(len(new), len(ended), len(removed))
