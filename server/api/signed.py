"""Signed requests: what the routes that only the owner of a secret may use have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from server.api.forms import FormLimits, Text, parts
from server.api.signature import Account, Authenticated, authenticate
from server.engine.ticket import Ticket
from server.errors import ApiError


@dataclass(frozen=True, slots=True)
class Order:
    """What a signed request asks for. Its `ticket` is spent by the transaction that does it."""

    account: str
    params: dict[str, Any]
    ticket: Ticket | None
    at: float


class Signed:
    """The door of those routes."""

    def __init__(self, accounts: Callable[[str], Account | None], limits: FormLimits, now: Callable[[], float]) -> None:
        self.accounts = accounts
        self.limits = replace(limits, files=0)
        self.now = now

    async def read(self, request: web.Request) -> Order:
        """The fields of the body and of the query, whatever the method; raises ApiError."""
        texts: dict[str, str] = {}
        async for part in parts(request, self.limits):
            if not isinstance(part, Text):
                raise ApiError("INVALID_FORM_DATA", "This request takes no files.")
            texts[part.name] = part.value
        at = self.now()
        sender = self._sender(request, texts, at)
        return Order(sender.account.id, sender.params, sender.ticket, at)

    def _sender(self, request: web.Request, texts: dict[str, str], at: float) -> Authenticated:
        return authenticate(
            texts.get("params"),
            texts.get("signature"),
            referer=request.headers.get("Referer"),
            accounts=self.accounts,
            now=datetime.fromtimestamp(at, UTC),
            required=True,
        )
