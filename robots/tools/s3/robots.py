"""The two robots of the S3 family: each provider says only where its buckets are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeVar

from robots.base.errors import ImportFailed, RobotError
from robots.base.file import File
from robots.base.robot import ImportRobot, StoreRobot
from robots.base.workspace import Workspace
from robots.tools.abreast import as_ready
from robots.tools.failures import Answered
from robots.tools.guard import Refused
from robots.tools.http import HttpClient
from robots.tools.imports import Failures
from robots.tools.ranges import bare, put
from robots.tools.s3.bucket import PAUSES, Bucket
from robots.tools.s3.complaints import Complaint
from robots.tools.s3.fetching import Entry, entries, fetch, size_of
from robots.tools.s3.params import ImportParams, StoreParams
from robots.tools.s3.place import Place
from robots.tools.s3.storing import Order, store

AT_ONCE = 4
TOGETHER = 100  # files of a folder whose progress counts together

I = TypeVar("I", bound=ImportParams)  # noqa: E741 - imports
S = TypeVar("S", bound=StoreParams)


class S3Import(ImportRobot[I]):
    """Imports files and folders from a bucket."""

    pauses: ClassVar[tuple[float, ...]] = PAUSES

    @property
    def forgives(self) -> frozenset[str]:
        return frozenset(self.params.import_on_errors)

    async def place(self, workspace: Workspace) -> Place:
        return self.params.place()

    async def run(self, workspace: Workspace) -> AsyncIterator[File]:
        http, failures = workspace.tool(HttpClient), Failures()
        try:
            async with Bucket(http, await self.place(workspace), pauses=self.pauses) as bucket:
                number = 0
                async for together in self._wanted(bucket, workspace, failures):
                    done = [0.0] * len(together)
                    acts = [
                        partial(
                            self._import,
                            bucket,
                            workspace,
                            entry,
                            number + place,
                            partial(_tell, workspace, done, place),
                        )
                        for place, entry in enumerate(together)
                    ]
                    number += len(together)
                    async with aclosing(as_ready(acts, AT_ONCE)) as outcomes:
                        async for outcome in outcomes:
                            if isinstance(outcome, File):
                                yield outcome
                            elif isinstance(outcome, RobotError) and not outcome.retry:
                                failures.add(outcome)
                            else:
                                raise outcome
                failures.tell()
        except RobotError as error:
            raise ImportFailed(error.message, self.error(_kind(error))) from error

    async def _wanted(self, bucket: Bucket, workspace: Workspace, failures: Failures) -> AsyncIterator[list[Entry]]:
        """What is to be imported, some files at a time: a folder may have more than one wants to remember."""
        together: list[Entry] = []
        async for entry in self._entries(bucket, workspace, failures):
            together.append(entry)
            if len(together) == TOGETHER:
                yield together
                together = []
        if together:
            yield together

    async def _entries(self, bucket: Bucket, workspace: Workspace, failures: Failures) -> AsyncIterator[Entry]:
        for each in self.params.paths():
            if not each.endswith("/"):
                yield Entry(each.lstrip("/"), -1)
                continue
            found = False
            async for entry in self._page(bucket, workspace, each.lstrip("/")):
                found = True
                yield entry
            if not found and not (self.params.recursive and self.params.skipped()):
                failures.add(Complaint(f"There is no file in {each[:200]}", 404, "NoSuchKey"))

    async def _page(self, bucket: Bucket, workspace: Workspace, prefix: str) -> AsyncIterator[Entry]:
        recursive = self.params.recursive
        first = self.params.skipped() if recursive else 0
        last = first + self.params.files_per_page
        number = 0
        async with aclosing(entries(bucket, prefix, recursive=recursive, after=self.params.after())) as found:
            async for entry in found:
                number += 1
                if recursive and number > last:
                    if not self.params.paged():
                        workspace.warn(f"{prefix[:200] or '/'} has more than the {last} files of files_per_page.")
                    return
                if number > first:
                    yield entry

    async def _import(
        self, bucket: Bucket, workspace: Workspace, entry: Entry, number: int, on_progress: partial[None]
    ) -> File:
        if self.params.stubs():
            size = entry.size if entry.size >= 0 else await size_of(bucket, entry.key)
            return replace(self.params.file(entry.key, number), size=size, import_url=bucket.place.url(entry.key))
        target = workspace.fresh("import")
        limit = bucket.http.max_bytes
        ranges = self.params.ranges()
        if not isinstance(ranges, list):
            await fetch(bucket, entry.key, target, limit=limit, range=bare(ranges), on_progress=on_progress)
            return replace(self.params.file(entry.key, number), path=target)
        target.touch()
        for each in ranges:
            piece = workspace.fresh("range")
            arrival = await fetch(bucket, entry.key, piece, limit=limit, range=bare(each), on_progress=on_progress)
            if arrival.start + arrival.came > limit:
                raise ImportFailed(f"The range {each} ends beyond the {limit} bytes that are allowed.")
            await workspace.in_thread(put, piece, target, arrival.start)
        return replace(self.params.file(entry.key, number), path=target)


class S3Store(StoreRobot[S]):
    """Stores files in a bucket. `kinds` are the ends of its error codes; clients take no others than the API has."""

    pauses: ClassVar[tuple[float, ...]] = PAUSES
    kinds: ClassVar[tuple[str, ...]] = ("ACCESS_DENIED", "NOT_FOUND")

    async def place(self, workspace: Workspace) -> Place:
        return self.params.place()

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        http = workspace.tool(HttpClient)
        params, key = self.params, self.params.path
        order = Order(
            path=file.bytes,
            size=file.bytes.stat().st_size,
            key=key,
            headers=self._headers(file),
            checked=self.checks(),
            own=bool(file.id) and file.id in key.replace("/", ""),
        )
        try:
            async with Bucket(http, await self.place(workspace), settled=self.settled(), pauses=self.pauses) as bucket:
                version = await store(bucket, order, workspace.progress)
                place, seconds = bucket.place, params.signed_for()
                signed = await bucket.signed_url(key, seconds) if seconds else None
        except RobotError as error:
            raise RobotError(error.message, self._code(_kind(error))) from error
        url, ssl_url = params.addresses(place, key)
        made = replace(file, url=url, ssl_url=ssl_url, signed_url=_plain(signed, url), signed_ssl_url=signed)
        yield made.with_meta(version_id=version) if version else made

    def _code(self, kind: str) -> str | None:
        """That of the robot, if there is one for it; else that of any job that failed."""
        known = [each for each in (kind, "FAILURE") if each in self.kinds]
        return self.error(known[0]) if known else None

    def checks(self) -> bool:
        """Whether the storage gets the MD5 of what it is sent."""
        return False

    def settled(self) -> bool:
        """Whether the region is known, whatever the storage says of it."""
        return False

    def _headers(self, file: File) -> dict[str, str]:
        """Those that are given go before what the other parameters say."""
        given = {name.lower() for name in self.params.headers}
        usual = {"Content-Type": file.mime or "application/octet-stream", **self.params.grants()}
        return {name: value for name, value in usual.items() if name.lower() not in given} | self.params.headers


def _plain(signed: str | None, url: str) -> str | None:
    """The signed URL in the scheme of the plain one, for the scheme is not signed."""
    return f"{url.partition('://')[0]}://{signed.partition('://')[2]}" if signed else None


def _tell(workspace: Workspace, done: list[float], place: int, came: int, total: int) -> None:
    done[place] = came / total if total else 0
    workspace.progress(sum(done) / len(done))


def _kind(error: RobotError) -> str:
    """The end of the error code."""
    if isinstance(error, Complaint):
        return error.kind
    denied = isinstance(error, Refused) or (isinstance(error, Answered) and error.status in (401, 403))
    return "ACCESS_DENIED" if denied else "FAILURE"
