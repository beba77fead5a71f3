"""The surfaces and solids of GML as faces, with what they refer to by xlink."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.formats.city.faces import Faces

XLINK = "{http://www.w3.org/1999/xlink}href"
_SOLID = ("Solid",)
_MANY_SOLIDS = ("MultiSolid", "CompositeSolid")
_GROUPS = (
    "MultiSurface",
    "CompositeSurface",
    "Shell",
    "Surface",
    "PolyhedralSurface",
    "TriangulatedSurface",
    "Tin",
    "TIN",
    "MultiGeometry",
    "GeometryCollection",
)
_FLAT = ("Polygon", "PolygonPatch", "Triangle", "Rectangle")
_DEEPEST = 40

Look = Callable[[str | None, list[str | None]], tuple[int, list[NDArray[np.float64]] | None]]


def local(element: Any) -> str:
    """The name of an element without its namespace; "" for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def gml_id(element: Any) -> str | None:
    """The gml:id of an element, of either version of GML."""
    for name, value in element.attrib.items():
        if name.endswith("}id") and "gml" in name:
            return str(value)
    return None


@dataclass
class Coordinates:
    """The positions of a file as they come: a ring is added once and known by the numbers of its corners."""

    parts: list[NDArray[np.float64]] = field(default_factory=list)
    count: int = 0
    #: Each CRS that a geometry names, with how often.
    crs: dict[str, int] = field(default_factory=dict)

    def ring(self, element: Any, dimension: int) -> list[int]:
        """The corners of a LinearRing, without the last, which repeats the first. `ValueError` for what is no ring."""
        positions = self._positions(element, dimension)
        if len(positions) > 1 and np.array_equal(positions[0], positions[-1]):
            positions = positions[:-1]
        first = self.count
        self.parts.append(positions)
        self.count += len(positions)
        return list(range(first, self.count))

    def _positions(self, element: Any, dimension: int) -> NDArray[np.float64]:
        points: list[NDArray[np.float64]] = []
        for child in element:
            name = local(child)
            if name in ("posList", "pos", "coordinates"):
                text = (child.text or "").replace(",", " ")
                numbers = np.array(text.split(), np.float64)
                wide = int(child.get("srsDimension", 0)) or dimension
                if name == "pos":
                    wide = len(numbers)
                elif len(numbers) % wide:
                    wide = 5 - wide
                points.append(_deep(numbers.reshape(-1, wide)))
            elif name in ("pointProperty", "pointRep"):
                points.append(self._positions(child[0], dimension))
        return np.concatenate(points) if points else np.empty((0, 3))

    def vertices(self) -> NDArray[np.float64]:
        """All positions, float64[n, 3], in the order of the file's axes."""
        return np.concatenate(self.parts) if self.parts else np.empty((0, 3))


def _deep(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    if positions.shape[1] == 2:
        return np.column_stack([positions, np.zeros(len(positions))])
    return positions


class Surfaces:
    """Adds geometries to faces, following xlinks within the file."""

    def __init__(self, by_id: dict[str, Any], faces: Faces, coordinates: Coordinates, look: Look) -> None:
        self._by_id = by_id
        self._faces = faces
        self._coordinates = coordinates
        self._look = look
        self._rings: dict[Any, list[int]] = {}
        #: References that lead nowhere, in the geometry that was added last.
        self.dangling: list[str] = []
        self.surface_of: dict[str, str] = {}

    def add(self, geometry: Any, own_surface: str | None = None) -> list[int]:
        """Add a geometry: the numbers of the shapes that it is, one for each solid, one for all its surfaces."""
        self.dangling = []
        made: list[int] = []
        solids = list(self._solids(geometry, 0))
        for solid in solids:
            names: dict[str, int] = {}
            made.append(self._faces.begin_named(True, names))
            for h, shell in enumerate(child for child in solid if local(child) in ("exterior", "interior")):
                if h:
                    self._faces.begin_shell()
                for surface in shell:
                    self._surface(surface, names, False, own_surface, 0)
        if not solids:
            names = {}
            made.append(self._faces.begin_named(False, names))
            self._surface(geometry, names, False, own_surface, 0)
        return made

    def _solids(self, element: Any, depth: int) -> Iterator[Any]:
        element = self._follow(element)
        if element is None or depth > _DEEPEST:
            return
        name = local(element)
        if name in _SOLID:
            yield element
        elif name in _MANY_SOLIDS:
            for member in element:
                if local(member) in ("solidMember", "solidMembers"):
                    for solid in member if len(member) else [member]:
                        yield from self._solids(solid, depth + 1)

    def _follow(self, element: Any) -> Any:
        """The element, or what it refers to by xlink; None where that is not there."""
        reference = element.get(XLINK)
        if reference is None:
            return element
        found = self._by_id.get(reference.removeprefix("#"))
        if found is None:
            self.dangling.append(reference)
        return found

    def _surface(
        self, element: Any, names: dict[str, int], turned: bool, own: str | None, depth: int
    ) -> None:
        element = self._follow(element)
        if element is None or depth > _DEEPEST:
            return
        name = local(element)
        if name in _FLAT:
            self._face(element, names, turned, own)
        elif name == "OrientableSurface":
            backwards = element.get("orientation") == "-"
            for base in element:
                if local(base) == "baseSurface":
                    self._members(base, names, turned != backwards, own, depth)
        elif name in _GROUPS:
            for member in element:
                self._members(member, names, turned, own, depth)

    def _members(self, member: Any, names: dict[str, int], turned: bool, own: str | None, depth: int) -> None:
        if member.get(XLINK) is not None:
            self._surface(member, names, turned, own, depth + 1)
        for surface in member:
            self._surface(surface, names, turned, own, depth + 1)

    def _face(self, polygon: Any, names: dict[str, int], turned: bool, own: str | None) -> None:
        name = gml_id(polygon)
        rings: list[list[int]] = []
        ring_ids: list[str | None] = []
        for boundary in polygon:
            if local(boundary) not in ("exterior", "interior", "outerBoundaryIs", "innerBoundaryIs"):
                continue
            for ring in boundary:
                if ring not in self._rings:
                    self._rings[ring] = self._coordinates.ring(ring, 3)
                rings.append(self._rings[ring])
                ring_ids.append(gml_id(ring))
        if not rings or not rings[0]:
            return
        surface = self.surface_of.get(name or "") or own
        number = -1 if surface is None else names.setdefault(surface, len(names))
        material, uv = self._look(name, ring_ids)
        places = None
        if uv is not None and all(len(p) >= len(r) for p, r in zip(uv, rings, strict=True)):
            places = [p[: len(r)].tolist() for p, r in zip(uv, rings, strict=True)]
        if turned:
            rings = [ring[::-1] for ring in rings]
            places = None if places is None else [p[::-1] for p in places]
        self._faces.add(rings, number, material, places)
