"""The kinds of placed things: what is special about each of them, in one table.

The functions that create, change and load things do not name any kind. They take its checks and steps from `KINDS`, so
a new kind needs one entry here, one in `cim.model.standard_layers.PLACED` and one for its HTTP routes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from cim.areas import hierarchy
from cim.areas.hierarchy import Link
from cim.duty.classes import require_class, require_component_class
from cim.errors import BadInput, Fault, NotFound
from cim.model.layer import Layer
from cim.model.standard_layers import (
    AREAS,
    CHOICES,
    CLOSURES,
    COMPONENTS,
    INCIDENTS,
    NEEDED,
    RESOURCES,
    SENSORS,
    SPEEDS,
    UNITS,
)
from cim.operations import incidents
from cim.operations.writes import Write
from cim.roads import attributes, weekly_hours

Values = Mapping[str, Any]


def require_code(write: Write, values: Values) -> dict[str, Any]:
    """The values of a new thing; `BadInput` where they have no code."""
    if not values.get("code"):
        raise BadInput(f"{write.layer.name}: a code is needed")
    return dict(values)


def _nothing(*_: Any) -> None:
    """No check and no step."""


def _changes_as_given(_: Write, __: Values, values: dict[str, Any]) -> dict[str, Any]:
    return values


def _complete(_: Write, values: dict[str, Any]) -> dict[str, Any]:
    return values


def _as_they_are(table: pa.Table, *_: Any) -> tuple[pa.Table, list[Fault], list[str]]:
    return table, [], []


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of placed thing: its layer and its hooks. Every hook has a default."""

    layer: Layer
    #: What an error calls a missing geometry; None if the geometry is optional.
    geometry: str | None = "position"
    #: Default values of a new thing.
    defaults: Mapping[str, str] = field(default_factory=dict)
    #: Raises `BadInput` for a text that is not a class of this kind; None if it has no classes.
    require_class: Callable[[str], object] | None = None
    #: Raises `BadInput` for invalid values of a new or changed thing.
    check: Callable[[Values], None] = _nothing
    #: Raises `BadInput` for values that only a new thing must not have.
    check_new: Callable[[Values, dt.datetime], None] = _nothing
    #: In the transaction: returns the values of a new thing with its code.
    prepare: Callable[[Write, Values], dict[str, Any]] = require_code
    #: After its code was found to be unused: returns the values to store.
    complete: Callable[[Write, dict[str, Any]], dict[str, Any]] = _complete
    #: Called after a new thing was stored, before the commit.
    after_insert: Callable[[Write, Values], None] = _nothing
    #: In the transaction of a change, given the stored row: returns the changes to store.
    prepare_change: Callable[[Write, Values, dict[str, Any]], dict[str, Any]] = _changes_as_given
    #: Completes loaded rows, given the existing links and the row numbers; returns them, their faults and notes.
    complete_rows: Callable[
        [pa.Table, Sequence[Link], list[int]], tuple[pa.Table, list[Fault], list[str]]
    ] = _as_they_are

    @property
    def name(self) -> str:
        """The name of its layer, which identifies the kind."""
        return self.layer.name

    @property
    def choices(self) -> Mapping[str, Mapping[str, Any]]:
        """The allowed words of each field that has a fixed vocabulary."""
        return CHOICES.get(self.name, {})

    @property
    def needed_field(self) -> str | None:
        """The one of these fields that is required, if any."""
        return NEEDED.get(self.name)


def kind_of(name: str) -> Kind:
    """The kind of a layer of placed things; `NotFound` with the known ones for any other name."""
    try:
        return KINDS[name]
    except KeyError:
        raise NotFound(f"{name!r} is no kind of placed thing; known: {', '.join(KINDS)}") from None


def check_values(kind: Kind, values: Values) -> None:
    """Raise `BadInput` for a word that is not in the vocabulary of its field, and for a period that ends before it
    begins."""
    for name, known in kind.choices.items():
        value = values.get(name)
        if value is not None and value not in known:
            raise BadInput(f"{kind.name}: {name} {value!r} is not known; known: {', '.join(known)}")
    if kind.require_class is not None and values.get("class") is not None:
        kind.require_class(values["class"])
    kind.check(values)
    for begin, end in (("valid_from", "valid_to"), ("from_at", "to_at")):
        since, until = values.get(begin), values.get(end)
        if since is not None and until is not None and until <= since:
            raise BadInput(f"{kind.name}: {end} {until} is not after {begin} {since}")


# -- what is special -----------------------------------------------------------------------------------


def _complete_area(write: Write, values: dict[str, Any]) -> dict[str, Any]:
    return hierarchy.check_row(values, write.snapshot())


def _change_area(write: Write, row: Values, changed: dict[str, Any]) -> dict[str, Any]:
    now = {**row, **changed}
    check_values(KINDS[AREAS.name], now)
    if {"level", "parent"} & changed.keys():
        hierarchy.check(now, write.snapshot())
    if {"valid_from", "valid_to"} & changed.keys():
        write.tx.require_unused(write.layer, now, besides=row["fid"])
    return changed


def _complete_areas(
    table: pa.Table, known: Sequence[Link], rows: list[int]
) -> tuple[pa.Table, list[Fault], list[str]]:
    table, count = hierarchy.fill_parents(table, known)
    notes = [f"the parent of {count} areas is taken from their code"] if count else []
    return table, hierarchy.faults(hierarchy.links(table), known, rows), notes


def _check_resource(values: Values) -> None:
    if values.get("code") == "vocabulary":
        raise BadInput("resources: 'vocabulary' is no code, its address is that of the words; choose another")


def _check_closure(values: Values) -> None:
    if values.get("hours"):
        weekly_hours.spans(values["hours"])
    if values.get("road_class"):
        attributes.classes_of(values["road_class"])


def _check_new_closure(values: Values, now: dt.datetime) -> None:
    if values.get("to_at") is not None and values["to_at"] <= now:
        raise BadInput(f"closures: to_at {values['to_at'].isoformat()} is past; it would close nothing")


def _table(kinds: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


#: Every kind of placed thing by the name of its layer.
KINDS = _table(
    (
        Kind(
            AREAS,
            geometry="geometry",
            complete=_complete_area,
            prepare_change=_change_area,
            complete_rows=_complete_areas,
        ),
        Kind(UNITS, geometry=None),
        Kind(
            INCIDENTS,
            defaults=incidents.DEFAULTS,
            require_class=require_class,
            prepare=incidents.prepare,
            after_insert=incidents.begin_history,
            prepare_change=incidents.prepare_change,
        ),
        Kind(RESOURCES, check=_check_resource),
        Kind(SENSORS),
        Kind(COMPONENTS, require_class=require_component_class),
        Kind(CLOSURES, geometry='geometry (or "area")', check=_check_closure, check_new=_check_new_closure),
        Kind(SPEEDS),
    )
)
