"""How uploads begin and end: creation, with bytes and without a length, expiry and termination."""

from __future__ import annotations

import random
import re
import time
from base64 import b64encode
from email.utils import parsedate_to_datetime

import pytest

from tests.acceptance.tus.client import BYTES, FILES, LARGEST, Client, path_of, told
from tests.customer import TUS
from tests.wire import Headers

pytestmark = pytest.mark.asyncio(loop_scope="session")

DATA = random.Random(2).randbytes(100_000)
WORD = b64encode(b"word").decode()


@pytest.mark.parametrize("path", [FILES, FILES.rstrip("/")])
async def test_a_new_upload_is_empty_and_has_a_url(client: Client, path: str) -> None:
    metadata = told(await client.announce())

    reply = await client.ask("POST", path, {**TUS, "Upload-Length": "1000", "Upload-Metadata": metadata})

    assert reply.status == 201
    assert reply.headers["Location"].startswith((client.origin + FILES, FILES))
    assert await client.offset(path_of(reply)) == 0


async def test_the_first_bytes_may_come_with_the_creation(client: Client) -> None:
    reply = await client.post({**BYTES, "Upload-Length": "100000"}, DATA[:60_000])
    upload = path_of(reply)

    assert (reply.status, reply.headers["Upload-Offset"], await client.offset(upload)) == (201, "60000", 60_000)
    await client.patch(upload, 60_000, DATA[60_000:])
    assert await client.finished(upload) == DATA


async def test_a_whole_file_may_come_with_the_creation(client: Client) -> None:
    reply = await client.post({**BYTES, "Upload-Length": "100000"}, DATA)

    assert (reply.status, reply.headers["Upload-Offset"]) == (201, "100000")
    assert await client.finished(path_of(reply)) == DATA


async def test_bytes_with_the_creation_need_their_content_type(client: Client) -> None:
    reply = await client.post({"Content-Type": "text/plain", "Upload-Length": "5"}, b"hello")

    assert (reply.status, "Location" in reply.headers) == (415, False)


async def test_an_upload_whose_first_bytes_broke_off_can_be_resumed(client: Client) -> None:
    status = await client.announce()
    headers = {**BYTES, "Upload-Length": "100000", "Content-Length": "100000", "Upload-Metadata": told(status)}

    async with client.wire() as connection:
        await connection.send("POST", FILES, headers, DATA[:30_000])
        connection.finish()
        await connection.ends()

    [begun] = (await client.customer.until(status, lambda now: now["tus_uploads"]))["tus_uploads"]
    upload = FILES + begun["upload_url"].rpartition("/")[2]
    assert await client.offset(upload) == 30_000
    assert (await client.patch(upload, 30_000, DATA[30_000:])).status == 204


async def test_an_empty_file_is_finished_when_it_is_created(client: Client) -> None:
    upload = await client.create(0)

    assert (await client.head(upload)).headers["Upload-Length"] == "0"
    assert await client.finished(upload) == b""


@pytest.mark.parametrize("at", [0, 400, 1000])
async def test_the_length_may_be_told_later(client: Client, at: int) -> None:
    upload = await client.create(None)
    unknown = await client.head(upload)
    await client.patch(upload, 0, DATA[:at])

    reply = await client.patch(upload, at, DATA[at:1000], {"Upload-Length": "1000"})

    assert (unknown.headers["Upload-Defer-Length"], "Upload-Length" in unknown.headers) == ("1", False)
    assert (reply.status, reply.headers["Upload-Offset"]) == (204, "1000")
    assert "Upload-Defer-Length" not in (await client.head(upload)).headers
    assert await client.finished(upload) == DATA[:1000]


@pytest.mark.parametrize("length", ["399", "999", "1001", str(LARGEST + 1), "+1000"])
async def test_a_length_once_told_stays(client: Client, length: str) -> None:
    upload = await client.create(None)
    await client.patch(upload, 0, DATA[:400], {"Upload-Length": "1000"})

    reply = await client.patch(upload, 400, DATA[400:500], {"Upload-Length": length})

    assert (reply.status in (400, 413), await client.offset(upload)) == (True, 400)
    assert (await client.head(upload)).headers["Upload-Length"] == "1000"


async def test_metadata_comes_back_as_it_was_sent(client: Client) -> None:
    header = told(await client.announce()) + f", empty,also ,wörd {WORD}".replace("ö", "o")

    upload = path_of(await client.post({"Upload-Length": "5", "Upload-Metadata": header}))

    assert (await client.head(upload)).headers["Upload-Metadata"] == header


@pytest.mark.case(36)
@pytest.mark.parametrize(
    "metadata",
    [
        f"filename {WORD},filename {WORD}",
        f"filename {WORD},,",
        f"two words {WORD}",
        f"filename  {WORD}",
        "filename word!",
        "filename d29yZA",
        f"filename {WORD}\x01",
        ",".join(f"key{number} {WORD}" for number in range(200)),
    ],
)
async def test_metadata_that_two_readers_read_differently_is_refused(client: Client, metadata: str) -> None:
    header = f"{told(await client.announce())},{metadata}".replace("filename bm9pc2UuYmlu,", "")

    reply = await client.post({"Upload-Length": "5", "Upload-Metadata": header})

    assert (reply.status, "Location" in reply.headers) == (400, False)


@pytest.mark.case(36)
@pytest.mark.parametrize("size", [100_000, 1_000_000])
async def test_endless_metadata_is_refused(client: Client, size: int) -> None:
    reply = await client.post({"Upload-Length": "5", "Upload-Metadata": "note " + "QUJD" * (size // 4)})

    assert reply.status in (400, 413, 431)


@pytest.mark.case(31)
@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": None},
        {"Upload-Length": ""},
        {"Upload-Length": "-1"},
        {"Upload-Length": "+5"},
        {"Upload-Length": "5.0"},
        {"Upload-Length": "0x5"},
        {"Upload-Length": "5, 5"},
        {"Upload-Length": "5", "upload-length": "6"},
        {"Upload-Length": "5_0"},
        {"Upload-Length": "1" * 23},
        {"Upload-Length": str(2**63)},
        {"Upload-Defer-Length": "0"},
        {"Upload-Defer-Length": "2"},
        {"Upload-Defer-Length": "true"},
        {"Upload-Length": "5", "Upload-Defer-Length": "1"},
    ],
)
async def test_a_length_that_is_no_plain_number_is_refused(client: Client, headers: Headers) -> None:
    reply = await client.post(headers)

    assert (reply.status, "Location" in reply.headers) == (400, False)


@pytest.mark.case(31, 41)
@pytest.mark.parametrize("length", [LARGEST + 1, 5 * 10**12, 2**63 - 1])
async def test_an_upload_that_is_too_large_is_refused_at_once(client: Client, length: int) -> None:
    reply = await client.post({"Upload-Length": str(length)})

    assert (reply.status, "Location" in reply.headers) == (413, False)


async def test_an_unfinished_upload_tells_when_it_will_be_removed(client: Client) -> None:
    created = await client.post({"Upload-Length": "1000"})
    upload = path_of(created)
    part = await client.patch(upload, 0, DATA[:400])
    whole = await client.patch(upload, 400, DATA[400:1000])

    for reply in (created, part):
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", reply.headers["Upload-Expires"])
        assert parsedate_to_datetime(reply.headers["Upload-Expires"]).timestamp() > time.time() + 8 * 3600
    assert "Upload-Expires" not in whole.headers


async def test_a_terminated_upload_is_gone_with_its_bytes(client: Client) -> None:
    upload = await client.create(1000)
    await client.patch(upload, 0, DATA[:400])

    reply = await client.ask("DELETE", upload)

    assert (reply.status, reply.headers["Tus-Resumable"], reply.body) == (204, "1.0.0", b"")
    assert (await client.head(upload)).status in (404, 410)
    assert (await client.patch(upload, 400, DATA[400:500])).status in (404, 410)
    assert (await client.ask("DELETE", upload)).status in (404, 410)
    assert not client.file(upload).exists()


@pytest.mark.parametrize("refused", ["length", "metadata", "version", "offset", "type", "gone", "large"])
async def test_a_body_that_is_not_wanted_is_never_sent(client: Client, refused: str) -> None:
    upload = await client.create(1000)
    creation = {**BYTES, "Upload-Length": "1000", "Upload-Metadata": told(await client.announce())}
    patch = {**BYTES, "Upload-Offset": "0"}
    method, path, headers, status = {
        "length": ("POST", FILES, {**creation, "Upload-Length": "-5"}, 400),
        "metadata": ("POST", FILES, {**creation, "Upload-Metadata": "filename !"}, 400),
        "version": ("PATCH", upload, {**patch, "Tus-Resumable": "0.1.0"}, 412),
        "offset": ("PATCH", upload, {**patch, "Upload-Offset": "7"}, 409),
        "type": ("PATCH", upload, {**patch, "Content-Type": "text/plain"}, 415),
        "gone": ("PATCH", FILES + "0" * 32, patch, 404),
        "large": ("POST", FILES, {**creation, "Upload-Length": str(LARGEST + 1)}, 413),
    }[refused]

    async with client.wire() as connection:
        await connection.send(method, path, {**headers, "Content-Length": "1000", "Expect": "100-continue"})
        reply = await connection.hear()

    assert reply.status == status


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_a_body_that_is_wanted_is_asked_for(client: Client, method: str) -> None:
    upload = await client.create(1000)
    creation = {"Upload-Length": "1000", "Upload-Metadata": told(await client.announce())}
    told_of = creation if method == "POST" else {"Upload-Offset": "0"}
    headers = {**BYTES, **told_of, "Content-Length": "1000", "Expect": "100-continue"}

    async with client.wire() as connection:
        await connection.send(method, FILES if method == "POST" else upload, headers)
        asked = await connection.hear()
        await connection.write(DATA[:1000])
        reply = await connection.hear()

    assert (asked.status, reply.status, reply.headers["Upload-Offset"]) == (
        100,
        201 if method == "POST" else 204,
        "1000",
    )


async def test_an_expectation_that_nobody_knows_is_refused(client: Client) -> None:
    upload = await client.create(1000)

    assert (await client.patch(upload, 0, DATA[:1000], {"Expect": "a-cake"})).status == 417
