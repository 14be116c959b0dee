"""Answers that wait, and answers with the CORS headers that were asked for."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from server.api import shown
from tests.inside import client, inside
from tests.live import KEY
from tests.owner import Json
from tests.web import always, site

pytestmark = pytest.mark.asyncio(loop_scope="module")

AT_THE_END: Json = {"await": True}
NEVER: Json = {"await": False, "blocking": False}
TOLD: Json = {"await": "notification"}
HASH = {"hashed": {"robot": "/file/hash", "use": ":original"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ClientSession]:
    async with inside(tmp_path_factory.mktemp("shown") / "data") as app, client(app) as session:
        yield session


async def create(http: ClientSession, uploads: str = "0", steps: Any = HASH, **params: Any) -> tuple[Json, Any]:
    text = json.dumps({"auth": {"key": KEY}, "steps": steps, **params})
    async with http.post("/assemblies", data={"params": text, "num_expected_upload_files": uploads}) as reply:
        told: Json = await reply.json()
        return told, reply.headers


@pytest.mark.parametrize("wish", [{"await": True}, {"await": "persisting"}, {"blocking": "true"}])
async def test_the_answer_waits_for_the_results(http: ClientSession, wish: Json) -> None:
    async with site(always(lambda: web.Response(text="words"))) as origin:
        steps = {"fetched": {"robot": "/http/import", "url": origin}}
        waited, _ = await create(http, steps=steps, **wish)
        other, _ = await create(http, steps=steps, **NEVER)

    assert (waited["ok"], len(waited["results"]["fetched"])) == ("ASSEMBLY_COMPLETED", 1)
    assert other["ok"] == "ASSEMBLY_EXECUTING"


async def test_the_answer_waits_for_the_notification(http: ClientSession) -> None:
    async with site(always(lambda: web.Response())) as origin:
        told, _ = await create(http, notify_url=origin, **TOLD)

    assert (told["ok"], told["notify_status"]) == ("ASSEMBLY_COMPLETED", "successful")


async def test_who_has_yet_to_upload_is_answered_at_once(http: ClientSession) -> None:
    told, _ = await create(http, uploads="1", **AT_THE_END)

    assert told["ok"] == "ASSEMBLY_UPLOADING"


async def test_no_answer_waits_for_ever(http: ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "LONGEST", 0.1)
    over = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with site(slow) as origin:
        before = time.monotonic()
        told, _ = await create(http, steps={"late": {"robot": "/http/import", "url": origin}}, **AT_THE_END)
        took = time.monotonic() - before
        over.set()

    assert told["ok"] == "ASSEMBLY_EXECUTING"
    assert took < 10


async def test_the_cors_headers_of_an_assembly_can_be_its_own(http: ClientSession) -> None:
    cors = {"Access-Control-Allow-Origin": "https://shop.example", "Access-Control-Allow-Credentials": True}
    told, created = await create(http, uploads="1", response_headers={"cors": {**cors, "Access-Control-Max-Age": 60}})
    async with http.get(f"/assemblies/{told['assembly_id']}") as reply:
        asked = reply.headers
    async with http.delete(f"/assemblies/{told['assembly_id']}") as reply:
        canceled, over = reply.headers, await reply.json()

    for headers in (created, asked, canceled):
        assert headers["Access-Control-Allow-Origin"] == "https://shop.example"
        assert headers["Access-Control-Allow-Credentials"] == "true"
        assert headers["Access-Control-Max-Age"] == "60"
        assert "GET" in headers["Access-Control-Allow-Methods"]
    assert over["ok"] == "ASSEMBLY_CANCELED"


@pytest.mark.parametrize(
    "params",
    [
        {"response_headers": {"cors": {"Set-Cookie": "a=b"}}},
        {"response_headers": {"cors": {"Access-Control-Allow-Origin": "a\r\nSet-Cookie: b"}}},
        {"response_headers": {"cors": {"Access-Control-Allow-Origin": "x" * 3000}}},
        {"response_headers": {"cors": ["*"]}},
        {"response_headers": "cors"},
        {"await": "next year"},
        {"await": ["transcoding"]},
    ],
)
async def test_other_headers_and_phases_are_refused(http: ClientSession, params: Json) -> None:
    told, headers = await create(http, **params)

    assert told["error"] == "INVALID_PARAMS_FIELD"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in headers


async def test_a_quiet_answer_says_no_more_than_it_must(http: ClientSession) -> None:
    told, _ = await create(http, quiet=True, **AT_THE_END)

    assert told == {"ok": "ASSEMBLY_COMPLETED", "assembly_id": told["assembly_id"]}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/nowhere", "/assemblies/not-an-id", "/instances/bored"])
async def test_anything_else_is_an_unknown_method_or_url(http: ClientSession, method: str, path: str) -> None:
    async with http.request(method, path) as reply:
        told = await reply.json()

    assert (reply.status, told["error"], told["http_code"]) == (404, "SERVER_404", 404)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_root_says_who_answers(http: ClientSession) -> None:
    async with http.get("/", headers={"Accept": "application/json"}) as reply:
        told = await reply.json()
    async with http.delete("/") as reply:
        assert (await reply.json())["error"] == "SERVER_404"

    assert told.keys() == {"ok", "http_code", "hostname"}
    assert told["ok"] == "SERVER_ROOT"
