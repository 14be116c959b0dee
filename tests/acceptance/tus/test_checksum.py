"""A piece that says what its bytes add up to is kept whole or not at all."""

from __future__ import annotations

import hashlib
import random
import signal
import zlib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.tus.client import BYTES, FILES, Client, client_of_new_server, path_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

DATA = random.Random(8).randbytes(3_000_000)
SUMS: dict[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data).digest(),
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
}


def checksum(data: bytes, algorithm: str = "sha1") -> dict[str, str]:
    return {"Upload-Checksum": f"{algorithm} {b64encode(SUMS[algorithm](data)).decode()}"}


async def test_the_algorithms_are_told(client: Client) -> None:
    reply = await client.ask("OPTIONS", FILES, {})

    assert "checksum" in reply.headers["Tus-Extension"].split(",")
    assert set(reply.headers["Tus-Checksum-Algorithm"].split(",")) >= SUMS.keys()
    assert "upload-checksum" in reply.headers["Access-Control-Allow-Headers"].lower()
    assert "tus-checksum-algorithm" in reply.headers["Access-Control-Expose-Headers"].lower()


@pytest.mark.parametrize("algorithm", SUMS)
async def test_a_piece_that_is_as_it_was_sent_is_kept(client: Client, algorithm: str) -> None:
    upload = await client.create(len(DATA))

    for start, stop in ((0, 10), (10, 1_000_000), (1_000_000, len(DATA))):
        piece = DATA[start:stop]
        assert (await client.patch(upload, start, piece, checksum(piece, algorithm))).status == 204

    assert await client.finished(upload) == DATA


@pytest.mark.case(34)
@pytest.mark.parametrize("size", [1, 1_000_000])
@pytest.mark.parametrize("algorithm", SUMS)
async def test_a_piece_that_changed_on_its_way_is_thrown_away(client: Client, algorithm: str, size: int) -> None:
    upload = await client.create(len(DATA))
    await client.patch(upload, 0, DATA[:5])

    reply = await client.patch(upload, 5, DATA[5 : 5 + size], checksum(DATA[6 : 6 + size] + b"!", algorithm))

    assert (reply.status, await client.offset(upload)) == (460, 5)
    assert client.file(upload).read_bytes() == DATA[:5]
    assert (await client.patch(upload, 5, DATA[5:], checksum(DATA[5:], algorithm))).status == 204
    assert await client.finished(upload) == DATA


async def test_a_last_piece_that_changed_does_not_finish_the_upload(client: Client) -> None:
    upload = await client.create(1000)

    reply = await client.patch(upload, 0, DATA[:1000], checksum(b"other"))

    assert reply.status == 460
    assert (await client.customer.status(client.statuses[upload]))["ok"] == "ASSEMBLY_UPLOADING"
    assert (await client.patch(upload, 0, DATA[:1000], checksum(DATA[:1000]))).status == 204
    assert await client.finished(upload) == DATA[:1000]


@pytest.mark.case(34)
@pytest.mark.parametrize(
    "value",
    [
        "sha3 " + "A" * 28,
        "sha1",
        "sha1 ",
        "sha1 !!!!",
        "sha1 " + b64encode(b"short").decode(),
        "sha1  " + b64encode(bytes(20)).decode(),
        b64encode(bytes(20)).decode(),
        "",
        "sha1 " + b64encode(bytes(20)).decode() + ",md5 " + b64encode(bytes(16)).decode(),
    ],
)
async def test_a_checksum_that_nobody_understands_is_refused(client: Client, started: str, value: str) -> None:
    reply = await client.patch(started, 5, b"67890", {"Upload-Checksum": value})

    assert (reply.status, await client.offset(started)) == (400, 5)


async def test_a_checksum_is_told_once(client: Client, started: str) -> None:
    twice = checksum(b"67890") | {"upload-checksum": checksum(b"other")["Upload-Checksum"]}

    assert ((await client.patch(started, 5, b"67890", twice)).status, await client.offset(started)) == (400, 5)


@pytest.mark.parametrize("whole", [True, False])
async def test_a_chunked_piece_is_summed_too(client: Client, whole: bool) -> None:
    upload = await client.create(len(DATA))
    headers = {**BYTES, "Upload-Offset": "0", "Transfer-Encoding": "chunked", **checksum(DATA if whole else b"other")}

    async with client.wire() as connection:
        await connection.send("PATCH", upload, headers)
        await connection.chunks([DATA[:7], DATA[7:2_000_000], DATA[2_000_000:]])
        reply = await connection.hear()

    assert (reply.status, await client.offset(upload)) == ((204, len(DATA)) if whole else (460, 0))


async def test_the_bytes_of_a_creation_are_summed_too(client: Client) -> None:
    good = await client.post({**BYTES, "Upload-Length": "1000", **checksum(DATA[:1000])}, DATA[:1000])
    bad = await client.post({**BYTES, "Upload-Length": "1000", **checksum(b"other")}, DATA[:1000])

    assert (good.status, bad.status) == (201, 460)
    assert await client.finished(path_of(good)) == DATA[:1000]


@pytest.mark.case(34)
@pytest.mark.parametrize("taken_over", [True, False])
async def test_a_part_of_a_summed_piece_is_worth_nothing(client: Client, taken_over: bool) -> None:
    """Nobody can tell whether it is right, so it goes; what came before stays."""
    upload = await client.create(len(DATA))
    await client.patch(upload, 0, DATA[:5])

    async with client.wire() as connection:
        size = {"Content-Length": str(len(DATA) - 5)}
        await connection.send(
            "PATCH", upload, {**BYTES, "Upload-Offset": "5", **size, **checksum(DATA[5:])}, DATA[5:1000]
        )
        if not taken_over:
            connection.finish()
            await connection.ends()
        assert await client.offset(upload) == 5

    assert (await client.patch(upload, 5, DATA[5:])).status == 204
    assert await client.finished(upload) == DATA


@pytest.mark.case(34)
async def test_a_summed_piece_that_the_server_did_not_live_to_check_is_thrown_away(tmp_path: Path) -> None:
    async with client_of_new_server(tmp_path / "data") as first:
        upload = await first.create(len(DATA))
        await first.patch(upload, 0, DATA[:5])
        async with first.wire() as connection:
            headers = {**BYTES, "Upload-Offset": "5", "Content-Length": str(len(DATA) - 5), **checksum(DATA[5:])}
            await connection.send("PATCH", upload, headers, DATA[5:2_000_000])
            assert (await first.ask("OPTIONS", FILES)).status == 204  # the server has had a turn since
            await first.customer.server.stop(signal.SIGKILL)

    async with client_of_new_server(tmp_path / "data") as second:
        assert await second.offset(upload) == 5
        assert (await second.patch(upload, 5, DATA[5:], checksum(DATA[5:]))).status == 204
        assert second.file(upload).read_bytes() == DATA
