"""A secret in each field that can hold one: none comes out again, in no answer, no event, no log and no command."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, FormData, web

from robots.base.errors import ToolFailed
from robots.file.hash import FileHashRobot
from server.engine.runner import Runner
from tests import canary, samples
from tests.canary import secret
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.web import always, site

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOWHERE = "http://10.0.0.1"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ClientSession]:
    async with inside(tmp_path_factory.mktemp("secrets") / "data") as app, client(app) as session:
        yield session


async def said(session: ClientSession, params: Any, *files: Path, **fields: str) -> dict[str, Any]:
    """The first answer and, if an Assembly was made of it, the last; all its news and lists are read too."""
    form = FormData({"params": params if isinstance(params, str) else json.dumps(params), **fields})
    for path in files:
        form.add_field("file", path.read_bytes(), filename=path.name)
    async with session.post("/assemblies", data=form) as response:
        status: dict[str, Any] = await response.json()
    if "assembly_ssl_url" not in status:
        return status
    last = await ended(session, status)
    for place in ("/assemblies", f"/assemblies/{last['assembly_id']}?quiet=1", "/"):
        async with session.get(place) as response:
            await response.read()
    return last


def steps(home: str) -> dict[str, Any]:
    login, signed = f"me:{secret('login')}@", f"X-Amz-Signature={secret('signature')}&sig={secret('sig')}"
    return {
        "imported": {
            "robot": "/http/import",
            "url": f"{home.replace('//', f'//{login}')}/a.png?{signed}",
            "headers": [f"Authorization: Bearer {secret('bearer')}", {"X-Odd": secret("odd")}],
            "fail_fast": True,
        },
        "told": {
            "robot": "/http/import",
            "url": [f"{home}/b.png?{signed}"],
            "headers": json.dumps({"X-Api-Key": secret("json-header")}),
            "fail_fast": True,
        },
        "marked": {
            "robot": "/image/resize",
            "use": "imported",
            "watermark_url": f"{home.replace('//', f'//{login}')}/mark.png?{signed}",
        },
    }


def params(home: str) -> dict[str, Any]:
    return {
        "auth": {"key": KEY, "secret": secret("auth")},
        "notify_url": f"http://me:{secret('notify')}@127.0.0.1:1025/?token={secret('notify-token')}",
        "fields": {"db_password": secret("field")},
        "steps": steps(home),
    }


@pytest.mark.case(51, 106)
async def test_no_secret_comes_back_from_an_assembly_that_works(session: ClientSession, tmp_path: Path) -> None:
    picture = samples.png(tmp_path, width=20, height=20).read_bytes()

    async with site(always(lambda: web.Response(body=picture, content_type="image/png"))) as home:
        status = await said(session, params(home), api_key=secret("form-field"))

    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    assert set(status["results"]) == {"marked", "told"}
    assert "****" in status["results"]["told"][0]["import_url"]
    assert canary.escapes(json.dumps(status).encode()) == []


@pytest.mark.case(105)
async def test_no_secret_of_the_steps_is_in_the_live_events(session: ClientSession, tmp_path: Path) -> None:
    picture = samples.png(tmp_path, width=20, height=20).read_bytes()

    async with site(always(lambda: web.Response(body=picture, content_type="image/png"))) as home:
        async with session.post("/assemblies", data={"params": json.dumps(params(home))}) as created:
            status = await created.json()
        async with session.get(status["update_stream_url"]) as stream:
            events = await stream.read()

    assert events.count(b"event: assembly_result_finished") == 2
    assert b"****" in events
    assert canary.escapes(events) == []


@pytest.mark.case(51, 106, 107)
@pytest.mark.parametrize("way", ["refused", "silent", "private", "redirect"])
async def test_no_secret_comes_back_from_an_import_that_fails(session: ClientSession, way: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        if way == "redirect":
            return web.Response(status=302, headers={"Location": f"{NOWHERE}/?X-Amz-Signature={secret('location')}"})
        if way == "silent" and request.transport:
            request.transport.close()
        return web.Response(status=403, text=secret("from-the-other-server"))

    async with site(answer) as home:
        status = await said(session, params(NOWHERE if way == "private" else home))

    assert status["error"].startswith("HTTP_IMPORT_")
    assert canary.escapes(json.dumps(status).encode()) == []


@pytest.mark.case(106, 107)
@pytest.mark.parametrize(
    "wrong",
    [
        {"url": f"ftp://me:{secret('a')}@example.com/"},
        {"url": f"http://me:{secret('a')}@exa mple.com/"},
        {"url": f"http://me:{secret('a')}@example.com:22/"},
        {"url": f"http://me:{secret('a')}@[::1/"},
        {"url": f"me:{secret('a')}@example.com"},
        {"url": "https://example.com", "headers": [f"Host: {secret('a')}"]},
        {"url": "https://example.com", "headers": [secret("a")]},
        {"url": "https://example.com", "headers": {"X-A": f"{secret('a')}\r\n"}},
        {"url": "https://example.com", "password": secret("a")},
        {"url": "https://example.com", "headers": 7, "max_file_size": secret("a")},
        {"url": {"secret": secret("a")}},
    ],
)
async def test_no_secret_comes_back_from_params_that_are_wrong(session: ClientSession, wrong: Any) -> None:
    step = {"robot": "/http/import", **wrong}

    status = await said(session, {"auth": {"key": KEY}, "steps": {"a": step}})

    assert status["error"]
    assert canary.escapes(json.dumps(status).encode()) == []


@pytest.mark.case(106)
@pytest.mark.parametrize(
    "text",
    [
        f'{{"auth": {{"key": "{KEY}", "secret": "{secret("a")}"}}, "steps"',
        f'{{"auth": {{"key": "{KEY}", "secret": "{secret("a")}"}}, "steps": [], "password": "{secret("b")}"}}',
        f'{{"auth": {{"key": "{KEY}"}}, "steps": {{}}, "notify_url": "javascript:{secret("a")}"}}',
        f'{{"auth": {{"key": {{"secret": "{secret("a")}"}}}}}}',
        f'{{"auth": {{"key": "{KEY}", "expires": "{secret("a")}"}}, "steps": {{}}}}',
        f'"{secret("a")}"',
    ],
)
async def test_no_secret_comes_back_from_a_request_that_cannot_be_read(session: ClientSession, text: str) -> None:
    status = await said(session, text, signature=f"sha384:{secret('signature')}")

    assert status["error"]
    assert canary.escapes(json.dumps(status).encode()) == []


@pytest.mark.case(107, 110)
@pytest.mark.parametrize(
    "words",
    [
        f"403 for https://bucket.example/a?X-Amz-Signature={secret('a')}",
        f"cannot connect with postgres://me:{secret('a')}@db/name",
        f"the server said: Authorization: Basic {secret('a')}",
        f"host=db password={secret('a')}",
        "/home/somebody/keys/id_rsa cannot be read",
    ],
)
@pytest.mark.parametrize("kind", [ToolFailed, ValueError])
async def test_what_a_tool_or_library_complains_of_holds_no_secret(
    session: ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, kind: type[Exception]
) -> None:
    async def failing(*_: object) -> AsyncIterator[object]:
        raise kind(words, stderr=f"{tmp_path}/data/x: {words}") if kind is ToolFailed else kind(words)
        yield

    monkeypatch.setattr(FileHashRobot, "run", failing)
    step = {"robot": "/file/hash", "use": ":original"}

    status = await said(session, {"auth": {"key": KEY}, "steps": {"a": step}}, samples.txt(tmp_path))

    told = json.dumps({key: status[key] for key in status if key not in ("uploads", "params", "merged_params")})
    assert status["error"]
    assert canary.escapes(told.encode()) == []
    assert str(tmp_path) not in told
    assert "somebody" not in told


@pytest.mark.case(107, 110)
@pytest.mark.parametrize("error", [ValueError, KeyError, RuntimeError, OSError, AssertionError])
@pytest.mark.parametrize(("method", "path"), [("GET", "/assemblies/{}"), ("DELETE", "/assemblies/{}")])
async def test_every_fault_of_the_server_is_answered_alike(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch, error: type[Exception], method: str, path: str
) -> None:
    async def failing(*_: object) -> None:
        raise error(f"cannot connect with postgres://me:{secret('dsn')}@db.local/name as /home/somebody")

    monkeypatch.setattr(Runner, "read", failing)
    monkeypatch.setattr(Runner, "deliver", failing)
    monkeypatch.setattr(Runner, "deliver_and_read", failing)

    async with session.request(method, path.format("a" * 32)) as response:
        told = await response.json()

    sentence = "Something went wrong on this server; its log says what."
    assert (response.status, told) == (500, {"error": "SERVER_500", "http_code": 500, "message": sentence})
