"""Requests that try to mean two things, to reach what is not theirs, or to be believed without a reason."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.acceptance.tus.client import BYTES, FILES, Client, told
from tests.customer import TUS
from tests.web import silent
from tests.wire import Headers

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.case(32)
@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Offset": None},
        {"Upload-Offset": ""},
        {"Upload-Offset": "+5"},
        {"Upload-Offset": "-5"},
        {"Upload-Offset": "5, 5"},
        {"Upload-Offset": "5", "upload-offset": "5"},
        {"Upload-Offset": "5.0"},
        {"Upload-Offset": "0x5"},
        {"Upload-Offset": "5_0"},
        {"Upload-Offset": "5 0"},
        {"Upload-Offset": "\u0665"},
        {"Upload-Offset": "0" * 22 + "5"},
        {"Upload-Offset": "1" * 23},
        {"Upload-Offset": str(2**63)},
    ],
)
async def test_an_offset_that_is_no_plain_number_is_refused(client: Client, started: str, headers: Headers) -> None:
    reply = await client.patch(started, 5, b"67890", headers)

    assert (reply.status, await client.offset(started)) == (400, 5)


@pytest.mark.case(38)
@pytest.mark.parametrize(
    "id",
    [
        "%00",
        "a%00b",
        "..",
        "%2e%2e",
        "..%2f..%2fsluice.db",
        "../../../../etc/passwd",
        "%2e%2e%2f%2e%2e%2fsluice.db",
        "..%5c..%5csluice.db",
        "....//sluice.db",
        "%c0%ae%c0%ae%c0%af",
        "%ff",
        "lock",
        "0" * 31,
        "0" * 32 + ".json",
        "0" * 5000,
        "{whole}.json",
        "{whole}%00",
        "{whole}/",
        "./{whole}%20",
        "{upper}",
    ],
)
@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
async def test_an_id_that_is_none_reaches_nothing(client: Client, started: str, method: str, id: str) -> None:
    own = started.removeprefix(FILES)
    path = FILES + id.format(whole=own, upper=own.upper())

    reply = await client.ask(method, path, {**BYTES, "Upload-Offset": "5"}, b"x" if method == "PATCH" else b"")

    assert reply.status in (400, 404, 405)
    assert await client.offset(started) == 5


@pytest.mark.case(38)
async def test_nobody_can_guess_the_url_of_an_upload(client: Client) -> None:
    status = await client.announce()
    headers = {**TUS, "Upload-Length": "5", "Upload-Metadata": told(status)}

    async with client.wire() as connection:
        urls = [(await connection.ask("POST", FILES, headers)).headers["Location"] for _ in range(50)]

    secrets = [re.split("[/_-]", url)[-1] for url in urls]
    bits = [bin(int(secret, 16)).count("1") for secret in secrets]
    assert len(set(secrets)) == 50
    assert all(re.fullmatch("[0-9a-f]{32,}", secret) for secret in secrets)
    # Each of the 128 bits is a coin: the mean of 50 uploads strays by more than five once in a billion runs.
    assert abs(sum(bits) / 50 - 64) < 5


@pytest.mark.case(26)
@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example;proto=https"},
        {"X-Forwarded-Host": "evil.example\r\nX-Forwarded-For: 1.2.3.4"},
        {"Host": "evil.example"},
        {"X-Original-URL": "http://evil.example/", "X-Rewrite-URL": "/admin"},
    ],
)
async def test_the_address_of_an_upload_is_that_of_the_server(client: Client, headers: Headers) -> None:
    reply = await client.post({"Upload-Length": "5", **headers})

    place = urlsplit(reply.headers["Location"])
    assert f"{place.scheme}://{place.netloc}" == client.origin
    assert "evil" not in str(dict(reply.headers))


@pytest.mark.parametrize("name", ["../../../astray", "/etc/astray", "a\x00b", "..\\astray", "con", "\u202egpj.exe"])
async def test_a_file_name_is_never_a_path(client: Client, name: str, tmp_path: Path) -> None:
    metadata = told(await client.announce(), filename=name)
    data = client.customer.server.data

    reply = await client.post({**BYTES, "Upload-Length": "5", "Upload-Metadata": metadata}, b"hello")

    assert reply.status == 201
    found = {name for _, folders, files in os.walk(data.parent.parent) for name in (*folders, *files)}
    assert not [name for name in found if "astray" in name]


@pytest.mark.case(37)
@pytest.mark.parametrize(
    "assembly",
    [
        "",
        "https://example.com/",
        "/assemblies/",
        "/assemblies/" + "0" * 32,
        "file:///etc/passwd",
        "null",
        "{whole}/../" + "0" * 32,
        "{whole}/..",
        "{whole}0",
        "{whole}.json",
        "{whole}%00",
        "{whole}\0",
        "{whole}@example.com",
        "{upper}",
        "/assemblies/../{id}",
        "/assemblies%2f{id}",
        "{id}",
    ],
)
async def test_an_upload_for_no_assembly_is_refused(client: Client, assembly: str) -> None:
    whole = (await client.announce())["assembly_url"]
    root, _, id = whole.rpartition("/")
    metadata = told({"assembly_url": assembly.format(whole=whole, upper=f"{root}/{id.upper()}", id=id)})

    reply = await client.post({"Upload-Length": "5", "Upload-Metadata": metadata})

    assert (400 <= reply.status < 500, "Location" in reply.headers) == (True, False)


@pytest.mark.case(37)
@pytest.mark.parametrize("end", ["", "/", "#me", "?me=1"])
async def test_of_the_url_of_an_assembly_only_the_id_counts_and_nobody_asks_its_host(client: Client, end: str) -> None:
    status = await client.announce()
    async with silent() as (elsewhere, asked):
        place = f"{elsewhere.replace('//', '//me:secret@')}/assemblies/{status['assembly_id']}{end}"
        reply = await client.post(
            {**BYTES, "Upload-Length": "5", "Upload-Metadata": told({"assembly_url": place})}, b"hello"
        )

        assert await client.customer.completed(status)
        assert not asked.is_set()
    assert (reply.status, reply.headers["Location"].startswith(client.origin)) == (201, True)


@pytest.mark.case(37)
async def test_an_upload_without_metadata_is_refused(client: Client) -> None:
    reply = await client.post({"Upload-Length": "5", "Upload-Metadata": None})

    assert (reply.status, "Location" in reply.headers) == (400, False)


@pytest.mark.case(37)
async def test_an_upload_for_an_assembly_that_has_ended_is_refused(client: Client) -> None:
    status = await client.announce()
    await client.customer.cancel(status)

    reply = await client.post({"Upload-Length": "5", "Upload-Metadata": told(status)})

    assert 400 <= reply.status < 500


async def test_an_assembly_keeps_its_own_limit(client: Client) -> None:
    status = await client.customer.create(
        {"hashed": {"robot": "/file/hash", "use": ":original"}},
        form={"tus_num_expected_upload_files": "1"},
        auth={"key": client.customer.server.key, "max_size": 100},
    )

    reply = await client.post({"Upload-Length": "101", "Upload-Metadata": told(status)})

    assert (reply.status, "Location" in reply.headers) == (413, False)


@pytest.mark.case(24)
@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5",
        "Content-Length: 5, 5",
        "Content-Length : 5",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\n folded: yes",
    ],
)
async def test_a_body_of_two_lengths_is_refused(client: Client, started: str, framing: str) -> None:
    headers = [f"{name}: {value}" for name, value in {"Host": "localhost", **BYTES, "Upload-Offset": "5"}.items()]

    async with client.wire() as connection:
        head = "\r\n".join([f"PATCH {started} HTTP/1.1", *headers, framing, "", ""])
        await connection.write(head.encode() + b"5\r\nhello\r\n0\r\n\r\n")
        reply, more = await connection.hear(), await connection.ends()

    assert (reply.status, more) == (400, b"")
    assert await client.offset(started) == 5
