"""From the coordinates of a file to lon, lat: which CRS and datum they are in, and how they are converted."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.transformer import TransformerGroup

from cim.arrays.types import Geometries
from cim.errors import BadInput
from cim.space.crs import Coordinates, Datum, check_datum, parse_crs, to_wgs84, transformer
from layers.formats.source import Source

#: Geographic systems that count as one (`cim.space.crs`): WGS84 and CGCS2000, in 2D and 3D.
_SAME = ("EPSG:4490", "EPSG:4326", "EPSG:4480", "EPSG:4979", "OGC:CRS84")
_BLOCK = 50_000
_EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)
# Data often runs some degrees past the area its system is made for; beyond this it is the wrong system.
_MARGIN_DEG = 6.0


@dataclass(frozen=True, slots=True)
class SourceCrs:
    """How the coordinates of a file become lon, lat: `convert` takes and gives float64[n, 2]; None: they are.

    `reach` is the box (west, south, east, north) in which a place read this way is believed.
    """

    convert: Callable[[Coordinates], Coordinates] | None
    notes: tuple[str, ...]
    label: str = "degrees"
    reach: tuple[float, float, float, float] = _EVERYWHERE

    def apply(self, geometry: Geometries) -> NDArray[Any]:
        """The geometries in lon, lat; a position outside the system's domain becomes infinite."""
        if self.convert is None:
            return geometry
        convert = self.convert
        return shapely.transform(geometry, lambda xy: in_threads(convert, xy))  # type: ignore[no-any-return]


def frame_of(source: Source, *, crs: str | None, datum: Datum | None, target_crs: str) -> SourceCrs:
    """The frame of a file: by `crs` if given, else what the file says, else the datum, else `BadInput`."""
    if datum is not None:
        check_datum(datum)
    named = crs or _named_crs(source, datum)
    if named is None and datum is not None:
        named = "EPSG:4490" if datum == "cgcs2000" else "EPSG:4326"
    if named is None:
        return _by_looks(source)
    system = parse_crs(named)
    label = _label(system, named)
    notes = (
        []
        if crs is None or crs == source.crs
        else [f"taken as {label}, as told; the file says {source.crs or 'nothing'}"]
    )
    if not (system.is_geographic or system.is_projected):
        raise BadInput(
            f"{source.path}: {label} is not a system on the Earth; name the right one with --crs EPSG:4547"
        )
    if datum == "gcj02" or datum == "bd09":
        if not system.is_geographic or not _is_same(system):
            raise BadInput(
                f"{source.path}: {datum} is a datum of degrees, but the coordinates are in {label}; "
                "give either --datum or a --crs, not both"
            )
        return SourceCrs(partial(to_wgs84, datum=datum), (*notes, f"{datum} → wgs84"), datum)
    if _is_same(system):
        return SourceCrs(None, tuple(notes))
    # To the geographic system of the same datum where there is one: no datum shift is invented in between.
    goal = "EPSG:4326" if (system.geodetic_crs or system).to_epsg() == 4326 else "EPSG:4490"
    notes.append(f"{label} → {target_crs}")
    notes += _accuracy(system, goal, label)
    through = transformer(named, goal)
    return SourceCrs(
        lambda xy: np.column_stack(through.transform(xy[:, 0], xy[:, 1])), tuple(notes), label, _reach(system)
    )


def _named_crs(source: Source, datum: Datum | None) -> str | None:
    """The system that the file names; None for a name that PROJ doesn't know where the datum is told instead."""
    try:
        parse_crs(source.crs or "EPSG:4326")
    except BadInput as error:
        if datum is not None:
            return None
        raise BadInput(
            f"{source.path}: {error}, with --crs, or the datum of its degrees with --datum"
        ) from error
    return source.crs


def _reach(system: CRS) -> tuple[float, float, float, float]:
    area = system.area_of_use
    if area is None or area.east < area.west or not system.is_projected:
        return _EVERYWHERE
    m = _MARGIN_DEG
    return area.west - m, area.south - m, area.east + m, area.north + m


def _by_looks(source: Source) -> SourceCrs:
    if source.crs_default is None:
        raise BadInput(
            f"{source.path} does not say in which coordinate system it is; name it with --crs EPSG:4547, "
            "or the datum of its degrees with --datum (wgs84, cgcs2000, gcj02, bd09)"
        )
    bounds = shapely.total_bounds(source.geometry)
    if np.abs(bounds[[0, 2]]).max() > 180 or np.abs(bounds[[1, 3]]).max() > 180:
        low, high = bounds[:2].round(1).tolist(), bounds[2:].round(1).tolist()
        raise BadInput(
            f"{source.path}: coordinates from {low} to {high} are not degrees, and the file names "
            "no coordinate system; name it with --crs EPSG:4547"
        )
    return SourceCrs(
        None,
        (
            f"coordinates look like degrees; taken as {source.crs_default}, "
            "say --datum if they are gcj02 or bd09",
        ),
    )


def _is_same(system: CRS) -> bool:
    flat = system.to_2d()
    return any(flat.equals(parse_crs(code).to_2d(), ignore_axis_order=True) for code in _SAME)


def _label(system: CRS, named: str) -> str:
    """What people call the system: its code, else its name rather than pages of WKT."""
    epsg = system.to_epsg()
    return f"EPSG:{epsg}" if epsg else (system.name if len(named) > 40 else named)


def _accuracy(system: CRS, goal: str, label: str) -> list[str]:
    """A remark where PROJ carries one datum to the other only to some metres (Beijing 54, Xian 80)."""
    group = TransformerGroup(system, goal, always_xy=True, allow_ballpark=True)
    best = group.transformers[0] if group.transformers else None
    if best is None:
        raise BadInput(f"PROJ knows no way from {label} to {goal}; convert the file to EPSG:4490 first")
    if 0 <= best.accuracy <= 1.0:
        return []
    how = (
        f"to about {best.accuracy:g} m"
        if best.accuracy >= 0
        else "without the shift between the datums, which may be 100 m"
    )
    return [f"{label} can be brought to {goal} only {how}; ask the survey for the file in CGCS2000"]


def in_threads(function: Callable[[Any], NDArray[Any]], values: NDArray[Any]) -> NDArray[Any]:
    """`function(values)` for a function that works row by row and releases the GIL, on every core."""
    if len(values) <= _BLOCK:
        return function(values)
    # Small enough to stay in the cache of a core, many enough for all cores to share.
    parts = np.array_split(values, max(len(values) // _BLOCK, os.cpu_count() or 1))
    with ThreadPoolExecutor() as pool:
        return np.concatenate(list(pool.map(function, parts)))
