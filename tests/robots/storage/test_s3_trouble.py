"""A storage that is slow, forgets, lies or breaks off: in the end there is one object, and it is right."""

from __future__ import annotations

import asyncio
import os
import ssl
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from robots.base.errors import RobotError
from robots.base.file import File
from robots.storage.s3 import S3ImportRobot, S3StoreRobot
from robots.tools.http import HttpClient, Timeouts
from robots.tools.s3 import storing
from tests.certificate import certificate
from tests.faults import End, Line, faults
from tests.relay import cuts, forgets, hangs_up, mislabels, refuses, relay
from tests.robots.workspace import Bench, file_at, run
from tests.seaweed import KEY, SECRET, Seaweed
from tests.web import site

PARTS = 5 << 20  # the least that a part may have
SIZE = PARTS + 300_000
CONTENT = os.urandom(SIZE)


@pytest.fixture
def file(tmp_path: Path) -> File:
    path = tmp_path / "large.bin"
    path.write_bytes(CONTENT)
    return file_at(path, id="f1le")


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "PART", PARTS)


async def store(host: str, bucket: str, file: File, desk: Bench, **params: Any) -> None:
    given = {"host": host, "bucket": bucket, "key": KEY, "secret": SECRET, "path": "f1/le/large.bin", **params}
    await run(S3StoreRobot, given, [file], desk)


def check(weed: Seaweed, bucket: str) -> None:
    """There is this one object, and nothing half-done beside it."""
    assert [key for key in weed.keys(bucket) if not key.startswith(".")] == ["f1/le/large.bin"]
    assert weed.content(bucket, "f1/le/large.bin") == CONTENT
    assert weed.uploads(bucket) == []


async def test_a_large_file_goes_in_parts(weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None) -> None:
    async with relay(weed.origin) as line:
        await store(line.origin, bucket, file, desk, headers={"Content-Type": "a/b"}, tags={"a": "b"})

    check(weed, bucket)
    assert sum("partNumber=" in each for each in line.lines()) == 2
    assert max(each.size for each in line.asked) == PARTS
    assert desk.reached == sorted(desk.reached)
    assert desk.reached[-1] == 1
    about = weed.about(bucket, "f1/le/large.bin")
    assert (about["mime"], about["x-amz-tagging-a"]) == ("a/b", "b")


@pytest.mark.case(125)
@pytest.mark.parametrize(
    "troubles",
    [
        [refuses(503, "SlowDown"), refuses(503, "SlowDown"), refuses(503, "SlowDown")],
        [refuses(500)],
        [forgets(500)],
        [forgets(503, "ServiceUnavailable"), forgets(500)],
        [hangs_up, hangs_up],
        [mislabels],
        [refuses(400, "RequestTimeout")],
        [refuses(200, "InternalError")],
    ],
    ids=["slow-down", "500", "500-after-storing", "twice", "reset", "etag", "timeout", "error-in-200"],
)
async def test_what_passes_is_tried_again(
    weed: Seaweed, bucket: str, file: File, desk: Bench, troubles: list[Any]
) -> None:
    async with relay(weed.origin) as line:
        line.trouble("PUT", *troubles)
        await store(line.origin, bucket, file, desk)

    check(weed, bucket)


@pytest.mark.case(125)
@pytest.mark.parametrize(
    "line", ["PUT", "POST /BUCKET/f1/le/large.bin?uploads", "POST /BUCKET/f1/le/large.bin?uploadId"]
)
@pytest.mark.parametrize(
    "troubles",
    [[refuses(503, "SlowDown"), hangs_up], [forgets(500), forgets(500)], [mislabels], [refuses(200, "InternalError")]],
    ids=["refused", "500-after-storing", "etag", "error-in-200"],
)
async def test_what_passes_in_an_upload_in_parts_is_tried_again(
    weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None, troubles: list[Any], line: str
) -> None:
    async with relay(weed.origin) as between:
        between.trouble(line.replace("BUCKET", bucket), *troubles)
        await store(between.origin, bucket, file, desk)

    check(weed, bucket)


@pytest.mark.case(125)
@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (refuses(503, "SlowDown"), "S3_STORE_FAILURE", "503 SlowDown"),
        (refuses(403, "RequestTimeTooSkewed"), "S3_STORE_ACCESS_DENIED", "clock"),
        (refuses(403, "ExpiredToken"), "S3_STORE_ACCESS_DENIED", "expired"),
        (refuses(404, "NoSuchBucket"), "S3_STORE_NOT_FOUND", "no such bucket"),
        (hangs_up, "S3_STORE_FAILURE", "could not be reached"),
        (mislabels, "S3_STORE_FAILURE", "other bytes"),
        (refuses(400, "<!DOCTYPE x [<!ENTITY a 'b'>]>&a;"), "S3_STORE_FAILURE", "400 BadRequest"),
    ],
)
async def test_what_does_not_pass_is_told_and_leaves_no_parts(
    weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None, trouble: Any, code: str, words: str
) -> None:
    async with relay(weed.origin) as line:
        line.trouble("PUT", *[trouble] * 12)
        with pytest.raises(RobotError, match=words) as failure:
            await store(line.origin, bucket, file, desk)

    assert failure.value.code == code
    assert weed.uploads(bucket) == []
    assert SECRET not in failure.value.message


@pytest.mark.case(125)
async def test_a_connection_that_breaks_in_a_part_costs_only_that_part(
    weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None
) -> None:
    async with faults(weed.port) as proxy:
        proxy.fail(Line(), Line(cut=700_000, end=End.RESET), Line(cut=1_000_000, end=End.CLOSE))
        await store(proxy.origin, bucket, file, desk)

    check(weed, bucket)


@pytest.mark.case(125)
async def test_a_storage_that_takes_a_byte_a_second_is_left(
    weed: Seaweed, bucket: str, file: File, tmp_path: Path, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robots.tools.s3.bucket.SLOWEST", 100 << 20)
    quick = HttpClient(allow=[ip_network("127.0.0.0/8")], timeouts=Timeouts(connect=1, head=0.2, idle=0.2))
    async with faults(weed.port) as proxy:
        proxy.fail(*[Line(rate=100)] * 9)
        with pytest.raises(RobotError, match="took too long") as failure:
            await store(proxy.origin, bucket, file, Bench(tmp_path, quick))
    await quick.close()

    assert failure.value.code == "S3_STORE_FAILURE"


async def test_a_storage_without_tls_is_not_said_to_have_a_wrong_certificate(
    weed: Seaweed, bucket: str, file: File, desk: Bench
) -> None:
    with pytest.raises(RobotError, match="does not speak TLS"):
        await store(f"https://127.0.0.1:{weed.port}", bucket, file, desk)


async def test_a_storage_whose_certificate_is_not_valid_gets_nothing(tmp_path: Path, file: File, desk: Bench) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    asked: list[object] = []
    server = await asyncio.start_server(lambda *line: asked.append(line), "127.0.0.1", 0, ssl=context)

    async with server:
        with pytest.raises(RobotError, match="its certificate is not valid") as failure:
            await store(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", "pets", file, desk)

    assert failure.value.code == "S3_STORE_FAILURE"
    assert asked == []


@pytest.mark.case(125)
async def test_who_cancels_leaves_no_parts(weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None) -> None:
    reached = asyncio.Event()

    async def stops(request: Any, onward: Any) -> Any:
        reached.set()
        await asyncio.Event().wait()

    async with relay(weed.origin) as line:
        line.trouble("PUT", stops)
        job = asyncio.ensure_future(store(line.origin, bucket, file, desk))
        await reached.wait()
        assert len(weed.uploads(bucket)) == 1
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    assert weed.uploads(bucket) == []


async def test_parts_of_a_server_that_was_killed_are_removed_by_the_next_try(
    weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None
) -> None:
    weed.begin(bucket, "f1/le/large.bin")
    weed.begin(bucket, "f1/le/large.bin.other")

    await store(weed.origin, bucket, file, desk)

    assert len(weed.uploads(bucket)) == 1
    assert weed.content(bucket, "f1/le/large.bin") == CONTENT


async def test_uploads_of_others_at_a_shared_path_are_left_alone(
    weed: Seaweed, bucket: str, file: File, desk: Bench, in_parts: None
) -> None:
    weed.begin(bucket, "latest.bin")

    await store(weed.origin, bucket, file, desk, path="latest.bin")

    assert len(weed.uploads(bucket)) == 1


async def test_a_storage_that_keeps_talking_is_not_listened_to(
    weed: Seaweed, bucket: str, file: File, desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("robots.tools.s3.library.LONGEST_ANSWER", 1000)
    async with relay(weed.origin) as line:
        line.trouble("PUT", refuses(400, "x" * 5000))
        with pytest.raises(RobotError, match="EntityTooLarge"):
            await store(line.origin, bucket, file, desk)


async def test_an_import_goes_on_where_it_broke_off(weed: Seaweed, bucket: str, desk: Bench) -> None:
    weed.put(bucket, "large.bin", CONTENT)
    seen = 0

    def came() -> bool:
        nonlocal seen
        more, seen = len(desk.reached) > seen, len(desk.reached)
        return more

    async with relay(weed.origin) as line:
        line.trouble("GET", cuts(100_000, came), hangs_up, cuts(150_000, came))
        params = {**weed.access(bucket), "host": line.origin, "path": "large.bin"}
        (file,) = await run(S3ImportRobot, params, [], desk)

    assert file.bytes.read_bytes() == CONTENT
    ranges = [each.headers.get("Range", "") for each in line.asked]
    assert [each.endswith(f"-{SIZE - 1}") for each in ranges] == [False, True, True, True]


async def test_an_object_that_changed_meanwhile_is_not_put_together_of_two(
    weed: Seaweed, bucket: str, desk: Bench
) -> None:
    weed.put(bucket, "large.bin", CONTENT)

    async def changes(request: Any, onward: Any) -> Any:
        def came() -> bool:
            if desk.reached:
                weed.put(bucket, "large.bin", CONTENT[::-1])
            return bool(desk.reached)

        return await cuts(100_000, came)(request, onward)

    async with relay(weed.origin) as line:
        line.trouble("GET", changes)
        with pytest.raises(RobotError, match="412"):
            await run(S3ImportRobot, {**weed.access(bucket), "host": line.origin, "path": "large.bin"}, [], desk)
    assert list(desk.folder.glob("*import*")) == []


async def pages(request: web.Request) -> web.Response:
    """A bucket with 1001 files that are only listed."""
    first = int(request.query.get("continuation-token", 0))
    numbers = range(first, min(first + 100, 1001))
    names = "".join(f"<Contents><Key>a/{number}</Key><Size>1</Size></Contents>" for number in numbers)
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{first + 100}</NextContinuationToken>"
    told = f"{names}{more if first < 1000 else '<IsTruncated>false</IsTruncated>'}"
    return web.Response(text=f"<ListBucketResult>{told}</ListBucketResult>", content_type="application/xml")


@pytest.mark.parametrize(("paging", "warnings"), [({}, 1), ({"page_number": 1}, 0), ({"files_per_page": 1001}, 0)])
async def test_that_more_files_are_in_a_folder_than_come_is_told_unless_pages_were_asked_for(
    desk: Bench, paging: dict[str, int], warnings: int
) -> None:
    async with site(pages) as home:
        access = {"host": home, "bucket": "pics", "key": KEY, "secret": SECRET}
        wanted = {"path": "a/", "recursive": True, "return_file_stubs": True, **paging}
        files = await run(S3ImportRobot, {**access, **wanted}, [], desk)

    assert len(files) == paging.get("files_per_page", 1000)
    assert len(desk.warnings) == warnings
