"""Outward requests: to public addresses only, within limits of size and time."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiofiles
import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from robots.base.errors import ImportFailed
from robots.base.file import extension
from robots.tools import filename
from robots.tools.failures import Answered, failure
from robots.tools.guard import Guard, Network, destination, spoken
from robots.tools.hop import Hop, sent
from robots.tools.lookup import Lookup

REDIRECTS = {301, 302, 303, 307, 308}
WITHOUT_CONTENT = {204, 205}
MOST_REDIRECTS = 10
BUFFER = 256 * 1024
POST_SECONDS = 15
POST_ANSWER = 5 << 10

OnProgress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that may pass for a connection, the head of an answer, between two pieces, and for a whole transfer.

    A server that sends fewer than `slowest` bytes a second, all `idle` seconds long, is left too.
    """

    connect: float = 15
    head: float = 60
    idle: float = 60
    total: float = 6 * 3600
    slowest: float = 1000


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: its URL after redirects, the name and media type that were told, its size in bytes.

    `start` is the place of the first byte in the whole file, when only a range of it came. What is `handed` out says of
    itself whether it is to be shown or kept.
    """

    url: str
    status: int
    name: str
    mime: str | None
    size: int
    start: int = 0
    handed: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server says to a message: its status, and the beginning of its words."""

    status: int
    body: bytes


class HttpClient:
    """Speaks with the public internet on the ports of the web, and with the networks in `allow`.

    `ports` are more ports that may be reached everywhere; `max_bytes` is the most that any file may have, whatever a
    caller allows.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        ports: Collection[int] = (),
        lookup: Lookup | None = None,
        user_agent: str = "Sluice",
        timeouts: Timeouts | None = None,
        max_bytes: int = 200 << 30,
    ) -> None:
        self.guard = Guard(allow, ports)
        self.lookup = lookup or Lookup()
        self.user_agent = user_agent
        self.timeouts = timeouts or Timeouts()
        self.max_bytes = max_bytes
        self._session: ClientSession | None = None

    async def fetch(
        self,
        url: str,
        target: Path,
        *,
        limit: int,
        headers: Mapping[str, str] | None = None,
        range: str | None = None,
        on_progress: OnProgress | None = None,
    ) -> Fetched:
        """Writes what is at a URL to `target`; ImportFailed if it cannot be had or has more than `limit` bytes.

        `range` is "0-99", "100-" or "-100"; a server that knows no ranges sends the whole file with status 200.
        `on_progress` is told the bytes that came and, if known, how many there will be.
        """
        hop = Hop.to(url, sent(headers or {}, range))
        try:
            async with asyncio.timeout(self.timeouts.total), self._answer(hop) as response:
                start = _start(response, ranged=range is not None)
                pieces = in_time(response, self.timeouts)
                size = await _save(response, pieces, target, min(limit, self.max_bytes), on_progress)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise failure(url, error) from error
        handed = "Content-Disposition" in response.headers
        return Fetched(str(response.url), response.status, _name(response, url), _mime(response), size, start, handed)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], seconds: float = POST_SECONDS) -> Reply:
        """Sends a message and hears the answer's beginning; follows no redirect. ImportFailed if there is no answer."""
        hop = Hop.to(url, headers)
        try:
            async with asyncio.timeout(seconds):
                request = self._open().post(hop.url, data=body, headers=hop.headers, allow_redirects=False)
                async with request as response:
                    return Reply(response.status, await _beginning(response))
        except (aiohttp.ClientError, TimeoutError) as error:
            raise failure(url, error) from error

    def connector(self) -> TCPConnector:
        """What makes guarded connections, for the sessions of libraries that speak HTTP by themselves."""
        return TCPConnector(socket_factory=self.guard.socket, resolver=self.lookup)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    @contextlib.asynccontextmanager
    async def _answer(self, hop: Hop) -> AsyncIterator[ClientResponse]:
        """The first answer that is no redirect."""
        first = hop.url
        for _ in range(MOST_REDIRECTS + 1):
            async with asyncio.timeout(self.timeouts.head):
                answer = await self._open().get(hop.url, headers=hop.headers, allow_redirects=False)
            async with answer as response:
                location = response.headers.get("Location") if response.status in REDIRECTS else None
                if location is None:
                    yield response
                    return
            hop = hop.redirected(location)
        raise ImportFailed(f"{spoken(first)} redirects more than {MOST_REDIRECTS} times.")

    def session(self, *, idle: float, total: float | None = None, **more: Any) -> ClientSession:
        """Guarded, and without cookies, proxies or packed answers; whoever takes one closes it.

        `idle` is how many seconds may pass without a byte, `total` how many one request may take.
        """
        return ClientSession(
            connector=self.connector(),
            timeout=ClientTimeout(total=total, sock_connect=self.timeouts.connect, sock_read=idle),
            headers={"User-Agent": self.user_agent, "Accept-Encoding": "identity"},
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            **more,
        )

    def _open(self) -> ClientSession:
        """Made at the first request, for it belongs to the loop that runs then."""
        if self._session is None:
            times = self.timeouts
            self._session = self.session(idle=times.idle, total=times.total, read_bufsize=BUFFER)
        return self._session


def _start(response: ClientResponse, *, ranged: bool) -> int:
    """Where the bytes of the answer begin in the whole file; an error if it is no file."""
    if not 200 <= response.status < 300 or response.status in WITHOUT_CONTENT:
        wait = response.headers.get("Retry-After", "")
        raise Answered(response.url, response.status, float(wait) if re.fullmatch(r"\d{1,6}", wait) else None)
    if response.content_type == "text/event-stream":
        # Its end may wait for the one who reads it, as that of the news of the very Assembly that imports them.
        raise ImportFailed(f"{spoken(response.url)} is a stream of events, not a file.")
    if response.status != 206:
        return 0
    told = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if not ranged or not told:
        raise ImportFailed(f"{spoken(response.url)} sent a part of the file that was not asked for.")
    return int(told[1])


async def in_time(response: ClientResponse, timeouts: Timeouts) -> AsyncIterator[bytes]:
    """The pieces of the body, as long as enough of them come: one byte a second would hold its job for hours."""
    clock = asyncio.get_running_loop().time
    since, came = clock(), 0
    while piece := await response.content.readany():
        came += len(piece)
        yield piece
        if (passed := clock() - since) >= timeouts.idle:
            if came < timeouts.slowest * passed:
                raise TimeoutError
            since, came = clock(), 0


async def _save(
    response: ClientResponse,
    pieces: AsyncIterator[bytes],
    target: Path,
    limit: int,
    on_progress: OnProgress | None,
) -> int:
    """Writes the body; nothing is left of one that does not come to its end."""
    total = None if "Content-Encoding" in response.headers else response.content_length
    size = 0
    try:
        _within(total or 0, limit, response.url)
        async with aiofiles.open(target, "wb") as file:
            async for piece in pieces:
                size += len(piece)
                _within(size, limit, response.url)
                await file.write(piece)
                if on_progress:
                    on_progress(size, total)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return size


async def _beginning(response: ClientResponse) -> bytes:
    kept = bytearray()
    while len(kept) < POST_ANSWER and (piece := await response.content.read(POST_ANSWER - len(kept))):
        kept += piece
    return bytes(kept)


def _within(size: int, limit: int, url: object) -> None:
    if size > limit:
        raise ImportFailed(f"{spoken(url)} is larger than the {limit} bytes that are allowed.")


def _name(response: ClientResponse, asked: str) -> str:
    """What the server calls the file; else the end of its URL, the one with an extension if there was a redirect."""
    if name := filename.told(response.headers.get("Content-Disposition", "")):
        return name
    last, first = filename.of_path(response.url.raw_path), filename.of_path(destination(asked).raw_path)
    ending = extension(_mime(response))
    return (first if "." in first and "." not in last else last or first) or (f"file.{ending}" if ending else "file")


def _mime(response: ClientResponse) -> str | None:
    return response.content_type if "Content-Type" in response.headers else None
