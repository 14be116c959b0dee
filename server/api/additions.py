"""`POST /assemblies/{id}/reserve_file` and `/add_file`: files that are somewhere on the web when they are uploaded."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from robots.tools import filename
from server.api.assemblies import ID
from server.api.shown import shown
from server.api.told import Told
from server.engine.additions import Additions, Source
from server.errors import ApiError
from server.model.assembly_replies import FileAnswer
from server.model.options import is_url

UNKNOWN = ("", "null", "undefined", "NaN")  # what JavaScript makes of a size that it does not know
LONGEST = 15  # digits of a size
SIZE = {"type": "string", "description": "Its bytes, if they are known."}
MESSAGES = {
    "ASSEMBLY_FILE_RESERVED": "A place was reserved for the file.",
    "ASSEMBLY_FILE_ACCEPTED": "The file was fetched and is part of the Assembly.",
}


class AdditionRoutes:
    """For whoever knows the address of an Assembly, as its uploads are."""

    def __init__(self, additions: Additions) -> None:
        self.additions = additions

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_post(f"/assemblies/{ID}/reserve_file", self.reserve)
        app.router.add_post(f"/assemblies/{ID}/add_file", self.add)

    @Told(
        "Keeps a place in an Assembly for a file that will be added.",
        query={"size": SIZE},
        ok=("ASSEMBLY_FILE_RESERVED",),
        reply=(FileAnswer,),
        codes=("ASSEMBLY_NOT_FOUND", "ASSEMBLY_SATURATED", "MAX_SIZE_EXCEEDED", "MAX_NUMBER_OF_FILES_EXCEEDED"),
    )
    async def reserve(self, request: web.Request) -> web.Response:
        await self.additions.reserve(request.match_info["id"], _size(request))
        return await self._told(request.match_info["id"], "ASSEMBLY_FILE_RESERVED")

    @Told(
        "Fetches a file from the web, for a place that was reserved before.",
        query={
            "s3Url": {"type": "string", "description": "Where the file is."},
            "filename": {"type": "string", "description": "Its name, unless it is that of the address."},
            "fieldname": {"type": "string", "description": "The field of a form that it counts as."},
            "size": SIZE,
        },
        needs=("s3Url",),
        ok=("ASSEMBLY_FILE_ACCEPTED",),
        reply=(FileAnswer,),
        codes=("ASSEMBLY_NOT_FOUND", "ASSEMBLY_FILE_NOT_RESERVED", "MAX_SIZE_EXCEEDED", "FILE_DOWNLOAD_ERROR"),
    )
    async def add(self, request: web.Request) -> web.Response:
        url, asked = request.query.get("s3Url", "").strip(), request.query
        if not url or not is_url(url):
            raise ApiError("INVALID_FORM_DATA", "s3Url must be the address of a file on the web.")
        name = filename.safe(asked.get("filename", ""))
        source = Source(url, name, asked.get("fieldname"), _size(request))
        await self.additions.add(request.match_info["id"], source)
        return await self._told(request.match_info["id"], "ASSEMBLY_FILE_ACCEPTED")

    async def _told(self, assembly_id: str, code: str) -> web.Response:
        """Little, for there is one answer for each file."""
        found = await shown(self.additions.runner, assembly_id, brief=True)
        if found is None:
            raise ApiError("ASSEMBLY_NOT_FOUND", assembly_id=assembly_id)
        told = {"ok": code, "http_code": 200, "message": MESSAGES[code], "assembly_id": assembly_id}
        return replace(found, status=told).reply()


def _size(request: web.Request) -> int | None:
    text = request.query.get("size", "").strip()
    if text in UNKNOWN:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST):
        raise ApiError("INVALID_FORM_DATA", "size must be a number of bytes.")
    return int(text)
