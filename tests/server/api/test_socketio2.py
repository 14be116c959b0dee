"""Tests of live status for clients of Socket.IO 2, packet by packet as they exchange them."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp import ClientTimeout, ClientWebSocketResponse, WSMsgType, web

from server.api import session
from server.api.clients import Clients
from server.api.payload import pack, unpack
from server.api.socketio2 import Sockets2
from server.api.sockets import Sockets
from server.model.news import News
from tests.server.api.conftest import Client, Serve
from tests.server.api.stage import FINISHED, ID, META, PROGRESS, RESULT, UNKNOWN, UPLOADING_FINISHED, Stage

POLL = "/ws1/?EIO=3&transport=polling"
WEB_SOCKET = "/ws1/?EIO=3&transport=websocket"
JOIN = '42["assembly_connect",{"id":"' + ID + '"}]'
FIVE_SECONDS = ClientTimeout(5)
FROM_ELSEWHERE = {"Origin": "https://a.b"}


async def started(serve: Serve, stage: Stage) -> Client:
    app = web.Application()
    Sockets(stage.bus, stage.milestones, Clients(20)).attach(app)
    return await serve(app)


async def poll(client: Client, sid: str = "") -> list[str]:
    async with client.get(
        f"{POLL}&sid={sid}" if sid else POLL, headers=FROM_ELSEWHERE, timeout=FIVE_SECONDS
    ) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "https://a.b"
        assert response.headers["Access-Control-Allow-Credentials"] == "true"
        return unpack(await response.read(), binary=False)


async def post(client: Client, sid: str, *packets: str) -> int:
    async with client.post(f"{POLL}&sid={sid}", data=pack(list(packets)), timeout=FIVE_SECONDS) as response:
        return response.status


async def opened(client: Client) -> str:
    return str(json.loads((await poll(client))[0][1:])["sid"])


def frames(*told: News) -> list[str]:
    return [f"42{json.dumps([news.name, *news.arguments], separators=(',', ':'), ensure_ascii=False)}" for news in told]


async def heard(socket: ClientWebSocketResponse, count: int) -> list[str]:
    return [await socket.receive_str(timeout=5) for _ in range(count)]


async def test_who_polls_is_greeted_at_once_and_hears_the_news(serve: Serve) -> None:
    stage = Stage(UPLOADING_FINISHED)
    client = await started(serve, stage)

    greeting = await poll(client)
    told = json.loads(greeting[0][1:])
    assert await post(client, told["sid"], "2", JOIN) == 200
    late = await poll(client, told["sid"])
    late += await poll(client, told["sid"]) if len(late) == 1 else []
    await stage.tell(META, RESULT, FINISHED)

    assert greeting[1:] == ["40"]
    assert told == {"sid": told["sid"], "upgrades": ["websocket"], "pingInterval": 25000, "pingTimeout": 20000}
    assert late == ["3", *frames(UPLOADING_FINISHED)]
    assert await poll(client, told["sid"]) == frames(META, RESULT, FINISHED)


async def test_a_web_socket_needs_no_poll_before(serve: Serve) -> None:
    client = await started(serve, Stage(UPLOADING_FINISHED, FINISHED))

    async with client.session.ws_connect(client.url + WEB_SOCKET) as socket:
        greeting = await heard(socket, 2)
        await socket.send_str("2")
        await socket.send_str('427["assembly_connect",{"id":"' + ID + '"}]')
        told = await heard(socket, 4)

    assert greeting[0].startswith('0{"sid":')
    assert greeting[1] == "40"
    assert told == ["3", "437[]", *frames(UPLOADING_FINISHED, FINISHED)]


async def test_who_polls_moves_to_a_web_socket_and_misses_nothing(serve: Serve) -> None:
    stage = Stage()
    client = await started(serve, stage)
    sid = await opened(client)
    await post(client, sid, JOIN)
    await stage.bus.came.wait()

    async with client.session.ws_connect(f"{client.url}{WEB_SOCKET}&sid={sid}") as socket:
        await socket.send_str("2probe")
        assert await heard(socket, 1) == ["3probe"]
        assert await poll(client, sid) == ["6"]
        assert await poll(client, sid) == ["6"]  # though there is nothing to tell
        await stage.tell(META)
        await socket.send_str("5")
        assert await heard(socket, 1) == frames(META)
        await stage.tell(FINISHED)
        assert await heard(socket, 1) == frames(FINISHED)


@pytest.mark.case(99)
@pytest.mark.parametrize("given", [{"id": UNKNOWN}, {"id": 1}, [], None])
async def test_who_does_not_know_the_id_gets_an_error(serve: Serve, given: Any) -> None:
    client = await started(serve, Stage())

    async with client.session.ws_connect(client.url + WEB_SOCKET) as socket:
        await socket.send_str("42" + json.dumps(["assembly_connect", given]))
        name, error = json.loads((await heard(socket, 3))[2][2:])

    assert (name, error["error"]) == ("assembly_error", "ASSEMBLY_NOT_FOUND")
    assert error["msg"] == error["message"]


@pytest.mark.case(100)
async def test_a_client_watches_one_assembly_until_it_leaves(serve: Serve) -> None:
    stage = Stage(META)
    client = await started(serve, stage)

    async with client.session.ws_connect(client.url + WEB_SOCKET) as socket:
        for _ in range(20):
            await socket.send_str(JOIN)
        while not (await heard(socket, 1))[0].startswith("42"):
            pass
        await socket.send_str("2")
        while (await heard(socket, 1)) != ["3"]:
            pass
        readers = len(stage.bus._readers[ID])
        stage.bus.left.clear()
        await socket.send_str("41")
        await asyncio.wait_for(stage.bus.left.wait(), 20)

    assert readers <= 1
    assert stage.bus._readers == {}


@pytest.mark.case(100)
async def test_sessions_count_whichever_version_they_speak(serve: Serve) -> None:
    client = await started(serve, Stage())

    statuses = [(await client.get(f"/ws1/?EIO={3 + n % 2}&transport=polling")).status for n in range(21)]

    assert statuses == [200] * 20 + [429]


HOSTILE = [
    *("", "x", "49", "4", "42", "42[", "42[]", '42{"a":1}', "42[1]", "42" + "[" * 60_000, "45", "6", "3", "0"),
    *('451-["assembly_connect",{"_placeholder":true,"num":0}]', '40/other,{"a":1}', "40", "43", "5", "bAAAA", "1"),
]


@pytest.mark.case(101)
@pytest.mark.parametrize("packet", HOSTILE)
async def test_hostile_packets_end_their_own_session_at_most(
    serve: Serve, caplog: pytest.LogCaptureFixture, packet: str
) -> None:
    client = await started(serve, Stage(FINISHED))
    sid = await opened(client)

    async with client.session.ws_connect(client.url + WEB_SOCKET) as socket:
        await socket.send_str(packet)
        await socket.send_bytes(b"\0" * 1000)
        while (message := await socket.receive(5)).type is WSMsgType.TEXT:
            pass
    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)
    assert await post(client, sid, packet) in (200, 400)
    assert await opened(client)
    assert caplog.text == ""


@pytest.mark.case(101)
async def test_a_message_has_a_largest_size(serve: Serve) -> None:
    client = await started(serve, Stage())
    sid = await opened(client)

    async with client.session.ws_connect(client.url + WEB_SOCKET) as socket:
        await socket.send_str("4" * 70_000)
        while (message := await socket.receive(5)).type is WSMsgType.TEXT:
            pass

    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR)
    assert await post(client, sid, "4" * 70_000) == 400
    assert await post(client, sid, "2") == 400


@pytest.mark.parametrize(
    "query",
    [
        *("transport=polling&sid=unknown", "transport=websocket&sid=unknown", "transport=flashsocket"),
        *("", "transport=polling&j=0", "transport=websocket"),
    ],
)
async def test_what_asks_for_no_session_gets_none(serve: Serve, query: str) -> None:
    client = await started(serve, Stage())

    assert (await client.get(f"/ws1/?EIO=3&{query}")).status == 400
    assert (await client.post(f"/ws1/?EIO=3&{query}")).status == 400


async def test_one_poll_at_a_time(serve: Serve) -> None:
    client = await started(serve, Stage())
    sid = await opened(client)

    first, second = await asyncio.gather(
        *(client.session.get(f"{client.url}{POLL}&sid={sid}", timeout=FIVE_SECONDS) for _ in range(2)),
    )

    assert sorted([first.status, second.status]) == [200, 400]
    assert "1:1" in (await first.text(), await second.text())


@pytest.mark.case(103)
async def test_a_client_that_does_not_read_is_dropped(serve: Serve) -> None:
    stage = Stage()
    client = await started(serve, stage)
    large = News(PROGRESS.name, ({"text": "x" * 100_000},))
    async with client.session.ws_connect(client.url + WEB_SOCKET) as socket:
        await socket.send_str(JOIN)
        await stage.bus.came.wait()

        while not stage.bus.left.is_set():
            await stage.tell(large)
            await asyncio.sleep(0)

    assert stage.bus._readers == {}


async def test_a_client_that_says_nothing_any_more_is_forgotten(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage()
    sockets = Sockets2(stage.bus, stage.milestones)
    silent = session.Session("somebody", sockets._part, patience=0.01)

    sockets._hear(silent, JOIN[1:])

    assert await asyncio.wait_for(silent.take(), 20) == []
    with pytest.raises(ConnectionError):
        silent.tell("2")
    await sockets.close()
    assert stage.bus._readers == {}
