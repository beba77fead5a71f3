"""Fields of an answer whose JSON name is a keyword of Python, such as `class`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Record = TypeVar("Record")


def json_names(**names: str) -> Callable[[type[Record]], type[Record]]:
    """A decorator of a dataclass with slots: these fields have another name in JSON and in its schema.

    orjson and pydantic find the fields of a dataclass by the keys of `__dataclass_fields__`, the attribute of that
    name and its annotation; so it is those that are renamed. In Python the field keeps its name. A subclass repeats
    the decorator.

    >>> import orjson
    >>> from dataclasses import dataclass
    >>> @json_names(class_="class")
    ... @dataclass(frozen=True, slots=True)
    ... class Report:
    ...     class_: str
    ...     count: int
    >>> Report("M06010", 2), orjson.dumps(Report("M06010", 2))
    (Report(class_='M06010', count=2), b'{"class":"M06010","count":2}')
    """

    def rename(record: type[Record]) -> type[Record]:
        known: Any = record
        for name, shown in names.items():
            setattr(known, shown, getattr(known, name))
            if name in known.__annotations__:
                known.__annotations__[shown] = known.__annotations__[name]
        known.__dataclass_fields__ = {
            names.get(name, name): field for name, field in known.__dataclass_fields__.items()
        }
        return record

    return rename
