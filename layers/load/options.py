"""What the person who loads a file can say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cim.errors import BadInput
from cim.model.layer import GeometryKind
from cim.space.crs import Datum
from layers.load.check import OnInvalid
from layers.load.far import OnFar


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Options of one load; each has a default that suits a plain file. `BadInput` where two contradict each other.

    >>> LoadOptions(replace=True, append=True)
    Traceback (most recent call last):
    cim.errors.BadInput: give either --replace or --append, not both
    """

    #: Layer of the city to fill; default: named after the file (or its sublayer).
    layer: str | None = None
    #: Layer inside the file, where it holds several.
    sublayer: str | None = None
    crs: str | None = None
    datum: Datum | None = None
    #: What to do with faulty rows. None: `raise`, but `fix` for OpenStreetMap, where many people map and one load of a
    #: region can't wait for all of them; each object that is left out is reported.
    on_invalid: OnInvalid | None = None
    geometry: GeometryKind | None = None
    #: What to do with rows far from the city.
    on_far: OnFar = "keep"
    #: What to do with a layer that has features already: take these instead, or add them. Neither: refuse.
    replace: bool = False
    append: bool = False
    encoding: str | None = None
    lon: str | None = None
    lat: str | None = None
    #: Column of a text table that holds the whole position: WKT, WKB in hexadecimal, or two numbers.
    wkt: str | None = None
    title_zh: str = ""
    title_en: str = ""
    source: str = ""
    licence: str = ""
    #: Field of the layer → column of the file it is taken from.
    columns: Mapping[str, str] = field(default_factory=dict)
    #: Field of the layer → one value for all rows.
    values: Mapping[str, str] = field(default_factory=dict)
    #: IANA time zone of moments without a zone; None: the city's.
    timezone: str | None = None
    #: Slivers between areas up to this width are closed; None: they are reported and kept.
    repair_m: float | None = None

    def __post_init__(self) -> None:
        if self.replace and self.append:
            raise BadInput("give either --replace or --append, not both")
