"""Spool: the files of a form on their way to the disk, of which a stranger may bring only so much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from server.api.part import Upload
from server.api.signature import Authenticated
from server.engine.looks import Arrival
from server.errors import ApiError

TOO_LARGE = "MAX_SIZE_EXCEEDED"


class Spool:
    """Files may come before the fields that say whose they are; `early` is how many bytes of them are taken in.

    `sender` says whose they are by the fields that have come until now, or raises ApiError.
    """

    def __init__(self, folder: Path, early: int, sender: Callable[[], Authenticated]) -> None:
        self.files: list[Arrival] = []
        self._folder = folder
        self._early = early
        self._sender = sender
        self._unknown = ApiError("NO_PARAMS_FIELD")

    async def take(self, upload: Upload) -> None:
        """Raises ApiError when the file is too large for whoever sends it."""
        path = self._folder / str(len(self.files))
        known = self._who()
        most = known.auth.max_size if known else self._early
        limit = min((size for size in (most, upload.limit) if size is not None), default=None)
        try:
            saved = await replace(upload, limit=limit).save(path)
        except ApiError as error:
            if error.code == TOO_LARGE and known is None and limit == self._early:
                raise self._refusal() from error
            raise
        if known is None:
            self._early -= saved.size
        self.files.append(Arrival(uuid4().hex, upload.name, upload.field, path, {}))

    def _who(self) -> Authenticated | None:
        try:
            return self._sender()
        except ApiError as error:
            self._unknown = error
            return None

    def _refusal(self) -> ApiError:
        if self._unknown.code != "NO_PARAMS_FIELD":
            return self._unknown
        return ApiError("INVALID_FORM_DATA", "So large files must come behind `params` and `signature` in the form.")
