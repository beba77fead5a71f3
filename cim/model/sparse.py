"""Answers that leave out what they do not have."""

from __future__ import annotations

from typing import Any


class Sparse:
    """A base of frozen dataclasses (without slots) whose fields are not in the JSON where their value is the default
    None.

    orjson writes what is in the `__dict__` of a dataclass. What is None is taken out of it; asked for, it is found as
    the default that the class keeps. A field that is null in the JSON has no default.

    >>> import orjson
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Way(Sparse):
    ...     by: str
    ...     metres: float | None
    ...     note: str | None = None
    >>> way = Way("line", None)
    >>> orjson.dumps(way), way.note
    (b'{"by":"line","metres":null}', None)
    """

    def __post_init__(self) -> None:
        held: dict[str, Any] = self.__dict__
        for name in [name for name, value in held.items() if value is None]:
            if getattr(type(self), name, self) is None:  # the default
                del held[name]


def json_fields(answer: Any) -> dict[str, Any]:
    """The fields of a dataclass that are in its JSON, by name."""
    # Only those without slots have a `__dict__`, and of `Sparse` not every field is in it.
    held: dict[str, Any] | None = getattr(answer, "__dict__", None)
    if held is not None:
        return held
    return {name: getattr(answer, name) for name in answer.__dataclass_fields__}
