"""A relay before a real storage: it writes down what is asked, and now and then gets in the way."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from yarl import URL

from tests.web import site

Next = Callable[[], Awaitable[web.Response]]
Trouble = Callable[[web.Request, Next], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: Mapping[str, str]
    size: int


@dataclass
class Relay:
    """`troubles` are met one by one by the requests whose line begins with the text beside them."""

    origin: str = ""
    asked: list[Asked] = field(default_factory=list)
    troubles: deque[tuple[str, Trouble]] = field(default_factory=deque)

    def trouble(self, line: str, *troubles: Trouble) -> None:
        self.troubles.extend((line, trouble) for trouble in troubles)

    def lines(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked]

    def headers(self, method: str) -> Mapping[str, str]:
        """Those of the last request of a kind."""
        return next(each.headers for each in reversed(self.asked) if each.method == method)


@contextlib.asynccontextmanager
async def relay(target: str, *, rename: bool = False) -> AsyncIterator[Relay]:
    """Hands all on to `target` with the very headers that came, for they are signed.

    With `rename`, the URLs to which the storage sends its clients lead through the relay too.
    """
    known = Relay()
    async with aiohttp.ClientSession(auto_decompress=False, skip_auto_headers=("Content-Type", "Accept")) as session:

        async def answer(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            known.asked.append(Asked(request.method, request.raw_path, request.headers, len(body)))

            async def onward() -> web.Response:
                url = URL(target + request.raw_path, encoded=True)
                told = {name: value for name, value in request.headers.items() if name != "Transfer-Encoding"}
                async with session.request(
                    request.method, url, headers=told, data=io.BytesIO(body) if body else None
                ) as answer:
                    kept = {
                        name: value
                        for name, value in answer.headers.items()
                        if name not in ("Content-Length", "Transfer-Encoding", "Connection")
                    }
                    content = await answer.read()
                    if rename and "Location" in kept:
                        kept["Location"] = kept["Location"].replace(target, known.origin)
                    if request.method == "HEAD":
                        kept["Content-Length"] = answer.headers.get("Content-Length", "0")
                    return web.Response(status=answer.status, headers=kept, body=content)

            if known.troubles and f"{request.method} {request.raw_path}".startswith(known.troubles[0][0]):
                return await known.troubles.popleft()[1](request, onward)
            return await onward()

        async with site(answer) as known.origin:
            yield known


def refuses(status: int, code: str = "", **headers: str) -> Trouble:
    """Answers with an error instead of handing on."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}

    async def trouble(request: web.Request, onward: Next) -> web.StreamResponse:
        return web.Response(status=status, headers=told, text=f"<Error><Code>{code}</Code></Error>" if code else "")

    return trouble


def forgets(status: int, code: str = "InternalError") -> Trouble:
    """Does what was asked, and then says that it failed."""

    async def trouble(request: web.Request, onward: Next) -> web.StreamResponse:
        await onward()
        return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>")

    return trouble


async def hangs_up(request: web.Request, onward: Next) -> web.StreamResponse:
    """Breaks the connection off."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def cuts(keep: int, come: Callable[[], bool]) -> Trouble:
    """Sends the beginning of the answer only, and hangs up when it has come."""

    async def trouble(request: web.Request, onward: Next) -> web.StreamResponse:
        whole = await onward()
        assert isinstance(whole.body, bytes)
        part = web.StreamResponse(
            status=whole.status, headers={**whole.headers, "Content-Length": str(len(whole.body))}
        )
        await part.prepare(request)
        await part.write(whole.body[:keep])
        while not come():  # noqa: ASYNC110 - it is the other side that knows
            await asyncio.sleep(0)
        assert request.transport is not None
        request.transport.close()
        return part

    return trouble


async def mislabels(request: web.Request, onward: Next) -> web.StreamResponse:
    """Says that other bytes came than were sent."""
    answer = await onward()
    answer.headers["ETag"] = '"00000000000000000000000000000000"'
    return answer
