"""The methods of tus 1.0.0 as aiohttp routes, in the order of the specification."""

from __future__ import annotations

import dataclasses
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from aiohttp import web

from tus import protocol
from tus.body import Body, invite_later
from tus.bounds import Bounds
from tus.checksum import ALGORITHMS
from tus.concatenation import Concatenation
from tus.errors import TusError
from tus.hooks import Hooks
from tus.locker import Locker
from tus.pump import Pumps, Way
from tus.replies import Act, Known, answered, unknown
from tus.store import DefersLength, Prolongs, Store, Terminates, Verifies, extensions
from tus.upload import Upload

# An end is put off when so much of the lifetime can be won, for each time is a write.
WORTH_PROLONGING = 1 / 24


class Handler:
    """Answers tus clients out of a store.

    `max_size` is the largest upload in bytes, `lifetime` how many seconds an unfinished upload is kept, `idle` how
    many seconds a client may be silent in mid-body. `location` makes the URL that a new upload is announced with.
    `way` is how large bodies come to a disk, where it is possible. `known` is what a client is told of failures that
    the host knows.
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
        way: Way = "splice",
        known: Known = unknown,
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
        self._bounds = Bounds(hooks, max_size)
        self._concatenation = Concatenation(store, locker, hooks, max_size)
        self._pumps = Pumps(way)
        self._known = known
        self._bodies: set[Body] = set()
        self._stopping = False

    def routes(self, prefix: str) -> list[web.RouteDef]:
        """Uploads are created at the prefix, with or without a slash at its end, and live right under it."""
        folder = prefix.rstrip("/")
        upload = folder + "/{id}"
        options, post = self._answered(self.options), self._answered(self.post)
        # Those of one path stand together, for only so does aiohttp look them up together.
        return [
            web.options(upload, options),
            web.head(upload, self._answered(self.head)),
            web.patch(upload, self._answered(self.patch), expect_handler=invite_later),
            web.delete(upload, self._answered(self.delete)),
            web.post(upload, self._answered(self.override), expect_handler=invite_later),
            *(
                route
                for path in (folder, folder + "/")
                for route in (web.options(path, options), web.post(path, post, expect_handler=invite_later))
            ),
        ]

    def stop(self) -> None:
        """Ends all bodies that are being received, so that the server can stop; what arrived is kept."""
        self._stopping = True
        for body in self._bodies:
            body.stop(TusError("ERR_SERVER_SHUTDOWN"))

    async def options(self, request: web.Request) -> web.Response:
        headers = {"Tus-Version": protocol.VERSION, "Tus-Extension": ",".join(extensions(self._store))}
        if isinstance(self._store, Verifies):
            headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
        if self._max_size is not None:
            headers["Tus-Max-Size"] = str(self._max_size)
        return web.Response(status=204, headers=headers)

    async def post(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        if request.can_read_body:
            protocol.check_type(request.content_type, request.headers)
        asked = await self._asked(request)
        self._bounds.check(asked, request.content_length or 0)
        upload = await self._hooks.before_create(asked, request)
        body = self._body(request)
        with self._receiving(body):
            first = await body.brief()
        location = self._location(request, upload.id)
        async with self._locker.hold(upload.id, body.interrupt):
            upload = await self._store.create(upload, first if body.sound else b"")
            await self._listener(upload).after_create(upload, location)
            if upload.parts:
                upload = await self._concatenation.join(upload)
            elif not upload.finished:
                upload = await self._receive(upload, body)
        await self._advance(upload)
        headers = {"Location": location, **protocol.progress(upload)}
        return web.Response(status=201, headers=headers)

    async def override(self, request: web.Request) -> web.Response:
        """For clients whose surroundings let no other methods through."""
        acts = {"PATCH": self.patch, "DELETE": self.delete, "HEAD": self.head}
        act = acts.get(request.headers.get("X-HTTP-Method-Override", "").upper())
        if act is None:
            raise TusError("ERR_METHOD_NOT_ALLOWED", headers={"Allow": "HEAD, PATCH, DELETE, OPTIONS"})
        return await act(request)

    async def head(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        async with self._locker.hold(_id(request)):
            upload = await self._find(_id(request))
            if upload.parts and not upload.finished:
                upload = await self._concatenation.join(upload)
        return web.Response(headers=protocol.state(upload))

    async def patch(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        protocol.check_type(request.content_type, request.headers)
        offset = protocol.offset(request.headers)
        body = self._body(request)
        async with self._locker.hold(_id(request), body.interrupt):
            upload = await self._find(_id(request))
            if upload.parts:
                raise TusError("ERR_MODIFY_FINAL")
            if upload.offset != offset:
                raise TusError("ERR_MISMATCHED_OFFSET")
            upload = await self._extend(upload, body, request)
        await self._advance(upload)
        return web.Response(status=204, headers=protocol.progress(upload))

    async def delete(self, request: web.Request) -> web.Response:
        protocol.check_version(request.headers)
        if not isinstance(self._store, Terminates):
            raise TusError("ERR_NOT_IMPLEMENTED")
        async with self._locker.hold(_id(request)):
            upload = await self._find(_id(request))
            listener = self._listener(upload)
            await listener.before_terminate(upload)
            await self._store.terminate(upload.id)
            await listener.after_terminate(upload)
        return web.Response(status=204)

    async def _asked(self, request: web.Request) -> Upload:
        """The upload that a client asks for."""
        concat = protocol.concat(request.headers)
        parts = protocol.parts(concat)
        header = protocol.metadata_header(request.headers)
        now = self._now()
        return Upload(
            self._new_id(),
            await self._final_length(parts, request) if parts else self._length(request),
            metadata=protocol.metadata(header),
            header=header,
            created=now,
            expires=now + self._lifetime,
            concat=concat,
            parts=parts,
        )

    def _length(self, request: web.Request) -> int | None:
        length = protocol.length(request.headers)
        if length is None and not isinstance(self._store, DefersLength):
            raise TusError("ERR_NOT_IMPLEMENTED")
        return length

    async def _final_length(self, parts: tuple[str, ...], request: web.Request) -> int | None:
        if request.can_read_body:
            raise TusError("ERR_MODIFY_FINAL")
        if "Upload-Length" in request.headers or "Upload-Defer-Length" in request.headers:
            raise TusError("ERR_INVALID_UPLOAD_LENGTH")
        return await self._concatenation.length(parts)

    def _body(self, request: web.Request) -> Body:
        body = Body(request, self._idle, self._pumps)
        body.checksum = protocol.checksum(request.headers)
        if body.checksum is not None and not isinstance(self._store, Verifies):
            raise TusError("ERR_NOT_IMPLEMENTED")
        return body

    def _answered(self, act: Act) -> Act:
        return answered(act, self._known)

    def _listener(self, upload: Upload) -> Hooks:
        """Who is told of an upload: of parts nobody."""
        return Hooks() if upload.partial else self._hooks

    async def _advance(self, upload: Upload) -> None:
        if upload.partial and upload.finished:
            await self._concatenation.advance(upload)

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
        declared = upload if length == upload.length else dataclasses.replace(upload, length=length)
        self._bounds.check(declared, request.content_length or 0)
        if length is not None and declared is not upload and isinstance(self._store, DefersLength):
            await self._hooks.before_extend(declared, length)
            upload = await self._store.declare_length(upload, length)
        return await self._receive(await self._prolonged(upload), body)

    async def _prolonged(self, upload: Upload) -> Upload:
        """An upload that goes on lives on."""
        expires = self._now() + self._lifetime
        if upload.expires is None or expires - upload.expires < self._lifetime * WORTH_PROLONGING:
            return upload
        return await self._store.prolong(upload, expires) if isinstance(self._store, Prolongs) else upload

    async def _receive(self, upload: Upload, body: Body) -> Upload:
        """Stores what arrives and tells the host. All that arrived counts, however the body ended."""
        body.limit = await self._bounds.room(upload, body.announced)
        grown, failure = await self._append(upload, body)
        listener = self._listener(grown)
        if grown.offset > upload.offset:
            await listener.after_receive(grown)
        if grown.finished:
            await listener.after_finish(grown)
        if failure and not (grown.finished and failure.code != "ERR_UPLOAD_SIZE_EXCEEDED"):
            await self._bounds.exceeded(grown, failure)
            raise failure
        return grown

    async def _append(self, upload: Upload, body: Body) -> tuple[Upload, TusError | None]:
        """The upload as it stands afterwards, and what went wrong."""
        grown, failure = upload, None
        if not body.absent:
            grown, failure = await self._store_body(upload, body)
        if failure is None and not body.sound:
            failure = TusError("ERR_CHECKSUM_MISMATCH")
        return grown, failure

    async def _store_body(self, upload: Upload, body: Body) -> tuple[Upload, TusError | None]:
        try:
            with self._receiving(body):
                if body.checksum is not None and isinstance(self._store, Verifies):
                    return await self._store.append_checked(upload, body, lambda: body.sound), body.failure
                return await self._store.append(upload, body), body.failure
        except TusError as failure:
            return await self._store.get(upload.id), failure

    @contextmanager
    def _receiving(self, body: Body) -> Iterator[None]:
        """Inside, a server that stops ends the body."""
        self._bodies.add(body)
        if self._stopping:
            body.stop(TusError("ERR_SERVER_SHUTDOWN"))
        try:
            yield
        finally:
            self._bodies.remove(body)


def _id(request: web.Request) -> str:
    return request.match_info["id"]
