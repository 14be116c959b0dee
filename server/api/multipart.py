"""A multipart body, part after part: headers, then bytes in bounded pieces."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from server.api.body import Body
from server.errors import ApiError

HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00\r\n]*)")


class Multipart:
    """Reads one part at a time; what is left of a part is skipped when the next is asked for."""

    def __init__(self, body: Body, boundary: str, header_bytes: int, first: bytes) -> None:
        if not re.fullmatch(r"[\x20-\x7e]{1,70}", boundary):
            raise malformed("its boundary is missing or not valid")
        self._body = body
        self._delimiter = b"\r\n--" + boundary.encode()
        self._header_bytes = header_bytes
        self._held = bytearray(b"\r\n" + first)  # as if a line went before: the first boundary has none
        self._in_part = True  # the preamble is skipped like a part

    async def next(self) -> dict[str, str] | None:
        """The headers of the next part, names in lower case; None behind the last."""
        async for _ in self.pieces():
            pass
        while len(self._held) < 2:
            await self._more()
        return None if self._held.startswith(b"--") else await self._headers()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes of this part that nobody has read yet."""
        while self._in_part:
            end = self._held.find(self._delimiter)
            # The tail may be the beginning of a boundary.
            cut = end if end >= 0 else max(0, len(self._held) - len(self._delimiter) + 1)
            piece = bytes(self._held[:cut])
            self._in_part = end < 0
            del self._held[: cut if self._in_part else cut + len(self._delimiter)]
            if piece:
                yield piece
            if self._in_part:
                await self._more()

    async def _headers(self) -> dict[str, str]:
        while (end := self._held.find(b"\r\n\r\n", 0, self._header_bytes)) < 0:
            if len(self._held) >= self._header_bytes:
                raise malformed(f"the headers of a part are longer than {self._header_bytes} bytes")
            await self._more()
        padding, *lines = bytes(self._held[:end]).split(b"\r\n")
        del self._held[: end + 4]
        if padding.strip(b" \t"):
            raise malformed("a boundary is followed by other bytes")
        self._in_part = True
        return _read(lines)

    async def _more(self) -> None:
        piece = await self._body.piece()
        if not piece:
            raise malformed("it ends before its closing boundary")
        self._held += piece


def malformed(what: str) -> ApiError:
    """The refusal of a body that breaks the rules."""
    return ApiError("INVALID_FORM_DATA", f"The multipart body is malformed: {what}.")


def _read(lines: list[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        found = HEADER.fullmatch(line)
        if not found:
            raise malformed("a part has a header that is not valid")
        name = found[1].decode().lower()
        if name in headers:
            raise malformed(f"a part has two {name[:40]} headers")
        headers[name] = _decoded(found[2])
    return headers


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")  # what headers were before they were UTF-8
