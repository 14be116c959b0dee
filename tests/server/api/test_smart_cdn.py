"""A signed address runs a Template and is answered with what it serves, which is then kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, web
from PIL import Image
from transloadit.client import Transloadit

from server.app import App
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, SECRET
from tests.web import site

CDN = "/cdn/first"
RESIZED = {"robot": "/image/resize", "use": "imported", "width": "${fields.w}", "format": "png"}
SERVED = {"robot": "/file/serve", "use": "resized", "cache_duration": 600}


def template(origin: str, **served: Any) -> dict[str, Any]:
    imported = {"robot": "/http/import", "url": f"{origin}/${{fields.input}}"}
    return {"steps": {"imported": imported, "resized": RESIZED, "served": SERVED | served}}


def signed(path: str, until: float = 600, *, key: str = KEY, secret: str = SECRET, **fields: Any) -> str:
    """The rest of the address after the workspace, as the SDK makes it."""
    name, _, wanted = path.partition("/")
    sdk = Transloadit(key, secret)
    parts = urlsplit(sdk.get_signed_smart_cdn_url("first", name, wanted, fields, int((time.time() + until) * 1000)))
    return f"{parts.path}?{parts.query}"


async def counted(app: App) -> int:
    sql = "SELECT count(*) FROM assemblies"
    return int(await app.parts.store.tx(lambda rows: rows.connection.execute(sql).fetchone()[0]))


async def fault(response: ClientResponse) -> tuple[int, str]:
    return response.status, (await response.json())["error"]


@pytest.fixture
def image(tmp_path: Path) -> bytes:
    return samples.jpeg(tmp_path).read_bytes()


@pytest_asyncio.fixture
async def origin(image: bytes) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=image) if request.path.endswith(".jpg") else web.Response(status=404)

    async with site(answer) as origin:
        yield origin


@pytest_asyncio.fixture
async def app(tmp_path: Path, origin: str) -> AsyncIterator[App]:
    async with inside(tmp_path / "data", cdn_host="cdn.example.com") as app:
        await create(app, "thumbnail", template(origin))
        yield app


@pytest_asyncio.fixture
async def http(app: App) -> AsyncIterator[ClientSession]:
    async with client(app) as http:
        yield http


async def create(app: App, name: str, content: dict[str, Any]) -> None:
    account = app.parts.accounts.first.account.id
    await app.parts.templates.create(account, {"name": name, "template": content}, time.time(), None)


async def test_a_picture_is_made_when_it_is_asked_for_and_kept(app: App, http: ClientSession) -> None:
    address = CDN + signed("thumbnail/folder/photo.jpg", w=40)

    first, again = await http.get(address), await http.get(address)
    part = await http.get(address, headers={"Range": "bytes=0-7"})

    assert first.status == 200, await first.text()
    assert Image.open(BytesIO(await first.read())).width == 40
    assert await again.read() == await first.read()
    assert first.headers["Content-Type"].startswith("image/png")
    assert first.headers["Cache-Control"] == "public, max-age=600, s-maxage=600"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert (part.status, await part.read()) == (206, b"\x89PNG\r\n\x1a\n")
    assert await counted(app) == 1


async def test_other_fields_are_another_picture(app: App, http: ClientSession) -> None:
    widths = [
        Image.open(BytesIO(await (await http.get(CDN + signed("thumbnail/a.jpg", w=w))).read())).width for w in (20, 30)
    ]

    assert widths == [20, 30]
    assert await counted(app) == 2


async def test_what_many_ask_for_at_once_is_made_once(app: App, http: ClientSession) -> None:
    answers = await asyncio.gather(*(http.get(CDN + signed("thumbnail/photo.jpg", n, w=50)) for n in range(100, 112)))

    assert {answer.status for answer in answers} == {200}
    assert len({await answer.read() for answer in answers}) == 1
    assert await counted(app) == 1


async def test_one_who_leaves_stops_nothing(app: App, http: ClientSession) -> None:
    address = CDN + signed("thumbnail/photo.jpg", w=60)

    leaving = asyncio.ensure_future(http.get(address))
    while not await counted(app):  # noqa: ASYNC110 - nothing else tells of a new record
        await asyncio.sleep(0)
    leaving.cancel()
    answer = await http.get(address)

    assert answer.status == 200
    assert await counted(app) == 1


async def test_a_template_that_was_changed_makes_it_anew(app: App, http: ClientSession, origin: str) -> None:
    account, address = app.parts.accounts.first.account.id, CDN + signed("thumbnail/photo.jpg", w=40)
    before = await (await http.get(address)).read()
    changed = template(origin)
    changed["steps"]["resized"] = {**RESIZED, "width": 10}

    await app.parts.templates.update(account, "thumbnail", {"template": changed}, time.time(), None)
    after = await (await http.get(address)).read()

    assert [Image.open(BytesIO(body)).width for body in (before, after)] == [40, 10]


async def test_what_shall_not_be_kept_is_not(app: App, http: ClientSession, origin: str) -> None:
    await create(app, "fresh-each-time", template(origin, headers={"Cache-Control": "no-store"}))
    address = CDN + signed("fresh-each-time/photo.jpg", w=40)

    answers = [await http.get(address), await http.get(address)]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 2
    assert await counted(app) == 2


async def test_a_workspace_has_a_host_of_its_own(http: ClientSession) -> None:
    address = signed("thumbnail/photo.jpg", w=40)

    answer = await http.get(address, headers={"Host": "first.cdn.example.com:8080"})
    other = await http.get(address, headers={"Host": "second.cdn.example.com"})
    root = await http.get("/", headers={"Host": "cdn.example.org"})

    assert answer.headers["Content-Type"].startswith("image/png")
    assert await fault(other) == (400, "INVALID_SIGNATURE")
    assert (await root.json())["ok"] == "SERVER_ROOT"


@pytest.mark.case(96)
async def test_an_address_that_its_owner_did_not_sign_makes_nothing(app: App, http: ClientSession) -> None:
    good = signed("thumbnail/photo.jpg", w=40)
    seconds = time.time() / 1000 - time.time()  # an end that is told in seconds, where milliseconds are meant
    asked = {
        "INVALID_SIGNATURE": [f"{CDN}{good.replace('w=40', 'w=4000')}", f"{CDN}{good}&h=5", f"/cdn/second{good}"],
        "NO_SIGNATURE_FIELD": [f"{CDN}/thumbnail/photo.jpg?w=40"],
        "AUTH_EXPIRED": [CDN + signed("thumbnail/photo.jpg", until, w=40) for until in (-1, seconds)],
        "GET_ACCOUNT_UNKNOWN_AUTH_KEY": [CDN + signed("thumbnail/photo.jpg", key="another-key-1", w=40)],
        "INVALID_URL_ENCODING": [CDN + good + "&sig=sha256%3A00"],
    }

    for code, addresses in asked.items():
        for address in addresses:
            assert await fault(await http.get(address)) == (400, code)
    assert await counted(app) == 0


async def test_why_nothing_can_be_served_is_told(app: App, http: ClientSession, origin: str) -> None:
    steps = template(origin)["steps"]
    await create(app, "without-serve", {"steps": {name: steps[name] for name in ("imported", "resized")}})
    served = {"steps": {"imported": steps["imported"], "served": {**SERVED, "use": "declined"}}}
    served["steps"]["declined"] = {
        "robot": "/file/filter",
        "use": "imported",
        "accepts": [["${file.size}", ">", "1e12"]],
    }
    await create(app, "declines-all", served)
    long = {f"hashed_{n}": {"robot": "/file/hash", "use": "imported"} for n in range(20)}
    await create(app, "too-long", {"steps": {**steps, **long}})

    names = ("unknown-template/a.jpg", "without-serve/a.jpg", "declines-all/a.jpg", "thumbnail/a.txt", "too-long/a.jpg")
    faults = [await fault(await http.get(CDN + signed(path, w=40))) for path in names]

    assert faults == [
        (400, "TEMPLATE_NOT_FOUND"),
        (400, "NO_RESULT_STEP_FOUND"),
        (400, "FILE_SERVE_NO_RESULT"),
        (400, "HTTP_IMPORT_NOT_FOUND"),
        (400, "ASSEMBLY_NOT_CAPABLE"),
    ]


async def test_addresses_without_a_signature_are_served_where_the_settings_say_so(tmp_path: Path, origin: str) -> None:
    async with inside(tmp_path / "data", cdn_unsigned=True, cdn_path="/pictures/of") as app, client(app) as http:
        await create(app, "thumbnail", template(origin))
        await create(app, "only-signed", template(origin) | {"require_signature_auth": 1})
        await app.parts.templates.update(
            app.parts.accounts.first.account.id, "only-signed", {"require_signature_auth": 1}, time.time(), None
        )

        answer = await http.get("/pictures/of/first/thumbnail/photo.jpg?w=40")

        assert answer.headers["Content-Type"].startswith("image/png")
        assert await fault(await http.get("/pictures/of/first/only-signed/photo.jpg?w=40")) == (
            400,
            "NO_SIGNATURE_FIELD",
        )
        assert (await http.get("/pictures/of/first" + signed("only-signed/photo.jpg", w=40))).status == 200
        assert await fault(await http.get("/pictures/of/nobody/thumbnail/photo.jpg?w=40")) == (
            400,
            "NO_SIGNATURE_FIELD",
        )
