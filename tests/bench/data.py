"""What the benchmarks ask about: a deterministic city of polygons, a partition of cells, and points and boxes."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from numpy.typing import NDArray

from cim.model.layer import Features, Field, Layer

CENTRE = (112.97, 28.2)
#: The generator's version; files of another are made anew.
VERSION = 1

#: Standard deviation of the positions: with 500,000 polygons a z14 tile in the centre holds about 2,500.
_SPREAD_DEG = 0.116
_METRE_DEG = 1 / 111_195

BUILDINGS = Layer(
    "buildings",
    geometry="polygon",
    fields=(Field("name", "text"), Field("floors", "integer"), Field("height", "real"), Field("use", "text")),
    title_zh="建筑",
    title_en="Buildings",
)

_USES = ("住宅", "商业", "办公", "工业", "学校", "医院", "仓储", "交通", "文化", "体育", "市政", "其他")


def folder() -> Path:
    """Where the data and the stores of a run are kept: `CITYBASE_BENCH`, else a folder among the temporary files."""
    chosen = Path(os.environ.get("CITYBASE_BENCH") or Path(tempfile.gettempdir()) / "citybase-bench")
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def polygons(n: int) -> Features:
    """n buildings: valid polygons of 5 to 8 corners (7.5 stored vertices on average), denser in the centre."""
    random = np.random.default_rng(430100)
    centres = random.normal(0.0, 1.0, (n, 2)) * _SPREAD_DEG * np.sqrt(n / 500_000) + CENTRE
    corners = random.integers(5, 9, n)
    ends = np.cumsum(corners)
    feature = np.repeat(np.arange(n), corners)
    corner = np.arange(ends[-1]) - np.repeat(ends - corners, corners)
    turn = random.uniform(0, 2 * np.pi, n)[feature] + 2 * np.pi * corner / corners[feature]
    # Corners at their own angle and a distance of their own make a star-shaped, hence valid ring.
    radius = random.uniform(6.0, 16.0, n)[feature] * random.uniform(0.75, 1.25, len(feature)) * _METRE_DEG
    stretch = np.array([1 / np.cos(np.radians(CENTRE[1])), 1.0])
    xy = centres[feature] + np.column_stack([np.cos(turn), np.sin(turn)]) * radius[:, None] * stretch
    rings = shapely.linearrings(xy, indices=feature)
    names = pa.array([f"湘江路{i // 10}号{i % 10}栋" for i in range(5000)])
    attributes = pa.table(
        {
            "name": names.take(pa.array(random.integers(0, 5000, n))),
            "floors": pa.array(random.integers(1, 34, n)),
            "height": pa.array(random.uniform(3.0, 100.0, n).round(1)),
            "use": pa.array(_USES).take(pa.array(random.integers(0, len(_USES), n))),
        }
    )
    return Features(shapely.polygons(rings), attributes)


def cells(columns: int, rows: int) -> NDArray[Any]:
    """A partition of a rectangle into columns x rows cells with crooked shared borders, eight corners each."""
    random = np.random.default_rng(430102)
    size = np.array([0.5 / columns, 0.4 / rows])
    # A lattice of half steps: even nodes are corners of cells, nodes with one odd number middles of edges.
    lattice = np.stack(np.meshgrid(np.arange(2 * columns + 1), np.arange(2 * rows + 1)), axis=-1) / 2.0
    moved = lattice + random.uniform(-0.15, 0.15, lattice.shape)
    on_border = np.zeros(lattice.shape, bool)
    on_border[:, [0, -1], 0] = on_border[[0, -1], :, 1] = True
    moved[on_border] = lattice[on_border]
    xy = np.array(CENTRE) - (0.25, 0.2) + moved * size
    i, j = np.meshgrid(2 * np.arange(rows), 2 * np.arange(columns), indexing="ij")
    around = ((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0))
    rings = np.stack([xy[i + di, j + dj] for di, dj in around], axis=2).reshape(-1, len(around), 2)
    made: NDArray[Any] = shapely.polygons(rings)
    return made


def points_in_extent(n: int) -> NDArray[np.float64]:
    """n points evenly over the partition and a little beyond it: float64[n, 2]."""
    random = np.random.default_rng(430103)
    return np.array(CENTRE) + random.uniform(-1.0, 1.0, (n, 2)) * (0.255, 0.204)


def points_in_city(n: int) -> NDArray[np.float64]:
    """n points where the buildings are: float64[n, 2]."""
    random = np.random.default_rng(430104)
    return random.normal(0.0, 1.0, (n, 2)) * _SPREAD_DEG + CENTRE


def boxes_in_city(n: int, side_m: float) -> NDArray[np.float64]:
    """n boxes of side_m where the buildings are: float64[n, 4], west, south, east, north."""
    half = side_m / 2 * _METRE_DEG * np.array([1 / np.cos(np.radians(CENTRE[1])), 1.0])
    middle = points_in_city(n)
    return np.hstack([middle - half, middle + half])


@dataclass(frozen=True)
class Data:
    """The polygons of one run and the files they were written to; made once and kept in the folder."""

    n: int
    folder: Path

    @cached_property
    def features(self) -> Features:
        """The polygons."""
        return polygons(self.n)

    def file(self, suffix: str) -> Path:
        """The polygons as a file: `.fgb` or `.gpkg`, with layer `buildings` in EPSG:4326."""
        path = self.folder / f"buildings-{VERSION}-{self.n}{suffix}"
        if not path.exists():
            table = self.features.attributes.append_column(
                "geom", pa.array(shapely.to_wkb(self.features.geometry))
            )
            draft = path.with_name("draft-" + path.name)
            pyogrio.write_arrow(
                table,
                draft,
                layer="buildings",
                geometry_name="geom",
                geometry_type="Polygon",
                crs="EPSG:4326",
                driver={".fgb": "FlatGeobuf", ".gpkg": "GPKG"}[suffix],
            )
            draft.rename(path)
        return path
