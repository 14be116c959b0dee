"""Signs requests to S3 with version 4 of Amazon's signatures, in their headers or in their URL."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"  # TLS guards the body, and its MD5 is compared once it is stored
UNRESERVED = "-_.~"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and for which region."""

    key: str
    secret: str = field(repr=False)
    region: str = "us-east-1"
    token: str | None = field(default=None, repr=False)

    def headers(
        self, method: str, url: str, headers: Mapping[str, str], at: float, payload: str = UNSIGNED
    ) -> dict[str, str]:
        """The headers with those that sign the request. `url` is escaped as it will be sent."""
        told = {**headers, "x-amz-content-sha256": payload, "x-amz-date": _stamp(at)}
        if self.token:
            told["x-amz-security-token"] = self.token
        parts = urlsplit(url)
        signed = {name.lower(): " ".join(value.split()) for name, value in {**told, "host": parts.netloc}.items()}
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        asked = "\n".join((method, parts.path or "/", _query(parts.query), lines, names, payload))
        credential = f"Credential={self.key}/{self._scope(at)}"
        told["Authorization"] = f"{ALGORITHM} {credential},SignedHeaders={names},Signature={self._signature(asked, at)}"
        return told

    def url(self, url: str, seconds: int, at: float) -> str:
        """A URL at which anybody can read for so many seconds."""
        parts = urlsplit(url)
        query = {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{self.key}/{self._scope(at)}",
            "X-Amz-Date": _stamp(at),
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "host",
        }
        if self.token:
            query["X-Amz-Security-Token"] = self.token
        text = "&".join(f"{name}={quote(query[name], UNRESERVED)}" for name in sorted(query))
        asked = "\n".join(("GET", parts.path, text, f"host:{parts.netloc}\n", "host", UNSIGNED))
        return f"{url}?{text}&X-Amz-Signature={self._signature(asked, at)}"

    def _scope(self, at: float) -> str:
        return f"{_stamp(at)[:8]}/{self.region}/s3/aws4_request"

    def _signature(self, asked: str, at: float) -> str:
        day, region, service, ending = self._scope(at).split("/")
        key = f"AWS4{self.secret}".encode()
        for step in (day, region, service, ending):
            key = hmac.digest(key, step.encode(), "sha256")
        text = "\n".join((ALGORITHM, _stamp(at), self._scope(at), hashlib.sha256(asked.encode()).hexdigest()))
        return hmac.digest(key, text.encode(), "sha256").hex()


def _query(query: str) -> str:
    """The query as it is signed: in order, each name with an equals sign."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return "&".join(sorted(f"{quote(name, UNRESERVED)}={quote(value, UNRESERVED)}" for name, value in pairs))


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
