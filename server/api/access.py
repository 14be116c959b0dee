"""Access: who sends a request, by signature or by bearer token; what it may do here; and how often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil

from aiohttp import web

from server.api.scopes import needed
from server.api.signature import Authenticated, authenticate, trusted
from server.engine.accounts import Accounts
from server.engine.rates import Rate
from server.engine.tokens import Tokens
from server.errors import ApiError
from server.model.account import Account


@dataclass(frozen=True, slots=True)
class Rates:
    """How often something may happen; 0 is no limit."""

    creations: int = 0
    status_reads: int = 0
    tokens: int = 0
    failed_logins: int = 0


class Access:
    """The one door through which every request goes that names a key or shows a token."""

    def __init__(self, accounts: Accounts, tokens: Tokens, rates: Rates, now: Callable[[], float]) -> None:
        self.accounts = accounts
        self.tokens = tokens
        self.now = now
        self.creations = Rate(rates.creations, 60)
        self.status_reads = Rate(rates.status_reads, 1)
        self.minted = Rate(rates.tokens, 60)
        self.failed_logins = Rate(rates.failed_logins, 60)

    @property
    def lasting(self) -> dict[str, Rate]:
        """Those that a restart must not make anew; of a second nothing is worth keeping."""
        return {"creations": self.creations, "tokens": self.minted, "failed_logins": self.failed_logins}

    def sender(
        self, request: web.Request, params: str | None, signature: str | None, required: bool = False
    ) -> Authenticated:
        """Raises ApiError. `required` is a signature where there is no token."""
        at, referer, token = self.now(), request.headers.get("Referer"), bearer(request)
        if token is not None:
            sender = trusted(params, self.tokens.read(token, at), referer)
        else:
            now, keys = datetime.fromtimestamp(at, UTC), self.accounts.find
            sender = authenticate(params, signature, referer=referer, keys=keys, now=now, required=required)
        sender.needs(needed(request))
        if sender.key:
            self.accounts.used(sender.key, at)
        return sender

    def creates(self, account: Account) -> None:
        """Raises ApiError when an account makes Assemblies too often."""
        if wait := self.creations.take(account.id, time.monotonic(), account.max_creations):
            raise too_often("RATE_LIMIT_REACHED", wait)

    def polls(self, assembly: str, url: str) -> None:
        """Raises ApiError when a status is asked for too often; pytransloadit goes on only when it is told the URL."""
        if wait := self.status_reads.take(assembly, time.monotonic()):
            code = "ASSEMBLY_STATUS_FETCHING_RATE_LIMIT_REACHED"
            raise too_often(code, wait, assembly_id=assembly, assembly_url=url, assembly_ssl_url=url)


def bearer(request: web.Request) -> str | None:
    """The token in the head of a request, and nowhere else: addresses end up in logs."""
    given = request.headers.getall("Authorization", ())
    tokens = [rest.strip() for scheme, _, rest in (each.partition(" ") for each in given) if scheme.lower() == "bearer"]
    if len(tokens) > 1:
        raise ApiError("BEARER_TOKEN_INVALID", "The request shows two bearer tokens.")
    return tokens[0] if tokens else None


def too_often(code: str, wait: float, **more: str) -> ApiError:
    return ApiError(code, info={"retryIn": max(1, ceil(wait))}, **more)
