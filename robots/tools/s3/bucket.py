"""Speaks with one bucket: requests that are tried again when they may come right, in the region where the bucket is."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from importlib import import_module
from typing import Any, Protocol, Self, TypeVar

import aiohttp

from robots.base.errors import RobotError
from robots.tools.failures import failure
from robots.tools.http import HttpClient
from robots.tools.s3.complaints import Complaint
from robots.tools.s3.place import REGION, Place

T = TypeVar("T")

LIBRARY = "robots.tools.s3.library"
PAUSES = (0.5, 1, 2, 4, 8)  # seconds before each new try
SLOWEST = 16 << 10  # bytes a second


class Client(Protocol):
    """The library, as far as it is known here; it is imported when a bucket is first needed, and not in the loop."""

    async def ask(self, act: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]: ...

    async def signed_url(self, key: str, seconds: int) -> str: ...


class Bucket:
    """A bucket, for as long as one job needs it. It may turn out to be in another region than was thought."""

    def __init__(
        self, http: HttpClient, place: Place, *, settled: bool = False, pauses: Sequence[float] = PAUSES
    ) -> None:
        self.http = http
        self.place = place
        self.settled = settled
        self.pauses = pauses
        self._ahead = 0.0
        idle = max(http.timeouts.idle, http.timeouts.head)
        self._session = http.session(idle=idle, skip_auto_headers={"Content-Type"}, auto_decompress=False)

    async def __aenter__(self) -> Self:
        try:
            self._client = await self._found()
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(self, act: str, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One request, tried again as long as that helps; `act` begins the sentence that says what failed."""
        return await self.tried(lambda: self.once(act, operation, asked))

    async def tried(self, request: Callable[[], Awaitable[T]]) -> T:
        """Tries again what may come right by itself: each of our requests may come twice and do the same."""
        for pause in self.pauses:
            try:
                return await request()
            except RobotError as error:
                if await self._learned(error):
                    continue
                if not error.retry:
                    raise
            # Spread out, so that the files of one failed storage do not come back at one moment.
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))
        return await request()

    async def once(self, act: str, operation: str, asked: Mapping[str, Any], size: int = 0) -> dict[str, Any]:
        """One request, whose body has `size` bytes."""
        try:
            async with asyncio.timeout(self.http.timeouts.head + size / SLOWEST):
                return await self._client.ask(act, operation, {**asked, "Ahead": self._ahead})
        except (aiohttp.ClientError, TimeoutError) as error:
            raise failure(self.place.home, error) from error

    async def signed_url(self, key: str, seconds: int) -> str:
        """A URL at which anybody can read for so many seconds."""
        return await self._client.signed_url(key, seconds)

    async def _found(self) -> Client:
        return await asyncio.to_thread(_client, self.place, self._session)

    async def _learned(self, error: RobotError) -> bool:
        """Whether the storage told us what was wrong with the request: the region, or the time of day."""
        if not isinstance(error, Complaint):
            return False
        if error.said == "RequestTimeTooSkewed" and not self._ahead:
            self._ahead = _seconds_ahead(error.date)
            return bool(self._ahead)
        region = error.region
        if self.settled or not region or region == self.place.region or not REGION.fullmatch(region):
            return False
        self.place, self.settled = self.place.within(region), True
        self._client = await self._found()
        return True


def _client(place: Place, session: aiohttp.ClientSession) -> Client:
    client: Client = import_module(LIBRARY).Client(place, session)
    return client


def _seconds_ahead(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError):
        return 0.0
