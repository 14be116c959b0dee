"""Watchers who want to know what is not theirs, to be told too much, or never to listen."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession, WSMsgType

from server.model.news import PROGRESS, News
from tests.inside import inside
from tests.security.attacker import Attacker, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNKNOWN = "f" * 32
IDS = ["*", "", "%", UNKNOWN, "0" * 31, "A" * 32, "../" * 10, "x" * 5000, "é", "\0", "null"]
POLL = "/ws1/?EIO=4&transport=polling"
MILESTONES = [
    "data: assembly_uploading_finished",
    "data: assembly_upload_meta_data_extracted",
    "data: assembly_finished",
]


@pytest.mark.case(99)
@pytest.mark.parametrize("assembly", IDS)
async def test_a_stream_of_what_one_does_not_know_tells_nothing(attacker: Attacker, assembly: str) -> None:
    async with attacker.http.get(f"{attacker.origin}/ws1", params={"assembly": assembly}) as reply:
        told = await reply.json()

    assert (reply.status, told["error"]) == (404, "ASSEMBLY_NOT_FOUND")


@pytest.mark.case(99)
async def test_who_asks_before_an_assembly_is_made_hears_nothing_of_it(attacker: Attacker) -> None:
    async with attacker.http.ws_connect(f"{attacker.origin}/ws1/?EIO=4&transport=websocket") as socket:
        await socket.receive()
        await socket.send_str("40")
        await socket.receive()
        for chosen in ("*", UNKNOWN, "e" * 32):
            await socket.send_str(f'42["assembly_connect",{{"id":"{chosen}"}}]')
            assert "ASSEMBLY_NOT_FOUND" in (await socket.receive()).data
        made = await attacker.waiting()
        async with attacker.ask("DELETE", f"/assemblies/{made['assembly_id']}") as reply:
            assert reply.status == 200
        # The answer to this comes behind all that was said before.
        await socket.send_str('42["assembly_connect",{"id":"' + "d" * 32 + '"}]')

        async with asyncio.timeout(20):
            heard = await socket.receive()

    assert "d" * 32 in heard.data
    assert made["assembly_id"] not in heard.data


@pytest.mark.case(104)
@pytest.mark.parametrize("last", ["0", "5", "999999999999", "-1", "x" * 5000, "assembly_finished"])
async def test_whoever_comes_back_is_told_the_whole_state_whatever_it_heard_last(attacker: Attacker, last: str) -> None:
    made = await attacker.waiting()
    await cancelled(attacker, made)

    # It needs no file, so it is over with the answer.
    for status, news in ((made, []), (await completed(attacker), MILESTONES)):
        assert await told_again(attacker, status["assembly_id"], last) == news


@pytest.mark.case(104, 129)
async def test_whoever_comes_back_after_a_restart_misses_neither_what_was_nor_what_comes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with inside(data) as app, ClientSession() as http:
        attacker = Attacker(app, http)
        finished, waiting = await completed(attacker), await attacker.waiting()

    async with inside(data) as app, ClientSession() as http:
        attacker = Attacker(app, http)
        before = await told_again(attacker, finished["assembly_id"], finished["assembly_id"])
        coming = asyncio.ensure_future(told_again(attacker, waiting["assembly_id"], waiting["assembly_id"]))
        while not readers(app.parts.bus, waiting["assembly_id"]):  # noqa: ASYNC110 - the bus tells nobody
            await asyncio.sleep(0)
        await app.parts.expiry.sweep(time.time() + 9 * 3600)
        after = await coming

    assert before == MILESTONES
    assert ["ASSEMBLY_EXPIRED" in block for block in after] == [True]


async def told_again(attacker: Attacker, assembly: str, last: str) -> list[str]:
    """The events that somebody hears who heard `last` before."""
    url = f"{attacker.origin}/ws1?assembly={assembly}"
    async with attacker.http.get(url, headers={"Last-Event-ID": last}) as stream:
        assert stream.status == 200
        first, *blocks = (await stream.text()).removesuffix("\n\n").split("\n\n")
    assert first == f"id: {assembly}"
    return blocks


async def cancelled(attacker: Attacker, status: Json) -> None:
    async with attacker.ask("DELETE", f"/assemblies/{status['assembly_id']}") as reply:
        assert reply.status == 200


async def completed(attacker: Attacker) -> Json:
    steps = {"passed": {"robot": "/file/filter", "use": ":original"}}
    _, told = await attacker.create(json.dumps({"auth": {"key": attacker.app.settings.auth_key}, "steps": steps}))
    return told


@pytest.mark.case(101)
async def test_a_poll_of_ten_megabytes_is_refused_before_it_is_read(attacker: Attacker) -> None:
    sid = await opened(attacker)

    async with attacker.wire() as connection:
        length = {"Content-Length": str(10_000_000), "Content-Type": "text/plain"}
        await connection.send("POST", f"{POLL}&sid={sid}", length, b"4" * 100_000)
        answer = await connection.ends()

    assert not answer or int(answer.split()[1]) >= 400
    async with attacker.ask("GET", "/healthz") as reply:
        assert reply.status == 200


async def opened(attacker: Attacker) -> str:
    async with attacker.ask("GET", POLL) as reply:
        return str(json.loads((await reply.text())[1:])["sid"])


@pytest.mark.case(101)
@pytest.mark.parametrize(
    "packets",
    [b"\x1e" * 60_000, b"4" * 60_000, b"451-[]", b"b" + b"A" * 60_000, b"\xff\xfe", b"42" + b"[" * 60_000, b""],
)
async def test_a_poll_of_nonsense_ends_its_session_only(attacker: Attacker, packets: bytes) -> None:
    sid = await opened(attacker)

    async with attacker.wire() as connection:
        await connection.send("POST", f"{POLL}&sid={sid}", {"Content-Length": str(len(packets))}, packets)
        connection.finish()
        await connection.ends()

    async with attacker.ask("GET", "/healthz") as reply:
        assert reply.status == 200


@pytest.mark.case(101)
async def test_a_frame_of_ten_megabytes_ends_its_connection(attacker: Attacker) -> None:
    async with attacker.http.ws_connect(f"{attacker.origin}/ws1/?EIO=4&transport=websocket") as socket:
        await socket.receive()
        await socket.send_str("40")
        try:
            for _ in range(100):
                await socket.send_str("4" * 100_000)
        except ConnectionError:
            return
        while (message := await socket.receive()).type == WSMsgType.TEXT:
            pass

    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)


@pytest.mark.case(103)
async def test_a_reader_that_never_reads_is_let_go_of_and_nobody_waits_for_it(attacker: Attacker) -> None:
    made = await attacker.waiting()
    bus, assembly = attacker.app.parts.bus, made["assembly_id"]
    news = News(PROGRESS, ({"text": "x" * 10_000},))
    async with attacker.wire() as slow, attacker.http.get(made["update_stream_url"]) as quick:
        await slow.send("GET", f"/ws1?assembly={assembly}", {})
        await slow._reader.readuntil(b"\r\n\r\n")
        heard = asyncio.ensure_future(listen(quick))
        for number in count():
            await asyncio.wait_for(bus.publish(assembly, [news]), 5)
            await asyncio.sleep(0)
            if number >= 10_000 or not readers(bus, assembly):
                break
        await cancelled(attacker, made)
        await heard

    assert readers(bus, assembly) == 0


async def listen(stream: ClientResponse) -> None:
    async for _ in stream.content.iter_chunked(1 << 16):
        pass


def readers(bus: Any, assembly: str) -> int:
    return len(bus._readers.get(assembly, ()))
