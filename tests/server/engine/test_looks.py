"""Small files that come together are looked at together, and are told of as if each had come alone."""

import asyncio
import json
from base64 import b64encode
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from robots.base.errors import ToolDied
from robots.tools.pool import Pool
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended

STEPS = {"hashed": {"robot": "/file/hash", "use": ":original"}}
RESIZE = {"small": {"robot": "/image/resize", "use": ":original", "width": 20}}
TUS = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
TOGETHER = "robots.probe.inspection:inspect_all"


async def taken(
    session: ClientSession, steps: dict[str, Any], files: dict[str, bytes], all_came: asyncio.Event
) -> dict[str, Any]:
    """The last status of an Assembly that got these files at once."""
    form = {"params": json.dumps({"auth": {"key": KEY}, "steps": steps}), "num_expected_upload_files": str(len(files))}
    status = await (await session.post("/assemblies", data=form)).json()

    async def send(name: str, data: bytes) -> None:
        said = {"assembly_url": status["assembly_url"], "filename": name, "fieldname": f"field-{name}"}
        header = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in said.items())
        headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": header}
        assert (await session.post(status["tus_url"], data=data, headers=headers)).status == 201

    async with asyncio.TaskGroup() as group:
        for name, data in files.items():
            group.create_task(send(name, data))
    all_came.set()
    return await ended(session, status)


@pytest.fixture
def all_came() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, all_came: asyncio.Event) -> list[tuple[str, int]]:
    """What the children are asked when all files have come, and for how many of them."""
    asked: list[tuple[str, int]] = []
    call = Pool.call

    async def noted(pool: Pool, function: str, wall: float | None = None, **arguments: Any) -> Any:
        await all_came.wait()
        asked.append((function, len(arguments.get("files", "1"))))
        return await call(pool, function, wall, **arguments)

    monkeypatch.setattr(Pool, "call", noted)
    return asked


async def test_small_files_of_all_kinds_are_told_of_as_if_each_had_come_alone(
    tmp_path: Path, calls: list[tuple[str, int]], all_came: asyncio.Event
) -> None:
    known = {
        "a.jpg": samples.jpeg(tmp_path, 80, 60).read_bytes(),
        "a.pdf": samples.pdf(tmp_path).read_bytes(),
        "a.wav": samples.sound(tmp_path, "wav", seconds=0.1).read_bytes(),
        "a.csv": b"a,b\n1,2\n",
        "empty.txt": b"",
    }
    many = {f"{number}.bin": bytes([number, 255, 0]) * 500 for number in range(60)}
    async with inside(tmp_path / "data") as app, client(app) as session:
        last = await taken(session, STEPS, {**known, **many}, all_came)
        calls_together = [count for function, count in calls if function == TOGETHER]
        alone = {
            name: (await taken(session, STEPS, {name: data}, all_came))["uploads"][0] for name, data in known.items()
        }

    uploads = {upload["name"]: upload for upload in last["uploads"]}
    assert (last["ok"], len(uploads), len(last["results"]["hashed"])) == ("ASSEMBLY_COMPLETED", 65, 65)
    for name, data in {**known, **many}.items():
        assert (uploads[name]["size"], uploads[name]["field"]) == (len(data), f"field-{name}")
        assert uploads[name]["md5hash"] == md5(data).hexdigest()
    for name, upload in alone.items():
        for told in ("mime", "type", "meta"):
            assert _timeless(uploads[name][told]) == _timeless(upload[told])
    assert max(calls_together) > 1


async def test_a_damaged_one_among_them_ends_the_assembly_as_it_would_alone(
    tmp_path: Path, all_came: asyncio.Event
) -> None:
    bad = samples.bmp(tmp_path, 100, 100).read_bytes()[:-900]
    async with inside(tmp_path / "data") as app, client(app) as session:
        last = await taken(
            session, STEPS, {**{f"{n}.bin": bytes([n]) * 9 for n in range(60)}, "bad.bmp": bad}, all_came
        )

    assert (last["error"], last["file"]) == ("FILE_META_DATA_ERROR", "bad.bmp")


async def test_a_child_that_dies_of_several_is_asked_for_each_of_them(
    tmp_path: Path, calls: list[tuple[str, int]], all_came: asyncio.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = Pool.call

    async def mortal(pool: Pool, function: str, wall: float | None = None, **arguments: Any) -> Any:
        if function == TOGETHER:
            raise ToolDied("The process that worked on this file died.")
        return await call(pool, function, wall, **arguments)

    monkeypatch.setattr(Pool, "call", mortal)
    async with inside(tmp_path / "data") as app, client(app) as session:
        last = await taken(session, STEPS, {f"{n}.bin": bytes([n]) * 9 for n in range(40)}, all_came)

    assert (last["ok"], len(last["results"]["hashed"])) == ("ASSEMBLY_COMPLETED", 40)
    assert calls.count(("robots.probe.inspection:inspect", 1)) == 40


async def test_pictures_that_a_job_waits_for_are_looked_at_one_by_one(
    tmp_path: Path, calls: list[tuple[str, int]], all_came: asyncio.Event
) -> None:
    picture = samples.png(tmp_path, 40, 30).read_bytes()
    async with inside(tmp_path / "data") as app, client(app) as session:
        last = await taken(session, RESIZE, {f"{n}.png": picture for n in range(20)}, all_came)

    assert (last["ok"], len(last["results"]["small"])) == ("ASSEMBLY_COMPLETED", 20)
    assert TOGETHER not in dict(calls)


def _timeless(told: Any) -> Any:
    return {**told, "date_file_modified": None} if isinstance(told, dict) else told
