"""Serves a file: settles the headers with which it is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field, field_validator

from robots.base.errors import BadInput
from robots.base.file import File
from robots.base.params import Param, Params
from robots.base.robot import FileRobot
from robots.base.workspace import Workspace
from robots.tools import serving


class FileServeParams(Params):
    """How the answer looks."""

    cache_duration: Annotated[int, Field(ge=0)] | None = Param(
        None, "For how many seconds browsers and proxies may keep the file."
    )
    headers: dict[str, str] = Param(
        {}, "Headers of the answer, over the usual ones; a Cache-Control here wins over cache_duration."
    )
    download_name: str | None = Param(
        None,
        "The name under which browsers save the file, instead of showing it.",
        pattern=r"^[^/\\\x00-\x1f\x7f-\x9f]{0,255}$",
    )

    @field_validator("headers")
    @classmethod
    def headers_can_be_answered(cls, headers: dict[str, str]) -> dict[str, str]:
        if wrong := serving.fault(headers):
            raise ValueError(wrong)
        return headers


class FileServeRobot(FileRobot[FileServeParams]):
    """Passes a file on, whose URL then answers with these headers.

    What browsers would run stays a download, and what shields them from it cannot be changed.
    """

    name = "/file/serve"
    example = {
        "served": {
            "robot": "/file/serve",
            "use": ":original",
            "headers": {"Cache-Control": "public, max-age=3600", "X-Name": "${file.url_name}"},
        }
    }

    def work_on(self, files: Sequence[File], workspace: Workspace) -> AsyncIterator[File]:
        if not files:
            raise BadInput("No file came to be served.", self.error("NO_RESULT"))
        return super().work_on(files, workspace)

    async def run(self, file: File, workspace: Workspace) -> AsyncIterator[File]:
        if not file.bytes.exists():
            raise BadInput(f"{file.name} was not fetched, so it cannot be served.", self.error("NO_RESULT"))
        p = self.params
        yield replace(file, headers=serving.headers(file.mime, p.headers, p.cache_duration, p.download_name))
