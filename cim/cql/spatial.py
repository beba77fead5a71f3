"""The spatial predicates of CQL2: how the features of a layer lie to a geometry that the filter gives.

The R-tree finds the rows whose bounds meet it; GEOS says exactly how they lie.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import shapely
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import Boxes, Mask
from cim.columnar import queries
from cim.columnar.columns import Columns
from cim.cql.values import GEOMETRY_NAMES, as_text
from cim.errors import BadInput
from cim.model.layer import GeometryKind
from cim.space.edge_density import edges_across

#: Of the filter's geometry (prepared, so it comes first) and those of the rows.
_PREDICATES: dict[str, Callable[[Any, Any], NDArray[np.bool_]]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.intersects,  # turned round at the end: the tree finds only what meets
    "s_within": shapely.contains,
    "s_contains": shapely.within,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_overlaps": shapely.overlaps,
    "s_equals": shapely.equals,
}
PREDICATES = tuple(_PREDICATES)
_TURNED = {"s_within": "s_contains", "s_contains": "s_within"}
#: What holds of every feature strictly inside a rectangle; `s_disjoint` is found by what it is not.
_HOLD_INSIDE = ("s_intersects", "s_disjoint", "s_within")
#: Rows whose shapes are made at once.
_CHUNK = 5_000
#: What GEOS answers from a prepared geometry; of the others each comparison costs several times as much.
_PREPARED = ("s_intersects", "s_disjoint", "s_within")
_WHOLE_COST = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class ShapeCondition:
    """A condition on the geometry.

    `shape` is None where the filter asks whether there is a geometry at all.
    """

    op: str
    shape: Any
    needs: ClassVar[frozenset[str]] = frozenset(GEOMETRY_NAMES[:1])

    def truth(self, columns: Columns, kind: GeometryKind, dead: Mask) -> NDArray[np.int8]:
        """Over the rows of the columns: 1 where it holds, -1 where not, 0 for a row without geometry."""
        there = columns.rings[1:] > columns.rings[:-1]
        if self.shape is None:
            return np.where(there, np.int8(-1), np.int8(1))
        made = np.where(there, np.int8(-1), np.int8(0))
        parts = shapely.get_parts(self.shape)
        rows, _ = queries.in_bounds(columns, shapely.bounds(parts), dead)
        if len(parts) > 1:  # a row may meet several
            near = np.zeros(len(columns), np.bool_)
            near[rows] = True
            rows = np.flatnonzero(near)
        if self.shape.equals(self.shape.envelope):
            # What lies within a rectangle need not be looked at: it can't touch, cross, hold or equal it.
            inside = _inside(columns.lonlat_tree[rows], self.shape.bounds)
            made[rows[inside]] = 1 if self.op in _HOLD_INSIDE else -1
            rows = rows[~inside]
        limits, cost = budget.current(), self._cost()
        for first in range(0, len(rows), _CHUNK):
            some = rows[first : first + _CHUNK]
            limits.spend_comparisons(
                int(cost * len(some)), int(shapely.get_num_coordinates(self.shape)), len(rows), "features"
            )
            made[some[_PREDICATES[self.op](self.shape, columns.geometry(some, kind))]] = 1
        return -made if self.op == "s_disjoint" else made

    def _cost(self) -> float:
        """Comparisons that one feature takes: what GEOS has prepared looks along one line, the rest at every edge."""
        corners = float(shapely.get_num_coordinates(self.shape))
        if self.op not in _PREPARED:
            return corners * _WHOLE_COST
        return edges_across(self.shape)


def _inside(boxes: Boxes, outer: tuple[float, float, float, float]) -> Mask:
    low = (boxes[:, :2] > outer[:2]).all(axis=1)
    high = (boxes[:, 2:] < outer[2:]).all(axis=1)
    return np.logical_and(low, high)


def predicate(op: str, args: list[Any]) -> ShapeCondition:
    """`op(geom, literal)` or `op(literal, geom)`; `BadInput` for anything else."""
    named = [a for a in args if isinstance(a, dict) and a.get("property") in GEOMETRY_NAMES]
    given = [a for a in args if a not in named]
    if len(named) != 1 or len(given) != 1:
        raise BadInput(
            f"filter: {as_text({'op': op, 'args': args})}: {op} asks how {GEOMETRY_NAMES[0]} lies to a geometry, "
            f"as in {op}({GEOMETRY_NAMES[0]}, BBOX(112.9,28.1,113.0,28.2))"
        )
    if given[0] is args[0]:
        op = _TURNED.get(op, op)
    shape = _geometry(given[0])
    shapely.prepare(shape)  # once, before threads share it
    return ShapeCondition(op, shape)


def _geometry(part: Any) -> Any:
    """The shapely geometry (lon, lat) of a literal; a box over the antimeridian is two."""
    match part:
        case {"bbox": [west, south, east, north]} | {"bbox": [west, south, _, east, north, _]}:
            if not south <= north:
                raise BadInput(
                    f"filter: {as_text(part)}: its south is north of its north; write west,south,east,north"
                )
            if west <= east:
                return shapely.box(west, south, east, north)
            return shapely.union_all(
                [shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north)]
            )
        case {"type": str(), "coordinates": _} | {"type": "GeometryCollection", "geometries": _}:
            try:
                made = shapely.force_2d(shapely.from_geojson(json.dumps(part)))
            except (shapely.errors.GEOSException, ValueError) as error:
                raise BadInput(f"filter: {as_text(part)} is no geometry: {error}") from error
            if made.is_empty:
                raise BadInput(f"filter: {as_text(part)} is empty")
            budget.current().spend_corners(int(shapely.get_num_coordinates(made)), "shapes of the filter")
            if not made.is_valid:
                raise BadInput(f"filter: {as_text(part)} is not valid: {shapely.is_valid_reason(made)}")
            return made
    raise BadInput(
        f"filter: {as_text(part)} is no geometry; write POINT(112.9 28.1), POLYGON((…)), BBOX(112.9,28.1,113.0,28.2)"
    )
