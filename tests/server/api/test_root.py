"""Programs get JSON at the root, browsers the page, with a policy that lets it do little."""

from pathlib import Path

import pytest
from aiohttp import web

from server.api.page import Page
from server.api.root import Root
from tests.server.api.conftest import Client, Serve


@pytest.fixture
async def client(serve: Serve, tmp_path: Path) -> Client:
    (tmp_path / "index.html").write_text("<!doctype html><title>Sluice</title>")
    (tmp_path / "app.js").write_text("export {}\n")
    app = web.Application()
    Root(tmp_path, "attic", Page("a-key", False, lambda: "http://media.example")).attach(app)
    return await serve(app)


async def test_programs_are_greeted_in_json(client: Client) -> None:
    async with client.get("/") as response:
        assert await response.json() == {"ok": "SERVER_ROOT", "http_code": 200, "hostname": "attic"}


async def test_browsers_are_shown_the_page(client: Client) -> None:
    async with client.get("/", headers={"Accept": "text/html,*/*;q=0.8"}) as response:
        assert "<title>Sluice</title>" in await response.text()
        assert response.headers["Vary"] == "Accept"


async def test_scripts_are_ours_and_files_come_from_this_server_by_both_of_its_names(client: Client) -> None:
    async with client.get("/static/app.js") as response:
        policy = dict(line.split(" ", 1) for line in response.headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' http://media.example"
    assert policy["img-src"] == "'self' http://media.example data: blob:"


async def test_an_updated_page_is_asked_for_again(client: Client) -> None:
    async with client.get("/static/app.js") as response:
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_no_file_beside_the_page_is_served(client: Client) -> None:
    async with client.get("/static/%2e%2e/conftest.py") as response:
        assert response.status in (403, 404)


async def test_health_can_be_asked(client: Client) -> None:
    async with client.get("/healthz") as response:
        assert (await response.json())["ok"] == "SERVER_HEALTHY"
