"""Lists what is in a bucket and brings it to the disk; a connection that breaks is taken up where it broke."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path

import aiofiles
import aiohttp
from aiohttp import ClientResponse

from robots.base.errors import ImportFailed
from robots.tools.failures import failure
from robots.tools.http import in_time
from robots.tools.keys import spelled
from robots.tools.s3.bucket import Bucket
from robots.tools.s3.complaints import Complaint

PAGE = 100  # files that are asked for at a time: a long answer would hold the loop

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


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in a list."""

    key: str
    size: int


async def entries(bucket: Bucket, prefix: str, *, recursive: bool, after: str = "") -> AsyncGenerator[Entry, None]:
    """All files below a prefix, page by page as they are wanted; markers of folders are none."""
    act = "The folder could not be listed"
    asked = {
        "Delimiter": "" if recursive else "/",
        "MaxKeys": PAGE,
        "Prefix": spelled(prefix),
        "StartAfter": spelled(after),
    }
    onward: str | None = ""
    while onward is not None:
        wanted = {name: value for name, value in {**asked, "ContinuationToken": onward}.items() if value}
        page = await bucket.ask(act, "list_objects_v2", wanted)
        if "IsTruncated" not in page:
            raise Complaint(act, 200, "InvalidResponse")
        for each in page.get("Contents", ()):
            key = each.get("Key", "")
            if key and not key.endswith("/"):
                yield Entry(key, each.get("Size", 0))
        onward = (page.get("NextContinuationToken") or None) if page["IsTruncated"] else None


async def size_of(bucket: Bucket, key: str) -> int:
    told = await bucket.ask(_act(key), "head_object", {"Key": spelled(key)})
    return int(told.get("ContentLength", 0))


async def fetch(
    bucket: Bucket, key: str, target: Path, *, limit: int, range: str | None = None, on_progress: OnProgress
) -> Arrival:
    """Writes an object, or a range of it, to `target`."""
    arrival = Arrival(target)

    async def go_on() -> Arrival:
        headers = arrival.headers or ({"Range": f"bytes={range}"} if range else {})
        answer = await bucket.once(_act(key), "get_object", {"Key": spelled(key), "Headers": headers})
        try:
            async with answer["Body"] as response:
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
