"""JSONP: what a page with the jQuery SDK loads as a script, since it asks for statuses in no other way."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import hdrs, web

from server.api.middleware import json_response
from server.errors import ApiError

Answer = Callable[[web.Request], Awaitable[web.Response]]
CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)
LINE_ENDS = {0x2028: "\\u2028", 0x2029: "\\u2029"}  # of JavaScript, until JSON became part of it


def with_jsonp(show: Answer, cancel: Answer) -> Answer:
    """`?callback=name` makes a script of the status; only then `method=delete` cancels, as a script cannot DELETE."""

    @wraps(show)
    async def handle(request: web.Request) -> web.Response:
        if "callback" not in request.query:
            return await show(request)
        callback = request.query["callback"]
        if not CALLBACK.fullmatch(callback):
            raise ApiError("INVALID_FORM_DATA", "callback is no name of a function.")
        answer = cancel if request.query.get("method") == "delete" else show
        try:
            told = await answer(request)
        except ApiError as error:
            told = json_response(error.body())  # a browser would run no script that comes with another status
        return _script(callback, told)

    return handle


def _script(callback: str, told: web.Response) -> web.Response:
    # The comment keeps a name of chosen letters from being the first bytes of some other kind of file.
    text = f"/**/{callback}({(told.text or '').translate(LINE_ENDS)});"
    headers = {hdrs.CACHE_CONTROL: "no-cache"}
    return web.Response(text=text, content_type="application/javascript", charset="utf-8", headers=headers)
