"""Replies: failures in a form that clients can read."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from tus import protocol
from tus.errors import TusError

Act = Callable[[web.Request], Awaitable[web.Response]]
Known = Callable[[Exception], TusError | None]

log = logging.getLogger(__name__)


def unknown(error: Exception) -> None:
    """Of what fails by itself nothing is known."""


def answered(act: Act, known: Known = unknown) -> Act:
    """Turns failures into replies, and gives every reply what a client needs to read it."""

    async def answer(request: web.Request) -> web.Response:
        try:
            response = await act(request)
        except TusError as error:
            response = refusal(error)
        except Exception as error:
            foreseen = known(error)
            if foreseen is None:
                log.exception("%s of an upload failed", request.method)
            response = refusal(foreseen or TusError("ERR_INTERNAL_SERVER_ERROR"))
        response.headers.update(protocol.EVERYWHERE)
        # The rest of an unwanted body would be taken for the next request.
        if not request.content.is_eof():
            response.force_close()
        return response

    return answer


def refusal(error: TusError) -> web.Response:
    # The only status here that HTTP has no words for.
    reason = "Checksum Mismatch" if error.status == 460 else None
    if error.body is not None:
        return web.json_response(dict(error.body), status=error.status, reason=reason, headers=error.headers)
    text = f"{error.code}: {error.message}\n"
    return web.Response(text=text, status=error.status, reason=reason, headers=error.headers)
