"""How the SDKs of other languages put requests on the wire: the bytes are theirs, only the key is the server's."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from tests.live import KEY, SECRET
from tests.wire import Reply, Wire

Json = dict[str, Any]
FILE = b"Hello World\n"
URLENCODED = "application/x-www-form-urlencoded"


def compact(params: Json) -> str:
    return json.dumps(params, separators=(",", ":"), ensure_ascii=False)


def like_go(params: Json) -> str:
    """Sorted, and safe for HTML."""
    text = json.dumps({**params, "nonce": secrets.randbits(62)}, separators=(",", ":"), sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def like_java(params: Json) -> str:
    return compact({"nonce": b64encode(secrets.token_bytes(32)).decode(), **params})


def like_php(params: Json) -> str:
    """An empty map is a list, and slashes are escaped."""
    return compact({name: [] if value == {} else value for name, value in params.items()}).replace("/", "\\/")


def signed(text: str, algorithm: str = "sha384") -> str:
    return f"{algorithm}:{hmac.new(SECRET.encode(), text.encode(), algorithm).hexdigest()}"


def bare_sha1(text: str) -> str:
    return hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).hexdigest()


def part(boundary: str, name: str, value: bytes, more: str = "", length: bool = False) -> bytes:
    """`more` stands behind the name: the name of a file, and what it is."""
    size = f"\r\nContent-Length: {len(value)}" if length else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}{size}\r\n\r\n'
    return head.encode() + value + b"\r\n"


@dataclass(frozen=True)
class Sdk:
    """One SDK. `form` says whether it sends a form without files as multipart, too."""

    headers: dict[str, str]
    text: Callable[[Json], str] = compact
    sign: Callable[[str], str] = signed
    boundary: str = "----RubyFormBoundary7tYbDwKq6vXkP2aM"
    file: str = '; filename="note.txt"\r\nContent-Type: text/plain'
    form: bool = False
    files_first: bool = False
    lengths: bool = False
    chunked: bool = False
    delete_has_body: bool = True
    seconds: str = "%S"
    escape: Callable[[str], str] = field(default=quote_plus)

    def fields(self, params: Json) -> list[tuple[str, str]]:
        expires = datetime.now(UTC) + timedelta(hours=1)
        seconds = str(expires.second) if self.seconds == "%-S" else f"{expires:%S}"
        text = self.text({"auth": {"key": KEY, "expires": f"{expires:%Y/%m/%d %H:%M}:{seconds}+00:00"}, **params})
        return [("params", text), ("signature", self.sign(text))]

    def query(self, params: Json) -> str:
        return "&".join(f"{name}={self.escape(value)}" for name, value in self.fields(params))

    def multipart(self, fields: Sequence[tuple[str, str]], file: bytes | None) -> bytes:
        texts = [part(self.boundary, name, value.encode(), "", self.lengths) for name, value in fields]
        files = [part(self.boundary, "file_0", file, self.file, self.lengths)] if file is not None else []
        pieces = [*files, *texts] if self.files_first else [*texts, *files]
        return b"".join([*pieces, f"--{self.boundary}--\r\n".encode()])

    def body(self, params: Json, file: bytes | None, **more: str) -> tuple[str, bytes]:
        """The type of a body, and the body."""
        fields = [*self.fields(params), *more.items()]
        if file is None and not self.form:
            return URLENCODED, "&".join(f"{name}={quote_plus(value)}" for name, value in fields).encode()
        return f"multipart/form-data; boundary={self.boundary}", self.multipart(fields, file)


RUBY = Sdk(
    {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Transloadit-Client": "ruby-sdk:3.0.2"},
    sign=bare_sha1,
    escape=lambda text: quote(text, safe=""),
)
PHP = Sdk(
    {"Accept": "*/*", "User-Agent": "Transloadit PHP SDK v2.0.0"},
    text=like_php,
    sign=bare_sha1,
    boundary="------------------------d74496d66958873e",
    file='; filename="note.txt"\r\nContent-Type: application/octet-stream',
    form=True,
    delete_has_body=False,
)
JAVA = Sdk(
    {"Transloadit-Client": "java-sdk:2.2.4", "Accept-Encoding": "gzip", "User-Agent": "okhttp/4.12.0"},
    text=like_java,
    boundary="4a7ea2b3-6c0f-4f3d-9f7e-0d9a1b1f4f51",
    form=True,
    files_first=True,
    lengths=True,
)
# Its file of a stream has no name, only a type.
JAVA_STREAM = replace(JAVA, file="\r\nContent-Type: application/octet-stream")
GO = Sdk(
    {"User-Agent": "Go-http-client/1.1", "Transloadit-Client": "go-sdk:1.8.0", "Accept-Encoding": "gzip"},
    text=like_go,
    boundary="c9c8b1a1d3d0f6b7f2a5e4d3c2b1a0998877665544332211ffeeddccbbaa",
    file='; filename="fixtures/note.txt"\r\nContent-Type: application/octet-stream',
    chunked=True,
)
IOS = Sdk(
    {"Transloadit-Client": "transloaditkit:3.5.0", "Accept": "*/*", "Accept-Language": "en-GB,en;q=0.9"},
    boundary="E621E1F8-C36C-495A-93FC-0C247A3E6E5F",
    form=True,
    seconds="%-S",
)


@dataclass(frozen=True)
class Speaker:
    """An SDK on a connection."""

    sdk: Sdk
    wire: Wire

    async def send(self, method: str, path: str, params: Json, file: bytes | None = None, **more: str) -> Json:
        """POST and PUT, and DELETE where it has a body."""
        kind, body = self.sdk.body(params, file, **more)
        headers = {"Content-Type": kind, **self.sdk.headers}
        if self.sdk.chunked and file is not None:
            await self.wire.send(method, path, {"Transfer-Encoding": "chunked", **headers})
            await self.wire.chunks([body[:100], body[100:]])
            return told(await self.wire.hear(method))
        return told(await self.wire.ask(method, path, headers, body))

    async def get(self, path: str, params: Json | None = None, method: str = "GET") -> Json:
        """Without params the request is not signed."""
        query = f"?{self.sdk.query(params)}" if params is not None else ""
        return told(await self.wire.ask(method, urlsplit(path).path + query, self.sdk.headers))

    async def delete(self, path: str) -> Json:
        if self.sdk.delete_has_body:
            return await self.send("DELETE", urlsplit(path).path, {})
        return await self.get(path, {}, "DELETE")


def told(reply: Reply) -> Json:
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    answer: Json = json.loads(reply.body)
    assert answer.get("http_code", reply.status) == reply.status
    return answer
