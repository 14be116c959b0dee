"""What the host may do at each moment of an upload's life."""

from __future__ import annotations

from aiohttp import web

from tus.upload import Upload


class Hooks:
    """Does nothing; the host overrides what it cares for.

    All but `before_create` run while the upload is held, so no two of them run at once for one upload. After a crash
    a finished upload may have missed `after_finish`: the host finds such uploads at its start with `Store.all`.

    Of a partial upload the host sees `before_create` and `before_extend` only: it is the final one that becomes a file.
    """

    async def before_create(self, upload: Upload, request: web.Request) -> Upload:
        """May refuse with a TusError, or return a copy with another id."""
        return upload

    async def before_extend(self, upload: Upload, size: int) -> int | None:
        """How many bytes one may come to whose creation told no length; None if there is no bound.

        It is about to have `size` bytes at least, as far as is known. The host may refuse with a TusError, and remove
        it before.
        """
        return None

    async def after_create(self, upload: Upload, location: str) -> None:
        """The upload exists, durably, and its client is told the location; bytes may follow in the same request.

        Those that it has by now, maybe even all of them, are told of nowhere else.
        """

    async def after_receive(self, upload: Upload) -> None:
        """A request that brought bytes has ended, for whatever reason; they are durable."""

    async def after_finish(self, upload: Upload) -> None:
        """All bytes are there; the client gets its answer when this returns."""

    async def before_terminate(self, upload: Upload) -> None:
        """May refuse with a TusError."""

    async def after_terminate(self, upload: Upload) -> None:
        """The upload and its bytes are gone."""
