"""Courier: carries a Notification to its receiver once, signed, and brings the answer back."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson

from robots.base.errors import RobotError
from robots.tools.http import HttpClient, Reply
from server.model.masking import redacted
from server.model.notification import Attempt, Notification

ID = "Notification-Id"
FORM = "application/x-www-form-urlencoded"
LONGEST_ANSWER = 1000  # characters of it that are kept
NO_SECRET = "Nothing can sign it: this server does not know the key any more that the Assembly was made with."


@dataclass(frozen=True, slots=True)
class Signer:
    """A secret that signs, and how."""

    secret: str
    algo: str

    def sign(self, text: bytes) -> str:
        return f"{self.algo}:{hmac.new(self.secret.encode(), text, self.algo).hexdigest()}"


Signers = Callable[[str, str | None], Signer | None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A Notification with all that it takes to send it; `key` is the one that its Assembly was made with."""

    sent: Notification
    account: str
    key: str | None
    url: str
    status: Mapping[str, Any]


class Courier:
    """`signers` finds who signs for an account and its key; an attempt takes `timeout` seconds at the most."""

    def __init__(self, http: HttpClient, signers: Signers, timeout: float, now: Callable[[], float]) -> None:
        self.http = http
        self.signers = signers
        self.timeout = timeout
        self.now = now

    async def carry(self, letter: Letter) -> Attempt:
        start, clock = self.now(), asyncio.get_running_loop().time
        began = clock()
        outcome = await self._answer(letter)
        duration = max(round(clock() - began, 3), 0.001)
        if isinstance(outcome, str):
            return Attempt(start, duration, error=outcome)
        return Attempt(start, duration, outcome.status, _words(outcome), _fault(outcome.status))

    async def _answer(self, letter: Letter) -> Reply | str:
        """What the receiver said, or why there was nothing to hear."""
        signer = self.signers(letter.account, letter.key)
        if signer is None:
            return NO_SECRET
        body = await asyncio.to_thread(form, letter.status, signer)
        try:
            return await self.http.post(letter.url, body, {"Content-Type": FORM, ID: letter.sent.id}, self.timeout)
        except RobotError as failure:
            return failure.message


def form(status: Mapping[str, Any], signer: Signer) -> bytes:
    """The body: the status as JSON, and the signature of exactly this text."""
    text = orjson.dumps(status)
    return urlencode({"transloadit": text, "signature": signer.sign(text)}).encode()


def _words(reply: Reply) -> str:
    """The beginning of an answer. Who knows the Assembly can read it, and receivers may quote what they got."""
    return redacted(reply.body.decode("utf-8", "replace"))[:LONGEST_ANSWER]


def _fault(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "an unknown status"
    return f"The receiver answered {status} ({phrase}); only 2xx counts as delivered."
