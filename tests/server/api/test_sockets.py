"""Tests of live status over Socket.IO, with its own client."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio
from aiohttp import WSMsgType, web

from server.api.clients import Clients
from server.api.sockets import Sockets
from server.model.news import News
from tests.server.api.conftest import Client, Serve
from tests.server.api.stage import (
    CANCELED,
    ERROR,
    FINISHED,
    ID,
    META,
    PROGRESS,
    RESULT,
    UNKNOWN,
    UPLOAD,
    UPLOADING_FINISHED,
    Stage,
)

EVENTS = [UPLOAD, UPLOADING_FINISHED, META, RESULT, PROGRESS, FINISHED, ERROR, CANCELED]


class Watcher:
    """A client that writes down what it is told."""

    def __init__(self) -> None:
        self.io = socketio.AsyncClient(reconnection=False)
        self.told: asyncio.Queue[tuple[str, tuple[Any, ...]]] = asyncio.Queue()
        for event in EVENTS:
            self.io.on(event.name, self._hear(event.name))

    def _hear(self, name: str) -> Any:
        return lambda *arguments: self.told.put_nowait((name, arguments))

    async def hears(self, *expected: News) -> None:
        for news in expected:
            assert await asyncio.wait_for(self.told.get(), 20) == (news.name, news.arguments)


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    watcher = Watcher()
    yield watcher
    await watcher.io.disconnect()


async def started(serve: Serve, stage: Stage) -> Client:
    app = web.Application()
    app.on_shutdown.append(lambda _: _end(stage))
    Sockets(stage.bus, stage.milestones, Clients(20)).attach(app)
    return await serve(app)


async def _end(stage: Stage) -> None:
    stage.bus.close()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
async def test_a_client_hears_the_news_with_their_arguments(
    serve: Serve, watcher: Watcher, transports: list[str]
) -> None:
    stage = Stage(UPLOADING_FINISHED)
    client = await started(serve, stage)

    await watcher.io.connect(client.url, socketio_path="/ws1", transports=transports)
    await watcher.io.emit("assembly_connect", {"id": ID})
    await watcher.hears(UPLOADING_FINISHED)
    await stage.tell(UPLOADING_FINISHED, UPLOAD, META, RESULT, PROGRESS, FINISHED)

    await watcher.hears(UPLOAD, META, RESULT, PROGRESS, FINISHED)


async def test_who_comes_late_is_told_how_it_ended(serve: Serve, watcher: Watcher) -> None:
    client = await started(serve, Stage(UPLOADING_FINISHED, META, ERROR))

    await watcher.io.connect(client.url, socketio_path="/ws20074/", transports=["websocket"])
    await watcher.io.emit("assembly_connect", {"id": ID})

    await watcher.hears(UPLOADING_FINISHED, META, ERROR)


@pytest.mark.case(99)
@pytest.mark.parametrize("given", [{"id": UNKNOWN}, {"id": "*"}, {"id": 1}, {}, [], "x" * 100, None])
async def test_who_does_not_know_the_id_gets_an_error(serve: Serve, watcher: Watcher, given: Any) -> None:
    client = await started(serve, Stage())

    await watcher.io.connect(client.url, socketio_path="/ws1", transports=["websocket"])
    await watcher.io.emit("assembly_connect", given)
    name, arguments = await asyncio.wait_for(watcher.told.get(), 20)

    assert name == "assembly_error"
    assert arguments[0]["error"] == "ASSEMBLY_NOT_FOUND"
    assert arguments[0]["msg"] == arguments[0]["message"]


async def test_a_client_that_leaves_is_forgotten(serve: Serve, watcher: Watcher) -> None:
    stage = Stage()
    client = await started(serve, stage)
    await watcher.io.connect(client.url, socketio_path="/ws1", transports=["websocket"])
    await watcher.io.emit("assembly_connect", {"id": ID})
    await stage.bus.came.wait()

    await watcher.io.disconnect()

    await asyncio.wait_for(stage.bus.left.wait(), 20)
    assert stage.bus._readers == {}


@pytest.mark.case(100)
async def test_a_client_watches_one_assembly_at_a_time(serve: Serve, watcher: Watcher) -> None:
    stage = Stage(META)
    client = await started(serve, stage)
    await watcher.io.connect(client.url, socketio_path="/ws1", transports=["websocket"])

    for _ in range(20):
        await watcher.io.emit("assembly_connect", {"id": ID})
    await watcher.hears(META)
    await asyncio.wait_for(stage.bus.left.wait(), 20)
    while len(stage.bus._readers[ID]) > 1:
        await watcher.hears(META)

    assert len(stage.bus._readers[ID]) == 1


@pytest.mark.case(102)
async def test_both_flavours_share_an_address(serve: Serve) -> None:
    client = await started(serve, Stage(FINISHED))

    for path in ("/ws1", "/ws1/"):
        stream = await client.get(f"{path}?assembly={ID}")
        assert b"data: assembly_finished" in await stream.read()
        opening = await client.get(f"{path}?EIO=4&transport=polling", headers={"Origin": "https://a.b"})
        assert (await opening.text()).startswith('0{"sid"')
        assert opening.headers["Access-Control-Allow-Origin"] == "https://a.b"
        assert opening.headers["Access-Control-Allow-Credentials"] == "true"


@pytest.mark.parametrize("path", ["/ws1", "/ws1/"])
async def test_a_post_that_is_not_socket_io_is_unknown(serve: Serve, path: str) -> None:
    client = await started(serve, Stage())

    assert (await client.post(path)).status == 404


HOSTILE = [
    "x",
    "4",
    "49",
    "42",
    "42[",
    '42["unknown"]',
    "42[]",
    "42{}",
    '42["disconnect"]',
    '451-["assembly_connect",{"_placeholder":true,"num":0}]',
    "459999999999-[]",
    "42" + "[" * 60_000,
    '40/other,{"a":1}',
    "40",
    "1",
]


@pytest.mark.case(101)
async def test_hostile_packets_are_survived_in_silence(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    client = await started(serve, Stage(FINISHED))

    for packet in HOSTILE:
        async with client.session.ws_connect(f"{client.url}/ws1/?EIO=4&transport=websocket") as socket:
            await socket.receive()
            await socket.send_str("40")
            await socket.receive()
            await socket.send_str(packet)
            await socket.send_bytes(b"\0" * 1000)
            await socket.send_str('42["assembly_connect",{"id":"' + ID + '"}]')

    async with client.session.ws_connect(f"{client.url}/ws1/?EIO=4&transport=websocket") as socket:
        await socket.send_str("40")
        await socket.send_str("x" * 70_000)
        while (message := await socket.receive()).type == WSMsgType.TEXT:
            pass

    assert message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    assert caplog.text == ""


@pytest.mark.case(100)
async def test_a_client_has_so_many_sessions_though_they_hold_no_connection(serve: Serve) -> None:
    client = await started(serve, Stage())
    opening = "/ws1/?EIO=4&transport=polling"

    opened = [(await client.get(opening)).status for _ in range(20)]
    refused = await client.get(opening)
    web_socket = await client.get("/ws1/?EIO=4&transport=websocket", headers={"Upgrade": "websocket"})

    assert opened == [200] * 20
    assert (refused.status, (await refused.json())["error"]) == (429, "RATE_LIMIT_REACHED")
    assert web_socket.status == 429


@pytest.mark.case(103)
async def test_a_client_that_does_not_read_is_dropped(serve: Serve) -> None:
    stage = Stage()
    client = await started(serve, stage)
    large = News(PROGRESS.name, ({"text": "x" * 100_000},))
    async with client.session.ws_connect(f"{client.url}/ws1/?EIO=4&transport=websocket") as socket:
        await socket.send_str("40")
        await socket.send_str('42["assembly_connect",{"id":"' + ID + '"}]')
        await stage.bus.came.wait()

        while not stage.bus.left.is_set():
            await stage.tell(large)
            await asyncio.sleep(0)

    assert stage.bus._readers == {}
