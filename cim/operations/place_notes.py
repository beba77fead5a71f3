"""Notes on an unlikely position: far from the city, outside all areas, or reported before the areas began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from cim.arrays.types import Geometries
from cim.model.layer import Layer
from cim.model.standard_layers import OWNED, OWNED_AS_OF, OWNER_FIELDS
from cim.model.text import Text
from cim.operations import messages
from cim.snapshot.extent import Extent, at_zero
from cim.state import CityState


def place_notes(
    state: CityState, layer: Layer, geometry: Any, values: Mapping[str, Any], extent: Extent | None
) -> list[Text]:
    """Notes on where a thing was placed; none where all is well.

    `geometry` is a shapely geometry in lon, lat (WGS84) and `values` are the fields as stored. `extent` is the city's
    extent before the write, because a new area must not confirm its own position.
    """
    if geometry is None or geometry.is_empty:
        return []
    boxes = np.array([shapely.bounds(shapely.get_parts(geometry)[0])])
    if extent is not None and extent.far(boxes)[0]:
        km = float(extent.distance_m(boxes)[0]) / 1000
        if at_zero(boxes)[0]:
            return [messages.at_zero(km)]
        return [messages.lat_lon_order(km) if extent.is_swapped(boxes)[0] else messages.far(km)]
    if layer.name not in OWNED or geometry.geom_type != "Point":
        return []
    return _owner_notes(state, layer, geometry, values)


def _owner_notes(state: CityState, layer: Layer, point: Any, values: Mapping[str, Any]) -> list[Text]:
    """Notes on a point that no area owns, in a city that has areas."""
    if any(values.get(f.name) for f in OWNER_FIELDS if f.name != "h3") or not state.areas.current.any():
        return []
    (owner,) = state.owners(np.array([[point.x, point.y]]))
    reported = values.get(OWNED_AS_OF.get(layer.name, ""))
    if owner.areas:
        return [] if reported is None else [messages.no_area_on(reported.astimezone(state.zone).date())]
    near = owner.nearest
    return [] if near is None else [messages.outside_areas(near.name, near.code, near.distance_m)]


def far_lines_note(extent: Extent | None, lines: Geometries) -> list[Text]:
    """A note if some of these lines (shapely, lon and lat) are far from the city's extent, naming the farthest."""
    if extent is None or not len(lines):
        return []
    boxes = shapely.bounds(lines)
    far = np.flatnonzero(extent.far(boxes))
    if not len(far):
        return []
    metres = extent.distance_m(boxes)
    worst = int(far[np.argmax(metres[far])])
    return [messages.far_measurements(len(far), worst + 1, float(metres[worst]) / 1000)]
