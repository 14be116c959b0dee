"""Tools that one launcher starts, each shut in by itself."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from robots.base.errors import ToolDied
from robots.tools import children
from robots.tools.children import GROUPS, LAUNCHER, MARK, abandon, spawn
from robots.tools.launched import Launcher
from robots.tools.process import Finished, Limits, View, run
from robots.tools.sandbox.command import Sandbox
from tests.processes import names_under
from tests.robots.tools.sandbox.conftest import at_level

SESSION = "read -r a b c d e session rest < /proc/self/stat; echo $PPID $$ $session"
IGNORED = "while read -r name value; do case $name in SigIgn:) echo $value;; esac; done < /proc/self/status"


@pytest.fixture
def sandbox() -> Sandbox:
    return at_level("landlock")


async def shell(sandbox: Sandbox, folder: Path, script: str, *words: str) -> Finished:
    return await run(["sh", "-c", script, "sh", *words], folder=folder, sandbox=sandbox)


async def killed(sandbox: Sandbox, folder: Path) -> None:
    """Ends the launcher, and a tool with it."""
    with pytest.raises(ToolDied):
        await run(
            ["sh", "-c", "echo $PPID; exec sleep 600"],
            folder=folder,
            sandbox=sandbox,
            on_line=lambda line: os.kill(int(line), signal.SIGKILL),
        )


def end(pid: int) -> None:
    """What is left of it waits to be collected; ChildProcessError if it was."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


async def test_one_launcher_starts_all_tools_each_in_a_session_of_its_own(sandbox: Sandbox, tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as group:
        tools = [group.create_task(shell(sandbox, tmp_path, SESSION)) for _ in "ab"]

    (one, *own), (two, *other) = (tool.result().stdout.split() for tool in tools)
    assert int(one) == int(two) == LAUNCHER.pid
    assert own[0] == own[1] != other[0] == other[1]


@pytest.mark.case(112)
async def test_when_the_launcher_is_gone_its_tools_are_too_and_the_next_has_another(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    before, closers = int((await shell(sandbox, tmp_path, "echo $PPID")).stdout), atexit._ncallbacks()

    await killed(sandbox, tmp_path)
    after = int((await shell(sandbox, tmp_path, "echo $PPID")).stdout)

    assert after == LAUNCHER.pid != before
    assert atexit._ncallbacks() == closers, "each launcher would be remembered to the end"


async def test_tools_for_which_the_launcher_has_no_time_keep_nobody_else_waiting(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    before = int((await shell(sandbox, tmp_path, "echo $PPID")).stdout)
    line = LAUNCHER._line
    assert line
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least that there is: room for few
    os.kill(before, signal.SIGSTOP)
    try:
        async with asyncio.TaskGroup() as group:
            tools = [group.create_task(shell(sandbox, tmp_path, "echo $PPID")) for _ in range(12)]
            for _ in range(100):  # in which all of them ask
                await asyncio.sleep(0)
            os.kill(before, signal.SIGCONT)
    finally:
        os.kill(before, signal.SIGCONT)

    assert [int(tool.result().stdout) for tool in tools] == [before] * 12
    await killed(sandbox, tmp_path)


async def test_a_launcher_that_ends_slowly_is_not_waited_for_and_is_collected_later(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "LAUNCHER", slow := Launcher(GROUPS, MARK))
    await shell(sandbox, tmp_path, "true")
    os.kill(slow.pid, signal.SIGSTOP)
    before, line = slow.pid, slow._line
    assert line
    line.shutdown(socket.SHUT_RDWR)

    after = int((await shell(sandbox, tmp_path, "echo $PPID")).stdout)
    end(before)
    await shell(sandbox, tmp_path, "true")

    assert after == slow.pid != before
    assert before not in GROUPS
    with pytest.raises(ChildProcessError):
        end(before)
    end(slow.pid)


@pytest.mark.case(112)
async def test_a_tool_whose_job_is_called_off_twice_while_it_is_being_started_ends(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, send = asyncio.Event(), LAUNCHER._send

    async def noted(files: Sequence[int]) -> None:
        await send(files)
        asked.set()

    monkeypatch.setattr(LAUNCHER, "_send", noted)
    job = asyncio.ensure_future(shell(sandbox, tmp_path, "sleep 600"))
    await asked.wait()
    for _ in range(2):
        job.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({job})
    await shell(sandbox, tmp_path, "true")  # comes after it

    assert job.cancelled()
    assert names_under(LAUNCHER.pid) == []


async def test_a_tool_that_is_told_of_leads_its_group_so_that_all_of_it_can_be_killed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    for _ in range(20):
        child = await spawn(["sleep", "600"], View(tmp_path), Limits(), sandbox=sandbox)
        leads = os.getpgid(child.pid)
        await abandon(child)

        assert leads == child.pid


async def test_a_tool_has_no_file_of_others_and_hears_all_signals(sandbox: Sandbox, tmp_path: Path) -> None:
    told = await shell(sandbox, tmp_path, f"{IGNORED}; cd /proc/self/fd; echo *")

    ignored, *files = told.stdout.decode().split()
    assert int(ignored, 16) & 0x7FFFFFFF == 0, "those beyond belong to the C library"
    assert files == ["0", "1", "2", "3"], "the last one is the folder that the shell reads"


async def test_a_tool_hears_what_whoever_started_the_server_ignores(sandbox: Sandbox, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        await killed(sandbox, tmp_path)
        told = await shell(sandbox, tmp_path, IGNORED)
    finally:
        signal.signal(signal.SIGHUP, before)

    assert int(told.stdout, 16) & 0x7FFFFFFF == 0


async def test_a_command_line_may_be_longer_than_a_message(sandbox: Sandbox, tmp_path: Path) -> None:
    words = ["w" * 100_000] * 8

    told = await shell(sandbox, tmp_path, 'echo "$#" "$1" | wc -c; exit 0', *words)

    assert told.stdout.split() == [b"100003"]


async def test_a_tool_that_cannot_be_started_is_told(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")  # nothing in the folder of a job is a program
    (tmp_path / "tool").chmod(0o755)

    told = await run([tmp_path / "tool"], folder=tmp_path, sandbox=sandbox, check=False)

    assert (told.code, told.tail) == (127, ["tool: Permission denied"])
