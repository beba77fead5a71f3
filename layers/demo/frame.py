"""The ground plan of the demo city: how large it is made, and the bent lattice that everything stands on.

A plan position (u, v) is metres east and north of the middle of 湘江 abreast of 五一广场. `bend`
makes the plane of it: rows and columns follow the river near the centre and meander elsewhere, so a
straight lattice in the plan is a city with curved streets. Whatever shares a lattice point shares
its coordinates to the last bit; that is what makes the areas a partition and the roads a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.space import crs
from layers.demo.inputs import shapes

Size = Literal["small", "city", "metro"]
Array = NDArray[np.float64]
Index = NDArray[np.int64]

METRIC = "EPSG:4547"
#: Where plan (0, 0) lies: lon, lat.
ORIGIN = (112.963, 28.195)
#: The plan's box in metres: west, south, east, north.
BOX = (-112_000.0, -46_000.0, 136_000.0, 58_000.0)
#: Lattice steps along the side of the largest cell.
COARSE = 4

# Urban centres: lon, lat, and the radius in km of the closely divided land in each size of city.
_CENTRES = {
    "small": ((112.981, 28.193, 5.3),),
    "city": (
        (112.983, 28.190, 15.2),
        (113.085, 28.245, 6.5),
        (112.83, 28.35, 4.2),
        (113.63, 28.155, 4.0),
        (112.555, 28.255, 4.6),
        (113.21, 28.2, 2.5),
        (113.35, 28.22, 2.2),
        (112.99, 28.03, 3.5),
    ),
    "metro": (
        (112.983, 28.190, 17.6),
        (113.085, 28.245, 8.5),
        (112.83, 28.35, 5.8),
        (113.63, 28.155, 5.6),
        (112.555, 28.255, 6.2),
        (113.21, 28.2, 3.6),
        (113.35, 28.22, 3.2),
        (112.99, 28.03, 5.5),
        (112.65, 28.27, 2.5),
        (113.68, 28.0, 2.0),
    ),
}
_STEP_M = {"small": 200.0, "city": 150.0, "metro": 130.0}


def plan_to_metres(lonlat: Array) -> Array:
    """Positions in lon, lat as metres from the origin, float64[n, 2]; the plane before it is bent back."""
    return crs.to_metric(lonlat, METRIC) - crs.to_metric(np.array([ORIGIN]), METRIC)


def river_east(north: Array) -> Array:
    """Metres east of the origin at which the middle of 湘江 lies, for metres north."""
    line = plan_to_metres(np.array(shapes("water")["rivers"][0]["line"], dtype=np.float64))
    knots = smooth(line)
    return np.interp(north, knots[:, 1], knots[:, 0])


def smooth(line: Array, parts: int = 8) -> Array:
    """A Catmull-Rom curve through the points float64[n, 2], each stretch cut into `parts`."""
    p = np.vstack([2 * line[0] - line[1], line, 2 * line[-1] - line[-2]])
    t = np.arange(parts)[:, None, None] / parts
    a, b, c, d = p[:-3], p[1:-2], p[2:-1], p[3:]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), line[-1:]])


def waves(xy: Array, rng: np.random.Generator, length_m: float, height: float, count: int = 4) -> Array:
    """Smooth noise float64[n]: `count` plane waves about `length_m` long, together `height` high."""
    out = np.zeros(len(xy))
    for angle, phase, stretch in zip(
        rng.uniform(0, np.pi, count), rng.uniform(0, 6.28, count), rng.uniform(0.8, 1.3, count), strict=True
    ):
        k = 2 * np.pi / (length_m * stretch)
        out += np.sin(xy[:, 0] * (k * np.cos(angle)) + xy[:, 1] * (k * np.sin(angle)) + phase)
    return out * (height / count)


def _held_river(north: Array) -> Array:
    """`river_east` near the centre, eased, and held at its last value where the river turns away."""
    eased = [
        river_east(np.clip(north + off, -11_000.0, 7_600.0)) for off in np.linspace(-2_000.0, 2_000.0, 9)
    ]
    return np.asarray(np.mean(eased, axis=0))


def bend(uv: Array, seed: int) -> Array:
    """Plan positions float64[n, 2] as metres from the origin."""
    u, v = uv[:, 0], uv[:, 1]
    near = 1 / (1 + (u / 11_000.0) ** 4)
    slope = (_held_river(v + 300.0) - _held_river(v - 300.0)) / 600.0
    out = np.column_stack([u + _held_river(v) * near, v - u * slope * np.exp(-((u / 3_500.0) ** 2))])
    rng = np.random.default_rng([seed, 1])
    calm = 1 - np.exp(-((u / 2_600.0) ** 2)) / (1 + (v / 12_000.0) ** 6)
    for length_m, height in ((26_000.0, 1500.0), (7_000.0, 380.0), (1_900.0, 60.0)):
        for axis in (0, 1):
            out[:, axis] += waves(uv, rng, length_m, height) * calm
    return out


@dataclass(frozen=True)
class CityFrame:
    """The lattice of one city: `columns` × `rows` squares of `step_m`, point (i, j) at `xy[i, j]`."""

    size: Size
    seed: int

    def rng(self, part: int) -> np.random.Generator:
        """The random numbers of one part of the city; they don't depend on what other parts drew."""
        return np.random.default_rng([self.seed, part])

    @cached_property
    def step_m(self) -> float:
        """The side of the smallest lattice square."""
        return _STEP_M[self.size]

    @cached_property
    def first(self) -> tuple[int, int]:
        """The lattice numbers of the south-west corner: multiples of `COARSE`, so that 0, 0 is the origin."""
        block = self.step_m * COARSE
        return int(BOX[0] // block) * COARSE, int(BOX[1] // block) * COARSE

    @cached_property
    def shape(self) -> tuple[int, int]:
        """Lattice squares from west to east and from south to north."""
        block = self.step_m * COARSE
        return (
            int(BOX[2] // block) * COARSE - self.first[0],
            int(BOX[3] // block) * COARSE - self.first[1],
        )

    @cached_property
    def xy(self) -> Array:
        """Metres from the origin of each lattice point, float64[columns + 1, rows + 1, 2]."""
        columns, rows = self.shape
        i, j = np.meshgrid(np.arange(columns + 1), np.arange(rows + 1), indexing="ij")
        uv = np.column_stack([i.ravel() + self.first[0], j.ravel() + self.first[1]]) * self.step_m
        return bend(uv.astype(np.float64), self.seed).reshape(columns + 1, rows + 1, 2)

    @cached_property
    def lonlat(self) -> Array:
        """The lattice points in lon, lat, float64[columns + 1, rows + 1, 2]."""
        return to_lonlat(self.xy.reshape(-1, 2)).reshape(self.xy.shape)

    def urban(self, xy: Array, size: Size | None = None) -> Array:
        """How urban a place is: above 0 closely divided, below -0.3 open country; float64[n].

        A larger `size` of city counts its suburbs too.
        """
        best = np.full(len(xy), -np.inf)
        for lon, lat, km in _CENTRES[size or self.size]:
            away = np.hypot(*(xy - plan_to_metres(np.array([[lon, lat]]))).T)
            best = np.maximum(best, 1 - away / (km * 1000))
        return best + waves(xy, self.rng(2), 4_000.0, 0.14)


def to_lonlat(xy: Array) -> Array:
    """Metres from the origin as lon, lat, rounded to 1e-9 degree (0.1 mm)."""
    return np.round(crs.from_metric(xy + crs.to_metric(np.array([ORIGIN]), METRIC), METRIC), 9)


def geometry_to_lonlat(geometry: Any) -> Any:
    """Shapely geometries in metres from the origin as the same in lon, lat."""
    return shapely.transform(geometry, to_lonlat)
