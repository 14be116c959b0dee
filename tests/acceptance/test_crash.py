"""A server that is killed at any moment of an Assembly's life keeps every promise that it gave before."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import md5
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientError, ClientSession

from server.database.sqlite import DATABASE
from server.doctor import is_sound
from tests import samples
from tests.customer import TUS, Customer, Json
from tests.live import live
from tests.owner import Owner
from tus.failpoint import NAMES

ENCODED = {"width": 64, "height": 48, "ffmpeg": {"preset": "ultrafast"}}
STEPS = {
    "small": {"robot": "/image/resize", "use": ":original", "width": 40, "resize_strategy": "fit"},
    "encoded": {"robot": "/video/encode", "use": ":original", "preset": "empty", **ENCODED},
    "hashed": {"robot": "/file/hash", "use": "small"},
}
USED = {"/upload/handle": 2, "/image/resize": 1, "/video/encode": 1, "/file/hash": 1}
FEW = {"image_children": "1", "video_jobs": "1", "file_jobs": "1", "stop_grace": "20s"}
LIVES = {
    "W1": "form",
    "W5": "form",
    "W13": "canceled",
    "W14": "expired",
    "W15": "template",
}  # all others: resumable uploads
BOTH = ("W9.before", "W11.after")  # moments at which a form lives differently
ELSEWHERE = {
    "W10": "tests/acceptance/test_exports.py",
    "W12": "tests/acceptance/test_notifications.py",
    "W16": "tests/acceptance/test_rates.py",
}
ROWS = {name: name.partition(".")[0] for name in NAMES}
MOMENTS = [(name, LIVES.get(row, "tus")) for name, row in ROWS.items() if row not in ELSEWHERE]
MOMENTS += [(name, "form") for name in BOTH]


@cache
def media(folder: Path) -> tuple[Path, Path]:
    clip = samples.mp4(folder, seconds=1, audio=False, name="clip.mp4")
    return samples.jpeg(folder, 80, 60, name="photo.jpg"), clip


@dataclass
class Memory:
    """What the server has promised to a client."""

    status: Json | None = None
    urls: dict[Path, str] = field(default_factory=dict)
    sent: set[Path] = field(default_factory=set)
    canceled: bool = False
    last: Json | None = None


@contextlib.asynccontextmanager
async def customer(data: Path, *flags: str, **settings: str) -> AsyncIterator[Customer]:
    async with live(data, *flags, **FEW, **settings) as server, ClientSession() as http:
        yield Customer(server, http)


@pytest.mark.parametrize(("moment", "way"), MOMENTS, ids=lambda value: str(value))
@pytest.mark.case(35, 112)
async def test_a_server_that_is_killed_goes_on_where_it_was(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, moment: str, way: str
) -> None:
    files = media(tmp_path_factory.getbasetemp())
    memory, settings = Memory(), {"result_lifetime": "1s"} if way == "expired" else {}

    async with customer(tmp_path / "data", failpoints=f"{moment}=kill", **settings) as first:
        with contextlib.suppress(ClientError, ConnectionError, AssertionError):
            await WAYS[way](first, memory, files)
        async with asyncio.timeout(20):
            assert await first.server.process.wait() == -9, "the failpoint was not passed"

    port = str(urlsplit(first.server.origin).port)
    async with customer(tmp_path / "data", "--port", port, **settings) as second:
        await WAYS[way](second, memory, files)
    assert is_sound(tmp_path / "data")
    assert way != "tus" or used(tmp_path / "data") == USED


async def by_form(customer: Customer, memory: Memory, files: tuple[Path, Path]) -> None:
    """A form that was not answered is sent again; what it began before must not go on."""
    if memory.status is None:
        memory.status = await customer.create(STEPS, *files)
    await right(customer, memory, files)


async def by_tus(customer: Customer, memory: Memory, files: tuple[Path, Path]) -> None:
    """Everything that was not answered is asked for again, as clients do."""
    if memory.status is None:
        memory.status = await customer.announce(STEPS, len(files))
    for file in files:
        if file not in memory.urls:
            async with customer.start(memory.status, file) as response:
                assert response.status == 201, await response.text()
                memory.urls[file] = response.headers["Location"]
        await whole(customer, memory, file)
    await right(customer, memory, files)


async def whole(customer: Customer, memory: Memory, file: Path) -> None:
    """The rest of an upload, in two parts."""
    url, content = memory.urls[file], file.read_bytes()
    async with customer.http.head(url, headers=TUS) as response:
        offset = int(response.headers["Upload-Offset"])
    assert offset == len(content) or file not in memory.sent
    middle = max(offset, len(content) // 2)
    for start, end in ((offset, middle), (middle, len(content))):
        if start < end:
            await customer.send(url, content[start:end], start)
    memory.sent.add(file)


async def right(customer: Customer, memory: Memory, files: tuple[Path, Path]) -> None:
    """Each upload and each result is there once, with its bytes; and an end is the end."""
    assert memory.status is not None
    over = await customer.completed(memory.status)
    assert sorted(file["md5hash"] for file in over["uploads"]) == sorted(digest(file) for file in files)
    assert {step: len(found) for step, found in over["results"].items()} == {"encoded": 1, "hashed": 1}
    for [result] in over["results"].values():
        assert md5(await customer.fetch(result)).hexdigest() == result["md5hash"]
    assert memory.last in (None, over)
    memory.last = over


async def by_cancel(customer: Customer, memory: Memory, files: tuple[Path, Path]) -> None:
    if memory.status is None:
        memory.status = await customer.announce(STEPS, len(files))
        await customer.upload(memory.status, files[1])
    await customer.cancel(memory.status)
    assert (await customer.status(memory.status))["ok"] == "ASSEMBLY_CANCELED"


async def by_expiry(customer: Customer, memory: Memory, files: tuple[Path, Path]) -> None:
    if memory.status is None:
        memory.status = await customer.create({"hashed": {"robot": "/file/hash", "use": ":original"}}, files[0])
        memory.last = await customer.completed(memory.status)
    folder = customer.server.data / "files"
    await customer.until(memory.status, lambda _: not any(path.is_file() for path in folder.rglob("*")))
    over = await customer.status(memory.status)
    assert (over["ok"], memory.last in (None, over)) == ("ASSEMBLY_COMPLETED", True)


async def by_template(customer: Customer, memory: Memory, files: tuple[Path, Path]) -> None:
    """What was not answered may have been done all the same, but it was done whole."""
    owner, params = (
        Owner(customer.http, origin=customer.server.origin),
        {"name": "over-a-crash", "template": {"steps": STEPS}},
    )
    content = {"key": "an-id", "secret": "an open one"}
    created = await owner.ask("POST", "/templates", **params)
    assert created.get("ok") or created["error"] == "TEMPLATE_VALIDATION_ERROR", created
    named = {"name": "over-a-crash", "type": "s3", "content": content}
    kept = await owner.ask("POST", "/template_credentials", **named)
    read = await owner.ask("GET", "/templates/over-a-crash")
    assert (read["content"], kept["credential"]["content"]) == ({"steps": STEPS}, content)
    assert (await owner.ask("GET", "/template_credentials/over-a-crash"))["credential"] == kept["credential"]
    assert (await owner.ask("DELETE", "/templates/over-a-crash"))["ok"] == "TEMPLATE_DELETED"
    assert (await owner.ask("GET", "/templates/over-a-crash"))["error"] == "TEMPLATE_NOT_FOUND"


def used(data: Path) -> dict[str, int]:
    """The jobs of each robot that were counted."""
    with contextlib.closing(sqlite3.connect(data / DATABASE)) as database:
        return dict(database.execute("SELECT robot, sum(jobs) FROM usage GROUP BY robot"))


def digest(file: Path) -> str:
    return md5(file.read_bytes()).hexdigest()


WAYS = {"form": by_form, "tus": by_tus, "canceled": by_cancel, "expired": by_expiry, "template": by_template}
