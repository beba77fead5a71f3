"""What a route says of its answer, for `/docs` and for clients that are made from the description."""

from __future__ import annotations

from typing import Any, TypedDict


class Described(TypedDict):
    """The keyword arguments of a route that describe its answer."""

    responses: dict[int | str, dict[str, Any]]


def answers(model: Any, status: int = 200) -> Described:
    """A route answers with this: a dataclass, or several (`One | Many`) where its answer has several forms.

    It only describes: the route makes its own response, and nothing checks or writes the answer a second time.

        @router.post("/nearest", **answers(NearestAnswer))
    """
    return {"responses": {status: {"model": model}}}
