"""A form as a stream of fields and files, whatever way it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

from aiohttp import web

from robots.tools import filename
from server.api import disposition
from server.api.body import Aborted, Body
from server.api.multipart import Multipart, malformed
from server.api.part import FormLimits, Text, Upload
from server.api.sink import Saved
from server.errors import ApiError

__all__ = ["Aborted", "FormLimits", "Saved", "Text", "Upload", "parts"]

URLENCODED = "application/x-www-form-urlencoded"
TEXT_TYPES = frozenset({"text/plain", "application/json", URLENCODED})
PLAIN_ENCODINGS = frozenset({"binary", "8bit", "7bit"})
ONCE = frozenset({"params", "signature"})  # of two, one would be verified and the other obeyed


async def parts(request: web.Request, limits: FormLimits) -> AsyncIterator[Text | Upload]:
    """Fields and files in the order of the body, then the fields of the query that the body lacks.

    Raises ApiError INVALID_FORM_DATA, and Aborted when the client goes away.
    """
    query = await _pairs(request.rel_url.raw_query_string.encode("utf-8", "replace"), limits)
    counted = _Counted(limits)
    async for part in _body(request, limits):
        counted.add(part)
        yield part
    for text in query:
        if text.name not in counted.names:
            yield text


class _Counted:
    """What a body has brought so far."""

    def __init__(self, limits: FormLimits) -> None:
        self.names: set[str] = set()
        self._limits = limits
        self._fields = self._files = self._bytes = 0

    def add(self, part: Text | Upload) -> None:
        if isinstance(part, Upload):
            self._files += 1
        else:
            self._add_text(part)
        if self._fields > self._limits.fields:
            raise ApiError("INVALID_FORM_DATA", f"The form has more than {self._limits.fields} fields.")
        if self._files > self._limits.files:
            raise ApiError("INVALID_FORM_DATA", f"The form has more than {self._limits.files} files.")
        if self._bytes > self._limits.texts:
            raise ApiError("INVALID_FORM_DATA", f"The fields have more than {self._limits.texts} bytes together.")

    def _add_text(self, text: Text) -> None:
        _once(text, self.names)
        self.names.add(text.name)
        self._fields += 1
        self._bytes += len(text.name) + len(text.value)


def _once(text: Text, names: set[str]) -> None:
    if text.name in ONCE and text.name in names:
        raise ApiError("INVALID_FORM_DATA", f"The form has two {text.name} fields.")


async def _body(request: web.Request, limits: FormLimits) -> AsyncIterator[Text | Upload]:
    body = Body(request, limits.idle)
    first = await body.piece()
    if not first:
        return
    kind, told = _content_type(request)
    if kind == "multipart/form-data":
        multipart = Multipart(body, told.get("boundary", ""), limits.header, first)
        async for part in _multipart(multipart, limits):
            yield part
    elif kind == URLENCODED:
        for text in await _urlencoded(body, first, limits):
            yield text
    else:
        raise ApiError("INVALID_FORM_DATA", f"Send a form: multipart/form-data or {URLENCODED}.")


def _content_type(request: web.Request) -> tuple[str, dict[str, str]]:
    try:
        return disposition.read(request.headers.get("Content-Type", ""))
    except ValueError as error:
        raise ApiError("INVALID_FORM_DATA", "The Content-Type of the request is not valid.") from error


async def _urlencoded(body: Body, first: bytes, limits: FormLimits) -> list[Text]:
    raw = bytearray(first)
    while piece := await body.piece():
        raw += piece
        if len(raw) > limits.texts:
            raise ApiError("INVALID_FORM_DATA", f"The form is longer than {limits.texts} bytes.")
    return await _pairs(bytes(raw), limits)


async def _pairs(raw: bytes, limits: FormLimits) -> list[Text]:
    try:
        # A megabyte takes longer than the loop may stand still.
        pairs = await asyncio.to_thread(_parsed, raw, limits) if len(raw) > 1 << 16 else _parsed(raw, limits)
    except ValueError as error:
        raise ApiError("INVALID_FORM_DATA", "The form is not valid UTF-8, or has too many fields.") from error
    names: set[str] = set()
    for text in pairs:
        _once(text, names)
        names.add(text.name)
        if len(text.value.encode()) > limits.text:
            raise _too_long(text.name, limits)
    return pairs


def _parsed(raw: bytes, limits: FormLimits) -> list[Text]:
    pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=limits.fields)
    return [Text(name, value) for name, value in pairs]


async def _multipart(multipart: Multipart, limits: FormLimits) -> AsyncIterator[Text | Upload]:
    while (headers := await multipart.next()) is not None:
        field, name, mime = _told(headers)
        if name is None and (mime is None or mime in TEXT_TYPES):
            yield Text(field, await _text(field, multipart, limits))
            continue
        pieces = await _some(multipart.pieces()) if name == "" else multipart.pieces()
        if pieces is None:
            continue  # a file input where nothing was chosen
        known = filename.safe(name or "") or filename.safe(field) or "file"
        yield Upload(field, known, mime, pieces, limits.file, limits.keep_free)


def _told(headers: dict[str, str]) -> tuple[str, str | None, str | None]:
    """Field, file name and type, as the headers of a part tell them."""
    try:
        kind, told = disposition.read(headers.get("content-disposition", ""))
        mime, _ = disposition.read(headers.get("content-type", ""))
    except ValueError as error:
        raise malformed(str(error)) from error
    if kind != "form-data" or "name" not in told:
        raise malformed("a part does not tell its name")
    if "\0" in told["name"] + told.get("filename", ""):
        raise malformed("a name has a zero byte")
    if mime.startswith("multipart/"):
        raise malformed("a part is multipart itself")
    if headers.get("content-transfer-encoding", "binary").lower() not in PLAIN_ENCODINGS:
        raise malformed("a part is encoded once more")
    return told["name"], told.get("filename"), mime or None


async def _text(field: str, multipart: Multipart, limits: FormLimits) -> str:
    raw = bytearray()
    async for piece in multipart.pieces():
        raw += piece
        if len(raw) > limits.text:
            raise _too_long(field, limits)
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise ApiError("INVALID_FORM_DATA", f"The field {field[:80]} is not UTF-8.") from error


def _too_long(field: str, limits: FormLimits) -> ApiError:
    return ApiError("INVALID_FORM_DATA", f"The field {field[:80]} is longer than {limits.text} bytes.")


async def _some(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes] | None:
    """The same pieces, or None if there are none."""
    first = await anext(pieces, b"")
    return _after(first, pieces) if first else None


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
