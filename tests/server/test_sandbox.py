"""The server starts with the sandbox that its settings ask for, or says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, FormData

from robots.file.hash import FileHashRobot
from robots.tools import children
from robots.tools.sandbox import probe
from robots.tools.sandbox.command import LEVELS, Level
from server.config import Settings, WrongSetting
from server.sandbox import image_children, levels, sandbox_of
from tests import samples
from tests.inside import client, inside
from tests.live import KEY, ended


def test_the_best_that_works_is_taken_unless_another_is_asked_for() -> None:
    assert sandbox_of(Settings()).level == "bwrap"
    assert sandbox_of(Settings(sandbox="landlock")).level == "landlock"


def test_less_than_what_is_required_is_refused_with_the_way_to_get_it() -> None:
    with pytest.raises(WrongSetting, match=r"not to start with less than bwrap.*install bubblewrap"):
        sandbox_of(Settings(sandbox="rlimits", sandbox_require="bwrap"))


def test_one_that_was_asked_for_and_does_not_work_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "programs", dict)

    with pytest.raises(WrongSetting, match="there is no program bwrap"):
        sandbox_of(Settings(sandbox="bwrap"))


def test_the_doctor_tells_of_each_level() -> None:
    assert levels(Settings()) == ["bwrap: works", "landlock: works", "rlimits: works", "chosen: bwrap"]


def test_warm_children_see_uploads_results_and_scratch_and_nothing_else_of_the_data(tmp_path: Path) -> None:
    view = image_children(Settings(data=tmp_path)).view

    assert view.readable == [str(tmp_path / "files"), str(tmp_path / "uploads")]
    assert view.writable == [str(tmp_path / "scratch")]


STEPS = {
    "hashed": {"robot": "/file/hash", "use": ":original", "algorithm": "md5"},
    "small": {"robot": "/image/resize", "use": ":original", "width": 20},
    "shots": {"robot": "/video/thumbs", "use": ":original", "count": 1},
}


@pytest.mark.parametrize("level", LEVELS)
async def test_pictures_and_videos_are_worked_on_at_each_level(
    tmp_path: Path, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_CHOSEN", [])
    files = [samples.jpeg(tmp_path), samples.mp4(tmp_path, seconds=1, audio=False)]
    async with inside(tmp_path / "data", sandbox=level) as app, client(app) as session:
        status = await processed(session, STEPS, files)

    assert status.get("ok") == "ASSEMBLY_COMPLETED", status
    assert {name: len(made) for name, made in status["results"].items()} == {"hashed": 2, "small": 1, "shots": 1}


@pytest.mark.parametrize(("opted_in", "ending"), [(False, "INTERNAL_COMMAND_ERROR"), (True, None)])
async def test_a_robot_that_needs_a_sandbox_is_refused_without_one_unless_the_operator_allows_it(
    tmp_path: Path, opted_in: bool, ending: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "_CHOSEN", [])
    monkeypatch.setattr(FileHashRobot, "isolated", True)
    settings = {"sandbox": "rlimits", "run_unisolated": opted_in}
    async with inside(tmp_path / "data", **settings) as app, client(app) as session:
        status = await processed(session, {"hashed": STEPS["hashed"]}, [samples.jpeg(tmp_path)])

    assert status.get("error") == ending
    assert opted_in or "runs only in a sandbox" in status["message"]


async def processed(session: ClientSession, steps: Mapping[str, Any], files: list[Path]) -> dict[str, Any]:
    form = FormData({"params": json.dumps({"auth": {"key": KEY}, "steps": steps})})
    for number, path in enumerate(files):
        form.add_field(f"file{number}", path.read_bytes(), filename=path.name)
    async with session.post("/assemblies", data=form) as response:
        return await ended(session, await response.json())
