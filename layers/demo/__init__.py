"""The demo city: a schematic Changsha (长沙示意), the same for the same seed, in three sizes.

Names and codes of districts and streets are real; everything with a shape is invented. It is a
stage for trying things out, never survey data.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from cim.model.layer import Features, Layer
from cim.model.standard_layers import AREAS, COMPONENTS, INCIDENTS, RESOURCES, SENSORS, UNITS
from layers.demo import (
    addresses,
    areas,
    blocks,
    buildings,
    cells,
    components,
    greens,
    incidents,
    landuse,
    network,
    places,
    ramps,
    resources,
    rivers,
    roads,
    sensors,
    territory,
    units,
)
from layers.demo.frame import CityFrame, Size, plan_to_metres
from layers.demo.spots import Roadside

__all__ = ["VERSION", "Size", "make"]

#: Grows with every change of what is made, so that a demo city made before is made again.
VERSION = 5


def make(size: Size = "small", seed: int = 430100) -> Iterator[tuple[Layer, Features]]:
    """The layers of the demo city one after the other, areas and units first.

    About 20 thousand, 500 thousand or 5 million features in all. Geometry is lon, lat; the owner
    fields of placed things are null, for the store to fill. `small` has every district and street,
    but only the centre is divided into unit grids, and its buildings are a sample.
    """
    frame = CityFrame(size, seed)
    land = cells.divide(frame)
    water = rivers.draw(frame)
    wet = np.zeros(len(land), dtype=bool)
    wet[water.tree().query(shapely.points(land.centre), predicate="intersects")[0]] = True
    density = 250 + 17_000 * np.clip(frame.urban(land.centre, "city") + 0.25, 0, 1) ** 1.3
    whose = territory.assign(land, land.area_m2 * np.where(wet, 1e-3, density))
    managed = areas.features(land, whose)
    yield AREAS, managed

    outline = shapely.transform(managed.geometry[0], plan_to_metres)
    water = water.within(outline)
    green = greens.draw(frame, outline, water)

    streets = network.lay(land, water, green)
    slips = ramps.build(streets, water)
    road = roads.features(streets, slips)
    level = np.array(managed.attributes["level"].to_pylist())
    roadside = Roadside(frame, road, managed.geometry[level == "street"])
    yield UNITS, units.features(frame, roadside, roadside.streets, managed.geometry[level == "district"])

    plan = blocks.lay_out(land, streets)
    yield landuse.LANDUSE, landuse.features(land, plan, green, water)
    yield rivers.WATER, water.features()
    yield roads.ROADS, road
    closed = np.concatenate([water.tree(15.0).geometries, green.polygons, water.islands, slips.ground()])
    yield buildings.BUILDINGS, buildings.features(frame, plan, whose, closed)
    yield places.PLACES, places.features()
    yield addresses.ADDRESSES, addresses.features(frame, road, managed.geometry[level == "street"])
    yield SENSORS, sensors.features(frame, roadside, water)
    yield RESOURCES, resources.features(frame, roadside)
    yield COMPONENTS, components.features(frame, roadside)
    yield INCIDENTS, incidents.features(frame, roadside)
