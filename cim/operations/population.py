"""Which layer, or which level of areas, counts the people of a city."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from cim.model.standard_layers import LEVELS, PLACED
from cim.state import CityState


def population_layer(state: CityState) -> str | None:
    """The layer that people are counted by: the setting `population`, else the first base layer with that field, else
    `areas`; None where nothing counts people."""
    if state.settings.population != "auto":
        return state.settings.population
    for name, snapshot in sorted(state.snapshots.items()):
        if name not in PLACED and "population" in snapshot.layer.field_names:
            return name
    return "areas" if population_level(state) else None


def population_level(state: CityState) -> str | None:
    """The finest level whose current areas have a population; None where no level has."""
    areas = state.areas
    counted = areas.snapshot.attributes(np.flatnonzero(areas.current), ["level", "population"])
    levels = set(pc.unique(counted["level"].filter(pc.is_valid(counted["population"]))).to_pylist())
    return next((level for level in reversed(LEVELS) if level in levels), None)
