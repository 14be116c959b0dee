"""Server-sent events, read byte by byte: what they tell, in which order, and how a stream ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import StreamReader, web

from tests import samples
from tests.customer import Customer, Json
from tests.web import site

pytestmark = pytest.mark.asyncio(loop_scope="module")

HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}
BARE = ["assembly_uploading_finished", "assembly_upload_meta_data_extracted", "assembly_finished"]


@dataclass
class Stream:
    """An open stream whose first block was read."""

    content: StreamReader

    async def next(self, wanted: str = "") -> tuple[str, Any]:
        """The next event, or the next of this name: its name and its data."""
        async with asyncio.timeout(30):
            while not (told := event(await self.content.readuntil(b"\n\n"))) or wanted not in ("", told[0]):
                pass
            return told

    async def rest(self) -> list[tuple[str, Any]]:
        """All until the server closes."""
        async with asyncio.timeout(30):
            blocks = (await self.content.read()).split(b"\n\n")
            return [told for block in blocks if (told := event(block))]


def event(block: bytes) -> tuple[str, Any] | None:
    """A bare message is its own name, and has no data; a comment only keeps the connection alive."""
    told = dict(line.split(": ", 1) for line in block.decode().strip().split("\n") if ": " in line)
    if "event" in told:
        return told["event"], json.loads(told["data"])
    return (told["data"], None) if told else None


@asynccontextmanager
async def stream(customer: Customer, status: Json) -> AsyncIterator[Stream]:
    async with customer.http.get(status["update_stream_url"], headers={"Accept": "text/event-stream"}) as reply:
        assert reply.status == 200
        assert reply.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert await reply.content.readuntil(b"\n\n") == f"id: {status['assembly_id']}\n\n".encode()
        yield Stream(reply.content)


async def test_each_event_comes_when_the_status_already_says_so(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(HASHED, 2)

    async with stream(customer, status) as news:
        first = await customer.upload(status, samples.txt(tmp_path, name="one.txt"))
        assert (await news.next())[1]["tus_upload_url"] == first
        assert (await news.next())[0] == "assembly_result_finished"
        second = await customer.upload(status, samples.txt(tmp_path, "two", name="two.txt"))
        told = dict(await news.rest())
        over = await customer.status(status)

    assert [name for name in told if name in BARE] == BARE
    assert list(told)[-1] == "assembly_finished"
    assert told["assembly_upload_finished"] == over["uploads"][1]
    assert told["assembly_upload_finished"]["tus_upload_url"] == second
    assert told["assembly_result_finished"] == ["hashed", over["results"]["hashed"][1]]
    assert over["ok"] == "ASSEMBLY_COMPLETED"


async def test_who_comes_late_hears_the_milestones_but_no_file_again(customer: Customer, tmp_path: Path) -> None:
    status = await customer.announce(HASHED, 2)
    await customer.upload(status, samples.txt(tmp_path))
    await customer.until(status, lambda now: "hashed" in now["results"])

    async with stream(customer, status) as news:
        await customer.upload(status, samples.txt(tmp_path, "two", name="two.txt"))
        told = await news.rest()
    async with stream(customer, status) as again:
        heard = await again.rest()

    assert sorted(name for name, _ in told) == sorted([*BARE, "assembly_upload_finished", "assembly_result_finished"])
    assert heard == [(name, None) for name in BARE]


async def test_an_error_is_the_last_event(customer: Customer, tmp_path: Path) -> None:
    damaged = samples.jpeg(tmp_path)
    damaged.write_bytes(damaged.read_bytes()[:300])
    status = await customer.announce(HASHED)

    async with stream(customer, status) as news:
        await customer.upload(status, damaged)
        name, error = (await news.rest())[-1]
    async with stream(customer, status) as again:
        assert (await again.rest())[-1] == (name, error)

    over = await customer.status(status)
    assert name == "assembly_error"
    assert (error["error"], error["message"]) == (over["error"], over["message"])
    assert error["msg"] == error["message"]
    assert error["assembly_id"] == status["assembly_id"]


async def test_a_canceled_assembly_closes_its_stream_in_silence(customer: Customer) -> None:
    status = await customer.announce(HASHED)

    async with stream(customer, status) as news:
        await customer.cancel(status)
        told = await news.rest()

    assert told == []


async def test_progress_is_told_to_those_who_asked_for_it(customer: Customer, tmp_path: Path) -> None:
    released = asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        await released.wait()
        return web.Response(text="imported")

    async with site(slow) as origin:
        steps = {**HASHED, "imported": {"robot": "/http/import", "url": f"{origin}/slow.txt"}}
        status = await customer.announce(steps, emit_execution_progress=True)
        async with stream(customer, status) as news:
            _, before = await news.next("assembly_execution_progress")
            await customer.upload(status, samples.txt(tmp_path))
            _, after = await news.next("assembly_execution_progress")
            released.set()
            told = await news.rest()

    over = await customer.status(status)
    assert 0 <= before["progress_combined"] <= after["progress_combined"] <= 100
    assert [share["original_id"] for share in after["progress_per_original_file"]] == [over["uploads"][0]["id"]]
    assert told[-1] == ("assembly_finished", None)


async def test_there_is_no_stream_of_an_unknown_assembly(customer: Customer) -> None:
    async with customer.http.get(f"{customer.server.origin}/ws1?assembly={'0' * 32}") as reply:
        assert reply.status == 404
        assert (await reply.json())["error"] == "ASSEMBLY_NOT_FOUND"
