"""Closures and slow-downs: which roads they lie on, when, and for whom.

A closure is a polygon (a flood, an incident, works) that every edge it touches is closed by; a line drawn along a
road, kept as the strip of `STRIP_M` to both sides: it closes the edges that run inside the strip, not those that
only cross it; a point, which closes the one segment of road there, kept as a strip of it; or a management area, for
the edges of which most lies in it. What is closed is so from
junction to junction. With `hours` it comes again every week, and with `road_class` it is for such roads only: rush
hours of a district's main roads are a slow-down like any other.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import Mask
from cim.columnar.columns import spans
from cim.errors import BadInput, TooMuch
from cim.model.text import Text
from cim.roads import attributes, weekly_hours
from cim.roads.network import Network
from cim.roads.profiles import Profile
from cim.snapshot.snapshot import Snapshot
from cim.space import crs, geojson
from cim.space.crs import Datum
from cim.space.edge_density import edges_across, entanglement

#: Half the width of the strip that a line is kept as, and at most this share of its length, so that a short line is
#: still a strip along its road and not across the one beneath.
STRIP_M, _STRIP_SHARE = 8.0, 0.25
#: The same of a segment, which lies on its road exactly; and how far from a road a point may name it.
_SEGMENT_M, _MOST_AWAY_M = 1.0, 50.0
#: A line has so many positions, which its strip is drawn about.
MOST_LINE_CORNERS = 20_000
#: Pairs of edges of a line that lie within its strip of each other: beyond, making the strip takes seconds.
_MOST_ENTANGLED = 250_000
#: An edge runs along a line where so much of it lies in the strip: a share of the edge, or metres, or a share of the
#: line; and where the line lies on none so, the edges that it is shared out on, each by this share of it.
_ALONG_SHARE, _ALONG_M, _LINE_SHARE, _LINE_PART = 0.5, 40.0, 0.6, 0.3
#: What crosses a strip at more than about 50° has at most so many of its widths in it.
_ACROSS = 1.3
_FIELDS = ("factor", "profile", "drawn_as", "level", "road_class", "hours", "from_at", "to_at")
_LINES = ("LineString", "MultiLineString")

_log = logging.getLogger("citybase")


def _bare(given: Mapping[str, Any]) -> Mapping[str, Any]:
    feature = given.get("type") == "Feature" and isinstance(given.get("geometry"), Mapping)
    bare: Mapping[str, Any] = given["geometry"] if feature else given
    return bare


def drawn_as(given: Mapping[str, Any] | None) -> str:
    """Whether GeoJSON is a line, the point of a segment, or a polygon; without it, it is an area's.

    >>> drawn_as({"type": "LineString", "coordinates": []}), drawn_as({"type": "Point"}), drawn_as(None)
    ('line', 'segment', 'area')
    """
    if given is None:
        return "area"
    kind = _bare(given).get("type")
    return "line" if kind in _LINES else "segment" if kind == "Point" else "polygon"


def shape_of(
    given: Mapping[str, Any], datum: Datum, metric_crs: str, network_now: Callable[[], Network]
) -> Any:
    """The polygon in WGS84 to keep of a GeoJSON polygon, line or point. `BadInput` for anything else, and for a point
    that is on no road; `NotFound` for a point where no roads are loaded."""
    given = _bare(given)
    if given.get("type") == "Point":
        return _segment(network_now(), _position(given.get("coordinates"), datum))
    if given.get("type") not in _LINES:
        if given.get("type") not in ("Polygon", "MultiPolygon"):
            raise BadInput(f"a closure is a GeoJSON Polygon, LineString or Point, not {given.get('type')!r}")
        return geojson.polygon(given, datum, "closure")
    coordinates = given.get("coordinates")
    parts = [coordinates] if given["type"] == "LineString" else coordinates
    listed = sum(len(part) for part in parts if isinstance(part, list)) if isinstance(parts, list) else 0
    if listed > MOST_LINE_CORNERS:
        raise TooMuch(
            f"the closure's line has {listed:,} positions, at most {MOST_LINE_CORNERS:,}; divide it"
        )
    lines = [_line(part, datum) for part in parts] if isinstance(parts, list) and parts else []
    if not lines:
        raise BadInput("the closure's line is empty")
    flat = crs.geometry_to_metric(np.array(lines, object), metric_crs)
    half_m = np.minimum(STRIP_M, _STRIP_SHARE * shapely.length(flat))
    budget.current().check()
    if entanglement(shapely.multilinestrings(flat), float(half_m.max())) > _MOST_ENTANGLED:
        raise TooMuch(
            f"the closure's line of {listed:,} positions runs too often over or close beside itself; simplify it, or "
            "divide it"
        )
    return _strip(flat, half_m, metric_crs)


def _strip(lines: Any, metres: Any, metric_crs: str) -> Any:
    return crs.geometry_from_metric(
        shapely.union_all(shapely.buffer(lines, metres, cap_style="flat")), metric_crs
    )


def _position(given: Any, datum: Datum) -> NDArray[np.float64]:
    try:
        point = np.array([[float(given[0]), float(given[1])]])
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadInput("the closure's point must be [lon, lat]") from error
    return crs.to_wgs84(crs.check_positions(point, "position"), datum)


def _segment(network: Network, point: NDArray[np.float64]) -> Any:
    """The strip of the edge that is nearest to a point."""
    rows, _ = network.snapshot.nearest(point, 1, _MOST_AWAY_M)
    if rows[0, 0] < 0:
        raise BadInput(
            f"no road lies within {_MOST_AWAY_M:g} m of {point[0].tolist()}; give a point on the road to be closed"
        )
    e, first = network.edges, int(network.row_start[rows[0, 0]])
    edges = np.arange(first, int(network.row_start[rows[0, 0] + 1]))
    lines = np.array([shapely.LineString(e.metric[e.first[i] : e.last[i] + 1]) for i in edges], object)
    here = shapely.Point(crs.to_metric(point, network.snapshot.metric_crs)[0])
    nearest = lines[[int(np.argmin(shapely.distance(lines, here)))]]
    return _strip(nearest, _SEGMENT_M, network.snapshot.metric_crs)


def _line(positions: Any, datum: Datum) -> Any:
    try:
        points = np.array([[float(p[0]), float(p[1])] for p in positions], np.float64)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadInput("the closure's line must be a list of [lon, lat]") from error
    if not 2 <= len(points) <= geojson.MOST_CORNERS or len(np.unique(points, axis=0)) < 2:
        raise BadInput(
            f"the closure's line must have 2 to {geojson.MOST_CORNERS} positions, two of them different"
        )
    return shapely.LineString(crs.to_wgs84(crs.check_positions(points, "position"), datum))


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A closure with the edges that it lies on. `drawn` tells whether it is still the same."""

    fid: int
    said: Mapping[str, Any]
    drawn: tuple[Any, ...]
    edges: NDArray[np.int64]


class Closures:
    """The closures of a network, with the edges that each lies on. `zone` is whose hours they keep."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self._zone = zone
        self._lock = threading.Lock()
        self._known: tuple[Network, str, list[Closure]] | None = None

    def active(
        self, network: Network, profile: Profile, moment: dt.datetime, snapshot: Snapshot | None
    ) -> tuple[str, list[Closure]] | None:
        """Those of a state of their layer that are in force for the profile at the moment, and the state's version;
        None where there are none."""
        if snapshot is None or not len(snapshot):
            return None
        found = [
            c
            for c in self._in_force(network, snapshot)
            if c.said["profile"] in (None, profile.name) and in_force(c.said, moment, self._zone)
        ]
        return (snapshot.version, found) if found else None

    def _in_force(self, network: Network, snapshot: Snapshot) -> list[Closure]:
        """The closures with the edges that each lies on, looked up once."""
        with self._lock:
            known = self._known
        if known is not None and known[0] is network and known[1] == snapshot.version:
            return known[2]
        before = {} if known is None or known[0] is not network else {c.fid: c for c in known[2]}
        rows = snapshot.rows
        records = snapshot.attributes(rows, _FIELDS).to_pylist()
        found = []
        for fid, record, shape in zip(
            snapshot.fids(rows).tolist(), records, snapshot.geometry(rows), strict=True
        ):
            if shape is None:
                continue
            record = _readable(record)
            how = (record["drawn_as"], record["level"], record["road_class"])
            drawn = (shapely.to_wkb(shape), *how)
            last = before.get(fid)
            same = last is not None and last.drawn == drawn
            edges = last.edges if last is not None and same else edges_in(network, shape, *how)
            found.append(Closure(fid, record, drawn, edges))
        with self._lock:
            self._known = (network, snapshot.version, found)
        return found


def _readable(record: dict[str, Any]) -> dict[str, Any]:
    """A closure as somebody wrote it into the table: one whose hours or classes can't be read is taken to hold always
    and for all roads, which is told in the log, rather than not at all."""
    for name, read in (("hours", weekly_hours.spans), ("road_class", attributes.classes_of)):
        if record[name]:
            try:
                read(record[name])
            except BadInput as error:
                _log.warning("closures: %s; taken to hold always, for all roads", error)
                record = {**record, name: None}
    return record


def in_force(closure: Mapping[str, Any], moment: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether the period of a closure holds the moment: from its beginning, up to its end, within its hours by the
    city's wall clock."""
    since, until, hours = closure["from_at"], closure["to_at"], closure["hours"]
    during = (since is None or since <= moment) and (until is None or moment < until)
    return during and (not hours or weekly_hours.holds(hours, moment, zone))


def edges_in(
    network: Network,
    shape: Any,
    drawn_as: str | None = None,
    level: int | None = None,
    road_class: str | None = None,
) -> NDArray[np.int64]:
    """The edges that a closure (lon, lat) lies on; of one level and of some classes of roads where they are said."""
    rows, _ = network.snapshot.in_bounds(np.array([shape.bounds]))
    rows = np.sort(rows)
    counts = network.row_start[rows + 1] - network.row_start[rows]
    edges: NDArray[np.int64] = spans(network.row_start[rows], counts)
    if level is not None:
        edges = edges[network.facts.level[network.edges.row[edges]] == level]
    if road_class:
        kinds = network.facts.kind[network.edges.row[edges]]
        edges = edges[np.isin(kinds, attributes.classes_of(road_class))]
    if not len(edges):
        return edges
    e = network.edges
    sizes = e.last[edges] - e.first[edges] + 1
    lines = shapely.linestrings(
        e.lonlat[spans(e.first[edges], sizes)], indices=np.repeat(np.arange(len(edges)), sizes)
    )
    corners = int(shapely.get_num_coordinates(shape))
    limits = budget.current()
    limits.spend_comparisons(int(edges_across(shape) * len(lines)), corners, len(lines), "roads")
    shapely.prepare(shape)
    touched = shapely.intersects(shape, lines)
    edges, lines = edges[touched], lines[touched]
    if drawn_as not in ("line", "segment", "area") or not len(edges):
        return np.asarray(edges)
    limits.spend_comparisons(corners * len(lines), corners, len(lines), "roads")
    share = shapely.length(shapely.intersection(lines, shape)) / np.maximum(shapely.length(lines), 1e-12)
    inside: Mask = share >= _ALONG_SHARE
    if drawn_as == "line":
        inside |= _along(share * network.length_m[edges], shape, network.snapshot.metric_crs)
    return np.asarray(edges[inside])


def _along(inside_m: NDArray[np.float64], strip: Any, metric_crs: str) -> Mask:
    """Whether edges of which so many metres lie in the strip of a line run along it."""
    flat = crs.geometry_to_metric(np.array([strip], object), metric_crs)[0]
    # A strip of length l and width w has an outline of 2 l + 2 w and an area of l w.
    half, area = flat.length / 2, flat.area
    long = (half + max(half * half - 4 * area, 0.0) ** 0.5) / 2
    wide = area / long if long > 0 else 0.0
    found: Mask = inside_m >= min(_ALONG_M, _LINE_SHARE * long)
    if found.any():
        return found
    shared: Mask = (inside_m >= _LINE_PART * long) & (inside_m > _ACROSS * wide)
    return shared


def why_none(
    network: Network, shape: Any, drawn_as: str | None, level: int | None, road_class: str | None
) -> Text:
    """What there is where a closure (lon, lat) lies on no road."""
    touching = edges_in(network, shape)
    if not len(touching):
        here = np.array([[shape.representative_point().x, shape.representative_point().y]])
        rows, metres = network.snapshot.nearest(here, 1, _LOOKED_M)
        if rows[0, 0] < 0:
            return Text(f"{_LOOKED_M:g} 米内没有道路", f"there is no road within {_LOOKED_M:g} m of it")
        away = float(metres[0, 0])
        return Text(
            f"范围内没有道路，最近的道路约 {away:.0f} 米",
            f"no road lies in it; the nearest is about {away:.0f} m away",
        )
    rows_there = network.edges.row[touching]
    if level is not None and not (network.facts.level[rows_there] == level).any():
        levels = ", ".join(map(str, sorted(set(network.facts.level[rows_there].tolist()))))
        return Text(
            f"范围内的道路不在第 {level} 层（在 {levels} 层）",
            f"no road in it is on level {level}; those there are on {levels}",
        )
    if road_class and not len(edges_in(network, shape, None, level, road_class)):
        kinds = ", ".join(sorted({attributes.CLASSES[k] for k in network.facts.kind[rows_there].tolist()}))
        return Text(
            f"范围内没有等级为 {road_class} 的道路（有 {kinds}）",
            f"no road in it is of class {road_class}; those there are {kinds}",
        )
    n = len(touching)
    if drawn_as == "line":
        return Text(
            f"没有道路沿这条线延伸，只有 {n} 个路段与之相交",
            f"no road runs along the line; {n} edges only cross it",
        )
    return Text(
        f"{n} 个路段与之相交，但没有一个大部分在其中", f"{n} edges touch it, and none lies mostly in it"
    )


#: How far a road is looked for that a closure may have meant.
_LOOKED_M = 1000.0
