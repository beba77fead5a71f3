"""Positions in requests: [lon, lat] with an optional height."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Strict, WithJsonSchema

from cim.city import City
from cim.snapshot.extent import require_order
from cim.space import crs
from cim.space.crs import Datum

#: A number in JSON: neither a text that looks like one nor true.
Number = Annotated[float, Strict()]


def _without_height(value: Any) -> Any:
    """[lon, lat, height] as [lon, lat]; everything else as it is, for the validator to judge."""
    with_height = isinstance(value, (list, tuple)) and len(value) == 3
    if not with_height or isinstance(value[2], bool) or not isinstance(value[2], (int, float)):
        return value
    return value[:2]


#: A place in a request. RFC 7946 allows a height as third number; the base is flat, so it counts for nothing.
Position = Annotated[
    tuple[Number, Number],
    BeforeValidator(_without_height),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}),
]

#: The place of what is stored: the height is not kept, which its answer tells.
PlacedPosition = Annotated[
    tuple[Number, Number] | tuple[Number, Number, Number],
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}),
]


def has_height(given: Any) -> bool:
    """Whether a position, or one in the coordinates of a GeoJSON geometry or feature, has a third number.

    >>> has_height([112.9, 28.2, 35.0]), has_height({"type": "Point", "coordinates": [112.9, 28.2]})
    (True, False)
    """
    if isinstance(given, Mapping):
        return has_height(given.get("geometry")) or has_height(given.get("coordinates"))
    if not isinstance(given, (list, tuple)) or not given:
        return False
    if isinstance(given[0], (list, tuple)):
        return any(has_height(part) for part in given)
    return len(given) > 2


def lonlat_of(
    city: City, points: Sequence[Any], datum: Datum = "wgs84", what: str = "point"
) -> NDArray[np.float64]:
    """The positions of a question in WGS84: float64[n, 2]. `BadInput` for one that is none, or that only lies near
    the city as lat, lon."""
    given = crs.check_positions(np.array(points, np.float64).reshape(-1, 2), what)
    return require_order(city.extent, crs.to_wgs84(given, datum), what)
