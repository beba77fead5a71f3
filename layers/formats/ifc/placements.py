"""Local placements of IFC as matrices in metres."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


class Placements:
    """The placements of a file, each computed once. Matrices are float64[4, 4] in metres of the file's world."""

    def __init__(self, length: float) -> None:
        self._length = length
        self._known: dict[int, Matrix] = {}

    def world(self, placement: Any) -> Matrix:
        """The matrix of an IfcObjectPlacement; the identity for none and for what is no local placement."""
        chain: list[Any] = []
        seen: set[int] = set()
        while placement is not None and placement.id() not in self._known and placement.id() not in seen:
            seen.add(placement.id())
            chain.append(placement)
            placement = getattr(placement, "PlacementRelTo", None)
        matrix = (
            self._known[placement.id()]
            if placement is not None and placement.id() in self._known
            else np.eye(4)
        )
        for one in reversed(chain):
            relative = getattr(one, "RelativePlacement", None) or getattr(one, "CartesianPosition", None)
            matrix = matrix @ axis_placement(relative, self._length)
            self._known[one.id()] = matrix
        return matrix


def axis_placement(axis: Any, length: float) -> Matrix:
    """The matrix of an IfcAxis2Placement of two or three dimensions; lengths are multiplied by `length`."""
    matrix = np.eye(4)
    if axis is None or not axis.is_a("IfcPlacement"):
        return matrix
    location = getattr(axis.Location, "Coordinates", None) or (0.0,)
    matrix[: len(location), 3] = np.asarray(location, dtype=np.float64) * length
    reference = getattr(axis, "RefDirection", None)
    x = _direction(reference, (1.0, 0.0, 0.0))
    z = _direction(getattr(axis, "Axis", None) if axis.is_a("IfcAxis2Placement3D") else None, (0.0, 0.0, 1.0))
    x = x - z * float(x @ z)
    if float(x @ x) < 1e-18:
        x = np.cross((0.0, 1.0, 0.0) if abs(z[1]) < 0.9 else (0.0, 0.0, 1.0), z)
    x /= np.linalg.norm(x)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2] = x, np.cross(z, x), z
    return matrix


def _direction(direction: Any, otherwise: tuple[float, float, float]) -> NDArray[np.float64]:
    ratios = [*direction.DirectionRatios, 0.0, 0.0][:3] if direction is not None else otherwise
    vector = np.array(ratios, dtype=np.float64)
    size = float(np.linalg.norm(vector))
    return vector / size if size > 0.0 else np.array(otherwise)
