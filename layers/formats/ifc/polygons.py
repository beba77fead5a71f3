"""The faces of a shape as the file has them, which a triangle mesh no longer tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.bim.building_model import Polygons
from layers.formats.ifc.placements import axis_placement

#: Faces are read one by one, which takes time: shapes of more have none, and neither has what comes after the budget.
_MOST_FACES_OF_ONE = 2_000
_MOST_FACES = 50_000
_MOST_PROFILES = 20_000

_Ring = Sequence[int]
_Face = list[_Ring]


class PolygonReader:
    """Reads the faces of representations, up to a budget for the whole file."""

    def __init__(self, length: float) -> None:
        self._length = length
        self._left = _MOST_FACES
        self._profiles = _MOST_PROFILES

    def read(self, product: Any) -> Polygons | None:
        """The faces of a product's shape in its own frame, in metres; None where its body is not made of faces.

        Sweeps have faces only where their profile crosses itself: what is tessellated of such a one looks whole.
        """
        if self._left <= 0 or _is_cut(product):
            return None
        try:
            return self._read(product)
        except (AttributeError, TypeError, ValueError, IndexError):
            return None  # faces of a make that the schema does not have are no faces

    def _read(self, product: Any) -> Polygons | None:
        item = _single_item(product.Representation)
        if item is None:
            return None
        if item.is_a("IfcExtrudedAreaSolid"):
            return self._crossed_sweep(item)
        shells = _shells_of(item)
        if shells is None:
            return None
        listed = [_Shell(shell, self._length) for shell in shells]
        count = sum(shell.count for shell in listed)
        if count == 0 or count > _MOST_FACES_OF_ONE:
            return None
        self._left -= count
        faces = [list(shell.faces()) for shell in listed]  # the vertices are known after the faces
        return _join(
            [(shell.vertices, one) for shell, one in zip(listed, faces, strict=True)], _is_closed(item)
        )

    def _crossed_sweep(self, item: Any) -> Polygons | None:
        if self._profiles <= 0 or not item.SweptArea.is_a("IfcArbitraryClosedProfileDef"):
            return None
        self._profiles -= 1
        outline = _outline(item.SweptArea)
        if outline is None or len(outline) < 3 or shapely.LinearRing(outline).is_simple:
            return None
        place = axis_placement(item.Position, self._length)
        direction = np.array(item.ExtrudedDirection.DirectionRatios, dtype=np.float64)
        up = direction / np.linalg.norm(direction) * item.Depth * self._length
        low = np.column_stack([outline * self._length, np.zeros(len(outline))])
        vertices = np.concatenate([low, low + up]) @ place[:3, :3].T + place[:3, 3]
        n = len(outline)
        faces: list[_Face] = [[list(range(n - 1, -1, -1))], [list(range(n, 2 * n))]]
        faces += [[[i, (i + 1) % n, n + (i + 1) % n, n + i]] for i in range(n)]
        self._left -= len(faces)
        return _join([(vertices, faces)], closed=True)


def _is_cut(product: Any) -> bool:
    openings = getattr(product, "HasOpenings", None)
    return openings is not None and len(openings) > 0


def _single_item(representation: Any) -> Any:
    for one in representations(representation):
        if one.RepresentationIdentifier in ("Body", "Facetation", None):
            return one.Items[0] if len(one.Items or ()) == 1 else None
    return None


def representations(definition: Any) -> list[Any]:
    """The representations of a product's shape, without what is none."""
    listed = getattr(definition, "Representations", None) or ()
    return [one for one in listed if one is not None and one.is_a("IfcShapeModel")]


def _shells_of(item: Any) -> list[Any] | None:
    if item.is_a("IfcFacetedBrep"):
        return [item.Outer, *(getattr(item, "Voids", None) or ())]
    if item.is_a("IfcPolygonalFaceSet") or item.is_a("IfcTriangulatedFaceSet"):
        return [item]
    if item.is_a("IfcShellBasedSurfaceModel"):
        return list(item.SbsmBoundary)
    return list(item.FbsmFaces) if item.is_a("IfcFaceBasedSurfaceModel") else None


def _is_closed(item: Any) -> bool:
    if item.is_a("IfcFacetedBrep"):
        return True
    if item.is_a("IfcShellBasedSurfaceModel"):
        return all(shell.is_a("IfcClosedShell") for shell in item.SbsmBoundary)
    return bool(getattr(item, "Closed", None))


class _Shell:
    """The faces of one shell, with the vertices that they number."""

    def __init__(self, shell: Any, length: float) -> None:
        self._shell = shell
        self._points: dict[int, int] = {}
        self._listed: list[Sequence[float]] = []
        self._length = length
        if shell.is_a("IfcPolygonalFaceSet"):
            self.count = len(shell.Faces)
        elif shell.is_a("IfcTriangulatedFaceSet"):
            self.count = len(shell.CoordIndex)
        else:
            self.count = len(shell.CfsFaces)

    @property
    def vertices(self) -> NDArray[np.float64]:
        """The vertices, float64[n, 3]; those of faces without a list of points come with the faces."""
        return np.array(self._listed or np.zeros((0, 3)), dtype=np.float64) * self._length

    def faces(self) -> Iterator[_Face]:
        """The rings of each face, the outer one first."""
        if hasattr(self._shell, "Coordinates"):
            self._listed = list(self._shell.Coordinates.CoordList)
            yield from self._faces_by_index()
            return
        for face in self._shell.CfsFaces:
            rings: _Face = []
            for bound in face.Bounds:
                if not bound.Bound.is_a("IfcPolyLoop"):
                    continue
                ring = [self._number(point) for point in bound.Bound.Polygon]
                ring = ring if bound.Orientation else ring[::-1]
                rings.insert(0 if bound.is_a("IfcFaceOuterBound") else len(rings), ring)
            if rings:
                yield rings

    def _faces_by_index(self) -> Iterator[_Face]:
        named = getattr(self._shell, "PnIndex", None)

        def ring(numbers: Iterable[int]) -> _Ring:
            return [named[one - 1] - 1 for one in numbers] if named else [one - 1 for one in numbers]

        if self._shell.is_a("IfcTriangulatedFaceSet"):
            for triangle in self._shell.CoordIndex:
                yield [ring(triangle)]
            return
        for face in self._shell.Faces:
            yield [ring(face.CoordIndex), *(ring(one) for one in getattr(face, "InnerCoordIndices", ()))]

    def _number(self, point: Any) -> int:
        if point.id() not in self._points:
            self._points[point.id()] = len(self._listed)
            self._listed.append(point.Coordinates)
        return self._points[point.id()]


def _join(shells: Sequence[tuple[NDArray[np.float64], list[_Face]]], closed: bool) -> Polygons:
    corners: list[int] = []
    rings, faces, starts = [0], [0], [0]
    vertices: list[NDArray[np.float64]] = []
    before = 0
    for points, listed in shells:
        for face in listed:
            for ring in face:
                corners += [before + one for one in ring]
                rings.append(len(corners))
            faces.append(len(rings) - 1)
        starts.append(len(faces) - 1)
        vertices.append(points)
        before += len(points)
    return Polygons(
        np.concatenate(vertices),
        np.array(corners, np.int32),
        np.array(rings, np.int32),
        np.array(faces, np.int32),
        np.array(starts, np.int32),
        closed,
    )


def _outline(profile: Any) -> NDArray[np.float64] | None:
    curve = profile.OuterCurve
    if curve.is_a("IfcPolyline"):
        points = [point.Coordinates[:2] for point in curve.Points]
    elif curve.is_a("IfcIndexedPolyCurve") and not any(
        one.is_a("IfcArcIndex") for one in curve.Segments or ()
    ):
        points = [point[:2] for point in curve.Points.CoordList]
    else:
        return None
    return np.array(points[:-1] if points[0] == points[-1] else points, dtype=np.float64)
