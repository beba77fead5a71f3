"""What is affected: everything in a circle, a polygon or an area reached by road, with the people in it and the units
to inform."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow.compute as pc
import shapely

from cim.access.caller import Caller
from cim.areas.ownership import Areas
from cim.arrays.types import RowIds
from cim.columnar.outline import Outline
from cim.duty.answers import UnitRecord
from cim.errors import BadInput
from cim.impact.answers import Affected, AffectedArea, AffectedLayer, FeatureCollection
from cim.model.standard_layers import LEVELS, PLACED
from cim.operations.features import geojson_features
from cim.operations.population import population_layer, population_level
from cim.operations.records import MOST_ON_A_PAGE
from cim.roads.profiles import profile_of
from cim.routing import reach
from cim.snapshot.extent import require_order
from cim.snapshot.snapshot import Snapshot
from cim.space import crs, geojson
from cim.space.crs import Datum
from cim.state import CityState

#: Corners of a drawn circle. Its area and the features in it are exact, whatever is drawn.
_CIRCLE_CORNERS = 128
_LARGEST_RADIUS_M = 200_000.0


@dataclass(frozen=True)
class Shape:
    """The affected place: a polygon (lon, lat, WGS84), its area, and for a circle (lon, lat, radius in metres)."""

    polygon: Any
    area_m2: float
    circle: tuple[float, float, float] | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any], metric_crs: str, datum: Datum = "wgs84") -> Shape:
        """From `{"type": "circle", "centre": [lon, lat], "radius_m": 300}` or a GeoJSON polygon; `BadInput` for
        anything else, and for a shape too far away to be measured in the metric CRS."""
        if given.get("type") == "circle":
            return cls._circle(given, metric_crs, datum)
        if given.get("type") not in ("Polygon", "MultiPolygon", "Feature"):
            raise BadInput(
                f"a shape is a circle, a reach, or a GeoJSON Polygon or MultiPolygon, not {given.get('type')!r}"
            )
        polygon = geojson.polygon(given, datum)
        area_m2 = float(crs.geometry_to_metric(polygon, metric_crs).area)
        if not np.isfinite(area_m2):
            raise BadInput(f"the shape lies too far from the city to be measured in {metric_crs}")
        return cls(polygon, area_m2)

    @classmethod
    def _circle(cls, given: Mapping[str, Any], metric_crs: str, datum: Datum) -> Shape:
        centre: Any = given.get("centre")
        radius: Any = given.get("radius_m")
        if not (_is_position(centre) and _are_numbers([radius], 1)):
            raise BadInput('a circle has "centre": [lon, lat] and "radius_m": metres')
        centre = crs.check_positions(np.array([centre[:2]], np.float64), "centre")
        if not 0 < radius <= _LARGEST_RADIUS_M:
            raise BadInput(f"radius_m must be more than 0 and at most {_LARGEST_RADIUS_M:g}, not {radius:g}")
        centre = crs.to_wgs84(centre, datum)
        middle = crs.to_metric(centre, metric_crs)[0]
        if not np.isfinite(middle).all():
            raise BadInput(f"the circle lies too far from the city to be measured in {metric_crs}")
        ring = shapely.Point(middle).buffer(radius, quad_segs=_CIRCLE_CORNERS // 4)
        polygon = crs.geometry_from_metric(ring, metric_crs)
        return cls(polygon, float(np.pi * radius**2), (*centre[0].tolist(), radius))

    @cached_property
    def outline(self) -> Outline:
        """The edges of the polygon, prepared for testing many features."""
        return Outline.of(self.polygon)

    def metric_outline(self, metric_crs: str) -> Outline:
        """The same in metres; for a circle, that of the drawn polygon."""
        if self.circle is None:
            return Outline.of(crs.geometry_to_metric(self.polygon, metric_crs))
        lon, lat, radius = self.circle
        middle = crs.to_metric(np.array([[lon, lat]]), metric_crs)[0]
        return Outline.of(shapely.Point(middle).buffer(radius, quad_segs=_CIRCLE_CORNERS // 4))

    def rows(self, snapshot: Snapshot) -> RowIds:
        """The rows that share a point with the shape; for a circle, those within its exact radius."""
        if self.circle is None:
            return snapshot.intersecting(self.outline)
        lon, lat, radius = self.circle
        return snapshot.within_distance(np.array([lon, lat]), radius)


#: The fields of a reach.
_OF_REACH = {"type", "point", "minutes", "profile", "towards"}


def shape_of(state: CityState, given: Mapping[str, Any], datum: Datum = "wgs84") -> Shape:
    """The shape that a request gives: as `Shape.of` takes it, or reached by road.

    A reach is `{"type": "reach", "point": [lon, lat], "minutes": 10}`, with an optional `profile` and `towards` (the
    point is the destination). `datum` is that of the coordinates. `BadInput` for anything else, for lat before lon, and
    for a point from which no road leads.
    """
    if given.get("type") != "reach":
        shape = Shape.of(given, state.metric_crs, datum)
        west, south, east, north = shapely.bounds(shapely.get_parts(shape.polygon)[0]).tolist()
        require_order(
            state.extent, np.array([[(west + east) / 2, (south + north) / 2]]), "the middle of shape"
        )
        return shape
    unknown = sorted(given.keys() - _OF_REACH)
    point: Any = given.get("point")
    minutes, towards = given.get("minutes"), given.get("towards", False)
    if unknown or not _is_position(point) or not _are_numbers([minutes], 1) or not isinstance(towards, bool):
        wrong = f"; not known: {', '.join(map(repr, unknown))}" if unknown else ""
        raise BadInput(
            'a reach has "point": [lon, lat] and "minutes", perhaps "profile" and "towards": true' + wrong
        )
    place = require_order(
        state.extent, crs.to_wgs84(crs.check_positions(np.array([point[:2]], np.float64)), datum)
    )
    profile = profile_of(str(given.get("profile", "car")))
    found = reach.extent(state.roads, place, [float(minutes)], profile, towards=towards)  # type: ignore[arg-type]
    polygon = found.shapes[0]
    if polygon.is_empty:
        raise BadInput(f"no road for {profile.name} leads from {point}; give a circle or polygon instead")
    return Shape(polygon, float(crs.geometry_to_metric(polygon, state.metric_crs).area))


def _is_position(value: Any) -> bool:
    """Whether it is [lon, lat], or [lon, lat, height]; the height is ignored here."""
    return _are_numbers(value, 2) or _are_numbers(value, 3)


def _are_numbers(values: Any, count: int) -> bool:
    """Whether it is a list of `count` numbers; true and false are not numbers."""
    if not isinstance(values, (list, tuple)) or len(values) != count:
        return False
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) and not abs(v) > 1e300 for v in values)


def find_affected(
    state: CityState, shape: Shape, caller: Caller, layers: Sequence[str] | None = None, limit: int = 100
) -> Affected:
    """What is in the shape: for each layer (None: all base layers) a count and at most `limit` features, and the areas
    with their units, the resources, the sensors and the number of people.

    `BadInput` for a limit out of range, `NotFound` for a layer that is not loaded.
    """
    if not 0 <= limit <= MOST_ON_A_PAGE:
        raise BadInput(f"limit {limit} is out of range: 0 to {MOST_ON_A_PAGE}")
    names = layers if layers is not None else [n for n in state.snapshots if n not in PLACED]
    counted, source = people(state, shape)
    return Affected(
        area=geojson.answer_part(geojson.encode(shape.polygon)),
        area_m2=round(shape.area_m2, 2),
        layers={name: _layer(state.snapshot(name), shape, caller, limit) for name in names},
        areas=_areas(state.areas, state.unit, shape),
        resources=_things(state.snapshot("resources"), shape, caller, limit),
        sensors=_things(state.snapshot("sensors"), shape, caller, limit),
        people=counted,
        people_from=source,
    )


def _layer(snapshot: Snapshot, shape: Shape, caller: Caller, limit: int) -> AffectedLayer:
    rows = shape.rows(snapshot)
    made = geojson_features(snapshot, rows[:limit], caller)
    return AffectedLayer(len(rows), FeatureCollection("FeatureCollection", made), len(rows) > limit)


def _things(snapshot: Snapshot, shape: Shape, caller: Caller, limit: int) -> list[dict[str, Any]]:
    """The features of a layer in the shape, as dictionaries of `id`, `geometry` and the layer's fields."""
    rows = shape.rows(snapshot)[:limit]
    return [
        {"id": f["id"], "geometry": f["geometry"], **f["properties"]}
        for f in geojson_features(snapshot, rows, caller)
    ]


def _areas(areas: Areas, unit: Callable[[str | None], UnitRecord | None], shape: Shape) -> list[AffectedArea]:
    """The current areas that the shape touches, from the city down, each with its responsible unit."""
    snapshot = areas.snapshot
    rows = shape.rows(snapshot)
    rows = rows[areas.current[rows]]
    order = list(LEVELS)
    records = snapshot.attributes(rows, ["level", "code", "name", "name_en", "unit"]).to_pylist()
    records.sort(
        key=lambda r: (order.index(r["level"]) if r["level"] in order else len(order), r["code"] or "")
    )
    return [AffectedArea(**{**r, "unit": unit(r["unit"])}) for r in records]


def people(state: CityState, shape: Shape) -> tuple[int | None, str | None]:
    """The number of people in the shape, and the layer that counts them; None where no layer does.

    A polygon that is partly in the shape counts by the share of its area.
    """
    name = population_layer(state)
    if name is None:
        return None, None
    areas = state.areas
    snapshot = areas.snapshot if name == "areas" else state.snapshot(name)
    rows = shape.rows(snapshot)
    if name == "areas":  # only current areas, so that a redrawn one counts once
        level = population_level(state)
        rows = rows[(snapshot.matching({"level": level}) & areas.current)[rows]]
        name = f"areas ({level})"
    population = (
        pc.fill_null(snapshot.attributes(rows, ["population"])["population"], 0).to_numpy().astype(float)
    )
    if snapshot.layer.geometry != "polygon":
        return round(float(population.sum())), name
    share = snapshot.shares_in(shape.metric_outline(snapshot.metric_crs), rows)
    return round(float((population * share).sum())), name
