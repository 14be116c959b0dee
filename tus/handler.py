"""The methods of tus 1.0.0 as aiohttp routes, in the order of the specification."""

from __future__ import annotations

import dataclasses
import logging
import secrets
import time
from collections.abc import Awaitable, Callable

from aiohttp import web

from tus import protocol
from tus.body import Body, invite_later
from tus.errors import TusError
from tus.hooks import Hooks
from tus.locker import Locker
from tus.store import DefersLength, Store, Terminates, extensions
from tus.upload import Upload

Act = Callable[[web.Request], Awaitable[web.Response]]

log = logging.getLogger(__name__)


class Handler:
    """Answers tus clients out of a store.

    `max_size` is the largest upload in bytes, `lifetime` how many seconds an unfinished upload is kept, `idle` how
    many seconds a client may be silent in mid-body. `location` makes the URL that a new upload is announced with.
    """

    def __init__(
        self,
        store: Store,
        locker: Locker,
        hooks: Hooks,
        *,
        max_size: int | None,
        lifetime: float,
        idle: float,
        location: Callable[[web.Request, str], str],
        now: Callable[[], float] = time.time,
        new_id: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._store = store
        self._locker = locker
        self._hooks = hooks
        self._max_size = max_size
        self._lifetime = lifetime
        self._idle = idle
        self._location = location
        self._now = now
        self._new_id = new_id
        self._bodies: set[Body] = set()

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Uploads are created at the prefix, with or without a slash at its end, and live right under it."""
        folder = prefix.rstrip("/")
        upload = folder + "/{id}"
        options, post = answered(self.options), answered(self.post)
        return [
            *(web.options(path, options) for path in (folder, folder + "/", upload)),
            *(web.post(path, post, expect_handler=invite_later) for path in (folder, folder + "/")),
            web.head(upload, answered(self.head)),
            web.patch(upload, answered(self.patch), expect_handler=invite_later),
            web.delete(upload, answered(self.delete)),
        ]

    def stop(self) -> None:
        """Ends all bodies that are being received, so that the server can stop; what arrived is kept."""
        for body in self._bodies:
            body.stop(TusError("ERR_SERVER_SHUTDOWN"))

    async def options(self, request: web.Request) -> web.Response:
        headers = {"Tus-Version": protocol.VERSION, "Tus-Extension": ",".join(extensions(self._store))}
        if self._max_size is not None:
            headers["Tus-Max-Size"] = str(self._max_size)
        return web.Response(status=204, headers=headers)

    async def post(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        if request.can_read_body:
            protocol.check_type(request.content_type, request.headers)
        asked = self._asked(request)
        self._check_room(asked, request)
        upload = await self._hooks.before_create(asked, request)
        body = Body(request, self._idle)
        async with self._locker.hold(upload.id, body.interrupt):
            await self._store.create(upload)
            await self._hooks.after_create(upload)
            upload = await self._receive(upload, body)
        headers = {"Location": self._location(request, upload.id), **protocol.progress(upload)}
        return web.Response(status=201, headers=headers)

    async def head(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        async with self._locker.hold(_id(request)):
            upload = await self._find(_id(request))
        return web.Response(headers=protocol.state(upload))

    async def patch(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        protocol.check_type(request.content_type, request.headers)
        offset = protocol.offset(request.headers)
        body = Body(request, self._idle)
        async with self._locker.hold(_id(request), body.interrupt):
            upload = await self._find(_id(request))
            if upload.offset != offset:
                raise TusError("ERR_MISMATCHED_OFFSET")
            upload = await self._extend(upload, body, request)
        return web.Response(status=204, headers=protocol.progress(upload))

    async def delete(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        if not isinstance(self._store, Terminates):
            raise TusError("ERR_NOT_IMPLEMENTED")
        async with self._locker.hold(_id(request)):
            upload = await self._find(_id(request))
            await self._hooks.before_terminate(upload)
            await self._store.terminate(upload.id)
            await self._hooks.after_terminate(upload)
        return web.Response(status=204)

    def _asked(self, request: web.Request) -> Upload:
        """The upload that a client asks for."""
        length = protocol.length(request.headers)
        if length is None and not isinstance(self._store, DefersLength):
            raise TusError("ERR_NOT_IMPLEMENTED")
        header = protocol.metadata_header(request.headers)
        now = self._now()
        return Upload(
            self._new_id(),
            length,
            metadata=protocol.metadata(header),
            header=header,
            created=now,
            expires=now + self._lifetime,
        )

    async def _find(self, id: str) -> Upload:
        upload = await self._store.get(id)
        if upload.expired(self._now()):
            raise TusError("ERR_UPLOAD_EXPIRED")
        return upload

    async def _extend(self, upload: Upload, body: Body, request: web.Request) -> Upload:
        """The upload with the bytes of a PATCH added, and with its length if that was still to be told."""
        length = protocol.declared_length(request.headers, upload)
        if upload.finished:
            # Its last answer may have been lost: asking again without bytes does no harm.
            if request.can_read_body:
                raise TusError("ERR_UPLOAD_FINISHED")
            return upload
        self._check_room(dataclasses.replace(upload, length=length), request)
        if length is not None and length != upload.length and isinstance(self._store, DefersLength):
            upload = await self._store.declare_length(upload, length)
        return await self._receive(upload, body)

    def _check_room(self, upload: Upload, request: web.Request) -> None:
        """Refuses before the first byte what would not fit in the end."""
        if self._max_size is not None and (upload.length or 0) > self._max_size:
            raise TusError("ERR_MAX_SIZE_EXCEEDED")
        room = self._room(upload)
        if room is not None and (request.content_length or 0) > room:
            raise TusError("ERR_UPLOAD_SIZE_EXCEEDED")

    def _room(self, upload: Upload) -> int | None:
        """How many more bytes the upload may get; None if there is no bound."""
        whole = self._max_size if upload.length is None else upload.length
        return None if whole is None else whole - upload.offset

    async def _receive(self, upload: Upload, body: Body) -> Upload:
        """Stores what arrives and tells the host. All that arrived counts, however the body ended."""
        body.limit = self._room(upload)
        grown, failure = await self._append(upload, body)
        if grown.offset > upload.offset:
            await self._hooks.after_receive(grown)
        if grown.finished:
            await self._hooks.after_finish(grown)
        if failure and not (grown.finished and failure.code != "ERR_UPLOAD_SIZE_EXCEEDED"):
            raise failure
        return grown

    async def _append(self, upload: Upload, body: Body) -> tuple[Upload, TusError | None]:
        """The upload as it stands afterwards, and what went wrong."""
        if body.absent:
            return upload, None
        self._bodies.add(body)
        try:
            grown = await self._store.append(upload, body)
        except TusError as failure:
            return await self._store.get(upload.id), failure
        finally:
            self._bodies.remove(body)
        return grown, body.failure


def answered(act: Act) -> Act:
    """Turns failures into replies, and gives every reply what a client needs to read it."""

    async def answer(request: web.Request) -> web.Response:
        try:
            response = await act(request)
        except TusError as error:
            response = refusal(error)
        except Exception:
            log.exception("%s of an upload failed", request.method)
            response = refusal(TusError("ERR_INTERNAL_SERVER_ERROR"))
        response.headers.update(protocol.EVERYWHERE)
        if request.method == "HEAD":
            response.headers["Cache-Control"] = "no-store"
        # The rest of an unwanted body would be taken for the next request.
        if not request.content.is_eof():
            response.force_close()
        return response

    return answer


def refusal(error: TusError) -> web.Response:
    if error.body is not None:
        return web.json_response(dict(error.body), status=error.status, headers=error.headers)
    return web.Response(text=f"{error.code}: {error.message}\n", status=error.status, headers=error.headers)


def _id(request: web.Request) -> str:
    return request.match_info["id"]
