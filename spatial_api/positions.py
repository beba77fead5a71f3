"""Positions in requests: [lon, lat] with an optional height."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Strict, WithJsonSchema

#: A number in JSON: neither a text that looks like one nor true.
Number = Annotated[float, Strict()]


def _without_height(value: Any) -> Any:
    """[lon, lat, height] as [lon, lat]; everything else as it is, for the validator to judge."""
    with_height = isinstance(value, (list, tuple)) and len(value) == 3
    if not with_height or isinstance(value[2], bool) or not isinstance(value[2], (int, float)):
        return value
    return value[:2]


#: A place in a request. RFC 7946 allows a height as third number; the base is flat, so it counts for nothing.
Position = Annotated[
    tuple[Number, Number],
    BeforeValidator(_without_height),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 3}),
]
