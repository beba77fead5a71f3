"""The layer `places`: well-known names about where they are, and the bare points of districts and towns."""

from __future__ import annotations

import pyarrow as pa
import shapely

from cim.model.layer import Features, Field, Layer
from layers.demo.inputs import rows

PLACES = Layer(
    "places",
    geometry="point",
    title_zh="地点",
    title_en="Places",
    fields=(
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("kind", "text", "类别", "Kind"),
        Field("importance", "integer", "重要性", "Importance"),
    ),
)


def features() -> Features:
    """The places of `data/places.csv`, 10 the most important."""
    places = rows("places")
    table = pa.table(
        {
            "name": [p["name"] for p in places],
            "name_en": [p["name_en"] for p in places],
            "kind": [p["kind"] for p in places],
            "importance": [int(p["importance"]) for p in places],
        },
        schema=PLACES.schema(),
    )
    return Features(shapely.points([[float(p["lon"]), float(p["lat"])] for p in places]), table)
