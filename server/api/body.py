"""The body of a request, as it comes from the client."""

from __future__ import annotations

import asyncio

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import TransferEncodingError

from server.errors import ApiError


class Aborted(Exception):
    """The client went away, or fell silent, before its request was whole."""


class Body:
    """Bytes in bounded pieces."""

    def __init__(self, request: web.Request, idle: float) -> None:
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            # aiohttp would inflate it, and a small bomb costs more than any upload.
            raise web.HTTPUnsupportedMediaType(reason="The body of a request must not be compressed.")
        self._content = request.content
        self._idle = idle

    async def piece(self) -> bytes:
        """The next bytes that came; nothing at the end."""
        try:
            async with asyncio.timeout(self._idle):
                return await self._content.readany()
        except TimeoutError as error:
            raise Aborted(f"no byte came for {self._idle:g} seconds") from error
        except TransferEncodingError as error:
            raise ApiError("INVALID_FORM_DATA", "The chunks of the body are malformed.") from error
        except (ConnectionError, ClientPayloadError) as error:
            raise Aborted("the connection was lost") from error
