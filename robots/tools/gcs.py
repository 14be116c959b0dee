"""Google Cloud Storage: signs in with a service account, and puts files into buckets piece by piece."""

from __future__ import annotations

import asyncio
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

import aiohttp
import orjson
from aiohttp import ClientResponse
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from yarl import URL

from robots.base.errors import RobotError
from robots.tools.failures import failure
from robots.tools.http import HttpClient
from robots.tools.s3.sending import Sending

T = TypeVar("T")

SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"  # an ACL takes more than to write
AN_HOUR = 3600
PIECE = 16 << 20  # a multiple of 256 KiB, as Google wants it
LONGEST_ANSWER = 1 << 20
SLOWEST = 16 << 10  # bytes a second
LOST = {404, 410}  # an upload of which nothing is known any more
PASSING = {408, 429, 500, 502, 503, 504}
WORDS = {401: "it does not know this account", 403: "the account may not do this", 404: "there is no such bucket"}


class GoogleRefused(RobotError):
    """Google said no."""

    def __init__(self, status: int) -> None:
        hint = f" ({WORDS[status]})" if status in WORDS else ""
        super().__init__(f"Google Cloud Storage answered {status}{hint}.")
        self.status = status
        self.retry = status in PASSING


class Stalled(RobotError):
    """Google took a piece, and has no more than before."""

    retry = True

    def __init__(self) -> None:
        super().__init__("Google Cloud Storage keeps nothing of what is sent.")


class GoogleBucket:
    """A bucket, for as long as one job needs it."""

    def __init__(self, http: HttpClient, address: str, bucket: str, pauses: Sequence[float]) -> None:
        self.http = http
        self.home = f"{address}/upload/storage/v1/b/{quote(bucket, safe='')}/o"
        self.pauses = pauses
        self.token = ""
        self._session = http.session(idle=http.timeouts.head, skip_auto_headers={"Content-Type"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def sign_in(self, address: str, email: str, key: RSAPrivateKey) -> None:
        """Shows that we have the key of the account, and gets a token for an hour."""
        words = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": claim(address, email, key)}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        _, body = await self._tried(lambda: self._ask("POST", address, headers, urlencode(words).encode()))
        self.token = str(_json(body).get("access_token", ""))

    async def store(
        self, sending: Sending, about: Mapping[str, Any], acl: str | None, on_progress: Callable[[float], None]
    ) -> Mapping[str, Any]:
        """Stores a file; what Google says of it then is checked against what was sent."""
        whole = {**about, "md5Hash": await sending.content_md5()}
        session = await self._begun(whole, sending.size, acl)
        try:
            told = await self._send(session, sending, on_progress)
        except GoogleRefused as error:
            if error.status not in LOST:
                raise
            told = await self._send(await self._begun(whole, sending.size, acl), sending, on_progress)
        if told.get("md5Hash") != whole["md5Hash"]:
            raise RobotError("Google Cloud Storage got other bytes than were sent.")
        return told

    async def _begun(self, about: Mapping[str, Any], size: int, acl: str | None) -> str:
        """The URL of a new upload."""
        query = urlencode({"uploadType": "resumable", **({"predefinedAcl": acl} if acl else {})})
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Upload-Content-Length": str(size),
            "X-Upload-Content-Type": str(about.get("contentType", "")),
        }
        body = orjson.dumps(about)
        begun, _ = await self._tried(lambda: self._ask("POST", f"{self.home}?{query}", headers, body))
        return begun.get("Location", "")

    async def _send(self, session: str, sending: Sending, on_progress: Callable[[float], None]) -> dict[str, Any]:
        """Piece by piece; after a failure Google says how many bytes it has, and the rest follows."""
        sent = most = failed = 0
        while True:
            try:
                headers, body = await self._piece(session, sending, sent)
                if body is not None:
                    on_progress(1)
                    return _json(body)
                kept = _kept(headers)
                if sent >= 0 and kept <= most:
                    raise Stalled
            except RobotError as error:
                if not error.retry or failed == len(self.pauses):
                    raise
                await asyncio.sleep(self.pauses[failed])
                failed += 1
                sent = -1
                continue
            sent, failed = kept, failed if kept <= most else 0
            most = max(kept, most)
            on_progress(sent / (sending.size or 1))

    async def _piece(self, session: str, whole: Sending, sent: int) -> tuple[Mapping[str, str], bytes | None]:
        """Sends what follows, or asks how much there is if `sent` is not known; a body comes when all is there."""
        size = min(PIECE, whole.size - sent) if sent >= 0 else 0
        span = f"{sent}-{sent + size - 1}" if size else "*"
        piece = Sending(whole.path, max(sent, 0), size)
        headers = {"Content-Range": f"bytes {span}/{whole.size}"}
        answer, body = await self._ask("PUT", session, headers, piece)
        return answer, None if answer.get(":status") == "308" else body

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | Sending
    ) -> tuple[Mapping[str, str], bytes]:
        size = body.size if isinstance(body, Sending) else len(body)
        told = {**headers, "Content-Length": str(size)}
        if self.token:
            told["Authorization"] = f"Bearer {self.token}"
        data = body.pieces() if isinstance(body, Sending) else body
        try:
            async with asyncio.timeout(self.http.timeouts.head + size / SLOWEST):
                async with self._session.request(
                    method, URL(url, encoded=True), headers=told, data=data, allow_redirects=False
                ) as answer:
                    if answer.status != 308 and not 200 <= answer.status < 300:
                        raise GoogleRefused(answer.status)
                    return {**answer.headers, ":status": str(answer.status)}, await _words(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise failure(url, error) from error

    async def _tried(self, request: Callable[[], Awaitable[T]]) -> T:
        for pause in self.pauses:
            try:
                return await request()
            except RobotError as error:
                if not error.retry:
                    raise
            await asyncio.sleep(pause)
        return await request()


def _kept(headers: Mapping[str, str]) -> int:
    """How many bytes Google says that it has."""
    told = re.fullmatch(r"bytes=0-(\d{1,15})", headers.get("Range", ""))
    return int(told[1]) + 1 if told else 0


def private_key(text: str) -> RSAPrivateKey:
    """The key of a service account; ValueError if it is none."""
    try:
        key = load_pem_private_key(text.replace("\\n", "\n").encode(), None)
    except (ValueError, TypeError) as error:
        raise ValueError("must be the private key of a service account, in PEM") from error
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("must be an RSA key, as service accounts have them")
    return key


def claim(address: str, email: str, key: RSAPrivateKey) -> str:
    """A JSON Web Token that says who we are, for the hour to come."""
    at = int(time.time())
    told = {"iss": email, "scope": SCOPE, "aud": address, "iat": at, "exp": at + AN_HOUR}
    words = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(told)}"
    return f"{words}.{_plain(key.sign(words.encode(), PKCS1v15(), SHA256()))}"


def _part(value: Mapping[str, Any]) -> str:
    return _plain(orjson.dumps(value))


def _plain(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


async def _words(answer: ClientResponse) -> bytes:
    kept = bytearray()
    async for piece in answer.content.iter_any():
        kept += piece
        if len(kept) > LONGEST_ANSWER:
            raise RobotError("The answer of Google Cloud Storage is too long.")
    return bytes(kept)


def _json(body: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise RobotError("The answer of Google Cloud Storage cannot be read.")
    return told
