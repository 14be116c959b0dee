"""Processes that outlived their server are found and ended, and no others."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from robots.tools import children, orphans
from robots.tools.children import OWNER, environment, mark
from robots.tools.sandbox import probe
from robots.tools.sandbox.handles import Handles
from robots.tools.sandbox.limits import Limits
from robots.tools.sandbox.view import View

Start = Callable[[str, str], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a shell script with a mark."""
    children: list[subprocess.Popen[bytes]] = []

    def begin(owner: str, script: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(["sh", "-c", script], env={OWNER: owner}, stdout=subprocess.PIPE)
        children.append(child)
        return child

    yield begin
    for child in children:
        child.kill()
        child.communicate()


@pytest.mark.case(112)
def test_a_marked_process_and_what_it_started_are_ended(start: Start) -> None:
    owner = uuid4().hex
    child = start(owner, "/bin/sleep 600 & echo begun; wait")
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"

    assert len(orphans.find(owner)) == 2
    assert orphans.end(owner) == 2

    assert child.wait(5) == -9
    assert orphans.find(owner) == []


def test_the_processes_of_other_servers_are_left_alone(start: Start) -> None:
    other = start(uuid4().hex, "exec /bin/sleep 600")

    assert orphans.end(uuid4().hex) == 0

    assert other.poll() is None


def test_what_a_server_starts_carries_its_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "MARK", {})

    mark("server-1")

    assert environment(tmp_path)[OWNER] == "server-1"


@pytest.mark.case(112)
def test_what_runs_in_a_namespace_of_its_own_is_found_from_outside_and_ended(tmp_path: Path) -> None:
    owner, sandbox = uuid4().hex, probe.find("bwrap")
    is_sleeping = 'read -r name < /proc/$!/comm && [ "$name" = sleep ]'
    script = f"setsid /bin/sleep 600 & until {is_sleeping}; do :; done; echo begun; wait"
    with Handles(sandbox.level) as handles:
        words = sandbox.tool(["/bin/sh", "-c", script], View(tmp_path), Limits(), handles.passed)
        lasting = [word for word in words if word != "--die-with-parent"]  # else the kernel would be quicker
        child = subprocess.Popen(
            lasting, env={OWNER: owner, "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, pass_fds=handles.passed
        )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"begun\n"

        names = {Path(f"/proc/{pid}/comm").read_text().strip() for pid in orphans.find(owner)}
        orphans.end(owner)
    handles.close()

    assert names >= {"bwrap", "sh", "sleep"}
    assert orphans.find(owner) == []
