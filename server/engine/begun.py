"""Begun: the uploads of each account that are not whole yet. There may only be so many, for each is a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from time import monotonic

from server.errors import ApiError

RECOUNT_EVERY = 10.0


class Begun:
    """`unfinished` finds out which uploads are really there: some end without a word, as parts of others do."""

    def __init__(self, most: int, unfinished: Callable[[], Awaitable[set[str]]]) -> None:
        self._most = most
        self._unfinished = unfinished
        self._of: defaultdict[str, set[str]] = defaultdict(set)
        self._recounted = -RECOUNT_EVERY

    async def check(self, account: str) -> None:
        """Raises ApiError when an account has too many."""
        if len(self._of[account]) >= self._most and monotonic() - self._recounted >= RECOUNT_EVERY:
            self._recounted = monotonic()
            known = await self._unfinished()
            for uploads in self._of.values():
                uploads &= known
        if len(self._of[account]) >= self._most:
            told = f"{self._most} uploads have begun and are not whole: finish or delete some first."
            raise ApiError("RATE_LIMIT_REACHED", told, info={"retryIn": int(RECOUNT_EVERY)})

    def add(self, account: str, upload: str) -> None:
        self._of[account].add(upload)

    def drop(self, upload: str) -> None:
        for uploads in self._of.values():
            uploads.discard(upload)
