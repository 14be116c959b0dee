"""Speaks with one bucket: signed requests, again when they may come right, answers of bounded size."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Self, TypeVar

import aiohttp
from aiohttp import ClientResponse
from yarl import URL

from robots.base.errors import RobotError
from robots.tools.failures import failure
from robots.tools.http import HttpClient
from robots.tools.s3 import answers
from robots.tools.s3.answers import Complaint
from robots.tools.s3.place import REGION, Place
from robots.tools.s3.sending import Sending

T = TypeVar("T")

PAUSES = (0.5, 1, 2, 4, 8)  # seconds before each new try
LONGEST_ANSWER = 8 << 20  # a list of a thousand long names
SLOWEST = 16 << 10  # bytes a second


@dataclass(frozen=True, slots=True)
class Answer:
    """What a storage said: its headers, and the whole of its words."""

    headers: Mapping[str, str]
    body: bytes


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
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(
        self,
        act: str,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: Sending | bytes | None = None,
    ) -> Answer:
        """One request, tried again as long as that helps; `act` begins the sentence that says what failed."""
        return await self.tried(lambda: self.once(act, method, target, headers, body))

    async def tried(self, request: Callable[[], Awaitable[T]]) -> T:
        """Tries again what may come right by itself: each of our requests may come twice and do the same."""
        for pause in self.pauses:
            try:
                return await request()
            except RobotError as error:
                if self._learned(error):
                    continue
                if not error.retry:
                    raise
            # Spread out, so that the files of one failed storage do not come back at one moment.
            await asyncio.sleep(pause * random.uniform(0.75, 1.25))
        return await request()

    async def once(
        self,
        act: str,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: Sending | bytes | None = None,
    ) -> Answer:
        size = body.size if isinstance(body, Sending) else len(body or b"")
        try:
            async with asyncio.timeout(self.http.timeouts.head + size / SLOWEST):
                async with await self.open(method, target, headers, body) as response:
                    answer = Answer(response.headers, await _words(response))
                    # What takes long is begun with a 200 before the storage knows how it ends.
                    if response.status >= 300 or answers.is_complaint(answer.body):
                        raise self._refused(act, response, answer.body)
                    return answer
        except (aiohttp.ClientError, TimeoutError) as error:
            raise failure(self.place.home, error) from error

    async def open(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: Sending | bytes | None = None,
    ) -> ClientResponse:
        """The answer as it begins; `target` is what follows the URL of the bucket. No redirect is followed."""
        url = self.place.home + target
        told = dict(headers or {})
        if body is not None:
            told["Content-Length"] = str(body.size if isinstance(body, Sending) else len(body))
        at = time.time() + self._ahead
        signed = self.place.signer.headers(method, url, told, at)
        data = body.pieces() if isinstance(body, Sending) else body
        return await self._session.request(
            method, URL(url, encoded=True), headers=signed, data=data, allow_redirects=False
        )

    async def refusal(self, act: str, response: ClientResponse) -> Complaint:
        return self._refused(act, response, await _words(response))

    def _refused(self, act: str, response: ClientResponse, body: bytes) -> Complaint:
        self._server_time = response.headers.get("Date", "")
        region = response.headers.get("x-amz-bucket-region")
        return answers.complaint(act, response.status, body, region)

    def _learned(self, error: RobotError) -> bool:
        """Whether the storage told us what was wrong with the request: the region, or the time of day."""
        if not isinstance(error, Complaint):
            return False
        if error.said == "RequestTimeTooSkewed" and not self._ahead:
            self._ahead = _seconds_ahead(self._server_time)
            return bool(self._ahead)
        region = error.region
        if self.settled or not region or region == self.place.region or not REGION.fullmatch(region):
            return False
        self.place, self.settled = self.place.within(region), True
        return True


async def _words(response: ClientResponse) -> bytes:
    """The body, if it is no longer than what a storage has to say."""
    kept = bytearray()
    async for piece in response.content.iter_any():
        kept += piece
        if len(kept) > LONGEST_ANSWER:
            raise Complaint("The answer is too long", response.status, "EntityTooLarge")
    return bytes(kept)


def _seconds_ahead(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError):
        return 0.0
