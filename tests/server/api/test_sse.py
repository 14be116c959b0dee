"""Tests of live status over server-sent events, with a client that reads bytes."""

import asyncio
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse, web

from server.api.sse import Sse, block
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


async def started(serve: Serve, stage: Stage, heartbeat: float = 15) -> Client:
    app = web.Application()
    app.router.add_get("/ws1", Sse(stage.bus, stage.milestones, heartbeat).handle)
    return await serve(app)


async def blocks(reply: ClientResponse, count: int) -> list[bytes]:
    return [await reply.content.readuntil(b"\n\n") for _ in range(count)]


async def test_news_come_in_the_two_shapes_that_clients_read(serve: Serve) -> None:
    stage = Stage()
    client = await started(serve, stage)

    reply = await client.get(f"/ws1?assembly={ID}", headers={"Accept-Encoding": "gzip"})
    first = await blocks(reply, 1)
    await stage.tell(UPLOAD, UPLOADING_FINISHED, META, RESULT, PROGRESS, FINISHED)
    rest = await reply.read()

    assert first == [f"id: {ID}\n\n".encode()]
    assert rest.decode() == (
        'event: assembly_upload_finished\ndata: {"id":"u","name":"a\\nb é.jpg"}\n\n'
        "data: assembly_uploading_finished\n\n"
        "data: assembly_upload_meta_data_extracted\n\n"
        'event: assembly_result_finished\ndata: ["resize",{"id":"r"}]\n\n'
        'event: assembly_execution_progress\ndata: {"progress_combined":50,"progress_per_original_file":[]}\n\n'
        "data: assembly_finished\n\n"
    )


async def test_the_stream_may_be_read_from_everywhere_and_kept_nowhere(serve: Serve) -> None:
    client = await started(serve, Stage(FINISHED))

    reply = await client.get(f"/ws1?assembly={ID}", headers={"Origin": "https://example.com"})

    assert reply.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert reply.headers["Cache-Control"] == "no-cache"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Encoding" not in reply.headers
    assert await reply.read()


async def test_who_comes_late_is_told_the_milestones_once(serve: Serve) -> None:
    stage = Stage(UPLOADING_FINISHED, META)
    client = await started(serve, stage)

    reply = await client.get(f"/ws1?assembly={ID}", headers={"Last-Event-ID": ID})
    late = await blocks(reply, 3)
    await stage.tell(UPLOADING_FINISHED, META, RESULT, RESULT, FINISHED)
    rest = await reply.read()

    assert late[1:] == [block(UPLOADING_FINISHED), block(META)]
    assert rest == block(RESULT) * 2 + block(FINISHED)


async def test_nothing_is_lost_while_the_milestones_are_read(serve: Serve) -> None:
    client = await started(serve, Stage(UPLOADING_FINISHED, meanwhile=(UPLOADING_FINISHED, META, RESULT, FINISHED)))

    reply = await client.get(f"/ws1?assembly={ID}")

    told = (UPLOADING_FINISHED, META, RESULT, FINISHED)
    assert await reply.read() == f"id: {ID}\n\n".encode() + b"".join(map(block, told))


@pytest.mark.parametrize("end", [FINISHED, ERROR])
async def test_after_the_end_the_end_is_told_and_the_stream_closed(serve: Serve, end: News) -> None:
    client = await started(serve, Stage(UPLOADING_FINISHED, end, meanwhile=(RESULT,)))

    reply = await client.get(f"/ws1?assembly={ID}")

    assert (await reply.read()).endswith(block(UPLOADING_FINISHED) + block(end))


@pytest.mark.parametrize("reached", [(), (CANCELED,)])
async def test_a_canceled_assembly_closes_its_streams_silently(serve: Serve, reached: tuple[News, ...]) -> None:
    stage = Stage(*reached)
    client = await started(serve, stage)

    reply = await client.get(f"/ws1?assembly={ID}")
    await stage.tell(CANCELED)

    assert await reply.read() == f"id: {ID}\n\n".encode()


@pytest.mark.case(99)
@pytest.mark.parametrize("query", ["", "?assembly=", f"?assembly={UNKNOWN}", "?assembly=*", f"?assembly={ID}%0a"])
async def test_who_does_not_know_the_id_is_told_nothing(serve: Serve, query: str) -> None:
    client = await started(serve, Stage())

    reply = await client.get(f"/ws1{query}")

    assert reply.status == 404
    assert (await reply.json())["error"] == "ASSEMBLY_NOT_FOUND"


async def test_a_silent_stream_stays_alive(serve: Serve) -> None:
    client = await started(serve, Stage(), heartbeat=0.01)

    reply = await client.get(f"/ws1?assembly={ID}")

    assert (await blocks(reply, 3))[1:] == [b":\n\n", b":\n\n"]
    reply.close()


async def test_a_client_that_leaves_is_forgotten_without_a_line_in_the_log(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage()
    client = await started(serve, stage, heartbeat=0.01)
    reply = await client.get(f"/ws1?assembly={ID}")
    await blocks(reply, 1)

    reply.close()

    await stage.bus.left.wait()
    assert stage.bus._readers == {}
    assert caplog.text == ""


@pytest.mark.case(103)
async def test_a_client_that_does_not_keep_up_is_let_go_of(serve: Serve) -> None:
    stage = Stage()
    client = await started(serve, stage)
    large: Any = News(PROGRESS.name, ({"text": "x" * 100_000},))

    reply = await client.get(f"/ws1?assembly={ID}")
    await blocks(reply, 1)
    while stage.bus._readers:
        await stage.tell(large)
        await asyncio.sleep(0)

    reply.close()


async def test_a_server_that_stops_ends_its_streams(serve: Serve) -> None:
    stage = Stage()
    client = await started(serve, stage)

    reply = await client.get(f"/ws1?assembly={ID}")
    stage.bus.close()

    assert await reply.read() == f"id: {ID}\n\n".encode()


def test_data_is_on_one_line_whatever_it_holds() -> None:
    text = "a\r\nb\n\nevent: x\u2028\0"

    lines = block(News("assembly_error", ({"message": text},))).split(b"\n")

    assert orjson.loads(lines[1].removeprefix(b"data: ")) == {"message": text}
    assert lines[2:] == [b"", b""]
