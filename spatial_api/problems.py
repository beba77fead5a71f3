"""Errors as answers: problem+json (RFC 9457), with the one table that says which error has which status."""

from __future__ import annotations

import logging
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
    KeyReused,
    NotFound,
    StoreBusy,
    StoreUnusable,
)
from cim.store.answers import AlreadyAnswered

#: The HTTP status of each error, and its name in Chinese and English.
STATUS: dict[type[CityError], tuple[int, str, str]] = {
    BadInput: (400, "输入有误", "Bad input"),
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


def described(error: CityError) -> dict[str, Any]:
    """What an answer to many questions says of the one that failed."""
    status, zh, en = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return {"title": f"{zh} {en}", "status": status, "detail": str(error)}


def _city_error(_: Request, error: Exception) -> Response:
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
    faults = [
        {"where": ".".join(map(str, e["loc"])), "what": e["msg"], "type": e["type"]}
        for e in found[:_MOST_FAULTS]
    ]
    said = "; ".join(f"{f['where']}: {f['what']}" for f in faults[:5])
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return problem(422, "请求有误", "Invalid request", said + more, faults=faults)


def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, "请求有误", "Request failed", str(error.detail))


def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, "内部错误", "Internal error", "this is our fault; the log has the cause")


def install(app: FastAPI) -> None:
    """Make the app answer every error as a problem."""
    app.add_exception_handler(CityError, _city_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)
