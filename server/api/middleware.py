"""What all replies have in common: JSON for errors, CORS, and an id for the request."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import HttpVersion10, hdrs, web

from server import shortage
from server.api.body import Aborted
from server.api.proxies import Proxies
from server.errors import ApiError
from server.log import about

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET, PUT, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "X-Requested-With, Content-Type, Cache-Control, Accept, Content-Length, Transloadit-Client, Authorization"
    ),
    "Access-Control-Expose-Headers": "Transloadit-Assembly-URL, Content-Range, Content-Length, Accept-Ranges",
}
# Replies are for programs: a browser that is led to one shows plain text, and no page can frame it.
INERT = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
EVERYWHERE = CORS | INERT
OUTSIDE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
REQUEST_ID = web.RequestKey("request_id", str)
PROXIES = web.AppKey("proxies", Proxies)
BEGUN = web.RequestKey("begun", web.StreamResponse)
GONE = (Aborted, ConnectionError)
FORESEEN = (ApiError, web.HTTPException, *GONE)
KNOW_413 = ("java-sdk", "ruby-sdk", "android-sdk")
CODES = {403: "SERVER_403", 404: "SERVER_404", 405: "SERVER_404", 413: "MAX_SIZE_EXCEEDED"}


def install(app: web.Application, proxies: Proxies | None = None) -> None:
    """Puts this round every route of the application and of those within it."""
    app[PROXIES] = proxies or Proxies()
    app.middlewares.append(errors)
    app.on_response_prepare.append(headers)


def json_response(data: Any, status: int = 200) -> web.Response:
    """A JSON reply of the API, which nobody may keep."""
    return web.Response(
        body=orjson.dumps(data),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers={hdrs.CACHE_CONTROL: "no-cache"},
    )


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure becomes the envelope that clients read; what nobody foresaw goes to the log only."""
    request[REQUEST_ID] = _request_id(request)
    if request.method == hdrs.METH_OPTIONS and request.match_info.http_exception is not None:
        return web.Response(status=204)  # a preflight: browsers follow no redirect and read no error
    with about(request=request[REQUEST_ID], client=request.app[PROXIES].client(request)):
        try:
            if request.version < HttpVersion10:
                raise ApiError("INVALID_FORM_DATA", "The request does not say which HTTP it is.")
            return await handler(request)
        except Exception as error:
            if not isinstance(error, FORESEEN) and not shortage.sentence(error):
                log.exception("%s %s failed", request.method, request.path)
            return _cut(request) or _answer(request, error)


async def headers(request: web.Request, response: web.StreamResponse) -> None:
    """Adds what the handler has not said otherwise, on streams too."""
    request[BEGUN] = response
    for name, value in EVERYWHERE.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("X-Request-ID", request.get(REQUEST_ID, ""))


def _request_id(request: web.Request) -> str:
    given = request.headers.get("X-Request-ID", "")
    # It tells requests apart and keeps no secret, so it need not cost a call of the system.
    return given if given and OUTSIDE_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"


def _answer(request: web.Request, error: Exception) -> web.Response:
    if isinstance(error, ApiError):
        return _told(request, error)
    if isinstance(error, web.HTTPException):
        return _of_aiohttp(error)
    if isinstance(error, GONE):
        return _answer(request, ApiError("REQUEST_PREMATURE_CLOSED"))
    if lacked := shortage.sentence(error):
        return _lacking(lacked)
    return _answer(request, ApiError("SERVER_500"))


def _told(request: web.Request, error: ApiError) -> web.Response:
    """Old clients know only 413 for too many requests, and new ones only 429."""
    if error.code == "RATE_LIMIT_REACHED" and request.headers.get("Transloadit-Client", "").startswith(KNOW_413):
        error.status = 413
    response = json_response(error.body(), error.status)
    if info := error.extra.get("info"):
        response.headers[hdrs.RETRY_AFTER] = str(info["retryIn"])
    return response


def _lacking(sentence: str) -> web.Response:
    told = ApiError("CANNOT_ACCEPT_NEW_ASSEMBLIES", sentence)
    response = json_response(told.body(), told.status)
    response.headers[hdrs.RETRY_AFTER] = str(shortage.RETRY_AFTER)
    return response


def _of_aiohttp(error: web.HTTPException) -> web.Response:
    if error.status < 400:
        raise error
    told = ApiError(CODES.get(error.status, "INVALID_FORM_DATA"), None if error.status in CODES else error.reason)
    status = 404 if error.status == 405 else error.status
    return json_response(told.body() | {"http_code": status}, status)


def _cut(request: web.Request) -> web.StreamResponse | None:
    """A reply that has begun cannot become another one; it must not look whole either."""
    begun = request.get(BEGUN)
    if begun is not None and request.transport is not None:
        request.transport.abort()
    return begun
