"""The heart of the protocol: OPTIONS, HEAD and PATCH."""

from __future__ import annotations

import random

import pytest

from tests.acceptance.tus.client import BYTES, FILES, LARGEST, Client
from tests.customer import TUS
from tests.wire import Headers

pytestmark = pytest.mark.asyncio(loop_scope="session")

DATA = random.Random(1).randbytes(100_000)
GONE = FILES + "0" * 32 + "_" + "0" * 32


async def test_options_tells_what_the_server_can_do(client: Client) -> None:
    reply = await client.ask("OPTIONS", FILES, {})

    assert (reply.status, reply.headers["Tus-Resumable"], reply.headers["Tus-Version"]) == (204, "1.0.0", "1.0.0")
    assert reply.headers["Tus-Max-Size"] == str(LARGEST)
    announced = set(reply.headers["Tus-Extension"].split(","))
    assert announced >= {"creation", "creation-with-upload", "creation-defer-length", "termination", "expiration"}


async def test_pieces_become_the_whole_file(client: Client) -> None:
    upload = await client.create(len(DATA))

    first = await client.patch(upload, 0, DATA[:70_001])
    second = await client.patch(upload, 70_001, DATA[70_001:])

    assert (first.status, first.headers["Upload-Offset"], first.body) == (204, "70001", b"")
    assert (second.status, second.headers["Upload-Offset"], second.headers["Tus-Resumable"]) == (204, "100000", "1.0.0")
    assert await client.finished(upload) == DATA


async def test_head_tells_where_an_upload_stands(client: Client) -> None:
    upload = await client.create(1000)
    await client.patch(upload, 0, DATA[:400])

    reply = await client.head(upload)

    assert (reply.status, reply.headers["Upload-Offset"], reply.headers["Upload-Length"]) == (200, "400", "1000")
    assert (reply.headers["Cache-Control"], reply.headers["Tus-Resumable"]) == ("no-store", "1.0.0")


async def test_many_requests_share_one_connection(client: Client) -> None:
    upload = await client.create(len(DATA))

    async with client.wire() as connection:
        for at in range(0, len(DATA), 20_000):
            headers = {**BYTES, "Upload-Offset": str(at)}
            reply = await connection.ask("PATCH", upload, headers, DATA[at : at + 20_000])
            assert (reply.status, reply.headers["Upload-Offset"]) == (204, str(at + 20_000))
            assert (await connection.ask("HEAD", upload, TUS)).headers["Upload-Offset"] == str(at + 20_000)

    assert await client.finished(upload) == DATA


async def test_a_body_ends_where_the_next_request_begins(client: Client) -> None:
    upload = await client.create(LARGEST)
    size = 1_000_000
    body = DATA * (size // len(DATA))

    async with client.wire() as connection:
        for at in (0, size):
            headers = {**BYTES, "Upload-Offset": str(at), "Content-Length": str(size)}
            await connection.send("PATCH", upload, headers, body)
        await connection.send("HEAD", upload, TUS)
        replies = [await connection.hear(method) for method in ("PATCH", "PATCH", "HEAD")]

    assert [(reply.status, reply.headers["Upload-Offset"]) for reply in replies] == [
        (204, str(size)),
        (204, str(2 * size)),
        (200, str(2 * size)),
    ]


@pytest.mark.parametrize("cut", [1, 999, 4096, 65_536])
async def test_a_body_may_come_in_pieces_of_any_size(client: Client, cut: int) -> None:
    upload = await client.create(len(DATA))

    async with client.wire() as connection:
        await client.begin(connection, upload, len(DATA), DATA[:cut])
        await connection.write(DATA[cut : 2 * cut])
        await connection.write(DATA[2 * cut :])
        reply = await connection.hear()

    assert (reply.status, reply.headers["Upload-Offset"]) == (204, "100000")
    assert await client.finished(upload) == DATA


async def test_a_body_may_be_chunked(client: Client) -> None:
    upload = await client.create(len(DATA))

    async with client.wire() as connection:
        await connection.send("PATCH", upload, {**BYTES, "Upload-Offset": "0", "Transfer-Encoding": "chunked"})
        await connection.chunks([DATA[:1], DATA[1:60_000], DATA[60_000:]])
        reply = await connection.hear()
        after = await connection.ask("HEAD", upload, TUS)

    assert (reply.status, reply.headers["Upload-Offset"], after.headers["Upload-Offset"]) == (204, "100000", "100000")
    assert await client.finished(upload) == DATA


@pytest.mark.parametrize("content_type", [None, "application/octet-stream", "application/offset+octet-stream2"])
async def test_bytes_of_another_content_type_are_refused(client: Client, content_type: str | None) -> None:
    upload = await client.create(1000)

    reply = await client.patch(upload, 0, DATA[:400], {"Content-Type": content_type})

    assert (reply.status, await client.offset(upload)) == (415, 0)


@pytest.mark.case(25)
async def test_a_compressed_body_is_refused_for_it_has_no_offset(client: Client) -> None:
    upload = await client.create(1000)

    reply = await client.patch(upload, 0, DATA[:400], {"Content-Encoding": "gzip"})

    assert (reply.status, await client.offset(upload)) == (415, 0)


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0.1", "1.0.0, 1.0.0", ""])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
async def test_another_version_of_the_protocol_is_refused(
    client: Client, started: str, method: str, version: str | None
) -> None:
    headers = {**BYTES, "Upload-Offset": "5", "Upload-Length": "5", "Tus-Resumable": version}

    reply = await client.ask(method, FILES if method == "POST" else started, headers)

    assert (reply.status, reply.headers["Tus-Version"], reply.headers["Tus-Resumable"]) == (412, "1.0.0", "1.0.0")
    assert "Upload-Offset" not in reply.headers
    assert await client.offset(started) == 5


async def test_options_needs_no_version(client: Client) -> None:
    assert (await client.ask("OPTIONS", FILES, {"Tus-Resumable": "7.0.0"})).status == 204


@pytest.mark.case(32)
@pytest.mark.parametrize("offset", [399, 401, 1000, 2**63 - 1])
async def test_a_piece_for_another_offset_is_refused_and_nothing_is_kept(client: Client, offset: int) -> None:
    upload = await client.create(1000)
    await client.patch(upload, 0, DATA[:400])

    reply = await client.patch(upload, offset, DATA[400:500])

    assert (reply.status, await client.offset(upload)) == (409, 400)


@pytest.mark.case(32)
async def test_a_finished_upload_takes_no_more(client: Client) -> None:
    upload = await client.create(400)
    await client.patch(upload, 0, DATA[:400])

    reply = await client.patch(upload, 400, b"x")

    assert (reply.status, await client.finished(upload)) == (403, DATA[:400])


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
async def test_an_upload_that_nobody_made_is_not_found(client: Client, method: str) -> None:
    reply = await client.ask(method, GONE, {**BYTES, "Upload-Offset": "0"})

    assert (reply.status, "Upload-Offset" in reply.headers) == (404, False)


@pytest.mark.case(38)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
async def test_an_upload_is_not_to_be_read_or_replaced(client: Client, method: str) -> None:
    upload = await client.create(400)
    await client.patch(upload, 0, DATA[:200])

    reply = await client.ask(method, upload)

    assert reply.status in (404, 405)
    assert DATA[:200] not in reply.body
    assert await client.offset(upload) == 200


FAULTS: list[tuple[str, str, Headers, int]] = [
    ("OPTIONS", FILES, {}, 204),
    ("OPTIONS", GONE, {}, 204),
    ("HEAD", GONE, TUS, 404),
    ("HEAD", GONE, {}, 412),
    ("PATCH", GONE, TUS, 415),
    ("PATCH", GONE, BYTES, 400),
    ("POST", FILES, TUS, 400),
    ("POST", FILES, {**TUS, "Upload-Length": str(LARGEST + 1)}, 413),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), FAULTS)
async def test_a_browser_may_read_every_answer(
    client: Client, method: str, path: str, headers: Headers, status: int
) -> None:
    reply = await client.ask(method, path, {"Origin": "https://example.com", **headers})

    assert (reply.status, reply.headers["Access-Control-Allow-Origin"]) == (status, "*")
    assert "Access-Control-Allow-Credentials" not in reply.headers
    exposed = {name.strip() for name in reply.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= {"Location", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Defer-Length"}
    assert exposed >= {"Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Upload-Expires"}


@pytest.mark.parametrize("path", [FILES, FILES.rstrip("/"), GONE])
async def test_a_browser_is_told_what_it_may_send(client: Client, path: str) -> None:
    asked = {"Origin": "https://example.com", "Access-Control-Request-Method": "PATCH"}

    reply = await client.ask("OPTIONS", path, {**asked, "Access-Control-Request-Headers": "tus-resumable"})

    methods = set(reply.headers["Access-Control-Allow-Methods"].split(", "))
    names = {name.strip().lower() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert methods >= {"POST", "HEAD", "PATCH", "DELETE", "OPTIONS"}
    assert names >= {"tus-resumable", "upload-length", "upload-offset", "upload-metadata", "upload-defer-length"}
    assert names >= {"upload-concat", "x-http-method-override", "x-requested-with", "x-request-id", "content-type"}
    assert int(reply.headers["Access-Control-Max-Age"]) >= 3600
