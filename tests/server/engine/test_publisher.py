"""Results that come together are stored and looked at together, and are told of as if each had come alone."""

import asyncio
import errno
import json
import os
from collections.abc import AsyncIterator
from hashlib import md5
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData, web

from robots.audio.waveform import AudioWaveformRobot
from robots.base.file import File
from robots.base.workspace import Workspace
from robots.tools.pool import Pool
from server.engine import files, publisher
from server.engine.files import Files, measured
from server.model import retry
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended
from tests.web import site

Json = dict[str, Any]
TOGETHER = "robots.probe.inspection:inspect_all"
HASHED = {"hashed": {"robot": "/file/hash", "use": ":original"}}
UNPACKED = {"robot": "/file/decompress", "use": ":original", "turbo": False}


async def processed(session: ClientSession, steps: Json, *files: Path) -> Json:
    form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": steps})})
    for path in files:
        form.add_field("file", path.read_bytes(), filename=path.name)
    return await ended(session, await (await session.post("/assemblies", data=form)).json())


@pytest.fixture
def lots(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many files the children were asked for together."""
    asked: list[int] = []
    call = Pool.call

    async def noted(pool: Pool, function: str, wall: float | None = None, **arguments: Any) -> Any:
        if function == TOGETHER:
            asked.append(len(arguments["files"]))
        return await call(pool, function, wall, **arguments)

    monkeypatch.setattr(Pool, "call", noted)
    return asked


async def test_results_of_all_kinds_are_told_of_as_if_each_had_come_alone(tmp_path: Path, lots: list[int]) -> None:
    made = [samples.jpeg(tmp_path, 80, 60), samples.csv(tmp_path), samples.pdf(tmp_path), samples.txt(tmp_path)]
    made += [samples.txt(tmp_path, "", name="empty.txt"), samples.sound(tmp_path, "wav", seconds=0.1)]
    packed = samples.archive(tmp_path, {path.name: path.read_bytes() for path in made})
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"unpacked": UNPACKED}, packed)
        alone = {}
        for path in made:
            [alone[path.name]] = (await processed(session, HASHED, path))["uploads"]
        bytes_ = [await (await session.get(one["ssl_url"])).read() for one in status["results"]["unpacked"]]

    assert lots == [len(made) - 1]  # the empty one is asked for by itself
    assert bytes_ == [path.read_bytes() for path in made]
    for result, path in zip(status["results"]["unpacked"], made, strict=True):
        assert (result["name"], result["md5hash"]) == (path.name, md5(path.read_bytes()).hexdigest())
        assert [result[key] for key in ("size", "mime", "type")] == [
            alone[path.name][key] for key in ("size", "mime", "type")
        ]
        assert _timeless(result["meta"]) == {**_timeless(alone[path.name]["meta"]), "archive_directory": ""}


async def test_a_damaged_one_fails_as_it_would_alone_after_those_before_it(tmp_path: Path, lots: list[int]) -> None:
    bad = samples.bmp(tmp_path, 100, 100).read_bytes()[:-900]
    packed = samples.archive(tmp_path, {"1.txt": b"one", "2.bmp": bad, "3.txt": b"three"})
    async with inside(tmp_path / "data") as app, client(app) as session:
        failed = await processed(session, {"unpacked": UNPACKED}, packed)
        forgiven = await processed(session, {"unpacked": {**UNPACKED, "ignore_errors": ["meta"]}}, packed)

    assert lots == [3, 3]
    assert failed["error"] == "FILE_META_DATA_ERROR"
    assert [result["name"] for result in failed["results"]["unpacked"]] == ["1.txt"]
    assert forgiven["ok"] == "ASSEMBLY_COMPLETED"
    results = forgiven["results"]["unpacked"]
    assert [(one["name"], one["mime"]) for one in results] == [
        ("1.txt", "text/plain"),
        ("2.bmp", "image/bmp"),
        ("3.txt", "text/plain"),
    ]
    assert results[1]["md5hash"] == md5(bad).hexdigest()


async def test_what_could_not_be_stored_together_is_stored_one_by_one(
    tmp_path: Path, lots: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_all = Files.keep_all

    async def kept(files: Files, *given: Any) -> list[None]:
        """As if the folder could not be synced when all had their names."""
        return [None for _ in await keep_all(files, *given)]

    monkeypatch.setattr(Files, "keep_all", kept)
    packed = samples.archive(tmp_path, {f"{number}.txt": b"%d" % number * 99 for number in range(5)})
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"unpacked": UNPACKED}, packed)
        bytes_ = [await (await session.get(one["ssl_url"])).read() for one in status["results"]["unpacked"]]

    assert lots == [5]
    assert bytes_ == [b"%d" % number * 99 for number in range(5)]
    assert [one["md5hash"] for one in status["results"]["unpacked"]] == [md5(each).hexdigest() for each in bytes_]


async def test_those_before_one_for_which_the_disk_has_no_room_are_told_of(
    tmp_path: Path, lots: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    give_name = files._give_name

    def given(descriptor: int, target: Path) -> None:
        if os.pread(descriptor, 1, 0) == b"2":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        give_name(descriptor, target)

    monkeypatch.setattr(files, "_give_name", given)
    monkeypatch.setattr(retry, "PAUSES", (0.0, 0.0))
    packed = samples.archive(tmp_path, {f"{number}.txt": b"%d" % number * 99 for number in range(5)})
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"unpacked": UNPACKED}, packed)
        bytes_ = [await (await session.get(one["ssl_url"])).read() for one in status["results"]["unpacked"]]

    assert lots == [2, 2, 2]
    assert "room on its disk" in status["reason"]
    assert bytes_ == [b"0" * 99, b"1" * 99]


async def test_a_job_that_is_in_a_hurry_begins_before_a_large_file_is_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, run = asyncio.Event(), AudioWaveformRobot.run

    async def noted(robot: AudioWaveformRobot, file: File, workspace: Workspace) -> AsyncIterator[File]:
        began.set()
        async for made in run(robot, file, workspace):
            yield made

    async def waiting(path: Path) -> tuple[int, str]:
        await began.wait()
        return await measured(path)

    monkeypatch.setattr(AudioWaveformRobot, "run", noted)
    monkeypatch.setattr(publisher, "measured", waiting)
    monkeypatch.setattr(publisher, "SMALL", 1000)
    sound = samples.sound(tmp_path, "wav", seconds=0.1)
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"drawn": {"robot": "/audio/waveform", "use": ":original"}}, sound)

    [upload], [drawn] = status["uploads"], status["results"]["drawn"]
    assert (upload["size"], upload["md5hash"]) == (sound.stat().st_size, md5(sound.read_bytes()).hexdigest())
    assert (drawn["original_id"], drawn["original_md5hash"]) == (upload["id"], upload["md5hash"])


@pytest.mark.case(112)
async def test_an_import_that_runs_again_and_finds_its_files_in_another_order_brings_each_once(tmp_path: Path) -> None:
    waiting = {"/a.txt": asyncio.Event(), "/b.txt": asyncio.Event()}

    async def answer(request: web.Request) -> web.Response:
        await waiting[request.path].wait()
        return web.Response(text=request.path)

    async with site(answer) as origin, asyncio.timeout(60):
        imported = {"robot": "/http/import", "url": [f"{origin}{path}" for path in waiting]}
        async with inside(tmp_path / "data") as app, client(app) as session:
            params = json.dumps({"auth": {"key": KEY}, "steps": {"imported": imported}})
            begun = await (await session.post("/assemblies", data={"params": params})).json()
            waiting["/b.txt"].set()
            await _told(session, begun, "b.txt")
        waiting["/a.txt"].set()
        waiting["/b.txt"].clear()
        async with inside(tmp_path / "data") as app, client(app) as session:
            again = await _told(session, begun, "a.txt")
            waiting["/b.txt"].set()
            status = await ended(session, again)
            bytes_ = [await (await session.get(one["ssl_url"])).text() for one in status["results"]["imported"]]

    assert status["ok"] == "ASSEMBLY_COMPLETED"
    assert [f"/{one['name']}" for one in status["results"]["imported"]] == bytes_
    assert sorted(bytes_) == ["/a.txt", "/b.txt"]


async def test_what_no_metadata_is_wanted_of_has_its_type_alone(tmp_path: Path) -> None:
    clip = samples.mp4(tmp_path, seconds=1, audio=False)
    thumbs = {"robot": "/video/thumbs", "use": ":original", "count": 3, "output_meta": False}
    async with inside(tmp_path / "data") as app, client(app) as session:
        status = await processed(session, {"thumbs": thumbs}, clip)

    results = status["results"]["thumbs"]
    assert [result["mime"] for result in results] == ["image/jpeg"] * 3
    assert [set(result["meta"]) for result in results] == [{"thumb_index", "thumb_offset"}] * 3


async def _told(session: ClientSession, begun: Json, name: str) -> Json:
    """The status that has a result of this name."""
    while True:
        status: Json = await (await session.get(f"/assemblies/{begun['assembly_id']}")).json()
        if name in [one["name"] for one in status["results"].get("imported", ())]:
            return status


def _timeless(meta: Json) -> Json:
    return {key: value for key, value in meta.items() if key != "date_file_modified"}
