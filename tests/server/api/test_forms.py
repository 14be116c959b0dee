"""Tests of forms, over a real socket."""

import asyncio
import gzip
import hashlib
import io
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from aiohttp import FormData, web

from server.api.forms import Aborted, FormLimits, Text, Upload, parts
from server.api.middleware import json_response
from tests.server.api.conftest import Client, Serve


class Receiver:
    """Saves what a form brings, as the API does."""

    def __init__(self, folder: Path, limits: FormLimits) -> None:
        self.folder = folder
        self.limits = limits
        self.begun = asyncio.Event()
        self.ended: asyncio.Queue[str] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.StreamResponse:
        fields: list[list[str]] = []
        files: list[dict[str, Any]] = []
        self.begun.set()
        try:
            async for part in parts(request, self.limits):
                if isinstance(part, Text):
                    fields.append([part.name, part.value])
                elif part.field != "skipped":
                    files.append(await self.save(part, len(files)))
        except Aborted as error:
            self.ended.put_nowait(str(error))
            raise
        return json_response({"fields": fields, "files": files})

    async def save(self, part: Upload, number: int) -> dict[str, Any]:
        saved = await part.save(self.folder / str(number))
        return {"field": part.field, "name": part.name, "mime": part.mime, "size": saved.size, "md5": saved.md5}


@pytest.fixture
def receiver(tmp_path: Path) -> Receiver:
    return Receiver(tmp_path, FormLimits(fields=5, files=3, header=1000, text=1000, texts=2500, file=3_000_000, idle=5))


@pytest.fixture
async def client(serve: Serve, receiver: Receiver) -> Client:
    app = web.Application()
    app.router.add_route("*", "/", receiver.take)
    return await serve(app)


def multipart(*given: bytes, end: bytes = b"--b--\r\n") -> dict[str, Any]:
    """A body made by hand: each part is its headers and its bytes."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in given) + end
    return {"data": body, "headers": {"Content-Type": "multipart/form-data; boundary=b"}}


def field(name: str, value: bytes) -> bytes:
    return b'Content-Disposition: form-data; name="%b"\r\n\r\n%b' % (name.encode(), value)


def file(name: str, content: bytes, mime: str = "image/png") -> bytes:
    head = f'Content-Disposition: form-data; name="f"; filename="{name}"\r\nContent-Type: {mime}\r\n\r\n'
    return head.encode() + content


async def test_fields_and_files_come_in_any_order_with_their_size_and_hash(client: Client, receiver: Receiver) -> None:
    big = os.urandom(2_500_000)
    form = FormData()
    form.add_field("f", io.BytesIO(big), filename="a.bin", content_type="application/octet-stream")
    form.add_field("params", '{"a": 1}')
    form.add_field("f", io.BytesIO(), filename="empty.txt")

    told = await (await client.post("/", data=form)).json()

    assert told["fields"] == [["params", '{"a": 1}']]
    assert [(file["name"], file["size"]) for file in told["files"]] == [("a.bin", 2_500_000), ("empty.txt", 0)]
    assert told["files"][0]["md5"] == hashlib.md5(big).hexdigest()
    assert (receiver.folder / "0").read_bytes() == big


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
async def test_a_boundary_is_found_wherever_the_pieces_are_cut(client: Client, size: int) -> None:
    content = b"\r\n--\r\n--x\r\n-\r\r\n\n--b-" + b"\r\n--" * 5
    request = multipart(file("a", content), field("k", b""), field("e", b"\r\n"))

    async def trickle() -> Any:
        for at in range(0, len(request["data"]), size):
            yield request["data"][at : at + size]

    told = await (await client.post("/", data=trickle(), headers=request["headers"])).json()

    assert told["fields"] == [["k", ""], ["e", "\r\n"]]
    assert told["files"][0]["md5"] == hashlib.md5(content).hexdigest()


async def test_a_preamble_and_an_epilogue_are_skipped(client: Client) -> None:
    request = multipart(field("a", b"1"))
    request["data"] = b"hello\r\n" + request["data"] + b"bye"

    assert (await (await client.post("/", data=request["data"], headers=request["headers"])).json())["fields"]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("/home/me/a.png", "a.png"),
        ("C:\\pictures\\a.png", "a.png"),
        ("../../etc/passwd", "passwd"),
        ("..", "f"),
        ("日本 %22x%22.png", '日本 "x".png'),
    ],
)
async def test_a_file_keeps_its_name_without_folders(client: Client, told: str, name: str) -> None:
    answer = await (await client.post("/", **multipart(file(told, b"x")))).json()

    assert answer["files"][0]["name"] == name


async def test_a_stream_without_a_file_name_is_a_file_by_its_type(client: Client) -> None:
    stream = b'Content-Disposition: form-data; name="file_1"\r\nContent-Type: application/octet-stream\r\n\r\nxyz'
    typed = b'Content-Disposition: form-data; name="k"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nv'

    told = await (await client.post("/", **multipart(stream, typed))).json()

    assert [(file["field"], file["name"], file["size"]) for file in told["files"]] == [("file_1", "file_1", 3)]
    assert told["fields"] == [["k", "v"]]


async def test_an_empty_file_input_is_nothing(client: Client) -> None:
    told = await (await client.post("/", **multipart(file("", b""), file("", b"nameless")))).json()

    assert [(file["name"], file["size"]) for file in told["files"]] == [("f", 8)]


async def test_a_file_that_nobody_reads_is_skipped(client: Client) -> None:
    skipped = b'Content-Disposition: form-data; name="skipped"; filename="s"\r\n\r\n' + b"s" * 300_000

    told = await (await client.post("/", **multipart(skipped, field("k", b"v")))).json()

    assert told == {"fields": [["k", "v"]], "files": []}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
async def test_query_and_body_are_one_form_and_the_body_wins(client: Client, method: str) -> None:
    body = urlencode({"params": '{"a":"+ %é"}'})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    reply = await client.request(method, "/?params=x&signature=s%2Bt+u", data=body, headers=headers)

    assert (await reply.json())["fields"] == [["params", '{"a":"+ %é"}'], ["signature", "s+t u"]]


@pytest.mark.parametrize("mime", ["multipart/form-data; boundary=b", "application/json", "text/plain", ""])
async def test_an_empty_body_is_an_empty_form_of_any_type(client: Client, mime: str) -> None:
    reply = await client.request("DELETE", "/?a=1", headers={"Content-Type": mime} if mime else {})

    assert (await reply.json())["fields"] == [["a", "1"]]


MALFORMED: dict[str, dict[str, Any]] = {
    "two params": multipart(field("params", b"1"), field("params", b"2")),
    "two signatures": multipart(field("signature", b"1"), field("signature", b"2")),
    "many fields": multipart(*[field("a", b"1")] * 6),
    "many files": multipart(*[file("a", b"1")] * 4),
    "a long field": multipart(field("a", b"1" * 1001)),
    "long fields": multipart(*[field("a", b"1" * 999)] * 3),
    "long headers": multipart(field("a" * 1000, b"1")),
    "endless headers": multipart(b"A: b\r\n" * 10_000),
    "no end": multipart(field("a", b"1"), end=b""),
    "no end of a file": {**multipart(end=b"--b\r\n" + file("a", b"x" * 200_000))},
    "no boundary in it": multipart(end=b"x" * 100_000),
    "a zero byte in a name": multipart(file("a\0.png", b"1")),
    "an escaped zero byte": multipart(b"Content-Disposition: form-data; name=a; filename*=utf-8''a%00b\r\n\r\n1"),
    "a part without a name": multipart(b"Content-Type: text/plain\r\n\r\n1"),
    "a part without headers": multipart(b"\r\n1"),
    "a nested multipart": multipart(
        b'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c--'
    ),
    "base64": multipart(b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ=='),
    "a folded header": multipart(b'Content-Disposition: form-data;\r\n name="a"\r\n\r\n1'),
    "two dispositions": multipart(b"Content-Disposition: form-data; name=a\r\n" * 2 + b"\r\n1"),
    "text after a boundary": multipart(field("a", b"1"), end=b"--bxyz\r\n" + field("a", b"1")),
    "not UTF-8": multipart(field("a", b"\xff")),
    "an empty boundary": {"data": b"--\r\n", "headers": {"Content-Type": "multipart/form-data; boundary="}},
    "no boundary": {"data": b"--b--", "headers": {"Content-Type": "multipart/form-data"}},
    "a long boundary": {"data": b"--b--", "headers": {"Content-Type": "multipart/form-data; boundary=" + "b" * 71}},
    "JSON": {"data": b"{}", "headers": {"Content-Type": "application/json"}},
    "bytes": {"data": b"\0", "headers": {"Content-Type": "application/octet-stream"}},
    "urlencoded not UTF-8": {"data": b"a=%ff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    "urlencoded two params": {"data": {"params": ["1", "2"]}, "params": {}},
    "urlencoded too long": {"data": {"a": "1" * 1001}},
    "urlencoded many": {"data": {f"a{n}": "1" for n in range(6)}},
}


@pytest.mark.case(20)
@pytest.mark.parametrize("request_", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_form_is_refused_with_a_reason(client: Client, request_: dict[str, Any]) -> None:
    given = dict(request_)
    if isinstance(given["data"], dict):
        given["data"] = urlencode(given["data"], doseq=True)
        given["headers"] = {"Content-Type": "application/x-www-form-urlencoded"}

    reply = await client.post("/", **given)
    told = await reply.json()

    assert (reply.status, told["error"]) == (400, "INVALID_FORM_DATA")
    assert told["reason"]


@pytest.mark.case(25)
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, gzip"])
async def test_a_compressed_form_is_refused_before_it_is_read(client: Client, encoding: str) -> None:
    headers = {"Content-Encoding": encoding, "Content-Type": "multipart/form-data; boundary=b"}

    reply = await client.post("/", data=gzip.compress(b"0" * 1_000_000), headers=headers)

    assert reply.status == 415
    assert await reply.json() == {
        "error": "INVALID_FORM_DATA",
        "http_code": 415,
        "message": "The body of a request must not be compressed.",
        "reason": "The body of a request must not be compressed.",
    }


@pytest.mark.parametrize("query", ["params=1&params=2", "a=%ff", "&".join(f"a{n}=1" for n in range(6))])
async def test_a_malformed_query_is_refused(client: Client, query: str) -> None:
    reply = await client.get(f"/?{query}")

    assert (await reply.json())["error"] == "INVALID_FORM_DATA"


async def test_a_file_over_the_limit_leaves_nothing_on_the_disk(client: Client, receiver: Receiver) -> None:
    request = multipart(file("a.bin", b"x" * 3_000_001))

    reply = await client.post("/", data=io.BytesIO(request["data"]), headers=request["headers"])

    assert (await reply.json())["error"] == "MAX_SIZE_EXCEEDED"
    assert list(receiver.folder.iterdir()) == []


@pytest.mark.case(22)
@pytest.mark.parametrize("length", ["Content-Length: 999999", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("sent", [0, 60, 200, 150_000])
async def test_a_client_that_goes_away_leaves_no_half_file(
    client: Client, receiver: Receiver, length: str, sent: int
) -> None:
    body = multipart(file("a.bin", b"x" * 200_000))["data"][:sent]
    chunk = b"%x\r\n%b\r\n" % (len(body), body) if "chunked" in length and body else body
    head = f"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n{length}\r\n\r\n"

    _, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(head.encode() + chunk)
    await receiver.begun.wait()
    writer.close()
    ended = await asyncio.wait_for(receiver.ended.get(), 20)

    assert ended == "the connection was lost"
    assert list(receiver.folder.iterdir()) == []


@pytest.mark.case(23)
async def test_a_client_that_falls_silent_is_given_up(client: Client, receiver: Receiver) -> None:
    receiver.limits = FormLimits(idle=0.05)
    head = (
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 99\r\n\r\n--b"
    )

    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(head.encode())
    reply = await reader.readuntil(b"\r\n")
    writer.close()

    assert reply == b"HTTP/1.1 400 Bad Request\r\n"
    assert "0.05 seconds" in receiver.ended.get_nowait()


async def test_the_bytes_of_params_reach_the_signature_as_they_were_sent(client: Client) -> None:
    text = '{"a":"\\/ é+&=%20\\u00e9",  "b":1}'

    by_query = await (await client.get(f"/?params={quote_plus(text)}")).json()
    by_body = await (await client.post("/", **multipart(field("params", text.encode())))).json()

    assert by_query["fields"] == by_body["fields"] == [["params", text]]
