"""The bytes of uploads and results, at the URLs that an Assembly Status tells."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import stat
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from io import FileIO
from pathlib import Path

from aiohttp import web

from robots.tools.filename import disposition
from server import shortage
from server.api.disposition import read
from server.api.middleware import CORS, REQUEST_ID
from server.api.told import Told
from server.errors import ApiError

PATH = "/results/{assembly}/{file}/{name:[^/]+}"
RANGE = re.compile(r"bytes=(?:(\d{1,99})-(\d{1,99})?|-(\d{1,99}))", re.ASCII | re.IGNORECASE)
MIME = re.compile(r"[\w!#$&^.+-]{1,80}/[\w!#$&^.+-]{1,80}", re.ASCII)
CHARSET = re.compile(r"[^;]+; ?charset=[\w-]{1,40}", re.ASCII)
OCTETS = "application/octet-stream"

# All that browsers show by themselves; pages, SVG, PDF and the like can carry scripts: they are downloaded.
INLINE = frozenset(
    {
        *("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp", "text/plain"),
        *("video/mp4", "video/webm", "video/ogg", "video/quicktime"),
        *("audio/mpeg", "audio/mp4", "audio/aac", "audio/ogg", "audio/webm", "audio/flac", "audio/x-flac"),
        *("audio/wav", "audio/x-wav", "audio/wave", "audio/x-pn-wav"),
    }
)
# What another page could take for its own script or style sheet, were it told as what it is.
LOADED = re.compile(r"(java|ecma|live|j)script|wasm|css", re.IGNORECASE)
HEADERS = {
    "Accept-Ranges": "bytes",
    "Access-Control-Allow-Headers": CORS["Access-Control-Allow-Headers"] + ", Range, If-Range",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"
    ),
    "Cross-Origin-Resource-Policy": "cross-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Served:
    """A file to be served, and what is told of it; its bytes never change. `headers` were chosen by its Assembly."""

    path: Path
    name: str
    mime: str | None
    size: int
    etag: str
    modified: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


class Results:
    """Serves the files that `find` knows by Assembly and file id."""

    def __init__(self, find: Callable[[str, str], Awaitable[Served | None]]) -> None:
        self._find = find

    def attach(self, app: web.Application) -> None:
        """Adds the routes."""
        app.router.add_get(PATH, self._serve)
        app.router.add_route("OPTIONS", PATH, _preflight)

    @Told(
        "Serves an upload or a result, or a part of it.",
        headers={"Range": {"type": "string", "description": "Such as bytes=0-99."}},
        media=("*/*",),
        more={206: "The part.", 304: "It is as it was.", 416: "It has no such part."},
        codes=("SERVER_404",),
    )
    async def _serve(self, request: web.Request) -> web.StreamResponse:
        served = await self._find(request.match_info["assembly"], request.match_info["file"])
        if served is None:
            raise _gone()
        try:
            return await send(request, served, request.match_info["assembly"])
        except FileNotFoundError as error:
            raise _gone() from error


async def send(request: web.Request, served: Served, assembly: str) -> web.StreamResponse:
    """Answers with a file, or with the part of it that is wanted; FileNotFoundError if its bytes are gone."""
    try:
        file = await asyncio.to_thread(_open, served.path)
    except OSError as error:
        if error.errno == errno.EIO or shortage.sentence(error):
            raise  # it is there, and can be asked for again
        raise FileNotFoundError(served.name) from error
    with closing(file):
        return await _answer(request, served, file, assembly)


@Told("Lets pages of other sites read.", status=204, media=())
async def _preflight(_: web.Request) -> web.StreamResponse:
    return web.Response(status=204, headers=HEADERS)


def _gone() -> ApiError:
    return ApiError("SERVER_404", "This file does not exist, or its time is over.")


def _open(path: Path) -> FileIO:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return os.fdopen(descriptor, "rb", buffering=0)


async def _answer(request: web.Request, served: Served, file: FileIO, assembly: str) -> web.StreamResponse:
    headers = _headers(served)
    if served.headers:
        headers |= {
            "Transloadit-Assembly": assembly,
            "Transloadit-RequestID": request.get(REQUEST_ID, ""),
        }
    if _unchanged(request, served):
        return web.Response(status=304, headers=headers)
    wanted = _range(request, served)
    if wanted is None:
        return await _send(request, web.StreamResponse(headers=headers), file, range(served.size))
    if not wanted:
        return web.Response(status=416, headers=headers | {"Content-Range": f"bytes */{served.size}"})
    headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{served.size}"
    return await _send(request, web.StreamResponse(status=206, headers=headers), file, wanted)


def _headers(served: Served) -> dict[str, str]:
    """What its Assembly chose wins, but for what keeps browsers safe: a page stays a download whatever it is called."""
    chosen = dict(served.headers)
    wanted = chosen.pop("Content-Type", "")
    mime = _mime(wanted.partition(";")[0].strip() or served.mime or "")
    wish, name = _disposed(chosen.pop("Content-Disposition", "inline"))
    kind = "inline" if wish == "inline" and mime in INLINE else "attachment"
    return {
        **HEADERS,
        **chosen,
        "Content-Type": wanted if mime != OCTETS and CHARSET.fullmatch(wanted) else mime,
        "Content-Disposition": disposition(kind, name or served.name),
        "ETag": f'"{served.etag}"',
        "Last-Modified": _date(served),
    }


def _disposed(header: str) -> tuple[str, str | None]:
    """Whether a file shall be shown, and under which name."""
    try:
        kind, told = read(header)
    except ValueError:
        return "attachment", None
    return kind, told.get("filename")


def _mime(told: str) -> str:
    return told if MIME.fullmatch(told) and not LOADED.search(told) else OCTETS


def _date(served: Served) -> str:
    return format_datetime(served.modified.astimezone(UTC), usegmt=True)


def _unchanged(request: web.Request, served: Served) -> bool:
    known = request.headers.get("If-None-Match")
    if known is not None:
        return known.strip() == "*" or served.etag in re.findall(r'(?:W/)?"([^"]*)"', known)
    since = _moment(request.headers.get("If-Modified-Since", ""))
    return since is not None and served.modified.replace(microsecond=0) <= since


def _moment(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _range(request: web.Request, served: Served) -> range | None:
    """The bytes asked for, empty if there are none such; None for the whole file, as for many ranges at once."""
    found = RANGE.fullmatch(request.headers.get("Range", "").strip())
    condition = request.headers.get("If-Range")
    if found is None or condition not in (None, f'"{served.etag}"', _date(served)):
        return None
    first, last, tail = found.groups()
    if tail is not None:
        return range(max(0, served.size - int(tail)), served.size)
    if last is not None and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1 if last else served.size, served.size))


async def _send(request: web.Request, response: web.StreamResponse, file: FileIO, wanted: range) -> web.StreamResponse:
    response.content_length = len(wanted)
    await response.prepare(request)
    if request.method == "GET" and wanted:
        await _send_bytes(request, file, wanted)
    await response.write_eof()
    return response


async def _send_bytes(request: web.Request, file: FileIO, wanted: range) -> None:
    """The kernel copies from file to socket; a file that is shorter than told cuts the connection."""
    if request.transport is None or request.transport.is_closing():
        raise ConnectionResetError("the client is gone")
    sent = await asyncio.get_running_loop().sendfile(request.transport, file, wanted.start, len(wanted))
    if sent < len(wanted):
        request.transport.abort()
        raise ConnectionResetError("the file is shorter than it was")
