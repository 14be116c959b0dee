"""Socket.IO, as Uppy 2 and 3 speak it: by its own client, and frame by frame."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio

from tests import samples
from tests.customer import Customer, Json

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}
EVENTS = (
    "assembly_uploading_finished",
    "assembly_upload_finished",
    "assembly_upload_meta_data_extracted",
    "assembly_result_finished",
    "assembly_finished",
)
Told = list[tuple[str, tuple[Any, ...]]]


@asynccontextmanager
async def watching(status: Json, transport: str) -> AsyncIterator[Told]:
    """What a client of this Assembly is told, until the Assembly is over."""
    client, told, over = socketio.AsyncClient(reconnection=False), [], asyncio.Event()

    @client.on("*")  # type: ignore[untyped-decorator]  # the library is not typed
    def _(name: str, *arguments: Any) -> None:
        told.append((name, arguments))
        if name in ("assembly_finished", "assembly_error"):
            over.set()

    path = urlsplit(status["websocket_url"]).path
    await client.connect(status["websocket_url"].removesuffix(path), transports=[transport], socketio_path=path)
    await client.emit("assembly_connect", {"id": status["assembly_id"]})
    try:
        yield told
        await asyncio.wait_for(over.wait(), 20)
    finally:
        await client.disconnect()


@pytest.mark.parametrize("transport", ["polling", "websocket"])
async def test_a_client_hears_all_events_with_their_arguments(
    customer: Customer, tmp_path: Path, transport: str
) -> None:
    status = await customer.announce(HASHED)

    async with watching(status, transport) as told:
        await customer.upload(status, samples.txt(tmp_path))
    over = await customer.status(status)

    assert told == [
        ("assembly_uploading_finished", ()),
        ("assembly_upload_finished", (over["uploads"][0],)),
        ("assembly_upload_meta_data_extracted", ()),
        ("assembly_result_finished", ("hashed", over["results"]["hashed"][0])),
        ("assembly_finished", ()),
    ]
    assert over["ok"] == "ASSEMBLY_COMPLETED"


async def test_a_client_that_connects_late_is_told_that_it_is_over(customer: Customer) -> None:
    status = await customer.completed(await customer.create(HASHED))

    async with watching(status, "websocket") as told:
        pass

    assert [name for name, _ in told] == [EVENTS[0], EVENTS[2], EVENTS[4]]


async def test_the_frames_are_those_of_the_protocol(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(HASHED)

    async with customer.http.ws_connect(f"{status['websocket_url']}/?EIO=4&transport=websocket") as socket:
        opened = await socket.receive_str(timeout=5)
        await socket.send_str("40")
        joined = await socket.receive_str(timeout=5)
        await socket.send_str(f'42["assembly_connect",{{"id":"{status["assembly_id"]}"}}]')
        await customer.upload(status, samples.txt(tmp_path))
        frames = [await socket.receive_str(timeout=20) for _ in EVENTS]

    assert opened[0] == "0"
    assert {"sid", "upgrades", "pingInterval", "pingTimeout"} <= json.loads(opened[1:]).keys()
    assert joined.startswith('40{"sid":')
    assert [json.loads(frame.removeprefix("42"))[0] for frame in frames] == list(EVENTS)
    assert frames[0] == '42["assembly_uploading_finished"]'
    assert frames[3].startswith('42["assembly_result_finished","hashed",{')
    assert frames[4] == '42["assembly_finished"]'


async def test_an_error_is_told_under_both_names_of_its_sentence(customer: Customer, tmp_path: Path) -> None:
    damaged = samples.jpeg(tmp_path)
    damaged.write_bytes(damaged.read_bytes()[:300])
    status = await customer.announce(HASHED)

    async with watching(status, "websocket") as told:
        await customer.upload(status, damaged)

    name, (error,) = told[-1]
    assert (name, error["error"]) == ("assembly_error", "FILE_META_DATA_ERROR")
    assert error["msg"] == error["message"]
    assert error["assembly_ssl_url"] == status["assembly_ssl_url"]
