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

from cim.arrays.types import Mask, RowIds
from cim.errors import BadInput
from cim.model import reference_data
from cim.model.layer import Layer
from cim.roads.traffic_tags import ONEWAY, read_tags, unread
from cim.snapshot.snapshot import Snapshot

#: What can be known of a road, and the fields in which it is looked for first.
NOUNS: dict[str, tuple[str, ...]] = {
    r["noun"]: tuple(r["fields"].split("、")) for r in reference_data.rows("road_fields")
}

#: Classes of roads as OSM has them; `other` is one that no profile knows, such as one that is not built yet.
CLASSES = tuple(r["class"] for r in reference_data.rows("road_classes"))
_CLASS = {name: i for i, name in enumerate(CLASSES)}
#: What Chinese surveys call them (GB/T 51328-2018 快速路 主干路 次干路 支路; highways by their administration).
_CHINESE = {
    zh: r["class"] for r in reference_data.rows("road_classes") for zh in r["zh"].split("、") if r["zh"]
}
_CLASS |= {zh: _CLASS[name] for zh, name in _CHINESE.items()} | {"bus_guideway": _CLASS["busway"]}

#: The nouns whose values are traffic signs, and the key that each stands for (`cim.roads.traffic_tags`).
SIGN_NOUNS = {
    "access": "access",
    "vehicle": "vehicle",
    "motor_vehicle": "motor_vehicle",
    "motorcar": "motorcar",
    "hgv": "hgv",
    "bus": "bus",
    "emergency": "emergency",
    "bicycle": "bicycle",
    "foot": "foot",
    "maxspeed_forward_kmh": "maxspeed:forward",
    "maxspeed_backward_kmh": "maxspeed:backward",
}

#: Larger numbers are none: they are no limit, and no identity that a number of 64 bits holds exactly.
_MOST = 2.0**53


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of each row: arrays of one length. `ways` bit 1 along, bit 2 against; NaN where no number is.

    `signs` are the different sets of traffic signs, as tags (`cim.roads.traffic_tags`), and `sign` int32 which of
    them is each row's; `raised` is more than 0 on a bridge and less in a tunnel; `round` bool: of a roundabout;
    `strange` are the values that nobody knows, as (noun, value, how many rows, the id of the first one).
    """

    kind: NDArray[np.int16]
    ways: NDArray[np.uint8]
    limit_kmh: NDArray[np.float32]
    level: NDArray[np.int16]
    height_m: NDArray[np.float32]
    weight_t: NDArray[np.float32]
    id: NDArray[np.int64]
    signs: tuple[dict[str, str], ...]
    sign: NDArray[np.int32]
    raised: NDArray[np.int8]
    round: Mask
    strange: tuple[tuple[str, str, int, int], ...]


def fields_of(layer: Layer, setting: str = "") -> dict[str, str]:
    """The layer's field of each noun. `BadInput` where the setting names a noun or a field that is not there.

    >>> from cim.model.layer import Field
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


def facts(snapshot: Snapshot, rows: RowIds, fields: dict[str, str]) -> Facts:
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
    raised = column("bridge", _truth, False, np.bool_).astype(np.int8) - column(
        "tunnel", _truth, False, np.bool_
    )
    ids = (
        column("id", lambda v: int(_number(v, -1)), -1, np.int64)
        if "id" in fields
        else snapshot.fids(rows).astype(np.int64)
    )
    signs, sign = _signs(snapshot, rows, fields)
    return Facts(
        kind=column("class", lambda v: _CLASS.get(str(v).strip().lower(), 0), _CLASS["road"], np.int16)
        if "class" in fields
        else np.full(len(rows), _CLASS["road"], np.int16),
        ways=column("oneway", lambda v: ONEWAY.get(_word(v), 0), 3, np.uint8),
        limit_kmh=column("maxspeed_kmh", _positive, np.nan, np.float32),
        level=np.where(level == 0, raised, level).astype(np.int16),
        height_m=column("maxheight_m", _positive, np.nan, np.float32),
        weight_t=column("maxweight_t", _positive, np.nan, np.float32),
        id=ids,
        signs=signs,
        sign=sign,
        raised=raised.astype(np.int8),
        round=column("junction", lambda v: _word(v) in ("roundabout", "circular", "环岛"), False, np.bool_),
        strange=(*_strange_signs(signs, sign, ids), *_strange_oneways(snapshot, rows, fields, ids)),
    )


def _word(value: Any) -> str:
    return str(value).strip().lower()


def _signs(
    snapshot: Snapshot, rows: RowIds, fields: dict[str, str]
) -> tuple[tuple[dict[str, str], ...], NDArray[np.int32]]:
    """The different sets of traffic signs, and which of them is each row's."""
    code = np.zeros(len(rows), np.int64)
    nouns: list[str] = []
    for noun in (n for n in (*SIGN_NOUNS, "traffic_tags") if n in fields):
        encoded = snapshot.attributes(rows, [fields[noun]]).column(0).combine_chunks().dictionary_encode()
        values = [*encoded.dictionary.to_pylist(), None]
        codes = encoded.indices.fill_null(len(values) - 1).to_numpy(zero_copy_only=False)
        _, code = np.unique(code * len(values) + codes, return_inverse=True)
        nouns.append(noun)
    if not nouns or not len(rows):
        return ({},), np.zeros(len(rows), np.int32)
    first = _firsts(code)
    signs = []
    for row in first.tolist():
        said: dict[str, str] = {}
        record = snapshot.attributes(rows[row : row + 1], [fields[noun] for noun in nouns]).to_pylist()[0]
        for noun in nouns:
            value = record[fields[noun]]
            if value is None or not str(value).strip():
                continue
            if noun == "traffic_tags":
                said |= read_tags(str(value))
            else:
                said.setdefault(SIGN_NOUNS[noun], str(value).strip())
        signs.append(said)
    return tuple(signs), code.astype(np.int32)


def _firsts(code: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each number 0, 1, … stands first."""
    return np.unique(code, return_index=True)[1]


def _strange_signs(
    signs: tuple[dict[str, str], ...], sign: NDArray[np.int32], ids: NDArray[np.int64]
) -> list[tuple[str, str, int, int]]:
    """The tags that are not understood."""
    if not len(sign):
        return []
    rows = np.bincount(sign, minlength=len(signs)).tolist()
    first = _firsts(sign.astype(np.int64))
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for said, count, row in zip(signs, rows, first.tolist(), strict=True):
        for pair in unread(said):
            before = found.get(pair, (0, int(ids[row])))
            found[pair] = (before[0] + count, before[1])
    return [(*pair, *more) for pair, more in found.items()]


def _strange_oneways(
    snapshot: Snapshot, rows: RowIds, fields: dict[str, str], ids: NDArray[np.int64]
) -> list[tuple[str, str, int, int]]:
    if "oneway" not in fields or not len(rows):
        return []
    values = snapshot.attributes(rows, [fields["oneway"]]).column(0).combine_chunks().dictionary_encode()
    codes = values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = []
    for code, value in enumerate(values.dictionary.to_pylist()):
        if _word(value) not in ONEWAY:
            here = np.flatnonzero(codes == code)
            found.append(("oneway", str(value), len(here), int(ids[here[0]])))
    return found


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
