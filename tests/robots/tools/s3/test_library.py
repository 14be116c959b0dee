"""The library: where it asks, what it hears of, and what it makes of an answer that is none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from time import thread_time
from typing import Any

import pytest
from aiohttp import web

from robots.base.errors import RobotError
from robots.tools.http import HttpClient
from robots.tools.s3 import library
from robots.tools.s3.bucket import Bucket
from robots.tools.s3.fetching import Entry, entries, size_of
from robots.tools.s3.place import Place
from tests.canary import secret
from tests.web import always, site

LIST = '<?xml version="1.0"?><ListBucketResult><IsTruncated>{}</IsTruncated>{}</ListBucketResult>'
AWAY = {
    "AWS_ACCESS_KEY_ID": "stranger",
    "AWS_SECRET_ACCESS_KEY": "stranger",
    "AWS_SESSION_TOKEN": "stranger",
    "AWS_BEARER_TOKEN_S3": "stranger",
    "AWS_PROFILE": "none",
    "AWS_REGION": "eu-west-9",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "AWS_CA_BUNDLE": "/none",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_RETRY_MODE": "none",
    "AWS_DEFAULTS_MODE": "auto",
    "HTTP_PROXY": "http://127.0.0.1:9",
}


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    client = HttpClient(allow=[ip_network("127.0.0.0/8")])
    yield client
    await client.close()


def pets(origin: str, **more: Any) -> Place:
    return Place(origin, "pets", "K", secret("s3-library"), **more)


async def listed(http: HttpClient, origin: str) -> list[Entry]:
    async with Bucket(http, pets(origin), pauses=()) as bucket:
        return [entry async for entry in entries(bucket, "", recursive=True)]


async def sized(http: HttpClient, origin: str) -> int:
    async with Bucket(http, pets(origin), pauses=()) as bucket:
        return await size_of(bucket, "a")


def test_it_is_imported_only_when_a_bucket_is_needed() -> None:
    words = "import sys, robots.storage.s3; print(sys.modules.keys() & {'aioboto3', 'boto3', 'botocore'})"

    assert subprocess.check_output([sys.executable, "-c", words], text=True).strip() == "set()"


@pytest.mark.parametrize(
    "place",
    [
        pets("https://s3.amazonaws.com", virtual=True),
        pets("https://s3.eu-west-1.amazonaws.com", virtual=True, region="eu-west-1"),
        pets("https://s3.cn-north-1.amazonaws.com.cn", region="cn-north-1"),
        pets("https://abc.supabase.co/storage/v1/s3"),
        pets("https://nyc3.digitaloceanspaces.com", virtual=True, region="nyc3"),
        pets("http://127.0.0.1:9000", virtual=True),
        pets("http://[::1]:9000", virtual=True),
        Place("https://s3.amazonaws.com", "my.cats", "K", "S", virtual=True),
        Place("http://s3.example.com", "my.cats", "K", "S", virtual=True),
        Place("https://s3.example.com", "My_Cats", "K", "S", virtual=True),
        Place("https://s3.example.com", "a" * 100, "K", "S", virtual=True),
    ],
    ids=lambda place: place.home[:40],
)
@pytest.mark.parametrize("key", ["a b/ü+1&2=~.jpg", "a//b"])
async def test_it_asks_where_the_place_says(http: HttpClient, place: Place, key: str) -> None:
    async with Bucket(http, place) as bucket:
        url = await bucket.signed_url(key, 60)

    assert url.startswith(f"{place.url(key)}?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert f"%2F{place.region}%2Fs3%2Faws4_request" in url


@pytest.mark.case(106)
async def test_neither_the_environment_nor_a_file_of_this_machine_is_heard(
    http: HttpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[web.Request] = []
    (tmp_path / ".aws").mkdir()
    for name in ("config", "credentials"):
        (tmp_path / ".aws" / name).write_text("this is no file of settings")
    for name, value in {**AWAY, "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    library._session.cache_clear()

    async def answer(request: web.Request) -> web.Response:
        heard.append(request)
        return web.Response(text=LIST.format("false", ""))

    async with site(answer) as origin:
        await listed(http, origin)

    headers = heard[0].headers
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=K/")
    assert "/us-east-1/s3/" in headers["Authorization"]
    assert headers["User-Agent"] == "Sluice"
    assert "stranger" not in str(headers)


LAUGHS = "".join(f"<!ENTITY l{n + 1} '{f'&l{n};' * 10}'>" for n in range(9))
LAUGHTER = f"<!DOCTYPE a [<!ENTITY l0 'ha'>{LAUGHS}]><ListBucketResult>&l9;</ListBucketResult>"
AT_ONCE = 0.1  # seconds of this processor, for what takes a third of it


@pytest.mark.case(48)
@pytest.mark.parametrize(
    "body",
    [
        "no XML",
        "<html/>",
        LIST.format("false", "<KeyCount>many</KeyCount>"),
        LIST.format("false", "<Contents><Key>a</Key><Size>x</Size></Contents>"),
        LAUGHTER,
        LAUGHTER.encode("utf-16"),
        "<a>" * 3_000,
    ],
    ids=["text", "page", "number", "size", "laughs", "laughs-wide", "deep"],
)
async def test_a_list_that_is_none_is_a_failure(http: HttpClient, body: str | bytes) -> None:
    async with site(always(lambda: web.Response(body=body))) as origin:
        with pytest.raises(RobotError, match="The folder could not be listed: the storage answered"):
            await listed(http, origin)


@pytest.mark.case(48, 119)
@pytest.mark.parametrize("body", ["<Contents/>" * 30_000, " " * 400_000])
async def test_a_list_that_is_too_long_is_not_read(http: HttpClient, body: str) -> None:
    async with site(always(lambda: web.Response(text=LIST.format("false", body)))) as origin:
        with pytest.raises(RobotError, match="EntityTooLarge"):
            await listed(http, origin)


@pytest.mark.case(48, 119)
@pytest.mark.parametrize("inner", ["<Key>a</Key>", "<LastModified>Mon 1 Jan 3pm</LastModified>", "<Size>1</Size>", ""])
async def test_the_longest_list_that_is_read_holds_the_loop_for_a_moment_only(http: HttpClient, inner: str) -> None:
    entry = f"<Contents>{inner}</Contents>"
    answer = LIST.format("false", entry * ((library.MOST_TAGS - 10) // entry.count("<")))
    held: list[float] = []

    async with site(always(lambda: web.Response(text=answer))) as origin:
        for _ in range(3):  # beside others the same work takes more of the processor, and not each time
            before = thread_time()
            found = await listed(http, origin)
            held.append(thread_time() - before)
            assert len(found) in (0, answer.count("<Key>"))

    assert min(held) < AT_ONCE


@pytest.mark.parametrize("date", ["yesterday", "9" * 99])
async def test_a_date_that_cannot_be_does_not_matter(http: HttpClient, date: str) -> None:
    async with site(always(lambda: web.Response(body=b"abc", headers={"Last-Modified": date}))) as origin:
        assert await sized(http, origin) == 3
