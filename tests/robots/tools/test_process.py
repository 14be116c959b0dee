"""Children run within limits, tell their progress, and are killed with all that they started."""

import asyncio
import gc
import os
import select
import signal
import sys
import threading
from pathlib import Path

import pytest

from robots.base.errors import BadInput, ToolDied, ToolFailed, ToolTimeout
from robots.tools.children import GROUPS, abandon, end, end_all, environment, spawn
from robots.tools.process import Limits, View, run
from tests.processes import files_open, names_under
from tests.robots.tools.sandbox.conftest import at_level

WAIT_HOLDING_THE_PIPE = ["sh", "-c", "exec 3> alive; sleep 600 & echo ready; wait"]

WAIT_AFTER_A_WORD = ["sh", "-c", "echo ready; sleep 600"]


def all_gone(alive: int) -> bool:
    return bool(select.select([alive], [], [], 20)[0]) and os.read(alive, 1) == b""


@pytest.mark.case(79)
async def test_what_a_child_prints_is_kept_up_to_a_bound(tmp_path: Path) -> None:
    finished = await run(["sh", "-c", "yes | head -c 300000"], folder=tmp_path, keep=1000)

    assert finished.code == 0
    assert finished.stdout == b"y\n" * 500


async def test_lines_come_one_by_one_also_those_that_overwrite_each_other(tmp_path: Path) -> None:
    lines: list[str] = []

    await run(["printf", r"frame=1\rframe=2\rdone\nlast"], folder=tmp_path, on_line=lines.append)

    assert lines == ["frame=1", "frame=2", "done", "last"]


async def test_a_failure_carries_its_code_and_the_tail_of_what_was_said(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed) as told:
        await run(["sh", "-c", "echo first >&2; echo no such codec >&2; exit 3"], folder=tmp_path)

    assert told.value.details == {"exitCode": 3, "exitSignal": None, "stderr": "first\nno such codec"}


async def test_a_failure_may_be_an_answer(tmp_path: Path) -> None:
    assert (await run(["false"], folder=tmp_path, check=False)).code == 1


@pytest.mark.case(79)
async def test_a_child_that_was_killed_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(ToolDied, match="SIGKILL") as told:
        await run(["sh", "-c", "kill -KILL $$"], folder=tmp_path)

    assert told.value.retry
    assert told.value.details["exitSignal"] == "SIGKILL"


@pytest.mark.case(79, 112)
async def test_too_slow_a_child_is_killed_with_all_that_it_started(tmp_path: Path, alive: int) -> None:
    with pytest.raises(ToolTimeout, match="longer than 1 seconds"):
        await run(WAIT_HOLDING_THE_PIPE, folder=tmp_path, limits=Limits(wall=1))

    assert all_gone(alive)


@pytest.mark.case(112)
async def test_cancelling_the_job_kills_the_child_and_what_it_started(tmp_path: Path, alive: int) -> None:
    begun = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        job = group.create_task(run(WAIT_HOLDING_THE_PIPE, folder=tmp_path, on_line=lambda line: begun.set()))
        await begun.wait()
        job.cancel()

    assert job.cancelled()
    assert all_gone(alive)


@pytest.mark.case(112)
async def test_one_whose_errors_nobody_reads_any_more_leaves_no_file_open(tmp_path: Path) -> None:
    """What lies in a pipe that asyncio has paused hides its end."""
    await run(["true"])  # the first one opens what stays
    before, open_files, much = set(GROUPS), files_open(), "head -c 200000 /dev/zero >&2"
    child = await spawn(["sh", "-c", f"{much}; echo half; {much}"], View(tmp_path), Limits())
    assert child.stdout is not None
    await child.stdout.readline()

    async with asyncio.timeout(20):
        await abandon(child)
        while files_open() > open_files:  # noqa: ASYNC110 - asyncio closes them a moment later
            await asyncio.sleep(0)

    assert before == GROUPS


@pytest.mark.case(112)
async def test_a_job_that_is_called_off_again_waits_for_the_end_of_its_child(tmp_path: Path) -> None:
    before, begun = set(GROUPS), asyncio.Event()
    job = asyncio.ensure_future(run(WAIT_AFTER_A_WORD, folder=tmp_path, on_line=lambda line: begun.set()))
    await begun.wait()

    while not job.done():
        job.cancel()
        await asyncio.sleep(0)

    assert job.cancelled()
    assert before == GROUPS


async def test_all_children_can_be_ended_at_once(tmp_path: Path, alive: int) -> None:
    child = await spawn(WAIT_HOLDING_THE_PIPE, View(tmp_path), Limits())
    assert child.stdout is not None
    await child.stdout.readline()

    end_all()

    assert await child.wait() < 0
    assert all_gone(alive)
    GROUPS.discard(child.pid)


async def test_a_child_that_was_given_the_number_of_another_keeps_its_life_and_its_trace() -> None:
    before, sandbox = set(GROUPS), at_level("rlimits")
    old = await spawn(["true"], View(None), Limits(), sandbox=sandbox)
    await end(old)
    new = await spawn(["sleep", "600"], View(None), Limits(), sandbox=sandbox)
    old.pid = new.pid  # as the kernel may do it

    await abandon(old)
    known = new.pid in GROUPS
    os.kill(new.pid, signal.SIGTERM)

    assert await new.wait() == -signal.SIGTERM
    assert known
    await abandon(new)
    assert before == GROUPS


async def test_a_child_that_has_ended_is_forgotten(tmp_path: Path) -> None:
    before = set(GROUPS)

    await run(["true"], folder=tmp_path)

    assert before == GROUPS


@pytest.mark.case(80)
async def test_a_tool_sees_nothing_of_the_servers_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_AUTH_SECRET", "do-not-tell")

    shown = (await run(["env"], folder=tmp_path)).stdout.decode()

    assert set(environment(tmp_path)) <= {line.partition("=")[0] for line in shown.splitlines()}
    assert "do-not-tell" not in shown


@pytest.mark.parametrize(
    ("limits", "act"),
    [
        (Limits(file_size=1000), "with open('big', 'wb') as big: big.write(bytes(50_000))"),
        (Limits(memory=256 << 20), "bytes(1 << 30)"),
        (Limits(open_files=16), "[open('f', 'w') for _ in range(40)].clear()"),
    ],
)
async def test_a_child_cannot_use_more_than_it_may(tmp_path: Path, limits: Limits, act: str) -> None:
    finished = await run([sys.executable, "-c", act], folder=tmp_path, limits=limits, check=False)

    assert finished.code != 0


@pytest.mark.case(79)
@pytest.mark.parametrize("name", ["no-such-tool", "no-program", "folder"])
async def test_what_is_no_program_is_told_without_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "no-program").write_text("#!/bin/sh\n")
    (tmp_path / "folder").mkdir()

    with pytest.raises((ToolDied, ToolFailed)) as told:
        await run([tmp_path / name], folder=tmp_path)

    assert name in told.value.message
    assert str(tmp_path) not in told.value.message


@pytest.mark.case(114)
async def test_a_child_that_nothing_can_wait_for_does_not_go_on(alive: int, tmp_path: Path) -> None:
    before = threading.stack_size()
    threading.stack_size(1 << 47)  # more than there is: no thread can start
    try:
        with pytest.raises(RuntimeError, match="start new thread"):
            threading.Thread(target=print).start()
        with pytest.raises((ToolDied, RuntimeError)):  # a newer Python misses it only when it looks after the child
            await run(["sh", "-c", "exec 3> alive; sleep 600"], folder=tmp_path)
    finally:
        threading.stack_size(before)
        for kept in gc.get_objects():  # by asyncio, until another process has the same number
            if isinstance(kept, asyncio.SubprocessTransport) and kept.get_pid() not in GROUPS:
                kept.close()

    async with asyncio.timeout(20):
        while {"bwrap", "sh", "sleep"} & set(names_under(os.getpid())):  # noqa: ASYNC110 - of a killed one's end
            await asyncio.sleep(0.01)
    assert os.read(alive, 1) == b""


ROOT = Path(__file__).parents[3]
WITHIN_A_LIMIT = """
import asyncio, resource, sys
from pathlib import Path
from robots.tools.process import Limits, run

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
tell = "import resource; print(*resource.getrlimit(resource.RLIMIT_FSIZE))"
print(asyncio.run(run([sys.executable, "-c", tell], folder=Path(sys.argv[1]), limits=Limits())).stdout.decode())
"""


async def test_a_lower_limit_of_the_host_holds_for_children_too(tmp_path: Path) -> None:
    argv = [sys.executable, "-B", "-c", WITHIN_A_LIMIT, str(tmp_path)]
    server = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    told, _ = await server.communicate()

    assert b"1000 1000" in told


async def test_a_program_whose_output_nobody_takes_ends_with_its_job() -> None:
    taken: list[int] = []

    async def never(piece: bytes) -> None:
        taken.append(len(piece))
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await run(["sh", "-c", "cat /dev/zero"], on_piece=never)

    assert len(taken) == 1


async def test_a_program_ends_with_the_error_of_the_one_who_takes_its_output() -> None:
    async def full(piece: bytes) -> None:
        raise BadInput("That is enough.")

    with pytest.raises(BadInput, match="enough"):
        await run(["sh", "-c", "cat /dev/zero"], on_piece=full)


async def test_a_program_can_be_told_what_its_arguments_must_not_say() -> None:
    finished = await run(["cat"], told="open sesame\n")

    assert finished.stdout == b"open sesame\n"
