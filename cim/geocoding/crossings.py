"""Roads by name: the crossing of two roads, and the place at a kilometre of a road."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, RowIds
from cim.errors import NotFound
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState
from cim.text.registry import LayerTexts

#: Minimum score of a road's name.
_LIKE = 0.5
#: Roads whose score is lower than the best by more than this are left out.
_AS_LIKE = 0.2
#: Maximum roads for one name, and maximum pieces of each.
_MOST_NAMES, _MOST_PIECES = 4, 3000
#: Crossings of carriageways that are this close belong to one junction.
_JUNCTION_M = 60.0
#: Roads that come this close without touching still cross: on a bridge, or drawn inexactly.
_NEARLY_M = 40.0
#: The field with the kilometre at which a line begins; kilometres increase along the line.
KILOMETRE_FIELD = "start_km"
#: Words in the names of layers of roads.
_ROAD_LAYERS = ("road", "street", "highway", "路", "道")


@dataclass(frozen=True, slots=True)
class Road:
    """The pieces of the road of one name: their layer, their rows in it, and their lines in metres."""

    name: str
    score: float
    snapshot: Snapshot
    rows: RowIds
    lines: Geometries


@dataclass(frozen=True, slots=True)
class Crossing:
    """The place where two roads meet (lon, lat, WGS84), half the width of the junction, and how well the names fit."""

    lon: float
    lat: float
    accuracy_m: float
    names: tuple[str, str]
    score: float
    notes: tuple[str, ...] = ()


def is_roads(layer: Layer) -> bool:
    """Whether the layer's lines are roads, by its name."""
    return layer.geometry == "line" and any(word in layer.name.lower() for word in _ROAD_LAYERS)


def _counts_kilometres(layer: Layer) -> bool:
    return any(f.name == KILOMETRE_FIELD and f.type in ("real", "integer") for f in layer.fields)


def road_layers(state: CityState) -> Iterator[LayerTexts]:
    """The text index of each layer of roads that has one ready."""
    for snapshot in state.snapshots.values():
        if is_roads(snapshot.layer):
            texts = state.texts.texts_of(snapshot)
            if texts is not None:
                yield texts


def roads(state: CityState, name: str, most: int = _MOST_NAMES) -> list[Road]:
    """The roads that a name may mean, best first; empty where no road has a similar name."""
    found = []
    for texts in road_layers(state):
        for score, index, at in texts.find(name, most):
            if score >= _LIKE:
                rows = texts.rows(index, at)[:_MOST_PIECES]
                lines = texts.snapshot.metric_geometry(rows)
                there = ~shapely.is_missing(lines)
                found.append(Road(texts.text(index, at), score, texts.snapshot, rows[there], lines[there]))
    found.sort(key=lambda r: -r.score)
    return [road for road in found[:most] if road.score >= found[0].score - _AS_LIKE]


def crossings(state: CityState, one: str, other: str) -> list[Crossing]:
    """The crossings of two roads, those whose names fit best first.

    `NotFound` names the road that does not exist, or says how far apart the two roads are.
    """
    first, second = roads(state, one), roads(state, other)
    for name, known in ((one, first), (other, second)):
        if not known:
            raise NotFound(f"no road is called {name!r} here, nor like it")
    found, nearest = [], (np.inf, "", "")
    for a in first:
        for b in second:
            if a.name == b.name:
                continue
            points, gap = _meeting(a.lines, b.lines)
            if gap < nearest[0]:
                nearest = (gap, a.name, b.name)
            notes = (f"the two roads pass {gap:.0f} m from each other",) if gap > 0.0 else ()
            for point, width in points:
                lon, lat = crs.from_metric(point[None], state.metric_crs)[0].tolist()
                found.append(Crossing(lon, lat, width, (a.name, b.name), a.score * b.score, notes))
    if not found:
        gap, a_name, b_name = nearest
        if not np.isfinite(gap):
            raise NotFound(f"{one!r} and {other!r} are both {first[0].name}; a crossing is of two roads")
        raise NotFound(f"{a_name} and {b_name} do not cross; they come no nearer than {gap:,.0f} m")
    return sorted(found, key=lambda c: -c.score)


def _meeting(one: NDArray[Any], other: NDArray[Any]) -> tuple[list[tuple[NDArray[np.float64], float]], float]:
    """The places where two roads meet (metres), each with its half width; and the distance between the roads."""
    tree = shapely.STRtree(other)
    i, j = tree.query(one, predicate="intersects")
    gap = 0.0
    if len(i):
        points = shapely.get_coordinates(shapely.intersection(one[i], other[j]))
    else:
        left, right = shapely.MultiLineString(_simple(one)), shapely.MultiLineString(_simple(other))
        gap = float(shapely.distance(left, right))
        if gap > _NEARLY_M:
            return [], gap
        points = shapely.get_coordinates(shapely.shortest_line(left, right)).mean(axis=0)[None]
    places = []
    regions = shapely.get_parts(shapely.union_all(shapely.buffer(shapely.points(points), _JUNCTION_M / 2)))
    for region in regions:
        members = points[shapely.intersects_xy(region, points[:, 0], points[:, 1])]
        middle = members.mean(axis=0)
        places.append((middle, max(15.0, float(np.hypot(*(members - middle).T).max()), gap)))
    return places, gap


def _simple(lines: Geometries) -> list[Any]:
    return list(shapely.get_parts(lines))


def at_kilometre(state: CityState, name: str, km: float) -> list[tuple[float, float, Road]]:
    """The places at a kilometre of the roads of this name, as (lon, lat, road), best fit first.

    `NotFound` where no road has the name, its data has no kilometres, or not this one.
    """
    known = roads(state, name)
    if not known:
        raise NotFound(f"no road is called {name!r} here, nor like it")
    found, spans = [], []
    counted = False
    for road in known:
        if not _counts_kilometres(road.snapshot.layer):
            continue
        counted = True
        starts = np.array(
            road.snapshot.attributes(road.rows, [KILOMETRE_FIELD])[KILOMETRE_FIELD].to_pylist(), np.float64
        )
        ends = starts + shapely.length(road.lines) / 1000.0
        spans += [f"{road.name} {a:g}–{b:.3f}" for a, b in zip(starts, ends, strict=True) if np.isfinite(a)]
        for k in np.flatnonzero((starts <= km) & (km <= ends)):
            at = shapely.line_interpolate_point(road.lines[k], (km - starts[k]) * 1000.0)
            lon, lat = crs.from_metric(shapely.get_coordinates(at), state.metric_crs)[0].tolist()
            found.append((lon, lat, road))
    if not counted:
        raise NotFound(
            f"{known[0].name}: the data counts no kilometres; a layer of roads does it by numbers in its field "
            f"{KILOMETRE_FIELD!r}"
        )
    if not found:
        raise NotFound(
            f"{known[0].name} has no kilometre {km:g}; counted are: {'; '.join(spans[:8]) or 'none'}"
        )
    return found
