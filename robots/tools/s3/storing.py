"""Puts a file into a bucket: in one request, or in parts if it is large."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from robots.base.errors import RobotError
from robots.tools.abreast import as_ready
from robots.tools.keys import escaped
from robots.tools.s3 import answers
from robots.tools.s3.answers import Complaint
from robots.tools.s3.bucket import Answer, Bucket
from robots.tools.s3.sending import Sending

MIB = 1 << 20
PART = 16 * MIB
MOST_PARTS = 10_000
AT_ONCE = 3
FAREWELL = 30  # seconds in which an upload is given up
MD5 = re.compile(r"[0-9a-f]{32}")


class Differs(RobotError):
    """What the storage has got is not what was sent."""

    retry = True


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be stored: which file, under which key, with which headers.

    `checked` parts are sent with their MD5, so that the storage checks them itself. Nobody else writes to a key that
    is its file's `own`.
    """

    path: Path
    size: int
    key: str
    headers: Mapping[str, str]
    checked: bool = False
    own: bool = False

    @property
    def act(self) -> str:
        return f"{self.key.rpartition('/')[2][:100]} could not be stored"

    @property
    def target(self) -> str:
        return f"/{escaped(self.key)}"


async def store(bucket: Bucket, order: Order, on_progress: Callable[[float], None]) -> str | None:
    """Stores it once, whatever happens on the way; gives the version if the bucket keeps versions."""
    if order.size > PART:
        answer = await _in_parts(bucket, order, on_progress)
    else:
        sending = Sending(order.path, 0, order.size, lambda sent: on_progress(sent / order.size))
        answer = await _put(bucket, order, order.target, sending, order.headers)
    on_progress(1)
    version = answer.headers.get("x-amz-version-id")
    return version if version != "null" else None


async def _put(bucket: Bucket, order: Order, target: str, sending: Sending, headers: Mapping[str, str]) -> Answer:
    if order.checked:
        headers = {**headers, "Content-MD5": await sending.content_md5()}

    async def once() -> Answer:
        answer = await bucket.once(order.act, "PUT", target, headers, sending)
        if not order.checked:
            _compare(order, answer, sending.md5)
        return answer

    return await bucket.tried(once)


def _compare(order: Order, answer: Answer, md5: str) -> None:
    """The tag of what was stored is its MD5, unless it was encrypted with a key of its own."""
    tag = answer.headers.get("ETag", "").strip('"')
    encrypted = answer.headers.get("x-amz-server-side-encryption", "AES256") != "AES256"
    if MD5.fullmatch(tag) and tag != md5 and not encrypted:
        raise Differs(f"{order.act}: the storage got other bytes than were sent.")


async def _in_parts(bucket: Bucket, order: Order, on_progress: Callable[[float], None]) -> Answer:
    upload = await bucket.tried(partial(_begin, bucket, order))
    try:
        parts = await _send_parts(bucket, order, upload, on_progress)
        return await _complete(bucket, order, upload, parts)
    except BaseException:
        # Parts that stay behind are paid for and not seen; when the job is cancelled they go too.
        with contextlib.suppress(RobotError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await _abort(bucket, order, upload)
        raise


async def _begin(bucket: Bucket, order: Order) -> str:
    """A new upload. One may be left of an earlier try, whose answer was lost or whose server was killed."""
    if order.own:
        with contextlib.suppress(RobotError):  # not everybody who may write may also list
            prefix = quote(order.key, safe="", errors="replace")
            told = await bucket.once(order.act, "GET", f"?prefix={prefix}&uploads=")
            for left in answers.begun(told.body, order.key):
                await _abort(bucket, order, left)
    answer = await bucket.once(order.act, "POST", f"{order.target}?uploads=", order.headers)
    try:
        return answers.upload_id(answer.body)
    except ValueError as error:
        raise Complaint(order.act, 200, "InvalidResponse") from error


async def _send_parts(
    bucket: Bucket, order: Order, upload: str, on_progress: Callable[[float], None]
) -> list[tuple[str, bytes]]:
    """Some parts at a time, each read from the disk as it goes; gives their tags and hashes in order."""
    size = _part_size(order.size)
    starts = range(0, order.size, size)
    sent = [0] * len(starts)

    async def send(number: int, start: int) -> tuple[int, str, bytes]:
        def on_part(done: int) -> None:
            sent[number] = done
            on_progress(sum(sent) / order.size)

        sending = Sending(order.path, start, min(size, order.size - start), on_part)
        target = f"{order.target}?partNumber={number + 1}&uploadId={quote(upload, safe='')}"
        answer = await _put(bucket, order, target, sending, {})
        return number, answer.headers.get("ETag", ""), sending.digest

    parts = [("", b"")] * len(starts)
    acts = [partial(send, number, start) for number, start in enumerate(starts)]
    async with aclosing(as_ready(acts, AT_ONCE)) as outcomes:
        async for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
            parts[outcome[0]] = outcome[1:]
    return parts


async def _complete(bucket: Bucket, order: Order, upload: str, parts: list[tuple[str, bytes]]) -> Answer:
    lines = "".join(
        f"<Part><PartNumber>{number}</PartNumber><ETag>{tag.replace('&', '').replace('<', '')}</ETag></Part>"
        for number, (tag, _) in enumerate(parts, 1)
    )
    words = f"<CompleteMultipartUpload>{lines}</CompleteMultipartUpload>".encode()

    try:
        return await bucket.ask(order.act, "POST", f"{order.target}?uploadId={quote(upload, safe='')}", {}, words)
    except Complaint as error:
        # The storage may have put the parts together although its answer was lost.
        if error.said != "NoSuchUpload" or not await _is_there(bucket, order, parts):
            raise
        return Answer({}, b"")


async def _is_there(bucket: Bucket, order: Order, parts: list[tuple[str, bytes]]) -> bool:
    told = await bucket.ask(order.act, "HEAD", order.target)
    whole = hashlib.md5(b"".join(digest for _, digest in parts), usedforsecurity=False).hexdigest()
    return told.headers.get("ETag", "").strip('"') == f"{whole}-{len(parts)}"


async def _abort(bucket: Bucket, order: Order, upload: str) -> None:
    await bucket.ask(order.act, "DELETE", f"{order.target}?uploadId={quote(upload, safe='')}")


def _part_size(size: int) -> int:
    """All parts but the last are equal, as some storages want it, and there are not too many."""
    least = -(-size // MOST_PARTS)
    return PART if least <= PART else -(-least // MIB) * MIB
