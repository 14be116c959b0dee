"""Outward requests: fetches a URL to disk, to public addresses only, within limits of size and time."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urljoin

import aiofiles
import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from multidict import CIMultiDict
from yarl import URL

from robots.base.errors import ImportFailed
from robots.base.file import extension
from robots.tools import filename
from robots.tools.guard import Forbidden, Guard, Network, Refused, destination, spoken
from robots.tools.headers import header_fault

REDIRECTS = {301, 302, 303, 307, 308}
MOST_REDIRECTS = 10
PASSING = {408, 425, 429, 500, 502, 503, 504}  # the same request may be answered later
TRAVELS = {"accept", "accept-language", "range", "referer", "user-agent"}  # all other headers may hold a secret
BUFFER = 256 * 1024

OnProgress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds that may pass for a connection, between two pieces, and for a whole transfer."""

    connect: float = 15
    idle: float = 60
    total: float = 6 * 3600


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: its URL after redirects, the name and media type that were told, its size in bytes.

    `start` is the place of the first byte in the whole file, when only a range of it came.
    """

    url: str
    status: int
    name: str
    mime: str | None
    size: int
    start: int = 0


class Answered(ImportFailed):
    """The other server answered, but not with a file. `wait` are the seconds that it asks for."""

    def __init__(self, url: object, status: int, wait: float | None = None) -> None:
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "an unknown status"
        super().__init__(f"{spoken(url)} could not be fetched: the server answered {status} ({phrase}).")
        self.status = status
        self.wait = wait
        self.retry = status in PASSING


class Unreachable(ImportFailed):
    """No answer, or one that broke off."""

    retry = True


class HttpClient:
    """Fetches files from the public internet, and from the networks in `allow`.

    `max_bytes` is the most that any file may have, whatever a caller allows.
    """

    def __init__(
        self,
        *,
        allow: Sequence[Network] = (),
        user_agent: str = "Sluice",
        timeouts: Timeouts | None = None,
        max_bytes: int = 200 << 30,
    ) -> None:
        self.guard = Guard(allow)
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
        hop = Hop.to(url, _sent(headers or {}, range))
        try:
            async with self._answer(hop) as response:
                start = _start(response, ranged=range is not None)
                size = await _save(response, target, min(limit, self.max_bytes), on_progress)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _failure(url, error) from error
        return Fetched(str(response.url), response.status, _name(response, url), _mime(response), size, start)

    async def close(self) -> None:
        if self._session:
            await self._session.close()
            self._session = None

    @contextlib.asynccontextmanager
    async def _answer(self, hop: Hop) -> AsyncIterator[ClientResponse]:
        """The first answer that is no redirect."""
        first = hop.url
        for _ in range(MOST_REDIRECTS + 1):
            async with self._open().get(hop.url, headers=hop.headers, allow_redirects=False) as response:
                location = response.headers.get("Location") if response.status in REDIRECTS else None
                if location is None:
                    yield response
                    return
            hop = hop.redirected(location)
        raise ImportFailed(f"{spoken(first)} redirects more than {MOST_REDIRECTS} times.")

    def _open(self) -> ClientSession:
        """Made at the first request, for it belongs to the loop that runs then."""
        if self._session is None:
            times = self.timeouts
            self._session = ClientSession(
                connector=TCPConnector(socket_factory=self.guard.socket),
                timeout=ClientTimeout(total=times.total, sock_connect=times.connect, sock_read=times.idle),
                headers={"User-Agent": self.user_agent, "Accept-Encoding": "identity"},
                cookie_jar=DummyCookieJar(),
                read_bufsize=BUFFER,
                trust_env=False,
            )
        return self._session


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way to a file."""

    url: URL
    headers: CIMultiDict[str]

    @classmethod
    def to(cls, url: str, headers: Mapping[str, str]) -> Hop:
        """Credentials in the URL become a header, so that they are dropped where headers are dropped."""
        place, sent = destination(url), CIMultiDict(headers)
        if place.raw_user is not None:
            login = f"{unquote(place.raw_user)}:{unquote(place.raw_password or '')}"
            sent.setdefault("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
        return cls(place.with_user(None), sent)

    def redirected(self, location: str) -> Hop:
        onward = urljoin(str(self.url), location)
        same = destination(onward).origin() == self.url.origin()
        return Hop.to(onward, {name: value for name, value in self.headers.items() if same or name.lower() in TRAVELS})


def _sent(headers: Mapping[str, str], wanted: str | None) -> dict[str, str]:
    for name, value in headers.items():
        if fault := header_fault(name, value):
            raise Refused(f"{fault[0].upper()}{fault[1:]}.")
    return {**headers, "Range": f"bytes={wanted}"} if wanted else dict(headers)


def _start(response: ClientResponse, *, ranged: bool) -> int:
    """Where the bytes of the answer begin in the whole file; an error if it is no file."""
    if not 200 <= response.status < 300:
        wait = response.headers.get("Retry-After", "")
        raise Answered(response.url, response.status, float(wait) if re.fullmatch(r"\d{1,6}", wait) else None)
    if response.status != 206:
        return 0
    told = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    if not ranged or not told:
        raise ImportFailed(f"{spoken(response.url)} sent a part of the file that was not asked for.")
    return int(told[1])


async def _save(response: ClientResponse, target: Path, limit: int, on_progress: OnProgress | None) -> int:
    """Writes the body; nothing is left of one that does not come to its end."""
    total = None if "Content-Encoding" in response.headers else response.content_length
    size = 0
    try:
        _within(total or 0, limit, response.url)
        async with aiofiles.open(target, "wb") as file:
            while piece := await response.content.readany():
                size += len(piece)
                _within(size, limit, response.url)
                await file.write(piece)
                if on_progress:
                    on_progress(size, total)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return size


def _within(size: int, limit: int, url: object) -> None:
    if size > limit:
        raise ImportFailed(f"{spoken(url)} is larger than the {limit} bytes that are allowed.")


def _failure(url: str, error: Exception) -> ImportFailed:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Forbidden):
        return Refused(f"{spoken(url)} cannot be imported: it leads to an address that is not public.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        kind = Unreachable if error.os_error.errno == socket.EAI_AGAIN else ImportFailed
        return kind(f"{spoken(url)} could not be fetched: there is no server of this name.")
    if isinstance(error, aiohttp.ClientSSLError):
        return ImportFailed(f"{spoken(url)} could not be fetched: its certificate is not valid.")
    if isinstance(error, TimeoutError):
        return Unreachable(f"{spoken(url)} could not be fetched: the server took too long.")
    if isinstance(error, aiohttp.ClientPayloadError):
        return Unreachable(f"{spoken(url)} could not be fetched: the connection ended before the file did.")
    if isinstance(error, aiohttp.InvalidURL):
        return Refused(f"{spoken(url)} cannot be imported: its host is not spelled as hosts are.")
    if isinstance(error, aiohttp.ClientResponseError):
        return ImportFailed(f"{spoken(url)} could not be fetched: the server's answer is not proper HTTP.")
    return Unreachable(f"{spoken(url)} could not be fetched: the server cannot be reached.")


def _name(response: ClientResponse, asked: str) -> str:
    """What the server calls the file; else the end of its URL, the one with an extension if there was a redirect."""
    if name := filename.told(response.headers.get("Content-Disposition", "")):
        return name
    last, first = filename.of_path(response.url.raw_path), filename.of_path(destination(asked).raw_path)
    ending = extension(_mime(response))
    return (first if "." in first and "." not in last else last or first) or (f"file.{ending}" if ending else "file")


def _mime(response: ClientResponse) -> str | None:
    return response.content_type if "Content-Type" in response.headers else None
