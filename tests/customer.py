"""A customer of a running server, who knows nothing of it but its address, key and secret."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, ClientSession, FormData
from prometheus_client.parser import text_string_to_metric_families

from tests.live import Live, ended, live

Json = dict[str, Any]
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Customer:
    server: Live
    http: ClientSession

    async def create(
        self,
        steps: Mapping[str, Any],
        *files: Path,
        path: str = "/assemblies",
        form: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
        **params: Any,
    ) -> Json:
        """A new Assembly with these files in the form; `form` has more fields, `params` more parameters."""
        text = self.server.params(steps, **params)
        async with self.post(text, *files, path=path, headers=headers, **form) as response:
            status = await read(response)
            assert response.status == 200, status
        return status

    def post(
        self, params: str, *files: Path, path: str = "/assemblies", headers: Mapping[str, str] = {}, **form: str
    ) -> contextlib.AbstractAsyncContextManager[ClientResponse]:
        data = FormData({"params": params, **form}, quote_fields=False)
        for file in files:
            data.add_field("file", io.BytesIO(file.read_bytes()), filename=file.name)
        return self.http.post(self.server.origin + path, data=data, headers=headers)

    async def lag(self) -> dict[str, float]:
        """How long the server itself held its loop up in the last minutes, by quantile, in seconds."""
        async with self.http.get(f"{self.server.origin}/metrics") as reply:
            families = {family.name: family for family in text_string_to_metric_families(await reply.text())}
        return {sample.labels["quantile"]: sample.value for sample in families["sluice_loop_lag_own_seconds"].samples}

    async def announce(self, steps: Mapping[str, Any], uploads: int = 1, **params: Any) -> Json:
        """A new Assembly that waits for so many resumable uploads."""
        return await self.create(steps, form={"tus_num_expected_upload_files": str(uploads)}, **params)

    async def upload(self, status: Json, path: Path, **metadata: str) -> str:
        """One resumable upload; gives its URL."""
        async with self.start(status, path, **metadata) as response:
            assert response.status == 201, await response.text()
            url = response.headers["Location"]
        await self.send(url, path.read_bytes())
        return url

    def start(
        self, status: Json, path: Path, **metadata: str
    ) -> contextlib.AbstractAsyncContextManager[ClientResponse]:
        """The creation of a resumable upload, before its first byte."""
        told = {"assembly_url": status["assembly_ssl_url"], "filename": path.name, "fieldname": "file", **metadata}
        header = ",".join(f"{name} {b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = {**TUS, "Upload-Length": str(path.stat().st_size), "Upload-Metadata": header}
        return self.http.post(status["tus_url"], headers=headers)

    async def send(self, url: str, content: bytes, offset: int = 0) -> None:
        headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        async with self.http.patch(url, headers=headers, data=content) as response:
            assert response.status == 204, await response.text()

    async def status(self, status: Json) -> Json:
        """What the server says of an Assembly now."""
        async with self.http.get(status["assembly_ssl_url"]) as response:
            assert response.status == 200, await response.text()
            return await read(response)

    async def ended(self, status: Json, seconds: float = 60) -> Json:
        return await ended(self.http, status, seconds)

    async def completed(self, status: Json, seconds: float = 60) -> Json:
        over = await self.ended(status, seconds)
        assert over.get("ok") == "ASSEMBLY_COMPLETED", json.dumps(over, indent=1)
        return over

    async def until(self, status: Json, holds: Any, seconds: float = 30) -> Json:
        """Polls until something holds for the status."""
        async with asyncio.timeout(seconds):
            while not holds(now := await self.status(status)):  # noqa: ASYNC110 - the API tells no more of it
                await asyncio.sleep(0.05)
        return now

    async def cancel(self, status: Json) -> Json:
        async with self.http.delete(status["assembly_ssl_url"]) as response:
            assert response.status == 200, await response.text()
            return await read(response)

    async def fetch(self, file: Json) -> bytes:
        """The bytes at the URL of an upload or result."""
        async with self.http.get(file["ssl_url"]) as response:
            assert response.status == 200, await response.text()
            return await response.read()


async def read(response: ClientResponse) -> Json:
    told: Json = await response.json()
    return told


@contextlib.asynccontextmanager
async def customer_of_new_server(data: Path, **settings: str) -> AsyncIterator[Customer]:
    async with live(data, **settings) as server, ClientSession() as http:
        yield Customer(server, http)
