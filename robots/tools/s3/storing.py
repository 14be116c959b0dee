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
from typing import Any

from robots.base.errors import RobotError
from robots.tools.abreast import as_ready
from robots.tools.keys import spelled
from robots.tools.s3.bucket import Bucket
from robots.tools.s3.complaints import Complaint
from robots.tools.s3.sending import Sending

MIB = 1 << 20
PART = 16 * MIB
MOST_PARTS = 2000  # Amazon allows five times as many, but the list of them is written in the loop
AT_ONCE = 3
FAREWELL = 30  # seconds in which an upload is given up
UPLOADS = 100  # that are looked for at a time
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
    def name(self) -> dict[str, str]:
        return {"Key": spelled(self.key)}


async def store(bucket: Bucket, order: Order, on_progress: Callable[[float], None]) -> str | None:
    """Stores it once, whatever happens on the way; gives the version if the bucket keeps versions."""
    if order.size > PART:
        told = await _in_parts(bucket, order, on_progress)
    else:
        sending = Sending(order.path, 0, order.size, lambda sent: on_progress(sent / order.size))
        told = await _put(bucket, order, sending, "put_object", {"Headers": order.headers})
    on_progress(1)
    version = told.get("VersionId")
    return version if version != "null" else None


async def _put(
    bucket: Bucket, order: Order, sending: Sending, operation: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    headers = {**more.get("Headers", {}), "Content-Length": str(sending.size)}
    if order.checked:
        headers["Content-MD5"] = await sending.content_md5()
    asked = {**order.name, **more, "Body": sending, "Headers": headers}

    async def once() -> dict[str, Any]:
        told = await bucket.once(order.act, operation, asked, sending.size)
        if not order.checked:
            _compare(order, told, sending.md5)
        return told

    return await bucket.tried(once)


def _compare(order: Order, told: Mapping[str, Any], md5: str) -> None:
    """The tag of what was stored is its MD5, unless it was encrypted with a key of its own."""
    tag = told.get("ETag", "").strip('"')
    encrypted = told.get("ServerSideEncryption", "AES256") != "AES256"
    if MD5.fullmatch(tag) and tag != md5 and not encrypted:
        raise Differs(f"{order.act}: the storage got other bytes than were sent.")


async def _in_parts(bucket: Bucket, order: Order, on_progress: Callable[[float], None]) -> dict[str, Any]:
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
            asked = {"Prefix": order.name["Key"], "MaxUploads": UPLOADS}
            told = await bucket.once(order.act, "list_multipart_uploads", asked)
            for left in told.get("Uploads", ()):
                if left.get("Key") == order.name["Key"]:
                    await _abort(bucket, order, left.get("UploadId", ""))
    told = await bucket.once(order.act, "create_multipart_upload", {**order.name, "Headers": order.headers})
    if not told.get("UploadId"):
        raise Complaint(order.act, 200, "InvalidResponse")
    return str(told["UploadId"])


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
        told = await _put(bucket, order, sending, "upload_part", {"PartNumber": number + 1, "UploadId": upload})
        return number, told.get("ETag", ""), sending.digest

    parts = [("", b"")] * len(starts)
    acts = [partial(send, number, start) for number, start in enumerate(starts)]
    async with aclosing(as_ready(acts, AT_ONCE)) as outcomes:
        async for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
            parts[outcome[0]] = outcome[1:]
    return parts


async def _complete(bucket: Bucket, order: Order, upload: str, parts: list[tuple[str, bytes]]) -> dict[str, Any]:
    listed = [{"PartNumber": number, "ETag": tag} for number, (tag, _) in enumerate(parts, 1)]
    asked = {**order.name, "UploadId": upload, "MultipartUpload": {"Parts": listed}}
    try:
        return await bucket.ask(order.act, "complete_multipart_upload", asked)
    except Complaint as error:
        # The storage may have put the parts together although its answer was lost.
        if error.said != "NoSuchUpload" or not await _is_there(bucket, order, parts):
            raise
        return {}


async def _is_there(bucket: Bucket, order: Order, parts: list[tuple[str, bytes]]) -> bool:
    told = await bucket.ask(order.act, "head_object", order.name)
    whole = hashlib.md5(b"".join(digest for _, digest in parts), usedforsecurity=False).hexdigest()
    return str(told.get("ETag", "")).strip('"') == f"{whole}-{len(parts)}"


async def _abort(bucket: Bucket, order: Order, upload: str) -> None:
    await bucket.ask(order.act, "abort_multipart_upload", {**order.name, "UploadId": upload})


def _part_size(size: int) -> int:
    """All parts but the last are equal, as some storages want it, and there are not too many."""
    least = -(-size // MOST_PARTS)
    return PART if least <= PART else -(-least // MIB) * MIB
