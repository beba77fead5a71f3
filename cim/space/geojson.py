"""GeoJSON polygons as people and programs send them: what is wrong is said in a sentence, past here they are sound.

geojson-pydantic 2.2 reads the same structure in 1,780 ms for 100,000 corners (300 ms here, from the body to arrays), in
1.2 ms for 100 (0.24 ms). It takes texts and true for numbers, and has 14 faults for a ring that is too short.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np
import orjson
import shapely

from cim import budget
from cim.errors import BadInput, TooMuch
from cim.space import crs
from cim.space.crs import Datum
from cim.space.edge_density import MOST_ENTANGLED, entanglement

#: The longest GeoJSON text, in characters, that an answer holds as a dictionary.
_SHORT_TEXT = 40_000

#: A geometry that spans more degrees of longitude in one piece than this goes round the wrong side of the earth.
WIDEST = 180.0

#: A polygon has at most so many corners.
MOST_CORNERS = budget.MOST_CORNERS
#: Its outlines and holes together are at most so many: each is looked at by itself.
MOST_RINGS = 10_000
#: So few corners can't cost much, however they lie.
_PLAIN = 2_000


def polygon(given: Mapping[str, Any], datum: Datum = "wgs84", what: str = "shape") -> Any:
    """The shapely polygon or multipolygon in WGS84 that a GeoJSON geometry (or feature of one) says.

    Heights are left out, as everything is flat here. Raises `BadInput` for every other kind, open or crossing rings,
    positions that are none, and a part that crosses the antimeridian: it has to be cut there (RFC 7946, 3.1.9).

    >>> polygon({"type": "Polygon", "coordinates": [[[113, 28], [114, 28], [114, 29], [113, 28]]]}).area
    0.5
    >>> polygon({"type": "Polygon", "coordinates": [[[113, 28], [114, 28], [114, 29]]]})
    Traceback (most recent call last):
    cim.errors.BadInput: the shape has a ring of 3 positions; a ring has at least 4, the last the same as the first
    """
    if given.get("type") == "Feature" and isinstance(given.get("geometry"), Mapping):
        given = given["geometry"]
    kind = given.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadInput(f"the {what} must be a GeoJSON Polygon or MultiPolygon, not {kind!r}")
    coordinates = given.get("coordinates")
    parts = [coordinates] if kind == "Polygon" else _list(coordinates, what, "coordinates")
    listed = _positions_in(parts)
    if listed > MOST_CORNERS:
        raise BadInput(f"the {what} has more than {MOST_CORNERS} corners; simplify it")
    if (rings := sum(len(part) for part in parts if isinstance(part, (list, tuple)))) > MOST_RINGS:
        raise TooMuch(f"the {what} has {rings:,} rings, at most {MOST_RINGS:,}; simplify it, or divide it")
    budget.current().spend_corners(listed, f"{what}s")
    made = [_part(part, what) for part in parts]
    if not made:
        raise BadInput(f"the {what} is empty")
    shape = made[0] if kind == "Polygon" else shapely.multipolygons(made)
    corners = int(shapely.get_num_coordinates(shape))
    crs.check_positions(shapely.get_coordinates(shape), "corner")
    if (width := widest_part(shape)) > WIDEST:
        raise BadInput(
            f"the {what} spans {width:.0f}° of longitude; it crosses the antimeridian, cut it there"
        )
    budget.current().check()
    if corners > _PLAIN and entanglement(shape) > MOST_ENTANGLED:
        raise TooMuch(
            f"the {corners:,} corners of the {what} make edges that lie long and close beside each other, too many to "
            f"find out whether they cross; simplify it, or divide it"
        )
    if not shape.is_valid:
        reason, _, where = shapely.is_valid_reason(shape).partition("[")
        near = f" near {where.rstrip(']')}" if where else ""
        raise BadInput(f"the {what} is no valid polygon: {reason[:1].lower()}{reason[1:]}{near}")
    return shapely.transform(shape, lambda c: crs.to_wgs84(c, datum))


def encode(geometry: Any) -> Any:
    """Shapely geometries (one or an array) in lon, lat as GeoJSON texts; None for none.

    Outer rings run counter-clockwise and holes clockwise, as RFC 7946 (3.1.6) demands and renderers rely on.

    >>> encode(shapely.Polygon([(0, 0), (0, 1), (1, 1), (0, 0)]))
    '{"type":"Polygon","coordinates":[[[0.0,0.0],[1.0,1.0],[0.0,1.0],[0.0,0.0]]]}'
    """
    return shapely.to_geojson(shapely.orient_polygons(geometry))


def answer_part(text: str | None) -> Any:
    """A GeoJSON text as a part of an answer: a dictionary, or an `orjson.Fragment` of the text itself where it is long.

    Parsing a shape of 100,000 corners only to write it again takes longer than finding what it affects, and holds the
    interpreter meanwhile.

    >>> answer_part('{"type":"Point","coordinates":[112.9,28.2]}')
    {'type': 'Point', 'coordinates': [112.9, 28.2]}
    """
    if text is None:
        return None
    return orjson.loads(text) if len(text) <= _SHORT_TEXT else orjson.Fragment(text)


def widest_part(geometry: Any) -> float:
    """How many degrees of longitude the widest part of a geometry spans; 0 for an empty one.

    >>> west, east = shapely.box(-180, 10, -179, 11), shapely.box(179, 10, 180, 11)
    >>> widest_part(shapely.multipolygons([west, east]))
    1.0
    """
    boxes = shapely.bounds(shapely.get_parts(geometry))
    widths = (boxes[:, 2] - boxes[:, 0])[np.isfinite(boxes).all(axis=1)]
    return float(widths.max()) if len(widths) else 0.0


def _positions_in(parts: list[Any]) -> int:
    """How many positions the rings of the parts list; what is no list has none, and is refused later."""
    rings = (ring for part in parts if isinstance(part, (list, tuple)) for ring in part)
    return sum(len(ring) for ring in rings if isinstance(ring, (list, tuple)))


def _part(rings: Any, what: str) -> Any:
    closed = [_ring(ring, what) for ring in _list(rings, what, "a polygon")]
    if not closed:
        raise BadInput(f"the {what} is empty")
    return shapely.Polygon(closed[0], closed[1:])


def _ring(ring: Any, what: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    if _is_plain(ring):
        return np.array(ring, np.float64)
    for position in _list(ring, what, "a ring"):
        if not isinstance(position, (list, tuple)) or not all(map(_is_number, position)):
            raise BadInput(
                f"the {what} has a position {_short(position)}, which is not [lon, lat] in degrees"
            )
        if len(position) not in (2, 3):
            raise BadInput(f"the {what} has a position {_short(position)}, which is not [lon, lat]")
    if len(ring) < 4:
        raise BadInput(
            f"the {what} has a ring of {len(ring)} positions; a ring has at least 4, the last the same as the first"
        )
    if ring[0] != ring[-1]:
        raise BadInput(f"the {what} has an open ring: it ends at {ring[-1]} and begins at {ring[0]}")
    return np.array([position[:2] for position in ring], np.float64)


def _is_plain(ring: Any) -> bool:
    """Whether it is a closed ring of pairs of floats, as nearly all are: found out without a look at each in Python."""
    if not isinstance(ring, list) or len(ring) < 4 or set(map(type, ring)) != {list}:
        return False
    if set(map(len, ring)) != {2} or set(map(type, chain.from_iterable(ring))) != {float}:
        return False
    return bool(ring[0] == ring[-1] and np.isfinite(ring).all())


def _list(given: Any, what: str, part: str) -> list[Any]:
    if not isinstance(given, (list, tuple)):
        raise BadInput(f"the {what}: {part} must be a list, not {_short(given)}")
    return list(given)


def _is_number(value: Any) -> bool:
    # A whole number beyond what a float holds is none either; so long a one would not even be printed.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300


def _short(value: Any) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "…"
