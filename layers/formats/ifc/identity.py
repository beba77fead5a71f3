"""One id for every object: the GlobalIds of a file, where each is as it should be and there once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from cim.bim.building_model import ModelFault
from layers.formats.ifc.faults import fault

#: 128 bits in 22 digits of base 64, so that the first has two bits only.
_GLOBAL_ID = re.compile(r"[0-3][0-9A-Za-z_$]{21}")
_MOST_TOLD = 200


def make_ids(entities: Iterable[Any]) -> tuple[dict[int, str], list[ModelFault]]:
    """Ids by the numbers of entities, and the faults of the GlobalIds: malformed ones are kept, repeated ones get "~2",
    "~3" … from the second on, and an entity without one gets its number."""
    ids: dict[int, str] = {}
    times: dict[str, int] = {}
    told: list[ModelFault] = []
    for entity in entities:
        own = str(entity.GlobalId or "") or f"#{entity.id()}"
        times[own] = times.get(own, 0) + 1
        ids[entity.id()] = own if times[own] == 1 else f"{own}~{times[own]}"
        if times[own] == 1 and not _GLOBAL_ID.fullmatch(own) and len(told) < _MOST_TOLD:
            told.append(
                fault(
                    "id.malformed",
                    f"{entity.is_a()}“{entity.Name or ''}”的 GlobalId“{own}”不是 22 位的 IFC 标识；按原样保留",
                    f"the GlobalId {own!r} of {entity.is_a()} {entity.Name or ''!r} is none of IFC (22 digits); it is "
                    "kept as it is",
                    element=own,
                )
            )
    for own, count in times.items():
        if count > 1:
            told.append(
                fault(
                    "id.duplicate",
                    f"GlobalId {own} 用了 {count} 次；第二个起读作 {own}~2 等",
                    f"the GlobalId {own} is used {count} times; from the second on it is read as {own}~2 and so on",
                    element=own,
                )
            )
    return ids, told
