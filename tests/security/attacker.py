"""A client that sends a server anything, and reads its answers as strictly as any language could."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse, ClientSession

from server.api.signature import sign
from server.app import App
from tests.live import KEY, SECRET
from tests.wire import Wire, wire

Json = dict[str, Any]
HASH = {"hash": {"robot": "/file/hash", "use": ":original", "algorithm": "sha1"}}
LATER = "2099/01/01 00:00:00+00:00"


@dataclass(frozen=True)
class Attacker:
    """Knows how to speak to the server; whether it knows a key is for the test to say."""

    app: App
    http: ClientSession

    @property
    def origin(self) -> str:
        return self.app.listening

    def wire(self) -> AbstractAsyncContextManager[Wire]:
        return wire(self.origin)

    def ask(self, method: str, path: str, **given: Any) -> AbstractAsyncContextManager[ClientResponse]:
        return self.http.request(method, self.origin + path, allow_redirects=False, **given)

    async def create(self, params: str, path: str = "/assemblies", **form: str) -> tuple[int, Json]:
        """What is answered to these params; every answer is JSON in its strict sense."""
        async with self.ask("POST", path, data={"params": params, **form}) as reply:
            return reply.status, strict(await reply.text())

    async def signed(self, params: str, **form: str) -> tuple[int, Json]:
        return await self.create(params, signature=sign(SECRET, params), **form)

    async def waiting(self, **params: Any) -> Json:
        """An Assembly that waits for an upload."""
        status, told = await self.create(instructions(**params), num_expected_upload_files="1")
        assert status == 200, told
        return told

    async def upload(self, status: Json, body: bytes, name: str) -> None:
        """Sends an Assembly a file in the request that announces it."""
        told = {"assembly_url": status["assembly_ssl_url"], "filename": name, "fieldname": "file"}
        metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(body)), "Upload-Metadata": metadata}
        headers["Content-Type"] = "application/offset+octet-stream"
        async with self.http.post(status["tus_url"], headers=headers, data=body) as reply:
            assert reply.status == 201, await reply.text()


def instructions(steps: Mapping[str, Any] = HASH, auth: Mapping[str, Any] = {}, **more: Any) -> str:
    """The text of params of somebody who knows the key."""
    return json.dumps({"auth": {"key": KEY, **auth}, "steps": steps, **more})


def strict(text: str) -> Json:
    """A body that is an object with `ok` or `error`."""
    told: Json = pure(text)
    assert "ok" in told or "error" in told, told
    return told


def pure(text: str) -> Any:
    """JSON as clients in other languages read it."""

    def refuse(word: str) -> Any:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)
