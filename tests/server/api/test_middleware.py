"""Tests of what all replies have in common."""

import logging

import pytest
from aiohttp import ClientError, web

from server.api.body import Aborted
from server.api.middleware import CORS, json_response
from server.errors import ApiError
from tests.server.api.conftest import Client, Serve

FAILURES = {
    "api": ApiError("INVALID_FORM_DATA", "because", assembly_id="a"),
    "too-large": web.HTTPRequestEntityTooLarge(10, 20),
    "gone": web.HTTPGone(),
    "not-allowed": web.HTTPForbidden(),
    "bug": ZeroDivisionError("secret/path"),
    "aborted": Aborted("gone"),
}


async def fail(request: web.Request) -> web.StreamResponse:
    raise FAILURES[request.match_info["kind"]]


async def ok(_: web.Request) -> web.StreamResponse:
    return json_response({"ok": "SERVER_ROOT"})


async def move(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("https://example.com/")


async def own(_: web.Request) -> web.StreamResponse:
    return web.Response(headers={"Access-Control-Allow-Methods": "PATCH", "Access-Control-Expose-Headers": "Location"})


async def grow(_: web.Request) -> web.StreamResponse:
    return web.Response(body=bytes(1 << 60))


async def break_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"half")
    raise ZeroDivisionError


@pytest.fixture
async def client(serve: Serve) -> Client:
    tus = web.Application()
    tus.router.add_get("/files", own)
    tus.router.add_route("OPTIONS", "/files", own)
    app = web.Application()
    app.router.add_get("/", ok)
    app.router.add_get("/moved", move)
    app.router.add_get("/fail/{kind}", fail)
    app.router.add_get("/broken", break_off)
    app.router.add_get("/large", grow)
    app.add_subapp("/tus/", tus)
    return await serve(app)


async def test_json_is_told_as_clients_expect_it(client: Client) -> None:
    reply = await client.get("/")

    assert await reply.json() == {"ok": "SERVER_ROOT"}
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-cache"
    assert {name: reply.headers[name] for name in CORS} == CORS


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("api", 400, "INVALID_FORM_DATA"),
        ("too-large", 413, "MAX_SIZE_EXCEEDED"),
        ("gone", 410, "INVALID_FORM_DATA"),
        ("not-allowed", 403, "SERVER_403"),
        ("bug", 500, "SERVER_500"),
        ("aborted", 400, "REQUEST_PREMATURE_CLOSED"),
    ],
)
async def test_every_failure_is_json_with_cors(client: Client, kind: str, status: int, code: str) -> None:
    reply = await client.get(f"/fail/{kind}")
    told = await reply.json()

    assert (reply.status, told["http_code"], told["error"]) == (status, status, code)
    assert told["message"]
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_bug_is_told_to_the_log_only(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    reply = await client.get("/fail/bug")

    assert "secret/path" not in await reply.text()
    assert "secret/path" in caplog.text
    assert "Traceback" in caplog.text


async def test_what_is_foreseen_is_no_line_in_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/fail/api", "/fail/aborted", "/nowhere"):
        await client.get(path)

    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("POST", "/"), ("GET", "/tus/x"), ("PUT", "/tus/files")]
)
async def test_an_unknown_url_or_method_is_told_so(client: Client, method: str, path: str) -> None:
    reply = await client.request(method, path)

    assert reply.status == 404
    assert (await reply.json())["error"] == "SERVER_404"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/nowhere/", "/fail/api", "/tus/nothing"])
async def test_a_preflight_is_answered_everywhere(client: Client, path: str) -> None:
    reply = await client.request("OPTIONS", path, headers={"Origin": "null", "Access-Control-Request-Method": "POST"})

    assert reply.status == 204
    assert "Transloadit-Client" in reply.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_headers_that_a_route_has_set_stay(client: Client, method: str) -> None:
    reply = await client.request(method, "/tus/files")

    assert reply.headers["Access-Control-Allow-Methods"] == "PATCH"
    assert reply.headers["Access-Control-Expose-Headers"] == "Location"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_redirect_stays_one(client: Client) -> None:
    reply = await client.get("/moved")

    assert (reply.status, reply.headers["Location"]) == (302, "https://example.com/")


async def test_a_request_has_the_id_that_its_client_gave_or_a_new_one(client: Client) -> None:
    given = await client.get("/", headers={"X-Request-ID": "abc-1"})
    hostile = await client.get("/nowhere", headers={"X-Request-ID": "<script>"})

    assert given.headers["X-Request-ID"] == "abc-1"
    assert len(hostile.headers["X-Request-ID"]) == 32


async def test_a_reply_that_breaks_off_does_not_look_whole(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ClientError):
        async with client.get("/broken") as reply:
            await reply.read()

    assert "ZeroDivisionError" in caplog.text


@pytest.mark.case(114)
async def test_a_request_for_which_there_is_no_memory_is_put_off_and_the_next_one_works(client: Client) -> None:
    async with client.get("/large") as refused:
        told = await refused.json()
    async with client.get("/") as next_one:
        assert (await next_one.json())["ok"] == "SERVER_ROOT"

    assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert (told["error"], "no memory left" in told["message"]) == ("CANNOT_ACCEPT_NEW_ASSEMBLIES", True)
