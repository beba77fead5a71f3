"""Closures and slow-downs: which roads they lie on, when, and for whom.

A closure is a polygon (a flood, an incident, works) that every edge it touches is closed by, or a line drawn along
a road, kept as the strip of `STRIP_M` to both sides: it closes the edges that run inside the strip, not those that
only cross it. What is closed is so from junction to junction.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim import columns as columns_module
from cim import crs, geojson
from cim.errors import BadInput
from cim.road_network import Conditions, Network
from cim.road_profiles import Profile
from cim.snapshot import Snapshot

#: Half the width of the strip that a line is kept as.
STRIP_M = 8.0
#: An edge runs along a line where so much of it lies in the strip: a share of the edge, or metres.
_ALONG_SHARE, _ALONG_M = 0.5, 40.0
_FIELDS = ("factor", "profile", "drawn_as", "level", "from_at", "to_at")
_LINES = ("LineString", "MultiLineString")


def _bare(given: Mapping[str, Any]) -> Mapping[str, Any]:
    feature = given.get("type") == "Feature" and isinstance(given.get("geometry"), Mapping)
    bare: Mapping[str, Any] = given["geometry"] if feature else given
    return bare


def drawn_as(given: Mapping[str, Any]) -> str:
    """Whether GeoJSON is a line or a polygon.

    >>> drawn_as({"type": "LineString", "coordinates": []})
    'line'
    """
    return "line" if _bare(given).get("type") in _LINES else "polygon"


def shape_of(given: Mapping[str, Any], datum: str, metric_crs: str) -> Any:
    """The polygon in WGS84 to keep of a GeoJSON polygon or line. `BadInput` for anything else."""
    given = _bare(given)
    if given.get("type") not in _LINES:
        if given.get("type") not in ("Polygon", "MultiPolygon"):
            raise BadInput(f"a closure is a GeoJSON Polygon or LineString, not {given.get('type')!r}")
        return geojson.polygon(given, datum, "closure")
    coordinates = given.get("coordinates")
    parts = [coordinates] if given["type"] == "LineString" else coordinates
    lines = [_line(part, datum) for part in parts] if isinstance(parts, list) and parts else []
    if not lines:
        raise BadInput("the closure's line is empty")
    metric = crs.geometry_to_metric(np.array(lines, object), metric_crs)
    strip = shapely.union_all(shapely.buffer(metric, STRIP_M, cap_style="flat"))
    return crs.geometry_from_metric(strip, metric_crs)


def _line(positions: Any, datum: str) -> Any:
    try:
        points = np.array([[float(p[0]), float(p[1])] for p in positions], np.float64)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadInput("the closure's line must be a list of [lon, lat]") from error
    if not 2 <= len(points) <= geojson.MOST_CORNERS or len(np.unique(points, axis=0)) < 2:
        raise BadInput(
            f"the closure's line must have 2 to {geojson.MOST_CORNERS} positions, two of them different"
        )
    return shapely.LineString(crs.to_wgs84(crs.check_positions(points, "position"), datum))


class Closures:
    """The closures in force, as conditions of a network. `snapshot_of` gives their layer as it is now."""

    def __init__(self, snapshot_of: Callable[[], Snapshot | None]) -> None:
        self._snapshot_of = snapshot_of
        self._lock = threading.Lock()
        self._known: tuple[Network, str, list[dict[str, Any]]] | None = None

    def __call__(
        self, network: Network, profile: Profile, at: dt.datetime | None = None
    ) -> tuple[Any, Conditions | None]:
        """What slows this profile at a moment (None: now), and a token that differs where that does."""
        snapshot = self._snapshot_of()
        if snapshot is None or not len(snapshot):
            return None, None
        moment = at or dt.datetime.now(dt.UTC)
        active = [
            c
            for c in self._of(network, snapshot)
            if in_force(c, moment) and c["profile"] in (None, profile.name)
        ]
        if not active:
            return None, None
        factor = np.ones(len(network.edges.first), np.float32)
        closed = np.zeros(len(factor), np.bool_)
        for closure in active:
            if closure["factor"] is None:
                closed[closure["edges"]] = True
            else:  # several slow a road as much as the worst of them
                factor[closure["edges"]] = np.maximum(factor[closure["edges"]], closure["factor"])
        return (snapshot.version, tuple(c["fid"] for c in active)), Conditions(factor, closed)

    def _of(self, network: Network, snapshot: Snapshot) -> list[dict[str, Any]]:
        """The closures with the edges that each lies on, looked up once."""
        with self._lock:
            known = self._known
        if known is not None and known[0] is network and known[1] == snapshot.version:
            return known[2]
        before = {} if known is None or known[0] is not network else {c["fid"]: c for c in known[2]}
        rows = snapshot.rows
        records = snapshot.attributes(rows, _FIELDS).to_pylist()
        shapes = snapshot.geometry(rows)
        found = []
        for fid, record, shape in zip(snapshot.fids(rows).tolist(), records, shapes, strict=True):
            if shape is None:
                continue
            drawn = (shapely.to_wkb(shape), record["drawn_as"], record["level"])
            last = before.get(fid)
            same = last is not None and last["drawn"] == drawn
            edges = last["edges"] if last is not None and same else edges_in(network, shape, *drawn[1:])
            found.append({**record, "fid": fid, "drawn": drawn, "edges": edges})
        with self._lock:
            self._known = (network, snapshot.version, found)
        return found


def in_force(closure: Mapping[str, Any], moment: dt.datetime) -> bool:
    """Whether the period of a closure holds the moment: from its beginning, up to its end."""
    since, until = closure["from_at"], closure["to_at"]
    return (since is None or since <= moment) and (until is None or moment < until)


def edges_in(
    network: Network, shape: Any, drawn_as: str | None = None, level: int | None = None
) -> NDArray[np.int64]:
    """The edges that a closure (lon, lat) lies on; of one level where it is said."""
    rows, _ = network.snapshot.in_bounds(np.array([shape.bounds]))
    rows = np.sort(rows)
    counts = network.row_start[rows + 1] - network.row_start[rows]
    edges: NDArray[np.int64] = columns_module.spans(network.row_start[rows], counts)
    if level is not None:
        edges = edges[network.facts.level[network.edges.row[edges]] == level]
    if not len(edges):
        return edges
    e = network.edges
    sizes = e.last[edges] - e.first[edges] + 1
    lines = shapely.linestrings(
        e.lonlat[columns_module.spans(e.first[edges], sizes)], indices=np.repeat(np.arange(len(edges)), sizes)
    )
    shapely.prepare(shape)
    touched = shapely.intersects(shape, lines)
    edges, lines = edges[touched], lines[touched]
    if drawn_as != "line" or not len(edges):
        return np.asarray(edges)
    share = shapely.length(shapely.intersection(lines, shape)) / np.maximum(shapely.length(lines), 1e-12)
    inside: NDArray[np.bool_] = (share >= _ALONG_SHARE) | (share * network.length_m[edges] >= _ALONG_M)
    return np.asarray(edges[inside])
