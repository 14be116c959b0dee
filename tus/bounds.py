"""Bounds: how many bytes an upload may come to."""

from __future__ import annotations

from tus.errors import TusError
from tus.hooks import Hooks
from tus.upload import Upload


class Bounds:
    """Nothing may be larger than `max_size`. Of a length that is told late the host hears then, and may allow less."""

    def __init__(self, hooks: Hooks, max_size: int | None) -> None:
        self._hooks = hooks
        self._max_size = max_size

    def check(self, upload: Upload, coming: int) -> None:
        """Refuses before the first byte what would not fit in the end."""
        if self._max_size is not None and (upload.length or 0) > self._max_size:
            raise TusError("ERR_MAX_SIZE_EXCEEDED")
        whole = self._max_size if upload.length is None else upload.length
        if whole is not None and coming > whole - upload.offset:
            raise TusError("ERR_UPLOAD_SIZE_EXCEEDED")

    async def room(self, upload: Upload, coming: int) -> int | None:
        """How many more bytes the upload may get, when so many are announced; None if there is no bound."""
        if upload.length is not None:
            return upload.length - upload.offset
        known = (self._max_size, await self._hooks.before_extend(upload, upload.offset + coming))
        bounds = [bound - upload.offset for bound in known if bound is not None]
        if bounds and coming > min(bounds):
            raise TusError("ERR_UPLOAD_SIZE_EXCEEDED")
        return min(bounds, default=None)

    async def exceeded(self, upload: Upload, failure: TusError) -> None:
        """Tells the host of an upload of unknown length that would have become larger than it may."""
        if upload.length is None and failure.code == "ERR_UPLOAD_SIZE_EXCEEDED":
            await self._hooks.before_extend(upload, upload.offset + 1)
