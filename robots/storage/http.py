"""Imports files from web servers."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import unquote

from pydantic import ValidationInfo, field_validator

from robots.base.errors import ImportFailed, RobotError
from robots.base.file import File, imported
from robots.base.params import Param, Params
from robots.base.robot import ImportRobot
from robots.base.workspace import Workspace
from robots.tools import filename
from robots.tools.abreast import as_ready
from robots.tools.failures import Answered
from robots.tools.guard import Refused, destination, spoken
from robots.tools.headers import Headers, header_fault, header_pairs
from robots.tools.http import Fetched, HttpClient
from robots.tools.imports import forced
from robots.tools.ranges import bare, checked, put
from robots.tools.share_link import direct

AT_ONCE = 4
LONGEST_WAIT = 60.0  # seconds, whatever a server asks for


class HttpImportParams(Params):
    url_delimiter: str = Param("|", "What stands between the URLs, if `url` is one text with several.")
    url: str | list[str] = Param(
        ..., "Where the file is; or a list of URLs, or one text with several URLs and `url_delimiter` between them."
    )
    headers: Headers = Param(
        [],
        'Headers to send along: a list of texts such as `"Authorization: Bearer abc"`, a list of objects, or a text '
        "with JSON.",
    )
    force_name: str | list[str] | dict[str, str] | None = Param(
        None, "The name for the file; a list gives the names of several files in turn, an object names them by URL."
    )
    import_on_errors: list[Literal["meta"]] = Param(
        [], "With `meta` in it, a file is imported even if no metadata can be read from it."
    )
    fail_fast: bool = Param(False, "Whether to give up at the first failure instead of trying again.")
    max_file_size: int | None = Param(None, "The most bytes that a file may have.", gt=0)
    return_file_stubs: bool = Param(False, "Whether to pass on only the URL, for Robots that fetch what they need.")
    range: str | list[str] | None = Param(
        None,
        'The bytes to import, such as `"0-99"`, `"100-"`, or `"-100"` for the last hundred. Of a list, all ranges are '
        "imported at their places, with zeros between. Servers that know no ranges give the whole file.",
    )
    force_original_id: str | None = Param(None, "The id of the original that the files count as.", hidden=True)
    credentials: str | None = Param(None, "The name of Template Credentials that hold the headers.", hidden=True)
    bucket: str | None = Param(None, "Accepted; a URL needs none.", hidden=True, unheeded=True)

    @field_validator("url")
    @classmethod
    def urls_can_be_asked(cls, url: str | list[str], info: ValidationInfo) -> str | list[str]:
        urls = split(url, info.data.get("url_delimiter", "|"))
        if not urls:
            raise ValueError("there is no URL in it")
        if not isinstance(url, str) and len(urls) < len(url):
            raise ValueError("one of the URLs in its list is empty")
        try:
            for each in urls:
                destination(each)
        except Refused as error:
            raise ValueError(error.message) from error
        return url

    @field_validator("headers")
    @classmethod
    def headers_can_be_sent(cls, headers: Headers) -> Headers:
        for name, value in header_pairs(headers).items():
            if fault := header_fault(name, value):
                raise ValueError(fault)
        return headers

    @field_validator("range")
    @classmethod
    def ranges_are_of_bytes(cls, given: str | list[str] | None) -> str | list[str] | None:
        return checked(given)


class HttpImportRobot(ImportRobot[HttpImportParams]):
    """Imports files from web servers, and the files behind share links of Dropbox, Google Drive and Docs, and OneDrive.

    All results, and what is made from them, carry the URL in `import_url`.
    """

    name = "/http/import"
    example = {"imported": {"robot": "/http/import", "url": "https://demos.transloadit.com/inputs/chameleon.jpg"}}
    pauses: ClassVar[Sequence[float]] = (0.5, 2, 8)  # seconds before each new try

    @property
    def forgives(self) -> frozenset[str]:
        return frozenset(self.params.import_on_errors)

    async def run(self, workspace: Workspace) -> AsyncIterator[File]:
        urls = split(self.params.url, self.params.url_delimiter)
        done = [0.0] * len(urls)
        acts = [partial(self._import, workspace, done, place, url) for place, url in enumerate(urls)]
        failures = []
        async with aclosing(as_ready(acts, AT_ONCE)) as outcomes:
            async for outcome in outcomes:
                if isinstance(outcome, File):
                    yield outcome
                elif self.params.fail_fast or not isinstance(outcome, RobotError):
                    raise outcome
                else:
                    failures.append(outcome)  # the others still come, for the step may ignore errors
        if failures:
            raise failures[0]

    async def _import(self, workspace: Workspace, done: list[float], place: int, url: str) -> File:
        target = workspace.fresh("import")
        if self.params.return_file_stubs:
            return replace(self._file(target, place, url, filename.of_path(destination(url).raw_path)), path=None)

        def on_progress(came: int, total: int | None) -> None:
            done[place] = came / total if total else 0
            workspace.progress(sum(done) / len(done))

        try:
            fetched = await self._tried(partial(self._fetch, workspace, direct(url), target, on_progress))
        except ImportFailed as error:
            raise ImportFailed(error.message, self.error(kind_of(error))) from error
        if direct(url) != url and fetched.mime == "text/html" and not fetched.handed:
            sentence = f"{spoken(url)} gave a page and no file: the file must be shared with all who have its link."
            raise ImportFailed(sentence, self.error("ACCESS_DENIED"))
        on_progress(1, 1)
        return self._file(target, place, url, fetched.name)

    async def _tried(self, fetch: Callable[[], Awaitable[Fetched]]) -> Fetched:
        """Tries again what may come right by itself."""
        for pause in () if self.params.fail_fast else self.pauses:
            try:
                return await fetch()
            except ImportFailed as error:
                if not error.retry:
                    raise
                asked = (error.wait if isinstance(error, Answered) else None) or 0
                # Spread out, so that the files of one failed server do not come back at one moment.
                await asyncio.sleep(max(min(asked, LONGEST_WAIT), pause * random.uniform(0.75, 1.25)))
        return await fetch()

    async def _fetch(
        self, workspace: Workspace, url: str, target: Path, on_progress: Callable[[int, int | None], None]
    ) -> Fetched:
        client = workspace.tool(HttpClient)
        limit = min(self.params.max_file_size or client.max_bytes, client.max_bytes)
        fetch = partial(client.fetch, url, limit=limit, headers=header_pairs(self.params.headers))
        ranges = self.params.range or None
        if not isinstance(ranges, list):
            return await fetch(target, range=bare(ranges), on_progress=on_progress)
        target.unlink(missing_ok=True)
        for each in ranges:
            piece = workspace.fresh("range")
            fetched = await fetch(piece, range=bare(each))
            if fetched.status != 206:
                piece.replace(target)
                return fetched
            if fetched.start + fetched.size > limit:
                raise ImportFailed(f"The range {each} ends beyond the {limit} bytes that are allowed.")
            await workspace.in_thread(put, piece, target, fetched.start)
        return fetched

    def _file(self, path: Path, place: int, url: str, told: str) -> File:
        name = filename.safe(self._forced(place, url)) or told or "file"
        file = imported(path, name, folder_of(url), without_login(url))
        return replace(file, place=place + 1, original_id=self.params.force_original_id or file.original_id)

    def _forced(self, place: int, url: str) -> str:
        names = self.params.force_name
        if isinstance(names, dict):
            return names.get(url, "")
        return forced(names, place)


def split(url: str | Sequence[str], delimiter: str) -> list[str]:
    """The URLs of the parameter, without blanks and empty ones."""
    given = url if not isinstance(url, str) else url.split(delimiter) if delimiter else [url]
    return [each.strip() for each in given if each.strip()]


def kind_of(error: ImportFailed) -> str:
    """The end of the error code."""
    status = error.status if isinstance(error, Answered) else None
    if isinstance(error, Refused) or status in (401, 403, 407):
        return "ACCESS_DENIED"
    return "NOT_FOUND" if status in (404, 410) else "FAILURE"


def folder_of(url: str) -> str:
    """The folder in a URL's path, with a slash at both ends; steps up and down in it are left out."""
    parts = unquote(destination(url).raw_path, errors="replace").split("/")[:-1]
    return "/".join(["", *(part for part in parts if part not in ("", ".", "..")), ""])


def without_login(url: str) -> str:
    return re.sub(r"^(\w+://)[^/?#]*@", r"\1", url)
