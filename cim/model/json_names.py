"""Fields of an answer whose JSON name is a keyword of Python, such as `class`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, TypeVar

from pydantic import Field

Record = TypeVar("Record")


def json_names(**names: str) -> Callable[[type[Record]], type[Record]]:
    """A decorator of a dataclass without slots: these fields have another name in JSON and in its schema.

    orjson writes what is in the `__dict__` of a record, so the value lies there under its JSON name; in Python the
    field keeps its own. A subclass repeats the decorator.

    >>> import orjson
    >>> from dataclasses import dataclass
    >>> @json_names(class_="class")
    ... @dataclass(frozen=True)
    ... class Report:
    ...     class_: str
    ...     count: int
    >>> Report("M06010", 2), orjson.dumps(Report("M06010", 2))
    (Report(class_='M06010', count=2), b'{"class":"M06010","count":2}')
    """

    def rename(record: type[Record]) -> type[Record]:
        known: Any = record
        for field in fields(known):
            if field.name in names:
                shown = names[field.name]
                setattr(record, field.name, _under(shown))
                described: Any = Annotated[field.type, Field(serialization_alias=shown)]
                field.type = described
        return record

    return rename


def _under(shown: str) -> property:
    """A property whose value lies in the `__dict__` under this name."""

    def read(record: Any) -> Any:
        return record.__dict__[shown]

    def write(record: Any, value: Any) -> None:
        record.__dict__[shown] = value

    return property(read, write)
