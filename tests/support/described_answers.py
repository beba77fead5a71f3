"""Whether an answer is what `/openapi.json` says of its route."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs

from tests.support.api_client import Asker


def faults(asker: Asker, method: str, path: str, body: Any = None) -> list[str]:
    """Ask, and list what of the answer its route does not describe: no field may be missing, none more, none of another
    type."""
    answer = asker.request(method, path, **({} if body is None else {"json": body}))
    assert answer.status_code == 200, answer.text
    media_type = answer.headers["content-type"].split(";")[0]
    schema = schema_of(asker.get("/openapi.json").json(), method, path, media_type)
    return [f"{list(e.instance_path)}: {e.message}" for e in jsonschema_rs.iter_errors(schema, answer.json())]


def schema_of(description: dict[str, Any], method: str, path: str, media_type: str) -> dict[str, Any]:
    """The schema of a route's answer, in which a field that is not named is a fault."""
    bare = path.partition("?")[0]
    for template, operations in description["paths"].items():
        there = re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)), bare)
        if there and method.lower() in operations:
            content = operations[method.lower()]["responses"]["200"]["content"]
            answer: dict[str, Any] = content[media_type]["schema"]
            assert answer, f"{method} {path} says nothing of its answer"
            return {**_closed(answer), "components": _closed(description["components"])}
    raise AssertionError(f"no route for {path}")


def _closed(schema: Any) -> Any:
    """The schema where what has named fields may have no others."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _closed(one) for name, one in schema.items()}
    return (
        {"additionalProperties": False, **inner}
        if isinstance(schema.get("properties"), dict) and "type" in schema
        else inner
    )
