"""What a layer says of its roads, whoever drew it: class, one-way, speed, level, access and limits of each row.

The layer's fields are found by the names that OSM layers have here, or by the setting `road_fields`
(`"class=DLDJ, oneway=DXTX"`); a survey may leave out any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.errors import BadInput
from cim.layer import Layer
from cim.snapshot import Snapshot

#: What can be known of a road, and the fields in which it is looked for first.
NOUNS: dict[str, tuple[str, ...]] = {
    "id": ("osm_id", "id", "road_id"), "name": ("name", "名称"), "name_en": ("name_en",), "class": ("class", "等级"),
    "oneway": ("oneway", "单行"), "maxspeed_kmh": ("maxspeed_kmh", "限速"), "level": ("level",),
    "bridge": ("bridge",), "tunnel": ("tunnel",), "access": ("access",), "foot": ("foot",), "bicycle": ("bicycle",),
    "motor_vehicle": ("motor_vehicle",), "bus": ("bus",), "maxheight_m": ("maxheight_m", "限高"),
    "maxweight_t": ("maxweight_t", "限重"),
}  # fmt: skip

#: Classes of roads as OSM has them; `other` is one that no profile knows, such as one that is not built yet.
CLASSES = (
    "other", "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
    "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "track",
    "road", "busway", "pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "ferry",
)  # fmt: skip
_CLASS = {name: i for i, name in enumerate(CLASSES)}
#: What Chinese surveys call them (GB/T 51328-2018 快速路 主干路 次干路 支路; highways by their administration).
_CHINESE = {
    "高速公路": "motorway", "高速": "motorway", "快速路": "trunk", "城市快速路": "trunk", "主干路": "primary",
    "主干道": "primary", "城市主干路": "primary", "次干路": "secondary", "次干道": "secondary",
    "城市次干路": "secondary",
    "支路": "tertiary", "城市支路": "tertiary", "国道": "primary", "省道": "secondary", "县道": "tertiary",
    "乡道": "unclassified", "村道": "unclassified", "街巷": "residential", "巷": "service", "内部道路": "service",
    "匝道": "trunk_link", "人行道": "footway", "步行街": "pedestrian", "步道": "footway", "轮渡": "ferry",
}  # fmt: skip
_CLASS |= {zh: _CLASS[name] for zh, name in _CHINESE.items()} | {"bus_guideway": _CLASS["busway"]}

#: What a field of access can say; 0: nothing.
ACCESS = (
    "", "yes", "designated", "permissive", "official", "destination", "delivery", "customers", "discouraged",
    "private", "permit", "no", "agricultural", "forestry", "military", "emergency", "use_sidepath",
)  # fmt: skip
_ACCESS = {word: i for i, word in enumerate(ACCESS)} | {"是": 1, "允许": 1, "否": 11, "禁止": 11, "内部": 9}
ACCESS_NOUNS = ("access", "foot", "bicycle", "motor_vehicle", "bus")

#: Larger numbers are none: they are no limit, and no identity that a number of 64 bits holds exactly.
_MOST = 2.0**53
#: Bit 1: along the line is allowed; bit 2: against it.
_ONEWAY = {
    "yes": 1, "true": 1, "1": 1, "ft": 1, "f": 1, "单行": 1, "单向": 1, "正向": 1, "是": 1,
    "reversed": 2, "reverse": 2, "-1": 2, "2": 2, "tf": 2, "t": 2, "逆向": 2, "反向": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of each row: arrays of one length. `ways` bit 1 along, bit 2 against; NaN where no number is."""

    kind: NDArray[np.int16]
    ways: NDArray[np.uint8]
    limit_kmh: NDArray[np.float32]
    level: NDArray[np.int16]
    height_m: NDArray[np.float32]
    weight_t: NDArray[np.float32]
    access: dict[str, NDArray[np.uint8]]
    id: NDArray[np.int64]


def fields_of(layer: Layer, setting: str = "") -> dict[str, str]:
    """The layer's field of each noun. `BadInput` where the setting names a noun or a field that is not there.

    >>> from cim.layer import Field
    >>> survey = Layer("路网", geometry="line", fields=(Field("DLDJ", "text"), Field("name", "text")))
    >>> fields_of(survey, "class=DLDJ")
    {'name': 'name', 'class': 'DLDJ'}
    """
    said: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in setting.split(","))):
        noun, equals, column = (word.strip() for word in pair.partition("="))
        if not equals or noun not in NOUNS:
            raise BadInput(
                f"setting 'road_fields': {pair!r} is not noun=FIELD with a noun of: {', '.join(NOUNS)}"
            )
        if column not in layer.field_names:
            raise BadInput(
                f"setting 'road_fields': layer {layer.name!r} has no field {column!r}; it has: "
                f"{', '.join(layer.field_names)}"
            )
        said[noun] = column
    found = {}
    for noun, usual in NOUNS.items():
        column = said.get(noun) or next((name for name in usual if name in layer.field_names), "")
        if column:
            found[noun] = column
    return found


def classes_of(text: str) -> list[int]:
    """The classes of roads that a text names, with commas, in OSM's words or a survey's; `BadInput` for another.

    >>> [CLASSES[i] for i in classes_of("primary, 次干路")]
    ['primary', 'secondary']
    """
    names = [name.strip().lower() for name in text.replace("，", ",").replace("、", ",").split(",")]
    unknown = [name for name in names if name not in _CLASS]
    if unknown:
        raise BadInput(
            f"road class {', '.join(map(repr, unknown))} is not known; known: {', '.join(CLASSES[1:])}, "
            f"{', '.join(_CHINESE)}"
        )
    return [_CLASS[name] for name in names]


def facts(snapshot: Snapshot, rows: NDArray[np.int64], fields: dict[str, str]) -> Facts:
    """The facts of the rows, from the fields of each noun."""

    def column(noun: str, means: Callable[[Any], Any], none: Any, dtype: Any) -> NDArray[Any]:
        if noun not in fields:
            return np.full(len(rows), none, dtype)
        encoded = snapshot.attributes(rows, [fields[noun]]).column(0).combine_chunks().dictionary_encode()
        values = [means(value) for value in encoded.dictionary.to_pylist()]
        codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
        means_of: NDArray[Any] = np.array([*values, none], dtype)
        return np.asarray(means_of[codes])

    level = column("level", lambda v: int(min(max(_number(v, 0.0), -99), 99)), 0, np.int16)
    raised = column("bridge", _truth, False, np.bool_).astype(np.int16) - column(
        "tunnel", _truth, False, np.bool_
    )
    return Facts(
        kind=column("class", lambda v: _CLASS.get(str(v).strip().lower(), 0), _CLASS["road"], np.int16)
        if "class" in fields
        else np.full(len(rows), _CLASS["road"], np.int16),
        ways=column("oneway", lambda v: _ONEWAY.get(str(v).strip().lower(), 3), 3, np.uint8),
        limit_kmh=column("maxspeed_kmh", _positive, np.nan, np.float32),
        level=np.where(level == 0, raised, level).astype(np.int16),
        height_m=column("maxheight_m", _positive, np.nan, np.float32),
        weight_t=column("maxweight_t", _positive, np.nan, np.float32),
        access={
            noun: column(noun, lambda v: _ACCESS.get(str(v).strip().lower(), 0), 0, np.uint8)
            for noun in ACCESS_NOUNS
        },
        id=column("id", lambda v: int(_number(v, -1)), -1, np.int64)
        if "id" in fields
        else snapshot.fids(rows).astype(np.int64),
    )


def _number(value: Any, otherwise: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return otherwise
    return number if abs(number) < _MOST else otherwise


def _positive(value: Any) -> float:
    number = _number(value, np.nan)
    return number if number > 0 else np.nan


def _truth(value: Any) -> bool:
    return str(value).strip().lower() in ("true", "1", "yes", "是", "t", "y")
