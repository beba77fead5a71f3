"""What the questions about places by name, code or coordinate look like."""

from __future__ import annotations

from pydantic import Field

from cim.space.crs import Datum
from spatial_api.http.models import Request, examples
from spatial_api.http.positions import Number, Position

#: Nobody types more, and no code is longer.
_TEXT = 500


class LocateQuery(Request):
    """One place, said in exactly one way."""

    text: str | None = Field(
        None,
        max_length=_TEXT,
        description="anything: coordinates, a code, an address, a name, a crossing, a kilometre",
    )
    position: Position | None = Field(None, description="[lon, lat] in the datum")
    datum: Datum | None = Field(
        None, description="坐标系 datum of `position` or of coordinates in `text`; default wgs84"
    )
    x: Number | None = Field(None, description="easting in metres, of `epsg`")
    y: Number | None = Field(None, description="northing in metres")
    epsg: int | None = Field(None, ge=1, le=999_999, description="default: the city's metric CRS")
    h3: str | None = Field(None, max_length=32)
    code: str | None = Field(
        None, max_length=64, description="of an area of any level, such as a unit grid's 15 digits"
    )
    beidou: str | None = Field(None, max_length=64, description="北斗网格位置码, flat or with height")
    crossing: tuple[str, str] | None = Field(None, description="the names of two roads")
    road: str | None = Field(None, max_length=_TEXT, description="with `km` or `number`, or as a whole")
    km: Number | None = Field(None, ge=0, le=100_000)
    number: int | None = Field(None, ge=1, le=99_999)
    focus: Position | None = Field(None, description="[lon, lat] (WGS84): of equal answers the nearest first")


class LocateRequest(LocateQuery):
    """Where is this? One place, or many as `queries`."""

    model_config = examples(
        {"text": "28°11′42″N 112°58′33.6″E"},
        {"x": 399456.362, "y": 3120476.378, "epsg": 4547},
        {
            "queries": [
                {"position": [112.98155, 28.19158], "datum": "gcj02"},
                {"text": "N49H903D18A"},
            ],
            "limit": 3,
        },
    )
    queries: list[LocateQuery] | None = Field(None, description="many at once; then the answer has `results`")
    limit: int = Field(5, ge=1, le=50, description="the place and its alternatives together")


class ReverseRequest(Request):
    """What is this position called? One point, or many as `points`."""

    model_config = examples({"point": [112.976, 28.195]}, {"points": [[112.976, 28.195]]})
    point: Position | None = Field(None, description="[lon, lat]")
    points: list[Position] | None = Field(None, description="many; then the answer has `results`")
    datum: Datum = "wgs84"
