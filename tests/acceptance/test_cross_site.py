"""A page of somebody else, in the browser of a user: it has no power here that any stranger has not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from aiohttp import ClientSession

from server.app import App

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOREIGN = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}
SIMPLE = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x")
BODIES = {
    SIMPLE[0]: b'params={"steps":{"a":{"robot":"/file/hash"}}}&_method=DELETE',
    SIMPLE[1]: b'{"params":{"steps":{"a":{"robot":"/file/hash"}}}}',
    SIMPLE[2]: b'--x\r\nContent-Disposition: form-data; name="params"\r\n\r\n{"steps":{}}\r\n--x--\r\n',
}
UNKNOWN = "0123456789abcdef" * 2


def paths(app: App, *methods: str) -> list[str]:
    """Each URL of the route table that takes one of the methods, with something unknown in its places."""
    found = {
        route.resource.canonical
        for route in app.web.app.router.routes()
        if route.resource is not None and route.method in (*methods, "*")
    }
    return sorted(re.sub(r"\{node[^}]*\}", "1", re.sub(r"\{(?!node)[^}]*\}", UNKNOWN, path)) for path in found)


async def kept(app: App) -> tuple[int, list[Path]]:
    """What a request could have left: records and files."""
    count = await app.parts.store.tx(
        lambda rows: rows.connection.execute("SELECT count(*) FROM assemblies").fetchone()[0]
    )
    folders = [path for name in ("uploads", "files", "scratch") for path in sorted((app.folder / name).rglob("*"))]
    return count, folders


@pytest.mark.parametrize("kind", SIMPLE)
@pytest.mark.case(92)
async def test_no_simple_request_of_another_site_changes_anything(app: App, session: ClientSession, kind: str) -> None:
    before = await kept(app)
    targets = paths(app, "POST", "PUT", "PATCH", "DELETE")

    for path in targets:
        async with session.post(path, data=BODIES[kind], headers={**FOREIGN, "Content-Type": kind}) as reply:
            assert reply.status >= 400, path
            assert "Set-Cookie" not in reply.headers

    assert len(targets) >= 4
    assert await kept(app) == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.case(92, 93)
async def test_asking_changes_nothing_and_sets_no_cookie(app: App, session: ClientSession, method: str) -> None:
    before = await kept(app)

    for path in paths(app, "GET"):
        async with session.request(method, path, headers=FOREIGN) as reply:
            assert "Set-Cookie" not in reply.headers, path
            assert "Access-Control-Allow-Credentials" not in reply.headers, path
            assert reply.headers["X-Content-Type-Options"] == "nosniff", path
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"], path

    assert await kept(app) == before


@pytest.mark.case(92, 93)
async def test_the_key_is_not_told_to_another_site(session: ClientSession) -> None:
    async with session.get("/page.json", headers=FOREIGN) as reply:
        assert (await reply.json())["key"] is None
        assert reply.headers["Access-Control-Allow-Origin"] != "*"
