"""How a raster is drawn, as the TOML file beside it says:

kind = "value"                  # terrain: heights · image: a picture · value: population, depth of water …
bands = [1]                     # or band = 1; of an image three: red, green, blue
rescale = [0, 500]              # the values at the ramp's ends, or of an image at black and white
ramp = "population"             # a name (`tiles.raster.color_ramps`), or [[0, "#ffffff"], [500, "#b02a4d"]]
steps = false                   # colours hold from one stop of the ramp to the next
unit = "人/公顷"
nodata = -9999                  # instead of what the file says
resampling = "nearest"          # by default bilinear
crs = "EPSG:4547"               # instead of what the file says
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

from cim.errors import BadInput
from cim.space import crs
from tiles.raster.color_ramps import Ramp, ramp_of
from tiles.sources import SourceFile, describe, faulty

Kind = Literal["terrain", "image", "value"]
Resampling = Literal["nearest", "bilinear", "cubic", "cubic_spline", "lanczos", "average", "mode"]

_KEYS = ("kind", "band", "bands", "rescale", "ramp", "steps", "unit", "nodata", "resampling", "crs")


@dataclass(frozen=True, slots=True)
class RasterRule:
    """What is said of a raster; None: not said."""

    kind: Kind | None = None
    bands: tuple[int, ...] = ()
    rescale: tuple[float, float] | None = None
    ramp: Ramp | None = None
    steps: bool | None = None
    unit: str = ""
    nodata: float | None = None
    resampling: Resampling | None = None
    crs: str | None = None


def rule_of(source: SourceFile) -> RasterRule:
    """The rule of a raster; `FaultyData` that names the file and the key where it can't be used."""
    said = describe(source).rule
    try:
        return parse_rule(said)
    except BadInput as error:
        raise faulty(source.file.with_suffix(".toml"), str(error)) from error


def parse_rule(said: Mapping[str, Any]) -> RasterRule:
    """The rule of these keys; `BadInput` for one that is not known or can't be used.

    >>> parse_rule({"kind": "terrain", "band": 2, "rescale": [0, 9]}).bands
    (2,)
    >>> parse_rule({"kind": "dem"})
    Traceback (most recent call last):
    cim.errors.BadInput: kind must be terrain, image or value, not 'dem'
    """
    unknown = sorted(said.keys() - set(_KEYS))
    if unknown:
        raise BadInput(f"{', '.join(unknown)}: not known; known: {', '.join(_KEYS)}")
    if "band" in said and "bands" in said:
        raise BadInput("band and bands say the same; give one of them")
    unit = said.get("unit", "")
    if not isinstance(unit, str):
        raise BadInput(f"unit must be a text, not {unit!r}")
    steps = said.get("steps")
    if steps is not None and not isinstance(steps, bool):
        raise BadInput(f"steps must be true or false, not {steps!r}")
    named = said.get("crs")
    if named is not None:
        crs.parse_crs(str(named))
    return RasterRule(
        kind=_one_of(said, "kind", get_args(Kind)),
        bands=_bands([said["band"]] if "band" in said else said.get("bands", [])),
        rescale=_rescale(said.get("rescale")),
        ramp=ramp_of(said["ramp"]) if "ramp" in said else None,
        steps=steps,
        unit=unit,
        nodata=_nodata(said.get("nodata")),
        resampling=_one_of(said, "resampling", get_args(Resampling)),
        crs=None if named is None else str(named),
    )


def _one_of(said: Mapping[str, Any], key: str, known: tuple[str, ...]) -> Any:
    value = said.get(key)
    if value is not None and value not in known:
        raise BadInput(f"{key} must be {', '.join(known[:-1])} or {known[-1]}, not {value!r}")
    return value


def _bands(said: Any) -> tuple[int, ...]:
    fits = isinstance(said, list) and all(
        isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in said
    )
    if not fits or len(said) not in (0, 1, 3):
        raise BadInput(f"bands must be one number or three, counted from 1, not {said!r}")
    return tuple(said)


def _rescale(said: Any) -> tuple[float, float] | None:
    if said is None:
        return None
    fits = isinstance(said, list) and len(said) == 2 and all(_is_number(n) for n in said)
    if not fits or not said[0] < said[1]:
        raise BadInput(f"rescale must be [lowest, highest], not {said!r}")
    return float(said[0]), float(said[1])


def _nodata(said: Any) -> float | None:
    if said is not None and (isinstance(said, bool) or not isinstance(said, (int, float))):
        raise BadInput(f"nodata must be a number, not {said!r}")
    return None if said is None else float(said)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
