"""What a person says of a file of models, where the file itself does not say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cim.bim.placement import GroundPlacement


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A point of the model, in its own unit, and where it is: lon, lat and height (m)."""

    model: tuple[float, float, float]
    place: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """How to read a model. `crs` is that of map coordinates which name none; `place` or three or more `control_points`
    place a model that is not georeferenced; `up` is the axis that points up in a mesh file.

    A model of more than `most_triangles` is refused, and so is a file of more than `most_bytes`. `workers` is how many
    processes or threads may work on one file.
    """

    crs: str | None = None
    place: GroundPlacement | None = None
    control_points: tuple[ControlPoint, ...] = ()
    up: Literal["y", "z"] | None = None
    most_triangles: int = 20_000_000
    most_bytes: int = 2 << 30
    workers: int = 2
