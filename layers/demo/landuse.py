"""The layer `landuse`: named parks and hills, quarters by the use of their blocks, fields and woods."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from cim.model.layer import Features, Field, Layer
from layers.demo.blocks import USES, Blocks
from layers.demo.borders import soften
from layers.demo.cells import Cells
from layers.demo.frame import COARSE, Index, geometry_to_lonlat, waves
from layers.demo.greens import Greens
from layers.demo.rivers import Water

LANDUSE = Layer(
    "landuse",
    geometry="polygon",
    title_zh="用地",
    title_en="Land use",
    fields=(
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("class", "text", "类别", "Class"),
    ),
)

_CLASSES = ("residential", "commercial", "industrial", "education", "farmland", "forest", "grass", "park")
_OF_USE = {"tower": 0, "slab": 0, "commercial": 1, "industrial": 2, "village": 0, "education": 3, "hamlet": 4}
#: Neighbours of one class are joined within squares of so many lattice steps, in town and outside.
_JOIN, _JOIN_OUTSIDE = 2 * COARSE, 16 * COARSE


def features(cells: Cells, blocks: Blocks, greens: Greens, water: Water) -> Features:
    """Land use without overlaps: named greens first, then everything around them and the water."""
    kind = _classes(cells, blocks)
    step = np.where(cells.side < COARSE, _JOIN, _JOIN_OUTSIDE)
    tiles = (cells.i // step * 10_000 + cells.j // step) * 2 + (step == _JOIN)
    label = np.unique(tiles * len(_CLASSES) + kind, return_inverse=True)[1]
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    polygons = cells.polygons
    shapes = np.array([shapely.coverage_union_all(polygons[members]) for members in groups], dtype=object)
    shapes = soften(cells, kind, shapes)
    kinds = kind[[members[0] for members in groups]]

    taken = geometry_to_lonlat(np.concatenate([greens.polygons, water.tree().geometries]))
    tree = shapely.STRtree(taken)
    mine, other = tree.query(shapes, predicate="intersects")
    for k in np.unique(mine):
        shapes[k] = shapely.difference(shapes[k], shapely.union_all(taken[other[mine == k]]))
    parts, index = shapely.get_parts(shapes, return_index=True)
    solid = (shapely.get_type_id(parts) == 3) & (shapely.area(parts) > 1e-7)  # about 1,000 m²
    parts, index = parts[solid], index[solid]

    table = pa.table(
        {
            "name": pa.array(greens.names + [None] * len(parts), pa.string()),
            "name_en": pa.array(greens.names_en + [None] * len(parts), pa.string()),
            "class": np.concatenate([greens.classes, np.array(_CLASSES, dtype=object)[kinds[index]]]).astype(
                object
            ),
        },
        schema=LANDUSE.schema(),
    )
    return Features(np.concatenate([geometry_to_lonlat(greens.polygons), parts]), table)


def _classes(cells: Cells, blocks: Blocks) -> Index:
    """The class of each cell: in town that of its first block, outside fields or woods by chance."""
    rng = cells.frame.rng(11)
    woods = waves(cells.centre, rng, 9_000.0, 1.0, 12) + waves(cells.centre, rng, 3_500.0, 0.6, 12) > 0
    kind = np.where(woods, _CLASSES.index("forest"), _CLASSES.index("farmland"))
    # What is not built upon in town is a green.
    kind[cells.side < COARSE] += _CLASSES.index("grass") - _CLASSES.index("farmland")
    town = cells.side[blocks.cell] < COARSE
    of_use = np.array([_OF_USE[use] for use in USES])
    kind[blocks.cell[town][::-1]] = of_use[blocks.use[town]][::-1]
    return kind
