"""Words in, words out: the command line of a child at each level."""

from __future__ import annotations

from pathlib import Path

import pytest

from robots.tools.sandbox.command import Level, Sandbox
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View

PROGRAMS = {"bwrap": "/usr/bin/bwrap", "prlimit": "/usr/bin/prlimit", "setpriv": "/usr/bin/setpriv"}
ARGV = ["/usr/bin/tool", "-x", "in"]
VIEW = View(Path("/data/scratch/job"), (Path("/data/files/1"),))


def words(level: Level, view: View = VIEW, argv: list[str] = ARGV, programs: dict[str, str] = PROGRAMS) -> list[str]:
    return Sandbox(level, ("/usr", "/bin"), programs).tool(argv, view, Limits(), (7, 8))


def follows(told: list[str], *wanted: str) -> bool:
    """Whether some words stand beside each other."""
    return any(tuple(told[start : start + len(wanted)]) == wanted for start in range(len(told)))


def test_bubblewrap_gets_the_ground_and_the_input_to_read_and_the_folder_to_write() -> None:
    told = words("bwrap")

    assert told[0] == "/usr/bin/bwrap"
    assert follows(told, "--ro-bind-try", "/usr", "/usr")
    assert follows(told, "--ro-bind-try", "/data/files/1", "/data/files/1")
    assert follows(told, "--bind", "/data/scratch/job", "/data/scratch/job")
    assert follows(told, "--chdir", "/data/scratch/job")
    assert follows(told, "--seccomp", "7", "--info-fd", "8")
    assert "--unshare-net" in told
    assert "--unshare-pid" in told
    assert told[-3:] == ARGV


def test_nothing_else_can_be_written_than_a_small_tmp() -> None:
    told = words("bwrap")

    assert told.count("--bind") == 1
    assert follows(told, "--size", str(64 << 20), "--tmpfs", "/tmp")
    assert follows(told, "--remount-ro", "/")
    assert follows(told, "--remount-ro", "/dev")


def test_the_files_may_lie_in_dev_shm() -> None:
    told = words("bwrap", View(Path("/dev/shm/job"), (Path("/dev/shm/1"),)))

    assert told.index("--dev") < told.index("/dev/shm/job") < told.index("--remount-ro")
    assert told.index("--dev") < told.index("/dev/shm/1") < told.index("--remount-ro")


def test_the_limits_are_set_inside_where_a_users_processes_are_its_own() -> None:
    told = words("bwrap")

    assert told.index("/usr/bin/prlimit") > told.index("--remount-ro")
    assert "--nproc=512:512" in told


def test_a_program_that_lies_elsewhere_is_shown_alone() -> None:
    told = words("bwrap", argv=["/home/me/bin/tool"])

    assert follows(told, "--ro-bind-try", "/home/me/bin/tool", "/home/me/bin/tool")
    assert "/home/me/bin" not in told


def test_a_browser_gets_shared_memory_and_no_limit_of_addresses() -> None:
    told = Sandbox("bwrap", (), PROGRAMS).tool(ARGV, View(shared=1 << 30), Limits(memory=None), (7, 8))

    assert follows(told, "--size", str(1 << 30), "--tmpfs", "/dev/shm")
    assert not any(word.startswith("--as=") for word in told)


def test_landlock_is_told_what_to_leave_and_the_filter_comes_last_but_for_the_parents_death() -> None:
    told = words("landlock")

    assert {"read=/usr", "read=/data/files/1", "write=/data/scratch/job", "folder=/data/scratch/job"} <= set(told)
    assert told[-6:] == ["filter=tool", "die", "--", *ARGV]


def test_without_a_sandbox_there_are_limits_and_the_parents_death() -> None:
    told = words("rlimits")

    assert told[:5] == ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--"]
    assert told[5] == "/usr/bin/prlimit"
    assert told[-3:] == ARGV


def test_where_there_is_no_prlimit_a_shell_sets_the_limits() -> None:
    told = words("rlimits", programs={})

    assert told[:2] == ["/bin/sh", "-c"]
    assert "ulimit -n 256" in told[2]
    assert told[2].endswith('exec "$@"')


@pytest.mark.parametrize("level", ["bwrap", "landlock", "rlimits"])
def test_a_warm_child_carries_out_orders_before_it_loads_anything(level: Level) -> None:
    argv = ["/usr/bin/python", "-m", "robots.tools.child", "robots.tools.images.pipeline"]

    told = Sandbox(level, ("/usr",), PROGRAMS).worker(argv, View(), Limits(), (7, 8))

    assert told[-2:] == ["--", "robots.tools.images.pipeline"]
    assert told.index("robots.tools.child") < told.index("die") < len(told) - 2
    assert ("filter=worker" in told) == (level != "rlimits")
