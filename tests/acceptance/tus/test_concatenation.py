"""Files that come in parts at the same time, each an upload, and are put together in the end."""

from __future__ import annotations

import asyncio
import random

import pytest

from tests.acceptance.tus.client import BYTES, FILES, LARGEST, Client, path_of, told
from tests.customer import TUS, Json
from tests.wire import Headers, Reply

pytestmark = pytest.mark.asyncio(loop_scope="session")

DATA = random.Random(9).randbytes(900_000)
THIRD = len(DATA) // 3


async def part(client: Client, status: Json, size: int, body: bytes = b"") -> str:
    headers = {**TUS, "Upload-Length": str(size), "Upload-Concat": "partial", "Upload-Metadata": told(status)}
    reply = await client.ask("POST", FILES, headers)
    assert reply.status == 201, reply
    upload = path_of(reply)
    if body:
        assert (await client.patch(upload, 0, body)).status == 204
    return upload


async def parts(client: Client, status: Json) -> list[str]:
    """Three whole parts of DATA."""
    pieces = [DATA[at : at + THIRD] for at in range(0, len(DATA), THIRD)]
    return list(await asyncio.gather(*(part(client, status, len(piece), piece) for piece in pieces)))


async def join(client: Client, status: Json, uploads: list[str], headers: Headers = TUS) -> Reply:
    concat = {"Upload-Concat": "final;" + " ".join(uploads), "Upload-Metadata": told(status)}
    reply = await client.ask("POST", FILES, {**TUS, **concat, **headers})
    if reply.status == 201:
        client.statuses[path_of(reply)] = status
    return reply


async def test_it_is_announced(client: Client) -> None:
    announced = (await client.ask("OPTIONS", FILES, {})).headers["Tus-Extension"].split(",")

    assert {"concatenation", "concatenation-unfinished"} <= set(announced)


@pytest.mark.parametrize("absolute", [True, False])
async def test_parts_become_one_file_in_the_order_that_is_asked(client: Client, absolute: bool) -> None:
    status = await client.announce()
    uploads = await parts(client, status)

    final = await join(client, status, [client.origin + upload if absolute else upload for upload in uploads])

    assert final.status == 201
    told_of = await client.head(path_of(final))
    assert (told_of.headers["Upload-Length"], told_of.headers["Upload-Concat"][:6]) == (str(len(DATA)), "final;")
    assert await client.finished(path_of(final)) == DATA


@pytest.mark.case(39)
async def test_a_part_comes_once(client: Client) -> None:
    status = await client.announce()
    only = await part(client, status, 5, b"hello")

    assert (await join(client, status, [only, only])).status == 400


async def test_a_part_says_that_it_is_one(client: Client) -> None:
    upload = await part(client, await client.announce(), 5)

    reply = await client.head(upload)

    assert (reply.headers["Upload-Concat"], reply.headers["Upload-Offset"]) == ("partial", "0")


async def test_parts_are_no_files_of_the_assembly(client: Client) -> None:
    status = await client.announce()
    uploads = await parts(client, status)

    waiting = await client.customer.status(status)
    assert (waiting["ok"], waiting["uploads"]) == ("ASSEMBLY_UPLOADING", [])
    await join(client, status, uploads)

    over = await client.customer.completed(status)
    assert [upload["size"] for upload in over["uploads"]] == [len(DATA)]


async def test_the_whole_takes_no_bytes_itself(client: Client) -> None:
    status = await client.announce()
    final = path_of(await join(client, status, await parts(client, status)))

    assert (await client.patch(final, len(DATA), b"more")).status == 403
    assert await client.finished(final) == DATA


@pytest.mark.case(39)
async def test_the_whole_may_be_asked_for_before_its_parts_are_there(client: Client) -> None:
    status = await client.announce()
    uploads = [await part(client, status, THIRD) for _ in range(3)]

    final = await join(client, status, uploads)
    before = await client.head(path_of(final))
    for number in (2, 0, 1):
        piece = DATA[number * THIRD : (number + 1) * THIRD]
        assert (await client.patch(uploads[number], 0, piece)).status == 204

    assert final.status == 201
    assert before.headers.get("Upload-Offset") != str(len(DATA))
    assert await client.finished(path_of(final)) == DATA
    assert (await client.head(path_of(final))).headers["Upload-Length"] == str(len(DATA))


@pytest.mark.case(39)
@pytest.mark.parametrize(
    "bad",
    [
        "",
        FILES + "..",
        FILES + "../../sluice.db",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://example.com/resumable/files/" + "0" * 32,
        FILES + "0" * 32 + "_" + "0" * 32,
        FILES + "0" * 32,
        FILES + "%2e%2e%2fsluice.db",
        FILES + "a%00b",
        "http://[::1",
    ],
)
async def test_parts_that_are_none_are_refused(client: Client, bad: str) -> None:
    status = await client.announce()

    reply = await join(client, status, [await part(client, status, 5, b"hello"), bad] if bad else [])

    assert reply.status in (400, 404)
    assert b"passwd" not in reply.body


@pytest.mark.case(39)
async def test_a_whole_upload_is_no_part(client: Client) -> None:
    status = await client.announce()
    plain = await client.create(5)
    await client.patch(plain, 0, b"hello")

    assert (await join(client, status, [plain])).status in (400, 403, 404)


@pytest.mark.case(39)
async def test_a_whole_is_no_part_of_another(client: Client) -> None:
    status = await client.announce()
    final = path_of(await join(client, status, await parts(client, status)))

    assert (await join(client, await client.announce(), [final])).status in (400, 403, 404)


@pytest.mark.case(39)
async def test_parts_of_another_assembly_are_refused(client: Client) -> None:
    foreign = await part(client, await client.announce(), 5, b"hello")

    assert (await join(client, await client.announce(), [foreign])).status in (400, 403, 404)


@pytest.mark.case(39)
async def test_a_whole_that_is_too_large_is_refused(client: Client) -> None:
    status = await client.announce()
    uploads = [await part(client, status, LARGEST) for _ in range(2)]

    assert (await join(client, status, uploads)).status == 413


@pytest.mark.case(39)
async def test_ten_thousand_parts_are_refused(client: Client) -> None:
    status = await client.announce()
    only = await part(client, status, 1, b"x")

    assert (await join(client, status, [only] * 10_000)).status in (400, 413, 431)


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Concat": "partial;"},
        {"Upload-Concat": "final"},
        {"Upload-Concat": "FINAL;"},
        {"Upload-Concat": "both"},
        {"Upload-Concat": ""},
        {"Upload-Concat": "partial", "upload-concat": "final;"},
    ],
)
async def test_a_concatenation_that_nobody_understands_is_refused(client: Client, headers: Headers) -> None:
    assert (await client.post({"Upload-Length": "5", **headers})).status == 400


async def test_a_whole_has_no_length_and_no_bytes_of_its_own(client: Client) -> None:
    status = await client.announce()
    upload = await part(client, status, 5, b"hello")

    with_length = await join(client, status, [upload], {"Upload-Length": "5"})

    concat = {"Upload-Concat": f"final;{upload}", "Upload-Metadata": told(status)}
    with_bytes = await client.ask("POST", FILES, {**BYTES, **concat}, b"hello")
    assert (with_length.status, with_bytes.status in (400, 403, 413)) == (400, True)


async def test_a_part_may_be_taken_away_and_then_there_is_no_whole(client: Client) -> None:
    status = await client.announce()
    uploads = await parts(client, status)
    assert (await client.ask("DELETE", uploads[1])).status == 204

    assert (await join(client, status, uploads)).status in (400, 404, 410)
