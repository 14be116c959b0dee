"""Lists what is in a bucket and brings it to the disk; a connection that breaks is taken up where it broke."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import aiofiles
import aiohttp
from aiohttp import ClientResponse

from robots.base.errors import ImportFailed
from robots.tools.failures import failure
from robots.tools.http import in_time
from robots.tools.keys import escaped
from robots.tools.s3 import answers
from robots.tools.s3.answers import Complaint, Entry
from robots.tools.s3.bucket import Bucket

PAGE = 1000

OnProgress = Callable[[int, int], None]


@dataclass
class Arrival:
    """What has come of an object so far. `start` is the place of its first byte, `total` what is to come at all."""

    target: Path
    start: int = 0
    total: int | None = None
    came: int = 0
    tag: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Asks for the rest, if it is still the rest of the same object."""
        if not self.came or self.total is None:
            return {}
        return {"Range": f"bytes={self.start + self.came}-{self.start + self.total - 1}", "If-Match": self.tag}


async def entries(bucket: Bucket, prefix: str, *, recursive: bool, after: str = "") -> AsyncGenerator[Entry, None]:
    """All files below a prefix, page by page as they are wanted; markers of folders are none."""
    parts = {
        "delimiter": "" if recursive else "/",
        "encoding-type": "url",
        "list-type": "2",
        "max-keys": str(PAGE),
        "prefix": prefix,
        "start-after": after,
    }
    onward: str | None = ""
    while onward is not None:
        asked = {**parts, "continuation-token": onward}
        query = "&".join(f"{name}={_quoted(value)}" for name, value in asked.items() if value)
        answer = await bucket.ask("The folder could not be listed", "GET", f"?{query}")
        try:
            page = await asyncio.to_thread(answers.listing, answer.body)
        except ValueError as error:
            raise Complaint("The folder could not be listed", 200, "InvalidResponse") from error
        for entry in page.entries:
            if not entry.key.endswith("/"):
                yield entry
        onward = page.onward


async def size_of(bucket: Bucket, key: str) -> int:
    answer = await bucket.ask(_act(key), "HEAD", f"/{escaped(key)}")
    told = answer.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() else 0


async def fetch(
    bucket: Bucket, key: str, target: Path, *, limit: int, range: str | None = None, on_progress: OnProgress
) -> Arrival:
    """Writes an object, or a range of it, to `target`."""
    arrival = Arrival(target)

    async def go_on() -> Arrival:
        headers = arrival.headers or ({"Range": f"bytes={range}"} if range else {})
        try:
            async with asyncio.timeout(bucket.http.timeouts.head):
                answer = await bucket.open("GET", f"/{escaped(key)}", headers)
            async with answer as response:
                if response.status not in (200, 206):
                    raise await bucket.refusal(_act(key), response)
                await _receive(bucket, response, arrival, limit, on_progress)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise failure(bucket.place.url(key), error) from error
        return arrival

    try:
        return await bucket.tried(go_on)
    except BaseException:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise


async def _receive(
    bucket: Bucket, response: ClientResponse, arrival: Arrival, limit: int, on_progress: OnProgress
) -> None:
    if response.status == 200 or arrival.total is None:
        arrival.came, arrival.total = 0, response.content_length
        arrival.start = _start(response) if response.status == 206 else 0
        arrival.tag = response.headers.get("ETag", "*")
    elif _start(response) != arrival.start + arrival.came:
        raise ImportFailed("The storage sent another part of the file than was asked for.")
    _within(arrival.total or 0, limit)
    async with aiofiles.open(arrival.target, "ab" if arrival.came else "wb") as file:
        async for piece in in_time(response, bucket.http.timeouts):
            _within(arrival.came + len(piece), limit)
            await file.write(piece)
            arrival.came += len(piece)
            on_progress(arrival.came, arrival.total or arrival.came)


def _start(response: ClientResponse) -> int:
    told = re.match(r"bytes (\d{1,15})-", response.headers.get("Content-Range", ""))
    return int(told[1]) if told else 0


def _within(size: int, limit: int) -> None:
    if size > limit:
        raise ImportFailed(f"The file is larger than the {limit} bytes that are allowed.")


def _act(key: str) -> str:
    return f"{key[:200]} could not be fetched"


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~", errors="replace")
