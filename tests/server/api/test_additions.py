"""Files that an Assembly gets by their addresses."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientError, ClientSession, web

from server.app import App
from server.engine.additions import Additions
from tests import samples
from tests.inside import client
from tests.live import KEY, ended, live
from tests.owner import Json
from tests.web import always, silent, site

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"max_upload_size": 1000}
WORDS = b"some words"
HASH = {"hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(app: App) -> AsyncIterator[ClientSession]:
    async with client(app) as session:
        yield session


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there() -> AsyncIterator[str]:
    """The address of some words."""
    async with site(always(lambda: web.Response(body=WORDS))) as origin:
        yield f"{origin}/words.txt?secret=1"


async def create(http: ClientSession, files: int = 1, **auth: object) -> Json:
    params = json.dumps({"auth": {"key": KEY, **auth}, "steps": HASH})
    async with http.post("/assemblies", data={"params": params, "num_expected_upload_files": str(files)}) as reply:
        status: Json = await reply.json()
    assert reply.status == 200, status
    return status


async def post(http: ClientSession, status: Json, act: str, **query: str) -> tuple[int, str]:
    """The status and the word of an answer."""
    async with http.post(f"/assemblies/{status['assembly_id']}/{act}", params=query) as reply:
        told: Json = await reply.json()
    assert told.get("http_code") == reply.status, told
    return reply.status, told.get("ok") or told["error"]


async def reserve(http: ClientSession, status: Json, size: object = len(WORDS)) -> tuple[int, str]:
    return await post(http, status, "reserve_file", size=str(size))


async def add(http: ClientSession, status: Json, url: str, size: object = "", name: str = "a.txt") -> tuple[int, str]:
    return await post(http, status, "add_file", size=str(size), filename=name, fieldname="file", s3Url=url)


async def show(http: ClientSession, status: Json) -> Json:
    async with http.get(f"/assemblies/{status['assembly_id']}") as reply:
        told: Json = await reply.json()
    return told


async def test_a_file_that_is_added_by_its_address_is_an_upload_like_any_other(http: ClientSession, there: str) -> None:
    status = await create(http)

    assert await reserve(http, status) == (200, "ASSEMBLY_FILE_RESERVED")
    assert await add(http, status, there, len(WORDS)) == (200, "ASSEMBLY_FILE_ACCEPTED")
    last = await ended(http, status)

    [upload] = last["uploads"]
    assert (upload["name"], upload["field"], upload["size"], upload["mime"]) == ("a.txt", "file", 10, "text/plain")
    assert (upload["is_tus_file"], upload["tus_upload_url"]) == (False, None)
    assert (last["expected_tus_uploads"], last["tus_uploads"], last["bytes_received"]) == (0, [], 10)
    assert last["results"]["hashed"][0]["meta"]["hash"] == hashlib.md5(WORDS).hexdigest()


async def test_the_assembly_waits_until_each_reserved_place_has_its_file(http: ClientSession, there: str) -> None:
    status = await create(http, files=2)
    await asyncio.gather(reserve(http, status), reserve(http, status))

    assert await add(http, status, there, name="one.txt") == (200, "ASSEMBLY_FILE_ACCEPTED")
    assert (await show(http, status))["ok"] == "ASSEMBLY_UPLOADING"
    await add(http, status, there, name="two.txt")

    last = await ended(http, status)
    assert sorted(upload["name"] for upload in last["uploads"]) == ["one.txt", "two.txt"]
    assert len(last["results"]["hashed"]) == 2


async def test_a_file_without_a_name_has_that_of_its_address(http: ClientSession, there: str) -> None:
    status = await create(http)
    await reserve(http, status, "null")

    await add(http, status, there, "undefined", name="")

    assert [upload["name"] for upload in (await ended(http, status))["uploads"]] == ["words.txt"]


async def test_a_file_comes_only_where_a_place_was_reserved_for_it(http: ClientSession, there: str) -> None:
    status = await create(http, files=2)

    assert await add(http, status, there) == (400, "ASSEMBLY_FILE_NOT_RESERVED")
    await reserve(http, status)
    both = await asyncio.gather(add(http, status, there), add(http, status, there))

    assert sorted(word for _, word in both) == ["ASSEMBLY_FILE_ACCEPTED", "ASSEMBLY_FILE_NOT_RESERVED"]
    assert len((await show(http, status))["uploads"]) == 1


@pytest.mark.case(44, 51, 52)
@pytest.mark.parametrize(
    "url",
    [
        *("http://10.0.0.1/words", "http://me:secret@192.168.0.1/words", "http://[::ffff:10.0.0.1]/", "http://0xa.1/"),
        *("http://169.254.169.254/latest?secret=1", "http://8.8.8.8:25/words"),
    ],
)
async def test_nothing_is_fetched_from_where_the_public_may_not_go(http: ClientSession, url: str) -> None:
    status = await create(http)
    await reserve(http, status)

    path = f"/assemblies/{status['assembly_id']}/add_file"
    async with http.post(path, params={"s3Url": url}) as reply:
        told = await reply.json()

    assert (reply.status, told["error"]) == (400, "FILE_DOWNLOAD_ERROR")
    assert "secret" not in str(told)
    assert (await show(http, status))["ok"] == "ASSEMBLY_UPLOADING"


@pytest.mark.parametrize("url", ["", "words.txt", "file:///etc/passwd", "ftp://example.com/a", "data:text/plain,a"])
async def test_an_address_that_is_none_of_the_web_is_refused_at_once(http: ClientSession, url: str) -> None:
    status = await create(http)
    await reserve(http, status)

    assert await add(http, status, url) == (400, "INVALID_FORM_DATA")


async def test_a_place_stays_reserved_when_its_file_cannot_be_had(http: ClientSession, there: str) -> None:
    status = await create(http)
    await reserve(http, status)

    async with site(always(lambda: web.Response(status=404))) as origin:
        assert await add(http, status, f"{origin}/words") == (400, "FILE_DOWNLOAD_ERROR")

    assert await add(http, status, there) == (200, "ASSEMBLY_FILE_ACCEPTED")
    assert (await ended(http, status))["ok"] == "ASSEMBLY_COMPLETED"


async def test_what_fails_by_chance_is_tried_again(http: ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Additions, "pauses", (0.0,))
    answers = iter([web.Response(status=503), web.Response(body=WORDS)])
    status = await create(http)
    await reserve(http, status)

    async with site(always(lambda: next(answers))) as origin:
        assert await add(http, status, f"{origin}/words") == (200, "ASSEMBLY_FILE_ACCEPTED")


async def test_a_damaged_picture_ends_the_assembly_as_it_does_in_an_upload(http: ClientSession, tmp_path: Path) -> None:
    damaged = samples.bmp(tmp_path, 10, 10).read_bytes()[:-100]
    status = await create(http)
    await reserve(http, status)

    async with site(always(lambda: web.Response(body=damaged))) as origin:
        assert await add(http, status, origin, name="a.bmp") == (200, "ASSEMBLY_FILE_ACCEPTED")
    last = await ended(http, status)

    assert (last["error"], last["file"]) == ("FILE_META_DATA_ERROR", "a.bmp")


@pytest.mark.case(48)
@pytest.mark.parametrize(("size", "auth"), [(9, {}), ("", {"max_size": 9})], ids=["told", "allowed"])
async def test_a_file_with_more_bytes_than_told_or_allowed_is_not_taken(
    http: ClientSession, there: str, size: object, auth: Json
) -> None:
    status = await create(http, **auth)
    await reserve(http, status, size)

    assert await add(http, status, there, size) == (400, "FILE_DOWNLOAD_ERROR")
    assert (await show(http, status))["uploads"] == []


async def test_what_the_server_takes_of_no_client_it_does_not_fetch_either(http: ClientSession, there: str) -> None:
    status = await create(http)

    assert await reserve(http, status, 1001) == (400, "MAX_SIZE_EXCEEDED")
    assert await reserve(http, status, "much") == (400, "INVALID_FORM_DATA")
    await reserve(http, status)
    assert await add(http, status, there, 1001) == (400, "MAX_SIZE_EXCEEDED")


@pytest.mark.parametrize(
    ("size", "error", "auth"),
    [(10, "MAX_SIZE_EXCEEDED", {"max_size": 9}), (1, "MAX_NUMBER_OF_FILES_EXCEEDED", {"max_number_of_files": 2})],
)
async def test_reserving_more_than_auth_allows_ends_the_assembly_as_an_upload_does(
    http: ClientSession, size: int, error: str, auth: Json
) -> None:
    status = await create(http, files=3, **auth)

    told = await asyncio.gather(*(reserve(http, status, size) for _ in range(3)))

    assert (400, error) in told
    assert (await show(http, status))["error"] == error


async def test_an_assembly_that_waits_for_no_more_files_reserves_no_place(http: ClientSession) -> None:
    started = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await started.wait()
        return web.Response(body=WORDS)

    async with site(slow) as origin:
        steps = {"imported": {"robot": "/http/import", "url": f"{origin}/words"}}
        params = json.dumps({"auth": {"key": KEY}, "steps": steps})
        async with http.post("/assemblies", data={"params": params}) as reply:
            status = await reply.json()
        assert await reserve(http, status) == (400, "ASSEMBLY_SATURATED")
        started.set()
        await ended(http, status)

    assert await reserve(http, status) == (404, "ASSEMBLY_NOT_FOUND")
    assert await add(http, status, "https://example.com/") == (404, "ASSEMBLY_NOT_FOUND")


async def test_canceling_an_assembly_ends_what_is_being_fetched_for_it(app: App, http: ClientSession) -> None:
    async with silent() as (origin, asked):
        status = await create(http)
        await reserve(http, status)
        adding = asyncio.ensure_future(add(http, status, f"{origin}/words"))
        await asked.wait()
        async with http.delete(f"/assemblies/{status['assembly_id']}") as reply:
            assert (await reply.json())["ok"] == "ASSEMBLY_CANCELED"

        assert await adding == (404, "ASSEMBLY_NOT_FOUND")
    assert list((app.folder / "scratch").iterdir()) == []


@pytest.mark.case(129)
async def test_an_assembly_whose_reserved_place_stays_empty_expires_and_keeps_what_had_come(
    app: App, http: ClientSession, there: str
) -> None:
    status = await create(http, files=2)
    await asyncio.gather(reserve(http, status), reserve(http, status))
    await add(http, status, there)
    async with silent() as (origin, asked):
        adding = asyncio.ensure_future(add(http, status, f"{origin}/words"))
        await asked.wait()
        await app.parts.expiry.sweep(time.time() + 7 * 3600)
        before = await show(http, status)
        await app.parts.expiry.sweep(time.time() + 9 * 3600)

        assert await adding == (404, "ASSEMBLY_NOT_FOUND")
    after = await show(http, status)
    assert (before["ok"], after["error"]) == ("ASSEMBLY_UPLOADING", "ASSEMBLY_EXPIRED")
    assert [len(told["uploads"]) for told in (before, after)] == [1, 1]
    assert await add(http, status, there) == await reserve(http, status) == (404, "ASSEMBLY_NOT_FOUND")
    assert list((app.folder / "scratch").iterdir()) == []


@pytest.mark.long
async def test_a_kill_costs_neither_a_file_that_was_added_nor_the_place_of_one_that_was_coming(
    tmp_path: Path, there: str
) -> None:
    data = tmp_path / "data"
    async with silent() as (slow, asked), live(data) as server, ClientSession(server.origin) as http:
        status = await create(http, files=2)
        await asyncio.gather(reserve(http, status), reserve(http, status))
        assert await add(http, status, there, name="before.txt") == (200, "ASSEMBLY_FILE_ACCEPTED")
        coming = asyncio.ensure_future(add(http, status, slow))
        await asked.wait()
        await server.stop(signal.SIGKILL)
        with pytest.raises(ClientError):
            await coming

    async with live(data) as server, ClientSession(server.origin) as http:
        status = await show(http, status)
        assert status["ok"] == "ASSEMBLY_UPLOADING"
        assert await add(http, status, there, name="after.txt") == (200, "ASSEMBLY_FILE_ACCEPTED")
        last = await ended(http, status)

    assert sorted(upload["name"] for upload in last["uploads"]) == ["after.txt", "before.txt"]
