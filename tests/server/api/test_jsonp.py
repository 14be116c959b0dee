"""Tests of statuses that a page loads as scripts."""

import pytest
from aiohttp import web

from server.api.jsonp import with_jsonp
from server.api.middleware import json_response
from server.errors import ApiError
from tests.server.api.conftest import Client, Serve


async def show(request: web.Request) -> web.Response:
    if "missing" in request.query:
        raise ApiError("ASSEMBLY_NOT_FOUND")
    return json_response({"ok": "ASSEMBLY_COMPLETED", "message": "a\u2028b"})


async def cancel(_: web.Request) -> web.Response:
    return json_response({"ok": "ASSEMBLY_CANCELED"})


async def started(serve: Serve) -> Client:
    app = web.Application()
    app.router.add_get("/", with_jsonp(show, cancel))
    return await serve(app)


@pytest.mark.parametrize(
    ("query", "script"),
    [
        ("callback=cb", '/**/cb({"ok":"ASSEMBLY_COMPLETED","message":"a\\u2028b"});'),
        ("callback=$.a_1&_=2", '/**/$.a_1({"ok":"ASSEMBLY_COMPLETED","message":"a\\u2028b"});'),
        ("method=delete&callback=cb", '/**/cb({"ok":"ASSEMBLY_CANCELED"});'),
    ],
)
async def test_a_status_is_the_argument_of_a_call(serve: Serve, query: str, script: str) -> None:
    client = await started(serve)

    response = await client.get(f"/?{query}")

    assert (response.status, await response.text()) == (200, script)
    assert response.headers["Content-Type"] == "application/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_error_is_told_to_the_script_too(serve: Serve) -> None:
    client = await started(serve)

    response = await client.get("/?callback=cb&missing")

    assert response.status == 200
    assert (await response.text()).startswith('/**/cb({"error":"ASSEMBLY_NOT_FOUND","http_code":404')


@pytest.mark.parametrize("callback", ["", "alert(1)//", "a" * 101, "1a", "é", "a\n", "</script>"])
async def test_what_is_no_name_of_a_function_is_never_sent_back(serve: Serve, callback: str) -> None:
    client = await started(serve)

    response = await client.session.get(client.url, params={"callback": callback, "method": "delete"})

    assert response.status == 400
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"


async def test_only_a_script_may_cancel_with_get(serve: Serve) -> None:
    client = await started(serve)

    assert (await (await client.get("/?method=delete")).json())["ok"] == "ASSEMBLY_COMPLETED"
