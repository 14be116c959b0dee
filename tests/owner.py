"""An owner of an account: signs requests, and reads what the server answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, FormData
from yarl import URL

from server.api.signature import sign
from tests.live import KEY, SECRET

LATER = "2099/01/01 00:00:00+00:00"
Json = dict[str, Any]


@dataclass(frozen=True)
class Owner:
    """`http` knows where the server is, unless `origin` says it."""

    http: ClientSession
    secret: str = SECRET
    origin: str = ""
    key: str = KEY

    def text(self, nonce: str | None = None, **params: Any) -> str:
        once = {"nonce": nonce} if nonce else {}
        return json.dumps({"auth": {"key": self.key, "expires": LATER, **once}, **params})

    async def ask(self, method: str, path: str, **params: Any) -> Json:
        """A signed request with these params: in the query of a GET, in the body of all others."""
        return await self.send(method, path, self.text(**params))

    async def send(self, method: str, path: str, text: str, file: bytes | None = None) -> Json:
        fields = {"params": text, "signature": sign(self.secret, text)}
        data = FormData(fields)
        if file is not None:
            data.add_field("file", file, filename="file.txt")
        given: Json = {"params": fields} if method == "GET" else {"data": data}
        async with self.http.request(method, URL(self.origin + path, encoded=True), **given) as reply:
            told: Json = await reply.json()
        assert told.get("http_code", 200) == reply.status, (path, told)
        return told
