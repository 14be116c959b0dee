"""Each sandbox that this machine has, and spies: programs that try what a hostile file would make a tool do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from robots.tools.process import Finished, Limits, run
from robots.tools.sandbox import adopted, probe
from robots.tools.sandbox.command import Level, Sandbox
from robots.tools.sandbox.ground import ground

LIMITS = Limits(wall=30)


@pytest.fixture(params=["bwrap", "landlock"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """The levels that shut a child in; on a machine where one does not work its tests fail, and say why."""
    return at_level(request.param)


@pytest.fixture(params=["bwrap", "landlock", "rlimits"])
def any_sandbox(request: pytest.FixtureRequest) -> Sandbox:
    return at_level(request.param)


def at_level(level: Level) -> Sandbox:
    sandbox = Sandbox(level, ground(), probe.programs())
    assert probe.failure(sandbox) == ""
    adopted.adopt()
    return sandbox


class Spy:
    """Runs Python in a sandbox, in a job's folder."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        folder.mkdir(exist_ok=True)

    async def run(self, source: str, *words: object, limits: Limits = LIMITS, **more: Any) -> Finished:
        argv: Sequence[str] = [sys.executable, "-B", "-c", source, *map(str, words)]
        more.setdefault("check", False)
        return await run(argv, folder=self.folder, limits=limits, sandbox=self.sandbox, **more)


@pytest.fixture
def spy(sandbox: Sandbox, tmp_path: Path) -> Spy:
    return Spy(sandbox, tmp_path / "job")


@pytest.fixture
def any_spy(any_sandbox: Sandbox, tmp_path: Path) -> Spy:
    return Spy(any_sandbox, tmp_path / "job")
