"""tus 1.0.0 over a real socket: creation, offsets, termination, expiration."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from aiohttp import web

from tests.tus.site import BYTES, LIFETIME, TUS, Journal, Site, running
from tus.body import BRIEF
from tus.errors import TusError
from tus.hooks import Hooks
from tus.stores.disk import DiskStore
from tus.upload import Upload


async def test_options_tell_what_the_server_can_do(tmp_path: Path, journal: Journal) -> None:
    async with running(tmp_path, journal, max_size=1000) as site, site.client.options(site.url) as reply:
        assert reply.status == 204
        assert reply.headers["Tus-Resumable"] == "1.0.0"
        assert reply.headers["Tus-Version"] == "1.0.0"
        assert reply.headers["Tus-Max-Size"] == "1000"
        assert reply.headers["Tus-Extension"].split(",") == [
            "creation",
            "creation-with-upload",
            "creation-defer-length",
            "termination",
            "expiration",
            "checksum",
            "concatenation",
            "concatenation-unfinished",
        ]
        assert reply.headers["Tus-Checksum-Algorithm"] == "sha1,md5,sha256,sha512,crc32"


async def test_browsers_may_read_every_reply(site: Site) -> None:
    url = await site.create(5)
    for method, target in (("OPTIONS", url), ("HEAD", url), ("PATCH", url), ("POST", site.url), ("HEAD", url + "x")):
        async with site.client.request(method, target) as reply:
            assert reply.headers["Access-Control-Allow-Origin"] == "*"
            assert "Upload-Offset" in reply.headers["Access-Control-Expose-Headers"]
            assert "X-HTTP-Method-Override" in reply.headers["Access-Control-Allow-Headers"]
            assert "PATCH" in reply.headers["Access-Control-Allow-Methods"]
            assert reply.headers["Access-Control-Max-Age"] == "86400"


async def test_a_file_arrives_in_two_parts(site: Site, journal: Journal) -> None:
    url = await site.create(11)

    first = await site.patch(url, 0, b"hello ")
    second = await site.patch(url, 6, b"world")

    assert (first.status, first.headers["Upload-Offset"]) == (204, "6")
    assert (second.status, second.headers["Upload-Offset"]) == (204, "11")
    assert site.path(url).read_bytes() == b"hello world"
    assert journal.moments == [("create", 0), ("receive", 6), ("receive", 11), ("finish", 11)]


@pytest.mark.parametrize("slash", ["", "/"])
async def test_uploads_are_created_with_and_without_a_slash(site: Site, slash: str) -> None:
    headers = {**TUS, "Upload-Length": "5"}
    async with site.client.post(site.url.rstrip("/") + slash, headers=headers) as reply:
        assert reply.status == 201
        assert reply.headers["Location"].startswith(site.url)
        assert reply.headers["Upload-Expires"] == "Tue, 14 Nov 2023 23:13:20 GMT"


async def test_head_tells_offset_length_and_metadata_as_sent(site: Site) -> None:
    url = await site.create(5, **{"Upload-Metadata": "filename YQ==, odd"})
    await site.patch(url, 0, b"abc")

    reply = await site.head(url)

    assert reply.status == 200
    assert reply.headers["Upload-Offset"] == "3"
    assert reply.headers["Upload-Length"] == "5"
    assert reply.headers["Upload-Metadata"] == "filename YQ==, odd"
    assert reply.headers["Cache-Control"] == "no-store"


async def test_bytes_may_come_with_the_creation(site: Site, journal: Journal) -> None:
    async with site.client.post(site.url, data=b"hello", headers={**BYTES, "Upload-Length": "5"}) as reply:
        assert reply.status == 201
        assert reply.headers["Upload-Offset"] == "5"
        assert "Upload-Expires" not in reply.headers

    assert journal.moments == [("create", 5)]


async def test_a_part_may_come_with_the_creation(site: Site, journal: Journal) -> None:
    async with site.client.post(site.url, data=b"hel", headers={**BYTES, "Upload-Length": "5"}) as reply:
        url = reply.headers["Location"]
        assert reply.headers["Upload-Offset"] == "3"
    await site.patch(url, 3, b"lo")

    assert journal.moments == [("create", 3), ("receive", 5), ("finish", 5)]


async def test_bytes_that_are_too_many_to_wait_for_come_after_the_creation(site: Site, journal: Journal) -> None:
    size = BRIEF + 1
    async with site.client.post(site.url, data=bytes(size), headers={**BYTES, "Upload-Length": str(size)}) as reply:
        assert reply.headers["Upload-Offset"] == str(size)

    assert journal.moments == [("create", 0), ("receive", size), ("finish", size)]


async def test_an_empty_file_is_finished_when_it_is_created(site: Site, journal: Journal) -> None:
    url = await site.create(0)

    assert journal.moments == [("create", 0)]
    assert await site.offset(url) == 0


async def test_a_deferred_length_is_declared_with_the_last_part(site: Site, journal: Journal) -> None:
    url = await site.create(None)
    await site.patch(url, 0, b"abc")
    deferred = await site.head(url)
    await site.patch(url, 3, b"de", **{"Upload-Length": "5"})
    declared = await site.head(url)

    assert deferred.headers["Upload-Defer-Length"] == "1"
    assert "Upload-Length" not in deferred.headers
    assert declared.headers["Upload-Length"] == "5"
    assert journal.moments[-1] == ("finish", 5)


async def test_a_length_declared_after_the_last_byte_finishes(site: Site, journal: Journal) -> None:
    url = await site.create(None)
    await site.patch(url, 0, b"abc")

    reply = await site.patch(url, 3, b"", **{"Upload-Length": "3"})

    assert reply.status == 204
    assert journal.moments[-1] == ("finish", 3)


@pytest.mark.parametrize("version", [{}, {"Tus-Resumable": "0.2.2"}])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
async def test_another_version_is_refused(site: Site, method: str, version: dict[str, str]) -> None:
    url = site.url if method == "POST" else await site.create(5)
    async with site.client.request(method, url, headers=version) as reply:
        assert reply.status == 412
        assert reply.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    ("offset", "headers", "status", "code"),
    [
        (1, {}, 409, "ERR_MISMATCHED_OFFSET"),
        ("+0", {}, 400, "ERR_INVALID_OFFSET"),
        ("0" * 23, {}, 400, "ERR_INVALID_OFFSET"),
        ("0, 0", {}, 400, "ERR_INVALID_OFFSET"),
        (0, {"Content-Type": "application/json"}, 415, "ERR_INVALID_CONTENT_TYPE"),
        (0, {"Content-Encoding": "gzip"}, 415, "ERR_INVALID_CONTENT_ENCODING"),
        (0, {"Upload-Length": "6"}, 400, "ERR_INVALID_UPLOAD_LENGTH"),
    ],
)
async def test_a_wrong_part_leaves_the_upload_as_it_was(
    site: Site, offset: int | str, headers: dict[str, str], status: int, code: str
) -> None:
    url = await site.create(5)
    data = {**BYTES, "Upload-Offset": str(offset), **headers}

    async with site.client.patch(url, data=b"abc", headers=data, compress=False) as reply:
        assert reply.status == status
        assert (await reply.text()).startswith(f"{code}: ")
    assert await site.offset(url) == 0


async def test_more_bytes_than_the_length_are_refused_before_they_come(site: Site) -> None:
    url = await site.create(5)

    reply = await site.patch(url, 0, b"too many")

    assert reply.status == 413
    assert await site.offset(url) == 0


async def test_a_finished_upload_keeps_answering_and_takes_no_more(site: Site, journal: Journal) -> None:
    url = await site.create(3)
    await site.patch(url, 0, b"abc")

    again = await site.patch(url, 3, b"")
    more = await site.patch(url, 3, b"d")

    assert (again.status, more.status) == (204, 403)
    assert await site.offset(url) == 3
    assert journal.moments.count(("finish", 3)) == 1


async def test_too_large_uploads_are_refused_at_creation_and_at_declaration(tmp_path: Path, journal: Journal) -> None:
    async with running(tmp_path, journal, max_size=10) as site:
        async with site.client.post(site.url, headers={**TUS, "Upload-Length": "11"}) as reply:
            assert reply.status == 413
        url = await site.create(None)

        declared = await site.patch(url, 0, b"abc", **{"Upload-Length": "11"})
        sent = await site.patch(url, 0, b"elevenbytes")

        assert (declared.status, sent.status) == (413, 413)


async def test_an_upload_larger_than_the_disk_is_refused_at_creation(site: Site) -> None:
    async with site.client.post(site.url, headers={**TUS, "Upload-Length": str(2**60)}) as reply:
        assert reply.status == 507
    assert list(site.folder.iterdir()) == []


@pytest.mark.parametrize("id", ["0" * 32, "0" * 31, "..%2f" + "0" * 32, "%00", "%2e%2e", "A" * 32])
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
async def test_unknown_and_impossible_ids_are_not_found_alike(site: Site, method: str, id: str) -> None:
    reader, writer = await site.send(
        f"{method} /files/{id} HTTP/1.1\nTus-Resumable: 1.0.0\nUpload-Offset: 0\n"
        "Content-Type: application/offset+octet-stream\nConnection: close"
    )
    reply = (await reader.read()).decode()
    writer.close()

    assert reply.startswith("HTTP/1.1 404 ")


async def test_a_terminated_upload_is_gone(site: Site, journal: Journal) -> None:
    url = await site.create(5)
    async with site.client.delete(url, headers=TUS) as reply:
        assert reply.status == 204

    assert (await site.head(url)).status == 404
    assert journal.moments == [("create", 0), ("terminate", 0)]
    assert list(site.folder.iterdir()) == []


async def test_an_unfinished_upload_expires_and_a_finished_one_does_not(site: Site) -> None:
    unfinished, finished = await site.create(5), await site.create(0)

    site.time[0] += LIFETIME

    assert (await site.head(unfinished)).status == 410
    assert (await site.patch(unfinished, 0, b"abc")).status == 410
    assert (await site.head(finished)).status == 200


async def test_an_upload_that_goes_on_lives_on(site: Site) -> None:
    url = await site.create(5)
    site.time[0] += LIFETIME / 2

    reply = await site.patch(url, 0, b"abc")
    site.time[0] += LIFETIME / 2 + 1

    assert reply.headers["Upload-Expires"] == "Tue, 14 Nov 2023 23:43:20 GMT"
    assert await site.offset(url) == 3


@pytest.mark.parametrize("method", ["PATCH", "patch", "HEAD", "DELETE"])
async def test_a_post_may_stand_for_another_method(site: Site, method: str) -> None:
    url = await site.create(5)
    headers = {**TUS, "X-HTTP-Method-Override": method}
    if method.upper() == "PATCH":
        headers |= {**BYTES, "Upload-Offset": "0"}
    async with site.client.post(url, headers=headers, data=b"abc" if method.upper() == "PATCH" else None) as reply:
        status = reply.status

    after = await site.head(url)

    assert status == (200 if method == "HEAD" else 204)
    assert after.headers.get("Upload-Offset") == {"HEAD": "0", "DELETE": None}.get(method, "3")


@pytest.mark.parametrize("method", ["", "GET", "POST"])
async def test_a_post_to_an_upload_stands_for_no_other_method(site: Site, method: str) -> None:
    url = await site.create(5)
    async with site.client.post(url, headers={**TUS, "X-HTTP-Method-Override": method}) as reply:
        assert reply.status == 405


@pytest.mark.case(113)
async def test_uploads_are_refused_when_the_disk_gets_too_full(tmp_path: Path, journal: Journal) -> None:
    disk = shutil.disk_usage(tmp_path)
    length = disk.free - disk.total // 25  # it would fit, but hardly anything else would
    async with running(tmp_path, journal, store=DiskStore(tmp_path, keep_free=disk.total)) as site:
        for size, status in ((length, 507), (1000, 201)):
            async with site.client.post(site.url, headers={**TUS, "Upload-Length": str(size)}) as reply:
                assert reply.status == status


async def test_a_post_with_a_body_of_another_type_is_refused(site: Site) -> None:
    async with site.client.post(site.url, data=b"abc", headers={**TUS, "Upload-Length": "3"}) as reply:
        assert reply.status == 415


class Doorkeeper(Hooks):
    """Refuses uploads without metadata; names the others, and guards them."""

    async def before_create(self, upload: Upload, request: web.Request) -> Upload:
        if not upload.metadata:
            raise TusError("NO_METADATA", status=402, body={"error": "NO_METADATA", "http_code": 402})
        return Upload("a" * 32 + "_" + upload.id, upload.length, metadata=upload.metadata, header=upload.header)

    async def before_terminate(self, upload: Upload) -> None:
        raise TusError("KEEP", "This one stays.", status=403)


async def test_a_host_can_refuse_in_its_own_words(tmp_path: Path) -> None:
    async with running(tmp_path, Doorkeeper()) as site:
        async with site.client.post(site.url, headers={**TUS, "Upload-Length": "3"}) as reply:
            assert reply.status == 402
            assert await reply.json() == {"error": "NO_METADATA", "http_code": 402}
            assert reply.headers["Access-Control-Allow-Origin"] == "*"
        url = await site.create(3, **{"Upload-Metadata": "name YQ=="})
        async with site.client.delete(url, headers=TUS) as reply:
            assert await reply.text() == "KEEP: This one stays.\n"
        assert "/files/" + "a" * 32 + "_" in url
        assert await site.offset(url) == 0


class Clumsy(Hooks):
    """Fails when it should rejoice."""

    async def after_finish(self, upload: Upload) -> None:
        raise ZeroDivisionError


async def test_a_fault_of_the_host_is_an_answer_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path, Clumsy()) as site:
        url = await site.create(3)
        reply = await site.patch(url, 0, b"abc")

        assert reply.status == 500
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert await site.offset(url) == 3
        assert "ZeroDivisionError" in caplog.text
