"""Errors as answers: problem+json (RFC 9457), with the one table that says which error has which status."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cim.errors import (
    BadInput,
    CityError,
    Conflict,
    FaultyData,
    Forbidden,
    Gone,
    KeyReused,
    NotFound,
    StoreBusy,
    StoreUnusable,
    TooMuch,
)
from cim.store.answers import AlreadyAnswered

#: The HTTP status of each error, and its name in Chinese and English.
STATUS: dict[type[CityError], tuple[int, str, str]] = {
    BadInput: (400, "输入有误", "Bad input"),
    TooMuch: (422, "超出限度", "Too much"),
    Gone: (499, "已离开", "Client left"),
    FaultyData: (422, "数据有误", "Faulty data"),
    Forbidden: (403, "无权操作", "Forbidden"),
    NotFound: (404, "未找到", "Not found"),
    Conflict: (409, "冲突", "Conflict"),
    KeyReused: (422, "幂等键已被使用", "Idempotency-Key reused"),
    AlreadyAnswered: (409, "冲突", "Conflict"),
    StoreBusy: (503, "存储忙", "Store busy"),
    StoreUnusable: (503, "存储不可用", "Store unusable"),
}

#: An answer lists so many faults of a request; a long one may have a fault in each of its points.
_MOST_FAULTS = 100

_log = logging.getLogger("citybase")


def problem(status: int, title_zh: str, title_en: str, detail: str, **more: Any) -> Response:
    """One problem as a response."""
    body = {
        "type": "about:blank",
        "title": f"{title_zh} {title_en}",
        "status": status,
        "detail": detail,
        **more,
    }
    headers = {"Retry-After": "1"} if status == 503 else None
    return Response(orjson.dumps(body), status, headers, "application/problem+json")


@dataclass(frozen=True)
class Refusal:
    """Why one of many questions has no answer, and the status that it would have had alone."""

    title: str
    status: int
    detail: str


def describe(error: CityError) -> Refusal:
    """What an answer to many questions says of the one that failed."""
    status, zh, en = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return Refusal(f"{zh} {en}", status, str(error))


def _city_error(_: Request, error: Exception) -> Response:
    return problem_of(error)


def problem_of(error: Exception) -> Response:
    """What a `CityError` is told as."""
    status, zh, en = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    more = {}
    if isinstance(error, FaultyData):
        more["faults"] = [{"row": f.row, "what": f.what, "done": f.done} for f in error.faults]
    return problem(status, zh, en, str(error), **more)


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        why, at = found[0].get("ctx", {}).get("error", found[0]["msg"]), found[0]["loc"][-1]
        return problem(422, "请求有误", "Invalid request", f"the body is no JSON: {why} at character {at}")
    faults = _faults(found[:_MOST_FAULTS], error.body)
    said = "; ".join(f"{f['where']}: {f['what']}" for f in faults[:5])
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return problem(422, "请求有误", "Invalid request", said + more, faults=faults)


def _faults(found: Sequence[Any], body: Any) -> list[dict[str, str]]:
    """The faults of a request by place, in the words of whoever sent it.

    Where one of several forms is possible, pydantic has a fault for each and names the form by the function that reads
    it; here the place is the one in the request, and its faults are one.
    """
    told: dict[str, dict[str, str]] = {}
    for e in found:
        where = ".".join(map(str, place(e["loc"], body)))
        what = _wording(e)
        if where not in told:
            told[where] = {"where": where, "what": what, "type": e["type"]}
        elif what not in told[where]["what"]:
            told[where]["what"] += f"; or: {what}"
    return list(told.values())


def place(loc: Sequence[int | str], body: Any) -> list[int | str]:
    """The place of a fault in the request, without the names of the forms that were tried.

    >>> place(("body", "times", 0, "function-after[_in_our_time(), datetime]"), {"times": ["noon"]})
    ['body', 'times', 0]
    >>> place(("body", "stops", 1, "Visit", "id"), {"stops": [{}, {"stay_s": 5}]})
    ['body', 'stops', 1, 'id']
    """
    if not loc or loc[0] != "body" or not isinstance(body, (dict, list)):
        return [part for part in loc if not (isinstance(part, str) and _FORM.search(part))]
    kept: list[int | str] = [loc[0]]
    here: Any = body
    for i, part in enumerate(loc[1:], 1):
        inside = part in here if isinstance(here, dict) else isinstance(here, list) and isinstance(part, int)
        last = i == len(loc) - 1
        if inside:
            kept.append(part)
            here = here[part] if isinstance(here, dict) or int(part) < len(here) else None
        elif last and isinstance(here, dict) and not _FORM.search(str(part)):
            kept.append(part)  # what is missing
    return kept


#: A form that pydantic has tried, such as `function-after[_in_our_time(), datetime]` or `tuple[float,float]`.
_FORM = re.compile(r"[\[(]")
#: What a fault is to do, after pydantic's own words for it.
_HINTS = {
    "timezone_aware": ", such as +08:00 at its end",
    "datetime_type": ', such as "2026-06-01T08:00:00+08:00"',
    "date_type": ', such as "2026-06-01"',
}


def _wording(e: Any) -> str:
    what = str(e["msg"]).removeprefix("Value error, ").replace(" after validation", "")
    return what + _HINTS.get(e["type"], "")


#: Vector tiles by the ending that half of the world's styles have.
_PBF = re.compile(r"(/.*/\d+/\d+/\d+)\.pbf")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = _PBF.fullmatch(request.url.path)
    if error.status_code == 404 and path is not None:
        said = f"vector tiles end in .mvt here: ask for {path[1]}.mvt"
        return problem(404, "未找到", "Not found", said)
    return problem(error.status_code, "请求有误", "Request failed", str(error.detail))


def _internal_error(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "内部错误", "Internal error", "this is our fault; the log has the cause")


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(CityError, _city_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _internal_error)
