"""Concatenation: final uploads get their bytes at once, or when the last of their parts has come."""

from __future__ import annotations

import logging

from tus.errors import TusError
from tus.hooks import Hooks
from tus.locker import Locker
from tus.store import Concatenates, Store
from tus.upload import Upload

log = logging.getLogger(__name__)


class Concatenation:
    """Knows which final uploads wait for which parts. A part is held before its final upload, never after it."""

    def __init__(self, store: Store, locker: Locker, hooks: Hooks, max_size: int | None) -> None:
        self._store = store
        self._locker = locker
        self._hooks = hooks
        self._max_size = max_size
        self._waiting: dict[str, set[str]] = {}
        self._recalled = False

    async def length(self, parts: tuple[str, ...]) -> int | None:
        """What the parts come to, if that is known; refuses parts that are none."""
        if not isinstance(self._store, Concatenates):
            raise TusError("ERR_NOT_IMPLEMENTED")
        uploads = await self._uploads(parts)
        if not all(part.partial for part in uploads):
            raise TusError("ERR_INVALID_CONCAT")
        lengths = [part.length for part in uploads if part.length is not None]
        if self._max_size is not None and sum(lengths) > self._max_size:
            raise TusError("ERR_MAX_SIZE_EXCEEDED")
        return sum(lengths) if len(lengths) == len(parts) else None

    async def join(self, final: Upload) -> Upload:
        """Gives a final upload its bytes if all are there; the caller holds it."""
        for part in final.parts:
            self._waiting.setdefault(part, set()).add(final.id)
        uploads = await self._uploads(final.parts)
        if not isinstance(self._store, Concatenates) or not all(part.finished for part in uploads):
            return final
        size = sum(part.offset for part in uploads)
        if self._max_size is not None and size > self._max_size:
            raise TusError("ERR_MAX_SIZE_EXCEEDED")
        if final.length is None:
            await self._hooks.before_extend(final, size)
        whole = await self._store.concatenate(final, uploads)
        self._forget(final)
        await self._hooks.after_receive(whole)
        await self._hooks.after_finish(whole)
        return whole

    async def advance(self, part: Upload) -> None:
        """Goes on with all that waited for a part, which is finished now."""
        await self._recall()
        for id in sorted(self._waiting.get(part.id, ())):
            try:
                async with self._locker.hold(id):
                    final = await self._store.get(id)
                    if not final.finished:
                        await self.join(final)
            except TusError as error:
                # The part itself is safe: who asks for the final upload is told, or finds it joined then.
                log.warning("upload %s is not joined yet: %s", id, error)

    def _forget(self, final: Upload) -> None:
        for part in final.parts:
            waiting = self._waiting.get(part, set())
            waiting.discard(final.id)
            if not waiting:
                self._waiting.pop(part, None)

    async def _recall(self) -> None:
        """After a restart the store knows who waits."""
        if self._recalled:
            return
        for upload in await self._store.all():
            if upload.parts and not upload.finished:
                for part in upload.parts:
                    self._waiting.setdefault(part, set()).add(upload.id)
        self._recalled = True

    async def _uploads(self, ids: tuple[str, ...]) -> list[Upload]:
        return [await self._store.get(id) for id in ids]
