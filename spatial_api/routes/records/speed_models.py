"""What measured speeds look like as they come in."""

from __future__ import annotations

from pydantic import Field

from cim.live.speeds import HOLDS_S, MOST_HOLDS_S
from cim.space.crs import Datum
from spatial_api.http.models import DATUM, Moment, Request, examples
from spatial_api.http.positions import Number, Position


class MeasuredSpeed(Request):
    """How fast cars were on a stretch of road: a speed, or the time that the line took."""

    line: list[Position] = Field(
        min_length=2, max_length=2000, description="[lon, lat] in the direction of travel"
    )
    speed_kmh: Number | None = Field(None, gt=0, le=200)
    duration_s: Number | None = Field(None, gt=0, description="instead of a speed: seconds along the line")
    code: str | None = Field(
        None, description="of the stretch; its newer measurement takes the older one's place"
    )
    observed_at: Moment | None = Field(None, description="default: now")
    holds_s: Number = Field(HOLDS_S, gt=0, le=MOST_HOLDS_S, description="for so many seconds from then")
    source: str | None = None


class SpeedsRequest(Request):
    """Measured speeds (实测车速) as they come in."""

    model_config = examples(
        {
            "measurements": [
                {"line": [[112.976, 28.195], [112.98, 28.195]], "speed_kmh": 8.5, "source": "浮动车"}
            ]
        }
    )
    measurements: list[MeasuredSpeed] = Field(min_length=1)
    datum: Datum = DATUM
