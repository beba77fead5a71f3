"""Which layer, or which level of areas, counts the people of a city."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from cim.city import City
from cim.model.standard_layers import LEVELS, PLACED


def population_layer(city: City) -> str | None:
    """The layer that counts people: the setting's, else the first loaded one with a `population`, else areas."""
    if city.settings.population != "auto":
        return city.settings.population
    for name, snapshot in sorted(city.snapshots.items()):
        if name not in PLACED and "population" in snapshot.layer.field_names:
            return name
    return "areas" if population_level(city) else None


def population_level(city: City) -> str | None:
    """The smallest level whose areas of today know their population."""
    areas = city.areas
    counted = areas.snapshot.attributes(np.flatnonzero(areas.current), ["level", "population"])
    levels = set(pc.unique(counted["level"].filter(pc.is_valid(counted["population"]))).to_pylist())
    return next((level for level in reversed(LEVELS) if level in levels), None)
