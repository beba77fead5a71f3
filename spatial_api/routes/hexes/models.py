"""What questions about H3 cells look like, with the examples that the API's documentation shows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from cim.space.crs import Datum
from spatial_api.http.models import DATUM, Flag, Request, examples


class CoverRequest(Request):
    """A shape that is to be covered by cells."""

    model_config = examples(
        {
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[112.97, 28.19], [112.98, 28.19], [112.98, 28.2], [112.97, 28.19]]],
            },
            "resolution": 10,
        }
    )
    geometry: dict[str, Any]
    resolution: int
    datum: Datum = DATUM
    compact: Flag = Field(False, description="Join full cells to their parents where all are full")


class CellsRequest(Request):
    """Some cells, of any resolution."""

    model_config = examples({"cells": ["89418900c4fffff"]})
    cells: list[str] = Field(max_length=100_000)


class UncompactRequest(CellsRequest):
    """Some cells that are to be split down to one resolution."""

    model_config = examples({"cells": ["89418900c4fffff"], "resolution": 10})
    resolution: int
