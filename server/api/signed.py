"""Signed requests: what the routes that only the owner of a secret may use have in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from server.api.access import Access
from server.api.forms import FormLimits, Text, parts
from server.engine.ticket import Ticket
from server.errors import ApiError
from server.model.rights import Scopes


@dataclass(frozen=True, slots=True)
class Order:
    """What a signed request asks for. Its `ticket` is spent by the transaction that does it.

    `scopes` are those of its key or token, which has the one that its route needs.
    """

    account: str
    params: dict[str, Any]
    ticket: Ticket | None
    at: float
    scopes: Scopes = None


class Signed:
    """The door of those routes."""

    def __init__(self, access: Access, limits: FormLimits) -> None:
        self.access = access
        self.limits = replace(limits, files=0)

    async def read(self, request: web.Request) -> Order:
        """The fields of the body and of the query, whatever the method; raises ApiError."""
        texts: dict[str, str] = {}
        async for part in parts(request, self.limits):
            if not isinstance(part, Text):
                raise ApiError("INVALID_FORM_DATA", "This request takes no files.")
            texts[part.name] = part.value
        sender = self.access.sender(request, texts.get("params"), texts.get("signature"), required=True)
        return Order(sender.account.id, sender.params, sender.ticket, self.access.now(), sender.scopes)
