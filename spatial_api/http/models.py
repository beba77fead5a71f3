"""What the requests of several topics share. Each request itself stands beside its route."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from cim.errors import BadInput
from cim.model.standard_layers import usable_code
from cim.operations.nearest import ResourceNeeds
from spatial_api.http.positions import Number

T = TypeVar("T")

#: Every request with positions says their datum.
DATUM: Any = Field(
    "wgs84", description="坐标系 datum of the positions given; Chinese web maps use gcj02 or bd09"
)


def _written_date(value: Any) -> Any:
    """A day or moment as it came, which must be written as one: a bare number would be counted from 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and _DAY.match(value)):
        return value
    raise ValueError(
        'a time is written like "2026-06-01T08:00:00+08:00", a day like "2026-06-01"; a number is none'
    )


def _in_our_time(moment: dt.datetime) -> dt.datetime:
    if not 1900 <= moment.year < 2200:
        raise ValueError("a time lies between the years 1900 and 2199")
    return moment.astimezone(dt.UTC)


def _in_a_path(code: str) -> str:
    if not usable_code(code):
        raise ValueError(
            "a code has 1 to 64 characters, no slash, no line break, and no space or dot before it"
        )
    return code


#: Half of a character beyond the first plane, which JSON can say.
_HALF = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d")
#: A point in time, with its zone; and a day.
Moment = Annotated[AwareDatetime, BeforeValidator(_written_date), AfterValidator(_in_our_time)]
Day = Annotated[dt.date, BeforeValidator(_written_date)]
#: true or false, neither 0 nor "no".
Flag = Annotated[bool, Strict()]
#: A code stands in the path of its thing, so not every text can be one.
Code = Annotated[str, AfterValidator(_in_a_path)]
#: Metres, against `maxheight`; and tonnes, against `maxweight`.
VehicleHeight = Annotated[Number, Field(gt=0, le=20)]
VehicleWeight = Annotated[Number, Field(gt=0, le=500)]
#: How grave an incident is: 一般 较大 重大 特别重大.
IncidentLevel = Literal["general", "serious", "major", "critical"]


def examples(*bodies: dict[str, Any]) -> ConfigDict:
    """The `model_config` of a request, with the bodies that the API's documentation shows."""
    return ConfigDict(json_schema_extra={"examples": list(bodies)})


#: Whole numbers up to this are the same number in every store, in JSON and in JavaScript.
MOST_WHOLE = 2**53 - 1
#: The fields of whole numbers, and those of measured ones that are stored.
_WHOLE_FIELDS = (
    "alternatives", "capacity", "cells", "epsg", "level", "limit", "min_capacity", "number", "population", "resolution",
    "routes", "teams",
)  # fmt: skip
_STORED_FIELDS = (
    "accuracy_m", "threshold_blue", "threshold_orange", "threshold_red", "threshold_yellow", "value",
)  # fmt: skip


class Request(BaseModel):
    """A request body: unknown members are errors, not silently ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("a text can't hold the character NUL")
        if isinstance(value, str) and _HALF.search(value):
            raise ValueError("a text can't hold half of a character, such as \\ud83d without its other half")
        return value

    @field_validator(*_WHOLE_FIELDS, mode="before", check_fields=False)
    @classmethod
    def _whole_as_written(cls, value: Any, info: ValidationInfo) -> Any:
        """A whole number as it came; neither true nor a text that looks like one."""
        if isinstance(value, (bool, str)) and cls.model_fields[str(info.field_name)].annotation in (
            int,
            int | None,
        ):
            raise PydanticCustomError("int_type", "Input should be a valid integer")
        return value

    @field_validator(*_STORED_FIELDS, mode="before", check_fields=False)
    @classmethod
    def _kept_as_written(cls, value: Any) -> Any:
        """A number as it came, if it is still the same one when it is stored."""
        if type(value) is int and abs(value) > MOST_WHOLE and int(float(value)) != value:
            raise ValueError("a whole number beyond 2^53 would be rounded")
        return value


class Items(Request):
    """Which of some items a resource must have."""

    all: list[str] = Field(default=[], description="every one of them")
    any: list[str] = Field(default=[], description="at least one of them")


class FitRequest(Request):
    """What a resource must be to be a candidate."""

    skills: Items | None = Field(None, description='{"all": ["排水"], "any": ["泵", "抢险"]}')
    equipment: Items | None = None
    status: str | list[str] | None = Field(None, description="one, or any of several")
    unit: str | list[str] | None = Field(None, description="code of its unit, or any of several")
    territory: str | None = Field(None, description="code of a management area that it is in")
    seen_within_s: Number | None = Field(
        None,
        gt=0,
        le=31_536_000,
        description="its position is not older than so many seconds; at most a year",
    )
    min_capacity: int | None = Field(None, ge=0)

    def fit(self) -> ResourceNeeds:
        """The same as the verbs take it."""

        def several(value: str | list[str] | None) -> tuple[str, ...]:
            return () if value is None else (value,) if isinstance(value, str) else tuple(value)

        skills, equipment = self.skills or Items(), self.equipment or Items()
        return ResourceNeeds(
            skills=tuple(skills.all),
            skills_any=tuple(skills.any),
            equipment=tuple(equipment.all),
            equipment_any=tuple(equipment.any),
            status=several(self.status),
            unit=several(self.unit),
            territory=self.territory,
            seen_within_s=self.seen_within_s,
            capacity=self.min_capacity,
        )


def one_or_many(name: str, one: T | None, many: list[T] | None) -> list[T]:
    """What a request asks of: the one or the many, exactly one of which is given; else `BadInput`."""
    if one is not None and many is None:
        return [one]
    if many is not None and one is None:
        return many
    raise BadInput(f'say either "{name}" (one) or "{name}s" (many), one of the two')
