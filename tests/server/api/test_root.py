"""Programs get JSON at the root, browsers the page, with a policy that lets it do little."""

from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from server.api.page import Page
from server.api.root import Root
from tests.server.api.conftest import Client, Serve

HIDDEN = (
    "vendor.py",
    "vendor.toml",
    "index.html",
    "vendor/.stamp",
    ".env",
    "node/a.js",
    "app.js~",
)


@pytest.fixture
async def client(serve: Serve, tmp_path: Path) -> Client:
    for name in HIDDEN:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("hidden")
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


@pytest.mark.case(91, 92)
async def test_scripts_are_ours_and_files_come_from_this_server_by_both_of_its_names(client: Client) -> None:
    async with client.get("/static/app.js") as response:
        policy = dict(line.split(" ", 1) for line in response.headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["form-action"] == policy["trusted-types"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert not any("unsafe" in words for words in policy.values())
    assert policy["connect-src"] == "'self' http://media.example"
    assert policy["img-src"] == "'self' http://media.example data: blob:"


async def test_an_updated_page_is_asked_for_again(client: Client) -> None:
    async with client.get("/static/app.js") as response:
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", [*HIDDEN, "", "%2e%2e/app.js", "vendor/..%2fvendor.py", "vendor", "none.js"])
async def test_only_what_the_page_is_made_of_is_served(client: Client, name: str) -> None:
    url = URL(f"http://{client.host}:{client.port}/static/{name}", encoded=True)

    async with client.session.get(url) as response:
        assert response.status == 404
