"""A receiver of Notifications, as a customer runs one."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from tests.live import SECRET
from tests.web import site


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request; what it says was read from its body by hand, as other languages do."""

    id: str
    path: str
    text: str
    signature: str
    authorization: str | None

    @property
    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.text)
        return told

    def is_signed(self, secret: str = SECRET) -> bool:
        algorithm, _, digest = self.signature.partition(":")
        made = hmac.new(secret.encode(), self.text.encode(), getattr(hashlib, algorithm)).hexdigest()
        return algorithm == "sha384" and made == digest


@dataclass
class Receiver:
    """`answers` may be changed at any time."""

    url: str = ""
    came: list[Delivery] = field(default_factory=list)
    answers: Callable[[], web.StreamResponse] = web.Response
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        assert request.content_type == "application/x-www-form-urlencoded"
        told = parse_qs((await request.read()).decode(), strict_parsing=True)
        assert set(told) == {"transloadit", "signature"}
        head = request.headers
        [text], [signature] = told["transloadit"], told["signature"]
        delivery = Delivery(head["Notification-Id"], request.path_qs, text, signature, head.get("Authorization"))
        self.came.append(delivery)
        self.news.set()
        return self.answers()

    async def heard_of(self, assembly: str, seconds: float = 20) -> list[Delivery]:
        """What came of one Assembly, once anything did."""
        async with asyncio.timeout(seconds):
            while not (told := [one for one in self.came if f'"assembly_id":"{assembly}"' in one.text]):
                self.news.clear()
                await self.news.wait()
        return told

    async def heard(self, count: int = 1, seconds: float = 20) -> list[Delivery]:
        """What came, once so much of it did."""
        async with asyncio.timeout(seconds):
            while len(self.came) < count:
                self.news.clear()
                await self.news.wait()
        return self.came


@contextlib.asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    async with site(made.handle) as made.url:
        yield made
